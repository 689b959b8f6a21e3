"""Results as plain data: whatever a command prints as JSON is what its schema says, and no more."""

from __future__ import annotations

import csv
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import ctm_rules
from ctm_rules import counts_table, load_inspection, rate_inspection
from ctm_rules.scaffolding.json_schemas import RESULTS, schema_of
from tests.support.commands import Run
from tests.support.paths import CASES, EXAMPLE, ROOT

FOLDER = EXAMPLE.parent
YOUTH = ROOT / "examples" / "schemes" / "youth-justice"

# Of each kind of result, commands that print one; between them every key is there and every list has something in it.
PRINTED: dict[str, list[tuple[object, ...]]] = {
    "result": [("rate", EXAMPLE)],
    "counts": [("rate", "--counts", "counts.csv", "--framework", "hmip-pdu")],
    "bulk": [("rate", "--cases", CASES, "--framework", "hmip-pdu", "--by", "grade")],
    "diff": [
        ("diff", "hmip-pdu", "changed", "--inspection", EXAMPLE),
        ("diff", "hmip-pdu", "changed", "--inspections", FOLDER),
    ],
    "explanation": [("explain", EXAMPLE, "synthetic-02"), ("explain", YOUTH / "inspection.yaml", "made-up-01")],
    "findings": [("check", "odd")],
    "read": [
        ("read", CASES, "--framework", "hmip-pdu"),
        ("read", CASES, "--framework", "hmip-pdu", "--judged-again", CASES),
    ],
    "tests": [("test", ROOT / "standards", "--coverage")],
    "verification": [("verify", "result.json", EXAMPLE)],
    "what-if": [
        ("what-if", EXAMPLE, "--set", "key_question_bands.good.from=60", "--next-rating"),
        ("what-if", EXAMPLE, "--amendment", FOLDER / "amendment.yaml"),
    ],
}


def strict(schema: Any) -> Any:
    """Return a schema that lets no key through that it does not name."""
    if isinstance(schema, dict):
        closed = {"additionalProperties": False} if "properties" in schema and "type" in schema else {}
        return {**{key: strict(value) for key, value in schema.items()}, **closed}
    return [strict(each) for each in schema] if isinstance(schema, list) else schema


@pytest.fixture
def given(run: Run, tmp_path: Path, editable: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Write what the commands are given, and return what runs them there."""
    monkeypatch.chdir(tmp_path)
    standard = next(file for file in editable.glob("*.yaml") if "slug: assessment" in file.read_text(encoding="utf-8"))
    text = standard.read_text(encoding="utf-8")
    changed = editable.rename(tmp_path / "changed")
    (changed / standard.name).write_text(text.replace("ask: ", "ask: And ", 1), encoding="utf-8")
    bands = changed / "framework.yaml"
    bands.write_text(bands.read_text(encoding="utf-8").replace("{from: 50,", "{from: 40,"), encoding="utf-8")
    rated = json.loads(run("rate", EXAMPLE, "--json").out)
    rated["overall"]["score"] += 1
    Path("result.json").write_text(json.dumps(rated), encoding="utf-8")
    counted = [row.to_dict() for row in counts_table(rate_inspection(load_inspection(EXAMPLE)).rating)]
    with Path("counts.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(counted[0]))
        table.writeheader()
        table.writerows(counted)
    Path("odd").mkdir()
    Path("odd", "mkdocs.yml").write_text("site_name: ours\n", encoding="utf-8")
    Path("odd", "inspection.yaml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return run


@pytest.mark.parametrize("kind", PRINTED)
def test_what_is_printed_is_what_the_schema_says(kind: str, given: Run) -> None:
    validator = Draft202012Validator(strict(schema_of(kind)))
    for arguments in PRINTED[kind]:
        ran = given(*arguments, "--json")
        assert ran.code in (0, 1), ran.err
        said = json.loads(ran.out)
        assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(said)] == []


def test_every_kind_of_result_is_tried() -> None:
    assert {*PRINTED, *IN_PYTHON} == set(RESULTS)


IN_PYTHON: dict[str, Callable[[], object]] = {
    "rating": lambda: rate_inspection(load_inspection(YOUTH / "inspection.yaml")).rating.to_dict(),
    "case": lambda: load_inspection(YOUTH / "inspection.yaml").cases[0].to_dict(),
}


@pytest.mark.parametrize("kind", IN_PYTHON)
def test_what_python_gives_is_what_the_schema_says(kind: str) -> None:
    said = json.loads(json.dumps(IN_PYTHON[kind]()))
    assert [error.message for error in Draft202012Validator(strict(schema_of(kind))).iter_errors(said)] == []


def ways_to_plain_data() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every method ``to_dict`` of the library's classes, by its name."""
    for module in pkgutil.walk_packages(ctm_rules.__path__, "ctm_rules."):
        if not module.name.endswith("__main__"):
            found = importlib.import_module(module.name)
            for name, cls in inspect.getmembers(found, inspect.isclass):
                if "to_dict" in vars(cls) and cls.__module__.startswith("ctm_rules"):
                    yield f"{module.name}.{name}", vars(cls)["to_dict"]


def test_every_to_dict_says_its_keys_to_type_checkers() -> None:
    found = dict(ways_to_plain_data())
    assert len(found) > 25
    loose = {name for name, way in found.items() if not is_typed(way)}
    assert loose == set()


def is_typed(way: Callable[..., object]) -> bool:
    """Return whether a method says what its plain data holds: its keys, or at least the types of its values."""
    return "object" not in str(way.__annotations__["return"])
