"""Reports as PDF (PDF/UA, set by Typst) and as Word documents, and pictures for formats that take no SVG."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from ctm_rules.diagnostics.findings import Location, RequestError
from ctm_rules.languages.languages import ENGLISH, Text
from ctm_rules.limits import MAX_DOCUMENT_PROPERTY
from ctm_rules.report.blocks import (
    Block,
    Bullets,
    Finding,
    Findings,
    Folded,
    Heading,
    Legend,
    Paragraph,
    Picture,
    RatingLine,
    RatingsBox,
    Report,
    Table,
)
from ctm_rules.report.fonts import Fonts, choose_fonts
from ctm_rules.report.html_and_markdown import BAD_TEMPLATE, TEMPLATES, template_path
from ctm_rules.report.own_typesetting import Mistake, set_own_pdf

_PICTURES = b"""#set page(width: 420pt, height: auto, margin: 0pt)
#for svg in json(bytes(sys.inputs.pictures)) { page(image(bytes(svg), format: "svg")) }"""
_PIXELS_PER_INCH = 120.0
_PICTURES_AT_ONCE = 10
"""How many pictures are drawn at once: all 250 of a report on 35 standards take 140 MB more."""


def _midday(report: Report) -> datetime.datetime:
    return datetime.datetime(*report.date, 12, tzinfo=datetime.UTC)


# --- PDF -----------------------------------------------------------------------------------------


def write_pdf(report: Report, fonts: Fonts, own: Path | None = None) -> bytes:
    """Return a report as tagged PDF (PDF/UA-1); the same report and fonts always give the same bytes.

    Raises:
        DiagnosticError: a template of your own has a mistake, or the fonts lack a letter.
    """
    template = template_path("report.typ", own)
    if fonts.missing:
        raise RequestError([fonts.missing_letters(Location("report.pdf"))])
    inputs = {"report": json.dumps(_plain(report))}
    if template.parent == TEMPLATES:
        return fonts.set_pdf(template.read_bytes(), inputs, _midday(report))
    try:
        return set_own_pdf(template, fonts, inputs, _midday(report).isoformat())
    except Mistake as error:
        message = f"the template {error.file.name} cannot be used: {error.reason}"
        hint = "compare it with the template of the same name that comes with the library"
        at = Location(str(error.file), error.line, error.column)
        raise RequestError([BAD_TEMPLATE.found(at, message, hint=hint)]) from error


def fonts_for(report: Report, own: Path | None = None) -> Fonts:
    """Return the fonts that a report is set with; see :mod:`ctm_rules.report.fonts`."""
    return choose_fonts(json.dumps(_plain(report), ensure_ascii=False), own)


def write_pngs(pictures: Sequence[str], fonts: Fonts) -> list[bytes]:
    """Return pictures as PNG, in their order."""
    made: list[bytes] = []
    for first in range(0, len(pictures), _PICTURES_AT_ONCE):
        some = json.dumps(pictures[first : first + _PICTURES_AT_ONCE])
        made += fonts.set_pngs(_PICTURES, {"pictures": some}, _PIXELS_PER_INCH)
    return made


def _plain(value: object) -> object:
    """Return a report as plain data: each block says its kind, each text a language code that Typst knows."""
    if isinstance(value, Text):
        code = value.language.partition("-")[0]
        known = code if re.fullmatch("[a-z]{2,3}", code) else ENGLISH
        return {"value": value.value, "language": known, "strong": value.strong, "mark": value.mark}
    cls = type(value)
    if attrs.has(cls):
        fields = {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(cls)}
        return {"kind": cls.__name__, **fields}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


# --- Word ----------------------------------------------------------------------------------------


def write_docx(report: Report, fonts: Fonts, own: Path | None = None) -> bytes:
    """Return a report as a Word document; ``report.docx`` in a folder of your own lends it its styles.

    A picture with letters that the fonts lack is left out; the sentence that says the same takes its place.

    Raises:
        DiagnosticError: that file is no Word document, or lacks a style that the report uses.
    """
    template = None if own is None or not (own / "report.docx").is_file() else own / "report.docx"
    try:
        return _WordWriter(report, template, fonts).write()
    except Exception as error:  # a damaged document fails wherever the library first stumbles over it
        if template is None:
            raise
        reason = error.args[0] if error.args else "it cannot be read"
        message = f"the template report.docx cannot be used: {reason}"
        hint = "start from a document that Word saved with its usual styles"
        raise RequestError([BAD_TEMPLATE.found(Location(str(template)), message, hint=hint)]) from error


