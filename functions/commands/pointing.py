"""A problem shown at its place: the line of the text, underlined where it goes wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

_WORD = re.compile(r"[\w.]+|[<>=!&|*/]+")
"""What is underlined: the name, number or operator that begins there; else one character."""
CONTEXT = 60
"""Columns of a very long line that are shown before the place, and twice as many behind it."""


def pointed(problem: Mapping[str, Any], lines: Sequence[str], file: str, colour: str) -> Iterator[Text]:
    """`problem` as a row of functions.judged_text; `lines` of the text that it was found in."""
    line, column = problem.get("line"), problem.get("column")
    place = f"{file}:{line}:{column}" if line else file
    yield Text.assemble((place, "bold"), ": ", (f"{problem['field']}: ", "cyan"), (str(problem["message"]), colour))
    if line and column and line <= len(lines):
        number = f"{line:>5} | "
        shown, at = _window(lines[line - 1].expandtabs(1), column - 1)
        found = _WORD.match(shown, at)
        marked = shown[at : found.end()] if found else shown[at : at + 1]
        yield Text(f"{number}{shown}")
        blank = " " * (len(number) - 2) + "| " + " " * cell_len(shown[:at])
        yield Text.assemble(blank, ("^" * max(1, cell_len(marked)), f"bold {colour}"))
    if problem.get("hint"):
        yield Text.assemble(("        hint: ", "dim"), str(problem["hint"]))


def _window(line: str, at: int) -> tuple[str, int]:
    """What is shown of a line, and where the place is in it."""
    begin = at - CONTEXT if at > 2 * CONTEXT else 0
    end = max(at, begin) + 2 * CONTEXT
    head, tail = "…" if begin else "", "…" if end < len(line) else ""
    return f"{head}{line[begin:end]}{tail}", at - begin + len(head)
