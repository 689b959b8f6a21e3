"""Every figure that the inspection report prints comes out of the example's case table: one test per figure."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction

import pytest

from ctm_rules import Case, count_outcomes
from ctm_rules.rating.shares import rounded_percent
from tests.support.paths import EXAMPLE
from tests.support.published_figures import (
    IN_WORDS_ONLY,
    PERCENTS,
    PHRASES,
    PRINTED,
    SLUGS,
    answered,
    cases,
    declared,
    result,
    share,
)

PERIODS = [tuple(map(date.fromisoformat, period)) for period in PRINTED["sample"]["commenced_between"]]


def high_risk() -> list[Case]:
    return [*cases(risk_of_harm="high"), *cases(risk_of_harm="very_high")]


def adjusted() -> list[Case]:
    """Return the cases that the engine assessed by the adjusted standards."""
    ids = {
        outcome.case
        for outcome in result().outcomes
        if any(question.variant == "adjusted" for question in outcome.questions.values())
    }
    return [case for case in cases() if case.id in ids]


def sufficient(path: str, among: Iterable[Case] | None = None) -> dict[str, int]:
    counts = answered(path, among)
    return {"count": counts.yes, "of": counts.yes + counts.no}


def insufficient(path: str) -> dict[str, int]:
    counts = answered(path)
    return {"count": counts.no, "of": counts.yes + counts.no}


def figure(name: str) -> Fraction | dict[str, int]:
    """Return a figure of the inspection file that no case table gives."""
    found = next(entry for entry in declared().figures if entry.id == name)
    if found.value is not None:
        return found.value
    assert found.count is not None
    assert found.among is not None
    return {"count": found.count, "of": found.among}


def sentences(printed: Mapping[str, object]) -> object:
    """Parametrise by the names of the figures, each readable as words."""
    return pytest.mark.parametrize("name", printed, ids=[name.replace("_", " ") for name in printed])


# --- The inspection and its sample ---------------------------------------------------------------


def test_the_provider_is_the_one_inspected() -> None:
    assert declared().provider.name == PRINTED["provider"]


def test_fieldwork_started_on_the_printed_day() -> None:
    assert declared().fieldwork.started == date.fromisoformat(PRINTED["fieldwork_started"])


def test_fieldwork_lasted_the_printed_number_of_weeks() -> None:
    assert declared().fieldwork.weeks == PRINTED["fieldwork_weeks"]


SAMPLE: dict[str, Callable[[], object]] = {
    "community_orders": lambda: len(cases(sentence_type="community_order")),
    "releases_on_licence": lambda: len(cases(sentence_type="licence")),
    "total": lambda: len(cases()),
    "commenced_between": lambda: [
        [period.first.isoformat(), period.last.isoformat()] for period in declared().fieldwork.commenced
    ],
    "practitioner_interviews": lambda: declared().fieldwork.practitioner_interviews,
    "women": lambda: len(cases(sex="female")),
    "high_or_very_high_risk_of_harm": lambda: len(high_risk()),
    "managed_by_pso": lambda: len(cases(grade="PSO")),
    "mappa": lambda: len(cases(mappa=True)),
    # The report counts Reset among the cases assessed by the core standards, although two of them were not.
    "probation_reset": lambda: {
        "count": len(cases(probation_reset=True)),
        "among": len(cases()) - len(adjusted()),
    },
    "reset_within_eight_weeks_adjusted_standards": lambda: len(adjusted()),
}


@sentences(PRINTED["sample"])
def test_the_sample_has_the_printed(name: str) -> None:
    assert SAMPLE[name]() == PRINTED["sample"][name]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: f"from {period[0]} to {period[1]}")
def test_cases_commenced_in_the_week(period: tuple[date, date]) -> None:
    first, last = period
    assert any(first <= case.facts["commenced"] <= last for case in cases())


def test_no_case_commenced_outside_the_two_weeks() -> None:
    outside = [
        case.id for case in cases() if not any(first <= case.facts["commenced"] <= last for first, last in PERIODS)
    ]
    assert outside == []


# --- Ratings and key questions -------------------------------------------------------------------


@sentences({name: rating for name, rating in PRINTED["ratings"].items() if name.startswith("P ")})
def test_the_rating_is_as_printed_for(name: str) -> None:
    ratings = {standard.standard.id: standard.rating for standard in result().rating.standards}
    rating = ratings[name]
    assert rating is not None
    assert rating.label == PRINTED["ratings"][name]


def test_the_overall_rating_is_as_printed() -> None:
    overall = result().rating.overall
    assert overall is not None
    assert overall.label == PRINTED["ratings"]["overall"]


def test_the_score_is_as_printed() -> None:
    rating = result().rating
    assert {"got": rating.score, "of": rating.out_of} == PRINTED["ratings"]["score"]


KEY_QUESTIONS = {
    f"{SLUGS[standard]}.{question}": percent
    for standard, questions in PRINTED["key_questions_percent_yes"].items()
    for question, percent in questions.items()
}


@pytest.mark.parametrize(
    ("path", "percent"), KEY_QUESTIONS.items(), ids=[f"{p} {n}%" for p, n in KEY_QUESTIONS.items()]
)
def test_the_percentage_of_yes_is_as_printed_for(path: str, percent: int) -> None:
    questions = {
        question.path: question for standard in result().rating.standards for question in standard.key_questions
    }
    assert questions[path].percent == percent


def test_all_twelve_key_questions_are_printed() -> None:
    assert list(KEY_QUESTIONS) == list(result().inspection.framework.key_questions)


@pytest.mark.parametrize("path", KEY_QUESTIONS)
def test_no_case_is_undetermined_on(path: str) -> None:
    assert count_outcomes(result().inspection.framework, result().outcomes)[path].undetermined == 0


@pytest.mark.parametrize("path", KEY_QUESTIONS)
def test_high_and_very_high_risk_cases_do_better_than_the_others_on(path: str) -> None:
    assert PRINTED["phrases"]["high and very high risk cases"]
    high_ids = {case.id for case in high_risk()}
    shares = []
    for in_group in (True, False):
        group = [outcome for outcome in result().outcomes if (outcome.case in high_ids) is in_group]
        counts = count_outcomes(result().inspection.framework, group)[path]
        shares.append(Fraction(counts.yes, counts.yes + counts.no))
    assert shares[0] > shares[1]


# --- Counts and percentages ----------------------------------------------------------------------

COUNTS: dict[str, Callable[[], object]] = {
    "management_oversight_not_sufficient": lambda: insufficient("measures.management_oversight"),
    "referred_to_crs_and_commenced": lambda: sufficient("measures.crs_referral"),
    "unmet_need_drug_use": lambda: insufficient("measures.drug_need_met"),
    "assessment_identifies_all_risk_factors": lambda: {
        "yes": answered("assessment.safety.risk_of_harm").yes,
        "no": answered("assessment.safety.risk_of_harm").no,
    },
    "professional_curiosity_sufficient": lambda: sufficient("measures.professional_curiosity"),
    "professional_curiosity_sufficient_pso": lambda: sufficient("measures.professional_curiosity", cases(grade="PSO")),
    "victims_considered_insufficient_assessment": lambda: insufficient("assessment.safety.victims"),
    "mappa_joint_work_with_police": lambda: sufficient("measures.mappa_joint_work"),
    "accredited_programme_not_started_as_it_should": lambda: answered("measures.accredited_programme_started").no,
    "staff_survey_open_culture": lambda: figure("staff_survey_open_culture"),
}


@sentences(PRINTED["counts"])
def test_the_count_is_as_printed_for(name: str) -> None:
    assert COUNTS[name]() == PRINTED["counts"][name]


@sentences(PRINTED["percents"])
def test_the_percentage_is_as_printed_for(name: str) -> None:
    assert rounded_percent(share(PERCENTS[name]), "half_up") == PRINTED["percents"][name]


# --- Figures in words ----------------------------------------------------------------------------

SAYS: dict[str, Callable[[Fraction, object], bool]] = {
    "above": lambda percent, bound: percent > bound,
    "below": lambda percent, bound: percent < bound,
    "between": lambda percent, bounds: bounds[0] <= percent <= bounds[1],
    "above_the_share_of": lambda percent, other: percent > share(PHRASES[other]) * 100,
    "below_the_share_of": lambda percent, other: percent < share(PHRASES[other]) * 100,
}


@sentences({name: phrase for name, phrase in PRINTED["phrases"].items() if name not in IN_WORDS_ONLY})
def test_the_share_is_what_the_words_say_for(name: str) -> None:
    bounds = {word: value for word, value in PRINTED["phrases"][name].items() if word != "words"}
    percent = share(PHRASES[name]) * 100
    assert bounds
    assert {word: SAYS[word](percent, value) for word, value in bounds.items()} == dict.fromkeys(bounds, True)


def test_none_of_the_reset_cases_was_informed_before_suspension() -> None:
    assert "none" in PRINTED["phrases"]["reset cases: informed of requirements before suspension"]["words"]
    counts = answered("implementation.engaging.suspension_lead_up")
    assert (counts.yes, counts.no) == (0, len(cases(probation_reset=True)))


# --- Figures about the organisation --------------------------------------------------------------

ORGANISATION: dict[str, object] = {
    "attrition_probation_officers_percent": {
        "pdu": "attrition_probation_officers_pdu",
        "region": "attrition_probation_officers_region",
    },
    "sickness_days_per_person_per_year": "sickness_days",
    "absent_maternity": "absent_maternity",
    "absent_long_term_sick": "absent_long_term_sick",
    "accredited_programmes_commenced_percent": {
        "sexual_offences": "programmes_commenced_sexual_offences",
        "other": "programmes_commenced_other",
    },
}


@sentences(PRINTED["organisation_figures"])
def test_the_inspection_file_records(name: str) -> None:
    printed, recorded = PRINTED["organisation_figures"][name], ORGANISATION[name]
    if isinstance(recorded, dict):
        assert {key: figure(entry) for key, entry in recorded.items()} == {
            key: Fraction(str(value)) for key, value in printed.items()
        }
    else:
        assert figure(str(recorded)) == Fraction(str(printed))


# --- The table itself ----------------------------------------------------------------------------


def test_the_script_makes_the_case_table_byte_for_byte() -> None:
    made = runpy.run_path(str(EXAMPLE.with_name("make_cases.py")))["make_cases"]()
    assert made.encode() == EXAMPLE.with_name("cases.csv").read_bytes()


def test_no_two_cases_are_alike() -> None:
    assert len({(*case.facts.items(), *case.answers.items()) for case in cases()}) == len(cases())


def test_every_prompt_and_measure_is_answered_in_every_case() -> None:
    framework = result().inspection.framework
    paths = [*framework.prompts, *framework.measures_by_path]
    assert [path for path in paths if answered(path).undetermined] == []


def test_nothing_is_answered_where_it_does_not_apply() -> None:
    assert result().inspection.warnings == ()


def test_the_cases_are_said_to_be_synthetic() -> None:
    assert declared().synthetic
    assert "synthetic" in declared().note
    assert all(case.id.startswith("synthetic") for case in cases())
