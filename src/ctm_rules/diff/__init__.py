"""`diff`: what differs between two frameworks by meaning (semantic difference), and how much it matters.

Hands on: `compare_frameworks`, and what it gives: `FrameworkChanges` with their `Change`s, by the order of `WEIGHTS`.
Private: cases, comparison, ratings, rule_meaning, standards.
"""
