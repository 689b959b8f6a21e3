"""Realistic mistakes in copies of the shipped standards: each is found, with its code, on the line that was edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules.checking.files import check_paths

FRAMEWORK, FACTS, MEASURES = "framework.yaml", "facts.yaml", "measures.yaml"
LEADERSHIP, ASSESSMENT, PLANNING = "1.1-leadership.yaml", "2.1-assessment.yaml", "2.2-planning.yaml"
IMPLEMENTATION, REVIEWING = "2.3-implementation.yaml", "2.4-reviewing.yaml"

# The file, what stood there, what somebody wrote instead, and the code. `»` marks the line on which it must be found,
# where that is not the first line that changed; the mark is taken out.
EDITS = [
    # Words
    (ASSESSMENT, "statement: Assessment", "statment: Assessment", "unknown-key"),
    (
        ASSESSMENT,
        "        ask: Does it identify the person's strengths",
        "        aks: Does it identify the person's strengths",
        "unknown-key",
    ),
    (
        ASSESSMENT,
        "applies_when: {fact: has_potential_victims",
        "aplies_when: {fact: has_potential_victims",
        "unknown-key",
    ),
    (ASSESSMENT, "{fact: has_potential_victims, is: yes}", "{fact: has_potential_victms, is: yes}", "unknown-name"),
    (ASSESSMENT, "{fact: has_potential_victims, is: yes}", "{fact: has_potential_victims, is: yess}", "bad-comparison"),
    (ASSESSMENT, "of: [sources_and_agencies, victims]", "of: [sources_and_agency, victims]", "unknown-name"),
    (ASSESSMENT, "rated_by: cases", "rated_by: case", "wrong-word"),
    (ASSESSMENT, "id: involvement", "id: Involvement", "bad-id"),
    (PLANNING, "      adjusted:", "      ajusted:", "unknown-name"),
    (PLANNING, "assumed: [yes_when]\n\n  - id: desistance", "assumed: [yes_wen]\n\n  - id: desistance", "unknown-name"),
    (FRAMEWORK, "{from: 65, rating: good}", "{from: 65, rating: goood}", "unknown-name"),
    (FRAMEWORK, "[assessment, planning,", "[assesment, planning,", "unknown-name"),
    (FRAMEWORK, "undetermined: refuse", "undetermined: refused", "wrong-word"),
    (FRAMEWORK, "    service_delivery:  ", "    service_delivry:  ", "unknown-name"),
    (MEASURES, "{fact: risk_of_harm, at_least: high}", "{fact: risk_of_harm, at_least: hihg}", "bad-comparison"),
    (MEASURES, "{fact: grade, is: PSO}", "{fact: grade, is: PS0}", "bad-comparison"),
    (FACTS, "type: whole_number", "type: number", "wrong-word"),
    (FACTS, "- {id: drug_need,", "- {id: drug need,", "bad-id"),
    # Layout
    (ASSESSMENT, "      - id: diversity", "       - id: diversity", "yaml-syntax"),
    (ASSESSMENT, "        ask: Does it draw on past", "       ask: Does it draw on past", "yaml-syntax"),
    (ASSESSMENT, "        ask: Does it draw on past", "\task: Does it draw on past", "yaml-syntax"),
    (
        ASSESSMENT,
        "    yes_when:\n      all:\n        - risk_of_harm",
        "   yes_when:\n      all:\n        - risk_of_harm",
        "yaml-syntax",
    ),
    (ASSESSMENT, "of: [strengths, sources]}", "of: [strengths, sources}", "yaml-syntax"),
    (ASSESSMENT, "of: [strengths, sources]}", "of: [strengths, sources]", "yaml-syntax"),
    (ASSESSMENT, "        - offending_factors", "        -offending_factors", "yaml-syntax"),
    (ASSESSMENT, "      - id: circumstances", "        id: circumstances", "duplicate-key"),
    (ASSESSMENT, "      - id: circumstances", "      - id circumstances", "yaml-syntax"),
    (ASSESSMENT, "rated_by: cases", "rated_by:cases", "yaml-syntax"),
    (FRAMEWORK, 'edition: "2024"', 'edition: "2024', "yaml-syntax"),
    (FRAMEWORK, "{from: 80, rating: outstanding}", "{from: 80 rating: outstanding}", "yaml-syntax"),
    (FACTS, "{id: mappa, title: ", "{id: mappa, title ", "unknown-key"),
    (LEADERSHIP, "  - {id: partnerships,", "  {id: partnerships,", "yaml-syntax"),
    # Traps
    (FRAMEWORK, 'edition: "2024"', "edition: 2024", "wrong-type"),
    (FRAMEWORK, "in_force_from: 2024-01-01", "in_force_from: 1/1/2024", "wrong-type"),
    (FRAMEWORK, "{from: 80, rating: outstanding}", "{from: 80%, rating: outstanding}", "wrong-type"),
    (FRAMEWORK, "one_case_would_change_it: true", "one_case_would_change_it: on", "wrong-type"),
    (FRAMEWORK, "share_of: yes", "share_of: true", "wrong-word"),
    (ASSESSMENT, "title: Assessment\n", "title: Assessment: the start\n", "yaml-syntax"),
    (ASSESSMENT, "title: Assessment\n", "title: Assessment #1\n", "swallowed-text"),
    (ASSESSMENT, "title: Assessment\n", "title: “Assessment”\n", "odd-text"),
    (ASSESSMENT, "title: Assessment\n", "title: Assessment,\n", "odd-text"),
    (ASSESSMENT, "count: 2", "count: two", "bad-rule"),
    (ASSESSMENT, "count: 2", "count: -2", "bad-rule"),
    (ASSESSMENT, "\nkey_questions:", "\n<<<<<<< HEAD\nkey_questions:", "merge-conflict"),
    # Copies
    (
        ASSESSMENT,
        "      - id: strengths\n",
        "      - id: strengths\n        ask: Is it so?\n»      - id: strengths\n",
        "duplicate-id",
    ),
    (ASSESSMENT, "  - id: safety\n", "  - id: desistance\n", "duplicate-id"),
    (
        ASSESSMENT,
        "ask: Does it draw on the information that was available?",
        "ask: Does it identify the person's strengths and protective factors?",
        "same-text",
    ),
    (FRAMEWORK, "label: Good,", "label: Outstanding,", "same-label"),
    (
        FRAMEWORK,
        "planning, implementation, reviewing]",
        "planning, implementation, reviewing, planning]",
        "bad-domains",
    ),
    # Bands and ratings
    (
        FRAMEWORK,
        "    - {from: 80, rating: outstanding}\n    - {from: 65, rating: good}",
        "    - {from: 65, rating: good}\n»    - {from: 80, rating: outstanding}",
        "bad-bands",
    ),
    (
        FRAMEWORK,
        "{from: 80, rating: outstanding}\n    - {from: 65, rating: good}",
        "{from: 80, rating: good}\n»    - {from: 65, rating: outstanding}",
        "band-order",
    ),
    (FRAMEWORK, "    - {from: 65, rating: good}\n", "", "rating-never-given"),
    (FRAMEWORK, "{from: 80, rating: outstanding}", "{from: 180, rating: outstanding}", "unreachable-band"),
    (FRAMEWORK, "{from: 18, rating: outstanding}", "{from: 22, rating: outstanding}", "unreachable-band"),
    (
        FRAMEWORK,
        "{from: 50, rating: requires_improvement}",
        "{from: 0.5, rating: requires_improvement}",
        "fractional-bound",
    ),
    (
        FRAMEWORK,
        "label: Outstanding, score: 3}\n  - {id: good, label: Good, score: 2}",
        "label: Outstanding, score: 2}\n»  - {id: good, label: Good, score: 3}",
        "rating-order",
    ),
    (FRAMEWORK, "label: Good, score: 2", "label: Good, score: 3", "same-score"),
    (FRAMEWORK, "within_points: 5", "within_points: 50", "panel-always"),
    (FRAMEWORK, "among: [yes, no]", "among: [yes]", "odd-share"),
    # Rules
    (
        ASSESSMENT,
        "at_least: {count: 1, of: [sources_and_agencies, victims]}",
        "at_least: {count: 3, of: [sources_and_agencies, victims]}",
        "count-too-high",
    ),
    (
        ASSESSMENT,
        "at_least: {count: 1, of: [sources_and_agencies, victims]}",
        "at_least: [sources_and_agencies, victims]",
        "bad-rule",
    ),
    (
        ASSESSMENT,
        "of: [sources_and_agencies, victims]}",
        "of: [sources_and_agencies, victims, victims]}",
        "repeated-clause",
    ),
    (ASSESSMENT, "        - risk_of_harm\n", "        - risk_of_harm\n»        - not: risk_of_harm\n", "never-yes"),
    (
        ASSESSMENT,
        "        - risk_of_harm\n",
        "        - risk_of_harm\n        - {fact: sex, is: female}\n»        - {fact: sex, is: male}\n",
        "never-yes",
    ),
    (
        ASSESSMENT,
        "of: [sources_and_agencies, victims]}",
        "of: [sources_and_agencies, victims, risk_of_harm]}",
        "redundant-clause",
    ),
    (
        ASSESSMENT,
        "        - risk_of_harm\n",
        "        - risk_of_harm\n»        - any: [victims, {not: victims}]\n",
        "constant-clause",
    ),
    (
        PLANNING,
        "            - contact_ending\n",
        "            - contact_ending\n»            - {fact: probation_reset, is: no}\n",
        "never-yes",
    ),
    (
        IMPLEMENTATION,
        "{fact: sentence_type, is: licence}",
        "{all: [{fact: sentence_type, is: licence}, {fact: sentence_type, is: community_order}]}",
        "never-applies",
    ),
    (
        FRAMEWORK,
        "{fact: suspended_after_weeks, at_most: 8}",
        "{fact: suspended_after_weeks, at_most: eight}",
        "bad-comparison",
    ),
    (FRAMEWORK, "{fact: probation_reset, is: yes}", "{fact: probation_reset, at_least: yes}", "bad-comparison"),
    (MEASURES, "{fact: risk_of_harm, at_most: medium}", "{fact: risk_of_harm, at_most: high}", "overlapping-groups"),
    (
        REVIEWING,
        "ask: Does reviewing focus sufficiently on supporting desistance?",
        "ask: Does reviewing focus sufficiently on # supporting desistance?",
        "not-a-question",
    ),
    # Sources
    (REVIEWING, "section: P 2.4}", "sections: P 2.4}", "unknown-key"),
]


@pytest.mark.parametrize(("name", "old", "new", "code"), EDITS)
def test_a_mistake_in_the_shipped_standards_is_found(editable: Path, name: str, old: str, new: str, code: str) -> None:
    file = editable / name
    before = file.read_text(encoding="utf-8")
    assert old in before, "the shipped file has changed: edit another place of it"
    marked = before.replace(old, new, 1)
    file.write_text(marked.replace("»", ""), encoding="utf-8")
    found = [(Path(one.file).name, one.line, one.code) for one in check_paths([editable]).diagnostics]
    if "»" in marked:
        line = marked[: marked.index("»")].count("\n") + 1
    else:
        lines = zip(before.splitlines(), marked.splitlines(), strict=False)
        line = next(number for number, (one, other) in enumerate(lines, 1) if one != other)
    assert (name, line, code) in found
