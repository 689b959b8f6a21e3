"""One element of the standards as a page shows it: where it stands, what it is called, its fields and its rules."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeGuard, get_args

import attrs
from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Diagnostic, DiagnosticError, Location, RequestError
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, Move, Plain, Pointer, Remove, at_pointer, cannot_edit
from ctm_rules.editing.element_history import PARTS_WITH_A_PAST
from ctm_rules.editing.made_names import make_name
from ctm_rules.editing.session import NO_SUCH_FILE, Session
from ctm_rules.frameworks.loading import PART_FILES
from ctm_rules.model.conditions import Condition
from ctm_rules.model.declared import declared_attributes
from ctm_rules.model.framework import RATINGS, Framework, KeyQuestion
from ctm_rules.model.rules_in_words import say
from ctm_rules.paths import kind_of
from ctm_rules.scaffolding.json_schemas import kind_of_framework_file
from ctm_rules.workbench.clauses import Clause, MayName, clause_of
from ctm_rules.workbench.fields import (
    Field,
    Names,
    Shape,
    as_typed,
    fields_of,
    pointer_in,
    pointer_text,
)
from ctm_rules.workbench.forms import digest_of
from ctm_rules.yaml_files.layout_tree import Block, Text


@frozen
class RuleField:
    """A rule of an element as a page shows it.

    Attributes:
        field: its field.
        clause: the rule (``None``: there is none, or it has no form of a rule).
        sentence: the rule in words (empty: the framework is broken).
        may: what its clauses may look at.
    """

    field: Field
    clause: Clause | None
    sentence: str
    may: MayName


@frozen
class Element:
    """One element of a file in hand.

    Attributes:
        file: the file.
        at: where it stands there.
        document: the file as it is.
        data: what the file says.
    """

    session: Session
    file: Path
    at: Pointer
    document: Document
    data: Plain

    @property
    def value(self) -> Plain:
        """What it says."""
        return at_pointer(self.data, self.at)

    @property
    def kind(self) -> str:
        """The kind of its file."""
        return kind_in(self.session, self.file)

    @property
    def shape(self) -> Shape:
        """The shape that it has by its schema."""
        return Shape(self.kind).at(self.at, self.data)

    @property
    def digest(self) -> str:
        """A digest of what it says, by which a form tells whether that is still so."""
        return digest_of(json.dumps(self.value, default=str, ensure_ascii=True).encode())

    @property
    def title(self) -> str:
        """What it is called in a heading."""
        return title_of(self.value) or (_words(self.at[-1]) if self.at else self.session.name_of(self.file))

    @property
    def crumbs(self) -> tuple[tuple[str, str], ...]:
        """The elements that hold it, the outermost first: what each is called, and where it stands."""
        found: list[tuple[str, str]] = []
        for depth in range(len(self.at)):
            at = self.at[:depth]
            value = at_pointer(self.data, at)
            if isinstance(value, dict):
                found.append(
                    (title_of(value) or (_words(at[-1]) if at else self.session.name_of(self.file)), pointer_text(at))
                )
        return tuple(found)

    @property
    def address(self) -> str:
        """Its address, where it has a name of its own that can be changed (empty: it has none)."""
        if not isinstance(self.value, dict):
            return ""
        steps: list[str] = []
        slug = self.data.get("slug") if isinstance(self.data, dict) else None
        if self.kind == "standard" and isinstance(slug, str):
            steps.append(slug)
        for number, step in enumerate(self.at):
            value = at_pointer(self.data, self.at[: number + 1])
            if isinstance(step, str):
                is_list_of_standard = bool(steps) and isinstance(value, list)
                steps += [] if is_list_of_standard or step == "standards" else [step]
            else:
                name = value.get("slug", value.get("id")) if isinstance(value, dict) else None
                if not isinstance(name, str):
                    return ""
                steps.append(name)
        has_name = isinstance(self.value.get("slug" if self.is_standard else "id"), str)
        is_named = any(each.kind == "name" for each in self.fields)
        return ".".join(steps) if has_name and is_named else ""

    @property
    def past_address(self) -> str:
        """The address by which its history is asked for (empty: it has none of its own)."""
        if self.kind not in ("framework", "standard", "facts", "measures"):
            return ""
        is_part = len(self.at) == 1 and self.at[0] in PARTS_WITH_A_PAST
        return str(self.at[0]) if is_part else self.address

    @property
    def is_standard(self) -> bool:
        """Whether it is a standard."""
        return isinstance(self.value, dict) and "slug" in self.value

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its fields; of the file that holds a framework together not those that stand in files of their own."""
        fields = fields_of(self.shape, self.value, self.at, self.names)
        if self.kind != "framework" or self.at or kind_of(self.session.path) != "folder":
            return fields
        parts = {key for file in self.session.declaring for key in PART_FILES.get(file.name, ())}
        return tuple(each for each in fields if each.value is not None or each.key not in {*parts, "standards"})

    @cached_property
    def names(self) -> Names:
        """The names that its fields let people choose from."""
        # As the files have them: a rating that is new may be named although the standards are broken until it is.
        ratings, scales, samples = dict[str, None](), [RATINGS], dict[str, None]()
        for file in self.session.declaring:
            try:
                says = self.session.document(file).says()
            except DiagnosticError:
                continue
            if isinstance(says, dict):
                ratings |= dict.fromkeys(_ids(says.get(RATINGS)))
                samples |= dict.fromkeys(_ids(says.get("samples")))
                declared = says.get("scales")
                for name, steps in declared.items() if isinstance(declared, dict) else ():
                    ratings |= dict.fromkeys(_ids(steps))
                    scales.append(name)
        listed = tuple(scales)
        by_key = {"rating": tuple(ratings), "scale": listed, "answers": listed, "sample": tuple(samples)}
        return Names(by_key if ratings else {})

    def rules(self, framework: Framework | None, valid: Framework | None) -> tuple[RuleField, ...]:
        """Return its rules.

        Args:
            framework: the framework that says them in words (``None``: it is broken, or no words are needed).
            valid: the framework as it was when nothing was wrong with it last, whose facts may be named.
        """
        question = self._question(framework)
        made: list[RuleField] = []
        facts = {} if valid is None else dict(valid.every_fact)
        for each in self.fields:
            if each.kind != "rule":
                continue
            found = None if framework is None else model_at(framework, self.kind, self.data, each.at)
            condition = found if is_condition(found) else None
            clause = clause_of(each.value, each.at, condition, framework, question) if each.value is not None else None
            sentence = "" if condition is None or framework is None else say(condition, framework, question)
            prompts = self._prompts() if each.key in ("yes_when", "when") else {}
            made.append(RuleField(each, clause, sentence, MayName(prompts, facts)))
        return tuple(made)

    def _question_at(self) -> Pointer | None:
        """Return where the key question stands that it is or belongs to."""
        for number, step in enumerate(self.at):
            if step == "key_questions" and len(self.at) > number + 1:
                return self.at[: number + 2]
        return None

    def _question(self, framework: Framework | None) -> KeyQuestion | None:
        at = self._question_at()
        found = None if at is None or framework is None else model_at(framework, self.kind, self.data, at)
        return found if isinstance(found, KeyQuestion) else None

    def _prompts(self) -> Mapping[str, str]:
        at = self._question_at()
        question = None if at is None else at_pointer(self.data, at)
        prompts = question.get("prompts") if isinstance(question, dict) else None
        listed = prompts if isinstance(prompts, list) else []
        return {
            str(each["id"]): as_typed(each.get("ask")) for each in listed if isinstance(each, dict) and "id" in each
        }


