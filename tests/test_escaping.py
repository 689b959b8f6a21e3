"""Text stays text: what people, files and arguments say does nothing in any format that is printed or written."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

import ctm_rules.cli
from ctm_rules.cli.output import LinesWithoutCommands
from ctm_rules.escaping import (
    csv_text,
    escape_controls,
    for_annotation,
    is_formula,
    json_for_terminals,
    markdown_text,
    on_one_line,
    without_commands,
)
from tests.support.commands import Run
from tests.support.own_standards import declare, inspect

CONTROLS = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) + "\u202a\u202e\u2066\u2069\ud800\ufffe"
HOSTILE = "=\x1b[2J\x9b2J\u202e\n::error::x\n##[error]y\r\t@ann"


@pytest.mark.parametrize(
    "home",
    [escape_controls, on_one_line, for_annotation, json_for_terminals, lambda text: csv_text(["a"], [[text]])],
    ids=["terminal", "one line", "annotation", "JSON", "CSV"],
)
def test_no_control_character_is_left_and_none_is_lost(home: Callable[[str], str]) -> None:
    for character in CONTROLS:
        found = home(f"a{character}b")
        assert not set(found) & (set(CONTROLS) - {"\n"})
        assert found.startswith("a") or "\na" in found
        assert len(found.strip()) >= len("a b")


def test_letters_of_all_kinds_stay_as_they_are() -> None:
    for words in ("Tîm Llanelli", "上海", "e\u0301 \u200d\u200f", "a\u00a0b", "👩\u200d🚒", "\u0378"):
        assert (escape_controls(words), on_one_line(words)) == (words, words)


def test_json_says_the_same() -> None:
    said = {"##[error]": HOSTILE + CONTROLS}
    text = json_for_terminals(json.dumps(said, ensure_ascii=False, indent=1))
    assert json.loads(text) == said
    assert not set(text) & (set(CONTROLS) - {"\n"})
    assert "##[" not in text


@pytest.mark.parametrize(
    ("lines", "becomes"),
    [
        pytest.param("::warning::x", r"\::warning::x", id="at the start"),
        pytest.param("a\n \t::set-env name=x::y", "a\n \t\\::set-env name=x::y", id="after spaces on another line"),
        pytest.param("x ##[error]y", r"x #\#[error]y", id="the older kind in the middle"),
        pytest.param("a::b # [c]", "a::b # [c]", id="none"),
    ],
)
def test_no_line_is_a_command(lines: str, becomes: str) -> None:
    assert without_commands(lines) == becomes
    out = io.StringIO()
    stream = LinesWithoutCommands(out)
    for character in lines:  # however the line comes together
        stream.write(character)
    stream.flush()
    assert out.getvalue() == becomes


def test_a_formula_is_no_formula_in_cells_and_names_of_columns() -> None:
    starts = ["=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}"]
    texts = [f"{start}1+1" for start in starts]
    columns, cells = csv.reader(io.StringIO(csv_text(texts, [texts])))
    assert not [cell for cell in (*columns, *cells) if is_formula(cell) or not cell.startswith("'")]
    assert csv_text(["a", "b", "c"], [[-1, True, None], [-0.5, "a,b", ""]]) == 'a,b,c\n-1,true,\n-0.5,"a,b",\n'


@pytest.mark.parametrize(
    ("words", "written"),
    [
        pytest.param("https://a.example", "https<!-- -->://a.example", id="address"),
        pytest.param("www.a.example", "www<!-- -->.a.example", id="address without its kind"),
        pytest.param("a@b.example", "a@<!-- -->b.example", id="somebody's address"),
        pytest.param("(@ann)", "(@<!-- -->ann)", id="somebody"),
        pytest.param("see a/b#12", "see a/b#<!-- -->12", id="issue"),
        pytest.param("GH-1", "GH<!-- -->-1", id="issue by its short name"),
        pytest.param("hygiene.risk_of_harm", "hygiene.risk_of_harm", id="address in the standards"),
        pytest.param("_a_ *b* | c", r"\_a\_ \*b\* \| c", id="marks"),
        pytest.param("1. a\n# b", r"1\. a # b", id="start of a line"),
    ],
)
def test_markdown_shows_words_and_links_nothing(words: str, written: str) -> None:
    assert markdown_text(words) == written


# --- Every format of every command ----------------------------------------------------------------


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an odd name, in which standards, an inspection, cases and scenarios say odd things."""
    folder = tmp_path / "a\x1b[2J\n::error::x\u202e"
    standards = declare(folder / "standards")
    framework, standard = standards / "framework.yaml", standards / "hygiene.yaml"
    words = (
        '"' + HOSTILE.translate({ord(c): None for c in "\x1b\x9b"}).translate({10: r"\n", 13: r"\r", 9: r"\t"}) + '"'
    )
    framework.write_text(framework.read_text().replace("title: Kitchens", f"title: {words}", 1))
    framework.write_text(framework.read_text().replace("label: Fine", f"label: {words}"))
    standard.write_text(standard.read_text().replace("ask: Is it clean?", f"ask: {words}"))
    standard.write_text(standard.read_text().replace("title: Hygiene", f"title: {words}"))
    (standards / "scenarios").mkdir()
    (standards / "scenarios" / "a.yaml").write_text(
        f"key_question: hygiene.clean\nscenarios:\n  - name: {words}\n    expect: {{outcome: yes}}\n"
    )
    file = inspect(folder, "{id: kitchens}")
    file.write_text(file.read_text().replace("name: A kitchen", f"name: {words}"))
    with (folder / "cases.csv").open("a", newline="") as table:
        csv.writer(table).writerow(["=1\x1b[2J", "no", "small", 3, "2025-01-31", "yes", "", "na"])
        csv.writer(table).writerow(["::error::\u202e", "no", "huge\x1b[2J", 3, "2025-01-31", "yes", "yes", "na"])
    monkeypatch.chdir(folder)
    return folder


