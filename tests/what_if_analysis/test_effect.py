"""What other standards change in an inspection, why, and the way to the next rating."""

from __future__ import annotations

import datetime
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Case,
    Counts,
    DiagnosticError,
    Framework,
    Inspection,
    InspectionResult,
    Outcome,
    RatingResult,
    load_inspection,
    rate_counts,
    rate_inspection,
    rate_outcomes,
)
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.amendments import amendment_from_options
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.inspections.file import CaseTable, Fieldwork, InspectionFile, Provider
from ctm_rules.inspections.next_rating import next_ratings
from ctm_rules.model.conditions import Any, FactTest, PromptIsYes
from ctm_rules.model.framework import Band, Domain, Fact, KeyQuestion, KeyQuestionBands, Prompt, Rating, Standard
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.two_frameworks import what_if
from tests.support.commands import Run
from tests.support.paths import EXAMPLE
from tests.support.small_framework import SMALL
from tests.support.strategies import cases, conditions, key_question_bands

# --- The example inspection ----------------------------------------------------------------------


def if_set(*settings: str) -> Effect:
    return what_if(EXAMPLE, [amendment_from_options(list(settings))])


@pytest.mark.parametrize(
    ("limit", "changed"),
    [
        # The lowest shares are 27, 39, 23 and 42 per cent.
        pytest.param(43, [], id="from 43 %"),
        pytest.param(42, ["reviewing"], id="from 42 %"),
        pytest.param(40, ["reviewing"], id="from 40 %"),
        pytest.param(39, ["planning", "reviewing"], id="from 39 %"),
        pytest.param(27, ["assessment", "planning", "reviewing"], id="from 27 %"),
        pytest.param(23, ["assessment", "planning", "implementation", "reviewing"], id="from 23 %"),
    ],
)
def test_another_band_names_exactly_the_standards_it_changes(limit: int, changed: list[str]) -> None:
    effect = if_set(f"key_question_bands.requires_improvement.from={limit}")
    assert [change.slug for change in effect.standards] == changed
    assert effect.outcomes == ()
    assert effect.after.rating.score == 4 + len(changed)
    assert effect.in_sum()[-2:] == (
        f"Another rating for {names(changed)}." if changed else "No standard has another rating.",
        "No case outcomes are different.",
    )


def names(slugs: list[str]) -> str:
    printed = {
        "assessment": "P 2.1 Assessment",
        "planning": "P 2.2 Planning",
        "implementation": "P 2.3 Implementation and delivery",
        "reviewing": "P 2.4 Reviewing",
    }
    *others, last = [printed[slug] for slug in slugs]
    return f"{', '.join(others)} and {last}" if others else last


def test_the_files_stay_as_they_are() -> None:
    framework = load_inspection(EXAMPLE).framework
    folders = (EXAMPLE.parent, Path(framework.at.file).parent)
    before = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    if_set("key_question_bands.good.from=60", "assessment.safety.yes_when=victims")
    after = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    assert after == before
    assert load_inspection(EXAMPLE).framework == framework


def test_without_an_amendment_nothing_changes() -> None:
    effect = what_if(EXAMPLE, [])
    assert (effect.outcomes, effect.key_questions, effect.standards, effect.panel_flags) == ((), (), (), ((), ()))
    assert effect.before.rating == effect.after.rating


def test_a_limit_below_shares_moves_key_questions_without_their_standards() -> None:
    effect = if_set("key_question_bands.good.from=60")
    assert [change.path for change in effect.key_questions] == [
        "planning.engaging",
        "implementation.engaging",
        "reviewing.desistance",
    ]
    assert effect.standards == ()


def test_the_sum_and_the_cases_agree() -> None:
    effect = if_set("assessment.safety.yes_when=risk_of_harm")
    [change] = effect.key_questions
    assert change.before is not None
    assert change.after is not None
    assert change.after.counts.yes - change.before.counts.yes == len(effect.outcomes) == 6
    cases = {case.id: case for case in effect.before.inspection.cases}
    for outcome in effect.outcomes:
        answers = {
            name: cases[outcome.case].answers[f"assessment.safety.{name}"].value for name in ("risk_of_harm", "victims")
        }
        assert answers["risk_of_harm"] == "yes"
        assert answers["victims"] != "yes"
    [group] = effect.by_reason()
    assert group.movement == "no → yes"
    assert group.cases == tuple(outcome.case for outcome in effect.outcomes)


