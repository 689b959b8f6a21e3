"""What an inspection would have come to under other standards (counterfactual): case by case, in sum, and why."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TypeVar

from attrs import evolve

from ctm_rules.diagnostics.findings import Diagnostic, Findings, Location, require, require_each, require_path
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines import AnyEngine
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.amendments import Amendment, amended_framework, source_of
from ctm_rules.frameworks.loading import build_framework, read_framework
from ctm_rules.inspections.elsewhere import RatedElsewhere
from ctm_rules.inspections.file import read_inspection_file
from ctm_rules.inspections.inspection import Inspection, InspectionResult, load_inspection, rate_inspection, read_again
from ctm_rules.inspections.standards import check_own_standards, columns_of_files, find_standards
from ctm_rules.meaning import require_meaning
from ctm_rules.model.case_values import BAD_VALUE
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue, Level
from ctm_rules.model.fact_values import type_fact_value, written_value
from ctm_rules.model.former_names import Names, moved, renamed
from ctm_rules.model.framework import NOT_RATED, Framework, MayMove, Rating
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.remembered import evolved, once_for_the_same, same_or
from ctm_rules.rating.decisions import PanelDecision
from ctm_rules.rating.given import check_decisions, engine_beside, engine_of, is_made, is_made_for
from ctm_rules.validity.names import UNKNOWN_NAME
from ctm_rules.what_if_analysis.effect import Effect, OutcomeChange
from ctm_rules.what_if_analysis.reasons import Side, why

V = TypeVar("V")

# --- Rating an inspection by two frameworks -------------------------------------------------------


def what_if(
    inspection: str | Path | Inspection, amendments: Sequence[Amendment], *, engine: AnyEngine = "auto"
) -> Effect:
    """Return what amendments to its framework would change in an inspection. No file is touched.

    Args:
        inspection: its file, or one that was loaded, or that never was a file.
        amendments: laid over its framework one after the other.
        engine: which engine decides: its name, a function that makes one, or one that was made for one of the two
            frameworks; by the other one ``auto`` decides then.

    Raises:
        DiagnosticError: carries every mistake in the inspection, its cases, its framework or the amendments.

    >>> from ctm_rules import read_amendment
    >>> effect = what_if("examples/ctm/inspection.yaml", [read_amendment("examples/ctm/amendment.yaml")])
    >>> effect.before.rating.score, effect.after.rating.score
    (4, 5)
    """
    amendments = require_each("amendments", amendments, Amendment, hint="amendments: read_amendment(…)")
    if isinstance(inspection, Inspection):
        source = source_of(inspection.framework)
        return effect_of(inspection, inspection.framework, amended_framework(source, amendments), engine=engine)
    path = require_path("inspection", inspection, "an inspection, or the path of its file")
    declared = read_inspection_file(path)
    source = read_framework(find_standards(declared, path))
    framework = build_framework(source)
    findings = Findings()
    check_own_standards(declared, framework, columns_of_files(declared, path, framework), findings)
    findings.raise_errors()
    return effect_of(path, framework, amended_framework(source, amendments), engine=engine)


def effect_of(given: str | Path | Inspection, old: Framework, new: Framework, *, engine: AnyEngine = "auto") -> Effect:
    """Return what an inspection would come to under two frameworks, whichever of them its file names.

    The case table may have the columns of both. What only the other one asks is missing, and never counted as no.

    Raises:
        DiagnosticError: carries every mistake in the inspection and its cases, and every fact or judgement
            of it that one of the frameworks does not have; or every error of meaning in the frameworks.
    """
    for name, framework in (("old", old), ("new", new)):
        require(name, framework, Framework, hint="a framework: load_framework(…)")
    require_meaning(old, new)
    if is_made(engine) and not any(is_made_for(framework, engine) for framework in (old, new)):
        engine_of(old, engine)  # which refuses it
    named, _ = renamed(old, new)  # what was renamed is set beside what it was
    moves = moved(named, new)
    both = _of_both(named, new)
    # Of an inspection that is in hand, the standards as they were come to the same after every edit of the new ones.
    inspection = _read_again(given, both) if isinstance(given, Inspection) else load_inspection(given, framework=both)
    findings = Findings()
    back = {now: was for was, now in moves.items()}
    before = _carried(inspection, named, back, findings)
    after = _carried(inspection, new, moves, findings)
    findings.raise_errors()
    was, now = (_rated(side, engine_beside(side.framework, engine)) for side in (before, after))
    changes = tuple(_outcome_changes(was, now, moves))
    was = evolve(was, inspection=evolve(was.inspection, framework=old))  # results name the standards that there are
    not_possible = [tuple(_decisions_not_possible(inspection, framework)) for framework in (named, new)]
    return Effect(was, now, changes, not_possible[0], not_possible[1], moves)


_read_again = once_for_the_same(read_again)


@once_for_the_same
def _rated(inspection: Inspection, engine: AnyEngine) -> InspectionResult:
    return rate_inspection(inspection, engine=engine)


def _decisions_not_possible(inspection: Inspection, framework: Framework) -> list[Diagnostic]:
    """Return what is wrong with the decisions of a panel that one framework does not let it make."""
    return [*check_decisions(framework, inspection.declared.decisions)]


def _decisions_of(inspection: Inspection, framework: Framework) -> tuple[PanelDecision, ...]:
    decisions = inspection.declared.decisions
    return tuple(each for each in decisions if not [*check_decisions(framework, [each])])


def _of_both(old: Framework, new: Framework) -> Framework:
    """Return a framework that knows every name of the two, to read one case table for both."""
    facts = {**new.facts_by_id, **old.facts_by_id}
    for name in old.facts_by_id.keys() & new.facts_by_id.keys():
        values = {**new.facts_by_id[name].values, **facts[name].values}
        if [*values.items()] != [*facts[name].values.items()]:
            facts[name] = evolve(facts[name], values=values)
    standards = dict(new.standards_by_slug)
    for slug, ours in old.standards_by_slug.items():
        theirs = standards.get(slug, ours)
        questions = {question.id: question for question in theirs.key_questions}
        for question in ours.key_questions:
            asked = questions.get(question.id, question).prompts
            prompts = {prompt.id: prompt for prompt in (*asked, *question.prompts)}
            questions[question.id] = evolved(question, prompts=same_or(question.prompts, prompts.values()))
        themes = {theme.id: theme for theme in (*theirs.themes, *ours.themes)}
        standards[slug] = evolved(
            ours,
            key_questions=same_or(ours.key_questions, questions.values()),
            themes=same_or(ours.themes, themes.values()),
        )
    scales = FrozenDict({name: _steps_of_both(old, new, name) for name in (*new.scales, *old.scales)})
    may_move = _may_move_of_both(old, new)
    # Where the new one has no other names, it is the old one itself.
    return evolved(
        old,
        facts=same_or(old.facts, facts.values()),
        provider_facts=same_or(old.provider_facts, {**new.provider_facts_by_id, **old.provider_facts_by_id}.values()),
        standards=same_or(old.standards, standards.values()),
        samples=same_or(old.samples, {sample.id: sample for sample in (*new.samples, *old.samples)}.values()),
        ratings=same_or(old.ratings, {**new.ratings_by_id, **old.ratings_by_id}.values()),
        scales=old.scales if [*scales.items()] == [*old.scales.items()] else scales,
        measures=same_or(old.measures, {**new.measures_by_path, **old.measures_by_path}.values()),
        domains=same_or(old.domains, {domain.id: domain for domain in (*new.domains, *old.domains)}.values()),
        domain_rating=old.domain_rating or new.domain_rating,
        overall=old.overall or new.overall,
        panel=old.panel if may_move == old.panel.may_move else evolve(old.panel, may_move=may_move),
    )


def _may_move_of_both(old: Framework, new: Framework) -> MayMove:
    ours, theirs = old.panel.may_move, new.panel.may_move
    return MayMove(
        max(ours.standards, theirs.standards), max(ours.domains, theirs.domains), max(ours.overall, theirs.overall)
    )


def _steps_of_both(old: Framework, new: Framework, scale: str) -> tuple[Rating, ...]:
    return tuple({step.id: step for side in (new, old) for step in side.scale(scale)}.values())


def _carried(inspection: Inspection, framework: Framework, here: Names, findings: Findings) -> Inspection:
    """Return an inspection as one framework sees it; what it cannot see goes to ``findings``.

    ``here`` says where stands in it what stands elsewhere in the other one.
    """
    carried, cannot_see = _carried_to(inspection, framework, FrozenDict(here))
    findings.extend(cannot_see)
    return carried


@once_for_the_same
def _carried_to(inspection: Inspection, framework: Framework, here: Names) -> tuple[Inspection, tuple[Diagnostic, ...]]:
    findings = Findings()
    judged = {standard.slug for standard in framework.standards if standard.rated_by == "judgement"}
    rated_by_people = judged | framework.judged_questions.keys()
    judgements = tuple(entry for entry in inspection.declared.judgements if entry.of in rated_by_people)
    for judgement in judgements:
        level: Level = "standards" if judgement.standard else "key_questions"
        known = [step.id for step in framework.scale(framework.scale_of(level, judgement.of))]
        if judgement.rating not in (*known, NOT_RATED):
            message = f'the standards to compare with have no rating "{judgement.rating}"'
            hint = nearest_name_hint(judgement.rating, known)
            findings.add(UNKNOWN_NAME, judgement.at, message, hint=hint)
    cases = tuple(_carried_case(case, framework, here, inspection.table, findings) for case in inspection.cases)
    declared = evolve(inspection.declared, judgements=judgements, decisions=_decisions_of(inspection, framework))
    elsewhere = tuple(each for each in inspection.rated_elsewhere if _is_step(each, judged, framework))
    carried = evolve(
        inspection, declared=declared, framework=framework, cases=cases, previous=None, rated_elsewhere=elsewhere
    )
    return carried, tuple(findings)


def _is_step(elsewhere: RatedElsewhere, judged: Set[str], framework: Framework) -> bool:
    """Return whether people rate a standard by a framework, and on a scale with the rating that it got elsewhere."""
    slug = elsewhere.standard
    if slug not in judged:
        return False
    return elsewhere.rating.id in [step.id for step in framework.scale(framework.standards_by_slug[slug].scale)]


def _carried_case(case: Case, framework: Framework, here: Names, table: Location, findings: Findings) -> Case:
    facts: dict[str, FactValue] = {}
    for name, value in case.facts.items():
        fact = framework.facts_by_id.get(name)
        if fact is None:
            continue
        try:
            facts[name] = type_fact_value(fact, written_value(value))
        except ValueError as error:
            message = (
                f'case "{case.id}", column "{name}": "{written_value(value)}" is not {error} in both sets of standards'
            )
            hint = "keep the value in the standards, or leave the cell empty"
            findings.add(BAD_VALUE, table, message, path=name, hint=hint)
    asked = {*framework.prompts, *framework.measures_by_path}
    answers = _at_their_places(case.answers, here, asked)
    judgements = _at_their_places(case.judgements, here, framework.key_questions)
    sample = case.sample if case.sample in [sample.id for sample in framework.samples] else None
    return evolve(case, facts=facts, answers=answers, judgements=judgements, sample=sample)


def _at_their_places(said: Mapping[str, V], here: Names, known: Container[str]) -> dict[str, V]:
    """Return what is said of addresses that a framework knows; what it says itself comes before what moved to there."""
    taken = {here[path]: value for path, value in said.items() if path in here}
    return {path: value for path, value in {**taken, **said}.items() if path in known}


# --- Why -----------------------------------------------------------------------------------------


def _outcome_changes(before: InspectionResult, after: InspectionResult, moves: Names) -> Iterator[OutcomeChange]:
    old, new = (result.inspection for result in (before, after))
    walkers: tuple[ReferenceEngine, ...] = ()
    for was, now, old_case, new_case in zip(before.outcomes, after.outcomes, old.cases, new.cases, strict=True):
        changed = [
            path
            for path, outcome in was.questions.items()
            if (there := now.questions.get(moves.get(path, path))) is not None and outcome.outcome is not there.outcome
        ]
        if not changed:
            continue
        walkers = walkers or (ReferenceEngine(old.framework), ReferenceEngine(new.framework))
        walked = walkers[0].assess(old_case).questions, walkers[1].assess(new_case).questions
        for path in changed:
            place = moves.get(path, path)
            sides = (
                Side(side.framework, side.framework.key_questions[at], each[at], side.framework.sample_of(at))
                for side, each, at in zip((old, new), walked, (path, place), strict=True)
            )
            outcomes = was.questions[path].outcome, now.questions[place].outcome
            yield OutcomeChange(was.case, place, *outcomes, tuple(dict.fromkeys(why(*sides))))
