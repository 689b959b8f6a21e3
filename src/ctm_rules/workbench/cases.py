"""The pages on which cases are recorded: the inspection with its queue, and a form for each case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Location, RequestError
from ctm_rules.diagnostics.findings import shorten as shortened
from ctm_rules.editing.recording import Recording
from ctm_rules.editing.said import Recorded, Said
from ctm_rules.forms.content import Content, Question, Section, content_of
from ctm_rules.inspections.undetermined import UndeterminedOutcome
from ctm_rules.limits import MAX_CASES_ON_A_PAGE, MAX_NEW_CASES, MAX_QUOTED_TEXT
from ctm_rules.model.case_columns import NOTES
from ctm_rules.model.cases import Case
from ctm_rules.model.outcomes import Outcome, Truth
from ctm_rules.phrases import say_count
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.fields import BAD_FIELD
from ctm_rules.workbench.forms import Typed, digest_of, one, text_of, with_line_feeds
from ctm_rules.workbench.pages import Asked, Pages, href

HERE = "/cases"
ANSWER, NOTE = "a:", "n:"
"""How the names of controls begin: of answers, and of notes on them."""

_KEYS: Mapping[str, str] = {"yes": "y", "no": "n", "na": "a"}
NOT_ANSWERED_KEY = "x"


# --- The inspection --------------------------------------------------------------------------------


def cases(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    """The inspection: its ratings so far, its cases, and what is undetermined and why."""
    session = pages.session
    if session.recording is None and not session.inspection_findings:
        return pages.page(
            "no-inspection", pages.words.plain("inspection"), {"errors": errors}, here=HERE, status=status
        )
    try:
        recording = pages.session.recording_in_hand()
    except DiagnosticError as error:
        broken = {"errors": (*errors, *error.diagnostics)}
        return pages.page("no-inspection", pages.words.plain("inspection"), broken, here=HERE, status=status)
    assert recording.declared is not None
    listed = list(recording.table_of)
    values: dict[str, object] = {
        "errors": errors,
        "typed": asked.typed,
        "recording": recording,
        "rows": [_row(recording, each) for each in listed[:MAX_CASES_ON_A_PAGE]],
        "more_cases": max(0, len(listed) - MAX_CASES_ON_A_PAGE),
        "queue": [_queued(pages, recording, each) for each in recording.undetermined[:MAX_CASES_ON_A_PAGE]],
        "more_queue": max(0, len(recording.undetermined) - MAX_CASES_ON_A_PAGE),
        "tables": _tables(recording),
        **ratings_panel(pages, recording),
    }
    title = pages.words.plain("inspection_of", provider=str(recording.declared.provider.name))
    return pages.page("inspection", title, values, here=HERE, status=status)


@frozen
class _Row:
    """A case in the list of them."""

    case: str
    table: str
    sample: str
    open: int


def _row(recording: Recording, case_id: str) -> _Row:
    case = recording.case(case_id)
    tables = ", ".join(table.file.name for table in recording.table_of[case_id])
    return _Row(case_id, tables, _sample(recording, case), len(recording.open_prompts(case)))


def _sample(recording: Recording, case: Case) -> str:
    return next((each.title for each in recording.framework.samples if each.id == case.sample), "")


@frozen
class _Queued:
    """An outcome that is undetermined, with what is missing."""

    case: str
    ask: str
    missing: tuple[tuple[str, str], ...]
    either_way: str


def _queued(pages: Pages, recording: Recording, found: UndeterminedOutcome) -> _Queued:
    framework, language = recording.framework, pages.words.language
    missing = [
        (name, language.wording(framework, f"facts.{name}", framework.facts_by_id[name].title).value)
        for name in found.facts
    ]
    missing += [(name, language.wording(framework, name, framework.prompts[name].ask).value) for name in found.answers]
    ask = language.wording(framework, found.key_question, framework.key_questions[found.key_question].ask).value
    either = "" if found.either_way is None else outcome_label(pages, found.either_way)
    return _Queued(found.case, ask, tuple(missing), either)


def _tables(recording: Recording) -> list[tuple[str, str]]:
    """Return the tables that take new cases, each with what people see of it."""
    samples = {each.id: each.title for each in recording.framework.samples}
    names = [
        (table.file.name, samples.get(table.declared.sample or "", ""))
        for table in recording.tables
        if table.refusal is None and not table.is_of_pages
    ]
    return [(name, f"{sample} ({name})" if sample else name) for name, sample in names]


def added(pages: Pages, asked: Asked) -> Response:
    """Add cases, each by its id."""
    recording, typed = pages.session.recording_in_hand(), asked.typed
    ids = list(dict.fromkeys(each.strip() for each in text_of(typed, "ids").splitlines() if each.strip()))
    names = [name for name, _ in _tables(recording)]
    chosen = one(typed, "table") or (names[0] if len(names) == 1 else "")
    table = next((each.file for each in recording.tables if each.file.name == chosen and chosen in names), None)
    at = Location(recording.path.name)
    try:
        if not ids or len(ids) > MAX_NEW_CASES:
            message = (
                "no id is written" if not ids else f"{say_count(len(ids), 'case')} are more than can be added at once"
            )
            hint = f"write the id of each case in a line, at most {MAX_NEW_CASES:,}"
            raise RequestError([BAD_FIELD.found(at, message, hint=hint)])
        if table is None:
            raise RequestError(recording.refusals or [BAD_FIELD.found(at, "no table is chosen", hint="choose one")])
        name = pages.words.plain("added_cases", cases=shortened(", ".join(ids), MAX_QUOTED_TEXT))
        pages.session.record(name, Recorded(new_cases=tuple(ids), table=table))
    except DiagnosticError as error:
        return cases(pages, asked, error.diagnostics, 422)
    return pages.to(HERE if len(ids) > 1 else href("/case", case=ids[0]), name)


# --- What everything comes to ----------------------------------------------------------------------


def outcome_label(pages: Pages, outcome: Outcome) -> str:
    """Return what people call an outcome."""
    if outcome is Outcome.UNDETERMINED:
        return pages.words.plain("undetermined")
    return pages.words.language.label(f"outcome_{outcome.value}").value


def ratings_panel(pages: Pages, recording: Recording) -> dict[str, object]:
    """Return what the panel of the ratings shows: of each standard, each domain and overall."""
    result, language, framework = recording.result, pages.words.language, recording.framework
    rows: list[tuple[str, str, bool, bool, tuple[tuple[str, str], ...]]] = []
    score = ""
    if result is not None:
        rating = result.rating
        if rating.score is not None and rating.out_of is not None:
            score = pages.words.plain("score", score=rating.score, out_of=rating.out_of)
        if framework.overall is not None:
            label = "" if rating.overall is None else language.rating(rating.overall).value
            rows.append((pages.words.plain("overall"), label, False, rating.overall_decision is not None, ()))
        for each in rating.standards:
            title = language.wording(framework, f"{each.standard.slug}.title", each.standard.title).value
            label = "" if each.rating is None else language.rating(each.rating).value
            below = tuple(
                (
                    language.wording(framework, question.path, question.question.ask).value,
                    _counted(pages, question.counts.by_outcome()),
                )
                for question in each.key_questions
                if question.has_share
            )
            rows.append((f"{each.standard.id} {title}", label, True, each.decision is not None, below))
    return {
        "ratings": rows,
        "score": score,
        "not_begun": recording.inspection is not None and bool(recording.inspection.not_begun),
        "wrong": recording.wrong,
    }


def _counted(pages: Pages, counts: Mapping[str, int]) -> str:
    said = [
        f"{outcome_label(pages, outcome)} {counts[outcome.value]}"
        for outcome in (Outcome.YES, Outcome.NO, Outcome.NOT_APPLICABLE, Outcome.UNDETERMINED)
        if counts.get(outcome.value)
    ]
    return ", ".join(said)


# --- One case --------------------------------------------------------------------------------------


@frozen
class Control:
    """What is asked in a form, as it is shown.

    Attributes:
        question: what is asked.
        choices: each word that may be said, what people call it and the key for it.
        word: what is recorded.
        odd: what stands in the table and is none of these.
        missing: why it is not known, where the table says so.
        note: what people wrote for themselves.
        takes: whether the table has a place for it.
        takes_note: whether it has one for a note.
        asked: whether it is asked of this case.
        is_english: whether its words are English on a page in another language.
    """

    question: Question
    choices: tuple[tuple[str, str, str], ...]
    word: str
    odd: str
    missing: str
    note: str
    takes: bool
    takes_note: bool
    asked: Literal["yes", "no", "unknown"]
    is_english: bool

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is shown of it: it is surely not asked, and nothing is recorded."""
        return self.asked == "no" and not (self.word or self.odd or self.note)


