"""A font of one's own, made here: every letter that it has is the same square."""

from __future__ import annotations

import struct

_UNITS = 1_000
_NAMES = {1: "Squares", 2: "Regular", 4: "Squares Regular", 6: "Squares-Regular"}


def make_font(letters: str) -> bytes:
    """Return a TrueType font that has these letters (and nothing else)."""
    square = struct.pack(">hhhhh", 1, 100, 0, 900, 800) + struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    square += struct.pack(">4h", 100, 800, 0, -800) + struct.pack(">4h", 0, 0, 800, 0)
    square += bytes(-len(square) % 4)
    groups = b"".join(struct.pack(">III", ord(letter), ord(letter), 1) for letter in sorted(set(letters)))
    subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(groups) // 12) + groups
    texts = {number: name.encode("utf-16-be") for number, name in _NAMES.items()}
    records, storage = b"", b""
    for number, text in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), len(storage))
        storage += text
    tables = {
        b"OS/2": struct.pack(">HhHHH", 4, _UNITS, 400, 5, 0)
        + struct.pack(">11h", 500, 500, 0, 0, 500, 500, 0, 0, 50, 300, 0)
        + bytes(10)
        + struct.pack(">4I4sHHH", 0, 0, 0, 0, b"none", 64, 0x20, 0xFFFF)
        + struct.pack(">hhhHHIIhhHHH", 800, -200, 90, 800, 200, 0, 0, 500, 700, 0, 0x20, 0),
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable,
        b"glyf": square,
        b"head": struct.pack(">HHHHIIHH", 1, 0, 1, 0, 0, 0x5F0F3CF5, 0, _UNITS)
        + bytes(16)
        + struct.pack(">4hHHhhh", 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">HHhhhHhhhhhh", 1, 0, 800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0) + bytes(10) + b"\0\x02",
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 100),
        b"loca": struct.pack(">III", 0, 0, len(square)),
        b"maxp": struct.pack(">HH14H", 1, 0, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + storage,
        b"post": struct.pack(">HHIhhI4I", 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    head = struct.pack(">HHHHHH", 1, 0, len(tables), 128, 3, len(tables) * 16 - 128)
    entries, body = b"", b""
    for tag, table in sorted(tables.items()):
        entries += tag + struct.pack(">III", 0, 12 + 16 * len(tables) + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return head + entries + body
