"""The sandbox: limits and rules that are tried on the inspection beside the real ones, and never saved by accident."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, RequestError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.sandbox import alteration_of
from ctm_rules.editing.spots import way_to
from ctm_rules.frameworks.amendments import Alteration, places_of
from ctm_rules.workbench.changing import edited
from ctm_rules.workbench.elements import Element, RuleField, stale
from ctm_rules.workbench.fields import Field, as_typed, typed_node
from ctm_rules.workbench.forms import Typed, digest_of, one
from ctm_rules.workbench.pages import Asked, Pages, href

RULE = "yes_when"


def tried(pages: Pages, asked: Asked) -> Response:
    """What is tried, with every limit and one rule to change, and what that does."""
    return _page(pages, asked.query.get("rule", ""), {})


def _page(pages: Pages, path: str, typed: Typed, errors: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    sandbox, framework = pages.sandbox, pages.framework
    evaluation = pages.session.evaluation
    try:
        evaluation = sandbox.evaluation()
    except DiagnosticError as error:
        errors = errors or error.diagnostics
    element = _element(pages, path, evaluation)
    rule = None if element is None else _rule(element, evaluation, pages)
    now = {each.address: each.value for each in sandbox.limits()}
    values = {
        "limits": sandbox.limits(),
        "now": now,
        "trial": [(each.address, _said(each)) for each in sandbox.tried],
        "values": {address: as_typed(value) for address, value in sandbox.values().items()},
        "questions": {} if framework is None else {name: each.ask for name, each in framework.key_questions.items()},
        "path": path if rule is not None else "",
        "rule": rule,
        "file": "" if element is None else pages.session.name_of(element.file),
        "was": _digest(pages),
        "typed": typed,
        "errors": errors,
        **pages.panels(evaluation, is_preview=True),
    }
    return pages.page("try", pages.words.plain("sandbox"), values, here="/try", status=status)


def _said(alteration: Alteration) -> str:
    value = alteration.value
    return json.dumps(value, default=str) if isinstance(value, dict | list) else as_typed(value)


def _digest(pages: Pages) -> str:
    framework = pages.framework
    said = [
        "" if framework is None else framework.identity()["checksum"],
        [(each.address, each.value) for each in pages.sandbox.tried],
    ]
    return digest_of(json.dumps(said, default=str).encode())


def _element(pages: Pages, path: str, evaluation: Evaluation) -> Element | None:
    """Return a key question whose rule is changed, in its file as it is tried (``None``: there is none)."""
    source, session = evaluation.source, pages.session
    framework = evaluation.framework
    if not path or source is None or framework is None or path not in framework.key_questions:
        return None
    places = places_of(source.document, Alteration("set", f"{path}.{RULE}"))
    way = way_to(places[0], source.document) if len(places) == 1 else None
    if way is None:
        return None
    file = Path(way[0])
    content = evaluation.store.contents.get(file)
    if content is None:
        return None
    document = Document(str(file), content)
    return Element(session, file, way[1][:-1], document, document.says())


def _rule(element: Element, evaluation: Evaluation, pages: Pages) -> RuleField | None:
    rules = element.rules(evaluation.framework, pages.framework)
    return next((each for each in rules if each.field.key == RULE and each.clause is not None), None)


def trying(pages: Pages, asked: Asked) -> Response:
    """Try what a form says, or only show it; forget some of it; take it over, or throw it away."""
    typed, sandbox = asked.typed, pages.sandbox
    command, path = one(typed, "do"), one(typed, "rule")
    live = one(typed, "live")
    here = href("/try", rule=path) if path else "/try"
    if command == "throw":
        sandbox.throw_away()
        return pages.to("/try", pages.words.plain("thrown_away"))
    try:
        if one(typed, "was") != _digest(pages):
            raise RequestError([stale(pages.session.path)])
        if command == "take":
            name = pages.words.plain("tried_taken_over")
            return pages.to("/save" if sandbox.take_over(name) else "/try", name)
        if command.startswith("forget:"):
            sandbox.forget(command.partition(":")[2])
            return pages.to(here, pages.words.plain("thrown_away"))
        alterations = _alterations(pages, path, typed, "" if command in ("try", "preview") else command)
        if command == "preview":
            evaluation = sandbox.evaluation(alterations)
            element = _element(pages, path, evaluation)
            rule = None if element is None else _rule(element, evaluation, pages)
            return pages.live(evaluation, live, rules=[] if rule is None else [rule])
        sandbox.put(alterations)
    except DiagnosticError as error:
        if live:
            return pages.live(pages.session.evaluation, live, errors=error.diagnostics)
        return _page(pages, path, typed, error.diagnostics, 422)
    return pages.to(here, pages.words.plain("only_tried"))


def _alterations(pages: Pages, path: str, typed: Typed, command: str) -> list[Alteration]:
    """Return what a form asks to try: limits, or the rule of a key question.

    Raises:
        DiagnosticError: something cannot be a value, or an edit cannot be done.
    """
    sandbox = pages.sandbox
    if path:
        evaluation = sandbox.evaluation()
        element = _element(pages, path, evaluation)
        if element is None:
            raise RequestError([stale(pages.session.path)])
        _, after = edited(pages, element, typed, command)
        return [alteration_of(f"{path}.{RULE}", after.node((*element.at, RULE)))]
    findings = Findings()
    made: list[Alteration] = []
    shown = {limit.address: as_typed(limit.value) for limit in sandbox.limits()}
    values = {address: as_typed(value) for address, value in sandbox.values().items()}
    for limit in sandbox.limits():
        said = " ".join(one(typed, limit.address).split())
        if limit.address not in typed or said == values.get(limit.address, shown[limit.address]):
            continue
        called = ", ".join(limit.says)
        node = typed_node(Field("number", called, ()), [said or "-"], findings, called)
        if node is not None:
            made.append(alteration_of(limit.address, node))
    findings.raise_errors()
    return made
