"""What an inspection would have come to under other standards: case by case, in sum, and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.case_files.case_tables import BAD_VALUE
from ctm_rules.diagnostics.findings import Findings, Location, nearest_name_hint
from ctm_rules.diff.compare import markdown_text
from ctm_rules.engines import EngineName
from ctm_rules.engines.reference import ReferenceEngine
from ctm_rules.frameworks.amendments import Amendment, amended_framework
from ctm_rules.frameworks.loading import build_framework, read_framework
from ctm_rules.frameworks.validity import UNKNOWN_NAME, type_fact_value
from ctm_rules.inspections.inspection import (
    Inspection,
    InspectionResult,
    find_referenced_framework,
    load_inspection,
    rate_inspection,
    read_inspection_file,
)
from ctm_rules.model.cases import Case
from ctm_rules.model.framework import (
    All,
    Any,
    Condition,
    FactValue,
    Framework,
    KeyQuestion,
    PromptIsYes,
    Rating,
    Standard,
)
from ctm_rules.model.outcomes import ClauseResult, Outcome, QuestionOutcome, Truth
from ctm_rules.model.rules_in_words import say, say_list, say_name
from ctm_rules.rating.rate import KeyQuestionResult, StandardResult, label_of

# --- What changes --------------------------------------------------------------------------------


@frozen
class OutcomeChange:
    """A case whose outcome on one key question is another.

    Attributes:
        case: its id.
        key_question: the question's address.
        before, after: the outcomes.
        why: one sentence for each clause that turned, came or went.
    """

    case: str
    key_question: str
    before: Outcome
    after: Outcome
    why: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain data."""
        return {
            "case": self.case,
            "key_question": self.key_question,
            "before": self.before.value,
            "after": self.after.value,
            "why": list(self.why),
        }


@frozen
class OutcomeGroup:
    """Cases that move from one outcome of a key question to another for the same reason."""

    key_question: str
    before: Outcome
    after: Outcome
    why: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def movement(self) -> str:
        """From which outcome to which, in words."""
        return " → ".join(outcome.value.replace("_", " ") for outcome in (self.before, self.after))


@frozen
class KeyQuestionChange:
    """A key question whose counts, share or rating is another (``None`` on a side that does not have it)."""

    path: str
    before: KeyQuestionResult | None
    after: KeyQuestionResult | None

    def to_dict(self) -> dict[str, object]:
        """Return both sides as plain data."""
        return {"id": self.path, "before": _share(self.before), "after": _share(self.after)}


def _share(result: KeyQuestionResult | None) -> dict[str, object] | None:
    if result is None:
        return None
    return {
        **result.counts.to_dict(),
        "percent": result.percent,
        "band": label_of(result.rating),
    }


@frozen
class StandardChange:
    """A standard whose rating or score is another (``None`` on a side that does not have it)."""

    slug: str
    before: StandardResult | None
    after: StandardResult | None

    @property
    def standard(self) -> Standard:
        """The standard as it is declared after the change, or before where it is gone."""
        result = self.after or self.before
        assert result is not None
        return result.standard

    def to_dict(self) -> dict[str, object]:
        """Return both sides as plain data."""
        return {
            "id": self.standard.id,
            "slug": self.slug,
            "title": self.standard.title,
            "before": _rated(self.before),
            "after": _rated(self.after),
        }


def _rated(result: StandardResult | None) -> dict[str, object] | None:
    return None if result is None else _rating(result.rating)


def _rating(rating: Rating | None, score: int | None = None) -> dict[str, object]:
    return {"rating": label_of(rating), "score": rating.score if score is None and rating else score}


