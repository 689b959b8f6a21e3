"""Points: prompts answered on a scale, a number for each case, and the rating that numbers give."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ctm_rules import (
    Answer,
    Case,
    Counts,
    DiagnosticError,
    Framework,
    Judgement,
    Outcome,
    StepAnswer,
    assess_frame,
    count_outcomes,
    counts_table,
    dump_framework,
    explain_case,
    load_framework,
    make_engine,
    rate_counts,
    rate_files,
    rate_frame,
    rate_outcomes,
    read_cases,
    read_counts,
)
from tests.support.dataframes import LIBRARIES, QUIET, as_lists, each_library, pa
from tests.support.engines import ENGINES
from tests.support.points_framework import POINTS

pytestmark = QUIET
each_engine = pytest.mark.parametrize("engine", ENGINES)
EXCELLENT, GOOD, WEAK = map(StepAnswer, ("excellent", "good", "weak"))
YES, NO, NA = Answer.YES, Answer.NO, Answer.NA


@pytest.fixture
def workshops(tmp_path: Path) -> Framework:
    """Workshops whose prompts are scored."""
    file = tmp_path / "workshops.yaml"
    file.write_text(POINTS, encoding="utf-8")
    return load_framework(file)


def case_of(answers: Mapping[str, Answer | StepAnswer], case_id: str = "c1", **facts: bool) -> Case:
    return Case(case_id, facts, {f"work.{name}": answer for name, answer in answers.items()})


def evidence(people: object, processes: object, machines: object, **facts: bool) -> Case:
    given = {"people": people, "processes": processes, "machines": machines}
    return case_of({f"evidence.{name}": each for name, each in given.items() if each is not None}, **facts)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("case", "outcome", "points"),
    [
        pytest.param(evidence(EXCELLENT, NO, WEAK, has_machines=True), "scored", "60", id="every prompt counts"),
        pytest.param(evidence(EXCELLENT, NO, WEAK, has_machines=False), "scored", "600/7", id="one does not apply"),
        pytest.param(evidence(GOOD, NA, None, has_machines=False), "scored", "200/3", id="one is na"),
        pytest.param(evidence(NA, NA, NA), "not_applicable", None, id="all are na, whether they apply or not"),
        pytest.param(evidence(NA, NA, GOOD, has_machines=False), "not_applicable", None, id="nothing is left"),
        pytest.param(evidence(EXCELLENT, YES, None, has_machines=True), "undetermined", None, id="no answer"),
        pytest.param(evidence(EXCELLENT, YES, GOOD), "undetermined", None, id="a fact is missing"),
        pytest.param(evidence(EXCELLENT, YES, NA), "scored", "100", id="na, whatever the fact that is missing"),
        pytest.param(evidence(WEAK, NO, WEAK, has_machines=True), "scored", "0", id="nothing is reached"),
    ],
)
@each_engine
def test_per_cent_of_what_could_be_reached(
    engine: str, case: Case, outcome: str, points: str | None, workshops: Framework
) -> None:
    decided = make_engine(workshops, engine).assess(case).questions["work.evidence"]
    assert decided.outcome.value == outcome
    assert decided.points == (None if points is None else Fraction(points))
    assert decided.reachable == (None if points is None else 100)


@pytest.mark.parametrize(
    ("facts", "tools", "space", "expected"),
    [
        pytest.param({"is_open": True}, YES, GOOD, ("scored", 5, 6), id="a weight counts"),
        pytest.param({"is_open": True}, NA, GOOD, ("scored", 2, 3), id="na leaves the sum and what it could be"),
        pytest.param({"is_open": False}, YES, GOOD, ("not_applicable", None, None), id="the question is not asked"),
        pytest.param({}, YES, GOOD, ("undetermined", None, None), id="nobody knows whether it is asked"),
        pytest.param({}, NA, NA, ("not_applicable", None, None), id="nothing is left"),
    ],
)
@each_engine
def test_sums(
    engine: str,
    facts: Mapping[str, bool],
    tools: Answer,
    space: Answer | StepAnswer,
    expected: tuple[str, int | None, int | None],
    workshops: Framework,
) -> None:
    case = case_of({"sums.tools": tools, "sums.space": space}, **facts)
    decided = make_engine(workshops, engine).assess(case).questions["work.sums"]
    assert (decided.outcome.value, decided.points, decided.reachable) == expected


@each_engine
def test_means(engine: str, workshops: Framework) -> None:
    assess = make_engine(workshops, engine).assess
    both = assess(case_of({"means.start": GOOD, "means.end": EXCELLENT})).questions["work.means"]
    assert (both.points, both.reachable) == (Fraction(2 * 2 + 3 * 3, 5), 3)
    one = assess(case_of({"means.start": GOOD, "means.end": NA})).questions["work.means"]
    assert (one.points, one.reachable) == (2, 3)


@each_engine
def test_the_numbers_of_cases_give_a_rating(engine: str, workshops: Framework) -> None:
    made = make_engine(workshops, engine)
    cases = [
        case_of(
            {
                "evidence.people": people,
                "evidence.processes": NO,
                "evidence.machines": NA,
                "sums.tools": tools,
                "sums.space": GOOD,
                "means.start": GOOD,
                "means.end": WEAK,
            },
            f"c{number}",
            is_open=number < 3,
        )
        for number, (people, tools) in enumerate([(EXCELLENT, YES), (GOOD, NO), (WEAK, NA), (NA, YES)])
    ]
    outcomes = [made.assess(case) for case in cases]
    counts = count_outcomes(workshops, outcomes)
    # 600/7 + 400/7 + 0 + 0: of the last case only the no counts.
    assert counts["work.evidence"] == Counts(scored=4, points=Fraction(1000, 7), reachable=Fraction(400))
    assert counts["work.sums"] == Counts(not_applicable=1, scored=3, points=Fraction(5 + 2 + 2), reachable=Fraction(15))
    assert counts["work.means"] == Counts(scored=4, points=4 * Fraction(4, 5), reachable=Fraction(12))
    result = rate_outcomes(workshops, outcomes, {}, made)
    evidence_, sums, means = result.standards[0].key_questions
    assert (evidence_.value, evidence_.rating and evidence_.rating.id) == (Fraction(250, 7), "poor")
    assert (sums.value, sums.rating and sums.rating.id) == (Fraction(60), "fine")
    assert (means.value, means.rating, means.not_rated) == (Fraction(16, 5), None, "")
    assert result.overall is not None
    assert result.overall.id == "poor"
    assert (evidence_.share, evidence_.percent, evidence_.interval) == (None, None, None)


def scored(number: int, points: str, reachable: str, **others: int) -> Counts:
    return Counts(scored=number, points=Fraction(points), reachable=Fraction(reachable), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counts", "value", "rating", "reason"),
    [
        pytest.param(scored(2, "139.9", "200"), "69.95", "fine", "", id="rounded up to the bound"),
        pytest.param(scored(2, "139.89", "200"), "69.945", "fair", "", id="rounded down"),
        pytest.param(
            scored(2, "200", "200", undetermined=1), None, None, "undetermined in 1 case", id="one is undetermined"
        ),
        pytest.param(Counts(not_applicable=3), None, None, "no case was counted", id="none is counted"),
    ],
)
def test_a_mean_is_placed_in_bands(
    counts: Counts, value: str | None, rating: str | None, reason: str, workshops: Framework
) -> None:
    found = rate_counts(workshops, {"work.evidence": counts}, {}).standards[0].key_questions[0]
    assert found.value == (None if value is None else Fraction(value))
    assert (found.rating.id if found.rating else None) == rating
    assert reason in found.not_rated
    assert bool(reason) == bool(found.not_rated)


def test_too_few_cases_are_said(workshops: Framework) -> None:
    found = rate_counts(workshops, {"work.sums": scored(1, "5", "6", undetermined=4)}, {}).standards[0].key_questions[1]
    assert (found.value, found.rating) == (None, None)
    assert found.not_rated == "only 1 case counted for work.sums, and a rating needs 2 cases"


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        pytest.param({"work.evidence": Counts(yes=3)}, "has points and no rule", id="yes where there are points"),
        pytest.param({"work.evidence": scored(1, "101", "100")}, "which no answers give", id="more than all"),
        pytest.param({"work.evidence": scored(2, "10", "100")}, "which no answers give", id="another sum to reach"),
        pytest.param({"work.sums": scored(1, "2", "7")}, "which no answers give", id="more than its prompts score"),
        pytest.param({"work.sums": scored(1, "-1", "6")}, "which no answers give", id="below nought"),
        pytest.param(
            {"work.sums": Counts(scored=1, points=2, reachable=6)},  # type: ignore[arg-type]
            "no exact number",
            id="a number that is not exact",
        ),
    ],
)
def test_counts_that_cannot_be_are_refused(counts: Mapping[str, Counts], says: str, workshops: Framework) -> None:
    with pytest.raises(DiagnosticError, match=says) as error:
        rate_counts(workshops, counts, {})
    assert {found.code for found in error.value.diagnostics} == {"bad-count"}


def test_results_without_points_say_nothing_of_them(shipped: Framework) -> None:
    question = rate_counts(shipped, {"assessment.safety": Counts(yes=3)}, {}).to_dict()["standards"][3]
    assert not {"scored", "points", "reachable", "value"} & question["key_questions"][2].keys()


def test_results_with_points_say_them_exactly(workshops: Framework) -> None:
    result = rate_counts(workshops, {"work.evidence": scored(3, "500/7", "300")}, {})
    said = json.loads(json.dumps(result.to_dict()))["standards"][0]["key_questions"][0]
    assert {key: said[key] for key in ("scored", "points", "reachable", "value", "share")} == {
        "scored": 3,
        "points": "500/7",
        "reachable": "300",
        "value": "500/21",
        "share": None,
    }


# --- answers ---------------------------------------------------------------------------------------


def test_a_table_holds_steps_by_their_id_or_their_label(workshops: Framework, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("case,work.evidence.people,work.evidence.processes\nc1,good,yes\nc2,Weak work,no\nc3,na,\n")
    read = [dict(case.answers) for case in read_cases(table, workshops)]
    assert [case.get("work.evidence.people") for case in read] == [GOOD, WEAK, NA]
    assert [case.get("work.evidence.processes") for case in read] == [YES, NO, None]


def test_a_score_is_no_answer_unless_that_is_declared(workshops: Framework, tmp_path: Path) -> None:
    table, reading = tmp_path / "cases.csv", tmp_path / "r.yaml"
    table.write_text("case,work.evidence.people\nc1,2\n")
    with pytest.raises(DiagnosticError, match="is not excellent or good or weak or na"):
        read_cases(table, workshops)
    reading.write_text("columns: {work.evidence.people: {values: {good: ['2'], weak: ['0']}}}\n")
    assert read_cases(table, workshops, read_as=reading)[0].answers["work.evidence.people"] == GOOD


def test_a_case_goes_through_json_and_comes_back(workshops: Framework) -> None:
    case = evidence(GOOD, YES, NA, has_machines=True)
    plain = json.loads(json.dumps(case.to_dict()))
    assert plain["answers"]["work.evidence.people"] == "good"
    assert Case.from_dict(plain, workshops) == case
    assert Case.from_dict(plain, workshops).answers == case.answers


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(StepAnswer("great"), id="no step of the scale"),
        pytest.param(YES, id="yes on a scale"),
        pytest.param("good", id="a text"),
        pytest.param(2, id="a score"),
    ],
)
@each_engine
def test_engines_refuse_what_is_no_answer(engine: str, answer: object, workshops: Framework) -> None:
    case = case_of({"evidence.people": answer})  # type: ignore[dict-item]
    with pytest.raises(DiagnosticError, match="which is none that it takes") as error:
        make_engine(workshops, engine).assess(case)
    assert 'StepAnswer("excellent")' in str(error.value)


def test_a_step_is_no_answer_to_yes_or_no(workshops: Framework) -> None:
    with pytest.raises(DiagnosticError, match="which is none that it takes"):
        make_engine(workshops).assess(case_of({"evidence.processes": GOOD}))


# --- what is said ----------------------------------------------------------------------------------


def test_every_contribution_is_explained_with_its_line(workshops: Framework) -> None:
    (explained,) = explain_case(workshops, evidence(GOOD, NA, WEAK, has_machines=True), key_question="work.evidence")
    assert explained.rule is not None
    assert explained.rule_title == "points:"
    assert [(depth, clause.truth.value, clause.found) for depth, clause in explained.rule.lines()] == [
        (0, "✓", "4 of 9 = 44.4444%"),
        (1, "✓", "2 × Good work 2 = 4 of 6"),
        (1, "–", "answered na"),
        (1, "✓", "Weak work 0 of 3"),
        (2, "✓", "it is yes"),
    ]
    lines = POINTS.splitlines()
    for _, clause in explained.rule.lines():
        assert clause.at.line
    first = explained.rule.below[0]
    assert "id: people" in lines[first.at.line - 1]
    assert explained.to_dict()["points"] == "400/9"


def test_what_is_open_is_explained(workshops: Framework) -> None:
    (explained,) = explain_case(workshops, evidence(None, YES, GOOD), key_question="work.evidence")
    assert explained.rule is not None
    assert explained.outcome.outcome is Outcome.UNDETERMINED
    assert [(clause.truth.value, clause.found) for clause in explained.rule.below] == [
        ("?", "not answered"),
        ("✓", "yes 1 of 1"),
        ("?", "answered Good work; a fact is missing to tell whether it applies"),
    ]


def test_a_framework_with_points_is_written_and_read_back(workshops: Framework, tmp_path: Path) -> None:
    file = tmp_path / "again.yaml"
    file.write_text(dump_framework(workshops), encoding="utf-8")
    again = load_framework(file)
    assert again == workshops
    assert again.checksum == workshops.checksum


# --- mistakes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        pytest.param("points: {percent_of: prompts}", "points: {}", "bad-points", "points: {}", id="no way"),
        pytest.param(
            "points: {percent_of: prompts}",
            "points: {percent_of: prompts, sum_of: prompts}",
            "bad-points",
            "points: {percent_of: prompts, sum_of",
            id="two ways",
        ),
        pytest.param(
            "points: {percent_of: prompts}",
            "points: {percent_of: prompts}\n        yes_when: processes",
            "bad-points",
            "yes_when: processes",
            id="a rule as well",
        ),
        pytest.param(
            "points: {percent_of: prompts}",
            "yes_when: people",
            "step-in-a-rule",
            "yes_when: people",
            id="a step as yes",
        ),
        pytest.param("rating: {sum_of: points}", "", "bad-points", "- id: means", id="no rating"),
        pytest.param(
            "rating: {sum_of: points}",
            "rating: {share_of: yes, among: [yes, no]}",
            "bad-points",
            "rating: {share_of",
            id="a share",
        ),
        pytest.param(
            "weight: 2}\n          - {id: proc",
            "weight: 0}\n          - {id: proc",
            "bad-points",
            "weight: 0",
            id="weight 0",
        ),
        pytest.param(
            "answers: quality, weight: 2}\n          - {id: proc",
            "answers: qualty}\n          - {id: proc",
            "unknown-name",
            "qualty",
            id="misspelt scale",
        ),
        pytest.param(", score: 0}\nfacts", "}\nfacts", "bad-setting", "{id: weak", id="a step without a score"),
        pytest.param("decided_on: rounded\n", "\n", "bad-points", "to: 0.1", id="rounding of what is exact"),
        pytest.param("minimum_cases: 2", "minimum_cases: 0", "bad-setting", "minimum_cases: 0", id="no case is enough"),
        pytest.param("id: weak", "id: na", "bad-points", "id: people", id="a step called na"),
        pytest.param(
            "{from: 0, rating: poor}]\n          decided",
            "{from: 5, rating: poor}]\n          decided",
            "bad-bands",
            "from: 5",
            id="lowest band missing",
        ),
    ],
)
def test_mistakes_are_on_their_lines(old: str, new: str, code: str, line: str, tmp_path: Path) -> None:
    assert old in POINTS
    text = POINTS.replace(old, new, 1)
    file = tmp_path / "workshops.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DiagnosticError) as error:
        load_framework(file)
    found = [(each.code, text.splitlines()[each.location.line - 1]) for each in error.value.diagnostics]
    assert any(each == code and line in where for each, where in found), found


# --- tables ----------------------------------------------------------------------------------------


def drawn_cases(number: int = 60) -> list[Case]:
    """Cases with every answer, and none, to every prompt, in a mixture that is always the same."""
    drawn = random.Random(13)
    steps = [EXCELLENT, GOOD, WEAK, NA, None]
    words = [YES, NO, NA, None]
    prompts = {
        "evidence.people": steps,
        "evidence.processes": words,
        "evidence.machines": steps,
        "sums.tools": words,
        "sums.space": steps,
        "means.start": steps,
        "means.end": steps,
    }
    cases = []
    for each in range(number):
        missing = 0.5 if each % 3 else 0
        answers = {
            name: drawn.choice([one for one in takes if one or drawn.random() < missing])
            for name, takes in prompts.items()
        }
        facts = {name: drawn.choice([True, False, None]) for name in ("has_machines", "is_open")}
        given = {name: answer for name, answer in answers.items() if answer is not None}
        cases.append(case_of(given, f"c{each}", **{name: fact for name, fact in facts.items() if fact is not None}))  # type: ignore[arg-type]
    return cases


def table_of(framework: Framework, cases: Sequence[Case]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "case": [case.id for case in cases],
        "team": ["A" if n % 4 else "B" for n in range(len(cases))],
    }
    for fact in framework.facts_by_id:
        columns[fact] = [
            None if (value := case.facts.get(fact)) is None else ("yes" if value else "no") for case in cases
        ]
    for path in framework.prompts:
        columns[path] = [None if (answer := case.answers.get(path)) is None else answer.value for case in cases]
    return {name: pa.array(values, pa.string()) for name, values in columns.items()}


@each_library
def test_tables_come_to_what_the_reference_engine_says(library: str, workshops: Framework) -> None:
    cases, made = drawn_cases(), make_engine(workshops, "reference")
    outcomes = [made.assess(case) for case in cases]
    frame = LIBRARIES[library](table_of(workshops, cases))
    assessed = as_lists(assess_frame(workshops, frame, keep=["case"]))
    for path in workshops.key_questions:
        decided = [each.questions[path] for each in outcomes]
        assert list(map(str, assessed[path])) == [each.outcome.value for each in decided]
        sums = zip(assessed[f"{path}.reached"], assessed[f"{path}.reachable"], strict=True)
        for each, (reached, reachable) in zip(decided, sums, strict=True):
            assert (reached is None) == (each.points is None)
            if each.points is not None and each.reachable is not None:
                assert Fraction(int(reached), int(reachable)) == each.points / each.reachable
    rated = rate_frame(workshops, frame, "team", engine="reference")
    for team in ("A", "B"):
        of_team = [
            each
            for each, name in zip(outcomes, [f"{'A' if n % 4 else 'B'}" for n in range(len(cases))], strict=True)
            if name == team
        ]
        expected = rate_outcomes(workshops, of_team, {}, made)
        assert rated[team].standards[0].key_questions == expected.standards[0].key_questions
        assert {each.counts.scored > 0 for each in expected.standards[0].key_questions} == {True}


def test_the_rows_of_groups_say_points_exactly(workshops: Framework) -> None:
    frame = LIBRARIES["polars"](table_of(workshops, drawn_cases()))
    rated = rate_frame(workshops, frame, "team")
    row = rated.rows()[0]
    question = rated["A"].standards[0].key_questions[1]
    assert row["work.sums.scored"] == question.counts.scored
    assert row["work.sums.value"] == str(question.value)
    assert "work.sums.percent" not in row
    assert "work.sums.yes" not in row
    assert question.value is not None
    native = rated.to_native()
    assert native["work.sums.value"].to_list()[0] == str(question.value)


def test_files_come_to_the_same(workshops: Framework, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    frame = LIBRARIES["polars"](table_of(workshops, drawn_cases()))
    frame.write_csv(table)
    of_files = rate_files(workshops, [table], by="team").ratings
    of_frame = rate_frame(workshops, frame, "team")
    for team in ("A", "B"):
        assert of_files[team].standards == of_frame[team].standards
    assert of_files["A"].standards[0].key_questions[1].value is not None


def test_a_recorded_outcome_of_points_is_no_column(workshops: Framework, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("case,work.evidence\nc1,yes\n")
    with pytest.raises(DiagnosticError, match=r"work\.evidence") as error:
        read_cases(table, workshops)
    assert [found.code for found in error.value.diagnostics] == ["unknown-column"]
    with pytest.raises(DiagnosticError, match=r"work\.evidence"):
        make_engine(workshops).assess(Case("c1", judgements={"work.evidence": Judgement(Outcome.YES)}))


def test_weights_that_are_too_unlike_for_tables(tmp_path: Path) -> None:
    prompts = "".join(f"          - {{id: p{n}, ask: Is it {n}?, weight: {2**n}}}\n" for n in range(10))
    text = POINTS.replace("          - {id: start, ask: How does it start?, answers: quality, weight: 2}\n", prompts)
    file = tmp_path / "workshops.yaml"
    file.write_text(text, encoding="utf-8")
    framework = load_framework(file)
    frame = LIBRARIES["polars"](table_of(framework, []))
    with pytest.raises(DiagnosticError, match="more than 500") as error:
        assess_frame(framework, frame)
    assert [found.code for found in error.value.diagnostics] == ["too-many-divisors"]


def test_a_published_table_of_counts_is_rated_again(workshops: Framework, tmp_path: Path) -> None:
    counts = {"work.evidence": scored(3, "500/7", "300"), "work.sums": scored(2, "7", "12", not_applicable=1)}
    result = rate_counts(workshops, counts, {})
    table = tmp_path / "counts.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = [row.to_dict() for row in counts_table(result)]
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert "500÷7" in table.read_text(encoding="utf-8")
    again = read_counts(table, workshops).rate()
    assert again.standards[0].key_questions[:2] == result.standards[0].key_questions[:2]
    assert again.overall == result.overall
