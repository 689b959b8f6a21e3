"""What is wrong with the syntax of a file: as many mistakes as can be known at once, each where it was made."""

from __future__ import annotations

import pytest

from ctm_rules.diagnostics.findings import Findings
from ctm_rules.yaml_files.marked_yaml import MarkedDict, parse_yaml


def found_in(text: str) -> list[tuple[int, str, str]]:
    findings = Findings()
    parse_yaml(text.encode(), "file.yaml", findings)
    return [(each.line, each.message, each.hint) for each in findings]


COLON, DASH, SPACE = "there is a colon", "a space is missing after the dash", "a space is missing after the colon"
SEVERAL: dict[str, tuple[str, list[tuple[int, str]]]] = {
    "two colons": (
        "ask: Is it good: yes or no?\nid: clean\ntitle: Clean: and tidy # as printed\n",
        [(1, COLON), (3, COLON)],
    ),
    "three kinds": (
        "id: a\nfacts:\n  -one\n  -two: [x]\ntitle:Clean\nask: Is it: so?\n",
        [(3, DASH), (4, DASH), (5, SPACE), (6, COLON)],
    ),
    "one that could be several things ends it": (
        "ask: Is it: so?\nlist: [a, b\nask2: Is it: so?\n",
        [(1, COLON), (2, "the bracket")],
    ),
    "a text that goes on below": ("ask: Is it: so\n  or not?\ntitle: Clean: and tidy\n", [(1, COLON)]),
    "a block below": ("ask: Is it: so\n  id: clean\ntitle: Clean: and tidy\n", [(1, COLON)]),
}


@pytest.mark.parametrize(("text", "expected"), SEVERAL.values(), ids=SEVERAL)
def test_as_many_as_can_be_known_are_said_at_once(text: str, expected: list[tuple[int, str]]) -> None:
    found = found_in(text)
    assert [
        (line, message.startswith(says)) for (line, message, _), (_, says) in zip(found, expected, strict=True)
    ] == [(line, True) for line, _ in expected]


def test_a_text_with_a_colon_is_shown_in_quotes() -> None:
    ((_, _, hint),) = found_in("ask: Is it good: yes or no?\n")
    assert hint.endswith('contains a colon: "Is it good: yes or no?"')


IN_BRACES = {
    "a text": (
        "- {id: a, ask: Is it up to date: since May?}\n",
        'put the text in quotes: "Is it up to date: since May?"',
    ),
    "a key": ("- {id: a, type: number title: Clean}\n", "or, where title is a key, put a comma before it"),
    "the last of several": ("{a: {b: c}, ask: Is it: so}\n", 'put the text in quotes: "Is it: so"'),
}


@pytest.mark.parametrize(("text", "says"), IN_BRACES.values(), ids=IN_BRACES)
def test_a_colon_in_braces_is_of_a_text_or_a_comma_is_missing_before_its_key(text: str, says: str) -> None:
    ((line, message, hint),) = found_in(text)
    assert (line, message) == (1, "there is a colon where none can be")
    assert says in hint


def test_a_comma_that_is_missing_elsewhere_is_still_said() -> None:
    ((_, message, _),) = found_in("- {id: a b\n- {id: b}\n")
    assert message == "the bracket that opens here is not closed"


NOTHING = {
    "in a block": ("a:\n  - b: x\n    c:\n    d: 1\n", 3, 7),
    "before a comment": ("a: # nothing yet\nb: 1\n", 1, 3),
    "at the end": ("b: 1\na:\n\n", 2, 3),
}


@pytest.mark.parametrize(("text", "line", "column"), NOTHING.values(), ids=NOTHING)
def test_nothing_stands_behind_the_colon_of_its_key(text: str, line: int, column: int) -> None:
    findings = Findings()
    block = parse_yaml(text.encode(), "file.yaml", findings)
    assert isinstance(block, MarkedDict)
    below = block["a"][0] if isinstance(block["a"], list) else block
    assert isinstance(below, MarkedDict)
    name = "c" if "c" in below else "a"
    assert below[name] is None
    assert (below.value_at[name].line, below.value_at[name].column) == (line, column)
