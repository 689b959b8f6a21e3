"""The rows of a Parquet file as texts, for tables that are read case by case.

What reads it is PyArrow alone: it survives damaged headers of pages, and it holds the checksums of pages against their
data where a file has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ctm_rules.case_files.csv_rows import Row
from ctm_rules.extras import needs_extra
from ctm_rules.limits import MAX_PARQUET_BYTES, ROWS_FETCHED_AT_ONCE
from ctm_rules.model.reading import cell_text

with needs_extra("bulk", "reading Parquet files"):
    import pyarrow as pa
    import pyarrow.parquet


class ParquetError(Exception):
    """A file is no Parquet file, is damaged, or unpacks to more than there is room for."""


class ParquetTable:
    """A Parquet file that was opened.

    Attributes:
        header: the names of its columns.
    """

    def __init__(self, content: bytes) -> None:
        """Open the content of a file.

        Raises:
            ParquetError: it cannot be read.
        """
        try:
            self._file = pa.parquet.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
            metadata = self._file.metadata
            self.header: list[str] = [name.strip() for name in metadata.schema.to_arrow_schema().names]
            unpacked = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
        except _UNREADABLE as error:
            raise ParquetError(_said(error)) from None
        if unpacked > MAX_PARQUET_BYTES:
            raise ParquetError(f"it unpacks to more than {MAX_PARQUET_BYTES:,} bytes")

    def rows(self) -> Iterator[Row]:
        """Yield its rows, counted from 1; whatever a row holds, it is one.

        Raises:
            ParquetError: the file is damaged.
        """
        number = 0
        try:
            for batch in self._file.iter_batches(ROWS_FETCHED_AT_ONCE):
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield Row(number, [cell_text(cell).strip() for cell in cells])
        except _UNREADABLE as error:
            raise ParquetError(_said(error)) from None


_UNREADABLE = (OSError, pa.ArrowException, ValueError, OverflowError)
"""What reading a damaged file raises; values that Python has none for are among it, such as a day in the year 20000."""


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
