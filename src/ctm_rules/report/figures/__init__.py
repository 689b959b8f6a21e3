"""Figures of a report that are worked out beside the ratings: firmness, agreement, comparisons, disclosure control.

Hands on: `make_sample` (the cases question by question), `protect` (what of their counts may be published), and
`firmness`, `agreement`, `compare` and `nearby` (what the figures can carry), and `Origins` (where each comes from).
To the comparison it hands `binomial_at_most` of its formulas. Nothing here decides a rating.
Private: inference.
"""
