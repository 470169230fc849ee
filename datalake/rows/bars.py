"""What can be wrong with bars and other prices, each by itself: ranges, ticks, sizes, units, right edges."""

from collections.abc import Callable

import polars as pl

from datalake.rows.check import Check, bars_of, prices, some, these
from datalake.tables import MINUTE_TABLES, Table

LARGEST_PRICE = 2_000_000.0
"""CNY: what int32 li can hold."""

FAR = 3.0
"""amount / volume this many times above the high or below the low is another unit, whatever happened on the day."""

LEAP = 50.0
"""Times the reference price, on no day of any market without limits: one of the two is in another unit."""

_OHLC = ("open", "high", "low", "close")


def _stock_prices(table: Table) -> list[str]:
    return [] if table.name == "index_1d" else prices(table)


def _off_tick(table: Table, columns: list[str]) -> pl.Expr:
    """Stocks trade in fen; funds, and the B shares of Shanghai, which stand among the limits, in li."""
    fine = pl.col("ts_code").str.contains(r"^([59]\d{5}\.SH|1[568]\d{4}\.SZ)$")
    step = pl.when(fine).then(1.0).otherwise(10.0)
    off = [((pl.col(name) * 1000.0 / step) - (pl.col(name) * 1000.0 / step).round(0)).abs() > 1e-4 for name in columns]
    return pl.any_horizontal(*off)


def _outside_range(table: Table, columns: list[str]) -> pl.Expr:
    beyond = ((pl.col(name) < pl.col("low")) | (pl.col(name) > pl.col("high")) for name in ("open", "close"))
    return (pl.col("high") >= pl.col("low")) & pl.any_horizontal(*beyond)


def _yuan(table: Table) -> pl.Expr:
    return pl.col("amount") * (1000.0 if table.name == "bars_1d" else 1.0)


def _shares(table: Table) -> pl.Expr:
    return pl.col("volume") * (100.0 if table.name == "bars_1d" else 1.0)


def _sane(table: Table) -> pl.Expr:
    """Rows about which other checks say nothing, so that a row is told once."""
    positive = pl.all_horizontal(*(pl.col(name) > 0 for name in (*_OHLC, "volume", "amount")))
    return positive & (pl.col("high") >= pl.col("low"))


def _times_off(table: Table) -> pl.Expr:
    """How many times amount / volume lies above the high (above 1) or below the low (below 1); 1 inside the bar."""
    mean = _yuan(table) / _shares(table)
    over, under = mean / pl.col("high"), mean / pl.col("low")
    return pl.when(over > 1).then(over).when(under < 1).then(under).otherwise(1.0)


def _slip(times: float) -> Callable[[Table, list[str]], pl.Expr]:
    """amount / volume is about so many times what it should be."""
    return lambda table, columns: _sane(table) & _times_off(table).is_between(times / FAR, times * FAR)


def _no_slip(table: Table, columns: list[str]) -> pl.Expr:
    """Far off, and by no factor that would say why."""
    off = _times_off(table)
    told = [off.is_between(times / FAR, times * FAR) for times in (0.001, 0.01, 0.1, 10.0, 100.0, 1000.0)]
    known = [told[place] for place in ((1, 3, 5) if table.name == "bars_1d" else (0, 2, 4))]
    return _sane(table) & ((off > FAR) | (off < 1 / FAR)) & ~pl.any_horizontal(*known)


def _beside_range(table: Table, columns: list[str]) -> pl.Expr:
    """By more than a tick and what rounding the amount to 1 CNY may do."""
    tick = pl.when(pl.col("ts_code").str.contains(r"^(5\d{5}\.SH|1[568]\d{4}\.SZ)$")).then(0.001).otherwise(0.01)
    mean, slack = _yuan(table) / _shares(table), tick + 1.0 / _shares(table)
    outside = (mean > pl.col("high") + slack) | (mean < pl.col("low") - slack)
    return _sane(table) & outside & _times_off(table).is_between(1 / FAR, FAR)


def _sizes(table: Table) -> list[str]:
    return some("volume", "amount", "after_hours_volume", "after_hours_amount")(table)


def _contradiction(table: Table, columns: list[str]) -> pl.Expr:
    return (
        ((pl.col("volume") == 0) & (pl.col("amount") > 0))
        | ((pl.col("amount") == 0) & (pl.col("volume") > 0))
        | ((pl.col("volume") == 0) & (pl.col("high") > pl.col("low")))
    )


def _not_traded(table: Table, columns: list[str]) -> pl.Expr:
    fund = pl.col("ts_code").str.contains(r"^(5\d{5}\.SH|1[568]\d{4}\.SZ)$")
    return (pl.col("volume") == 0) & (pl.col("amount") == 0) & (pl.col("high") == pl.col("low")) & ~fund


