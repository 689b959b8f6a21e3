"""What every engine that takes one case at a time has in common: the protocol and the walk over questions.

Semantics of a key question, the same for every engine (three-valued, and ``na`` drops out):

* a prompt is TRUE when answered yes, FALSE when answered no, DROPPED when answered na or when its
  ``applies_when`` is false, and UNKNOWN when it is not answered or when facts are missing to tell whether it applies;
* a fact test is TRUE or FALSE, and UNKNOWN when the fact is missing; it is never DROPPED;
* ``all``: FALSE if any clause is FALSE, else UNKNOWN if any is UNKNOWN, else TRUE if any is TRUE, else DROPPED;
* ``any``: TRUE if any clause is TRUE, else UNKNOWN if any is UNKNOWN, else FALSE if any is FALSE, else DROPPED;
* ``at_least`` k, with t, f, u clauses TRUE, FALSE, UNKNOWN: DROPPED if t = f = u = 0; TRUE if t >= k, or f = u = 0;
  FALSE if f > 0 and t + u < k; else UNKNOWN;
* ``not``: TRUE and FALSE change places; UNKNOWN and DROPPED stay;
* at the root: where the rule reads prompts and every one of them is DROPPED, the rule is DROPPED; where none is
  TRUE or FALSE and some are UNKNOWN, it is UNKNOWN (facts alone never answer a question about prompts);
* a case that is not of the question's sample is not asked, whatever is recorded of it; where facts are missing to tell
  whether it is, the question is undetermined. The sample that a case was drawn for says which sample it is of, and
  where none is given, the sample's ``when`` over its facts;
* ``applies_when`` FALSE makes the question not applicable; UNKNOWN makes it undetermined, except that a rule
  that is DROPPED is not applicable either way;
* the first variant whose ``when`` is TRUE is the case's variant, and a question uses its rule for that variant
  where it has one, else ``yes_when``. While facts are missing, the variants still possible are those whose ``when`` is
  UNKNOWN before the first TRUE one (and that one, or none); a question with a rule for any of them is undetermined
  (not applicable where its ``applies_when`` is FALSE).

A key question that has points has a number for each case instead of a yes or a no:

* a prompt is DROPPED and UNKNOWN as above; else it counts with the score of its answer: of its scale, or 1 for yes and
  0 for no;
* every prompt DROPPED, or ``applies_when`` FALSE: not applicable. Else any prompt UNKNOWN, or ``applies_when`` UNKNOWN:
  undetermined. Else it is scored;
* with s the scores, h the highest scores and w the weights of the prompts that count, the number is Σ w·s of at most
  Σ w·h (``sum_of``), both divided by Σ w (``mean_of``), or 100·Σ w·s / Σ w·h of 100 (``percent_of``), exact;
* over the cases that are scored, the value is the sum of their numbers (``sum_of``), that divided by how many they are
  (``mean_of``), or 100 times that divided by the sum of what they could have reached (``percent_of``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from attrs import evolve, frozen

from ctm_rules.engines.standings import Standings
from ctm_rules.limits import MAX_REMEMBERED_PATTERNS
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.bands import Band
from ctm_rules.model.cases import Case, CaseRules
from ctm_rules.model.conditions import Condition, FactValue, facts_in
from ctm_rules.model.framework import Fact, Framework, KeyQuestion, Prompt, Rating, Sample, Variant
from ctm_rules.model.outcomes import CaseOutcome, ClauseResult, Outcome, QuestionOutcome, Truth
from ctm_rules.model.provider_view import provider_case, provider_view
from ctm_rules.model.remembered import ByMeaning, OncePerFramework, is_keeping, known_by, once_for_the_same
from ctm_rules.validity import note_valid, require_valid


class Engine(Protocol):
    """Decides key questions and bands for one framework. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """Which engine this is, as results say it."""
        ...

    @property
    def framework(self) -> Framework:
        """The framework that it was compiled for."""
        ...

    def assess(self, case: Case) -> CaseOutcome:
        """Return the outcome of every key question for a case, in the order of ``framework.key_questions``."""
        ...

    def assess_provider(
        self, facts: Mapping[str, FactValue], answers: Mapping[str, AnyAnswer]
    ) -> Mapping[str, QuestionOutcome]:
        """Return the outcome of whatever is asked of who is inspected, by address (see ``model/provider_view.py``).

        Args:
            facts: what is known of the provider, by the id of the fact.
            answers: what was answered, by the address of the prompt.
        """
        ...

    def rating(self, bands: tuple[Band, ...], value: Fraction) -> str:
        """Return the id of the rating whose band holds ``value`` (at or above 0)."""
        ...

    def holds(self, condition: Condition, standings: Standings) -> Truth:
        """Return whether a condition about ratings holds, given where the elements below stand."""
        ...


