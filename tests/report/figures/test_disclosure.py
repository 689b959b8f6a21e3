"""Disclosure control: small counts are hidden, and an attacker who adds and subtracts cannot work one out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

from ctm_rules import Inspection, load_framework, rate_inspection
from ctm_rules.inspections.file import Published
from ctm_rules.model.framework import Disclosure
from ctm_rules.model.outcomes import Outcome
from ctm_rules.report.figures.disclosure import OUTCOMES, Figures, ShownCounts, is_small, protect
from ctm_rules.report.figures.sample import NO_GROUP, Breakdown, Sample, make_sample

QUESTION, PROMPT = "assessment.safety", "assessment.safety.victims"
SMALLEST = 5

# Two breakdowns look at the same fact, so that one is the other with two of its groups put together.
MERGED = {"low": "lower", "medium": "lower", "high": "higher", "very_high": "higher", NO_GROUP: NO_GROUP}


def _breakdown(name: str, member: list[str], groups: list[str], fact: str) -> Breakdown:
    used = (*groups, NO_GROUP) if NO_GROUP in member else tuple(groups)
    return Breakdown(name, used, tuple(member), frozenset({fact}))


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Samples of up to 60 cases, two questions, three sub-groups (two of them related) and one variant."""
    number = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))

    def words(choices: list[str]) -> list[str]:
        weights = rng.dirichlet(np.full(len(choices), draw(st.sampled_from([0.3, 1.0, 5.0]))))
        return [str(word) for word in rng.choice(choices, number, p=weights)]

    outcomes = {path: tuple(Outcome(word) for word in words(list(OUTCOMES))) for path in (QUESTION, PROMPT)}
    risk = words(["low", "medium", "high", "very_high"] + ([NO_GROUP] if draw(st.booleans()) else []))
    breakdowns = [
        _breakdown("risk", risk, ["low", "medium", "high", "very_high"], "risk"),
        _breakdown("level", [MERGED[word] for word in risk], ["lower", "higher"], "risk"),
        _breakdown("sex", words(["women", "men"]), ["women", "men"], "sex"),
    ]
    variants = _breakdown("variants", words(["adjusted", NO_GROUP]), ["adjusted"], "weeks")
    return Sample(number, outcomes, {one.id: one for one in breakdowns}, variants)


FRAMEWORK = evolve(load_framework("hmip-pdu"), disclosure=Disclosure(SMALLEST, 10))


