"""Tables of any size in files, rated by any grouping: piece by piece here, or spread over the workers of Spark.

What is done with a source is the same everywhere (:mod:`ctm_rules.bulk.counting`): it is counted, and nothing comes
back but counts and what was wrong with which row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from attrs import evolve, frozen

from ctm_rules.bulk.frames import FrameRatings, columns_nowhere, make_job, rate_tallies, taken_names, unused_codes
from ctm_rules.bulk.judgements import read_judgements
from ctm_rules.bulk.result_dicts import BulkRatingsDict
from ctm_rules.case_files.cells import EMPTY_TABLE
from ctm_rules.case_files.misplaced import known_columns
from ctm_rules.case_files.table_text import check_encoding
from ctm_rules.diagnostics.findings import (
    Diagnostic,
    Findings,
    Location,
    RequestError,
    require,
    require_callable,
    require_path,
    wrong_argument,
)
from ctm_rules.engines.spark import count_on_spark
from ctm_rules.extras import needs_extra
from ctm_rules.model.declared_reading import BY_DEFAULT, Absent, Codes, Reading, Shorthands
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_count
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.validity.names import unknown_name
from ctm_rules.validity.readings import OPTIONS, WITHOUT_EFFECT

if TYPE_CHECKING:
    from ctm_rules.bulk.counting import Plan
    from ctm_rules.case_files.pieces import TableFile

Progress = Callable[[int, int], None]
"""Told how many more rows are done, and about how many there are in all."""

Place = Literal["here", "spark"]
_SPARK = "leave it out, or let Spark count the rows: run_on=spark, or --engine spark"
"""``embedded`` is Polars in this process; ``spark`` runs the same on the workers of a Spark cluster."""


@frozen(repr=False)
class BulkRatings:
    """The ratings of the cases in files.

    Attributes:
        ratings: by group.
        files: what was read.
        cases: how many rows were counted.
        left_out: how many rows were not, because of what ``findings`` says about them.
        findings: what is wrong with which row of which file, at most ``MAX_DIAGNOSTICS``; what has one cause is one
            finding with all of its rows.
    """

    ratings: FrameRatings
    files: tuple[Path, ...]
    cases: int
    left_out: int
    findings: tuple[Diagnostic, ...]

    def __repr__(self) -> str:
        left_out = f", {say_count(self.left_out, 'row')} left out" if self.left_out else ""
        groups, files = say_count(len(self.ratings), "group"), say_count(len(self.files), "file")
        return f"<BulkRatings: {groups}, {say_count(self.cases, 'case')} from {files}{left_out}>"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], self.ratings.rows_shown())

    def to_dict(self) -> BulkRatingsDict:
        """Return plain data, ready for JSON."""
        return {
            **self.ratings.to_dict(),
            "cases": self.cases,
            "left_out": self.left_out,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def rate_files(
    framework: Framework,
    sources: str | Path | Iterable[str | Path],
    by: str | Sequence[str] = (),
    *,
    judgements: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
    absent: Absent | None = None,
    encoding: str | None = None,
    read_as: Reading | str | Path | None = None,
    strict: bool = False,
    run_on: Place = "here",
    master: str | None = None,
    progress: Progress | None = None,
) -> BulkRatings:
    """Return the ratings of every group of cases in files, however many there are.

    A row that cannot be read, that holds a value without a meaning, or that repeats a case of its file, is left out and
    reported. What is known of the provider may stand in the files, as for :func:`~ctm_rules.bulk.frames.rate_frame`;
    where a column says two things of a group, that is reported, and neither is used.

    Args:
        framework: what to rate by.
        sources: files, folders and patterns (``audits/2025-*.parquet``), one or several; CSV, XLSX, ODS, XLS and
            Parquet. A folder's name such as ``provider=North`` is a column of the files in it.
        by: what to group by, as for :func:`~ctm_rules.bulk.frames.rate_frame`.
        judgements: a CSV file of recorded ratings of the standards rated by judgement: a column for each of ``by``
            and for each standard, by its slug, with rating ids.
        columns: the tables' own name of a column, by the name that it would have in a case table.
        codes: what whole numbers stand for, where columns hold numbers instead of words, of whatever type.
        absent: whether a column that the rules read may be absent from a file.
        encoding: of CSV files that have no byte-order mark, such as ``windows-1252`` (default: UTF-8).
        read_as: how the files are read, or the file that says so (default: as the framework's own ``reading.yaml``).
        strict: refuse everything where a row would be left out.
        run_on: where the rows are counted: in this process, or on a Spark cluster.
        master: the master URL of the Spark cluster (default: Spark's own setting, else this machine).
        progress: told how far it is.

    Raises:
        DiagnosticError: the framework is not valid, an argument names what nothing has, a file cannot be read, a column
            is absent or of a wrong type, there are no rows, or no case of a group for which judgements are recorded;
            with ``strict`` also every bad row.
        MissingExtraError: a library that is needed is not installed.

    >>> from ctm_rules import load_framework
    >>> rated = rate_files(load_framework("hmip-pdu", "2024"), ["examples/ctm/*.csv"], by="subgroups.grade")
    >>> rated.cases, rated.left_out, rated.ratings["pso"].cases
    (44, 0, 16)
    """
    with needs_extra("bulk", "rating files in bulk"):
        from ctm_rules.bulk.counting import BulkJob, plan_file
        from ctm_rules.case_files.pieces import Source
        from ctm_rules.case_files.table_files import (
            check_file,
            explained,
            find_files,
            find_misplaced,
            in_workbooks,
            open_file,
            split,
        )
    require("sources", sources, str, Path, Iterable, hint="files, folders and patterns")
    if judgements is not None:
        judgements = require_path("judgements", judgements, "the path of a table of judgements")
    if progress is not None:
        require_callable("progress", progress, "a function that is told how far it is")
    said = Shorthands({} if columns is None else columns, codes, absent, encoding)
    job = make_job(framework, by, said, read_as, rates=True)
    layout = job.reading.table
    if run_on not in get_args(Place):
        unknown = unknown_name(OPTIONS, "place to count rows", str(run_on), get_args(Place), path="/run_on")
        raise RequestError([unknown])
    findings = Findings()
    findings.extend(taken_names(job))
    if master is not None and run_on != "spark":
        message = f'the master "{master}" changes nothing, for the rows are not counted on Spark'
        findings.add(
            WITHOUT_EFFECT,
            OPTIONS,
            message,
            path="/master",
            hint=_SPARK,
        )
    recorded = () if judgements is None else read_judgements(judgements, framework, job.by, encoding)
    sources = [sources] if isinstance(sources, str | Path) else tuple(sources)
    if not sources:
        raise RequestError([wrong_argument(sources, "at least one file, folder or pattern", "sources")])
    paths = find_files(sources, findings)
    findings.extend(check_encoding(encoding, OPTIONS, path="/encoding"))
    tables = paths if judgements is None else [*paths, judgements]
    if encoding is not None and not any(table.suffix.lower() == ".csv" for table in tables):
        message = f'the encoding "{encoding}" changes nothing, for none of the tables is a CSV file'
        findings.add(
            WITHOUT_EFFECT, OPTIONS, message, path="/encoding", hint="leave it out: other files tell their own"
        )
    known = {*known_columns(framework, job.reading), *job.also}
    files: list[TableFile] = []
    plans: dict[Path, Plan] = {}
    elsewhere = False
    for path in paths:
        own = Findings()
        file = open_file(path, own, layout)
        own.extend([] if file is None else check_file(file, framework))
        plan = None if file is None else plan_file(job, file, own)
        cause = None
        if file is not None and layout.header_row is None and known.isdisjoint(set(file.schema) - set(file.partition)):
            cause = find_misplaced(path, known, layout.encoding)
        findings.extend(own if cause is None else [cause])
        elsewhere |= cause is not None
        if file is not None and plan is not None:
            files.append(file)
            plans[path] = plan
    if files and not elsewhere:
        names = {name for file in files for name in file.schema}
        findings.extend(columns_nowhere(job, names, findings))
    findings.raise_errors()
    if layout.is_long:  # the rows of a case may stand anywhere in its file
        parts = [Source((file,), plans[file.path].columns, 0, file.rows) for file in files]
    else:
        parts = split(files, lambda file: plans[file.path].columns)
    total = sum(file.rows for file in files)

    def done(rows: int) -> None:
        if progress is not None:
            progress(rows, total)

    counting = BulkJob(job)
    if run_on == "spark":
        each = count_on_spark(counting.count, [part.anywhere() for part in parts], master, done)
    else:
        each = (counting.count(part, done) for part in parts)
    counted = counting.sum(parts, each)
    tallied = counted.tallied
    found = [*in_workbooks([*findings, *(explained(each, layout) for each in counted.findings)], files)]
    if strict and counted.findings:
        raise RequestError(found)
    if not tallied.cases + tallied.left_out:
        message = "there are no cases in these files"
        raise RequestError([EMPTY_TABLE.found(Location(str(paths[0])), message, hint="add a row for each case")])
    found += unused_codes(job, tallied.used_codes)
    groupings = {grouping.name: grouping for plan in plans.values() for grouping in plan.groupings}
    at = Location(str(paths[0])) if len(paths) == 1 else OPTIONS
    ratings = rate_tallies(framework, [*groupings.values()], tallied.groups, recorded, "auto", at)
    found += ratings.findings
    if strict and ratings.findings:
        raise RequestError(found)
    ratings = evolve(ratings, findings=(), missing=dict(sorted(tallied.missing.items())))
    ordered = sorted(found, key=lambda finding: (finding.file, finding.line, finding.column))
    return BulkRatings(ratings, tuple(paths), tallied.cases, tallied.left_out, tuple(ordered))
