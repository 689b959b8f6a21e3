"""The opening of a report: its foreword, the ratings at a glance, recommendations, and who was inspected and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ctm_rules.model.framework import RATINGS, VARIANTS
from ctm_rules.phrases import say_list
from ctm_rules.rating.decisions import OVERALL
from ctm_rules.rating.results import StandardResult
from ctm_rules.report import charts
from ctm_rules.report.blocks import (
    Bullets,
    RatingsBox,
)
from ctm_rules.report.inspection_page import InspectionPage, sentence


def write_opening(page: InspectionPage) -> None:
    """Write what comes before the standards."""
    declared = page.declared
    if declared.foreword:
        page.heading(2, page.say("foreword"), "foreword")
        for words in declared.foreword:
            page.paragraph(page.typed(words))
    page.heading(2, page.say("ratings"), "ratings")
    _ratings(page)
    if declared.recommendations:
        page.heading(2, page.say("recommendations"), "recommendations")
        page.paragraph(page.say("recommendations_intro", provider=declared.provider.name))
        page.blocks.append(Bullets(tuple(map(page.typed, declared.recommendations))))
    page.heading(2, page.say("background"), "background")
    _sample(page)
    for words in declared.background:
        page.paragraph(page.typed(words))


def _ratings(page: InspectionPage) -> None:
    rating, started = page.rating, page.declared.fieldwork.started
    score = None
    if rating.out_of is not None and (rating.score is not None or rating.overall is None):
        score = page.say("score", score="–" if rating.score is None else rating.score, out_of=rating.out_of)
        score = page.marked(score, page.origins.of_rating(OVERALL) if rating.score is not None else None)
    by_slug = {result.standard.slug: result for result in rating.standards}
    domains = tuple(
        (
            page.rating_of(page.domain_title(number, domain), domain, f"domain-{domain.domain.id}"),
            tuple(
                page.standard_line(by_slug[slug])
                for slug in domain.domain.standards
                if page.framework.is_rated(by_slug[slug].standard)
            ),
        )
        for number, domain in enumerate(rating.domains, start=1)
    )
    facts = [page.say("fieldwork_started", date=page.language.date(started))]
    published_by = page.declared.published_by
    if published_by is not None and published_by.date is not None:
        date = page.language.date(published_by.date)
        facts.append(page.say("published_on", publisher=published_by.name, date=date))
    last_time = page.material.result.last_time
    if last_time is not None:
        facts.append(page.say("last_inspected", date=page.language.date(last_time.started)))
    overall = None
    if page.framework.overall is not None:
        ratings = (rating.overall, rating.overall_computed, rating.overall_decision)
        overall = page.rating_line(page.say("overall_rating"), OVERALL, *ratings)
    page.blocks.append(RatingsBox(tuple(facts), score, overall, domains, page.say("ratings")))
    page.legend_here()
    page.because(rating.overall_because)
    page.decision(rating.overall_decision)
    for scale in dict.fromkeys(result.standard.scale for result in rating.standards):
        _picture_of(page, scale, [result for result in rating.standards if result.standard.scale == scale])
    for reason in rating.not_rated:
        page.paragraph(page.english(reason), "note")
    for stale in rating.stale_decisions:
        was, computed = page.label_of(stale.was), page.label_of(stale.computed)
        page.paragraph(page.say("decision_not_applied", rated=stale.name, was=was, computed=computed), "note")


def _picture_of(page: InspectionPage, scale: str, results: Sequence[StandardResult]) -> None:
    """Draw where the standards that are rated on one scale stand on it."""
    results = [result for result in results if page.framework.is_rated(result.standard)]
    if not results:
        return
    labels = [page.language.rating(known).value for known in page.framework.scale(scale)]
    rows, words = [], []
    for result in results:
        line = page.standard_line(result)
        rows.append((line.name.value, line.step - 1))
        words.append(f"{line.name}: {line.rating}")
    caption = page.say("picture_ratings")
    name = "ratings" if scale == RATINGS else f"ratings-{scale}"
    page.picture(name, charts.ratings_chart(rows, labels, sentence(caption, words)), words, caption)


def _sample(page: InspectionPage) -> None:
    fieldwork, name = page.declared.fieldwork, page.declared.provider.name
    started = page.language.date(fieldwork.started)
    if fieldwork.weeks is None:
        page.paragraph(page.say("fieldwork", provider=name, date=started))
    else:
        weeks = page.counted("week", fieldwork.weeks)
        page.paragraph(page.say("fieldwork_weeks", provider=name, date=started, weeks=weeks))
    cases = page.counted("case", page.material.figures.cases)
    if page.framework.asks_of_cases:
        page.paragraph(page.of_cases(page.say("cases_inspected", cases=cases)))
    if fieldwork.commenced:
        periods = [
            page.say("between", first=page.language.date(period.first), last=page.language.date(period.last)).value
            for period in fieldwork.commenced
        ]
        page.paragraph(page.say("commenced", periods=say_list(periods, page.say("and").value)))
    if fieldwork.practitioner_interviews is not None:
        page.paragraph(page.say("interviews", interviews=page.counted("interview", fieldwork.practitioner_interviews)))
    population = page.declared.population
    if isinstance(population, int):
        page.paragraph(page.say("population", population=page.counted("case", population)))
    rows = []
    for sample, drawn in page.rating.samples:
        title = page.sample_title(sample)
        if isinstance(population, Mapping) and sample.id in population:
            drawn_from = page.counted("case", population[sample.id])
            page.paragraph(page.say("population_of_sample", sample=title, population=drawn_from))
        rows.append((title, page.say("sample"), page.of_cases(page.plain(drawn))))
    for subgroup in page.framework.subgroups:
        title = page.wording(f"subgroups.{subgroup.id}", subgroup.title)
        for group, size in page.material.figures.sizes[subgroup.id].items():
            rows.append((page.group(subgroup.id, group), title, page.count(size)))
    for variant in page.framework.variants:
        size = page.material.figures.sizes[VARIANTS][variant.id]
        name_of = page.wording(f"{VARIANTS}.{variant.id}", variant.title)
        rows.append((name_of, page.say("variant"), page.count(size)))
    columns = [page.say("group"), page.say("grouped_by"), page.say("cases")]
    if rows:
        page.table(
            "sample",
            page.say("sample_caption", cases=cases),
            columns,
            rows,
            [2],
        )
