"""What holds for every framework and every case, whatever their shape, by every engine.

``HYPOTHESIS_PROFILE=nightly`` runs the cheap properties 100,000 times, those that draw whole frameworks 5,000 times and
those that also write files 2,000 times.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ctm_rules import (
    Answer,
    Case,
    CaseOutcome,
    Counts,
    Engine,
    Framework,
    Judgement,
    Outcome,
    RatingResult,
    count_outcomes,
    dump_framework,
    load_framework,
    load_inspection,
    make_engine,
    rate_counts,
    rate_inspection,
    rate_outcomes,
)
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.frameworks.amendments import amended_framework, read_amendment
from ctm_rules.frameworks.loading import build_framework, read_framework
from ctm_rules.inspections.explaining import ClauseExplanation, explain_case
from ctm_rules.meaning import check_meaning
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.bands import Band
from ctm_rules.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtLeastPercent,
    Compound,
    Condition,
    FactTest,
    FactValue,
    Not,
    PromptIsYes,
    prompts_in,
)
from ctm_rules.model.framework import Fact, KeyQuestion, Sample, VariantRule
from ctm_rules.model.outcomes import ClauseResult, Truth
from ctm_rules.phrases import say_number
from ctm_rules.rating.shares import rounded_percent
from ctm_rules.yaml_files.layout import Layout, read_layout
from ctm_rules.yaml_files.layout_tree import Block, Text
from tests.support.engines import ENGINES
from tests.support.strategies import (
    MOST,
    band_scales,
    cases,
    conditions,
    fact_tests,
    frameworks,
    frameworks_with_cases,
    key_question_bands,
    one_question,
    rating_scales,
    values_near,
)

COSTLY = settings(max_examples=min(MOST * 2 // 5, 5_000))
"""For what draws whole frameworks."""

FILES = settings(max_examples=min(MOST // 8, 2_000))
"""For what also writes them to files and reads these again."""


COUNTS = st.builds(Counts, *[st.just(0) | st.integers(0, 60) for _ in range(4)])

T = TypeVar("T")


def decided(framework: Framework, case: Case) -> dict[str, Outcome]:
    """Return the outcome that the rules give for each key question, which must be the same from every engine."""
    found = [
        {path: question.rule_outcome for path, question in make_engine(framework, name).assess(case).questions.items()}
        for name in ENGINES
    ]
    assert all(outcomes == found[0] for outcomes in found)
    return found[0]


def rate(framework: Framework, several: Iterable[Case], judged: Mapping[str, str]) -> RatingResult:
    engine = make_engine(framework)
    return rate_outcomes(framework, [engine.assess(case) for case in several], judged, engine)


def judgements_of(framework: Framework) -> st.SearchStrategy[dict[str, str]]:
    """A rating on its own scale for each standard rated by judgement."""
    scales = framework.every_scale
    return st.fixed_dictionaries(
        {
            standard.slug: st.sampled_from([rating.id for rating in scales[standard.scale]])
            for standard in framework.standards
            if standard.rated_by == "judgement"
        }
    )


def with_questions(framework: Framework, change: Callable[[KeyQuestion], KeyQuestion]) -> Framework:
    """Return the framework with each key question changed."""
    return evolve(
        framework,
        standards=tuple(
            evolve(standard, key_questions=tuple(map(change, standard.key_questions)))
            for standard in framework.standards
        ),
    )


def with_rules(question: KeyQuestion, change: Callable[[Condition], Condition]) -> KeyQuestion:
    """Return the key question with its own rule and its rule for each variant changed."""
    variants = {name: evolve(own, yes_when=change(own.yes_when)) for name, own in question.variants.items()}
    return evolve(question, yes_when=change(question.yes_when), variants=variants)


# --- What a rule means, said another way -----------------------------------------------------------


def meets(test: FactTest, fact: Fact, value: FactValue) -> bool:
    """Return whether a fact test holds, by looking at every value that it allows."""
    if test.comparison in ("is", "one_of", "is_not"):
        return any(value == allowed for allowed in test.values) == (test.comparison != "is_not")
    order = {word: place for place, word in enumerate(fact.values)}
    found, bound = (order.get(side, side) if isinstance(side, str) else side for side in (value, test.values[0]))
    return not found < bound if test.comparison == "at_least" else not found > bound  # type: ignore[operator]


def is_met(condition: Condition, framework: Framework, path: str, case: Case) -> bool | None:
    """Return whether a clause is met by a case that lacks nothing (``None``: it drops out)."""
    if isinstance(condition, FactTest):
        return meets(condition, framework.facts_by_id[condition.fact], case.facts[condition.fact])
    if isinstance(condition, PromptIsYes):
        address = f"{path}.{condition.prompt}"
        needs = framework.prompts[address].applies_when
        if case.answers[address] is Answer.NA or (needs and not is_met(needs, framework, path, case)):
            return None
        return case.answers[address] is Answer.YES
    below = (condition.clause,) if isinstance(condition, Not) else condition.of
    applying = [met for met in (is_met(clause, framework, path, case) for clause in below) if met is not None]
    return combined(condition, applying)


def combined(condition: Compound, applying: Sequence[bool]) -> bool | None:
    """Return whether a clause is met, from the clauses below it that apply."""
    if not applying:
        return None
    if isinstance(condition, Not):
        return not applying[0]
    if isinstance(condition, AtLeastPercent):
        return 100 * sum(applying) >= condition.percent * len(applying)
    wanted = {AllOf: len(applying), AnyOf: 1}.get(type(condition)) or getattr(condition, "count", 0)
    return sum(applying) >= min(wanted, len(applying))


def sample_asked(framework: Framework, path: str) -> Sample | None:
    """Return the sample that a key question is asked of: the one that it names, else its standard, else its domain."""
    slug, _, _ = path.partition(".")
    domains = [domain for domain in framework.domains if slug in domain.standards]
    named = [framework.key_questions[path].sample, framework.standards_by_slug[slug].sample]
    named += [domain.sample for domain in domains]
    nearest = next((name for name in named if name is not None), None)
    return next((sample for sample in framework.samples if sample.id == nearest), None)


def outcome_of_complete(framework: Framework, path: str, case: Case) -> Outcome:
    """Return the outcome of a key question for a case that lacks nothing."""
    question, sample = framework.key_questions[path], sample_asked(framework, path)
    if sample is not None and not is_met(sample.when, framework, path, case):
        return Outcome.NOT_ASKED
    if question.applies_when is not None and not is_met(question.applies_when, framework, path, case):
        return Outcome.NOT_APPLICABLE
    of_case = [variant.id for variant in framework.variants if is_met(variant.when, framework, path, case)][:1]
    yes_when = next((question.variants[name].yes_when for name in of_case if name in question.variants), None)
    yes_when = yes_when or question.yes_when
    asked = [is_met(PromptIsYes(prompt), framework, path, case) for prompt in prompts_in(yes_when)]
    met = is_met(yes_when, framework, path, case)
    if met is None or (asked and all(answer is None for answer in asked)):
        return Outcome.NOT_APPLICABLE
    return Outcome.YES if met else Outcome.NO


@COSTLY
@given(one_question(missing=False, points=False))
def test_a_case_that_lacks_nothing_has_the_outcome_that_the_words_of_the_rule_say(
    drawn: tuple[Framework, Case],
) -> None:
    framework, case = drawn
    expected = {path: outcome_of_complete(framework, path, case) for path in framework.key_questions}
    assert decided(framework, case) == expected


# --- Yes instead of no ---------------------------------------------------------------------------

BETTER = [Outcome.NO, Outcome.UNDETERMINED, Outcome.YES]


@COSTLY
@given(one_question(with_not=False, points=False), st.data())
def test_yes_instead_of_no_never_lowers_an_outcome_where_there_is_no_not(
    drawn: tuple[Framework, Case], data: st.DataObject
) -> None:
    framework, case = drawn
    prompt = data.draw(st.sampled_from(list(framework.prompts)))
    no, yes = (
        decided(framework, evolve(case, answers={**case.answers, prompt: answer})) for answer in (Answer.NO, Answer.YES)
    )
    for path in framework.key_questions:
        if no[path] not in BETTER:
            assert yes[path] is no[path]
        else:
            assert BETTER.index(yes[path]) >= BETTER.index(no[path])


def at_least_as_good(after: T | None, before: T | None) -> bool:
    """Whether a score or share is no lower than it was; what had none cannot have become lower."""
    return before is None or (after is not None and after >= before)  # type: ignore[operator]


@COSTLY
@given(frameworks_with_cases(with_not=False, missing=False, plain=True), st.data())
def test_yes_instead_of_no_never_lowers_a_share_a_rating_or_the_score_where_there_is_no_not(
    drawn: tuple[Framework, tuple[Case, ...]], data: st.DataObject
) -> None:
    framework, several = drawn
    assume(framework.prompts)
    bands = framework.key_question_bands
    assert bands is not None
    among = tuple({*bands.among, "yes"})
    framework = evolve(framework, key_question_bands=evolve(bands, share_of="yes", among=among))
    several = tuple(evolve(case, judgements={}) for case in several)
    judged = data.draw(judgements_of(framework))
    chosen = data.draw(st.integers(0, len(several) - 1))
    prompts = data.draw(st.sets(st.sampled_from(list(framework.prompts)), min_size=1))

    def rated(answer: Answer) -> RatingResult:
        changed = evolve(several[chosen], answers={**several[chosen].answers, **dict.fromkeys(prompts, answer)})
        return rate(framework, (*several[:chosen], changed, *several[chosen + 1 :]), judged)

    no, yes = rated(Answer.NO), rated(Answer.YES)
    assert at_least_as_good(yes.score, no.score)
    for after, before in zip(yes.standards, no.standards, strict=True):
        assert at_least_as_good(after.rating and after.rating.score, before.rating and before.rating.score)
        for better, worse in zip(after.key_questions, before.key_questions, strict=True):
            assert at_least_as_good(better.share, worse.share)
            assert at_least_as_good(better.rating and better.rating.score, worse.rating and worse.rating.score)
    for domain, worse_domain in zip(yes.domains, no.domains, strict=True):
        assert at_least_as_good(
            domain.rating and domain.rating.score, worse_domain.rating and worse_domain.rating.score
        )
    assert at_least_as_good(yes.overall and yes.overall.score, no.overall and no.overall.score)


# --- na drops out --------------------------------------------------------------------------------


def without(condition: Condition, prompt: str) -> Condition | None:
    """Return a rule with a prompt struck out, and every clause of which nothing is left."""
    if isinstance(condition, PromptIsYes | FactTest):
        return None if condition == PromptIsYes(prompt) else condition
    if isinstance(condition, Not):
        below = without(condition.clause, prompt)
        return below and Not(below)
    left = tuple(clause for clause in (without(clause, prompt) for clause in condition.of) if clause is not None)
    return evolve(condition, of=left) if left else None


@COSTLY
@given(one_question(points=False), st.data())
def test_a_prompt_answered_na_counts_as_little_as_one_that_the_rule_does_not_have(
    drawn: tuple[Framework, Case], data: st.DataObject
) -> None:
    framework, case = drawn
    path, question = next(iter(framework.key_questions.items()))
    prompt = data.draw(st.sampled_from(question.prompts)).id
    answered = evolve(case, answers={**case.answers, f"{path}.{prompt}": Answer.NA})

    def struck_out(yes_when: Condition) -> Condition:
        left = without(yes_when, prompt)
        # A rule that loses its only prompt is about nothing, and that is another property.
        return left if left is not None and prompts_in(left) else yes_when

    shorter = with_questions(framework, lambda question: with_rules(question, struck_out))
    assert decided(framework, answered) == decided(shorter, answered)


@COSTLY
@given(one_question(), st.data())
def test_na_and_a_condition_that_is_not_met_are_the_same_whatever_was_answered(
    drawn: tuple[Framework, Case], data: st.DataObject
) -> None:
    framework, case = drawn
    path, question = next(iter(framework.key_questions.items()))
    prompt = data.draw(st.sampled_from(question.prompts)).id
    address = f"{path}.{prompt}"
    never = FactTest("unheard_of", "is", (True,))
    conditional = with_questions(
        evolve(framework, facts=(*framework.facts, Fact("unheard_of", "Unheard of", "yes_no"))),
        lambda question: evolve(
            question,
            prompts=tuple(
                evolve(asked, applies_when=never) if asked.id == prompt else asked for asked in question.prompts
            ),
        ),
    )
    does_not_apply = evolve(case, facts={**case.facts, "unheard_of": False})
    answered = evolve(case, answers={**case.answers, address: Answer.NA})
    assert decided(conditional, does_not_apply) == decided(framework, answered)


@COSTLY
@given(one_question())
def test_a_question_whose_prompts_are_all_na_is_never_yes_and_never_no(drawn: tuple[Framework, Case]) -> None:
    framework, case = drawn
    answered = evolve(case, answers=dict.fromkeys(framework.prompts, Answer.NA))
    for path, question in framework.key_questions.items():
        rules = [rule for _, rule in question.rules]
        if all(prompts_in(yes_when) for yes_when in rules):
            assert decided(framework, answered)[path] not in (Outcome.YES, Outcome.NO)
        if len(rules) < 2 and all(map(prompts_in, rules)) and sample_asked(framework, path) is None:
            assert decided(framework, answered)[path] is Outcome.NOT_APPLICABLE


# --- What is missing -----------------------------------------------------------------------------


@COSTLY
@given(one_question(), st.data())
def test_filling_in_what_is_missing_never_turns_an_outcome_that_was_determined(
    drawn: tuple[Framework, Case], data: st.DataObject
) -> None:
    framework, case = drawn
    more = data.draw(cases(framework))
    filled = evolve(case, facts={**more.facts, **case.facts}, answers={**more.answers, **case.answers})
    before, after = decided(framework, case), decided(framework, filled)
    for path, outcome in before.items():
        assert outcome is Outcome.UNDETERMINED or after[path] is outcome


# --- Order ---------------------------------------------------------------------------------------


def shuffled(several: Sequence[T], chance: random.Random) -> tuple[T, ...]:
    return tuple(chance.sample(list(several), len(several)))


def with_clauses_shuffled(condition: Condition, chance: random.Random) -> Condition:
    if isinstance(condition, Not):
        return Not(with_clauses_shuffled(condition.clause, chance))
    if isinstance(condition, AllOf | AnyOf | AtLeast | AtLeastPercent):
        below = [with_clauses_shuffled(clause, chance) for clause in condition.of]
        return evolve(condition, of=shuffled(below, chance))
    return condition


@COSTLY
@given(frameworks_with_cases(), st.randoms(use_true_random=False), st.data())
def test_the_order_of_cases_prompts_clauses_facts_and_standards_does_not_matter(
    drawn: tuple[Framework, tuple[Case, ...]], chance: random.Random, data: st.DataObject
) -> None:
    framework, several = drawn
    judged = data.draw(judgements_of(framework))
    reordered = with_questions(
        framework,
        lambda question: with_rules(
            evolve(question, prompts=shuffled(question.prompts, chance)),
            lambda yes_when: with_clauses_shuffled(yes_when, chance),
        ),
    )
    reordered = evolve(
        reordered, standards=shuffled(reordered.standards, chance), facts=shuffled(reordered.facts, chance)
    )
    for case in several:
        assert decided(framework, case) == decided(reordered, case)
    before, after = rate(framework, several, judged), rate(reordered, shuffled(several, chance), judged)
    assert (before.overall, before.score, before.domains) == (after.overall, after.score, after.domains)
    said = {result.standard.slug: (result.rating, result.drivers) for result in before.standards}
    assert said == {result.standard.slug: (result.rating, result.drivers) for result in after.standards}
    results = [
        {
            question.path: (question.counts, question.share, question.rating, question.panel)
            for result in rated.standards
            for question in result.key_questions
        }
        for rated in (before, after)
    ]
    assert results[0] == results[1]


def shuffle_keys(block: Text | Block, chance: random.Random, *, keep: bool = False) -> None:
    """Shuffle the keys of a block and of all below it, but not the values of a choice: they may be ordered."""
    if isinstance(block, Block):
        for entry in block.entries:
            shuffle_keys(entry.value, chance, keep=entry.key is not None and entry.key.value == "values")
        if block.is_mapping and not keep:
            chance.shuffle(block.entries)


def write_folder(framework: Framework, folder: Path, chance: random.Random) -> None:
    """Write a framework as a folder: a file for each standard, names and keys in any order."""
    root = read_layout(dump_framework(framework).encode(), "framework").root
    shuffle_keys(root, chance)
    parts: dict[str, Block] = {"framework.yaml": root}
    standards = root.get("standards")
    assert isinstance(standards, Block)
    names = chance.sample(range(100), len(standards.entries))
    for name, entry in zip(names, standards.entries, strict=True):
        assert isinstance(entry.value, Block)
        parts[f"{name}.yaml"] = entry.value
    for file, keys in (("facts.yaml", ["facts"]), ("measures.yaml", ["measures", "subgroups"])):
        moved = [entry for key in keys if (entry := root.entry(key)) is not None]
        if moved and chance.random() < 0.5:
            parts[file] = Block(True, entries=moved)
            root.entries = [entry for entry in root.entries if entry not in moved]
    root.entries = [entry for entry in root.entries if entry.key is None or entry.key.value != "standards"]
    for name, block in parts.items():
        block.is_flow = False
        (folder / name).write_bytes(Layout(block, name).write())


def as_reported(framework: Framework) -> Framework:
    """Return the framework with its standards in the order of its domains, as loading gives them."""
    slugs = [slug for domain in framework.domains for slug in domain.standards]
    slugs += [standard.slug for standard in framework.outside_domains]
    return evolve(framework, standards=tuple(framework.standards_by_slug[slug] for slug in slugs))


@FILES
@given(frameworks(), st.randoms(use_true_random=False))
def test_the_order_of_files_and_of_keys_in_them_does_not_matter(framework: Framework, chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_folder(framework, Path(folder), chance)
        found = build_framework(read_framework(Path(folder)))
    # What is in no domain is reported in the order of the names of the files.
    order = [slug for domain in framework.domains for slug in domain.standards]
    order += sorted(standard.slug for standard in found.outside_domains)
    assert evolve(found, standards=tuple(found.standards_by_slug[slug] for slug in order)) == evolve(
        framework, standards=tuple(framework.standards_by_slug[slug] for slug in order)
    )


# --- Writing and amending ------------------------------------------------------------------------


@FILES
@given(frameworks())
def test_a_framework_that_is_written_and_loaded_is_the_same_framework(framework: Framework) -> None:
    text = dump_framework(framework)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "whole.yaml"
        file.write_text(text, encoding="utf-8")
        loaded = build_framework(read_framework(file))
        assert loaded == as_reported(framework)
        # Equality of mappings says nothing about the order of values, which decides where a choice is ordered.
        assert [list(fact.values) for fact in loaded.facts] == [list(fact.values) for fact in framework.facts]
        assert dump_framework(loaded) == dump_framework(as_reported(framework))


def settings_of(framework: Framework) -> dict[str, object]:
    """Return some of what a framework declares, by full address."""
    declared: dict[str, object] = {"title": framework.title, "publisher": framework.publisher}
    # A rating without a score declares none, and nothing can be set to nothing.
    declared |= {f"ratings.{rating.id}.score": rating.score for rating in framework.ratings if rating.score is not None}
    declared |= {f"facts.{fact.id}.title": fact.title for fact in framework.facts}
    for standard in framework.standards:
        declared[f"standards.{standard.slug}.statement"] = standard.statement
        for question in standard.key_questions:
            path = f"standards.{standard.slug}.key_questions.{question.id}"
            declared[f"{path}.ask"] = question.ask
            declared |= {f"{path}.prompts.{prompt.id}.ask": prompt.ask for prompt in question.prompts}
    return declared


@FILES
@given(frameworks(), st.data())
def test_an_amendment_that_changes_nothing_changes_nothing(framework: Framework, data: st.DataObject) -> None:
    declared = settings_of(framework)
    chosen = data.draw(st.lists(st.sampled_from(list(declared)), unique=True))
    amendment = {
        "amends": {"id": framework.id, "edition": framework.edition},
        "title": "Nothing",
        "reason": "To see that nothing changes.",
        "set": {address: declared[address] for address in chosen},
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "whole.yaml").write_text(dump_framework(framework), encoding="utf-8")
        (Path(folder) / "amendment.yaml").write_text(json.dumps(amendment, ensure_ascii=False), encoding="utf-8")
        source = read_framework(Path(folder) / "whole.yaml")
        amended = amended_framework(source, [read_amendment(Path(folder) / "amendment.yaml")])
    assert amended == as_reported(framework)
    assert not compare_frameworks(as_reported(framework), amended).changes


# --- Bands, ratings and counts -------------------------------------------------------------------


@given(st.data())
def test_every_value_is_in_exactly_one_band_and_has_its_rating(data: st.DataObject) -> None:
    bands = data.draw(band_scales(data.draw(rating_scales())))
    near = st.tuples(st.sampled_from([band.lowest for band in bands]), st.fractions(-1, 1)).map(sum).map(abs)
    value = data.draw(near | st.fractions(0, 100) | st.integers(0, 10**20).map(Fraction))
    uppers: list[Fraction | None] = [None, *(band.lowest for band in bands)]
    holding = [
        band.rating
        for band, upper in zip(bands, uppers, strict=False)
        if band.lowest <= value and (upper is None or value < upper)
    ]
    assert [BAND_ENGINES[name].rating(bands, value) for name in ENGINES] == holding * len(ENGINES)


BAND_ENGINES: Mapping[str, Engine] = {
    name: make_engine(load_framework("hmip-pdu", "2024"), "durable" if name == "durable" else "reference")
    for name in ENGINES
}


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rounded_share_is_the_whole_per_cent_that_its_rounding_asks_for(count: int, among: int) -> None:
    assume(count <= among)
    share = Fraction(count, among)
    down, up = 100 * count // among, -(-100 * count // among)
    twice_left = 2 * (100 * count - down * among)
    nearest = {True: up, False: down}[twice_left > among]
    assert rounded_percent(share, "down") == down
    assert rounded_percent(share, "up") == up
    assert rounded_percent(share, "half_up") == (up if twice_left == among else nearest)
    assert rounded_percent(share, "half_even") == (down + down % 2 if twice_left == among else nearest)


def band_of(bands: Sequence[Band], value: Fraction) -> str:
    return max((band for band in bands if band.lowest <= value), key=lambda band: band.lowest).rating


@COSTLY
@given(frameworks(depth=1, plain=True), st.data())
def test_a_standard_has_the_rating_of_its_lowest_key_question_and_scores_add_up(
    framework: Framework, data: st.DataObject
) -> None:
    # Other rules than these are held to by tests/rating/test_any_scheme.py.
    counts = {path: data.draw(COUNTS) for path in framework.key_questions}
    judged = data.draw(judgements_of(framework))
    bands = framework.key_question_bands
    assert bands is not None
    result = rate_counts(framework, counts, judged, make_engine(framework))
    scores: dict[str, int | None] = {}
    for standard in result.standards:
        slug = standard.standard.slug
        if standard.standard.rated_by == "judgement":
            scores[slug] = framework.ratings_by_id[judged[slug]].score
            continue
        shares: dict[str, Fraction] = {}
        refused = False
        for question in standard.key_questions:
            counted = counts[question.path]
            among = sum(getattr(counted, outcome) for outcome in bands.among)
            if counted.undetermined and (bands.undetermined == "refuse" or not among):
                # Where cases are left out as undetermined and none is left, nothing is known either.
                refused = True
                assert (question.share, question.rating, question.percent) == (None, None, None)
            elif among:
                share = Fraction(getattr(counted, bands.share_of), among)
                percent = rounded_percent(share, bands.round)
                placed = Fraction(percent) if bands.decided_on == "rounded" else share * 100
                assert (question.share, question.percent) == (share, percent)
                assert question.rating == framework.ratings_by_id[band_of(bands.bands, placed)]
                shares[question.path] = share
            else:
                refused = refused or framework.standard_rating.not_rated == "refuse"
                assert (question.share, question.rating) == (None, None)
        ratings = [question.rating.score for question in standard.key_questions if question.rating is not None]
        scores[slug] = None if refused or not ratings else min(ratings)
        assert (standard.rating and standard.rating.score) == scores[slug]
        if scores[slug] is not None:
            assert standard.drivers == tuple(path for path, share in shares.items() if share == min(shares.values()))
        assert bool(standard.not_rated) == (scores[slug] is None)
    every = list(scores.values())
    total = None if None in every else sum(score for score in every if score is not None)
    assert result.score == total
    best = max(rating.score for rating in framework.ratings)
    assert result.out_of == best * len(framework.standards)
    if framework.overall is not None and total is not None:
        assert result.overall == framework.ratings_by_id[band_of(framework.overall.bands, Fraction(total))]
    else:
        assert result.overall is None
    for domain in result.domains:
        of_domain = [scores[slug] for slug in domain.domain.standards]
        known = [score for score in of_domain if score is not None]
        assert domain.score == (sum(known) if len(known) == len(of_domain) else None)
        assert domain.out_of == best * len(of_domain)
        if framework.domain_rating is not None and domain.score is not None:
            own = framework.domain_rating.bands_of[domain.domain.id]
            assert domain.rating == framework.ratings_by_id[band_of(own, Fraction(domain.score))]
        else:
            assert domain.rating is None


@COSTLY
@given(frameworks_with_cases(most=6), st.data())
def test_counts_of_groups_of_cases_add_up_to_the_whole(
    drawn: tuple[Framework, tuple[Case, ...]], data: st.DataObject
) -> None:
    framework, several = drawn
    judged = data.draw(judgements_of(framework))
    group_of = data.draw(st.lists(st.integers(0, 2), min_size=len(several), max_size=len(several)))
    engine = make_engine(framework)
    outcomes = [engine.assess(case) for case in several]
    groups = [
        count_outcomes(framework, [outcome for outcome, own in zip(outcomes, group_of, strict=True) if own == number])
        for number in range(3)
    ]
    added = {path: sum((group[path] for group in groups), Counts()) for path in framework.key_questions}
    assert added == count_outcomes(framework, outcomes)
    others = Counter(
        path for each in outcomes for path, found in each.questions.items() if found.outcome is Outcome.NOT_ASKED
    )
    assert all(counts.cases + others[path] == len(several) for path, counts in added.items())
    whole = rate_outcomes(framework, outcomes, judged, engine)
    assert rate_counts(framework, added, judged, engine, cases=len(several)) == whole


# --- Explanations --------------------------------------------------------------------------------


def follows(condition: Compound, below: Sequence[Truth]) -> Truth:
    """Return what a clause must be: what it is however the unknown clauses below it turn out, or else unknown."""
    applying = [truth for truth in below if truth is not Truth.DROPPED]
    choices = [(True, False) if truth is Truth.UNKNOWN else (truth is Truth.TRUE,) for truth in applying]
    found = {combined(condition, turned_out) for turned_out in itertools.product(*choices)}
    return (
        {None: Truth.DROPPED, True: Truth.TRUE, False: Truth.FALSE}[found.pop()] if len(found) == 1 else Truth.UNKNOWN
    )


def where_it_applies(applies: Truth | None, truth: Truth) -> Truth:
    if applies is Truth.FALSE or truth is Truth.DROPPED:
        return Truth.DROPPED
    return Truth.UNKNOWN if applies is Truth.UNKNOWN else truth


def check_clause(result: ClauseResult, framework: Framework, path: str, case: Case) -> None:
    """Check that a clause and every clause below it has the result that follows from what is below it."""
    clause = result.clause
    for below in (*result.children, *filter(None, [result.applies])):
        check_clause(below, framework, path, case)
    if isinstance(clause, PromptIsYes):
        address = f"{path}.{clause.prompt}"
        words = {Answer.YES: Truth.TRUE, Answer.NO: Truth.FALSE, Answer.NA: Truth.DROPPED}
        answer = case.answers.get(address)
        applies = result.applies and result.applies.truth
        assert (result.applies is None) == (framework.prompts[address].applies_when is None)
        assert result.truth is where_it_applies(applies, words[answer] if answer else Truth.UNKNOWN)
    elif isinstance(clause, FactTest):
        value = case.facts.get(clause.fact)
        known = value is not None and meets(clause, framework.facts_by_id[clause.fact], value)
        assert result.truth is (Truth.UNKNOWN if value is None else Truth.TRUE if known else Truth.FALSE)
    else:
        assert result.truth is follows(clause, [below.truth for below in result.children])
        assert [below.clause for below in result.children] == list(
            (clause.clause,) if isinstance(clause, Not) else clause.of
        )


def check_same(explained: ClauseExplanation, result: ClauseResult) -> None:
    """Check that an explanation has the results of a clause and of everything below it."""
    assert explained.truth is result.truth
    assert explained.at is result.clause.at
    for shown, below in zip(explained.below, (*result.children, *filter(None, [result.applies])), strict=True):
        check_same(shown, below)


def prompt_results(result: ClauseResult) -> list[Truth]:
    own = [result.truth] if isinstance(result.clause, PromptIsYes) else []
    return own + [truth for below in result.children for truth in prompt_results(below)]


@COSTLY
@given(one_question(points=False))
def test_an_explanation_ends_in_the_outcome_and_each_clause_follows_from_those_below_it(
    drawn: tuple[Framework, Case],
) -> None:
    framework, case = drawn
    outcomes = make_engine(framework, "reference").assess(case).questions
    for explained in explain_case(framework, case, make_engine(framework)):
        outcome = outcomes[explained.path]
        applies = outcome.applies and outcome.applies.truth
        if outcome.applies is not None:
            check_clause(outcome.applies, framework, explained.path, case)
            assert explained.applies is not None
            check_same(explained.applies, outcome.applies)
        root = Truth.UNKNOWN  # where facts are missing to tell which rule is used
        if outcome.rule is not None:
            check_clause(outcome.rule, framework, explained.path, case)
            assert explained.rule is not None
            check_same(explained.rule, outcome.rule)
            prompts = prompt_results(outcome.rule)
            root = outcome.rule.truth
            if prompts and not {Truth.TRUE, Truth.FALSE} & set(prompts):
                root = Truth.UNKNOWN if Truth.UNKNOWN in prompts else Truth.DROPPED
        words = {
            Truth.TRUE: Outcome.YES,
            Truth.FALSE: Outcome.NO,
            Truth.UNKNOWN: Outcome.UNDETERMINED,
            Truth.DROPPED: Outcome.NOT_APPLICABLE,
        }
        expected = words[where_it_applies(applies, root)]
        sample = sample_asked(framework, explained.path)
        assert (outcome.drawn is None) == (sample is None)
        if outcome.drawn is not None:
            check_clause(outcome.drawn, framework, explained.path, case)
            assert explained.drawn is not None
            check_same(explained.drawn, outcome.drawn)
            not_drawn = {Truth.FALSE: Outcome.NOT_ASKED, Truth.UNKNOWN: Outcome.UNDETERMINED}
            expected = not_drawn.get(outcome.drawn.truth, expected)
        assert outcome.rule_outcome is expected
        judged = None if expected is Outcome.NOT_ASKED else case.judgements.get(explained.path)
        assert explained.outcome.outcome is (judged.outcome if judged else outcome.rule_outcome)
        assert explained.outcome.rule_outcome is outcome.rule_outcome


# --- An inspection while it is edited ------------------------------------------------------------


class Inspecting(RuleBasedStateMachine):
    """An inspection whose cases, judgements, bands and rules are edited one after the other.

    What is kept up to date by one change at a time (an engine that remembers, counts that are added and taken away)
    must at every moment be what a fresh start would give.
    """

    framework: Framework
    cases: dict[str, Case]
    judged: dict[str, str]

    @initialize(data=st.data())
    def start(self, data: st.DataObject) -> None:
        self.framework, drawn = data.draw(frameworks_with_cases(most=3))
        self.judged = {}
        self.number = len(drawn)
        self._compile()
        self.cases, self.outcomes = {}, {}
        self.counts = dict.fromkeys(self.framework.key_questions, Counts())
        for case in drawn:
            self._put(case)

    def _compile(self) -> None:
        self.engine = make_engine(self.framework)

    def _put(self, case: Case) -> None:
        self._take_out(case.id)
        self.cases[case.id] = case
        self.outcomes[case.id] = outcome = self.engine.assess(case)
        self._add(outcome, 1)

    def _take_out(self, case_id: str) -> None:
        if self.cases.pop(case_id, None) is not None:
            self._add(self.outcomes.pop(case_id), -1)

    def _add(self, outcome: CaseOutcome, sign: int) -> None:
        for path, question in outcome.questions.items():
            if question.outcome is not Outcome.NOT_ASKED:
                points, reachable = (sign * (each or Fraction(0)) for each in (question.points, question.reachable))
                self.counts[path] += Counts(**{question.outcome.value: sign}, points=points, reachable=reachable)

    def _recompile(self) -> None:
        self._compile()
        for case in list(self.cases.values()):
            self._put(case)

    def _a_case(self, data: st.DataObject) -> Case:
        return self.cases[data.draw(st.sampled_from(sorted(self.cases)))]

    @precondition(lambda self: self.cases and self.framework.prompts)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        case = self._a_case(data)
        prompt = data.draw(st.sampled_from(list(self.framework.prompts)))
        answer = data.draw(st.none() | st.sampled_from([*answers_to(self.framework, prompt).values()]))
        answers = {path: known for path, known in case.answers.items() if path != prompt}
        self._put(evolve(case, answers=answers | ({prompt: answer} if answer else {})))

    @precondition(lambda self: self.cases and self.framework.facts)
    @rule(data=st.data())
    def learn_a_fact(self, data: st.DataObject) -> None:
        case = self._a_case(data)
        fact = data.draw(st.sampled_from(self.framework.facts))
        value = data.draw(st.none() | values_near(self.framework, fact))
        facts = {name: known for name, known in case.facts.items() if name != fact.id}
        self._put(evolve(case, facts=facts | ({fact.id: value} if value is not None else {})))

    @precondition(lambda self: self.cases and self.framework.ruled_questions)
    @rule(data=st.data(), outcome=st.none() | st.sampled_from([Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE]))
    def judge_a_case(self, data: st.DataObject, outcome: Outcome | None) -> None:
        case = self._a_case(data)
        path = data.draw(st.sampled_from(list(self.framework.ruled_questions)))
        judgements = {known: judgement for known, judgement in case.judgements.items() if known != path}
        self._put(evolve(case, judgements=judgements | ({path: Judgement(outcome, "Seen.")} if outcome else {})))

    @rule(data=st.data())
    def judge_the_standards(self, data: st.DataObject) -> None:
        judged = data.draw(judgements_of(self.framework))
        left_out = data.draw(st.sets(st.sampled_from(sorted(judged)))) if judged else set()
        self.judged = {slug: rating for slug, rating in judged.items() if slug not in left_out}

    @rule(data=st.data())
    def add_a_case(self, data: st.DataObject) -> None:
        self.number += 1
        self._put(data.draw(cases(self.framework, case_id=f"c{self.number}")))

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def take_out_a_case(self, data: st.DataObject) -> None:
        self._take_out(self._a_case(data).id)

    @precondition(lambda self: self.framework.key_question_bands.bands)
    @rule(data=st.data())
    def move_the_bands(self, data: st.DataObject) -> None:
        bands = data.draw(key_question_bands(self.framework.ratings))
        # Bands say nothing about cases, so the outcomes and counts stay.
        self.framework = evolve(self.framework, key_question_bands=bands)
        self._compile()

    @precondition(lambda self: self.framework.ruled_questions)
    @rule(data=st.data())
    def change_a_rule(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(list(self.framework.ruled_questions)))
        question = self.framework.key_questions[path]
        leaves: st.SearchStrategy[Condition] = st.sampled_from([PromptIsYes(asked.id) for asked in question.prompts])
        if self.framework.facts:
            leaves |= fact_tests(self.framework.facts)
        yes_when = data.draw(conditions(leaves, depth=2))
        own = {name: VariantRule(yes_when) for name in question.variants}
        self._change(question, evolve(question, yes_when=yes_when, variants=own))

    @precondition(lambda self: self.framework.scored_questions)
    @rule(data=st.data())
    def change_a_weight(self, data: st.DataObject) -> None:
        question = data.draw(st.sampled_from([*self.framework.scored_questions.values()]))
        changed = data.draw(st.sampled_from(question.prompts))
        weighed = evolve(changed, weight=data.draw(st.integers(1, 9)))
        prompts = tuple(weighed if prompt is changed else prompt for prompt in question.prompts)
        self._change(question, evolve(question, prompts=prompts))

    def _change(self, before: KeyQuestion, after: KeyQuestion) -> None:
        standards = tuple(
            evolve(each, key_questions=tuple(after if known is before else known for known in each.key_questions))
            for each in self.framework.standards
        )
        self.framework = evolve(self.framework, standards=standards)
        self._recompile()

    @invariant()
    def what_is_kept_up_to_date_is_what_a_fresh_start_gives(self) -> None:
        kept = rate_counts(self.framework, self.counts, self.judged, self.engine, cases=len(self.cases))
        engine = make_engine(self.framework, "reference")
        outcomes = [engine.assess(case) for case in self.cases.values()]
        assert evolve(kept, engine="reference") == rate_outcomes(self.framework, outcomes, self.judged, engine)

    # What rules come to is refused where standards are read from files, and not where they are built.
    @precondition(lambda self: self.cases and not any(f.severity == "error" for f in check_meaning(self.framework)))
    @rule()
    def save_and_load(self) -> None:
        kept = rate_counts(self.framework, self.counts, self.judged, self.engine, cases=len(self.cases))
        with tempfile.TemporaryDirectory() as folder:
            result = rate_inspection(load_inspection(write_inspection(self, Path(folder))))
        rated = result.rating
        assert rated.framework == as_reported(self.framework)
        assert (rated.overall, rated.score, rated.domains) == (kept.overall, kept.score, kept.domains)
        assert {found.standard.slug: found for found in rated.standards} == {
            found.standard.slug: found for found in kept.standards
        }
        diverging = {
            (case, path)
            for case, outcome in self.outcomes.items()
            for path, question in outcome.questions.items()
            if question.diverges
        }
        assert {(found.case, found.key_question) for found in result.divergences} == diverging


def write_inspection(inspecting: Inspecting, folder: Path) -> Path:
    """Write an inspection as its files, and return the path of the inspection file."""
    framework, several = inspecting.framework, inspecting.cases.values()
    (folder / "standards.yaml").write_text(dump_framework(framework), encoding="utf-8")
    columns = ["case", *framework.facts_by_id, *framework.prompts, *framework.measures_by_path]
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns)
        table.writeheader()
        for case in several:
            facts = {fact: in_a_cell(value) for fact, value in case.facts.items()}
            table.writerow({"case": case.id, **facts, **{path: answer.value for path, answer in case.answers.items()}})
    inspection = {
        "framework": {"path": "standards.yaml"},
        "provider": {"id": "nowhere", "name": "Nowhere"},
        "title": "An inspection of nowhere",
        "fieldwork": {"started": inspecting.framework.in_force_from.isoformat()},
        "cases": {"file": "cases.csv", "synthetic": True, "note": "Drawn at random."},
        "judgements": [
            {"standard": slug, "rating": rating, "rationale": "It is."} for slug, rating in inspecting.judged.items()
        ],
        "case_judgements": [
            {"case": case.id, "key_question": path, "outcome": judged.outcome.value, "reason": judged.reason}
            for case in several
            for path, judged in case.judgements.items()
        ],
    }
    path = folder / "inspection.yaml"
    path.write_text(json.dumps(inspection, ensure_ascii=False), encoding="utf-8")
    return path


def in_a_cell(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return say_number(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


TestInspecting = Inspecting.TestCase
TestInspecting.settings = settings(FILES, stateful_step_count=12)
