"""The one way in which this library uses durable_rules: a few rules over a few small whole numbers.

Outside a narrow pattern the C module compares names by hash, hangs, or reads freed memory. This module keeps
every user of it inside: nothing but rules of our own making, names of our own making and checked numbers cross.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import weakref
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, cast

from ctm_rules.diagnostics.findings import CtmRulesError
from ctm_rules.limits import MAX_RULESET_NUMBER, MAX_RULESET_PROPERTIES, MAX_RULESET_RULES, MAX_RULESET_TESTS
from ctm_rules.phrases import say_count


class _Module(Protocol):
    """The functions of the C module that are safe to use."""

    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...
    def delete_state(self, handle: int, sid: str, /) -> None: ...


def _import_module() -> _Module | None:
    """Return the C module, or None where it is not installed or cannot be loaded.

    Built as it stands for Python 3.13 or later, it names a function that Python no longer has, in callbacks that this
    library never uses. So names are looked up when they are called, wherever the system can do that.
    """
    if sys.platform == "win32":
        return _import_as_it_is()
    flags = sys.getdlopenflags()
    sys.setdlopenflags(flags & ~os.RTLD_NOW | os.RTLD_LAZY)
    try:
        return _import_as_it_is()
    finally:
        sys.setdlopenflags(flags)


def _import_as_it_is() -> _Module | None:
    try:
        return cast(_Module, importlib.import_module("durable_rules_engine"))
    except ImportError:
        return None


_MODULE = _import_module()

_INSTALL = 'pip install "ctm-rules[durable]"'
FLAGS_FOR_DURABLE = "CPPFLAGS='-DPyEval_CallObject(c,a)=PyObject_CallObject(c,a)'"
"""What it has to be built with on Python 3.13 and later, as a shell takes it."""
DURABLE_IS_MISSING = (
    "the engine durable needs durable_rules, which has to be compiled: "
    f"{FLAGS_FOR_DURABLE + ' ' if sys.version_info >= (3, 13) and os.name == 'posix' else ''}{_INSTALL}; "
    "the engines auto and reference give the same answers"
)
"""What to do where durable_rules cannot be imported."""


def durable_is_available() -> bool:
    """Return whether durable_rules can be imported here."""
    return _MODULE is not None


class RulesetError(CtmRulesError):
    """A ruleset was built or used outside what durable_rules does safely: a mistake in this library."""


Comparison = Literal["is", "at_least", "at_most"]
Test = tuple[str, Comparison, int]
"""What is looked at, how, and the number that it is compared with: ``("unknown", "at_least", 1)``."""
Rule = tuple[str, tuple[Test, ...]]
"""A readable name, and the tests that must all hold for the rule to fire."""

_SENTINEL = "end"
_OPERATORS: Mapping[Comparison, str] = {"at_least": "$gte", "at_most": "$lte"}


class Ruleset:
    """A few rules in the engine, compiled when first used. Safe to use from several threads and after a fork.

    It takes no lock, which an exception raised by a signal handler could leave locked for ever: up to Python 3.13
    ``with`` was safe from that, in 3.14 it is not (https://github.com/python/cpython/issues/148874). The C module runs
    with the interpreter's lock held, so each call of it is undivided; whoever makes several takes a compiled copy of
    the rules out of those that are idle, and gives it back when all went well.

    Raises:
        ImportError: durable_rules is not installed here.
        RulesetError: there are more rules, tests or properties than are safe, or a number is out of range.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        if _MODULE is None:
            raise ImportError(DURABLE_IS_MISSING)
        properties = tuple(dict.fromkeys(looked_at for _, tests in rules for looked_at, _, _ in tests))
        if not 0 < len(rules) <= MAX_RULESET_RULES or len(properties) > MAX_RULESET_PROPERTIES:
            over = say_count(len(properties), "property", "properties")
            raise RulesetError(f"{say_count(len(rules), 'rule')} over {over} do not fit in one ruleset")
        # Names of our own: what users write never crosses, and the short list of these has no two with the same hash.
        short = {looked_at: f"p{number}" for number, looked_at in enumerate(properties)}
        compiled: dict[str, object] = {}
        for number, (name, tests) in enumerate(rules):
            if not 0 < len(tests) <= MAX_RULESET_TESTS:
                raise RulesetError(f'rule "{name}" has ' + say_count(len(tests), "test"))
            clauses = [_clause(short[looked_at], comparison, bound) for looked_at, comparison, bound in tests]
            compiled[f"r{number}"] = {"all": [{"m": {"$and": clauses}}], "pri": number}
        # Fires last whatever the fact: without a rule that fires, the C module cannot delete a state safely.
        compiled[_SENTINEL] = {"all": [{"m": {"_": 1}}], "pri": MAX_RULESET_RULES}
        self._module = _MODULE
        self._source = json.dumps(compiled)
        self._names = {f"r{number}": name for number, (name, _) in enumerate(rules)}
        self._properties = properties
        # One fixed state and one fixed fact in it. The C module would else name the fact by a hash of its content.
        numbers = "".join(f',"{short[looked_at]}":%d' for looked_at in properties)
        self._fact = '{"sid":"c","id":"f","_":1' + numbers + "}"
        self._idle: list[int] = []

    def fire(self, facts: Mapping[str, int]) -> tuple[str, ...]:
        """Return the names of the rules that fire, in their order.

        Args:
            facts: a number from 0 to ``MAX_RULESET_NUMBER`` for everything that the rules look at.

        Raises:
            RulesetError: a number is missing or out of range, or the engine reports an error.
        """
        numbers = tuple(map(facts.get, self._properties))
        for number in numbers:
            if type(number) is not int or not 0 <= number <= MAX_RULESET_NUMBER:
                raise RulesetError(f"{dict(facts)} is not a small whole number for each of {self._properties}")
        fact = self._fact % numbers
        # A use in another thread, or one that this use interrupts, has a copy of its own. One that is broken off (a
        # KeyboardInterrupt, no memory) leaves its state in its copy; deleting that state is not safe, so that copy is
        # not used again. Nor is, in a forked process, one that another thread was using.
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = self._compile()
        fired = self._run(handle, fact)
        self._idle.append(handle)
        return tuple([self._names[name] for name in fired])

    def _compile(self) -> int:
        handle = self._module.create_ruleset("ctm", self._source)
        # Rulesets that nobody holds any more are given back; at exit the process gives back everything.
        weakref.finalize(self, self._module.delete_ruleset, handle).atexit = False
        return handle

    def _run(self, handle: int, fact: str) -> list[str]:
        """Return the short names of the rules that fire for one fact, and leave no state behind."""
        module = self._module
        result, state = module.assert_fact(handle, fact)
        if result:
            raise RulesetError(f"durable_rules answered {result} to {fact}")
        fired: list[str] = []
        started = module.start_action_for_state(handle, state)
        action = started and started[1]
        while action:
            fired.append(action[2 : action.index('"', 2)])  # {"r0":{"m":…}}; decoding the rest would cost the most
            action = module.complete_and_start_action(handle, state)
        if not fired or fired.pop() != _SENTINEL:
            raise RulesetError(f"durable_rules did not come to an end for {fact}")
        module.delete_state(handle, "c")
        return fired


def _clause(short: str, comparison: Comparison, bound: int) -> Mapping[str, object]:
    if not 0 <= bound <= MAX_RULESET_NUMBER:
        raise RulesetError(f"{bound} is not a number from 0 to {MAX_RULESET_NUMBER}")
    return {short: bound} if comparison == "is" else {_OPERATORS[comparison]: {short: bound}}
