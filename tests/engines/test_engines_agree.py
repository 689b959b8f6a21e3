"""The durable engine against the reference engine, which is the oracle: the same answers for every framework."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import Case, Framework, make_engine
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.limits import MAX_RULE_DEPTH
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, Not, PromptIsYes
from ctm_rules.model.framework import KeyQuestion, Prompt
from tests.support.strategies import band_scales, cases, framework_around, frameworks_with_cases, rating_scales

if not durable_is_available():
    pytest.skip("durable_rules is not installed here", allow_module_level=True)

NEXT_TO = Fraction(1, 10**40)
"""So small a step that floating point would not see it."""
DURABLE, REFERENCE = (make_engine(framework_around(), name) for name in ("durable", "reference"))


def agree(framework: Framework, several: tuple[Case, ...]) -> None:
    """Check that both engines give each case the same outcomes, points, variants and judgements, in the same order."""
    durable, reference = make_engine(framework, "durable"), make_engine(framework, "reference")
    in_tables = [evolve(case, sample=sample.id) for case in several for sample in framework.samples]
    for case in (*several, *in_tables):
        found, expected = durable.assess(case).questions, reference.assess(case).questions
        assert list(found) == list(expected)
        for path, outcome in expected.items():
            assert found[path].rule_outcome is outcome.rule_outcome, path
            assert found[path].outcome is outcome.outcome, path
            assert found[path].points == outcome.points, path
            assert found[path].reachable == outcome.reachable, path
            assert found[path].variant == outcome.variant, path
            assert found[path].judgement == outcome.judgement, path


@given(frameworks_with_cases(most=6))
def test_engines_agree_on_frameworks_of_any_shape(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    agree(*drawn)


@given(st.data())
def test_engines_agree_on_the_shipped_framework(shipped: Framework, data: st.DataObject) -> None:
    agree(shipped, (data.draw(cases(shipped)),))


@given(
    st.lists(
        st.sampled_from(["all", "any", "at_least", "not"]), min_size=MAX_RULE_DEPTH - 2, max_size=MAX_RULE_DEPTH - 1
    ),
    st.data(),
)
def test_engines_agree_on_rules_as_deep_as_they_may_be(kinds: list[str], data: st.DataObject) -> None:
    names = [f"p{number}" for number in range(len(kinds) + 1)]
    rule: Condition = PromptIsYes(names[0])
    for kind, name in zip(kinds, names[1:], strict=True):
        both = (rule, PromptIsYes(name))
        rule = {"all": AllOf(both), "any": AnyOf(both), "at_least": AtLeast(2, both), "not": Not(rule)}[kind]
    question = KeyQuestion("q", "Is it?", tuple(Prompt(name, name) for name in names), rule)
    framework = framework_around(question)
    agree(framework, (data.draw(cases(framework)),))


@given(st.data())
def test_engines_agree_on_the_band_of_every_value(data: st.DataObject) -> None:
    bands = data.draw(band_scales(data.draw(rating_scales())))
    bounds = [band.lowest for band in bands]
    near = st.tuples(st.sampled_from(bounds), st.sampled_from([0, 1, -1])).map(lambda pair: pair[0] + NEXT_TO * pair[1])
    value = data.draw(near.filter(lambda value: value >= 0) | st.fractions(0, 10**30))
    assert DURABLE.rating(bands, value) == REFERENCE.rating(bands, value)


@given(st.sets(st.fractions(Fraction(1, 10**9), 10**30), max_size=60), st.integers(0, 60), st.sampled_from([-1, 0, 1]))
def test_engines_agree_on_long_scales_with_bounds_of_any_size(drawn: set[Fraction], at: int, side: int) -> None:
    bounds = [*sorted(drawn, reverse=True), Fraction(0)]
    bands = tuple(Band(bound, f"r{number}") for number, bound in enumerate(bounds))
    value = max(Fraction(0), bounds[at % len(bounds)] + side * NEXT_TO)
    assert DURABLE.rating(bands, value) == REFERENCE.rating(bands, value)
