"""A result written as JSON comes back as what it was, and is what its types and its schema say."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from jsonschema import Draft202012Validator

import ctm_rules
from ctm_rules import (
    Inspection,
    InspectionResult,
    RequestError,
    load_framework,
    load_inspection,
    load_result,
    rate_frame,
    rate_inspection,
)
from ctm_rules.diagnostics.findings import HERE, Findings
from ctm_rules.inspections.result_dicts import InspectionDict
from ctm_rules.rating.result_dicts import RatingDict
from ctm_rules.scaffolding.json_schemas import RESULTS, schema_of
from ctm_rules.verification.typed_data import check_typed
from tests.support.commands import Run
from tests.support.decisions import PLANNING, may_move
from tests.support.paths import EXAMPLE, ROOT

SCHEMES = sorted((ROOT / "examples/schemes").glob("*/inspection.yaml"))
INSPECTIONS = {"ctm": EXAMPLE, **{file.parent.name: file for file in SCHEMES}}
STALE = PLANNING.replace("from: inadequate", "from: good").replace("standard: planning", "standard: assessment")


def results() -> dict[str, Callable[[Path], InspectionResult]]:
    """Return by a name what makes a result, given a folder."""
    rated = {name: (lambda _, file=file: rate_inspection(load_inspection(file))) for name, file in INSPECTIONS.items()}
    decided = {"decided": lambda folder: rate_inspection(load_inspection(may_move(folder, PLANNING, STALE)))}
    return rated | decided


@pytest.mark.parametrize("name", [*INSPECTIONS, "decided"])
def test_a_result_comes_back_as_it_was(name, tmp_path):
    result = results()[name](tmp_path)
    data = json.loads(json.dumps(result.to_dict()))
    file = tmp_path / "result.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    framework = result.inspection.framework
    for given in (data, file, str(file)):
        assert load_result(given, framework=framework) == result.rating
    assert load_result(json.loads(json.dumps(result.rating.to_dict())), framework=framework) == result.rating
    assert load_result(data, framework=framework).to_dict() == result.rating.to_dict()


@pytest.mark.parametrize("name", [*INSPECTIONS, "decided"])
def test_a_result_is_what_its_schema_and_its_types_say(name, tmp_path):
    result = results()[name](tmp_path)
    for kind, cls, data in (
        ("result", InspectionDict, result.to_dict()),
        ("rating", RatingDict, result.rating.to_dict()),
    ):
        Draft202012Validator(schema_of(kind)).validate(json.loads(json.dumps(data)))
        findings = Findings()
        check_typed(json.loads(json.dumps(data)), cls, HERE, findings)
        assert list(findings) == []
        samples = {"samples"} if result.rating.framework.samples else set()
        chosen = {"bands_chosen"} if name == "health-inspections" else set()
        assert set(data) == cls.__required_keys__ | samples | chosen


def test_the_result_says_what_it_rests_on():
    data = rate_inspection(load_inspection(EXAMPLE)).to_dict()
    assert data["library"] == {"name": "ctm-rules", "version": ctm_rules.__version__}
    assert data["framework"]["checksum"] == load_framework("hmip-pdu", "2024").checksum
    assert data["inspection"]["file"] == "inspection.yaml"
    safety = data["standards"][3]["key_questions"][2]
    assert (safety["id"], safety["share"], safety["percent"], safety["rating_id"]) == (
        "assessment.safety", "3/11", 27, "inadequate",
    )  # fmt: skip
    assert (data["overall"]["rating"], data["overall"]["rating_id"]) == ("Requires improvement", "requires_improvement")


def test_the_checksum_of_the_cases_is_that_of_what_they_say():
    inspection = load_inspection(EXAMPLE)
    assert attrs.evolve(inspection, cases=inspection.cases[::-1]).cases_checksum == inspection.cases_checksum
    first = inspection.cases[0]
    answers = dict(list(first.answers.items())[1:])
    fewer = attrs.evolve(inspection, cases=(attrs.evolve(first, answers=answers), *inspection.cases[1:]))
    assert fewer.cases_checksum != inspection.cases_checksum


def test_the_standards_are_found_by_their_checksum(tmp_path):
    result = rate_inspection(load_inspection(EXAMPLE))
    file = tmp_path / "result.json"
    file.write_text(json.dumps(result.to_dict()), encoding="utf-8")
    assert load_result(file) == result.rating
    changed = json.loads(json.dumps(result.to_dict()))
    changed["framework"]["checksum"] = "v1:0000"
    with pytest.raises(RequestError, match="standards that are not here"):
        load_result(changed)
    with pytest.raises(RequestError, match="other standards than were given"):
        load_result(changed, framework=result.inspection.framework)


BAD: dict[str, tuple[Callable[[Any], object], str]] = {
    "a key is missing": (lambda data: data["standards"][3].pop("rating_id"), "/standards/3"),
    "a text for a number": (lambda data: data.update(cases="44"), "/cases"),
    "true for a number": (lambda data: data.update(cases=True), "/cases"),
    "an object for a list": (lambda data: data.update(standards={}), "/standards"),
    "an unknown kind of flag": (
        lambda data: data["overall"].update(
            flags=[{"kind": "x", "reason": "", "instead": None, "changes_standard": False}]
        ),
        "/overall/flags/0/kind",
    ),
    "an unknown rating": (lambda data: data["standards"][3].update(rating_id="god"), "/standards/3/rating_id"),
    "an unknown standard": (lambda data: data["standards"][3].update(slug="asessment"), "/standards/3/slug"),
    "an unknown domain": (lambda data: data["domains"][0].update(id="x"), "/domains/0/id"),
    "an unknown key question": (
        lambda data: data["standards"][3]["key_questions"][0].update(id="x"), "/standards/3/key_questions/0/id",
    ),
    "no exact share": (
        lambda data: data["standards"][3]["key_questions"][0].update(share="a/b"), "/standards/3/key_questions/0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_result_is_refused_with_its_place(name):
    change, pointer = BAD[name]
    data = copy.deepcopy(json.loads(json.dumps(rate_inspection(load_inspection(EXAMPLE)).to_dict())))
    change(data)
    with pytest.raises(RequestError) as raised:
        load_result(data, framework=load_framework("hmip-pdu", "2024"))
    assert pointer in [found.path for found in raised.value.diagnostics]


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"a"', "[" * 100_000, "\udcff"], ids=lambda text: text[:5])
def test_what_is_no_json_object_is_refused_in_a_sentence(content, tmp_path, run: Run):
    file = tmp_path / "result.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(RequestError):
        load_result(file)
    ran = run("verify", file)
    assert ran.code == 2
    assert "[bad-result]" in ran.err


@pytest.mark.parametrize("kind", RESULTS)
def test_the_schema_of_results_is_printed(kind, run: Run):
    Draft202012Validator.check_schema(schema_of(kind))
    assert json.loads(run("schema", kind).out) == schema_of(kind)


def test_the_ratings_of_groups_come_back_too():
    import polars

    framework = load_framework("hmip-pdu", "2024")
    rated = rate_frame(framework, polars.read_csv(EXAMPLE.with_name("cases.csv")), by="subgroups.grade")
    for group in rated:
        assert load_result(json.loads(json.dumps(group.rating.to_dict())), framework=framework) == group.rating


def test_an_inspection_that_never_was_a_file_names_none():
    inspection = load_inspection(EXAMPLE)
    made = Inspection.from_dict(
        {"title": "T", "provider": {"id": "n", "name": "N"}, "fieldwork": {"started": "2025-08-04"}},
        inspection.cases,
        framework=inspection.framework,
    )
    assert rate_inspection(made).to_dict()["inspection"]["file"] is None
