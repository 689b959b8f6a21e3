"""The guide for policy staff, and the ten everyday changes that it shows as text."""

from __future__ import annotations

import re

from attrs import frozen

from tests.support.pages import Command, blocks, commands
from tests.support.paths import ROOT

GUIDE = (ROOT / "standards" / "README.md").read_text(encoding="utf-8")


@frozen
class Change:
    """One everyday change: the file, the text before and after, and the commands that show its effect."""

    title: str
    file: str
    before: str
    after: str
    commands: tuple[Command, ...]


def changes() -> list[Change]:
    found = []
    for section in re.split(
        r"^### ", GUIDE.split("\n## Ten everyday changes\n")[1].split("\n## ")[0], flags=re.MULTILINE
    )[1:]:
        section = section.split("\n## ")[0]
        (file,) = re.findall(r"[Ii]n `([^`]+)`, before:", section)
        before, after = blocks(section, "yaml")
        found.append(Change(section.splitlines()[0], file, before, after, tuple(commands(section))))
    return found


CHANGES = changes()
