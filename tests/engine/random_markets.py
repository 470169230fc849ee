"""Random small markets in which rules bind all the time, and the same case in the words of the twin."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from engine.market import FAR, Market
from engine.simulation.run import Signals
from engine.terms import ACTION_MODES, FILLS, ONE, SIZINGS, SLIPPAGE_MODELS, Conditions, Terms
from tests.engine.random_actions import Events, change_code, delist, listings_of

STOCKS = {
    "600001.SH": "main",
    "300001.SZ": "chinext",
    "688001.SH": "star",
    "830001.BJ": "bse",
    "510001.SH": "fund",
    "588001.SH": "fund_20",
}
OPENED = {"star": 20190722, "bse": 20211115}
RENAMED = {"600001.SH": ("000009.SZ", "600009.SH"), "688001.SH": ("688000.SH", "689009.SH"), "830001.BJ": ("430009.BJ", "920001.BJ")}
SWITCHES = (
    *(date(2020, 8, 24), date(2020, 12, 31), date(2021, 11, 15), date(2022, 4, 29), date(2022, 9, 1)),
    *(date(2023, 4, 10), date(2023, 8, 28), date(2026, 7, 6)),
)
PRICES = ("buy_limit", "buy_stop", "sell_limit", "sell_stop")


@dataclass(frozen=True)
class Case:
    """Signals and prices have the rows of the market that decides."""

    market: Market
    entry: Any
    exit: Any
    rank: Any
    terms: Terms
    buy_limit: Any = None
    buy_stop: Any = None
    sell_limit: Any = None
    sell_stop: Any = None
    orders: Any = None
    """As a Script has them; with targets, instead of signals."""
    targets: Any = None
    weight: Any = None
    """In 1 / ONE, -1 where nothing is asked for; instead of entries."""

    @property
    def signals(self) -> Signals:
        used = any(getattr(self, name) is not None for name in PRICES)
        prices = [_priced(getattr(self, name), self.entry.shape[1]) for name in PRICES] if used else []
        weights = {} if self.weight is None else {"weight": padded_weights(self.weight)}
        return Signals(pack(self.entry), pack(self.exit), padded(self.rank), *prices, **weights)


def pack(flags: Any) -> Any:
    """bool (T, N) to uint64 (T, W)."""
    wide = np.pad(flags, ((0, 0), (0, -flags.shape[1] % 64)))
    return np.ascontiguousarray(np.packbits(wide, axis=1, bitorder="little")).view(np.uint64)


def padded(rank: Any, fill: float = np.nan) -> Any:
    return np.pad(rank, ((0, 0), (0, -rank.shape[1] % 64)), constant_values=fill)


def padded_weights(weight: Any) -> Any:
    """Rows that ask for nothing stay so."""
    return np.where((weight < 0).all(axis=1, keepdims=True), np.int32(-1), padded(weight, 0))


def _priced(prices: Any, stocks: int) -> Any:
    return padded(np.zeros((0, stocks), np.int32), 0) if prices is None else padded(prices, 0)


def random_case(seed: int, bars: int = 30) -> Case:
    """A strategy: signals, and prices of its orders here and there. Nobody wishes for a code that is still to come."""
    rng = np.random.default_rng(seed)
    market = random_market(rng, bars)
    deciding = market.decided_by or market
    shape = deciding.shape
    rank = np.where(rng.random(shape) < 0.1, np.nan, rng.integers(0, 4, shape).astype(float))
    entry, exit_ = rng.random(shape) < rng.choice([0.1, 0.5]), rng.random(shape) < rng.choice([0.05, 0.3])
    entry &= (deciding.close > 0) | ~np.isin(np.arange(shape[1]), market.actions.code_changes[:, 2])
    terms = replace(random_terms(rng), conditions=random_conditions(rng))
    prices = _some_prices(rng, deciding)
    rng = np.random.default_rng([seed, 2])
    terms = replace(terms, max_entries=int(rng.choice([1, 1, 2, 3, 5])))
    if rng.random() < 0.8:
        return Case(market, entry, exit_, rank, terms, **prices)
    weight = _some_weights(rng, deciding)
    return Case(market, np.zeros(shape, bool), exit_, rank, terms, **prices, weight=weight)


def _some_weights(rng: np.random.Generator, market: Market) -> Any:
    """Of every stock in some rows, -1 in the others. A code that is still to come gets none."""
    bars, stocks = market.shape
    shares = np.array([0, 0, ONE // 20, ONE // 10, ONE // 4, ONE // 3, ONE // 2, ONE])
    weight = np.where(rng.random((bars, 1)) < rng.choice([0.1, 0.4, 1.0]), rng.choice(shares, (bars, stocks)), -1)
    to_come = (market.close == 0) & np.isin(np.arange(stocks), market.actions.code_changes[:, 2])
    return np.where(to_come & (weight > 0), 0, weight).astype(np.int32)


def _some_prices(rng: np.random.Generator, deciding: Market) -> dict[str, Any]:
    """Near the close at which they are decided, so that they fill, gap and lapse; 0 now and then."""
    found = {}
    for side in ("buy", "sell"):
        kinds = ((), ("limit",), ("stop",), ("limit", "stop"))[rng.choice([0, 0, 1, 2, 3])]
        for kind in kinds:
            bias = -0.01 if (side == "buy") == (kind == "limit") else 0.01
            found[f"{side}_{kind}"] = near(rng, deciding, deciding.close, bias)
    return found


def near(rng: np.random.Generator, market: Market, close: Any, bias: float = 0.0) -> Any:
    ticks = np.array([1 if board in ("fund", "fund_20") else 10 for board in market.boards])
    away = np.exp(rng.normal(bias, rng.choice([0.01, 0.04]), close.shape))
    prices = np.maximum(np.round(close * away / ticks), 1).astype(np.int64) * ticks
    return np.where((close == 0) | (rng.random(close.shape) < 0.1), 0, prices).astype(np.int32)


def random_conditions(rng: np.random.Generator) -> Conditions:
    def rate(*rates: int) -> int | None:
        return int(rng.choice(rates)) if rng.random() < 0.15 else None

    return Conditions(
        fill=FILLS[rng.integers(3)],
        actions=ACTION_MODES[rng.choice([0, 1, 1])],
        dividend_tax=bool(rng.random() < 0.85),
        price_limits=bool(rng.random() < 0.9),
        t_plus_one=bool(rng.random() < 0.85),
        lots=bool(rng.random() < 0.9),
        stamp_duty=rate(0, 10_000, 33_333),
        transfer_fee=rate(0, 77, 2_000),
    )


def random_terms(rng: np.random.Generator) -> Terms:
    def some(*values: int) -> int:
        return int(rng.choice(values))

    cap = some(-1, 100_000, 1_000_000, 5_000_000)
    model = str(rng.choice(SLIPPAGE_MODELS))
    slippages = {"bps": (0, 1_000, 5_000, 100_000), "ticks": (1, 7), "range": (1_000_000, ONE), "impact": (10_000, 1_000_000, ONE)}
    sizing = str(rng.choice(SIZINGS))
    sizes = {"equal": (0,), "amount": (3_000_000, 30_000_000), "shares": (90, 250, 1_000), "percent": (1_000_000, 4_000_000, ONE)}
    return Terms(
        initial_cash=some(190_000, *2 * (20_000_000, 100_000_000, 1_000_000_000)),
        max_positions=some(1, 2, 3, 4),
        sizing=sizing,  # type: ignore[arg-type]
        size=some(*sizes[sizing]),
        cash_reserve=some(0, 0, 1_000_000, 3_333_333),
        commission=some(0, 850, 2_500, 29_000, 50_000),
        commission_minimum=some(0, 5_000, 100_000),
        slippage=some(*slippages[model]),
        slippage_model=model,  # type: ignore[arg-type]
        volume_cap=None if cap < 0 else cap,
        keep_rest=bool(some(0, 1)),
        stop_loss=some(0, 0, 300_000, 800_000),
        take_profit=some(0, 0, 500_000, 2_000_000),
        trailing_stop=some(0, 0, 400_000, 1_500_000),
        max_holding=some(0, 0, 1, 2, 5),
        max_drawdown=some(0, 0, 500_000, 2_000_000),
        daily_loss=some(0, 0, 200_000),
        max_weight=some(0, 0, 1_500_000, 4_000_000),
        cool_down=some(0, 0, 1, 4),
        max_industry_weight=some(0, 0, 1_000_000, 3_000_000),
        buy_until_cancelled=bool(some(0, 1)),
        sell_until_cancelled=bool(some(0, 1)),
    )


def random_market(rng: np.random.Generator, bars: int) -> Market:
    """Days around a switch of rules, next to each other or months apart; one bar a day, or three; wild prices, limits that bind,
    suspensions, thin volume, ex-dates, ST spells, a listing inside the window, delistings, a code that changes, some vendor limits."""
    per_day = int(rng.choice([1, 1, 3]))
    days = bars // per_day
    dates = _dates(rng, days)
    stocks = {code: board for code, board in STOCKS.items() if OPENED.get(board, 0) <= dates[0]}
    for code in rng.permutation(list(stocks))[: rng.integers(0, 3)].tolist():
        stocks.pop(code)
    renamed = str(rng.choice(list(RENAMED)))
    if renamed in stocks and rng.random() < 0.7:
        stocks[str(rng.choice(RENAMED[renamed]))] = stocks[renamed]
    codes = tuple(sorted(stocks))
    boards, n = tuple(stocks[code] for code in codes), len(codes)
    rows = days * per_day
    made = {
        name: np.zeros((rows, n), np.int64)
        for name in ("open", "high", "low", "close", "pre_close", "volume", "amount", "limit_up", "limit_down", "is_st", "listed_sessions")
    }
    made["low"][:], made["adj_factor"] = FAR, np.full((rows, n), 10**6)
    style = {"vol": rng.choice([0.01, 0.03, 0.09]), "quiet": rng.choice([0.03, 0.2]), "thin": rng.choice([0.05, 0.4])}
    style |= {"events": rng.choice([0.05, 0.25]), "per_day": per_day}
    events = Events(rng, dates)
    for i in range(n):
        born = int(rng.integers(0, days)) if rng.random() < 0.4 else -int(rng.integers(0, 8))
        knows = born > 0 or rng.random() < 0.5
        special = rng.random() < 0.3
        _one_stock(rng, made, i, boards[i], max(born, 0), style, events)
        for t in range(rows):
            age = t // per_day - born + 1
            made["listed_sessions"][t, i] = age if knows and age >= 1 else 0
            made["is_st"][t, i] = special and t > rows // 3
    pair = next(([codes.index(renamed), codes.index(code)] for code in codes if code in RENAMED[renamed] and renamed in codes), [])
    listings = listings_of(rng, boards, dates)
    for i in range(n):
        if i not in pair and rng.random() < 0.3:
            delist(rng, made, i, per_day, dates, listings)
    if pair:
        change_code(rng, made, pair, per_day, listings, events)
    kinds = {"volume": np.int64, "amount": np.int64, "adj_factor": np.int64, "is_st": np.uint8}
    market = Market(
        frequency="1d" if per_day == 1 else "80m",
        dataset="random:v1",
        times=np.arange(rows, dtype=np.int64) * 60_000,
        sessions=np.repeat(np.array(dates, np.int32), per_day),
        window_start=int(rng.choice([0, 0, 2, 3])),
        codes=codes,
        boards=boards,
        member=np.ones((rows, n), np.uint8),
        fields={},
        listings=listings,
        actions=events.actions(made["close"]),
        **{name: value.astype(kinds.get(name, np.int32)) for name, value in made.items()},
    )
    return replace(market, decided_by=_days_of(rng, market)) if per_day > 1 and rng.random() < 0.5 else market


def _dates(rng: np.random.Generator, days: int) -> list[int]:
    """Sessions as YYYYMMDD; the switch of rules is one of them."""
    steps = np.cumsum(rng.integers(1, 1 + rng.choice([1, 1, 4, 40]), days))
    first = SWITCHES[rng.integers(len(SWITCHES))] - timedelta(days=int(steps[rng.integers(1, days)]))
    return [int(f"{first + timedelta(days=int(step)):%Y%m%d}") for step in steps]


def _days_of(rng: np.random.Generator, market: Market) -> Market:
    """The market's days, one of them perhaps without a decision."""
    rows = np.flatnonzero(np.append(market.sessions[1:] != market.sessions[:-1], True))
    if rng.random() < 0.3:
        rows = np.delete(rows, rng.integers(len(rows)))
    return replace(rows_of(market, rows), frequency="1d", window_start=0)


