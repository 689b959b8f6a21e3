"""Counts of outcomes to exact shares, bands, ratings, scores and panel flags.

Everything is decided on exact integers and ratios; the only rounding is the one that the framework declares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from ctm_rules.engines.base import Engine
from ctm_rules.model.framework import (
    Band,
    Domain,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    Rating,
    Rounding,
    Standard,
)
from ctm_rules.model.outcomes import CaseOutcome, Outcome
from ctm_rules.model.rules_in_words import say_number
from ctm_rules.rating.notebook_tables import Row, html_table, pandas_frame, polars_frame

if TYPE_CHECKING:
    import pandas
    import polars

CONFIDENCE = Fraction(95, 100)
"""The level of the interval given beside each share."""


@frozen
class Counts:
    """How many cases have each outcome of one key question (or each answer to one prompt or measure).

    Attributes:
        yes, no, not_applicable, undetermined: how many cases have it.
    """

    yes: int = 0
    no: int = 0
    not_applicable: int = 0
    undetermined: int = 0

    @property
    def cases(self) -> int:
        """All cases, whatever their outcome."""
        return self.yes + self.no + self.not_applicable + self.undetermined

    def to_dict(self) -> dict[str, int]:
        """Return the counts by the name of their outcome."""
        return {outcome.value: getattr(self, outcome.value) for outcome in Outcome}

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.yes + other.yes,
            self.no + other.no,
            self.not_applicable + other.not_applicable,
            self.undetermined + other.undetermined,
        )


@frozen
class PanelFlag:
    """Why people should look at a key question's band again.

    Attributes:
        kind: ``near_boundary``, ``one_case`` or ``few_cases``.
        reason: the sentence that says why.
        instead: the rating on the other side of the boundary (``None`` for ``few_cases``).
        changes_standard: whether that other rating would give the standard another rating;
            for ``few_cases``, whether the question drives the standard's rating.
    """

    kind: Literal["near_boundary", "one_case", "few_cases"]
    reason: str
    instead: Rating | None = None
    changes_standard: bool = False


@frozen
class KeyQuestionResult:
    """What the cases say on one key question.

    Attributes:
        path: its address, such as ``assessment.safety``.
        counts: cases by outcome.
        share: the exact share, from 0 to 1, or ``None`` where none may be given.
        percent: the share in whole per cent, rounded as the framework declares.
        rating: the rating of the band that holds the share.
        interval: the 95 % Wilson score interval of the share, in whole per cent.
        panel: why people should look at it again.
        not_rated: why there is no share (empty where there is one).
    """

    path: str
    question: KeyQuestion
    counts: Counts
    share: Fraction | None = None
    percent: int | None = None
    rating: Rating | None = None
    interval: tuple[int, int] | None = None
    panel: tuple[PanelFlag, ...] = ()
    not_rated: str = ""


@frozen
class StandardResult:
    """A standard's rating, the key questions that drive it and why there is none where there is none."""

    standard: Standard
    rating: Rating | None
    key_questions: tuple[KeyQuestionResult, ...] = ()
    drivers: tuple[str, ...] = ()
    not_rated: str = ""


@frozen
class DomainResult:
    """A domain's score out of what it could be, and its rating where the framework declares one."""

    domain: Domain
    score: int | None
    out_of: int
    rating: Rating | None


