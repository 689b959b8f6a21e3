"""The opening of a report: what comes first on every page, then foreword, recommendations, and who was inspected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ctm_rules.inspections.file import Recommendation
from ctm_rules.languages.languages import Text
from ctm_rules.model.bands import ranges_of
from ctm_rules.model.framework import RATINGS, VARIANTS, PlacedBands
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.phrases import say_number
from ctm_rules.rating.decisions import OVERALL
from ctm_rules.rating.results import StandardResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import charts
from ctm_rules.report.blocks import Finding, Findings, Picture, RatingsBox
from ctm_rules.report.figures import nearby
from ctm_rules.report.figures.disclosure import Share
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.subjects import figures_beside, links_to, subject_of, write_recommended


def write_first(page: InspectionPage) -> None:
    """Write what a reader sees first: the ratings at a glance, why they are so, and what is to be known beside them."""
    page.heading(2, page.say("ratings"), "ratings")
    write_ratings(page)
    _why_overall(page)
    for words in page.declared.summary:
        page.paragraph(page.written(words))
    write_recommended(page, "ratings")
    page.because(page.rating.overall_because)
    page.decision(page.rating.overall_decision)
    for reason in page.rating.not_rated:
        page.paragraph(page.english(reason), "note")
    for stale in page.rating.stale_decisions:
        was, computed = page.label_of(stale.was), page.label_of(stale.computed)
        page.paragraph(page.say("decision_not_applied", rated=stale.name, was=was, computed=computed), "note")


def write_opening(page: InspectionPage) -> None:
    """Write what comes before the standards."""
    declared = page.declared
    _overview(page)
    if declared.foreword:
        page.heading(2, page.say("foreword"), "foreword")
        for words in declared.foreword:
            page.paragraph(page.written(words))
        if declared.signed_by is not None:
            parts = [page.written(part) for part in (declared.signed_by.name, declared.signed_by.role) if part]
            page.paragraph(Text(", ".join(map(str, parts)), parts[-1].language), "signature")
    _recommendations(page)
    page.heading(2, page.say("background"), "background")
    _sample(page)
    for words in declared.background:
        page.paragraph(page.written(words))
    write_recommended(page, "background")


# --- What comes first ------------------------------------------------------------------------------


def write_ratings(page: InspectionPage, *, with_links: bool = True) -> None:
    """Set all ratings at a glance, with links to where each is written about, where that is on the same page."""
    rating, started = page.rating, page.declared.fieldwork.started
    score = None
    if rating.out_of is not None and (rating.score is not None or rating.overall is None):
        score = page.say("score", score="–" if rating.score is None else rating.score, out_of=rating.out_of)
        score = page.marked(score, page.origins.of_rating(OVERALL) if rating.score is not None else None)
    by_slug = {result.standard.slug: result for result in rating.standards}
    domains = tuple(
        (
            page.rating_of(
                page.domain_title(number, domain), domain, f"domain-{domain.domain.id}" if with_links else ""
            ),
            tuple(
                page.rating_of(
                    page.standard_title(by_slug[slug].standard), by_slug[slug], f"standard-{slug}" if with_links else ""
                )
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
        facts.append(page.say("published_on", publisher=page.named(published_by.name), date=date))
    last_time = page.material.result.last_time
    if last_time is not None:
        facts.append(page.say("last_inspected", date=page.language.date(last_time.started)))
    overall = None
    if page.framework.overall is not None:
        ratings = (rating.overall, rating.overall_computed, rating.overall_decision)
        overall = page.rating_line(page.say("overall_rating"), OVERALL, *ratings)
    page.blocks.append(RatingsBox(tuple(facts), score, overall, _ruler(page), domains, page.say("ratings")))


def _ruler(page: InspectionPage) -> Picture | None:
    """Return where the overall score lies between nought and the highest (``None``: the rating is no plain sum)."""
    rule, rating = page.framework.overall, page.rating
    if not isinstance(rule, SumInBands) or rating.score is None or not rating.out_of:
        return None
    ranges = ranges_of(rule.bands)[::-1]
    if rule.value != "sum" or rule.weights or any(each.lowest < 0 for each in ranges):
        return None
    limits = [charts.Limit(float(each.lowest), _label(page, each.rating).value) for each in ranges]
    said = [page.say("rating_from", rating=_label(page, each.rating), value=say_number(each.lowest)) for each in ranges]
    alternative = page.say("ruler_alternative", score=rating.score, out_of=rating.out_of, limits=page.listed(said))
    svg = charts.ruler(float(rating.score), float(rating.out_of), limits, alternative.value)
    return Picture("ruler", svg, alternative, alternative)


def _label(page: InspectionPage, rating: str) -> Text:
    return page.label_of(page.framework.rating_on(RATINGS, rating))


def _why_overall(page: InspectionPage) -> None:
    """Write what the overall score comes from, and how near it is to another rating."""
    rating, rule = page.rating, page.framework.overall
    if rating.overall_computed is None or rating.score is None or not isinstance(rule, SumInBands):
        return
    held = [each for each in ranges_of(rule.bands) if each.rating == rating.overall_computed.id]
    lowest = say_number(held[-1].lowest)
    numbers = {"score": rating.score, "out_of": rating.out_of, "rating": page.label_of(rating.overall_computed)}
    is_on_limit = held[-1].lowest == rating.score
    others = page.material.nearby.by_judgement.get(nearby.OVERALL, ())
    if is_on_limit and others:
        worse = page.label_of(others[-1])
        page.paragraph(page.say("why_on_limit", **numbers, worse=worse))
    else:
        page.paragraph(page.say("why_score", **numbers, lowest=lowest))


# --- One picture of the whole ----------------------------------------------------------------------


_ON_A_PAGE = 12
"""How many key questions of one standard fit into a picture on a page of paper."""


def _overview(page: InspectionPage) -> None:
    """Draw every key question that is asked of cases on one scale, and fold away the table of the same figures."""
    of_cases = [
        result for result in page.rating.standards if any(question.has_share for question in result.key_questions)
    ]
    if not of_cases:
        return
    groups, rows = [], []
    for result in of_cases:
        title = page.standard_title(result.standard)
        shares = []
        for question in result.key_questions:
            if question.has_share:
                share = page.share_of(question.path)
                is_driver = question.path in result.drivers
                shares.append(page.drawn(question.path, share, is_driver=is_driver))
                percent, count, interval = page.share_cells(question.path, share)
                rows.append([page.asked(question.path), title, percent, count, interval])
        groups += [
            charts.SharesOf(title.value, tuple(shares[first : first + _ON_A_PAGE]))
            for first in range(0, len(shares), _ON_A_PAGE)
        ]
    limits = _limits(page, [question.path for result in of_cases for question in result.key_questions])
    page.heading(2, page.say("overview"), "overview")
    caption = _overview_title(page, of_cases, limits)
    page.pictures(
        "overview",
        groups,
        caption,
        lambda some, words: charts.overview(some, limits, words),
        lambda some, words: charts.overview(some, limits, words, charts.NARROW),
    )
    is_rated = any(result.drivers for result in of_cases)
    page.paragraph(page.say("overview_key" if is_rated else "overview_key_of_shares"), "note")
    with page.folded(page.say("overview_table")):
        columns = [page.say(name) for name in ("key_question", "standard", "percentage", "cases", "interval")]
        page.table("overview-table", page.say("overview_table"), columns, rows, [2, 3, 4])


def _limits(page: InspectionPage, paths: Sequence[str]) -> list[charts.Limit]:
    """Return the limits between ratings of key questions, the lowest first (none: they are not the same for all)."""
    placed = [each for each in page.framework.placed_bands if set(paths).intersection(each.questions)]
    return _limits_of(page, placed[0]) if len(placed) == 1 else []


def _limits_of(page: InspectionPage, placed: PlacedBands) -> list[charts.Limit]:
    ranges = ranges_of(placed.bands.bands)[::-1]
    rating = page.framework.rating_on
    return [charts.Limit(float(each.lowest), page.label_of(rating(placed.scale, each.rating)).value) for each in ranges]


def _overview_title(page: InspectionPage, of_cases: Sequence[StandardResult], limits: Sequence[charts.Limit]) -> Text:
    """Return what the picture of the whole shows: in how many standards the lowest share is below the lowest limit."""
    # What people judged, or was answered once, decides some standards, and has no share.
    of_whole = page.material.figures.whole
    driving = [path for result in of_cases for path in result.drivers[:1] if path in of_whole]
    shares = [share.exact for share in map(page.share_of, driving) if isinstance(share, Share)]
    above_nought = [limit.value for limit in limits if limit.value > 0]
    if not above_nought or len(shares) < len(of_cases):
        return page.say("overview_title")
    limit = Fraction(min(above_nought))
    below = sum(share * 100 < limit for share in shares)
    numbers = {"limit": say_percent(int(limit)), "below": below, "standards": len(of_cases)}
    return page.say("overview_all_below" if below == len(of_cases) else "overview_below", **numbers)


# --- Recommendations -------------------------------------------------------------------------------


def _recommendations(page: InspectionPage) -> None:
    declared = page.declared
    if not declared.recommendations:
        return
    page.heading(2, page.say("recommendations"), "recommendations")
    page.paragraph(page.say("recommendations_intro", provider=page.named(declared.provider.name)), "intro")
    items = [_recommendation(page, each, number) for number, each in enumerate(declared.recommendations, start=1)]
    page.blocks.append(Findings(tuple(items), is_numbered=True))


def _recommendation(page: InspectionPage, each: Recommendation, number: int) -> Finding:
    links = links_to([subject_of(page, address) for address in each.about])
    figures = figures_beside(page, each.about)
    return Finding(page.written(each.text), None, figures, links, f"recommendation-{number}")


# --- Who was inspected -----------------------------------------------------------------------------


def _sample(page: InspectionPage) -> None:
    fieldwork, name = page.declared.fieldwork, page.named(page.declared.provider.name)
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
            page.say("between", first=page.language.date(period.first), last=page.language.date(period.last))
            for period in fieldwork.commenced
        ]
        page.paragraph(page.say("commenced", periods=page.listed(periods)))
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
        rows.append((page.say("part_of", whole=page.say("sample"), part=title), page.of_cases(page.plain(drawn))))
    for subgroup in page.framework.subgroups:
        title = page.wording(f"subgroups.{subgroup.id}", subgroup.title)
        for group, size in page.material.figures.sizes[subgroup.id].items():
            # A group alone may be called Yes, and so may one of another sub-group.
            named = page.say("part_of", whole=title, part=page.group(subgroup.id, group))
            rows.append((named, page.count(size)))
    for variant in page.framework.variants:
        size = page.material.figures.sizes[VARIANTS][variant.id]
        named = page.wording(f"{VARIANTS}.{variant.id}", variant.title)
        rows.append((page.say("part_of", whole=page.say("variant"), part=named), page.count(size)))
    columns = [page.say("group"), page.say("cases")]
    if rows:
        page.table(
            "sample",
            page.say("sample_caption", cases=cases),
            columns,
            rows,
            [1],
        )
