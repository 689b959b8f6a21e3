"""The way of a standard to its next rating (counterfactual): how few outcomes, answers and judgements must be others.

Beside them stand the prompts that were in the way. What it takes where there are points: ``next_rating_points``. What
lies above standards: ``next_rating_above``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import TypedDict

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import require
from ctm_rules.engines.base import QuestionPlan, plan_question
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.inspections.next_rating_points import PointsGap, PointsGapDict, Wanted, fewest_answers, points_gap
from ctm_rules.limits import MAX_ANSWERS_TRIED
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import Answer, AnyAnswer
from ctm_rules.model.bands import BandRange, ranges_of, say_limit
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import Framework, KeyQuestionBands, Rating, Standard
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.model.rating_rules import RatingRule, TakeRating
from ctm_rules.phrases import say_count, say_list, say_rating
from ctm_rules.rating.order import RatingOrder, ShareOrder
from ctm_rules.rating.overall import ratings_of_question
from ctm_rules.rating.questions import QuestionRatings
from ctm_rules.rating.results import KeyQuestionResult, StandardResult, label_of
from ctm_rules.rating.shares import decisive_percent, decisive_points, rounded_percent, say_percent


class PromptInTheWayDict(TypedDict):
    """A prompt that was answered no in cases that count against a key question."""

    prompt: str
    ask: str
    would_turn: int
    answered_no: int


class KeyQuestionGapDict(TypedDict):
    """A key question that holds its standard down, and how many outcomes must be others."""

    id: str
    percent: int | None
    counts_when: str
    needed: int
    against: int
    percent_then: int
    in_the_way: list[PromptInTheWayDict]


class OtherAnswerDict(TypedDict):
    """A prompt that the provider would have to answer otherwise."""

    prompt: str
    ask: str
    answer: str | None
    answer_then: str


class AnswersGapDict(TypedDict):
    """A key question asked once of the provider, and which answers must be others."""

    id: str
    answers: list[OtherAnswerDict]


class JudgementGapDict(TypedDict):
    """What people would have to judge otherwise."""

    id: str
    rating: str
    rating_then: str


class NextRatingDict(TypedDict):
    """What separates a standard from its next rating: what :meth:`NextRating.to_dict` returns."""

    id: str
    slug: str
    title: str
    rating: str | None
    next: str | None
    needed: int | None
    key_questions: list[KeyQuestionGapDict]
    answers: list[AnswersGapDict]
    judgements: list[JudgementGapDict]
    points: list[PointsGapDict]
    why_not: str


@frozen
class PromptInTheWay:
    """A prompt that was answered no in cases that count against a key question.

    Attributes:
        path: its address.
        ask: its wording.
        would_turn: cases whose outcome would count in favour if this one answer were yes.
        answered_no: cases counted against in which it is asked and was answered no.
    """

    path: str
    ask: str
    would_turn: int
    answered_no: int

    def to_dict(self) -> PromptInTheWayDict:
        """Return the parts as plain data."""
        return {
            "prompt": self.path,
            "ask": self.ask,
            "would_turn": self.would_turn,
            "answered_no": self.answered_no,
        }


@frozen
class KeyQuestionGap:
    """A key question that holds its standard down.

    Attributes:
        result: what the cases say on it now.
        counts_when: the outcome whose share counts, in words.
        needed: the fewest cases whose outcome must become the one whose share counts.
        against: the cases counted now that do not have that outcome.
        percent: the share that is then reached, in whole per cent.
        in_the_way: the prompts answered no in those cases, first those that alone would turn most of them.
    """

    result: KeyQuestionResult
    counts_when: str
    needed: int
    against: int
    percent: int
    in_the_way: tuple[PromptInTheWay, ...]

    def to_dict(self) -> KeyQuestionGapDict:
        """Return the parts as plain data."""
        return {
            "id": self.result.path,
            "percent": self.result.percent,
            "counts_when": self.counts_when,
            "needed": self.needed,
            "against": self.against,
            "percent_then": self.percent,
            "in_the_way": [prompt.to_dict() for prompt in self.in_the_way],
        }


@frozen
class OtherAnswer:
    """A prompt that the provider was asked and that would have to be answered otherwise.

    Attributes:
        path: its address.
        ask: its wording.
        now: what was answered (``None``: nothing).
        then: what would have to be.
    """

    path: str
    ask: str
    now: AnyAnswer | None
    then: AnyAnswer

    def to_dict(self) -> OtherAnswerDict:
        """Return the parts as plain data."""
        now = None if self.now is None else self.now.value
        return {"prompt": self.path, "ask": self.ask, "answer": now, "answer_then": self.then.value}


@frozen
class AnswersGap:
    """A key question that is asked once, of the provider, and holds its standard down.

    Attributes:
        result: what the answers to its prompts come to now.
        others: the fewest prompts to answer otherwise, and how; where several sets are as few, the first as declared.
    """

    result: KeyQuestionResult
    others: tuple[OtherAnswer, ...]

    def to_dict(self) -> AnswersGapDict:
        """Return the parts as plain data."""
        return {"id": self.result.path, "answers": [other.to_dict() for other in self.others]}


@frozen
class JudgementGap:
    """What people judged, and would have to judge otherwise.

    Attributes:
        name: the slug of the standard, or the address of the key question.
        rating: what they gave it.
        then: what they would have to give it.
    """

    name: str
    rating: Rating
    then: Rating

    def to_dict(self) -> JudgementGapDict:
        """Return the parts as plain data."""
        return {"id": self.name, "rating": self.rating.label, "rating_then": self.then.label}


@frozen(repr=False)
class NextRating:
    """What separates a standard from its next rating.

    Attributes:
        rating: the rating that its cases, answers and judgements give it now, whatever a panel decided.
        next: the next better rating (``None``: there is none to reach, and ``why_not`` says why).
        gaps: the key questions asked of cases that hold it down, in declared order.
        why_not: why no next rating can be given.
        answers: those asked once of the provider that hold it down.
        judgements: what people would have to judge otherwise: the standard itself, or key questions of it.
        points: the key questions with points, asked of cases, that hold it down.
    """

    standard: Standard
    rating: Rating | None
    next: Rating | None = None
    gaps: tuple[KeyQuestionGap, ...] = ()
    why_not: str = ""
    answers: tuple[AnswersGap, ...] = ()
    judgements: tuple[JudgementGap, ...] = ()
    points: tuple[PointsGap, ...] = ()

    def __repr__(self) -> str:
        way = self.why_not or f"{say_rating(self.next)}, {self.distance} away"
        return f"<NextRating {self.standard.id} {self.standard.title}: {way}>"

    @property
    def needed(self) -> int:
        """The fewest case outcomes, over all its key questions, that must be others."""
        return sum(gap.needed for gap in self.gaps)

    @property
    def distance(self) -> str:
        """How much must be otherwise, in words: ``10 case outcomes and 2 answers``."""
        answers = sum(len(gap.others) for gap in self.answers)
        cases = sum(gap.needed for gap in self.points)
        counted = {
            say_count(self.needed, "case outcome"): self.needed,
            say_count(cases, "case with other answers", "cases with other answers"): cases,
            say_count(answers, "answer"): answers,
            say_count(len(self.judgements), "judgement"): len(self.judgements),
        }
        return say_list([said for said, number in counted.items() if number])

    def to_dict(self) -> NextRatingDict:
        """Return the parts as plain data."""
        return {
            "id": self.standard.id,
            "slug": self.standard.slug,
            "title": self.standard.title,
            "rating": label_of(self.rating),
            "next": label_of(self.next),
            "needed": self.needed if self.gaps else None,
            "key_questions": [gap.to_dict() for gap in self.gaps],
            "answers": [gap.to_dict() for gap in self.answers],
            "judgements": [gap.to_dict() for gap in self.judgements],
            "points": [gap.to_dict() for gap in self.points],
            "why_not": self.why_not,
        }


def next_ratings(result: InspectionResult, *, with_prompts: bool = True) -> tuple[NextRating, ...]:
    """Return for each standard the fewest outcomes, answers and judgements that must change for its next rating.

    Without prompts, nothing is said of which of them stood in the way; that takes most of the time.

    No set of fewer changes, of whatever kind, reaches it: turning an outcome that is counted into the one whose
    share counts raises the share most. Of what has points, no fewer cases and no fewer answers reach it while the same
    prompts count. A standard can have jumped over a rating where cases are few.

    >>> from ctm_rules import load_inspection, rate_inspection
    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> assessment = next_ratings(result)[3]
    >>> assessment.next.label, [(gap.result.path, gap.needed) for gap in assessment.gaps]
    ('Requires improvement', [('assessment.safety', 10)])
    """
    require("result", result, InspectionResult, hint="what an inspection came to: rate_inspection(…)")
    finder = _Finder(result, with_prompts=with_prompts)
    return tuple(finder.standard(standard) for standard in result.rating.standards)


ONLY_SHARES = "only its shares are shown"
"""Why there is no way to a next rating where nothing is rated."""

BEST = "it has the best rating there is"
"""Why there is no way to a next rating where there is none."""


class _Finder:
    def __init__(self, result: InspectionResult, *, with_prompts: bool) -> None:
        self._with_prompts = with_prompts
        self._result = result
        self._framework: Framework = result.rating.framework
        self._engine = ReferenceEngine(self._framework)
        self._counts = WhatCounts(self._framework)

    def _judged(self, result: StandardResult) -> NextRating:
        standard, rating = result.standard, result.computed
        if rating is None:
            return NextRating(standard, None, why_not=result.not_rated)
        scale = self._framework.scale(standard.scale)
        place = RatingOrder(self._framework, standard.scale).rank(rating)
        if place == 0:
            return NextRating(standard, rating, why_not=BEST)
        better = scale[place - 1]
        return NextRating(standard, rating, better, judgements=(JudgementGap(standard.slug, rating, better),))

    def standard(self, result: StandardResult) -> NextRating:
        standard = result.standard
        if standard.rated_by == "judgement":
            return self._judged(result)
        if not self._framework.is_rated(standard):
            return NextRating(standard, None, why_not=ONLY_SHARES)
        if result.computed is None:
            return NextRating(standard, None, why_not=result.not_rated)
        rule = self._framework.rule_of_standard(standard)
        if rule is None or not _is_lowest_of_all(rule):
            reason = "it is rated by another rule than the lowest of its key questions"
            return NextRating(standard, result.computed, why_not=reason)
        rated = [question for question in result.key_questions if question.rating is not None]
        for question in rated:
            why = self._why_no_way(question)
            if why:
                return NextRating(standard, result.computed, why_not=why)
        goal = self._next(standard, rated, result.computed)
        if goal is None:
            return NextRating(standard, result.computed, why_not=BEST)
        found: list[KeyQuestionGap | PointsGap | AnswersGap | JudgementGap] = []
        for question in rated:
            gap = self._way_of(question, goal)
            if isinstance(gap, str):
                return NextRating(standard, result.computed, why_not=gap)
            found += [] if gap is None else [gap]
        return NextRating(
            standard,
            result.computed,
            goal,
            tuple(gap for gap in found if isinstance(gap, KeyQuestionGap)),
            answers=tuple(gap for gap in found if isinstance(gap, AnswersGap)),
            judgements=tuple(gap for gap in found if isinstance(gap, JudgementGap)),
            points=tuple(gap for gap in found if isinstance(gap, PointsGap)),
        )

    def _way_of(
        self, question: KeyQuestionResult, goal: Rating
    ) -> KeyQuestionGap | PointsGap | AnswersGap | JudgementGap | str | None:
        """Return what must be otherwise for a rating as good as a goal (``None``: nothing), or why nothing gives it."""
        assert question.rating is not None
        if question.has_share:
            return self._by_outcomes(question, goal)
        if self._is_enough(question, question.rating, goal):
            return None
        if question.question.rated_by == "judgement":
            return JudgementGap(question.path, question.rating, goal)
        wanted = self._points_wanted(question.path)
        if wanted is None:
            return self._other_answers(question, goal)
        return self._by_points(question, goal, wanted)

    def _is_enough(self, question: KeyQuestionResult, rating: Rating | str, goal: Rating) -> bool:
        rank = RatingOrder(self._framework, question.question.scale).rank
        return rank(rating) <= rank(goal)

    def _why_no_way(self, question: KeyQuestionResult) -> str:
        """Return why nothing can be said of what makes a key question's rating better (empty: something can)."""
        path = question.path
        share, points = self._framework.bands_of(path), self._framework.points_of(path)
        declared = points if share is None or not question.has_share else share
        if declared is None:
            return ""
        for fact in declared.bands_by:
            title = self._framework.every_fact[fact].title
            return f"which bands {path} is placed in hangs on “{title}”, which is not known"
        if share is None:
            is_open = question.question.is_asked_of_cases and self._points_wanted(path) is None
            return f"more points for {path} can make it better or worse" if is_open else ""
        worse = ShareOrder(self._framework, path).worse_end
        judged = share.share_of.replace("_", " ")
        if worse == "high":
            return f"it gets better as fewer cases are judged {judged}"
        return "" if worse == "low" else f"more cases judged {judged} can make it better or worse"

    def _by_outcomes(self, question: KeyQuestionResult, goal: Rating) -> KeyQuestionGap | str | None:
        """Return the fewest outcomes that must be others for a goal (``None``: none), or why none are enough."""
        bands = self._framework.bands_of(question.path)
        assert bands is not None  # it is rated by a share
        band = self._band_of(question, bands, goal)
        if band is None:
            return f"no share of {question.path} gives {goal.label}"
        needed = _needed(bands, question, band)
        if needed is None:
            return f"no number of cases reaches {say_limit(band.limit, say_percent)}"
        return self._gap(bands, question, needed) if needed else None

    def _points_wanted(self, path: str) -> Wanted | None:
        """Return whether more or fewer points make a rating better (``None``: neither does, or there are none)."""
        if self._framework.points_of(path) is None:
            return None
        wanted: dict[str | None, Wanted | None] = {"low": "more", "high": "fewer", None: None}
        return wanted[ShareOrder(self._framework, path).worse_end]

    def _by_points(self, question: KeyQuestionResult, goal: Rating, wanted: Wanted) -> PointsGap | AnswersGap | str:
        """Return the fewest cases and answers that must be others for a goal, or why none are enough."""
        path, declared = question.path, self._framework.points_of(question.path)
        assert declared is not None  # it is rated by its points

        def is_enough(value: Fraction) -> bool:
            given = self._engine.rating(declared.bands, decisive_points(declared, value))
            return self._is_enough(question, given, goal)

        if not question.question.is_asked_of_cases:
            inspection = self._result.inspection
            decided = self._engine.assess_provider(inspection.provider_facts, inspection.provider_answers)[path]
            answers = fewest_answers(self._framework, question, decided.prompts, wanted, is_enough)
            if answers is not None:
                words = {f"{path}.{prompt}": word for prompt, word in answers.items()}
                return self._answers_gap(
                    question, {prompt: answers_to(self._framework, prompt)[word] for prompt, word in words.items()}
                )
        else:
            patterns = self._patterns(plan_question(self._framework, path), {Outcome.SCORED})
            cases = ((self._engine.walk(path, case).prompts, number) for case, number in patterns)
            gap = points_gap(self._framework, question, cases, wanted, is_enough)
            if gap is not None:
                return gap if self._with_prompts else evolve(gap, in_the_way=())
        return f"no other answers to the prompts that count for {path} give {goal.label}"

    def _other_answers(self, question: KeyQuestionResult, goal: Rating) -> AnswersGap | str:
        """Return the fewest prompts to answer otherwise for a rating as good as a goal, or why there are none."""
        inspection, prompts = self._result.inspection, self._framework.provider_prompts
        now = inspection.provider_answers
        # What does not apply is so whatever the provider does.
        asked = [
            path for path in prompts if path.rpartition(".")[0] == question.path and now.get(path) is not Answer.NA
        ]
        ways = ((chosen, then) for chosen in _sets(asked) for then in product(*(self._others(path) for path in chosen)))
        for number, (chosen, then) in enumerate(ways):
            if number == MAX_ANSWERS_TRIED:
                return f"more than {MAX_ANSWERS_TRIED:,} other ways to answer {question.path} would have to be tried"
            answers = {**now, **dict(zip(chosen, then, strict=True))}
            ratings = QuestionRatings(self._framework, self._engine, None, inspection.provider_facts, answers)
            rating = ratings.rate(question.path, question.question, {}, {}).rating
            if rating is not None and self._is_enough(question, rating, goal):
                return self._answers_gap(question, dict(zip(chosen, then, strict=True)))
        return f"no answers to {question.path} give {goal.label}"

    def _answers_gap(self, question: KeyQuestionResult, others: Mapping[str, AnyAnswer]) -> AnswersGap:
        now, prompts = self._result.inspection.provider_answers, self._framework.provider_prompts
        return AnswersGap(
            question,
            tuple(OtherAnswer(path, prompts[path].ask, now.get(path), answer) for path, answer in others.items()),
        )

    def _others(self, path: str) -> Sequence[AnyAnswer]:
        """Return what else the provider could have answered to a prompt, what is nearest on its scale first."""
        possible = [each for each in answers_to(self._framework, path).values() if each is not Answer.NA]
        now = self._result.inspection.provider_answers.get(path)
        if now not in possible:
            return possible
        place = possible.index(now)
        others = [each for each in possible if each != now]
        return sorted(others, key=lambda each: abs(possible.index(each) - place))

    def _next(self, standard: Standard, rated: Sequence[KeyQuestionResult], computed: Rating) -> Rating | None:
        """Return the nearest better rating that all of a standard's key questions can have, or the one after it."""
        rank = RatingOrder(self._framework, standard.scale).rank
        given = {
            rank(rating)
            for question in rated
            for rating in ratings_of_question(self._framework, question.path, question.question)
        }
        better = [place for place in given if place < rank(computed)]
        return self._framework.scale(standard.scale)[max(better)] if better else None

    def _band_of(self, question: KeyQuestionResult, declared: KeyQuestionBands, goal: Rating) -> BandRange | None:
        """Return the lowest range of values with a rating at least as good as a goal (``None``: there is none)."""
        order = RatingOrder(self._framework, question.question.scale)
        enough = [each for each in ranges_of(declared.bands) if order.rank(each.rating) <= order.rank(goal)]
        return enough[-1] if enough else None

    def _gap(self, declared: KeyQuestionBands, question: KeyQuestionResult, needed: int) -> KeyQuestionGap:
        count, among = _counted(declared, question)
        return KeyQuestionGap(
            question,
            declared.share_of.replace("_", " "),
            needed,
            among - count,
            rounded_percent(Fraction(count + needed, among), declared.round),
            tuple(self._in_the_way(declared, question.path)) if self._with_prompts else (),
        )

    def _in_the_way(self, declared: KeyQuestionBands, path: str) -> list[PromptInTheWay]:
        wanted = Outcome(declared.share_of)
        against = {Outcome(outcome) for outcome in declared.among} - {wanted}
        plan = plan_question(self._framework, path)
        would_turn: Counter[str] = Counter()
        answered_no: Counter[str] = Counter()
        for case, cases in self._patterns(plan, against):
            for prompt in self._answered_no(case, plan):
                answered_no[prompt] += cases
                turned = evolve(case, answers={**case.answers, prompt: Answer.YES})
                # Where people judged the case, no answer turns it.
                if path not in case.judgements and self._engine.walk(path, turned).outcome is wanted:
                    would_turn[prompt] += cases
        prompts = [
            PromptInTheWay(prompt, self._framework.prompts[prompt].ask, would_turn[prompt], number)
            for prompt, number in answered_no.items()
        ]
        return sorted(prompts, key=lambda prompt: (-prompt.would_turn, -prompt.answered_no, prompt.path))

    def _patterns(self, plan: QuestionPlan, against: set[Outcome]) -> Iterator[tuple[Case, int]]:
        """Yield a case for each pattern of answers and facts of the cases counted against, and how many have it."""
        patterns: Counter[tuple[object, ...]] = Counter()
        example: dict[tuple[object, ...], Case] = {}
        for outcome, case in zip(self._result.outcomes, self._result.inspection.cases, strict=True):
            if outcome.questions[plan.path].outcome in against:
                judgement = case.judgements.get(plan.path)
                answers = {path: case.answers[path] for path in plan.prompt_paths if path in case.answers}
                facts = {fact: case.facts[fact] for fact in plan.fact_ids if fact in case.facts}
                pattern: tuple[object, ...] = (case.sample, judgement, *answers.items(), *facts.items())
                judgements = {} if judgement is None else {plan.path: judgement}
                example.setdefault(pattern, Case(case.id, facts, answers, judgements, case.sample))
                patterns[pattern] += 1
        for pattern, cases in patterns.items():
            yield example[pattern], cases

    def _answered_no(self, case: Case, plan: QuestionPlan) -> Iterator[str]:
        """Yield the prompts that are asked, or may be, and were answered no."""
        for path in plan.prompt_paths:
            is_no = case.answers.get(path) is Answer.NO
            if is_no and self._counts.is_asked(path, case.facts, case.sample) is not Truth.FALSE:
                yield path


def _sets(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield every set of some of the addresses, the smallest first."""
    for size in range(1, len(paths) + 1):
        yield from combinations(paths, size)


def _is_lowest_of_all(rule: RatingRule) -> bool:
    """Return whether a standard takes the lowest rating among all its key questions, and nothing moves it then."""
    return isinstance(rule, TakeRating) and rule.take == "lowest" and rule.of == "key_questions" and not rule.then


def _counted(declared: KeyQuestionBands, question: KeyQuestionResult) -> tuple[int, int]:
    """Return how many cases have the outcome whose share counts, and among how many."""
    return question.counts.among((declared.share_of,)), question.counts.among(declared.among)


def _needed(declared: KeyQuestionBands, question: KeyQuestionResult, goal: BandRange) -> int | None:
    """Return the fewest outcomes that must change for the share to reach a band (``None``: none are enough)."""
    count, among = _counted(declared, question)
    if not among:
        return 0  # a question that no case was counted for holds nothing down
    enough = (
        more
        for more in range(among - count + 1)
        if goal.is_reached_by(decisive_percent(declared, Fraction(count + more, among)))
    )
    return next(enough, None)
