"""An order meets its bar: the bar is read, the fill is decided (fills.py), and account, book, tallies and event log are written."""

from typing import NamedTuple

from engine.compiled import inlined, part
from engine.market import FAR
from engine.simulation.bits import drop, has, integer, put
from engine.simulation.book import (
    BOUGHT,
    BUYS,
    ENTRIES,
    LOCKED,
    REST,
    SELLS,
    SOLD,
    T_EXACT,
    T_FROZEN,
    T_LEFT,
    T_LIMIT,
    T_NUMBER,
    T_REASON,
    T_STOCK,
    T_WHOLE,
    TICKETS,
    Book,
)
from engine.simulation.book import COMMISSION as COMMISSIONS
from engine.simulation.book import DUTY as DUTIES
from engine.simulation.book import SHARES as HELD_SHARES
from engine.simulation.book import TAX as TAXES
from engine.simulation.book import TRANSFER as TRANSFERS
from engine.simulation.costs import NEW_ORDER, Bar, Fill, fees, share_of, taxed
from engine.simulation.fills import buy_fill, refusal, sell_fill
from engine.simulation.journal import refuse, tell
from engine.simulation.lots import add_lot, take_lots, tax_of
from engine.simulation.outcome import Kind, Phase, Reason, Reject
from engine.simulation.positions import (
    add_shares,
    add_to_order,
    begin_order,
    close_position,
    open_position,
    order_of,
    set_levels,
    take_shares,
)
from engine.simulation.sizing import ENDLESS, LARGEST_ORDER, Budget, budget_of, budget_of_rest, free_cash, wish_of
from engine.simulation.slippage import RANGE
from engine.simulation.state import Account, Figures, Scene, with_cash, with_frozen
from engine.simulation.tape import Bars
from engine.simulation.tickets import add_to_ticket, cancel_leaves, end_ticket, freeze_again, order_of_ticket

BUY_DUTY, SELL_DUTY, TRANSFER_FEE = 0, 1, 2
"""Columns of Bars.rates."""


class Origin(NamedTuple):
    """When an order fills, and the Reason that it was given for; 0: a signal's market order."""

    phase: int
    reason: int


# ------------------------------------------------------------------------------------------------------------------- market orders


@inlined
def sell(account: Account, book: Book, scene: Scene, t: int, i: int, price: int, phase: int) -> Account:
    """Sell what is sellable of stock i at `price` before slippage; what is left keeps waiting as a market sell."""
    bars, terms = scene.bars, scene.terms
    k = integer(book.slot_of[i])
    if bars.open[t, i] == 0:
        no_bar(book, scene, t, i, phase, integer(Kind.REFUSED_SELL), 0)
        return account
    bar = _bar_of(bars, t, i, SELL_DUTY, price, 0, terms.slippage_model == RANGE)
    order = order_of(book, k)
    fill = sell_fill(order, bar, _sellable(book, k), _room_of(book, bar, t, i, terms), terms)
    tax_raw = _tax(book, k, fill, scene, t)
    fill = _paid_for(taxed(fill, order, tax_raw), price, account.cash)
    if fill.reject:
        refuse(book, scene.log, t, phase, Kind.REFUSED_SELL, i, fill)
        return account
    add_to_order(book, k, fill, bar, tax_raw)
    return _sold(account, book, scene, t, k, fill, Origin(phase, integer(0)))


@inlined
def buy(account: Account, book: Book, scene: Scene, t: int, i: int) -> Account:
    """Buy stock i at the bar's price: a position, new or more of one, or the rest of a purchase, which has its shares already."""
    bars, terms = scene.bars, scene.terms
    is_rest = has(book.resting, i)
    drop(book.resting, i)
    if bars.price[t, i] == 0:
        no_bar(book, scene, t, i, integer(Phase.FILL), integer(Kind.REFUSED_BUY), 0)
        return account
    bar = _bar_of(bars, t, i, BUY_DUTY, integer(bars.price[t, i]), FAR, terms.slippage_model == RANGE)
    k = integer(book.slot_of[i]) if has(book.held, i) else account.held
    order = order_of(book, k) if is_rest else NEW_ORDER
    wish = book.positions[REST, k] if is_rest else wish_of(bar, terms)
    budget = budget_of_rest(account, terms) if is_rest else budget_of(account, book, scene, t, i)
    fill, rest = buy_fill(order, bar, wish, budget, _room_of(book, bar, t, i, terms), terms)
    if fill.reject:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, fill)
        return account
    account = _bought(account, book, scene, t, i, fill, Origin(integer(Phase.FILL), integer(0)))
    if not is_rest:
        begin_order(book, k)
        book.positions[ENTRIES, k] += 1
    add_to_order(book, k, fill, bar, 0)
    book.positions[REST, k] = 0
    if rest > 0 and terms.keep_rest:
        put(book.resting, i)
        book.positions[REST, k] = rest
    return account


