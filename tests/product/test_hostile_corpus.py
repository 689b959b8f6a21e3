"""Hostile names, contents and options for every reader, writer and command: each ends in success or in a sentence."""

from __future__ import annotations

import io
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars
import pytest

from ctm_rules.writing import SCRATCH
from tests.support.commands import Run
from tests.support.own_standards import declare, inspect

DEPTH = 1_900
"""Deeper than Python calls itself."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with everything that the commands take, and with names and files that are not what they seem."""
    folder = tmp_path_factory.mktemp("corpus")
    inspect(folder, "{id: kitchens}")
    declare(folder / "standards")
    (folder / "empty.yaml").touch()
    (folder / "empty folder").mkdir()
    (folder / "binary.yaml").write_bytes(bytes(range(256)))
    (folder / "folder.yaml").mkdir()
    (folder / "dangling.yaml").symlink_to("nowhere.yaml")
    (folder / "round.yaml").symlink_to("round.yaml")
    (folder / "zero.yaml").symlink_to("/dev/zero")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.yaml")
    if sys.platform == "linux":
        Path(os.fsdecode(bytes(folder) + b"/b\xffd.yaml")).write_text("id: a\n", encoding="utf-8")
    (folder / "--option.yaml").write_text("id: a\n", encoding="utf-8")
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(DEPTH):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    yield folder
    _remove_deep(folder)


def _remove_deep(folder: Path) -> None:
    """Remove folders deeper than Python calls itself, and longer than a path can be."""
    while (folder / "d" / "d").exists():
        (folder / "d" / "d").rename(folder / "e")
        (folder / "d").rmdir()
        (folder / "e").rename(folder / "d")


