"""What a form asks of a block of a file, made from the JSON Schema of its kind; and the edits that its answers are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any as Anything
from typing import Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.editing.edits import Add, Edit, Node, Plain, Pointer, Remove, SetValue, at_pointer, node_of
from ctm_rules.editing.made_names import make_name
from ctm_rules.scaffolding.json_schemas import Schema, chosen_form, definition_of, known_schema
from ctm_rules.validity.names import ID_PATTERN
from ctm_rules.workbench.forms import Typed, with_line_feeds
from ctm_rules.yaml_files.layout_tree import Text
from ctm_rules.yaml_files.marked_yaml import written_number

Kind = Literal[
    "name", "text", "long", "number", "whole", "date", "choice", "yes_no", "words", "lines", "pairs", "values", "rows",
    "block", "items", "keyed", "rule", "elsewhere"
]  # fmt: skip

_SCALARS = ("string", "integer", "number")
_LONG = ("ask", "statement", "title")
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@frozen
class Field:
    """One key of a block as a form asks for it.

    Attributes:
        kind: how it is asked.
        key: the key.
        at: where its value stands, or would stand.
        about: what the key means.
        is_required: whether the block must have it.
        value: what it says (``None``: it is not there).
        choices: what it may say, where that is a list.
        rows: of rows the fields of each of them, of a block those of its keys, of names those that have rows.
        new: of rows the fields of one more.
    """

    kind: Kind
    key: str
    at: Pointer
    about: str = ""
    is_required: bool = False
    value: Plain = None
    choices: tuple[str, ...] = ()
    rows: tuple[tuple[Field, ...], ...] = ()
    new: tuple[Field, ...] = field(default=())

    @property
    def name(self) -> str:
        """What its control is called in a form."""
        return pointer_text(self.at)

    @property
    def label(self) -> str:
        """The key in words."""
        words = self.key.replace("_", " ")
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def is_usual(self) -> bool:
        """Whether a form shows it at once: it is there, must be, or is a rule or a list that may get its first item."""
        return self.value is not None or self.is_required or self.kind in ("rule", "items", "rows")

    @property
    def said(self) -> str:
        """What it says, as a control shows it."""
        return as_typed(self.value)


def as_typed(value: Plain) -> str:
    """Return a value as people type it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return written_number(value)
        case list():
            return "\n".join(map(as_typed, value))
        case _:
            return str(value)


# --- Pointers --------------------------------------------------------------------------------------


def pointer_text(at: Pointer) -> str:
    """Return a place in a file as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in at)


def pointer_in(text: str, data: Plain) -> Pointer | None:
    """Return the place that a JSON pointer means in a file that says ``data`` (``None``: it means none there)."""
    if not text:
        return ()
    at: list[str | int] = []
    for step in text.split("/")[1:] if text.startswith("/") else [""]:
        word = step.replace("~1", "/").replace("~0", "~")
        if isinstance(data, list) and word.isascii() and word.isdigit() and len(word) < 7 and int(word) < len(data):
            at.append(int(word))
            data = data[int(word)]
        elif isinstance(data, dict) and word in data:
            at.append(word)
            data = data[word]
        else:
            return None
    return tuple(at)


# --- Schemas ---------------------------------------------------------------------------------------


class Shape:
    """The shape that a part of a file has, by its schema.

    Args:
        kind: the kind of the file.
        schema: that of the part (default: of the whole file).
    """

    def __init__(self, kind: str, schema: Schema | None = None) -> None:
        self._kind = kind
        self._whole: Mapping[str, Anything] = known_schema(kind)
        self.schema: Mapping[str, Anything] = self._whole if schema is None else schema

    def of(self, schema: Mapping[str, Anything]) -> Shape:
        """Return the shape that another schema of the same kind of file means."""
        return Shape(self._kind, dict(schema))

    def at(self, pointer: Pointer, data: Plain) -> Shape:
        """Return the shape of what stands at a place of a file."""
        shape = self.for_value(data)
        for step in pointer:
            data = at_pointer(data, (step,))
            shape = Shape(self._kind, shape._found(step)).for_value(data)
        return shape

    def _found(self, step: str | int) -> Schema:
        if isinstance(step, int):
            return dict(self.schema.get("items", {}))
        own = self.schema.get("properties", {}).get(step) or self.schema.get("additionalProperties") or {}
        return dict(own) if isinstance(own, Mapping) else {}

    def for_value(self, value: Plain) -> Shape:
        """Return the one of several forms that a value has."""
        schema = dict(self.schema)
        for _ in range(20):
            if "$ref" in schema and not self.is_rule_schema(schema):
                described = {key: said for key, said in schema.items() if key == "description"}
                schema = {**definition_of(schema, self._whole), **described}
            elif "if" in schema:
                schema = dict(chosen_form(schema, value))
            elif "anyOf" in schema:
                schema = dict(self._fitting(schema["anyOf"], value))
            else:
                break
        return Shape(self._kind, schema)

    def _fitting(self, forms: Anything, value: Plain) -> Mapping[str, Anything]:
        made = [Shape(self._kind, form).for_value(value).schema for form in forms]

        def fits(schema: Mapping[str, Anything]) -> bool:
            if isinstance(value, dict) and "properties" in schema:
                return set(schema.get("required", ())) <= set(value) <= set(schema["properties"])
            if isinstance(value, list):
                return schema.get("type") == "array"
            return isinstance(value, str) and (schema.get("type") == "string" or value in schema.get("enum", ()))

        return next((schema for schema in made if fits(schema)), made[0])

    @staticmethod
    def is_rule_schema(schema: Mapping[str, Anything]) -> bool:
        """Return whether a schema is that of a rule."""
        return str(schema.get("$ref", "")).endswith("/Condition")

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule."""
        return self.is_rule_schema(self.schema)

    @property
    def is_block(self) -> bool:
        """Whether it is a block whose keys are known."""
        return "properties" in self.schema

    @property
    def name(self) -> str:
        """What the class of a block is called (empty: it is no block of the standards)."""
        for name, schema in self._whole["$defs"].items():
            if schema.get("properties") == self.schema.get("properties") and "properties" in self.schema:
                return str(name)
        return ""


