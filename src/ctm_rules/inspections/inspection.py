"""The inspection file: one provider, one framework, its cases, judgements, findings and recommendations."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import UnderstoodTable, understand_once
from ctm_rules.case_files.cells import WORKBOOKS
from ctm_rules.diagnostics.findings import (
    HERE,
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    require,
    require_callable,
    require_path,
)
from ctm_rules.engines import AnyEngine, Engine
from ctm_rules.engines.what_counts import WhatCounts, is_of_sample
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.checks import (
    answers_not_counted,
    attach_judgements,
    cases_of_other_samples,
    check_inspection,
    stale_decisions,
    standards_of_cases,
)
from ctm_rules.inspections.dates import check_fieldwork, implausible_dates
from ctm_rules.inspections.elsewhere import RatedElsewhere, file_of_rating, may_be_rated_elsewhere, rated_elsewhere
from ctm_rules.inspections.file import (
    CaseTable,
    InspectionFile,
    RatingFrom,
    case_table_of,
    read_inspection_file,
    reading_of_cases,
    structure_inspection,
)
from ctm_rules.inspections.last_time import LastTime, check_previous, join_last_time, previous_file
from ctm_rules.inspections.standards import (
    TableColumns,
    by_names_of,
    check_own_standards,
    columns_of_files,
    find_standards,
)
from ctm_rules.inspections.to_do import is_not_begun, no_case_yet
from ctm_rules.inspections.undetermined import UndeterminedOutcome, find_undetermined
from ctm_rules.meaning import odd_scales, require_meaning
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_columns import known_names
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import BY_DEFAULT, Codes, Reading, Shorthands
from ctm_rules.model.fact_values import plain_value
from ctm_rules.model.former_names import former_columns, former_samples
from ctm_rules.model.framework import Framework
from ctm_rules.model.frozen_dict import FrozenDict
from ctm_rules.model.outcomes import CaseOutcome, Judgement, Outcome, Truth
from ctm_rules.model.remembered import known_by
from ctm_rules.phrases import say_count, say_date
from ctm_rules.rating.given import check_number, engine_beside, engine_of, read_provider
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.rate import rate_outcomes
from ctm_rules.rating.results import RatingResult
from ctm_rules.rating.samples import plain_population
from ctm_rules.validity import require_valid
from ctm_rules.validity.names import DUPLICATE_ID, check_known, unknown_name
from ctm_rules.validity.readings import WITHOUT_EFFECT

if TYPE_CHECKING:
    import pandas
    import polars

    from ctm_rules.inspections.given_cases import Shape, TableInMemory
    from ctm_rules.inspections.reliability import Reliability
    from ctm_rules.inspections.result_dicts import DivergenceDict, InspectionDict, MissingDict
    from ctm_rules.inspections.several_tables import JudgedTwice

    _Cases = Sequence[Case | Mapping[str, object]] | Callable[[Framework], TableInMemory]

# --- The inspection ------------------------------------------------------------------------------


@frozen(repr=False)
class Inspection:
    """An inspection ready to be rated.

    Attributes:
        path: its file (``None``: it never was one).
        declared: what the file says.
        framework: the standards it is rated by.
        cases: with recorded judgements attached.
        warnings: what people should look at before they trust the ratings.
        previous: the last inspection of the provider (``None``: its file names none).
        rated_elsewhere: the ratings of standards that other inspections gave.
        not_begun: its case tables in which no case stands yet, as the mistake that rating it would be.
        judged_twice: cases that other inspectors judged again, to see how far they agree; what these recorded does not
            count.
    """

    path: Path | None
    declared: InspectionFile
    framework: Framework
    cases: tuple[Case, ...]
    warnings: tuple[Diagnostic, ...] = ()
    previous: Inspection | None = None
    rated_elsewhere: tuple[RatedElsewhere, ...] = ()
    not_begun: tuple[Diagnostic, ...] = ()
    judged_twice: tuple[JudgedTwice, ...] = ()

    def __repr__(self) -> str:
        provider, started = self.declared.provider.name, say_date(self.declared.fieldwork.started)
        by = f"by {self.framework.id} {self.framework.edition}"
        return f"<Inspection: {provider}, {started}, {say_count(len(self.cases), 'case')}, {by}>"

    @classmethod
    def from_dict(
        cls,
        declared: Mapping[str, object],
        cases: Iterable[Case | Mapping[str, object]] = (),
        *,
        framework: Framework | None = None,
        others: Mapping[str, Inspection] | None = None,
    ) -> Inspection:
        """Return an inspection from what a program has, checked as :func:`load_inspection` checks files.

        Args:
            declared: what the inspection file would say, as data. ``framework`` may be left out where one is given;
                ``cases`` names no file.
            cases: each as :class:`Case` or as the data that :meth:`Case.from_dict` reads.
            framework: the standards (default: those that ``declared`` names among those that come with the library).
            others: the inspections that ``previous`` and ``ratings_from`` name, by these names.

        Raises:
            RequestError: carries every mistake in it, each with its JSON pointer as ``path``: ``/cases/3/answers/…``.
            StandardsError: the framework that it names is wrong.

        >>> from ctm_rules import load_framework
        >>> declared = {
        ...     "title": "An inspection",
        ...     "provider": {"id": "north", "name": "North"},
        ...     "fieldwork": {"started": "2025-08-04"},
        ...     "judgements": [{"standard": "leadership", "rating": "good", "rationale": "Staff say so."}],
        ... }
        >>> case = {"id": "c1", "answers": {"assessment.safety.risk_of_harm": "no"}}
        >>> Inspection.from_dict(declared, [case], framework=load_framework("hmip-pdu", "2024"))
        <Inspection: North, 4 August 2025, 1 case, by hmip-pdu 2024>
        """
        return _of_data(declared, list(cases), framework, others)

    @classmethod
    def from_frame(
        cls,
        declared: Mapping[str, object],
        frame: object,
        *,
        framework: Framework | None = None,
        shape: Shape | None = None,
        columns: Mapping[str, str] | None = None,
        codes: Codes = BY_DEFAULT,
        read_as: Reading | str | Path | None = None,
        others: Mapping[str, Inspection] | None = None,
    ) -> Inspection:
        """Return an inspection whose cases are a dataframe, the rows of a database or a list of mappings.

        Args:
            declared: as for :meth:`from_dict`.
            frame: the cases; see :func:`cases_from_frame`, as for ``shape``, ``columns`` and ``codes``.
            framework: as for :meth:`from_dict`.
            shape: whether each case is one row, or one for each fact and answer.
            columns: the table's own names of columns.
            codes: what whole numbers stand for.
            read_as: how the table is read, or the file that says so.
            others: as for :meth:`from_dict`.

        Raises:
            RequestError: carries every mistake in it.
            StandardsError: the framework that it names is wrong.
        """
        from ctm_rules.inspections.given_cases import table_in_memory

        said = Shorthands({} if columns is None else columns, codes)
        return _of_data(declared, lambda by: table_in_memory(by, frame, shape, said, read_as), framework, others)

    @property
    def framework_identity(self) -> dict[str, str]:
        """What results say of the standards: id, edition, checksum, and where they lie as seen from the inspection."""
        return self.framework.identity(beside=self.folder)

    @property
    def folder(self) -> Path | None:
        """Where its file lies (``None``: it never was one)."""
        return None if self.path is None else self.path.parent

    @property
    def table(self) -> Location:
        """Its case table, for findings to say; its file where it has several."""
        if self.path is None:
            return CASES
        files = [table.file for table in self.declared.tables]
        return Location(str(self.path.parent / files[0] if len(files) == 1 else self.path))

    @property
    def cases_checksum(self) -> str:
        """The checksum of the cases: of every fact, answer and judgement, whatever their order and kind of file."""
        cases = sorted((case.to_dict() for case in self.cases), key=lambda case: case["id"])
        content = json.dumps(cases, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return f"v1:{hashlib.sha256(content.encode()).hexdigest()}"

    @property
    def provider_facts(self) -> dict[str, FactValue]:
        """What is known about the provider, by the id of the fact."""
        given, facts = self.declared.provider, self.framework.provider_facts_by_id
        # A comparison of two sets of standards may know fewer facts than the file gives.
        own = {name: value for name, value in given.facts.items() if name in facts}
        return read_provider(own, self.framework, given.at, "facts", Findings())

    @property
    def provider_answers(self) -> dict[str, AnyAnswer]:
        """What was answered once, of the provider, by the address of the prompt."""
        given = self.declared.provider.answers
        known = {path: answers_to(self.framework, path) for path in self.framework.provider_prompts}
        return {path: known[path][word] for path, word in given.items() if path in known and word in known[path]}

    @property
    def judged(self) -> dict[str, str]:
        """Rating ids of the standards rated by judgement, here or in another inspection, by slug.

        Those of key questions stand under their addresses.
        """
        judged = {judgement.of: judgement.rating for judgement in self.declared.judgements}
        return judged | {elsewhere.standard: elsewhere.rating.id for elsewhere in self.rated_elsewhere}


@frozen
class Divergence:
    """A case in which a person recorded another outcome than the rule gives."""

    case: str
    key_question: str
    rule: Outcome
    judgement: Judgement

    def to_dict(self) -> DivergenceDict:
        """Return the parts as plain data."""
        return {
            "case": self.case,
            "key_question": self.key_question,
            "rule": self.rule.value,
            "judgement": self.judgement.outcome.value,
            "reason": self.judgement.reason,
        }


@frozen
class MissingReason:
    """In how many cases something is missing for a reason that the table gives. It decides nothing.

    Attributes:
        reason: why, as the reading of the table says it.
        name: the fact, prompt, measure or key question.
    """

    reason: str
    name: str
    cases: int

    def to_dict(self) -> MissingDict:
        """Return the parts as plain data."""
        return {"reason": self.reason, "name": self.name, "cases": self.cases}


@frozen(repr=False)
class InspectionResult:
    """An inspection's ratings with the outcome of every case behind them. Notebooks show the ratings as a table.

    Attributes:
        last_time: what the last inspection of the provider came to (``None``: its file names none).
        reliability: how far inspectors agree who judged the same cases (nothing: none were judged twice).
    """

    inspection: Inspection
    rating: RatingResult
    outcomes: tuple[CaseOutcome, ...]
    last_time: LastTime | None = None
    reliability: tuple[Reliability, ...] = ()

    def __repr__(self) -> str:
        return f"<InspectionResult: {self.summary}>"

    def _repr_html_(self) -> str:
        return html_table(self.summary, self.rating.to_rows())

    @property
    def summary(self) -> str:
        """The provider and its ratings in one line, with a word where the cases are synthetic."""
        declared = self.inspection.declared
        synthetic = "; the cases are synthetic" if declared.synthetic else ""
        return f"{declared.provider.name}: {self.rating.summary}{synthetic}"

    def to_polars(self) -> polars.DataFrame:
        """Return the ratings as a Polars dataframe; see :meth:`RatingResult.to_rows`."""
        return self.rating.to_polars()

    def to_pandas(self) -> pandas.DataFrame:
        """Return the ratings as a pandas dataframe; see :meth:`RatingResult.to_rows`."""
        return self.rating.to_pandas()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What people should look at: the warnings of the inspection, and decisions that are not applied."""
        return (*self.inspection.warnings, *self.decisions_not_applied)

    @property
    def decisions_not_applied(self) -> tuple[Diagnostic, ...]:
        """A warning for each decision of a panel that moved another rating than is computed now."""
        return tuple(stale_decisions(self.rating))

    @property
    def divergences(self) -> tuple[Divergence, ...]:
        """Where a recorded judgement and the rule differ, in the order of the cases."""
        return tuple(
            Divergence(case.case, path, question.rule_outcome, question.judgement)
            for case in self.outcomes
            for path, question in case.questions.items()
            if question.diverges and question.judgement is not None
        )

    @property
    def missing(self) -> tuple[MissingReason, ...]:
        """How much is missing for which reason, where tables say why: by reason, in the order of what is missing.

        What is asked of another sample than the case's is not missing.
        """
        counts = WhatCounts(self.inspection.framework)
        counted = Counter(
            (reason, name)
            for case in self.inspection.cases
            for name, reason in case.missing.items()
            if counts.is_drawn(name, case.facts, case.sample) is not Truth.FALSE
        )
        order = {name: place for place, name in enumerate(known_names(self.inspection.framework))}
        found = sorted(counted.items(), key=lambda item: (item[0][0], order.get(item[0][1], len(order))))
        return tuple(MissingReason(reason, name, cases) for (reason, name), cases in found)

    @property
    def missing_by_reason(self) -> dict[str, int]:
        """How many facts, answers and outcomes are missing for each reason, in all cases together."""
        found: Counter[str] = Counter()
        for each in self.missing:
            found[each.reason] += each.cases
        return dict(found)

    @cached_property
    def undetermined(self) -> tuple[UndeterminedOutcome, ...]:
        """Every undetermined outcome with what is missing in the case, in the order of the cases."""
        return tuple(find_undetermined(self.inspection.framework, self.inspection.cases, self.outcomes))

    def to_dict(self) -> InspectionDict:
        """Return the result as plain data, in the shape that ``--json`` prints; :func:`load_result` reads it back."""
        from ctm_rules.rating.result_dicts import framework_dict

        rating, inspection = self.rating.to_dict(), self.inspection
        declared = inspection.declared
        made: InspectionDict = {
            "framework": framework_dict(inspection.framework_identity),
            "provider": str(declared.provider.name),
            "engine": rating["engine"],
            "cases": rating["cases"],
            "synthetic": declared.synthetic,
            "note": str(declared.note),
            "overall": rating["overall"],
            "domains": rating["domains"],
            "standards": rating["standards"],
            "not_rated": rating["not_rated"],
            "not_counted": rating["not_counted"],
            "assumptions": rating["assumptions"],
            "panel": rating["panel"],
            "stale_decisions": rating["stale_decisions"],
            "divergences": [divergence.to_dict() for divergence in self.divergences],
            "undetermined": [outcome.to_dict() for outcome in self.undetermined],
            "missing": [each.to_dict() for each in self.missing],
            "warnings": [warning.to_dict() for warning in self.warnings],
            "previous": self.last_time.to_dict() if self.last_time else None,
            "ratings_from": [elsewhere.to_dict() for elsewhere in inspection.rated_elsewhere],
            "inspection": {
                "file": None if inspection.path is None else inspection.path.name,
                "title": str(declared.title),
                "fieldwork_started": declared.fieldwork.started.isoformat(),
                "cases_checksum": inspection.cases_checksum,
                "population": plain_population(declared.population),
                "provider_facts": _plain_facts(inspection.provider_facts),
                "provider_answers": {path: answer.value for path, answer in inspection.provider_answers.items()},
            },
            "library": rating["library"],
        }
        if "bands_chosen" in rating:
            made["bands_chosen"] = rating["bands_chosen"]
        if "samples" in rating:
            made["samples"] = rating["samples"]
        if self.reliability:
            made["reliability"] = [each.to_dict() for each in self.reliability]
        return made


