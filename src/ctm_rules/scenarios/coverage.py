"""Coverage of a declaration: which clauses, outcomes, bands and variants some cases or ratings have reached.

What is asked for, and counts towards 100%:

* every clause of a decision rule, of ``applies_when`` and of the ``when`` of a sample or variant is met once and not
  met once; a prompt is also once not applicable;
* every key question has each outcome once: yes and no (or scored), not applicable and undetermined;
* every answer that has a score in a key question with points counts once;
* every variant is used once and not used once;
* every band is reached at its lower bound, and missed just below it; the lowest is reached anywhere;
* every panel rule raises its flag once, and once does not, for key questions and for sums.

What no case can do (a rule that can never be no, a score that no ratings add up to) is not asked for. Measures and
sub-groups decide no rating and are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from math import floor
from typing import Literal, TypedDict

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.engines.base import checked_provider_view, hangs_on
from ctm_rules.engines.clauses import walk_facts
from ctm_rules.engines.decision_diagrams import Diagrams, TooTangledError, values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.bands import Band, Banded, Limit, ranges_of, rules_by_value
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import AllOf, Condition, FactValue, Not, PromptIsYes, children
from ctm_rules.model.framework import (
    RATINGS,
    AnyBands,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    PlacedBands,
    PlacedRule,
    PointsInBands,
    Prompt,
    Standard,
    Variant,
)
from ctm_rules.model.outcomes import OUTCOME_OF, ClauseResult, Outcome, QuestionOutcome, Truth
from ctm_rules.model.provider_view import provider_case, say_part
from ctm_rules.model.rating_rules import FirstThatHolds, RatingRule, SumInBands
from ctm_rules.model.remembered import known_by, once_for_the_same
from ctm_rules.model.rules_in_words import say, say_step
from ctm_rules.phrases import say_list
from ctm_rules.rating.overall import ratings_possible, values_possible
from ctm_rules.rating.points import points_highest, points_possible
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.result_dicts import FrameworkDict, framework_dict
from ctm_rules.rating.results import DomainResult, PanelFlag, RatingResult, StandardResult
from ctm_rules.rating.shares import decisive_percent, decisive_points

State = Literal[
    "met",
    "not met",
    "not applicable",
    "not known",
    "yes",
    "no",
    "undetermined",
    "scored",
    "used",
    "not used",
    "reached",
    "at its lower bound",
    "just below its lower bound",
    "raised",
    "not raised",
]
"""What can be seen of one part of a declaration."""

Kind = Literal["clause", "answer", "outcome", "variant", "band", "line", "step", "panel"]
"""The sorts of part that a declaration has."""

_CLAUSE_STATES: Mapping[Truth, State] = {
    Truth.TRUE: "met",
    Truth.FALSE: "not met",
    Truth.DROPPED: "not applicable",
    Truth.UNKNOWN: "not known",
}
_OUTCOME_STATES: Mapping[Outcome, State] = {
    Outcome.YES: "yes",
    Outcome.NO: "no",
    Outcome.SCORED: "scored",
    Outcome.NOT_APPLICABLE: "not applicable",
    Outcome.UNDETERMINED: "undetermined",
}
_VARIANT_STATES: Mapping[Truth, State] = {Truth.TRUE: "used", Truth.FALSE: "not used"}


@frozen(eq=False)
class Part:
    """One part of a declaration: what is asked for, and what has been seen.

    Attributes:
        kind: what sort of part it is.
        says: what it is, in words.
        at: where it is declared.
        wanted: the states that some case or rating can give it and that count.
        seen: the states seen so far, among them some that do not count.
    """

    kind: Kind
    says: str
    at: Location
    wanted: tuple[State, ...]
    seen: set[State] = field(factory=set)

    @property
    def never(self) -> tuple[State, ...]:
        """The wanted states not seen."""
        return tuple(state for state in self.wanted if state not in self.seen)

    def __str__(self) -> str:
        """What is missing, in one line."""
        missing = f"never {say_list(self.never, 'or')}" if self.seen else "never reached"
        return f"{self.says}: {missing}"


class NotCoveredDict(TypedDict):
    """A part of a rule, and which of its states no scenario has seen."""

    file: str
    line: int
    kind: str
    says: str
    never: list[str]
    seen: list[str]


class CoverageDict(TypedDict):
    """How much of a framework's rules scenarios have seen; ``percent`` is rounded down."""

    framework: FrameworkDict
    percent: int
    seen: int
    wanted: int
    not_covered: list[NotCoveredDict]


