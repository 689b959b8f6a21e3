"""The parts of a report: each sets its own blocks on the page.

Private: certainty, figures, groups, method, opening, standards.
"""
