"""The pages as answers: one frame around each, in the language that was chosen, and what a change does beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from attrs import field, frozen
from starlette.responses import RedirectResponse, Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError
from ctm_rules.diff.changes import WEIGHTS
from ctm_rules.docs import site as docs_site
from ctm_rules.editing.documents import NOT_LAID_OUT, Document
from ctm_rules.editing.edits import Edit, Pointer, at_pointer
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.sandbox import Sandbox
from ctm_rules.editing.session import Session
from ctm_rules.limits import MAX_ON_A_PAGE
from ctm_rules.model.framework import Framework
from ctm_rules.phrases import say_checksum, say_count, say_list
from ctm_rules.rating.shares import say_percent
from ctm_rules.report import formats, html_and_markdown
from ctm_rules.scenarios.coverage import Part
from ctm_rules.workbench.clauses import COMPARISONS, RATING_COMPARISONS
from ctm_rules.workbench.elements import Element, RuleField, title_of
from ctm_rules.workbench.fields import as_typed, pointer_text
from ctm_rules.workbench.forms import Typed, digest_of
from ctm_rules.workbench.words import LANGUAGES, Words

TEMPLATES = Path(__file__).parent / "templates"

CASE = "/case"
_RULES = ("yes_when", "applies_when", "when")

BACK = (
    "/",
    "/change",
    "/try",
    "/ways",
    "/cases",
    "/judgements",
    "/outcomes",
    "/assumptions",
    "/scenarios",
    "/versions",
    "/save",
    "/read/index.html",
)
"""The pages to which a browser is sent back after what every page offers."""


@frozen
class Asked:
    """What a browser asks.

    Attributes:
        query: what stands in the address.
        name: the last part of the address, where that is one of many.
        typed: what a form says.
        query_lists: what stands in the address, where one name has several values.
    """

    query: Mapping[str, str]
    name: str = ""
    typed: Typed = field(factory=dict)
    query_lists: Typed = field(factory=dict)


class Pages:
    """The pages over one session.

    Args:
        session: what is edited.
        language: the code of the language to begin with.

    Attributes:
        session: what is edited.
        sandbox: what is tried beside it.
        languages: the labels in every language of the pages, by its code.
        words: those in the language that was chosen.
        told: findings that the next page says.
        previewed: what was asked to be shown before it is kept, and what came of it (``None``: nothing).
    """

    def __init__(self, session: Session, language: str = "en") -> None:
        self.session = session
        self.sandbox = Sandbox(session)
        # Read once: a file of words takes a third of the time that a person should wait for a page.
        self.languages = {code: Words(code) for code in (*LANGUAGES, language)}
        self.words = self.languages[language]
        self.told: list[Diagnostic] = []
        self.previewed: tuple[object, tuple[tuple[Edit, ...], Document]] | None = None
        self._notices: list[str] = []
        self.environment = html_and_markdown.environment_of([TEMPLATES, docs_site.TEMPLATES, formats.TEMPLATES])
        self.environment.globals.update(
            as_typed=as_typed,
            back_to=BACK,
            comparisons=COMPARISONS,
            digest=finding_digest,
            href=href,
            history_of=history_of,
            most=MAX_ON_A_PAGE,
            part_name=part_name,
            pointer_text=pointer_text,
            rating_comparisons=RATING_COMPARISONS,
            say_list=say_list,
            say_count=say_count,
            say_percent=say_percent,
            say_whole=lambda number: str(int(number)),
            title_of=title_of,
            weights=WEIGHTS,
            untidy=self.untidy,
            where=self.where,
        )
        self.styles = self.environment.get_template("workbench.css").render().encode()

    @property
    def framework(self) -> Framework | None:
        """The framework as it was when nothing was wrong with it last (``None``: never)."""
        valid = self.session.last_valid
        return None if valid is None else valid.framework

    def where(self, file: str, line: int = 0, column: int = 0) -> str:
        """Return the address of the page that changes what stands at a place (empty: its file is not in hand)."""
        session = self.session
        found = next((each for each in session.files if str(each) == file), None)
        if found is None:
            return ""
        document, name = session.document(found), session.name_of(found)
        try:
            says = document.says()
        except DiagnosticError:
            return href("/text", file=name)
        at = document.nearest(line, column or 1)
        # A rule has no page of its own: it is changed on that of what it belongs to.
        at = at[: next((place for place, step in enumerate(at) if step in _RULES), len(at))]
        while at and not isinstance(at_pointer(says, at), dict):
            at = at[:-1]
        return href("/change", file=name, at=pointer_text(at))

    def _said(self) -> dict[str, object]:
        words = self.words
        return {"words": words, "t": words.say, "plain": words.plain, "count": words.count, "session": self.session}

    def page(
        self, template: str, title: str, values: Mapping[str, object], *, status: int = 200, here: str = ""
    ) -> Response:
        """Return a page.

        Args:
            template: the name of its template.
            title: its heading.
            values: what the template may use beside what all pages share.
            status: the status of the answer.
            here: the page of the navigation that it belongs to.
        """
        session = self.session
        notices, self._notices = self._notices, []
        told, self.told = self.told, []
        html = self.environment.get_template(f"{template}.html.jinja").render(
            **self._said(),
            title=title,
            here=here,
            shown_path=session.path.as_posix(),
            unsaved=len(session.changes.files),
            tried=len(self.sandbox.tried),
            identity=_identity(self.framework),
            languages=[words for words in self.languages.values() if words is not self.words],
            notices=notices,
            told=told,
            locked=session.locked,
            **values,
        )
        return Response(html, status, media_type="text/html")

    def part(self, template: str, values: Mapping[str, object], *, status: int = 200) -> Response:
        """Return a part of a page alone, for a script to put in its place."""
        html = self.environment.get_template(f"{template}.html.jinja").render(**self._said(), **values)
        return Response(html, status, media_type="text/html")

    def to(self, address: str, notice: str = "") -> Response:
        """Send the browser on to a page, which says what was done."""
        if notice:
            self._notices.append(notice)
        return RedirectResponse(address, 303)

    def back(self, typed: Typed, notice: str = "") -> Response:
        """Send the browser back to where it came from, as far as that is a page that is surely there."""
        place = "".join(typed.get("back", ()))
        is_known = place in BACK or place.startswith(f"{CASE}?case=")
        return self.to(place if is_known else "/", notice)

    def refused(self, error: DiagnosticError) -> Response:
        """Return the page that says why something was not done."""
        return self.page("refused", self.words.plain("not_done"), {"errors": error.diagnostics}, status=422)

    def untidy(self, found: Sequence[Diagnostic]) -> list[str]:
        """Return the files that have to be laid out before what was refused can be done."""
        files = dict.fromkeys(Path(each.file) for each in found if each.code == NOT_LAID_OUT.id)
        return [self.session.name_of(file) for file in files if file in self.session.known_files]

    def nothing_here(self) -> Response:
        """Say that there is no such page."""
        return self.page("nothing", self.words.plain("nothing_here"), {}, status=404)

    def panels(self, evaluation: Evaluation, *, is_preview: bool = False) -> dict[str, object]:
        """Return what the panels of results show of an evaluation."""
        is_valid = evaluation.framework is not None
        valid = evaluation if is_valid else self.session.last_valid
        return {"evaluation": evaluation, "valid": valid, "is_valid": is_valid, "is_preview": is_preview}

    def live(
        self,
        evaluation: Evaluation,
        part: str,
        *,
        errors: Sequence[Diagnostic] = (),
        rules: Sequence[RuleField] = (),
        picture: str = "",
        reads: Sequence[object] = (),
    ) -> Response:
        """Return some panels alone, for the script to put in their places while people type.

        Args:
            evaluation: what they show.
            part: which of them: ``scenarios``, or else all the others, which are there sooner.
            errors: why nothing can be shown.
            rules: the rules of what is being changed, in words.
            picture: its bands on a ruler.
            reads: how wording that is tried reads.
        """
        values: dict[str, object] = {"part": part, "errors": errors, "rules": rules, "picture": picture, "reads": reads}
        values |= self.panels(evaluation, is_preview=True)
        return self.part("live", values)


# --- Names and addresses -----------------------------------------------------------------------------


def finding_digest(found: Diagnostic) -> str:
    """Return what a finding is called in a form."""
    return digest_of(json.dumps([found.code, found.file, found.line, found.column, found.message]).encode())


def part_name(part: Part) -> str:
    """Return what a gap of the coverage is called in an address."""
    return digest_of(json.dumps([part.kind, part.says, part.at.file, part.at.line, part.at.column]).encode())


def href(path: str, **query: str) -> str:
    """Return an address of the workbench."""
    return f"{path}?{urlencode(query)}" if query else path


def address_of(element: Element, at: Pointer) -> str:
    """Return the address of the page that changes what stands at a place of an element's file."""
    return href("/change", file=element.session.name_of(element.file), at=pointer_text(at))


def _identity(framework: Framework | None) -> Mapping[str, str]:
    if framework is None:
        return {}
    identity = framework.identity()
    return {**identity, "checksum": say_checksum(identity["checksum"])}


def history_of(address: str) -> str:
    """Return the address of the page of an element's history."""
    return href("/history", address=address)
