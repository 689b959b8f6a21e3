"""What in an inspection file is still to be filled in: told by one text, taken out before the file is read, and listed.

An inspection that was started and not finished is no mistake. Whatever still says ``to be filled in`` counts as not
written, so that nothing is rated by it, and ``check`` lists it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from ctm_rules.case_files.case_tables import UnderstoodTable
from ctm_rules.case_files.cells import EMPTY_TABLE
from ctm_rules.diagnostics.findings import Code, Diagnostic, Findings, Location
from ctm_rules.engines.what_counts import WhatCounts
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import Level
from ctm_rules.model.framework import NOT_RATED, Framework
from ctm_rules.model.outcomes import Outcome
from ctm_rules.phrases import one_or_many, say_count, say_list
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue

TO_BE_FILLED_IN = "to be filled in"
"""The text that stands in place of what is not known yet."""

JUDGEMENTS = "judgements"
"""The key under which people record ratings."""


@frozen
class ToDo:
    """What is still to be filled in at one place.

    Attributes:
        path: where it is, such as ``provider.facts.breach`` or ``judgements.0``.
        name: what an entry of a list is about, such as the slug of its standard (nothing: it is a single key).
        keys: what of the entry is still open (of a single key: that key).
        at: the first place that still says so.
    """

    path: str
    name: str
    keys: tuple[str, ...]
    at: Location

    @property
    def is_by_itself(self) -> bool:
        """Whether it is a single key, or a judgement: each hangs on its own."""
        return not self.name or self.list_path == JUDGEMENTS

    @property
    def list_path(self) -> str:
        """The list that it is an entry of."""
        return self.path.rpartition(".")[0]


def set_aside(content: MarkedValue) -> tuple[MarkedValue, tuple[ToDo, ...]]:
    """Return what an inspection file says without what is still to be filled in, and that.

    An entry of a list in which something is open is taken out whole: half of it would be a mistake. Elsewhere the key
    alone is. What an entry lists in turn, such as the evidence of a judgement, is looked at by itself.
    """
    language = content.get("language", "en") if isinstance(content, MarkedDict) else "en"
    aside = _Aside(str(language))
    return aside.kept(content, ""), tuple(aside.found)


STILL_TO_DO = Code(
    "to-be-filled-in",
    "warning",
    what="Something in an inspection is still to be filled in.",
    why="It counts as not written, so that what hangs on it has no rating.",
    bad="judgements:\n  - {standard: leadership, rating: to be filled in, rationale: to be filled in}",
    good="judgements:\n  - {standard: leadership, rating: good, rationale: Staff know the priorities.}",
)


def to_do(open_ones: Iterable[ToDo], framework: Framework) -> Iterator[Diagnostic]:
    """Yield a warning for everything that is still to be filled in; what is alike in one list is one of them."""
    together: dict[tuple[str, tuple[str, ...]], list[ToDo]] = {}
    for each in open_ones:
        is_judgement = each.path.startswith("judgements.") and each.path.count(".") == 1
        together.setdefault((each.path if is_judgement or not each.name else each.list_path, each.keys), []).append(
            each
        )
    for (path, keys), alike in together.items():
        names = [f'"{each.name}"' for each in alike if each.name]
        more = [f"{len(names) - MAX_NAMES_LISTED} more"] if len(names) > MAX_NAMES_LISTED else []
        of = f" of {say_list([*names[:MAX_NAMES_LISTED], *more])}" if names else ""
        message = f"{say_list(keys)}{of} {one_or_many(len(keys), 'is', 'are')} still {TO_BE_FILLED_IN}"
        yield STILL_TO_DO.found(alike[0].at, message, path=path, hint=_hint(alike[0], framework))


def is_not_begun(table: UnderstoodTable, found: Findings) -> bool:
    """Return whether nothing is wrong with a case table but that no case stands below its header yet."""
    return bool(table.columns.names) and not table.rows and [each.code for each in found.errors] == [EMPTY_TABLE.id]


def no_case_yet(empty: Diagnostic) -> Diagnostic:
    """Return what there is to do about a table in which no case stands yet."""
    return STILL_TO_DO.found(empty.location, "the cases are still to be filled in", hint=empty.hint)


UNANSWERED = Code(
    "unanswered-prompts",
    "warning",
    what="Prompts that are asked of a case have no answer, or nobody can tell whether they are asked.",
    why="Where one of them could still decide, the case is undetermined, and its standard may have no rating.",
    bad="case,assessment.safety.risk_of_harm\nc01,",
    good="case,assessment.safety.risk_of_harm\nc01,yes",
)


def unanswered_prompts(cases: Sequence[Case], framework: Framework, at: Location) -> Iterator[Diagnostic]:
    """Yield one warning that says of each case how many prompts are still open."""
    counts = WhatCounts(framework)
    how_many = {case.id: len(open_prompts(case, framework, counts)) for case in cases}
    still = [f"{case} ({count})" for case, count in how_many.items() if count]
    if still:
        more = len(still) - MAX_NAMES_LISTED
        shown = say_list([*still[:MAX_NAMES_LISTED], *([f"{more:,} more"] if more > 0 else [])])
        message = f"in {len(still):,} of {say_count(len(cases), 'case')} prompts are still to be answered: {shown}"
        hint = (
            "answer them, or give the facts that tell whether they are asked; ctm-rules rate says which of them decide"
        )
        yield UNANSWERED.found(at, message, hint=hint)


def open_prompts(case: Case, framework: Framework, counts: WhatCounts) -> tuple[str, ...]:
    """Return the addresses of the prompts that are still open in a case.

    A prompt is open where it is asked and has no answer, and where a fact is missing that tells whether it is asked. It
    is not where the table says why there is no answer, nor where a person recorded the outcome of its key question.
    """
    return tuple(
        path
        for path in framework.prompts
        if not case.missing.get(path)
        and path.rpartition(".")[0] not in case.judgements
        and counts.counted(path, case) is Outcome.UNDETERMINED
    )


def judgements_to_do(open_ones: Iterable[ToDo]) -> set[str]:
    """Return the standards and key questions whose judgement is begun and not finished."""
    return {each.name for each in open_ones if each.list_path == JUDGEMENTS}


def keys_to_do(open_ones: Iterable[ToDo], below: str) -> set[str]:
    """Return the keys right below a path that are still to be filled in, such as those of ``provider.facts``."""
    start = f"{below}."
    return {each.path.removeprefix(start) for each in open_ones if each.path.startswith(start)}


def _hint(each: ToDo, framework: Framework) -> str:
    if "rating" in each.keys:
        level: Level = "key_questions" if each.name in framework.every_question else "standards"
        is_known = each.name in framework.every_question or each.name in framework.standards_by_slug
        scale = framework.scale(framework.scale_of(level, each.name)) if is_known else framework.ratings
        ratings = [step.id for step in scale]
        return f"as its rating write one of {', '.join(ratings)}, or {NOT_RATED}"
    return f'write it in place of "{TO_BE_FILLED_IN}", or delete it'


def _is_open(value: MarkedValue) -> bool:
    return isinstance(value, str) and value.strip().casefold() == TO_BE_FILLED_IN


class _Aside:
    """What is set aside, and the language of the file: a text in several begins with it."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.found: list[ToDo] = []

    def kept(self, value: MarkedValue, path: str) -> MarkedValue:
        if isinstance(value, MarkedDict):
            return self._block(value, path)
        return self._listed(value, path) if isinstance(value, MarkedList) else value

    def _block(self, block: MarkedDict, path: str) -> MarkedDict:
        kept = MarkedDict(block.at)
        kept.key_at, kept.value_at = block.key_at, block.value_at
        for key, value in block.items():
            below = f"{path}.{key}" if path else key
            if _is_open(value):
                self.found.append(ToDo(below, "", (key,), block.value_at[key]))
            else:
                kept[key] = self.kept(value, below)
        return kept

    def _listed(self, items: MarkedList, path: str) -> MarkedList:
        kept = MarkedList(items.at)
        for number, (item, at) in enumerate(zip(items, items.value_at, strict=True)):
            below = f"{path}.{number}"
            own = self._open_keys(item) if isinstance(item, MarkedDict) else []
            if _is_open(item):
                self.found.append(ToDo(below, "", (path.rpartition(".")[2],), at))
            elif isinstance(item, MarkedDict) and own:
                in_lists = [key for key, value in item.items() if isinstance(value, MarkedList) and _says_open(value)]
                name = next((text for text in item.values() if isinstance(text, str) and not _is_open(text)), "")
                self.found.append(ToDo(below, name, (*own, *in_lists), item.value_at[own[0]]))
            else:
                kept.append(self.kept(item, below))
                kept.value_at.append(at)
        return kept

    def _open_keys(self, block: MarkedDict) -> list[str]:
        """Return what of an entry is open; a text in several languages is no entry, and each is open by itself."""
        if next(iter(block), "") == self._language and not _is_open(block[self._language]):
            return []
        return [key for key, value in block.items() if _is_open(value)]


def _says_open(value: MarkedValue) -> bool:
    if isinstance(value, MarkedDict):
        return any(map(_says_open, value.values()))
    return any(map(_says_open, value)) if isinstance(value, MarkedList) else _is_open(value)
