"""Pictures as static SVG: no colour carries a meaning alone, and text is large enough to be read on a phone.

Text takes the colour of the page (``currentColor``) and marks have classes, so that a page can set both for a dark
screen or for colours that its reader chose. A picture is `NARROW` units wide, as a phone is, so that its text is set at
least as large as it is drawn, or `WIDE` where there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from xml.sax.saxutils import escape, quoteattr

from attrs import frozen

from ctm_rules.rating.shares import say_percent

Scale = Callable[[float], float]
"""Returns where a value lies, from the left."""

NARROW, WIDE = 288, 720
_RULER = 250
"""A ruler stands in a box, which takes some of the room on a phone."""
_FONT = 14
_SMALL = 12
_LINE = 18
_LINE_STYLE = 'class="line" stroke="currentColor"'
_BAR = "#1d4f91"
_PALE = "#b1b4b6"


@frozen
class Share:
    """A share: what it shows, in per cent, its interval, and words for it.

    ``is_driver`` says that it decides a rating.
    """

    label: str
    percent: float | None
    interval: tuple[int, int] | None = None
    words: str = ""
    is_driver: bool = False


@frozen
class SharesOf:
    """Shares that belong together, under one title."""

    title: str
    shares: tuple[Share, ...]


@frozen
class Limit:
    """A value from which something holds, and what holds from there."""

    value: float
    name: str


@frozen
class GroupShares:
    """One question and its share within each group, in per cent and in words."""

    label: str
    percents: tuple[float, ...]
    words: tuple[str, ...]


# --- How wide words are ----------------------------------------------------------------------------

_WIDTHS = dict.fromkeys(" ijlI|.,:;'!`()[]ftr-/\"", 0.42) | dict.fromkeys("mwMW%@—…", 0.99)


def width_of(words: str, size: float = _FONT) -> float:
    """Return how wide words are at most, in units, in the widest of the families that they are set in (DejaVu Sans)."""
    return size * sum(_WIDTHS.get(letter, 0.79 if letter.isupper() else 0.65) for letter in words)


def wrapped(words: str, room: float, size: float = _FONT) -> list[str]:
    """Return words in lines that fit; a word that is longer than a line is broken."""
    lines = [""]
    for word in words.split():
        for piece in _broken(word, room, size):
            longer = f"{lines[-1]} {piece}".strip()
            if lines[-1] and width_of(longer, size) > room:
                lines.append(piece)
            else:
                lines[-1] = longer
    return lines


def _broken(word: str, room: float, size: float) -> Iterable[str]:
    piece = ""
    for letter in word:
        if piece and width_of(piece + letter, size) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


# --- How tall pictures are -------------------------------------------------------------------------

_TALLEST = 1110
"""How tall a picture may be, in units: with its title it fits on a page of paper as PDF and Word set it."""

Item = TypeVar("Item")


def in_parts(items: Sequence[Item], draw: Callable[[Sequence[Item]], str]) -> list[Sequence[Item]]:
    """Return what is drawn in runs of which the picture of each fits on a page of paper; ``draw`` draws some of it."""
    without = _height(draw([]))
    parts: list[list[Item]] = [[]]
    tall = without
    for item in items:
        taller = _height(draw([item])) - without
        if parts[-1] and tall + taller > _TALLEST:
            parts.append([])
            tall = without
        parts[-1].append(item)
        tall += taller
    return [*parts]


def _height(svg: str) -> float:
    return float(svg.partition('viewBox="')[2].partition('"')[0].split()[3])


# --- The pictures ----------------------------------------------------------------------------------


def ruler(score: float, out_of: float, limits: Sequence[Limit], alternative: str) -> str:
    """Return a ruler from nought to a highest score: a mark at each limit with its name, and one at the score."""
    edge, top = 10, 44
    room = _RULER - 2 * edge

    def x(value: float) -> float:
        return edge + value / out_of * room if out_of else edge

    ends = [*(x(limit.value) for limit in limits[1:]), _RULER - edge]
    held = max((number for number, limit in enumerate(limits) if limit.value <= score), default=-1)
    parts = []
    for number, (limit, end) in enumerate(zip(limits, ends, strict=True)):
        start, is_held = x(limit.value), number == held
        band = f'x="{start:.1f}" y="{top}" width="{end - start:.1f}" height="14"'
        parts.append(f'<rect {band} class="{"bar" if is_held else "pale"}" fill="{_BAR if is_held else _PALE}"/>')
        # A name is as far below as there are limits to the right of it, so that no line goes through a name.
        bottom = top + 16 + 16 * (len(limits) - number)
        name = f"{limit.value:g} {limit.name}"
        left = _left_of(start, name, _RULER)
        parts.append(f'<path d="M{start:.1f} {top - 3}V{bottom if left > start else bottom - 12}" {_LINE_STYLE}/>')
        parts.append(_text(left, bottom, name, size=_SMALL, weight="bold" if is_held else "normal"))
    at = x(score)
    parts.append(f'<path d="M{at:.1f} {top - 2}l-7 -12h14Z" class="ink" fill="currentColor"/>')
    said = f"{score:g}/{out_of:g}"
    half = width_of(said, 18) / 2
    parts.append(_text(min(max(at, half), _RULER - half), top - 19, said, size=18, weight="bold", anchor="middle"))
    return _svg(parts, _RULER, top + 22 + 16 * len(limits), alternative)


def _left_of(x: float, words: str, width: float) -> float:
    """Return where words begin: right of a line, or as far to its left as they need to end within the picture."""
    return min(x + 5, width - width_of(words, _SMALL))


def overview(groups: Sequence[SharesOf], limits: Sequence[Limit], alternative: str, width: int = WIDE) -> str:
    """Return every share as a dot on one scale from 0 to 100 per cent, with lines at the limits and the values beside.

    A share that decides a rating is a filled square, and its value is bold; the others are open dots.
    """
    is_narrow = width < WIDE
    value_room = 48
    left = 12 if is_narrow else 300
    right = width - value_room - 12
    lines_at = [limit for limit in limits if 0 < limit.value < 100]

    def x(percent: float) -> float:
        return left + percent / 100 * (right - left)

    parts: list[str] = []
    first = 4 + 16 * len(limits)
    for number, limit in enumerate(limits):
        # The further to the right, the lower, so that no line goes through a name.
        row, at = 16 * number, x(limit.value)
        begins = _left_of(at, limit.name, width)
        parts.append(_text(begins, 14 + row, limit.name, size=_SMALL))
        parts.append(f'<path d="M{at:.1f} {(4 if begins > at else 18) + row}V{first}" {_LINE_STYLE}/>')
    y = first
    body: list[str] = []
    middles: list[int] = []
    for group in groups:
        y += 6
        for line in wrapped(group.title, width - 4 if is_narrow else left - 16):
            body.append(_text(0, y + 13, line, weight="bold"))
            y += _LINE
        for share in group.shares:
            lines = wrapped(share.label, width - 4 if is_narrow else left - 24)
            body += [_text(0, y + 13 + _LINE * number, line) for number, line in enumerate(lines)]
            below = _LINE * len(lines)
            # On a phone the dot is under its words, else beside the first line of them.
            middle = y + 9 + (below if is_narrow else 0)
            y += below + 26 if is_narrow else max(26, below + 8)
            middles.append(middle)
            body += _dot(share, x, middle, width)
        y += 4
    # On a phone, where words stand above the signs, the limits are drawn beside the signs alone.
    reaches = [(middle - 10, middle + 10) for middle in middles] if is_narrow else [(first, y)]

    def upright(value: float) -> str:
        return "".join(f"M{x(value):.1f} {top}V{bottom}" for top, bottom in reaches)

    grid = [f'<path d="{upright(0)}{upright(100)}" class="line" stroke="{_PALE}"/>']
    grid += [
        f'<path d="{upright(limit.value)}" class="line" stroke="currentColor" stroke-dasharray="3 3"/>'
        for limit in lines_at
    ]
    axis = [
        _text(x(value), y + 14, say_percent(value), size=_SMALL, anchor="middle")
        for value in sorted({0, 100, *(int(limit.value) for limit in lines_at)})
    ]
    return _svg([*parts, *grid, *body, *axis], width, y + 20, alternative)


def _dot(share: Share, x: Scale, y: float, width: int) -> list[str]:
    if share.percent is None:
        return [_text(x(0) + 4, y + 5, share.words, size=_SMALL)]
    at = x(share.percent)
    drawn = []
    if share.interval is not None:
        low, high = x(share.interval[0]), x(share.interval[1])
        drawn.append(f'<path d="M{low:.1f} {y}H{high:.1f}" class="line" stroke="currentColor" stroke-width="1.5"/>')
    if share.is_driver:
        drawn.append(f'<rect x="{at - 6:.1f}" y="{y - 6}" width="12" height="12" class="bar" fill="{_BAR}"/>')
    else:
        style = f'class="open" fill="#ffffff" stroke="{_BAR}" stroke-width="2.5"'
        drawn.append(f'<circle cx="{at:.1f}" cy="{y}" r="5.5" {style}/>')
    weight = "bold" if share.is_driver else "normal"
    drawn.append(_text(width, y + 5, share.words, anchor="end", weight=weight))
    return drawn


def groups_chart(rows: Sequence[GroupShares], groups: Sequence[str], alternative: str) -> str:
    """Return the shares of groups side by side: a shape for each group on one line for each question."""
    edge = 14
    # Where there are more groups than values fit beside a line, the table has them.
    values = 52 * len(groups) if len(groups) <= 3 else 0
    parts: list[str] = []
    y = 6

    def x(percent: float) -> float:
        return edge + percent / 100 * (NARROW - values - 2 * edge)

    for number, group in enumerate(groups):
        parts.append(_mark(number, 9, y + 8))
        for line in wrapped(group, NARROW - 24):
            parts.append(_text(22, y + 13, line))
            y += _LINE
    y += 8
    for row in rows:
        y = _label(parts, row.label, y)
        low, high = min(row.percents), max(row.percents)
        parts.append(f'<path d="M{x(0):.1f} {y + 10}H{x(100):.1f}" class="line" stroke="{_PALE}"/>')
        ends = f"M{x(low):.1f} {y + 10}H{x(high):.1f}"
        parts.append(f'<path d="{ends}" class="line" stroke="currentColor" stroke-width="2"/>')
        parts += [_mark(number, x(percent), y + 10) for number, percent in enumerate(row.percents)]
        for number, words in enumerate(row.words if values else ()):
            # Each value behind the sign of its group.
            left = NARROW - values + 52 * number
            parts += [_mark(number, left + 8, y + 10), _text(left + 18, y + 14, words, size=_SMALL)]
        y += 30
    return _svg([*parts, *_axis(x, y)], NARROW, y + 18, alternative)


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
    edge = 20
    parts: list[str] = []
    y = 6

    def x(percent: float) -> float:
        return edge + percent / 100 * (NARROW - 2 * edge)

    for number, words in enumerate(legend):
        parts.append(_of_one(9, y + 8, is_marked=number == 1) if number < 2 else _upright(9, y + 8))
        for line in wrapped(words, NARROW - 24):
            parts.append(_text(22, y + 13, line))
            y += _LINE
    y += 8
    for row in rows:
        y = _label(parts, row.label, y)
        parts.append(f'<path d="M{x(0):.1f} {y + 10}H{x(100):.1f}" class="line" stroke="{_PALE}"/>')
        # What is marked is drawn last, so that nothing covers it.
        ordered = sorted(row.shares, key=lambda share: share[1])
        parts += [_of_one(x(percent), y + 10, is_marked=is_marked) for percent, is_marked in ordered]
        parts.append(_upright(x(row.together), y + 10))
        y += 30
    return _svg([*parts, *_axis(x, y)], NARROW, y + 18, alternative)


def _of_one(x: float, y: float, *, is_marked: bool) -> str:
    if is_marked:
        style = f'class="bar" stroke="currentColor" fill="{_BAR}"'
        return f'<rect x="{x - 5:.1f}" y="{y - 5}" width="10" height="10" {style}/>'
    return f'<circle cx="{x:.1f}" cy="{y}" r="5" class="line" stroke="{_BAR}" stroke-width="2" fill="none"/>'


def _upright(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 10}V{y + 10}" stroke-width="3" {_LINE_STYLE}/>'


def _axis(x: Scale, y: float) -> list[str]:
    return [_text(x(value), y + 12, say_percent(value), size=_SMALL, anchor="middle") for value in (0, 50, 100)]


def _mark(number: int, x: float, y: float) -> str:
    """Return a group's shape; the first four differ in outline and filling, not only in colour."""
    is_filled = number % 2 == 0
    style = f'stroke="currentColor" stroke-width="2" fill="{_BAR if is_filled else "#ffffff"}"'
    style = f'class="{"bar" if is_filled else "open"}" {style}'
    if number % 4 == 0:
        return f'<circle cx="{x:.1f}" cy="{y}" r="6" {style}/>'
    if number % 4 == 1:
        return f'<rect x="{x - 5:.1f}" y="{y - 5}" width="10" height="10" {style}/>'
    if number % 4 == 2:
        return f'<path d="M{x:.1f} {y - 7}L{x + 7:.1f} {y + 6}H{x - 7:.1f}Z" {style}/>'
    return f'<path d="M{x:.1f} {y - 8}L{x + 8:.1f} {y}L{x:.1f} {y + 8}L{x - 8:.1f} {y}Z" {style}/>'


def _label(parts: list[str], label: str, y: int) -> int:
    for line in wrapped(label, NARROW):
        parts.append(_text(0, y + 13, line))
        y += _LINE
    return y


def _text(x: float, y: float, words: str, *, size: float = _FONT, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="currentColor" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def _svg(parts: Sequence[str], width: int, height: float, alternative: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img" '
        f'aria-label={quoteattr(alternative)} font-family="Arial, Liberation Sans, Helvetica, sans-serif">'
        f"{''.join(parts)}</svg>"
    )
