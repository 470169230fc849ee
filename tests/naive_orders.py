"""What the twin holds: orders with the fees due on them, positions of lots with their dates, and tickets (orders that rest)."""

import math
from fractions import Fraction

from tests.naive_rules import FEN, LI, MICRO, dividend_tax_rate, half_up

ITEMS = ("commission", "duty", "transfer", "tax")


class Order:
    """Fees and tax are due on the sum of its fills; each fill pays what is due and not yet paid."""

    def __init__(self):
        self.value = self.duty = self.transfer = self.tax = Fraction(0)
        self.paid = [Fraction(0)] * len(ITEMS)

    def due(self, value, rates, terms, tax):
        total = self.value + value
        commission = min(half_up(total * terms["commission"], FEN), half_up(total * terms["commission_cap"], FEN))
        commission = max(commission, terms["commission_minimum"])
        others = (self.duty + value * rates[0], self.transfer + value * rates[1], self.tax + tax)
        return [commission, *(half_up(other, FEN) for other in others)]

    def fees(self, value, rates, terms, tax=0):
        return [due - paid for due, paid in zip(self.due(value, rates, terms, tax), self.paid, strict=True)]

    def charge(self, value, rates, terms, tax=0):
        fees = self.fees(value, rates, terms, tax)
        self.paid = self.due(value, rates, terms, tax)
        self.value, self.tax = self.value + value, self.tax + tax
        self.duty, self.transfer = self.duty + value * rates[0], self.transfer + value * rates[1]
        return fees


class Lot:
    """Shares bought in one session. gross: the cash dividends, in micro-yuan, that these shares received."""

    def __init__(self, session, date, shares):
        self.session, self.date, self.shares, self.gross = session, date, shares, 0

    def gross_of(self, shares):
        return math.floor(Fraction(self.gross * shares, self.shares))


class Position:
    def __init__(self, session, bar):
        self.session, self.bar, self.lots, self.order = session, bar, [], Order()
        self.entry = self.high = self.flow = Fraction(0)
        self.rest, self.leaving, self.purchases = 0, False, 0
        self.bonus_locked, self.bonus_until = 0, -1

    def shares(self):
        return sum(lot.shares for lot in self.lots)

    def sellable(self, session, same_day):
        old = sum(lot.shares for lot in self.lots if lot.session < session or same_day)
        return old - (self.bonus_locked if session < self.bonus_until else 0)

    def add(self, session, date, shares):
        """Purchases of one session are one lot."""
        if self.lots and self.lots[-1].session == session:
            self.lots[-1].shares += shares
        else:
            self.lots.append(Lot(session, date, shares))

    def lock_bonus(self, shares, session, until):
        """Bonus shares that are listed later; those of an earlier bonus, if still locked, wait with them."""
        if until <= session:
            return
        still = session < self.bonus_until
        self.bonus_locked = shares + (self.bonus_locked if still else 0)
        self.bonus_until = max(until, self.bonus_until) if still else until

    def taken(self, shares):
        """[lot, shares] that leave with a sale: first in, first out."""
        found = []
        for lot in self.lots:
            found.append((lot, min(shares, lot.shares)))
            shares -= found[-1][1]
        return [(lot, count) for lot, count in found if count]

    def tax(self, shares, date):
        """Yuan, not rounded."""
        return sum((lot.gross_of(n) * MICRO * dividend_tax_rate(lot.date, date) for lot, n in self.taken(shares)), Fraction(0))

    def remove(self, shares):
        for lot, count in self.taken(shares):
            lot.gross -= lot.gross_of(count)
            lot.shares -= count
        self.lots = [lot for lot in self.lots if lot.shares]


class Ticket:
    """An order that may wait. Prices are 0 where there is none; whole: everything that can be sold, whatever that is."""

    def __init__(self, side, stock, shares, until, reason, *, limit=Fraction(0), stop=Fraction(0), exact=Fraction(0), whole=False):
        self.side, self.stock, self.left, self.until, self.reason = side, stock, shares, until, reason
        self.limit, self.stop, self.exact, self.whole = limit, stop, exact, whole
        self.order, self.frozen, self.triggered, self.number = Order(), Fraction(0), False, 0

    def price(self):
        """What its frozen sum is computed with; 0 for an order at the market or at an exact price."""
        return self.limit or self.stop

    def is_market(self):
        return not self.exact and not self.limit and (not self.stop or self.triggered)

    def meets(self, bar):
        """(price, whether it is the open) of the bar, or None. A stop that is reached stays triggered."""
        if self.side == "buy":
            return self._meets(bar["open"], bar["high"], bar["low"], lambda price, level: price >= level)
        return self._meets(bar["open"], bar["low"], bar["high"], lambda price, level: price <= level)

    def _meets(self, opening, towards_stop, towards_limit, beyond):
        """beyond(price, level): the price is as bad for the trader as the level, or worse."""
        if self.stop and not self.triggered:
            if not beyond(towards_stop, self.stop):
                return None
            self.triggered, at_open = True, beyond(opening, self.stop)
            price = opening if at_open else self.stop
            if not self.limit or beyond(self.limit, price):
                return price, at_open
            return (self.limit, False) if at_open and beyond(self.limit, towards_limit) else None
        if beyond(self.limit, opening):
            return opening, True
        return (self.limit, False) if beyond(self.limit, towards_limit) else None

    def divide(self, reference, last, tick):
        """On an ex-date; half-up to the tick, at least one."""
        self.limit, self.stop = divided(self.limit, reference, last, tick), divided(self.stop, reference, last, tick)


def divided(price, reference, last, tick):
    return max(half_up(price * reference / last, tick), tick) if price else price


def average(before, shares, value, bought):
    """The entry price, moved by a further purchase."""
    return half_up((before * shares + value) / (shares + bought), LI)
