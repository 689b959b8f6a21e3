"""Tables of cases, whatever the kind of file: rows in, typed facts and answers out.

Hands on: `read_cases` (a table read case by case); for tables of any size `find_files`, `open_file`, `split` and
`read_pieces` with what they give, a `Source` and its `Piece`s; whether a file is a case table
(`looks_like_a_case_table`), and whether what is said of its encoding can be (`check_encoding`); what every reader says
of a header and a cell (`check_header`, `quote_cell`, `BAD_COLUMN`, `BAD_ROW`), and of a place in a form
(`shown_in_form`).
Private: csv_pieces, ods_rows, parquet_pages, parquet_pieces, parquet_rows, sheets, workbooks, xls_rows.
"""
