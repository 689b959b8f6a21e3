"""The register of what is assumed: everything that the source does not print, until somebody confirms it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from attrs import frozen
from starlette.responses import Response

from ctm_rules.diagnostics.findings import Diagnostic, DiagnosticError, Findings
from ctm_rules.editing.edits import Add, Edit, Plain, Pointer, Remove, SetValue, node_of
from ctm_rules.phrases import say_list
from ctm_rules.workbench.changing import needed
from ctm_rules.workbench.elements import Element, element_at, title_of
from ctm_rules.workbench.fields import as_typed, pointer_text
from ctm_rules.workbench.forms import one
from ctm_rules.workbench.pages import Asked, Pages
from ctm_rules.workbench.saving import day_of
from ctm_rules.yaml_files.layout_tree import Text

ASSUMED = "assumed"
SOURCE = "source"
CONFIRMED_BY, CONFIRMED_ON = "confirmed_by", "confirmed_on"


@frozen
class Assumption:
    """What one block of a file assumes.

    Attributes:
        file: the file.
        at: where the block stands.
        called: what it is called, with what it belongs to.
        keys: the keys that the source does not print.
    """

    file: str
    at: str
    called: str
    keys: tuple[str, ...]


def register(pages: Pages, asked: Asked, errors: Sequence[Diagnostic] = ()) -> Response:
    """Everything that is assumed, with a form for each."""
    values = {
        "assumptions": list(_assumed(pages)),
        "confirmed": list(_confirmed(pages)),
        "typed": asked.typed,
        "errors": errors,
    }
    status = 422 if errors else 200
    return pages.page("register", pages.words.plain("assumptions"), values, here="/assumptions", status=status)


def _assumed(pages: Pages) -> Iterator[Assumption]:
    for name, at, block, called in _every_block(pages):
        keys = block.get(ASSUMED)
        if isinstance(keys, list) and keys:
            yield Assumption(name, pointer_text(at), ": ".join(called) or name, tuple(map(as_typed, keys)))


@frozen
class Confirmation:
    """What somebody confirmed.

    Attributes:
        file: the file.
        at: where the block stands.
        called: what it is called, with what it belongs to.
        source: by what.
        who, when: who did, and on which day.
    """

    file: str
    at: str
    called: str
    source: str
    who: str
    when: str


def _confirmed(pages: Pages) -> Iterator[Confirmation]:
    for name, at, block, called in _every_block(pages):
        source = block.get(SOURCE)
        if isinstance(source, dict) and (source.get(CONFIRMED_BY) or source.get(CONFIRMED_ON)):
            said = ", ".join(filter(None, (as_typed(source.get(key)) for key in ("title", "section"))))
            who, when = as_typed(source.get(CONFIRMED_BY)), as_typed(source.get(CONFIRMED_ON))
            yield Confirmation(name, pointer_text(at), ": ".join(called) or name, said, who, when)


def _every_block(pages: Pages) -> Iterator[tuple[str, Pointer, dict[str, Plain], tuple[str, ...]]]:
    session = pages.session
    for file in session.declaring:
        try:
            says = session.document(file).says()
        except DiagnosticError:
            continue  # what is wrong with it stands among the findings
        for at, block, called in _blocks(says, (), ()):
            yield session.name_of(file), at, block, called


def _blocks(
    value: Plain, at: Pointer, called: tuple[str, ...]
) -> Iterator[tuple[Pointer, dict[str, Plain], tuple[str, ...]]]:
    if isinstance(value, dict):
        own = title_of(value) or ("".join(map(str, at[-1:])).replace("_", " ") if ASSUMED in value else "")
        called = (*called, own) if own else called
        yield at, value, called
        for key, below in value.items():
            yield from _blocks(below, (*at, key), called)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _blocks(below, (*at, number), called)


def confirmed(pages: Pages, asked: Asked) -> Response:
    """Take keys off the list of what is assumed, and write who confirmed them, when, and from what."""
    typed, session = asked.typed, pages.session
    file = one(typed, "file")
    findings = Findings()
    keys = [key for key in typed.get("keys", ()) if key]
    title, who, said = (" ".join(one(typed, name).split()) for name in ("title", "who", "when"))
    for name, value in (("confirmed_keys", " ".join(keys)), ("source_title", title), ("who", who), ("when", said)):
        if not value:
            findings.extend([needed(file, pages.words.plain(name))])
    try:
        findings.raise_errors()
        element = element_at(session, file, one(typed, "at"))
        edits = list(_confirming(element, keys, title, who, day_of(said)))
        called = f"{element.title}: {say_list(keys)}"
        session.edit(called, {element.file: edits})
    except DiagnosticError as error:
        return register(pages, asked, error.diagnostics)
    return pages.to("/assumptions", pages.words.plain("kept", what=called))


def _confirming(element: Element, keys: Sequence[str], title: str, who: str, when: datetime.date) -> Iterator[Edit]:
    """Yield the edits that confirm keys: they are assumed no more, and the source says by whom and when.

    A block has one source. Where that is another one, its section says by what the keys were confirmed beside it.
    """
    block = element.value
    assert isinstance(block, dict)
    listed = block.get(ASSUMED)
    assumed = [as_typed(key) for key in listed] if isinstance(listed, list) else []
    kept = [key for key in assumed if key not in keys]
    done = [key for key in assumed if key in keys]
    source = block.get(SOURCE)
    at = (*element.at, SOURCE)
    day = Text(when.isoformat())
    if not isinstance(source, dict):
        place = list(block).index(ASSUMED)
        confirmed = {"title": title, "confirmed_by": who, "confirmed_on": day}
        yield Add(element.at, node_of(confirmed), SOURCE, place)
    else:
        if as_typed(source.get("title")) != title:
            words = f"{say_list([key.replace('_', ' ') for key in done])}: {title}"
            yield SetValue((*at, "section"), node_of("; ".join(filter(None, (as_typed(source.get("section")), words)))))
        before = as_typed(source.get(CONFIRMED_BY))
        both = before if who in before.split(" and ") else " and ".join(filter(None, (before, who)))
        yield SetValue((*at, CONFIRMED_BY), node_of(both))
        yield SetValue((*at, CONFIRMED_ON), day)
    if kept:
        yield SetValue((*element.at, ASSUMED), node_of(kept))
    else:
        yield Remove((*element.at, ASSUMED))