def _plain_facts(facts: Mapping[str, FactValue]) -> dict[str, str | int | bool]:
    return {name: plain_value(value) for name, value in facts.items()}


def load_inspection(path: str | Path, *, framework: Framework | None = None, follow: bool = True) -> Inspection:
    """Load an inspection with its framework and its cases.

    Args:
        path: the inspection file.
        framework: rate by this framework instead of the one that the file names.
        follow: whether to load the other inspections that the file names as well: the previous one, and those that
            gave it ratings.

    Raises:
        DiagnosticError: carries every mistake found in the inspection file, its case table and its framework.

    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> len(inspection.cases), inspection.judged["leadership"]
    (44, 'good')
    """
    if framework is not None:
        require("framework", framework, Framework, hint="a framework: load_framework(…)")
    path = require_path("path", path, "the path of an inspection file")
    return _checked(read_inspection_file(path), _Folder(path), framework, follow=follow)


def inspection_in_hand(
    declared: InspectionFile, path: Path, framework: Framework, contents: Mapping[Path, bytes]
) -> Inspection:
    """Return an inspection while its files are being changed, by its own framework; it follows no other inspection.

    Args:
        declared: what its file will say.
        path: that file.
        framework: the standards that it names.
        contents: what some of its tables will hold.

    Raises:
        DiagnosticError: carries every mistake found in it and its tables.
    """
    return _checked(declared, _Folder(path, contents), framework, follow=False, is_own=True)


