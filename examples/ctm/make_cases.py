"""Make ``cases.csv``: 44 synthetic cases that give the figures printed in the inspection report.

No case, person or date here is real. The report prints how many cases were answered yes to each question; this
script draws cases at random (the seed is fixed, so the file is always the same) and then swaps answers between
cases until the framework's own decision rules give those numbers. Run it as ``python examples/ctm/make_cases.py``.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random

from attrs import define, field

from ctm_rules.cases import Answer, Case
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.loading import load_framework
from ctm_rules.model import FactTest, FactValue, Framework, Measure, Prompt
from ctm_rules.outcomes import Outcome

SEED = 44
CASES = 44
COMMENCED = [datetime.date(2024, 12, day) for day in (23, 24, 27)] + [
    datetime.date(2025, 1, day) for day in (13, 14, 15, 16, 17)
]
RESET_WEEKS = (4, 7, 11, 14, 18, 21)  # of supervision before contact was suspended

# For each key question: in how many cases it is answered yes, and in how many each prompt is.
YES = {
    "assessment.engaging": (29, {"motivation": 33, "diversity": 24, "circumstances": 31, "involvement": 27}),
    "assessment.desistance": (29, {"offending_factors": 34, "strengths": 30, "sources": 24}),
    "assessment.safety": (12, {"risk_of_harm": 18, "sources_and_agencies": 15, "victims": 15}),
    "planning.engaging": (
        27,
        {
            "involvement": 27,
            "diversity": 24,
            "circumstances": 33,
            "readiness": 32,
            "requirements": 29,
            "contact_level": 31,
            "contact_ending": 4,
        },
    ),
    "planning.desistance": (34, {"offending_factors": 36, "strengths": 30, "services": 33}),
    "planning.safety": (17, {"critical_risk_factors": 20, "interventions": 24, "agencies": 15, "contingency": 28}),
    "implementation.engaging": (
        28,
        {
            "prompt_start": 26,
            "relationship": 40,
            "enabling_completion": 33,
            "pre_release_contact": 12,
            "non_compliance": 15,
            "enforcement": 8,
            "re_engagement": 5,
            "suspension_lead_up": 0,
        },
    ),
    "implementation.desistance": (
        18,
        {
            "services": 20,
            "strengths": 31,
            "coordination": 21,
            "key_individuals": 5,
            "contact_level": 33,
            "local_services": 19,
        },
    ),
    "implementation.safety": (
        10,
        {"contact_level": 26, "victims": 17, "coordination": 13, "key_individuals": 6, "home_visits": 15},
    ),
    "reviewing.engaging": (38, {"barriers": 39, "involvement": 30, "written_reviews": 29}),
    "reviewing.desistance": (26, {"changes": 28, "strengths": 27, "agencies": 16, "written_reviews": 27}),
    "reviewing.safety": (18, {"changes": 20, "agencies": 17, "involvement": 18, "written_reviews": 28}),
}
MEASURES_YES = {
    "management_oversight": 16,
    "crs_referral": 20,
    "drug_need_met": 10,
    "mappa_joint_work": 3,
    "children_information_sharing": 8,
    "domestic_abuse_information_sharing": 10,
    "family_services_for_risk": 4,
    "accredited_programme_started": 0,
}
CURIOSITY_YES = {"PSO": 3, "PO": 24}
# The report finds this one weak "regardless of the risk level and grade".
SPREAD_EVENLY = "assessment.safety.victims"


@define(eq=False)
class Draft:
    """A case in the making. ``care`` is how well it is managed: the higher, the more answers are likely to be yes."""

    facts: dict[str, FactValue] = field(factory=dict)
    answers: dict[str, Answer] = field(factory=dict)
    care: int = 0

    def has(self, *facts: str) -> int:
        """Return how many of these facts are yes."""
        return sum(self.facts.get(fact) is True for fact in facts)


class Drawing:
    """Draws cases at random, with whole numbers only, so that every computer draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, among: Sequence[Draft], count: int, leaning: Callable[[Draft], int] = lambda _: 0) -> list[Draft]:
        """Return ``count`` of the drafts; 100 more of ``leaning`` goes before everything else."""
        if count > len(among):
            raise ValueError(f"{count} cases wanted among {len(among)}")
        luck = {draft: leaning(draft) + self.random.randrange(100) for draft in among}
        return sorted(among, key=lambda draft: -luck[draft])[:count]

    def one(self, among: Sequence[Draft]) -> Draft:
        """Return one of the drafts."""
        return among[self.random.randrange(len(among))]


