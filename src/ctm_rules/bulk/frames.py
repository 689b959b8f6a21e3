"""Dataframes in, outcomes and ratings out: Polars, pandas, PyArrow, DuckDB, Dask and PySpark, through one engine.

The columns are those of a case table: facts by id, prompts by address (``assessment.safety.victims``), and where
people recorded outcomes, key questions by address. Other columns are left alone. A missing value is a missing answer
or fact; it is never counted as no. No dataframe library is imported that the caller has not imported already, but for
those to which tables are handed over where only counts come back: Polars, else PyArrow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar, cast

import narwhals.stable.v2 as nw
from attrs import evolve, field, frozen
from narwhals.exceptions import DuplicateError

from ctm_rules.bulk.groups import GroupRating, RatedGroups
from ctm_rules.bulk.judgements import Judged, JudgedGroup, ProviderAnswers, Providers, check_judgements
from ctm_rules.bulk.patterns import DIFFERS_IN_GROUP, Pattern, find_patterns
from ctm_rules.bulk.result_dicts import FrameRatingsDict
from ctm_rules.case_files.readings import check_declared, find_reading
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location, RequestError, require, wrong_argument
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.engines import AnyEngine, Engine
from ctm_rules.engines.dask import assess_dask, repeated_ids_on_dask, run_on_dask
from ctm_rules.engines.frame.case_ids import RepeatedId, id_findings, repeated_ids
from ctm_rules.engines.frame.counts import UNKNOWN_GROUPING, Grouping
from ctm_rules.engines.frame.handed_over import handed_over
from ctm_rules.engines.frame.jobs import FrameJob
from ctm_rules.engines.frame.points import points_tallied
from ctm_rules.engines.frame.rules import LoweredFramework, Table, as_table, assess_table, assessed_columns
from ctm_rules.engines.frame.strange_values import StrangeValues, value_findings
from ctm_rules.engines.frame.tallies import CASES, Tallied, Tallies
from ctm_rules.engines.spark import assess_spark, repeated_ids_on_spark, run_on_spark
from ctm_rules.limits import MAX_ROWS_SHOWN
from ctm_rules.model.bands import Band
from ctm_rules.model.case_values import ABSENT_COLUMN
from ctm_rules.model.declared_reading import BY_DEFAULT, Absent, Codes, Reading, Shorthands, declared_codes
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.model.outcomes import Outcome
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count, say_list
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.given import engine_of
from ctm_rules.rating.notebook_tables import Row, html_table
from ctm_rules.rating.rate import rate_checked
from ctm_rules.rating.result_dicts import framework_dict
from ctm_rules.rating.results import RatingResult, label_of
from ctm_rules.validity import require_valid
from ctm_rules.validity.readings import OPTIONS, check_shorthands

T = TypeVar("T")
FrameT = TypeVar("FrameT")


def assess_frame(
    framework: Framework,
    frame: FrameT,
    *,
    keep: Sequence[str] | None = None,
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
    absent: Absent | None = None,
    read_as: Reading | str | Path | None = None,
) -> FrameT:
    """Return the outcome of every key question for every case, as a dataframe of the same kind.

    The rows keep their order where the library has one, and what is lazy stays lazy; but the values of the columns
    that the rules read are looked through first. Outcomes are a category of the four words ``yes``, ``no``,
    ``not_applicable`` and ``undetermined`` (in Spark, which has no categories, text). A key question that has points is
    ``scored`` in place of yes and no, and has its sums beside it, in whole numbers: ``.reached`` (the scores, each as
    often as it counts), ``.reachable`` (the highest there could have been), and for a mean ``.weights``.

    Args:
        framework: what to assess by.
        frame: one row for each case.
        keep: columns to return beside the outcomes (default: all but answers and recorded judgements).
        columns: the frame's own name of a column, by the name that it would have in a case table.
        codes: what whole numbers stand for, where columns hold numbers instead of words.
        absent: ``missing`` takes a column that the rules read and the frame lacks as missing from every case;
            ``refuse`` reports it (default: what ``read_as`` says, else ``refuse``).
        read_as: how the frame is read, or the file that says so (default: as the framework's own ``reading.yaml``).

    Raises:
        DiagnosticError: names every absent column, every name in the arguments that nothing has, every column of a type
            that cannot hold its answers, and every value that has no meaning, with its column and the number of rows;
            or every mistake in the framework; or that ``frame`` is no dataframe.

    >>> import polars
    >>> from ctm_rules import load_framework
    >>> cases = polars.read_csv("examples/ctm/cases.csv")
    >>> assessed = assess_frame(load_framework("hmip-pdu", "2024"), cases, keep=["case"])
    >>> assessed["assessment.safety"].value_counts(sort=True).rows()
    [('no', 32), ('yes', 12)]
    """
    job = make_job(framework, (), Shorthands(columns or {}, codes, absent), read_as, rates=False)
    _require_frame(frame)
    if keep is not None:
        require("keep", keep, Iterable, hint="the names of columns")
    job, frame = job.one_row_each(frame)
    table = job.table(frame)
    names = table.collect_schema().names()
    lowered, _, findings = job.lower(table.collect_schema())
    findings.extend(columns_nowhere(job, names, findings))
    answered = [*framework.prompts, *framework.measures_by_path, *framework.key_questions]
    left_out = {*framework.key_questions, *map(lowered.columns.name, answered)}
    if keep is None:
        keep = [name for name in names if name not in left_out]
    for name in [name for name in keep if name not in names]:
        hint = nearest_name_hint(str(name), names)
        findings.add(ABSENT_COLUMN, job.at, f'there is no column "{name}" to keep', path=f"/keep/{name}", hint=hint)
    findings.raise_errors()
    if not _is_lazy(frame):
        outcomes, all_recognised = job.assess(frame, keep)
        if not all_recognised:
            _refuse_values(job, lowered, frame)
        return cast(FrameT, outcomes)
    if table.implementation.is_dask() or _is_spark(table.implementation):
        _refuse_values(job, lowered, frame)
    else:
        lowered, strange = job.understand(table)
        value_findings(lowered, strange, job.at).raise_errors()
    if table.implementation.is_dask():
        return cast(FrameT, assess_dask(job, frame, keep))
    if _is_spark(table.implementation):
        return cast(FrameT, assess_spark(job, cast(Any, frame), keep, lowered.columns.read))
    return cast(FrameT, nw.to_native(assess_table(lowered, table, keep).select(*keep, *assessed_columns(framework))))


def rate_frame(
    framework: Framework,
    frame: object,
    by: str | Sequence[str] = (),
    *,
    judgements: Judged | None = None,
    provider: Providers | None = None,
    answers: ProviderAnswers | None = None,
    engine: AnyEngine = "auto",
    columns: Mapping[str, str] | None = None,
    codes: Codes = BY_DEFAULT,
    absent: Absent | None = None,
    read_as: Reading | str | Path | None = None,
) -> FrameRatings:
    """Return the ratings of every group of cases, from one pass over a dataframe.

    What is known of the provider may stand in the frame, in columns that say one thing in all rows of a group: recorded
    ratings under the slugs of standards (or the addresses of key questions), facts under their ids, and answers under
    the addresses of prompts. A cell that is empty says nothing.

    Args:
        framework: what to rate by.
        frame: one row for each case. Where it has a column ``case``, each row has an id of its own there.
        by: what to group by: columns (``provider``), periods of a date (``commenced.quarter``, ``.year``,
            ``.month``) and sub-groups of the framework (``subgroups.grade``: a case counts in each of its groups
            that it meets). Nothing gives one group of all cases. The groups of a fact are values as the framework
            declares them, whatever type the column has; those of any other column are its text: 3, 3.0 and "3" are
            one group "3".
        judgements: recorded ratings of the standards rated by judgement (rating ids by slug), by the group's values in
            the order of ``by``; where that is one thing, by its value alone. 1, 1.0 and "1" are one key.
        provider: what is known about each provider (values by the ids of the framework's provider facts), by the same
            keys.
        answers: what was answered once, of each provider (``Answer`` by the address of the prompt), by the same groups.
        engine: which engine decides which band holds a share or a score.
        columns: as for :func:`assess_frame`.
        codes: as for :func:`assess_frame`; those that no cell holds are one of the ``findings``.
        absent: as for :func:`assess_frame`.
        read_as: as for :func:`assess_frame`.

    Raises:
        DiagnosticError: as for :func:`assess_frame`; and where ``by`` names nothing known, a column to group by holds
            what it cannot, a case has two rows, judgements belong to no group, or a column says two things of one.

    >>> import polars
    >>> from ctm_rules import load_framework
    >>> cases = polars.read_csv("examples/ctm/cases.csv")
    >>> rated = rate_frame(load_framework("hmip-pdu", "2024"), cases, by="sex")
    >>> [(found.group["sex"], found.rating.cases) for found in rated]
    [('female', 7), ('male', 37)]
    >>> rated["male"].standards[3].rating.label
    'Inadequate'
    """
    job = make_job(framework, by, Shorthands({} if columns is None else columns, codes, absent), read_as, rates=True)
    made = engine_of(framework, engine)
    _require_frame(frame)
    job, frame = job.one_row_each(frame)
    table = job.table(frame)
    lowered, groupings, findings = job.lower(table.collect_schema())
    findings.extend(columns_nowhere(job, table.collect_schema().names(), findings))
    findings.extend(taken_names(job))
    recorded = check_judgements(
        {} if judgements is None else judgements,
        {} if provider is None else provider,
        {} if answers is None else answers,
        framework,
        job.by,
        findings,
    )
    findings.raise_errors()
    read = [*lowered.columns.read, *(grouping.column for grouping in groupings if grouping.column)]
    parts = _run_on_parts(table, read, job.tally)
    tallied = job.tally(frame, (lowered, groupings)) if parts is None else Tallied.sum(parts)
    if tallied.left_out:
        _refuse_values(job, lowered, frame)
    if lowered.columns.has(CASE_COLUMN):
        column = lowered.columns.name(CASE_COLUMN)
        id_findings(_repeated_ids(table, column), column, job.at).raise_errors()
    rated = rate_tallies(framework, groupings, tallied.groups, recorded, made, job.at)
    findings.extend(rated.findings)
    findings.raise_errors()
    unused = tuple(unused_codes(job, tallied.used_codes))
    kind = _Kind(table.implementation, _is_lazy(frame))
    return evolve(rated, findings=(*findings, *unused), missing=_in_order(tallied.missing), kind=kind)


def _require_frame(frame: Any) -> None:
    """Refuse what is no dataframe.

    Raises:
        RequestError: it is none.
    """
    try:
        with suppress(DuplicateError):  # which the job says, by the names of the columns
            nw.from_native(frame)
    except TypeError:
        hint = "a dataframe: of Polars, pandas, PyArrow, DuckDB, Dask or PySpark; for files: rate_files(…)"
        raise RequestError([wrong_argument(frame, hint, "frame")]) from None


def make_job(
    framework: Framework,
    by: str | Sequence[str],
    said: Shorthands,
    read_as: Reading | str | Path | None,
    *,
    rates: bool,
) -> FrameJob:
    """Return what is to be done with tables, from what was asked for: they are rated, or their cases assessed.

    Raises:
        DiagnosticError: the framework is not valid, or what was asked for cannot be meant, whatever a table holds.
    """
    require_valid(framework)
    require("by", by, str, Iterable, hint="the names of columns and sub-groups")
    job = FrameJob(framework, framework.reading, (by,) if isinstance(by, str) else tuple(by), said, rates)
    findings = check_shorthands(framework, said, job.also)
    reading = find_reading(framework, read_as, findings, also=job.also)
    findings.raise_errors()
    assert reading is not None
    reading = said.applied_to(reading)
    check_declared(reading, framework, OPTIONS, also=job.also).raise_errors()
    return evolve(job, reading=reading)


def columns_nowhere(job: FrameJob, names: Collection[str], said: Iterable[Diagnostic]) -> Findings:
    """Return a finding for each of the tables' own names of columns that no table has and of which nothing is said."""
    findings = Findings()
    paths = {finding.path for finding in said}
    for meaning, column in job.said.columns.items():
        if column not in names and meaning not in paths:
            message = f'there is no column "{column}", which is named for "{meaning}"'
            hint = nearest_name_hint(column, list(names))
            findings.add(ABSENT_COLUMN, job.at, message, path=f"/columns/{meaning}", hint=hint)
    return findings


CODES_NOT_USED = Code(
    "codes-not-used",
    "warning",
    what="Codes are declared, and no cell that is read holds one of them.",
    why="They change nothing. Whoever declared them took the tables, or the columns, for others.",
    bad="ctm-rules rate --cases words.csv --framework hmip-pdu --codes yes=1,no=2,na=9",
    good="ctm-rules rate --cases words.csv --framework hmip-pdu",
)


def unused_codes(job: FrameJob, used: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a finding for answers, and for each fact, whose declared codes no cell has."""
    for of, codes in declared_codes(job.said.codes).items():
        if of not in used:
            listed = ", ".join(f"{word}={code}" for word, code in codes.items())
            whose = f'the fact "{of}"' if of else "answers"
            message = f"no cell holds one of the codes {listed} of {whose}, so that they change nothing"
            path = f"/codes/facts/{of}" if of else "/codes"
            yield CODES_NOT_USED.found(OPTIONS, message, path=path, hint="leave them out, or check what the cells hold")


def _refuse_values(job: FrameJob, lowered: LoweredFramework, frame: object) -> None:
    parts = _run_on_parts(as_table(frame), lowered.columns.read, job.strange_values)
    strange = job.strange_values(frame) if parts is None else sum(parts, StrangeValues())
    value_findings(lowered, strange, job.at).raise_errors()


def _repeated_ids(table: Table, column: str) -> Sequence[RepeatedId]:
    if table.implementation.is_dask():
        return repeated_ids_on_dask(nw.to_native(table), column)
    if _is_spark(table.implementation):
        return repeated_ids_on_spark(nw.to_native(table), column)
    if not table.implementation.is_duckdb():
        (table,) = handed_over(table, [column])
    return repeated_ids(table, column)


def _run_on_parts(table: Table, read: Iterable[str], function: Callable[[Any], T]) -> list[T] | None:
    """Return what a function gives for each part of a table, or ``None`` for a table that is all in one place."""
    if table.implementation.is_dask():
        return run_on_dask(nw.to_native(table), function)
    return run_on_spark(nw.to_native(table), read, function) if _is_spark(table.implementation) else None


def _is_spark(implementation: nw.Implementation) -> bool:
    return implementation.is_pyspark() or implementation.is_pyspark_connect()


# --- ratings of groups -----------------------------------------------------------------------------


@frozen
class _Kind:
    """Which library a dataframe belongs to, and whether it is one that computes later."""

    implementation: nw.Implementation = nw.Implementation.POLARS
    lazy: bool = False


@frozen(repr=False)
class FrameRatings:
    """The ratings of groups of cases, in the order of the groups; cases without a value of what was grouped by last.

    Attributes:
        framework: what was rated by.
        by: what was grouped by.
        groups: the ratings of each group; an object is made of a group when it is asked for.
        findings: what people should know of how the table was read; nothing of it changes a rating.
        missing: how many facts and answers that are read are missing for each reason, where the reading of the table
            has reasons; nothing of it changes a rating.
    """

    framework: Framework
    by: tuple[str, ...]
    groups: RatedGroups
    findings: tuple[Diagnostic, ...] = ()
    missing: Mapping[str, int] = field(factory=dict, eq=False)
    _kind: _Kind = field(default=_Kind(), eq=False, repr=False, alias="kind")

    def __repr__(self) -> str:
        by = f" by {say_list(self.by)}" if self.by else ""
        rated_by = f"{self.framework.id} {self.framework.edition}"
        return f"<FrameRatings: {say_count(len(self.groups), 'group')}{by}, rated by {rated_by}>"

    def __getitem__(self, group: object) -> RatingResult:
        """Return the ratings of one group, by its value or, where there are several, by a tuple of its values.

        A value is what it says, whatever its type: 1, 1.0 and "1" are one.

        Raises:
            KeyError: there is no such group.
        """
        found = self.groups.named(group if isinstance(group, tuple) else (group,))
        if found is None:
            raise KeyError(group)
        return found

    def __iter__(self) -> Iterator[GroupRating]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], self.rows_shown())

    def rows_shown(self) -> list[Row]:
        """Return what notebooks show of the groups: the first of them, with their overall rating and score."""
        return [
            {
                **{name: cell_text(value) for name, value in each.group.items()},
                "cases": each.rating.cases,
                "overall": label_of(each.rating.overall),
                "score": each.rating.score,
            }
            for each in self.groups[:MAX_ROWS_SHOWN]
        ]

    def to_dict(self) -> FrameRatingsDict:
        """Return plain data, ready for JSON."""
        return {
            "framework": framework_dict(self.framework.identity()),
            "by": list(self.by),
            "groups": list(self.groups.to_dicts()),
            "missing": dict(self.missing),
        }

    def rows(self) -> list[dict[str, object]]:
        """Return one row for each group: its values, its cases, and every rating, score, count and per cent.

        What the framework does not rate has no column. Columns are ``cases`` and, of each sample that the framework
        declares, ``samples.<id>.cases``; ``overall.rating``, ``overall.score`` and
        ``overall.out_of``; ``domains.<id>.rating`` and ``.score``; ``<standard>.rating`` and ``.score``; and for each
        key question, by its address, ``.yes``, ``.no``, ``.not_applicable``, ``.undetermined``, ``.percent`` (whole per
        cent) and ``.band``; one that is not asked of cases has ``.band`` alone. One that has points has ``.scored`` in
        place of yes and no, and in place of the per cent ``.value``: an exact number as text (``125/2``). Ratings are
        given by their labels, and
        ``None`` where there is none. ``framework.id``, ``.edition``, ``.origin`` and ``.checksum`` say what was rated
        by.
        """
        columns = [result_columns(rating) for rating in self.groups.ratings]
        return [{**group, **columns[number]} for group, number in self.groups.numbered()]

    def to_native(self) -> Any:
        """Return :meth:`rows` as a dataframe of the kind that was rated; ratings are a category of their labels.

        For a DuckDB relation PyArrow is needed.
        """
        return _as_native(self, self._kind)


def _in_order(missing: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(missing.items()))


def taken_names(job: FrameJob) -> Findings:
    """Return a finding for everything to group by that has the name of a result."""
    findings = Findings()
    for name in [name for name in job.by if name in result_names(job.framework)]:
        message = f'cases cannot be grouped by "{name}": a column of the results has that name'
        findings.add(UNKNOWN_GROUPING, job.at, message, path=name, hint="give the column another name")
    return findings


def result_names(framework: Framework) -> list[str]:
    """Return the names of the columns of :meth:`FrameRatings.rows` that hold results."""
    return list(result_columns(rate_checked(framework, {}, {}, engine_of(framework, "reference"), 0)))


def result_columns(result: RatingResult) -> dict[str, object]:
    """Return the columns of one row of :meth:`FrameRatings.rows` that hold results."""
    columns: dict[str, object] = {"cases": result.cases}
    columns |= {f"samples.{sample.id}.cases": cases for sample, cases in result.samples}
    if result.has_whole:
        columns["overall.rating"] = label_of(result.overall)
        columns |= {"overall.score": result.score, "overall.out_of": result.out_of}
    for domain in result.domains:
        columns[f"domains.{domain.domain.id}.rating"] = label_of(domain.rating)
        columns[f"domains.{domain.domain.id}.score"] = domain.score
    for standard in result.standards:
        if result.framework.is_rated(standard.standard):
            columns[f"{standard.standard.slug}.rating"] = label_of(standard.rating)
            columns[f"{standard.standard.slug}.score"] = standard.rating.score if standard.rating else None
        for question in standard.key_questions:
            if question.has_share:
                counts = question.counts.by_outcome()
                columns |= {f"{question.path}.{outcome}": cases for outcome, cases in counts.items()}
                columns[f"{question.path}.percent"] = question.percent
            elif question.question.points is not None:
                if question.question.is_asked_of_cases:
                    counts = question.counts.by_outcome()
                    columns[f"{question.path}.scored"] = question.counts.scored
                    columns |= {f"{question.path}.{key}": counts[key] for key in ("not_applicable", "undetermined")}
                columns[f"{question.path}.value"] = None if question.value is None else str(question.value)
            if result.framework.is_rated(standard.standard):
                columns[f"{question.path}.band"] = label_of(question.rating)
    return columns | _standards_columns(result.framework)


def _standards_columns(framework: Framework) -> dict[str, str]:
    """Return the columns that say which standards a row rests on."""
    return {f"framework.{key}": said for key, said in framework.identity().items()}


def rate_tallies(
    framework: Framework,
    groupings: Sequence[Grouping],
    tallies: Tallies,
    recorded: Sequence[JudgedGroup],
    engine: AnyEngine,
    at: Location,
) -> FrameRatings:
    """Return the ratings that tallied outcomes give; groups that look alike are rated once.

    Where the columns of the table at ``at`` say two things of a group, that is among the ``findings``.

    Raises:
        DiagnosticError: judgements are recorded for groups that have no cases, or two groups look the same.
    """
    findings = Findings()
    found = find_patterns(framework, groupings, tallies, recorded, at, findings)
    differing = tuple(each for each in findings if each.code == DIFFERS_IN_GROUP.id)
    if len(differing) < len(findings):
        findings.raise_errors()
    deciding = _Remembering(engine_of(framework, engine))
    names_of = {path: [f"{path}.{word}" for word in _TALLIED] for path in framework.key_questions}

    def rated(pattern: Pattern) -> RatingResult:
        counts = {path: _counts(framework, path, pattern.tally, names) for path, names in names_of.items()}
        cases, facts, answers = pattern.tally.get(CASES, 0), pattern.facts, pattern.answers
        rating = rate_checked(framework, counts, pattern.ratings, deciding, cases, provider=facts, answers=answers)
        return evolve(rating, engine=f"frame, {deciding.name}")

    names = tuple(grouping.name for grouping in groupings if not grouping.is_known)
    groups = RatedGroups(names, found.keys, tuple(map(rated, found.patterns)), found.of)
    return FrameRatings(framework, names, groups, differing)


class _Remembering:
    """An engine that places each value in a band once, for the shares of many groups are the same per cent."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self.framework = engine.framework
        self.assess = engine.assess
        self.assess_provider = engine.assess_provider
        self.holds = engine.holds
        self._engine = engine
        self._ratings: dict[tuple[int, Fraction], str] = {}

    def rating(self, bands: tuple[Band, ...], value: Fraction) -> str:
        """Return the id of the rating whose band, of those of the framework, holds ``value``."""
        # The framework keeps its bands, so that no others can come to lie where they do.
        known = (id(bands), value)
        if known not in self._ratings:
            self._ratings[known] = self._engine.rating(bands, value)
        return self._ratings[known]


_TALLIED = [each.value for each in (Outcome.YES, Outcome.NO, Outcome.SCORED, Outcome.UNDETERMINED, Outcome.NOT_ASKED)]


def _counts(framework: Framework, path: str, tally: Mapping[str, int], names: Iterable[str]) -> Counts:
    """Return the counts of a key question; ``names`` are those of its outcomes in the tally."""
    yes, no, scored, undetermined, not_asked = [tally.get(name, 0) for name in names]
    others = tally.get(CASES, 0) - not_asked - yes - no - scored - undetermined
    if path not in framework.scored_questions:
        return Counts(yes, no, others, undetermined)
    points, reachable = points_tallied(framework, path, tally)
    return Counts(not_applicable=others, undetermined=undetermined, scored=scored, points=points, reachable=reachable)


# --- dataframes ------------------------------------------------------------------------------------


def _is_lazy(frame: object) -> bool:
    return isinstance(nw.from_native(cast(Any, frame)), nw.LazyFrame)


def _as_native(ratings: FrameRatings, kind: _Kind) -> Any:
    results = [result_columns(rating) for rating in ratings.groups.ratings]
    names = result_names(ratings.framework)
    own = {name: [row[name] for row in results] for name in names}
    scales = ratings.framework.every_scale.values()
    labels = list(dict.fromkeys(step.label for steps in scales for step in reversed(steps)))
    ranked = [name for name in names if name.endswith((".rating", ".band"))]
    texts = [*_standards_columns(ratings.framework), *(name for name in names if name.endswith(".value"))]
    numbers = [name for name in names if name not in (*ranked, *texts)]
    library = kind.implementation.to_native_namespace()
    keys = dict(zip(ratings.by, ratings.groups.keys, strict=True))
    eager: Any = {"dask": "pandas", "duckdb": "pyarrow"}.get(kind.implementation.value, kind.implementation.value)
    if eager == "polars":
        # Of the ratings that many groups have, each is written once.
        made = _typed(own, eager, ranked, labels, numbers, texts).to_native()[library.Series(ratings.groups.of)]
        native = library.DataFrame({name: library.Series(name, values) for name, values in keys.items()})
        native = native.hstack(made.get_columns()) if keys else made
        return native.lazy() if kind.lazy else native
    values = {name: list(cells) for name, cells in keys.items()}
    values |= {name: [cells[number] for number in ratings.groups.of] for name, cells in own.items()}
    if _is_spark(kind.implementation):
        types = ["bigint" if name in numbers else "string" for name in values]
        schema = ", ".join(f"`{name}` {type_name}" for name, type_name in zip(values, types, strict=True))
        return library.SparkSession.getActiveSession().createDataFrame(list(zip(*values.values(), strict=True)), schema)
    native = _typed(values, eager, ranked, labels, numbers, texts).to_native()
    if kind.implementation.is_dask():
        return library.from_pandas(native, npartitions=1)
    if kind.implementation.is_duckdb():
        return library.from_arrow(native)
    return native.lazy() if kind.lazy else native


def _typed(
    values: Mapping[str, list[Any]],
    eager: Any,
    ranked: Sequence[str],
    labels: Sequence[str],
    numbers: Sequence[str],
    texts: Sequence[str],
) -> nw.DataFrame[Any]:
    """Return columns of results as a dataframe of some library: ratings are a category of their labels."""
    category = nw.Categorical() if eager == "pyarrow" else nw.Enum(labels)
    made = nw.from_dict(values, backend=eager)
    if ranked:
        made = made.with_columns(nw.col(*ranked).cast(nw.String).cast(category))
    if eager != "pandas":
        # A column of pandas that holds nothing somewhere cannot hold whole numbers.
        made = made.with_columns(nw.col(*numbers).cast(nw.Int64), nw.col(*texts).cast(nw.String))
    return made
