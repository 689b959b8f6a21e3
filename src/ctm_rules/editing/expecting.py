"""What scenarios promise, changed on purpose: what comes out now is expected, and what is gone is given no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Edit, Plain, Pointer, Remove, SetValue, at_pointer, node_of
from ctm_rules.scenarios.running import Mismatch, ScenarioResult
from ctm_rules.validity.names import UNKNOWN_NAME

_GIVEN = ("answers", "facts", "counts", "ratings")


def can_expect(result: ScenarioResult) -> bool:
    """Return whether a scenario can say everything that comes out now."""
    return not result.passed and all(each.now is not None for each in result.mismatches)


def expecting(document: Document, result: ScenarioResult) -> tuple[Edit, ...]:
    """Return the edits by which a scenario that fails expects what comes out now.

    Args:
        document: its file.
        result: what it came to, all of which can be expected (:func:`can_expect`).
    """
    at = scenario_at(document, result)
    return tuple(
        SetValue(_key_at(document.says(), at, mismatch), node_of(_listed(mismatch.now)))
        for mismatch in result.mismatches
    )


def _listed(now: object) -> object:
    return list(now) if isinstance(now, tuple) else now


def scenario_at(document: Document, result: ScenarioResult) -> Pointer:
    """Return where the block of a scenario stands in its file, or the row of a table that it is."""
    at = document.nearest(result.scenario.at.line, result.scenario.at.column)
    return at[: len(("scenarios", 0)) if at[:1] == ("scenarios",) else len(("tables", 0, "rows", 0))]


def _key_at(says: Plain, at: Pointer, mismatch: Mismatch) -> Pointer:
    """Return where a scenario says what it expects of something; of its own key question it says so at once."""
    block = at_pointer(says, at)
    assert isinstance(block, dict)
    whole = block.get("expect", block)
    above = (*at, "expect") if "expect" in block else at
    assert isinstance(whole, dict)
    if mismatch.at[0] != "key_questions":
        return (*above, *mismatch.at)
    others = whole.get("key_questions")
    is_other = isinstance(others, dict) and mismatch.at[1] in others
    return (*above, *mismatch.at) if is_other else (*above, mismatch.at[2])


def names_that_are_gone(document: Document, findings: Iterable[Diagnostic]) -> Iterator[tuple[str, Pointer]]:
    """Yield what a file of scenarios gives by a name that nothing has any more: the name, and where it stands."""
    for found in findings:
        if found.code == UNKNOWN_NAME.id and found.file == document.file:
            for pointer, is_key in document.places.get((found.line, found.column), ()):
                if is_key and len(pointer) > 1 and pointer[-2] in _GIVEN:
                    yield str(pointer[-1]), pointer


def without(document: Document, gone: Iterable[Pointer]) -> tuple[Edit, ...]:
    """Return the edits that take some of what is given away; a block of which nothing is left goes as a whole."""
    says, edits = document.says(), list[Edit]()
    left: dict[Pointer, set[str]] = {}
    for pointer in gone:
        block = at_pointer(says, pointer[:-1])
        assert isinstance(block, dict)
        left.setdefault(pointer[:-1], set(block)).discard(str(pointer[-1]))
        edits.append(Remove(pointer))
    return (*edits, *(SetValue(at, node_of({})) for at, kept in left.items() if not kept))
