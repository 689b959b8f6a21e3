"""`report --compare`: several inspections side by side, as a page and a workbook.

Hands on `render_comparison` (rendering.py). What is compared is worked out in figures.py, which decides nothing that a
rating has not decided; page.py and workbook.py only set it.
"""
