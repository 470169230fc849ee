"""The slow obvious twin of the simulation: plain Python and fractions, written from the design page; it knows nothing of the engine.

Prices and money are Fractions of a yuan. A case is plain data:

    sessions[t] YYYYMMDD, times[t], start (the window's first bar), boards[i], industries[i], same_day[i], delisting_from[i], delist_date[i]
    bars[t][i] None or dict(open high low close pre_close volume amount), last[t][i] the close or last close, factor[t][i]
    vendor[t][i] (up, down), 0 where not given; is_st[t][i], listed[t][i]
    dividends: dicts of ex_date stock bonus cash (per share) pay_date list_date; code_changes: (day, old, new)
    deciding: (session, time) of each row of signals; entry[r], exit[r] sets of stocks, rank[r][i] float or None,
        buy_limit buy_stop sell_limit sell_stop [r][i], or None where no such price is used
    weight[r][i] share of equity or None; a row of nothing but None asks for nothing; None where no weights are used
    orders: dicts of row stock shares (signed) limit stop exact until_cancelled; targets: (row, stock, weight); rows count from start
    terms: dict of initial_cash commission_minimum (yuan), rates (Fractions), max_positions, max_holding, keep_rest,
        volume_cap (None: no cap), slippage_model (bps ticks range impact; slippage is a number of ticks for the second),
        fill (next_open vwap close), sizing (equal amount shares percent), size (its yuan, shares or share), max_weight, cool_down,
        max_entries, max_industry_weight, buy_until_cancelled, sell_until_cancelled, actions (reinvest cash), dividend_tax,
        price_limits, t_plus_one, lots, stamp_duty and transfer_fee (None: by the rules)

The story is here; how an order meets a price is in naive_trading, what is held in naive_orders, ex-dates and the like in naive_actions.
"""

import math
from fractions import Fraction

from tests.naive_actions import divisor, open_session
from tests.naive_orders import Order, Ticket, divided
from tests.naive_rules import LI, NEVER, half_up, limits, root_rounded_up, rounded_down, rounded_up
from tests.naive_trading import Trading

__all__ = ["Account", "half_up", "root_rounded_up", "rounded_up", "run", "would_have_earned"]


