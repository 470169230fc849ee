"""Tables of orders or weights as people write them: which column means what, and each text as a value. Every problem is collected.

A column comes as its distinct texts, so that a million rows cost a few thousand readings.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from engine.arrays import Integers
from engine.errors import OrdersError, Problem

MOST_ROWS = 1_000_000
MICRO, PICO = 10**6, 10**12
NO_CLOCK = -1
CASH = ("CASH", "现金")
"""Codes of what is not invested, in a table of weights."""

SHOWN = 20
"""Problems of one kind."""
_LARGEST_SHARES = 10**9
_LARGEST_PRICE = 10**6
"""CNY"""

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

_SIDES = {
    **dict.fromkeys(("buy", "b", "long", "买", "买入", "证券买入"), 1),
    **dict.fromkeys(("sell", "s", "卖", "卖出", "证券卖出"), -1),
}
_LIVES = {**dict.fromkeys(("", "day", "当日", "当日有效"), 0), **dict.fromkeys(("gtc", "撤销前有效"), 1)}
_EXCHANGES = {"XSHG": "SH", "XSHE": "SZ", "SS": "SH", "SSE": "SH", "SZSE": "SZ"}
"""Suffixes that other tools write."""


class Column(NamedTuple):
    texts: Sequence[str]
    """Distinct, without blanks around them."""
    at: Integers
    """(X,) which of them each row has."""


@dataclass(frozen=True)
class Table:
    columns: Mapping[str, Column]
    """By the names that the file gives them."""
    rows: Integers
    """(X,) what the file's rows are called: lines of a CSV, the header being line 1; numbers from 1 of a Parquet."""


@dataclass(frozen=True, eq=False)
class Lines:
    """X lines of a table."""

    rows: Integers
    days: Integers
    """YYYYMMDD"""
    clock: Integers
    """Milliseconds after midnight in Shanghai, NO_CLOCK where only the day is said."""
    codes: tuple[str, ...]
    """Distinct."""
    stocks: Integers
    """Which code each line names; -1: none, but cash."""


@dataclass(frozen=True, eq=False)
class Orders(Lines):
    shares: Integers
    """Signed."""
    limit: Integers
    """Micro-yuan, 0: none."""
    stop: Integers
    price: Integers
    until_cancelled: Integers
    """1: until cancelled."""


@dataclass(frozen=True, eq=False)
class Weights(Lines):
    """The lines of one time are a complete portfolio."""

    weights: Integers
    """In 10 ** -12."""


def column_of(texts: Iterable[str]) -> Column:
    found: dict[str, int] = {}
    at = np.fromiter((found.setdefault(text, len(found)) for text in texts), np.int64)
    return Column(tuple(found), at)


def read_orders(table: Table) -> Orders:
    """OrdersError with everything that is wrong."""
    reader = _Reader(table, ORDERS)
    lines = reader.lines()
    shares = reader.values("shares", _shares, needed=True)
    if reader.has("side"):
        sides = reader.values("side", _side, needed=True)
        reader.refuse(
            (shares < 0) & (sides != 0), "shares", "is negative, and the side is said besides", "with a side all shares are positive"
        )
        shares = shares * sides
    limit, stop, price = (reader.values(name, _price) for name in ("limit", "stop", "price"))
    until_cancelled = reader.values("time_in_force", _life)
    reader.refuse(
        (price > 0) & ((limit > 0) | (stop > 0)), "price", "is given beside a limit or a stop", "an order at exactly a price has none"
    )
    reader.refuse((price > 0) & (until_cancelled > 0), "time_in_force", "is gtc", "an order at exactly a price lives for one bar")
    reader.stop_if_wrong()
    return Orders(*lines, shares, limit, stop, price, until_cancelled)


