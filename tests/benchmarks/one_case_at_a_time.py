"""One case at a time: the engines beside a hand-written loop and GoRules Zen, on the same cases in the same run.

Run: python -m tests.benchmarks.one_case_at_a_time [--cases 20000] [--budget]

60 prompts in 12 key questions, `all: [first, {at_least: {count: 2, of: [the other four]}}]`, answers yes, no, na and
missing. Every way must give the same outcomes, or the run fails. What is read is the ratio to the hand-written
loop. With --budget the run fails where a ratio is below its budget, which has slack for a noisy machine.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import sys
import time
from collections.abc import Callable, Iterable
from fractions import Fraction

from ctm_rules import Answer, Case, Framework, make_engine
from ctm_rules.engines import EngineName
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import AllOf, AtLeast, PromptIsYes
from ctm_rules.model.framework import Domain, KeyQuestion, KeyQuestionBands, Prompt, Rating, Standard

QUESTIONS, PROMPTS = 12, 5
ANSWERS = [Answer.YES, Answer.NO, Answer.NA, None]
WEIGHTS = [60, 30, 7, 3]

# Lowest share of the hand-written loop's speed at which a run still passes with --budget.
BUDGET = {"reference, first run": 0.10, "reference": 0.15, "durable, first run": 0.02, "durable": 0.15}


def framework() -> Framework:
    """Return the shape that is measured."""
    names = [f"p{number}" for number in range(PROMPTS)]
    rule = AllOf((PromptIsYes("p0"), AtLeast(2, tuple(PromptIsYes(name) for name in names[1:]))))
    prompts = tuple(Prompt(name, f"{name}?") for name in names)
    questions = tuple(KeyQuestion(f"q{number}", "?", prompts, rule) for number in range(QUESTIONS))
    bands = KeyQuestionBands("yes", ("yes", "no"), (Band(Fraction(0), "fine"),))
    return Framework(
        id="bench",
        edition="1",
        title="Benchmark",
        publisher="-",
        in_force_from=datetime.date(2026, 1, 1),
        ratings=(Rating("fine", "Fine", 1),),
        domains=(Domain("d", "D", ("s",)),),
        standards=(Standard("S", "s", "S", "-", "cases", questions),),
        key_question_bands=bands,
    )


def made_cases(number: int) -> list[Case]:
    """Return seeded cases of made-up answers."""
    rng = random.Random(2026)
    paths = [f"s.q{question}.p{prompt}" for question in range(QUESTIONS) for prompt in range(PROMPTS)]
    cases = []
    for case in range(number):
        drawn = zip(paths, rng.choices(ANSWERS, WEIGHTS, k=len(paths)), strict=True)
        cases.append(Case(str(case), {}, {path: answer for path, answer in drawn if answer is not None}))
    return cases


def by_hand(cases: Iterable[Case]) -> list[list[str]]:
    """Return the outcomes as a programmer would write them for this one shape."""
    paths = [[f"s.q{question}.p{prompt}" for prompt in range(PROMPTS)] for question in range(QUESTIONS)]
    outcomes = []
    for case in cases:
        answers = case.answers
        row = []
        for first_path, *other_paths in paths:
            yes = no = missing = 0
            for path in other_paths:
                answer = answers.get(path)
                if answer is None:
                    missing += 1
                elif answer == "yes":
                    yes += 1
                elif answer == "no":
                    no += 1
            first = answers.get(first_path)
            fails = no and yes + missing < 2
            open_still = not fails and yes < 2 and (no or missing)
            if first == "no" or fails:
                row.append("no")
            elif first is None or open_still:
                row.append("undetermined")
            elif first == "yes" or yes:
                row.append("yes")
            else:
                row.append("not_applicable")
        outcomes.append(row)
    return outcomes


def by_engine(name: EngineName) -> tuple[Callable[[list[Case]], list[list[str]]], Callable[[list[Case]], object]]:
    """Return how to get outcomes as words, and how to only assess, with one engine."""
    engine = make_engine(framework(), name)

    def words(cases: list[Case]) -> list[list[str]]:
        return [[found.outcome.value for found in engine.assess(case).questions.values()] for case in cases]

    def assess(cases: list[Case]) -> object:
        assess = engine.assess
        for case in cases:
            assess(case)
        return None

    return words, assess


def zen_model() -> dict[str, object]:
    """Return the same rule as a GoRules decision: an expression for every count and every outcome."""
    expressions = []
    for question in range(QUESTIONS):
        others = ", ".join(f"q{question}.p{prompt}" for prompt in range(1, PROMPTS))
        first = f"q{question}.p0"
        for key, test in (("y", "# == 'yes'"), ("n", "# == 'no'"), ("m", "# == null")):
            expressions.append((f"{key}{question}", f"len(filter([{others}], {test}))"))
        yes, no, missing = (f"$.{key}{question}" for key in "ynm")
        fails = f"({no} > 0 and {yes} + {missing} < 2)"
        is_open = f"({yes} < 2 and ({no} > 0 or {missing} > 0))"
        expressions.append(
            (
                f"outcome{question}",
                f"{first} == 'no' or {fails} ? 'no' : {first} == null or {is_open} ? 'undetermined' : "
                f"{first} == 'yes' or {yes} > 0 ? 'yes' : 'not_applicable'",
            )
        )
    listed = [{"id": key, "key": key, "value": value} for key, value in expressions]
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "content": {}},
            {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": listed}},
            {"id": "out", "type": "outputNode", "name": "out", "content": {}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rules"},
            {"id": "b", "type": "edge", "sourceId": "rules", "targetId": "out"},
        ],
    }


def by_zen(*, trace: bool) -> Callable[[list[Case]], list[list[str]]]:
    """Return how to get outcomes from GoRules Zen in one batch."""
    import zen

    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rules": zen_model()}}})

    def run(cases: list[Case]) -> list[list[str]]:
        requests = []
        for case in cases:
            context: dict[str, dict[str, str]] = {f"q{question}": {} for question in range(QUESTIONS)}
            for path, answer in case.answers.items():
                _, question, prompt = path.split(".")
                context[question][prompt] = answer.value
            requests.append({"key": "rules", "context": context})
        answers = engine.evaluate_batch(requests, {"trace": trace})
        return [[reply["data"]["result"][f"outcome{number}"] for number in range(QUESTIONS)] for reply in answers]

    return run


def seconds(run: Callable[[list[Case]], object], cases: list[Case], times: int) -> float:
    """Return the quickest of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run(cases)
        best = min(best, time.perf_counter() - start)
    return best


