"""What evaluation yields: pure data, with one clause result for every node of a decision rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum, StrEnum
from fractions import Fraction
from typing import TypedDict

from attrs import field, frozen

from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.conditions import Condition
from ctm_rules.model.framework import Prompt


class Outcome(StrEnum):
    """The outcome of a key question for one case."""

    YES = "yes"
    """The decision rule is met."""
    NO = "no"
    """The decision rule is not met, whatever the missing answers may be."""
    NOT_APPLICABLE = "not_applicable"
    """The question does not arise for this case; it is counted on neither side of the share."""
    UNDETERMINED = "undetermined"
    """Missing answers or facts could still turn the outcome; it is never counted as no."""
    SCORED = "scored"
    """The question has points, and every answer that its number is made from is known."""
    NOT_ASKED = "not_asked"
    """The case is not of the sample that the question is asked of; no count of the question knows of it."""


COUNTED = (Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED)
"""The outcomes of the cases that a question with a rule is asked of, which are those that are counted. A question that
has points has ``SCORED`` in place of yes and no."""


class Truth(Enum):
    """The result of one clause of a decision rule. The value is the mark that explanations show."""

    TRUE = "✓"
    """The clause is met."""
    FALSE = "✗"
    """The clause is not met."""
    DROPPED = "–"
    """The clause does not apply here (``na``), so it counts for nothing."""
    UNKNOWN = "?"
    """Missing answers or facts could still turn the clause."""


OUTCOME_OF: Mapping[Truth, Outcome] = {
    Truth.TRUE: Outcome.YES,
    Truth.FALSE: Outcome.NO,
    Truth.DROPPED: Outcome.NOT_APPLICABLE,
    Truth.UNKNOWN: Outcome.UNDETERMINED,
}
"""The outcome of a key question by the result at the root of its rule."""


@frozen
class ClauseResult:
    """The result of one clause, with the results of the clauses below it.

    Attributes:
        clause: the node of the decision rule; ``clause.at`` is its file and line.
        truth: its result.
        applies: for a prompt, the result of its ``applies_when`` (``None`` where it has none).
        children: results of the clauses directly below, in declared order.
    """

    clause: Condition
    truth: Truth
    applies: ClauseResult | None = field(default=None, repr=False)
    children: tuple[ClauseResult, ...] = field(default=(), repr=False)


class JudgementDict(TypedDict):
    """An outcome that a person recorded, and why."""

    outcome: str
    reason: str


@frozen
class PromptPoints:
    """What the answer to one prompt adds to the number of a case.

    Attributes:
        prompt: the prompt.
        truth: TRUE where it counts, DROPPED where it was answered na or does not apply, UNKNOWN where its answer, or a
            fact to tell whether it applies, is missing.
        answer: what was answered (``None``: nothing).
        score: the score of the answer (``None``: it does not count, or nobody knows it).
        highest: the highest score that an answer to it has.
        applies: the result of its ``applies_when`` (``None`` where it has none).
    """

    prompt: Prompt
    truth: Truth
    answer: AnyAnswer | None
    score: int | None
    highest: int
    applies: ClauseResult | None = field(default=None, repr=False)


@frozen
class Judgement:
    """An outcome recorded by a person for one case and key question, with the reason given."""

    outcome: Outcome
    reason: str = ""


@frozen
class QuestionOutcome:
    """The outcome of one key question for one case.

    Attributes:
        outcome: what counts: the recorded judgement where there is one, else the rule's outcome.
        rule_outcome: what the decision rule gives.
        variant: the id of the variant whose rule was used, or ``None``. Where facts are missing to tell
            which variant applies, the rule's outcome is undetermined and ``rule`` is ``None``.
        judgement: the recorded judgement, if any.
        rule: results of every clause of ``yes_when`` (reference engine only).
        applies: results of every clause of ``applies_when`` (reference engine only; ``None`` where it has none).
        drawn: results of every clause by which the case is of the question's sample (reference engine only; ``None``
            where the question is asked of every case, and where the case's table says which sample it is of).
        fired: names of the engine rules that fired, in order (durable engine only).
        points: where it is scored, the number of the case, exact.
        reachable: where it is scored, the highest that this number could have been.
        prompts: what each prompt adds to it (reference engine only; none where it has no points).
    """

    outcome: Outcome
    rule_outcome: Outcome
    variant: str | None = None
    judgement: Judgement | None = None
    rule: ClauseResult | None = field(default=None, repr=False)
    applies: ClauseResult | None = field(default=None, repr=False)
    drawn: ClauseResult | None = field(default=None, repr=False)
    fired: tuple[str, ...] = field(default=(), repr=False)
    points: Fraction | None = None
    reachable: Fraction | None = None
    prompts: tuple[PromptPoints, ...] = field(default=(), repr=False)

    @property
    def diverges(self) -> bool:
        """Whether a person recorded another outcome than the rule gives."""
        return self.judgement is not None and self.outcome is not self.rule_outcome


class DecidedOutcomeDict(TypedDict):
    """The outcome of a key question for a case: with what people recorded, and by the rule alone."""

    outcome: str
    rule_outcome: str
    variant: str | None


class QuestionOutcomeDict(DecidedOutcomeDict, total=False):
    """The outcome of a key question for a case; ``points`` and ``reachable`` are there where it is scored."""

    points: str
    reachable: str


class CaseOutcomeDict(TypedDict):
    """The outcomes of a case by the addresses of the key questions: what :meth:`CaseOutcome.to_dict` returns."""

    case: str
    engine: str
    key_questions: dict[str, QuestionOutcomeDict]


@frozen(repr=False)
class CaseOutcome:
    """The outcomes of every key question for one case, by the question's address.

    Attributes:
        case: the case's id.
        questions: by address, such as ``assessment.safety``.
        engine: which engine decided.
        framework: the checksum of the framework that it was decided by (empty where that is not known).
    """

    case: str
    questions: Mapping[str, QuestionOutcome] = field(hash=False)
    engine: str = field(default="", eq=False)
    framework: str = field(default="", eq=False, repr=False)

    def __repr__(self) -> str:
        counts = Counter(question.outcome.value for question in self.questions.values())
        said = ", ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items()))
        return f"<CaseOutcome {self.case}: {said}>"

    def to_dict(self) -> CaseOutcomeDict:
        """Return the outcomes as plain data, by the addresses of the key questions."""
        questions: dict[str, QuestionOutcomeDict] = {}
        for path, question in self.questions.items():
            made: QuestionOutcomeDict = {
                "outcome": question.outcome.value,
                "rule_outcome": question.rule_outcome.value,
                "variant": question.variant,
            }
            questions[path] = made
            if question.points is not None:
                questions[path]["points"] = str(question.points)
                questions[path]["reachable"] = str(question.reachable)
        return {"case": self.case, "engine": self.engine, "key_questions": questions}
