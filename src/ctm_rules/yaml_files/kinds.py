"""What kind of file a YAML file is: by its modeline, or by its keys, wherever it lies and whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from ctm_rules.files import start_of
from ctm_rules.limits import MAX_YAML_BYTES, MODELINE_BYTES

FileKind = Literal[
    "framework",
    "facts",
    "measures",
    "standard",
    "scenarios",
    "inspection",
    "amendment",
    "reading",
    "words",
    "language",
]

PARTS_OF_A_FRAMEWORK: tuple[FileKind, ...] = ("facts", "measures", "standard")
"""The kinds that are read with the framework in whose folder they lie, and nowhere else."""

# The keys that only this kind has, or that none of it can do without: one of them must be there.
_TELLING: Mapping[FileKind, frozenset[str]] = {
    "framework": frozenset({"ratings", "scales", "domains", "in_force_from", "key_question_bands"}),
    "facts": frozenset({"facts"}),
    "measures": frozenset({"measures", "subgroups"}),
    "standard": frozenset({"slug", "statement", "rated_by", "key_questions"}),
    "scenarios": frozenset({"scenarios", "tables"}),
    "inspection": frozenset({"provider", "fieldwork", "cases"}),
    "amendment": frozenset({"amends"}),
    "reading": frozenset(
        {"columns", "values", "missing_values", "date_formats", "ignore_columns", "unknown_columns"}
        | {"name_after_last", "absent_columns", "only_rows", "undecided"}
    ),
    "words": frozenset({"drafts", "comparisons", "strength_from"}),
    "language": frozenset({"labels", "phrases", "months"}),
}
# The others that it may have. A file of another project has one of ours by chance, and then several that are not.
_MORE: Mapping[FileKind, frozenset[str]] = {
    "framework": frozenset(
        {"id", "edition", "title", "publisher", "standards", "standard_rating", "domain_rating", "overall", "panel"}
        | {
            "in_force_to",
            "facts",
            "provider_facts",
            "samples",
            "variants",
            "measures",
            "subgroups",
            "disclosure",
            "source",
            "assumed",
        }
    ),
    "facts": frozenset(),
    "measures": frozenset(),
    "standard": frozenset(
        {"id", "title", "themes", "rating", "scale", "in_total", "applies_when", "sample", "source"}
        | {"assumed", "formerly"}
    ),
    "scenarios": frozenset({"framework", "key_question", "facts"}),
    "inspection": frozenset(
        {"framework", "title", "source", "population", "foreword", "background", "judgements", "case_judgements"}
        | {
            "decisions",
            "previous",
            "ratings_from",
            "findings",
            "sections",
            "recommendations",
            "figures",
            "published",
            "published_by",
            "printed",
            "status",
            "corrections",
            "summary",
            "signed_by",
            "lead_inspector",
            "thanks",
            "glossary",
            "footnotes",
            "press_release",
            "language",
            "translations_read_by",
        }
    ),
    "amendment": frozenset({"title", "reason", "set", "remove", "add"}),
    "reading": frozenset({"table", "marks", "notes"}),
    "words": frozenset({"also", "as_printed"}),
    "language": frozenset({"language", "name", "unofficial", "note", "least_translated", "ratings", "wording"}),
}

_KEY = re.compile(r"^([A-Za-z_]+) *:", re.MULTILINE)
_MODELINE = re.compile(r"\$schema=\S*?([a-z]+)\.schema\.json")


def is_yaml_file(file: Path) -> bool:
    """Return whether a file is called like a YAML file, in capitals or not."""
    return file.suffix.lower() in (".yaml", ".yml")


def keys_of_kind(kind: FileKind) -> frozenset[str]:
    """Return the keys that a file of a kind may have at its left margin."""
    return _TELLING[kind] | _MORE[kind]


def kind_by_keys(keys: Iterable[str]) -> FileKind | None:
    """Return the kind of a file with these keys at its left margin (``None``: none of ours).

    More than half of its keys must be of the kind, so that one that is misspelt does not hide what the file is.
    """
    found = set(keys)
    known = {
        kind: len(found & keys_of_kind(kind))
        for kind, telling in _TELLING.items()
        if found & telling and 2 * len(found & keys_of_kind(kind)) > len(found)
    }
    # Where several would do, it is the one with the fewest keys that could also be there.
    return max(known, key=lambda kind: (known[kind], -len(keys_of_kind(kind))), default=None)


def kind_of_file(file: Path) -> FileKind | None:
    """Return the kind of a YAML file by what is in it (``None``: none of ours), also where it is not well formed."""
    text = _text(file)
    modeline = _MODELINE.search(text[:MODELINE_BYTES])
    if modeline is not None and modeline[1] in _TELLING:
        return next(kind for kind in _TELLING if kind == modeline[1])
    return kind_by_keys(_KEY.findall(text))


def _text(file: Path) -> str:
    """Return what can be read of a file; every encoding that people save in has our keys in it."""
    content = start_of(file, MAX_YAML_BYTES)
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if wide else "utf-8-sig", errors="replace")
