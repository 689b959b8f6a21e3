"""What a rating is made from (validation): an engine, outcomes, counts and recorded judgements that belong together.

The one place that says what they may be, whichever door they come through: an inspection file, scenarios, Python, or
tables in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import fields

from ctm_rules.diagnostics.findings import NOWHERE, Code, Diagnostic, DiagnosticError, Findings, Location
from ctm_rules.engines.base import Engine
from ctm_rules.model.answer_words import value_hint
from ctm_rules.model.case_values import BAD_VALUE
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import is_fact_value, say_python_values, type_fact_value
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework
from ctm_rules.model.outcomes import CaseOutcome
from ctm_rules.phrases import say_count
from ctm_rules.rating.results import Counts
from ctm_rules.validity.names import UNKNOWN_NAME, check_known, unknown_name

OTHER_FRAMEWORK = Code(
    "other-framework",
    "error",
    what="An engine, or outcomes of cases, belong to another framework or edition than the one that is rated by.",
    why="What was decided by other rules would be published as if it had been decided by these.",
    bad="rate_outcomes(edition_2025, outcomes, judged, make_engine(edition_2024))",
    good="rate_outcomes(edition_2025, outcomes, judged, make_engine(edition_2025))",
)


def require_engine_of(framework: Framework, engine: Engine) -> None:
    """Refuse an engine that was made for another framework.

    Raises:
        DiagnosticError: it was.
    """
    other = engine.framework
    if other is framework or other.checksum == framework.checksum:
        return
    of = f"{other.id} {other.edition}"
    here = f"{framework.id} {framework.edition}"
    which = "another declaration of the same edition" if of == here else f"{of} and not for {here}"
    message = f"the engine was made for {which}"
    raise DiagnosticError([OTHER_FRAMEWORK.found(NOWHERE, message, path="/engine", hint="use make_engine(framework)")])


def require_outcomes_of(framework: Framework, outcomes: Iterable[CaseOutcome]) -> None:
    """Refuse outcomes of cases that were decided by another framework.

    Raises:
        DiagnosticError: some were; says how many, and which is the first.
    """
    own, asked = framework.checksum, framework.key_questions.keys()
    odd = [
        case.case for case in outcomes if (case.framework and case.framework != own) or case.questions.keys() != asked
    ]
    if odd:
        message = f'the outcome of case "{odd[0]}" was not decided by {framework.id} {framework.edition}'
        message += f", and {say_count(len(odd) - 1, 'other')} neither" if len(odd) > 1 else ""
        hint = "assess the cases with an engine of this framework: make_engine(framework)"
        raise DiagnosticError([OTHER_FRAMEWORK.found(NOWHERE, message, path="/outcomes", hint=hint)])


BAD_COUNT = Code(
    "bad-count",
    "error",
    what="A number of cases is none: it is below nought, no whole number, or smaller than a part of it.",
    why="A share that nobody counted would be placed in a band.",
    bad='{"assessment.safety": Counts(yes=20, no=-8)}',
    good='{"assessment.safety": Counts(yes=20, no=8)}',
)


def check_counts(framework: Framework, counts: Mapping[str, Counts]) -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with counts by the addresses of key questions."""
    if not isinstance(counts, Mapping):
        message = f"counts are given by the address of each key question, not as {counts!r}"
        yield BAD_COUNT.found(NOWHERE, message, path="/counts", hint='write {"assessment.safety": Counts(yes=1)}')
        return
    for path, counted in counts.items():
        at = f"/counts/{path}"
        if path not in framework.key_questions:
            yield unknown_name(NOWHERE, "key question", str(path), list(framework.key_questions), path=at)
        elif not isinstance(counted, Counts):
            message = f"what was counted for {path} is {counted!r}"
            yield BAD_COUNT.found(NOWHERE, message, path=at, hint="use Counts(yes=…, no=…)")
        else:
            for name in _OUTCOMES:
                yield from check_number(getattr(counted, name), f"{name} of {path}", path=f"{at}/{name}")


_OUTCOMES = tuple(attribute.name for attribute in fields(Counts))


