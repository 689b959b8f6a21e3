"""What makes it impossible to rate by a framework: where each mistake is found and what is said of it.

``bad`` has one broken file for each mistake that people make. Here each rule is tried on every kind of element that it
holds for, and at its edges.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework
from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import Fact
from tests.support.findings import assert_well_said, standing_at
from tests.support.right_framework import RIGHT, edited


def found(folder: Path, *edits: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Return every mistake that makes it impossible to rate by the edited framework: its place, its code and its words.

    The place is the file and the line, and what stands there from the column on: ``facts:8 size, title: Region, …``.
    """
    try:
        load_framework(edited(folder, *edits))
    except DiagnosticError as error:
        assert_well_said(error.diagnostics)
        return [(_place(one), one.code, f"{one.message}; {one.hint}") for one in error.diagnostics]
    return []


def _place(one: Diagnostic) -> str:
    _, there = standing_at(one)
    return f"{Path(one.file).stem}:{one.line} {there}"


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
        ("facts", "id: region,", "id: size,", "facts:8 size,", "duplicate-id",
         'two facts have the id "size" (the first on line 3)'),
        ("framework", "id: kitchen\n", "id: people\n", "framework:17 people", "duplicate-id", "two domains"),
        ("framework", "variants:\n", "variants:\n  - {id: caterer, title: Other, when: {fact: allergies, is: yes}}\n",
         "framework:53 caterer", "duplicate-id", "two variants"),
        ("measures", "measures:\n", "measures:\n  - title: Waste\n    id: waste_weighed\n", "measures:4 waste_weighed",
         "duplicate-id", 'two measures have the id "waste_weighed" (the first on line 3); give one of them another id'),
        ("measures", "id: region", "id: size", "measures:12 size", "duplicate-id", "two sub-groups"),
        ("measures", "id: in_the_south", "id: in_the_north", "measures:16 in_the_north,", "duplicate-id", "two groups"),
        ("framework", "id: poor,", "id: sound,", "framework:11 sound,", "duplicate-id", "two ratings"),
        ("hygiene", "id: storage", "id: cleaning", "hygiene:22 cleaning", "duplicate-id", "two key questions"),
        ("hygiene", "id: floors", "id: surfaces", "hygiene:13 surfaces", "duplicate-id", "two prompts"),
        ("leadership", "id: budget", "id: training", "leadership:9 training,", "duplicate-id", "two themes"),
        ("menus", "id: K 3", "id: K 2", "menus:1 K 2", "duplicate-id",
         'two standards have the id "K 2" (the other in '),
        ("menus", "slug: menus", "slug: hygiene", "menus:2 hygiene", "duplicate-id",
         "hygiene.yaml:2:7); give one of them another slug"),
        # Ids that cannot be.
        ("leadership", "slug: leadership", "slug: Leadership", "leadership:2 Leadership", "bad-id",
         '"Leadership" cannot be the slug of a standard; use small letters, digits and _, with a letter first: '
         '"leadership"'),
        ("facts", "id: opened", "id: case", "facts:12 case,", "bad-id",
         'the id "case" is kept for the column of a case table that names the case; choose another id'),
        ("leadership", "id: budget", "id: The Budget!", "leadership:9 The Budget!", "bad-id",
         '"The Budget!" cannot be the id of a theme; use small letters, digits and _, with a letter first: '
         '"the_budget"'),
        # What names it by its right id is not wrong as well.
        ("facts", "id: cooked_on_site", "id: CookedOnSite", "facts:9 CookedOnSite", "bad-id",
         '"CookedOnSite" cannot be'),
        ("leadership", "id: budget", 'id: "2nd"', 'leadership:9 "2nd"', "bad-id", "with a letter first"),
        ("facts", "large: Large", "lärge: Large", "facts:7 Large}", "bad-id",
         '"lärge" cannot be a value of "size"; use letters, digits and _; the label may be any text: {very_high: '
         'Very high}'),
        # A mark of an assumption on what there is not, on every kind of element.
        ("framework", "assumed: [panel, overall]", "assumed: [panel, overal]", "framework:59 overal]", "unknown-name",
         '"overal"'),
        ("framework", "    title: Meals come from a caterer", "    title: Caterer\n    assumed: [wen]",
         "framework:54 wen]", "unknown-name", '"wen"'),
        ("measures", "    title: Food waste is weighed", "    title: Waste\n    assumed: [tilte]", "measures:4 tilte]",
         "unknown-name", '"tilte"'),
        ("facts", "type: date}", "type: date, assumed: [tpye]}", "facts:12 tpye]", "unknown-name", '"tpye"'),
        ("menus", "rated_by: cases", "rated_by: cases\nassumed: [slag]", "menus:7 slag]", "unknown-name", '"slag"'),
        ("menus", "    prompts:", "    assumed: [aks]\n    prompts:", "menus:11 aks]", "unknown-name", '"aks"'),
        ("menus", "        applies_when: {fact: allergies, is: yes}", "        assumed: [aks]", "menus:16 aks]",
         "unknown-name", '"aks"'),
        # Conditions look only at facts, wherever they stand.
        ("menus", "applies_when: {fact: meals_a_day, at_least: 10}", "applies_when: vegetarian", "menus:10 vegetarian",
         "prompt-in-condition",
         'key question choice looks at "vegetarian", and it may look only at facts; write {fact: …, is: …}. '
         'Allowed: size, region, cooked_on_site, allergies, meals_a_day, opened.'),
        ("menus", "{fact: allergies, is: yes}", "vegetarian", "menus:16 vegetarian", "prompt-in-condition",
         "of prompt allergens"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{not: allergies}", "measures:4 allergies}",
         "prompt-in-condition",
         'of measure waste_weighed looks at "allergies", and it may look only at facts; it is a fact: write {fact: '
         'allergies, is: …}.'),
        ("measures", "{fact: region, is: south}", "south", "measures:16 south}", "prompt-in-condition",
         "of group in_the_south"),
        ("framework", "        - {fact: cooked_on_site, is: no}", "        - cooked_on_site",
         "framework:56 cooked_on_site", "prompt-in-condition", "of variant caterer"),
        # A name that is not declared.
        ("hygiene", "        - surfaces", "        - surfaces floors records", "hygiene:19 surfaces floors records",
         "unknown-name", "start each of them on a line of its own"),
        ("hygiene", "        - surfaces", "        - surfaces flors", "hygiene:19 surfaces flors", "unknown-name",
         "Allowed: surfaces, floors, records."),
        ("hygiene", "        - surfaces", "        - -surfaces", "hygiene:19 -surfaces", "unknown-name",
         "put a space after the dash"),
        ("hygiene", "        - surfaces", "        - allergies", "hygiene:19 allergies", "unknown-name",
         "it is a fact: write {fact: allergies, is: …}"),
        ("menus", "[delivery, vegetarian]", "[delivery, vegetaran]", "menus:30 vegetaran]", "unknown-name",
         'the key question "choice" has no prompt "vegetaran"; did you mean "vegetarian"?'),
        ("framework", "[hygiene, menus]", "[hygiene, menus, region]", "framework:19 region]", "unknown-name",
         'there is no standard "region"; Allowed:'),
        ("framework", "[hygiene, menus]", "[hygiene, menus, leadershp]", "framework:19 leadershp]", "unknown-name",
         '"leadership" is declared on line 2 of leadership.yaml.'),
        ("framework", "{from: 5, rating: excellent}", "{from: 5, rating: excelent}", "framework:45 excelent}",
         "unknown-name", '"excellent" is declared on line 9.'),
        # Misspelt where it is declared: said once, there, where it is named at several places; else where it is named.
        ("facts", "id: size", "id: sizes", "facts:3 sizes", "unknown-name",
         'nothing names the fact "sizes", and 2 places name "size"; did you mean "size"?'),
        ("facts", "id: allergies", "id: alergies", "menus:16 allergies,", "unknown-name",
         'there is no fact "allergies"'),
        # What a fact is compared with.
        ("hygiene", "        - surfaces", "        - {fact: size, is: smal}", "hygiene:19 smal}", "bad-comparison",
         'is one of small, medium, large, and is compared with the text "smal"; did you mean "small"? Allowed: '
         'small, medium, large.'),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: 2026-02-30}",
         "measures:4 2026-02-30}", "bad-comparison", "a date that exists, as year-month-day"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: soon}", "measures:4 soon}",
         "bad-comparison", "is a date, as year-month-day"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: region, at_least: south}", "measures:4 south}",
         "bad-comparison", "or declare the choice ordered: true"),
        ("measures", "{fact: meals_a_day, at_least: 100}", "{fact: allergies, at_most: yes}", "measures:4 yes}",
         "bad-comparison", "has no order, so at_most means nothing; use is or one_of"),
        ("measures", "{fact: region, is: south}", "{fact: region, one_of: [south,\n          east]}",
         "measures:17 east]", "bad-comparison", "is one of north, south, and is compared with"),
        # What facts are.
        ("facts", "type: choice, values: {north: North, south: South}", "type: choice", "facts:8 {id: region",
         "bad-fact", 'the choice "region" has no values; add values: {word: Label, …}'),
        ("facts", "type: date}", "type: date, values: {early: Early}}", "facts:12 {early: Early}", "bad-fact",
         "is no choice"),
        ("facts", "type: date}", "type: date, ordered: true}", "facts:12 true}", "bad-fact", "is no choice"),
        # Domains and standards.
        ("framework", "standards: [leadership]", "standards: []", "framework:16 []", "bad-domains", "has no standards"),
        ("framework", "standards: [leadership]", "standards: [leadership, menus]", "framework:19 menus]", "bad-domains",
         'in two places: "people" and "kitchen"'),
        ("framework", "standards: [leadership]", "standards: [leadership, leadership]", "framework:16 leadership]",
         "bad-domains", 'in two places: "people" and "people"'),
        ("framework", "[hygiene, menus]", "[menus]", "hygiene:2 hygiene", "bad-domains",
         'the standard "hygiene" is in no domain'),
        ("leadership", "rated_by: judgement", "rated_by: cases", "leadership:6 cases", "bad-standard",
         "has no key questions"),
        ("hygiene", "rated_by: cases", "rated_by: judgement", "hygiene:6 judgement", "bad-standard",
         "has key questions"),
        # Scales.
        ("framework", "score: 0}", "score: -1}", "framework:11 -1}", "bad-setting", "below 0"),
        ("framework", "among: [yes, no]", "among: [yes, no, yes]", "framework:23 [yes, no, yes]", "bad-setting",
         "would be counted twice; write among: [yes, no]"),
        ("framework", "share_of: yes", "share_of: not_applicable", "framework:22 not_applicable", "bad-setting",
         "is not in among"),
        ("framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 0", "from: 10"), "framework:30 {from: 10,",
         "bad-bands", "the lowest band of key_question_bands starts at 10"),
        ("framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 50", "from: 80"), "framework:29 {from: 80,",
         "bad-bands", "the band from 80 stands below the band from 80"),
        ("framework", "      - {from: 4, rating: excellent}", "      - {from: 1, rating: excellent}",
         "framework:40 {from: 2,", "bad-bands", "the band from 2 stands below the band from 1"),
        ("framework", "    - {from: 5, rating: excellent}", "    - {from: 2, rating: excellent}",
         "framework:46 {from: 3,", "bad-bands", "the band from 3 stands below the band from 2"),
        ("framework", "  bands:\n    - {from: 80, rating: excellent}\n" + FRAMEWORK_BANDS, "  bands: []\n\ndomain",
         "framework:27 []", "bad-bands", "key_question_bands has no bands; add bands: [{from: 0, rating: …}]"),
        ("framework", OVERALL, "  bands: []\n", "framework:44 []", "bad-bands",
         "overall has no bands; add bands: [{from: 0, rating: …}]"),
        ("framework", PEOPLE, "    people: []\n", "framework:34 []", "bad-bands",
         "domain people has no bands; add bands: [{from: 0, rating: …}]"),
        ("framework", "  bands_of:\n" + PEOPLE, "  sum_of: scores\n  bands_of:\n", "framework:34 bands_of:",
         "bad-domains", 'domain_rating has no bands for the domain "people"; add people: [{from: 0, rating: …}]'),
        ("framework", "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nin_force_to: 2025-12-31",
         "framework:6 2025-12-31", "bad-setting", "before in_force_from"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_where_it_is(
    tmp_path: Path, file: str, old: str, new: str, place: str, code: str, words: str
) -> None:
    mistakes = found(tmp_path, (file, old, new))
    assert any(where.startswith(place) and kind == code and words in said for where, kind, said in mistakes), mistakes
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
    assert [one[:2] for one in mistakes] == [
        ("measures:4 meals_on_a_day, at_least: 100}", "unknown-name"),
        ("menus:10 meals_on_a_day, at_least: 10}", "unknown-name"),
    ]


def test_a_misspelt_declaration_hides_no_other_name(tmp_path: Path) -> None:
    mistakes = found(
        tmp_path, ("facts", "id: size", "id: sizes"), ("measures", "fact: region, is: n", "fact: regoin, is: n")
    )
    assert [one[:2] for one in mistakes] == [
        ("facts:3 sizes", "unknown-name"),
        ("measures:15 regoin, is: north}}", "unknown-name"),
    ]


@pytest.mark.parametrize(
    ("edits", "place", "words"),
    [
        ([("hygiene", "id: records\n        ask: Is every cleaning written down?",
           "ask: Is every cleaning written down?\n        id: records"),
          ("hygiene", "[floors, records]", "[floors, recrods]")],
         "hygiene:20 recrods]", 'the key question "cleaning" has no prompt "recrods"; did you mean "records"? '
         'Allowed: surfaces, floors, records. "records" is declared on line 16.'),
        ([("facts", "id: size\n    title: Size of the school", "title: Size of the school\n    id: size"),
          ("measures", "{fact: size, is: small}", "{fact: sise, is: small}")],
         "measures:11 sise,", 'there is no fact "sise"; did you mean "size"? Allowed: size, region, cooked_on_site, '
         'allergies, meals_a_day, opened. "size" is declared on line 4 of facts.yaml.'),
        ([("framework", "id: caterer\n    title: Meals come from a caterer", "title: Caterer\n    id: caterer"),
          ("menus", "      caterer:", "      caterers:")],
         "menus:29 caterers:", 'there is no variant "caterers"; did you mean "caterer"? Allowed: caterer. '
         '"caterer" is declared on line 53 of framework.yaml.'),
        ([("framework", "id: people\n    title: People", "title: People\n    id: people"),
          ("framework", "    people:", "    peple:")],
         "framework:34 peple:", 'there is no domain "peple"; did you mean "people"? Allowed: people, kitchen. '
         '"people" is declared on line 15.'),
        ([("framework", "  - {id: sound, label: Sound, score: 1}", "  - label: Sound\n    id: sound\n    score: 1"),
          ("framework", "{from: 3, rating: sound}", "{from: 3, rating: sond}")],
         "framework:48 sond}", 'there is no rating "sond"; did you mean "sound"? Allowed: excellent, sound, poor. '
         '"sound" is declared on line 11.'),
    ],
)  # fmt: skip
def test_the_hint_for_a_misspelt_name_says_where_the_id_stands(
    tmp_path: Path, edits: list[tuple[str, str, str]], place: str, words: str
) -> None:
    (mistake,) = found(tmp_path, *edits)
    assert mistake[0].startswith(place)
    assert mistake[2] == words


def test_what_is_rated_by_cases_needs_bands_for_shares(tmp_path: Path) -> None:
    text = (RIGHT / "framework.yaml").read_text(encoding="utf-8")
    bands = text[text.index("key_question_bands:") : text.index("domain_rating:")]
    words = (
        "standards are rated by cases and there are no key_question_bands; add key_question_bands to the framework file"
    )
    assert found(tmp_path, ("framework", bands, "")) == [("framework:1 id: kitchens", "bad-standard", words)]


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
    with pytest.raises(DiagnosticError) as refused:
        load_framework(file)
    assert str(refused.value) == (
        f"{file}:6:10: error: the framework has no ratings [bad-setting]\n"
        "  hint: add ratings: [{id: good, label: Good, score: 1}]"
    )


def test_the_word_for_measures_is_no_slug(tmp_path: Path) -> None:
    words = 'the slug "measures" is kept for counted measures; choose another slug'
    mistakes = found(tmp_path, ("leadership", "slug: leadership", "slug: measures"))
    assert ("leadership:2 measures", "bad-id", words) in mistakes


def test_a_question_needs_prompts(tmp_path: Path) -> None:
    first, *others = found(tmp_path, ("hygiene", PROMPTS, "    prompts: []\n"))
    assert first == (
        "hygiene:8 id: cleaning",
        "bad-standard",
        'the key question "cleaning" has no prompts; add prompts: [{id: …, ask: …}]',
    )
    assert [one[2] for one in others] == [
        f'the key question "cleaning" has no prompt "{name}"; declare it first: there are no prompts'
        for name in ("surfaces", "floors", "records")
    ]


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
