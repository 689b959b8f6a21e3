"""Conditions as XPath: an engine of XPath says of every case what the rules say."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.forms.relevance import ALWAYS, NEVER, Compared, Expression, IsOneOf, surely, surely_asked
from ctm_rules.forms.xpath import constraint, relevance, xpath
from ctm_rules.model.conditions import Condition, FactValue
from ctm_rules.model.framework import Range
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.reading import cell_text
from tests.support.strategies import fact_conditions, frameworks_with_cases


def says(path: str, facts: Mapping[str, FactValue], here: str = "") -> bool:
    """Return what XPath says of a form in which these facts are filled in; the others are there and empty."""
    form = etree.Element("data")
    for name in {*re.findall(r"\$\{([^}]+)\}", path), *facts}:
        etree.SubElement(form, name).text = cell_text(facts.get(name))
    found = form.xpath(re.sub(r"\$\{([^}]+)\}", r"/data/\1", path).replace("(.,", f"('{here}',"))
    assert isinstance(found, bool)
    return found


def truth(condition: Condition, framework: object, facts: Mapping[str, FactValue]) -> Truth:
    pair = surely(condition, framework)  # type: ignore[arg-type]
    true, false = says(xpath(pair.true), facts), says(xpath(pair.false), facts)
    assert not (true and false)
    return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


@given(st.data())
def test_xpath_says_of_every_case_what_the_engines_say(data: st.DataObject) -> None:
    framework, drawn = data.draw(frameworks_with_cases(most=3))
    counts = WhatCounts(framework)
    conditions: list[Condition] = [variant.when for variant in framework.variants]
    if framework.facts:
        conditions += [data.draw(fact_conditions(framework.facts)) for _ in range(3)]
    for condition in conditions:
        for case in drawn:
            assert truth(condition, framework, case.facts) is facts_meet(condition, case.facts, framework)
    for path in (*framework.prompts, *framework.measures_by_path):
        hidden = surely_asked(path, framework).false
        for case in drawn:
            is_shown = says(relevance(hidden) or "true()", case.facts)
            assert is_shown is (counts.is_asked(path, case.facts) is not Truth.FALSE)


DAY = datetime.date(2025, 1, 31)


@pytest.mark.parametrize(
    ("expression", "of_unknown", "written"),
    [
        pytest.param(ALWAYS, True, "true()", id="always"),
        pytest.param(NEVER, False, "false()", id="never"),
        pytest.param(IsOneOf("a", (True,)), False, "${a} = 'yes'", id="yes"),
        pytest.param(IsOneOf("a", ("x", "y")), False, "(${a} = 'x' or ${a} = 'y')", id="words"),
        pytest.param(Compared("a", ">=", 3), False, "${a} >= 3", id="at least"),
        pytest.param(Compared("a", "=", 0), False, "${a} = 0", id="nought, which an empty answer is not"),
        pytest.param(Compared("a", "<>", 3), False, "(${a} != '' and ${a} != 3)", id="another number"),
        pytest.param(Compared("a", "<", DAY), False, "number(translate(${a}, '-', '')) < 20250131", id="before a day"),
    ],
)
def test_what_is_not_known_makes_nothing_true(expression: Expression, of_unknown: bool, written: str) -> None:
    assert xpath(expression) == written
    assert says(written, {}) is of_unknown


def test_what_is_always_asked_has_no_condition_and_what_never_is_is_hidden() -> None:
    assert relevance(NEVER) == ""
    assert says(relevance(ALWAYS), {}) is False


def test_a_range_is_a_constraint() -> None:
    assert constraint(None) == ""
    assert constraint(Range(0, 10)) == ". >= 0 and . <= 10"
    days = constraint(Range(None, DAY))
    assert days == "number(translate(., '-', '')) <= 20250131"
    assert [says(days, {}, day) for day in ("2025-01-31", "2025-02-01", "2024-12-31")] == [True, False, True]
