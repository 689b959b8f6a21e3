"""What ratings, bands and panel settings mean: bands that nothing reaches, ratings that nothing gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import ceil

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.model.framework import DomainRating, Framework, KeyQuestionBands
from ctm_rules.model.rating_rules import Band, SumInBands
from ctm_rules.phrases import say_count, say_number
from ctm_rules.rating.order import RatingOrder, reaches


def check_scales(framework: Framework, findings: Findings) -> None:
    """Add everything that is wrong with what the ratings, bands and panel settings of a framework mean."""
    higher_score = _check_ratings(framework, findings)
    if framework.key_question_bands is not None:
        _check_share(framework, findings, framework.key_question_bands)
    for declared in _sums(framework):
        _check_sums(framework, findings, declared, higher_score)
        highest = len(declared.members) * max(_scores(framework), default=0)
        _check_made_for(declared.rule.out_of, highest, declared.name, declared.out_of_at, findings)
    _check_panel(framework, findings)


@frozen
class _Sum:
    """A rule that places a sum of scores in bands.

    Attributes:
        name: whose rating it makes, as messages say it.
        rule: the rule.
        members: the names of those whose scores are added up.
        bands_at, out_of_at: where its bands, and what they were made for, are declared.
    """

    name: str
    rule: SumInBands
    members: Sequence[str]
    bands_at: Location
    out_of_at: Location


def _sums(framework: Framework) -> Iterator[_Sum]:
    """Yield every rule that places a sum of scores in bands."""
    for standard in framework.standards:
        questions = [f"{standard.slug}.{question.id}" for question in standard.key_questions]
        rule = framework.rule_of_standard(standard)
        if questions and isinstance(rule, SumInBands):
            yield _sum(f'the standard "{standard.slug}"', rule, {"key_questions": questions})
    for domain in framework.domains:
        of_domain = framework.rule_of_domain(domain)
        if isinstance(of_domain, SumInBands):
            declared = _sum(f'the domain "{domain.id}"', of_domain, {"standards": domain.standards})
            of_all = framework.domain_rating
            if domain.rating is None and isinstance(of_all, DomainRating):
                bands_at, out_of_at = (of_all.at.of(key, domain.id) for key in ("bands_of", "out_of"))
                declared = evolve(declared, bands_at=bands_at, out_of_at=out_of_at)
            yield declared
    if isinstance(framework.overall, SumInBands):
        standards = [standard.slug for standard in framework.standards]
        domains = [domain.id for domain in framework.domains]
        yield _sum("the overall rating", framework.overall, {"standards": standards, "domains": domains})


def _sum(name: str, rule: SumInBands, below: Mapping[str, Sequence[str]]) -> _Sum:
    members = below[rule.of] if isinstance(rule.of, str) else rule.of
    return _Sum(name, rule, members, rule.at.of("bands"), rule.at.of("out_of"))


def _scores(framework: Framework) -> list[int]:
    return [rating.score for rating in framework.ratings if rating.score is not None]


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


def _check_ratings(framework: Framework, findings: Findings) -> int:
    """Check the scores; return whether a higher one is better (1), worse (-1), or neither can be said (0)."""
    pairs = list(pairwise(framework.ratings)) if framework.has_scores else []
    before = len(findings)
    for better, worse in pairs:
        if worse.score == better.score:
            message = f'"{better.id}" and "{worse.id}" carry the same score, {worse.score}'
            hint = "give each rating a score of its own, if sums of scores are to tell them apart"
            findings.add(SAME_SCORE, worse.at.of("score"), message, hint=hint)
    if not pairs:
        return 1
    scores = _scores(framework)
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

ODD_SHARE = Code(
    "odd-share",
    "warning",
    what="The share of a key question is counted in an unusual way.",
    why="A share among yes alone is always 100%, and one that leaves out yes or no rates something else than quality.",
    bad="share_of: yes\namong: [yes]",
    good="share_of: yes\namong: [yes, no]",
)


def _check_share(framework: Framework, findings: Findings, declared: KeyQuestionBands) -> None:
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
    is_whole = declared.decided_on == "rounded"

    within = "shares go from 0 to 100 per cent" + (", rounded to whole ones" if is_whole else "")
    better = {"yes": 1, "no": -1, "not_applicable": 0}[declared.share_of]
    at = declared.at.of("bands")
    scale = _Scale(declared.bands, "the key questions", at, partial(reaches, declared), within, better, "share")
    _check_scale(framework, scale, findings)
    for band in declared.bands:
        if 0 < band.lowest < 1:
            hint = f"shares are in per cent: write {say_number(band.lowest * 100)}"
            _report_fraction(findings, band, "below one per cent", hint)
        elif is_whole and band.lowest.denominator != 1:
            hint = f"write {ceil(band.lowest)}, which means the same, or decided_on: exact"
            _report_fraction(findings, band, "between two whole per cents, and shares are rounded to whole ones", hint)


def _check_sums(framework: Framework, findings: Findings, declared: _Sum, higher_score: int) -> None:
    sums = {0}
    for _ in declared.members:
        sums = {total + score for total in sums for score in _scores(framework)}

    def reached(lowest: Fraction, above: Fraction | None) -> bool:
        return not higher_score or any(lowest <= total and (above is None or total < above) for total in sums)

    what = declared.rule.of.replace("_", " ").removesuffix("s") if isinstance(declared.rule.of, str) else "member"
    bands = declared.rule.bands
    number = say_count(len(declared.members), what)
    within = f"the scores of {number} add up to {min(sums)} at least and {max(sums)} at most"
    scale = _Scale(bands, declared.name, declared.bands_at, reached, within, higher_score, "sum of scores")
    _check_scale(framework, scale, findings)
    for band in bands:
        if band.lowest.denominator != 1:
            hint = f"write {ceil(band.lowest)}, which means the same"
            _report_fraction(findings, band, "between two scores, and scores are whole numbers", hint)


BANDS_OF_ANOTHER_SUM = Code(
    "bands-of-another-sum",
    "warning",
    what="The scores add up to another number at most than the one that the bands were made for.",
    why="With one more standard, or a rating above the best, the old limits are easier to reach than was meant.",
    bad="overall: {out_of: 21, bands: [{from: 18, rating: good}, {from: 0, rating: poor}]}",
    good="overall: {out_of: 24, bands: [{from: 20, rating: good}, {from: 0, rating: poor}]}",
)


def _check_made_for(made_for: int | None, highest: int, name: str, at: Location, findings: Findings) -> None:
    if made_for is not None and made_for != highest:
        message = f"the bands of {name} were made for sums out of {made_for}, and the scores now add up to {highest}"
        hint = f"look at each of its limits again, and then write out_of: {highest}"
        findings.add(BANDS_OF_ANOTHER_SUM, at, message, hint=hint)


@frozen
class _Scale:
    """Bands, and what can be placed in them.

    Attributes:
        bands: from the highest lower bound down.
        name: whose bands they are, as messages say it.
        at: where they are declared.
        reaches: whether some value lies at or above the first and below the second bound (``None``: no upper bound).
        within: in words, which values there are.
        better: 1 where a higher value is better, -1 where it is worse, 0 where neither is.
        value: what is placed, in words.
    """

    bands: tuple[Band, ...]
    name: str
    at: Location
    reaches: Callable[[Fraction, Fraction | None], bool]
    within: str
    better: int
    value: str


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
    order = RatingOrder(framework)
    given: set[str] = set()
    above: Band | None = None
    for band in scale.bands:
        if not scale.reaches(band.lowest, above.lowest if above else None):
            message = f"nothing falls in the band of {scale.name} from {say_number(band.lowest)}: {scale.within}"
            hint = "correct the bound, or delete the band"
            findings.add(UNREACHABLE_BAND, band.at, message, hint=hint)
        if above and band.rating == above.rating:
            message = f'two bands of {scale.name} give the rating "{band.rating}"'
            hint = f"the other one starts at {say_number(above.lowest)}"
            findings.add(REPEATED_RATING, band.at.of("rating"), message, hint=hint)
        given.add(band.rating)
        above = band
    _check_band_order(framework, scale, findings)
    for rating in framework.ratings:
        # Where another rating is given twice, it most likely stands in the place of this one.
        if rating.id not in given and len(given) == len(scale.bands):
            # It stands where the rating is missing: at the band that has taken its place.
            worse = (band for band in scale.bands if order.rank(band.rating) > order.rank(rating))
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
    rank = RatingOrder(framework).rank
    pairs = [(above, band) for above, band in pairwise(scale.bands) if above.rating != band.rating]
    odd = [(above, band) for above, band in pairs if scale.better * (rank(band.rating) - rank(above.rating)) < 0]
    is_turned_round = len(odd) == len(pairs)
    for above, band in odd[:1] if is_turned_round else odd:
        better, higher = ("better", "higher") if scale.better > 0 else ("worse", "lower")
        message = (
            f'the band of {scale.name} from {say_number(band.lowest)} gives "{band.rating}", which is {better} '
            f'than "{above.rating}" from {say_number(above.lowest)}: a {higher} {scale.value} gets the worse rating'
        )
        hint = "swap the two ratings, unless it is meant"
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


def _report_fraction(findings: Findings, band: Band, why: str, hint: str) -> None:
    message = f"the band starts at {say_number(band.lowest)}, {why}"
    findings.add(FRACTIONAL_BOUND, band.at.of("from"), message, hint=hint)


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
    what="A panel setting can never flag anything.",
    why="People would rely on a safeguard that is not there.",
    bad="panel: {cases_fewer_than: 1}",
    good="panel: {cases_fewer_than: 6}",
)


def _check_panel(framework: Framework, findings: Findings) -> None:
    panel, declared = framework.panel, framework.key_question_bands
    if panel.cases_fewer_than is not None and panel.cases_fewer_than <= 1:
        message = f"a share always rests on a case or more, so never on fewer than {panel.cases_fewer_than}"
        hint = "write the number of cases from which a share can be trusted, or delete it"
        findings.add(PANEL_NEVER, panel.at.of("cases_fewer_than"), message, hint=hint)
    if panel.one_standard_would_change_it and not _is_anything_above_standards(framework):
        message = "no rating comes from several standards, so one standard never changes it"
        hint = "delete it, or say how an overall rating comes from them"
        findings.add(PANEL_NEVER, panel.at.of("one_standard_would_change_it"), message, hint=hint)
    if panel.within_points is None or declared is None:
        return
    at = panel.at.of("within_points")
    bounds = sorted(band.lowest for band in declared.bands if 0 < band.lowest <= 100)
    points = say_count(panel.within_points, "point")
    if not bounds:
        message = f"no share is within {points} of a limit, because there is only one band"
        findings.add(PANEL_NEVER, at, message, hint="delete it, or add bands")
        return
    between = [(upper - lower) / 2 for lower, upper in pairwise(bounds)]
    farthest = max(bounds[0], 100 - bounds[-1], *between)
    if panel.within_points >= farthest:
        message = f"every share is within {points} of a limit"
        findings.add(PANEL_ALWAYS, at, message, hint=f"write less than {say_number(farthest)}")


def _is_anything_above_standards(framework: Framework) -> bool:
    """Return whether several standards together give a rating."""
    if framework.overall is not None and len(framework.standards) > 1:
        return True
    return any(len(each.standards) > 1 and framework.rule_of_domain(each) is not None for each in framework.domains)
