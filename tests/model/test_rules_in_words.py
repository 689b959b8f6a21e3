from __future__ import annotations

import datetime
from itertools import product

import pytest

from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import Domain, Fact, Framework, KeyQuestion, Prompt, Rating
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_date, say_list

A, B, C = PromptIsYes("risk_of_harm"), PromptIsYes("victims"), PromptIsYes("agencies")
FRAMEWORK = Framework(
    id="small",
    edition="1",
    title="Small",
    publisher="Nobody",
    in_force_from=datetime.date(2026, 1, 1),
    ratings=(Rating("good", "Good", 1),),
    domains=(Domain("delivery", "Delivery", ()),),
    standards=(),
    facts=(
        Fact("at_home", "Lives at home", "yes_no"),
        Fact("grade", "Grade", "choice", {"PO": "Probation officer", "PSO": "Service officer"}),
        Fact("harm", "Risk of harm", "choice", {"low": "Low", "high": "High"}, ordered=True),
        Fact("weeks", "Weeks of contact", "whole_number"),
        Fact("started", "Start", "date"),
    ),
)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        pytest.param(A, "“risk of harm” is yes", id="prompt"),
        pytest.param(Not(A), "“risk of harm” is no", id="not a prompt"),
        pytest.param(AllOf((A, B, C)), "“risk of harm”, “victims” and “agencies” are yes", id="all of three"),
        pytest.param(AnyOf((A, B)), "at least one of “risk of harm” and “victims” is yes", id="any of two"),
        pytest.param(
            AtLeast(2, (A, B, C)),
            "at least two of “risk of harm”, “victims” and “agencies” are yes",
            id="two of three",
        ),
        pytest.param(AtLeast(12, (A, B)), "“risk of harm” and “victims” are yes", id="more than the list has"),
        pytest.param(
            AllOf((AnyOf((B, C)), A)),
            "“risk of harm” is yes, and at least one of “victims” and “agencies” is yes",
            id="all with a list inside",
        ),
        pytest.param(
            AnyOf((A, AllOf((B, C)))),
            "either “risk of harm” is yes or (“victims” and “agencies” are yes)",
            id="any with a list inside",
        ),
        pytest.param(
            AtLeast(2, (A, Not(B), AllOf((B, C)))),
            "at least two of these hold: “risk of harm” is yes; “victims” is no; (“victims” and “agencies” are yes)",
            id="two of three with lists inside",
        ),
        pytest.param(Not(AllOf((A, B))), "it is not so that (“risk of harm” and “victims” are yes)", id="not all"),
        pytest.param(FactTest("at_home", "is", (False,)), "“Lives at home” is no", id="fact is no"),
        pytest.param(FactTest("grade", "is_not", ("PSO",)), "“Grade” is not Service officer", id="fact is not a value"),
        pytest.param(
            FactTest("grade", "one_of", ("PO", "PSO")),
            "“Grade” is Probation officer or Service officer",
            id="fact is one of two",
        ),
        pytest.param(
            FactTest("harm", "at_least", ("high",)),
            "“Risk of harm” is High or higher",
            id="ordered choice at least",
        ),
        pytest.param(
            FactTest("harm", "at_most", ("low",)),
            "“Risk of harm” is Low or lower",
            id="ordered choice at most",
        ),
        pytest.param(FactTest("weeks", "at_most", (8,)), "“Weeks of contact” is 8 or fewer", id="whole number at most"),
        pytest.param(
            FactTest("weeks", "at_least", (8,)),
            "“Weeks of contact” is 8 or more",
            id="whole number at least",
        ),
        pytest.param(
            FactTest("started", "at_least", (datetime.date(2024, 12, 3),)),
            "“Start” is 3 December 2024 or later",
            id="date at least",
        ),
        pytest.param(
            FactTest("started", "at_most", (datetime.date(2024, 12, 3),)),
            "“Start” is 3 December 2024 or earlier",
            id="date at most",
        ),
    ],
)
def test_a_condition_reads_as_plain_english(condition: Condition, words: str) -> None:
    assert say(condition, FRAMEWORK) == words


def test_a_prompt_that_is_not_asked_of_every_case_is_marked() -> None:
    only_at_home = FactTest("at_home", "is", (True,))
    question = KeyQuestion("safety", "Safe?", (Prompt("victims", "?", only_at_home), Prompt("agencies", "?")), B)
    words = "“victims” (where it applies) and “agencies” are yes"
    assert say(AllOf((B, C)), FRAMEWORK, question) == words


def test_lists_and_dates_are_written_as_people_write_them() -> None:
    assert [say_list(items, "or") for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a or b",
        "a, b or c",
    ]
    assert say_date(datetime.date(2025, 9, 1)) == "1 September 2025"


def plain(condition: Condition) -> object:
    """Return a rule with the spellings of the same structure made one, and the order of `all` left aside."""
    match condition:
        case PromptIsYes() | FactTest():
            return condition
        case Not(clause):
            return ("not", plain(clause))
        case AllOf((only,)) | AnyOf((only,)) | AtLeast(_, (only,)):
            return plain(only)
        case AtLeast(count, of) if 1 < count < len(of):
            return (count, [plain(clause) for clause in of])
        case AnyOf(of) | AtLeast(1, of):
            return ("any", [plain(clause) for clause in of])
        case AllOf(of) | AtLeast(_, of):
            prompts = [clause for clause in of if isinstance(clause, PromptIsYes)]
            return ("all", [plain(clause) for clause in (*prompts, *(other for other in of if other not in prompts))])


def test_no_two_rules_of_another_structure_read_alike() -> None:
    leaves: list[Condition] = [A, B, FactTest("grade", "one_of", ("PO", "PSO"))]
    pairs, triples = list(product(leaves, repeat=2)), list(product(leaves, repeat=3))
    small: list[Condition] = [*leaves, *map(Not, leaves)]
    small += [form(of) for form in (AllOf, AnyOf) for of in (*pairs, *triples)] + [AtLeast(2, of) for of in triples]
    rules = [*small, *map(Not, small), *(form(of) for form in (AllOf, AnyOf) for of in product(small, repeat=2))]
    rules += [AtLeast(2, (A, *of)) for of in product(small, repeat=2)]
    said: dict[str, object] = {}
    for rule in rules:
        assert said.setdefault(say(rule, FRAMEWORK), plain(rule)) == plain(rule)
    assert len(said) > 10_000
