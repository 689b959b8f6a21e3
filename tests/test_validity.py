"""What makes it impossible to rate by a framework: where each mistake is found and what is said of it.

``bad`` has one broken file for each mistake that people make. Here each rule is tried on every kind of element that it
holds for, and at its edges.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework
from ctm_rules.model import Fact
from ctm_rules.validity import type_fact_value

RIGHT = Path(__file__).parent / "bad" / "right"


def edited(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """Return a folder with the right framework after edits: in this file, these words become those."""
    shutil.copytree(RIGHT, folder, dirs_exist_ok=True)
    for name, old, new in edits:
        file = folder / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def found(folder: Path, *edits: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Return place, code and words of every mistake that makes it impossible to rate by the edited framework."""
    try:
        load_framework(edited(folder, *edits))
    except DiagnosticError as error:
        return [
            (f"{Path(one.file).stem}:{one.line}", one.code, f"{one.message}; {one.hint}") for one in error.diagnostics
        ]
    return []


FRAMEWORK_BANDS = "    - {from: 50, rating: sound}\n    - {from: 0, rating: poor}\n\ndomain"
PEOPLE = """\
    people:
      - {from: 2, rating: excellent}
      - {from: 1, rating: sound}
      - {from: 0, rating: poor}
"""
OVERALL = """\
  bands:
    - {from: 5, rating: excellent}
    - {from: 3, rating: sound}
    - {from: 0, rating: poor}
"""
PROMPTS = """\
    prompts:
      - id: surfaces
        ask: Are surfaces cleaned between tasks?
      - id: floors
        ask: Are floors cleaned every day?
      - id: records
        ask: Is every cleaning written down?
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "code", "words"),
    [
        # The same id twice, of every kind.
        ("facts", "id: region,", "id: size,", "facts:8", "duplicate-id",
         'two facts have the id "size" (the first on line 3)'),
        ("framework", "id: kitchen\n", "id: people\n", "framework:17", "duplicate-id", "two domains"),
        ("framework", "variants:\n", "variants:\n  - {id: caterer, title: Other, when: {fact: allergies, is: yes}}\n",
         "framework:53", "duplicate-id", "two variants"),
        ("measures", "measures:\n", "measures:\n  - {id: waste_weighed, title: Waste}\n", "measures:3", "duplicate-id",
         "two measures"),
        ("measures", "id: region", "id: size", "measures:12", "duplicate-id", "two sub-groups"),
        ("measures", "id: in_the_south", "id: in_the_north", "measures:16", "duplicate-id", "two groups"),
        ("leadership", "id: budget", "id: training", "leadership:9", "duplicate-id", "two themes"),
        ("menus", "id: K 3", "id: K 2", "menus:1", "duplicate-id", 'two standards have the id "K 2" (the other in '),
        # Ids that cannot be.
        ("leadership", "id: budget", "id: The Budget!", "leadership:9", "bad-id", 'a letter first: "the_budget"'),
        ("leadership", "id: budget", 'id: "2nd"', "leadership:9", "bad-id", "with a letter first"),
        ("facts", "large: Large", "lärge: Large", "facts:7", "bad-id", '"lärge" cannot be a value of "size"'),
        # A mark of an assumption on what there is not, on every kind of element.
        ("framework", "assumed: [panel, overall]", "assumed: [panel, overal]", "framework:59", "unknown-name",
         '"overal"'),
        ("framework", "    title: Meals come from a caterer", "    title: Caterer\n    assumed: [wen]", "framework:54",
         "unknown-name", '"wen"'),
        ("measures", "    title: Food waste is weighed", "    title: Waste\n    assumed: [tilte]", "measures:4",
         "unknown-name", '"tilte"'),
        ("facts", "type: date}", "type: date, assumed: [tpye]}", "facts:12", "unknown-name", '"tpye"'),
        ("menus", "rated_by: cases", "rated_by: cases\nassumed: [slag]", "menus:7", "unknown-name", '"slag"'),
        ("menus", "    prompts:", "    assumed: [aks]\n    prompts:", "menus:11", "unknown-name", '"aks"'),
        ("menus", "        applies_when: {fact: allergies, is: yes}", "        assumed: [aks]", "menus:16",
         "unknown-name", '"aks"'),
        # Conditions look only at facts, wherever they stand.
        ("menus", "applies_when: {fact: meals_a_day, at_least: 10}", "applies_when: vegetarian", "menus:10",
         "prompt-in-condition", "the condition of key question choice"),
        ("menus", "{fact: allergies, is: yes}", "vegetarian", "menus:16", "prompt-in-condition", "of prompt allergens"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{not: allergies}", "measures:4", "prompt-in-condition",
         "of measure waste_weighed"),
        ("measures", "{fact: region, is: south}", "south", "measures:16", "prompt-in-condition",
         "of group in_the_south"),
        ("framework", "        - {fact: cooked_on_site, is: no}", "        - cooked_on_site", "framework:56",
         "prompt-in-condition", "of variant caterer"),
        # A name that is not declared.
        ("hygiene", "        - surfaces", "        - surfaces floors", "hygiene:19", "unknown-name",
         "start each of them on a line of its own"),
        ("hygiene", "        - surfaces", "        - surfaces flors", "hygiene:19", "unknown-name",
         "Allowed: surfaces, floors, records."),
        ("hygiene", "        - surfaces", "        - -surfaces", "hygiene:19", "unknown-name",
         "put a space after the dash"),
        ("hygiene", "        - surfaces", "        - allergies", "hygiene:19", "unknown-name",
         "it is a fact: write {fact: allergies, is: …}"),
        ("framework", "[hygiene, menus]", "[hygiene, menus, region]", "framework:19", "unknown-name",
         'there is no standard "region"; Allowed:'),
        ("framework", "[hygiene, menus]", "[hygiene, menus, leadershp]", "framework:19", "unknown-name",
         '"leadership" is declared on line 2 of leadership.yaml.'),
        ("framework", "{from: 5, rating: excellent}", "{from: 5, rating: excelent}", "framework:45", "unknown-name",
         '"excellent" is declared on line 9.'),
        # Misspelt where it is declared: said once, there, where it is named at several places; else where it is named.
        ("facts", "id: size", "id: sizes", "facts:3", "unknown-name",
         'nothing names the fact "sizes", and 2 places name "size"; did you mean "size"?'),
        ("facts", "id: allergies", "id: alergies", "menus:16", "unknown-name", 'there is no fact "allergies"'),
        # What a fact is compared with.
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: 2026-02-30}", "measures:4",
         "bad-comparison", "a date that exists, as year-month-day"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: soon}", "measures:4",
         "bad-comparison", "is a date, as year-month-day"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: region, at_least: south}", "measures:4",
         "bad-comparison", "or declare the choice ordered: true"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: allergies, at_most: yes}", "measures:4",
         "bad-comparison", "has no order, so at_most means nothing; use is or one_of"),
        ("measures", "{fact: region, is: south}", "{fact: region, one_of: [south,\n          east]}", "measures:17",
         "bad-comparison", "is one of north, south, and is compared with"),
        # What facts are.
        ("facts", "type: choice, values: {north: North, south: South}", "type: choice", "facts:8", "bad-fact",
         "add values"),
        ("facts", "type: date}", "type: date, values: {early: Early}}", "facts:12", "bad-fact", "is no choice"),
        ("facts", "type: date}", "type: date, ordered: true}", "facts:12", "bad-fact", "is no choice"),
        # Domains and standards.
        ("framework", "standards: [leadership]", "standards: []", "framework:16", "bad-domains", "has no standards"),
        ("framework", "standards: [leadership]", "standards: [leadership, menus]", "framework:19", "bad-domains",
         'in two places: "people" and "kitchen"'),
        ("framework", "standards: [leadership]", "standards: [leadership, leadership]", "framework:16", "bad-domains",
         'in two places: "people" and "people"'),
        ("framework", "[hygiene, menus]", "[menus]", "hygiene:2", "bad-domains",
         'the standard "hygiene" is in no domain'),
        ("leadership", "rated_by: judgement", "rated_by: cases", "leadership:6", "bad-standard",
         "has no key questions"),
        ("hygiene", "rated_by: cases", "rated_by: judgement", "hygiene:6", "bad-standard", "has key questions"),
        # Scales.
        ("framework", "score: 0}", "score: -1}", "framework:11", "bad-setting", "below 0"),
        ("framework", "share_of: yes", "share_of: not_applicable", "framework:22", "bad-setting", "is not in among"),
        ("framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 0", "from: 10"), "framework:30", "bad-bands",
         "the lowest band of key_question_bands starts at 10"),
        ("framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 50", "from: 80"), "framework:29", "bad-bands",
         "the band from 80 stands below the band from 80"),
        ("framework", "      - {from: 4, rating: excellent}", "      - {from: 1, rating: excellent}", "framework:40",
         "bad-bands", "the band from 2 stands below the band from 1"),
        ("framework", "    - {from: 5, rating: excellent}", "    - {from: 2, rating: excellent}", "framework:46",
         "bad-bands", "the band from 3 stands below the band from 2"),
        ("framework", "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nin_force_to: 2025-12-31", "framework:6",
         "bad-setting", "before in_force_from"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_where_it_is(
    tmp_path: Path, file: str, old: str, new: str, place: str, code: str, words: str
) -> None:
    mistakes = found(tmp_path, (file, old, new))
    assert (place, code) in [one[:2] for one in mistakes]
    assert any(words in said for where, _, said in mistakes if where == place), mistakes
    # A duplicate or a missing element makes names ambiguous or unknown elsewhere; everything else is one mistake.
    if code not in ("duplicate-id", "bad-domains", "bad-standard"):
        assert len(mistakes) == 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("framework", "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nin_force_to: 2026-01-01"),
        ("framework", "{from: 5, rating: excellent}", "{from: 3.5, rating: excellent}"),
        ("facts", "type: date}", "type: choice, values: {A1: First, b_2: Second}, ordered: true}"),
        ("measures", "{fact: size, at_least: medium}", "{fact: opened, at_most: 2024-02-29}"),
        ("measures", "{fact: region, is: south}", "{fact: region, one_of: [south, north]}"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: allergies, is_not: yes}"),
    ],
)
def test_what_is_just_right_is_no_mistake(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert found(tmp_path, (file, old, new)) == []


def test_a_name_that_is_right_somewhere_is_misspelt_where_it_is_not(tmp_path: Path) -> None:
    mistakes = found(
        tmp_path, ("measures", "meals_a_day", "meals_on_a_day"), ("menus", "fact: meals_a_day", "fact: meals_on_a_day")
    )
    assert [one[:2] for one in mistakes] == [("measures:4", "unknown-name"), ("menus:10", "unknown-name")]


def test_what_is_rated_by_cases_needs_bands_for_shares(tmp_path: Path) -> None:
    text = (RIGHT / "framework.yaml").read_text(encoding="utf-8")
    bands = text[text.index("key_question_bands:") : text.index("domain_rating:")]
    (mistake,) = found(tmp_path / "cases", ("framework", bands, ""))
    assert mistake[:2] == ("framework:1", "bad-standard")
    assert "there are no key_question_bands" in mistake[2]


def test_what_is_rated_by_judgement_alone_needs_none(tmp_path: Path) -> None:
    file = tmp_path / "judged.yaml"
    file.write_text(
        'id: judged\nedition: "1"\ntitle: T\npublisher: P\nin_force_from: 2026-01-01\n'
        "ratings: [{id: fine, label: Fine, score: 0}]\ndomains: [{id: all_of_it, title: All, standards: [work]}]\n"
        "standards: [{id: W, slug: work, title: Work, statement: It is done., rated_by: judgement}]\n",
        encoding="utf-8",
    )
    framework = load_framework(file)
    assert framework.key_question_bands is None
    file.write_text(file.read_text(encoding="utf-8").replace("[{id: fine, label: Fine, score: 0}]", "[]"))
    with pytest.raises(DiagnosticError, match="the framework has no ratings"):
        load_framework(file)


@pytest.mark.parametrize("scale", ["overall", "domain_rating"])
def test_a_scale_without_bands_is_a_mistake(tmp_path: Path, scale: str) -> None:
    edit = (OVERALL, "  bands: []\n") if scale == "overall" else (PEOPLE, "    people: []\n")
    (mistake,) = found(tmp_path, ("framework", *edit))
    assert mistake[1] == "bad-bands"
    assert ("overall has no bands" if scale == "overall" else "domain people has no bands") in mistake[2]


def test_a_rated_domain_needs_bands_of_its_own(tmp_path: Path) -> None:
    (mistake,) = found(tmp_path, ("framework", PEOPLE, ""))
    assert mistake[:2] == ("framework:33", "bad-domains")
    assert 'no bands for the domain "people"' in mistake[2]


def test_words_kept_for_columns_and_addresses_are_no_names(tmp_path: Path) -> None:
    first = found(tmp_path / "fact", ("facts", "id: opened", "id: case"))
    assert [one[:2] for one in first] == [("facts:12", "bad-id")]
    second = found(tmp_path / "standard", ("leadership", "slug: leadership", "slug: measures"))
    assert ("leadership:2", "bad-id") in [one[:2] for one in second]


def test_a_question_needs_prompts(tmp_path: Path) -> None:
    mistakes = found(tmp_path, ("hygiene", PROMPTS, "    prompts: []\n"))
    assert ("hygiene:8", "bad-standard") in [one[:2] for one in mistakes]


CHOICE = Fact("size", "Size", "choice", {"1": "One", "two": "Two", "True": "So it is"})
WEEKS = Fact("weeks", "Weeks", "whole_number")
OPENED = Fact("opened", "Opened on", "date")
MEAT = Fact("serves_meat", "Serves meat", "yes_no")


@pytest.mark.parametrize(
    ("fact", "written", "typed"),
    [
        (MEAT, "yes", True), (MEAT, "no", False), (MEAT, True, True), (MEAT, False, False),
        (CHOICE, "two", "two"), (CHOICE, "1", "1"), (CHOICE, 1, "1"), (CHOICE, "True", "True"),
        (WEEKS, 12, 12), (WEEKS, "12", 12), (WEEKS, "-3", -3), (WEEKS, 10**30, 10**30), (WEEKS, "9" * 18, 10**18 - 1),
        (OPENED, "2024-02-29", date(2024, 2, 29)), (OPENED, date(2024, 2, 29), date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_a_value_gets_the_type_of_its_fact(fact: Fact, written: object, typed: object) -> None:
    value = type_fact_value(fact, written)
    assert (value, type(value)) == (typed, type(typed))


@pytest.mark.parametrize(
    ("fact", "written", "takes"),
    [
        (MEAT, "Yes", "yes or no"), (MEAT, "true", "yes or no"), (MEAT, 1, "yes or no"), (MEAT, 0, "yes or no"),
        (CHOICE, "three", "one of 1, two, True"), (CHOICE, True, "one of 1, two, True"),
        (CHOICE, Fraction(1), "one of 1, two, True"),
        (WEEKS, True, "a whole number"), (WEEKS, 1.0, "a whole number"), (WEEKS, "1.0", "a whole number"),
        (WEEKS, " 1", "a whole number"), (WEEKS, "9" * 19, "a whole number"), (WEEKS, "", "a whole number"),
        (OPENED, "2024-2-29", "a date, as year-month-day"), (OPENED, 20240229, "a date, as year-month-day"),
        (OPENED, datetime(2024, 2, 29), "a date, as year-month-day"), (OPENED, "soon", "a date, as year-month-day"),
        (OPENED, "2023-02-29", "a date that exists, as year-month-day"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(fact: Fact, written: object, takes: str) -> None:
    with pytest.raises(ValueError, match=f"^{takes}$"):
        type_fact_value(fact, written)