# --- Why, in a small inspection of kitchens ------------------------------------------------------


@pytest.fixture
def kitchens(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small inspection: the rule, and the rows of its case table."""

    def write(rule: str, *rows: str, header: str = "case,serves_meat,floors,knives,meat", more: str = "") -> Path:
        standards = textwrap.dedent(SMALL).replace("RULE", rule) + more
        (tmp_path / "kitchens.yaml").write_text(standards, encoding="utf-8")
        columns = [
            f"hygiene.clean.{name}" if name in ("floors", "knives", "meat", "walls") else name
            for name in header.split(",")
        ]
        table = "\n".join([",".join(columns), *rows]) + "\n"
        (tmp_path / "cases.csv").write_text(table, encoding="utf-8")
        inspection = """\
            framework: {path: kitchens.yaml}
            provider: {id: a, name: A kitchen}
            title: A visit
            fieldwork: {started: 2026-01-01}
            cases: {file: cases.csv, synthetic: true, note: Made up.}
        """
        file = tmp_path / "inspection.yaml"
        file.write_text(textwrap.dedent(inspection), encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize(
    ("rule", "row", "options", "movement", "why"),
    [
        pytest.param(
            "{all: [floors, knives]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when=floors"]},
            "no → yes",
            ["the rule no longer asks that “knives” is yes (it is no)"],
            id="clause no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when={all: [floors, knives]}"]},
            "yes → no",
            ["the rule now asks that “knives” is yes (it is no)"],
            id="clause now asked",
        ),
        pytest.param(
            "{at_least: {count: 2, of: [floors, knives, meat]}}",
            "c1,yes,yes,no,no",
            {"set": ["hygiene.clean.yes_when.at_least.count=1"]},
            "no → yes",
            [
                "instead of at least two of “floors”, “knives” and “meat” (where it applies) are yes "
                "(not met: “floors” is yes; “knives” and “meat” are no), the rule now asks that "
                "at least one of “floors”, “knives” and “meat” (where it applies) is yes "
                "(met: “floors” is yes; “knives” and “meat” are no)"
            ],
            id="fewer are enough",
        ),
        pytest.param(
            "{all: [floors, meat]}",
            "c1,yes,yes,yes,no",
            {"set": ["hygiene.clean.meat.applies_when={fact: serves_meat, is: no}"]},
            "no → yes",
            ["“meat” was no and is now not applicable"],
            id="prompt no longer applies",
        ),
        pytest.param(
            "{all: [floors, {any: [knives, meat]}]}",
            "c1,no,yes,no,yes",
            {"remove": ["hygiene.clean.meat.applies_when"]},
            "no → yes",
            ["“meat” was not applicable and is now yes"],
            id="prompt now applies",
        ),
        pytest.param(
            "{any: [floors, knives]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when={all: [floors, knives]}"]},
            "yes → no",
            ["it now turns on this: “knives” is yes (it is no)"],
            id="any becomes all",
        ),
        pytest.param(
            "{all: [floors, meat]}",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.yes_when=meat"]},
            "yes → not applicable",
            [
                "the rule no longer asks that “floors” is yes (it is yes)",
                "it now turns on this: “meat” (where it applies) is yes (it is not applicable)",
            ],
            id="another prompt alone",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {"set": ["hygiene.clean.applies_when={fact: serves_meat, is: yes}"]},
            "yes → not applicable",
            ["the question is not asked; it is now asked when “Serves meat” is yes"],
            id="question no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,,yes,no,na",
            {"set": ["hygiene.clean.applies_when={fact: serves_meat, is: yes}"]},
            "yes → undetermined",
            ["the question may be asked: a fact is missing; it is now asked when “Serves meat” is yes"],
            id="question perhaps no longer asked",
        ),
        pytest.param(
            "floors",
            "c1,no,yes,no,na",
            {
                "set": [
                    "variants=[{id: no_meat, title: Without meat, when: {fact: serves_meat, is: no}}]",
                    "hygiene.clean.variants={no_meat: {yes_when: knives}}",
                ],
            },
            "yes → no",
            [
                "the rule for the variant “no_meat” is used instead of the general rule",
                "instead of “floors” is yes (it is yes), the rule now asks that “knives” is yes (it is no)",
            ],
            id="another variant",
        ),
    ],
)
def test_why_an_outcome_is_another(
    kitchens: Callable[..., Path], rule: str, row: str, options: Mapping[str, list[str]], movement: str, why: list[str]
) -> None:
    effect = what_if(kitchens(rule, row), [amendment_from_options(**options)])
    [group] = effect.by_reason()
    assert (group.key_question, group.movement) == ("hygiene.clean", movement)
    assert list(group.why) == why


def test_a_new_prompt_is_missing_and_never_counted_as_no(kitchens: Callable[..., Path]) -> None:
    amendment = amendment_from_options(
        ["hygiene.clean.yes_when={all: [floors, walls]}"],
        add=["hygiene.clean.prompts=[{id: walls, ask: Are the walls clean?}]"],
    )
    effect = what_if(kitchens("floors", "c1,no,yes,no,na", "c2,no,no,no,na"), [amendment])
    [outcome] = effect.outcomes
    assert (outcome.case, outcome.before.value, outcome.after.value) == ("c1", "yes", "undetermined")
    assert outcome.why == ("the rule now asks that “walls” is yes (it is not answered)",)
    assert effect.after.rating.overall is None
    assert "undetermined in 1 case" in effect.after.rating.not_rated[0]


def test_a_table_may_have_the_answers_to_a_new_prompt(kitchens: Callable[..., Path]) -> None:
    file = kitchens("floors", "c1,no,yes,no,na,no", header="case,serves_meat,floors,knives,meat,walls")
    with pytest.raises(DiagnosticError, match="unknown-column"):
        load_inspection(file)
    amendment = amendment_from_options(
        ["hygiene.clean.yes_when={all: [floors, walls]}"],
        add=["hygiene.clean.prompts=[{id: walls, ask: Are the walls clean?}]"],
    )
    [outcome] = what_if(file, [amendment]).outcomes
    assert (outcome.before.value, outcome.after.value) == ("yes", "no")


def test_a_removed_prompt_may_stay_in_the_table(kitchens: Callable[..., Path]) -> None:
    amendment = amendment_from_options(["hygiene.clean.yes_when=floors"], remove=["hygiene.clean.meat"])
    effect = what_if(kitchens("{all: [floors, meat]}", "c1,yes,yes,no,no"), [amendment])
    assert [outcome.after.value for outcome in effect.outcomes] == ["yes"]


def test_a_recorded_outcome_stays_whatever_the_rule_says(kitchens: Callable[..., Path]) -> None:
    file = kitchens("floors", "c1,no,yes,no,na")
    judgement = "case_judgements:\n  - {case: c1, key_question: hygiene.clean, outcome: yes, reason: Seen.}\n"
    file.write_text(file.read_text(encoding="utf-8") + judgement, encoding="utf-8")
    effect = what_if(file, [amendment_from_options(["hygiene.clean.yes_when=knives"])])
    assert effect.outcomes == ()
    assert [divergence.case for divergence in effect.after.divergences] == ["c1"]


def test_a_fact_whose_value_is_gone_is_a_mistake_at_the_table(kitchens: Callable[..., Path]) -> None:
    file = kitchens("floors", "c1,small,yes,no,na", header="case,size,floors,knives,meat")
    with pytest.raises(DiagnosticError) as raised:
        what_if(file, [amendment_from_options(remove=["facts.size.values.small"])])
    [found] = raised.value.diagnostics
    assert (found.code, Path(found.file).name) == ("bad-value", "cases.csv")
    assert 'case "c1", column "size": "small"' in found.message


def test_a_rating_that_was_judged_and_is_gone_is_a_mistake_at_the_judgement(tmp_path: Path) -> None:
    for file in (EXAMPLE, EXAMPLE.parent / "cases.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    scale = "[{from: 50, rating: outstanding}, {from: 0, rating: inadequate}]"
    amendment = amendment_from_options(
        [
            "ratings=[{id: outstanding, label: Outstanding, score: 1}, {id: inadequate, label: Inadequate, score: 0}]",
            f"key_question_bands.bands={scale}",
            f"overall.bands={scale}",
        ],
        remove=["domain_rating"],
    )
    with pytest.raises(DiagnosticError) as raised:
        what_if(tmp_path / EXAMPLE.name, [amendment])
    assert {found.code for found in raised.value.diagnostics} == {"unknown-name"}
    assert len(raised.value.diagnostics) == 3


# --- The command ---------------------------------------------------------------------------------


def test_what_if_prints_what_changes(run: Run) -> None:
    done = run("what-if", EXAMPLE, "--set", "key_question_bands.requires_improvement.from=42")
    assert done.code == 0
    lines = done.out.splitlines()
    assert "Overall: Requires improvement, 4 of 21 → Requires improvement, 5 of 21." in lines
    assert "Another rating for P 2.4 Reviewing." in lines
    assert any(line.split() == ["P", "2.4", "Reviewing", "Inadequate", "Requires", "improvement"] for line in lines)


def test_what_if_as_json_holds_amendments_effect_and_next_ratings(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text(
        'amends: {id: hmip-pdu, edition: "2024"}\ntitle: Only harm\nreason: To see.\n'
        "set: {assessment.safety.yes_when: risk_of_harm}\n",
        encoding="utf-8",
    )
    done = run("what-if", EXAMPLE, "--amendment", file, "--next-rating", "--json")
    data = json.loads(done.out)
    assert data["amendments"][0]["title"] == "Only harm"
    assert len(data["outcomes"]) == 6
    assert data["overall"]["before"] == data["overall"]["after"]
    # 18 of 44 are yes then; 22 make 50 per cent.
    assert [way["needed"] for way in data["next_rating"]] == [None, None, None, 4, 5, 16, 4]


def test_the_example_amendment_lifts_one_standard(run: Run) -> None:
    done = run("what-if", EXAMPLE, "--amendment", EXAMPLE.parent / "amendment.yaml", "--json")
    data = json.loads(done.out)
    # The limit of 40 per cent lifts the standard whose lowest share is 42 per cent, and no other.
    assert [standard["slug"] for standard in data["standards"]] == ["reviewing"]
    assert {outcome["key_question"] for outcome in data["outcomes"]} == {"assessment.safety"}


def test_what_if_without_a_question_and_with_wrong_ones_is_refused(run: Run) -> None:
    done = run("what-if", EXAMPLE)
    assert done.code == 2
    assert "say what to change" in done.err
    done = run("what-if", EXAMPLE, "--amendment", "nowhere.yaml", "--set", "panel")
    assert done.code == 2
    assert "[file-not-readable]" in done.err
    assert "[bad-option]" in done.err


def test_next_rating_prints_cases_and_prompts(run: Run) -> None:
    lines = run("what-if", EXAMPLE, "--next-rating").out.splitlines()
    assert "P 1.1 Leadership: Good; it is rated by judgement" in lines
    assert "P 2.2 Planning: Inadequate; 5 case outcomes from Requires improvement" in lines
    assert "  planning.safety: 39% yes; 5 of the 27 cases judged otherwise would have to be yes (50%)" in lines


# --- The way to the next rating ------------------------------------------------------------------


def test_the_fewest_outcomes_are_those_of_the_published_counts(example: Inspection) -> None:
    ways = {way.standard.slug: way for way in next_ratings(rate_inspection(example))}
    # 12, 17, 18 and 10 of 44, and 18 of 43, must become 22 (50%); of 43, 22 make 51% and 21 only 49%.
    gaps = {slug: [(gap.result.path, gap.needed, gap.percent) for gap in way.gaps] for slug, way in ways.items()}
    assert gaps["assessment"] == [("assessment.safety", 10, 50)]
    assert gaps["planning"] == [("planning.safety", 5, 50)]
    assert gaps["implementation"] == [("implementation.desistance", 4, 50), ("implementation.safety", 12, 50)]
    assert gaps["reviewing"] == [("reviewing.safety", 4, 51)]
    assert ways["implementation"].needed == 16
    assert ways["leadership"].why_not == "it is rated by judgement"


def test_prompts_stand_in_the_way_by_what_they_would_turn(kitchens: Callable[..., Path]) -> None:
    rows = (
        "c1,yes,yes,no,no",  # knives alone is not enough, nor is meat
        "c2,yes,yes,no,yes",  # knives alone would turn it
        "c3,no,yes,no,no",  # meat does not apply: knives alone would turn it
        "c4,yes,no,yes,yes",  # floors alone would turn it
    )
    [way] = next_ratings(rate_inspection(load_inspection(kitchens("{all: [floors, knives, meat]}", *rows))))
    [gap] = way.gaps
    assert [(prompt.path.rpartition(".")[2], prompt.would_turn, prompt.answered_no) for prompt in gap.in_the_way] == [
        ("knives", 2, 3),
        ("floors", 1, 1),
        ("meat", 0, 1),
    ]
    assert (way.needed, gap.against, gap.percent) == (2, 4, 50)


def test_at_the_top_and_without_a_rating_there_is_no_next(kitchens: Callable[..., Path]) -> None:
    [best] = next_ratings(rate_inspection(load_inspection(kitchens("floors", "c1,no,yes,no,na"))))
    assert (best.next, best.why_not) == (None, "it has the best rating there is")
    [none] = next_ratings(rate_inspection(load_inspection(kitchens("floors", "c1,no,,no,na"))))
    assert (none.rating, none.next) == (None, None)
    assert "undetermined" in none.why_not


A, B = PromptIsYes("a"), PromptIsYes("b")
LIVED_IN = FactTest("lived_in", "is", (True,))
SCALE = tuple(
    Rating(name, name.title(), score) for score, name in ((3, "best"), (2, "good"), (1, "poor"), (0, "worst"))
)
HOUSES = Framework(
    id="houses",
    edition="1",
    title="Houses",
    publisher="Nobody",
    in_force_from=datetime.date(2026, 1, 1),
    ratings=SCALE,
    domains=(Domain("all", "All", ("care",)),),
    standards=(
        Standard(
            "C",
            "care",
            "Care",
            "Houses are cared for.",
            "cases",
            tuple(
                KeyQuestion(name, "?", (Prompt("a", "?"), Prompt("b", "?", LIVED_IN), Prompt("c", "?")), Any((A, B)))
                for name in ("inside", "outside")
            ),
        ),
    ),
    key_question_bands=KeyQuestionBands("yes", ("yes", "no"), (Band(Fraction(50), "good"), Band(Fraction(0), "poor"))),
    facts=(Fact("lived_in", "Lived in", "yes_no"),),
)


def result_of(framework: Framework, rating: RatingResult, cases: tuple[Case, ...] = ()) -> InspectionResult:
    declared = InspectionFile(
        FrameworkReference(path="x"), Provider("a", "A"), "T", Fieldwork(datetime.date(2026, 1, 1)), CaseTable("c.csv")
    )
    engine = ReferenceEngine(framework)
    outcomes = tuple(engine.assess(case) for case in cases)
    return InspectionResult(Inspection(Path("x"), declared, framework, cases), rating, outcomes)


def rating_of(framework: Framework, slug: str, counts: Mapping[str, Counts]) -> int:
    """Return the place of a standard's band for these counts, 0 for the lowest."""
    result = rate_counts(framework, counts, {}, ReferenceEngine(framework))
    [standard] = [standard for standard in result.standards if standard.standard.slug == slug]
    assert standard.rating is not None
    bands = framework.key_question_bands
    assert bands is not None
    return [band.rating for band in reversed(bands.bands)].index(standard.rating.id)


def moved(counts: Counts, declared: KeyQuestionBands, number: int) -> Counts:
    """Return counts after so many counted outcomes became the one whose share counts."""
    after = {name: getattr(counts, name) for name in ("yes", "no", "not_applicable", "undetermined")}
    for name in declared.among:
        if name != declared.share_of:
            taken = min(number, after[name])
            after[name] -= taken
            after[declared.share_of] += taken
            number -= taken
    assert number == 0
    return Counts(**after)


def counts_within(counts: Counts, changes: int) -> Iterator[Counts]:
    """Every way in which the counts can be after at most so many outcomes changed; no outcome becomes undetermined."""
    for yes, no, na in product(range(counts.cases + 1), repeat=3):
        rest = counts.cases - yes - no - na
        if 0 <= rest <= counts.undetermined:
            other = Counts(yes, no, na, rest)
            gained = sum(
                max(0, getattr(other, name) - getattr(counts, name)) for name in ("yes", "no", "not_applicable")
            )
            if gained <= changes:
                yield other


SOME = st.integers(0, 5)
COUNTS = st.builds(Counts, SOME, SOME, st.integers(0, 2), st.integers(0, 1))


@given(key_question_bands(SCALE), COUNTS, COUNTS)
def test_the_fewest_outcomes_reach_the_next_rating_and_fewer_do_not(
    declared: KeyQuestionBands, inside: Counts, outside: Counts
) -> None:
    framework = evolve(HOUSES, key_question_bands=declared)
    counts = {"care.inside": inside, "care.outside": outside}
    rating = rate_counts(framework, counts, {}, ReferenceEngine(framework))
    [way] = next_ratings(result_of(framework, rating))
    if way.next is None:
        assert way.why_not
        return
    order = [band.rating for band in reversed(declared.bands)]
    goal = order.index(way.next.id)
    assert rating_of(framework, "care", counts) == goal - 1
    gaps = {gap.result.path: gap.needed for gap in way.gaps}
    enough = {path: moved(count, declared, gaps.get(path, 0)) for path, count in counts.items()}
    assert rating_of(framework, "care", enough) >= goal
    for path, needed in gaps.items():
        for fewer in counts_within(counts[path], needed - 1):
            if sum(getattr(fewer, name) for name in declared.among):  # no case counted: nothing holds it down
                assert rating_of(framework, "care", {**enough, path: fewer}) < goal


LEAVES = st.sampled_from([A, B, PromptIsYes("c"), LIVED_IN])


@st.composite
def houses(draw: st.DrawFn) -> tuple[Framework, tuple[Case, ...]]:
    """Houses judged by any rule, and some of them."""
    [standard] = HOUSES.standards
    questions = tuple(
        evolve(question, yes_when=draw(conditions(LEAVES, depth=2))) for question in standard.key_questions
    )
    framework = evolve(HOUSES, standards=(evolve(standard, key_questions=questions),))
    return framework, tuple(
        draw(cases(framework, case_id=f"c{n}", missing=False)) for n in range(draw(st.integers(1, 6)))
    )


@settings(max_examples=60)
@given(houses())
def test_a_prompt_that_would_turn_cases_does(drawn: tuple[Framework, tuple[Case, ...]]) -> None:
    framework, some = drawn
    engine = ReferenceEngine(framework)
    rating = rate_outcomes(framework, [engine.assess(case) for case in some], {}, engine)
    ways = next_ratings(result_of(framework, rating, some))
    for gap in (gap for way in ways for gap in way.gaps):
        path = gap.result.path
        against = [case for case in some if engine.assess(case).questions[path].outcome is Outcome.NO]
        turned: Counter[str] = Counter()
        for case, prompt in product(against, ("a", "b", "c")):
            address = f"{path}.{prompt}"
            if case.answers[address] is Answer.NO:
                other = evolve(case, answers={**case.answers, address: Answer.YES})
                turned[address] += engine.assess(other).questions[path].outcome is Outcome.YES
        assert {prompt.path: prompt.would_turn for prompt in gap.in_the_way if prompt.would_turn} == +turned
        assert gap.needed <= gap.against == len(against)
        assert all(prompt.would_turn <= prompt.answered_no <= gap.against for prompt in gap.in_the_way)
