"""At FILL new orders are placed: purchases and exits at a price, and whatever comes from outside."""

from engine.arrays import Bits, Prices
from engine.compiled import inlined, part, spliced
from engine.simulation import script as given
from engine.simulation.bits import drop, has, integer, listed
from engine.simulation.book import BUY, SELL, SHARES, T_LEFT, T_REASON, TICKETS, Book
from engine.simulation.costs import NEW_ORDER, share_of
from engine.simulation.fills import refusal
from engine.simulation.journal import refuse
from engine.simulation.outcome import Kind, Phase, Reason, Reject
from engine.simulation.sizing import ENDLESS, budget_of, cost_of, free_cash, investable, sized, whole_lots, wish_of
from engine.simulation.state import Account, Scene, Wish, place_of
from engine.simulation.tickets import FOREVER, cancel_leaves, lapse, place, reserved, terms_of_bar, todays

# ------------------------------------------------------------------------------------------------------- a strategy's orders at a price


@part
def bid(account: Account, book: Book, scene: Scene, wish: Wish, row: int, t: int, i: int) -> Account:
    """A purchase of stock i at the prices of its signal's row; it is sized, and its money frozen, when it is placed."""
    bars, terms = scene.bars, scene.terms
    limit, stop = prices_of_bid(scene, wish, row, t, i)
    price = limit if limit > 0 else stop
    if price == 0:
        return account
    if not has(book.held, i) and account.held + reserved(book) >= terms.max_positions:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(Reject.POSITION_CAP, price, 0))
        return account
    if t >= bars.gone[i]:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(Reject.DELISTED, price, 0))
        return account
    bar, budget = terms_of_bar(bars, t, i), budget_of(account, book, scene, t, i)
    shares, code = sized(NEW_ORDER, price, bar, wish_of(bar, terms), budget, terms)
    if shares == 0:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(code, price, 0))
        return account
    frozen = cost_of(NEW_ORDER, shares, price, bar, terms)
    until = FOREVER if terms.buy_until_cancelled else _session_that_it_meets(scene, t)
    ticket = (i, BUY, shares, limit, stop, 0, until, integer(Reason.SIGNAL), budget.is_whole)
    return place(account, book, scene, t, ticket, shares, frozen)


@inlined
def prices_of_bid(scene: Scene, wish: Wish, row: int, t: int, i: int) -> tuple[int, int]:
    """Limit and stop of a purchase, 0 where it has none; both are 0 where the signal gives it no price that it needs."""
    is_limit, is_stop = wish.buy_limit.shape[0] > 0, wish.buy_stop.shape[0] > 0
    limit = _price(scene, wish, wish.buy_limit, row, t, i) if is_limit else 0
    stop = _price(scene, wish, wish.buy_stop, row, t, i) if is_stop else 0
    if (is_limit and limit == 0) or (is_stop and stop == 0):
        return 0, 0
    return limit, stop


@spliced
def fill_exits(account: Account, book: Book, scene: Scene, wish: Wish, row: int, t: int) -> Account:
    """Exits at a price: each stock that the row's signal leaves gets a sale of everything, instead of an older one."""
    if row < 0 or (wish.sell_limit.shape[0] == 0 and wish.sell_stop.shape[0] == 0):
        return account
    for w in range(book.held.size):
        book.marked[w] = wish.exit[row, w] & book.held[w] & ~book.leaving[w]
    count = listed(book.marked, book.queue)
    for x in range(count):
        i = integer(book.queue[x])
        drop(book.marked, i)
        account = _offer(account, book, scene, wish, row, t, i)
    return account


