"""``ctm-rules rate``: the ratings of one inspection, or of any number of cases in files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import (
    CALL_OR_INPUT_IS_WRONG,
    THE_DATA_SAYS_NO,
    WHAT_THE_COLUMNS_COUNT,
    Hanging,
    NoValues,
    console,
    print_json,
    progress,
    say_error,
    show_diagnostics,
    shown,
    table,
    values_are_withheld,
    withhold_values,
)
from ctm_rules.cli.standards import FRAMEWORK, day, find_standards, show_standards
from ctm_rules.diagnostics.findings import RequestError
from ctm_rules.engines import EngineName
from ctm_rules.frameworks.loading import load_framework
from ctm_rules.inspections.inspection import InspectionResult, load_inspection, rate_inspection
from ctm_rules.inspections.last_time import LastTime
from ctm_rules.limits import MAX_CASES_LISTED
from ctm_rules.model.framework import Framework, PointsInBands, Rating
from ctm_rules.phrases import one_or_many, say_count, say_date, say_list, say_number, say_rating
from ctm_rules.rating.decisions import OVERALL, PanelDecision, Place
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.results import KeyQuestionResult, RatingResult, StandardResult, say_score

if TYPE_CHECKING:
    from ctm_rules.inspections.result_dicts import InspectionDict

_IN_BULK = "Rating files in bulk"


def command(
    inspection: Annotated[Path | None, typer.Argument(help="The inspection file.", metavar="INSPECTION")] = None,
    engine: Annotated[
        Literal["auto", "durable", "reference", "spark"],
        typer.Option(help="Which engine decides; every engine gives the same ratings. Spark is for --cases."),
    ] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    cases: Annotated[
        list[str] | None,
        typer.Option(
            help="CSV, XLSX, ODS, XLS or Parquet: a file, a folder or a pattern, instead of an inspection.",
            metavar="FILES",
            rich_help_panel=_IN_BULK,
        ),
    ] = None,
    framework: Annotated[
        str,
        typer.Option(help=FRAMEWORK, rich_help_panel=_IN_BULK),
    ] = "",
    edition: Annotated[
        str | None, typer.Option(help="Its edition.", show_default="the one in force", rich_help_panel=_IN_BULK)
    ] = None,
    on: Annotated[
        datetime.date | None,
        typer.Option(
            parser=day,
            help="The day on which the edition must be in force.",
            metavar="DATE",
            show_default="today",
            rich_help_panel=_IN_BULK,
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            help="What to group by, with commas: columns (provider), periods of dates (commenced.quarter), "
            "sub-groups (subgroups.grade).",
            rich_help_panel=_IN_BULK,
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write to this CSV, XLSX, Parquet or JSON file.", rich_help_panel=_IN_BULK),
    ] = None,
    judgements: Annotated[
        Path | None,
        typer.Option(help="CSV file: recorded ratings of judged standards by group.", rich_help_panel=_IN_BULK),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="Another name of a column: assessment.safety.victims=Q17.", rich_help_panel=_IN_BULK),
    ] = None,
    codes: Annotated[
        list[str] | None,
        typer.Option(help="What numbers mean: yes=1,no=2,na=9 or grade:PO=1,PSO=2.", rich_help_panel=_IN_BULK),
    ] = None,
    absent: Annotated[
        Literal["refuse", "missing"] | None,
        typer.Option(
            help="What a column means that the rules read and a file lacks.",
            show_default="refuse",
            rich_help_panel=_IN_BULK,
        ),
    ] = None,
    read_as: Annotated[
        Path | None,
        typer.Option(
            help="The file that says how the files are read: names, words, dates, shape.",
            metavar="FILE",
            show_default="the framework's own",
            rich_help_panel=_IN_BULK,
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="How CSV files without a byte-order mark were saved: windows-1252.",
            metavar="NAME",
            show_default="utf-8",
            rich_help_panel=_IN_BULK,
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse everything where a row is bad.", rich_help_panel=_IN_BULK)
    ] = False,
    master: Annotated[
        str | None,
        typer.Option(help="The master of the Spark cluster: spark://host:7077.", rich_help_panel=_IN_BULK),
    ] = None,
    counts: Annotated[
        Path | None,
        typer.Option(help="A published table of counts, rated again (with --framework).", metavar="TABLE"),
    ] = None,
    no_values: NoValues = False,
) -> None:
    """Rate an inspection: key questions, standards, domains and overall. Or rate the cases in files, by any grouping.

    With --counts: rate the counts that somebody published, such as the table counts of a report's annexe.

    Example: [bold]ctm-rules rate examples/ctm/inspection.yaml[/bold]

    Example: [bold]ctm-rules rate --cases examples/ctm/cases.csv --framework hmip-pdu --by subgroups.grade[/bold]

    Exit code 1 where a rating or a share that is asked for cannot be given; of files, where rows were left out; of
    published counts, where they give another rating or share than is printed with them.
    """
    withhold_values(no_values)
    of_files: dict[str, object] = {
        "--by": by,
        "--output": output,
        "--judgements": judgements,
        "--column": column,
        "--codes": codes,
        "--absent": absent is not None,
        "--read-as": read_as,
        "--strict": strict,
        "--master": master,
        "--encoding": encoding,
    }
    if counts is not None and inspection is None and cases is None and framework and engine != "spark":
        useless: dict[str, object] = {
            "--by": by,
            "--output": output,
            "--judgements": judgements,
            "--column": column,
            "--codes": codes,
        }
        useless |= {"--absent": absent is not None, "--read-as": read_as, "--strict": strict}
        useless |= {"--master": master, "--encoding": encoding}
        _refuse_without_effect(useless, "published counts", "leave it out")
        _rate_counts(counts, framework, edition, on, engine, as_json=as_json)
        return
    if cases is not None and counts is None and inspection is None and framework and engine in ("auto", "spark"):
        # Dataframes are imported only where files are rated in bulk.
        import_module("ctm_rules.cli.commands.rate_files").rate_in_bulk(
            cases,
            by,
            framework=framework,
            edition=edition,
            on=on,
            judgements=judgements,
            columns=column or [],
            codes=codes or [],
            absent=absent,
            encoding=encoding,
            read_as=read_as,
            strict=strict,
            on_spark=engine == "spark",
            master=master,
            output=output,
            as_json=as_json,
        )
        return
    if cases is not None or counts is not None or inspection is None or engine == "spark":
        rated = {"an inspection": inspection, "--cases": cases, "--counts": counts}
        say_error(_wrong_call([what for what, value in rated.items() if value is not None], framework, engine))
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    in_bulk: dict[str, object] = {"--framework": framework, "--edition": edition, "--on": on, **of_files}
    hint = "leave it out, or rate the table of cases itself: --cases and --framework"
    own = {"--encoding": "encoding", "--read-as": "read_as", "--absent": "absent"}
    given = [option for option, value in in_bulk.items() if value]
    if len(given) == 1 and given[0] in own:
        hint = f"an inspection says it itself: {own[given[0]]}, under cases"
    _refuse_without_effect(in_bulk, "an inspection", hint)
    loaded = load_inspection(inspection)
    result = rate_inspection(loaded, engine=engine, progress=lambda cases: progress(cases, "Rating", len(cases)))
    if as_json:
        print_json(_to_dict(result))
    else:
        show_diagnostics(result.warnings)
        _show(result, console())
    if not result.rating.is_complete:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _wrong_call(given: Sequence[str], framework: str, engine: str) -> str:
    """Return why what is given cannot be rated together."""
    if not given:
        return "give an inspection, or --cases and --framework, or --counts and --framework"
    if len(given) > 1:
        return f"{say_list(given)} are given, and one of them is rated at a time"
    if not framework and given != ["an inspection"]:
        return f"{given[0]} needs the framework: --framework hmip-pdu"
    if engine == "spark":
        return "the engine spark is for --cases: leave --engine out"
    return f"the engine {engine} decides one case at a time: with --cases leave --engine out, or give --engine spark"


def _refuse_without_effect(options: Mapping[str, object], of: str, hint: str) -> None:
    given = [option for option, value in options.items() if value]
    if given:
        message = f"{say_list(given)} {one_or_many(len(given), 'changes', 'change')} nothing of {of}"
        from ctm_rules.validity.readings import OPTIONS, WITHOUT_EFFECT  # they are for tables, and here for mistakes

        raise RequestError([WITHOUT_EFFECT.found(OPTIONS, message, hint=hint)])


def _rate_counts(
    table: Path, name: str, edition: str | None, on: datetime.date | None, engine: EngineName, *, as_json: bool
) -> None:
    """Rate a table of counts that somebody published; exit code 1 where it prints what its counts do not give."""
    from ctm_rules.rating.published_counts import read_counts

    published = read_counts(table, load_framework(find_standards(name, edition, on=on)))
    rating = published.rate(engine)
    differences = published.differences(rating)
    if as_json:
        print_json({**rating.to_dict(), "warnings": [found.to_dict() for found in differences]})
    else:
        show_diagnostics(differences)
        framework, out = rating.framework, console()
        counted = f"{say_count(rating.cases, 'case')}, " if framework.asks_of_cases else ""
        out.print(f"[bold]{escape(framework.title)}[/bold] ({framework.id}, edition {framework.edition})")
        show_standards(framework.identity(), out)
        out.print(f"{counted}engine {rating.engine}; counts from {escape(str(table))}")
        _show_rating(rating, out)
        _show_list("Not rated" if rating.has_ratings else "Not shown", rating.not_rated, out)
        _show_list("Not counted", rating.not_counted, out)
        _show_list("For the panel to look at again", rating.panel, out)
        _show_list("Resting on assumptions", rating.assumptions, out)
    if differences or not rating.is_complete:
        raise typer.Exit(THE_DATA_SAYS_NO)


def _to_dict(result: InspectionResult) -> InspectionDict:
    """Return the result as plain data; where values are withheld, no case is named, and no reason is given for one."""
    said = result.to_dict()
    if values_are_withheld():
        said["divergences"] = [{**found.to_dict(), "case": None, "reason": None} for found in result.divergences]
        said["undetermined"] = [{**found.to_dict(), "case": None} for found in result.undetermined]
        said["warnings"] = [warning.to_dict() for warning in shown(result.warnings)]
    return said


def _show(result: InspectionResult, out: Console) -> None:
    declared, rating = result.inspection.declared, result.rating
    framework = rating.framework
    out.print(f"[bold]{escape(declared.provider.name)}[/bold]")
    counted = f"{rating.said_cases}, " if framework.asks_of_cases else ""
    engine = f"{counted}engine {rating.engine}"
    out.print(f"{escape(framework.title)} ({framework.id}, edition {framework.edition}); {engine}")
    show_standards(result.inspection.framework_identity, out)
    if declared.synthetic:
        out.print(f"[italic]{escape(declared.note or 'The cases are synthetic.')}[/italic]")
    if result.last_time is not None:
        synthetic = "; its cases are synthetic" if result.last_time.synthetic else ""
        then = result.last_time.result.framework
        started = say_date(result.last_time.started)
        out.print(f"last time: fieldwork from {started}, by {then.id} {then.edition}{synthetic}")
    _show_rating(rating, out, result.last_time)
    _show_list("Decided by the panel", rating.decided, out)
    _show_list("Rated by other inspections", [str(each) for each in result.inspection.rated_elsewhere], out)
    _show_list("Not rated" if rating.has_ratings else "Not shown", rating.not_rated, out)
    _show_list("Not counted", rating.not_counted, out)
    _show_list("Undetermined cases", _say_undetermined(result), out)
    reasons = [
        f"{reason}: {say_count(times, 'fact or answer', 'facts and answers')}"
        for reason, times in result.missing_by_reason.items()
    ]
    _show_list("Missing, and why", reasons, out)
    _show_list("For the panel to look at again", rating.panel, out)
    _show_list(
        "A recorded judgement differs from the rule",
        [
            f"case {found.case}, {found.key_question}: {found.judgement.outcome.value}, the rule says "
            f"{found.rule.value}. {found.judgement.reason}"
            for found in result.divergences
        ]
        if not values_are_withheld()
        else [_say_unnamed(len(result.divergences))] * bool(result.divergences),
        out,
    )
    if result.reliability:
        from ctm_rules.inspections.reliability import say_reliability  # most inspections judge no case twice

        of_questions = [
            each for each in result.reliability if each.level == "key_question"
        ]  # prompts are in the annexe
        said = [say_count(len(result.inspection.judged_twice), "case"), *say_reliability(of_questions)]
        _show_list("Judged twice", said, out)
    _show_list("Resting on assumptions", rating.assumptions, out)


def _show_rating(rating: RatingResult, out: Console, last_time: LastTime | None = None) -> None:
    """Print the overall rating, and under it the domains, the standards and their key questions."""
    framework = rating.framework
    score = [
        f"score {said}".replace("score no score", "no score")
        for said in say_score(rating.score, rating.out_of, rating.overall)
    ]
    named = [f"[bold]{_label(rating.overall)}[/bold]"] if framework.overall is not None or score else []
    if named or score:
        out.print()
        beside = _say_beside(OVERALL, rating.overall, rating.overall_computed, rating.overall_decision, last_time)
        out.print(f"Overall: {', '.join([*named, *score])}{beside}")
    _show_because(rating.overall_because, out)
    _show_standards(rating, out, last_time)
    for standard in rating.standards:
        if standard.key_questions:
            title = escape(f"{standard.standard.id} {standard.standard.title}")
            is_rated = framework.is_rated(standard.standard)
            rated = f": {_label(standard.rating)}" if is_rated else ""
            beside = _beside_standard(standard, last_time)
            out.print(f"\n[bold]{title}{rated}[/bold]{beside}")
            _show_questions(standard.key_questions, standard.drivers, out, is_rated=is_rated)
    if any(question.has_share for standard in rating.standards for question in standard.key_questions):
        out.print()
        out.print(Hanging("", WHAT_THE_COLUMNS_COUNT))


def _say_unnamed(outcomes: int) -> str:
    return f"{say_count(outcomes, 'outcome')}, of cases that --no-values leaves unnamed"


def _say_undetermined(result: InspectionResult) -> list[str]:
    """Return the first undetermined cases with what is missing, and how to see the rest."""
    found = result.undetermined
    if not found:
        return []
    if values_are_withheld():
        return [_say_unnamed(len(found))]
    listed = [str(outcome) for outcome in found[:MAX_CASES_LISTED]]
    if len(found) > len(listed):
        listed.append(f"and {len(found) - len(listed):,} more; --json has all of them")
    return [*listed, f"clause by clause: ctm-rules explain {result.inspection.path} {found[0].case}"]


def _show_standards(rating: RatingResult, out: Console, last_time: LastTime | None) -> None:
    by_slug = {result.standard.slug: result for result in rating.standards}
    for domain in rating.domains:
        score = "".join(f" ({said})" for said in say_score(domain.score, domain.out_of, domain.rating))
        named = f": {_label(domain.rating)}" if rating.framework.rule_of_domain(domain.domain) is not None else ""
        place: Place = ("domains", domain.domain.id)
        beside = _say_beside(place, domain.rating, domain.computed, domain.decision, last_time)
        out.print(f"\n[bold]{escape(domain.domain.title)}{named}[/bold]{score}{beside}")
        _show_because(domain.because, out)
        _show_table([by_slug[slug] for slug in domain.domain.standards], rating.framework, out, last_time)
    outside = [by_slug[standard.slug] for standard in rating.framework.outside_domains]
    if outside:
        out.print("\n[bold]Other standards[/bold]" if rating.domains else "")
        _show_table(outside, rating.framework, out, last_time)


def _show_table(
    results: Sequence[StandardResult], framework: Framework, out: Console, last_time: LastTime | None
) -> None:
    results = [result for result in results if framework.is_rated(result.standard)]
    if not results:
        return  # their shares follow
    scored = framework.has_scores
    columns = ["Standard", "Rating", *(["Score"] if scored else []), "Rated by"]
    listed = table(*columns, right=["Score"])
    for result in results:
        number = None if result.rating is None else result.rating.score
        scores = ["–" if number is None else str(number)] if scored else []
        name = escape(f"{result.standard.id} {result.standard.title}")
        beside = "" if result.standard.in_total else ", beside the total"
        rated = f"{_label(result.rating)}{_beside_standard(result, last_time)}"
        listed.add_row(name, rated, *scores, f"{_rated_by(result)}{beside}")
    out.print(listed)


def _rated_by(result: StandardResult) -> str:
    """Return what the rating of a standard rests on, as its key questions are answered."""
    if result.standard.rated_by == "judgement":
        return "judgement"
    asked = [question.question for question in result.key_questions]
    return say_list([*dict.fromkeys("judgement" if each.rated_by == "judgement" else each.asked_of for each in asked)])


def _beside_standard(result: StandardResult, last_time: LastTime | None) -> str:
    place: Place = ("standards", result.standard.slug)
    return _say_beside(place, result.rating, result.computed, result.decision, last_time)


def _say_beside(
    place: Place,
    rating: Rating | None,
    computed: Rating | None,
    decision: PanelDecision | None,
    last_time: LastTime | None,
) -> str:
    """Return what stands beside a rating: what was computed where a panel decided, and the rating of last time."""
    said = []
    if decision is not None:
        said.append(f"decided by the panel; computed: {_label(computed)}")
    elif rating != computed:
        said.append(f"without the panel's decisions: {_label(computed)}")
    if last_time is not None and place in last_time.ratings:
        said.append(f"last time: {_label(last_time.ratings[place])}")
    return f" ({'; '.join(said)})" if said else ""


def _show_because(because: Sequence[RatingReason], out: Console) -> None:
    """Print why a rating is what it is, part by part of its rule."""
    for reason in because:
        out.print(Hanging("  ", escape(reason.says)))


def _show_questions(
    questions: tuple[KeyQuestionResult, ...], drivers: tuple[str, ...], out: Console, *, is_rated: bool
) -> None:
    numbers = ["Yes", "No", "N/a", "?", "%"]
    listed = table("Key question", *numbers, "95% interval", *(["Band"] if is_rated else []), right=numbers)
    for result in questions:
        if not result.has_share:
            listed.add_row(
                escape(result.question.ask), *_asked_once(result), *([_label(result.rating)] if is_rated else [])
            )
            continue
        counts = result.counts
        percent = "–" if result.percent is None else str(result.percent)
        interval = "–" if result.interval is None else f"{result.interval[0]} to {result.interval[1]}"
        drives = " (drives the rating)" if result.path in drivers else ""
        listed.add_row(
            f"{escape(result.question.ask)}{drives}",
            *map(str, (counts.yes, counts.no, counts.not_applicable, counts.undetermined)),
            percent,
            interval,
            *([_label(result.rating)] if is_rated else []),
        )
    out.print(listed)
    chosen = (reason for result in questions for reason in result.because if reason.part == "bands")
    _show_because([*dict.fromkeys(chosen)], out)
    for result in questions:
        if result.question.borrowed is not None:
            out.print(f"  {escape(f'{result.path} is taken from {result.question.borrowed}')}", soft_wrap=True)


def _asked_once(result: KeyQuestionResult) -> tuple[str, ...]:
    """Return what stands in the columns of a question that was not asked of cases: who answered, and what."""
    if result.question.rated_by == "judgement":
        return "", "", "", "", "", "judged"
    if result.question.points is not None:
        return _points(result)
    given = [name for name, count in result.counts.by_outcome().items() if count]
    return "", "", "", "", "", f"asked once{': ' + given[0].replace('_', ' ') if given else ''}"


def _points(result: KeyQuestionResult) -> tuple[str, ...]:
    """Return what stands in the columns of a question that has points: what is placed in its bands, and how made."""
    rated, counts = result.question.rating, result.counts
    of = rated.value if isinstance(rated, PointsInBands) else "sum"
    value = "no points" if result.value is None else _VALUES[of].format(say_number(result.value))
    if not result.question.is_asked_of_cases:
        return "", "", "", "", "", f"asked once: {value}"
    scored = f"{say_count(counts.scored, 'case')}: {value}"
    return "", "", str(counts.not_applicable), str(counts.undetermined), "", scored


_VALUES = {"sum": "{} points", "mean": "{} points on average", "percent": "{}% of the points"}


def _show_list(title: str, items: list[str] | tuple[str, ...], out: Console) -> None:
    if items:
        out.print(f"\n[bold]{title}[/bold]")
        for item in items:
            out.print(Hanging("- ", escape(item)))


def _label(rating: Rating | None) -> str:
    return escape(say_rating(rating))
