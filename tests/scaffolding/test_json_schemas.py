from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ctm_rules.diagnostics.findings import DiagnosticError, Findings
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.scaffolding.json_schemas import (
    KINDS,
    RESULTS,
    kind_of_framework_file,
    modeline,
    schema_file,
    schema_of,
    schema_text,
)
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from ctm_rules.yaml_files.marked_yaml import parse_yaml
from tests.support.commands import Run
from tests.support.paths import ROOT

SHIPPED = [file.relative_to(ROOT) for file in yaml_files([ROOT / "standards", ROOT / "examples"])]
MODELINE = "# yaml-language-server: $schema="


def plain(value: object) -> object:
    """Return data as an editor's JSON Schema sees it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def mistakes(kind: str, text: str) -> list[tuple[str, str]]:
    """Return the place and message of what the schema of a kind flags in a text."""
    findings = Findings()
    data = plain(parse_yaml(text.encode(), "a.yaml", findings))
    assert not list(findings)
    errors = Draft202012Validator(schema_of(kind)).iter_errors(data)
    return [(".".join(map(str, error.absolute_path)), error.message) for error in errors]


@pytest.mark.parametrize("kind", [*KINDS, *RESULTS])
def test_the_shipped_schema_is_the_one_made_from_the_classes(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(kind))
    assert (standards_folder() / "schema" / schema_file(kind)).read_text(encoding="utf-8") == schema_text(kind), (
        "run: ctm-rules schema --write standards/schema"
    )


def described(schema: object) -> Iterator[tuple[str, object]]:
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            if "anyOf" not in schema and name not in ("all", "any", "not", "at_least", "fact", "count", "of"):
                yield name, inner.get("description")
        for name, inner in schema.items():
            if name != "Condition":
                yield from described(inner)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_has_a_description(kind: str) -> None:
    missing = [name for name, description in described(schema_of(kind)) if not description]
    assert missing == []


@pytest.mark.parametrize("file", SHIPPED, ids=["/".join(file.parts[-2:]) for file in SHIPPED])
def test_every_shipped_file_is_laid_out_names_its_schema_and_keeps_to_it(file: Path) -> None:
    formatted = format_file(ROOT / file)
    assert formatted.after.decode() == formatted.before.decode(), "run: ctm-rules fmt standards examples"
    text = formatted.before.decode()
    first = text.splitlines()[0]
    assert first.startswith(MODELINE)
    schema = (ROOT / file).parent / first.removeprefix(MODELINE)
    kind = schema.name.removesuffix(".schema.json")
    assert schema.resolve().parent == standards_folder() / "schema"
    assert first == modeline(kind, ROOT / file, standards_folder() / "schema")
    if (ROOT / file).with_name("framework.yaml").exists():
        assert kind == kind_of_framework_file(file.name)
    assert mistakes(kind, text) == []


def change(file: str, old: str, new: str) -> str:
    text = (standards_folder() / "hmip-pdu" / "2024" / file).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        pytest.param("2.1-assessment.yaml", "statement:", "statment:", "", id="key misspelt"),
        pytest.param("2.1-assessment.yaml", "slug: assessment\n", "", "", id="key missing"),
        pytest.param(
            "2.1-assessment.yaml",
            "slug: assessment\n",
            "slug: Assessment\n",
            "slug",
            id="slug with a capital",
        ),
        pytest.param("2.1-assessment.yaml", "rated_by: cases", "rated_by: case", "rated_by", id="word misspelt"),
        pytest.param("2.1-assessment.yaml", "title: Assessment", "title: 12", "title", id="number as a title"),
        pytest.param("2.1-assessment.yaml", "title: Assessment", "title:", "title", id="title left empty"),
        pytest.param(
            "2.1-assessment.yaml",
            "- id: safety",
            "- id: Safe ty",
            "key_questions.2.id",
            id="id with a space",
        ),
        pytest.param(
            "2.1-assessment.yaml",
            "at_least: {count: 2,",
            "at_least: {count: 0,",
            "key_questions.0.yes_when",
            id="count of nought",
        ),
        pytest.param(
            "2.1-assessment.yaml",
            "{fact: has_potential_victims, is: yes}",
            "{fact: a}",
            "key_questions.2.prompts.2.applies_when",
            id="comparison missing",
        ),
        pytest.param(
            "2.1-assessment.yaml",
            "assumed: [yes_when]",
            "assumed: [yes_whne]",
            "key_questions.0.assumed.0",
            id="mark of an assumption misspelt",
        ),
        pytest.param("framework.yaml", 'edition: "2024"', "edition: 2024", "edition", id="edition as a number"),
        pytest.param(
            "framework.yaml",
            "in_force_from: 2024-01-01",
            "in_force_from: 1 January 2024",
            "in_force_from",
            id="date in words",
        ),
        pytest.param(
            "framework.yaml",
            "from: 80",
            'from: "80"',
            "key_question_bands.bands.0.from",
            id="limit as a text",
        ),
        pytest.param(
            "framework.yaml",
            "decided_on: rounded",
            "decided_on: rounding",
            "key_question_bands.decided_on",
            id="share that decides misspelt",
        ),
        pytest.param("facts.yaml", "type: choice", "type: choose", "facts.0.type", id="type of fact misspelt"),
        pytest.param(
            "facts.yaml",
            "ordered: true",
            "ordered: perhaps",
            "facts.4.ordered",
            id="order neither true nor false",
        ),
        pytest.param("measures.yaml", "measures:", "measure:", "", id="list misspelt"),
    ],
)
def test_an_editor_flags_mistakes_and_loading_refuses_them_too(
    file: str, old: str, new: str, place: str, editable: Path
) -> None:
    text = change(file, old, new)
    assert {at for at, _ in mistakes(kind_of_framework_file(file), text)} == {place}
    (editable / file).write_text(text, encoding="utf-8")
    with pytest.raises(DiagnosticError):
        load_framework(editable)


def test_schema_prints_lists_and_writes(run: Run, tmp_path: Path) -> None:
    assert run("schema", "facts")[:2] == (0, schema_text("facts"))
    assert run("schema")[:2] == (0, "\n".join([*KINDS, *RESULTS]) + "\n")
    assert run("schema", "--write", tmp_path)[:2] == (0, "")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(map(schema_file, [*KINDS, *RESULTS]))
    assert json.loads((tmp_path / "facts.schema.json").read_text(encoding="utf-8")) == schema_of("facts")
    code, out, err = run("schema", "fact")
    assert (code, out) == (2, "")
    assert 'did you mean "facts"?' in err
