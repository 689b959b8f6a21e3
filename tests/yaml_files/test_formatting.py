from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules.diagnostics.findings import DiagnosticError, Findings
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.yaml_files.formatting import format_yaml, yaml_files
from ctm_rules.yaml_files.layout_writing import WIDTH
from ctm_rules.yaml_files.marked_yaml import parse_yaml

SHIPPED = [file.read_text(encoding="utf-8") for file in sorted(standards_folder().rglob("*.yaml"))]


def formatted(text: str) -> str:
    return format_yaml(text.encode(), "a.yaml").decode()


def meaning(text: str) -> str | None:
    """Return what the text says, with types and the order of keys, or nothing where it does not parse."""
    findings = Findings()
    data = parse_yaml(text.encode(), "a.yaml", findings)
    return None if findings.errors else repr(data)


# --- The layout ----------------------------------------------------------------------------------


def test_one_file_shows_the_whole_layout() -> None:
    before = """
# Above everything.


id:   "P 2.1"     # the printed reference
slug: 'assessment'
edition: '2024'
title: "Assessment: the first step"
share_of: "yes"
among: [ yes,no ]
themes:
- {id: a,   title: "First, of two"}
-   id: b
    title: Second
# Between two keys.
rule: {all: [motivation, # decides
   {at_least: {count: 2, of: [diversity, circumstances, involvement]}}]}
kept: |
    line one
      line two
note: >
  a
  folded text
empty:
nothing: {}


# At the end.
"""
    assert (
        formatted(before)
        == """\
# Above everything.

id: P 2.1                                      # the printed reference
slug: assessment
edition: "2024"
title: "Assessment: the first step"
share_of: "yes"
among: [yes, no]
themes:
  - {id: a, title: "First, of two"}
  - id: b
    title: Second
# Between two keys.
rule:
  all:
    - motivation                               # decides
    - {at_least: {count: 2, of: [diversity, circumstances, involvement]}}
kept: |
  line one
    line two
note: >
  a folded text
empty:
nothing: {}

# At the end.
"""
    )


def test_a_one_liner_that_does_not_fit_becomes_a_block_and_its_parts_stay_on_one_line_where_they_fit() -> None:
    title = "word " * 20 + "end"
    before = f"a:\n  - {{id: x, title: {title}, values: {{one: 1, two: 2}}}}\n"
    assert formatted(before) == f"a:\n  - id: x\n    title: {title}\n    values: {{one: 1, two: 2}}\n"


def test_a_long_text_is_filled_to_the_width_and_a_short_block_of_text_is_kept() -> None:
    long = "word " * 40 + "end"
    lines = formatted(f'a: "{long}"\nb: >-\n  short\n').splitlines()
    assert (lines[0], lines[-2:]) == ("a: >-", ["b: >-", "  short"])
    assert [line.strip() for line in lines[1:-2]] == [("word " * 23).strip(), ("word " * 17 + "end")]
    assert WIDTH - 5 < len(lines[1]) <= WIDTH


@pytest.mark.parametrize(
    "text",
    [
        "2024",
        "1.5",
        "2024-12-23",
        "yes",
        "No",
        "on",
        "null",
        "~",
        "TRUE",
        "1e3",
        "0x1F",
        "12:30",
        ".inf",
        "<<",
        "+1",
        pytest.param("", id="empty"),
    ],
)
def test_quotes_that_matter_are_kept(text: str) -> None:
    assert formatted(f"a: '{text}'\n") == f'a: "{text}"\n'
    assert formatted(f"a: ['{text}']\n") == f'a: ["{text}"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("'a: b'", '"a: b"', id="colon"),
        pytest.param("'a #b'", '"a #b"', id="number sign"),
        pytest.param("'- a'", '"- a"', id="dash"),
        pytest.param('"a"', "a", id="needless"),
        pytest.param("'say \"so\"'", 'say "so"', id="quotation marks inside"),
        pytest.param("'\"so\" they say'", "'\"so\" they say'", id="quotation marks at the start"),
        pytest.param("'it''s: so'", '"it\'s: so"', id="apostrophe and colon"),
        pytest.param('"tab\\there"', '"tab\\there"', id="tab"),
        pytest.param('"caf\\u00e9 – ok"', "café – ok", id="escaped accent"),
        pytest.param('"line\\u2028end"', '"line\\u2028end"', id="escaped line separator"),
        pytest.param('" padded "', '" padded "', id="spaces around"),
        pytest.param('"a\\nb"', ">-\n  a\n\n  b", id="line end"),
        pytest.param("https://example.org/a", "https://example.org/a", id="web address"),
    ],
)
def test_quotes_are_there_only_where_yaml_needs_them(before: str, after: str) -> None:
    assert formatted(f"a: {before}\n") == f"a: {after}\n"


