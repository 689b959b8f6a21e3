"""What a ratings panel decides: applied to ratings made from counts, with what is computed beside it."""

from __future__ import annotations

import datetime
from itertools import product
from pathlib import Path

import pytest
from attrs import evolve

from ctm_rules import (
    Counts,
    DiagnosticError,
    Framework,
    MayMove,
    PanelDecision,
    RatingResult,
    load_framework,
    make_engine,
    make_framework,
    rate_counts,
)
from ctm_rules.engines.durable_ruleset import durable_is_available

DAY = datetime.date(2026, 3, 2)
NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")
STEPS = ["best", "good", "fair", "poor"]
SCHOOLS = """
id: schools
edition: "1"
title: Schools
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: best, label: Best, score: 3}
  - {id: good, label: Good, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands: [{from: 75, rating: best}, {from: 50, rating: good}, {from: 25, rating: fair}, {from: 0, rating: poor}]
domains: [{id: work, title: Work, standards: [lessons, rooms]}, {id: lead, title: Lead, standards: [heads]}]
domain_rating: {take: lowest, of: standards}
overall: {take: lowest, of: domains}
panel: {one_standard_would_change_it: true, cases_fewer_than: 200, may_move: {standards: 2, domains: 1, overall: 1}}
standards:
  - {id: H, slug: heads, title: Heads, statement: Heads lead., rated_by: judgement}
  - id: L
    slug: lessons
    title: Lessons
    statement: Lessons are good.
    rated_by: cases
    key_questions: [{id: q, ask: Is it good?, prompts: [{id: p, ask: Is it?}], yes_when: {all: [p]}}]
  - id: R
    slug: rooms
    title: Rooms
    statement: Rooms are good.
    rated_by: cases
    key_questions: [{id: q, ask: Is it good?, prompts: [{id: p, ask: Is it?}], yes_when: {all: [p]}}]
"""
SHARES = {"best": 80, "good": 60, "fair": 30, "poor": 10}


@pytest.fixture
def schools(tmp_path: Path) -> Framework:
    file = tmp_path / "schools.yaml"
    file.write_text(SCHOOLS, encoding="utf-8")
    return load_framework(file)


def decide(was: str, rating: str, **place: object) -> PanelDecision:
    return PanelDecision(was, rating, "Seen again.", "the panel", DAY, **place)  # type: ignore[arg-type]


def rate(
    framework: Framework, lessons: str, rooms: str, heads: str, *decisions: PanelDecision, engine: str = "reference"
) -> RatingResult:
    counts = {
        f"{slug}.q": Counts(yes=SHARES[rating], no=100 - SHARES[rating])
        for slug, rating in (("lessons", lessons), ("rooms", rooms))
    }
    made = make_engine(framework, engine)  # type: ignore[arg-type]
    return rate_counts(framework, counts, {"heads": heads}, made, decisions=decisions)


def codes(error: DiagnosticError) -> list[str]:
    return [found.code for found in error.diagnostics]


def lowest(*ratings: str) -> str:
    return max(ratings, key=STEPS.index)


@pytest.mark.parametrize("engine", ["reference", pytest.param("durable", marks=NEEDS_DURABLE)])
def test_levels_above_use_decided_ratings_and_the_computed_stand_beside(schools: Framework, engine: str) -> None:
    of_standard = decide("poor", "good", standard="lessons")
    of_domain = decide("good", "best", domain="work")
    of_whole = decide("good", "fair", overall=True)
    for lessons, rooms, heads in product(STEPS, STEPS, STEPS):
        found = rate(schools, lessons, rooms, heads, of_standard, of_domain, of_whole, engine=engine)
        decided = "good" if lessons == "poor" else lessons
        work = lowest(decided, rooms)
        decided_work = "best" if work == "good" else work
        whole = lowest(decided_work, heads)
        decided_whole = "fair" if whole == "good" else whole
        by_slug = {each.standard.slug: each for each in found.standards}
        assert [each and each.id for each in (by_slug["lessons"].rating, by_slug["lessons"].computed)] == [
            *(decided, lessons),
        ]
        assert [each.rating and each.rating.id for each in found.domains] == [decided_work, heads]
        assert [each.computed and each.computed.id for each in found.domains] == [lowest(lessons, rooms), heads]
        assert found.overall is not None
        assert found.overall.id == decided_whole
        assert found.overall_computed is not None
        assert found.overall_computed.id == lowest(lessons, rooms, heads)
        scores = {rating: 3 - number for number, rating in enumerate(STEPS)}
        assert (found.score, found.computed_score) == (
            *(scores[decided] + scores[rooms] + scores[heads], scores[lessons] + scores[rooms] + scores[heads]),
        )
        applied = [lessons == "poor", work == "good", whole == "good"]
        stale = [stale.decision for stale in found.stale_decisions]
        made = zip((of_standard, of_domain, of_whole), applied, strict=True)
        assert stale == [decision for decision, is_applied in made if not is_applied]


