"""What the C module behind the durable engine does badly, and what therefore must never happen to a user.

Whatever could crash, hang or grow runs in a Python of its own, with a time limit, and with freed and fresh memory
filled with junk, so that reading it cannot go unnoticed.
"""

from __future__ import annotations

import functools
import gc
import importlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice, product
from pathlib import Path
from unittest.mock import DEFAULT, Mock

import pytest

from ctm_rules import Answer, Case, Framework, Outcome, make_engine
from ctm_rules.engines.durable_ruleset import (
    Ruleset,
    RulesetError,
    Test,
    durable_is_available,
)
from ctm_rules.limits import MAX_RULESET_NUMBER, MAX_RULESET_PROPERTIES, MAX_RULESET_RULES, MAX_RULESET_TESTS
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AllOf, AtLeast, Condition, FactTest, Not, PromptIsYes
from ctm_rules.model.framework import Fact, KeyQuestion, Prompt, Variant, VariantRule
from tests.support.paths import ROOT
from tests.support.strategies import framework_around

if not durable_is_available():
    pytest.skip("durable_rules is not installed here", allow_module_level=True)

needs_signals = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timers")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not say what it holds")


def alone(seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Run a test in a Python of its own, which must end well within so many seconds."""

    def decorate(body: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(body)
        def test() -> None:
            code = f"from {__name__} import {body.__name__} as test; test.__wrapped__()"
            ended = subprocess.run(
                [sys.executable, "-X", "faulthandler", "-c", code],
                cwd=ROOT,
                env={**os.environ, "MALLOC_PERTURB_": "165"},
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
            assert ended.returncode == 0, ended.stderr

        return test

    return decorate


def question(rule: Condition, prompts: Sequence[str], name: str = "q") -> KeyQuestion:
    """Return a key question with these prompts and this rule."""
    return KeyQuestion(name, "Is it?", tuple(Prompt(prompt, "Seen?") for prompt in prompts), rule)


def several_prompts(number: int, count: int) -> Framework:
    """Return a framework with one question: so many of its prompts must be yes."""
    names = [f"p{n}" for n in range(number)]
    return framework_around(question(AtLeast(count, tuple(map(PromptIsYes, names))), names))


def random_cases(framework: Framework, number: int, seed: int = 1) -> list[Case]:
    """Return cases with answers by chance, some missing."""
    drawn = random.Random(seed)
    answers = [Answer.YES, Answer.YES, Answer.NO, Answer.NA, None]
    return [
        Case(str(n), {}, {path: answer for path in framework.prompts if (answer := drawn.choice(answers))})
        for n in range(number)
    ]


def outcomes(framework: Framework, cases: Sequence[Case], engine: str) -> list[list[Outcome]]:
    """Return the outcomes of every question for every case."""
    made = make_engine(framework, engine)
    return [[found.outcome for found in made.assess(case).questions.values()] for case in cases]


def assert_engines_agree(framework: Framework, cases: Sequence[Case]) -> None:
    assert outcomes(framework, cases, "durable") == outcomes(framework, cases, "reference")


def megabytes() -> float:
    """Return the memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# --- Names and values ----------------------------------------------------------------------------


def fnv1a(name: str) -> int:
    """Return the only thing that the C module keeps of a name."""
    number = 2166136261
    for byte in name.encode():
        number = (number ^ byte) * 16777619 % 2**32
    return number


def test_the_names_that_cross_are_never_taken_for_one_another() -> None:
    assert fnv1a("costarring") == fnv1a("liquid")
    theirs = ["sid", "id", "$s", "_", "$i", "$m", "$forward", "m", "end"]
    ours = [f"p{n}" for n in range(MAX_RULESET_PROPERTIES)] + [f"r{n}" for n in range(MAX_RULESET_RULES)]
    assert len({fnv1a(name) for name in theirs + ours}) == len(theirs + ours)


def test_ids_with_the_same_hash_stay_apart() -> None:
    same = ("costarring", "liquid")
    facts = tuple(Fact(name, name, "yes_no") for name in ("declinate", "macallums"))
    when = [FactTest(fact.id, "is", (True,)) for fact in facts]
    rules = {name: VariantRule(PromptIsYes(name)) for name in same}
    both = [
        KeyQuestion(
            name,
            "Is it?",
            tuple(Prompt(prompt, "Seen?", applies) for prompt, applies in zip(same, when, strict=True)),
            AllOf((PromptIsYes("costarring"), Not(PromptIsYes("liquid")))),
            variants=rules,
        )
        for name in same
    ]
    variants = tuple(Variant(name, name, AllOf((when[n], Not(when[1 - n])))) for n, name in enumerate(same))
    framework = framework_around(*both, facts=facts, variants=variants)
    cases = [
        Case(
            "c",
            dict(zip(("declinate", "macallums"), values, strict=True)),
            dict(zip(framework.prompts, answers, strict=True)),
        )
        for values in product([True, False], repeat=2)
        for answers in product(Answer, repeat=4)
    ]
    assert_engines_agree(framework, cases)


def test_values_that_the_c_module_confuses_stay_apart() -> None:
    # Values with other characters than letters, digits and _ are refused before any engine sees them.
    values = ["1", "true", "True", "01", "1_0", "null", "None", "x" * 70_000 + "a", "x" * 70_000 + "b"]
    fact = Fact("kind", "Kind", "choice", dict.fromkeys(values, "Value"))
    several = [
        question(AllOf((PromptIsYes("p"), FactTest("kind", "is", (value,)))), ["p"], f"q{n}")
        for n, value in enumerate(values)
    ]
    framework = framework_around(*several, facts=(fact,))
    engine = make_engine(framework, "durable")
    answers = dict.fromkeys(framework.prompts, Answer.YES)
    for n, value in enumerate(values):
        found = [outcome.outcome for outcome in engine.assess(Case("c", {"kind": value}, answers)).questions.values()]
        assert found == [Outcome.YES if other == n else Outcome.NO for other in range(len(values))]


def test_numbers_are_exact_whatever_their_size() -> None:
    bound = 10**30
    fact = Fact("size", "Size", "whole_number")
    rule = AllOf((PromptIsYes("p"), FactTest("size", "at_least", (bound,))))
    framework = framework_around(question(rule, ["p"]), facts=(fact,))
    engine = make_engine(framework, "durable")
    found = [
        engine.assess(Case("c", {"size": size}, {"s.q.p": Answer.YES})).questions["s.q"].outcome
        for size in (-bound, bound - 1, bound, bound + 1, 10**400)
    ]
    assert found == [Outcome.NO, Outcome.NO, Outcome.YES, Outcome.YES, Outcome.YES]


def test_rule_names_never_cross() -> None:
    names = ['"quoted"', "\ud800", "x" * 70_000, "end", "r0", "two\nlines"]
    ruleset = Ruleset([(name, (("n", "at_least", 1),)) for name in names])
    assert ruleset.fire({"n": 1}) == tuple(names)
    assert ruleset.fire({"n": 0}) == ()


# --- Limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        pytest.param([], "0 rules over 0 properties", id="no rule"),
        pytest.param([("no test", ())], 'rule "no test" has 0 tests', id="no test"),
        pytest.param(
            [(f"r{n}", (("n", "is", n),)) for n in range(MAX_RULESET_RULES + 1)],
            "33 rules over 1 property",
            id="one rule too many",
        ),
        pytest.param(
            [("many tests", (("n", "is", 1),) * (MAX_RULESET_TESTS + 1))],
            'rule "many tests" has 9 tests',
            id="one test too many",
        ),
        pytest.param(
            [("many properties", tuple((f"n{n}", "is", 1) for n in range(MAX_RULESET_PROPERTIES + 1)))],
            "1 rule over 9 properties",
            id="one property too many",
        ),
        pytest.param(
            [("large", (("n", "is", MAX_RULESET_NUMBER + 1),))],
            "2147483648 is not a number from 0 to 2147483647",
            id="number too large",
        ),
        pytest.param(
            [("negative", (("n", "at_most", -1),))],
            "-1 is not a number from 0 to 2147483647",
            id="negative number",
        ),
    ],
)
def test_ruleset_outside_the_safe_limits_is_refused(
    rules: Sequence[tuple[str, tuple[object, ...]]], message: str
) -> None:
    with pytest.raises(RulesetError, match=message):
        Ruleset(rules)  # type: ignore[arg-type]  # names of comparisons are checked by the type checker alone


