"""Bars to look at: prices in the scale that is asked for, changes, and what happened on each: limits, ex-dates, suspensions, names."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from datalake.explore.bars import Viewed
from datalake.explore.scales import Adjust, changes, scaled
from datalake.frequencies import DAILY, MINUTES, PERIODS
from engine.arrays import Floats, Prices
from engine.market import FAR, Market
from engine.simulation.limits import price_limits
from engine.words import Words
from functions.reports.figures import day

ADJUSTMENTS: dict[str, Words] = {
    "none": Words("不复权", "as traded"),
    "back": Words("后复权", "back-adjusted"),
    "forward": Words("前复权，以最后一根为准", "in the scale of the last bar"),
}
BOARDS = {
    "main": Words("主板", "main board"),
    "chinext": Words("创业板", "ChiNext"),
    "star": Words("科创板", "STAR"),
    "bse": Words("北交所", "BSE"),
    "fund": Words("基金", "fund"),
    "fund_20": Words("基金(20%)", "fund (20%)"),
    "index": Words("指数", "index"),
}
_SHANGHAI = np.timedelta64(8, "h")


KINDS = ("special", "normal", "halted", "suspended", "ex", "up_limit", "up_touched", "down_limit", "down_touched")


class Mark(NamedTuple):
    """What happened on a bar."""

    kind: str
    """One of KINDS."""
    words: Words


class Bar(NamedTuple):
    """One bar, or a session without one: its prices are None then, and its close is the last one known."""

    session: int
    """YYYYMMDD"""
    time: str
    """The session, or of minutes the right edge: 2024-11-01, 2024-11-01 09:35."""
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    """CNY, in the scale that was asked for."""
    change: float | None
    """From the reference price (of minutes: from the bar before) to the close: 0.1 is +10%."""
    volume: int
    """shares"""
    amount: int
    """li"""
    factor: float
    marks: tuple[Mark, ...]

    @property
    def rises(self) -> bool:
        return self.open is not None and self.close is not None and self.close >= self.open


def bars_shown(viewed: Viewed, adjust: Adjust) -> list[Bar]:
    """Every row from the view's start. ContextError where a factor is too large for its price."""
    market = viewed.market
    prices = {name: _scaled(market, getattr(market, name), adjust) for name in ("open", "high", "low", "close")}
    has_bar, moved, times = market.open[:, 0] > 0, changes(market), _times(market)
    marks = _Marks(viewed)
    return [
        Bar(
            session=int(market.sessions[row]),
            time=times[row],
            **{name: float(values[row]) if has_bar[row] else None for name, values in prices.items()},
            change=float(moved[row]) if np.isfinite(moved[row]) else None,
            volume=int(market.volume[row, 0]),
            amount=int(market.amount[row, 0]),
            factor=int(market.adj_factor[row, 0]) / 1e6,
            marks=tuple(marks.of(row)),
        )
        for row in range(viewed.start, len(times))
    ]


def _scaled(market: Market, li: Prices, adjust: Adjust) -> Floats:
    """(T,) CNY; the anchor is the last bar that is shown."""
    factor = market.adj_factor[:, 0]
    return scaled(np.where(market.open[:, 0] > 0, li[:, 0], 0), factor, adjust, int(factor[-1]))


def _times(market: Market) -> list[str]:
    if market.frequency not in MINUTES:
        return [day(int(session)) for session in market.sessions]
    local = market.times.astype("datetime64[ms]") + _SHANGHAI
    return [str(time).replace("T", " ") for time in local.astype("datetime64[m]")]


