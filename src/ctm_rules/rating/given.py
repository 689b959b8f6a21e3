"""What a rating is made from (validation): an engine, outcomes, counts and recorded judgements that belong together.

The one place that says what they may be, whichever door they come through: an inspection file, scenarios, Python, or
tables in bulk.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeGuard, cast

from ctm_rules.diagnostics.findings import NOWHERE, Code, Diagnostic, Findings, Location, RequestError, json_pointer
from ctm_rules.engines import AnyEngine, Engine, make_engine, require_engine_name
from ctm_rules.model.answer_words import answer_hint, answers_to, value_hint
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE
from ctm_rules.model.cases import wrong_answer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import is_fact_value, say_python_values, type_fact_value
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework, KeyQuestion, Rating
from ctm_rules.model.outcomes import CaseOutcome
from ctm_rules.phrases import say_count, say_number
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.decisions import PanelDecision, name_of, scale_of
from ctm_rules.rating.results import Population, cases_of_samples
from ctm_rules.validity.names import DUPLICATE_ID, UNKNOWN_NAME, check_known, unknown_name
from ctm_rules.yaml_files.converter import WRONG_WORD
from ctm_rules.yaml_files.marked_yaml import describe

OTHER_FRAMEWORK = Code(
    "other-framework",
    "error",
    what="An engine, outcomes of cases or a result belong to another framework or edition than the one that is given.",
    why="What was decided by other rules would be published as if it had been decided by these.",
    bad="rate_outcomes(edition_2025, outcomes, judged, make_engine(edition_2024))",
    good="rate_outcomes(edition_2025, outcomes, judged, make_engine(edition_2025))",
)


def require_engine_of(framework: Framework, engine: Engine) -> None:
    """Refuse an engine that was made for another framework.

    Raises:
        DiagnosticError: it was.
    """
    if is_made_for(framework, engine):
        return
    other = engine.framework
    of = f"{other.id} {other.edition}"
    here = f"{framework.id} {framework.edition}"
    which = "another declaration of the same edition" if of == here else f"{of} and not for {here}"
    message = f"the engine was made for {which}"
    raise RequestError([OTHER_FRAMEWORK.found(NOWHERE, message, path="/engine", hint="use make_engine(framework)")])


def is_made(engine: AnyEngine) -> TypeGuard[Engine]:
    """Return whether an engine is given itself, which decides by one framework, and not its name or what makes it."""
    return not isinstance(engine, (str, type)) and hasattr(engine, "assess")


def is_made_for(framework: Framework, engine: Engine) -> bool:
    """Return whether an engine that is given itself was made for a framework."""
    return engine.framework is framework or engine.framework.checksum == framework.checksum


def engine_beside(framework: Framework, engine: AnyEngine) -> AnyEngine:
    """Return which engine decides by one of two frameworks, where ``engine`` was given for both.

    One that was made decides by the framework that it was made for alone; by the other one ``auto`` does.
    """
    return "auto" if is_made(engine) and not is_made_for(framework, engine) else engine


def engine_of(framework: Framework, engine: AnyEngine) -> Engine:
    """Return the engine that is meant by a name, by itself or by a function that makes it.

    Raises:
        RequestError: there is none of that name, or it was made for another framework.
        EngineUnavailableError: the engine is not installed here.
        StandardsError: nothing can be decided by the framework.
    """
    if isinstance(engine, str):
        return make_engine(framework, engine)
    made: object = engine
    if not is_made(engine):
        made = engine(framework) if callable(engine) else None
    if not hasattr(made, "assess"):
        require_engine_name(repr(engine))
    decides = cast(Engine, made)
    require_engine_of(framework, decides)
    return decides


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
        raise RequestError([OTHER_FRAMEWORK.found(NOWHERE, message, path="/outcomes", hint=hint)])


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
        at = json_pointer("counts", str(path))
        if path not in framework.key_questions:
            yield unknown_name(NOWHERE, "key question", str(path), list(framework.key_questions), path=at)
        elif not isinstance(counted, Counts):
            message = f"what was counted for {path} is {counted!r}"
            yield BAD_COUNT.found(NOWHERE, message, path=at, hint="use Counts(yes=…, no=…)")
        else:
            for name in _OUTCOMES:
                yield from check_number(getattr(counted, name), f"{name} of {path}", path=f"{at}/{name}")
            yield from check_points(framework, path, counted, path_in=at)


_OUTCOMES = ("yes", "no", "not_applicable", "undetermined", "scored")


def check_points(
    framework: Framework, path: str, counted: Counts, *, at: Location = NOWHERE, path_in: str = ""
) -> Iterator[Diagnostic]:
    """Yield a finding where the counts of a key question do not fit how it is decided: by a rule, or by points."""
    has_points = framework.every_question[path].points is not None
    wrong = ("yes", "no") if has_points else ("scored", "points", "reachable")
    for name in wrong:
        if getattr(counted, name):
            what = "has points and no rule" if has_points else "has a rule and no points"
            hint = "give scored, points and reachable" if has_points else "give yes and no"
            message = f"{path} {what}, and {name} is counted for it"
            yield BAD_COUNT.found(at.of(name), message, path=f"{path_in}/{name}", hint=hint)
    for name in ("points", "reachable"):
        if type(getattr(counted, name)) is not Fraction:
            message = f"{name} of {path} is {getattr(counted, name)!r}, which is no exact number"
            yield BAD_COUNT.found(at.of(name), message, path=f"{path_in}/{name}", hint="use a Fraction")
            return
    if has_points and type(counted.scored) is int and not _is_reachable(framework.points_bounds(path), counted):
        message = f"{path} has {say_number(counted.points)} of {say_number(counted.reachable)} points in "
        message += f"{say_count(counted.scored, 'case')}, which no answers give"
        yield BAD_COUNT.found(at.of("points"), message, path=f"{path_in}/points", hint="correct it")


def _is_reachable(bounds: tuple[Fraction, Fraction], counted: Counts) -> bool:
    """Return whether points lie between 0 and what could be reached, and that within what so many cases could reach."""
    least, most = bounds
    return (
        0 <= counted.points <= counted.reachable
        and least * counted.scored <= counted.reachable <= most * counted.scored
    )


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


def check_population(
    framework: Framework, population: Population, counts: Mapping[str, Counts], cases: int
) -> Iterator[Diagnostic]:
    """Yield a finding for what is wrong with how many cases the inspected ones were drawn from."""
    path = "/population"
    if not isinstance(population, Mapping):
        if population is not None:
            why = f"{say_count(cases, 'case')} were drawn from them"
            yield from check_number(population, "the population", path=path, least=cases, why=why)
        return
    known = [sample.id for sample in framework.samples]
    of_samples = {sample.id: cases for sample, cases in cases_of_samples(framework, counts)}
    for name, number in population.items():
        if name not in known:
            yield unknown_name(NOWHERE, "sample", str(name), known, path=f"{path}/{name}")
            continue
        least = of_samples[name]
        why = f"{say_count(least, 'case')} were drawn from them"
        of = f'the population of the sample "{name}"'
        yield from check_number(number, of, path=f"{path}/{name}", least=least, why=why)


def check_judged(framework: Framework, judged: Mapping[str, str], path: str = "/judged") -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with recorded ratings by the slugs of standards."""
    if not isinstance(judged, Mapping):
        message = f"judgements are given as rating ids by the slug of each standard, not as {judged!r}"
        yield UNKNOWN_NAME.found(NOWHERE, message, path=path, hint='write {"leadership": "good"}')
        return
    for slug, rating in judged.items():
        yield from check_judgement(framework, slug, rating, path=path + json_pointer(str(slug)))


