"""Random corporate actions: dividends of every kind, delistings with and without their period, a company that gets another code."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from engine.market import FAR, Actions, Listings

RATIOS = ((13, 10), (2, 1), (1, 10), (1_003_217, 1_000_000))
"""What an adjustment factor does without a record."""
DEAREST = 10**7
"""Li: what several of them make of a price still has room in a panel."""


class Events:
    """Collects records while prices are made; the records need not say what the prices do."""

    def __init__(self, rng: np.random.Generator, dates: list[int]) -> None:
        self.rng, self.dates = rng, dates
        self.dividends: list[list[int]] = []
        self.code_changes: list[list[int]] = []

    def actions(self, close: Any) -> Actions:
        """Without the records that the door refuses: dividends of a stock that was soon worth next to nothing."""
        least = np.where(close > 0, close, 2**31).min(axis=0)
        dividends = sorted(each for each in self.dividends if each[3] <= 9_000 * least[each[1]])
        changes = sorted(self.code_changes)
        return Actions(np.array(dividends, np.int64).reshape(-1, 6), np.array(changes, np.int64).reshape(-1, 3))

    def ex_date(self, factor: Any, i: int, session: int, t: int, last: int, tick: int) -> int:
        """The reference price of the session; moves the factor from row t on, adds a record."""
        rng, recorded = self.rng, self.rng.random() < 0.75
        bonus = int(rng.choice([0, 0, 300_000, 1_000_000, 123_457, 17]))
        cash = int(rng.choice([0, 1, last * 50, last * 331 + 7, last * 20]))
        top, bottom = (10**6 + bonus) * last, 10**6 * last - cash * 1000
        if not recorded:
            top, bottom = RATIOS[rng.integers(len(RATIOS))]
        reference = min(max(last * bottom // top // tick * tick, tick), DEAREST) if rng.random() < 0.85 else last
        if rng.random() < 0.85:
            factor[t:, i] = min(max(int(factor[t, i]) * top // bottom, 1), 10**12)
        if recorded:
            self._record(i, session, bonus, cash)
            if rng.random() < 0.1:
                self._record(i, session, 0, cash + 12_345)
        return reference

    def _record(self, i: int, session: int, bonus: int, cash: int) -> None:
        """By the session's date or, where days lie between, the day before."""
        ex_date = self.dates[session]
        early = shifted(ex_date, -1)
        if self.rng.random() < 0.3 and session and early > self.dates[session - 1]:
            ex_date = early
        self.dividends.append([ex_date, i, bonus, cash, self._around(session), self._around(session)])

    def _around(self, session: int) -> int:
        """0, or a day before, at or after the session, no session itself perhaps, or beyond the end."""
        rng = self.rng
        if rng.random() < 0.15:
            return 0
        later = session + int(rng.choice([-1, 0, 0, 1, 1, 2, 5, 40]))
        day = self.dates[max(later, 0)] if later < len(self.dates) else 20991231
        return shifted(day, 1) if rng.random() < 0.2 else day


def shifted(day: int, days: int) -> int:
    return int(f"{datetime.strptime(str(day), '%Y%m%d') + timedelta(days=days):%Y%m%d}")  # noqa: DTZ007 (a date)


def listings_of(rng: np.random.Generator, boards: tuple[str, ...], dates: list[int]) -> Listings:
    """Few industries, so that their caps bind; delisting periods of stocks that stay, too."""
    n, since = len(boards), np.zeros(len(boards), np.int32)
    for i in range(n):
        if rng.random() < 0.15:
            since[i] = rng.choice([dates[rng.integers(len(dates))], shifted(dates[0], -3)])
    industries = tuple(str(name) for name in rng.choice(["", "bank", "coal"], n))
    return Listings(industries, (rng.random(n) < 0.2).astype(np.uint8), since, np.zeros(n, np.int32))


def delist(rng: np.random.Generator, made: Any, i: int, per_day: int, dates: list[int], listings: Listings) -> None:
    """No bars from a session on; the date is that session's, or one of a later day, perhaps beyond the end."""
    last = int(rng.integers(len(dates) // 3, len(dates)))
    _silence(made, i, last * per_day)
    later = last + int(rng.choice([0, 0, 1, 3]))
    day = dates[later] if later < len(dates) else 20991231
    listings.delist_date[i] = shifted(day, -1) if rng.random() < 0.2 and shifted(day, -1) > dates[last - 1] else day
    if rng.random() < 0.6:
        listings.delisting_from[i] = dates[max(last - int(rng.integers(1, 8)), 0)]


def _silence(made: Any, i: int, row: int) -> None:
    for name in ("open", "high", "pre_close", "volume", "amount", "limit_up", "limit_down"):
        made[name][row:, i] = 0
    made["low"][row:, i] = FAR
    made["close"][row:, i] = made["close"][row - 1, i] if row else 0
    made["adj_factor"][row:, i] = made["adj_factor"][row - 1, i] if row else 10**6


def change_code(rng: np.random.Generator, made: Any, pair: list[int], per_day: int, listings: Listings, events: Events) -> None:
    """The old column's bars go on in the new one, from a session on; the day told is that session's or one shortly before it."""
    (old, new), dates = pair, events.dates
    session = int(rng.integers(1, len(dates)))
    row, early = session * per_day, shifted(dates[session], -1)
    for name in made:
        made[name][:, new] = made[name][:, old]
    bars = np.flatnonzero(made["open"][row:, new])
    first = row + int(bars[0]) if len(bars) else len(made["open"])
    for name in made:
        if name not in ("is_st", "listed_sessions"):
            made[name][:first, new] = {"low": FAR, "adj_factor": 10**6}.get(name, 0)
    _silence(made, old, row)
    day = early if rng.random() < 0.3 and early > dates[session - 1] else dates[session]
    events.dividends = [each for each in events.dividends if each[1] != new]
    for each in events.dividends:
        if each[1] == old and each[0] >= day:
            each[1] = new
    events.code_changes.append([day, old, new])
    for facts in (listings.same_day, listings.delisting_from):
        facts[new] = facts[old]
