"""What a browser posts, read within limits: names with their texts, and nothing that is not text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from ctm_rules.limits import MAX_FORM_FIELDS

Typed = Mapping[str, Sequence[str]]
"""What a form says: by the name of each control its values."""

_NOT_UNDERSTOOD = "This is no form of the workbench, and nothing was done."


class NotAFormError(ValueError):
    """What was posted is no form that could be read."""


def read_form(body: bytes, kind: str) -> Typed:
    """Return what a form says.

    Raises:
        NotAFormError: it is no form, is not text, or has too many fields.
    """
    if kind.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise NotAFormError(_NOT_UNDERSTOOD)
    try:
        return parse_qs(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )  # fmt: skip
    except ValueError as error:
        raise NotAFormError(_NOT_UNDERSTOOD) from error


def one(typed: Typed, name: str) -> str:
    """Return the text of a field (empty: the form does not have it)."""
    values = typed.get(name, ())
    return values[-1] if values else ""


def text_of(typed: Typed, name: str) -> str:
    """Return the text of a field with the line breaks that files have: browsers send two characters for each."""
    return with_line_feeds(one(typed, name))


def with_line_feeds(text: str) -> str:
    """Return a text that was typed with the line breaks that files have."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def digest_of(content: bytes) -> str:
    """Return a short digest, by which a form tells whether something is still what it was filled in for."""
    return hashlib.sha256(content).hexdigest()[:24]
