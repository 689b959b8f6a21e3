"""Ratings worked out from what the guide says, in plain Python that shares nothing with the library but its data.

A rating here is the id of a step, ``NOT_RATED`` (it has none, and nothing below it is rated or open), or ``UNKNOWN``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from attrs import evolve

from ctm_rules import Counts, Framework
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    Not,
    PromptIsYes,
    RatedAs,
)
from ctm_rules.model.framework import (
    Domain,
    DomainRating,
    KeyQuestion,
    KeyQuestionBands,
    PointsInBands,
    Prompt,
    Rating,
    Standard,
)
from ctm_rules.model.rating_rules import FirstThatHolds, Members, RatingRule, RatingStep, SumInBands, TakeRating

NOT_RATED = "(not rated)"
UNKNOWN = "(unknown)"
WITHOUT = (NOT_RATED, UNKNOWN)
NOTHING: Mapping[str, object] = {}


class Element(NamedTuple):
    """What lies below something that is rated: of which level, how it is called, its rating, its scale."""

    level: str
    name: str
    rating: str
    steps: Sequence[Rating]
    counts: bool = True


class Rated(NamedTuple):
    """Every rating of a framework by what it is given to."""

    questions: Mapping[str, str]
    standards: Mapping[str, str | None]
    domains: Mapping[str, str | None]
    overall: str | None


def steps_of(framework: Framework, scale: str) -> Sequence[Rating]:
    """Return the steps of a scale, best first."""
    return framework.ratings if scale == "ratings" else framework.scales[scale]


def rounded(value: Fraction, to: Fraction, way: str) -> Fraction:
    """Return a value rounded to a multiple of a number, by whole numbers alone."""
    top, bottom = (value / to).numerator, (value / to).denominator
    down, left = top // bottom, top % bottom
    if way == "up":
        return to * (down + (left > 0))
    if way == "down":
        return to * down
    if 2 * left == bottom:
        return to * (down + 1 if way == "half_up" else down + down % 2)
    return to * (down + (2 * left > bottom))


def placed(bands: Sequence[Band], value: Fraction) -> str:
    """Return the rating of the first band whose bound a value meets."""
    for band in bands:
        if band.lowest is not None:
            meets = value >= band.lowest
        elif band.above is not None:
            meets = value > band.above
        elif band.up_to is not None:
            meets = value <= band.up_to
        else:
            meets = band.below is None or value < band.below
        if meets:
            return band.rating
    raise AssertionError(value)


# --- Conditions ----------------------------------------------------------------------------------------


def among(of: Members, below: Sequence[Element]) -> list[Element]:
    """Return those whose ratings are looked at: all that count of a level, or those that are named."""
    if isinstance(of, str):
        return [each for each in below if each.level == of and each.counts]
    return [each for each in below if each.name in of]


def passes(element: Element, comparison: str, bound: str, not_rated: str) -> bool | None:
    """Return whether an element's rating compares so (``None``: nobody knows)."""
    if element.rating in WITHOUT:
        return False if element.rating == NOT_RATED and not_rated == "leave_out" else None
    names = [step.id for step in element.steps]
    found, wanted = names.index(element.rating), names.index(bound)
    return found == wanted if comparison == "rated" else found <= wanted if "better" in comparison else found >= wanted


def enough(count: int, found: Sequence[bool | None]) -> bool | None:
    """Return whether so many are true."""
    if found.count(True) >= count:
        return True
    return None if found.count(True) + found.count(None) >= count else False


def holds(condition: Condition, below: Sequence[Element], not_rated: str) -> bool | None:
    """Return whether a condition about ratings holds (``None``: nobody knows)."""
    if isinstance(condition, RatedAs):
        (element,) = (each for each in below if (each.level, each.name) == (f"{condition.level}s", condition.element))
        return passes(element, condition.comparison, condition.rating, not_rated)
    if isinstance(condition, CountRated):
        members = among(condition.of, below)
        return enough(
            condition.count, [passes(each, condition.comparison, condition.rating, not_rated) for each in members]
        )
    if isinstance(condition, Not):
        known = holds(condition.clause, below, not_rated)
        return None if known is None else not known
    assert isinstance(condition, AllOf | AnyOf | AtLeast | AtLeastPercent)
    found = [holds(clause, below, not_rated) for clause in condition.of]
    if isinstance(condition, AtLeastPercent):  # nothing drops out, so that it is a count
        return enough(next(n for n in range(1, len(found) + 1) if 100 * n >= condition.percent * len(found)), found)
    wanted = len(found) if isinstance(condition, AllOf) else 1 if isinstance(condition, AnyOf) else condition.count
    return enough(wanted, found)


# --- What the provider is asked --------------------------------------------------------------------------

