"""The pages that change one thing: an element by its form, a list by one item more, a file by its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location, RequestError
from ctm_rules.docs.material import score_picture, share_picture
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, Node, at_pointer, node_of
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.made_names import make_name
from ctm_rules.model.framework import Framework
from ctm_rules.workbench.clauses import Clause, MayName, moved, new_clause, rule_edits
from ctm_rules.workbench.elements import Element, RuleField, element_at, element_of, item_edits, stale
from ctm_rules.workbench.fields import (
    BAD_FIELD,
    Field,
    Shape,
    edits_of,
    fields_of,
    pointer_in,
    pointer_text,
    typed_node,
    typed_words,
)
from ctm_rules.workbench.forms import Typed, digest_of, one, text_of
from ctm_rules.workbench.pages import Asked, Pages, address_of, href
from ctm_rules.workbench.reading import change_list

_ON_SEVERAL_LINES = (
    "KeyQuestion", "Prompt", "Standard", "Sample", "Variant", "Domain", "Fact", "Measure", "SubGroup", "VariantRule"
)  # fmt: skip
"""The blocks that are written with a line for each key."""

_TALL = ("items", "rows", "block", "keyed", "elsewhere", "pairs", "values", "name", "rule")


# --- One element -----------------------------------------------------------------------------------


def change(pages: Pages, asked: Asked) -> Response:
    """One element, to be changed; without one the files to choose from."""
    if "file" not in asked.query:
        return change_list(pages)
    return _page(pages, _element(pages, asked), {}, pages.session.evaluation)


def _element(pages: Pages, asked: Asked) -> Element:
    return element_at(pages.session, asked.query.get("file", ""), asked.query.get("at", ""))


def _page(
    pages: Pages,
    element: Element,
    typed: Typed,
    evaluation: Evaluation,
    *,
    errors: Sequence[Diagnostic] = (),
    status: int = 200,
    after: Element | None = None,
) -> Response:
    session = pages.session
    rules = {rule.field.name: rule for rule in element.rules(session.evaluation.framework, pages.framework)}
    said = (after or element).rules(evaluation.framework, pages.framework)
    values = {
        "element": element,
        "file": session.name_of(element.file),
        "at": pointer_text(element.at),
        "fields": element.fields,
        "rules": rules,
        "sentences": {rule.field.name: rule.sentence for rule in said},
        "picture": _picture(element, evaluation),
        "typed": typed,
        "errors": errors,
        **pages.panels(evaluation, is_preview=evaluation is not session.evaluation),
    }
    return pages.page("change", element.title, values, here="/change", status=status)


def _picture(element: Element, evaluation: Evaluation) -> str:
    """Return the bands of an element on a ruler (nothing where it has none, or they cannot be drawn)."""
    framework = evaluation.framework
    if framework is None:
        return ""
    match element.at:
        case ("overall",) | ("domain_rating",):
            level = "overall" if element.at == ("overall",) else "domain"
            return "".join(score_picture(framework, each) for each in framework.placed_rules() if each.level == level)
        case ("key_question_bands",):
            bands = [each for each in framework.placed_bands if each.bands == framework.key_question_bands]
            return "".join(share_picture(framework, each) for each in bands)
        case _:
            return ""


def changed(pages: Pages, asked: Asked) -> Response:
    """Keep what a form says, or only show what it would do."""
    element, typed, session = _element(pages, asked), asked.typed, pages.session
    live = one(typed, "live")
    if one(typed, "was") != element.digest:
        errors: Sequence[Diagnostic] = [stale(element.file)]
        if live:
            return pages.live(session.evaluation, live, errors=errors)
        return _page(pages, element, typed, session.evaluation, errors=errors, status=409)
    command = one(typed, "do")
    is_preview = command in ("preview", "")
    try:
        edits, after = _previewed(pages, element, typed) if is_preview else edited(pages, element, typed, command)
    except DiagnosticError as error:
        if live:
            return pages.live(session.evaluation, live, errors=error.diagnostics)
        return _page(pages, element, typed, session.evaluation, errors=error.diagnostics, status=422)
    if is_preview:
        evaluation = session.evaluated({element.file: after.content})
        now = _still_there(element, after)
        if live:
            rules = () if now is None else now.rules(evaluation.framework, pages.framework)
            return pages.live(evaluation, live, rules=rules, picture=_picture(element, evaluation))
        return _page(pages, element, typed, evaluation, after=now)
    if after.content == element.document.content:
        return pages.to(address_of(element, element.at), pages.words.plain("no_change"))
    name = f"{session.name_of(element.file)}: {element.title}"
    session.do(name, {element.file: after.content}, {element.file: edits})
    data, at = after.says(), element.at
    while pointer_in(pointer_text(at), data) is None or not isinstance(at_pointer(data, at), dict):
        at = at[:-1]  # what was removed has no page any more
    return pages.to(address_of(element, at), pages.words.plain("kept", what=name))


def _previewed(pages: Pages, element: Element, typed: Typed) -> tuple[tuple[Edit, ...], Document]:
    """Return what :func:`edited` does; the parts of one preview are asked for one after the other."""
    said = frozenset((name, tuple(values)) for name, values in typed.items() if name != "live")
    asked = pages.session.revision, element.file, element.at, said
    if pages.previewed is None or pages.previewed[0] != asked:
        pages.previewed = asked, edited(pages, element, typed, "")
    return pages.previewed[1]


def _still_there(element: Element, after: Document) -> Element | None:
    data = after.says()
    if pointer_in(pointer_text(element.at), data) != element.at or not isinstance(at_pointer(data, element.at), dict):
        return None
    return element_of(element, after)


def edited(pages: Pages, element: Element, typed: Typed, command: str) -> tuple[tuple[Edit, ...], Document]:
    """Return the edits that a form is, and the file after them.

    Raises:
        DiagnosticError: something cannot be a value, or an edit cannot be done.
    """
    findings = Findings()
    edits = edits_of(element.fields, typed, findings, pages.session.name_of(element.file))
    # Where there is no rule, nobody waits until it is known what facts there are.
    has_rules = any(each.kind == "rule" for each in element.fields)
    for rule in element.rules(None, pages.framework) if has_rules else ():
        edits += _rule_edits(element, rule, typed, findings)
    findings.raise_errors()
    document = element.document.edited(*edits) if edits else element.document
    if command in ("", "keep"):
        return tuple(edits), pages.session.keep_read(document)
    now = element_of(element, document)
    more: Sequence[Edit] = ()
    name = command.partition(":")[2]
    for rule in now.rules(None, pages.framework):
        if rule.clause is not None and (name == rule.field.name or name.startswith(f"{rule.field.name}/")):
            more = moved(command, rule.clause, typed, rule.may, document)
            break
    else:
        more = item_edits(command, now)
    return (*edits, *more), pages.session.keep_read(document.edited(*more) if more else document)


def _rule_edits(element: Element, rule: RuleField, typed: Typed, findings: Findings) -> list[Edit]:
    if rule.clause is not None:
        return rule_edits(rule.clause, typed, rule.may, element.document, findings)
    chosen = new_clause(one(typed, f"{rule.field.name}:new"), rule.may)
    if chosen is None or rule.field.value is not None:
        return []
    keys = [each.key for each in element.fields]
    present = list(element.value) if isinstance(element.value, dict) else []
    before = keys[: keys.index(rule.field.key)]
    return [Add(element.at, chosen, rule.field.key, sum(key in before for key in present))]


# --- One item more ---------------------------------------------------------------------------------


@frozen
class _List:
    """A list or block of an element that one more is added to.

    Attributes:
        element: the element.
        field: its field.
        item: the shape of one item.
    """

    element: Element
    field: Field
    item: Shape

    @property
    def asked(self) -> tuple[Field, ...]:
        """The fields of one more item that it must have."""
        fields = fields_of(self.item, None, ("+",), self.element.names)
        return tuple(each for each in fields if each.is_required)

    @property
    def is_question(self) -> bool:
        """Whether its items are key questions, each of which needs prompts and a rule over them."""
        return self.item.name == "KeyQuestion"

    def groups(self, framework: Framework | None) -> Mapping[str, Clause]:
        """The groups of clauses to which a new prompt of a key question may be added, by what forms call them."""
        if self.item.name != "Prompt":
            return {}
        rules = self.element.rules(framework, framework)
        clauses = [rule.clause for rule in rules if rule.clause is not None and rule.field.key == "yes_when"]
        return {each.name: each for clause in clauses for each in clause.every() if each.is_group}

    @property
    def needs_rule(self) -> bool:
        """Whether an item needs a condition, which begins with a fact."""
        return self.field.kind != "keyed" and any(each.kind == "rule" for each in self.asked)

    @property
    def taken(self) -> list[str]:
        """The names that its items have."""
        items = self.field.value
        return [str(each.get("id")) for each in items if isinstance(each, dict)] if isinstance(items, list) else []


def _list(pages: Pages, asked: Asked) -> _List:
    element, key = _element(pages, asked), asked.query.get("key", "")
    for each in element.fields:
        if each.key == key and each.kind in ("items", "rows", "keyed"):
            declared = element.shape.schema.get("properties", {}).get(key, {})
            shape = element.shape.of(declared).for_value(each.value)
            inside = shape.schema.get("items") or shape.schema.get("additionalProperties") or {}
            return _List(element, each, element.shape.of(inside).for_value({}))
    raise RequestError([stale(element.file)])


def add(pages: Pages, asked: Asked) -> Response:
    """A form for one more item of a list."""
    return _add_page(pages, _list(pages, asked), {})


def _add_page(
    pages: Pages, listed: _List, typed: Typed, *, errors: Sequence[Diagnostic] = (), status: int = 200
) -> Response:
    framework = pages.framework
    names: Mapping[str, str] = {}
    if listed.item.name == "VariantRule" and framework is not None:
        names = {each.id: each.title for each in framework.variants}
    values = {
        "element": listed.element,
        "file": pages.session.name_of(listed.element.file),
        "at": pointer_text(listed.element.at),
        "listed": listed.field,
        "asked": [each for each in listed.asked if each.kind not in _TALL],
        "is_question": listed.is_question,
        "groups": listed.groups(framework),
        "needs_rule": listed.needs_rule,
        "facts": {} if framework is None else dict(framework.every_fact),
        "names": names,
        "typed": typed,
        "errors": errors,
    }
    return pages.page(
        "add", pages.words.plain("add_to", what=listed.field.label), values, here="/change", status=status
    )


def added(pages: Pages, asked: Asked) -> Response:
    """Add an item to a list; its name is made of its words."""
    listed = _list(pages, asked)
    element, session = listed.element, pages.session
    findings = Findings()
    key = one(asked.typed, "key") if listed.field.kind == "keyed" else None
    made, words = _made(pages, listed, asked.typed, findings)
    now = listed.field.value
    if key is not None and (not key or (isinstance(now, dict) and key in now)):
        findings.extend([needed(session.name_of(element.file), listed.field.label)])
    called = words or key or listed.field.label
    try:
        findings.raise_errors()
        is_flow = listed.item.name not in _ON_SEVERAL_LINES
        is_list = listed.item.schema.get("type") == "array"  # such as the bands of a domain, which come then
        block = node_of([] if is_list else made, is_flow=is_flow)
        if now is None:
            whole = [block] if key is None else {key: block}
            edit: Edit = Add(element.at, node_of(whole, is_flow=False), listed.field.key)
        else:
            edit = Add(listed.field.at, block, key)
        edits = [edit]
        group = listed.groups(None).get(one(asked.typed, "group"))
        if group is not None:
            edits.append(Add(group.list_at, made["id"]))
        session.edit(f"{session.name_of(element.file)}: {called}", {element.file: edits})
    except DiagnosticError as error:
        return _add_page(pages, listed, asked.typed, errors=error.diagnostics, status=422)
    place = (len(now) if isinstance(now, list) else 0) if key is None else key
    return pages.to(address_of(element, (*listed.field.at, place)), pages.words.plain("kept", what=called))


def _made(pages: Pages, listed: _List, typed: Typed, findings: Findings) -> tuple[dict[str, Node], str]:
    """Return what a new item says, by key, and what it is called; what is missing goes to ``findings``."""
    file = pages.session.name_of(listed.element.file)
    made: dict[str, Node] = {}
    words = ""
    for each in listed.asked:
        if each.kind == "name":
            made[each.key] = node_of("")  # keeps its place until the words are known that it is made of
        elif each.kind not in _TALL:
            said = typed_words(each, typed)
            node = typed_node(each, said, findings, file) if said else None
            if node is not None:
                made[each.key] = node
                words = words or (said[0] if each.kind in ("long", "text") else "")
            elif not said:
                findings.extend([needed(file, each.label)])
        elif each.kind == "rule" and listed.needs_rule:
            facts = {} if pages.framework is None else dict(pages.framework.every_fact)
            chosen = new_clause(one(typed, "rule"), MayName({}, facts))
            if chosen is None:
                findings.extend([needed(file, each.label)])
            else:
                made[each.key] = chosen
    for each in listed.asked:
        if each.kind == "name":
            made[each.key] = node_of(make_name(words, listed.taken))
    if listed.item.name == "VariantRule":
        # It begins as the question's own rule, and is changed from there.
        made["yes_when"] = listed.element.document.node((*listed.element.at, "yes_when"))
    if listed.is_question:
        prompts: dict[str, str] = {}
        for line in text_of(typed, "prompts").splitlines():
            if line.strip():
                prompts[make_name(line, list(prompts))] = " ".join(line.split())
        if prompts:
            made["prompts"] = node_of([{"id": name, "ask": ask} for name, ask in prompts.items()], is_flow=False)
            made["yes_when"] = node_of({"all": list(prompts)}, is_flow=False)
        else:
            findings.extend([needed(file, pages.words.plain("its_prompts"))])
    return made, words


def needed(file: str, what: str) -> Diagnostic:
    """Return the finding that a field was left empty."""
    return BAD_FIELD.found(Location(file), f"{what} is left empty, and is needed", hint="fill it in")


# --- A file as text --------------------------------------------------------------------------------


def text(pages: Pages, asked: Asked) -> Response:
    """A file as text."""
    file = pages.session.file(asked.query.get("file", ""))
    content = pages.session.document(file).content.decode("utf-8-sig", "replace")
    return _text_page(pages, file, content, pages.session.evaluation)


def _text_page(
    pages: Pages,
    file: Path,
    content: str,
    evaluation: Evaluation,
    *,
    errors: Sequence[Diagnostic] = (),
    status: int = 200,
) -> Response:
    session = pages.session
    values = {
        "file": session.name_of(file),
        "content": content,
        "was": digest_of(session.document(file).content),
        "errors": errors,
        **pages.panels(evaluation, is_preview=evaluation is not session.evaluation),
    }
    title = pages.words.plain("text_of", file=session.name_of(file))
    return pages.page("text", title, values, here="/change", status=status)


def texted(pages: Pages, asked: Asked) -> Response:
    """Keep a file as it was typed, or only show what it would do."""
    session, typed = pages.session, asked.typed
    file = session.file(asked.query.get("file", ""))
    content = text_of(typed, "text")
    content = content if content.endswith("\n") else f"{content}\n"
    if one(typed, "was") != digest_of(session.document(file).content):
        return _text_page(pages, file, content, session.evaluation, errors=[stale(file)], status=409)
    encoded = content.encode("utf-8", "replace")
    if one(typed, "do") == "keep":
        session.do(session.name_of(file), {file: encoded})
        name = session.name_of(file)
        return pages.to(href("/text", file=name), pages.words.plain("kept", what=name))
    evaluation = session.evaluated({file: encoded})
    if one(typed, "live"):
        return pages.live(evaluation, one(typed, "live"))
    return _text_page(pages, file, content, evaluation)


def tidied(pages: Pages, asked: Asked) -> Response:
    """Lay a file out, as a step of its own."""
    name = one(asked.typed, "file")
    session = pages.session
    file = session.known_file(name)
    session.tidy(file)
    address = "/save"  # what goes by the standards, such as a translation, is to be saved before anything else is done
    if session.are_of_inspection([file]):
        address = "/judgements"
    elif file in (*session.declaring, *session.scenario_files()):
        address = href("/change", file=name)
    return pages.to(address, pages.words.plain("laid_out", file=name))
