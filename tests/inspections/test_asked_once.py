"""What is asked of the provider, once, and what people judge within a standard, beside what is asked of cases."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from ctm_rules import (
    Answer,
    Counts,
    DiagnosticError,
    Framework,
    compare_frameworks,
    load_framework,
    load_inspection,
    make_engine,
    rate_counts,
    rate_inspection,
)
from ctm_rules.engines.durable_ruleset import durable_is_available
from ctm_rules.rating.counts_table import counts_table
from tests.support.commands import Run

ENGINES = ["reference", *(["durable"] if durable_is_available() else [])]

SCHOOL = """\
id: school
edition: "2026"
title: Standards for schools
publisher: A council
in_force_from: 2026-01-01
source: {title: Made up for tests}
ratings:
  - {id: good, label: Good, score: 2}
  - {id: fair, label: Fair, score: 1}
  - {id: poor, label: Poor, score: 0}
scales:
  level:
    - {id: two, label: Level 2}
    - {id: one, label: Level 1}
    - {id: nought, label: Level 0}
  met_or_not:
    - {id: met, label: Met}
    - {id: not_met, label: Not met}
provider_facts:
  - {id: boards, title: It has boarders, type: yes_no}
domains: [{id: all_of_it, title: All of it, standards: [safety]}]
key_question_bands:
  share_of: yes
  among: [yes, no]
  bands: [{from: 60, rating: good}, {from: 30, rating: fair}, {from: 0, rating: poor}]
overall: {take: lowest, of: standards}
standards:
  - id: S
    slug: safety
    title: Safety
    statement: Pupils are safe.
    source: {title: Made up for tests}
    rating:
      first_that_holds:
        - rating: poor
          when: {any: [{key_question: safety.alarms, rated: nought}, {key_question: safety.culture, rated: not_met}]}
        - rating: good
          when: {all: [{key_question: safety.checks, rated: good}, {key_question: safety.alarms, rated: two}]}
        - {rating: fair}
    key_questions:
      - id: checks
        ask: Are staff checked before they start?
        prompts: [{id: checked, ask: Was the member of staff checked?}]
        yes_when: checked
      - id: alarms
        ask: Are there alarms, and do they work?
        asked_of: provider
        scale: level
        prompts:
          - {id: installed, ask: Are there alarms?}
          - {id: tested, ask: Are they tested each term?}
          - {id: at_night, ask: Are they tested at night?, applies_when: {fact: boards, is: yes}}
        rating:
          first_that_holds:
            - {rating: two, when: {all: [installed, tested, at_night]}}
            - {rating: one, when: installed}
            - {rating: nought}
          then:
            - {no_better_than: one, when: {all: [{not: tested}, {fact: boards, is: yes}]}}
      - id: plan
        ask: Is there a plan for fires?
        asked_of: provider
        prompts: [{id: written, ask: Is it written?}, {id: known, ask: Do staff know it?}]
        yes_when: {all: [written, known]}
      - id: culture
        ask: Do staff speak up?
        rated_by: judgement
        scale: met_or_not
"""

INSPECTION = """\
framework: {path: school/2026}
provider:
  id: north
  name: North
  facts: {boards: yes}
  answers:
    safety.alarms.installed: yes
    safety.alarms.tested: yes
    safety.alarms.at_night: yes
    safety.plan.written: yes
    safety.plan.known: no
title: Inspection of North
fieldwork: {started: 2026-02-01}
cases: {file: cases.csv, synthetic: true, note: Made up.}
judgements:
  - {key_question: safety.culture, rating: met, rationale: They do.}
"""

CHECKS = {"safety.checks": Counts(yes=2, no=1)}
ALL_YES = {f"safety.alarms.{prompt}": Answer.YES for prompt in ("installed", "tested", "at_night")}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A folder with the standards and an inspection by them."""
    (tmp_path / "school" / "2026").mkdir(parents=True)
    (tmp_path / "school" / "2026" / "framework.yaml").write_text(SCHOOL, encoding="utf-8")
    (tmp_path / "inspection.yaml").write_text(INSPECTION, encoding="utf-8")
    (tmp_path / "cases.csv").write_text("case,safety.checks.checked\na,yes\nb,yes\nc,no\n", encoding="utf-8")
    return tmp_path


def standards_of(school: Path) -> Framework:
    return load_framework(school / "school" / "2026")


