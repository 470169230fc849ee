"""The slow obvious twin of the simulation: plain Python and fractions, written from the design page; it knows nothing of the engine.

Prices and money are Fractions of a yuan. A case is plain data:

    sessions[t] YYYYMMDD, start (the window's first bar), boards[i]
    bars[t][i] None or dict(open high low close pre_close volume amount), last[t][i] the close or last close, factor[t][i]
    vendor[t][i] (up, down), 0 where not given; is_st[t][i], listed[t][i]
    entry[t], exit[t] sets of stocks, rank[t][i] float or None
    terms: dict of initial_cash commission_minimum (yuan), rates (Fractions), max_positions, max_holding, keep_rest,
        volume_cap (None: no cap), slippage_model (bps ticks range impact; slippage is a number of ticks for the second),
        fill (next_open vwap close), sizing (equal amount shares percent), size (its yuan, shares or share), max_weight, cool_down
"""

import math
from fractions import Fraction

FEN, LI = Fraction(1, 100), Fraction(1, 1000)
TICK = {"fund": LI}
LOT = {"star": (200, 1), "bse": (100, 1)}
PERMILLE = Fraction(1, 1000)
RATE = Fraction(1, 10**7)


def half_up(x, unit):
    return math.floor(x / unit + Fraction(1, 2)) * unit


def rounded_up(x, unit):
    return math.ceil(x / unit) * unit


def rounded_down(x, unit):
    return math.floor(x / unit) * unit


def root_rounded_up(x):
    """The square root to seven decimals, by bisection."""
    low, high = -1, 10**10
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if (middle * RATE) ** 2 >= x else (middle, high)
    return high * RATE


# ------------------------------------------------------------------------------------------------------------------ market rules


def duty_rate(day, board, side):
    if board == "fund" or side == "buy":
        return Fraction(0)
    return Fraction(1, 2) * PERMILLE if day >= 20230828 else 1 * PERMILLE


def transfer_rate(day, board):
    if board == "fund":
        return Fraction(0)
    if day >= 20220429:
        return Fraction(1, 100) * PERMILLE
    return Fraction(25, 1000) * PERMILLE if board == "bse" else Fraction(2, 100) * PERMILLE


def limit_rates(day, board, is_st, listed, listing_day):
    """(up, down) as shares of pre_close, None where there is no limit. listing_day: None where unknown."""
    if listed:
        if (
            board in ("star", "main", "chinext")
            and listed <= 5
            and listing_day >= {"main": 20230410, "chinext": 20200824, "star": 20190722}[board]
        ):
            return None, None
        if board == "bse" and listed == 1:
            return None, None
        if board in ("main", "chinext") and listed == 1:
            return Fraction(44, 100), Fraction(36, 100)
    rate = {"main": 10, "fund": 10, "star": 20, "bse": 30, "chinext": 20 if day >= 20200824 else 10}[board]
    if is_st and board == "main":
        rate = 10 if day >= 20260706 else 5
    if is_st and board == "chinext" and day < 20200824:
        rate = 5
    return Fraction(rate, 100), Fraction(rate, 100)


def limits(case, t, i):
    """(up, down) yuan of bar t, None where there is none."""
    bar, board = case["bars"][t][i], case["boards"][i]
    if bar is None:
        return None, None
    listed = case["listed"][t][i]
    days = sorted(set(case["sessions"]))
    listing_day = days[max(days.index(case["sessions"][t]) - listed + 1, 0)] if listed else None
    tick, found = TICK.get(board, FEN), []
    rates = limit_rates(case["sessions"][t], board, case["is_st"][t][i], listed, listing_day)
    for given, rate, sign in zip(case["vendor"][t][i], rates, (1, -1), strict=True):
        ruled = None if rate is None else half_up(bar["pre_close"] * (1 + sign * rate), tick)
        found.append(given or ruled)
    return tuple(found)


# ------------------------------------------------------------------------------------------------------------------------ ledger


class Order:
    """Fees are due on the sum of its fills; each fill pays what is due and not yet paid."""

    def __init__(self):
        self.value = self.duty = self.transfer = Fraction(0)
        self.paid = [Fraction(0)] * 3

    def due(self, value, rates, terms):
        total = self.value + value
        commission = min(half_up(total * terms["commission"], FEN), half_up(total * terms["commission_cap"], FEN))
        commission = max(commission, terms["commission_minimum"])
        return [commission, half_up(self.duty + value * rates[0], FEN), half_up(self.transfer + value * rates[1], FEN)]

    def fees(self, value, rates, terms):
        return [due - paid for due, paid in zip(self.due(value, rates, terms), self.paid, strict=True)]

    def charge(self, value, rates, terms):
        fees = self.fees(value, rates, terms)
        self.paid = self.due(value, rates, terms)
        self.value, self.duty, self.transfer = self.value + value, self.duty + value * rates[0], self.transfer + value * rates[1]
        return fees


