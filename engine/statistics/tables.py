"""The shapes of what is told of a run beside its figures. Dates are YYYYMMDD, money is li, rates are fractions (0.05 is 5%)."""

from typing import NamedTuple

from engine.arrays import Floats


class Period(NamedTuple):
    """A month (1 to 12) or a whole year (month 0), as far as the window covers it."""

    year: int
    month: int
    value: float
    """The return, from the close before the period's first session (the initial cash) to its last close."""
    benchmark: float | None
    """The benchmark's; None without one, or where it has a gap at either end."""
    sessions: int


class Drawdown(NamedTuple):
    """A fall from a peak until the peak is reached again."""

    depth: float
    """At most 0."""
    start: int
    """The session of the peak; 0: the initial cash."""
    trough: int
    recovery: int | None
    """The first session at or above the peak; None: not within the window."""
    sessions: int
    """From the peak to the recovery, or to the end."""
    falling: int
    """From the peak to the trough."""


class Rolling(NamedTuple):
    """Figures of the last `window` sessions at each of S sessions, a year's; NaN before there are enough and where nothing is left.

    Where nothing varies the volatility is 0, the Sharpe ratio NaN.
    """

    window: int
    sharpe: Floats
    volatility: Floats
    beta: Floats
    """NaN without a benchmark, where it does not vary, and where the window has a gap in it."""


class TradeGroup(NamedTuple):
    """The closed trades that share something: the stock, the reason of the exit."""

    key: str
    trades: int
    wins: int
    pnl: int
    fees: int
    profit_rate: float
    """Mean over the trades."""
    holding_sessions: float
    """Mean over the trades."""
    best: int
    """pnl of the best trade."""
    worst: int
