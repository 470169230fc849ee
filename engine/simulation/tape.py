"""The tape: a market as the loop wants it, made once and shared by every combination. Free of numba."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import Flags, Integers, Prices
from engine.errors import MarketError
from engine.market import FAR, Market
from engine.pulse import SILENT, Pulse
from engine.simulation.day_actions import actions_by_bar, closes_of, delisted_from
from engine.simulation.door import check_conditions, check_market
from engine.simulation.outcome import Phase
from engine.simulation.rule_rows import STOCK_BOARDS
from engine.simulation.rules import check_bars, check_window, limits_from, rates_on, tax_rates, tax_steps, terms_of_trade
from engine.terms import ONE, Conditions, Fill

WORD = 64


IN_ORDER = (Phase.FILL, Phase.INTRABAR, Phase.MARK, Phase.SIGNAL)
AT_CLOSE = (Phase.INTRABAR, Phase.SIGNAL, Phase.FILL, Phase.MARK)
"""The phases of a bar. Where orders fill at the close, it decides and fills; the MARK after it, with its breakers, is for the next bar."""


class Bars(NamedTuple):
    """R bars of the window by N stocks. C classes of fees, X corporate actions, S sessions."""

    price: Prices
    """What market orders meet: the open, the average or the close; 0: no bar."""
    open: Prices
    high: Prices
    low: Prices
    close: Prices
    up: Prices
    """The day's limits; FAR and 0 where there are none."""
    down: Prices
    volume: Integers
    is_first: Flags
    """(R,) 1 where a session begins."""
    session: Integers
    """(R + 1,) running number of the session; after the last bar comes the next one."""
    phases: Integers
    """(4,) in what order they come."""
    decides: Integers
    """(R,) the row of the signals that this bar's close decides by; -1: nothing is decided."""
    tick: Integers
    """(N,) from here to gone."""
    lot: Integers
    step: Integers
    fee_class: Integers
    locks: Integers
    """1 where a purchase is not sellable on its day (T+1)."""
    industry: Integers
    """A number for each industry."""
    taxable: Integers
    """1 where dividends are taxed: not those of funds."""
    gone: Integers
    """The first row on which the stock is not listed any more."""
    rates: Integers
    """(R, C, 3) duty on buys, duty on sells, transfer fee: in 1 / ONE."""
    action_at: Integers
    """(R + 1,) the corporate actions of bar t are rows action_at[t]:action_at[t + 1]."""
    action_rows: Integers
    """(X, ...) see day_actions."""
    month_ago: Integers
    """(S + 1,) purchases of this session and later ones were held for at most a month; likewise a year."""
    year_ago: Integers
    tax_tenths: Integers
    """(2,) tax on dividends of shares held up to a month, up to a year."""