def draw_facts(draw: Drawing) -> list[Draft]:
    """Return 44 drafts with the make-up of the sample, and facts that fit together."""
    drafts = [Draft() for _ in range(CASES)]
    high, lower = drafts[:17], drafts[17:]

    def record(fact: str, chosen: Iterable[Draft], value: FactValue = True, otherwise: FactValue = False) -> None:
        found = list(chosen)
        for draft in drafts:
            draft.facts[fact] = value if draft in found else otherwise

    def those(*facts: str) -> list[Draft]:
        return [draft for draft in drafts if draft.has(*facts)]

    def without(*facts: str) -> list[Draft]:
        return [draft for draft in drafts if not draft.has(*facts)]

    licences = draw.some(high, 11) + draw.some(lower, 7)
    record("sentence_type", licences, "licence", "community_order")
    record("sex", draw.some(high, 2) + draw.some(lower, 5), "female", "male")
    record("grade", draw.some(lower, 16), "PSO", "PO")
    record("risk_of_harm", high, "high", "medium")
    for draft in draw.some(high, 3, lambda draft: 100 * (draft in licences)):
        draft.facts["risk_of_harm"] = "very_high"
    for draft in draw.some(lower, 6):
        draft.facts["risk_of_harm"] = "low"
    record("mappa", draw.some(high, 9, lambda draft: 80 * (draft in licences)))

    # Reset is for lower risk only. The first two were suspended early: the adjusted standards apply to them.
    reset = draw.some(lower, 6, lambda draft: 40 * (draft.facts["risk_of_harm"] == "low"))
    reset.sort(key=lambda draft: draft not in licences)  # contact ends soonest on a short licence
    record("probation_reset", reset)
    for draft, weeks in zip(reset, RESET_WEEKS, strict=True):
        draft.facts["suspended_after_weeks"] = weeks
    ending = draw.some([draft for draft in lower if draft not in reset], 8)
    record("contact_ends_or_is_suspended", reset + ending)

    # Risks to others, and who else should be involved. Some facts follow from others.
    record("has_potential_victims", draw.some(drafts, 42, lambda draft: 100 * (draft in high)))
    concerning = [draft for draft in those("has_potential_victims") if draft not in reset[:2]]
    record("domestic_abuse_concern", draw.some(concerning, 28, lambda draft: 40 * (draft in high)))
    record(
        "child_safeguarding_concern", draw.some(concerning, 26, lambda draft: 70 * draft.has("domestic_abuse_concern"))
    )
    concerns = ("mappa", "domestic_abuse_concern", "child_safeguarding_concern")
    record("other_agencies_involved", draw.some(drafts, 39, lambda draft: 100 * draft.has(*concerns)))
    record("family_need_for_risk", draw.some(drafts, 24, lambda draft: 50 * draft.has(*concerns[1:])))
    record("key_individuals_relevant", draw.some(drafts, 26, lambda draft: 40 * draft.has("family_need_for_risk")))
    record("home_visit_necessary", draw.some(drafts, 28, lambda draft: 50 * draft.has(*concerns)))

    # Compliance. Nobody was enforced or recalled who did not need it.
    record("non_compliance_risk", draw.some([draft for draft in drafts if draft not in reset[:2]], 25))
    record("enforcement_needed", draw.some(those("non_compliance_risk"), 14))
    record("enforced_or_recalled", draw.some(those("enforcement_needed"), 10))

    # Needs.
    record("management_oversight_needed", draw.some(drafts, 42, lambda draft: 100 * (draft in high)))
    record("drug_need", draw.some(drafts, 27))
    record("crs_required", draw.some(drafts, 33, lambda draft: 30 * draft.has("drug_need")))
    record(
        "accredited_programme_due", draw.some(without("probation_reset"), 6, lambda draft: 60 * draft.has(*concerns))
    )

    for draft in drafts:
        draft.facts["commenced"] = COMMENCED[draw.random.randrange(len(COMMENCED))]
        draft.care = draw.random.randrange(100) + 30 * (draft in high) + 10 * (draft.facts["grade"] == "PO")
    return drafts


def not_arising(draw: Drawing, drafts: Sequence[Draft]) -> dict[str, list[Draft]]:
    """Return, by prompt, the cases in which an inspector would say that it does not arise, whatever the facts are."""
    early, later = (
        next(draft for draft in drafts if draft.facts.get("suspended_after_weeks") == weeks)
        for weeks in RESET_WEEKS[:2]
    )
    lower = [draft for draft in drafts if draft.facts["risk_of_harm"] in ("low", "medium")]
    nothing_to_write = [later, *draw.some([draft for draft in lower if draft not in (early, later)], 3)]
    found = {
        "implementation.safety.victims": [early],
        "implementation.desistance.coordination": [early, later],
        "implementation.desistance.local_services": [early, later],
        "reviewing.safety.involvement": [later],
    }
    # Contact was suspended after four weeks: there was nothing to review.
    for question, (_, prompts) in YES.items():
        if question.startswith("reviewing."):
            for prompt in prompts:
                found.setdefault(f"{question}.{prompt}", []).append(early)
            found[f"{question}.written_reviews"] += nothing_to_write
    return found


def applies(element: Prompt | Measure, draft: Draft) -> bool:
    """Return whether a prompt or measure applies, given the facts."""
    condition = element.applies_when
    if condition is None:
        return True
    if not isinstance(condition, FactTest) or condition.comparison != "is":
        raise ValueError(f"{element.id}: this script knows conditions of the form 'fact is value' only")
    return draft.facts.get(condition.fact) in condition.values


