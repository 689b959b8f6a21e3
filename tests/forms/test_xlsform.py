"""Forms for ODK, KoboToolbox and Enketo: what they ask, what they hide, and what comes back from their servers."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from attrs import evolve
from lxml import etree

from ctm_rules import (
    Answer,
    Case,
    Framework,
    RequestError,
    load_inspection,
    load_reading,
    make_engine,
    read_cases,
    write_xlsform,
)
from ctm_rules.checking.files import check_paths
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.forms.collected import SERVERS
from ctm_rules.forms.xlsform import as_shown
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.outcomes import Truth
from ctm_rules.yaml_files.formatting import format_file
from tests.support.commands import Run
from tests.support.paths import CASES, ROOT
from tests.support.small_framework import Small

INSPECTIONS = [
    ROOT / "examples" / "ctm",
    *sorted(file.parent for file in (ROOT / "examples" / "schemes").glob("*/*.yaml")),
]
OF_CASES = [folder for folder in INSPECTIONS if load_inspection(folder / "inspection.yaml").cases]


def sheet(form: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a sheet, each with the cells that are not empty, by column."""
    workbook = openpyxl.load_workbook(form)
    header, *rows = workbook[name].iter_rows(values_only=True)
    return [{str(column): str(cell) for column, cell in zip(header, row, strict=True) if cell} for row in rows]


def made(framework: Framework, folder: Path, cases: Any = ()) -> Path:
    form, *_ = write_xlsform(framework, folder / "form.xlsx", cases)
    return form


# --- what it asks ------------------------------------------------------------------------------------


def test_it_asks_for_every_column_of_a_case_table_once(tmp_path: Path, shipped: Framework) -> None:
    survey = sheet(made(shipped, tmp_path), "survey")
    names = [row["name"] for row in survey if row["type"] != "end_group"]
    assert len({*names}) == len(names)
    answered = (*shipped.prompts, *shipped.measures_by_path)
    wanted = ["case", *shipped.facts_by_id, *(name for path in answered for name in (path, f"notes.{path}"))]
    assert [name for name in names if not name.startswith(("section.", "guidance."))] == wanted
    by_name = {row["name"]: row for row in survey}
    assert by_name["commenced"]["type"] == "date"
    weeks = by_name["suspended_after_weeks"]
    assert (weeks["type"], weeks["constraint"]) == ("integer", f". >= 0 and . <= {2**53 - 1}")
    assert by_name["assessment.safety.victims"]["relevant"] == "not(${has_potential_victims} = 'no')"
    assert by_name["notes.assessment.safety.victims"]["relevant"] == "${assessment.safety.victims} != ''"


def test_its_choices_are_the_words_of_a_case_table_with_the_labels_of_the_standards(
    tmp_path: Path, shipped: Framework
) -> None:
    choices = sheet(made(shipped, tmp_path), "choices")
    lists: dict[str, list[str]] = {}
    for row in choices:
        lists.setdefault(row["list_name"], []).append(row["name"])
    assert lists["answers"] == ["yes", "no", "na", "not_known"]
    assert lists["yes_no"] == ["yes", "no", "not_known"]
    assert lists["of_risk_of_harm"] == [*shipped.facts_by_id["risk_of_harm"].values, "not_known"]
    assert [row["label::English (en)"] for row in choices if row["list_name"] == "of_grade"] == [
        *shipped.facts_by_id["grade"].values.values(),
        "Not known",
    ]