def check_judgement(
    framework: Framework, slug: str, rating: str, *, at: Location = NOWHERE, path: str = ""
) -> Iterator[Diagnostic]:
    """Yield a finding where a rating was recorded for what people do not rate, or is none of its scale.

    ``slug`` is that of a standard, or the address of a key question.
    """
    question = framework.every_question.get(slug)
    if question is not None:
        yield from _check_judged_question(framework, slug, question, rating, at, path)
        return
    standard = framework.standards_by_slug.get(slug)
    if standard is not None and standard.rated_by != "judgement":
        message = f'the standard "{slug}" is rated by cases, and a judgement of it would count for nothing'
        hint = "record what was judged case by case, or leave it out"
        yield UNKNOWN_NAME.found(at.of("standard"), message, path=path, hint=hint)
    elif standard is None:
        known = [standard.slug for standard in framework.standards if standard.rated_by == "judgement"]
        yield unknown_name(at.of("standard"), "standard rated by judgement", str(slug), known, path=path)
    scale = framework.scale(RATINGS if standard is None else standard.scale)
    if rating != NOT_RATED and all(rating != step.id for step in scale):
        yield _no_such_rating(scale, rating, at.of("rating"), path, also=[NOT_RATED])


def _check_judged_question(
    framework: Framework, address: str, question: KeyQuestion, rating: str, at: Location, path: str
) -> Iterator[Diagnostic]:
    if question.rated_by != "judgement":
        message = f'the key question "{address}" is rated by answers, and a judgement of it would count for nothing'
        hint = "record the answers, or declare it rated_by: judgement"
        yield UNKNOWN_NAME.found(at.of("key_question"), message, path=path, hint=hint)
    scale = framework.scale(question.scale)
    if rating != NOT_RATED and all(rating != step.id for step in scale):
        yield _no_such_rating(scale, rating, at.of("rating"), path, also=[NOT_RATED])


