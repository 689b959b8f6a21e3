"""Change the modules that decide in one place at a time, and see whether a test fails.

    python -m tests.mutation                    # all of them
    python -m tests.mutation --minutes 10       # as many as fit, drawn at random
    python -m tests.mutation rating validity    # in these modules alone

It prints what survives and ends with the share that was killed; changes that mean the same as the original are listed
with the reason in ``equivalent.toml`` and do not count. Exit code 1 where less than the demanded share was killed.

The tests are collected once. Each change is made in a process that is forked from there, by giving one function other
code; it runs the tests that reach that function, the quick ones first, until one fails. What is no function's (a
constant, an attribute) is changed before the library is imported, in a process of its own. Needs Python 3.12 on a
system that forks.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.mutants import Mutant, code_of, mutants_of

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "ctm_rules"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutation"]
PYTEST = ["-s", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]  # rewriting asserts would be slow

KILLED, SURVIVED, NOT_TRIED = "killed", "survived", "not tried"
MOST_TIMES_AS_LONG = 3
"""How many times as long as without a change a test may compute (and ten seconds more): a longer one is noticed."""
MOST_MEMORY = 4_000_000_000
"""Bytes of memory after which the same holds."""


def main() -> None:
    """Try the changes that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutation tests.")
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(SETTINGS['modules'])} (default: all)")
    parser.add_argument("--minutes", type=float, default=SETTINGS["minutes"], help="when to stop")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--seed", type=int, default=0, help="for the order in which they are tried")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # the number of a change, for a process of its own
    options = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "mutation"
    if options.one is not None:
        sys.exit(_try_before_import(_mutants(options.modules[0])[options.one], json.load(sys.stdin)))
    trial = _Trial(options.modules or SETTINGS["modules"], options.minutes, options.jobs, options.seed)
    pytest.main([*PYTEST, *SETTINGS["tests"]], plugins=[trial])
    sys.exit(trial.report())


def _path(name: str) -> Path:
    return PACKAGE / f"{name.replace('.', '/')}.py"


@cache
def _text(name: str) -> str:
    return _path(name).read_text(encoding="utf-8")


def _mutants(name: str) -> list[Mutant]:
    return list(mutants_of(name, _text(name)))


def _code(mutant: Mutant) -> CodeType:
    return code_of(mutant, str(_path(mutant.module)), _text(mutant.module))


class _Trial:
    """A pytest plugin that tries changes instead of running the tests once."""

    def __init__(self, modules: Sequence[str], minutes: float, jobs: int, seed: int) -> None:
        self._modules = modules
        self._until = time.monotonic() + 60 * minutes
        self._jobs = jobs
        entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("equivalent", [])
        self._equivalent = {(entry["in"], entry["line"], entry["change"], entry.get("place", 1)) for entry in entries}
        self._mutants = [mutant for name in modules for mutant in _mutants(name)]
        self._results: dict[Mutant, str] = {}
        random.Random(seed).shuffle(self._mutants)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reached, seconds = _measured(session.items)
        items = _ordered(session.items, seconds)
        waiting = [mutant for mutant in reversed(self._mutants) if mutant.key not in self._equivalent]
        running: dict[int, Mutant] = {}
        while waiting or running:
            while waiting and len(running) < self._jobs and time.monotonic() < self._until:
                mutant = waiting.pop()
                changed = _changed_function(mutant)
                place = mutant.module, mutant.function if changed else ""
                tests = {item: seconds[item.nodeid] for item in items if place in reached[item.nodeid]}
                if not tests:
                    self._note(mutant, SURVIVED)
                elif changed:
                    running[_start(*changed, tests)] = mutant
                else:
                    running[_start_before_import(mutant, tests)] = mutant
            if not running:
                break
            process, status = os.wait()
            self._note(running.pop(process), SURVIVED if status == 0 else KILLED)
        return True

    def _note(self, mutant: Mutant, result: str) -> None:
        self._results[mutant] = result
        if result == SURVIVED:
            print(f"survived: {mutant}", flush=True)
        if len(self._results) % 100 == 0:
            print(f"{len(self._results)} of {len(self._mutants)}", flush=True)

    def report(self) -> int:
        """Print a table and return the exit code."""
        keys = {mutant.key for mutant in self._mutants}
        for stale in sorted(key for key in self._equivalent - keys if key[0].partition(":")[0] in self._modules):
            print(f"{EQUIVALENT.name} names a change that there is no more: {stale}")
        print(f"\n{'module':20}{'killed':>8}{'survived':>10}{'not tried':>11}{'equivalent':>12}{'share':>9}")
        total: Counter[str] = Counter()
        for name in self._modules:
            own = [mutant for mutant in self._mutants if mutant.module == name]
            same = sum(mutant.key in self._equivalent for mutant in own)
            count = Counter(self._results.get(mutant, NOT_TRIED) for mutant in own)
            count += Counter({NOT_TRIED: -same, "equivalent": same})
            total += count
            print(_row(name, count))
        print(_row("all", total))
        decided = total[KILLED] + total[SURVIVED]
        return 0 if decided and 100 * total[KILLED] >= SETTINGS["share"] * decided else 1


