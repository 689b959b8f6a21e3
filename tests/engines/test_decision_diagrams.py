"""Decision diagrams against the reference engine, which is asked about every case there could be."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from itertools import product
from math import prod

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from ctm_rules import Answer, Case, Framework
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import Diagrams, Example, TooTangledError, values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import Prompt
from ctm_rules.model.outcomes import OUTCOME_OF, Outcome, Truth
from tests.support.small_framework import Small
from tests.support.strategies import frameworks, frameworks_with_cases, one_question

MOST_CASES = 600


def only_rule(framework: Framework, path: str, rule: Condition | None = None) -> Framework:
    """Return the framework with the question's rule, or another one, used for every case."""
    slug, _, question_id = path.partition(".")
    standard = framework.standards_by_slug[slug]
    question = framework.key_questions[path]
    question = evolve(question, yes_when=rule or question.yes_when, applies_when=None, variants={}, sample=None)
    questions = tuple(question if other.id == question_id else other for other in standard.key_questions)
    changed = evolve(standard, key_questions=questions, sample=None)
    domains = tuple(evolve(domain, sample=None) for domain in framework.domains)
    standards = tuple(changed if s is standard else s for s in framework.standards)
    return evolve(framework, standards=standards, domains=domains)


def every_outcome(
    framework: Framework, path: str, answers: list[Answer], like: Framework | None = None
) -> list[Outcome]:
    """Return the outcomes of a question over every complete case, by asking the reference engine one by one.

    The cases differ in what the rule of ``like`` looks at (default: that of the framework itself).
    """
    compared = like or framework
    engine, plan, values = ReferenceEngine(framework), plan_question(compared, path), values_to_try(compared)
    columns = [values[fact] for fact in plan.fact_ids]
    size = len(answers) ** len(plan.prompt_paths)
    for column in columns:
        size *= len(column)
    assume(size <= MOST_CASES)
    return [
        engine.assess(Case("c", dict(zip(plan.fact_ids, facts, strict=True)), given)).questions[path].outcome
        for facts in product(*columns)
        for chosen in product(answers, repeat=len(plan.prompt_paths))
        for given in [dict(zip(plan.prompt_paths, chosen, strict=True))]
    ]


@given(frameworks(points=False), st.booleans())
def test_a_rule_can_have_exactly_the_results_that_some_case_has(framework: Framework, with_na: bool) -> None:
    for path, question in framework.key_questions.items():
        alone = only_rule(framework, path)
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=with_na)
        found = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.rule(question.yes_when))}
        assert found == set(every_outcome(alone, path, list(Answer) if with_na else [Answer.YES, Answer.NO]))


@given(frameworks(points=False), st.booleans())
def test_two_rules_have_one_diagram_exactly_where_no_case_tells_them_apart(framework: Framework, with_na: bool) -> None:
    answers = list(Answer) if with_na else [Answer.YES, Answer.NO]
    for path, question in framework.key_questions.items():
        for other in question.variants.values():
            diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=with_na)
            both = only_rule(framework, path, AllOf((question.yes_when, other.yes_when)))
            outcomes = [
                every_outcome(only_rule(framework, path, rule), path, answers, like=both)
                for rule in (question.yes_when, other.yes_when)
            ]
            is_same = diagrams.rule(question.yes_when) == diagrams.rule(other.yes_when)
            assert is_same == (outcomes[0] == outcomes[1])


@given(frameworks_with_cases(points=False))
def test_no_case_has_a_result_that_the_diagram_lacks(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    """Also where facts and answers are missing, and where facts have values that no rule names."""
    framework, cases = drawn
    for path, question in framework.key_questions.items():
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
        possible = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.rule(question.yes_when))}
        engine = ReferenceEngine(only_rule(framework, path))
        for case in cases:
            outcome = engine.assess(evolve(case, judgements={})).questions[path].outcome
            assert outcome is Outcome.UNDETERMINED or outcome in possible


