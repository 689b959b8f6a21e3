"""The layout of a YAML file as a tree (concrete syntax tree): keys, values and the comments that belong to them."""

from __future__ import annotations

from attrs import define, evolve, field


@define
class Text:
    """A single value or key. ``style`` is YAML's: ``None`` for plain, a quotation mark, ``|`` or ``>``."""

    value: str
    style: str | None = None


@define(eq=False)
class Block:
    """A mapping (every entry has a key) or a list (none has).

    Attributes:
        is_mapping: which of the two.
        is_flow: written as ``{…}`` or ``[…]``.
        entries: in order.
        after: comments below the last entry; an empty text is a blank line.
        column: where it started in the file read, from 0.
    """

    is_mapping: bool
    is_flow: bool = False
    entries: list[Entry] = field(factory=list)
    after: list[str] = field(factory=list)
    column: int = 0

    def get(self, key: str) -> Text | Block | None:
        """Return the value of a key, or ``None`` where there is none."""
        entry = self.entry(key)
        return None if entry is None else entry.value

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a key, or ``None`` where there is none."""
        return next((entry for entry in self.entries if entry.key is not None and entry.key.value == key), None)

    def set(self, key: str, value: Text | Block, *, after: str | None = None) -> None:
        """Give a key another value; where the block has no such key, it comes after another one, or at the end."""
        entry = self.entry(key)
        if entry is not None:
            entry.value = value
            return
        keys = [each.key.value if each.key else "" for each in self.entries]
        place = keys.index(after) + 1 if after in keys else len(keys)
        self.entries.insert(place, Entry(Text(key, '"'), value))

    def remove(self, key: str) -> None:
        """Remove a key where the block has it, and the comments that belong to it."""
        self.entries = [entry for entry in self.entries if entry.key is None or entry.key.value != key]

    def copied(self) -> Block:
        """Return the same block once more, with all that is below it, to change it."""
        entries = [
            Entry(
                None if each.key is None else evolve(each.key),
                each.value.copied() if isinstance(each.value, Block) else evolve(each.value),
                list(each.before),
                each.beside,
            )
            for each in self.entries
        ]
        return Block(self.is_mapping, self.is_flow, entries, list(self.after), self.column)

    @property
    def has_comments(self) -> bool:
        """Whether a comment stands inside, at any depth."""
        return bool(self.after) or any(
            any(entry.before) or entry.beside or (isinstance(entry.value, Block) and entry.value.has_comments)
            for entry in self.entries
        )


@define(eq=False)
class Entry:
    """One key and value, or one item of a list, with the comments that belong to it.

    Attributes:
        before: comments above it; an empty text is a blank line.
        beside: the comment on its line.
    """

    key: Text | None
    value: Text | Block
    before: list[str] = field(factory=list)
    beside: str = ""
