"""A published result computed anew: a changed answer, rule, edition or library is said, each in one sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import load_inspection, rate_inspection, verify_result
from tests.support.commands import Run
from tests.support.editing import edit
from tests.support.paths import EXAMPLE, ROOT
from tests.support.points_framework import POINTS

Change = Callable[[Path], object]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with standards of its own, an inspection by them, its cases, and its result as it was published."""
    shutil.copytree(ROOT / "standards" / "hmip-pdu" / "2024", tmp_path / "standards" / "hmip-pdu" / "2024")
    for name in ("inspection.yaml", "cases.csv"):
        shutil.copy(EXAMPLE.with_name(name), tmp_path / name)
    edit(tmp_path / "standards/hmip-pdu/2024/framework.yaml", "publisher: HM", "publisher: Our own HM")
    publish(tmp_path)
    return tmp_path


def publish(folder: Path) -> None:
    result = rate_inspection(load_inspection(folder / "inspection.yaml")).to_dict()
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def answer(folder: Path, case: str, name: str, value: str) -> None:
    """Change one cell of the case table."""
    file = folder / "cases.csv"
    header, *rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    row = next(row for row in rows if row[header.index("case")] == case)
    assert row[header.index(name)] != value
    row[header.index(name)] = value
    file.write_text("\n".join(map(",".join, [header, *rows])) + "\n", encoding="utf-8")


def tamper(change: Callable[[Any], object]) -> Change:
    def changed(folder: Path) -> None:
        data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        change(data)
        (folder / "result.json").write_text(json.dumps(data), encoding="utf-8")

    return changed


def another_edition(folder: Path) -> None:
    old, new = (folder / "standards/hmip-pdu" / edition for edition in ("2024", "2025"))
    shutil.copytree(old, new)
    edit(new / "framework.yaml", 'edition: "2024"', 'edition: "2025"')
    edit(folder / "inspection.yaml", 'edition: "2024"', 'edition: "2025"')


