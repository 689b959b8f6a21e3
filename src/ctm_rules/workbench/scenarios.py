"""The pages about scenarios: which fail and what is decided about them, and a scenario of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.editing.edits import Edit
from ctm_rules.editing.expecting import can_expect, expecting, names_that_are_gone, without
from ctm_rules.engines.base import plan_question
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.framework import Framework
from ctm_rules.model.rules_in_words import say
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER
from ctm_rules.scenarios.running import ScenarioResult
from ctm_rules.validity.names import check_known
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.clauses import fact_value
from ctm_rules.workbench.forms import digest_of, one
from ctm_rules.workbench.missing import OUTCOMES, scenario_name, with_scenario
from ctm_rules.workbench.pages import Asked, Pages


def scenarios(pages: Pages, _: Asked, errors: Sequence[Diagnostic] = ()) -> Response:
    """What fails, with a tick for each of which it is meant, and every file of scenarios."""
    session = pages.session
    values = pages.panels(session.evaluation)
    valid, framework = session.last_valid, pages.framework
    values |= {
        "errors": errors,
        "failing": [] if valid is None else [each for each in valid.scenarios if not each.passed],
        "gone": {name: len(places) for name, places in _gone(pages).items()},
        "questions": {} if framework is None else {path: each.ask for path, each in framework.key_questions.items()},
        "files": [session.name_of(file) for file in sorted(session.scenario_files())],
        "name_of": _name_of,
        "can_expect": can_expect,
    }
    status = 422 if errors else 200
    return pages.page("every-scenario", pages.words.plain("scenarios"), values, here="/scenarios", status=status)


def _name_of(result: ScenarioResult) -> str:
    """Return what a scenario is called in a form; another one as soon as something else comes out."""
    at, said = result.scenario.at, result.failure
    return digest_of(f"{at.file}:{at.line}:{at.column}:{said}".encode())


def _gone(pages: Pages) -> Mapping[str, list[tuple[Path, tuple[str | int, ...]]]]:
    """Return where scenarios give something by a name that nothing has any more, by that name."""
    session, gone = pages.session, dict[str, list[tuple[Path, tuple[str | int, ...]]]]()
    found = session.evaluation.scenario_findings
    for file in session.scenario_files() if found else ():
        for name, pointer in names_that_are_gone(session.document(file), found):
            gone.setdefault(name, []).append((file, pointer))
    return gone


def decided(pages: Pages, asked: Asked) -> Response:
    """Expect what comes out now of the scenarios that were ticked, or give no more what is gone."""
    session, ticked, name = pages.session, set(asked.typed.get("expect", ())), one(asked.typed, "without")
    edits: dict[Path, tuple[Edit, ...]] = {}
    if name:
        gone: dict[Path, list[tuple[str | int, ...]]] = {}
        for file, pointer in _gone(pages).get(name, ()):
            gone.setdefault(file, []).append(pointer)
        edits = {file: without(session.document(file), pointers) for file, pointers in gone.items()}
    for result in session.evaluation.scenarios if ticked else ():
        if not result.passed and _name_of(result) in ticked and can_expect(result):
            file = Path(result.scenario.at.file)
            edits[file] = (*edits.get(file, ()), *expecting(session.document(file), result))
    called = pages.words.plain("took_out", what=name) if name else pages.words.plain("expected_now")
    try:
        is_done = session.edit(called, edits)
    except DiagnosticError as error:
        return scenarios(pages, asked, error.diagnostics)
    return pages.to("/scenarios", pages.words.plain("kept", what=called) if is_done else pages.words.plain("no_change"))


# --- A scenario of one's own -----------------------------------------------------------------------


def new_scenario(pages: Pages, asked: Asked) -> Response:
    """A form for a case of a key question, and what must come out of it."""
    return _page(pages, asked)


def _question(pages: Pages, asked: Asked) -> tuple[Framework, str]:
    """Return the key question that an address names.

    Raises:
        DiagnosticError: there is none, or no framework that could have one.
    """
    path, framework, findings = asked.query.get("question", ""), pages.framework, Findings()
    check_known("key question", path, () if framework is None else framework.key_questions, Location(""), findings)
    findings.raise_errors()
    assert framework is not None
    return framework, path


def _page(
    pages: Pages,
    asked: Asked,
    *,
    errors: Sequence[Diagnostic] = (),
    came_out: str = "",
    details: Sequence[str] = (),
) -> Response:
    framework, path = _question(pages, asked)
    question = framework.key_questions[path]
    prompts = [
        (prompt, {word: framework.answer_label(prompt, answer) for word, answer in answers.items()})
        for prompt in question.prompts
        for answers in (answers_to(framework, f"{path}.{prompt.id}"),)
    ]
    read = plan_question(framework, path).fact_ids
    others = [fact for fact in framework.facts if fact.id not in read]
    values = {
        "path": path,
        "question": question,
        "sentence": "" if question.yes_when is None else say(question.yes_when, framework, question),
        "prompts": prompts,
        "facts": [fact for fact in framework.facts if fact.id in read],
        "other_facts": others,
        "other_facts_said": any(one(asked.typed, f"fact:{fact.id}") for fact in others),
        "outcomes": OUTCOMES,
        "came_out": came_out,
        "details": details,
        "typed": asked.typed,
        "errors": errors,
    }
    status = 422 if errors else 200
    return pages.page("new-scenario", pages.words.plain("new_scenario"), values, here="/scenarios", status=status)


def scenario_written(pages: Pages, asked: Asked) -> Response:
    """Add the scenario to the file of its key question, or only show what comes out."""
    typed, session = asked.typed, pages.session
    framework, path = _question(pages, asked)
    is_preview = one(typed, "do") == "preview"
    findings, outcome = Findings(), one(typed, "outcome")
    name = scenario_name(pages, typed, Findings() if is_preview else findings)
    if outcome not in OUTCOMES and not is_preview:
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("expected"))])
    tried = name or pages.words.plain("new_scenario")
    try:
        findings.raise_errors()
        expect = {"outcome": outcome or OUTCOMES[-1]}
        file, content, edits = with_scenario(session, path, tried, _given(asked, framework), expect)
        evaluation = session.evaluated({file: content})
        findings.extend(found for found in evaluation.scenario_findings if found.file == str(file))
        findings.raise_errors()
        if not is_preview:
            session.do(name, {file: content}, edits)
            return pages.to("/scenarios", pages.words.plain("kept", what=name))
    except DiagnosticError as error:
        return _page(pages, asked, errors=error.diagnostics)
    for result in reversed(evaluation.scenarios):
        if result.scenario.name == tried and result.scenario.at.file == str(file):
            came_out = result.mismatches[0].actual if result.mismatches else expect["outcome"]
            details = result.mismatches[0].details if result.mismatches else ()
            return _page(pages, asked, came_out=came_out, details=details)
    return _page(pages, asked)


def _given(asked: Asked, framework: Framework) -> Mapping[str, object]:
    """Return what a form says of a case, as a scenario gives it."""
    given: dict[str, dict[str, object]] = {"facts": {}, "answers": {}}
    for name in asked.typed:
        kind, _, word = name.partition(":")
        said = " ".join(one(asked.typed, name).split())
        if said and kind in ("fact", "answer"):
            given[f"{kind}s"][word] = fact_value(said, framework.facts_by_id.get(word)) if kind == "fact" else said
    others = one(asked.typed, "others")
    return {**given, "other_answers": others} if others else given
