"""What ratings, bands and panel settings mean: bands that nothing reaches, ratings that nothing gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import ceil

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.model.framework import Band, Framework, KeyQuestionBands, Standard
from ctm_rules.phrases import say_count, say_number
from ctm_rules.rating.order import RatingOrder, reaches

RATING_ORDER = Code(
    "rating-order",
    "warning",
    what="The scores of the ratings neither fall nor rise along their list, which goes from the best to the worst.",
    why="Two scores may have been swapped: a worse rating of one standard would then improve a sum of scores.",
    bad="ratings: [{id: good, label: Good, score: 1}, {id: fair, label: Fair, score: 2},\n"
    "  {id: poor, label: Poor, score: 0}]",
    good="ratings: [{id: good, label: Good, score: 2}, {id: fair, label: Fair, score: 1},\n"
    "  {id: poor, label: Poor, score: 0}]",
)
SAME_SCORE = Code(
    "same-score",
    "warning",
    what="Two ratings carry the same score.",
    why="A sum of scores cannot tell the two apart.",
    bad="ratings: [{id: outstanding, label: Outstanding, score: 2}, {id: good, label: Good, score: 2}]",
    good="ratings: [{id: outstanding, label: Outstanding, score: 3}, {id: good, label: Good, score: 2}]",
)
BAND_ORDER = Code(
    "band-order",
    "warning",
    what="A band gives a worse rating than the band below it, where a higher value is better (or the other way round).",
    why="A provider that does better is rated worse. Some schemes mean it; else two bands have been swapped, or the "
    "list of ratings, which goes from the best to the worst, is upside down.",
    bad="bands: [{from: 80, rating: good}, {from: 65, rating: outstanding}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)
REPEATED_RATING = Code(
    "repeated-rating",
    "warning",
    what="Two bands that follow each other give the same rating.",
    why="The limit between them decides nothing; most likely one of them was meant to give another rating.",
    bad="bands: [{from: 80, rating: good}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)
UNREACHABLE_BAND = Code(
    "unreachable-band",
    "warning",
    what="No share, or no sum of scores, can fall in a band.",
    why="Nobody could ever be given its rating.",
    bad="bands: [{from: 110, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)
RATING_NEVER_GIVEN = Code(
    "rating-never-given",
    "warning",
    what="No band of a scale gives one of the ratings.",
    why="A band may have been lost, and the band below it has taken its place.",
    bad="bands: [{from: 80, rating: outstanding}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)
FRACTIONAL_BOUND = Code(
    "fractional-bound",
    "warning",
    what="A band starts between two values that a share or a sum of scores can have.",
    why="A share is in per cent, and where it is decided on the rounded share a limit of 79.5 is a limit of 80.",
    bad="bands: [{from: 0.8, rating: good}, {from: 0, rating: poor}]",
    good="bands: [{from: 80, rating: good}, {from: 0, rating: poor}]",
)
ODD_SHARE = Code(
    "odd-share",
    "warning",
    what="The share of a key question is counted in an unusual way.",
    why="A share among yes alone is always 100%, and one that leaves out yes or no rates something else than quality.",
    bad="share_of: yes\namong: [yes]",
    good="share_of: yes\namong: [yes, no]",
)
PANEL_ALWAYS = Code(
    "panel-always",
    "warning",
    what="A panel setting flags every rating.",
    why="A flag that is always raised tells nobody where to look.",
    bad="panel: {within_points: 50}",
    good="panel: {within_points: 5}",
)
PANEL_NEVER = Code(
    "panel-never",
    "warning",
    what="A panel setting can never flag anything.",
    why="People would rely on a safeguard that is not there.",
    bad="panel: {cases_fewer_than: 1}",
    good="panel: {cases_fewer_than: 6}",
)

Reaches = Callable[[Fraction, "Fraction | None"], bool]
"""Whether some value lies at or above the first and below the second bound (``None``: no upper bound)."""


def check_scales(framework: Framework, findings: Findings) -> None:
    """Add everything that is wrong with what the ratings, bands and panel settings of a framework mean."""
    _Scales(framework, findings).check()


class _Scales:
    def __init__(self, framework: Framework, findings: Findings) -> None:
        self._framework = framework
        self._findings = findings
        self._order = RatingOrder(framework)

    def check(self) -> None:
        framework = self._framework
        self._higher_score = self._check_ratings()
        shares = framework.key_question_bands
        if shares is not None:
            self._share(shares)
        if framework.domain_rating is not None:
            for domain in framework.domains:
                at = framework.domain_rating.at.of("bands_of", domain.id)
                bands = framework.domain_rating.bands_of[domain.id]
                self._sums(bands, f'the domain "{domain.id}"', framework.standards_of(domain), at)
        if framework.overall is not None:
            at = framework.overall.at.of("bands")
            self._sums(framework.overall.bands, "the overall rating", framework.standards, at)
        self._panel()

    def _check_ratings(self) -> int:
        """Check the scores; return whether a higher one is better (1), worse (-1), or neither can be said (0)."""
        pairs = list(pairwise(self._framework.ratings))
        before = len(self._findings)
        for better, worse in pairs:
            if worse.score == better.score:
                message = f'"{better.id}" and "{worse.id}" carry the same score, {worse.score}'
                hint = "give each rating a score of its own, if sums of scores are to tell them apart"
                self._findings.add(SAME_SCORE, worse.at.of("score"), message, hint=hint)
        if not pairs:
            return 1
        falls = pairs[-1][1].score <= pairs[0][0].score
        word, other = ("higher", "fall") if falls else ("lower", "rise")
        for better, worse in pairs:
            if worse.score != better.score and (worse.score < better.score) != falls:
                message = (
                    f'"{worse.id}" carries a {word} score than "{better.id}", which stands before it, and the other '
                    f"scores {other}: a sum of scores then gets better with a worse rating"
                )
                hint = "let the scores fall from the best rating to the worst, or rise where fewer points are better"
                self._findings.add(RATING_ORDER, worse.at.of("score"), message, hint=hint)
                break  # the rest of a scale that is upside down would say the same again
        if len(self._findings) > before:
            return 0
        return 1 if falls else -1

    # --- one scale -----------------------------------------------------------------------------------

    def _share(self, declared: KeyQuestionBands) -> None:
        others = {"yes", "no"} - set(declared.among)
        if len(declared.among) == 1:
            message = f"the share of {declared.share_of} among {declared.among[0]} alone is always 100%"
            self._findings.add(ODD_SHARE, declared.at.of("among"), message, hint="write among: [yes, no]")
        elif others:
            message = f"cases with the outcome {others.pop()} are not counted at all"
            self._findings.add(ODD_SHARE, declared.at.of("among"), message, hint="write among: [yes, no]")
        if declared.share_of == "not_applicable":
            message = "the share rates how often the question does not arise, and not how well the work was done"
            self._findings.add(ODD_SHARE, declared.at.of("share_of"), message, hint="write share_of: yes")
        is_whole = declared.decided_on == "rounded"

        within = "shares go from 0 to 100 per cent" + (", rounded to whole ones" if is_whole else "")
        better = {"yes": 1, "no": -1, "not_applicable": 0}[declared.share_of]
        at = declared.at.of("bands")
        self._scale(declared.bands, "the key questions", partial(reaches, declared), within, at, better, "share")
        for band in declared.bands:
            if 0 < band.lowest < 1:
                hint = f"shares are in per cent: write {say_number(band.lowest * 100)}"
                self._fractional(band, "below one per cent", hint)
            elif is_whole and band.lowest.denominator != 1:
                hint = f"write {ceil(band.lowest)}, which means the same, or decided_on: exact"
                self._fractional(band, "between two whole per cents, and shares are rounded to whole ones", hint)

    def _sums(self, bands: tuple[Band, ...], name: str, standards: Sequence[Standard], at: Location) -> None:
        sums = {0}
        for _ in standards:
            sums = {total + rating.score for total in sums for rating in self._framework.ratings}

        def reached(lowest: Fraction, above: Fraction | None) -> bool:
            return not self._higher_score or any(lowest <= total and (above is None or total < above) for total in sums)

        number = say_count(len(standards), "standard")
        within = f"the scores of {number} add up to {min(sums)} at least and {max(sums)} at most"
        self._scale(bands, name, reached, within, at, self._higher_score, "sum of scores")
        for band in bands:
            if band.lowest.denominator != 1:
                hint = f"write {ceil(band.lowest)}, which means the same"
                self._fractional(band, "between two scores, and scores are whole numbers", hint)

    def _scale(
        self,
        bands: tuple[Band, ...],
        name: str,
        reaches: Reaches,
        within: str,
        at: Location,
        better: int,
        value: str,
    ) -> None:
        """Check one scale; ``better`` is 1 where a higher value is better, -1 where it is worse, 0 where neither is."""
        given: set[str] = set()
        above: Band | None = None
        for band in bands:
            if not reaches(band.lowest, above.lowest if above else None):
                message = f"nothing falls in the band of {name} from {say_number(band.lowest)}: {within}"
                hint = "correct the bound, or delete the band"
                self._findings.add(UNREACHABLE_BAND, band.at, message, hint=hint)
            if above and band.rating == above.rating:
                message = f'two bands of {name} give the rating "{band.rating}"'
                hint = f"the other one starts at {say_number(above.lowest)}"
                self._findings.add(REPEATED_RATING, band.at.of("rating"), message, hint=hint)
            given.add(band.rating)
            above = band
        self._band_order(bands, name, better, value)
        for rating in self._framework.ratings:
            # Where another rating is given twice, it most likely stands in the place of this one.
            if rating.id not in given and len(given) == len(bands):
                # It stands where the rating is missing: at the band that has taken its place.
                worse = (band for band in bands if self._order.rank(band.rating) > self._order.rank(rating))
                place = next(worse, None) if better > 0 else None
                message = f'no band of {name} gives the rating "{rating.id}"'
                hint = f"add {{from: …, rating: {rating.id}}}, or leave it if nobody is meant to have this rating"
                self._findings.add(RATING_NEVER_GIVEN, place.at if place else at, message, hint=hint)

    def _band_order(self, bands: tuple[Band, ...], name: str, better: int, value: str) -> None:
        rank = self._order.rank
        pairs = [(above, band) for above, band in pairwise(bands) if above.rating != band.rating]
        odd = [(above, band) for above, band in pairs if better * (rank(band.rating) - rank(above.rating)) < 0]
        is_turned_round = len(odd) == len(pairs)
        for above, band in odd[:1] if is_turned_round else odd:
            message = f'the band of {name} from {say_number(band.lowest)} gives "{band.rating}", which is '
            message += f'{"better" if better > 0 else "worse"} than "{above.rating}" from {say_number(above.lowest)}: '
            message += f"a {'higher' if better > 0 else 'lower'} {value} gets the worse rating"
            hint = "swap the two ratings, unless it is meant"
            if is_turned_round:
                hint = "turn the bands round, or the list of ratings, in which the best stands first"
            self._findings.add(BAND_ORDER, band.at.of("rating"), message, hint=hint)

    def _fractional(self, band: Band, why: str, hint: str) -> None:
        message = f"the band starts at {say_number(band.lowest)}, {why}"
        self._findings.add(FRACTIONAL_BOUND, band.at.of("from"), message, hint=hint)

    # --- panel ---------------------------------------------------------------------------------------

    def _is_anything_summed(self) -> bool:
        framework = self._framework
        if framework.overall is not None and len(framework.standards) > 1:
            return True
        return framework.domain_rating is not None and any(len(domain.standards) > 1 for domain in framework.domains)

    def _panel(self) -> None:
        panel, declared = self._framework.panel, self._framework.key_question_bands
        if panel.cases_fewer_than is not None and panel.cases_fewer_than <= 1:
            message = f"a share always rests on a case or more, so never on fewer than {panel.cases_fewer_than}"
            hint = "write the number of cases from which a share can be trusted, or delete it"
            self._findings.add(PANEL_NEVER, panel.at.of("cases_fewer_than"), message, hint=hint)
        if panel.one_standard_would_change_it and not self._is_anything_summed():
            message = "no rating comes from the sum of several standards' scores, so one standard never changes it"
            hint = "delete it, or say how an overall rating comes from the scores"
            self._findings.add(PANEL_NEVER, panel.at.of("one_standard_would_change_it"), message, hint=hint)
        if panel.within_points is None or declared is None:
            return
        at = panel.at.of("within_points")
        bounds = sorted(band.lowest for band in declared.bands if 0 < band.lowest <= 100)
        points = say_count(panel.within_points, "point")
        if not bounds:
            message = f"no share is within {points} of a limit, because there is only one band"
            self._findings.add(PANEL_NEVER, at, message, hint="delete it, or add bands")
            return
        between = [(upper - lower) / 2 for lower, upper in pairwise(bounds)]
        farthest = max(bounds[0], 100 - bounds[-1], *between)
        if panel.within_points >= farthest:
            message = f"every share is within {points} of a limit"
            self._findings.add(PANEL_ALWAYS, at, message, hint=f"write less than {say_number(farthest)}")
