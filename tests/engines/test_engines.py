"""What every engine has in common: how it is chosen, what it remembers, how it travels, what it says fired."""

from __future__ import annotations

import datetime
import gc
import importlib.util
import pickle
import subprocess
import sys
import weakref
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from ctm_rules import (
    Answer,
    Case,
    DiagnosticError,
    Framework,
    Inspection,
    Judgement,
    Outcome,
    explain_case,
    make_engine,
)
from ctm_rules.engines import base, durable
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import FactValue
from tests.support.engines import ENGINES
from tests.support.paths import ROOT
from tests.support.small_framework import Small
from tests.support.strategies import frameworks_with_cases

needs_durable = pytest.mark.skipif(
    not durable_is_available(),
    reason="durable_rules is not installed here; the reference engine names no rules",
)
YES, NO = Answer.YES, Answer.NO


def answered(**answers: Answer) -> dict[str, Answer]:
    """Return answers by the addresses of the small framework's prompts."""
    return {f"hygiene.clean.{prompt}": answer for prompt, answer in answers.items()}


def test_automatic_choice_is_durable_wherever_it_is_installed(small: Small) -> None:
    # What lies there as a package is to be used: that it does not import is no reason to go without it quietly.
    installed = importlib.util.find_spec("durable_rules_engine") is not None
    assert make_engine(small()).name == ("durable" if installed else "reference")


@needs_durable
@pytest.mark.skipif(sys.platform == "win32", reason="Windows looks every name up when it loads a module")
def test_a_module_that_names_a_function_which_is_gone_is_loaded_all_the_same() -> None:
    code = """
import sys
found = []
class Finder:
    def find_spec(self, name, *rest):
        if name == "durable_rules_engine":
            found.append(sys.getdlopenflags())
sys.meta_path.insert(0, Finder())
sys.setdlopenflags(os.RTLD_NOW | os.RTLD_GLOBAL)
import ctm_rules.engines.durable
assert found == [os.RTLD_LAZY | os.RTLD_GLOBAL], found
assert sys.getdlopenflags() == os.RTLD_NOW | os.RTLD_GLOBAL
"""
    subprocess.run([sys.executable, "-c", f"import os{code}"], cwd=ROOT, check=True)


def test_unknown_engine_is_refused_with_the_names_of_those_there_are(small: Small) -> None:
    with pytest.raises(DiagnosticError, match=r'no engine "quick" .unknown-name.\n.*Allowed: auto, durable, reference'):
        make_engine(small(), "quick")  # type: ignore[arg-type]  # the mistake that is tested