def _ids(listed: Plain) -> list[str]:
    named = [item.get("id") for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return [name for name in named if isinstance(name, str)]


def is_condition(found: object) -> TypeGuard[Condition]:
    """Return whether something of a framework is a rule."""
    return isinstance(found, get_args(Condition))


def kind_in(session: Session, file: Path) -> str:
    """Return the kind of a file in hand, by its name and its folder."""
    if file in session.scenario_files():
        return "scenarios"
    return kind_of_framework_file(file.name) if kind_of(session.path) == "folder" else "framework"


def element_at(session: Session, name: str, pointer: str) -> Element:
    """Return an element of a file in hand.

    Raises:
        DiagnosticError: there is no such file or place, or the file cannot be read.
    """
    file = session.file(name)
    if file not in session.declaring and file not in session.scenario_files():
        raise RequestError([NO_SUCH_FILE.found(Location(name), f"{name} is changed as text", hint="open its text")])
    document = session.document(file)
    data = document.says()
    at = pointer_in(pointer, data)
    if at is None or not isinstance(at_pointer(data, at), dict):
        raise cannot_edit(name, f"there is nothing at {pointer or 'the top'}", "go back, and look at the page again")
    return Element(session, file, at, document, data)


def element_of(element: Element, document: Document) -> Element:
    """Return the same element in another state of its file."""
    return Element(element.session, element.file, element.at, document, document.says())


_COUNTED = ("yes", "no", "not_applicable", "undetermined")
"""What a row of a scenario's table counts, which is all that it is called by."""


def title_of(value: Plain) -> str:
    """Return what a block is called: by its title, question or label, and else by its name or by what it says."""
    if not isinstance(value, dict):
        return as_typed(value)
    printed = value.get("id") if "slug" in value else None
    for key in ("title", "ask", "label", "name", "rating", "id"):
        if isinstance(value.get(key), str):
            return f"{printed} {value[key]}" if printed else str(value[key])
    counted = [f"{value[key]} {key.replace('_', ' ')}" for key in _COUNTED if isinstance(value.get(key), int)]
    return ", ".join(counted)


def _words(step: str | int) -> str:
    words = str(step + 1) if isinstance(step, int) else step.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def model_at(framework: Framework, kind: str, data: Plain, at: Pointer) -> object:
    """Return what a framework has at a place of one of its files (``None``: it has nothing there)."""
    found: object = framework
    steps = list(at)
    if kind == "standard":
        found = framework.standards_by_slug.get(str(data.get("slug"))) if isinstance(data, dict) else None
    elif steps[:1] == ["standards"] and len(steps) > 1:
        slug = at_pointer(data, at[:2])
        found = framework.standards_by_slug.get(str(slug.get("slug"))) if isinstance(slug, dict) else None
        steps = steps[2:]
    for step in steps:
        if isinstance(step, int):
            found = found[step] if isinstance(found, tuple) and step < len(found) else None
        elif isinstance(found, Mapping):
            found = found.get(step)
        elif found is not None and attrs.has(type(found)) and step in declared_attributes(type(found)):
            found = getattr(found, declared_attributes(type(found))[step].name)
        else:
            return None
    return found


STALE = Code(
    "edited-elsewhere",
    "error",
    what="What a form was filled in for says something else by now: it was changed in another tab or window.",
    why="The later of the two would undo the earlier one without anybody noticing.",
    bad="two tabs with the same form, kept one after the other",
    good="the page loaded again, and what it says now changed",
)


def stale(file: Path) -> Diagnostic:
    """Return the finding that a form was filled in for something that is another by now."""
    message = "this was changed in another tab meanwhile, and nothing was kept"
    hint = "what you typed stands in the form still; load the page again to see what it says now"
    return STALE.found(Location(str(file)), message, hint=hint)


# --- Items -----------------------------------------------------------------------------------------


def item_edits(command: str, element: Element) -> tuple[Edit, ...]:
    """Return the edits that put an item of a list in another place, copy it or take it away.

    Args:
        command: what to do, with the item: ``up:/prompts/1``.
        element: the element that the list belongs to.
    """
    verb, _, name = command.partition(":")
    at = pointer_in(name, element.data)
    if at is None or not at or at[: len(element.at)] != element.at:
        return ()
    above = at_pointer(element.data, at[:-1])
    place = at[-1]
    if verb == "remove":
        alone = len(above) == 1 if isinstance(above, list | dict) else False
        return (Remove(at[:-1] if alone and len(at) > 1 else at),)
    if not isinstance(above, list) or not isinstance(place, int):
        return ()
    match verb:
        case "up" if place > 0:
            return (Move(at, place - 1),)
        case "down" if place < len(above) - 1:
            return (Move(at, place + 1),)
        case "copy":
            taken = [str(each.get("id")) for each in above if isinstance(each, dict)]
            node = copy.deepcopy(element.document.node(at))
            assert isinstance(node, Block)
            for entry in node.entries:
                if entry.key is not None and entry.key.value == "id" and isinstance(entry.value, Text):
                    entry.value = Text(make_name(entry.value.value, taken), '"')
            return (Add(at[:-1], node, place=place + 1),)
        case _:
            return ()


def outline(session: Session) -> tuple[tuple[str, str, str], ...]:
    """Return the files of the framework in hand: name, what it is called, and its kind."""
    made: list[tuple[str, str, str]] = []
    for file in session.declaring:
        if file.name != "reading.yaml":
            name = session.name_of(file)
            try:
                data = session.document(file).says()
            except RequestError:
                data = None
            title = title_of(data) if isinstance(data, dict) else ""
            made.append((name, title or name, kind_in(session, file)))
    return tuple(made)