def changed(school: Path, name: str, old: str, new: str) -> None:
    file = school / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# --- Ratings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("boards", "answers", "rating"),
    [
        pytest.param(True, ALL_YES, "two", id="all of it"),
        pytest.param(False, ALL_YES | {"safety.alarms.at_night": Answer.NO}, "two", id="what does not apply drops out"),
        pytest.param(True, ALL_YES | {"safety.alarms.at_night": Answer.NO}, "one", id="the second line"),
        pytest.param(True, ALL_YES | {"safety.alarms.installed": Answer.NO}, "nought", id="no line"),
        pytest.param(None, ALL_YES, None, id="nobody knows whether a prompt applies"),
        pytest.param(True, {}, None, id="nothing is answered"),
        pytest.param(True, dict.fromkeys(ALL_YES, Answer.NA), None, id="nothing applies"),
    ],
)
def test_the_prompts_give_the_rating_of_what_is_asked_once(
    engine: str, boards: bool | None, answers: dict[str, Answer], rating: str | None, school: Path
) -> None:
    framework = standards_of(school)
    facts = {} if boards is None else {"boards": boards}
    deciding = make_engine(framework, engine)  # type: ignore[arg-type]
    (standard,) = rate_counts(framework, CHECKS, {}, deciding, provider=facts, answers=answers).standards
    alarms = standard.key_questions[1]
    assert (alarms.rating and alarms.rating.id) == rating
    assert bool(alarms.not_rated) is (rating is None)
    assert alarms.interval is None
    assert alarms.percent is None


def test_why_there_is_no_rating_names_what_has_no_answer(school: Path) -> None:
    framework = standards_of(school)
    answers = {"safety.alarms.installed": Answer.YES, "safety.alarms.tested": Answer.YES}
    engine = make_engine(framework, "reference")
    (standard,) = rate_counts(framework, CHECKS, {}, engine, provider={"boards": True}, answers=answers).standards
    says = "safety.alarms: it may be Level 2 or Level 1 while “Are they tested at night?” has no answer"
    assert standard.key_questions[1].not_rated == says


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        pytest.param({}, " while “Is it written?” and “Do staff know it?” have no answer", id="two"),
        pytest.param({"safety.plan.written": Answer.YES}, " while “Do staff know it?” has no answer", id="one"),
    ],
)
def test_a_rule_that_cannot_be_decided_names_what_has_no_answer(
    answers: dict[str, Answer], why: str, school: Path
) -> None:
    result = rate_counts(standards_of(school), CHECKS, {}, "reference", provider={"boards": True}, answers=answers)
    plan = result.standards[0].key_questions[2]
    assert (plan.not_rated, plan.is_settled) == (f"safety.plan is undetermined{why}", False)


@pytest.mark.parametrize(
    ("judged", "not_rated", "is_settled"),
    [
        pytest.param({}, "no judgement is recorded for safety.culture", False, id="nobody has looked"),
        pytest.param(
            {"safety.culture": "not_rated"}, "safety.culture was looked at and given no rating", True, id="no rating"
        ),
        pytest.param({"safety.culture": "met"}, "", False, id="rated"),
    ],
)
def test_what_nobody_judged_is_told_from_what_was_given_no_rating(
    judged: dict[str, str], not_rated: str, is_settled: bool, school: Path
) -> None:
    culture = rate_counts(standards_of(school), CHECKS, judged, "reference").standards[0].key_questions[3]
    assert (culture.not_rated, culture.is_settled) == (not_rated, is_settled)


def test_what_does_not_apply_is_settled(school: Path) -> None:
    answers = dict.fromkeys([*ALL_YES, "safety.plan.written", "safety.plan.known"], Answer.NA)
    result = rate_counts(standards_of(school), CHECKS, {}, "reference", provider={"boards": True}, answers=answers)
    asked = result.standards[0].key_questions[1:3]
    assert [(each.not_rated, each.is_settled) for each in asked] == [
        *[("safety.alarms does not apply", True), ("safety.plan does not apply", True)],
    ]


def test_a_rule_that_is_asked_once_is_yes_or_no_and_nobody_is_counted(school: Path) -> None:
    result = rate_inspection(load_inspection(school / "inspection.yaml"))
    plan = result.rating.standards[0].key_questions[2]
    assert plan.rating is not None
    assert (plan.rating.id, plan.interval, plan.panel) == ("poor", None, ())
    assert result.rating.cases == 3


