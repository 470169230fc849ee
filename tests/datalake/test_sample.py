"""The sample market: the same bytes every time, and everything in it agrees with everything else."""

import hashlib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
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
from engine.market import Market, board_of
from engine.simulation.rules import price_limits

Rows = dict[str, pl.DataFrame]


def digest(rows: pl.DataFrame) -> str:
    """Of the numbers themselves, so that no writer of files has a say."""
    filled = rows.select(column for column in rows if column.null_count() < len(column))
    numbers = filled.select(pl.col(pl.Int32, pl.Int64, pl.Float64)).fill_null(-1)
    text = "\n".join(rows["ts_code"].to_list()).encode()
    return hashlib.sha256(text + b"".join(np.ascontiguousarray(numbers[name].to_numpy()).tobytes() for name in numbers.columns)).hexdigest()


def test_made_twice_it_is_the_same(sample_rows: Rows):
    again = sample_tables()
    assert set(TABLES) - set(again) == {"industries", "limits", "fetches", "bars_1m", "bars_15m", "bars_30m", "bars_60m"}
    assert all(again[name].equals(rows) for name, rows in sample_rows.items())


def test_it_is_the_same_on_every_machine(sample_rows: Rows):
    """Raise sample.GENERATOR when these change."""
    bars = sample_rows["bars_1d"]
    assert bars.height == 116_812
    assert digest(bars)[:32] == "95efb2ba66c42e7c99238caeec02f135"
    assert digest(sample_rows["bars_5m"])[:32] == "4c67b27e07799324780bf3fc77bfbd66"
    assert digest(sample_rows["daily_basic"])[:32] == "82df86eff0218be4d504f90683397f73"
    dates = [pl.col(name).dt.strftime("%Y%m%d").cast(pl.Int64) for name in ("ex_date", "pay_date", "div_listdate")]
    assert digest(sample_rows["dividends"].with_columns(dates))[:32] == "6e5e0848683527ff6e1ad37b26b05de7"


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
    """Where pre_close differs from the last close there is a dividend (but for one rights issue), and pre_close is the exchange's formula
    to the fen; the factor steps by last close / pre_close."""
    bars = sample_rows["bars_1d"].join(sample_rows["adj_factor"], on=["ts_code", "trade_date"])
    before = bars.with_columns(pl.col("close", "adj_factor").shift(1).over("ts_code").name.prefix("last_")).drop_nulls("last_close")
    ex = before.filter(pl.col("pre_close") != pl.col("last_close"))
    quiet = before.filter(pl.col("pre_close") == pl.col("last_close"))
    assert quiet.filter(pl.col("adj_factor") != pl.col("last_adj_factor")).is_empty()
    paid = sample_rows["dividends"].rename({"ex_date": "trade_date"})
    both = ex.join(paid, on=["ts_code", "trade_date"])
    assert both.height == ex.height - 1 == paid.height > 250
    for row in both.iter_rows(named=True):
        after_cash = Decimal(row["last_close"] - row["cash_div_tax"] // 1000) / 1000
        exact = after_cash / (1 + Decimal(row["stk_div"]) / 1_000_000)
        assert Decimal(row["pre_close"]) / 1000 == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    for row in ex.iter_rows(named=True):
        step = row["last_adj_factor"] * row["last_close"] / row["pre_close"]
        assert abs(row["adj_factor"] - step) <= 0.5001
    assert paid.filter(pl.col("stk_div") > 0).height > 50
    assert paid.filter(pl.col("cash_div_tax") == 0).height > 10
    (rights,) = ex.join(paid, on=["ts_code", "trade_date"], how="anti").iter_rows(named=True)
    assert rights["trade_date"] == date(2020, 9, 15) and rights["pre_close"] < rights["last_close"]


def test_dividends_are_paid_and_listed_from_the_ex_date_on(sample_rows: Rows):
    paid = sample_rows["dividends"]
    days = set(sample_rows["index_1d"]["trade_date"])
    for name in ("ex_date", "record_date", "pay_date", "div_listdate"):
        assert set(paid[name].drop_nulls()) <= days
    assert (paid["record_date"] < paid["ex_date"]).all()
    assert (paid["pay_date"].is_null() == (paid["cash_div_tax"] == 0)).all()
    assert (paid["div_listdate"].is_null() == (paid["stk_div"] == 0)).all()
    for name in ("pay_date", "div_listdate"):
        found = paid.drop_nulls(name)
        later = found[name] > found["ex_date"]
        assert (found[name] >= found["ex_date"]).all() and 50 < later.sum() < later.len() - 20


def test_delisting_periods_come_before_delistings(sample_rows: Rows, sample_market: Market):
    gone = sample_rows["instruments"].filter(pl.col("name").str.starts_with("退市"))
    assert gone.height == 3
    boards = set()
    for code, end in gone.select("ts_code", "delist_date").rows():
        column = sample_market.codes.index(code)
        first = int(sample_market.listings.delisting_from[column])
        assert int(sample_market.listings.delist_date[column]) == int(f"{end:%Y%m%d}")
        rows = np.nonzero((sample_market.sessions >= first) & (sample_market.open[:, column] > 0))[0]
        assert len(rows) == 15 and not sample_market.is_st[rows, column].any() and sample_market.is_st[rows[0] - 1, column]
        boards.add(sample_market.boards[column])
        assert sample_market.close[rows[0], column] < 0.9 * sample_market.pre_close[rows[0], column], "no limit on the first session"
    assert boards == {"main", "chinext"}


def test_one_company_goes_on_under_another_code(sample_rows: Rows, sample_market: Market):
    ((day, old, new),) = sample_market.actions.code_changes.tolist()
    row = sample_market.sessions.tolist().index(day)
    traded = sample_market.open > 0
    assert traded[row - 1, old] and not traded[row:, old].any()
    assert traded[row, new] and not traded[:row, new].any()
    assert sample_market.pre_close[row, new] == sample_market.close[row - 1, old]
    assert sample_market.listings.industries[old] == sample_market.listings.industries[new] != ""
    old_code, new_code = sample_market.codes[old], sample_market.codes[new]
    factors = sample_rows["adj_factor"].filter(pl.col("ts_code").is_in([old_code, new_code])).sort("trade_date")["adj_factor"]
    assert factors.n_unique() > 3 and (factors.diff().drop_nulls() >= 0).all()
    first = sample_rows["code_changes"]["change_date"][0]
    for name in ("bars_1d", "daily_basic", "suspensions", "dividends", "index_members"):
        day_of = pl.col(TABLES[name].date)
        assert sample_rows[name].filter((pl.col("ts_code") == old_code) & (day_of >= first)).is_empty(), name
        assert sample_rows[name].filter((pl.col("ts_code") == new_code) & (day_of < first)).is_empty(), name


def test_funds_differ(sample: Dataset):
    funds = [row for row in sample.catalog.instruments if row.board.startswith("fund")]
    assert sorted(row.board for row in funds) == ["fund", "fund", "fund", "fund_20"]
    assert sum(row.same_day for row in funds) == sum(row.same_day for row in sample.catalog.instruments) == 1
    assert all(row.industry for row in sample.catalog.instruments)


def test_lives_agree(sample_rows: Rows):
    """Bars lie between listing and delisting, never on a suspended day, and every other session has one."""
    listed = sample_rows["instruments"]
    bars, calendar = sample_rows["bars_1d"], sample_rows["trade_cal"].filter(pl.col("is_open") == 1).select(trade_date="cal_date")
    day, since = pl.col("trade_date"), pl.max_horizontal("list_date", "since")
    born = sample_rows["code_changes"].select(ts_code="new_code", since="change_date")
    everything = listed.join(born, on="ts_code", how="left").join(calendar, how="cross")
    days = everything.filter((day >= since) & (pl.col("delist_date").is_null() | (day < pl.col("delist_date"))))
    expected = days.select("ts_code", "trade_date").join(sample_rows["suspensions"], on=["ts_code", "trade_date"], how="anti")
    assert expected.sort("ts_code", "trade_date").equals(bars.select("ts_code", "trade_date").sort("ts_code", "trade_date"))
    assert listed.filter(pl.col("delist_date").is_not_null()).height == 3 + 1, "and a code that was given up"
    assert listed.filter(pl.col("list_date") >= date(2018, 1, 2)).height > 15
    assert sorted(listed["market"].value_counts()["count"].to_list()) == [4, 12, 14, 51]
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
