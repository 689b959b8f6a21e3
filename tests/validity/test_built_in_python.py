"""A framework built in Python passes through the same door as one from files: the same codes, wherever it is used."""

from __future__ import annotations

import datetime
import gc
import pickle
import weakref
from collections.abc import Callable
from fractions import Fraction
from typing import Any as Anything

import polars
import pytest
from attrs import evolve
from hypothesis import given

import ctm_rules
from ctm_rules import (
    Answer,
    Band,
    Case,
    Counts,
    DiagnosticError,
    Domain,
    Fact,
    Framework,
    KeyQuestion,
    Prompt,
    Standard,
    assess_frame,
    check_framework,
    compare_frameworks,
    dump_framework,
    explain_case,
    load_framework,
    make_engine,
    rate_counts,
    rate_frame,
)
from ctm_rules.model import conditions
from ctm_rules.model.conditions import AllOf, Condition, FactTest, Not, PromptIsYes
from ctm_rules.validity import find_mistakes
from tests.support.strategies import framework_around, frameworks

# What types forbid is built here all the same: the library has to say so, and not mypy.
parts: Anything = ctm_rules
rules: Anything = conditions
changed: Anything = evolve

FLOORS = PromptIsYes("floors")
OPEN = FactTest("open", "is", (True,))


def built(rule: Anything = FLOORS, *, when: Anything = None, **others: object) -> Framework:
    """Return a small framework with this rule, a question that applies under this condition, and other parts."""
    question = KeyQuestion("q", "Is it clean?", (Prompt("floors", "Are floors clean?"),), rule, when)
    facts = (
        Fact("open", "Open", "yes_no"),
        Fact("size", "Size", "choice", {"small": "Small", "large": "Large"}, ordered=True),
        Fact("seats", "Seats", "whole_number"),
        Fact("since", "Open since", "date"),
    )
    return framework_around(question, **{"facts": facts, **others})


def bands(*declared: tuple[Anything, Anything]) -> Anything:
    """Return bands of key questions: pairs of a lower bound and a rating."""
    scale = built().key_question_bands
    assert scale is not None
    return evolve(scale, bands=tuple(Band(lowest, rating) for lowest, rating in declared))


def deep(levels: int) -> Condition:
    """Return a rule that is nested so many levels deep."""
    return FLOORS if levels == 1 else Not(deep(levels - 1))


RATINGS = built().ratings
(STANDARD,) = built().standards
(QUESTION,) = STANDARD.key_questions
RULE = "/standards/0/key_questions/0/yes_when"
WHOLE_QUESTION = "/standards/0/key_questions/0"
WHEN = "/standards/0/key_questions/0/applies_when"
OF_BANDS = "/key_question_bands/bands"
GOOD_AND_POOR = ((Fraction(50), "good"), (Fraction(0), "poor"))

