"""What the stand-in serves: the sample market's rows, or real ones, in Tushare's shapes and units."""

from datetime import date
from pathlib import Path

import polars as pl

FUND = "^(5|15)"
PRICES = ("open", "high", "low", "close", "pre_close")
FREQUENCY = "freq"
"""A column that filters and is never served."""


def sample_tables_of(tables: dict[str, pl.DataFrame], first: date, last: date) -> dict[str, pl.DataFrame]:
    """Every interface, filled with rows of the sample market from first to last (facts without a day: all of them)."""
    inside = pl.col("trade_date").is_between(first, last)
    fund = pl.col("ts_code").str.contains(FUND)
    bars = tables["bars_1d"].filter(inside)
    factors = tables["adj_factor"].filter(inside).select("ts_code", _text("trade_date"), pl.col("adj_factor") / 1e6)
    listed = tables["instruments"].with_columns(_text("list_date"), _text("delist_date"), symbol=pl.col("ts_code").str.head(6))
    weights = tables["index_members"].filter(inside).rename({"ts_code": "con_code"})
    return {
        "stock_basic": listed.filter(~fund).drop("limit_percent", "same_day"),
        "fund_basic": _fund_basic(listed.filter(fund)),
        "trade_cal": tables["trade_cal"].with_columns(_text("cal_date"), _text("pretrade_date")),
        "index_member_all": _industries(tables["instruments"].filter(~fund)),
        "namechange": _twice_announced(tables["namechange"].with_columns(_text("start_date"), _text("end_date"))),
        "suspend_d": tables["suspensions"].filter(inside).with_columns(_text("trade_date")),
        "dividend": _dividend_rows(
            tables["dividends"]
            .filter(pl.col("ex_date").is_between(first, last))
            .with_columns((pl.col(name) / 1e6 for name in ("stk_div", "cash_div_tax")), cash_div=pl.col("cash_div_tax") * 0.8)
        ),
        "stk_limit": _limits(bars, tables["instruments"]),
        "adj_factor": factors.filter(~fund),
        "fund_adj": factors.filter(fund),
        "daily_basic": tables["daily_basic"].filter(inside).with_columns(_text("trade_date")),
        "index_daily": _daily(tables["index_1d"].filter(inside)),
        "index_weight": weights.with_columns(_text("trade_date")),
        "daily": _daily(bars.filter(~fund)),
        "fund_daily": _daily(bars.filter(fund)),
        "stk_mins": _minutes(tables["bars_5m"].filter(inside)),
    }


def real_tables(folder: Path, first: date, last: date, whole: bool = False) -> dict[str, pl.DataFrame]:
    """Real rows: 66 codes, or with `whole` nearly the whole market of 2018-11-15 to 2020-04-10; minutes whatever the window.

    Names, dates of listings and limits are not among the real files: names are the codes, limits follow from pre_close. Interfaces
    of which no real row exists are not served: the account may not use them.
    """
    bars = pl.read_parquet(folder / f"bars_1d_{'market' if whole else 'sample'}_2018_2020.parquet")
    bars = bars.filter(pl.col("trade_date").is_between(first, last))
    minutes = pl.read_parquet(folder / "bars_5m.parquet").with_columns(pl.lit("5min").alias(FREQUENCY), pl.col("vol").cast(pl.Float64))
    fine = pl.read_parquet(folder / "bars_1m_000001SZ_202009.parquet").with_columns(pl.lit("1min").alias(FREQUENCY))
    minutes = pl.concat([minutes, fine]).with_columns(pl.col("trade_time").dt.strftime("%Y-%m-%d %H:%M:%S"))
    index = pl.read_parquet(folder / "index_1d.parquet").filter(pl.col("trade_date").is_between(first, last))
    codes = pl.concat([bars["ts_code"], minutes["ts_code"]]).unique().sort()
    missing = pl.read_parquet(folder / "missing_bars_2018_2020.parquet").filter(
        pl.col("trade_date").is_between(first, last) & pl.col("ts_code").is_in(codes.to_list())
    )
    listed = pl.DataFrame({"ts_code": codes, "name": codes}).with_columns(
        market=pl.when(pl.col("ts_code").str.starts_with("30")).then(pl.lit("创业板")).otherwise(pl.lit("主板")),
        list_date=pl.lit("20000104"),
        delist_date=pl.lit(None, pl.String),
        list_status=pl.lit("L"),
    )
    gone = {
        "ts_code": "600001.SH",
        "name": "邯郸钢铁(退)",
        "market": "主板",
        "list_date": "19980122",
        "delist_date": "20091229",
        "list_status": "D",
    }
    listed = pl.concat([listed, pl.DataFrame([gone])])
    stored = bars.with_columns((pl.col(name) * 1000).round(0).cast(pl.Int32) for name in PRICES)
    return {
        "stock_basic": listed.with_columns(area=pl.lit(None, pl.String), industry=pl.lit(None, pl.String)),
        "trade_cal": pl.read_parquet(folder / "trade_cal_xshg.parquet").with_columns(_text("cal_date"), _text("pretrade_date")),
        "suspend_d": missing.select("ts_code", _text("trade_date"), suspend_timing=pl.lit(None, pl.String), suspend_type=pl.lit("S")),
        "dividend": _real_dividends(folder, first, last, codes.to_list()),
        "stk_limit": _limits(stored, listed),
        "adj_factor": bars.select("ts_code", _text("trade_date"), "adj_factor"),
        "index_daily": index.with_columns(_text("trade_date")),
        "daily": bars.drop("adj_factor").with_columns(_text("trade_date")),
        "stk_mins": minutes,
    }