def rows_of(market: Market, rows: Any) -> Market:
    arrays = {field.name: getattr(market, field.name) for field in fields(market)}
    return replace(market, **{name: value[rows].copy() for name, value in arrays.items() if isinstance(value, np.ndarray)})


def _one_stock(rng: np.random.Generator, made: Any, i: int, board: str, born: int, style: Any, events: Events) -> None:
    tick, per_day = 1 if board in ("fund", "fund_20") else 10, style["per_day"]
    last, rows = int(rng.choice([rng.integers(3, 20), rng.integers(100, 6000)])) * 10, made["close"].shape[0]
    for first in range(born * per_day, rows, per_day):
        reference = last
        if first > born * per_day and rng.random() < style["events"]:
            reference = events.ex_date(made["adj_factor"], i, first // per_day, first, last, tick)
        up, down = _band(reference, tick, int(rng.choice([5, 10, 20, 30])))
        vendor = rng.random() < 0.2
        missing = rng.random() < style["quiet"]
        last = reference
        for t in range(first, first + per_day):
            made["close"][t, i] = last
            if missing or rng.random() < (0.0 if per_day == 1 else 0.2):
                continue
            price = np.clip(np.round(last * np.exp(rng.normal(0, style["vol"], 4)) / tick).astype(np.int64) * tick, max(down, tick), up)
            if rng.random() < 0.15:
                price[0] = up if rng.random() < 0.5 else max(down, tick)
            if rng.random() < 0.03:
                price[:] = price[0]
            made["open"][t, i], made["close"][t, i] = price[0], price[1]
            made["high"][t, i], made["low"][t, i], made["pre_close"][t, i] = price.max(), price.min(), reference
            made["volume"][t, i] = 0 if rng.random() < 0.02 else rng.integers(100, 3000 if rng.random() < style["thin"] else 10**6)
            average = rng.integers(price.min() - 1, price.max() + 2)
            made["amount"][t, i] = 0 if rng.random() < 0.05 else made["volume"][t, i] * average + rng.integers(0, made["volume"][t, i] + 1)
            if vendor:
                made["limit_up"][t, i], made["limit_down"][t, i] = up, down
            last = int(price[1])


def _band(reference: int, tick: int, percent: int) -> tuple[int, int]:
    return (reference * (100 + percent) // (100 * tick) * tick, reference * (100 - percent) // (100 * tick) * tick)


def in_words(case: Case) -> dict[str, Any]:
    """The same case as the twin wants it: Fractions of a yuan, sets and None."""
    m, (rows, n) = case.market, case.market.shape
    deciding = m.decided_by or m

    def bar(t: int, i: int) -> dict[str, Any] | None:
        if m.open[t, i] == 0:
            return None
        prices = {name: yuan(getattr(m, name)[t, i]) for name in ("open", "high", "low", "close", "pre_close")}
        return prices | {"volume": int(m.volume[t, i]), "amount": yuan(m.amount[t, i])}

    def table(cell: Any) -> list[list[Any]]:
        return [[cell(t, i) for i in range(n)] for t in range(rows)]

    def priced(prices: Any) -> list[list[Fraction]] | None:
        return None if prices is None else [[yuan(price) for price in row] for row in prices]

    dividends = [
        {
            "ex_date": ex_date,
            "stock": stock,
            "bonus": Fraction(bonus, 10**6),
            "cash": Fraction(cash, 10**6),
            "pay_date": pay_date,
            "list_date": list_date,
        }
        for ex_date, stock, bonus, cash, pay_date, list_date in m.actions.dividends.tolist()
    ]
    orders = [] if case.orders is None else case.orders.tolist()
    targets = [] if case.targets is None else case.targets.tolist()
    return {
        "sessions": m.sessions.tolist(),
        "times": m.times.tolist(),
        "start": m.window_start,
        "boards": m.boards,
        "industries": m.listings.industries,
        "same_day": m.listings.same_day.tolist(),
        "delisting_from": m.listings.delisting_from.tolist(),
        "delist_date": m.listings.delist_date.tolist(),
        "bars": table(bar),
        "last": table(lambda t, i: yuan(m.close[t, i])),
        "factor": m.adj_factor.tolist(),
        "vendor": table(lambda t, i: (yuan(m.limit_up[t, i]), yuan(m.limit_down[t, i]))),
        "is_st": m.is_st.tolist(),
        "listed": m.listed_sessions.tolist(),
        "dividends": dividends,
        "code_changes": m.actions.code_changes.tolist(),
        "deciding": list(zip(deciding.sessions.tolist(), deciding.times.tolist(), strict=True)),
        "entry": [set(np.flatnonzero(row).tolist()) for row in case.entry],
        "exit": [set(np.flatnonzero(row).tolist()) for row in case.exit],
        "rank": [[None if np.isnan(value) else float(value) for value in row] for row in case.rank],
        **{name: priced(getattr(case, name)) for name in PRICES},
        "weight": None if case.weight is None else [[Fraction(x, ONE) if x >= 0 else None for x in row] for row in case.weight.tolist()],
        "orders": [
            {"row": row, "stock": i, "shares": shares, "until_cancelled": bool(stays)}
            | {"limit": yuan(limit), "stop": yuan(stop), "exact": yuan(exact)}
            for row, i, shares, limit, stop, exact, stays, _ in orders
        ],
        "targets": [(row, i, Fraction(weight, ONE)) for row, i, weight in targets],
        "terms": _terms_in_words(case.terms),
    }


def _terms_in_words(given: Terms) -> dict[str, Any]:
    rates = ("cash_reserve", "commission", "commission_cap", "slippage", "stop_loss", "take_profit", "trailing_stop")
    rates += ("max_drawdown", "daily_loss", "max_weight", "size", "max_industry_weight")
    plain = ("max_positions", "max_entries", "max_holding", "keep_rest", "cool_down", "sizing")
    plain += ("buy_until_cancelled", "sell_until_cancelled")
    terms: dict[str, Any] = {name: Fraction(getattr(given, name), ONE) for name in rates}
    terms |= {name: getattr(given, name) for name in (*plain, "slippage_model")}
    terms |= {name: yuan(getattr(given, name)) for name in ("initial_cash", "commission_minimum")}
    terms["size"] *= {"shares": ONE, "amount": ONE // 1000}.get(given.sizing, 1)
    terms["slippage"] *= ONE if given.slippage_model == "ticks" else 1
    terms["volume_cap"] = None if given.volume_cap is None else Fraction(given.volume_cap, ONE)
    conditions = {field.name: getattr(given.conditions, field.name) for field in fields(given.conditions)}
    for name in ("stamp_duty", "transfer_fee"):
        conditions[name] = None if conditions[name] is None else Fraction(conditions[name], ONE)
    return terms | conditions


def yuan(li: int) -> Fraction:
    return Fraction(int(li), 1000)
