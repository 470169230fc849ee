"""Import of Tushare-shaped files: read, check, refuse or write, publish. All files of one import are one step: all or nothing."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from datalake.errors import ImportRefusedError, Problem, did_you_mean
from datalake.files.chunks import Progress, Wanted, chunks, columns_of, quiet
from datalake.files.incoming import Incoming, read_as
from datalake.files.sources import SourceFile, Sources, find_sources
from datalake.finding import EXAMPLES, ContradictionError, Finding, together
from datalake.lake import Lake
from datalake.objects import NO_OPTIONS, local_folder
from datalake.review.review import review
from datalake.rows.mapping import TUSHARE, Dialect, check_columns, matched
from datalake.rows.units import check_units
from datalake.storing.folding import fold
from datalake.tables import ALIASES, TABLES, Table
from datalake.versions import newest_of

SOURCE = "import"
FILES_NOTED = 100
"""Names of files in a version's note; their count is always there."""

_OF_SYNC = ("fetches",)
"""Tables that no file fills."""


@dataclass(frozen=True)
class ImportReport:
    """What came in. `dataset` is the version that holds it."""

    dataset: str
    """Empty where the files were only checked."""
    table: str
    rows_read: int
    rows_written: int
    """Or would be."""
    findings: tuple[Finding, ...]
    codes: int
    first: int
    """YYYYMMDD; 0 for tables without dates."""
    last: int


def import_table(  # noqa: PLR0913  the door to the command line: everything after the files is a setting with a default
    lake_url: str,
    table: str,
    files: Sequence[Path | str],
    *,
    skip_bad: bool = False,
    options: Mapping[str, str] = NO_OPTIONS,
    dialect: Dialect = TUSHARE,
    dry_run: bool = False,
    progress: Progress = quiet,
) -> ImportReport:
    """Add the rows of files and folders to a table of the dataset "import"; rows with a known key take the place of the old ones.

    A `bars_1d` file may carry a column `adj_factor`, which fills the table adj_factor. `dry_run` reads and checks all, and writes nothing.
    ImportRefusedError, and nothing is written, where files cannot be read or (BadRowsError) rows are bad; `skip_bad` leaves those out.
    """
    shape = _table(table)
    _check(read_as(shape), dialect)
    sources = find_sources([Path(file) for file in files])
    wanted = _wanted(sources.files, read_as(shape), dialect)
    lake = Lake(lake_url, options)
    with tempfile.TemporaryDirectory(prefix="lianghu-import-") as scratch:
        incoming = Incoming(shape, dialect, _today(), Path(scratch), _told(sources, shape))
        size = sum(file.bytes for file in sources.files) or 1
        for chunk in chunks(wanted):
            incoming.take(chunk)
            progress(chunk.done / size, f"reading {shape.name}")
        if not incoming.rows_read:
            raise ImportRefusedError(Problem("files", f"the files hold no row of {shape.name}"))
        progress(1.0, f"checking {shape.name}" if dry_run else f"writing {shape.name}")
        pieces = incoming.through(None if dry_run else lake, SOURCE, skip_bad)
        if dry_run:
            return _report(incoming, "", incoming.height, _reviewed(lake, incoming))
        folded = fold(lake, SOURCE, pieces, _note(shape, sources, dialect), incoming.findings)
        return _report(incoming, folded.dataset.version, folded.rows[shape.name], folded.findings)


def _table(name: str) -> Table:
    known = ALIASES.get(name, name)
    names = [table for table in TABLES if table not in _OF_SYNC]
    if known not in names:
        hint = did_you_mean(name, [*names, *ALIASES]) or f"one of {', '.join(names)}"
        raise ImportRefusedError(
            Problem("table", f"there is no table {name!r}" if name not in _OF_SYNC else f"no file fills {name!r}", hint)
        )
    return TABLES[known]


def _check(table: Table, dialect: Dialect) -> None:
    problems = [*check_columns(table, dialect), *check_units(table, dialect)]
    if problems:
        raise ImportRefusedError(problems)


def _wanted(files: Sequence[SourceFile], table: Table, dialect: Dialect) -> list[Wanted]:
    """What every file has of the table; all that is wrong with their heads is told together, before a row is read."""
    if not files:
        raise ImportRefusedError(Problem("files", "no file was given", "name Parquet or CSV files, or folders with such files"))
    wanted: list[Wanted] = []
    problems: list[Problem] = []
    for file in files:
        try:
            wanted.append(Wanted(file, matched(table, columns_of(file), str(file.path), dialect)))
        except ImportRefusedError as error:
            problems += error.problems
    if problems:
        raise ImportRefusedError(problems)
    return wanted


def _today() -> date:
    """In Shanghai: no file knows more."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def _told(sources: Sources, table: Table) -> tuple[Finding, ...]:
    """What was not read."""
    if not sources.skipped:
        return ()
    message = "file below a folder that is neither Parquet nor CSV: left out"
    return (Finding("skipped_file", "warning", len(sources.skipped), message, sources.skipped[:EXAMPLES], table.name),)


def _reviewed(lake: Lake, incoming: Incoming) -> tuple[Finding, ...]:
    """With what the rows say beside those of the lake, if there is one. ContradictionError as `fold` would raise it."""
    folder = local_folder(lake.url)
    newest = newest_of(lake.store, SOURCE) if folder is None or folder.is_dir() else None
    reviewed = review(lake, SOURCE, newest, incoming.rows())
    findings = together([*incoming.findings, *reviewed])
    if any(finding.severity == "error" for finding in reviewed):
        raise ContradictionError(incoming.table.name, incoming.rows_read, findings)
    return findings


def _note(table: Table, sources: Sources, dialect: Dialect) -> dict[str, Any]:
    """What the version's manifest says of where its rows came from."""
    files = [file.label for file in sources.files]
    told = {"map": dict(dialect.names)} if dialect.names else {}
    told |= {"units": dict(dialect.units)} if dialect.units else {}
    return {"table": table.name, "files": files[:FILES_NOTED], "file_count": len(files), **told}


def _report(incoming: Incoming, dataset: str, written: int, findings: tuple[Finding, ...]) -> ImportReport:
    return ImportReport(
        dataset=dataset,
        table=incoming.table.name,
        rows_read=incoming.rows_read,
        rows_written=written,
        findings=findings,
        codes=len(incoming.codes),
        first=incoming.first,
        last=incoming.last,
    )