def test_where_durable_rules_is_absent_everything_else_works() -> None:
    code = """
import sys
sys.modules["durable_rules_engine"] = None  # importing it fails, as where it is not installed
from ctm_rules import EngineUnavailableError, load_framework, make_engine
framework = load_framework("hmip-pdu", "2024")
assert make_engine(framework).name == "reference"
try:
    make_engine(framework, "durable")
except EngineUnavailableError as error:
    print(error)
try:
    import ctm_rules.engines.durable
except ImportError as error:
    print(error)
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.stdout.count("the engine durable needs durable_rules, which has to be compiled: ") == 2
    assert ended.stdout.count('pip install "ctm-rules[durable]"; the engines auto and reference give') == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_cases_that_look_alike_share_one_outcome(small: Small, engine: str) -> None:
    made = make_engine(small(), engine)
    first, second = (
        made.assess(Case(name, {"serves_meat": False, "seats": seats}, answered(floors=YES, knives=NO)))
        for name, seats in (("a", 3), ("b", 4))
    )
    assert first.questions["hygiene.clean"] is second.questions["hygiene.clean"]
    assert (first.case, second.case, first.engine) == ("a", "b", engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_cases_that_differ_only_in_what_no_rule_reads_look_alike(small: Small, engine: str) -> None:
    made = make_engine(small("floors"), engine)  # the prompt that looks at serves_meat is in no rule
    first, second = (
        made.assess(Case("a", {"serves_meat": serves_meat}, answered(floors=YES))) for serves_meat in (True, False)
    )
    assert first.questions["hygiene.clean"] is second.questions["hygiene.clean"]


@pytest.mark.parametrize("engine", ENGINES)
def test_recorded_judgement_replaces_the_outcome_of_its_case_alone(small: Small, engine: str) -> None:
    made = make_engine(small(), engine)
    answers = answered(floors=YES, knives=NO, meat=YES)
    judgement = Judgement(Outcome.YES, "The knives were new.")
    judged = made.assess(Case("a", {"serves_meat": True}, answers, {"hygiene.clean": judgement}))
    plain = made.assess(Case("b", {"serves_meat": True}, answers))
    found, other = judged.questions["hygiene.clean"], plain.questions["hygiene.clean"]
    assert (found.outcome, found.rule_outcome, found.judgement) == (Outcome.YES, Outcome.NO, judgement)
    assert found.diverges
    assert (other.outcome, other.rule_outcome, other.judgement) == (Outcome.NO, Outcome.NO, None)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_remembered_is_bounded_and_changes_no_answer(
    small: Small, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [
        Case("c", {"serves_meat": True}, answered(floors=floors, knives=knives, meat=meat))
        for floors in Answer
        for knives in Answer
        for meat in Answer
    ]
    roomy = make_engine(small(), engine)
    answers = [roomy.assess(case) for case in cases]
    monkeypatch.setattr(base, "MAX_REMEMBERED_PATTERNS", 5)
    monkeypatch.setattr(durable, "MAX_REMEMBERED_PATTERNS", 5)
    made = make_engine(small(), engine)
    first = [made.assess(case) for case in cases]
    assert first == answers
    assert [made.assess(case) for case in cases] == first
    remembered = [weakref.ref(outcome.questions["hygiene.clean"]) for outcome in map(made.assess, cases)]
    del first
    gc.collect()
    assert 0 < sum(outcome() is not None for outcome in remembered) <= 5


@pytest.mark.parametrize("engine", ENGINES)
def test_as_much_is_remembered_as_there_is_room_for(small: Small, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MAX_REMEMBERED_PATTERNS", 4)
    made = make_engine(small("{all: [floors, knives]}"), engine)
    patterns = [answered(floors=floors, knives=knives) for floors in Answer for knives in Answer]
    for four in (patterns[:4], patterns[4:8]):  # the second four take the place of the first
        first, again = (
            [made.assess(Case("c", {}, answers)).questions["hygiene.clean"] for answers in four] for _ in range(2)
        )
        assert all(one is other for one, other in zip(first, again, strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_is_pickled_as_its_framework(shipped: Framework, example: Inspection, engine: str) -> None:
    made = make_engine(shipped, engine)
    before = [made.assess(case) for case in example.cases]
    travelled = pickle.loads(pickle.dumps(made))
    assert (type(travelled), travelled.framework) == (type(made), shipped)
    assert [travelled.assess(case) for case in example.cases] == before


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("facts", "message"),
    [
        pytest.param(
            {"serves_meat": "yes"},
            'the fact "serves_meat" of case "c" takes True or False, not \'yes\'',
            id="text for yes/no",
        ),
        pytest.param({"serves_meat": 1}, "takes True or False, not 1", id="number for yes/no"),
        pytest.param({"serves_meat": True, "seats": "40"}, "takes an int, not '40'", id="text for a whole number"),
        pytest.param({"serves_meat": True, "seats": 39.5}, "takes an int, not 39.5", id="decimal for a whole number"),
        pytest.param({"serves_meat": True, "seats": False}, "takes an int, not False", id="yes/no for a whole number"),
        pytest.param(
            {"serves_meat": True, "size": "huge"},
            "takes one of small, large, not 'huge'",
            id="value that is no choice",
        ),
        pytest.param(
            {"serves_meat": True, "opened": "2026-01-01"},
            "takes a datetime.date, not '2026-01-01'",
            id="text for a date",
        ),
    ],
)
def test_fact_of_another_type_is_refused_and_never_compared(
    small: Small, engine: str, facts: dict[str, FactValue], message: str
) -> None:
    tests = "{fact: seats, is: 40}, {fact: size, is_not: small}, {fact: opened, is_not: 2026-01-01}"
    made = make_engine(small(f"{{all: [floors, meat, {tests}]}}"), engine)
    with pytest.raises(DiagnosticError) as refused:
        made.assess(Case("c", facts, answered(floors=YES, meat=YES)))
    assert [diagnostic.code for diagnostic in refused.value.diagnostics] == ["bad-value"]
    assert message in str(refused.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_mistake_in_the_values_of_a_case_is_reported_at_once(small: Small, engine: str) -> None:
    answers = {**answered(floors=YES), "hygiene.clean.knives": "maybe", "hygiene.clean.meat": "Yes"}
    with pytest.raises(DiagnosticError) as refused:
        make_engine(small(), engine).assess(Case("c", {"serves_meat": "no"}, answers))  # type: ignore[arg-type,dict-item]  # the mistakes that are tested
    answers_are = "use Answer.YES, Answer.NO or Answer.NA"
    assert [(found.path, found.message, found.hint) for found in refused.value.diagnostics] == [
        (
            "/facts/serves_meat",
            'the fact "serves_meat" of case "c" takes True or False, not \'no\'',
            "use True or False",
        ),
        (
            "/answers/hygiene.clean.knives",
            'the answer of case "c" to "hygiene.clean.knives" is \'maybe\', which is none that it takes',
            answers_are,
        ),
        (
            "/answers/hygiene.clean.meat",
            'the answer of case "c" to "hygiene.clean.meat" is \'Yes\', which is none that it takes',
            answers_are,
        ),
    ]


REFUSED = [
    pytest.param({"facts": {"serves_met": True}}, "unknown-column", "/facts/serves_met", id="fact misspelt"),
    pytest.param({"facts": {"serves_meat": None}}, "bad-value", "/facts/serves_meat", id="fact None"),
    pytest.param({"facts": {"serves_meat": 1}}, "bad-value", "/facts/serves_meat", id="1 for True"),
    pytest.param({"facts": {"seats": 1.0}}, "bad-value", "/facts/seats", id="1.0 for 1"),
    pytest.param({"facts": {"seats": True}}, "bad-value", "/facts/seats", id="True for 1"),
    pytest.param(
        {"facts": {"opened": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}},
        "bad-value",
        "/facts/opened",
        id="a time for a date",
    ),
    pytest.param({"facts": {"size": "huge"}}, "bad-value", "/facts/size", id="outside the choice"),
    pytest.param({"facts": {"size": ["small"]}}, "bad-value", "/facts/size", id="a list for a word"),
    pytest.param({"facts": ["small"]}, "bad-value", "/facts", id="a list for the facts"),
    pytest.param(
        {"answers": {"hygiene.clean.flors": YES}},
        "unknown-column",
        "/answers/hygiene.clean.flors",
        id="prompt misspelt",
    ),
    pytest.param({"answers": {"hygiene.clean": YES}}, "unknown-column", "/answers/hygiene.clean", id="no prompt"),
    pytest.param(
        {"answers": {"hygiene.clean.floors": "yes"}}, "bad-answer", "/answers/hygiene.clean.floors", id="answer as text"
    ),
    pytest.param(
        {"answers": {"hygiene.clean.floors": None}}, "bad-answer", "/answers/hygiene.clean.floors", id="answer None"
    ),
    pytest.param(
        {"answers": {"hygiene.clean.floors": Outcome.YES}},
        "bad-answer",
        "/answers/hygiene.clean.floors",
        id="an outcome for an answer",
    ),
    pytest.param(
        {"judgements": {"hygiene.claen": Judgement(Outcome.NO)}},
        "unknown-column",
        "/judgements/hygiene.claen",
        id="question misspelt",
    ),
    *(
        pytest.param(
            {"judgements": {"hygiene.clean": judged}}, "bad-answer", "/judgements/hygiene.clean", id=f"judged {word}"
        )
        for word, judged in {
            "undetermined": Judgement(Outcome.UNDETERMINED),
            "as text": Judgement("no"),  # type: ignore[arg-type]  # the mistake that is tested
            "as None": Judgement(None),  # type: ignore[arg-type]  # the same
            "without a judgement": Outcome.NO,
        }.items()
    ),
    pytest.param({"id": ""}, "bad-value", "/id", id="no id"),
    pytest.param({"id": 7}, "bad-value", "/id", id="a number for an id"),
]


@pytest.mark.parametrize(("parts", "code", "path"), REFUSED)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("door", ["assess", "explain_case"])
def test_what_no_case_table_could_hold_is_refused_whatever_came_before(
    small: Small, engine: str, door: str, parts: dict[str, Any], code: str, path: str
) -> None:
    framework = small()
    made = make_engine(framework, engine)
    case = evolve(Case("c", {"serves_meat": False, "seats": 1}, answered(floors=YES, knives=YES)), **parts)
    enter = made.assess if door == "assess" else lambda case: explain_case(framework, case, made)

    def refusal() -> list[tuple[str, str]]:
        with pytest.raises(DiagnosticError) as refused:
            enter(case)
        return [(found.code, found.path) for found in refused.value.diagnostics]

    assert refusal() == [(code, path)]
    for number in range(1_000):  # what was remembered of other cases lets nothing through
        made.assess(Case(f"{number}", {"serves_meat": bool(number % 2), "seats": number % 3}, answered(floors=YES)))
    made.assess(Case("alike", {}, {}))
    assert refusal() == [(code, path)]


# --- What fired ----------------------------------------------------------------------------------


@needs_durable
def test_what_fired_says_where_and_what(small: Small) -> None:
    too_much = "{not: {at_least: {count: 2, of: [knives, meat]}}}"
    rule = f"{{all: [floors, {{any: [knives, {{fact: seats, at_least: 40}}]}}, {too_much}]}}"
    engine = make_engine(small(rule), "durable")
    case = Case("c", {"serves_meat": True}, answered(floors=YES, knives=YES, meat=NO))
    assert engine.assess(case).questions["hygiene.clean"].fired == (
        "hygiene.clean/yes_when/all/1/any/1/fact seats: unknown, the fact is missing",
        "hygiene.clean/yes_when/all/1/any: met, 1 or more are met",
        "hygiene.clean.meat/applies_when/fact serves_meat: met",
        "hygiene.clean.meat: not met, it applies",
        "hygiene.clean/yes_when/all/2/not/at_least: not met, 2 cannot be met",
        "hygiene.clean/yes_when/all/2/not: met, the clause is not met",
        "hygiene.clean/yes_when/all: met, every clause that applies is met",
        "hygiene.clean/yes_when: met, prompts are answered",
        "hygiene.clean: met, it applies",
    )


@needs_durable
def test_a_rule_over_prompts_alone_fires_nothing_for_the_facts_beside_them(small: Small) -> None:
    engine = make_engine(small("{all: [floors, knives]}"), "durable")
    for knives, clause, outcome in (
        (YES, "met, every clause that applies is met", "met, it applies"),
        (NO, "not met, a clause is not met", "not met, it applies"),
    ):
        found = engine.assess(Case("c", {}, answered(floors=YES, knives=knives))).questions["hygiene.clean"]
        assert found.fired == (f"hygiene.clean/yes_when/all: {clause}", f"hygiene.clean: {outcome}")


WORDS = {
    Outcome.YES: "met",
    Outcome.NO: "not met",
    Outcome.UNDETERMINED: "unknown",
    Outcome.NOT_APPLICABLE: "drops out",
    Outcome.NOT_ASKED: "not asked",
}


@needs_durable
@given(frameworks_with_cases())
def test_what_fired_ends_with_the_outcome_and_names_each_place_once(
    drawn: tuple[Framework, tuple[Case, ...]],
) -> None:
    framework, cases = drawn
    engine, again = make_engine(framework, "durable"), make_engine(framework, "durable")
    for case in cases:
        turned_round = Case(case.id, dict(reversed(case.facts.items())), dict(reversed(case.answers.items())))
        repeated = again.assess(turned_round).questions
        for path, found in engine.assess(case).questions.items():
            places = [name.partition(": ")[0] for name in found.fired]
            assert places[-1] == path
            # Points are added up from what the rules say of each prompt; no rule says that they are there.
            if found.rule_outcome is not Outcome.SCORED:
                assert found.fired[-1].startswith(f"{path}: {WORDS[found.rule_outcome]}, ")
            assert len(set(places)) == len(places)
            assert repeated[path].fired == found.fired


@pytest.mark.parametrize("engine", ENGINES)
def test_every_value_falls_in_its_band_however_many_there_are(small: Small, engine: str) -> None:
    made = make_engine(small(), engine)
    for number in (1, 2, 15, 16, 17, 18, 31, 32, 33, 34, 100):
        bands = tuple(Band(Fraction(lowest), f"r{lowest}") for lowest in reversed(range(number)))
        for lowest in range(number):
            assert made.rating(bands, Fraction(lowest)) == f"r{lowest}"
            assert made.rating(bands, lowest + Fraction(1, 2)) == f"r{lowest}"
