"""Problems of a table of signals as the API tells them: each with the row and the column in which it lies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.errors import OrdersError, Problem
from functions.signals.document import Signals

_ROW = re.compile(r"(?:row|line) (\d+)")


def told(problems: Sequence[Problem], signals: Signals, prefix: str = "") -> Iterator[Problem]:
    """`line` is the row: the line of a CSV, the header being 1, or the number of a JSON row from 1. `column` counts the table's columns
    from 1; it is that of the name with which the message begins, else 1. What lies in no row has neither; problems of settings have those
    of their text."""
    for problem in problems:
        field = f"{prefix}.{problem.field}" if prefix else problem.field
        found = _ROW.match(problem.field)
        if found is None or problem.line is not None:
            yield replace(problem, field=field)
        else:
            yield Problem(field, problem.message, problem.hint, int(found[1]), _column(problem.message, signals))


def _column(message: str, signals: Signals) -> int:
    try:
        names = list(signals.table.columns)
    except OrdersError:
        return 1
    meant = [name for name in names if message.startswith(f"{name} ")]
    return names.index(max(meant, key=len)) + 1 if meant else 1
