"""Results in notebooks: rows for dataframes and a small table in HTML, from the plain data that results give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ctm_rules.extras import needs_extra

if TYPE_CHECKING:
    import pandas
    import polars

Row = Mapping[str, str | int | None]


def html_table(title: str, rows: Sequence[Row]) -> str:
    """Return rows as an HTML table with a caption; every word in it is text, never markup."""
    from html import escape  # notebooks alone need it, and ratings are mostly made elsewhere

    columns = list(rows[0]) if rows else []
    head = "".join(f'<th scope="col">{escape(column.replace("_", " "))}</th>' for column in columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(_shown(row[column]))}</td>' for column in columns)}</tr>" for row in rows
    )
    caption = f"<caption>{escape(title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(cell: str | int | None) -> str:
    return "" if cell is None else str(cell)


def polars_frame(rows: Sequence[Row]) -> polars.DataFrame:
    """Return rows as a Polars dataframe.

    Raises:
        MissingExtraError: Polars is not installed.
    """
    with needs_extra("polars", "a Polars dataframe"):
        import polars
    return polars.DataFrame(rows, infer_schema_length=None)


def pandas_frame(rows: Sequence[Row]) -> pandas.DataFrame:
    """Return rows as a pandas dataframe; whole numbers stay whole where some are missing.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    with needs_extra("pandas", "a pandas dataframe"):
        import pandas
    return pandas.DataFrame(list(rows)).convert_dtypes()
