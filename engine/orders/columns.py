"""Which column of a table means what: people and other tools call them by many names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from engine.orders.lines import Column, Table

NAMES: Mapping[str, tuple[str, ...]] = {
    "day": ("date", "trade_date", "day", "日期", "交易日期", "成交日期", "委托日期"),
    "time": ("time", "datetime", "timestamp", "trade_time", "时间", "成交时间", "委托时间", "日期时间"),
    "ts_code": (
        "ts_code",
        "code",
        "symbol",
        "ticker",
        "stock",
        "stock_code",
        "instrument",
        "order_book_id",
        "代码",
        "证券代码",
        "股票代码",
    ),
    "shares": ("shares", "quantity", "qty", "volume", "vol", "数量", "股数", "成交数量", "委托数量"),
    "side": ("side", "direction", "action", "方向", "买卖", "买卖方向", "操作"),
    "limit": ("limit", "limit_price", "限价"),
    "stop": ("stop", "stop_price", "触发价"),
    "price": ("price", "价格", "成交价", "成交价格", "成交均价"),
    "time_in_force": ("time_in_force", "tif", "有效期"),
    "weight": ("weight", "target_weight", "weights", "权重", "目标权重", "仓位"),
}
"""What each column may be called; the first name is the usual one. A day and a time of the day may stand apart."""

ORDERS = ("day", "time", "ts_code", "shares", "side", "limit", "stop", "price", "time_in_force")
WEIGHTS = ("day", "time", "ts_code", "weight")


def named(table: Table, kind: Sequence[str]) -> dict[str, list[str]]:
    """The table's columns by what they mean. Where one has the usual name, others of the same meaning are not looked at."""
    found: dict[str, list[str]] = {}
    for name in kind:
        names = [column for column in table.columns if _plain(column) in NAMES[name]]
        usual = [column for column in names if _plain(column) == NAMES[name][0]]
        if names:
            found[name] = usual[:1] or names
    return found


def unused(table: Table, kind: Sequence[str]) -> list[str]:
    """The columns that nobody reads."""
    used = {name for names in named(table, kind).values() for name in names[:1]}
    return [name for name in table.columns if name not in used]


def misspelt(table: Table, kind: Sequence[str], named: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Columns that look like one that is not there: to pass over a limit because it is called `limt` would change what is replayed."""
    taken = {column for names in named.values() for column in names}
    missing = [alias for name in kind if name not in named for alias in NAMES[name]]
    for column in table.columns:
        near = get_close_matches(_plain(column), missing, n=1, cutoff=0.8)
        if near and column not in taken and not any(_plain(column) in names for names in NAMES.values()):
            yield column, near[0]


def missing(name: str, found: str, *others: str) -> str:
    """A hint: what a column may be called, and what the table has."""
    names = ", ".join((*NAMES[name][:4], *(alias for other in others for alias in NAMES[other][:2]), NAMES[name][-1]))
    more = "; an amount may be shares or money: call it shares" if name == "shares" and "amount" in found else ""
    return f"it may be called {names}; found: {found}{more}"


def joined(day: Column, time: Column) -> Column:
    """A day and a time of the day as one text."""
    pairs, at = np.unique(day.at * len(time.texts) + time.at, return_inverse=True)
    return Column([f"{day.texts[pair // len(time.texts)]} {time.texts[pair % len(time.texts)]}" for pair in pairs.tolist()], at)


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())
