"""The history of one element of the standards: which version changed what about it, as ``diff`` says it.

Where git keeps the standards, its versions are the commits that changed the file in which the element is declared; it
is followed to where it stood, and to what it was called, before. Elsewhere they are the versions that people named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import DiagnosticError
from ctm_rules.diff.changes import Change
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.editing.edits import cannot_edit
from ctm_rules.editing.kept_in_git import Commit, Contents, KeptInGit, kept_in_git
from ctm_rules.editing.session import Session
from ctm_rules.editing.versions import versions_of
from ctm_rules.limits import MAX_STEPS_OF_HISTORY
from ctm_rules.model.elements import Identified, Placed
from ctm_rules.model.former_names import address_before
from ctm_rules.model.framework import Framework
from ctm_rules.model.origin import Origin


@frozen
class PastStep:
    """A version that changed an element.

    Attributes:
        who: who made it.
        when: when, with date, time and offset (ISO 8601).
        address: what the element is called in it.
        title: what people called the version (empty: it has no name).
        changes: what it changed about the element.
        is_first: whether there was no such element before it.
        is_broken: whether nothing can be told of it, since the standards were not valid in it or before it.
    """

    who: str
    when: str
    address: str
    title: str = ""
    changes: tuple[Change, ...] = ()
    is_first: bool = False
    is_broken: bool = False


@frozen
class ElementHistory:
    """What is known of the past of an element.

    Attributes:
        steps: the versions that changed it, the latest first.
        in_hand: what is another in hand than in the latest version.
        before: from which commit backwards there may be more, and what it is called there (``None``: there is not).
        is_kept: whether any version of the standards is kept at all.
    """

    steps: tuple[PastStep, ...] = ()
    in_hand: tuple[Change, ...] = ()
    before: tuple[str, str] | None = None
    is_kept: bool = True


def element_history(session: Session, address: str, start: str = "") -> ElementHistory:
    """Return the history of an element.

    Args:
        session: the standards in hand.
        address: what it is called: in them, or in the commit from which on it is asked for.
        start: that commit (empty: from what is in hand).

    Raises:
        DiagnosticError: there is no such element, or no such commit.
    """
    kept = kept_in_git(session.path)
    valid = session.last_valid
    now = None if valid is None or start else valid.framework
    if kept is None:
        return ElementHistory() if start else _of_versions(session, _having(session, now, address), address)
    past = _Past(session, kept)
    if not start:
        return past.from_now(_having(session, now, address), address)
    found = past.framework(start) if re.fullmatch("[0-9a-f]{40,64}", start) else None
    return past.from_commit(_having(session, found, address), address, start)


def _having(session: Session, framework: Framework | None, address: str) -> Framework:
    """Return a framework that has something at an address.

    Raises:
        DiagnosticError: it has nothing there.
    """
    if framework is None or _declared(framework, address) is None:
        message = f'there is nothing at "{address}"'
        raise cannot_edit(str(session.path), message, "open its history from the page of what it is about")
    return framework


def _declared(framework: Framework, address: str) -> Placed | None:
    """Return what stands at an address of a framework, and has a history (``None``: nothing)."""
    elements: dict[str, Placed] = {
        **framework.standards_by_slug,
        **framework.every_question,
        **framework.every_prompt,
    }
    if address in elements:
        return elements[address]
    listed, _, name = address.partition(".")
    found = getattr(framework, listed, None) if listed in PARTS_WITH_A_PAST else None
    if listed in framework.standards_by_slug:  # the rating of a standard or a key question by bands of its own
        return _declared(framework, address.removesuffix(".rating")) if address.endswith(".rating") else None
    if not name:
        return found if found is None or hasattr(found, "at") else framework
    items: Iterable[Identified] = found if isinstance(found, tuple) else ()
    return next((each for each in items if each.id == name), None)


PARTS_WITH_A_PAST = (
    *("facts", "provider_facts", "domains", "samples", "variants", "measures", "subgroups", "ratings"),
    *("key_question_bands", "standard_rating", "domain_rating", "overall", "panel", "disclosure"),
)
"""The keys of a framework below which something has a history of its own."""


# --- In git ------------------------------------------------------------------------------------------


class _Past:
    """What the standards were in the commits of git."""

    def __init__(self, session: Session, kept: KeptInGit) -> None:
        self._session, self._kept = session, kept
        self._made: dict[tuple[tuple[str, str], ...], Framework | None] = {}

    def framework(self, commit: str) -> Framework | None:
        """Return the standards of a commit (``None``: they are not there, or not valid)."""
        files = tuple(sorted(self._kept.paths(commit).items())) if commit else ()
        if files not in self._made:
            self._made[files] = _built(self._session, self._kept.contents(commit), commit) if files else None
        return self._made[files]

    def from_now(self, now: Framework, address: str) -> ElementHistory:
        latest = self.framework("HEAD")
        if latest is None:
            return self.from_commit(now, address, "HEAD")
        in_hand = _changes(latest, now, address)
        was = address_before(latest, now, address)
        if _declared(latest, was) is None:
            return ElementHistory(in_hand=in_hand)
        return evolve(self.from_commit(latest, was, "HEAD"), in_hand=in_hand)

    def from_commit(self, framework: Framework, address: str, start: str) -> ElementHistory:
        """Return what is known from a commit backwards, in which an element has an address."""
        steps: list[PastStep] = []
        looked_at = 0
        waiting = self._commits(framework, address, start)
        while waiting:
            commit = waiting.pop(0)
            looked_at += 1
            if looked_at > MAX_STEPS_OF_HISTORY:
                return ElementHistory(tuple(steps), before=(commit.id, address))
            step = PastStep(commit.who, commit.when, address)
            after, before = self.framework(commit.id), self.framework(commit.parent)
            if after is None or (before is None and commit.parent and self._kept.paths(commit.parent)):
                steps.append(evolve(step, is_broken=True))
                continue
            if _declared(after, address) is None:
                break  # while it was broken it came to be called otherwise
            was = address if before is None else address_before(before, after, address)
            declared = None if before is None else _declared(before, was)
            if before is None or declared is None:
                steps.append(evolve(step, is_first=True))
                break
            changes = _changes(before, after, address)
            steps += [evolve(step, changes=changes)] if changes else []
            now = _declared(after, address)
            if was != address or now is None or declared.at.file != now.at.file:
                address = was
                waiting = self._commits(before, was, commit.parent)
        return ElementHistory(tuple(steps))

    def _commits(self, framework: Framework, address: str, start: str) -> list[Commit]:
        """Return the commits that changed the file in which an element is declared."""
        declared = _declared(framework, address)
        assert declared is not None
        file = self._session.name_of(Path(declared.at.file))
        return self._kept.commits(file, start, MAX_STEPS_OF_HISTORY + 1)


def _built(session: Session, contents: Contents, commit: str) -> Framework | None:
    try:
        return session.framework_of(contents, Origin("git", commit))
    except DiagnosticError:
        return None


def _changes(before: Framework, after: Framework, address: str) -> tuple[Change, ...]:
    if before == after:
        return ()
    return tuple(each for each in compare_frameworks(before, after).changes if each.is_of(address))


# --- By versions that were named -----------------------------------------------------------------------


def _of_versions(session: Session, now: Framework, address: str) -> ElementHistory:
    """Return what the versions that people named tell, where git keeps nothing."""
    versions = versions_of(session.path)
    kept = versions.all()[: MAX_STEPS_OF_HISTORY + 1]
    found: list[tuple[PastStep, Framework | None]] = [(PastStep("", "", address), now)]
    for each in kept:
        first = each.stages[0]
        step = PastStep(first.who, first.when, address, each.title)
        try:
            found.append((step, session.framework_of(versions.contents(each.name), versions.origin(each.name))))
        except DiagnosticError:
            found.append((step, None))
    in_hand: tuple[Change, ...] = ()
    steps: list[PastStep] = []
    for (step, after), (_, before) in pairwise(found):
        step = evolve(step, address=address)
        if after is None or before is None:
            steps += [evolve(step, is_broken=True)] if step.when else []
            continue
        changes = _changes(before, after, address)
        if not step.when:
            in_hand = changes
        elif changes:
            steps.append(evolve(step, changes=changes))
        address = address_before(before, after, address)
        if _declared(before, address) is None:
            break
    return ElementHistory(tuple(steps), in_hand, is_kept=bool(kept))
