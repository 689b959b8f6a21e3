"""What an inspection's sentences say of figures, held against the figures (consistency of text and data)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ctm_rules.diagnostics.findings import Code, Diagnostic
from ctm_rules.inspections.file import FIGURES, Evidence
from ctm_rules.languages.languages import ENGLISH
from ctm_rules.phrases import say_count, say_list
from ctm_rules.rating.shares import say_percent
from ctm_rules.report.figures.disclosure import Share
from ctm_rules.report.material import Material

_PERCENT = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)(?: per cent|\s?%)")
_COUNTS = re.compile(r"(?<![\d.,])(\d+)(?: out)? of(?: the)? (\d+)(?![\d.,])")


def words_against_figures(material: Material) -> tuple[Diagnostic, ...]:
    """Return every sentence that does not go with the figures that it is about.

    A sentence may say how many were found or how many were not. Where a figure may not be shown, nothing is said of the
    sentence: whether it is right would tell the figure.
    """
    pieces = material.declared.every_evidence
    return tuple(wrong for piece in pieces if piece.about for wrong in _wrong(piece, material))


WORDS_AGAINST_FIGURE = Code(
    "words-against-figure",
    "error",
    what="A finding says a share in words, per cent or numbers that none of the figures that it is about has.",
    why="Whoever reads the sentence would believe something else than whoever reads the figure beside it.",
    bad="- {about: [planning.safety.contingency], strength: Plans for emergencies were in place in almost all cases.}",
    good="- {about: [planning.safety.contingency], strength: Plans for emergencies were in place in about two-thirds.}",
)


def _wrong(piece: Evidence, material: Material) -> Iterator[Diagnostic]:
    """Yield what a sentence says that no share or figure is which it is about; its ratings and themes say no share."""
    whole = material.figures.whole
    shares = {path: material.share(path, whole[path]) for path in piece.about if path in whole}
    shown = {path: share for path, share in shares.items() if isinstance(share, Share)}
    recorded = [each for each in material.declared.figures if f"{FIGURES}.{each.id}" in piece.about]
    if len(shown) < len(shares) or not (shown or recorded):
        return
    given = [(share.count, share.among) for share in shown.values()]
    given += [(each.count, each.among) for each in recorded if each.count is not None and each.among]
    # What was found in 18 of 44 cases was not found in 26 of 44.
    both = [(count, among) for number, among in given for count in (number, among - number)]
    values = [each.value for each in recorded if each.value is not None]
    for said in _not_so(piece.text, both, values, material):
        figures = [_figure(share, material, path) for path, share in shown.items()]
        figures += [f"{FIGURES}.{each.id}" for each in recorded]
        hint = "write what the figure says, or name the figures that the sentence is about under about"
        yield WORDS_AGAINST_FIGURE.found(piece.at, f'"{said}" does not go with {say_list(figures)}', hint=hint)


def _figure(share: Share, material: Material, path: str) -> str:
    return f"{path}, {share.count} of {say_count(share.among, 'case')} ({say_percent(material.percent(path, share))})"


def _not_so(
    text: str, counted: Sequence[tuple[int, int]], values: Sequence[Fraction], material: Material
) -> Iterator[str]:
    """Yield what a text says of shares that no count and no value in per cent is."""
    shares = [*(Fraction(*each) for each in counted), *(value / 100 for value in values)]
    for said in _PERCENT.finditer(text):
        if not any(_is_rounded(said[1], share) for share in shares):
            yield said[0]
    for said in _COUNTS.finditer(text):
        if (int(said[1]), int(said[2])) not in counted:
            yield said[0]
    if material.declared.language.partition("-")[0] == ENGLISH:
        yield from _phrases_not_so(text, shares, material)


def _phrases_not_so(text: str, shares: Iterable[Fraction], material: Material) -> Iterator[str]:
    shares = tuple(shares)
    for words in material.vocabulary.phrases_in(text):
        if not any(material.vocabulary.fits(words, share) for share in shares):
            yield words


def _is_rounded(said: str, share: Fraction) -> bool:
    """Return whether a percentage is a share, to as many places as it is written with."""
    places = len(said.partition(".")[2])
    return abs(Fraction(said) - 100 * share) <= Fraction(1, 2 * 10**places)
