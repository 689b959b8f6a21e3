"""A report's files from a rated inspection, one for each format; imports every library that they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from attrs import evolve, frozen

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, RequestError
from ctm_rules.inspections.inspection import InspectionResult
from ctm_rules.languages.languages import Language, Text, load_language
from ctm_rules.report.annexe import Sheet, make_annexe, say_source
from ctm_rules.report.blocks import Link, Report
from ctm_rules.report.content import write_content, write_for_provider, write_press_release
from ctm_rules.report.drafts import drafts_yaml
from ctm_rules.report.formats import FOR_PROVIDER, Format
from ctm_rules.report.html_and_markdown import has_own, render
from ctm_rules.report.material import Material, gather
from ctm_rules.report.pdf import fonts_for, write_pdf
from ctm_rules.report.said import words_against_figures
from ctm_rules.report.spreadsheets import write_csv_zip, write_json, write_xlsx
from ctm_rules.report.translation import check_translated
from ctm_rules.report.word import write_docx


@frozen
class Contents:
    """What files in one language are made of.

    Attributes:
        language: the language.
        page: what people read.
        press_release: what is told to the press, a page of its own (``None``: there is none).
        drafts: returns drafts for who writes the report.
    """

    language: Language
    page: Report
    press_release: Report | None = None
    drafts: Callable[[], bytes] = bytes


@frozen
class Tables:
    """What programs read; it is in English, since its columns are names that programs rely on.

    Attributes:
        sheets: the tables.
        title: what they are about.
        publisher: who publishes them (empty: nobody).
        licence: under which they may be used (empty: nobody says).
        source: where their figures come from (empty: nobody says).
    """

    sheets: Sequence[Sheet]
    title: str
    publisher: str = ""
    licence: str = ""
    source: str = ""


@frozen
class Names:
    """What files are called: those that people read, those that programs read, and the archive of CSV files.

    ``code`` is the language of the pages, where another one has the names without it.
    """

    pages: str
    tables: str
    archive: str
    code: str = ""

    @property
    def page(self) -> str:
        """The report itself, without the end that says its format."""
        return self._in_language(self.pages)

    @property
    def press_release(self) -> str:
        """What is told to the press."""
        return f"{self._in_language('press-release')}.html"

    @property
    def pictures(self) -> str:
        """The folder of the pictures beside the report in Markdown."""
        return self._in_language("pictures")

    def _in_language(self, name: str) -> str:
        return f"{name}-{self.code}" if self.code else name


def render_formats(
    result: InspectionResult,
    formats: Sequence[Format],
    languages: Sequence[str],
    templates: Path | None,
    *,
    partial: bool,
    for_provider: bool,
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return the files of a report by their names, and what is wrong with each format that cannot be made."""
    loaded = [load_language(code, beside=result.inspection.path) for code in languages]
    material = gather(result)
    against_figures = words_against_figures(material)
    if against_figures:
        raise RequestError(against_figures)
    contents = [_contents(material, language, templates) for language in loaded]
    if not partial:
        check_translated([each.page for each in contents], loaded, [material.declared])
    declared = result.inspection.declared
    tables = cache(
        lambda: Tables(
            make_annexe(material),
            declared.title,
            "" if declared.published_by is None else declared.published_by.name,
            material.licence,
            say_source(declared.source),
        )
    )
    files, wrong = made_of(contents, tables, Names("report", "annexe", "annexe-csv"), formats, templates)
    if for_provider:
        alone = [Contents(language, write_for_provider(material, language)) for language in loaded]
        of_pages = [name for name in formats if name not in _OF_TABLES and name is not Format.DRAFTS]
        more, also_wrong = made_of(alone, tables, Names(FOR_PROVIDER, "", ""), of_pages, templates)
        files, wrong = files | more, tuple(dict.fromkeys((*wrong, *also_wrong)))
    return files, wrong


def _contents(material: Material, language: Language, templates: Path | None) -> Contents:
    page = write_content(material, language, is_own=has_own(templates))
    press = write_press_release(material, language)
    return Contents(language, page, press, lambda: drafts_yaml(material, language))


def made_of(
    contents: Sequence[Contents],
    tables: Callable[[], Tables],
    names: Names,
    formats: Sequence[Format],
    templates: Path | None,
) -> tuple[dict[str, bytes], tuple[Diagnostic, ...]]:
    """Return files by their names, and what is wrong with each format that cannot be made: the others do not wait.

    The first language has the plain names, and each other one its code in them; whatever is read by programs is there
    once. ``tables`` returns that; it is asked for once the PDF is on its way.
    """
    named = [evolve(names, code=each.language.code if number else "") for number, each in enumerate(contents)]
    pages = [
        _Pages(
            each, own, names, [other for other in zip(contents, named, strict=True) if other[0] is not each], templates
        )
        for each, own in zip(contents, named, strict=True)
    ]

    def made_in(name: Format, there: Mapping[str, bytes]) -> dict[str, bytes]:
        if name in _OF_TABLES:
            return dict(_tables(name, tables(), names, contents[0].page.date))
        return {file: content for each in pages for file, content in each.made(name, there).items()}

    made: dict[Format, dict[str, bytes]] = {name: {} for name in formats}
    wrong: list[Diagnostic] = []
    with ThreadPoolExecutor(len(_SET_ELSEWHERE)) as beside:
        # What is set by other programs is set while the rest is made here.
        waiting = {name: beside.submit(made_in, name, {}) for name in _SET_ELSEWHERE if name in formats}
        for name in sorted(formats, key=_ORDER.index):
            there = {file: content for files in made.values() for file, content in files.items()}
            try:
                made[name] = waiting[name].result() if name in waiting else made_in(name, there)
            except DiagnosticError as error:
                wrong += error.diagnostics
    return {file: content for name in formats for file, content in made[name].items()}, tuple(dict.fromkeys(wrong))


