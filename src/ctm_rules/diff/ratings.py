"""Ratings, the scales that they come from, and when they are flagged: what differs between two frameworks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import fields

from ctm_rules.diff.changes import Kind, Weight
from ctm_rules.diff.comparison import Comparison, if_there, pairs, say_setting
from ctm_rules.model.framework import Band, Disclosure, DomainRating, Framework, KeyQuestionBands, OverallRating, Panel
from ctm_rules.phrases import say_list, say_number
from ctm_rules.rating.overall import possible_sums
from ctm_rules.rating.shares import say_percent


def compare_ratings(both: Comparison) -> None:
    """Note the ratings that differ, and another order of them."""
    old, new = both.old.ratings_by_id, both.new.ratings_by_id
    given = _given(both.old) | _given(both.new)
    are_summed = any(side.overall or side.domain_rating for side in (both.old, both.new))
    of_score: Weight = "decides" if are_summed else "reports"
    for name, was, now in pairs(old, new):
        weight: Weight = "decides" if name in given else "reports"
        one_rating = if_there(name, was), if_there(name, now)
        for path, ours, theirs in both.shared(weight, "ratings.", "the rating", *one_rating):
            both.compare_words(path, ours, theirs, ("label",))
            if ours.score != theirs.score:
                says = f"the score of {theirs.label} changed from {ours.score} to {theirs.score}"
                both.add(of_score, "changed", path, says, ours, theirs)
    # Which of two ratings is the lowest is said by their order alone.
    both.compare_order("decides", "ratings", "ratings", old, new)


def _given(framework: Framework) -> set[str]:
    """Return the ids of the ratings that something can be given."""
    if any(standard.rated_by == "judgement" for standard in framework.standards):
        return set(framework.ratings_by_id)
    scales = [framework.key_question_bands.bands] if framework.key_question_bands else []
    scales += [framework.overall.bands] if framework.overall else []
    scales += framework.domain_rating.bands_of.values() if framework.domain_rating else []
    return {band.rating for bands in scales for band in bands}


def _label(both: Comparison, rating: str) -> str:
    declared = both.new.ratings_by_id.get(rating) or both.old.ratings_by_id[rating]
    return declared.label


def compare_scales(both: Comparison) -> None:
    """Note the scales that differ: of key questions, of domains and of the whole."""
    compare_scale_of_questions(both)
    old, new = both.old, both.new
    overall = (if_there("overall", side.overall) for side in (old, new))
    for path, was, now in both.shared("decides", "", "the overall rating", *overall):
        sums = old.score_out_of(), new.score_out_of()
        _compare_sums(both, path, was, now, sums, (was.out_of, now.out_of))
        values = [*possible_sums(old, old.standards), *possible_sums(new, new.standards)]
        _compare_bands(both, path, was.bands, now.bands, sorted(values))
    domain_ratings = (if_there("domain_rating", side.domain_rating) for side in (old, new))
    for path, before, after in both.shared("decides", "", "the rating of domains", *domain_ratings):
        domains = [{domain.id: side.standards_of(domain) for domain in side.domains} for side in (old, new)]
        for name in [name for name in before.bands_of if name in after.bands_of]:
            sums = old.score_out_of(domains[0][name]), new.score_out_of(domains[1][name])
            made_for = before.out_of.get(name), after.out_of.get(name)
            _compare_sums(both, f"{path}.bands_of.{name}", before, after, sums, made_for)
            values = [*possible_sums(old, domains[0][name]), *possible_sums(new, domains[1][name])]
            bands = before.bands_of[name], after.bands_of[name]
            _compare_bands(both, f"{path}.bands_of.{name}", *bands, sorted(values))


def compare_scale_of_questions(both: Comparison) -> None:
    """Note what differs in how a standard rated by cases gets its rating."""
    old, new = both.old, both.new
    ours, theirs = (if_there("key_question_bands", side.key_question_bands) for side in (old, new))
    for path, mine, yours in both.shared("decides", "", "the rating of key questions", ours, theirs):
        _compare_settings(both, path, mine, yours)
        is_whole = mine.decided_on == yours.decided_on == "rounded"
        _compare_bands(both, path, mine.bands, yours.bands, range(101) if is_whole else None, say_percent)
    rules = old.standard_rating.not_rated, new.standard_rating.not_rated
    if rules[0] != rules[1]:
        says = "what a key question without a counted case does to a rating changed from "
        says += " to ".join(map(say_setting, rules))
        both.add("decides", "changed", "standard_rating", says, old.standard_rating, new.standard_rating)


def _compare_sums(
    both: Comparison,
    path: str,
    ours: OverallRating | DomainRating,
    theirs: OverallRating | DomainRating,
    sums: tuple[int, int],
    made_for: tuple[int | None, int | None],
) -> None:
    """Note that scores add up to another sum than before: the same limits then ask for more, or for less."""
    was, now = sums
    if was != now:
        bands = made_for[1] or was
        details = (f"its bands were made for sums out of {bands}",) if bands != now else ()
        both.add("decides", "changed", path, f"the sum is out of {now}; it was out of {was}", ours, theirs, details)
    elif made_for[0] != made_for[1]:
        says = f"out_of changed from {say_setting(made_for[0])} to {say_setting(made_for[1])}"
        both.add("words", "changed", path, says, ours, theirs)


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
