"""Domains, standards, key questions and their rules: what differs between two frameworks."""

from __future__ import annotations

from typing import Literal

from ctm_rules.diff.changes import Weight
from ctm_rules.diff.comparison import Comparison, by_id, if_there, pairs
from ctm_rules.diff.rule_meaning import Difference
from ctm_rules.engines.base import hangs_on, is_alike, plan_question
from ctm_rules.model.conditions import Condition
from ctm_rules.model.elements import Placed
from ctm_rules.model.framework import Domain, Framework, KeyQuestion, Prompt, Standard
from ctm_rules.model.rules_in_words import say


def compare_domains(both: Comparison) -> None:
    """Note the domains that differ, and standards that moved from one to another."""
    rated: Weight = "decides" if both.old.domain_rating or both.new.domain_rating else "reports"
    old, new = (by_id(side.domains) for side in (both.old, both.new))
    for path, ours, theirs in both.shared(rated, "domains.", "the domain", old, new):
        both.compare_words(path, ours, theirs, ("title",))
        _compare_scale(both, path, ours, theirs)
        _compare_sample(both, path, ours, theirs)
        both.compare_order("reports", path, "standards", ours.standards, theirs.standards)
    both.compare_order("reports", "domains", "domains", old, new)
    old_home, new_home = (
        {slug: domain for domain in side.domains for slug in domain.standards} for side in (both.old, both.new)
    )
    for slug, was, now in pairs(old_home, new_home):
        if was is not None and now is not None and was.id != now.id:
            both.add(rated, "changed", slug, f"it moved from “{was.title}” to “{now.title}”", was, now)


Scaled = Standard | Domain | KeyQuestion
"""What is rated on a scale."""


def _compare_scale(both: Comparison, path: str, ours: Scaled, theirs: Scaled) -> None:
    if ours.scale != theirs.scale:
        says = f"it is now rated on the scale {theirs.scale}, before on {ours.scale}"
        both.add("decides", "changed", path, says, ours, theirs)


def _compare_sample(both: Comparison, path: str, ours: _Sampled, theirs: _Sampled) -> None:
    """Note that an element names another sample; which questions are then asked of others is said of each of them."""
    if ours.sample != theirs.sample:
        was, now = (side.sample or "none" for side in (ours, theirs))
        both.add("words", "changed", path, f"the sample that it names is now {now}, before {was}", ours, theirs)


_Sampled = Domain | Standard | KeyQuestion


def compare_standards(both: Comparison) -> None:
    """Note the standards that differ."""
    old, new = both.old.standards_by_slug, both.new.standards_by_slug
    for slug, ours, theirs in both.shared("decides", "", "the standard", old, new):
        compare_standard(both, slug, ours, theirs)
    for slug in [slug for slug in both.placed.standards_by_slug if slug not in old]:
        _compare_questions(both, slug)


def compare_standard(both: Comparison, slug: str, ours: Standard, theirs: Standard) -> None:
    """Note what differs between two editions of one standard."""
    both.compare_words(slug, ours, theirs, ("id", "title", "statement", "source"))
    if ours.rated_by != theirs.rated_by:
        says = f"it is now rated by {theirs.rated_by}, before by {ours.rated_by}"
        both.add("decides", "changed", slug, says, ours, theirs)
    _compare_scale(both, slug, ours, theirs)
    _compare_sample(both, slug, ours, theirs)
    conditions = (ours.applies_when, ours), (theirs.applies_when, theirs)
    both.compare_condition("decides", slug, "the condition under which it applies", *conditions)
    if ours.in_total != theirs.in_total:
        says = "it now counts in the total" if theirs.in_total else "it is now reported beside the total"
        both.add("decides", "changed", slug, says, ours, theirs)
    themes = (by_id(side.themes) for side in (ours, theirs))
    for path, was, now in both.shared("reports", f"{slug}.", "the theme", *themes):
        both.compare_words(path, was, now, ("title",))
    _compare_questions(both, slug)