def read_weights(table: Table) -> Weights:
    """OrdersError with everything that is wrong."""
    reader = _Reader(table, WEIGHTS)
    rows, days, clock, codes, stocks = reader.lines()
    weights = reader.values("weight", _weight, needed=True)
    for cash in (place for place, code in enumerate(codes) if code in CASH):
        stocks = np.where(stocks == cash, -1, stocks)
    times, time = np.unique(days * _DAY + clock, return_inverse=True)
    if not reader.problems:
        reader.problems += _twice(rows, time * (len(codes) + 1) + stocks + 1, codes, stocks)
        reader.problems += _too_much(rows, times, time, weights)
    reader.stop_if_wrong()
    return Weights(rows, days, clock, codes, stocks, weights)


def unused(table: Table, kind: Sequence[str]) -> list[str]:
    """The columns that nobody reads."""
    used = {name for names in _named(table, kind).values() for name in names[:1]}
    return [name for name in table.columns if name not in used]


def _twice(rows: Integers, keys: Integers, codes: tuple[str, ...], stocks: Integers) -> Iterator[Problem]:
    order = np.argsort(keys, kind="stable")
    again = np.sort(order[1:][keys[order[1:]] == keys[order[:-1]]])
    for x in again[:SHOWN].tolist():
        before = int(rows[np.flatnonzero(keys == keys[x])[0]])
        code = codes[stocks[x]] if stocks[x] >= 0 else "cash"
        yield Problem(
            f"row {rows[x]}", f"gives {code} a weight that row {before} has given at the same time", "a code stands once in a portfolio"
        )
    yield from more(len(again), "stand twice in a portfolio")


