"""How much of a report is in its own language, what its readers are told of that, and when it is too little."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import attrs
from attrs import evolve

from ctm_rules.diagnostics.findings import Code, Diagnostic, Location, RequestError
from ctm_rules.inspections.file import InspectionFile
from ctm_rules.languages.languages import Language, Text
from ctm_rules.model.declared import Translated, texts_in
from ctm_rules.phrases import one_or_many, say_count
from ctm_rules.rating.shares import say_percent
from ctm_rules.report.blocks import Report
from ctm_rules.report.page import Page

_WORD = re.compile(r"[^\W\d_]{2,}")


def share_in_its_language(report: Report) -> Fraction:
    """Return which share of the words of a report is in its own language; notices and names around it do not count.

    Each word counts as often as it is printed, since that is what readers meet.
    """
    own, every = 0, 0
    for text in _texts((report.title, report.opening, report.blocks)):
        words = len(_WORD.findall(text.value))
        every += words
        own += words if _primary(text.language) == _primary(report.language) else 0
    return Fraction(own, every) if every else Fraction(1)


def with_share_noted(report: Report, page: Page) -> Report:
    """Return a report that says first how much of it is translated, where some of it is not."""
    share = share_in_its_language(report)
    if share == 1:
        return report
    # Rounded down: what is not all of it is never 100%.
    noted = page.say("partly_translated", percent=say_percent(int(100 * share)))
    return evolve(report, notices=(*report.notices, noted))


def check_translated(
    reports: Sequence[Report], languages: Sequence[Language], inspections: Sequence[InspectionFile]
) -> None:
    """Check that enough of each report on some inspections is in its language, as the file of the language asks for.

    Raises:
        DiagnosticError: it is not.
    """
    wrong = [
        found
        for report, language in zip(reports, languages, strict=True)
        for found in _too_little(report, language, inspections)
    ]
    if wrong:
        raise RequestError(wrong)


TOO_LITTLE_TRANSLATED = Code(
    "too-little-translated",
    "error",
    what="Less of a report is in its language than the file of the language asks for.",
    why="A report that is half in another language does not serve those whom it is written for.",
    bad="ctm-rules report inspection.yaml --lang cy    # where few texts have a translation",
    good="ctm-rules report inspection.yaml --lang cy --partial",
)


def _too_little(report: Report, language: Language, inspections: Sequence[InspectionFile]) -> Iterator[Diagnostic]:
    least, share, code = language.file.least_translated, share_in_its_language(report), language.code
    if 100 * share >= least:
        return
    said = say_percent(int(100 * share))
    message = f"{said} of the words of the report are in {language.file.name}, and {say_percent(least)} must be"
    without = [at for inspection in inspections for at in _not_in(inspection, code)]
    if without:
        are = one_or_many(len(without), "is", "are")
        message += f"; {say_count(len(without), 'text')} of the inspection {are} not, this one first"
    hint = (
        f"write {{{inspections[0].language}: …, {code}: …}} for each text of the inspection, and the wording of the "
        "standards into the file of the language; or ask for the report as it is, with --partial"
    )
    yield TOO_LITTLE_TRANSLATED.found(without[0] if without else inspections[0].at, message, hint=hint)


def _not_in(inspection: InspectionFile, code: str) -> Iterator[Location]:
    """Yield the place of each text of an inspection that is not in a language; most names are the same in each."""
    for text, at, is_name in texts_in(inspection):
        is_there = inspection.language == code or (isinstance(text, Translated) and text.is_in(code))
        if not is_name and not is_there:
            yield at


def _primary(code: str) -> str:
    return code.partition("-")[0]


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
        return
    parts: Iterable[object] = value if isinstance(value, (list, tuple)) else ()
    cls = type(value)
    if attrs.has(cls):
        parts = [getattr(value, part.name) for part in attrs.fields(cls)]
    for part in parts:
        yield from _texts(part)
