"""What a simulation gives back: an equity curve, exact tallies, the open positions and, if recorded, every event. Free of numba."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from engine.arrays import Bits, Integers


class Reject(IntEnum):
    """Why an order was refused; the lower codes are looked at first, except that a full book is seen before everything."""

    FILLED = 0
    SUSPENDED = 1
    ZERO_VOLUME = 2
    LIMIT_UP = 3
    LIMIT_DOWN = 4
    NOT_SELLABLE = 5
    BELOW_LOT = 6
    NO_CASH = 7
    VOLUME_CAP = 8
    POSITION_CAP = 9
    DELISTED = 10
    INDUSTRY_CAP = 11
    NOT_TRADED = 12
    BREAKER = 13


REJECT_TEXT = (
    (Reject.SUSPENDED, "suspended: no bar"),
    (Reject.ZERO_VOLUME, "nothing was traded in the bar"),
    (Reject.LIMIT_UP, "the price was at the upper limit: nobody sells"),
    (Reject.LIMIT_DOWN, "the price was at the lower limit: nobody buys"),
    (Reject.NOT_SELLABLE, "nothing to sell yet: not held, bought today (T+1), or bonus shares that are not listed"),
    (Reject.BELOW_LOT, "fewer shares than the smallest lot, or too little money for it"),
    (Reject.NO_CASH, "not enough cash"),
    (Reject.VOLUME_CAP, "the share of the bar's volume that may be taken is used up"),
    (Reject.POSITION_CAP, "all slots are taken"),
    (Reject.DELISTED, "delisted: it is traded no more"),
    (Reject.INDUSTRY_CAP, "the industry has its largest share of equity already"),
    (Reject.NOT_TRADED, "the bar did not trade at the order's price"),
    (Reject.BREAKER, "a breaker of drawdown or daily loss has ended purchases"),
)


class Phase(IntEnum):
    """The priorities of events that share a bar. With `fill: close` SIGNAL comes before FILL, and both between INTRABAR and MARK."""

    SESSION_OPEN = 0
    FILL = 1
    INTRABAR = 2
    MARK = 3
    SIGNAL = 4


class Kind(IntEnum):
    """What an event tells; CODE is a Reject for refusals, else a Reason."""

    EX_DATE = 0
    SELL = 1
    BUY = 2
    REFUSED_SELL = 3
    REFUSED_BUY = 4
    EXIT = 5
    MARK = 6
    BREAKER = 7
    DIVIDEND = 8
    PAID = 9
    RIGHTS = 10
    DELISTED = 11
    RENAMED = 12
    PLACED = 13
    LAPSED = 14


class Reason(IntEnum):
    """Why a position is to be sold, entries end, or an order is there or gone."""

    SIGNAL = 1
    STOP_LOSS = 2
    TRAILING_STOP = 3
    TAKE_PROFIT = 4
    MAX_HOLDING = 5
    MAX_DRAWDOWN = 6
    DAILY_LOSS = 7
    ORDER = 8
    TARGET = 9
    EXPIRED = 10
    CANCELLED = 11
    REPLACED = 12


BAR, PHASE, KIND, STOCK, CODE, SHARES, PRICE, VALUE, COMMISSION, DUTY, TRANSFER, TAX, ORDER = range(13)
COLUMNS = 13
"""Columns of an event: BAR is a row of the market, STOCK a column (-1: none). Money in li.

EX_DATE: shares after it, pre_close as price, the fraction paid as value. EXIT: the trigger's price before slippage (0: the next open).
Refusals: the price that was refused (0: none). MARK and BREAKER: equity as value; MARK: what resting purchases keep as price.
DIVIDEND: shares entitled, their money as value; PAID: what all of a session's dividends bring. RIGHTS: an ex-date without a record; the
shares stay. DELISTED: shares at the last close. RENAMED: the old column as code. PLACED: an order that may rest (shares of sales negative)
with the price that it is sized at and what it freezes as value; LAPSED: its shares that were left, and what is free again.
BUY and SELL: the Reason of the order as code, 0 where market orders follow a signal. ORDER: which placed order the event is about, counted
from 1; 0: none.
"""


class Tallies(NamedTuple):
    """Sums over the window, in li unless the name says otherwise.

    At every bar: cash = initial - bought - fees - tax + sold + fractions + dividends + delisted.
    """

    bought: int
    sold: int
    commission: int
    duty: int
    transfer: int
    fractions: int
    tax: int
    """On dividends, withheld at sales."""
    dividends: int
    """Those that were paid."""
    delisted: int
    """What delisted positions were closed for."""
    buys: int
    """Fills, not orders."""
    sells: int
    trades: int
    """Positions that were opened and closed."""
    wins: int
    """Trades that earned more than nothing after all fees."""
    gross_profit: int
    gross_loss: int
    """Not negative."""
    holding_sessions: int
    """Sum over trades."""
    invested: int
    """Sum over the window's bars of what the holdings are worth as a share of equity, each in billionths, rounded down."""
    held_bars: int
    """Bars at whose close something was held."""
    refusals: tuple[int, ...]
    """By Reject."""

    @property
    def fees(self) -> int:
        """Of trading: without the tax on dividends."""
        return self.commission + self.duty + self.transfer

    @property
    def turnover(self) -> int:
        return self.bought + self.sold


class Holding(NamedTuple):
    """A position that was open at the end."""

    stock: int
    """Column of the market."""
    shares: int
    sellable: int
    """Bought before the last session."""
    entry_price: int
    """Average price of purchase without fees, divided on ex-dates."""
    opened: int
    """Row of the market's bar in which it was opened."""
    flow: int
    """Sells - buys - fees - tax + fractions + dividends so far: with the shares' value added, what the position earns."""


@dataclass(frozen=True, eq=False)
class Outcome:
    equity: Integers
    """(R,) li at the close of each of the window's bars."""
    tallies: Tallies
    cash: int
    receivable: int
    """Dividends that are not paid yet; part of equity."""
    holdings: tuple[Holding, ...]
    """By ts_code."""
    events: Integers | None
    """(E, COLUMNS) in the order in which they happened; None if they were not recorded."""
    exits: Bits | None = None
    """(T, W) the exit signals of a recorded run, so that a report can say what refused purchases would have earned."""
    reading: Callable[[int], None] | None = None
    """Called with how many events were read, every few thousand: reading may take longer than the run. What it raises ends the reading."""


class Interrupted(Exception):  # noqa: N818 (the caller asked for it: not an error)
    """The caller's checkpoint said stop. `so_far`: of a run that is recorded, what became of the bars that it lived."""

    def __init__(self, so_far: Outcome | None = None) -> None:
        super().__init__()
        self.so_far = so_far
