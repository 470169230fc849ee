"""Daily bars beside the bar before, the factors, the limits, the suspensions and the listings."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from datalake.finding import Finding
from datalake.review.beside import Beside, attach
from datalake.review.limits import ruled_limits
from datalake.review.neighbours import Chunk
from datalake.review.reviews import told, yuan

JUMP = 20.0
"""Times the factor before: bonus shares have never quadrupled one at once."""
TICK = 10
"""li: a reference price is rounded to it (funds' to less)."""
ROUNDED = 1e-3
"""Factors have three decimals, and begin at one."""
MOST = 0.9
"""Of the bars of the session before: with fewer, the newest session is not all there, or only some codes come in."""
ALIKE = 0.01
"""Two steps that differ by less are one."""

_DAY = pl.concat_str("ts_code", pl.lit(" "), "trade_date")
_MOVED = pl.concat_str(_DAY, pl.lit(" last close "), yuan("last_close"), pl.lit(" pre_close "), yuan("pre_close"))
_STEPPED = pl.concat_str(_MOVED, pl.lit(" factor "), pl.col("last_factor") / 1e6, pl.lit(" to "), pl.col("factor") / 1e6)


def references(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """pre_close against the last close, beside what the factors and the dividends say."""
    bars = chunk.focus.filter(pl.col("last_close") > 0, pl.col("pre_close") > 0)
    ratio = pl.col("last_close") / pl.col("pre_close")
    step = pl.col("factor") / pl.col("last_factor")
    slack = TICK / pl.col("pre_close") + ROUNDED
    bars = bars.with_columns(
        ratio=ratio,
        step=step,
        slack=slack,
        is_ex=pl.col("last_close") != pl.col("pre_close"),
        moved=(ratio - 1).abs() > slack,
        stepped=(step - 1).abs() > slack,
        jumped=(step > JUMP) | (step < 1 / JUMP),
    )
    yield from told("factor_jump", "adj_factor", bars.filter("jumped"), _STEPPED)
    bars = bars.filter(~pl.col("jumped").fill_null(False))
    yield from told("factor_without_ex_date", "adj_factor", bars.filter(~pl.col("is_ex"), "stepped"), _STEPPED)
    apart = (pl.col("step") / pl.col("ratio") - 1).abs()
    unmoved = bars.filter("moved", ~pl.col("stepped"), apart > pl.col("slack"))
    yield from told("ex_date_without_factor", "adj_factor", unmoved, _STEPPED)
    yield from told("factor_disagrees", "adj_factor", bars.filter("is_ex", "stepped", apart > pl.col("slack") + ALIKE), _STEPPED)
    silent = bars.filter("moved", pl.col("step").is_null())
    if beside.has("dividends") and silent.height:
        paid = beside.rows("dividends", (), chunk.span, chunk.codes).select("ts_code", trade_date="ex_date")
        silent = silent.join(paid, on=["ts_code", "trade_date"], how="anti", maintain_order="left")
    elif not beside.has("adj_factor"):  # nothing could explain it: only what no dividend does is told
        silent = silent.filter(~pl.col("ratio").is_between(0.9, 4.0))
    yield from told("unexplained_reference", "bars_1d", silent, _MOVED)
    if beside.has("adj_factor"):
        yield from told("no_factor", "bars_1d", chunk.focus.filter(pl.col("factor").is_null()), _DAY)


def dividends(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """Whether the records of an ex-date lead from the last close to the reference price."""
    if not beside.has("dividends"):
        return
    paid = (
        beside.rows("dividends", ("stk_div", "cash_div_tax"), chunk.span, chunk.codes)
        .group_by("ts_code", trade_date="ex_date")
        .agg(shares=pl.col("stk_div").fill_null(0).sum() / 1e6, cash=pl.col("cash_div_tax").fill_null(0).sum() / 1e6)
        .filter((pl.col("shares") > 0) | (pl.col("cash") > 0))
    )
    bars = chunk.focus.filter(pl.col("last_close") > 0, pl.col("pre_close") > 0)

    def off(divisor: float) -> pl.Expr:
        expected = (pl.col("last_close") / 1000 - pl.col("cash") / divisor) / (1 + pl.col("shares") / divisor)
        return (expected / (pl.col("pre_close") / 1000) - 1).abs()

    rows = bars.join(paid, on=["ts_code", "trade_date"], maintain_order="left").with_columns(off=off(1), tenth=off(10))
    slack = 0.02 + 2 * TICK / pl.col("pre_close")
    wrong = rows.filter(pl.col("off") > slack)
    example = pl.concat_str(_MOVED, pl.lit(" shares "), "shares", pl.lit(" cash "), "cash")
    for_ten = (pl.col("tenth") <= TICK / pl.col("pre_close") + 0.001) & (pl.col("last_close") != pl.col("pre_close"))
    yield from told("dividend_for_ten", "dividends", wrong.filter(for_ten), example)
    yield from told("dividend_disagrees", "dividends", wrong.filter(~for_ten), example)


def limits(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """High and low between the day's limits: the vendor's where there are any, the rules' otherwise.

    One that is outside both is wrong. Where only the vendor's say so they may be: what they hold on days without limits is not written
    anywhere, and a stock that nobody lists here may be in its first sessions.
    """
    bars = chunk.focus
    if bars.is_empty():
        return
    if beside.has("limits"):
        given = beside.rows("limits", ("limit_up", "limit_down"), chunk.span, chunk.codes).drop("new")
        bars = attach(bars, given)
    else:
        bars = bars.with_columns(limit_up=pl.lit(None, pl.Int32), limit_down=pl.lit(None, pl.Int32))
    beyond = ((pl.col("high") > pl.col("limit_up")) & (pl.col("limit_up") > 0)) | (pl.col("low") < pl.col("limit_down"))
    example = pl.concat_str(
        _DAY,
        pl.lit(" "),
        yuan("low"),
        pl.lit(" to "),
        yuan("high"),
        pl.lit(", limits "),
        yuan("limit_down"),
        pl.lit(" and "),
        yuan("limit_up"),
    )
    outside = bars.filter(beyond)
    twice = ruled_limits(beside, outside).filter(beyond).select("ts_code", "trade_date")
    yield from told(
        "outside_limits", "bars_1d", outside.join(twice, on=["ts_code", "trade_date"], how="semi", maintain_order="left"), example
    )
    once = outside.join(twice, on=["ts_code", "trade_date"], how="anti", maintain_order="left")
    yield from told("limits_disagree", "bars_1d", once, example)
    bare = bars.filter(pl.col("limit_up").is_null(), pl.col("pre_close") > 0)
    yield from told("outside_rules", "bars_1d", ruled_limits(beside, bare).filter(beyond), example)


def sessions_of(beside: Beside, chunk: Chunk) -> pl.DataFrame:
    """trade_date of the span's sessions, ascending: the calendar's, or the days that have bars."""
    first = chunk.focus["previous"].min() or chunk.span[0]
    if beside.has("trade_cal"):
        days = beside.whole("trade_cal").filter(pl.col("is_open") == 1).select(trade_date="cal_date")
        days = days.filter(pl.col("trade_date").is_between(min(first, chunk.span[0]), chunk.span[1]))
    else:
        days = chunk.bars.select("trade_date")
    return days.unique().sort("trade_date")


def holes(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """Sessions between a bar and the one before, and bars on days of suspension."""
    days = sessions_of(beside, chunk).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    placed = chunk.focus.select("ts_code", "trade_date", "previous").join(days, on="trade_date", maintain_order="left")
    gaps = placed.join(days.rename({"trade_date": "previous", "place": "before"}), on="previous", maintain_order="left")
    missing = (
        gaps.filter(pl.col("place") > pl.col("before") + 1)
        .select("ts_code", place=pl.int_ranges(pl.col("before") + 1, "place"))
        .explode("place")
        .join(days, on="place", maintain_order="left")
        .select("ts_code", "trade_date")
    )
    suspended = _suspended(beside, chunk, missing)
    yield from _holes(beside, missing.join(suspended, on=["ts_code", "trade_date"], how="anti", maintain_order="left"))
    traded = chunk.focus.filter(pl.col("volume") > 0).join(suspended, on=["ts_code", "trade_date"], how="semi", maintain_order="left")
    yield from told("bar_while_suspended", "suspensions", traded, _DAY)


def ended(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """Codes that had bars lately and have none on the newest session, which has most of them."""
    days = chunk.bars.group_by("trade_date").agg(pl.len().alias("bars"), pl.col("new").any()).sort("trade_date").tail(2)
    if days.height < 2 or not days["new"][1] or days["bars"][1] < MOST * days["bars"][0]:
        return
    newest = days["trade_date"][1]
    last = chunk.bars.group_by("ts_code", maintain_order=True).agg(pl.col("trade_date").last()).filter(pl.col("trade_date") < newest)
    away = _suspended(beside, chunk, last.clear()).filter(pl.col("trade_date") == newest)
    silent = last.join(away, on="ts_code", how="anti", maintain_order="left")
    if beside.has("instruments"):
        gone = beside.whole("instruments").filter(pl.col("delist_date") <= newest)
        silent = silent.join(gone, on="ts_code", how="anti", maintain_order="left")
    if beside.has("code_changes"):
        became = beside.whole("code_changes").filter(pl.col("change_date") <= newest).select(ts_code="old_code")
        silent = silent.join(became, on="ts_code", how="anti", maintain_order="left")
    yield from told("ended", "bars_1d", silent, pl.concat_str("ts_code", pl.lit(" after "), "trade_date"))


def _suspended(beside: Beside, chunk: Chunk, days: pl.DataFrame) -> pl.DataFrame:
    """ts_code, trade_date of whole days of suspension, of the chunk's span and of these days."""
    if not beside.has("suspensions"):
        return pl.DataFrame(schema={"ts_code": pl.String, "trade_date": pl.Date})
    first = min([chunk.span[0], *_first(days)])
    rows = beside.rows("suspensions", (), (first, chunk.span[1]), chunk.codes)
    whole_day = (pl.col("suspend_type") == "S") & pl.col("suspend_timing").is_null()
    return rows.filter(whole_day).select("ts_code", "trade_date")


def _first(days: pl.DataFrame) -> Sequence[date]:
    return [days["trade_date"].min()] if days.height else []  # type: ignore[list-item]


def _holes(beside: Beside, missing: pl.DataFrame) -> Iterator[Finding]:
    by_code = (
        missing.group_by("ts_code", maintain_order=True)
        .agg(pl.len().alias("count"), trade_date=pl.col("trade_date").min(), last=pl.col("trade_date").max())
        .sort("ts_code")
    )
    example = pl.concat_str("ts_code", pl.lit(": "), "count", pl.lit(" from "), "trade_date", pl.lit(" to "), "last")
    kind = "holes" if beside.has("suspensions") else "holes_untold"
    yield from told(kind, "bars_1d", by_code, example, count="count")


def basics(beside: Beside, chunk: Chunk) -> Iterator[Finding]:
    """Market values and turnover beside the bars of their days."""
    if not beside.has("daily_basic"):
        return
    wanted = ("total_share", "float_share", "total_mv", "turnover_rate")
    figures = beside.rows("daily_basic", wanted, chunk.span, chunk.codes).drop("new")
    rows = attach(chunk.focus, figures).with_columns(
        price=pl.col("total_mv") / pl.col("total_share") / (pl.col("close") / 1000),
        turned=pl.col("turnover_rate") / 100 * pl.col("float_share") * 10_000 / pl.col("volume"),
    )
    rows = rows.with_columns(pl.when(pl.col(name).is_finite() & (pl.col(name) > 0)).then(name) for name in ("price", "turned"))
    far = ~pl.col("price").is_between(1 / 3, 3.0)
    prices = pl.concat_str(_DAY, pl.lit(" close "), yuan("close"), pl.lit(" total_mv "), "total_mv", pl.lit(" total_share "), "total_share")
    yield from told("share_units_beside_bars", "daily_basic", rows.filter(far), prices)
    yield from told("value_disagrees", "daily_basic", rows.filter(~far, ~pl.col("price").is_between(0.98, 1.02)), prices)
    turns = pl.concat_str(
        _DAY, pl.lit(" volume "), "volume", pl.lit(" turnover_rate "), "turnover_rate", pl.lit(" float_share "), "float_share"
    )
    yield from told("turnover_units", "daily_basic", rows.filter(~pl.col("turned").is_between(1 / JUMP, JUMP)), turns)
