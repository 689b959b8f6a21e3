"""Which columns of a table hold what (schema matching): by our names, by those that are declared, by those of before.

The one place that knows it, whatever file or dataframe a table is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from attrs import frozen

from ctm_rules.model.declared_reading import Reading
from ctm_rules.model.former_names import former_columns
from ctm_rules.model.framework import CASE_COLUMN, Framework

NOTES = "notes"
"""A column of this name, or of a name that begins with it and a dot, holds what people wrote for themselves."""


@frozen
class MatchedColumns:
    """What the columns of a table hold.

    Attributes:
        names: the table's own name of a column, by what it means: a fact, a prompt, a measure, a key question, a case.
        former: by the same, what a column is called that bears the name of an earlier edition.
        twice: columns that mean what another one means already: the meaning, that one's name and their own.
        notes: columns of notes.
        ignored: columns that are not read because the reading says so.
        unknown: columns of which nobody knows what they hold.
    """

    names: Mapping[str, str]
    former: Mapping[str, str]
    twice: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    ignored: tuple[str, ...]
    unknown: tuple[str, ...]


def known_names(framework: Framework) -> list[str]:
    """Return every name that a framework has for a column of a case table."""
    answered = (*framework.prompts, *framework.measures_by_path)
    return [CASE_COLUMN, *framework.facts_by_id, *framework.ruled_questions, *answered]


def provider_columns(framework: Framework) -> list[str]:
    """Return every name that a column may have whose value is that of the provider in all of its rows.

    Recorded ratings stand under the slugs of standards and the addresses of key questions, facts under their ids and
    answers under the addresses of prompts. What is known of a case by the same name is meant first.
    """
    judged = [standard.slug for standard in framework.standards if standard.rated_by == "judgement"]
    names = [*judged, *framework.judged_questions, *framework.provider_facts_by_id, *framework.provider_prompts]
    known = {*known_names(framework)}
    return [name for name in names if name not in known]


def match_columns(
    framework: Framework, reading: Reading, names: Collection[str], *, also: Collection[str] = ()
) -> MatchedColumns:
    """Return what the columns of a table hold, by their names.

    A name that is declared comes before one that is ignored, and that before one that the framework knows.

    Args:
        framework: what there is to hold.
        reading: what the table calls it.
        names: the table's own names, in their order; what stands in a long table for what was asked is one too.
        also: what is read beside what the framework knows, such as what cases are grouped by.
    """
    known = {*known_names(framework), *also}
    former = former_columns(framework)
    declared: dict[str, str] = {}
    for own_name in reading.columns:
        named = reading.named(own_name)
        if named is not None:
            declared.setdefault(named.strip(), own_name)
    folded = {name.casefold(): each for name, each in declared.items()}
    taken = {each for name in names if (each := _first(_ways(name, reading), declared)) is not None}
    # A column by its name of now comes before one of the same by an earlier name, wherever they stand.
    now = {way for name in names for way in _ways(name, reading) if way in known and way not in taken}
    found: dict[str, str] = {}
    formerly: dict[str, str] = {}
    twice: list[tuple[str, str, str]] = []
    notes: list[str] = []
    ignored: list[str] = []
    unknown: list[str] = []
    for name in names:
        ways = _ways(name, reading)
        meaning: str | None = _first(ways, declared)
        if meaning is None:
            loosely = _first([way.casefold() for way in ways], folded)
            meaning = None if loosely in taken else loosely
        if meaning is None and _matches(ways, reading.notes):
            notes.append(name)
            continue
        if meaning is None and _matches(ways, reading.ignore_columns):
            ignored.append(name)
            continue
        # What is declared to be called otherwise does not have its own name as well.
        own = next((way for way in ways if way in known), None)
        before = next((former[way] for way in ways if way in former), None)
        if meaning is None and own is not None and own not in taken:
            meaning = own
        elif meaning is None and own is None and before is not None and before not in taken:
            meaning = before
            if before in now:
                twice.append((before, before, name))
                continue
            formerly.setdefault(before, name)
        if meaning is None:
            about = [way.removeprefix(f"{NOTES}.") for way in ways if way.startswith(f"{NOTES}.")]
            is_note = NOTES in ways or any(name in known or name in former for name in about)
            (notes if is_note else unknown).append(name)
        elif meaning in found:
            twice.append((meaning, found[meaning], name))
        else:
            found[meaning] = name
    return MatchedColumns(found, formerly, tuple(twice), tuple(notes), tuple(ignored), tuple(unknown))


def _ways(name: str, reading: Reading) -> Sequence[str]:
    """Return the ways in which a name may be meant: as it stands, and what is behind the last of some signs."""
    stripped = name.strip()
    if not reading.name_after_last:
        return [stripped]
    *_, last = re.split("|".join(map(re.escape, reading.name_after_last)), stripped)
    return list(dict.fromkeys([stripped, last.strip()]))


def _first(ways: Sequence[str], names: Mapping[str, str]) -> str | None:
    return next((names[way] for way in ways if way in names), None)


def _matches(ways: Sequence[str], patterns: Iterable[str]) -> bool:
    # Of what fnmatch knows only the star is ours: brackets stand in the names of columns.
    return any(fnmatchcase(way, pattern) for pattern in _stars(patterns) for way in ways)


def _stars(patterns: Iterable[str]) -> Iterator[str]:
    return (re.sub(r"([?\[])", r"[\1]", pattern) for pattern in patterns)