def check_answers(
    answers: Mapping[str, AnyAnswer], framework: Framework, path: str = "/answers"
) -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with what was answered of a provider, by address."""
    if not isinstance(answers, Mapping):
        message = f"what was answered of the provider is given by the address of each prompt, not as {answers!r}"
        hint = 'write {"safety.alarms.tested": Answer.YES}'
        yield UNKNOWN_NAME.found(NOWHERE, message, path=path, hint=hint)
        return
    known = framework.provider_prompts
    for name, answer in answers.items():
        at = path + json_pointer(str(name))
        if name not in known:
            yield unknown_name(NOWHERE, "prompt that the provider is asked", str(name), list(known), path=at)
        elif takes := wrong_answer(framework, name, answer):
            message = f'the answer to "{name}" is {answer!r}, which is none that it takes'
            yield BAD_ANSWER.found(NOWHERE, message, path=at, hint=f"use {takes}, or leave it out")


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
            yield unknown_name(
                NOWHERE, "fact of the provider", str(name), list(declared), path=path + json_pointer(str(name))
            )
        elif not is_fact_value(declared[name], value):
            message = f'the fact "{name}" is {value!r}, and it takes {say_python_values(declared[name])}'
            yield BAD_VALUE.found(
                NOWHERE, message, path=path + json_pointer(str(name)), hint="correct it, or leave it out"
            )


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
            written = say_number(value) if isinstance(value, Fraction) else str(value)
            hint = value_hint(declared[name], written, not_known="leave it out where it is not known")
            message = f'the fact "{name}" is {error}, not "{written}"'
            findings.add(BAD_VALUE, at.of(key, name), message, path=name, hint=hint)
    return typed


def read_answers(
    given: Mapping[str, str],
    framework: Framework,
    known: Mapping[str, str],
    at: Location,
    findings: Findings,
    *,
    key: str = "answers",
    kind: str = "prompt",
    missing: str | None = None,
) -> dict[str, AnyAnswer]:
    """Return what a file says was answered, by the address of the prompt; what no prompt takes is reported.

    Args:
        given: words by what the file calls the prompt.
        framework: whose prompts they are.
        known: the addresses of prompts by what the file may call them.
        at: the block of the file that holds them.
        findings: where mistakes go.
        key: the key under which they stand there.
        kind: what is named, in words.
        missing: the word for an answer that is missing (``None``: it is left out).
    """
    answers: dict[str, AnyAnswer] = {}
    for name, word in given.items():
        if not check_known(kind, name, known, at.of_key(key, name), findings) or word == missing:
            continue
        takes = answers_to(framework, known[name])
        if word in takes:
            answers[known[name]] = takes[word]
            continue
        words = [*takes, *([] if missing is None else [missing])]
        said = " or ".join(f'"{each}"' for each in words)
        message = f"this must be {said}, not {describe(word)}"
        findings.add(WRONG_WORD, at.of(key, name), message, path=f"{key}.{name}", hint=answer_hint(word, words))
    return answers


BAD_DECISION = Code(
    "bad-decision",
    "error",
    what="A decision of the ratings panel is none that it can make: it moves a rating further than the framework lets "
    "it, or not at all, does not say what it is about or why, or is about a rating that people give anyway.",
    why="A rating would be published that nobody was entitled to give, or that nobody could account for.",
    bad="decisions:\n  - {standard: assessment, from: inadequate, rating: good, reason: …, who: …, date: …}",
    good="decisions:\n  - {standard: assessment, from: requires_improvement, rating: good, reason: …, who: …, date: …}",
)


def check_decisions(
    framework: Framework, decisions: Sequence[PanelDecision], path: str = "decisions"
) -> Iterator[Diagnostic]:
    """Yield a finding for everything that is wrong with what a ratings panel decided.

    Whether the rating that it moved is still the one that is computed, only the rating can say.
    """
    seen: set[object] = set()
    for number, decision in enumerate(decisions):
        here = f"{path}/{number}"
        if not isinstance(decision, PanelDecision):
            hint = "use PanelDecision(…)"
            yield BAD_DECISION.found(NOWHERE, f"a decision is given as {decision!r}", path=here, hint=hint)
            continue
        found = [*_check_decision(framework, decision, here)]
        yield from found
        if not found and decision.place in seen:
            message = f"there is a second decision on {name_of(framework, decision.place)}"
            yield DUPLICATE_ID.found(decision.at, message, path=here, hint="keep one of them")
        seen.add(decision.place)


def _check_decision(framework: Framework, decision: PanelDecision, path: str) -> Iterator[Diagnostic]:
    at = decision.at
    if sum([decision.standard is not None, decision.domain is not None, decision.overall]) != 1:
        hint = "write one of standard: …, domain: … and overall: yes"
        yield BAD_DECISION.found(at, "a decision is about one rating", path=path, hint=hint)
        return
    for key in ("reason", "who"):
        if not str(getattr(decision, key)).strip():
            message, hint = f"a decision of the panel has no {key}", f"write {key}: …"
            yield BAD_DECISION.found(at.of(key), message, path=f"{path}/{key}", hint=hint)
    if not isinstance(decision.date, datetime.date):
        message = f"the day of a decision is {decision.date!r}"
        yield BAD_DECISION.found(at.of("date"), message, path=f"{path}/date", hint="use a datetime.date")
    known = _movable(framework)
    level, name = decision.place
    if name not in known[level]:
        yield _not_movable(framework, decision, known[level], path)
        return
    scale = framework.scale(scale_of(framework, decision.place))
    steps = [step.id for step in scale]
    named = {"from": decision.was, "rating": decision.rating}
    unknown = [key for key, rating in named.items() if rating not in steps]
    for key in unknown:
        yield _no_such_rating(scale, named[key], at.of(key), f"{path}/{key}")
    if unknown:
        return
    moved, allowed = (
        abs(steps.index(decision.was) - steps.index(decision.rating)),
        getattr(framework.panel.may_move, level),
    )
    what = "the overall rating" if decision.overall else name_of(framework, decision.place)
    if not moved:
        message, hint = f"the decision on {what} moves nothing", "delete it, or write what it was moved to"
        yield BAD_DECISION.found(at.of("rating"), message, path=f"{path}/rating", hint=hint)
    elif moved > allowed:
        may = f"within {say_count(allowed, 'step')}" if allowed else "not at all"
        message = f"the decision moves {what} by {say_count(moved, 'step')}, and a panel may move it {may}"
        hint = f"correct the rating, or the framework: panel: {{may_move: {{{level}: {moved}}}}}"
        yield BAD_DECISION.found(at.of("rating"), message, path=f"{path}/rating", hint=hint)


def _movable(framework: Framework) -> dict[str, list[str]]:
    """Return by level the names of what a panel could move the rating of: what is rated by a rule."""
    placed = [*framework.placed_rules()]
    levels = {"standards": "standard", "domains": "domain", "overall": "overall"}
    return {key: [each.element for each in placed if each.level == level] for key, level in levels.items()}


def _not_movable(framework: Framework, decision: PanelDecision, known: list[str], path: str) -> Diagnostic:
    level, name = decision.place
    standard = framework.standards_by_slug.get(name) if level == "standards" else None
    if standard is not None and standard.rated_by == "judgement":
        message = f'the standard "{name}" is rated by judgement, which people give anyway'
        hint = "record the rating under judgements, with the reason as its rationale"
        return BAD_DECISION.found(decision.at.of("standard"), message, path=path, hint=hint)
    if level == "overall":
        message, hint = "the framework gives no overall rating that a panel could move", "delete the decision"
        return BAD_DECISION.found(decision.at.of("overall"), message, path=path, hint=hint)
    key = "standard" if level == "standards" else "domain"
    is_declared = standard is not None or name in [domain.id for domain in framework.domains]
    if is_declared:
        message, hint = f'the {key} "{name}" has no rating that a panel could move', "delete the decision"
        return BAD_DECISION.found(decision.at.of(key), message, path=path, hint=hint)
    return unknown_name(decision.at.of(key), key, name, known, path=path)


def _no_such_rating(
    scale: Sequence[Rating], rating: str, at: Location, path: str, *, also: Sequence[str] = ()
) -> Diagnostic:
    """Return the finding that a rating is no step of a scale; where it is the label of one, its id is meant.

    ``also`` is what may be given beside the steps.
    """
    labelled = [known.id for known in scale if str(rating).casefold() == known.label.casefold()]
    if labelled:
        message = f'"{rating}" is the label of a rating, and its id is meant'
        return UNKNOWN_NAME.found(at, message, path=path, hint=f'write "{labelled[0]}"')
    return unknown_name(at, "rating", str(rating), [*(step.id for step in scale), *also], path=path)