def _row(name: str, count: Counter[str]) -> str:
    decided = count[KILLED] + count[SURVIVED]
    share = f"{100 * count[KILLED] / decided:.1f} %" if decided else "–"
    return f"{name:20}{count[KILLED]:>8}{count[SURVIVED]:>10}{count[NOT_TRIED]:>11}{count['equivalent']:>12}{share:>9}"


# --- Which tests reach what ----------------------------------------------------------------------

Reached = Mapping[str, set[tuple[str, str]]]
"""By test, the modules and functions that it comes to; no function stands for any of them."""


def _measured(items: Sequence[pytest.Item]) -> tuple[Reached, Mapping[str, float]]:
    """Run every test once, unchanged, and return what it reaches and how long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "reached.json"
        process = os.fork()
        if not process:
            try:
                result.write_text(json.dumps(list(_reach(items))), encoding="utf-8")
            finally:
                os._exit(0)
        os.waitpid(process, 0)
        rows = json.loads(result.read_text(encoding="utf-8"))
    failed = [name for name, passed, _, _ in rows if not passed]
    if failed:
        pytest.exit(f"these tests fail before anything is changed: {', '.join(failed)}", returncode=2)
    reached: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for name, _, _, functions in rows:
        reached[name] = {(module, function) for module, function in functions}
    return reached, {name: seconds for name, _, seconds, _ in rows}


def _ordered(items: Sequence[pytest.Item], seconds: Mapping[str, float]) -> list[pytest.Item]:
    """Return the quick tests first, but of many cases of one test the later ones later: they say much the same."""
    number: Counter[str] = Counter()
    costs: dict[pytest.Item, float] = {}
    for item in sorted(items, key=lambda item: seconds[item.nodeid]):
        name = item.nodeid.partition("[")[0]
        number[name] += 1
        costs[item] = seconds[item.nodeid] * number[name]
    return sorted(items, key=costs.__getitem__)


def _reach(items: Sequence[pytest.Item]) -> Iterator[tuple[str, bool, float, list[tuple[str, str]]]]:
    modules = {str(_path(name)): name for name in SETTINGS["modules"]}
    found: set[tuple[str, str]] = set()

    def note(code: CodeType, _: int) -> object:
        module = modules.get(code.co_filename)
        if module is not None:
            found.update([(module, ""), (module, code.co_qualname.partition(".<locals>")[0])])
        return watch.DISABLE  # once for each test is enough

    watch = sys.monitoring
    watch.use_tool_id(watch.COVERAGE_ID, "mutation")
    watch.register_callback(watch.COVERAGE_ID, watch.events.PY_START, note)
    watch.set_events(watch.COVERAGE_ID, watch.events.PY_START)
    for item, following in zip(items, [*items[1:], None], strict=True):
        found.clear()
        watch.restart_events()
        started = time.process_time()
        passed = _passes(item, following)
        yield item.nodeid, passed, time.process_time() - started, sorted(found)


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


# --- Changing a function -------------------------------------------------------------------------


def _changed_function(mutant: Mutant) -> tuple[FunctionType, CodeType] | None:
    """Return the function that the change is in and its changed code, where it is one that can be given it."""
    found: object = sys.modules.get(f"ctm_rules.{mutant.module}")
    for name in mutant.function.split(".") if mutant.function else ():
        found = vars(found).get(name) if hasattr(found, "__dict__") else None
        if isinstance(found, property):
            found = found.fget
        elif isinstance(found, cached_property):
            found = found.func
        elif isinstance(found, classmethod | staticmethod):
            found = found.__func__
        while hasattr(found, "__wrapped__"):
            found = found.__wrapped__
    changed = _code_below(_code(mutant), mutant.function)
    if not isinstance(found, FunctionType) or changed is None:
        return None
    return (found, changed) if found.__code__.co_freevars == changed.co_freevars else None


def _code_below(code: CodeType, function: str) -> CodeType | None:
    """Return the code of a function inside the code of its module."""
    for below in code.co_consts:
        if isinstance(below, CodeType):
            if below.co_qualname == function:
                return below
            inside = _code_below(below, function)
            if inside is not None:
                return inside
    return None


def _start(function: FunctionType, changed: CodeType, tests: Mapping[pytest.Item, float]) -> int:
    """Change a function and run the tests, in a process of its own; return its number."""
    original = function.__code__
    function.__code__ = changed
    process = os.fork()
    if process:
        function.__code__ = original
        return process
    status = 1
    try:
        _limit()
        status = 0 if _all_pass(tests) else 1
    finally:
        os._exit(status)
    raise AssertionError("the process has ended")


def _all_pass(tests: Mapping[pytest.Item, float]) -> bool:
    items = list(tests)
    for item, following in zip(items, [*items[1:], None], strict=True):
        _allow(tests[item])
        if not _passes(item, following):
            return False
    return True


def _limit() -> None:
    """Let this process write nothing, and end it where it takes too much memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)


