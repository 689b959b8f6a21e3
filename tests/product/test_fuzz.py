"""Whatever a file holds, reading it ends in a diagnostic or in success: never another exception, a hang or a flood.

Hostile files that people have thought of come first, then whatever Hypothesis thinks of.
"""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import DiagnosticError, load_framework, load_inspection, read_cases
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.limits import MAX_READING_MEMORY, MAX_TABLE_ROWS, MAX_YAML_BYTES
from tests.fuzz.targets import FILES, TARGETS, lay_out
from tests.support.strategies import MOST
from tests.support.watching import watched

YAML_TARGETS = [name for name, target in TARGETS.items() if target.file.endswith(".yaml")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every file is in order."""
    folder = tmp_path_factory.mktemp("files")
    lay_out(folder)
    return folder


@pytest.fixture(autouse=True)
def put_in_order_again(folder: Path) -> Iterator[None]:
    yield
    lay_out(folder)


def feed(folder: Path, name: str, content: bytes) -> DiagnosticError | None:
    """Feed a target, watched, and check that what is refused is refused with diagnostics that are complete."""
    with watched():
        refused = TARGETS[name].feed(folder, content)
    if refused is None:
        return None
    assert isinstance(refused, DiagnosticError)
    assert any(found.severity == "error" for found in refused.diagnostics)
    for found in refused.diagnostics:
        assert found.message
        assert found.file
        assert found.line >= 0
    return refused


def codes(refused: DiagnosticError | None) -> set[str]:
    return set() if refused is None else {found.code for found in refused.diagnostics}


@pytest.mark.parametrize("name", TARGETS)
def test_the_files_that_are_mutated_are_in_order(folder: Path, name: str) -> None:
    content = TARGETS[name].seed.encode()
    assert feed(folder, name, content) is None


# --- Hostile YAML --------------------------------------------------------------------------------

BOMB = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c, *%c]\n" % (n, n, n - 1, n - 1, n - 1) for n in range(ord("b"), ord("z"))
)

HOSTILE_YAML: dict[str, tuple[bytes, str]] = {
    "alias bomb": (BOMB, "yaml-feature"),
    "alias to itself": (b"a: &a [*a]\n", "yaml-feature"),
    "merge of itself": (b"a: &a {<<: *a}\n", "yaml-feature"),
    "tag that makes an object": (b"a: !!python/object/apply:os.system [echo]\n", "yaml-feature"),
    "tag of its own": (b"%TAG ! tag:example.org,2000:\n--- !x\na: b\n", "yaml-feature"),
    "brackets that never end": (b"[" * MAX_YAML_BYTES, "too-deep"),
    "braces that never end": (b"{a: " * (MAX_YAML_BYTES // 4), "too-deep"),
    "dashes that never end": (b"- " * (MAX_YAML_BYTES // 2), "too-deep"),
    "question marks that never end": (b"? " * (MAX_YAML_BYTES // 2), "too-deep"),
    "blocks that never end": (b"".join(b" " * n + b"a:\n" for n in range(990)), "too-deep"),
    "a huge number": (b"a: " + b"9" * (MAX_YAML_BYTES - 10), "too-deep"),
    "a huge exponent": (b"title: 1e999999999\n", "missing-key"),
    "100,000 keys": (b"".join(b"%x:\n" % n for n in range(100_000))[:MAX_YAML_BYTES], "too-deep"),
    "items that never end": (b"a: [" + b"b," * (MAX_YAML_BYTES // 2 - 10), "too-deep"),
    "commas that never end": (b"[" + b"," * (MAX_YAML_BYTES - 1), "yaml-syntax"),
    "documents that never end": (b"---\n" * (MAX_YAML_BYTES // 4), "yaml-feature"),
    "anchors that never end": (b"[" + b"&a x," * (MAX_YAML_BYTES // 5 - 1), "yaml-feature"),
    "empty lines that never end": (b"\n" * MAX_YAML_BYTES, "wrong-type"),
    "comments that never end": (b"#\n" * (MAX_YAML_BYTES // 2), "wrong-type"),
    "directives that never end": (b"%YAML 1.2\n" * (MAX_YAML_BYTES // 10), "yaml-syntax"),
    "a line that never ends": (b"title: " + b"x" * (MAX_YAML_BYTES - 10), "missing-key"),
    "a text that never ends": (b"title: '" + b"x " * (MAX_YAML_BYTES // 2 - 10) + b"'", "missing-key"),
    "a folded text that never ends": (b"title: >\n" + b" x\n" * (MAX_YAML_BYTES // 3 - 10), "missing-key"),
    "a key that never ends": (b"x" * (MAX_YAML_BYTES - 10) + b": a", "yaml-syntax"),
    "quotation marks that never end": (b"'" * MAX_YAML_BYTES, "wrong-type"),
    "an id that never ends": (b"id: " + b"x" * 100_000 + b"\n", "missing-key"),
    "a file larger than any": (b"#" * (MAX_YAML_BYTES + 1), "file-too-large"),
    "a NUL byte": (b"id: \x00\n", "yaml-syntax"),
    "a NUL byte in disguise": (b'id: "\\0"\n', "yaml-syntax"),
    "a control character": (b"id: \x1b[31m\n", "yaml-syntax"),
    "a control character in disguise": (b'title: "\\e[31m"\n', "yaml-syntax"),
    "bytes that are no UTF-8": (b"id: caf\xe9\n", "not-text"),
    "an overlong NUL": (b"id: \xc0\x80\n", "not-text"),
    "UTF-16": ("id: a\n".encode("utf-16"), "not-text"),
    "UTF-16 without a mark": ("id: a\n".encode("utf-16-le"), "yaml-syntax"),
    "UTF-32": ("id: a\n".encode("utf-32"), "not-text"),
    "half a pair of surrogates": (b'id: "\\ud800"\n', "yaml-syntax"),
    "half a pair of surrogates in raw bytes": (b"id: \xed\xa0\x80\n", "not-text"),
    "no character": (b'id: "\\ufffe"\n', "yaml-syntax"),
    "a character beyond the last": (b'id: "\\U00110000"\n', "yaml-syntax"),
    "a character far beyond the last": (b'id: "\\UFFFFFFFF"\n', "yaml-syntax"),
    "a tab for indentation": (b"a:\n\tb: c\n", "yaml-syntax"),
    "another version of YAML": (b"%YAML 99999999999999999999999999.1\n---\na: b\n", "yaml-syntax"),
    "nothing": (b"", "wrong-type"),
    "nothing but a mark": (b"\xef\xbb\xbf", "wrong-type"),
    "a single word": (b"yes", "wrong-type"),
}


@pytest.mark.parametrize("case", HOSTILE_YAML)
def test_hostile_yaml_is_refused(folder: Path, case: str) -> None:
    content, code = HOSTILE_YAML[case]
    assert code in codes(feed(folder, "amendment", content))


@contextmanager
def measured() -> Iterator[None]:
    """Fail where what runs inside takes more memory than reading a file may take."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MAX_READING_MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", ["100,000 keys", "anchors that never end", "brackets that never end"])
