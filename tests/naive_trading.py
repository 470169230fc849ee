"""The twin's account: its cash, holdings and tickets, and how one order meets one price."""

import math
from fractions import Fraction

from tests.naive_orders import ITEMS, Order, Position, average
from tests.naive_rules import (
    LI,
    RATE,
    days_of,
    duty_rate,
    half_up,
    limits,
    lot_of,
    root_rounded_up,
    rounded_down,
    rounded_up,
    tick_of,
    transfer_rate,
)


class Trading:
    def __init__(self, case):
        self.case, self.terms = case, case["terms"]
        self.cash = self.equity = self.peak = self.session_equity = self.terms["initial_cash"]
        money = ("bought", "sold", *ITEMS, "fractions", "dividends", "delisted", "gross_profit", "gross_loss")
        counts = ("buys", "sells", "trades", "wins", "holding_sessions", "invested", "held_bars")
        self.sums = dict.fromkeys(money, Fraction(0)) | dict.fromkeys(counts, 0)
        self.held, self.tickets, self.receivables = {}, [], []  # receivables: (session of payment, yuan)
        self.wanted, self.row, self.halted, self.calm_until, self.used = [], None, False, -1, {}
        self.events, self.refused, self.left, self.placed = [], {}, {}, 0
        self.days = days_of(case)
        self.t, self.phase = case["start"], None

    # -------------------------------------------------------------------------------------------------------------- what is known

    def session(self, t):
        """The session's number; after the last bar comes the next session."""
        return self.days.index(self.case["sessions"][t]) if t < len(self.case["sessions"]) else len(self.days)

    def today(self):
        return self.session(self.t)

    def bar(self, i):
        return self.case["bars"][self.t][i]

    def last(self, t, i):
        """The close or last close; before the first bar of a new code the old one's."""
        old = next((old for _, old, new in self.case["code_changes"] if new == i), None)
        return self.case["last"][t][i] or (Fraction(0) if old is None else self.last(t, old))

    def price(self, i):
        """What market orders meet in this bar."""
        bar = self.bar(i)
        if bar is None:
            return None
        if self.terms["fill"] == "vwap" and bar["amount"] and bar["volume"]:
            return min(max(half_up(bar["amount"] / bar["volume"], LI), bar["low"]), bar["high"])
        return bar["close"] if self.terms["fill"] == "close" else bar["open"]

    def tick(self, i):
        return tick_of(self.case["boards"][i])

    def rates(self, i, side):
        day, board = self.case["sessions"][self.t], self.case["boards"][i]
        return duty_rate(day, board, side, self.terms), transfer_rate(day, board, self.terms)

    def delisted(self, i):
        return 0 < self.case["delist_date"][i] <= self.case["sessions"][self.t]

    def sellable(self, i):
        same_day = self.case["same_day"][i] or not self.terms["t_plus_one"]
        return self.held[i].sellable(self.today(), same_day) if i in self.held else 0

    def room(self, i):
        if self.terms["volume_cap"] is None:
            return 10**18
        return max(math.floor(self.bar(i)["volume"] * self.terms["volume_cap"]) - self.used.get(i, 0), 0)

    def frozen(self):
        return sum((ticket.frozen for ticket in self.tickets), Fraction(0))

    def receivable(self):
        return sum((cash for _, cash in self.receivables), Fraction(0))

    def investable(self):
        return rounded_down(self.equity * (1 - self.terms["cash_reserve"]), LI)

    def spendable(self, own=Fraction(0)):
        """Cash for a purchase: beyond the reserve, and not frozen except for itself."""
        return max(self.cash - (self.frozen() - own) - (self.equity - self.investable()), Fraction(0))

    def cost(self, i, shares, order, price):
        return shares * price + sum(order.fees(shares * price, self.rates(i, "buy"), self.terms))

    def whole(self, i, shares):
        lot, step = lot_of(self.case["boards"][i], self.terms)
        shares -= shares % step
        return shares if shares >= lot else 0

    def affordable(self, i, money, order, price):
        """Most shares whose value and fees fit, found downwards."""
        if money < price:
            return 0
        _, step = lot_of(self.case["boards"][i], self.terms)
        shares = self.whole(i, math.floor(money / price))
        while shares:
            excess = self.cost(i, shares, order, price) - money
            if excess <= 0:
                return shares
            shares = self.whole(i, shares - max(step, math.floor(excess / (2 * price)) // step * step))
        return 0

    def slippage(self, i, price, shares):
        bar, much, model = self.bar(i), self.terms["slippage"], self.terms["slippage_model"]
        if model == "ticks":
            return much * self.tick(i)
        if model == "range":
            return rounded_up(much * (bar["high"] - bar["low"]), self.tick(i))
        if model == "impact":
            much = rounded_up(much * root_rounded_up(min(Fraction(shares, bar["volume"]), Fraction(10_000))), RATE)
        return rounded_up(price * much, self.tick(i))

    # ------------------------------------------------------------------------------------------------------------------ what is told

    def tell(self, kind, *event):
        self.events.append((self.t, self.phase, kind, *event))

    def refuse(self, side, i, code, price, ticket=None):
        self.refused[code] = self.refused.get(code, 0) + 1
        self.tell("refused " + side, i, code, price or Fraction(0), ticket.number if ticket else 0)
        return code

    # ---------------------------------------------------------------------------------------------------------------------- tickets

    def freeze(self, ticket):
        """What the rest would cost at the ticket's price."""
        if ticket.side == "buy" and ticket.price():
            ticket.frozen = self.cost(ticket.stock, ticket.left, ticket.order, ticket.price())

    def place(self, ticket):
        self.tickets.append(ticket)
        self.placed += 1
        ticket.number = self.placed
        price = ticket.price() or ticket.exact
        shares = ticket.left if ticket.side == "buy" else -ticket.left
        self.tell("placed", ticket.stock, ticket.reason, shares, price, ticket.frozen, ticket.number)

    def lapse(self, tickets, code):
        for ticket in list(tickets):
            self.tickets.remove(ticket)
            p = self.held.get(ticket.stock)
            left = (p.shares() if p else 0) if ticket.whole else ticket.left
            self.tell("lapsed", ticket.stock, code, left, ticket.frozen, ticket.number)

    # ------------------------------------------------------------------------------------------------------------------------ sales

    def leave(self, i, reason, price):
        """An irrevocable market sell until filled; whatever else was ordered for the stock is cancelled."""
        p = self.held[i]
        p.leaving, p.rest, p.order = True, 0, Order()
        self.tell("exit", i, reason, price)
        self.lapse([ticket for ticket in self.tickets if ticket.stock == i], "cancelled")

    def against_sale(self, i, price):
        bar = self.bar(i)
        if bar is None:
            return "delisted" if self.delisted(i) else "suspended"
        if bar["volume"] == 0:
            return "zero volume"
        _, down = limits(self.case, self.t, i)
        if down is not None and price <= down:
            return "limit down"
        if self.sellable(i) == 0:
            return "not sellable"
        return None if self.room(i) else "volume cap"

    def sell(self, i, price, order, ticket=None):
        """The code of a refusal or None."""
        code = self.against_sale(i, price)
        if code:
            return self.refuse("sell", i, code, price, ticket)
        p, asked, date = self.held[i], price, self.case["sessions"][self.t]
        shares = min(self.sellable(i), self.room(i))
        if ticket and not ticket.whole:
            shares = min(shares, ticket.left)
        if not (ticket and ticket.exact):
            _, down = limits(self.case, self.t, i)
            price = max(price - self.slippage(i, price, shares), self.tick(i), down or 0, ticket.limit if ticket else 0)
        value, rates = shares * price, self.rates(i, "sell")
        tax = p.tax(shares, date) if self.terms["actions"] == "cash" and self.terms["dividend_tax"] else Fraction(0)
        if self.cash + value - sum(order.fees(value, rates, self.terms, tax)) < 0:
            return self.refuse("sell", i, "no cash", asked, ticket)
        fees = order.charge(value, rates, self.terms, tax)
        self.book("sell", i, ticket, shares, price, fees)
        p.flow += value - sum(fees)
        p.remove(shares)
        if ticket:
            ticket.left -= 0 if ticket.whole else shares
            if ticket.left == 0 or (ticket.whole and not p.lots):
                self.tickets.remove(ticket)
        if not p.lots:
            self.close(i)
        return None

    def close(self, i):
        p = self.held.pop(i)
        self.left[i] = self.today()
        self.sums["trades"] += 1
        self.sums["wins"] += p.flow > 0
        self.sums["gross_profit"] += max(p.flow, 0)
        self.sums["gross_loss"] += max(-p.flow, 0)
        self.sums["holding_sessions"] += self.today() - p.session
        self.lapse([ticket for ticket in self.tickets if ticket.stock == i and ticket.whole], "cancelled")

    # -------------------------------------------------------------------------------------------------------------------- purchases

    def against_purchase(self, i, price):
        bar = self.bar(i)
        if bar is None:
            return "delisted" if self.delisted(i) else "suspended"
        if bar["volume"] == 0:
            return "zero volume"
        up, _ = limits(self.case, self.t, i)
        return "limit up" if up is not None and price >= up else None

    def buy(self, i, price, order, size, ticket=None):
        """size(price): (shares, None) or (0, the code of a refusal). Returns (code or None, shares that the volume cap left over)."""
        code, asked = self.against_purchase(i, price), price
        if code:
            return self.refuse("buy", i, code, price, ticket), 0
        if not (ticket and ticket.exact):
            up, _ = limits(self.case, self.t, i)
            price += self.slippage(i, price, min(size(price)[0], self.room(i)))
            price = min(bound for bound in (price, up, ticket and ticket.limit) if bound)
        shares, code = size(price)
        if code:
            return self.refuse("buy", i, code, asked, ticket), 0
        room = self.room(i)
        now = shares if shares <= room else self.whole(i, room)
        if now == 0:
            return self.refuse("buy", i, "volume cap", asked, ticket), 0
        value, is_first_fill = now * price, not order.value
        fees = order.charge(value, self.rates(i, "buy"), self.terms)
        if i not in self.held:
            self.held[i] = Position(self.today(), self.t)
        p = self.held[i]
        p.purchases += is_first_fill
        self.book("buy", i, ticket, now, price, fees)
        p.entry = average(p.entry, p.shares(), value, now)
        p.flow -= value + sum(fees)
        p.add(self.today(), self.case["sessions"][self.t], now)
        p.high = max(p.high, price)
        return None, shares - now

    def wish(self, i):
        """(yuan that a new purchase may cost by its sizing, whether its industry is what bounds it)"""
        terms = self.terms
        wish = {
            "equal": rounded_down(self.investable() / (terms["max_positions"] * terms["max_entries"]), LI),
            "amount": terms["size"],
            "shares": Fraction(10**10),
            "percent": rounded_down(self.equity * terms["size"], LI),
        }[terms["sizing"]]
        if terms["max_weight"]:
            wish = min(wish, max(rounded_down(self.equity * terms["max_weight"], LI) - self.worth([i]), Fraction(0)))
        if not terms["max_industry_weight"]:
            return wish, False
        kin = [j for j, industry in enumerate(self.case["industries"]) if industry == self.case["industries"][i]]
        taken = self.worth(kin) + sum(ticket.frozen for ticket in self.tickets if ticket.stock in kin)
        bound = max(rounded_down(self.equity * terms["max_industry_weight"], LI) - taken, Fraction(0))
        return min(wish, bound), bound < wish

    def worth(self, stocks):
        """Of holdings, at the close of the bar before."""
        before = max(self.t - 1, self.case["start"])
        return sum((p.shares() * self.last(before, i) for i, p in self.held.items() if i in stocks), Fraction(0))

    def size(self, i, order, price):
        """Of a new purchase: by the sizing, the bounds and the cash."""
        (wish, by_industry), cash = self.wish(i), self.spendable()
        within = self.affordable(i, wish, order, price)
        if self.terms["sizing"] == "shares":
            shares = min(self.whole(i, self.terms["size"]), within)
            if not shares:
                return 0, "industry cap" if by_industry and not within and self.whole(i, self.terms["size"]) else "below lot"
            return (0, "no cash") if self.cost(i, shares, order, price) > cash else (shares, None)
        shares = self.affordable(i, min(wish, cash), order, price)
        if shares:
            return shares, None
        return 0, "no cash" if within else "industry cap" if by_industry else "below lot"

    def size_of_rest(self, i, order, price, rest):
        shares = min(rest, self.affordable(i, self.spendable(), order, price))
        return (shares, None) if shares else (0, "no cash")

    def size_of_ticket(self, ticket, price):
        """Orders from outside and sizes in shares are bought whole or not at all."""
        shares = min(ticket.left, self.affordable(ticket.stock, self.spendable(ticket.frozen), ticket.order, price))
        entire = ticket.reason == "order" or (ticket.reason == "signal" and self.terms["sizing"] == "shares")
        return (0, "no cash") if shares == 0 or (entire and shares < ticket.left) else (shares, None)

    def book(self, side, i, ticket, shares, price, fees):
        value = shares * price
        self.cash += (value if side == "sell" else -value) - sum(fees)
        self.sums["sold" if side == "sell" else "bought"] += value
        self.sums[side + "s"] += 1
        for key, fee in zip(ITEMS, fees, strict=True):
            self.sums[key] += fee
        self.used[i] = self.used.get(i, 0) + shares
        self.tell(side, i, ticket and ticket.reason, shares, price, value, *fees, ticket.number if ticket else 0)