class _Marks:
    """What happened on the rows of a view."""

    def __init__(self, viewed: Viewed) -> None:
        self._viewed, market = viewed, viewed.market
        self._market = market
        has_limits = market.frequency not in PERIODS and market.boards[0] != "index"
        self._limits = price_limits(market) if has_limits else None
        self._halts: dict[int, list[str]] = {}
        for session, hours in viewed.halts:
            self._halts.setdefault(session, []).append(hours)
        self._begins = np.diff(market.sessions, prepend=0) != 0

    def of(self, row: int) -> Iterator[Mark]:
        market = self._market
        session = int(market.sessions[row])
        if self._begins[row] and row > 0:
            yield from self._named(row)
        if self._begins[row] and session in self._halts:
            hours = ", ".join(self._halts[session])
            yield Mark("halted", Words(f"盘中停牌 {hours}", f"halted {hours}"))
        if market.open[row, 0] == 0:
            if market.frequency == DAILY and market.boards[0] != "index":
                yield Mark("suspended", Words("停牌", "suspended"))
            return
        if row > 0 and market.adj_factor[row, 0] != market.adj_factor[row - 1, 0]:
            yield Mark("ex", _payment(market, int(market.sessions[row - 1]), session))
        yield from self._at_limits(row)

    def _named(self, row: int) -> Iterator[Mark]:
        """Whether the name says something new: a name that speaks of delisting does not say ST any more."""
        market = self._market
        leaving = int(market.listings.delisting_from[0])
        if leaving and int(market.sessions[row - 1]) < leaving <= int(market.sessions[row]):
            yield Mark("special", Words("进入退市整理期", "delisting period begins"))
        elif market.is_st[row, 0] > market.is_st[row - 1, 0]:
            yield Mark("special", Words("戴帽", "ST begins"))
        elif market.is_st[row, 0] < market.is_st[row - 1, 0]:
            yield Mark("normal", Words("摘帽", "ST ends"))

    def _at_limits(self, row: int) -> Iterator[Mark]:
        if self._limits is None:
            return
        market, (up, down) = self._market, self._limits
        if up[row, 0] < FAR and market.high[row, 0] >= up[row, 0]:
            held = market.close[row, 0] >= up[row, 0]
            yield Mark("up_limit", Words("涨停", "limit up")) if held else Mark("up_touched", Words("触及涨停", "touched limit up"))
        if down[row, 0] > 0 and market.low[row, 0] <= down[row, 0]:
            held = market.close[row, 0] <= down[row, 0]
            yield Mark("down_limit", Words("跌停", "limit down")) if held else Mark("down_touched", Words("触及跌停", "touched limit down"))


def _payment(market: Market, after: int, until: int) -> Words:
    """What the records say was paid between two sessions, the later one included."""
    paid = [(stock / 1e6, cash / 1e6) for ex_date, _, stock, cash, _, _ in market.actions.dividends.tolist() if after < ex_date <= until]
    shares, cash = sum(row[0] for row in paid), sum(row[1] for row in paid)
    zh = [*([f"每股派 {cash:g} 元"] if cash else []), *([f"每股送转 {shares:g} 股"] if shares else [])]
    en = [*([f"{cash:g} CNY a share"] if cash else []), *([f"{shares:g} shares a share"] if shares else [])]
    return Words(" ".join(["除权除息", *zh]), ": ".join(["ex-date", *([" and ".join(en)] if en else [])]))


def marked(bars: Sequence[Bar], kinds: Sequence[str]) -> list[tuple[int, Bar, Mark]]:
    """The bars that have such marks, with their places."""
    return [(place, bar, mark) for place, bar in enumerate(bars) for mark in bar.marks if mark.kind in kinds]


class Event(NamedTuple):
    """What happened, from one bar to another; mostly the same."""

    first: Bar
    last: Bar
    mark: Mark
    bars: int


def events_of(bars: Sequence[Bar]) -> list[Event]:
    """Everything that is marked, in its order; a suspension of many sessions is one event."""
    found: list[Event] = []
    for place, bar, mark in marked(bars, KINDS):
        before = found[-1] if found else None
        if before and mark.kind == before.mark.kind == "suspended" and bars[place - 1] is before.last:
            found[-1] = before._replace(last=bar, bars=before.bars + 1)
        else:
            found.append(Event(bar, bar, mark, 1))
    return found
