"""The cases of several tables put together: what each inspector recorded, and what two were meant to judge alike.

Answers that complete one another make one case. Answers that differ are a mistake, which names both places; unless a
table is declared to judge again what others judged: then the first counts, and how far they agree is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from attrs import evolve, field, frozen

from ctm_rules.case_files.case_tables import UnderstoodTable
from ctm_rules.case_files.cells import quote_cell
from ctm_rules.case_files.odd_cells import TWO_ANSWERS
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.inspections.file import CaseTable
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.answers import Answer, StepAnswer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import CASE_COLUMN
from ctm_rules.model.outcomes import Judgement
from ctm_rules.phrases import say_count, say_list
from ctm_rules.validity.names import DUPLICATE_ID


@frozen
class TableRead:
    """A table of an inspection that was read.

    Attributes:
        declared: what the inspection says of it.
        file: its path, as findings call it.
        understood: what was made of it; each case knows the sample of its table.
    """

    declared: CaseTable
    file: str
    understood: UnderstoodTable

    @property
    def judge(self) -> str:
        """Who filled it in: the inspector that the form names, else the file."""
        form = self.understood.places.form
        return (form.made.inspector if form is not None else "") or Path(self.file).name


@frozen
class JudgedTwice:
    """A case that two inspectors judged, each without knowing what the other found.

    Attributes:
        case: what counts.
        again: what the other recorded.
        judges: who recorded the one, and who the other: inspectors, or files.
    """

    case: Case
    again: Case
    judges: tuple[str, str]


@frozen
class CasesTogether:
    """The cases of several tables.

    Attributes:
        tables: the cases of each table by its file; one that stands in several is among those of the first.
        twice: cases that were judged again.
    """

    tables: Mapping[str, tuple[Case, ...]]
    twice: tuple[JudgedTwice, ...] = ()


def put_together(tables: Sequence[TableRead], findings: Findings) -> CasesTogether:
    """Return the cases of several tables; where they contradict one another goes to ``findings``."""
    merging = _Merging(findings)
    for table in tables:
        if not table.declared.judged_again:
            merging.add(table)
    together = merging.done()
    by_id = {case.id: case for cases in together.values() for case in cases}
    twice: list[JudgedTwice] = []
    for table in tables:
        if table.declared.judged_again:
            twice += _twice(table, by_id, merging.first, findings)
    return CasesTogether(together, tuple(twice))


JUDGED_AGAIN_ALONE = Code(
    "judged-again-alone",
    "error",
    what="A table is said to judge cases again, and has a case that no table above it has.",
    why="Nothing of such a table counts, so that the case would be missing from every rating.",
    bad="cases: [{file: anna.xlsx}, {file: ben.xlsx, judged_again: true}]     # and a case that is in ben.xlsx alone",
    good="cases: [{file: anna.xlsx}, {file: ben.xlsx}, {file: both.xlsx, judged_again: true}]",
)


def _twice(
    table: TableRead, by_id: Mapping[str, Case], first: Mapping[str, TableRead], findings: Findings
) -> Iterator[JudgedTwice]:
    alone = [case.id for case in table.understood.cases if case.id not in by_id]
    if alone:
        shown = say_list(alone[:MAX_CASES_IN_A_FINDING])
        message = f"{say_count(len(alone), 'case')} judged again in this table stand in none above it: {shown}"
        hint = "put them into a table of their own, or leave judged_again out where they are to count"
        findings.add(JUDGED_AGAIN_ALONE, Location(table.file), message, path=CASE_COLUMN, hint=hint)
    for case in table.understood.cases:
        if case.id in by_id:
            yield JudgedTwice(by_id[case.id], case, (first[case.id].judge, table.judge))


T = TypeVar("T")


@frozen
class _Merging:
    """Cases while tables are added; ``first`` is the table in which each stood first, by its id."""

    findings: Findings
    first: dict[str, TableRead] = field(factory=dict)
    _cases: dict[str, Case] = field(factory=dict)
    _tables: dict[str, list[str]] = field(factory=dict)
    _said: dict[tuple[str, str], TableRead] = field(factory=dict)

    def done(self) -> dict[str, tuple[Case, ...]]:
        return {file: tuple(self._cases[case] for case in ids) for file, ids in self._tables.items()}

    def add(self, table: TableRead) -> None:
        own = self._tables.setdefault(table.file, [])
        elsewhere: list[str] = []
        for case in table.understood.cases:
            before = self._cases.get(case.id)
            if before is None:
                own.append(case.id)
                self.first[case.id] = table
                self._cases[case.id] = case
            elif before.sample != case.sample:
                elsewhere.append(case.id)
                continue
            else:
                self._cases[case.id] = self._merged(before, case, table)
            for name in (*case.facts, *case.answers, *case.judgements):
                self._said.setdefault((case.id, name), table)
        if elsewhere:
            shown, there = say_list(elsewhere[:MAX_CASES_IN_A_FINDING]), self.first[elsewhere[0]].file
            message = f"{say_count(len(elsewhere), 'case')} of this table stand in {there} too, such as {shown}"
            hint = "keep each case in one sample; where two cases have one id, put what tells them apart into it"
            self.findings.add(DUPLICATE_ID, Location(table.file), message, path=CASE_COLUMN, hint=hint)

    def _merged(self, before: Case, case: Case, table: TableRead) -> Case:
        """Return what two tables say of a case together."""
        facts = self._both(before.facts, case.facts, case.id, table)
        answers = self._both(before.answers, case.answers, case.id, table)
        judgements = self._both(before.judgements, case.judgements, case.id, table)
        known = {*facts, *answers, *judgements}
        missing = {name: why for name, why in {**case.missing, **before.missing}.items() if name not in known}
        return evolve(before, facts=facts, answers=answers, judgements=judgements, missing=missing)

    def _both(self, before: Mapping[str, T], now: Mapping[str, T], case_id: str, table: TableRead) -> dict[str, T]:
        for name, value in now.items():
            if name in before and before[name] != value:
                self.findings.note(self._contradiction(case_id, name, before[name], value, table))
        return {**now, **before}

    def _contradiction(self, case_id: str, name: str, before: object, now: object, table: TableRead) -> Diagnostic:
        places, those = table.understood.places, self._said[case_id, name].understood.places
        now_shown, before_shown = places.word(name, _word(now)), those.word(name, _word(before))
        message = f"{places.asked(name)} of the case {quote_cell(case_id)} is {now_shown} {places.said(case_id, name)}"
        message += f", and {before_shown} {those.said(case_id, name)}"
        hint = "keep the one that is right; or write judged_again: true where two inspectors were meant to judge alike"
        return TWO_ANSWERS.found(places.of(case_id, name), message, path=name, hint=hint)


def _word(value: object) -> str:
    if isinstance(value, Judgement):
        return value.outcome.value
    return value.value if isinstance(value, Answer | StepAnswer) else written_value(cast(FactValue, value))
