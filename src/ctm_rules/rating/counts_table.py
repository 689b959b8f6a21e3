"""The tidy table of counts: one row for each figure that is published of an inspection, with the same columns for all.

Published figures are printed in this shape, and read back in it: a count that may not be shown is no number with a
word in it, but an empty cell with ``suppressed`` under ``status``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

from attrs import asdict, evolve, fields, frozen

from ctm_rules.diagnostics.findings import require, require_each
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import NOT_RATED, Framework, Rating
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.phrases import say_number
from ctm_rules.rating.decisions import PanelDecision
from ctm_rules.rating.results import KeyQuestionResult, Population, RatingResult, StandardResult

Level = Literal[
    "overall",
    "domain",
    "standard",
    "key_question",
    "prompt",
    "measure",
    "provider_fact",
    "provider_answer",
    "population",
]
"""What a row is about. The last three say what else ratings and intervals are made from."""

Status = Literal["", "not_rated", "suppressed"]
"""What is to be known of a figure beside its value: nothing, that there is no rating, or that it may not be shown."""

COUNTED = ("yes", "no", "not_applicable", "undetermined")
"""The columns of cases by their outcome."""

POINTS = ("scored", "points", "reachable")
"""The columns of what cases with points come to; a table of a framework without points need not have them."""


@frozen(kw_only=True)
class CountRow:
    """One row of the table; its attributes are the columns, in their order.

    Attributes:
        level: what it is about.
        id: of a domain its id, of a standard its slug, of what is asked its address, of a fact its id.
        sample: the id of the sample that it was asked of (empty: all cases).
        group: the group of cases: sub-group and group, ``grade.po`` (empty: all cases).
        yes, no, not_applicable, undetermined: how many cases have each outcome or answer.
        scored: how many cases have a number, where the question has points.
        points, reachable: the sum of these numbers, and what they could have been at most, exact: ``4``, ``8÷3``.
        among: how many cases the share is a share of; of the overall row, how many cases there are.
        percent: the share in whole per cent.
        low, high: the bounds of its 95% interval in whole per cent.
        value: what a rating rule placed in bands, a score, a fact or a number: ``4``, ``2.66667``
            (no ``8/3``, which a spreadsheet takes for a date).
        unit: what the value is: ``score``, ``mean``, ``percent``, ``cases``; of points ``sum of points``,
            ``mean of points`` and ``percent of points``.
        rating: the id of the rating as it is computed, or as people judged it.
        decided: the id of the rating that a ratings panel made of it.
        status: what is to be known of the figure beside its value.
        reason: why there is no rating; or why the panel decided, who and when.
        source: what the rating comes from: ``cases``, ``judgement`` or ``rule``.
    """

    level: Level
    id: str = ""
    sample: str = ""
    group: str = ""
    yes: int | None = None
    no: int | None = None
    not_applicable: int | None = None
    undetermined: int | None = None
    among: int | None = None
    percent: int | None = None
    low: int | None = None
    high: int | None = None
    value: str = ""
    unit: str = ""
    rating: str = ""
    decided: str = ""
    status: Status = ""
    reason: str = ""
    source: str = ""
    scored: int | None = None
    points: str = ""
    reachable: str = ""

    def to_dict(self) -> dict[str, str | int | None]:
        """Return the cells by the names of their columns."""
        return asdict(self)


COLUMNS = tuple(attribute.name for attribute in fields(CountRow))
"""The names of the columns, in their order."""


def columns_of(framework: Framework) -> tuple[str, ...]:
    """Return the columns that a framework needs: those of points only where some question has points."""
    has_points = any(question.points is not None for question in framework.every_question.values())
    return tuple(name for name in COLUMNS if has_points or name not in POINTS)


def rating_rows(
    result: RatingResult,
    *,
    population: Population = None,
    provider: Mapping[str, FactValue] | None = None,
    answers: Mapping[str, AnyAnswer] | None = None,
) -> Iterator[CountRow]:
    """Yield the rows of everything that is rated, without the counts: overall, domains and standards.

    Args:
        result: the ratings.
        population: how many cases the inspected ones were drawn from, where that is known; by the id of each sample,
            where there are samples.
        provider: what is known about who was inspected.
        answers: what was answered once, of who was inspected, by the address of the prompt.
    """
    framework = result.framework
    of_samples = {"": population} if isinstance(population, int) else population or {}
    for sample, number in of_samples.items():
        yield CountRow(level="population", sample=sample, value=str(number), unit="cases")
    for name, fact in ({} if provider is None else provider).items():
        yield CountRow(level="provider_fact", id=name, value=written_value(fact))
    for name, answer in ({} if answers is None else answers).items():
        yield CountRow(level="provider_answer", id=name, value=answer.value)
    overall = framework.overall
    yield _rated_row(
        CountRow(level="overall", among=result.cases, source="" if overall is None else "rule"),
        _Rated(result.overall, result.overall_computed, result.overall_decision, "; ".join(result.not_rated)),
        _value(result.overall_value, overall, result.computed_score),
        is_rated=overall is not None,
    )
    for domain in result.domains:
        rule = framework.rule_of_domain(domain.domain)
        yield _rated_row(
            CountRow(level="domain", id=domain.domain.id, source="" if rule is None else "rule"),
            _Rated(domain.rating, domain.computed, domain.decision, domain.not_rated),
            _value(domain.value, rule, domain.computed_score),
            is_rated=rule is not None,
        )
    for standard in result.standards:
        yield _standard_row(framework, standard)


def counts_table(
    result: RatingResult,
    *,
    population: Population = None,
    provider: Mapping[str, FactValue] | None = None,
    answers: Mapping[str, AnyAnswer] | None = None,
) -> tuple[CountRow, ...]:
    """Return the rows of a result over all cases, nothing hidden: for those who may see every count.

    >>> from ctm_rules import load_inspection, rate_inspection
    >>> table = counts_table(rate_inspection(load_inspection("examples/ctm/inspection.yaml")).rating)
    >>> row = next(row for row in table if row.id == "assessment.safety")
    >>> row.yes, row.among, row.percent, row.rating
    (12, 44, 27, 'inadequate')
    """
    require("result", result, RatingResult, hint="ratings: rate_inspection(…).rating")
    if population is not None:
        require("population", population, int, Mapping, hint="a number, or numbers by the ids of samples")
    for name, given in (("provider", provider), ("answers", answers)):
        if given is not None:
            require(name, given, Mapping, hint="a mapping, as to rate_counts")
    require_each(
        "answers", () if answers is None else answers.values(), (Answer, StepAnswer), hint="answers, such as Answer.YES"
    )
    rows = rating_rows(result, population=population, provider=provider, answers=answers)
    questions = (question for standard in result.standards for question in standard.key_questions)
    return (*rows, *(question_row(result, question, question.counts.by_outcome()) for question in questions))


def question_row(result: RatingResult, question: KeyQuestionResult, counts: Mapping[str, int | None]) -> CountRow:
    """Return the row of a key question over all cases, with its counts as they may be shown (``None``: they may not).

    Args:
        result: what it is part of.
        question: what the cases say on it.
        counts: cases by outcome.
    """
    if question.question.points is not None:
        return _points_row(result, question, counts)
    if not question.has_share:
        return CountRow(
            level="key_question",
            id=question.path,
            rating=_recorded(question),
            status="not_rated" if question.not_rated else "",
            reason=question.not_rated,
            source="judgement" if question.question.rated_by == "judgement" else "provider",
        )
    declared = result.framework.bands_of(question.path)
    among = None if declared is None or question.share is None else [counts[outcome] for outcome in declared.among]
    return count_row(
        "key_question",
        question.path,
        counts,
        sample=sample_id(result.framework, question.path),
        among=None if among is None or None in among else sum(filter(None, among)),
        percent=question.percent,
        interval=question.interval,
        rating="" if question.rating is None else question.rating.id,
        reason=question.not_rated,
    )


def _exactly(number: Fraction) -> str:
    """Return a number as text that loses nothing, and that no spreadsheet takes for a date."""
    return str(number).replace("/", "÷")


def _points_row(result: RatingResult, question: KeyQuestionResult, counts: Mapping[str, int | None]) -> CountRow:
    """Return the row of a key question that has points; what few cases have is theirs, and is not shown with them.

    ``counts`` says whether numbers of cases may be shown at all.
    """
    declared = result.framework.points_of(question.path)
    counted = question.counts
    is_hidden = None in counts.values()
    row = CountRow(
        level="key_question",
        id=question.path,
        sample=sample_id(result.framework, question.path),
        rating="" if question.rating is None else question.rating.id,
        unit="" if declared is None else f"{declared.value} of points",
        status="suppressed" if is_hidden else "not_rated" if question.not_rated else "",
        reason=question.not_rated,
        source="cases" if question.question.is_asked_of_cases else "provider",
    )
    if is_hidden:
        return row
    return evolve(
        row,
        yes=0,
        no=0,
        not_applicable=counted.not_applicable,
        undetermined=counted.undetermined,
        scored=counted.scored,
        points=_exactly(counted.points),
        reachable=_exactly(counted.reachable),
        value="" if question.value is None else say_number(question.value),
    )


def sample_id(framework: Framework, address: str) -> str:
    """Return the id of the sample that what stands at an address is asked of (empty: all cases)."""
    sample = framework.sample_of(address)
    return "" if sample is None else sample.id


def _recorded(question: KeyQuestionResult) -> str:
    """Return the rating of a key question that was not asked of cases, as it is written down."""
    if question.rating is not None:
        return question.rating.id
    return NOT_RATED if question.question.rated_by == "judgement" and question.is_settled else ""


def count_row(
    level: Level,
    path: str,
    counts: Mapping[str, int | None],
    *,
    sample: str = "",
    group: str = "",
    among: int | None,
    percent: int | None,
    interval: tuple[int, int] | None,
    rating: str = "",
    reason: str = "",
) -> CountRow:
    """Return the row of what was counted; where a count may not be shown, its share is not either.

    Args:
        level: what was asked.
        path: its address.
        counts: cases by outcome or answer (``None``: it may not be shown).
        sample: the sample of cases that it was asked of (empty: all).
        group: the group of cases (empty: all).
        among: how many cases the share is one of (``None``: there is no share).
        percent: the share in whole per cent.
        interval: its 95% interval.
        rating: the id of the rating of the band that holds it.
        reason: why there is no share.
    """
    is_hidden = None in counts.values()
    low, high = (None, None) if interval is None else interval
    return CountRow(
        level=level,
        id=path,
        sample=sample,
        group=group,
        yes=counts["yes"],
        no=counts["no"],
        not_applicable=counts["not_applicable"],
        undetermined=counts["undetermined"],
        among=among,
        percent=percent,
        low=low,
        high=high,
        rating=rating,
        status="suppressed" if is_hidden else "not_rated" if reason else "",
        reason=reason,
        source="cases",
    )


def _standard_row(framework: Framework, standard: StandardResult) -> CountRow:
    declared = standard.standard
    rule = framework.rule_of_standard(declared) if declared.rated_by == "cases" else None
    row = _rated_row(
        CountRow(level="standard", id=declared.slug, source=declared.rated_by),
        _Rated(standard.rating, standard.computed, standard.decision, standard.not_rated),
        _value(standard.value, rule, None if standard.computed is None else standard.computed.score),
        is_rated=framework.is_rated(declared),
    )
    is_looked_at = declared.rated_by == "judgement" and standard.is_settled and declared.applies_when is None
    # People gave it no rating, and that is what they recorded.
    return evolve(row, rating=NOT_RATED) if standard.computed is None and is_looked_at else row


@frozen
class _Rated:
    rating: Rating | None
    computed: Rating | None
    decision: PanelDecision | None
    not_rated: str


def _rated_row(row: CountRow, rated: _Rated, value: tuple[str, str], *, is_rated: bool) -> CountRow:
    """Return a row with its rating, as it is computed and as it was decided, and what it was placed by."""
    is_moved = rated.decision is not None or rated.rating != rated.computed
    row = evolve(
        row,
        value=value[0],
        unit=value[1],
        rating="" if rated.computed is None else rated.computed.id,
        decided=rated.rating.id if is_moved and rated.rating is not None else "",
    )
    if rated.decision is not None:
        return evolve(row, reason=f"{rated.decision.reason} ({rated.decision.by})")
    if is_rated and rated.rating is None:
        return evolve(row, status="not_rated", reason=rated.not_rated)
    return row


def _value(value: Fraction | None, rule: object, score: int | None) -> tuple[str, str]:
    """Return what a rule placed in bands, else the score, with its unit."""
    if value is not None:
        unit = rule.value if isinstance(rule, SumInBands) else "sum"
        return say_number(value), "score" if unit == "sum" else unit
    return ("", "") if score is None else (str(score), "score")
