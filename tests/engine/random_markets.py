"""Random small markets in which rules bind all the time, and the same case in the words of the twin."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np

from engine.market import FAR, Actions, Listings, Market
from engine.simulation.run import Signals
from engine.terms import FILLS, ONE, SIZINGS, SLIPPAGE_MODELS, Conditions, Terms

BOARDS = ("main", "chinext", "star", "bse", "fund")
CODES = ("600001.SH", "300001.SZ", "688001.SH", "830001.BJ", "510001.SH")
SWITCHES = (date(2022, 4, 29), date(2022, 9, 1), date(2023, 4, 10), date(2023, 8, 28), date(2026, 7, 6))
RATIOS = ((13, 10), (2, 1), (1, 10), (1_003_217, 1_000_000), None)


@dataclass(frozen=True)
class Case:
    market: Market
    entry: Any
    exit: Any
    rank: Any
    terms: Terms

    @property
    def signals(self) -> Signals:
        return Signals(pack(self.entry), pack(self.exit), padded(self.rank))


def pack(flags: Any) -> Any:
    """bool (T, N) to uint64 (T, W)."""
    wide = np.pad(flags, ((0, 0), (0, -flags.shape[1] % 64)))
    return np.ascontiguousarray(np.packbits(wide, axis=1, bitorder="little")).view(np.uint64)


def padded(rank: Any) -> Any:
    return np.pad(rank, ((0, 0), (0, -rank.shape[1] % 64)), constant_values=np.nan)


def random_case(seed: int, bars: int = 30) -> Case:
    rng = np.random.default_rng(seed)
    market = random_market(rng, bars)
    shape = market.shape
    rank = np.where(rng.random(shape) < 0.1, np.nan, rng.integers(0, 4, shape).astype(float))
    entry, exit_ = rng.random(shape) < rng.choice([0.1, 0.5]), rng.random(shape) < rng.choice([0.05, 0.3])
    return Case(market, entry, exit_, rank, replace(random_terms(rng), conditions=Conditions(fill=FILLS[rng.integers(3)])))


def random_terms(rng: np.random.Generator) -> Terms:
    def some(*values: int) -> int:
        return int(rng.choice(values))

    cap = some(-1, 100_000, 1_000_000, 5_000_000)
    model = str(rng.choice(SLIPPAGE_MODELS))
    slippages = {"bps": (0, 1_000, 5_000, 100_000), "ticks": (1, 7), "range": (1_000_000, ONE), "impact": (10_000, 1_000_000, ONE)}
    sizing = str(rng.choice(SIZINGS))
    sizes = {"equal": (0,), "amount": (3_000_000, 30_000_000), "shares": (90, 250, 1_000), "percent": (1_000_000, 4_000_000, ONE)}
    return Terms(
        initial_cash=some(20_000_000, 100_000_000, 1_000_000_000),
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
    )


def random_market(rng: np.random.Generator, bars: int) -> Market:
    """Days around a switch of rules; one bar a day, or three; wild prices, limits that bind, suspensions, thin volume, ex-dates, ST spells,
    a listing inside the window, vendor limits here and there."""
    per_day = int(rng.choice([1, 1, 3]))
    days, n = bars // per_day, len(CODES)
    first = SWITCHES[rng.integers(len(SWITCHES))] - timedelta(days=int(rng.integers(1, days)))
    rows = days * per_day
    made = {
        name: np.zeros((rows, n), np.int64)
        for name in ("open", "high", "low", "close", "pre_close", "volume", "amount", "limit_up", "limit_down")
    }
    made["low"][:] = FAR
    factor, is_st, listed = np.full((rows, n), 10**6), np.zeros((rows, n), np.uint8), np.zeros((rows, n), np.int64)
    style = {"vol": rng.choice([0.01, 0.03, 0.09]), "quiet": rng.choice([0.03, 0.2]), "thin": rng.choice([0.05, 0.4])}
    for i in range(n):
        born = int(rng.integers(0, days)) if rng.random() < 0.4 else -int(rng.integers(0, 8))
        knows = born > 0 or rng.random() < 0.5
        special = rng.random() < 0.3
        _one_stock(rng, made, factor, i, per_day, max(born, 0), style)
        for t in range(rows):
            age = t // per_day - born + 1
            listed[t, i] = age if knows and age >= 1 else 0
            is_st[t, i] = special and t > rows // 3
    prices = {name: made[name].astype(np.int32) for name in made if name not in ("volume", "amount")}
    sessions = [int(f"{first + timedelta(days=t // per_day):%Y%m%d}") for t in range(rows)]
    return Market(
        frequency="1d" if per_day == 1 else "80m",
        dataset="random:v1",
        times=np.arange(rows, dtype=np.int64) * 60_000,
        sessions=np.array(sessions, np.int32),
        window_start=int(rng.choice([0, 0, 2, 3])),
        codes=tuple(sorted(CODES)),
        boards=tuple(board for _, board in sorted(zip(CODES, BOARDS, strict=True))),
        volume=made["volume"],
        amount=made["amount"],
        adj_factor=factor,
        member=np.ones((rows, n), np.uint8),
        is_st=is_st,
        listed_sessions=listed.astype(np.int32),
        fields={},
        listings=Listings.plain(n),
        actions=Actions.none(),
        **prices,
    )


def _one_stock(rng: np.random.Generator, made: Any, factor: Any, i: int, per_day: int, born: int, style: Any) -> None:
    board = tuple(board for _, board in sorted(zip(CODES, BOARDS, strict=True)))[i]
    tick = 1 if board == "fund" else 10
    last, rows = int(rng.choice([rng.integers(3, 20), rng.integers(100, 6000)])) * 10, factor.shape[0]
    for first in range(born * per_day, rows, per_day):
        reference = last
        if first > born * per_day and rng.random() < 0.06:
            ratio = RATIOS[rng.integers(len(RATIOS))]
            top, bottom = ratio or (last, max(last * 10 // 13, 10))
            reference = max(last * bottom // top // tick * tick, tick)
            if ratio is not None:
                factor[first:, i] = factor[first, i] * top // bottom
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

    def bar(t: int, i: int) -> dict[str, Any] | None:
        if m.open[t, i] == 0:
            return None
        prices = {name: yuan(getattr(m, name)[t, i]) for name in ("open", "high", "low", "close", "pre_close")}
        return prices | {"volume": int(m.volume[t, i]), "amount": yuan(m.amount[t, i])}

    def table(cell: Any) -> list[list[Any]]:
        return [[cell(t, i) for i in range(n)] for t in range(rows)]

    rates = ("cash_reserve", "commission", "commission_cap", "slippage", "stop_loss", "take_profit", "trailing_stop")
    rates += ("max_drawdown", "daily_loss", "max_weight", "size")
    terms: dict[str, Any] = {name: Fraction(getattr(case.terms, name), ONE) for name in rates}
    terms |= {name: getattr(case.terms, name) for name in ("max_positions", "max_holding", "keep_rest", "cool_down", "sizing")}
    terms |= {name: yuan(getattr(case.terms, name)) for name in ("initial_cash", "commission_minimum")}
    terms["size"] *= {"shares": ONE, "amount": ONE // 1000}.get(case.terms.sizing, 1)
    terms["fill"] = case.terms.conditions.fill
    terms["slippage_model"] = case.terms.slippage_model
    terms["slippage"] *= ONE if case.terms.slippage_model == "ticks" else 1
    terms["volume_cap"] = None if case.terms.volume_cap is None else Fraction(case.terms.volume_cap, ONE)
    return {
        "sessions": m.sessions.tolist(),
        "start": m.window_start,
        "boards": m.boards,
        "bars": table(bar),
        "last": table(lambda t, i: yuan(m.close[t, i])),
        "factor": m.adj_factor.tolist(),
        "vendor": table(lambda t, i: (yuan(m.limit_up[t, i]), yuan(m.limit_down[t, i]))),
        "is_st": m.is_st.tolist(),
        "listed": m.listed_sessions.tolist(),
        "entry": [set(np.flatnonzero(row).tolist()) for row in case.entry],
        "exit": [set(np.flatnonzero(row).tolist()) for row in case.exit],
        "rank": table(lambda t, i: None if np.isnan(case.rank[t, i]) else float(case.rank[t, i])),
        "terms": terms,
    }


def yuan(li: int) -> Fraction:
    return Fraction(int(li), 1000)