def read_again(inspection: Inspection, framework: Framework) -> Inspection:
    """Return an inspection read anew by another framework; the inspections that it names are not followed.

    Raises:
        RequestError: what it says does not go with that framework.
    """
    now, samples = former_columns(framework), former_samples(framework)
    cases: list[Mapping[str, object]] = []
    for case in inspection.cases:
        parts = case.to_dict()
        named = {
            "facts": _named_now(parts["facts"], now),
            "answers": _named_now(parts["answers"], now),
            "judgements": _named_now(parts["judgements"], now),
        }
        drawn = {"sample": samples.get(parts["sample"], parts["sample"])} if "sample" in parts else {}
        cases.append({**parts, **named, **drawn})
    again = _checked(inspection.declared, _Given(cases, inspection.path), framework, follow=False)
    slugs = {former: each.slug for each in framework.standards for former in each.formerly}
    elsewhere = (evolve(each, standard=slugs.get(each.standard, each.standard)) for each in inspection.rated_elsewhere)
    return evolve(again, rated_elsewhere=tuple(elsewhere))


def _named_now(values: Mapping[str, object], now: Mapping[str, str]) -> dict[str, object]:
    return {now.get(name, name): value for name, value in values.items()}


# --- What an inspection is read from ---------------------------------------------------------------

