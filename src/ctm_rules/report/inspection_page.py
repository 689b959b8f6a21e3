"""The page of a report on one inspection: its words, and the figures as they are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import attrs
from attrs import evolve

from ctm_rules.inspections.next_rating import next_ratings
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.declared import Words
from ctm_rules.model.framework import Rating, Sample, Standard, Theme
from ctm_rules.rating.decisions import PanelDecision, Place, scale_of
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.results import DomainResult, StandardResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import charts
from ctm_rules.report.blocks import (
    Block,
    Bullets,
    Folded,
    Legend,
    RatingLine,
)
from ctm_rules.report.figures.disclosure import NoShare, Share
from ctm_rules.report.figures.origins import Origin, Origins
from ctm_rules.report.figures.sample import NO_GROUP
from ctm_rules.report.material import Material
from ctm_rules.report.page import Page, as_anchor

_OF_SHARES = {
    "footer": "footer_of_shares",
    "ratings": "ratings_of_shares",
    "rated_by_cases": "rated_by_cases_of_shares",
    "figures": "figures_of_shares",
    "method": "method_of_shares",
    "undetermined_refuse": "undetermined_refuse_of_shares",
    "method_disclosure": "method_disclosure_of_shares",
    "assumptions_intro": "assumptions_intro_of_shares",
    "further_annexe": "further_annexe_of_shares",
}
"""Labels, and those in other words that take their place in a report in which nothing is rated."""


class InspectionPage(Page):
    """A page about one inspection.

    Attributes:
        material: what is known of the inspection.
        framework, declared, rating: its standards, its file, and its ratings.
        next_ratings: what separates each standard from its next rating.
        origins: where its figures come from.
        recommended: the numbers of the recommendations that lead to each anchor, once that was asked for.
    """

    def __init__(self, material: Material, language: Language) -> None:
        super().__init__(language)
        self.material = material
        self.framework = material.framework
        self.declared = material.declared
        self.rating = material.result.rating
        self.next_ratings = next_ratings(material.result, with_prompts=False)
        self.origins = Origins(self.declared, self.framework)
        self.recommended: dict[str, list[int]] = {}
        self.say = self._label

    def _label(self, name: str, **values: object) -> Text:
        """Return a label of the report; where nothing is rated, in words that say nothing of ratings."""
        return self.language.label(name if self.rating.has_ratings else _OF_SHARES.get(name, name), **values)

    def legend(self, blocks: Sequence[Block]) -> tuple[Legend, ...]:
        """Return what the marks in some blocks mean (nothing: there are none)."""
        used = marks_in(blocks)
        known = tuple((each.mark, self.say(f"origin_{each}")) for each in Origin if each.mark in used)
        return (Legend(self.say("origins"), known),) if known else ()

    def take(self) -> tuple[Block, ...]:
        """Return the blocks set so far, and start anew."""
        taken = tuple(self.blocks)
        self.blocks.clear()
        return taken

    @contextmanager
    def folded(self, summary: Text) -> Iterator[None]:
        """Fold what is set within behind a summary; nothing is folded where nothing is set."""
        outside, self.blocks = self.blocks, []
        yield
        within, self.blocks = self.blocks, outside
        if within:
            self.blocks.append(Folded(summary, tuple(within)))

    def written(self, words: Words) -> Text:
        """Return words that the inspection file holds, in the language of the page where they are written in it."""
        return self.typed(words, self.declared.language)

    def wording(self, address: str, english: str) -> Text:
        """Return the wording at an address of the standards, translated where there is a translation."""
        return self.language.wording(self.framework, address, english)

    def asked(self, path: str) -> Text:
        """Return what a key question, prompt or measure asks."""
        return self.wording(path, self.material.wording(path))

    def rating_line(
        self,
        name: Text,
        place: Place,
        rating: Rating | None,
        computed: Rating | None,
        decision: PanelDecision | None,
        anchor: str = "",
    ) -> RatingLine:
        """Return one rating as it is set: whose it is, where it stands on its scale, and what is known beside it."""
        steps = [known.id for known in self.framework.scale(scale_of(self.framework, place))]
        step = 0 if rating is None else 1 + steps.index(rating.id)
        label = self.label_of(rating)
        if rating is not None:
            label = self.marked(label, self.origins.of_rating(place, is_decided=decision is not None))
        beside = self._beside(place, rating, computed, decision)
        return RatingLine(name, label, step, len(steps), as_anchor(anchor) if anchor else "", beside)

    def rating_of(self, name: Text, result: StandardResult | DomainResult, anchor: str = "") -> RatingLine:
        """Return the rating of a standard or a domain as it is set."""
        place: Place
        if isinstance(result, StandardResult):
            place = "standards", result.standard.slug
        else:
            place = "domains", result.domain.id
        return self.rating_line(name, place, result.rating, result.computed, result.decision, anchor)

    def marked(self, text: Text, origin: Origin | None) -> Text:
        """Return a figure with the mark of where it comes from (``None``: the standards, which need no mark)."""
        return text if origin is None else evolve(text, mark=origin.mark)

    def of_cases(self, text: Text) -> Text:
        """Return a figure that was counted over the cases, with its mark."""
        return self.marked(text, self.origins.of_cases)

    def _beside(
        self, place: Place, rating: Rating | None, computed: Rating | None, decision: PanelDecision | None
    ) -> Text | None:
        """Return what stands beside a rating: what a panel decided, and the rating of last time (``None``: nothing)."""
        decided, last_time = self.beside(rating, computed, decision), self.material.result.last_time
        if last_time is None or place not in last_time.ratings:
            return decided
        before = self.say("last_time", rating=self.label_of(last_time.ratings[place]))
        return before if decided is None else Text(f"{decided}; {before}", before.language)

    def decision(self, decision: PanelDecision | None) -> None:
        """Write from what a panel moved a rating, when, and its reason in its own words."""
        if decision is None:
            return
        scale = scale_of(self.framework, decision.place)
        was, now = (self.label_of(self.framework.rating_on(scale, each)) for each in (decision.was, decision.rating))
        date = self.language.date(decision.date)
        self.paragraph(self.say("panel_moved", was=was, rating=now, who=decision.who, date=date))
        self.paragraph(self.written(decision.reason), "statement")

    def because(self, because: Sequence[RatingReason]) -> None:
        """Write which parts of its rule made a rating what it is."""
        if because:
            self.blocks.append(Bullets(tuple(self.english(reason.says) for reason in because)))

    def standard_title(self, standard: Standard) -> Text:
        """Return the number and the title of a standard."""
        title = self.wording(f"{standard.slug}.title", standard.title)
        return Text(f"{standard.id} {title}", title.language, english=f"{standard.id} {title.in_english}")

    def theme(self, standard: Standard, theme: Theme) -> Text:
        """Return what a theme of a standard is called."""
        return self.wording(f"{standard.slug}.themes.{theme.id}", theme.title)

    def domain_title(self, number: int, result: DomainResult) -> Text:
        """Return the number and the title of a domain."""
        title = self.wording(f"domains.{result.domain.id}", result.domain.title)
        return Text(f"{number}. {title}", title.language, english=f"{number}. {title.in_english}")

    def sample_title(self, sample: Sample) -> Text:
        """Return what a sample is called."""
        return self.wording(f"samples.{sample.id}", sample.title)

    def group(self, subgroup: str, group: str) -> Text:
        """Return what a group of a sub-group is called."""
        if group == NO_GROUP:
            return self.say("no_group")
        declared = next(one for one in self.framework.subgroups if one.id == subgroup)
        title = next(one.title for one in declared.groups if one.id == group)
        return self.wording(f"subgroups.{subgroup}.{group}", title)

    def count(self, count: int | None) -> Text:
        """Return a count as it may be shown."""
        return self.say("hidden") if count is None else self.of_cases(self.plain(count))

    def share_of(self, path: str) -> Share | NoShare:
        """Return the share that is printed for a question, or why there is none."""
        return self.material.share(path, self.material.figures.whole[path])

    def share_cells(self, path: str, share: Share | NoShare) -> tuple[Text, Text, Text]:
        """Return the share in per cent, the cases it rests on and its interval, or why there is none."""
        if isinstance(share, NoShare):
            return (self.without(share),) * 3
        low, high = self.material.interval(path, share)
        return (
            self.marked(self.plain(say_percent(self.material.percent(path, share))), self.origins.of_share(path)),
            self.of_cases(self.say("count_of", count=share.count, among=share.among)),
            self.of_cases(self.say("from_to", low=say_percent(low), high=say_percent(high))),
        )

    def without(self, share: NoShare) -> Text:
        """Return why a share is not shown."""
        return self.say("hidden") if share is NoShare.HIDDEN else self.say("no_cases")

    def drawn(self, path: str, share: Share | NoShare, *, is_driver: bool = False) -> charts.Share:
        """Return the share of a question as a picture shows it."""
        asked = self.asked(path).value
        if isinstance(share, NoShare):
            return charts.Share(asked, None, words=self.without(share).value)
        percent = say_percent(self.material.percent(path, share))
        exact = 100 * share.count / share.among
        return charts.Share(asked, exact, self.material.interval(path, share), percent, is_driver)

    def figure(self, path: str) -> Text:
        """Return the figure of a question as it stands beside a sentence: ``27% (12 of 44)``."""
        share = self.share_of(path)
        if isinstance(share, NoShare):
            return self.say("figure_hidden") if share is NoShare.HIDDEN else self.without(share)
        percent = say_percent(self.material.percent(path, share))
        text = self.say("figure_beside", percent=percent, count=share.count, among=share.among)
        return self.marked(text, self.origins.of_share(path))


def marks_in(value: object) -> set[str]:
    """Return every mark that stands beside a figure somewhere in some blocks."""
    if isinstance(value, Text):
        return {value.mark} - {""}
    parts: Iterable[object] = value if isinstance(value, (list, tuple)) else ()
    cls = type(value)
    if attrs.has(cls):
        parts = [getattr(value, part.name) for part in attrs.fields(cls)]
    return {mark for part in parts for mark in marks_in(part)}