@frozen
class QuestionPlan:
    """What deciding one key question needs from a case.

    Attributes:
        path: the question's address.
        question: its declaration.
        prompt_paths: addresses of the prompts that any of its rules reads.
        fact_ids: facts that its sample, its rules, its prompts' conditions or the variants that matter to it read.
        sample: the sample of cases that it is asked of (``None``: it is asked of every case).
    """

    path: str
    question: KeyQuestion
    prompt_paths: tuple[str, ...]
    fact_ids: tuple[str, ...]
    sample: Sample | None = None


def checked_provider_view(framework: Framework) -> Framework | None:
    """Return a valid framework as it looks at who is inspected (``None``: nothing is asked of the provider).

    What it is made of has been checked, so that it is not checked again.
    """
    require_valid(framework)
    view = provider_view(framework)
    if view is not None:
        note_valid(view)
    return view


def asked_of(framework: Framework, sample: str | None) -> tuple[str, ...]:
    """Return the addresses of the key questions that may be asked of cases drawn for a sample (``None``: of any)."""
    asked = framework.samples_asked
    return tuple(
        path for path in framework.key_questions if sample is None or path not in asked or asked[path].id == sample
    )


def plan_question(framework: Framework, path: str, *, drawn_for: str | None = None) -> QuestionPlan:
    """Return what the key question at an address reads from a case.

    Args:
        framework: whose key question it is.
        path: its address.
        drawn_for: the sample that the case was drawn for, where its table says so: no fact has to tell it then.
    """
    question = framework.key_questions[path]
    variants = framework.variants if question.variants else ()
    return _plan(path, question, variants, framework.samples_asked.get(path), drawn_for)


@once_for_the_same
def _plan(
    path: str, question: KeyQuestion, variants: tuple[Variant, ...], sample: Sample | None, drawn_for: str | None
) -> QuestionPlan:
    read = question.prompts_read
    conditions: list[Condition | None] = [] if sample is None or drawn_for is not None else [sample.when]
    conditions += [rule for _, rule in question.rules]
    conditions += [question.applies_when]
    conditions += [prompt.applies_when for prompt in question.prompts if prompt.id in read]
    conditions += [variant.when for variant in variants]
    return QuestionPlan(
        path=path,
        question=question,
        prompt_paths=tuple(f"{path}.{prompt.id}" for prompt in question.prompts if prompt.id in read),
        fact_ids=tuple(dict.fromkeys(fact for condition in conditions for fact in facts_in(condition))),
        sample=sample,
    )


@frozen(eq=False)
class HangsOn:
    """All of a framework that the outcomes of a key question hang on, and what can be said of its rules.

    The cases are beside it. What is the same by ``parts`` in another framework has the same outcomes there, down to the
    lines in which its clauses stand (see ``model/remembered.py``).

    Attributes:
        path, question: the key question.
        sample, variants, scales: what it names, or its prompts.
        facts: those that a condition of any of them looks at. Nothing says where they are declared.
    """

    path: str
    question: KeyQuestion
    sample: Sample | None
    variants: tuple[Variant, ...]
    facts: tuple[Fact, ...]
    scales: tuple[tuple[Rating, ...], ...]

    @cached_property
    def parts(self) -> tuple[object, ...]:
        """What to know it again by."""
        facts = tuple(map(ByMeaning, self.facts))
        return self.path, self.question, self.sample, self.variants, facts, self.scales