def _compare_questions(both: Comparison, slug: str) -> None:
    """Note what differs in the key questions of a standard of now, where they stood before."""
    _note_moves(both, slug)
    questions = (by_id(side.standards_by_slug[slug].key_questions) for side in (both.placed, both.new))
    for path, old_question, new_question in both.shared("decides", f"{slug}.", "the key question", *questions):
        compare_question(both, path, old_question, new_question)


def _note_moves(both: Comparison, slug: str) -> None:
    """Note what moved from a standard, or to it: with a key question its prompts, of which nothing more is said."""
    old, new = both.old, both.new
    for was, path in both.moves.items():
        has_home = both.moves.get(was.rpartition(".")[0]) == path.rpartition(".")[0]
        if has_home or slug not in (was.partition(".")[0], path.partition(".")[0]):
            continue
        if any(each.path == path for each in both.changes if each.kind == "moved"):
            continue  # it was noted with the other one of the two standards
        if was in old.every_question:
            elements: tuple[Placed, Placed] = (old.every_question[was], new.every_question[path])
        else:
            ours, theirs = (side.every_prompt[at] for side, at in ((old, was), (new, path)))
            _compare_prompt(both, "decides", path, ours, theirs)
            elements = ours, theirs
        both.add("decides", "moved", path, f"it moved here from {was}", *elements)


def _compare_prompt(both: Comparison, weight: Weight, path: str, ours: Prompt, theirs: Prompt) -> None:
    both.compare_words(path, ours, theirs, ("ask", "source"))
    conditions = (ours.applies_when, ours), (theirs.applies_when, theirs)
    both.compare_condition(weight, path, "the condition under which it is asked", *conditions)


def compare_question(both: Comparison, path: str, ours: KeyQuestion, theirs: KeyQuestion) -> None:
    """Note what differs between two editions of one key question, which stands at the same address in both."""
    if ours == theirs and ours.is_asked_of_cases and is_alike(hangs_on(both.placed, path), hangs_on(both.new, path)):
        return
    both.compare_words(path, ours, theirs, ("ask", "source"))
    _compare_scale(both, path, ours, theirs)
    if path not in both.moves.values():  # which of another standard it was asked of is not named by it
        _compare_sample(both, path, ours, theirs)
    for variant, was, now in pairs(ours.variants, theirs.variants):
        if was is not None and now is not None:
            both.compare_words(f"{path}.variants.{variant}", was, now, ("source",))
    if (ours.asked_of, ours.rated_by) != (theirs.asked_of, theirs.rated_by):
        says = f"it is now {_say_asked(theirs)}, before {_say_asked(ours)}"
        both.add("decides", "changed", path, says, ours, theirs)
    if ours.points is not None or theirs.points is not None:
        _compare_points(both, path, ours, theirs)
        return
    difference = _difference(both, path, ours, theirs)
    _compare_rules(both, path, ours, theirs, difference)
    decisive = frozenset[str]() if difference == "same" else ours.prompts_read | theirs.prompts_read
    if isinstance(difference, Difference):
        decisive = difference.prompts
    old, new = by_id(ours.prompts), by_id(theirs.prompts)
    for name, old_prompt, new_prompt in pairs(old, new):
        weight: Weight = "decides" if name in decisive else "reports"
        one_prompt = if_there(name, old_prompt), if_there(name, new_prompt)
        for place, mine, yours in both.shared(weight, f"{path}.", "the prompt", *one_prompt):
            _compare_prompt(both, weight, place, mine, yours)


def _compare_points(both: Comparison, path: str, ours: KeyQuestion, theirs: KeyQuestion) -> None:
    """Note what differs in how a number is made from answers, on either side or on both."""
    was, now = _say_points(ours), _say_points(theirs)
    if was != now:
        both.add("decides", "changed", path, f"it is now decided by {now}, before by {was}", ours, theirs)
    conditions = (ours.applies_when, ours), (theirs.applies_when, theirs)
    both.compare_condition("decides", path, "the condition under which it is asked", *conditions)
    old, new = by_id(ours.prompts), by_id(theirs.prompts)
    for place, mine, yours in both.shared("decides", f"{path}.", "the prompt", old, new):
        _compare_prompt(both, "decides", place, mine, yours)
        if mine.weight != yours.weight:
            says = f"its score now counts {_say_times(yours.weight)}, before {_say_times(mine.weight)}"
            both.add("decides", "changed", place, says, mine, yours)
        if mine.answers != yours.answers:
            says = f"it is now answered {_say_answers(yours)}, before {_say_answers(mine)}"
            both.add("decides", "changed", place, says, mine, yours)


