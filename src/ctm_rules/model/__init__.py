"""What a framework, a case and an outcome are: plain frozen data, and how they are put into words.

Hands on: the classes of framework.py, conditions.py, cases.py and outcomes.py; the questions that are asked of them in
many places (`conditions_of`, `walk`, `children`, `declared_values`, `Framework.checksum`); which values a case may have
(`CaseRules`, `type_fact_value`) and how tables record them (`Reading`, `Cells`, `cell_text`, `match_columns`); and
rules in plain English (`say`).
Private: checksum.
"""
