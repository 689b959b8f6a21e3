"""A scenario file as it is written: the classes that its YAML becomes.

Scenarios: given some facts and answers, or some counts and ratings, what the standards must say. A scenario file lies
in the folder ``scenarios`` beside a framework's ``framework.yaml``. It is a test that the people who own the standards
write and read; see ``standards/README.md``.

Attributes:
    name: what must hold, as a sentence.
    key_question: the address of the key question that it is about, such as ``assessment.safety``.
    outcome: the outcome of the key question.
    variant: the id of the variant whose rule is used; ``none``, or ``not_known`` where facts are missing to tell.
    band: the rating of the key question's band, or ``not_rated``.
    percent: the share in whole per cent, rounded as the framework declares.
    panel: the panel flags raised, all of them; ``[]`` for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any as Anything
from typing import Literal

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location, declared_at
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.model.conditions import FactValue
from ctm_rules.rating.counts import Counts

# --- The file ------------------------------------------------------------------------------------

OutcomeWord = Literal["yes", "no", "not_applicable", "undetermined", "scored", "not_asked"]
FlagWord = Literal["near_boundary", "one_case", "few_cases"]
SumFlagWord = Literal["one_standard"]


@frozen
class Given:
    """What a scenario starts from: one case (facts and answers), or counts and ratings.

    Attributes:
        facts: facts of the case by id; ``missing`` takes back a fact that the file gives to every scenario.
        answers: answers by prompt: its id where the scenario is about one key question, else its full address. Each
            is ``yes``, ``no`` or ``na``, or a step of the prompt's scale by its id; ``missing`` is none.
        other_answers: the answer to every other prompt (default: they are missing).
        counts: how many cases have each outcome, by the key question's address.
        provider: facts of the provider by id, for what counts and ratings come to.
        provider_answers: answers to what the provider is asked once, by the address of the prompt.
        ratings: ratings of standards by slug, and of key questions by address, which take them as they are, whatever
            was counted or answered.
        amended: changes to the framework that hold for this scenario alone.
    """

    facts: Mapping[str, FactValue] = field(factory=dict)
    answers: Mapping[str, str] = field(factory=dict)
    other_answers: str | None = None
    counts: Mapping[str, Counts] = field(factory=dict)
    ratings: Mapping[str, str] = field(factory=dict)
    provider: Mapping[str, FactValue] = field(factory=dict)
    provider_answers: Mapping[str, str] = field(factory=dict)
    amended: Amended | None = None
    at: Location = declared_at()


@frozen
class Amended:
    """Changes to the framework, as an amendment file writes them.

    Attributes:
        set: values by address, such as ``key_question_bands.good.from``.
        remove: addresses of what goes.
        add: by the address of a list, the items that come to its end.
    """

    set: Mapping[str, Anything] = field(factory=dict)  # any value that a framework's files may hold
    remove: tuple[str, ...] = ()
    add: Mapping[str, Anything] = field(factory=dict)
    at: Location = declared_at()


@frozen
class QuestionExpectation:
    """What one key question must come to.

    Attributes:
        points: the number that a case has, where the key question has points.
        value: what is placed in the bands of points, over cases: exact, before it is rounded.
    """

    outcome: OutcomeWord | None = None
    variant: str | None = None
    band: str | None = None
    percent: int | None = None
    panel: tuple[FlagWord, ...] | None = None
    points: Fraction | None = None
    value: Fraction | None = None
    at: Location = declared_at()


@frozen
class Expectation:
    """What must come out. The first five, ``points`` and ``value`` are about the scenario's own key question.

    Attributes:
        points: the number that a case has, where the key question has points.
        value: what is placed in the bands of points, over cases: exact, before it is rounded.
        key_questions: the same for other key questions, by address.
        standards: ratings of standards by slug, or ``not_rated``.
        drivers: the key questions that drive a standard's rating, by its slug.
        domains: ratings of domains by id, or ``not_rated``.
        domain_panels: the panel flags raised for domains, by id: all of them; ``[]`` for none.
        overall: the overall rating, or ``not_rated``.
        overall_panel: the panel flags raised for the overall rating, all of them; ``[]`` for none.
        score: the sum of all standards' scores.
        diagnostic: the code with which what is given must be refused.
    """

    outcome: OutcomeWord | None = None
    variant: str | None = None
    band: str | None = None
    percent: int | None = None
    panel: tuple[FlagWord, ...] | None = None
    points: Fraction | None = None
    value: Fraction | None = None
    key_questions: Mapping[str, QuestionExpectation] = field(factory=dict)
    standards: Mapping[str, str] = field(factory=dict)
    drivers: Mapping[str, tuple[str, ...]] = field(factory=dict)
    domains: Mapping[str, str] = field(factory=dict)
    domain_panels: Mapping[str, tuple[SumFlagWord, ...]] = field(factory=dict)
    overall: str | None = None
    overall_panel: tuple[SumFlagWord, ...] | None = None
    score: int | None = None
    diagnostic: str | None = None
    at: Location = declared_at()


@frozen
class DeclaredScenario:
    """One scenario as its file declares it.

    Attributes:
        given: what it starts from (default: a case of which nothing is known).
        expect: what must come out.
    """

    name: str
    expect: Expectation
    given: Given = Given()
    key_question: str | None = None
    at: Location = declared_at()


@frozen
class Row:
    """Counts of outcomes of one key question, and what they must come to.

    Attributes:
        yes, no, not_applicable, undetermined: how many cases have this outcome.
    """

    yes: int = 0
    no: int = 0
    not_applicable: int = 0
    undetermined: int = 0
    band: str | None = None
    percent: int | None = None
    panel: tuple[FlagWord, ...] | None = None
    at: Location = declared_at()


@frozen
class Table:
    """Counts of one key question row by row: a short way to write scenarios about bands.

    Attributes:
        rows: each is a scenario of its own.
    """

    name: str
    rows: tuple[Row, ...]
    key_question: str | None = None
    at: Location = declared_at()


@frozen
class DeclaredScenarios:
    """A scenario file.

    Attributes:
        framework: the framework that it is about (default: the one in whose folder it lies).
        key_question: the key question that every scenario is about which names none itself.
        facts: facts given to every scenario about a case; a scenario may say otherwise.
        scenarios: one after the other.
        tables: tables of counts.
    """

    framework: FrameworkReference | None = None
    key_question: str | None = None
    facts: Mapping[str, FactValue] = field(factory=dict)
    scenarios: tuple[DeclaredScenario, ...] = ()
    tables: tuple[Table, ...] = ()
    at: Location = declared_at()
