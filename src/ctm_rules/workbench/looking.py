"""The pages about the inspection as it is rated now: its cases, ways to better ratings, a case kept as a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, RequestError
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.inspections.explaining import QuestionExplanation, explain_case
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.inspections.next_rating import NextRating, next_ratings
from ctm_rules.inspections.next_rating_above import next_ratings_above
from ctm_rules.model.cases import Case
from ctm_rules.model.outcomes import Outcome
from ctm_rules.scenarios.reaching import Reaching, facts_looked_at
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.forms import Typed, one
from ctm_rules.workbench.missing import in_words, scenario_name, write_scenario
from ctm_rules.workbench.pages import Asked, Pages

HERE = "/outcomes"


def _result(pages: Pages) -> InspectionResult | None:
    """Return what the inspection comes to by the standards in hand (``None``: there is none, or it cannot be rated)."""
    valid = pages.session.last_valid
    effect = None if valid is None else valid.effect
    return None if effect is None else effect.after


# --- Cases -----------------------------------------------------------------------------------------


def outcomes(pages: Pages, asked: Asked) -> Response:
    """The inspection as it is rated now, with its cases; of one case every key question, clause by clause."""
    result = _result(pages)
    case = _case(result, asked.query.get("case", ""))
    explained: Sequence[QuestionExplanation] = ()
    if result is not None and case is not None:
        framework = result.inspection.framework
        explained = explain_case(framework, case, ReferenceEngine(framework))
    values = {
        "result": result,
        "case": case,
        "explained": [each for each in explained if each.outcome.outcome is not Outcome.NOT_ASKED],
        "kept": [each.path for each in explained if _may_be_kept(each.outcome.outcome)],
        **pages.panels(pages.session.evaluation),
    }
    title = pages.words.plain("results_now") if case is None else f"{pages.words.plain('one_case')} {case.id}"
    return pages.page("outcomes", title, values, here=HERE)


def _case(result: InspectionResult | None, name: str) -> Case | None:
    cases = () if result is None else result.inspection.cases
    return next((each for each in cases if each.id == name), None)


def _may_be_kept(outcome: Outcome) -> bool:
    return outcome not in (Outcome.NOT_ASKED, Outcome.SCORED)


# --- Ways to a better rating -------------------------------------------------------------------------


def ways(pages: Pages, asked: Asked) -> Response:
    """How little separates each standard, each domain and the whole from the next rating; of one standard all of it."""
    result = _result(pages)
    slug = asked.query.get("standard", "")
    found: Sequence[NextRating] = () if result is None else next_ratings(result, with_prompts=bool(slug))
    one_way = next((each for each in found if each.standard.slug == slug), None)
    values = {
        "result": result,
        "ways": found,
        "above": () if result is None or one_way else next_ratings_above(result, found),
        "way": one_way,
        **pages.panels(pages.session.evaluation),
    }
    title = pages.words.plain("ways")
    if one_way is not None:
        title = f"{title}: {one_way.standard.id} {one_way.standard.title}"
    return pages.page("ways", title, values, here=HERE)


# --- A case kept as a scenario -------------------------------------------------------------------------


@frozen
class _Kept:
    """What is kept of a case: what decides on one key question, and what it comes to.

    Attributes:
        id: the id of the case, which is written only where that is asked for.
        found: the case without its id, and without what does not decide.
        outcome: what it comes to.
        visible: what becomes visible, in words: each with what it is.
    """

    id: str
    found: Reaching
    outcome: Outcome
    visible: tuple[tuple[str, str], ...]


def _kept(pages: Pages, query: Mapping[str, str]) -> _Kept:
    """Return what is kept of the case that an address names.

    Raises:
        RequestError: there is no such case or key question.
    """
    result, path = _result(pages), query.get("question", "")
    case = _case(result, query.get("case", ""))
    if result is None or case is None or path not in result.inspection.framework.key_questions:
        raise RequestError([stale(pages.session.path)])
    framework = result.inspection.framework
    looked_at = facts_looked_at(framework, path)
    facts = {name: case.facts[name] for name in looked_at if name in case.facts}
    prompts = [f"{path}.{each.id}" for each in framework.key_questions[path].prompts]
    answers = {address: case.answers[address] for address in prompts if address in case.answers}
    bare = evolve(Case("case"), facts=facts, answers=answers, sample=case.sample)
    outcome = ReferenceEngine(framework).assess(bare).questions[path].outcome
    if not _may_be_kept(outcome):
        raise RequestError([stale(pages.session.path)])
    found = Reaching(path, bare)
    said, answered = in_words(framework, found)
    return _Kept(case.id, found, outcome, (*said, *(each for each in answered if each[1])))


def keep(pages: Pages, asked: Asked) -> Response:
    """Ask for the title of a scenario that is a case of the inspection, and say what of it becomes visible."""
    return _keep_page(pages, _kept(pages, asked.query), {})


def _keep_page(pages: Pages, kept: _Kept, typed: Typed, errors: Sequence[Diagnostic] = ()) -> Response:
    framework = pages.framework
    assert framework is not None
    values = {
        "kept": kept,
        "question": framework.key_questions[kept.found.key_question].ask,
        "typed": typed,
        "errors": errors,
    }
    title = pages.words.plain("keep_as_scenario")
    return pages.page("keep", title, values, here=HERE, status=422 if errors else 200)


def keep_it(pages: Pages, asked: Asked) -> Response:
    """Write the scenario."""
    kept = _kept(pages, asked.query)
    findings = Findings()
    name = scenario_name(pages, asked.typed, findings)
    try:
        findings.raise_errors()
        called = f"{name} ({kept.id})" if one(asked.typed, "with_id") else name
        write_scenario(pages, kept.found, called, kept.outcome.value)
    except DiagnosticError as error:
        return _keep_page(pages, kept, asked.typed, error.diagnostics)
    return pages.to("/", pages.words.plain("kept", what=called))
