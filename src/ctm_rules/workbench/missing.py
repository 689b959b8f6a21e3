"""The scenario that is missing: a case that reaches what none reaches, and what people say must come out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, RequestError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, SetValue, node_of
from ctm_rules.editing.session import Session
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import Outcome
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.scenarios.coverage import Part
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER
from ctm_rules.scenarios.reaching import Reaching, case_that_reaches
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.forms import one
from ctm_rules.workbench.pages import Asked, Pages, part_name

OUTCOMES = tuple(each.value for each in Outcome if each not in (Outcome.NOT_ASKED, Outcome.SCORED))
"""What may be expected of a case."""


@frozen
class _Gap:
    """What no scenario reaches, and a case that does."""

    part: Part
    framework: Framework
    found: Reaching | None


def _gap(pages: Pages, asked: Asked) -> _Gap:
    """Return the gap that an address names.

    Raises:
        RequestError: there is no such gap any more.
    """
    evaluation = pages.session.evaluation
    coverage, framework = evaluation.coverage, evaluation.framework
    if coverage is not None and framework is not None:
        for part in coverage.not_covered:
            if part_name(part) == asked.query.get("part", ""):
                return _Gap(part, framework, case_that_reaches(framework, part))
    raise RequestError([stale(pages.session.path)])


def scenario(pages: Pages, asked: Asked) -> Response:
    """A case that reaches a gap, with the question what must come out of it."""
    return _page(pages, asked, _gap(pages, asked))


def _page(pages: Pages, asked: Asked, gap: _Gap, errors: Sequence[Diagnostic] = ()) -> Response:
    found, framework = gap.found, gap.framework
    answers: list[tuple[str, str]] = []
    facts: list[tuple[str, str]] = []
    if found is not None:
        for prompt in framework.key_questions[found.key_question].prompts:
            answer = found.case.answers.get(f"{found.key_question}.{prompt.id}")
            answers.append((prompt.ask, "" if answer is None else framework.answer_label(prompt, answer)))
        facts = [
            (framework.facts_by_id[name].title, say_value(framework.facts_by_id[name], value))
            for name, value in found.case.facts.items()
        ]
    values = {
        "part": gap.part,
        "name": part_name(gap.part),
        "found": found,
        "question": "" if found is None else framework.key_questions[found.key_question].ask,
        "answers": answers,
        "facts": facts,
        "outcomes": OUTCOMES,
        "typed": asked.typed,
        "errors": errors,
    }
    return pages.page("scenario", pages.words.plain("write_scenario"), values, here="/", status=422 if errors else 200)


def written(pages: Pages, asked: Asked) -> Response:
    """Add the scenario to the file of its key question."""
    gap = _gap(pages, asked)
    if gap.found is None:
        return _page(pages, asked, gap)
    name, outcome = " ".join(one(asked.typed, "name").split()), one(asked.typed, "outcome")
    findings = Findings()
    if not name:
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("scenario_name"))])
    if outcome not in OUTCOMES:
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("expected"))])
    try:
        findings.raise_errors()
        write_scenario(pages, gap.found, name, outcome)
    except DiagnosticError as error:
        return _page(pages, asked, gap, error.diagnostics)
    return pages.to("/", pages.words.plain("kept", what=name))


def write_scenario(pages: Pages, found: Reaching, name: str, outcome: str) -> None:
    """Add a scenario to the files in hand.

    Raises:
        DiagnosticError: the file cannot be changed.
    """
    facts: dict[str, object] = {fact: written_value(value) for fact, value in found.case.facts.items()}
    answers = {path.rpartition(".")[2]: answer.value for path, answer in found.case.answers.items()}
    file, content, edits = with_scenario(
        pages.session, found.key_question, name, {"facts": facts, "answers": answers}, {"outcome": outcome}
    )
    pages.session.do(name, {file: content}, edits)


def with_scenario(
    session: Session, key_question: str, name: str, given: Mapping[str, object], expect: Mapping[str, object]
) -> tuple[Path, bytes, Mapping[Path, tuple[Edit, ...]]]:
    """Return what the first file that is about a key question alone would hold with a scenario more, or a new one.

    Args:
        session: what is edited.
        key_question: the address of the key question.
        name: what the scenario shows.
        given: its facts and answers, where they are known.
        expect: what must come out.

    Raises:
        DiagnosticError: the file cannot be changed.
    """
    for file in session.scenario_files():
        document = session.document(file)
        says = document.says()
        if isinstance(says, dict) and says.get("key_question") == key_question and "scenarios" in says:
            own, facts = says.get("facts"), given.get("facts", {})
            assert isinstance(facts, Mapping)
            missing = [fact for fact in own if fact not in facts] if isinstance(own, dict) else []
            whole = {**given, "facts": {**facts, **dict.fromkeys(missing, "missing")}}  # else the file's own were known
            edit = Add(("scenarios",), node_of(_item(name, whole, expect), is_flow=False))
            return file, document.edited(edit).content, {file: (edit,)}
    file = session.folder / SCENARIOS_FOLDER / f"{key_question.replace('.', '-')}-more.yaml"
    file = _free(file, session.files)
    new = {"key_question": key_question, "scenarios": [_item(name, given, expect)]}
    made = Document(str(file), b"{}\n").edited(SetValue((), node_of(new, is_flow=False)))
    return file, made.content, {}


def _item(name: str, given: Mapping[str, object], expect: Mapping[str, object]) -> dict[str, object]:
    kept = {key: node_of(value) for key, value in given.items() if value}
    # A scenario that knows nothing of its case says so.
    return {"name": name, "given": kept or node_of({"answers": {}}), "expect": node_of(expect)}


def _free(file: Path, taken: Sequence[Path]) -> Path:
    number = 2
    made = file
    while made in taken or made.exists():
        made, number = file.with_stem(f"{file.stem}-{number}"), number + 1
    return made
