"""What is known and counted of cases (facts, variants, measures, sub-groups): what differs between two frameworks."""

from __future__ import annotations

from ctm_rules.diff.changes import Kind, Weight
from ctm_rules.diff.comparison import Comparison, by_id, if_there, pairs, say_setting
from ctm_rules.engines.base import plan_question
from ctm_rules.model.conditions import facts_in
from ctm_rules.model.fact_values import say_values
from ctm_rules.model.framework import Fact
from ctm_rules.model.framework_conditions import provider_conditions


def compare_facts(both: Comparison) -> None:
    """Note the facts that differ."""
    for path, ours, theirs in both.shared("reports", "facts.", "the fact", both.old.facts_by_id, both.new.facts_by_id):
        is_read = any(
            ours.id in plan_question(side, question).fact_ids
            for side in (both.old, both.new)
            for question in side.key_questions
        )
        # An order decides where a rule compares by it, and then some question comes out otherwise.
        _compare_fact(both, path, ours, theirs, is_read, both.outcomes_differ(facts=[ours.id]))
    facts = [side.provider_facts_by_id for side in (both.old, both.new)]
    for path, ours, theirs in both.shared("reports", "provider_facts.", "the fact of the provider", *facts):
        sides = (both.old, both.new)
        is_read = any(ours.id in facts_in(condition) for side in sides for condition in provider_conditions(side))
        is_read = is_read or any(ours.id in side.choosing_facts for side in sides)
        _compare_fact(both, path, ours, theirs, is_read, is_read)


def _compare_fact(both: Comparison, path: str, ours: Fact, theirs: Fact, is_read: bool, decides_by_order: bool) -> None:
    weight: Weight = "decides" if is_read else "reports"
    both.compare_words(path, ours, theirs, ("title", "source"))
    if ours.type != theirs.type:
        says = f"its type changed from {say_setting(ours.type)} to {say_setting(theirs.type)}"
        both.add(weight, "changed", path, says, ours, theirs)
        return
    for value, was, now in pairs(ours.values, theirs.values):
        if was is None or now is None:
            kind: Kind = "added" if was is None else "removed"
            says = f"the value {value} ({now or was}) was {kind}"
            both.add(weight, kind, path, says, ours, theirs)
        elif was != now:
            says = f"the label of {value} changed from “{was}” to “{now}”"
            both.add("words", "changed", path, says, ours, theirs)
    if ours.range != theirs.range:
        was, now = (say_values(fact) for fact in (ours, theirs))
        both.add("reports", "changed", path, f"what it may be changed from {was} to {now}", ours, theirs)
    of_order: Weight = "decides" if decides_by_order else "reports"
    if ours.ordered != theirs.ordered:
        says = f"its values are {'now' if theirs.ordered else 'no longer'} in an order"
        both.add(of_order, "changed", path, says, ours, theirs)
    elif ours.ordered:
        both.compare_order(of_order, path, "values", ours.values, theirs.values)


def compare_samples(both: Comparison) -> None:
    """Note the samples that differ."""
    old, new = (by_id(side.samples) for side in (both.old, both.new))
    asked = [{sample.id for sample in side.samples_asked.values()} for side in (both.old, both.new)]
    for name, ours, theirs in pairs(old, new):
        one_sample = if_there(name, ours), if_there(name, theirs)
        weight: Weight = "decides" if any(name in of for of in asked) else "reports"
        for path, mine, yours in both.shared(weight, "samples.", "the sample", *one_sample):
            both.compare_words(path, mine, yours, ("title", "source"))
            conditions = (mine.when, mine), (yours.when, yours)
            both.compare_condition(weight, path, "the condition that says which cases are of it", *conditions)


def compare_variants(both: Comparison) -> None:
    """Note the variants that differ, and another order of them."""
    sides = (both.old, both.new)
    used = {name for side in sides for question in side.key_questions.values() for name in question.variants}
    old, new = (by_id(side.variants) for side in sides)
    for name, ours, theirs in pairs(old, new):
        is_gone = (ours is None or theirs is None) and name in used
        # Which cases a variant takes matters to those that stand after it as well.
        orders = [list(side) for side in (old, new) if name in side]
        matters_to = {other for order in orders for other in order[order.index(name) :]}
        weight: Weight = "decides" if is_gone or both.outcomes_differ(variants=matters_to) else "reports"
        one_variant = if_there(name, ours), if_there(name, theirs)
        for path, mine, yours in both.shared(weight, "variants.", "the variant", *one_variant):
            both.compare_words(path, mine, yours, ("title", "source"))
            both.compare_condition(weight, path, "what it is used for", (mine.when, mine), (yours.when, yours))
    of_order: Weight = "decides" if both.outcomes_differ(variants=used) else "reports"
    both.compare_order(of_order, "variants", "variants", old, new)


def compare_measures(both: Comparison) -> None:
    """Note the measures that differ."""
    old, new = both.old.measures_by_path, both.new.measures_by_path
    for path, ours, theirs in both.shared("reports", "", "the measure", old, new):
        both.compare_words(path, ours, theirs, ("title", "source"))
        conditions = (ours.applies_when, ours), (theirs.applies_when, theirs)
        both.compare_condition("reports", path, "the condition under which it is counted", *conditions)


def compare_subgroups(both: Comparison) -> None:
    """Note the comparisons of groups that differ."""
    old, new = (by_id(side.subgroups) for side in (both.old, both.new))
    for path, ours, theirs in both.shared("reports", "subgroups.", "the comparison of groups", old, new):
        both.compare_words(path, ours, theirs, ("title",))
        was, now = (by_id(side.groups) for side in (ours, theirs))
        for place, old_group, new_group in both.shared("reports", f"{path}.", "the group", was, now):
            both.compare_words(place, old_group, new_group, ("title",))
            conditions = (old_group.when, old_group), (new_group.when, new_group)
            # A case of which it is not known belongs to no group, as one that fails the condition does not.
            both.compare_condition("reports", place, "who belongs to the group", *conditions, only_true=True)
        both.compare_order("reports", path, "groups", was, now)