def hangs_on(framework: Framework, path: str) -> HangsOn:
    """Return what a key question hangs on that is asked of cases."""
    return _hanging(framework)[path]


def is_alike(one: HangsOn, other: HangsOn) -> bool:
    """Return whether two key questions hang on what says the same, wherever it stands, so that nothing differs."""
    return (one.question, one.sample, one.variants, one.facts, one.scales) == (
        other.question,
        other.sample,
        other.variants,
        other.facts,
        other.scales,
    )


def _work_out_hanging(framework: Framework) -> Mapping[str, HangsOn]:
    return {path: _hangs_on(framework, path) for path in framework.key_questions}


_hanging = OncePerFramework(_work_out_hanging)


def _hangs_on(framework: Framework, path: str) -> HangsOn:
    question, sample = framework.key_questions[path], framework.samples_asked.get(path)
    variants = framework.variants if question.variants else ()
    conditions = [*question.conditions, *(variant.when for variant in variants)]
    conditions += [] if sample is None else [sample.when]
    read = {fact for condition in conditions for fact in facts_in(condition)}
    facts = tuple(fact for fact in framework.facts if fact.id in read)
    scales = tuple(framework.scale(prompt.answers) for prompt in question.prompts if prompt.answers is not None)
    return HangsOn(path, question, sample, variants, facts, scales)


def drawn_for(sample: Sample, named: str | None) -> Truth | None:
    """Return whether a case was drawn for a sample, by the sample that its table names (``None``: its facts decide)."""
    return None if named is None else Truth.TRUE if named == sample.id else Truth.FALSE


@frozen
class Drawn:
    """Whether a case is of the sample that a key question is asked of, and why.

    Attributes:
        path: the question's address.
        truth: whether it is; UNKNOWN where facts are missing to tell.
        clauses: the result of every clause of the sample's ``when`` (reference engine only).
        fired: names of the engine rules that fired (durable engine only).
    """

    path: str
    truth: Truth
    clauses: ClauseResult | None = None
    fired: tuple[str, ...] = ()


AnswerPattern = Mapping[str, AnyAnswer]
FactPattern = Mapping[str, FactValue]


