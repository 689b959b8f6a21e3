"""What an amendment does to an inspection, as data: outcomes, shares and ratings before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from ctm_rules.diagnostics.findings import Diagnostic
from ctm_rules.escaping import markdown_text
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.meaning import check_meaning
from ctm_rules.meaning.scales import BANDS_OF_ANOTHER_SUM
from ctm_rules.model.framework import Rating, Standard
from ctm_rules.model.frozen_dict import frozen_dict
from ctm_rules.model.outcomes import Outcome
from ctm_rules.phrases import one_or_many, say_count, say_list, say_rating
from ctm_rules.rating.notebook_tables import html_table
from ctm_rules.rating.result_dicts import framework_dict
from ctm_rules.rating.results import KeyQuestionResult, StandardResult, label_of, say_score
from ctm_rules.rating.shares import say_percent
from ctm_rules.what_if_analysis.result_dicts import (
    EffectDict,
    KeyQuestionChangeDict,
    OutcomeChangeDict,
    RatedDict,
    ShareDict,
    StandardChangeDict,
    SumDict,
)

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

    def to_dict(self) -> OutcomeChangeDict:
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

    def to_dict(self) -> KeyQuestionChangeDict:
        """Return both sides as plain data."""
        return {"id": self.path, "before": _share(self.before), "after": _share(self.after)}


def _share(result: KeyQuestionResult | None) -> ShareDict | None:
    if result is None:
        return None
    return {
        **result.counts.to_dict(),
        "percent": result.percent,
        "band": label_of(result.rating),
    }


@frozen
class StandardChange:
    """A standard whose rating or score is another, or that is rated on one side only.

    A side is ``None`` where its standards do not have it.
    """

    slug: str
    before: StandardResult | None
    after: StandardResult | None

    @property
    def standard(self) -> Standard:
        """The standard as it is declared after the change, or before where it is gone."""
        result = self.after or self.before
        assert result is not None
        return result.standard

    @property
    def ratings(self) -> tuple[Rating | None, Rating | None]:
        """The two ratings (``None``: it has none, or the standards of that side do not have it)."""
        before, after = (None if side is None else side.rating for side in (self.before, self.after))
        return before, after

    def to_dict(self) -> StandardChangeDict:
        """Return both sides as plain data."""
        return {
            "id": self.standard.id,
            "slug": self.slug,
            "title": self.standard.title,
            "before": _rated(self.before),
            "after": _rated(self.after),
        }


def _rated(result: StandardResult | None) -> RatedDict | None:
    return None if result is None else _rating(result.rating)


def _rating(rating: Rating | None, score: int | None = None) -> RatedDict:
    return {"rating": label_of(rating), "score": rating.score if score is None and rating else score}


@frozen(repr=False)
class Effect:
    """What other standards change in an inspection.

    Attributes:
        before, after: the inspection rated by either.
        outcomes: every case and key question with another outcome, in the order of the cases.
        not_possible_before, not_possible_after: what is wrong with decisions of a panel that the standards of that side
            do not let it make.
        moves: the addresses before of what stands elsewhere after the change, each with that of then.
    """

    before: InspectionResult
    after: InspectionResult
    outcomes: tuple[OutcomeChange, ...]
    not_possible_before: tuple[Diagnostic, ...] = ()
    not_possible_after: tuple[Diagnostic, ...] = ()
    moves: Mapping[str, str] = field(factory=dict, converter=frozen_dict)

    def __repr__(self) -> str:
        outcomes, ratings = say_count(len(self.outcomes), "outcome"), say_count(len(self.standards), "rating")
        return f"<Effect: {outcomes} and {ratings} change>"

    def _repr_html_(self) -> str:
        sides = ((each, *each.ratings) for each in self.standards)
        rows = [
            {"standard": each.standard.title, "before": label_of(was), "after": label_of(now)}
            for each, was, now in sides
        ]
        return html_table(repr(self)[1:-1], rows)

    @property
    def key_questions(self) -> tuple[KeyQuestionChange, ...]:
        """The key questions with other counts, another share or another rating."""
        after = _questions(self.after)
        before = {self.moves.get(path, path): question for path, question in _questions(self.before).items()}
        changes = [KeyQuestionChange(path, before.get(path), after.get(path)) for path in _either(before, after)]
        return tuple(change for change in changes if _share(change.before) != _share(change.after))

    @property
    def standards(self) -> tuple[StandardChange, ...]:
        """Exactly the standards with another rating or score; one that is not rated either way is none of them."""
        before, after = ({result.standard.slug: result for result in side.rating.standards} for side in self._sides)
        changes = [StandardChange(slug, before.get(slug), after.get(slug)) for slug in _either(before, after)]
        return tuple(change for change in changes if _rating(change.ratings[0]) != _rating(change.ratings[1]))

    @property
    def panel_flags(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The panel flags that go, and those that come, one sentence each."""
        before, after = (side.rating.panel for side in self._sides)
        return (
            tuple(flag for flag in before if flag not in after),
            tuple(flag for flag in after if flag not in before),
        )

    @property
    def decisions_not_applied(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Why decisions of the panel are not applied before and after, one sentence each."""
        sides = (self.before, self.not_possible_before), (self.after, self.not_possible_after)
        before, after = (
            (*map(str, side.rating.stale_decisions), *(found.message for found in impossible))
            for side, impossible in sides
        )
        return before, after

    def by_reason(self) -> tuple[OutcomeGroup, ...]:
        """Return the changed outcomes by key question, movement and reason, the largest group of a question first."""
        groups: dict[tuple[str, Outcome, Outcome, tuple[str, ...]], list[str]] = {}
        for change in self.outcomes:
            groups.setdefault((change.key_question, change.before, change.after, change.why), []).append(change.case)
        order = [self.moves.get(path, path) for path in self.before.rating.framework.key_questions]
        made = (OutcomeGroup(*key, tuple(cases)) for key, cases in groups.items())
        return tuple(sorted(made, key=lambda group: (order.index(group.key_question), -len(group.cases))))

    def in_sum(self) -> tuple[str, ...]:
        """Return the overall rating and the domains' ratings either way, and how much else changes, in sentences."""
        before, after = (side.rating for side in self._sides)
        overall = [(side.overall, side.score, side.out_of) for side in (before, after)]
        has_whole = before.has_whole or after.has_whole
        lines = [_either_way("Overall", *overall)] if has_whole else []
        old_domains = {result.domain.id: result for result in before.domains}
        for result in after.domains:
            was = old_domains.get(result.domain.id)
            if was is not None:
                sides = [(side.rating, side.score, side.out_of) for side in (was, result)]
                if any(part is not None for side in sides for part in side):
                    lines.append(_either_way(result.domain.title, *sides))
        lines += [f"{found.message[0].upper()}{found.message[1:]}." for found in self._stale_bands()]
        if before.has_ratings or after.has_ratings:
            lines += self.on_standards()
        for when, reasons in zip(("Before", "After"), self.decisions_not_applied, strict=True):
            lines += [f"{when} the change, a decision of the panel is not applied: {reason}." for reason in reasons]
        if not after.framework.asks_of_cases:
            return tuple(lines)
        outcomes = len(self.outcomes)
        how_many = say_count(outcomes, "case outcome") if outcomes else "No case outcomes"
        lines.append(f"{how_many} {one_or_many(outcomes, 'is', 'are')} different.")
        return tuple(lines)

    def on_standards(self) -> tuple[str, ...]:
        """Return which standards have another rating, and which are rated on one side only, in sentences."""
        groups: dict[str, list[str]] = {}
        for change in self.standards:
            before, after = change.ratings
            kind = "Another rating for {}."
            if before is None or after is None:
                kind = "Rated only after the change: {}." if before is None else "Rated only before the change: {}."
            elif before.id == after.id:
                kind = "The same rating with another score or label for {}."
            groups.setdefault(kind, []).append(f"{change.standard.id} {change.standard.title}")
        said = [kind.format(say_list(names)) for kind, names in sorted(groups.items())]
        return tuple(said) if "Another rating for {}." in groups else ("No standard has another rating.", *said)

    def _stale_bands(self) -> list[Diagnostic]:
        """Return that bands were made for another sum than the changed standards come to."""
        before, after = (check_meaning(side.rating.framework) for side in self._sides)
        return [found for found in after if found.code == BANDS_OF_ANOTHER_SUM.id and found not in before]

    def to_markdown(self) -> str:
        """Return what changes as a part of a Markdown document."""
        provider = self.before.inspection.declared.provider.name
        lines = [f"## What it changes for {markdown_text(provider)}", ""]
        declared = self.before.inspection.declared
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

    def to_dict(self) -> EffectDict:
        """Return everything that changes as plain data, and the overall rating either way."""
        gone, come = self.panel_flags
        stale_before, stale_after = self.decisions_not_applied
        before, after = (side.rating for side in self._sides)
        old_domains, new_domains = (
            {result.domain.id: _sum(result.rating, result.score, result.out_of) for result in side.domains}
            for side in (before, after)
        )
        return {
            "framework": {
                "before": framework_dict(self.before.inspection.framework_identity),
                "after": framework_dict(self.after.inspection.framework_identity),
            },
            "provider": self.before.inspection.declared.provider.name,
            "engine": after.engine,
            "cases": before.cases,
            "synthetic": self.before.inspection.declared.synthetic,
            "note": self.before.inspection.declared.note,
            "overall": {
                "before": _sum(before.overall, before.score, before.out_of),
                "after": _sum(after.overall, after.score, after.out_of),
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
            "stale_decisions": {"before": list(stale_before), "after": list(stale_after)},
            "not_rated": list(after.not_rated),
            "not_rated_before": list(before.not_rated),
            "assumptions": list(after.assumptions),
        }


def _sum(rating: Rating | None, score: int | None, out_of: int | None) -> SumDict:
    return {**_rating(rating, score), "out_of": out_of}


_Sum = tuple[Rating | None, int | None, int | None]
"""The rating of a sum, the sum, and the highest that it could be."""


def _either_way(what: str, before: _Sum, after: _Sum) -> str:
    scores = [say_score(score, out_of) for _, score, out_of in (before, after)]
    sides = zip((before, after), scores, strict=True)
    was, now = (", ".join([*([side[0].label] if side[0] else []), *score]) or say_rating(None) for side, score in sides)
    if before[:2] == after[:2]:
        # The same score out of another sum is not the same.
        said = "".join(scores[0])
        return f"{what}: {now}, as before." if was == now else f"{what}: {now}; it was {said}."
    return f"{what}: {was} → {now}."


def _share_in_words(result: KeyQuestionResult | None) -> str:
    if result is None:
        return "not asked"
    counts = result.counts
    more = [f"{counts.not_applicable} not applicable"] if counts.not_applicable else []
    more += [f"{counts.undetermined} undetermined"] if counts.undetermined else []
    share = (
        say_rating(None) if result.percent is None else f"{say_percent(result.percent)}, {say_rating(result.rating)}"
    )
    return f"{share} ({', '.join([f'{counts.yes} yes', f'{counts.no} no', *more])})"


def _questions(result: InspectionResult) -> dict[str, KeyQuestionResult]:
    return {question.path: question for standard in result.rating.standards for question in standard.key_questions}


def _either(before: Iterable[str], after: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*before, *after]))
