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
from ctm_rules.diagnostics.findings import NOWHERE, Diagnostic
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import Fact
from ctm_rules.validity.names import unknown_name
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
        pytest.param(
            "facts", "id: region,", "id: size,", "facts:8 size,", "duplicate-id",
            'two facts have the id "size" (the first on line 3)',
            id="fact twice",
        ),
        pytest.param(
            "framework", "id: kitchen\n", "id: people\n", "framework:17 people", "duplicate-id", "two domains",
            id="domain twice",
        ),
        pytest.param(
            "framework", "variants:\n",
            "variants:\n  - {id: caterer, title: Other, when: {fact: allergies, is: yes}}\n",
            "framework:53 caterer", "duplicate-id", "two variants",
            id="variant twice",
        ),
        pytest.param(
            "measures", "measures:\n", "measures:\n  - title: Waste\n    id: waste_weighed\n",
            "measures:4 waste_weighed",
            "duplicate-id",
            'two measures have the id "waste_weighed" (the first on line 3); give one of them another id',
            id="measure twice",
        ),
        pytest.param(
            "measures", "id: region", "id: size", "measures:12 size", "duplicate-id", "two sub-groups",
            id="sub-group twice",
        ),
        pytest.param(
            "measures", "id: in_the_south", "id: in_the_north", "measures:16 in_the_north,", "duplicate-id",
            "two groups",
            id="group twice",
        ),
        pytest.param(
            "framework", "id: poor,", "id: sound,", "framework:11 sound,", "duplicate-id", "two ratings",
            id="rating twice",
        ),
        pytest.param(
            "hygiene", "id: storage", "id: cleaning", "hygiene:22 cleaning", "duplicate-id", "two key questions",
            id="key question twice",
        ),
        pytest.param(
            "hygiene", "id: floors", "id: surfaces", "hygiene:13 surfaces", "duplicate-id", "two prompts",
            id="prompt twice",
        ),
        pytest.param(
            "leadership", "id: budget", "id: training", "leadership:9 training,", "duplicate-id", "two themes",
            id="theme twice",
        ),
        pytest.param(
            "menus", "id: K 3", "id: K 2", "menus:1 K 2", "duplicate-id",
            'two standards have the id "K 2" (the other in ',
            id="id of a standard twice",
        ),
        pytest.param(
            "menus", "slug: menus", "slug: hygiene", "menus:2 hygiene", "duplicate-id",
            "hygiene.yaml:2:7); give one of them another slug",
            id="slug of a standard twice",
        ),
        # Ids that cannot be.
        pytest.param(
            "leadership", "slug: leadership", "slug: Leadership", "leadership:2 Leadership", "bad-id",
            '"Leadership" cannot be the slug of a standard; use small letters, digits and _, with a letter first: '
            '"leadership"',
            id="slug with a capital",
        ),
        pytest.param(
            "facts", "id: opened", "id: case", "facts:12 case,", "bad-id",
            'the id "case" is kept for the column of a case table that names the case; choose another id',
            id="fact called like the column of cases",
        ),
        pytest.param(
            "leadership", "id: budget", "id: The Budget!", "leadership:9 The Budget!", "bad-id",
            '"The Budget!" cannot be the id of a theme; use small letters, digits and _, with a letter first: '
            '"the_budget"',
            id="theme id with spaces",
        ),
        # What names it by its right id is not wrong as well.
        pytest.param(
            "facts", "id: cooked_on_site", "id: CookedOnSite", "facts:9 CookedOnSite", "bad-id",
            '"CookedOnSite" cannot be',
            id="fact id with capitals",
        ),
        pytest.param(
            "leadership", "id: budget", 'id: "2nd"', 'leadership:9 "2nd"', "bad-id", "with a letter first",
            id="theme id that starts with a digit",
        ),
        pytest.param(
            "facts", "large: Large", "lärge: Large", "facts:7 lärge: Large}", "bad-id",
            '"lärge" cannot be a value of "size"; use letters, digits and _; the label may be any text: {very_high: '
            'Very high}',
            id="value with an accent",
        ),
        # A mark of an assumption on what there is not, on every kind of element.
        pytest.param(
            "framework", "assumed: [panel, overall]", "assumed: [panel, overal]", "framework:59 overal]",
            "unknown-name",
            '"overal"',
            id="assumed by the framework: misspelt",
        ),
        pytest.param(
            "framework", "    title: Meals come from a caterer", "    title: Caterer\n    assumed: [wen]",
            "framework:54 wen]", "unknown-name", '"wen"',
            id="assumed by a variant: misspelt",
        ),
        pytest.param(
            "measures", "    title: Food waste is weighed", "    title: Waste\n    assumed: [tilte]",
            "measures:4 tilte]",
            "unknown-name", '"tilte"',
            id="assumed by a measure: misspelt",
        ),
        pytest.param(
            "facts", "type: date}", "type: date, assumed: [tpye]}", "facts:12 tpye]", "unknown-name", '"tpye"',
            id="assumed by a fact: misspelt",
        ),
        pytest.param(
            "menus", "rated_by: cases", "rated_by: cases\nassumed: [slag]", "menus:7 slag]", "unknown-name", '"slag"',
            id="assumed by a standard: misspelt",
        ),
        pytest.param(
            "menus", "    prompts:", "    assumed: [aks]\n    prompts:", "menus:11 aks]", "unknown-name", '"aks"',
            id="assumed by a key question: misspelt",
        ),
        pytest.param(
            "menus", "        applies_when: {fact: allergies, is: yes}", "        assumed: [aks]", "menus:16 aks]",
            "unknown-name", '"aks"',
            id="assumed by a prompt: misspelt",
        ),
        # Conditions look only at facts, wherever they stand.
        pytest.param(
            "menus", "applies_when: {fact: meals_a_day, at_least: 10}", "applies_when: vegetarian",
            "menus:10 vegetarian",
            "prompt-in-condition",
            'key question choice looks at "vegetarian", and it may look only at facts; write {fact: …, is: …}. '
            'Allowed: size, region, cooked_on_site, allergies, meals_a_day, opened.',
            id="prompt in the condition of a key question",
        ),
        pytest.param(
            "menus", "{fact: allergies, is: yes}", "vegetarian", "menus:16 vegetarian", "prompt-in-condition",
            "of prompt allergens",
            id="prompt in the condition of a prompt",
        ),
        pytest.param(
            "measures", "{fact: meals_a_day, at_least: 100}", "{not: allergies}", "measures:4 allergies}",
            "prompt-in-condition",
            'of measure waste_weighed looks at "allergies", and it may look only at facts; it is a fact: write {fact: '
            'allergies, is: …}.',
            id="fact by name alone in a measure",
        ),
        pytest.param(
            "measures", "{fact: region, is: south}", "south", "measures:16 south}", "prompt-in-condition",
            "of group in_the_south",
            id="unknown name in the condition of a group",
        ),
        pytest.param(
            "framework", "        - {fact: cooked_on_site, is: no}", "        - cooked_on_site",
            "framework:56 cooked_on_site", "prompt-in-condition", "of variant caterer",
            id="fact by name alone in a variant",
        ),
        # A name that is not declared.
        pytest.param(
            "hygiene", "        - surfaces", "        - surfaces floors records", "hygiene:19 surfaces floors records",
            "unknown-name", "start each of them on a line of its own",
            id="several prompts on one line",
        ),
        pytest.param(
            "hygiene", "        - surfaces", "        - surfaces flors", "hygiene:19 surfaces flors", "unknown-name",
            "Allowed: surfaces, floors, records.",
            id="several prompts on one line, one misspelt",
        ),
        pytest.param(
            "hygiene", "        - surfaces", "        - -surfaces", "hygiene:19 -surfaces", "unknown-name",
            "put a space after the dash",
            id="no space after a dash",
        ),
        pytest.param(
            "hygiene", "        - surfaces", "        - allergies", "hygiene:19 allergies", "unknown-name",
            "it is a fact: write {fact: allergies, is: …}",
            id="fact by name alone in a rule",
        ),
        pytest.param(
            "menus", "[delivery, vegetarian]", "[delivery, vegetaran]", "menus:30 vegetaran]", "unknown-name",
            'the key question "choice" has no prompt "vegetaran"; did you mean "vegetarian"?',
            id="prompt misspelt in the rule of a variant",
        ),
        pytest.param(
            "framework", "[hygiene, menus]", "[hygiene, menus, region]", "framework:19 region]", "unknown-name",
            'there is no standard "region"; Allowed:',
            id="fact in place of a standard",
        ),
        pytest.param(
            "framework", "[hygiene, menus]", "[hygiene, menus, leadershp]", "framework:19 leadershp]", "unknown-name",
            '"leadership" is declared on line 2 of leadership.yaml.',
            id="standard misspelt in a domain",
        ),
        pytest.param(
            "framework", "{from: 5, rating: excellent}", "{from: 5, rating: excelent}", "framework:45 excelent}",
            "unknown-name", '"excellent" is declared on line 9.',
            id="rating misspelt in a band",
        ),
        # Misspelt where it is declared: said once, there, where it is named at several places; else where it is named.
        pytest.param(
            "facts", "id: size", "id: sizes", "facts:3 sizes", "unknown-name",
            'nothing names the fact "sizes", and 2 places name "size"; did you mean "size"?',
            id="fact misspelt where it is declared, used twice",
        ),
        pytest.param(
            "facts", "id: allergies", "id: alergies", "menus:16 allergies,", "unknown-name",
            'there is no fact "allergies"',
            id="fact misspelt where it is declared, used once",
        ),
        # What a fact is compared with.
        pytest.param(
            "hygiene", "        - surfaces", "        - {fact: size, is: smal}", "hygiene:19 smal}", "bad-comparison",
            'is one of small, medium, large, and is compared with the text "smal"; did you mean "small"?',
            id="value of a choice misspelt",
        ),
        pytest.param(
            "measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: 2026-02-30}",
            "measures:4 2026-02-30}", "bad-comparison", "a date that exists, as year-month-day",
            id="date that does not exist",
        ),
        pytest.param(
            "measures", "{fact: meals_a_day, at_least: 100}", "{fact: opened, at_least: soon}", "measures:4 soon}",
            "bad-comparison", "is a date, as year-month-day",
            id="word for a date",
        ),
        pytest.param(
            "measures", "{fact: meals_a_day, at_least: 100}", "{fact: region, at_least: south}", "measures:4 at_least",
            "bad-comparison", "or declare the choice ordered: true",
            id="order of a choice that has none",
        ),
        pytest.param(
            "measures", "{fact: meals_a_day, at_least: 100}", "{fact: allergies, at_most: yes}", "measures:4 at_most",
            "bad-comparison", "has no order, so at_most means nothing; use is or one_of",
            id="order of yes and no",
        ),
        pytest.param(
            "measures", "{fact: region, is: south}", "{fact: region, one_of: [south,\n          east]}",
            "measures:17 east]", "bad-comparison", "is one of north, south, and is compared with",
            id="second value of one_of misspelt",
        ),
        # What facts are.
        pytest.param(
            "facts", "type: choice, values: {north: North, south: South}", "type: choice", "facts:8 {id: region",
            "bad-fact", 'the choice "region" has no values; add values: {word: Label, …}',
            id="choice without values",
        ),
        pytest.param(
            "facts", "type: date}", "type: date, values: {early: Early}}", "facts:12 values: {early:", "bad-fact",
            "is no choice",
            id="values of a date",
        ),
        pytest.param(
            "facts", "type: date}", "type: date, ordered: true}", "facts:12 ordered: true}", "bad-fact", "is no choice",
            id="order of a date",
        ),
        # Domains and standards.
        pytest.param(
            "framework", "standards: [leadership]", "standards: []", "framework:16 []", "bad-domains",
            "has no standards",
            id="domain without standards",
        ),
        pytest.param(
            "framework", "standards: [leadership]", "standards: [leadership, menus]", "framework:19 menus]",
            "bad-domains",
            'in two places: "people" and "kitchen"',
            id="standard in two domains",
        ),
        pytest.param(
            "framework", "standards: [leadership]", "standards: [leadership, leadership]", "framework:16 leadership]",
            "bad-domains", 'in two places: "people" and "people"',
            id="standard twice in a domain",
        ),
        pytest.param(
            "framework", "[hygiene, menus]", "[menus]", "hygiene:2 hygiene", "bad-domains",
            'the standard "hygiene" is in no domain',
            id="standard in no domain",
        ),
        pytest.param(
            "leadership", "rated_by: judgement", "rated_by: cases", "leadership:6 cases", "bad-standard",
            "has no key questions",
            id="rated by cases without questions",
        ),
        pytest.param(
            "hygiene", "rated_by: cases", "rated_by: judgement", "hygiene:6 judgement", "bad-standard",
            "has key questions",
            id="rated by judgement with questions",
        ),
        # Scales.
        pytest.param(
            "framework", "score: 0}", "score: -1}", "framework:11 -1}", "bad-setting", "below 0",
            id="negative score",
        ),
        pytest.param(
            "framework", "among: [yes, no]", "among: [yes, no, yes]", "framework:23 [yes, no, yes]", "bad-setting",
            "would be counted twice; write among: [yes, no]",
            id="share of an outcome that is not among",
        ),
        pytest.param(
            "framework", "share_of: yes", "share_of: not_applicable", "framework:22 not_applicable", "bad-setting",
            "is not in among",
            id="outcome twice in among",
        ),
        pytest.param(
            "framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 0", "from: 10"), "framework:30 {from: 10,",
            "bad-bands", "the lowest band of key_question_bands starts at 10",
            id="lowest band above nought",
        ),
        pytest.param(
            "framework", FRAMEWORK_BANDS, FRAMEWORK_BANDS.replace("from: 50", "from: 80"), "framework:29 {from: 80,",
            "bad-bands", "the band from 80 stands below the band from 80",
            id="two equal bands of key questions",
        ),
        pytest.param(
            "framework", "      - {from: 4, rating: excellent}", "      - {from: 1, rating: excellent}",
            "framework:40 {from: 2,", "bad-bands", "the band from 2 stands below the band from 1",
            id="bands of a domain swapped",
        ),
        pytest.param(
            "framework", "    - {from: 5, rating: excellent}", "    - {from: 2, rating: excellent}",
            "framework:46 {from: 3,", "bad-bands", "the band from 3 stands below the band from 2",
            id="bands of the overall rating swapped",
        ),
        pytest.param(
            "framework", "  bands:\n    - {from: 80, rating: excellent}\n" + FRAMEWORK_BANDS, "  bands: []\n\ndomain",
            "framework:35 kitchen:", "bad-rating-rule", "none of the standards there has one that counts",
            id="ratings from shares that are not rated",
        ),
        pytest.param(
            "framework", OVERALL, "  bands: []\n", "framework:44 []", "bad-bands",
            "overall has no bands; add bands: [{from: 0, rating: …}]",
            id="no bands of the overall rating",
        ),
        pytest.param(
            "framework", PEOPLE, "    people: []\n", "framework:34 []", "bad-bands",
            "domain people has no bands; add bands: [{from: 0, rating: …}]",
            id="empty bands of a domain",
        ),
        pytest.param(
            "framework", "  bands_of:\n" + PEOPLE, "  sum_of: scores\n  bands_of:\n", "framework:34 bands_of:",
            "bad-domains", 'domain_rating has no bands for the domain "people"; add people: [{from: 0, rating: …}]',
            id="no bands of a domain",
        ),
        pytest.param(
            "framework", "in_force_from: 2026-01-01", "in_force_from: 2026-01-01\nin_force_to: 2025-12-31",
            "framework:6 2025-12-31", "bad-setting", "before in_force_from",
            id="in force to before from",
        ),
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
        pytest.param(
            "framework",
            "in_force_from: 2026-01-01",
            "in_force_from: 2026-01-01\nin_force_to: 2026-01-01",
            id="in force for one day",
        ),
        pytest.param(
            "framework",
            "{from: 5, rating: excellent}",
            "{from: 3.5, rating: excellent}",
            id="limit between two scores",
        ),
        pytest.param(
            "facts",
            "type: date}",
            "type: choice, values: {A1: First, b_2: Second}, ordered: true}",
            id="capitals and digits as values",
        ),
        pytest.param(
            "measures",
            "{fact: size, at_least: medium}",
            "{fact: opened, at_most: 2024-02-29}",
            id="date with at_most",
        ),
        pytest.param(
            "measures",
            "{fact: region, is: south}",
            "{fact: region, one_of: [south, north]}",
            id="one_of with every value",
        ),
        pytest.param(
            "measures",
            "{fact: meals_a_day, at_least: 100}",
            "{fact: allergies, is_not: yes}",
            id="is_not of yes/no",
        ),
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
        pytest.param(
            [("hygiene", "id: records\n        ask: Is every cleaning written down?",
              "ask: Is every cleaning written down?\n        id: records"),
             ("hygiene", "[floors, records]", "[floors, recrods]")],
            "hygiene:20 recrods]", 'the key question "cleaning" has no prompt "recrods"; did you mean "records"? '
            'Allowed: surfaces, floors, records. "records" is declared on line 16.',
            id="prompt",
        ),
        pytest.param(
            [("facts", "id: size\n    title: Size of the school", "title: Size of the school\n    id: size"),
             ("measures", "{fact: size, is: small}", "{fact: sise, is: small}")],
            "measures:11 sise,", 'there is no fact "sise"; did you mean "size"? Allowed: size, region, cooked_on_site, '
            'allergies, meals_a_day, opened. "size" is declared on line 4 of facts.yaml.',
            id="fact",
        ),
        pytest.param(
            [("framework", "id: caterer\n    title: Meals come from a caterer", "title: Caterer\n    id: caterer"),
             ("menus", "      caterer:", "      caterers:")],
            "menus:29 caterers:", 'there is no variant "caterers"; did you mean "caterer"? Allowed: caterer. '
            '"caterer" is declared on line 53 of framework.yaml.',
            id="variant",
        ),
        pytest.param(
            [("framework", "id: people\n    title: People", "title: People\n    id: people"),
             ("framework", "    people:", "    peple:")],
            "framework:34 peple:", 'there is no domain "peple"; did you mean "people"? Allowed: people, kitchen. '
            '"people" is declared on line 15.',
            id="domain",
        ),
        pytest.param(
            [("framework", "  - {id: sound, label: Sound, score: 1}", "  - label: Sound\n    id: sound\n    score: 1"),
             ("framework", "{from: 3, rating: sound}", "{from: 3, rating: sond}")],
            "framework:48 sond}", 'there is no rating "sond"; did you mean "sound"? Allowed: excellent, sound, poor. '
            '"sound" is declared on line 11.',
            id="rating",
        ),
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
        pytest.param(MEAT, "yes", True, id="yes/no: yes"),
        pytest.param(MEAT, "no", False, id="yes/no: no"),
        pytest.param(MEAT, True, True, id="yes/no: true"),
        pytest.param(
            MEAT,
            False,
            False,
            id="yes/no: false",
        ),
        pytest.param(CHOICE, "two", "two", id="choice: word"),
        pytest.param(CHOICE, "1", "1", id="choice: digit as text"),
        pytest.param(CHOICE, 1, "1", id="choice: digit"),
        pytest.param(
            CHOICE,
            "True",
            "True",
            id="choice: word like a truth value",
        ),
        pytest.param(WEEKS, 12, 12, id="whole number"),
        pytest.param(WEEKS, "12", 12, id="whole number as text"),
        pytest.param(WEEKS, "-3", -3, id="negative number as text"),
        pytest.param(
            WEEKS,
            10**30,
            10**30,
            id="very large number",
        ),
        pytest.param(
            WEEKS,
            "9" * 18,
            10**18 - 1,
            id="longest number as text",
        ),
        pytest.param(OPENED, "2024-02-29", date(2024, 2, 29), id="date as text"),
        pytest.param(
            OPENED,
            date(2024, 2, 29),
            date(2024, 2, 29),
            id="date",
        ),
    ],
)
def test_a_value_gets_the_type_of_its_fact(fact: Fact, written: object, typed: object) -> None:
    value = type_fact_value(fact, written)
    assert (value, type(value)) == (typed, type(typed))