@given(frameworks(points=False))
def test_an_example_has_the_result_that_it_is_an_example_of(framework: Framework) -> None:
    for path, question in framework.key_questions.items():
        alone = only_rule(framework, path)
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
        rule = diagrams.rule(question.yes_when)
        for truth in diagrams.results(rule):
            example = diagrams.example(rule, truth)
            # What the example leaves out does not matter.
            tried = values_to_try(framework)
            facts = {fact: tried[fact][-1] for fact in framework.facts_by_id} | dict(example.facts)
            answers = {prompt.id: Answer.NO for prompt in question.prompts} | dict(example.answers)
            case = Case("c", facts, {f"{path}.{prompt}": answer for prompt, answer in answers.items()})
            assert ReferenceEngine(alone).assess(case).questions[path].outcome is OUTCOME_OF[truth]


def every_case(framework: Framework, path: str) -> list[Case]:
    """Return every case that a question's rules can tell apart, with facts and answers missing in every way."""
    plan, values = plan_question(framework, path), values_to_try(framework)
    facts = [(*values[fact], None) for fact in plan.fact_ids]
    answers = [(*Answer, None)] * len(plan.prompt_paths)
    assume(prod(map(len, (*facts, *answers))) <= MOST_CASES)
    return [
        Case(
            "c",
            {fact: value for fact, value in zip(plan.fact_ids, known, strict=True) if value is not None},
            {prompt: answer for prompt, answer in zip(plan.prompt_paths, given, strict=True) if answer is not None},
        )
        for known in product(*facts)
        for given in product(*answers)
    ]


TRUTH_OF = {Outcome.NOT_ASKED: None, **{outcome: truth for truth, outcome in OUTCOME_OF.items()}}


@given(one_question(points=False), st.data())
def test_results_move_exactly_as_those_of_some_case_whatever_is_missing(
    drawn: tuple[Framework, Case], data: st.DataObject
) -> None:
    framework, path = drawn[0], "s.q"
    question = framework.key_questions[path]
    other = evolve(question, yes_when=data.draw(st.sampled_from([rule for _, rule in question.rules])))
    simpler = [evolve(other, variants={}), evolve(other, applies_when=None), evolve(other, sample=None)]
    other = data.draw(st.sampled_from([other, *simpler]))
    [standard] = framework.standards
    changed = evolve(framework, standards=(evolve(standard, key_questions=(other,)),))
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True, with_missing=True)
    samples = [each.sample_of(path) for each in (framework, changed)]
    outcomes = diagrams.outcome(question, samples[0]), diagrams.outcome(other, samples[1])
    moves = diagrams.moves(*outcomes)
    engines = ReferenceEngine(framework), ReferenceEngine(changed)

    def decided(case: Case) -> tuple[Truth | None, Truth | None]:
        one, other = (TRUTH_OF[engine.assess(case).questions[path].outcome] for engine in engines)
        return one, other

    pairs = {decided(case) for case in every_case(framework, path)}
    assert set(moves) == {(before, after) for before, after in pairs if before is not after}
    assert (outcomes[0] == outcomes[1]) == (not moves)
    assert diagrams.results(outcomes[0]) == {before for before, _ in pairs} - {None}
    for move, diagram in moves.items():
        example = diagrams.example(diagram, Truth.TRUE)
        given_answers = {f"{path}.{prompt}": answer for prompt, answer in example.answers.items()}
        assert decided(Case("c", example.facts, given_answers)) == move


def test_two_rules_that_mean_the_same_have_one_diagram(shipped: Framework) -> None:
    question = shipped.key_questions["assessment.safety"]
    diagrams = Diagrams(shipped, values_to_try(shipped), question.prompts, with_na=True)
    one = AtLeast(2, tuple(PromptIsYes(prompt) for prompt in ("risk_of_harm", "victims")))
    other = Not(Not(AtLeast(5, tuple(PromptIsYes(prompt) for prompt in ("victims", "risk_of_harm")))))
    different = AtLeast(1, one.of)
    assert diagrams.rule(one) == diagrams.rule(other) != diagrams.rule(different)


