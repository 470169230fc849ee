"""The comments of a YAML text, and which part of the tree each of them belongs to: the reader of the tree knows none."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import yaml
from yaml.events import ScalarEvent

from engine.language.tree import Listing, Place, Table, Tree, lines_of


class Comment(NamedTuple):
    """`is_alone`: nothing else stands on its line."""

    text: str
    line: int
    column: int
    is_alone: bool


@dataclass
class Notes:
    """What stands around one part of the tree. Parts are told apart by the identity of their values."""

    before: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass
class Remarks:
    """The comments of a whole text."""

    header: list[str] = field(default_factory=list)
    """Above everything, with an empty line behind."""
    footer: list[str] = field(default_factory=list)
    notes: dict[int, Notes] = field(default_factory=dict)

    def of(self, value: Tree) -> Notes:
        return self.notes.get(id(value), _NONE)

    def are_inside(self, value: Tree) -> bool:
        """Whether something within the value has a comment of its own."""
        return any(id(inner) in self.notes or self.are_inside(inner) for inner in _inside(value))

    @property
    def texts(self) -> list[str]:
        """All of them, in no order that means anything."""
        rows = [text for note in self.notes.values() for text in (*note.before, *note.beside, *note.after)]
        return sorted([*self.header, *self.footer, *rows])


class _Part(NamedTuple):
    """An entry or an item, with the place where it begins: its key, or the dash."""

    value: Tree
    line: int
    column: int
    depth: int


def remarks(text: str, root: Table) -> Remarks:
    """`root` is the tree that was read from the text."""
    parts = sorted(_parts(root, 1), key=lambda part: (part.line, part.column))
    begins = [(part.line, part.column) for part in parts]
    first = parts[0].line if parts else 1
    empty = [number for number, line in enumerate(lines_of(text)[: first - 1], start=1) if not line.strip()]
    found = Remarks()
    for comment in comments(text):
        if comment.line < max(empty, default=0):
            found.header.append(comment.text)
        else:
            _assign(found, comment, parts, bisect_left(begins, (comment.line, comment.column)))
    return found


def comments(text: str) -> Iterator[Comment]:
    """In the order of the text, which is YAML that was read before."""
    hidden = list(text)
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
            begin = event.start_mark.index
            if event.style in ("|", ">"):
                begin = min(text.find("\n", begin) + 1 or len(text), event.end_mark.index)  # its first line may end with a comment
            for at in range(begin, event.end_mark.index):
                hidden[at] = hidden[at] if hidden[at] in _BREAKS else "x"
    lines = zip(lines_of("".join(hidden)), lines_of(text), strict=True)
    for number, (line, whole) in enumerate(lines, start=1):
        column = line.find("#")
        if column >= 0:
            yield Comment(whole[column:].rstrip(), number, column + 1, not line[:column].strip(" \t\ufeff"))


def _assign(found: Remarks, comment: Comment, parts: list[_Part], place: int) -> None:
    """`place`: how many parts begin before the comment."""
    earlier, later = parts[:place], parts[place] if place < len(parts) else None
    if not comment.is_alone and earlier:
        on_the_line = [part for part in earlier if part.line == comment.line]
        note = _note(found, (on_the_line or earlier[-1:])[0].value)
        (note.before if note.beside else note.beside).append(comment.text)
    elif later is not None and later.column >= comment.column:
        _note(found, later.value).before.append(comment.text)
    else:
        block = [part for part in _ancestors(earlier) if part.column <= comment.column and part.depth > 1]
        if block:
            _note(found, block[-1].value).after.append(comment.text)
        elif later is not None:
            _note(found, later.value).before.append(comment.text)
        else:
            found.footer.append(comment.text)


def _ancestors(parts: list[_Part]) -> list[_Part]:
    """The last part and what it stands in, the outermost first."""
    chain: list[_Part] = []
    for part in reversed(parts):
        if not chain or part.depth < chain[0].depth:
            chain.insert(0, part)
    return chain


def _note(found: Remarks, value: Tree) -> Notes:
    return found.notes.setdefault(id(value), Notes())


def _parts(value: Tree, depth: int) -> Iterator[_Part]:
    if isinstance(value, Table):
        for entry in value.entries:
            yield _Part(entry.value, *_at(entry.key.place), depth)
            yield from _parts(entry.value, depth + 1)
    elif isinstance(value, Listing):
        for item in value.items:
            line, column = _at(item.place)
            yield _Part(item, line, max(1, column - 2), depth)
            yield from _parts(item, depth + 1)


def _inside(value: Tree) -> Iterator[Tree]:
    if isinstance(value, Table):
        yield from (entry.value for entry in value.entries)
    elif isinstance(value, Listing):
        yield from value.items


def _at(place: Place) -> tuple[int, int]:
    return place.line or 1, place.column or 1


_NONE = Notes()
_BREAKS = "\n\r\x85\u2028\u2029"
