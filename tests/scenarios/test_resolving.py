"""Scenario files with mistakes: each is found on its line, and all of them at once."""

from __future__ import annotations

import pytest

from tests.support.commands import Run
from tests.support.scenario_files import QUESTION, Tree, mistakes

GIVEN_CASE = "given: {answers: {floors: yes}}"


@pytest.mark.parametrize(
    ("scenario", "found"),
    [
        (["name: Nothing expected", GIVEN_CASE, "expect: {}"], [("bad-scenario", 5)]),
        (["name: No expectation", GIVEN_CASE], [("missing-key", 3)]),
        (["name: Misspelt", GIVEN_CASE, "expects: {outcome: yes}"], [("unknown-key", 5)]),
        (["name: Wrong word", GIVEN_CASE, "expect: {outcome: maybe}"], [("wrong-word", 5)]),
        (["name: No answer", "given: {answers: {floors: y}}", "expect: {outcome: yes}"], [("wrong-word", 4)]),
        (["name: No prompt", "given: {answers: {flors: yes}}", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No fact", "given: {facts: {meat: yes}}", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No value", "given: {facts: {size: huge}}", "expect: {outcome: yes}"], [("bad-value", 4)]),
        (["name: Too much", "given: {facts: {size: [small]}}", "expect: {outcome: yes}"], [("wrong-type", 4)]),
        (["name: No question", "key_question: hygiene.cleen", "expect: {outcome: yes}"], [("unknown-name", 4)]),
        (["name: No variant", GIVEN_CASE, "expect: {variant: brief}"], [("unknown-name", 5)]),
        (["name: No code", GIVEN_CASE, "expect: {diagnostic: bad-valu}"], [("unknown-name", 5)]),
        (["name: Two ends", GIVEN_CASE, "expect: {diagnostic: bad-value, outcome: no}"], [("bad-scenario", 5)]),
        (["name: A case has no band", GIVEN_CASE, "expect: {band: fine}"], [("bad-scenario", 3)]),
        (["name: Mixed", GIVEN_CASE, "expect: {outcome: yes, overall: fine}"], [("bad-scenario", 3)]),
        (
            ["name: Said twice", GIVEN_CASE, "expect: {outcome: yes, key_questions: {hygiene.clean: {outcome: yes}}}"],
            [("bad-scenario", 5)],
        ),
        (["name: No band", "given: {counts: {hygiene.clean: {yes: 1}}}", "expect: {band: fin}"], [("unknown-name", 5)]),
        (
            ["name: Less than none", "given: {counts: {hygiene.clean: {yes: -1}}}", "expect: {band: fine}"],
            [("bad-scenario", 4)],
        ),
        (
            ["name: No such count", "given: {counts: {hygiene.cleen: {yes: 1}}}", "expect: {overall: fine}"],
            [("unknown-name", 4)],
        ),
        (["name: No standard", "given: {ratings: {hygeine: fine}}", "expect: {score: 1}"], [("unknown-name", 4)]),
        (["name: No rating", "given: {ratings: {hygiene: fien}}", "expect: {score: 1}"], [("unknown-name", 4)]),
        (
            [
                "name: Both",
                "given: {ratings: {hygiene: fine}, counts: {hygiene.clean: {yes: 1}}}",
                "expect: {score: 1}",
            ],
            [("bad-scenario", 4)],
        ),
        (["name: No domain", "expect: {domains: {all: fine}}"], [("unknown-name", 4)]),
        (["name: No driver", "expect: {drivers: {hygiene: [floors]}}"], [("unknown-name", 4)]),
        (["name: No overall", "expect: {overall: fien}"], [("unknown-name", 4)]),
        (["name: No address", "given: {amended: {set: {a.b: 1}}}", "expect: {outcome: yes}"], [("unknown-address", 4)]),
    ],
    ids=lambda value: value[0].removeprefix("name: ") if isinstance(value[0], str) else "",
)
def test_a_mistake_is_found_on_its_line(tree: Tree, scenario: list[str], found: list[tuple[str, int]]) -> None:
    lines = [f"key_question: {QUESTION}", "scenarios:", f"  - {scenario[0]}", *(f"    {line}" for line in scenario[1:])]
    assert mistakes(tree("\n".join(lines) + "\n")) == found


def test_every_mistake_of_every_file_is_reported_at_once(tree: Tree, run: Run) -> None:
    file = tree("""
        key_question: hygiene.cleen
        facts: {sise: small}
        scenarios:
          - name: One
            given: {facts: {seats: many}}
            expect: {outcome: yes}
          - name: One
            given: {facts: {opened: yesterday}}
            expect: {outcome: yes}
        """)
    (file.parent / "more.yaml").write_text("scenarios: []\n", encoding="utf-8")
    ran = run("test", "standards")
    assert ran.code == 2
    assert ran.out == ""
    expected = [
        ("clean.yaml", 1, "unknown-name"),
        ("clean.yaml", 2, "unknown-name"),
        ("clean.yaml", 5, "bad-value"),
        ("clean.yaml", 7, "duplicate-id"),
        ("clean.yaml", 8, "bad-value"),
        ("more.yaml", 1, "no-scenarios"),
    ]
    for name, line, code in expected:
        assert any(f"{name}:{line}:" in shown and f"[{code}]" in shown for shown in ran.err.splitlines()), (name, line)
    assert ran.err.count(": error: ") == len(expected)


def test_a_question_that_nobody_named_is_asked_for(tree: Tree) -> None:
    assert mistakes(tree("scenarios:\n  - name: Of what?\n    expect: {outcome: yes}\n")) == [("bad-scenario", 3)]
    assert mistakes(tree("tables:\n  - name: Of what?\n    rows: [{yes: 1, band: fine}]\n")) == [("bad-scenario", 2)]
    assert mistakes(tree(f"key_question: {QUESTION}\ntables: [{{name: T, rows: [{{yes: 1}}]}}]\n")) == [
        ("bad-scenario", 2)
    ]