def _daily(bars: pl.DataFrame) -> pl.DataFrame:
    """CNY, hands, thousand CNY."""
    prices = [pl.col(name) / 1000.0 for name in PRICES]
    change = (pl.col("close") - pl.col("pre_close")) / 1000.0
    sizes = [(pl.col("volume") / 100.0).alias("vol"), (pl.col("amount") / 1e6).alias("amount")]
    return bars.select("ts_code", _text("trade_date"), *prices, change.alias("change"), *sizes)


def _minutes(bars: pl.DataFrame) -> pl.DataFrame:
    """CNY, shares, CNY."""
    time = pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M:%S").alias("trade_time")
    prices = [pl.col(name) / 1000.0 for name in PRICES[:4]]
    return bars.select("ts_code", time, *prices, vol=pl.col("volume"), amount=pl.col("amount") / 1000.0, **{FREQUENCY: pl.lit("5min")})


def _fund_basic(funds: pl.DataFrame) -> pl.DataFrame:
    return funds.select(
        "ts_code", "name", "list_date", "delist_date", fund_type=pl.lit("股票型"), status=pl.col("list_status"), market=pl.lit("E")
    )


def _industries(stocks: pl.DataFrame) -> pl.DataFrame:
    """Three levels that are one and the same; every tenth stock was of the first industry for its first year."""
    names = sorted(stocks["industry"].unique().to_list())
    code = {name: str(801_000 + 10 * place) for place, name in enumerate(names)}
    level = {
        f"l{number}_{kind}": pl.col("industry").replace_strict(code) + ".SI" if kind == "code" else pl.col("industry")
        for number in (1, 2, 3)
        for kind in ("code", "name")
    }
    turned = pl.col("list_date").dt.offset_by("1y")
    moved = stocks.filter(pl.int_range(pl.len()) % 10 == 0)
    past = moved.with_columns(industry=pl.lit(names[0]), out_date=turned.dt.strftime("%Y%m%d"), is_new=pl.lit("N"))
    began = pl.when(pl.col("ts_code").is_in(moved["ts_code"].to_list())).then(turned).otherwise("list_date")
    now = stocks.with_columns(list_date=began, out_date=pl.lit(None, pl.String), is_new=pl.lit("Y"))
    rows = [
        frame.select("ts_code", "name", in_date=pl.col("list_date").dt.strftime("%Y%m%d"), out_date="out_date", is_new="is_new", **level)
        for frame in (now, past)
    ]
    return pl.concat(rows)


def _twice_announced(names: pl.DataFrame) -> pl.DataFrame:
    """Tushare tells a change again when it is announced again."""
    return pl.concat([names.with_columns(ann_date="start_date"), names.with_columns(ann_date=pl.lit("20240101"))])


def _limits(bars: pl.DataFrame, instruments: pl.DataFrame) -> pl.DataFrame:
    """10% of pre_close, 20% on STAR and (since 2020-08-24) ChiNext, to the fen; no row on days that went beyond (no limits, or others)."""
    wide = (pl.col("market") == "科创板") | ((pl.col("market") == "创业板") & (pl.col("trade_date") >= date(2020, 8, 24)))
    percent = pl.when(wide).then(20).otherwise(10)
    step = pl.when(pl.col("ts_code").str.contains(FUND)).then(1).otherwise(10)
    limit = [
        ((pl.col("pre_close").cast(pl.Int64) * (100 + sign * percent) * 2 + 100 * step) // (200 * step) * step).alias(name)
        for sign, name in ((1, "up_limit"), (-1, "down_limit"))
    ]
    found = bars.join(instruments.select("ts_code", "market"), on="ts_code", how="left").with_columns(limit)
    found = found.filter((pl.col("high") <= pl.col("up_limit")) & (pl.col("low") >= pl.col("down_limit")))
    return found.select("ts_code", _text("trade_date"), pl.col("up_limit", "down_limit") / 1000.0)


def _real_dividends(folder: Path, first: date, last: date, codes: list[str]) -> pl.DataFrame:
    """The real ex-dates as if each had been cash alone: no file has the records."""
    events = pl.read_parquet(folder / "ex_events_2018_2020.parquet")
    events = events.filter(pl.col("ex_date").is_between(first, last) & pl.col("ts_code").is_in(codes))
    cash = (pl.col("prev_close") - pl.col("pre_close")).round(2)
    found = events.filter(cash > 0).with_columns(cash_div_tax=cash, cash_div=cash, end_date=pl.lit(date(2018, 12, 31)))
    return _dividend_rows(
        found.with_columns(stk_div=pl.lit(0.0), record_date="ex_date", pay_date="ex_date", div_listdate=pl.lit(None, pl.Date))
    )


def _dividend_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """As Tushare serves them: the plan beside what was carried out, and that twice with another date of announcement."""
    dates = [_text(name) for name in ("end_date", "ex_date", "record_date", "pay_date", "div_listdate")]
    done = rows.select("ts_code", *dates, "stk_div", "cash_div", "cash_div_tax", div_proc=pl.lit("实施"))
    planned = done.with_columns(div_proc=pl.lit("预案"), stk_div=pl.lit(9.0))
    return pl.concat(
        [planned, done.with_columns(ann_date=pl.lit("20190401")), done.with_columns(ann_date=pl.lit("20190402"))], how="diagonal"
    )


def _text(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%Y%m%d")
