"""Key questions of another framework, used by reference: nothing is copied, and both ask the same in the same words.

A key question comes whole: wording, prompts, rules, and a rating of its own where it has one. What its rules look at
(facts, variants) comes with it, so that it means what it means there, unless the borrower declares the same; where both
mean something else by one name, this is a mistake. How a question without a rating of its own is rated, and of which
sample it is asked, says the borrower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Code, Findings, Location, declared_at
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.frameworks.references import FrameworkReference
from ctm_rules.model.bands import choosing_fact
from ctm_rules.model.conditions import facts_in
from ctm_rules.model.framework import (
    RATINGS,
    Borrowed,
    Framework,
    KeyQuestion,
    KeyQuestionBands,
    KeyQuestionRule,
    PointsInBands,
)
from ctm_rules.validity.names import UNKNOWN_NAME
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue
from ctm_rules.yaml_files.structuring import structure

FROM = "from"


@frozen
class BorrowedQuestion:
    """A key question of another framework, used as it is there.

    Attributes:
        lender: the framework that it is declared in, with its edition.
        key_question: its address there, such as ``assessment.safety``.
        id: what it is called here (left out: as there).
        rating: how it is rated here (left out: as there, and where that says nothing, as all key questions are).
        scale: the scale that its rating is a step of here (left out: as there).
        sample: the id of the sample whose cases it is asked of (left out: as its standard says).
    """

    lender: FrameworkReference = field(metadata={"key": FROM})
    key_question: str
    id: str | None = None
    rating: KeyQuestionRule | None = None
    scale: str | None = None
    sample: str | None = None
    at: Location = declared_at()


@frozen
class Lender:
    """A framework that key questions are taken from: what it means, and what it declares, read for one use."""

    framework: Framework
    document: MarkedDict


Lend = Callable[[FrameworkReference, Findings], Lender | None]
"""Gives the framework that a reference names; what is wrong with the reference goes to the findings."""


def fill_in_questions(document: MarkedDict, lend: Lend, findings: Findings) -> dict[str, Borrowed]:
    """Put key questions in the place of the references to them; return by their addresses where they come from.

    Args:
        document: what a framework's files declare.
        lend: gives the framework of a reference.
        findings: takes what is wrong.
    """
    borrowed: dict[str, Borrowed] = {}
    for standard, questions, place in list(_uses(document)):
        item = questions[place]
        assert isinstance(item, MarkedDict)
        errors = Findings()
        declared = structure(item, BorrowedQuestion, item.at.file, errors)
        lender = None if declared is None else lend(declared.lender, errors)
        if declared is not None and lender is not None:
            taken = _taken(document, item, declared, lender, questions, errors)
            if taken is not None:
                questions[place] = taken
                framework = lender.framework
                borrowed[f"{standard.get('slug')}.{taken['id']}"] = Borrowed(
                    framework.id, framework.edition, declared.key_question, framework.checksum
                )
        findings.extend(errors)
    return borrowed


def without_references(document: MarkedDict) -> None:
    """Take out the standards with a reference that could not be followed: why not was said of each of them."""
    standards = document["standards"]
    assert isinstance(standards, MarkedList)
    broken = {id(standard) for standard, _, _ in _uses(document)}
    for place in reversed([place for place, standard in enumerate(standards) if id(standard) in broken]):
        del standards[place]
        del standards.value_at[place]


def _uses(document: MarkedDict) -> Iterator[tuple[MarkedDict, MarkedList, int]]:
    """Yield each reference to a key question: its standard, the list in which it stands, and its place there."""
    standards = document.get("standards")
    for standard in standards if isinstance(standards, MarkedList) else ():
        questions = standard.get("key_questions") if isinstance(standard, MarkedDict) else None
        if isinstance(standard, MarkedDict) and isinstance(questions, MarkedList):
            for place, item in enumerate(questions):
                if isinstance(item, MarkedDict) and FROM in item:
                    yield standard, questions, place


BAD_BORROWED_QUESTION = Code(
    "bad-borrowed-question",
    "error",
    what="A key question of another framework cannot be used here as it is there.",
    why="The same question would mean one thing in one framework and something else in the other.",
    bad="key_questions: [{from: {id: hmip-pdu}, key_question: assessment.safety}]      # of whichever edition",
    good='key_questions: [{from: {id: hmip-pdu, edition: "2024"}, key_question: assessment.safety}]',
)


def _taken(
    document: MarkedDict,
    item: MarkedDict,
    declared: BorrowedQuestion,
    lender: Lender,
    beside: MarkedList,
    findings: Findings,
) -> MarkedDict | None:
    """Return a key question as its framework declares it, with what the borrower says of it."""
    framework, address = lender.framework, declared.key_question
    question = framework.every_question.get(address)
    if question is None:
        message = f'{_name(framework)} has no key question "{address}"'
        hint = nearest_name_hint(address, list(framework.every_question))
        findings.add(UNKNOWN_NAME, item.value_at["key_question"], message, hint=hint)
        return None
    taken = _block_of(lender.document, address)
    for key in ("sample", "formerly"):
        taken.pop(key, None)
    for key in ("id", "rating", "scale", "sample"):
        if key in item:
            taken[key], taken.key_at[key], taken.value_at[key] = item[key], item.key_at[key], item.value_at[key]
    if any(each.get("id") == taken["id"] for each in _blocks(beside) if FROM not in each):
        message = f'there is a key question "{taken["id"]}" in this standard already'
        findings.add(BAD_BORROWED_QUESTION, item.at, message, hint="write id: …, by which this one is called here")
    _bring(document, item, question, lender, findings)
    _check_scale(document, item, declared, question, framework, findings)
    return None if findings else taken


def _name(framework: Framework) -> str:
    return f"{framework.id} {framework.edition}"


def _block_of(document: MarkedDict, address: str) -> MarkedDict:
    """Return the block of a key question, which is there: its framework is valid and has it."""
    return next(
        question
        for standard in _blocks(document["standards"])
        for question in _blocks(standard.get("key_questions"))
        if f"{standard['slug']}.{question['id']}" == address
    )


# --- What comes along ----------------------------------------------------------------------------------


def _bring(document: MarkedDict, item: MarkedDict, question: KeyQuestion, lender: Lender, findings: Findings) -> None:
    """Add what the rules of a key question look at to the borrower's document, where it does not declare the same."""
    variants = [each for each in lender.framework.variants if each.id in question.variants]
    read = [*question.conditions, *(variant.when for variant in variants)]
    facts = {fact for condition in read for fact in facts_in(condition)}
    if isinstance(question.rating, KeyQuestionBands | PointsInBands):
        facts |= {fact for fact in [choosing_fact(question.rating)] if fact is not None}
    for key, names in (("facts", facts), ("provider_facts", facts), ("variants", {each.id for each in variants})):
        for block in _blocks(lender.document.get(key)):
            if block["id"] in names:
                _bring_one(document, key, block, item, lender.framework, findings)


