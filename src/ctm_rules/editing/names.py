"""The names of a framework: what is declared, and every place in its own files that says one (symbols, references).

One walk knows which key of which block names what; `where`, `rename` and an editor ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, get_args

from attrs import evolve, field, frozen

from ctm_rules.diagnostics.findings import Location
from ctm_rules.editing.edits import Pointer
from ctm_rules.editing.spots import Spot, items, pairs, spots_of, way_to
from ctm_rules.frameworks.addresses import Place, name_of
from ctm_rules.frameworks.amendments import Alteration, places_of
from ctm_rules.frameworks.loading import FrameworkSource
from ctm_rules.model.conditions import Comparison, RatingComparison
from ctm_rules.model.framework import RATINGS
from ctm_rules.yaml_files.marked_yaml import MarkedDict, MarkedList

Kind = Literal[
    "standard",
    "key question",
    "prompt",
    "theme",
    "domain",
    "fact",
    "value",
    "scale",
    "rating",
    "sample",
    "variant",
    "measure",
    "sub-group",
    "group",
    "place",
]


@frozen
class Name:
    """An element that has a name.

    Attributes:
        kind: what sort of element it is.
        address: its address: ``assessment.safety.victims``, ``facts.sex``.
    """

    kind: Kind
    address: str

    @property
    def word(self) -> str:
        """The name itself."""
        return self.address.rpartition(".")[2]

    def __str__(self) -> str:
        return f'the {self.kind} "{self.address}"'


@frozen
class Part:
    """A part of a text that says a name."""

    of: Name
    start: int
    end: int


@frozen
class Mention:
    """A place that says a name.

    Attributes:
        of: whose name.
        spot: where: a text, or a key.
        start, end: which part of the text, from 0.
        declares: whether it is there that the element is declared.
    """

    of: Name
    spot: Spot
    start: int
    end: int
    declares: bool = False

    @property
    def location(self) -> Location:
        """Where the name stands, as far as the text is written without quotation marks."""
        at = self.spot.location
        return Location(at.file, at.line, at.column + self.start)


Resolve = Callable[[str], Sequence[Part]]
"""What finds the names that a text says."""


@frozen
class BandTable:
    """A table of bands beside a framework's files.

    Attributes:
        file: where it lies.
        fact: the fact of the provider whose values its rows are for.
        scales: the scales of which its columns name steps.
    """

    file: str
    fact: str
    scales: tuple[str, ...]


@frozen
class FrameworkNames:
    """Every name that a framework declares, and what says it.

    Attributes:
        source: the framework's files.
        mentions: every place in them that says a name, in their order.
        tables: the tables of bands beside them.
    """

    source: FrameworkSource
    mentions: tuple[Mention, ...] = ()
    tables: tuple[BandTable, ...] = ()
    _by_place: dict[tuple[str, Pointer, bool], list[Part]] = field(factory=dict, eq=False, repr=False)
    _declared: dict[Name, Mention] = field(factory=dict, eq=False, repr=False)
    _scales: dict[str, str] = field(factory=dict, eq=False, repr=False)

    def declared(self) -> tuple[Name, ...]:
        """Return everything that has a name, in the order of the files."""
        return tuple(self._declared)

    def declaration(self, name: Name) -> Mention:
        """Return where an element is declared."""
        return self._declared[name]

    # --- what a word says --------------------------------------------------------------------------

    def one(self, kind: Kind, *before: str) -> Resolve:
        """Return what finds an element of a kind by its own name, below what is named before it."""
        return lambda text: self._whole(text, Name(kind, ".".join((*before, text))))

    def fact(self, text: str) -> Sequence[Part]:
        """Return the fact that a text names, of a case or of the provider."""
        return self._whole(text, Name("fact", f"facts.{text}"), Name("fact", f"provider_facts.{text}"))

    def value_of(self, fact: str) -> Resolve:
        """Return what finds a value of a choice."""
        return lambda text: self._whole(
            text, Name("value", f"facts.{fact}.{text}"), Name("value", f"provider_facts.{fact}.{text}")
        )

    def scale(self, text: str) -> Sequence[Part]:
        """Return the scale that a text names; that of everything that names no other has no name to change."""
        return self._whole(text, Name("scale", f"scales.{text}"))

    def rating_on(self, *scales: str) -> Resolve:
        """Return what finds a rating on one of these scales (none: on any)."""

        def find(text: str) -> Sequence[Part]:
            known = [name for name in self._declared if name.kind == "rating" and name.word == text]
            here = [name for name in known if scale_in(name) in scales]
            return [Part(name, 0, len(text)) for name in (here if scales else known)]

        return find

    def rating_of(self, *elements: str) -> Resolve:
        """Return what finds a rating of these elements, named by slug, id or address (none: of any)."""
        return self.rating_on(*dict.fromkeys(self._scales.get(each, RATINGS) for each in elements))

    def scales_of(self, level: str) -> list[str]:
        """Return the scales on which the elements of a level are rated, such as ``standards``."""
        kind = {"standards": "standard", "domains": "domain", "key_questions": "key question"}.get(level)
        names = [name.address.removeprefix("domains.") for name in self._declared if name.kind == kind]
        return list(dict.fromkeys(self._scales.get(name, RATINGS) for name in names))

    def path(self, text: str) -> Sequence[Part]:
        """Return the standard, key question and prompt that an address names, as far as there are such."""
        kinds: tuple[Kind, ...] = ("standard", "key question", "prompt")
        steps = text.split(".")
        found: list[Part] = []
        for number, kind in enumerate(kinds[: len(steps)]):
            start = sum(len(step) + 1 for step in steps[:number])
            name = Name(kind, ".".join(steps[: number + 1]))
            if name not in self._declared:
                break
            found.append(Part(name, start, start + len(steps[number])))
        return found if len(found) == len(steps) else []

    def member(self, text: str) -> Sequence[Part]:
        """Return the standard, domain or key question whose rating a rule looks at."""
        return self.path(text) or self._whole(text, Name("domain", f"domains.{text}"))

    def column(self, text: str) -> Sequence[Part]:
        """Return what a column of a case table is called after: a fact, a prompt, a key question, a measure."""
        if text.startswith("notes."):
            return [Part(each.of, each.start + 6, each.end + 6) for each in self.column(text[6:])]
        return self.fact(text) or self.path(text) or self.address(text)

    def address(self, text: str) -> Sequence[Part]:
        """Return every name in an address of a place: ``key_question_bands.good.from`` says that of a rating."""
        found = places_of(self.source.document, Alteration("set", text))
        return self._steps(text, found[0]) if len(found) == 1 else []

    def _steps(self, text: str, place: Place) -> list[Part]:
        steps, above = [place], place.above
        while above is not None:
            steps.insert(0, above)
            above = above.above
        found: list[Part] = []
        start, rest = 0, text.split(".")
        for step in steps:
            known = self.name_at(step)
            said = step.key if isinstance(step.key, str) else name_of(step.value)
            if not rest:
                break
            if said == rest[0]:
                found += [Part(part.of, start, start + len(rest[0])) for part in known]
            elif isinstance(step.key, str) or said is None or not rest[0].isdigit():
                continue  # what an address may leave out: the key of a list, a clause without a name
            elif len(rest) > 1 and rest[1].isdigit() and step is not steps[-1]:
                start, rest = start + len(rest[0]) + 1, rest[1:]  # a bound such as 62.5 is one step
            start, rest = start + len(rest[0]) + 1, rest[1:]
        return found

    def name_at(self, place: Place) -> Sequence[Part]:
        """Return the names that stand at a place of the framework: that of a key, an item, or of what is declared."""
        way = way_to(place, self.source.document)
        if way is None:
            return []
        file, at = way
        if isinstance(place.key, str):
            return self._by_place.get((file, at, True), [])
        if isinstance(place.value, str):
            return self._by_place.get((file, at, False), [])
        keys = place.value if isinstance(place.value, MarkedDict) else {}
        key = next((each for each in ("slug", "id", "rating", "fact") if isinstance(keys.get(each), str)), "")
        return self._by_place.get((file, (*at, key), False), [])

    def _whole(self, text: str, *names: Name) -> Sequence[Part]:
        return [Part(name, 0, len(text)) for name in names if name in self._declared]


def scale_in(rating: Name) -> str:
    """Return the name of the scale that a rating is a step of."""
    *_, scale, _ = rating.address.split(".")
    return scale


def names_of(source: FrameworkSource) -> FrameworkNames:
    """Return every name that a framework declares, and every place in its files that says one."""
    names = FrameworkNames(source)
    declared = [*_declarations(names)]
    for mention in declared:
        names._declared.setdefault(mention.of, mention)
        _note(names, mention)
    found, tables = said_in(names)
    for mention in found:
        _note(names, mention)
    return evolve(names, mentions=(*declared, *found), tables=tables)


def said_in(names: FrameworkNames) -> tuple[list[Mention], tuple[BandTable, ...]]:
    """Return what a framework's own files name, as these names find it, and the tables of bands beside them."""
    walk = _Walk(names)
    for spot in spots_of(names.source):
        walk.framework(spot)
    return walk.found, tuple(dict.fromkeys(walk.tables))