# --- Fields ----------------------------------------------------------------------------------------


@frozen
class Names:
    """The names that a form lets people choose from, by the key that names one."""

    by_key: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def of(self, key: str) -> tuple[str, ...]:
        """Return what a key may name (nothing: whatever is typed)."""
        return self.by_key.get(key, ())


def fields_of(shape: Shape, value: Plain, at: Pointer, names: Names, *, depth: int = 0) -> tuple[Field, ...]:
    """Return the fields of a block that says ``value``: those of its kind in their order, or one for each own name."""
    block = value if isinstance(value, dict) else {}
    schema = shape.schema
    if not shape.is_block:
        inside = schema.get("additionalProperties") or {}
        return tuple(
            _field(shape.of(inside), key, each, (*at, key), False, names, depth) for key, each in block.items()
        )
    return tuple(
        _field(shape.of(below), key, block.get(key), (*at, key), key in schema.get("required", ()), names, depth)
        for key, below in schema.get("properties", {}).items()
    )


def _field(shape: Shape, key: str, value: Plain, at: Pointer, is_required: bool, names: Names, depth: int) -> Field:
    about = str(shape.schema.get("description", ""))
    fitting = shape.for_value(value)
    schema = fitting.schema

    def made(kind: Kind, **more: Anything) -> Field:
        return Field(kind, key, at, about, is_required, value, **more)

    if fitting.is_rule:
        return made("rule")
    if "enum" in schema:
        if set(map(str, schema["enum"])) == {"True", "False", "yes", "no"}:
            return made("yes_no", choices=("yes", "no"))
        return made("choice", choices=tuple(map(str, schema["enum"])))
    match schema.get("type"):
        case "string" if schema.get("pattern") == f"^{ID_PATTERN.pattern}$":
            return made("name")
        case "string" if schema.get("format") == "date":
            return made("date")
        case "string":
            choices = names.of(key)
            if choices:
                said = () if value is None or value in choices else (as_typed(value),)
                return made("choice", choices=(*choices, *said))
            return made("long" if key in _LONG else "text")
        case "integer":
            return made("whole")
        case "number":
            return made("number")
        case "array":
            return _list(fitting, made, value, at, names, depth)
        case "object" if fitting.is_block:
            below = fields_of(fitting, value, at, names, depth=depth + 1)
            plain = all(each.kind not in ("items", "keyed", "rule", "rows", "block", "elsewhere") for each in below)
            is_one_of_several = "anyOf" in shape.schema
            if value is None and is_one_of_several:
                return made("elsewhere")
            return made("block", rows=(below,) if plain and depth == 0 else ())
        case "object":
            inside = schema.get("additionalProperties") or {}
            several = inside.get("anyOf", ())
            if several:
                is_plain = all("enum" in form or form.get("type") in _SCALARS for form in several)
                return made("values" if is_plain else "elsewhere")
            plain = shape.of(inside).for_value(None).schema.get("type") in ("string", "integer")
            if plain:
                return made("pairs")
            listed = value.items() if isinstance(value, dict) else ()
            below = tuple(
                _field(shape.of(inside), name, each, (*at, name), False, names, depth)
                for name, each in listed
                if isinstance(each, list)
            )
            return made("keyed", rows=(tuple(each for each in below if each.kind == "rows"),))
        case _:
            return made("elsewhere")


