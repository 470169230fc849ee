"""Lines of Chinese: broken between any two characters, but never within a number or a word, nor before a closing mark."""

from collections.abc import Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

NOT_FIRST = "，。；：、！？）》”’%,.;:!?)"
"""Marks that no line begins with."""
NOT_LAST = "（《“‘("
"""Marks that no line ends with."""


class Wrapped(Text):
    """A text that is broken so: rich breaks at blanks alone, and cuts what is left wherever the line ends."""

    def wrap(self, console: Console, width: int, **_: Any) -> Lines:
        lines = Lines(line for part in self.split("\n", allow_blank=True) for line in part.divide(breaks(part.plain, width)))
        for line in lines:
            line.rstrip()
        return lines


def breaks(text: str, width: int) -> list[int]:
    """Where lines of at most `width` cells begin, but for the first; a piece that is wider than that is cut."""
    found, begun = [], 0
    for start, end in pieces(text):
        if start > begun and cell_len(text[begun:end].rstrip()) > width:
            begun = start
            found.append(begun)
        while cell_len(text[begun:end].rstrip()) > width:
            begun += _fitting(text[begun:end], width)
            found.append(begun)
    return found


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """What stays on one line: a word, a number or one Chinese character, each with its marks and the blank behind it."""
    start = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in NOT_FIRST or before in NOT_LAST:
        return False
    return before == " " or cell_len(before) == 2 or cell_len(after) == 2


def _fitting(text: str, width: int) -> int:
    """How many of the first characters fit; at least one, so that every line has something."""
    return max(1, next((place - 1 for place in range(1, len(text) + 1) if cell_len(text[:place]) > width), len(text)))
