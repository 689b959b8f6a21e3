"""A key question may be rated in a way of its own, on a scale of its own; every tool then goes by that."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from ctm_rules import Counts, Framework, compare_frameworks, load_framework, make_engine, rate_counts
from ctm_rules.docs.site import write_site
from ctm_rules.engines.durable_ruleset import durable_is_available
from tests.support.commands import Run

ENGINES = ["reference", *(["durable"] if durable_is_available() else [])]

KITCHENS = """\
id: kitchens
edition: "1"
title: Kitchens
publisher: A council
in_force_from: 2026-01-01
ratings:
  - {id: fine, label: Fine, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}
scales:
  safety:
    - {id: safe, label: Safe}
    - {id: unsafe, label: Unsafe}
domains: [{id: all_of_it, title: All of it, standards: [hygiene]}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands: [{from: 80, rating: fine}, {from: 50, rating: fair}, {from: 0, rating: poor}]
standards:
  - id: H
    slug: hygiene
    title: Hygiene
    statement: Kitchens are clean.
    rated_by: cases
    rating:
      first_that_holds:
        - {rating: poor, when: {key_question: hygiene.burns, rated: unsafe}}
        - {rating: fine, when: {key_question: hygiene.clean, rated: fine}}
        - {rating: fair}
    key_questions:
      - id: clean
        ask: Is it clean?
        prompts: [{id: floors, ask: Are the floors clean?}]
        yes_when: {all: [floors]}
      - id: burns
        ask: Is nobody burnt?
        prompts: [{id: guarded, ask: Is the stove guarded?}]
        yes_when: {all: [guarded]}
        scale: safety
        rating:
          share_of: no
          among: [yes, no]
          decided_on: exact
          minimum_cases: 3
          bands: [{above: 10, rating: unsafe}, {rating: safe}]
"""


def load(tmp_path: Path, *replacements: tuple[str, str]) -> Framework:
    text = textwrap.dedent(KITCHENS)
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path / "kitchens" / "1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "framework.yaml").write_text(text, encoding="utf-8")
    return load_framework(folder)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("burnt", "safe", "rating"),
    [
        pytest.param(0, 10, "fine", id="nobody is burnt"),
        pytest.param(1, 9, "fine", id="at the bound"),
        pytest.param(11, 89, "poor", id="above the bound"),
        pytest.param(10001, 89999, "poor", id="above the bound by less than a per cent"),
    ],
)
def test_a_key_question_is_placed_in_its_own_bands(
    engine: str, burnt: int, safe: int, rating: str, tmp_path: Path
) -> None:
    framework = load(tmp_path)
    counts = {"hygiene.clean": Counts(yes=9, no=1), "hygiene.burns": Counts(yes=safe, no=burnt)}
    result = rate_counts(framework, counts, {}, make_engine(framework, engine))  # type: ignore[arg-type]
    (standard,) = result.standards
    assert standard.rating is not None
    assert standard.rating.id == rating
    assert [question.rating.label for question in standard.key_questions if question.rating] == [
        "Fine",
        "Unsafe" if rating == "poor" else "Safe",
    ]


def test_too_few_cases_are_said_for_the_question_that_asks_for_more(tmp_path: Path) -> None:
    framework = load(tmp_path)
    counts = {"hygiene.clean": Counts(yes=2), "hygiene.burns": Counts(yes=2)}
    (standard,) = rate_counts(framework, counts, {}, make_engine(framework, "reference")).standards
    assert [question.rating is None for question in standard.key_questions] == [False, True]
    assert "only 2 cases counted for hygiene.burns, and a rating needs 3 cases" in standard.key_questions[1].not_rated


def test_the_question_whose_rating_is_further_down_its_own_scale_is_the_weaker(tmp_path: Path) -> None:
    framework = load(tmp_path)
    counts = {"hygiene.clean": Counts(yes=6, no=4), "hygiene.burns": Counts(yes=1, no=9)}
    (standard,) = rate_counts(framework, counts, {}, make_engine(framework, "reference")).standards
    assert [question.path for question in standard.weakest_first] == ["hygiene.burns", "hygiene.clean"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "bands: [{above: 10, rating: unsafe}, {rating: safe}]",
            "bands: [{above: 20, rating: unsafe}, {rating: safe}]",
            "the limit for Unsafe moved from above 10% to above 20%",
            id="its bound",
        ),
        pytest.param("share_of: no", "share_of: yes", "the outcome whose share counts", id="its share"),
        pytest.param("minimum_cases: 3", "minimum_cases: 4", "the fewest cases", id="its fewest cases"),
    ],
)
def test_what_changes_in_it_is_said_at_its_address(old: str, new: str, says: str, tmp_path: Path) -> None:
    changes = compare_frameworks(load(tmp_path / "old"), load(tmp_path / "new", (old, new))).changes
    assert {change.path.rpartition(".rating")[0] for change in changes} == {"hygiene.burns"}
    assert says in "\n".join(change.says for change in changes)
    assert {change.weight for change in changes} == {"decides"}


def test_its_bands_have_states_of_their_own_to_be_tried_by_scenarios(tmp_path: Path, run: Run) -> None:
    load(tmp_path)
    scenarios = tmp_path / "kitchens" / "1" / "scenarios"
    scenarios.mkdir()
    (scenarios / "burns.yaml").write_text(
        "framework: {path: ..}\nscenarios:\n  - name: somebody is burnt\n"
        "    given: {counts: {hygiene.clean: {yes: 10, no: 0}, hygiene.burns: {yes: 5, no: 5}}}\n"
        "    expect: {key_questions: {hygiene.burns: {band: unsafe}}, standards: {hygiene: poor}}\n",
        encoding="utf-8",
    )
    code, out, err = run("test", str(tmp_path / "kitchens"), "--coverage", "--threshold", "1")
    assert code == 0, out + err
    assert "hygiene.burns: the band safe: never reached" in out
    assert "hygiene.burns: the band unsafe: never reached" not in out


def test_the_site_says_what_a_panel_may_move(tmp_path: Path) -> None:
    load(tmp_path, ("standards:\n", "panel: {may_move: {standards: 2}}\nstandards:\n"))
    write_site(tmp_path / "kitchens" / "1", tmp_path / "site")
    page = (tmp_path / "site" / "ratings.html").read_text(encoding="utf-8")
    assert "the rating of a standard (2 steps)" in page


def test_the_site_shows_its_bands_under_its_question(tmp_path: Path) -> None:
    load(tmp_path)
    write_site(tmp_path / "kitchens" / "1", tmp_path / "site")
    page = (tmp_path / "site" / "ratings.html").read_text(encoding="utf-8")
    of_all, _, own = page.partition('id="key-questions-hygiene.burns"')
    assert ">Unsafe<" in own.partition('id="standards"')[0]
    assert "that are\nno among those" in own.partition('id="standards"')[0]
    assert "that are\nyes among those" in of_all
