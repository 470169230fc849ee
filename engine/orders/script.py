"""Orders and target weights from outside, placed on a market: which of its bars each meets, and everything that keeps them from it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from engine.arrays import Integers
from engine.errors import OrdersError, Problem
from engine.market import Market
from engine.orders.lines import NO_CLOCK, PICO, SHOWN, Lines, Orders, Weights, more, place_of
from engine.simulation.rules import terms_of_trade
from engine.simulation.script import Script, script_of
from engine.terms import ONE

__all__ = ["check_lines", "check_prices", "identity_of", "script_for"]

_DAY_MS, _SHANGHAI_MS, _MINUTE_MS = 24 * 3_600_000, 8 * 3_600_000, 60_000
_LI = 1_000
"""Micro-yuan."""


def check_lines(lines: Lines, boards: Mapping[str, str], sessions: Sequence[int]) -> list[Problem]:
    """Codes that are unknown and days without a session. boards: of every known code; sessions: every known one, YYYYMMDD ascending."""
    return [*_unknown_codes(lines, boards), *_no_sessions(lines, np.array(sessions, np.int64))]


def check_prices(orders: Orders, boards: Mapping[str, str]) -> Iterator[Problem]:
    """Prices that no exchange takes. Codes that are not among `boards` are passed over."""
    ticks = [_LI * int(terms_of_trade([boards[code]]).tick[0]) if code in boards else 1 for code in orders.codes]
    tick = np.array(ticks, np.int64)[orders.stocks]
    for name, prices in (("limit", orders.limit), ("stop", orders.stop), ("price", orders.price)):
        wrong = np.flatnonzero(prices % tick)
        for x in wrong[:SHOWN].tolist():
            price, step = int(prices[x]), int(tick[x])
            low, high = (f"{each / 10**6:.3f}" for each in (price - price % step, price - price % step + step))
            message = f"{name} {price / 10**6:.12g} is no whole number of ticks: {orders.codes[orders.stocks[x]]} moves by {step / 10**6:g}"
            yield Problem(f"row {orders.rows[x]}", message, f"{low} or {high}; nothing is rounded here")
        yield from more(len(wrong), f"rows have a {name} between two ticks")


def script_for(lines: Orders | Weights, market: Market) -> Script:
    """What the simulation takes. OrdersError with everything that does not meet a bar of the market."""
    bars = _Bars(market)
    rows, problems = bars.meeting(lines)
    stocks, strangers = _columns(lines, market)
    problems = [*problems, *strangers]
    window = market.shape[0] - market.window_start
    none = np.zeros((0, 8), np.int64), np.zeros((0, 3), np.int64)
    if isinstance(lines, Orders):
        problems += check_prices(lines, dict(zip(market.codes, market.boards, strict=True)))
        if not problems:
            return script_of(_orders(lines, rows, stocks), none[1], window)
    else:
        problems += _same_bar(lines, rows)
        if not problems:
            return script_of(none[0], _targets(lines, rows, stocks), window)
    raise OrdersError(problems)


def identity_of(lines: Orders | Weights) -> str:
    """SHA-256 of what the lines say, whatever file they came in."""
    digest = hashlib.sha256(f"lianghu {type(lines).__name__} 1\n".encode())
    arrays: list[Integers] = [lines.days, lines.clock, lines.stocks]
    if isinstance(lines, Orders):
        arrays += [lines.shares, lines.limit, lines.stop, lines.price, lines.until_cancelled]
    else:
        arrays.append(lines.weights)
    for part in ("\n".join(lines.codes).encode(), *(array.astype("<i8").tobytes() for array in arrays)):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


class _Bars:
    """When the bars of a market's window begin."""

    def __init__(self, market: Market) -> None:
        window = slice(market.window_start, None)
        self._daily = market.frequency == "1d"
        self._sessions = market.sessions[window].astype(np.int64)
        minutes = 0 if self._daily else int(market.frequency.removesuffix("m"))
        self._begins = market.times[window] - minutes * _MINUTE_MS

    def meeting(self, lines: Lines) -> tuple[Integers, list[Problem]]:
        """(X,) the row of the window in which each line meets the market; and the lines that meet none."""
        first, last = int(self._sessions[0]), int(self._sessions[-1])
        outside = (lines.days < first) | (lines.days > last)
        problems = list(
            _at(lines, outside, f"lies outside of the window {_iso(first)} to {_iso(last)}", "--start and --end say another one")
        )
        if self._daily:
            timed = (lines.clock != NO_CLOCK) & ~outside
            problems += _at(lines, timed, "says a time of the day, and the bars are daily", "say only the day, or --frequency 5m")
            rows = np.searchsorted(self._sessions, lines.days)
            missing = self._sessions[np.minimum(rows, self._sessions.size - 1)] != lines.days
            problems += _at(lines, missing & ~outside, "is no session of the data")
            return rows, problems
        midnight = _midnights(lines.days) if not problems else np.zeros(len(lines.days), np.int64)
        rows = np.searchsorted(self._begins, midnight + np.maximum(lines.clock, 0))
        late = (rows == self._begins.size) & ~outside
        problems += _at(lines, late, "comes after the window's last bar has begun", "a later --end has another bar")
        return rows, problems


