"""The difference between two frameworks by meaning: what decides differently, what is counted differently, what reads
differently.

Rules are compared by the outcomes that they give to every complete case there could be, so that another way of
writing the same rule is not taken for a change.
"""

from __future__ import annotations

from ctm_rules.diff.cases import compare_facts, compare_measures, compare_samples, compare_subgroups, compare_variants
from ctm_rules.diff.changes import WEIGHTS, FrameworkChanges
from ctm_rules.diff.comparison import Comparison
from ctm_rules.diff.ratings import compare_ratings, compare_reported, compare_scale_of_questions, compare_scales
from ctm_rules.diff.standards import compare_domains, compare_question, compare_standard, compare_standards
from ctm_rules.model.former_names import address_before, is_address, renamed
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
    before, names = renamed(old, new)
    both = Comparison(before, new)
    for each in names:
        both.add("words", "renamed", each.path, f"it was called {each.was} before", each.ours, each.theirs)
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
    compare_samples(both)
    compare_variants(both)
    compare_measures(both)
    compare_subgroups(both)
    both.note_sources()
    order = list(WEIGHTS)
    return FrameworkChanges(old, new, tuple(sorted(both.changes, key=lambda change: order.index(change.weight))))


def is_same_standard(old: Framework, new: Framework, slug: str) -> bool:
    """Return whether a standard is rated in the same way by both: a rating says the same in either.

    Its wording, its number and the domain that it stands in may differ. The slug is that of the new one.

    Raises:
        DiagnosticError: one of them is not valid; carries every mistake in both.

    >>> from ctm_rules import load_framework
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> is_same_standard(framework, framework, "assessment")
    True
    """
    require_valid(old, new)
    old, _ = renamed(old, new)
    ours, theirs = old.standards_by_slug.get(slug), new.standards_by_slug.get(slug)
    if ours is None or theirs is None:
        return False
    was, now = ([step.id for step in side.scale(each.scale)] for side, each in ((old, ours), (new, theirs)))
    if was != now:
        return False
    both = Comparison(old, new)
    compare_standard(both, slug, ours, theirs)
    if theirs.rated_by == "cases":
        compare_scale_of_questions(both)
    return all(change.weight != "decides" for change in both.changes)


def has_moved(old: Framework, new: Framework, was: str, address: str) -> bool:
    """Return whether a key question of one edition stands in another standard of a later one, and is the same there.

    Raises:
        DiagnosticError: one of them is not valid; carries every mistake in both.
    """
    if not any(map(is_address, new.every_question[address].formerly)):
        return False
    require_valid(old, new)
    named, _ = renamed(old, new)
    both = Comparison(named, new)
    if address_before(old, new, address) != was or address not in both.moves.values():
        return False
    sides = [(side, side.every_question[address]) for side in (both.placed, new)]
    scales = [[step.id for step in side.scale(question.scale)] for side, question in sides]
    compare_question(both, address, *(question for _, question in sides))
    compare_scale_of_questions(both)
    said = (each for each in both.changes if each.weight == "decides")
    return scales[0] == scales[1] and not any(each.is_of(address) or each.is_of("key_question_bands") for each in said)