# ------------------------------------------------------------------------------------------------------------------------ tickets


@part
def sell_ticket(account: Account, book: Book, scene: Scene, t: int, x: int, price: int, phase: int) -> Account:
    """Sell by ticket x at `price` before slippage; refused or not filled whole, it stays."""
    bars, terms = scene.bars, scene.terms
    i = integer(book.tickets[T_STOCK, x])
    if bars.open[t, i] == 0:
        no_bar(book, scene, t, i, phase, integer(Kind.REFUSED_SELL), book.tickets[T_NUMBER, x])
        return account
    bar = _bar_of(bars, t, i, SELL_DUTY, price, _own_price(book, x), terms.slippage_model == RANGE)
    order, k = order_of_ticket(book, x), integer(book.slot_of[i])
    is_held = has(book.held, i)
    sellable = min(_sellable(book, k), book.tickets[T_LEFT, x]) if is_held else 0
    fill = sell_fill(order, bar, sellable, _room_of(book, bar, t, i, terms), terms)
    tax_raw = _tax(book, k, fill, scene, t)
    fill = _paid_for(taxed(fill, order, tax_raw), price, account.cash)
    if fill.reject:
        refuse(book, scene.log, t, phase, Kind.REFUSED_SELL, i, fill)
        return account
    add_to_ticket(book, x, fill, bar, tax_raw)
    reason = integer(book.tickets[T_REASON, x])
    if book.tickets[T_LEFT, x] < ENDLESS:
        book.tickets[T_LEFT, x] -= fill.shares
    is_done = book.tickets[T_LEFT, x] == 0 or (fill.shares == book.positions[HELD_SHARES, k] and book.tickets[T_LEFT, x] >= ENDLESS)
    if is_done:
        account = end_ticket(account, book, x)
    return _sold(account, book, scene, t, k, fill, Origin(phase, reason))


@part
def buy_ticket(account: Account, book: Book, scene: Scene, t: int, x: int, price: int, phase: int) -> Account:
    """Buy by ticket x at `price` before slippage. What no cash pays for ends it; another refusal leaves it where it is."""
    bars, terms, rows = scene.bars, scene.terms, book.tickets
    i = integer(rows[T_STOCK, x])
    if bars.open[t, i] == 0:
        no_bar(book, scene, t, i, phase, integer(Kind.REFUSED_BUY), rows[T_NUMBER, x])
        return account
    own = _own_price(book, x)
    bar = _bar_of(bars, t, i, BUY_DUTY, price, own if own > 0 else FAR, terms.slippage_model == RANGE)
    order = order_of_ticket(book, x)
    cash = free_cash(with_frozen(account, -rows[T_FROZEN, x]), terms)
    budget = Budget(LARGEST_ORDER, cash, integer(rows[T_WHOLE, x]), 0)
    fill, rest = buy_fill(order, bar, rows[T_LEFT, x], budget, _room_of(book, bar, t, i, terms), terms)
    if fill.reject:
        refuse(book, scene.log, t, phase, Kind.REFUSED_BUY, i, fill)
        if fill.reject == Reject.NO_CASH or fill.reject == Reject.BELOW_LOT:  # noqa: PLR1714  Numba knows no sets of enums
            return end_ticket(account, book, x)
        return account
    account = _bought(account, book, scene, t, i, fill, Origin(phase, integer(rows[T_REASON, x])))
    if order.value == 0:
        book.positions[ENTRIES, integer(book.slot_of[i])] += 1
    add_to_ticket(book, x, fill, bar, 0)
    rows[T_LEFT, x] = rest
    return freeze_again(account, book, x, bar, terms) if rest > 0 else end_ticket(account, book, x)


# ------------------------------------------------------------------------------------------------------------------------ ledger


