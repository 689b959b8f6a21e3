"""``ctm-rules where``: where an element of the standards is declared, and every place that uses it."""

from __future__ import annotations

from typing import Annotated

import typer

from ctm_rules.cli.output import print_json, say, show_diagnostics
from ctm_rules.cli.shown.uses import say_number_of_places, say_place, show_uses
from ctm_rules.cli.standards import Address, LookedIn, OfFramework, find_looked_into
from ctm_rules.editing.names import Name
from ctm_rules.editing.uses import files_around, find_name
from ctm_rules.phrases import say_list
from ctm_rules.yaml_files.marked_yaml import keeping_parses


@keeping_parses()
def command(
    address: Address,
    framework: OfFramework = None,
    folders: LookedIn = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the places as JSON.")] = False,
) -> None:
    """Show where something is declared and every place that uses it, as file:line:column.

    Rules, variants, bands, scenarios, amendments, translations, inspections, the columns of their case tables, and how
    those are read.

    Example: [bold]ctm-rules where assessment.safety.victims[/bold]
    """
    around = files_around(find_looked_into(framework), folders or ())
    show_diagnostics(around.unread)
    found = find_name(around, address)
    if isinstance(found, Name):
        said, uses = str(found), around.uses(found)
    else:
        said, uses = f'"{found.address}" {say_place(found.location)}', tuple(around.amended(found))
    if as_json:
        print_json({"address": found.address, "places": [use.to_dict() for use in uses]})
        return
    say(said)
    show_uses(uses)
    looked_in = say_list([str(folder) for folder in around.folders])
    say(f"{say_number_of_places(uses)}; looked in {looked_in}")
