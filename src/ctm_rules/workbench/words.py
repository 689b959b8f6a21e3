"""The words of the pages in the language that was chosen; what has no translation is English, and marked so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ctm_rules.languages.languages import Language, load_language
from ctm_rules.phrases import one_or_many

if TYPE_CHECKING:
    from markupsafe import Markup

LANGUAGES = ("en", "cy")
"""The languages of the pages."""

Say = Callable[..., "Markup"]


class Words:
    """The labels of the workbench in one language."""

    def __init__(self, code: str) -> None:
        self._language: Language = load_language(code)

    @property
    def code(self) -> str:
        """The language's code."""
        return self._language.code

    @property
    def name(self) -> str:
        """Its name in its own words."""
        return self._language.file.name

    @property
    def language(self) -> Language:
        """The language itself, with the words of standards and of forms."""
        return self._language

    def plain(self, label: str, **values: object) -> str:
        """Return a label as text, for an attribute or a notice."""
        return str(self._language.label(f"workbench_{label}", **values))

    def say(self, label: str, **values: object) -> Markup:
        """Return a label as markup, which says its language where that is another one than the page's."""
        from markupsafe import Markup, escape

        text = self._language.label(f"workbench_{label}", **values)
        if text.language == self.code:
            return Markup(escape(text.value))
        return Markup('<span lang="{}">{}</span>').format(text.language, text.value)

    def count(self, label: str, number: int) -> Markup:
        """Return a label for a number of things, of which there is one form for one and one for several."""
        return self.say(f"{label}_{one_or_many(number, 'one', 'many')}", number=number)