COMMANDS = {
    "check": ["check", "."],
    "check as JSON": ["check", ".", "--json"],
    "check as annotations": ["check", ".", "--format", "github"],
    "check as SARIF": ["check", ".", "--format", "sarif"],
    "rate": ["rate", "inspection.yaml"],
    "rate as JSON": ["rate", "good.yaml", "--json"],
    "rate in bulk": ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--by", "case"],
    "rate in bulk as JSON": ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--by", "case", "--json"],
    "explain": ["explain", "good.yaml", "=1", "-k", "hygiene.clean"],
    "explain another case": ["explain", "good.yaml", HOSTILE],
    "test": ["test", "standards"],
    "test as JSON": ["test", "standards", "--json", "--coverage"],
    "diff": ["diff", "standards/kitchens/1", "../other", "--inspection", "good.yaml"],
    "diff as Markdown": ["diff", "standards/kitchens/1", "../other", "--markdown", "--inspection", "good.yaml"],
    "what-if": ["what-if", "good.yaml", "--set", "hygiene.clean.yes_when=floors", "--next-rating"],
    "fmt": ["fmt", "--check", "."],
    "fmt with the difference": ["fmt", "--diff", "."],
    "report": ["report", "good.yaml", "-o", "out", "-f", "json", "-f", "csv", "-f", "md"],
    "docs": ["docs", "kitchens", "-o", "out/site"],
    "a file that is not there": ["rate", "no\x1b[2J\n::error::x"],
    "a framework that is not there": ["docs", HOSTILE],
    "a revision that is not there": ["diff", "git:\x1b[2J\n::error::x:a", "standards/kitchens/1"],
    "a folder that is not there": ["check", "no\x1b[2J\n::error::x"],
    "an address that is not there": ["what-if", "good.yaml", "--set", f"{HOSTILE}=1"],
    "a code that is not there": ["explain", HOSTILE],
    "a column of another name": ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--by", HOSTILE],
}


@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=list(COMMANDS))
def test_no_command_prints_what_does_anything(hostile: Path, run: Run, command: list[str]) -> None:
    good = (hostile / "cases.csv").read_text().splitlines(keepends=True)[:2]
    (hostile / "good.csv").write_text("".join([*good, *(row.replace("c1", "=1", 1) for row in good[1:])]))
    (hostile / "good.yaml").write_text((hostile / "inspection.yaml").read_text().replace("cases.csv", "good.csv"))
    other = hostile.parent / "other"
    other.mkdir()
    for file in (hostile / "standards" / "kitchens" / "1").glob("*.yaml"):
        text = file.read_text().replace("all: [floors, knives, meat]", "any: [floors, knives]")
        (other / file.name).write_text(text.replace("title: ", 'title: "www.example.org @bob" # ', 1))
    ran = run(*command)
    printed = ran.out + ran.err
    assert printed
    assert not set(printed) & (set(CONTROLS) - {"\n"})
    for line in printed.splitlines():
        is_annotation = "github" in command and re.match("::(error|warning) file=[^:]*,title=[a-z-]+::", line)
        assert is_annotation or not line.lstrip().startswith("::")
        assert "##[" not in line
    if {"--json", "sarif"} & set(command):
        assert json.loads(ran.out)


def test_words_between_colons_become_no_pictures(tmp_path: Path, run: Run) -> None:
    standards = declare(tmp_path / "standards")
    for file in standards.glob("*.yaml"):
        text = file.read_text().replace("title: Kitchens", 'title: ":cat: and dog"')
        file.write_text(text.replace("ask: Is it clean?", 'ask: "Is it :warning: clean?"'))
    inspection = inspect(tmp_path, "{id: kitchens}")
    inspection.write_text(inspection.read_text().replace("name: A kitchen", 'name: ":heart:"'))
    ran = run("rate", inspection)
    assert ran.code == 0, ran.err
    assert ran.out.startswith(":heart:\n:cat: and dog")
    assert "Is it :warning: clean?" in ran.out


def test_the_files_that_commands_write_are_inert(hostile: Path, run: Run) -> None:
    bulk = ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--by", "case,size", "-o"]
    run(*bulk, "out.csv")
    written = (hostile / "out.csv").read_bytes().decode()
    assert not set(written) & (set(CONTROLS) - {"\n"})
    rows = list(csv.reader(io.StringIO(written)))
    assert [cell for row in rows for cell in row if cell.startswith("'=")]
    assert not [cell for row in rows for cell in row if is_formula(cell)]
    run(*bulk, "out.xlsx")
    cells = [cell for row in openpyxl.load_workbook(hostile / "out.xlsx").active.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    run("test", "standards", "--junit", "out.xml")
    junit = (hostile / "out.xml").read_text("utf-8")
    assert ElementTree.fromstring(junit).findall(".//failure")
    assert not set(junit) & (set(CONTROLS) - {"\n"})


def test_nothing_is_printed_but_by_the_one_module_that_makes_it_inert() -> None:
    package = Path(ctm_rules.cli.__file__).parent
    printing = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_print = isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "typer.echo", "Console")
            is_stream = isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "sys.stdout.write",
                "sys.stderr.write",
            )
            if is_print or is_stream:
                printing.append(path.relative_to(package).as_posix())
    # Where even the libraries of the command line are missing, one sentence of our own says so.
    assert set(printing) == {"output.py", "__init__.py"}
