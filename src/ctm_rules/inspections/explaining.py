"""Why a case has the outcome it has: every clause of the rule with its result, what was found, and its line of YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypedDict, assert_never
from weakref import WeakKeyDictionary

from attrs import field, frozen

from ctm_rules.diagnostics.findings import HERE, Findings, Location, require, require_each
from ctm_rules.engines import AnyEngine, Engine, EngineName
from ctm_rules.engines.base import checked_provider_view
from ctm_rules.engines.clauses import walk_facts
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    CountRated,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    RatedAs,
    about_ratings,
)
from ctm_rules.model.framework import Framework, KeyQuestion, Sample
from ctm_rules.model.outcomes import (
    OUTCOME_OF,
    CaseOutcome,
    ClauseResult,
    JudgementDict,
    Outcome,
    PromptPoints,
    QuestionOutcome,
    Truth,
)
from ctm_rules.model.provider_view import provider_case
from ctm_rules.model.rules_in_words import say, say_head, say_value
from ctm_rules.phrases import say_number
from ctm_rules.rating.given import engine_of
from ctm_rules.rating.shares import say_percent
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import check_known


class ClauseDict(TypedDict):
    """A clause of a rule with its result, what was found, where it stands, and the clauses below it."""

    result: str
    says: str
    found: str
    file: str
    line: int
    below: list[ClauseDict]


class DecidedDict(TypedDict):
    """How the outcome of a key question for a case was decided."""

    key_question: str
    ask: str
    outcome: str
    rule_outcome: str
    judgement: JudgementDict | None
    variant: str | None
    engine: str
    fired: list[str]
    rule: ClauseDict | None
    applies: ClauseDict | None


class ExplanationDict(DecidedDict, total=False):
    """Why a key question has its outcome for a case: what :meth:`QuestionExplanation.to_dict` returns.

    ``sample`` and ``drawn`` are there where it is asked of a sample, ``variants`` where it cannot be told which rule is
    used, ``borrowed`` where it is another framework's, and
    ``points`` and ``reachable`` where it is scored.
    """

    sample: str
    drawn: ClauseDict | None
    variants: dict[str, ClauseDict]
    borrowed: dict[str, str]
    points: str
    reachable: str


@frozen
class ClauseExplanation:
    """One clause in words.

    Attributes:
        truth: its result; ``truth.value`` is the mark ✓, ✗, – or ?.
        says: what the clause asks for.
        found: what the case holds (empty for a clause that only combines others).
        at: where the clause is declared.
        below: the clauses it rests on; for a prompt, the condition under which it applies.
    """

    truth: Truth
    says: str
    found: str
    at: Location = field(eq=False)
    below: tuple[ClauseExplanation, ...] = field(default=(), repr=False)

    def lines(self, depth: int = 0) -> Iterator[tuple[int, ClauseExplanation]]:
        """Yield this clause and everything below it with its depth, from the top."""
        yield depth, self
        for clause in self.below:
            yield from clause.lines(depth + 1)

    def to_dict(self) -> ClauseDict:
        """Return the tree as plain data."""
        return {
            "result": self.truth.name.lower(),
            "says": self.says,
            "found": self.found,
            "file": self.at.file,
            "line": self.at.line,
            "below": [clause.to_dict() for clause in self.below],
        }


@frozen
class QuestionExplanation:
    """Why one key question has its outcome for one case.

    Attributes:
        path: the question's address.
        outcome: the outcome with the variant, the recorded judgement and the engine rules that fired.
        engine: the engine whose rules fired.
        rule: the decision rule's clauses, or where it has points what each prompt adds to them (``None`` where facts
            are missing to tell which rule is used).
        applies: the clauses of ``applies_when`` (``None`` where the question has none).
        sample: the sample of cases that the question is asked of (``None``: it is asked of every case).
        drawn: the clauses by which the case is of that sample, or is not (``None``: its table says which it is of).
        variants: where it cannot be told which rule is used, the clauses of each variant for which that is open, by its
            id.
    """

    path: str
    question: KeyQuestion = field(repr=False)
    outcome: QuestionOutcome
    engine: str
    rule: ClauseExplanation | None = field(repr=False)
    applies: ClauseExplanation | None = field(repr=False)
    sample: Sample | None = None
    drawn: ClauseExplanation | None = field(default=None, repr=False)
    variants: Mapping[str, ClauseExplanation] = field(factory=dict, repr=False, hash=False)

    @property
    def rule_title(self) -> str:
        """What its clauses stand below."""
        return "yes when:" if self.question.points is None else "points:"

    @property
    def is_settled_by_clauses(self) -> bool:
        """Whether the result of its topmost clause is its outcome; facts alone never answer a question of prompts."""
        if self.rule is None or self.question.points is not None:
            return True
        return OUTCOME_OF[self.rule.truth] is self.outcome.rule_outcome

    @property
    def is_asked(self) -> bool:
        """Whether the question is asked of the case, or may be: it is not known to be of another sample."""
        return self.outcome.outcome is not Outcome.NOT_ASKED

    def to_dict(self) -> ExplanationDict:
        """Return the explanation as plain data."""
        judgement = self.outcome.judgement
        made: ExplanationDict = {
            "key_question": self.path,
            "ask": self.question.ask,
            "outcome": self.outcome.outcome.value,
            "rule_outcome": self.outcome.rule_outcome.value,
            "judgement": {"outcome": judgement.outcome.value, "reason": judgement.reason} if judgement else None,
            "variant": self.outcome.variant,
            "engine": self.engine,
            "fired": list(self.outcome.fired),
            "rule": self.rule.to_dict() if self.rule else None,
            "applies": self.applies.to_dict() if self.applies else None,
        }
        if self.variants:
            made["variants"] = {name: clause.to_dict() for name, clause in self.variants.items()}
        if self.sample is not None:
            made["sample"] = self.sample.id
            made["drawn"] = self.drawn.to_dict() if self.drawn else None
        if self.question.borrowed is not None:
            made["borrowed"] = self.question.borrowed.to_dict()
        if self.outcome.points is not None:
            made["points"], made["reachable"] = str(self.outcome.points), str(self.outcome.reachable)
        return made


def explain_case(
    framework: Framework,
    case: Case,
    engine: AnyEngine = "auto",
    *,
    key_question: str | Iterable[str] | None = None,
) -> tuple[QuestionExplanation, ...]:
    """Return why each key question has its outcome for a case.

    The outcome and the fired rules are the engine's; the clauses are those of the reference engine. Whoever explains
    many cases makes the engine once: with it whatever was compiled is kept.

    Args:
        framework: the standards.
        case: the case.
        engine: which engine decides: its name, one that was made for the framework, or a function that makes one.
        key_question: the address of the only one to explain, or several (default: all).

    Raises:
        StandardsError: the framework is not valid.
        RequestError: there is no such engine or key question, the engine was made for another framework, or the case
            is none of it.
        EngineUnavailableError: the engine is not installed here.

    >>> from ctm_rules import load_inspection
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> (explained,) = explain_case(inspection.framework, inspection.cases[0], key_question="assessment.safety")
    >>> for depth, clause in explained.rule.lines():
    ...     print("  " * depth + clause.truth.value, clause.says)
    ✓ all of these
      ✓ risk_of_harm: Does it identify and analyse clearly all relevant risks of harm to others?
      ✓ at least one of these
        ✓ sources_and_agencies: Does it draw on past behaviour, convictions and what other agencies know?
        ✗ victims: Does it analyse the concerns about actual and potential victims?
          ✓ “There are actual or potential victims” is yes
    """
    require_valid(framework)
    made = engine_of(framework, engine)
    wanted = [key_question] if isinstance(key_question, str) else key_question
    asked = framework.key_questions if wanted is None else wanted
    require("key_question", asked, Iterable, hint="addresses of key questions")
    paths = require_each("key_question", tuple(asked), str, hint="addresses of key questions")
    findings = Findings()
    for path in paths:
        check_known("key question", path, framework.key_questions, HERE.of("key_question"), findings)
    findings.raise_errors()
    decided = made.assess(case).questions
    walker = _walker_of(made)
    return tuple(_explain(framework, case, path, decided[path], made.name, walker) for path in paths)


def explain_outcomes(
    framework: Framework, cases: Iterable[Case], outcomes: Iterable[CaseOutcome]
) -> Iterator[tuple[Case, Mapping[str, QuestionExplanation]]]:
    """Yield each case with why every key question has the outcome that an engine decided for it before.

    Args:
        framework: the standards, which are valid.
        cases: the cases.
        outcomes: what came out for each of them.
    """
    walker = ReferenceEngine(framework)
    by_case = {outcome.case: outcome for outcome in outcomes}
    for case in cases:
        made = by_case[case.id]
        yield (
            case,
            {
                path: _explain(framework, case, path, decided, made.engine, walker)
                for path, decided in made.questions.items()
            },
        )


def _explain(
    framework: Framework, case: Case, path: str, decided: QuestionOutcome, engine: str, walker: ReferenceEngine
) -> QuestionExplanation:
    walked = walker.walk(path, case)
    question = framework.key_questions[path]
    has_points = question.points is not None and walked.outcome is not Outcome.NOT_ASKED
    return QuestionExplanation(
        path,
        question,
        decided,
        engine,
        _points(walked, question, case, framework, path)
        if has_points
        else _explained(walked.rule, case, framework, path),
        _explained(walked.applies, case, framework, path),
        framework.sample_of(path),
        _explained(walked.drawn, case, framework, path),
        _open_variants(walked, case, framework, path),
    )


def _open_variants(
    walked: QuestionOutcome, case: Case, framework: Framework, path: str
) -> dict[str, ClauseExplanation]:
    """Return the clauses of the variants that a case may be of, where it cannot be told which rule is used."""
    if walked.rule is not None or not framework.key_questions[path].variants or walked.outcome is Outcome.NOT_ASKED:
        return {}
    of_variants = {variant.id: walk_facts(variant.when, case.facts, framework) for variant in framework.variants}
    return {
        name: explain_clause(clause, case, framework, path)
        for name, clause in of_variants.items()
        if clause.truth is Truth.UNKNOWN
    }


_walkers: WeakKeyDictionary[Engine, ReferenceEngine] = WeakKeyDictionary()


def _walker_of(engine: Engine) -> ReferenceEngine:
    """Return the engine that walks the rules of what an engine decides by; it is made once for each engine."""
    if isinstance(engine, ReferenceEngine):
        return engine
    try:
        walker = _walkers.get(engine)
        if walker is None:
            walker = _walkers[engine] = ReferenceEngine(engine.framework)
    except TypeError:  # an engine of one's own that cannot be told from others
        return ReferenceEngine(engine.framework)
    return walker


def explain_provider(
    framework: Framework, facts: Mapping[str, FactValue], answers: Mapping[str, AnyAnswer], engine: EngineName = "auto"
) -> tuple[QuestionExplanation, ...]:
    """Return why each key question that is asked of the provider has its outcome, and each line that rates one.

    Args:
        framework: the framework.
        facts: what is known about the provider, by the id of the fact.
        answers: what was answered of it, by the address of the prompt.
        engine: which engine decides.

    Raises:
        DiagnosticError: the framework is not valid.
    """
    view = checked_provider_view(framework)
    if view is None:
        return ()
    return explain_case(view, provider_case(view, facts, answers), engine)


def _explained(result: ClauseResult | None, case: Case, framework: Framework, path: str) -> ClauseExplanation | None:
    return None if result is None else explain_clause(result, case, framework, path)


def explain_clause(result: ClauseResult, case: Case, framework: Framework, path: str) -> ClauseExplanation:
    """Return a clause result of the key question at ``path`` in words."""
    below = [explain_clause(child, case, framework, path) for child in result.children]
    if result.applies is not None:
        below.append(explain_clause(result.applies, case, framework, path))
    clause = result.clause
    match clause:
        case PromptIsYes(prompt):
            address = f"{path}.{prompt}"
            says, found = f"{prompt}: {framework.prompts[address].ask}", _found_answer(result, case, address)
        case FactTest(fact):
            says, found = say(clause, framework), _found_fact(case, framework, fact)
        case RatedAs() | CountRated():
            raise about_ratings(clause)
        case AllOf() | AnyOf() | AtLeast() | AtLeastPercent() | Not():
            says, found = say_head(clause), ""
        case never:
            assert_never(never)
    return ClauseExplanation(result.truth, says, found, clause.at, tuple(below))


_ADDED = {
    "sum": "the scores of the answers, added up",
    "mean": "the mean of the scores of the answers",
    "percent": "the scores of the answers, in per cent of the highest that there could be",
}


def _points(
    walked: QuestionOutcome, question: KeyQuestion, case: Case, framework: Framework, path: str
) -> ClauseExplanation:
    """Return what each prompt adds to the number of a case."""
    assert question.points is not None
    truths = [each.truth for each in walked.prompts]
    truth = Truth.DROPPED if all(each is Truth.DROPPED for each in truths) else Truth.TRUE
    truth = Truth.UNKNOWN if Truth.UNKNOWN in truths else truth
    below = tuple(_prompt_points(each, case, framework, path) for each in walked.prompts)
    counted = [(each.prompt.weight, each.score, each.highest) for each in walked.prompts if each.score is not None]
    found = ""
    if truth is Truth.TRUE:
        reached = sum(weight * score for weight, score, _ in counted)
        weight = sum(weight for weight, _, _ in counted)
        reachable = sum(weight * highest for weight, _, highest in counted)
        number, of = (question.points.number(each, weight, reachable) for each in (reached, reachable))
        made = f"{reached} of {reachable}"
        found = {
            "sum": made,
            "mean": f"{reached} ÷ {weight} = {say_number(number)} of {say_number(of)}",
            "percent": f"{made} = {say_percent(number)}",
        }[question.points.value]
    return ClauseExplanation(truth, _ADDED[question.points.value], found, question.points.at, below)


def _prompt_points(each: PromptPoints, case: Case, framework: Framework, path: str) -> ClauseExplanation:
    """Return what one prompt adds: ``2 × Good 2 = 4 of 6``."""
    prompt, answer = each.prompt, each.answer
    label = "not answered" if answer is None else framework.answer_label(prompt, answer)
    if each.score is None:
        found = _with_condition(label if answer is None else f"answered {label}", each.applies)
    elif prompt.weight == 1:
        found = f"{label} {each.score} of {each.highest}"
    else:
        found = f"{prompt.weight} × {label} {each.score} = {prompt.weight * each.score} of "
        found += str(prompt.weight * each.highest)
    below = () if each.applies is None else (explain_clause(each.applies, case, framework, path),)
    return ClauseExplanation(each.truth, f"{prompt.id}: {prompt.ask}", found, prompt.at, below)


def _found_answer(result: ClauseResult, case: Case, address: str) -> str:
    answer = case.answers.get(address)
    return _with_condition(f"answered {answer.value}" if answer else "not answered", result.applies)


def _with_condition(found: str, applies: ClauseResult | None) -> str:
    if applies is not None and applies.truth is Truth.FALSE:
        return f"{found}; it does not apply to this case"
    if applies is not None and applies.truth is Truth.UNKNOWN:
        return f"{found}; a fact is missing to tell whether it applies"
    return found


def _found_fact(case: Case, framework: Framework, fact: str) -> str:
    if fact not in case.facts:
        return "this fact is missing"
    return f"it is {say_value(framework.facts_by_id[fact], case.facts[fact])}"
