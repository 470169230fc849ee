"""Bring the dataset "tushare" up to date: instruments, calendar; bars, factors and dividends by session. Stops and goes on anywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from datalake.calendar import is_day, to_date
from datalake.errors import ContextError, ForbiddenError, Problem, TokenError, UpstreamError
from datalake.files import parse
from datalake.finding import BadRowsError, Finding, together
from datalake.imports import normalize
from datalake.lake import Lake, current, describe, scan
from datalake.merging import merge
from datalake.objects import NO_OPTIONS
from datalake.publishing import publish_tables
from datalake.quality import find
from datalake.tables import TABLES
from datalake.tushare import Client, Patience, fetch

SOURCE = "tushare"
CARRIED_OUT = "实施"
"""Tushare's div_proc of a dividend that is paid."""
BATCH = 20
"""Sessions between two commits: what a crash costs at most."""

Progress = Callable[[int, int, str], None]
"""Sessions done, sessions to do, the session just fetched."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync brought. `dataset` is the version that holds it."""

    dataset: str
    fetched: int
    """Sessions fetched now."""
    known: int
    """Sessions of the range that were there already."""
    empty: tuple[int, ...]
    """Sessions for which Tushare has no bars yet; they are asked for again next time."""
    rows: int
    findings: tuple[Finding, ...]
    """Rows that were left out, by kind; warnings; and what the account may not fetch."""


def sync(  # noqa: PLR0913  the door to the command line: everything after the lake is a setting with a default
    lake_url: str,
    token: str,
    url: str,
    start: int,
    end: int,
    progress: Progress = lambda done, total, day: None,
    *,
    skip_bad: bool = False,
    patience: Patience = Patience(),  # noqa: B008  frozen
    options: Mapping[str, str] = NO_OPTIONS,
) -> SyncReport:
    """Fetch what is missing from `start` to `end` (YYYYMMDD, at most today) and publish it.

    Bad rows stop the sync before their batch is written, unless `skip_bad` leaves them out.
    """
    if not token:
        raise TokenError(Problem("TUSHARE_TOKEN", "there is no token", "set TUSHARE_TOKEN to your Tushare Pro token"))
    first, last = _window(start, end)
    lake = Lake(lake_url, options)
    work = _Work(lake, Client(token, url), patience, skip_bad, [])
    merge(lake, SOURCE, "instruments", work.instruments())
    merge(lake, SOURCE, "trade_cal", work.calendar(first, last))
    pays = _has_dividends(lake, work, first)
    sessions = _open_days(lake, first, last)
    there = _days_there(lake, first, last)
    missing = [day for day in sessions if day not in there]
    empty: list[int] = []
    rows = 0
    for place in range(0, len(missing), BATCH):
        bars, factors, dividends = [], [], []
        for number, day in enumerate(missing[place : place + BATCH], place + 1):
            found = work.day("daily", "bars_1d", day)
            if found.is_empty():
                empty.append(int(f"{day:%Y%m%d}"))
            else:
                bars.append(found)
                factors.append(work.day("adj_factor", "adj_factor", day))
                dividends += [work.dividends(day)] if pays else []
            progress(number, len(missing), f"{day:%Y-%m-%d}")
        if bars:
            if dividends:  # and factors before the bars: a session counts as there when its bars are
                merge(lake, SOURCE, "dividends", pl.concat(dividends))
            merge(lake, SOURCE, "adj_factor", pl.concat(factors))
            merge(lake, SOURCE, "bars_1d", pl.concat(bars))
            rows += sum(frame.height for frame in bars)
    names = ("instruments", "trade_cal", "dividends", "adj_factor", "bars_1d")
    tables = {name: describe(delta, TABLES[name]) for name in names if (delta := current(lake, SOURCE, name))}
    dataset = publish_tables(lake, SOURCE, tables, {"start": start, "end": end, "sessions": len(missing) - len(empty)})
    fetched = len(missing) - len(empty)
    return SyncReport(dataset.version, fetched, len(sessions) - len(missing), tuple(empty), rows, together(work.findings))


def _window(start: int, end: int) -> tuple[date, date]:
    """The days from start to end, at most today in Shanghai."""
    wrong = [
        Problem(f"window.{name}", f"there is no day {day}", "write it like 20241231")
        for name, day in (("start", start), ("end", end))
        if not is_day(day)
    ]
    if wrong:
        raise ContextError(wrong)
    first, last = to_date(start), min(to_date(end), (datetime.now(UTC) + timedelta(hours=8)).date())
    if first > last:
        hint = "start must not lie after end or in the future"
        raise ContextError(Problem("window", f"there is nothing to fetch from {first} to {last}", hint))
    return first, last


