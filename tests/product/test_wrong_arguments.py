"""Every public function given things of a wrong type: a sentence about the argument, and never a mistake of ours."""

from __future__ import annotations

import csv
import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars
import pytest

import ctm_rules
from ctm_rules import (
    Amendment,
    CtmRulesError,
    Diagnostic,
    Framework,
    Inspection,
    RequestError,
    load_inspection,
    make_engine,
    rate_inspection,
    read_amendment,
    what_if,
)
from ctm_rules.engines.reference import ReferenceEngine
from tests.support.paths import CASES, EXAMPLE

FOLDER = EXAMPLE.parent
Arguments = Callable[["Given"], Mapping[str, object]]


class Odd:
    """Nothing that any function takes."""

    def __repr__(self) -> str:
        return "<odd>"


WRONG: Mapping[str, object] = {
    "a text": "odd",
    "a number": 3,
    "nothing": None,
    "an object": Odd(),
    "a list of objects": [Odd()],
    "a list of texts": ["odd"],
    "an empty list": [],
    "an empty text": "",
    "a text of great length": "odd" * 2000,
    "a mapping": {"odd": Odd()},
    "bytes": b"odd",
}


class Given:
    """What the functions are given where nothing is wrong."""

    def __init__(self, inspection: Inspection, folder: Path) -> None:
        self.inspection, self.framework, self.folder = inspection, inspection.framework, folder
        self.result = rate_inspection(inspection, engine="reference")
        self.engine = make_engine(self.framework, "reference")
        self.amendment = read_amendment(FOLDER / "amendment.yaml")
        self.frame = polars.read_csv(CASES)
        self.written = folder / "result.json"
        self.written.write_text(json.dumps(self.result.to_dict()), encoding="utf-8")
        rows = [row.to_dict() for row in ctm_rules.counts_table(self.result.rating)]
        self.counted = folder / "counts.csv"
        with self.counted.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)


FUNCTIONS: Mapping[str, Arguments] = {
    "assess_frame": lambda given: {"framework": given.framework, "frame": given.frame},
    "cases_from_frame": lambda given: {"framework": given.framework, "frame": given.frame},
    "check_framework": lambda given: {"framework": given.framework},
    "compare_frameworks": lambda given: {"old": given.framework, "new": given.framework},
    "count_outcomes": lambda given: {"framework": given.framework, "outcomes": given.result.outcomes},
    "counts_table": lambda given: {"result": given.result.rating},
    "dump_framework": lambda given: {"framework": given.framework},
    "effect_on_inspections": lambda given: {"folder": FOLDER, "old": given.framework, "new": given.framework},
    "explain_case": lambda given: {"framework": given.framework, "case": given.inspection.cases[0]},
    "load_framework": lambda _: {"name": "hmip-pdu"},
    "load_inspection": lambda _: {"path": EXAMPLE},
    "load_reading": lambda _: {"path": FOLDER / "readings" / "long.yaml"},
    "load_result": lambda given: {"what": given.result.to_dict(), "framework": given.framework},
    "make_engine": lambda given: {"framework": given.framework},
    "make_framework": lambda given: {"declared": ctm_rules.dump_framework(given.framework)},
    "next_ratings": lambda given: {"result": given.result},
    "next_ratings_above": lambda given: {"result": given.result},
    "rate_counts": lambda given: {
        "framework": given.framework,
        "counts": ctm_rules.count_outcomes(given.framework, given.result.outcomes),
        "judged": given.inspection.judged,
    },
    "rate_files": lambda given: {"framework": given.framework, "sources": CASES},
    "rate_frame": lambda given: {"framework": given.framework, "frame": given.frame},
    "rate_inspection": lambda given: {"inspection": given.inspection},
    "rate_outcomes": lambda given: {
        "framework": given.framework,
        "outcomes": given.result.outcomes,
        "judged": given.inspection.judged,
        "engine": given.engine,
    },
    "read_amendment": lambda _: {"path": FOLDER / "amendment.yaml"},
    "read_cases": lambda given: {"path": CASES, "framework": given.framework},
    "read_counts": lambda given: {"path": given.counted, "framework": given.framework},
    "verify_result": lambda given: {"result": given.written, "inspection": EXAMPLE},
    "what_if": lambda given: {"inspection": given.inspection, "amendments": [given.amendment]},
    "write_examples": lambda given: {"folder": given.folder / "examples"},
    "write_form": lambda given: {"framework": given.framework, "path": given.folder / "f.xlsx", "cases": ["c1"]},
    "write_ratings": lambda given: {
        "rated": ctm_rules.rate_files(given.framework, CASES, "grade"),
        "path": given.folder / "ratings.csv",
    },
    "write_report": lambda given: {"result": given.result, "folder": given.folder / "report", "formats": ["json"]},
    "write_xlsform": lambda given: {"framework": given.framework, "path": given.folder / "x.xlsx"},
}  # fmt: skip
"""Of each public function, arguments in which nothing is wrong."""


def functions() -> dict[str, Callable[..., object]]:
    found = {name: getattr(ctm_rules, name) for name in ctm_rules.__all__}
    return {name: each for name, each in found.items() if inspect.isfunction(each)}


def test_every_public_function_is_tried() -> None:
    assert FUNCTIONS.keys() == functions().keys()


@pytest.fixture
def given(tmp_path: Path, example: Inspection, monkeypatch: pytest.MonkeyPatch) -> Given:
    """What functions are given, in a folder in which they may write."""
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "given"
    made.mkdir()
    return Given(example, made)


