"""A standard split in two: in every file that names what goes to the new one, and with nothing decided for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework, load_inspection, rate_inspection
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.editing.splitting import Splitting, split
from ctm_rules.editing.uses import files_around
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.every_name import COMPANY, as_workbook, write_every_name, write_two_questions


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Standards of which Meals has two key questions, with a file of every kind that names the first."""
    return write_two_questions(tmp_path)


def parted(homes: Path, *questions: str, title: str = "Good food", **more: str) -> Splitting:
    return split(files_around(homes), "meals", title, questions, although_used=True, **more)  # type: ignore[arg-type]


def test_a_key_question_goes_to_a_standard_of_its_own_in_every_file(homes: Path) -> None:
    top = homes.parents[2]
    before = rate_inspection(load_inspection(top / "audits" / "inspection.yaml"))
    splitting = parted(homes, "food", rest="Company")
    assert (splitting.slug, splitting.printed) == ("good_food", "H 1b")
    splitting.changes.write()
    framework = load_framework(homes)
    slugs = [standard.slug for standard in framework.standards]
    assert slugs == ["meals", "good_food", "night", "leadership", "fires"]
    old, new = framework.standards_by_slug["meals"], framework.standards_by_slug["good_food"]
    assert (old.title, [each.id for each in old.key_questions]) == ("Company", ["company"])
    assert (new.title, [each.id for each in new.key_questions]) == ("Good food", ["food"])
    assert (new.statement, new.source) == (old.statement, old.source)
    assert framework.domains[0].standards == ("meals", "good_food", "night")
    said = [file.read_text(encoding="utf-8") for file in top.rglob("*.*") if file.is_file()]
    left = [line.strip() for text in said for line in text.splitlines() if "meals.food" in line]
    assert left == ["formerly: [meals.food]"]
    after = rate_inspection(load_inspection(top / "audits" / "inspection.yaml"))
    was = next(each for each in before.rating.standards[0].key_questions if each.path == "meals.food")
    now = after.rating.standards[1].key_questions[0]
    assert (now.path, now.counts) == ("good_food.food", was.counts)
    assert (errors_in(homes), not_laid_out(homes), failing_in(homes)) == ([], [], [])


def test_the_edition_before_is_joined_and_a_workbook_is_read_by_where_things_stood(homes: Path) -> None:
    table = as_workbook(homes.parents[2])
    before, content = load_framework(homes), table.read_bytes()
    splitting = parted(homes, "food")
    splitting.changes.write()
    assert {use.location.file for use in splitting.kept} == {str(table)}
    assert table.read_bytes() == content
    changes = compare_frameworks(before, load_framework(homes)).changes
    assert [each.path for each in changes if each.kind == "moved"] == ["good_food.food"]
    assert [each.path for each in changes if each.kind == "removed"] == []
    inspection = load_inspection(homes.parents[2] / "audits" / "inspection.yaml")
    assert [str(case.answers["good_food.food.warm"].value) for case in inspection.cases] == ["yes", "yes", "no"]


def test_comments_stay_with_what_they_belong_to(homes: Path) -> None:
    parted(homes, "company", title="Company").changes.write()
    assert "# What follows is about people." in (homes / "1-company.yaml").read_text(encoding="utf-8")
    assert "variants:" in (homes / "1-meals.yaml").read_text(encoding="utf-8")


def test_what_only_people_can_decide_is_listed(homes: Path) -> None:
    said = "\n".join(parted(homes, "food").decide)
    assert 'the bands of the domain "care" were made for sums out of 4, and the scores now add up to 6' in said
    assert "a rule names meals; does it mean good_food too?" in said  # at_least 1 of [meals, night]
    assert "inspection names meals; has the same to be said of good_food?" in said
    assert "the title of good_food has no translation in cy.yaml" in said
    company = "\n".join(parted(homes, "company", title="Company", rest="Food").decide)
    assert "the translation of the title of meals is that of its title before" in company


def test_scenarios_expect_what_comes_out_by_now_and_each_is_named(homes: Path) -> None:
    scenario = """
  - name: Meals decide
    given:
      counts: {meals.food: {no: 10}, meals.company: {yes: 10}}
    expect: {standards: {meals: poor}, drivers: {meals: [meals.food]}}

  - name: The best there is
    given:
      ratings: {meals: good, night: good, leadership: good, fires: safe}
    expect: {score: 6, domains: {care: good}}
"""
    file = homes / "scenarios" / "whole.yaml"
    file.write_text(file.read_text(encoding="utf-8") + scenario, encoding="utf-8")
    splitting = parted(homes, "food")
    said = "\n".join(splitting.decide)
    assert '"Meals decide" (whole.yaml): rating of meals is good, and was poor' in said
    assert '"The best there is" (whole.yaml): score is 8, and was 6' in said
    splitting.changes.write()
    assert (errors_in(homes), failing_in(homes)) == ([], [])
    text = file.read_text(encoding="utf-8")
    assert "expect: {standards: {meals: good}, drivers: {meals: [meals.company]}}" in text
    assert "good_food: good" in text


def test_standards_in_one_file_are_split_there(tmp_path: Path) -> None:
    homes = write_every_name(tmp_path)
    (tmp_path / "standards" / "locale" / "cy.yaml").unlink()
    framework = homes / "framework.yaml"
    listed = ["standards:"]
    for file in sorted(homes.glob("[0-9]-*.yaml")):
        text = file.read_text(encoding="utf-8") + (COMPANY if "meals" in file.name else "")
        lines = text.splitlines()
        listed += [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]
        file.unlink()
    one = tmp_path / "homes.yaml"
    facts = [(homes / name).read_text(encoding="utf-8") for name in ("facts.yaml", "measures.yaml")]
    whole = "".join([framework.read_text(encoding="utf-8"), *facts, *(f"{line}\n" for line in listed)])
    one.write_text(whole, encoding="utf-8")
    splitting = split(files_around(one), "meals", "Good food", ["food"])
    assert [path.name for path in splitting.changes.files] == ["homes.yaml"]
    splitting.changes.write()
    assert [standard.slug for standard in load_framework(one).standards][:2] == ["meals", "good_food"]
    assert (errors_in(one), not_laid_out(one)) == ([], [])


@pytest.mark.parametrize(
    ("slug", "title", "questions", "message"),
    [
        pytest.param("meals", "", ["food"], "the new standard has no title", id="no title"),
        pytest.param("meals", "Food", [], "none of the key questions would go", id="nothing goes"),
        pytest.param("meals", "Food", ["food", "company"], "every one of the key questions would go", id="all goes"),
        pytest.param("meals", "Food", ["fod"], 'has no key question "fod"', id="no such question"),
        pytest.param("night", "Food", ["calm"], "has no two key questions", id="one question"),
        pytest.param("maels", "Food", ["food"], 'there is no standard "maels"', id="no such standard"),
    ],
)
def test_what_cannot_be_split_so_is_refused(
    homes: Path, slug: str, title: str, questions: list[str], message: str
) -> None:
    with pytest.raises(DiagnosticError, match="not-split") as error:
        split(files_around(homes), slug, title, questions, although_used=True)
    assert message in str(error.value)


def test_a_number_that_another_standard_has_is_refused(homes: Path) -> None:
    with pytest.raises(DiagnosticError, match='there is a standard with the id "H 2" already'):
        parted(homes, "food", printed="H 2")


def test_an_edition_in_use_is_not_split(homes: Path) -> None:
    with pytest.raises(DiagnosticError, match="edition-in-use"):
        split(files_around(homes), "meals", "Good food", ["food"])
