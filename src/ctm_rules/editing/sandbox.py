"""Limits, rules and wording that are only tried: an amendment beside a session, in no file, until it is taken over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from ctm_rules.diagnostics.findings import Findings, Location, RequestError
from ctm_rules.editing.applying import Applied, applied
from ctm_rules.editing.edits import Node, Plain, plain
from ctm_rules.editing.evaluation import Evaluation
from ctm_rules.editing.session import Session
from ctm_rules.frameworks.addresses import name_of, names_in
from ctm_rules.frameworks.amendments import Alteration, Amendment, places_of
from ctm_rules.yaml_files.layout import Layout
from ctm_rules.yaml_files.layout_tree import Block, Entry, Text
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList, MarkedValue, parse_yaml

_WHERE = "what is tried"
_LEVELS = ("key_question_bands", "standard_rating", "domain_rating", "overall", "panel")
"""The keys of a framework below which limits stand; others stand below the ``rating`` of an element."""


@frozen
class Limit:
    """A number of the standards that decides.

    Attributes:
        address: its address.
        value: the number.
        says: the way to it in words.
    """

    address: str
    value: int | Decimal
    says: tuple[str, ...]


@frozen
class Wording:
    """A text of the standards that people read: a title, a statement, a question.

    Attributes:
        address: its address.
        value: the text.
        says: the way to it in words.
    """

    address: str
    value: str
    says: tuple[str, ...]


class Sandbox:
    """What is tried beside a session. Saving never writes it, a crash forgets it, and it is taken over as one step.

    Args:
        session: the standards in hand.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tried: dict[str, Alteration] = {}

    @property
    def tried(self) -> tuple[Alteration, ...]:
        """What is tried, in the order in which it was asked for."""
        return tuple(self._tried.values())

    def limits(self) -> tuple[Limit, ...]:
        """Return every limit of the standards in hand, as it is there (nothing: they cannot be read)."""
        source = self._session.evaluation.source
        return () if source is None else tuple(_limits(source.document))

    def wordings(self, slug: str) -> tuple[Wording, ...]:
        """Return the texts of a standard, as they are there (nothing: there is none, or it cannot be read)."""
        source = self._session.evaluation.source
        standards = None if source is None else source.document.get("standards")
        for item in standards if isinstance(standards, MarkedList) else ():
            if isinstance(item, MarkedDict) and item.get("slug") == slug:
                return tuple(_wordings(item, slug, "standard", ()))
        return ()

    def really(self, address: str) -> Plain:
        """Return what stands at an address (``None``: nothing does, or it is not clear what)."""
        source = self._session.evaluation.source
        places = [] if source is None else places_of(source.document, Alteration("set", address))
        return plain(places[0].value) if len(places) == 1 else None

    def values(self) -> dict[str, Plain]:
        """Return what is tried in place of what stands at each address."""
        return {each.address: plain(each.value) for each in self.tried}

    def applied(self, more: Sequence[Alteration] = ()) -> Applied:
        """Return what is tried as changes of the files in hand, with more of it that is not kept.

        Raises:
            DiagnosticError: it does not go with the standards in hand.
        """
        session = self._session
        source = session.evaluation.source
        if source is None:
            raise RequestError(session.evaluation.findings)
        tried = {**self._tried, **{each.address: each for each in more}}
        amendment = Amendment("", "", tuple(tried.values()))
        return applied(session.path, source, [amendment], session.history.contents)

    def evaluation(self, more: Sequence[Alteration] = ()) -> Evaluation:
        """Return what the standards would come to, beside what they come to as they are in hand.

        Raises:
            DiagnosticError: what is tried does not go with the standards in hand.
        """
        changes = self.applied(more).changes
        return self._session.tried({file: changes.after[file] for file in changes.files})

    def put(self, alterations: Sequence[Alteration]) -> None:
        """Try something, as far as it is another than what stands there; nothing is kept that does not go.

        Raises:
            DiagnosticError: it does not go with the standards in hand.
        """
        self.applied(alterations)
        for each in alterations:
            self._tried.pop(each.address, None)
            if not self._stands(each):
                self._tried[each.address] = each

    def _stands(self, alteration: Alteration) -> bool:
        return self.really(alteration.address) == plain(alteration.value)

    def forget(self, address: str) -> None:
        """Try one thing no more."""
        self._tried.pop(address, None)

    def throw_away(self) -> None:
        """Try nothing any more."""
        self._tried.clear()

    def take_over(self, name: str) -> bool:
        """Write what is tried into the files in hand, as one step that can be undone; return whether there was any.

        Raises:
            DiagnosticError: it does not go with the standards in hand, or these are not to be changed.
        """
        if not self._tried:
            return False
        changes = self.applied().changes
        done = self._session.take(name, changes)
        self.throw_away()
        return done


def alteration_of(address: str, value: Node) -> Alteration:
    """Return an alteration that sets an address to a value as it is laid out.

    Raises:
        RequestError: no file can hold it.
    """
    findings = Findings()
    text = Layout(Block(True, entries=[Entry(Text("value"), value)]), _WHERE).write()
    data = parse_yaml(text, _WHERE, findings)
    findings.raise_errors()
    assert isinstance(data, MarkedDict)
    at = Location(_WHERE)
    return Alteration("set", address, data["value"], at, at)


def _limits(document: MarkedDict) -> Iterator[Limit]:
    for key in _LEVELS:
        if key in document:
            yield from _numbers(document[key], key, (_words(key),))
    for key in ("domains", "standards"):
        listed = document.get(key)
        for item in listed if isinstance(listed, MarkedList) else ():
            if isinstance(item, MarkedDict):
                yield from _of_element(item, f"domains.{name_of(item)}" if key == "domains" else str(name_of(item)))


def _of_element(element: MarkedDict, address: str) -> Iterator[Limit]:
    said = str(element.get("title") or element.get("ask") or address)
    if "rating" in element:
        yield from _numbers(element["rating"], f"{address}.rating", (said,))
    listed = element.get("key_questions")
    for item in listed if isinstance(listed, MarkedList) else ():
        if isinstance(item, MarkedDict):
            yield from _of_element(item, f"{address}.{name_of(item)}")


def _numbers(value: MarkedValue, address: str, says: tuple[str, ...]) -> Iterator[Limit]:
    if isinstance(value, MarkedDict):
        for key, below in value.items():
            if key == "out_of":
                continue  # it says what the bands were made for, and decides nothing
            yield from _numbers(below, f"{address}.{key}", (*says, _words(key)))
    elif isinstance(value, MarkedList):
        for item, name in zip(value, names_in(value), strict=True):
            if name is not None and isinstance(item, MarkedDict):
                above = address.removesuffix(".bands")
                yield from _numbers(item, f"{above}.{name}", (*says[: -1 if above != address else None], _words(name)))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield Limit(address, value, says)


_TEXTS = ("title", "statement", "ask")


def _wordings(element: MarkedDict, address: str, kind: str, names: tuple[str, ...]) -> Iterator[Wording]:
    """Yield the texts of a standard, a key question or a prompt, and of what it holds."""
    for key in _TEXTS:
        value = element.get(key)
        if isinstance(value, str):
            yield Wording(f"{address}.{key}", value, (kind, *names, *([] if key == "ask" else [key])))
    for key, below in (("key_questions", "key question"), ("prompts", "prompt")):
        listed = element.get(key)
        for item in listed if isinstance(listed, MarkedList) else ():
            if isinstance(item, MarkedDict):
                name = str(name_of(item))
                yield from _wordings(item, f"{address}.{name}", below, (*names, _words(name)))


def _words(key: str) -> str:
    return key.replace("_", " ")