def _say_points(question: KeyQuestion) -> str:
    if question.points is None:
        return "a rule"
    of = {"sum": "the sum", "mean": "the mean", "percent": "the per cent"}[question.points.value]
    return f"points, {of} of its prompts"


def _say_times(weight: int) -> str:
    return {1: "once", 2: "twice"}.get(weight, f"{weight} times")


def _say_answers(prompt: Prompt) -> str:
    return "yes or no" if prompt.answers is None else f"on the scale {prompt.answers}"


def _say_asked(question: KeyQuestion) -> str:
    return "rated by people" if question.rated_by == "judgement" else f"asked of {_ASKED_OF[question.asked_of]}"


_ASKED_OF = {"cases": "cases", "provider": "the provider, once"}


def _difference(
    both: Comparison, path: str, ours: KeyQuestion, theirs: KeyQuestion
) -> Difference | Literal["same", "not comparable"]:
    """Return how the outcomes of a key question differ, where they are of the same cases or of the provider."""
    if ours.yes_when is None or theirs.yes_when is None or ours.asked_of != theirs.asked_of:
        return "same" if ours.yes_when == theirs.yes_when and ours.rating == theirs.rating else "not comparable"
    if ours.asked_of == "cases":
        return both.meaning.question(path)
    meaning = both.provider_meaning
    return "not comparable" if meaning is None else meaning.question(path)


def _compare_rules(
    both: Comparison,
    path: str,
    ours: KeyQuestion,
    theirs: KeyQuestion,
    difference: Difference | Literal["same", "not comparable"],
) -> None:
    was, now = _rules_of(ours), _rules_of(theirs)
    samples = [side.samples_asked.get(path) for side in (both.placed, both.new)]
    details = []
    if len({None if sample is None else sample.id for sample in samples}) > 1:
        before, after = (f"the sample {sample.id}" if sample else "every case" for sample in samples)
        details += [f"was: asked of {before}", f"now: asked of {after}"]
    for words in dict.fromkeys([*was, *now]):
        if was.get(words) != now.get(words):
            before = _rule(words, was.get(words), both.placed, ours)
            after = _rule(words, now.get(words), both.new, theirs)
            details += [f"was: {before}", f"now: {after}"]
    if difference == "not comparable":
        if details or (ours.is_asked_of_cases and theirs.is_asked_of_cases and _reads_change(both, path)):
            says = "whether the rule decides the same could not be worked out, so take it for a change"
            both.add("decides", "changed", path, says, ours, theirs, details)
    elif difference != "same":
        both.add("decides", "changed", path, "; ".join(difference.says), ours, theirs, [*details, difference.example])
    elif details:
        says = "the rule is written differently and decides the same for every case"
        both.add("words", "rewritten", path, says, ours, theirs, details)


def _reads_change(both: Comparison, path: str) -> bool:
    """Return whether a rule reads facts or variants that differ between the two sides."""
    facts = {*plan_question(both.placed, path).fact_ids, *plan_question(both.new, path).fact_ids}
    if both.placed.samples_asked.get(path) != both.new.samples_asked.get(path):
        return True
    return both.old.variants != both.new.variants or any(
        both.old.facts_by_id.get(fact) != both.new.facts_by_id.get(fact) for fact in facts
    )


def _rules_of(question: KeyQuestion) -> dict[str, Condition | None]:
    """Return everything that decides a question, by the words in front of it."""
    rules = {"yes" if name is None else f"for the variant {name}, yes": rule for name, rule in question.rules}
    return {"asked": question.applies_when, **rules}


def _rule(words: str, condition: Condition | None, framework: Framework, question: KeyQuestion) -> str:
    if condition is None:
        return "asked of every case" if words == "asked" else f"{words} by the general rule"
    return f"{words} when {say(condition, framework, question)}"
