"""Realistic mistakes in copies of the shipped standards: each is found, with its code, on the line that was edited."""

from __future__ import annotations

import shutil
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
    pytest.param(ASSESSMENT, "statement: Assessment", "statment: Assessment", "unknown-key", id="statement misspelt"),
    pytest.param(
        ASSESSMENT,
        "        ask: Does it identify the person's strengths",
        "        aks: Does it identify the person's strengths",
        "unknown-key",
        id="ask misspelt",
    ),
    pytest.param(
        ASSESSMENT,
        "applies_when: {fact: has_potential_victims",
        "aplies_when: {fact: has_potential_victims",
        "unknown-key",
        id="applies_when misspelt",
    ),
    pytest.param(
        ASSESSMENT,
        "{fact: has_potential_victims, is: yes}",
        "{fact: has_potential_victms, is: yes}",
        "unknown-name",
        id="fact misspelt in a condition",
    ),
    pytest.param(
        ASSESSMENT,
        "{fact: has_potential_victims, is: yes}",
        "{fact: has_potential_victims, is: yess}",
        "bad-comparison",
        id="value of a fact misspelt",
    ),
    pytest.param(
        ASSESSMENT,
        "of: [sources_and_agencies, victims]",
        "of: [sources_and_agency, victims]",
        "unknown-name",
        id="prompt in at_least misspelt",
    ),
    pytest.param(ASSESSMENT, "rated_by: cases", "rated_by: case", "wrong-word", id="rated_by misspelt"),
    pytest.param(ASSESSMENT, "id: involvement", "id: Involvement", "bad-id", id="id with a capital"),
    pytest.param(PLANNING, "      adjusted:", "      ajusted:", "unknown-name", id="variant misspelt"),
    pytest.param(
        PLANNING,
        "assumed: [yes_when]\n\n  - id: desistance",
        "assumed: [yes_wen]\n\n  - id: desistance",
        "unknown-name",
        id="mark of an assumption misspelt",
    ),
    pytest.param(
        FRAMEWORK,
        "{from: 65, rating: good}",
        "{from: 65, rating: goood}",
        "unknown-name",
        id="rating in a band misspelt",
    ),
    pytest.param(
        FRAMEWORK,
        "[assessment, planning,",
        "[assesment, planning,",
        "unknown-name",
        id="standard in a domain misspelt",
    ),
    pytest.param(
        FRAMEWORK,
        "undetermined: refuse",
        "undetermined: refused",
        "wrong-word",
        id="word of a setting misspelt",
    ),
    pytest.param(
        FRAMEWORK,
        "    service_delivery:\n",
        "    service_delivry:\n",
        "unknown-name",
        id="domain in bands_of misspelt",
    ),
    pytest.param(
        MEASURES,
        "{fact: risk_of_harm, at_least: high}",
        "{fact: risk_of_harm, at_least: hihg}",
        "bad-comparison",
        id="ordered value misspelt",
    ),
    pytest.param(
        MEASURES,
        "{fact: grade, is: PSO}",
        "{fact: grade, is: PS0}",
        "bad-comparison",
        id="letter O as a nought",
    ),
    pytest.param(FACTS, "type: whole_number", "type: whole_numbr", "wrong-word", id="type of fact misspelt"),
    pytest.param(FACTS, "- {id: drug_need,", "- {id: drug need,", "bad-id", id="id with a space"),
    # Layout
    pytest.param(
        ASSESSMENT,
        "      - id: diversity",
        "       - id: diversity",
        "yaml-syntax",
        id="dash indented by one space too many",
    ),
    pytest.param(
        ASSESSMENT,
        "        ask: Does it draw on past",
        "       ask: Does it draw on past",
        "yaml-syntax",
        id="key indented by one space too few",
    ),
    pytest.param(
        ASSESSMENT,
        "        ask: Does it draw on past",
        "\task: Does it draw on past",
        "yaml-syntax",
        id="key indented by a tab",
    ),
    pytest.param(
        ASSESSMENT,
        "    yes_when:\n      all:\n        - risk_of_harm",
        "   yes_when:\n      all:\n        - risk_of_harm",
        "yaml-syntax",
        id="rule indented by one space too few",
    ),
    pytest.param(
        ASSESSMENT,
        "of: [strengths, sources]}",
        "of: [strengths, sources}",
        "yaml-syntax",
        id="square bracket not closed",
    ),
    pytest.param(
        ASSESSMENT,
        "of: [strengths, sources]}",
        "of: [strengths, sources]",
        "yaml-syntax",
        id="brace not closed",
    ),
    pytest.param(
        ASSESSMENT,
        "        - offending_factors",
        "        -offending_factors",
        "yaml-syntax",
        id="no space after a dash",
    ),
    pytest.param(
        ASSESSMENT,
        "      - id: circumstances",
        "        id: circumstances",
        "duplicate-key",
        id="dash forgotten",
    ),
    pytest.param(
        ASSESSMENT,
        "      - id: circumstances",
        "      - id circumstances",
        "yaml-syntax",
        id="colon forgotten after a key",
    ),
    pytest.param(ASSESSMENT, "rated_by: cases", "rated_by:cases", "yaml-syntax", id="no space after a colon"),
    pytest.param(FRAMEWORK, 'edition: "2024"', 'edition: "2024', "yaml-syntax", id="quotation mark forgotten"),
    pytest.param(
        FRAMEWORK,
        "{from: 80, rating: outstanding}",
        "{from: 80 rating: outstanding}",
        "yaml-syntax",
        id="comma forgotten between keys",
    ),
    pytest.param(FACTS, "{id: mappa, title: ", "{id: mappa, title ", "unknown-key", id="colon forgotten in braces"),
    pytest.param(
        LEADERSHIP,
        "  - {id: partnerships,",
        "  {id: partnerships,",
        "yaml-syntax",
        id="dash forgotten before braces",
    ),
    # Traps
    pytest.param(FRAMEWORK, 'edition: "2024"', "edition: 2024", "wrong-type", id="edition without quotation marks"),
    pytest.param(
        FRAMEWORK,
        "in_force_from: 2024-01-01",
        "in_force_from: 1/1/2024",
        "wrong-type",
        id="date with slashes",
    ),
    pytest.param(
        FRAMEWORK,
        "{from: 80, rating: outstanding}",
        "{from: 80%, rating: outstanding}",
        "wrong-type",
        id="per cent sign",
    ),
    pytest.param(
        FRAMEWORK,
        "one_case_would_change_it: true",
        "one_case_would_change_it: on",
        "wrong-type",
        id="on for true",
    ),
    pytest.param(FRAMEWORK, "share_of: yes", "share_of: true", "wrong-word", id="true for yes"),
    pytest.param(
        ASSESSMENT,
        "title: Assessment\n",
        "title: Assessment: the start\n",
        "yaml-syntax",
        id="colon in a title",
    ),
    pytest.param(
        ASSESSMENT,
        "title: Assessment\n",
        "title: Assessment #1\n",
        "swallowed-text",
        id="number sign in a title",
    ),
    pytest.param(
        ASSESSMENT,
        "title: Assessment\n",
        "title: “Assessment”\n",
        "odd-text",
        id="curly quotation marks around a title",
    ),
    pytest.param(ASSESSMENT, "title: Assessment\n", "title: Assessment,\n", "odd-text", id="comma after a title"),
    pytest.param(ASSESSMENT, "count: 2", "count: two", "bad-rule", id="count in words"),
    pytest.param(ASSESSMENT, "count: 2", "count: -2", "bad-rule", id="count below nought"),
    pytest.param(
        ASSESSMENT,
        "\nkey_questions:",
        "\n<<<<<<< HEAD\nkey_questions:",
        "merge-conflict",
        id="marks of a merge",
    ),
    # Copies
    pytest.param(
        ASSESSMENT,
        "      - id: strengths\n",
        "      - id: strengths\n        ask: Is it so?\n»      - id: strengths\n",
        "duplicate-id",
        id="prompt pasted twice",
    ),
    pytest.param(
        ASSESSMENT,
        "  - id: safety\n",
        "  - id: desistance\n",
        "duplicate-id",
        id="id of a key question pasted",
    ),
    pytest.param(
        ASSESSMENT,
        "ask: Does it draw on the information that was available?",
        "ask: Does it identify the person's strengths and protective factors?",
        "same-text",
        id="ask of a prompt pasted",
    ),
    pytest.param(FRAMEWORK, "label: Good,", "label: Outstanding,", "same-label", id="label of a rating pasted"),
    pytest.param(
        FRAMEWORK,
        "planning, implementation, reviewing]",
        "planning, implementation, reviewing, planning]",
        "bad-domains",
        id="standard twice in a domain",
    ),
    # Bands and ratings
    pytest.param(
        FRAMEWORK,
        "    - {from: 80, rating: outstanding}\n    - {from: 65, rating: good}",
        "    - {from: 65, rating: good}\n»    - {from: 80, rating: outstanding}",
        "bad-bands",
        id="bands swapped",
    ),
    pytest.param(
        FRAMEWORK,
        "{from: 80, rating: outstanding}\n    - {from: 65, rating: good}",
        "{from: 80, rating: good}\n»    - {from: 65, rating: outstanding}",
        "band-order",
        id="ratings of bands swapped",
    ),
    pytest.param(FRAMEWORK, "    - {from: 65, rating: good}\n", "", "rating-never-given", id="band deleted"),
    pytest.param(
        FRAMEWORK,
        "{from: 80, rating: outstanding}",
        "{from: 180, rating: outstanding}",
        "unreachable-band",
        id="limit with a digit too many",
    ),
    pytest.param(
        FRAMEWORK,
        "{from: 18, rating: outstanding}",
        "{from: 22, rating: outstanding}",
        "unreachable-band",
        id="limit above every sum of scores",
    ),
    pytest.param(
        FRAMEWORK,
        "{from: 50, rating: requires_improvement}",
        "{from: 0.5, rating: requires_improvement}",
        "fractional-bound",
        id="share as a fraction of one",
    ),
    pytest.param(
        FRAMEWORK,
        "label: Outstanding, score: 3}\n  - {id: good, label: Good, score: 2}",
        "label: Outstanding, score: 2}\n»  - {id: good, label: Good, score: 3}",
        "rating-order",
        id="scores swapped",
    ),
    pytest.param(FRAMEWORK, "label: Good, score: 2", "label: Good, score: 3", "same-score", id="score pasted"),
    pytest.param(FRAMEWORK, "within_points: 5", "within_points: 50", "panel-always", id="panel flag on every share"),
    pytest.param(FRAMEWORK, "among: [yes, no]", "among: [yes]", "odd-share", id="outcome left out of among"),
    # Rules
    pytest.param(
        ASSESSMENT,
        "at_least: {count: 1, of: [sources_and_agencies, victims]}",
        "at_least: {count: 3, of: [sources_and_agencies, victims]}",
        "count-too-high",
        id="count above the length of its list",
    ),
    pytest.param(
        ASSESSMENT,
        "at_least: {count: 1, of: [sources_and_agencies, victims]}",
        "at_least: [sources_and_agencies, victims]",
        "bad-rule",
        id="at_least without its keys",
    ),
    pytest.param(
        ASSESSMENT,
        "of: [sources_and_agencies, victims]}",
        "of: [sources_and_agencies, victims, victims]}",
        "repeated-clause",
        id="prompt twice in at_least",
    ),
    pytest.param(
        ASSESSMENT,
        "        - risk_of_harm\n",
        "        - risk_of_harm\n»        - not: risk_of_harm\n",
        "never-yes",
        id="rule asks for a prompt and its opposite",
    ),
    pytest.param(
        ASSESSMENT,
        "        - risk_of_harm\n",
        "        - risk_of_harm\n        - {fact: sex, is: female}\n»        - {fact: sex, is: male}\n",
        "never-yes",
        id="rule asks for two values of one fact",
    ),
    pytest.param(
        ASSESSMENT,
        "of: [sources_and_agencies, victims]}",
        "of: [sources_and_agencies, victims, risk_of_harm]}",
        "redundant-clause",
        id="clause that a stricter one covers",
    ),
    pytest.param(
        ASSESSMENT,
        "        - risk_of_harm\n",
        "        - risk_of_harm\n»        - any: [victims, {not: victims}]\n",
        "constant-clause",
        id="clause that is always met",
    ),
    pytest.param(
        PLANNING,
        "            - contact_ending\n",
        "            - contact_ending\n»            - {fact: probation_reset, is: no}\n",
        "never-yes",
        id="rule contradicts its variant",
    ),
    pytest.param(
        IMPLEMENTATION,
        "{fact: sentence_type, is: licence}",
        "{all: [{fact: sentence_type, is: licence}, {fact: sentence_type, is: community_order}]}",
        "never-applies",
        id="condition asks for two values of one fact",
    ),
    pytest.param(
        FRAMEWORK,
        "{fact: suspended_after_weeks, at_most: 8}",
        "{fact: suspended_after_weeks, at_most: eight}",
        "bad-comparison",
        id="bound in words",
    ),
    pytest.param(
        FRAMEWORK,
        "{fact: probation_reset, is: yes}",
        "{fact: probation_reset, at_least: yes}",
        "bad-comparison",
        id="comparison by order of a yes/no fact",
    ),
    pytest.param(
        MEASURES,
        "{fact: risk_of_harm, at_most: medium}",
        "{fact: risk_of_harm, at_most: high}",
        "overlapping-groups",
        id="groups that overlap",
    ),
    pytest.param(
        REVIEWING,
        "ask: Does reviewing focus sufficiently on supporting desistance?",
        "ask: Does reviewing focus sufficiently on # supporting desistance?",
        "not-a-question",
        id="question cut short by a comment",
    ),
    # Sources
    pytest.param(REVIEWING, "section: P 2.4}", "sections: P 2.4}", "unknown-key", id="section of a source misspelt"),
]


@pytest.mark.parametrize(("name", "old", "new", "code"), EDITS)
def test_a_mistake_in_the_shipped_standards_is_found(editable: Path, name: str, old: str, new: str, code: str) -> None:
    shutil.rmtree(editable / "scenarios")  # they are read against the framework once more, and say the same again
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
