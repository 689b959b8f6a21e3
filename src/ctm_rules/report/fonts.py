"""Fonts of what is set here: those that come along, those in a folder of your own, and at last those of this machine.

The same report gives the same pages on every machine as long as the fonts that come along, or those in the folder
``fonts`` of one's own templates, have every letter of it. Only for other letters are the machine's fonts looked at.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from pathlib import Path

import typst
from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location
from ctm_rules.limits import MAX_LETTERS_LISTED
from ctm_rules.report.formats import FONTS

_LETTERS = b"""#set document(title: "letters")
#set text(font: "Libertinus Serif")
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
        found: the fonts themselves: those that come along, those in some folders, and those of this machine or not.
    """

    found: typst.Fonts
    folders: tuple[Path, ...] = ()
    of_this_machine: bool = False
    missing: str = ""

    def set_pdf(self, source: bytes, inputs: dict[str, str], written: datetime.datetime) -> bytes:
        """Return what Typst makes of a source as tagged PDF (PDF/UA-1).

        Args:
            source: the text in Typst's language.
            inputs: what it reads from ``sys.inputs``.
            written: the time of writing that the file carries.

        Raises:
            typst.TypstError: the source has a mistake, or holds a letter that no font has.
        """
        return typst.compile(
            source,
            sys_inputs=inputs,
            font_paths=self.found,
            timestamp=written,
            pdf_standards=["ua-1"],
        )

    def set_pngs(self, source: bytes, inputs: dict[str, str], pixels_per_inch: float) -> list[bytes]:
        """Return the pages that Typst makes of a source, each as PNG; a box stands for a letter that no font has."""
        made: bytes | list[bytes] = typst.compile(
            source,
            sys_inputs=inputs,
            font_paths=self.found,
            format="png",
            ppi=pixels_per_inch,
        )
        return [made] if isinstance(made, bytes) else [bytes(page) for page in made]

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
    folders = () if own is None or not (own / FONTS).is_dir() else (own / FONTS,)
    letters = sorted(letter for letter in set(words) if not letter.isascii())
    for of_this_machine in (False, True):
        found = typst.Fonts(include_system_fonts=of_this_machine, font_paths=list(folders))
        fonts = Fonts(found, folders, of_this_machine)
        if _have(fonts, letters):
            return fonts
    return evolve(fonts, missing="".join(letter for letter in letters if not _have(fonts, [letter])))


def _have(fonts: Fonts, letters: Iterable[str]) -> bool:
    try:
        fonts.set_pdf(_LETTERS, {"letters": json.dumps([*letters])}, _NO_MATTER_WHEN)
    except typst.TypstError:
        return False
    return True