def test_a_standard_is_rated_by_questions_of_every_kind(school: Path) -> None:
    (standard,) = rate_inspection(load_inspection(school / "inspection.yaml")).rating.standards
    assert [question.rating.id for question in standard.key_questions if question.rating] == [
        *("good", "two", "poor", "met"),
    ]
    assert standard.rating is not None
    assert standard.rating.id == "good"
    changed(school, "inspection.yaml", "rating: met", "rating: not_met")
    (standard,) = rate_inspection(load_inspection(school / "inspection.yaml")).rating.standards
    assert standard.rating is not None
    assert standard.rating.id == "poor"


# --- What every tool says of it --------------------------------------------------------------------------


def test_rate_shows_what_was_asked_once_and_not_as_a_case(school: Path, run: Run) -> None:
    code, out, _ = run("rate", str(school / "inspection.yaml"))
    assert code == 0
    lines = {line.split("?")[0]: line for line in out.splitlines() if "?" in line}
    assert lines["Are there alarms, and do they work"].split()[-4:] == ["asked", "once", "Level", "2"]
    assert "asked once: no" in lines["Is there a plan for fires"]
    assert "judged" in lines["Do staff speak up"]
    assert "3 cases" in out


def test_explain_leads_from_the_provider_to_the_lines(school: Path, run: Run) -> None:
    code, out, _ = run(
        "explain", str(school / "inspection.yaml"), "north", "-k", "safety.alarms", "--engine", "reference"
    )
    assert code == 0
    assert out.startswith("What was asked of North")
    assert "safety.alarms, line 1 of its rating: Are there alarms, and do they work?" in out
    assert "✓ at_night: Are they tested at night? · answered yes" in out
    assert "safety.plan" not in out


def test_check_says_what_is_not_answered_and_not_judged(school: Path, run: Run) -> None:
    changed(school, "inspection.yaml", "    safety.alarms.at_night: yes\n", "")
    changed(school, "inspection.yaml", "  - {key_question: safety.culture, rating: met, rationale: They do.}\n", "")
    changed(school, "inspection.yaml", "judgements:\n", "")
    code, out, _ = run("check", str(school), "--format", "json")
    assert code == 0
    found = {each["code"]: each["message"] for each in json.loads(out)["findings"]}
    assert found == {
        "provider-answer-missing": "of what the provider is asked, there is no answer to safety.alarms.at_night",
        "not-judged": 'no judgement is recorded for the key question "safety.culture" (Do staff speak up?)',
    }


def test_what_does_not_apply_to_a_provider_need_not_be_answered(school: Path, run: Run) -> None:
    changed(school, "inspection.yaml", "    safety.alarms.at_night: yes\n", "")
    changed(school, "inspection.yaml", "facts: {boards: yes}", "facts: {boards: no}")
    code, out, _ = run("check", str(school), "--strict")
    assert (code, out) == (0, "no mistakes found in 3 files\n")


def test_the_json_says_of_whom_it_was_asked_and_why(school: Path, run: Run) -> None:
    _, out, _ = run("rate", str(school / "inspection.yaml"), "--json")
    questions = json.loads(out)["standards"][0]["key_questions"]
    assert [each["asked_of"] for each in questions] == ["cases", "provider", "provider", "cases"]
    assert [each["rated_by"] for each in questions] == [*["answers"] * 3, "judgement"]
    assert [reason["line"] for reason in questions[1]["because"]] == [SCHOOL.splitlines().index(LINE_OF_TWO) + 1]


LINE_OF_TWO = "            - {rating: two, when: {all: [installed, tested, at_night]}}"


def test_the_report_lists_it_in_a_table_of_its_own(school: Path, run: Run) -> None:
    code, _, err = run("report", str(school / "inspection.yaml"), "-o", str(school / "out"), "--format", "md")
    assert code == 0, err
    page = (school / "out" / "report.md").read_text(encoding="utf-8")
    table = page.partition("Asked once, and not of each case, under S Safety")[2].partition("\n\n##")[0]
    assert [line for line in table.splitlines() if "fires" in line] == [
        "| Is there a plan for fires? | No | Poorʳ |",
    ]


def test_the_counts_of_the_annexe_give_the_ratings_again(school: Path, run: Run) -> None:
    inspection = load_inspection(school / "inspection.yaml")
    rating = rate_inspection(inspection).rating
    rows = [
        row.to_dict()
        for row in counts_table(rating, provider=inspection.provider_facts, answers=inspection.provider_answers)
    ]
    with (school / "counts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    code, out, _ = run(
        "rate", "--counts", str(school / "counts.csv"), "--framework", str(school / "school" / "2026"), "--json"
    )
    assert code == 0, out
    again = json.loads(out)["standards"][0]
    assert [each["band"] for each in again["key_questions"]] == ["Good", "Level 2", "Poor", "Met"]
    assert again["rating"] == "Good"


