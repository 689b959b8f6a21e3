"""One run over a dataframe: what is counted, by which groups, with which codes."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw
from attrs import frozen

from ctm_rules.case_files.cells import EMPTY_TABLE
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.engines.frame.columns import Reading
from ctm_rules.engines.frame.counts import Grouping, Tallied, find_groupings, tally_table
from ctm_rules.engines.frame.rules import RECOGNISED, LoweredFramework, as_table, assess_table
from ctm_rules.engines.frame.strange_values import StrangeValues, strange_values
from ctm_rules.model.framework import Framework

# --- jobs --------------------------------------------------------------------------------------------

AnyFrame = typing.Any
"""A dataframe of any library."""


@frozen
class FrameJob:
    """What is to be done with dataframes whose columns mean the same.

    A job can be sent to where the parts of a table are, and what its methods return for each part adds up.

    Attributes:
        at: what diagnostics call the table.
    """

    framework: Framework
    reading: Reading
    by: tuple[str, ...] = ()
    at: Location = Location("<dataframe>")

    def lower(self, schema: Mapping[str, nw.dtypes.DType]) -> tuple[LoweredFramework, list[Grouping], Findings]:
        """Return the rules and groups lowered for columns of these types, and what is wrong with the columns."""
        lowered = LoweredFramework(self.framework, schema, self.reading)
        groupings, findings = find_groupings(lowered, schema, self.by, self.at)
        findings.extend(lowered.columns.findings(self.at))
        if not schema:  # what else is found follows from it
            findings = Findings()
            hint = "give a column for each answer and fact that is known"
            findings.add(EMPTY_TABLE, self.at, "the table has no columns, so that nobody can tell its cases", hint=hint)
        return lowered, groupings, findings

    def assess(self, frame: AnyFrame, keep: Sequence[str]) -> tuple[AnyFrame, bool]:
        """Return the columns to keep and the outcomes, and whether every value that was read has a meaning."""
        table = as_table(frame)
        lowered, _, _ = self.lower(table.collect_schema())
        assessed = assess_table(lowered, table, keep).collect()
        outcomes = nw.to_native(assessed.select(*keep, *lowered.outcomes))
        return outcomes, bool(assessed[RECOGNISED].all())

    def tally(self, frame: AnyFrame) -> Tallied:
        """Return :func:`tally_table` of a dataframe."""
        table = as_table(frame)
        lowered, groupings, _ = self.lower(table.collect_schema())
        return tally_table(lowered, groupings, table)

    def strange_values(self, frame: AnyFrame) -> StrangeValues:
        """Return :func:`strange_values` of a dataframe."""
        table = as_table(frame)
        lowered, _, _ = self.lower(table.collect_schema())
        return strange_values(lowered, table)