def test_hostile_yaml_takes_no_more_memory_than_declared(folder: Path, case: str) -> None:
    with measured():
        assert feed(folder, "amendment", HOSTILE_YAML[case][0]) is not None


@pytest.mark.parametrize("name", YAML_TARGETS)
@pytest.mark.parametrize(
    "case", ["alias bomb", "a NUL byte", "UTF-16", "half a pair of surrogates", "brackets that never end", "nothing"]
)
def test_every_reader_of_yaml_refuses_what_is_hostile(folder: Path, name: str, case: str) -> None:
    assert feed(folder, name, HOSTILE_YAML[case][0]) is not None


@pytest.mark.parametrize("name", YAML_TARGETS)
def test_a_mark_at_the_start_and_line_ends_of_any_kind_change_nothing(folder: Path, name: str) -> None:
    lines = TARGETS[name].seed.encode().split(b"\n")
    for line_end in (b"\r\n", b"\r", b"\n"):
        assert feed(folder, name, b"\xef\xbb\xbf" + line_end.join(lines)) is None


def test_a_pair_of_surrogates_as_json_writes_them_is_one_character(folder: Path) -> None:
    text = FILES["standards/framework.yaml"].replace("title: Kitchens", 'title: "\\ud83c\\udf73"')
    (folder / "standards" / "framework.yaml").write_text(text, encoding="utf-8")
    assert load_framework(folder / "standards").title == "\N{COOKING}"


