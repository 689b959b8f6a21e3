"""What a rule means, written out by hand: every form of clause over yes, no, na and missing."""

from __future__ import annotations

import datetime

import pytest

from ctm_rules import Answer, Case, Framework, Judgement, Outcome, make_engine
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.outcomes import Truth
from tests.support.engines import ENGINES
from tests.support.small_framework import Small


def outcome_of(framework: Framework, engine: str, answers: str, facts: dict[str, FactValue] | None = None) -> Outcome:
    """Return the outcome for answers written as one letter for each prompt: y, n, - (na) and ? (missing)."""
    letters = {"y": Answer.YES, "n": Answer.NO, "-": Answer.NA}
    given = {
        f"hygiene.clean.{prompt}": letters[letter]
        for prompt, letter in zip(("floors", "knives", "meat"), answers, strict=True)
        if letter != "?"
    }
    case = Case("c", {"serves_meat": True} if facts is None else facts, given)
    return make_engine(framework, engine).assess(case).questions["hygiene.clean"].outcome


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(
            "{all: [floors, knives, meat]}",
            {
                "yyy": "yes", "yny": "no", "y-y": "yes", "n--": "no", "---": "not_applicable",
                "yy?": "undetermined", "n??": "no", "--?": "undetermined", "???": "undetermined",
            },
            id="all",
        ),
        pytest.param(
            "{any: [floors, knives, meat]}",
            {
                "nny": "yes", "nnn": "no", "-n-": "no", "---": "not_applicable",
                "nn?": "undetermined", "y??": "yes", "--?": "undetermined",
            },
            id="any",
        ),
        pytest.param(
            "{at_least: {count: 2, of: [floors, knives, meat]}}",
            {
                "yyn": "yes", "ynn": "no", "yy?": "yes", "yn?": "undetermined", "nn?": "no", "n?-": "no",
                # Where fewer than two apply, all that apply must be yes.
                "y--": "yes", "n--": "no", "---": "not_applicable", "y?-": "undetermined", "?--": "undetermined",
                # It could still be that two apply and both are yes, or that only the no applies.
                "??n": "undetermined", "?-n": "no",
            },
            id="two of three",
        ),
        pytest.param(
            "{not: floors}",
            {"y??": "no", "n??": "yes", "-??": "not_applicable", "?yy": "undetermined"},
            id="not",
        ),
        pytest.param(
            "{all: [floors, {any: [knives, meat]}]}",
            # A clause left with nothing to look at drops out.
            {"y--": "yes", "yn-": "no", "-ny": "yes", "ynn": "no", "-n?": "undetermined", "nyy": "no"},
            id="any inside all",
        ),
        pytest.param(
            "{all: [{any: [floors, {fact: serves_meat, is: yes}]}, knives]}",
            {"ny?": "yes", "-y?": "yes", "yn?": "no", "--y": "not_applicable", "-?y": "undetermined"},
            id="fact inside any",
        ),
    ],
)  # fmt: skip
def test_rule_gives_the_outcome_worked_out_by_hand(
    small: Small, engine: str, rule: str, expected: dict[str, str]
) -> None:
    framework = small(rule)
    assert {answers: outcome_of(framework, engine, answers).value for answers in expected} == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("answers", "facts", "expected"),
    [
        pytest.param("yyn", {"serves_meat": True}, "no", id="no, and it applies"),
        pytest.param("yyn", {"serves_meat": False}, "yes", id="no, and it does not apply"),
        pytest.param("yyy", {}, "undetermined", id="yes, and the fact is missing"),
        pytest.param("yyn", {}, "undetermined", id="no, and the fact is missing"),
        pytest.param("yy-", {}, "yes", id="na, and the fact is missing"),
        pytest.param("ny?", {}, "no", id="another no, and the fact is missing"),
    ],
)
def test_prompt_that_may_not_apply_is_unknown_until_the_fact_is_known(
    small: Small, engine: str, answers: str, facts: dict[str, FactValue], expected: str
) -> None:
    assert outcome_of(small(), engine, answers, facts).value == expected