DROPPED = "dropped"
"""A clause of which nothing applies."""

Found = bool | str | None
"""Whether a clause over prompts is met: ``True``, ``False``, ``None`` (nobody knows), or ``DROPPED``."""


def met(condition: Condition, answers: Mapping[str, str]) -> Found:
    """Return whether a clause over prompts is met by the answers to them."""
    if isinstance(condition, PromptIsYes):
        answer = answers.get(condition.prompt)
        return {"yes": True, "no": False, "na": DROPPED, None: None}[answer]
    if isinstance(condition, Not):
        below = met(condition.clause, answers)
        return below if below in (None, DROPPED) else not below
    assert isinstance(condition, AllOf | AnyOf | AtLeast | AtLeastPercent)
    found = [known for each in condition.of if (known := met(each, answers)) != DROPPED]
    if not found:
        return DROPPED
    true, maybe = found.count(True), found.count(None)
    if isinstance(condition, AllOf):
        return False if False in found else None if maybe else True
    if isinstance(condition, AtLeastPercent):
        enough_of = [100 * number >= condition.percent * len(found) for number in (true, true + maybe)]
        return True if enough_of[0] else None if enough_of[1] else False
    count = 1 if isinstance(condition, AnyOf) else condition.count
    if true >= count or true == len(found):
        return True
    # Fewer apply than are asked for: then all that apply are.
    return False if False in found and true + maybe < count else None


def asked_once(rule: FirstThatHolds, answers: Mapping[str, str], steps: Sequence[Rating]) -> str:
    """Return the rating that the prompts of a key question give."""
    lines = [met(line.when, answers) for line in rule.first_that_holds if line.when is not None]
    if lines and all(line == DROPPED for line in lines):
        return NOT_RATED
    possible = set()
    for line in rule.first_that_holds:
        known = True if line.when is None else met(line.when, answers)
        if known in (True, None):
            possible.add(line.rating)
        if known is True:
            break
    for step in rule.then:
        known = True if step.when is None else met(step.when, answers)
        if known in (True, None):
            possible = {moved(rating, step, steps) for rating in possible} | (set() if known else possible)
    return possible.pop() if len(possible) == 1 else UNKNOWN


# --- Rules ---------------------------------------------------------------------------------------------


def moved(rating: str, step: RatingStep, steps: Sequence[Rating]) -> str:
    """Return what a step makes of a rating."""
    names = [each.id for each in steps]
    place = names.index(rating)
    if step.better_by:
        place = max(0, place - step.better_by)
    if step.worse_by:
        place = min(len(names) - 1, place + step.worse_by)
    if step.no_better_than is not None and place < names.index(step.no_better_than):
        return step.no_better_than
    if step.no_worse_than is not None and place > names.index(step.no_worse_than):
        return step.no_worse_than
    return names[place]


def looked_at(rule: RatingRule, below: Sequence[Element]) -> Sequence[Element]:
    """Return those that a rule hangs on."""
    return below if isinstance(rule, FirstThatHolds) else among(rule.of, below)


def every_band(
    rule: KeyQuestionBands | PointsInBands | SumInBands, facts: Mapping[str, object]
) -> list[Sequence[Band]]:
    """Return the bands of a rule; where a fact chooses them and is not known, those for each of its values."""
    for fact, rows in rule.bands_by.items():
        return [rows[str(facts[fact])]] if fact in facts else [*rows.values()]
    return [rule.bands]


def first_ratings(
    rule: RatingRule, below: Sequence[Element], steps: Sequence[Rating], facts: Mapping[str, object]
) -> Iterator[str]:
    """Yield each rating that a rule may give before its steps (nothing: it gives none)."""
    if isinstance(rule, FirstThatHolds):
        for line in rule.first_that_holds:
            known = True if line.when is None else holds(line.when, below, rule.not_rated)
            if known is not False:
                yield line.rating
            if known:
                return
    members = among(rule.of, below) if not isinstance(rule, FirstThatHolds) else []
    rated = [each for each in members if each.rating not in WITHOUT]
    left_out = [each for each in members if each.rating == NOT_RATED and rule.not_rated == "leave_out"]
    if not rated or len(rated) + len(left_out) < len(members):
        return
    if isinstance(rule, TakeRating):
        names = [step.id for step in steps if step.id in [each.rating for each in rated]]
        yield names[-1] if rule.take == "lowest" else names[0]
    elif isinstance(rule, SumInBands):
        yield from (placed(bands, value_of(rule, rated)) for bands in every_band(rule, facts))


