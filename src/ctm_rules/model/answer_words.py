"""The words that a table may have for an answer, and what to write instead of others ("Y", "NA", "unknown")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ctm_rules.diagnostics.suggestions import fold_name, nearest_value
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.model.answers import Answer, AnyAnswer
from ctm_rules.model.fact_values import say_values
from ctm_rules.model.framework import Fact, Framework
from ctm_rules.model.outcomes import COUNTED, Outcome
from ctm_rules.phrases import say_list

ANSWERS: Mapping[str, AnyAnswer] = {answer.value: answer for answer in Answer}
"""The answers to a prompt or a measure, by the word that a table holds."""


def answers_to(framework: Framework, path: str) -> Mapping[str, AnyAnswer]:
    """Return what the prompt or measure at an address may be answered, by the word that a table holds.

    That is yes, no and na, or the steps of its scale, the best first, and na.
    """
    return framework.answers_on_scales.get(path, ANSWERS)


JUDGEMENTS: Mapping[str, Outcome] = {
    outcome.value: outcome for outcome in COUNTED if outcome is not Outcome.UNDETERMINED
}
"""What a person may record for a key question, by its word. Who cannot tell records nothing."""

EMPTY_MEANS_NOT_KNOWN = "leave it empty where it is not known"

# Words that some write for "not known" and others for "does not apply" or "no": nobody but the author can tell which.
_AMBIGUOUS = frozenset(
    word.strip()
    for words in (
        "n, na, n/a, #n/a, #na, n.a., n.a, <na>, nan, none, null, nil, <nil>, nk, dk, nr, x, -, –, —, ?, ., .., tbc",
        "unknown, missing, blank, (blank), not known, not available, not recorded, no answer, no data",
    )
    for word in words.split(",")
)


NOTHING_SHOWN: Mapping[str, str] = MappingProxyType({})
"""By a word, what people see for it: where they see the words themselves."""


def answer_hint(text: str, words: Iterable[str], *, shown: Mapping[str, str] = NOTHING_SHOWN) -> str:
    """Return what to do about a text that is not one of the words for an answer, or for a judgement.

    No hint turns "not known" into an answer. ``shown`` says by a word what people choose for it, where that is another.
    """
    names = list(words)
    drops_out = shown.get("na", "na") if "na" in names else "not_applicable"
    not_known = "write missing" if "missing" in names else "leave it empty"
    if is_ambiguous(text):
        if shown:
            return f'{not_known} where it is not known; choose "{drops_out}" where it does not apply'
        return f"{not_known} where it is not known; {drops_out} means that it does not apply"
    allowed = [shown.get(name, name) for name in names]
    nearest = shown.get("yes", "yes") if text.casefold() == "y" else nearest_value(text, allowed)
    meant = "" if nearest is None else f'did you mean "{nearest}"? '
    return f"{meant}Allowed: {', '.join(allowed)}. {not_known.capitalize()} where it is not known."


def is_ambiguous(text: str) -> bool:
    """Return whether some write a word for "not known", and others for "does not apply" or for "no"."""
    return text.strip().casefold() in _AMBIGUOUS


def value_hint(
    fact: Fact,
    text: str,
    *,
    not_known: str = EMPTY_MEANS_NOT_KNOWN,
    shown: Mapping[str, str] = NOTHING_SHOWN,
) -> str:
    """Return what to do about a text that is not a value of a fact.

    ``not_known`` says how to leave it open (nothing: it cannot be, as in a rule); ``shown`` as for answers.
    """
    if is_ambiguous(text) and not_known:
        return not_known
    if not shown and is_label(fact, text):
        labels = say_list([f'{value} for "{label}"' for value, label in list(fact.values.items())[:MAX_NAMES_LISTED]])
        return f"write the value and not its label: {labels}"
    if fact.type == "date" and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "; ".join(filter(None, ("write it as year-month-day: 2025-01-31", not_known)))
    if fact.type == "number" and re.fullmatch("-?[0-9]+,[0-9]+", text):
        return f'write it with a point: {text.replace(",", ".")}; or declare table: {{decimal_char: ","}}'
    own_words = ["yes", "no"] if fact.type == "yes_no" else fact.values
    nearest = nearest_value(text, list(shown.values()) or own_words)
    if nearest is not None:
        return f'did you mean "{nearest}"?'
    return f"put it right, or {not_known}" if not_known else f"write {say_values(fact)}"


def is_label(fact: Fact, text: str) -> bool:
    """Return whether a text is the label of a value and not the value itself."""
    return text not in fact.values and fold_name(text) in map(fold_name, fact.values.values())
