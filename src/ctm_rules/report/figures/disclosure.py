"""Statistical disclosure control (suppression): which counts may be published so that nobody can be recognised.

The rule, with ``smallest_count`` k and what counts as published declared in data:

* a count from 1 to k-1 is small, and a small count is hidden; a share is hidden with its counts;
* over the whole sample, key questions are always shown, because every rating must be open to check, and so is how
  many cases a question was not counted for, because no share is printed without its base. For prompts and measures
  yes and no are hidden together where one of them is small;
* within groups a row is shown or hidden as a whole: hidden where any of its counts or its size is small. Where one
  row is hidden, the smallest other row is hidden too, else it could be worked out from the whole;
* sub-groups that look at the same fact could be subtracted from each other: where a row of one of them is hidden,
  all their rows are;
* a hidden count that the shown totals leave no choice about (it is nought, or the whole group) is not hidden:
  pretending would protect nobody. Such a count is never small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from ctm_rules.inspections.file import Published
from ctm_rules.model.framework import CountedOutcome, Framework
from ctm_rules.rating.results import Counts
from ctm_rules.report.figures.sample import Breakdown, Sample

OUTCOMES = ("yes", "no", "not_applicable", "undetermined")
"""The columns of every table of counts."""


@frozen
class ShownCounts:
    """Counts as they may be published; ``None`` is hidden."""

    yes: int | None
    no: int | None
    not_applicable: int | None
    undetermined: int | None

    def share(self, share_of: CountedOutcome = "yes", among: Sequence[CountedOutcome] = ("yes", "no")) -> Share | None:
        """Return the share of an outcome among some; ``None`` where a count is hidden or there is no case."""
        counted = [getattr(self, outcome) for outcome in among]
        count = getattr(self, share_of)
        if count is None or None in counted or not sum(counted):
            return None
        return Share(count, sum(counted))


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


def is_small(count: int, smallest: int) -> bool:
    """Return whether a count is too small to be shown."""
    return 0 < count < smallest


def shown_count(count: int, smallest: int) -> int | None:
    """Return a count that nothing else can be subtracted from, or ``None`` where it is small."""
    return None if is_small(count, smallest) else count


class _Protection:
    def __init__(self, sample: Sample, framework: Framework, published: set[tuple[str, str | None]]) -> None:
        self._sample = sample
        self._smallest = framework.disclosure.smallest_count
        self._open = set(framework.key_questions) | {of for of, _ in published}
        self._open_groups = {(of, by) for of, by in published if by is not None}
        breakdowns = {**sample.breakdowns, sample.variants.id: sample.variants}
        self._related = {name: _related(breakdown, breakdowns.values()) for name, breakdown in breakdowns.items()}
        self._breakdowns = breakdowns
        self._hidden_sizes = self._sizes(published)

    def figures(self) -> Figures:
        sizes = {
            name: {group: None if group in self._hidden_sizes[name] else size for group, size in shown.sizes.items()}
            for name, shown in self._breakdowns.items()
        }
        whole = {path: self._whole(path) for path in self._sample.outcomes}
        groups = {path: self._groups(path, whole[path]) for path in self._sample.outcomes}
        return Figures(self._sample.cases, whole, sizes, groups)

    def _sizes(self, published: set[tuple[str, str | None]]) -> dict[str, set[str]]:
        """Return the groups of each breakdown whose size is hidden."""
        hidden = {
            name: _with_partner(
                {
                    group
                    for group, size in breakdown.sizes.items()
                    if is_small(size, self._smallest) and (f"{name}.{group}", None) not in published
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

    def _whole(self, path: str) -> ShownCounts:
        counts = self._sample.counts(path)
        small = is_small(counts.yes, self._smallest) or is_small(counts.no, self._smallest)
        if path in self._open or not small:
            return _shown(counts)
        return ShownCounts(None, None, counts.not_applicable, counts.undetermined)

    def _groups(self, path: str, whole: ShownCounts) -> dict[str, dict[str, ShownCounts]]:
        counted = {
            name: self._sample.counts_by_group(path, breakdown) for name, breakdown in self._sample.breakdowns.items()
        }
        hidden = {name: self._hidden_rows(name, counts, whole) for name, counts in counted.items()}
        hidden = self._with_related(hidden)
        return {
            name: _shown_rows(
                counts, set() if (path, name) in self._open_groups else hidden[name], self._hidden_sizes[name], whole
            )
            for name, counts in counted.items()
        }

    def _hidden_rows(self, name: str, counts: Mapping[str, Counts], whole: ShownCounts) -> set[str]:
        used = self._used(name)
        if whole.yes is None:
            return used
        if len(used) == 1:
            return set()
        small = {
            group
            for group in used
            if any(is_small(getattr(counts[group], outcome), self._smallest) for outcome in OUTCOMES)
        }
        return _with_partner(small | self._hidden_sizes[name], self._breakdowns[name].sizes)


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


def _shown_rows(
    counts: Mapping[str, Counts], hidden: set[str], hidden_sizes: set[str], whole: ShownCounts
) -> dict[str, ShownCounts]:
    """Return a table with its hidden rows, in which what the totals leave no choice about stays."""
    block = Counts()
    for group in hidden:
        block += counts[group]
    yes_and_no = block.yes + block.no
    rows: dict[str, ShownCounts] = {}
    for group, row in counts.items():
        if group not in hidden:
            rows[group] = _shown(row)
            continue
        cells: list[int | None] = []
        for outcome in OUTCOMES:
            is_split_hidden = whole.yes is None and outcome in ("yes", "no")
            total = yes_and_no if is_split_hidden else getattr(block, outcome)
            value = getattr(row, outcome)
            lowest = 0 if is_split_hidden or hidden_sizes else max(0, row.cases + total - block.cases)
            highest = total if group in hidden_sizes else min(row.cases, total)
            cells.append(value if lowest == highest else None)
        rows[group] = ShownCounts(*cells)
    return rows
