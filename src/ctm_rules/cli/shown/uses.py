"""The places that use something, and what is changed, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ctm_rules.cli.output import place, say
from ctm_rules.diagnostics.findings import Location
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.uses import Use
from ctm_rules.phrases import say_count


def say_place(at: Location) -> str:
    """Return a place as ``file:line:column``."""
    return f"{place(at)}:{at.column}" if at.line else place(at)


def show_uses(uses: Iterable[Use]) -> None:
    """Print places, one a line, under the kind of file in which they are."""
    for used_in, some in groupby(uses, key=lambda use: "declared" if use.mention.declares else use.used_in):
        say(f"{used_in}:")
        for use in some:
            said = f"  ({use.mention.spot.said})" if use.mention.spot.said else ""
            say(f"  {say_place(use.location)}{said}")


def show_changes(changes: Changes, *, as_diff: bool, is_written: bool) -> None:
    """Print which files are changed, or each line of them that is."""
    if as_diff:
        say("\n".join(changes.diff()))
        return
    for path in changes.files:
        said = "changed" if changes.before.get(path) is not None else "written"
        say(f"{said if is_written else f'to be {said}'}: {place(Location(str(path)))}")
    if not changes.files:
        say("nothing to change")


def say_number_of_places(uses: Iterable[Use]) -> str:
    """Return in how many places of how many files something is."""
    places = list(uses)
    return f"{say_count(len(places), 'place')} in {say_count(len({use.location.file for use in places}), 'file')}"
