"""One calendar year of a ranking, from the files of a table: what it is made from, which names it, and its places."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from datalake.calendar import ints_to_dates
from datalake.lake import Lake, scan_files
from datalake.rankings.ranking import NOBODY
from datalake.rankings.returns import Values, day_ratios, returns_over
from datalake.rankings.spec import ALL, RankingSpec
from datalake.rankings.stored import Year, year_key
from datalake.tables import TABLES
from datalake.versions import Dataset

Ints = npt.NDArray[np.int64]

_BEFORE = -1
"""Of a stock whose day of listing is not known."""


@dataclass(frozen=True)
class Making:
    """All that decides what a year of a ranking holds. R sessions are read: those of the year, and as many before as a return goes back."""

    spec: RankingSpec
    sessions: Ints
    """(R,) YYYYMMDD."""
    own: int
    """The row of the year's first session."""
    begins: int
    """The row of the table's first session; 0 where it lies before."""
    codes: tuple[str, ...]
    """(S,) ascending: who is listed on some of the sessions."""
    listed: Ints
    """(S,) the row of the session of each listing; 0 where it lies before, -1 where it is not known."""
    gone: Ints
    """(S,) the row of the first session that each is not listed any more; R where it is still listed on the last one."""
    files: tuple[str, ...]
    """Addresses of the files that hold these sessions."""

    @property
    def key(self) -> str:
        """Delta gives every file a name of its own, so names stand for content."""
        stocks = [list(row) for row in zip(self.codes, self.listed.tolist(), self.gone.tolist(), strict=True)]
        names = sorted(uri.rsplit("/", 1)[-1] for uri in self.files)
        return year_key([self.spec.to_json(), self.sessions.tolist(), self.own, self.begins, stocks, names])


def makings(
    dataset: Dataset, spec: RankingSpec, files: Mapping[int, Sequence[str]], among: Collection[str] | None = None
) -> dict[int, Making]:
    """Of every calendar year that the ranking's table has. `files` are the table's by year; `among`: only these codes, whatever their
    boards."""
    table = dataset.tables.get(spec.table)
    if table is None or not table.first:
        return {}
    calendar = np.array(dataset.catalog.sessions, dtype=np.int64)
    first, after = np.searchsorted(calendar, [table.first, table.last + 1])
    able = [row for row in dataset.catalog.instruments if (spec.includes(row) if among is None else row.ts_code in among)]
    listed = np.array([row.list_date for row in able], dtype=np.int64)
    gone = np.array([row.delist_date for row in able], dtype=np.int64)
    codes = np.array([row.ts_code for row in able], dtype=object)
    found = {}
    for year in range(table.first // 10_000, table.last // 10_000 + 1):
        own, end = np.clip(np.searchsorted(calendar, [year * 10_000, (year + 1) * 10_000]), first, after)
        if own == end:
            continue
        start = max(int(own) - spec.sessions, 0)
        axis = calendar[start:end]
        begun = np.where(listed == 0, _BEFORE, np.searchsorted(axis, listed))
        ended = np.where(gone == 0, len(axis), np.searchsorted(axis, gone))
        there = (begun < ended) & (begun < len(axis))
        reach = range(int(axis[0]) // 10_000, year + 1)
        found[year] = Making(
            spec,
            axis,
            int(own) - start,
            max(int(first) - start, 0),
            tuple(codes[there].tolist()),
            begun[there],
            ended[there],
            tuple(uri for part in reach for uri in files.get(part, ())),
        )
    return found


def make_year(lake: Lake, making: Making) -> Year:
    """Reads the files, and ranks each session of the year."""
    values = _values(lake, making)
    rows = np.arange(len(making.sessions))[:, None]
    values[(rows < making.listed) | (rows >= making.gone) | ~np.isfinite(values)] = np.nan
    return ranked(making.sessions[making.own :], making.codes, values[making.own :], making.spec)


def ranked(sessions: Ints, codes: Sequence[str], values: Values, spec: RankingSpec) -> Year:
    """The places of (T, S) values, NaN: none; ties by ts_code."""
    order = np.argsort(values if spec.lowest else -values, axis=1, kind="stable")  # NaN comes last either way
    having = np.count_nonzero(~np.isnan(values), axis=1)
    deep = int(having.max(initial=0)) if spec.depth == ALL else spec.depth
    order = order[:, :deep]
    nobody = np.arange(order.shape[1]) >= having[:, None]
    seen = np.unique(order[~nobody])
    places = np.full((len(order), deep), NOBODY, dtype=np.uint16)
    places[:, : order.shape[1]] = np.where(nobody, NOBODY, np.searchsorted(seen, order))
    best = np.full(places.shape, np.nan)
    best[:, : order.shape[1]] = np.where(nobody, np.nan, np.take_along_axis(values, order, axis=1))
    return Year(sessions.astype(np.int32), tuple(codes[number] for number in seen), places, best)


def _values(lake: Lake, making: Making) -> Values:
    """(R, S) what is ranked by, NaN where there is none. Listings are not looked at, but for a return's beginning."""
    spec = making.spec
    if not spec.sessions:
        return _stored(lake, making, [spec.field])[spec.field]
    bars = _stored(lake, making, ["close", "pre_close"])
    found = returns_over(day_ratios(bars["close"], bars["pre_close"]), spec.sessions)
    rows = np.arange(len(making.sessions))[:, None] - spec.sessions
    traded_then = np.zeros(found.shape, dtype=np.bool_)
    traded_then[spec.sessions :] = ~np.isnan(bars["close"])[: -spec.sessions]
    there = np.where(making.listed == _BEFORE, traded_then, rows >= making.listed) & (rows >= making.begins)
    return np.where(there & ~np.isnan(bars["close"]), found, np.nan)


def _stored(lake: Lake, making: Making, columns: list[str]) -> dict[str, Values]:
    """(R, S) float64 of some columns, NaN where there is no row, a null, or a bar without volume."""
    table = TABLES[making.spec.table]
    days = ints_to_dates(making.sessions)
    first, last = days[[0, -1]].tolist()
    rows = scan_files(lake, making.files, table).filter(pl.col("trade_date").is_between(first, last))
    if table.name == "bars_1d":
        rows = rows.filter(pl.col("volume") > 0)
    found = rows.select("ts_code", "trade_date", *columns).collect()
    number = np.full(int((days[-1] - days[0]).astype(np.int64)) + 1, -1)
    number[(days - days[0]).astype(np.int64)] = np.arange(len(days))
    row = number[(found["trade_date"].to_numpy() - days[0]).astype(np.int64)]
    numbers = pl.Series(np.arange(len(making.codes), dtype=np.int32))
    known = pl.Series(making.codes, dtype=pl.String)
    column = found["ts_code"].replace_strict(known, numbers, default=-1, return_dtype=pl.Int32).to_numpy()
    inside = (row >= 0) & (column >= 0)  # closed days and others' codes have no place
    out = {}
    for name in columns:
        out[name] = np.full((len(days), len(making.codes)), np.nan)
        out[name][row[inside], column[inside]] = found[name].cast(pl.Float64).fill_null(np.nan).to_numpy()[inside]
    return out
