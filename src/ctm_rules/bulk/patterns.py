"""Groups that look alike: what was counted, recorded and known of them is the same, so that they are rated once.

Few groups are looked at one by one, and many as columns of Polars, which comes to the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from ctm_rules.bulk.judgements import UNKNOWN_GROUP, JudgedGroup, find_judged
from ctm_rules.case_files.cells import TEMPORARY, quote_cell
from ctm_rules.diagnostics.characters import look, say_difference
from ctm_rules.diagnostics.findings import Code, Findings, Location
from ctm_rules.engines.frame.case_ids import looks
from ctm_rules.engines.frame.counts import Grouping
from ctm_rules.engines.frame.tallies import Tallies, Tally, TallyTable, all_differ
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.framework import Framework
from ctm_rules.model.reading import cell_text
from ctm_rules.phrases import say_count, say_list
from ctm_rules.validity.readings import OPTIONS

if TYPE_CHECKING:
    import polars as pl


@frozen
class Pattern:
    """What is the same of groups that look alike.

    Attributes:
        tally: the number of ``cases``, and of each outcome.
        ratings: recorded ratings by the slug of the standard, or the address of the key question.
        facts: what is known about the provider, by the id of the fact.
        answers: what was answered once, of the provider, by the address of the prompt.
    """

    tally: Tally
    ratings: Mapping[str, str]
    facts: Mapping[str, FactValue]
    answers: Mapping[str, AnyAnswer]


@frozen
class Patterns:
    """Groups in the order in which they are listed, by what they look like.

    Attributes:
        keys: for each thing that was grouped by, the value of every group.
        patterns: what groups look like, each once.
        of: for every group, which of the patterns it has.
    """

    keys: tuple[Sequence[object], ...]
    patterns: tuple[Pattern, ...]
    of: Sequence[int]


def find_patterns(
    framework: Framework,
    groupings: Sequence[Grouping],
    tallies: Tallies,
    recorded: Sequence[JudgedGroup],
    at: Location,
    findings: Findings,
) -> Patterns:
    """Return what groups look like.

    Args:
        framework: what is rated by.
        groupings: what cases are grouped by, and the columns that say what is known of the provider.
        tallies: what was counted.
        recorded: what is recorded of each group beside the table.
        at: the table.
        findings: where mistakes go: what is recorded of no group or twice, groups that look the same, and columns that
            say two things of a group (nothing is then known of it).
    """
    by = [grouping for grouping in groupings if not grouping.is_known]
    columns = {grouping.name: grouping.column for grouping in groupings if grouping.is_known}
    _refuse_both(columns, recorded, findings)
    if isinstance(tallies, TallyTable) and by:
        return _Many(framework, by, tallies, columns).patterns(recorded, at, findings)
    return _one_by_one(framework, by, tallies, columns, recorded, at, findings)


def _refuse_both(columns: Mapping[str, str], recorded: Sequence[JudgedGroup], findings: Findings) -> None:
    """Report what is given in a column of the table and beside it."""
    given: dict[str, JudgedGroup] = {}
    for each in recorded:
        for name in (*each.ratings, *each.facts, *each.answers):
            given.setdefault(name, each)
    for name, column in columns.items():
        if name in given:
            message = f'"{name}" is given twice: in the column "{column}" of the table, and beside it'
            findings.add(UNKNOWN_GROUP, given[name].at, message, path=given[name].path, hint="keep one of them")


DIFFERS_IN_GROUP = Code(
    "differs-in-group",
    "error",
    what="A column that says what is known of the provider, or how it was judged, says two things of one group.",
    why="Nobody could tell which of them holds, so that neither is used.",
    bad="provider,leadership,assessment.safety.victims\nNorth,good,yes\nNorth,inadequate,no",
    good="provider,leadership,assessment.safety.victims\nNorth,good,yes\nNorth,good,no",
)


def _differs(column: str, group: Sequence[object], said: Sequence[str], more: int, at: Location) -> Findings:
    """Return the finding that a column says several things of a group, and of some more."""
    findings = Findings()
    of = f'of the group "{", ".join(map(cell_text, group))}"' if group else "of all cases together"
    texts = say_list([quote_cell(text) for text in said])
    message = f'the column "{column}" says {texts} {of}'
    message += f", and differs within {say_count(more, 'other group')}" if more else ""
    hint = "put it right, group by the provider, or leave the column out"
    findings.add(DIFFERS_IN_GROUP, at, message, path=column, hint=hint)
    return findings


def _pattern(framework: Framework, tally: Tally, known: Mapping[str, object], recorded: JudgedGroup | None) -> Pattern:
    facts = {name: value for name, value in known.items() if name in framework.provider_facts_by_id}
    answers = {
        name: answers_to(framework, name)[str(word)]
        for name, word in known.items()
        if name in framework.provider_prompts
    }
    ratings = {name: str(rating) for name, rating in known.items() if name not in facts and name not in answers}
    if recorded is None:
        return Pattern(tally, ratings, cast(Mapping[str, FactValue], facts), answers)
    return Pattern(
        tally,
        {**ratings, **recorded.ratings},
        cast(Mapping[str, FactValue], {**facts, **recorded.facts}),
        {**answers, **recorded.answers},
    )


# --- one by one --------------------------------------------------------------------------------------


@frozen
class _Group:
    """What was counted and is known of one group."""

    tally: Counter[str] = field(factory=Counter)
    known: dict[str, dict[object, None]] = field(factory=dict)


def _one_by_one(
    framework: Framework,
    by: Sequence[Grouping],
    tallies: Tallies,
    columns: Mapping[str, str],
    recorded: Sequence[JudgedGroup],
    at: Location,
    findings: Findings,
) -> Patterns:
    groups: dict[tuple[object, ...], _Group] = {}
    for key, tally in tallies.items():
        group = groups.setdefault(key.group, _Group())
        group.tally.update(tally)
        for name, value in key.known:
            group.known.setdefault(name, {})[value] = None
    if not by:
        groups.setdefault((), _Group())  # all cases together are a group, even where there are none
    for name, column in columns.items():
        odd = {each: group.known[name] for each, group in groups.items() if len(group.known.get(name, ())) > 1}
        for of_group, said in list(odd.items())[:1]:
            findings.extend(_differs(column, of_group, sorted(map(cell_text, said)), len(odd) - 1, at))
    judged = find_judged(recorded, groups, findings)
    check_look([grouping.name for grouping in by], groups, findings)

    def place(group: tuple[object, ...]) -> list[tuple[Any, ...]]:
        return [grouping.place(value) for grouping, value in zip(by, group, strict=True)]

    listed = sorted(groups, key=place)
    numbers: dict[tuple[object, ...], int] = {}
    patterns: list[Pattern] = []
    of: list[int] = []
    for each in listed:
        group = groups[each]
        known = {name: next(iter(said)) for name, said in group.known.items() if len(said) == 1}
        pattern = _pattern(framework, group.tally, known, judged.get(each))
        # What differs in kind alone, as True and 1 do, is not alike.
        alike = (
            frozenset(group.tally.items()),
            frozenset(pattern.ratings.items()),
            frozenset((name, type(value), value) for name, value in pattern.facts.items()),
            frozenset(pattern.answers.items()),
        )
        number = numbers.setdefault(alike, len(patterns))
        if number == len(patterns):
            patterns.append(pattern)
        of.append(number)
    keys = tuple([each[number] for each in listed] for number in range(len(by)))
    return Patterns(keys, tuple(patterns), of)


SAME_LOOK = Code(
    "same-look",
    "error",
    what="Two groups of cases have names that look the same and differ in a character that people cannot see, or take "
    "for another.",
    why="The cases of one group would be rated as two, and neither rating would be right.",
    bad="provider\nNorth-East\nNorth\N{NON-BREAKING HYPHEN}East",
    good="provider\nNorth-East\nNorth-East",
)


def check_look(names: Sequence[str], groups: Iterable[tuple[object, ...]], findings: Findings) -> None:
    """Report groups that nobody can tell apart by looking at them."""
    seen: dict[tuple[object, ...], tuple[object, ...]] = {}
    for group in groups:
        seen_as = tuple(look(value.strip()) if isinstance(value, str) else value for value in group)
        other = seen.setdefault(seen_as, group)
        if other is not group:
            said = [", ".join(map(str, each)) for each in (other, group)]
            one, odd = sorted(said, key=lambda name: name != look(name))  # the one that is as it is typed first
            message = f"the groups “{one}” and “{odd}” of {say_list(list(names))} look the same"
            findings.add(SAME_LOOK, OPTIONS, message, path="/by", hint=say_difference(one, odd))


# --- many at once --------------------------------------------------------------------------------------

_RECORDED = f"{TEMPORARY}recorded"
_MOST_NUMBERS = 2**62


class _Many:
    """Many groups, as columns of Polars."""

    def __init__(
        self, framework: Framework, by: Sequence[Grouping], tallies: TallyTable, columns: Mapping[str, str]
    ) -> None:
        self._framework = framework
        self._by = by
        self._tallies = tallies
        self._columns = columns
        self._groups = tallies.groups

    def patterns(self, recorded: Sequence[JudgedGroup], at: Location, findings: Findings) -> Patterns:
        frame = self._one_row_each(self._tallies.frame, at, findings)
        self._check_look(frame, findings)
        frame = self._with_recorded(frame, recorded, findings)
        frame = self._sorted(frame)
        looks_like = _numbered([frame[name] for name in frame.columns if name not in self._groups])
        distinct = frame[looks_like.arg_unique()]
        of = _dense(looks_like)
        patterns = tuple(self._pattern(row, recorded) for row in distinct.iter_rows(named=True))
        keys = tuple(self._values(frame[column], column) for column in self._groups)
        return Patterns(cast(Any, keys), patterns, cast(Any, of))

    def _pattern(self, row: Mapping[str, Any], recorded: Sequence[JudgedGroup]) -> Pattern:
        known = {name: self._tallies.value(column, row[column]) for name, column in self._tallies.known.items()}
        known = {name: value for name, value in known.items() if value is not None}
        number = row.get(_RECORDED)
        return _pattern(self._framework, self._tallies.tally(row), known, None if number is None else recorded[number])

    def _one_row_each(self, frame: pl.DataFrame, at: Location, findings: Findings) -> pl.DataFrame:
        """Return the counts of each group in one row; what is known is missing where columns say two things of it."""
        import polars as pl

        known = self._tallies.known
        if not known or self._tallies.is_one_each or all_differ(frame.select(self._groups)):
            return frame
        several = frame.select(self._groups).is_duplicated()
        said = [pl.col(column).drop_nulls().unique().sort() for column in known.values()]
        folded = frame.filter(several).group_by(self._groups).agg(*said, pl.col(self._tallies.counted).sum())
        for name, column in known.items():
            odd = folded.filter(pl.col(column).list.len() > 1).sort(self._groups)
            for row in odd.head(1).iter_rows(named=True):
                group = [row[each] for each in self._groups]
                findings.extend(_differs(self._columns[name], group, row[column], len(odd) - 1, at))
        one = [
            pl.when(pl.col(column).list.len() == 1).then(pl.col(column).list.first()).alias(column)
            for column in known.values()
        ]
        return pl.concat([frame.filter(~several), folded.with_columns(one).select(frame.columns)])

    def _check_look(self, frame: pl.DataFrame, findings: Findings) -> None:
        texts = [column for column in self._groups if not self._tallies.meant.get(column)]
        if all(frame[column].str.len_bytes().sum() == frame[column].str.len_chars().sum() for column in texts):
            return
        seen = frame.select(self._groups).with_columns(*(looks(frame[column]).alias(column) for column in texts))
        alike = frame.select(self._groups).filter(seen.is_duplicated())
        check_look([grouping.name for grouping in self._by], alike.sort(self._groups).iter_rows(), findings)

    def _with_recorded(self, frame: pl.DataFrame, recorded: Sequence[JudgedGroup], findings: Findings) -> pl.DataFrame:
        """Return the groups with which of what is recorded is recorded of them: of what is alike, the first."""
        import polars as pl

        if not recorded:
            return frame
        first: dict[tuple[object, ...], int] = {}
        numbers = [first.setdefault(_alike(each), number) for number, each in enumerate(recorded)]
        texts = {
            column: pl.Series([cell_text(each.group[number]) or None for each in recorded], dtype=pl.String)
            for number, column in enumerate(self._groups)
        }
        given = pl.DataFrame({**texts, _RECORDED: pl.Series(numbers, dtype=pl.Int64)})
        unknown = given.join(frame, on=self._groups, how="anti", nulls_equal=True)
        if len(unknown) or given.select(self._groups).is_duplicated().any():
            find_judged(recorded, frame.select(self._groups).iter_rows(), findings)
            return frame
        return frame.join(given, on=self._groups, how="left", nulls_equal=True)

    def _sorted(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the groups in the order in which they are listed."""
        order = [
            key
            for grouping, column in zip(self._by, self._groups, strict=True)
            for key in self._order(grouping, frame[column])
        ]
        is_sorted = len(order) == 1 and order[0].is_sorted(nulls_last=True)
        return frame if is_sorted or not order else frame.sort(order, nulls_last=True)

    def _order(self, grouping: Grouping, texts: pl.Series) -> Iterator[pl.Series]:
        """Yield what groups are sorted by, as :meth:`Grouping.place` has it."""
        import polars as pl

        if grouping.members or self._tallies.meant.get(texts.name):
            distinct = texts.unique().to_list()
            placed = sorted(distinct, key=lambda text: grouping.place(self._tallies.value(texts.name, text)))
            yield texts.replace_strict(placed, range(len(placed)), return_dtype=pl.Int64)
            return
        is_number = texts.str.contains("^[0-9]+$")
        if is_number.any():
            digits = texts.str.strip_chars_start("0")
            yield texts.is_null()
            yield ~is_number
            yield is_number.cast(pl.UInt32) * digits.str.len_bytes()
            yield pl.select(pl.when(is_number).then(digits).otherwise(pl.lit(""))).to_series()
        yield texts

    def _values(self, texts: pl.Series, column: str) -> pl.Series:
        """Return what the texts of a column stand for."""
        import polars as pl

        if not self._tallies.meant.get(column):
            return texts
        distinct = texts.unique()
        return texts.replace_strict(distinct, pl.Series([self._tallies.value(column, text) for text in distinct]))