@pytest.fixture
def here(whole: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(whole)
    return whole


def ends_well(run: Run, here: Path, *arguments: str) -> None:
    """Run a command, and check that it ends as a command ends: with a sentence where it does not end well."""
    ran = run(*arguments)
    said = ran.out + ran.err
    assert ran.code in (0, 1, 2), said
    assert "Traceback" not in said
    assert "has a mistake, and nothing more was done" not in said
    assert ran.code == 0 or "rror" in said or "not rated" in said or ran.code == 1, said
    assert not {character for character in said if not (character.isprintable() or character in "\n\t")} - set("\udcff")
    assert not [name for name in os.listdir(here) if name.startswith(SCRATCH)]  # noqa: PTH208  # names alone


# --- Names ----------------------------------------------------------------------------------------

NAMES: Mapping[str, str] = {
    "nothing": "",
    "a space": " ",
    "not there": "no.yaml",
    "NUL byte": "a\0b.yaml",
    "control sequence": "a\x1b[2J.yaml",
    "two lines": "a\n::error::b.yaml",
    "half a character": "\ud800.yaml",
    "very long": "a" * 300 + ".yaml",
    "very long path": "/".join(["a" * 100] * 60),
    "very deep": "/".join(["d"] * 1_000),
    "deep as can be": "d",
    "empty file": "empty.yaml",
    "empty folder": "empty folder",
    "folder like a file": "folder.yaml",
    "binary file": "binary.yaml",
    "link to nothing": "dangling.yaml",
    "link to itself": "round.yaml",
    "link to a device": "zero.yaml",
    "pipe": "pipe.yaml",
    "device": "/dev/null",
    "bytes that are no text": "b\udcffd.yaml",
    "like an option": "./--option.yaml",
    "home": "~",
    "pattern": "[*.yaml",
    "revision": "git:",
    "marks": "[bold]%s{0}[/x]",
}
COMMANDS: Mapping[str, Sequence[str]] = {
    "check": ["check", "NAME"],
    "rate": ["rate", "NAME"],
    "rate --cases": ["rate", "--cases", "NAME", "--framework", "kitchens"],
    "rate --framework": ["rate", "--cases", "cases.csv", "--framework", "NAME"],
    "rate --judgements": ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--judgements", "NAME"],
    "explain": ["explain", "NAME", "c1"],
    "fmt": ["fmt", "--check", "NAME"],
    "test": ["test", "NAME"],
    "test --cases": ["test", "standards", "--cases", "NAME"],
    "what-if": ["what-if", "NAME", "--next-rating"],
    "what-if --amendment": ["what-if", "inspection.yaml", "-a", "NAME"],
    "diff": ["diff", "NAME", "kitchens"],
    "diff --inspection": ["diff", "kitchens", "kitchens", "--inspection", "NAME"],
    "docs": ["docs", "NAME", "-o", "out/docs"],
    "report": ["report", "NAME", "-o", "out/report", "-f", "json"],
    "new standard": ["new", "standard", "NAME", "food", "--id", "K 2", "--title", "F", "--statement", "F."],
    "new edition": ["new", "edition", "NAME", "2", "--in-force-from", "2027-01-01"],
}


@pytest.mark.parametrize("name", list(NAMES.values()), ids=list(NAMES))
@pytest.mark.parametrize("command", list(COMMANDS.values()), ids=list(COMMANDS))
def test_a_name_of_any_kind_ends_in_a_sentence(run: Run, here: Path, command: Sequence[str], name: str) -> None:
    ends_well(run, here, *(name if word == "NAME" else word for word in command))


# --- Options --------------------------------------------------------------------------------------

ODD = [
    *("", "=", "=1", "a=", "a==b", "\x1b[2J=1", "a\0=1", "::x=1", "a=" + "[" * 5_000, "a=" + "9" * 5_000),
    *("a=!!python/x", "x" * 9_000),
]
CLEAN = "hygiene.clean"
VALUES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "--set": (
        ["what-if", "inspection.yaml", "--set", "VALUE"],
        [
            *ODD,
            f"{CLEAN}.yes_when=",
            f"{CLEAN}.yes_when={{}}",
            f"{CLEAN}.yes_when={{all: []}}",
            "id=",
            "standards=[]",
            f"{CLEAN}.yes_when={{not: {{not: {{not: floors}}}}}}",
            "key_question_bands.bands=[]",
            "in_force_from=2026-02-30",
            "key_question_bands.fine.from=.nan",
            "key_question_bands.fine.from=1e99",
            "overall=null",
            "facts=[]",
            f"{CLEAN}.yes_when=" + "{not: " * 200 + "floors" + "}" * 200,
            "ratings.fine.score=" + "9" * 29,
        ],
    ),
    "--remove": (
        ["what-if", "inspection.yaml", "--remove", "VALUE"],
        [*ODD, "standards", "hygiene", CLEAN, ".", "..", "a.b.c"],
    ),
    "--add": (
        ["what-if", "inspection.yaml", "--add", "VALUE"],
        [*ODD, "standards=[1]", f"{CLEAN}.prompts=[{{}}]", "facts=[[]]"],
    ),
    "--by": (
        ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--by", "VALUE"],
        [
            *ODD,
            ",",
            "case,case",
            "size",
            "seats",
            "opened",
            "opened.quarter",
            "opened.century",
            "subgroups.x",
            "serves_meat",
        ],
    ),
    "--column": (
        ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--column", "VALUE"],
        [*ODD, "size=size", "case=size", "x=case"],
    ),
    "--codes": (
        ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--codes", "VALUE"],
        [
            *ODD,
            "yes=1",
            "yes=1,no=1,na=1",
            "yes=1,no=2,na=9999999999999999999999",
            "size:small=1",
            "x:y=1",
            ":",
            "yes=\u0661,no=2,na=3",
        ],
    ),
    "--on": (
        ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--on", "VALUE"],
        ["", "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "today", "2026-06-01T00:00:00"],
    ),
    "-k of explain": (["explain", "inspection.yaml", "c1", "-k", "VALUE"], ODD),
    "-k of test": (["test", "standards", "-k", "VALUE"], ODD),
    "--threshold": (["test", "standards", "--threshold", "VALUE"], ["", "-1", "101", "1e9", "nan", "\u0661"]),
    "--lang": (
        ["report", "inspection.yaml", "-o", "out/r", "-f", "md", "--lang", "VALUE"],
        ["", "..", "../en", "xx", "EN", "e\0n", "en/"],
    ),
    "--format": (["check", "inspection.yaml", "--format", "VALUE"], ["", "TEXT", "json\0", "xml", "\x1b[2J"]),
    "-o of rate": (
        ["rate", "--cases", "cases.csv", "--framework", "kitchens", "-o", "VALUE"],
        [
            "",
            ".",
            "cases.csv",
            "x",
            "no/such/folder/x.csv",
            "a\0.csv",
            "empty folder/x.xlsx",
            "x.CSV",
            "/dev/full.csv",
            "a" * 300 + ".csv",
        ],
    ),
    "--junit": (["test", "standards", "--junit", "VALUE"], ["", ".", "/dev/null", "a\0b", "empty folder", "a" * 300]),
    "code": (["explain", "VALUE"], [*ODD, "bad-bands", "inspection.yaml"]),
    "case": (["explain", "inspection.yaml", "VALUE"], [*ODD, "c1", "C1", "c1 "]),
    "edition": (["docs", "kitchens", "-o", "out/d", "--edition", "VALUE"], [*ODD, "1", "..", "1/..", "."]),
    "id of a framework": (
        [
            "new",
            "framework",
            "VALUE",
            "--edition",
            "1",
            "--in",
            "out/own",
            "--title",
            "T",
            "--publisher",
            "P",
            "--source",
            "S",
            "--in-force-from",
            "2026-01-01",
        ],
        [*ODD, "..", "a/b", "con", ".hidden", "a.b", "A-1", "\N{LATIN SMALL LETTER E WITH ACUTE}"],
    ),
    "title": (
        [
            "new",
            "framework",
            "t",
            "--edition",
            "1",
            "--in",
            "out/titled",
            "--title",
            "VALUE",
            "--publisher",
            "P",
            "--source",
            "S",
            "--in-force-from",
            "2026-01-01",
        ],
        [*ODD, "yes", "null", "1", "- a", "a: b", "# a", "'", '"', "{a: b}", "\u202e", "\n", "a\tb"],
    ),
}
PROBES = [
    pytest.param([value if word == "VALUE" else word for word in command], id=f"{option} {number}")
    for option, (command, values) in VALUES.items()
    for number, value in enumerate(values, 1)
]


@pytest.mark.parametrize("arguments", PROBES)
def test_an_option_of_any_value_ends_in_a_sentence(run: Run, here: Path, arguments: Sequence[str]) -> None:
    ends_well(run, here, *arguments)
    shutil.rmtree(here / "out", ignore_errors=True)


@pytest.mark.usefixtures("here")
def test_an_empty_argument_is_not_the_working_folder(run: Run) -> None:
    for arguments in (["check", ""], ["fmt", ""], ["diff", "", "kitchens"], ["report", "inspection.yaml", "-o", ""]):
        ran = run(*arguments)
        assert (ran.code, ran.err) == (2, "error: one of the arguments is empty: name what is meant, or leave it out\n")


# --- Contents -------------------------------------------------------------------------------------


def _zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def _parquet() -> bytes:
    out = io.BytesIO()
    polars.DataFrame({"case": ["c1"], "size": [["a"]]}).write_parquet(out)
    return out.getvalue()


CONTENTS: Mapping[str, bytes] = {
    "nothing": b"",
    "mark alone": b"\xef\xbb\xbf",
    "NUL bytes": b"\0" * 1_000,
    "every byte": bytes(range(256)),
    "UTF-16": "id: a\ncase,size\n".encode("utf-16"),
    "UTF-32": "id: a".encode("utf-32"),
    "half a character": b"id: \xed\xa0\x80",
    "exclamation marks": b"a: " + b"!" * 490_000,
    "brackets": b"[" * 100_000,
    "braces": b"{a: " * 50_000,
    "quotation mark": b'id: "' + b"a" * 100_000,
    "anchors": b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "tag of Python": b"!!python/object/apply:os.system ['true']\n",
    "many documents": b"---\na: b\n" * 1_000,
    "one key often": b"id: a\n" * 1_000,
    "list": b"- a\n- b\n",
    "word": b"yes",
    "number": b"9" * 10_000,
    "null": b"~",
    "merge": b"<<<<<<< a\nid: a\n=======\nid: b\n>>>>>>> b\n",
    "carriage returns": b"id: a\rtitle: b\r",
    "escape": b'title: "\\x1b[2J\\ud800\\U0011ffff"\n',
    "deep keys": b"".join(b" " * n + b"a:\n" for n in range(500)),
    "commas": b"case" + b"," * 100_000 + b"\n1\n",
    "open quotation mark": b'case,size\n"c1,small\n' + b"c2,large\n" * 1_000,
    "endless row": b"case,size\nc1," + b"s" * 3_000_000 + b"\n",
    "header twice": b"case,case\nc1,c2\n",
    "header alone": b"case,size\n",
    "semicolons": b"case;size\nc1;small\n",
    "formula": b"case,size\n=1+1,=cmd|' /C calc'!A0\n",
    "archive": _zipped(a=b"a"),
    "archive that leads out": _zipped(**{"..__..__outside": b"a", "xl__workbook.xml": b"<a/>"}),
    "archive that swells": _zipped(**{"xl__workbook.xml": b"<a>" + b" " * 30_000_000}),
    "archive cut short": _zipped(a=b"a" * 1_000)[:60],
    "Parquet": _parquet(),
    "Parquet cut short": _parquet()[:-20],
    "Parquet by its ends": b"PAR1" + b"\xff" * 100 + b"PAR1",
    "XML that names a file": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}
READERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "inspection": ("x.yaml", ["rate", "x.yaml"]),
    "framework": ("x.yaml", ["docs", "./x.yaml", "-o", "out"]),
    "anything": ("x.yaml", ["check", "x.yaml"]),
    "amendment": ("x.yaml", ["what-if", "inspection.yaml", "-a", "x.yaml"]),
    "reading": ("x.yaml", ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--read-as", "x.yaml"]),
    "scenarios": ("x.yaml", ["test", "x.yaml"]),
    "layout": ("x.yaml", ["fmt", "--check", "x.yaml"]),
    "judgements": ("x.csv", ["rate", "--cases", "cases.csv", "--framework", "kitchens", "--judgements", "x.csv"]),
    "workbook in bulk": ("x.xlsx", ["rate", "--cases", "x.xlsx", "--framework", "kitchens"]),
    "Parquet in bulk": ("x.parquet", ["rate", "--cases", "x.parquet", "--framework", "kitchens"]),
    "table of an inspection": ("x.csv", ["rate", "by x.yaml"]),
    "workbook of an inspection": ("x.xlsx", ["rate", "by x.yaml"]),
}


@pytest.mark.parametrize("content", list(CONTENTS.values()), ids=list(CONTENTS))
@pytest.mark.parametrize(("name", "command"), list(READERS.values()), ids=list(READERS))
def test_a_file_of_any_content_ends_in_a_sentence(
    run: Run,
    here: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    command: Sequence[str],
    content: bytes,
) -> None:
    for each in ("inspection.yaml", "cases.csv"):
        shutil.copy(here / each, tmp_path)
    shutil.copytree(here / "standards", tmp_path / "standards")
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    text = (tmp_path / "inspection.yaml").read_text(encoding="utf-8")
    (tmp_path / "by x.yaml").write_text(text.replace("cases.csv", name), encoding="utf-8")
    ends_well(run, tmp_path, *command)
