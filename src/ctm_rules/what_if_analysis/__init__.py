"""`what-if`: what an amendment, or another edition, would do to an inspection (impact analysis).

Hands on: `what_if` and `effect_of`, and what they return: an `Effect`, with its `StandardChange`s,
`KeyQuestionChange`s and `OutcomeChange`s; `effect_on_inspections`, for every past inspection at once.
What the command prints of it is cli/shown/what_if.py.
Private: reasons.
"""
