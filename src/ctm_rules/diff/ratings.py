"""Ratings, the scales that they come from, and when they are flagged: what differs between two frameworks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, fields

from ctm_rules.diff.changes import Kind, Weight
from ctm_rules.diff.comparison import Comparison, if_there, pairs, say_setting
from ctm_rules.model.bands import (
    Band,
    BandedRule,
    Limit,
    choosing_fact,
    ranges_of,
    rules_by_value,
    say_bound,
    say_limit,
)
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import (
    RATINGS,
    AnyBands,
    Disclosure,
    Domain,
    DomainRating,
    Framework,
    KeyQuestionBands,
    MayMove,
    Panel,
    PlacedRule,
    PointsInBands,
)
from ctm_rules.model.rating_rules import FirstThatHolds, RatingRule, SumInBands
from ctm_rules.model.rules_in_words import say_choice, say_rating_rule
from ctm_rules.phrases import say_count, say_list, say_number
from ctm_rules.rating.overall import values_possible
from ctm_rules.rating.shares import say_percent


def compare_ratings(both: Comparison) -> None:
    """Note the ratings that differ, and another order of them, scale by scale."""
    rules = [placed.rule for side in (both.old, both.new) for placed in side.placed_rules()]
    of_score: Weight = "decides" if any(isinstance(rule, SumInBands) for rule in rules) else "reports"
    given = _given(both.old) | _given(both.new)
    scales = [side.every_scale for side in (both.old, both.new)]
    for scale in dict.fromkeys(name for side in scales for name in side):
        old, new = ({step.id: step for step in side.get(scale, ())} for side in scales)
        prefix = "ratings." if scale == RATINGS else f"scales.{scale}."
        for name, was, now in pairs(old, new):
            weight: Weight = "decides" if scale != RATINGS or name in given else "reports"
            one_rating = if_there(name, was), if_there(name, now)
            for path, ours, theirs in both.shared(weight, prefix, "the rating", *one_rating):
                both.compare_words(path, ours, theirs, ("label",))
                if ours.score != theirs.score:
                    scores = " to ".join(map(say_setting, (ours.score, theirs.score)))
                    says = f"the score of {theirs.label} changed from {scores}"
                    both.add(of_score, "changed", path, says, ours, theirs)
        highest = [side.highest_score(scale) for side in (both.old, both.new)]
        if None not in highest and highest[0] != highest[1] and any(_is_share(rule) for rule in rules):
            says = f"the highest score is {highest[1]}, of which per cent are taken; it was {highest[0]}"
            both.add("decides", "changed", prefix.rstrip("."), says, None, None)
        # Which of two ratings is the lowest is said by their order alone.
        both.compare_order("decides", prefix.rstrip("."), "ratings", old, new)


def _is_share(rule: RatingRule) -> bool:
    """Return whether a rule places the per cent of the highest sum of scores."""
    return isinstance(rule, SumInBands) and rule.value == "percent"


def _given(framework: Framework) -> set[str]:
    """Return the ids of the ratings, of those that name no other scale, that something can be given."""
    rules = [placed.rule for placed in framework.placed_rules() if placed.scale == RATINGS]
    of_people = any(each.rated_by == "judgement" and each.scale == RATINGS for each in framework.standards)
    if of_people or any(rule.then or isinstance(rule, FirstThatHolds) for rule in rules):
        return set(framework.ratings_by_id)
    banded: list[AnyBands]
    banded = [placed.bands for placed in framework.placed_bands if placed.scale == RATINGS]
    banded += [
        each.rating
        for each in framework.every_question.values()
        if isinstance(each.rating, PointsInBands) and each.scale == RATINGS
    ]
    banded += [rule for rule in rules if isinstance(rule, SumInBands)]
    return {band.rating for rule in banded for each in rules_by_value(rule).values() for band in each.bands}


def _label(both: Comparison, rating: str, scale: str = RATINGS) -> str:
    """Return the words for a rating; what holds for a whole level may rate on another scale than is looked at here."""
    scales = [side.scale(scale) for side in (both.new, both.old)]
    scales += [steps for side in (both.new, both.old) for steps in side.every_scale.values()]
    return next(step.label for steps in scales for step in steps if step.id == rating)


def _scale_of_rule(framework: Framework, rule: RatingRule, scale: str) -> str:
    """Return a scale on which a rule gives ratings; what holds for a whole level may stand for several."""
    lines = rule.first_that_holds if isinstance(rule, FirstThatHolds) else ()
    named = {line.rating for line in lines}
    named |= {each for step in rule.then for each in (step.no_better_than, step.no_worse_than) if each is not None}
    fitting = [name for name in (scale, *framework.every_scale) if named <= {step.id for step in framework.scale(name)}]
    return fitting[0] if fitting else scale


def compare_scales(both: Comparison) -> None:
    """Note the scales that differ: of key questions, of domains and of the whole."""
    compare_scale_of_questions(both)
    old, new = both.old, both.new
    if old.overall is None or new.overall is None:
        _compare_whole(both, "overall", "the overall rating", old.overall, new.overall)
    else:
        _compare_rule(both, "overall", "the overall rating", old.overall, new.overall, _placed(both, "overall", ""))
    ours, theirs = old.domain_rating, new.domain_rating
    if isinstance(ours, DomainRating) and isinstance(theirs, DomainRating):
        for name in [name for name in ours.bands_of if name in theirs.bands_of]:
            rules = [
                SumInBands(each.bands_of[name], out_of=each.out_of.get(name), at=each.at) for each in (ours, theirs)
            ]
            placed = _placed(both, "domain", name)
            _compare_sums(both, f"domain_rating.bands_of.{name}", rules[0], rules[1], placed)
    elif ours is None or theirs is None or isinstance(ours, DomainRating) or isinstance(theirs, DomainRating):
        _compare_whole(both, "domain_rating", "the rating of domains", ours, theirs)
    else:
        _compare_rule(both, "domain_rating", "the rating of domains", ours, theirs, [])
    for name in [domain.id for domain in old.domains if _domain(new, domain.id) is not None]:
        was, now = (_domain(side, name) for side in (old, new))
        assert was is not None
        assert now is not None
        if was.rating is not None and now.rating is not None:
            placed = _placed(both, "domain", name)
            _compare_rule(both, f"domains.{name}.rating", f"the rating of {now.title}", was.rating, now.rating, placed)
        else:
            _compare_whole(both, f"domains.{name}.rating", f"a rating rule of {now.title}", was.rating, now.rating)


def _placed(both: Comparison, level: str, element: str) -> list[tuple[Framework, PlacedRule]]:
    """Return where the rule of an element stands in either framework (nothing where it is not in both)."""
    found = [
        (side, placed)
        for side in (both.old, both.new)
        for placed in side.placed_rules()
        if (placed.level, placed.element) == (level, element)
    ]
    return found if len(found) == 2 else []


def _domain(framework: Framework, name: str) -> Domain | None:
    return next((domain for domain in framework.domains if domain.id == name), None)


def compare_scale_of_questions(both: Comparison) -> None:
    """Note what differs in how a standard rated by cases gets its rating."""
    old, new = both.old, both.new
    ours, theirs = (if_there("key_question_bands", side.key_question_bands) for side in (old, new))
    for path, mine, yours in both.shared("decides", "", "the rating of key questions", ours, theirs):
        _compare_question_bands(both, path, mine, yours)
    for address in [path for path in both.placed.every_question if path in new.every_question]:
        was_rated, now_rated = (side.every_question[address].rating for side in (both.placed, new))
        where, scale = f"{address}.rating", new.every_question[address].scale
        if isinstance(was_rated, KeyQuestionBands) and isinstance(now_rated, KeyQuestionBands):
            _compare_question_bands(both, where, was_rated, now_rated, scale)
        elif isinstance(was_rated, PointsInBands) and isinstance(now_rated, PointsInBands):
            _compare_points(both, where, was_rated, now_rated, scale)
        elif isinstance(was_rated, FirstThatHolds) and isinstance(now_rated, FirstThatHolds):
            scales = [side.every_question[address].scale for side in (both.placed, new)]
            _compare_rule(both, where, f"the rating of {address}", was_rated, now_rated, [], scales)
        else:
            _compare_whole(both, where, f"a rating of its own of {address}", was_rated, now_rated)
    _compare_rule(both, "standard_rating", "the rating of standards", old.standard_rating, new.standard_rating, [])
    for slug in [slug for slug in old.standards_by_slug if slug in new.standards_by_slug]:
        was, now = (side.standards_by_slug[slug] for side in (old, new))
        path = f"{slug}.rating"
        if was.rating is not None and now.rating is not None:
            of = f"the rating of {now.title}"
            _compare_rule(both, path, of, was.rating, now.rating, [], [was.scale, now.scale])
        else:
            _compare_whole(both, path, f"a rating rule of {now.title}", was.rating, now.rating)


def _compare_question_bands(
    both: Comparison, path: str, ours: KeyQuestionBands, theirs: KeyQuestionBands, scale: str = RATINGS
) -> None:
    """Note what differs between two declarations of how key questions are rated."""
    _compare_settings(both, path, ours, theirs)
    is_whole = ours.decided_on == theirs.decided_on == "rounded"
    percents = [*map(Fraction, range(101))] if is_whole else None
    if ours.is_rating != theirs.is_rating:
        says = "shares are now rated" if theirs.is_rating else "shares are no longer rated"
        both.add("decides", "changed", path, says, ours, theirs)
    else:
        _compare_every_band(both, path, ours, theirs, percents, say_percent, scale)


def _compare_whole(both: Comparison, path: str, what: str, ours: Placed | None, theirs: Placed | None) -> None:
    """Note that something is rated on one side alone, or in another form."""
    if ours is None or theirs is None:
        if ours is not theirs:
            kind: Kind = "added" if ours is None else "removed"
            both.add("decides", kind, path, f"{what} was {kind}", ours, theirs)
    elif ours != theirs:
        both.add("decides", "changed", path, f"{what} is made in another way", ours, theirs)


def _compare_rule(
    both: Comparison,
    path: str,
    what: str,
    ours: RatingRule,
    theirs: RatingRule,
    placed: Sequence[tuple[Framework, PlacedRule]],
    scales: Sequence[str] = (RATINGS, RATINGS),
) -> None:
    """Note what differs between two rating rules: their bands one by one, all else by what it says.

    ``placed`` is where they stand on either side, where they belong to one element; ``scales`` are those of others.
    """
    scales = [each.scale for _, each in placed] or scales
    scales = [
        _scale_of_rule(side, rule, scale)
        for side, rule, scale in zip((both.old, both.new), (ours, theirs), scales, strict=True)
    ]
    if isinstance(ours, SumInBands) and isinstance(theirs, SumInBands):
        if placed:
            _compare_sums(both, path, ours, theirs, placed)
        else:
            _compare_every_band(both, path, ours, theirs, None)
    if _beside_bands(ours) != _beside_bands(theirs):
        was, now = say_rating_rule(ours, both.old, scales[0]), say_rating_rule(theirs, both.new, scales[1])
        details = [f"was: {said}" for said in was if said not in now]
        details += [f"now: {said}" for said in now if said not in was]
        both.add("decides", "changed", path, f"{what} is made in another way", ours, theirs, details)
    if ours.not_rated != theirs.not_rated:
        says = f"what something without a rating does to {what} changed from "
        if path == "standard_rating":
            says = "what a key question without a counted case does to a rating changed from "
        says += " to ".join(map(say_setting, (ours.not_rated, theirs.not_rated)))
        both.add("decides", "changed", path, says, ours, theirs)


def _beside_bands(rule: RatingRule) -> RatingRule:
    """Return what a rule says beside what is compared by itself: its bands, and what it makes of missing ratings."""
    if isinstance(rule, SumInBands):
        return evolve(rule, bands=(), bands_by={}, out_of=None, not_rated="refuse", monotone=True)
    return evolve(rule, not_rated="refuse")


def _compare_sums(
    both: Comparison,
    path: str,
    ours: SumInBands,
    theirs: SumInBands,
    placed: Sequence[tuple[Framework, PlacedRule]],
) -> None:
    """Note that scores add up to another sum than before, and what the bands then give otherwise.

    The same limits ask for more of a higher sum, or for less of a lower one.
    """
    rules = (ours, theirs)
    if ours.value == theirs.value == "sum" and placed:
        was, now = (_highest(side, each, rule) for (side, each), rule in zip(placed, rules, strict=True))
        if was != now:
            bands = theirs.out_of or was
            details = (f"its bands were made for sums out of {bands}",) if bands != now else ()
            both.add("decides", "changed", path, f"the sum is out of {now}; it was out of {was}", ours, theirs, details)
        elif ours.out_of != theirs.out_of:
            says = f"out_of changed from {say_setting(ours.out_of)} to {say_setting(theirs.out_of)}"
            both.add("words", "changed", path, says, ours, theirs)
    values: set[Fraction] = set()
    for (side, each), rule in zip(placed, rules, strict=True):
        values.update(values_possible(side, each, rule))
    scale = placed[-1][1].scale
    _compare_every_band(both, path, ours, theirs, sorted(values), scale=scale)


def _highest(framework: Framework, placed: PlacedRule, rule: SumInBands) -> int:
    """Return the highest sum that a rule can place."""
    level = placed.level_of(rule.of)
    scores = [
        rule.weight_of(name) * (framework.highest_score(framework.scale_of(level, name)) or 0)
        for name in placed.members(rule.of)
    ]
    return sum(scores)


_SETTINGS: Mapping[str, str] = {
    "share_of": "the outcome whose share counts",
    "among": "the outcomes among which the share is taken",
    "round": "the way in which a share is rounded",
    "decided_on": "the share that decides",
    "undetermined": "what undetermined cases do to a key question",
    "minimum_cases": "the fewest cases that a key question needs",
}


def _compare_points(
    both: Comparison, path: str, ours: PointsInBands, theirs: PointsInBands, scale: str = RATINGS
) -> None:
    """Note what differs in how the numbers of cases become a rating."""
    settings = {"value": "what is placed in the bands", "to": "to what it is rounded"}
    settings |= {name: words for name, words in _SETTINGS.items() if hasattr(ours, name)}
    for name, words in settings.items():
        was, now = getattr(ours, name), getattr(theirs, name)
        if was != now:
            says = f"{words} changed from {say_setting(was)} to {say_setting(now)}"
            both.add("decides", "changed", path, says, ours, theirs)
    if ours.is_rating != theirs.is_rating:
        says = "points are now rated" if theirs.is_rating else "points are no longer rated"
        both.add("decides", "changed", path, says, ours, theirs)
    elif ours.is_rating:
        _compare_every_band(both, path, ours, theirs, None, say_number, scale)


def _compare_settings(both: Comparison, path: str, ours: KeyQuestionBands, theirs: KeyQuestionBands) -> None:
    for name, words in _SETTINGS.items():
        was, now = getattr(ours, name), getattr(theirs, name)
        if isinstance(was, tuple) and sorted(was) == sorted(now):
            continue
        if was != now:
            never_decides = name == "round" and ours.decided_on == theirs.decided_on == "exact"
            says = f"{words} changed from {say_setting(was)} to {say_setting(now)}"
            both.add("reports" if never_decides else "decides", "changed", path, says, ours, theirs)


def _compare_every_band(
    both: Comparison,
    path: str,
    ours: BandedRule,
    theirs: BandedRule,
    values: Sequence[Fraction] | None,
    said: Callable[[Fraction], str] = say_number,
    scale: str = RATINGS,
) -> None:
    """Compare the bands of two rules, or those that a fact chooses, row by row."""
    facts = [choosing_fact(rule) for rule in (ours, theirs)]
    if facts[0] != facts[1]:
        was, now = (say_choice(rule, side) for rule, side in ((ours, both.old), (theirs, both.new)))
        says = (*now, "the bands are the same for everybody")[0]
        both.add("decides", "changed", f"{path}.bands_by", says, ours, theirs, [f"was: {each}" for each in was])
        return
    rows = [rules_by_value(rule) for rule in (ours, theirs)]
    for value, before, after in pairs(*rows):
        where = f"{path}.bands_by.{facts[0]}.{value}" if value else path
        if before is None or after is None:
            kind: Kind = "added" if before is None else "removed"
            ours_chosen, theirs_chosen = (rule and rule.chosen for rule in (before, after))
            both.add("decides", kind, where, f"the bands for {value} were {kind}", ours_chosen, theirs_chosen)
        else:
            _compare_bands(both, where, before.bands, after.bands, values, said, scale)


def _compare_bands(
    both: Comparison,
    path: str,
    ours: tuple[Band, ...],
    theirs: tuple[Band, ...],
    values: Sequence[Fraction] | None,
    said: Callable[[Fraction], str] = say_number,
    scale: str = RATINGS,
) -> None:
    """Compare two scales by what they give to the values that are placed on them, ascending (``None``: any share)."""
    was, now = _limits(ours, values), _limits(theirs, values)
    if [limit[:2] for limit in was] == [limit[:2] for limit in now]:
        if ours != theirs:
            says = "the bands are written differently and give the same ratings"
            both.add("words", "rewritten", path, says, ours[0], theirs[0])
        return
    old_limits, new_limits = ({rating: limit for rating, *limit in limits} for limits in (was, now))
    if len(old_limits) < len(was) or len(new_limits) < len(now):  # a rating with two bands apart
        details = tuple(
            f"{word}: "
            + say_list([f"{_label(both, rating, scale)} {_say_from(limit, said)}" for rating, _, limit in limits])
            for word, limits in (("was", was), ("now", now))
        )
        both.add("decides", "changed", path, "the bands changed", ours[0], theirs[0], details)
        return
    old_bands, new_bands = ({band.rating: band for band in bands} for bands in (ours, theirs))
    old_words: Mapping[str, tuple[object, str, str]]
    new_words: Mapping[str, tuple[object, str, str]]
    if all(any(band.is_upper for band in bands) for bands in (ours, theirs)):  # said by the bounds that people wrote
        old_words, new_words = (
            {rating: (band.bounds, say_bound(band, said), say_bound(band, said)) for rating, band in bands.items()}
            for bands in (old_bands, new_bands)
        )
    else:
        old_words, new_words = (
            {rating: (reached, say_limit(at, said), _say_from(at, said)) for rating, (reached, at) in limits.items()}
            for limits in (old_limits, new_limits)
        )
    for rating in dict.fromkeys([*old_words, *new_words]):
        before, after = old_words.get(rating), new_words.get(rating)
        if before is not None and after is not None and before[0] == after[0]:
            continue
        band, label = f"{path}.{rating}", _label(both, rating, scale)
        kind: Kind = "changed"
        if before is None and after is not None:
            kind, says = "added", f"there is now a band for {label}, {after[2]}"
        elif before is not None and after is None:
            kind, says = "removed", f"the band for {label}, {before[2]}, was removed"
        elif before is not None and after is not None:
            says = f"the limit for {label} moved from {before[1]} to {after[1]}"
        both.add("decides", kind, band, says, old_bands.get(rating), new_bands.get(rating))


def _say_from(limit: Limit, said: Callable[[Fraction], str]) -> str:
    return say_limit(limit, said) if limit[1] else f"from {say_limit(limit, said)}"


def _limits(bands: tuple[Band, ...], values: Sequence[Fraction] | None) -> list[tuple[str, Limit, Limit]]:
    """Return a scale by what it gives: each rating with the lowest value that is given it, and the limit as written.

    From the highest down. What no value reaches is left out, and nothing is said twice.
    """
    limits: list[tuple[str, Limit, Limit]] = []
    for each in ranges_of(bands):
        reached = [each.limit] if each.limit <= (Fraction(100), False) else []
        if values is not None:
            reached = [(value, False) for value in values if each.is_reached_by(value)]
        if not reached or (limits and limits[-1][1] == reached[0]):
            continue  # no value lies at or above this limit and below the one before
        if limits and limits[-1][0] == each.rating:
            limits.pop()
        limits.append((each.rating, reached[0], each.limit))
    return limits


_REPORTED: Mapping[str, str] = {
    "within_points": "the distance from a limit that is flagged, in points,",
    "one_case_would_change_it": "the flag where one case would change the rating",
    "one_standard_would_change_it": "the flag where one standard would change the rating of a sum",
    "cases_fewer_than": "the number of cases below which is flagged",
    "smallest_count": "the smallest count that is published",
    "smallest_group": "the smallest group that is compared",
}
"""Settings of the panel and of disclosure, as a sentence calls them."""


def compare_reported(both: Comparison, path: str, ours: Panel | Disclosure, theirs: Panel | Disclosure) -> None:
    """Note the settings that differ; they decide no rating, but for how far a panel may move one."""
    for attribute in fields(type(ours)):
        was, now = getattr(ours, attribute.name), getattr(theirs, attribute.name)
        if isinstance(was, MayMove) and isinstance(now, MayMove):
            _compare_may_move(both, f"{path}.{attribute.name}", was, now)
        elif attribute.eq and was != now:
            says = f"{_REPORTED[attribute.name]} changed from {say_setting(was)} to {say_setting(now)}"
            both.add("reports", "changed", f"{path}.{attribute.name}", says, ours, theirs)


def _compare_may_move(both: Comparison, path: str, ours: MayMove, theirs: MayMove) -> None:
    """Note how far a panel may move ratings: what it decided is applied or not by it."""
    for level in ("standards", "domains", "overall"):
        was, now = getattr(ours, level), getattr(theirs, level)
        if was != now:
            what = "the overall rating" if level == "overall" else f"the rating of {level}"
            says = f"a panel may now move {what} by {say_count(now, 'step')}, before by {say_count(was, 'step')}"
            both.add("decides", "changed", f"{path}.{level}", says, ours, theirs)