@part
def _offer(account: Account, book: Book, scene: Scene, wish: Wish, row: int, t: int, i: int) -> Account:
    is_limit, is_stop = wish.sell_limit.shape[0] > 0, wish.sell_stop.shape[0] > 0
    limit = _price(scene, wish, wish.sell_limit, row, t, i) if is_limit else 0
    stop = _price(scene, wish, wish.sell_stop, row, t, i) if is_stop else 0
    if (is_limit and limit == 0) or (is_stop and stop == 0):
        return account
    account = cancel_leaves(account, book, scene, t, i, integer(Phase.FILL), integer(Reason.REPLACED))
    until = FOREVER if scene.terms.sell_until_cancelled else _session_that_it_meets(scene, t)
    ticket = (i, SELL, ENDLESS, limit, stop, 0, until, integer(Reason.SIGNAL), 0)
    return place(account, book, scene, t, ticket, book.positions[SHARES, integer(book.slot_of[i])], 0)


@inlined
def _price(scene: Scene, wish: Wish, prices: Prices, row: int, t: int, i: int) -> int:
    """Of a signal's row; 0: no order. Under `fill: close` it was decided today."""
    place = place_of(wish, row, i)
    price = integer(prices[0, place]) if place >= 0 else 0
    return price if price == 0 or scene.terms.at_close else todays(scene.bars, t, i, price)


@inlined
def _session_that_it_meets(scene: Scene, t: int) -> int:
    """Of the first bar that an order placed in bar t can meet: under `fill: close` that bar is over already."""
    return integer(scene.bars.session[t + 1] if scene.terms.at_close else scene.bars.session[t])


# -------------------------------------------------------------------------------------------------------------------- from outside


@spliced
def place_given(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """Targets, then orders, as they were given for this bar."""
    script = scene.script
    if script.order_at.size == 0:
        return account
    if script.target_at[t] < script.target_at[t + 1]:
        account = _place_targets(account, book, scene, t)
    for x in range(script.order_at[t], script.order_at[t + 1]):
        account = _place_order(account, book, scene, t, x)
    return account


@part
def _place_order(account: Account, book: Book, scene: Scene, t: int, x: int) -> Account:
    bars, terms, row = scene.bars, scene.terms, scene.script.orders[x]
    i, shares = row[given.STOCK], row[given.SHARES]
    limit, stop, exact = row[given.LIMIT], row[given.STOP], row[given.EXACT]
    is_purchase = shares > 0
    price = limit if limit > 0 else stop if stop > 0 else exact
    bar, code = terms_of_bar(bars, t, i), integer(Reject.FILLED)
    frozen = 0
    if is_purchase:
        shares = whole_lots(shares, bar)
        if shares > 0 and (limit > 0 or stop > 0):
            frozen = cost_of(NEW_ORDER, shares, price, bar, terms)
        if _is_calm(account, scene, t):
            code = integer(Reject.BREAKER)
        elif shares == 0:
            code = integer(Reject.BELOW_LOT)
        elif frozen > free_cash(account, terms):
            code = integer(Reject.NO_CASH)
    if t >= bars.gone[i]:
        code = integer(Reject.DELISTED)
    if code > 0:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY if is_purchase else Kind.REFUSED_SELL, i, refusal(code, price, 0))
        return account
    is_priced = limit > 0 or stop > 0 or exact > 0
    until = FOREVER if row[given.UNTIL_CANCELLED] else _session_that_it_meets(scene, t) if is_priced else bars.session[t]
    ticket = (i, BUY if is_purchase else SELL, abs(shares), limit, stop, exact, until, integer(Reason.ORDER), 1)
    return place(account, book, scene, t, ticket, abs(shares), frozen)