@pytest.mark.parametrize(
    "rules",
    [
        [(f"r{n}", (("n", "is", n),)) for n in range(MAX_RULESET_RULES)],
        [("many tests", (("n", "at_most", 1),) * MAX_RULESET_TESTS)],
        [(f"many properties {n}", ((f"n{n}", "is", 0),)) for n in range(MAX_RULESET_PROPERTIES)],
        [("large", (("n", "at_most", MAX_RULESET_NUMBER),))],
    ],
    ids=lambda rules: rules[0][0],
)
def test_ruleset_at_the_safe_limits_works(rules: Sequence[tuple[str, tuple[Test, ...]]]) -> None:
    fired = Ruleset(rules).fire({name: 0 for _, tests in rules for name, _, _ in tests})
    assert fired[0] == rules[0][0]


@pytest.mark.parametrize("number", [None, -1, MAX_RULESET_NUMBER + 1, True, 1.5, "1", 10**22, float("nan")])
def test_only_small_whole_numbers_cross(number: object) -> None:
    ruleset = Ruleset([("one", (("n", "is", 1),))])
    with pytest.raises(RulesetError, match="is not a small whole number for each of"):
        ruleset.fire({"n": number})  # type: ignore[dict-item]  # the mistake that is tested
    assert ruleset.fire({"n": 1}) == ("one",)
    assert ruleset.fire({"n": MAX_RULESET_NUMBER}) == ()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The C module, which a test may make fail; it counts what is asked of it."""
    # unsafe: to Mock, the name assert_fact looks like a misspelt assertion.
    module = Mock(wraps=importlib.import_module("durable_rules_engine"), unsafe=True)
    monkeypatch.setattr("ctm_rules.engines.durable_ruleset._MODULE", module)
    return module


def test_a_ruleset_is_compiled_once_and_anew_only_after_a_use_that_was_broken_off(watched: Mock) -> None:
    ruleset = Ruleset([("one", (("n", "is", 1),))])
    assert [ruleset.fire({"n": number}) for number in (1, 0, 1)] == [("one",), (), ("one",)]
    assert watched.create_ruleset.call_count == 1
    watched.complete_and_start_action.side_effect = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        ruleset.fire({"n": 1})
    watched.complete_and_start_action.side_effect = None
    assert [ruleset.fire({"n": number}) for number in (0, 1)] == [(), ("one",)]
    assert watched.create_ruleset.call_count == 2


def test_a_use_inside_another_has_rules_of_its_own_and_both_are_used_again(watched: Mock) -> None:
    ruleset = Ruleset([("one", (("n", "is", 1),)), ("two", (("n", "is", 2),))])
    inside: list[tuple[str, ...]] = []

    def interrupted(*_: object) -> object:
        if not inside:
            inside.append(())
            inside.append(ruleset.fire({"n": 2}))
        return DEFAULT

    watched.complete_and_start_action.side_effect = interrupted
    assert [ruleset.fire({"n": 1}), *inside] == [("one",), (), ("two",)]
    assert watched.create_ruleset.call_count == 2
    inside.clear()
    assert [ruleset.fire({"n": 1}), *inside] == [("one",), (), ("two",)]
    assert watched.create_ruleset.call_count == 2


@pytest.mark.parametrize(
    ("asked", "answer", "message"),
    [
        pytest.param("assert_fact", (202, 0), "durable_rules answered 202 to ", id="a fact is answered otherwise"),
        pytest.param(
            "start_action_for_state",
            None,
            "durable_rules did not come to an end for ",
            id="no first rule fires",
        ),
        pytest.param(
            "complete_and_start_action",
            None,
            "durable_rules did not come to an end for ",
            id="no next rule fires",
        ),
    ],
)
def test_an_answer_of_the_c_module_that_should_never_come_is_an_error_and_no_outcome(
    watched: Mock, asked: str, answer: object, message: str
) -> None:
    ruleset = Ruleset([("one", (("n", "is", 1),))])
    setattr(watched, asked, Mock(return_value=answer))
    with pytest.raises(RulesetError, match=message):
        ruleset.fire({"n": 1})


@alone(60)
def test_the_largest_ruleset_works_on_every_number() -> None:
    every = [f"n{n}" for n in range(MAX_RULESET_PROPERTIES)]
    tests = [("n0", "at_least", 0), *((name, "at_most", MAX_RULESET_NUMBER) for name in every[1:])]
    ruleset = Ruleset([(f"rule {n}", (("n0", "at_least", n), *tests[1:])) for n in range(MAX_RULESET_RULES)])
    for number in (0, 1, 15, MAX_RULESET_RULES, MAX_RULESET_NUMBER):
        fired = ruleset.fire({**dict.fromkeys(every, 0), "n0": number})
        assert fired == tuple(f"rule {n}" for n in range(min(number, MAX_RULESET_RULES - 1) + 1))


@alone(60)
def test_a_thousand_key_questions_each_with_a_rule_of_its_own() -> None:
    facts = (Fact("size", "Size", "whole_number"),)
    several = [
        question(
            AllOf((AtLeast(n % 7 + 1, tuple(map(PromptIsYes, "abcdefg"))), FactTest("size", "at_least", (n,)))),
            "abcdefg",
            f"q{n}",
        )
        for n in range(1_000)
    ]
    framework = framework_around(*several, facts=facts)
    cases = [Case(case.id, {"size": 333 * int(case.id)}, case.answers) for case in random_cases(framework, 4)]
    assert_engines_agree(framework, cases)


@alone(60)
def test_three_hundred_prompts_in_one_question() -> None:
    for count in (1, 150, 300):
        framework = several_prompts(300, count)
        some = dict.fromkeys(list(framework.prompts)[:150], Answer.YES)
        none = dict.fromkeys(framework.prompts, Answer.NO)
        every = dict.fromkeys(framework.prompts, Answer.YES)
        cases = [Case("c", {}, answers) for answers in (some, none, every, {**none, **some})]
        assert_engines_agree(framework, [*cases, *random_cases(framework, 20)])


@alone(60)
def test_five_thousand_bands() -> None:
    bands = tuple(Band(Fraction(n, 50), f"r{n}") for n in reversed(range(5_000)))
    engine = make_engine(framework_around(), "durable")
    step = Fraction(1, 10**20)
    for n in [*range(1, 70), *range(1, 5_000, 97), 4_998, 4_999]:
        assert engine.rating(bands, Fraction(n, 50)) == f"r{n}"
        assert engine.rating(bands, Fraction(n, 50) - step) == f"r{n - 1}"
    assert engine.rating(bands, Fraction(0)) == "r0"
    assert engine.rating(bands, Fraction(10**30)) == "r4999"


# --- Threads, processes, signals -----------------------------------------------------------------


@alone(120)
def test_eight_threads_decide_as_one_does() -> None:
    framework = several_prompts(12, 5)
    parts = [random_cases(framework, 400, seed) for seed in range(8)]
    expected = [outcomes(framework, part, "reference") for part in parts]
    engine = make_engine(framework, "durable")
    found: list[list[list[Outcome]]] = [[] for _ in parts]
    start = threading.Barrier(len(parts))

    def work(number: int) -> None:
        start.wait()
        for case in parts[number]:
            found[number].append([outcome.outcome for outcome in engine.assess(case).questions.values()])

    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


@alone(60)
def test_the_engine_starts_no_threads() -> None:
    assert_engines_agree(several_prompts(3, 2), random_cases(several_prompts(3, 2), 20))
    assert threading.active_count() == 1
    assert not [name for name in sys.modules if name.split(".")[0] == "durable"]


@needs_fork
@alone(120)
def test_children_forked_in_the_middle_of_other_threads_work() -> None:
    framework = several_prompts(12, 5)
    cases = random_cases(framework, 40)
    expected = outcomes(framework, cases, "reference")
    engine = make_engine(framework, "durable")
    ruleset = Ruleset([("one", (("n", "at_least", 1),))])
    stop = threading.Event()

    def keep_busy() -> None:
        while not stop.is_set():
            assert ruleset.fire({"n": 1}) == ("one",)

    threads = [threading.Thread(target=keep_busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    warnings.simplefilter("ignore", DeprecationWarning)  # to fork beside other threads is what is tested
    for _ in range(20):
        child = os.fork()
        if not child:
            found = [[outcome.outcome for outcome in engine.assess(case).questions.values()] for case in cases]
            os._exit(0 if found == expected and ruleset.fire({"n": 2}) == ("one",) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    stop.set()
    for thread in threads:
        thread.join()
    assert [[outcome.outcome for outcome in engine.assess(case).questions.values()] for case in cases] == expected


@alone(120)
def test_an_engine_travels_to_spawned_processes() -> None:
    framework = several_prompts(6, 3)
    cases = random_cases(framework, 30)
    engine = make_engine(framework, "durable")
    here = [engine.assess(case) for case in cases]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(engine.assess, cases) == here


@needs_signals
@alone(120)
def test_an_exception_in_the_middle_of_a_case_changes_no_later_answer() -> None:
    framework = several_prompts(12, 5)
    cases = random_cases(framework, 2_000)
    expected = outcomes(framework, cases, "reference")
    engine = make_engine(framework, "durable")
    drawn = random.Random(1)
    broken_off = 0

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    for case, outcome in zip(cases, expected, strict=True):
        found = None
        for attempt in range(1, 1_000):
            try:
                signal.setitimer(signal.ITIMER_REAL, drawn.uniform(5e-6, 3e-4) * attempt)
                found = engine.assess(case)
                signal.setitimer(signal.ITIMER_REAL, 0)
                break
            except KeyboardInterrupt:
                broken_off += 1
        assert found is not None
        assert [result.outcome for result in found.questions.values()] == outcome
    assert broken_off > 100
    # Nothing is left locked either.
    other = threading.Thread(target=engine.assess, args=(random_cases(framework, 1, seed=2)[0],))
    other.start()
    other.join(10)
    assert not other.is_alive()


@needs_signals
@alone(120)
def test_a_signal_handler_may_use_the_engine_in_the_middle_of_a_case() -> None:
    framework = several_prompts(12, 5)
    cases, others = random_cases(framework, 3_000), random_cases(framework, 3_000, seed=2)
    expected, expected_inside = (outcomes(framework, part, "reference") for part in (cases, others))
    engine = make_engine(framework, "durable")
    inside: list[list[Outcome]] = []

    def handle(*_: object) -> None:
        if len(inside) < len(others):
            inside.append([result.outcome for result in engine.assess(others[len(inside)]).questions.values()])
        signal.setitimer(signal.ITIMER_REAL, 7e-4)

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 7e-4)
    found = [[result.outcome for result in engine.assess(case).questions.values()] for case in cases]
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert found == expected
    assert len(inside) > 50
    assert inside == expected_inside[: len(inside)]


# --- Memory and the end --------------------------------------------------------------------------


@needs_proc
@alone(120)
def test_memory_stays_flat_over_two_hundred_thousand_cases() -> None:
    """No two of the cases are alike, so that the engine decides each of them."""
    framework = several_prompts(9, 5)
    engine, reference = make_engine(framework, "durable"), make_engine(framework, "reference")
    every_pattern = product([None, *Answer], repeat=len(framework.prompts))
    held = 0.0
    for number, pattern in enumerate(islice(every_pattern, 200_000)):
        given = {path: answer for path, answer in zip(framework.prompts, pattern, strict=True) if answer}
        case = Case("c", {}, given)
        outcome = engine.assess(case).questions["s.q"].outcome
        assert number % 500 or outcome is reference.assess(case).questions["s.q"].outcome
        if number == 50_000:
            gc.collect()
            held = megabytes()
    gc.collect()
    assert megabytes() - held < 15


@needs_proc
@alone(120)
def test_memory_stays_flat_over_many_frameworks_made_and_dropped() -> None:
    facts = (Fact("size", "Size", "whole_number"),)
    held = 0.0
    for number in range(1_500):
        below = tuple(FactTest("size", "at_least", (number + bound,)) for bound in range(number % 30 + 1))
        framework = framework_around(question(AtLeast(len(below), below), ["p"]), facts=facts)
        bands = (Band(Fraction(number + 1), "good"), Band(Fraction(0), f"poor{number}"))
        engine = make_engine(framework, "durable")
        assert engine.assess(Case("c", {"size": number + 30})).questions["s.q"].outcome is Outcome.YES
        assert engine.rating(bands, Fraction(number)) == f"poor{number}"
        if number == 700:
            gc.collect()
            held = megabytes()
    gc.collect()
    assert megabytes() - held < 30


@needs_proc
@alone(120)
def test_memory_stays_flat_over_many_rulesets_made_and_dropped() -> None:
    held = 0.0
    for number in range(6_000):
        ruleset = Ruleset([("a", (("n", "is", number),)), ("b", (("n", "at_least", number),))])
        assert ruleset.fire({"n": number}) == ("a", "b")
        if number == 1_000:
            held = megabytes()
    assert megabytes() - held < 10


@pytest.mark.parametrize("busy", [False, True])
def test_the_interpreter_ends_well_whatever_is_still_alive(busy: bool) -> None:
    code = (
        f"import threading, {__name__} as tests\n"
        "framework = tests.several_prompts(12, 5)\n"
        "engine = tests.make_engine(framework, 'durable')\n"
        "cases = tests.random_cases(framework, 5000)\n"
        "engine.assess(cases[0])\n"
        "work = lambda: [engine.assess(case) for case in cases for _ in range(9)]\n"
        f"for _ in range({4 * busy}): threading.Thread(target=work, daemon=True).start()\n"
    )
    for _ in range(3 if busy else 1):
        command = [sys.executable, "-X", "faulthandler", "-c", code]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
        assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_engine_still_decides_while_the_interpreter_ends() -> None:
    code = (
        "import atexit\n"
        # What is registered first is called last: after whatever the library itself does at the end.
        "atexit.register(lambda: print(tests.outcomes(framework, cases, 'durable') == expected))\n"
        f"import {__name__} as tests\n"
        "framework = tests.several_prompts(3, 2)\n"
        "cases = tests.random_cases(framework, 20)\n"
        "expected = tests.outcomes(framework, cases, 'durable')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (ended.stdout, ended.stderr) == (b"True\n", b"")
