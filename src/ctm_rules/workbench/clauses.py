"""A rule as a form has it, clause by clause, and the edits that a form's answers about it are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, get_args

from attrs import frozen

from ctm_rules.diagnostics.findings import Findings, Location
from ctm_rules.editing.documents import Document
from ctm_rules.editing.edits import Add, Edit, Move, Node, Plain, Pointer, Remove, RenameKey, SetValue, node_of
from ctm_rules.model.conditions import (
    Comparison,
    Condition,
    CountRated,
    FactTest,
    PromptIsYes,
    RatedAs,
    RatingComparison,
    children,
)
from ctm_rules.model.framework import Fact, Framework, KeyQuestion
from ctm_rules.model.rules_in_words import say, say_head
from ctm_rules.workbench.fields import BAD_FIELD, as_typed, pointer_text
from ctm_rules.workbench.forms import Typed, one
from ctm_rules.yaml_files.layout_tree import Block, Text

Form = Literal["prompt", "fact", "all", "any", "at_least", "percent", "not", "rated", "counted"]

GROUPS: tuple[Form, ...] = ("all", "any", "at_least", "percent")
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
RATING_COMPARISONS: tuple[RatingComparison, ...] = get_args(RatingComparison)
_ELEMENTS = ("key_question", "standard", "domain")


@frozen
class Clause:
    """One clause of a rule as a form shows it.

    Attributes:
        form: which form it has.
        at: where it stands.
        says: what it asks for, in words.
        word: the prompt, the fact, or the key of the element whose rating is looked at.
        comparison: how a fact or a rating is compared.
        value: with what, or how many of a group must hold.
        is_first, is_last: its place among its neighbours (both: it has none).
        list_at: of a group where the list of its clauses stands.
        below: its clauses.
    """

    form: Form
    at: Pointer
    says: str
    word: str = ""
    comparison: str = ""
    value: str = ""
    is_first: bool = True
    is_last: bool = True
    list_at: Pointer = ()
    below: tuple[Clause, ...] = ()

    @property
    def name(self) -> str:
        """What its controls are called in a form."""
        return pointer_text(self.at)

    @property
    def is_group(self) -> bool:
        """Whether it holds a list of clauses."""
        return self.form in GROUPS

    def every(self) -> Iterator[Clause]:
        """Yield it and every clause below it, the outermost first."""
        yield self
        for clause in self.below:
            yield from clause.every()


@frozen
class MayName:
    """What the clauses of a rule may look at.

    Attributes:
        prompts: the prompts of the key question, by id (none: only facts may be looked at).
        facts: the facts, by id.
    """

    prompts: Mapping[str, str]
    facts: Mapping[str, Fact]


def clause_of(
    value: Plain, at: Pointer, condition: Condition | None, framework: Framework | None, question: KeyQuestion | None
) -> Clause | None:
    """Return a rule as a form has it (``None``: it has no form of a rule).

    Args:
        value: what the file says.
        at: where that stands.
        condition: the same as the framework has it (``None``: the framework is broken).
        framework: the framework.
        question: the key question whose prompts it names.
    """
    return _clause(value, at, condition, framework, question, True, True)


def _clause(
    value: Plain,
    at: Pointer,
    condition: Condition | None,
    framework: Framework | None,
    question: KeyQuestion | None,
    is_first: bool,
    is_last: bool,
) -> Clause | None:
    said = _said(value, condition, framework, question)
    if isinstance(value, str):
        return Clause("prompt", at, said, value, is_first=is_first, is_last=is_last)
    if not isinstance(value, dict) or not value:
        return None
    if "fact" in value:
        comparison = next((key for key in value if key != "fact"), "is")
        return Clause(
            "fact", at, said, as_typed(value["fact"]), comparison, _listed(value.get(comparison)), is_first, is_last
        )
    element = next((key for key in _ELEMENTS if key in value), None)
    if element is not None:
        comparison = next((key for key in value if key != element), "rated")
        word = as_typed(value[element])
        return Clause("rated", at, said, word, comparison, as_typed(value.get(comparison)), is_first, is_last)
    key = next(iter(value))
    inside, list_at, number = value[key], (*at, key), ""
    form: str = str(key)
    if key == "at_least" and isinstance(inside, dict):
        counted = next((each for each in RATING_COMPARISONS if each in inside), None)
        if counted is not None:
            count = as_typed(inside.get("count"))
            return Clause("counted", at, said, count, counted, as_typed(inside[counted]), is_first, is_last)
        form = "percent" if "percent" in inside else "at_least"
        number = as_typed(inside.get("percent" if form == "percent" else "count"))
        inside, list_at = inside.get("of"), (*list_at, "of")
    conditions = () if condition is None else children(condition)
    if key == "not":
        one = _clause(inside, list_at, conditions[0] if conditions else None, framework, question, True, True)
        return None if one is None else Clause("not", at, said, "", "", "", is_first, is_last, list_at, (one,))
    if form not in GROUPS or not isinstance(inside, list):
        return None
    below: list[Clause] = []
    for place, each in enumerate(inside):
        own = conditions[place] if place < len(conditions) else None
        made = _clause(each, (*list_at, place), own, framework, question, place == 0, place == len(inside) - 1)
        if made is None:
            return None
        below.append(made)
    group = GROUPS[GROUPS.index(form)]
    return Clause(group, at, said, "", "", number, is_first, is_last, list_at, tuple(below))


def _listed(value: Plain) -> str:
    return ", ".join(map(as_typed, value)) if isinstance(value, list) else as_typed(value)


def _said(value: Plain, condition: Condition | None, framework: Framework | None, question: KeyQuestion | None) -> str:
    if condition is None or framework is None:
        return str(value) if isinstance(value, str) else ""
    if not isinstance(condition, PromptIsYes | FactTest | RatedAs | CountRated):
        head = say_head(condition)
        return f"{head[:1].upper()}{head[1:]}"
    return say(condition, framework, question)


# --- Edits -----------------------------------------------------------------------------------------


def rule_edits(clause: Clause, typed: Typed, may: MayName, document: Document, findings: Findings) -> list[Edit]:
    """Return the edits that a form's answers about the clauses of a rule are; none of them moves a clause.

    What cannot be a value goes to ``findings``.
    """
    edits: list[Edit] = []
    # The innermost first: another form of a group takes along what was changed below it.
    for each in reversed(list(clause.every())):
        edits += _edits(each, typed, may, document, findings)
    return edits


def _edits(clause: Clause, typed: Typed, may: MayName, document: Document, findings: Findings) -> Iterator[Edit]:
    def said(part: str, otherwise: str) -> str:
        given = typed.get(f"{clause.name}:{part}")
        return " ".join(given[-1].split()) if given else otherwise

    def wrong(text: str, what: str, hint: str) -> None:
        message = f'"{text}" is no {what}, in a clause of the rule'
        findings.add(BAD_FIELD, Location(document.file), message, path=clause.name, hint=hint)

    match clause.form:
        case "prompt":
            word = said("word", clause.word)
            if word != clause.word:
                yield SetValue(clause.at, node_of(word))
        case "fact":
            word, comparison = said("word", clause.word), said("comparison", clause.comparison)
            value = said("value", clause.value)
            if (word, comparison, value) == (clause.word, clause.comparison, clause.value):
                return
            if comparison not in COMPARISONS:
                wrong(comparison, "comparison", f"choose one of {', '.join(COMPARISONS)}")
            elif not value:
                wrong(value, "value", "write what the fact is compared with")
            else:
                node = fact_test(word, comparison, value, may)
                if isinstance(node, Block):
                    yield SetValue(clause.at, node)
        case "rated":
            value, comparison = said("value", clause.value), said("comparison", clause.comparison)
            if value != clause.value:
                yield SetValue((*clause.at, clause.comparison), node_of(value))
            if comparison != clause.comparison and comparison in RATING_COMPARISONS:
                yield RenameKey((*clause.at, clause.comparison), comparison)
        case "counted":
            value, word = said("value", clause.value), said("word", clause.word)
            if value != clause.value:
                yield SetValue((*clause.at, "at_least", clause.comparison), node_of(value))
            if word != clause.word:
                if word.isascii() and word.isdigit():
                    yield SetValue((*clause.at, "at_least", "count"), node_of(int(word)))
                else:
                    wrong(word, "whole number", "write how many, in digits")
        case "all" | "any" | "at_least" | "percent":
            form, number = said("form", clause.form), said("value", clause.value)
            counts = form in ("at_least", "percent")
            if counts and not (number.isascii() and number.isdigit() and len(number) < 7):
                if form != clause.form and not number:
                    number = "1" if form == "at_least" else "50"
                else:
                    wrong(number, "whole number", "write how many must hold, in digits")
                    return
            if form == clause.form:
                if counts and number != clause.value:
                    key = "count" if form == "at_least" else "percent"
                    yield SetValue((*clause.at, "at_least", key), node_of(int(number)))
            elif form in ("all", "any") and clause.form in ("all", "any"):
                yield RenameKey((*clause.at, clause.form), form)
            elif form in GROUPS:
                yield _Reshaped(clause, form, number).edit(document)
        case "not":
            return


@frozen
class _Reshaped:
    """A group that becomes one of another form, with the same clauses."""

    clause: Clause
    form: str
    number: str

    def edit(self, document: Document) -> Edit:
        """Return the edit; what stood on lines of its own does so in the other form too."""
        listed, whole = document.node(self.clause.list_at), document.node(self.clause.at)
        is_flow = isinstance(whole, Block) and whole.is_flow
        if self.form in ("all", "any"):
            return SetValue(self.clause.at, node_of({self.form: listed}, is_flow=is_flow))
        key = "count" if self.form == "at_least" else "percent"
        below = node_of({key: int(self.number), "of": listed}, is_flow=isinstance(listed, Block) and listed.is_flow)
        return SetValue(self.clause.at, node_of({"at_least": below}, is_flow=is_flow))


def fact_test(fact: str, comparison: str, value: str, may: MayName) -> Node:
    """Return a clause that compares a fact, with the value as a fact of that type has it."""
    words = [word.strip() for word in value.split(",") if word.strip()] if comparison == "one_of" else [value]
    declared = may.facts.get(fact)
    typed = [fact_value(word, declared) for word in words]
    return node_of({"fact": fact, comparison: typed if comparison == "one_of" else typed[0]})


def fact_value(word: str, fact: Fact | None) -> object:
    """Return what was typed as a file has a value of a fact; what is none of its type stays as it was typed."""
    kind = None if fact is None else fact.type
    if kind == "whole_number" and word.isascii() and word.lstrip("-").isdigit():
        return int(word)
    if kind == "number":
        try:
            return Decimal(word)
        except ArithmeticError:
            return word
    if kind == "date":
        return Text(word)
    return word


def new_clause(what: str, may: MayName) -> Node | None:
    """Return a new clause for what was chosen: ``prompt:…`` or ``fact:…`` (``None``: there is no such thing)."""
    kind, _, word = what.partition(":")
    if kind == "prompt" and word in may.prompts:
        return node_of(word)
    fact = may.facts.get(word)
    if kind != "fact" or fact is None:
        return None
    match fact.type:
        case "yes_no":
            return fact_test(word, "is", "yes", may)
        case "choice":
            return fact_test(word, "is", next(iter(fact.values), ""), may)
        case "date":
            return fact_test(word, "at_least", "2000-01-01", may)
        case _:
            return fact_test(word, "at_least", "0", may)


def moved(command: str, clause: Clause, typed: Typed, may: MayName, document: Document) -> Sequence[Edit]:
    """Return the edits by which a rule is built: ``add``, ``remove``, ``up``, ``down``, ``group``, ``not``, ``out``.

    Args:
        command: what to do, with the clause that it is done to: ``add:/yes_when``.
        clause: the rule.
        typed: the form, which says what is added.
        may: what clauses may look at.
        document: the file, once everything else that the form says was done.
    """
    verb, _, name = command.partition(":")
    found = next((each for each in clause.every() if each.name == name), None)
    if found is None:
        return ()
    match verb:
        case "add" if found.is_group:
            chosen = new_clause(one(typed, f"{name}:add"), may)
            return () if chosen is None else (Add(found.list_at, chosen),)
        case "remove":
            above = next((each for each in clause.every() if found in each.below), None)
            if above is None or above.form == "not" or len(above.below) == 1:
                # A group that would hold nothing goes as a whole.
                return (
                    (Remove(found.at),)
                    if above is None
                    else moved(f"remove:{above.name}", clause, typed, may, document)
                )
            return (Remove(found.at),)
        case "up" | "down" if not (found.is_first and found.is_last):
            place = found.at[-1]
            assert isinstance(place, int)
            return (Move(found.at, place + (-1 if verb == "up" else 1)),)
        case "group":
            return (SetValue(found.at, _around("any", document.node(found.at))),)
        case "not":
            return (SetValue(found.at, _around("not", document.node(found.at))),)
        case "out" if len(found.below) == 1:
            return (SetValue(found.at, document.node(found.below[0].at)),)
        case _:
            return ()


def _around(form: str, node: Node) -> Node:
    """Return a clause with another one around it, which stands on lines of its own where that one does."""
    is_flow = not isinstance(node, Block) or node.is_flow
    return node_of({form: node if form == "not" else [node]}, is_flow=is_flow)