def test_in_bulk_the_answers_of_each_provider_stand_beside_its_judgements(school: Path, run: Run) -> None:
    (school / "bulk.csv").write_text("provider,safety.checks.checked\nN,yes\nM,yes\n", encoding="utf-8")
    header = ["provider", "safety.culture", "boards", *ALL_YES]
    rows = [["N", "Met", "yes", "yes", "yes", "yes"], ["M", "not_met", "no", "yes", "no", ""]]
    text = "\n".join(",".join(row) for row in [header, *rows]) + "\n"
    (school / "judged.csv").write_text(text, encoding="utf-8")
    code, out, err = run(
        *("rate", "--cases", str(school / "bulk.csv"), "--framework", str(school / "school" / "2026")),
        *("--by", "provider", "--judgements", str(school / "judged.csv"), "--json"),
    )
    assert code == 0, err
    groups = {each["group"]["provider"]: each for each in json.loads(out)["groups"]}
    assert groups["N"]["overall"]["rating"] == "Good"
    assert groups["M"]["overall"]["rating"] == "Poor"


def test_a_wrong_answer_in_bulk_is_said_with_its_cell(school: Path, run: Run) -> None:
    (school / "bulk.csv").write_text("provider,safety.checks.checked\nN,yes\n", encoding="utf-8")
    (school / "judged.csv").write_text("provider,safety.alarms.tested\nN,often\n", encoding="utf-8")
    code, _, err = run(
        *("rate", "--cases", str(school / "bulk.csv"), "--framework", str(school / "school" / "2026")),
        *("--by", "provider", "--judgements", str(school / "judged.csv")),
    )
    assert code == 2
    assert 'judged.csv:2:2: error: row 2, column "safety.alarms.tested": "often" is not yes, no or na' in err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "{rating: one, when: installed}", "{rating: one, when: tested}", "is made in another way", id="a line"
        ),
        pytest.param("yes_when: {all: [written, known]}", "yes_when: {any: [written, known]}", "yes", id="a rule"),
        pytest.param(
            "        asked_of: provider\n        prompts: [{id: written",
            "        prompts: [{id: written",
            "asked of cases",
            id="of whom",
        ),
    ],
)
def test_diff_knows_what_is_asked_once(old: str, new: str, says: str, school: Path) -> None:
    before = standards_of(school)
    shutil.move(school / "school", school / "before")
    (school / "school" / "2026").mkdir(parents=True)
    assert old in SCHOOL
    (school / "school" / "2026" / "framework.yaml").write_text(SCHOOL.replace(old, new), encoding="utf-8")
    found = compare_frameworks(before, standards_of(school)).changes
    assert [change.weight for change in found] == ["decides"] * len(found)
    assert any(says in change.says for change in found), [change.says for change in found]


def test_scenarios_give_answers_and_reach_every_line(school: Path, run: Run) -> None:
    scenarios = school / "school" / "2026" / "scenarios"
    scenarios.mkdir()
    given = (
        "provider: {boards: yes}\n      provider_answers: {safety.alarms.installed: yes, safety.alarms.tested: %s%s}"
    )
    text = "framework: {path: ..}\nscenarios:\n"
    for name, rest, rating in (("all", ("yes", ", safety.alarms.at_night: yes"), "two"), ("some", ("no", ""), "one")):
        text += f"  - name: {name}\n    given:\n      {given % rest}\n"
        text += f"    expect: {{key_questions: {{safety.alarms: {{band: {rating}}}}}}}\n"
    text += (
        "  - name: people rated all of it\n    given:\n      ratings: {safety.alarms: two, safety.culture: not_met}\n"
    )
    text += "    expect: {standards: {safety: poor}}\n"
    (scenarios / "safety.yaml").write_text(text, encoding="utf-8")
    code, out, err = run("test", str(school), "--coverage")
    assert code == 0, out + err
    assert "key question safety.alarms: the line that gives nought: never reached" in out
    assert "key question safety.alarms: the line that gives two" not in out
    assert "safety.alarms, line 1 of its rating: “tested” is yes: never not applicable" in out


