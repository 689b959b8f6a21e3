"""What is known about the provider decides whether standards apply and what rating rules give, never by a guess."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctm_rules import (
    DiagnosticError,
    Fact,
    Framework,
    check_framework,
    load_framework,
    make_engine,
    rate_counts,
    rate_files,
    rate_frame,
)
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.engines.standings import Standings
from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, FactTest, FactValue, Not
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rating_rules import RatingStep, TakeRating
from tests.support.commands import Run
from tests.support.strategies import framework_around

NEEDS_DURABLE = pytest.mark.skipif(not durable_is_available(), reason="durable_rules is not installed here")

SCHOOL = """\
id: school
edition: "2026"
title: Standards for schools
publisher: A council
in_force_from: 2026-01-01
source: {title: A handbook, url: "https://council.example/schools"}
ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1}, {id: poor, label: Poor, score: 0}]
provider_facts:
  - {id: sixth_form, title: There is a sixth form, type: yes_no}
  - {id: pupils, title: Pupils, type: whole_number, range: {from: 0}}
standards:
  - {id: "1", slug: teaching, title: Teaching, statement: It is taught well., rated_by: judgement}
  - id: "2"
    slug: sixth
    title: Sixth form
    statement: It is taught well up to the end.
    rated_by: judgement
    applies_when: {fact: sixth_form, is: yes}
overall:
  take: lowest
  of: standards
  not_rated: leave_out
  then:
    - {no_better_than: fair, when: {fact: pupils, at_most: 20}}
