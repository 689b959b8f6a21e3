"""Amendments: a small overlay (patch) on a framework, to ask "what if" without touching its files.

An amendment works on the marked data of a framework before anything is interpreted. Whatever is wrong with it is
therefore found where a framework's own mistakes are found, and points at the line of the amendment.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import is_
from pathlib import Path
from typing import Any as Anything
from typing import Literal, TypedDict

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import (
    NOWHERE,
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    declared_at,
    require_path,
)
from ctm_rules.diagnostics.suggestions import nearest_name, nearest_name_hint
from ctm_rules.frameworks.addresses import Place, addresses_in, find_places, is_declared, names_below
from ctm_rules.frameworks.dumping import dump_framework
from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.frameworks.loading import FrameworkSource, build_framework, declared_source
from ctm_rules.limits import MAX_NAMES_LISTED
from ctm_rules.model.declared import keys_of
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_count
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, describe, parse_yaml, read_yaml
from ctm_rules.yaml_files.mistakes import WRONG_TYPE
from ctm_rules.yaml_files.structuring import structure

Verb = Literal["set", "remove", "add"]


@frozen
class AmendedFramework:
    """The framework and the edition that an amendment is made for.

    Attributes:
        id: the framework's id, such as ``hmip-pdu``.
        edition: the edition's name, in quotes: "2024".
    """

    id: str
    edition: str
    at: Location = declared_at()


@frozen
class AmendmentFile:
    """An amendment as its file declares it.

    An address is made of names joined by dots, from the framework inwards: keys, and the ids of what is declared
    in lists (a standard's slug, a band's rating). ``assessment.safety.victims.ask`` is the question of one prompt.

    Attributes:
        amends: the framework that it is made for.
        title: what it is about, in a few words.
        reason: why one would want it.
        set: values by address; the place must exist, or be a key that its block may have.
        remove: addresses of what goes.
        add: by the address of a list, the items that come to its end.
    """

    amends: AmendedFramework
    title: str
    reason: str
    set: Mapping[str, Anything] = field(factory=dict)  # any value that a framework's files may hold
    remove: tuple[str, ...] = ()
    add: Mapping[str, Anything] = field(factory=dict)
    at: Location = declared_at()


@frozen
class Alteration:
    """One thing that an amendment does: set a value, remove it, or add items to a list."""

    verb: Verb
    address: str
    value: MarkedValue = field(default=None, hash=False)
    address_at: Location = NOWHERE
    value_at: Location = NOWHERE


class AlterationDict(TypedDict):
    """One alteration of an amendment: its verb, the address that it alters, and where it stands."""

    verb: str
    address: str
    file: str
    line: int


class AmendmentDict(TypedDict):
    """An amendment: what it says about itself, and what it alters."""

    title: str
    reason: str
    alterations: list[AlterationDict]


@frozen(repr=False)
class Amendment:
    """An overlay on a framework, from a file or from the command line.

    Attributes:
        title, reason: what it is about and why (empty for options).
        alterations: what it does, in the order in which it is done.
        amends: the framework that it is made for (``None``: any).
    """

    title: str
    reason: str
    alterations: tuple[Alteration, ...]
    amends: AmendedFramework | None = None

    def __repr__(self) -> str:
        title = f" {self.title}" if self.title else ""
        return f"<Amendment{title}: {say_count(len(self.alterations), 'alteration')}>"

    def to_dict(self) -> AmendmentDict:
        """Return what it says about itself and what it alters, as plain data."""
        return {
            "title": self.title,
            "reason": self.reason,
            "alterations": [
                {
                    "verb": alteration.verb,
                    "address": alteration.address,
                    "file": alteration.address_at.file,
                    "line": alteration.address_at.line,
                }
                for alteration in self.alterations
            ],
        }


def read_amendment(path: str | Path) -> Amendment:
    """Read an amendment file; what it says is held against a framework by :func:`amend`.

    What it sets comes first, then what it removes, then what it adds.

    Raises:
        DiagnosticError: carries every mistake of shape.

    >>> read_amendment("examples/ctm/amendment.yaml").title
    'A lower limit for Requires improvement, and victims required'
    """
    findings = Findings()
    content = read_yaml(require_path("path", path, "the path of an amendment file"), findings)
    findings.raise_errors()
    declared = structure(content, AmendmentFile, str(path), findings)
    findings.raise_errors()
    assert declared is not None
    assert isinstance(content, MarkedDict)
    alterations = [
        *_by_address("set", content.get("set")),
        *_removals(content.get("remove")),
        *_by_address("add", content.get("add")),
    ]
    return Amendment(declared.title, declared.reason, tuple(alterations), declared.amends)


def _by_address(verb: Verb, block: MarkedValue) -> Iterator[Alteration]:
    if isinstance(block, MarkedDict):
        for address, value in block.items():
            yield Alteration(verb, address, value, block.key_at[address], block.value_at[address])


def _removals(addresses: MarkedValue) -> Iterator[Alteration]:
    if isinstance(addresses, MarkedList):
        for address, at in zip(addresses, addresses.value_at, strict=True):
            yield Alteration("remove", str(address), None, at, at)


BAD_OPTION = Code(
    "bad-option",
    "error",
    what="An option that amends does not say which address gets which value.",
    why="It could not be applied without guessing.",
    bad="--set panel.within_points 3",
    good="--set panel.within_points=3",
)


def amendment_from_options(set: Sequence[str] = (), remove: Sequence[str] = (), add: Sequence[str] = ()) -> Amendment:
    """Return the amendment that command-line options make: ``address=value``, the value in YAML on one line.

    Diagnostics call the second ``--set`` "--set 2"; their columns count from the start of its text.

    Raises:
        DiagnosticError: carries every option that is not well-formed.
    """
    findings = Findings()
    alterations: list[Alteration] = []
    for verb, options in (("set", set), ("add", add)):
        for number, option in enumerate(options, 1):
            at = Location(f"--{verb} {number}", 1, 1)
            address, equals, text = option.partition("=")
            if not equals or not address.strip():
                message = f'"{option}" does not say which address gets which value'
                findings.add(BAD_OPTION, at, message, hint=f"write --{verb} address=value")
                continue
            # Blanks in place of the address, so that every mark counts from the start of the option.
            value = parse_yaml((" " * (len(address) + 1) + text).encode(), at.file, findings)
            place = evolve(at, column=len(address) + 2 + len(text) - len(text.lstrip()))
            alterations.append(Alteration("set" if verb == "set" else "add", address.strip(), value, at, place))
    removals = []
    for number, address in enumerate(remove, 1):
        at = Location(f"--remove {number}", 1, 1)
        removals.append(Alteration("remove", address.strip(), None, at, at))
    findings.raise_errors()
    settings = [alteration for alteration in alterations if alteration.verb == "set"]
    additions = [alteration for alteration in alterations if alteration.verb == "add"]
    return Amendment("", "", (*settings, *removals, *additions))


def source_of(framework: Framework) -> FrameworkSource:
    """Return the source of a framework that may never have been a file, to lay amendments over it.

    Raises:
        DiagnosticError: no file could hold it; see :func:`dump_framework`.
    """
    findings = Findings()
    source = declared_source(dump_framework(framework), findings, FRAMEWORK_FILE)
    findings.raise_errors()
    assert source is not None
    return source


def amend(source: FrameworkSource, amendments: Iterable[Amendment]) -> FrameworkSource:
    """Return a framework's source with amendments laid over it, one after the other; ``source`` stays as it is.

    Raises:
        DiagnosticError: carries every address that the framework does not have.
    """
    findings = Findings()
    document = copy.copy(source.document)
    for amendment in amendments:
        _check_is_for(amendment, document, findings)
        for alteration in amendment.alterations:
            document = _with_own(document, places_of(document, alteration))
            _alter(document, alteration, findings)
    findings.raise_errors()
    return evolve(source, document=document)


def _with_own(document: MarkedDict, places: Iterable[Place]) -> MarkedDict:
    """Return a document in which what stands at some places, and what that stands in, may be changed.

    All else is the same object as before.
    """
    touched = {
        id(value) for place in places for each in (place, *_above(place)) for value in (each.container, each.value)
    }

    def own(value: MarkedValue) -> MarkedValue:
        if isinstance(value, MarkedDict):
            changed = {key: now for key, below in value.items() if (now := own(below)) is not below}
            if not changed and id(value) not in touched:
                return value
            copied = copy.copy(value)
            copied.update(changed)
            return copied
        if isinstance(value, MarkedList):
            items = [own(below) for below in value]
            if id(value) not in touched and all(map(is_, items, value)):
                return value
            owned = copy.copy(value)
            owned[:] = items
            return owned
        return value

    made = own(document)
    assert isinstance(made, MarkedDict)
    return made


def amended_framework(source: FrameworkSource, amendments: Sequence[Amendment]) -> Framework:
    """Return the framework that a source declares with amendments laid over it.

    Raises:
        DiagnosticError: carries every mistake that the amendments make, on their own lines where they stand there.
    """
    amended = amend(source, amendments)
    try:
        return build_framework(amended)
    except DiagnosticError as error:
        own = {alteration.address_at.file for amendment in amendments for alteration in amendment.alterations}
        raise RequestError(
            found if found.file in own else evolve(found, hint=f"{found.hint} (once amended: amend this too)".strip())
            for found in error.diagnostics
        ) from None


AMENDS_ANOTHER = Code(
    "amends-another",
    "error",
    what="An amendment is made for another framework or edition than the one it is used on.",
    why="The same address may mean something else there.",
    bad='amends: {id: hmip-pdu, edition: "2023"}     # used on edition 2024',
    good='amends: {id: hmip-pdu, edition: "2024"}',
)


def _check_is_for(amendment: Amendment, document: MarkedDict, findings: Findings) -> None:
    amends = amendment.amends
    if amends is None:
        return
    identifier, edition = document.get("id"), document.get("edition")
    if (amends.id, amends.edition) != (identifier, edition):
        message = (
            f'the amendment is for edition "{amends.edition}" of "{amends.id}", '
            f'and the framework is edition "{edition}" of "{identifier}"'
        )
        hint = "check its addresses, and then name the framework that it is used on"
        findings.add(AMENDS_ANOTHER, amends.at, message, hint=hint)


# --- One alteration ------------------------------------------------------------------------------


NOTHING_TO_SET = Code(
    "nothing-to-set",
    "error",
    what="An amendment sets something to nothing.",
    why="A value that was forgotten must not take a part of the standards away.",
    bad="set: {assessment.safety.victims.ask: }",
    good="remove: [assessment.safety.victims]",
)


def _alter(document: MarkedDict, alteration: Alteration, findings: Findings) -> None:
    """Do one alteration to a document, or report why it cannot be done."""
    if alteration.verb == "set" and alteration.value is None:
        message = f'"{alteration.address}" is set to nothing'
        hint = f"write the value; to take it out, write remove: [{alteration.address}]"
        findings.add(NOTHING_TO_SET, alteration.address_at, message, path=alteration.address, hint=hint)
        return
    if alteration.verb == "add" and not isinstance(alteration.value, MarkedList):
        message = f"what is added must be a list of items, not {describe(alteration.value)}"
        hint = "write it in square brackets, or with a dash before each item"
        findings.add(WRONG_TYPE, alteration.value_at, message, path=alteration.address, hint=hint)
        return
    place = place_of(document, alteration, findings)
    if place is None:
        return
    if alteration.verb == "set":
        _set(place, copy.deepcopy(alteration.value), alteration)
    elif alteration.verb == "remove":
        _remove(place)
    else:
        _add(place, alteration, findings)


def place_of(document: MarkedDict, alteration: Alteration, findings: Findings) -> Place | None:
    """Return the place that the address of an alteration names (``None``: with what is wrong in ``findings``)."""
    dead_ends: list[tuple[int, MarkedValue, object]] = []
    found = list(_places(document, Framework, None, alteration, alteration.address.split("."), 0, dead_ends))
    if len(found) > 1:
        findings.extend([_ambiguous(alteration, found)])
    elif not found:
        number, value, declares = max(dead_ends, key=lambda end: end[0])
        findings.extend([_unknown(document, alteration, value, declares, number)])
    return found[0] if len(found) == 1 else None


def places_of(document: MarkedDict, alteration: Alteration) -> list[Place]:
    """Return every place that the address of an alteration can name."""
    return list(_places(document, Framework, None, alteration, alteration.address.split("."), 0, []))


def _places(
    value: MarkedValue,
    declares: object,
    above: Place | None,
    alteration: Alteration,
    steps: Sequence[str],
    number: int,
    dead_ends: list[tuple[int, MarkedValue, object]],
) -> Iterator[Place]:
    """Yield every place that the address can name from its step of that number on, and note where it leads nowhere.

    A step that fits several places is no doubt where the steps after it lead on from one of them alone.
    """
    if all(part.isdigit() for part in (steps[number], *steps[number + 1 : number + 2])) and number + 1 < len(steps):
        # A bound such as 62.5 is one step.
        steps = [*steps[:number], ".".join(steps[number : number + 2]), *steps[number + 2 :]]
    step, is_last = steps[number], number == len(steps) - 1
    found = find_places(value, step, declares, above)
    for place in found:
        if is_last:
            yield place
        else:
            yield from _places(place.value, place.value_declares, place, alteration, steps, number + 1, dead_ends)
    if not found and is_last and _may_be_new(alteration, value, step, declares):
        assert isinstance(value, MarkedDict)
        yield Place(value, step, declares, above)
    elif not found:
        dead_ends.append((number, value, declares))


def _may_be_new(alteration: Alteration, value: MarkedValue, step: str, declares: object) -> bool:
    if alteration.verb == "remove" or not isinstance(value, MarkedDict):
        return False
    # What a rule or a mapping may hold is for those to say who structure it.
    return not is_declared(declares) or step in keys_of(declares)


AMBIGUOUS_ADDRESS = Code(
    "ambiguous-address",
    "error",
    what="The address of an amendment fits several places.",
    why="Nobody could tell which of them is meant.",
    bad="set: {grade.title: Grade}     # the fact or the sub-group?",
    good="set: {facts.grade.title: Grade}",
)


def _ambiguous(alteration: Alteration, found: Sequence[Place]) -> Diagnostic:
    names = list(dict.fromkeys(place.address for place in found))
    hint = f"write one of {', '.join(names)}"
    if len(names) < len(found):
        hint = f'only their order tells them apart, so set the whole of "{_block_above(found)}"'
    message = f'"{alteration.address}" fits {len(found)} places'
    return AMBIGUOUS_ADDRESS.found(alteration.address_at, message, path=alteration.address, hint=hint)


UNKNOWN_ADDRESS = Code(
    "unknown-address",
    "error",
    what="An amendment names a place that the framework does not have.",
    why="An amendment that changes nothing by mistake would look like a change without effect.",
    bad="set: {panel.within_pionts: 3}",
    good="set: {panel.within_points: 3}",
)


def _unknown(
    document: MarkedDict, alteration: Alteration, value: MarkedValue, declares: object, number: int
) -> Diagnostic:
    """Return the finding that the step of that number leads nowhere from the value before it."""
    steps = alteration.address.split(".")
    before = "".join(f"{step}." for step in steps[:number])
    known = list(names_below(value, declares))
    nearest = nearest_name(steps[number], known)
    if nearest is not None:
        hint = f'did you mean "{before}{".".join([nearest, *steps[number + 1 :]])}"?'
    else:
        everywhere = list(addresses_in(document, Framework, ""))
        inside = [address for address in everywhere if address.endswith(f".{alteration.address}")]
        hint = f'did you mean "{inside[0]}"?' if inside else ""
        hint = hint or nearest_name_hint(alteration.address, everywhere, list_all=False)
    if not hint and known:
        some = ", ".join(known[:MAX_NAMES_LISTED]) + (", …" if len(known) > MAX_NAMES_LISTED else "")
        hint = f'after "{before}" comes one of {some}' if before else f"it starts with one of {some}"
    if alteration.verb == "set" and isinstance(value, MarkedList):
        hint = f"{hint}; to put in something new, use add".removeprefix("; ")
    message = f'the framework has no "{alteration.address}"'
    return UNKNOWN_ADDRESS.found(alteration.address_at, message, path=alteration.address, hint=hint)


def _set(place: Place, value: MarkedValue, alteration: Alteration) -> None:
    at = alteration.value_at
    if isinstance(place.container, MarkedDict):
        place.container[str(place.key)] = value
        place.container.key_at[str(place.key)] = alteration.address_at
    else:
        assert isinstance(place.key, int)
        place.container[place.key] = value
    place.mark(at)
    if isinstance(value, MarkedDict | MarkedList) or not isinstance(place.container, MarkedDict):
        return
    # A plain value has no place of its own in a framework: the block that holds it takes the amendment's.
    place.container.at = at
    if place.above is not None:
        place.above.mark(at)


def _add(place: Place, alteration: Alteration, findings: Findings) -> None:
    added = copy.deepcopy(alteration.value)
    assert isinstance(added, MarkedList)
    items = place.value
    is_new = isinstance(place.container, MarkedDict) and place.key not in place.container
    if is_new:
        _set(place, added, alteration)
    elif isinstance(items, MarkedList):
        items.extend(added)
        items.value_at.extend(added.value_at)
    else:
        message = f'"{alteration.address}" is {describe(items)} and not a list, so nothing can be added to it'
        findings.add(WRONG_TYPE, alteration.address_at, message, path=alteration.address, hint="use set to replace it")


def _block_above(places: Sequence[Place]) -> str:
    """Return the address of the nearest block with a name above several places."""
    chains = [[(id(above.container), above.key) for above in _above(place)] for place in places]
    for above in _above(places[0]):
        here = (id(above.container), above.key)
        if isinstance(above.key, str) and all(here in chain for chain in chains):
            return above.address
    return "the framework"


def _above(place: Place) -> Iterator[Place]:
    while place.above is not None:
        place = place.above
        yield place


def _remove(place: Place) -> None:
    if isinstance(place.container, MarkedDict):
        del place.container[str(place.key)]
    else:
        assert isinstance(place.key, int)
        del place.container[place.key]
        del place.container.value_at[place.key]
    if not place.container and place.above is not None and not isinstance(place.above.key, str):
        _remove(place.above)  # an item of which nothing is left goes as a whole
