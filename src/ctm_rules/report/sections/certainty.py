"""How firm the ratings are: what another sample would give, what to look at again, and judgements against rules."""

from __future__ import annotations

from collections.abc import Sequence

from ctm_rules.languages.languages import Text
from ctm_rules.model.framework import Rating
from ctm_rules.report.blocks import (
    Bullets,
)
from ctm_rules.report.figures.nearby import OVERALL
from ctm_rules.report.inspection_page import InspectionPage


def write_certainty(page: InspectionPage) -> None:
    """Write how firm the ratings are, and how far judgements of cases agree with the rules."""
    if not page.rating.has_ratings:
        page.heading(2, page.say("agreement"), "agreement")
        page.paragraph(_agreement(page))
        return
    firm = page.material.firmness
    page.heading(2, page.say("certainty"), "certainty")
    page.paragraph(page.say("certainty_intro", resamples=f"{firm.resamples:,}"))
    if page.declared.judgements or page.declared.ratings_from:
        page.paragraph(page.say("certainty_judged"))
    rows = []
    if page.rating.overall_computed is not None:
        rows.append(_firm(page, page.say("overall_rating"), page.rating.overall_computed, OVERALL, firm.overall))
    for number, domain in enumerate(page.rating.domains, start=1):
        if domain.computed is not None:
            rows.append(_firm(page, page.domain_title(number, domain), domain.computed, f"domains.{domain.domain.id}"))
    for result in page.rating.standards:
        slug = result.standard.slug
        again = firm.standards.get(slug)
        if again is not None:
            rows.append(_firm(page, page.standard_title(result.standard), result.computed, slug, again))
        for question in result.key_questions:
            again = firm.key_questions[question.path]
            if again is not None and question.has_share:
                rows.append(_firm(page, page.asked(question.path), question.rating, question.path, again))
    columns = [
        page.say("rated"),
        page.say("rating"),
        page.say("same_again", resamples=f"{firm.resamples:,}"),
        page.say("one_case_otherwise"),
        page.say("one_judgement_otherwise"),
    ]
    caption = page.say("firmness_caption")
    with page.folded(page.say("as_table", title=caption)):
        page.table("firmness", caption, columns, rows, [2])
    looked_at = (*page.rating.not_counted, *page.rating.panel)
    if looked_at:
        page.heading(3, page.say("panel"), "panel")
        page.paragraph(page.say("panel_intro"))
        page.blocks.append(Bullets(tuple(map(page.english, looked_at))))
    page.heading(3, page.say("agreement"), "agreement")
    page.paragraph(_agreement(page))


def _firm(
    page: InspectionPage, name: Text, rating: Rating | None, address: str, again: float | None = None
) -> tuple[Text, ...]:
    """Return how firm one rating is: how many samples give it again, and what one case or judgement would give."""
    samples = page.plain("–")
    if again is not None:
        # As many of so many: no share of a thousand is rounded to all of them.
        samples = page.of_cases(page.plain(f"{round(again * page.material.firmness.resamples):,}"))
    beside = (page.material.nearby.by_case, page.material.nearby.by_judgement)
    return name, page.label_of(rating), samples, *(_others(page, found.get(address, ())) for found in beside)


def _others(page: InspectionPage, ratings: Sequence[Rating]) -> Text:
    """Return the other ratings that something would give, or that none would."""
    if not ratings:
        return page.say("the_same")
    return page.listed([page.label_of(each) for each in ratings], "or")


def _agreement(page: InspectionPage) -> Text:
    agreed, smallest = page.material.agreement, page.framework.disclosure.smallest_count
    if agreed.judgements == 0:
        return page.say("no_judgements")
    # A range of a single number would be that number.
    few = f"1–{smallest - 1}" if smallest > 2 else page.say("hidden").value
    judgements, differing = (few if count is None else str(count) for count in (agreed.judgements, agreed.differing))
    if agreed.is_hidden:
        return page.say("agreement_hidden", judgements=judgements, differing=differing)
    if agreed.kappa is None:
        return page.say("agreement_few", judgements=judgements, differing=differing)
    return page.say(
        "agreement_kappa",
        judgements=judgements,
        differing=differing,
        kappa=f"{agreed.kappa:.2f}",
        low=f"{agreed.low:.2f}",
        high=f"{agreed.high:.2f}",
    )
