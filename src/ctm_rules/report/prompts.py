"""Tables of what was asked of each case, with its counts and its share in words, the highest share first."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.languages.languages import Text
from ctm_rules.report.figures.disclosure import NoShare, Share, ShownCounts
from ctm_rules.report.inspection_page import InspectionPage


def write_prompts(page: InspectionPage, path: str) -> None:
    """Write what was looked for in each case under a key question, folded behind how much there is of it."""
    prompts = [f"{path}.{prompt.id}" for prompt in page.framework.key_questions[path].prompts]
    with page.folded(page.say("prompts_folded", prompts=page.counted("prompt", len(prompts)))):
        write_asked(page, prompts, page.asked(path), f"prompts-{path}", page.say("prompt"))


def write_asked(page: InspectionPage, paths: Sequence[str], of: Text, anchor: str, first: Text) -> None:
    """Set prompts or measures as a table, the highest share first."""
    shares = {path: page.share_of(path) for path in paths}
    ranked = sorted(paths, key=lambda path: _rank(shares[path]))
    columns = [
        first,
        page.say("percentage_of", outcome=page.say("outcome_yes")),
        page.say("in_words"),
        page.say("outcome_yes"),
        page.say("outcome_no"),
    ]
    rows = [_row(page, path, page.material.figures.whole[path], shares[path]) for path in ranked]
    page.table(anchor, page.say("counts_caption", of=of), columns, rows, [1, 3, 4])


def _row(page: InspectionPage, path: str, counts: ShownCounts, share: Share | NoShare) -> list[Text]:
    percent, _, _ = page.share_cells(path, share)
    words = page.plain("–")
    if isinstance(share, Share):
        words = page.language.phrase(page.material.vocabulary.say(share.exact))
        words = page.marked(words, page.origins.of_share(path))
    return [page.asked(path), percent, words, page.count(counts.yes), page.count(counts.no)]


def _rank(share: Share | NoShare) -> tuple[bool, Fraction]:
    return (False, -share.exact) if isinstance(share, Share) else (True, Fraction(0))
