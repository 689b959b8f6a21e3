"""The formats that a report and its annexe are written in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """What may be written about an inspection."""

    HTML = "html"
    """The report as one self-contained page."""
    MD = "md"
    """The report as Markdown, with its pictures beside it."""
    DOCX = "docx"
    """The report as a Word document."""
    PDF = "pdf"
    """The report as tagged PDF."""
    XLSX = "xlsx"
    """The data annexe as a workbook."""
    JSON = "json"
    """The data annexe as JSON."""
    CSV = "csv"
    """The data annexe as CSV files in a zip archive."""
    DRAFTS = "drafts"
    """Findings drafted from the figures, for an inspector to edit; not for publication."""


PUBLISHED = tuple(name for name in Format if name is not Format.DRAFTS)
"""The formats written where none is chosen."""

FOR_PROVIDER = "for-provider"
"""What the pages are called that the inspected provider alone may read."""


def is_private(name: str) -> bool:
    """Return whether a file is for who writes the report, or for the provider, and nobody else may read it.

    >>> [is_private(name) for name in ("report.html", "drafts.yaml", "drafts-cy.yaml", "for-provider.pdf")]
    [False, True, True, True]
    """
    return name.startswith(("drafts", FOR_PROVIDER))


TEMPLATES = Path(__file__).parent / "templates"
"""The templates that come along."""

FONTS = "fonts"
"""The folder for fonts within a folder of templates."""