# What is wrong, made so that it is not made while tests are collected; its code, and the start of its path.
MISTAKES: dict[str, tuple[Callable[[], Anything], str, str]] = {
    "a prompt that is not there": (
        lambda: built(rules.PromptIsYes("flors")),
        "unknown-name",
        RULE,
    ),
    "a fact that is not there": (
        lambda: built(when=rules.FactTest("opne", "is", (True,))),
        "unknown-name",
        f"{WHEN}/fact",
    ),
    "a prompt in a condition": (
        lambda: built(when=FLOORS),
        "prompt-in-condition",
        WHEN,
    ),
    "a comparison that is none": (
        lambda: built(when=rules.FactTest("open", "==", (True,))),
        "bad-rule",
        f"{WHEN}/comparison",
    ),
    "two values for is": (
        lambda: built(when=rules.FactTest("seats", "is", (1, 2))),
        "bad-rule",
        f"{WHEN}/values",
    ),
    "no value": (
        lambda: built(when=rules.FactTest("seats", "one_of", ())),
        "bad-rule",
        f"{WHEN}/values",
    ),
    "a value that is no tuple": (
        lambda: built(when=rules.FactTest("open", "is", True)),
        "bad-rule",
        f"{WHEN}/values",
    ),
    "yes for True": (
        lambda: built(when=rules.FactTest("open", "is", ("yes",))),
        "bad-comparison",
        f"{WHEN}/values/0",
    ),
    "1 for True": (
        lambda: built(when=rules.FactTest("open", "is", (1,))),
        "bad-comparison",
        f"{WHEN}/is",
    ),
    "True for a number": (
        lambda: built(when=rules.FactTest("seats", "is", (True,))),
        "bad-comparison",
        f"{WHEN}/is",
    ),
    "a text for a number": (
        lambda: built(when=rules.Not(rules.FactTest("seats", "is", ("3",)))),
        "bad-comparison",
        f"{WHEN}/clause/values/0",
    ),
    "a float for a number": (
        lambda: built(when=rules.FactTest("seats", "is", (3.0,))),
        "bad-comparison",
        f"{WHEN}/is",
    ),
    "a text for a date": (
        lambda: built(when=rules.FactTest("since", "is", ("2026-01-01",))),
        "bad-comparison",
        f"{WHEN}/values/0",
    ),
    "a time for a date": (
        lambda: built(when=rules.FactTest("since", "is", (datetime.datetime(2026, 1, 1),))),
        "bad-comparison",
        f"{WHEN}/is",
    ),
    "a value outside a choice": (
        lambda: built(when=rules.FactTest("size", "is", ("huge",))),
        "bad-comparison",
        f"{WHEN}/is",
    ),
    "an order where there is none": (
        lambda: built(when=rules.FactTest("open", "at_least", (True,))),
        "bad-comparison",
        f"{WHEN}/at_least",
    ),
    "a rule that is a text": (
        lambda: built("floors"),
        "bad-rule",
        RULE,
    ),
    "no rule": (
        lambda: built(None),
        "bad-standard",
        WHOLE_QUESTION,
    ),
    "a list of clauses": (
        lambda: built(rules.AllOf([FLOORS])),
        "bad-rule",
        f"{RULE}/of",
    ),
    "no clause": (
        lambda: built(rules.AnyOf(())),
        "bad-rule",
        f"{RULE}/of",
    ),
    "a clause that is a text": (
        lambda: built(rules.AnyOf((FLOORS, "knives"))),
        "bad-rule",
        f"{RULE}/of/1",
    ),
    "a count of nought": (
        lambda: built(rules.AtLeast(0, (FLOORS,))),
        "bad-rule",
        f"{RULE}/count",
    ),
    "a count that is True": (
        lambda: built(rules.AtLeast(True, (FLOORS,))),
        "bad-rule",
        f"{RULE}/count",
    ),
    "a prompt that is a number": (
        lambda: built(rules.PromptIsYes(1)),
        "wrong-type",
        f"{RULE}/prompt",
    ),
    "a rule too deep": (
        lambda: built(deep(13)),
        "rule-too-deep",
        RULE + 12 * "/clause",
    ),
    "bands in a wrong order": (
        lambda: built(key_question_bands=bands(*reversed(GOOD_AND_POOR))),
        "bad-bands",
        f"{OF_BANDS}/1",
    ),
    "bands that do not end at 0": (
        lambda: built(key_question_bands=bands(GOOD_AND_POOR[0])),
        "bad-bands",
        f"{OF_BANDS}/0",
    ),
    "a band without a bound above one": (
        lambda: built(key_question_bands=bands((None, "good"), GOOD_AND_POOR[1])),
        "bad-bands",
        f"{OF_BANDS}/0",
    ),
    "a float as a bound": (
        lambda: built(key_question_bands=bands((66.7, "good"), GOOD_AND_POOR[1])),
        "wrong-type",
        f"{OF_BANDS}/0/lowest",
    ),
    "a text as a bound": (
        lambda: built(key_question_bands=bands(("50", "good"), GOOD_AND_POOR[1])),
        "wrong-type",
        f"{OF_BANDS}/0/lowest",
    ),
    "an int as a bound": (
        lambda: built(key_question_bands=bands((50, "good"), GOOD_AND_POOR[1])),
        "wrong-type",
        f"{OF_BANDS}/0/lowest",
    ),
    "a rating that is not there": (
        lambda: built(key_question_bands=bands((Fraction(50), "god"), GOOD_AND_POOR[1])),
        "unknown-name",
        f"{OF_BANDS}/0/rating",
    ),
    "a rating instead of its id": (
        lambda: built(key_question_bands=bands((Fraction(50), RATINGS[0]), GOOD_AND_POOR[1])),
        "wrong-type",
        f"{OF_BANDS}/0/rating",
    ),
    "no scale of key questions": (
        lambda: built(key_question_bands=None),
        "bad-standard",
        "",
    ),
    "a share that is not counted": (
        lambda: built(key_question_bands=changed(bands(*GOOD_AND_POOR), among=("no",))),
        "bad-setting",
        "/key_question_bands/share_of",
    ),
    "a word that is none": (
        lambda: built(key_question_bands=changed(bands(*GOOD_AND_POOR), round="up_a_bit")),
        "wrong-word",
        "/key_question_bands/round",
    ),
    "a list of ratings": (
        lambda: built(ratings=list(RATINGS)),
        "wrong-type",
        "/ratings",
    ),
    "no ratings": (
        lambda: built(ratings=()),
        "bad-setting",
        "/ratings",
    ),
    "two ratings of one id": (
        lambda: built(ratings=(*RATINGS, RATINGS[0])),
        "duplicate-id",
        "/ratings/2/id",
    ),
    "a score that is a text": (
        lambda: built(ratings=(parts.Rating("good", "Good", "1"), RATINGS[1])),
        "wrong-type",
        "/ratings/0/score",
    ),
    "a score that is True": (
        lambda: built(ratings=(parts.Rating("good", "Good", True), RATINGS[1])),
        "wrong-type",
        "/ratings/0/score",
    ),
    "a standard that is not there": (
        lambda: built(domains=(parts.Domain("d", "D", ("s", "t")),)),
        "unknown-name",
        "/domains/0/standards/1",
    ),
    "a standard in no domain": (
        lambda: built(domains=(parts.Domain("d", "D", ()),)),
        "bad-domains",
        "/standards/0/slug",
    ),
    "a domain of one text": (
        lambda: built(domains=(parts.Domain("d", "D", "s"),)),
        "wrong-type",
        "/domains/0/standards",
    ),
    "bands of a domain that is not there": (
        lambda: built(domain_rating=parts.DomainRating({"x": (parts.Band(Fraction(0), "poor"),)})),
        "unknown-name",
        "/domain_rating/bands_of/x",
    ),
    "domains that are no dict": (
        lambda: built(domain_rating=parts.DomainRating([])),
        "wrong-type",
        "/domain_rating/bands_of",
    ),
    "a key that is a number": (
        lambda: built(domain_rating=parts.DomainRating({1: ()})),
        "wrong-type",
        "/domain_rating/bands_of/1",
    ),
    "a prompt instead of a standard": (
        lambda: built(standards=(QUESTION,)),
        "wrong-type",
        "/standards/0",
    ),
    "a way to rate that is none": (
        lambda: built(standards=(changed(STANDARD, rated_by="vote"),)),
        "wrong-word",
        "/standards/0/rated_by",
    ),
    "two questions of one id": (
        lambda: built(standards=(changed(STANDARD, key_questions=(QUESTION, QUESTION)),)),
        "duplicate-id",
        "/standards/0/key_questions/1/id",
    ),
    "an id with a dot": (
        lambda: built(standards=(changed(STANDARD, key_questions=(changed(QUESTION, id="q.r"),)),)),
        "bad-id",
        "/standards/0/key_questions/0/id",
    ),
    "an empty text": (
        lambda: built(title=" "),
        "wrong-type",
        "/title",
    ),
    "a text for a date of an edition": (
        lambda: built(in_force_from="2026-01-01"),
        "wrong-type",
        "/in_force_from",
    ),
    "an edition that is a number": (
        lambda: built(edition=2026),
        "wrong-type",
        "/edition",
    ),
    "a variant that is not there": (
        lambda: built(
            standards=(
                changed(STANDARD, key_questions=(changed(QUESTION, variants={"v": parts.VariantRule(FLOORS)}),)),
            )
        ),
        "unknown-name",
        "/standards/0/key_questions/0/variants/v",
    ),
    "a variant without its condition": (
        lambda: built(variants=(parts.Variant("v", "V", None),)),
        "bad-rule",
        "/variants/0/when",
    ),
    "a group by a prompt": (
        lambda: built(subgroups=(parts.SubGroup("g", "G", (parts.Group("a", "A", FLOORS),)),)),
        "prompt-in-condition",
        "/subgroups/0/groups/0/when",
    ),
    "a choice without values": (
        lambda: built(facts=(parts.Fact("size", "Size", "choice"),)),
        "bad-fact",
        "/facts/0",
    ),
    "a range of words": (
        lambda: built(facts=(parts.Fact("seats", "Seats", "whole_number", range=parts.Range("few")),)),
        "wrong-type",
        "/facts/0/range/lowest",
    ),
    "a range of truth": (
        lambda: built(facts=(parts.Fact("seats", "Seats", "whole_number", range=parts.Range(None, True)),)),
        "wrong-type",
        "/facts/0/range/highest",
    ),
    "a range the wrong way round": (
        lambda: built(facts=(parts.Fact("seats", "Seats", "whole_number", range=parts.Range(5, 4)),)),
        "bad-fact",
        "/facts/0/range/to",
    ),
    "a type of fact that is none": (
        lambda: built(facts=(parts.Fact("size", "Size", "text"),)),
        "wrong-word",
        "/facts/0/type",
    ),
    "no framework": (lambda: "hmip-pdu", "wrong-type", ""),
}

