"""``ctm-rules rename``: another name for an element of the standards, in every file that says it."""

from __future__ import annotations

from typing import Annotated

import typer

from ctm_rules.cli.output import THE_DATA_SAYS_NO, print_json, say
from ctm_rules.cli.shown.uses import say_number_of_places, say_place, show_changes
from ctm_rules.cli.standards import Address, AlthoughUsed, LookedIn, OfFramework, OnlyCheck, OnlyDiff, find_to_change
from ctm_rules.editing.renaming import find_to_rename, rename
from ctm_rules.editing.uses import files_around
from ctm_rules.yaml_files.marked_yaml import keeping_parses


@keeping_parses()
def command(
    address: Address,
    name: Annotated[str, typer.Argument(help="Its new name: the last word of the address alone.", metavar="NEW")],
    framework: OfFramework = None,
    folders: LookedIn = None,
    check: OnlyCheck = False,
    diff: OnlyDiff = False,
    although_used: AlthoughUsed = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is renamed as JSON.")] = False,
) -> None:
    """Rename an element of the standards in every file that says its name, or in none.

    What it was called before is noted beside it, so that diff says that it was renamed and older tables are read. An
    edition that inspections were rated by is not changed.

    Example: [bold]ctm-rules rename assessment.safety.victims potential_victims --diff[/bold]

    Exit codes: 0 renamed; 1 with --check or --diff, where files would change; 2 it cannot be renamed so.
    """
    path = find_to_change(framework)
    around = files_around(path, folders or ())
    found = find_to_rename(around, address)
    renaming = rename(around, found, name, although_used=although_used)
    is_shown_only = check or diff
    if not is_shown_only:
        renaming.changes.write()
    if as_json:
        files = [str(file) for file in renaming.changes.files]
        places = [use.to_dict() for use in renaming.uses]
        print_json(
            {"address": found.address, "new": name, "written": not is_shown_only, "files": files, "places": places}
        )
    else:
        show_changes(renaming.changes, as_diff=diff, is_written=not is_shown_only)
        for use in renaming.kept:
            say(f"left as it is, and read by its former name: {say_place(use.location)}", stderr=True)
        say(f"{found} → {name}: {say_number_of_places(renaming.uses)}", stderr=diff)
    if is_shown_only:
        raise typer.Exit(THE_DATA_SAYS_NO)
