"""Every counted case, clause by clause: what the inspected provider needs to accept a rating, or to challenge it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from ctm_rules.inspections.explaining import ClauseExplanation, QuestionExplanation, explain_outcomes
from ctm_rules.languages.languages import Text
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.phrases import say_number
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.report.blocks import Bullets, Finding, Findings
from ctm_rules.report.inspection_page import InspectionPage

_NEITHER = {Truth.DROPPED: "–", Truth.UNKNOWN: "?"}


@frozen
class _Line:
    """One clause of a rule with its number within the rule: ``1.2``."""

    number: str
    depth: int
    clause: ClauseExplanation


@frozen
class _Found:
    """What was found in one case for a key question."""

    case: str
    explained: QuestionExplanation
    lines: tuple[_Line, ...]

    @property
    def rule(self) -> tuple[object, ...]:
        """What is the same in all cases that are decided by one rule."""
        return self.explained.outcome.variant, *((line.depth, line.clause.says) for line in self.lines)


def write_cases(page: InspectionPage) -> None:
    """Write what was found in each counted case for each key question that is asked of cases."""
    result = page.material.result
    explained = list(explain_outcomes(page.framework, result.inspection.cases, result.outcomes))
    page.paragraph(page.say("cases_intro"))
    for standard in page.rating.standards:
        asked = [question for question in standard.key_questions if question.question.is_asked_of_cases]
        if not asked:
            continue
        page.heading(2, page.standard_title(standard.standard), f"standard-{standard.standard.slug}")
        for question in asked:
            of_cases = ((case.id, by_path[question.path]) for case, by_path in explained)
            found = [_Found(case, each, tuple(_lines(each))) for case, each in of_cases if each.is_asked]
            _question(page, question, found)


def _question(page: InspectionPage, question: KeyQuestionResult, found: Sequence[_Found]) -> None:
    page.heading(3, page.asked(question.path), f"question-{question.path}")
    page.paragraph(page.say("cases_counted", **_counts(page, question)))
    rules: dict[tuple[object, ...], list[_Found]] = {}
    for each in found:
        rules.setdefault(each.rule, []).append(each)
    for number, alike in enumerate(rules.values(), start=1):
        _by_one_rule(page, question, alike, number if len(rules) > 1 else 0)
    judged = [(each.case, each.explained.outcome.judgement) for each in found]
    reasons = tuple(
        Finding(page.written(judgement.reason), page.plain(case)) for case, judgement in judged if judgement is not None
    )
    if reasons:
        page.paragraph(page.say("cases_judged"), "intro")
        page.blocks.append(Findings(reasons))


def _counts(page: InspectionPage, question: KeyQuestionResult) -> dict[str, Text]:
    """Return how many cases have each outcome; this is for the provider alone, so that nothing is hidden."""
    counts = question.counts.by_outcome()
    said = [
        page.say("count_of_outcome", number=number, outcome=page.say(f"outcome_{outcome}"))
        for outcome, number in counts.items()
        if number
    ]
    return {"outcomes": page.listed(said) if said else page.say("no_cases")}


def _by_one_rule(page: InspectionPage, question: KeyQuestionResult, found: Sequence[_Found], number: int) -> None:
    """Write a rule with its clauses numbered, and which of them each case meets."""
    first = found[0]
    variant = next((each for each in page.framework.variants if each.id == first.explained.outcome.variant), None)
    caption = page.asked(question.path)
    if variant is not None:
        caption = page.say("part_of", whole=caption, part=page.wording(f"variants.{variant.id}", variant.title))
    elif number > 1:
        caption = page.say("part_of", whole=caption, part=page.plain(number))
    if first.lines:
        clauses = tuple(Text(f"{line.number} {said}", said.language) for line, said in _said(page, first))
        page.blocks.append(Bullets(clauses))
    columns = [page.say("case"), page.say("outcome"), *(page.plain(line.number) for line in first.lines)]
    rows = [
        [page.plain(each.case), _outcome(page, each), *(_result(page, line.clause) for line in each.lines)]
        for each in found
    ]
    page.table(
        f"cases-{question.path}-{number}",
        page.say("cases_caption", question=caption),
        columns,
        rows,
        range(2, len(columns)),
    )


def _lines(explained: QuestionExplanation) -> Iterator[_Line]:
    """Yield the clauses of the rule, then those that say whether it is asked at all, each with its number."""
    for start, whole in enumerate((explained.rule, explained.applies, explained.drawn), start=1):
        if whole is not None:
            yield from _numbered(whole, str(start), 0)


def _numbered(clause: ClauseExplanation, number: str, depth: int) -> Iterator[_Line]:
    yield _Line(number, depth, clause)
    for at, below in enumerate(clause.below, start=1):
        yield from _numbered(below, f"{number}.{at}", depth + 1)


def _said(page: InspectionPage, found: _Found) -> Iterator[tuple[_Line, Text]]:
    """Yield each clause in words: a prompt in those of the standards, which may be translated."""
    path = found.explained.path
    prompts = {f"{prompt.id}: {prompt.ask}": prompt.id for prompt in found.explained.question.prompts}
    for line in found.lines:
        prompt = prompts.get(line.clause.says)
        yield line, page.english(line.clause.says) if prompt is None else page.asked(f"{path}.{prompt}")


def _outcome(page: InspectionPage, found: _Found) -> Text:
    outcome = found.explained.outcome
    if outcome.outcome is Outcome.SCORED and outcome.points is not None:
        return page.plain(say_number(outcome.points))
    said = page.say(f"outcome_{outcome.outcome.value}")
    if outcome.judgement is None:
        return said
    return page.say("judged_outcome", outcome=said, rule=page.say(f"outcome_{outcome.rule_outcome.value}"))


def _result(page: InspectionPage, clause: ClauseExplanation) -> Text:
    if clause.truth in _NEITHER:
        return page.plain(_NEITHER[clause.truth])
    return page.say("outcome_yes" if clause.truth is Truth.TRUE else "outcome_no")