DIFFERENCES: dict[str, tuple[Change, list[tuple[str, str]]]] = {
    "nothing": (lambda _: None, []),
    "an answer that changes nothing": (
        lambda folder: answer(folder, "synthetic-01", "assessment.safety.victims", "yes"),
        [("cases", "the cases are not those that were rated: an answer, a fact or an id is another one, and no count "
                   "changes by it")],
    ),
    "an answer that turns an outcome": (
        lambda folder: answer(folder, "synthetic-01", "assessment.safety.risk_of_harm", "no"),
        [("cases", "the cases are not those that were rated: assessment.safety has 11 yes and 33 no, and had 12 yes "
                   "and 32 no")],
    ),
    "an edition": (
        another_edition,
        [("edition", "the inspection goes by hmip-pdu 2025 now, and was rated by hmip-pdu 2024")],
    ),
    "the library": (
        tamper(lambda data: data["library"].update(version="0.0.1")),
        [("library", "it was rated by ctm-rules 0.0.1, and this is ")],
    ),
    "a judgement": (
        lambda folder: edit(folder / "inspection.yaml", "standard: staffing\n    rating: requires_improvement",
                            "standard: staffing\n    rating: inadequate"),
        [("judgement", "P 1.2 Staffing was judged Requires improvement, and is judged Inadequate now"),
         ("rating", "the overall rating was Requires improvement (score 4), and comes to Inadequate (score 3)"),
         ("rating", "Organisational arrangements and activity was ")],
    ),
    "how many there were to draw from": (
        lambda folder: edit(folder / "inspection.yaml", "provider: {", "population: 340\nprovider: {"),
        [("provider", "the population was not given, and is 340 now")],
    ),
    "a printed share": (
        tamper(lambda data: data["standards"][3]["key_questions"][2].update(percent=72)),
        [("rating", "the share of assessment.safety was 72% (Inadequate), and comes to 27% (Inadequate)")],
    ),
    "a printed rating": (
        tamper(lambda data: data["standards"][3].update(rating="Good", rating_id="good")),
        [("rating", "P 2.1 Assessment was Good, and comes to Inadequate")],
    ),
    "a rating whose label was left": (
        tamper(lambda data: data["standards"][3].update(rating_id="good")),
        [("rating", 'P 2.1 Assessment was Inadequate, "good", and comes to Inadequate, "inadequate"')],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENCES)
def test_whatever_differs_is_said_in_a_sentence(name, published, run: Run):
    change, expected = DIFFERENCES[name]
    change(published)
    found = verify_result(published / "result.json")
    assert [difference.kind for difference in found.differences] == [kind for kind, _ in expected]
    for difference, (_, says) in zip(found.differences, expected, strict=True):
        assert difference.says.startswith(says)
        assert str(difference) == difference.says
    assert found.from_cases
    ran = run("verify", published / "result.json", "--json")
    assert ran.code == bool(expected)
    assert json.loads(ran.out)["differences"] == [difference.to_dict() for difference in found.differences]
    shown = run("verify", published / "result.json")
    assert shown.code == bool(expected)
    assert ("Nothing differs." in shown.out) == (not expected)


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def change_a_rule(folder: Path) -> None:
    edit(folder / "standards/hmip-pdu/2024/framework.yaml", "{from: 65, rating: good}", "{from: 60, rating: good}")


def test_standards_that_were_changed_since_are_found_in_git_and_compared(published):
    git(published, "init", "-q")
    git(published, "add", ".")
    git(published, "commit", "-qm", "as they were")
    change_a_rule(published)
    git(published, "commit", "-qam", "a lower limit for Good")
    found = verify_result(published / "result.json")
    assert [difference.kind for difference in found.differences] == ["standards"]
    assert found.differences[0].says.startswith("the standards were changed since: key_question_bands")
    assert found.framework is not None
    assert found.framework.identity()["origin"].startswith("git:")


def test_standards_that_are_nowhere_are_said_to_be(published):
    change_a_rule(published)
    found = verify_result(published / "result.json")
    assert found.framework is None
    only, *others = found.differences
    assert only.kind == "standards"
    assert {difference.kind for difference in others} == {"rating"}  # what the same cases come to by those of now
    assert only.says.startswith("the standards were changed since: the checksum of hmip-pdu 2024 is v1:")
    assert only.says.endswith("which is nowhere to be found")
    (published / "inspection.yaml").unlink()
    (only,) = verify_result(published / "result.json").differences
    assert only.says.startswith("hmip-pdu 2024 is here with the checksum v1:")


def test_standards_may_be_given(published, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    shutil.copytree(published / "standards", away / "kept")
    change_a_rule(published)
    (only,) = verify_result(published / "result.json", standards=away / "kept/hmip-pdu/2024").differences
    assert "key_question_bands" in only.says


def test_without_the_cases_the_counts_are_rated_again(published):
    (published / "inspection.yaml").unlink()
    found = verify_result(published / "result.json")
    assert (found.from_cases, found.differences) == (False, ())
    tamper(lambda data: data["overall"].update(rating="Good", rating_id="good"))(published)
    (only,) = verify_result(published / "result.json").differences
    assert only.says == "the overall rating was Good (score 4), and comes to Requires improvement (score 4)"


@pytest.mark.parametrize(
    "scheme", ["adult-social-care", "nursing-homes", "food-hygiene", "school-report-card", "youth-justice"]
)
def test_results_by_other_schemes_are_verified(scheme, tmp_path):
    folder = tmp_path / scheme
    shutil.copytree(ROOT / "examples/schemes" / scheme, folder)
    publish(folder)
    assert verify_result(folder / "result.json").differences == ()
    (folder / "inspection.yaml").unlink()
    assert verify_result(folder / "result.json").differences == ()


def test_an_inspection_in_memory_is_verified(published):
    inspection = load_inspection(published / "inspection.yaml")
    assert verify_result(published / "result.json", inspection).differences == ()


def test_a_result_names_no_file_outside_its_folder(published):
    tamper(lambda data: data["inspection"].update(file="../inspection.yaml"))(published)
    assert not verify_result(published / "result.json").from_cases
    tamper(lambda data: data["framework"].update(origin="../../../standards"))(published)
    assert verify_result(published / "result.json").differences == ()


def test_points_of_cases_are_computed_anew(tmp_path: Path, run: Run) -> None:
    (tmp_path / "workshops.yaml").write_text(POINTS, encoding="utf-8")
    asked = {"evidence": ("people", "processes", "machines"), "sums": ("tools", "space"), "means": ("start", "end")}
    header = ",".join(f"work.{name}.{prompt}" for name, prompts in asked.items() for prompt in prompts)
    (tmp_path / "cases.csv").write_text(
        f"case,has_machines,is_open,{header}\na,no,yes,good,no,na,yes,weak,good,good\n", encoding="utf-8"
    )
    (tmp_path / "visit.yaml").write_text(
        "framework: {path: workshops.yaml}\nprovider: {id: one, name: One}\ntitle: One\n"
        "fieldwork: {started: 2026-03-04}\ncases: {file: cases.csv}\n",
        encoding="utf-8",
    )
    result = json.loads(run("rate", tmp_path / "visit.yaml", "--json")[1])
    (tmp_path / "result.json").write_text(json.dumps(result), encoding="utf-8")
    code, out, _ = run("verify", tmp_path / "result.json", tmp_path / "visit.yaml")
    assert (code, "difference" in out.replace("0 differences", "")) == (0, False)
    result["standards"][0]["key_questions"][1]["points"] = "4"
    (tmp_path / "result.json").write_text(json.dumps(result), encoding="utf-8")
    code, out, _ = run("verify", tmp_path / "result.json", tmp_path / "visit.yaml")
    said = " ".join(out.split())
    assert code == 1
    assert "work.sums has 1 with 3 of 6 points, and had 1 with 4 of 6 points" in said