@frozen
class Effect:
    """What other standards change in an inspection.

    Attributes:
        before, after: the inspection rated by either.
        outcomes: every case and key question with another outcome, in the order of the cases.
    """

    before: InspectionResult
    after: InspectionResult
    outcomes: tuple[OutcomeChange, ...]

    @property
    def key_questions(self) -> tuple[KeyQuestionChange, ...]:
        """The key questions with other counts, another share or another rating."""
        before, after = _questions(self.before), _questions(self.after)
        changes = [KeyQuestionChange(path, before.get(path), after.get(path)) for path in _either(before, after)]
        return tuple(change for change in changes if _share(change.before) != _share(change.after))

    @property
    def standards(self) -> tuple[StandardChange, ...]:
        """Exactly the standards with another rating or score."""
        before, after = ({result.standard.slug: result for result in side.rating.standards} for side in self._sides)
        changes = [StandardChange(slug, before.get(slug), after.get(slug)) for slug in _either(before, after)]
        return tuple(change for change in changes if _rated(change.before) != _rated(change.after))

    @property
    def panel_flags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The panel flags that go, and those that come, one sentence each."""
        before, after = (side.rating.panel for side in self._sides)
        return (
            tuple(flag for flag in before if flag not in after),
            tuple(flag for flag in after if flag not in before),
        )

    def by_reason(self) -> tuple[OutcomeGroup, ...]:
        """Return the changed outcomes by key question, movement and reason, the largest group of a question first."""
        groups: dict[tuple[str, Outcome, Outcome, tuple[str, ...]], list[str]] = {}
        for change in self.outcomes:
            groups.setdefault((change.key_question, change.before, change.after, change.why), []).append(change.case)
        order = list(self.before.rating.framework.key_questions)
        made = (OutcomeGroup(*key, tuple(cases)) for key, cases in groups.items())
        return tuple(sorted(made, key=lambda group: (order.index(group.key_question), -len(group.cases))))

    def in_sum(self) -> tuple[str, ...]:
        """Return the overall rating and the domains' ratings either way, and how much else changes, in sentences."""
        before, after = (side.rating for side in self._sides)
        lines = [_either_way("Overall", before.overall, before.score, after.overall, after.score, after.out_of)]
        old_domains = {result.domain.id: result for result in before.domains}
        for result in after.domains:
            was = old_domains.get(result.domain.id)
            if was is not None:
                scores = was.rating, was.score, result.rating, result.score, result.out_of
                lines.append(_either_way(result.domain.title, *scores))
        standards, outcomes = len(self.standards), len(self.outcomes)
        names = say_list([f"{change.standard.id} {change.standard.title}" for change in self.standards])
        lines.append(f"Another rating for {names}." if standards else "No standard has another rating.")
        lines.append(f"{outcomes or 'No'} case {'outcome is' if outcomes == 1 else 'outcomes are'} different.")
        return tuple(lines)

    def to_markdown(self) -> str:
        """Return what changes as a part of a Markdown document."""
        provider = self.before.inspection.declared.provider.name
        lines = [f"## What it changes for {markdown_text(provider)}", ""]
        declared = self.before.inspection.declared.cases
        if declared.synthetic:
            lines += [f"*{markdown_text(declared.note or 'The cases are synthetic.')}*", ""]
        lines += [f"- {markdown_text(line)}" for line in self.in_sum()]
        if self.key_questions:
            lines += ["", "| Key question | Before | After |", "| --- | --- | --- |"]
        for question in self.key_questions:
            before, after = (markdown_text(_share_in_words(side)) for side in (question.before, question.after))
            lines.append(f"| {markdown_text(question.path)} | {before} | {after} |")
        if self.outcomes:
            lines += ["", "### Cases", ""]
        for group in self.by_reason():
            cases = markdown_text(", ".join(group.cases))
            lines.append(f"- **{markdown_text(group.key_question)}**, {group.movement} ({len(group.cases)}): {cases}")
            lines += [f"  - {markdown_text(reason)}" for reason in group.why]
        if self.after.rating.assumptions:
            lines += ["", "The standards hold assumptions that their source does not print."]
        return "\n".join(lines) + "\n"

    @property
    def _sides(self) -> tuple[InspectionResult, InspectionResult]:
        return self.before, self.after

    def to_dict(self) -> dict[str, object]:
        """Return everything that changes as plain data, and the overall rating either way."""
        gone, come = self.panel_flags
        before, after = (side.rating for side in self._sides)
        old_domains, new_domains = (
            {result.domain.id: _rating(result.rating, result.score) for result in side.domains}
            for side in (before, after)
        )
        return {
            "provider": self.before.inspection.declared.provider.name,
            "engine": after.engine,
            "cases": before.cases,
            "synthetic": self.before.inspection.declared.cases.synthetic,
            "note": self.before.inspection.declared.cases.note,
            "overall": {
                "before": {**_rating(before.overall, before.score), "out_of": before.out_of},
                "after": {**_rating(after.overall, after.score), "out_of": after.out_of},
            },
            "domains": [
                {"id": domain, "before": old_domains.get(domain), "after": new_domains.get(domain)}
                for domain in _either(old_domains, new_domains)
                if old_domains.get(domain) != new_domains.get(domain)
            ],
            "standards": [change.to_dict() for change in self.standards],
            "key_questions": [change.to_dict() for change in self.key_questions],
            "outcomes": [change.to_dict() for change in self.outcomes],
            "panel": {"gone": list(gone), "come": list(come)},
            "not_rated": list(after.not_rated),
            "assumptions": list(after.assumptions),
        }


