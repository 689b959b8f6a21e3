"""What a case is, and what its facts, answers and judgements may be: the one place that says so, whatever made it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict, TypeVar

from attrs import field, frozen

from ctm_rules.diagnostics.findings import HERE, Diagnostic, Findings, Location, RequestError
from ctm_rules.diagnostics.suggestions import nearest_name_hint
from ctm_rules.model.answer_words import JUDGEMENTS, answer_hint, answers_to, value_hint
from ctm_rules.model.answers import Answer, AnyAnswer, StepAnswer
from ctm_rules.model.case_values import BAD_ANSWER, BAD_VALUE, UNKNOWN_COLUMN, unknown_name
from ctm_rules.model.conditions import FactValue
from ctm_rules.model.fact_values import is_fact_value, plain_value, say_python_values, say_values
from ctm_rules.model.framework import Framework
from ctm_rules.model.outcomes import Judgement, JudgementDict, Outcome
from ctm_rules.model.reading import Cells, cell_text
from ctm_rules.phrases import say_count, say_list


class KnownDict(TypedDict):
    """What is known of every case."""

    id: str
    facts: dict[str, str | int | bool]
    answers: dict[str, str]
    judgements: dict[str, JudgementDict]


class CaseDict(KnownDict, total=False):
    """A case as plain data: what :meth:`Case.to_dict` returns.

    ``sample`` is there where its table says one, ``missing`` where it gives reasons.
    """

    sample: str
    missing: dict[str, str]


@frozen(repr=False)
class Case:
    """One inspected case.

    Attributes:
        id: unique within its table.
        facts: typed values by fact id; a missing fact is left out.
        answers: by address of the prompt (``assessment.safety.victims``) or measure
            (``measures.professional_curiosity``); a missing answer is left out. A prompt that is answered on a scale
            has a ``StepAnswer``, or ``Answer.NA``.
        judgements: outcomes recorded by a person, by the key question's address.
        sample: the id of the sample that it was drawn for, where its table says so (``None``: its facts decide).
        missing: why something is not known, by its name, where the table says it ("not recorded"). It decides nothing,
            and never counts when two cases are compared.
    """

    id: str
    facts: Mapping[str, FactValue] = field(factory=dict, hash=False)
    answers: Mapping[str, AnyAnswer] = field(factory=dict, hash=False)
    judgements: Mapping[str, Judgement] = field(factory=dict, hash=False)
    sample: str | None = None
    missing: Mapping[str, str] = field(factory=dict, eq=False, repr=False)

    def __repr__(self) -> str:
        facts, answers = say_count(len(self.facts), "fact"), say_count(len(self.answers), "answer")
        return f"<Case {self.id}: {facts}, {answers}>"

    @classmethod
    def from_dict(cls, data: Mapping[str, object], framework: Framework) -> Case:
        """Return the case that plain data holds, such as an object of JSON; :meth:`to_dict` gives it back.

        A value says what the same cell of a case table says: ``true`` and ``"yes"`` are one fact, ``"2025-01-31"`` is
        a date, and ``null`` is missing.

        Args:
            data: ``id``, and where there are any ``facts`` and ``answers`` by name, and ``judgements`` by the address
                of the key question: an outcome, or ``{"outcome": …, "reason": …}``. ``sample`` where it was drawn for
                one.
            framework: what the names mean.

        Raises:
            RequestError: names everything that is wrong with it, each with its JSON pointer as ``path``.

        >>> from ctm_rules import load_framework
        >>> answers = {"assessment.safety.victims": "na"}
        >>> case = Case.from_dict({"id": "c1", "answers": answers}, load_framework("hmip-pdu", "2024"))
        >>> case.answers
        {'assessment.safety.victims': <Answer.NA: 'na'>}
        """
        findings = Findings()
        case = case_of_data(data, framework, HERE, findings)
        findings.raise_errors()
        return case

    def to_dict(self) -> CaseDict:
        """Return the case as plain data; :meth:`from_dict` reads it."""
        facts = {name: plain_value(value) for name, value in self.facts.items()}
        judgements: dict[str, JudgementDict] = {
            path: {"outcome": judgement.outcome.value, "reason": judgement.reason}
            for path, judgement in self.judgements.items()
        }
        answers = {path: answer.value for path, answer in self.answers.items()}
        made: CaseDict = {"id": self.id, "facts": facts, "answers": answers, "judgements": judgements}
        if self.sample is not None:
            made["sample"] = self.sample
        if self.missing:
            made["missing"] = dict(self.missing)
        return made


_KEYS = ("id", "facts", "answers", "judgements", "sample", "missing")

_known: list[Cells] = []


def _cells_of(framework: Framework) -> Cells:
    """Return what cells mean to a framework; many cases in a row are of one framework."""
    if not _known or _known[0].framework is not framework:
        _known[:] = [Cells(framework, framework.reading)]
    return _known[0]


def case_of_data(data: object, framework: Framework, at: Location, findings: Findings) -> Case:
    """Return the case that plain data holds as :meth:`Case.from_dict` does; what is wrong goes to ``findings``."""
    if not isinstance(data, Mapping):
        findings.add(BAD_VALUE, at, f"a case is given as {data!r}", hint='give an object: {"id": "c1", "answers": {…}}')
        return Case("")
    for key in data:
        if key not in _KEYS:
            hint = nearest_name_hint(str(key), _KEYS)
            findings.add(UNKNOWN_COLUMN, at.of(str(key)), f'a case has no "{key}"', hint=hint)
    case_id = _cell(data.get("id"))
    if not case_id:
        message = f"a case has the id {data.get('id')!r}" if "id" in data else "a case has no id"
        findings.add(BAD_VALUE, at.of("id"), message, hint="give it a text as its id")
    reader = _DataReader(framework, _cells_of(framework), f'case "{case_id}"' if case_id else "a case", at, findings)
    facts: dict[str, FactValue] = reader.named(data, "facts", framework.facts_by_id, reader.fact)
    answers: dict[str, AnyAnswer] = reader.named(
        data, "answers", (*framework.prompts, *framework.measures_by_path), reader.answer
    )
    judgements = reader.named(data, "judgements", framework.ruled_questions, reader.judgement)
    sample = data.get("sample")
    findings.extend(_wrong_sample(sample, reader.who, framework, at))
    names = (*framework.facts_by_id, *framework.prompts, *framework.measures_by_path, *framework.key_questions)
    missing = reader.named(data, "missing", names, reader.reason) if data.get("missing") else {}
    return Case(case_id or "", facts, answers, judgements, sample if isinstance(sample, str) else None, missing)


def _wrong_sample(sample: object, who: str, framework: Framework, at: Location) -> Iterator[Diagnostic]:
    samples = [declared.id for declared in framework.samples]
    if sample is not None and sample not in samples:
        hint = nearest_name_hint(str(sample), samples) or "the framework declares no samples: leave it out"
        yield BAD_VALUE.found(at.of("sample"), f"{who} is of the sample {sample!r}, which is none", hint=hint)


def _cell(value: object) -> str | None:
    """Return what a value says as a cell of a table (``None``: it is none that a cell could hold)."""
    is_plain = value is None or isinstance(value, str | int | float | Decimal | Fraction | datetime.date)
    return cell_text(value) if is_plain else None


T = TypeVar("T")


@frozen
class _DataReader:
    """Reads the parts of one case from plain data, by the vocabularies by which cells are read."""

    framework: Framework
    cells: Cells
    who: str
    at: Location
    findings: Findings

    def named(
        self,
        data: Mapping[str, object],
        part: str,
        known: Iterable[str],
        read: Callable[[str, object, Location], T | None],
    ) -> dict[str, T]:
        values = data.get(part)
        if values is None:
            return {}
        if not isinstance(values, Mapping):
            message = f"the {part} of {self.who} are {values!r}"
            self.findings.add(BAD_VALUE, self.at.of(part), message, hint="give an object: values by name")
            return {}
        found: dict[str, T] = {}
        names = list(known)
        allowed = frozenset(names)
        for name, value in values.items():
            at = self.at.of(part, str(name))
            if name not in allowed:
                self.findings.note(unknown_name(at, f'the {part} of {self.who} name "{name}"', str(name), names))
            elif value is not None and (read_value := read(name, value, at)) is not None:
                found[name] = read_value
        return found

    def fact(self, name: str, value: object, at: Location) -> FactValue | None:
        fact, text = self.framework.facts_by_id[name], _cell(value)
        if text == "":
            return None
        takes = say_values(fact)
        if text is not None:
            try:
                return self.cells.fact(fact, text)
            except ValueError as error:
                takes = str(error)
        message = f'the fact "{name}" of {self.who} is {_quoted(value, text)}, which is not {takes}'
        self.findings.add(BAD_VALUE, at, message, hint=value_hint(fact, text or ""))
        return None

    def answer(self, name: str, value: object, at: Location) -> AnyAnswer | None:
        word = self._word(name, value, at, f'the answer of {self.who} to "{name}"')
        return None if word is None else answers_to(self.framework, name)[word]

    def judgement(self, name: str, value: object, at: Location) -> Judgement | None:
        reason: object = ""
        if isinstance(value, Mapping):
            for key in value:
                if key not in ("outcome", "reason"):
                    hint = nearest_name_hint(str(key), ("outcome", "reason"))
                    self.findings.add(UNKNOWN_COLUMN, at.of(str(key)), f'a judgement has no "{key}"', hint=hint)
            reason, value = value.get("reason") or "", value.get("outcome")
            if not isinstance(reason, str):
                message = f'the reason for the judgement of {self.who} on "{name}" is {reason!r}'
                self.findings.add(BAD_VALUE, at.of("reason"), message, hint="give a text")
            at = at.of("outcome")
            if value is None:
                message = f'the judgement of {self.who} on "{name}" has no outcome'
                self.findings.add(BAD_ANSWER, at, message, hint=f"give one of {', '.join(JUDGEMENTS)}")
                return None
        word = self._word(name, value, at, f'the judgement of {self.who} on "{name}"')
        return None if word is None else Judgement(JUDGEMENTS[word], str(reason))

    def reason(self, name: str, value: object, at: Location) -> str | None:
        if isinstance(value, str) and value.strip():
            return value.strip()
        message = f'why "{name}" of {self.who} is missing is {value!r}'
        self.findings.add(BAD_VALUE, at, message, hint='give a text: "not recorded"')
        return None

    def _word(self, name: str, value: object, at: Location, what: str) -> str | None:
        text = _cell(value)
        vocabulary = self.cells.vocabulary(name)
        assert vocabulary is not None
        word = self.cells.word(name, text) if text else None
        if word is None and text != "":
            takes = " or ".join(vocabulary.words)
            message = f"{what} is {_quoted(value, text)}, which is not {takes}"
            self.findings.add(BAD_ANSWER, at, message, hint=answer_hint(text or "", vocabulary.words))
        return word


def _quoted(value: object, text: str | None) -> str:
    return repr(value) if text is None else f'"{text}"'


def wrong_answer(framework: Framework, path: str, value: object) -> str:
    """Return what a prompt takes in Python, where a value is none of it (empty: it is)."""
    takes = answers_to(framework, path).values()
    if type(value) in (Answer, StepAnswer) and value in takes:
        return ""
    said = [f"Answer.{each.name}" if isinstance(each, Answer) else f'StepAnswer("{each.value}")' for each in takes]
    return say_list(said, "or")


class CaseRules:
    """Holds cases to what a framework declares. Cheap enough for every case that an engine is given."""

    def __init__(self, framework: Framework) -> None:
        self._framework = framework
        self._answered = frozenset((*framework.prompts, *framework.measures_by_path))
        self._facts = framework.facts_by_id
        self._on_scales = {path: frozenset(each.values()) for path, each in framework.answers_on_scales.items()}

    def check(self, case: Case) -> None:
        """Refuse a case that could not have come out of a case table.

        Values must have the very type that the framework declares (``True``, and not 1 or "yes"): another one would
        quietly compare as unequal. What is not known is left out, and not ``None``.

        Raises:
            DiagnosticError: names everything that is wrong with the case, each with its path in it.
        """
        if not isinstance(case, Case):
            message = f"what is to be assessed is {case!r}"
            raise RequestError([BAD_VALUE.found(HERE, message, hint="make one: Case(…)")])
        answers, facts = case.answers, case.facts
        if (
            type(case.id) is str
            and case.id
            and not case.judgements
            and case.sample is None
            and type(answers) is type(facts) is dict
            and answers.keys() <= self._answered
            and (self._are_taken(answers) if self._on_scales else _ANSWER_ALONE.issuperset(map(type, answers.values())))
            and facts.keys() <= self._facts.keys()
            and all(is_fact_value(self._facts[name], value) for name, value in facts.items())
        ):
            return
        findings = Findings()
        findings.extend(self.mistakes(case, HERE))
        findings.raise_errors()

    def _are_taken(self, answers: Mapping[str, AnyAnswer]) -> bool:
        on_scales = self._on_scales
        return all(
            answer in on_scales[path] if path in on_scales else type(answer) is Answer
            for path, answer in answers.items()
        )

    def mistakes(self, case: Case, at: Location) -> Iterator[Diagnostic]:
        """Yield everything that is wrong with a case that is somewhere in what was given."""
        if not isinstance(case.id, str) or not case.id:
            yield BAD_VALUE.found(at.of("id"), f"a case has the id {case.id!r}", hint="give it a text as its id")
        who = f'case "{case.id}"'
        yield from _wrong_sample(case.sample, who, self._framework, at)
        wrong = {"facts": self._wrong_fact, "answers": self._wrong_answer, "judgements": self._wrong_judgement}
        for part, wrong_value in wrong.items():
            values = getattr(case, part)
            if not isinstance(values, Mapping):
                message = f"the {part} of {who} are {values!r}"
                yield BAD_VALUE.found(at.of(part), message, hint="give a dict: values by name")
                continue
            known = self._known(part)
            for name, value in values.items():
                there = at.of(part, str(name))
                if name not in known:
                    yield unknown_name(there, f'the {part} of {who} name "{name}"', name, known)
                else:
                    yield from wrong_value(who, name, value, there)

    def _wrong_fact(self, who: str, name: str, value: FactValue, at: Location) -> Iterator[Diagnostic]:
        fact = self._facts[name]
        if not is_fact_value(fact, value):
            takes = say_python_values(fact)
            message = f'the fact "{name}" of {who} takes {takes}, not {value!r}'
            yield BAD_VALUE.found(at, message, hint=_left_out(value, takes))

    def _wrong_answer(self, who: str, name: str, value: object, at: Location) -> Iterator[Diagnostic]:
        takes = wrong_answer(self._framework, name, value)
        if takes:
            message = f'the answer of {who} to "{name}" is {value!r}, which is none that it takes'
            yield BAD_ANSWER.found(at, message, hint=_left_out(value, takes))

    def _wrong_judgement(self, who: str, name: str, value: object, at: Location) -> Iterator[Diagnostic]:
        outcome = value.outcome if isinstance(value, Judgement) else None
        if type(outcome) is not Outcome or outcome not in JUDGEMENTS.values():
            takes = say_list([f"Judgement(Outcome.{outcome.name})" for outcome in JUDGEMENTS.values()], "or")
            message = f'the judgement of {who} on "{name}" is {value!r}, which decides nothing'
            yield BAD_ANSWER.found(at, message, hint=_left_out(value, takes))

    def _known(self, part: str) -> Sequence[str]:
        if part == "facts":
            return list(self._framework.facts_by_id)
        if part == "judgements":
            return list(self._framework.ruled_questions)
        return [*self._framework.prompts, *self._framework.measures_by_path]


_ANSWER_ALONE = frozenset([Answer])


def _left_out(value: object, takes: str) -> str:
    return "leave it out where it is not known" if value is None else f"use {takes}"
