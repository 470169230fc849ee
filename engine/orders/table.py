"""Tables of orders or weights as people write them, read: columns, then texts, then what they say together. Every problem is collected."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.arrays import Integers
from engine.errors import OrdersError, Problem
from engine.orders import texts
from engine.orders.columns import NAMES, ORDERS, WEIGHTS, joined, missing, misspelt, named
from engine.orders.lines import PICO, SHOWN, Column, Orders, Table, Weights, column_of, more, place_of
from engine.orders.texts import CLOCK, DAY, Wrong

MOST_ROWS = 1_000_000
CASH = ("CASH", "现金")
"""Codes of what is not invested, in a table of weights."""


def read_orders(table: Table) -> Orders:
    """OrdersError with everything that is wrong."""
    reader = _Reader(table, ORDERS)
    lines = reader.lines()
    shares = reader.values("shares", texts.shares, needed=True)
    if reader.has("side"):
        sides = reader.values("side", texts.side, needed=True)
        reader.refuse(
            (shares < 0) & (sides != 0), "shares", "is negative, and the side is said besides", "with a side all shares are positive"
        )
        shares = shares * sides
    limit, stop, price = (reader.values(name, texts.price) for name in ("limit", "stop", "price"))
    until_cancelled = reader.values("time_in_force", texts.life)
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
    weights = reader.values("weight", texts.weight, needed=True)
    for cash in (place for place, code in enumerate(codes) if code in CASH):
        stocks = np.where(stocks == cash, -1, stocks)
    times, time = np.unique(days * DAY + clock, return_inverse=True)
    if not reader.problems:
        reader.problems += _twice(rows, time * (len(codes) + 1) + stocks + 1, codes, stocks)
        reader.problems += _too_much(rows, times, time, weights)
    reader.stop_if_wrong()
    return Weights(rows, days, clock, codes, stocks, weights)


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


class _Reader:
    """One table, and what is wrong with it."""

    def __init__(self, table: Table, kind: Sequence[str]) -> None:
        self.table, self.problems = table, list[Problem]()
        self._columns: dict[str, Column] = {}
        count = len(table.rows)
        if not 0 < count <= MOST_ROWS:
            hint = "it needs a header and a row for each line" if count == 0 else f"at most {MOST_ROWS:,}"
            raise OrdersError([Problem("file", f"has {count:,} rows" if count else "has no rows", hint)])
        self._named = named(table, kind)
        self._assign(kind)
        self.stop_if_wrong()

    def has(self, name: str) -> bool:
        return name in self._columns

    def lines(self) -> tuple[Integers, Integers, Integers, tuple[str, ...], Integers]:
        moments = self.values("time", texts.moment, needed=True)
        self.values("ts_code", lambda _: 0, needed=True)
        column = self._columns["ts_code"]
        known = column_of(texts.code(text) for text in column.texts)
        return self.table.rows, moments // DAY, moments % DAY - 1, tuple(known.texts), known.at[column.at]

    def values(self, name: str, read: "Callable[[str], int | Wrong]", needed: bool = False) -> Integers:
        """(X,) what the texts of a column come to; 0 where it is not there, or wrong."""
        if name not in self._columns:
            return np.zeros(len(self.table.rows), np.int64)
        column = self._columns[name]
        values, wrong = np.zeros(len(column.texts), np.int64), list[tuple[int, Wrong]]()
        for k, text in enumerate(column.texts):
            value = Wrong("is empty") if needed and not text else read(text)
            if isinstance(value, Wrong):
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

    def _wrong_texts(self, name: str, column: Column, wrong: "list[tuple[int, Wrong]]") -> Iterator[Problem]:
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
                self.problems.append(Problem("columns", f"there is none for {NAMES[name][0]}", missing(name, found)))
        for name, meant in misspelt(self.table, kind, self._named):
            self.problems.append(Problem("columns", f"nothing is known of {name!r}", f"did you mean {meant!r}?"))
        self._assign_time(found)

    def _assign_time(self, found: str) -> None:
        day, time = self._columns.pop("day", None), self._columns.get("time")
        if day is None and time is None:
            self.problems.append(Problem("columns", "there is none for time", missing("time", found, "day")))
        elif day is not None and time is not None:
            if all(CLOCK.fullmatch(text) for text in time.texts):
                self._columns["time"] = joined(day, time)
            else:
                both = f"{self._title('day')!r} and {self._title('time')!r}"
                self.problems.append(Problem("columns", f"{both} both say the day", "leave one, or let one say the time of the day"))
        elif day is not None:
            self._columns["time"] = day
            self._named["time"] = self._named["day"]
