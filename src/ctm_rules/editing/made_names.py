"""Names that the machine makes of words, for people who never see them."""

from __future__ import annotations

import re
from collections.abc import Collection

_SMALL_WORDS = frozenset(
    {
        *("a", "an", "and", "are", "as", "at", "be", "by", "do", "does", "did", "for", "from", "has", "have", "if"),
        *("in", "is", "it", "its", "of", "on", "or", "that", "the", "to", "was"),
    }
)
_KEPT = frozenset({"yes", "no", "na", "true", "false", "null"})


def make_name(words: str, taken: Collection[str]) -> str:
    """Return a name made of some words that nothing has yet: small letters, digits and _."""
    parts = re.findall(r"[a-z0-9]+", words.lower())
    kept = [part for part in parts if part not in _SMALL_WORDS] or parts
    name = "_".join(kept[:3]) or "new"
    name = name if name[0].isalpha() else f"n_{name}"
    made, number = name, 2
    while made in taken or made in _KEPT:
        made, number = f"{name}_{number}", number + 1
    return made
