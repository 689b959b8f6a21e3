"""What a framework of any scheme may be given: cases, judgements, and what is known and was asked of the provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st

from ctm_rules import Counts, Framework
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import KeyQuestion
from tests.support.rated_by_hand import Answered, counts_of, scores_of
from tests.support.strategies import MOST, rated_frameworks

FEW = settings(max_examples=max(MOST // 4, 10))

Asked = Mapping[str, Sequence[Answered]]
"""What cases were answered, by the address of the key question: each question has cases of its own."""


def judgements(framework: Framework) -> st.SearchStrategy[dict[str, str]]:
    """Judgements of some standards: a step of the scale of each, or that it was given no rating."""
    scales = {"ratings": framework.ratings, **framework.scales}
    steps = {
        standard.slug: st.sampled_from([*(step.id for step in scales[standard.scale]), "not_rated"])
        for standard in framework.standards
        if standard.rated_by == "judgement"
    }
    for standard in framework.standards:
        for question in standard.key_questions:
            if question.rated_by == "judgement":
                given = [*(step.id for step in scales[question.scale]), "not_rated"]
                steps[f"{standard.slug}.{question.id}"] = st.sampled_from(given)
    every = st.fixed_dictionaries(steps)
    return every | every | st.fixed_dictionaries({}, optional=steps)


class Given(NamedTuple):
    """A framework, what cases were answered, what people judged, what was answered of the provider, what is known."""

    framework: Framework
    asked: Asked
    judged: dict[str, str]
    answers: dict[str, AnyAnswer]
    facts: dict[str, FactValue]

    def counts(self, cases: int | None = None) -> dict[str, Counts]:
        """Return what the cases come to (``cases``: as so many, the others of whom were all answered na)."""
        return {
            path: counts_of(self.framework, question, filled(question, self.asked[path], cases))
            for path, question in self.framework.key_questions.items()
        }

    @property
    def words(self) -> dict[str, str]:
        """What was answered of the provider, in words."""
        return {path: answer.value for path, answer in self.answers.items()}

    @property
    def most(self) -> int:
        """How many cases there are of the key question that has most, or one."""
        return max(map(len, self.asked.values()), default=1) or 1


def filled(question: KeyQuestion, cases: Sequence[Answered], number: int | None) -> list[Answered]:
    """Return cases, and others that were answered na, so many in all."""
    others = 0 if number is None else number - len(cases)
    return [*cases, *[{prompt.id: "na" for prompt in question.prompts} for _ in range(others)]]


@st.composite
def _cases_of(draw: st.DrawFn, framework: Framework, question: KeyQuestion) -> list[Answered]:
    if question.points is None:
        (prompt,) = question.prompts
        numbers = draw(st.tuples(*[st.integers(0, 9)] * 3, st.sampled_from([0, 0, 0, 0, 0, 1, 3])) | st.just((0,) * 4))
        given: dict[str, Answered] = {word: {prompt.id: word} for word in ("yes", "no", "na")}
        return [each for number, each in zip(numbers, [*given.values(), {}], strict=True) for _ in range(number)]
    words = {prompt.id: st.sampled_from([*scores_of(framework, prompt), "na"]) for prompt in question.prompts}
    # Where an answer is missing there is mostly no rating, and nothing to compare.
    is_whole = draw(st.integers(0, 3)) < 3
    of_case = st.fixed_dictionaries(words) if is_whole else st.fixed_dictionaries({}, optional=words)
    return draw(st.lists(of_case, max_size=8))  # type: ignore[arg-type]


@st.composite
def answers_of_cases(draw: st.DrawFn, framework: Framework) -> Asked:
    """What cases are answered to every key question that is asked of them."""
    return {path: draw(_cases_of(framework, question)) for path, question in framework.key_questions.items()}


@st.composite
def given_to_schemes(draw: st.DrawFn) -> Given:
    framework = draw(rated_frameworks())
    answers = {
        path: draw(st.none() | st.sampled_from([*answers_to(framework, path).values()]))
        for path in framework.provider_prompts
    }
    known = {fact.id: draw(st.sampled_from([*fact.values])) for fact in framework.provider_facts if draw(st.booleans())}
    return Given(
        framework,
        draw(answers_of_cases(framework)),
        draw(judgements(framework)),
        {path: answer for path, answer in answers.items() if answer is not None},
        known,
    )
