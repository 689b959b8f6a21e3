"""Shares in words (quantifiers): a declared vocabulary says "almost two-thirds" as people do, and reads it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location, declared_at
from ctm_rules.frameworks.finding import standards_folder
from ctm_rules.yaml_files.marked_yaml import read_yaml
from ctm_rules.yaml_files.structuring import structure


@frozen
class Phrase:
    """Words for every share in a range, in per cent.

    Attributes:
        words: the words, as they stand in a sentence.
        lowest: the range starts with this share.
        above: the range starts after this share.
        highest: the range ends with this share.
        below: the range ends before this share.
    """

    words: str
    lowest: Fraction | None = field(default=None, metadata={"key": "from"})
    above: Fraction | None = None
    highest: Fraction | None = field(default=None, metadata={"key": "to"})
    below: Fraction | None = None
    at: Location = declared_at()

    def holds(self, share: Fraction) -> bool:
        """Return whether the words are right for an exact share (0 to 1)."""
        return (
            (self.lowest is None or _against(share, self.lowest) >= 0)
            and (self.above is None or _against(share, self.above) > 0)
            and (self.highest is None or _against(share, self.highest) <= 0)
            and (self.below is None or _against(share, self.below) < 0)
        )


def _against(share: Fraction, percent: Fraction) -> int:
    """Return whether a share (0 to 1) is above (over 0), below (under 0) or at so many per cent (0).

    In whole numbers: a long report asks for it so often that fractions would take a third of writing it.
    """
    return 100 * share.numerator * percent.denominator - percent.numerator * share.denominator


@frozen
class ComparisonPhrase:
    """Words for one share against another.

    Attributes:
        words: the words, as they stand in a sentence.
        share: how the one share lies to the other.
        within: how close similar shares are, in percentage points.
    """

    words: str
    share: Literal["lower", "higher", "similar"]
    within: Fraction | None = None
    at: Location = declared_at()

    def holds(self, share: Fraction, other: Fraction) -> bool:
        """Return whether the words are right for the first of two exact shares (0 to 1)."""
        if self.share == "similar":
            return self.within is not None and abs(share - other) * 100 <= self.within
        return share < other if self.share == "lower" else share > other


_AMBIGUOUS = frozenset({"all", "none", "most", "half", "the majority", "notably weak", "not often enough"})
"""Words that stand for a share, and for much else."""


@frozen
class Vocabulary:
    """The declared words for numbers.

    Attributes:
        drafts: tried in order when a sentence is drafted; together they cover every share.
        also: other phrases that are right for a share.
        as_printed: phrases in ranges as wide as a source uses them: read back from it, and right in no sentence of
            ours.
        comparisons: words for two shares against each other.
        strength_from: in a draft, a share from here (in per cent) is a strength.
    """

    drafts: tuple[Phrase, ...]
    strength_from: Fraction
    also: tuple[Phrase, ...] = ()
    as_printed: tuple[Phrase, ...] = ()
    comparisons: tuple[ComparisonPhrase, ...] = ()
    at: Location = declared_at()

    def say(self, share: Fraction) -> str:
        """Return the words in which a draft says an exact share (0 to 1)."""
        return next(phrase.words for phrase in self.drafts if phrase.holds(share))

    def readings(self, share: Fraction) -> tuple[str, ...]:
        """Return every phrase that a source may mean an exact share (0 to 1) by, each once."""
        held = (phrase.words for phrase in (*self.drafts, *self.also, *self.as_printed) if phrase.holds(share))
        return tuple(dict.fromkeys(held))

    def fits(self, words: str, share: Fraction) -> bool:
        """Return whether a phrase is right for an exact share (0 to 1) in a sentence of ours."""
        return any(phrase.words == words and phrase.holds(share) for phrase in (*self.drafts, *self.also))

    def phrases_in(self, text: str) -> tuple[str, ...]:
        """Return the phrases for shares that stand in a text, in their order.

        Words that people use for other things too (``all``, ``none``, ``most`` and ``half`` alone) are left out: only
        a phrase that can be nothing else is found.
        """
        known = {phrase.words for phrase in (*self.drafts, *self.also, *self.as_printed)} - _AMBIGUOUS
        # The longest first: "just over half" is not "over half".
        longest_first = sorted(known, key=lambda words: (-len(words), words))
        pattern = "|".join(re.escape(words).replace(r"\ ", r"\s+") for words in longest_first)
        found = re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE)
        return tuple(" ".join(match[0].lower().split()) for match in found)

    def comparing(self, share: Fraction, other: Fraction) -> tuple[str, ...]:
        """Return every phrase that is right for the first of two exact shares against the second."""
        return tuple(phrase.words for phrase in self.comparisons if phrase.holds(share, other))

    def is_strength(self, share: Fraction) -> bool:
        """Return whether a draft says an exact share (0 to 1) as a strength."""
        return share * 100 >= self.strength_from


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Load the words for shares (default: those that come with the library).

    Raises:
        DiagnosticError: carries every mistake in the file.
    """
    path = standards_folder() / "words" / "shares.yaml" if path is None else path
    findings = Findings()
    content = read_yaml(path, findings)
    findings.raise_errors()
    vocabulary = structure(content, Vocabulary, str(path), findings)
    if vocabulary is not None:
        findings.extend(_mistakes(vocabulary))
    findings.raise_errors()
    assert vocabulary is not None
    return vocabulary


