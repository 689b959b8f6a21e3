"""Places in files that were read: what stands there, in which file, and by which way from its outside inwards."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.editing.edits import Pointer
from ctm_rules.frameworks.addresses import Place, name_of
from ctm_rules.frameworks.loading import FrameworkSource
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue

STANDARDS = "standards"


@frozen
class Spot:
    """A value or a key in a file.

    Attributes:
        value: the value; of a key the value below it.
        file: the file.
        at: the way to it.
        location: its line and column.
        key: the key, where it is that which is meant.
        said: the way to it in words: keys, and the names of items.
    """

    value: MarkedValue = field(eq=False, repr=False)
    file: str
    at: Pointer
    location: Location
    key: str | None = None
    said: str = field(default="", eq=False)

    @property
    def word(self) -> str | None:
        """What stands there, where that is one word or text (``None``: it is not)."""
        if self.key is not None:
            return self.key
        return self.value if isinstance(self.value, str) else None

    def get(self, key: str) -> Spot | None:
        """Return the value of a key (``None``: there is none)."""
        if not isinstance(self.value, MarkedDict) or key not in self.value:
            return None
        return Spot(self.value[key], self.file, (*self.at, key), self.value.value_at[key], said=_below(self.said, key))


def pairs(spot: Spot | None) -> Iterator[tuple[Spot, Spot]]:
    """Yield each key of a block with its value (nothing: it is no block, or not there)."""
    if spot is not None and isinstance(spot.value, MarkedDict):
        for key, at in spot.value.key_at.items():
            below = spot.get(key) or Spot(None, spot.file, (*spot.at, key), at)
            if at.file == spot.file:
                yield evolve(below, key=key, location=at), below


def items(spot: Spot | None) -> Iterator[Spot]:
    """Yield each item of a list (nothing: it is no list, or not there)."""
    if spot is not None and isinstance(spot.value, MarkedList):
        for number, item in enumerate(spot.value):
            if spot.value.value_at[number].file != spot.file:
                continue  # what another file holds, such as a key question of another framework
            said = _below(spot.said, name_of(item)) if isinstance(item, MarkedDict) else spot.said
            yield Spot(item, spot.file, (*spot.at, number), spot.value.value_at[number], said=said)


def _below(above: str, name: str | None) -> str:
    return ".".join(filter(None, (above, name)))


def spots_of(source: FrameworkSource) -> Iterator[Spot]:
    """Yield the value of each key of a framework, in the file that has it; of its standards each by itself."""
    document = source.document
    for key, value in document.items():
        if key == STANDARDS and isinstance(value, MarkedList):
            for number in range(len(value)):
                yield _standard(document, value, number)
        else:
            yield Spot(value, document.key_at[key].file, (key,), document.value_at[key], said=key)


def _standard(document: MarkedDict, standards: MarkedList, number: int) -> Spot:
    """Return one standard, which has a file of its own or is one of those in the main file."""
    item = standards[number]
    at: Pointer = (STANDARDS, number) if _is_in_list(document, standards, number) else ()
    return Spot(item, standards.value_at[number].file, at, standards.value_at[number], said=name_of(item) or "")


def _is_in_list(document: MarkedDict, standards: MarkedList, number: int) -> bool:
    in_list = document.key_at.get(STANDARDS)
    return in_list is not None and in_list.file == standards.value_at[number].file


def way_to(place: Place, document: MarkedDict) -> tuple[str, Pointer] | None:
    """Return the file and the way to a place of a framework (``None``: it is the list of standards, in many files)."""
    steps: list[Place] = []
    each: Place | None = place
    while each is not None:
        steps.insert(0, each)
        each = each.above
    top, *rest = steps
    if top.key != STANDARDS:
        known = [*document.key_at.values()] if str(top.key) not in document.key_at else [document.key_at[str(top.key)]]
        file = known[0].file if known else document.at.file
        return file, tuple(step.key for step in steps)
    standards = document.get(STANDARDS)
    if not rest or not isinstance(standards, MarkedList) or not isinstance(rest[0].key, int):
        in_list = document.key_at.get(STANDARDS)
        return None if in_list is None else (in_list.file, (STANDARDS,))
    spot = _standard(document, standards, rest[0].key)
    return spot.file, (*spot.at, *(step.key for step in rest[1:]))
