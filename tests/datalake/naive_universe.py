"""The slow twin of universes: who is a member on one day, from the tables' rows, by the words of docs/strategy-language.md."""

from collections import defaultdict
from datetime import date

import polars as pl

from engine.market import board_of

Rows = dict[str, pl.DataFrame]


def sessions_of(tables: Rows) -> list[date]:
    return sorted(tables["trade_cal"].filter(pl.col("is_open") == 1)["cal_date"].to_list())


def members_on(tables: Rows, universe: dict, day: date, told: date | None = None) -> set[str]:  # noqa: PLR0911
    """As somebody writes it. Before anybody's listing is looked at; `told`: the newest day whose end is known, if it is not this one."""
    told = told or day
    boards = {row["ts_code"]: board_of(row["ts_code"]) for row in tables["instruments"].iter_rows(named=True)}
    if "codes" in universe:
        return set(universe["codes"])
    if "all" in universe:
        return {code for code, board in boards.items() if board != "fund"}
    if "boards" in universe:
        return {code for code, board in boards.items() if board in universe["boards"]}
    if "industry" in universe:
        return {code for code in boards if any(name in universe["industry"] for name in industry_names(tables, code, told))}
    if "index" in universe:
        return _listed_in(tables, universe["index"], told) & set(boards)
    if "any" in universe:
        return set().union(*(members_on(tables, part, day, told) for part in universe["any"]))
    return _best(tables, universe, members_on(tables, universe.get("within", {"all": True}), day, told), day)


def industry_names(tables: Rows, code: str, day: date) -> list[str]:
    """Of all levels."""
    if "industries" not in tables:
        return [row["industry"] for row in tables["instruments"].iter_rows(named=True) if row["ts_code"] == code and row["industry"]]
    rows = [
        row
        for row in tables["industries"].iter_rows(named=True)
        if row["ts_code"] == code and row["in_date"] <= day and (row["out_date"] is None or day <= row["out_date"])
    ]
    newest = max(rows, key=lambda row: (row["in_date"], row["l3_code"]), default={})
    return [newest[level] for level in ("l1_name", "l2_name", "l3_name") if newest.get(level)]


def _listed_in(tables: Rows, index: str, day: date) -> set[str]:
    lists = defaultdict(set)
    for row in tables["index_members"].iter_rows(named=True):
        if row["index_code"] == index and row["trade_date"] <= day:
            lists[row["trade_date"]].add(row["ts_code"])
    return lists[max(lists)] if lists else set()


def _best(tables: Rows, universe: dict, among: set[str], day: date) -> set[str]:
    """The first of those who were listed, and had a figure, `lag` sessions before."""
    calendar = sessions_of(tables)
    place = calendar.index(day) - universe.get("lag", 1)
    if place < 0:
        return set()
    then = calendar[place]
    listed = {row["ts_code"]: row for row in tables["instruments"].iter_rows(named=True)}
    found = {}
    for code in among:
        gone = listed[code]["delist_date"]
        value = _value(tables, universe["rank"], code, calendar, place, listed[code]["list_date"])
        if listed[code]["list_date"] <= then and (gone is None or then < gone) and value is not None:
            found[code] = value
    sign = 1 if "bottom" in universe else -1
    ranked = sorted(found, key=lambda code: (sign * found[code], code))
    return set(ranked[: universe.get("bottom") or universe["top"]])


def _value(tables: Rows, field: str, code: str, calendar: list[date], place: int, list_date: date) -> float | None:
    bars = _by_key(tables, "bars_1d")
    if field in ("amount", "volume"):
        row = bars.get((code, calendar[place]))
        return row[field] if row and row["volume"] else None
    if not field.startswith("return_"):
        row = _by_key(tables, "daily_basic").get((code, calendar[place]))
        return row[field] if row else None
    sessions = int(field.removeprefix("return_"))
    first = next(number for number, day in enumerate(calendar) if day >= tables["bars_1d"]["trade_date"].min())
    row = bars.get((code, calendar[place]))
    if not row or not row["volume"] or place - sessions < first or list_date > calendar[place - sessions]:
        return None
    product = 1.0
    for day in calendar[place - sessions + 1 : place + 1]:
        row = bars.get((code, day))
        if row and row["volume"]:
            product *= row["close"] / row["pre_close"]
    return product - 1.0


def _by_key(tables: Rows, name: str) -> dict:
    """Rows by code and day, kept for the next question about the same table."""
    if id(tables[name]) not in _KEPT:
        _KEPT[id(tables[name])] = (tables[name], {(row["ts_code"], row["trade_date"]): row for row in tables[name].iter_rows(named=True)})
    return _KEPT[id(tables[name])][1]


_KEPT: dict[int, tuple[pl.DataFrame, dict]] = {}
