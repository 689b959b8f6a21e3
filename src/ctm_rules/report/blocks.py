"""What a report is made of: a few kinds of block, all plain data, that every writer knows how to set."""

from __future__ import annotations

from attrs import frozen

from ctm_rules.languages.languages import Text


@frozen
class Heading:
    """A heading of level 2 to 4; ``anchor`` is unique within the report."""

    level: int
    text: Text
    anchor: str


@frozen
class Paragraph:
    """Words of their own. ``role`` says how they are set: ``plain``, ``statement``, ``note`` or ``draft``."""

    text: Text
    role: str = "plain"


@frozen
class Bullets:
    """A list of points."""

    items: tuple[Text, ...]


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
    """A picture as SVG with the sentence that says the same in words. ``name`` is unique and fit for a file name."""

    name: str
    svg: str
    alternative: Text
    caption: Text


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
    """All ratings at a glance: the facts above them, the overall rating if any, and each domain with its standards."""

    facts: tuple[Text, ...]
    score: Text | None
    overall: RatingLine | None
    domains: tuple[tuple[RatingLine, tuple[RatingLine, ...]], ...]
    caption: Text


Block = Heading | Paragraph | Bullets | Table | Picture | Legend | RatingLine | RatingsBox


@frozen
class Report:
    """A report ready to be set.

    Attributes:
        language: the code of the language that the report itself is written in.
        title, provider: what it is about.
        publisher: who publishes it, or that it is a demonstration.
        status: what stands on every page, such as that it is a draft (``None``: nothing).
        notices: what every reader must know first, such as that the cases are synthetic.
        contents_title, skip: words that the page around the text needs.
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
    skip: Text
    blocks: tuple[Block, ...]
    footer: Text
    date: tuple[int, int, int]

    @property
    def contents(self) -> tuple[Heading, ...]:
        """The headings of level 2."""
        return tuple(block for block in self.blocks if isinstance(block, Heading) and block.level == 2)