def _either_way(
    what: str, was: Rating | None, was_score: int | None, now: Rating | None, now_score: int | None, out_of: int
) -> str:
    sides = [
        (f"{rating.label}, " if rating else "") + ("no score" if score is None else f"{score} of {out_of}")
        for rating, score in ((was, was_score), (now, now_score))
    ]
    return f"{what}: {sides[0]}, as before." if sides[0] == sides[1] else f"{what}: {sides[0]} → {sides[1]}."


def _share_in_words(result: KeyQuestionResult | None) -> str:
    if result is None:
        return "not asked"
    counts = result.counts
    more = [f"{counts.not_applicable} not applicable"] if counts.not_applicable else []
    more += [f"{counts.undetermined} undetermined"] if counts.undetermined else []
    share = "not rated" if result.percent is None else f"{result.percent} %, {label_of(result.rating)}"
    return f"{share} ({', '.join([f'{counts.yes} yes', f'{counts.no} no', *more])})"


def _questions(result: InspectionResult) -> dict[str, KeyQuestionResult]:
    return {question.path: question for standard in result.rating.standards for question in standard.key_questions}


def _either(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*before, *after]))


# --- Rating an inspection by two frameworks -------------------------------------------------------


def what_if(path: str | Path, amendments: Sequence[Amendment], *, engine: EngineName = "auto") -> Effect:
    """Return what amendments to its framework would change in an inspection. No file is touched.

    Args:
        path: the inspection file.
        amendments: laid over its framework one after the other.
        engine: which engine decides.

    Raises:
        DiagnosticError: carries every mistake in the inspection, its cases, its framework or the amendments.

    >>> from ctm_rules import read_amendment
    >>> effect = what_if("examples/ctm/inspection.yaml", [read_amendment("examples/ctm/amendment.yaml")])
    >>> effect.before.rating.score, effect.after.rating.score
    (4, 5)
    """
    path = Path(path)
    source = read_framework(find_referenced_framework(read_inspection_file(path).framework, path))
    framework = build_framework(source)
    return effect_of(path, framework, amended_framework(source, amendments), engine=engine)


def effect_of(path: str | Path, old: Framework, new: Framework, *, engine: EngineName = "auto") -> Effect:
    """Return what an inspection would come to under two frameworks, whichever of them its file names.

    The case table may have the columns of both. What only the other one asks is missing, and never counted as no.

    Raises:
        DiagnosticError: carries every mistake in the inspection and its cases, and every fact or judgement
            of it that one of the frameworks does not have.
    """
    inspection = load_inspection(path, framework=_of_both(old, new))
    findings = Findings()
    before, after = (_carried(inspection, framework, findings) for framework in (old, new))
    findings.raise_errors()
    results = rate_inspection(before, engine=engine), rate_inspection(after, engine=engine)
    return Effect(*results, tuple(_outcome_changes(*results)))


def _of_both(old: Framework, new: Framework) -> Framework:
    """Return a framework that knows every name of the two, to read one case table for both."""
    facts = {**new.facts_by_id, **old.facts_by_id}
    for name in old.facts_by_id.keys() & new.facts_by_id.keys():
        facts[name] = evolve(facts[name], values={**new.facts_by_id[name].values, **facts[name].values})
    standards = dict(new.standards_by_slug)
    for slug, ours in old.standards_by_slug.items():
        theirs = standards.get(slug, ours)
        questions = {question.id: question for question in theirs.key_questions}
        for question in ours.key_questions:
            asked = questions.get(question.id, question).prompts
            prompts = {prompt.id: prompt for prompt in (*asked, *question.prompts)}
            questions[question.id] = evolve(question, prompts=tuple(prompts.values()))
        themes = {theme.id: theme for theme in (*theirs.themes, *ours.themes)}
        standards[slug] = evolve(ours, key_questions=tuple(questions.values()), themes=tuple(themes.values()))
    return evolve(
        old,
        facts=tuple(facts.values()),
        standards=tuple(standards.values()),
        ratings=tuple({**new.ratings_by_id, **old.ratings_by_id}.values()),
        measures=tuple({**new.measures_by_path, **old.measures_by_path}.values()),
        domains=tuple({domain.id: domain for domain in (*new.domains, *old.domains)}.values()),
    )