def _has_dividends(lake: Lake, work: "_Work", first: date) -> bool:
    """Whether every session that the lake has comes with its dividends, from now on; False where the account may not fetch them.

    Sessions that were fetched when it could not (or by an older program) get theirs here, all or nothing: the table is made by it.
    """
    if current(lake, SOURCE, "dividends") is not None:
        return True
    try:
        found = [work.dividends(day) for day in (first, *sorted(_days_there(lake, date.min, date.max) - {first}))]
    except ForbiddenError as error:
        message = "interface that the account may not use; without dividends they are reinvested by the factor"
        work.findings.append(Finding("no_dividends", "warning", 1, message, (str(error),)))
        return False
    merge(lake, SOURCE, "dividends", pl.concat(found))
    return True


@dataclass(frozen=True)
class _Work:
    lake: Lake
    client: Client
    patience: Patience
    skip_bad: bool
    findings: list[Finding]

    def instruments(self) -> pl.DataFrame:
        """All three states: without the delisted ones the lake would only know survivors."""
        fields = "ts_code,symbol,name,area,industry,market,list_date,delist_date,list_status"
        states = [fetch(self.client, "stock_basic", fields, self.patience, list_status=state) for state in ("L", "D", "P")]
        return self._checked(pl.concat(states, how="vertical_relaxed"), "instruments", "stock_basic")

    def calendar(self, first: date, last: date) -> pl.DataFrame:
        params = {"exchange": "SSE", "start_date": f"{first:%Y%m%d}", "end_date": f"{last:%Y%m%d}"}
        rows = fetch(self.client, "trade_cal", "exchange,cal_date,is_open,pretrade_date", self.patience, **params)
        if rows.is_empty():
            raise UpstreamError(Problem("trade_cal", f"Tushare has no calendar from {first} to {last}"))
        return self._checked(rows, "trade_cal", "trade_cal")

    def day(self, api_name: str, table: str, day: date) -> pl.DataFrame:
        fields = ",".join(column.tushare_name for column in TABLES[table].columns)
        rows = fetch(self.client, api_name, fields, self.patience, trade_date=f"{day:%Y%m%d}")
        return self._checked(rows, table, f"{api_name} {day:%Y%m%d}")

    def dividends(self, day: date) -> pl.DataFrame:
        """What was carried out of the dividends of an ex-date; a plan may still change. Reports give the same payment more than once."""
        names = [column.tushare_name for column in TABLES["dividends"].columns]
        rows = fetch(self.client, "dividend", ",".join([*names, "div_proc"]), self.patience, ex_date=f"{day:%Y%m%d}")
        done = rows.filter(pl.col("div_proc") == CARRIED_OUT).select(names) if not rows.is_empty() else rows
        return self._checked(done, "dividends", f"dividend {day:%Y%m%d}")

    def _checked(self, rows: pl.DataFrame, table: str, label: str) -> pl.DataFrame:
        shape = TABLES[table]
        if rows.is_empty():
            return normalize(parse(_empty(rows, table), shape, Path(label)), shape)
        parsed = parse(rows.unique(maintain_order=True), shape, Path(label))
        findings, wrong = find(parsed, shape)
        if wrong.any() and not self.skip_bad:
            raise BadRowsError(table, parsed.height, findings)
        self.findings.extend(findings)
        return normalize(parsed.filter(~wrong), shape)


def _empty(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    if rows.columns:
        return rows
    names = [column.tushare_name for column in TABLES[table].columns]
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _open_days(lake: Lake, first: date, last: date) -> list[date]:
    delta = current(lake, SOURCE, "trade_cal")
    if delta is None:
        return []
    rows = scan(lake, SOURCE, "trade_cal", delta.version())
    opened = rows.filter((pl.col("is_open") == 1) & pl.col("cal_date").is_between(first, last))
    days: list[date] = opened.select(pl.col("cal_date").unique().sort()).collect().to_series().to_list()
    return days


def _days_there(lake: Lake, first: date, last: date) -> set[date]:
    """Sessions whose bars are committed, published or not."""
    delta = current(lake, SOURCE, "bars_1d")
    if delta is None:
        return set()
    rows = scan(lake, SOURCE, "bars_1d", delta.version()).filter(pl.col("trade_date").is_between(first, last))
    return set(rows.select(pl.col("trade_date").unique()).collect().to_series().to_list())
