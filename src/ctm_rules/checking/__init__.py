"""`check`: what is allowed in a declaration but wrong or doubtful (linting), and every kind of file looked at.

Hands on: `check_framework`; `check_paths` (files and folders to everything found in them); `EDITION_DATES`, for whoever
starts an edition.
Each family of checks has a module, called in the order of framework.py: usage, sources, texts, names; what rules and
scales come to is said by the package called meaning.
Private: copies, elements, names, sources, texts, usage.
"""
