"""What may be answered to a prompt or a measure."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Answer(StrEnum):
    """An inspector's answer to a prompt or a measure. An unanswered prompt is missing, never no."""

    YES = "yes"
    """What the prompt looks for was seen and sufficient."""
    NO = "no"
    """It should have been there and was absent or insufficient."""
    NA = "na"
    """It does not arise in this case."""


@frozen
class StepAnswer:
    """An answer that is a step of a scale, where a prompt is answered on one.

    Attributes:
        value: the id of the step; a case table holds it, or the step's label.
    """

    value: str


AnyAnswer = Answer | StepAnswer
"""What a prompt may be answered: yes, no or na; where it has a scale, a step of it or na."""
