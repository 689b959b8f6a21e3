"""Statistical disclosure control (suppression): which counts may be published so that nobody can be recognised.

The rule, with ``smallest_count`` k, ``smallest_group`` and what counts as published declared in data:

* a count from 1 to k-1 is small, and a small count is hidden; a share is hidden with its counts;
* a share of 0 or of 100 per cent among fewer cases than ``smallest_group`` says the same of everybody in it, and is
  hidden like a small count;
* over the whole sample, key questions are always shown, because every rating must be open to check, and so is how
  many cases a question was not counted for, because no share is printed without its base. For prompts and measures
  yes and no are hidden together where one of them is hidden; a prompt that decides its question alone is shown as the
  question is;
* within groups a row is shown or hidden as a whole: hidden where any of its counts or its size is hidden. As many
  other rows are hidden with it as it takes for every such count to have another number that it could be, the smallest
  first. A row that the rules leave no choice (the question is never put to such cases) protects nothing;
* sub-groups that look at the same fact could be subtracted from each other: where a row of one of them is hidden,
  all their rows are;
* a hidden count that what is shown leaves no choice about (it is nought, or the whole group) is not hidden:
  pretending would protect nobody. Such a count is small only where the whole sample shows it already.

What somebody could work out is told by :mod:`ctm_rules.report.figures.inference`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cache

from attrs import frozen

from ctm_rules.inspections.file import Published
from ctm_rules.model.conditions import PromptIsYes
from ctm_rules.model.framework import CountedOutcome, Framework
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.results import KeyQuestionResult
from ctm_rules.report.figures.inference import HiddenRows, Move
from ctm_rules.report.figures.sample import Breakdown, Sample

OUTCOMES = ("yes", "no", "not_applicable", "undetermined")
"""The columns of every table of counts."""


class NoShare(StrEnum):
    """Why a share is not printed: two things that nobody may take for each other."""

    HIDDEN = "hidden"
    """A count that it is made of may not be shown."""
    NO_CASES = "no_cases"
    """There is no case that it could be a share of."""


@frozen
class ShownCounts:
    """Counts as they may be published; ``None`` is hidden."""

    yes: int | None
    no: int | None
    not_applicable: int | None
    undetermined: int | None

    def share(
        self, share_of: CountedOutcome = "yes", among: Sequence[CountedOutcome] = ("yes", "no")
    ) -> Share | NoShare:
        """Return the share of an outcome among some, or why there is none."""
        counted = [getattr(self, outcome) for outcome in among]
        count = getattr(self, share_of)
        if count is None or None in counted:
            return NoShare.HIDDEN
        return Share(count, sum(counted)) if sum(counted) else NoShare.NO_CASES


@frozen
class Share:
    """A count among a number above 0."""

    count: int
    among: int

    @property
    def exact(self) -> Fraction:
        """The share from 0 to 1."""
        return Fraction(self.count, self.among)


@frozen
class Figures:
    """Every count of an inspection as it may be published.

    Attributes:
        cases: the number of cases.
        whole: counts over the whole sample, by address.
        sizes: how many cases each group has, by breakdown and group; ``None`` is hidden.
        groups: counts within groups, by address, breakdown and group.
    """

    cases: int
    whole: Mapping[str, ShownCounts]
    sizes: Mapping[str, Mapping[str, int | None]]
    groups: Mapping[str, Mapping[str, Mapping[str, ShownCounts]]]


def protect(sample: Sample, framework: Framework, published: Iterable[Published] = ()) -> Figures:
    """Return every count of a sample as it may be published.

    Args:
        sample: what was counted.
        framework: declares the smallest count that is shown.
        published: counts that the source already prints.
    """
    declared = {(entry.of, entry.by) for entry in published}
    return _Protection(sample, framework, declared).figures()


def hides_points(question: KeyQuestionResult, smallest: int) -> bool:
    """Return whether what cases with points come to may not be shown: there are too few of them."""
    is_counted = question.question.points is not None and question.question.is_asked_of_cases
    return is_counted and is_small(question.counts.scored, smallest)


def is_small(count: int, smallest: int) -> bool:
    """Return whether a count is too small to be shown."""
    return 0 < count < smallest


def is_said_of_everybody(count: int, other: int, smallest_group: int) -> bool:
    """Return whether two counts say the same of each of too few cases: none of the one, and some of the other."""
    return not (count and other) and 0 < count + other < smallest_group


def shown_count(count: int, smallest: int) -> int | None:
    """Return a count that nothing else can be subtracted from, or ``None`` where it is small."""
    return None if is_small(count, smallest) else count


class _Protection:
    def __init__(self, sample: Sample, framework: Framework, published: set[tuple[str, str | None]]) -> None:
        self._sample = sample
        self._declared = framework.disclosure
        self._open = set(framework.ruled_questions) | {of for of, _ in published} | set(_deciding_alone(framework))
        self._open_groups = {(of, by) for of, by in published if by is not None}
        breakdowns = {**sample.breakdowns, sample.variants.id: sample.variants}
        self._related = {name: _related(breakdown, breakdowns.values()) for name, breakdown in breakdowns.items()}
        self._breakdowns = breakdowns
        # Each is asked for again and again while rows are tried out: by address and breakdown.
        self._counts = cache(lambda path, name: sample.counts_by_group(path, breakdowns[name]))
        self._not_asked = cache(lambda path, name: sample.not_asked_by_group(path, breakdowns[name]))
        self._possible = cache(self._possible_outcomes)
        self._whole = {path: self._counts_of_whole(path) for path in sample.outcomes}
        self._hidden_sizes = self._sizes(published)
        self._moves = {name: self._moves_of(name) for name in breakdowns}

    def figures(self) -> Figures:
        sizes = {
            name: {group: None if group in self._hidden_sizes[name] else size for group, size in shown.sizes.items()}
            for name, shown in self._breakdowns.items()
        }
        groups = {path: self._groups(path) for path in self._sample.outcomes}
        return Figures(self._sample.cases, self._whole, sizes, groups)

    # --- What says too much ----------------------------------------------------------------------------

    def _is_small(self, count: int) -> bool:
        return is_small(count, self._declared.smallest_count)

    def _sensitive(self, counts: Counts) -> list[str]:
        """Return the outcomes whose counts would say too much about somebody."""
        small = [outcome for outcome in OUTCOMES if self._is_small(getattr(counts, outcome))]
        if is_said_of_everybody(counts.yes, counts.no, self._declared.smallest_group):
            small += [outcome for outcome in ("yes", "no") if outcome not in small]
        return small

    # --- The whole sample ------------------------------------------------------------------------------

    def _counts_of_whole(self, path: str) -> ShownCounts:
        counts = self._sample.counts(path)
        if path in self._open or {"yes", "no"}.isdisjoint(self._sensitive(counts)):
            return _shown(counts)
        return ShownCounts(None, None, counts.not_applicable, counts.undetermined)

    # --- Sizes of groups -------------------------------------------------------------------------------

    def _sizes(self, published: set[tuple[str, str | None]]) -> dict[str, set[str]]:
        """Return the groups of each breakdown whose size is hidden."""
        hidden = {
            name: _with_partner(
                {
                    group
                    for group, size in breakdown.sizes.items()
                    if self._is_small(size) and (f"{name}.{group}", None) not in published
                },
                breakdown.sizes,
            )
            if len(self._used(name)) > 1
            else set()
            for name, breakdown in self._breakdowns.items()
        }
        hidden = self._with_related(hidden)
        for _, name in self._open_groups:
            hidden[name] = set()
        return hidden

    def _with_related(self, hidden: dict[str, set[str]]) -> dict[str, set[str]]:
        """Hide every row of breakdowns that look at the same facts where a row of one of them is hidden."""

        def is_touched(name: str) -> bool:
            others = [other for other in self._related[name] if other in hidden]
            return bool(others) and any(hidden[other] for other in (name, *others))

        return {
            name: used if is_touched(name) and len(used := self._used(name)) > 1 else rows
            for name, rows in hidden.items()
        }

    def _used(self, name: str) -> set[str]:
        """Return the groups of a breakdown that have cases. One alone is the whole sample, whose size is known."""
        return {group for group, size in self._breakdowns[name].sizes.items() if size}

    def _moves_of(self, name: str) -> frozenset[Move]:
        """Return between which groups whose sizes are hidden a case could be moved, for all that the totals say.

        The totals of what is asked of one group alone bound the size of that group. Where they leave it no other,
        those of prompts and measures are hidden too; those of key questions stay open.
        """
        hidden = self._hidden_sizes[name]
        sizes = self._breakdowns[name].sizes
        moves = {(fewer, more) for fewer in hidden for more in hidden if fewer != more and sizes[fewer]}
        if name not in self._sample.breakdowns or not moves:
            return frozenset(moves)
        against: dict[Move, set[str]] = {move: set() for move in moves}
        for path in self._sample.outcomes:
            rows = self._hidden_rows(path, name, hidden)
            not_asked = self._not_asked(path, name)
            for move in moves:
                # Two groups that both have cases of another sample can change places there.
                if not rows.can_move(move) and not all(not_asked[group] for group in move):
                    against[move].add(path)
        for group in sorted(hidden, key=lambda group: (sizes[group], group)):
            ways = [move for move in moves if group in move and against[move].isdisjoint(self._open)]
            if ways and all(against[move] for move in ways):
                for path in against[min(ways, key=lambda move: (len(against[move]), move))].copy():
                    self._whole[path] = ShownCounts(None, None, None, None)
                    for paths in against.values():
                        paths.discard(path)
        return frozenset(move for move, paths in against.items() if not paths)

    # --- Counts within groups --------------------------------------------------------------------------

    def _groups(self, path: str) -> dict[str, dict[str, ShownCounts]]:
        hidden = {name: self._rows_to_hide(path, name) for name in self._sample.breakdowns}
        hidden = self._with_related(hidden)
        for open_path, name in self._open_groups:
            if open_path == path:
                hidden[name] = set()
        return {name: self._shown_rows(path, name, hidden) for name in self._sample.breakdowns}

    def _rows_to_hide(self, path: str, name: str) -> set[str]:
        """Return the rows of a table that are hidden: those that say too much, and those that keep them company."""
        used = self._used(name)
        if self._whole[path].yes is None:
            return used
        if len(used) == 1:
            return set()
        if self._tells_sample(path, name):
            return used
        counts = self._counts(path, name)
        sizes, possible = self._breakdowns[name].sizes, self._possible(path, name)
        everything = self._hidden_rows(path, name, used)
        sensitive = [
            (group, outcome)
            for group in sorted(used)
            for outcome in self._sensitive(counts[group])
            if everything.is_open((group, outcome), self._moves[name], most=1)
        ]
        hidden = {group for group, _ in sensitive} | self._hidden_sizes[name]

        def worked_out(rows: set[str]) -> int:
            table = self._hidden_rows(path, name, rows)
            return sum(not table.is_open(cell, self._moves[name], most=1) for cell in sensitive)

        while hidden and (left := worked_out(hidden)):
            others = [group for group in used - hidden if len(possible[group]) > 1]
            others.sort(key=lambda group: (sizes[group], group))
            if not others:
                break
            hidden.add(next((group for group in others if worked_out({*hidden, group}) < left), others[0]))
        return hidden

    def _tells_sample(self, path: str, name: str) -> bool:
        """Return whether a table would tell of too few people of a group which sample they are of.

        Whoever knows how many cases a group has sees in each of its rows how many of them the question is asked of.
        Where that is none, the other rows are what the whole sample is, and say whose its small counts are.
        """
        not_asked = self._not_asked(path, name)
        if not any(not_asked.values()):
            return False
        counts = self._counts(path, name)
        asked = {group: of.cases for group, of in counts.items()}
        if any(not asked[group] for group in self._used(name)) and any(map(self._sensitive, counts.values())):
            return True
        return any(self._is_small(number) for of in (asked, not_asked) for number in of.values())

    def _possible_outcomes(self, path: str, name: str) -> dict[str, frozenset[str]]:
        """Return the outcomes that the rules leave to each group, by all that is known of the cases in it."""
        found = self._sample.possible_by_group(path, self._breakdowns[name])
        for other in self._related[name]:
            if other in self._sample.breakdowns and self._divides(name, other):
                left = self._sample.possible_by_group(path, self._breakdowns[other])
                for group, whole in self._pairs(name, other):
                    found[group] &= left[whole]
        return found

    def _hidden_rows(self, path: str, name: str, rows: set[str]) -> HiddenRows:
        """Return what is known of some rows of a table when they are hidden."""
        counts = self._counts(path, name)
        whole, possible = self._whole[path], self._possible(path, name)
        unknown = frozenset(outcome for outcome in OUTCOMES if getattr(whole, outcome) is None)
        known = [frozenset({outcome}) for outcome in OUTCOMES if outcome not in unknown]
        return HiddenRows(
            {group: {outcome: getattr(counts[group], outcome) for outcome in OUTCOMES} for group in sorted(rows)},
            {group: possible[group] for group in rows},
            (*([unknown] if unknown else []), *known),
        )

    def _shown_rows(self, path: str, name: str, hidden: Mapping[str, set[str]]) -> dict[str, ShownCounts]:
        """Return a table with its hidden rows, in which what everything else leaves no choice about stays."""
        counts = self._counts(path, name)
        if not hidden[name]:
            return {group: _shown(row) for group, row in counts.items()}
        finest = self._finest(name, hidden)
        parts = self._parts(finest, name)
        table = self._hidden_rows(path, finest, hidden[finest])
        unknown = self._hidden_sizes[finest] & hidden[finest]
        if self._tells_sample(path, finest):
            unknown = hidden[finest]
        moves = [(fewer, more) for fewer in unknown for more in unknown if fewer != more]

        def shown(group: str, outcome: str) -> int | None:
            is_hidden = group in hidden[name] and table.is_sum_open(parts[group], outcome, moves)
            return None if is_hidden else int(getattr(counts[group], outcome))

        return {group: ShownCounts(*(shown(group, outcome) for outcome in OUTCOMES)) for group in counts}

    def _finest(self, name: str, hidden: Mapping[str, set[str]]) -> str:
        """Return the hidden breakdown that divides the groups of one furthest."""
        finer = [
            other
            for other in self._related[name]
            if other in hidden and hidden[other] == self._used(other) and self._divides(other, name)
        ]
        return max([name, *finer], key=lambda other: len(self._used(other)))

    def _divides(self, fine: str, coarse: str) -> bool:
        """Return whether everybody knows of each group of one breakdown which group of another it lies in."""
        pairs = self._pairs(fine, coarse)
        return bool(pairs) and len(pairs) == len({part for part, _ in pairs})

    def _pairs(self, one: str, other: str) -> set[tuple[str, str]]:
        """Return the pairs of groups with cases that the rules let overlap; that a group has none is always shown."""
        overlaps = self._sample.overlaps.get((one, other), frozenset())
        return {
            (first, second)
            for first, second in overlaps
            if {first} <= self._used(one) and {second} <= self._used(other)
        }

    def _parts(self, fine: str, coarse: str) -> dict[str, list[str]]:
        """Return the groups that each group of a breakdown is divided into by another."""
        groups = self._breakdowns[coarse].groups
        pairs = {(group, group) for group in groups} if fine == coarse else self._pairs(fine, coarse)
        return {group: sorted(part for part, whole in pairs if whole == group) for group in groups}


def _deciding_alone(framework: Framework) -> Iterator[str]:
    """Yield the prompts whose answers are the outcomes of their key questions, which are always shown."""
    for path, question in framework.key_questions.items():
        if isinstance(question.yes_when, PromptIsYes) and not question.variants:
            yield f"{path}.{question.yes_when.prompt}"


def _related(breakdown: Breakdown, others: Iterable[Breakdown]) -> list[str]:
    """Return the other breakdowns that look at a fact which this one looks at, directly or through a third."""
    others = [other for other in others if other.id != breakdown.id]
    facts, found = set(breakdown.facts), set[str]()
    for _ in others:
        for other in others:
            if facts & other.facts:
                facts |= other.facts
                found.add(other.id)
    return sorted(found)


def _with_partner(hidden: set[str], sizes: Mapping[str, int]) -> set[str]:
    """Return the hidden groups with the smallest other one where a single one could be worked out."""
    rest = [group for group, size in sizes.items() if size and group not in hidden]
    return {*hidden, min(rest, key=lambda group: sizes[group])} if len(hidden) == 1 and rest else hidden


def _shown(counts: Counts) -> ShownCounts:
    return ShownCounts(counts.yes, counts.no, counts.not_applicable, counts.undetermined)
