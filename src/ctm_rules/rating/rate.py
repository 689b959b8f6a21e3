"""Counts of outcomes to exact shares, bands, ratings of standards and panel flags (overall.py goes on from there).

Everything is decided on exact integers and ratios; the only rounding is the one that the framework declares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial

from attrs import evolve

from ctm_rules.diagnostics.findings import Findings, require, require_each
from ctm_rules.engines import AnyEngine, Engine
from ctm_rules.engines.standings import Standings
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import NOT_RATED, Framework, Rating, Standard
from ctm_rules.model.outcomes import CaseOutcome, Outcome, Truth
from ctm_rules.model.rating_rules import RatingRule, TakeRating
from ctm_rules.model.rules_in_words import say
from ctm_rules.phrases import say_count, say_list
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.decided import Decided
from ctm_rules.rating.decisions import OVERALL, PanelDecision
from ctm_rules.rating.given import (
    check_answers,
    check_counts,
    check_decisions,
    check_judged,
    check_number,
    check_population,
    check_provider,
    engine_of,
    require_outcomes_of,
)
from ctm_rules.rating.order import ShareOrder, Weakness
from ctm_rules.rating.overall import RatingsAbove
from ctm_rules.rating.questions import QuestionRatings
from ctm_rules.rating.results import (
    KeyQuestionResult,
    PanelFlag,
    Population,
    RatingResult,
    StandardResult,
)
from ctm_rules.rating.rules import Member, RatingRules, Ruled
from ctm_rules.rating.samples import cases_counted
from ctm_rules.validity import require_valid

# --- Counting ------------------------------------------------------------------------------------


def count_outcomes(framework: Framework, outcomes: Iterable[CaseOutcome]) -> dict[str, Counts]:
    """Return the counts of each key question, by its address, over any number of cases.

    Raises:
        DiagnosticError: some outcomes were decided by another framework or edition.

    >>> from ctm_rules import load_inspection, make_engine
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> engine = make_engine(inspection.framework)
    >>> count_outcomes(inspection.framework, map(engine.assess, inspection.cases))["assessment.safety"]
    Counts(yes=12, no=32, not_applicable=0, undetermined=0)
    """
    require("framework", framework, Framework, hint="a framework: load_framework(…)")
    outcomes = require_each("outcomes", outcomes, CaseOutcome, hint="outcomes of cases: engine.assess(case)")
    require_outcomes_of(framework, outcomes)
    tallies: dict[str, Counter[Outcome]] = {path: Counter() for path in framework.key_questions}
    for case in outcomes:
        for path, question in case.questions.items():
            tallies[path][question.outcome] += 1
    counts = {path: Counts.of(tally) for path, tally in tallies.items()}
    for path in framework.scored_questions:
        scored = [case.questions[path] for case in outcomes if case.questions[path].outcome is Outcome.SCORED]
        points = sum((each.points for each in scored if each.points is not None), Fraction(0))
        reachable = sum((each.reachable for each in scored if each.reachable is not None), Fraction(0))
        counts[path] = evolve(counts[path], scored=len(scored), points=points, reachable=reachable)
    return counts


# --- Rating --------------------------------------------------------------------------------------


def rate_outcomes(
    framework: Framework,
    outcomes: Iterable[CaseOutcome],
    judged: Mapping[str, str],
    engine: AnyEngine = "auto",
    *,
    population: Population = None,
    provider: Mapping[str, FactValue] | None = None,
    answers: Mapping[str, AnyAnswer] | None = None,
    decisions: Sequence[PanelDecision] = (),
) -> RatingResult:
    """Return the ratings that case outcomes and recorded judgements give; see :func:`rate_counts`.

    Raises:
        DiagnosticError: as for :func:`rate_counts`, or some outcomes were decided by another framework or edition.

    >>> from ctm_rules import load_inspection, make_engine
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> engine = make_engine(inspection.framework)
    >>> rated = rate_outcomes(inspection.framework, map(engine.assess, inspection.cases), {}, engine)
    >>> rated.standards[3].rating.label, rated.overall, rated.not_rated[0]
    ('Inadequate', None, 'P 1.1 Leadership: no judgement is recorded')
    """
    outcomes = require_each("outcomes", outcomes, CaseOutcome, hint="outcomes of cases: engine.assess(case)")
    counts = count_outcomes(framework, outcomes)
    return rate_counts(
        framework,
        counts,
        judged,
        engine,
        cases=len(outcomes),
        population=population,
        provider=provider,
        answers=answers,
        decisions=decisions,
    )


def rate_counts(
    framework: Framework,
    counts: Mapping[str, Counts],
    judged: Mapping[str, str],
    engine: AnyEngine = "auto",
    *,
    cases: int | None = None,
    population: Population = None,
    provider: Mapping[str, FactValue] | None = None,
    answers: Mapping[str, AnyAnswer] | None = None,
    decisions: Sequence[PanelDecision] = (),
) -> RatingResult:
    """Return the ratings that counted outcomes and recorded judgements give.

    Args:
        framework: what to rate by.
        counts: by the key question's address; a question left out has no cases. Cases that it is not asked of, since
            they are of another sample, are none of its cases.
        judged: rating ids by the slug of each standard rated by judgement, or the address of each such key question;
            one left out is not rated.
        engine: decides which band holds a share or a sum: its name, or one that was made for the framework.
        cases: how many cases the counts come from (default: the most that any question has; of samples, the sum).
        population: how many cases those were drawn from, where that is known: the intervals are then narrower. By the
            id of each sample, where the framework declares samples.
        provider: what is known about who is inspected, by the id of the framework's provider facts.
        answers: what was answered once, of who is inspected, by the address of the prompt.
        decisions: what a ratings panel decided, of these ratings alone. One that moved another rating than is computed
            now is not applied, and stands under ``stale_decisions``.

    Raises:
        DiagnosticError: the framework is not valid, the engine was made for another one, or counts, judgements and
            decisions name what is not there, or are no numbers and no ratings, or move a rating further than a panel
            may; carries everything that is wrong.

    >>> from ctm_rules import load_framework, make_engine
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> counts = {"assessment.safety": Counts(yes=27, no=7)}
    >>> rated = rate_counts(framework, counts, {"leadership": "good"}, make_engine(framework))
    >>> rated.standards[0].rating.label, rated.standards[3].key_questions[2].percent
    ('Good', 79)
    """
    require_valid(framework)
    made = engine_of(framework, engine)
    findings = Findings()
    findings.extend(check_counts(framework, counts))
    findings.extend(check_judged(framework, judged))
    findings.extend(check_provider({} if provider is None else provider, framework))
    findings.extend(check_answers({} if answers is None else answers, framework))
    require("decisions", decisions, Iterable, hint="a list of panel decisions")
    decisions = tuple(decisions)
    findings.extend(check_decisions(framework, decisions, path="/decisions"))
    if not findings:
        most = max((count.cases for count in counts.values()), default=0)
        cases = cases_counted(framework, counts) if cases is None else cases
        findings.extend(check_number(cases, "all", path="/cases", least=most, why=f"{most} were counted"))
        if not findings:
            findings.extend(check_population(framework, population, counts, cases))
    findings.raise_errors()
    assert cases is not None
    return rate_checked(framework, counts, judged, made, cases, population, provider, decisions, answers)


def rate_checked(
    framework: Framework,
    counts: Mapping[str, Counts],
    judged: Mapping[str, str],
    engine: Engine,
    cases: int,
    population: Population = None,
    provider: Mapping[str, FactValue] | None = None,
    decisions: Sequence[PanelDecision] = (),
    answers: Mapping[str, AnyAnswer] | None = None,
) -> RatingResult:
    """Return what :func:`rate_counts` does, of what is known to belong together.

    The engine decides on the bands of the framework; its rules are not asked.
    """
    facts = {} if provider is None else provider
    framework = framework.for_provider(facts)
    scale = Scale(framework, engine, population, facts, {} if answers is None else answers)
    computed = tuple(scale.standard(standard, counts, judged) for standard in framework.standards)
    undecided = RatingsAbove(framework, engine, facts, Decided(framework))
    plain = _cascade(framework, engine, computed, undecided, cases)
    if not decisions:
        return plain
    decided = Decided(framework, decisions)
    standards = tuple(decided.standard(result) for result in computed)
    above = RatingsAbove(framework, engine, facts, decided)
    return _beside(_cascade(framework, engine, standards, above, cases), plain, decided)


def _cascade(
    framework: Framework, engine: Engine, standards: tuple[StandardResult, ...], above: RatingsAbove, cases: int
) -> RatingResult:
    """Return what the ratings of standards come to above them, with what was decided of domains and of the whole."""
    not_rated = tuple(result.not_rated for result in standards if result.not_rated)
    by_slug = {result.standard.slug: result for result in standards}
    domains = tuple(above.domain(domain, [by_slug[slug] for slug in domain.standards]) for domain in framework.domains)
    overall, overall_panel = above.overall(standards)
    rating, decision = above.decided.on(OVERALL, overall.rating)
    # What is missing below says why there is no overall rating, unless the rule leaves it out.
    rule = framework.overall
    leaves_out = rule is not None and rule.not_rated == "leave_out"
    is_left_out = leaves_out and all(result.is_settled for result in standards if result.not_rated)
    if overall.missing and (is_left_out or not not_rated):
        not_rated = (*not_rated, f"Overall rating: {overall.missing}")
    return RatingResult(
        framework,
        engine.name,
        cases,
        rating,
        above.score(standards, framework.overall),
        above.out_of(standards, framework.overall),
        domains,
        standards,
        not_rated,
        overall_panel if decision is None else (),
        overall.because,
        overall.drivers,
        overall.value,
        decision,
    )


def _beside(result: RatingResult, plain: RatingResult, decided: Decided) -> RatingResult:
    """Return decided ratings with those beside them that there would be if no panel had decided anything."""
    domains = tuple(
        evolve(own, computed=other.rating, computed_score=other.score)
        for own, other in zip(result.domains, plain.domains, strict=True)
    )
    return evolve(
        result,
        domains=domains,
        overall_computed=plain.overall,
        computed_score=plain.score,
        stale_decisions=decided.stale(result),
    )


class Scale:
    """What standards are rated by, with the engine that decides.

    Attributes:
        questions: rates their key questions.
    """

    def __init__(
        self,
        framework: Framework,
        engine: Engine,
        population: Population,
        facts: Mapping[str, FactValue],
        answers: Mapping[str, AnyAnswer],
    ) -> None:
        self._framework = framework
        self._facts = facts
        self._engine = engine
        self.questions = QuestionRatings(framework, engine, population, facts, answers)

    def standard(self, standard: Standard, counts: Mapping[str, Counts], judged: Mapping[str, str]) -> StandardResult:
        """Rate a standard, where it applies to the provider."""
        applies = Truth.TRUE
        if standard.applies_when is not None:
            applies = self._engine.holds(standard.applies_when, Standings({}, self._facts))
        if applies is not Truth.TRUE:
            assert standard.applies_when is not None
            is_settled = applies is Truth.FALSE
            reason = "it does not apply" if is_settled else "whether it applies is not known"
            reason += f" (it does where {say(standard.applies_when, self._framework)})"
            not_rated = f"{standard.id} {standard.title}: {reason}"
            return StandardResult(standard, None, not_rated=not_rated, is_settled=is_settled)
        if standard.rated_by == "cases":
            return self.by_questions(standard, counts, judged)
        return self.by_judgement(standard, judged)

    def by_judgement(self, standard: Standard, judged: Mapping[str, str]) -> StandardResult:
        rating = judged.get(standard.slug)
        if rating == NOT_RATED:
            reason = f"{standard.id} {standard.title}: it was looked at and given no rating"
            return StandardResult(standard, None, not_rated=reason, is_settled=True)
        if rating is not None:
            return StandardResult(standard, self._framework.rating_on(standard.scale, rating))
        return StandardResult(standard, None, not_rated=f"{standard.id} {standard.title}: no judgement is recorded")

    def by_questions(
        self, standard: Standard, counts: Mapping[str, Counts], judged: Mapping[str, str]
    ) -> StandardResult:
        """Rate a standard by its key questions, as its rule says.

        Where the lowest rating decides, those furthest into it drive the standard's.
        """
        rule = self._framework.rule_of_standard(standard)
        results = [
            self.questions.rate(f"{standard.slug}.{question.id}", question, counts, judged)
            for question in standard.key_questions
        ]
        weakest_first = sorted(results, key=self._weakness)
        if rule is None:
            reasons = "; ".join(result.not_rated for result in results if result.not_rated)
            reason = f"{standard.id} {standard.title}: {reasons}" if reasons else ""
            shares = tuple(weakest_first)
            return StandardResult(
                standard, None, tuple(results), not_rated=reason, weakest_first=shares, is_settled=True
            )
        rated = [result for result in weakest_first if result.rating is not None]
        rateable = [result for result in results if self._framework.is_question_rated(result.question)]
        members = self.members(results)
        rate = partial(self.rules_of(standard).rate, rule)
        ruled = rate(members)
        without = [result for result in rateable if result.rating is None]
        refused = next((result for result in without if not result.is_settled), None)
        if ruled.rating is None:
            reason = refused.not_rated if refused else ruled.missing
            # Where they are left out, they are not why.
            if without and not refused and (ruled.is_settled or rule.not_rated == "refuse"):
                reason = self._without_cases(without, is_for_some=bool(rated))
            return StandardResult(
                standard,
                None,
                tuple(results),
                not_rated=f"{standard.id} {standard.title}: {reason}",
                weakest_first=tuple(weakest_first),
                is_settled=ruled.is_settled,
            )
        drivers = self._drivers(rule, rated, ruled)
        marked = {result.path: _marked(result, members, rate, ruled.rating, drivers) for result in results}
        return StandardResult(
            standard,
            ruled.rating,
            tuple(marked.values()),
            drivers,
            weakest_first=tuple(marked[result.path] for result in weakest_first),
            not_counted=tuple(result.path for result in without if result.is_settled),
            because=ruled.because,
            value=ruled.value,
        )

    def members(self, results: Iterable[KeyQuestionResult]) -> list[Member]:
        """Return the key questions that count for their standard's rating, as its rule looks at them."""
        return [_member(result) for result in results if self._framework.is_question_rated(result.question)]

    def rules_of(self, standard: Standard) -> RatingRules:
        """Return what applies the rule of a standard."""
        return RatingRules(self._framework, self._engine, standard.scale, self._facts)

    def _drivers(self, rule: RatingRule, weakest_first: list[KeyQuestionResult], ruled: Ruled) -> tuple[str, ...]:
        """Return the questions that a rating was taken from: of those with it, the ones furthest into it."""
        taken = [result for result in weakest_first if result.path in ruled.drivers]
        if not taken or not isinstance(rule, TakeRating):
            return ()
        furthest = taken[0 if rule.take == "lowest" else -1]
        names = {result.path for result in taken if self._weakness(result) == self._weakness(furthest)}
        return tuple(path for path in ruled.drivers if path in names)

    def _weakness(self, result: KeyQuestionResult) -> Weakness:
        share = result.share
        if result.value is not None and result.counts.reachable:
            share = result.counts.points / result.counts.reachable
        return ShareOrder(self._framework, result.path).weakness(result.rating, share)

    def _without_cases(self, without: Sequence[KeyQuestionResult], *, is_for_some: bool) -> str:
        """Return why a standard has no rating where no case, or too few, were counted for its key questions."""
        if not all(result.question.is_asked_of_cases for result in without):
            return "; ".join(result.not_rated for result in without)
        bands = [(result.counts, self._framework.bands_of(result.path)) for result in without]
        few = [rule.minimum_cases for counts, rule in bands if rule and counts.among(rule.among)]
        points = [(result.counts.scored, self._framework.points_of(result.path)) for result in without]
        few += [rule.minimum_cases for scored, rule in points if rule and scored]
        reason = "no case was counted"
        if few:
            reason = f"fewer than {say_count(few[0], 'case')} were" if len({*few}) == 1 else "too few cases were"
            reason += " counted"
        if is_for_some:
            reason += f" for {say_list([result.path for result in without])}, and the framework then gives no rating"
        return reason


def _marked(
    result: KeyQuestionResult,
    members: Sequence[Member],
    rate: Callable[[Sequence[Member]], Ruled],
    rating: Rating,
    drivers: tuple[str, ...],
) -> KeyQuestionResult:
    """Return a question whose flags say whether the other rating would change the standard's."""

    def changes(flag: PanelFlag) -> bool:
        if flag.instead is None:
            return result.path in drivers
        others = [evolve(each, rating=flag.instead) if each.name == result.path else each for each in members]
        return rate(others).rating != rating

    if not result.panel:
        return result
    return evolve(result, panel=tuple(evolve(flag, changes_standard=changes(flag)) for flag in result.panel))


def _member(result: KeyQuestionResult) -> Member:
    """Return a key question as a member of its standard: where too few cases were counted, it never has a rating."""
    return Member("key_questions", result.path, result.path, result.rating, result.is_settled, result.question.scale)
