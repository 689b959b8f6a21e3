"""Every prompt and measure with its counts, the highest share first, and the figures that no case table gives."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.inspections.file import Figure
from ctm_rules.languages.languages import Text
from ctm_rules.phrases import say_number
from ctm_rules.report import charts
from ctm_rules.report.figures.disclosure import NoShare, Share, ShownCounts
from ctm_rules.report.inspection_page import InspectionPage, sentence


def write_figures(page: InspectionPage) -> None:
    """Write the figures behind the ratings."""
    page.heading(2, page.say("figures"), "figures")
    if page.framework.ruled_questions:
        page.paragraph(page.say("figures_intro"))
    for path, question in page.framework.ruled_questions.items():
        prompts = [f"{path}.{prompt.id}" for prompt in question.prompts]
        standard = page.framework.standards_by_slug[path.partition(".")[0]]
        title = page.standard_title(standard)
        asked = page.asked(path)
        page.heading(3, Text(f"{title.value}: {asked.value}", asked.language), f"figures-{path}")
        _asked(page, prompts, asked, f"prompts-{path}", page.say("prompt"))
    if page.framework.measures:
        page.heading(3, page.say("measures"), "measures")
        page.paragraph(page.say("measures_intro"))
        paths = list(page.framework.measures_by_path)
        _asked(page, paths, page.say("measures_caption"), "measures-table", page.say("measure"))
    if page.declared.figures:
        page.heading(3, page.say("organisation_figures"), "organisation-figures")
        rows = [(page.typed(figure.text), _figure(page, figure)) for figure in page.declared.figures]
        columns = [page.say("figure"), page.say("value")]
        page.table("organisation-table", page.say("organisation_caption"), columns, rows, [1])


def _asked(page: InspectionPage, paths: Sequence[str], of: Text, anchor: str, first: Text) -> None:
    """Set prompts or measures as a ranked chart and a table, the highest share first."""
    caption = page.say("picture_ranked")
    shares = {path: page.share_of(path) for path in paths}
    ranked = sorted(paths, key=lambda path: _rank(shares[path]))
    bars = [page.bar(path, shares[path]) for path in ranked]
    words = [f"{page.asked(path)} {page.share_words(path, shares[path])}" for path in ranked]
    page.picture(anchor, charts.shares_chart(bars, (), sentence(of, words)), words, caption)
    columns = [
        first,
        page.say("percentage_of", outcome=page.say("outcome_yes")),
        page.say("in_words"),
        page.say("outcome_yes"),
        page.say("outcome_no"),
    ]
    rows = [_asked_row(page, path, page.material.figures.whole[path], shares[path]) for path in ranked]
    page.table(anchor, page.say("counts_caption", of=of), columns, rows, [1, 3, 4])


def _asked_row(page: InspectionPage, path: str, counts: ShownCounts, share: Share | NoShare) -> list[Text]:
    percent, _, _ = page.share_cells(path, share)
    words = page.plain("–")
    if isinstance(share, Share):
        words = page.language.phrase(page.material.vocabulary.say(share.exact))
        words = page.marked(words, page.origins.of_share(path))
    return [page.asked(path), percent, words, page.count(counts.yes), page.count(counts.no)]


def _figure(page: InspectionPage, figure: Figure) -> Text:
    if figure.value is None:
        value = page.say("count_of", count=figure.count, among=figure.among)
    else:
        value = page.typed(f"{say_number(figure.value)} {figure.unit}".strip())
    return page.marked(value, page.origins.of_figure(figure.id))


def _rank(share: Share | NoShare) -> tuple[bool, Fraction]:
    return (False, -share.exact) if isinstance(share, Share) else (True, Fraction(0))
