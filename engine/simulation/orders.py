"""An order meets its bar: the bar is read, the fill is decided (fills.py), and account, book, tallies and event log are written."""

from engine.arrays import Integers
from engine.compiled import inlined, kernel
from engine.simulation.bits import drop, has, integer, put
from engine.simulation.costs import Bar, Fill, Order, fees, share_of
from engine.simulation.fills import buy_fill, sell_fill
from engine.simulation.outcome import BAR, CODE, COMMISSION, DUTY, KIND, PHASE, PRICE, SHARES, STOCK, TRANSFER, VALUE, Kind, Phase
from engine.simulation.positions import add_shares, add_to_order, close_position, open_position, order_of, set_levels, take_shares
from engine.simulation.sizing import budget_of
from engine.simulation.state import (
    BOUGHT,
    BUYS,
    LOCKED,
    REST,
    SELLS,
    SOLD,
    Account,
    Book,
    Figures,
    Scene,
)
from engine.simulation.state import COMMISSION as COMMISSIONS
from engine.simulation.state import DUTY as DUTIES
from engine.simulation.state import SHARES as HELD_SHARES
from engine.simulation.state import TRANSFER as TRANSFERS
from engine.simulation.tape import Bars

BUY_DUTY, SELL_DUTY, TRANSFER_FEE = 0, 1, 2
"""Columns of Bars.rates."""
ENDLESS = 2**60
"""Shares: no wish and no cap is as large."""


@kernel
def sell(account: Account, book: Book, scene: Scene, t: int, i: int, price: int, phase: int) -> Account:
    """Sell what is sellable of stock i at `price` before slippage; what is left keeps waiting as a market sell."""
    bars, terms, log = scene
    k = book.slot_of[i]
    bar = _bar_of(bars, t, i, SELL_DUTY)
    sellable = book.positions[HELD_SHARES, k] - book.positions[LOCKED, k]
    fill = sell_fill(order_of(book, k), bar, price, sellable, _room_of(book, bar, t, i, terms), account.cash, terms)
    if fill.reject:
        refuse(book, log, t, phase, Kind.REFUSED_SELL, i, fill)
        return account
    tell(log, t, phase, Kind.SELL, i, 0, fill)
    _take_room(book, t, i, fill.shares)
    add_to_order(book, k, fill, bar)
    take_shares(book, k, fill)
    book.tally[SOLD] += fill.value
    book.tally[SELLS] += 1
    _add_fees(book, fill)
    is_gone = book.positions[HELD_SHARES, k] == 0
    if is_gone:
        close_position(book, k, account.held - 1, bars.session[t], terms.cool_down)
    return with_cash(account, fill.value - fees(fill), -1 if is_gone else 0)


@kernel
def buy(account: Account, book: Book, scene: Scene, t: int, i: int, wish: int) -> Account:
    """Buy stock i at the bar's price: a new position, or the rest of a purchase (wish: its shares)."""
    bars, terms, log = scene
    bar = _bar_of(bars, t, i, BUY_DUTY)
    is_rest = has(book.held, i)
    k = integer(book.slot_of[i]) if is_rest else account.held
    order = order_of(book, k) if is_rest else Order(0, 0, 0)
    fill, rest = buy_fill(order, bar, wish, budget_of(account, terms, is_rest), _room_of(book, bar, t, i, terms), terms)
    drop(book.resting, i)
    if fill.reject:
        refuse(book, log, t, Phase.FILL, Kind.REFUSED_BUY, i, fill)
        return account
    tell(log, t, Phase.FILL, Kind.BUY, i, 0, fill)
    _take_room(book, t, i, fill.shares)
    if not is_rest:
        open_position(book, k, i, bars.session[t], t)
    add_to_order(book, k, fill, bar)
    add_shares(book, k, fill, not is_rest)
    set_levels(book, k, bar.tick, terms)
    book.tally[BOUGHT] += fill.value
    book.tally[BUYS] += 1
    _add_fees(book, fill)
    book.positions[REST, k] = 0
    if rest > 0 and terms.keep_rest:
        put(book.resting, i)
        book.positions[REST, k] = rest
    return with_cash(account, -fill.value - fees(fill), 0 if is_rest else 1)


@inlined
def refuse(book: Book, log: Integers, t: int, phase: int, kind: int, i: int, fill: Fill) -> None:
    book.refused[fill.reject] += 1
    tell(log, t, phase, kind, i, fill.reject, fill)


@inlined
def tell(log: Integers, t: int, phase: int, kind: int, i: int, code: int, fill: Fill) -> None:
    """One row of the event log; row 0 holds the count. A log without rows is off."""
    if log.shape[0] > 0:
        n = log[0, 0] + 1
        log[0, 0] = n
        row = log[n]
        row[BAR] = t
        row[PHASE] = integer(phase)
        row[KIND] = integer(kind)
        row[STOCK] = i
        row[CODE] = integer(code)
        row[SHARES] = fill.shares
        row[PRICE] = fill.price
        row[VALUE] = fill.value
        row[COMMISSION] = fill.commission
        row[DUTY] = fill.duty
        row[TRANSFER] = fill.transfer


@inlined
def with_cash(a: Account, change: int, opened: int) -> Account:
    """The account after cash and the number of open positions changed."""
    return Account(a.cash + change, a.equity, a.peak, a.floor, a.session_equity, a.held + opened, a.halted, a.calm_until)


@inlined
def _add_fees(book: Book, fill: Fill) -> None:
    book.tally[COMMISSIONS] += fill.commission
    book.tally[DUTIES] += fill.duty
    book.tally[TRANSFERS] += fill.transfer


@inlined
def _bar_of(bars: Bars, t: int, i: int, side: int) -> Bar:
    rates = bars.rates[t, bars.fee_class[i]]
    return Bar(
        integer(bars.price[t, i]),
        integer(bars.up[t, i]),
        integer(bars.down[t, i]),
        integer(bars.high[t, i]) - integer(bars.low[t, i]),
        bars.volume[t, i],
        bars.tick[i],
        bars.lot[i],
        bars.step[i],
        rates[side],
        rates[TRANSFER_FEE],
    )


@inlined
def _room_of(book: Book, bar: Bar, t: int, i: int, terms: Figures) -> int:
    """Shares that the volume cap still allows on this bar, over all orders and both sides."""
    if terms.volume_cap < 0:
        return ENDLESS
    taken = book.used[i] if book.used_at[i] == t else 0
    return max(share_of(bar.volume, terms.volume_cap) - taken, 0)


@inlined
def _take_room(book: Book, t: int, i: int, shares: int) -> None:
    book.used[i] = shares + (book.used[i] if book.used_at[i] == t else 0)
    book.used_at[i] = t
