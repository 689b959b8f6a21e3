"""What elements were called in earlier editions: editions, tables and ratings of then are joined to those of now."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import polars
import pytest

from ctm_rules import (
    DiagnosticError,
    Framework,
    load_framework,
    load_inspection,
    make_engine,
    rate_frame,
    rate_inspection,
    read_cases,
)
from ctm_rules.diff.compare import compare_frameworks, is_same_standard
from ctm_rules.model.former_names import renamed
from ctm_rules.report.comparison.figures import standards_over_time, weakest
from ctm_rules.what_if_analysis.past_inspections import effect_on_inspections
from ctm_rules.what_if_analysis.two_frameworks import effect_of
from tests.support.commands import Run

OLD = """
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2025-01-01
ratings: [{id: fine, label: Fine, score: 1}, {id: poor, label: Poor, score: 0}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: fine}, {from: 0, rating: poor}]}
domains:
  - {id: kitchen, title: Kitchen, standards: [hygiene, menus]}
domain_rating: {bands_of: {kitchen: [{from: 2, rating: fine}, {from: 0, rating: poor}]}, out_of: {kitchen: 2}}
overall:
  first_that_holds:
    - {rating: poor, when: {any: [{standard: hygiene, rated: poor}, {domain: kitchen, rated: poor}]}}
    - {rating: fine, when: {at_least: {count: 1, of: [hygiene, menus], rated: fine}}}
    - {rating: poor}
facts: [{id: meat, title: Serves meat, type: yes_no}]
standards:
  - id: H
    slug: hygiene
    title: Hygiene
    statement: Kitchens are clean.
    rated_by: cases
    rating: {take: lowest, of: [hygiene.clean]}
    key_questions:
      - id: clean
        ask: Is it clean?
        prompts:
          - {id: floors, ask: Are the floors clean?}
          - {id: fridge, ask: Is meat cold?, applies_when: {fact: meat, is: yes}}
        yes_when: {all: [floors, {any: [fridge, {fact: meat, is: no}]}]}
  - {id: M, slug: menus, title: Menus, statement: Menus vary., rated_by: judgement}
