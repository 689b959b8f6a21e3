"""What a rating is made from belongs together: engines, outcomes, counts and judgements."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any as Anything

import pytest
from attrs import evolve

from ctm_rules import (
    Answer,
    CaseOutcome,
    Counts,
    DiagnosticError,
    Fact,
    Framework,
    Inspection,
    count_outcomes,
    explain_case,
    load_framework,
    make_engine,
    rate_counts,
    rate_outcomes,
)
from ctm_rules.engines.base import Engine
from ctm_rules.model.conditions import Not

GOOD = {"leadership": "good"}


def refused(rate: Callable[[], object]) -> list[tuple[str, str, str, str]]:
    """Return the code, path, message and hint of everything for which something is refused."""
    with pytest.raises(DiagnosticError) as error:
        rate()
    return [(found.code, found.path, found.message, found.hint) for found in error.value.diagnostics]


@pytest.mark.parametrize(
    ("counts", "path", "message", "hint"),
    [
        ({"assesment.safety": Counts(yes=1)}, "/counts/assesment.safety", 'there is no key question "assesment.safety"',
         'did you mean "assessment.safety"?'),
        ({3: Counts(yes=1)}, "/counts/3", 'there is no key question "3"', "Allowed:"),
        ({"assessment.safety": Counts(yes=20, no=-8)}, "/counts/assessment.safety/no",
         "the number of cases for no of assessment.safety is -8, and none is below 0", "correct it"),
        ({"assessment.safety": Counts(not_applicable=-3)}, "/counts/assessment.safety/not_applicable", "is -3",
         "correct"),
        ({"assessment.safety": Counts(yes=1.0)}, "/counts/assessment.safety/yes", "is 1.0, which is no whole number",
         "use an int"),
        ({"assessment.safety": Counts(yes=True)}, "/counts/assessment.safety/yes", "is True", "use an int"),
        ({"assessment.safety": Counts(yes=None)}, "/counts/assessment.safety/yes", "is None", "use an int"),
        ({"assessment.safety": 12}, "/counts/assessment.safety", "is 12", "use Counts(yes=…, no=…)"),
        ([Counts(yes=1)], "/counts", "by the address of each key question", "Counts("),
    ],
    ids=[
        "question misspelt", "a number for a question", "below zero", "below zero, not applicable", "a fraction",
        "True", "None", "a bare number", "a list",
    ],
)  # fmt: skip
def test_counts_that_cannot_be(shipped: Framework, counts: Anything, path: str, message: str, hint: str) -> None:
    (found,) = refused(lambda: rate_counts(shipped, counts, {}, make_engine(shipped)))
    assert found[0] in ("bad-count", "unknown-name")
    assert found[1] == path
    assert message in found[2]
    assert hint in found[3]


@pytest.mark.parametrize(
    ("judged", "path", "message", "hint"),
    [
        ({"leadershp": "good"}, "/judged/leadershp", 'there is no standard rated by judgement "leadershp"',
         'did you mean "leadership"?'),
        ({"assessment": "good"}, "/judged/assessment", "is rated by cases, and a judgement of it would count",
         "case by case"),
        ({"leadership": "goood"}, "/judged/leadership", 'there is no rating "goood"', 'did you mean "good"?'),
        ({"leadership": "Requires improvement"}, "/judged/leadership",
         '"Requires improvement" is the label of a rating, and its id is meant', 'write "requires_improvement"'),
        ({"leadership": "Not rated"}, "/judged/leadership", 'there is no rating "Not rated"',
         'did you mean "not_rated"?'),
        ({"leadership": None}, "/judged/leadership", 'there is no rating "None"', "Allowed"),
        ("good", "/judged", "by the slug of each standard, not as 'good'", "leadership"),
    ],
    ids=[
        "standard misspelt", "a standard rated by cases", "rating misspelt", "a label for an id", "no rating misspelt",
        "None",
        "a word for a mapping",
    ],
)  # fmt: skip
def test_judgements_that_cannot_be(shipped: Framework, judged: Anything, path: str, message: str, hint: str) -> None:
    (found,) = refused(lambda: rate_counts(shipped, {}, judged, make_engine(shipped)))
    assert (found[0], found[1]) == ("unknown-name", path)
    assert message in found[2]
    assert hint in found[3]


def test_everything_that_is_wrong_is_said_at_once(shipped: Framework) -> None:
    counts = {"assessment.safety": Counts(yes=-1, no=-2), "assessment.safty": Counts()}
    found = refused(lambda: rate_counts(shipped, counts, {"leadershp": "goood"}, make_engine(shipped)))
    assert [path for _, path, _, _ in found] == [
        "/counts/assessment.safety/yes",
        "/counts/assessment.safety/no",
        "/counts/assessment.safty",
        "/judged/leadershp",
        "/judged/leadershp",
    ]


def test_what_is_not_asked_of_the_provider_is_said_where_it_is_given(shipped: Framework) -> None:
    asked = evolve(shipped, provider_facts=(Fact("small", "A small one", "yes_no"),))
    for framework, hints in (
        (shipped, ["there are no facts of the provider", "there are no prompts that the provider is asked"]),
        (asked, ['did you mean "small"? Allowed: small.', "there are no prompts that the provider is asked"]),
    ):
        given: Anything = {"provider": {"smal": True}, "answers": {"a/b": Answer.YES}}
        found = refused(lambda: rate_counts(framework, {}, {}, "reference", **given))  # noqa: B023
        assert [path for _, path, _, _ in found] == ["/provider/smal", "/answers/a~1b"]
        assert [hint for *_, hint in found] == hints
    (wrong,) = refused(lambda: rate_counts(asked, {}, {}, "reference", provider={"small": 3}))
    assert wrong[1] == "/provider/small"


@pytest.mark.parametrize(
    ("numbers", "path", "message"),
    [
        ({"cases": 9}, "/cases", "the number of cases for all is 9, and 10 were counted"),
        ({"cases": "10"}, "/cases", "is '10', which is no whole number"),
        ({"cases": 12, "population": 11}, "/population", "is 11, and 12 cases were drawn from them"),
        ({"population": 10.5}, "/population", "no whole number"),
    ],
    ids=["fewer than counted", "a text", "more than the population", "a fraction"],
)
def test_numbers_that_contradict_the_counts(shipped: Framework, numbers: Anything, path: str, message: str) -> None:
    counts = {"assessment.safety": Counts(yes=6, no=3, not_applicable=1)}
    ((code, found, words, _),) = refused(lambda: rate_counts(shipped, counts, {}, make_engine(shipped), **numbers))
    assert (code, found) == ("bad-count", path)
    assert message in words


def test_what_can_be_is_rated(shipped: Framework) -> None:
    counts = {"assessment.safety": Counts(yes=6, no=3, not_applicable=1)}
    assert rate_counts(shipped, counts, GOOD, make_engine(shipped), cases=12, population=12).cases == 12
    assert rate_counts(shipped, {}, {}, make_engine(shipped)).cases == 0


# --- Of another framework ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(shipped: Framework) -> Framework:
    """The shipped framework with every rule turned round, as an edition of its own."""
    standards = tuple(
        evolve(
            standard,
            key_questions=tuple(
                evolve(question, yes_when=Not(question.yes_when)) for question in standard.key_questions
            ),
        )
        for standard in shipped.standards
    )
    return evolve(shipped, edition="2030", standards=standards)


@pytest.fixture(scope="module")
def fewer(shipped: Framework) -> Framework:
    """The shipped framework without its last two standards."""
    kept = tuple(standard for standard in shipped.standards[:5])
    slugs = {standard.slug for standard in kept}
    domains = tuple(
        evolve(domain, standards=tuple(slug for slug in domain.standards if slug in slugs))
        for domain in shipped.domains
    )
    return evolve(shipped, standards=kept, domains=domains)


def test_an_engine_of_another_framework_decides_nothing(
    shipped: Framework, other: Framework, fewer: Framework, example: Inspection
) -> None:
    engine = make_engine(shipped)
    case = example.cases[0]
    for framework in (other, fewer):
        for door in (
            lambda: explain_case(framework, case, engine),  # noqa: B023 - called at once
            lambda: rate_counts(framework, {}, {}, engine),  # noqa: B023
            lambda: rate_outcomes(framework, [], {}, engine),  # noqa: B023
        ):
            assert [(code, path) for code, path, _, _ in refused(door)] == [("other-framework", "/engine")]
    ((_, _, message, hint),) = refused(lambda: rate_counts(other, {}, {}, engine))
    assert message == "the engine was made for hmip-pdu 2024 and not for hmip-pdu 2030"
    assert hint == "use make_engine(framework)"
    ((_, _, message, _),) = refused(lambda: rate_counts(fewer, {}, {}, engine))
    assert message == "the engine was made for another declaration of the same edition"


@pytest.mark.parametrize("travels", [False, True], ids=["as they are", "from another process"])
def test_outcomes_of_another_framework_are_counted_nowhere(
    shipped: Framework, other: Framework, fewer: Framework, example: Inspection, travels: bool
) -> None:
    outcomes = [make_engine(other).assess(case) for case in example.cases]
    outcomes = pickle.loads(pickle.dumps(outcomes)) if travels else outcomes
    engine = make_engine(shipped)
    for door in (
        lambda: rate_outcomes(shipped, outcomes, {}, engine),
        lambda: count_outcomes(shipped, outcomes),
    ):
        ((code, path, message, _),) = refused(door)
        assert (code, path) == ("other-framework", "/outcomes")
        assert message == ('the outcome of case "synthetic-01" was not decided by hmip-pdu 2024, and 43 others neither')
    own = [engine.assess(case) for case in example.cases]
    mixed = [*own[:3], outcomes[3]]
    ((_, _, message, _),) = refused(lambda: count_outcomes(shipped, mixed))
    assert message == f'the outcome of case "{outcomes[3].case}" was not decided by hmip-pdu 2024'
    few = [make_engine(fewer).assess(evolve(example.cases[0], answers={}))]
    assert codes_of_call(lambda: count_outcomes(shipped, few)) == ["other-framework"]


def codes_of_call(call: Callable[[], object]) -> list[str]:
    """Return the codes for which a call is refused."""
    return [code for code, *_ in refused(call)]


def test_outcomes_that_nobody_knows_the_rules_of_must_answer_every_question(
    shipped: Framework, example: Inspection
) -> None:
    engine = make_engine(shipped)
    decided = engine.assess(example.cases[0])
    by_hand = CaseOutcome("by hand", decided.questions)
    assert rate_outcomes(shipped, [by_hand], {}, engine).cases == 1
    partly = CaseOutcome("partly", dict(list(decided.questions.items())[:3]))
    assert codes_of_call(lambda: rate_outcomes(shipped, [partly], {}, engine)) == ["other-framework"]


def test_the_same_framework_loaded_twice_is_the_same(shipped: Framework, example: Inspection) -> None:
    again = load_framework("hmip-pdu", "2024")
    engine: Engine = pickle.loads(pickle.dumps(make_engine(again)))
    outcomes = pickle.loads(pickle.dumps([engine.assess(case) for case in example.cases]))
    assert rate_outcomes(shipped, outcomes, example.judged, engine).score == 4
