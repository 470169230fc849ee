"""What is different between two dataset versions: rows added, removed and changed, by table, by code, by column.

Files that both versions have are not read: Delta never changes a file, so a day that was added costs that day's file and nothing else.
What is left is read one partition after the other, so memory is bounded by the largest of them, and large ones go by lots of codes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

import polars as pl

from datalake.calendar import to_int
from datalake.lake import Lake, at_version, files_by_part, reading, scan_files
from datalake.tables import TABLES, Table
from datalake.versions import Dataset

EXAMPLES = 5
"""Of each table's rows added, removed and changed."""

LOT = 4_000_000
"""Rows, of both versions together, that are compared at a time."""


class Example(NamedTuple):
    """A row that is different; of a changed row one line for each column, in the lake's units."""

    kind: str
    """ "added", "removed" or "changed"."""
    key: tuple[str, ...]
    column: str = ""
    old: str = ""
    new: str = ""


class CodeDiff(NamedTuple):
    """What is different of one code (of the first column of the table's key)."""

    code: str
    added: int
    removed: int
    changed: int
    first: int
    """The first of the dates concerned, YYYYMMDD; 0: the table has none."""
    last: int
    columns: dict[str, int]
    """How many rows have another value there, of those that are in both."""


@dataclass(frozen=True)
class TableDiff:
    """One table; its dates and codes are those of the rows that are different."""

    table: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    only_in: str = ""
    """The version that has the table, where the other one does not; its rows are counted and not read."""
    first: int = 0
    last: int = 0
    dates: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    codes: tuple[CodeDiff, ...] = ()
    examples: tuple[Example, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.only_in or self.added or self.removed or self.changed)

    def to_json(self) -> dict[str, Any]:
        rows = [row._asdict() for row in self.codes]
        return asdict(self) | {"codes": rows, "examples": [row._asdict() for row in self.examples]}


def diff(lake: Lake, old: Dataset, new: Dataset) -> tuple[TableDiff, ...]:
    """The tables that are different, in the order of TABLES."""
    found = (_table(lake, old, new, name) for name in TABLES if name in {*old.tables, *new.tables})
    return tuple(row for row in found if row)


def _table(lake: Lake, old: Dataset, new: Dataset, name: str) -> TableDiff:
    was, now = old.tables.get(name), new.tables.get(name)
    if was is None or now is None:
        rows, version = (now.rows, new.version) if now else (was.rows if was else 0, old.version)
        return TableDiff(name, rows if now else 0, 0 if now else rows, only_in=version)
    if (old.source, was.snapshot) == (new.source, now.snapshot):
        return TableDiff(name)
    shape = TABLES[name]
    with reading(f"{name} of {old.version} and {new.version}"):
        return _summary(shape, [_Lot.of(rows, shape) for rows in _different(lake, old, new, shape)])


def _different(lake: Lake, old: Dataset, new: Dataset, table: Table) -> Iterator[pl.DataFrame]:
    """The rows that are different, lot by lot: the key, what `kind` of difference, and every other column as it `was` and is `now`."""
    before, after = (
        files_by_part(at_version(lake, one.source, table.name, one.tables[table.name].delta_version), table) for one in (old, new)
    )
    for part in sorted({*before, *after}):
        gone, come = set(before.get(part, ())), set(after.get(part, ()))
        was, now = (scan_files(lake, sorted(files), table).select(table.names) for files in (gone - come, come - gone))
        if gone != come:
            yield from (_compared(*lot, table) for lot in _lots(was, now, table))


