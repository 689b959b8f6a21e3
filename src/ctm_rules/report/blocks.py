"""What a report is made of: a few kinds of block, all plain data, that every writer knows how to set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from ctm_rules.languages.languages import Text


@frozen
class Heading:
    """A heading of level 2 to 4; ``anchor`` is unique within the report."""

    level: int
    text: Text
    anchor: str


@frozen
class Link:
    """Words that lead to another place in the report, or to a file beside it."""

    text: Text
    to: str


@frozen
class Paragraph:
    """Words of their own, with what they lead to. ``role`` says how they are set: ``plain``, ``intro`` (of what
    follows), ``statement``, ``signature``, ``note`` or ``draft``.
    """

    text: Text
    role: str = "plain"
    links: tuple[Link, ...] = ()


@frozen
class Bullets:
    """A list of points."""

    items: tuple[Text, ...]


@frozen
class Finding:
    """A sentence with the figures that it puts into words, and what it leads to; ``anchor`` where links lead to it.

    ``lead`` is what kind of sentence it is, or what it is about, in a word or two.
    """

    text: Text
    lead: Text | None = None
    figures: tuple[Text, ...] = ()
    links: tuple[Link, ...] = ()
    anchor: str = ""


@frozen
class Findings:
    """Sentences, each with its figures beside it; numbered where people refer to them by number."""

    items: tuple[Finding, ...]
    is_numbered: bool = False


@frozen
class Folded:
    """Blocks that stand behind their summary on a screen, and open in print."""

    summary: Text
    blocks: tuple[Block, ...]


@frozen
class Column:
    """A column of a table and whether it holds numbers."""

    title: Text
    is_number: bool = False


@frozen
class Table:
    """A table with a caption; the first cell of each row names the row. ``anchor`` is unique within the report."""

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    anchor: str


@frozen
class Picture:
    """A picture as SVG with the sentence that says the same in words.

    Attributes:
        name: unique in the report, and fit for a file name.
        svg: the picture.
        alternative: what it shows, in a sentence.
        caption: its title.
        narrow: the same picture drawn for a phone, where one drawing does not do for both.
    """

    name: str
    svg: str
    alternative: Text
    caption: Text
    narrow: str = ""


@frozen
class Legend:
    """What the marks beside figures mean: each mark with its meaning, in the order in which they are explained."""

    title: Text
    items: tuple[tuple[str, Text], ...]


@frozen
class RatingLine:
    """One rating. ``step`` counts from 1, the best, to ``steps``; both are 0 where nothing is rated.

    ``beside`` says what must be known of it in the same breath, such as that a panel decided it.
    """

    name: Text
    rating: Text
    step: int
    steps: int
    anchor: str = ""
    beside: Text | None = None


@frozen
class RatingsBox:
    """All ratings at a glance: the facts above them, the overall rating if any, and each domain with its standards.

    ``ruler`` shows where a score lies between nought and the highest there is.
    """

    facts: tuple[Text, ...]
    score: Text | None
    overall: RatingLine | None
    ruler: Picture | None
    domains: tuple[tuple[RatingLine, tuple[RatingLine, ...]], ...]
    caption: Text


Block = Heading | Paragraph | Bullets | Findings | Folded | Table | Picture | Legend | RatingLine | RatingsBox
"""Whatever a report is made of."""


@frozen
class Report:
    """A report ready to be set.

    Attributes:
        language: the code of the language that the report itself is written in.
        title, provider: what it is about.
        publisher: who publishes it, or that it is a demonstration.
        status: what stands on every page, such as that it is a draft (``None``: nothing).
        notices: what every reader must know first, such as that the cases are synthetic.
        contents_title, downloads_title, to_top, skip: words that the page around the text needs.
        opening: what stands before the contents: the ratings at a glance, and why.
        blocks: the text.
        footer: what stands at the end of every page.
        date: the day on which the report's files were written (year, month, day).
    """

    language: str
    title: Text
    provider: Text
    publisher: Text
    status: Text | None
    notices: tuple[Text, ...]
    contents_title: Text
    downloads_title: Text
    to_top: Text
    skip: Text
    opening: tuple[Block, ...]
    blocks: tuple[Block, ...]
    footer: Text
    date: tuple[int, int, int]

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of level 2."""
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level == 2)

    @property
    def every_block(self) -> tuple[Block, ...]:
        """All blocks in their order, those that are folded too."""
        return tuple(unfolded((*self.opening, *self.blocks)))

    @property
    def led_to(self) -> frozenset[str]:
        """The anchors to which sentences lead."""
        items: list[Finding | Paragraph] = []
        for block in self.every_block:
            items += block.items if isinstance(block, Findings) else [block] if isinstance(block, Paragraph) else []
        return frozenset(link.to.removeprefix("#") for item in items for link in item.links)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures in their order."""
        found: list[Picture] = []
        for block in self.every_block:
            if isinstance(block, RatingsBox) and block.ruler is not None:
                found.append(block.ruler)
            elif isinstance(block, Picture):
                found.append(block)
        return tuple(found)


def unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks as they stand in print, where nothing is folded."""
    for block in blocks:
        if isinstance(block, Folded):
            yield from unfolded(block.blocks)
        else:
            yield block