class Attacker:
    """Knows every published number and how the tables hang together, and that counts are whole and not negative."""

    def __init__(self, sample: Sample, figures: Figures) -> None:
        self.index: dict[tuple[str, ...], int] = {}
        self.rows: list[tuple[dict[tuple[str, ...], int], int]] = []
        self.shown: dict[tuple[str, ...], int | None] = {}
        everything = {**sample.breakdowns, sample.variants.id: sample.variants}
        for name, breakdown in everything.items():
            sizes = [("size", name, group) for group in breakdown.groups]
            self._sum_is(sizes, figures.cases)
            for size, group in zip(sizes, breakdown.groups, strict=True):
                self._see(size, figures.sizes[name][group])
        for path in (QUESTION, PROMPT):
            for outcome in OUTCOMES:
                self._see(("whole", path, outcome), getattr(figures.whole[path], outcome))
            self._sum_is([("whole", path, outcome) for outcome in OUTCOMES], figures.cases)
            for name, breakdown in sample.breakdowns.items():
                for group, outcome in itertools.product(breakdown.groups, OUTCOMES):
                    self._see(("cell", path, name, group, outcome), getattr(figures.groups[path][name][group], outcome))
                for group in breakdown.groups:
                    cells = [("cell", path, name, group, outcome) for outcome in OUTCOMES]
                    self._equal(cells, ("size", name, group))
                for outcome in OUTCOMES:
                    cells = [("cell", path, name, group, outcome) for group in breakdown.groups]
                    self._equal(cells, ("whole", path, outcome))
            for merged, outcome in itertools.product(sample.breakdowns["level"].groups, OUTCOMES):
                parts = [part for part, into in MERGED.items() if into == merged]
                cells = [
                    ("cell", path, "risk", part, outcome) for part in parts if part in sample.breakdowns["risk"].groups
                ]
                self._equal(cells, ("cell", path, "level", merged, outcome))
        for merged in sample.breakdowns["level"].groups:
            parts = [part for part, into in MERGED.items() if into == merged]
            sizes = [("size", "risk", part) for part in parts if part in sample.breakdowns["risk"].groups]
            self._equal(sizes, ("size", "level", merged))

    def _see(self, name: tuple[str, ...], value: int | None) -> None:
        self.index.setdefault(name, len(self.index))
        self.shown[name] = value

    def _sum_is(self, names: list[tuple[str, ...]], total: int) -> None:
        for name in names:
            self.index.setdefault(name, len(self.index))
        self.rows.append((dict.fromkeys(names, 1), total))

    def _equal(self, parts: list[tuple[str, ...]], whole: tuple[str, ...]) -> None:
        self._sum_is([*parts], 0)
        self.rows[-1] = ({**dict.fromkeys(parts, 1), whole: -1}, 0)
        self.index.setdefault(whole, len(self.index))

    def worked_out(self) -> Iterator[tuple[str, ...]]:
        """Yield every hidden count for which one value alone is possible."""
        matrix = lil_array((len(self.rows), len(self.index)))
        for number, (parts, _) in enumerate(self.rows):
            for name, factor in parts.items():
                matrix[number, self.index[name]] = factor
        totals = np.array([total for _, total in self.rows])
        bounds = (np.zeros(len(self.index)), np.full(len(self.index), 1000.0))
        for name, value in self.shown.items():
            if value is not None:
                bounds[0][self.index[name]] = bounds[1][self.index[name]] = value
        rows = LinearConstraint(matrix.tocsr(), totals, totals)
        open_ones = {name for name, value in self.shown.items() if value is None}
        seen: dict[tuple[str, ...], set[int]] = {name: set() for name in open_ones}
        for name in sorted(open_ones):
            for sign in (1, -1):
                if len(seen[name]) > 1:
                    continue
                goal = np.zeros(len(self.index))
                goal[self.index[name]] = sign
                found = milp(goal, constraints=rows, bounds=Bounds(*bounds), integrality=np.ones(len(self.index)))
                assert found.success, "the published tables contradict each other"
                # Each solution shows one more possible value of every hidden count at once.
                for other in open_ones:
                    seen[other].add(round(found.x[self.index[other]]))
            if len(seen[name]) == 1:
                yield name


@settings(max_examples=60)
@given(samples())
def test_no_hidden_count_can_be_worked_out(sample: Sample) -> None:
    figures = protect(sample, FRAMEWORK)
    assert list(Attacker(sample, figures).worked_out()) == []


@given(samples())
def test_every_shown_count_is_true_and_none_is_small(sample: Sample) -> None:
    figures = protect(sample, FRAMEWORK)
    assert not list(_small_ones(figures))
    for path in (QUESTION, PROMPT):
        assert _agrees(figures.whole[path], sample.counts(path))
        for name, breakdown in sample.breakdowns.items():
            counted = sample.counts_by_group(path, breakdown)
            assert all(_agrees(figures.groups[path][name][group], counted[group]) for group in counted)


def _agrees(shown: ShownCounts, counted: object) -> bool:
    return all(getattr(shown, outcome) in (None, getattr(counted, outcome)) for outcome in OUTCOMES)