def _lots(was: pl.LazyFrame, now: pl.LazyFrame, table: Table) -> Iterator[tuple[pl.LazyFrame, pl.LazyFrame]]:
    """Ranges of codes, of about LOT rows."""
    code = pl.col(table.key[0])
    counts = pl.concat([was.select(code), now.select(code)]).group_by(code).len().sort(code).collect()
    if counts["len"].sum() <= LOT:
        yield was, now
        return
    lots = counts.group_by(pl.col("len").cum_sum() // LOT, maintain_order=True).agg(first=code.first(), last=code.last())
    for first, last in lots.select("first", "last").iter_rows():
        inside = code.is_between(pl.lit(first), pl.lit(last))
        yield was.filter(inside), now.filter(inside)


def _compared(was: pl.LazyFrame, now: pl.LazyFrame, table: Table) -> pl.DataFrame:
    values = _values(table)
    key = list(table.key)
    before, after = _reduced(was.collect(), now.collect(), key, values)
    left = before.lazy().select(*key, pl.lit(True).alias("was"), *(pl.col(name).alias(f"was {name}") for name in values))
    right = after.lazy().select(*key, pl.lit(True).alias("now"), *(pl.col(name).alias(f"now {name}") for name in values))
    both = left.join(right, on=key, how="full", coalesce=True, nulls_equal=True)
    other = pl.any_horizontal(pl.lit(False), *(pl.col(f"was {name}").ne_missing(pl.col(f"now {name}")) for name in values))
    kind = pl.when(pl.col("was").is_null()).then(pl.lit("added")).when(pl.col("now").is_null()).then(pl.lit("removed"))
    return both.with_columns(kind=kind.when(other).then(pl.lit("changed"))).filter(pl.col("kind").is_not_null()).sort(key).collect()


def _reduced(before: pl.DataFrame, after: pl.DataFrame, key: list[str], values: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Where the keys are the same, row by row (some values were corrected, or files were put together), only the rows that differ."""
    if not before.select(key).equals(after.select(key)):
        return before, after
    other = pl.repeat(False, before.height, dtype=pl.Boolean, eager=True)
    for name in values:
        other |= before[name].ne_missing(after[name])
    return before.filter(other), after.filter(other)


def _values(table: Table) -> list[str]:
    return [name for name in table.names if name not in table.key]


class _Lot(NamedTuple):
    """What is kept of a lot: figures by code, the dates, a few rows."""

    codes: pl.DataFrame
    dates: frozenset[date]
    examples: tuple[Example, ...]

    @classmethod
    def of(cls, rows: pl.DataFrame, table: Table) -> "_Lot":
        day = pl.lit(None, pl.Date)
        if table.date:
            day = pl.col(table.date) if table.date in table.key else pl.coalesce(f"now {table.date}", f"was {table.date}")
        kinds = [(pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in _KINDS]
        inside = pl.col("kind") == "changed"
        others = [
            (inside & pl.col(f"was {name}").ne_missing(pl.col(f"now {name}"))).sum().cast(pl.Int64).alias(f"of {name}")
            for name in _values(table)
        ]
        dated = rows.with_columns(day.alias("day"))
        codes = dated.group_by(pl.col(table.key[0]).alias("code")).agg(
            *kinds, pl.col("day").min().alias("first"), pl.col("day").max().alias("last"), *others
        )
        return cls(codes, frozenset(dated["day"].drop_nulls().unique().to_list()), _examples(rows, table))


_KINDS = ("added", "removed", "changed")


def _summary(table: Table, lots: Sequence[_Lot]) -> TableDiff:
    if not lots:
        return TableDiff(table.name)
    together = (
        pl.concat([lot.codes for lot in lots])
        .group_by("code")
        .agg(pl.col(*_KINDS).sum(), pl.col("first").min(), pl.col("last").max(), pl.col("^of .*$").sum())
        .sort("code")
    )
    codes = tuple(_code(row) for row in together.iter_rows(named=True))
    dates: frozenset[date] = reduce(frozenset.union, (lot.dates for lot in lots))
    totals = {name: sum(row.columns.get(name, 0) for row in codes) for name in _values(table)}
    return TableDiff(
        table=table.name,
        added=sum(row.added for row in codes),
        removed=sum(row.removed for row in codes),
        changed=sum(row.changed for row in codes),
        first=to_int(min(dates)) if dates else 0,
        last=to_int(max(dates)) if dates else 0,
        dates=len(dates),
        columns={name: count for name, count in totals.items() if count},
        codes=codes,
        examples=tuple(row for kind in _KINDS for row in _first(row for lot in lots for row in lot.examples if row.kind == kind)),
    )


def _code(row: Mapping[str, Any]) -> CodeDiff:
    first, last = (to_int(row[name]) if row[name] else 0 for name in ("first", "last"))
    columns = {name.removeprefix("of "): count for name, count in row.items() if name.startswith("of ") and count}
    return CodeDiff(str(row["code"]), row["added"], row["removed"], row["changed"], first, last, columns)


def _examples(rows: pl.DataFrame, table: Table) -> tuple[Example, ...]:
    found: list[Example] = []
    for kind in _KINDS:
        for row in rows.filter(pl.col("kind") == kind).head(EXAMPLES).iter_rows(named=True):
            key = tuple(_text(row[name]) for name in table.key)
            pairs = [(name, row[f"was {name}"], row[f"now {name}"]) for name in _values(table)] if kind == "changed" else []
            changes = [Example(kind, key, name, _text(was), _text(now)) for name, was, now in pairs if _text(was) != _text(now)]
            found += changes or [Example(kind, key)]
    return tuple(found)


def _first(rows: Iterable[Example]) -> list[Example]:
    found = list(rows)
    keys = list(dict.fromkeys(row.key for row in found))[:EXAMPLES]
    return [row for row in found if row.key in keys]


def _text(value: object) -> str:
    return "" if value is None else str(value)