def test_it_has_the_languages_of_the_standards(tmp_path: Path, shipped: Framework, small: Small) -> None:
    [settings] = sheet(made(shipped, tmp_path), "settings")
    assert settings["default_language"] == "English (en)"
    survey = sheet(tmp_path / "form.xlsx", "survey")
    [titled] = [row for row in survey if (row["type"], row["name"]) == ("begin_group", "section.2")]
    assert titled["label::Cymraeg (cy)"].startswith("P 2.1 Asesu: ")
    assert titled["label::English (en)"].startswith("P 2.1 Assessment: ")
    write_xlsform(shipped, tmp_path / "cy.xlsx", language="cy")
    assert sheet(tmp_path / "cy.xlsx", "settings")[0]["default_language"] == "Cymraeg (cy)"
    plain = made(small(), tmp_path / "plain")
    assert "default_language" not in sheet(plain, "settings")[0]
    assert {column for row in sheet(plain, "survey") for column in row if column.startswith("label")} == {"label"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Is ${name} there?", "Is $ {name} there?"),
        ("*Bold* _and_ # so \\ on", r"\*Bold\* \_and\_ \# so \\ on"),
        ("Under 8 < 9 & more", "Under 8 < 9 & more"),
    ],
    ids=["reference", "marks", "nothing"],
)
def test_a_text_is_shown_as_it_stands(text: str, shown: str) -> None:
    assert as_shown(text) == shown


def test_a_value_that_is_called_not_known_stays_one(small: Small, tmp_path: Path) -> None:
    framework = small("{all: [floors, knives, meat]}", ("small: Small", "not_known: Small"))
    choices = sheet(made(framework, tmp_path), "choices")
    assert [row["name"] for row in choices if row["list_name"] == "of_size"][-1] == "not_known_"
    reading = load_reading(tmp_path / "form.kobo.yaml")
    assert [each.value for each in reading.missing_values] == ["not_known_", "n/a"]


def test_cases_that_are_known_are_chosen_and_what_is_known_of_them_is_filled_in(
    tmp_path: Path, shipped: Framework
) -> None:
    form = made(shipped, tmp_path, ["0012", {"id": "b, c", "facts": {"grade": "PO", "commenced": "2025-01-31"}}])
    survey = {row["name"]: row for row in sheet(form, "survey")}
    assert survey["case"]["type"] == "select_one cases"
    assert [row["name"] for row in sheet(form, "choices") if row["list_name"] == "cases"] == ["0012", "b, c"]
    assert [row.get("known.grade") for row in sheet(form, "choices")][-2:] == [None, "PO"]
    filled_in = {name: row["calculation"] for name, row in survey.items() if "calculation" in row}
    assert filled_in == {
        fact: f"instance('cases')/root/item[name = ${{case}}]/known.{fact}" for fact in ("commenced", "grade")
    }
    assert {row["trigger"] for row in survey.values() if "trigger" in row} == {"${case}"}


def test_a_decimal_number_is_asked_for_and_filled_in_as_it_is_written(small: Small, tmp_path: Path) -> None:
    framework = small("{all: [floors, {fact: seats, at_least: 2.5}]}", ("type: whole_number", "type: number"))
    form = made(framework, tmp_path, [{"id": "c1", "facts": {"seats": "3.25"}}])
    survey = {row["name"]: row for row in sheet(form, "survey")}
    assert survey["seats"]["type"] == "decimal"
    assert [row.get("known.seats") for row in sheet(form, "choices") if row["list_name"] == "cases"] == ["3.25"]


def test_what_is_wrong_is_said_at_once_and_nothing_is_written(tmp_path: Path, shipped: Framework) -> None:
    with pytest.raises(RequestError) as caught:
        write_xlsform(shipped, tmp_path / "form.xls", ["a", "a", {"id": "b", "facts": {"grad": "PO"}}])
    assert {found.code for found in caught.value.diagnostics} == {"bad-form", "bad-row", "unknown-column"}
    with pytest.raises(RequestError, match='no language "cym"'):
        write_xlsform(shipped, tmp_path / "form.xlsx", language="cym")
    assert [*tmp_path.iterdir()] == []


# --- as the programs that make forms of it understand it -----------------------------------------------

