"""The pages of versions: named, compared in words, gone back to, handed over for review and approved."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.diff.compare import compare_frameworks
from ctm_rules.editing.evaluation import ENGINE
from ctm_rules.editing.versions import NEXT, Version, Versions, find_version, versions_of
from ctm_rules.model.framework import Framework
from ctm_rules.what_if_analysis.effect import Effect
from ctm_rules.what_if_analysis.two_frameworks import effect_of
from ctm_rules.workbench.forms import one, text_of
from ctm_rules.workbench.pages import Asked, Pages, href

HERE = "/versions"


def versions(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = ()) -> Response:
    """Every version with how far it is, and a form to name the present state."""
    kept = versions_of(pages.session.path)
    values = {
        "versions": kept.all(),
        "following": NEXT,
        "kept": kept,
        "typed": asked.typed,
        "errors": errors,
    }
    return pages.page("versions", pages.words.plain("versions"), values, here=HERE, status=422 if errors else 200)


def versioned(pages: Pages, asked: Asked) -> Response:
    """Name the present state, move a version on its way, or go back to one."""
    typed, session = asked.typed, pages.session
    kept = versions_of(session.path, one(typed, "who"))
    command, name = one(typed, "do"), one(typed, "version")
    comment = text_of(typed, "comment").strip()
    try:
        if command == "name":
            title = " ".join(one(typed, "title").split())
            version = kept.add(title, comment, session.kept_contents())
            return pages.to(HERE, pages.words.plain("kept", what=version.title))
        version = find_version(kept, name)
        if command == "back":
            session.go_back(f"{version.title} ({version.name})", kept.contents(name))
            return pages.to("/save", pages.words.plain("went_back", version=version.title))
        kept.move(name, command, comment)
    except DiagnosticError as error:
        return versions(pages, asked, error.diagnostics)
    return pages.to(HERE, pages.words.plain("kept", what=version.title))


def review(pages: Pages, asked: Asked) -> Response:
    """What a version changes, in words, and what that does to the inspection: the same as ``diff`` says, to print."""
    session = pages.session
    kept = versions_of(session.path)
    listed = kept.all()
    new = find_version(kept, asked.query["version"]) if asked.query.get("version") else None
    old = _compared_with(asked, new, listed)
    errors: Sequence[Diagnostic] = ()
    no_effect: Sequence[Diagnostic] = ()
    changes = effect = None
    try:
        before, after = (_framework(pages, kept, each) for each in (old, new))
        changes = compare_frameworks(before, after)
        effect, no_effect = _effect(pages, before, after)
    except DiagnosticError as error:
        errors = error.diagnostics
    values = {
        "new": new,
        "old": old,
        "others": [each for each in listed if each != new],
        "changes": changes,
        "effect": effect,
        "no_effect": no_effect,
        "markdown": "" if changes is None else _markdown(changes.to_markdown(), effect),
        "compared": href("/review", version="" if new is None else new.name),
        "say_when": lambda when: when[:16].replace("T", " "),
        "errors": errors,
    }
    title = pages.words.plain("review_of", what=pages.words.plain("what_is_in_hand") if new is None else new.title)
    return pages.page("review", title, values, here=HERE, status=422 if errors else 200)


def _compared_with(asked: Asked, new: Version | None, listed: Sequence[Version]) -> Version | None:
    """Return what a version is compared with: what was asked for, or else the last one that was approved."""
    named = asked.query.get("with")
    if named is not None:
        return next((each for each in listed if each.name == named), None)
    return next((each for each in listed if each.state == "approved" and each != new), None)


def _framework(pages: Pages, kept: Versions, version: Version | None) -> Framework:
    if version is None:
        if pages.framework is None:
            raise RequestError(pages.session.evaluation.findings)
        return pages.framework
    return pages.session.framework_of(kept.contents(version.name), kept.origin(version.name))


def _effect(pages: Pages, before: Framework, after: Framework) -> tuple[Effect | None, Sequence[Diagnostic]]:
    """Return what it does to the inspection, or why that cannot be said."""
    inspection = pages.session.inspection
    if inspection is None:
        return None, pages.session.inspection_findings
    try:
        return effect_of(inspection, before, after, engine=ENGINE), ()
    except DiagnosticError as error:
        return None, error.diagnostics


def _markdown(changes: str, effect: Effect | None) -> str:
    return changes if effect is None else f"{changes}\n{effect.to_markdown()}"