def test_a_domain_keeps_the_score_that_was_computed_beside_the_one_that_was_decided(tmp_path: Path) -> None:
    sums = "{sum_of: scores, bands: [{from: 2, rating: good}, {from: 0, rating: poor}]}"
    file = tmp_path / "schools.yaml"
    file.write_text(SCHOOLS.replace("domain_rating: {take: lowest, of: standards}", f"domain_rating: {sums}"))
    found = rate(load_framework(file), "poor", "good", "best", decide("poor", "good", standard="lessons"))
    assert [(each.score, each.computed_score) for each in found.domains] == [(4, 2), (3, 3)]


@pytest.mark.parametrize(
    ("decision", "says"),
    [
        pytest.param(
            {"standard": "lessons"}, "L Lessons: the panel moved Best, and Good is computed by now", id="standard"
        ),
        pytest.param({"domain": "work"}, "Work: the panel moved Best, and Fair is computed by now", id="domain"),
        pytest.param({"domain": "lead"}, "Lead: the panel moved Best, and no rating is computed by now", id="none"),
        pytest.param(
            {"overall": True}, "Overall rating: the panel moved Best, and no rating is computed by now", id="overall"
        ),
    ],
)
def test_a_stale_decision_says_what_it_moved_and_what_is_computed(
    decision: dict[str, object], says: str, schools: Framework
) -> None:
    counts = {"lessons.q": Counts(yes=60, no=40), "rooms.q": Counts(yes=30, no=70)}
    found = rate_counts(schools, counts, {}, "reference", decisions=[decide("best", "good", **decision)])
    assert [str(stale) for stale in found.stale_decisions] == [says]


OF_TWO_SCALES = """
id: schools
edition: "1"
title: Schools
publisher: A council
in_force_from: 2026-01-01
ratings: [{id: good, label: Good}, {id: poor, label: Poor}]
scales: {two: [{id: met, label: Is met}, {id: unmet, label: Is not met}]}
overall: {take: lowest, of: standards}
panel: {may_move: {standards: 1, overall: 1}}
standards:
  - id: H
    slug: heads
    title: Heads
    statement: Heads lead.
    scale: two
    in_total: no
    key_questions: [{id: q, ask: Do they?, rated_by: judgement, scale: two}]
  - {id: L, slug: lessons, title: Lessons, statement: Lessons are good., rated_by: judgement}
"""


@pytest.mark.parametrize(
    ("heads", "says", "computed"),
    [
        pytest.param("met", "H Heads: the panel moved Is not met, and Is met is computed by now", "met", id="another"),
        pytest.param(None, "H Heads: the panel moved Is not met, and no rating is computed by now", None, id="none"),
    ],
)
def test_a_decision_speaks_of_the_scale_of_what_was_moved(heads: str | None, says: str, computed: str | None) -> None:
    framework = make_framework(OF_TWO_SCALES)
    decisions = [decide("unmet", "met", standard="heads"), decide("poor", "good", overall=True)]
    judged = {"heads.q": "unmet", "lessons": "poor"}
    said = rate_counts(framework, {}, judged, "reference", decisions=decisions).to_dict()
    of_heads, of_all = said["standards"][0]["decision"], said["overall"]["decision"]
    assert of_heads is not None
    assert of_all is not None
    assert (of_heads["from"], of_heads["from_id"], of_heads["rating"], of_heads["rating_id"]) == (
        *("Is not met", "unmet", "Is met", "met"),
    )
    assert (of_all["from"], of_all["rating"], of_all["date"]) == ("Poor", "Good", "2026-03-02")
    again = rate_counts(
        framework, {}, {} if heads is None else {"heads.q": heads}, "reference", decisions=decisions[:1]
    )
    (stale,) = again.to_dict()["stale_decisions"]
    assert (stale["level"], stale["id"], stale["says"], stale["computed_id"]) == ("standards", "heads", says, computed)


def test_without_decisions_nothing_is_beside(schools: Framework) -> None:
    found = rate(schools, "good", "fair", "best")
    assert found.overall == found.overall_computed
    assert (found.decided, found.stale_decisions, found.overall_decision) == ((), (), None)
    said = found.to_dict()
    assert said["overall"]["computed"] == {"rating": "Fair", "rating_id": "fair", "score": 6}
    assert said["stale_decisions"] == []


def test_what_is_not_rated_is_not_moved(schools: Framework) -> None:
    engine = make_engine(schools)
    decision = decide("poor", "fair", overall=True)
    found = rate_counts(schools, {}, {"heads": "poor"}, engine, decisions=[decision])
    assert found.overall is None
    assert [str(stale) for stale in found.stale_decisions] == [
        "Overall rating: the panel moved Poor, and no rating is computed by now",
    ]