def test_hundreds_of_unknown_names_among_thousands_of_known_ones_are_reported_in_time(folder: Path) -> None:
    prompts = "".join(f"      - {{id: prompt_{n:05}, ask: a}}\n" for n in range(1000))
    head = FILES["standards/hygiene.yaml"].partition("    yes_when")[0]
    names = ", ".join(f"pormpt_{n:05}" for n in range(300))
    refused = feed(folder, "standard", f"{head}{prompts}    yes_when: {{any: [{names}]}}\n".encode())
    assert "unknown-name" in codes(refused)
    with watched():
        known = [f"a_name_of_some_length_{n}" for n in range(10_000)]
        for n in range(100):
            assert "Allowed: a_name_of" in nearest_name_hint(f"a_nmae_of_some_length_{n}", known)
        assert nearest_name_hint("x" * MAX_YAML_BYTES, ["x" * MAX_YAML_BYTES + "y"], list_all=False) == ""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param(
            "standard",
            "at_least: 2000-01-01",
            "at_least: 0001-01-01",
            id="condition from the first day of all",
        ),
        pytest.param("standard", "at_least: 2000-01-01", "at_most: 9999-12-31", id="condition to the last day of all"),
        pytest.param("standard", "count: 1", "count: 999999999999999999999999999999", id="huge count"),
        pytest.param("framework", "score: 1", "score: -999999999999999999999999999999", id="huge negative score"),
        pytest.param(
            "framework",
            "in_force_to: 2027-12-31",
            "in_force_to: 9999-12-31",
            id="in force to the last day of all",
        ),
        pytest.param(
            "framework",
            "in_force_from: 2026-01-01",
            "in_force_from: 0001-01-01",
            id="in force from the first day of all",
        ),
        pytest.param("framework", "from: 49.5", "from: 1e99", id="huge limit"),
        pytest.param("framework", "from: 49.5", "from: 1e-99", id="tiny limit"),
        pytest.param("framework", "within_points: 2.5", "within_points: -1e99", id="huge negative distance"),
        pytest.param(
            "framework",
            "cases_fewer_than: 6",
            "cases_fewer_than: 999999999999999999999999999999",
            id="huge number of cases",
        ),
        pytest.param(
            "measures",
            "one_of: [1, 2]",
            "one_of: [999999999999999999999999999999, -1]",
            id="huge value of a fact",
        ),
        pytest.param("inspection", "started: 2026-03-01", "started: 9999-12-31", id="fieldwork on the last day of all"),
        pytest.param("inspection", "weeks: 2", "weeks: 999999999999999999999999999999", id="huge number of weeks"),
        pytest.param("inspection", "population: 20", "population: -1", id="negative population"),
        pytest.param("inspection", "value: 1.5", "value: 1e99", id="huge figure"),
        pytest.param(
            "scenarios",
            "yes: 1, no: 2",
            "yes: 999999999999999999999999999999, no: 2",
            id="scenario with a huge count",
        ),
        pytest.param("scenarios", "yes: 1, no: 2", "yes: -1, no: 1", id="scenario with a negative count"),
        pytest.param("words", "below: 50", "below: 1e-99", id="words below a tiny limit"),
        pytest.param("words", "strength_from: 65", "strength_from: -1e99", id="words from a huge negative limit"),
    ],
)
def test_numbers_and_dates_at_the_end_of_their_range_are_taken_or_refused(
    folder: Path, name: str, old: str, new: str
) -> None:
    text = TARGETS[name].seed
    assert old in text
    refused = feed(folder, name, text.replace(old, new).encode())
    assert refused is None or refused.diagnostics


