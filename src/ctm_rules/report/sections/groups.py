"""Groups of cases compared: what may be claimed, and the tables and pictures that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ctm_rules.languages.languages import Text
from ctm_rules.model.framework import Group, SubGroup
from ctm_rules.phrases import say_number
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import charts
from ctm_rules.report.blocks import (
    Bullets,
)
from ctm_rules.report.figures.disclosure import NoShare, Share
from ctm_rules.report.inspection_page import InspectionPage
from ctm_rules.report.material import GroupComparison

CLAIMED = ("more_often", "less_often")
"""What is said of a comparison that shows a clear difference."""


def write_groups(page: InspectionPage) -> None:
    """Write every comparison of groups that may be shown."""
    comparisons = list(page.material.comparisons())
    if not comparisons:
        return
    smallest = page.framework.disclosure.smallest_group
    page.heading(2, page.say("groups"), "groups")
    page.paragraph(page.say("groups_intro", smallest=smallest))
    for subgroup in page.framework.subgroups:
        title = page.wording(f"subgroups.{subgroup.id}", subgroup.title)
        page.heading(3, title, f"groups-{subgroup.id}")
        of = [one for one in comparisons if one.subgroup is subgroup]
        _claims(page, of)
        _groups_picture(page, of, title)
        _groups_table(page, of, title)


def _claims(page: InspectionPage, comparisons: Sequence[GroupComparison]) -> None:
    claimed = [one for one in comparisons if one.comparison.claim in CLAIMED]
    tested = sum(one.comparison.claim != "too_few" for one in comparisons)
    if claimed:
        page.blocks.append(Bullets(tuple(_claim(page, one) for one in claimed)))
    untested = len(comparisons) - tested
    made, not_made = page.counted("comparison", tested), page.counted("comparison", untested)
    if claimed:
        page.paragraph(page.say("groups_tested", clear=len(claimed), tested=made))
    elif tested:
        page.paragraph(page.say("groups_none_clear", tested=made))
    if untested:
        page.paragraph(page.say("groups_others_not_tested" if tested else "groups_not_tested", untested=not_made))
    if tested > 1:
        by_chance = say_number(round(Fraction(tested, 20), 1))
        page.paragraph(page.say("groups_chance", tested=made, chance=by_chance), "note")


def _claim(page: InspectionPage, one: GroupComparison) -> Text:
    compared = one.comparison
    assert isinstance(compared.group, Share)
    assert isinstance(compared.reference, Share)
    return page.say(
        compared.claim,
        question=page.asked(one.path),
        group=page.group(one.subgroup.id, one.group.id),
        reference=page.group(one.subgroup.id, one.reference.id),
        percent=say_percent(page.material.percent(one.path, compared.group)),
        count=compared.group.count,
        among=compared.group.among,
        other_percent=say_percent(page.material.percent(one.path, compared.reference)),
        other_count=compared.reference.count,
        other_among=compared.reference.among,
        rate=f"{compared.rate:.2f}",
        low=f"{compared.low:.2f}",
        high=f"{compared.high:.2f}",
    )


def _groups_picture(page: InspectionPage, comparisons: Sequence[GroupComparison], title: Text) -> None:
    if not comparisons:
        return
    subgroup = comparisons[0].subgroup
    names = [page.group(subgroup.id, group.id).value for group in subgroup.groups]
    rows = []
    for path in page.framework.ruled_questions:
        # A picture is looked at as a comparison, so that one which could not be made is not drawn.
        if any(one.comparison.claim == "too_few" for one in comparisons if one.path == path):
            continue
        shown = page.material.figures.groups[path][subgroup.id]
        found = (page.material.share(path, shown[group.id]) for group in subgroup.groups)
        shares = [share for share in found if isinstance(share, Share)]
        if len(shares) == len(names):
            percents = tuple(100 * share.count / share.among for share in shares)
            said = tuple(say_percent(page.material.percent(path, share)) for share in shares)
            rows.append(charts.GroupShares(page.asked(path).value, percents, said))
    if rows:
        caption = page.say("picture_groups", groups=title)
        page.pictures(
            f"groups-{subgroup.id}", rows, caption, lambda some, words: charts.groups_chart(some, names, words)
        )


def _groups_table(page: InspectionPage, comparisons: Sequence[GroupComparison], title: Text) -> None:
    """Set the comparisons of key questions that could be made, and whichever other is claimed to be different."""
    deciding = {path for standard in page.rating.standards for path in standard.drivers}
    rows, any_is_shown = [], False
    for one in comparisons:
        compared = one.comparison
        if one.path not in page.framework.ruled_questions and compared.claim not in CLAIMED:
            continue
        # Above it is said how many could not be made; what decides a rating is in the table all the same.
        is_shown = isinstance(compared.group, Share) or isinstance(compared.reference, Share)
        if not is_shown and one.path not in deciding:
            continue
        any_is_shown |= is_shown
        rate = page.plain("–") if compared.rate is None else page.of_cases(page.plain(f"{compared.rate:.2f}"))
        reach = page.plain("–")
        if compared.low is not None and compared.high is not None:
            reach = page.of_cases(page.say("from_to", low=f"{compared.low:.2f}", high=f"{compared.high:.2f}"))
        asked = page.asked(one.path)
        named = asked
        if len(one.subgroup.groups) != 2:
            named = page.say("part_of", whole=asked, part=_in_group(page, one.subgroup, one.group))
        shares = [_compared(page, one, share) for share in (compared.group, compared.reference)]
        rows.append([named, *shares, rate, reach, page.say(f"claim_{compared.claim}")])
    first = next(iter(comparisons), None)
    if first is None:
        return
    names = [_in_group(page, first.subgroup, group) for group in (first.group, first.reference)]
    if len(first.subgroup.groups) != 2:
        names[0] = page.say("share_in_group")
    columns = [
        page.say("question"),
        *names,
        page.say("relative_rate_index"),
        page.say("interval"),
        page.say("reading"),
    ]
    caption = page.say("groups_caption", groups=title)
    if not any_is_shown:
        return
    with page.folded(page.say("as_table", title=caption)):
        page.table(f"groups-table-{first.subgroup.id}", caption, columns, rows, [1, 2, 3, 4])


def _in_group(page: InspectionPage, subgroup: SubGroup, group: Group) -> Text:
    """Return a group as it is named where nothing else says that it is one: many are called ``Yes`` or ``18 to 25``."""
    return page.say("in_group", group=page.group(subgroup.id, group.id))


def _compared(page: InspectionPage, one: GroupComparison, share: Share | NoShare) -> Text:
    if isinstance(share, NoShare):
        return page.without(share)
    percent = say_percent(page.material.percent(one.path, share))
    text = page.say("percent_of", percent=percent, among=share.among)
    return page.marked(text, page.origins.of_group(one.path, one.subgroup.id))
