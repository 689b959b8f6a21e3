"""What the pages show, worked out from the framework: addresses, trees, scenarios, assumptions, the search index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import assert_never

from attrs import frozen

from ctm_rules.diagnostics.catalogue import documented_codes
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.diff.changes import FrameworkChanges
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.docs.pictures import ladder, steps
from ctm_rules.frameworks.finding import FRAMEWORK_FILE, own_editions
from ctm_rules.frameworks.loading import DISK, FileStore, FrameworkSource, build_framework, read_framework
from ctm_rules.model.bands import Band, Banded, choosing_fact, rules_by_value, say_bound
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Condition,
    CountRated,
    FactTest,
    Not,
    PromptIsYes,
    RatedAs,
    about_ratings,
    children,
    facts_in,
)
from ctm_rules.model.elements import Assuming
from ctm_rules.model.fact_values import say_values
from ctm_rules.model.framework import MEASURES, Fact, Framework, KeyQuestion, PlacedBands, PlacedRule, Prompt
from ctm_rules.model.rating_rules import (
    FirstThatHolds,
    RatingRule,
    RatingStep,
    SumInBands,
    TakeRating,
    conditions_of_rule,
)
from ctm_rules.model.rules_in_words import (
    say,
    say_answers,
    say_head,
    say_members,
    say_points,
    say_rating_rule,
    say_step,
    say_value,
)
from ctm_rules.phrases import say_count, say_list, say_number
from ctm_rules.rating.shares import say_percent
from ctm_rules.scenarios.file import QuestionExpectation
from ctm_rules.scenarios.finding import SCENARIOS_FOLDER, find_scenario_files
from ctm_rules.scenarios.resolving import Scenario
from ctm_rules.scenarios.running import ScenarioRunner


@frozen
class Node:
    """One clause of a rule as the tree shows it.

    Attributes:
        kind: ``group``, ``prompt`` or ``fact``.
        text: what it asks for.
        name: the prompt's id (empty for another clause).
        applies: when a prompt is asked (empty: always).
        href: where it is declared, as a link into the copy of the file.
        below: the clauses under it.
    """

    kind: str
    text: str
    name: str
    applies: str
    href: str
    below: tuple[Node, ...]


@frozen
class ChosenTable:
    """Bands that a fact of the provider chooses, as a table.

    Attributes:
        title: what the fact says.
        ratings: the labels of the ratings that they give.
        rows: a value of the fact each, with which values get which of the ratings.
    """

    title: str
    ratings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Assumption:
    """What one declared element assumes: its name, its page, and the keys that the source does not print."""

    what: str
    href: str
    keys: tuple[str, ...]
    declared: str


@frozen
class Entry:
    """One line of the search page."""

    kind: str
    title: str
    text: str
    href: str


@frozen
class SourceFile:
    """A file as the site shows it."""

    page: str
    name: str
    lines: tuple[str, ...]


class Material:
    """Everything that the pages of one framework show.

    Args:
        path: the folder or file of the edition to document. The other editions beside it give the change history,
            the scenarios in its folder stand beside the rules that they test.
        store: what its files are read from.

    Raises:
        DiagnosticError: a file cannot be read or understood.
    """

    def __init__(self, path: Path, store: FileStore = DISK) -> None:
        self._store = store
        source = read_framework(path, store)
        self.framework = build_framework(source)
        editions = [(source, self.framework)] if path.is_file() else [*_editions(path, source, self.framework)]
        editions.sort(key=lambda edition: edition[1].in_force_from)
        self.history: tuple[FrameworkChanges, ...] = tuple(
            compare_frameworks(old, new) for (_, old), (_, new) in pairwise(editions)
        )[::-1]
        folder = source.folder / SCENARIOS_FOLDER
        files = find_scenario_files([folder]) if folder.is_dir() else ()
        self.scenarios: tuple[Scenario, ...] = tuple(
            scenario for file in ScenarioRunner(store=store).read(files) for scenario in file.scenarios
        )
        self.sources: dict[str, SourceFile] = {}
        for edition, framework in editions:
            for file in edition.files:
                self._add_source(file, edition.folder, framework)
        for file in files:
            self._add_source(file, source.folder, self.framework)

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """Every message with its page; gathering them reads the whole library."""
        return documented_codes()

    def _add_source(self, file: Path, folder: Path, framework: Framework) -> None:
        name = f"{framework.edition}/{file.relative_to(folder).as_posix()}"
        page = stem = f"source-{name.replace('/', '-')}"
        taken = {other.page.casefold() for other in self.sources.values()}  # some systems hold A and a to be one
        number = 2
        while f"{page}.html".casefold() in taken:
            page, number = f"{stem}-{number}", number + 1
        text = (self._store.read_bytes(file, Findings()) or b"").decode("utf-8-sig")
        self.sources[str(file)] = SourceFile(f"{page}.html", name, tuple(text.splitlines()))

    # --- links -------------------------------------------------------------------------------------

    def declared(self, at: Location) -> str:
        """Return the link to the line where something is declared (empty where it was not read from a file)."""
        source = self.sources.get(at.file)
        return f"{source.page}#L{at.line}" if source else ""

    def place(self, at: Location) -> str:
        """Return a place as people write it: the file's name and the line."""
        source = self.sources.get(at.file)
        return f"{source.name}:{at.line}" if source else str(at)

    def href(self, address: str) -> str:
        """Return the link to the page of a standard, key question or prompt, by its address."""
        slug, *rest = address.split(".")
        page = f"standard-{slug}.html"
        return f"{page}#{'-'.join(['q' if len(rest) == 1 else 'p', *rest])}" if rest else page

    # --- rules -------------------------------------------------------------------------------------

    def values(self, fact: Fact) -> str:
        """Return in words which values a fact has."""
        said = "one of a list" if fact.type == "choice" else say_values(fact).removesuffix(", as year-month-day")
        return f"{said}, in {fact.unit}" if fact.unit else said

    def say(self, condition: Condition, question: KeyQuestion | None = None) -> str:
        """Return a rule or condition in plain English."""
        return say(condition, self.framework, question)

    def tree(self, condition: Condition, question: KeyQuestion) -> Node:
        """Return the clauses of a key question's rule as a tree."""
        below = tuple(self.tree(clause, question) for clause in children(condition))
        declared = self.declared(condition.at)
        match condition:
            case PromptIsYes(name):
                prompt = next(prompt for prompt in question.prompts if prompt.id == name)
                applies = "" if prompt.applies_when is None else self.say(prompt.applies_when)
                return Node("prompt", prompt.ask, name, applies, declared, ())
            case FactTest():
                return Node("fact", self.say(condition), "", "", declared, ())
            case RatedAs() | CountRated():
                raise about_ratings(condition)
            case AllOf() | AnyOf() | AtLeast() | AtLeastPercent() | Not():
                head = say_head(condition)
                return Node("group", head[:1].upper() + head[1:], "", "", declared, below)
            case never:
                assert_never(never)

    def uses_of_fact(self, fact: str) -> tuple[tuple[str, str], ...]:
        """Return what looks at a fact: words and link for each."""
        found = [(words, href) for words, href, condition in self._conditions() if fact in facts_in(condition)]
        chosen = [("which bands hold", "ratings.html")] if fact in self.framework.choosing_facts else []
        return (*found, *chosen)

    def _conditions(self) -> Iterator[tuple[str, str, Condition | None]]:
        framework = self.framework
        for sample in framework.samples:
            yield f"sample {sample.title}", f"cases.html#sample-{sample.id}", sample.when
        for variant in framework.variants:
            yield f"variant {variant.title}", f"cases.html#variant-{variant.id}", variant.when
        for path, question in framework.every_question.items():
            rules = [question.applies_when, *(rule for _, rule in question.rules)]
            if isinstance(question.rating, FirstThatHolds):
                rules += conditions_of_rule(question.rating)
            yield path, self.href(path), AllOf(tuple(rule for rule in rules if rule is not None))
            for prompt in question.prompts:
                yield f"{path}.{prompt.id}", self.href(f"{path}.{prompt.id}"), prompt.applies_when
        for address, measure in framework.measures_by_path.items():
            yield address, f"cases.html#measure-{measure.id}", measure.applies_when
        for subgroup in framework.subgroups:
            groups = AllOf(tuple(group.when for group in subgroup.groups))
            yield f"sub-group {subgroup.title}", f"cases.html#subgroup-{subgroup.id}", groups

    # --- bands -------------------------------------------------------------------------------------

    def share_picture(self, placed: PlacedBands) -> str:
        """Return the bands of key questions' shares as a picture (nothing where shares are only shown)."""
        return share_picture(self.framework, placed)

    def score_picture(self, placed: PlacedRule) -> str:
        """Return the bands that a rule places scores in as a picture (nothing where it has no bands)."""
        return score_picture(self.framework, placed)

    def chosen_bands(self, rule: Banded, scale: str, unit: str) -> ChosenTable:
        """Return the bands that a fact of the provider chooses, a row for each of its values."""
        rows = rules_by_value(rule)
        fact = self.framework.every_fact[str(choosing_fact(rule))]
        given = dict.fromkeys(band.rating for each in rows.values() for band in each.bands)

        def said(bands: Sequence[Band], rating: str) -> str:
            here = [band for band in bands if band.rating == rating]
            return say_list([say_bound(band, lambda bound: f"{say_number(bound)}{unit}") for band in here], "or") or "–"

        return ChosenTable(
            fact.title,
            tuple(self.framework.rating_on(scale, rating).label for rating in given),
            tuple(
                (say_value(fact, value), tuple(said(each.bands, rating) for rating in given))
                for value, each in rows.items()
            ),
        )

    # --- rating rules ------------------------------------------------------------------------------

    def rated_domains(self) -> tuple[str, ...]:
        """Return the ids of the domains that are rated."""
        return tuple(each.id for each in self.framework.domains if self.framework.rule_of_domain(each) is not None)

    def are_domains_summed(self) -> bool:
        """Return whether every domain that is rated is rated by a sum of scores."""
        rules = [self.framework.rule_of_domain(domain) for domain in self.framework.domains]
        return all(rule is None or _is_plain_sum(rule) for rule in rules)

    def are_standards_rated_by_cases(self) -> bool:
        """Return whether any standard is rated by what was counted of cases."""
        return any(self.framework.rule_of_standard(each) is not None for each in self.framework.standards)

    def is_usual_for_standards(self) -> bool:
        """Return whether a standard takes the lowest rating among its key questions, and no more."""
        rule = self.framework.standard_rating
        return isinstance(rule, TakeRating) and rule.take == "lowest" and rule.of == "key_questions" and not rule.then

    def said_rule(self, rule: RatingRule) -> str:
        """Return how a rating rule makes a rating, in one sentence."""
        return "; ".join(say_rating_rule(rule, self.framework))

    def may_be_moved(self) -> list[str]:
        """Return the ratings that a panel may move, each with by how many steps."""
        may_move = self.framework.panel.may_move
        moved = {
            "the rating of a standard": may_move.standards,
            "that of a domain": may_move.domains,
            "the overall rating": may_move.overall,
        }
        return [f"{what} ({say_count(steps, 'step')})" for what, steps in moved.items() if steps]

    def said_points(self, question: KeyQuestion) -> tuple[str, ...]:
        """Return how points are made of answers and a rating of points, in words, one sentence for each part."""
        return tuple(f"{part[:1].upper()}{part[1:]}." for part in say_points(question, self.framework))

    def said_answers(self, prompt: Prompt) -> str:
        """Return what a prompt with points may be answered, with the scores."""
        return say_answers(prompt, self.framework)

    def said_bound(self, band: Band) -> str:
        """Return which values a band is for."""
        return say_bound(band, say_number)

    def said_step(self, step: RatingStep, scale: str) -> str:
        """Return what a step of a rating rule does, in words."""
        return say_step(step, self.framework, scale=scale)

    def placed(self, level: str, element: str = "") -> PlacedRule:
        """Return the rule that rates an element; the element must be rated by one."""
        rules = self.framework.placed_rules()
        return next(placed for placed in rules if (placed.level, placed.element) == (level, element))

    def said_parts(self, placed: PlacedRule, is_summed: bool) -> tuple[str, ...]:
        """Return the parts of a rating rule in words; that a sum is made was said above where ``is_summed``."""
        rule = placed.rule
        said = say_rating_rule(rule, self.framework, placed.scale)
        said = said[1:] if is_summed and _is_plain_sum(rule) else said
        return tuple(f"{part[:1].upper()}{part[1:]}." for part in said)

    def caption(self, placed: PlacedRule, of: str) -> str:
        """Return the caption of the bands of a rule: of what, and how much there can be."""
        rule = placed.rule
        value = rule.value if isinstance(rule, SumInBands) else "sum"
        words = {"sum": of, "mean": "Bands of the mean of the scores", "percent": "Bands of the per cent of the scores"}
        return f"{words[value]}, out of {self.highest(placed)}"

    def said_members(self, rule: SumInBands | TakeRating) -> str:
        """Return whose ratings a rule looks at, in words."""
        return say_members(rule.of, self.framework)

    def is_plain_sum(self, rule: RatingRule | None) -> bool:
        """Return whether a rule adds up scores, each once, and places the sum."""
        return rule is not None and _is_plain_sum(rule)

    def highest(self, placed: PlacedRule) -> int:
        """Return the highest value that a rule can place in its bands."""
        return _highest(self.framework, placed)

    # --- scenarios ---------------------------------------------------------------------------------

    def scenarios_of(self, address: str) -> tuple[Scenario, ...]:
        """Return the scenarios that expect something of one key question and of no other."""
        return tuple(scenario for scenario in self.scenarios if list(scenario.questions) == [address])

    def other_scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenarios that are about several key questions, or about ratings."""
        return tuple(scenario for scenario in self.scenarios if len(scenario.questions) != 1)

    def expected(self, scenario: Scenario) -> str:
        """Return in short what a scenario expects."""
        expect = scenario.expect
        parts = [
            self._expected_of_question(path, expected, alone=len(scenario.questions) == 1)
            for path, expected in scenario.questions.items()
        ]
        for name, ratings in (("standard", expect.standards), ("domain", expect.domains)):
            parts += [f"{name} {key}: {_words(rating)}" for key, rating in ratings.items()]
        parts += [f"driver of {slug}: {say_list(paths) or 'none'}" for slug, paths in expect.drivers.items()]
        parts += [f"overall: {_words(expect.overall)}"] if expect.overall is not None else []
        of_sums = {f"the domain {domain}": flags for domain, flags in expect.domain_panels.items()}
        of_sums |= {"the overall rating": expect.overall_panel} if expect.overall_panel is not None else {}
        parts += [f"flags of {name}: {_flags(flags)}" for name, flags in of_sums.items()]
        parts += [f"score: {expect.score}"] if expect.score is not None else []
        parts += [f"refused: {expect.diagnostic}"] if expect.diagnostic is not None else []
        return "; ".join(parts)

    def _expected_of_question(self, path: str, expected: QuestionExpectation, *, alone: bool) -> str:
        said = [_words(word) for word in (expected.outcome, expected.band) if word is not None]
        if expected.percent is not None:
            said.append(say_percent(expected.percent))
        if expected.variant is not None:
            said.append(f"variant {_words(expected.variant)}")
        if expected.panel is not None:
            said.append(f"flags: {_flags(expected.panel)}")
        return ", ".join(said) if alone else f"{path}: {', '.join(said)}"

    # --- what is assumed ---------------------------------------------------------------------------

    def assumptions(self) -> tuple[Assumption, ...]:
        """Return everything that is declared and not printed in the source, in the order of the pages."""
        framework = self.framework
        elements: list[tuple[str, str, Assuming]] = [("The framework", "ratings.html", framework)]
        elements += [(f"Fact: {fact.title}", f"cases.html#fact-{fact.id}", fact) for fact in framework.facts]
        elements += [
            (f"Sample: {sample.title}", f"cases.html#sample-{sample.id}", sample) for sample in framework.samples
        ]
        elements += [
            (f"Variant: {variant.title}", f"cases.html#variant-{variant.id}", variant) for variant in framework.variants
        ]
        elements += [
            (f"Measure: {measure.title}", f"cases.html#measure-{measure.id}", measure) for measure in framework.measures
        ]
        for standard in framework.standards:
            elements.append((f"{standard.id} {standard.title}", self.href(standard.slug), standard))
            for question in standard.key_questions:
                path = f"{standard.slug}.{question.id}"
                elements.append((path, self.href(path), question))
                elements += [
                    (f"{path}, variant {variant}", self.href(path), rule) for variant, rule in question.variants.items()
                ]
                elements += [
                    (f"{path}.{prompt.id}", self.href(f"{path}.{prompt.id}"), prompt) for prompt in question.prompts
                ]
        return tuple(
            Assumption(what, href, element.assumed, self.declared(element.at.of("assumed")))
            for what, href, element in elements
            if element.assumed
        )

    # --- search ------------------------------------------------------------------------------------

    def entries(self) -> Iterator[Entry]:
        """Yield a line for everything that has a place of its own in the site."""
        framework = self.framework
        for standard in framework.standards:
            title = f"{standard.id} {standard.title}"
            yield Entry("Standard", title, standard.statement, self.href(standard.slug))
            for theme in standard.themes:
                yield Entry("Theme", theme.title, title, f"{self.href(standard.slug)}#theme-{theme.id}")
            for question in standard.key_questions:
                path = f"{standard.slug}.{question.id}"
                yield Entry("Key question", question.ask, path, self.href(path))
                for prompt in question.prompts:
                    address = f"{path}.{prompt.id}"
                    yield Entry("Prompt", prompt.ask, address, self.href(address))
        for rating in chain.from_iterable(framework.every_scale.values()):
            score = "" if rating.score is None else f"score {rating.score}"
            yield Entry("Rating", rating.label, score, "ratings.html#ratings")
        for fact in framework.facts:
            yield Entry("Fact", fact.title, fact.id, f"cases.html#fact-{fact.id}")
        for sample in framework.samples:
            yield Entry("Sample", sample.title, sample.id, f"cases.html#sample-{sample.id}")
        for variant in framework.variants:
            yield Entry("Variant", variant.title, variant.id, f"cases.html#variant-{variant.id}")
        for measure in framework.measures:
            yield Entry("Measure", measure.title, f"{MEASURES}.{measure.id}", f"cases.html#measure-{measure.id}")
        for subgroup in framework.subgroups:
            yield Entry("Sub-group", subgroup.title, subgroup.id, f"cases.html#subgroup-{subgroup.id}")
        for scenario in self.scenarios:
            yield Entry("Scenario", scenario.name, self.expected(scenario), self.declared(scenario.at))
        for code in self.codes.values():
            yield Entry("Message", code.id, code.what, f"messages.html#{code.id}")


def share_picture(framework: Framework, placed: PlacedBands) -> str:
    """Return the bands of key questions' shares as a picture (nothing where shares are only shown)."""
    declared, scale = placed.bands, placed.scale
    whole = declared.decided_on == "rounded"
    made = steps(framework, declared.bands, 100, whole=whole, said=say_percent, scale=scale)
    return ladder(made, 100, say_percent) if declared.bands else ""


