"""What a browser posts, read within limits: names with their texts, and nothing that is not text."""

from __future__ import annotations

from urllib.parse import parse_qs

from ctm_rules.limits import MAX_FORM_FIELDS
from ctm_rules.workbench.fields import Typed

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
    return one(typed, name).replace("\r\n", "\n").replace("\r", "\n")