def _list(shape: Shape, made: Callable[..., Field], value: Plain, at: Pointer, names: Names, depth: int) -> Field:
    item = shape.of(shape.schema.get("items", {}))
    inside = item.for_value(None)
    if "enum" in inside.schema:
        return made("words", choices=tuple(map(str, inside.schema["enum"])))
    if not inside.is_block:
        return made("lines")
    items = value if isinstance(value, list) else []
    new = fields_of(inside, None, (*at, "+"), names, depth=depth + 1)
    if any(each.kind not in ("name", "text", "long", "number", "whole", "choice", "yes_no", "date") for each in new):
        return made("items")
    used = {key for each in items if isinstance(each, dict) for key in each}
    shown = [each.key for each in new if each.is_required or each.key in used or not items]
    rows = tuple(
        tuple(each for each in fields_of(inside, one, (*at, number), names, depth=depth + 1) if each.key in shown)
        for number, one in enumerate(items)
    )
    return made("rows", rows=rows, new=tuple(each for each in new if each.key in shown))


# --- Edits -----------------------------------------------------------------------------------------


def edits_of(fields: Sequence[Field], typed: Typed, findings: Findings, file: str) -> list[Edit]:
    """Return the edits that a form's answers are; what cannot be a value goes to ``findings``.

    A field that the form does not have is left as it is. The order is such that no edit moves the place of a later one.
    """
    edits: list[Edit] = []
    for each in fields:
        edits += _edits(each, fields, typed, findings, file)
    return edits


def _edits(each: Field, beside: Sequence[Field], typed: Typed, findings: Findings, file: str) -> Iterator[Edit]:
    if each.kind == "rows":
        yield from _rows(each, typed, findings, file)
    elif each.kind == "block" and each.rows:
        yield from _block(each, typed, findings, file)
    elif each.kind in ("pairs", "values"):
        yield from _pairs(each, beside, typed, findings, file)
    elif each.kind == "keyed":
        for row in each.rows:
            yield from edits_of(row, typed, findings, file)
    elif each.kind in ("items", "rule", "elsewhere", "name", "block"):
        return
    elif each.name in typed or (each.kind == "words" and f"{each.name}?" in typed):
        said = typed_words(each, typed)
        if said == _said_now(each):
            return
        if not said:
            if each.value is not None:
                yield Remove(each.at)
            return
        node = typed_node(each, said, findings, file)
        if node is not None:
            yield from _put(each, beside, node)


def typed_words(each: Field, typed: Typed) -> list[str]:
    """Return what was typed: one text, or several in a list; nothing where it was left empty."""
    given = [with_line_feeds(text) for text in typed.get(each.name, ())]
    if each.kind == "words":
        return [text for text in given if text]
    if each.kind == "lines":
        return [line.strip() for text in given for line in text.split("\n") if line.strip()]
    text = " ".join(given[-1].split()) if given else ""
    return [text] if text else []


def _said_now(each: Field) -> list[str]:
    if isinstance(each.value, list):
        return [as_typed(item) for item in each.value]
    return [as_typed(each.value)] if each.value is not None else []


BAD_FIELD = Code(
    "bad-field",
    "error",
    what="What was typed into a form cannot be a value of that kind.",
    why="A value that is typed only half never becomes a change of the standards.",
    bad="sixty in the field of a bound",
    good="60 in the field of a bound",
)


def typed_node(each: Field, said: list[str], findings: Findings, file: str) -> Node | None:
    """Return what was typed as it is written (``None``: it cannot be a value of that kind)."""
    text = said[0]

    def wrong(what: str, hint: str) -> Node | None:
        message = f'"{text}" is no {what}, in the field {each.label}'
        findings.add(BAD_FIELD, Location(file), message, path=each.name, hint=hint)
        return None

    match each.kind:
        case "words" | "lines":
            return node_of(said)
        case "whole":
            if not _WHOLE.fullmatch(text):
                return wrong("whole number", "write digits alone, such as 3")
            return node_of(int(text))
        case "number":
            if not _NUMBER.fullmatch(text):
                return wrong("number", "write digits, with a point before decimals: 49.5")
            return node_of(Decimal(text))
        case "date":
            if not _DATE.fullmatch(text):
                return wrong("date", "write year-month-day, such as 2026-04-01")
            return Text(text)
        case "choice" | "yes_no":
            if text not in each.choices:
                return wrong("choice", f"choose one of {', '.join(each.choices)}")
            return node_of(text)
        case _:
            return node_of(text)


