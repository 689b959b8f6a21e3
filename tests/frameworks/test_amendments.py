"""Amendments: what addresses name, that mistakes point at the amendment, and that no file is ever touched."""

from __future__ import annotations

import copy
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctm_rules import DiagnosticError, Framework
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.addresses import addresses
from ctm_rules.frameworks.amendments import (
    Alteration,
    Amendment,
    amend,
    amended_framework,
    amendment_from_options,
    read_amendment,
)
from ctm_rules.frameworks.dumping import dump_framework
from ctm_rules.frameworks.finding import find_framework
from ctm_rules.frameworks.loading import FrameworkSource, build_framework, read_framework
from ctm_rules.model.answers import Answer
from ctm_rules.model.cases import Case
from ctm_rules.model.conditions import AtLeast, FactTest, PromptIsYes
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue
from tests.support.strategies import frameworks

SHIPPED = find_framework("hmip-pdu", "2024")


@pytest.fixture(scope="module")
def source() -> FrameworkSource:
    return read_framework(SHIPPED)


@pytest.fixture
def amendment_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(body: str) -> Path:
        head = 'amends: {id: hmip-pdu, edition: "2024"}\ntitle: A test\nreason: To see what happens.\n'
        file = tmp_path / "amendment.yaml"
        file.write_text(head + textwrap.dedent(body), encoding="utf-8")
        return file

    return write


def amended(source: FrameworkSource, *settings: str, **verbs: list[str]) -> Framework:
    return amended_framework(source, [amendment_from_options(list(settings), **verbs)])


# --- What addresses name -------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["key_question_bands.bands.good.from", "key_question_bands.good.from"])
def test_a_band_goes_by_its_rating(source: FrameworkSource, address: str) -> None:
    bands = amended(source, f"{address}=60").key_question_bands
    assert bands is not None
    assert [(band.lowest, band.rating) for band in bands.bands][:2] == [(80, "outstanding"), (60, "good")]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("assessment.safety.victims.applies_when", id="ids alone"),
        pytest.param("assessment.safety.prompts.victims.applies_when", id="one list named"),
        pytest.param("standards.assessment.key_questions.safety.prompts.victims.applies_when", id="every list named"),
    ],
)
def test_a_prompt_goes_by_its_ids_with_or_without_the_lists_between(source: FrameworkSource, address: str) -> None:
    prompt = amended(source, f"{address}={{fact: mappa, is: yes}}").prompts["assessment.safety.victims"]
    assert prompt.applies_when == FactTest("mappa", "is", (True,))


def test_a_key_that_its_block_may_have_can_be_set_for_the_first_time(source: FrameworkSource) -> None:
    changed = amended(
        source, "in_force_to=2026-12-31", "assessment.safety.risk_of_harm.applies_when={fact: mappa, is: yes}"
    )
    assert str(changed.in_force_to) == "2026-12-31"
    assert changed.prompts["assessment.safety.risk_of_harm"].applies_when is not None


@pytest.mark.parametrize("address", ["yes_when.all.at_least.count", "yes_when.at_least.count"])
def test_a_clause_goes_by_what_it_is(source: FrameworkSource, address: str) -> None:
    rule = amended(source, f"assessment.safety.{address}=2").key_questions["assessment.safety"].yes_when
    assert AtLeast(2, (PromptIsYes("sources_and_agencies"), PromptIsYes("victims"))) in rule.of  # type: ignore[union-attr]  # it is an `all`


def test_a_prompt_is_removed_with_the_clause_that_reads_it(source: FrameworkSource) -> None:
    changed = amended(
        source,
        remove=[
            "planning.engaging.yes_when.at_least.of.diversity",
            "planning.engaging.variants.adjusted",
            "planning.engaging.diversity",
        ],
    )
    question = changed.key_questions["planning.engaging"]
    assert "diversity" not in [prompt.id for prompt in question.prompts]
    assert question.variants == {}


def test_a_clause_of_which_nothing_is_left_goes_as_a_whole(source: FrameworkSource) -> None:
    rule = (
        amended(source, remove=["assessment.safety.yes_when.all.at_least"]).key_questions["assessment.safety"].yes_when
    )
    assert rule.of == (PromptIsYes("risk_of_harm"),)  # type: ignore[union-attr]  # it is an `all`