_OF_TABLES = (Format.XLSX, Format.JSON, Format.CSV)
_SET_ELSEWHERE = (Format.PDF, Format.DOCX)
_ORDER = (
    *(Format.MD, Format.JSON, Format.CSV, Format.DRAFTS),
    # The workbook takes most memory of what is made here, and the PDF of what is set beside it: one after the other.
    *(Format.PDF, Format.XLSX, Format.DOCX),
    # The pages come last, since they say how large the others are.
    Format.HTML,
)
"""In which order formats are made, or waited for."""


def _tables(name: Format, tables: Tables, names: Names, date: tuple[int, int, int]) -> Mapping[str, bytes]:
    if name is Format.JSON:
        return {f"{names.tables}.json": write_json(tables.sheets)}
    if name is Format.XLSX:
        terms = "; ".join(filter(None, (tables.licence, tables.source)))
        return {f"{names.tables}.xlsx": write_xlsx(tables.sheets, tables.title, date, terms, tables.publisher)}
    archive = write_csv_zip(tables.sheets, tables.title, tables.licence, tables.source, tables.publisher)
    return {f"{names.archive}.zip": archive}


class _Pages:
    """What people read, in one language.

    Attributes:
        beside: the same in other languages, with what those pages are called.
    """

    def __init__(
        self,
        contents: Contents,
        names: Names,
        plain: Names,
        beside: Sequence[tuple[Contents, Names]],
        templates: Path | None,
    ) -> None:
        self.contents, self.names, self.plain = contents, names, plain
        self.beside, self.templates = beside, templates
        self.fonts = cache(lambda: fonts_for(contents.page, templates))

    def made(self, name: Format, there: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Return the files of a format; ``there`` are those that are made already."""
        page, names, templates = self.contents.page, self.names, self.templates
        match name:
            case Format.HTML:
                return self._html(there)
            case Format.MD:
                links = self._to_other_languages(lambda of: f"{of.page}.md")
                text = render("report.md.jinja", templates, report=page, languages=links, pictures=names.pictures)
                return {f"{names.page}.md": text} | {
                    f"{names.pictures}/{picture.name}.svg": picture.svg.encode() for picture in page.pictures
                }
            case Format.DOCX:
                links = self._to_other_languages(lambda of: f"{of.page}.docx")
                return {f"{names.page}.docx": write_docx(page, self.fonts(), templates, links)}
            case Format.PDF:
                links = self._to_other_languages(lambda of: f"{of.page}.pdf")
                return {f"{names.page}.pdf": write_pdf(page, self.fonts(), templates, links)}
            case Format.DRAFTS:
                return {f"{'-'.join(filter(None, ('drafts', names.code)))}.yaml": self.contents.drafts()}
        raise AssertionError(f"{name} is read by programs")

    def _html(self, there: Mapping[str, bytes]) -> Mapping[str, bytes]:
        pages = {f"{self.names.page}.html": (self.contents.page, self._downloads(there), lambda of: f"{of.page}.html")}
        if self.contents.press_release is not None:
            pages[self.names.press_release] = self.contents.press_release, [], lambda of: of.press_release
        return {
            file: render(
                "report.html.jinja",
                self.templates,
                report=report,
                downloads=links,
                languages=self._to_other_languages(called),
            )
            for file, (report, links, called) in pages.items()
        }

    def _to_other_languages(self, called: Callable[[Names], str]) -> Sequence[Link]:
        """Return links to the same page in other languages, each by the language's own name for itself."""
        languages = [(contents.language, of) for contents, of in self.beside]
        return [Link(Text(language.file.name, language.code), called(of)) for language, of in languages]

    def _downloads(self, there: Mapping[str, bytes]) -> Sequence[Link]:
        """Return links to what lies beside the page: other formats, each with its size, and what the press is told."""
        say, page = self.contents.language.label, self.names.page
        files = {
            f"{page}.pdf": "download_pdf",
            f"{page}.docx": "download_docx",
            f"{self.plain.tables}.xlsx": "download_annexe",
        }
        links = [
            Link(say("download", format=say(label), size=_size(len(there[file]))), file)
            for file, label in files.items()
            if file in there
        ]
        if self.contents.press_release is not None:
            links.append(Link(say("press_release"), self.names.press_release))
        return links


def _size(number: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{number / 1_000_000:.1f} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"
