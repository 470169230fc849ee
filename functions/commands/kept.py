"""How a command computes, what of it is shown, and what is written beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from functions.commands.failures import CommandError
from functions.jobs.ledger import account_csv, ledger_files

if TYPE_CHECKING:
    from engine.results import Result


@dataclass(frozen=True)
class How:
    """How to compute and what to show."""

    local: bool = False
    as_json: bool = False
    report: Path | None = None
    account: Path | None = None
    ledger: Path | None = None
    grid_report: Path | None = None
    """The page about all of a grid; `report` is the one of its best run."""
    sort: str = "return"
    top: int = 20
    order: tuple[str, ...] = ()
    """Parameters in the order in which they are shown."""
    dry_run: bool = False
    """Of a grid: only tell what it would take."""
    anew: bool = False
    """Compute also what was computed before."""

    def __post_init__(self) -> None:
        """Told before anything is computed."""
        for name, file in (("report", self.report), ("grid-report", self.grid_report), ("account", self.account)):
            if file and file.is_dir():
                raise CommandError(f"--{name} {file} is a folder", f"name a file in it, as in {file / name}.{_ENDINGS[name]}")
        if self.ledger and self.ledger.exists() and not self.ledger.is_dir():
            raise CommandError(f"--ledger {self.ledger} is a file", "name a folder: several files are written into it")


_ENDINGS = {"report": "html", "grid-report": "html", "account": "csv"}
LEDGER = ("equity", "account", "trades", "positions", "orders", "refusals", "events", "logs")
"""What the API calls the files of a ledger."""


class Kept(NamedTuple):
    """What is written beside what is shown."""

    page: bytes = b""
    account: bytes = b""
    ledger: Mapping[str, bytes] = MappingProxyType({})
    grid_page: bytes = b""


def kept_of(result: "Result", page: bytes, title: Mapping[str, str], how: How) -> Kept:
    """What is to be written of a run of this process; `title` heads its log."""
    return Kept(page, account_csv(result) if how.account else b"", ledger_files(result, title) if how.ledger else {})