def test_a_standard_a_prompt_and_a_fact_are_added(source: FrameworkSource) -> None:
    changed = amended(
        source,
        add=[
            "facts=[{id: in_custody, title: In custody, type: yes_no}]",
            "assessment.safety.prompts=[{id: custody, ask: Is it there?, applies_when: {fact: in_custody, is: yes}}]",
            "assessment.safety.yes_when.all=[custody]",
            "standards=[{id: P 1.4, slug: estates, title: Estates, statement: Rooms are safe., rated_by: judgement}]",
            "organisation.standards=[estates]",
        ],
    )
    assert changed.facts[-1].id == "in_custody"
    assert "assessment.safety.custody" in changed.prompts
    assert [standard.slug for standard in changed.standards][:4] == ["leadership", "staffing", "services", "estates"]


def test_a_list_that_is_not_there_yet_starts_with_what_is_added(source: FrameworkSource) -> None:
    assert amended(source, add=["measures.professional_curiosity.assumed=[title]"]).measures[1].assumed == ("title",)


def test_set_comes_before_remove_and_remove_before_add(
    source: FrameworkSource, amendment_file: Callable[[str], Path]
) -> None:
    file = amendment_file("""\
        add: {assessment.safety.yes_when.all: [victims]}
        remove: [assessment.safety.yes_when.at_least]
        set: {assessment.safety.yes_when: {all: [risk_of_harm, {at_least: {count: 1, of: [victims]}}]}}
    """)
    rule = amended_framework(source, [read_amendment(file)]).key_questions["assessment.safety"].yes_when
    assert rule.of == (PromptIsYes("risk_of_harm"), PromptIsYes("victims"))  # type: ignore[union-attr]  # it is an `all`


def test_the_later_of_two_amendments_finds_what_the_earlier_left(source: FrameworkSource) -> None:
    first = amendment_from_options(add=["assessment.safety.prompts=[{id: custody, ask: Is it considered?}]"])
    second = amendment_from_options(["assessment.safety.custody.ask=Is custody considered?"])
    changed = amended_framework(source, [first, second])
    assert changed.prompts["assessment.safety.custody"].ask == "Is custody considered?"
    with pytest.raises(DiagnosticError, match="has no"):
        amended_framework(source, [second, first])


# --- Nothing else changes ------------------------------------------------------------------------


def settings_of(value: MarkedValue, prefix: str = "") -> Iterator[tuple[str, MarkedValue]]:
    """Every address written out in full with the value that stands there, found without the code under test."""
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            yield f"{prefix}{key}", below
            yield from settings_of(below, f"{prefix}{key}.")
    elif isinstance(value, MarkedList):
        for item in value:
            if isinstance(item, str):
                yield f"{prefix}{item}", item
            elif isinstance(item, MarkedDict):
                name = next((str(item[key]) for key in ("slug", "id", "rating", "fact") if key in item), None)
                if name is not None:
                    yield f"{prefix}{name}", item
                yield from settings_of(item, prefix if name is None else f"{prefix}{name}.")


SOURCE = read_framework(SHIPPED)
UNAMENDED = build_framework(SOURCE)
SETTINGS = list(settings_of(SOURCE.document))


@settings(max_examples=40)
@given(st.lists(st.sampled_from(SETTINGS), min_size=1, max_size=30))
def test_an_amendment_that_changes_nothing_changes_nothing(values: list[tuple[str, MarkedValue]]) -> None:
    same = Amendment("", "", tuple(Alteration("set", address, value) for address, value in values))
    assert amended_framework(SOURCE, [same]) == UNAMENDED


