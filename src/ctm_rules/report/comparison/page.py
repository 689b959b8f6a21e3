"""Several inspections side by side as a page: a league table, ratings over time, and the weakest key questions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.clock import written_on
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.framework import Framework
from ctm_rules.rating.results import StandardResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import charts
from ctm_rules.report.blocks import Picture, Report
from ctm_rules.report.comparison.figures import (
    by_framework,
    league,
    over_time,
    standards_over_time,
    weakest,
    whole_percent,
)
from ctm_rules.report.page import Page, as_anchor

NOTHING = "–"
"""What stands where there is no figure."""


def write_page(results: Sequence[InspectionResult], language: Language) -> Report:
    """Return the comparison of inspections as a page in a language."""
    page = Page(language)
    providers = {result.inspection.declared.provider.id for result in results}
    page.paragraph(page.say("compare_intro", inspections=len(results), providers=len(providers)))
    _league(page, results)
    groups = by_framework(results)
    for framework, of in groups:
        _standards(page, framework, of)
    _over_time(page, results)
    for framework, of in groups:
        _weakest(page, framework, of)
    day = written_on()
    names = ", ".join(f"{framework.id} {framework.edition}" for framework, _ in groups)
    title = page.say("compare_title")
    return Report(
        language.code,
        title,
        title,
        _publisher(page, results),
        None,
        (*_synthetic(page, results), *page.notices_of_language()),
        page.say("contents"),
        page.say("skip_to_content"),
        tuple(page.blocks),
        page.say("footer", provider=title, framework=names),
        (day.year, day.month, day.day),
    )


def _publisher(page: Page, results: Sequence[InspectionResult]) -> Text:
    """Return who publishes every inspection that is compared; where one of them is a demonstration, so is this."""
    publishers = [result.inspection.declared.published_by for result in results]
    if any(publisher is None for publisher in publishers):
        return page.say("demonstration")
    names = dict.fromkeys(publisher.name for publisher in publishers if publisher is not None)
    return page.plain(", ".join(names))


def _synthetic(page: Page, results: Sequence[InspectionResult]) -> list[Text]:
    """Return the notice that some or all of the cases are synthetic, where they are."""
    synthetic = [result for result in results if result.inspection.declared.synthetic]
    if not synthetic:
        return []
    if len(synthetic) == len(results):
        return [page.say("synthetic")]
    names = sorted({result.inspection.declared.provider.name for result in synthetic})
    return [page.say("some_synthetic", providers=", ".join(names))]


def _typed(result: InspectionResult, words: str) -> Text:
    """Return words that an inspection file holds."""
    return Text(words, result.inspection.declared.language)


def _score(page: Page, result: InspectionResult) -> Text:
    score, out_of = result.rating.score, result.rating.out_of
    return page.plain(NOTHING if score is None else f"{score}/{out_of}")


def _overall(page: Page, result: InspectionResult) -> Text:
    rating = result.rating
    return page.rated(rating.overall, rating.overall_computed, rating.overall_decision)


def _rated(page: Page, result: StandardResult) -> Text:
    return page.rated(result.rating, result.computed, result.decision)


def _started(page: Page, result: InspectionResult) -> Text:
    return page.language.date(result.inspection.declared.fieldwork.started)


def _league(page: Page, results: Sequence[InspectionResult]) -> None:
    page.heading(2, page.say("league"), "league")
    columns = ["provider", "place", "overall_rating", "score_heading", "inspected", "region"]
    rows = []
    for place in league(results):
        result, provider = place.result, place.result.inspection.declared.provider
        rows.append(
            (
                _typed(result, provider.name),
                page.plain(NOTHING if place.place is None else place.place),
                _overall(page, result),
                _score(page, result),
                _started(page, result),
                _typed(result, provider.region or NOTHING),
            )
        )
    page.table("league-table", page.say("league_caption"), [page.say(name) for name in columns], rows, [1, 3])


def _standards(page: Page, framework: Framework, results: Sequence[InspectionResult]) -> None:
    name = page.english(f"{framework.title} {framework.edition}")
    page.heading(3, name, _anchor("standards", framework))
    titles = [
        Text(f"{standard.id} {title}", title.language)
        for standard in framework.standards
        for title in [page.language.wording(framework, f"{standard.slug}.title", standard.title)]
    ]
    rows = [
        (
            _typed(place.result, place.result.inspection.declared.provider.name),
            _started(page, place.result),
            *(_rated(page, standard) for standard in place.result.rating.standards),
        )
        for place in league(results)
    ]
    columns = [page.say("provider"), page.say("inspected"), *titles]
    caption = page.say("standards_caption", framework=name)
    page.table(_anchor("standards-table", framework), caption, columns, rows, [])


def _over_time(page: Page, results: Sequence[InspectionResult]) -> None:
    repeated = over_time(results)
    if not repeated:
        return
    page.heading(2, page.say("over_time"), "over-time")
    page.paragraph(page.say("over_time_intro"))
    for number, inspected in enumerate(repeated.values(), start=1):
        provider = inspected[-1].inspection.declared.provider.name
        followed = standards_over_time(inspected)
        names = [f"{row.standard.id} {row.standard.title}" for row in followed]
        rows = [
            (
                # Where a standard changed, its name stands twice; the edition tells which is which.
                page.english(f"{name} ({row.framework.edition})" if names.count(name) > 1 else name),
                *(page.plain(NOTHING) if of is None else _rated(page, of) for of in row.results),
            )
            for name, row in zip(names, followed, strict=True)
        ]
        overall = (page.say("overall_rating"), *(_overall(page, result) for result in inspected))
        scores = (page.say("score_heading"), *(_score(page, result) for result in inspected))
        columns = [page.say("rated"), *(_started(page, result) for result in inspected)]
        caption = page.say("over_time_caption", provider=provider)
        page.table(f"over-time-{number}", caption, columns, [overall, scores, *rows], [])


def _weakest(page: Page, framework: Framework, results: Sequence[InspectionResult]) -> None:
    questions = weakest(framework, results)
    if not questions:
        return
    name = page.english(f"{framework.title} {framework.edition}")
    heading = page.say("weakest")
    page.heading(2, Text(f"{heading}: {name}", heading.language), _anchor("weakest", framework))
    page.paragraph(page.say("weakest_intro"))
    bars, words, rows = [], [], []
    for question in questions:
        asked = page.language.wording(framework, question.path, question.ask)
        shares = (question.share, question.lowest, question.highest)
        together, low, high = (_percent(share, framework, question.path) for share in shares)
        if question.share is not None:
            bars.append(charts.Share(asked.value, float(question.share * 100), None, together))
            words.append(f"{asked} {together}")
        reach = page.plain(NOTHING) if question.lowest is None else page.say("from_to", low=low, high=high)
        lowest = page.say("count_of", count=question.lowest_rated, among=question.inspections)
        rows.append((asked, page.plain(together), reach, lowest))
    caption = page.say("weakest_caption", framework=name)
    alternative = Text(f"{caption}: {'; '.join(words)}.", caption.language)
    svg = charts.shares_chart(bars, (), alternative.value)
    page.blocks.append(Picture(_anchor("weakest", framework), svg, alternative, page.say("weakest_picture")))
    columns = [page.say(label) for label in ("key_question", "together", "range", "lowest_rated")]
    page.table(_anchor("weakest-table", framework), caption, columns, rows, [1, 2, 3])


def _percent(share: Fraction | None, framework: Framework, path: str) -> str:
    percent = whole_percent(share, framework, path)
    return NOTHING if percent is None else say_percent(percent)


def _anchor(name: str, framework: Framework) -> str:
    return as_anchor(f"{name}-{framework.id}-{framework.edition}-{framework.checksum[-6:]}")