XLS2XFORM = shutil.which("xls2xform", path=str(ROOT / ".venv" / "xlsform" / "bin")) or shutil.which("xls2xform")
needs_pyxform = pytest.mark.skipif(
    XLS2XFORM is None and "CI" not in os.environ, reason="pyxform is not here: sh .ci/xlsform"
)
NAMES = {"f": "http://www.w3.org/2002/xforms", "h": "http://www.w3.org/1999/xhtml"}


def converted(form: Path) -> Any:
    """Return the form that pyxform makes, after ODK Validate had nothing against it."""
    assert XLS2XFORM is not None, "sh .ci/xlsform installs it"
    xml = form.with_suffix(".xml")
    ran = subprocess.run([XLS2XFORM, "--odk_validate", form, xml], capture_output=True, text=True, check=False)
    assert (ran.returncode, "Conversion complete!" in ran.stdout + ran.stderr) == (0, True), ran.stdout + ran.stderr
    return etree.parse(xml)


@needs_pyxform
@pytest.mark.parametrize("folder", OF_CASES, ids=lambda folder: folder.name)
def test_what_is_shown_of_a_case_is_what_may_be_asked_of_it(folder: Path, tmp_path: Path) -> None:
    inspection = load_inspection(folder / "inspection.yaml")
    framework, counts = inspection.framework, WhatCounts(inspection.framework)
    xform = converted(made(framework, tmp_path, inspection.cases))
    binds = {bind.get("nodeset"): bind.get("relevant") for bind in xform.iterfind(".//f:bind", NAMES)}
    places = {place.rpartition("/")[2]: place for place in binds}
    [data] = xform.xpath("//f:model/f:instance[1]/*", namespaces=NAMES)
    empty = re.sub(rb' xmlns(:\w+)?="[^"]+"', b"", etree.tostring(data))  # paths in a form have no namespaces
    for case in inspection.cases[:12]:
        filled = etree.ElementTree(etree.fromstring(empty))
        for name, value in case.facts.items():
            filled.xpath(places[name])[0].text = written_value(value)
        for path in (*framework.prompts, *framework.measures_by_path):
            above = [place for place in binds if places[path].startswith(f"{place}/")]
            is_shown = all(filled.xpath(binds[place] or "true()") for place in (*above, places[path]))
            assert is_shown is (counts.is_asked(path, case.facts) is not Truth.FALSE), (case.id, path)


@needs_pyxform
def test_texts_that_look_like_something_else_are_texts_to_it(small: Small, tmp_path: Path) -> None:
    odd = "Is ${size} clean, <b>so</b> & *so*?"
    framework = small("{all: [floors, knives, meat]}", ("ask: Are the floors clean?", f"ask: '{odd}'"))
    assert framework.prompts["hygiene.clean.floors"].ask == odd
    xform = converted(made(framework, tmp_path))
    [label] = xform.xpath("//*[@ref='/data/section.2/hygiene.clean.floors']/f:label", namespaces=NAMES)
    assert "".join(label.itertext()) == as_shown(odd)


# --- what comes back -----------------------------------------------------------------------------------


def exported(form: Path, cases: Sequence[Case], sign: str, own: Mapping[str, str]) -> str:
    """Return the CSV file that a server makes of forms that were filled in, with columns of its own."""
    columns: dict[str, str] = {}
    groups: list[str] = []
    for row in sheet(form, "survey"):
        if row["type"] == "begin_group":
            groups.append(row["name"])
        elif row["type"] == "end_group":
            groups.pop()
        else:
            columns[sign.join([*groups, row["name"]])] = row["name"]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*columns, *own], delimiter=";" if sign == "/" else ",")
    writer.writeheader()
    for case in cases:
        said = {"case": case.id, **{name: written_value(value) for name, value in case.facts.items()}}
        said |= {path: answer.value for path, answer in case.answers.items()}
        said |= {f"notes.{path}": "a note; with, signs" for path in list(case.answers)[:2]}
        writer.writerow({**{column: said.get(name, "") for column, name in columns.items()}, **own})
    return out.getvalue()