CASES = HERE.of("cases")
"""Where the cases are of an inspection that never was a file."""


@frozen
class Tables:
    """The cases of an inspection.

    Attributes:
        cases: those of each table, by what findings call it.
        twice: those that were judged again.
    """

    cases: Mapping[str, tuple[Case, ...]]
    twice: tuple[JudgedTwice, ...] = ()


class _Around(Protocol):
    """What an inspection is read from: the folder of its file, or what a program gives along with it."""

    path: Path | None

    def standards(self, declared: InspectionFile) -> Framework:
        """Return the standards that it names."""
        ...

    def completed(self, declared: InspectionFile, framework: Framework, findings: Findings, /) -> InspectionFile:
        """Return what it says, with what its tables say of the provider."""
        ...

    def columns(self, declared: InspectionFile, /, framework: Framework) -> Iterable[TableColumns]:
        """Return what its tables hold."""
        ...

    def cases(
        self, declared: InspectionFile, framework: Framework, findings: Findings, not_begun: list[Diagnostic], /
    ) -> Tables | None:
        """Return its cases (``None``: there are none to look at); tables without a case go to ``not_begun``."""
        ...

    def previous(self, declared: InspectionFile, findings: Findings) -> Inspection | None:
        """Return the last inspection of the provider, where it names one."""
        ...

    def other(self, entry: RatingFrom, findings: Findings) -> Inspection | None:
        """Return the inspection that gave a rating (``None``: it cannot be had)."""
        ...


