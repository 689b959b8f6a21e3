"""The page of what people judge: ratings and outcomes with their reasons, and what a ratings panel decided."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings, Location, RequestError
from ctm_rules.editing.documents import NOT_LAID_OUT, Document
from ctm_rules.editing.edits import Add, Edit, Node, Plain, Pointer, Remove, SetValue, node_of
from ctm_rules.editing.recording import Recording
from ctm_rules.forms.content import Question, Section, content_of
from ctm_rules.inspections.to_do import TO_BE_FILLED_IN
from ctm_rules.model.answer_words import JUDGEMENTS
from ctm_rules.model.fact_values import type_fact_value, written_value
from ctm_rules.model.framework import NOT_RATED, Rating
from ctm_rules.rating.decisions import OVERALL, scale_of
from ctm_rules.rating.decisions import Place as RatedPlace
from ctm_rules.workbench.cases import outcome_label, ratings_panel
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.elements import stale
from ctm_rules.workbench.fields import BAD_FIELD
from ctm_rules.workbench.forms import Typed, digest_of, one, text_of
from ctm_rules.workbench.pages import Asked, Pages, href
from ctm_rules.yaml_files.layout_tree import Text

HERE = "/cases"
ADDRESS = "/judgements"
PROVIDER = "p:"
"""How the names of controls begin for what is asked of who is inspected."""


@frozen
class Judged:
    """What people rate: a standard or a key question.

    Attributes:
        key: ``standard`` or ``key_question``.
        name: its slug, or its address.
        title: how people see it.
        says: what it demands.
        steps: the ratings that it may have, with their labels.
        rating: the one that is recorded (nothing: none is).
        rationale: why.
    """

    key: str
    name: str
    title: str
    says: str
    steps: tuple[tuple[str, str], ...]
    rating: str
    rationale: str


@frozen
class Decided:
    """A rating that a panel may move, or moved.

    Attributes:
        place: as a form says it: ``standards:assessment``, ``domains:x``, ``overall:``.
        title: of what it is.
        computed: what is computed (``None``: nothing is).
        label: of that.
        steps: the ratings that it may be moved to.
    """

    place: str
    title: str
    computed: str
    label: str
    steps: tuple[tuple[str, str], ...]


def judgements(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = (), status: int = 200) -> Response:
    """What people judge, to be recorded with the reason."""
    recording = pages.session.recording_in_hand()
    document, data = _file(recording)
    decided = list(_decided(pages, recording))
    values: dict[str, object] = {
        "errors": errors,
        "typed": asked.typed,
        "judged": list(_judged(pages, recording, data)),
        "about": list(_about_provider(pages, recording)),
        "of_cases": list(_of_cases(pages, recording)),
        "cases": list(recording.table_of),
        "questions": {
            path: pages.words.language.wording(recording.framework, path, question.ask).value
            for path, question in recording.framework.ruled_questions.items()
        },
        "outcomes": [(word, outcome_label(pages, outcome)) for word, outcome in JUDGEMENTS.items()],
        "asked_case": asked.query.get("case", ""),
        "asked_question": asked.query.get("key_question", ""),
        "decided": decided,
        "decisions": list(_decisions(pages, recording)),
        "every_step": list(dict.fromkeys(step for each in decided for step in each.steps)),
        "was": digest_of(document.content),
        "back_here": ADDRESS,
        **ratings_panel(pages, recording),
    }
    return pages.page("judgements", pages.words.plain("judgements"), values, here=HERE, status=status)


def _file(recording: Recording) -> tuple[Document, dict[str, Plain]]:
    """Return the file of the inspection, and what it says."""
    document = Document(str(recording.path), recording.contents[recording.path])
    data = document.says()
    assert isinstance(data, dict)
    return document, data


def _entries(data: Mapping[str, Plain], key: str) -> list[tuple[int, dict[str, Plain]]]:
    listed = data.get(key)
    return (
        [(number, each) for number, each in enumerate(listed) if isinstance(each, dict)]
        if isinstance(listed, list)
        else []
    )


def _in_language(recording: Recording, value: Plain) -> tuple[str, tuple[str, ...]]:
    """Return a text in the language of the inspection, and the key under which it stands where it is in several."""
    assert recording.declared is not None
    language = recording.declared.language
    if isinstance(value, dict):
        return str(value.get(language, "")), (language,)
    return ("" if value is None else str(value)), ()


def _labels(pages: Pages, steps: Sequence[Rating]) -> tuple[tuple[str, str], ...]:
    return tuple((step.id, pages.words.language.rating(step).value) for step in steps)


def _judged(pages: Pages, recording: Recording, data: Mapping[str, Plain]) -> Iterator[Judged]:
    framework, language = recording.framework, pages.words.language
    entries = [each for _, each in _entries(data, "judgements")]
    elsewhere = {str(each.get("standard")) for _, each in _entries(data, "ratings_from")}
    for standard in framework.standards:
        title = language.wording(framework, f"{standard.slug}.title", standard.title).value
        found: list[tuple[str, str, str, str]] = []
        if standard.rated_by == "judgement" and standard.slug not in elsewhere:
            says = language.wording(framework, standard.slug, standard.statement).value
            found.append(("standard", standard.slug, f"{standard.id} {title}", says))
        found += [
            ("key_question", path, f"{standard.id} {title}: {question.ask}", "")
            for question in standard.key_questions
            if (path := f"{standard.slug}.{question.id}") in framework.judged_questions
        ]
        for key, name, called, demands in found:
            entry = next((each for each in entries if each.get(key) == name), {})
            rating = str(entry.get("rating", ""))
            rationale, _ = _in_language(recording, entry.get("rationale"))
            steps = (*_labels(pages, framework.judged_scale(name) or ()), (NOT_RATED, pages.words.plain("not_rated")))
            rating = "" if rating == TO_BE_FILLED_IN else rating
            rationale = "" if rationale == TO_BE_FILLED_IN else rationale
            yield Judged(key, name, called, demands, steps, rating, rationale)


def _known(recording: Recording) -> Mapping[str, str]:
    """Return what is known of who is inspected, in the words of the standards, wherever it was recorded."""
    assert recording.declared is not None
    declared = recording.declared if recording.inspection is None else recording.inspection.declared
    framework, said = recording.framework, dict(declared.provider.answers)
    for name, value in declared.provider.facts.items():
        fact = framework.provider_facts_by_id.get(name)
        try:
            said[name] = str(value) if fact is None else written_value(type_fact_value(fact, value))
        except ValueError:  # which is said where the inspection is rated
            said[name] = str(value)
    return said


def _about_provider(pages: Pages, recording: Recording) -> Iterator[tuple[Section, list[tuple[Question, str]]]]:
    """Yield what is asked once, of who is inspected, with what is recorded."""
    known = _known(recording)
    for section in content_of(recording.framework, pages.words.language).provider:
        yield section, [(each, known.get(each.name, "")) for each in section.questions]


def _of_cases(pages: Pages, recording: Recording) -> Iterator[tuple[int, str, str, str, str]]:
    """Yield each outcome that a person recorded: its number, case, question, outcome and reason."""
    assert recording.declared is not None
    framework = recording.framework
    for number, each in enumerate(recording.declared.case_judgements):
        question = framework.key_questions.get(each.key_question)
        ask = each.key_question if question is None else question.ask
        ask = pages.words.language.wording(framework, each.key_question, ask).value
        yield number, each.case, ask, outcome_label(pages, JUDGEMENTS[each.outcome]), each.reason


def _places(recording: Recording) -> Iterator[tuple[RatedPlace, str, Rating | None]]:
    """Yield everything that has a rating, in the order of the levels, with what is computed."""
    result = recording.result
    if result is None:
        return
    rating = result.rating
    for standard in rating.standards:
        title = f"{standard.standard.id} {standard.standard.title}"
        yield ("standards", standard.standard.slug), title, standard.computed
    for domain in rating.domains:
        if domain.rating is not None:
            yield ("domains", domain.domain.id), domain.domain.title, domain.computed
    if recording.framework.overall is not None:
        yield OVERALL, "", rating.overall_computed


def _decided(pages: Pages, recording: Recording) -> Iterator[Decided]:
    framework = recording.framework
    judged = {each.slug for each in framework.standards if each.rated_by == "judgement"}
    for place, title, computed in _places(recording):
        most = getattr(framework.panel.may_move, place[0])
        if computed is None or not most or place in {("standards", slug) for slug in judged}:
            continue
        scale = framework.scale(scale_of(framework, place))
        at = scale.index(computed)
        steps = [step for number, step in enumerate(scale) if 0 < abs(number - at) <= most]
        called = title or pages.words.plain("overall")
        label = pages.words.language.rating(computed).value
        yield Decided(":".join(place), called, computed.id, label, _labels(pages, steps))


def _decisions(pages: Pages, recording: Recording) -> Iterator[tuple[int, str, str, str, str, str]]:
    """Yield each decision of a panel: its number, of what, from which rating to which, why, and by whom."""
    assert recording.declared is not None
    framework, language = recording.framework, pages.words.language
    titles = {place: title for place, title, _ in _places(recording)}
    for number, each in enumerate(recording.declared.decisions):
        title = titles.get(each.place) or each.place[1] or pages.words.plain("overall")
        scale = scale_of(framework, each.place)
        was, now = (language.rating(framework.rating_on(scale, name)).value for name in (each.was, each.rating))
        yield number, title, was, now, each.reason, each.by


# --- What is recorded ------------------------------------------------------------------------------


def judged(pages: Pages, asked: Asked) -> Response:
    """Record one judgement or decision, or take one back."""
    recording, typed = pages.session.recording_in_hand(), asked.typed
    document, data = _file(recording)
    back = one(typed, "back")
    try:
        if one(typed, "was") != digest_of(document.content):
            raise RequestError([stale(recording.path)])
        findings = Findings()
        made = list(_KINDS.get(one(typed, "kind"), _nothing)(pages, recording, data, typed, findings))
        findings.raise_errors()
        name = pages.words.plain(f"recorded_{one(typed, 'kind')}") if one(typed, "kind") in _KINDS else ""
        changed = bool(made) and pages.session.edit_inspection(name, made)
    except DiagnosticError as error:
        if any(found.code == NOT_LAID_OUT.id for found in error.diagnostics):
            raise  # the page that says so offers to lay the file out
        return judgements(pages, asked, error.diagnostics, 422)
    notice = pages.words.plain("kept", what=name) if changed else pages.words.plain("no_change")
    return pages.to(href("/case", case=one(typed, "case")) if back == "case" else ADDRESS, notice)


def _nothing(*_: object) -> Iterator[Edit]:
    return iter(())


def _needed(recording: Recording, typed: Typed, names: Mapping[str, str], findings: Findings) -> None:
    for name, label in names.items():
        if not text_of(typed, name).strip():
            findings.extend([needed(recording.path.name, label)])


def _with_entry(data: Mapping[str, Plain], key: str, entry: Mapping[str, object]) -> Edit:
    block: Node = node_of(entry, is_flow=False)
    if isinstance(data.get(key), list):
        return Add((key,), block)
    return Add((), node_of([block], is_flow=False), key)


def _rated(
    pages: Pages, recording: Recording, data: Mapping[str, Plain], typed: Typed, findings: Findings
) -> Iterator[Edit]:
    """Yield what records the rating of a standard or key question."""
    key, _, name = one(typed, "of").partition(":")
    words = pages.words
    _needed(recording, typed, {"rating": words.plain("rating"), "rationale": words.plain("rationale")}, findings)
    scale = recording.framework.judged_scale(name)
    rating, rationale = one(typed, "rating"), text_of(typed, "rationale").strip()
    if scale is None or key not in ("standard", "key_question"):
        findings.extend([stale(recording.path)])
        return
    if rating and rating not in (NOT_RATED, *(step.id for step in scale)):
        findings.extend([_no_choice(recording, words.plain("rating"), rating)])
    if findings.errors:
        return
    for number, entry in _entries(data, "judgements"):
        if entry.get(key) == name:
            at: Pointer = ("judgements", number)
            said, inside = _in_language(recording, entry.get("rationale"))
            if entry.get("rating") != rating:
                yield SetValue((*at, "rating"), node_of(rating))
            if said != rationale:
                yield SetValue((*at, "rationale", *inside), node_of(rationale))
            return
    yield _with_entry(data, "judgements", {key: name, "rating": rating, "rationale": rationale})


def _of_provider(
    pages: Pages, recording: Recording, data: Mapping[str, Plain], typed: Typed, findings: Findings
) -> Iterator[Edit]:
    """Yield what records something of who is inspected."""
    framework, known = recording.framework, _known(recording)
    new: dict[str, dict[str, Node]] = {}
    for _, questions in _about_provider(pages, recording):
        for question, before in questions:
            name, word = question.name, text_of(typed, f"{PROVIDER}{question.name}").strip()
            if f"{PROVIDER}{name}" not in typed or word == before:
                continue
            fact = framework.provider_facts_by_id.get(name)
            at: Pointer = ("provider", "answers" if fact is None else "facts", name)
            try:
                if word and fact is not None:
                    type_fact_value(fact, word)
            except ValueError as error:
                findings.extend([_no_choice(recording, question.text, word, f"write {error}")])
                continue
            if word and fact is None and word not in question.words:
                findings.extend([_no_choice(recording, question.text, word)])
            elif not word and name in known and _says(data, at):
                yield Remove(at)
            elif word:
                is_word = fact is None or fact.type in ("yes_no", "choice")
                node = node_of(word) if is_word else Text(word)
                if _says(data, at[:-1]):
                    yield SetValue(at, node)
                else:
                    new.setdefault(str(at[1]), {})[name] = node
    for key, values in new.items():
        yield SetValue(("provider", key), node_of(values, is_flow=False))


def _says(data: object, at: Pointer) -> bool:
    for step in at:
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True


def _of_case(
    pages: Pages, recording: Recording, data: Mapping[str, Plain], typed: Typed, findings: Findings
) -> Iterator[Edit]:
    """Yield what records the outcome of a key question for a case."""
    words = pages.words
    labels = {"case": words.plain("case_id"), "key_question": words.plain("key_question")}
    labels |= {"outcome": words.plain("outcome_recorded"), "reason": words.plain("reason")}
    _needed(recording, typed, labels, findings)
    said = {name: text_of(typed, name).strip() for name in labels}
    known = {"case": recording.table_of, "key_question": recording.framework.ruled_questions, "outcome": JUDGEMENTS}
    for name, values in known.items():
        if said[name] and said[name] not in values:
            findings.extend([_no_choice(recording, labels[name], said[name])])
    if findings.errors:
        return
    for number, entry in _entries(data, "case_judgements"):
        if (entry.get("case"), entry.get("key_question")) == (said["case"], said["key_question"]):
            for name in ("outcome", "reason"):
                if entry.get(name) != said[name]:
                    yield SetValue(("case_judgements", number, name), node_of(said[name]))
            return
    yield _with_entry(data, "case_judgements", said)


def _of_panel(
    pages: Pages, recording: Recording, data: Mapping[str, Plain], typed: Typed, findings: Findings
) -> Iterator[Edit]:
    """Yield what records that a panel moved a rating."""
    words = pages.words
    labels = {"place": words.plain("moved_of"), "rating": words.plain("moved_to"), "reason": words.plain("reason")}
    labels |= {"who": words.plain("decided_by"), "date": words.plain("when")}
    _needed(recording, typed, labels, findings)
    said = {name: text_of(typed, name).strip() for name in labels}
    found = next((each for each in _decided(pages, recording) if each.place == said["place"]), None)
    if said["place"] and found is None:
        findings.extend([_no_choice(recording, labels["place"], said["place"])])
    if found is not None and said["rating"] and said["rating"] not in dict(found.steps):
        findings.extend([_no_choice(recording, labels["rating"], said["rating"])])
    try:
        day = datetime.date.fromisoformat(said["date"]) if said["date"] else None
    except ValueError:
        day = None
        findings.extend(
            [_no_choice(recording, labels["date"], said["date"], "write year-month-day, such as 2026-04-01")]
        )
    if findings.errors or found is None or day is None:
        return
    level, _, name = found.place.partition(":")
    of: Mapping[str, object] = {"overall": True} if level == "overall" else {level.removesuffix("s"): name}
    # A day is written as everybody writes it in these files: without quotation marks.
    entry = {**of, "from": found.computed, "rating": said["rating"], "reason": said["reason"], "who": said["who"]}
    yield _with_entry(data, "decisions", {**entry, "date": Text(day.isoformat())})


def _removed(
    _pages: Pages, recording: Recording, data: Mapping[str, Plain], typed: Typed, findings: Findings
) -> Iterator[Edit]:
    """Yield what takes a judgement of a case or a decision back."""
    key, _, number = one(typed, "of").partition(":")
    entries = _entries(data, key) if key in ("case_judgements", "decisions") else []
    if not any(str(each) == number for each, _entry in entries):
        findings.extend([stale(recording.path)])
        return
    # A list without items is left out as a whole.
    yield Remove((key,) if len(entries) == 1 else (key, int(number)))


_KINDS = {"of_provider": _of_provider, "rated": _rated, "of_case": _of_case, "of_panel": _of_panel, "removed": _removed}


def _no_choice(
    recording: Recording, label: str, said: str, hint: str = "choose one of those that are offered"
) -> Diagnostic:
    return BAD_FIELD.found(Location(recording.path.name), f'{label} cannot be "{said}"', hint=hint)
