"""Scenarios resolved: what a scenario file says, held against the framework that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import attrs
from attrs import field, frozen

from ctm_rules.diagnostics.findings import (
    Code,
    Diagnostic,
    DiagnosticError,
    Findings,
    Location,
    RequestError,
    all_codes,
)
from ctm_rules.frameworks.amendments import Alteration, Amendment, amended_framework
from ctm_rules.frameworks.finding import FRAMEWORK_FILE
from ctm_rules.frameworks.loading import DISK, FileStore, FrameworkSource
from ctm_rules.frameworks.references import find_referenced_framework
from ctm_rules.meaning import require_meaning
from ctm_rules.model.answer_words import answers_to, value_hint
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_values import BAD_VALUE
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework
from ctm_rules.phrases import say_count, say_number
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.given import read_answers, read_provider
from ctm_rules.scenarios.file import (
    Amended,
    DeclaredScenario,
    DeclaredScenarios,
    Expectation,
    Given,
    QuestionExpectation,
    Table,
)
from ctm_rules.scenarios.finding import NO_SCENARIOS, SCENARIOS_FOLDER, framework_folder
from ctm_rules.validity.names import DUPLICATE_ID, check_known
from ctm_rules.yaml_files.converter import WRONG_WORD
from ctm_rules.yaml_files.structuring import structure

MISSING = "missing"
NO_VARIANT = "none"
VARIANT_NOT_KNOWN = "not_known"


# --- A scenario ready to run -----------------------------------------------------------------------


@frozen
class Scenario:
    """A scenario with every name resolved.

    Attributes:
        name: what must hold, as a sentence.
        at: where it stands.
        framework: the standards it is held against (``None``: they were refused, as expected or not).
        given: one case, or counts of outcomes by address with ratings by slug.
        questions: what is expected of key questions, by address.
        expect: what else is expected.
        refused: what is wrong with what is given, where the scenario expects that something is.
    """

    name: str
    at: Location = field(eq=False)
    framework: Framework | None
    given: Case | GivenRatings
    questions: Mapping[str, QuestionExpectation]
    expect: Expectation
    refused: tuple[Diagnostic, ...] = ()


@frozen
class GivenRatings:
    """What ratings are made from.

    Attributes:
        counts: counts of outcomes by the key question's address.
        ratings: ratings of standards by slug, and of key questions by address.
        provider: facts of the provider by id.
        answers: what was answered of the provider, by the address of the prompt.
    """

    counts: Mapping[str, Counts]
    ratings: Mapping[str, str]
    provider: Mapping[str, FactValue] = field(factory=dict)
    answers: Mapping[str, AnyAnswer] = field(factory=dict)


@frozen
class ScenarioFile:
    """The scenarios of one file."""

    path: Path
    framework: Framework | None
    scenarios: tuple[Scenario, ...]


# --- Reading ---------------------------------------------------------------------------------------

LoadedFramework = tuple[FrameworkSource, Framework]


def read_scenario_file(file: Path, load: Callable[[Path], LoadedFramework], store: FileStore = DISK) -> ScenarioFile:
    """Read a scenario file and resolve every name in it.

    Args:
        file: the file.
        load: returns the source and the framework of a folder or file.
        store: what the file is read from.

    Raises:
        DiagnosticError: carries every mistake in the file, or in its framework.
    """
    findings = Findings()
    content = store.read(file, findings)
    findings.raise_errors()
    declared = structure(content, DeclaredScenarios, str(file), findings)
    findings.raise_errors()
    assert declared is not None
    loaded: LoadedFramework | None = None
    refused: tuple[Diagnostic, ...] = ()
    try:
        loaded = load(_framework_of(declared, file))
    except DiagnosticError as error:
        expects_refusal = [scenario.expect.diagnostic is not None for scenario in declared.scenarios]
        if declared.tables or not expects_refusal or not all(expects_refusal):
            raise
        refused = error.diagnostics
    scenarios = _Reader(declared, loaded, refused, findings).scenarios()
    findings.raise_errors()
    return ScenarioFile(file, loaded[1] if loaded else None, scenarios)


NO_FRAMEWORK = Code(
    "no-framework",
    "error",
    what="Nothing tells which framework a file of scenarios or a table of cases belongs to.",
    why="What it says can only be held against one set of standards.",
    bad="scenarios/bands.yaml without framework.yaml beside the folder",
    good="framework.yaml and scenarios/bands.yaml in one folder",
)


def _framework_of(declared: DeclaredScenarios, file: Path) -> Path:
    if declared.framework is not None:
        inside = file.parent.parent if file.parent.name == SCENARIOS_FOLDER else None
        return find_referenced_framework(declared.framework, file, inside=inside)
    folder = framework_folder(file)
    if folder is not None:
        return folder
    message = f'no {FRAMEWORK_FILE} lies beside a folder "{SCENARIOS_FOLDER}" that holds this file'
    hint = 'move it there, or name the framework: framework: {id: …, edition: "…"}'
    raise RequestError([NO_FRAMEWORK.found(declared.at, message, hint=hint)])


# --- From what is declared to what can be run ---------------------------------------------------------

_CASE_KEYS = ("outcome", "variant", "points")
_SHARE_KEYS = ("band", "percent", "value", "panel")
_RATING_KEYS = ("standards", "drivers", "domains", "domain_panels", "overall", "overall_panel", "score")


BAD_SCENARIO = Code(
    "bad-scenario",
    "error",
    what="A scenario does not say clearly what is given or what is expected.",
    why="A scenario that expects nothing, or expects of a case what only counts can show, would always pass.",
    bad="- name: Victims matter\n  given: {answers: {victims: no}}",
    good="- name: Victims matter\n  given: {answers: {victims: no}}\n  expect: {outcome: no}",
)


class _Reader:
    """Resolves the scenarios of one file against its framework."""

    def __init__(
        self,
        declared: DeclaredScenarios,
        loaded: LoadedFramework | None,
        refused: tuple[Diagnostic, ...],
        findings: Findings,
    ) -> None:
        self._declared = declared
        self._source = loaded[0] if loaded else None
        self._framework = loaded[1] if loaded else None
        self._refused = refused
        self._findings = findings
        self._facts: Mapping[str, FactValue | None] = {}

    def scenarios(self) -> tuple[Scenario, ...]:
        declared, framework = self._declared, self._framework
        if framework is not None:
            self._facts = _typed(declared.facts, framework, declared.at, self._findings)
            if declared.key_question is not None:
                at = declared.at.of("key_question")
                check_known("key question", declared.key_question, framework.key_questions, at, self._findings)
        scenarios = [self._scenario(entry) for entry in declared.scenarios]
        for table in declared.tables:
            scenarios += self._rows(table)
        if not scenarios:
            hint = "write scenarios: or tables:"
            self._findings.add(NO_SCENARIOS, declared.at, "there are no scenarios in this file", hint=hint)
        first: dict[str, Location] = {}
        for scenario in scenarios:
            if scenario.name in first:
                message = f'two scenarios are called "{scenario.name}" (the first on line {first[scenario.name].line})'
                self._findings.add(DUPLICATE_ID, scenario.at, message, hint="give one of them another name")
            first.setdefault(scenario.name, scenario.at)
        return tuple(scenarios)

    def _scenario(self, declared: DeclaredScenario) -> Scenario:
        refused = Findings()  # what is wrong with what is given; a scenario may expect that
        refused.extend(self._refused)
        question = declared.key_question or self._declared.key_question
        framework = self._amended(declared.given.amended, refused)
        given: Case | GivenRatings = Case(declared.name)
        questions: Mapping[str, QuestionExpectation] = {}
        is_clear = self._check_is_clear(declared, question)
        if framework is not None:
            if declared.key_question is not None:
                at = declared.at.of("key_question")
                check_known("key question", declared.key_question, framework.key_questions, at, self._findings)
            if is_clear:
                given = self._given(declared, question, framework, refused)
                questions = _expected(declared.expect, question, framework, self._findings)
        if declared.expect.diagnostic is None:
            self._findings.extend(refused)
            refused = Findings()
        else:
            at = declared.expect.at.of("diagnostic")
            check_known("code", declared.expect.diagnostic, all_codes(), at, self._findings)
        return Scenario(declared.name, declared.at, framework, given, questions, declared.expect, tuple(refused))

    def _amended(self, amended: Amended | None, refused: Findings) -> Framework | None:
        if amended is None or self._source is None:
            return self._framework
        at, key = amended.at.of, amended.at.of_key
        alterations = (
            *(Alteration("set", name, value, key("set", name), at("set", name)) for name, value in amended.set.items()),
            *(Alteration("remove", name, None, at("remove", item)) for item, name in enumerate(amended.remove)),
            *(Alteration("add", name, value, key("add", name), at("add", name)) for name, value in amended.add.items()),
        )
        try:
            framework = amended_framework(self._source, [Amendment("", "", alterations)])
            require_meaning(framework)
        except DiagnosticError as error:
            refused.extend(error.diagnostics)
            return None
        return framework

    def _check_is_clear(self, declared: DeclaredScenario, question: str | None) -> bool:
        """Note where a scenario is not clear, and return whether it is."""
        before = len(self._findings)
        given, expect, name = declared.given, declared.expect, declared.name

        def wrong(at: Location, message: str, hint: str) -> None:
            self._findings.add(BAD_SCENARIO, at, message, hint=hint)

        own = _keys(expect, (*_CASE_KEYS, *_SHARE_KEYS))
        below = [key for each in expect.key_questions.values() for key in _keys(each, (*_CASE_KEYS, *_SHARE_KEYS))]
        ratings = _keys(expect, _RATING_KEYS)
        if expect.diagnostic is None and not (own or below or ratings):
            wrong(expect.at, f'"{name}" expects nothing', "write expect: {outcome: yes}, or what else must come out")
        if expect.diagnostic is not None and (own or below or ratings):
            hint = "expect the diagnostic alone: what is refused comes to nothing else"
            wrong(expect.at, f'"{name}" expects a diagnostic and something else', hint)
        of_case = _keys(given, ("facts", "answers", "other_answers")) or {*own, *below} & {*_CASE_KEYS}
        of_counts = _keys(given, _OF_RATINGS) or ratings or {*own, *below} & {*_SHARE_KEYS}
        if of_case and of_counts:
            hint = (
                "facts and answers come to an outcome and a variant; "
                "counts and ratings come to a band, a percent, panel flags and ratings; "
                "what is known of the provider stands under provider"
            )
            wrong(declared.at, f'"{name}" mixes a case with counts or ratings', hint)
        if own and question is None:
            wrong(expect.at, f'"{name}" does not say which key question it is about', _SAY_KEY_QUESTION)
        if own and question in expect.key_questions:
            wrong(expect.at, f'"{name}" says twice what it expects of {question}', "say it once")
        return len(self._findings) == before

    def _rows(self, table: Table) -> Iterator[Scenario]:
        question = table.key_question or self._declared.key_question
        findings = self._findings
        if question is None:
            message = f'"{table.name}" does not say which key question it is about'
            findings.add(BAD_SCENARIO, table.at, message, hint=_SAY_KEY_QUESTION)
        if table.key_question is not None and self._framework is not None:
            at = table.at.of("key_question")
            check_known("key question", table.key_question, self._framework.key_questions, at, findings)
        for row in table.rows:
            expected = QuestionExpectation(None, None, row.band, row.percent, row.panel, at=row.at)
            if not _keys(expected, _SHARE_KEYS):
                message = f'a row of "{table.name}" expects nothing'
                findings.add(BAD_SCENARIO, row.at, message, hint="add band, percent or panel")
            if self._framework is not None:
                _check_question(question, expected, self._framework, row.at, findings)
            counts = Counts(row.yes, row.no, row.not_applicable, row.undetermined)
            _check_counts(counts, row.at, findings)
            name = f"{table.name}: {say_counts(counts)}"
            given = GivenRatings({question or "": counts}, {})
            yield Scenario(name, row.at, self._framework, given, {question or "": expected}, Expectation())

    # --- what is given -----------------------------------------------------------------------------

    def _given(
        self, declared: DeclaredScenario, question: str | None, framework: Framework, refused: Findings
    ) -> Case | GivenRatings:
        given, expect = declared.given, declared.expect
        expected: list[Expectation | QuestionExpectation] = [expect, *expect.key_questions.values()]
        if _keys(given, _OF_RATINGS) or any(_keys(each, (*_SHARE_KEYS, *_RATING_KEYS)) for each in expected):
            return self._ratings(given, framework, refused)
        facts = {**self._facts, **_typed(given.facts, framework, given.at, refused)}
        return Case(
            declared.name,
            {fact: value for fact, value in facts.items() if value is not None},
            _answers(given, question, framework, refused),
        )

    def _ratings(self, given: Given, framework: Framework, refused: Findings) -> GivenRatings:
        for path, counts in given.counts.items():
            at = given.at.of("counts", path)
            check_known("key question", path, framework.key_questions, given.at.of_key("counts", path), refused)
            _check_counts(counts, at, self._findings)
        for slug, rating in given.ratings.items():
            at = given.at.of("ratings", slug)
            if slug not in framework.every_question:
                check_known("standard", slug, framework.standards_by_slug, given.at.of_key("ratings", slug), refused)
            check_known("rating", rating, [*_steps_of(framework, slug), NOT_RATED], at, refused)
            counted = [path for path in given.counts if path.startswith(f"{slug}.")]
            if counted:
                message = f'the standard "{slug}" is given a rating and counts ({", ".join(counted)})'
                self._findings.add(BAD_SCENARIO, at, message, hint="give it one of the two")
        provider = read_provider(given.provider, framework, given.at, "provider", refused)
        answers = read_answers(
            given.provider_answers,
            framework,
            {path: path for path in framework.provider_prompts},
            given.at,
            refused,
            key="provider_answers",
            kind="prompt that the provider is asked",
            missing=MISSING,
        )
        return GivenRatings(given.counts, given.ratings, provider, answers)


_OF_RATINGS = ("counts", "ratings", "provider", "provider_answers")
_SAY_KEY_QUESTION = "add key_question: standard.question, here or at the top of the file"


def _keys(declared: Given | Expectation | QuestionExpectation, keys: Sequence[str]) -> list[str]:
    """Return which of some keys are there; an empty list or block of names says nothing, but ``panel: []`` does."""
    return [key for key in keys if getattr(declared, key, None) not in (None, {})]


def _check_counts(counts: Counts, at: Location, findings: Findings) -> None:
    for count in attrs.astuple(counts):
        if count < 0:
            findings.add(BAD_SCENARIO, at, f"there cannot be {say_count(count, 'case')}", hint="write a number from 0")


def _typed(
    facts: Mapping[str, FactValue], framework: Framework, at: Location, findings: Findings
) -> dict[str, FactValue | None]:
    """Return facts (the key ``facts`` of a block) typed as they are declared; ``None`` is said to be missing."""
    typed: dict[str, FactValue | None] = {}
    for name, value in facts.items():
        if not check_known("fact", name, framework.facts_by_id, at.of_key("facts", name), findings):
            continue
        fact = framework.facts_by_id[name]
        if value == MISSING and MISSING not in fact.values:
            typed[name] = None
            continue
        try:
            typed[name] = type_fact_value(fact, value)
        except ValueError as error:
            written = say_number(value) if isinstance(value, Fraction) else str(value)
            hint = value_hint(fact, written, not_known=f"write {MISSING} where it is not known")
            message = f'the fact "{name}" is {error}, not "{written}"'
            findings.add(BAD_VALUE, at.of("facts", name), message, path=name, hint=hint)
    return typed


def _answers(given: Given, question: str | None, framework: Framework, refused: Findings) -> Mapping[str, AnyAnswer]:
    if question is None:
        known = {path: path for path in framework.prompts}
    else:
        declared = framework.key_questions.get(question)
        known = {prompt.id: f"{question}.{prompt.id}" for prompt in declared.prompts} if declared else {}
    if not known:
        return {}
    answers = read_answers(given.answers, framework, known, given.at, refused, missing=MISSING)
    if given.other_answers is None:
        return answers
    others = [path for name, path in known.items() if name not in given.answers]
    unlike = [path for path in others if given.other_answers not in answers_to(framework, path)]
    if unlike:
        message = f'"{unlike[0]}" cannot be answered {given.other_answers}'
        hint = f"give its answer, or another to all: {', '.join(answers_to(framework, unlike[0]))}"
        refused.add(WRONG_WORD, given.at.of("other_answers"), message, path="other_answers", hint=hint)
        return answers
    return {path: answers_to(framework, path)[given.other_answers] for path in others} | answers


def _expected(
    expect: Expectation, question: str | None, framework: Framework, findings: Findings
) -> Mapping[str, QuestionExpectation]:
    """Return what is expected of key questions, by address, once every name in it is known."""
    at, key = expect.at.of, expect.at.of_key
    own = QuestionExpectation(
        expect.outcome, expect.variant, expect.band, expect.percent, expect.panel, expect.points, expect.value
    )
    questions = dict(expect.key_questions)
    for path, expected in expect.key_questions.items():
        check_known("key question", path, framework.every_question, key("key_questions", path), findings)
        _check_question(path, expected, framework, expected.at, findings)
    _check_question(question, own, framework, expect.at, findings)
    if question is not None and own != QuestionExpectation():
        questions[question] = own
    ratings = [*framework.ratings_by_id, NOT_RATED]
    for slug, rating in expect.standards.items():
        check_known("standard", slug, framework.standards_by_slug, key("standards", slug), findings)
        check_known("rating", rating, [*_steps_of(framework, slug), NOT_RATED], at("standards", slug), findings)
    for slug, drivers in expect.drivers.items():
        check_known("standard", slug, framework.standards_by_slug, key("drivers", slug), findings)
        for path in drivers:
            check_known("key question", path, framework.every_question, at("drivers", slug), findings)
    domains = [domain.id for domain in framework.domains]
    for domain in expect.domain_panels:
        check_known("domain", domain, domains, key("domain_panels", domain), findings)
    for domain, rating in expect.domains.items():
        check_known("domain", domain, domains, key("domains", domain), findings)
        scale = next((each.scale for each in framework.domains if each.id == domain), RATINGS)
        steps = [step.id for step in framework.scale(scale)]
        check_known("rating", rating, [*steps, NOT_RATED], at("domains", domain), findings)
    if expect.overall is not None:
        check_known("rating", expect.overall, ratings, at("overall"), findings)
    return questions


def _steps_of(framework: Framework, slug: str) -> list[str]:
    """Return the ids of the ratings that a standard can have, or a key question by its address."""
    standard = framework.standards_by_slug.get(slug) or framework.every_question.get(slug)
    return [step.id for step in framework.scale(RATINGS if standard is None else standard.scale)]


def _check_question(
    path: str | None, expected: QuestionExpectation, framework: Framework, at: Location, findings: Findings
) -> None:
    if expected.variant is not None:
        variants = [*(variant.id for variant in framework.variants), NO_VARIANT, VARIANT_NOT_KNOWN]
        check_known("variant", expected.variant, variants, at.of("variant"), findings)
    if expected.band is not None:
        asked = framework.every_question.get(path or "")
        steps = framework.scale(RATINGS if asked is None else asked.scale)
        check_known("rating", expected.band, [*(step.id for step in steps), NOT_RATED], at.of("band"), findings)


def say_counts(counts: Counts) -> str:
    """Return counts in words: ``80 yes, 20 no``."""
    said = [f"{count} {key.replace('_', ' ')}" for key, count in counts.by_outcome().items() if count]
    if counts.scored:
        said.append(f"{counts.scored} with {say_number(counts.points)} of {say_number(counts.reachable)} points")
    return ", ".join(said) or "no cases"
