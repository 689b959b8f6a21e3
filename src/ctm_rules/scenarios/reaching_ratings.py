"""Which counts and ratings reach a band, a panel flag or a line of a rating rule that no scenario reaches."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any as Anything
from typing import Literal

from attrs import evolve, frozen

from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.limits import CASES_OF_FINE_SHARES, MAX_TRIED_TO_REACH
from ctm_rules.model.framework import Framework
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.overall import ratings_possible
from ctm_rules.rating.results import RatingResult
from ctm_rules.scenarios.coverage import Coverage, Part
from ctm_rules.scenarios.resolving import GivenRatings
from ctm_rules.scenarios.running import rate_given

Expected = Literal["band", "panel", "standards", "domains", "domain_panels", "overall", "overall_panel"]
"""What a scenario about ratings expects, by the key that says it."""

_NOTHING: Mapping[str, Anything] = {
    "bands": (), "flags": (), "standards": (), "domains": (), "overall": False, "domain_flags": (),
    "overall_flags": False,
}  # fmt: skip
_OF: Mapping[Expected, str] = {
    "band": "bands",
    "panel": "flags",
    "standards": "standards",
    "domains": "domains",
    "domain_panels": "domain_flags",
    "overall": "overall",
    "overall_panel": "overall_flags",
}


_OF_LEVEL = re.compile(r"(standards?|domains?|overall)[ :]")


@frozen
class ReachingRatings:
    """Counts and ratings that reach a part, and what a scenario has to expect to count for it.

    Attributes:
        given: what ratings are made from, with nothing in it that it could do without.
        expected: what has to be expected.
        of: of which key question, standard or domain (empty: of the whole).
    """

    given: GivenRatings
    expected: Expected
    of: str

    @property
    def is_of_flags(self) -> bool:
        """Whether panel flags have to be expected, and no rating."""
        return self.expected in ("panel", "domain_panels", "overall_panel")


def ratings_that_reach(framework: Framework, part: Part) -> ReachingRatings | None:
    """Return counts and ratings that give a part a state that no scenario has given it.

    ``None``: the part is one of a rule about cases, or none of what was tried reaches it.
    """
    tried = Coverage(framework)
    same = (each for each in tried.parts if (each.kind, each.says, each.at) == (part.kind, part.says, part.at))
    target = next(same, None)
    if target is None or part.kind not in ("band", "line", "step", "panel"):
        return None
    wanted, engine = set(part.never), ReferenceEngine(framework)

    def sees(result: RatingResult, **counted: Anything) -> bool:
        target.seen.clear()
        tried.add_rating(result, **counted)
        return bool(target.seen & wanted)

    of_shares = part.kind == "panel" or _OF_LEVEL.match(part.says) is None
    for given in chain(_counts(framework) if of_shares else (), _ratings(framework)):
        result = rate_given(framework, given, engine)
        if not sees(result):
            continue
        for expected, of in _subjects(framework):
            counted = {**_NOTHING, _OF[expected]: (of,) if of else True}

            def reaches(less: GivenRatings, counted: Mapping[str, Anything] = counted) -> bool:
                return sees(rate_given(framework, less, engine), **counted)

            if reaches(given):
                return ReachingRatings(_shortened(given, reaches), expected, of)
    return None


def _subjects(framework: Framework) -> Iterator[tuple[Expected, str]]:
    for path in framework.every_question:
        yield "band", path
        yield "panel", path
    for standard in framework.standards:
        yield "standards", standard.slug
    for domain in framework.domains:
        yield "domains", domain.id
        yield "domain_panels", domain.id
    yield "overall", ""
    yield "overall_panel", ""


# --- What is tried ---------------------------------------------------------------------------------


def _ratings(framework: Framework) -> Iterator[GivenRatings]:
    """Yield ratings that rise step by step, and then draws of everything, always the same."""
    steps = {each.slug: [step.id for step in ratings_possible(framework, each)] for each in framework.standards}
    yield from _rising(framework, steps)
    dice = random.Random(0)
    values = values_to_try(framework)
    facts = {name: values[name] for name in framework.provider_facts_by_id}
    of_questions = {
        path: [step.id for step in framework.scale(framework.scale_of("key_questions", path))]
        for path in framework.every_question
    }
    for _ in range(MAX_TRIED_TO_REACH // 10):
        ratings = {slug: dice.choice(scale) for slug, scale in steps.items() if scale}
        for standard in framework.standards if dice.random() < 0.5 else ():
            paths = [f"{standard.slug}.{each.id}" for each in standard.key_questions]
            if paths and dice.random() < 0.5:
                del ratings[standard.slug]
                ratings |= {path: dice.choice(of_questions[path]) for path in paths if path in of_questions}
        provider = {name: dice.choice(known) for name, known in facts.items() if dice.random() < 0.8}
        yield GivenRatings({}, ratings, provider)


def _counts(framework: Framework) -> Iterator[GivenRatings]:
    """Yield counts of one key question of each kind: every share in whole per cent, few cases, and finer shares."""
    few = framework.panel.cases_fewer_than or 1
    paths = [path for placed in framework.placed_bands for path in placed.questions[:1]]
    for cases in (100, few - 1, CASES_OF_FINE_SHARES):
        for path in paths:
            for yes in range(cases + 1):
                yield GivenRatings({path: Counts(yes, cases - yes)}, {})


def _rising(framework: Framework, steps: Mapping[str, list[str]]) -> Iterator[GivenRatings]:
    """Yield ratings of every standard, from the worst of all to the best: so every sum of scores is among them."""
    order = [slug for domain in framework.domains for slug in domain.standards] or [*steps]
    ranks = {slug: len(steps[slug]) - 1 for slug in order if steps[slug]}
    while True:
        yield GivenRatings({}, {slug: steps[slug][rank] for slug, rank in ranks.items()})
        lowest = max(ranks.values(), default=0)
        if lowest == 0:
            return
        slug = next(each for each, rank in ranks.items() if rank == lowest)
        ranks[slug] -= 1


def _shortened(given: GivenRatings, reaches: Callable[[GivenRatings], bool]) -> GivenRatings:
    """Return counts, ratings and facts without each that the same is reached without."""
    for attribute in ("counts", "ratings", "provider"):
        for name in getattr(given, attribute):
            kept = {key: value for key, value in getattr(given, attribute).items() if key != name}
            without = evolve(given, **{attribute: kept})
            given = without if reaches(without) else given
    return given
