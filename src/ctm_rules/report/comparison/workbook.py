"""Several inspections side by side as tables: the league, every standard and key question, the weakest questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.rating.results import label_of
from ctm_rules.report.annexe import Cell, Sheet
from ctm_rules.report.comparison.figures import Place, by_framework, league, weakest, whole_percent


def make_sheets(results: Sequence[InspectionResult]) -> tuple[Sheet, ...]:
    """Return the comparison of inspections as tables."""
    return tuple(_sheets(results))


def _sheets(results: Sequence[InspectionResult]) -> Iterator[Sheet]:
    places = league(results)
    yield Sheet(
        "league",
        "Inspections by score, the best first." + _synthetic(results),
        (
            *("place", "provider", "name", "region", "framework", "edition", "fieldwork_started", "synthetic", "cases"),
            *("overall", "score", "out_of", "framework_origin", "framework_checksum"),
        ),
        tuple(_league_row(place) for place in places),
    )
    standards: list[tuple[Cell, ...]] = []
    questions: list[tuple[Cell, ...]] = []
    for place in places:
        declared, rating = place.result.inspection.declared, place.result.rating
        key = (declared.provider.id, declared.fieldwork.started.isoformat())
        for standard in rating.standards:
            rated = standard.rating
            standards.append(
                (
                    *key,
                    standard.standard.id,
                    standard.standard.slug,
                    standard.standard.title,
                    *((rated.label, rated.score) if rated else (None, None)),
                )
            )
            questions += [
                (
                    *key,
                    question.path,
                    question.counts.yes,
                    question.counts.no,
                    question.percent,
                    label_of(question.rating),
                )
                for question in standard.key_questions
            ]
    yield Sheet(
        "standards",
        "The rating of every standard in every inspection.",
        ("provider", "fieldwork_started", "standard", "slug", "title", "rating", "score"),
        tuple(standards),
    )
    yield Sheet(
        "key_questions",
        "Every key question in every inspection.",
        ("provider", "fieldwork_started", "key_question", "yes", "no", "percent", "rating"),
        tuple(questions),
    )
    rows = tuple(
        (
            framework.id,
            framework.edition,
            question.path,
            question.ask,
            *(
                whole_percent(share, framework, question.path)
                for share in (question.share, question.lowest, question.highest)
            ),
            question.inspections,
            question.lowest_rated,
        )
        for framework, of in by_framework(results)
        for question in weakest(framework, of)
    )
    yield Sheet(
        "weakest",
        "Key questions over all inspections together, the weakest first.",
        (
            *("framework", "edition", "key_question", "ask", "percent_together", "percent_lowest", "percent_highest"),
            *("inspections", "rated_lowest_in"),
        ),
        rows,
    )


def _league_row(place: Place) -> tuple[Cell, ...]:
    declared, rating = place.result.inspection.declared, place.result.rating
    standards = place.result.inspection.framework_identity
    return (
        place.place,
        declared.provider.id,
        declared.provider.name,
        declared.provider.region,
        rating.framework.id,
        rating.framework.edition,
        declared.fieldwork.started.isoformat(),
        "yes" if declared.synthetic else "no",
        rating.cases,
        label_of(rating.overall),
        rating.score,
        rating.out_of,
        standards["origin"],
        standards["checksum"],
    )


def _synthetic(results: Sequence[InspectionResult]) -> str:
    is_any = any(result.inspection.declared.synthetic for result in results)
    return " Where synthetic is yes, no row of data describes a real person." if is_any else ""
