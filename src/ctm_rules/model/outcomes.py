"""What evaluation yields: pure data, with one clause result for every node of a decision rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import TypedDict

from attrs import field, frozen

from ctm_rules.model.conditions import Condition


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
    NOT_ASKED = "not_asked"
    """The case is not of the sample that the question is asked of; no count of the question knows of it."""


COUNTED = (Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED)
"""The outcomes of the cases that a question is asked of, which are those that are counted."""


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
    """

    outcome: Outcome
    rule_outcome: Outcome
    variant: str | None = None
    judgement: Judgement | None = None
    rule: ClauseResult | None = field(default=None, repr=False)
    applies: ClauseResult | None = field(default=None, repr=False)
    drawn: ClauseResult | None = field(default=None, repr=False)
    fired: tuple[str, ...] = field(default=(), repr=False)

    @property
    def diverges(self) -> bool:
        """Whether a person recorded another outcome than the rule gives."""
        return self.judgement is not None and self.outcome is not self.rule_outcome


class QuestionOutcomeDict(TypedDict):
    """The outcome of a key question for a case: with what people recorded, and by the rule alone."""

    outcome: str
    rule_outcome: str
    variant: str | None


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
        questions: dict[str, QuestionOutcomeDict] = {
            path: {
                "outcome": question.outcome.value,
                "rule_outcome": question.rule_outcome.value,
                "variant": question.variant,
            }
            for path, question in self.questions.items()
        }
        return {"case": self.case, "engine": self.engine, "key_questions": questions}
