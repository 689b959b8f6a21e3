"""The scenario that is missing: a case that reaches what none reaches, and what people say must come out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, RequestError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, SetValue, node_of
from ctm_rules.editing.session import Session
from ctm_rules.model.conditions import Level
from ctm_rules.model.fact_values import written_value
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework
from ctm_rules.model.outcomes import Outcome
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.rating.counts import Counts
from ctm_rules.scenarios.coverage import Part
from ctm_rules.scenarios.file import FlagWord, SumFlagWord
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER
from ctm_rules.scenarios.reaching import Reaching, case_that_reaches
from ctm_rules.scenarios.reaching_ratings import ReachingRatings, ratings_that_reach
from ctm_rules.scenarios.resolving import say_counts
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.forms import Typed, one
from ctm_rules.workbench.pages import Asked, Pages, part_name

OUTCOMES = tuple(each.value for each in Outcome if each not in (Outcome.NOT_ASKED, Outcome.SCORED))
"""What may be expected of a case."""


@frozen
class _Gap:
    """What no scenario reaches, and a case that does."""

    part: Part
    framework: Framework
    found: Reaching | None
    ratings: ReachingRatings | None = None


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
                found = case_that_reaches(framework, part)
                return _Gap(part, framework, found, ratings_that_reach(framework, part) if found is None else None)
    raise RequestError([stale(pages.session.path)])


def scenario(pages: Pages, asked: Asked) -> Response:
    """A case that reaches a gap, with the question what must come out of it."""
    return _page(pages, asked, _gap(pages, asked))


def _page(pages: Pages, asked: Asked, gap: _Gap, errors: Sequence[Diagnostic] = ()) -> Response:
    found, framework = gap.found, gap.framework
    facts, answers = ([], []) if found is None else in_words(framework, found)
    values = {
        "part": gap.part,
        "name": part_name(gap.part),
        "found": found,
        "question": "" if found is None else framework.key_questions[found.key_question].ask,
        "answers": answers,
        "facts": facts,
        "outcomes": OUTCOMES,
        "ratings": gap.ratings,
        "given": [] if gap.ratings is None else list(_given_in_words(framework, gap.ratings)),
        "choices": {} if gap.ratings is None else _choices(framework, gap.ratings),
        "typed": asked.typed,
        "errors": errors,
    }
    return pages.page("scenario", pages.words.plain("write_scenario"), values, here="/", status=422 if errors else 200)


def in_words(framework: Framework, found: Reaching) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the facts of a case, and its answers to a key question (nothing: not answered), each with what it is."""
    facts = [
        (framework.facts_by_id[name].title, say_value(framework.facts_by_id[name], value))
        for name, value in found.case.facts.items()
    ]
    answers = [
        (prompt.ask, "" if answer is None else framework.answer_label(prompt, answer))
        for prompt in framework.key_questions[found.key_question].prompts
        for answer in (found.case.answers.get(f"{found.key_question}.{prompt.id}"),)
    ]
    return facts, answers


def scenario_name(pages: Pages, typed: Typed, findings: Findings) -> str:
    """Return what a form says that a scenario shows; that it says nothing goes to ``findings``."""
    name = " ".join(one(typed, "name").split())
    if not name:
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("scenario_name"))])
    return name


def written(pages: Pages, asked: Asked) -> Response:
    """Add the scenario to the file of its key question."""
    gap = _gap(pages, asked)
    if gap.ratings is not None:
        return _ratings_written(pages, asked, gap, gap.ratings)
    if gap.found is None:
        return _page(pages, asked, gap)
    findings, outcome = Findings(), one(asked.typed, "outcome")
    name = scenario_name(pages, asked.typed, findings)
    if outcome not in OUTCOMES:
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("expected"))])
    try:
        findings.raise_errors()
        write_scenario(pages, gap.found, name, outcome)
    except DiagnosticError as error:
        return _page(pages, asked, gap, error.diagnostics)
    return pages.to("/", pages.words.plain("kept", what=name))


# --- Counts and ratings ------------------------------------------------------------------------------


