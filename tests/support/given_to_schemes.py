"""What a framework of any scheme may be given: counts, judgements, and what is known and was asked of the provider."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from ctm_rules import Answer, Counts, Framework
from ctm_rules.model.conditions import FactValue
from tests.support.strategies import MOST, rated_frameworks

COUNTS = st.builds(Counts, *[st.integers(0, 9)] * 3, st.sampled_from([0, 0, 0, 0, 0, 1, 3])) | st.just(Counts())
FEW = settings(max_examples=max(MOST // 4, 10))


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


Given = tuple[Framework, dict[str, Counts], dict[str, str], dict[str, Answer], dict[str, FactValue]]
"""A framework, what was counted, what people judged, what was answered of the provider, and what is known of it."""


@st.composite
def given_to_schemes(draw: st.DrawFn) -> Given:
    # What points come to is worked out by hand in tests/product/test_points.py.
    framework = draw(rated_frameworks(points=False))
    counts, answers = {}, {}
    for standard in framework.standards:
        for question in standard.key_questions:
            path = f"{standard.slug}.{question.id}"
            if question.asked_of == "provider":
                given = {
                    f"{path}.{prompt.id}": draw(st.none() | st.sampled_from(Answer)) for prompt in question.prompts
                }
                answers |= {address: answer for address, answer in given.items() if answer is not None}
            elif question.rated_by == "answers":
                counts[path] = draw(COUNTS)
    known = {fact.id: draw(st.sampled_from([*fact.values])) for fact in framework.provider_facts if draw(st.booleans())}
    return framework, counts, draw(judgements(framework)), answers, known


OUTCOMES = {"yes": "yes", "no": "no", "not_applicable": "na", "undetermined": None}
"""By outcome, the answer to a prompt that alone decides a question and gives it."""


def counts_by_outcome(counts: Counts) -> dict[str, int]:
    """Return the counts by the name of their outcome."""
    return {outcome: getattr(counts, outcome) for outcome in OUTCOMES}
