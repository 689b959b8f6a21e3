"""What pages for policy staff show: the commands, and the lines that each prints among others."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from attrs import frozen

from tests.support.commands import Run


@frozen
class Command:
    """One command of the guide and the lines that it must print among others."""

    line: str
    shown: tuple[str, ...]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> Iterator[Command]:
    for block in blocks(text, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, *shown = part.splitlines()
            yield Command(line, tuple(shown))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def prints(command: Command, run: Run) -> None:
    program, *arguments = shlex.split(command.line)
    assert program == "ctm-rules"
    ran = run(*arguments)
    assert ran.code in (0, 1), ran.err
    printed = squeezed(ran.out + ran.err)
    for line in command.shown:
        assert squeezed(line) in printed, ran.out + ran.err
