"""Several inspections as a page: the latest of each provider, ratings over time, the weakest key questions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.clock import written_on
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.declared import Words
from ctm_rules.rating.results import StandardResult
from ctm_rules.rating.shares import say_percent, say_to_hundredths
from ctm_rules.report import charts
from ctm_rules.report.blocks import Report
from ctm_rules.report.comparison.figures import (
    PointsAcross,
    QuestionAcross,
    StandardOverTime,
    frameworks,
    latest,
    over_time,
    points_across,
    standards_across,
    standards_over_time,
    weakest,
    whole_percent,
)
from ctm_rules.report.page import Page
from ctm_rules.report.translation import with_share_noted

NOTHING = "–"
"""What stands where there is no figure."""


def write_page(results: Sequence[InspectionResult], language: Language) -> Report:
    """Return the comparison of inspections as a page in a language."""
    page = Page(language)
    providers = {result.inspection.declared.provider.id for result in results}
    page.paragraph(page.say("compare_intro", inspections=len(results), providers=len(providers)))
    _latest(page, results)
    _standards(page, results)
    _over_time(page, results)
    _weakest(page, results)
    _points(page, results)
    day = written_on()
    names = ", ".join(f"{framework.id} {framework.edition}" for framework in frameworks(results))
    title = page.say("compare_title")
    report = Report(
        language.code,
        title,
        title,
        _publisher(page, results),
        None,
        (*_synthetic(page, results), *page.notices_of_language()),
        page.say("contents"),
        page.say("downloads"),
        page.say("back_to_top"),
        page.say("skip_to_content"),
        (),
        tuple(page.blocks),
        page.say("footer", provider=title, framework=names),
        (day.year, day.month, day.day),
    )
    return with_share_noted(report, page)


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


def _typed(page: Page, result: InspectionResult, words: Words) -> Text:
    """Return words that an inspection file holds, in the language of the page where they are written in it."""
    return page.typed(words, result.inspection.declared.language)


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


def _latest(page: Page, results: Sequence[InspectionResult]) -> None:
    page.heading(2, page.say("latest"), "latest")
    page.paragraph(page.say("latest_intro"))
    columns = ["provider", "overall_rating", "score_heading", "inspected", "region"]
    rows = [
        (
            _provider(page, result),
            _overall(page, result),
            _score(page, result),
            _started(page, result),
            _typed(page, result, result.inspection.declared.provider.region or NOTHING),
        )
        for result in latest(results)
    ]
    page.table("latest-table", page.say("latest_caption"), [page.say(name) for name in columns], rows, [2])


def _provider(page: Page, result: InspectionResult) -> Text:
    return _typed(page, result, result.inspection.declared.provider.name)


def _standards(page: Page, results: Sequence[InspectionResult]) -> None:
    newest = latest(results)
    followed = standards_across(newest)
    names = _named(page, followed)
    rows = [
        (
            _provider(page, result),
            *(
                page.plain(NOTHING) if of is None else _rated(page, of)
                for of in (row.results[number] for row in followed)
            ),
        )
        for number, result in enumerate(newest)
    ]
    page.table("standards-table", page.say("standards_caption"), [page.say("provider"), *names], rows, [])


def _named(page: Page, followed: Sequence[StandardOverTime]) -> list[Text]:
    """Return what standards are called; of one that changed, which stands there twice, with the edition."""
    titles = [
        page.language.wording(row.framework, f"{row.standard.slug}.title", row.standard.title) for row in followed
    ]
    names = [f"{row.standard.id} {title}" for row, title in zip(followed, titles, strict=True)]
    return [
        Text(f"{name} ({row.framework.edition})" if names.count(name) > 1 else name, title.language)
        for row, name, title in zip(followed, names, titles, strict=True)
    ]


def _over_time(page: Page, results: Sequence[InspectionResult]) -> None:
    repeated = over_time(results)
    if not repeated:
        return
    page.heading(2, page.say("over_time"), "over-time")
    page.paragraph(page.say("over_time_intro"))
    for number, inspected in enumerate(repeated.values(), start=1):
        provider = inspected[-1].inspection.declared.provider.name
        followed = standards_over_time(inspected)
        rows = [
            (name, *(page.plain(NOTHING) if of is None else _rated(page, of) for of in row.results))
            for name, row in zip(_named(page, followed), followed, strict=True)
        ]
        overall = (page.say("overall_rating"), *(_overall(page, result) for result in inspected))
        scores = (page.say("score_heading"), *(_score(page, result) for result in inspected))
        columns = [page.say("rated"), *(_started(page, result) for result in inspected)]
        caption = page.say("over_time_caption", provider=provider)
        page.table(f"over-time-{number}", caption, columns, [overall, scores, *rows], [])


def _weakest(page: Page, results: Sequence[InspectionResult]) -> None:
    questions = weakest(results)
    if not questions:
        return
    page.heading(2, page.say("weakest"), "weakest")
    page.paragraph(page.say("weakest_intro"))
    dots, rows = [], []
    for question in questions:
        asked = _asked(page, question)
        together, low, high = (
            _percent(question, share) for share in (question.share, question.lowest, question.highest)
        )
        if question.share is not None:
            shares = tuple((float((each.question.share or 0) * 100), bool(each.standing)) for each in question.of)
            dots.append(charts.Dots(asked.value, float(question.share * 100), shares))
        reach = page.plain(NOTHING) if question.lowest is None else page.say("from_to", low=low, high=high)
        interval = page.plain(NOTHING)
        if question.interval is not None:
            interval = page.say(
                "from_to", low=say_percent(question.interval[0]), high=say_percent(question.interval[1])
            )
        lowest = page.say("count_of", count=question.lowest_rated, among=len(question.of))
        beyond = [_beyond(page, question, standing) for standing in ("higher", "lower")]
        rows.append((asked, page.plain(together), interval, reach, *beyond, lowest))
    if dots:
        alternative = page.say("weakest_alternative", weakest=dots[0].label, number=len(dots))
        within, beyond_chance, together_words = (page.say(f"dot_{name}") for name in ("within", "beyond", "together"))
        legend = within.value, beyond_chance.value, together_words.value
        page.pictures(
            "weakest-picture",
            dots,
            page.say("weakest_picture"),
            lambda some, words: charts.dots_chart(some, legend, words),
            alternative=alternative,
        )
    columns = ("key_question", "together", "interval", "range", "clearly_higher", "clearly_lower", "lowest_rated")
    page.table("weakest-table", page.say("weakest_caption"), [page.say(name) for name in columns], rows, [1, 2, 3, 6])


def _points(page: Page, results: Sequence[InspectionResult]) -> None:
    questions = points_across(results)
    if not questions:
        return
    page.heading(2, page.say("points_across"), "points")
    page.paragraph(page.say("points_across_intro"))
    rows = []
    for question in questions:
        together = reach = page.plain(NOTHING)
        if question.together is not None:
            together = page.say(f"points_{question.declared.value}", value=say_to_hundredths(question.together))
        if question.values:
            low, high = (say_to_hundredths(end(question.values)) for end in (min, max))
            reach = page.say("from_to", low=low, high=high)
        lowest = page.plain(NOTHING)
        if question.declared.is_rating:
            lowest = page.say("count_of", count=question.lowest_rated, among=question.rated)
        rows.append((_asked(page, question), together, reach, lowest))
    columns = [page.say(name) for name in ("key_question", "together", "range", "lowest_rated")]
    page.table("points-table", page.say("points_across_caption"), columns, rows, [1, 2, 3])


def _asked(page: Page, question: QuestionAcross | PointsAcross) -> Text:
    """Return what is asked, named with its standard."""
    words = page.language.wording(question.framework, question.path, question.question.ask)
    title = page.language.wording(question.framework, f"{question.standard.slug}.title", question.standard.title)
    whole = Text(
        f"{question.standard.id} {title}", title.language, english=f"{question.standard.id} {title.in_english}"
    )
    return page.say("part_of", whole=whole, part=words)


def _beyond(page: Page, question: QuestionAcross, standing: str) -> Text:
    """Return the providers whose share chance alone would hardly explain, each with its share."""
    found = [
        f"{each.result.inspection.declared.provider.name} ({_percent(question, each.question.share)})"
        for each in question.of
        if each.standing == standing
    ]
    return page.plain("; ".join(found) or NOTHING)


def _percent(question: QuestionAcross, share: Fraction | None) -> str:
    percent = whole_percent(share, question.framework, question.path)
    return NOTHING if percent is None else say_percent(percent)
