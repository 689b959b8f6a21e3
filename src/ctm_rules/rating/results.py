"""The results of rating: counts, key questions, standards, domains and the overall rating, with panel flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from attrs import Factory, field, frozen

from ctm_rules.model.framework import (
    RATINGS,
    Domain,
    Framework,
    KeyQuestion,
    MayMove,
    Rating,
    Sample,
    Standard,
)
from ctm_rules.model.outcomes import COUNTED
from ctm_rules.phrases import say_count, say_list, say_rating
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.decisions import PanelDecision, StaleDecision
from ctm_rules.rating.notebook_tables import Row, html_table, pandas_frame, polars_frame
from ctm_rules.rating.reasons import RatingReason

if TYPE_CHECKING:
    import pandas
    import polars

    from ctm_rules.rating.result_dicts import (
        ComputedDict,
        DecisionDict,
        DomainDict,
        FlagDict,
        KeyQuestionDict,
        RatedPartDict,
        RatingDict,
        StandardDict,
    )


CONFIDENCE = Fraction(95, 100)
"""The level of the interval given beside each share."""


Population = int | Mapping[str, int] | None
"""How many cases the inspected ones were drawn from: all of them, or those of each sample by its id."""


@frozen
class PanelFlag:
    """Why people should look at a rating again: that of a key question, or of a domain or all standards together.

    Attributes:
        kind: ``near_boundary``, ``one_case`` or ``few_cases`` of a key question; ``one_standard`` of a sum of scores.
        reason: the sentence that says why.
        instead: the rating that it would be on the other side of that boundary (``None`` for ``few_cases``).
        changes_standard: of a key question, whether that other rating would give the standard another rating;
            for ``few_cases``, whether the question drives the standard's rating.
    """

    kind: Literal["near_boundary", "one_case", "few_cases", "one_standard"]
    reason: str
    instead: Rating | None = None
    changes_standard: bool = False

    def to_dict(self) -> FlagDict:
        """Return the parts as plain data, the other rating by its id."""
        return {
            "kind": self.kind,
            "reason": self.reason,
            "instead": id_of(self.instead),
            "changes_standard": self.changes_standard,
        }


@frozen(repr=False)
class KeyQuestionResult:
    """What the cases say on one key question.

    Attributes:
        path: its address, such as ``assessment.safety``.
        counts: cases by outcome.
        share: the exact share, from 0 to 1, or ``None`` where none may be given.
        percent: the share in whole per cent, rounded as the framework declares.
        rating: the rating of the band that holds the share.
        interval: the 95% Wilson score interval of the share, in whole per cent; where it is known how many cases the
            inspected ones were drawn from, it takes that into account.
        panel: why people should look at it again.
        not_rated: why there is no share (empty where there is one), or no rating where no share is rated.
        because: where its prompts give the rating: each line and step that made it.
        is_settled: where there is no rating, whether none can come: nothing that it hangs on is open.
        value: where it has points, what is placed in its bands: their sum, mean or per cent, exact and not rounded.
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
    because: tuple[RatingReason, ...] = ()
    is_settled: bool = False
    value: Fraction | None = None

    @property
    def has_number_of_cases(self) -> bool:
        """Whether it was asked of cases, however they are counted."""
        return self.question.is_asked_of_cases

    @property
    def has_share(self) -> bool:
        """Whether it is the share of cases that is shown: it is asked of cases, and has no points."""
        return self.question.is_asked_of_cases and self.question.points is None

    def __repr__(self) -> str:
        shown = _exact(self.share if self.value is None else self.value)
        return f"<KeyQuestionResult {self.path}: {shown or 'no share'}, {say_rating(self.rating)}>"