def value_of(rule: SumInBands, rated: Sequence[Element]) -> Fraction:
    """Return what is placed in the bands: a sum, a mean, or a per cent of the highest sum."""
    total = weights = highest = 0
    for element in rated:
        weight = rule.weights.get(element.name, 1)
        scores = {step.id: step.score or 0 for step in element.steps}
        total += weight * scores[element.rating]
        highest += weight * max(scores.values())
        weights += weight
    if not rule.mean_of and not rule.percent_of:
        return Fraction(total)
    value = Fraction(total, weights) if rule.mean_of else Fraction(100 * total, highest) if highest else Fraction(0)
    return rounded(value, rule.to, rule.round) if rule.decided_on == "rounded" else value


def ruled(
    rule: RatingRule, below: Sequence[Element], steps: Sequence[Rating], facts: Mapping[str, object] = NOTHING
) -> str:
    """Return the rating that a rule gives."""
    members = looked_at(rule, below)
    if all(each.rating == NOT_RATED for each in members):
        return NOT_RATED  # nothing is there that a rating could be made of
    possible = {*first_ratings(rule, below, steps, facts)}
    for step in rule.then:
        known = True if step.when is None else holds(step.when, below, rule.not_rated)
        if known is not False:
            possible = {moved(rating, step, steps) for rating in possible} | (set() if known else possible)
    return possible.pop() if len(possible) == 1 else UNKNOWN


# --- Points --------------------------------------------------------------------------------------------


Answered = Mapping[str, str]
"""The answers of a case to prompts, in words; one that is missing was not given."""


class Number(NamedTuple):
    """The number of a case, and the highest that it could have been."""

    reached: Fraction
    highest: Fraction


def scores_of(framework: Framework, prompt: Prompt) -> dict[str, int]:
    """Return what each answer to a prompt scores, by its word; na scores nothing."""
    if prompt.answers is None:
        return {"yes": 1, "no": 0}
    return {step.id: step.score or 0 for step in steps_of(framework, prompt.answers)}


def number_of(framework: Framework, question: KeyQuestion, answers: Mapping[str, str]) -> Number | str:
    """Return the number of a case by its answers to prompts that all apply; or what it comes to without one."""
    left = [prompt for prompt in question.prompts if answers.get(prompt.id) != "na"]
    if not left:
        return "not_applicable"
    if any(prompt.id not in answers for prompt in left):
        return "undetermined"
    reached = highest = weights = 0
    for prompt in left:
        scores = scores_of(framework, prompt)
        reached += prompt.weight * scores[answers[prompt.id]]
        highest += prompt.weight * max(scores.values())
        weights += prompt.weight
    assert question.points is not None
    if question.points.mean_of:
        return Number(Fraction(reached, weights), Fraction(highest, weights))
    if question.points.percent_of:
        return Number(Fraction(100 * reached, highest), Fraction(100))
    return Number(Fraction(reached), Fraction(highest))


def counts_of(framework: Framework, question: KeyQuestion, cases: Sequence[Answered]) -> Counts:
    """Return what cases come to by their answers to a key question that has points, or whose rule is its prompt."""
    if question.points is None:
        (prompt,) = question.prompts
        words = [case.get(prompt.id) for case in cases]
        return Counts(words.count("yes"), words.count("no"), words.count("na"), words.count(None))
    found = [number_of(framework, question, case) for case in cases]
    numbers = [number for number in found if isinstance(number, Number)]
    return Counts(
        not_applicable=found.count("not_applicable"),
        undetermined=found.count("undetermined"),
        scored=len(numbers),
        points=sum((number.reached for number in numbers), Fraction(0)),
        reachable=sum((number.highest for number in numbers), Fraction(0)),
    )


def value_of_points(rule: PointsInBands, numbers: Sequence[Number]) -> Fraction:
    """Return what the numbers of cases come to, as it is placed in the bands."""
    value, highest = (sum((number[place] for number in numbers), Fraction(0)) for place in (0, 1))
    if rule.mean_of:
        value /= len(numbers)
    if rule.percent_of:
        value *= 100 / highest
    return rounded(value, rule.to, rule.round) if rule.decided_on == "rounded" else value


def question_with_points(rule: PointsInBands, found: Sequence[Number | str], facts: Mapping[str, object]) -> str:
    """Return the rating that the numbers of cases give, or why some have none."""
    numbers = [number for number in found if isinstance(number, Number)]
    if "undetermined" in found and rule.undetermined == "refuse":
        return UNKNOWN
    if len(numbers) < max(rule.minimum_cases, 1):
        return UNKNOWN if "undetermined" in found else NOT_RATED
    possible = {placed(bands, value_of_points(rule, numbers)) for bands in every_band(rule, facts)}
    return possible.pop() if len(possible) == 1 else UNKNOWN


# --- A framework ---------------------------------------------------------------------------------------


