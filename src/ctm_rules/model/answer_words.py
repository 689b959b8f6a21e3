"""The words that a table may have for an answer, and what to write instead of others ("Y", "NA", "unknown")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ctm_rules.diagnostics.suggestions import nearest_name, nearest_name_hint
from ctm_rules.model.cases import Answer
from ctm_rules.model.framework import Fact
from ctm_rules.model.outcomes import Outcome

ANSWERS: Mapping[str, Answer] = {answer.value: answer for answer in Answer}
"""The answers to a prompt or a measure, by the word that a table holds."""

JUDGEMENTS: Mapping[str, Outcome] = {
    outcome.value: outcome for outcome in Outcome if outcome is not Outcome.UNDETERMINED
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


def answer_hint(text: str, words: Iterable[str]) -> str:
    """Return what to do about a text that is not one of the words for an answer, or for a judgement.

    No hint turns "not known" into an answer.
    """
    allowed = list(words)
    drops_out = "na" if "na" in allowed else "not_applicable"
    if text.strip().casefold() in _AMBIGUOUS:
        return f"empty means not known; {drops_out} means that it does not apply"
    nearest = nearest_name(text.strip().casefold(), allowed)
    meant = "" if nearest is None else f'did you mean "{nearest}"? '
    return f"{meant}Allowed: {', '.join(allowed)}. Leave it empty where it is not known."


def value_hint(fact: Fact, text: str) -> str:
    """Return what to do about a text that is not a value of a fact."""
    if text.strip().casefold() in _AMBIGUOUS:
        return EMPTY_MEANS_NOT_KNOWN
    words = ["yes", "no"] if fact.type == "yes_no" else list(fact.values)
    hint = nearest_name_hint(text.strip(), words, list_all=False)
    return hint or f"put it right, or {EMPTY_MEANS_NOT_KNOWN}"