@frozen
class Part:
    """A section of the form of a case.

    Attributes:
        section: what it asks.
        path: the address of its key question (nothing: it has none).
        controls: what is asked in it.
        is_new_block: whether another standard begins with it.
    """

    section: Section
    path: str
    controls: tuple[Control, ...]
    is_new_block: bool


_ASKED: Mapping[Truth, Literal["yes", "no", "unknown"]] = {Truth.TRUE: "yes", Truth.FALSE: "no"}


def _contents(pages: Pages, recording: Recording) -> tuple[Content, Mapping[str, str]]:
    """Return what a case is asked, in the language of the pages, and by name what it is in English."""
    content = content_of(recording.framework, pages.words.language)
    if pages.words.code == "en":
        return content, {}
    english = content_of(recording.framework, pages.languages["en"].language)
    return content, {each.name: each.text for each in english.questions}


def parts_of(pages: Pages, recording: Recording, case: Case) -> list[Part]:
    """Return the form of a case."""
    content, english = _contents(pages, recording)
    parts: list[Part] = []
    block = ""
    for section in content.sections:
        names = [each.name for each in section.questions]
        path = names[0].rpartition(".")[0] if not section.questions[0].is_fact else ""
        path = path if path in recording.framework.key_questions else ""
        controls = tuple(_control(recording, case, each, english) for each in section.questions)
        parts.append(Part(section, path, controls, section.block != block))
        block = section.block
    return parts


