"""Pictures as static SVG: no colour carries a meaning alone, and everything is set to be read on a phone.

Every picture is 420 units wide, so that its text keeps a readable size from 320 pixels to a printed page.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from ctm_rules.rating.shares import say_percent

WIDTH = 420
_FONT = 13
_LINE = 17
_LETTERS = 66
"""How many letters of the text size fit in a line."""
_LETTERS_OF_A_WIDE_FONT = 52
"""How many letters fit in a line where the font is wide, such as DejaVu Sans."""
_INK = "#0b0c0c"
_BAR = "#1d4f91"
_AXIS = "#505a5f"
# Steps of a scale from the best to the worst differ in lightness, and each is named.
_LIGHT = ("#dfe7f1", "#eef0f2", "#dcdee0", "#c6c9cc")


@frozen
class Share:
    """A bar: what it shows, the share in per cent, its interval, and words after it."""

    label: str
    percent: float | None
    interval: tuple[int, int] | None = None
    words: str = ""


@frozen
class ScaleBand:
    """A part of the background: from and to in per cent, and its name."""

    low: float
    high: float
    name: str


@frozen
class GroupShares:
    """One question and its share within each group, in per cent; ``None`` where it is not shown."""

    label: str
    percents: tuple[float | None, ...]


def _wrapped(words: str, width: int) -> list[str]:
    """Return words in lines; a word is broken where it is much longer than a line, and never to fill one."""
    lines = textwrap.wrap(words, width, break_long_words=False)
    return [part for line in lines for part in textwrap.wrap(line, width + width // 4)] or [""]


def ratings_chart(rows: Sequence[tuple[str, int]], scale: Sequence[str], alternative: str) -> str:
    """Return a picture of each rating's place (0 is the best, -1 is not rated) on the scale, the worst on the left."""
    step = WIDTH / max(1, len(scale))
    wrapped = [_wrapped(name, max(6, int(step / 6.2))) for name in scale]
    parts: list[str] = []
    y = 4
    for number, lines in enumerate(wrapped):
        middle = WIDTH - (number + 0.5) * step
        parts += [
            _text(middle, y + 10 + 12 * line, words, size=11, anchor="middle", fill=_AXIS)
            for line, words in enumerate(lines)
        ]
    y += 12 * max((len(lines) for lines in wrapped), default=1) + 8
    for label, place in rows:
        y = _label(parts, label, y)
        for number, lines in enumerate(wrapped):
            left, is_here = WIDTH - (number + 1) * step, number == place
            fill, stroke = (_BAR, _INK) if is_here else ("#eef0f2", "#b1b4b6")
            place_of = f'x="{left + 1:.1f}" y="{y + 2}" width="{step - 2:.1f}" height="30"'
            parts.append(f'<rect {place_of} fill="{fill}" stroke="{stroke}"/>')
            top = y + 21 - 6 * (len(lines) - 1)
            parts += [
                _text(left + step / 2, top + 12 * line, words, size=11, anchor="middle", fill="#ffffff", weight="bold")
                for line, words in enumerate(lines)
                if is_here
            ]
        y += 40
    return _svg(parts, y, alternative)


def shares_chart(rows: Sequence[Share], bands: Sequence[ScaleBand], alternative: str) -> str:
    """Return bars from 0 to 100 per cent on the bands of the scale, each with its interval."""
    parts: list[str] = []
    top = 4
    if bands:
        lines = max(len(_band_name(band)) for band in bands)
        for band in bands:
            middle = (_x(band.low) + _x(band.high)) / 2
            for number, line in enumerate(_band_name(band)):
                parts.append(_text(middle, top + 10 + 11 * number, line, size=9.5, anchor="middle", fill=_AXIS))
        top += 11 * lines + 6
    y = top + 4
    body: list[str] = []
    for row in rows:
        y = _label(body, row.label, y)
        if row.percent is None:
            body.append(_text(2, y + 15, row.words, fill=_AXIS))
        else:
            end = _x(row.percent)
            body.append(f'<rect x="0" y="{y}" width="{max(end, 1):.1f}" height="20" fill="{_BAR}"/>')
            if row.interval is not None:
                body.append(_whisker(row.interval, y + 10))
            body.append(_value(row, y))
        y += 32
    for number, band in enumerate(bands):
        fill = _LIGHT[number % len(_LIGHT)]
        width = _x(band.high) - _x(band.low)
        parts.append(
            f'<rect x="{_x(band.low):.1f}" y="{top}" width="{width:.1f}" height="{y - top}" '
            f'fill="{fill}" stroke="#ffffff"/>'
        )
    return _svg([*parts, *body, *_axis(y)], y + 16, alternative)


def groups_chart(rows: Sequence[GroupShares], groups: Sequence[str], alternative: str) -> str:
    """Return the shares of groups side by side: a shape for each group on one line for each question."""
    parts: list[str] = []
    y = 6
    for number, group in enumerate(groups):
        parts += [_mark(number, 9, y + 8), _text(22, y + 12, group)]
        y += _LINE
    y += 8
    for row in rows:
        y = _label(parts, row.label, y)
        shown = [percent for percent in row.percents if percent is not None]
        parts.append(f'<line x1="0" x2="{WIDTH}" y1="{y + 10}" y2="{y + 10}" stroke="#b1b4b6"/>')
        if shown:
            ends = f'x1="{_x(min(shown)):.1f}" x2="{_x(max(shown)):.1f}"'
            parts.append(f'<line {ends} y1="{y + 10}" y2="{y + 10}" stroke="{_AXIS}" stroke-width="3"/>')
        parts += [
            _mark(number, _x(percent), y + 10) for number, percent in enumerate(row.percents) if percent is not None
        ]
        y += 30
    return _svg([*parts, *_axis(y)], y + 16, alternative)