@settings(max_examples=25)
@given(frameworks(), st.data())
def test_in_any_framework_setting_what_is_there_changes_nothing(framework: Framework, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "framework.yaml"
        file.write_text(dump_framework(framework), encoding="utf-8")
        source = read_framework(file)
    everything = list(settings_of(source.document))
    # Clauses that stand several times in one list look alike, and have no address of their own.
    times = Counter(address for address, _ in everything)
    once = [
        (address, value)
        for address, value in everything
        if value is not None and all(times[address[: dot.start()]] < 2 for dot in re.finditer(r"\.|$", address))
    ]
    address, value = data.draw(st.sampled_from(once))
    same = Amendment("", "", (Alteration("set", address, value),))
    assert amended_framework(source, [same]) == build_framework(source)


def test_every_short_address_names_one_place(source: FrameworkSource) -> None:
    for address in addresses(source)[::23]:
        amend(source, [amendment_from_options(remove=[address])])


def test_no_file_and_no_source_is_touched(editable: Path) -> None:
    before = {file: file.read_bytes() for file in editable.glob("*.yaml")}
    source = read_framework(editable)
    document = copy.deepcopy(source.document)
    amended(
        source,
        "panel={within_points: 1}",
        remove=["assessment.safety.yes_when.at_least"],
        add=["assessment.safety.prompts=[{id: custody, ask: Is custody considered?}]"],
    )
    assert {file: file.read_bytes() for file in editable.glob("*.yaml")} == before
    assert source.document == document
    assert source.document["panel"].at == document["panel"].at  # type: ignore[union-attr]  # a block


def test_an_amendment_may_be_used_twice(source: FrameworkSource) -> None:
    amendment = amendment_from_options(["panel={within_points: 1}", "panel.cases_fewer_than=3"])
    first = amended_framework(source, [amendment])
    assert amended_framework(source, [amendment]) == first
    assert first.panel.cases_fewer_than == 3


# --- Where mistakes are --------------------------------------------------------------------------


def mistakes(make: Callable[[], object]) -> list[tuple[str, str]]:
    """Return the place and the code of every mistake."""
    with pytest.raises(DiagnosticError) as raised:
        make()
    return [(str(found.location), found.code) for found in raised.value.diagnostics]


def test_every_mistake_points_at_its_own_line_of_the_amendment(
    source: FrameworkSource, amendment_file: Callable[[str], Path]
) -> None:
    file = amendment_file("""\
        set:
          key_question_bands.good.from: 85
          assessment.safety.yes_when: {all: [risk_of_harm, victms]}
          panel.within_points: five
          planning.safety.agencies.applies_when: {fact: mapp, is: yes}
    """)
    with pytest.raises(DiagnosticError) as raised:
        amended_framework(source, [read_amendment(file)])
    assert [(found.file, found.line, found.code) for found in raised.value.diagnostics] == [
        (str(file), 5, "bad-bands"),
        (str(file), 6, "unknown-name"),
        (str(file), 7, "wrong-type"),
        (str(file), 8, "unknown-name"),
    ]


def test_an_unknown_address_names_the_nearest(source: FrameworkSource) -> None:
    wrong = {
        "panel.within_pionts": "panel.within_points",
        "within_points": "panel.within_points",
        "assessment.safty.yes_when": "assessment.safety.yes_when",
        "assessment.safety.victms": "assessment.safety.victims",
        "assessment.safety.prompts.victms.ask": "assessment.safety.prompts.victims.ask",
        "key_question_bands.goood.from": "key_question_bands.good.from",
        "assessment.safety.victims.applies_whn": "assessment.safety.victims.applies_when",
    }
    for address, meant in wrong.items():
        with pytest.raises(DiagnosticError) as raised:
            amended(source, f"{address}=1")
        [found] = raised.value.diagnostics
        assert (found.code, str(found.location)) == ("unknown-address", "--set 1:1:1")
        assert f'"{meant}"' in found.hint


@pytest.mark.parametrize(
    ("verb", "option", "code", "says"),
    [
        pytest.param(
            "set",
            "grade.title=Grade",
            "ambiguous-address",
            "facts.grade.title, subgroups.grade.title",
            id="set what two addresses name",
        ),
        pytest.param(
            "set",
            "panel.within_points=",
            "nothing-to-set",
            "remove: [panel.within_points]",
            id="set nothing",
        ),
        pytest.param(
            "set",
            "panel.within_points 3",
            "bad-option",
            "--set address=value",
            id="set without an equals sign",
        ),
        pytest.param("set", "=3", "bad-option", "--set address=value", id="set without an address"),
        pytest.param("set", "panel.within_points: 3", "bad-option", "--set address=value", id="set with a colon"),
        pytest.param("set", "panel={within_points: [}", "yaml-syntax", "", id="set broken YAML"),
        pytest.param(
            "set",
            "assessment.safety.prompts.custody={ask: Is it?}",
            "unknown-address",
            "use add",
            id="set what does not exist",
        ),
        pytest.param("set", "nonsense=1", "unknown-address", "key_question_bands", id="set a key that does not exist"),
        pytest.param("remove", "panel.points", "unknown-address", "panel.within_points", id="remove a key misspelt"),
        pytest.param("remove", "assessment.safety.applies_when", "unknown-address", "", id="remove what is not there"),
        pytest.param("remove", "", "unknown-address", "", id="remove without an address"),
        pytest.param(
            "add",
            "assessment.safety.prompts={id: custody}",
            "wrong-type",
            "square brackets",
            id="add no list",
        ),
        pytest.param("add", "assessment.safety.ask=[Is it?]", "wrong-type", "use set", id="add to a text"),
        pytest.param(
            "add",
            "assessment.safety.prompts=[{id: victims, ask: Again?}]",
            "duplicate-id",
            "another id",
            id="add an id that exists",
        ),
    ],
)
def test_a_wrong_option_says_what_is_wrong_and_what_to_do(
    source: FrameworkSource, verb: str, option: str, code: str, says: str
) -> None:
    with pytest.raises(DiagnosticError) as raised:
        amended_framework(source, [amendment_from_options(**{verb: [option]})])
    [found] = raised.value.diagnostics
    assert found.code == code
    assert found.file == f"--{verb} 1"
    assert says in found.hint


CLASHING = """
id: small
edition: "1"
title: Small
publisher: Nobody
in_force_from: 2024-01-01
ratings: [{id: good, label: Good, score: 1}, {id: safety, label: Poor, score: 0}]
domains: [{id: safety, title: D, standards: [safety]}]
key_question_bands: {share_of: yes, among: [yes, no], bands: [{from: 50, rating: good}, {from: 0, rating: safety}]}
facts: [{id: safety, title: F is so, type: yes_no}]
variants: [{id: safety, title: Safety cases, when: {fact: safety, is: yes}}]
measures: [{id: safety, title: It is measured}]
standards:
  - id: S
    slug: safety
    title: S
    statement: It is good.
    rated_by: cases
    key_questions:
      - id: safety
        ask: Is it?
        prompts: [{id: safety, ask: Is it so?}, {id: b, ask: Is b?}]
        yes_when: safety
"""


@pytest.fixture
def clashing(tmp_path: Path) -> FrameworkSource:
    """A framework in which nearly everything is called the same."""
    (tmp_path / "small.yaml").write_text(CLASHING, encoding="utf-8")
    return read_framework(tmp_path / "small.yaml")


def test_an_address_that_leads_on_from_one_place_alone_names_that_place(clashing: FrameworkSource) -> None:
    changed = amended(clashing, "safety.safety.ask=Is it now?", "safety.safety.b.ask=Is b now?")
    question = changed.key_questions["safety.safety"]
    assert question.ask == "Is it now?"
    assert [prompt.ask for prompt in question.prompts] == ["Is it so?", "Is b now?"]
    assert amended(clashing, "safety.statement=It is better.").standards[0].statement == "It is better."


@pytest.mark.parametrize("key", ["title", "source", "assumed"])
def test_every_address_that_a_message_offers_names_one_place(clashing: FrameworkSource, key: str) -> None:
    with pytest.raises(DiagnosticError) as raised:
        amended(clashing, f"safety.{key}=x")
    [found] = raised.value.diagnostics
    assert found.code == "ambiguous-address"
    offered = found.hint.removeprefix("write one of ").split(", ")
    assert {"variants.safety." + key, "standards.safety." + key} < set(offered)
    value = {"title": "x", "source": "{title: x}", "assumed": "[source]"}[key]
    for address in offered:
        amended(clashing, f"{address}={value}")


def test_columns_of_an_option_count_from_its_start(source: FrameworkSource) -> None:
    option = "assessment.safety.yes_when= {all: [risk_of_harm, victms]}"
    at = f"--set 2:1:{option.index('victms') + 1}"
    assert mistakes(lambda: amended(source, "panel.within_points=3", option)) == [(at, "unknown-name")]


def test_clauses_that_look_alike_are_set_as_a_whole(source: FrameworkSource) -> None:
    twice = "{any: [{all: [victims]}, {all: [risk_of_harm]}]}"
    with pytest.raises(DiagnosticError) as raised:
        amended(source, f"assessment.safety.yes_when={twice}", "assessment.safety.yes_when.all=[victims]")
    [found] = raised.value.diagnostics
    assert (found.code, found.file) == ("ambiguous-address", "--set 2")
    assert 'the whole of "standards.assessment.key_questions.safety.yes_when.any"' in found.hint


def test_what_an_amendment_breaks_elsewhere_says_that_it_was_amended(source: FrameworkSource) -> None:
    with pytest.raises(DiagnosticError) as raised:
        amended(source, remove=["assessment.safety.victims"])
    [found] = raised.value.diagnostics
    assert found.code == "unknown-name"
    assert Path(found.file).name == "2.1-assessment.yaml"
    assert "amend this too" in found.hint


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("amends: {id: a, edition: b}\ntitle: A", ["missing-key"], id="reason missing"),
        pytest.param(
            "amends: {id: hmip-pdu, edition: 2024}\ntitle: A\nreason: B",
            ["wrong-type"],
            id="edition as a number",
        ),
        pytest.param(
            'amends: {id: hmip-pdu, edition: "2024"}\ntitle: A\nreason: B\nsett: {a: 1}',
            ["unknown-key"],
            id="set misspelt",
        ),
        pytest.param(
            'amends: {id: hmip-pdu, edition: "2024"}\ntitle: A\nreason: B\nremove: panel',
            ["wrong-type"],
            id="remove without a list",
        ),
        pytest.param(
            'amends: {id: hmip-pdu, edition: "2024"}\ntitle: A\nreason: B\nset: [panel]',
            ["wrong-type"],
            id="set as a list",
        ),
        pytest.param(
            'amends: {id: hmip-pdu, edition: "2024"}\ntitle: A\nreason: B\nset: {a: 1, a: 2}',
            ["duplicate-key"],
            id="one address twice",
        ),
        pytest.param("- a", ["wrong-type"], id="a list"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused(tmp_path: Path, text: str, codes: list[str]) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text(text, encoding="utf-8")
    assert [code for _, code in mistakes(lambda: read_amendment(file))] == codes


def test_an_amendment_for_another_edition_is_refused(source: FrameworkSource, tmp_path: Path) -> None:
    file = tmp_path / "amendment.yaml"
    file.write_text('amends: {id: hmip-pdu, edition: "2023"}\ntitle: A\nreason: B\n', encoding="utf-8")
    amendment = read_amendment(file)
    assert mistakes(lambda: amend(source, [amendment])) == [(f"{file}:1:9", "amends-another")]


def test_an_explanation_points_at_the_amendment(source: FrameworkSource, amendment_file: Callable[[str], Path]) -> None:
    file = amendment_file("""\
        set:
          assessment.safety.yes_when:
            all: [risk_of_harm, victims]
    """)
    framework = amended_framework(source, [read_amendment(file)])
    case = Case("c1", {"has_potential_victims": True}, {"assessment.safety.victims": Answer.NO})
    rule = ReferenceEngine(framework).assess(case).questions["assessment.safety"].rule
    assert rule is not None
    assert [(str(part.clause.at.file), part.clause.at.line) for part in (rule, *rule.children)] == [
        (str(file), 6),
        (str(file), 6),
        (str(file), 6),
    ]


def test_what_it_says_about_itself_is_plain_data(amendment_file: Callable[[str], Path]) -> None:
    file = amendment_file("set: {panel.within_points: 3}\nremove: [overall]\n")
    assert read_amendment(file).to_dict() == {
        "title": "A test",
        "reason": "To see what happens.",
        "alterations": [
            {"verb": "set", "address": "panel.within_points", "file": str(file), "line": 4},
            {"verb": "remove", "address": "overall", "file": str(file), "line": 5},
        ],
    }