@frozen(repr=False)
class RatingResult:
    """The ratings of everything a framework rates. Notebooks show it as a table.

    Attributes:
        engine: which engine decided.
        cases: how many cases were counted from.
        overall: the overall rating (``None`` where a standard has none, or the framework declares none).
        score: the sum of the standards' scores (``None`` where a standard has no rating), of ``out_of``.
        not_rated: why ratings are missing, one sentence each.
    """

    framework: Framework
    engine: str
    cases: int
    overall: Rating | None
    score: int | None
    out_of: int
    domains: tuple[DomainResult, ...]
    standards: tuple[StandardResult, ...]
    not_rated: tuple[str, ...]

    @property
    def panel(self) -> tuple[str, ...]:
        """One sentence for each flag that could change a standard's rating."""
        return tuple(
            f"{result.standard.id} {result.standard.title}, {question.path}: {flag.reason}"
            for result in self.standards
            for question in result.key_questions
            for flag in question.panel
            if flag.changes_standard
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the ratings rest on that the framework's source does not print."""
        return assumptions(self.framework)

    def __repr__(self) -> str:
        return f"<RatingResult: {self.summary}>"

    def _repr_html_(self) -> str:
        return html_table(self.summary, self.to_rows())

    @property
    def summary(self) -> str:
        """The framework, the overall rating, the score and the number of cases in one line."""
        score = "no score" if self.score is None else f"{self.score} of {self.out_of}"
        rated_by = f"{self.framework.id} {self.framework.edition}"
        return f"{label_of(self.overall) or 'not rated'}, {score}, {_cases(self.cases)}, by {rated_by}"

    def to_rows(self) -> list[Row]:
        """Return one row for the overall rating and each domain, standard and key question, in reported order.

        Columns: ``level``, ``id``, ``title``, ``rating``, ``score``, the counts ``yes``, ``no``, ``not_applicable``
        and ``undetermined``, ``percent`` (whole per cent), ``interval_low`` and ``interval_high`` (per cent).
        """
        rows = [_row("overall", "", "Overall rating", self.overall, self.score)]
        by_slug = {result.standard.slug: result for result in self.standards}
        for result in self.domains:
            rows.append(_row("domain", result.domain.id, result.domain.title, result.rating, result.score))
            for slug in result.domain.standards:
                standard = by_slug[slug]
                score = standard.rating.score if standard.rating else None
                rows.append(_row("standard", slug, standard.standard.title, standard.rating, score))
                rows += [_question_to_row(question) for question in standard.key_questions]
        return rows

    def to_polars(self) -> polars.DataFrame:
        """Return the rows of :meth:`to_rows` as a Polars dataframe.

        Raises:
            MissingExtraError: Polars is not installed.
        """
        return polars_frame(self.to_rows())

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows of :meth:`to_rows` as a pandas dataframe.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return pandas_frame(self.to_rows())

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain data, in the shape that ``--json`` prints."""
        return {
            "framework": {"id": self.framework.id, "edition": self.framework.edition},
            "engine": self.engine,
            "cases": self.cases,
            "overall": {"rating": label_of(self.overall), "score": self.score, "out_of": self.out_of},
            "domains": [
                {
                    "id": result.domain.id,
                    "title": result.domain.title,
                    "rating": label_of(result.rating),
                    "score": result.score,
                    "out_of": result.out_of,
                }
                for result in self.domains
            ],
            "standards": [_standard_to_dict(result) for result in self.standards],
            "not_rated": list(self.not_rated),
            "assumptions": list(self.assumptions),
            "panel": list(self.panel),
        }


def _row(level: str, name: str, title: str, rating: Rating | None, score: int | None) -> Row:
    counts = dict.fromkeys(outcome.value for outcome in Outcome)
    measured = dict.fromkeys(("percent", "interval_low", "interval_high"))
    return {
        "level": level,
        "id": name,
        "title": title,
        "rating": label_of(rating),
        "score": score,
        **counts,
        **measured,
    }


def _question_to_row(result: KeyQuestionResult) -> Row:
    low, high = result.interval or (None, None)
    return {
        **_row("key_question", result.path, result.question.ask, result.rating, None),
        **result.counts.to_dict(),
        "percent": result.percent,
        "interval_low": low,
        "interval_high": high,
    }


def _standard_to_dict(result: StandardResult) -> dict[str, object]:
    return {
        "id": result.standard.id,
        "slug": result.standard.slug,
        "title": result.standard.title,
        "rating": label_of(result.rating),
        "score": result.rating.score if result.rating else None,
        "rated_by": result.standard.rated_by,
        "drivers": list(result.drivers),
        "key_questions": [_question_to_dict(question) for question in result.key_questions],
    }


def _question_to_dict(result: KeyQuestionResult) -> dict[str, object]:
    return {
        "id": result.path,
        "ask": result.question.ask,
        **result.counts.to_dict(),
        "percent": result.percent,
        "band": label_of(result.rating),
        "panel": [flag.reason for flag in result.panel],
        "interval": list(result.interval) if result.interval else None,
    }


def label_of(rating: Rating | None) -> str | None:
    """Return the words for a rating, where there is one."""
    return rating.label if rating else None


# --- Counting ------------------------------------------------------------------------------------


def count_outcomes(framework: Framework, outcomes: Iterable[CaseOutcome]) -> dict[str, Counts]:
    """Return the counts of each key question, by its address, over any number of cases.

    >>> from ctm_rules import load_inspection, make_engine
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> engine = make_engine(inspection.framework)
    >>> count_outcomes(inspection.framework, map(engine.assess, inspection.cases))["assessment.safety"]
    Counts(yes=12, no=32, not_applicable=0, undetermined=0)
    """
    tallies: dict[str, Counter[Outcome]] = {path: Counter() for path in framework.key_questions}
    for case in outcomes:
        for path, question in case.questions.items():
            tallies[path][question.outcome] += 1
    return {path: Counts(**{outcome.value: tally[outcome] for outcome in Outcome}) for path, tally in tallies.items()}


def rounded_percent(share: Fraction, rounding: Rounding) -> int:
    """Return a share (0 to 1) in whole per cent, rounded in a declared way, with no floating point.

    >>> rounded_percent(Fraction(1, 8), "half_up"), rounded_percent(Fraction(1, 8), "half_even")
    (13, 12)
    """
    percent = share * 100
    if rounding == "half_up":
        return floor(percent + Fraction(1, 2))
    if rounding == "half_even":
        return round(percent)
    return floor(percent) if rounding == "down" else ceil(percent)


def decisive_percent(declared: KeyQuestionBands, share: Fraction) -> Fraction:
    """Return what is placed in a band for a share (0 to 1), in per cent: exact or rounded, as declared."""
    return share * 100 if declared.decided_on == "exact" else Fraction(rounded_percent(share, declared.round))


_Z = NormalDist().inv_cdf((1 + float(CONFIDENCE)) / 2)
"""Within how many standard deviations of the mean the declared share of a normal distribution lies."""


def wilson_interval(count: int, among: int) -> tuple[int, int]:
    """Return the 95 % Wilson score interval of ``count`` among ``among`` (above 0), in whole per cent.

    Source: Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209-212.
    """
    share, spread = count / among, _Z * _Z / among
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * sqrt(share * (1 - share) / among + spread / (4 * among)) / (1 + spread)
    return round(100 * (middle - reach)), round(100 * (middle + reach))


# --- Rating --------------------------------------------------------------------------------------


def rate_outcomes(
    framework: Framework, outcomes: Iterable[CaseOutcome], judged: Mapping[str, str], engine: Engine
) -> RatingResult:
    """Return the ratings that case outcomes and recorded judgements give; see :func:`rate_counts`.

    >>> from ctm_rules import load_inspection, make_engine
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> engine = make_engine(inspection.framework)
    >>> rated = rate_outcomes(inspection.framework, map(engine.assess, inspection.cases), {}, engine)
    >>> rated.standards[3].rating.label, rated.overall, rated.not_rated[0]
    ('Inadequate', None, 'P 1.1 Leadership: no judgement is recorded')
    """
    outcomes = tuple(outcomes)
    return rate_counts(framework, count_outcomes(framework, outcomes), judged, engine, cases=len(outcomes))


def rate_counts(
    framework: Framework,
    counts: Mapping[str, Counts],
    judged: Mapping[str, str],
    engine: Engine,
    *,
    cases: int | None = None,
) -> RatingResult:
    """Return the ratings that counted outcomes and recorded judgements give.

    Args:
        framework: what to rate by.
        counts: by the key question's address; a question left out has no cases.
        judged: rating ids by the slug of each standard rated by judgement; one left out is not rated.
        engine: decides which band holds a share or a sum.
        cases: how many cases the counts come from (default: the most that any question has).

    >>> from ctm_rules import load_framework, make_engine
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> counts = {"assessment.safety": Counts(yes=27, no=7)}
    >>> rated = rate_counts(framework, counts, {"leadership": "good"}, make_engine(framework))
    >>> rated.standards[0].rating.label, rated.standards[3].key_questions[2].percent
    ('Good', 79)
    """
    scale = _Scale(framework, engine)
    standards = tuple(
        scale.by_cases(standard, counts) if standard.rated_by == "cases" else scale.by_judgement(standard, judged)
        for standard in framework.standards
    )
    not_rated = tuple(result.not_rated for result in standards if result.not_rated)
    by_slug = {result.standard.slug: result for result in standards}
    domains = tuple(scale.domain(domain, [by_slug[slug] for slug in domain.standards]) for domain in framework.domains)
    score = _sum_of_scores(standards)
    overall = None
    if framework.overall is not None and score is not None:
        overall = scale.rating(framework.overall.bands, Fraction(score))
    if cases is None:
        cases = max((count.cases for count in counts.values()), default=0)
    return RatingResult(
        framework, engine.name, cases, overall, score, framework.score_out_of(), domains, standards, not_rated
    )


def _sum_of_scores(results: Iterable[StandardResult]) -> int | None:
    ratings = [result.rating for result in results]
    scores = [rating.score for rating in ratings if rating is not None]
    return sum(scores) if len(scores) == len(ratings) else None


def more_is_worse(framework: Framework) -> bool:
    """Return whether a higher share gives a key question a worse rating, as where the share of "no" is rated."""
    declared = framework.key_question_bands
    assert declared is not None  # a valid framework has bands wherever a standard is rated by cases
    highest, lowest = (framework.ratings_by_id[band.rating].score for band in (declared.bands[0], declared.bands[-1]))
    return highest < lowest


class _Scale:
    """A framework's scales, with the engine that decides on them."""

    def __init__(self, framework: Framework, engine: Engine) -> None:
        self._framework = framework
        self._engine = engine

    def rating(self, bands: tuple[Band, ...], value: Fraction) -> Rating:
        return self._framework.ratings_by_id[self._engine.rating(bands, value)]

    def by_judgement(self, standard: Standard, judged: Mapping[str, str]) -> StandardResult:
        if standard.slug in judged:
            return StandardResult(standard, self._framework.ratings_by_id[judged[standard.slug]])
        return StandardResult(standard, None, not_rated=f"{standard.id} {standard.title}: no judgement is recorded")

    def by_cases(self, standard: Standard, counts: Mapping[str, Counts]) -> StandardResult:
        """Rate a standard by the lowest of its key questions."""
        results = [
            self._question(f"{standard.slug}.{question.id}", question, counts) for question in standard.key_questions
        ]
        refused = next((result for result in results if result.counts.undetermined and result.share is None), None)
        rated = [result for result in results if result.rating is not None and result.share is not None]
        if refused is not None or not rated:
            reason = refused.not_rated if refused else "no case was counted"
            reason = f"{standard.id} {standard.title}: {reason}"
            return StandardResult(standard, None, tuple(results), not_rated=reason)
        shares = [result.share for result in rated if result.share is not None]
        lowest = max(shares) if more_is_worse(self._framework) else min(shares)
        drivers = tuple(result.path for result in rated if result.share == lowest)
        rating = next(result.rating for result in rated if result.path == drivers[0])
        assert rating is not None
        marked = tuple(evolve(result, panel=self._effects(result, rated, rating, drivers)) for result in results)
        return StandardResult(standard, rating, marked, drivers)

    def _effects(
        self, result: KeyQuestionResult, rated: list[KeyQuestionResult], rating: Rating, drivers: tuple[str, ...]
    ) -> tuple[PanelFlag, ...]:
        """Return a question's flags, each marked where the other rating would change the standard's."""
        others = [other.rating for other in rated if other.path != result.path and other.rating is not None]

        def changes(flag: PanelFlag) -> bool:
            if flag.instead is None:
                return result.path in drivers
            lowest = min((*others, flag.instead), key=self._rank)
            return lowest.id != rating.id

        return tuple(evolve(flag, changes_standard=changes(flag)) for flag in result.panel)

    def _rank(self, rating: Rating) -> int:
        """Return a rating's place among the bands of key questions, the lowest rating first."""
        assert self._framework.key_question_bands is not None
        order = [band.rating for band in self._framework.key_question_bands.bands]
        return order.index(rating.id) if more_is_worse(self._framework) else -order.index(rating.id)

    def _question(self, path: str, question: KeyQuestion, counts: Mapping[str, Counts]) -> KeyQuestionResult:
        declared = self._framework.key_question_bands
        assert declared is not None  # as in `more_is_worse`
        counted = counts.get(path, Counts())
        among = sum(getattr(counted, outcome) for outcome in declared.among)
        if counted.undetermined and declared.undetermined == "refuse":
            reason = f"{path} is undetermined in {_cases(counted.undetermined)}, and the framework then gives no rating"
            return KeyQuestionResult(path, question, counted, not_rated=reason)
        if not among:
            return KeyQuestionResult(path, question, counted, not_rated=f"no case was counted for {path}")
        count = getattr(counted, declared.share_of)
        share = Fraction(count, among)
        rating = self._band(declared, share)
        return KeyQuestionResult(
            path,
            question,
            counted,
            share=share,
            percent=rounded_percent(share, declared.round),
            rating=rating,
            interval=wilson_interval(count, among),
            panel=tuple(self._flags(declared, count, among, rating)),
        )

    def _band(self, declared: KeyQuestionBands, share: Fraction) -> Rating:
        return self.rating(declared.bands, decisive_percent(declared, share))

    def _flags(self, declared: KeyQuestionBands, count: int, among: int, rating: Rating) -> Iterable[PanelFlag]:
        panel = self._framework.panel
        ratings = self._framework.ratings_by_id
        if panel.within_points is not None:
            percent = Fraction(count * 100, among)
            for above, below in pairwise(declared.bands):
                if abs(percent - above.lowest) <= panel.within_points and above.rating != below.rating:
                    instead = below if ratings[above.rating] == rating else above
                    points = say_number(panel.within_points)
                    limit = f"{say_number(above.lowest)} %, the limit for {ratings[above.rating].label}"
                    reason = f"the share is within {points} points of {limit}"
                    yield PanelFlag("near_boundary", reason, ratings[instead.rating])
        if panel.one_case_would_change_it:
            for other, words in ((count + 1, "one more case"), (count - 1, "one case fewer")):
                if 0 <= other <= among:
                    instead_rating = self._band(declared, Fraction(other, among))
                    if instead_rating != rating:
                        answer = declared.share_of.replace("_", " ")
                        reason = f"{words} judged {answer} would move it to {instead_rating.label}"
                        yield PanelFlag("one_case", reason, instead_rating)
        if panel.cases_fewer_than is not None and among < panel.cases_fewer_than:
            reason = f"only {_cases(among)} counted, fewer than {panel.cases_fewer_than}"
            yield PanelFlag("few_cases", reason)

    def domain(self, domain: Domain, standards: list[StandardResult]) -> DomainResult:
        score = _sum_of_scores(standards)
        out_of = self._framework.score_out_of(tuple(result.standard for result in standards))
        rating = None
        if self._framework.domain_rating is not None and score is not None:
            rating = self.rating(self._framework.domain_rating.bands_of[domain.id], Fraction(score))
        return DomainResult(domain, score, out_of, rating)


def _cases(number: int) -> str:
    return "1 case" if number == 1 else f"{number} cases"


# --- What the ratings rest on --------------------------------------------------------------------


def assumptions(framework: Framework) -> tuple[str, ...]:
    """Return one sentence for each kind of thing that is assumed: needed, but not printed in the source."""
    tally: Counter[tuple[str, str]] = Counter()
    for standard in framework.standards:
        for question in standard.key_questions:
            variants = [("variant rule", variant.assumed) for variant in question.variants.values()]
            prompts = [("prompt", prompt.assumed) for prompt in question.prompts]
            for kind, keys in [("key question", question.assumed), *variants, *prompts]:
                tally.update((key, kind) for key in keys)
        tally.update((key, "standard") for key in standard.assumed)
    for kind, elements in (
        ("fact", framework.facts),
        ("variant", framework.variants),
        ("measure", framework.measures),
    ):
        tally.update((key, kind) for element in elements for key in element.assumed)
    of_framework = [f"{key} of the framework" for key in framework.assumed]
    of_elements = [f"{key} of {number} {kind}{'s' if number > 1 else ''}" for (key, kind), number in tally.items()]
    return tuple(f"assumed, not printed in the source: {what}" for what in (*of_framework, *of_elements))
