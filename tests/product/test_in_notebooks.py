"""What developers see of objects in a console and in a notebook, and whether these can stand in a set."""

from __future__ import annotations

import copy
import inspect
import subprocess
import sys
from pathlib import Path

import attrs
import polars
import pytest

import ctm_rules
from ctm_rules import (
    Case,
    Outcome,
    RequestError,
    compare_frameworks,
    effect_on_inspections,
    explain_case,
    load_framework,
    load_inspection,
    make_engine,
    next_ratings,
    rate_counts,
    rate_files,
    rate_frame,
    rate_inspection,
    read_amendment,
    what_if,
)
from ctm_rules.engines.reference import ReferenceEngine
from tests.support.paths import CASES, EXAMPLE, ROOT

AMENDMENT = read_amendment(EXAMPLE.with_name("amendment.yaml"))
FRAMEWORK = load_framework("hmip-pdu", "2024")


def shown() -> dict[str, object]:
    """Return real objects by what they are."""
    inspection = load_inspection(EXAMPLE)
    rated = rate_inspection(inspection)
    effect = what_if(EXAMPLE, [AMENDMENT])
    return {
        "a framework": FRAMEWORK,
        "a case": inspection.cases[0],
        "an outcome": rated.outcomes[0],
        "the outcome of a question": rated.outcomes[0].questions["assessment.safety"],
        "an inspection": inspection,
        "a result": rated,
        "ratings": rated.rating,
        "a standard": rated.rating.standards[3],
        "a domain": rated.rating.domains[0],
        "a key question": rated.rating.standards[3].key_questions[0],
        "a table of groups": rate_frame(FRAMEWORK, polars.read_csv(CASES), by="sex"),
        "ratings of files": rate_files(FRAMEWORK, [CASES]),
        "changes": compare_frameworks(FRAMEWORK, effect.after.inspection.framework),
        "an effect": effect,
        "a changed rating": effect.standards,
        "effects on inspections": effect_on_inspections(EXAMPLE.parent, FRAMEWORK, effect.after.inspection.framework),
        "an explanation": explain_case(FRAMEWORK, inspection.cases[0], key_question="assessment.safety")[0],
        "the way to the next rating": next_ratings(rated)[3],
        "an amendment": AMENDMENT,
    }


SHOWN = shown()


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_console_shows_fits_in_a_few_lines(name):
    assert len(repr(SHOWN[name])) <= 400


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_frozen_can_stand_in_a_set(name):
    one = SHOWN[name]
    assert len({one, copy.deepcopy(one)}) == 1


TABLES = [name for name, each in SHOWN.items() if hasattr(type(each), "_repr_html_")]


def test_tables_are_shown_as_tables():
    expected = {"a result", "ratings", "a table of groups", "ratings of files", "changes", "an effect"}
    assert expected <= set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_notebook_shows_a_table(name):
    html = SHOWN[name]._repr_html_()  # type: ignore[attr-defined]
    assert html.startswith("<table><caption>")
    assert html.count("<tr>") >= 2


def test_the_version_is_that_of_the_distribution():
    from importlib.metadata import version

    assert ctm_rules.__version__ == version("ctm-rules")


def test_the_command_line_is_a_module_too():
    command = [sys.executable, "-m", "ctm_rules", "rate", str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT)
    assert "Overall: Requires improvement" in done.stdout


# --- engines of one's own --------------------------------------------------------------------------


class Strict(ReferenceEngine):
    """An engine of one's own: whatever is undetermined, it says no."""

    name = "strict"

    def assess(self, case):
        outcome = super().assess(case)
        said = {
            path: attrs.evolve(each, outcome=Outcome.NO) if each.outcome is Outcome.UNDETERMINED else each
            for path, each in outcome.questions.items()
        }
        return attrs.evolve(outcome, questions=said, engine=self.name)


EMPTY = Case("c1")


def test_an_engine_of_ones_own_decides_wherever_one_is_named():
    inspection = load_inspection(EXAMPLE)
    own = Strict(FRAMEWORK)
    for engine in (own, Strict):
        assert rate_inspection(attrs.evolve(inspection, cases=(EMPTY,)), engine=engine).rating.engine == "strict"
        assert explain_case(FRAMEWORK, EMPTY, engine)[0].outcome.outcome is Outcome.NO
        assert rate_counts(FRAMEWORK, {}, {}, engine).engine == "strict"
        assert next(iter(rate_frame(FRAMEWORK, polars.read_csv(CASES), engine=engine))).rating.engine == "frame, strict"
    assert what_if(EXAMPLE, [AMENDMENT], engine=Strict).after.rating.engine == "strict"


def test_an_engine_that_was_made_for_other_standards_is_refused():
    other = attrs.evolve(FRAMEWORK, title="Another")
    for call in (
        lambda: explain_case(FRAMEWORK, EMPTY, make_engine(other)),
        lambda: rate_inspection(load_inspection(EXAMPLE), engine=make_engine(other)),
        lambda: what_if(EXAMPLE, [AMENDMENT], engine=make_engine(other)),
        lambda: rate_counts(FRAMEWORK, {}, {}, 7),  # type: ignore[arg-type]
        lambda: rate_counts(FRAMEWORK, {}, {}, "refrence"),  # type: ignore[arg-type]
    ):
        with pytest.raises(RequestError):
            call()


def test_one_key_question_is_explained_alone_and_nothing_is_compiled_twice(monkeypatch):
    engine = make_engine(FRAMEWORK)
    case = load_inspection(EXAMPLE).cases[0]
    every = explain_case(FRAMEWORK, case, engine)
    assert [each.path for each in every] == list(FRAMEWORK.key_questions)
    made = []
    monkeypatch.setattr(ReferenceEngine, "__init__", lambda *_: made.append(1))
    wanted = ["planning.safety", "assessment.safety"]
    assert explain_case(FRAMEWORK, case, engine, key_question=wanted) == tuple(
        next(each for each in every if each.path == path) for path in wanted
    )
    assert made == []
    with pytest.raises(RequestError, match="there is no key question"):
        explain_case(FRAMEWORK, case, engine, key_question="assessment.safty")


# --- what arguments are called ---------------------------------------------------------------------


def test_an_argument_of_one_name_takes_the_same_everywhere():
    taken: dict[str, set[str]] = {}
    for name in ctm_rules.__all__:
        found = getattr(ctm_rules, name)
        if inspect.isfunction(found):
            for parameter in inspect.signature(found).parameters.values():
                taken.setdefault(parameter.name, set()).add(str(parameter.annotation).removesuffix(" | None"))
    assert taken["engine"] == {"AnyEngine"}
    assert taken["judged"] == {"Mapping[str, str]"}
    paths = {kind for name in ("path", "folder", "standards", "templates") for kind in taken[name]}
    assert paths == {"str | Path"}


def test_a_path_may_be_a_text(tmp_path):
    rated = rate_files(FRAMEWORK, str(CASES))
    ctm_rules.write_ratings(rated, str(tmp_path / "ratings.csv"))
    assert Path(tmp_path / "ratings.csv").exists()
    assert len(ctm_rules.read_cases(str(CASES), FRAMEWORK)) == 44
    assert load_framework("hmip-pdu", "2024", standards=str(ROOT / "standards")) == FRAMEWORK
