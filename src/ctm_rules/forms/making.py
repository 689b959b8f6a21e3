"""A form for an inspection: made from the standards and the cases that are to be inspected, and written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

from ctm_rules.case_files.case_tables import read_case_table
from ctm_rules.case_files.cells import quote_cell
from ctm_rules.diagnostics.findings import HERE, Code, Diagnostic, Findings, Location, require, require_path
from ctm_rules.extras import needs_extra
from ctm_rules.inspections.given_cases import cases_given
from ctm_rules.languages.languages import ENGLISH, load_language
from ctm_rules.limits import MAX_FORM_CASES, MAX_FORM_PAGES
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import unknown_name
from ctm_rules.writing import check_free, write_atomically

Layout = Literal["pages", "register"]
"""How a form lies: a page for each case, or a row for each case."""


def write_form(
    framework: Framework,
    path: str | Path,
    cases: Iterable[Case | Mapping[str, object] | str] | str | Path = (),
    *,
    layout: Layout = "pages",
    language: str = ENGLISH,
    inspector: str = "",
) -> Path:
    """Write the workbook that inspectors fill in, and return its path. ``read_cases`` reads it back as it is.

    What is known of a case already is filled in. A prompt that surely is not asked of a case turns grey; while a fact
    is missing that would tell, nothing does.

    Args:
        framework: what is asked.
        path: the file, whose name ends in ``.xlsx``.
        cases: the cases: each by its id, as :class:`Case` or as its plain data; or a case table, which needs no more
            than the column ``case``.
        layout: ``pages`` for a page for each case with an index in front, ``register`` for a row for each case, and
            spare rows.
        language: the code of a language, such as ``cy``; what is not translated stays English.
        inspector: who fills it in, where several inspectors have a form each.

    Raises:
        RequestError: a case, the layout or the language is wrong, the file is there already, or it cannot be written;
            it names everything.
        MissingExtraError: what writes workbooks is not installed.

    >>> import tempfile
    >>> from ctm_rules import load_framework, read_cases
    >>> framework = load_framework("hmip-pdu", "2024")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     form = write_form(framework, f"{folder}/recording.xlsx", ["c1", {"id": "c2", "facts": {"mappa": False}}])
    ...     read_cases(form, framework)
    (<Case c1: 0 facts, 0 answers>, <Case c2: 1 fact, 0 answers>)
    """
    path = require_path("path", path, "the path of the file to write")
    content = make_form(framework, cases, layout=layout, language=language, inspector=inspector, path=path)
    check_free(path)  # what inspectors have filled in is never overwritten
    write_atomically(path, content)
    return path


def make_form(
    framework: Framework,
    cases: Iterable[Case | Mapping[str, object] | str] | str | Path,
    *,
    layout: Layout,
    language: str,
    inspector: str,
    path: Path,
) -> bytes:
    """Return a form as the content of its file; arguments and what is raised are those of :func:`write_form`."""
    require_valid(framework)
    findings = Findings()
    read = cases_of_form(cases, framework, findings)
    are_read = not findings.errors  # those that cannot be read were given all the same
    findings.extend(_mistakes(read, framework, layout, path, are_read=are_read))
    findings.raise_errors()
    require("inspector", inspector, str, hint="a name")
    loaded = load_language(language, beside=framework.origin.file)
    with needs_extra("report", "a form"):
        from ctm_rules.forms.content import content_of
        from ctm_rules.forms.pages import pages_form
        from ctm_rules.forms.register import register_form
    make = register_form if layout == "register" else pages_form
    return make(content_of(framework, loaded), read, inspector)


def cases_of_form(
    cases: Iterable[Case | Mapping[str, object] | str] | str | Path, framework: Framework, findings: Findings
) -> Sequence[Case]:
    """Return the cases that a form is made for; see :func:`write_form`. What is wrong goes to ``findings``."""
    if isinstance(cases, str | Path):
        return read_case_table(Path(cases), framework, findings)
    require("cases", cases, Iterable, hint="cases, their ids, or the path of their table")
    given = [{"id": each} if isinstance(each, str) else each for each in cases]
    return cases_given(given, framework, HERE.of("cases"), findings)


BAD_FORM = Code(
    "bad-form",
    "error",
    what="A form cannot be made of what is given: no cases, too many for its layout, or ids that no cell keeps.",
    why="Inspectors would fill in what cannot be read back.",
    bad="ctm-rules form hmip-pdu -o recording.xlsx",
    good="ctm-rules form hmip-pdu -o recording.xlsx --cases ids.csv",
)


def _mistakes(
    cases: Sequence[Case], framework: Framework, layout: Layout, path: Path, *, are_read: bool
) -> Iterator[Diagnostic]:
    at = Location(str(path))
    if path.suffix.lower() != ".xlsx":
        yield BAD_FORM.found(at, f"a form is a workbook, and {path} is not called so", hint="let its name end in .xlsx")
    if layout not in get_args(Layout):
        yield unknown_name(HERE.of("layout"), "layout of a form", str(layout), get_args(Layout))
        return
    if layout == "pages" and not cases and are_read and framework.asks_of_cases:
        hint = "name the table with their ids: --cases ids.csv (cases=), or make a register with spare rows: --register"
        yield BAD_FORM.found(at, "a form with a page for each case needs the cases", hint=hint)
    most = MAX_FORM_PAGES if layout == "pages" else MAX_FORM_CASES
    if len(cases) > most:
        message = f"a form in the layout {layout} takes {say_count(most, 'case')}, and not {len(cases):,}"
        hint = "make a register: --register" if layout == "pages" else "make several forms"
        yield BAD_FORM.found(at, message, hint=hint)
    for case in cases:
        if not case.id.isprintable() or cell_text(case.id) != case.id:
            message = f"the id {quote_cell(case.id)} would not come back as it is from a workbook"
            yield BAD_FORM.found(at, message, hint="give the case another id, in plain letters and digits")