def _control(recording: Recording, case: Case, question: Question, english: Mapping[str, str]) -> Control:
    name = question.name
    word = recording.word(case.id, name)
    written = recording.text(case.id, name)
    is_odd = bool(written) and not word and not case.missing.get(name)
    free = iter("123456789")
    choices = tuple((each, label, _KEYS.get(each) or next(free, "")) for each, label in question.words.items())
    truth = Truth.TRUE if question.is_fact else recording.asked(case, name)
    return Control(
        question,
        choices,
        word,
        written if is_odd else "",
        case.missing.get(name, ""),
        recording.word(case.id, f"{NOTES}.{name}"),
        recording.takes(case.id, name),
        recording.takes(case.id, f"{NOTES}.{name}"),
        _ASKED.get(truth, "unknown"),
        english.get(name) == question.text,
    )


def _digest(recording: Recording, case_id: str) -> str:
    """Return what tells whether a case is still recorded as a form shows it."""
    said = [sorted(table.cells_of(case_id).items()) for table in recording.table_of[case_id]]
    return digest_of(json.dumps(said).encode("utf-8", "surrogateescape"))


def case(pages: Pages, asked: Asked) -> Response:
    """The form of one case."""
    return _case_page(pages, asked, {})


def _case_page(
    pages: Pages, asked: Asked, typed: Typed, errors: Sequence[Diagnostic] = (), status: int = 200
) -> Response:
    recording = pages.session.recording_in_hand()
    found = recording.case(asked.query.get("case", ""))
    listed = list(recording.table_of)
    place = listed.index(found.id)
    values: dict[str, object] = {
        "errors": errors,
        "typed": typed,
        "case": found,
        "sample": _sample(recording, found),
        "tables": ", ".join(table.file.name for table in recording.table_of[found.id]),
        "parts": parts_of(pages, recording, found),
        "note": recording.word(found.id, NOTES),
        "takes_note": recording.takes(found.id, NOTES),
        "refusals": [each.refusal for each in recording.table_of[found.id] if each.refusal is not None],
        "was": _digest(recording, found.id),
        "previous": listed[place - 1] if place else "",
        "next": listed[place + 1] if place + 1 < len(listed) else "",
        "not_answered_key": NOT_ANSWERED_KEY,
        "back_here": href("/case", case=found.id),
        "is_alone": pages.session.are_of_inspection(pages.session.changes.files),
        **outcomes_panel(pages, recording, found),
        **ratings_panel(pages, recording),
    }
    return pages.page("case", pages.words.plain("case_of", case=found.id), values, here=HERE, status=status)


