"""JSON Schemas of the YAML files, made from the classes that the files become.

An editor that knows YAML completes keys and flags mistakes while typing: the first line of a file names its schema
(see :func:`modeline`). A schema holds what the shape of a file can say; ``ctm-rules check`` finds the rest.
"""

from __future__ import annotations

import datetime
import inspect
import json
import os
import re
import sys
import types
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any as Anything
from typing import Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import attrs
from attrs import frozen

from ctm_rules.bulk.result_dicts import BulkRatingsDict
from ctm_rules.diagnostics.formats import FindingsDict
from ctm_rules.frameworks.amendments import AmendmentFile
from ctm_rules.frameworks.borrowing import BorrowedQuestion
from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.frameworks.loading import PART_FILES
from ctm_rules.inspections.file import InspectionFile
from ctm_rules.inspections.result_dicts import InspectionDict
from ctm_rules.languages.languages import LanguageFile
from ctm_rules.languages.vocabulary import Vocabulary
from ctm_rules.model import conditions, rating_rules
from ctm_rules.model import framework as model
from ctm_rules.model.bands import BandsBy
from ctm_rules.model.cases import CaseDict
from ctm_rules.model.conditions import Comparison, Condition
from ctm_rules.model.declared import LANGUAGE_CODE, Translated, declared_attributes, is_required, keys_of
from ctm_rules.model.declared_reading import CellText, Reading
from ctm_rules.model.framework import Framework, Standard
from ctm_rules.model.rating_rules import Members
from ctm_rules.rating.result_dicts import RatingDict
from ctm_rules.scaffolding.printed_results import (
    DiffDict,
    ExplainedDict,
    RatedCountsDict,
    ReadDict,
    TestsDict,
    WhatIfDict,
)
from ctm_rules.scenarios.file import DeclaredScenarios
from ctm_rules.validity.names import ID_PATTERN
from ctm_rules.verification.verify import VerificationDict

Schema = dict[str, object]

# Elements that other places name by their id; every other id is free text.
_NAMED = (
    model.Fact,
    model.Prompt,
    model.KeyQuestion,
    model.Theme,
    model.Domain,
    model.Rating,
    model.Sample,
    model.Variant,
    model.Measure,
    model.Group,
    model.SubGroup,
)
_PATTERNS: dict[tuple[type, str], re.Pattern[str]] = {(cls, "id"): ID_PATTERN for cls in _NAMED} | {
    (Standard, "slug"): ID_PATTERN
}


@frozen
class Kind:
    """One kind of file.

    Attributes:
        name: what it is called, in commands and in the name of its schema.
        cls: the class that its content becomes.
        parts: the keys that it may have (empty: all of the class).
        elsewhere: keys that the class must have and that may stand in other files.
    """

    name: str
    cls: type
    parts: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("framework", Framework, elsewhere=("standards",)),
        *(Kind(Path(file).stem, Framework, parts=parts) for file, parts in PART_FILES.items()),
        Kind("standard", Standard),
        Kind("inspection", InspectionFile),
        Kind("amendment", AmendmentFile),
        Kind("reading", Reading),
        Kind("scenarios", DeclaredScenarios),
        Kind("words", Vocabulary),
        Kind("language", LanguageFile),
    )
}
"""Every kind of file, by name."""


RESULTS: Mapping[str, type] = {
    "result": InspectionDict,
    "rating": RatingDict,
    "bulk": BulkRatingsDict,
    "case": CaseDict,
    "counts": RatedCountsDict,
    "diff": DiffDict,
    "explanation": ExplainedDict,
    "findings": FindingsDict,
    "read": ReadDict,
    "tests": TestsDict,
    "verification": VerificationDict,
    "what-if": WhatIfDict,
}
"""What results are as JSON, by name: that of an inspection, one of ratings alone, and what other commands print."""


