"""An element taken out, with everything that is only said of it: in every file that names it, or in none.

What would mean something else without it, such as a rule that looks at it, is nobody's but people's to change: then
nothing is taken out, and each such place is named.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Findings, RequestError
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.consequences import consequences
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Edit, Plain, Pointer, Remove, at_pointer
from ctm_rules.editing.names import Name
from ctm_rules.editing.renaming import check_is_not_lent, check_may_change
from ctm_rules.editing.uses import Around, Use, UsedIn

_RULES = ("yes_when", "applies_when", "when", "all", "any", "not", "at_least", "first_that_holds", "then")
_GOES: tuple[UsedIn, ...] = ("scenarios", "translation", "amendment", "reading")
"""What only says something of an element, and goes with it."""


@frozen
class Removal:
    """What taking an element out changes.

    Attributes:
        name: the element.
        changes: the files; those that hold nothing else go.
        places: how many places elsewhere named it or something in it.
        decide: what people have to look at, a sentence each.
    """

    name: Name
    changes: Changes
    places: int
    decide: tuple[str, ...]


def remove(around: Around, name: Name, *, although_used: bool = False) -> Removal:
    """Return what it changes to take an element out; nothing is written.

    Args:
        around: the framework, with the files that go by it.
        name: the element.
        although_used: whether it is done even where inspections were rated by this edition.

    Raises:
        DiagnosticError: something needs it, the edition is in use, or a file cannot be changed.
    """
    check_may_change(around, although_used=although_used)
    check_is_not_lent(around, name)
    declared = around.names.declaration(name).spot
    own = (declared.file, declared.at[:-1] if declared.key is None else declared.at)
    uses = [use for use in around.every_use(name) if _is_of(use.mention.of, name)]
    others = [use for use in uses if not _is_within(use, *own)]
    _check_is_not_needed(around, name, others)
    before: dict[Path, bytes | None] = {}
    after: dict[Path, bytes | None] = {}
    spots: dict[Path, set[Pointer]] = {Path(own[0]): {own[1]}}
    for use in others:
        spots.setdefault(Path(use.mention.spot.file), set()).add(_goes_with(use))
    for path, going in spots.items():
        document = read_document(path)
        before[path], after[path] = document.content, _without(document, going)
    follows = consequences(around, Changes(before, after))
    if follows.wrong:
        where, hint = around.names.declaration(name).location, "change that first"
        said = [f"without {name} the standards would be wrong: {each.message}" for each in follows.wrong]
        raise RequestError([STILL_NEEDED.found(where, message, hint=hint) for message in said])
    return Removal(name, follows.changes, len(others), follows.decide)


def _is_within(use: Use, file: str, at: Pointer) -> bool:
    return use.mention.spot.file == file and use.mention.spot.at[: len(at)] == at


def _is_of(mentioned: Name, name: Name) -> bool:
    """Return whether a name is that of an element, or of something in it."""
    if mentioned == name:
        return True
    kinds = {
        "standard": ("key question", "prompt", "theme"),
        "key question": ("prompt",),
        "fact": ("value",),
        "scale": ("rating",),
        "sub-group": ("group",),
    }
    return mentioned.kind in kinds.get(name.kind, ()) and mentioned.address.startswith(f"{name.address}.")


STILL_NEEDED = Code(
    "still-needed",
    "error",
    what="An element is to be removed that something else needs.",
    why="A rule without it would decide something else, and nobody would have said what.",
    bad="remove the prompt about victims, which the rule of its key question counts",
    good="take it out of the rule, and remove it then",
)


def _check_is_not_needed(around: Around, name: Name, uses: Sequence[Use]) -> None:
    findings = Findings()
    findings.extend(around.unread)
    seen: set[object] = set()
    for use in uses:
        spot = use.mention.spot
        if (spot.file, spot.at) in seen:
            continue
        seen.add((spot.file, spot.at))
        is_in_rule = any(step in _RULES for step in spot.at)
        is_named_alone = spot.key is None and not isinstance(spot.at[-1], int)
        if use.used_in in _GOES or (use.used_in == "standards" and not is_in_rule and not is_named_alone):
            continue
        what = "a rule" if use.used_in == "standards" else f"the {use.used_in}"
        said = f" ({spot.said})" if spot.said else ""
        message = f"{name} is needed by {what} in {Path(spot.file).name}, line {use.location.line}{said}"
        findings.add(STILL_NEEDED, use.location, message, hint="change that first, and remove it then")
    findings.raise_errors()


def _goes_with(use: Use) -> Pointer:
    """Return what goes with a place that names an element: the key or item, or the whole scenario that is about it."""
    at = use.mention.spot.at
    if use.used_in == "scenarios" and at[-1:] == ("key_question",):
        return at[:-1]
    return at


# --- What a file holds without some of it ----------------------------------------------------------


def _without(document: Document, spots: Set[Pointer]) -> bytes | None:
    """Return a file without some of what it says (``None``: nothing is left that it would be about)."""
    says = document.says()
    going = set(spots)
    while True:
        above = {at[:-1] for at in going if at} - going
        emptied = {at for at in above if _is_empty(says, at, going)}
        if not emptied:
            break
        going |= emptied
    if () in going:
        return None
    top = [at for at in going if not any(at[:depth] in going for depth in range(len(at)))]
    edits: list[Edit] = [Remove(at) for at in sorted(top, key=_last_first, reverse=True)]
    return document.edited(*edits).content


def _last_first(at: Pointer) -> tuple[tuple[int, str], ...]:
    """Return by what the places of a file are sorted, so that none that goes moves the place of a later one."""
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in at)


def _is_empty(says: Plain, at: Pointer, going: Set[Pointer]) -> bool:
    """Return whether nothing is left of a block or list, or nothing by which it would still say something."""
    value = at_pointer(says, at)
    steps: list[str | int] = [*value] if isinstance(value, dict) else [*range(len(value))]  # type: ignore[arg-type]
    left = [step for step in steps if (*at, step) not in going]
    if isinstance(value, dict) and "expect" in value and "name" in value:
        return "expect" not in left or ("given" in value and "given" not in left)
    if isinstance(value, dict) and not at and "amends" in value:
        return not {"set", "remove", "add"} & set(left)
    if isinstance(value, dict) and not at and ("scenarios" in value or "tables" in value):
        return not {"scenarios", "tables"} & set(left)
    return not left