def _numbered(columns: Sequence[pl.Series]) -> pl.Series:
    """Return a number for each row, the same where all columns are (comparing numbers is far quicker than texts)."""
    import polars as pl

    number, most = pl.repeat(0, len(columns[0]), dtype=pl.Int64, eager=True), 1
    for column in columns:
        own = column.cast(pl.Categorical).to_physical() if column.dtype == pl.String else column
        own = own.cast(pl.Int64)
        least, highest = cast(int, own.min() or 0), cast(int, own.max() or 0)
        different = highest - least + 2  # and one for what is missing
        if most * different > _MOST_NUMBERS:
            number = _dense(number)
            most = len(number)
        if highest > least or own.null_count():
            number = number * different + (own - least).fill_null(different - 1)
            most *= different
    return number


def _dense(numbers: pl.Series) -> pl.Series:
    """Return numbers from nought on for numbers, in the order in which they come first."""
    distinct = numbers.unique(maintain_order=True)
    return numbers.replace_strict(distinct, range(len(distinct)), return_dtype=numbers.dtype)


def _alike(recorded: JudgedGroup) -> tuple[object, ...]:
    facts = frozenset((name, type(value), value) for name, value in recorded.facts.items())
    return frozenset(recorded.ratings.items()), facts, frozenset(recorded.answers.items())
