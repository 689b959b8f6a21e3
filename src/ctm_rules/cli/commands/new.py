"""``ctm-rules new``: starts a framework, a standard, an edition or an inspection."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ctm_rules.cli.output import place, say, show_diagnostics
from ctm_rules.cli.standards import day, named_edition
from ctm_rules.diagnostics.findings import Location
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.meaning import check_meaning
from ctm_rules.meaning.scales import BANDS_OF_ANOTHER_SUM
from ctm_rules.phrases import say_count
from ctm_rules.scaffolding.new_files import start_edition, start_framework, start_standard, write_examples
from ctm_rules.scaffolding.new_inspection import NewInspection, start_inspection

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Day = Annotated[
    datetime.date,
    typer.Option("--in-force-from", parser=day, help="The first day on which it holds.", metavar="DATE"),
]
Title = Annotated[str, typer.Option(help="What it is called.")]
Folder = Annotated[Path, typer.Argument(help="The folder of an edition, with its framework.yaml.")]


@app.callback()
def about() -> None:
    """Start a framework, a standard, an edition or an inspection. Nothing is overwritten.

    What is written passes [bold]check[/bold] at once.

    Example: [bold]ctm-rules new edition standards/hmip-pdu/2024 2026 --in-force-from 2026-04-01[/bold]
    """


@app.command("framework")
def framework(
    name: Annotated[str, typer.Argument(help="Its id, which is also the name of its folder.")],
    title: Title,
    publisher: Annotated[str, typer.Option(help="Who issues the standards.")],
    source: Annotated[str, typer.Option(help="The publication that the standards come from.")],
    in_force_from: Day,
    edition: Annotated[str, typer.Option(help="Its first edition, which is also the name of a folder.")],
    root: Annotated[Path, typer.Option("--in", help="The folder of frameworks.")] = Path("standards"),
) -> None:
    """Start a framework with one standard, to be changed into yours.

    Example: [bold]ctm-rules new framework kitchens --edition 2026 --title "Kitchen standards" --publisher "A council"
    --source "Kitchen handbook" --in-force-from 2026-04-01[/bold]
    """
    _say(
        start_framework(
            root, name, edition, title=title, publisher=publisher, source=source, in_force_from=in_force_from
        )
    )


@app.command("examples")
def examples(
    folder: Annotated[Path, typer.Option("--in", help="The folder to write them into.")] = Path(),
) -> None:
    """Write the examples of README, with the standards, so that each of its commands runs there.

    Example: [bold]ctm-rules new examples --in ctm-rules[/bold]
    """
    files = write_examples(folder)
    say(f"{say_count(len(files), 'file')} in {folder / 'examples'} and {folder / 'standards'}")


@app.command("standard")
def standard(
    folder: Folder,
    slug: Annotated[str, typer.Argument(help="The word that starts its addresses, such as assessment.")],
    printed_id: Annotated[str, typer.Option("--id", help='Its printed reference, such as "P 2.5".')],
    title: Title,
    statement: Annotated[str, typer.Option(help="What it demands, in one sentence.")],
    domain: Annotated[str | None, typer.Option(help="The domain that it belongs to, where there are several.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it comes from (default: as the framework).")] = None,
    judgement: Annotated[
        bool, typer.Option("--judgement", help="Rated by people, not by the outcomes of cases.")
    ] = False,
) -> None:
    """Start a standard, and add it to its domain. It says which bands were made for a smaller sum, if they say so.

    Example: [bold]ctm-rules new standard standards/hmip-pdu/2024 outcomes --id "P 2.5" --title Outcomes
    --statement "Outcomes are good." --domain service_delivery[/bold]
    """
    written = tuple(
        start_standard(
            folder,
            slug,
            printed_id=printed_id,
            title=title,
            statement=statement,
            domain=domain,
            rated_by="judgement" if judgement else "cases",
            source=source,
        )
    )
    _say(written)
    found = check_meaning(load_framework(folder))
    show_diagnostics(each for each in found if each.code == BANDS_OF_ANOTHER_SUM.id)


@app.command("edition")
def edition(
    folder: Folder,
    name: Annotated[str, typer.Argument(help="The new edition, which is also the name of its folder.")],
    in_force_from: Day,
) -> None:
    """Start an edition as a copy of the latest one, which ends the day before.

    Example: [bold]ctm-rules new edition standards/hmip-pdu/2024 2026 --in-force-from 2026-04-01[/bold]
    """
    _say(start_edition(folder, name, in_force_from=in_force_from))


@app.command("inspection")
def inspection(
    into: Annotated[Path, typer.Argument(help="The folder to write it into.", metavar="FOLDER")],
    framework: Annotated[
        str, typer.Option(help="The framework: its id, its id/edition, or its path.", metavar="ID|PATH")
    ],
    provider: Annotated[str, typer.Option(help="The id of who is inspected.")],
    name: Annotated[str, typer.Option(help="Who is inspected, as reports print it.")],
    started: Annotated[datetime.date, typer.Option(parser=day, help="The first day of the fieldwork.", metavar="DATE")],
    edition: Annotated[
        str | None, typer.Option(help="Which edition (default: the one in force when the fieldwork starts).")
    ] = None,
    because: Annotated[
        str, typer.Option(help="Why it goes by an edition that is not in force then.", show_default=False)
    ] = "",
    weeks: Annotated[int | None, typer.Option(help="How many weeks the fieldwork takes.")] = None,
    title: Annotated[str, typer.Option(help="What it is called (default: made of the name).", show_default=False)] = "",
    region: Annotated[str, typer.Option(help="Where the provider is.", show_default=False)] = "",
    cases: Annotated[
        Path | None, typer.Option(help="A table of the cases that were drawn: their ids, and what is known of them.")
    ] = None,
    form: Annotated[
        bool, typer.Option("--form", help="A form for the cases, which inspectors fill in, instead of a CSV file.")
    ] = False,
) -> None:
    """Start an inspection: its file with every judgement to be recorded, and the table for its cases.

    What is still to be filled in says so; [bold]ctm-rules check[/bold] lists it, and nothing else.

    Example: [bold]ctm-rules new inspection north-2026 --framework hmip-pdu --provider north --name "North PDU"
    --started 2026-09-07[/bold]

    Example: [bold]ctm-rules new inspection north-2026 --framework hmip-pdu --provider north --name "North PDU"
    --started 2026-09-07 --cases drawn.csv --form[/bold]
    """
    framework, edition = named_edition(framework, edition)
    new = NewInspection(provider, name, started, weeks, title, region, because)
    _say(start_inspection(into, framework, new, edition=edition, cases=cases, as_form=form))


def _say(files: Iterable[Path]) -> None:
    for file in files:
        say(f"written: {place(Location(str(file)))}")