def outcomes_panel(pages: Pages, recording: Recording, case: Case) -> dict[str, object]:
    """Return what the panel of a case shows: each key question with its outcome, and why."""
    framework, language = recording.framework, pages.words.language
    rows = []
    for each in recording.explained(case):
        outcome = each.outcome
        label = outcome_label(pages, outcome.outcome)
        if outcome.points is not None and outcome.reachable is not None:
            label = pages.words.plain("score", score=str(outcome.points), out_of=str(outcome.reachable))
        by_rule = outcome_label(pages, outcome.rule_outcome) if outcome.judgement is not None else ""
        trees = [tree for tree in (each.drawn, each.applies, *each.variants.values(), each.rule) if tree is not None]
        ask = language.wording(framework, each.path, each.question.ask).value
        lines = [line for tree in trees for line in tree.lines()]
        reason = "" if outcome.judgement is None else outcome.judgement.reason
        rows.append((each.path, ask, outcome.outcome.value, label, by_rule, reason, lines))
    return {"outcomes": rows, "still_open": len(recording.open_prompts(case))}


def recorded(pages: Pages, asked: Asked) -> Response:
    """Record what the form of a case says, or one answer of it."""
    typed, session = asked.typed, pages.session
    recording = pages.session.recording_in_hand()
    found = recording.case(asked.query.get("case", ""))
    is_live = bool(one(typed, "live"))
    try:
        if one(typed, "was") != _digest(recording, found.id):
            raise RequestError([stale(recording.table_of[found.id][0].file)])
        said = _said(recording, found, typed)
        if said:
            session.record(_called(pages, recording, found.id, said), Recorded(said))
        if one(typed, "do") == "save" and session.are_of_inspection(session.changes.files):
            session.save()
    except DiagnosticError as error:
        if is_live:
            return _live(pages, found.id, error.diagnostics)
        return _case_page(pages, asked, typed, error.diagnostics, 422)
    if is_live:
        return _live(pages, found.id)
    address = href("/case", case=found.id)
    if one(typed, "do") == "save":
        is_saved = not session.changes.files
        return pages.to(
            address if is_saved else "/save", pages.words.plain("case_saved", case=found.id) if is_saved else ""
        )
    notice = pages.words.plain("kept", what=found.id) if said else pages.words.plain("no_change")
    return pages.to(address, notice)


def _said(recording: Recording, case: Case, typed: Typed) -> tuple[Said, ...]:
    """Return what a form says otherwise than it is recorded."""
    known = {*recording.framework.facts_by_id, *recording.framework.prompts, *recording.framework.measures_by_path}
    said: list[Said] = []
    for control, values in typed.items():
        start, name = control[: len(ANSWER)], control[len(ANSWER) :]
        if start not in (ANSWER, NOTE) or not values or (name not in known and (start, name) != (NOTE, "")):
            continue
        name = ".".join(filter(None, (NOTES, name))) if start == NOTE else name
        word = with_line_feeds(values[-1]).strip()
        shown = recording.word(case.id, name)
        if not shown and not case.missing.get(name) and not name.startswith(NOTES):
            shown = recording.text(case.id, name)  # what is no answer stays until another one is given, or none
        if word != shown:
            said.append(Said(case.id, name, word))
    return tuple(said)


def _called(pages: Pages, recording: Recording, case_id: str, said: Sequence[Said]) -> str:
    """Return what it is called that something is recorded, as the list of what was done has it."""
    if len(said) > 1:
        return pages.words.plain("recorded_several", case=case_id, number=len(said))
    content, _ = _contents(pages, recording)
    (only,) = said
    name = only.name.removeprefix(f"{NOTES}.")
    question = next((each for each in content.questions if each.name == name), None)
    asked = pages.words.plain("case_notes") if question is None else question.text
    word = only.word if question is None or only.is_note else question.words.get(only.word, only.word)
    return f"{case_id}: {asked} → {shortened(word or pages.words.plain('not_answered'), MAX_QUOTED_TEXT)}"


def _live(pages: Pages, case_id: str, errors: Sequence[Diagnostic] = ()) -> Response:
    """Return the panels alone, with what else of the form is another than before."""
    recording = pages.session.recording_in_hand()
    found = recording.case(case_id)
    asked = {
        control.question.name: ("left" if control.is_left_out else control.asked)
        for part in parts_of(pages, recording, found)
        for control in part.controls
    }
    values: dict[str, object] = {
        "errors": errors,
        "case": found,
        "asked": asked,
        "was": _digest(recording, case_id),
        "unsaved": len(pages.session.changes.files),
        **outcomes_panel(pages, recording, found),
        **ratings_panel(pages, recording),
    }
    return pages.part("case-live", values, status=422 if errors else 200)