def test_what_a_panel_decided_it_need_not_look_at_again(schools: Framework) -> None:
    before = rate(schools, "poor", "good", "best")
    assert any(said.startswith("L Lessons") for said in before.panel)
    assert any(said.startswith("Work") for said in before.panel)
    decisions = decide("poor", "fair", standard="lessons"), decide("fair", "good", domain="work")
    after = rate(schools, "poor", "good", "best", *decisions)
    assert not [said for said in after.panel if said.startswith(("L Lessons", "Work"))]
    assert any(said.startswith("Overall") for said in before.panel)
    of_whole = rate(schools, "poor", "good", "best", decide("poor", "fair", overall=True))
    assert not [said for said in of_whole.panel if said.startswith("Overall")]


def test_the_rows_of_a_table_hold_what_was_computed(schools: Framework) -> None:
    found = rate(schools, "poor", "best", "best", decide("poor", "good", standard="lessons"))
    rows = {(row["level"], row["id"]): (row["rating"], row["computed"]) for row in found.to_rows()}
    assert rows["standard", "lessons"] == ("Good", "Poor")
    assert rows["domain", "work"] == ("Good", "Poor")
    assert rows["standard", "heads"] == ("Best", "Best")
    assert rows["overall", ""] == ("Good", "Poor")


@pytest.mark.parametrize(
    ("decision", "code", "words"),
    [
        pytest.param(
            decide("poor", "best", standard="lessons"),
            "bad-decision",
            "by 3 steps, and a panel may move it",
            id="too far",
        ),
        pytest.param(decide("best", "poor", domain="work"), "bad-decision", "within 1 step", id="too far down"),
        pytest.param(decide("good", "good", domain="work"), "bad-decision", "moves nothing", id="moves nothing"),
        pytest.param(
            decide("good", "best", standard="heads"), "bad-decision", "rated by judgement", id="standard is judged"
        ),
        pytest.param(decide("good", "best", standard="lesons"), "unknown-name", '"lesons"', id="standard misspelt"),
        pytest.param(decide("good", "best", domain="wrok"), "unknown-name", '"wrok"', id="domain misspelt"),
        pytest.param(decide("good", "bset", domain="work"), "unknown-name", '"bset"', id="rating misspelt"),
        pytest.param(decide("Good", "best", domain="work"), "unknown-name", "label of a rating", id="label for an id"),
        pytest.param(decide("good", "best"), "bad-decision", "about one rating", id="about nothing"),
        pytest.param(
            decide("good", "best", domain="work", standard="rooms"), "bad-decision", "about one", id="about two things"
        ),
        pytest.param(
            PanelDecision("good", "best", " ", "the panel", DAY, domain="work"),
            *("bad-decision", "no reason"),
            id="no reason",
        ),
        pytest.param(
            PanelDecision("good", "best", "Seen.", "", DAY, domain="work"),
            "bad-decision",
            "no who",
            id="nobody decided",
        ),
        pytest.param(
            PanelDecision("good", "best", "Seen.", "we", "today", domain="work"),  # type: ignore[arg-type]
            *("bad-decision", "'today'"),
            id="a word for a day",
        ),
        pytest.param("Work: Best", "bad-decision", "'Work: Best'", id="a text"),
    ],
)
def test_a_decision_that_cannot_be_made_is_refused(
    schools: Framework, decision: PanelDecision, code: str, words: str
) -> None:
    with pytest.raises(DiagnosticError) as caught:
        rate(schools, "good", "good", "good", decision)
    assert codes(caught.value) == [code]
    assert words in str(caught.value)
    assert caught.value.diagnostics[0].path.startswith("/decisions/0")


def test_two_decisions_on_one_rating_are_refused(schools: Framework) -> None:
    with pytest.raises(DiagnosticError) as caught:
        rate(schools, "good", "good", "good", *[decide("good", "best", domain="work")] * 2)
    assert codes(caught.value) == ["duplicate-id"]


def test_nothing_may_be_moved_where_the_framework_does_not_say_so() -> None:
    shipped = load_framework("hmip-pdu", "2024")
    framework = evolve(shipped, panel=evolve(shipped.panel, may_move=MayMove()))
    counts = {path: Counts(yes=1) for path in framework.key_questions}
    engine = make_engine(framework)
    for place in ({"standard": "planning"}, {"domain": "organisation"}, {"overall": True}):
        decision = decide("good", "outstanding", **place)
        with pytest.raises(DiagnosticError) as caught:
            rate_counts(framework, counts, {}, engine, decisions=[decision])
        assert "a panel may move it not at all" in str(caught.value)
