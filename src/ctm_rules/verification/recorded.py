"""A result as it was recorded, turned back into what it was made from (deserialisation)."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast

from ctm_rules.diagnostics.findings import HERE, Findings, Location
from ctm_rules.files import read_file
from ctm_rules.inspections.result_dicts import InspectionDict
from ctm_rules.limits import MAX_TABLE_BYTES
from ctm_rules.model.answer_words import answers_to
from ctm_rules.model.answers import AnyAnswer
from ctm_rules.model.framework import NOT_RATED, RATINGS, Framework, Rating
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.decisions import PanelDecision, StaleDecision, name_of
from ctm_rules.rating.reasons import RatingReason
from ctm_rules.rating.result_dicts import (
    DecisionDict,
    DomainDict,
    FlagDict,
    KeyQuestionDict,
    RatingDict,
    ReasonDict,
    StandardDict,
)
from ctm_rules.rating.results import (
    DomainResult,
    KeyQuestionResult,
    PanelFlag,
    RatingResult,
    StandardResult,
)
from ctm_rules.validity.names import check_known
from ctm_rules.verification.typed_data import BAD_RESULT, check_typed


def read_recorded(what: str | Path | Mapping[str, object]) -> tuple[RatingDict, Location]:
    """Return what a result says, each key of its type, and where it was read.

    Args:
        what: the file, or what is in it.

    Raises:
        RequestError: it cannot be read, or is no result.
    """
    findings = Findings()
    at = HERE
    data: object = what
    if isinstance(what, str | Path):
        path = Path(what)
        at = Location(str(path), path="/")
        content = read_file(path, MAX_TABLE_BYTES, findings, kind="result")
        findings.raise_errors()
        assert content is not None
        data = _parsed(content, path, findings)
        findings.raise_errors()
    is_of_inspection = isinstance(data, Mapping) and "inspection" in data
    check_typed(data, InspectionDict if is_of_inspection else RatingDict, at, findings)
    findings.raise_errors()
    return cast(RatingDict, data), at


def _parsed(content: bytes, path: Path, findings: Findings) -> object:
    hint = "give what ctm-rules rate --json has printed"
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        at = Location(str(path), error.lineno, error.colno)
        findings.add(BAD_RESULT, at, f"this is no JSON: {error.msg.lower()}", hint=hint)
    except (UnicodeDecodeError, RecursionError):
        findings.add(BAD_RESULT, Location(str(path)), "this is no JSON that anybody printed", hint=hint)
    return None


def judged_in(data: RatingDict) -> dict[str, str]:
    """Return the recorded ratings of what people rate: standards by slug, and key questions by address."""
    found: dict[str, str] = {}
    for standard in data["standards"]:
        if standard["rated_by"] == "judgement":
            rating = standard["computed"]["rating_id"]
            if rating is not None:
                found[standard["slug"]] = rating
            elif standard["is_settled"]:
                found[standard["slug"]] = NOT_RATED
        for question in standard["key_questions"]:
            if question["rated_by"] == "judgement" and question["rating_id"] is not None:
                found[question["id"]] = question["rating_id"]
            elif question["rated_by"] == "judgement" and question["is_settled"]:
                found[question["id"]] = NOT_RATED
    return found


def answers_in(data: RatingDict, framework: Framework) -> dict[str, AnyAnswer]:
    """Return what was answered once, of the provider, by the address of the prompt, where that was recorded."""
    inspected = data.get("inspection")
    recorded = inspected["provider_answers"] if isinstance(inspected, Mapping) else {}
    known = {path: answers_to(framework, path) for path in recorded}
    return {path: known[path][word] for path, word in recorded.items() if word in known[path]}


def counts_in(data: RatingDict) -> dict[str, Counts]:
    """Return the recorded counts by the addresses of key questions."""
    questions = (question for standard in data["standards"] for question in standard["key_questions"])
    of_cases = (each for each in questions if each["asked_of"] == "cases" and each["rated_by"] == "answers")
    return {question["id"]: counts_of(question) for question in of_cases}


def counts_of(data: KeyQuestionDict) -> Counts:
    """Return the recorded counts of one key question."""
    return Counts(
        data["yes"],
        data["no"],
        data["not_applicable"],
        data["undetermined"],
        data.get("scored", 0),
        Fraction(data.get("points", 0)),
        Fraction(data.get("reachable", 0)),
    )


def rating_of_data(data: RatingDict, framework: Framework, at: Location = HERE) -> RatingResult:
    """Return the ratings that were recorded, as they were: nothing is computed.

    Args:
        data: what was recorded.
        framework: the standards that it rests on.
        at: where it was read.

    Raises:
        RequestError: it names what the standards do not have.
    """
    findings = Findings()
    chosen = data.get("bands_chosen", {})
    for fact in chosen:
        check_known("fact that chooses bands", fact, framework.choosing_facts, at.of("bands_chosen", fact), findings)
    rating = _Reader(framework.for_provider(chosen), findings).rating(data, at)
    findings.raise_errors()
    assert rating is not None
    return rating


def decisions_in(data: RatingDict, framework: Framework, at: Location = HERE) -> tuple[PanelDecision, ...]:
    """Return what a panel decided, applied or not."""
    reader = _Reader(framework, Findings())
    found = [reader.decision(data["overall"]["decision"], {"overall": True}, at)]
    found += [reader.decision(each["decision"], {"domain": each["id"]}, at) for each in data["domains"]]
    found += [reader.decision(each["decision"], {"standard": each["slug"]}, at) for each in data["standards"]]
    found += [
        reader.decision(each["decision"], _place(each["level"], each["id"]), at) for each in data["stale_decisions"]
    ]
    return tuple(decision for decision in found if decision is not None)


def _place(level: str, name: str) -> dict[str, object]:
    return {"overall": True} if level == "overall" else {level.removesuffix("s"): name}


class _Reader:
    def __init__(self, framework: Framework, findings: Findings) -> None:
        self._framework, self._findings = framework, findings

    def rating(self, data: RatingDict, at: Location) -> RatingResult | None:
        framework, overall = self._framework, data["overall"]
        standards = self._standards(data["standards"], at.of("standards"))
        domains = self._domains(data["domains"], at.of("domains"))
        at_overall = at.of("overall")
        rated = self._rating(RATINGS, overall["rating_id"], at_overall)
        computed = self._rating(RATINGS, overall["computed"]["rating_id"], at_overall)
        stale = [
            self._stale(
                each["decision"], _place(each["level"], each["id"]), each["computed_id"], at.of("stale_decisions", n)
            )
            for n, each in enumerate(data["stale_decisions"])
        ]
        if self._findings.errors:
            return None
        return RatingResult(
            framework,
            data["engine"],
            data["cases"],
            rated,
            overall["score"],
            overall["out_of"],
            domains,
            standards,
            tuple(data["not_rated"]),
            self._flags(overall["flags"], RATINGS, at_overall),
            _reasons(overall["because"]),
            tuple(overall["drivers"]),
            self._exact(overall["value"], at_overall),
            self.decision(overall["decision"], {"overall": True}, at_overall),
            computed,
            overall["computed"]["score"],
            tuple(each for each in stale if each is not None),
        )

    def _domains(self, data: list[DomainDict], at: Location) -> tuple[DomainResult, ...]:
        known = {domain.id: domain for domain in self._framework.domains}
        found = []
        for number, each in enumerate(data):
            here = at.of(number)
            if not check_known("domain", each["id"], known, here.of("id"), self._findings):
                continue
            scale = known[each["id"]].scale
            found.append(
                DomainResult(
                    known[each["id"]],
                    each["score"],
                    each["out_of"],
                    self._rating(scale, each["rating_id"], here),
                    self._flags(each["flags"], scale, here),
                    _reasons(each["because"]),
                    tuple(each["drivers"]),
                    each["not_rated"],
                    self._exact(each["value"], here),
                    self.decision(each["decision"], {"domain": each["id"]}, here),
                    self._rating(scale, each["computed"]["rating_id"], here),
                    each["computed"]["score"],
                )
            )
        return tuple(found)

    def _standards(self, data: list[StandardDict], at: Location) -> tuple[StandardResult, ...]:
        known = self._framework.standards_by_slug
        found = []
        for number, each in enumerate(data):
            here = at.of(number)
            if not check_known("standard", each["slug"], known, here.of("slug"), self._findings):
                continue
            standard = known[each["slug"]]
            questions = self._questions(each["key_questions"], here.of("key_questions"))
            weakest = [path for path in each["weakest_first"] if self._is_question(path, questions, here)]
            found.append(
                StandardResult(
                    standard,
                    self._rating(standard.scale, each["rating_id"], here),
                    tuple(questions.values()),
                    tuple(each["drivers"]),
                    each["not_rated"],
                    tuple(questions[path] for path in weakest),
                    tuple(each["not_counted"]),
                    _reasons(each["because"]),
                    each["is_settled"],
                    self._exact(each["value"], here),
                    self.decision(each["decision"], {"standard": each["slug"]}, here),
                    self._rating(standard.scale, each["computed"]["rating_id"], here),
                )
            )
        return tuple(found)

    def _is_question(self, path: str, known: Iterable[str], at: Location) -> bool:
        return check_known("key question", path, known, at.of("weakest_first"), self._findings)

    def _questions(self, data: list[KeyQuestionDict], at: Location) -> dict[str, KeyQuestionResult]:
        known = self._framework.every_question
        found: dict[str, KeyQuestionResult] = {}
        for number, each in enumerate(data):
            here, path = at.of(number), each["id"]
            if not check_known("key question", path, known, here.of("id"), self._findings):
                continue
            scale = self._framework.scale_of("key_questions", path)
            interval = each["interval"]
            found[path] = KeyQuestionResult(
                path,
                known[path],
                counts_of(each),
                self._exact(each["share"], here),
                each["percent"],
                self._rating(scale, each["rating_id"], here),
                None if interval is None else (interval[0], interval[-1]),
                self._flags(each["flags"], scale, here),
                each["not_rated"],
                _reasons(each["because"]),
                each["is_settled"],
                self._exact(each.get("value"), here),
            )
        return found

    def _rating(self, scale: str, rating: str | None, at: Location) -> Rating | None:
        if rating is None:
            return None
        steps = {step.id: step for step in self._framework.scale(scale)}
        return steps[rating] if check_known("rating", rating, steps, at.of("rating_id"), self._findings) else None

    def _flags(self, flags: list[FlagDict], scale: str, at: Location) -> tuple[PanelFlag, ...]:
        return tuple(
            PanelFlag(flag["kind"], flag["reason"], self._rating(scale, flag["instead"], at), flag["changes_standard"])
            for flag in flags
        )

    def _exact(self, value: str | None, at: Location) -> Fraction | None:
        try:
            return None if value is None else Fraction(value)
        except (ValueError, ZeroDivisionError):
            message = f'at {at.path}, "{value}" is no exact number'
            self._findings.add(BAD_RESULT, at, message, hint="give what was printed, unchanged")
            return None

    def decision(self, data: DecisionDict | None, place: Mapping[str, object], at: Location) -> PanelDecision | None:
        """Return what a panel decided on something."""
        if data is None:
            return None
        try:
            date = datetime.date.fromisoformat(data["date"])
        except ValueError:
            message = f'at {at.path}, "{data["date"]}" is no date'
            self._findings.add(BAD_RESULT, at.of("decision"), message, hint="give what was printed, unchanged")
            return None
        of = cast(dict[str, str], place)
        return PanelDecision(data["from_id"], data["rating_id"], data["reason"], data["who"], date, **of)  # type: ignore[arg-type]

    def _stale(
        self, data: DecisionDict, place: Mapping[str, object], computed: str | None, at: Location
    ) -> StaleDecision | None:
        decision = self.decision(data, place, at)
        if decision is None:
            return None
        level, name = decision.place
        scale = RATINGS if level == "overall" else self._framework.scale_of(level, name)
        was = self._rating(scale, decision.was, at)
        if was is None:
            return None
        return StaleDecision(decision, name_of(self._framework, decision.place), was, self._rating(scale, computed, at))


def _reasons(reasons: list[ReasonDict]) -> tuple[RatingReason, ...]:
    return tuple(
        RatingReason(each["part"], each["number"], each["says"], Location(each["file"], each["line"]))
        for each in reasons
    )
