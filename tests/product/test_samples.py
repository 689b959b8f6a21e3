"""Samples, through every tool: cases drawn for some questions, asked those and no others, in one table or in two."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest

from ctm_rules import (
    Case,
    Counts,
    DiagnosticError,
    Framework,
    Inspection,
    Judgement,
    Outcome,
    assess_frame,
    compare_frameworks,
    count_outcomes,
    explain_case,
    load_framework,
    load_inspection,
    load_result,
    make_engine,
    next_ratings,
    rate_counts,
    rate_files,
    rate_frame,
    rate_inspection,
    read_amendment,
    read_cases,
    read_counts,
    verify_result,
    what_if,
)
from ctm_rules.checking.files import check_paths
from ctm_rules.docs.site import write_site
from ctm_rules.engines import EngineName
from ctm_rules.rating.shares import wilson_interval
from ctm_rules.report import render_report
from ctm_rules.report.annexe import make_annexe
from ctm_rules.report.material import gather
from tests.support.commands import Run
from tests.support.engines import ENGINES
from tests.support.report_page import Page

FRAMEWORK = """
id: services
edition: "1"
title: Services
publisher: Nobody
in_force_from: 2024-01-01
source: {title: A handbook}
ratings: [{id: good, label: Good, score: 1}, {id: poor, label: Poor, score: 0}]
domains:
  - {id: court, title: Court, standards: [court], sample: court}
  - {id: other, title: Out of court, standards: [other, contact]}
key_question_bands:
  share_of: yes
  among: [yes, no]
  undetermined: exclude
  bands: [{from: 50, rating: good}, {from: 0, rating: poor}]
panel: {cases_fewer_than: 3}
disclosure: {smallest_count: 1, smallest_group: 1}
facts:
  - {id: disposal, title: How it was dealt with, type: choice, values: {court: By a court, other: Out of court}}
  - {id: sex, title: Sex, type: choice, values: {female: Female, male: Male}}
samples:
  - {id: court, title: Cases of courts, when: {fact: disposal, is: court}}
  - {id: other, title: Cases out of court, when: {fact: disposal, is: other}}
subgroups:
  - id: sex
    title: Sex
    groups:
      - {id: women, title: Women, when: {fact: sex, is: female}}
      - {id: men, title: Men, when: {fact: sex, is: male}}
measures: [{id: heard, title: The person was heard}]
standards:
  - id: A
    slug: court
    title: Court
    statement: Court work is good.
    rated_by: cases
    key_questions:
      - {id: q, ask: Is court work good?, prompts: [{id: plan, ask: Is there a plan?}], yes_when: plan}
  - id: B
    slug: other
    title: Other
    statement: Other work is good.
    rated_by: cases
    sample: other
    key_questions:
      - {id: q, ask: Is other work good?, prompts: [{id: talk, ask: Was there a talk?}], yes_when: talk}
  - id: C
    slug: contact
    title: Contact
    statement: There is contact.
    rated_by: cases
    key_questions:
      - {id: q, ask: Is there contact?, prompts: [{id: seen, ask: Was the person seen?}], yes_when: seen}