def _small_ones(figures: Figures) -> Iterator[str]:
    """Yield every small count that is shown where the rule does not say that it is."""

    def small(count: int | None) -> bool:
        return count is not None and is_small(count, SMALLEST)

    for name, sizes in figures.sizes.items():
        # A group with all the cases is the whole sample.
        yield from (f"{name} {group}" for group, size in sizes.items() if small(size) and size != figures.cases)
    for path, shown in figures.whole.items():
        if path != QUESTION and (small(shown.yes) or small(shown.no)):
            yield path
    for path, by_name in figures.groups.items():
        for name, rows in by_name.items():
            used = [group for group, size in figures.sizes[name].items() if size != 0]
            for group, row in rows.items():
                if len(used) > 1 and any(small(getattr(row, outcome)) for outcome in OUTCOMES):
                    yield f"{path} {name} {group}"


@given(samples())
def test_hiding_nothing_shows_everything(sample: Sample) -> None:
    figures = protect(sample, evolve(FRAMEWORK, disclosure=Disclosure(1, 1)))
    hidden = [row for by_name in figures.groups.values() for rows in by_name.values() for row in rows.values()]
    assert all(None not in (row.yes, row.no, row.not_applicable, row.undetermined) for row in hidden)


def _sample(outcomes: Mapping[str, str], member: str) -> Sample:
    """Return a sample in which each letter is a case: y, n, a, u for outcomes and w, m for women and men."""
    words = {"y": Outcome.YES, "n": Outcome.NO, "a": Outcome.NOT_APPLICABLE, "u": Outcome.UNDETERMINED}
    sexes = ["women" if letter == "w" else "men" for letter in member]
    variants = _breakdown("variants", [NO_GROUP] * len(member), ["adjusted"], "weeks")
    read = {path: tuple(words[letter] for letter in letters) for path, letters in outcomes.items()}
    return Sample(len(member), read, {"sex": _breakdown("sex", sexes, ["women", "men"], "sex")}, variants)


def test_the_other_group_is_hidden_with_a_small_one() -> None:
    sample = _sample({QUESTION: "y" * 3 + "n" * 7 + "y" * 20 + "n" * 10}, "w" * 10 + "m" * 30)
    figures = protect(sample, FRAMEWORK)
    assert (figures.whole[QUESTION].yes, figures.whole[QUESTION].no) == (23, 17)
    assert {group: row.yes for group, row in figures.groups[QUESTION]["sex"].items()} == {"women": None, "men": None}


def test_a_prompt_with_a_small_count_keeps_its_base_and_loses_both_sides() -> None:
    sample = _sample({PROMPT: "y" * 3 + "n" * 17 + "a" * 20}, "w" * 20 + "m" * 20)
    assert protect(sample, FRAMEWORK).whole[PROMPT] == ShownCounts(None, None, 20, 0)


def test_what_the_source_prints_is_shown() -> None:
    sample = _sample({PROMPT: "y" * 3 + "n" * 17 + "a" * 20}, "w" * 20 + "m" * 20)
    whole = protect(sample, FRAMEWORK, [Published(PROMPT)])
    assert whole.whole[PROMPT].yes == 3
    assert whole.groups[PROMPT]["sex"]["women"].yes is None
    by_sex = protect(sample, FRAMEWORK, [Published(PROMPT, "sex")])
    assert by_sex.groups[PROMPT]["sex"]["women"].yes == 3


def test_the_example_shows_what_its_source_prints_and_hides_the_rest(example: Inspection) -> None:
    result = rate_inspection(example)
    figures = protect(make_sample(result), example.framework, example.declared.published)
    curiosity = figures.groups["measures.professional_curiosity"]["grade"]["pso"]
    assert (curiosity.yes, curiosity.no) == (3, 13)
    assert figures.whole["measures.mappa_joint_work"].yes == 3
    assert figures.sizes["variants"]["adjusted"] == 2
    # Four of 14 is small, and the source says it only in words.
    assert figures.whole["planning.engaging.contact_ending"].yes is None
    women = [rows["sex"]["women"] for rows in figures.groups.values()]
    assert all(None in (row.yes, row.no) for row in women if row.yes != 0)