def _put(each: Field, beside: Sequence[Field], node: Node) -> Iterator[Edit]:
    """Yield the edit that gives a key a value; a new key comes after those that its kind has before it."""
    if each.value is not None:
        yield SetValue(each.at, node)
        return
    before = [other.key for other in beside[: [other.key for other in beside].index(each.key)]]
    present = [other.key for other in beside if other.value is not None]
    place = sum(key in before for key in present) if present else None
    yield Add(each.at[:-1], node, each.key, place)


def _rows(each: Field, typed: Typed, findings: Findings, file: str) -> Iterator[Edit]:
    removed = {name.removeprefix("remove:") for name in typed.get("remove", ())}
    for row in each.rows:
        if row and pointer_text(row[0].at[:-1]) not in removed:
            for cell in row:
                yield from _edits(cell, row, typed, findings, file)
    for row in reversed(each.rows):
        if row and pointer_text(row[0].at[:-1]) in removed:
            yield Remove(row[0].at[:-1])
    made = _made(each.new, typed, findings, file)
    if made:
        taken = (
            [str(item.get("id")) for item in each.value if isinstance(item, dict)]
            if isinstance(each.value, list)
            else []
        )
        named = next((cell for cell in each.new if cell.kind == "name"), None)
        if named is not None:
            label = next((as_typed(v.value) for k, v in made.items() if k != named.key and isinstance(v, Text)), "")
            made = {named.key: node_of(make_name(label, taken)), **made}
        if each.value is None:
            yield Add(each.at[:-1], node_of([made], is_flow=False), each.key)
        else:
            yield Add(each.at, node_of(made), place=_place_of_new(each, typed, removed))


def _place_of_new(each: Field, typed: Typed, removed: Collection[str]) -> int | None:
    """Return before which of the rows that are left a new one comes (``None``: it comes last)."""
    said = "".join(typed.get(f"{each.name}/+place", ()))
    if not (said.isascii() and said.isdigit() and len(said) < 7):
        return None
    gone = sum(pointer_text((*each.at, number)) in removed for number in range(int(said)))
    return min(int(said), len(each.rows)) - gone


def _made(new: Sequence[Field], typed: Typed, findings: Findings, file: str) -> dict[str, Node]:
    """Return what was typed into the fields of a new block, by key."""
    made: dict[str, Node] = {}
    for cell in new:
        said = typed_words(cell, typed) if cell.kind != "name" else []
        node = typed_node(cell, said, findings, file) if said else None
        if node is not None:
            made[cell.key] = node
    return made


def _block(each: Field, typed: Typed, findings: Findings, file: str) -> Iterator[Edit]:
    (row,) = each.rows
    if each.value is not None:
        edits = [edit for cell in row for edit in _edits(cell, row, typed, findings, file)]
        gone = [edit for edit in edits if isinstance(edit, Remove)]
        if len(gone) == len([cell for cell in row if cell.value is not None]) == len(edits) and gone:
            yield Remove(each.at)  # a block of which nothing is left goes as a whole
        else:
            yield from edits
        return
    made = _made(row, typed, findings, file)
    if made:
        yield Add(each.at[:-1], node_of(made), each.key)


def _pairs(each: Field, beside: Sequence[Field], typed: Typed, findings: Findings, file: str) -> Iterator[Edit]:
    """Yield the edits of a block that has a text or a number by each of its keys."""
    if f"{each.name}?" not in typed:
        return
    now = each.value if isinstance(each.value, dict) else {}

    def node_for(said: str, key: str, is_whole: bool) -> Node | None:
        if each.kind == "values" and _NUMBER.fullmatch(said):
            return node_of(int(said) if _WHOLE.fullmatch(said) else Decimal(said))
        if not is_whole:
            return node_of(said)
        if _WHOLE.fullmatch(said):
            return node_of(int(said))
        message = f'"{said}" is no whole number, in the field {key}'
        name = pointer_text((*each.at, key))
        findings.add(BAD_FIELD, Location(file), message, path=name, hint="write digits alone, such as 3")
        return None

    for key, value in now.items():
        name = pointer_text((*each.at, key))
        said = " ".join(" ".join(typed.get(name, ())).split())
        if name not in typed or said == as_typed(value):
            continue
        node = node_for(said, key, isinstance(value, int) and each.kind == "pairs") if said else None
        if node is not None:
            yield SetValue((*each.at, key), node)
        elif not said:
            yield Remove((*each.at, key))
    key = " ".join(" ".join(typed.get(f"{each.name}/+key", ())).split())
    said = " ".join(" ".join(typed.get(f"{each.name}/+value", ())).split())
    if key and said and key not in now:
        is_whole = any(isinstance(value, int) for value in now.values()) and said.isdigit()
        node = node_for(said, key, is_whole)
        assert node is not None
        if each.value is None:
            yield from _put(each, beside, node_of({key: node}))
        else:
            yield Add(each.at, node, key)