# --- Hostile tables ------------------------------------------------------------------------------

HEADER, FIRST_ROW = FILES["cases.csv"].splitlines()[:2]

HOSTILE_TABLES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "bad-column"),
    "a NUL byte": (f"{HEADER}\n{FIRST_ROW}\0\n".encode(), "bad-row"),
    "a control character in an id": (f"{HEADER}\n\x1b[31m{FIRST_ROW}\n".encode(), "bad-row"),
    "no UTF-8": (f"{HEADER}\n{FIRST_ROW}\n".encode() + b"\xe9", "unknown-encoding"),
    "UTF-16 without a mark": (f"{HEADER}\n{FIRST_ROW}\n".encode("utf-16-le"), "unknown-encoding"),
    "a quotation mark that never ends": (f'{HEADER}\n"{"x" * 300_000}'.encode(), "bad-row"),
    "a cell that never ends": (f"{HEADER}\n{'x' * 300_000}\n".encode(), "bad-row"),
    "a header of too many names": (("case," + ",".join(f"a{n}" for n in range(200_000))).encode(), "bad-column"),
    "a header that never ends": (("case," + ",".join(f"a{n}" for n in range(300_000))).encode(), "bad-row"),
    "a header of commas": (b"case" + b"," * 1_000_000 + b"\nc1\n", "bad-column"),
    "rows of one cell": (f"{HEADER}\n".encode() + b"a\n" * 500_000, "bad-row"),
    "rows of bad cells": (
        f"{HEADER}\n".encode() + b"".join(b"c%d,Y,L,?,?,Y,Y,Y,Y,Y\n" % n for n in range(100_000)),
        "too-many-mistakes",
    ),
    "more rows than are read one by one": (
        b"case,hygiene.clean.floors\n" + b"".join(b"%x,yes\n" % n for n in range(500_000)),
        "file-too-large",
    ),
    "the same case for ever": (f"{HEADER}\n".encode() + f"{FIRST_ROW}\n".encode() * 100_000, "bad-row"),
    "formulas": (f"{HEADER}\n=1+1,=A1,@SUM(1),+1,-1,=cmd|' /C calc'!A0,,,,\n".encode(), "bad-value"),
    "Arabic digits": (f"{HEADER}\nc1,yes,large,\u0664\u0660,2026-02-01,yes,na,no,no,\n".encode(), "bad-value"),
    "huge numbers": (f"{HEADER}\nc1,yes,large,{'9' * 5000},2026-02-01,yes,na,no,no,\n".encode(), "bad-value"),
    "days that do not exist": (f"{HEADER}\nc1,yes,large,40,0000-00-00,yes,na,no,no,\n".encode(), "bad-value"),
}


@pytest.mark.parametrize("case", HOSTILE_TABLES)
def test_a_hostile_table_is_refused(folder: Path, case: str) -> None:
    content, code = HOSTILE_TABLES[case]
    assert code in codes(feed(folder, "cases", content))


@pytest.mark.parametrize("case", ["rows of bad cells", "more rows than are read one by one"])
def test_a_hostile_table_takes_no_more_memory_than_declared(folder: Path, case: str) -> None:
    with measured():
        assert feed(folder, "cases", HOSTILE_TABLES[case][0]) is not None


