"""The page on the workbench: its command, the pages that it lists, and the words that it says stand there."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys

from ctm_rules.languages.languages import load_language
from ctm_rules.scaffolding.json_schemas import known_schema
from tests.support.pages import commands
from tests.support.paths import ROOT
from tests.support.workbench import Browser

PAGE = (ROOT / "standards" / "WORKBENCH.md").read_text(encoding="utf-8")


def test_every_command_does_what_the_page_shows() -> None:
    (command,) = commands(PAGE)
    program, *arguments = shlex.split(command.line)
    assert program == "ctm-rules"
    called = [sys.executable, "-m", "ctm_rules", *arguments, "--no-browser"]
    with subprocess.Popen(called, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert [line for line in command.shown if line not in said] == []
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def test_the_page_says_what_each_page_is_for(browser: Browser) -> None:
    table = PAGE.split("\n## The pages\n")[1].strip().split("\n\n")[0]
    listed = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    navigation = browser.get("/change").text.split("</nav>")[0]
    assert listed == re.findall(r"<li><a [^>]*>([^<(]*?)\s*</a>", navigation)


def test_what_the_page_names_is_said_so_in_the_workbench() -> None:
    named = set(re.findall(r"(?<!\*)\*{1,2}([^*\n]+(?:\n[^*\n]+)?)\*{1,2}(?!\*)", PAGE))
    assert len(named) > 15
    labels = load_language("en").english.labels.values()
    words = {key.replace("_", " ").capitalize() for key in keys_of_forms()}
    said = "\n".join([*labels, *words, *(f"Open {word}, Add to: {word}" for word in words), *map(str.lower, words)])
    assert [each for each in sorted(named) if " ".join(each.split()) not in said] == []


def keys_of_forms() -> set[str]:
    return {
        key
        for kind in ("framework", "standard")
        for declared in known_schema(kind)["$defs"].values()
        for key in declared.get("properties", {})
    } | set(known_schema("framework")["properties"])
