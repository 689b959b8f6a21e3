"""``ctm-rules explain``: why a case has its outcome, or what a diagnostic code means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from attrs import asdict
from rich.console import Console
from rich.markup import escape

from ctm_rules.cli.output import CALL_OR_INPUT_IS_WRONG, console, place, print_json, say, say_error
from ctm_rules.cli.standards import show_standards
from ctm_rules.diagnostics.catalogue import codes_by_module, find_code
from ctm_rules.diagnostics.formats import code_page
from ctm_rules.diagnostics.suggestions import nearest_name_hint, say_no_such
from ctm_rules.engines import EngineName
from ctm_rules.inspections.explaining import (
    ClauseExplanation,
    QuestionExplanation,
    explain_case,
    explain_provider,
)
from ctm_rules.inspections.inspection import Inspection, load_inspection
from ctm_rules.model.provider_view import say_part
from ctm_rules.phrases import say_number
from ctm_rules.rating.result_dicts import framework_dict
from ctm_rules.scaffolding.printed_results import ExplainedDict


def command(
    what: Annotated[
        str, typer.Argument(help="The inspection file, or the code of a finding.", metavar="INSPECTION|CODE")
    ],
    case: Annotated[
        str | None, typer.Argument(help="The id of a case of the inspection, or of the provider for what it is asked.")
    ] = None,
    key_question: Annotated[
        list[str] | None,
        typer.Option("--key-question", "-k", help="Only this key question, such as assessment.safety (repeatable)."),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Which engine decides.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
) -> None:
    """Explain why a case has its outcomes: every clause of each rule, what was found, and its line of YAML.

    Marks: ✓ met, ✗ not met, – does not apply, ? not known.

    Example: [bold]ctm-rules explain examples/ctm/inspection.yaml synthetic-01 -k assessment.safety[/bold]

    With the code of a finding alone: what it finds, why it matters, and an example put right.

    Example: [bold]ctm-rules explain never-yes[/bold]
    """
    if case is None:
        _explain_code(what, as_json)
        return
    loaded = load_inspection(what)
    explanations = _explanations(loaded, case, key_question or [], engine)
    asked = {explanation.path.partition(".")[0] for explanation in explanations}
    decided = {decision.standard: decision for decision in loaded.declared.decisions if decision.standard in asked}
    if as_json:
        explained: ExplainedDict = {
            "framework": framework_dict(loaded.framework_identity),
            "case": case,
            "key_questions": [explanation.to_dict() for explanation in explanations],
            "decisions": [
                {"standard": slug, **decision.to_dict(loaded.framework)} for slug, decision in decided.items()
            ],
        }
        print_json(explained)
        return
    out = console()
    of = escape(loaded.declared.provider.name)
    is_case = any(each.id == case for each in loaded.cases)
    out.print(f"Case [bold]{escape(case)}[/bold] of {of}" if is_case else f"What was asked of [bold]{of}[/bold]")
    show_standards(loaded.framework_identity, out)
    if loaded.declared.synthetic:
        out.print(f"[italic]{escape(loaded.declared.note or 'The cases are synthetic.')}[/italic]")
    for explanation in explanations:
        _show(explanation, out)
    for slug, decision in decided.items():
        said = decision.to_dict(loaded.framework)
        out.print(f"\nThe panel moved the rating of [bold]{slug}[/bold] from {escape(str(said['from']))} to ", end="")
        out.print(escape(f"{said['rating']}, whatever this case says. {decision.reason} ({decision.by})"))


def _explain_code(name: str, as_json: bool) -> None:
    code = find_code(name)
    if code is None:
        if Path(name).exists():
            say_error(f"which case of {name}? Give its id after the file")
        else:
            known = [code for codes in codes_by_module().values() for code in codes]
            say_error(f"{say_no_such('code', name)}. {nearest_name_hint(name, known, list_all=False)}")
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    if as_json:
        print_json(asdict(code))
    else:
        say(code_page(code))


def _explanations(
    inspection: Inspection, case_id: str, wanted: list[str], engine: EngineName
) -> list[QuestionExplanation]:
    framework = inspection.framework
    wanted = [_short(name) for name in wanted]
    cases = {case.id: case for case in inspection.cases}
    provider = inspection.declared.provider.id
    is_provider = case_id not in cases and case_id == provider and bool(framework.provider_questions)
    named = [*cases, *([provider] if framework.provider_questions else [])]
    unknown = [
        (kind, name, list(known))
        for kind, names, known in (
            ("case", [case_id], named),
            ("key question", wanted, framework.provider_questions if is_provider else framework.key_questions),
        )
        for name in names
        if name not in known
    ]
    for kind, name, known in unknown:
        say_error(f"{say_no_such(kind, name)}. {nearest_name_hint(name, known)}")
    if unknown:
        raise typer.Exit(CALL_OR_INPUT_IS_WRONG)
    if is_provider:
        explained = explain_provider(framework, inspection.provider_facts, inspection.provider_answers, engine)
        # A line of a rating stands below its key question: safety.alarms/rating/line/0.
        return [each for each in explained if not wanted or each.path.partition("/")[0] in wanted]
    asked = [path for path in framework.key_questions if not wanted or path in wanted]
    return list(explain_case(framework, cases[case_id], engine, key_question=asked))


def _short(address: str) -> str:
    """Return the address of a key question as it is known, where it is written out in full, as amendments may write it.

    >>> _short("standards.assessment.key_questions.safety")
    'assessment.safety'
    """
    return address.removeprefix("standards.").replace(".key_questions.", ".")


def _show(explanation: QuestionExplanation, out: Console) -> None:
    outcome = explanation.outcome
    out.print(f"\n[bold]{say_part(explanation.path)}[/bold]: {escape(explanation.question.ask)}")
    if explanation.question.borrowed is not None:
        out.print(escape(f"  taken from {explanation.question.borrowed}"))
    number = ""
    if outcome.points is not None and outcome.reachable is not None:
        number = f": {say_number(outcome.points)} of {say_number(outcome.reachable)}"
    out.print(f"  outcome: [bold]{outcome.outcome.value.replace('_', ' ')}[/bold]{number}")
    if outcome.judgement is not None:
        rule = outcome.rule_outcome.value.replace("_", " ")
        reason = f" {outcome.judgement.reason}" if outcome.judgement.reason else ""
        out.print(escape(f"  recorded by a person; the rule says {rule}.{reason}"))
    if outcome.variant is not None:
        out.print(f"  decided by the rule for the variant {outcome.variant}")
    if explanation.sample is not None:
        how = ":" if explanation.drawn else ", and the table of the case says which sample it was drawn for"
        out.print(escape(f"  asked of the sample {explanation.sample.id}{how}"))
        if explanation.drawn is not None:
            _show_clauses(explanation.drawn, out)
    if explanation.applies is not None:
        out.print("  asked when:")
        _show_clauses(explanation.applies, out)
    if not explanation.is_asked:
        pass  # no rule decides it
    elif explanation.rule is None:
        out.print("  which rule is used cannot be told: a fact is missing")
        for name, clause in explanation.variants.items():
            out.print(f"  the rule for the variant {name} is used where:")
            _show_clauses(clause, out)
    else:
        out.print(f"  {explanation.rule_title}")
        _show_clauses(explanation.rule, out)
        if not explanation.is_settled_by_clauses:
            out.print("  the clauses alone do not settle it: no prompt that applies is answered")
    if outcome.fired:
        out.print(f"  rules fired in the {explanation.engine} engine:")
        for rule in outcome.fired:
            out.print(f"    {escape(rule)}")


def _show_clauses(top: ClauseExplanation, out: Console) -> None:
    for depth, clause in top.lines():
        found = f" · {clause.found}" if clause.found else ""
        where = f"  [dim]{escape(place(clause.at))}[/dim]"
        out.print(f"    {'  ' * depth}{clause.truth.value} {escape(clause.says)}{escape(found)}{where}", soft_wrap=True)
