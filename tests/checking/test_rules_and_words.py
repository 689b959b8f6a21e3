"""What is said of rules, conditions and words that are allowed and most likely wrong: where, what, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import load_framework
from ctm_rules.checking.editions import check_editions
from ctm_rules.checking.framework import check_framework
from ctm_rules.frameworks.loading import build_framework, read_framework
from tests.support.findings import assert_well_said
from tests.support.right_framework import edited
from tests.support.small_framework import Small

CLEANING = "      all:\n        - surfaces\n        - any: [floors, records]\n"
CHOICE = "      all:\n        - vegetarian\n"
ANY_TWO = "        - at_least:\n            count: 2\n            of: [allergens, delivery, feedback]\n"
COMPARISONS = ("is", "is_not", "at_least", "at_most")
WASTE = "{fact: meals_a_day, at_least: 100}"
CATERER = "yes_when: {all: [delivery, vegetarian]}"
REGION = "{fact: region, is: south}"


def found(folder: Path, *edits: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Return place, code and words of everything that is found in the right framework after edits."""
    mistakes = check_framework(build_framework(read_framework(edited(folder, *edits))))
    assert_well_said(mistakes)
    return [(f"{Path(one.file).stem}:{one.line}", one.code, f"{one.message}; {one.hint}") for one in mistakes]


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "code", "words"),
    [
        # Rules that can never be: the innermost clause that is to blame, and what it clashes with.
        pytest.param(
            "hygiene", CLEANING, "      all: [floors, surfaces,\n        {not: floors}, records]\n", "hygiene:19",
            "never-yes",
            '"hygiene.cleaning" can never be yes, unless a prompt is answered na; it contradicts line 18',
            id="all: a prompt and its opposite further down",
        ),
        pytest.param(
            "hygiene", CLEANING, "      any: [floors, surfaces,\n        {not: floors}, records]\n", "hygiene:19",
            "never-no",
            '"hygiene.cleaning" can never be no, unless a prompt is answered na; together with line 18 it covers every',
            id="any: a prompt and its opposite further down",
        ),
        pytest.param(
            "hygiene", CLEANING, "      not:\n        any: [floors, surfaces,\n          {not: floors}, records]\n",
            "hygiene:20",
            "never-yes", "can never be yes, unless a prompt is answered na; together with line 19 it covers every case",
            id="not any: a prompt and its opposite",
        ),
        pytest.param(
            "hygiene", CLEANING, "      not:\n        all: [floors, surfaces,\n          {not: floors}, records]\n",
            "hygiene:20",
            "never-no", "can never be no, unless a prompt is answered na; it contradicts line 19",
            id="not all: a prompt and its opposite",
        ),
        pytest.param(
            "hygiene", CLEANING,
            "      all:\n        - surfaces\n        - records\n        - all: [floors, {not: floors}]\n",
            "hygiene:21", "never-yes", "it contradicts what stands beside it",
            id="all: a prompt and its opposite side by side",
        ),
        pytest.param(
            "menus", CATERER, "yes_when: {all: [delivery, vegetarian, {fact: cooked_on_site, is: yes}]}", "menus:30",
            "never-yes", "can never be yes; compare it with line 10 and line ",
            id="rule of a variant that is never yes",
        ),
        pytest.param(
            "menus", CATERER, "yes_when: {any: [delivery, {fact: meals_a_day, at_least: 20}]}", "menus:30", "never-no",
            'the key question "menus.choice" for the variant "caterer" can never be no; compare it with line 10',
            id="rule of a variant that is never no",
        ),
        pytest.param(
            "hygiene", CLEANING, "      all:\n        - any: [floors, records]\n        - {not: floors}\n"
            "        - surfaces\n        - {not: records}\n", "hygiene:22", "never-yes",
            "it contradicts line 19 and line 20",
            id="all: a clause and two that contradict it",
        ),
        # Clauses that are always or never met.
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, {all: [records, {not: records}]}]", "hygiene:20",
            "constant-clause",
            "this clause is never met: “records” is yes, and “records” is no; it contradicts what stands beside it",
            id="clause that is never met",
        ),
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, {not: floors}, records]", "hygiene:20",
            "constant-clause",
            "this clause is always met: ",
            id="clause that is always met",
        ),
        pytest.param(
            "menus", CHOICE, CHOICE + "        - {fact: meals_a_day, at_least: 10}\n", "menus:25", "constant-clause",
            "compare it with line 10, which says for which cases it is used",
            id="clause that holds wherever the question is asked",
        ),
        # Clauses that change nothing, and clauses that stand twice.
        pytest.param(
            "menus", ANY_TWO, "        - any:\n            - allergens\n            - all:\n                - {fact: "
            "cooked_on_site, is: no}\n                - any: [feedback, {fact: meals_a_day, at_most: 49}]\n",
            "menus:29",
            "redundant-clause",
            "this clause changes nothing, unless a prompt is answered na: ",
            id="clause that the condition of a variant answers",
        ),
        pytest.param(
            "hygiene", "[temperature, labels]",
            "[temperature, {all: [labels,\n            {fact: cooked_on_site, is: yes}]}]",
            "hygiene:36", "redundant-clause", "this clause changes nothing",
            id="clause that the condition of a prompt covers",
        ),
        # Where food is cooked elsewhere, nobody is asked about labels, and the rest of the clause is met.
        pytest.param(
            "hygiene", "[temperature, labels]", "[temperature, {all: [labels, {fact: cooked_on_site, is: no}]}]",
            "hygiene:35", "redundant-clause",
            "this clause changes nothing, unless a prompt is answered na: “labels” (where it applies) is yes; the rest",
            id="clause that leaves nothing of a prompt",
        ),
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, surfaces, records]", "hygiene:20", "redundant-clause",
            "this clause changes nothing, unless a prompt is answered na: ",
            id="clause that another line covers",
        ),
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, records]\n        - surfaces", "hygiene:21",
            "repeated-clause",
            "this clause stands twice in its list (first on line 19): “surfaces” is yes",
            id="clause twice in its list, on two lines",
        ),
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, records, floors]", "hygiene:20", "repeated-clause",
            "this clause stands twice in its list: ",
            id="clause twice in its list, on one line",
        ),
        pytest.param(
            "menus", "of: [allergens, delivery, feedback]", "of: [allergens, feedback, feedback, delivery]", "menus:27",
            "repeated-clause", "stands twice",
            id="clause twice in the list of at_least",
        ),
        pytest.param(
            "menus", "            count: 2\n", "            count: 4\n", "menus:26", "count-too-high",
            "at_least asks for 4 and its list holds 3; write a count from 1 to 3",
            id="count above the length of its list",
        ),
        pytest.param(
            "measures", REGION, "{fact: region, one_of: [south, south]}", "measures:16", "repeated-clause",
            'the value "south" stands 2 times',
            id="value twice in one_of",
        ),
        # Conditions.
        pytest.param(
            "measures", WASTE, "{all: [{fact: meals_a_day, at_least: 9}, {fact: meals_a_day, at_most: 8}]}",
            "measures:4",
            "never-applies", 'the measure "waste_weighed" can never apply; it contradicts what stands beside it',
            id="measure that never applies",
        ),
        pytest.param(
            "measures", WASTE, "{fact: size, one_of: [small, medium, large]}", "measures:4", "always-applies",
            'the measure "waste_weighed" has a condition that always holds; it says: ',
            id="measure that applies to every value",
        ),
        pytest.param(
            "measures", WASTE, "{any: [{fact: meals_a_day, at_least: 9}, {fact: meals_a_day, at_most: 8}]}",
            "measures:4",
            "always-applies", "together with what stands beside it it covers every case",
            id="measure that applies above and below",
        ),
        pytest.param(
            "measures", WASTE,
            "{any: [{fact: allergies, is: yes}, {all: [{fact: size, is: small}, {fact: size, is: large}]}]}",
            "measures:4", "constant-clause", "this clause is never met: ",
            id="part of a condition that is never met",
        ),
        pytest.param(
            "measures", WASTE,
            "{any: [{fact: size, is: small},\n      {all: [{fact: size, is: small}, {fact: allergies, is: yes}]}]}",
            "measures:5", "redundant-clause",
            "this clause changes nothing: “Size of the school” is Small, and “Pupils with allergies",
            id="part of a condition that another part covers",
        ),
        pytest.param(
            "menus", "{fact: allergies, is: yes}",
            "{all: [{fact: allergies, is: yes}, {fact: meals_a_day, at_most: 9}]}",
            "menus:16", "never-applies",
            'the prompt "allergens" of key question "menus.choice" can never apply; compare it with',
            id="prompt that never applies where it is asked",
        ),
        pytest.param(
            "menus", "{fact: cooked_on_site, is: no}", "{all: [{fact: meals_a_day, at_least: 9}, {fact: meals_a_day, "
            "at_most: 8}]}", "menus:19", "never-applies",
            'the prompt "delivery" of key question "menus.choice" can never apply; it contradicts '
            'what stands beside it',
            id="prompt that never applies at all",
        ),
        pytest.param(
            "menus", "{fact: cooked_on_site, is: no}", "{any: [{fact: meals_a_day, at_least: 9}, {fact: meals_a_day, "
            "at_most: 8}]}", "menus:19", "always-applies", 'the prompt "delivery" of key question "menus.choice" has a',
            id="prompt that always applies",
        ),
        pytest.param(
            "measures", WASTE, "{fact: opened, at_least: 0001-01-01}", "measures:4", "always-applies", "it says: ",
            id="day from which every day is",
        ),
        pytest.param(
            "measures", WASTE, "{fact: opened, at_most: 9999-12-31}", "measures:4", "always-applies", "it says: ",
            id="day up to which every day is",
        ),
        pytest.param(
            "framework", "        - {fact: meals_a_day, at_least: 50}", "        - {fact: cooked_on_site, is: yes}",
            "framework:57", "never-applies", 'the variant "caterer" can never apply; it contradicts line 56',
            id="variant that never applies",
        ),
        # Groups that are compared.
        pytest.param(
            "measures", REGION, "{fact: size, is: small}", "measures:16", "overlapping-groups",
            'both "in_the_north" and "in_the_south", such as one with region: North and size: Small',
            id="groups by two different facts",
        ),
        pytest.param(
            "measures", "{fact: size, is: small}}", "{fact: size, at_most: medium}}", "measures:11",
            "overlapping-groups",
            'a case can be in both "larger" and "smaller", such as one with size: Medium',
            id="groups whose bounds meet",
        ),
        # Words.
        pytest.param(
            "facts", "large: Large", 'large: "Large,"', "facts:7", "odd-text", "the label of large ends with a comma",
            id="label that ends with a comma",
        ),
        pytest.param(
            "hygiene", "ask: Are floors cleaned every day?", "ask: are SURFACES cleaned - between tasks?", "hygiene:14",
            "same-text", 'two prompts ask the same: "floors" and "surfaces" (on line 12)',
            id="two prompts ask the same",
        ),
        pytest.param(
            "hygiene", "ask: Is food stored safely?", "ask: Is the kitchen kept clean?", "hygiene:23", "same-text",
            'two key questions ask the same: "storage" and "cleaning" (on line 9)',
            id="two key questions ask the same",
        ),
        pytest.param(
            "leadership", "id: training", "id: bud_get", "leadership:9", "ids-alike",
            'the themes of "leadership" "bud_get" and "budget" differ only in capitals or underscores',
            id="ids that differ by an underscore",
        ),
        pytest.param(
            "leadership", "title: Budget", "title: Training of staff!", "leadership:9", "same-label",
            'two themes of "leadership" are called the same: "budget" and "training" (on line 8)',
            id="two themes are called the same",
        ),
        pytest.param(
            "framework", "title: People", "title: The kitchen", "framework:18", "same-label",
            "two domains are called the same",
            id="two domains are called the same",
        ),
        pytest.param(
            "menus", "title: Menus", "title: Hygiene", "menus:3", "same-label", "two standards are called the same",
            id="two standards are called the same",
        ),
        pytest.param(
            "measures", "title: Region", "title: Size of the school", "measures:13", "same-label", "two sub-groups",
            id="two sub-groups are called the same",
        ),
        pytest.param(
            "measures", "measures:\n", "measures:\n  - {id: waste, title: Food waste is weighed}\n", "measures:4",
            "same-label", "two measures",
            id="two measures are called the same",
        ),
        pytest.param(
            "facts", "title: Region,", "title: Size of the school,", "facts:8", "same-label", "two facts",
            id="two facts are called the same",
        ),
        pytest.param(
            "framework", "label: Sound", "label: Poor", "framework:11", "same-label", "two ratings",
            id="two ratings are called the same",
        ),
        pytest.param(
            "hygiene", "Food is kept, prepared and served so that nobody falls ill.", "TBC", "hygiene:4", "odd-text",
            "statement is only a placeholder",
            id="placeholder TBC",
        ),
        pytest.param(
            "hygiene", "Food is kept, prepared and served so that nobody falls ill.", "Lorem ipsum dolor sit amet.",
            "hygiene:4", "odd-text", "placeholder",
            id="placeholder lorem ipsum",
        ),
        pytest.param(
            "hygiene", "Food is kept, prepared and served so that nobody falls ill.", '"?!"', "hygiene:4", "odd-text",
            "placeholder",
            id="placeholder of marks alone",
        ),
        pytest.param(
            "hygiene", "title: Hygiene", 'title: "Hygi\\u200bene"', "hygiene:3", "odd-text",
            "title contains an invisible character, a zero width space (U+200B)",
            id="invisible character",
        ),
        pytest.param(
            "hygiene", "title: Hygiene", 'title: "Hygi\\tene"', "hygiene:3", "odd-text", "title contains a tab",
            id="tab in a title",
        ),
        pytest.param(
            "framework", "https://council.example/kitchens", "council.example/kitchens", "framework:6", "odd-text",
            "is not the address of a page",
            id="address without https",
        ),
        pytest.param(
            "menus", "        assumed: [yes_when]", "        assumed: [source]", "menus:31", "assumes-nothing",
            "source is marked as assumed and is not declared here",
            id="assumed source that is absent",
        ),
        pytest.param(
            "menus", "            count: 2\n            of: [allergens, delivery, feedback]",
            "            count: 2\n            of: [allergens, delivery]", "menus:20", "unused-prompt",
            'no rule of "menus.choice" looks at the prompt "feedback"',
            id="prompt that no rule looks at",
        ),
        pytest.param(
            "measures", "      - {id: in_the_south, title: Schools in the south, when: {fact: region, is: south}}\n",
            "",
            "measures:12", "lone-group", 'the sub-group "region" has 1 group',
            id="sub-group with one group",
        ),
    ],
)  # fmt: skip
def test_what_is_found_says_where_and_why(
    tmp_path: Path, file: str, old: str, new: str, place: str, code: str, words: str
) -> None:
    (one,) = found(tmp_path, (file, old, new))
    assert one[:2] == (place, code)
    assert words in one[2]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        # Signs differ, although they have no words.
        pytest.param("facts", "north: North, south: South", 'north: "+", south: "++"', id="labels of marks alone"),
        pytest.param("framework", "https://council.example/kitchens", "http://council.example", id="address with http"),
        pytest.param(
            "hygiene", "any: [floors, records]", "any: [floors, {not: records}]",
            id="clause with not beside a prompt",
        ),
        # What counts for a case in one clause counts against it in the other.
        pytest.param(
            "hygiene", CLEANING,
            "      any:\n        - all: [surfaces, floors]\n        - not: {any: [surfaces, records]}\n",
            id="clauses that share a prompt",
        ),
        pytest.param(
            "hygiene", "Food is kept, prepared and served so that nobody falls ill.", "Nothing is still to do (todo).",
            id="text that mentions to do",
        ),
        # There is a day before the second that a date can be, and one after the last but one.
        pytest.param("measures", WASTE, "{fact: opened, at_least: 0001-01-02}", id="day after the first day of all"),
        pytest.param("measures", WASTE, "{fact: opened, at_most: 9999-12-30}", id="day before the last day of all"),
        # A prompt may say again for which cases its question is asked.
        pytest.param(
            "menus", "{fact: cooked_on_site, is: no}", "{fact: meals_a_day, at_least: 10}",
            id="fact that the question's condition bounds",
        ),
        # An exception is written as an earlier variant that is a special case of a later one.
        pytest.param(
            "framework", "variants:\n", "variants:\n  - id: large_caterer\n    title: Large caterer\n    when: {all: "
            "[{fact: cooked_on_site, is: no}, {fact: meals_a_day, at_least: 500}]}\n",
            id="variant within another",
        ),
        pytest.param(
            "measures", WASTE, "{any: [{fact: size, is: small}, {fact: size, is: large}]}",
            id="two of three values",
        ),
        # Some case is on either side of every value, and some case has the value.
        *(
            pytest.param("measures", WASTE, f"{{fact: opened, {each}: 2024-02-29}}", id=f"date {each}")
            for each in COMPARISONS
        ),
        *(
            pytest.param("measures", WASTE, f"{{fact: meals_a_day, {each}: 500}}", id=f"count {each}")
            for each in COMPARISONS
        ),
    ],
)  # fmt: skip
def test_what_is_just_right_is_not_found(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert [one for one in found(tmp_path, (file, old, new)) if one[1] != "unused-variant"] == []


@pytest.mark.parametrize(
    "edit",
    [
        # Whoever is no caterer and cooks elsewhere is in the south.
        pytest.param(
            ("framework", "{fact: meals_a_day, at_least: 50}", "{fact: region, is: north}"),
            id="another condition of the variant",
        ),
        # The question is asked in the south, and wherever meals are cooked on site.
        pytest.param(
            (
                "menus",
                "{fact: meals_a_day, at_least: 10}",
                "{any: [{fact: cooked_on_site, is: yes}, {fact: region, is: south}]}",
            ),
            id="another condition of the question",
        ),
    ],
)
def test_what_the_use_of_a_rule_decides_changes_nothing_in_it(tmp_path: Path, edit: tuple[str, str, str]) -> None:
    inner = "{any: [{fact: region, is: south}, {fact: size, is: small}]}"
    clauses = f"{{any: [allergens, {{all: [{{fact: cooked_on_site, is: no}},\n          {inner}]}}]}}"
    (one,) = found(tmp_path, edit, ("menus", ANY_TWO, f"        - feedback\n        - {clauses}\n"))
    assert one[:2] == ("menus:27", "redundant-clause")
    assert one[2].startswith("this clause changes nothing: ")


def test_a_rule_that_facts_alone_would_answer_is_never_asked(tmp_path: Path) -> None:
    rule = "yes_when: {any: [{fact: region, is: north}, allergens]}"
    kept = ("menus", "{fact: allergies, is: yes}", "{fact: cooked_on_site, is: yes}")
    codes = {one[:2] for one in found(tmp_path, kept, ("menus", CATERER, rule))}
    assert ("menus:30", "never-asked") in codes


def test_a_rule_that_no_case_uses_is_held_against_what_says_so(tmp_path: Path) -> None:
    words = {
        one[1]: one[2]
        for one in found(tmp_path, ("menus", "{fact: meals_a_day, at_least: 10}", "{fact: cooked_on_site, is: yes}"))
    }
    assert "look at line 10 and line " in words["rule-never-used"]
    assert "of framework.yaml" in words["rule-never-used"]


@pytest.mark.parametrize(
    ("edit", "mistakes"),
    [
        pytest.param(
            ("any: [floors, records]", "any: [floors, floors, records, records]"), [
                ("hygiene:20", "repeated-clause", "this clause stands twice in its list: “floors” is yes"),
                ("hygiene:20", "repeated-clause", "this clause stands twice in its list: “records” is yes"),
            ],
            id="two clauses twice",
        ),
        pytest.param(
            ("any: [floors, records]", "surfaces\n        - any: [floors, records, surfaces]"), [
                ("hygiene:20", "repeated-clause",
                "this clause stands twice in its list (first on line 19): “surfaces”"),
                ("hygiene:21", "redundant-clause", "this clause changes nothing, unless a prompt is answered na: "),
            ],
            id="a repeated and a redundant clause",
        ),
    ],
)  # fmt: skip
def test_a_list_is_looked_at_to_its_end(
    tmp_path: Path, edit: tuple[str, str], mistakes: list[tuple[str, str, str]]
) -> None:
    for one, (place, code, words) in zip(found(tmp_path, ("hygiene", *edit)), mistakes, strict=True):
        assert one[:2] == (place, code)
        assert words in one[2]


def test_a_prompt_that_never_applies_is_said_once_and_hides_nothing_else(tmp_path: Path) -> None:
    mistakes = found(
        tmp_path,
        ("menus", "{fact: allergies, is: yes}", "{fact: meals_a_day, at_most: 9}"),
        ("menus", CATERER, "yes_when: allergens"),
        ("menus", ANY_TWO, "        - any: [allergens, delivery, feedback, {all: [feedback, {not: feedback}]}]\n"),
    )
    assert [one[:2] for one in mistakes] == [
        ("facts:10", "unused-fact"), ("menus:16", "never-applies"), ("menus:25", "constant-clause"),
    ]  # fmt: skip


def test_a_rule_for_which_the_variants_leave_no_case_is_never_used(tmp_path: Path) -> None:
    own = ("framework", "variants:\n", "variants:\n  - {id: own, title: Own, when: {fact: cooked_on_site, is: yes}}\n")
    catered = ("framework", "        - {fact: meals_a_day, at_least: 50}\n", "")
    everyone = ("menus", "    applies_when: {fact: meals_a_day, at_least: 10}\n", "")
    rules = ("menus", "    variants:\n", "    variants:\n      own: {yes_when: feedback}\n")
    mistakes = found(tmp_path, own, catered, everyone, rules)
    assert mistakes == [
        ("menus:21", "rule-never-used", 'the key question "menus.choice" never uses this rule: there is no case that '
         "it is for; look at the variants"),
    ]  # fmt: skip


def test_a_rule_whose_prompts_apply_only_to_a_variant_is_never_asked(tmp_path: Path) -> None:
    catered = ("framework", "        - {fact: meals_a_day, at_least: 50}\n", "")
    everyone = ("menus", "    applies_when: {fact: meals_a_day, at_least: 10}\n", "")
    rule = ("menus", f"{CHOICE}{ANY_TWO}", "      delivery\n")
    others = ("menus", CATERER, "yes_when: {all: [delivery, vegetarian, allergens, feedback]}")
    assert found(tmp_path, catered, everyone, rule, others) == [
        ("menus:21", "never-asked", 'no prompt in the rule of the key question "menus.choice" applies to the cases '
         "that it is for; compare applies_when of its prompts with the variants"),
    ]  # fmt: skip


def test_what_cannot_be_decided_is_said_wherever_it_stands(tmp_path: Path) -> None:
    ids = [f"fact_{number}" for number in range(250)]
    facts = "".join(f"  - {{id: {each}, title: Fact {each}, type: yes_no}}\n" for each in ids)
    tangle = f"{{any: [{', '.join(f'{{fact: {each}, is: yes}}' for each in ids)}]}}"
    mistakes = found(
        tmp_path,
        ("facts", "facts:\n", f"facts:\n{facts}"),
        ("framework", "        - {fact: meals_a_day, at_least: 50}", f"        - {tangle}"),
        ("hygiene", "{fact: cooked_on_site, is: yes}", tangle),
        ("measures", WASTE, tangle),
        ("measures", REGION, tangle),
    )
    end = "can give cannot be decided in reasonable time; split it, or let fewer clauses share a prompt"
    assert mistakes == [
        (place, "rule-too-tangled", f"what {subject} {end}")
        for place, subject in [
            ("framework:51", "the variants"),
            ("hygiene:22", 'the key question "hygiene.storage"'),
            ("measures:2", 'the measure "waste_weighed"'),
            ("measures:12", 'the sub-group "region"'),
            ("menus:8", 'the key question "menus.choice"'),  # which has a rule for the variant
        ]
    ]


def test_prompts_of_one_question_may_not_be_called_alike(tmp_path: Path) -> None:
    edits = [("hygiene", "id: records", "id: flo_ors"), ("hygiene", "any: [floors, records]", "any: [floors, flo_ors]")]
    (one,) = found(tmp_path, *edits)
    assert one[:2] == ("hygiene:15", "ids-alike")
    assert 'the prompts of "hygiene.cleaning" "floors" and "flo_ors" differ only in' in one[2]


def test_a_text_without_words_is_only_a_placeholder(tmp_path: Path) -> None:
    statement = ("hygiene", "Food is kept, prepared and served so that nobody falls ill.", '"***"')
    assert [one[:2] for one in found(tmp_path, statement, ("hygiene", "Is food stored safely?", '"—"'))] == [
        ("hygiene:4", "odd-text"), ("hygiene:23", "odd-text"), ("hygiene:23", "not-a-question"),
    ]  # fmt: skip


def test_two_ratings_may_not_be_named_alike(small: Small) -> None:
    (one,) = (one for one in check_framework(small("floors", ("fine", "p_oor"))) if one.code == "ids-alike")
    assert one.message == 'the ratings "p_oor" and "poor" differ only in capitals or underscores'
    assert_well_said([one])


def test_two_variants_may_not_be_called_the_same(tmp_path: Path) -> None:
    other = (
        "variants:\n  - {id: southern, title: Meals come from a caterer, when: {all: [{fact: cooked_on_site, is: no},"
    )
    other += " {fact: meals_a_day, at_least: 50}, {fact: region, is: south}]}}\n"
    unused, same = found(tmp_path, ("framework", "variants:\n", other))
    assert unused[:2] == ("framework:52", "unused-variant")
    assert same[:2] == ("framework:54", "same-label")
    assert 'two variants are called the same: "caterer" and "southern" (on line 52)' in same[2]


def test_a_rule_for_all_but_a_variant_that_asks_for_the_variant_can_never_be_yes(tmp_path: Path) -> None:
    mistakes = found(
        tmp_path,
        ("framework", "        - {fact: meals_a_day, at_least: 50}\n", ""),
        ("menus", "    applies_when: {fact: meals_a_day, at_least: 10}\n", ""),
        ("menus", ANY_TWO, "        - feedback\n        - allergens\n        - {fact: cooked_on_site, is: no}\n"),
    )
    (one,) = (one for one in mistakes if one[1] == "never-yes")
    assert one[0] == "menus:26"
    assert "; it says: " in one[2]


def test_what_never_counts_is_not_to_blame(tmp_path: Path) -> None:
    rule = "yes_when:\n          all:\n            - allergens\n            - delivery\n            - {not: delivery}"
    mistakes = found(
        tmp_path, ("menus", "{fact: allergies, is: yes}", "{fact: cooked_on_site, is: yes}"), ("menus", CATERER, rule)
    )
    assert [one[:2] for one in mistakes if one[1] != "unused-fact"] == [("menus:34", "never-yes")]
    assert "it contradicts line 33" in mistakes[-1][2]


def test_standards_of_two_domains_may_state_the_same(tmp_path: Path) -> None:
    statement = "Food is kept, prepared and served so that nobody falls ill."
    right = edited(tmp_path)
    menus, leadership = (right / f"{name}.yaml" for name in ("menus", "leadership"))
    for file, codes in ((leadership, []), (menus, ["same-text"])):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        [number] = [number for number, line in enumerate(lines) if line.startswith("statement:")]
        lines[number] = f"statement: {statement}\n"
        file.write_text("".join(lines), encoding="utf-8")
        assert [one.code for one in check_framework(load_framework(right))] == codes


def test_labels_that_went_round_in_a_ring_are_each_found(tmp_path: Path) -> None:
    ring = [("framework", "label: Excellent", "label: A"), ("framework", "label: Sound", "label: Poor?"),
            ("framework", "label: Poor,", "label: Excellent,"), ("framework", "label: A", "label: Sound"),
            ("framework", "label: Poor?", "label: Poor")]  # fmt: skip
    assert [one[:2] for one in found(tmp_path, *ring)] == [
        ("framework:9", "label-of-another"), ("framework:10", "label-of-another"), ("framework:11", "label-of-another"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prompts", "asked", "codes"), [(3, 2, ["not-a-question"]), (3, 1, []), (2, 1, [])], ids=["most", "few", "half"]
)
def test_prompts_need_a_question_mark_where_most_have_one(
    small: Small, prompts: int, asked: int, codes: list[str]
) -> None:
    ends = [("floors clean?", "floors clean"), ("knives clean?", "knives clean")][: prompts - asked]
    without_meat = (
        "          - {id: meat, ask: Is meat kept apart?, applies_when: {fact: serves_meat, is: yes}}\n",
        "",
    )
    names = ["floors", "knives", "meat"][:prompts]
    framework = small(f"{{all: [{', '.join(names)}]}}", *ends, *([without_meat] if prompts == 2 else []))
    assert [
        one.code for one in check_framework(framework) if one.code not in ("unused-fact", "missing-source")
    ] == codes


def test_three_editions_are_each_held_against_the_one_before(tmp_path: Path) -> None:
    dates = {"2024": "2024-01-01", "2025": "2025-01-01\nin_force_to: 2025-12-30", "2026": "2026-01-01"}
    editions = [
        load_framework(
            edited(
                tmp_path / edition,
                ("framework", 'edition: "2026"', f'edition: "{edition}"'),
                ("framework", "in_force_from: 2026-01-01", f"in_force_from: {first}"),
            )
        )
        for edition, first in dates.items()
    ]
    for order in (editions, editions[::-1]):
        assert [(Path(one.file).parent.name, one.line, one.hint) for one in check_editions(order)] == [
            ("2024", 5, "write in_force_to: 2024-12-31"),
            ("2025", 6, "write in_force_to: 2025-12-31"),
        ]
