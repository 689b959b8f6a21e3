"""``ctm-rules read``: what is understood of a case table, before anything is rated by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from attrs import frozen
from rich.console import Console
from rich.markup import escape

from ctm_rules.case_files.case_tables import UnderstoodTable, understand_table
from ctm_rules.case_files.readings import find_reading
from ctm_rules.cli.output import (
    THE_DATA_SAYS_NO,
    NoValues,
    console,
    print_for_programs,
    print_json,
    show_diagnostics,
    shown,
    table,
    values_are_withheld,
    withhold_values,
)
from ctm_rules.cli.standards import FRAMEWORK, find_standards, show_standards
from ctm_rules.diagnostics.findings import Findings, RequestError
from ctm_rules.engines import make_engine
from ctm_rules.escaping import on_one_line
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.file import CaseTable
from ctm_rules.inspections.reliability import Reliability, reliability, say_reliability
from ctm_rules.inspections.several_tables import JudgedTwice, TableRead, put_together
from ctm_rules.limits import MAX_CASES_IN_A_FINDING, MAX_CASES_LISTED
from ctm_rules.model.answer_words import ANSWERS
from ctm_rules.model.case_columns import known_names
from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count
from ctm_rules.rating.result_dicts import framework_dict
from ctm_rules.scaffolding.new_reading import suggest_reading
from ctm_rules.scaffolding.printed_results import ReadDict
from ctm_rules.validity.readings import OPTIONS, WITHOUT_EFFECT


def command(
    file: Annotated[Path, typer.Argument(help="The case table: CSV or XLSX.", metavar="TABLE")],
    framework: Annotated[str, typer.Option(help=FRAMEWORK)],
    edition: Annotated[str | None, typer.Option(help="Its edition.", show_default="the one in force")] = None,
    read_as: Annotated[
        Path | None,
        typer.Option(
            help="The file that says how the table is read.", metavar="FILE", show_default="the framework's own"
        ),
    ] = None,
    judged_again: Annotated[
        Path | None,
        typer.Option(
            help="A table of other inspectors who judged cases of this one again: says how far they agree.",
            metavar="TABLE",
        ),
    ] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="Draft such a file from the table, and print it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was understood as JSON.")] = False,
    no_values: NoValues = False,
) -> None:
    """Show what is understood of a case table: its columns, what its cells say, why something is missing, the cases.

    With --suggest: print a reading drafted from the table, for a file of its own: … --suggest > reading.yaml. What a
    text such as NA means is never guessed; the draft asks.

    Example: [bold]ctm-rules read examples/ctm/cases.csv --framework hmip-pdu[/bold]

    With --judged-again: in how many cases two inspectors came to the same, and Cohen's kappa.

    Example: [bold]ctm-rules read anna.xlsx --framework hmip-pdu --judged-again ben.xlsx[/bold]

    Exit code 1 where something in the table has no meaning.
    """
    withhold_values(no_values)
    loaded = load_framework(find_standards(framework, edition))
    findings = Findings()
    reading = find_reading(loaded, read_as, findings)
    findings.raise_errors()
    assert reading is not None
    if suggest and judged_again is not None:
        message = "--judged-again changes nothing of a draft"
        raise RequestError([WITHOUT_EFFECT.found(OPTIONS, message, hint="leave it out")])
    if suggest:
        print_for_programs(suggest_reading(file, loaded, reading))
        return
    understood = _understood(file, loaded, reading, findings)
    compared = None if judged_again is None else _compared(file, understood, judged_again, loaded, reading, findings)
    show_diagnostics(findings)
    if as_json:
        print_json(_to_dict(understood, loaded, findings, compared))
    else:
        _show(understood, loaded, console(), compared)
    if findings.errors:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _understood(file: Path, framework: Framework, reading: Reading, findings: Findings) -> UnderstoodTable:
    """Return what was made of a table; where that is nothing at all, what is wrong with it ends the command.

    Raises:
        DiagnosticError: no column was understood.
    """
    understood = understand_table(file, framework, findings, reading)
    if not understood.columns.names:
        findings.raise_errors()
    return understood


@frozen
class _Compared:
    """What was judged twice, and how far alike."""

    twice: Sequence[JudgedTwice]
    reliability: Sequence[Reliability]


def _compared(
    file: Path, understood: UnderstoodTable, again: Path, framework: Framework, reading: Reading, findings: Findings
) -> _Compared:
    """Return how far other inspectors agree with a table; what is wrong in theirs goes to ``findings``."""
    theirs = _understood(again, framework, reading, findings)
    tables = [
        TableRead(CaseTable(str(file)), str(file), understood),
        TableRead(CaseTable(str(again), judged_again=True), str(again), theirs),
    ]
    twice = put_together(tables, findings).twice
    engine = make_engine(framework)
    pairs = [(engine.assess(each.case), engine.assess(each.again)) for each in twice]
    return _Compared(twice, reliability(framework, twice, pairs))


_ANSWERS = "answers and yes/no facts"


def _absent(understood: UnderstoodTable, framework: Framework) -> list[str]:
    """Return which columns are not there; outcomes need none, where there are answers."""
    return [name for name in _wanted(framework) if name not in understood.columns.names]


def _wanted(framework: Framework) -> list[str]:
    return [name for name in known_names(framework) if name not in framework.key_questions]


def _says(understood: UnderstoodTable, framework: Framework) -> dict[tuple[str, str], Counter[str]]:
    """Return the texts that stand for each word, with their cells: of answers together, of each fact by itself."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for text in understood.texts:
        fact = framework.facts_by_id.get(text.meaning)
        if text.says is not None and (fact is None or fact.type in ("yes_no", "choice")):
            of = _ANSWERS if fact is None or fact.type == "yes_no" else fact.id
            found.setdefault((of, text.says), Counter())[text.text] += text.cells
    order = [*ANSWERS]
    return dict(sorted(found.items(), key=lambda item: (item[0][0] != _ANSWERS, item[0][0], _place(item[0][1], order))))