def test_a_large_sensible_rule_is_decided(shipped: Framework) -> None:
    prompts = tuple(Prompt(f"p{number}", f"Is {number} done?") for number in range(60))
    diagrams = Diagrams(shipped, values_to_try(shipped), prompts)
    rule = diagrams.rule(AtLeast(30, tuple(PromptIsYes(prompt.id) for prompt in prompts)))
    assert {truth.name for truth in diagrams.results(rule)} == {"TRUE", "FALSE"}


def test_what_would_take_too_long_is_refused(shipped: Framework) -> None:
    prompts = tuple(Prompt(f"p{number}", f"Is {number} done?") for number in range(500))
    diagrams = Diagrams(shipped, values_to_try(shipped), prompts)
    with pytest.raises(TooTangledError):
        diagrams.rule(AtLeast(250, tuple(PromptIsYes(prompt.id) for prompt in prompts)))


def test_the_prompts_that_matter_are_those_whose_answer_changes_some_result(small: Small) -> None:
    framework = small("{all: [floors, {fact: serves_meat, is: yes}, {any: [knives, {not: knives}]}]}")
    question = framework.key_questions["hygiene.clean"]
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts)
    assert diagrams.prompts_that_matter(diagrams.rule(question.yes_when)) == {"floors"}
    assert diagrams.prompts_that_matter(diagrams.everywhere()) == frozenset()


def test_every_fact_has_values_to_try_whether_or_not_it_is_compared(small: Small) -> None:
    tried = values_to_try(small("{all: [floors, {fact: seats, at_least: 3}]}"))
    assert list(tried) == ["serves_meat", "size", "seats", "opened"]
    assert all(tried.values())
    assert (tried["serves_meat"], tried["size"]) == ((True, False), ("small", "large"))


def test_the_values_to_try_are_those_compared_and_their_neighbours(small: Small) -> None:
    tests = ("seats, at_least: 3", "opened, at_most: 2024-02-29", "opened, is: 0001-01-01", "opened, is: 9999-12-31")
    tried = values_to_try(small(f"{{all: [floors, {', '.join(f'{{fact: {test}}}' for test in tests)}]}}"))
    assert tried["seats"] == (2, 3, 4)
    assert tried["opened"] == tuple(  # there is no day before the first, and none after the last
        map(
            date.fromisoformat,
            ["0001-01-01", "0001-01-02", "2024-02-28", "2024-02-29", "2024-03-01", "9999-12-30", "9999-12-31"],
        )
    )


def test_no_value_is_tried_that_a_fact_cannot_have(small: Small) -> None:
    tests = ("seats, at_least: 3", "opened, at_most: 2024-02-29")
    tried = values_to_try(
        small(
            f"{{all: [floors, {', '.join(f'{{fact: {test}}}' for test in tests)}]}}",
            ("title: Seats, type: whole_number", "title: Seats, type: whole_number, range: {from: 3, to: 9}"),
            ("title: Opened on, type: date", "title: Opened on, type: date, range: {to: 2024-02-29}"),
        )
    )
    assert tried["seats"] == (3, 4, 8, 9)
    assert tried["opened"] == (date(2024, 2, 28), date(2024, 2, 29))


def test_values_are_tried_for_the_conditions_of_every_part_of_a_framework(small: Small) -> None:
    at_least = [f"{{fact: seats, at_least: {number}0}}" for number in range(9)]
    framework = small(
        f"{{all: [floors, {at_least[1]}]}}\n        applies_when: {at_least[2]}\n"
        f"        variants: {{big: {{yes_when: {{all: [floors, {at_least[3]}]}}}}}}",
        ("{fact: serves_meat, is: yes}", at_least[4]),
        (
            "standards:\n",
            f"variants:\n  - {{id: big, title: Big, when: {at_least[5]}}}\n"
            f"measures:\n  - {{id: waste, title: Waste, applies_when: {at_least[6]}}}\n  - {{id: heat, title: Heat}}\n"
            "subgroups:\n  - id: sizes\n    title: Sizes\n    groups:\n"
            f"      - {{id: some, title: Some, when: {at_least[7]}}}\n"
            f"      - {{id: many, title: Many, when: {at_least[8]}}}\nstandards:\n",
        ),
    )
    assert set(range(10, 90, 10)) < set(values_to_try(framework)["seats"])


