"""The sandbox: limits, rules and wording that are tried on the inspection, and never saved by accident."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, RequestError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.sandbox import Limit, Sandbox, Wording, alteration_of
from ctm_rules.editing.spots import way_to
from ctm_rules.frameworks.amendments import Alteration, places_of
from ctm_rules.model.framework import Framework, Prompt
from ctm_rules.model.rules_in_words import say
from ctm_rules.rating.shares import say_percent
from ctm_rules.workbench.changing import edited, needed
from ctm_rules.workbench.elements import Element, RuleField, stale
from ctm_rules.workbench.fields import Field, Kind, as_typed, typed_node
from ctm_rules.workbench.forms import Typed, digest_of, one
from ctm_rules.workbench.pages import Asked, Pages, href

RULE = "yes_when"


@frozen
class _Chosen:
    """What a page of the sandbox offers to change: the rule of a key question, the texts of a standard, or the limits.

    Attributes:
        rule: the address of the key question (empty: no rule).
        words: the slug of the standard (empty: no texts).
    """

    rule: str = ""
    words: str = ""

    @property
    def page(self) -> str:
        """The address of the page."""
        if self.words:
            return href("/try", words=self.words)
        return href("/try", rule=self.rule) if self.rule else "/try"

    def of(self, sandbox: Sandbox) -> tuple[Limit, ...] | tuple[Wording, ...]:
        """Return what there is to change besides a rule, as it is in the standards."""
        return sandbox.wordings(self.words) if self.words else sandbox.limits()


def tried(pages: Pages, asked: Asked) -> Response:
    """What is tried, with every limit, one rule or the texts of one standard to change, and what that does."""
    return _page(pages, _Chosen(asked.query.get("rule", ""), asked.query.get("words", "")), {})


def _page(
    pages: Pages, chosen: _Chosen, typed: Typed, errors: Sequence[Diagnostic] = (), status: int = 200
) -> Response:
    sandbox, framework = pages.sandbox, pages.framework
    evaluation = pages.session.evaluation
    try:
        evaluation = sandbox.evaluation()
    except DiagnosticError as error:
        errors = errors or error.diagnostics
    element = _element(pages, chosen.rule, evaluation)
    rule = None if element is None else _rule(element, evaluation, pages)
    values = {
        "offered": chosen.of(sandbox),
        "trial": [(each.address, _said(each), _really(sandbox, each.address)) for each in sandbox.tried],
        "values": {address: as_typed(value) for address, value in sandbox.values().items()},
        "questions": {} if framework is None else {name: each.ask for name, each in framework.key_questions.items()},
        "standards": () if framework is None else framework.standards,
        "chosen": _Chosen(chosen.rule if rule is not None else "", chosen.words),
        "rule": rule,
        "file": "" if element is None else pages.session.name_of(element.file),
        "was": _digest(pages),
        "typed": typed,
        "errors": errors,
        "reads": reads(pages, evaluation),
        **pages.panels(evaluation, is_preview=True),
    }
    return pages.page("try", pages.words.plain("sandbox"), values, here="/try", status=status)


def _really(sandbox: Sandbox, address: str) -> str:
    value = sandbox.really(address)
    return "" if value is None or isinstance(value, dict | list) else as_typed(value)


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
    command, live = one(typed, "do"), one(typed, "live")
    chosen = _Chosen(one(typed, "rule"), one(typed, "words"))
    path, here = chosen.rule, chosen.page
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
        alterations = _alterations(pages, chosen, typed, "" if command in ("try", "preview") else command)
        if command == "preview":
            evaluation = sandbox.evaluation(alterations)
            element = _element(pages, path, evaluation)
            rule = None if element is None else _rule(element, evaluation, pages)
            rules = [] if rule is None else [rule]
            return pages.live(evaluation, live, rules=rules, reads=reads(pages, evaluation))
        sandbox.put(alterations)
    except DiagnosticError as error:
        if live:
            return pages.live(pages.session.evaluation, live, errors=error.diagnostics)
        return _page(pages, chosen, typed, error.diagnostics, 422)
    return pages.to(here, pages.words.plain("only_tried"))


def _alterations(pages: Pages, chosen: _Chosen, typed: Typed, command: str) -> list[Alteration]:
    """Return what a form asks to try: limits, texts, or the rule of a key question.

    Raises:
        DiagnosticError: something cannot be a value, or an edit cannot be done.
    """
    sandbox, path = pages.sandbox, chosen.rule
    if path:
        evaluation = sandbox.evaluation()
        element = _element(pages, path, evaluation)
        if element is None:
            raise RequestError([stale(pages.session.path)])
        _, after = edited(pages, element, typed, command)
        return [alteration_of(f"{path}.{RULE}", after.node((*element.at, RULE)))]
    findings = Findings()
    made: list[Alteration] = []
    values = {address: as_typed(value) for address, value in sandbox.values().items()}
    for each in chosen.of(sandbox):
        said = " ".join(one(typed, each.address).split())
        if each.address not in typed or said == values.get(each.address, as_typed(each.value)):
            continue
        called = ", ".join(each.says)
        if not said:
            findings.extend([needed("", called)])
            continue
        kind: Kind = "long" if isinstance(each, Wording) else "number"
        node = typed_node(Field(kind, called, ()), [said], findings, called)
        if node is not None:
            made.append(alteration_of(each.address, node))
    findings.raise_errors()
    return made


# --- How wording reads -------------------------------------------------------------------------------


@frozen
class Reads:
    """How a text reads where people meet it.

    Attributes:
        address: the address of the text.
        in_standards: where the standards are read, with the rule that it stands before.
        in_form: in a form, with what may be answered (empty: no form says it).
        answers: what may be answered there.
        in_report: in the line of a report.
        came_to: what else stands in that line, as the inspection comes out (empty: nothing is known).
    """

    address: str
    in_standards: str
    in_form: str
    answers: tuple[str, ...]
    in_report: str
    came_to: str


def reads(pages: Pages, evaluation: Evaluation) -> list[Reads]:
    """Return how each text reads that is another than in the standards in hand."""
    tried, framework = evaluation.framework, pages.framework
    if tried is None or framework is None:
        return []
    found: list[Reads] = []
    for standard in tried.standards:
        was = framework.standards_by_slug.get(standard.slug)
        if was is None:
            continue
        printed, came_to = f"{standard.id} {standard.title}", _came_to(evaluation, standard.slug)
        if was.title != standard.title:
            found.append(Reads(f"{standard.slug}.title", printed, printed, (), printed, came_to))
        if was.statement != standard.statement:
            text = standard.statement
            found.append(Reads(f"{standard.slug}.statement", text, "", (), text, ""))
    for path, question in tried.every_question.items():
        before = framework.every_question.get(path)
        if before is not None and before.ask != question.ask:
            rule = question.yes_when
            sentence = "" if rule is None else f" Yes when {say(rule, tried, question)}."
            said = f"{question.ask}{sentence}"
            found.append(Reads(f"{path}.ask", said, question.ask, (), question.ask, _came_to(evaluation, path)))
    for path, prompt in tried.every_prompt.items():
        asked = framework.every_prompt.get(path)
        if asked is not None and asked.ask != prompt.ask:
            when = prompt.applies_when
            said = prompt.ask if when is None else f"{prompt.ask} Asked where {say(when, tried)}."
            found.append(Reads(f"{path}.ask", said, prompt.ask, _answers(pages, tried, prompt), prompt.ask, ""))
    return found


def _answers(pages: Pages, framework: Framework, prompt: Prompt) -> tuple[str, ...]:
    label = pages.words.language.label
    if prompt.answers is None:
        return tuple(label(f"form_{word}").value for word in ("yes", "no", "na"))
    return (*(step.label for step in framework.scale(prompt.answers)), label("form_na").value)


def _came_to(evaluation: Evaluation, address: str) -> str:
    """Return the rating of a standard, or the share and rating of a key question, as the inspection comes out."""
    result = None if evaluation.effect is None else evaluation.effect.after.rating
    for standard in () if result is None else result.standards:
        if standard.standard.slug == address and standard.rating is not None:
            return standard.rating.label
        for question in standard.key_questions:
            if question.path == address:
                share = "" if question.percent is None else f"{say_percent(question.percent)}"
                return ", ".join(filter(None, (share, "" if question.rating is None else question.rating.label)))
    return ""
