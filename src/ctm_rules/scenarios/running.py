"""Running scenarios: what came out beside what was expected, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

from attrs import frozen

from ctm_rules.diagnostics.findings import (
    DiagnosticError,
    Findings,
)
from ctm_rules.engines import AnyEngine, Engine
from ctm_rules.engines.base import hangs_on
from ctm_rules.frameworks.loading import DISK, FileStore, FrameworkSource, build_framework, read_framework
from ctm_rules.inspections.explaining import QuestionExplanation, explain_case
from ctm_rules.meaning import require_meaning
from ctm_rules.model.bands import Band, say_bound
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework, KeyQuestion, Rating, Standard
from ctm_rules.model.outcomes import Truth
from ctm_rules.model.rating_rules import RatingRule, SumInBands
from ctm_rules.model.remembered import ByMeaning, evolved, known_by, same_or
from ctm_rules.model.rules_in_words import say_rating_rule
from ctm_rules.paths import real_path
from ctm_rules.phrases import say_number
from ctm_rules.rating.given import engine_of
from ctm_rules.rating.rate import rate_checked
from ctm_rules.rating.results import KeyQuestionResult, PanelFlag, RatingResult, StandardResult
from ctm_rules.rating.samples import cases_counted
from ctm_rules.rating.shares import say_percent
from ctm_rules.scenarios.file import QuestionExpectation
from ctm_rules.scenarios.resolving import (
    NO_VARIANT,
    VARIANT_NOT_KNOWN,
    GivenRatings,
    LoadedFramework,
    Scenario,
    ScenarioFile,
    read_scenario_file,
    say_counts,
)


class MismatchDict(TypedDict):
    """One thing that came out otherwise than expected."""

    what: str
    expected: str
    actual: str
    details: list[str]


class ScenarioResultDict(TypedDict):
    """What a scenario came to."""

    name: str
    file: str
    line: int
    passed: bool
    mismatches: list[MismatchDict]


@frozen
class Mismatch:
    """One thing that came out otherwise than expected.

    Attributes:
        what: what was looked at, such as "outcome of assessment.safety".
        expected, actual: in the words of the scenario file.
        details: why, line by line: the clauses of the rule with their results, or the counts and bands.
        at: the keys under which ``expect`` would say it, from the outside inwards.
        now: what ``expect`` would say there for the scenario to pass (``None``: it cannot say that).
    """

    what: str
    expected: str
    actual: str
    details: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    now: str | int | Decimal | tuple[str, ...] | None = None

    def to_dict(self) -> MismatchDict:
        """Return the parts as plain data."""
        return {
            "what": self.what,
            "expected": self.expected,
            "actual": self.actual,
            "details": list(self.details),
        }


@frozen
class ScenarioResult:
    """What a scenario came to.

    Attributes:
        mismatches: what came out otherwise than expected; none where the scenario passes.
        rating: the ratings that were made (``None`` for a scenario about a case).
    """

    scenario: Scenario
    engine: str
    mismatches: tuple[Mismatch, ...] = ()
    rating: RatingResult | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.mismatches

    @property
    def failure(self) -> str:
        """Why it fails, in full, on several lines (empty where it passes)."""
        lines: list[str] = []
        for mismatch in self.mismatches:
            lines.append(f"{mismatch.what}: expected {mismatch.expected}, got {mismatch.actual}")
            lines.extend(f"  {detail}" for detail in mismatch.details)
        return "\n".join(lines)

    def to_dict(self) -> ScenarioResultDict:
        """Return the result as plain data."""
        return {
            "name": self.scenario.name,
            "file": self.scenario.at.file,
            "line": self.scenario.at.line,
            "passed": self.passed,
            "mismatches": [mismatch.to_dict() for mismatch in self.mismatches],
        }


# --- Reading and running -----------------------------------------------------------------------------


class ScenarioRunner:
    """Reads and runs scenarios; each framework is read and compiled once.

    Args:
        engine: which engine decides.
        store: what the files are read from.
    """

    def __init__(self, engine: AnyEngine = "auto", store: FileStore = DISK) -> None:
        self._engine = engine
        self._store = store
        self._frameworks: dict[Path, LoadedFramework] = {}
        self._engines: dict[int, Engine] = {}  # by the identity of the framework, which the engine keeps alive

    def framework(self, path: Path) -> Framework:
        """Return the framework of a folder or file.

        Raises:
            DiagnosticError: it cannot be found, read or understood.
        """
        return self._load(path)[1]

    def know(self, path: Path, source: FrameworkSource, framework: Framework) -> None:
        """Take a framework that was read already, and makes sense, for that of a folder or file."""
        self._frameworks[real_path(path)] = (source, framework)

    def _load(self, path: Path) -> LoadedFramework:
        key = real_path(path)
        if key not in self._frameworks:
            source = read_framework(path, self._store)
            framework = build_framework(source)
            require_meaning(framework)
            self._frameworks[key] = (source, framework)
        return self._frameworks[key]

    def read(self, files: Iterable[Path]) -> tuple[ScenarioFile, ...]:
        """Read scenario files.

        Raises:
            DiagnosticError: carries every mistake in all of the files, and in their frameworks.
        """
        findings = Findings()
        read: list[ScenarioFile] = []
        for file in files:
            try:
                read.append(read_scenario_file(file, self._load, self._store))
            except DiagnosticError as error:
                known = set(findings)
                findings.extend(found for found in error.diagnostics if found not in known)
        findings.raise_errors()
        return tuple(read)

    def run(self, scenario: Scenario) -> ScenarioResult:
        """Return what a scenario comes to.

        Raises:
            EngineUnavailableError: the engine is not installed here.
        """
        framework = scenario.framework
        if scenario.expect.diagnostic is not None or framework is None:
            return ScenarioResult(scenario, "", tuple(_refusal(scenario)))
        engine = self._engines.get(id(framework))
        if engine is None:
            engine = self._engines[id(framework)] = engine_of(framework, self._engine)
        if isinstance(scenario.given, Case):
            return ScenarioResult(scenario, engine.name, _decided_once(scenario, scenario.given, engine))
        rating = rate_given(framework, scenario.given, engine)
        return ScenarioResult(scenario, engine.name, tuple(_rated(scenario, rating)), rating)


# --- What came out, beside what was expected -----------------------------------------------------------


def _refusal(scenario: Scenario) -> Iterator[Mismatch]:
    expected = scenario.expect.diagnostic
    codes = list(dict.fromkeys(found.code for found in scenario.refused))
    if expected is not None and expected not in codes:
        details = tuple(line for found in scenario.refused for line in str(found).splitlines())
        actual = ", ".join(codes) or "nothing: it is accepted"
        yield Mismatch("diagnostic", expected, actual, details, ("diagnostic",), codes[0] if codes else None)


def _decided_once(scenario: Scenario, case: Case, engine: Engine) -> tuple[Mismatch, ...]:
    """Return what :func:`_decided` yields; while standards are edited, it hangs on the key questions that are named."""
    asked = scenario.questions.items()
    parts = (
        engine.name,
        ByMeaning(case),
        tuple((hangs_on(engine.framework, path).parts, ByMeaning(expected)) for path, expected in asked),
    )
    return known_by(_decided, parts, lambda: tuple(_decided(scenario, case, engine)))


def _decided(scenario: Scenario, case: Case, engine: Engine) -> Iterator[Mismatch]:
    asked = explain_case(engine.framework, case, engine, key_question=tuple(scenario.questions))
    explained = {entry.path: entry for entry in asked}
    for path, expected in scenario.questions.items():
        explanation, at = explained[path], ("key_questions", path)
        outcome = explanation.outcome.outcome.value
        is_open = explanation.rule is None and explanation.is_asked
        variant = explanation.outcome.variant or (VARIANT_NOT_KNOWN if is_open else NO_VARIANT)
        details = tuple(_clauses(explanation))
        if expected.outcome is not None and expected.outcome != outcome:
            yield Mismatch(f"outcome of {path}", expected.outcome, outcome, details, (*at, "outcome"), outcome)
            details = ()  # the same clauses need not be read twice
        points = explanation.outcome.points
        if expected.points is not None and expected.points != points:
            actual = outcome if points is None else say_number(points)
            now = None if points is None else _decimal(points)
            yield Mismatch(f"points of {path}", say_number(expected.points), actual, details, (*at, "points"), now)
            details = ()
        if expected.variant is not None and expected.variant != variant:
            yield Mismatch(f"variant of {path}", expected.variant, variant, details, (*at, "variant"), variant)


def _clauses(explanation: QuestionExplanation) -> Iterator[str]:
    """Yield every clause with its result, as ``explain`` shows it."""
    if explanation.outcome.variant is not None:
        yield f"decided by the rule for the variant {explanation.outcome.variant}"
    drawn = f"asked of the sample {explanation.sample.id}:" if explanation.sample else ""
    rule = explanation.rule_title
    parts = ((drawn, explanation.drawn), ("asked when:", explanation.applies), (rule, explanation.rule))
    for title, top in parts:
        if top is not None:
            yield title
            for depth, clause in top.lines(1):
                found = f" · {clause.found}" if clause.found else ""
                yield f"{'  ' * depth}{clause.truth.value} {clause.says}{found}  {clause.at.file}:{clause.at.line}"
    if not explanation.is_asked:
        return
    is_asked = explanation.applies is None or explanation.applies.truth is Truth.TRUE
    if explanation.rule is None:
        yield "which rule is used cannot be told: a fact is missing"
    elif is_asked and not explanation.is_settled_by_clauses:
        yield "the clauses alone do not settle it: no prompt that applies is answered"


def rate_given(framework: Framework, given: GivenRatings, engine: Engine) -> RatingResult:
    """Rate by the counts; a standard that is given a rating has it as if people had recorded it."""
    standards = tuple(_rated_already(standard, given.ratings) for standard in framework.standards)
    cases = cases_counted(framework, given.counts)
    # The engine was made for the standards as they are declared; their bands are the same.
    return rate_checked(
        evolved(framework, standards=same_or(framework.standards, standards)),
        given.counts,
        given.ratings,
        engine,
        cases,
        provider=given.provider,
        answers=given.answers,
    )


def _rated_already(standard: Standard, ratings: Mapping[str, str]) -> Standard:
    """Return a standard that has the ratings that are given it, or its key questions, as if people had rated them."""
    if standard.slug in ratings:
        return evolved(standard, rated_by="judgement", key_questions=())
    questions = tuple(
        KeyQuestion(each.id, each.ask, rated_by="judgement", scale=each.scale)
        if f"{standard.slug}.{each.id}" in ratings
        else each
        for each in standard.key_questions
    )
    return evolved(standard, key_questions=same_or(standard.key_questions, questions))


def _rated(scenario: Scenario, result: RatingResult) -> Iterator[Mismatch]:
    framework, expect = result.framework, scenario.expect
    questions = {question.path: question for standard in result.standards for question in standard.key_questions}
    standards = {standard.standard.slug: standard for standard in result.standards}
    domains = {domain.domain.id: domain for domain in result.domains}
    for path, expected in scenario.questions.items():
        question, declared = questions.get(path), framework.bands_of(path) or framework.points_of(path)
        yield from _question_mismatches(path, expected, question, declared.bands if declared else ())
    for slug, rating in expect.standards.items():
        details = [_say_question(question) for question in standards[slug].key_questions]
        now = _id(standards[slug].rating)
        yield from _mismatch(f"rating of {slug}", rating, now, details, ("standards", slug), now)
    for slug, drivers in expect.drivers.items():
        actual = standards[slug].drivers
        details = [_say_question(question) for question in standards[slug].key_questions]
        if set(drivers) != set(actual):
            said = _say_words(drivers), _say_words(actual)
            yield from _mismatch(f"drivers of {slug}", *said, details, ("drivers", slug), tuple(actual))
    for domain in dict.fromkeys([*expect.domains, *expect.domain_panels]):
        found = domains[domain]
        within = [standards[slug] for slug in found.domain.standards]
        rule, scale = framework.rule_of_domain(found.domain), found.domain.scale
        made = _say_made(framework, rule, found.score if found.value is None else found.value, scale)
        details = [*map(_say_standard, within), *made, *map(str, found.because)]
        rating = expect.domains.get(domain, _id(found.rating))
        now = _id(found.rating)
        yield from _mismatch(f"rating of the domain {domain}", rating, now, details, ("domains", domain), now)
        of_domain = expect.domain_panels.get(domain)
        flagged = f"panel flags of the domain {domain}", of_domain, found.panel, details
        yield from _flag_mismatches(*flagged, ("domain_panels", domain))
    of_whole = result.score if result.overall_value is None else result.overall_value
    made = _say_made(framework, framework.overall, of_whole, RATINGS)
    details = [*map(_say_standard, result.standards), *made, *map(str, result.overall_because)]
    if expect.overall is not None:
        now = _id(result.overall)
        yield from _mismatch("overall rating", expect.overall, now, details, ("overall",), now)
    flags = result.overall_panel
    flagged = "panel flags of the overall rating", expect.overall_panel, flags, details
    yield from _flag_mismatches(*flagged, ("overall_panel",))
    if expect.score is not None:
        yield from _mismatch("score", str(expect.score), _say_sum(result.score), details, ("score",), result.score)


def _question_mismatches(
    path: str, expected: QuestionExpectation, question: KeyQuestionResult | None, bands: Sequence[Band]
) -> Iterator[Mismatch]:
    percent = None if question is None or question.percent is None else question.percent
    details, at = [] if question is None else [_say_question(question), *_say_bands(bands)], ("key_questions", path)
    if expected.band is not None:
        now = _id(question.rating if question else None)
        yield from _mismatch(f"band of {path}", expected.band, now, details, (*at, "band"), now)
    if expected.percent is not None:
        actual = NOT_RATED if percent is None else str(percent)
        yield from _mismatch(f"percent of {path}", str(expected.percent), actual, details, (*at, "percent"), percent)
    if expected.value is not None:
        value = None if question is None else question.value
        said, number = (
            (say_number(expected.value), _say_sum(value)),
            None if value is None else _decimal(Fraction(value)),
        )
        yield from _mismatch(f"value of {path}", *said, details, (*at, "value"), number)
    flags = question.panel if question is not None else ()
    yield from _flag_mismatches(f"panel flags of {path}", expected.panel, flags, details, (*at, "panel"))


def _flag_mismatches(
    what: str, expected: Sequence[str] | None, flags: Sequence[PanelFlag], details: Sequence[str], at: tuple[str, ...]
) -> Iterator[Mismatch]:
    raised = tuple(dict.fromkeys(flag.kind for flag in flags))
    if expected is not None and set(raised) != set(expected):
        reasons = [f"{flag.kind}: {flag.reason}" for flag in flags]
        yield from _mismatch(what, _say_words(expected), _say_words(raised), [*details, *reasons], at, raised)


def _mismatch(
    what: str,
    expected: str,
    actual: str,
    details: Sequence[str],
    at: tuple[str, ...],
    now: str | int | Decimal | tuple[str, ...] | None,
) -> Iterator[Mismatch]:
    if expected != actual:
        yield Mismatch(what, expected, actual, tuple(details), at, now)


def _decimal(value: Fraction) -> Decimal | None:
    """Return a number as a file has it (``None``: it has no end, and no file can say it)."""
    said = say_number(value)
    return Decimal(said) if Fraction(said) == value else None


def _id(rating: Rating | None) -> str:
    return NOT_RATED if rating is None else rating.id


def _say_words(words: Iterable[str]) -> str:
    return f"[{', '.join(words)}]"


def _say_sum(score: Fraction | int | None) -> str:
    return NOT_RATED if score is None else say_number(Fraction(score))


def _say_made(framework: Framework, rule: RatingRule | None, value: Fraction | int | None, scale: str) -> Iterator[str]:
    """Yield how a rating is made: from scores and the bands that they are placed in, or by the parts of its rule."""
    if rule is None or isinstance(rule, SumInBands):
        yield f"{'sum' if rule is None else rule.value} {_say_sum(value)}"
        yield from _say_bands(() if rule is None else rule.bands)
    else:
        yield from say_rating_rule(rule, framework, scale)


def _say_question(question: KeyQuestionResult) -> str:
    share = question.not_rated
    if question.percent is not None:
        share = f"{say_percent(question.percent)}, {_id(question.rating)}"
    elif question.value is not None:
        share = f"{say_number(question.value)}, {_id(question.rating)}"
    return f"{question.path}: {say_counts(question.counts)}: {share}"


def _say_standard(standard: StandardResult) -> str:
    number = None if standard.rating is None else standard.rating.score
    score = "" if number is None else f", score {number}"
    return f"{standard.standard.slug}: {_id(standard.rating)}{score}"


def _say_bands(bands: Iterable[Band]) -> Iterator[str]:
    for band in bands:
        yield f"{say_bound(band, say_number)}: {band.rating}  {band.at.file}:{band.at.line}"
