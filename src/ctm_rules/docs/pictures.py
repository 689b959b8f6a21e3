"""Bands as a picture: one ladder, the best rating on top, every step named in words."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from ctm_rules.model.bands import Band, Limit, ranges_of
from ctm_rules.model.framework import RATINGS, Framework
from ctm_rules.phrases import say_number

# Few units across, so that the text keeps a readable size from a phone to a printed page.
_WIDTH, _LEFT, _RIGHT, _HEIGHT = 340, 62, 118, 320
_FONT, _LINE, _LETTERS = 15, 18, 25
_INK = "#0b0c0c"
# From the best to the worst the steps differ in lightness, and each is named.
_FILLS = ("#1d4f91", "#5b83b8", "#a3bbdb", "#e3eaf4")


Said = Callable[[Fraction], str]
"""How a value is written: as a number, or in per cent."""


@frozen
class Step:
    """One band: its rating's label, its values in words, and its share of the whole ladder."""

    label: str
    values: str
    lowest: Fraction
    part: Fraction


def steps(
    framework: Framework,
    bands: Sequence[Band],
    highest: int,
    *,
    whole: bool,
    said: Said = say_number,
    scale: str = RATINGS,
) -> tuple[Step, ...]:
    """Return the steps of a scale of bands, the best first.

    Args:
        framework: gives the labels of the ratings.
        bands: the bands.
        highest: the highest value that there can be.
        whole: whether values are whole numbers when they are placed in a band.
        said: how a value is written.
        scale: the scale that the ratings are steps of.
    """
    made: list[Step] = []
    above: Limit | None = None
    for each in ranges_of(bands):
        limit = (each.first_whole(), False) if whole else each.limit
        label = framework.rating_on(scale, each.rating).label
        part = (Fraction(highest if above is None else above[0]) - limit[0]) / max(highest, 1)
        made.append(Step(label, _values(limit, above, highest, whole, said), limit[0], part))
        above = limit
    return tuple(made)


def _values(limit: Limit, above: Limit | None, highest: int, whole: bool, said: Said) -> str:
    lowest, is_above = limit
    if above is None:
        if is_above:
            return f"above {said(lowest)}"
        return f"{said(lowest)} or more" if lowest < highest else said(lowest)
    if not whole:
        upper = f"up to {said(above[0])}" if above[1] else f"below {said(above[0])}"
        return f"{'above' if is_above else 'from'} {said(lowest)} and {upper}"
    last = above[0] - 1
    return said(lowest) if last <= lowest else f"{say_number(lowest)} to {said(last)}"


def ladder(made: Sequence[Step], highest: int, said: Said = say_number) -> str:
    """Return the picture of a scale: each step as high as its share of the values, with its bounds beside it."""
    y = float(_LINE)
    parts = [_text(_LEFT - 8, y + 5, said(Fraction(highest)), anchor="end")]
    for number, step in enumerate(made):
        names = textwrap.wrap(step.label, _LETTERS) or [""]
        words = [*names, *textwrap.wrap(step.values, _LETTERS)]
        height = max(float(step.part) * _HEIGHT, (len(words) + 0.6) * _LINE)
        fill = _FILLS[number * (len(_FILLS) - 1) // max(len(made) - 1, 1)]
        parts.append(
            f'<rect x="{_LEFT}" y="{y:g}" width="{_RIGHT - _LEFT}" height="{height:g}" fill="{fill}" stroke="{_INK}"/>'
        )
        first = y + height / 2 - (len(words) - 1) * _LINE / 2 + 5
        for line, text in enumerate(words):
            weight = "bold" if line < len(names) else "normal"
            parts.append(_text(_RIGHT + 14, first + line * _LINE, text, weight=weight))
        y += height
        parts.append(_text(_LEFT - 8, y + 5, said(step.lowest), anchor="end"))
    alternative = "; ".join(f"{step.label}: {step.values}" for step in made)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + _LINE:g}" role="img" '
        f'aria-label={quoteattr(alternative)} font-family="Arial, Liberation Sans, Helvetica, sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{_FONT}" font-weight="{weight}" fill="{_INK}">'
        f"{escape(words)}</text>"
    )
