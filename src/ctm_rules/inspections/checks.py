"""`check` of an inspection (validation): judgements, evidence, printed figures, and answers that count for nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from attrs import evolve

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines import make_engine
from ctm_rules.engines.clauses import facts_meet
from ctm_rules.engines.standings import Standings
from ctm_rules.engines.what_counts import WhatCounts, is_of_sample, unanswered_by_provider
from ctm_rules.frameworks.finding import language_folders, languages_in
from ctm_rules.inspections.file import (
    DOMAINS,
    EVIDENCE_KINDS,
    FIGURES,
    SECTIONS,
    THEMES,
    WHOLE,
    Evidence,
    Figure,
    InspectionFile,
    Recommendation,
    StandardJudgement,
)
from ctm_rules.inspections.to_do import judgements_to_do, keys_to_do, to_do
from ctm_rules.limits import MAX_CASES_IN_A_FINDING, MAX_NAMES_LISTED
from ctm_rules.model.answers import Answer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared import LANGUAGE_CODE, Translated, texts_in
from ctm_rules.model.framework import VARIANTS, Framework
from ctm_rules.model.outcomes import Judgement, Outcome, Truth
from ctm_rules.model.remembered import known_by
from ctm_rules.phrases import one_or_many, say_count, say_list
from ctm_rules.rating.given import check_decisions, check_judgement, read_answers, read_provider
from ctm_rules.rating.results import RatingResult
from ctm_rules.validity.names import DUPLICATE_ID, check_known, unknown_name


def check_inspection(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    """Report what in an inspection file does not go with its framework; the cases are looked at apart."""
    _check_judgements(declared, framework, findings)
    findings.extend(check_decisions(framework, declared.decisions))
    _check_findings_on_standards(declared, framework, findings)
    _check_sections(declared, framework, findings)
    _check_about(declared, framework, findings)
    _check_figures(declared, findings)
    _check_language(declared, findings)
    _check_translations(declared, findings)
    _check_published(declared, framework, findings)
    _check_status(declared, findings)
    _check_footnotes(declared, findings)
    facts = _check_provider(declared, framework, findings)
    _check_all_judged(declared, framework, facts, findings)
    findings.extend(to_do(declared.to_do, framework))


# --- Who was inspected -----------------------------------------------------------------------------

PROVIDER_FACT_MISSING = Code(
    "provider-fact-missing",
    "warning",
    what="An inspection does not say a fact of the provider that its standards look at.",
    why="Ratings that hang on it cannot be given.",
    bad="provider: {id: north, name: North}",
    good="provider: {id: north, name: North, facts: {breach: no}}",
)


PROVIDER_ANSWER_MISSING = Code(
    "provider-answer-missing",
    "warning",
    what="An inspection does not say the answer to something that its standards ask of the provider.",
    why="What hangs on it has no rating.",
    bad="provider: {id: north, name: North}",
    good="provider: {id: north, name: North, answers: {safety.alarms.tested: yes}}",
)


def _check_provider(declared: InspectionFile, framework: Framework, findings: Findings) -> dict[str, FactValue]:
    """Report what is wrong with the facts of the provider, and what is missing; return them."""
    given = declared.provider
    facts = read_provider(given.facts, framework, given.at, "facts", findings)
    open_facts, open_answers = (keys_to_do(declared.to_do, f"provider.{key}") for key in ("facts", "answers"))
    for fact in framework.provider_facts:
        if fact.id not in given.facts and fact.id not in open_facts:
            message = f'the provider\'s fact "{fact.id}" ({fact.title}) is not given'
            hint = f"add facts: {{{fact.id}: …}} to provider, where it is known"
            findings.add(PROVIDER_FACT_MISSING, given.at, message, path="provider.facts", hint=hint)
    known = {path: path for path in framework.provider_prompts}
    kind = "prompt that the provider is asked"
    answers = read_answers(given.answers, framework, known, given.at, findings, kind=kind)
    unanswered = unanswered_by_provider(framework, facts, answers)
    missing = [path for path in unanswered if path not in open_answers]
    if missing:
        message = f"of what the provider is asked, there is no answer to {say_list(missing[:MAX_NAMES_LISTED])}"
        message += f" and {len(missing) - MAX_NAMES_LISTED} more" if len(missing) > MAX_NAMES_LISTED else ""
        hint = f"add answers: {{{missing[0]}: …}} to provider, where it is known"
        findings.add(PROVIDER_ANSWER_MISSING, given.at, message, path="provider.answers", hint=hint)
    return facts


# --- What people judged ----------------------------------------------------------------------------


BAD_JUDGEMENT = Code(
    "bad-judgement",
    "error",
    what="A recorded judgement does not say, in one word, what it is a judgement of.",
    why="The rating would count for nothing, or for something else.",
    bad="- {rating: good, rationale: Staff know the priorities.}",
    good="- {standard: leadership, rating: good, rationale: Staff know the priorities.}",
)


def _check_judgements(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    for entry in declared.judgements:
        if bool(entry.standard) is bool(entry.key_question):
            hint = "write one of standard: … and key_question: …"
            findings.add(BAD_JUDGEMENT, entry.at, "a judgement is about one standard or key question", hint=hint)
            continue
        findings.extend(_check_judged(entry, framework))
        _check_evidence(entry.evidence, entry.standard, framework, findings)
    _check_once("rating from elsewhere of", [(entry.standard, entry.at) for entry in declared.ratings_from], findings)
    for what, judged in (
        ("standard", [(entry.standard, entry.at) for entry in declared.judgements if entry.standard]),
        ("key question", [(entry.key_question, entry.at) for entry in declared.judgements if entry.key_question]),
    ):
        _check_once(f"judgement of the {what}", judged, findings)


def _check_judged(entry: StandardJudgement, framework: Framework) -> Iterable[Diagnostic]:
    questions = framework.every_question
    if entry.key_question and entry.key_question not in questions:
        at, known = entry.at.of("key_question"), list(framework.judged_questions)
        return [unknown_name(at, "key question rated by judgement", entry.key_question, known)]
    return check_judgement(framework, entry.of, entry.rating, at=entry.at)


NOT_JUDGED = Code(
    "not-judged",
    "warning",
    what="A standard that is rated by judgement has no recorded judgement.",
    why="It has no rating, so neither its domain nor the inspection can have one.",
    bad="judgements: []",
    good="judgements:\n  - {standard: leadership, rating: good, rationale: Staff know the priorities.}",
)


def _check_all_judged(
    declared: InspectionFile, framework: Framework, facts: Mapping[str, FactValue], findings: Findings
) -> None:
    judged = {entry.of for entry in declared.judgements} | {entry.standard for entry in declared.ratings_from}
    judged |= judgements_to_do(declared.to_do)
    for path, question in framework.judged_questions.items():
        if path not in judged:
            message = f'no judgement is recorded for the key question "{path}" ({question.ask})'
            hint = f"add {{key_question: {path}, rating: …, rationale: …}} to judgements"
            findings.add(NOT_JUDGED, declared.at, message, hint=hint)
    for standard in framework.standards:
        if standard.rated_by != "judgement" or standard.slug in judged:
            continue
        when = standard.applies_when
        if when is None or make_engine(framework, "reference").holds(when, Standings({}, facts)) is not Truth.FALSE:
            message = f'no judgement is recorded for the standard "{standard.slug}" ({standard.id} {standard.title})'
            findings.add(NOT_JUDGED, declared.at, message, hint="add it to judgements, with its rationale")


def attach_judgements(
    cases: tuple[Case, ...], declared: InspectionFile, framework: Framework, findings: Findings
) -> tuple[Case, ...]:
    """Return the cases with the judgements that the inspection file records, and report those that fit nothing."""
    recorded: dict[str, dict[str, Judgement]] = {case.id: dict(case.judgements) for case in cases}
    entries = declared.case_judgements
    for entry in entries:
        check_known("case", entry.case, recorded, entry.at.of("case"), findings)
        check_known("key question", entry.key_question, framework.key_questions, entry.at.of("key_question"), findings)
        if entry.case in recorded:
            recorded[entry.case][entry.key_question] = Judgement(Outcome(entry.outcome), entry.reason)
    _check_once("judgement of", [(f"{entry.case}, {entry.key_question}", entry.at) for entry in entries], findings)
    return tuple(evolve(case, judgements=recorded[case.id]) for case in cases)


# --- What a ratings panel decided --------------------------------------------------------------------

STALE_DECISION = Code(
    "stale-decision",
    "warning",
    what="A decision of the ratings panel moved another rating than the one computed now, so it is not applied.",
    why="The panel looked at something that is no longer so, and only it can say what it makes of what is so now.",
    bad="- {standard: assessment, from: requires_improvement, rating: good, …}   # where inadequate is computed",
    good="- {standard: assessment, from: inadequate, rating: requires_improvement, …}",
)


def stale_decisions(rating: RatingResult) -> Iterable[Diagnostic]:
    """Yield a warning for each decision that is not applied."""
    for stale in rating.stale_decisions:
        at = stale.decision.at.of("from")
        hint = "let the panel decide again, or delete the decision"
        yield STALE_DECISION.found(at, f"{stale}, so that its decision is not applied", path="decisions", hint=hint)


# --- What the report says besides ------------------------------------------------------------------


def _check_findings_on_standards(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    by_cases = [standard.slug for standard in framework.standards if standard.rated_by == "cases"]
    for found in declared.findings:
        check_known("standard rated by cases", found.standard, by_cases, found.at.of("standard"), findings)
        _check_evidence(found.evidence, found.standard, framework, findings)
    entries = [(entry.standard, entry.at) for entry in declared.findings]
    _check_once("block of findings on the standard", entries, findings)


def _check_sections(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    domains = [domain.id for domain in framework.domains]
    for section in declared.sections:
        if section.within is not None:
            check_known("domain", section.within, domains, section.at.of("within"), findings)
        _check_evidence(section.evidence, None, framework, findings)
    _check_once("section", [(section.id, section.at) for section in declared.sections], findings)


BAD_EVIDENCE = Code(
    "bad-evidence",
    "error",
    what="A piece of evidence is not exactly one of a strength, an area for improvement and a note.",
    why="The report lists each under one heading.",
    bad="- {theme: partnerships}",
    good="- {theme: partnerships, strength: Partners trust the leaders.}",
)


def _check_evidence(evidence: Iterable[Evidence], slug: str | None, framework: Framework, findings: Findings) -> None:
    standard = framework.standards_by_slug.get(slug) if slug else None
    themes = [theme.id for theme in standard.themes] if standard else []
    for piece in evidence:
        if sum(getattr(piece, kind) is not None for kind in EVIDENCE_KINDS) != 1:
            message = "evidence is a strength, an area for improvement or a note, and one of them alone"
            hint = "write one of strength: …, area_for_improvement: … and note: …"
            findings.add(BAD_EVIDENCE, piece.at, message, hint=hint)
        if piece.theme is not None and themes:
            check_known("theme", piece.theme, themes, piece.at.of("theme"), findings)


def _check_about(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    """Report what findings and recommendations are about and what is not there."""
    themes = [f"{standard.slug}.{THEMES}.{theme.id}" for standard in framework.standards for theme in standard.themes]
    known = [*_printable(declared, framework), *themes, *(f"{SECTIONS}.{section.id}" for section in declared.sections)]
    pieces: list[Evidence | Recommendation] = [*declared.every_evidence, *declared.recommendations]
    for piece in pieces:
        for place, address in enumerate(piece.about):
            check_known("rating, figure, theme or section", address, known, piece.at.of("about", place), findings)


def _check_figures(declared: InspectionFile, findings: Findings) -> None:
    for figure in declared.figures:
        _check_figure(figure, findings)
    _check_once("figure", [(figure.id, figure.at) for figure in declared.figures], findings)


BAD_FIGURE = Code(
    "bad-figure",
    "error",
    what="A figure is neither a count among a number nor a value with a unit, or its parts contradict each other.",
    why="It could not be printed without guessing.",
    bad="{id: open_culture, text: Culture is open, count: 26}",
    good="{id: open_culture, text: Culture is open, count: 26, among: 38}",
)


def _check_figure(figure: Figure, findings: Findings) -> None:
    is_count = figure.count is not None and figure.among is not None and figure.value is None
    is_value = figure.value is not None and figure.count is None and figure.among is None
    if not (is_count or is_value):
        hint = "write count and among, or value and unit"
        findings.add(BAD_FIGURE, figure.at, f'the figure "{figure.id}" is incomplete', hint=hint)
    elif figure.count is not None and figure.among is not None and not 0 <= figure.count <= figure.among:
        message = f"{figure.count} cannot be among {figure.among}"
        findings.add(BAD_FIGURE, figure.at, message, hint="check the two numbers")


BAD_LANGUAGE = Code(
    "bad-language",
    "error",
    what="The language of an inspection's text is not named by its code.",
    why="Programs that read a report aloud choose the voice by it.",
    bad="language: Welsh",
    good="language: cy",
)


def _check_language(declared: InspectionFile, findings: Findings) -> None:
    if not LANGUAGE_CODE.fullmatch(declared.language):
        message = f'"{declared.language}" is not the code of a language'
        findings.add(BAD_LANGUAGE, declared.at.of("language"), message, path="language", hint="write en, cy or en-GB")


_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


def _check_translations(declared: InspectionFile, findings: Findings) -> None:
    """Report what is wrong with texts in several languages."""
    known = languages_in(language_folders(Path(declared.at.file) if declared.at.line else None))
    for text, _, _ in texts_in(declared):
        if isinstance(text, Translated):
            findings.extend(_check_translated(text, declared.language, known))


BAD_TRANSLATION = Code(
    "bad-translation",
    "error",
    what="A text in several languages does not begin with that of the inspection, or has one that no report is in.",
    why="No reader would ever see it, or readers of another language would see it as theirs.",
    bad="title: {en: An inspection of North, cz: Arolygiad o North}",
    good="title: {en: An inspection of North, cy: Arolygiad o North}",
)


OTHER_FIGURES = Code(
    "other-figures",
    "warning",
    what="A text and its translation have different numbers in digits.",
    why="Readers of the one language would be told something else than readers of the other.",
    bad="- {en: It was so in 26 of 42 cases., cy: Roedd felly mewn 26 o 44 achos.}",
    good="- {en: It was so in 26 of 42 cases., cy: Roedd felly mewn 26 o 42 achos.}",
)


def _check_translated(text: Translated, language: str, known: Sequence[str]) -> Iterator[Diagnostic]:
    first, *others = text.languages
    if first != language:
        message = f"this text begins with {first}, and the inspection is in {language}"
        hint = f"write {language}: … first; language: says which one that is"
        yield BAD_TRANSLATION.found(text.at.of_key(first), message, hint=hint)
        return
    figures = Counter(_DIGITS.findall(text))
    for code in others:
        if code not in known:
            message = f'"{code}" is no language that a report is written in'
            hint = nearest_name_hint(code, known)
            yield BAD_TRANSLATION.found(text.at.of_key(code), message, hint=hint)
        differing = Counter(_DIGITS.findall(text.languages[code]))
        differing = (figures - differing) + (differing - figures)
        if differing:
            message = f"the {code} of this text has other numbers than the {first}: {say_list(list(differing))}"
            hint = "write the same numbers in digits in both"
            yield OTHER_FIGURES.found(text.at.of(code), message, hint=hint)


def _check_published(declared: InspectionFile, framework: Framework, findings: Findings) -> None:
    variants = [f"{VARIANTS}.{variant.id}" for variant in framework.variants]
    known = [*framework.prompts, *framework.measures_by_path, *variants]
    subgroups = [subgroup.id for subgroup in framework.subgroups]
    printable = _printable(declared, framework)
    for place, address in enumerate(declared.printed):
        check_known("figure or rating", address, printable, declared.at.of("printed", place), findings)
    for count in declared.published:
        check_known("prompt, measure or variant", count.of, known, count.at.of("of"), findings)
        if count.by is not None:
            check_known("sub-group", count.by, subgroups, count.at.of("by"), findings)


def _printable(declared: InspectionFile, framework: Framework) -> list[str]:
    """Return the address of everything that a source may print."""
    return [
        WHOLE,
        *(f"{DOMAINS}.{domain.id}" for domain in framework.domains),
        *framework.standards_by_slug,
        *framework.every_question,
        *framework.prompts,
        *framework.provider_prompts,
        *framework.measures_by_path,
        *(f"{VARIANTS}.{variant.id}" for variant in framework.variants),
        *(f"{FIGURES}.{figure.id}" for figure in declared.figures),
    ]


BAD_STATUS = Code(
    "bad-status",
    "error",
    what="A report is called corrected and does not say what was corrected, or says it and is not called corrected.",
    why="Readers of the first version could not tell what changed.",
    bad="status: corrected",
    good="status: corrected\ncorrections:\n  - {date: 2026-02-03, text: The sample was 44 cases and not 42.}",
)


def _check_status(declared: InspectionFile, findings: Findings) -> None:
    """Report a status that does not go with the corrections."""
    if declared.status == "corrected" and not declared.corrections:
        hint = "add corrections: with a date and a text"
        findings.add(BAD_STATUS, declared.at.of("status"), "a corrected report says what was corrected", hint=hint)
    if declared.corrections and declared.status != "corrected":
        message = f"the report has corrections and its status is {declared.status}"
        findings.add(BAD_STATUS, declared.at.of("corrections"), message, hint="write status: corrected")


_FOOTNOTE = re.compile(r"\[(\d{1,3})\]")


BAD_FOOTNOTE = Code(
    "bad-footnote",
    "error",
    what="A text refers to a footnote that is not there, or nothing refers to a footnote.",
    why="Readers would look for what it says, or would not know what it is about.",
    bad="background: ['Some sentences were adjusted. [2]']\nfootnotes: [Adjusted standards were used for them.]",
    good="background: ['Some sentences were adjusted. [1]']\nfootnotes: [Adjusted standards were used for them.]",
)


def _check_footnotes(declared: InspectionFile, findings: Findings) -> None:
    """Report references to footnotes that are not there, and footnotes that nothing refers to."""
    if not declared.footnotes:
        return  # square brackets around a number are then just that
    referred = {int(found) for text in _as_printed(declared) for found in _FOOTNOTE.findall(text)}
    there = set(range(1, len(declared.footnotes) + 1))
    for number in sorted(referred - there):
        message = f"a text refers to footnote [{number}], and there are {len(there)}"
        findings.add(BAD_FOOTNOTE, declared.at.of("footnotes"), message, hint="add it, or correct the number")
    for number in sorted(there - referred):
        message = f"no text refers to footnote [{number}]"
        at = declared.at.of("footnotes", number - 1)
        findings.add(BAD_FOOTNOTE, at, message, hint=f"write [{number}] where it belongs, or remove it")


def _as_printed(declared: InspectionFile) -> Iterator[str]:
    """Yield every text of an inspection file that a report prints as it stands, in each of its languages."""
    for text, _, _ in texts_in(declared):
        yield from text.languages.values() if isinstance(text, Translated) else [text]


# --- What several of them ask ----------------------------------------------------------------------


def standards_of_cases(framework: Framework) -> list[str]:
    """Return the slugs of the standards of which something is asked of cases."""
    asked = [
        standard for standard in framework.standards if any(each.is_asked_of_cases for each in standard.key_questions)
    ]
    return [standard.slug for standard in asked]


def _check_once(kind: str, entries: Iterable[tuple[str, Location]], findings: Findings) -> None:
    seen: dict[str, Location] = {}
    for name, at in entries:
        if name in seen:
            message = f'there is a second {kind} "{name}" (the first {seen[name].said})'
            findings.add(DUPLICATE_ID, at, message, hint="keep one of them")
        seen.setdefault(name, at)


# --- The cases -------------------------------------------------------------------------------------

ANSWER_NOT_COUNTED = Code(
    "answer-not-counted",
    "warning",
    what="A case has an answer of yes or no to a prompt or measure that does not apply to it: by its own condition or "
    "its key question's, because the rule for the case's variant does not look at it, or because it is asked of "
    "another sample.",
    why="The answer counts for nothing; either it or the fact that decides may be wrong.",
    bad="has_potential_victims,assessment.safety.victims\nno,yes",
    good="has_potential_victims,assessment.safety.victims\nno,na",
)


def answers_not_counted(cases: Iterable[Case], framework: Framework, file: str) -> Iterable[Diagnostic]:
    """Yield a warning for prompts and measures answered yes or no in cases to which they do not apply.

    Those that are answered in the same cases have one cause, and are one warning.
    """
    counts = WhatCounts(framework)
    conditional = [path for path in (*framework.prompts, *framework.measures_by_path) if counts.facts(path)]
    ignored: dict[str, list[str]] = {}

    def not_counted(case: Case) -> tuple[str, ...]:
        found: list[str] = []
        for path in conditional:
            answer = case.answers.get(path)
            if answer in (Answer.YES, Answer.NO) and counts.is_asked(path, case.facts, case.sample) is Truth.FALSE:
                found.append(path)
        for path, judgement in case.judgements.items():
            is_drawn = counts.is_drawn(path, case.facts, case.sample) is not Truth.FALSE
            if judgement.outcome is not Outcome.NOT_APPLICABLE and not is_drawn:
                found.append(path)
        return tuple(found)

    for case in cases:
        for path in known_by(answers_not_counted, (framework, case), partial(not_counted, case)):
            ignored.setdefault(path, []).append(case.id)
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, ids in ignored.items():
        alike.setdefault(tuple(ids), []).append(path)
    for cases_alike, paths in alike.items():
        shown = ", ".join(cases_alike[:MAX_CASES_IN_A_FINDING])
        shown += "…" if len(cases_alike) > MAX_CASES_IN_A_FINDING else ""
        they = one_or_many(len(paths), "it does", "they do")
        message = (
            f"{say_list(paths)} {one_or_many(len(paths), 'is', 'are')} answered in "
            f"{say_count(len(cases_alike), 'case')} to which {they} not apply: {shown}"
        )
        yield ANSWER_NOT_COUNTED.found(
            Location(file), message, path=paths[0], hint="leave it empty or answer na, or correct the fact"
        )


CASE_OF_NO_SAMPLE = Code(
    "case-of-no-sample",
    "warning",
    what="Cases are of none of the samples that the key questions are asked of.",
    why="No key question is asked of them, so that whatever was found in them counts for nothing.",
    bad="case,disposal\nc01,youth_caution     # where the samples are court and out_of_court",
    good="case,disposal\nc01,out_of_court",
)
CASE_OF_OTHER_SAMPLE = Code(
    "case-of-other-sample",
    "warning",
    what="A table holds the cases of one sample, and the facts of some of its cases say that they are none of it.",
    why="They are counted in the sample of their table; either they stand in the wrong table, or a fact is wrong.",
    bad="cases: [{file: court.csv, sample: court}]     # and a case in it with disposal out_of_court",
    good="cases: [{file: court.csv, sample: court}, {file: others.csv, sample: out_of_court}]",
)


def cases_of_other_samples(cases: Sequence[Case], framework: Framework, file: str) -> Iterable[Diagnostic]:
    """Yield a warning for the cases of a table that are of no sample, and for those of another one than it says."""
    samples = {sample.id: sample for sample in framework.samples_asked.values()}
    if not samples:
        return
    is_all_sampled = framework.key_questions.keys() == framework.samples_asked.keys()
    of_none = [
        case.id
        for case in cases
        if all(is_of_sample(case, sample, framework) is Truth.FALSE for sample in samples.values())
    ]
    if of_none and is_all_sampled:
        message = f"{_say_cases(of_none)} of none of the samples that key questions are asked of"
        hint = "correct their facts, or take them out of the table"
        yield CASE_OF_NO_SAMPLE.found(Location(file), message, hint=hint)
    declared = {sample.id: sample for sample in framework.samples}
    others: dict[str, list[str]] = {}
    for case in cases:
        sample = declared.get(case.sample or "")
        if sample is not None and facts_meet(sample.when, case.facts, framework) is Truth.FALSE:
            others.setdefault(sample.id, []).append(case.id)
    for name, ids in others.items():
        message = f'{_say_cases(ids)} by {one_or_many(len(ids), "its", "their")} facts not of the sample "{name}"'
        yield CASE_OF_OTHER_SAMPLE.found(Location(file), message, hint="put them into their own table, or correct them")


def _say_cases(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:MAX_CASES_IN_A_FINDING]) + ("…" if len(ids) > MAX_CASES_IN_A_FINDING else "")
    return f"{say_count(len(ids), 'case')} ({shown}) {one_or_many(len(ids), 'is', 'are')}"