def _checked(
    declared: InspectionFile, around: _Around, framework: Framework | None, *, follow: bool, is_own: bool = False
) -> Inspection:
    """Return an inspection of whatever it is read from: the one door.

    Args:
        declared: what it says.
        around: what it is read from.
        framework: rate by this one (``None``: by the one that it names).
        follow: whether the inspections that it names are read.
        is_own: whether the framework is the one that it names.
    """
    findings = Findings()
    not_begun: list[Diagnostic] = []
    if framework is None:
        framework, is_own = around.standards(declared), True
    else:
        declared = by_names_of(declared, framework)
    declared = around.completed(declared, framework, findings)
    if is_own:
        check_own_standards(declared, framework, around.columns(declared, framework), findings)
        findings.extend(odd_scales(framework))
    is_dated = check_declared(declared, framework, findings)
    found = Findings()
    tables = around.cases(declared, framework, found, not_begun)
    findings.extend(found)
    findings.extend(no_case_yet(each) for each in not_begun)
    cases: tuple[Case, ...] = ()
    if tables is not None and not found.errors:
        cases = attach_judgements(tuple(chain.from_iterable(tables.cases.values())), declared, framework, findings)
        by_id = {case.id: case for case in cases}
        for table, of_table in tables.cases.items():
            recorded = [by_id[case.id] for case in of_table]
            findings.extend(answers_not_counted(recorded, framework, table))
            findings.extend(cases_of_other_samples(recorded, framework, table))
            if is_dated:
                findings.extend(implausible_dates(recorded, declared.fieldwork, framework, table))
        findings.extend(_check_population(declared, framework, cases))
    previous = around.previous(declared, findings) if follow else None
    elsewhere = tuple(_rate_elsewhere(declared, around, framework, findings)) if follow else ()
    findings.raise_errors()
    twice = () if tables is None else tables.twice
    return Inspection(
        around.path, declared, framework, cases, tuple(findings), previous, elsewhere, tuple(not_begun), twice
    )


def check_declared(declared: InspectionFile, framework: Framework, findings: Findings) -> bool:
    """Report what is wrong in an inspection file itself; return whether dates of cases can be held against it."""
    check_inspection(declared, framework, findings)
    return check_fieldwork(declared.fieldwork, findings)


def _rate_elsewhere(
    declared: InspectionFile, around: _Around, framework: Framework, findings: Findings
) -> Iterator[RatedElsewhere]:
    """Yield the ratings that other inspections gave; what those took from others in turn is none of theirs."""
    beside = None if around.path is None else around.path.parent
    for entry in declared.ratings_from:
        if not may_be_rated_elsewhere(entry, declared, framework, findings):
            continue
        other = around.other(entry, findings)
        if other is None:
            continue
        rating = rate_inspection(other).rating
        found = rated_elsewhere(entry, beside, other.declared, rating, framework, findings)
        if found is not None:
            yield found