@pytest.mark.parametrize("with_na", [True, False])
def test_what_says_the_same_in_other_words_has_one_diagram(small: Small, with_na: bool) -> None:
    framework = small()
    diagrams = Diagrams(
        framework, values_to_try(framework), framework.key_questions["hygiene.clean"].prompts, with_na=with_na
    )
    three = tuple(PromptIsYes(prompt) for prompt in ("floors", "knives", "meat"))
    not_one = tuple(map(Not, three))
    every, some = diagrams.clause(AllOf(three)), diagrams.clause(AnyOf(three))
    assert diagrams.clause(AtLeast(3, three)) == every == diagrams.opposite(diagrams.clause(AnyOf(not_one)))
    assert diagrams.clause(AtLeast(1, three)) == some == diagrams.opposite(diagrams.clause(AllOf(not_one)))
    two = diagrams.clause(AtLeast(2, three))
    assert diagrams.both(every, two) == every
    assert diagrams.both(some, two) == two
    assert len({every, two, some, diagrams.everywhere()}) == 4
    floors, knives, meat = map(diagrams.clause, three)
    for third, result in [(meat, Truth.TRUE), (diagrams.opposite(meat), Truth.FALSE)]:
        one_of_two = diagrams.where(floors, diagrams.where(diagrams.opposite(knives), diagrams.where(third, two)))
        assert diagrams.results(one_of_two) == {result}


def test_facts_alone_never_answer_a_question_about_prompts(small: Small) -> None:
    framework = small("{any: [floors, {fact: serves_meat, is: yes}]}")
    question = framework.key_questions["hygiene.clean"]
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
    meat = diagrams.clause(FactTest("serves_meat", "is", (True,)))
    for context, results in [
        (meat, {Truth.TRUE, Truth.DROPPED}),
        (diagrams.opposite(meat), {Truth.TRUE, Truth.FALSE, Truth.DROPPED}),
    ]:
        assert diagrams.results(diagrams.where(context, diagrams.rule(question.yes_when))) == results
        assert Truth.DROPPED not in diagrams.results(diagrams.where(context, diagrams.clause(question.yes_when)))
    assert diagrams.rule(FactTest("serves_meat", "is", (True,))) == meat


def test_a_question_is_decided_by_the_rule_of_the_first_variant_and_asked_where_it_applies(small: Small) -> None:
    framework = small(
        "{all: [floors, knives]}\n        applies_when: {fact: opened, at_least: 2020-01-01}\n"
        "        variants: {big: {yes_when: floors}, butcher: {yes_when: knives}}",
        (
            "standards:\n",
            "variants:\n  - {id: big, title: Big, when: {fact: seats, at_least: 10}}\n"
            "  - {id: butcher, title: Butcher, when: {fact: serves_meat, is: yes}}\nstandards:\n",
        ),
    )
    question = framework.key_questions["hygiene.clean"]
    assert question.applies_when is not None
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
    outcome = diagrams.outcome(question)
    is_new, is_big, is_butcher = map(
        diagrams.clause, [question.applies_when, *(variant.when for variant in framework.variants)]
    )
    for is_one, decided_by in [
        (is_big, PromptIsYes("floors")),
        (diagrams.both(diagrams.opposite(is_big), is_butcher), PromptIsYes("knives")),
        (diagrams.both(diagrams.opposite(is_big), diagrams.opposite(is_butcher)), question.yes_when),
    ]:
        asked = diagrams.both(is_new, is_one)
        assert diagrams.where(asked, outcome) == diagrams.where(asked, diagrams.rule(decided_by))
    assert diagrams.results(diagrams.where(diagrams.opposite(is_new), outcome)) == {Truth.DROPPED}