def _given_in_words(framework: Framework, reaching: ReachingRatings) -> Iterator[tuple[str, str]]:
    """Yield what ratings are made from, each with what it is of."""
    for path, counts in reaching.given.counts.items():
        yield framework.every_question[path].ask, say_counts(counts)
    for name, rating in reaching.given.ratings.items():
        standard = framework.standards_by_slug.get(name)
        level: Level = "standards" if standard is not None else "key_questions"
        labels = {step.id: step.label for step in framework.scale(framework.scale_of(level, name))}
        called = framework.every_question[name].ask if standard is None else f"{standard.id} {standard.title}"
        yield called, labels[rating]
    for name, value in reaching.given.provider.items():
        fact = framework.provider_facts_by_id[name]
        yield fact.title, say_value(fact, value)


def _choices(framework: Framework, reaching: ReachingRatings) -> Mapping[str, str]:
    """Return what may be expected, with how it is called."""
    if reaching.is_of_flags:
        flags = get_args(FlagWord) if reaching.expected == "panel" else get_args(SumFlagWord)
        return {flag: flag.replace("_", " ") for flag in flags}
    level: Level = "key_questions" if reaching.expected == "band" else "standards"
    scale = framework.scale_of(level, reaching.of) if reaching.expected in ("band", "standards") else RATINGS
    if reaching.expected == "domains":
        scale = next(domain.scale for domain in framework.domains if domain.id == reaching.of)
    steps = {step.id: step.label for step in framework.scale(scale)}
    return {**steps, NOT_RATED: NOT_RATED.replace("_", " ")}


def _ratings_written(pages: Pages, asked: Asked, gap: _Gap, reaching: ReachingRatings) -> Response:
    """Add a scenario about ratings to the file of those."""
    findings, chosen = Findings(), list(asked.typed.get("outcome", ()))
    name = scenario_name(pages, asked.typed, findings)
    known = _choices(gap.framework, reaching)
    is_chosen = "expected?" in asked.typed if reaching.is_of_flags else len(chosen) == 1
    if not is_chosen or any(each not in known for each in chosen):
        findings.extend([needed(SCENARIOS_FOLDER, pages.words.plain("expected"))])
    try:
        findings.raise_errors()
        _write_ratings(pages, reaching, name, chosen if reaching.is_of_flags else chosen[0])
    except DiagnosticError as error:
        return _page(pages, asked, gap, error.diagnostics)
    return pages.to("/", pages.words.plain("kept", what=name))


def _write_ratings(pages: Pages, reaching: ReachingRatings, name: str, expected: str | Sequence[str]) -> None:
    given: dict[str, object] = {
        "counts": {path: _written_counts(counts) for path, counts in reaching.given.counts.items()},
        "ratings": dict(reaching.given.ratings),
        "provider": {fact: written_value(value) for fact, value in reaching.given.provider.items()},
    }
    item: dict[str, object] = {"name": name}
    if reaching.expected in ("band", "panel"):
        item["key_question"] = reaching.of
    item["given"] = node_of({key: node_of(value) for key, value in given.items() if value}, is_flow=False)
    is_own = reaching.expected in ("band", "panel", "overall", "overall_panel")
    item["expect"] = node_of({reaching.expected: expected if is_own else {reaching.of: expected}})
    session = pages.session
    for file in session.scenario_files():
        says = session.document(file).says()
        if isinstance(says, dict) and {"key_question", "facts", "framework"}.isdisjoint(says) and "scenarios" in says:
            session.edit(name, {file: [Add(("scenarios",), node_of(item, is_flow=False))]})
            return
    file = _free(session.folder / SCENARIOS_FOLDER / "ratings.yaml", session.files)
    made = Document(str(file), b"{}\n").edited(SetValue((), node_of({"scenarios": [item]}, is_flow=False)))
    session.do(name, {file: made.content})


def _written_counts(counts: Counts) -> dict[str, int]:
    return {key: number for key, number in (("yes", counts.yes), ("no", counts.no)) if number}


# --- Writing -------------------------------------------------------------------------------------------


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
