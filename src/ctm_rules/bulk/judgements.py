"""What is recorded for every group of cases beside them, from Python or a CSV file: ratings that people gave, facts.

A group is found by what its values say, whatever their type: 1, 1.0 and "1" are one key, True and "yes" another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ctm_rules.case_files.case_tables import read_csv
from ctm_rules.case_files.cells import BAD_COLUMN, BAD_ROW, check_header, quote_cell
from ctm_rules.case_files.odd_cells import odd_cell
from ctm_rules.diagnostics.findings import Alike, Code, Diagnostic, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint, nearest_value
from ctm_rules.files import read_file
from ctm_rules.limits import MAX_CASES_IN_A_FINDING, MAX_DIAGNOSTICS, MAX_TABLE_BYTES
from ctm_rules.model.answer_words import answer_hint, answers_to, value_hint
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE, UNKNOWN_COLUMN
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.declared_reading import Reading, TableLayout
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import Cells, cell_text, one_spelling
from ctm_rules.phrases import say_count, say_list
from ctm_rules.rating.given import check_answers, check_judged, check_provider

Judged = Mapping[tuple[object, ...], Mapping[str, str]]
"""Recorded ratings of the standards rated by judgement (rating ids by slug), by the values of a group."""


Providers = Mapping[tuple[object, ...], Mapping[str, FactValue]]
"""What is known about each provider (values by the id of the fact), by the values of a group."""

ProviderAnswers = Mapping[tuple[object, ...], Mapping[str, AnyAnswer]]
"""What was answered once of each provider (answers by the address of the prompt), by the values of a group."""


@frozen
class JudgedGroup:
    """What is recorded of one group.

    Attributes:
        group: the group's values, in the order of what is grouped by.
        ratings: rating ids by the slug of the standard, or the address of the key question.
        facts: what is known about the provider, by the id of the fact.
        answers: what was answered once, of the provider, by the address of the prompt.
        at: where they are recorded.
        path: where in what was given in Python.
    """

    group: tuple[object, ...]
    ratings: Mapping[str, str]
    at: Location
    path: str = ""
    facts: Mapping[str, FactValue] = field(factory=dict)
    answers: Mapping[str, AnyAnswer] = field(factory=dict)

    @property
    def said(self) -> str:
        """The group in words."""
        return f'"{", ".join(map(cell_text, self.group))}"' if self.group else "all cases"


JUDGED = Location("<judgements>")


def check_judgements(
    judged: Judged,
    provider: Providers,
    answers: ProviderAnswers,
    framework: Framework,
    by: Sequence[str],
    findings: Findings,
) -> tuple[JudgedGroup, ...]:
    """Return what was given in Python for each group; what is wrong with it goes to ``findings``.

    Where cases are grouped by one thing, its value alone will do for a key; else a key is a tuple.
    """
    ratings = _by_group(judged, "judgements", "judgements", by, findings)
    facts = _by_group(provider, "provider", "facts of providers", by, findings)
    answered = _by_group(answers, "answers", "answers of providers", by, findings)
    for path, given in ratings.values():
        findings.extend(found.moved_to(JUDGED) for found in check_judged(framework, given, path))
    for path, given in facts.values():
        findings.extend(found.moved_to(JUDGED) for found in check_provider(given, framework, path))
    for path, given in answered.values():
        findings.extend(found.moved_to(JUDGED) for found in check_answers(given, framework, path))
    nothing: tuple[str, Mapping[str, Any]] = ("", {})
    return tuple(
        JudgedGroup(
            group,
            ratings.get(group, nothing)[1],
            JUDGED,
            (ratings.get(group) or facts.get(group) or answered[group])[0],
            facts.get(group, nothing)[1],
            answered.get(group, nothing)[1],
        )
        for group in dict.fromkeys([*ratings, *facts, *answered])
    )


UNKNOWN_GROUP = Code(
    "unknown-group",
    "error",
    what="Judgements are recorded for a group that has no cases, or that is named by too many or too few values.",
    why="They would count for nothing, and the group that was meant would have no overall rating.",
    bad="provider,leadership\nNroth,good",
    good="provider,leadership\nNorth,good",
)


def _by_group(
    given: Mapping[tuple[object, ...], Mapping[str, Any]], name: str, what: str, by: Sequence[str], findings: Findings
) -> dict[tuple[object, ...], tuple[str, Mapping[str, Any]]]:
    """Return what was given by the values of each group, with its path; keys that are no group go to ``findings``."""
    if not isinstance(given, Mapping):
        message = f"{what} are given by the values of each group, not as {given!r}"
        findings.add(UNKNOWN_GROUP, JUDGED, message, path=f"/{name}", hint=_example(by, name))
        return {}
    found: dict[tuple[object, ...], tuple[str, Mapping[str, Any]]] = {}
    for key, values in given.items():
        group = key if isinstance(key, tuple) else (key,)
        path = f"/{name}/{', '.join(map(cell_text, group))}"
        if len(group) != len(by):
            message = f"{what} are given for {key!r}, and cases are grouped by {say_list(list(by)) or 'nothing'}"
            findings.add(UNKNOWN_GROUP, JUDGED, message, path=path, hint=_example(by, name))
        else:
            found[group] = (path, values)
    return found


def _example(by: Sequence[str], name: str) -> str:
    key = f"({', '.join(f'a {each}' for each in by)}{',' if len(by) == 1 else ''})"
    values = "standard: rating id" if name == "judgements" else "fact: value"
    return f"write {{{key}: {{{values}}}}}"


def find_judged(
    recorded: Iterable[JudgedGroup], groups: Iterable[tuple[object, ...]], findings: Findings
) -> dict[tuple[object, ...], JudgedGroup]:
    """Return what is recorded of each group of cases; what is recorded of groups without cases goes to ``findings``."""
    said = {tuple(map(cell_text, group)): group for group in groups}
    judged: dict[tuple[object, ...], JudgedGroup] = {}
    unknown: list[JudgedGroup] = []
    for each in recorded:
        found = said.get(tuple(map(cell_text, each.group)))
        if found is None:
            unknown.append(each)
        elif found in judged:
            message = f"the judgements of {each.said} are given twice"
            findings.add(UNKNOWN_GROUP, each.at, message, path=each.path, hint="keep one of them")
        else:
            judged[found] = each
    known = [", ".join(key) for key in said]
    if len(unknown) > MAX_CASES_IN_A_FINDING:
        shown = ", ".join(each.said for each in unknown[:MAX_CASES_IN_A_FINDING])
        message = f"judgements are recorded for {say_count(len(unknown), 'group')} that have no cases: {shown} …"
        hint = "leave them out, or check by what the cases are grouped"
        findings.add(UNKNOWN_GROUP, unknown[0].at, message, path=unknown[0].path, hint=hint)
    else:
        for each in unknown:
            message = f"judgements are recorded for {each.said}, and no case belongs to that group"
            meant = nearest_value(", ".join(map(cell_text, each.group)), known)
            hint = f'did you mean "{meant}"?' if meant else "leave them out, or check by what the cases are grouped"
            findings.add(UNKNOWN_GROUP, each.at, message, path=each.path, hint=hint)
    return judged


def read_judgements(
    path: Path, framework: Framework, by: Sequence[str], encoding: str | None = None
) -> tuple[JudgedGroup, ...]:
    """Return the ratings that are recorded for each group in a file; a cell has the id or the label of a rating.

    Args:
        path: the file.
        framework: whose standards are rated.
        by: what cases are grouped by.
        encoding: of a file that has no byte-order mark (``None``: UTF-8).

    Raises:
        DiagnosticError: names every row, column and cell that is wrong.
    """
    findings = Findings()
    content = read_file(path, MAX_TABLE_BYTES, findings, kind="table of judgements")
    table = (
        None if content is None else read_csv(content, Location(str(path)), findings, TableLayout(encoding=encoding))
    )
    findings.raise_errors()
    assert table is not None
    header = table.header
    slugs = [standard.slug for standard in framework.standards if standard.rated_by == "judgement"]
    slugs += framework.judged_questions
    facts, prompts = framework.provider_facts_by_id, framework.provider_prompts
    for name in [name for name in by if name not in header]:
        message = f'there is no column "{name}", by which the cases are grouped'
        findings.add(
            BAD_COLUMN, Location(str(path), table.header_row, 1), message, hint=nearest_name_hint(name, header)
        )
    odd = check_header(header, str(path), findings, row=table.header_row)
    for number, name in enumerate(header):
        if odd is not None and number not in odd and name not in (*by, *slugs, *facts, *prompts):
            message = f'the column "{name}" is no standard that is rated by judgement'
            message += ", and no fact of the provider" if facts else ""
            message += ", and no prompt that the provider is asked" if prompts else ""
            place = Location(str(path), table.header_row, number + 1)
            findings.add(
                UNKNOWN_COLUMN, place, message, path=name, hint=nearest_name_hint(name, [*slugs, *facts, *prompts])
            )
    if slugs and not {*slugs, *facts, *prompts} & set(header):
        message = "there is no column of ratings, so that the table records nothing"
        hint = f"give it a column for each of {say_list(slugs, 'or')}"
        findings.add(BAD_COLUMN, Location(str(path), table.header_row, 1), message, hint=hint)
    findings.raise_errors()
    cells_of = Cells(framework, Reading())
    judged: dict[tuple[str, ...], dict[str, str]] = {}
    known: dict[tuple[str, ...], dict[str, FactValue]] = {}
    answered: dict[tuple[str, ...], dict[str, AnyAnswer]] = {}
    first_row: dict[tuple[str, ...], int] = {}
    for found in table.rows:
        if len(findings) >= MAX_DIAGNOSTICS:
            break
        if isinstance(found, Diagnostic):
            findings.note(found)
            continue
        row, cells = found
        texts = dict(zip(header, cells, strict=False))
        group = tuple(one_spelling(texts.get(name, "")) for name in by)
        if group in first_row:
            message = f"row {row} repeats the group of row {first_row[group]}"
            alike = Alike("rows", "repeat the group of a row above")
            hint = "keep one row for each group"
            findings.add(BAD_ROW, Location(str(path), row, 1), message, hint=hint, alike=alike)
        first_row.setdefault(group, row)
        for number, name in enumerate(header):
            text = texts.get(name, "")
            if name in slugs and (rating := cells_of.word(name, text)) is not None:
                judged.setdefault(group, {})[name] = rating
            elif name in facts and text:
                try:
                    known.setdefault(group, {})[name] = cells_of.fact(facts[name], text)
                except ValueError as error:
                    message = f'row {row}, column "{name}": {quote_cell(text)} is not {error}'
                    place = Location(str(path), row, number + 1)
                    hint = value_hint(facts[name], text, not_known="leave the cell empty where it is not known")
                    findings.add(BAD_VALUE, place, message, path=name, hint=hint)
            elif name in prompts and text:
                word = cells_of.word(name, text)
                if word is not None:
                    answered.setdefault(group, {})[name] = answers_to(framework, name)[word]
                    continue
                takes = answers_to(framework, name)
                message = f'row {row}, column "{name}": {quote_cell(text)} is not {say_list([*takes], "or")}'
                place = Location(str(path), row, number + 1)
                findings.add(BAD_ANSWER, place, message, path=name, hint=answer_hint(text, takes))
            elif name in slugs and text:
                wrong = odd_cell(cells_of, name, name, text)
                findings.note(wrong.in_row(Location(str(path), row, number + 1)))
    findings.raise_errors()
    return tuple(
        JudgedGroup(
            group,
            judged.get(group, {}),
            Location(str(path), first_row[group], 1),
            facts=known.get(group, {}),
            answers=answered.get(group, {}),
        )
        for group in dict.fromkeys([*judged, *known, *answered])
    )