def score_picture(framework: Framework, placed: PlacedRule) -> str:
    """Return the bands that a rule places scores in as a picture (nothing where it has no bands)."""
    rule = placed.rule
    if not isinstance(rule, SumInBands):
        return ""
    highest, whole = _highest(framework, placed), rule.value == "sum"
    return ladder(steps(framework, rule.bands, highest, whole=whole, scale=placed.scale), highest)


def _highest(framework: Framework, placed: PlacedRule) -> int:
    rule = placed.rule
    if not isinstance(rule, SumInBands):
        return 0
    level = placed.level_of(rule.of)
    scores = {name: framework.highest_score(framework.scale_of(level, name)) or 0 for name in placed.members(rule.of)}
    match rule.value:
        case "sum":
            return sum(score * rule.weight_of(name) for name, score in scores.items())
        case "mean":
            return max(scores.values(), default=0)
        case "percent":
            return 100
        case never:
            assert_never(never)


def _editions(path: Path, source: FrameworkSource, framework: Framework) -> Iterator[tuple[FrameworkSource, Framework]]:
    """Yield an edition and the others that lie beside it."""
    yield source, framework
    for folder in own_editions(path.resolve().parent):
        if folder != path.resolve() and (folder / FRAMEWORK_FILE).is_file():
            other = read_framework(folder)
            if other.document.get("id") == framework.id:
                yield other, build_framework(other)


def _flags(flags: Sequence[str]) -> str:
    return say_list([_words(flag) for flag in flags]) or "none"


def _words(identifier: str) -> str:
    return identifier.replace("_", " ")


def _is_plain_sum(rule: RatingRule) -> bool:
    return isinstance(rule, SumInBands) and rule.value == "sum" and not rule.weights
