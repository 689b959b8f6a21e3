"""What policy staff change in YAML takes effect with no change to the code."""

from __future__ import annotations

from pathlib import Path

from ctm_rules import InspectionResult, load_framework, load_inspection, rate_inspection
from tests.support.editing import edit
from tests.support.paths import EXAMPLE


def rated_by(folder: Path) -> InspectionResult:
    return rate_inspection(load_inspection(EXAMPLE, framework=load_framework(folder)))


def labels(result: InspectionResult) -> dict[str, str]:
    return {
        standard.standard.slug: standard.rating.label if standard.rating else "not rated"
        for standard in result.rating.standards
    }


def test_moved_band_changes_the_ratings_that_it_should(editable: Path) -> None:
    before = labels(rated_by(editable))
    # The lowest shares are 27, 39, 23 and 42 per cent; from 42 up is now Requires improvement.
    edit(
        editable / "framework.yaml", "from: 50, rating: requires_improvement", "from: 42, rating: requires_improvement"
    )
    result = rated_by(editable)
    assert labels(result) == before | {"reviewing": "Requires improvement"}
    assert result.rating.score == 5


def test_changed_rule_changes_the_outcomes(editable: Path) -> None:
    file = editable / "2.1-assessment.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("yes_when:", text.index("- id: safety"))
    end = text.index("assumed:", start)
    file.write_text(text[:start] + "yes_when: risk_of_harm\n    " + text[end:], encoding="utf-8")
    question = rated_by(editable).rating.standards[3].key_questions[2]
    # The report prints 18 yes and 26 no for this prompt; now the prompt alone decides.
    assert (question.counts.yes, question.counts.no) == (18, 26)


def test_added_prompt_that_the_rule_needs_leaves_every_yes_open(editable: Path) -> None:
    file = editable / "2.1-assessment.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("prompts:", text.index("- id: safety"))
    added = (
        "prompts:\n      - {id: plain_words, ask: Is it written in plain words?}\n" + text[start + len("prompts:\n") :]
    )
    rule = added.index("yes_when:")
    end = added.index("assumed:", rule)
    added = added[:rule] + "yes_when: {all: [risk_of_harm, plain_words]}\n    " + added[end:]
    file.write_text(text[:start] + added, encoding="utf-8")
    counts = rated_by(editable).rating.standards[3].key_questions[2].counts
    assert (counts.yes, counts.no, counts.undetermined) == (0, 26, 18)


def test_added_standard_is_rated_and_counted(editable: Path) -> None:
    (editable / "2.5-recording.yaml").write_text(
        """\
id: P 2.5
slug: recording
title: Recording
statement: Records are complete.
source: {title: Made up for this test}
rated_by: cases
key_questions:
  - id: complete
    ask: Are records complete?
    prompts: [{id: up_to_date, ask: Is the record up to date?}]
    yes_when: up_to_date
""",
        encoding="utf-8",
    )
    edit(editable / "framework.yaml", "implementation, reviewing]", "implementation, reviewing, recording]")
    result = rated_by(editable)
    assert result.rating.out_of == 24
    added = result.rating.standards[-1]
    assert (added.standard.id, added.key_questions[0].counts.undetermined) == ("P 2.5", 44)
    assert result.rating.not_rated == (
        "P 2.5 Recording: recording.complete is undetermined in 44 cases, and the framework then gives no rating",
    )


def test_scale_of_five_ratings_is_used_as_declared(editable: Path) -> None:
    file = editable / "framework.yaml"
    edit(
        file,
        "- {id: good, label: Good, score: 2}",
        "- {id: good, label: Good, score: 2}\n  - {id: fair, label: Fair, score: 1}",
    )
    edit(
        file,
        "from: 50, rating: requires_improvement",
        "from: 40, rating: fair}\n    - {from: 25, rating: requires_improvement",
    )
    # 27, 39, 23 and 42 per cent.
    assert list(labels(rated_by(editable)).values())[3:] == [
        "Requires improvement",
        "Requires improvement",
        "Inadequate",
        "Fair",
    ]
