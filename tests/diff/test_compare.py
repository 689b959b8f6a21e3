"""The difference between two frameworks: what it says, and that it says so exactly when a case can differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from math import prod
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ctm_rules import Answer, Case, DiagnosticError, Framework
from ctm_rules.diff.changes import Change, FrameworkChanges
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.engines.base import plan_question
from ctm_rules.engines.decision_diagrams import values_to_try
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.amendments import Alteration, Amendment, amended_framework, amendment_from_options
from ctm_rules.frameworks.finding import find_framework
from ctm_rules.frameworks.loading import build_framework, load_framework, read_framework
from ctm_rules.model.conditions import AllOf, AnyOf, AtLeast, Condition, Not, PromptIsYes
from ctm_rules.model.framework import Standard
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue
from tests.support.small_framework import Small
from tests.support.strategies import conditions, frameworks, rated_frameworks

SOURCE = read_framework(find_framework("hmip-pdu", "2024"))
SHIPPED = build_framework(SOURCE)


def change(*settings: str, **verbs: list[str]) -> FrameworkChanges:
    """Compare the shipped framework with itself once amended."""
    return compare_frameworks(SHIPPED, amended_framework(SOURCE, [amendment_from_options(list(settings), **verbs)]))


def only(changes: FrameworkChanges) -> Change:
    [found] = changes.changes
    return found


# --- What it says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "weight", "path", "says"),
    [
        pytest.param(
            "key_question_bands.good.from=60",
            "decides",
            "key_question_bands.good",
            "the limit for Good moved from 65% to 60%",
            id="limit of key questions",
        ),
        pytest.param(
            "overall.good.from=12",
            "decides",
            "overall.good",
            "the limit for Good moved from 11 to 12",
            id="limit of the overall rating",
        ),
        pytest.param(
            "domain_rating.bands_of.organisation.good.from=6",
            "decides",
            "domain_rating.bands_of.organisation.good",
            "the limit for Good moved from 5 to 6",
            id="limit of a domain",
        ),
        pytest.param(
            "overall.bands=[{from: 11, rating: good},"
            " {from: 4, rating: requires_improvement}, {from: 0, rating: inadequate}]",
            "decides",
            "overall.outstanding",
            "the band for Outstanding, from 18, was removed",
            id="band removed",
        ),
        pytest.param(
            "ratings.good.score=4",
            "decides",
            "ratings.good",
            "the score of Good changed from 2 to 4",
            id="score of a rating",
        ),
        pytest.param(
            "facts.suspended_after_weeks.range={from: 0, to: 52}",
            "reports",
            "facts.suspended_after_weeks",
            "what it may be changed from a whole number from 0 to a whole number from 0 to 52",
            id="range of a fact",
        ),
        pytest.param("ratings.good.label=Fine", "words", "ratings.good", "the label changed", id="label of a rating"),
        pytest.param(
            "key_question_bands.decided_on=exact",
            "decides",
            "key_question_bands",
            "the share that decides changed from rounded to exact",
            id="share that decides",
        ),
        pytest.param(
            "key_question_bands.undetermined=exclude",
            "decides",
            "key_question_bands",
            "what undetermined cases do to a key question changed from refuse to exclude",
            id="undetermined cases",
        ),
        pytest.param(
            "panel.within_points=3",
            "reports",
            "panel.within_points",
            "the distance from a limit that is flagged, in points, changed from 5 to 3",
            id="panel flag",
        ),
        pytest.param(
            "assessment.title=Assessing",
            "words",
            "assessment",
            "the title changed",
            id="title of a standard",
        ),
        pytest.param(
            "assessment.safety.ask=Is it safe?",
            "words",
            "assessment.safety",
            "the wording of the question changed",
            id="wording of a question",
        ),
        pytest.param(
            "in_force_to=2026-12-31",
            "words",
            "framework",
            "the date to which it is in force changed",
            id="end of being in force",
        ),
        pytest.param(
            "measures.drug_need_met.applies_when={fact: mappa, is: yes}",
            "reports",
            "measures.drug_need_met",
            "the condition under which it is counted changed",
            id="condition of a measure",
        ),
        pytest.param(
            "subgroups.grade.pso.when={fact: grade, is_not: PO}",
            "words",
            "subgroups.grade.pso",
            "who belongs to the group is written differently and means the same",
            id="group in other words",
        ),
        pytest.param("facts.mappa.title=MAPPA", "words", "facts.mappa", "the title changed", id="title of a fact"),
        pytest.param(
            "facts.sex.values.other=Other",
            "reports",
            "facts.sex",
            "the value other (Other) was added",
            id="value added to a choice",
        ),
    ],
)
def test_a_change_says_what_it_is(setting: str, weight: str, path: str, says: str) -> None:
    # Where scores add up to another sum, that is said for each sum.
    found, *sums = change(setting).changes
    assert (found.weight, found.path, found.says) == (weight, path, says)
    assert all("the sum is out of" in each.says for each in sums)


def test_a_limit_that_no_whole_per_cent_tells_apart_is_no_change() -> None:
    assert only(change("key_question_bands.good.from=64.5")).kind == "rewritten"
    decided_on_exact = amended_framework(SOURCE, [amendment_from_options(["key_question_bands.decided_on=exact"])])
    moved = amendment_from_options(["key_question_bands.decided_on=exact", "key_question_bands.good.from=64.5"])
    assert only(compare_frameworks(decided_on_exact, amended_framework(SOURCE, [moved]))).weight == "decides"


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        pytest.param(
            "risk_of_harm",
            [
                "“sources and agencies” and “victims” no longer count",
                "it is easier to meet: no case moves from yes to no",
            ],
            id="easier",
        ),
        pytest.param(
            "{all: [risk_of_harm, sources_and_agencies, victims]}",
            [
                "“sources and agencies” and “victims” are now required for yes",
                "it is harder to meet: no case moves from no to yes",
            ],
            id="harder",
        ),
        pytest.param(
            "{any: [risk_of_harm, victims]}",
            [
                "“sources and agencies” no longer counts",
                "“risk of harm” is no longer required for yes",
                "some cases move from no to yes and others from yes to no",
            ],
            id="neither easier nor harder",
        ),
    ],
)
def test_a_rule_is_told_by_what_it_asks_for(rule: str, sentences: list[str]) -> None:
    found = only(change(f"assessment.safety.yes_when={rule}"))
    assert found.weight == "decides"
    for sentence in sentences:
        assert sentence in found.says.split("; ")


def test_a_rule_shows_how_it_was_and_is_and_a_case_that_differs() -> None:
    was, now, example = only(change("assessment.desistance.yes_when.at_least.count=2")).details
    assert was == ("was: yes when “offending factors” is yes, and at least one of “strengths” and “sources” is yes")
    assert now == "now: yes when “offending factors” is yes, and (“strengths” and “sources” are yes)"
    assert "“offending factors” is yes" in example
    assert example.endswith("the outcome was yes and is now no")


def test_a_prompt_that_is_removed_says_so_where_it_stood_and_in_its_rule() -> None:
    changes = change(remove=["assessment.safety.yes_when.at_least.of.victims", "assessment.safety.victims"])
    assert [(found.path, found.kind, found.weight) for found in changes.changes] == [
        ("assessment.safety", "changed", "decides"),
        ("assessment.safety.victims", "removed", "decides"),
    ]
    assert changes.changes[0].says.startswith("“victims” is gone; “sources and agencies” is now required for yes")


def test_a_prompt_that_no_rule_reads_decides_nothing() -> None:
    found = only(change(add=["assessment.safety.prompts=[{id: custody, ask: Is custody considered?}]"]))
    assert (found.path, found.weight, found.says) == ("assessment.safety.custody", "reports", "the prompt was added")


def test_another_condition_of_a_prompt_reaches_the_question_that_reads_it() -> None:
    changes = change("assessment.safety.victims.applies_when={fact: mappa, is: yes}")
    assert [(found.path, found.weight) for found in changes.changes] == [
        ("assessment.safety", "decides"),
        ("assessment.safety.victims", "decides"),
    ]
    assert changes.changes[1].details == (
        "was: when “There are actual or potential victims” is yes",
        "now: when “Managed under multi-agency public protection arrangements (MAPPA)” is yes",
    )


def test_a_sum_out_of_more_than_before_is_said_with_what_its_bands_were_made_for() -> None:
    changes = change(
        "ratings=[{id: exceptional, label: Exceptional, score: 4}, {id: outstanding, label: Outstanding, score: 3}, "
        "{id: good, label: Good, score: 2}, {id: requires_improvement, label: Requires improvement, score: 1}, "
        "{id: inadequate, label: Inadequate, score: 0}]"
    )
    said = {found.path: (found.says, found.details) for found in changes.of_weight("decides")}
    assert said["overall"] == (
        "the sum is out of 28; it was out of 21",
        ("its bands were made for sums out of 21",),
    )
    assert said["domain_rating.bands_of.organisation"] == (
        "the sum is out of 12; it was out of 9",
        ("its bands were made for sums out of 9",),
    )
    [only] = change("overall.out_of=20").changes
    assert (only.weight, only.path, only.says) == ("words", "overall", "out_of changed from 21 to 20")


def test_another_use_of_a_variant_reaches_every_question_with_a_rule_for_it() -> None:
    changes = change("variants.adjusted.when={fact: probation_reset, is: yes}")
    assert [found.path for found in changes.of_weight("decides")] == [
        "planning.engaging",
        "implementation.engaging",
        "variants.adjusted",
    ]


def test_the_order_of_values_decides_where_a_rule_compares_by_it() -> None:
    ranked = "{fact: risk_of_harm, at_least: high}"
    rule = amendment_from_options([f"assessment.safety.applies_when={ranked}"])
    turned = amendment_from_options(
        ["facts.risk_of_harm.values={very_high: Very high, high: High, medium: Medium, low: Low}"]
    )
    changes = compare_frameworks(amended_framework(SOURCE, [rule]), amended_framework(SOURCE, [rule, turned]))
    assert [found.path for found in changes.of_weight("decides")] == ["assessment.safety", "facts.risk_of_harm"]


def test_a_fact_of_another_type_is_taken_for_a_change_of_every_rule_that_reads_it() -> None:
    retyped = (
        "{id: mappa, title: Managed under multi-agency public protection arrangements (MAPPA), type: whole_number}"
    )
    before = amendment_from_options(["assessment.safety.victims.applies_when={fact: mappa, is: yes}"])
    after = amendment_from_options(
        [
            "assessment.safety.victims.applies_when={fact: mappa, is: 1}",
            f"facts.mappa={retyped}",
            "measures.mappa_joint_work.applies_when={fact: mappa, is: 1}",
        ]
    )
    changes = compare_frameworks(amended_framework(SOURCE, [before]), amended_framework(SOURCE, [after]))
    assert {found.path: found.weight for found in changes.changes} == {
        "assessment.safety": "decides",
        "assessment.safety.victims": "decides",
        "facts.mappa": "decides",
        "measures.mappa_joint_work": "reports",
    }
    assert "could not be worked out" in changes.changes[0].says


def test_a_standard_of_another_kind_a_new_one_and_one_that_moves() -> None:
    changes = change(
        "domains.organisation.standards=[leadership, staffing]",
        "domains.service_delivery.standards=[assessment, planning, implementation, services, reviewing, estates]",
        add=["standards=[{id: P 1.4, slug: estates, title: Estates, statement: Rooms are safe., rated_by: judgement}]"],
    )
    assert {(found.path, found.says) for found in changes.of_weight("decides")} == {
        ("services", "it moved from “Organisational arrangements and activity” to “Service delivery”"),
        ("estates", "the standard was added"),
        ("overall", "the sum is out of 24; it was out of 21"),
        ("domain_rating.bands_of.organisation", "the sum is out of 6; it was out of 9"),
        ("domain_rating.bands_of.service_delivery", "the sum is out of 18; it was out of 12"),
    }


def test_places_are_those_of_both_sides() -> None:
    found = only(change("key_question_bands.good.from=60"))
    assert found.old_at is not None
    assert found.new_at is not None
    assert Path(found.old_at.file).name == "framework.yaml"
    assert (found.new_at.file, found.new_at.line) == ("--set 1", 1)


def test_plain_data_and_markdown_hold_every_change() -> None:
    changes = change("key_question_bands.good.from=60", "panel.within_points=3", "assessment.title=A *new* title")
    data = json.loads(json.dumps(changes.to_dict()))
    assert data["old"].items() >= {"id": "hmip-pdu", "edition": "2024"}.items()
    assert data["decides"] is True
    assert [found["weight"] for found in data["changes"]] == ["decides", "reports", "words"]
    assert changes.to_markdown().splitlines()[7:] == [
        "## What decides differently",
        "",
        "- **key_question_bands.good**: the limit for Good moved from 65% to 60%",
        "",
        "## What is asked, counted or flagged differently",
        "",
        "- **panel.within_points**: the distance from a limit that is flagged, in points, changed from 5 to 3",
        "",
        "## What only reads differently",
        "",
        "- **assessment**: the title changed",
        "  - was: Assessment",
        "  - now: A \\*new\\* title",
    ]


def test_a_source_that_changed_everywhere_is_one_change() -> None:
    everywhere = [
        f"{path}source.title=The standards of 2027" for path in ("", *(f"{s.slug}." for s in SHIPPED.standards))
    ]
    moved = ["assessment.source.section=P 9.1", "assessment.source.url=https://example.org/2027"]
    changes = change(*everywhere, *moved).changes
    own = [found for found in changes if found.path == "assessment"]
    [whole] = [found for found in changes if found.path != "assessment"]
    assert (whole.path, whole.weight) == ("framework", "words")
    assert whole.says == "the title of the source changed, here and in 7 other places"
    assert whole.details[1:] == (
        "now: The standards of 2027",
        "the others: leadership, staffing, services, assessment, planning, implementation, reviewing",
    )
    # What changed in one source alone is still said of it.
    assert [found.says for found in own] == ["the source changed"]
    assert "P 9.1" in own[0].details[1]


BY_SENTENCE = (
    "{any: [{all: [{fact: sentence_type, is: licence}, risk_of_harm]},"
    " {all: [{fact: sentence_type, is: community_order}, risk_of_harm]}]}"
)


def test_a_rewrite_that_leaves_open_what_was_decided_is_no_rewrite() -> None:
    before = amendment_from_options(["assessment.safety.yes_when=risk_of_harm"])
    after = amendment_from_options([f"assessment.safety.yes_when={BY_SENTENCE}"])
    found = only(compare_frameworks(amended_framework(SOURCE, [before]), amended_framework(SOURCE, [after])))
    assert (found.weight, found.path) == ("decides", "assessment.safety")
    assert found.says == "it decides the same where all is known, and differently where something is missing"
    assert found.details[-1] == (
        "an example: where “Type of sentence” is not known and “risk of harm” is yes, "
        "the outcome was yes and is now undetermined"
    )


def test_a_condition_that_leaves_open_what_was_known_is_told_by_what_it_is_for() -> None:
    everybody = "{any: [{fact: mappa, is: yes}, {fact: mappa, is: no}]}"
    found = only(change(f"measures.professional_curiosity.applies_when={everybody}"))
    assert (found.weight, found.path) == ("reports", "measures.professional_curiosity")
    assert found.says == (
        "the condition under which it is counted means the same where all is known, "
        "and something else where a fact is missing"
    )
    # Of a group, a case is a member or not: where nobody can tell, it is not.
    either = "{any: [{fact: grade, is: PSO}, {all: [{fact: grade, is: PSO}, {fact: mappa, is: yes}]}]}"
    assert only(change(f"subgroups.grade.pso.when={either}")).weight == "words"


UNUSED = "{id: exceptional, label: Exceptional, score: 4}"


@pytest.mark.parametrize(
    ("framework", "settings", "weights"),
    [
        pytest.param(
            "unsummed",
            [("score: 1}", "score: 5}")],
            {"ratings.fine": "reports"},
            id="a score that nothing adds up",
        ),
        pytest.param(
            "summed", [("score: 1}", "score: 5}")], {"ratings.fine": "decides"}, id="a score that is added up"
        ),
        pytest.param(
            "unsummed",
            [("ratings:\n", f"ratings:\n  - {UNUSED}\n")],
            {"ratings.exceptional": "reports"},
            id="a rating that nothing gives",
        ),
        pytest.param(
            "summed", [("[{from: 1,", "[{from: 0.5,")], {"overall": "words"}, id="a limit between two sums"
        ),
        pytest.param(
            "unsummed",
            [("{id: size, title: Size, type: choice, values: {small: Small, large: Large}, ordered: true}",
              "{id: size, title: Size, type: choice, values: {large: Large, small: Small}, ordered: true}")],
            {"facts.size": "reports"},
            id="an order that no rule compares by",
        ),
        pytest.param(
            "unsummed",
            [("variants: [{id: big, title: Big, when: {fact: size, is: large}}]",
              "variants: [{id: big, title: Big, when: {fact: size, is: small}}]")],
            {"variants.big": "reports"},
            id="a variant whose rule is that of all",
        ),
        pytest.param(
            "unsummed",
            [("yes_when: floors", "yes_when: knives"), ("{id: meat, ask: Is meat kept apart?, applies_when: "
              "{fact: serves_meat, is: yes}}", "{id: meat, ask: Is meat kept apart?}")],
            {"hygiene.clean": "decides", "hygiene.clean.meat": "reports"},
            id="a prompt that the changed rule does not read",
        ),
    ],
)  # fmt: skip
def test_what_decides_nothing_does_not_stand_under_what_decides(
    small: Small, framework: str, settings: list[tuple[str, str]], weights: dict[str, str]
) -> None:
    variants = [
        ("standards:\n", "variants: [{id: big, title: Big, when: {fact: size, is: large}}]\nstandards:\n"),
        ("yes_when: floors\n", "yes_when: floors\n        variants: {big: {yes_when: {all: [floors]}}}\n"),
    ]
    overall = "overall: {bands: [{from: 1, rating: fine}, {from: 0, rating: poor}]}\n"
    summed = [] if framework == "summed" else [(overall, "")]
    old = small("floors", *variants, *summed)
    new = small("floors", *variants, *summed, *settings)
    changes = compare_frameworks(old, new).changes
    # Where another score comes into a sum, that is said beside it.
    found = {change.path: change.weight for change in changes if "the sum is out of" not in change.says}
    assert found == weights


def test_another_order_of_ratings_decides_because_it_says_which_is_the_lowest(small: Small) -> None:
    lines = ("  - {id: fine, label: Fine, score: 1}\n", "  - {id: poor, label: Poor, score: 0}\n")
    changes = compare_frameworks(small("floors"), small("floors", ("".join(lines), "".join(reversed(lines)))))
    assert only(changes).weight == "decides"


# --- Exactly when a case can differ --------------------------------------------------------------


def every_case(old: Framework, new: Framework, path: str) -> Iterator[Case]:
    """Every way to answer a question that rules of either framework can tell apart, whatever is missing."""
    tried = [values_to_try(framework) for framework in (old, new)]
    read = {fact for framework in (old, new) for fact in plan_question(framework, path).fact_ids}
    facts = {name: [*sorted({*tried[0][name], *tried[1][name]}, key=str), None] for name in sorted(read)}
    prompts = [f"{path}.{prompt.id}" for prompt in old.key_questions[path].prompts]
    assume(prod(map(len, facts.values())) * 4 ** len(prompts) <= 2000)
    for values in product(*facts.values()):
        for answers in product((*Answer, None), repeat=len(prompts)):
            known = {fact: value for fact, value in zip(facts, values, strict=True) if value is not None}
            given = {prompt: answer for prompt, answer in zip(prompts, answers, strict=True) if answer is not None}
            yield Case("c", known, given)


@st.composite
def rewritten(draw: st.DrawFn, rule: Condition, leaves: st.SearchStrategy[Condition]) -> Condition:
    """Rules that mean the same, and others that may not."""
    other = draw(conditions(leaves, depth=2))
    same = [AnyOf((rule,)), AllOf((rule, rule)), Not(Not(rule)), AtLeast(1, (rule,)), AnyOf((rule, AllOf((rule,))))]
    same += [AnyOf((AllOf((rule, other)), AllOf((rule, Not(other)))))]  # not where the other clause is not known
    others = [other, AllOf((rule, other)), AnyOf((rule, other)), AtLeast(2, (rule, other, rule))]
    return draw(st.sampled_from([*same, *others]))


def with_rule(framework: Framework, path: str, rule: Condition) -> Framework:
    slug, name = path.split(".")

    def standard(declared: Standard) -> Standard:
        questions = tuple(
            evolve(question, yes_when=rule) if question.id == name else question for question in declared.key_questions
        )
        return evolve(declared, key_questions=questions) if declared.slug == slug else declared

    return evolve(framework, standards=tuple(map(standard, framework.standards)))


@settings(max_examples=40)
@given(frameworks(points=False), st.data())
def test_a_rule_decides_differently_exactly_when_some_case_does(framework: Framework, data: st.DataObject) -> None:
    assume(framework.key_questions)
    path = data.draw(st.sampled_from(list(framework.key_questions)))
    question = framework.key_questions[path]
    leaves = st.sampled_from([PromptIsYes(prompt.id) for prompt in question.prompts])
    new = with_rule(framework, path, data.draw(rewritten(question.yes_when, leaves)))
    engines = ReferenceEngine(framework), ReferenceEngine(new)
    moves = set()
    is_other_where_missing = False
    for case in every_case(framework, new, path):
        before, after = (engine.assess(case).questions[path].outcome.value for engine in engines)
        if before != after and "undetermined" in (before, after):
            is_other_where_missing = True
        elif before != after:
            moves.add((before, after))
    found = [change for change in compare_frameworks(framework, new).changes if change.path == path]
    assert any(change.weight == "decides" for change in found) == bool(moves or is_other_where_missing)
    says = " ".join(change.says for change in found)
    assert ("no case moves from yes to no" in says) == (("no", "yes") in moves and ("yes", "no") not in moves)
    assert ("no case moves from no to yes" in says) == (("yes", "no") in moves and ("no", "yes") not in moves)
    assert ("become not applicable" in says) == any(after == "not_applicable" for _, after in moves)


@settings(max_examples=20)
@given(frameworks())
def test_a_framework_does_not_differ_from_itself(framework: Framework) -> None:
    assert compare_frameworks(framework, framework).changes == ()


@settings(max_examples=15)
@given(frameworks(), frameworks())
def test_what_decides_does_so_in_both_directions(one: Framework, other: Framework) -> None:
    assert compare_frameworks(one, other).decides == compare_frameworks(other, one).decides


@given(rated_frameworks(), rated_frameworks())
def test_schemes_of_any_kind_are_compared_in_both_directions(one: Framework, other: Framework) -> None:
    changes = compare_frameworks(one, other)
    assert changes.decides == compare_frameworks(other, one).decides
    assert bool(changes.changes) is (one.checksum != other.checksum)


def plain_values(value: MarkedValue, prefix: str = "") -> Iterator[tuple[str, str | int]]:
    """Every word and number of a framework with its address, but not the ids that addresses are made of."""
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            if isinstance(below, str | int) and key not in ("slug", "id", "rating", "fact"):
                yield f"{prefix}{key}", below
            yield from plain_values(below, f"{prefix}{key}.")
    elif isinstance(value, MarkedList):
        for item in value:
            named = item if isinstance(item, MarkedDict) else {}
            name = next((named[key] for key in ("slug", "id", "rating", "fact") if key in named), "")
            yield from plain_values(item, f"{prefix}{name}." if name else prefix)


VALUES = list(plain_values(SOURCE.document))


@settings(max_examples=40)
@given(st.sampled_from(VALUES))
def test_nothing_that_differs_is_passed_over(place: tuple[str, str | int]) -> None:
    address, value = place
    other = value + 1 if isinstance(value, int) else f"{value} x"
    try:
        new = amended_framework(SOURCE, [Amendment("", "", (Alteration("set", address, other),))])
    except DiagnosticError:
        assume(False)
    assert bool(compare_frameworks(SHIPPED, new).changes) == (new != SHIPPED)


def test_editions_compare_by_folder(editable: Path) -> None:
    assert compare_frameworks(load_framework(editable), SHIPPED).changes == ()
