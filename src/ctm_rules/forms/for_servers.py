"""A form for a server of forms, written with how what the server exports is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ctm_rules.diagnostics.findings import Findings, Location, require_path
from ctm_rules.extras import needs_extra
from ctm_rules.forms.making import BAD_FORM, cases_of_form
from ctm_rules.frameworks.finding import language_folders, languages_in
from ctm_rules.languages.languages import ENGLISH, Language, load_language
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import Framework
from ctm_rules.validity import require_valid
from ctm_rules.writing import check_free, write_together


def write_xlsform(
    framework: Framework,
    path: str | Path,
    cases: Iterable[Case | Mapping[str, object] | str] | str | Path = (),
    *,
    language: str = ENGLISH,
) -> tuple[Path, ...]:
    """Write the form of an inspection as XLSForm, for ODK, KoboToolbox and Enketo, and return the files written.

    A question that surely is not asked of a case is hidden; while a fact is missing that would tell, it is shown. The
    form has every language that the standards are translated into. Beside it stand ``….central.yaml`` and
    ``….kobo.yaml``, by which what ODK Central and KoboToolbox export is read (``read_as``). What is asked once, of who
    is inspected, has a form of its own, ``….provider.xlsx``: an inspection names what comes of it under ``provider``.

    Args:
        framework: what is asked of each case.
        path: the workbook, whose name ends in ``.xlsx``.
        cases: those that are to be inspected: each by its id, as :class:`Case` or as its plain data, or a case table.
            Then they are chosen from a list, and what is known of them is filled in (nothing: their ids are typed).
        language: the code of the language that the form starts in.

    Raises:
        RequestError: a case or the language is wrong, or a file is there already or cannot be written; it names
            everything.
        MissingExtraError: what writes workbooks is not installed.

    >>> import tempfile
    >>> from ctm_rules import load_framework
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_xlsform(load_framework("hmip-pdu", "2024"), f"{folder}/form.xlsx")
    ...     [file.name for file in files]
    ['form.xlsx', 'form.central.yaml', 'form.kobo.yaml']
    """
    path = require_path("path", path, "the path of the file to write")
    require_valid(framework)
    findings = Findings()
    if path.suffix.lower() != ".xlsx":
        message = f"an XLSForm is a workbook, and {path} is not called so"
        findings.add(BAD_FORM, Location(str(path)), message, hint="let its name end in .xlsx")
    known = cases_of_form(cases, framework, findings)
    findings.raise_errors()
    languages = languages_of(framework, language)
    with needs_extra("report", "a form"):
        from ctm_rules.forms.collected import SERVERS, reading_of
        from ctm_rules.forms.content import content_of
        from ctm_rules.forms.xlsform import xlsform
    contents = [content_of(framework, each) for each in languages]
    written = {path: xlsform(contents, known)}
    if contents[0].provider:
        written[path.with_suffix(".provider.xlsx")] = xlsform(contents, (), of_provider=True)
    written |= {path.with_suffix(f".{server}.yaml"): reading_of(server, framework) for server in SERVERS}
    check_free(*written)  # what stands there may be a form that is filled in, or a reading that was changed by hand
    return write_together(written, path.parent)


def languages_of(framework: Framework, first: str) -> list[Language]:
    """Return a language, and after it English and the others into which a framework is translated.

    Raises:
        RequestError: there is no such language.
    """
    return [
        load_language(first, beside=framework.origin.file),
        *(each for each in _translated(framework) if each.code != first),
    ]


def _translated(framework: Framework) -> Iterator[Language]:
    codes = languages_in(language_folders(framework.origin.file))
    for code in [ENGLISH, *(code for code in codes if code != ENGLISH)]:
        language = load_language(code, beside=framework.origin.file)
        if code == ENGLISH or language.file.wording.get(framework.id):
            yield language
