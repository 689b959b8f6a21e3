"""A published page taken apart, as its reader sees it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

from lxml import html

Rows = Mapping[str, Mapping[str, str]]


class Page:
    """A page as its reader sees it: its text, and its tables by caption, row and column."""

    def __init__(self, content: bytes) -> None:
        self.document = html.document_fromstring(content.decode())
        self.text = " ".join(self.document.text_content().split())

    def table(self, caption: str) -> Rows:
        for table in self.document.iter("table"):
            if words_of(table.find("caption")) == caption:
                columns = [words_of(cell) for cell in table.findall("thead/tr/th")]
                rows = [[words_of(cell) for cell in row] for row in table.findall("tbody/tr")]
                return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
        raise AssertionError(f"there is no table {caption!r}")

    def ratings_of_standards(self) -> dict[str, str]:
        """Return what the ratings box says, by standard."""
        rows = self.document.xpath("//section[@class='ratings']//tr")
        return {words_of(row.find("th")): words_of(row.xpath(".//*[@class='tag']")[0]) for row in rows}

    def ratings(self) -> dict[str, str]:
        """Return what the ratings box says, by standard, overall, and as a whole."""
        box = self.document.xpath("//section[@class='ratings']")[0]
        overall = words_of(box.xpath(".//*[@class='overall']//*[@class='tag']")[0])
        return {**self.ratings_of_standards(), "overall": overall, "box": words_of(box)}


def words_of(element: html.HtmlElement) -> str:
    """Return what people read in an element, with one space between words and without the marks of its figures."""
    marks = element.xpath(".//sup[@class='origin']")
    if marks:
        element = deepcopy(element)
        for mark in element.xpath(".//sup[@class='origin']"):
            mark.drop_tree()
    return " ".join(element.text_content().split())


def mark_of(element: html.HtmlElement) -> str:
    """Return the marks in an element that say where its figures come from, one after the other."""
    return "".join(mark.text_content() for mark in element.xpath(".//sup[@class='origin']"))
