"""What is known of each stock beside its bars: listings, dividends, changes of its code."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from datalake.calendar import to_date, to_int
from datalake.panels.packing import Array
from datalake.reading import Reader
from datalake.versions import Instrument
from engine.arrays import Integers, Prices

LEAVING = re.compile(r"^退市|退$")
"""Names in the delisting period: 退市海润, 中弘退."""


class CodeChange(NamedTuple):
    """One company whose bars go on under another code."""

    day: int
    """YYYYMMDD, the first of the new code."""
    old: str
    new: str


def code_changes(reader: Reader, after: int, until: int) -> list[CodeChange]:
    """Changes after one day and until another (YYYYMMDD) between codes that the dataset knows, by day, then old code."""
    if not reader.has("code_changes"):
        return []
    known = reader.dataset.catalog.by_code
    rows = reader.rows("code_changes", (after, until)).select("change_date", "old_code", "new_code").collect().rows()
    found = sorted(CodeChange(to_int(day), old, new) for day, old, new in rows)
    return [change for change in found if change.day > after and change.old in known and change.new in known]


def linked(codes: Iterable[str], changes: Sequence[CodeChange]) -> set[str]:
    """The codes, and whoever they become or were."""
    found = set(codes)
    before = -1
    while len(found) > before:
        before = len(found)
        found |= {code for change in changes if {change.old, change.new} & found for code in (change.old, change.new)}
    return found


def delisting_starts(names: pl.DataFrame, codes: Sequence[str], sessions: Sequence[int]) -> Prices:
    """(N,) the first session of a name that says so, YYYYMMDD; 0: none. `names` are rows of namechange.

    Before the first known session the name's own day stands: which session it was is not known.
    """
    out = np.zeros(len(codes), dtype=np.int32)
    columns = {code: column for column, code in enumerate(codes)}
    rows = names.select("start_date", "ts_code", "name").sort("start_date", "ts_code", descending=[True, False])
    for start, code, name in rows.iter_rows():  # the newest first: the earliest stays
        day = to_int(start)
        place = bisect_left(sessions, day)
        if code in columns and LEAVING.search(name) and place < len(sessions):
            out[columns[code]] = sessions[place] if day >= sessions[0] else day
    return out


def action_arrays(reader: Reader, codes: Sequence[str], span: tuple[int, int], changes: Sequence[CodeChange]) -> dict[str, Array]:
    """`dividends` (X, 6) and `code_changes` (Y, 3) of the codes, as engine.market.Actions holds them."""
    columns = {code: column for column, code in enumerate(codes)}
    changed = [(change.day, columns[change.old], columns[change.new]) for change in changes if change.old in columns]
    return {"dividends": _dividends(reader, columns, span), "code_changes": np.array(changed, dtype=np.int64).reshape(-1, 3)}


def _dividends(reader: Reader, columns: dict[str, int], span: tuple[int, int]) -> Integers:
    """Several records of one stock and ex-date (the year's and a special one) are one payment, at the later date."""
    if not reader.has("dividends"):
        return np.zeros((0, 6), dtype=np.int64)
    added = reader.rows("dividends", span, list(columns)).group_by("ex_date", "ts_code").agg(
        pl.col("stk_div", "cash_div_tax").sum(), pl.col("pay_date", "div_listdate").max()
    )  # fmt: skip
    rows = [
        (to_int(ex_date), columns[code], shares, cash, to_int(paid) if paid else 0, to_int(listed) if listed else 0)
        for ex_date, code, shares, cash, paid, listed in added.collect().iter_rows()
        if shares or cash
    ]
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, 6)


def listing_arrays(instruments: Sequence[Instrument], names: pl.DataFrame | None, sessions: Sequence[int], last: int) -> dict[str, Array]:
    """(N,) each, as engine.market.Listings holds them. What comes after the `last` session (YYYYMMDD) is not known yet: 0."""
    codes = [row.ts_code for row in instruments]
    leaving = np.zeros(len(codes), np.int32) if names is None else delisting_starts(names, codes, sessions)
    gone = np.array([row.delist_date for row in instruments], dtype=np.int32)
    return {
        "same_day": np.array([row.same_day for row in instruments], dtype=np.uint8),
        "delisting_from": np.where(leaving <= last, leaving, np.int32(0)),
        "delist_date": np.where(gone <= last, gone, np.int32(0)),
    }


def industries_of(reader: Reader, instruments: Sequence[Instrument], first: int) -> list[str]:
    """(N,) each stock's industry on the later of the `first` session (YYYYMMDD) and its listing; "" where it had none.

    From the table `industries`, which knows the past: the newest row that had begun and not ended. Without that table the list of stocks
    is all there is, which says today's.
    """
    if not reader.has("industries"):
        return [row.industry for row in instruments]
    since = {row.ts_code: to_date(max(first, row.list_date)) for row in instruments}
    rows = reader.rows("industries", codes=list(since)).select("ts_code", "in_date", "l3_code", "out_date", "l1_name")
    found = dict.fromkeys(since, "")
    for code, begun, _, ended, name in rows.collect().sort("ts_code", "in_date", "l3_code").iter_rows():
        if begun <= since[code] and (ended is None or since[code] <= ended):
            found[code] = name
    return list(found.values())
