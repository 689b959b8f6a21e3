"""What is wrong, where, and what to do: findings, their codes, and the formats that they are written in.

Hands on: `Code`, `Diagnostic`, `Location` and `Findings`, with which every check reports, and the errors that carry
them (`DiagnosticError`); the nearest name and the nearest value, for hints (`nearest_name_hint`, `nearest_value`); what
odd characters are called (`say_character`); the pages of codes (`find_code`); and findings as text, JSON, GitHub
annotations and SARIF (`as_text`, `as_json`, `as_github`, `as_sarif`).
Private: none.
"""
