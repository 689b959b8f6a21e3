"""What may be answered to a prompt or a measure."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """An inspector's answer to a prompt or a measure. An unanswered prompt is missing, never no."""

    YES = "yes"
    """What the prompt looks for was seen and sufficient."""
    NO = "no"
    """It should have been there and was absent or insufficient."""
    NA = "na"
    """It does not arise in this case."""