def main() -> int:
    """Measure, print one table, and hold the ratios to their budget where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--budget", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    cases = made_cases(arguments.cases)
    expected = by_hand(cases)
    hand = seconds(by_hand, cases, 3)
    rows: list[tuple[str, float]] = [("hand-written Python loop", hand)]
    for name in ("reference", "durable") if durable_is_available() else ("reference",):
        # A fresh engine decides every pattern of answers for the first time; later it remembers.
        words, assess = by_engine(name)  # type: ignore[arg-type]
        rows.append((f"{name}, first run", seconds(assess, cases, 1)))
        rows.append((name, seconds(assess, cases, 3)))
        if words(cases) != expected:
            print(f"{name} gives other outcomes than the hand-written loop", file=sys.stderr)
            return 1
    try:
        zen_rows = [("GoRules Zen, batch", by_zen(trace=False)), ("GoRules Zen, batch with trace", by_zen(trace=True))]
    except ModuleNotFoundError:
        print("zen-engine is not installed: its rows are left out", file=sys.stderr)
        zen_rows = []
    for label, run in zen_rows:
        sample = cases[: max(1, len(cases) // 10)]
        if run(sample) != expected[: len(sample)]:
            print("GoRules Zen gives other outcomes than the hand-written loop", file=sys.stderr)
            return 1
        rows.append((label, seconds(run, sample, 2) * len(cases) / len(sample)))
    if arguments.json:
        print(
            json.dumps({label: {"cases_per_second": len(cases) / took, "ratio": hand / took} for label, took in rows})
        )
    else:
        print(f"{'one case at a time':<34}{'cases/s':>12}{'of by hand':>12}")
        for label, took in rows:
            print(f"{label:<34}{len(cases) / took:>12,.0f}{hand / took:>12.2f}")
    below = [label for label, took in rows if arguments.budget and hand / took < BUDGET.get(label, 0)]
    for label in below:
        print(f"{label} is below its budget of {BUDGET[label]} of the hand-written loop", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
