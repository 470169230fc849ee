"""The tree that a strategy is read from: mappings, lists and texts, each of which knows its path, line and column."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.errors import Problem
from engine.language.constants import printable, shorten

DEEPEST = 8
"""Levels of mappings and lists; a strategy needs five."""
LONGEST_NAME = 64
"""Characters of a parameter or let."""
MOST_PROBLEMS = 100
"""Nobody reads on; and a text could have tens of thousands."""


@dataclass(frozen=True)
class Place:
    """Line and column from 1; none for values that did not come from a text."""

    line: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class Span:
    """The stretch of the YAML text that a scalar was read from."""

    text: str
    start: int
    end: int
    style: str | None

    def places(self, value: str) -> "array[int]":
        """Where in the text each character of the scalar's value stands, and where the last one ends: folded lines, quotes and
        indentation are found again.

        Characters other than white space keep their order, so each is the next such character of the text. An escape in double quotes
        breaks that, and what follows it is placed where it begins.
        """
        here = self.start
        if self.style in ("|", ">"):
            here = self.text.find("\n", here, self.end) + 1 or self.end
        elif self.style:
            here += 1
        indices = array("l")
        for character in value:
            found = -1 if character.isspace() else self.text.find(character, here, self.end)
            indices.append(max(here, found))
            here = found + 1 if found >= 0 else here
        indices.append(here)
        return indices


@dataclass(frozen=True)
class Scalar:
    text: str
    path: str
    place: Place
    span: Span | None = field(default=None, repr=False, compare=False)

    def problem(self, message: str, hint: str | None = None, at: int = 0) -> Problem:
        place = locate(self.span.text, self._places[min(at, len(self.text))]) if self.span and at else self.place
        return Problem(self.path, message, hint, place.line, place.column)

    @cached_property
    def _places(self) -> "array[int]":
        return self.span.places(self.text) if self.span else array("l")


@dataclass(frozen=True)
class Entry:
    key: Scalar
    value: "Tree"


@dataclass(frozen=True)
class Listing:
    path: str
    place: Place
    items: tuple["Tree", ...]


@dataclass(frozen=True)
class Table:
    """A mapping, in the order of the text."""

    path: str
    place: Place
    entries: tuple[Entry, ...]

    def get(self, key: str) -> "Tree | None":
        return next((entry.value for entry in self.entries if entry.key.text == key), None)


Tree = Scalar | Listing | Table


def problem_at(tree: Tree, message: str, hint: str | None = None) -> Problem:
    return Problem(tree.path, message, hint, tree.place.line, tree.place.column)


def first(problems: Sequence[Problem]) -> list[Problem]:
    """As many as somebody reads, and that there are more."""
    more = Problem("strategy", f"and more: these are the first {MOST_PROBLEMS} problems")
    return [*problems[:MOST_PROBLEMS], more] if len(problems) > MOST_PROBLEMS else list(problems)


def locate(text: str, index: int) -> Place:
    """Line and column of a character of the text, with the line breaks that YAML knows."""
    lines = lines_of(text[:index])
    return Place(len(lines), len(lines[-1]) + 1)


def lines_of(text: str) -> list[str]:
    """The lines that places count, without their breaks."""
    return text.replace("\r\n", "\n").translate(_LINE_BREAKS).split("\n")


_LINE_BREAKS = str.maketrans(dict.fromkeys("\r\x85\u2028\u2029", "\n"))


def join(path: str, key: str) -> str:
    name = printable(shorten(key)) or "''"
    return f"{path}.{name}" if path and path != "strategy" else name
