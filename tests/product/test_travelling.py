"""What is public can be copied and sent to another process, whatever it is; an error too, which would else hang it."""

from __future__ import annotations

import copy
import csv
import datetime
import enum
import importlib
import inspect
import json
import multiprocessing
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import polars
import pytest

import ctm_rules
from ctm_rules import (
    AllOf,
    Answer,
    AnswersGap,
    AnyOf,
    AtLeastPercent,
    Case,
    Code,
    Codes,
    CountRow,
    CtmRulesError,
    Diagnostic,
    DiagnosticError,
    Difference,
    EngineUnavailableError,
    InspectionResult,
    Judgement,
    MissingExtraError,
    Not,
    OtherAnswer,
    Outcome,
    PanelDecision,
    PointsGap,
    PromptIsYes,
    PromptPointsGap,
    PublishedCounts,
    Range,
    RatingReason,
    StaleDecision,
    StandardsError,
    StepAnswer,
    Verification,
    compare_frameworks,
    counts_table,
    effect_on_inspections,
    explain_case,
    load_framework,
    load_inspection,
    load_reading,
    make_engine,
    next_ratings,
    next_ratings_above,
    rate_files,
    rate_frame,
    rate_inspection,
    read_amendment,
    read_counts,
    verify_result,
    what_if,
)
from ctm_rules.diagnostics.findings import all_codes
from ctm_rules.engines.durable_ruleset import durable_is_available
from tests.support.paths import EXAMPLE, ROOT

CLASSES = [name for name in ctm_rules.__all__ if inspect.isclass(getattr(ctm_rules, name)) and name != "Engine"]
"""Every public class; an engine is a protocol, and what it stands for is tested with the engines."""


def mistakes() -> DiagnosticError:
    """Return what is raised for a case with two mistakes."""
    with pytest.raises(DiagnosticError) as raised:
        make_engine(load_framework("hmip-pdu")).assess(Case("c", {"has_potential_victims": "yes", "no such": True}))
    return raised.value


def published_counts(rated: InspectionResult) -> PublishedCounts:
    """Return what a table of counts of a result says."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(attribute.name for attribute in attrs.fields(CountRow))
        table.writerows(row.to_dict().values() for row in counts_table(rated.rating))
        out.flush()
        return read_counts(out.name, rated.inspection.framework)


def verified(rated: InspectionResult) -> Verification:
    """Return what comes of computing a result anew."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as out:
        json.dump(rated.to_dict(), out)
        out.flush()
        return verify_result(out.name, rated.inspection)


def whatever_there_is() -> dict[str, list[object]]:
    """Return real objects of every public class by its name: all that hang together with what the library gives."""
    inspection = load_inspection(EXAMPLE)
    framework, rated = inspection.framework, rate_inspection(inspection)
    amendment = read_amendment(EXAMPLE.with_name("amendment.yaml"))
    cases = EXAMPLE.with_name("cases.csv")
    *kept, _ = framework.domains[-1].standards
    shorter = attrs.evolve(
        framework,
        standards=framework.standards[:-1],
        domains=(*framework.domains[:-1], attrs.evolve(framework.domains[-1], standards=tuple(kept))),
    )
    judged = {"assessment.safety": Judgement(Outcome.YES, "Seen on the visit.")}
    overruled = attrs.evolve(
        inspection, cases=tuple(attrs.evolve(case, judgements=judged) for case in inspection.cases)
    )
    effect = what_if(EXAMPLE, [amendment])
    scheme = load_framework(ROOT / "examples/schemes/adult-social-care/standards/adult-social-care/2022")
    stars = load_framework(ROOT / "examples/schemes/nursing-homes/standards/nursing-homes/2022")
    young = load_framework(ROOT / "examples/schemes/youth-justice/standards/youth-justice/2021")
    grades = load_framework(next((ROOT / "examples/schemes/restaurant-grades/standards/restaurant-grades").iterdir()))
    worst = {path: StepAnswer([*steps][-2]) for path, steps in grades.answers_on_scales.items()}
    when = datetime.date(2026, 1, 9)
    moved = PanelDecision(
        "good", "requires_improvement", "Leaders did not act.", "the ratings panel", when, "leadership"
    )
    starts: list[object] = [
        rated,
        StaleDecision(moved, "P 1.1 Leadership", framework.ratings_by_id["good"], None),
        RatingReason("line", 0, "two standards are Inadequate", framework.at),
        [scheme, stars, young],
        [AnyOf((Not(PromptIsYes("victims")),)), AllOf(()), AtLeastPercent(70, ()), Range(lowest=0)],
        explain_case(framework, inspection.cases[0], make_engine(framework, "reference")),
        next_ratings(rated),
        next_ratings_above(rated),
        AnswersGap(
            rated.rating.standards[-1].key_questions[0],
            (OtherAnswer("safety.alarms.tested", "Are alarms tested?", None, Answer.YES),),
        ),
        PointsGap(
            rated.rating.standards[-1].key_questions[0],
            "more",
            needed=1,
            short=2,
            value=Fraction(60),
            answers_needed=1,
            in_the_way=(PromptPointsGap("kitchen.floors.swept", "Are floors swept?", 2, Fraction(20)),),
        ),
        grades,
        make_engine(grades, "reference").assess_provider({}, worst),
        compare_frameworks(framework, shorter),
        effect_on_inspections(EXAMPLE.parent, framework, shorter),
        amendment,
        effect,
        [effect.key_questions, effect.standards, effect.by_reason()],
        overruled.cases,
        rate_inspection(overruled).divergences,
        rate_files(framework, [cases], by=["grade"]),
        rate_frame(framework, polars.read_csv(cases), by="subgroups.grade"),
        Codes(yes=2, no=1),
        load_reading(EXAMPLE.with_name("readings") / "published.yaml"),
        load_reading(EXAMPLE.with_name("readings") / "collected.yaml"),
        mistakes(),
        *(cls(mistakes().diagnostics) for cls in (DiagnosticError, StandardsError)),
        CtmRulesError("something is wrong"),
        MissingExtraError("a report needs jinja2"),
        EngineUnavailableError("needs durable_rules"),
        next(iter(all_codes().values())),
        counts_table(rated.rating),
        published_counts(rated),
        verified(rated),
        Difference("library", "it was rated by ctm-rules 0.0.1, and this is another"),
    ]
    found: dict[str, list[object]] = {}
    seen: dict[int, object] = {}  # what is kept here keeps its number
    waiting = deque(starts)
    while waiting:
        each = waiting.popleft()
        if id(each) in seen or isinstance(each, str | bytes | int | float):
            continue
        seen[id(each)] = each
        found.setdefault(type(each).__name__, []).append(each)
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, Iterable):
            waiting.extend(each)
        if isinstance(each, DiagnosticError):
            waiting.extend(each.diagnostics)
        if attrs.has(type(each)):
            waiting.extend(getattr(each, part.name) for part in attrs.fields(type(each)))
        if isinstance(each, Diagnostic):
            waiting.append(each.location)
    return found