def _carried(inspection: Inspection, framework: Framework, findings: Findings) -> Inspection:
    """Return an inspection as one framework sees it; what it cannot see goes to ``findings``."""
    for judgement in inspection.declared.judgements:
        standard = framework.standards_by_slug.get(judgement.standard)
        if (
            standard is not None
            and standard.rated_by == "judgement"
            and judgement.rating not in framework.ratings_by_id
        ):
            message = f'the standards to compare with have no rating "{judgement.rating}"'
            hint = nearest_name_hint(judgement.rating, list(framework.ratings_by_id))
            findings.add(UNKNOWN_NAME, judgement.at, message, hint=hint)
    table = Location(str(inspection.path.parent / inspection.declared.cases.file))
    cases = tuple(_carried_case(case, framework, table, findings) for case in inspection.cases)
    return evolve(inspection, framework=framework, cases=cases)


def _carried_case(case: Case, framework: Framework, table: Location, findings: Findings) -> Case:
    facts: dict[str, FactValue] = {}
    for name, value in case.facts.items():
        fact = framework.facts_by_id.get(name)
        if fact is None:
            continue
        try:
            facts[name] = type_fact_value(fact, _written(value))
        except ValueError as error:
            message = f'case "{case.id}", column "{name}": "{_written(value)}" is not {error} in both sets of standards'
            hint = "keep the value in the standards, or leave the cell empty"
            findings.add(BAD_VALUE, table, message, path=name, hint=hint)
    judgements = {path: judgement for path, judgement in case.judgements.items() if path in framework.key_questions}
    return evolve(case, facts=facts, judgements=judgements)