TESTS: list[tuple[str, FactValue, FactValue]] = [
    ("{fact: serves_meat, is: yes}", True, False),
    ("{fact: serves_meat, is_not: yes}", False, True),
    ("{fact: size, one_of: [large]}", "large", "small"),
    ("{fact: size, at_least: large}", "large", "small"),
    ("{fact: size, at_most: small}", "small", "large"),
    ("{fact: seats, at_least: 40}", 40, 39),
    ("{fact: seats, at_most: 40}", 40, 41),
    ("{fact: seats, is: 40}", 40, 10**30),
    ("{fact: seats, one_of: [1, 3]}", 3, 2),
    ("{fact: opened, at_least: 2026-02-01}", datetime.date(2026, 2, 1), datetime.date(2026, 1, 31)),
    ("{fact: opened, at_most: 2026-02-01}", datetime.date(2026, 2, 1), datetime.date(2026, 2, 2)),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("test", "meets", "fails"), TESTS, ids=[test.strip("{}") for test, _, _ in TESTS])
def test_fact_is_compared_as_its_type_says(
    small: Small, engine: str, test: str, meets: FactValue, fails: FactValue
) -> None:
    framework = small("{all: [floors, " + test + "]}")
    fact = test.split(":")[1].split(",")[0].strip()
    got = [outcome_of(framework, engine, "y??", facts).value for facts in ({fact: meets}, {fact: fails}, {})]
    assert got == ["yes", "no", "undetermined"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("facts", "answers", "expected"),
    [
        pytest.param({"size": "large"}, "yyy", "yes", id="it applies"),
        pytest.param({"size": "small"}, "nnn", "not_applicable", id="it does not apply"),
        pytest.param({}, "yyy", "undetermined", id="the fact is missing"),
        pytest.param({}, "---", "not_applicable", id="the fact is missing and all is na"),
    ],
)
def test_question_is_asked_only_where_it_applies(
    small: Small, engine: str, facts: dict[str, FactValue], answers: str, expected: str
) -> None:
    framework = small("{all: [floors, knives]}\n        applies_when: {fact: size, is: large}")
    assert outcome_of(framework, engine, answers, facts).value == expected


VARIANTS = (
    "facts:\n",
    """variants:
  - {id: tiny, title: Tiny, when: {fact: seats, at_most: 5}}
  - {id: new, title: New, when: {fact: opened, at_least: 2026-01-01}}
facts:
""",
)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("facts", "answers", "expected", "variant"),
    [
        pytest.param({"seats": 3}, "ny?", "yes", "tiny", id="first holds"),
        pytest.param(
            {"seats": 9, "opened": datetime.date(2026, 3, 1)},
            "ny?",
            "no",
            None,
            id="second holds and has no rule",
        ),
        pytest.param({"seats": 9, "opened": datetime.date(2025, 3, 1)}, "ny?", "no", None, id="none holds"),
        # Not known whether the case is tiny: the question has a rule of its own for tiny ones.
        pytest.param({"opened": datetime.date(2026, 3, 1)}, "yyy", "undetermined", None, id="first may hold"),
        # Not tiny for certain; whether it is new changes nothing, for there is no rule for new ones.
        pytest.param({"seats": 9}, "ny?", "no", None, id="second may hold and has no rule"),
    ],
)
def test_first_variant_that_holds_gives_the_rule(
    small: Small, engine: str, facts: dict[str, FactValue], answers: str, expected: str, variant: str | None
) -> None:
    rule = "{all: [floors, knives]}\n        variants: {tiny: {yes_when: knives}}"
    framework = small(rule, VARIANTS)
    letters = {"y": Answer.YES, "n": Answer.NO}
    given = {
        f"hygiene.clean.{prompt}": letters[letter]
        for prompt, letter in zip(("floors", "knives", "meat"), answers, strict=True)
        if letter in letters
    }
    outcome = make_engine(framework, engine).assess(Case("c", facts, given)).questions["hygiene.clean"]
    assert (outcome.outcome.value, outcome.variant) == (expected, variant)


