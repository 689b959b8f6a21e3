"""A published result computed anew from what it was made from, and each thing that differs in one sentence (audit)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypedDict, cast

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Location, RequestError, require, require_path
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.engines import AnyEngine
from ctm_rules.files import FILE_NOT_READABLE
from ctm_rules.inspections.inspection import Inspection, load_inspection, rate_inspection, read_again
from ctm_rules.inspections.result_dicts import InspectionDict
from ctm_rules.limits import MAX_CASES_IN_A_FINDING
from ctm_rules.model.fact_values import type_fact_value
from ctm_rules.model.framework import Framework
from ctm_rules.paths import kind_of
from ctm_rules.phrases import say_checksum, say_count, say_list, say_number, say_rating
from ctm_rules.rating.counts import Counts
from ctm_rules.rating.given import OTHER_FRAMEWORK
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.rate import rate_counts
from ctm_rules.rating.result_dicts import FrameworkDict, RatedPartDict, RatingDict, StandardDict, framework_dict
from ctm_rules.rating.results import RatingResult
from ctm_rules.rating.samples import say_population
from ctm_rules.rating.shares import say_percent
from ctm_rules.verification.recorded import (
    answers_in,
    counts_in,
    counts_of,
    decisions_in,
    judged_in,
    rating_of_data,
    read_recorded,
)
from ctm_rules.verification.standards import FoundStandards, find_by_checksum
from ctm_rules.version import library_version


def load_result(what: str | Path | Mapping[str, object], *, framework: Framework | None = None) -> RatingResult:
    """Load a result that was written as JSON, or its data: the ratings as they were, nothing computed anew.

    Args:
        what: the file that ``ctm-rules rate --json`` was printed into, or what ``to_dict`` returned.
        framework: the standards that it rests on (default: found by their checksum, as :func:`verify_result` does).

    Raises:
        RequestError: it is no result, rests on other standards than were given, or on some that are nowhere to be
            found.

    >>> from ctm_rules import load_inspection, rate_inspection
    >>> result = rate_inspection(load_inspection("examples/ctm/inspection.yaml"))
    >>> load_result(result.to_dict()) == result.rating
    True
    """
    if framework is not None:
        require("framework", framework, Framework, hint="a framework: load_framework(…)")
    data, at = read_recorded(what)
    wanted = data["framework"]
    if framework is None:
        beside = Path(what) if isinstance(what, str | Path) else Path("result.json")
        framework = find_by_checksum(wanted, beside).framework
    if framework is None or framework.checksum != wanted["checksum"]:
        which = "standards that are not here" if framework is None else "other standards than were given"
        named = f"{wanted['id']} {wanted['edition']}, checksum {say_checksum(wanted['checksum'])}"
        hint = "give them: framework=load_framework(…)"
        message = f"the result rests on {which}: {named}"
        raise RequestError([OTHER_FRAMEWORK.found(at.of("framework"), message, hint=hint)])
    return rating_of_data(data, framework, at)


class DifferenceDict(TypedDict):
    """One difference between a result and what was computed anew."""

    kind: str
    says: str


class VerificationDict(TypedDict):
    """What came of computing a result anew: what :meth:`Verification.to_dict` returns."""

    framework: FrameworkDict
    found: FrameworkDict | None
    from_cases: bool
    differences: list[DifferenceDict]


@frozen
class Difference:
    """One thing that is not as the result says.

    Attributes:
        kind: what it is about.
        says: what differs, in one sentence.
    """

    kind: Literal["library", "edition", "standards", "cases", "judgement", "decision", "provider", "rating"]
    says: str

    def __str__(self) -> str:
        return self.says

    def to_dict(self) -> DifferenceDict:
        """Return the parts as plain data."""
        return {"kind": self.kind, "says": self.says}


@frozen(repr=False)
class Verification:
    """What came of computing a result anew.

    Attributes:
        recorded: what the result says, as plain data.
        framework: the standards that it rests on, found by their checksum (``None``: they are nowhere to be found).
        from_cases: whether the cases were looked at, or no more than the counts that the result prints.
        differences: whatever differs, each in a sentence (empty: nothing does).
    """

    recorded: RatingDict = field(hash=False)
    framework: Framework | None
    from_cases: bool
    differences: tuple[Difference, ...]

    def __repr__(self) -> str:
        return f"<Verification: {say_count(len(self.differences), 'difference')}>"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], [{"kind": each.kind, "says": each.says} for each in self.differences])

    def to_dict(self) -> VerificationDict:
        """Return the parts as plain data."""
        return {
            "framework": self.recorded["framework"],
            "found": None if self.framework is None else framework_dict(self.framework.identity()),
            "from_cases": self.from_cases,
            "differences": [difference.to_dict() for difference in self.differences],
        }


def verify_result(
    result: str | Path,
    inspection: str | Path | Inspection | None = None,
    *,
    standards: str | Path | None = None,
    engine: AnyEngine = "auto",
) -> Verification:
    """Compute a published result anew, and return whatever differs.

    The standards are found by their checksum: in ``standards``, in the folder that the result names, in folders called
    ``standards`` beside it or above, among those that come with the library, and in what git has of these.

    Args:
        result: the file that ``ctm-rules rate --json`` was printed into.
        inspection: the inspection with its cases (default: the file of the name that the result says, beside it; where
            there is none, what is computed anew rests on the counts that the result prints).
        standards: a folder or file in which the standards may be as well.
        engine: which engine decides.

    Raises:
        RequestError: the result cannot be read, or the inspection is not valid by the standards.

    >>> import json, tempfile
    >>> from pathlib import Path
    >>> from ctm_rules import load_inspection, rate_inspection
    >>> inspection = load_inspection("examples/ctm/inspection.yaml")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "result.json")
    ...     _ = file.write_text(json.dumps(rate_inspection(inspection).to_dict()))
    ...     verify_result(file, inspection)
    <Verification: 0 differences>
    """
    path = require_path("result", result, "the path of a result")
    own = None if standards is None else require_path("standards", standards, "the path of standards")
    if own is not None and kind_of(own) is None:
        message = f"there is no folder or file of standards {standards}"
        raise RequestError([FILE_NOT_READABLE.found(Location(str(standards)), message, hint="check its name")])
    data, _ = read_recorded(path)
    loaded = _inspection(data, path, inspection)
    beside = path if loaded is None or loaded.path is None else loaded.path
    found = find_by_checksum(data["framework"], beside, own)
    if loaded is not None and found.framework is None and loaded.framework.checksum == data["framework"]["checksum"]:
        found = FoundStandards(loaded.framework)
    differences = [*_library(data), *_standards(data, found, None if loaded is None else loaded.framework)]
    by = found.framework
    if by is None and loaded is not None:
        by = loaded.framework
    if by is None:
        return Verification(data, None, loaded is not None, tuple(differences))
    if loaded is None:
        if found.framework is not None:
            differences += _ratings(data, _rated_from_counts(data, by, engine))
        return Verification(data, found.framework, False, tuple(differences))
    again = loaded if loaded.framework.checksum == by.checksum else read_again(loaded, by)
    rating = rate_inspection(again, engine=engine).rating
    differences += [*_cases(data, again, rating), *_given(data, again), *_judgements(data, rating)]
    differences += _ratings(data, rating)
    return Verification(data, found.framework, True, tuple(differences))


def _inspection(data: RatingDict, path: Path, given: str | Path | Inspection | None) -> Inspection | None:
    """Return the inspection that a result is of: the one that was given, or the file beside the result."""
    if isinstance(given, Inspection):
        return given
    if given is not None:
        return load_inspection(require_path("inspection", given, "the path of an inspection file"))
    inspected = _inspected(data)
    name = None if inspected is None else inspected["inspection"]["file"]
    if name is None or Path(name).name != name or kind_of(path.parent / name) != "file":
        return None
    return load_inspection(path.parent / name)


def _inspected(data: RatingDict) -> InspectionDict | None:
    """Return the result as that of an inspection (``None``: it is one of counts)."""
    return cast(InspectionDict, data) if "inspection" in data else None


# --- What differs ------------------------------------------------------------------------------------


def _library(data: RatingDict) -> Iterator[Difference]:
    was, now = data["library"]["version"], library_version()
    if was != now:
        yield Difference("library", f"it was rated by ctm-rules {was}, and this is {now}")


def _standards(data: RatingDict, found: FoundStandards, own: Framework | None) -> Iterator[Difference]:
    wanted = data["framework"]
    named, checksum = f"{wanted['id']} {wanted['edition']}", say_checksum(wanted["checksum"])
    if own is None:
        if found.framework is None and found.like is not None:
            other = say_checksum(found.like.checksum)
            yield Difference("standards", f"{named} is here with the checksum {other}, and it was rated by {checksum}")
        elif found.framework is None:
            message = f"{named} with the checksum {checksum} is nowhere to be found, neither here nor in git"
            yield Difference("standards", message)
    elif (own.id, own.edition) != (wanted["id"], wanted["edition"]):
        message = f"the inspection goes by {own.id} {own.edition} now, and was rated by {named}"
        yield Difference("edition", message)
    elif own.checksum != wanted["checksum"] and found.framework is not None:
        yield Difference("standards", f"the standards were changed since: {_say_changes(found.framework, own)}")
    elif own.checksum != wanted["checksum"]:
        message = f"the standards were changed since: the checksum of {named} is {say_checksum(own.checksum)} now"
        yield Difference("standards", f"{message}, and was {checksum}, which is nowhere to be found")


def _say_changes(old: Framework, new: Framework) -> str:
    changes = compare_frameworks(old, new).changes
    if not changes:
        return "nothing that decides or is printed"
    said = f"{changes[0].path}: {changes[0].says.removesuffix('.')}"
    return said + (f", and {say_count(len(changes) - 1, 'more change')}" if len(changes) > 1 else "")


def _rated_from_counts(data: RatingDict, framework: Framework, engine: AnyEngine) -> RatingResult:
    inspected = _inspected(data)
    given = {} if inspected is None else inspected["inspection"]["provider_facts"]
    facts = framework.provider_facts_by_id
    provider = {name: type_fact_value(facts[name], value) if name in facts else value for name, value in given.items()}
    return rate_counts(
        framework,
        counts_in(data),
        judged_in(data),
        engine,
        cases=data["cases"],
        population=None if inspected is None else inspected["inspection"]["population"],
        provider=provider,
        answers=answers_in(data, framework),
        decisions=decisions_in(data, framework),
    )


def _cases(data: RatingDict, again: Inspection, rating: RatingResult) -> Iterator[Difference]:
    was = counts_in(data)
    questions = (question for standard in rating.standards for question in standard.key_questions)
    now = {question.path: question.counts for question in questions if question.question.is_asked_of_cases}
    others = [
        f"{path} has {_say_counts(now.get(path, Counts()))}, and had {_say_counts(was.get(path, Counts()))}"
        for path in dict.fromkeys((*was, *now))
        if was.get(path) != now.get(path)
    ]
    shown = others[:MAX_CASES_IN_A_FINDING]
    more = [say_count(len(others) - len(shown), "more key question")] if len(others) > len(shown) else []
    counted = say_list([*shown, *more])
    inspected = _inspected(data)
    if inspected is not None and inspected["inspection"]["cases_checksum"] != again.cases_checksum:
        what = counted or "an answer, a fact or an id is another one, and no count changes by it"
        yield Difference("cases", f"the cases are not those that were rated: {what}")
    elif others:
        yield Difference("rating", f"the same cases come to other counts: {counted}")


def _say_counts(counts: Counts) -> str:
    said = f"{counts.yes} yes and {counts.no} no"
    beside = {"not applicable": counts.not_applicable, "undetermined": counts.undetermined}
    if counts.scored:
        said = f"{counts.scored} with {say_number(counts.points)} of {say_number(counts.reachable)} points"
    return said + "".join(f", {number} {outcome}" for outcome, number in beside.items() if number)


def _given(data: RatingDict, again: Inspection) -> Iterator[Difference]:
    inspected = _inspected(data)
    if inspected is None:
        return
    was, population = inspected["inspection"]["population"], again.declared.population
    if was != population:
        message = f"the population was {say_population(was)}, and is {say_population(population)} now"
        yield Difference("provider", message)
    facts = {name: str(value) for name, value in inspected["inspection"]["provider_facts"].items()}
    now = {name: str(value) for name, value in again.provider_facts.items()}
    changed = [name for name in {**facts, **now} if facts.get(name) != now.get(name)]
    if changed:
        yield Difference("provider", f"what is known about the provider is another: {say_list(changed)}")
    answers, answered = answers_in(data, again.framework), again.provider_answers
    changed = [path for path in {**answers, **answered} if answers.get(path) != answered.get(path)]
    if changed:
        yield Difference("provider", f"what was answered of the provider is another: {say_list(changed)}")


def _judgements(data: RatingDict, rating: RatingResult) -> Iterator[Difference]:
    was = judged_in(data)
    for result in rating.standards:
        standard = result.standard
        if standard.rated_by == "judgement" and standard.slug in {each["slug"] for each in data["standards"]}:
            labels = {step.id: step.label for step in rating.framework.scale(standard.scale)}
            before = was.get(standard.slug)
            now = judged_in(rating.to_dict()).get(standard.slug)
            if before != now:
                said = [labels.get(each or "", "given no rating") for each in (before, now)]
                message = f"{standard.id} {standard.title} was judged {said[0]}, and is judged {said[1]} now"
                yield Difference("judgement", message)
    now_judged = judged_in(rating.to_dict())
    for path, question in rating.framework.judged_questions.items():
        labels = {step.id: step.label for step in rating.framework.scale(question.scale)}
        said = [labels.get(each.get(path, ""), "given no rating") for each in (was, now_judged)]
        if was.get(path) != now_judged.get(path):
            yield Difference("judgement", f"{path} was judged {said[0]}, and is judged {said[1]} now")
    decided = {each.place: each.rating for each in decisions_in(data, rating.framework)}
    now_decided = {each.place: each.rating for each in decisions_in(rating.to_dict(), rating.framework)}
    places = [place for place in {**decided, **now_decided} if decided.get(place) != now_decided.get(place)]
    if places:
        of = say_list([name or "the overall rating" for _, name in places])
        yield Difference("decision", f"what the ratings panel decided is another: {of}")


def _ratings(data: RatingDict, rating: RatingResult) -> Iterator[Difference]:
    """Yield each rating and each share that does not come out as it was recorded; judgements are said apart."""
    again = rating.to_dict()
    pairs: list[tuple[str, RatedPartDict, RatedPartDict]] = [("the overall rating", data["overall"], again["overall"])]
    domains = {each["id"]: each for each in again["domains"]}
    pairs += [(each["title"], each, domains[each["id"]]) for each in data["domains"] if each["id"] in domains]
    for name, was, now in pairs:
        if _rated(was) != _rated(now) or was["score"] != now["score"]:
            yield _otherwise(
                name, *(_say_rated(each["rating"], each["score"], each["rating_id"]) for each in (was, now))
            )
    standards = {each["slug"]: each for each in again["standards"]}
    for one in data["standards"]:
        other = standards.get(one["slug"])
        name = f"{one['id']} {one['title']}"
        if other is None:
            yield Difference("rating", f"{name} is no standard of these")
            continue
        if one["rated_by"] == "cases" and _rated(one) != _rated(other):
            yield _otherwise(name, *(_say_rated(each["rating"], None, each["rating_id"]) for each in (one, other)))
        questions = {each["id"]: each for each in other["key_questions"]}
        for question in one["key_questions"]:
            new = questions.get(question["id"])
            if new is None or counts_of(question) != counts_of(new):
                continue  # that is said of the cases
            shares = [(each["share"], each["percent"], each["band"], each["rating_id"]) for each in (question, new)]
            if shares[0] != shares[1]:
                said = (_say_share(each["percent"], each["band"], each["rating_id"]) for each in (question, new))
                yield _otherwise(f"the share of {question['id']}", *said)


def _rated(data: RatedPartDict | StandardDict) -> tuple[str | None, ...]:
    computed = data["computed"]
    return data["rating"], data["rating_id"], computed["rating"], computed["rating_id"]


def _otherwise(name: str, was: tuple[str, str], now: tuple[str, str]) -> Difference:
    """Return that something comes out otherwise; where both are called alike, their ids tell them apart."""
    said = [label if was[0] != now[0] else f"{label}, {exactly}" for label, exactly in (was, now)]
    return Difference("rating", f"{name} was {said[0]}, and comes to {said[1]}")


def _say_rated(label: str | None, score: int | None, rating: str | None) -> tuple[str, str]:
    rated = say_rating(None) if label is None else label
    return rated if score is None else f"{rated} (score {score})", f'"{rating}"'


def _say_share(percent: int | None, band: str | None, rating: str | None) -> tuple[str, str]:
    share = "none" if percent is None else say_percent(percent)
    return share if band is None else f"{share} ({band})", f'"{rating}"'