def schema_of(kind: str) -> Schema:
    """Return the JSON Schema (draft 2020-12) of one kind of file, or of a result.

    Raises:
        KeyError: there is no such kind in :data:`KINDS` or :data:`RESULTS`.
    """
    return _result_schema(RESULTS[kind]) if kind in RESULTS else _Maker().file(KINDS[kind])


@cache
def known_schema(kind: str) -> Schema:
    """Return :func:`schema_of`, made once; it is looked into and never changed."""
    return schema_of(kind)


def definition_of(schema: Mapping[str, Anything], whole: Mapping[str, Anything]) -> Mapping[str, Anything]:
    """Return what a schema with a ``$ref`` refers to in the schema of its file."""
    definition: Mapping[str, Anything] = whole["$defs"][str(schema["$ref"]).rpartition("/")[2]]
    return definition


def chosen_form(schema: Mapping[str, Anything], value: object) -> Mapping[str, Anything]:
    """Return which of the two forms of a schema with an ``if`` a value has: that is told by keys that it has."""
    is_so = isinstance(value, Mapping) and all(key in value for key in schema["if"]["required"])
    form: Mapping[str, Anything] = schema["then" if is_so else "else"]
    return form


def schema_text(kind: str) -> str:
    """Return the JSON Schema of one kind of file as the text of its file."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def schema_file(kind: str) -> str:
    """Return the name of the file that holds the schema of a kind."""
    return f"{kind}.schema.json"


def modeline(kind: str, file: Path, schemas: Path) -> str:
    """Return the first line that tells an editor which schema a file has.

    Args:
        kind: the kind of the file.
        file: the file.
        schemas: the folder that holds the schemas.
    """
    schema = Path(os.path.relpath(schemas / schema_file(kind), file.parent)).as_posix()
    return f"# yaml-language-server: $schema={schema}"


def kind_of_framework_file(name: str) -> str:
    """Return the kind of a file in a framework's folder, by its name."""
    if name == FRAMEWORK_FILE:
        return "framework"
    return Path(name).stem if name in PART_FILES else "standard"


# --- Results ---------------------------------------------------------------------------------------


def _result_schema(cls: type) -> Schema:
    """Return the schema of plain data by its keys; further keys may come with a later version."""
    definitions: dict[str, Schema] = {}
    whole = _typed_schema(cls, definitions)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "$defs": definitions}


def _typed_schema(hint: Anything, definitions: dict[str, Schema]) -> Schema:
    origin = get_origin(hint)
    if is_typeddict(hint):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # what it holds may hold it again
            properties = {key: _typed_schema(each, definitions) for key, each in get_type_hints(hint).items()}
            definitions[hint.__name__] = {
                "description": _plain((hint.__doc__ or "").partition("\n\n")[0]),
                "type": "object",
                "properties": properties,
                "required": [key for key in properties if key in hint.__required_keys__],
            }
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is list:
        return {"type": "array", "items": _typed_schema(get_args(hint)[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _typed_schema(get_args(hint)[1], definitions)}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_typed_schema(each, definitions) for each in get_args(hint)]}
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}[hint]}


# --- From classes to schemas ----------------------------------------------------------------------


