"""Reports as Word documents, which inspectors edit: everything is set by styles, and nothing by direct formatting.

The text is written as the file holds it. The library that opens the document and knows its styles would look through
the neighbours of every element that it adds: for the cells of a long report that takes longer than all the rest of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap, qn
from docx.oxml.shape import CT_Inline
from docx.oxml.xmlchemy import serialize_for_reading
from docx.shared import Mm, Pt, RGBColor

from ctm_rules.diagnostics.findings import Location, RequestError
from ctm_rules.languages.languages import Text
from ctm_rules.limits import MAX_DOCUMENT_PROPERTY
from ctm_rules.report.blocks import (
    Block,
    Bullets,
    Finding,
    Findings,
    Folded,
    Heading,
    Legend,
    Link,
    Paragraph,
    Picture,
    RatingLine,
    RatingsBox,
    Report,
    Table,
)
from ctm_rules.report.fonts import Fonts
from ctm_rules.report.html_and_markdown import BAD_TEMPLATE
from ctm_rules.report.pdf import write_pngs


def write_docx(report: Report, fonts: Fonts, own: Path | None = None, languages: Sequence[Link] = ()) -> bytes:
    """Return a report as a Word document; ``report.docx`` in a folder of your own lends it its styles.

    A picture with letters that the fonts lack is left out; the sentence that says the same takes its place.
    ``languages`` lead to the same report in other languages.

    Raises:
        DiagnosticError: that file is no Word document, or lacks a style that the report uses.
    """
    template = None if own is None or not (own / "report.docx").is_file() else own / "report.docx"
    try:
        return _WordWriter(report, template, fonts).write(languages)
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
_MARK, _CELL, _NUMBER_CELL, _LINK = "Figure Mark", "Table Text", "Table Number", "Hyperlink"
"""Styles of our own: the letter behind a figure, words in a table, numbers in one, and words that lead elsewhere."""
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
_NARROW_PICTURE, _WIDE_PICTURE = 60, 150  # millimetres
_FEW_ROWS = 6
_FIRST, _WORDS, _NUMBER = 5, 3, 2.5  # how wide columns are beside each other; the first names the row
_HEADINGS = ("Heading 1", "Heading 2", "Heading 3", "Heading 4")
_BLUE = RGBColor(0x1D, 0x4F, 0x91)
_HERE = "the text of the report"
"""The comment that stands in the document where its text belongs until it is written."""


class _WordWriter:
    """Writes one report.

    Attributes:
        body: the paragraphs and tables that are written so far.
    """

    def __init__(self, report: Report, template: Path | None, fonts: Fonts) -> None:
        self.report = report
        self.document = docx.Document(None if template is None else str(template))
        if self.document.element.nsmap.get("w") != nsmap["w"]:
            raise ValueError("it was not saved as a document of Word (.docx)")
        self.styles: dict[str, Any] = {name: self.document.styles[name] for name in (*_STYLES, *_HEADINGS)}
        self._add_styles()
        if template is None:
            self._set_styles()
        self.ids = {name: quoteattr(style.style_id) for name, style in self.styles.items()}
        pictures = [picture for picture in report.pictures if not fonts.lacks(picture.svg)]
        pngs = write_pngs([picture.svg for picture in pictures], fonts)
        self.pngs = {picture.name: png for picture, png in zip(pictures, pngs, strict=True)}
        self.last_id = self.document.part.next_id - 1
        self.bookmarks: dict[str, int] = {}
        self.body: list[str] = []

    def write(self, languages: Sequence[Link]) -> bytes:
        report = self.report
        self._set_properties()
        self._paragraph("Normal", self._words(report.publisher, strong=True))
        self._paragraph("Title", self._words(report.title))
        for link in languages:
            self._paragraph("Normal", self._link(link))
        for notice in report.notices:
            self._paragraph("Intense Quote", self._words(notice))
        for block in report.opening:
            self._set_block(block)
        if report.contents:
            self._paragraph("TOC Heading", self._words(report.contents_title))
            headings = [heading.text.value for heading in report.contents]
            self._paragraph("Normal", _field('TOC \\o "1-2" \\h \\z', headings))
        for block in report.blocks:
            self._set_block(block)
        section = self.document.sections[0]
        if report.status is not None:
            self._extend(section.header.paragraphs[0], self._words(report.status, strong=True))
        pages = f"<w:r><w:tab/></w:r>{_field('PAGE')}{_run('/')}{_field('NUMPAGES')}"
        self._extend(section.footer.paragraphs[0], self._words(report.footer) + pages)
        return self._saved()

    def _saved(self) -> bytes:
        self.document.element.body.get_or_add_sectPr().addprevious(_elements(f"<!--{_HERE}-->")[0])
        out = io.BytesIO()
        self.document.save(out)
        return _with_text(out.getvalue(), self.document.part.partname.lstrip("/"), "".join(self.body))

    # --- Styles and properties -------------------------------------------------------------------------

    def _add_styles(self) -> None:
        """Add the styles of our own that the document does not have, and say which language it is written in."""
        known = {style.name for style in self.document.styles}
        for name in (_MARK, _CELL, _NUMBER_CELL, _LINK):
            kind = WD_STYLE_TYPE.CHARACTER if name in (_MARK, _LINK) else WD_STYLE_TYPE.PARAGRAPH
            if name not in known:
                style = self.document.styles.add_style(name, kind)
                if name == _MARK:
                    style.font.superscript = True
                elif name == _LINK:
                    style.font.underline, style.font.color.rgb = True, _BLUE
                else:
                    style.base_style = self.styles["Normal"]
                    style.font.size, style.paragraph_format.space_after = Pt(9.5), Pt(0)
                if name == _NUMBER_CELL:
                    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self.styles[name] = self.document.styles[name]
        self.styles["Caption"].paragraph_format.keep_with_next = True
        properties = self.styles["Normal"].element.get_or_add_rPr()
        for other in properties.findall(qn("w:lang")):
            properties.remove(other)
        properties.extend(_elements(_of_language(self.report.language)))

    def _set_styles(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        self.styles["Normal"].font.name, self.styles["Normal"].font.size = "Arial", Pt(11)
        footer = self.document.styles["Footer"]
        footer.font.size = Pt(9)
        footer.paragraph_format.tab_stops.clear_all()
        footer.paragraph_format.tab_stops.add_tab_stop(Mm(_TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        table = self.styles["Table Grid"].element.find(qn("w:tblPr"))
        for line in table.find(qn("w:tblBorders")):
            is_upright = line.tag in (qn("w:left"), qn("w:right"), qn("w:insideV"))
            line.set(qn("w:val"), "nil" if is_upright else "single")
            line.set(qn("w:color"), "B1B4B6")
        for room in table.find(qn("w:tblCellMar")):
            room.set(qn("w:w"), "40" if room.tag in (qn("w:top"), qn("w:bottom")) else "80")
        for name, size in (
            ("Title", 24),
            ("Heading 1", 18),
            ("Heading 2", 14),
            ("Heading 3", 12),
            ("Heading 4", 11),
            ("Caption", 10),
        ):
            style = self.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), _BLUE
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
        properties.created = properties.modified = datetime(*report.date, 12)
        properties.last_modified_by = ""

    # --- Words -----------------------------------------------------------------------------------------

    def _paragraph(self, style: str, words: str, *, with_next: bool = False) -> None:
        self.body.append(self._written_paragraph(style, words, with_next=with_next))

    def _written_paragraph(self, style: str, words: str, *, with_next: bool = False) -> str:
        kept = "<w:keepNext/>" if with_next else ""
        return f"<w:p><w:pPr><w:pStyle w:val={self.ids[style]}/>{kept}</w:pPr>{words}</w:p>"

    def _extend(self, paragraph: Any, words: str) -> None:
        """Set words in a paragraph that the document has: that of its header, or its footer."""
        paragraph._p.extend(_elements(words))

    def _words(self, text: Text, *, strong: bool = False, style: str = "") -> str:
        style = style or ("Strong" if strong or text.strong else "")
        declared = f"<w:rStyle w:val={self.ids[style]}/>" if style else ""
        if text.language != self.report.language:
            declared += _of_language(text.language)
        return _run(text.value, declared) + self._mark(text.mark)

    def _mark(self, mark: str) -> str:
        """Return the letter that says where a figure comes from."""
        return _run(mark, f"<w:rStyle w:val={self.ids[_MARK]}/>") if mark else ""

    def _link(self, link: Link) -> str:
        """Return words that lead to a place in the document, or to a file beside it."""
        if link.to.startswith("#"):
            place = f"w:anchor={quoteattr(self._bookmark(link.to[1:]))}"
        else:
            to = self.document.part.relate_to(link.to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            place = f'xmlns:r="{nsmap["r"]}" r:id="{to}"'
        return f'<w:hyperlink {place} w:history="1">{self._words(link.text, style=_LINK)}</w:hyperlink>'

    def _bookmark(self, anchor: str) -> str:
        """Return the name of the bookmark of an anchor: Word takes letters, digits and 40 of them."""
        number = self.bookmarks.setdefault(anchor, len(self.bookmarks) + 1)
        return f"{re.sub('[^a-z0-9]', '_', f'to_{anchor}')[:32]}_{number}"

    def _marked(self, anchor: str, words: str) -> str:
        """Return words that links lead to."""
        if not anchor:
            return words
        name = quoteattr(self._bookmark(anchor))
        number = self.bookmarks[anchor]
        return f'<w:bookmarkStart w:id="{number}" w:name={name}/>{words}<w:bookmarkEnd w:id="{number}"/>'

    # --- Blocks ----------------------------------------------------------------------------------------

    def _set_block(self, block: Block) -> None:
        match block:
            case Heading():
                self._paragraph(_HEADINGS[block.level - 2], self._marked(block.anchor, self._words(block.text)))
            case Paragraph():
                words = self._words(block.text, strong=block.role == "signature")
                words += self._leads(block.links)
                self._paragraph(_ROLES[block.role], words, with_next=block.role == "intro")
            case Bullets():
                for item in block.items:
                    self._paragraph("List Bullet", self._words(item))
            case Findings():
                for finding in block.items:
                    self._set_finding(finding, "List Number" if block.is_numbered else "List Bullet")
            case Folded():
                for inner in block.blocks:
                    self._set_block(inner)
            case Table():
                self._set_table(block)
            case Picture():
                self._paragraph("Caption", self._words(block.caption), with_next=True)
                self._draw(block)
            case Legend():
                for mark, meaning in block.items:
                    self._paragraph("List", f"{self._mark(mark)}{_run(' ')}{self._words(meaning)}")
            case RatingLine():
                self._paragraph("Normal", self._rating(block))
            case RatingsBox():
                self._set_ratings(block)

    def _set_finding(self, item: Finding, style: str) -> None:
        lead = "" if item.lead is None else self._words(item.lead, strong=True) + _run(". ")
        words = self._words(item.text)
        figures = _run("; ").join(map(self._words, item.figures))
        beside = f"{_run(' (')}{figures}{_run(')')}" if item.figures else ""
        self._paragraph(style, self._marked(item.anchor, lead + words + beside + self._leads(item.links)))

    def _leads(self, links: Sequence[Link]) -> str:
        return "".join(f"{_run(' → ')}{self._link(link)}" for link in links)

    def _rating(self, line: RatingLine) -> str:
        return f"{self._words(line.name)}{_run(': ')}{self._words(line.rating, strong=True)}{self._beside(line)}"

    def _beside(self, line: RatingLine) -> str:
        return "" if line.beside is None else f"{_run(' (')}{self._words(line.beside)}{_run(')')}"

    def _set_table(self, block: Table) -> None:
        self._paragraph("Caption", self._words(block.caption), with_next=True)
        shares = [_FIRST, *(_NUMBER if column.is_number else _WORDS for column in block.columns[1:])]
        widths = [Mm(_TEXT_WIDTH * share / sum(shares)).twips for share in shares]
        styles = [_NUMBER_CELL if column.is_number else _CELL for column in block.columns]
        made = []
        for number, texts in enumerate((tuple(column.title for column in block.columns), *block.rows)):
            # A table of a few rows stays on one page. Where one goes over pages, no row of it stands alone on a page.
            is_end = number in (0, 1, len(block.rows) - 1)
            is_kept = number < len(block.rows) and (len(block.rows) <= _FEW_ROWS or is_end)
            paragraphs = [
                self._written_paragraph(style, self._words(text, strong=number == 0), with_next=is_kept)
                for style, text in zip(styles, texts, strict=True)
            ]
            made.append(_row(widths, paragraphs, is_header=number == 0))
        self._set_rows(widths, made)
        self._paragraph("Normal", "")

    def _set_rows(self, widths: Sequence[int], rows: Iterable[str]) -> None:
        """Set a table. Word goes by the width of the cells, other programs by that of the columns."""
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        look = 'w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" w:noHBand="0" w:noVBand="1"'
        style = f'<w:tblStyle w:val={self.ids["Table Grid"]}/><w:tblW w:w="0" w:type="auto"/>'
        declared = f'{style}<w:tblLook w:val="04A0" {look}/>'
        grid = f"<w:tblGrid>{columns}</w:tblGrid>"
        self.body.append(f"<w:tbl><w:tblPr>{declared}</w:tblPr>{grid}{''.join(rows)}</w:tbl>")

    def _draw(self, block: Picture) -> None:
        """Set a picture, or the sentence that says the same where there is none of it."""
        if block.name not in self.pngs:
            self._paragraph("Normal", self._words(block.alternative))
            return
        relation, image = self.document.part.get_or_add_image(io.BytesIO(self.pngs[block.name]))
        across, down = image.scaled_dimensions(Mm(_NARROW_PICTURE if block.narrow == "" else _WIDE_PICTURE))
        self.last_id += 1
        inline = CT_Inline.new_pic_inline(self.last_id, relation, image.filename, across, down)
        inline.docPr.set("descr", block.alternative.value)
        inline.docPr.set("title", block.caption.value)
        self._paragraph("Normal", f"<w:r><w:drawing>{serialize_for_reading(inline)}</w:drawing></w:r>")

    def _set_ratings(self, block: RatingsBox) -> None:
        for fact in block.facts:
            self._paragraph("Normal", self._words(fact), with_next=True)
        if block.score is not None:
            self._paragraph("Normal", self._words(block.score, strong=True), with_next=True)
        if block.overall is not None:
            self._paragraph("Normal", self._rating(block.overall), with_next=True)
        if block.ruler is not None:
            self._draw(block.ruler)
        widths = [Mm(_TEXT_WIDTH / 2).twips] * 2
        for domain, standards in block.domains:
            rows = []
            for line in (domain, *standards):
                is_rated = line.step or line is not domain
                rating = self._words(line.rating, strong=True) + self._beside(line) if is_rated else ""
                words = self._words(line.name, strong=line is domain), rating
                # The whole box stays on one page.
                rows.append(_row(widths, [self._written_paragraph("Normal", each, with_next=True) for each in words]))
            self._set_rows(widths, rows)
            self._paragraph("Normal", "", with_next=domain is not block.domains[-1][0])


# --- How a document holds what it holds --------------------------------------------------------------


def _run(words: str, declared: str = "") -> str:
    """Return words, with what is declared of them."""
    return f'<w:r><w:rPr>{declared}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def _row(widths: Sequence[int], paragraphs: Sequence[str], *, is_header: bool = False) -> str:
    header = '<w:tblHeader w:val="true"/>' if is_header else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'
        for width, paragraph in zip(widths, paragraphs, strict=True)
    )
    return f'<w:tr><w:trPr><w:cantSplit w:val="true"/>{header}</w:trPr>{cells}</w:tr>'


def _field(instruction: str, shown: Sequence[str] = ("1",)) -> str:
    """Return a field, which Word works out, with what stands there until it has."""
    begin = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    code = f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
    separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
    return f"{begin}{code}{separate}{'<w:r><w:br/></w:r>'.join(map(_run, shown))}{end}"


def _of_language(code: str) -> str:
    """Return that words are in a language: a spelling checker wants its country too."""
    return f"<w:lang w:val={quoteattr({'en': 'en-GB', 'cy': 'cy-GB'}.get(code, code))}/>"


def _elements(written: str) -> list[Any]:
    return list(parse_xml(f'<w:body xmlns:w="{nsmap["w"]}">{written}</w:body>'))


def _with_text(package: bytes, part: str, text: str) -> bytes:
    """Return a document with its text, whose parts carry no time of writing: the same report gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in made.namelist():
            content = made.read(name)
            if name == part:
                before, _, after = content.decode().rpartition(f"<!--{_HERE}-->")
                content = f"{before}{text}{after}".encode()
            fixed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