_ROLES = {
    "plain": "Normal",
    "intro": "Normal",
    "signature": "Normal",
    "note": "Quote",
    "statement": "Quote",
    "draft": "Intense Quote",
}
_MARK, _CELL, _NUMBER_CELL = "Figure Mark", "Table Text", "Table Number"
"""Styles of our own: the letter behind a figure, words in a table, and numbers in one."""
_STYLES = (
    "Normal",
    "Title",
    "Quote",
    "Intense Quote",
    "List",
    "List Bullet",
    "List Number",
    "Caption",
    "Strong",
    "TOC Heading",
    "Table Grid",
)
_TEXT_WIDTH = 166  # millimetres
_FEW_ROWS = 8
_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FIRST, _WORDS, _NUMBER = 5, 3, 2.5  # how wide columns are beside each other; the first names the row
_HEADINGS = ("Heading 1", "Heading 2", "Heading 3", "Heading 4")


class _WordWriter:
    def __init__(self, report: Report, template: Path | None, fonts: Fonts) -> None:
        self.report = report
        self.document = docx.Document(None if template is None else str(template))
        # Looking a style up by its name takes longer than setting the words.
        self.styles: dict[str, Any] = {name: self.document.styles[name] for name in (*_STYLES, *_HEADINGS)}
        self._add_styles()
        if template is None:
            self._set_styles()
        pictures = [picture for picture in report.pictures if not fonts.lacks(picture.svg)]
        pngs = write_pngs([picture.svg for picture in pictures], fonts)
        self.last_id = self.document.part.next_id - 1
        self.pngs = {picture.name: png for picture, png in zip(pictures, pngs, strict=True)}

    def write(self) -> bytes:
        report = self.report
        self._set_properties()
        self._words(self._paragraph(), report.publisher, strong=True)
        self._words(self._paragraph("Title"), report.title)
        if report.status is not None:
            self._words(self.document.sections[0].header.paragraphs[0], report.status, strong=True)
        for notice in report.notices:
            self._words(self._paragraph("Intense Quote"), notice)
        for block in report.opening:
            self._set_block(block)
        if report.contents:
            self._words(self._paragraph("TOC Heading"), report.contents_title)
            self._field(self._paragraph(), 'TOC \\o "1-2" \\h \\z', [heading.text.value for heading in report.contents])
        for block in report.blocks:
            self._set_block(block)
        footer = self.document.sections[0].footer.paragraphs[0]
        self._words(footer, report.footer)
        footer.add_run("\t")
        self._field(footer, "PAGE")
        footer.add_run("/")
        self._field(footer, "NUMPAGES")
        out = io.BytesIO()
        self.document.save(out)
        return _with_fixed_times(out.getvalue())

    def _add_styles(self) -> None:
        """Add the styles of our own that the document does not have, and say which language it is written in."""
        known = {style.name for style in self.document.styles}
        for name in (_MARK, _CELL, _NUMBER_CELL):
            kind = WD_STYLE_TYPE.CHARACTER if name == _MARK else WD_STYLE_TYPE.PARAGRAPH
            if name not in known:
                style = self.document.styles.add_style(name, kind)
                if name == _MARK:
                    style.font.superscript = True
                else:
                    style.base_style = self.styles["Normal"]
                    style.font.size, style.paragraph_format.space_after = Pt(9.5), Pt(0)
                if name == _NUMBER_CELL:
                    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.styles[name] = self.document.styles[name]
        self.styles["Caption"].paragraph_format.keep_with_next = True
        self._set_language(self.styles["Normal"].element.get_or_add_rPr(), self.report.language)

    def _set_language(self, properties: Any, code: str) -> None:
        """Say the language of words: a spelling checker wants the country too."""
        for known in properties.findall(qn("w:lang")):
            properties.remove(known)
        _below(properties, "lang", val=_with_country(code))

    def _set_styles(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        self.styles["Normal"].font.name, self.styles["Normal"].font.size = "Arial", Pt(11)
        for name, size in (
            ("Title", 24),
            ("Heading 1", 18),
            ("Heading 2", 14),
            ("Heading 3", 12),
            ("Heading 4", 11),
            ("Caption", 10),
        ):
            style = self.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), RGBColor(0x1D, 0x4F, 0x91)
            for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                # The theme's font would win over the one named above.
                style.element.rPr.rFonts.attrib.pop(qn(attribute), None)

    def _set_properties(self) -> None:
        report, properties = self.report, self.document.core_properties
        properties.title, properties.author = (
            report.title.value[:MAX_DOCUMENT_PROPERTY],
            report.publisher.value[:MAX_DOCUMENT_PROPERTY],
        )
        properties.comments = " ".join(notice.value for notice in report.notices)[:MAX_DOCUMENT_PROPERTY]
        properties.language = report.language[:MAX_DOCUMENT_PROPERTY]
        properties.created = properties.modified = _midday(report).replace(tzinfo=None)
        properties.last_modified_by = ""

    def _paragraph(self, style: str = "Normal", *, with_next: bool = False) -> WordParagraph:
        paragraph = self.document.add_paragraph()
        # Set by its id: setting a style by the style itself looks through all of them each time.
        paragraph._p.style = self.styles[style].style_id
        if with_next:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def _words(self, paragraph: WordParagraph, text: Text, *, strong: bool = False) -> None:
        self._set_words(paragraph._p, text, strong=strong)

    def _set_words(self, paragraph: Any, text: Text, *, strong: bool = False) -> None:
        """Set words in the element of a paragraph.

        The library would look through the styles and the neighbours of every element: for the cells of a long report
        that takes longer than all the rest of it.
        """
        run = _below(paragraph, "r")
        properties = _below(run, "rPr")
        if strong or text.strong:
            _below(properties, "rStyle", val=self.styles["Strong"].style_id)
        if text.language != self.report.language:
            _below(properties, "lang", val=_with_country(text.language))
        _below(run, "t").text = text.value
        run[-1].set(_SPACE, "preserve")
        if text.mark:
            run = _below(paragraph, "r")
            _below(_below(run, "rPr"), "rStyle", val=self.styles[_MARK].style_id)
            _below(run, "t").text = text.mark

    def _mark(self, paragraph: WordParagraph, mark: str) -> None:
        """Set the letter that says where a figure comes from."""
        paragraph.add_run(mark)._element.style = self.styles[_MARK].style_id

    def _field(self, paragraph: WordParagraph, instruction: str, shown: Sequence[str] = ("1",)) -> None:
        """Set a field, which Word works out, with what stands there until it has."""
        for kind in ("begin", "separate"):
            self._field_mark(paragraph, kind)
            if kind == "begin":
                code = OxmlElement("w:instrText")
                code.set(qn("xml:space"), "preserve")
                code.text = instruction
                paragraph.add_run()._element.append(code)
        for number, words in enumerate(shown):
            run = paragraph.add_run(words)
            if number < len(shown) - 1:
                run.add_break()
        self._field_mark(paragraph, "end")

    def _field_mark(self, paragraph: WordParagraph, kind: str) -> None:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "begin":
            mark.set(qn("w:dirty"), "true")
        paragraph.add_run()._element.append(mark)

    def _set_block(self, block: Block) -> None:
        match block:
            case Heading():
                self._words(self._paragraph(_HEADINGS[block.level - 2]), block.text)
            case Paragraph():
                paragraph = self._paragraph(_ROLES[block.role], with_next=block.role == "intro")
                self._words(paragraph, block.text, strong=block.role == "signature")
            case Bullets():
                for item in block.items:
                    self._words(self._paragraph("List Bullet"), item)
            case Findings():
                for finding in block.items:
                    self._set_finding(finding, "List Number" if block.is_numbered else "List Bullet")
            case Folded():
                for inner in block.blocks:
                    self._set_block(inner)
            case Table():
                self._set_table(block)
            case Picture():
                self._set_picture(block)
            case Legend():
                for mark, meaning in block.items:
                    paragraph = self._paragraph("List")
                    self._mark(paragraph, mark)
                    paragraph.add_run(" ")
                    self._words(paragraph, meaning)
            case RatingLine():
                self._set_rating(self._paragraph(), block)
            case RatingsBox():
                self._set_ratings(block)

    def _set_finding(self, item: Finding, style: str) -> None:
        paragraph = self._paragraph(style)
        if item.lead is not None:
            self._words(paragraph, item.lead, strong=True)
            paragraph.add_run(". ")
        self._words(paragraph, item.text)
        for number, figure in enumerate(item.figures):
            paragraph.add_run("; " if number else " (")
            self._words(paragraph, figure)
        if item.figures:
            paragraph.add_run(")")
        for link in item.links:
            paragraph.add_run(" → ")
            self._words(paragraph, link.text)

    def _set_rating(self, paragraph: WordParagraph, line: RatingLine) -> None:
        self._words(paragraph, line.name)
        paragraph.add_run(": ")
        self._words(paragraph, line.rating, strong=True)
        self._set_beside(paragraph, line)

    def _set_beside(self, paragraph: WordParagraph, line: RatingLine) -> None:
        if line.beside is not None:
            paragraph.add_run(" (")
            self._words(paragraph, line.beside)
            paragraph.add_run(")")

    def _set_table(self, block: Table) -> None:
        self._words(self._paragraph("Caption", with_next=True), block.caption)
        rows = [tuple(column.title for column in block.columns), *block.rows]
        table = self._table(0, len(block.columns))
        shares = [_FIRST, *(_NUMBER if column.is_number else _WORDS for column in block.columns[1:])]
        widths = [Mm(_TEXT_WIDTH * share / sum(shares)) for share in shares]
        # Word goes by the width of the cells, other programs by that of the columns.
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        styles = [self.styles[_NUMBER_CELL if column.is_number else _CELL].style_id for column in block.columns]
        for number, texts in enumerate(rows):
            row = _below(table._tbl, "tr")
            properties = _below(row, "trPr")
            _below(properties, "cantSplit", val="true")
            if number == 0:
                _below(properties, "tblHeader", val="true")
            # A table of a few rows stays on one page; no row of it stands alone.
            is_kept = len(block.rows) <= _FEW_ROWS and number < len(rows) - 1
            for text, style, width in zip(texts, styles, widths, strict=True):
                cell = _below(row, "tc")
                _below(_below(cell, "tcPr"), "tcW", type="dxa", w=str(width.twips))
                paragraph = _below(cell, "p")
                of_paragraph = _below(paragraph, "pPr")
                _below(of_paragraph, "pStyle", val=style)
                if is_kept:
                    _below(of_paragraph, "keepNext")
                self._set_words(paragraph, text, strong=number == 0)
        self._paragraph()

    def _table(self, rows: int, columns: int) -> WordTable:
        table: WordTable = self.document.add_table(rows, columns)
        # By its id, as the style of a paragraph is set.
        table._tbl.tblStyle_val = self.styles["Table Grid"].style_id
        return table

    def _set_picture(self, block: Picture) -> None:
        self._words(self._paragraph("Caption", with_next=True), block.caption)
        self._draw(block)

    def _draw(self, block: Picture) -> None:
        """Set a picture, or the sentence that says the same where there is none of it."""
        if block.name not in self.pngs:
            self._words(self._paragraph(), block.alternative)
            return
        width = Mm(125 if block.narrow == "" else _TEXT_WIDTH)
        inline = self._inline(self.pngs[block.name], width)
        self.document.add_paragraph().add_run()._r.add_drawing(inline)
        described = inline.docPr
        described.set("descr", block.alternative.value)
        described.set("title", block.caption.value)

    def _inline(self, png: bytes, width: Length) -> Any:
        """Return a picture as it stands in a line; ``add_picture`` looks through the whole document for its number."""
        part = self.document.part
        relation, image = part.get_or_add_image(io.BytesIO(png))
        across, down = image.scaled_dimensions(width)
        self.last_id += 1
        return CT_Inline.new_pic_inline(self.last_id, relation, image.filename, across, down)

    def _set_ratings(self, block: RatingsBox) -> None:
        for fact in block.facts:
            self._words(self._paragraph(with_next=True), fact)
        if block.score is not None:
            self._words(self._paragraph(with_next=True), block.score, strong=True)
        if block.overall is not None:
            self._set_rating(self._paragraph(with_next=True), block.overall)
        if block.ruler is not None:
            self._draw(block.ruler)
        for domain, standards in block.domains:
            table = self._table(1 + len(standards), 2)
            for row, line in zip(table.rows, (domain, *standards), strict=True):
                name, rating = row.cells
                # The whole box stays on one page.
                name.paragraphs[0].paragraph_format.keep_with_next = True
                self._words(name.paragraphs[0], line.name, strong=line is domain)
                if line.step or line is not domain:
                    self._words(rating.paragraphs[0], line.rating, strong=True)
                    self._set_beside(rating.paragraphs[0], line)
            self._paragraph(with_next=domain is not block.domains[-1][0])


def _below(parent: Any, name: str, **attributes: str) -> Any:
    """Add an element of a document below another one, and return it."""
    made = parent.makeelement(f"{_NAMESPACE}{name}", {f"{_NAMESPACE}{key}": value for key, value in attributes.items()})
    parent.append(made)
    return made


def _with_country(code: str) -> str:
    """Return the code of a language with its country, which a spelling checker wants."""
    return {"en": "en-GB", "cy": "cy-GB"}.get(code, code)


def _with_fixed_times(package: bytes) -> bytes:
    """Return a document whose parts carry no time of writing, so that the same report gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            fixed.writestr(zipfile.ZipInfo(name), made.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