def test_a_comment_stays_with_what_it_is_about() -> None:
    before = """\
a:
    # about the first
    - id: x   # beside x

      # inside x, at its end
    # at the end of the list
# about b
b: # beside b
  c: 1
  # at the end of b
# at the end of the file
"""
    assert (
        formatted(before)
        == """\
a:
  # about the first
  - id: x                                      # beside x

    # inside x, at its end
  # at the end of the list
# about b
b:                                             # beside b
  c: 1
  # at the end of b
# at the end of the file
"""
    )


def test_a_modeline_stays_the_first_line() -> None:
    modeline = "# yaml-language-server: $schema=../../schema/standard.schema.json\n"
    assert formatted(f"{modeline}id: a\n").startswith(modeline)


# --- What formatting may never do ----------------------------------------------------------------


COMMENT = st.integers(1, 10_000).map(lambda number: f"# c{number:05}")


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a shipped file with comments and blank lines in hostile places, and the comments put in."""
    lines = draw(st.sampled_from(SHIPPED)).splitlines()
    start = draw(st.integers(0, max(0, len(lines) - 25)))
    lines = lines[:start] + lines[start:]
    comments = []
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(lines) - 1))
        comment = draw(COMMENT)
        kind = draw(st.sampled_from(["alone", "beside", "blank", "in brackets", "own line in brackets"]))
        if kind == "alone":
            lines.insert(at, " " * draw(st.integers(0, 12)) + comment)
        elif kind == "beside" and "#" not in lines[at] and not lines[at].endswith(">-"):
            lines[at] += f" {comment}"
        elif kind == "blank":
            lines.insert(at, " " * draw(st.integers(0, 3)))
        elif "{" in lines[at] and "#" not in lines[at]:
            bracket = draw(st.sampled_from([", ", "{", "[", "}", "]", ": "]))
            head, found, tail = lines[at].partition(bracket)
            margin = "\n" + " " * 14
            opened = margin + comment if kind == "own line in brackets" else f" {comment}"
            if not found or (bracket == ": " and "{" not in head):
                continue
            lines[at] = (
                f"{head}{found}{opened}{margin}{tail}"
                if bracket not in "]}"
                else f"{head}{opened}{margin}{found}{tail}"
            )
        else:
            continue
        comments.append(comment)
    return "\n".join(lines) + "\n", comments


@settings(max_examples=max(50, settings().max_examples // 20))
@given(disturbed())
def test_no_comment_is_lost_and_no_meaning_changed_wherever_comments_stand(case: tuple[str, list[str]]) -> None:
    text, comments = case
    said = meaning(text)
    if said is None:
        with pytest.raises(DiagnosticError):
            formatted(text)
        return
    after = formatted(text)
    assert meaning(after) == said
    assert formatted(after) == after
    # Inside a block of text it is no comment but text, and may be filled anew.
    before, filled = " ".join(text.split()), " ".join(after.split())
    assert [filled.count(comment) for comment in comments] == [before.count(comment) for comment in comments]


TEXTS = st.one_of(
    st.text(st.sampled_from("ab .:#-?,[]{}'\"\\|>&*!%@`~\n\té–\u00a0\u2028\x85😀01"), max_size=12),
    st.text(st.sampled_from("abc d"), max_size=300),
    st.sampled_from(
        ["yes", "no", "2024", "12", "null", "true", "2024-12-23", "- a", "a: b", "# a", "---", "...", "<<"]
    ),
)


def quoted(text: str, in_halves: bool = False) -> str:
    """Return a text with its characters escaped, those beyond the first 65,536 as JSON writes them where asked."""

    def escaped(character: str) -> str:
        if not in_halves or ord(character) <= 0xFFFF:
            return f"\\U{ord(character):08x}"
        return json.dumps(character)[1:-1]

    return '"' + "".join(c if (c.isalnum() and c.isascii()) or c == " " else escaped(c) for c in text) + '"'


@st.composite
def written(draw: st.DrawFn, depth: int = 3, flow: bool = False, indent: int = 0) -> str:
    """Return a value as somebody might write it: any style, comments and blank lines between anything."""
    margin = "\n" + " " * indent
    gap = st.sampled_from(["", " ", margin, margin + "\n", f" # c{margin}", f" #c{margin}   # d\n{margin}"])
    kind = draw(st.sampled_from(["text", "plain", "block text", "list", "mapping"] if depth else ["text", "plain"]))
    if kind == "text":
        return quoted(draw(TEXTS), draw(st.booleans()))
    if kind == "plain":
        return draw(st.sampled_from(["a", "yes", "12", "1.50", "~", "true", "2024-12-23", "a b", "x-y", "007", "+1"]))
    if kind == "block text" and not flow:
        lines = draw(st.lists(st.text(st.sampled_from("ab #:'-"), max_size=40), min_size=1, max_size=4))
        head = draw(st.sampled_from(["|", ">", "|-", ">-", "|+", ">+", "|  # c", ">-  # c"]))
        return head + "".join(f"{margin}{line}" if line.strip() else "\n" for line in ["x", *lines])
    count = draw(st.integers(0, 3))
    if flow or kind == "block text" or draw(st.booleans()):
        items = [draw(written(depth=depth - 1, flow=True, indent=indent + 1)) for _ in range(count)]
        parts = [
            f"{draw(gap)}{f'k{n}: ' if kind == 'mapping' else ''}{item}{draw(gap)}" for n, item in enumerate(items)
        ]
        inside = ",".join(parts) + draw(gap)
        return f"{{{inside}}}" if kind == "mapping" else f"[{inside}]"
    step = draw(st.integers(1, 4))
    lines = []
    for number in range(max(1, count)):
        key = f"k{number}:" if kind == "mapping" else "-"
        value = draw(written(depth=depth - 1, indent=indent + step))
        between = draw(st.sampled_from([" ", "  # c" + margin + " " * step]))
        if value.startswith(("k0:", "-")) and (key != "-" or draw(st.booleans())):
            between = draw(st.sampled_from(["", " # c"])) + margin + " " * step
        lines.append(draw(st.sampled_from(["", "\n", f"{margin}# above", f"{margin}      # deep"])))
        lines.append(f"{margin}{key}{between}{value}{draw(st.sampled_from(['', ' # beside']))}")
    return "".join(lines).lstrip()


@given(st.lists(written(indent=2), min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_formatting_keeps_the_meaning_and_is_done_after_once(values: list[str], line_end: str, mark: bool) -> None:
    entries = (
        f"k{n}:\n  {value}\n" if value[:2] in ("k0", "- ", "-\n") else f"k{n}: {value}\n"
        for n, value in enumerate(values)
    )
    text = ("\ufeff" if mark else "") + "".join(entries).replace("\n", line_end)
    said = meaning(text)
    if said is None:
        with pytest.raises(DiagnosticError):
            formatted(text)
        return
    after = formatted(text)
    assert meaning(after) == said
    assert formatted(after) == after


def test_a_character_that_json_writes_in_two_halves_is_written_as_itself() -> None:
    text = json.dumps({"a👍": "x👍y", "b": ["👍"]})
    assert text.count("\\ud83d") == 3
    assert formatted(text) == "a👍: x👍y\nb: [👍]\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"a: b: c\n", "yaml-syntax", id="colon in a text"),
        pytest.param(b"a: 1\na: 2\n", "duplicate-key", id="key twice"),
        pytest.param(b"a: &x 1\n", "yaml-feature", id="anchor"),
        pytest.param(b"- a\n", "wrong-type", id="list in place of keys"),
        pytest.param(b"# only a comment\n", "wrong-type", id="nothing but a comment"),
        pytest.param(b"a: \xff\n", "not-text", id="not UTF-8"),
        pytest.param(b'a: "bell\\a"\n', "yaml-syntax", id="unknown escape"),
        pytest.param(b'"' + b"k" * 1100 + b'":\n  - a\n', "yaml-syntax", id="key too long"),
        pytest.param(b'? "' + b"k" * 1100 + b'"\n: a\n', "cannot-format", id="explicit key too long"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_its_place(content: bytes, code: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        format_yaml(content, "a.yaml")
    assert [(found.code, found.file) for found in caught.value.diagnostics] == [(code, "a.yaml")]


def test_line_ends_stay_and_a_byte_order_mark_goes() -> None:
    assert format_yaml("\ufeffa:  1\r\nb: é\r\n".encode(), "a.yaml") == "a: 1\r\nb: é\r\n".encode()
    assert format_yaml(b"a:  1\rb: 2\r", "a.yaml") == b"a: 1\nb: 2\n"


def test_files_are_found_in_folders_but_not_in_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/two.yml", "b/one.yaml", ".git/x.yaml", "b/.x/y.yaml", "b/table.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    inside = tmp_path / "b"
    assert yaml_files([inside / "two.yml", tmp_path]) == [inside / "two.yml", inside / "one.yaml"]
    with pytest.raises(DiagnosticError, match="no file or folder"):
        yaml_files([tmp_path / "nowhere"])