@pytest.fixture(scope="module")
def there_is() -> dict[str, list[object]]:
    """Real objects of every public class."""
    return whatever_there_is()


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("name", CLASSES)
def test_what_is_public_travels(name: str, way: Callable[[Any], Any], there_is: dict[str, list[object]]) -> None:
    cls = getattr(ctm_rules, name)
    one = next(iter(cls)) if issubclass(cls, enum.Enum) else there_is[name][0]
    again = way(one)
    assert type(again) is type(one)
    if isinstance(one, Exception):
        assert isinstance(again, Exception)
        assert (str(again), again.args, vars(again)) == (str(one), one.args, vars(one))
    else:
        assert again == one
        assert repr(again) == repr(one)
    if isinstance(one, Code):
        assert all_codes()[one.id] is one


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_keeps_everything_it_found_and_what_was_noted_beside_it(protocol: int) -> None:
    error = mistakes()
    error.add_note("while the second table was read")
    again = pickle.loads(pickle.dumps(error, protocol))
    assert len(error.diagnostics) == 2
    assert again.diagnostics == error.diagnostics
    assert again.__notes__ == ["while the second table was read"]
    assert str(again) == str(error)


def _exceptions() -> list[type[CtmRulesError]]:
    """Return every exception that the library raises on purpose, whichever module declares it."""
    modules = [
        ".".join(file.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for file in sorted((ROOT / "src").rglob("*.py"))
        if file.name not in ("durable.py", "__main__.py")
    ]
    for module in modules:
        importlib.import_module(module)
    found = [CtmRulesError]
    for cls in found:
        found += [each for each in cls.__subclasses__() if each not in found]
    return found


@pytest.mark.parametrize("cls", _exceptions(), ids=lambda cls: cls.__name__)
def test_no_exception_of_the_library_is_built_in_a_way_that_a_process_cannot_repeat(cls: type[CtmRulesError]) -> None:
    # What unpickling does with an exception is to call its class with `args`; any other signature needs a `__reduce__`.
    builds = next(each for each in cls.__mro__ if "__init__" in vars(each))
    assert builds is Exception or "__reduce__" in vars(builds)


ENGINES = ["reference", *(["durable"] if durable_is_available() else [])]
CASES = [Case("good"), Case("bad", {"has_potential_victims": "yes"}), Case("good again")]


def _outcome(engine: str, case: Case) -> str:
    return make_engine(load_framework("hmip-pdu"), engine).assess(case).case  # type: ignore[arg-type]


def _said(get: Callable[[], str]) -> str | list[str]:
    try:
        return get()
    except DiagnosticError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_case_in_a_pool_of_processes_comes_back_as_its_error(engine: str) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        waiting = [pool.apply_async(_outcome, (engine, case)) for case in CASES]
        # A result that cannot be unpickled never comes: the limit turns a hang into a failure.
        assert [_said(partial(one.get, 120)) for one in waiting] == ["good", ["bad-value"], "good again"]


def test_what_cannot_be_rated_leaves_an_executor_in_working_order(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [pool.submit(_outcome, "reference", case) for case in CASES]
        assert [_said(partial(one.result, 120)) for one in waiting] == ["good", ["bad-value"], "good again"]
        for reads in (load_framework, load_inspection, read_amendment):
            with pytest.raises(DiagnosticError) as raised:
                pool.submit(reads, tmp_path / "none.yaml").result(120)
            assert raised.value.diagnostics