THIS_YEAR, LAST_YEAR = datetime.date(2026, 3, 1), datetime.date(2025, 3, 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("facts", "expected", "variant"),
    [
        pytest.param({"seats": 9, "opened": THIS_YEAR, "size": "large"}, "yes", "new", id="later holds"),
        pytest.param({"seats": 9, "opened": LAST_YEAR, "size": "large"}, "no", None, id="none holds"),
        # Tiny as well, and that comes first: there is no rule for tiny ones, so that the question's own one is used.
        pytest.param({"seats": 3, "opened": THIS_YEAR, "size": "large"}, "no", None, id="earlier holds too"),
        pytest.param({"opened": THIS_YEAR, "size": "large"}, "undetermined", None, id="earlier may hold"),
        pytest.param({"opened": LAST_YEAR, "size": "large"}, "no", None, id="earlier may hold and later does not"),
        pytest.param({"seats": 9, "size": "large"}, "undetermined", None, id="later may hold"),
        pytest.param(
            {"seats": 9, "opened": THIS_YEAR, "size": "small"},
            "not_applicable",
            "new",
            id="later holds, and it is not asked",
        ),
        pytest.param(
            {"seats": 9, "opened": THIS_YEAR},
            "undetermined",
            "new",
            id="later holds, and it may be asked",
        ),
    ],
)
def test_later_variant_gives_the_rule_only_where_no_earlier_one_may_hold(
    small: Small, engine: str, facts: dict[str, FactValue], expected: str, variant: str | None
) -> None:
    applies = "\n        applies_when: {fact: size, is: large}"
    rule = "{all: [floors, knives]}\n        variants: {new: {yes_when: knives}}" + applies
    answers = {"hygiene.clean.floors": Answer.NO, "hygiene.clean.knives": Answer.YES}
    case = Case("c", facts, answers)
    outcome = make_engine(small(rule, VARIANTS), engine).assess(case).questions["hygiene.clean"]
    assert (outcome.outcome.value, outcome.variant) == (expected, variant)


@pytest.mark.parametrize("engine", ENGINES)
def test_recorded_judgement_replaces_the_rule_and_both_are_kept(small: Small, engine: str) -> None:
    answers = {f"hygiene.clean.{prompt}": Answer.NO for prompt in ("floors", "knives", "meat")}
    judged = Judgement(Outcome.YES, "Repainted since.")
    case = Case("c", {"serves_meat": True}, answers, {"hygiene.clean": judged})
    outcome = make_engine(small(), engine).assess(case).questions["hygiene.clean"]
    assert (outcome.outcome, outcome.rule_outcome, outcome.judgement) == (Outcome.YES, Outcome.NO, judged)
    assert outcome.diverges


def test_reference_keeps_a_result_for_every_clause(small: Small) -> None:
    framework = small("{all: [floors, {at_least: {count: 2, of: [knives, meat]}}]}")
    answers = {"hygiene.clean.floors": Answer.YES, "hygiene.clean.knives": Answer.NA}
    rule = make_engine(framework, "reference").assess(Case("c", {}, answers)).questions["hygiene.clean"].rule
    assert rule is not None
    assert rule.truth is Truth.UNKNOWN
    assert [child.truth for child in rule.children] == [Truth.TRUE, Truth.UNKNOWN]
    assert [child.truth for child in rule.children[1].children] == [Truth.DROPPED, Truth.UNKNOWN]
    assert rule.children[1].children[1].applies is not None
    assert rule.clause.at.line == 31


def test_reference_keeps_why_a_question_is_not_asked(small: Small) -> None:
    framework = small("{all: [floors, knives]}\n        applies_when: {fact: size, is: large}")
    case = Case("c", {"size": "small"}, {"hygiene.clean.floors": Answer.YES})
    outcome = make_engine(framework, "reference").assess(case).questions["hygiene.clean"]
    assert outcome.rule is not None
    assert outcome.rule.truth is Truth.UNKNOWN
    assert outcome.applies is not None
    assert outcome.applies.truth is Truth.FALSE
    assert outcome.applies.clause == framework.key_questions["hygiene.clean"].applies_when
