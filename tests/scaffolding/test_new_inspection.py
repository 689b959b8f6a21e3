"""Inspections that were just started, by every framework that there is."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, Framework, RequestError, load_inspection, rate_inspection
from ctm_rules.checking.files import check_paths
from ctm_rules.scaffolding.new_inspection import NewInspection, start_inspection
from ctm_rules.yaml_files.formatting import format_file, yaml_files
from tests.support.commands import Run
from tests.support.own_standards import declare
from tests.support.paths import ROOT

SCHEMES = sorted(file.parent for file in (ROOT / "examples" / "schemes").glob("*/inspection.yaml"))
STARTED = datetime.date(2026, 9, 7)


def new(started: datetime.date = STARTED, name: str = "North") -> NewInspection:
    return NewInspection("north", name, started)


def codes(caught: pytest.ExceptionInfo[DiagnosticError]) -> list[str]:
    return [found.code for found in caught.value.diagnostics]


def rows(file: Path) -> list[list[str]]:
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.reader(text))


@pytest.mark.parametrize("scheme", [None, *SCHEMES], ids=["hmip-pdu", *(scheme.name for scheme in SCHEMES)])
def test_what_was_started_passes_check_but_for_what_is_to_be_filled_in(scheme: Path | None, tmp_path: Path) -> None:
    framework, started = "hmip-pdu", STARTED
    if scheme is not None:
        of_scheme = load_inspection(scheme / "inspection.yaml", follow=False)
        framework, started = of_scheme.framework.id, of_scheme.declared.fieldwork.started
        (tmp_path / "standards").symlink_to(scheme / "standards", target_is_directory=True)
    files = start_inspection(tmp_path / "north", framework, new(started, "North # 1: “Gogledd”"))
    assert all(file.is_file() for file in files)
    checked = check_paths([tmp_path / "north"])
    assert {found.code for found in checked.diagnostics} == {"to-be-filled-in"}
    assert checked.errors == 0
    assert [file.path for file in map(format_file, yaml_files([tmp_path / "north"])) if file.is_changed] == []
    made = load_inspection(files[0])
    assert (made.declared.provider.name, made.framework.id) == ("North # 1: “Gogledd”", framework)
    # Nothing counts before it is written.
    assert (made.declared.judgements, made.cases, made.provider_facts, made.provider_answers) == ((), (), {}, {})
    judged = {each.name for each in made.declared.to_do if each.list_path == "judgements"}
    rated_by_people = [each.slug for each in made.framework.standards if each.rated_by == "judgement"]
    assert judged == {*rated_by_people, *made.framework.judged_questions}
    open_ones = {each.path for each in made.declared.to_do}
    assert {f"provider.facts.{fact.id}" for fact in made.framework.provider_facts} <= open_ones
    assert {f"provider.answers.{path}" for path in made.framework.provider_prompts} <= open_ones
    for table in made.declared.tables:
        if table.file:
            [header] = rows(files[0].parent / table.file)
            asked = {path for path in made.framework.prompts if sample_of(made.framework, path) in (None, table.sample)}
            facts, measures = made.framework.facts_by_id, made.framework.measures_by_path
            assert header[0] == "case"
            assert {*header} == {"case", *facts, *asked, *measures}


def sample_of(framework: Framework, path: str) -> str | None:
    sample = framework.sample_of(path)
    return None if sample is None else sample.id


def test_the_edition_is_the_one_in_force_when_the_fieldwork_starts(tmp_path: Path) -> None:
    root = tmp_path / "standards"
    declare(root, "1", starts="2026-01-01", ends="2026-12-31")
    declare(root, "2", starts="2027-01-01")
    for day, edition in ((datetime.date(2026, 12, 31), "1"), (datetime.date(2027, 1, 1), "2")):
        folder = tmp_path / edition
        start_inspection(folder, "kitchens", new(day))
        assert load_inspection(folder / "inspection.yaml").declared.framework.edition == edition
    with pytest.raises(RequestError, match='no edition of "kitchens" is in force on 31 December 2025') as caught:
        start_inspection(tmp_path / "early", "kitchens", new(datetime.date(2025, 12, 31)))
    assert codes(caught) == ["edition-not-in-force"]
    with pytest.raises(RequestError, match="or say why with --because") as caught:
        start_inspection(tmp_path / "late", "kitchens", new(datetime.date(2027, 2, 1)), edition="1")
    assert codes(caught) == ["edition-not-in-force"]
    assert not (tmp_path / "early").exists()
    assert not (tmp_path / "late").exists()
    piloted = NewInspection("north", "North", datetime.date(2026, 2, 1), because="A pilot")
    start_inspection(tmp_path / "pilot", "kitchens", piloted, edition="2")
    assert load_inspection(tmp_path / "pilot" / "inspection.yaml").framework.edition == "2"


def test_standards_may_be_named_by_their_path(tmp_path: Path) -> None:
    folder = declare(tmp_path / "standards")
    start_inspection(tmp_path / "north", str(folder), new())
    declared = load_inspection(tmp_path / "north" / "inspection.yaml").declared
    assert declared.framework.path == "../standards/kitchens/1"


def test_cases_that_were_drawn_have_their_rows_with_what_is_known_of_them(tmp_path: Path) -> None:
    declare(tmp_path / "standards")
    (tmp_path / "drawn.csv").write_text("case,serves_meat,opened\n0012,yes,2025-01-31\n0013,,\n", encoding="utf-8")
    file, table = start_inspection(tmp_path / "north", "kitchens", new(), cases=tmp_path / "drawn.csv")
    header, *filled = rows(table)
    assert [dict(zip(header, row, strict=True))["case"] for row in filled] == ["0012", "0013"]
    assert {name: cell for name, cell in zip(header, filled[0], strict=True) if cell} == {
        "case": "0012",
        "serves_meat": "yes",
        "opened": "2025-01-31",
    }
    assert [case.id for case in load_inspection(file).cases] == ["0012", "0013"]
    assert [found.code for found in check_paths([tmp_path / "north"]).diagnostics] == ["unanswered-prompts"]


def test_drawn_cases_stand_in_the_table_of_their_sample(tmp_path: Path) -> None:
    scheme = ROOT / "examples" / "schemes" / "youth-justice"
    (tmp_path / "standards").symlink_to(scheme / "standards", target_is_directory=True)
    framework = load_inspection(scheme / "inspection.yaml", follow=False).framework
    given = load_inspection(scheme / "inspection.yaml", follow=False).cases
    drawn = tmp_path / "drawn.csv"
    known = [f"{case.id},{case.sample}" for case in given]  # what its fact "disposal" is called there
    drawn.write_text("\n".join(["case,disposal", *known, ""]), encoding="utf-8")
    day = datetime.date(2023, 5, 15)
    start_inspection(tmp_path / "north", framework.id, new(day), cases=drawn)
    of_table = {
        table: [row[0] for row in rows(tmp_path / "north" / f"{table}.csv")[1:]] for table in ("court", "out_of_court")
    }
    assert of_table == {name: [case.id for case in given if case.sample == name] for name in of_table}
    drawn.write_text("case,disposal\nc1,\n", encoding="utf-8")
    with pytest.raises(
        RequestError, match="of 1 case nobody can tell which sample they were drawn for, such as c1"
    ) as caught:
        start_inspection(tmp_path / "south", framework.id, new(day), cases=drawn)
    assert codes(caught) == ["of-which-sample"]
    assert "disposal" in caught.value.diagnostics[0].hint
    assert not (tmp_path / "south").exists()


@pytest.mark.parametrize("there", ["inspection.yaml", "cases.csv"])
def test_nothing_is_overwritten(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="is there already") as caught:
        start_inspection(tmp_path, "hmip-pdu", new())
    assert codes(caught) == ["already-there"]
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(there, "mine")]


def test_what_would_not_pass_check_is_not_written(tmp_path: Path) -> None:
    for said in ({"name": ""}, {"name": "a\x07b"}, {"weeks": -1}, {"provider": " "}, {"title": "\ud800"}):
        with pytest.raises(DiagnosticError):
            start_inspection(
                tmp_path / "north",
                "hmip-pdu",
                NewInspection(**{"provider": "north", "name": "North", "started": STARTED, **said}),
            )
        assert [*tmp_path.iterdir()] == []


def test_a_first_line_names_the_schema_where_there_is_one(tmp_path: Path) -> None:
    root = tmp_path / "standards"
    declare(root)
    [file, _] = start_inspection(tmp_path / "a", "kitchens", new())
    assert not file.read_text(encoding="utf-8").startswith("# yaml-language-server")
    (root / "schema").mkdir()
    [file, _] = start_inspection(tmp_path / "b", "kitchens", new())
    assert file.read_text(encoding="utf-8").startswith(
        "# yaml-language-server: $schema=../standards/schema/inspection.schema.json\n"
    )


def test_from_nothing_to_a_rating(tmp_path: Path, run: Run) -> None:
    declare(tmp_path / "standards")
    said = ("--framework", "kitchens", "--provider", "k", "--name", "A kitchen", "--started", "2026-03-02")
    folder = tmp_path / "k"
    code, out, err = run("new", "inspection", folder, *said)
    assert (code, err) == (0, "")
    assert out.splitlines() == [f"written: {folder / 'inspection.yaml'}", f"written: {folder / 'cases.csv'}"]
    code, out, err = run("check", folder)
    assert (code, err) == (0, "")
    assert "cases.csv:1:1: warning: the cases are still to be filled in [to-be-filled-in]" in out
    code, out, err = run("rate", folder / "inspection.yaml")
    assert (code, out) == (2, "")
    assert "the case table has no rows [empty-table]" in err
    header = (folder / "cases.csv").read_text(encoding="utf-8")
    assert header == (
        "case,serves_meat,size,seats,opened,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat\n"
    )
    (folder / "cases.csv").write_text(header + "c1,no,small,3,2025-01-31,yes,yes,na\n", encoding="utf-8")
    assert run("check", folder)[0] == 0
    rated = rate_inspection(load_inspection(folder / "inspection.yaml")).rating
    assert rated.cases == 1
    assert [standard.rating.label for standard in rated.standards if standard.rating] != []


@pytest.mark.parametrize("drawn", [(), ("c1", "c2")], ids=["no case yet", "two cases"])
def test_the_table_may_be_a_form(drawn: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    declare(tmp_path / "standards")
    (tmp_path / "drawn.csv").write_text("\n".join(["case", *drawn, ""]), encoding="utf-8")
    said = ("--framework", "kitchens", "--provider", "k", "--name", "A kitchen", "--started", "2026-03-02", "--form")
    ran = run("new", "inspection", tmp_path / "k", *said, *(("--cases", tmp_path / "drawn.csv") if drawn else ()))
    assert (ran.code, ran.err) == (0, "")
    assert sorted(file.name for file in (tmp_path / "k").iterdir()) == ["cases.xlsx", "inspection.yaml"]
    checked = check_paths([tmp_path / "k"])
    assert [found.code for found in checked.diagnostics] == ["unanswered-prompts" if drawn else "to-be-filled-in"]
    inspection = load_inspection(tmp_path / "k" / "inspection.yaml")
    assert tuple(case.id for case in inspection.cases) == drawn


def test_each_sample_has_a_form(tmp_path: Path) -> None:
    scheme = ROOT / "examples" / "schemes" / "youth-justice"
    (tmp_path / "standards").symlink_to(scheme / "standards", target_is_directory=True)
    (tmp_path / "drawn.csv").write_text("case,disposal\nc1,court\nc2,out_of_court\n", encoding="utf-8")
    day = datetime.date(2023, 5, 15)
    file, *forms = start_inspection(
        tmp_path / "n", "youth-justice", new(day), cases=tmp_path / "drawn.csv", as_form=True
    )
    assert [form.name for form in forms] == ["court.xlsx", "out_of_court.xlsx"]
    codes = {found.code for found in check_paths([tmp_path / "n"]).diagnostics}
    assert codes == {"to-be-filled-in", "unanswered-prompts"}
    assert [(case.id, case.sample) for case in load_inspection(file).cases] == [("c1", "court"), ("c2", "out_of_court")]