def is_about(argument: str, found: Diagnostic) -> bool:
    """Return whether what is said names the argument, and tells to give what there is by its own name."""
    called = re.findall(r"(\w+)\(…\)", found.hint)
    return (
        found.path.split("/")[1] == argument
        and found.message.startswith(f"{argument} is given as ")
        and re.match("give [a-z]", found.hint) is not None
        and set(called) <= {*functions()}
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_type_is_refused_in_a_sentence(name: str, given: Given, tmp_path: Path) -> None:
    function = functions()[name]
    fine = FUNCTIONS[name](given)
    function(**fine)
    broken: dict[str, str] = {}
    for argument in inspect.signature(function).parameters:
        for what, wrong in WRONG.items():
            again = {**fine, **({"folder": tmp_path / f"{argument} {what}"} if name == "write_examples" else {})}
            try:
                function(**{**again, argument: wrong})
            except CtmRulesError as error:
                if not str(error):
                    broken[f"{argument}, {what}"] = "says nothing"
                for found in error.diagnostics if isinstance(error, RequestError) else ():
                    if found.code == "wrong-argument" and not is_about(argument, found):
                        broken[f"{argument}, {what}"] = f"{found.path}: {found.message}, {found.hint}"
            except Exception as error:
                broken[f"{argument}, {what}"] = repr(error)
    assert broken == {}


@pytest.mark.parametrize(
    ("call", "pointer", "message"),
    [
        pytest.param(
            lambda given: what_if(given.inspection, ["amendment.yaml"]),  # type: ignore[list-item]
            "/amendments/0",
            "amendments is given as 'amendment.yaml'",
            id="a file for an amendment",
        ),
        pytest.param(
            lambda given: what_if(given.inspection, "amendment.yaml"),  # type: ignore[arg-type]
            "/amendments",
            "amendments is given as 'amendment.yaml'",
            id="a file for amendments",
        ),
        pytest.param(
            lambda _: rate_inspection(EXAMPLE),  # type: ignore[arg-type]
            "/inspection",
            f"inspection is given as {EXAMPLE!r}",
            id="a file for an inspection",
        ),
        pytest.param(
            lambda _: ctm_rules.load_framework("hmip-pdu", 2024),  # type: ignore[arg-type]
            "/edition",
            "edition is given as 2024",
            id="a number for an edition",
        ),
        pytest.param(
            lambda given: ctm_rules.rate_frame(given.framework, "cases.csv"),
            "/frame",
            "frame is given as 'cases.csv'",
            id="a file for a dataframe",
        ),
        pytest.param(
            lambda given: ctm_rules.rate_files(given.framework, []),
            "/sources",
            "sources is given as ()",
            id="no files",
        ),
        pytest.param(
            lambda given: what_if(given.inspection, given.framework),  # type: ignore[arg-type]
            "/amendments",
            "amendments is given as <Framework hmip-pdu 2024>",
            id="a framework for amendments",
        ),
        pytest.param(
            lambda _: ctm_rules.load_framework(""),
            "/name",
            "name is given as ''",
            id="a variable that was empty",
        ),
    ],
)
def test_what_is_likely_to_be_given_is_named_with_what_to_give(
    call: Callable[[Given], object], pointer: str, message: str, given: Given
) -> None:
    with pytest.raises(RequestError) as caught:
        call(given)
    (found,) = caught.value.diagnostics
    assert (found.code, found.path) == ("wrong-argument", pointer)
    assert found.message.startswith(message[:60])
    assert found.hint.startswith("give ")


def test_a_table_where_a_framework_belongs_is_said_in_a_sentence(given: Given) -> None:
    with pytest.raises(CtmRulesError) as caught:
        ctm_rules.rate_frame(given.frame, given.framework)  # type: ignore[arg-type]
    said = str(caught.value)
    assert said.startswith("<python>: error: this must be a Framework, not shape: (44, ")
    assert [line[:8] for line in said.splitlines()[1:]] == ["  hint: "]


# --- an engine for two frameworks ----------------------------------------------------------------------


def ours(framework: Framework) -> ReferenceEngine:
    class Ours(ReferenceEngine):
        name = "ours"

    return Ours(framework)


def test_an_engine_that_was_made_decides_by_its_own_framework_of_two(example: Inspection) -> None:
    amendment: Amendment = read_amendment(FOLDER / "amendment.yaml")
    by_name: Any = what_if(example, [amendment], engine="reference")
    before = what_if(example, [amendment], engine=ours(example.framework))
    assert (before.before.rating.engine, before.after.rating.engine != "ours") == ("ours", True)
    assert {**before.to_dict(), "engine": ""} == {**by_name.to_dict(), "engine": ""}
    after = what_if(example, [amendment], engine=ours(by_name.after.inspection.framework))
    assert (after.before.rating.engine != "ours", after.after.rating.engine) == (True, "ours")


def test_an_engine_that_was_made_for_neither_of_two_is_refused(example: Inspection) -> None:
    other = load_inspection(FOLDER.parent / "schemes" / "food-hygiene" / "inspection.yaml").framework
    with pytest.raises(RequestError, match="the engine was made for") as caught:
        what_if(example, [read_amendment(FOLDER / "amendment.yaml")], engine=make_engine(other, "reference"))
    assert [found.code for found in caught.value.diagnostics] == ["other-framework"]