CASES = polars.DataFrame({"case": ["a"], "s.q.floors": ["yes"], "open": ["yes"]})
DOORS: dict[str, Callable[[Framework], object]] = {
    "reference": lambda framework: make_engine(framework, "reference"),
    "durable": lambda framework: make_engine(framework, "durable"),
    "rate_counts": lambda framework: rate_counts(framework, {}, {}, make_engine(built())),
    "explain_case": lambda framework: explain_case(framework, Case("c"), make_engine(built())),
    "assess_frame": lambda framework: assess_frame(framework, CASES),
    "rate_frame": lambda framework: rate_frame(framework, CASES),
    "dump_framework": dump_framework,
    "compare, old": lambda framework: compare_frameworks(framework, built()),
    "compare, new": lambda framework: compare_frameworks(built(), framework),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_by_its_code_and_its_path(name: str) -> None:
    make, code, path = MISTAKES[name]
    found = check_framework(make())
    assert code in [each.code for each in found]
    assert all(each.severity == "error" and each.message and each.hint for each in found)
    assert (code, path) in [(each.code, each.path) for each in found]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", MISTAKES)
def test_every_door_refuses_it_with_the_same_findings(name: str, door: str) -> None:
    framework = MISTAKES[name][0]()
    with pytest.raises(DiagnosticError) as refused:
        DOORS[door](framework)
    assert refused.value.diagnostics == tuple(dict.fromkeys(check_framework(framework)))


def test_everything_of_a_wrong_type_is_said_at_once() -> None:
    framework = built(rules.PromptIsYes(1), title=3, ratings=(parts.Rating("good", "Good", "1"),))
    assert [found.path for found in check_framework(framework)] == ["/title", "/ratings/0/score", f"{RULE}/prompt"]


@pytest.mark.parametrize("door", DOORS)
def test_a_valid_framework_passes_every_door_but_another_engine(door: str) -> None:
    framework = built()
    assert check_framework(framework) != ()  # it says nothing of its source, and nothing looks at its facts
    DOORS[door](framework)


def test_a_framework_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    times = []
    monkeypatch.setattr("ctm_rules.validity._mistakes._work_out", lambda framework: times.append(framework) or ())
    framework = built()
    for _ in range(3):
        make_engine(framework)
    assert len(times) == 1
    make_engine(evolve(framework, edition="2"))
    assert len(times) == 2


def test_a_framework_from_files_was_checked_when_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    framework = load_framework("hmip-pdu")
    monkeypatch.setattr("ctm_rules.validity._mistakes._work_out", lambda _: pytest.fail("it is checked again"))
    make_engine(framework)


def test_nothing_holds_on_to_a_framework_that_was_checked() -> None:
    framework = built()
    make_engine(framework)
    check_framework(framework)
    gone = weakref.ref(framework)
    del framework
    gc.collect()
    assert gone() is None


def test_an_engine_travels_with_its_framework() -> None:
    engine = make_engine(built(when=OPEN))
    again = pickle.loads(pickle.dumps(engine))
    case = Case("c", {"open": False}, {"s.q.floors": Answer.YES})
    assert again.assess(case) == engine.assess(case)


@given(frameworks())
def test_frameworks_of_any_shape_pass(framework: Framework) -> None:
    assert find_mistakes(framework) == ()


def test_a_rule_that_can_never_be_yes_can_be_decided_by_and_is_an_error_of_check() -> None:
    framework = built(AllOf((FLOORS, Not(FLOORS))))
    assert rate_counts(framework, {"s.q": Counts(no=1)}, {}, make_engine(framework)).standards[0].rating == RATINGS[1]
    assert "never-yes" in [found.code for found in check_framework(framework) if found.severity == "error"]


def test_a_standard_may_stand_after_the_domain_that_lists_it_first() -> None:
    other = evolve(STANDARD, id="T", slug="t")
    framework = built(standards=(STANDARD, other), domains=(Domain("d", "D", ("t", "s")),))
    assert find_mistakes(framework) == ()
    assert isinstance(other, Standard)


def test_half_of_a_character_is_no_text(shipped: Framework) -> None:
    [found] = find_mistakes(evolve(shipped, title="Standards \ud83d"))
    assert (found.code, found.path) == ("wrong-type", "/title")
    with pytest.raises(DiagnosticError):
        dump_framework(evolve(shipped, title="Standards \ud83d"))
