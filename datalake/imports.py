"""Import of Tushare-shaped files: read, check, refuse or write, publish. Nothing is written when something is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from datalake.errors import ImportRefusedError, Problem, did_you_mean
from datalake.files import UNREADABLE, parse, read_file
from datalake.finding import BadRowsError, Finding
from datalake.frames import conform
from datalake.lake import Lake, current, reading, scan
from datalake.lives import outside_life
from datalake.merging import merge
from datalake.objects import NO_OPTIONS
from datalake.publishing import publish_tables
from datalake.quality import find
from datalake.tables import ALIASES, TABLES, Table

SOURCE = "import"


@dataclass(frozen=True)
class ImportReport:
    """What came in. `dataset` is the version that holds it."""

    dataset: str
    table: str
    rows_read: int
    rows_written: int
    findings: tuple[Finding, ...]
    codes: int
    first: int
    """YYYYMMDD; 0 for tables without dates."""
    last: int


def import_table(
    lake_url: str, table: str, files: Sequence[Path | str], *, skip_bad: bool = False, options: Mapping[str, str] = NO_OPTIONS
) -> ImportReport:
    """Add the files' rows to a table of the dataset "import"; rows with a known key take the place of the old ones.

    A `bars_1d` file may carry a column `adj_factor`, which fills the table adj_factor. All files are one step: all or nothing.
    """
    shape = TABLES[_table_name(table)]
    paths = [Path(file) for file in files]
    if not paths:
        raise ImportRefusedError(Problem("files", "no file was given"))
    raws = [read_file(path) for path in paths]
    parsed = {shape.name: pl.concat([parse(raw, shape, path) for raw, path in zip(raws, paths, strict=True)])}
    if shape.name == "bars_1d" and all("adj_factor" in raw.columns for raw in raws):
        factors = TABLES["adj_factor"]
        rows = pl.concat([parse(raw, factors, path) for raw, path in zip(raws, paths, strict=True)])
        parsed = {"adj_factor": rows.filter(pl.col("adj_factor").is_not_null() | pl.col(f"{UNREADABLE}adj_factor")), **parsed}
    read = parsed[shape.name].height
    if not read:
        raise ImportRefusedError(Problem("files", f"the files hold no row of {shape.name}"))
    ready, findings = _checked(parsed, skip_bad)
    lake = Lake(lake_url, options)
    findings += _lives(lake, shape.name, ready[shape.name])
    written_as = {name: merge(lake, SOURCE, name, rows) for name, rows in ready.items()}  # factors first: bars never stand without theirs
    note = {"table": shape.name, "files": [path.name for path in paths], "findings": {row.kind: row.count for row in findings}}
    dataset = publish_tables(lake, SOURCE, written_as, note, findings)
    written = ready[shape.name]
    days = written.select(pl.col(shape.date).dt.strftime("%Y%m%d").cast(pl.Int64)).to_series() if shape.date else pl.Series([0])
    return ImportReport(
        dataset=dataset.version,
        table=shape.name,
        rows_read=read,
        rows_written=written.height,
        findings=findings,
        codes=written["ts_code"].n_unique() if "ts_code" in written.columns else 0,
        first=int(days.min()),  # type: ignore[arg-type]
        last=int(days.max()),  # type: ignore[arg-type]
    )


def normalize(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Parsed rows in the lake's units. Prices to li, hands to shares, thousand CNY (minute bars: CNY) to li, factors to millionths."""
    scaled = [(pl.col(column.name) * column.scale).round(0) for column in table.columns if pa.types.is_integer(column.type)]
    return conform(rows.with_columns(scaled), table)


def _checked(parsed: Mapping[str, pl.DataFrame], skip_bad: bool) -> tuple[dict[str, pl.DataFrame], tuple[Finding, ...]]:
    ready: dict[str, pl.DataFrame] = {}
    findings: list[Finding] = []
    for name, rows in reversed(list(parsed.items())):  # the bars' findings say more than their factors'
        found, wrong = find(rows, TABLES[name])
        known = {finding.kind for finding in findings}
        findings += [finding for finding in found if finding.kind not in known]
        ready = {name: normalize(rows.filter(~wrong), TABLES[name]), **ready}
    total = sum(rows.height for rows in parsed.values())
    errors = [finding for finding in findings if finding.severity == "error"]
    table = list(parsed)[-1]
    if errors and not skip_bad:
        raise BadRowsError(table, total, findings)
    if ready[table].is_empty():
        raise BadRowsError(table, total, findings)
    return ready, tuple(findings)


def _lives(lake: Lake, table: str, rows: pl.DataFrame) -> tuple[Finding, ...]:
    """Whether the bars lie inside the listings: these rows against what the lake holds of the other table."""
    other = {"instruments": "bars_1d", "bars_1d": "instruments", "bars_5m": "instruments"}.get(table)
    delta = current(lake, SOURCE, other) if other else None
    if other is None or delta is None:
        return ()
    with reading(f"the table {other}"):
        stored = scan(lake, SOURCE, other, delta.version())
        found = outside_life(stored, rows.lazy()) if table == "instruments" else outside_life(rows.lazy(), stored)
    return (found,) if found else ()


def _table_name(name: str) -> str:
    known = ALIASES.get(name, name)
    if known not in TABLES:
        raise ImportRefusedError(
            Problem("table", f"there is no table {name!r}", did_you_mean(name, list(TABLES)) or f"one of {', '.join(TABLES)}")
        )
    return known
