"""Key questions rated: by the share of cases, by what was answered once of who is inspected, or by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise

from attrs import evolve

from ctm_rules.engines.base import Engine
from ctm_rules.engines.what_counts import unanswered_by_provider
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.bands import ranges_of, ratings_between, rules_by_value
from ctm_rules.model.conditions import FactValue, facts_in
from ctm_rules.model.framework import NOT_RATED, Framework, KeyQuestion, KeyQuestionBands, PointsInBands, Rating
from ctm_rules.model.outcomes import Outcome, QuestionOutcome, Truth
from ctm_rules.model.provider_view import Part, part_of
from ctm_rules.model.rating_rules import FirstThatHolds
from ctm_rules.phrases import say_count, say_list, say_number
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.results import KeyQuestionResult, PanelFlag, Population
from ctm_rules.rating.rules import RatingRules, say_without
from ctm_rules.rating.samples import drawn_from
from ctm_rules.rating.shares import decisive_percent, decisive_points, rounded_percent, say_percent, wilson_interval

_TRUTH_OF = {
    Outcome.YES: Truth.TRUE,
    Outcome.NO: Truth.FALSE,
    Outcome.NOT_APPLICABLE: Truth.FALSE,  # what no prompt is asked for does not hold
    Outcome.UNDETERMINED: Truth.UNKNOWN,
}


class QuestionRatings:
    """Rates the key questions of a framework for one provider.

    Args:
        framework: the framework.
        engine: decides bands, and what is asked of the provider.
        population: how many cases the inspected ones were drawn from, by sample where there are any (``None``: that is
            not known).
        facts: what is known about the provider, by the id of the fact.
        answers: what was answered once, of the provider, by the address of the prompt.
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
        self._engine = engine
        self._population = population
        self._facts = facts
        self._answers = answers

    def rate(
        self, path: str, question: KeyQuestion, counts: Mapping[str, Counts], judged: Mapping[str, str]
    ) -> KeyQuestionResult:
        """Return the result of the key question at an address."""
        if question.rated_by == "judgement":
            return self._by_people(path, question, judged.get(path))
        if question.asked_of == "provider":
            return self._by_provider(path, question)
        return self._by_cases(path, question, counts.get(path, Counts()))

    # --- by people -----------------------------------------------------------------------------------

    def _by_people(self, path: str, question: KeyQuestion, rating: str | None) -> KeyQuestionResult:
        if rating is None:
            return KeyQuestionResult(path, question, Counts(), not_rated=f"no judgement is recorded for {path}")
        if rating == NOT_RATED:
            reason = f"{path} was looked at and given no rating"
            return KeyQuestionResult(path, question, Counts(), not_rated=reason, is_settled=True)
        return KeyQuestionResult(path, question, Counts(), rating=self._framework.rating_on(question.scale, rating))

    # --- by what the provider was asked --------------------------------------------------------------

    @cached_property
    def _outcomes(self) -> Mapping[str, QuestionOutcome]:
        return self._engine.assess_provider(self._facts, self._answers)

    def _by_provider(self, path: str, question: KeyQuestion) -> KeyQuestionResult:
        if isinstance(question.rating, FirstThatHolds):
            return self._by_answers(path, question, question.rating)
        decided = self._outcomes[path]
        outcome = decided.outcome
        counted = Counts.of({outcome: 1})
        points = self._framework.points_of(path)
        if points is not None and outcome is Outcome.SCORED:
            assert decided.points is not None
            assert decided.reachable is not None
            counted = Counts(scored=1, points=decided.points, reachable=decided.reachable)
            return self._by_points(path, question, points, counted)
        if points is not None and outcome is Outcome.NOT_APPLICABLE:
            return KeyQuestionResult(path, question, counted, not_rated=f"{path} does not apply", is_settled=True)
        declared = self._framework.bands_of(path)
        if outcome is Outcome.UNDETERMINED:
            reason = f"{path} is undetermined while {say_list(self._unknown(path))}"
            return KeyQuestionResult(path, question, counted, not_rated=reason)
        assert declared is not None  # a valid framework has bands wherever a share is rated
        if outcome.value not in declared.among:
            return KeyQuestionResult(path, question, counted, not_rated=f"{path} does not apply", is_settled=True)
        share = Fraction(counted.among((declared.share_of,)))
        rating, reason, because = self._placed(declared, decisive_percent(declared, share), path)
        percent = rounded_percent(share, declared.round)
        return KeyQuestionResult(
            path, question, counted, share=share, percent=percent, rating=rating, not_rated=reason, because=because
        )

    def _by_answers(self, path: str, question: KeyQuestion, rule: FirstThatHolds) -> KeyQuestionResult:
        outcomes = self._outcomes

        def holds(part: Part, number: int) -> Truth:
            return _TRUTH_OF[outcomes[part_of(path, part, number)].outcome]

        asked = [
            outcomes[part_of(path, "line", number)].outcome
            for number, line in enumerate(rule.first_that_holds)
            if line.when is not None
        ]
        if asked and all(outcome is Outcome.NOT_APPLICABLE for outcome in asked):
            return KeyQuestionResult(path, question, Counts(), not_rated=f"{path} does not apply", is_settled=True)
        ruled = self._rules_on(path).rate_by_answers(rule, holds, partial(self._unknown, path))
        reason = "" if ruled.rating is not None else f"{path}: {ruled.missing}"
        return KeyQuestionResult(path, question, Counts(), rating=ruled.rating, not_rated=reason, because=ruled.because)

    @cached_property
    def _open(self) -> tuple[str, ...]:
        return unanswered_by_provider(self._framework, self._facts, self._answers)

    def _unknown(self, path: str) -> list[str]:
        """Return what is not known of a key question that the provider is asked, as parts of a sentence.

        These are prompts that are asked, or may be, and have no answer, and facts that say what is asked, or decide.
        """
        question, prompts = self._framework.every_question[path], self._framework.provider_prompts
        asked = [f"“{prompts[each].ask}”" for each in self._open if each.rpartition(".")[0] == path]
        read = dict.fromkeys(fact for condition in question.conditions for fact in facts_in(condition))
        return [*say_without(asked, "answer"), *self._rules_on(path).not_known(read)]

    # --- by cases ------------------------------------------------------------------------------------

    def _by_cases(self, path: str, question: KeyQuestion, counted: Counts) -> KeyQuestionResult:
        result = self.by_counts(path, question, counted)
        share, points = self._framework.bands_of(path), self._framework.points_of(path)
        if points is not None:
            return evolve(result, panel=self._flags(points, path, counted, result.rating))
        if share is None or result.share is None:
            return result
        count, among = counted.among((share.share_of,)), counted.among(share.among)
        interval = wilson_interval(count, among, drawn_from(self._framework, path, self._population))
        return evolve(result, interval=interval, panel=self._flags(share, path, counted, result.rating))

    def by_counts(self, path: str, question: KeyQuestion, counted: Counts) -> KeyQuestionResult:
        """Return what cases give for a key question that is asked of them: its share and rating, and nothing beside.

        Of one that has points, their value and its rating.
        """
        points = self._framework.points_of(path)
        if points is not None:
            few = self._too_few(path, points, counted, counted.scored)
            return few or self._by_points(path, question, points, counted)
        declared = self._framework.bands_of(path)
        assert declared is not None  # a valid framework has bands wherever a share is rated
        among = counted.among(declared.among)
        without = self._too_few(path, declared, counted, among)
        if without is not None:
            return without
        share = Fraction(getattr(counted, declared.share_of), among)
        rating, reason, because = self._placed(declared, decisive_percent(declared, share), path)
        percent = rounded_percent(share, declared.round)
        return KeyQuestionResult(path, question, counted, share, percent, rating, not_rated=reason, because=because)

    def _placed(
        self, declared: KeyQuestionBands | PointsInBands, value: Fraction, path: str
    ) -> tuple[Rating | None, str, tuple[RatingReason, ...]]:
        """Return the rating of a share or of points, why there is none, and which bands hold, where a fact chose them.

        Args:
            declared: how the key question is rated.
            value: what is placed in the bands.
            path: the address of the key question.
        """
        if not declared.is_rating:
            return None, "", ()
        rules = self._rules_on(path)
        possible, because = rules.placed(declared, value)
        if len(possible) == 1:
            return possible[0], "", because
        return None, f"{path}: {rules.say_possible(possible, rules.not_known(declared.bands_by))}", ()

    def _rules_on(self, path: str) -> RatingRules:
        """Return what applies rules on the scale of a key question."""
        scale = self._framework.every_question[path].scale
        return RatingRules(self._framework, self._engine, scale, self._facts)

    def _too_few(
        self, path: str, declared: KeyQuestionBands | PointsInBands, counted: Counts, among: int
    ) -> KeyQuestionResult | None:
        """Return the result of a key question for which too few cases count (``None``: enough do)."""
        question, is_settled = self._framework.every_question[path], not counted.undetermined
        shown = "share" if isinstance(declared, KeyQuestionBands) else "value"
        what = "rating" if declared.is_rating else shown
        if counted.undetermined and declared.undetermined == "refuse":
            undetermined = say_count(counted.undetermined, "case")
            reason = f"{path} is undetermined in {undetermined}, and the framework then gives no {what}"
            return KeyQuestionResult(path, question, counted, not_rated=reason)
        if not among:
            reason = f"no case was counted for {path}"
            return KeyQuestionResult(path, question, counted, not_rated=reason, is_settled=is_settled)
        if among < declared.minimum_cases:
            least = say_count(declared.minimum_cases, "case")
            reason = f"only {say_count(among, 'case')} counted for {path}, and a {what} needs {least}"
            return KeyQuestionResult(path, question, counted, not_rated=reason, is_settled=is_settled)
        return None

    def _by_points(
        self, path: str, question: KeyQuestion, declared: PointsInBands, counted: Counts
    ) -> KeyQuestionResult:
        """Place the points of the cases that have some, of which there is one, in the bands."""
        value = declared.number(counted.points, counted.scored, counted.reachable)
        rating, reason, because = self._placed(declared, decisive_points(declared, value), path)
        return KeyQuestionResult(path, question, counted, value=value, rating=rating, not_rated=reason, because=because)

    # --- why people should look again ----------------------------------------------------------------

    def _flags(
        self, declared: KeyQuestionBands | PointsInBands, path: str, counted: Counts, rating: Rating | None
    ) -> tuple[PanelFlag, ...]:
        """Return why people should look at a rating again, by whichever bands may hold."""
        if rating is None:
            return ()
        every = rules_by_value(declared).values()
        return tuple(dict.fromkeys(flag for each in every for flag in self._flags_by(each, path, counted, rating)))

    def _flags_by(
        self, declared: KeyQuestionBands | PointsInBands, path: str, counted: Counts, rating: Rating
    ) -> Iterable[PanelFlag]:
        panel = self._framework.panel
        if panel.within_points is not None:
            yield from self._near(declared, path, counted, rating, panel.within_points)
        if isinstance(declared, PointsInBands):
            among, otherwise = counted.scored, self._one_answer(declared, path, counted, rating)
        else:
            among, otherwise = counted.among(declared.among), self._one_case(declared, path, counted, rating)
        if panel.one_case_would_change_it:
            yield from otherwise
        yield from self._few(among)

    def _near(
        self,
        declared: KeyQuestionBands | PointsInBands,
        path: str,
        counted: Counts,
        rating: Rating,
        within: Fraction,
    ) -> Iterable[PanelFlag]:
        """Yield the limits that a share, or points, lie near: within so many per cent of the highest there could be."""
        if isinstance(declared, KeyQuestionBands):
            share = Fraction(counted.among((declared.share_of,)), counted.among(declared.among))
            value, decisive, highest = share * 100, decisive_percent(declared, share), Fraction(100)
        else:
            value = declared.number(counted.points, counted.scored, counted.reachable)
            decisive = decisive_points(declared, value)
            highest = declared.number(counted.reachable, counted.scored, counted.reachable)
        is_percent = isinstance(declared, KeyQuestionBands) or declared.value == "percent"
        what = "the share" if isinstance(declared, KeyQuestionBands) else "the value"
        near = say_count(within, "point") if is_percent else f"{say_percent(within)} of the highest that it could be"
        steps = {step.id: step for step in self._framework.scale(self._framework.every_question[path].scale)}
        for above, below in pairwise(ranges_of(declared.bands)):
            instead = below if above.is_reached_by(decisive) else above
            if 100 * abs(value - above.lowest) <= within * highest and instead.rating != rating.id:
                limit = say_percent(above.lowest) if is_percent else say_number(above.lowest)
                reason = f"{what} is within {near} of {limit}, the limit for {steps[above.rating].label}"
                yield PanelFlag("near_boundary", reason, steps[instead.rating])

    def _one_case(self, declared: KeyQuestionBands, path: str, counted: Counts, rating: Rating) -> Iterable[PanelFlag]:
        """Yield the other rating that one case, judged the other way, would give."""
        count, among = counted.among((declared.share_of,)), counted.among(declared.among)
        # Where nothing but the one outcome is counted, no case can be judged otherwise and still count.
        if {*declared.among} == {declared.share_of}:
            return
        for other, words in ((count + 1, "one more case"), (count - 1, "one case fewer")):
            if 0 <= other <= among:
                given = self._engine.rating(declared.bands, decisive_percent(declared, Fraction(other, among)))
                instead = self._framework.rating_on(self._framework.every_question[path].scale, given)
                if instead != rating:
                    answer = declared.share_of.replace("_", " ")
                    reason = f"{words} judged {answer} would move it to {instead.label}"
                    yield PanelFlag("one_case", reason, instead)

    def _one_answer(self, declared: PointsInBands, path: str, counted: Counts, rating: Rating) -> Iterable[PanelFlag]:
        """Yield the other ratings that one answer of one case, with the next score, would give, whichever it is."""
        from ctm_rules.rating.points import other_values  # only where there are points

        scale = self._framework.every_question[path].scale
        for word, nearest, furthest in other_values(self._framework, path, counted):
            ends = decisive_points(declared, nearest), decisive_points(declared, furthest)
            between = ratings_between(declared.bands, min(ends), max(ends))
            if rating.id not in between:
                instead = self._framework.rating_on(scale, self._engine.rating(declared.bands, ends[0]))
                labels = [self._framework.rating_on(scale, each).label for each in between]
                reason = f"one answer in one case with the next {word} score would move it to {say_list(labels, 'or')}"
                yield PanelFlag("one_case", reason, instead)

    def _few(self, among: int) -> Iterable[PanelFlag]:
        least = self._framework.panel.cases_fewer_than
        if least is not None and among < least:
            yield PanelFlag("few_cases", f"only {say_count(among, 'case')} counted, fewer than {least}")
