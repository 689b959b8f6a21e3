"""The pages of the site, and the folder that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Location, RequestError
from ctm_rules.diff.changes import WEIGHTS
from ctm_rules.docs.material import Material
from ctm_rules.extras import needs_extra
from ctm_rules.model.rules_in_words import say_value
from ctm_rules.phrases import one_or_many, say_count, say_date, say_list
from ctm_rules.writing import finish_interrupted, writing

TEMPLATES = Path(__file__).parent / "templates"

_MARK = b'<meta name="generator" content="ctm-rules docs">'
_NAVIGATION = {
    "index.html": "Standards",
    "ratings.html": "How ratings are made",
    "cases.html": "What is recorded",
    "assumptions.html": "Assumptions",
    "scenarios.html": "Scenarios",
    "history.html": "Changes",
    "messages.html": "Messages",
}


@frozen
class SitePage:
    """One page of the site before it is laid out.

    Attributes:
        template: the template that makes it.
        title: its heading.
        values: what the template may use beside what all pages share.
    """

    template: str
    title: str
    values: Mapping[str, object]


@frozen
class Site:
    """The pages that document a framework, before they are laid out.

    Attributes:
        pages: each by its file name.
        shared: what every template may use.
    """

    pages: Mapping[str, SitePage]
    shared: Mapping[str, object]

    def values(self, name: str) -> dict[str, object]:
        """Return everything that the template of a page may use."""
        page = self.pages[name]
        return {"name": name, "title": page.title, **self.shared, **page.values}


def build_site(path: Path) -> dict[str, bytes]:
    """Return the pages that document a framework, by file name.

    Args:
        path: the folder or file of the framework.

    Raises:
        DiagnosticError: it cannot be read or understood.
        MissingExtraError: the template library is not installed.
    """
    with needs_extra("report", "The documentation"):
        from ctm_rules.report.html_and_markdown import render

    site = site_of(Material(path))
    return {
        name: render(page.template, TEMPLATES, layout="base.html.jinja", **site.values(name))
        for name, page in site.pages.items()
    }


def site_of(material: Material) -> Site:
    """Return the pages that document a framework, for whoever lays them out."""
    framework = material.framework
    is_rated = framework.overall is not None or any(map(framework.is_rated, framework.standards))
    navigation = _NAVIGATION if is_rated else {**_NAVIGATION, "ratings.html": "How shares are made"}
    shared = {
        "is_rated": is_rated,
        "share_of": sorted({each.bands.share_of.replace("_", " ") for each in framework.placed_bands}),
        "material": material,
        "framework": framework,
        "navigation": navigation,
        "say_date": say_date,
        "say_count": say_count,
        "one_or_many": one_or_many,
        "say_value": say_value,
        "say_list": say_list,
        "weights": WEIGHTS,
        "history_of": None,  # whoever has pages of histories says where
    }

    def page(template: str, title: str, **values: object) -> SitePage:
        return SitePage(f"{template}.html.jinja", title, values)

    pages = {
        name: page(name.removesuffix(".html"), framework.title if name == "index.html" else title)
        for name, title in navigation.items()
    }
    standards = framework.standards
    for number, standard in enumerate(standards):
        name = f"standard-{standard.slug}.html"
        pages[name] = page(
            "standard",
            f"{standard.id} {standard.title}",
            standard=standard,
            domain=next((domain for domain in framework.domains if standard.slug in domain.standards), None),
            before=standards[number - 1] if number else None,
            after=standards[number + 1] if number + 1 < len(standards) else None,
        )
    pages["search.html"] = page("search", "Search")
    for source in material.sources.values():
        pages[source.page] = page("source", source.name, source=source)
    return Site(pages, shared)


FOLDER_NOT_EMPTY = Code(
    "folder-not-empty",
    "error",
    what="The folder for the documentation holds something else.",
    why="The folder is replaced as a whole, so that no old page stays behind; nothing else may be lost by that.",
    bad="ctm-rules docs hmip-pdu -o standards",
    good="ctm-rules docs hmip-pdu -o out/docs",
)


def write_site(path: Path, folder: Path) -> tuple[Path, ...]:
    """Write the pages that document a framework into a folder, and return them.

    The folder is made, or replaced where it holds an earlier version of the pages and nothing else.

    Raises:
        DiagnosticError: the framework cannot be understood, or the folder holds something else or cannot be written.
        MissingExtraError: the template library is not installed.
    """
    pages = build_site(path)
    finish_interrupted(folder)
    if folder.is_dir() and not _is_ours(folder):
        message = f"{folder} holds something else than documentation"
        hint = "name a new folder, or an empty one"
        raise RequestError([FOLDER_NOT_EMPTY.found(Location(str(folder)), message, hint=hint)])
    with writing(folder) as unit:
        made = unit.folder(folder, is_ours=True)
        for name, content in pages.items():
            (made / name).write_bytes(content)
    return tuple(folder / name for name in pages)


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty or holds nothing but pages that were made here."""
    files = list(folder.iterdir())
    index = folder / "index.html"
    is_site = index.is_file() and _MARK in index.read_bytes()
    return not files or (is_site and all(file.is_file() and file.suffix == ".html" for file in files))
