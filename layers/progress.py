"""What a build shows: a line for each of its steps, and a table of sizes in the end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from layers.sizes import MIB


class Steps:
    def __init__(self, console: Console) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console)

    def __enter__(self) -> "Steps":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, words: str, total: int = 1) -> Iterator[Callable[[], None]]:
        """What it yields is called once for each piece of work that is done; the end is the last one."""
        task = self._progress.add_task(words, total=total)
        yield lambda: self._progress.advance(task)
        self._progress.update(task, completed=total)


def show(told: dict[str, Any], console: Console) -> None:
    """Of sizes.json: how large each function is with its layers, and each package."""
    table = Table("", "unzipped MiB", "budget", "zipped MiB", title=f"{told['architecture']}, Python {told['python']}")
    for name, row in told["functions"].items():
        table.add_row(name, _mib(row["unzipped"]), _mib(row["budget"]), _mib(row["zipped"]))
    table.add_section()
    for name, row in told["packages"].items():
        table.add_row(name, _mib(row["unzipped"]), "", _mib(row["zipped"]))
    console.print(table)


def _mib(size: int) -> str:
    return f"{size / MIB:.1f}" if size else ""
