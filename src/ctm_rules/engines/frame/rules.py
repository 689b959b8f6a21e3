"""The frame engine: a framework's rules lowered to dataframe expressions, the same answers for millions of cases.

A rule becomes formulas over whole columns (see :class:`~ctm_rules.engines.frame.columns.Lowered`), compiled from the
tree of the declaration itself and computed by the library that the table belongs to.
"""

from __future__ import annotations

import operator
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, assert_never

import narwhals.stable.v2 as nw
from attrs import evolve, frozen

from ctm_rules.case_files.cells import TEMPORARY
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.frame.columns import Columns, Lowered
from ctm_rules.engines.frame.formulas import Formula, Language, in_pairs, language_of, select
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
    prompts_in,
    walk,
)
from ctm_rules.model.framework import Framework, KeyQuestion
from ctm_rules.model.outcomes import COUNTED, Outcome

Table = nw.LazyFrame[typing.Any]
"""A table of any dataframe library; nothing of it is computed before it is asked for."""

RECOGNISED = f"{TEMPORARY}recognised"
_DECIDED = (Outcome.YES, Outcome.NO, Outcome.UNDETERMINED)
_SCORED = (Outcome.SCORED, Outcome.UNDETERMINED)


@frozen
class LoweredAnswer:
    """One answer to a prompt of a key question that has points: where it counts, and what it adds.

    Attributes:
        given: where the case is scored, the prompt counts, and this is its answer.
        weight: how many times the score counts.
        score, highest: the score of the answer, and the highest that an answer to the prompt has.
    """

    given: Formula
    weight: int
    score: int
    highest: int