class Account(Trading):
    def __init__(self, case):
        super().__init__(case)
        self.decides = {}
        for row, (session, time) in enumerate(case["deciding"]):
            bars = [t for t, day in enumerate(case["sessions"]) if day == session and case["times"][t] <= time]
            if bars:
                self.decides[bars[-1]] = row

    def priced(self, side):
        return self.case[side + "_limit"] is not None or self.case[side + "_stop"] is not None

    def prices(self, side, i):
        """Limit and stop that the deciding row gives the stock; None where a price that is used is missing there: no order.

        They are of the day that decided: an ex-date between then and now divides them.
        """
        tables = {kind: self.case[f"{side}_{kind}"] for kind in ("limit", "stop")}
        found = {kind: table[self.row][i] for kind, table in tables.items() if table is not None}
        if self.terms["fill"] != "close" and self.opens_session() and (by := divisor(self, i)):
            last, reference = by
            found = {kind: divided(price, reference, last, self.tick(i)) for kind, price in found.items()}
        return found if all(found.values()) else None

    def opens_session(self):
        return self.t == self.case["start"] or self.case["sessions"][self.t] != self.case["sessions"][self.t - 1]

    def first_session(self):
        """Of the bar that an order placed at this FILL can meet first."""
        return self.session(self.t + 1 if self.terms["fill"] == "close" else self.t)

    # ------------------------------------------------------------------------------------------------------------------ session open

    def session_open(self):
        self.session_equity = self.equity
        self.lapse([ticket for ticket in self.tickets if ticket.until < self.today()], "expired")
        if self.t > self.case["start"]:
            open_session(self)

    # -------------------------------------------------------------------------------------------------------------------------- fill

    def fill(self):
        self.take_targets()
        self.take_orders()
        for i in sorted(i for i, p in self.held.items() if p.leaving):
            self.sell(i, self.price(i), self.held[i].order)
        self.place_sales()
        waiting = [ticket for ticket in self.tickets if ticket.is_market()]
        for ticket in waiting:
            if ticket.side == "sell" and ticket in self.tickets:
                self.sell(ticket.stock, self.price(ticket.stock), ticket.order, ticket)
        for i in sorted(i for i, p in self.held.items() if p.rest):
            self.buy_rest(i)
        for ticket in waiting:
            if ticket.side == "buy" and ticket in self.tickets and self.buy_ticket(ticket, self.price(ticket.stock)):
                self.tickets.remove(ticket)
        for i in self.wanted:
            self.buy_wanted(i)

    def take_targets(self):
        """A complete portfolio: whatever is held and not named is sold."""
        named = self.targets()
        if not named:
            return
        self.lapse([ticket for ticket in self.tickets if ticket.reason == "target"], "replaced")
        aims = {}
        for i, weight in named:
            if i >= 0:
                price, value = self.price(i) or self.last(self.t, i), rounded_down(self.investable() * weight, LI)
                aims[i] = self.whole(i, math.floor(value / price)) if price else 0
        exits = set() if self.row is None else self.case["exit"][self.row]
        staying = [i for i in sorted(self.held) if not self.held[i].leaving and i not in exits]
        for i in staying:
            excess = self.held[i].shares() - aims.get(i, 0)
            if excess > 0:
                self.place(Ticket("sell", i, excess, NEVER, "target"))
        for i, aim in aims.items():
            if i in self.held and i not in staying:
                continue
            missing = self.whole(i, max(aim - (self.held[i].shares() if i in self.held else 0), 0))
            if missing:
                self.place_purchase(Ticket("buy", i, missing, self.today(), "target"))

    def targets(self):
        """(stock, weight): of the script, or of the row of signals that decided last; stock -1 for a portfolio of nothing."""
        if self.case["weight"] is None:
            return [(i, weight) for row, i, weight in self.case["targets"] if row == self.t - self.case["start"]]
        if self.row is None:
            return []
        return [(i, weight) for i, weight in enumerate(self.case["weight"][self.row]) if weight is not None]

    def take_orders(self):
        for order in self.case["orders"]:
            if order["row"] == self.t - self.case["start"]:
                i, priced = order["stock"], order["limit"] or order["stop"]
                until = NEVER if order["until_cancelled"] or order["exact"] else self.first_session() if priced else self.today()
                side, shares = "buy" if order["shares"] > 0 else "sell", abs(order["shares"])
                shares = self.whole(i, shares) if side == "buy" else shares
                prices = {name: order[name] for name in ("limit", "stop", "exact")}
                ticket = Ticket(side, i, shares, until, "order", **prices)
                if side == "buy":
                    self.place_purchase(ticket)
                elif self.delisted(i):
                    self.refuse("sell", i, "delisted", ticket.price() or ticket.exact)
                else:
                    self.place(ticket)

    def place_purchase(self, ticket):
        """From outside: it freezes what it may cost, all or nothing."""
        i, code = ticket.stock, None
        if self.delisted(i):
            code = "delisted"
        elif self.halted or self.today() <= self.calm_until:
            code = "breaker"
        elif not ticket.left:
            code = "below lot"
        elif ticket.price() and self.spendable() < self.cost(i, ticket.left, ticket.order, ticket.price()):
            code = "no cash"
        if code:
            self.refuse("buy", i, code, ticket.price() or ticket.exact)
        else:
            self.freeze(ticket)
            self.place(ticket)

    def place_sales(self):
        """Exit signals of a strategy whose sales have prices."""
        if self.row is None or not self.priced("sell"):
            return
        for i in sorted(self.case["exit"][self.row]):
            if i in self.held and not self.held[i].leaving and self.prices("sell", i):
                self.lapse([ticket for ticket in self.tickets if ticket.stock == i and ticket.whole], "replaced")
                until = NEVER if self.terms["sell_until_cancelled"] else self.first_session()
                self.place(Ticket("sell", i, self.held[i].shares(), until, "signal", **self.prices("sell", i), whole=True))

    def buy_rest(self, i):
        p = self.held[i]
        rest, p.rest = p.rest, 0
        _, left = self.buy(i, self.price(i), p.order, lambda price: self.size_of_rest(i, p.order, price, rest))
        p.rest = left if self.terms["keep_rest"] else 0

    def buy_wanted(self, i):
        if self.priced("buy"):
            self.place_wanted(i)
        elif i not in self.held and len(self.held) >= self.terms["max_positions"]:
            self.refuse("buy", i, "position cap", self.price(i))
        else:
            order = Order()
            code, rest = self.buy(i, self.price(i), order, lambda price: self.size(i, order, price))
            if not code:
                self.held[i].order, self.held[i].rest = order, rest if self.terms["keep_rest"] else 0

    def place_wanted(self, i):
        prices = self.prices("buy", i)
        if not prices:
            return
        until = NEVER if self.terms["buy_until_cancelled"] else self.first_session()
        ticket = Ticket("buy", i, 0, until, "signal", **prices)
        reserved = {other.stock for other in self.tickets if other.side == "buy" and other.stock not in self.held}
        if i not in self.held and len(self.held) + len(reserved) >= self.terms["max_positions"]:
            self.refuse("buy", i, "position cap", ticket.price())
        elif self.delisted(i):
            self.refuse("buy", i, "delisted", ticket.price())
        else:
            ticket.left, code = self.size(i, ticket.order, ticket.price())
            if code:
                self.refuse("buy", i, code, ticket.price())
            else:
                self.freeze(ticket)
                self.place(ticket)

    def buy_ticket(self, ticket, price):
        """The code of a refusal or None."""
        code, left = self.buy(ticket.stock, price, ticket.order, lambda price: self.size_of_ticket(ticket, price), ticket)
        if not code:
            ticket.left = left
            self.freeze(ticket)
            if not left:
                self.tickets.remove(ticket)
        return code

    # ---------------------------------------------------------------------------------------------------------------------- intrabar

    def intrabar(self):
        for i in sorted(self.held):
            p, bar = self.held[i], self.bar(i)
            if p.leaving or bar is None or self.sellable(i) == 0:
                continue
            stop, is_trailing, target = self.levels(i, p)
            stop_kind = "trailing stop" if is_trailing else "stop loss"
            for kind, price, reached in (
                (stop_kind, bar["open"], stop is not None and bar["open"] <= stop),
                ("take profit", bar["open"], target is not None and bar["open"] >= target),
                (stop_kind, stop, stop is not None and bar["low"] <= stop),
                ("take profit", target, target is not None and bar["high"] >= target),
            ):
                if reached:
                    met = self.off_the_limit("sell", i, price)
                    self.leave(i, kind, met)
                    self.sell(i, met, p.order)
                    break
        for i, p in self.held.items():
            if self.terms["trailing_stop"] and self.bar(i) is not None:
                p.high = max(p.high, self.bar(i)["high"])
        for side in ("sell", "buy"):
            for ticket in [ticket for ticket in self.tickets if ticket.side == side and not ticket.is_market()]:
                if ticket in self.tickets:
                    (self.meet_exactly if ticket.exact else self.meet)(ticket)

    def levels(self, i, p):
        """(stop, whether it is the trailing one, target)"""
        tick, terms = self.tick(i), self.terms
        fixed = half_up(p.entry * (1 - terms["stop_loss"]), tick) if terms["stop_loss"] else None
        trailing = half_up(p.high * (1 - terms["trailing_stop"]), tick) if terms["trailing_stop"] else None
        target = half_up(p.entry * (1 + terms["take_profit"]), tick) if terms["take_profit"] else None
        if trailing is not None and (fixed is None or trailing > fixed):
            return trailing, True, target
        return fixed, False, target

    def off_the_limit(self, side, i, price):
        """Where the open is at the day's limit, the order waits for the first price off it, if the bar traded there."""
        bar, (up, down), tick = self.bar(i), limits(self.case, self.t, i), self.tick(i)
        if side == "sell" and down is not None and price == bar["open"] <= down and bar["high"] >= down + tick:
            return down + tick
        if side == "buy" and up is not None and price == bar["open"] >= up and bar["low"] <= up - tick:
            return up - tick
        return price

    def meet(self, ticket):
        i, bar = ticket.stock, self.bar(ticket.stock)
        if bar is None or (ticket.side == "sell" and self.sellable(i) == 0):
            return
        met = ticket.meets(bar)
        if not met:
            return
        price, at_open = met
        code = self.trade(ticket, self.off_the_limit(ticket.side, i, price) if at_open else price)
        if code in ("no cash", "below lot") and ticket.side == "buy":
            self.tickets.remove(ticket)

    def meet_exactly(self, ticket):
        """It lives for one bar."""
        bar, price = self.bar(ticket.stock), ticket.exact
        if bar is not None and not bar["low"] <= price <= bar["high"]:
            code = self.refuse(ticket.side, ticket.stock, "not traded", price, ticket)
        else:
            code = self.trade(ticket, price if bar else None)
        if code:
            self.tickets.remove(ticket)
        elif ticket in self.tickets:
            self.lapse([ticket], "expired")

    def trade(self, ticket, price):
        if ticket.side == "sell":
            return self.sell(ticket.stock, price, ticket.order, ticket)
        return self.buy_ticket(ticket, price)

    # --------------------------------------------------------------------------------------------------------------- mark and signal

    def mark(self):
        terms, session = self.terms, self.today()
        value = sum(p.shares() * self.last(self.t, i) for i, p in self.held.items())
        self.equity = self.cash + self.receivable() + value
        self.sums["held_bars"] += bool(self.held)
        self.sums["invested"] += int(float(value * 1000) / float(self.equity * 1000) * 1e9) if self.held else 0
        self.peak = max(self.peak, self.equity)
        self.tell("mark", -1, self.equity, self.frozen())
        if terms["max_drawdown"] and not self.halted and self.equity <= self.peak * (1 - terms["max_drawdown"]):
            self.halted = True
            self.tell("breaker", -1, "max drawdown", self.equity)
        if terms["daily_loss"] and self.calm_until <= session and self.equity <= self.session_equity * (1 - terms["daily_loss"]):
            self.calm_until = session + 1
            self.tell("breaker", -1, "daily loss", self.equity)
        self.check()

    def check(self):
        """Nothing is lost."""
        s = self.sums
        paid = s["bought"] + s["commission"] + s["duty"] + s["transfer"] + s["tax"]
        received = s["sold"] + s["dividends"] + s["fractions"] + s["delisted"]
        assert self.cash == self.terms["initial_cash"] - paid + received
        assert self.cash >= 0
        assert all(ticket.left > 0 and ticket.frozen >= 0 for ticket in self.tickets)
        assert all(ticket.frozen > 0 for ticket in self.tickets if ticket.side == "buy" and ticket.price())
        assert all(p.shares() > 0 and p.shares() >= self.sellable(i) >= 0 for i, p in self.held.items())

    def signal(self):
        following, self.row = self.session(self.t if self.terms["fill"] == "close" else self.t + 1), self.decides.get(self.t)
        exits = set() if self.row is None else self.case["exit"][self.row]
        for i in sorted(self.held):
            p = self.held[i]
            old = self.terms["max_holding"] and following - p.session >= self.terms["max_holding"]
            told = i in exits and not self.priced("sell")
            reason = "max drawdown" if self.halted else "signal" if told else "max holding" if old else None
            if not p.leaving and reason:
                self.leave(i, reason, Fraction(0))
        self.lapse([ticket for ticket in self.tickets if ticket.side == "buy" and (self.halted or ticket.stock in exits)], "cancelled")
        self.wanted = [] if self.row is None or self.halted or following <= self.calm_until else self.wishes(following)

    def wishes(self, following):
        rank, found = self.case["rank"][self.row], []
        resting = {ticket.stock for ticket in self.tickets if ticket.side == "buy" and ticket.until >= following}
        for i in self.case["entry"][self.row]:
            if i not in resting and rank[i] is not None and (self.wants_more(i) if i in self.held else not self.cools_down(i, following)):
                found.append(i)
        return sorted(found, key=lambda i: (-rank[i], i))

    def cools_down(self, i, following):
        return i in self.left and self.terms["cool_down"] and following <= self.left[i] + self.terms["cool_down"]

    def wants_more(self, i):
        """Whether a stock that is held may be bought once more."""
        p = self.held[i]
        return not p.leaving and not p.rest and p.purchases < self.terms["max_entries"]


def would_have_earned(case, t, i, price):
    """A refused purchase held to the close of the next exit signal, that bar's own included, or to the last close."""
    decides = Account(case).decides
    rows = range(t, len(case["sessions"]))
    u = next((u for u in rows if u in decides and i in case["exit"][decides[u]]), len(case["sessions"]) - 1)
    return case["last"][u][i] * Fraction(case["factor"][u][i], case["factor"][t][i]) / price - 1


def run(case):
    """Yields the account after every bar of the window."""
    account = Account(case)
    for account.t in range(case["start"], len(case["sessions"])):
        account.used = {}
        if account.opens_session():
            account.phase = "session open"
            account.session_open()
        names = ("intrabar", "signal", "fill", "mark") if account.terms["fill"] == "close" else ("fill", "intrabar", "mark", "signal")
        for account.phase in names:
            getattr(account, account.phase)()
        yield account