def _orders(orders: Orders, rows: Integers, stocks: Integers) -> Integers:
    prices = [each // _LI for each in (orders.limit, orders.stop, orders.price)]
    table = np.stack([rows, stocks, orders.shares, *prices, orders.until_cancelled, orders.rows], axis=1)
    return table[np.argsort(rows, kind="stable")].astype(np.int64)


def _targets(weights: Weights, rows: Integers, stocks: Integers) -> Integers:
    """Cash is what is left, so its lines go, but for one that stands alone: then everything is sold."""
    invested = np.isin(rows, rows[stocks >= 0])
    kept = (stocks >= 0) | ~invested
    table = np.stack([rows, stocks, np.where(stocks >= 0, weights.weights // (PICO // ONE), 0)], axis=1)[kept]
    return table[np.argsort(table[:, 0], kind="stable")].astype(np.int64)


def _columns(lines: Lines, market: Market) -> tuple[Integers, Iterator[Problem]]:
    """(X,) each line's column of the market, -1 for cash; and the codes that have none."""
    place = {code: column for column, code in enumerate(market.codes)}
    columns = np.array([*(place.get(code, -1) for code in lines.codes), -1], np.int64)
    first, last = (_iso(int(market.sessions[row])) for row in (market.window_start, -1))
    strangers = _about_codes(lines, place, f"has no bar from {first} to {last}")
    return columns[lines.stocks], (Problem(place, message) for place, message, _ in strangers)


def _same_bar(weights: Weights, rows: Integers) -> Iterator[Problem]:
    """Portfolios of different times that the same bar would have to serve."""
    moments = weights.days * _DAY_MS + weights.clock
    order = np.lexsort((moments, rows))
    one, other = order[:-1], order[1:]
    meet = np.flatnonzero((rows[one] == rows[other]) & (moments[one] != moments[other]))
    for x, y in zip(one[meet[:SHOWN]].tolist(), other[meet[:SHOWN]].tolist(), strict=True):
        message = f"meets the same bar as the portfolio of row {weights.rows[x]}"
        yield Problem(f"row {weights.rows[y]}", message, "one portfolio for each bar")
    yield from more(len(meet), "portfolios meet a bar that has one")


def _unknown_codes(lines: Lines, boards: Mapping[str, str]) -> Iterator[Problem]:
    known = list(boards)
    for place, message, code in _about_codes(lines, boards, "is unknown"):
        yield Problem(place, message, _near_code(code, known))


def _about_codes(lines: Lines, known: Mapping[str, object], words: str) -> Iterator[tuple[str, str, str]]:
    """(place, message, code) of the lines whose code is not known."""
    strange = [k for k, code in enumerate(lines.codes) if code not in known]
    found = [(k, lines.rows[lines.stocks == k]) for k in strange[: SHOWN + 2]]
    named = [(k, rows) for k, rows in found if rows.size]  # nobody names the code of cash
    for k, rows in named[:SHOWN]:
        yield place_of(rows), f"{lines.codes[k]} {words}", lines.codes[k]
    if len(strange) > SHOWN:
        yield "rows", f"and so are {len(strange) - SHOWN:,} more codes", ""


def _no_sessions(lines: Lines, sessions: Integers) -> Iterator[Problem]:
    days = np.unique(lines.days)
    closed = days[~np.isin(days, sessions)]
    first, last = (int(sessions[0]), int(sessions[-1])) if sessions.size else (0, 0)
    for day in closed[:SHOWN].tolist():
        place = place_of(lines.rows[lines.days == day])
        if first <= day <= last:
            after = int(sessions[np.searchsorted(sessions, day)])
            yield Problem(place, f"{_iso(day)} is no session: the exchange was closed", f"the next one is {_iso(after)}")
        else:
            yield Problem(place, f"{_iso(day)} lies outside of the data", f"they have sessions from {_iso(first)} to {_iso(last)}")
    yield from more(len(closed), "days are no sessions")


def _near_code(code: str, known: Sequence[str]) -> str | None:
    symbol = code.partition(".")[0]
    padded = symbol.zfill(6) if symbol.isdigit() else symbol
    same = [one for one in known if one.partition(".")[0] == padded]
    near = same or get_close_matches(code, known, n=1)
    return f"did you mean {' or '.join(map(repr, near[:3]))}?" if near else None


def _at(lines: Lines, wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", message: str, hint: str | None = None) -> Iterator[Problem]:
    """One problem for all lines where something is wrong."""
    if wrong.any():
        first = int(wrong.argmax())
        clock = int(lines.clock[first])
        time = "" if clock == NO_CLOCK else f" {clock // _MINUTE_MS // 60:02d}:{clock // _MINUTE_MS % 60:02d}"
        yield Problem(place_of(lines.rows[wrong]), f"{_iso(int(lines.days[first]))}{time} {message}", hint)


def _midnights(days: Integers) -> Integers:
    """UTC milliseconds of the days' beginnings in Shanghai."""
    different, at = np.unique(days, return_inverse=True)
    moments: Integers = np.array([_iso(day) for day in different.tolist()], "datetime64[ms]").astype(np.int64)
    return moments[at] - _SHANGHAI_MS


def _iso(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