@frozen
class Dots:
    """One question: the share of all together, and the share of each in per cent, with whether it is marked."""

    label: str
    together: float
    shares: tuple[tuple[float, bool], ...]


def dots_chart(rows: Sequence[Dots], legend: tuple[str, str, str], alternative: str) -> str:
    """Return the shares of many on one line for each question; those that are marked are filled squares.

    ``legend`` says what an open circle, a filled square and an upright line mean.
    """
    parts: list[str] = []
    y = 6
    for number, words in enumerate(legend):
        parts += [_dot(9, y + 8, number == 1) if number < 2 else _upright(9, y + 8), _text(22, y + 12, words)]
        y += _LINE
    y += 8
    for row in rows:
        y = _label(parts, row.label, y, _LETTERS_OF_A_WIDE_FONT)
        parts.append(f'<line x1="0" x2="{WIDTH}" y1="{y + 10}" y2="{y + 10}" stroke="#b1b4b6"/>')
        # What is marked is drawn last, so that nothing covers it.
        parts += [_dot(_x(percent), y + 10, is_marked) for percent, is_marked in sorted(row.shares, key=lambda s: s[1])]
        parts.append(_upright(_x(row.together), y + 10))
        y += 30
    return _svg([*parts, *_axis(y)], y + 16, alternative)


def _dot(x: float, y: float, is_marked: bool) -> str:
    x = min(max(x, 6), WIDTH - 6)
    if is_marked:
        return f'<rect x="{x - 5:.1f}" y="{y - 5}" width="10" height="10" fill="{_BAR}" stroke="{_INK}"/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="none" stroke="{_BAR}" stroke-width="2"/>'


def _upright(x: float, y: float) -> str:
    x = min(max(x, 1.5), WIDTH - 1.5)
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 10}" y2="{y + 10}" stroke="{_INK}" stroke-width="3"/>'


def _x(percent: float) -> float:
    return percent / 100 * WIDTH


def _band_name(band: ScaleBand) -> list[str]:
    return textwrap.wrap(band.name, max(8, int((_x(band.high) - _x(band.low)) / 5.6))) or [""]


def _value(row: Share, y: int) -> str:
    """Return the words of a bar, inside it where they fit and otherwise to the right of bar and whisker."""
    assert row.percent is not None
    needed = 7.4 * len(row.words)
    start = _x(max(row.percent, row.interval[1] if row.interval else 0)) + 6
    inside = _x(min(row.percent, row.interval[0] if row.interval else 100)) - 8
    if start + needed <= WIDTH:
        return _text(start, y + 15, row.words, weight="bold")
    return _text(max(inside, needed), y + 15, row.words, anchor="end", fill="#ffffff", weight="bold")


def _whisker(interval: tuple[int, int], y: float) -> str:
    low, high = _x(interval[0]), _x(interval[1])
    path = f"M{low:.1f} {y - 6}V{y + 6}M{low:.1f} {y}H{high:.1f}M{high:.1f} {y - 6}V{y + 6}"
    # A white line under the black one keeps it visible on the bar as well as beside it.
    return (
        f'<path d="{path}" stroke="#ffffff" stroke-width="5" fill="none"/>'
        f'<path d="{path}" stroke="{_INK}" stroke-width="2" fill="none"/>'
    )


def _mark(number: int, x: float, y: float) -> str:
    """Return a group's shape; the first four differ in outline and filling, not only in colour."""
    x = min(max(x, 7), WIDTH - 7)
    style = f'stroke="{_INK}" stroke-width="2" fill="{_BAR if number % 2 == 0 else "#ffffff"}"'
    if number % 4 == 0:
        return f'<circle cx="{x:.1f}" cy="{y}" r="6" {style}/>'
    if number % 4 == 1:
        return f'<rect x="{x - 5:.1f}" y="{y - 5}" width="10" height="10" {style}/>'
    if number % 4 == 2:
        return f'<path d="M{x:.1f} {y - 7}L{x + 7:.1f} {y + 6}H{x - 7:.1f}Z" {style}/>'
    return f'<path d="M{x:.1f} {y - 8}L{x + 8:.1f} {y}L{x:.1f} {y + 8}L{x - 8:.1f} {y}Z" {style}/>'


def _axis(y: int) -> list[str]:
    anchors = {0: "start", 50: "middle", 100: "end"}
    lines = [f'<line x1="0" x2="{WIDTH}" y1="{y}" y2="{y}" stroke="{_AXIS}"/>']
    return lines + [
        _text(_x(percent), y + 13, say_percent(percent), size=11, anchor=anchor, fill=_AXIS)
        for percent, anchor in anchors.items()
    ]


def _label(parts: list[str], label: str, y: int, letters: int = _LETTERS) -> int:
    for line in textwrap.wrap(label, letters) or [""]:
        parts.append(_text(0, y + 12, line))
        y += _LINE
    return y


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = _FONT,
    anchor: str = "start",
    fill: str = _INK,
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def _svg(parts: Sequence[str], height: float, alternative: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label={quoteattr(alternative)} font-family="Arial, Helvetica, sans-serif">{"".join(parts)}</svg>'
    )