def _note(names: FrameworkNames, mention: Mention) -> None:
    spot = mention.spot
    place = (spot.file, spot.at, spot.key is not None)
    names._by_place.setdefault(place, []).append(Part(mention.of, mention.start, mention.end))


def mentions(spot: Spot | None, resolve: Resolve) -> Iterator[Mention]:
    """Yield the names that a word says (nothing: there is no word)."""
    if spot is not None and spot.word is not None:
        for part in resolve(spot.word):
            yield Mention(part.of, spot, part.start, part.end)


# --- What is declared ------------------------------------------------------------------------------

_LISTS: dict[str, Kind] = {
    "facts": "fact",
    "provider_facts": "fact",
    "ratings": "rating",
    "domains": "domain",
    "samples": "sample",
    "variants": "variant",
    "measures": "measure",
    "subgroups": "sub-group",
}


def _declarations(names: FrameworkNames) -> Iterator[Mention]:
    for spot in spots_of(names.source):
        key = spot.at[0] if spot.at else ""
        if spot.get("slug") is not None or key == "standards":
            yield from _of_standard(spot, names)
        elif isinstance(key, str) and key in _LISTS:
            for item in items(spot):
                yield from _declares(item.get("id"), _LISTS[key], key)
                yield from _of_item(item, key, names)
        elif key == "scales":
            for name, steps in pairs(spot):
                yield from _declares(name, "scale", "scales")
                for step in items(steps):
                    yield from _declares(step.get("id"), "rating", f"scales.{name.word}")