@inlined
def _sold(account: Account, book: Book, scene: Scene, t: int, k: int, fill: Fill, origin: Origin) -> Account:
    i = integer(book.stocks[k])
    tell(scene.log, t, origin.phase, Kind.SELL, i, origin.reason, fill)
    _take_room(book, t, i, fill.shares)
    take_shares(book, k, fill)
    if scene.terms.taxed:
        take_lots(book, k, fill.shares)
    book.tally[SOLD] += fill.value
    book.tally[SELLS] += 1
    _add_fees(book, fill)
    if book.positions[HELD_SHARES, k] > 0:
        return with_cash(account, fill.value - fees(fill), 0)
    return closed(with_cash(account, fill.value - fees(fill), 0), book, scene, t, k, origin.phase)


@inlined
def _bought(account: Account, book: Book, scene: Scene, t: int, i: int, fill: Fill, origin: Origin) -> Account:
    bars, terms = scene.bars, scene.terms
    tell(scene.log, t, origin.phase, Kind.BUY, i, origin.reason, fill)
    _take_room(book, t, i, fill.shares)
    is_new = not has(book.held, i)
    k = account.held if is_new else integer(book.slot_of[i])
    if is_new:
        open_position(book, k, i, bars.session[t], t)
    add_shares(book, k, fill, is_new, bars.locks[i])
    if terms.taxed:
        add_lot(book, k, bars.session[t], fill.shares)
    set_levels(book, k, bars.tick[i], terms)
    book.tally[BOUGHT] += fill.value
    book.tally[BUYS] += 1
    _add_fees(book, fill)
    return with_cash(account, -fill.value - fees(fill), 1 if is_new else 0)


@inlined
def closed(account: Account, book: Book, scene: Scene, t: int, k: int, phase: int) -> Account:
    """Position k has no shares any more: its trade is settled, and sales of it that rest have nothing to sell."""
    i = integer(book.stocks[k])
    if book.counters[TICKETS] > 0:
        account = cancel_leaves(account, book, scene, t, i, phase, integer(Reason.CANCELLED))
    close_position(book, k, account.held - 1, scene.bars.session[t], scene.terms.cool_down)
    return with_cash(account, 0, -1)


@inlined
def _tax(book: Book, k: int, fill: Fill, scene: Scene, t: int) -> int:
    """Of a fill's shares, in tenths of a micro-yuan."""
    if scene.terms.taxed and fill.reject == 0:
        return tax_of(book, k, fill.shares, scene.bars, scene.bars.session[t])
    return 0


@inlined
def _paid_for(fill: Fill, price: int, cash: int) -> Fill:
    """Fees of a tiny odd lot may exceed what it brings: then cash must pay them. Looked at last, for it depends on what the cap leaves."""
    return fill if fill.reject or cash + fill.value >= fees(fill) else refusal(Reject.NO_CASH, price, fill.order)


@part
def no_bar(book: Book, scene: Scene, t: int, i: int, phase: int, kind: int, order: int) -> None:
    """An order of a stock that is not traded in this bar."""
    code = Reject.DELISTED if t >= scene.bars.gone[i] else Reject.SUSPENDED
    refuse(book, scene.log, t, phase, kind, i, refusal(code, 0, order))


@inlined
def _own_price(book: Book, x: int) -> int:
    """The worst price that a ticket takes; 0: any."""
    return integer(max(book.tickets[T_LIMIT, x], book.tickets[T_EXACT, x]))


@inlined
def _sellable(book: Book, k: int) -> int:
    return integer(book.positions[HELD_SHARES, k] - book.positions[LOCKED, k])


@inlined
def _add_fees(book: Book, fill: Fill) -> None:
    book.tally[COMMISSIONS] += fill.commission
    book.tally[DUTIES] += fill.duty
    book.tally[TRANSFERS] += fill.transfer
    book.tally[TAXES] += fill.tax


@inlined
def _bar_of(bars: Bars, t: int, i: int, side: int, price: int, bound: int, has_range: bool) -> Bar:
    """Stock i's bar for one side, met at `price`; `bound`: the order's own worst price (a purchase without one: FAR, a sale: 0)."""
    rates = bars.rates[t, bars.fee_class[i]]
    up, down, tick = integer(bars.up[t, i]), integer(bars.down[t, i]), bars.tick[i]
    return Bar(
        price,
        up,
        down,
        integer(bars.high[t, i]) - integer(bars.low[t, i]) if has_range else 0,  # looked up in vain, it is a wait for memory
        bars.volume[t, i],
        tick,
        bars.lot[i],
        bars.step[i],
        rates[side],
        rates[TRANSFER_FEE],
        min(up, bound) if side == BUY_DUTY else max(down, bound, tick),
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
