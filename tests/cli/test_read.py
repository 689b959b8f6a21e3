"""``read`` shows what is understood of a table, and drafts a reading in which nothing doubtful is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_reading, read_cases
from ctm_rules.model.framework import Framework
from tests.support.commands import Run
from tests.support.four_tables import TABLES, reading_of
from tests.support.paths import CASES
from tests.support.small_framework import SMALL

FLOORS = "hygiene.clean.floors"


@pytest.fixture
def kitchens(tmp_path: Path) -> Path:
    (tmp_path / "kitchens.yaml").write_text(SMALL.replace("RULE", "floors"), encoding="utf-8")
    return tmp_path / "kitchens.yaml"


def test_what_is_understood_is_shown(run: Run, tmp_path: Path, kitchens: Path) -> None:
    (tmp_path / "r.yaml").write_text(
        "columns: {case: Nr}\nvalues: {yes: [Met], no: [Not met]}\n"
        "missing_values: [{value: NULL, label: not recorded}]\nnotes: [remarks]\nunknown_columns: ignore\n",
        encoding="utf-8",
    )
    rows = ["a,Met,Large,x,1", "b,met,NULL,y,2", "c,Not met,,z,3", "d,NULL,small,z,3"]
    (tmp_path / "t.csv").write_text("\n".join([f"Nr,{FLOORS},size,remarks,web", *rows, ""]), encoding="utf-8")
    call = ("read", tmp_path / "t.csv", "--framework", kitchens, "--read-as", tmp_path / "r.yaml")
    ran = run(*call)
    assert ran.code == 0, ran
    for said in (
        "4 cases from 4 rows",
        "called otherwise: Nr is case",
        "notes, not read: remarks",
        "not known, and not read: web",
        "Met, met",
        "not recorded: 2 cells; no reason given: 1 cell",
        f"a: size: large; {FLOORS}: yes",
    ):
        assert said in ran.out, said
    found = json.loads(run(*call, "--json").out)
    assert found["columns"]["matched"] == {"case": "Nr", FLOORS: FLOORS, "size": "size"}
    assert {"of": "size", "says": "large", "cells": 1, "texts": {"Large": 1}} in found["values"]
    assert found["missing"] == [{"reason": "", "cells": 1}, {"reason": "not recorded", "cells": 2}]
    assert found["first_cases"][1]["missing"] == {"size": "not recorded"}
    hidden = json.loads(run(*call, "--json", "--no-values").out)
    assert hidden["first_cases"] == []
    assert all(value["texts"] == {} for value in hidden["values"])


def test_what_has_no_meaning_is_said_and_ends_in_one(run: Run, tmp_path: Path, kitchens: Path) -> None:
    (tmp_path / "t.csv").write_text(f"case,{FLOORS}\na,NA\nb,yes\n", encoding="utf-8")
    ran = run("read", tmp_path / "t.csv", "--framework", kitchens)
    assert ran.code == 1
    assert "[bad-answer]" in ran.err
    assert "2 cases from 2 rows" in ran.out


UNDECIDED = {"published": {"Met [r]", "ydw", "n", "Nac ydw", "N/A", "[c]"}}
"""What nobody can tell from the table alone, where there is something."""


@pytest.mark.parametrize("name", TABLES)
def test_a_draft_has_all_that_is_certain_and_asks_the_rest(
    name: str, run: Run, tmp_path: Path, shipped: Framework
) -> None:
    table = TABLES[name](tmp_path)
    known = tmp_path / "known.yaml"
    known.write_text("table: {encoding: windows-1252}\ndate_formats: []\n", encoding="utf-8")
    draft = tmp_path / "draft.yaml"
    call = ("read", table, "--framework", "hmip-pdu", "--suggest")
    ran = run(*call, *(["--read-as", known] if name == "published" else []))
    assert ran.code == 0, ran
    draft.write_text(ran.out, encoding="utf-8")
    asked = UNDECIDED.get(name, set())
    checked = run("check", draft)
    if asked:
        assert (checked.code, checked.out.count("[undecided-text]")) == (1, len(asked))
        with pytest.raises(DiagnosticError, match="undecided-text"):
            load_reading(draft)
        text, _, undecided = draft.read_text(encoding="utf-8").partition("# TODO")
        assert all(f'"{each}"' in undecided for each in asked)
        draft.write_text(text, encoding="utf-8")
    assert run("check", draft).code == 0
    wanted, found = load_reading(reading_of(name)).table, load_reading(draft).table
    assert (found.shape, found.sheet, found.asked) == (wanted.shape, wanted.sheet, wanted.asked)
    if name in ("usual", "collected"):
        said = draft.read_text(encoding="utf-8")
        if name == "collected":
            said += "only_rows: {_validation_status: {is: [validation_status_approved]}}\n"
        draft.write_text(said, encoding="utf-8")
        assert read_cases(table, shipped, read_as=draft) == read_cases(CASES, shipped)


def test_dates_of_which_nobody_can_tell_the_order_are_asked(run: Run, tmp_path: Path, kitchens: Path) -> None:
    (tmp_path / "t.csv").write_text("case,opened\na,01/02/2025\nb,03/04/2025\n", encoding="utf-8")
    assert '"01/02/2025"' in run("read", tmp_path / "t.csv", "--framework", kitchens, "--suggest").out
    (tmp_path / "t.csv").write_text("case,opened\na,01/02/2025\nb,31/04/2025\nc,31/05/2025\n", encoding="utf-8")
    assert "date_formats" not in run("read", tmp_path / "t.csv", "--framework", kitchens, "--suggest").out
    (tmp_path / "t.csv").write_text("case,opened\na,01/02/2025\nb,31/05/2025\n", encoding="utf-8")
    assert 'date_formats: ["%d/%m/%Y"]' in run("read", tmp_path / "t.csv", "--framework", kitchens, "--suggest").out


def test_how_far_two_inspectors_agree_is_said(run: Run, tmp_path: Path, kitchens: Path) -> None:
    header = f"case,{FLOORS}"
    (tmp_path / "anna.csv").write_text(f"{header}\na,yes\nb,yes\nc,no\nd,no\ne,\n", encoding="utf-8")
    (tmp_path / "ben.csv").write_text(f"{header}\na,yes\nb,no\nc,no\nd,no\ne,no\n", encoding="utf-8")
    call = ("read", tmp_path / "anna.csv", "--framework", kitchens, "--judged-again", tmp_path / "ben.csv")
    ran = run(*call)
    assert ran.code == 0, ran
    # By chance they would agree in 2/4 × 1/4 + 2/4 × 3/4 = 1/2, and they did in 3/4.
    assert "Judged twice: 5 cases" in ran.out
    assert f"{FLOORS}: 3 of 4 alike, kappa 0.50; 1 undecided" in ran.out
    found = {each["name"]: each for each in json.loads(run(*call, "--json").out)["reliability"]}
    assert (found[FLOORS]["agreed"], found[FLOORS]["cases"], found[FLOORS]["kappa"]) == (3, 4, "1/2")
    (tmp_path / "ben.csv").write_text(f"{header}\nf,yes\na,perhaps\n", encoding="utf-8")
    wrong = run(*call)
    assert wrong.code == 1
    assert "[judged-again-alone]" in wrong.err
    assert "[bad-answer]" in wrong.err
    assert run(*call, "--suggest").code == 2


PUBLISHED = """Care Quality Commission,,,,
Data as at 1 November 2026,,,,
Location ID,Location Name,Domain,Latest Rating,Publication Date
1-101,"Ash House, North",Floors clean,Good,13/03/2024
1-101,"Ash House, North",Knives clean,Inadequate,13/03/2024
1-102,Birch Lodge,Floors clean,Inadequate,02/05/2024
1-102,Birch Lodge,Knives clean,Good,02/05/2024
"""


def test_a_published_table_below_its_title_is_drafted_with_the_column_that_holds_answers(
    run: Run, tmp_path: Path, kitchens: Path
) -> None:
    text = kitchens.read_text(encoding="utf-8")
    asks = ("Are the floors clean?", "Are the knives clean?")
    wordings = dict(zip(asks, ("Floors clean?", "Knives clean?"), strict=True))
    for ask, wording in wordings.items():
        assert ask in text
        text = text.replace(ask, wording)
    kitchens.write_text(text, encoding="utf-8")
    (tmp_path / "t.csv").write_text(PUBLISHED, encoding="utf-8")
    wrong = run("read", tmp_path / "t.csv", "--framework", kitchens)
    assert wrong.code == 2
    assert "header_row: 3" in " ".join(wrong.err.split())
    drafted = run("read", tmp_path / "t.csv", "--framework", kitchens, "--suggest").out
    for said in (
        'table: {header_row: 3, shape: "long", case: "Location ID", asked: "Domain", answer: "Latest Rating"}',
        f'  {FLOORS}: "Floors clean"',
        '  - "Good"    # in 2 cells',
    ):
        assert said in drafted, drafted
    assert "asked, and not known" not in drafted


def test_a_folder_and_a_name_without_an_ending_are_no_tables(run: Run, tmp_path: Path, kitchens: Path) -> None:
    (tmp_path / "table").write_text("case\na\n", encoding="utf-8")
    for path, said in ((tmp_path, "is a folder, and a case table is a file"), (tmp_path / "table", "has no ending")):
        ran = run("read", path, "--framework", kitchens)
        assert (ran.code, said in " ".join(ran.err.split())) == (2, True), ran
