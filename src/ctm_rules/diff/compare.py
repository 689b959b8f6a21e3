"""The difference between two frameworks by meaning: what decides differently, what is counted differently, what reads
differently.

Rules are compared by the outcomes that they give to every complete case there could be, so that another way of
writing the same rule is not taken for a change.
"""

from __future__ import annotations

from ctm_rules.diff.cases import compare_facts, compare_measures, compare_subgroups, compare_variants
from ctm_rules.diff.changes import WEIGHTS, FrameworkChanges
from ctm_rules.diff.comparison import Comparison
from ctm_rules.diff.ratings import compare_ratings, compare_reported, compare_scales
from ctm_rules.diff.standards import compare_domains, compare_standards
from ctm_rules.model.framework import Framework
from ctm_rules.validity import require_valid


def compare_frameworks(old: Framework, new: Framework) -> FrameworkChanges:
    """Return what differs between two frameworks, by meaning.

    Raises:
        DiagnosticError: one of them is not valid; carries every mistake in both.

    >>> from ctm_rules import load_framework
    >>> old = load_framework("hmip-pdu", "2024")
    >>> compare_frameworks(old, old).changes
    ()
    """
    require_valid(old, new)
    both = Comparison(old, new)
    both.compare_words(
        "framework", old, new, ("id", "edition", "title", "publisher", "in_force_from", "in_force_to", "source")
    )
    compare_ratings(both)
    compare_domains(both)
    compare_standards(both)
    compare_scales(both)
    compare_reported(both, "panel", old.panel, new.panel)
    compare_reported(both, "disclosure", old.disclosure, new.disclosure)
    compare_facts(both)
    compare_variants(both)
    compare_measures(both)
    compare_subgroups(both)
    order = list(WEIGHTS)
    return FrameworkChanges(old, new, tuple(sorted(both.changes, key=lambda change: order.index(change.weight))))