def _leap(table: Table, columns: list[str]) -> pl.Expr:
    times = pl.col("close") / pl.col("pre_close")
    return (pl.col("pre_close") > 0) & (pl.col("close") > 0) & ((times > LEAP) | (times < 1 / LEAP))


def _off_edge(table: Table, columns: list[str]) -> pl.Expr:
    """Right edges lie in 09:30 to 11:30 and 13:00 to 15:00, whole bars after the start; 1-minute bars have the auction's 09:30, too."""
    local = pl.col("time").dt.convert_time_zone("Asia/Shanghai")
    minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
    step = int(MINUTE_TABLES[table.name].removesuffix("m"))
    whole = [(minute - start).is_between(step, 120) & ((minute - start) % step == 0) for start in (9 * 60 + 30, 13 * 60)]
    auction = (minute == 9 * 60 + 30) & pl.lit(step == 1)
    return ~(pl.any_horizontal(*whole, auction) & (local.dt.second() == 0) & (local.dt.microsecond() == 0))


def _other_day(table: Table, columns: list[str]) -> pl.Expr:
    return pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.date() != pl.col("trade_date")


BAR_CHECKS = (
    Check(
        "non_positive_price",
        "price of zero or less",
        prices,
        lambda table, columns: pl.any_horizontal(*(pl.col(name) <= 0 for name in columns)),
    ),
    Check(
        "price_too_large",
        f"price above {LARGEST_PRICE:,.0f} CNY",
        prices,
        lambda table, columns: pl.any_horizontal(*(pl.col(name) > LARGEST_PRICE for name in columns)),
    ),
    Check("off_tick", "price that is not on the tick (0.01 CNY, funds 0.001)", _stock_prices, _off_tick),
    Check("high_below_low", "high below low", these(*_OHLC), lambda table, columns: pl.col("high") < pl.col("low")),
    Check("outside_range", "open or close outside [low, high]", these(*_OHLC), _outside_range),
    Check(
        "leap",
        f"close {LEAP:g} times its pre_close, or one {LEAP:g}th: one of the two is in another unit",
        these("close", "pre_close"),
        _leap,
    ),
    Check(
        "limits_reversed",
        "limit_down above limit_up",
        these("limit_up", "limit_down"),
        lambda table, columns: pl.col("limit_down") > pl.col("limit_up"),
    ),
    Check(
        "negative_size",
        "negative volume or amount",
        _sizes,
        lambda table, columns: pl.any_horizontal(*(pl.col(name) < 0 for name in columns)),
    ),
    Check(
        "contradictory_size",
        "amount without volume, volume without amount, or prices that moved without either",
        lambda table: bars_of(table, "day", "minute"),
        _contradiction,
    ),
    Check(
        "not_traded",
        "daily bar without a trade: a suspended day has no row",
        lambda table: bars_of(table, "day"),
        _not_traded,
        "warning",
    ),
    Check(
        "vol_in_shares",
        "amount / volume is a hundredth of the prices: vol is in shares, hands of 100 are expected (or prices are in fen)",
        lambda table: bars_of(table, "day"),
        _slip(0.01),
    ),
    Check(
        "amount_in_yuan",
        "amount / volume is a thousand times the prices: amount is in CNY, thousand CNY are expected",
        lambda table: bars_of(table, "day"),
        _slip(1000.0),
    ),
    Check(
        "shares_and_yuan",
        "amount / volume is ten times the prices: vol is in shares and amount in CNY, hands of 100 and thousand CNY are expected",
        lambda table: bars_of(table, "day"),
        _slip(10.0),
    ),
    Check(
        "vol_in_hands",
        "amount / volume is a hundred times the prices: vol is in hands of 100, shares are expected",
        lambda table: bars_of(table, "minute"),
        _slip(100.0),
    ),
    Check(
        "amount_in_thousands",
        "amount / volume is a thousandth of the prices: amount is in thousand CNY, CNY are expected",
        lambda table: bars_of(table, "minute"),
        _slip(0.001),
    ),
    Check(
        "hands_and_thousands",
        "amount / volume is a tenth of the prices: vol is in hands and amount in thousand CNY, shares and CNY are expected",
        lambda table: bars_of(table, "minute"),
        _slip(0.1),
    ),
    Check(
        "units",
        "amount / volume is far from the prices",
        lambda table: bars_of(table, "day", "minute"),
        _no_slip,
    ),
    Check(
        "beside_range",
        "amount / volume outside [low, high] by more than a tick",
        lambda table: bars_of(table, "day", "minute"),
        _beside_range,
        "warning",
    ),
    Check(
        "bad_edge",
        "time that is no right edge of a bar of this frequency",
        lambda table: ["time"] if table.name in MINUTE_TABLES else [],
        _off_edge,
    ),
    Check("other_day", "time and trade_date are different days", these("time", "trade_date"), _other_day),
)
