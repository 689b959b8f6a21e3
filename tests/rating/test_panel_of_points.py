"""When people should look again at a rating that points give: near a limit, and where one answer would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import polars
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    Answer,
    Counts,
    Framework,
    PanelFlag,
    check_framework,
    load_framework,
    make_engine,
    make_framework,
    rate_counts,
    rate_frame,
    rate_outcomes,
)
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.next_rating_points import Wanted
from ctm_rules.model.bands import ranges_of, ratings_between
from ctm_rules.model.framework import KeyQuestion, Panel, PointsInBands
from tests.support.commands import Run
from tests.support.drawn_points import RANKS, STEPS, all_answered, as_cases, bands_near, questions, rank_of, with_rating
from tests.support.engines import ENGINES
from tests.support.points_framework import POINTS
from tests.support.rated_by_hand import Answered, Number, number_of, placed, scores_of, value_of_points
from tests.support.strategies import any_bands

EVIDENCE = "work.evidence"
each_engine = pytest.mark.parametrize("engine", ENGINES)


def workshops(panel: str, old: str = "", new: str = "") -> Framework:
    assert old in POINTS
    return make_framework(f"{POINTS.replace(old, new, 1)}panel: {panel}\n")


def flags_of(
    framework: Framework, path: str, counts: Counts, engine: str = "reference", **facts: bool
) -> tuple[PanelFlag, ...]:
    result = rate_counts(framework, {path: counts}, {}, make_engine(framework, engine), provider=facts)  # type: ignore[arg-type]
    return next(each.panel for each in result.standards[0].key_questions if each.path == path)


def counted(points: str, reachable: int, scored: int = 2) -> Counts:
    return Counts(scored=scored, points=Fraction(points), reachable=Fraction(reachable))


@each_engine
@pytest.mark.parametrize(
    ("way", "bounds", "counts", "says"),
    [
        pytest.param(
            "mean_of",
            (70, 40),
            counted("130", 200),  # 65 of 100
            ["the value is within 5% of the highest that it could be of 70, the limit for Fine"],
            id="a mean, at the distance",
        ),
        pytest.param("mean_of", (70, 40), counted("129.9", 200), [], id="a mean, beyond it"),
        pytest.param(
            "sum_of",
            (300, 100),
            counted("310", 400, 4),  # 2.5 per cent of 400 above
            ["the value is within 5% of the highest that it could be of 300, the limit for Fine"],
            id="a sum",
        ),
        pytest.param("sum_of", (300, 100), counted("321", 400, 4), [], id="a sum, beyond 20 of 400"),
        pytest.param(
            "percent_of",
            (70, 40),
            counted("75", 200),  # 37.5 per cent
            ["the value is within 5 points of 40%, the limit for Fair"],
            id="per cent",
        ),
        pytest.param("percent_of", (70, 40), counted("69", 200), [], id="per cent, beyond it"),
    ],
)
def test_a_value_near_a_limit_is_flagged(
    engine: str, way: str, bounds: tuple[int, int], counts: Counts, says: Sequence[str]
) -> None:
    fine, fair = bounds
    bands = f"bands: [{{from: {fine}, rating: fine}}, {{from: {fair}, rating: fair}}, {{from: 0, rating: poor}}]"
    old = POINTS[POINTS.index("          mean_of: points") : POINTS.index("      - id: sums")]
    framework = workshops("{within_points: 5}", old, f"          {way}: points\n          {bands}\n")
    flags = flags_of(framework, EVIDENCE, counts, engine)
    assert [flag.reason for flag in flags] == says
    assert {flag.kind for flag in flags} <= {"near_boundary"}
    # The rating on the other side of the limit.
    others = {"130": "fine", "310": "fair", "75": "fair"}
    assert [flag.instead and flag.instead.id for flag in flags] == [others[str(counts.points)] for _ in says]


def test_a_limit_between_bands_of_one_rating_is_none() -> None:
    framework = workshops("{within_points: 5}", "{from: 40, rating: fair}", "{from: 40, rating: poor}")
    assert flags_of(framework, EVIDENCE, counted("80", 200)) == ()
    assert len(flags_of(framework, EVIDENCE, counted("140", 200))) == 1


SUMS = """\
id: sums
edition: "1"
title: T
publisher: P
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: fair, label: Fair}, {id: poor, label: Poor}]
standards:
  - id: "1"
    slug: s
    title: T
    statement: It is.
    key_questions:
      - id: q
        ask: Is it?
        points: {sum_of: prompts}
        prompts: [{id: a, ask: Is it a?}, {id: b, ask: Is it b?, weight: WEIGHT}]
        rating: {sum_of: points, bands: [{from: 6, rating: good}, {from: 3, rating: fair}, {from: 0, rating: poor}]}
