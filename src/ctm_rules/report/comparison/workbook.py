"""Several inspections as tables: every inspection, standard and key question, and the weakest questions."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.rating.results import label_of
from ctm_rules.report.annexe import Cell, Sheet, points_cells, with_dictionary
from ctm_rules.report.comparison.figures import latest, weakest, whole_percent

_INSPECTION = ("provider", "fieldwork_started")


def make_sheets(results: Sequence[InspectionResult]) -> tuple[Sheet, ...]:
    """Return the comparison of inspections as tables, with one that says what each column means."""
    return with_dictionary((_inspections(results), _standards(results), _key_questions(results), *_weakest(results)))


def _inspections(results: Sequence[InspectionResult]) -> Sheet:
    newest = latest(results)
    history = sorted(
        (result for result in results if not any(result is each for each in newest)),
        key=lambda result: result.inspection.declared.fieldwork.started,
        reverse=True,
    )
    is_any = any(result.inspection.declared.synthetic for result in results)
    about = "The latest inspection of each provider by overall rating, then the earlier ones."
    return Sheet(
        "inspections",
        about + (" Where synthetic is yes, no row of data describes a real person." if is_any else ""),
        (
            *(
                "provider",
                "name",
                "region",
                "fieldwork_started",
                "latest",
                "framework",
                "edition",
                "synthetic",
                "cases",
            ),
            *("overall", "score", "out_of", "framework_origin", "framework_checksum"),
        ),
        tuple(_inspection(result, is_latest) for is_latest, of in ((True, newest), (False, history)) for result in of),
    )


def _inspection(result: InspectionResult, is_latest: bool) -> tuple[Cell, ...]:
    declared, rating = result.inspection.declared, result.rating
    standards = result.inspection.framework_identity
    return (
        declared.provider.id,
        declared.provider.name,
        declared.provider.region,
        declared.fieldwork.started.isoformat(),
        "yes" if is_latest else "no",
        rating.framework.id,
        rating.framework.edition,
        "yes" if declared.synthetic else "no",
        rating.cases,
        label_of(rating.overall),
        rating.score,
        rating.out_of,
        standards["origin"],
        standards["checksum"],
    )


def _key(result: InspectionResult) -> tuple[Cell, ...]:
    declared = result.inspection.declared
    return declared.provider.id, declared.fieldwork.started.isoformat()


def _standards(results: Sequence[InspectionResult]) -> Sheet:
    rows = tuple(
        (
            *_key(result),
            standard.standard.id,
            standard.standard.slug,
            standard.standard.title,
            *((standard.rating.label, standard.rating.score) if standard.rating else (None, None)),
        )
        for result in results
        for standard in result.rating.standards
    )
    columns = (*_INSPECTION, "standard", "slug", "title", "rating", "score")
    return Sheet("standards", "The rating of every standard in every inspection.", columns, rows)


def _key_questions(results: Sequence[InspectionResult]) -> Sheet:
    has_points = any(
        question.question.points is not None
        for result in results
        for standard in result.rating.standards
        for question in standard.key_questions
    )
    rows = tuple(
        (
            *_key(result),
            f"{standard.standard.id} {standard.standard.title}",
            question.path,
            question.counts.yes,
            question.counts.no,
            question.percent,
            *(question.interval or (None, None)),
            label_of(question.rating),
            *(points_cells(question, result.rating.framework) if has_points else ()),
        )
        for result in results
        for standard in result.rating.standards
        for question in standard.key_questions
    )
    columns = (
        *(*_INSPECTION, "standard", "key_question", "yes", "no", "percent"),
        *("interval_low", "interval_high", "rating"),
        *(("scored", "value", "unit") if has_points else ()),
    )
    return Sheet("key_questions", "Every key question in every inspection.", columns, rows)


def _weakest(results: Sequence[InspectionResult]) -> tuple[Sheet, Sheet]:
    questions = weakest(results)
    together = tuple(
        (
            question.framework.id,
            question.framework.edition,
            f"{question.standard.id} {question.standard.title}",
            question.path,
            question.question.ask,
            whole_percent(question.share, question.framework, question.path),
            *(question.interval or (None, None)),
            *(whole_percent(share, question.framework, question.path) for share in (question.lowest, question.highest)),
            len(question.of),
            question.lowest_rated,
        )
        for question in questions
    )
    beyond = tuple(
        (*_key(each.result), question.path, each.question.percent, each.standing)
        for question in questions
        for each in question.of
        if each.standing
    )
    return (
        Sheet(
            "weakest",
            "Key questions over the latest inspections together, the weakest first.",
            (
                *("framework", "edition", "standard", "key_question", "ask", "percent_together"),
                *("interval_low", "interval_high", "percent_lowest", "percent_highest"),
                *("inspections", "rated_lowest_in"),
            ),
            together,
        ),
        Sheet(
            "beyond_chance",
            "Shares further from that of all together than chance alone would put one of a thousand such samples.",
            (*_INSPECTION, "key_question", "percent", "standing"),
            beyond,
        ),
    )
