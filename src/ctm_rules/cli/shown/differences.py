"""What differs between two frameworks, as text for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import place
from ctm_rules.diff.changes import WEIGHTS, Change, FrameworkChanges


def show_differences(changes: FrameworkChanges, out: Console) -> None:
    """Print what differs, what decides first."""
    if not changes.changes:
        out.print("There is no difference.")
    for number, (weight, heading) in enumerate((w, h) for w, h in WEIGHTS.items() if changes.of_weight(w)):
        out.print(f"{chr(10) if number else ''}[bold]{heading}[/bold]")
        for change in changes.of_weight(weight):
            out.print(f"- [bold]{escape(change.path)}[/bold]: {escape(change.says)}{_places(change)}", soft_wrap=True)
            for detail in change.details:
                out.print(f"    {escape(detail)}", soft_wrap=True)


def _places(change: Change) -> str:
    places = dict.fromkeys(place(at) for at in (change.old_at, change.new_at) if at is not None)
    return f"  [dim]{escape(' → '.join(places))}[/dim]" if places else ""