class _Maker:
    def __init__(self) -> None:
        self._definitions: dict[str, Schema] = {}

    def file(self, kind: Kind) -> Schema:
        made = self._object(kind.cls)
        properties, required = made["properties"], made["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        if kind.parts:
            properties = {key: properties[key] for key in kind.parts}
        required = [key for key in required if key in properties and key not in kind.elsewhere]
        used = _references({"properties": properties}, self._definitions)
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"{kind.name} file",
            **made,
            "properties": properties,
            "required": required,
            "minProperties": 1,
            "$defs": {name: self._definitions[name] for name in sorted(used)},
        }

    def _object(self, cls: type) -> Schema:
        about, of_attributes = _described(cls)
        hints = get_type_hints(cls)
        properties: dict[str, Schema] = {}
        for key, attribute in declared_attributes(cls).items():
            schema = self._type(hints[attribute.name])
            if (cls, attribute.name) == (Standard, "key_questions"):
                # So that an editor says of each of the two forms what is wrong in it, and where.
                taken, own = self._type(BorrowedQuestion), schema["items"]
                schema["items"] = {"if": {"required": ["from"]}, "then": taken, "else": own}
            if attribute.name == "assumed":
                schema["items"] = {"enum": keys_of(cls)}
            if (cls, attribute.name) in _PATTERNS:
                schema["pattern"] = f"^{_PATTERNS[cls, attribute.name].pattern}$"
            text = of_attributes.get(attribute.name, "")
            properties[key] = {"description": text, **schema} if text else schema
        required = [key for key, attribute in declared_attributes(cls).items() if is_required(attribute)]
        return {
            "description": about,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _type(self, hint: Anything) -> Schema:
        if hint == BandsBy:
            # By one fact: the bands for each of its values, or the table that holds them.
            rows = self._type(get_args(hint)[1])
            table: Schema = {"type": "string", "pattern": r"\.csv$"}
            return {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": {"anyOf": [table, rows]},
            }
        if hint == Condition or hint == Condition | None:
            return self._condition()
        if Translated in get_args(hint):
            return self._words()
        if get_origin(hint) in (Union, types.UnionType):
            members = [self._type(member) for member in get_args(hint) if member is not types.NoneType]
            return members[0] if len(members) == 1 else {"anyOf": members}
        if get_origin(hint) is Literal:
            return {"enum": list(get_args(hint))}
        if get_origin(hint) is tuple:
            return {"type": "array", "items": self._type(get_args(hint)[0])}
        if get_origin(hint) is not None and issubclass(get_origin(hint), Mapping):
            return {"type": "object", "additionalProperties": self._type(get_args(hint)[1])}
        if attrs.has(hint):
            name = hint.__name__
            if name not in self._definitions:
                self._definitions[name] = {}  # keeps its place while it is made, in case it holds itself
                self._definitions[name] = self._object(hint)
            here: Schema = {"$ref": f"#/$defs/{name}"}
            short = getattr(hint, "SHORT", None)
            return here if short is None else {"anyOf": [self._type(get_type_hints(hint)[short]), here]}
        return dict(_PLAIN_TYPES[hint])

    def _condition(self) -> Schema:
        if "Condition" not in self._definitions:
            here: Schema = {"$ref": "#/$defs/Condition"}
            several: Schema = {"type": "array", "items": here, "minItems": 1}
            counted = {"count": {"type": "integer", "minimum": 1}, "of": several}
            count = {
                "type": "object",
                "properties": counted,
                "required": list(counted),
                "additionalProperties": False,
            }
            of_all = {"percent": {"type": "integer", "minimum": 1, "maximum": 100}, "of": several}
            share = {
                "type": "object",
                "properties": of_all,
                "required": list(of_all),
                "additionalProperties": False,
            }
            value = self._type(conditions.FactValue)
            compared = dict.fromkeys(get_args(Comparison), value)
            compared["one_of"] = {"type": "array", "items": value, "minItems": 1}
            self._definitions["Condition"] = {
                "description": "A decision rule or a condition.",
                "anyOf": [
                    {"description": _described(conditions.PromptIsYes)[0], "type": "string", "pattern": r"\S"},
                    _form("all", several, conditions.AllOf),
                    _form("any", several, conditions.AnyOf),
                    _form("at_least", count, conditions.AtLeast),
                    _form("at_least", share, conditions.AtLeastPercent),
                    _form("not", here, conditions.Not),
                    *self._rating_tests(),
                    {
                        "description": _described(conditions.FactTest)[0],
                        "type": "object",
                        "properties": {"fact": {"type": "string", "pattern": r"\S"}, **compared},
                        "required": ["fact"],
                        "minProperties": 2,
                        "maxProperties": 2,
                        "additionalProperties": False,
                    },
                ],
            }
        return {"$ref": "#/$defs/Condition"}

    def _words(self) -> Schema:
        """Return the forms of what people write: a text, or one for each language."""
        text = dict(_PLAIN_TYPES[str])
        self._definitions["Words"] = {
            "description": "A text, or the same text in several languages by their codes, that of the file first.",
            "anyOf": [
                text,
                {
                    "type": "object",
                    "propertyNames": {"pattern": f"^{LANGUAGE_CODE.pattern}$"},
                    "additionalProperties": text,
                    "minProperties": 1,
                },
            ],
        }
        return {"$ref": "#/$defs/Words"}

    def _rating_tests(self) -> list[Schema]:
        """Return the forms of clause that look at ratings: each with one of the ways in which they are compared."""
        word: Schema = {"type": "string", "pattern": r"\S"}
        compared = dict.fromkeys(get_args(conditions.RatingComparison), word)
        one: Schema = {
            "description": _described(conditions.RatedAs)[0],
            "type": "object",
            "properties": {"key_question": word, "standard": word, "domain": word, **compared},
            "minProperties": 2,
            "maxProperties": 2,
            "additionalProperties": False,
        }
        members: Schema = self._type(Members)
        count: Schema = {
            "type": "object",
            "properties": {"count": {"type": "integer", "minimum": 1}, "of": members, **compared},
            "required": ["count", "of"],
            "minProperties": 3,
            "maxProperties": 3,
            "additionalProperties": False,
        }
        return [one, _form("at_least", count, conditions.CountRated)]


_PLAIN_TYPES: Mapping[object, Schema] = {
    str: {"type": "string", "pattern": r"\S"},
    int: {"type": "integer"},
    Fraction: {"type": "number"},
    bool: {"enum": [True, False, "yes", "no"]},
    # To an editor 0012 and TRUE are no texts; they are read as they are written all the same.
    CellText: {"type": ["string", "number", "boolean", "null"]},
    datetime.date: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    Anything: {},
}


def _form(word: str, below: Schema, cls: type) -> Schema:
    return {
        "description": _described(cls)[0],
        "type": "object",
        "properties": {word: below},
        "required": [word],
        "additionalProperties": False,
    }


def _references(schema: object, definitions: Mapping[str, Schema]) -> set[str]:
    """Return the names of the definitions that a schema uses, directly or through others."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            reference = part.get("$ref")
            name = reference.rpartition("/")[2] if isinstance(reference, str) else ""
            if name and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


# --- Descriptions ---------------------------------------------------------------------------------

_ATTRIBUTE = re.compile(r"^    (?P<names>\w+(, \w+)*): (?P<text>.*(\n {6,}.*)*)", re.MULTILINE)


def _described(cls: type) -> tuple[str, dict[str, str]]:
    """Return what a class says about itself, and about each attribute by name.

    What an attribute means in every class of a module stands in the module's own docstring.
    """
    about, _ = _docstring(cls.__doc__)
    described = _docstring(model.__doc__)[1] | _docstring(rating_rules.__doc__)[1]
    for each in reversed(cls.__mro__[:-1]):
        described |= _docstring(sys.modules[each.__module__].__doc__)[1] | _docstring(each.__doc__)[1]
    return about, described


def _docstring(text: str | None) -> tuple[str, dict[str, str]]:
    about, _, attributes = inspect.cleandoc(text or "").partition("\n\nAttributes:\n")
    described = {
        name: _plain(match["text"]) for match in _ATTRIBUTE.finditer(attributes) for name in match["names"].split(", ")
    }
    return _plain(about), described


def _plain(text: str) -> str:
    """Return a docstring's text as an editor shows it: one paragraph that starts with a capital, no markup."""
    plain = re.sub(r":\w+:`~?([^`]*)`", r"\1", re.sub(r"\s+", " ", text)).replace("``", "").strip()
    return plain[:1].upper() + plain[1:]
