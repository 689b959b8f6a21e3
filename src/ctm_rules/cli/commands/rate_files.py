"""``ctm-rules rate --cases``: the ratings of the cases in files, by any grouping."""

from __future__ import annotations

import datetime
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from attrs import evolve
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ctm_rules.cli.output import (
    THE_DATA_SAYS_NO,
    console,
    console_beside,
    print_json_pieces,
    show_diagnostics,
    shown,
    table,
)
from ctm_rules.cli.standards import find_standards, show_standards
from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.escaping import on_one_line
from ctm_rules.frameworks.finding import not_in_force
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.limits import MAX_CASES_LISTED, MAX_GROUPS_PRINTED
from ctm_rules.meaning import odd_scales
from ctm_rules.model.declared_reading import Absent, Codes
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count, say_rating
from ctm_rules.rating.results import RatingResult, StandardResult, assumptions, say_score
from ctm_rules.rating.shares import say_percent

if TYPE_CHECKING:
    from ctm_rules.bulk.files import BulkRatings


def rate_in_bulk(
    cases: Sequence[str],
    by: str,
    *,
    framework: str,
    edition: str | None,
    on: datetime.date | None,
    judgements: Path | None,
    columns: Sequence[str],
    codes: Sequence[str],
    absent: Absent | None,
    encoding: str | None,
    read_as: Path | None,
    strict: bool,
    on_spark: bool,
    master: str | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Rate files and print or write the ratings; exit code 1 where rows were left out, or anything else is an error."""
    from ctm_rules.bulk.files import rate_files
    from ctm_rules.bulk.writing import check_output, json_pieces, write_ratings

    out = console_beside(output, "--output", as_json=as_json)
    loaded = load_framework(find_standards(framework, edition, on=on))
    if on is not None:
        findings = Findings()
        hint = "leave --on out, or name the edition that was in force"
        findings.extend(not_in_force(loaded, on, "--on asks for it", Location(framework), hint))
        findings.raise_errors()
    show_diagnostics(odd_scales(loaded))
    if output is not None:
        check_output(output, cases)
    with _progress() as progress:
        rated = rate_files(
            loaded,
            cases,
            [name.strip() for name in by.split(",") if name.strip()],
            judgements=judgements,
            columns=_pairs(columns, "--column"),
            codes=read_codes(codes),
            absent=absent,
            encoding=encoding,
            read_as=read_as,
            strict=strict,
            run_on="spark" if on_spark else "here",
            master=master,
            progress=progress,
        )
    if output is not None:
        write_ratings(rated, output)
    show_diagnostics(rated.findings)
    if as_json:
        print_json_pieces(json_pieces(evolve(rated, findings=shown(rated.findings)), indent=2))
    else:
        _show(rated, output, out)
    if rated.left_out or any(found.severity == "error" for found in rated.findings):
        raise typer.Exit(THE_DATA_SAYS_NO)


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise typer.BadParameter(f'"{text}" should be two names with = between them', param_hint=option)
        if name in pairs:
            message = f'"{name}" is given twice: as {pairs[name]} and as {value}'
            raise typer.BadParameter(message, param_hint=option)
        pairs[name] = value
    return pairs


def read_codes(texts: Sequence[str]) -> Codes:
    """Return codes as they are given on the command line: ``yes=1,no=2,na=9`` and ``grade:PO=1,PSO=2``."""
    together: dict[str, list[str]] = {}
    for text in texts:
        fact, _, listed = text.rpartition(":")
        together.setdefault(fact.strip(), []).extend(listed.split(","))
    numbers: dict[str, dict[str, int]] = {}
    for fact, pairs_of_fact in together.items():
        pairs = _pairs(pairs_of_fact, "--codes")
        for word, code in pairs.items():
            if not re.fullmatch("-?[0-9]{1,18}", code):
                raise typer.BadParameter(f'"{word}={code}": codes are whole numbers', param_hint="--codes")
        numbers[fact] = {word: int(code) for word, code in pairs.items()}
    answers = numbers.pop("", {})
    for word in answers.keys() - {"yes", "no", "na"}:
        raise typer.BadParameter(
            f'"{word}={answers[word]}": answers are yes, no and na; the values of a fact stand behind its id, '
            f"as in size:{word}={answers[word]}",
            param_hint="--codes",
        )
    return Codes(**answers, facts=numbers)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Give what shows on a terminal how many rows are done, of about how many, and how long the rest will take."""
    if not sys.stderr.isatty():
        yield None
        return
    counted = TextColumn("rows: {task.completed:,.0f} of about {task.total:,.0f}")
    with Progress(BarColumn(), counted, TimeRemainingColumn(), console=console(stderr=True), transient=True) as shown:
        task = shown.add_task("rows", total=None, visible=False)

        def progress(rows: int, total: int) -> None:
            shown.update(task, advance=rows, total=total, visible=True)

        yield progress


def _show(rated: BulkRatings, output: Path | None, out: Console) -> None:
    ratings = rated.ratings
    framework = ratings.framework
    out.print(f"[bold]{escape(framework.title)}[/bold] ({framework.id}, edition {framework.edition})")
    show_standards(framework.identity(), out)
    left_out = f"; {say_count(rated.left_out, 'row')} left out" if rated.left_out else ""
    out.print(f"{say_count(rated.cases, 'case')} from {say_count(len(rated.files), 'file')}{left_out}")
    if output is not None:
        out.print(f"Ratings of {say_count(len(ratings), 'group')} written to {escape(str(output))}")
        return
    by_cases = [standard for standard in framework.standards if standard.rated_by == "cases"]
    standards = [standard for standard in by_cases if framework.is_rated(standard)]
    # Where shares rate nothing, they are all there is.
    shares = [f"{each.slug}.{one.id}" for each in by_cases if each not in standards for one in each.key_questions]
    listed = table(
        *map(escape, ratings.by),
        "Cases",
        *(escape(standard.title) for standard in standards),
        *map(escape, shares),
        *(["Overall"] if framework.overall is not None or framework.has_scores else []),
        right=["Cases", *shares],
        names_first=bool(ratings.by),
    )
    for group in ratings.groups[:MAX_GROUPS_PRINTED]:
        results = {result.standard.slug: result for result in group.rating.standards}
        listed.add_row(
            *("–" if value is None else escape(on_one_line(cell_text(value))) for value in group.group.values()),
            f"{group.rating.cases:,}",
            *(_rating(results[standard.slug]) for standard in standards),
            *(_share(group.rating, path) for path in shares),
            *([_overall(group.rating)] if group.rating.has_whole else []),
        )
    out.print(listed)
    more = len(ratings) - MAX_GROUPS_PRINTED
    if more > 0:
        out.print(f"… and {say_count(more, 'other group')}: --output FILE writes them all")
    why_not = Counter(reason for group in ratings.groups[:MAX_GROUPS_PRINTED] for reason in group.rating.not_rated)
    for reason, groups in why_not.most_common(MAX_CASES_LISTED):
        how_often = f" ({say_count(groups, 'group')})" if ratings.by else ""
        out.print(f"Not rated: {escape(reason)}{how_often}")
    if len(why_not) > MAX_CASES_LISTED:
        out.print(f"… and for {say_count(len(why_not) - MAX_CASES_LISTED, 'other reason')}, which --json says")
    for reason, cells in ratings.missing.items():
        out.print(f"Missing: {escape(reason)}: {say_count(cells, 'fact or answer', 'facts and answers')}")
    for sentence in assumptions(framework) if ratings.groups else ():
        out.print(f"[italic]{escape(sentence)}[/italic]")


def _overall(rating: RatingResult) -> str:
    if rating.overall is None:
        return say_rating(None)
    return escape(rating.overall.label) + "".join(f" ({said})" for said in say_score(rating.score, rating.out_of))


def _share(rating: RatingResult, path: str) -> str:
    questions = (question for standard in rating.standards for question in standard.key_questions)
    percent = next((question.percent for question in questions if question.path == path), None)
    return "–" if percent is None else say_percent(percent)


def _rating(result: StandardResult) -> str:
    if result.rating is None:
        return say_rating(None)
    percent = result.driving_percent
    share = "" if percent is None else f" ({say_percent(percent)})"
    return f"{escape(result.rating.label)}{share}"
