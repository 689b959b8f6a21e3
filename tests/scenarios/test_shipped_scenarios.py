"""The shipped scenarios: they pass, cover everything, and fail when a rule or a band is changed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from attrs import evolve

from ctm_rules import Case, Framework
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AllOf, AtLeast, Condition, PromptIsYes, children
from ctm_rules.model.framework import KeyQuestion
from ctm_rules.scenarios.finding import find_scenario_files
from ctm_rules.scenarios.resolving import Scenario
from ctm_rules.scenarios.running import ScenarioRunner
from tests.support.commands import Run
from tests.support.engines import ENGINES
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def shipped_scenarios() -> tuple[Scenario, ...]:
    read = ScenarioRunner().read(find_scenario_files([standards_folder()]))
    return tuple(scenario for file in read for scenario in file.scenarios)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_shipped_scenarios_pass_and_cover_everything(run: Run, engine: str) -> None:
    ran = run("test", ROOT / "standards", "--coverage", "--threshold", 100, "--engine", engine)
    assert ran.code == 0, ran.out
    assert ", 0 fail" in ran.out
    assert "never" not in ran.out


def test_every_key_question_has_each_outcome(shipped: Framework, shipped_scenarios: tuple[Scenario, ...]) -> None:
    expected = {
        (path, question.outcome) for scenario in shipped_scenarios for path, question in scenario.questions.items()
    }
    outcomes = ("yes", "no", "not_applicable", "undetermined")
    assert {(path, outcome) for path in shipped.key_questions for outcome in outcomes} <= expected


def critical_prompts(rule: Condition) -> list[str]:
    """Return the prompts without which a rule is never yes, as its root names them."""
    clauses = rule.of if isinstance(rule, AllOf) else (rule,)
    return [clause.prompt for clause in clauses if isinstance(clause, PromptIsYes)]


def test_every_critical_prompt_alone_makes_it_no(shipped: Framework, shipped_scenarios: tuple[Scenario, ...]) -> None:
    shown: set[tuple[str, str | None, str]] = set()
    for scenario in shipped_scenarios:
        case = scenario.given
        for path, expected in scenario.questions.items():
            if isinstance(case, Case) and expected.outcome == "no":
                variant = None if expected.variant in (None, "none") else expected.variant
                answers = {a.removeprefix(f"{path}."): w for a, w in case.answers.items() if a.startswith(f"{path}.")}
                noes = [prompt for prompt, answer in answers.items() if answer == "no"]
                if len(noes) == 1 and len(answers) == len(shipped.key_questions[path].prompts):
                    shown.add((path, variant, noes[0]))
    rules = [
        (path, variant, rule)
        for path, question in shipped.key_questions.items()
        for variant, rule in [(None, question.yes_when), *((v, r.yes_when) for v, r in question.variants.items())]
    ]
    wanted = {(path, variant, prompt) for path, variant, rule in rules for prompt in critical_prompts(rule)}
    assert len(wanted) >= len(rules)
    assert wanted <= shown


def test_every_bound_is_tried_from_both_sides(shipped_scenarios: tuple[Scenario, ...]) -> None:
    bands = {
        (question.percent, question.band)
        for scenario in shipped_scenarios
        for question in scenario.questions.values()
        if question.band is not None
    }
    assert {
        (80, "outstanding"),
        (79, "good"),
        (65, "good"),
        (64, "requires_improvement"),
        (50, "requires_improvement"),
        (49, "inadequate"),
    } <= bands
    overall = {(scenario.expect.score, scenario.expect.overall) for scenario in shipped_scenarios}
    assert {
        (18, "outstanding"),
        (17, "good"),
        (11, "good"),
        (10, "requires_improvement"),
        (4, "requires_improvement"),
        (3, "inadequate"),
    } <= overall


def mutants(framework: Framework) -> Iterator[tuple[str, str, Framework]]:
    """Yield frameworks with one small change each: what changed, what it is about, the framework."""
    for path, question in framework.key_questions.items():
        for name, changed in changed_rules(question):
            yield name, path, with_question(framework, path, changed)
    scale = framework.key_question_bands
    assert scale is not None
    assert framework.overall is not None
    for bands in changed_bands(scale.bands):
        yield "bands", "bands", evolve(framework, key_question_bands=evolve(scale, bands=bands))
    for bands in changed_bands(framework.overall.bands):
        yield "overall", "bands", evolve(framework, overall=evolve(framework.overall, bands=bands))


def changed_bands(bands: tuple[Band, ...]) -> Iterator[tuple[Band, ...]]:
    for number, band in enumerate(bands[:-1]):
        for step in (-1, 1):
            moved = evolve(band, lowest=band.lowest + Fraction(step))
            yield (*bands[:number], moved, *bands[number + 1 :])


def changed_rules(question: KeyQuestion) -> Iterator[tuple[str, KeyQuestion]]:
    for rule in changed(question.yes_when):
        yield "yes_when", evolve(question, yes_when=rule)
    for variant, declared in question.variants.items():
        for rule in changed(declared.yes_when):
            variants = {**question.variants, variant: evolve(declared, yes_when=rule)}
            yield variant, evolve(question, variants=variants)


def changed(condition: Condition) -> Iterator[Condition]:
    """Yield the rule with one clause less, or with a count one higher or one lower."""
    if isinstance(condition, AtLeast):
        if condition.count > 1:
            yield evolve(condition, count=condition.count - 1)
        if condition.count < len(condition.of):
            yield evolve(condition, count=condition.count + 1)
    if isinstance(condition, AllOf | AtLeast):
        for number, clause in enumerate(children(condition)):
            rest = (*condition.of[:number], *condition.of[number + 1 :])
            if rest and isinstance(condition, AllOf):
                yield evolve(condition, of=rest)
            for other in changed(clause):
                yield evolve(condition, of=(*condition.of[:number], other, *condition.of[number + 1 :]))


def with_question(framework: Framework, path: str, changed_question: KeyQuestion) -> Framework:
    slug, _, name = path.partition(".")
    standards = tuple(
        evolve(
            standard,
            key_questions=tuple(changed_question if each.id == name else each for each in standard.key_questions),
        )
        if standard.slug == slug
        else standard
        for standard in framework.standards
    )
    return evolve(framework, standards=standards)


def test_a_small_change_to_a_rule_or_a_band_makes_a_shipped_scenario_fail(
    shipped_scenarios: tuple[Scenario, ...],
) -> None:
    framework = next(scenario.framework for scenario in shipped_scenarios if not scenario.expect.diagnostic)
    assert framework is not None
    unseen: list[tuple[str, str]] = []
    tried = 0
    for name, about, mutant in mutants(framework):
        runner = ScenarioRunner("reference")
        concerned = [
            scenario
            for scenario in shipped_scenarios
            if scenario.framework is framework and (about in scenario.questions or about == "bands")
        ]
        tried += 1
        if all(runner.run(evolve(scenario, framework=mutant)).passed for scenario in concerned):
            unseen.append((name, about))
    assert tried > 60
    assert unseen == []
