"""`report --compare`: several inspections side by side (benchmarking), in every format.

Hands on: `render_comparison`. What is compared is worked out in figures.py, and decides nothing that a rating has not
decided; page.py and workbook.py only set it.
Private: figures, page, workbook.
"""
