"""Recorded ratings of the standards that are rated by judgement, for every group of cases, from a CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ctm_rules.case_files.case_tables import read_csv
from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, check_header
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.files import read_file
from ctm_rules.limits import MAX_DIAGNOSTICS, MAX_TABLE_BYTES
from ctm_rules.model.case_values import BAD_VALUE, UNKNOWN_COLUMN
from ctm_rules.model.framework import Framework


def read_judgements(path: Path, framework: Framework, by: Sequence[str]) -> dict[tuple[str, ...], dict[str, str]]:
    """Return recorded ratings by the values of a group, as text, and by the slug of the standard.

    Raises:
        DiagnosticError: names every row, column and cell that is wrong.
    """
    findings = Findings()
    content = read_file(path, MAX_TABLE_BYTES, findings, kind="table of judgements")
    table = None if content is None else read_csv(content, Location(str(path)), findings)
    findings.raise_errors()
    assert table is not None
    header = table.header
    slugs = [standard.slug for standard in framework.standards if standard.rated_by == "judgement"]
    for name in [name for name in by if name not in header]:
        message = f'there is no column "{name}", by which the cases are grouped'
        findings.add(BAD_COLUMN, Location(str(path), 1, 1), message, hint=nearest_name_hint(name, header))
    odd = check_header(header, str(path), findings)
    for number, name in enumerate(header):
        if odd is not None and number not in odd and name not in (*by, *slugs):
            message = f'the column "{name}" is no standard that is rated by judgement'
            place = Location(str(path), 1, number + 1)
            findings.add(UNKNOWN_COLUMN, place, message, path=name, hint=nearest_name_hint(name, slugs))
    findings.raise_errors()
    ratings = {word: rating.id for rating in framework.ratings for word in (rating.label, rating.id)}
    judged: dict[tuple[str, ...], dict[str, str]] = {}
    first_row: dict[tuple[str, ...], int] = {}
    for row, cells in table.rows:
        if not any(cells):
            continue
        if len(findings) >= MAX_DIAGNOSTICS:
            break
        texts = dict(zip(header, cells, strict=False))
        group = tuple(texts.get(name, "") for name in by)
        if group in first_row:
            message = f"row {row} repeats the group of row {first_row[group]}"
            findings.add(BAD_ROW, Location(str(path), row, 1), message, hint="keep one row for each group")
        first_row.setdefault(group, row)
        for number, name in enumerate(header):
            text = texts.get(name, "")
            if name in slugs and text in ratings:
                judged.setdefault(group, {})[name] = ratings[text]
            elif name in slugs and text:
                message = f'row {row}, column "{name}": "{text}" is no rating'
                place = Location(str(path), row, number + 1)
                hint = nearest_name_hint(text, list(framework.ratings_by_id))
                findings.add(BAD_VALUE, place, message, path=name, hint=hint)
    findings.raise_errors()
    return judged