"""


@pytest.fixture
def school(tmp_path: Path) -> Framework:
    (tmp_path / "framework.yaml").write_text(SCHOOL)
    return load_framework(tmp_path)


@pytest.mark.parametrize("engine", ["reference", pytest.param("durable", marks=NEEDS_DURABLE)])
@pytest.mark.parametrize(
    ("facts", "judged", "overall", "score", "said"),
    [
        ({"sixth_form": True, "pupils": 90}, {"teaching": "good", "sixth": "poor"}, "poor", (2, 4), ()),
        ({"sixth_form": False, "pupils": 90}, {"teaching": "good"}, "good", (2, 2), ("does not apply",)),
        ({"sixth_form": False, "pupils": 20}, {"teaching": "good"}, "fair", (2, 2), ("does not apply",)),
        ({"sixth_form": False, "pupils": 21}, {"teaching": "poor"}, "poor", (0, 2), ("does not apply",)),
        # What is not known: no rating, unless it makes no difference.
        ({"pupils": 90}, {"teaching": "good", "sixth": "good"}, None, (None, 4), ("is not known",)),
        ({"sixth_form": True}, {"teaching": "good", "sixth": "good"}, None, (4, 4), ("“Pupils” is not known",)),
        ({"sixth_form": True}, {"teaching": "good", "sixth": "poor"}, "poor", (2, 4), ()),
    ],
    ids=["applies", "does not", "few pupils", "one more pupil", "not known whether", "pupils not known", "no matter"],
)
def test_facts_of_the_provider_decide_what_applies_and_what_is_limited(
    school: Framework,
    facts: Mapping[str, FactValue],
    judged: Mapping[str, str],
    overall: str | None,
    score: tuple[int | None, int],
    said: tuple[str, ...],
    engine: str,
) -> None:
    rated = rate_counts(school, {}, judged, make_engine(school, engine), provider=facts)  # type: ignore[arg-type]
    assert (rated.overall.id if rated.overall else None) == overall
    assert (rated.score, rated.out_of) == score
    assert len(rated.not_rated) == len(said)
    assert all(words in sentence for words, sentence in zip(said, rated.not_rated, strict=True))


@pytest.mark.parametrize(
    ("facts", "code", "path"),
    [
        ({"sixth": True}, "unknown-name", "/provider/sixth"),
        ({"pupils": "90"}, "bad-value", "/provider/pupils"),
        ({"pupils": -1}, "bad-value", "/provider/pupils"),
        ({"sixth_form": 1}, "bad-value", "/provider/sixth_form"),
    ],
    ids=["not declared", "a text", "out of its range", "one for yes"],
)
def test_what_cannot_be_known_of_a_provider_is_refused(
    school: Framework, facts: Mapping[str, FactValue], code: str, path: str
) -> None:
    engine = make_engine(school, "reference")
    with pytest.raises(DiagnosticError) as error:
        rate_counts(school, {}, {}, engine, provider=facts)
    assert [(found.code, found.path) for found in error.value.diagnostics] == [(code, path)]
    frame = polars.DataFrame({"provider": ["North"]})
    with pytest.raises(DiagnosticError) as in_bulk:
        rate_frame(school, frame, "provider", provider={"North": facts})  # type: ignore[dict-item]
    assert [found.code for found in in_bulk.value.diagnostics] == [code]


def test_a_table_of_judgements_has_columns_for_facts_of_providers(school: Framework, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text("case,provider\n1,North\n2,South\n")
    judged = tmp_path / "judged.csv"
    judged.write_text("provider,teaching,sixth,sixth_form,pupils\nNorth,good,,no,90\nSouth,good,poor,yes,12\n")
    rated = rate_files(school, [tmp_path / "cases.csv"], "provider", judgements=judged)
    overall = {each.group["provider"]: each.rating.overall for each in rated.ratings}
    assert {name: rating.id for name, rating in overall.items() if rating} == {"North": "good", "South": "poor"}
    judged.write_text("provider,teaching,pupils,sixthform\nNorth,good,many,no\n")
    with pytest.raises(DiagnosticError) as error:
        rate_files(school, [tmp_path / "cases.csv"], "provider", judgements=judged)
    assert [found.code for found in error.value.diagnostics] == ["unknown-column"]
    judged.write_text("provider,teaching,pupils\nNorth,good,many\n")
    with pytest.raises(DiagnosticError) as in_a_cell:
        rate_files(school, [tmp_path / "cases.csv"], "provider", judgements=judged)
    assert [(found.code, found.line, found.column) for found in in_a_cell.value.diagnostics] == [("bad-value", 2, 3)]


@pytest.mark.parametrize(("sixth_form", "pupils"), [("no", "90"), ("no", "90.0"), ("FALSE", " 90 ")], ids=str)
def test_a_fact_of_a_provider_is_read_as_every_cell_is(
    school: Framework, tmp_path: Path, sixth_form: str, pupils: str
) -> None:
    (tmp_path / "cases.csv").write_text("case,provider\n1,North\n")
    judged = tmp_path / "judged.csv"
    judged.write_text(f"provider,teaching,sixth_form,pupils\nNorth,good,{sixth_form},{pupils}\n")
    (group,) = rate_files(school, [tmp_path / "cases.csv"], "provider", judgements=judged).ratings
    assert group.rating.overall is not None
    assert group.rating.overall.id == "good"


def test_an_inspection_gives_facts_of_its_provider_and_is_told_what_is_missing(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "ours" / "standards" / "school" / "2026"
    folder.mkdir(parents=True)
    (folder / "framework.yaml").write_text(SCHOOL)
    inspection = tmp_path / "ours" / "inspection.yaml"
    text = (
        "framework: {id: school}\nprovider: {id: north, name: North, facts: {sixth_form: no, pupils: 90}}\n"
        "title: North\nfieldwork: {started: 2026-02-02}\ncases: {synthetic: true, note: It is made up.}\n"
        "judgements: [{standard: teaching, rating: good, rationale: It is.}]\n"
    )
    inspection.write_text(text)
    code, out, err = run("rate", str(inspection))
    assert "Overall: Good, score 2 of 2" in out
    assert "2 Sixth form: it does not apply (it does where “There is a sixth form” is yes)" in out
    assert "not-judged" not in out + err  # nobody judges what does not apply
    inspection.write_text(text.replace(", pupils: 90", ""))
    _, out, _ = run("check", str(inspection))
    assert "[provider-fact-missing]" in out
    inspection.write_text(text.replace("pupils: 90", "pupils: many"))
    code, out, err = run("rate", str(inspection))
    assert code != 0
    assert "inspection.yaml:2:" in out + err
    assert "whole number" in out + err


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("applies_when: {fact: sixth_form, is: yes}", "applies_when: {fact: sixthform, is: yes}", "unknown-name"),
        ("when: {fact: pupils, at_most: 20}", "when: {fact: pupils, at_most: few}", "bad-comparison"),
        ("when: {fact: pupils, at_most: 20}", "when: teaching", "bad-rating-rule"),
        ("overall:\n", "facts: [{id: age, title: Age, type: whole_number}]\noverall:\n", "unused-fact"),
        ("{fact: pupils,", "{fact: age,", "other-fact"),
        ("{id: pupils,", "{id: sixth_form,", "duplicate-id"),
    ],
    ids=["misspelt", "a value that it cannot have", "a prompt", "looked at by nothing", "of a case", "twice"],
)
def test_mistakes_about_facts_of_the_provider_are_found(
    tmp_path: Path, old: str, new: str, code: str, run: Run
) -> None:
    text = SCHOOL.replace(old, new)
    if code == "other-fact":
        text = text.replace("overall:\n", "facts: [{id: age, title: Age, type: whole_number}]\noverall:\n")
    assert text != SCHOOL
    (tmp_path / "framework.yaml").write_text(text)
    assert f"[{code}]" in run("check", str(tmp_path))[1]


# --- Engines agree -----------------------------------------------------------------------------------

FACTS = (
    Fact("open", "Open", "yes_no"),
    Fact("size", "Size", "choice", {"small": "Small", "middle": "Middle", "large": "Large"}, ordered=True),
    Fact("seats", "Seats", "whole_number"),
    Fact("since", "Open since", "date"),
)
DAYS = [datetime.date(2026, 1, day) for day in (1, 2, 3, 4)]
VALUES: dict[str, st.SearchStrategy[FactValue]] = {
    "open": st.booleans(),
    "size": st.sampled_from(["small", "middle", "large"]),
    "seats": st.integers(-3, 3) | st.sampled_from([-(10**12), 10**12]),
    "since": st.sampled_from(DAYS),
}


@st.composite
def fact_tests(draw: st.DrawFn) -> FactTest:
    fact = draw(st.sampled_from(FACTS))
    ordered = ["at_least", "at_most"] if fact.id != "open" else []
    comparison = draw(st.sampled_from(["is", "is_not", "one_of", *ordered]))
    values = draw(st.lists(VALUES[fact.id], min_size=1, max_size=3 if comparison == "one_of" else 1, unique=True))
    return FactTest(fact.id, comparison, tuple(values))  # type: ignore[arg-type]


def compound(below: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    some = st.lists(below, min_size=1, max_size=3).map(tuple)
    counted = some.flatmap(lambda of: st.builds(AtLeast, st.integers(1, len(of)), st.just(of)))
    return some.map(AllOf) | some.map(AnyOf) | counted | below.map(Not)


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(fact_tests(), compound, max_leaves=5)


@NEEDS_DURABLE
@given(CONDITIONS, st.fixed_dictionaries({}, optional=VALUES))
def test_engines_agree_on_facts_of_the_provider(condition: Condition, facts: Mapping[str, FactValue]) -> None:
    rule = TakeRating("lowest", "standards", then=(RatingStep(worse_by=1, when=condition),))
    framework = framework_around(provider_facts=FACTS, overall=rule)
    assert [found for found in check_framework(framework) if found.severity == "error"] == []
    found = [make_engine(framework, name).holds(condition, Standings({}, facts)) for name in ("reference", "durable")]  # type: ignore[arg-type]
    assert found[0] is found[1]
    assert found[0] is not Truth.DROPPED