# --- Mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        pytest.param(
            "        asked_of: provider\n        scale: level\n",
            "        scale: level\n",
            "          first_that_holds:",
            "asked of cases",
            id="lines of cases",
        ),
        pytest.param("when: installed}", "when: instaled}", "instaled", 'no prompt "instaled"', id="misspelt prompt"),
        pytest.param(
            "{rating: one, when", "{rating: fair, when", "fair, when", "step of the scale", id="another scale"
        ),
        pytest.param("            - {rating: nought}\n", "", "{rating: one, when", "the last line", id="no last line"),
        pytest.param(
            "{fact: boards, is: yes}]}",
            "{fact: bords, is: yes}]}",
            "bords",
            'no fact of the provider "bords"',
            id="misspelt fact",
        ),
        pytest.param("        rated_by: judgement\n", "", "id: culture", "no prompts", id="nothing asked"),
        pytest.param(
            "        rated_by: judgement\n",
            "        rated_by: judgement\n        prompts: [{id: p, ask: Is it?}]\n",
            "[{id: p,",
            "rated by judgement, and has prompts",
            id="asked although judged",
        ),
        pytest.param(
            "        yes_when: {all: [written, known]}\n",
            "",
            "id: plan",
            "no rule that says when it is yes",
            id="no rule",
        ),
        pytest.param(
            "          then:\n",
            "          not_rated: leave_out\n          then:\n",
            "leave_out",
            "below which nothing is rated",
            id="nothing to leave out",
        ),
    ],
)
def test_a_mistake_is_found_where_it_was_made(old: str, new: str, at: str, says: str, school: Path) -> None:
    changed(school, "school/2026/framework.yaml", old, new)
    text = (school / "school" / "2026" / "framework.yaml").read_text(encoding="utf-8")
    before = text[: text.index(at) + len(at) - len(at.lstrip())]
    place = f"framework.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: error"
    with pytest.raises(DiagnosticError) as refused:
        standards_of(school)
    said = [str(found) for found in refused.value.diagnostics]
    assert any(place in each and says in each for each in said), "\n".join([place, *said])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "safety.alarms.tested: yes",
            "safety.alarms.testd: yes",
            'no prompt that the provider is asked "safety.alarms.testd"',
            id="misspelt prompt",
        ),
        pytest.param(
            "safety.alarms.tested: yes",
            "safety.checks.checked: yes",
            'no prompt that the provider is asked "safety.checks.checked"',
            id="a prompt of cases",
        ),
        pytest.param("safety.alarms.tested: yes", "safety.alarms.tested: often", 'the text "often"', id="another word"),
        pytest.param(
            "key_question: safety.culture",
            "key_question: safety.plan",
            "rated by answers, and a judgement of it would count for nothing",
            id="judged although asked",
        ),
        pytest.param("rating: met,", "rating: good,", 'no rating "good"', id="another scale"),
        pytest.param("{key_question: safety.culture,", "{", "one standard or key question", id="of nothing"),
    ],
)
def test_a_mistake_of_an_inspection_is_said(old: str, new: str, says: str, school: Path) -> None:
    changed(school, "inspection.yaml", old, new)
    with pytest.raises(DiagnosticError) as refused:
        load_inspection(school / "inspection.yaml")
    assert any(says in str(found) for found in refused.value.diagnostics), str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(
            "safety.plan.known: no", "safety.plan.known: yes", "what was answered of the provider", id="answer"
        ),
        pytest.param("rating: met", "rating: not_met", "safety.culture was judged Met, and is judged", id="judgement"),
    ],
)
def test_verify_says_which_answer_or_judgement_is_another(
    old: str, new: str, says: str, school: Path, run: Run
) -> None:
    _, out, _ = run("rate", str(school / "inspection.yaml"), "--json")
    recorded = school / "result.json"
    recorded.write_text(out, encoding="utf-8")
    code, said, err = run("verify", str(recorded), str(school / "inspection.yaml"))
    assert code == 0, said + err
    changed(school, "inspection.yaml", old, new)
    code, said, _ = run("verify", str(recorded), str(school / "inspection.yaml"))
    assert code == 1
    assert says in said


def test_a_condition_on_the_provider_that_did_not_change_is_no_change(school: Path) -> None:
    changed(
        school,
        "school/2026/framework.yaml",
        "    statement:",
        "    applies_when: {fact: boards, is: yes}\n    statement:",
    )
    before = standards_of(school)
    changed(school, "school/2026/framework.yaml", "title: Safety\n", "title: Safe pupils\n")
    assert [change.says for change in compare_frameworks(before, standards_of(school)).changes] == ["the title changed"]