OWN = {
    "central": {
        "SubmissionDate": "2026-09-08T10:00:00.000Z", "meta-instanceID": "uuid:1", "meta-instanceName": "c",
        "KEY": "uuid:1", "SubmitterID": "5", "SubmitterName": "An inspector", "AttachmentsPresent": "0",
        "AttachmentsExpected": "0",
        "Status": "", "ReviewState": "approved", "DeviceID": "d", "Edits": "1", "FormVersion": "1",
    },
    "kobo": {
        "__version__": "v", "meta/instanceID": "uuid:1", "meta/instanceName": "c", "_id": "1", "_uuid": "1",
        "formhub/uuid": "1", "_submission_time": "2026-09-08", "_validation_status": "", "_notes": "", "_status": "s",
        "_submitted_by": "An inspector", "_tags": "", "_index": "1",
    },
}  # fmt: skip
SIGNS = {"central": "-", "kobo": "/"}


@pytest.mark.parametrize("server", SERVERS)
def test_the_cases_that_a_server_exports_are_those_that_were_filled_in(
    server: str, tmp_path: Path, shipped: Framework
) -> None:
    cases = read_cases(CASES, shipped)
    form = made(shipped, tmp_path)
    table = tmp_path / "exported.csv"
    table.write_text(exported(form, cases, SIGNS[server], OWN[server]), encoding="utf-8")
    assert read_cases(table, shipped, read_as=tmp_path / f"form.{server}.yaml") == cases


@pytest.mark.parametrize("server", SERVERS)
def test_answers_that_a_form_drops_make_no_difference(server: str, tmp_path: Path, shipped: Framework) -> None:
    counts, engine = WhatCounts(shipped), make_engine(shipped)
    cases = read_cases(CASES, shipped)
    dropped = [
        evolve(
            case, answers={p: a for p, a in case.answers.items() if counts.is_asked(p, case.facts) is not Truth.FALSE}
        )
        for case in cases
    ]
    assert sum(len(case.answers) for case in dropped) < sum(len(case.answers) for case in cases)
    table = tmp_path / "exported.csv"
    form = made(shipped, tmp_path)
    table.write_text(exported(form, dropped, SIGNS[server], OWN[server]), encoding="utf-8")
    read = read_cases(table, shipped, read_as=tmp_path / f"form.{server}.yaml")
    outcomes = [{path: each.outcome for path, each in engine.assess(case).questions.items()} for case in read]
    assert outcomes == [{path: each.outcome for path, each in engine.assess(case).questions.items()} for case in cases]


def test_what_is_not_known_is_missing_and_counted(tmp_path: Path, small: Small) -> None:
    framework = small()
    form = made(framework, tmp_path)
    text = exported(form, [Case("c1", answers={"hygiene.clean.floors": Answer.YES})], "/", OWN["kobo"])
    table = tmp_path / "exported.csv"
    table.write_text(text.replace(";yes;", ";not_known;"), encoding="utf-8")
    [case] = read_cases(table, framework, read_as=tmp_path / "form.kobo.yaml")
    assert (case.answers, case.missing) == ({}, {"hygiene.clean.floors": "not known"})


@pytest.mark.parametrize(
    ("server", "state"),
    [
        ("central", {"ReviewState": "rejected"}),
        ("kobo", {"_validation_status": "validation_status_not_approved"}),
        ("kobo", {"_validation_status": "Not Approved"}),
    ],
    ids=["rejected", "not approved", "not approved, in words"],
)
def test_forms_that_were_not_approved_are_left_out(
    server: str, state: Mapping[str, str], tmp_path: Path, small: Small
) -> None:
    framework = small()
    form = made(framework, tmp_path)
    good = exported(form, [Case("c1")], SIGNS[server], OWN[server])
    bad = exported(form, [Case("c2")], SIGNS[server], {**OWN[server], **state}).splitlines()[1]
    table = tmp_path / "exported.csv"
    table.write_text(f"{good}{bad}\r\n", encoding="utf-8", newline="")
    assert [case.id for case in read_cases(table, framework, read_as=tmp_path / f"form.{server}.yaml")] == ["c1"]