def _blocks(value: MarkedValue) -> list[MarkedDict]:
    return [each for each in value if isinstance(each, MarkedDict)] if isinstance(value, MarkedList) else []


_OF_A_FACT: Mapping[str, str] = {
    "type": "another type",
    "values": "other values",
    "ordered": "another order",
    "range": "another range",
    "unit": "another unit",
}
_MEANS: Mapping[str, Mapping[str, str]] = {
    "facts": _OF_A_FACT,
    "provider_facts": _OF_A_FACT,
    "variants": {"when": "another condition"},
}
"""By kind, what two declarations of one name must have in common to mean the same, and how it is said where they have
not; words may differ."""


def _bring_one(
    document: MarkedDict, key: str, block: MarkedDict, item: MarkedDict, lender: Framework, findings: Findings
) -> None:
    own = next((each for each in _blocks(document.get(key)) if each.get("id") == block["id"]), None)
    if own is not None:
        odd = [part for part in _MEANS[key] if _meaning(own, part) != _meaning(block, part)]
        if odd:
            kind = key.replace("_", " ").removesuffix("s")
            message = f'the {kind} "{block["id"]}" has {_MEANS[key][odd[0]]} here than in {_name(lender)}'
            user = f"{Path(item.at.file).name}:{item.at.line}"
            hint = f"the key question that is taken from there looks at it ({user}): declare it as there, or delete it "
            hint += "here, and it comes along"
            findings.add(BAD_BORROWED_QUESTION, own.value_at.get(odd[0], own.at), message, hint=hint)
        return
    if not isinstance(document.get(key), MarkedList):
        document[key] = MarkedList(item.at)
        document.key_at[key] = document.value_at[key] = item.at
    there = document[key]
    assert isinstance(there, MarkedList)
    there.append(block)
    there.value_at.append(block.at)


def _meaning(block: MarkedDict, part: str) -> object:
    """Return what a declaration says; of the values of a choice, which there are, whatever they are called."""
    value = block.get(part)
    return [*value] if part == "values" and isinstance(value, MarkedDict) else value


def _check_scale(
    document: MarkedDict,
    item: MarkedDict,
    declared: BorrowedQuestion,
    question: KeyQuestion,
    lender: Framework,
    findings: Findings,
) -> None:
    """Report that a rating that comes with a key question is a step of a scale that is not the same here."""
    if declared.rating is not None or (question.rating is None and question.rated_by != "judgement"):
        return
    scale = declared.scale or question.scale
    scales = document.get("scales")
    own = document.get("ratings") if scale == RATINGS else scales.get(scale) if isinstance(scales, MarkedDict) else None
    steps = [block.get("id") for block in _blocks(own)]
    there = [step.id for step in lender.scale(question.scale)]
    if steps != there:
        what = f"the ratings are {', '.join(map(str, steps))}" if steps else f'there is no scale "{scale}"'
        message = f"{declared.key_question} is rated {', '.join(there)} in {_name(lender)}, and here {what}"
        hint = "give it a rating and a scale of its own here: rating: …, scale: …"
        findings.add(BAD_BORROWED_QUESTION, item.at, message, hint=hint)
