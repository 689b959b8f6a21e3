"""What inspectors fill in, made from the standards: nothing is asked that surely does not apply, and nothing is hidden.

Hands on: `surely` and `surely_asked` (conditions as a program of forms can compute them), whatever kind of form it is.
Private: relevance.
"""