class _Folder:
    """The folder of an inspection file: what the file names lies there, or below."""

    def __init__(self, path: Path, contents: Mapping[Path, bytes] = FrozenDict()) -> None:
        self.path: Path | None = path
        self._path = path
        self._contents = contents

    def standards(self, declared: InspectionFile) -> Framework:
        return load_framework(find_standards(declared, self._path))

    def completed(self, declared: InspectionFile, framework: Framework, findings: Findings) -> InspectionFile:
        has_forms = any(Path(table.file).suffix.lower() in WORKBOOKS for table in declared.tables)
        if not (has_forms or declared.provider.file):
            return declared
        from ctm_rules.inspections.provider_in_forms import with_provider_in_forms, with_provider_in_table

        if declared.provider.file:
            declared = with_provider_in_table(declared, self._path, framework, findings)
        if not has_forms:
            return declared
        return with_provider_in_forms(declared, self._path, framework, self._contents, findings)

    def columns(self, declared: InspectionFile, framework: Framework) -> Iterable[TableColumns]:
        return columns_of_files(declared, self._path, framework, self._contents)

    def cases(
        self, declared: InspectionFile, framework: Framework, findings: Findings, not_begun: list[Diagnostic]
    ) -> Tables | None:
        read: dict[str, tuple[CaseTable, UnderstoodTable]] = {}
        for number, table in enumerate(declared.tables):
            key = f"cases.{number}" if isinstance(declared.cases, tuple) else "cases"
            found = Findings()
            file = _table_path(table, self._path, framework, found, key)
            reading = reading_of_cases(table, self._path, framework, found, key)
            is_sample = _is_sample(table, framework, found)
            if file is not None and str(file) in read:
                message, hint = f'the case table "{table.file}" is named twice', "keep one of the two"
                found.add(DUPLICATE_ID, table.at.of("file"), message, path=f"{key}.file", hint=hint)
            elif file is not None and reading is not None and not found.errors:
                understood, in_table = understand_once(file, framework, reading, self._contents.get(file))
                if is_not_begun(understood, in_table):
                    not_begun += in_table
                else:
                    found.extend(in_table)
                cases = _drawn(understood.cases, table) if is_sample else understood.cases
                read[str(file)] = (table, evolve(understood, cases=cases))
            findings.extend(found)
        if len(read) == 1 and not declared.tables[0].judged_again:
            return Tables({file: understood.cases for file, (_, understood) in read.items()})
        if not read or findings.errors:
            return Tables({file: understood.cases for file, (_, understood) in read.items()}) if read else None
        from ctm_rules.inspections.several_tables import TableRead, put_together

        tables = [TableRead(table, file, understood) for file, (table, understood) in read.items()]
        together = put_together(tables, findings)
        return Tables(together.tables, together.twice)

    def previous(self, declared: InspectionFile, findings: Findings) -> Inspection | None:
        """Return the last inspection by the standards of its time; its own last one is not followed."""
        found = previous_file(declared, self._path, findings)
        if found is None:
            return None
        try:
            check_previous(declared, read_inspection_file(found), findings)
            return None if findings.errors else load_inspection(found, follow=False)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
            return None

    def other(self, entry: RatingFrom, findings: Findings) -> Inspection | None:
        file = file_of_rating(entry, self._path, findings)
        try:
            return None if file is None else load_inspection(file, follow=False)
        except DiagnosticError as error:
            findings.extend(error.diagnostics)
            return None


class _Given:
    """What a program gives along with what an inspection says: its cases, and the inspections that it names."""

    def __init__(self, cases: _Cases, path: Path | None = None, others: Mapping[str, Inspection] | None = None) -> None:
        self.path = path
        self._cases = cases
        self._others = {} if others is None else others
        self._read: TableInMemory | None = None

    def standards(self, declared: InspectionFile) -> Framework:
        return load_framework(find_standards(declared, None))

    def completed(self, declared: InspectionFile, _: Framework, findings: Findings) -> InspectionFile:
        if declared.provider.file:
            message = "the provider has a table in a file, and an inspection that is no file itself lies beside none"
            hint = "give its facts and answers"
            findings.add(FILE_NOT_READABLE, declared.provider.at.of("file"), message, path="provider.file", hint=hint)
        return declared

    def read_by(self, framework: Framework) -> None:
        """Read the table, so that its columns are known."""
        if callable(self._cases):
            self._read = self._cases(framework)

    def columns(self, declared: InspectionFile, _: Framework) -> Iterable[TableColumns]:
        if self._read is None:
            return []
        from ctm_rules.inspections.given_cases import TABLE

        return [TableColumns(_table_of(declared), self._read.understood.columns, TABLE)]

    def cases(
        self, declared: InspectionFile, framework: Framework, findings: Findings, _: list[Diagnostic]
    ) -> Tables | None:
        from ctm_rules.inspections.given_cases import TABLE, cases_given

        if self._read is not None:
            table, cases = _table_of(declared), self._read.cases(findings)
            return Tables({TABLE: _drawn(cases, table) if _is_sample(table, framework, findings) else cases})
        assert not callable(self._cases)
        by_cases = standards_of_cases(framework)
        if not self._cases and by_cases:
            message = f'there are no cases, and "{by_cases[0]}" is rated by cases'
            findings.add(NO_CASE_TABLE, CASES, message, hint="give the cases")
        return Tables({HERE.file: cases_given(self._cases, framework, CASES, findings)})

    def previous(self, declared: InspectionFile, findings: Findings) -> Inspection | None:
        if not declared.previous:
            return None
        last = self._named(declared.previous, declared.at.of("previous"), findings)
        if last is None:
            return None
        before = len(findings.errors)
        check_previous(declared, last.declared, findings)
        return last if len(findings.errors) == before else None

    def other(self, entry: RatingFrom, findings: Findings) -> Inspection | None:
        return self._named(entry.inspection, entry.at.of("inspection"), findings)

    def _named(self, name: str, at: Location, findings: Findings) -> Inspection | None:
        if not check_known("inspection", name, self._others, at, findings):
            return None
        return self._others[name]


