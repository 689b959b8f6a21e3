"""Fonts of what is set here: those that come along, those in a folder of your own, and at last those of this machine.

A report is set in one family whatever its format: Arial where there is one, as pages and Word ask for, and in PDF and
in pictures Liberation Sans, which is as wide and comes along (SIL Open Font License, beside it).

The same report gives the same pages on every machine as long as the fonts that come along, or those in the folder
``fonts`` of one's own templates, have every letter of it. Only for other letters are the machine's fonts looked at.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from pathlib import Path

import typst
from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.limits import MAX_LETTERS_LISTED
from ctm_rules.report.formats import FONTS, TEMPLATES

_LETTERS = b"""#set document(title: "letters")
#set text(font: "Liberation Sans")
#for letter in json(bytes(sys.inputs.letters)) [#letter ]"""
_NO_MATTER_WHEN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


NO_FONT = Code(
    "no-font",
    "error",
    what="A report prints a letter that no font here has.",
    why="A box in place of a letter would make a finished report of a damaged name.",
    bad="provider: {id: shanghai, name: 上海}, where no font has Chinese letters",
    good="the same, with a font that has them in the folder fonts of the folder given to --templates",
)


@frozen
class Fonts:
    """The fonts that set a text, and the letters of it that none of them has, each once.

    Attributes:
        folders: where fonts are looked for beside those that come along.
        of_this_machine: whether those of this machine are too.
        missing: the letters that none of them has.
    """

    folders: tuple[Path, ...] = ()
    of_this_machine: bool = False
    missing: str = ""

    def lacks(self, words: str) -> bool:
        """Return whether a text holds a letter that none of the fonts has."""
        return not set(self.missing).isdisjoint(words)

    def missing_letters(self, at: Location) -> Diagnostic:
        """Return the finding that letters are missing."""
        named = [f"{letter} (U+{ord(letter):04X})" for letter in self.missing[:MAX_LETTERS_LISTED]]
        more = len(self.missing) - len(named)
        letters = ", ".join(named) + (f" and {more} more" if more else "")
        hint = (
            f'put a font that has them into a folder "{FONTS}" inside the folder given to --templates; '
            "the other formats do without"
        )
        return NO_FONT.found(
            at, f"no font here has these letters of the report, so it is not written: {letters}", hint=hint
        )


def choose_fonts(words: str, own: Path | None) -> Fonts:
    """Return the fonts for a text, the fewest that have all of its letters.

    Args:
        words: everything that is to be set.
        own: a folder of templates, whose folder ``fonts`` is looked at first.
    """
    folders = (TEMPLATES / FONTS,) if own is None or not (own / FONTS).is_dir() else (own / FONTS, TEMPLATES / FONTS)
    letters = sorted(letter for letter in set(words) if not letter.isascii())
    for of_this_machine in (False, True):
        found = typst.Fonts(include_system_fonts=of_this_machine, font_paths=list(folders))
        if _have(found, letters):
            return Fonts(folders, of_this_machine)
    missing = "".join(letter for letter in letters if not _have(found, [letter]))
    return Fonts(folders, of_this_machine, missing)


def _have(fonts: typst.Fonts, letters: Iterable[str]) -> bool:
    given = {"letters": json.dumps([*letters])}
    try:
        typst.compile(_LETTERS, sys_inputs=given, font_paths=fonts, timestamp=_NO_MATTER_WHEN, pdf_standards=["ua-1"])
    except typst.TypstError:
        return False
    return True