def test_an_example_names_the_facts_and_answers_that_are_enough(small: Small) -> None:
    framework = small("{all: [floors, {fact: seats, at_least: 3}]}")
    question = framework.key_questions["hygiene.clean"]
    diagrams = Diagrams(framework, values_to_try(framework), question.prompts, with_na=True)
    rule = diagrams.rule(question.yes_when)
    assert diagrams.example(rule, Truth.TRUE) == Example({"seats": 3}, {"floors": Answer.YES})
    assert diagrams.example(rule, Truth.DROPPED) == Example({}, {"floors": Answer.NA})
    meat = diagrams.clause(PromptIsYes("meat"))
    assert diagrams.example(meat, Truth.FALSE) == Example({"serves_meat": True}, {"meat": Answer.NO})
    assert diagrams.example(meat, Truth.DROPPED).answers.get("meat") in (None, Answer.NA)


def test_another_edition_reads_a_fact_and_a_prompt_in_its_own_way(small: Small) -> None:
    ours = small()
    theirs = small(
        "{all: [floors, knives, meat]}",
        ("small: Small, large: Large", "large: Large, small: Small"),
        (", applies_when: {fact: serves_meat, is: yes}", ""),
    )
    prompts = [framework.key_questions["hygiene.clean"].prompts for framework in (ours, theirs)]
    diagrams = Diagrams(ours, values_to_try(ours), prompts[0])
    beside = diagrams.beside(theirs, prompts[1])
    is_large = FactTest("size", "at_least", ("large",))
    # The first of the values is the lowest.
    assert diagrams.clause(is_large) != diagrams.everywhere()
    assert beside.clause(is_large) == diagrams.everywhere()
    assert diagrams.clause(PromptIsYes("floors")) == beside.clause(PromptIsYes("floors"))
    assert diagrams.results(diagrams.clause(PromptIsYes("meat"))) == {Truth.TRUE, Truth.FALSE, Truth.DROPPED}
    assert beside.results(beside.clause(PromptIsYes("meat"))) == {Truth.TRUE, Truth.FALSE}


@given(frameworks(points=False))
def test_a_question_has_exactly_the_outcomes_that_some_case_has(framework: Framework) -> None:
    for path, question in framework.key_questions.items():
        diagrams = Diagrams(framework, values_to_try(framework), question.prompts)
        found = {OUTCOME_OF[truth] for truth in diagrams.results(diagrams.outcome(question, framework.sample_of(path)))}
        assert found == {*every_outcome(framework, path, [Answer.YES, Answer.NO])} - {Outcome.NOT_ASKED}


def test_what_takes_more_steps_than_the_limit_is_given_up(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    framework = small("{at_least: {count: 2, of: [floors, knives, meat]}}")
    question = framework.key_questions["hygiene.clean"]
    assert Diagrams(framework, values_to_try(framework), question.prompts).rule(question.yes_when)
    monkeypatch.setattr("ctm_rules.engines.decision_diagrams.MAX_DIAGRAM_STEPS", 10)
    with pytest.raises(TooTangledError):
        Diagrams(framework, values_to_try(framework), question.prompts).rule(question.yes_when)


@pytest.mark.parametrize(
    ("limit", "most", "is_decided"),
    [
        # One step for each of the two values of a fact.
        pytest.param("MAX_DIAGRAM_STEPS", 4, True, id="enough steps"),
        pytest.param("MAX_DIAGRAM_STEPS", 3, False, id="one step too few"),
        pytest.param("MAX_DIAGRAM_VARIABLES", 2, True, id="enough variables"),
        pytest.param("MAX_DIAGRAM_VARIABLES", 1, False, id="one variable too few"),
    ],
)
def test_two_facts_are_decided_within_the_limits_and_not_beyond(
    small: Small, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, is_decided: bool
) -> None:
    framework = small()
    diagrams = Diagrams(framework, values_to_try(framework))
    monkeypatch.setattr(f"ctm_rules.engines.decision_diagrams.{limit}", most)
    meat = FactTest("serves_meat", "is", (True,))
    made = diagrams.clause(meat)
    with nullcontext() if is_decided else pytest.raises(TooTangledError):
        assert diagrams.results(diagrams.clause(FactTest("size", "is", ("large",)))) == {Truth.TRUE, Truth.FALSE}
    assert diagrams.clause(meat) == made  # what has been asked before takes no step