@part
def _place_targets(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """What is held and not named, or named with less, is sold; then what is named with more is bought. Older targets are forgotten."""
    targets = scene.script.targets
    first, last = scene.script.target_at[t], scene.script.target_at[t + 1]
    account = _forget_targets(account, book, scene, t)
    for x in range(first, last):
        if targets[x, given.STOCK] >= 0:
            book.other[targets[x, given.STOCK]] = x  # where a stock is named: believed only where that row names it
    for y in range(listed(book.held, book.queue)):
        i = integer(book.queue[y])
        x = integer(book.other[i])
        is_named = first <= x < last and targets[x, given.STOCK] == i
        account = _place_sale(account, book, scene, t, i, targets[x, 2] if is_named else 0)
    for x in range(first, last):
        i = integer(targets[x, given.STOCK])
        if i >= 0 and not has(book.leaving, i):
            account = _place_purchase(account, book, scene, t, i, targets[x, 2])
    return account


@spliced
def place_weights(account: Account, book: Book, scene: Scene, wish: Wish, row: int, t: int) -> Account:
    """The targets of a signal's row, if it has any: sales first, then purchases by ts_code."""
    if wish.weight.shape[0] == 0 or row < 0 or wish.weight[max(row, 0), 0] < 0:
        return account
    return _rebalance(account, book, scene, wish.weight[row], wish.exit[row], t)


@part
def _rebalance(account: Account, book: Book, scene: Scene, weights: Prices, exits: Bits, t: int) -> Account:
    """What is held and leaves by the row's signal is left alone, also where it leaves at a price."""
    account = _forget_targets(account, book, scene, t)
    for y in range(listed(book.held, book.queue)):
        i = integer(book.queue[y])
        if not has(exits, i):
            account = _place_sale(account, book, scene, t, i, integer(weights[i]))
    for i in range(scene.bars.tick.size):
        stays = not (has(book.leaving, i) or (has(book.held, i) and has(exits, i)))
        if weights[i] > 0 and stays:
            account = _place_purchase(account, book, scene, t, i, integer(weights[i]))
    return account


@part
def _forget_targets(account: Account, book: Book, scene: Scene, t: int) -> Account:
    """New targets take the place of whatever is left of older ones."""
    for x in range(book.counters[TICKETS]):
        if book.tickets[T_REASON, x] == Reason.TARGET and book.tickets[T_LEFT, x] > 0:
            account = lapse(account, book, scene, t, x, integer(Phase.FILL), integer(Reason.REPLACED))
    return account


@part
def _place_sale(account: Account, book: Book, scene: Scene, t: int, i: int, weight: int) -> Account:
    """What is held beyond the weight; 0: all of it, odd lots included."""
    excess = book.positions[SHARES, integer(book.slot_of[i])] - _target_shares(account, scene, t, i, weight)
    if excess <= 0 or has(book.leaving, i):
        return account
    ticket = (i, SELL, excess, 0, 0, 0, FOREVER, integer(Reason.TARGET), 0)
    return place(account, book, scene, t, ticket, excess, 0)


@part
def _place_purchase(account: Account, book: Book, scene: Scene, t: int, i: int, weight: int) -> Account:
    bars = scene.bars
    held = book.positions[SHARES, integer(book.slot_of[i])] if has(book.held, i) else 0
    lacking = whole_lots(max(_target_shares(account, scene, t, i, weight) - held, 0), terms_of_bar(bars, t, i))
    if lacking == 0:
        return account
    code = Reject.DELISTED if t >= bars.gone[i] else Reject.BREAKER if _is_calm(account, scene, t) else Reject.FILLED
    if code != Reject.FILLED:
        refuse(book, scene.log, t, Phase.FILL, Kind.REFUSED_BUY, i, refusal(code, 0, 0))
        return account
    ticket = (i, BUY, lacking, 0, 0, 0, bars.session[t], integer(Reason.TARGET), 0)
    return place(account, book, scene, t, ticket, lacking, 0)


@inlined
def _target_shares(account: Account, scene: Scene, t: int, i: int, weight: int) -> int:
    bars = scene.bars
    price = integer(bars.price[t, i])
    price = price if price > 0 else integer(bars.close[t, i])
    if price == 0:
        return 0
    return whole_lots(share_of(investable(account, scene.terms), weight) // price, terms_of_bar(bars, t, i))


@inlined
def _is_calm(account: Account, scene: Scene, t: int) -> bool:
    return account.halted > 0 or scene.bars.session[t] <= account.calm_until