def question(bands: KeyQuestionBands, counts: Counts, facts: Mapping[str, object]) -> str:
    """Return the rating that the counts of a key question give."""
    if counts.undetermined and bands.undetermined == "refuse":
        return UNKNOWN
    counted = sum(getattr(counts, outcome) for outcome in bands.among)
    if counted < max(bands.minimum_cases, 1):
        # Too few is settled, unless a case may still come to be counted.
        return UNKNOWN if counts.undetermined else NOT_RATED
    percent = Fraction(100 * getattr(counts, bands.share_of), counted)
    value = percent if bands.decided_on == "exact" else rounded(percent, Fraction(1), bands.round)
    possible = {placed(each, value) for each in every_band(bands, facts)}
    return possible.pop() if len(possible) == 1 else UNKNOWN


def rated_by_hand(
    framework: Framework,
    asked: Mapping[str, Sequence[Answered]],
    judged: Mapping[str, str],
    answers: Mapping[str, str],
    facts: Mapping[str, object] = NOTHING,
) -> Rated:
    """Return every rating that cases, judgements and answers give; ``None`` stands where nothing is rated.

    Args:
        framework: the standards.
        asked: what cases were answered, by the address of the key question.
        judged: what people rated.
        answers: what was answered once, of the provider, in words.
        facts: what is known of it.
    """
    questions: dict[str, str] = {}
    scales: dict[str, Sequence[Rating]] = {}
    for standard in framework.standards:
        for each in standard.key_questions:
            path, rule = f"{standard.slug}.{each.id}", each.rating or framework.key_question_bands
            steps = steps_of(framework, each.scale)
            own = {
                prompt.id: answers[f"{path}.{prompt.id}"] for prompt in each.prompts if f"{path}.{prompt.id}" in answers
            }
            if each.rated_by == "judgement":
                given = judged.get(path, UNKNOWN)
                questions[path] = NOT_RATED if given == "not_rated" else given
            elif isinstance(rule, FirstThatHolds):
                questions[path] = asked_once(rule, own, steps)
            elif isinstance(rule, PointsInBands) and (rule.bands or rule.bands_by):
                if each.asked_of == "provider":
                    rule = evolve(rule, minimum_cases=1, undetermined="refuse")
                cases = [own] if each.asked_of == "provider" else asked.get(path, [])
                questions[path] = question_with_points(
                    rule, [number_of(framework, each, case) for case in cases], facts
                )
            elif isinstance(rule, KeyQuestionBands) and (rule.bands or rule.bands_by):
                counted = counts_of(framework, each, asked.get(path, []))
                if each.asked_of == "provider":
                    assert each.yes_when is not None
                    outcome = {True: "yes", False: "no", None: "undetermined", DROPPED: "not_applicable"}
                    counted = Counts(**{outcome[met(each.yes_when, own)]: 1})
                    # It is asked once: neither too few were asked nor is one left out that is not known.
                    rule = evolve(rule, minimum_cases=1, undetermined="refuse")
                questions[path] = question(rule, counted, facts)
            else:
                continue
            scales[path] = steps

    def by_cases(standard: Standard) -> str | None:
        below = [
            Element("key_questions", path, rating, scales[path])
            for path, rating in questions.items()
            if path.startswith(f"{standard.slug}.")
        ]
        if not below:
            return None
        return ruled(standard.rating or framework.standard_rating, below, steps_of(framework, standard.scale), facts)

    standards: dict[str, str | None] = {}
    for standard in framework.standards:
        if standard.rated_by == "judgement":
            given = judged.get(standard.slug, UNKNOWN)
            standards[standard.slug] = NOT_RATED if given == "not_rated" else given
        else:
            standards[standard.slug] = by_cases(standard)
    lying = {
        standard.slug: Element(
            "standards", standard.slug, rating, steps_of(framework, standard.scale), standard.in_total
        )
        for standard in framework.standards
        if (rating := standards[standard.slug]) is not None
    }

    def by_domain(domain: Domain) -> str | None:
        rule = domain.rating or framework.domain_rating
        if isinstance(rule, DomainRating):
            rule = SumInBands(rule.bands_of[domain.id])
        if rule is None:
            return None
        below = [lying[slug] for slug in domain.standards if slug in lying]
        return ruled(rule, below, steps_of(framework, domain.scale), facts)

    domains = {domain.id: by_domain(domain) for domain in framework.domains}
    overall = None
    if framework.overall is not None:
        between = [
            Element("domains", domain.id, rating, steps_of(framework, domain.scale))
            for domain in framework.domains
            if (rating := domains[domain.id]) is not None
        ]
        overall = ruled(framework.overall, [*lying.values(), *between], framework.ratings, facts)
    return Rated(questions, standards, domains, overall)