BAD_PHRASE = Code(
    "bad-phrase",
    "error",
    what="A phrase for a share has no range, or a range that holds nothing; or a comparison lacks its points.",
    why="It would be said of any share, or of none.",
    bad="- {words: almost half, from: 50, below: 40}",
    good="- {words: almost half, from: 40, below: 50}",
)
SHARE_WITHOUT_WORDS = Code(
    "share-without-words",
    "error",
    what="Some share between 0 and 100 per cent has no phrase among those for drafts.",
    why="A draft could not be written for every prompt.",
    bad="drafts: [{words: less than half, below: 50}, {words: over half, above: 50}]    # nothing for 50",
    good="drafts: [{words: less than half, below: 50}, {words: half or more, from: 50}]",
)


def _mistakes(vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    for phrase in (*vocabulary.drafts, *vocabulary.also, *vocabulary.as_printed):
        if not any(phrase.holds(share) for share in _critical_shares([phrase])):
            message = f'no share is in the range of "{phrase.words}"'
            yield BAD_PHRASE.found(phrase.at, message, hint="give from or above, and to or below")
        elif phrase.lowest is phrase.above is phrase.highest is phrase.below is None:
            message = f'"{phrase.words}" has no range'
            yield BAD_PHRASE.found(phrase.at, message, hint="give from or above, and to or below")
    for comparison in vocabulary.comparisons:
        if (comparison.within is not None) != (comparison.share == "similar"):
            message = f'"{comparison.words}" takes within, in points, exactly where the shares are similar'
            yield BAD_PHRASE.found(comparison.at, message, hint="write {share: similar, within: 5}")
    for share in _critical_shares(vocabulary.drafts):
        if not any(phrase.holds(share) for phrase in vocabulary.drafts):
            message = f"no phrase among the drafts holds {float(share * 100):g} per cent"
            yield SHARE_WITHOUT_WORDS.found(vocabulary.at, message, hint="close the gap between two ranges")
            return


def _critical_shares(phrases: Iterable[Phrase]) -> list[Fraction]:
    """Return every bound and a share between each two neighbours: whatever holds for these holds for all shares."""
    bounds = {Fraction(0), Fraction(100)}
    for phrase in phrases:
        given = (phrase.lowest, phrase.above, phrase.highest, phrase.below)
        bounds.update(bound for bound in given if bound is not None and 0 <= bound <= 100)
    ordered = sorted(bounds)
    between = [(low + high) / 2 for low, high in pairwise(ordered)]
    return [percent / 100 for percent in sorted((*ordered, *between))]