def _of_data(
    data: Mapping[str, object],
    cases: _Cases,
    framework: Framework | None,
    others: Mapping[str, Inspection] | None,
) -> Inspection:
    """Return the inspection that plain data and cases make."""
    if framework is not None:
        require_valid(framework)
        require_meaning(framework)
    findings = Findings()
    named = framework is not None and isinstance(data, Mapping) and "framework" not in data
    if named and framework is not None:
        data = {**data, "framework": {"id": framework.id, "edition": framework.edition}}
    from ctm_rules.yaml_files.plain_data import mark_data

    marked = mark_data(data, findings)
    findings.raise_errors()
    declared = structure_inspection(marked, HERE.file, findings)
    for table in declared.tables:
        if table.file:
            message = f'the case table "{table.file}" is named, and an inspection that is no file has none'
            findings.add(WITHOUT_EFFECT, table.at.of("file"), message, hint="leave it out, and give the cases")
    if len(declared.tables) > 1:
        message = "several case tables are described, and an inspection that is no file has one"
        hint = "say of each case which sample it was drawn for"
        findings.add(WITHOUT_EFFECT, declared.at.of("cases"), message, hint=hint)
    findings.raise_errors()
    around = _Given(cases, others=others)
    is_own = framework is None or _is_named(declared, framework)
    by = around.standards(declared) if framework is None else framework
    around.read_by(by)
    return _checked(declared, around, by, follow=True, is_own=is_own)


def _table_of(declared: InspectionFile) -> CaseTable:
    """Return what is said of the one table of an inspection that never was a file."""
    return declared.tables[0] if declared.tables else CaseTable()


def _is_sample(table: CaseTable, framework: Framework, findings: Findings) -> bool:
    """Return whether a table holds the cases of one sample; one that is not known is reported."""
    samples = [sample.id for sample in framework.samples]
    return table.sample is not None and check_known("sample", table.sample, samples, table.at.of("sample"), findings)


def _drawn(cases: Sequence[Case], table: CaseTable) -> tuple[Case, ...]:
    return tuple(evolve(case, sample=table.sample) for case in cases)


def _is_named(declared: InspectionFile, framework: Framework) -> bool:
    """Return whether an inspection names this framework, and not another one that it is to be rated by instead."""
    reference = declared.framework
    return reference.id == framework.id and reference.edition in (None, framework.edition)


# --- Its ratings -----------------------------------------------------------------------------------


