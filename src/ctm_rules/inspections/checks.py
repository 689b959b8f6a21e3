"""`check` of an inspection: judgements, evidence, printed figures, and answers that count for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import evolve

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.inspections.file import BAD_LANGUAGE, Evidence, Figure, InspectionFile
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.cases import Answer, Case
from ctm_rules.model.framework import VARIANTS, Framework, Measure, Prompt
from ctm_rules.model.outcomes import Judgement, Outcome, Truth
from ctm_rules.validity.names import DUPLICATE_ID, check_known

NOT_JUDGED = Code(
    "not-judged",
    "warning",
    what="A standard that is rated by judgement has no recorded judgement.",
    why="It has no rating, so neither its domain nor the inspection can have one.",
    bad="judgements: []",
    good="judgements:\n  - {standard: leadership, rating: good, rationale: Staff know the priorities.}",
)
BAD_EVIDENCE = Code(
    "bad-evidence",
    "error",
    what="A piece of evidence is not exactly one of a strength and an area for improvement.",
    why="The report lists each under one of the two headings.",
    bad="- {theme: partnerships}",
    good="- {theme: partnerships, strength: Partners trust the leaders.}",
)
BAD_FIGURE = Code(
    "bad-figure",
    "error",
    what="A figure is neither a count among a number nor a value with a unit, or its parts contradict each other.",
    why="It could not be printed without guessing.",
    bad="{id: open_culture, text: Culture is open, count: 26}",
    good="{id: open_culture, text: Culture is open, count: 26, among: 38}",
)
ANSWER_NOT_COUNTED = Code(
    "answer-not-counted",
    "warning",
    what="A case has an answer of yes or no to a prompt or measure that does not apply to it.",
    why="The answer counts for nothing; either it or the fact that decides may be wrong.",
    bad="has_potential_victims,assessment.safety.victims\nno,yes",
    good="has_potential_victims,assessment.safety.victims\nno,na",
)


class InspectionChecks:
    """Holds the names in an inspection file against the framework."""

    def __init__(self, declared: InspectionFile, framework: Framework, findings: Findings) -> None:
        self._declared = declared
        self._framework = framework
        self._findings = findings

    def names(self) -> None:
        declared, framework = self._declared, self._framework
        judged = {slug: s for slug, s in framework.standards_by_slug.items() if s.rated_by == "judgement"}
        by_cases = {slug: s for slug, s in framework.standards_by_slug.items() if s.rated_by == "cases"}
        for judgement in declared.judgements:
            self._known("standard rated by judgement", judgement.standard, judged, judgement.at)
            self._known("rating", judgement.rating, framework.ratings_by_id, judgement.at)
            self._evidence(judgement.evidence, judgement.standard)
        self._once("judgement of the standard", [(entry.standard, entry.at) for entry in declared.judgements])
        for found in declared.findings:
            self._known("standard rated by cases", found.standard, by_cases, found.at)
            self._evidence(found.evidence, found.standard)
        self._once("block of findings on the standard", [(entry.standard, entry.at) for entry in declared.findings])
        for section in declared.sections:
            self._known("domain", section.within, [domain.id for domain in framework.domains], section.at)
            self._evidence(section.evidence, None)
        self._once("section", [(section.id, section.at) for section in declared.sections])
        for figure in declared.figures:
            self._figure(figure)
        self._once("figure", [(figure.id, figure.at) for figure in declared.figures])
        if not re.fullmatch("[a-z]{2,3}(-[A-Z]{2})?", declared.language):
            message = f'"{declared.language}" is not the code of a language'
            self._findings.add(BAD_LANGUAGE, declared.at, message, path="language", hint="write en, cy or en-GB")
        variants = [f"{VARIANTS}.{variant.id}" for variant in framework.variants]
        for count in declared.published:
            known = [*framework.prompts, *framework.measures_by_path, *variants]
            self._known("prompt, measure or variant", count.of, known, count.at)
            if count.by is not None:
                self._known("sub-group", count.by, [subgroup.id for subgroup in framework.subgroups], count.at)
        for slug, standard in judged.items():
            if slug not in {judgement.standard for judgement in declared.judgements}:
                message = f'no judgement is recorded for the standard "{slug}" ({standard.id} {standard.title})'
                self._findings.add(NOT_JUDGED, declared.at, message, hint="add it to judgements, with its rationale")

    def case_judgements(self, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        """Return the cases with the recorded judgements of the inspection file attached."""
        recorded: dict[str, dict[str, Judgement]] = {case.id: dict(case.judgements) for case in cases}
        entries = self._declared.case_judgements
        for entry in entries:
            self._known("case", entry.case, recorded, entry.at)
            self._known("key question", entry.key_question, self._framework.key_questions, entry.at)
            if entry.case in recorded:
                recorded[entry.case][entry.key_question] = Judgement(Outcome(entry.outcome), entry.reason)
        self._once("judgement of", [(f"{entry.case}, {entry.key_question}", entry.at) for entry in entries])
        return tuple(evolve(case, judgements=recorded[case.id]) for case in cases)

    def _known(self, kind: str, name: str, known: Iterable[str], at: Location) -> None:
        check_known(kind, name, known, at, self._findings)

    def _once(self, kind: str, entries: Iterable[tuple[str, Location]]) -> None:
        seen: dict[str, Location] = {}
        for name, at in entries:
            if name in seen:
                message = f'there is a second {kind} "{name}" (the first on line {seen[name].line})'
                self._findings.add(DUPLICATE_ID, at, message, hint="keep one of them")
            seen.setdefault(name, at)

    def _evidence(self, evidence: Iterable[Evidence], slug: str | None) -> None:
        standard = self._framework.standards_by_slug.get(slug) if slug else None
        themes = [theme.id for theme in standard.themes] if standard else []
        for piece in evidence:
            if (piece.strength is None) == (piece.area_for_improvement is None):
                message = "evidence is either a strength or an area for improvement"
                hint = "write one of strength: … and area_for_improvement: …"
                self._findings.add(BAD_EVIDENCE, piece.at, message, hint=hint)
            if piece.theme is not None and themes:
                self._known("theme", piece.theme, themes, piece.at)

    def _figure(self, figure: Figure) -> None:
        is_count = figure.count is not None and figure.among is not None and figure.value is None
        is_value = figure.value is not None and figure.count is None and figure.among is None
        if not (is_count or is_value):
            hint = "write count and among, or value and unit"
            self._findings.add(BAD_FIGURE, figure.at, f'the figure "{figure.id}" is incomplete', hint=hint)
        elif figure.count is not None and figure.among is not None and not 0 <= figure.count <= figure.among:
            message = f"{figure.count} cannot be among {figure.among}"
            self._findings.add(BAD_FIGURE, figure.at, message, hint="check the two numbers")


def answers_not_counted(cases: Iterable[Case], framework: Framework, file: str) -> Iterable[Diagnostic]:
    """Yield a warning for each prompt or measure answered yes or no in cases to which it does not apply."""
    asked: dict[str, Prompt | Measure] = {**framework.prompts, **framework.measures_by_path}
    conditions = {path: declared.applies_when for path, declared in asked.items() if declared.applies_when is not None}
    ignored: dict[str, list[str]] = {}
    for case in cases:
        for path, condition in conditions.items():
            answer = case.answers.get(path)
            if answer in (Answer.YES, Answer.NO) and facts_meet(condition, case.facts, framework) is Truth.FALSE:
                ignored.setdefault(path, []).append(case.id)
    for path, ids in ignored.items():
        shown = ", ".join(ids[:MAX_CASES_IN_A_FINDING]) + ("…" if len(ids) > MAX_CASES_IN_A_FINDING else "")
        message = f"{path} is answered in cases to which it does not apply: {shown}"
        yield ANSWER_NOT_COUNTED.found(Location(file), message, path=path, hint="answer na, or correct the fact")
