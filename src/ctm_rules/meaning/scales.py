"""What ratings, bands and panel settings mean: bands that nothing reaches, ratings that nothing gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import ceil, floor

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.model.bands import Band, BandRange, BoundKey, Limit, ranges_of, rules_by_value, say_bound, say_limit
from ctm_rules.model.framework import (
    RATINGS,
    AnyBands,
    DomainRating,
    Framework,
    KeyQuestionBands,
    PlacedBands,
    PlacedRule,
    PointsInBands,
    Rating,
)
from ctm_rules.model.rating_rules import SumInBands
from ctm_rules.phrases import say_count, say_list, say_number
from ctm_rules.rating.order import RatingOrder, reaches
from ctm_rules.rating.shares import decisive_points


def check_scales(framework: Framework, findings: Findings) -> None:
    """Add everything that is wrong with what the ratings, bands and panel settings of a framework mean."""
    higher_score = {name: _check_ratings(steps, findings) for name, steps in framework.every_scale.items()}
    checked: set[int] = set()
    for of_questions in framework.placed_bands:
        is_said = id(of_questions.bands) in checked
        checked.add(id(of_questions.bands))
        # What was said of them on another scale already is not said again.
        if not is_said:
            _check_counted(of_questions.bands, findings)
        for each in rules_by_value(of_questions.bands).values():
            if not is_said:
                _check_fractions(each, findings)
            _check_share(framework, findings, evolve(of_questions, bands=each))
    for path in framework.every_question:
        points = framework.points_of(path)
        if points is not None and points.is_rating:
            for of_value in rules_by_value(points).values():
                _check_points(framework, path, of_value, higher_score, findings)
    for placed in framework.placed_rules():
        if isinstance(placed.rule, SumInBands):
            for number, rule in enumerate(rules_by_value(placed.rule).values()):
                declared = _Sum(framework, placed, rule)
                _check_sums(framework, findings, declared, higher_score, is_said=number > 0)
    _check_panel(framework, findings)


class _Sum:
    """A rule that places scores in bands: whose they are, and where what it says is declared."""

    def __init__(self, framework: Framework, placed: PlacedRule, rule: SumInBands) -> None:
        self.rule = rule
        self.name = _for(placed.name, rule)
        self.scale = placed.scale
        level = placed.level_of(rule.of)
        scales = {name: framework.scale_of(level, name) for name in placed.members(rule.of)}
        self.members = {name: framework.scale(scale) for name, scale in scales.items()}
        self.scales = {*scales.values()}
        self.bands_at, self.out_of_at = _place_of_bands(rule), rule.at.of("out_of")
        of_all = framework.domain_rating
        is_in_table = any(each.id == placed.element and each.rating is None for each in framework.domains)
        if placed.level == "domain" and is_in_table and isinstance(of_all, DomainRating):
            self.bands_at, self.out_of_at = (of_all.at.of(key, placed.element) for key in ("bands_of", "out_of"))

    @property
    def highest(self) -> int:
        """The highest sum there can be."""
        return sum(max(_scores(steps), default=0) * self.rule.weight_of(name) for name, steps in self.members.items())


def _for(name: str, rule: AnyBands) -> str:
    """Return whose bands they are, and for which value of a fact."""
    return name if rule.chosen is None else f"{name} for {rule.chosen.value}"


def _place_of_bands(rule: AnyBands) -> Location:
    return rule.at.of("bands") if rule.chosen is None else rule.chosen.at


def _scores(steps: Iterable[Rating]) -> list[int]:
    return [rating.score for rating in steps if rating.score is not None]


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


def _check_ratings(ratings: Sequence[Rating], findings: Findings) -> int:
    """Check the scores of one scale; return whether a higher one is better (1), worse (-1), or neither is known (0)."""
    scores = _scores(ratings)
    pairs = list(pairwise(ratings)) if len(scores) == len(ratings) else []
    before = len(findings)
    for better, worse in pairs:
        if worse.score == better.score:
            message = f'"{better.id}" and "{worse.id}" carry the same score, {worse.score}'
            hint = "give each rating a score of its own, if sums of scores are to tell them apart"
            findings.add(SAME_SCORE, worse.at.of("score"), message, hint=hint)
    if not pairs:
        return 1
    falls = scores[-1] <= scores[0]
    word, other = ("higher", "fall") if falls else ("lower", "rise")
    for better, worse in pairs:
        lower, higher = worse.score or 0, better.score or 0
        if lower != higher and (lower < higher) != falls:
            message = (
                f'"{worse.id}" carries a {word} score than "{better.id}", which stands before it, and the other '
                f"scores {other}: a sum of scores then gets better with a worse rating"
            )
            hint = "let the scores fall from the best rating to the worst, or rise where fewer points are better"
            findings.add(RATING_ORDER, worse.at.of("score"), message, hint=hint)
            break  # the rest of a scale that is upside down would say the same again
    if len(findings) > before:
        return 0
    return 1 if falls else -1


# --- one scale -------------------------------------------------------------------------------------


def _check_share(framework: Framework, findings: Findings, placed: PlacedBands) -> None:
    """Report what is odd about the bands that shares are placed in."""
    declared = placed.bands
    if not declared.bands:
        return
    is_whole = declared.decided_on == "rounded"
    within = "shares go from 0 to 100 per cent" + (", rounded to whole ones" if is_whole else "")
    better = {"yes": 1, "no": -1, "not_applicable": 0}[declared.share_of] if declared.monotone else 0
    at = _place_of_bands(declared)
    reached = partial(reaches, declared)
    scale = _Scale(declared.bands, _for(placed.name, declared), at, reached, within, better, "share", placed.scale)
    _check_scale(framework, scale, findings)


ODD_SHARE = Code(
    "odd-share",
    "warning",
    what="The share of a key question is counted in an unusual way.",
    why="A share among yes alone is always 100%, and one that leaves out yes or no rates something else than quality.",
    bad="share_of: yes\namong: [yes]",
    good="share_of: yes\namong: [yes, no]",
)


def _check_counted(declared: KeyQuestionBands, findings: Findings) -> None:
    others = {"yes", "no"} - set(declared.among)
    if len(declared.among) == 1:
        message = f"the share of {declared.share_of} among {declared.among[0]} alone is always 100%"
        findings.add(ODD_SHARE, declared.at.of("among"), message, hint="write among: [yes, no]")
    elif others:
        message = f"cases with the outcome {others.pop()} are not counted at all"
        findings.add(ODD_SHARE, declared.at.of("among"), message, hint="write among: [yes, no]")
    if declared.share_of == "not_applicable":
        message = "the share rates how often the question does not arise, and not how well the work was done"
        findings.add(ODD_SHARE, declared.at.of("share_of"), message, hint="write share_of: yes")


def _check_fractions(declared: KeyQuestionBands, findings: Findings) -> None:
    """Report bounds that no share is placed at."""
    is_whole = declared.decided_on == "rounded"
    for band in declared.bands:
        for key, bound in band.bounds.items():
            if 0 < bound < 1:
                hint = f"shares are in per cent: write {say_number(bound * 100)}"
                _report_fraction(findings, band, key, "below one per cent", hint)
            elif is_whole and bound.denominator != 1:
                hint = f"write {_whole(key, bound)}, which means the same, or decided_on: exact"
                why = "between two whole per cents, and shares are rounded to whole ones"
                _report_fraction(findings, band, key, why, hint)


def _whole(key: BoundKey, bound: Fraction) -> int:
    """Return the whole number that bounds whole values as a number between two of them does."""
    return ceil(bound) if key in ("from", "below") else floor(bound)


def _check_sums(
    framework: Framework, findings: Findings, declared: _Sum, higher_score: Mapping[str, int], *, is_said: bool
) -> None:
    rule = declared.rule
    directions = {higher_score[scale] for scale in declared.scales}
    if rule.value == "sum":
        if rule.out_of is not None and rule.out_of != declared.highest and not is_said:
            _report_another_sum(declared, rule.out_of, findings)
        sums = {0}
        for name, steps in declared.members.items():
            sums = {total + score * rule.weight_of(name) for total in sums for score in _scores(steps)}
        what = rule.of.replace("_", " ").removesuffix("s") if isinstance(rule.of, str) else "member"
        number = say_count(len(declared.members), what)
        within = f"the scores of {number} add up to {min(sums)} at least and {max(sums)} at most"
        values = sorted(Fraction(total) for total in sums)
    else:
        lowest = [min(_scores(steps), default=0) for steps in declared.members.values()]
        highest = [max(_scores(steps), default=0) for steps in declared.members.values()]
        ends = [Fraction(min(lowest, default=0)), Fraction(max(highest, default=0))]
        if rule.value == "percent":
            weights = [rule.weight_of(name) for name in declared.members]
            reached = sum(weight * score for weight, score in zip(weights, lowest, strict=True))
            ends = [Fraction(100 * reached, max(declared.highest, 1)), Fraction(100)]
        within = f"the {_PLACED[rule.value]} lies between {say_number(ends[0])} and {say_number(ends[1])}"
        values = ends

    are_in_order = len(directions) == 1 and 0 not in directions
    better = directions.pop() if are_in_order and rule.monotone else 0

    def reached_by(limit: Limit, above: Limit | None) -> bool:
        if not are_in_order:
            return True
        if rule.value == "sum":
            return any(limit <= (value, False) and (above is None or (value, False) < above) for value in values)
        return limit <= (values[-1], False) and (above is None or above > (values[0], False))

    scale = _Scale(
        rule.bands, declared.name, declared.bands_at, reached_by, within, better, _PLACED[rule.value], declared.scale
    )
    _check_scale(framework, scale, findings)
    if rule.value == "sum":
        for band in rule.bands:
            for key, bound in band.bounds.items():
                if bound.denominator != 1:
                    hint = f"write {_whole(key, bound)}, which means the same"
                    _report_fraction(findings, band, key, "between two scores, and scores are whole numbers", hint)


def _check_points(
    framework: Framework, path: str, points: PointsInBands, higher_score: Mapping[str, int], findings: Findings
) -> None:
    """Report bands of points that nothing falls in, and what is odd about their order.

    What cases come to is a mean, a per cent, or a sum that grows with them; of what the provider is asked once, every
    value is known.
    """
    from ctm_rules.rating.points import points_highest, points_possible  # only where there are points

    question = framework.every_question[path]
    values = points_possible(framework, path)
    highest: Fraction | None = points_highest(framework, path)
    if points.value == "percent":
        highest = Fraction(100)
    elif points.value == "sum" and question.asked_of == "cases":
        highest = None
    if values is not None:
        highest = values[-1]
    if highest is not None and points.decided_on == "rounded":
        highest = decisive_points(points, highest)

    def reached(limit: Limit, above: Limit | None) -> bool:
        if values is not None:
            return any(limit <= (value, False) and (above is None or (value, False) < above) for value in values)
        return highest is None or limit <= (highest, False)

    scales = [higher_score[prompt.answers] if prompt.answers else 1 for prompt in question.prompts]
    better = scales[0] if len({*scales}) == 1 and points.monotone else 0
    within = _say_points(points, values, highest)
    name, at = _for(f'the key question "{path}"', points), _place_of_bands(points)
    scale = _Scale(points.bands, name, at, reached, within, better, "number of points", question.scale)
    _check_scale(framework, scale, findings)


def _say_points(points: PointsInBands, values: Sequence[Fraction] | None, highest: Fraction | None) -> str:
    """Return in words what answers can come to."""
    unit = "per cent" if points.value == "percent" else "points"
    if highest is None:
        return "no points lie below 0"
    if values is not None and len(values) <= MAX_NAMES_LISTED:
        return f"the answers come to {say_list([say_number(value) for value in values], 'or')} {unit}"
    return f"the answers come to 0 {unit} at least and {say_number(highest)} at most"


_PLACED = {"sum": "sum of scores", "mean": "mean of scores", "percent": "per cent of the scores"}


BANDS_OF_ANOTHER_SUM = Code(
    "bands-of-another-sum",
    "warning",
    what="The scores add up to another number at most than the one that the bands were made for.",
    why="With one more standard, or a rating above the best, the old limits are easier to reach than was meant.",
    bad="overall: {out_of: 21, bands: [{from: 18, rating: good}, {from: 0, rating: poor}]}",
    good="overall: {out_of: 24, bands: [{from: 20, rating: good}, {from: 0, rating: poor}]}",
)


def _report_another_sum(declared: _Sum, made_for: int, findings: Findings) -> None:
    highest = declared.highest
    message = (
        f"the bands of {declared.name} were made for sums out of {made_for}, and the scores now add up to {highest}"
    )
    hint = f"look at each of its limits again, and then write out_of: {highest}"
    findings.add(BANDS_OF_ANOTHER_SUM, declared.out_of_at, message, hint=hint)


def _which(band: Band) -> str:
    """Return which values a band is for, as they stand behind its name."""
    return say_bound(band, say_number) if band.bounds else "for everything else"


@frozen
class _Scale:
    """Bands, and what can be placed in them.

    Attributes:
        bands: as they are declared.
        name: whose bands they are, as messages say it.
        at: where they are declared.
        reaches: whether some value lies at or above the first and below the second limit (``None``: no upper limit).
        within: in words, which values there are.
        better: 1 where a higher value is better, -1 where it is worse, 0 where neither is.
        value: what is placed, in words.
        scale: the name of the scale that its ratings are steps of.
    """

    bands: tuple[Band, ...]
    name: str
    at: Location
    reaches: Callable[[Limit, Limit | None], bool]
    within: str
    better: int
    value: str
    scale: str = RATINGS


UNREACHABLE_BAND = Code(
    "unreachable-band",
    "warning",
    what="No share, or no sum of scores, can fall in a band.",
    why="Nobody could ever be given its rating.",
    bad="bands: [{from: 110, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
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
RATING_NEVER_GIVEN = Code(
    "rating-never-given",
    "warning",
    what="No band of a scale gives one of the ratings.",
    why="A band may have been lost, and the band below it has taken its place.",
    bad="bands: [{from: 80, rating: outstanding}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)


def _check_scale(framework: Framework, scale: _Scale, findings: Findings) -> None:
    order = RatingOrder(framework, scale.scale)
    ranges = ranges_of(scale.bands)
    given = {each.rating for each in ranges}
    above: BandRange | None = None
    for each in ranges:
        band = each.band
        if not scale.reaches(each.limit, above.limit if above else None):
            message = f"nothing falls in the band of {scale.name} {_which(band)}: {scale.within}"
            hint = "correct the bound, or delete the band"
            findings.add(UNREACHABLE_BAND, band.at, message, hint=hint)
        if above and band.rating == above.rating:
            message = f'two bands of {scale.name} give the rating "{band.rating}"'
            hint = f"the other one starts {'' if above.limit[1] else 'at '}{say_limit(above.limit, say_number)}"
            findings.add(REPEATED_RATING, band.at.of("rating"), message, hint=hint)
        above = each
    _check_band_order(framework, scale, findings)
    for rating in order.ratings:
        # Where another rating is given twice, it most likely stands in the place of this one.
        if rating.id not in given and len(given) == len(scale.bands):
            # It stands where the rating is missing: at the band that has taken its place.
            worse = (each.band for each in ranges if order.rank(each.rating) > order.rank(rating))
            place = next(worse, None) if scale.better > 0 else None
            message = f'no band of {scale.name} gives the rating "{rating.id}"'
            hint = f"add {{from: …, rating: {rating.id}}}, or leave it if nobody is meant to have this rating"
            findings.add(RATING_NEVER_GIVEN, place.at if place else scale.at, message, hint=hint)


BAND_ORDER = Code(
    "band-order",
    "warning",
    what="A band gives a worse rating than the band below it, where a higher value is better (or the other way round).",
    why="A provider that does better is rated worse. Some schemes mean it; else two bands have been swapped, or the "
    "list of ratings, which goes from the best to the worst, is upside down.",
    bad="bands: [{from: 80, rating: good}, {from: 65, rating: outstanding}, {from: 0, rating: inadequate}]",
    good="bands: [{from: 80, rating: outstanding}, {from: 65, rating: good}, {from: 0, rating: inadequate}]",
)


def _check_band_order(framework: Framework, scale: _Scale, findings: Findings) -> None:
    rank = RatingOrder(framework, scale.scale).rank
    pairs = [(above, band) for above, band in pairwise(ranges_of(scale.bands)) if above.rating != band.rating]
    odd = [(above, band) for above, band in pairs if scale.better * (rank(band.rating) - rank(above.rating)) < 0]
    is_turned_round = len(odd) == len(pairs)
    for above, below in odd[:1] if is_turned_round else odd:
        band = below.band
        better, higher = ("better", "higher") if scale.better > 0 else ("worse", "lower")
        message = (
            f'the band of {scale.name} {_which(band)} gives "{band.rating}", which is {better} than '
            f'"{above.rating}" {_which(above.band)}: a {higher} {scale.value} gets the worse rating'
        )
        hint = "swap the two ratings; if it is meant, write monotone: no beside the bands"
        if is_turned_round:
            hint = "turn the bands round, or the list of ratings, in which the best stands first"
        findings.add(BAND_ORDER, band.at.of("rating"), message, hint=hint)


FRACTIONAL_BOUND = Code(
    "fractional-bound",
    "warning",
    what="A band starts between two values that a share or a sum of scores can have.",
    why="A share is in per cent, and where it is decided on the rounded share a limit of 79.5 is a limit of 80.",
    bad="bands: [{from: 0.8, rating: good}, {from: 0, rating: poor}]",
    good="bands: [{from: 80, rating: good}, {from: 0, rating: poor}]",
)


def _report_fraction(findings: Findings, band: Band, key: BoundKey, why: str, hint: str) -> None:
    bound = say_number(band.bounds[key])
    message = f"the band starts at {bound}, {why}" if key == "from" else f"the band's bound is {bound}, {why}"
    findings.add(FRACTIONAL_BOUND, band.at.of(key), message, hint=hint)


# --- panel -----------------------------------------------------------------------------------------

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
    what="A panel setting can never flag or move anything.",
    why="People would rely on a safeguard that is not there.",
    bad="panel: {cases_fewer_than: 1}",
    good="panel: {cases_fewer_than: 6}",
)


def _check_panel(framework: Framework, findings: Findings) -> None:
    panel = framework.panel
    if panel.cases_fewer_than is not None and panel.cases_fewer_than <= 1:
        message = f"a share always rests on a case or more, so never on fewer than {panel.cases_fewer_than}"
        hint = "write the number of cases from which a share can be trusted, or delete it"
        findings.add(PANEL_NEVER, panel.at.of("cases_fewer_than"), message, hint=hint)
    if panel.one_standard_would_change_it and not _is_anything_above_standards(framework):
        message = "no rating comes from several standards, so one standard never changes it"
        hint = "delete it, or say how an overall rating comes from them"
        findings.add(PANEL_NEVER, panel.at.of("one_standard_would_change_it"), message, hint=hint)
    moved = {"standards": "standard", "domains": "domain", "overall": "overall"}
    rated = {placed.level for placed in framework.placed_rules()}
    for key, level in moved.items():
        if getattr(panel.may_move, key) and level not in rated:
            what = "there is no overall rating" if key == "overall" else f"no rule rates {key}"
            message = f"{what} that a panel could move"
            findings.add(PANEL_NEVER, panel.may_move.at.of(key), message, hint="delete it, or add the rating rule")
    rating = [each.bands for of in framework.placed_bands for each in rules_by_value(of.bands).values() if each.bands]
    declared = filter(None, map(framework.points_of, framework.scored_questions))
    of_points = [each.bands for rule in declared for each in rules_by_value(rule).values() if each.bands]
    if panel.within_points is None or not (rating or of_points):
        return
    at = panel.at.of("within_points")
    limits = [sorted(each.lowest for each in ranges_of(bands) if 0 < each.lowest <= 100) for bands in rating]
    points = say_count(panel.within_points, "point")
    if not any(limits) and not any(len(bands) > 1 for bands in of_points):
        message = f"no share is within {points} of a limit, because there is only one band"
        findings.add(PANEL_NEVER, at, message, hint="delete it, or add bands")
        return
    # How near points lie to a limit hangs on what they could be, which cases say and not the standards.
    farthest = None if of_points else max(map(_farthest, limits))
    if farthest is not None and panel.within_points >= farthest:
        message = f"every share is within {points} of a limit"
        findings.add(PANEL_ALWAYS, at, message, hint=f"write less than {say_number(farthest)}")


def _farthest(limits: Sequence[Fraction]) -> Fraction:
    """Return how far a share can be from the nearest of some limits (without limits: as far as one likes)."""
    if not limits:
        return Fraction(100)
    between = [(upper - lower) / 2 for lower, upper in pairwise(limits)]
    return max(limits[0], 100 - limits[-1], *between)


def _is_anything_above_standards(framework: Framework) -> bool:
    """Return whether several standards together give a rating."""
    if framework.overall is not None and len(framework.standards) > 1:
        return True
    return any(len(each.standards) > 1 and framework.rule_of_domain(each) is not None for each in framework.domains)