def test_submissions_that_were_not_decrypted_are_refused(tmp_path: Path, small: Small) -> None:
    framework = small()
    text = exported(made(framework, tmp_path), [Case("c1")], "-", OWN["central"])
    header = text.splitlines()[0].split(",")
    lost = ["not decrypted" if name == "Status" else "2026" if name == "SubmissionDate" else "" for name in header]
    table = tmp_path / "exported.csv"
    table.write_text(text + ",".join(lost) + "\r\n", encoding="utf-8", newline="")
    with pytest.raises(RequestError, match="has no case id") as caught:
        read_cases(table, framework, read_as=tmp_path / "form.central.yaml")
    assert [(found.code, found.line) for found in caught.value.diagnostics] == [("bad-row", 3)]


def test_the_readings_beside_it_are_files_like_every_other(tmp_path: Path, shipped: Framework) -> None:
    made(shipped, tmp_path)
    files = [tmp_path / f"form.{server}.yaml" for server in SERVERS]
    assert check_paths(files).diagnostics == ()
    assert [format_file(file).is_changed for file in files] == [False, False]


# --- the command ---------------------------------------------------------------------------------------


def test_what_is_there_is_never_overwritten(small: Small, tmp_path: Path) -> None:
    """A form that is filled in, or a reading that somebody changed: all of it is named, and nothing is written."""
    folder = tmp_path / "out"
    folder.mkdir()
    there = {folder / "form.xlsx": b"filled in", folder / "form.kobo.yaml": b"# changed by hand"}
    for file, content in there.items():
        file.write_bytes(content)
    with pytest.raises(RequestError) as refused:
        write_xlsform(small(), folder / "form.xlsx")
    assert [(found.code, found.file) for found in refused.value.diagnostics] == [
        ("already-there", str(file)) for file in sorted(there)
    ]
    assert {file: file.read_bytes() for file in folder.iterdir()} == there


def test_the_command_writes_the_form_with_what_reads_it_back(run: Run, tmp_path: Path, shipped: Framework) -> None:
    form = tmp_path / "form.xlsx"
    ran = run("form", "hmip-pdu", "--xlsform", "-o", form, "--cases", CASES, "--lang", "cy")
    files = [form, *(tmp_path / f"form.{server}.yaml" for server in SERVERS)]
    assert (ran.code, ran.out.splitlines()[:-1]) == (0, [f"written to {file}" for file in files])
    assert ran.out.splitlines()[-1].startswith("asked: hmip-pdu, edition 2024")
    cases = read_cases(CASES, shipped)
    assert [row["name"] for row in sheet(form, "choices") if row["list_name"] == "cases"] == [each.id for each in cases]
    table = tmp_path / "exported.csv"
    table.write_text(exported(form, cases, "/", OWN["kobo"]), encoding="utf-8")
    shown = run("rate", "--cases", table, "--framework", "hmip-pdu", "--read-as", files[2], "--by", "grade", "--json")
    wanted = run("rate", "--cases", CASES, "--framework", "hmip-pdu", "--by", "grade", "--json")
    assert json.loads(shown.out)["groups"] == json.loads(wanted.out)["groups"]


@pytest.mark.parametrize("option", [("--register",), ("--inspector", "A")], ids=" ".join)
def test_what_changes_nothing_of_it_is_refused(option: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    ran = run("form", "hmip-pdu", "--xlsform", "-o", tmp_path / "form.xlsx", *option)
    assert (ran.code, ran.out) == (2, "")
    assert f"{option[0]} changes nothing of an XLSForm" in ran.err
    assert [*tmp_path.iterdir()] == []
