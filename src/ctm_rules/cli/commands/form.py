"""``ctm-rules form``: the workbook that inspectors fill in."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ctm_rules.cli.output import NoValues, console_beside, withhold_values
from ctm_rules.cli.standards import day, find_standards
from ctm_rules.diagnostics.findings import Findings, RequestError
from ctm_rules.forms.for_servers import write_xlsform
from ctm_rules.forms.making import cases_of_form, write_form
from ctm_rules.frameworks.finding import is_path
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.inspection import load_inspection
from ctm_rules.model.cases import Case
from ctm_rules.paths import kind_of
from ctm_rules.phrases import one_or_many, say_count, say_list
from ctm_rules.validity.readings import OPTIONS, WITHOUT_EFFECT
from ctm_rules.yaml_files.kinds import kind_of_file


def command(
    framework: Annotated[
        str,
        typer.Argument(
            help="The id of a framework, looked up in ./standards first, its folder or file, or the file of an "
            "inspection: then by its edition, and for its cases.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The workbook to write (.xlsx).", metavar="FILE")],
    cases: Annotated[
        Path | None,
        typer.Option(
            help="A case table with the ids of the cases, in a column case; what else it says is filled in.",
            metavar="TABLE",
        ),
    ] = None,
    xlsform: Annotated[
        bool,
        typer.Option(
            "--xlsform",
            help="As XLSForm, for ODK, KoboToolbox and Enketo, with how what they export is read beside it.",
        ),
    ] = False,
    register: Annotated[bool, typer.Option("--register", help="A row for each case instead of a page.")] = False,
    edition: Annotated[str | None, typer.Option(help="Its edition.", show_default="the one in force")] = None,
    on: Annotated[
        datetime.date | None,
        typer.Option(
            parser=day,
            help="The day on which the edition must be in force: when the fieldwork starts.",
            metavar="DATE",
            show_default="today",
        ),
    ] = None,
    language: Annotated[str, typer.Option("--lang", help="Its language: en, cy.")] = "en",
    inspector: Annotated[str, typer.Option(help="Who fills it in, where several inspectors have one each.")] = "",
    no_values: NoValues = False,
) -> None:
    """Write the workbook that inspectors fill in: a page for each case and an index, or a register of all cases.

    Prompts that surely are not asked of a case turn grey, it counts what is still to be answered, and the guidance is
    that of the standards. Named as the table of an inspection, or given to rate, read or report, it is read back as it
    is: XLSX, or the ODS that LibreOffice saves of it. Several inspectors' forms are listed under cases.

    With --xlsform: what surely is not asked of a case is hidden. FILE.central.yaml and FILE.kobo.yaml say how what ODK
    Central and KoboToolbox export is read: name one as read_as under cases, or with --read-as. FILE.provider.xlsx asks
    what is asked once, of the provider; what comes of it is named under provider, as file and read_as.

    Example: [bold]ctm-rules form hmip-pdu -o out/recording.xlsx --cases examples/ctm/cases.csv[/bold]

    Example: [bold]ctm-rules form examples/ctm/inspection.yaml -o out/again.xlsx[/bold]

    Example: [bold]ctm-rules form hmip-pdu --xlsform -o out/form.xlsx[/bold]
    """
    withhold_values(no_values)
    out = console_beside(output, "-o", as_json=False)
    given: Path | tuple[Case, ...] = () if cases is None else cases
    if kind_of(Path(framework)) == "file" and kind_of_file(Path(framework)) == "inspection":
        useless = [option for option, value in (("--edition", edition), ("--on", on)) if value]
        if useless:
            message = f"{say_list(useless)} {one_or_many(len(useless), 'says', 'say')} what the inspection says itself"
            raise RequestError([WITHOUT_EFFECT.found(OPTIONS, message, hint="leave it out")])
        inspection = load_inspection(framework)
        loaded, given = inspection.framework, inspection.cases if cases is None else cases
    else:
        loaded = load_framework(find_standards(framework, edition, on=on))
    is_of_today = not (edition or on or is_path(framework))
    by = f"{loaded.id}, edition {loaded.edition}{', which is in force today' if is_of_today else ''}"
    count = len(cases_of_form(given, loaded, Findings()))
    if xlsform:
        useless = [option for option, value in (("--register", register), ("--inspector", inspector)) if value]
        if useless:
            message = f"{say_list(useless)} {one_or_many(len(useless), 'changes', 'change')} nothing of an XLSForm"
            raise RequestError([WITHOUT_EFFECT.found(OPTIONS, message, hint="leave it out")])
        for file in write_xlsform(loaded, output, given, language=language):
            out.print(f"written to {escape(str(file))}")
        out.print(escape(f"asked: {by}; {say_count(count, 'case')} to choose from" if count else f"asked: {by}"))
        return
    written = write_form(
        loaded,
        output,
        given,
        layout="register" if register else "pages",
        language=language,
        inspector=inspector,
    )
    out.print(f"written to {escape(str(written))}")
    rows = f"a {'row' if register else 'page'} for each of {say_count(count, 'case')}" if count else "rows to spare"
    out.print(escape(f"asked: {by}; {rows}"))