"""
TABLE = """\
case,disposal,sex,court.q.plan,other.q.talk,contact.q.seen,measures.heard
c1,court,female,yes,,yes,yes
c2,court,male,no,,yes,no
c3,court,male,na,,no,yes
o1,other,female,,yes,yes,yes
o2,other,male,,yes,no,no
u1,,male,yes,no,yes,yes
"""
COUNTED = {
    # Of u1 nobody can tell which sample it is of.
    "court.q": Counts(yes=1, no=1, not_applicable=1, undetermined=1),
    "other.q": Counts(yes=2, undetermined=1),
    "contact.q": Counts(yes=4, no=2),
}
COURT = "case,court.q.plan,contact.q.seen,measures.heard\nc1,yes,yes,yes\nc2,no,yes,no\nc3,na,no,yes\nu1,yes,yes,yes\n"
OTHER = "case,other.q.talk,contact.q.seen,measures.heard\no1,yes,yes,yes\no2,yes,no,no\n"
INSPECTION = (
    "framework: {path: services.yaml}\nprovider: {id: p, name: P}\ntitle: T\nfieldwork: {started: 2025-01-01}\n"
)
ONE_TABLE = "cases: {file: cases.csv}\n"
TWO_TABLES = "cases: [{file: court.csv, sample: court, note: One.}, {file: other.csv, sample: other, note: Two.}]\n"


@pytest.fixture(autouse=True)
def framework(tmp_path: Path) -> Framework:
    (tmp_path / "services.yaml").write_text(FRAMEWORK, encoding="utf-8")
    (tmp_path / "cases.csv").write_text(TABLE, encoding="utf-8")
    return load_framework(tmp_path / "services.yaml")


def inspection_of(folder: Path, more: str = ONE_TABLE, **tables: str) -> Path:
    for name, text in {"court": COURT, "other": OTHER, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    file = folder / "inspection.yaml"
    file.write_text(INSPECTION + more, encoding="utf-8")
    return file


# --- What is asked of whom -----------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_a_question_is_asked_of_the_cases_of_its_sample_only(
    engine: EngineName, framework: Framework, tmp_path: Path
) -> None:
    deciding = make_engine(framework, engine)
    outcomes = [*map(deciding.assess, read_cases(tmp_path / "cases.csv", framework))]
    found = {each.case: each.questions["court.q"].outcome.value for each in outcomes}
    expected = {"c1": "yes", "c2": "no", "c3": "not_applicable"}
    assert found == expected | {"o1": "not_asked", "o2": "not_asked", "u1": "undetermined"}
    assert count_outcomes(framework, outcomes) == COUNTED


def test_a_table_of_any_size_gives_the_same(framework: Framework, tmp_path: Path) -> None:
    frame = polars.read_csv(tmp_path / "cases.csv")
    outcomes = assess_frame(framework, frame)
    assert outcomes["court.q"].to_list() == ["yes", "no", "not_applicable", "not_asked", "not_asked", "undetermined"]
    (whole,) = rate_frame(framework, frame)
    (from_file,) = rate_files(framework, [tmp_path / "cases.csv"]).ratings
    for rated in (whole.rating, from_file.rating):
        questions = [question for standard in rated.standards for question in standard.key_questions]
        assert {question.path: question.counts for question in questions} == COUNTED
        assert [(sample.id, cases) for sample, cases in rated.samples] == [("court", 4), ("other", 3)]
    by_sex = rate_frame(framework, frame, "sex")
    assert by_sex["female"].standards[0].key_questions[0].counts == Counts(yes=1)
    row = by_sex.to_native().row(0, named=True)
    assert (row["cases"], row["samples.court.cases"], row["samples.other.cases"]) == (2, 1, 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_person_recorded_counts_where_the_question_is_asked_alone(
    engine: EngineName, framework: Framework
) -> None:
    expected = {"court": Outcome.NO, "other": Outcome.NOT_ASKED, None: Outcome.NO}
    deciding = make_engine(framework, engine)
    for disposal, outcome in expected.items():
        facts = {"disposal": disposal} if disposal else {}
        case = Case("c", facts, judgements={"court.q": Judgement(Outcome.NO)})
        assert deciding.assess(case).questions["court.q"].outcome is outcome
    recorded = {path: ["no"] * 3 for path in framework.key_questions}
    in_bulk = assess_frame(framework, polars.DataFrame({"disposal": list(expected), **recorded}))
    assert in_bulk["court.q"].to_list() == [outcome.value for outcome in expected.values()]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_table_of_a_case_says_which_sample_it_is_of_whatever_its_facts_say(
    engine: EngineName, framework: Framework
) -> None:
    deciding = make_engine(framework, engine)
    case = Case("c", {"disposal": "other"}, sample="court")
    outcomes = deciding.assess(case).questions
    assert outcomes["court.q"].outcome is Outcome.UNDETERMINED  # it is asked, and not answered
    assert outcomes["other.q"].outcome is Outcome.NOT_ASKED
    with pytest.raises(DiagnosticError, match='did you mean "court"'):
        deciding.assess(Case("c", sample="cuort"))


def test_the_nearest_sample_wins(tmp_path: Path) -> None:
    def asked_of(*edits: tuple[str, str]) -> dict[str, str]:
        text = FRAMEWORK
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "edited.yaml").write_text(text, encoding="utf-8")
        return {path: sample.id for path, sample in load_framework(tmp_path / "edited.yaml").samples_asked.items()}

    of_question = ("{id: q, ask: Is court work good?,", "{id: q, ask: Is court work good?, sample: other,")
    of_domain = ("standards: [other, contact]}", "standards: [other, contact], sample: court}")
    assert asked_of() == {"court.q": "court", "other.q": "other"}
    assert asked_of(of_question)["court.q"] == "other"
    assert asked_of(of_domain) == {"court.q": "court", "other.q": "other", "contact.q": "court"}


# --- Inspections -----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES)
def test_an_inspection_brings_a_table_for_each_sample(engine: EngineName, tmp_path: Path) -> None:
    """Without the fact that would tell which sample a case is of, and without the columns of the others."""
    result = rate_inspection(load_inspection(inspection_of(tmp_path, TWO_TABLES)), engine=engine)
    questions = [question for standard in result.rating.standards for question in standard.key_questions]
    assert {question.path: question.counts for question in questions} == {
        "court.q": Counts(yes=2, no=1, not_applicable=1),
        "other.q": Counts(yes=2),
        "contact.q": Counts(yes=4, no=2),
    }
    assert result.inspection.warnings == ()
    assert result.summary == "P: not rated, 3 of 3, 6 cases (Cases of courts: 4; Cases out of court: 2), by services 1"
    said = result.to_dict()
    assert said["note"] == "One. Two."
    assert said["samples"] == [
        {"id": "court", "title": "Cases of courts", "cases": 4},
        {"id": "other", "title": "Cases out of court", "cases": 2},
    ]


def test_without_samples_no_result_says_anything_of_them(small_framework: Framework) -> None:
    rated = rate_counts(small_framework, {}, {}, make_engine(small_framework))
    assert "samples" not in rated.to_dict()
    assert rated.samples == ()


@pytest.fixture
def small_framework(tmp_path: Path) -> Framework:
    text = FRAMEWORK.partition("samples:")[0] + "subgroups:" + FRAMEWORK.partition("subgroups:")[2]
    (tmp_path / "none.yaml").write_text(text.replace(", sample: court", "").replace("    sample: other\n", ""))
    return load_framework(tmp_path / "none.yaml")


def test_few_cases_and_intervals_are_those_of_the_sample(tmp_path: Path) -> None:
    more = TWO_TABLES + "population: {court: 8, other: 40}\n"
    rated = rate_inspection(load_inspection(inspection_of(tmp_path, more))).rating
    court, other, contact = (standard.key_questions[0] for standard in rated.standards)
    assert court.interval == wilson_interval(2, 3, 8)
    assert other.interval == wilson_interval(2, 2, 40)
    assert contact.interval == wilson_interval(4, 6, None)
    assert [flag.reason for flag in other.panel] == ["only 2 cases counted, fewer than 3"]
    assert court.panel == contact.panel == ()


@pytest.mark.parametrize(
    ("more", "tables", "code", "line", "says"),
    [
        pytest.param(
            "cases: [{file: court.csv, sample: cuort}]\n", {}, "unknown-name", 5, "cuort", id="a misspelt sample"
        ),
        pytest.param(
            TWO_TABLES + "population: {court: 8, others: 9}\n",
            {},
            "unknown-name",
            6,
            "others",
            id="misspelt population",
        ),
        pytest.param(TWO_TABLES + "population: {court: 3}\n", {}, "bad-count", 6, "4 cases", id="too few to draw from"),
        pytest.param(
            TWO_TABLES + "population: 80\n", {}, "population-of-all-samples", 6, "court: …", id="population of all"
        ),
        pytest.param(
            TWO_TABLES, {"other": OTHER + "c1,yes,no,no\n"}, "duplicate-id", 0, "c1", id="a case in two tables"
        ),
        pytest.param(
            TWO_TABLES.replace("other.csv, sample: other", "court.csv, sample: court"),
            {},
            "duplicate-id",
            5,
            "named twice",
            id="a table named twice",
        ),
        pytest.param(
            TWO_TABLES,
            {"other": "case,contact.q.seen,measures.heard\no1,yes,yes\n"},
            "absent-column",
            0,
            "other.q.talk",
            id="a column",
        ),
        pytest.param(
            TWO_TABLES,
            {"other": OTHER.replace("\n", ",court\n").replace("heard,court", "heard,disposal")},
            "case-of-other-sample",
            0,
            "2 cases (o1, o2)",
            id="the table and the facts disagree",
        ),
        pytest.param(
            TWO_TABLES,
            {"other": OTHER.replace("\n", ",yes\n").replace("heard,yes", "heard,court.q.plan")},
            "answer-not-counted",
            0,
            "court.q.plan",
            id="an answer to what is asked of others",
        ),
        pytest.param(
            TWO_TABLES + "case_judgements: [{case: o1, key_question: court.q, outcome: no, reason: So.}]\n",
            {},
            "answer-not-counted",
            0,
            "court.q is answered",
            id="a judgement of what is asked of others",
        ),
    ],
)
def test_what_is_wrong_with_tables_of_samples_is_said(
    tmp_path: Path, more: str, tables: dict[str, str], code: str, line: int, says: str
) -> None:
    file = inspection_of(tmp_path, more, **tables)
    try:
        findings = load_inspection(file).warnings
    except DiagnosticError as error:
        findings = error.diagnostics
    (found,) = findings
    assert (found.code, found.line) == (code, line)
    assert says in f"{found.message} {found.hint}"


def test_a_case_of_no_sample_is_said_where_nothing_is_asked_of_it(tmp_path: Path) -> None:
    text = FRAMEWORK.replace("other: Out of court}", "other: Out of court, none: Warned}")
    (tmp_path / "services.yaml").write_text(text.replace("contact], ", "contact], sample: other, ", 1))
    (tmp_path / "cases.csv").write_text(TABLE.replace("c3,court", "c3,none"))
    file = inspection_of(tmp_path)
    assert [found.code for found in load_inspection(file).warnings] == []  # contact is asked of every case
    (tmp_path / "services.yaml").write_text(
        text.replace("standards: [other, contact]}", "standards: [other, contact], sample: other}")
    )
    messages = [f.message for f in load_inspection(file).warnings if f.code == "case-of-no-sample"]
    assert messages == ["1 case (c3) is of none of the samples that key questions are asked of"]


# --- Explanations and comparisons ------------------------------------------------------------------


def test_an_explanation_says_of_which_sample_a_question_is_asked(
    framework: Framework, tmp_path: Path, run: Run
) -> None:
    cases = {case.id: case for case in read_cases(tmp_path / "cases.csv", framework)}
    explained = explain_case(framework, cases["o1"], make_engine(framework, "reference"))[0].to_dict()
    assert (explained["outcome"], explained["sample"], explained["rule"]) == ("not_asked", "court", None)
    assert isinstance(explained["drawn"], dict)
    assert (explained["drawn"]["result"], explained["drawn"]["found"]) == ("false", "it is Out of court")
    code, out, _ = run("explain", inspection_of(tmp_path), "o1", "-k", "court.q")
    assert code == 0
    assert "outcome: not asked" in out
    assert "asked of the sample court:" in out
    assert "cannot be told" not in out
    assert "its table" not in out
    out = run("explain", inspection_of(tmp_path, TWO_TABLES), "o1", "-k", "court.q").out
    assert "the table of the case says which sample it was drawn for" in " ".join(out.split())


def test_an_undetermined_outcome_names_the_fact_that_would_tell_the_sample(tmp_path: Path) -> None:
    result = rate_inspection(load_inspection(inspection_of(tmp_path)))
    assert {(each.key_question, each.case, each.facts) for each in result.undetermined} == {
        ("court.q", "u1", ("disposal",)),
        ("other.q", "u1", ("disposal",)),
    }


def test_a_difference_in_samples_decides(framework: Framework, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(FRAMEWORK.replace("standards: [court], sample: court}", "standards: [court]}"))
    changes = {
        change.path: change for change in compare_frameworks(framework, load_framework(tmp_path / "new.yaml")).changes
    }
    assert changes["court.q"].weight == "decides"
    assert changes["court.q"].says == "it is asked of cases that it was not asked of"
    assert "was: asked of the sample court" in changes["court.q"].details
    assert "now: asked of every case" in changes["court.q"].details
    (tmp_path / "new.yaml").write_text(
        FRAMEWORK.replace("when: {fact: disposal, is: other}", "when: {fact: disposal, is_not: court}")
    )
    changes = {
        change.path: change for change in compare_frameworks(framework, load_framework(tmp_path / "new.yaml")).changes
    }
    assert {path: change.weight for path, change in changes.items()} == {"samples.other": "words"}


def test_what_if_says_which_cases_are_no_longer_asked(tmp_path: Path) -> None:
    amendment = tmp_path / "amendment.yaml"
    amendment.write_text(
        'title: Swap\namends: {id: services, edition: "1"}\nreason: So.\nset: {domains.court.sample: other}\n'
    )
    effect = what_if(inspection_of(tmp_path), [read_amendment(amendment)])
    moved = {
        change.case: (change.before, change.after) for change in effect.outcomes if change.key_question == "court.q"
    }
    assert moved["c1"] == (Outcome.YES, Outcome.NOT_ASKED)
    assert moved["o1"] == (Outcome.NOT_ASKED, Outcome.UNDETERMINED)
    (why,) = {change.why for change in effect.outcomes if change.case == "c1"}
    assert why == (
        "the question is not asked; it is now asked of the sample “Cases out of court”: "
        "where “How it was dealt with” is Out of court",
    )


SCENARIOS = """
framework: {path: ../services.yaml}
key_question: court.q
scenarios:
  - {name: Asked after court, given: {facts: {disposal: court}, answers: {plan: no}}, expect: {outcome: no}}
  - name: Asked of no other
    given: {facts: {disposal: other}, answers: {plan: no}}
    expect: {outcome: not_asked, variant: none}
  - {name: Nobody can tell, given: {answers: {plan: no}}, expect: {outcome: undetermined}}