@frozen(repr=False)
class StandardResult:
    """A standard's rating, the key questions that drive it and why there is none where there is none.

    Attributes:
        key_questions: in declared order.
        drivers: the addresses of the key questions that decide the rating: of those with the lowest rating, the ones
            furthest into it.
        weakest_first: the key questions once more, the weakest first; those without a rating come last.
        not_rated: why there is no rating (empty where there is one).
        not_counted: the addresses of the key questions that were left out of the rating, since no case was counted for
            them, or too few were (empty where there is no rating).
        because: why: each line and step of its rating rule that made the rating.
        is_settled: where there is no rating, whether none can come: for all that its rule looks at too few cases were
            counted and nothing is undetermined, or people looked at it and gave none.
        value: what its rule placed in bands (``None``: nothing was).
        decision: what a ratings panel decided, where that made the rating.
        computed: the rating as its rule or a judgement gives it, whatever a panel decided.
    """

    standard: Standard
    rating: Rating | None
    key_questions: tuple[KeyQuestionResult, ...] = ()
    drivers: tuple[str, ...] = ()
    not_rated: str = ""
    weakest_first: tuple[KeyQuestionResult, ...] = ()
    not_counted: tuple[str, ...] = ()
    because: tuple[RatingReason, ...] = ()
    is_settled: bool = False
    value: Fraction | None = None
    decision: PanelDecision | None = None
    computed: Rating | None = field(default=Factory(lambda self: self.rating, takes_self=True))

    def __repr__(self) -> str:
        return f"<StandardResult {self.standard.id} {self.standard.title}: {say_rating(self.rating)}>"

    @property
    def driving_percent(self) -> int | None:
        """The share that drives the rating, in whole per cent (``None`` where none does, or several shares do)."""
        shares = {question.share for question in self.key_questions if question.path in self.drivers}
        return self.weakest_first[0].percent if len(shares) == 1 and shares != {None} else None


@frozen(repr=False)
class DomainResult:
    """A domain's score out of what it could be, and its rating where the framework declares one.

    Attributes:
        score: the sum of its standards' scores (``None`` where one has no rating, or ratings carry no scores).
        out_of: the highest sum that there could be (``None`` where ratings carry no scores).
        panel: why people should look at the rating again.
        because: why: each line and step of its rating rule that made the rating.
        drivers: the slugs of the standards that the rating was taken from (empty where it was not taken).
        not_rated: why there is no rating (empty where there is one, and where domains are not rated).
        value: what its rule placed in bands: a sum, a mean or a per cent of scores (``None``: nothing was).
        decision: what a ratings panel decided, where that made the rating.
        computed: the rating that there would be if no panel had decided anything, here or below.
        computed_score: the score that there would be then.
    """

    domain: Domain
    score: int | None
    out_of: int | None
    rating: Rating | None
    panel: tuple[PanelFlag, ...] = ()
    because: tuple[RatingReason, ...] = ()
    drivers: tuple[str, ...] = ()
    not_rated: str = ""
    value: Fraction | None = None
    decision: PanelDecision | None = None
    computed: Rating | None = field(default=Factory(lambda self: self.rating, takes_self=True))
    computed_score: int | None = field(default=Factory(lambda self: self.score, takes_self=True))

    def __repr__(self) -> str:
        return f"<DomainResult {self.domain.title}: {say_rating(self.rating)}>"


@frozen
class _RatedPart:
    """The whole, with what a domain has under the same names."""

    score: int | None
    out_of: int | None
    rating: Rating | None
    panel: tuple[PanelFlag, ...]
    because: tuple[RatingReason, ...]
    drivers: tuple[str, ...]
    value: Fraction | None
    decision: PanelDecision | None
    computed: Rating | None
    computed_score: int | None