class PatternEngine(ABC):
    """An engine that decides each key question once for each pattern of answers and facts, and remembers it.

    An outcome holds nothing of the case but its pattern, so cases that look alike share one outcome object.
    Everything remembered is dropped when it grows past ``MAX_REMEMBERED_PATTERNS``.
    """

    name: str

    def __init__(self, framework: Framework) -> None:
        """Compile a framework.

        Raises:
            DiagnosticError: carries every mistake by which nothing could be decided for certain.
        """
        require_valid(framework)
        self.framework = framework
        self._of_provider: PatternEngine | None = None
        plans = [plan_question(framework, path) for path in framework.key_questions]
        self._remembered = [self._known_outcomes(plan.path) for plan in plans]
        self._rules = CaseRules(framework)
        self._plans = [
            (plan, plan.path, plan.prompt_paths, plan.fact_ids, remembered)
            for plan, remembered in zip(plans, self._remembered, strict=True)
        ]
        self._room = MAX_REMEMBERED_PATTERNS

    def _known_outcomes(self, path: str) -> dict[tuple[object, ...], QuestionOutcome]:
        """Return what is known already of a key question, by the pattern of a case; what is found out is put into it.

        While standards are edited, what an earlier engine of the kind found out by the same rules holds as well.
        """
        if not is_keeping():
            return {}
        return known_by(type(self), hangs_on(self.framework, path).parts, dict[tuple[object, ...], QuestionOutcome])

    def __reduce__(self) -> tuple[type[PatternEngine], tuple[Framework]]:
        """Another process gets an engine compiled there from the framework."""
        return type(self), (self.framework,)

    @abstractmethod
    def _decide(self, plan: QuestionPlan, answers: AnswerPattern, facts: FactPattern) -> QuestionOutcome:
        """Decide one key question from the answers (by prompt id) and facts that are not missing."""

    @abstractmethod
    def _draw(self, plan: QuestionPlan, facts: FactPattern) -> Drawn:
        """Decide from the facts that are not missing whether a case is of the sample of a key question that has one."""

    def assess(self, case: Case) -> CaseOutcome:
        """Return the outcome of every key question for a case; recorded judgements replace the rule's outcome.

        Raises:
            DiagnosticError: the case is not one that a case table could hold (see :class:`CaseRules`).
        """
        self._rules.check(case)
        answer_of, fact_of = case.answers.get, case.facts.get
        questions: dict[str, QuestionOutcome] = {}
        for plan, path, prompt_paths, fact_ids, remembered in self._plans:
            pattern: tuple[object, ...] = tuple(map(answer_of, prompt_paths))
            if fact_ids:
                pattern += tuple(map(fact_of, fact_ids))
            if plan.sample is not None:
                pattern += (case.sample,)
            outcome = remembered.get(pattern)
            if outcome is None:
                outcome = self.decide(plan, case)
                self._make_room()
                remembered[pattern] = outcome
            questions[path] = outcome
        for path, judgement in case.judgements.items():
            if questions[path].outcome is not Outcome.NOT_ASKED:
                questions[path] = evolve(questions[path], outcome=judgement.outcome, judgement=judgement)
        return CaseOutcome(case.id, questions, self.name, self.framework.checksum)

    def assess_provider(
        self, facts: Mapping[str, FactValue], answers: Mapping[str, AnyAnswer]
    ) -> Mapping[str, QuestionOutcome]:
        """Return the outcome of whatever is asked of who is inspected, by address: the same rules decide."""
        if self._of_provider is None:
            view = checked_provider_view(self.framework)
            if view is None:
                return {}
            self._of_provider = type(self)(view)
        engine = self._of_provider
        return engine.assess(provider_case(engine.framework, facts, answers)).questions

    def _make_room(self) -> None:
        self._room -= 1
        if self._room < 0:
            for remembered in self._remembered:
                remembered.clear()
            self._room = MAX_REMEMBERED_PATTERNS - 1

    def scored(self, question: KeyQuestion, counted: Iterable[tuple[Prompt, int]]) -> tuple[Fraction, Fraction]:
        """Return the number of a case, and the highest that it could have been, from the prompts that count.

        Args:
            question: the key question, which has points.
            counted: each prompt that counts, with the score of its answer (there must be one).
        """
        assert question.points is not None
        reached = weight = reachable = 0
        for prompt, score in counted:
            reached += prompt.weight * score
            weight += prompt.weight
            reachable += prompt.weight * self.framework.highest_of(prompt)
        number = question.points.number
        return number(reached, weight, reachable), number(reachable, weight, reachable)

    def decide(self, plan: QuestionPlan, case: Case) -> QuestionOutcome:
        """Return the outcome that the rules give for one key question of a case; the case is not checked."""
        prefix = len(plan.path) + 1
        answers = {path[prefix:]: case.answers[path] for path in plan.prompt_paths if path in case.answers}
        facts = {fact: case.facts[fact] for fact in plan.fact_ids if fact in case.facts}
        if plan.sample is None:
            return self._decide(plan, answers, facts)
        named = drawn_for(plan.sample, case.sample)
        drawn = self._draw(plan, facts) if named is None else Drawn(plan.path, named)
        decided = None if drawn.truth is Truth.FALSE else self._decide(plan, answers, facts)
        return self._where_drawn(drawn, decided)

    @abstractmethod
    def _where_drawn(self, drawn: Drawn, decided: QuestionOutcome | None) -> QuestionOutcome:
        """Return the outcome of a key question that is asked of a sample.

        Args:
            drawn: whether the case is of the sample.
            decided: the outcome if it is (``None``: it is not).
        """

    @abstractmethod
    def rating(self, bands: tuple[Band, ...], value: Fraction) -> str:
        """Return the id of the rating whose band holds ``value`` (at or above 0)."""

    @abstractmethod
    def holds(self, condition: Condition, standings: Standings) -> Truth:
        """Return whether a condition about ratings holds, given where the elements below stand."""
