"""How a table is said to be read: every name is known, every number stands for one thing, and nothing is in vain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.case_values import UNKNOWN_COLUMN
from ctm_rules.model.declared_reading import Absent, Codes, Shorthands
from ctm_rules.model.framework import CASE_COLUMN, Framework
from ctm_rules.phrases import say_list
from ctm_rules.validity.names import unknown_name

OPTIONS = Location("<options>")
"""Where the findings on options and arguments are."""


def check_shorthands(framework: Framework, said: Shorthands, grouped_by: Collection[str]) -> Findings:
    """Return what is wrong with what options and arguments say of how a table is read, whatever the table holds.

    Args:
        framework: what columns mean.
        said: what they say.
        grouped_by: columns that mean nothing to the framework and yet are read.
    """
    findings = Findings()
    _check_columns(framework, said.columns, grouped_by, findings)
    _check_codes(framework, said.codes, findings)
    if said.absent is not None and said.absent not in get_args(Absent):
        words = get_args(Absent)
        findings.extend([unknown_name(OPTIONS, "way with absent columns", str(said.absent), words, path="/absent")])
    return findings


WITHOUT_EFFECT = Code(
    "option-without-effect",
    "error",
    what="An option or an argument is given that changes nothing.",
    why="Whoever gave it meant something by it, and the ratings are not what they take them for.",
    bad="ctm-rules rate inspection.yaml --by sex",
    good="ctm-rules rate --cases cases.csv --framework hmip-pdu --by sex",
)

# --- columns -----------------------------------------------------------------------------------------

BAD_COLUMN_NAMES = Code(
    "bad-column-names",
    "error",
    what="A table's own names of columns are given so that one column would mean two things, or are no names.",
    why="One answer would be counted as the answer to two prompts, or the name that was meant is another one.",
    bad="--column storage.cold.fridge=Q8 --column storage.cold.meat_apart=Q8",
    good="--column storage.cold.fridge=Q8 --column storage.cold.meat_apart=Q9",
)


def _check_columns(
    framework: Framework, columns: Mapping[str, str], grouped_by: Collection[str], findings: Findings
) -> None:
    if not isinstance(columns, Mapping):
        message = f"the table's own names of columns are given as {columns!r}"
        hint = 'write {"assessment.safety.victims": "Q17"}: our name, and the name in the table'
        findings.add(BAD_COLUMN_NAMES, OPTIONS, message, path="/columns", hint=hint)
        return
    answered = [*framework.prompts, *framework.measures_by_path, *framework.key_questions]
    known = [CASE_COLUMN, *framework.facts_by_id, *answered]
    meanings: dict[str, list[str]] = {}
    for name, column in columns.items():
        path = f"/columns/{name}"
        if not isinstance(column, str) or not column:
            message = f'the column for "{name}" is called {column!r}'
            findings.add(BAD_COLUMN_NAMES, OPTIONS, message, path=path, hint="give the name that the table has")
        elif name not in known and name not in grouped_by:
            message = f'the column "{column}" is named for "{name}", which is not known to the framework'
            hint = nearest_name_hint(str(name), known, list_all=False)
            hint = hint or f"name it for a fact, a prompt, a key question, {CASE_COLUMN}, or what is grouped by"
            swapped = f"write our name first, and then the table's: {column}={name}" if column in known else hint
            findings.add(UNKNOWN_COLUMN, OPTIONS, message, path=path, hint=swapped)
        elif column == name:
            message = f'the column for "{name}" is called so anyway, and naming it changes nothing'
            findings.add(WITHOUT_EFFECT, OPTIONS, message, path=path, hint="leave it out, or give the table's name")
        elif name in known:
            meanings.setdefault(column, [column] if column in known and column not in columns else []).append(name)
    for column, names in meanings.items():
        if len(names) > 1:
            message = f'the column "{column}" would be read for {say_list(names)}'
            hint = "give each the column that holds it"
            findings.add(BAD_COLUMN_NAMES, OPTIONS, message, path=f"/columns/{names[-1]}", hint=hint)


# --- codes -------------------------------------------------------------------------------------------

BAD_CODES = Code(
    "bad-codes",
    "error",
    what="What numbers stand for is declared so that a number has two meanings, or is no whole number, or for nothing.",
    why="An answer would be counted as another one, or the code that was meant would go unread.",
    bad="--codes yes=1,no=1",
    good="--codes yes=1,no=2,na=9",
)


def _check_codes(framework: Framework, codes: Codes, findings: Findings) -> None:
    if not isinstance(codes, Codes):
        message = f"what numbers stand for is given as {codes!r}"
        hint = 'write Codes(yes=1, no=2, na=9, facts={"size": {"small": 1, "large": 2}})'
        findings.add(BAD_CODES, OPTIONS, message, path="/codes", hint=hint)
        return
    answers = {"yes": codes.yes, "no": codes.no} | ({} if codes.na is None else {"na": codes.na})
    _check_numbers("answers", answers, "/codes", findings)
    if not isinstance(codes.facts, Mapping):
        message = f"the codes of facts are given as {codes.facts!r}"
        findings.add(BAD_CODES, OPTIONS, message, path="/codes/facts", hint='write {"size": {"small": 1, "large": 2}}')
        return
    for fact_id, numbers in codes.facts.items():
        path = f"/codes/facts/{fact_id}"
        fact = framework.facts_by_id.get(fact_id)
        if fact is None:
            choices = [known.id for known in framework.facts if known.type == "choice"]
            findings.extend([unknown_name(OPTIONS, "choice", str(fact_id), choices, path=path)])
        elif fact.type != "choice":
            message = f'codes are given for the fact "{fact_id}", which is no choice'
            hint = "its yes and no have the codes of answers" if fact.type == "yes_no" else "it is read as it is"
            findings.add(BAD_CODES, OPTIONS, message, path=path, hint=f"leave them out; {hint}")
        elif not isinstance(numbers, Mapping):
            message = f'the codes of the fact "{fact_id}" are given as {numbers!r}'
            hint = f"write {{{fact.values and next(iter(fact.values))!r}: 1}}"
            findings.add(BAD_CODES, OPTIONS, message, path=path, hint=hint)
        else:
            for word in [word for word in numbers if word not in fact.values]:
                kind = f'value of the fact "{fact_id}"'
                findings.extend([unknown_name(OPTIONS, kind, str(word), list(fact.values), path=f"{path}/{word}")])
            known = {word: number for word, number in numbers.items() if word in fact.values}
            _check_numbers(f'the fact "{fact_id}"', known, path, findings, taken=list(fact.values))


def _check_numbers(
    of: str, numbers: Mapping[str, int], path: str, findings: Findings, taken: Sequence[str] = ()
) -> None:
    """Report codes that are no whole numbers, that two words have, or that are another value themselves."""
    words: dict[int, list[str]] = {}
    for word, number in numbers.items():
        if type(number) is not int:
            message = f'the code of "{word}" in {of} is {number!r}, which is no whole number'
            findings.add(BAD_CODES, OPTIONS, message, path=f"{path}/{word}", hint=f"write it as {word}=1: no quotes")
            continue
        words.setdefault(number, []).append(word)
        if str(number) in taken and str(number) != word:
            words[number].append(str(number))
    for number, alike in words.items():
        if len(alike) > 1:
            message = f"in {of} the code {number} has two meanings: {say_list(alike)}"
            findings.add(BAD_CODES, OPTIONS, message, path=f"{path}/{alike[0]}", hint="give each a code of its own")
