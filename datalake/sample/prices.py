"""Daily bars of the sample market: trends and reversion, sectors, limit days, ex-dates. Integers where money is, + - * / elsewhere."""

from dataclasses import dataclass

import numpy as np

from datalake.sample.draws import Draws, Real, Whole
from datalake.sample.listing import INDUSTRIES, Listing, Mask

MILLION = 1_000_000


@dataclass(frozen=True)
class Prices:
    """(S, N) each; prices in li, 0 where there is no bar."""

    has_bar: Mask
    open: Whole
    high: Whole
    low: Whole
    close: Whole
    pre_close: Whole
    volume: Whole
    amount: Whole
    factor: Whole
    """Cumulative adjustment factor in millionths."""
    shares: Whole
    """Shares outstanding."""
    cash: Whole
    """Dividend before tax in li per share on the ex-date, else 0."""
    bonus: Whole
    """Bonus shares in millionths per share on the ex-date, else 0."""


def make_prices(draws: Draws, listing: Listing) -> Prices:
    total, count = listing.listed.shape
    plan = _Plan.drawn(draws, listing)
    tick = np.array([1 if share.is_fund else 10 for share in listing.shares], dtype=np.int64)
    names = ("open", "high", "low", "close", "pre_close", "volume", "amount", "factor", "shares", "cash", "bonus")
    out = {name: np.zeros((total, count), dtype=np.int64) for name in names}
    has_bar = listing.listed & ~listing.suspended

    close = plan.first_price // tick * tick
    anchor = close.astype(np.float64)
    slow = close.astype(np.float64)
    factor = np.full(count, MILLION, dtype=np.int64)
    shares = plan.shares.copy()
    for day in range(total):
        trading = has_bar[day]
        cash, bonus = _payments(plan, day, trading & (listing.age[day] > 60), close)
        taken, paid_in = _rights(plan, day, trading, close)
        exact = ((close - cash) * MILLION + paid_in * taken, (MILLION + bonus + taken) * tick)
        reference = np.where(cash + bonus + taken > 0, _half_up(*exact) * tick, close)
        factor = np.where(reference != close, _half_up(factor * close, reference), factor)
        shares = shares + shares * (bonus + taken) // MILLION
        scale = reference / close
        anchor, slow = anchor * scale * (1.0 + plan.growth[day]), slow * scale
        pull = 0.012 * (anchor - reference) / anchor + 0.01 * (reference - slow) / slow
        bar = _bar(plan, listing, day, reference, tick, plan.returns[day] + pull)
        for name, values in bar.items():
            out[name][day] = np.where(trading, values, 0)
        out["pre_close"][day] = np.where(trading, reference, 0)
        out["cash"][day], out["bonus"][day] = cash, bonus
        out["factor"][day], out["shares"][day] = factor, shares
        close = np.where(trading, bar["close"], close)
        slow = np.where(trading, slow + 0.05 * (close - slow), slow)
    return Prices(has_bar=has_bar, **out)


def limit_prices(reference: Whole, percent_up: Whole, percent_down: Whole, tick: Whole) -> tuple[Whole, Whole]:
    """Upper and lower limit in li, half-up to the tick."""
    ticks = reference // tick
    return _half_up(ticks * (100 + percent_up), 100) * tick, _half_up(ticks * (100 - percent_down), 100) * tick


@dataclass(frozen=True)
class _Plan:
    """Everything random, drawn before the walk."""

    first_price: Whole
    shares: Whole
    returns: Real
    growth: Real
    gap: Real
    reach: Real
    busy: Whole
    event: Whole
    pays: Mask
    cash_share: Whole
    bonus: Whole
    rights: Mask
    unbound: Mask

    @classmethod
    def drawn(cls, draws: Draws, listing: Listing) -> "_Plan":
        total, count = listing.listed.shape
        sector = np.array([share.sector for share in listing.shares])
        fund = np.array([share.is_fund for share in listing.shares])
        wide = np.array([share.board == "fund_20" for share in listing.shares])
        market = 0.0075 * draws.bell(total) + _regimes(draws, total, 1)[:, 0]
        by_sector = 0.005 * draws.bell(total, len(INDUSTRIES)) + _regimes(draws, total, len(INDUSTRIES))
        beta = draws.between(70, 130, count) / 100.0
        own = draws.between(90, 190, count) / 10_000.0 * draws.bell(total, count)
        own = np.where(draws.below(160, total, count) == 0, own * 3.0, own) + _regimes(draws, total, count)
        sick = np.where(listing.special, -0.0012, 0.0)
        doomed = np.array([share.delist_date is not None for share in listing.shares])
        years = np.array([day.year for day in listing.days])
        pays, payday_cash, payday_bonus = _paydays(draws, years, fund)
        rights = np.zeros((total, count), dtype=bool)
        rights[int(np.searchsorted(np.array(listing.days, dtype="datetime64[D]"), _RIGHTS_DAY)), _RIGHTS_COLUMN] = True
        returns = np.where(fund, 0.3 * own, own) + beta * market[:, None] + by_sector[:, sector]
        last_days = doomed & (listing.special | listing.unbound.cumsum(axis=0).astype(bool))
        return cls(
            first_price=np.where(fund, draws.between(900, 4_500, count), np.where(doomed, 5_000, draws.between(5_000, 60_000, count))),
            shares=draws.between(8_000, 300_000, count) * 10_000,
            returns=np.where(wide, 1.8 * returns, returns),
            growth=np.where(last_days, -0.009, 0.0002 + sick),
            gap=draws.bell(total, count),
            reach=np.abs(draws.bell(2, total, count).reshape(2 * total, count)),
            busy=draws.between(40, 160, total, count),
            event=np.where((listing.age > 5) & ~fund & ~listing.unbound, draws.below(1200, total, count), -1),
            pays=pays,
            cash_share=payday_cash,
            bonus=payday_bonus,
            rights=rights,
            unbound=listing.unbound,
        )