"""
NAMES = {
    "hygiene": ("cleanliness", "slug: hygiene", "slug: cleanliness\n    formerly: [hygiene]"),
    "clean": ("spotless", "- id: clean", "- id: spotless\n        formerly: [clean]"),
    "floors": ("ground", "{id: floors,", "{id: ground, formerly: [floors],"),
    "fridge": ("cold", "{id: fridge,", "{id: cold, formerly: [fridge],"),
    "meat": ("serves_meat", "{id: meat,", "{id: serves_meat, formerly: [meat],"),
    "kitchen": ("place", "{id: kitchen,", "{id: place, formerly: [kitchen],"),
}
"""What is renamed: the new name, and how its declaration is written before and after."""
USES = [
    ("[hygiene, menus]}\n", "[cleanliness, menus]}\n"),
    ("out_of: {kitchen", "out_of: {place"),
    ("bands_of: {kitchen", "bands_of: {place"),
    ("standard: hygiene", "standard: cleanliness"),
    ("domain: kitchen", "domain: place"),
    ("of: [hygiene, menus]", "of: [cleanliness, menus]"),
    ("[hygiene.clean]", "[cleanliness.spotless]"),
    ("[floors, {any: [fridge, {fact: meat", "[ground, {any: [cold, {fact: serves_meat"),
    ("applies_when: {fact: meat", "applies_when: {fact: serves_meat"),
]


def write(folder: Path, text: str, name: str = "kitchens.yaml") -> Framework:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return load_framework(folder / name)


def new_text(*also: tuple[str, str]) -> str:
    text = OLD.replace('edition: "1"', 'edition: "2"').replace("2025-01-01", "2026-01-01")
    for before, after in [*USES, *((old, new) for _, old, new in NAMES.values()), *also]:
        assert before in text, before
        text = text.replace(before, after)
    return text


@pytest.fixture
def old(tmp_path: Path) -> Framework:
    return write(tmp_path / "old", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Framework:
    return write(tmp_path / "new", new_text())


def test_an_edition_by_the_names_of_a_later_one_declares_the_same(old: Framework, new: Framework) -> None:
    made, names = renamed(old, new)
    assert (made.domains, made.standards, made.facts) == (new.domains, new.standards, new.facts)
    assert (made.domain_rating, made.overall, made.standard_rating) == (
        *(new.domain_rating, new.overall, new.standard_rating),
    )
    assert {(each.was, each.path) for each in names} == {
        ("facts.meat", "facts.serves_meat"),
        ("domains.kitchen", "domains.place"),
        ("hygiene", "cleanliness"),
        ("hygiene.clean", "cleanliness.spotless"),
        ("hygiene.clean.floors", "cleanliness.spotless.ground"),
        ("hygiene.clean.fridge", "cleanliness.spotless.cold"),
    }


def test_where_nothing_was_renamed_it_is_the_same_framework(old: Framework) -> None:
    assert renamed(old, old) == (old, ())
    assert renamed(old, old)[0] is old


def test_diff_says_renamed_and_not_removed_and_added(old: Framework, new: Framework) -> None:
    found = compare_frameworks(old, new).changes
    assert {change.kind for change in found} == {"renamed", "changed"}
    assert {change.path for change in found if change.kind == "changed"} == {"framework"}
    assert {change.weight for change in found} == {"words"}
    [standard] = [change for change in found if change.path == "cleanliness"]
    assert standard.says == "it was called hygiene before"


def test_diff_finds_what_changed_in_what_was_renamed(tmp_path: Path, old: Framework) -> None:
    new = write(tmp_path / "new", new_text(("{all: [ground", "{any: [ground")))
    decides = [change for change in compare_frameworks(old, new).changes if change.weight == "decides"]
    assert [change.path for change in decides] == ["cleanliness.spotless"]
    assert is_same_standard(old, new, "cleanliness") is False


def test_a_renamed_standard_is_the_same(old: Framework, new: Framework) -> None:
    assert is_same_standard(old, new, "cleanliness")


TABLE = "case,meat,hygiene.clean.floors,hygiene.clean.fridge\na,yes,yes,no\nb,no,yes,na\nc,yes,yes,yes\n"


def test_a_table_with_the_names_of_then_is_read_by_those_of_now(tmp_path: Path, old: Framework, new: Framework) -> None:
    table = tmp_path / "cases.csv"
    table.write_text(TABLE, encoding="utf-8")
    sides = [(framework, read_cases(table, framework)) for framework in (old, new)]
    outcomes = [
        [make_engine(framework).assess(case).questions[path].outcome for case in cases]
        for (framework, cases), path in zip(sides, ("hygiene.clean", "cleanliness.spotless"), strict=True)
    ]
    assert outcomes[0] == outcomes[1]
    assert [outcome.value for outcome in outcomes[0]] == ["no", "yes", "yes"]


def test_a_dataframe_with_the_names_of_then_is_rated_by_those_of_now(new: Framework) -> None:
    frame = polars.read_csv(TABLE.encode())
    found = rate_frame(new, frame)
    counts = found[()].standards[0].key_questions[0].counts
    assert (counts.yes, counts.no) == (2, 1)
    assert {finding.code for finding in found.findings} == {"former-column"}
    assert len(found.findings) == 3


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path, new: Framework) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("case,meat,serves_meat\na,yes,no\n", encoding="utf-8")
    with pytest.raises(DiagnosticError, match='"serves_meat" stands twice'):
        read_cases(table, new)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param(
            "{id: ground, formerly: [floors],",
            "{id: ground, formerly: [cold],",
            "one of that name now",
            id="name of now",
        ),
        pytest.param("formerly: [floors],", "formerly: [fridge],", "as a former name twice", id="claimed twice"),
        pytest.param("formerly: [hygiene]", "formerly: [menus]", "one of that name now", id="standard of now"),
        pytest.param("formerly: [meat]", "formerly: [Meat]", "cannot be the former name of a fact", id="no id"),
        pytest.param("formerly: [clean]", "formerly: [spotless]", "one of that name now", id="its own name"),
    ],
)
def test_a_former_name_that_cannot_be_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(DiagnosticError, match=words):
        write(tmp_path / "new", new_text((before, after)))


def inspect(folder: Path, started: str, *lines: str) -> Path:
    file = folder / "inspection.yaml"
    said = [
        *("framework: {path: kitchens.yaml}", "provider: {id: a, name: A kitchen}", "title: A kitchen"),
        *(f"fieldwork: {{started: {started}}}", "cases: {file: cases.csv}"),
        *("judgements:", "  - {standard: menus, rating: fine, rationale: They vary.}", *lines, ""),
    ]
    file.write_text("\n".join(said), encoding="utf-8")
    (folder / "cases.csv").write_text(TABLE, encoding="utf-8")
    return file


def test_the_ratings_of_last_time_are_joined_by_former_names(tmp_path: Path, run: Run) -> None:
    write(tmp_path, new_text())
    write(tmp_path / "last", OLD)
    inspect(tmp_path / "last", "2025-03-02")
    file = inspect(tmp_path, "2026-03-02", "previous: last/inspection.yaml")
    said = json.loads(run("rate", file, "--json").out)["previous"]
    assert said["standards"] == {"cleanliness": "Fine", "menus": "Fine"}
    assert said["domains"] == {"place": "Fine"}
    assert "is read as" in run("rate", file).err


def test_ratings_over_time_are_joined_by_former_names(tmp_path: Path) -> None:
    write(tmp_path, new_text())
    write(tmp_path / "last", OLD)
    files = inspect(tmp_path / "last", "2025-03-02"), inspect(tmp_path, "2026-03-02")
    rows = standards_over_time([rate_inspection(load_inspection(file)) for file in files])
    assert [row.standard.slug for row in rows] == ["cleanliness", "menus"]
    assert all(None not in row.results for row in rows)


def test_past_inspections_are_rated_by_both_names(tmp_path: Path, old: Framework, new: Framework) -> None:
    write(tmp_path / "last", OLD)
    inspect(
        tmp_path / "last",
        "2025-03-02",
        "case_judgements: [{case: a, key_question: hygiene.clean, outcome: yes, reason: Seen again.}]",
    )
    [found] = effect_on_inspections(tmp_path / "last", old, new).inspections
    assert found.why_not == ()
    assert found.effect is not None
    assert (found.effect.standards, found.effect.key_questions, found.effect.outcomes) == ((), (), ())
    assert found.effect.after.rating.overall == new.ratings[0]
    said = found.effect.to_dict()["framework"]
    assert said["before"]["checksum"] == old.checksum  # type: ignore[index]


JUDGED = "      - {id: led, ask: Is it led well?, rated_by: judgement}\n  - {id: M,"
LED_NOW = [("  - {id: M,", JUDGED.replace("{id: led,", "{id: guided, formerly: [led],"))]


def test_what_people_recorded_of_key_questions_is_read_by_the_names_of_now(tmp_path: Path) -> None:
    write(tmp_path, OLD.replace("  - {id: M,", JUDGED))
    evidence = "[{strength: A, about: [hygiene.clean]}]"
    judgement = f"  - {{key_question: hygiene.led, rating: fine, rationale: So., evidence: {evidence}}}"
    file = inspect(
        tmp_path,
        "2025-03-02",
        judgement,
        "findings: [{standard: hygiene, evidence: [{strength: B, about: [hygiene.clean.floors]}]}]",
        "recommendations: [{text: C, about: [hygiene, domains.kitchen, hygiene.clean.fridge]}]",
        "printed: [hygiene, domains.kitchen, hygiene.clean.floors]",
    )
    new = write(tmp_path / "new", new_text(*LED_NOW))
    declared = load_inspection(file, framework=new).declared
    assert [each.of for each in declared.judgements] == ["menus", "cleanliness.guided"]
    assert [piece.about for each in declared.judgements for piece in each.evidence] == [("cleanliness.spotless",)]
    assert declared.printed == ("cleanliness", "domains.place", "cleanliness.spotless.ground")
    assert [piece.about for each in declared.findings for piece in each.evidence] == [("cleanliness.spotless.ground",)]
    assert [each.about for each in declared.recommendations] == [
        ("cleanliness", "domains.place", "cleanliness.spotless.cold")
    ]


def test_files_rated_in_bulk_are_read_by_the_names_of_now(tmp_path: Path, run: Run) -> None:
    write(tmp_path, new_text())
    (tmp_path / "cases.csv").write_text(TABLE, encoding="utf-8")
    ran = run("rate", "--cases", tmp_path / "cases.csv", "--framework", tmp_path / "kitchens.yaml", "--json")
    [group] = json.loads(ran.out)["groups"]
    [question] = group["standards"][0]["key_questions"]
    assert (question["yes"], question["no"], question["undetermined"]) == (2, 1, 0)


# --- samples and variants ------------------------------------------------------------------------------

DRAWN = (
    ("facts: [", "samples: [{id: diners, title: Diners, when: {fact: meat, is: yes}}]\n"
     "variants: [{id: stalls, title: Stalls, when: {fact: meat, is: no}}]\nfacts: ["),
    ("    rated_by: cases\n", "    rated_by: cases\n    sample: diners\n"),
    ("        yes_when: {all: [floors, {any: [fridge, {fact: meat, is: no}]}]}\n",
     "        yes_when: {all: [floors, fridge]}\n        variants: {stalls: {yes_when: floors}}\n"),
)  # fmt: skip
RENAMED = (
    ("{id: diners,", "{id: sit_down, formerly: [diners],"),
    ("sample: diners", "sample: sit_down"),
    ("{id: stalls,", "{id: to_go, formerly: [stalls],"),
    ("variants: {stalls:", "variants: {to_go:"),
    ('edition: "1"', 'edition: "2"'),
)


def drawn(folder: Path, *also: tuple[str, str]) -> Framework:
    text = OLD
    for before, after in (*DRAWN, *also):
        assert before in text, before
        text = text.replace(before, after)
    return write(folder, text)


def test_samples_and_variants_may_be_renamed(tmp_path: Path) -> None:
    old, new = drawn(tmp_path / "old"), drawn(tmp_path / "new", *RENAMED)
    made, names = renamed(old, new)
    assert (made.samples, made.variants, made.standards) == (new.samples, new.variants, new.standards)
    assert {(each.was, each.path) for each in names} == {
        ("samples.diners", "samples.sit_down"),
        ("variants.stalls", "variants.to_go"),
    }
    found = compare_frameworks(old, new).changes
    assert {change.path: change.kind for change in found} == {
        "framework": "changed", "samples.sit_down": "renamed", "variants.to_go": "renamed",
    }  # fmt: skip
    assert compare_frameworks(old, drawn(tmp_path / "again", *RENAMED[1:2], ("id: diners", "id: sit_down"))).decides


def test_an_inspection_is_read_by_what_its_samples_and_variants_are_called_now(tmp_path: Path) -> None:
    old, new = drawn(tmp_path / "old"), drawn(tmp_path / "new", *RENAMED)
    (tmp_path / "cases.csv").write_text(
        "case,meat,hygiene.clean.floors,hygiene.clean.fridge\na,yes,yes,no\nb,yes,yes,yes\n", encoding="utf-8"
    )
    file = tmp_path / "inspection.yaml"
    file.write_text(
        "framework: {path: old/kitchens.yaml}\nprovider: {id: k, name: K}\ntitle: K\n"
        "fieldwork: {started: 2025-03-02}\ncases: [{file: cases.csv, sample: diners}]\npopulation: {diners: 7}\n"
        "published: [{of: variants.stalls}]\njudgements: [{standard: menus, rating: fine, rationale: So.}]\n",
        encoding="utf-8",
    )
    then, now = load_inspection(file), load_inspection(file, framework=new)
    assert [case.sample for case in then.cases] == ["diners", "diners"]
    assert [case.sample for case in now.cases] == ["sit_down", "sit_down"]
    assert now.declared.population == {"sit_down": 7}
    assert [each.of for each in now.declared.published] == ["variants.to_go"]
    effect = effect_of(file, old, new)
    assert (effect.standards, effect.key_questions, effect.outcomes) == ((), (), ())
    again = effect_of(then, old, new)
    assert (again.standards, again.key_questions, again.outcomes) == ((), (), ())


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param("formerly: [diners]", "formerly: [sit_down]", "one of that name now", id="a sample of now"),
        pytest.param("formerly: [stalls]", "formerly: [Stalls]", "cannot be the former name of a variant", id="no id"),
    ],
)
def test_a_former_name_of_a_sample_or_a_variant_is_checked(before: str, after: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError, match=words):
        drawn(tmp_path / "new", *RENAMED, (before, after))


# --- what stood elsewhere --------------------------------------------------------------------------------

SWEPT = """\
      - id: swept
        ask: Is it swept?
        prompts:
          - {id: dust, ask: Is there no dust?}
          - {id: corners, ask: Are the corners clean?}
        yes_when: {all: [dust, corners]}
