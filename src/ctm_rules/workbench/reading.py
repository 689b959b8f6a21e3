"""The pages that only show: what is in hand, the standards as the documentation has them, where something is used."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import PlainTextResponse, Response

from ctm_rules.docs import site as docs_site
from ctm_rules.docs.material import Material
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.names import Name
from ctm_rules.editing.uses import find_name
from ctm_rules.limits import MAX_ON_A_PAGE
from ctm_rules.model.framework import Standard
from ctm_rules.workbench.elements import outline
from ctm_rules.workbench.pages import Asked, Pages, history_of
from ctm_rules.yaml_files.kinds import is_yaml_file

_SCRIPTS = ("workbench.js", "record.js", "search.js")


class Reader:
    """The standards as the documentation shows them, made anew where they were changed.

    Args:
        pages: the pages.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._made: tuple[Evaluation, docs_site.Site] | None = None

    def page(self, asked: Asked) -> Response:
        """Return one page of the documentation, as the standards are in hand."""
        pages, session = self._pages, self._pages.session
        evaluation = session.last_valid
        here = "/read/index.html"
        if evaluation is None:
            return pages.page("unread", pages.words.plain("read"), pages.panels(session.evaluation), here=here)
        if self._made is None or self._made[0] is not evaluation:
            self._made = evaluation, docs_site.site_of(Material(session.path, evaluation.store))
        site = self._made[1]
        if asked.name not in site.pages:
            return pages.nothing_here()
        page = site.pages[asked.name]
        standard = page.values.get("standard")
        declared = standard.at.file if isinstance(standard, Standard) else ""
        values = {
            **{key: value for key, value in site.values(asked.name).items() if key != "title"},
            "history_of": history_of,
            "layout": pages.environment.get_template("read.html.jinja"),
            "is_valid": session.evaluation.framework is not None,
            "change_file": next((session.name_of(file) for file in session.files if str(file) == declared), ""),
        }
        return pages.page(page.template.removesuffix(".html.jinja"), page.title, values, here=here)


def overview(pages: Pages, _: Asked) -> Response:
    """What is in hand, what is wrong with it, and what was done."""
    done = [step.name for step in reversed(pages.session.history.done)][:MAX_ON_A_PAGE]
    values = {"done": done, **pages.panels(pages.session.evaluation)}
    return pages.page("overview", pages.words.plain("overview"), values, here="/")


def change_list(pages: Pages) -> Response:
    """The files, to choose what is changed."""
    session = pages.session
    texts = [session.name_of(file) for file in sorted(session.files) if is_yaml_file(file)]
    values = {"files": outline(session), "texts": texts}
    return pages.page("change-list", pages.words.plain("change"), values, here="/change")


def uses(pages: Pages, asked: Asked) -> Response:
    """Every place that says the name of an element, as the files are on the disk."""
    address = asked.query.get("address", "")
    session = pages.session
    found = find_name(session.around, address)
    listed = session.around.uses(found) if isinstance(found, Name) else session.around.amended(found)
    places = [
        (session.name_of(Path(use.location.file)), use.location.line, use.used_in, use.mention.spot.said)
        for use in listed
    ]
    return pages.page("uses", pages.words.plain("uses"), {"address": address, "places": places}, here="/change")


def static(pages: Pages, asked: Asked) -> Response:
    """The style sheet and the scripts, which come with the library."""
    if asked.name == "workbench.css":
        return Response(pages.styles, media_type="text/css")
    if asked.name not in _SCRIPTS:
        return PlainTextResponse("There is no such file.", 404)
    return Response(pages.environment.get_template(asked.name).render(), media_type="text/javascript")


def revision(pages: Pages, _: Asked) -> Response:
    """A number that is another one after each change, for tabs that were not the one that changed something."""
    return PlainTextResponse(str(pages.session.revision))