def draw_answers(draw: Drawing, framework: Framework, drafts: Sequence[Draft]) -> None:
    """Answer every prompt and measure: as many yes as wanted, likelier where the case is managed with care."""
    elements: dict[str, Prompt | Measure] = {**framework.prompts, **framework.measures_by_path}
    na = not_arising(draw, drafts)

    def answer(path: str, among: Sequence[Draft], yes: int) -> None:
        arising = [draft for draft in among if applies(elements[path], draft) and draft not in na.get(path, [])]
        possible = [draft for draft in arising if not must_be_no(path, draft)]
        chosen = draw.some(possible, yes, lambda draft: 0 if path == SPREAD_EVENLY else draft.care)
        for draft in among:
            draft.answers[path] = Answer.YES if draft in chosen else Answer.NO if draft in arising else Answer.NA

    for question, (_, prompts) in YES.items():
        for prompt, yes in prompts.items():
            answer(f"{question}.{prompt}", drafts, yes)
    for measure, yes in MEASURES_YES.items():
        answer(f"measures.{measure}", drafts, yes)
    for grade, yes in CURIOSITY_YES.items():
        answer("measures.professional_curiosity", [draft for draft in drafts if draft.facts["grade"] == grade], yes)


def must_be_no(path: str, draft: Draft) -> bool:
    """Return whether the facts leave no other answer: enforcement was needed and nothing was done."""
    return path == "implementation.engaging.enforcement" and not draft.has("enforced_or_recalled")


def settle(draw: Drawing, engine: ReferenceEngine, drafts: Sequence[Draft], question: str) -> None:
    """Swap answers to the same prompt between cases until the decision rule gives the wanted number of yes.

    A swap leaves the number of yes to every prompt as it is. Cases of high risk must also do better than the others.
    """
    wanted, prompts = YES[question]
    paths = [f"{question}.{prompt}" for prompt in prompts]

    def outcome(draft: Draft) -> Outcome:
        answers = {path: draft.answers[path] for path in paths}
        return engine.assess(Case("", draft.facts, answers)).questions[question].outcome

    outcomes = {draft: outcome(draft) for draft in drafts}

    def distance() -> int:
        counts = {group: {Outcome.YES: 0, Outcome.NO: 0, Outcome.NOT_APPLICABLE: 0} for group in (True, False)}
        for draft, result in outcomes.items():
            counts[draft.facts["risk_of_harm"] in ("high", "very_high")][result] += 1
        high, lower = counts[True], counts[False]
        # Compares yes/(yes + no) in whole numbers.
        behind = lower[Outcome.YES] * high[Outcome.NO] - high[Outcome.YES] * lower[Outcome.NO]
        return 1000 * abs(high[Outcome.YES] + lower[Outcome.YES] - wanted) + max(0, behind + 1)

    left = distance()
    for _ in range(20_000):
        if not left:
            return
        path = paths[draw.random.randrange(len(paths))]
        free = [draft for draft in drafts if not must_be_no(path, draft)]
        yes = [draft for draft in free if draft.answers[path] is Answer.YES]
        no = [draft for draft in free if draft.answers[path] is Answer.NO]
        if not yes or not no:
            continue
        pair = draw.one(yes), draw.one(no)
        before = {draft: outcomes[draft] for draft in pair}
        exchange(path, *pair)
        outcomes.update({draft: outcome(draft) for draft in pair})
        now = distance()
        if now > left:
            exchange(path, *pair)
            outcomes.update(before)
        else:
            left = now
    raise RuntimeError(f"no answers found that give {wanted} yes to {question}")


def exchange(path: str, one: Draft, other: Draft) -> None:
    """Swap the answers of two cases to one prompt."""
    one.answers[path], other.answers[path] = other.answers[path], one.answers[path]


def cell(value: FactValue | None) -> str:
    """Return a fact as the case table writes it."""
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def make_cases() -> str:
    """Return the whole case table as CSV text."""
    framework = load_framework("hmip-pdu", "2024")
    engine = ReferenceEngine(framework)
    draw = Drawing(SEED)
    drafts = draw_facts(draw)
    draw_answers(draw, framework, drafts)
    for question in YES:
        settle(draw, engine, drafts, question)
    draw.random.shuffle(drafts)
    drafts.sort(key=lambda draft: cell(draft.facts["commenced"]))

    facts = [fact.id for fact in framework.facts]
    answers = [*framework.prompts, *framework.measures_by_path]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["case", *facts, *answers])
    for number, draft in enumerate(drafts, start=1):
        writer.writerow(
            [
                f"synthetic-{number:02}",
                *(cell(draft.facts.get(fact)) for fact in facts),
                *(draft.answers[path] for path in answers),
            ]
        )
    return text.getvalue()


if __name__ == "__main__":
    Path(__file__).with_name("cases.csv").write_bytes(make_cases().encode())
