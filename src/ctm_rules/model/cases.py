"""What a case is, and how a table of cases becomes typed facts and answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from ctm_rules.model.conditions import FactValue
from ctm_rules.model.outcomes import Judgement


class Answer(StrEnum):
    """An inspector's answer to a prompt or a measure. An unanswered prompt is missing, never no."""

    YES = "yes"
    """What the prompt looks for was seen and sufficient."""
    NO = "no"
    """It should have been there and was absent or insufficient."""
    NA = "na"
    """It does not arise in this case."""


@frozen
class Case:
    """One inspected case.

    Attributes:
        id: unique within its table.
        facts: typed values by fact id; a missing fact is left out.
        answers: by address of the prompt (``assessment.safety.victims``) or measure
            (``measures.professional_curiosity``); a missing answer is left out.
        judgements: outcomes recorded by a person, by the key question's address.
    """

    id: str
    facts: Mapping[str, FactValue] = field(factory=dict)
    answers: Mapping[str, Answer] = field(factory=dict)
    judgements: Mapping[str, Judgement] = field(factory=dict)
