"""How firm the ratings are: what another sample would give, what to look at again, and judgements against rules."""

from __future__ import annotations

from ctm_rules.languages.languages import Text
from ctm_rules.model.framework import Rating
from ctm_rules.rating.shares import say_percent
from ctm_rules.report.blocks import (
    Bullets,
)
from ctm_rules.report.inspection_page import InspectionPage


def write_certainty(page: InspectionPage) -> None:
    """Write how firm the ratings are, and how far judgements of cases agree with the rules."""
    if not page.rating.has_ratings:
        page.heading(2, page.say("agreement"), "agreement")
        page.paragraph(_agreement(page))
        return
    page.heading(2, page.say("certainty"), "certainty")
    page.paragraph(page.say("certainty_intro", resamples=page.material.firmness.resamples))
    rows = []
    if page.material.firmness.overall is not None:
        rows.append(
            _firm(page, page.say("overall_rating"), page.rating.overall_computed, page.material.firmness.overall)
        )
    for result in page.rating.standards:
        again = page.material.firmness.standards.get(result.standard.slug)
        if again is not None:
            rows.append(_firm(page, page.standard_title(result.standard), result.computed, again))
        for question in result.key_questions:
            again = page.material.firmness.key_questions[question.path]
            if again is not None and question.has_share:
                rows.append(_firm(page, page.asked(question.path), question.rating, again))
    columns = [page.say("rated"), page.say("rating"), page.say("same_again")]
    page.table("firmness", page.say("firmness_caption"), columns, rows, [2])
    looked_at = (*page.rating.not_counted, *page.rating.panel)
    if looked_at:
        page.heading(3, page.say("panel"), "panel")
        page.paragraph(page.say("panel_intro"))
        page.blocks.append(Bullets(tuple(map(page.english, looked_at))))
    page.heading(3, page.say("agreement"), "agreement")
    page.paragraph(_agreement(page))


def _firm(page: InspectionPage, name: Text, rating: Rating | None, again: float) -> tuple[Text, Text, Text]:
    return name, page.label_of(rating), page.plain(say_percent(round(100 * again)))


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
