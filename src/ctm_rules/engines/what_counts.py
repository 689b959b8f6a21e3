"""What of a case counts: whether a key question, a prompt or a measure is asked of it, and which answer that leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from ctm_rules.engines.base import FactPattern, drawn_for
from ctm_rules.engines.clauses import ClauseWalker, facts_meet
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import Condition, facts_in, prompts_in
from ctm_rules.model.framework import Framework, KeyQuestion, Sample
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.model.provider_view import provider_view

_OUTCOME_OF_ANSWER = {
    Answer.YES: Outcome.YES,
    Answer.NO: Outcome.NO,
    Answer.NA: Outcome.NOT_APPLICABLE,
    None: Outcome.UNDETERMINED,
}


def is_of_sample(case: Case, sample: Sample, framework: Framework) -> Truth:
    """Return whether a case is of a sample: as its table says, else by its facts (``UNKNOWN``: they do not tell)."""
    named = drawn_for(sample, case.sample)
    return facts_meet(sample.when, case.facts, framework) if named is None else named


def _counted(answer: AnyAnswer | None, drawn: Truth, asked: Truth) -> Outcome:
    """Return what an answer counts as, given whether the case was drawn for the question, and whether it is asked."""
    if drawn is not Truth.TRUE:
        return Outcome.NOT_ASKED if drawn is Truth.FALSE else Outcome.UNDETERMINED
    # A step of a scale is neither yes nor no: what it says is its score.
    answered = Outcome.SCORED if isinstance(answer, StepAnswer) else _OUTCOME_OF_ANSWER[answer]
    if asked is Truth.FALSE:
        return Outcome.NOT_APPLICABLE
    is_open = asked is Truth.UNKNOWN and answered is not Outcome.NOT_APPLICABLE
    return Outcome.UNDETERMINED if is_open else answered


class WhatCounts:
    """Says what of a case counts, by one framework. Whatever counts, lists or doubts answers asks here.

    * A key question, and with it its prompts, is asked of the cases of its sample only.
    * A measure is asked where its ``applies_when`` holds.
    * A prompt is asked where its key question's ``applies_when`` holds, its own does, and the rule that decides the
      case (of its variant, or the general one) reads it. A prompt that no rule reads is asked whichever rule is used.
    * A key question is asked where its ``applies_when`` holds and some prompt that the rule reads is asked, or where
      the rule reads none.

    Each is decided once for each combination of facts that occurs, whatever else is asked under the same conditions.
    """

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._facts: dict[str, tuple[str, ...]] = {}
        self._known: dict[tuple[object, ...], Truth] = {}
        self._drawn: dict[tuple[object, ...], Truth] = {}
        self._alike: dict[str, str] = {}
        self._first: dict[tuple[object, ...], str] = {}

    def alike(self, path: str) -> str:
        """Return the first address that was looked at of those that are asked under the very same conditions."""
        if path not in self._alike:
            self._alike[path] = self._first.setdefault(tuple(self._asked_under(path)), path)
        return self._alike[path]

    def facts(self, path: str) -> tuple[str, ...]:
        """Return the ids of the facts that tell whether what stands at an address is asked."""
        if path not in self._facts:
            read = (fact for condition in self._conditions(path) for fact in facts_in(condition))
            self._facts[path] = tuple(dict.fromkeys(read))
        return self._facts[path]

    def is_asked(self, path: str, facts: FactPattern, sample: str | None = None) -> Truth:
        """Return whether what stands at an address is asked of a case (``UNKNOWN``: facts are missing to tell).

        Args:
            path: the address.
            facts: those of the case.
            sample: the sample that the case was drawn for, where its table says so.
        """
        path = self.alike(path)
        pattern = (path, sample, *map(facts.get, self.facts(path)))
        if pattern not in self._known:
            drawn = self.is_drawn(path, facts, sample)
            self._known[pattern] = self._decide(path, facts) if drawn is Truth.TRUE else drawn
        return self._known[pattern]

    def is_drawn(self, path: str, facts: FactPattern, sample: str | None = None) -> Truth:
        """Return whether a case is of the sample that what stands at an address is asked of; see :meth:`is_asked`."""
        asked_of = self._framework.sample_of(path)
        if asked_of is None:
            return Truth.TRUE
        named = drawn_for(asked_of, sample)
        if named is not None:
            return named
        pattern = (asked_of.id, *map(facts.get, facts_in(asked_of.when)))
        if pattern not in self._drawn:
            self._drawn[pattern] = self._meets(asked_of.when, facts)
        return self._drawn[pattern]

    def counted(self, path: str, case: Case) -> Outcome:
        """Return what the answer of a case to a prompt or measure counts as (a missing one: undetermined)."""
        return _counted(case.answers.get(path), *self._standing(path, case))

    def counted_in(self, cases: Sequence[Case]) -> Callable[[str], tuple[Outcome, ...]]:
        """Return what gives, for an address, what the answer of each of these cases counts as; see :meth:`counted`.

        What is asked under the very same conditions as something before it is not decided for each case once more.
        """
        known: dict[str, list[tuple[Truth, Truth]]] = {}

        def counted(path: str) -> tuple[Outcome, ...]:
            alike = self.alike(path)
            if alike not in known:
                known[alike] = [self._standing(path, case) for case in cases]
            return tuple(
                _counted(case.answers.get(path), *standing) for case, standing in zip(cases, known[alike], strict=True)
            )

        return counted

    def _standing(self, path: str, case: Case) -> tuple[Truth, Truth]:
        """Return whether a case is of the sample that something is asked of, and whether it is asked of the case."""
        return self.is_drawn(path, case.facts, case.sample), self.is_asked(path, case.facts, case.sample)

    # --- what is looked at ---------------------------------------------------------------------------

    def _conditions(self, path: str) -> Iterator[Condition | None]:
        framework = self._framework
        if path in framework.measures_by_path:
            yield framework.measures_by_path[path].applies_when
            return
        question, prompts = self._question(path)
        sample = self._framework.sample_of(path)
        yield None if sample is None else sample.when
        yield question.applies_when
        yield from (prompt.applies_when for prompt in question.prompts if prompt.id in prompts)
        rules = [frozenset(prompts_in(rule)) & prompts for _, rule in question.rules]
        if any(rule != rules[0] for rule in rules) or path in framework.key_questions:
            yield from (variant.when for variant in framework.variants if question.variants)

    def _asked_under(self, path: str) -> Iterator[object]:
        """Yield everything that tells under which conditions something is asked."""
        if path in self._framework.measures_by_path:
            yield self._framework.measures_by_path[path].applies_when
            return
        question, prompts = self._question(path)
        applies = {prompt.id: prompt.applies_when for prompt in question.prompts if prompt.id in prompts}
        yield self._framework.sample_of(path)
        yield question.applies_when
        yield path in self._framework.key_questions
        for name, rule in question.rules:
            yield name, frozenset(applies[prompt] for prompt in prompts_in(rule) if prompt in applies)
        yield frozenset(applies.values())

    def _question(self, path: str) -> tuple[KeyQuestion, frozenset[str]]:
        """Return the key question that an address belongs to, and the ids of the prompts that matter to it."""
        framework = self._framework
        if path in framework.key_questions:
            question = framework.key_questions[path]
            return question, question.prompts_read
        standing, _, prompt = path.rpartition(".")
        return framework.key_questions[standing], frozenset((prompt,))

    # --- what is decided -----------------------------------------------------------------------------

    def _decide(self, path: str, facts: FactPattern) -> Truth:
        framework = self._framework
        if path in framework.measures_by_path:
            return self._meets(framework.measures_by_path[path].applies_when, facts)
        question, prompts = self._question(path)
        applies = {prompt.id: self._meets(prompt.applies_when, facts) for prompt in question.prompts}
        asked = self._meets(question.applies_when, facts)
        rules = self._rules_possible(question, facts)
        if path in framework.key_questions:
            # Where it cannot be told which rule is used, nobody can tell what the rule would leave.
            below = [_any([applies[prompt] for prompt in read]) if read else Truth.TRUE for read in rules]
            return _all([asked, below[0] if len(rules) == 1 else Truth.UNKNOWN])
        (prompt,) = prompts
        reads = {prompt in read for read in rules} if prompt in question.prompts_read else {True}
        is_read = Truth.UNKNOWN if len(reads) > 1 else Truth.TRUE if reads == {True} else Truth.FALSE
        return _all([asked, is_read, applies[prompt]])

    def _meets(self, condition: Condition | None, facts: FactPattern) -> Truth:
        return Truth.TRUE if condition is None else facts_meet(condition, facts, self._framework)

    def _rules_possible(self, question: KeyQuestion, facts: FactPattern) -> list[frozenset[str]]:
        """Return the prompts that each rule reads which could be the one that decides a case."""
        if question.points is not None:
            return [question.prompts_read]
        walker = ClauseWalker(self._framework, (), {}, facts)
        rules = dict(question.rules)
        return [frozenset(prompts_in(rules[name])) for name in walker.rules_possible(question.variants)]


def unanswered_by_provider(
    framework: Framework, facts: FactPattern, answers: Mapping[str, AnyAnswer]
) -> tuple[str, ...]:
    """Return the addresses of the prompts that the provider is asked, or may be, and that have no answer.

    Args:
        framework: whose prompts.
        facts: what is known about the provider, by the id of the fact.
        answers: what was answered of it, by the address of the prompt.
    """
    view = provider_view(framework)
    if view is None:
        return ()
    counts = WhatCounts(view)
    asked = {path for path in view.prompts if counts.is_asked(path, facts) is not Truth.FALSE}
    # What stands at one address may be asked for several lines.
    of_prompts = {f"{path.partition('/')[0]}.{path.rpartition('.')[2]}" if "/" in path else path for path in asked}
    return tuple(path for path in framework.provider_prompts if path in of_prompts and path not in answers)


def _all(truths: Collection[Truth]) -> Truth:
    return next((truth for truth in (Truth.FALSE, Truth.UNKNOWN) if truth in truths), Truth.TRUE)


def _any(truths: Collection[Truth]) -> Truth:
    return next((truth for truth in (Truth.TRUE, Truth.UNKNOWN) if truth in truths), Truth.FALSE)