def _too_much(rows: Integers, times: Integers, time: Integers, weights: Integers) -> Iterator[Problem]:
    sums = np.zeros(len(times), np.int64)
    np.add.at(sums, time, weights)
    wrong = np.flatnonzero(sums > PICO + PICO // 10**8)
    for each in wrong[:SHOWN].tolist():
        row = int(rows[np.flatnonzero(time == each)[0]])
        yield Problem(
            f"row {row}", f"the weights of this time add up to {sums[each] / PICO:.6g}", "a portfolio has at most 1; the rest is cash"
        )
    yield from more(len(wrong), "begin portfolios of more than 1")


def more(count: int, words: str) -> Iterator[Problem]:
    """That there are more of a kind than are told."""
    if count > SHOWN:
        yield Problem("rows", f"{count - SHOWN:,} more {words}")


class _Reader:
    """One table, and what is wrong with it."""

    def __init__(self, table: Table, kind: Sequence[str]) -> None:
        self.table, self.problems = table, list[Problem]()
        self._columns: dict[str, Column] = {}
        count = len(table.rows)
        if not 0 < count <= MOST_ROWS:
            hint = "it needs a header and a row for each line" if count == 0 else f"at most {MOST_ROWS:,}"
            raise OrdersError([Problem("file", f"has {count:,} rows" if count else "has no rows", hint)])
        self._named = _named(table, kind)
        self._assign(kind)
        self.stop_if_wrong()

    def has(self, name: str) -> bool:
        return name in self._columns

    def lines(self) -> tuple[Integers, Integers, Integers, tuple[str, ...], Integers]:
        moments = self.values("time", _moment, needed=True)
        self.values("ts_code", lambda _: 0, needed=True)
        column = self._columns["ts_code"]
        known = column_of(_code(text) for text in column.texts)
        return self.table.rows, moments // _DAY, moments % _DAY - 1, tuple(known.texts), known.at[column.at]

    def values(self, name: str, read: "Callable[[str], int | _Wrong]", needed: bool = False) -> Integers:
        """(X,) what the texts of a column come to; 0 where it is not there, or wrong."""
        if name not in self._columns:
            return np.zeros(len(self.table.rows), np.int64)
        column = self._columns[name]
        values, wrong = np.zeros(len(column.texts), np.int64), list[tuple[int, _Wrong]]()
        for k, text in enumerate(column.texts):
            value = _Wrong("is empty") if needed and not text else read(text)
            if isinstance(value, _Wrong):
                wrong.append((k, value))
            else:
                values[k] = value
        self.problems += self._wrong_texts(name, column, wrong)
        return values[column.at]

    def refuse(self, wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", name: str, message: str, hint: str) -> None:
        """One problem for all rows where something is wrong."""
        rows = self.table.rows[wrong]
        if rows.size:
            self.problems.append(Problem(place_of(rows), f"{self._title(name)} {message}", hint))

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise OrdersError(self.problems)

    def _title(self, name: str) -> str:
        names = self._named.get(name)
        return names[0] if names else NAMES[name][0]

    def _wrong_texts(self, name: str, column: Column, wrong: "list[tuple[int, _Wrong]]") -> Iterator[Problem]:
        for k, problem in wrong[:SHOWN]:
            text = column.texts[k]
            shown = f" {text[:40]!r}" if text else ""
            yield Problem(place_of(self.table.rows[column.at == k]), f"{self._title(name)}{shown} {problem.message}", problem.hint)
        yield from more(len(wrong), f"texts of {self._title(name)} are wrong")

    def _assign(self, kind: Sequence[str]) -> None:
        """Every meaning to its column."""
        found = ", ".join(self.table.columns)
        for name, names in self._named.items():
            if len(names) > 1:
                both = " and ".join(map(repr, names))
                self.problems.append(Problem("columns", f"{both} all mean {NAMES[name][0]}", "leave one"))
            self._columns[name] = self.table.columns[names[0]]
        for name in ("ts_code", "shares" if "shares" in kind else "weight"):
            if name not in self._columns:
                self.problems.append(Problem("columns", f"there is none for {NAMES[name][0]}", _missing(name, found)))
        for name, meant in _misspelt(self.table, kind, self._named):
            self.problems.append(Problem("columns", f"nothing is known of {name!r}", f"did you mean {meant!r}?"))
        self._assign_time(found)

    def _assign_time(self, found: str) -> None:
        day, time = self._columns.pop("day", None), self._columns.get("time")
        if day is None and time is None:
            self.problems.append(Problem("columns", "there is none for time", _missing("time", found, "day")))
        elif day is not None and time is not None:
            if all(_CLOCK.fullmatch(text) for text in time.texts):
                self._columns["time"] = _joined(day, time)
            else:
                both = f"{self._title('day')!r} and {self._title('time')!r}"
                self.problems.append(Problem("columns", f"{both} both say the day", "leave one, or let one say the time of the day"))
        elif day is not None:
            self._columns["time"] = day
            self._named["time"] = self._named["day"]


class _Wrong(NamedTuple):
    """Why a text has no value."""

    message: str
    hint: str | None = None


def _named(table: Table, kind: Sequence[str]) -> dict[str, list[str]]:
    """The table's columns by what they mean. Where one has the usual name, others of the same meaning are not looked at."""
    found: dict[str, list[str]] = {}
    for name in kind:
        names = [column for column in table.columns if _plain(column) in NAMES[name]]
        usual = [column for column in names if _plain(column) == NAMES[name][0]]
        if names:
            found[name] = usual[:1] or names
    return found


def _misspelt(table: Table, kind: Sequence[str], named: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Columns that look like one that is not there: to pass over a limit because it is called `limt` would change what is replayed."""
    taken = {column for names in named.values() for column in names}
    missing = [alias for name in kind if name not in named for alias in NAMES[name]]
    for column in table.columns:
        near = get_close_matches(_plain(column), missing, n=1, cutoff=0.8)
        if near and column not in taken and not any(_plain(column) in names for names in NAMES.values()):
            yield column, near[0]


def _missing(name: str, found: str, *others: str) -> str:
    names = ", ".join((*NAMES[name][:4], *(alias for other in others for alias in NAMES[other][:2]), NAMES[name][-1]))
    more = "; an amount may be shares or money: call it shares" if name == "shares" and "amount" in found else ""
    return f"it may be called {names}; found: {found}{more}"


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _joined(day: Column, time: Column) -> Column:
    pairs, at = np.unique(day.at * len(time.texts) + time.at, return_inverse=True)
    return Column([f"{day.texts[pair // len(time.texts)]} {time.texts[pair % len(time.texts)]}" for pair in pairs.tolist()], at)


def place_of(rows: Integers) -> str:
    """Where something is wrong."""
    return f"row {rows[0]} and {rows.size - 1:,} more" if rows.size > 1 else f"row {rows[0]}"


_DAY = 10**8
"""More than a day has milliseconds: a day and a clock in one number."""
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?|\d{5,6}")
_APART = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{1,2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,3})\d*)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?")


def _moment(text: str) -> int | _Wrong:
    """The day and the clock as one number; midnight is no clock, because tables of days are often written so."""
    found = _APART.fullmatch(text) or _TOGETHER.fullmatch(text.removesuffix(".0"))
    if found is None:
        return _Wrong("is no time", "2024-01-02 or 20240102, of minute bars 2024-01-02 09:35")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        number = int(date(int(year), int(month), int(day)).strftime("%Y%m%d"))
    except ValueError:
        return _Wrong("is no day of the calendar")
    if zone and zone.replace(":", "") != "+0800":
        return _Wrong("is in another time zone", "times are Shanghai's, +08:00")
    clock = (int(hour or 0) * 60 + int(minute or 0)) * 60 + int(second or 0)
    if int(hour or 0) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return _Wrong("is no time of the day")
    milliseconds = clock * 1000 + int((fraction or "0").ljust(3, "0"))
    return number * _DAY + (milliseconds or NO_CLOCK) + 1


def _code(text: str) -> str:
    """As Tushare writes it, where only the exchange's name or place differs; 600519.XSHG and sh600519 are 600519.SH."""
    code = text.upper()
    if found := re.fullmatch(r"(SH|SZ|BJ)[.]?(\d{6})", code):
        return f"{found[2]}.{found[1]}"
    symbol, dot, exchange = code.partition(".")
    return f"{symbol}{dot}{_EXCHANGES.get(exchange, exchange)}"


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("_", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10**15 else None


def _shares(text: str) -> int | _Wrong:
    number = _number(text)
    if number is None:
        return _Wrong("is no number")
    if number == 0:
        return _Wrong("orders nothing", "leave the row out")
    if number != int(number) or abs(number) > _LARGEST_SHARES:
        return _Wrong("is no whole number of shares", f"at most {_LARGEST_SHARES:,}")
    return int(number)


def _side(text: str) -> int | _Wrong:
    return _SIDES.get(text.lower()) or _Wrong("is no side", "buy or sell")


def _life(text: str) -> int | _Wrong:
    life = _LIVES.get(text.lower())
    return _Wrong("is unknown", "day or gtc") if life is None else life


def _price(text: str) -> int | _Wrong:
    """Micro-yuan: what lies below is how a float is written, not what was meant. Empty and 0: none."""
    number = _number(text or "0")
    if number is None:
        return _Wrong("is no number")
    if not 0 <= number <= _LARGEST_PRICE:
        return _Wrong("is no price", f"0 (none) to {_LARGEST_PRICE:,} CNY")
    return round(number * MICRO)


def _weight(text: str) -> int | _Wrong:
    number = _number(text)
    if number is None:
        return _Wrong("is no number", "5% is 0.05" if text.endswith("%") else None)
    if number < 0:
        return _Wrong("is negative", "there are no short sales")
    if number > 1 + Decimal("1e-8"):
        return _Wrong(
            "is above 1", f"a share of equity: is {number}% meant, {number / 100}?" if number <= 100 else "a share of equity, 0 to 1"
        )
    return round(number * PICO)