@frozen(repr=False)
class RatingResult:
    """The ratings of everything a framework rates. Notebooks show it as a table.

    Attributes:
        engine: which engine decided.
        cases: how many cases were counted from.
        overall: the overall rating (``None`` where a standard has none, or the framework declares none).
        score: the sum of the standards' scores, of ``out_of`` (``None`` where a standard has no rating, or ratings have
            no scores).
        not_rated: why ratings are missing, one sentence each.
        overall_panel: why people should look at the overall rating again.
        overall_because: why it is what it is: each line and step of its rating rule that made it.
        overall_drivers: the slugs or ids of what it was taken from (empty where it was not taken).
        overall_value: what its rule placed in bands: a sum, a mean or a per cent of scores (``None``: nothing was).
        overall_decision: what a ratings panel decided, where that made the overall rating.
        overall_computed: the overall rating that there would be if no panel had decided anything, here or below.
        computed_score: the score that there would be then.
        stale_decisions: what a panel decided and what is not applied, since another rating is computed by now.
    """

    framework: Framework
    engine: str
    cases: int
    overall: Rating | None
    score: int | None
    out_of: int | None
    domains: tuple[DomainResult, ...]
    standards: tuple[StandardResult, ...]
    not_rated: tuple[str, ...]
    overall_panel: tuple[PanelFlag, ...] = ()
    overall_because: tuple[RatingReason, ...] = ()
    overall_drivers: tuple[str, ...] = ()
    overall_value: Fraction | None = None
    overall_decision: PanelDecision | None = None
    overall_computed: Rating | None = field(default=Factory(lambda self: self.overall, takes_self=True))
    computed_score: int | None = field(default=Factory(lambda self: self.score, takes_self=True))
    stale_decisions: tuple[StaleDecision, ...] = ()

    @property
    def decided(self) -> tuple[str, ...]:
        """One sentence for each rating that a panel's decision made: what, from what, why, who and when."""
        overall = [("Overall rating", self.overall, self.overall_decision, RATINGS)]
        domains = [(each.domain.title, each.rating, each.decision, each.domain.scale) for each in self.domains]
        standards = [
            (f"{each.standard.id} {each.standard.title}", each.rating, each.decision, each.standard.scale)
            for each in self.standards
        ]
        return tuple(
            f"{name}: {say_rating(rating)}, moved from {self.framework.rating_on(scale, decision.was).label}. "
            f"{decision.reason} ({decision.by})"
            for name, rating, decision, scale in (*overall, *domains, *standards)
            if decision is not None
        )

    @property
    def panel(self) -> tuple[str, ...]:
        """One sentence for each flag that could change the rating of a standard, of a domain or the overall one.

        What a panel has decided, it has looked at.
        """
        overall = (f"Overall rating: {flag.reason}" for flag in self.overall_panel)
        domains = (f"{result.domain.title}: {flag.reason}" for result in self.domains for flag in result.panel)
        standards = (
            f"{result.standard.id} {result.standard.title}, {question.path}: {flag.reason}"
            for result in self.standards
            if result.decision is None
            for question in result.key_questions
            for flag in question.panel
            if flag.changes_standard
        )
        return (*overall, *domains, *standards)

    @property
    def is_complete(self) -> bool:
        """Whether whatever is rated has its rating, but for what is settled to have none and was left out."""
        is_rated = self.framework.is_rated
        of_domains = any(result.not_rated and result.rating is None for result in self.domains)
        of_the_whole = self.framework.overall is not None and self.overall is None
        return not (of_domains or of_the_whole) and all(
            result.is_settled and is_rated(result.standard) for result in self.standards if result.not_rated
        )

    @property
    def not_counted(self) -> tuple[str, ...]:
        """One sentence for each rating of a standard that leaves out key questions without enough counted cases."""

        def too_few(paths: Iterable[str]) -> str:
            declared = [self.framework.bands_of(path) or self.framework.points_of(path) for path in paths]
            is_any_enough = all(each is None or each.minimum_cases == 1 for each in declared)
            return "no case was" if is_any_enough else "too few cases were"

        return tuple(
            f"{result.standard.id} {result.standard.title}: {too_few(result.not_counted)} counted for "
            f"{say_list(result.not_counted)}, and the rating rests on the other key questions"
            for result in self.standards
            if result.not_counted
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
    def has_whole(self) -> bool:
        """Whether anything is said of the whole: it is rated, or scores add up."""
        return self.framework.overall is not None or self.framework.has_scores

    @property
    def has_ratings(self) -> bool:
        """Whether anything is rated at all, and not only shares shown."""
        return self.framework.overall is not None or any(map(self.framework.is_rated, self.framework.standards))

    @property
    def summary(self) -> str:
        """The framework, the overall rating, the score and the number of cases in one line."""
        rated_by = f"by {self.framework.id} {self.framework.edition}"
        overall = [say_rating(self.overall)] if self.has_whole else []
        score = say_score(self.score, self.out_of, self.overall)
        cases = [self.said_cases] if self.framework.asks_of_cases else []
        return ", ".join([*overall, *score, *cases, rated_by])

    @property
    def samples(self) -> tuple[tuple[Sample, int], ...]:
        """Each sample of the framework with the number of cases that its key questions were asked of."""
        results = {question.path: question for standard in self.standards for question in standard.key_questions}
        counts = {path: question.counts for path, question in results.items()}
        return tuple(cases_of_samples(self.framework, counts))

    @property
    def said_cases(self) -> str:
        """How many cases were counted, and how many of each sample: ``20 cases (Court: 12; Out of court: 8)``."""
        samples = "; ".join(f"{sample.title}: {cases}" for sample, cases in self.samples)
        return say_count(self.cases, "case") + (f" ({samples})" if samples else "")

    def to_rows(self) -> list[Row]:
        """Return one row for the overall rating and each domain, standard and key question, in reported order.

        Columns: ``level``, ``id``, ``title``, ``rating``, ``score``, the counts ``yes``, ``no``, ``not_applicable``
        and ``undetermined``, ``percent`` (whole per cent), ``interval_low`` and ``interval_high`` (per cent). Where the
        framework lets a panel move ratings, ``computed`` is the rating whatever a panel decided.
        """
        whole = _row("overall", "", "Overall rating", self.overall, self.score, self.overall_computed)
        rows = [whole] if self.has_whole else []
        by_slug = {result.standard.slug: result for result in self.standards}
        for result in self.domains:
            domain = result.domain
            rows.append(_row("domain", domain.id, domain.title, result.rating, result.score, result.computed))
            for slug in result.domain.standards:
                rows += _standard_to_rows(by_slug[slug])
        for outside in self.framework.outside_domains:
            rows += _standard_to_rows(by_slug[outside.slug])
        if self.framework.panel.may_move != MayMove():
            return rows
        return [{column: cell for column, cell in row.items() if column != "computed"} for row in rows]

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

    def to_dict(self) -> RatingDict:
        """Return the result as plain data, in the shape that ``--json`` prints; :func:`load_result` reads it back."""
        # Whoever only prints a result needs none of this.
        from ctm_rules.rating.result_dicts import framework_dict
        from ctm_rules.version import library_version

        made: RatingDict = {
            "framework": framework_dict(self.framework.identity()),
            "engine": self.engine,
            "cases": self.cases,
            "overall": self._part(self._whole),
            "domains": [self._domain(result) for result in self.domains],
            "standards": [self._standard(result) for result in self.standards],
            "not_rated": list(self.not_rated),
            "not_counted": list(self.not_counted),
            "assumptions": list(self.assumptions),
            "panel": list(self.panel),
            "stale_decisions": [
                {**stale.to_dict(), "decision": stale.decision.to_dict(self.framework)}
                for stale in self.stale_decisions
            ],
            "library": {"name": "ctm-rules", "version": library_version()},
        }
        if self.framework.bands_chosen:
            made["bands_chosen"] = dict(self.framework.bands_chosen)
        if self.framework.samples:
            made["samples"] = [{"id": each.id, "title": each.title, "cases": cases} for each, cases in self.samples]
        return made

    def _domain(self, result: DomainResult) -> DomainDict:
        domain = result.domain
        return {"id": domain.id, "title": domain.title, **self._part(result), "not_rated": result.not_rated}

    @property
    def _whole(self) -> _RatedPart:
        return _RatedPart(
            self.score,
            self.out_of,
            self.overall,
            self.overall_panel,
            self.overall_because,
            self.overall_drivers,
            self.overall_value,
            self.overall_decision,
            self.overall_computed,
            self.computed_score,
        )

    def _part(self, part: _RatedPart | DomainResult) -> RatedPartDict:
        """Return what is said of a part that rests on standards, a domain or the whole: the same of each."""
        return {
            "rating": label_of(part.rating),
            "rating_id": id_of(part.rating),
            "score": part.score,
            "out_of": part.out_of,
            "panel": [flag.reason for flag in part.panel],
            "flags": [flag.to_dict() for flag in part.panel],
            "because": [reason.to_dict() for reason in part.because],
            "drivers": list(part.drivers),
            "value": _exact(part.value),
            "computed": _computed(part.computed, part.computed_score),
            "decision": self._decision(part.decision),
        }

    def _standard(self, result: StandardResult) -> StandardDict:
        return {
            "id": result.standard.id,
            "slug": result.standard.slug,
            "title": result.standard.title,
            "rating": label_of(result.rating),
            "rating_id": id_of(result.rating),
            "score": _score(result.rating),
            "rated_by": result.standard.rated_by,
            "drivers": list(result.drivers),
            "not_counted": list(result.not_counted),
            "because": [reason.to_dict() for reason in result.because],
            "value": _exact(result.value),
            "key_questions": [_question_to_dict(question) for question in result.key_questions],
            "weakest_first": [question.path for question in result.weakest_first],
            "not_rated": result.not_rated,
            "is_settled": result.is_settled,
            "computed": _computed(result.computed, _score(result.computed)),
            "decision": self._decision(result.decision),
        }

    def _decision(self, decision: PanelDecision | None) -> DecisionDict | None:
        return None if decision is None else decision.to_dict(self.framework)


def _computed(rating: Rating | None, score: int | None) -> ComputedDict:
    return {"rating": label_of(rating), "rating_id": id_of(rating), "score": score}


def _score(rating: Rating | None) -> int | None:
    return None if rating is None else rating.score


def _row(level: str, name: str, title: str, rating: Rating | None, score: int | None, computed: Rating | None) -> Row:
    counts = dict.fromkeys(outcome.value for outcome in COUNTED)
    measured = dict.fromkeys(("percent", "interval_low", "interval_high"))
    return {
        "level": level,
        "id": name,
        "title": title,
        "rating": label_of(rating),
        "computed": label_of(computed),
        "score": score,
        **counts,
        **measured,
    }


def _question_to_row(result: KeyQuestionResult) -> Row:
    low, high = result.interval or (None, None)
    return {
        **_row("key_question", result.path, result.question.ask, result.rating, None, result.rating),
        **result.counts.by_outcome(),
        "percent": result.percent,
        "interval_low": low,
        "interval_high": high,
    }


def _standard_to_rows(result: StandardResult) -> list[Row]:
    score = result.rating.score if result.rating else None
    row = _row("standard", result.standard.slug, result.standard.title, result.rating, score, result.computed)
    return [row, *map(_question_to_row, result.key_questions)]


def _question_to_dict(result: KeyQuestionResult) -> KeyQuestionDict:
    made: KeyQuestionDict = {
        "id": result.path,
        "ask": result.question.ask,
        "yes": result.counts.yes,
        "no": result.counts.no,
        "not_applicable": result.counts.not_applicable,
        "undetermined": result.counts.undetermined,
        "share": _exact(result.share),
        "percent": result.percent,
        "band": label_of(result.rating),
        "rating_id": id_of(result.rating),
        "panel": [flag.reason for flag in result.panel],
        "flags": [flag.to_dict() for flag in result.panel],
        "interval": list(result.interval) if result.interval else None,
        "not_rated": result.not_rated,
        "asked_of": result.question.asked_of,
        "rated_by": result.question.rated_by,
        "because": [reason.to_dict() for reason in result.because],
        "is_settled": result.is_settled,
    }
    if result.question.points is not None:
        counted = result.counts
        made["value"] = _exact(result.value)
        made["scored"] = counted.scored
        made["points"], made["reachable"] = str(counted.points), str(counted.reachable)
    if result.question.borrowed is not None:
        taken = result.question.borrowed
        made["borrowed"] = {
            "framework": taken.framework,
            "edition": taken.edition,
            "key_question": taken.key_question,
            "checksum": taken.checksum,
        }
    return made


def cases_of_samples(framework: Framework, counts: Mapping[str, Counts]) -> Iterator[tuple[Sample, int]]:
    """Yield each sample of a framework with the number of cases that its key questions were asked of.

    All of them are asked of the same cases; one that is not counted at all says nothing.
    """
    for sample in framework.samples:
        asked = [path for path, asked_of in framework.samples_asked.items() if asked_of.id == sample.id]
        yield sample, max((counts[path].cases for path in asked if path in counts), default=0)


def say_score(score: int | None, out_of: int | None, rating: Rating | None = None) -> tuple[str, ...]:
    """Return a score as one item of a list in words: ``4 of 21``; nothing where ratings carry no scores.

    Where something is rated although a standard has no score, none is missing, and nothing is said of it either.
    """
    if out_of is None or (score is None and rating is not None):
        return ()
    return ("no score" if score is None else f"{score} of {out_of}",)


def _exact(value: Fraction | None) -> str | None:
    """Return an exact value as text that loses nothing: ``4``, ``125/2``."""
    return None if value is None else str(value)


def label_of(rating: Rating | None) -> str | None:
    """Return the words for a rating, where there is one."""
    return rating.label if rating else None


def id_of(rating: Rating | None) -> str | None:
    """Return the id of a rating, where there is one."""
    return rating.id if rating else None


# --- What the ratings rest on --------------------------------------------------------------------


@frozen
class AssumedElements:
    """What is assumed of some elements: needed, but not printed in the source.

    Attributes:
        key: what of them is assumed.
        kind: what they are, in a word or two; ``framework`` where it is assumed of the framework itself.
        number: how many of them there are.
    """

    key: str
    kind: str
    number: int = 1


def assumed_elements(framework: Framework) -> tuple[AssumedElements, ...]:
    """Return what is assumed, of the framework first, then of each kind of element."""
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
        ("sample", framework.samples),
        ("variant", framework.variants),
        ("measure", framework.measures),
    ):
        tally.update((key, kind) for element in elements for key in element.assumed)
    of_framework = (AssumedElements(key, "framework") for key in framework.assumed)
    return (*of_framework, *(AssumedElements(key, kind, number) for (key, kind), number in tally.items()))


def assumptions(framework: Framework) -> tuple[str, ...]:
    """Return one sentence for each kind of thing that is assumed: needed, but not printed in the source."""
    return tuple(
        f"assumed, not printed in the source: {each.key} of "
        f"{'the framework' if each.kind == 'framework' else say_count(each.number, each.kind)}"
        for each in assumed_elements(framework)
    )