def check_number(
    number: object, of: str, *, at: Location = NOWHERE, path: str = "", least: int = 0, why: str = ""
) -> Iterator[Diagnostic]:
    """Yield a finding where something is no number of cases, or one below the least; ``why`` says what that is."""
    if type(number) is not int:
        message = f"the number of cases for {of} is {number!r}, which is no whole number"
        yield BAD_COUNT.found(at, message, path=path, hint="use an int")
    elif number < least:
        message = f"the number of cases for {of} is {number}, and {why or 'none is below 0'}"
        yield BAD_COUNT.found(at, message, path=path, hint="correct it")


def check_judged(framework: Framework, judged: Mapping[str, str], path: str = "/judged") -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with recorded ratings by the slugs of standards."""
    if not isinstance(judged, Mapping):
        message = f"judgements are given as rating ids by the slug of each standard, not as {judged!r}"
        yield UNKNOWN_NAME.found(NOWHERE, message, path=path, hint='write {"leadership": "good"}')
        return
    for slug, rating in judged.items():
        yield from check_judgement(framework, slug, rating, path=f"{path}/{slug}")


def check_judgement(
    framework: Framework, slug: str, rating: str, *, at: Location = NOWHERE, path: str = ""
) -> Iterator[Diagnostic]:
    """Yield a finding where a rating was recorded for what is no judged standard, or is none of the scale."""
    standard = framework.standards_by_slug.get(slug)
    if standard is not None and standard.rated_by != "judgement":
        message = f'the standard "{slug}" is rated by cases, and a judgement of it would count for nothing'
        hint = "record what was judged case by case, or leave it out"
        yield UNKNOWN_NAME.found(at.of("standard"), message, path=path, hint=hint)
    elif standard is None:
        known = [standard.slug for standard in framework.standards if standard.rated_by == "judgement"]
        yield unknown_name(at.of("standard"), "standard rated by judgement", str(slug), known, path=path)
    scale = framework.scale(RATINGS if standard is None else standard.scale)
    ids = [step.id for step in scale]
    if rating not in ids and rating != NOT_RATED:
        finding = unknown_name(at.of("rating"), "rating", str(rating), ids, path=path)
        labelled = [known.id for known in scale if str(rating).casefold() == known.label.casefold()]
        if labelled:
            message = f'"{rating}" is the label of a rating, and its id is meant'
            finding = UNKNOWN_NAME.found(at.of("rating"), message, path=path, hint=f'write "{labelled[0]}"')
        yield finding


def check_provider(
    facts: Mapping[str, FactValue], framework: Framework, path: str = "/provider"
) -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with what is given of a provider, by the ids of its facts."""
    if not isinstance(facts, Mapping):
        message = f"what is known about the provider is given by the ids of its facts, not as {facts!r}"
        yield UNKNOWN_NAME.found(NOWHERE, message, path=path, hint='write {"breach": True}')
        return
    declared = framework.provider_facts_by_id
    for name, value in facts.items():
        if name not in declared:
            yield unknown_name(NOWHERE, "fact of the provider", str(name), list(declared), path=f"{path}/{name}")
        elif not is_fact_value(declared[name], value):
            message = f'the fact "{name}" is {value!r}, and it takes {say_python_values(declared[name])}'
            yield BAD_VALUE.found(NOWHERE, message, path=f"{path}/{name}", hint="correct it, or leave it out")


def read_provider(
    given: Mapping[str, FactValue], framework: Framework, at: Location, key: str, findings: Findings
) -> dict[str, FactValue]:
    """Return what a file says of a provider, typed as the facts are declared; what is none of them is reported.

    Args:
        given: values by the ids of facts.
        framework: whose facts they are.
        at: the block of the file that holds them.
        key: the key under which they stand there.
        findings: where mistakes go.
    """
    declared = framework.provider_facts_by_id
    typed: dict[str, FactValue] = {}
    for name, value in given.items():
        if not check_known("fact of the provider", name, declared, at.of_key(key, name), findings):
            continue
        try:
            typed[name] = type_fact_value(declared[name], value)
        except ValueError as error:
            hint = value_hint(declared[name], str(value), not_known="leave it out where it is not known")
            message = f'the fact "{name}" is {error}, not "{value}"'
            findings.add(BAD_VALUE, at.of(key, name), message, path=name, hint=hint)
    return typed
