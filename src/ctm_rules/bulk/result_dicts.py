"""What the ratings of groups are as plain data: the keys of ``to_dict`` and of ``rate --cases --json``."""

# Without `from __future__ import annotations`: types are read here, where their names are known.

from typing import TypedDict

from ctm_rules.diagnostics.findings import DiagnosticDict
from ctm_rules.rating.result_dicts import FrameworkDict, RatingDict

GroupValue = str | int | float | bool | None
"""What the cases of a group have in common; ``None`` where it is missing."""


class GroupRatingDict(RatingDict):
    """The ratings of a group, and what its cases have in common: what :meth:`GroupRating.to_dict` returns."""

    group: dict[str, GroupValue]


class FrameRatingsDict(TypedDict):
    """The ratings of groups of cases: what :meth:`FrameRatings.to_dict` returns.

    ``missing`` has for each reason how many facts and answers are missing.
    """

    framework: FrameworkDict
    by: list[str]
    groups: list[GroupRatingDict]
    missing: dict[str, int]


class BulkRatingsDict(FrameRatingsDict):
    """The ratings of groups of the cases in files: what :meth:`BulkRatings.to_dict` returns."""

    cases: int
    left_out: int
    findings: list[DiagnosticDict]
