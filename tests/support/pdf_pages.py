"""Where the words of a PDF that Typst set lie on its pages."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_OBJECT = re.compile(rb"(?s)(\d+) 0 obj\s(.*?)\sendobj")
_STREAM = re.compile(rb"(?s)stream\r?\n(.*)\r?\nendstream")
_SHOWN = re.compile(rb"q 1 0 0 -1 ([\d.]+) ([\d.]+) cm[^\n]*\nBT [^\n]*?/(f\d+) ([\d.]+) Tf 1 0 0 -1 0 0 Tm")
_TOKEN = re.compile(rb"(?s)\\([0-7]{1,3})|\\(.)|(.)")
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Words:
    """Words that stand in one line: on which page (from 0), how far from its left and its foot, and how wide."""

    page: int
    x: float
    y: float
    width: float


def words_of_pdf(pdf: bytes) -> list[list[Words]]:
    """Return the words of each page that stand in no picture."""
    objects = {int(number): content for number, content in _OBJECT.findall(pdf)}
    pages = [content for content in objects.values() if b"/Type/Page/" in content]
    return [list(_words(number, page, objects)) for number, page in enumerate(pages)]


def lying_over_others(pages: list[list[Words]]) -> list[tuple[Words, Words]]:
    """Return the words that lie over others in the same line."""
    found = []
    for words in pages:
        ordered = sorted(words, key=lambda each: (round(each.y), each.x))
        for one, other in zip(ordered, ordered[1:], strict=False):
            if abs(one.y - other.y) < 1 and one.x + one.width > other.x + 1:
                found.append((one, other))
    return found


def _words(number: int, page: bytes, objects: dict[int, bytes]) -> Iterator[Words]:
    resources = objects[_leads_to(page, b"Resources")]
    fonts = {name: objects[int(to)] for name, to in re.findall(rb"/(f\d+) (\d+) 0 R", resources)}
    widths = {name: _widths(objects[_leads_to(font, b"DescendantFonts")]) for name, font in fonts.items()}
    content = _STREAM.search(objects[_leads_to(page, b"Contents")])
    assert content is not None
    drawn = zlib.decompress(content[1])
    for found in _SHOWN.finditer(drawn):
        x, y, font, size = found.groups()
        letters, back = _shown(drawn, found.end())
        wide = sum(widths[font][256 * high + low] for high, low in zip(letters[::2], letters[1::2], strict=True))
        yield Words(number, float(x), float(y), (wide - back) * float(size) / 1000)


def _shown(drawn: bytes, start: int) -> tuple[bytes, float]:
    """Return the codes of the letters that are shown from a place, and how far they are set back."""
    letters, outside, depth = bytearray(), bytearray(), 0
    for token in _TOKEN.finditer(drawn, start):
        octal, escaped, plain = token.groups()
        if not depth:
            if plain == b"T":
                break
            depth = int(plain == b"(")
            outside += b" " if depth else plain
        elif plain in (b"(", b")"):
            depth += 1 if plain == b"(" else -1
            letters += plain if depth else b""
        else:
            letters += bytes([int(octal, 8)]) if octal else plain or _CONTROLS.get(escaped, escaped)
    return bytes(letters), sum(map(float, re.findall(rb"-?[\d.]+", outside)))


def _leads_to(content: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb"\[?\s*(\d+) 0 R", content)
    assert found is not None
    return int(found[1])


def _widths(font: bytes) -> dict[int, float]:
    found = re.search(rb"(?s)/W\[(.*)\]", font)
    assert found is not None
    made = {}
    numbers = list(map(float, found[1].split()))
    for first, last, width in zip(*[iter(numbers)] * 3, strict=True):
        made |= dict.fromkeys(range(int(first), int(last) + 1), width)
    return made