panel: {one_case_would_change_it: yes}
"""


@each_engine
@pytest.mark.parametrize("points", range(9))
def test_one_answer_more_or_less_that_moves_a_sum_over_a_limit_is_flagged(engine: str, points: int) -> None:
    framework = make_framework(SUMS.replace("WEIGHT", "1"))

    def rating(value: int) -> str:
        return "Good" if value >= 6 else "Fair" if value >= 3 else "Poor"

    expected = [
        f"one answer in one case with the next {word} score would move it to {rating(value)}"
        for word, value in (("higher", points + 1), ("lower", points - 1))
        if 0 <= value <= 8 and rating(value) != rating(points)
    ]
    flags = flags_of(framework, "s.q", counted(str(points), 8, 4), engine)
    assert [flag.reason for flag in flags] == expected
    assert [flag.instead and flag.instead.label for flag in flags] == [each.split()[-1] for each in expected]
    assert {flag.kind for flag in flags} <= {"one_case"}


def test_where_it_hangs_on_which_answer_it_is_every_rating_is_named_or_nothing_is_said() -> None:
    heavy = make_framework(SUMS.replace("WEIGHT", "4"))
    # One more is 3 or 6: fair or good. From 1 it is 2 or 5, of which one is poor as it is now.
    reached = [flag.reason for flag in flags_of(heavy, "s.q", counted("2", 20, 4))]
    assert reached == ["one answer in one case with the next higher score would move it to Good or Fair"]
    assert flags_of(heavy, "s.q", counted("2", 20, 4))[0].instead == heavy.rating_on("ratings", "fair")
    assert flags_of(heavy, "s.q", counted("1", 20, 4)) == ()


def test_what_may_be_at_its_lowest_is_not_said_to_be_lower() -> None:
    text = SUMS.replace("WEIGHT", "1").replace("{id: a, ask: Is it a?}", "{id: a, ask: Is it a?, answers: marks}")
    marks = "scales: {marks: [{id: m2, label: A, score: 2}, {id: m1, label: B, score: 1}]}\n"
    text = text.replace("standards:", f"{marks}standards:")
    framework = make_framework(text)
    # With the first prompt at its lowest, a case has 1 of 3, and at most half where the second does not apply.
    assert flags_of(framework, "s.q", counted("3", 6)) == ()
    assert [flag.reason.split()[-1] for flag in flags_of(framework, "s.q", counted("6", 9, 3))] == ["Fair"]


def reasons(framework: Framework, path: str, counts: Counts) -> list[str]:
    """What one answer in one case with the next score would do, as it is said."""
    said = [flag.reason.partition("with the next ")[2] for flag in flags_of(framework, path, counts)]
    return [each.replace(" score would move it to", "") for each in said]


def test_the_last_point_may_be_lost() -> None:
    framework = make_framework(SUMS.replace("WEIGHT", "1").replace("from: 3", "from: 1"))
    assert reasons(framework, "s.q", counted("1", 8, 4)) == ["lower Poor"]
    assert reasons(framework, "s.q", counted("0", 8, 4)) == ["higher Fair"]
    full = make_framework(SUMS.replace("WEIGHT", "1").replace("from: 6", "from: 8"))
    assert reasons(full, "s.q", counted("7", 8, 4)) == ["higher Good"]
    assert reasons(full, "s.q", counted("8", 8, 4)) == ["lower Fair"]


def marked(prompts: str, scores: Sequence[int], rating: str = "") -> Framework:
    """The sums with other prompts, of which some are answered on a scale with these scores."""
    steps = ", ".join(f"{{id: m{number}, label: M, score: {score}}}" for number, score in enumerate(scores))
    text = SUMS.replace("standards:", f"scales: {{marks: [{steps}]}}\nstandards:", 1)
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if "prompts: [" in line)
    lines[start] = f"        prompts: [{prompts}]"
    if rating:
        lines[start - 1] = "        points: {percent_of: prompts}"
        lines[start + 1] = f"        rating: {rating}"
    return make_framework("\n".join(lines))


MARKED = "{id: a, ask: Is it a?, answers: marks, weight: 2}"
OF_MEANS = (
    "{{mean_of: points, bands: [{{from: {}, rating: good}}, {{from: {}, rating: fair}}, {{from: 0, rating: poor}}]}}"
)


@pytest.mark.parametrize(
    ("good", "fair", "expected"),
    [
        pytest.param(66, 40, ["higher Good"], id="both steps reach it"),
        pytest.param(67, 40, [], id="the small step does not"),
        pytest.param(90, 60, ["higher Fair"], id="neither reaches the best"),
        pytest.param(83, 60, ["higher Good or Fair"], id="the large step does"),
    ],
)
def test_the_next_score_is_that_of_the_next_step_of_the_scale(good: int, fair: int, expected: Sequence[str]) -> None:
    framework = marked(MARKED, [3, 2, 0], OF_MEANS.format(good, fair))
    # Two cases with 50 in the mean: one step more is a third or two thirds of what one case can have, 66.67 or 83.33.
    assert [each for each in reasons(framework, "s.q", counted("100", 200)) if "higher" in each] == expected


@pytest.mark.parametrize(
    ("fair", "expected"), [(56, ["higher Good or Fair"]), (58, [])], ids=["the smallest reaches it", "it does not"]
)
def test_an_answer_counts_least_among_all_that_the_prompts_can_score(fair: int, expected: Sequence[str]) -> None:
    framework = marked(f"{MARKED}, {{id: b, ask: Is it b?, weight: 3}}", [3, 2, 0], OF_MEANS.format(90, fair))
    # Two cases with 45 in the mean: 2 of 9 more in one of them is 56.1; all of b, with nothing beside it, 95.
    assert [each for each in reasons(framework, "s.q", counted("90", 200)) if "higher" in each] == expected


def test_what_lies_above_the_least_of_every_prompt_may_be_lower() -> None:
    framework = marked("{id: a, ask: Is it a?, answers: marks}, {id: b, ask: Is it b?}", [4, 2, 1])
    # The least of a is 1 of 4: with 2 of 8 it may be that nothing can be lower, with 3 it is not.
    assert reasons(framework, "s.q", counted("3", 8)) == ["lower Poor"]
    assert reasons(framework, "s.q", counted("2", 8)) == ["higher Fair"]


def test_a_prompt_with_one_answer_alone_has_no_other_score() -> None:
    framework = marked("{id: a, ask: Is it a?, answers: marks}, {id: b, ask: Is it b?}", [2])
    assert reasons(framework, "s.q", counted("5", 6)) == ["higher Good"]
    assert reasons(framework, "s.q", counted("4", 6)) == []
    alone = marked("{id: a, ask: Is it a?, answers: marks}", [2])
    assert reasons(alone, "s.q", counted("4", 4)) == []


SIDES = ("higher", "lower")


def value_in(
    framework: Framework, question: KeyQuestion, rule: PointsInBands, cases: Sequence[Answered]
) -> Fraction | None:
    numbers = [number for case in cases if isinstance(number := number_of(framework, question, case), Number)]
    return value_of_points(rule, numbers) if numbers else None


def otherwise(
    framework: Framework, question: KeyQuestion, cases: Sequence[Answered], side: str
) -> Iterator[Sequence[Answered]]:
    """Every way in which one answer that counts has the next higher, or the next lower, score."""
    asked: Mapping[str, Mapping[str, int]] = {prompt.id: scores_of(framework, prompt) for prompt in question.prompts}
    for place, case in enumerate(cases):
        if isinstance(number_of(framework, question, case), Number):
            for prompt, word in case.items():
                scores = asked[prompt]
                beyond = [
                    score
                    for score in scores.values()
                    if word != "na" and (score > scores[word] if side == "higher" else score < scores[word])
                ]
                if beyond:
                    nearest = min(beyond) if side == "higher" else max(beyond)
                    then = next(other for other, score in scores.items() if score == nearest)
                    yield [*cases[:place], {**case, prompt: then}, *cases[place + 1 :]]


@given(questions(), st.data())
def test_whichever_answer_it_is_the_rating_is_one_of_those_that_are_said(
    drawn: tuple[Framework, KeyQuestion, PointsInBands, Wanted], data: st.DataObject
) -> None:
    framework, question, rule, _ = drawn
    cases = data.draw(all_answered(framework, question))
    # Limits at what the cases come to, and at what they would with another answer.
    near = [cases, *(other for side in SIDES for other in otherwise(framework, question, cases, side))]
    values = {value for each in near if (value := value_in(framework, question, rule, each))}
    rule = evolve(rule, bands=data.draw(bands_near(values)), monotone=False)
    framework = evolve(with_rating(framework, rule), panel=Panel(one_case_would_change_it=True))
    engine = ReferenceEngine(framework)
    rated = rate_outcomes(framework, [engine.assess(case) for case in as_cases(framework, cases)], {}, engine)
    (result,) = rated.standards[0].key_questions
    for flag in result.panel:
        (side,) = (each for each in SIDES if f"next {each}" in flag.reason)
        said = flag.reason.rpartition(" to ")[2]
        others = otherwise(framework, question, cases, side)
        ratings = {RANKS[rank_of(framework, question, rule, other)] for other in others}
        assert ratings
        assert result.rating
        assert result.rating.id not in ratings
        assert ratings <= {step.id for step in STEPS if step.label in said}
        assert flag.instead
        assert flag.instead.label in said


@given(st.data())
def test_ratings_between_two_values_are_those_of_the_values_between_them(data: st.DataObject) -> None:
    bands = data.draw(any_bands(STEPS, 20))
    ends = data.draw(st.lists(st.integers(0, 200).map(lambda tenth: Fraction(tenth, 10)), min_size=2, max_size=2))
    bounds = {bound + beside for band in bands for bound in band.bounds.values() for beside in (0, Fraction(1, 100))}
    between = {*ends, *(value for value in bounds if min(ends) <= value <= max(ends))}
    found = ratings_between(bands, min(ends), max(ends))
    assert {*found} == {placed(bands, value) for value in between}
    order = [each.rating for each in ranges_of(bands) if each.rating in found]
    assert [*found] == [*dict.fromkeys(order)] or {*found} == {*order}


CHOSEN = """\
provider_facts: [{id: small, title: A small one, type: yes_no}]
panel: {cases_fewer_than: 5, one_case_would_change_it: yes, within_points: 10}
"""


def test_what_holds_by_every_row_is_flagged_once() -> None:
    text = SUMS.replace("WEIGHT", "1").replace("panel: {one_case_would_change_it: yes}\n", CHOSEN)
    bands = "bands: [{from: 6, rating: good}, {from: 3, rating: fair}, {from: 0, rating: poor}]"
    rows = bands.removeprefix("bands: ")
    other = rows.replace("from: 6", "from: 8")
    framework = make_framework(text.replace(bands, f"bands_by: {{small: {{yes: {rows}, no: {other}}}}}"))
    # 2 of 8 are poor in either row, where 3 is the limit for fair, and so few cases are few in either.
    kinds = [flag.kind for flag in flags_of(framework, "s.q", counted("2", 8, 4))]
    assert kinds == ["one_case", "few_cases"]
    assert [flag.kind for flag in flags_of(framework, "s.q", counted("2", 8, 4), small=True)] == kinds


def test_the_provider_and_what_is_not_rated_have_no_flags() -> None:
    panel = "{one_case_would_change_it: yes, within_points: 99, cases_fewer_than: 9}"
    assert flags_of(workshops(panel), "work.means", counted("3", 6)) == ()  # it has no bands
    assert {flag.kind for flag in flags_of(workshops(panel), EVIDENCE, counted("130", 200))} >= {"few_cases"}
    text = SUMS.replace("WEIGHT", "1").replace("ask: Is it?", "ask: Is it?\n        asked_of: provider")
    asked = make_framework(text)
    result = rate_counts(asked, {}, {}, answers=dict.fromkeys(asked.provider_prompts, Answer.YES))
    (question,) = result.standards[0].key_questions
    assert (question.rating and question.rating.id, question.panel) == ("poor", ())


def test_in_bulk_the_flags_are_the_same() -> None:
    framework = make_framework(SUMS.replace("WEIGHT", "1"))
    answers = {path: ["yes", "no", "no"] for path in ("s.q.a", "s.q.b")}
    frame = polars.DataFrame({"g": ["x"] * 3, "case": [*"123"], **answers})
    rated = rate_frame(framework, frame, "g")["x"].standards[0].key_questions[0]
    assert rated.panel == flags_of(framework, "s.q", counted("2", 6, 3)) != ()


def test_coverage_check_and_the_site_know_the_flags(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "standards" / "sums" / "1"
    (folder / "scenarios").mkdir(parents=True)
    text = SUMS.replace("WEIGHT", "1").replace("panel: {", "panel: {within_points: 5, ")
    (folder / "framework.yaml").write_text(text, encoding="utf-8")
    scenario = "scenarios:\n  - name: One answer away\n    key_question: s.q\n"
    scenario += "    given: {counts: {s.q: {scored: 4, points: 2, reachable: 8}}}\n    expect: {panel: FLAGS}\n"
    (folder / "scenarios" / "flags.yaml").write_text(scenario.replace("FLAGS", "[one_case]"), encoding="utf-8")
    code, out, error = run("test", folder, "--coverage")
    assert code in (0, 1), error
    said = " ".join(out.split())
    assert "panel flag near_boundary: raised" in said.replace("never ", "")
    assert "panel flag one_case: raised" not in said.replace("never ", "")
    (folder / "scenarios" / "flags.yaml").write_text(scenario.replace("FLAGS", "[]"), encoding="utf-8")
    assert run("test", folder)[0] == 1
    assert [found.code for found in check_framework(load_framework(folder)) if found.code.startswith("panel")] == []
    assert run("docs", folder, "-o", tmp_path / "site")[0] == 0
    page = " ".join((tmp_path / "site" / "ratings.html").read_text(encoding="utf-8").split())
    assert "or points are within 5 per cent of the highest that they could be of one" in page
    assert "one answer in one case with the next higher or lower score" in page


def test_where_there_is_one_band_alone_no_value_is_near_a_limit() -> None:
    text = SUMS.replace("WEIGHT", "1").replace("{from: 6, rating: good}, {from: 3, rating: fair}, ", "")
    framework = make_framework(text.replace("one_case_would_change_it: yes", "within_points: 5"))
    assert "panel-never" in [found.code for found in check_framework(framework)]