@dataclass(frozen=True, eq=False)
class Tape:
    market: Market
    bars: Bars
    conditions: Conditions

    @property
    def decided_by(self) -> Market:
        """Whose rows signals have."""
        return self.market.decided_by or self.market

    @property
    def rows(self) -> int:
        return int(self.bars.close.shape[0])

    @property
    def stocks(self) -> int:
        """Columns of signals, padding included."""
        return -(-int(self.bars.close.shape[1]) // WORD) * WORD


def prepare(market: Market, conditions: Conditions = Conditions(), pulse: Pulse = SILENT) -> Tape:  # noqa: B008  it is frozen
    """Verify the market and lay it out for the loop. MarketError or RulesError with all problems; Interrupted."""
    check_conditions(conditions)
    problems = check_market(market, pulse)
    if problems:
        raise MarketError(problems)
    start = market.window_start
    check_window(int(market.sessions[start]), set(market.boards), conditions)
    check_bars(market)
    sessions = market.sessions[start:]
    is_first, session = _sessions(sessions)
    close = closes_of(market)
    pulse.did()
    action_at, action_rows = actions_by_bar(market, conditions.actions, session, close, pulse)
    pulse.did()
    month_ago, year_ago = tax_steps(sessions)
    up, down = limits_from(market, start, pulse) if conditions.price_limits else _no_limits(market, start)
    trade = terms_of_trade(market.boards)
    one = np.ones_like(trade.lot)
    opens, met = _laid(market.open[start:]), _met(market, conditions.fill)
    pulse.did()
    bars = Bars(
        price=opens if met is None else _laid(met),  # one array, where it is one: half as much for the caches to hold
        open=opens,
        high=_laid(market.high[start:]),
        low=_laid(market.low[start:]),
        close=_laid(close),
        up=_laid(up),
        down=_laid(down),
        volume=_laid(market.volume[start:]),
        is_first=is_first,
        session=session,
        phases=np.array(AT_CLOSE if conditions.fill == "close" else IN_ORDER, np.int64),
        decides=_decides(market),
        tick=_laid(trade.tick),
        lot=_laid(trade.lot if conditions.lots else one),
        step=_laid(trade.step if conditions.lots else one),
        fee_class=_laid(trade.fee_class),
        locks=_laid(one - market.listings.same_day if conditions.t_plus_one else 0 * one),
        industry=_laid(np.unique(np.array(market.listings.industries), return_inverse=True)[1].astype(np.int64)),
        taxable=_laid(np.array([board in STOCK_BOARDS for board in market.boards], np.int64)),
        gone=_laid(delisted_from(market)),
        rates=_rates(sessions, conditions),
        action_at=action_at,
        action_rows=action_rows,
        month_ago=month_ago,
        year_ago=year_ago,
        tax_tenths=np.array(tax_rates(), np.int64) * 10 // ONE,
    )
    return Tape(market, bars, conditions)


def _no_limits(market: Market, start: int) -> tuple[Prices, Prices]:
    shape = market.shape[0] - start, market.shape[1]
    return np.full(shape, FAR, np.int32), np.zeros(shape, np.int32)


def _rates(sessions: Prices, conditions: Conditions) -> Integers:
    """By the rules of the day, unless the account has its own."""
    rates = rates_on(sessions)
    if conditions.stamp_duty is not None:
        rates[:, :, 0], rates[:, :, 1] = 0, conditions.stamp_duty
    if conditions.transfer_fee is not None:
        rates[:, :, 2] = conditions.transfer_fee
    return rates


def _decides(market: Market) -> Integers:
    """The last bar of its session that is over when a bar of the deciding market is; a session without such a bar decides nothing."""
    rows = market.shape[0] - market.window_start
    if market.decided_by is None:
        return np.arange(rows, dtype=np.int64)
    decides = np.full(rows, -1, np.int64)
    deciding = slice(market.decided_by.window_start, None)
    sessions, dates = market.sessions[market.window_start :], market.decided_by.sessions[deciding]
    at = np.searchsorted(market.times[market.window_start :], market.decided_by.times[deciding], side="right") - 1
    is_there = (at >= 0) & (sessions[np.maximum(at, 0)] == dates)  # else a bar would decide by a later day's close
    decides[at[is_there]] = np.flatnonzero(is_there)  # where two would decide, the later does
    return decides


def _met(market: Market, fill: Fill) -> Prices | None:
    """The price of market orders on the window's bars; None: the open. The average is amount / volume, half-up to the li, inside the bar.

    Where there is no amount the open stands for the average.
    """
    if fill == "next_open":
        return None
    begin = market.window_start
    opens, volume, amount = market.open[begin:], market.volume[begin:], market.amount[begin:]
    if fill == "close":
        return np.where(opens > 0, market.close[begin:], 0).astype(np.int32)
    known = (amount > 0) & (volume > 0)
    whole, rest = np.divmod(amount, np.maximum(volume, 1))
    average = np.clip(whole + (2 * rest >= volume), market.low[begin:], market.high[begin:])
    return np.where(known, average, opens).astype(np.int32)


def _laid(array: npt.NDArray[Any]) -> Any:
    """A copy only where needed, but never read-only: that would be another type to the compiler."""
    return np.require(np.asarray(array), requirements=["C", "W"])


def _sessions(dates: Prices) -> tuple[Flags, Integers]:
    is_first = np.ones(dates.size, np.uint8)
    is_first[1:] = dates[1:] != dates[:-1]
    session = np.zeros(dates.size + 1, np.int64)
    session[:-1] = np.cumsum(is_first, dtype=np.int64) - 1
    session[-1] = session[-2] + 1
    return is_first, session