def rate_inspection(
    inspection: Inspection,
    *,
    engine: AnyEngine = "auto",
    progress: Callable[[Sequence[Case]], Iterable[Case]] = iter,
) -> InspectionResult:
    """Rate an inspection: the outcome of every case, then shares, bands, ratings and scores.

    Args:
        inspection: what to rate.
        engine: which engine decides: its name, one that was made for the framework (the last inspection is then rated
            by ``auto`` where its standards are others), or a function that makes one.
        progress: called with the cases, yields them while it shows how far the work is.

    Raises:
        RequestError: there is a table of cases in which no case stands yet.
        EngineUnavailableError: the engine is not installed here.

    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> result.rating.overall.label, result.rating.score, result.rating.out_of
    ('Requires improvement', 4, 21)
    >>> assessment = result.rating.standards[3]
    >>> assessment.rating.label, assessment.drivers
    ('Inadequate', ('assessment.safety',))
    """
    require("inspection", inspection, Inspection, hint="an inspection: load_inspection(…)")
    require_callable("progress", progress, "a function that takes the cases and returns them")
    if inspection.not_begun:
        raise RequestError(inspection.not_begun)
    compiled = engine_of(inspection.framework, engine)
    by = rate_inspection, type(compiled)
    outcomes = tuple(
        known_by(by, (compiled.framework, case), partial(compiled.assess, case)) for case in progress(inspection.cases)
    )
    declared = inspection.declared
    rating = rate_outcomes(
        inspection.framework,
        outcomes,
        inspection.judged,
        compiled,
        population=declared.population,
        provider=inspection.provider_facts,
        answers=inspection.provider_answers,
        decisions=declared.decisions,
    )
    last = inspection.previous
    last_time = None
    if last is not None:
        came_to = rate_inspection(last, engine=engine_beside(last.framework, engine)).rating
        last_time = join_last_time(declared, inspection.folder, last.declared, came_to, inspection.framework)
    return InspectionResult(inspection, rating, outcomes, last_time, _reliability(inspection, outcomes, compiled))


def _reliability(inspection: Inspection, outcomes: Sequence[CaseOutcome], engine: Engine) -> tuple[Reliability, ...]:
    """Return how far inspectors agree who judged the same cases."""
    twice = inspection.judged_twice
    if not twice:
        return ()
    from ctm_rules.inspections.reliability import reliability

    by_id = {outcome.case: outcome for outcome in outcomes}
    pairs = [(by_id[each.case.id], engine.assess(each.again)) for each in twice]
    return reliability(inspection.framework, twice, pairs)


POPULATION_OF_ALL_SAMPLES = Code(
    "population-of-all-samples",
    "warning",
    what="An inspection says how many cases there are in all, and its key questions are asked of samples.",
    why="What one sample says of those that it was drawn from hangs on how many they are, not on all together.",
    bad="population: 340",
    good="population: {court: 120, out_of_court: 220}",
)


def _check_population(declared: InspectionFile, framework: Framework, cases: Sequence[Case]) -> Iterator[Diagnostic]:
    """Yield what is wrong with how many cases there are, of which those were drawn that stand in the tables."""
    population, at = declared.population, declared.at.of("population")
    if isinstance(population, int):
        why = f"{say_count(len(cases), 'case')} were drawn from them"
        yield from check_number(population, "the population", at=at, path="population", least=len(cases), why=why)
        if framework.samples_asked:
            message = "the population is that of all cases, so that nothing is known of what each sample was drawn from"
            hint = f"write {{{', '.join(f'{sample.id}: …' for sample in framework.samples)}}}"
            yield POPULATION_OF_ALL_SAMPLES.found(at, message, path="population", hint=hint)
    elif population is not None:
        samples = {sample.id: sample for sample in framework.samples}
        for name, number in population.items():
            place, path = declared.at.of("population", name), f"population.{name}"
            if name not in samples:
                yield unknown_name(declared.at.of_key("population", name), "sample", name, list(samples), path=path)
                continue
            drawn = sum(is_of_sample(case, samples[name], framework) is not Truth.FALSE for case in cases)
            why = f"{say_count(drawn, 'case')} were drawn from them"
            of = f'the population of the sample "{name}"'
            yield from check_number(number, of, at=place, path=path, least=drawn, why=why)


NO_CASE_TABLE = Code(
    "no-case-table",
    "error",
    what="An inspection names no case table, and standards are rated by cases.",
    why="Those standards would have no rating, as if no case had been inspected.",
    bad="cases: {note: Ten cases were read}",
    good="cases: {file: cases.csv, note: Ten cases were read}",
)


def _table_path(table: CaseTable, path: Path, framework: Framework, findings: Findings, key: str) -> Path | None:
    """Return where the case table lies, which must be beside the inspection or below it (``None``: there is none)."""
    if not table.file:
        by_cases = standards_of_cases(framework)
        if by_cases:
            at = table.at if table.at.line else Location(str(path), 1, 1)
            message = f'there is no case table, and "{by_cases[0]}" is rated by cases'
            findings.add(NO_CASE_TABLE, at, message, path=f"{key}.file", hint="write cases: {file: …}")
        return None
    found = case_table_of(table, path)
    if found is None:
        message = f'the case table "{table.file}" is not in the folder of the inspection'
        hint = "put it beside the inspection file"
        findings.add(FILE_NOT_READABLE, table.at.of("file"), message, path=f"{key}.file", hint=hint)
    return found
