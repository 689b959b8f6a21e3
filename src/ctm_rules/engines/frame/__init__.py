"""The frame engine: rules lowered to expressions over the columns of a dataframe (compilation), for millions of cases.

Hands on: `FrameJob` and the `LoweredFramework` that it makes, `assess_table` and `tally_table`, with the
`Tallies` of groups; what a table may be grouped by (`find_groupings`), which of its cases stand in it twice
(`repeated_ids`), and tables as the library that counts fastest has them (`handed_over`).
Private: columns, formulas, used_codes.
"""
