"""A framework cannot be changed once it is there, nor anything in it, and yet it travels and is copied."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import pytest
from attrs import evolve

from ctm_rules import Framework

VIEWS = ("facts_by_id", "ratings_by_id", "standards_by_slug", "key_questions", "prompts", "measures_by_path", "ranks")


def mappings_in(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every mapping in a framework, and what it offers by name."""
    if isinstance(value, Mapping):
        yield path, value
        for key, below in value.items():
            yield from mappings_in(below, f"{path}/{key}")
    elif isinstance(value, tuple):
        for index, below in enumerate(value):
            yield from mappings_in(below, f"{path}/{index}")
    elif attrs.has(type(value)):
        counting = [attribute.name for attribute in attrs.fields(type(value)) if attribute.eq]
        for name in (*counting, *(VIEWS if isinstance(value, Framework) else ())):
            yield from mappings_in(getattr(value, name), f"{path}/{name}")


CHANGES: dict[str, Callable[[Any], object]] = {
    "set": lambda mapping: mapping.__setitem__("x", 1),
    "delete": lambda mapping: mapping.__delitem__("x"),
    "update": lambda mapping: mapping.update(x=1),
    "join": lambda mapping: mapping.__ior__({"x": 1}),
    "set default": lambda mapping: mapping.setdefault("x", 1),
    "pop": lambda mapping: mapping.pop("x", None),
    "pop an item": lambda mapping: mapping.popitem(),
    "clear": lambda mapping: mapping.clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_mapping_in_a_framework_can_be_changed(shipped: Framework, change: str) -> None:
    mappings = dict(mappings_in(shipped))
    assert any(path.endswith("/values") for path in mappings)
    assert any(path.endswith("/variants") for path in mappings)
    for path, mapping in mappings.items():
        with pytest.raises(TypeError, match="a framework is frozen"):
            CHANGES[change](mapping)
        assert "x" not in mapping, path


def test_what_it_was_made_from_is_no_part_of_it(shipped: Framework) -> None:
    choice = next(fact for fact in shipped.facts if fact.values)
    values = dict(choice.values)
    made = evolve(choice, values=values)
    values["x"] = "X"
    assert "x" not in made.values


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(copy.copy, id="copied"),
        pytest.param(copy.deepcopy, id="copied to the ground"),
        pytest.param(lambda framework: pickle.loads(pickle.dumps(framework)), id="sent to another process"),
    ],
)
def test_it_is_the_same_again(shipped: Framework, again: Callable[[Framework], Framework]) -> None:
    assert shipped.prompts  # what is worked out once travels too, or is worked out again
    other = again(shipped)
    assert other == shipped
    assert other.prompts == shipped.prompts
    assert other.checksum == shipped.checksum