class Position:
    def __init__(self, session, bar):
        self.session, self.bar, self.lots, self.order = session, bar, [], Order()  # lots: [session bought, shares], oldest first
        self.entry = self.high = self.flow = Fraction(0)
        self.rest, self.leaving = 0, False

    def shares(self):
        return sum(n for _, n in self.lots)

    def sellable(self, session):
        return sum(n for bought, n in self.lots if bought < session)

    def remove(self, shares):
        while shares:
            taken = min(shares, self.lots[0][1])
            self.lots[0][1] -= taken
            shares -= taken
            if self.lots[0][1] == 0:
                self.lots.pop(0)

    def leave(self):
        """An irrevocable market sell until filled; the rest of the purchase is cancelled."""
        self.leaving, self.rest, self.order = True, 0, Order()


class Account:
    def __init__(self, case):
        self.case, self.terms = case, case["terms"]
        self.cash = self.equity = self.peak = self.session_equity = self.terms["initial_cash"]
        self.sums = dict.fromkeys(
            ("bought", "sold", "commission", "duty", "transfer", "fractions", "gross_profit", "gross_loss"), Fraction(0)
        )
        self.sums |= dict.fromkeys(("buys", "sells", "trades", "wins", "holding_sessions"), 0)
        self.held, self.wanted, self.halted, self.calm_until, self.used = {}, [], False, -1, {}
        self.events, self.refused = [], {}
        self.left = {}
        self.days = sorted(set(case["sessions"]))

    # ------------------------------------------------------------------------------------------------------------------ helpers

    def session(self, t):
        """The session's number; after the last bar comes the next session."""
        return self.days.index(self.case["sessions"][t]) if t < len(self.case["sessions"]) else len(self.days)

    def bar(self, i):
        return self.case["bars"][self.t][i]

    def price(self, i):
        """What market orders meet in this bar."""
        bar = self.bar(i)
        if bar is None:
            return None
        if self.terms["fill"] == "vwap" and bar["amount"] and bar["volume"]:
            return min(max(half_up(bar["amount"] / bar["volume"], LI), bar["low"]), bar["high"])
        return bar["close"] if self.terms["fill"] == "close" else bar["open"]

    def tick(self, i):
        return TICK.get(self.case["boards"][i], FEN)

    def rates(self, i, side):
        day, board = self.case["sessions"][self.t], self.case["boards"][i]
        return duty_rate(day, board, side), transfer_rate(day, board)

    def tell(self, *event):
        self.events.append((self.t, *event))

    def refuse(self, side, i, code):
        self.refused[code] = self.refused.get(code, 0) + 1
        self.tell("refused " + side, i, code)

    def room(self, i):
        if self.terms["volume_cap"] is None:
            return 10**18
        return max(math.floor(self.bar(i)["volume"] * self.terms["volume_cap"]) - self.used.get(i, 0), 0)

    def whole(self, i, shares):
        lot, step = LOT.get(self.case["boards"][i], (100, 100))
        shares -= shares % step
        return shares if shares >= lot else 0

    def affordable(self, i, money, order, price):
        """Most shares whose value and fees fit, found downwards."""
        if money < price:
            return 0
        _, step = LOT.get(self.case["boards"][i], (100, 100))
        shares = self.whole(i, math.floor(money / price))
        while shares:
            value = shares * price
            excess = value + sum(order.fees(value, self.rates(i, "buy"), self.terms)) - money
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

    def levels(self, i, p):
        """(stop, whether it is the trailing one, target)"""
        tick, terms = self.tick(i), self.terms
        fixed = half_up(p.entry * (1 - terms["stop_loss"]), tick) if terms["stop_loss"] else None
        trailing = half_up(p.high * (1 - terms["trailing_stop"]), tick) if terms["trailing_stop"] else None
        target = half_up(p.entry * (1 + terms["take_profit"]), tick) if terms["take_profit"] else None
        if trailing is not None and (fixed is None or trailing > fixed):
            return trailing, True, target
        return fixed, False, target

    def close(self, i):
        p = self.held.pop(i)
        self.left[i] = self.session(self.t)
        self.sums["trades"] += 1
        self.sums["wins"] += p.flow > 0
        self.sums["gross_profit"] += max(p.flow, 0)
        self.sums["gross_loss"] += max(-p.flow, 0)
        self.sums["holding_sessions"] += self.session(self.t) - p.session

    # ------------------------------------------------------------------------------------------------------------------ phases

    def session_open(self):
        self.session_equity = self.equity
        for i in range(len(self.case["boards"])):
            ratio = self.ex_date(i)
            if ratio is None or i not in self.held:
                continue
            shares_ratio, last, reference = ratio
            p = self.held[i]
            exact = p.shares() * shares_ratio
            shares = math.floor(exact)
            paid = half_up((exact - shares) * reference, LI)
            p.lots = [[p.session, shares]] if shares else []
            p.entry, p.high = half_up(p.entry * reference / last, LI), half_up(p.high * reference / last, LI)
            p.flow += paid
            self.cash += paid
            self.sums["fractions"] += paid
            self.tell("ex date", i, shares, reference, paid)
            if not shares:
                self.close(i)

    def ex_date(self, i):
        """(share ratio, last close, reference) where the factor moves and the session's reference differs from the last close."""
        t, case = self.t, self.case
        if t == case["start"]:
            return None
        day = [case["bars"][u][i] for u in range(t, len(case["sessions"])) if case["sessions"][u] == case["sessions"][t]]
        references = [bar["pre_close"] for bar in day if bar is not None]
        reference, last = references[0] if references else case["last"][t][i], case["last"][t - 1][i]
        after, before = case["factor"][t][i], case["factor"][t - 1][i]
        if not last or not reference or reference == last or after == before:
            return None
        return Fraction(after, before), last, reference

    def sell(self, i, price):
        p, bar = self.held[i], self.bar(i)
        code = self.against_sale(p, i, bar, price)
        if code:
            return self.refuse("sell", i, code)
        shares = min(p.sellable(self.session(self.t)), self.room(i))
        _, down = limits(self.case, self.t, i)
        price = max(price - self.slippage(i, price, shares), self.tick(i), down or 0)
        value, rates = shares * price, self.rates(i, "sell")
        if self.cash + value - sum(p.order.fees(value, rates, self.terms)) < 0:
            return self.refuse("sell", i, "no cash")
        fees = p.order.charge(value, rates, self.terms)
        self.book("sell", i, shares, price, fees)
        p.flow += value - sum(fees)
        p.remove(shares)
        if not p.lots:
            self.close(i)
        return None

    def against_sale(self, p, i, bar, price):
        if bar is None:
            return "suspended"
        if bar["volume"] == 0:
            return "zero volume"
        _, down = limits(self.case, self.t, i)
        if down is not None and price <= down:
            return "limit down"
        if p.sellable(self.session(self.t)) == 0:
            return "not sellable"
        return None if self.room(i) else "volume cap"

    def buy(self, i, rest=None):
        t, terms, p = self.t, self.terms, self.held.get(i)
        order = p.order if p else Order()
        if p:
            p.rest = 0
        code = self.against_purchase(i, self.bar(i))
        if code:
            return self.refuse("buy", i, code)
        price = self.price(i)
        price += self.slippage(i, price, min(self.size(i, rest, order, price)[0], self.room(i)))
        up, _ = limits(self.case, t, i)
        price = price if up is None else min(price, up)
        shares, code = self.size(i, rest, order, price)
        if code:
            return self.refuse("buy", i, code)
        room = self.room(i)
        now = shares if shares <= room else self.whole(i, room)
        if now == 0:
            return self.refuse("buy", i, "volume cap")
        value = now * price
        fees = order.charge(value, self.rates(i, "buy"), terms)
        if not p:
            p = self.held[i] = Position(self.session(t), t)
            p.order = order
        self.book("buy", i, now, price, fees)
        p.entry = half_up((p.entry * p.shares() + value) / (p.shares() + now), LI)
        p.flow -= value + sum(fees)
        p.lots.append([self.session(t), now])
        p.high = max(p.high, price)
        p.rest = shares - now if terms["keep_rest"] else 0
        return None

    def against_purchase(self, i, bar):
        if bar is None:
            return "suspended"
        if bar["volume"] == 0:
            return "zero volume"
        up, _ = limits(self.case, self.t, i)
        return "limit up" if up is not None and self.price(i) >= up else None

    def size(self, i, rest, order, price):
        """(shares, None) or (0, the code of a refusal): by the sizing; a rest has its shares and only needs cash."""
        terms = self.terms
        investable = rounded_down(self.equity * (1 - terms["cash_reserve"]), LI)
        cash = max(self.cash - (self.equity - investable), 0)
        slot = {
            "equal": rounded_down(investable / terms["max_positions"], LI),
            "amount": terms["size"],
            "shares": Fraction(10**10),
            "percent": rounded_down(self.equity * terms["size"], LI),
        }[terms["sizing"]]
        if terms["max_weight"]:
            slot = min(slot, rounded_down(self.equity * terms["max_weight"], LI))
        slot = cash if rest else slot
        if terms["sizing"] == "shares" and not rest:
            shares = min(self.whole(i, terms["size"]), self.affordable(i, slot, order, price))
            cost = shares * price + sum(order.fees(shares * price, self.rates(i, "buy"), terms))
            return (0, "below lot") if not shares else (0, "no cash") if cost > cash else (shares, None)
        shares = self.affordable(i, min(slot, cash), order, price)
        if shares == 0:
            return 0, "no cash" if rest or self.affordable(i, slot, order, price) else "below lot"
        return min(shares, rest) if rest else shares, None

    def book(self, side, i, shares, price, fees):
        value = shares * price
        self.cash += (value if side == "sell" else -value) - sum(fees)
        self.sums["sold" if side == "sell" else "bought"] += value
        self.sums[side + "s"] += 1
        for key, fee in zip(("commission", "duty", "transfer"), fees, strict=True):
            self.sums[key] += fee
        self.used[i] = self.used.get(i, 0) + shares
        self.tell(side, i, shares, price, value, *fees)

    def fill(self):
        for i in sorted(i for i, p in self.held.items() if p.leaving):
            self.sell(i, self.price(i))
        for i in sorted(i for i, p in self.held.items() if p.rest):
            self.buy(i, self.held[i].rest)
        for i in self.wanted:
            if len(self.held) < self.terms["max_positions"]:
                self.buy(i)
            else:
                self.refuse("buy", i, "position cap")

    def intrabar(self):
        for i in sorted(self.held):
            p, bar = self.held[i], self.bar(i)
            if p.leaving or bar is None or p.sellable(self.session(self.t)) == 0:
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
                    self.trigger(i, p, kind, price)
                    break
        for i, p in self.held.items():
            if self.terms["trailing_stop"] and self.bar(i) is not None:
                p.high = max(p.high, self.bar(i)["high"])

    def trigger(self, i, p, kind, price):
        """Where the open is at the lower limit, the sale waits for the first price off it, if the bar traded there."""
        bar, (_, down) = self.bar(i), limits(self.case, self.t, i)
        if down is not None and price == bar["open"] <= down and bar["high"] >= down + self.tick(i):
            price = down + self.tick(i)
        self.tell("exit", i, kind, price)
        p.leave()
        self.sell(i, price)

    def mark(self):
        terms, session = self.terms, self.session(self.t)
        self.equity = self.cash + sum(p.shares() * self.case["last"][self.t][i] for i, p in self.held.items())
        self.peak = max(self.peak, self.equity)
        self.tell("mark", self.equity)
        if terms["max_drawdown"] and not self.halted and self.equity <= self.peak * (1 - terms["max_drawdown"]):
            self.halted = True
            self.tell("breaker", "max drawdown", self.equity)
        if terms["daily_loss"] and self.calm_until <= session and self.equity <= self.session_equity * (1 - terms["daily_loss"]):
            self.calm_until = session + 1
            self.tell("breaker", "daily loss", self.equity)
        s = self.sums
        assert self.cash == terms["initial_cash"] - s["bought"] - s["commission"] - s["duty"] - s["transfer"] + s["sold"] + s["fractions"]
        assert self.cash >= 0

    def signal(self):
        t, following = self.t, self.session(self.t if self.terms["fill"] == "close" else self.t + 1)
        for i in sorted(self.held):
            p = self.held[i]
            old = self.terms["max_holding"] and following - p.session >= self.terms["max_holding"]
            reason = "max drawdown" if self.halted else "signal" if i in self.case["exit"][t] else "max holding" if old else None
            if not p.leaving and reason:
                p.leave()
                self.tell("exit", i, reason, Fraction(0))
        rank = self.case["rank"][t]
        closed = self.halted or following <= self.calm_until
        wanted = [] if closed else [i for i in self.case["entry"][t] if i not in self.held and rank[i] is not None]
        wanted = [
            i for i in wanted if i not in self.left or following > self.left[i] + self.terms["cool_down"] or not self.terms["cool_down"]
        ]
        self.wanted = sorted(wanted, key=lambda i: (-rank[i], i))


def would_have_earned(case, t, i, price):
    """A refused purchase held to the close of the next exit signal, that bar's own included, or to the last close."""
    u = next((u for u in range(t, len(case["sessions"])) if i in case["exit"][u]), len(case["sessions"]) - 1)
    return case["last"][u][i] * Fraction(case["factor"][u][i], case["factor"][t][i]) / price - 1


def run(case):
    """Yields the account after every bar of the window."""
    account = Account(case)
    for account.t in range(case["start"], len(case["sessions"])):
        account.used = {}
        if account.t == case["start"] or case["sessions"][account.t] != case["sessions"][account.t - 1]:
            account.session_open()
        if account.terms["fill"] == "close":
            phases = account.intrabar, account.signal, account.fill, account.mark
        else:
            phases = account.fill, account.intrabar, account.mark, account.signal
        for phase in phases:
            phase()
        yield account
