"""What `what-if` prints: what other standards change in an inspection (printed by `diff` too), and the next ratings."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import WHAT_THE_COLUMNS_COUNT, Hanging, table
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.inspections.next_rating import ONLY_SHARES, NextRating
from ctm_rules.inspections.next_rating_above import NextRatingAbove
from ctm_rules.inspections.next_rating_points import PointsGap
from ctm_rules.limits import MAX_CASES_LISTED
from ctm_rules.model.framework import Rating
from ctm_rules.phrases import say_count, say_number, say_rating
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.rating.shares import say_percent
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.past_inspections import EffectOnInspections, say_overall


def show_effect(effect: Effect, out: Console) -> None:
    """Print what changes: overall, domains, standards, key questions, then the cases grouped by why."""
    declared = effect.before.inspection.declared
    out.print(f"[bold]{escape(declared.provider.name)}[/bold]")
    if declared.synthetic:
        out.print(f"[italic]{escape(declared.note or 'The cases are synthetic.')}[/italic]")
    out.print()
    for line in effect.in_sum():
        out.print(escape(line))
    if effect.standards:
        out.print()
        listed = table("Standard", "Before", "After")
        for change in effect.standards:
            name = escape(f"{change.standard.id} {change.standard.title}")
            listed.add_row(name, *(_label(side.rating) if side else "–" for side in (change.before, change.after)))
        out.print(listed)
    if effect.key_questions:
        out.print()
        listed = table("Key question", "Yes", "No", "N/a", "?", "%", "Band", right=["Yes", "No", "N/a", "?", "%"])
        for question in effect.key_questions:
            cells = zip(_cells(question.before), _cells(question.after), strict=True)
            listed.add_row(question.path, *(was if was == now else f"{was} → {now}" for was, now in cells))
        out.print(listed)
        out.print(Hanging("", WHAT_THE_COLUMNS_COUNT))
    for group in effect.by_reason():
        cases = ", ".join(group.cases[:MAX_CASES_LISTED]) + (", …" if len(group.cases) > MAX_CASES_LISTED else "")
        out.print(
            f"\n[bold]{group.key_question}[/bold]: {group.movement}, "
            f"{say_count(len(group.cases), 'case')} ({escape(cases)})"
        )
        for reason in group.why:
            out.print(f"  {escape(reason)}", soft_wrap=True)
    gone, come = effect.panel_flags
    for title, flags in (("No longer for the panel to look at", gone), ("New for the panel to look at", come)):
        if flags:
            out.print(f"\n[bold]{title}[/bold]")
            for flag in flags:
                out.print(Hanging("- ", escape(flag)))


def show_past_inspections(past: EffectOnInspections, out: Console) -> None:
    """Print what every inspection comes to either way, the standards that change, and what cannot be rated and why."""
    for line in past.in_sum():
        out.print(escape(line))
    if past.rated:
        out.print()
        listed = table("Inspection", "Before", "After")
        for found, effect in past.rated:
            sides = (say_overall(side.rating) for side in (effect.before, effect.after))
            listed.add_row(*map(escape, (found.name, *sides)))
        out.print(listed)
    for sentences in (past.changes(), past.not_rated()):
        if sentences:
            out.print()
        for name, sentence in sentences:
            out.print(f"- [bold]{escape(name)}[/bold]: {escape(sentence)}", soft_wrap=True)


def show_next_ratings(ways: tuple[NextRating, ...], above: tuple[NextRatingAbove, ...], out: Console) -> None:
    """Print how little separates each standard, domain and the whole from the next rating, and what is in the way."""
    for way in ways:
        title = escape(f"{way.standard.id} {way.standard.title}")
        rating = escape(say_rating(way.rating))
        if way.next is None:
            said = way.why_not if way.why_not == ONLY_SHARES else f"{rating}; {way.why_not}"
            out.print(f"[bold]{title}[/bold]: {escape(said)}")
            continue
        out.print(f"[bold]{title}[/bold]: {rating}; {way.distance} from {escape(way.next.label)}")
        for gap in way.gaps:
            result, counts = gap.result, gap.counts_when
            assert result.percent is not None  # without a share there is no rating, and no way to the next
            out.print(
                f"  {result.path}: {say_percent(result.percent)} {counts}; {gap.needed} of the "
                f"{say_count(gap.against, 'case')} judged otherwise would have to be {counts} "
                f"({say_percent(gap.percent)})"
            )
            for prompt in gap.in_the_way:
                alone = f"; alone it would turn {prompt.would_turn}" if prompt.would_turn else ""
                name = prompt.path.rpartition(".")[2]
                out.print(f"    {name}: answered no in {prompt.answered_no} of the {gap.against}{alone}")
        for of_points in way.points:
            _show_points(of_points, out)
        for asked in way.answers:
            out.print(f"  {asked.result.path}: {_label(asked.result.rating)}; answered otherwise:")
            for other in asked.others:
                now = "not answered" if other.now is None else f"answered {other.now.value}"
                out.print(f"    {other.path.rpartition('.')[2]}: {other.then.value} ({now})")
        for judged in way.judgements:
            if judged.name != way.standard.slug:
                out.print(f"  {judged.name}: judged {_label(judged.then)} and not {_label(judged.rating)}")
    for way_above in above:
        title, rating = escape(way_above.title), _label(way_above.rating)
        if way_above.next is None:
            out.print(f"[bold]{title}[/bold]: {rating}; {escape(way_above.why_not)}", soft_wrap=True)
            continue
        out.print(f"[bold]{title}[/bold]: {rating}; each of these alone gives a better rating:")
        for change in way_above.changes:
            distance = f" ({change.distance})" if change.distance else ""
            name, then = escape(change.title), f"{_label(change.rating)} → {_label(change.then)}"
            out.print(f"  {name}: {then}{distance} gives {_label(change.gives)}", soft_wrap=True)


def _show_points(gap: PointsGap, out: Console) -> None:
    """Print how few cases, and how few answers, must be others for enough points, and where the points are lost."""
    assert gap.result.value is not None  # it has a rating, and not yet the next
    out.print(
        f"  {gap.result.path}: {say_number(gap.result.value)}; at least {gap.needed} of the "
        f"{say_count(gap.short, 'case')} that could have {gap.wanted} points would have to have other answers "
        f"({say_number(gap.value)} with the best), and at least {say_count(gap.answers_needed, 'answer')} would have "
        f"to be others"
    )
    for prompt in gap.in_the_way:
        name, side = prompt.path.rpartition(".")[2], "higher" if gap.wanted == "more" else "lower"
        cases = say_count(prompt.answers, "case")
        out.print(
            f"    {name}: not the best answer in {cases}; with it the value would be {say_number(prompt.points)} {side}"
        )


def show_assumed(result: InspectionResult, out: Console) -> None:
    """Print once, quietly, that the ratings rest on assumptions."""
    if result.rating.assumptions:
        out.print("\n[dim]Resting on assumptions that the source does not print; ctm-rules rate lists them.[/dim]")


def _cells(result: KeyQuestionResult | None) -> tuple[str, ...]:
    if result is None:
        return ("–",) * 6
    counts = result.counts
    percent = "–" if result.percent is None else str(result.percent)
    numbers = map(str, (counts.yes, counts.no, counts.not_applicable, counts.undetermined))
    return (*numbers, percent, _label(result.rating))


def _label(rating: Rating | None) -> str:
    return escape(say_rating(rating))
