"""What in an inspection is still to be filled in: it counts for nothing, and is listed with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctm_rules import Framework, Inspection, RequestError, load_inspection, rate_inspection
from ctm_rules.checking.files import check_paths
from ctm_rules.inspections.to_do import UNANSWERED
from tests.support.paths import ROOT
from tests.support.small_framework import SMALL

HEAD = """\
framework: {id: hmip-pdu, edition: "2024"}
provider: {id: north, name: North}
title: North
fieldwork: {started: 2025-08-04}
cases: {file: cases.csv}
"""


Told = Callable[[str], list[tuple[int, str, str]]]


@pytest.fixture
def told(tmp_path: Path, shipped: Framework) -> Told:
    """Write an inspection, and return what is said of it: the line, the path and the words of each finding."""
    asked = ",".join(("case", *shipped.facts_by_id, *shipped.prompts))
    (tmp_path / "cases.csv").write_text(f"{asked}\nc1{',' * asked.count(',')}\n", encoding="utf-8")

    def tell(text: str) -> list[tuple[int, str, str]]:
        (tmp_path / "inspection.yaml").write_text(HEAD + text, encoding="utf-8")
        found = check_paths([tmp_path / "inspection.yaml"]).diagnostics
        found = tuple(each for each in found if each.code != UNANSWERED.id)  # of its case nothing is known
        return [(each.line, each.path, f"{each.message} [{each.code}]") for each in found]

    return tell


def judgements(leadership: str) -> str:
    others = "".join(f"  - {{standard: {slug}, rating: good, rationale: So.}}\n" for slug in ("staffing", "services"))
    return f"judgements:\n{others}{leadership}"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param(
            "rating: to be filled in, rationale: to be filled in", 'rating and rationale of "leadership" are', id="all"
        ),
        pytest.param("rating: good, rationale: To be filled in", 'rationale of "leadership" is', id="rationale"),
        pytest.param("rating: ' to be filled in ', rationale: So.", 'rating of "leadership" is', id="rating"),
        pytest.param(
            "rating: to be filled in, rationale: So., evidence: [{theme: partnerships, strength: to be filled in}]",
            'rating and evidence of "leadership" are',
            id="with evidence",
        ),
    ],
)
def test_a_judgement_that_is_not_finished_counts_for_nothing(told: Told, entry: str, said: str) -> None:
    [(line, path, message)] = told(judgements(f"  - {{standard: leadership, {entry}}}\n"))
    assert (line, path, message) == (9, "judgements.2", f"{said} still to be filled in [to-be-filled-in]")


def test_the_evidence_of_a_judgement_is_open_by_itself(told: Told, tmp_path: Path) -> None:
    pieces = [f"{{theme: {theme}, strength: to be filled in}}" for theme in ("partnerships", "vision_and_strategy")]
    pieces.insert(1, "{theme: managing_change, strength: They do.}")
    text = "  - {standard: leadership, rating: good, rationale: So., evidence: [" + ", ".join(pieces) + "]}\n"
    [(line, path, message)] = told(judgements(text))
    assert (line, path) == (9, "judgements.2.evidence")
    assert message == 'strength of "partnerships" and "vision_and_strategy" is still to be filled in [to-be-filled-in]'
    inspection = load_inspection(tmp_path / "inspection.yaml")
    assert inspection.judged["leadership"] == "good"
    assert [each.text for each in inspection.declared.judgements[2].evidence] == ["They do."]


def test_a_mistake_beside_it_is_said_where_it_stands(told: Told) -> None:
    text = judgements("  - {standard: leadership, rating: to be filled in, rationale: So.}\n").replace(
        "standard: services, rating: good", "standard: services, rating: god"
    )
    assert [(line, message) for line, _, message in told(text)] == [
        (8, 'there is no rating "god" [unknown-name]'),
        (9, 'rating of "leadership" is still to be filled in [to-be-filled-in]'),
    ]


def test_a_text_that_only_holds_these_words_is_a_text(told: Told) -> None:
    text = judgements("  - {standard: leadership, rating: good, rationale: Much is to be filled in.}\n")
    assert told(text) == []


def test_what_is_known_and_asked_of_the_provider_may_be_open() -> None:
    scheme = next(
        file
        for file in sorted((ROOT / "examples" / "schemes").glob("*/inspection.yaml"))
        if load_inspection(file).framework.provider_facts
    )
    inspection = load_inspection(scheme)
    declared = {
        "framework": {"id": inspection.framework.id, "edition": inspection.framework.edition},
        "provider": {
            "id": "p",
            "name": "P",
            "facts": {fact.id: "to be filled in" for fact in inspection.framework.provider_facts},
            "answers": dict.fromkeys(inspection.framework.provider_prompts, "to be filled in"),
        },
        "title": "P",
        "fieldwork": {"started": inspection.declared.fieldwork.started.isoformat()},
        "judgements": [
            {"standard": each.slug, "rating": "to be filled in", "rationale": "to be filled in"}
            for each in inspection.framework.standards
            if each.rated_by == "judgement"
        ],
    }
    given = Inspection.from_dict(declared, inspection.cases, framework=inspection.framework)
    assert given.provider_facts == {}
    said = [found for found in given.warnings if found.path.startswith("/provider")]
    assert {found.code for found in said} == {"to-be-filled-in"}
    assert {found.path for found in said} == {
        *(f"/provider/facts/{fact.id}" for fact in inspection.framework.provider_facts),
        *(f"/provider/answers/{path}" for path in inspection.framework.provider_prompts),
    }


def test_one_table_without_a_case_keeps_the_whole_from_being_rated(tmp_path: Path) -> None:
    scheme = ROOT / "examples" / "schemes" / "youth-justice"
    for file in scheme.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "standards").symlink_to(scheme / "standards", target_is_directory=True)
    table = tmp_path / "court.csv"
    table.write_text(table.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    inspection = load_inspection(tmp_path / "inspection.yaml")
    assert [found.file for found in inspection.warnings if found.code == "to-be-filled-in"] == [str(table)]
    with pytest.raises(RequestError, match="has no rows") as caught:
        rate_inspection(inspection)
    assert [(found.code, found.file) for found in caught.value.diagnostics] == [("empty-table", str(table))]


# --- prompts without an answer -----------------------------------------------------------------------

KITCHENS = """\
framework: {path: kitchens.yaml}
provider: {id: a, name: A}
title: A visit
fieldwork: {started: 2026-02-02}
cases: {file: cases.csv%s}
"""
ALL_OPEN = "c1,,,,\n"
OPEN = {
    "everything": (ALL_OPEN, "in 1 of 1 case prompts are still to be answered: c1 (3)"),
    "nothing": ("c1,no,yes,yes,\n", None),
    "one that does not apply": ("c1,no,yes,,\n", "in 1 of 1 case prompts are still to be answered: c1 (1)"),
    "an answer that waits for a fact": ("c1,,yes,yes,yes\n", "in 1 of 1 case prompts are still to be answered: c1 (1)"),
    "na needs no fact": ("c1,,yes,yes,na\n", None),
    "some of several": (
        "c1,no,yes,yes,\nc2,yes,yes,,\nc3,no,,no,\n",
        "in 2 of 3 cases prompts are still to be answered: c2 (2) and c3 (1)",
    ),
    "more than can be listed": (
        "".join(f"c{number},,,,\n" for number in range(30)),
        "c18 (3), c19 (3) and 10 more",
    ),
}


@pytest.fixture
def kitchens(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """Write an inspection of kitchens, and return what check says of it: the file, and the words."""
    text = SMALL.replace("RULE", "{all: [floors, knives, meat]}")
    (tmp_path / "kitchens.yaml").write_text(text, encoding="utf-8")

    def tell(rows: str, reading: str = "", judged: str = "") -> list[tuple[str, str]]:
        header = "case,serves_meat,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat\n"
        (tmp_path / "cases.csv").write_text(header + rows, encoding="utf-8")
        (tmp_path / "inspection.yaml").write_text(KITCHENS % reading + judged, encoding="utf-8")
        found = check_paths([tmp_path / "inspection.yaml"]).diagnostics
        assert [each.severity for each in found] == ["warning"] * len(found)
        assert not [each for each in found if each.code != UNANSWERED.id]
        return [(Path(each.file).name, each.message) for each in found]

    return tell


@pytest.mark.parametrize(("rows", "says"), OPEN.values(), ids=OPEN)
def test_check_says_of_each_case_how_many_prompts_are_open(
    kitchens: Callable[..., list[tuple[str, str]]], rows: str, says: str | None
) -> None:
    found = kitchens(rows)
    assert [file for file, _ in found] == ["cases.csv"] * (says is not None)
    assert says is None or found[0][1].endswith(says)


def test_what_is_missing_for_a_reason_is_not_open(
    kitchens: Callable[..., list[tuple[str, str]]], tmp_path: Path
) -> None:
    reading = "missing_values: [{value: Not seen, label: not seen}]\n"
    (tmp_path / "reading.yaml").write_text(reading, encoding="utf-8")
    assert kitchens("c1,no,yes,Not seen,\n", ", read_as: reading.yaml") == []


def test_what_a_person_recorded_needs_no_answers(kitchens: Callable[..., list[tuple[str, str]]]) -> None:
    judged = "case_judgements: [{case: c1, key_question: hygiene.clean, outcome: yes, reason: So.}]\n"
    assert kitchens(ALL_OPEN, judged=judged) == []
    assert kitchens(ALL_OPEN + "c2,,,,\n", judged=judged)[0][1].endswith("c2 (3)")


def test_rating_says_nothing_of_it(kitchens: Callable[..., list[tuple[str, str]]], tmp_path: Path) -> None:
    assert kitchens(ALL_OPEN)
    assert load_inspection(tmp_path / "inspection.yaml").warnings == ()


def test_a_table_beside_it_that_holds_answers_and_is_not_named_is_said(tmp_path: Path) -> None:
    text = SMALL.replace("RULE", "{all: [floors, knives, meat]}")
    (tmp_path / "kitchens.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(KITCHENS % "", encoding="utf-8")
    header = "case,serves_meat,hygiene.clean.floors,hygiene.clean.knives,hygiene.clean.meat\n"
    (tmp_path / "cases.csv").write_text(header + "c1,no,yes,yes,\n", encoding="utf-8")
    (tmp_path / "drawn.csv").write_text("case,serves_meat\nc1,no\n", encoding="utf-8")  # says of no case what was found
    assert check_paths([tmp_path / "inspection.yaml"]).diagnostics == ()
    (tmp_path / "old.csv").write_text(header + "c1,no,yes,yes,\nc2,no,,no,\nc3,,,,\n", encoding="utf-8")
    for named in (tmp_path / "inspection.yaml", tmp_path):
        checked = check_paths([named])
        (found,) = [each for each in checked.diagnostics if each.code == "table-without-inspection"]
        assert (Path(found.file).name, found.severity) == ("old.csv", "warning")
        assert found.message == (
            "old.csv has answers of 2 cases, and inspection.yaml does not name it: they count for nothing"
        )
        assert tmp_path / "old.csv" not in checked.skipped