def _written(value: FactValue) -> str:
    """Return a value as a case table writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


# --- Why -----------------------------------------------------------------------------------------


def _outcome_changes(before: InspectionResult, after: InspectionResult) -> Iterator[OutcomeChange]:
    old, new = (result.inspection for result in (before, after))
    walkers = ReferenceEngine(old.framework), ReferenceEngine(new.framework)
    for was, now, old_case, new_case in zip(before.outcomes, after.outcomes, old.cases, new.cases, strict=True):
        changed = [
            path
            for path, outcome in was.questions.items()
            if path in now.questions and outcome.outcome is not now.questions[path].outcome
        ]
        if not changed:
            continue
        walked = walkers[0].assess(old_case).questions, walkers[1].assess(new_case).questions
        for path in changed:
            sides = (
                _Side(old.framework, old.framework.key_questions[path], walked[0][path]),
                _Side(new.framework, new.framework.key_questions[path], walked[1][path]),
            )
            outcomes = was.questions[path].outcome, now.questions[path].outcome
            yield OutcomeChange(was.case, path, *outcomes, tuple(dict.fromkeys(_why(*sides))))


@frozen(eq=False)
class _Side:
    """One case seen from one key question of one framework, every clause with its result."""

    framework: Framework
    question: KeyQuestion
    outcome: QuestionOutcome

    def say(self, condition: Condition) -> str:
        return say(condition, self.framework, self.question)


def _why(old: _Side, new: _Side) -> Iterator[str]:
    """Yield in words why the outcome is another: what stood in the way of yes before, and what does after."""
    reasons = [*_why_asked(old, new), *_why_another_rule(old, new), *_why_of_clauses(old, new)]
    yield from reasons or ["no prompt that applies is answered"]


def _why_of_clauses(old: _Side, new: _Side) -> Iterator[str]:
    before, after = old.outcome.rule, new.outcome.rule
    if before is None or after is None:
        return
    was, now = ({result.clause: result for result in _walk(rule)} for rule in (before, after))
    decided, decides = _decisive(before), _decisive(after)
    gone = [result for result in decided if result.clause not in now]
    come = [result for result in decides if result.clause not in was]
    is_pair = len(gone) == len(come) == 1
    if is_pair:
        yield (
            f"instead of {old.say(gone[0].clause)} ({_found(gone[0])}), "
            f"the rule now asks that {new.say(come[0].clause)} ({_found(come[0])})"
        )
    same = {(result.clause, result.truth) for result in decided} & {(result.clause, result.truth) for result in decides}
    for side, other_side, decisive, others, words in (
        (old, new, decided, now, "no longer"),
        (new, old, decides, was, "now"),
    ):
        # What is met explains no other outcome, except where nothing of the rule applies without it.
        stands_in_the_way = side.outcome.rule_outcome is not Outcome.YES
        is_all_there_was = other_side.outcome.rule_outcome is Outcome.NOT_APPLICABLE
        for result in decisive:
            other = others.get(result.clause)
            if other is None and (stands_in_the_way or is_all_there_was) and not is_pair:
                yield f"the rule {words} asks that {side.say(result.clause)} ({_found(result)})"
            elif other is None or not stands_in_the_way:
                continue
            elif other.truth is not result.truth:
                yield from _turned(was[result.clause], now[result.clause], side)
            elif (result.clause, result.truth) not in same:
                yield f"it {words} turns on this: {side.say(result.clause)} ({_found(result)})"


def _why_asked(old: _Side, new: _Side) -> Iterator[str]:
    def asked(side: _Side) -> Truth:
        return Truth.TRUE if side.outcome.applies is None else side.outcome.applies.truth

    if asked(old) is not asked(new):
        condition = new.question.applies_when or old.question.applies_when
        assert condition is not None
        words = {Truth.TRUE: "is asked", Truth.FALSE: "is not asked", Truth.UNKNOWN: "may be asked: a fact is missing"}
        asks = new if new.question.applies_when is not None else old
        now = "now " if new.question.applies_when is not None else "no longer only "
        yield f"the question {words[asked(new)]}; it is {now}asked when {asks.say(condition)}"


def _why_another_rule(old: _Side, new: _Side) -> Iterator[str]:
    before, after = old.outcome, new.outcome
    if (before.rule is None) is not (after.rule is None):
        known = "could not be told, for a fact is missing, and now can"
        unknown = "could be told, and now cannot: a fact is missing"
        yield f"which rule is used {known if before.rule is None else unknown}"
    elif before.variant != after.variant:
        rules = [
            "the general rule" if outcome.variant is None else f"the rule for the variant “{outcome.variant}”"
            for outcome in (before, after)
        ]
        yield f"{rules[1]} is used instead of {rules[0]}"


def _walk(result: ClauseResult) -> Iterator[ClauseResult]:
    yield result
    for child in result.children:
        yield from _walk(child)


def _decisive(result: ClauseResult) -> list[ClauseResult]:
    """Return the clauses that alone give a result: of ``all`` those that have it, of ``any`` those that are true."""
    if isinstance(result.clause, All) or (isinstance(result.clause, Any) and result.truth is Truth.TRUE):
        return [found for child in result.children if child.truth is result.truth for found in _decisive(child)]
    return [result]


_STATES = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.DROPPED: "not applicable", Truth.UNKNOWN: "not answered"}
_RESULTS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.DROPPED: "not applicable", Truth.UNKNOWN: "not known"}


def _found(result: ClauseResult) -> str:
    """Return a clause's result in words, with the answers that it rests on."""
    if isinstance(result.clause, PromptIsYes):
        return f"it is {_STATES[result.truth]}"
    prompts: dict[Truth, list[str]] = {}
    for leaf in _walk(result):
        if isinstance(leaf.clause, PromptIsYes):
            prompts.setdefault(leaf.truth, []).append(say_name(leaf.clause.prompt))
    states = []
    for truth, names in prompts.items():
        once = list(dict.fromkeys(names))
        states.append(f"{say_list(once)} {'is' if len(once) == 1 else 'are'} {_STATES[truth]}")
    if not states or result.truth is Truth.DROPPED:
        return _RESULTS[result.truth]
    return f"{_RESULTS[result.truth]}: {'; '.join(states)}"


def _turned(was: ClauseResult, now: ClauseResult, side: _Side) -> Iterator[str]:
    """Yield in words the prompts and facts through which a clause that is written the same turned."""
    if was.children:
        for before, after in zip(was.children, now.children, strict=True):
            if before.truth is not after.truth:
                yield from _turned(before, after, side)
    elif isinstance(was.clause, PromptIsYes):
        yield f"{say_name(was.clause.prompt)} was {_STATES[was.truth]} and is now {_STATES[now.truth]}"
    else:
        yield f"that {side.say(was.clause)} was {_RESULTS[was.truth]} and is now {_RESULTS[now.truth]}"