def test_the_largest_table_takes_no_more_memory_than_declared(folder: Path) -> None:
    row = FIRST_ROW.partition(",")[2]
    table = f"{HEADER}\n" + "".join(f"case {n},{row}\n" for n in range(MAX_TABLE_ROWS))
    with measured():
        assert feed(folder, "cases", table.encode()) is None


# --- What is no ordinary file --------------------------------------------------------------------


def instead_of(file: Path, kind: str) -> None:
    """Put something else where a file was."""
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "link to itself":
        file.symlink_to(file.name)
    else:
        file.symlink_to("nowhere")


KINDS = ["folder", "pipe", "device", "link to itself", "link to nothing"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes and devices among its files")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TARGETS)
def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path, name: str, kind: str) -> None:
    lay_out(tmp_path)
    target = TARGETS[name]
    instead_of(tmp_path / target.file, kind)
    with watched(), pytest.raises(DiagnosticError) as refused:
        target.read(tmp_path)
    # A device stands there as a link, which is refused for leading out of the folder.
    assert codes(refused.value) & {"file-not-readable", "link-leads-out"}


@pytest.mark.parametrize("name", TARGETS)
def test_a_file_that_may_not_be_read_is_refused(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    target = TARGETS[name]
    opened = Path.open

    def guarded(path: Path, *arguments: object) -> object:
        if path == folder / target.file:  # permissions of the file itself would not stop the superuser
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments)  # type: ignore[call-overload]  # whatever the arguments are, they are handed on

    monkeypatch.setattr(Path, "open", guarded)
    with pytest.raises(DiagnosticError, match="permission denied"):
        target.read(folder)


@pytest.mark.parametrize("path", ["../cases.csv", "/etc/passwd", "a/../../cases.csv", "linked.csv", "linked/cases.csv"])
def test_a_case_table_outside_the_folder_of_the_inspection_is_not_read(tmp_path: Path, path: str) -> None:
    inside = tmp_path / "inside"
    lay_out(inside)
    outside = tmp_path / "cases.csv"
    outside.write_text(FILES["cases.csv"], encoding="utf-8")
    (inside / "linked.csv").symlink_to(outside)
    (inside / "linked").symlink_to(tmp_path, target_is_directory=True)
    (inside / "inspection.yaml").write_text(
        FILES["inspection.yaml"].replace("cases.csv", path), encoding="utf-8", newline=""
    )
    with pytest.raises(DiagnosticError, match="not in the folder of the inspection"):
        load_inspection(inside / "inspection.yaml")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("\\0", id="null"),
        pytest.param("x\\ty", id="tab"),
        pytest.param("a" * 5000, id="5,000 letters"),
        pytest.param("/", id="root"),
        pytest.param(".", id="this folder"),
        pytest.param("~", id="tilde"),
        pytest.param("nowhere", id="nowhere"),
        pytest.param("-", id="dash"),
        pytest.param(
            "con",
            id="name of a device",
        ),
        pytest.param(
            "*",
            id="asterisk",
        ),
    ],
)
@pytest.mark.parametrize(
    "key", [pytest.param("file: cases.csv", id="case table"), pytest.param("path: standards", id="framework")]
)
def test_a_file_name_that_is_none_is_refused(folder: Path, key: str, path: str) -> None:
    word, _, old = key.partition(": ")
    text = FILES["inspection.yaml"].replace(key, f'{word}: "{path}"')
    assert old not in text.replace("cases: ", "") or word == "path"
    assert feed(folder, "inspection", text.encode()) is not None


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\0.csv", id="null"),
        pytest.param("a" * 5000 + ".csv", id="5,000 letters"),
        pytest.param("", id="empty"),
    ],
)
def test_a_path_that_is_none_is_refused(folder: Path, name: str) -> None:
    framework = load_framework(folder / "standards")
    for read in (lambda path: read_cases(path, framework), load_inspection, load_framework):
        with pytest.raises(DiagnosticError):
            read(folder / name / "x" if not name else folder / name)