def _allow(seconds: float) -> None:
    """Let this process go on for so many times the seconds; then a signal ends it."""
    signal.setitimer(signal.ITIMER_PROF, 10 + MOST_TIMES_AS_LONG * seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * (10 + MOST_TIMES_AS_LONG * seconds))  # where it only waits


# --- Changing what is no function's --------------------------------------------------------------


class _Changed(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Gives the changed code when the changed module is imported."""

    def __init__(self, module: str, path: str, code: CodeType) -> None:
        super().__init__(module, path)
        self._code = code

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def get_code(self, _: str) -> CodeType:
        return self._code


class _Allowing:
    """A pytest plugin that ends the process where a test takes much longer than it should."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        _allow(self._seconds[item.nodeid])


def _start_before_import(mutant: Mutant, tests: Mapping[pytest.Item, float]) -> int:
    reading, writing = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_CLOSE, writing)]
    command = [sys.executable, "-m", "tests.mutation", mutant.module, "--one", str(mutant.number)]
    process = os.posix_spawn(sys.executable, command, os.environ, file_actions=actions)
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        json.dump({item.nodeid: seconds for item, seconds in tests.items()}, pipe)
    return process


def _try_before_import(mutant: Mutant, tests: Mapping[str, float]) -> int:
    _limit()
    _allow(10)
    sys.meta_path.insert(0, _Changed(f"ctm_rules.{mutant.module}", str(_path(mutant.module)), _code(mutant)))
    return int(pytest.main([*PYTEST, "-x", *tests], plugins=[_Allowing(tests)]))


if __name__ == "__main__":
    main()