"""


def test_scenarios_expect_that_a_question_is_not_asked_and_coverage_counts_it(tmp_path: Path, run: Run) -> None:
    (tmp_path / "scenarios").mkdir()
    file = tmp_path / "scenarios" / "court.yaml"
    file.write_text(SCENARIOS)
    code, out, _ = run("test", file, "--coverage", "--json")
    assert code == 0, out
    covered = json.loads(out)["coverage"][0]
    # Of the two outcomes that no scenario reaches, and of the sample, whose condition was met and was not.
    missing = [
        (part["says"], part["never"]) for part in covered["not_covered"] if part["kind"] in ("outcome", "clause")
    ]
    assert ("court.q", ["yes", "not applicable"]) in missing
    assert [says for says, _ in missing if says.startswith("sample court")] == []
    file.write_text(SCENARIOS.replace("outcome: not_asked", "outcome: not_applicable"))
    code, out, _ = run("test", file)
    assert code == 1
    assert "expected not_applicable, got not_asked" in " ".join(out.split())


# --- What people read ------------------------------------------------------------------------------


def test_the_report_and_its_annexe_speak_of_each_sample(tmp_path: Path) -> None:
    result = rate_inspection(
        load_inspection(inspection_of(tmp_path, TWO_TABLES + "population: {court: 8, other: 40}\n"))
    )
    page = Page(render_report(result, formats=["html"])["report.html"])
    sizes = page.table("Who was in the sample of 6 cases")
    assert {name: row["Cases"] for name, row in sizes.items() if name.startswith("Sample: ")} == {
        "Sample: Cases of courts": "4",
        "Sample: Cases out of court": "2",
    }
    assert "This was asked of the sample “Cases of courts”, of 4 cases." in page.text
    assert "The sample “Cases out of court” was drawn from 40 cases." in page.text
    sheets = {sheet.name: sheet for sheet in make_annexe(gather(result))}
    of_questions = {row["address"]: row for row in sheets["key_questions"].records()}
    assert {path: row["sample"] for path, row in of_questions.items()} == {
        "court.q": "court",
        "other.q": "other",
        "contact.q": "",
    }
    assert of_questions["court.q"]["not_applicable"] == 1
    about = dict(sheets["about"].rows)
    assert (about["cases_court"], about["population_court"], about["resampled_samples"]) == (4, 8, 2)
    prompts = {row["address"]: row for row in sheets["prompts"].records()}
    assert [prompts["court.q.plan"][name] for name in ("yes", "no", "not_applicable", "undetermined")] == [2, 1, 1, 0]


def test_the_site_of_the_standards_shows_samples(tmp_path: Path) -> None:
    write_site(tmp_path / "services.yaml", tmp_path / "site")
    cases, standard = ((tmp_path / "site" / name).read_text() for name in ("cases.html", "standard-court.html"))
    assert 'id="sample-court"' in cases
    assert 'Asked of the sample <a href="cases.html#sample-court">Cases of courts</a>' in standard


def test_assumed_titles_of_samples_are_named(tmp_path: Path) -> None:
    text = FRAMEWORK.replace("is: court}}", "is: court}, assumed: [title]}")
    (tmp_path / "services.yaml").write_text(text)
    framework = load_framework(tmp_path / "services.yaml")
    rated = rate_counts(framework, {}, {}, make_engine(framework))
    assert rated.assumptions == ("assumed, not printed in the source: title of 1 sample",)


@pytest.mark.parametrize(
    ("counts", "population", "cases"),
    [
        pytest.param({"court.q": Counts(yes=3), "other.q": Counts(no=4)}, None, 7, id="the samples together"),
        pytest.param({"court.q": Counts(yes=3), "contact.q": Counts(no=9)}, {"court": 5}, 9, id="all cases"),
        pytest.param({"court.q": Counts(), "other.q": Counts(no=4)}, None, 4, id="nobody in one of them"),
        pytest.param({"court.q": Counts(), "contact.q": Counts()}, None, 0, id="nobody at all"),
        pytest.param({"court.q": Counts()}, None, 0, id="nobody in the one that is counted"),
    ],
)
def test_counts_of_samples_add_up(
    framework: Framework, counts: dict[str, Counts], population: dict[str, int] | None, cases: int
) -> None:
    assert rate_counts(framework, counts, {}, make_engine(framework), population=population).cases == cases


def test_a_population_smaller_than_its_sample_is_refused(framework: Framework) -> None:
    population = {"court": 2, "others": 5}
    with pytest.raises(DiagnosticError) as refused:
        rate_counts(framework, {"court.q": Counts(yes=3)}, {}, make_engine(framework), population=population)
    assert [(found.code, found.path) for found in refused.value.diagnostics] == [
        ("bad-count", "/population/court"),
        ("unknown-name", "/population/others"),
    ]


def test_of_how_many_all_together_were_drawn_says_nothing_of_one_sample(framework: Framework) -> None:
    counts = {"court.q": Counts(yes=3, no=2), "contact.q": Counts(yes=3, no=2)}
    rated = rate_counts(framework, counts, {}, make_engine(framework), population=8)
    court, _, contact = (standard.key_questions[0] for standard in rated.standards)
    assert court.interval == wilson_interval(3, 5)
    assert contact.interval == wilson_interval(3, 5, 8)
    assert court.interval != contact.interval


def test_from_how_many_the_samples_were_drawn_is_said_where_it_is_another_now(tmp_path: Path) -> None:
    more = TWO_TABLES + "population: {court: 8, other: 40}\n"
    result = rate_inspection(load_inspection(inspection_of(tmp_path, more)))
    (tmp_path / "result.json").write_text(json.dumps(result.to_dict()), encoding="utf-8")
    inspection_of(tmp_path, TWO_TABLES)
    differences = verify_result(tmp_path / "result.json").differences
    assert differences[0].says == "the population was court: 8, other: 40, and is not given now"


def test_published_counts_of_samples_are_rated_again(tmp_path: Path) -> None:
    more = TWO_TABLES + "population: {court: 8, other: 40}\n"
    result = rate_inspection(load_inspection(inspection_of(tmp_path, more)))
    sheets = {sheet.name: sheet for sheet in make_annexe(gather(result))}
    lines = [",".join(sheets["counts"].columns)]
    lines += [",".join("" if cell is None else str(cell) for cell in row) for row in sheets["counts"].rows]
    file = tmp_path / "counts.csv"
    file.write_text("\n".join(lines) + "\n")
    published = read_counts(file, result.inspection.framework)
    assert published.population == {"court": 8, "other": 40}
    again = published.rate()
    assert again.standards == result.rating.standards
    assert again.samples == result.rating.samples
    file.write_text(file.read_text().replace("key_question,court.q,court,", "key_question,court.q,other,", 1))
    with pytest.raises(DiagnosticError) as refused:
        read_counts(file, result.inspection.framework)
    message = 'court.q is counted in the sample "other", and it is asked of the sample "court"'
    assert [found.message for found in refused.value.diagnostics] == [message]


def test_what_programs_have_is_drawn_for_samples_as_files_are(framework: Framework) -> None:
    declared = {"title": "T", "provider": {"id": "p", "name": "P"}, "fieldwork": {"started": "2025-01-01"}}
    data = {"id": "c", "sample": "court", "answers": {"court.q.plan": "no"}}
    case = Case.from_dict(data, framework)
    assert (case.sample, case.to_dict()["sample"]) == ("court", "court")
    assert "sample" not in Case("c").to_dict()
    rated = rate_inspection(Inspection.from_dict(declared, [data], framework=framework)).rating
    assert [cases for _, cases in rated.samples] == [1, 0]
    rows = [{"case": "c", "other.q.talk": "yes", "contact.q.seen": "yes"}]
    of_one = {**declared, "cases": {"sample": "other"}}
    rated = rate_inspection(Inspection.from_frame(of_one, rows, framework=framework)).rating
    assert [cases for _, cases in rated.samples] == [0, 1]
    with pytest.raises(DiagnosticError, match="several case tables are described"):
        Inspection.from_dict({**declared, "cases": [{"sample": "court"}, {"sample": "other"}]}, [], framework=framework)
    with pytest.raises(DiagnosticError, match='did you mean "court"'):
        Case.from_dict({**data, "sample": "cuort"}, framework)


def test_a_result_of_samples_is_read_back_and_computed_anew(tmp_path: Path, run: Run) -> None:
    file = inspection_of(tmp_path, TWO_TABLES + "population: {court: 8, other: 40}\n")
    recorded = tmp_path / "result.json"
    recorded.write_text(run("rate", file, "--json").out)
    assert load_result(recorded).samples == rate_inspection(load_inspection(file)).rating.samples
    assert verify_result(recorded).differences == ()
    file.write_text(INSPECTION + TWO_TABLES + "population: {court: 9, other: 40}\n")
    (difference,) = verify_result(recorded, file).differences[:1]
    assert difference.says == "the population was court: 8, other: 40, and is court: 9, other: 40 now"


def test_the_way_to_the_next_rating_leads_through_the_cases_of_the_sample(tmp_path: Path) -> None:
    court = COURT.replace("c1,yes", "c1,no").replace("u1,yes", "u1,no")
    result = rate_inspection(load_inspection(inspection_of(tmp_path, TWO_TABLES, court=court)))
    way = next_ratings(result)[0]
    (gap,) = way.gaps
    # None of three is yes, and two of three are 67 %: one alone is 33 %, which is below 50 %.
    assert (gap.needed, gap.against, gap.percent) == (2, 3, 67)
    assert [(prompt.path, prompt.would_turn, prompt.answered_no) for prompt in gap.in_the_way] == [
        ("court.q.plan", 3, 3)
    ]


def test_rules_say_that_a_case_is_of_another_sample(framework: Framework) -> None:
    engine = make_engine(framework)
    fired = engine.assess(Case("c", {"disposal": "other"})).questions["court.q"].fired
    if engine.name == "durable":
        assert fired == (
            "samples/court/when/fact disposal: not met",
            "court.q: not asked, the case is of another sample",
        )
        assert engine.assess(Case("c")).questions["court.q"].fired[-1] == (
            "court.q: unknown, facts are missing to tell which sample it is of"
        )


def test_a_sample_at_what_is_asked_of_no_case_is_said_to_change_nothing(tmp_path: Path) -> None:
    asked = "{id: q, ask: Is other work good?, prompts: [{id: talk, ask: Was there a talk?}], yes_when: talk}"
    of_provider = asked.replace("{id: q,", "{id: q, asked_of: provider,")
    assert asked in FRAMEWORK
    (tmp_path / "services.yaml").write_text(FRAMEWORK.replace(asked, of_provider))
    found = {finding.line: finding.message for finding in check_paths([tmp_path / "services.yaml"]).diagnostics}
    assert 'no key question is asked of the sample "other"' in found.values()
    assert 'the standard "other" is asked of no case, so that its sample changes nothing' in found.values()