# --- Whatever Hypothesis thinks of ---------------------------------------------------------------

ATOMS = [
    "", "null", "~", "true", "yes", "no", "na", "0", "-1", "1.5", "1e99", "1e-99", "9" * 30, "[]", "{}", "[[]]",
    "[null]", "{a: b}", "{a: null}", "''", '" "', "'0'", '"\\0"', '"\\ud800"', '"\\U00110000"', '"\\e[0m"', "&a x",
    "*a", "!!str x", "2026-01-01", "0001-01-01", "9999-12-31", "2026-02-30", "floors", "hygiene", "fine", "size",
    "serves_meat", "cases", "judgement", "{fact: size, is: large}", "{fact: opened, at_least: 9999-12-31}",
    "{fact: seats, at_most: 999999999999999999}", "{not: floors}", "{all: [floors]}", "{any: []}",
    "{at_least: {count: 0, of: [floors]}}", "{at_least: {count: 99, of: [floors, knives]}}", "| \n", ">\n", "- a",
    "? a", "a: b", "#", "%", "@", "`", "---", "...", "\t", "\u2028", "\x85", "\ufeff", "<<", "=",
    "{from: 0, rating: fine}",
]  # fmt: skip
SEEDS = {name: target.seed for name, target in TARGETS.items()}


@st.composite
def mutated(draw: st.DrawFn, seed: str) -> bytes:
    """Bytes that were once a file in order: values, lines and bytes replaced, doubled, moved or taken out."""
    text = seed
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["value", "value", "word", "line", "slice"]))
        if kind == "value":
            places = [place for place in range(len(text) - 1) if text[place : place + 2] in (": ", "[{", ", ", "- ")]
            place = draw(st.sampled_from(places)) + 2 if places else 0
            ends = [end for mark in ",}]\n" if (end := text.find(mark, place)) >= 0]
            text = text[:place] + draw(st.sampled_from(ATOMS)) + text[min(ends, default=len(text)) :]
        elif kind == "word":
            words = text.split(" ")
            one, other = (draw(st.integers(0, len(words) - 1)) for _ in range(2))
            words[one] = words[other]
            text = " ".join(words)
        elif kind == "line":
            lines = text.split("\n")
            one, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            lines[one : one + draw(st.integers(0, 2))] = [lines[other]]
            text = "\n".join(lines)
        else:
            start = draw(st.integers(0, len(text)))
            text = text[:start] + draw(st.text(max_size=3)) + text[start + draw(st.integers(0, 30)) :]
    content = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 9:
        start = draw(st.integers(0, len(content)))
        content = content[:start] + draw(st.binary(max_size=3)) + content[start + draw(st.integers(0, 3)) :]
    return content


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=max(40, MOST // 20))
@given(data=st.data())
def test_a_file_once_in_order_is_taken_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    feed(folder, name, data.draw(mutated(SEEDS[name])))


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=max(20, MOST // 20))
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_taken_or_refused(folder: Path, name: str, content: bytes) -> None:
    feed(folder, name, content)


MARKS = [
    "\n",
    "\n  ",
    "\n    ",
    ": ",
    ", ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "|",
    ">",
    "&",
    "*",
    "!",
    "#",
    "? ",
    "%",
]
KEYS = ["id", "title", "all", "any", "not", "at_least", "count", "of", "fact", "is", "set", "remove", "add", "amends"]
KEYS += ["facts", "standards", "key_questions", "scenarios", "cases", "file", "labels", "drafts"]
PIECES = st.sampled_from([*MARKS, *KEYS, *ATOMS])


@pytest.mark.parametrize("name", YAML_TARGETS)
@settings(max_examples=max(20, MOST // 20))
@given(pieces=st.lists(PIECES, max_size=40))
def test_any_pieces_of_yaml_are_taken_or_refused(folder: Path, name: str, pieces: list[str]) -> None:
    feed(folder, name, "".join(pieces).encode())