def _of_item(item: Spot, key: str, names: FrameworkNames) -> Iterator[Mention]:
    own = item.get("id")
    name = own.word if own is not None else None
    values, groups, scale = item.get("values"), item.get("groups"), item.get("scale")
    if scale is not None and scale.word is not None and name is not None:
        names._scales[name] = scale.word
    for value, _ in pairs(values):
        yield from _declares(value, "value", f"{key}.{name}")
    for group in items(groups):
        yield from _declares(group.get("id"), "group", f"{key}.{name}")


def _of_standard(spot: Spot, names: FrameworkNames) -> Iterator[Mention]:
    slug = spot.get("slug")
    if slug is None or slug.word is None:
        return
    yield from _declares(slug, "standard")
    _note_scale(names, slug.word, spot)
    for theme in items(spot.get("themes")):
        yield from _declares(theme.get("id"), "theme", slug.word)
    for question in items(spot.get("key_questions")):
        own = question.get("id")
        yield from _declares(own, "key question", slug.word)
        if own is not None and own.word is not None:
            _note_scale(names, f"{slug.word}.{own.word}", question)
            for prompt in items(question.get("prompts")):
                yield from _declares(prompt.get("id"), "prompt", f"{slug.word}.{own.word}")


def _note_scale(names: FrameworkNames, element: str, spot: Spot) -> None:
    scale = spot.get("scale")
    if scale is not None and scale.word is not None:
        names._scales[element] = scale.word