@pytest.mark.parametrize(
    ("fact", "written", "takes"),
    [
        pytest.param(MEAT, "Yes", "yes or no", id="yes/no: with a capital"),
        pytest.param(MEAT, "true", "yes or no", id="yes/no: true as text"),
        pytest.param(MEAT, 1, "yes or no", id="yes/no: one"),
        pytest.param(
            MEAT,
            0,
            "yes or no",
            id="yes/no: nought",
        ),
        pytest.param(CHOICE, "three", "one of 1, two, True", id="choice: another word"),
        pytest.param(CHOICE, True, "one of 1, two, True", id="choice: true"),
        pytest.param(CHOICE, Fraction(1), "one of 1, two, True", id="choice: fraction"),
        pytest.param(WEEKS, True, "a whole number", id="whole number: true"),
        pytest.param(WEEKS, 1.0, "a whole number", id="whole number: float"),
        pytest.param(
            WEEKS,
            "1.0",
            "a whole number",
            id="whole number: decimal as text",
        ),
        pytest.param(WEEKS, " 1", "a whole number", id="whole number: space before"),
        pytest.param(
            WEEKS,
            "9" * 19,
            "a whole number",
            id="whole number: too long a text",
        ),
        pytest.param(
            WEEKS,
            "",
            "a whole number",
            id="whole number: empty text",
        ),
        pytest.param(OPENED, "2024-2-29", "a date, as year-month-day", id="date: no leading nought"),
        pytest.param(
            OPENED,
            20240229,
            "a date, as year-month-day",
            id="date: number",
        ),
        pytest.param(OPENED, datetime(2024, 2, 29), "a date, as year-month-day", id="date: with a time of day"),
        pytest.param(
            OPENED,
            "soon",
            "a date, as year-month-day",
            id="date: word",
        ),
        pytest.param(OPENED, "2023-02-29", "a date that exists, as year-month-day", id="date: no such day"),
    ],
)
def test_a_value_of_another_type_is_refused(fact: Fact, written: object, takes: str) -> None:
    with pytest.raises(ValueError, match=f"^{takes}$"):
        type_fact_value(fact, written)


@pytest.mark.parametrize(
    ("kind", "several"),
    [
        pytest.param("scale", "scales", id="one word"),
        pytest.param("key question", "key questions", id="two words"),
        pytest.param("fact of the provider", "facts of the provider", id="of something"),
        pytest.param("key question rated by judgement", "key questions rated by judgement", id="rated somehow"),
        pytest.param("prompt that the provider is asked", "prompts that the provider is asked", id="that is so"),
        pytest.param("way with absent columns", "ways with absent columns", id="with something"),
        pytest.param("place to count rows", "places to count rows", id="to do something"),
    ],
)
def test_where_nothing_of_a_kind_is_declared_its_hint_names_the_kind_in_the_plural(kind: str, several: str) -> None:
    assert unknown_name(NOWHERE, kind, "x", []).hint == f"there are no {several}"