def _regimes(draws: Draws, total: int, count: int) -> Real:
    """Drifts that last some months: (total, count)."""
    drifts = np.empty((total, count), dtype=np.float64)
    lengths, levels = draws.between(40, 160, total // 40 + 1, count), draws.between(-7, 9, total // 40 + 1, count)
    for column in range(count):
        drifts[:, column] = np.repeat(levels[:, column], lengths[:, column])[:total] / 10_000.0
    return drifts


def _paydays(draws: Draws, years: Whole, fund: Mask) -> tuple[Mask, Whole, Whole]:
    """Once a year between May and July most stocks go ex: (S, N) whether, cash in 1/1000 of the price, bonus in millionths."""
    total, count = len(years), len(fund)
    pays = np.zeros((total, count), dtype=bool)
    for year in np.unique(years):
        start = int(np.argmax(years == year))
        rows = start + draws.between(85, 140, count)
        chosen = (draws.below(100, count) < 70) & ~fund
        pays[rows[chosen], np.arange(count)[chosen]] = True
    choices = np.array([0, 0, 0, 0, 0, 0, 0, 200_000, 300_000, 400_000, 500_000, 1_000_000], dtype=np.int64)
    return pays, draws.between(4, 35, total, count), choices[draws.below(len(choices), total, count)]


def _payments(plan: _Plan, day: int, able: Mask, close: Whole) -> tuple[Whole, Whole]:
    """Cash in li per share (whole fen) and bonus, of those that go ex today."""
    due = plan.pays[day] & able
    cash = np.maximum(close * plan.cash_share[day] // 10_000, 1) * 10
    shares_alone = (plan.bonus[day] > 0) & (plan.cash_share[day] % 6 == 0)
    return np.where(due & ~shares_alone, cash, 0), np.where(due, plan.bonus[day], 0)


_RIGHTS_COLUMN, _RIGHTS_DAY = 14, np.datetime64("2020-09-15")
"""Who asks its holders for money, and when."""


def _rights(plan: _Plan, day: int, able: Mask, close: Whole) -> tuple[Whole, Whole]:
    """New shares in millionths per share, and what each of them costs in li: three for ten at seven tenths of the price."""
    due = plan.rights[day] & able
    return np.where(due, 300_000, 0), np.where(due, close * 7 // 100 * 10, 0)


def _bar(plan: _Plan, listing: Listing, day: int, reference: Whole, tick: Whole, change: Real) -> dict[str, Whole]:
    up, down = limit_prices(reference, listing.percent_up[day], listing.percent_down[day], tick)
    event = plan.event[day]
    fresh = (listing.age[day] == 1) & (listing.percent_up[day] != 10)
    change = np.where(fresh, 0.5 * np.abs(change) * 40.0, change)
    change = np.where(plan.unbound[day], -0.12 - 5.0 * np.abs(change), change)
    to_limit_up = (event >= 0) & (event < 9)
    to_limit_down = (event >= 9) & (event < 15)
    locked = (event == 0) | (event == 9)

    close = _to_tick(reference * (1.0 + change), tick, down, up)
    close = np.where(to_limit_up, up, np.where(to_limit_down, down, close))
    start = reference * (1.0 + 0.35 * change + 0.004 * plan.gap[day])
    start_price = np.where(locked, close, _to_tick(start, tick, down, up))
    total = plan.returns.shape[0]
    high = _to_tick(np.maximum(start_price, close) * (1.0 + 0.006 * plan.reach[day]), tick, down, up)
    low = _to_tick(np.minimum(start_price, close) * (1.0 - 0.006 * plan.reach[total + day]), tick, down, up)
    high, low = np.where(locked, close, high), np.where(locked, close, low)

    move = np.abs(close - reference) * 1000 // reference
    volume = plan.shares // 100 * plan.busy[day] // 100 * (20 + move) // 50
    volume = np.maximum(np.where(locked, volume // 20, volume) // 100 * 100, 10_000)
    average = (start_price + high + low + close) // 4
    return {"open": start_price, "high": high, "low": low, "close": close, "volume": volume, "amount": average * volume}


def _to_tick(price: Real, tick: Whole, lowest: Whole, highest: Whole) -> Whole:
    return np.asarray(np.clip(np.floor(price / tick + 0.5).astype(np.int64) * tick, lowest, highest), dtype=np.int64)


def _half_up(numerator: Whole, denominator: Whole | int) -> Whole:
    """The quotient of positive integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)
