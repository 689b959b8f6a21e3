"""The text of a table (decoding): the encoding in which it was saved is known, or it is refused; it is never guessed.

A byte-order mark tells it; else whoever reads the table says it; else it is UTF-8. What is no text in that encoding is
never read as if it were.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, Literal

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.limits import MAX_QUOTED_CELL, TEXT_BLOCK_CHARACTERS

_MARKS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WITHOUT_MARKS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""Encodings of which a table is known to be only where somebody says so, because it has no mark."""

_LIKELY = ("windows-1252", "windows-1250", "macintosh", "cp850")
"""What programs saved text in before they used UTF-8, those that are met most often first."""

_KNOWN = (
    "utf-8",
    *_WITHOUT_MARKS,
    *_LIKELY,
    "windows-1251",
    "iso-8859-1",
    "iso-8859-15",
    "cp437",
    "shift_jis",
    "gb18030",
)
"""Names that are suggested where another one is misspelt; every encoding that Python knows may be said."""

_OTHER_FILES: Mapping[bytes, tuple[str, str]] = {
    b"PK\x03\x04": ("an XLSX or ODS workbook", ".xlsx or .ods"),
    b"PAR1": ("a Parquet file", ".parquet"),
    b"\xd0\xcf\x11\xe0": ("an XLS workbook", ".xls"),
}


class UnreadableTextError(Exception):
    """A table is no text that can be read; ``diagnostic`` says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


UNKNOWN_ENCODING = Code(
    "unknown-encoding",
    "error",
    what="It is not known in which encoding a table was saved, or the one that was said is not the one.",
    why='Read in another encoding, "Malmö" becomes "MalmÃ¶" or loses its letter, and places that differ become one.',
    bad="ctm-rules rate --cases old.csv --framework hmip-pdu     # saved as Windows-1252",
    good="ctm-rules rate --cases old.csv --framework hmip-pdu --encoding windows-1252",
)


def check_encoding(said: str | None, at: Location, *, path: str = "encoding") -> Iterator[Diagnostic]:
    """Yield that what is said to be an encoding is none that a table can have (``None``: nothing is said).

    Args:
        said: its name.
        at: where it is said.
        path: by which key or argument.
    """
    if said is not None and not _is_encoding(said):
        hint = nearest_name_hint(str(said).lower(), _KNOWN)
        yield UNKNOWN_ENCODING.found(at, f'"{said}" is no encoding of a table', path=path, hint=hint)


def _is_encoding(said: str) -> bool:
    # Python knows encodings that no table is in: of names on the internet, of letters in programs, of parts of mails.
    plain = ("\\u0041", "xn--4ca", "+AOk-", "~{", "yes;no\n")
    try:
        # Of "utf-16" alone nobody could tell which half of a character stands first.
        return codecs.lookup(said).name in _WITHOUT_MARKS or all(text.encode().decode(said) == text for text in plain)
    except (LookupError, TypeError, ValueError):
        return False


def open_text(
    file: BinaryIO, said: str | None, *, errors: Literal["strict", "surrogateescape"] = "strict"
) -> io.TextIOWrapper:
    """Return the text of a table, whose lines end alike, however they were written.

    Args:
        file: its bytes, from the beginning.
        said: the encoding of a table that has no byte-order mark (``None``: UTF-8).
        errors: what is done with bytes that are no text; reading ``strict`` raises ``UnicodeDecodeError``.
    """
    return io.TextIOWrapper(file, _encoding_of(file, said), errors)


def _encoding_of(file: BinaryIO, said: str | None) -> str:
    start = file.read(max(map(len, _MARKS)))
    file.seek(0)
    return next((encoding for mark, encoding in _MARKS.items() if start.startswith(mark)), said or "utf-8")


def no_text(file: BinaryIO, said: str | None, at: Location) -> Diagnostic:
    """Return why the bytes of a table cannot be read as text, with what they would be in the likely encodings."""
    file.seek(0)
    start = file.read(2 * MAX_QUOTED_CELL)
    file.seek(0)
    for magic, (what, suffix) in _OTHER_FILES.items():
        if start.startswith(magic):
            hint = f"let its name end in {suffix}"
            return FILE_NOT_READABLE.found(at, f"{at.file} is no text: it begins as {what} does", hint=hint)
    encoding = _encoding_of(file, said)
    name = encoding.removesuffix("-sig").upper() if encoding.startswith("utf") else encoding
    if b"\0" in start[:2] and not encoding.startswith(("utf-16", "utf-32")):
        wide = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        message = f"{at.file} is not text in {name}: its letters take two bytes each"
        return UNKNOWN_ENCODING.found(at, message, hint=_how_to_say(_readings(start[: len(start) // 2 * 2], [wide])))
    line, word = _first_odd(file, said)
    message = f"{at.file} is not text in {name}"
    place = at
    if line:
        message += f": line {line:,} holds {''.join(_show(byte) for byte in word)}"
        place = Location(at.file, line, 1)
    is_marked = encoding.endswith("-sig") or encoding in ("utf-16", "utf-32")
    hint = "it is cut short or damaged: save it again" if is_marked else _how_to_say(_readings(word, _LIKELY))
    return UNKNOWN_ENCODING.found(place, message, hint=hint)


def _first_odd(file: BinaryIO, said: str | None) -> tuple[int, bytes]:
    """Return the number of the first line with bytes that are no text, and the word in which they stand."""
    text = open_text(file, said, errors="surrogateescape")
    try:
        line, before = 1, ""
        while block := text.read(TEXT_BLOCK_CHARACTERS):
            place = next((place for place, letter in enumerate(block) if "\udc80" <= letter <= "\udcff"), None)
            if place is not None:
                around = before + block[: place + MAX_QUOTED_CELL]
                start = place + len(before)
                first = max(around.rfind(sign, 0, start) for sign in ' \n,;\t|"') + 1
                last = min(found for sign in ' \n,;\t|"' if (found := (around + sign).find(sign, start)) >= 0)
                word = around[max(first, start - MAX_QUOTED_CELL // 2) : min(last, start + MAX_QUOTED_CELL // 2)]
                return line + block.count("\n", 0, place), word.encode(text.encoding, "surrogateescape")
            line += block.count("\n")
            before = block[-MAX_QUOTED_CELL:]
    except UnicodeError:  # bytes of which not even a place can be told, such as half a character at the end
        pass
    finally:
        text.detach()
    return 0, b""


def _show(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}"


def _readings(word: bytes, encodings: Iterable[str]) -> dict[str, str]:
    """Return what a word would be in each encoding; of those in which it is the same, the first."""
    readings: dict[str, str] = {}
    for encoding in encodings:
        try:
            text = word.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text and text.replace("\r", "").replace("\n", "").replace("\t", "").isprintable():
            readings.setdefault(text.split("\n")[0].strip()[:MAX_QUOTED_CELL], encoding)
    return {encoding: text for text, encoding in readings.items()}


def _how_to_say(readings: Mapping[str, str]) -> str:
    if not readings:
        return 'save it as "CSV UTF-8"'
    example = next(iter(readings))
    read = ", ".join(f'{encoding} for "{text}"' for encoding, text in readings.items())
    said = f"--encoding {example}, or encoding: {example} under the cases of an inspection"
    return f'save it as "CSV UTF-8", or say its encoding: {read} ({said})'
