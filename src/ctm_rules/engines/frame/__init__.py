"""The frame engine: rules lowered to expressions over the columns of a dataframe (compilation), for millions of cases.

Hands on: `FrameJob` and the `LoweredFramework` that it makes, `assess_table` and `tally_table`, and how columns are
read (`Reading`, `Codes`).
Private: formulas.
"""
