"""What inspectors fill in, made from the standards: nothing is asked that surely does not apply, and nothing is hidden.

Hands on: `write_form` (a workbook with a page or a row for each case); `write_xlsform` (for servers of forms, with how
what they export is read); `surely` and `surely_asked` (conditions as a
program of forms can compute them), whatever kind of form it is; `content_of`, what a form asks, for pages that ask the
same. A form is read back where all tables of cases are.
Private: collected, pages, register, relevance, spreadsheet_formulas, workbook, xlsform, xpath.
"""
