"""The slow twin of rankings: one session and one stock at a time, from the tables' rows, by the words of docs/data.md."""

import math
from datetime import date

import polars as pl

from datalake.rankings.spec import BAR_FIELDS, RankingSpec
from engine.market import board_of

Rows = dict[str, pl.DataFrame]


class NaiveRankings:
    """Of some tables as they were written."""

    def __init__(self, tables: Rows, calendar: list[date]) -> None:
        self.calendar = calendar
        self.place = {day: place for place, day in enumerate(calendar)}
        self.bars = {(row["ts_code"], row["trade_date"]): row for row in tables["bars_1d"].iter_rows(named=True) if row["volume"]}
        basics = tables.get("daily_basic", pl.DataFrame())
        self.basics = {(row["ts_code"], row["trade_date"]): row for row in basics.iter_rows(named=True)}
        known = {row["ts_code"]: row for row in tables["instruments"].iter_rows(named=True)} if "instruments" in tables else {}
        codes = {*known, *tables["bars_1d"]["ts_code"].unique()}
        self.listed = {code: (known.get(code) or {}).get("list_date") for code in codes}
        self.gone = {code: (known.get(code) or {}).get("delist_date") for code in codes}
        self.first = tables["bars_1d"]["trade_date"].min()

    def ranked(self, spec: RankingSpec, day: date) -> list[tuple[str, float]]:
        """Everybody with a value, the first one first."""
        boards = spec.boards or ("main", "chinext", "star", "bse")
        found = []
        for code in self.listed:
            if board_of(code).replace("fund_20", "fund") not in boards or not self.is_listed(code, day):
                continue
            value = self.value(spec, code, day)
            if value is not None and math.isfinite(value):
                found.append((value if spec.lowest else -value, code, float(value)))
        return [(code, value) for _, code, value in sorted(found)]

    def is_listed(self, code: str, day: date) -> bool:
        since, until = self.listed[code], self.gone[code]
        return (since is None or since <= day) and (until is None or day < until)

    def value(self, spec: RankingSpec, code: str, day: date) -> float | None:
        if spec.sessions:
            return self.over_sessions(spec.sessions, code, day)
        return (self.bars if spec.field in BAR_FIELDS else self.basics).get((code, day), {}).get(spec.field)

    def over_sessions(self, sessions: int, code: str, day: date) -> float | None:
        place = self.place[day]
        if place < sessions or (code, day) not in self.bars:
            return None
        then = self.calendar[place - sessions]
        since = self.listed[code]
        if then < self.first or (since > then if since else (code, then) not in self.bars):
            return None
        product = 1.0
        for each in self.calendar[place - sessions + 1 : place + 1]:
            bar = self.bars.get((code, each))
            if bar:
                if not bar["pre_close"]:
                    return None
                product *= bar["close"] / bar["pre_close"]
        return product - 1.0
