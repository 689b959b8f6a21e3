"""`check`: what is allowed in a declaration but wrong or doubtful (linting), and every kind of file looked at.

Hands on: `check_paths` (files and folders to everything found in them); `EDITION_DATES`, for whoever starts an edition.
Each family of checks has a module, called in the order of framework.py: usage, clauses_without_effect, sources, rules
(with never_and_always), scales, texts, names.
Private: clauses_without_effect, copies, elements, framework, names, never_and_always, rule_use, rules, scales, sources,
texts, usage.
"""
