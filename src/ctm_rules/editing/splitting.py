"""A standard split in two: some of its key questions go to a new one, in every file that names them or in none.

The names are made by the machine. Nothing that only people can decide is decided: it is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from ctm_rules.diagnostics.findings import Code, Location, RequestError
from ctm_rules.editing.changes import Changes
from ctm_rules.editing.consequences import consequences
from ctm_rules.editing.documents import Document, read_document
from ctm_rules.editing.edits import Add, Edit, Plain, Pointer, Remove, SetValue, at_pointer, node_of
from ctm_rules.editing.made_names import make_name
from ctm_rules.editing.names import Name
from ctm_rules.editing.renaming import changed_files, check_is_not_lent, check_may_change, check_reaches_everything
from ctm_rules.editing.uses import Around, Use
from ctm_rules.frameworks.finding import standard_file_name
from ctm_rules.frameworks.loading import build_framework
from ctm_rules.model.former_names import is_address
from ctm_rules.phrases import say_list

_OWN = ("id", "slug", "title")


@frozen
class Splitting:
    """What splitting a standard changes.

    Attributes:
        slug: the slug of the new standard.
        printed: the id that is printed for it.
        changes: the files.
        moved: how many places say the new standard where they said the old one.
        decide: what people have to decide, a sentence each.
        kept: tables that say the old standard still, because they are no text; they are read as before.
    """

    slug: str
    printed: str
    changes: Changes
    moved: int
    decide: tuple[str, ...]
    kept: tuple[Use, ...]


def split(
    around: Around,
    slug: str,
    title: str,
    key_questions: Sequence[str],
    *,
    printed: str = "",
    rest: str = "",
    although_used: bool = False,
) -> Splitting:
    """Return what it changes to give some key questions of a standard to a new one; nothing is written.

    The new standard follows the old one in its domain, and has its statement and source. Key questions and prompts keep
    their ids; their addresses begin with the slug of the new standard, and each key question says where it stood
    before, so that editions are compared, and tables of then are read.

    Args:
        around: the framework, with the files that go by it.
        slug: the standard.
        title: the title of the new one.
        key_questions: the ids of those that go to it.
        printed: the id that is printed for it (default: that of the old one with a letter).
        rest: another title for the old one (default: it keeps its own).
        although_used: whether it is split even where inspections were rated by this edition; they are changed along.

    Raises:
        DiagnosticError: it cannot be split so, the edition is in use, or a file cannot be changed.
    """
    check_may_change(around, although_used=although_used)
    made = _Split(around, slug, title, tuple(key_questions), printed, rest)
    return made.splitting()


NOT_SPLIT = Code(
    "not-split",
    "error",
    what="A standard cannot be split as it was asked for.",
    why="Each of the two must have a title and key questions of its own, and say what it said before.",
    bad="split Assessment, and give none of its key questions to the new standard",
    good="split Assessment, and give its key question about keeping people safe to the new standard",
)


class _Split:
    def __init__(
        self, around: Around, slug: str, title: str, key_questions: tuple[str, ...], printed: str, rest: str
    ) -> None:
        self.around = around
        self.old = Name("standard", slug)
        if self.old not in around.names.declared():
            raise self._refused(f'there is no standard "{slug}"', "name one by its slug", Location(str(around.path)))
        declared = around.names.declaration(self.old)
        self.at: Pointer = declared.spot.at[:-1]
        self.file = Path(declared.spot.file)
        self.title, self.rest = " ".join(title.split()), " ".join(rest.split())
        self.moved = key_questions
        standards = build_framework(around.names.source).standards
        self.standard = next(each for each in standards if each.slug == slug)
        taken = [name.word for name in around.names.declared() if name.kind in ("standard", "domain")]
        self.slug = make_name(self.title, taken)
        self.printed = " ".join(printed.split()) or _next_printed(self.standard.id, [each.id for each in standards])
        self._check([each.id for each in standards])

    def _refused(self, message: str, hint: str, at: Location | None = None) -> RequestError:
        where = self.around.names.declaration(self.old).location if at is None else at
        return RequestError([NOT_SPLIT.found(where, message, hint=hint)])

    def _check(self, printed: Collection[str]) -> None:
        questions = [each.id for each in self.standard.key_questions]
        unknown = [each for each in self.moved if each not in questions]
        if not self.title:
            raise self._refused("the new standard has no title", "write its title")
        if len(questions) < 2:
            message = f'the standard "{self.old.address}" has no two key questions'
            raise self._refused(message, "add a standard instead")
        if unknown:
            message = f'the standard "{self.old.address}" has no key question "{unknown[0]}"'
            raise self._refused(message, f"choose from {say_list(questions)}")
        if not self.moved or len(set(self.moved)) == len(questions):
            which = "none" if not self.moved else "every one"
            message = f"{which} of the key questions would go to the new standard"
            raise self._refused(message, "choose some of them: each of the two standards needs one")
        if self.printed in printed:
            raise self._refused(f'there is a standard with the id "{self.printed}" already', "choose another id")

    # --- what it changes -----------------------------------------------------------------------------

    def splitting(self) -> Splitting:
        uses = list(self.around.every_use())
        follow = list(self._follow(uses))
        kept = tuple(use for use in follow if not use.is_editable)
        for moved in self.moved:
            name = Name("key question", f"{self.old.address}.{moved}")
            check_reaches_everything(self.around, name, kept, has_former_name=True)
            check_is_not_lent(self.around, name)
        changed = changed_files([use for use in follow if use.is_editable], self.slug, [self.file])
        before: dict[Path, bytes | None] = dict(changed.before)
        after: dict[Path, bytes | None] = dict(changed.after)
        for path, edits in self._more(uses).items():
            document = Document(str(path), after[path] or b"") if path in after else read_document(path)
            before.setdefault(path, document.content)
            after[path] = document.edited(*edits).content
        self._parted(before, after)
        follows = consequences(self.around, Changes(before, after, changed.cells))
        if follows.wrong:
            raise self._refused(f"the standards would be wrong then: {follows.wrong[0].message}", "change that first")
        decide = (*self._to_decide(uses, follow), *follows.decide)
        return Splitting(self.slug, self.printed, follows.changes, len(follow), decide, kept)

    def _is_moved(self, name: Name) -> bool:
        moved = [f"{self.old.address}.{each}" for each in self.moved]
        kinds = ("key question", "prompt")
        return name.kind in kinds and any(name.address == each or name.address.startswith(f"{each}.") for each in moved)

    def _follow(self, uses: Sequence[Use]) -> Iterator[Use]:
        """Yield each place that says the old standard on the way to a key question that goes to the new one."""
        spots = {_place(use) for use in uses if self._is_moved(use.mention.of)}
        for use in uses:
            if use.mention.of == self.old and _place(use) in spots:
                yield use

    def _alone(self, uses: Sequence[Use]) -> Iterator[Use]:
        """Yield each place that says the old standard, and nothing in it that goes to the new one."""
        spots = {_place(use) for use in uses if self._is_moved(use.mention.of)}
        for use in uses:
            if use.mention.of == self.old and _place(use) not in spots and not use.mention.declares:
                yield use

    def _more(self, uses: Sequence[Use]) -> dict[Path, list[Edit]]:
        """Return what is said of the new standard beside what is said of the old one, by file."""
        edits: dict[Path, list[Edit]] = {}
        for use in self._alone(uses):
            spot = use.mention.spot
            at, file = spot.at, Path(spot.file)
            if use.used_in == "standards" and len(at) > 1 and at[-2] == "standards" and isinstance(at[-1], int):
                edits.setdefault(file, []).append(Add(at[:-1], node_of(self.slug), place=at[-1] + 1))
            elif use.used_in == "scenarios" and spot.key is not None and at[-2:-1] == ("ratings",):
                edits.setdefault(file, []).append(Add(at[:-1], node_of(spot.value), self.slug))
            elif use.used_in == "translation" and spot.key == f"{self.old.address}.statement":
                edits.setdefault(file, []).append(Add(at[:-1], node_of(spot.value), f"{self.slug}.statement"))
        return edits

    def _parted(self, before: dict[Path, bytes | None], after: dict[Path, bytes | None]) -> None:
        """Make two of the standard: each is what it was, without the key questions of the other."""
        content = after[self.file]
        assert content is not None
        whole = Document(str(self.file), content)
        if self.at:
            place = self.at[-1]
            assert isinstance(place, int)
            new = (*self.at[:-1], place + 1)
            added = whole.edited(Add(self.at[:-1], whole.node(self.at), place=place + 1))
            parted = added.edited(*self._becomes(added.says(), new), *self._stays(added.says(), self.at))
            after[self.file] = parted.content
            return
        path = self.file.parent / standard_file_name(self.printed, self.slug)
        if path.exists():
            raise self._refused(f"there is a file {path.name} already", "choose another title or id")
        before[path] = None
        made = whole.edited(*self._becomes(whole.says(), ()))
        after[path] = made.content
        after[self.file] = whole.edited(*self._stays(whole.says(), ())).content

    def _becomes(self, says: Plain, at: Pointer) -> Iterator[Edit]:
        """Yield the edits that make the new standard of the old one."""
        standard = at_pointer(says, at)
        assert isinstance(standard, dict)
        for key, value in zip(_OWN, (self.printed, self.slug, self.title), strict=True):
            yield SetValue((*at, key), node_of(value))
        left = [each for each in _questions(standard) if each not in self.moved]
        yield from self._stood_there(standard, at)
        yield from _without(standard, at, left)
        for key in ("formerly", "themes"):
            if key in standard:
                yield Remove((*at, key))

    def _stood_there(self, standard: dict[str, Plain], at: Pointer) -> Iterator[Edit]:
        """Yield the edits by which each key question says its whole address of before, so that editions are joined."""
        for number, question in enumerate(_blocks(standard)):
            name = question.get("id")
            if name not in self.moved:
                continue
            listed = question.get("formerly")
            former = [str(each) for each in listed] if isinstance(listed, list) else []
            whole = [each if is_address(each) else f"{self.old.address}.{each}" for each in (*former, str(name))]
            place = (*at, "key_questions", number)
            if listed is None:
                yield Add(place, node_of(whole), "formerly", list(question).index("id") + 1)
            else:
                yield SetValue((*place, "formerly"), node_of(whole))

    def _stays(self, says: Plain, at: Pointer) -> Iterator[Edit]:
        standard = at_pointer(says, at)
        assert isinstance(standard, dict)
        if self.rest:
            yield SetValue((*at, "title"), node_of(self.rest))
        yield from _without(standard, at, self.moved)

    # --- what it comes to ----------------------------------------------------------------------------

    def _to_decide(self, uses: Sequence[Use], follow: Sequence[Use]) -> Iterator[str]:
        """Yield what names the old standard and may mean the new one too."""
        seen: set[object] = set()
        translated: dict[str, None] = {}
        for use in self._alone(uses):
            spot = use.mention.spot
            key = spot.key or ""
            if _place(use) in seen or use.used_in in ("scenarios",):
                continue
            seen.add(_place(use))
            where = f"{Path(spot.file).name}, line {spot.location.line}"
            if use.used_in == "standards":
                if not (len(spot.at) > 1 and spot.at[-2] == "standards"):
                    yield f"{where}: a rule names {self.old.address}; does it mean {self.slug} too?"
            elif use.used_in == "translation":
                translated[spot.file] = None
                if key == f"{self.old.address}.title" and self.rest:
                    yield f"{where}: the translation of the title of {self.old.address} is that of its title before"
            else:
                yield f"{where}: {use.used_in} names {self.old.address}; has the same to be said of {self.slug}?"
        for file in dict.fromkeys([*translated, *(u.mention.spot.file for u in follow if u.used_in == "translation")]):
            yield f"the title of {self.slug} has no translation in {Path(file).name}"


def _place(use: Use) -> tuple[str, Pointer, bool]:
    spot = use.mention.spot
    return spot.file, spot.at, spot.key is not None


def _next_printed(printed: str, taken: Collection[str]) -> str:
    """Return an id for a standard that is a part of another one: ``P 2.1b`` beside ``P 2.1``."""
    letters = (f"{printed}{chr(letter)}" for letter in range(ord("b"), ord("z") + 1))
    return next((each for each in letters if each not in taken), f"{printed}-{len(taken)}")


def _blocks(standard: dict[str, Plain]) -> list[dict[str, Plain]]:
    listed = standard.get("key_questions")
    items = listed if isinstance(listed, list) else []
    return [each if isinstance(each, dict) else {} for each in items]


def _questions(standard: dict[str, Plain]) -> list[str]:
    return [str(each.get("id", "")) for each in _blocks(standard)]


def _without(standard: dict[str, Plain], at: Pointer, ids: Collection[str]) -> Iterator[Edit]:
    """Yield the edits that take key questions out of a standard, the last one first."""
    for number, each in reversed(list(enumerate(_questions(standard)))):
        if each in ids:
            yield Remove((*at, "key_questions", number))