def _declares(spot: Spot | None, kind: Kind, *before: str) -> Iterator[Mention]:
    if spot is not None and spot.word is not None:
        yield Mention(Name(kind, ".".join((*before, spot.word))), spot, 0, len(spot.word), declares=True)


# --- What names something --------------------------------------------------------------------------

_CONDITIONS = ("yes_when", "applies_when", "when")
_CLAUSES = ("all", "any", "not")
_RATED: tuple[str, ...] = get_args(RatingComparison)
_COMPARISONS: tuple[str, ...] = get_args(Comparison)


@frozen
class _Around:
    """What stands around a word: whose rule it is in, and on which scales is rated there."""

    standard: str = ""
    question: str = ""
    scales: tuple[str, ...] = ()


class _Walk:
    """Finds every place in the files of a framework, or in what an amendment puts there, that names something."""

    def __init__(self, names: FrameworkNames) -> None:
        self.names = names
        self.found: list[Mention] = []
        self.tables: list[BandTable] = []

    def framework(self, spot: Spot) -> None:
        """Look at the value of one key of a framework, or at one standard."""
        key = spot.at[0] if spot.at else ""
        if spot.get("slug") is not None or key == "standards":
            self.standard(spot)
        elif key == "scales":
            pass  # declares names, and names nothing
        else:
            self.key(str(key), spot, _Around(scales=self._scales_of_all(str(key))))

    def amended(self, place: Place, spot: Spot) -> None:
        """Look at what an amendment puts in a place of a framework."""
        way: list[Place] = [place]
        while way[0].above is not None:
            way.insert(0, way[0].above)
        around = _Around(scales=self._scales_of_all(str(way[0].key)))
        for step in way[:-1]:
            around = self._inside(step.value, around)
        keys = [step.key for step in way if isinstance(step.key, str)]
        if isinstance(place.key, int):
            self._item(keys[-1], spot, around)
        else:
            self.key(place.key, spot, around)

    def _scales_of_all(self, key: str) -> tuple[str, ...]:
        """Return the scales of what a rule of a whole level rates."""
        level = {"key_question_bands": "key_questions", "standard_rating": "standards", "domain_rating": "domains"}
        return tuple(self.names.scales_of(level[key])) if key in level else (RATINGS,)

    def _inside(self, value: object, around: _Around) -> _Around:
        if not isinstance(value, MarkedDict):
            return around
        name, scale = name_of(value), value.get("scale")
        scales = (scale if isinstance(scale, str) else RATINGS,)
        if "slug" in value:
            return _Around(str(name), scales=scales)
        if around.standard and "ask" in value and not around.question:
            return _Around(around.standard, f"{around.standard}.{name}", scales)
        return _Around(around.standard, around.question, scales) if "standards" in value else around

    def _say(self, spot: Spot | None, resolve: Resolve) -> None:
        self.found += mentions(spot, resolve)

    def standard(self, spot: Spot) -> None:
        """Look at one standard."""
        around = self._inside(spot.value, _Around())
        for name, below in pairs(spot):
            self.key(str(name.key), below, around)

    def key(self, key: str, spot: Spot, around: _Around) -> None:
        """Look at the value of a key; what it names is told by the key."""
        names = self.names
        if key in _CONDITIONS:
            self.condition(spot, around)
        elif key == "sample":
            self._say(spot, names.one("sample", "samples"))
        elif key == "scale":
            self._say(spot, names.scale)
        elif key in ("rating", "no_better_than", "no_worse_than") and spot.word is not None:
            self._say(spot, names.rating_on(*around.scales))
        elif key == "bands_by":
            for fact, table in pairs(spot):
                self._say(fact, names.fact)
                if isinstance(table.value, MarkedDict) and table.value.at.file != spot.file:
                    self.tables.append(BandTable(table.value.at.file, str(fact.key), around.scales))
                    continue
                for value, bands in pairs(table):
                    self._say(value, names.value_of(str(fact.word)))
                    self._below(bands, "bands", around)
        elif key in ("bands_of", "out_of", "weights", "variants") and isinstance(spot.value, MarkedDict):
            resolve = names.member if key == "weights" else names.one("variant", "variants")
            for name, below in pairs(spot):
                self._say(name, names.one("domain", "domains") if key in ("bands_of", "out_of") else resolve)
                own = self._scales_of_domain(name.word) if key == "bands_of" else around.scales
                self._below(below, key, _Around(around.standard, around.question, own))
        else:
            self._below(spot, key, around)

    def _scales_of_domain(self, domain: str | None) -> tuple[str, ...]:
        return (self.names._scales.get(domain or "", RATINGS),)

    def _below(self, spot: Spot, key: str, around: _Around) -> None:
        for name, below in pairs(spot):
            self.key(str(name.key), below, around)
        for item in items(spot):
            self._item(key, item, around)

    def _item(self, key: str, spot: Spot, around: _Around) -> None:
        """Look at an item of the list of a key."""
        if key == "standards" and spot.word is not None:
            self._say(spot, self.names.one("standard"))
        elif key == "standards":
            self.standard(spot)
        elif key == "of" and spot.word is not None:
            self._say(spot, self.names.member)
        else:
            self._below(spot, key, self._inside(spot.value, around))

    def condition(self, spot: Spot, around: _Around) -> None:
        """Look at a clause and everything below it."""
        names = self.names
        if spot.word is not None:
            self._say(spot, names.one("prompt", around.question))
        fact = spot.get("fact")
        if fact is not None:
            self._say(fact, names.fact)
            for comparison in _COMPARISONS:
                compared = spot.get(comparison)
                self._say(compared, names.value_of(fact.word or ""))
                for item in items(compared):
                    self._say(item, names.value_of(fact.word or ""))
        for key, resolve in self._elements():
            element = spot.get(key)
            self._say(element, resolve)
            if element is not None and element.word is not None:
                self._ratings(spot, names.rating_of(element.word))
        for key in _CLAUSES:
            below = spot.get(key)
            if below is not None:
                self._clauses(below, around)
        at_least = spot.get("at_least") if fact is None else None
        of = at_least.get("of") if at_least is not None else None
        if at_least is not None and of is not None:
            if not any(at_least.get(each) for each in _RATED):
                self._clauses(of, around)
            elif of.word is not None:
                self._ratings(at_least, names.rating_on(*names.scales_of(of.word)))
            else:
                for item in items(of):
                    self._say(item, names.member)
                members = [str(item.word) for item in items(of)]
                self._ratings(at_least, names.rating_of(*members))

    def _elements(self) -> Iterator[tuple[str, Resolve]]:
        yield "standard", self.names.one("standard")
        yield "domain", self.names.one("domain", "domains")
        yield "key_question", self.names.path

    def _ratings(self, spot: Spot, resolve: Resolve) -> None:
        for comparison in _RATED:
            self._say(spot.get(comparison), resolve)

    def _clauses(self, spot: Spot, around: _Around) -> None:
        if not isinstance(spot.value, MarkedList):
            self.condition(spot, around)
        for item in items(spot):
            self.condition(item, around)


def named_in_amended(names: FrameworkNames, place: Place, spot: Spot) -> list[Mention]:
    """Return the names that a value says which an amendment puts in a place of a framework."""
    walk = _Walk(names)
    walk.amended(place, spot)
    return walk.found
