"""Disclosure control: small counts are hidden, and an attacker who adds and subtracts cannot work one out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ctm_rules import Inspection, load_framework, rate_inspection
from ctm_rules.inspections.file import Published
from ctm_rules.model.framework import Disclosure
from ctm_rules.model.outcomes import COUNTED, Outcome
from ctm_rules.report.figures.disclosure import OUTCOMES, Figures, ShownCounts, is_small, protect
from ctm_rules.report.figures.sample import NO_GROUP, Breakdown, Sample, make_sample
from tests.support.attack import Attack, Name

QUESTION, PROMPT = "assessment.safety", "assessment.safety.victims"
OF_WOMEN, OF_MEN, OF_SOME = "assessment.desistance", "measures.professional_curiosity", "planning.safety.victims"
DRAWN, PROMPT_OF_DRAWN = "implementation.safety", "planning.engaging.involvement"
OF_A_SAMPLE = (DRAWN, PROMPT_OF_DRAWN)
"""What is asked of some of the cases only, which were drawn for it; nobody is told of anyone which those are."""
PATHS = (QUESTION, PROMPT, OF_WOMEN, OF_MEN, OF_SOME, *OF_A_SAMPLE)
OPEN = (QUESTION, OF_WOMEN, DRAWN)
"""Key questions, which are shown over the whole sample whatever they come to."""
SMALLEST, SMALLEST_GROUP = 5, 10

# Two breakdowns look at the same fact, so that one is the other with two of its groups put together.
MERGED = {"low": "lower", "medium": "lower", "high": "higher", "very_high": "higher", NO_GROUP: NO_GROUP}


def _breakdown(name: str, member: list[str], groups: list[str], fact: str) -> Breakdown:
    used = (*groups, NO_GROUP) if NO_GROUP in member else tuple(groups)
    return Breakdown(name, used, tuple(member), frozenset({fact}))


def asked_of(path: str, risk: str, sex: str) -> bool:
    """Return whether something is asked of such a case: the rules say so, and everybody knows them."""
    return {OF_WOMEN: sex == "women", OF_MEN: sex == "men", OF_SOME: risk in ("low", "high")}.get(path, True)


SEXES = ("women", "men")


def _cases_of(breakdown: str, group: str) -> list[tuple[str, str]]:
    """Return the risks and sexes of all cases that there can be in a group."""
    everybody = itertools.product(MERGED, SEXES)
    of = {"risk": lambda risk, _: risk, "level": lambda risk, _: MERGED[risk], "sex": lambda _, sex: sex}[breakdown]
    return [case for case in everybody if of(*case) == group]


def sample_of(number: int, seed: int, skew: float, some_unknown: bool) -> Sample:
    """Return a sample of cases, five questions, three sub-groups (two of them related) and one variant."""
    rng = np.random.default_rng(seed)

    def words(choices: list[str]) -> list[str]:
        weights = rng.dirichlet(np.full(len(choices), skew))
        return [str(word) for word in rng.choice(choices, number, p=weights)]

    risk = words(["low", "medium", "high", "very_high"] + ([NO_GROUP] if some_unknown else []))
    sex = words(["women", "men"])
    breakdowns = [
        _breakdown("risk", risk, ["low", "medium", "high", "very_high"], "risk"),
        _breakdown("level", [MERGED[word] for word in risk], ["lower", "higher"], "risk"),
        _breakdown("sex", sex, ["women", "men"], "sex"),
    ]
    outcomes = {}
    is_drawn = [word == "drawn" for word in words(["drawn", "not drawn"])]
    for path in PATHS:
        given = words(list(OUTCOMES))
        outcomes[path] = tuple(
            Outcome(word) if asked_of(path, *of) else Outcome.NOT_APPLICABLE
            for word, of in zip(given, zip(risk, sex, strict=True), strict=True)
        )
        if path in OF_A_SAMPLE:
            both = zip(outcomes[path], is_drawn, strict=True)
            outcomes[path] = tuple(outcome if drawn else Outcome.NOT_ASKED for outcome, drawn in both)
    everything, nothing = frozenset(COUNTED), frozenset({Outcome.NOT_APPLICABLE})
    possible = {
        (path, one.id): {
            group: everything if any(asked_of(path, *case) for case in _cases_of(one.id, group)) else nothing
            for group in one.groups
        }
        for path, one in itertools.product(PATHS, breakdowns)
    }
    variants = _breakdown("variants", words(["adjusted", NO_GROUP]), ["adjusted"], "weeks")
    overlaps = {
        ("risk", "level"): frozenset(MERGED.items()),
        ("level", "risk"): frozenset((b, a) for a, b in MERGED.items()),
    }
    return Sample(number, outcomes, {one.id: one for one in breakdowns}, variants, possible, overlaps)


SAMPLES = {
    "number": st.integers(1, 60),
    "seed": st.integers(0, 2**32),
    "skew": st.sampled_from([0.3, 1.0, 5.0]),
    "some_unknown": st.booleans(),
}
"""What a sample is drawn from: few words, so that one that fails can be read."""


FRAMEWORK = evolve(load_framework("hmip-pdu"), disclosure=Disclosure(SMALLEST, SMALLEST_GROUP))


def attacked(sample: Sample, figures: Figures) -> list[Name]:
    """Return every hidden count that somebody works out who knows the rules and every published number."""
    attack = Attack()
    for name, breakdown in {**sample.breakdowns, sample.variants.id: sample.variants}.items():
        sizes = [("size", name, group) for group in breakdown.groups]
        attack.sum_is(sizes, figures.cases)
        for size, group in zip(sizes, breakdown.groups, strict=True):
            attack.see(size, figures.sizes[name][group])
        of_drawn = sample.not_asked_by_group(DRAWN, breakdown) if name in sample.breakdowns else {}
        for group in of_drawn:
            # How many of a group are in the sample, and how many are not, is printed nowhere.
            attack.see(("drawn", name, group), None)
            attack.see(("not drawn", name, group), None)
            attack.equal([("drawn", name, group), ("not drawn", name, group)], ("size", name, group))
        if of_drawn:
            attack.sum_is([("drawn", name, group) for group in of_drawn], sample.counts(DRAWN).cases)
    for level in sample.breakdowns["level"].groups:
        for side in ("drawn", "not drawn"):
            attack.equal([(side, "risk", risk) for risk in _risks_of(level, sample)], (side, "level", level))
    for path in sample.outcomes:
        for outcome in OUTCOMES:
            attack.see(("whole", path, outcome), getattr(figures.whole[path], outcome))
        attack.sum_is([("whole", path, outcome) for outcome in OUTCOMES], sample.counts(path).cases)
        for name, breakdown in sample.breakdowns.items():
            _see_table(attack, path, breakdown, figures.groups[path][name])
        for level, outcome in itertools.product(sample.breakdowns["level"].groups, OUTCOMES):
            cells = [("cell", path, "risk", risk, outcome) for risk in _risks_of(level, sample)]
            attack.equal(cells, ("cell", path, "level", level, outcome))
    for level in sample.breakdowns["level"].groups:
        attack.equal([("size", "risk", risk) for risk in _risks_of(level, sample)], ("size", "level", level))
    return [name for name in attack.worked_out() if _says_too_much(name, sample)]


def _says_too_much(name: Name, sample: Sample) -> bool:
    """Return whether a count that follows should not: of who is in a sample, only small counts are kept back."""
    side, of, group, *_ = name
    if side not in ("drawn", "not drawn"):
        return True
    breakdown = sample.breakdowns[of]
    not_drawn = sample.not_asked_by_group(DRAWN, breakdown)[group]
    return is_small(not_drawn if side == "not drawn" else breakdown.sizes[group] - not_drawn, SMALLEST)


def _see_table(attack: Attack, path: str, breakdown: Breakdown, rows: Mapping[str, ShownCounts]) -> None:
    name = breakdown.id
    for group, row in rows.items():
        for outcome in OUTCOMES:
            attack.see(("cell", path, name, group, outcome), getattr(row, outcome))
        all_of_row = ("drawn" if path in OF_A_SAMPLE else "size", name, group)
        attack.equal([("cell", path, name, group, outcome) for outcome in OUTCOMES], all_of_row)
        if not any(asked_of(path, *case) for case in _cases_of(name, group)):
            for outcome in ("yes", "no", "undetermined"):
                attack.is_never(("cell", path, name, group, outcome))
    for outcome in OUTCOMES:
        attack.equal([("cell", path, name, group, outcome) for group in rows], ("whole", path, outcome))


def _risks_of(level: str, sample: Sample) -> list[str]:
    return [risk for risk, into in MERGED.items() if into == level and risk in sample.breakdowns["risk"].groups]


@settings(max_examples=25)
@given(**SAMPLES)
def test_no_hidden_count_can_be_worked_out(number: int, seed: int, skew: float, some_unknown: bool) -> None:
    sample = sample_of(number, seed, skew, some_unknown)
    figures = protect(sample, FRAMEWORK)
    found = attacked(sample, figures)
    assert [name for name in found if name[0] not in ("drawn", "not drawn")] == []
    if found:
        # Who is in a sample may follow from its size and those of the groups, and then from nothing beside them.
        assert set(found) <= set(attacked(sample, evolve(figures, groups=_all_hidden(figures))))


@settings(max_examples=15)
@example(number=50, seed=0, skew=0.3, some_unknown=False)  # a sample that has no women
@given(**SAMPLES)
def test_every_shown_count_is_true_and_says_too_much_only_where_the_whole_sample_says_it(
    number: int, seed: int, skew: float, some_unknown: bool
) -> None:
    sample = sample_of(number, seed, skew, some_unknown)
    figures = protect(sample, FRAMEWORK)
    for path in PATHS:
        assert _agrees(figures.whole[path], sample.counts(path))
        for name, breakdown in sample.breakdowns.items():
            counted = sample.counts_by_group(path, breakdown)
            assert all(_agrees(figures.groups[path][name][group], counted[group]) for group in counted)
    too_much = set(_too_much(figures))
    if too_much:
        # Had nothing of any group been printed, it would follow all the same.
        assert too_much <= set(attacked(sample, evolve(figures, groups=_all_hidden(figures))))


def _all_hidden(figures: Figures) -> dict[str, dict[str, dict[str, ShownCounts]]]:
    nothing = ShownCounts(None, None, None, None)
    return {path: {name: dict.fromkeys(of, nothing) for name, of in by.items()} for path, by in figures.groups.items()}


def _agrees(shown: ShownCounts, counted: object) -> bool:
    return all(getattr(shown, outcome) in (None, getattr(counted, outcome)) for outcome in OUTCOMES)


def _too_much(figures: Figures) -> Iterator[Name]:
    """Yield every count that is shown although it is small or says the same of everybody in a small group."""

    def small(count: int | None) -> bool:
        return count is not None and is_small(count, SMALLEST)

    for name, sizes in figures.sizes.items():
        # A group with all the cases is the whole sample.
        yield from (("size", name, group) for group, size in sizes.items() if small(size) and size != figures.cases)
    for path, shown in figures.whole.items():
        if path not in OPEN:
            yield from (("whole", path, outcome) for outcome in ("yes", "no") if small(getattr(shown, outcome)))
            yield from (("whole", path, outcome) for outcome in _of_everybody(shown))
    for path, by_name in figures.groups.items():
        for name, rows in by_name.items():
            for group, row in rows.items():
                said = {outcome for outcome in OUTCOMES if small(getattr(row, outcome))} | set(_of_everybody(row))
                yield from (("cell", path, name, group, outcome) for outcome in sorted(said))


def _of_everybody(row: ShownCounts) -> tuple[str, ...]:
    if row.yes is None or row.no is None or row.yes * row.no or not 0 < row.yes + row.no < SMALLEST_GROUP:
        return ()
    return ("yes", "no")


@given(**SAMPLES)
def test_hiding_nothing_shows_everything(number: int, seed: int, skew: float, some_unknown: bool) -> None:
    sample = sample_of(number, seed, skew, some_unknown)
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