class LoweredFramework:
    """A framework lowered for the columns of one table.

    Attributes:
        columns: what is read from the table, and what is wrong with its columns.
        outcomes: where each key question, by its address, is yes or no, undetermined or not applicable. One that has
            points is met where it is scored.
        not_asked: where each key question that is asked of a sample is not asked; it has no outcome there.
        answers: of each key question that has points, every answer to each of its prompts.
    """

    def __init__(self, framework: Framework, columns: Columns) -> None:
        self.framework = framework
        self.columns = columns
        self.not_asked: dict[str, Formula] = {}
        self.answers: dict[str, tuple[LoweredAnswer, ...]] = {}
        self.outcomes = {path: self._outcome(path, question) for path, question in framework.key_questions.items()}
        for path, answers in self.answers.items():
            scored = self.outcomes[path].met
            self.answers[path] = tuple(evolve(each, given=scored & each.given) for each in answers)
        self.columns.recognise_ids()

    @property
    def recognised(self) -> Formula:
        """Where every value that is read has a meaning."""
        return self.columns.formulas.all_of(each.formula for each in self.columns.recognised.values())

    def condition(self, condition: Condition) -> Lowered:
        """Return a condition that looks only at facts."""
        return self._clause(condition, {})

    def drawn(self, meaning: str) -> Formula:
        """Return where a case may be of the sample that something is asked of; see ``WhatCounts.is_drawn``."""
        sample = self.framework.sample_of(meaning)
        return self.columns.formulas.always if sample is None else ~self.condition(sample.when).failed

    def _outcome(self, path: str, question: KeyQuestion) -> Lowered:
        sample = self.framework.samples_asked.get(path)
        if sample is None:
            return self._outcome_where_asked(path, question)
        drawn = self.condition(sample.when)
        self.not_asked[path] = drawn.failed
        outcome = self._outcome_where_asked(path, question, drawn)
        asked = ~drawn.failed
        return Lowered(asked & outcome.met, asked & outcome.failed, asked & outcome.unknown)

    def _outcome_where_asked(self, path: str, question: KeyQuestion, drawn: Lowered | None = None) -> Lowered:
        absent_before = dict(self.columns.absent)
        by_rule = self._by_rule(path, question)
        if drawn is not None:
            known = drawn.met
            by_rule = Lowered(known & by_rule.met, known & by_rule.failed, drawn.unknown | (known & by_rule.unknown))
        if question.points is not None:
            return by_rule
        prompts = plan_question(self.framework, path).prompt_paths
        if self.columns.has(path) and not any(map(self.columns.has, prompts)):
            # People recorded the outcomes themselves, so nobody needs the answers behind them.
            self.columns.absent = absent_before
        return self.columns.judged(path, by_rule)

    def _by_points(self, path: str, question: KeyQuestion) -> Lowered:
        """Return where a key question is scored (``met``) and undetermined, and note what each answer adds."""
        formulas = self.columns.formulas
        prompts: list[Lowered] = []
        answers: list[LoweredAnswer] = []
        for prompt in question.prompts:
            given, answered = self.columns.steps(f"{path}.{prompt.id}")
            counts = self._where(prompt.applies_when, answered)
            prompts.append(counts)
            highest = self.framework.highest_of(prompt)
            answers += [
                LoweredAnswer(counts.met & given[word], prompt.weight, score, highest)
                for word, score in self.framework.scores_of(prompt).items()
            ]
        self.answers[path] = tuple(answers)
        unknown = formulas.any_of(prompt.unknown for prompt in prompts)
        counted = formulas.any_of(prompt.met for prompt in prompts)
        return self._where(question.applies_when, Lowered(counted & ~unknown, formulas.never, unknown))

    def _by_rule(self, path: str, question: KeyQuestion) -> Lowered:
        if question.points is not None:
            return self._by_points(path, question)
        read = plan_question(self.framework, path).prompt_paths
        prompts = {
            prompt.id: self._where(prompt.applies_when, self.columns.answer(f"{path}.{prompt.id}"))
            for prompt in question.prompts
            if f"{path}.{prompt.id}" in read
        }
        lowered = self._rule(question.rule_for(None), prompts)
        if question.variants:
            lowered = self._by_variant(question, lowered, prompts)
        return self._where(question.applies_when, lowered)

    def _by_variant(self, question: KeyQuestion, usual: Lowered, prompts: Mapping[str, Lowered]) -> Lowered:
        """Return a question decided by the rule of each case's variant, unknown where facts are missing to tell it.

        A variant is a case's own where it is met and all before it are not; it is possible where it is met or
        unknown and none before it is met.
        """
        formulas = self.columns.formulas
        own: list[tuple[Formula, Lowered]] = []
        possible = formulas.never
        none_met, all_failed = formulas.always, formulas.always
        for variant in self.framework.variants:
            when = self.condition(variant.when)
            if variant.id in question.variants:
                rule = self._rule(question.rule_for(variant.id), prompts)
                own.append((all_failed & when.met, rule))
                possible |= none_met & ~when.failed
            none_met &= ~when.met
            all_failed &= when.failed
        known = formulas.any_of(where for where, _ in own)
        own.append((~possible, usual))
        return Lowered(
            formulas.any_of(where & rule.met for where, rule in own),
            formulas.any_of(where & rule.failed for where, rule in own),
            formulas.any_of([possible & ~known, *(where & rule.unknown for where, rule in own)]),
        )

    def _where(self, applies_when: Condition | None, clause: Lowered) -> Lowered:
        """Return a clause that drops out where it does not apply, and is unknown where nobody can tell."""
        if applies_when is None:
            return clause
        applies = self.condition(applies_when)
        return Lowered(
            applies.met & clause.met,
            applies.met & clause.failed,
            (applies.met & clause.unknown) | (applies.unknown & clause.applies),
        )

    def _rule(self, rule: Condition, prompts: Mapping[str, Lowered]) -> Lowered:
        """Return a rule at its root, where facts alone never answer a question about prompts."""
        clause = self._clause(rule, prompts)
        read = [prompts[prompt] for prompt in prompts_in(rule)]
        if not read or not any(isinstance(node, FactTest) for node in walk(rule)):
            return clause
        formulas = self.columns.formulas
        answered = formulas.any_of(prompt.met | prompt.failed for prompt in read)
        unanswered = ~answered & formulas.any_of(prompt.unknown for prompt in read)
        return Lowered(answered & clause.met, answered & clause.failed, unanswered | (answered & clause.unknown))

    def _clause(self, condition: Condition, prompts: Mapping[str, Lowered]) -> Lowered:
        match condition:
            case PromptIsYes(prompt):
                return prompts[prompt]
            case FactTest():
                return self.columns.fact(condition)
            case RatedAs() | CountRated():
                raise about_ratings(condition)
            case Not(clause):
                return ~self._clause(clause, prompts)
            case AllOf() | AnyOf() | AtLeast() | AtLeastPercent():
                return self._counted(condition, [self._clause(clause, prompts) for clause in condition.of])
            case never:
                assert_never(never)

    def _counted(self, condition: AllOf | AnyOf | AtLeast | AtLeastPercent, below: Sequence[Lowered]) -> Lowered:
        """Return a clause that is decided by how many of the clauses below it are met."""
        formulas = self.columns.formulas
        met = formulas.any_of(clause.met for clause in below)
        failed = formulas.any_of(clause.failed for clause in below)
        unknown = formulas.any_of(clause.unknown for clause in below)
        if isinstance(condition, AllOf):
            return Lowered(met & ~(failed | unknown), failed, unknown & ~failed)
        if isinstance(condition, AnyOf):
            return Lowered(met, failed & ~(met | unknown), unknown & ~met)
        possible = [clause.met | clause.unknown for clause in below]
        if isinstance(condition, AtLeastPercent):
            enough = self._share(condition.percent, [clause.met for clause in below], below)
            can_be = self._share(condition.percent, possible, below)
            return Lowered(enough & (met | failed | unknown), ~can_be, can_be & ~enough)
        if not isinstance(condition, AtLeast):
            assert_never(condition)
        enough = formulas.at_least(condition.count, [clause.met for clause in below]) | (met & ~(failed | unknown))
        too_few = failed & ~formulas.at_least(condition.count, possible)
        return Lowered(enough, too_few, (failed | unknown) & ~(enough | too_few))

    def _share(self, percent: int, clauses: Sequence[Formula], below: Sequence[Lowered]) -> Formula:
        """Return whether so many per cent of the clauses that apply are among some clauses (none apply: they are)."""
        formulas = self.columns.formulas
        apply = [clause.met | clause.failed | clause.unknown for clause in below]
        # As more apply, no fewer are needed: it is enough that each number of them that apply is answered for.
        return formulas.all_of(
            ~formulas.at_least(number, apply) | formulas.at_least(-(-percent * number // 100), clauses)
            for number in range(1, len(below) + 1)
        )


# --- outcomes --------------------------------------------------------------------------------------


def as_table(frame: object) -> Table:
    """Return a dataframe of any library that Narwhals knows as a table.

    Raises:
        TypeError: it is no dataframe.
    """
    table: nw.DataFrame[typing.Any] | Table = nw.from_native(frame)
    return table.lazy()


def assess_table(lowered: LoweredFramework, table: Table, keep: Sequence[str]) -> Table:
    """Return the columns to keep, the outcomes of every key question by its address, and one more column.

    That column says in which rows every value that was read has a meaning; one that has none counts as missing.
    """
    carried = list(keep) or [carrier(lowered, table)]
    wanted = flags(lowered) | answer_flags(lowered) | {RECOGNISED: lowered.recognised}
    table = lowered.columns.formulas.compute(table, carried, wanted)
    language = language_of(table)
    scored = [Outcome.SCORED] if lowered.answers else []
    words = [outcome.value for outcome in (*COUNTED, *scored, *([Outcome.NOT_ASKED] if lowered.not_asked else ()))]
    # PyArrow has dictionaries instead of enumerations.
    category = nw.Categorical() if table.implementation.is_pyarrow() else language.Enum(words)

    def written(outcome: Outcome) -> nw.Expr:
        word: nw.Expr = language.lit(outcome.value, **({} if language is nw else {"dtype": category}))
        return word

    def outcome_of(path: str) -> nw.Expr:
        chain = language
        decided = _SCORED if path in lowered.answers else _DECIDED
        for outcome in (*decided, *([Outcome.NOT_ASKED] if path in lowered.not_asked else ())):
            chain = chain.when(language.col(_flag(path, outcome))).then(written(outcome))
        outcomes: nw.Expr = chain.otherwise(written(Outcome.NOT_APPLICABLE))
        return (outcomes.cast(category) if language is nw else outcomes).alias(path)

    def sums_of(path: str) -> list[nw.Expr]:
        """Return the sums of a case by the names of their columns; nothing where it is not scored."""
        is_scored = language.col(_flag(path, Outcome.SCORED))
        question = lowered.framework.key_questions[path]
        sums = sums_of_case(lowered, path, language)
        return [language.when(is_scored).then(sums[of]).alias(name) for name, of in sum_columns(path, question).items()]

    made = [
        expression for path in lowered.outcomes for expression in (outcome_of(path), *_sums(path, lowered, sums_of))
    ]
    return select(table, *keep, *made, RECOGNISED)


def _sums(path: str, lowered: LoweredFramework, sums_of: Callable[[str], list[nw.Expr]]) -> list[nw.Expr]:
    return sums_of(path) if path in lowered.answers else []


Sum = Literal["reached", "reachable", "weights"]
"""What is added up of a case that is scored: scores and the highest there could be, as often as they count; weights."""


def sum_columns(path: str, question: KeyQuestion) -> dict[str, Sum]:
    """Return which sums of a case are returned beside the outcome of a key question that has points, by column."""
    if question.points is None:
        return {}
    of: list[Sum] = ["reached", "reachable"]
    if question.points.value == "mean":
        of.append("weights")
    return {f"{path}.{each}": each for each in of}


def assessed_columns(framework: Framework) -> dict[str, Sum | None]:
    """Return the columns that hold what cases come to: outcomes (``None``), and sums where there are points."""
    columns: dict[str, Sum | None] = {}
    for path, question in framework.key_questions.items():
        columns[path] = None
        columns |= sum_columns(path, question)
    return columns


def sums_of_case(lowered: LoweredFramework, path: str, language: Language) -> dict[Sum, nw.Expr]:
    """Return the sums of each case, 0 where it is not scored; what they add up is computed already."""
    flags_of = [
        (language.col(name).cast(language.Int64), each) for name, each in _answers_by_flag(lowered, path).items()
    ]

    def total(added: Callable[[LoweredAnswer], int]) -> nw.Expr:
        terms = [flag * added(each) for flag, each in flags_of if added(each)]
        added_up: nw.Expr = in_pairs(terms or [language.lit(0)], operator.add)
        return added_up

    return {
        "reached": total(lambda each: each.weight * each.score),
        "reachable": total(lambda each: each.weight * each.highest),
        "weights": total(lambda each: each.weight),
    }


def answer_flags(lowered: LoweredFramework) -> dict[str, Formula]:
    """Return, by column name, the formulas that say of each row which answers count in its points."""
    found: dict[str, Formula] = {}
    for path in lowered.answers:
        found |= {name: each.given for name, each in _answers_by_flag(lowered, path).items()}
    return found


def _answers_by_flag(lowered: LoweredFramework, path: str) -> dict[str, LoweredAnswer]:
    place = list(lowered.answers).index(path)
    return {f"{TEMPORARY}answer_{place}_{number}": each for number, each in enumerate(lowered.answers[path])}


def flags(lowered: LoweredFramework) -> dict[str, Formula]:
    """Return, by column name, the formulas that say of each row which outcome each key question has."""
    flags: dict[str, Formula] = {}
    for path, outcome in lowered.outcomes.items():
        if path in lowered.answers:
            flags[_flag(path, Outcome.SCORED)] = outcome.met
        else:
            flags[_flag(path, Outcome.YES)] = outcome.met
            flags[_flag(path, Outcome.NO)] = outcome.failed
        flags[_flag(path, Outcome.UNDETERMINED)] = outcome.unknown
        if path in lowered.not_asked:
            flags[_flag(path, Outcome.NOT_ASKED)] = lowered.not_asked[path]
    return flags


def _flag(path: str, outcome: Outcome) -> str:
    return f"{TEMPORARY}{path}.{outcome}"


def carrier(lowered: LoweredFramework, table: Table) -> str:
    """Return a column that gives a table its length, one that is read anyway where there is one."""
    read = [each.column for each in lowered.columns.recognised.values()]
    return (read or table.collect_schema().names())[0]