class Coverage:
    """What cases and ratings have reached of one framework; starts with nothing."""

    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self._engine = ReferenceEngine(framework)
        self._parts = dict(_declared(framework))
        view = checked_provider_view(framework)
        # What the provider is asked is tried by cases of the framework as it looks at providers.
        self._of_provider = None if view is None else Coverage(view)
        if self._of_provider is not None:
            own = self._of_provider._parts.items()
            self._of_provider._parts = {key: part for key, part in own if not _is_outcome_of_a_part(key)}

    @cached_property
    def _kinds_of_flags(self) -> tuple[str, ...]:
        return tuple(kind for kind, _ in _panel_states(self.framework))

    def of_what_was_looked_at(self) -> Coverage:
        """Return the coverage of the key questions, variants, scales and panel rules of which anything was seen.

        Of the others nothing was asked, so that they are no gaps.
        """
        looked_at = {_subject(key) for key, part in self._parts.items() if part.seen}
        narrowed = Coverage(self.framework)
        narrowed._parts = {key: part for key, part in self._parts.items() if _subject(key) in looked_at}
        if self._of_provider is not None:
            narrowed._of_provider = self._of_provider.of_what_was_looked_at()
        return narrowed

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part of which something is asked for, in the order of the files."""
        of_provider = () if self._of_provider is None else self._of_provider._parts.values()
        counted = (part for part in (*self._parts.values(), *of_provider) if part.wanted)
        return tuple(sorted(counted, key=lambda part: (part.at.file, part.at.line, part.at.column)))

    @property
    def not_covered(self) -> tuple[Part, ...]:
        """The parts of which something asked for has not been seen."""
        return tuple(part for part in self.parts if part.never)

    @property
    def wanted(self) -> int:
        """How many states are asked for."""
        return sum(len(part.wanted) for part in self.parts)

    @property
    def seen(self) -> int:
        """How many of the states asked for have been seen."""
        return self.wanted - sum(len(part.never) for part in self.parts)

    @property
    def percent(self) -> Fraction:
        """How much of what is asked for has been seen, exactly, from 0 to 100 (100 where nothing is asked for)."""
        return Fraction(100 * self.seen, self.wanted) if self.wanted else Fraction(100)

    def to_dict(self) -> CoverageDict:
        """Return the coverage as plain data; ``percent`` is rounded down, so that 100 means everything."""
        return {
            "framework": framework_dict(self.framework.identity()),
            "percent": floor(self.percent),
            "seen": self.seen,
            "wanted": self.wanted,
            "not_covered": [
                {
                    "file": part.at.file,
                    "line": part.at.line,
                    "kind": part.kind,
                    "says": part.says,
                    "never": list(part.never),
                    "seen": sorted(part.seen),
                }
                for part in self.not_covered
            ],
        }

    # --- what is seen ------------------------------------------------------------------------------

    def add_case(self, case: Case, paths: Iterable[str] | None = None) -> None:
        """Note what a case reaches in the key questions at these addresses (default: in all of them)."""
        outcomes = self._engine.assess(case).questions
        for path in outcomes if paths is None else paths:
            sample, drawn = self.framework.sample_of(path), outcomes[path].drawn
            if sample is not None and drawn is not None:
                self._add_clauses(("drawn", sample.id), drawn)
            if outcomes[path].rule_outcome is Outcome.NOT_ASKED:
                continue
            self._parts["outcome", path].seen.add(_OUTCOME_STATES[outcomes[path].rule_outcome])
            if drawn is not None and drawn.truth is not Truth.TRUE:
                continue  # nobody can tell whether the question is asked, so its rule decides nothing
            self._add_question(path, outcomes[path])
            if self.framework.key_questions[path].variants:
                self._add_variants(case.facts)

    def add_provider(
        self, facts: Mapping[str, FactValue], answers: Mapping[str, AnyAnswer], paths: Collection[str] | None = None
    ) -> None:
        """Note what facts and answers of a provider reach in the key questions at these addresses (default: all)."""
        inner = self._of_provider
        if inner is None:
            return
        case = provider_case(inner.framework, facts, answers)
        outcomes = inner._engine.assess(case).questions
        for path, outcome in outcomes.items():
            if paths is not None and path.partition("/")[0] not in paths:
                continue
            if ("outcome", path) in inner._parts:
                inner._parts["outcome", path].seen.add(_OUTCOME_STATES[outcome.rule_outcome])
            inner._add_question(path, outcome)

    def _add_question(self, path: str, outcome: QuestionOutcome) -> None:
        if outcome.applies is not None:
            self._add_clauses(("applies", path), outcome.applies)
            if outcome.applies.truth is not Truth.TRUE:
                return  # the question is not asked, or nobody can tell, so its rule decides nothing
        for prompt in outcome.prompts:
            if prompt.applies is not None:
                self._add_clauses(("prompt", path, prompt.prompt.id), prompt.applies)
            if prompt.answer is not None and prompt.score is not None:
                self._parts["answer", path, prompt.prompt.id, prompt.answer.value].seen.add("reached")
        if outcome.rule is not None:
            variant = outcome.variant if outcome.variant in self.framework.key_questions[path].variants else None
            self._add_clauses(("rule", path, variant), outcome.rule)

    def _add_variants(self, facts: Mapping[str, FactValue]) -> None:
        for variant in self.framework.variants:
            result = walk_facts(variant.when, facts, self.framework)
            self._add_clauses(("when", variant.id), result)
            if result.truth in _VARIANT_STATES:
                self._parts["variant", variant.id].seen.add(_VARIANT_STATES[result.truth])
            if result.truth is Truth.TRUE:
                return

    def _add_clauses(self, key: Key, result: ClauseResult) -> None:
        self._parts[key].seen.add(_CLAUSE_STATES[result.truth])
        if result.applies is not None and isinstance(result.clause, PromptIsYes):
            self._add_clauses(("prompt", key[1], result.clause.prompt), result.applies)
        for number, child in enumerate(result.children):
            self._add_clauses((*key, number), child)

    def add_rating(
        self,
        result: RatingResult,
        *,
        bands: Collection[str] | None = None,
        flags: Collection[str] | None = None,
        standards: Collection[str] | None = None,
        domains: Collection[str] | None = None,
        overall: bool = True,
        domain_flags: Collection[str] | None = None,
        overall_flags: bool = True,
    ) -> None:
        """Note which bands and panel rules some ratings reach.

        Args:
            result: the ratings.
            bands: addresses of the key questions whose bands count (default: all).
            flags: addresses of the key questions whose panel flags count (default: all).
            standards: slugs of the standards whose rating rules count (default: all).
            domains: ids of the domains whose bands and rating rules count (default: all).
            overall: whether the bands and the rating rule of the overall rating count.
            domain_flags: ids of the domains whose panel flags count (default: all).
            overall_flags: whether the panel flags of the overall rating count.
        """
        rated_by = {path: placed for placed in self.framework.placed_bands for path in placed.questions}
        here = result.framework  # with the bands that facts of the provider chose
        for question in (question for standard in result.standards for question in standard.key_questions):
            counts_here = bands is None or question.path in bands
            if counts_here and question.because:
                self._add_reasons(f"key question {question.path}", question.because)
            points, placed_bands = self.framework.points_of(question.path), rated_by.get(question.path)
            if points is not None and points.is_rating and question.value is not None:
                what, value = f"key question {question.path}", decisive_points(points, question.value)
                rule: object = here.points_of(question.path)
            elif placed_bands is not None and question.share is not None:
                what, value = _parts_of_bands(placed_bands), decisive_percent(placed_bands.bands, question.share)
                rule = here.bands_of(question.path)
            else:
                continue
            if counts_here:
                self._add_value(what, value, rule)
            if flags is None or question.path in flags:
                self._add_flags(self._kinds_of_flags, question.panel)
        of_sums = [_OF_SUMS] if self.framework.panel.one_standard_would_change_it else []
        of_standards = {each.standard.slug: each for each in result.standards}
        of_domains = {each.domain.id: each for each in result.domains}
        chosen = {(placed.level, placed.element): placed.rule for placed in here.placed_rules()}
        for placed in self.framework.placed_rules():
            match placed.level:
                case "standard":
                    counts = standards is None or placed.element in standards
                    rated: StandardResult | DomainResult = of_standards[placed.element]
                    because, of_rule, rating = rated.because, rated.value, rated.rating
                case "domain":
                    counts = domains is None or placed.element in domains
                    rated = of_domains[placed.element]
                    because, of_rule, rating = rated.because, rated.value, rated.rating
                case "overall":
                    counts, because, of_rule = overall, result.overall_because, result.overall_value
                    rating = result.overall
            if counts and rating is not None:
                self._add_reasons(_parts_of(placed), because)
            if counts and of_rule is not None:
                self._add_value(_parts_of(placed), of_rule, chosen[placed.level, placed.element])
        for domain in result.domains:
            if domain.rating is not None and (domain_flags is None or domain.domain.id in domain_flags):
                self._add_flags(of_sums, domain.panel)
        if overall_flags and result.overall is not None:
            self._add_flags(of_sums, result.overall_panel)

    def _add_flags(self, kinds: Iterable[str], flags: Iterable[PanelFlag]) -> None:
        raised = {flag.kind for flag in flags}
        for kind in kinds:
            self._parts["panel", kind].seen.add("raised" if kind in raised else "not raised")

    def _add_reasons(self, what: str, because: Collection[RatingReason]) -> None:
        used = {(reason.part, what, reason.number) for reason in because}
        for key, part in self._parts.items():
            if key in used:
                part.seen.add("used")
            elif key[:2] == ("step", what):
                part.seen.add("not used")

    def _add_value(self, scale: str, value: Fraction, rule: object) -> None:
        """Note where a value lies in its bands, which a rule has for the provider that was rated."""
        bands = rule.bands if isinstance(rule, AnyBands) and rule.chosen is not None else ()
        for band in [band for band in bands if band.is_met_by(value)][:1]:
            self._parts["band", scale, band.rating].seen.add("reached")
        for part in self._parts.values():
            if isinstance(part, _BandPart) and part.scale == scale:
                here = (value, False)
                part.seen.update(
                    state for state, low, high in part.places if low <= here and (high is None or here < high)
                )


# --- What there is to see --------------------------------------------------------------------------

Key = tuple[object, ...]
"""What a part is known by: ``("rule", "assessment.safety", None, 1, 0)`` is a clause by its place in the rule."""

_OF_QUESTIONS = ("rule", "applies", "prompt", "answer", "outcome")


def _is_outcome_of_a_part(key: Key) -> bool:
    """Return whether a part is the outcome of a line or a step, which nobody expects by itself."""
    return key[0] == "outcome" and "/rating/" in str(key[1])


def _subject(key: Key) -> tuple[object, object]:
    """Return what a part belongs to: a key question, a variant, a scale, or a panel rule."""
    kind, name, *_ = key
    whose = {"when": "variant", "drawn": "sample"}
    return ("question" if kind in _OF_QUESTIONS else whose.get(str(kind), kind)), name


def _parts_of_bands(placed: PlacedBands) -> str:
    """Return what the bands of key questions are known by: those that hold for all on one scale are one."""
    if placed.address.endswith(".rating"):
        return placed.address.removesuffix(".rating")
    return "key questions" if placed.scale == RATINGS else f"key questions on {placed.scale}"


def _declared(framework: Framework) -> Iterator[tuple[Key, Part]]:
    """Yield every part that a case or a rating can give a state, by its key."""
    yield from _RuleParts(framework).parts.items()
    for of_questions in framework.placed_bands:
        declared = of_questions.bands
        what = _parts_of_bands(of_questions)
        yield from _bands(what, declared.bands, _possible_percents(declared))
        yield from _chosen_bands(what, declared)
    values: dict[str, set[Fraction]] = {}
    bands: dict[str, tuple[Band, ...]] = {}
    for placed in framework.placed_rules():
        if isinstance(placed.rule, SumInBands):
            values.setdefault(_parts_of(placed), set()).update(values_possible(framework, placed, placed.rule))
            bands[_parts_of(placed)] = placed.rule.bands
            yield from _chosen_bands(_parts_of(placed), placed.rule)
    for what, placed_in in bands.items():
        yield from _bands(what, placed_in, sorted(values[what]))
    for placed in framework.placed_rules():
        yield from _parts_of_rule(placed, framework)
    for path, question in framework.every_question.items():
        if isinstance(question.rating, FirstThatHolds):
            yield from _parts_of_lines(f"key question {path}", question.rating, question.scale, framework)
        points = framework.points_of(path)
        if points is not None and points.is_rating:
            near = points_highest(framework, path) / 100 if points.value == "mean" else Fraction(1)
            yield from _bands(f"key question {path}", points.bands, points_possible(framework, path), near)
            yield from _chosen_bands(f"key question {path}", points)
    for kind, states in (*_panel_states(framework), *_panel_states_of_sums(framework)):
        yield ("panel", kind), Part("panel", f"panel flag {kind}", framework.panel.at, states)


def _parts_of(placed: PlacedRule) -> str:
    """Return what the parts of a rule are known by: those that a whole level shares are one."""
    return f"{placed.level} {placed.element}".rstrip() if placed.is_own else f"{placed.level}s"


def _parts_of_rule(placed: PlacedRule, framework: Framework) -> Iterator[tuple[Key, Part]]:
    """Yield the lines and the steps of a rating rule."""
    yield from _parts_of_lines(_parts_of(placed), placed.rule, placed.scale, framework)


def _parts_of_lines(what: str, rule: RatingRule, scale: str, framework: Framework) -> Iterator[tuple[Key, Part]]:
    lines = rule.first_that_holds if isinstance(rule, FirstThatHolds) else ()
    for number, line in enumerate(lines):
        says = f"{what}: the line that gives {line.rating}"
        yield ("line", what, number), Part("line", says, line.at, ("used",))
    for number, step in enumerate(rule.then):
        says = f"{what}: {say_step(step, framework, scale=scale)}"
        wanted: tuple[State, ...] = ("used",) if step.when is None else ("used", "not used")
        yield ("step", what, number), Part("step", says, step.at, wanted)


Context = tuple[Condition, ...]
"""Conditions over facts that all hold in the cases looked at."""


class _RuleParts:
    """Every clause, outcome and variant, with the states that some case can give it."""

    def __init__(self, framework: Framework) -> None:
        self.parts: dict[Key, Part] = {}
        self._framework = framework
        self._values = values_to_try(framework)
        # A variant is looked at where no earlier one is met.
        self._looked_at: dict[str, Context] = {
            variant.id: tuple(Not(earlier.when) for earlier in framework.variants[:number])
            for number, variant in enumerate(framework.variants)
        }
        for sample in {sample.id: sample for sample in framework.samples_asked.values()}.values():
            possible = _Possible(framework, self._values, ())
            self._add_clauses(("drawn", sample.id), f"sample {sample.id}", sample.when, possible, ())
        for path, question in framework.key_questions.items():
            of_question = hangs_on(framework, path)
            tried = tuple((fact.id, self._values[fact.id]) for fact in of_question.facts)
            declared = known_by(_RuleParts, (of_question.parts, tried), partial(self._of_question, path, question))
            self.parts |= {key: evolve(part, seen=set()) for key, part in declared.items()}
        if any(question.variants for question in framework.key_questions.values()):
            for variant in framework.variants:
                self._add_variant(variant)

    def _add_variant(self, variant: Variant) -> None:
        possible = _Possible(self._framework, self._values, ())
        context = self._looked_at[variant.id]
        says = f"variant {variant.id}"
        self._add_clauses(("when", variant.id), says, variant.when, possible, context)
        truths = possible.results(variant.when, context)
        states = tuple(state for truth, state in _VARIANT_STATES.items() if truth in truths)
        self.parts["variant", variant.id] = Part("variant", says, variant.at, states)

    def _of_question(self, path: str, question: KeyQuestion) -> dict[Key, Part]:
        """Return the parts of one key question, of which nothing has been seen."""
        others, self.parts = self.parts, {}
        self._add_question(path, question)
        own, self.parts = self.parts, others
        return own

    def _add_question(self, path: str, question: KeyQuestion) -> None:
        possible = _Possible(self._framework, self._values, question.prompts)
        outcomes = {Outcome.UNDETERMINED}  # nothing may be known of a case
        sample = self._framework.sample_of(path)
        asked: Context = () if sample is None else (sample.when,)
        if question.applies_when is not None:
            self._add_clauses(("applies", path), f"{path} applies", question.applies_when, possible, asked)
            if Truth.FALSE in possible.results(question.applies_when, asked):
                outcomes.add(Outcome.NOT_APPLICABLE)
            asked = (*asked, question.applies_when)
        if question.points is not None:
            self._add_answers(path, question, possible, asked)
            # Whether it is scored hangs on which prompts apply and are answered, whatever the answers are.
            answered = AllOf(tuple(PromptIsYes(prompt.id) for prompt in question.prompts))
            truths = possible.results(answered, asked, at_root=True)
            outcomes |= {Outcome.SCORED} if truths & {Truth.TRUE, Truth.FALSE} else set()
            outcomes |= {Outcome.NOT_APPLICABLE} if Truth.DROPPED in truths else set()
        for variant, rule, where_used in self._rules(question) if question.points is None else ():
            context = (*asked, *where_used)
            says = f"{path}, variant {variant}" if variant else say_part(path)
            self._add_clauses(("rule", path, variant), says, rule, possible, context, question)
            outcomes |= {OUTCOME_OF[truth] for truth in possible.results(rule, context, at_root=True)}
        states = tuple(state for outcome, state in _OUTCOME_STATES.items() if outcome in outcomes)
        self.parts["outcome", path] = Part("outcome", path, question.at, states)

    def _add_answers(self, path: str, question: KeyQuestion, possible: _Possible, asked: Context) -> None:
        """Add every answer that has a score, and the condition of every prompt."""
        for prompt in question.prompts:
            truths = possible.results(PromptIsYes(prompt.id), asked)
            if prompt.applies_when is not None:
                applies = f"{path}.{prompt.id} applies"
                self._add_clauses(("prompt", path, prompt.id), applies, prompt.applies_when, possible, asked)
            wanted: tuple[State, ...] = ("reached",) if Truth.TRUE in truths else ()
            for word in self._framework.scores_of(prompt):
                says = f"{path}.{prompt.id}: answered {word}"
                self.parts["answer", path, prompt.id, word] = Part("answer", says, prompt.at, wanted)

    def _rules(self, question: KeyQuestion) -> Iterator[tuple[str | None, Condition, Context]]:
        """Yield each rule of a question with its variant and with what holds wherever it is used."""
        elsewhere: Context = ()
        for variant in self._framework.variants:
            if variant.id in question.variants:
                where_used = (*self._looked_at[variant.id], variant.when)
                yield variant.id, question.rule_for(variant.id), where_used
                elsewhere = (*elsewhere, Not(AllOf(where_used)))
        yield None, question.rule_for(None), elsewhere

    def _add_clauses(
        self,
        key: Key,
        says: str,
        condition: Condition,
        possible: _Possible,
        context: Context,
        question: KeyQuestion | None = None,
    ) -> None:
        is_prompt = isinstance(condition, PromptIsYes)
        truths = possible.results(condition, context)
        wanted = {_CLAUSE_STATES[truth] for truth in truths if is_prompt or truth is not Truth.DROPPED}
        if key in self.parts:  # the condition of a prompt that another rule looks at too
            wanted.update(self.parts[key].wanted)
        states = tuple(state for state in _CLAUSE_STATES.values() if state in wanted)
        wording = f"{says}: {say(condition, self._framework, question)}"
        self.parts[key] = Part("clause", wording, condition.at, states)
        if isinstance(condition, PromptIsYes) and question is not None:
            prompt = next(prompt for prompt in question.prompts if prompt.id == condition.prompt)
            if prompt.applies_when is not None:
                applies = f"{key[1]}.{prompt.id} applies"
                self._add_clauses(("prompt", key[1], prompt.id), applies, prompt.applies_when, possible, context)
        for number, child in enumerate(children(condition)):
            self._add_clauses((*key, number), says, child, possible, context, question)


class _Possible:
    """The results that some case can give the rules of one key question."""

    def __init__(
        self, framework: Framework, values: Mapping[str, tuple[FactValue, ...]], prompts: Sequence[Prompt]
    ) -> None:
        self._diagrams = Diagrams(framework, values, prompts, with_na=True)

    def results(self, condition: Condition, context: Context, *, at_root: bool = False) -> frozenset[Truth]:
        """Return the results of a clause (or of a rule at its root) where the context holds."""
        diagrams = self._diagrams
        try:
            holds = diagrams.everywhere()
            for part in context:
                holds = diagrams.both(holds, diagrams.clause(part))
            decided = diagrams.rule(condition) if at_root else diagrams.clause(condition)
            return diagrams.results(diagrams.where(holds, decided))
        except TooTangledError:  # nobody can tell, so everything is asked for
            return frozenset((Truth.TRUE, Truth.FALSE, Truth.DROPPED))


@frozen(eq=False)
class _BandPart(Part):
    """A band of the scale of that name, with the limits (from, and up to but not including) that give it each state."""

    scale: str = field(default="", kw_only=True)
    places: tuple[tuple[State, Limit, Limit | None], ...] = field(default=(), kw_only=True)


def _bands(
    scale: str, bands: Sequence[Band], values: Sequence[Fraction] | None, near: Fraction = Fraction(1)
) -> Iterator[tuple[Key, Part]]:
    """Yield the bands of one scale, given the values that can be placed on it, ascending (``None``: any number).

    Of any numbers, those that are at most ``near`` from a bound are at it.
    """
    above: Limit | None = None
    ranges = ranges_of(bands)
    for number, each in enumerate(ranges):
        is_last = number == len(ranges) - 1
        limit = each.limit
        lowest: Limit | None = limit
        below: Limit | None = (limit[0] - near, limit[1])
        if values is not None:
            lowest = next(((value, False) for value in values if (value, False) >= limit), None)
            below = next(((value, False) for value in reversed(values) if (value, False) < limit), None)
        places: list[tuple[State, Limit, Limit | None]] = []
        if lowest is not None and (above is None or lowest < above):
            next_above = (lowest[0] + near, lowest[1]) if values is None else (lowest[0], True)
            places += [("reached", limit, above), ("at its lower bound", lowest, next_above)]
        if below is not None:
            places.append(("just below its lower bound", below, limit))
        # The last band holds everything down to 0: it has no bound that a value could fall just short of.
        counted = ("reached",) if is_last else ("at its lower bound", "just below its lower bound")
        states = tuple(state for state, _, _ in places if state in counted)
        band = each.band
        says = f"{scale}: the band {band.rating}"
        yield ("band", scale, number), _BandPart("band", says, band.at, states, scale=scale, places=tuple(places))
        above = limit


def _chosen_bands(scale: str, rule: Banded) -> Iterator[tuple[Key, Part]]:
    """Yield each rating that bands give which a fact chooses: the rows of their table are figures, not rules."""
    if rule.bands_by:
        every = rules_by_value(rule).values()
        for rating in dict.fromkeys(band.rating for each in every for band in each.bands):
            says = f"{scale}: a band {rating}"
            yield ("band", scale, rating), Part("band", says, rule.at.of_key("bands_by"), ("reached",))


def _possible_percents(scale: KeyQuestionBands) -> Sequence[Fraction] | None:
    if set(scale.among) == {scale.share_of}:
        return [Fraction(100)]
    return None if scale.decided_on == "exact" else [*map(Fraction, range(101))]


def _panel_states(framework: Framework) -> Iterator[tuple[str, tuple[State, ...]]]:
    """Yield each kind of panel flag of key questions that is declared, with the states that some share can give it."""
    panel = framework.panel
    rating = [each for of in framework.placed_bands for each in rules_by_value(of.bands).values() if each.bands]
    of_points = [each for rule in _points_of_cases(framework) for each in rules_by_value(rule).values()]
    if not rating and not of_points:
        return
    percents = [_possible_percents(declared) or [*map(Fraction, range(101))] for declared in rating]
    limits = [_limits(declared) for declared in rating]
    have_points_limits = any(map(_limits, of_points))  # of points, any value may lie near one, and any far from it
    within = panel.within_points
    if within is not None:
        distances = [
            min((abs(percent - bound) for bound in bounds), default=within + 1)
            for possible, bounds in zip(percents, limits, strict=True)
            for percent in possible
        ]
        is_near = have_points_limits or any(distance <= within for distance in distances)
        is_far = bool(of_points) or any(distance > within for distance in distances)
        yield "near_boundary", _raised(is_near, is_far)
    if panel.one_case_would_change_it:
        can_change = any(bounds and len(possible) > 1 for possible, bounds in zip(percents, limits, strict=True))
        yield "one_case", _raised(can_change or have_points_limits, True)
    if panel.cases_fewer_than is not None:
        yield "few_cases", _raised(panel.cases_fewer_than > 1, True)


def _points_of_cases(framework: Framework) -> Iterator[PointsInBands]:
    """Yield how each key question is rated that is asked of cases and is rated by points."""
    for path in framework.scored_questions:
        points = framework.points_of(path)
        if points is not None and points.is_rating:
            yield points


def _limits(rule: Banded) -> list[Fraction]:
    """Return where the bands of a rule give another rating."""
    return [above.lowest for above, below in pairwise(ranges_of(rule.bands)) if above.rating != below.rating]


_OF_SUMS = "one_standard"
"""The kind of panel flag that sums of scores raise."""


def _panel_states_of_sums(framework: Framework) -> Iterator[tuple[str, tuple[State, ...]]]:
    """Yield the kind of panel flag of sums, where it is declared, with the states that some ratings can give it."""
    if not framework.panel.one_standard_would_change_it:
        return
    placed_rules = [placed for placed in framework.placed_rules() if placed.level != "standard"]
    states = [
        _states_of_rule(framework, placed)
        for placed in placed_rules
        if len(placed.below.get("standards", ())) + len(placed.beside) > 1
    ]
    yield _OF_SUMS, _raised(any(raised for raised, _ in states), any(not_raised for _, not_raised in states))


def _states_of_rule(framework: Framework, placed: PlacedRule) -> tuple[bool, bool]:
    """Return whether some ratings of the standards raise the flag, and whether some do not."""
    rule = placed.rule
    if isinstance(rule, SumInBands) and rule.of == "standards" and rule.value == "sum" and not rule.then:
        states = [_states_of_sum(framework, placed, each) for each in rules_by_value(rule).values()]
        return any(raised for raised, _ in states), any(not_raised for _, not_raised in states)
    return True, True  # hardly any other rule hangs on each standard always, or never on one


def _states_of_sum(framework: Framework, placed: PlacedRule, rule: SumInBands) -> tuple[bool, bool]:
    """Return whether some ratings of the standards raise the flag, and whether some do not."""

    def scores(standard: Standard) -> tuple[tuple[int, ...], ...]:
        """Return what the rating that a standard may have scores, each with what the steps beside it score."""
        weight = rule.weight_of(standard.slug)
        scale = [(step.score or 0) * weight for step in framework.scale(standard.scale)]
        ids = [step.id for step in framework.scale(standard.scale)]
        ranks = sorted(ids.index(rating.id) for rating in ratings_possible(framework, standard))
        return tuple((scale[rank], *scale[max(0, rank - 1) : rank], *scale[rank + 1 : rank + 2]) for rank in ranks)

    possible = tuple(scores(framework.standards_by_slug[slug]) for slug in placed.members(rule.of))
    totals = tuple(map(int, values_possible(framework, placed, rule)))
    return _states_of_scores(rule.bands, possible, totals)


@once_for_the_same
def _states_of_scores(
    bands: tuple[Band, ...], possible: tuple[tuple[tuple[int, ...], ...], ...], totals: tuple[int, ...]
) -> tuple[bool, bool]:
    """Return the same of the scores that each standard may have and of the sums that they come to."""

    def placed_in(total: int) -> str:
        return next((band.rating for band in bands if band.is_met_by(Fraction(total))), "")

    def changes(total: int, rated: Sequence[int]) -> bool:
        """Return whether one standard of this score, rated one step otherwise, gives the sum another rating."""
        own, *others = rated
        return any(placed_in(total - own + other) != placed_in(total) for other in others)

    def reached(total: int, ratings: Sequence[Sequence[Sequence[int]]]) -> bool:
        sums = {0}
        for of_one in ratings:
            sums = {before + own for before in sums for own, *_ in of_one}
        return total in sums

    raised = not_raised = False
    for total in totals:
        calm = [[rated for rated in of_one if not changes(total, rated)] for of_one in possible]
        not_raised = not_raised or reached(total, calm)
        # Standards that can have the same ratings are alike, so that one of each kind is enough.
        for number in {of_one: number for number, of_one in enumerate(possible)}.values():
            moving = [rated for rated in possible[number] if rated not in calm[number]]
            others = possible[:number] + possible[number + 1 :]
            raised = raised or bool(moving and reached(total, [moving, *others]))
        if raised and not_raised:
            break
    return raised, not_raised


def _raised(is_possible: bool, is_avoidable: bool) -> tuple[State, ...]:
    states: tuple[tuple[State, bool], ...] = (("raised", is_possible), ("not raised", is_avoidable))
    return tuple(state for state, counts in states if counts)