def _place(word: str, order: list[str]) -> tuple[int, str]:
    return (order.index(word) if word in order else len(order), word)


def _missing(understood: UnderstoodTable) -> Counter[str]:
    """Return how many cells are missing for each reason; those without a reason are under no name."""
    found: Counter[str] = Counter()
    for text in understood.texts:
        if text.missing is not None:
            found[text.missing] += text.cells
    return found


def _to_dict(
    understood: UnderstoodTable, framework: Framework, findings: Findings, compared: _Compared | None
) -> ReadDict:
    columns, hidden = understood.columns, values_are_withheld()
    made: ReadDict = {
        "framework": framework_dict(framework.identity()),
        "cases": len(understood.cases),
        "rows": understood.rows,
        "left_out": understood.left_out,
        "columns": {
            "matched": dict(columns.names),
            "absent": _absent(understood, framework),
            "notes": list(columns.notes),
            "ignored": list(columns.ignored),
            "unknown": list(columns.unknown),
        },
        "values": [
            {"of": of, "says": says, "cells": texts.total(), "texts": {} if hidden else dict(texts)}
            for (of, says), texts in _says(understood, framework).items()
        ],
        "missing": [{"reason": reason, "cells": cells} for reason, cells in sorted(_missing(understood).items())],
        "first_cases": [] if hidden else [case.to_dict() for case in understood.cases[:MAX_CASES_IN_A_FINDING]],
        "findings": [found.to_dict() for found in shown(findings)],
    }
    if compared is not None:
        made["reliability"] = [each.to_dict() for each in compared.reliability]
    return made


def _show(understood: UnderstoodTable, framework: Framework, out: Console, compared: _Compared | None) -> None:
    columns = understood.columns
    left_out = f"; {say_count(understood.left_out, 'row')} not to be read" if understood.left_out else ""
    out.print(
        f"[bold]{say_count(len(understood.cases), 'case')}[/bold] from {say_count(understood.rows, 'row')}{left_out}"
    )
    show_standards(framework.identity(), out)
    out.print(f"\n[bold]Columns[/bold]: {len(columns.names)} of {len(_wanted(framework))}")
    otherwise = {meaning: name for meaning, name in columns.names.items() if name.strip() != meaning}
    _list("called otherwise", [f"{name} is {meaning}" for meaning, name in otherwise.items()], out)
    _list("absent", _absent(understood, framework), out)
    _list("notes, not read", columns.notes, out)
    _list("not read", columns.ignored, out)
    _list("not known, and not read", columns.unknown, out)
    listed = table("Of", "Says", "Cells", "Written as", right=["Cells"])
    for (of, says), texts in _says(understood, framework).items():
        written = "" if values_are_withheld() else ", ".join(text for text, _ in texts.most_common(MAX_CASES_LISTED))
        listed.add_row(escape(of), escape(says), f"{texts.total():,}", escape(on_one_line(written)))
    out.print("\n[bold]What cells say[/bold]")
    out.print(listed)
    missing = _missing(understood)
    said = [f"{reason or 'no reason given'}: {say_count(cells, 'cell')}" for reason, cells in missing.most_common()]
    out.print(f"\n[bold]Missing[/bold]: {escape('; '.join(said)) or 'nothing'}")
    if understood.cases and not values_are_withheld():
        out.print("\n[bold]The first cases, as they will be judged[/bold]")
        for case in understood.cases[:3]:
            known: Mapping[str, object] = {**case.facts, **case.answers}
            judged = {path: judgement.outcome for path, judgement in case.judgements.items()}
            parts = [f"{name}: {cell_text(value)}" for name, value in {**known, **judged}.items()]
            out.print(f"- [bold]{escape(case.id)}[/bold]: {escape('; '.join(parts)) or 'nothing is known'}")
    if compared is not None:
        _show_compared(compared, out)


def _show_compared(compared: _Compared, out: Console) -> None:
    """Print how far inspectors agree on each key question, and on each prompt on which they ever differ."""
    out.print(f"\n[bold]Judged twice[/bold]: {say_count(len(compared.twice), 'case')}")
    for line in say_reliability(
        [each for each in compared.reliability if each.level == "key_question" or each.differed]
    ):
        out.print(f"- {escape(line)}")


def _list(title: str, names: Iterable[str], out: Console) -> None:
    names = list(names)
    if names:
        first = ", ".join(names[:MAX_CASES_LISTED])
        more = f" and {len(names) - MAX_CASES_LISTED:,} more" if len(names) > MAX_CASES_LISTED else ""
        out.print(f"- {title}: {escape(on_one_line(first))}{more}")
