"""The sample market: the same bytes every time, and everything in it agrees with everything else."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.lake import Lake, scan
from datalake.sample import build_sample
from datalake.sample.closed import CLOSED, sessions
from datalake.sample.draws import Draws
from datalake.sample.rows import sample_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, list_versions
from engine.market import board_of
from engine.simulation.rules import price_limits

Rows = dict[str, pl.DataFrame]


def digest(rows: pl.DataFrame) -> str:
    """Of the numbers themselves, so that no writer of files has a say."""
    numbers = rows.select(pl.col(pl.Int32, pl.Int64, pl.Float64)).fill_null(-1)
    text = "\n".join(rows["ts_code"].to_list()).encode()
    return hashlib.sha256(text + b"".join(np.ascontiguousarray(numbers[name].to_numpy()).tobytes() for name in numbers.columns)).hexdigest()


def test_made_twice_it_is_the_same(sample_rows: Rows):
    again = sample_tables()
    assert set(again) == set(TABLES)
    assert all(again[name].equals(rows) for name, rows in sample_rows.items())


def test_it_is_the_same_on_every_machine(sample_rows: Rows):
    """Raise sample.GENERATOR when these change."""
    bars = sample_rows["bars_1d"]
    assert bars.height == 116_812
    assert digest(bars)[:32] == "838ec09b98c40af964c57d4ebf402e5a"
    assert digest(sample_rows["bars_5m"])[:32] == "e6897650353cf93231dcdfed90b2b85e"
    assert digest(sample_rows["daily_basic"])[:32] == "29777e1784c06d37da6933f2db70a4da"


def test_what_is_stored_is_what_was_made(sample_lake: Lake, sample: Dataset, sample_rows: Rows):
    for name, rows in sample_rows.items():
        stored = scan(sample_lake, "sample", name, sample.tables[name].delta_version).select(rows.columns).collect().sort(TABLES[name].key)
        assert stored.equals(rows), name


def test_built_again_it_is_left_alone(sample_lake: Lake, sample: Dataset):
    assert build_sample(sample_lake.url) == sample
    assert [dataset.version for dataset in list_versions(sample_lake.store)] == ["sample:v1"]
    assert "synthetic" in sample.title


def test_a_build_that_broke_off_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = Lake(f"file://{tmp_path}")
    with monkeypatch.context() as patch:
        patch.setattr("datalake.sample.publish_tables", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            build_sample(lake.url)
    assert list_versions(lake.store) == []
    assert build_sample(lake.url).version == "sample:v1"


def _interrupted(*_: object) -> Dataset:
    raise KeyboardInterrupt


def test_sessions_are_those_of_the_exchange(real_data: Path):
    calendar = pl.read_parquet(real_data / "trade_cal_xshg.parquet").filter(pl.col("is_open") == 1)
    real = calendar.filter(pl.col("cal_date").is_between(date(2018, 1, 1), date(2024, 12, 31)))["cal_date"].to_list()
    assert sessions() == real


def test_closed_days_are_weekdays():
    for year, days in CLOSED.items():
        assert all(date(year, int(day[:2]), int(day[2:])).weekday() < 5 for day in days.split())


def test_bars_are_possible(sample_rows: Rows):
    bars = sample_rows["bars_1d"]
    low, high = pl.col("low"), pl.col("high")
    assert bars.filter(~pl.col("open").is_between(low, high) | ~pl.col("close").is_between(low, high) | (low <= 0)).is_empty()
    tick = pl.when(pl.col("ts_code").str.contains(r"^(5|15)")).then(1).otherwise(10)
    assert bars.filter(pl.any_horizontal(pl.col("open", "high", "low", "close", "pre_close") % tick != 0)).is_empty()
    assert bars.filter(~(pl.col("amount") / pl.col("volume")).is_between(low, high)).is_empty()
    returns = bars.with_columns(change=pl.col("close") / pl.col("pre_close") - 1).group_by("ts_code").agg(pl.col("change").std())
    stocks = returns.filter(~pl.col("ts_code").str.contains(r"^(5|15)"))["change"]
    assert stocks.quantile(0.05) > 0.013 and stocks.quantile(0.9) < 0.032


def test_no_bar_lies_outside_the_rules_of_its_day(sample_market):
    """Against the engine's rules, which the sample's own percentages must not contradict."""
    up, down = price_limits(sample_market)
    traded = sample_market.open > 0
    listing_day = sample_market.listed_sessions == 1
    assert (sample_market.high <= up)[traded].all()
    assert (sample_market.low >= down)[traded].all()
    assert ((sample_market.close == up) & traded).sum() > 300
    assert ((sample_market.close == down) & traded).sum() > 200
    assert listing_day.sum() > 15


def test_ex_dates_agree_in_every_table(sample_rows: Rows):
    """Where pre_close differs from the last close there is a dividend, and the factor steps by last close / pre_close."""
    bars = sample_rows["bars_1d"].join(sample_rows["adj_factor"], on=["ts_code", "trade_date"])
    before = bars.with_columns(pl.col("close", "adj_factor").shift(1).over("ts_code").name.prefix("last_")).drop_nulls("last_close")
    ex = before.filter(pl.col("pre_close") != pl.col("last_close"))
    quiet = before.filter(pl.col("pre_close") == pl.col("last_close"))
    assert quiet.filter(pl.col("adj_factor") != pl.col("last_adj_factor")).is_empty()
    paid = sample_rows["dividends"].rename({"ex_date": "trade_date"})
    both = ex.join(paid, on=["ts_code", "trade_date"])
    assert both.height == ex.height == paid.height > 250
    for row in both.iter_rows(named=True):
        after_cash = row["last_close"] - row["cash_div_tax"] // 1000
        exact = after_cash * 1_000_000 / (1_000_000 + row["stk_div"])
        assert abs(row["pre_close"] - exact) <= 5
        step = row["last_adj_factor"] * row["last_close"] / row["pre_close"]
        assert abs(row["adj_factor"] - step) <= 0.5001
    assert paid.filter(pl.col("stk_div") > 0).height > 50


def test_lives_agree(sample_rows: Rows):
    """Bars lie between listing and delisting, never on a suspended day, and every other session has one."""
    listed = sample_rows["instruments"]
    bars, calendar = sample_rows["bars_1d"], sample_rows["trade_cal"].filter(pl.col("is_open") == 1).select(trade_date="cal_date")
    days = listed.join(calendar, how="cross").filter(
        (pl.col("trade_date") >= pl.col("list_date")) & (pl.col("delist_date").is_null() | (pl.col("trade_date") < pl.col("delist_date")))
    )
    expected = days.select("ts_code", "trade_date").join(sample_rows["suspensions"], on=["ts_code", "trade_date"], how="anti")
    assert expected.sort("ts_code", "trade_date").equals(bars.select("ts_code", "trade_date").sort("ts_code", "trade_date"))
    assert listed.filter(pl.col("delist_date").is_not_null()).height == 3
    assert listed.filter(pl.col("list_date") >= date(2018, 1, 2)).height > 15
    assert sorted(listed["market"].value_counts()["count"].to_list()) == [4, 12, 14, 50]
    boards = {"主板": "main", "创业板": "chinext", "科创板": "star", "ETF": "fund"}
    assert all(board_of(code) == boards[market] for code, market in listed.select("ts_code", "market").rows())
    assert listed["name"].str.contains("样本").all()
    assert sample_rows["namechange"]["name"].str.contains("ST").sum() == 6


def test_minutes_add_up_to_the_day(sample_rows: Rows):
    minutes = sample_rows["bars_5m"].sort("ts_code", "time")
    edge = pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%H:%M")
    assert minutes.select(edge.unique().sort()).to_series().to_list()[::47] == ["09:35", "15:00"]
    days = minutes.group_by("ts_code", "trade_date").agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume", "amount").sum(),
        pl.len(),
    )
    both = days.join(sample_rows["bars_1d"], on=["ts_code", "trade_date"], suffix="_day")
    assert both.height == days.height and (both["len"] == 48).all()
    for name in ("open", "high", "low", "close", "volume", "amount"):
        assert (both[name] == both[f"{name}_day"]).all(), name
    assert minutes["ts_code"].n_unique() == 10
    low, high = pl.col("low"), pl.col("high")
    assert minutes.filter(
        ~pl.col("open").is_between(low, high) | ~pl.col("close").is_between(low, high) | (pl.col("volume") < 0)
    ).is_empty()


def test_the_index_follows_its_members(sample_rows: Rows):
    members, index = sample_rows["index_members"], sample_rows["index_1d"]
    assert (members.group_by("trade_date").agg(pl.len(), pl.col("weight").sum())["len"] == 30).all()
    assert (members.group_by("trade_date").agg(pl.col("weight").sum())["weight"] - 100).abs().max() < 0.01
    assert index.height == len(sessions())
    low, high = pl.col("low"), pl.col("high")
    assert index.filter(~pl.col("open").is_between(low, high) | ~pl.col("close").is_between(low, high)).is_empty()
    assert (index["pre_close"][1:] == index["close"][:-1]).all()


def test_draws_are_uniform_and_bell_shaped():
    draws = Draws(7)
    whole = draws.between(3, 9, 70_000)
    assert whole.min() == 3 and whole.max() == 9
    assert abs(np.bincount(whole)[3:] - 10_000).max() < 400
    bell = draws.bell(200, 500)
    assert abs(bell.mean()) < 0.01 and abs(bell.std() - 1) < 0.01
