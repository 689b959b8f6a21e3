"""Ratings, the scales that they come from, and when they are flagged: what differs between two frameworks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, fields

from ctm_rules.diff.changes import Kind, Weight
from ctm_rules.diff.comparison import Comparison, if_there, pairs, say_setting
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import Disclosure, Domain, DomainRating, Framework, KeyQuestionBands, Panel
from ctm_rules.model.rating_rules import Band, FirstThatHolds, RatingRule, SumInBands, TakeRating, bands_of_rule
from ctm_rules.model.rules_in_words import say_rating_rule
from ctm_rules.phrases import say_list, say_number
from ctm_rules.rating.overall import possible_sums
from ctm_rules.rating.shares import say_percent


def compare_ratings(both: Comparison) -> None:
    """Note the ratings that differ, and another order of them."""
    old, new = both.old.ratings_by_id, both.new.ratings_by_id
    given = _given(both.old) | _given(both.new)
    are_summed = any(isinstance(rule, SumInBands) for side in (both.old, both.new) for rule in _rules(side))
    of_score: Weight = "decides" if are_summed else "reports"
    for name, was, now in pairs(old, new):
        weight: Weight = "decides" if name in given else "reports"
        one_rating = if_there(name, was), if_there(name, now)
        for path, ours, theirs in both.shared(weight, "ratings.", "the rating", *one_rating):
            both.compare_words(path, ours, theirs, ("label",))
            if ours.score != theirs.score:
                scores = " to ".join(map(say_setting, (ours.score, theirs.score)))
                says = f"the score of {theirs.label} changed from {scores}"
                both.add(of_score, "changed", path, says, ours, theirs)
    # Which of two ratings is the lowest is said by their order alone.
    both.compare_order("decides", "ratings", "ratings", old, new)


def _given(framework: Framework) -> set[str]:
    """Return the ids of the ratings that something can be given."""
    if any(standard.rated_by == "judgement" for standard in framework.standards):
        return set(framework.ratings_by_id)
    scales = [framework.key_question_bands.bands] if framework.key_question_bands else []
    scales += [bands_of_rule(rule) for rule in _rules(framework)]
    if any(rule.then or isinstance(rule, FirstThatHolds) for rule in _rules(framework)):
        return set(framework.ratings_by_id)
    return {band.rating for bands in scales for band in bands}


def _rules(framework: Framework) -> list[RatingRule]:
    """Return every rating rule that is in use."""
    rules = [framework.overall, *(framework.rule_of_domain(domain) for domain in framework.domains)]
    rules += [framework.rule_of_standard(each) for each in framework.standards if each.rated_by == "cases"]
    return [rule for rule in rules if rule is not None]


def _label(both: Comparison, rating: str) -> str:
    declared = both.new.ratings_by_id.get(rating) or both.old.ratings_by_id[rating]
    return declared.label


def compare_scales(both: Comparison) -> None:
    """Note the scales that differ: of key questions, of domains and of the whole."""
    compare_scale_of_questions(both)
    old, new = both.old, both.new
    if old.overall is None or new.overall is None:
        _compare_whole(both, "overall", "the overall rating", old.overall, new.overall)
    else:
        members = [[standard.slug for standard in side.standards] for side in (old, new)]
        _compare_rule(both, "overall", "the overall rating", old.overall, new.overall, members)
    ours, theirs = old.domain_rating, new.domain_rating
    if isinstance(ours, DomainRating) and isinstance(theirs, DomainRating):
        for name in [name for name in ours.bands_of if name in theirs.bands_of]:
            rules = [
                SumInBands(each.bands_of[name], out_of=each.out_of.get(name), at=each.at) for each in (ours, theirs)
            ]
            members = [_standards_of(side, name) for side in (old, new)]
            _compare_sums(both, f"domain_rating.bands_of.{name}", rules[0], rules[1], members)
    elif isinstance(ours, TakeRating | FirstThatHolds) and isinstance(theirs, TakeRating | FirstThatHolds):
        _compare_rule(both, "domain_rating", "the rating of domains", ours, theirs, [])
    else:
        _compare_whole(both, "domain_rating", "the rating of domains", ours, theirs)
    for name in [domain.id for domain in old.domains if _domain(new, domain.id) is not None]:
        was, now = (_domain(side, name) for side in (old, new))
        assert was is not None
        assert now is not None
        if was.rating is not None and now.rating is not None:
            members = [[*was.standards], [*now.standards]]
            _compare_rule(both, f"domains.{name}.rating", f"the rating of {now.title}", was.rating, now.rating, members)
        else:
            _compare_whole(both, f"domains.{name}.rating", f"a rating rule of {now.title}", was.rating, now.rating)


def _domain(framework: Framework, name: str) -> Domain | None:
    return next((domain for domain in framework.domains if domain.id == name), None)


def _standards_of(framework: Framework, domain: str) -> list[str]:
    found = _domain(framework, domain)
    return [] if found is None else [*found.standards]


def compare_scale_of_questions(both: Comparison) -> None:
    """Note what differs in how a standard rated by cases gets its rating."""
    old, new = both.old, both.new
    ours, theirs = (if_there("key_question_bands", side.key_question_bands) for side in (old, new))
    for path, mine, yours in both.shared("decides", "", "the rating of key questions", ours, theirs):
        _compare_settings(both, path, mine, yours)
        is_whole = mine.decided_on == yours.decided_on == "rounded"
        _compare_bands(both, path, mine.bands, yours.bands, range(101) if is_whole else None, say_percent)
    _compare_rule(both, "standard_rating", "the rating of standards", old.standard_rating, new.standard_rating, [])
    for slug in [slug for slug in old.standards_by_slug if slug in new.standards_by_slug]:
        was, now = (side.standards_by_slug[slug] for side in (old, new))
        path = f"{slug}.rating"
        if was.rating is not None and now.rating is not None:
            _compare_rule(both, path, f"the rating of {now.title}", was.rating, now.rating, [])
        else:
            _compare_whole(both, path, f"a rating rule of {now.title}", was.rating, now.rating)


def _compare_whole(both: Comparison, path: str, what: str, ours: Placed | None, theirs: Placed | None) -> None:
    """Note that something is rated on one side alone, or in another form."""
    if ours is None or theirs is None:
        if ours is not theirs:
            kind: Kind = "added" if ours is None else "removed"
            both.add("decides", kind, path, f"{what} was {kind}", ours, theirs)
    elif ours != theirs:
        both.add("decides", "changed", path, f"{what} is made in another way", ours, theirs)


def _compare_rule(
    both: Comparison, path: str, what: str, ours: RatingRule, theirs: RatingRule, members: Sequence[Sequence[str]]
) -> None:
    """Note what differs between two rating rules: their bands one by one, all else by what it says.

    ``members`` are the standards below on either side, where scores of standards are added up.
    """
    if isinstance(ours, SumInBands) and isinstance(theirs, SumInBands):
        if members:
            _compare_sums(both, path, ours, theirs, members)
        else:
            _compare_bands(both, path, ours.bands, theirs.bands, None)
    if _beside_bands(ours) != _beside_bands(theirs):
        was, now = say_rating_rule(ours, both.old), say_rating_rule(theirs, both.new)
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
        return evolve(rule, bands=(), out_of=None, not_rated="refuse")
    return evolve(rule, not_rated="refuse")


def _compare_sums(
    both: Comparison, path: str, ours: SumInBands, theirs: SumInBands, members: Sequence[Sequence[str]]
) -> None:
    """Note that scores add up to another sum than before, and what the bands then give otherwise.

    The same limits ask for more of a higher sum, or for less of a lower one.
    """
    standards = [
        tuple(side.standards_by_slug[slug] for slug in slugs)
        for side, slugs in zip((both.old, both.new), members, strict=True)
    ]
    was, now = (side.score_out_of(each) for side, each in zip((both.old, both.new), standards, strict=True))
    if was != now:
        bands = theirs.out_of or was
        details = (f"its bands were made for sums out of {bands}",) if bands != now else ()
        both.add("decides", "changed", path, f"the sum is out of {now}; it was out of {was}", ours, theirs, details)
    elif ours.out_of != theirs.out_of:
        says = f"out_of changed from {say_setting(ours.out_of)} to {say_setting(theirs.out_of)}"
        both.add("words", "changed", path, says, ours, theirs)
    sides = zip((both.old, both.new), standards, strict=True)
    values = sorted(value for side, each in sides for value in possible_sums(side, each))
    _compare_bands(both, path, ours.bands, theirs.bands, values)


_SETTINGS: Mapping[str, str] = {
    "share_of": "the outcome whose share counts",
    "among": "the outcomes among which the share is taken",
    "round": "the way in which a share is rounded",
    "decided_on": "the share that decides",
    "undetermined": "what undetermined cases do to a rating",
}


def _compare_settings(both: Comparison, path: str, ours: KeyQuestionBands, theirs: KeyQuestionBands) -> None:
    for name, words in _SETTINGS.items():
        was, now = getattr(ours, name), getattr(theirs, name)
        if isinstance(was, tuple) and sorted(was) == sorted(now):
            continue
        if was != now:
            never_decides = name == "round" and ours.decided_on == theirs.decided_on == "exact"
            says = f"{words} changed from {say_setting(was)} to {say_setting(now)}"
            both.add("reports" if never_decides else "decides", "changed", path, says, ours, theirs)


def _compare_bands(
    both: Comparison,
    path: str,
    ours: tuple[Band, ...],
    theirs: tuple[Band, ...],
    values: Sequence[int] | None,
    said: Callable[[Fraction], str] = say_number,
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
            f"{word}: " + say_list([f"{_label(both, rating)} from {said(limit)}" for rating, _, limit in limits])
            for word, limits in (("was", was), ("now", now))
        )
        both.add("decides", "changed", path, "the bands changed", ours[0], theirs[0], details)
        return
    old_bands, new_bands = ({band.rating: band for band in bands} for bands in (ours, theirs))
    for rating in dict.fromkeys([*old_limits, *new_limits]):
        before, after = old_limits.get(rating), new_limits.get(rating)
        if before is not None and after is not None and before[0] == after[0]:
            continue
        band, label = f"{path}.{rating}", _label(both, rating)
        kind: Kind = "changed"
        if before is None and after is not None:
            kind, says = "added", f"there is now a band for {label}, from {said(after[1])}"
        elif before is not None and after is None:
            kind, says = "removed", f"the band for {label}, from {said(before[1])}, was removed"
        elif before is not None and after is not None:
            says = f"the limit for {label} moved from {said(before[1])} to {said(after[1])}"
        both.add("decides", kind, band, says, old_bands.get(rating), new_bands.get(rating))


def _limits(bands: tuple[Band, ...], values: Sequence[int] | None) -> list[tuple[str, Fraction, Fraction]]:
    """Return a scale by what it gives: each rating with the lowest value that is given it, and the limit as written.

    From the highest down. What no value reaches is left out, and nothing is said twice.
    """
    limits: list[tuple[str, Fraction, Fraction]] = []
    for band in bands:
        reached = [band.lowest] if band.lowest <= 100 else []
        if values is not None:
            reached = [Fraction(value) for value in values if value >= band.lowest]
        if not reached or (limits and limits[-1][1] == reached[0]):
            continue  # no value lies at or above this limit and below the one before
        if limits and limits[-1][0] == band.rating:
            limits.pop()
        limits.append((band.rating, reached[0], band.lowest))
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
    """Note the settings that differ and decide no rating."""
    for attribute in fields(type(ours)):
        was, now = getattr(ours, attribute.name), getattr(theirs, attribute.name)
        if attribute.eq and was != now:
            says = f"{_REPORTED[attribute.name]} changed from {say_setting(was)} to {say_setting(now)}"
            both.add("reports", "changed", f"{path}.{attribute.name}", says, ours, theirs)
