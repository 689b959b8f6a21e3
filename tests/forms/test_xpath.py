"""Conditions as XPath: an engine of XPath says of every case what the rules say."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.forms.relevance import ALWAYS, NEVER, Compared, Expression, IsOneOf, surely, surely_asked
from ctm_rules.forms.xpath import constraint, relevance, xpath
from ctm_rules.limits import MAX_EXACT_IN_XPATH
from ctm_rules.model.conditions import Condition, FactValue
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import Range
from ctm_rules.model.outcomes import Truth
from tests.support.paths import ROOT
from tests.support.strategies import MOST, fact_conditions, frameworks_with_cases


def as_taken(facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return what of a case a form takes: no number that it cannot tell from the next one."""
    most = MAX_EXACT_IN_XPATH
    return {
        name: value
        for name, value in facts.items()
        if not isinstance(value, int | Fraction) or (-most <= value <= most and len(written_value(value)) < 16)
    }


def filled(path: str, facts: Mapping[str, FactValue]) -> etree._Element:
    """Return a form in which these facts are filled in; the others are there and empty."""
    form = etree.Element("data")
    for name in {*re.findall(r"\$\{([^}]+)\}", path), *facts}:
        etree.SubElement(form, name).text = written_value(facts[name]) if name in facts else ""
    return form


def in_form(path: str) -> str:
    """Return a path with its references as pyxform writes them."""
    return re.sub(r"\$\{([^}]+)\}", r"/data/\1", path)


def says(path: str, facts: Mapping[str, FactValue], here: str = "") -> bool:
    """Return what XPath says of a form in which these facts are filled in."""
    found = filled(path, facts).xpath(in_form(path).replace("(.,", f"('{here}',"))
    assert isinstance(found, bool)
    return found


def truth(condition: Condition, framework: object, facts: Mapping[str, FactValue]) -> Truth:
    pair = surely(condition, framework)  # type: ignore[arg-type]
    true, false = says(xpath(pair.true), facts), says(xpath(pair.false), facts)
    assert not (true and false)
    return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


@settings(max_examples=MOST // 2)
@given(st.data())
def test_xpath_says_of_every_case_what_the_engines_say(data: st.DataObject) -> None:
    framework, drawn = data.draw(frameworks_with_cases(most=3))
    counts, cases = WhatCounts(framework), [as_taken(case.facts) for case in drawn]
    conditions: list[Condition] = [variant.when for variant in framework.variants]
    if framework.facts:
        conditions += [data.draw(fact_conditions(framework.facts)) for _ in range(3)]
    for condition in conditions:
        for facts in cases:
            assert truth(condition, framework, facts) is facts_meet(condition, facts, framework)
    for path in (*framework.prompts, *framework.measures_by_path):
        hidden = surely_asked(path, framework).false
        for facts in cases:
            is_shown = says(relevance(hidden) or "true()", facts)
            assert is_shown is (counts.is_asked(path, facts) is not Truth.FALSE)


NODE, FOLDER = shutil.which("node"), ROOT / "tests" / "forms"
IS_READY = bool(NODE and (FOLDER / "node_modules" / "openrosa-xpath-evaluator").is_dir())


@pytest.mark.skipif(
    not IS_READY and "CI" not in os.environ, reason="the engine of OpenRosa is not here: sh .ci/xlsform"
)
def test_the_engine_of_enketo_says_the_same() -> None:
    asked: list[tuple[str, list[str]]] = []
    wanted: list[Truth] = []

    @settings(max_examples=120, phases=[Phase.generate])
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        framework, drawn = data.draw(frameworks_with_cases(most=3))
        for _ in range(3 if framework.facts else 0):
            condition = data.draw(fact_conditions(framework.facts))
            pair = surely(condition, framework)
            paths = [xpath(pair.true), xpath(pair.false)]
            for facts in [as_taken(case.facts) for case in drawn]:
                form = etree.tostring(filled(" ".join(paths), facts), encoding="unicode")
                asked.append((form, list(map(in_form, paths))))
                wanted.append(facts_meet(condition, facts, framework))

    draw()
    assert len(asked) > 200
    assert IS_READY, "sh .ci/xlsform installs the engine of OpenRosa"
    command = [str(NODE), str(FOLDER / "evaluate.mjs")]
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120)
    said = [Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN for true, false in json.loads(ran.stdout)]
    assert said == wanted


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


def test_an_answer_is_taken_within_its_range_and_where_it_can_be_told_from_the_next() -> None:
    assert constraint(None, takes_date=True) == ""
    assert constraint(Range(0, 10), takes_date=False) == ". >= 0 and . <= 10"
    number = constraint(None, takes_date=False)
    answers = (MAX_EXACT_IN_XPATH, MAX_EXACT_IN_XPATH + 1, -MAX_EXACT_IN_XPATH, -MAX_EXACT_IN_XPATH - 1)
    taken = [etree.XML(f"<data>{answer}</data>").xpath(number) for answer in answers]
    assert taken == [True, False, True, False]
    days = constraint(Range(None, DAY), takes_date=True)
    assert days == "number(translate(., '-', '')) <= 20250131"
    assert [says(days, {}, day) for day in ("2025-01-31", "2025-02-01", "2024-12-31")] == [True, False, True]
