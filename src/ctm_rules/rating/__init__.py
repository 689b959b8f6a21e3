"""Outcomes counted, shares placed in bands, and the ratings that follow, up to the overall one.

Hands on: `rate_outcomes` and `rate_counts` with their `RatingResult`; `Counts`; `PanelDecision`, what a ratings panel
made of a rating; `RatingOrder`, which alone knows what is lower; what a rating may be made from; shares rounded as
declared (`rounded_percent`, `decisive_percent`) and their `wilson_interval`; what a rule can place in its bands
(`values_possible`);
the tidy table of counts, written (`counts_table`, of `CountRow`s) and read (`read_counts`).
"""