"""
BEFORE = OLD.replace("  - {id: M,", f"{SWEPT}  - {{id: M,")
NEW_STANDARD = """\
  - id: S
    slug: sweeping
    title: Sweeping
    statement: Kitchens are swept.
    rated_by: cases
    key_questions:
"""
MOVED = SWEPT.replace("id: swept\n", "id: brushed\n        formerly: [hygiene.swept]\n")
AFTER = OLD.replace("menus]}\nd", "menus, sweeping]}\nd").replace("  - {id: M,", f"{NEW_STANDARD}{MOVED}  - {{id: M,")
SWEPT_CASES = "case,meat,hygiene.clean.floors,hygiene.clean.fridge,hygiene.swept.dust,hygiene.swept.corners\n"
SWEPT_CASES += "a,no,yes,na,yes,yes\nb,no,yes,na,yes,no\nc,no,yes,na,no,no\n"


def compared(tmp_path: Path, after: str) -> dict[str, list[str]]:
    """What diff says of each address between the two editions."""
    old, new = write(tmp_path / "old", BEFORE), write(tmp_path / "new", after)
    said: dict[str, list[str]] = {}
    for change in compare_frameworks(old, new).changes:
        said.setdefault(change.path, []).append(f"{change.kind}: {change.says}")
    return said


def test_diff_says_that_a_key_question_moved_and_what_changed_in_it(tmp_path: Path) -> None:
    said = compared(tmp_path, AFTER)
    assert said["sweeping"] == ["added: the standard was added"]
    assert said["sweeping.brushed"] == ["moved: it moved here from hygiene.swept"]
    assert [path for path in said if path.startswith(("hygiene", "sweeping.brushed."))] == []
    changed = compared(tmp_path, AFTER.replace("{all: [dust, corners]}", "{any: [dust, corners]}"))
    moved, other = changed["sweeping.brushed"]
    assert moved == "moved: it moved here from hygiene.swept"
    assert other.startswith("changed: ")


def test_what_moved_between_standards_of_both_makes_two_others_of_them(tmp_path: Path) -> None:
    home = "  - {id: S, slug: sweeping, title: Sweeping, statement: Swept., rated_by: cases, key_questions: [%s]}\n"
    one = "{id: wet, ask: Is it wiped?, prompts: [{id: cloth, ask: Is there a cloth?}], yes_when: cloth}"
    other = "{id: swept, ask: Is it swept?, prompts: [{id: dust, ask: Is there no dust?}], yes_when: dust}"
    there = other.replace("swept,", "swept, formerly: [hygiene.swept],", 1)
    rated = OLD.replace("menus]}\nd", "menus, sweeping]}\nd")
    before = rated.replace("  - {id: M,", f"      - {other}\n{home % one}  - {{id: M,")
    after = rated.replace("  - {id: M,", f"{home % f'{one}, {there}'}  - {{id: M,")
    old, new = write(tmp_path / "old", before), write(tmp_path / "new", after)
    assert [(each.kind, each.path) for each in compare_frameworks(old, new).changes] == [("moved", "sweeping.swept")]
    assert [is_same_standard(old, new, slug) for slug in ("hygiene", "sweeping", "menus")] == [False, False, True]


def test_a_prompt_may_move_to_another_key_question(tmp_path: Path) -> None:
    after = BEFORE.replace("          - {id: corners, ask: Are the corners clean?}\n", "")
    after = after.replace("{all: [dust, corners]}", "dust").replace(
        "          - {id: fridge",
        "          - {id: edges, formerly: [hygiene.swept.corners], ask: Are edges clean?}\n          - {id: fridge",
    )
    said = compared(tmp_path, after)
    assert said["hygiene.clean.edges"] == [
        "moved: it moved here from hygiene.swept.corners",
        "changed: the wording of the question changed",
    ]
    assert "hygiene.swept.corners" not in said


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(AFTER, id="moved"),
        pytest.param(AFTER.replace("sweeping", "brooms", 1).replace("slug: sweeping", "slug: brooms"), id="other slug"),
        pytest.param(
            AFTER.replace("hygiene.swept", "neatness.swept")
            .replace("slug: hygiene", "slug: neatness\n    formerly: [hygiene]")
            .replace("[hygiene, menus", "[neatness, menus")
            .replace("standard: hygiene", "standard: neatness")
            .replace("hygiene.clean", "neatness.clean"),
            id="of a standard that was renamed before",
        ),
    ],
)
def test_a_table_of_then_is_read_by_where_things_stand_now(tmp_path: Path, after: str) -> None:
    table = tmp_path / "cases.csv"
    table.write_text(SWEPT_CASES, encoding="utf-8")
    new = write(tmp_path / "new", after)
    [path] = [each for each in new.key_questions if each.endswith(".brushed")]
    outcomes = [make_engine(new).assess(case).questions[path].outcome.value for case in read_cases(table, new)]
    assert outcomes == ["yes", "no", "no"]


def test_the_effect_sets_what_moved_beside_what_it_was(tmp_path: Path) -> None:
    inspect(tmp_path, "2025-03-02")
    (tmp_path / "cases.csv").write_text(SWEPT_CASES, encoding="utf-8")
    old = write(tmp_path, BEFORE)
    same = effect_of(tmp_path / "inspection.yaml", old, write(tmp_path / "new", AFTER))
    assert (same.key_questions, same.outcomes) == ((), ())
    new = write(tmp_path / "new", AFTER.replace("{all: [dust, corners]}", "{any: [dust, corners]}"))
    for given in (tmp_path / "inspection.yaml", load_inspection(tmp_path / "inspection.yaml")):
        effect = effect_of(given, old, new)
        [question] = effect.key_questions
        assert question.before is not None
        assert question.after is not None
        assert (question.path, question.before.counts.yes, question.after.counts.yes) == ("sweeping.brushed", 1, 2)
        assert [(each.case, each.key_question) for each in effect.outcomes] == [("b", "sweeping.brushed")]
        assert [group.key_question for group in effect.by_reason()] == ["sweeping.brushed"]


@pytest.mark.parametrize(
    ("now", "together"),
    [
        pytest.param("{all: [dust, corners]}", (2, 6), id="the same"),
        pytest.param("{any: [dust, corners]}", None, id="another rule"),
    ],
)
def test_shares_of_several_providers_are_joined_where_a_key_question_moved(
    tmp_path: Path, now: str, together: tuple[int, int] | None
) -> None:
    results = []
    for name, text in (("last", BEFORE), ("this", AFTER.replace("{all: [dust, corners]}", now))):
        write(tmp_path / name, text)
        file = inspect(tmp_path / name, "2025-03-02")
        file.write_text(file.read_text(encoding="utf-8").replace("id: a,", f"id: {name},"), encoding="utf-8")
        (tmp_path / name / "cases.csv").write_text(SWEPT_CASES, encoding="utf-8")
        results.append(rate_inspection(load_inspection(file)))
    found = {each.path: each for each in weakest(results)}
    shares = {path: each.share for path, each in found.items() if path in ("sweeping.brushed", "hygiene.swept")}
    if together is None:
        assert shares == {"hygiene.swept": Fraction(1, 3), "sweeping.brushed": Fraction(2, 3)}
    else:
        assert shares == {"sweeping.brushed": Fraction(*together)}
        assert len(found["sweeping.brushed"].of) == 2


@pytest.mark.parametrize(
    ("formerly", "words"),
    [
        pytest.param("hygiene.clean", "there is one at that address now", id="an address of now"),
        pytest.param("hygiene.swept.dust", "cannot be the address that a key question had", id="of a prompt"),
        pytest.param("Hygiene.swept", "cannot be the address that a key question had", id="no address"),
        pytest.param("hygiene.", "cannot be the address that a key question had", id="half an address"),
    ],
)
def test_a_former_address_that_cannot_be_is_refused(tmp_path: Path, formerly: str, words: str) -> None:
    with pytest.raises(DiagnosticError, match=words):
        write(tmp_path / "new", AFTER.replace("[hygiene.swept]", f"[{formerly}]"))


def test_a_former_address_is_claimed_once(tmp_path: Path) -> None:
    again = AFTER.replace("      - id: clean\n", "      - id: clean\n        formerly: [swept]\n")
    with pytest.raises(DiagnosticError, match="is claimed as a former address twice"):
        write(tmp_path / "new", again)
