"""Listings, dividends and code changes in panels, from small imported tables."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.listings import delisting_starts
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.versions import resolve
from engine.market import FAR, Market
from engine.simulation.rules import price_limits

DAYS = ["20200102", "20200103", "20200106", "20200107", "20200108"]


def bars(**prices: list[float]) -> pl.DataFrame:
    """Flat bars from the first day on; 0: no bar."""
    rows = []
    for code, closes in prices.items():
        last = next(close for close in closes if close)
        for day, close in zip(DAYS, closes, strict=False):
            if close:
                row = {"ts_code": f"{code[2:]}.{code[:2]}", "trade_date": day, "pre_close": last, "vol": 1000.0, "amount": close * 100}
                rows.append(row | dict.fromkeys(("open", "high", "low", "close"), close))
                last = close
    return pl.DataFrame(rows)


def bring(lake: Lake, folder: Path, table: str, rows: str | pl.DataFrame) -> None:
    file = folder / f"{table}.csv"
    rows.write_csv(file) if isinstance(rows, pl.DataFrame) else file.write_text(rows)
    import_table(lake.url, table, [file])


def market_of(lake: Lake, universe: object, start: int = 20200102, end: int = 20200108, warm_up: int = 0) -> Market:
    return to_market(*unpack(build_panel(lake, PanelSpec.of(resolve(lake.store), universe, (start, end), warm_up))))


def test_several_dividends_of_one_ex_date_are_one(lake: Lake, tmp_path: Path):
    bring(lake, tmp_path, "bars_1d", bars(SZ000001=[10.0] * 5, SH600519=[20.0] * 5))
    rows = """ts_code,end_date,ex_date,record_date,pay_date,div_listdate,stk_div,cash_div_tax
600519.SH,20190630,20200106,20200103,20200106,,,0.5
600519.SH,20191231,20200106,20200103,20200108,20200107,0.3,1.2345678
000001.SZ,20191231,20200106,20200103,,,0,0.1
000001.SZ,20191231,20200107,,20200107,,,
000001.SZ,20180630,20191231,,20191231,,,0.2
"""
    bring(lake, tmp_path, "dividends", rows)
    assert market_of(lake, ["000001.SZ", "600519.SH"]).actions.dividends.tolist() == [
        [20200106, 0, 0, 100_000, 0, 0],
        [20200106, 1, 300_000, 1_734_568, 20200108, 20200107],
    ]
    assert market_of(lake, ["600519.SH"], end=20200103).actions.dividends.shape == (0, 6)
    bring(lake, tmp_path, "dividends", rows)
    assert resolve(lake.store).tables["dividends"].rows == 5


def test_a_record_without_a_period_is_replaced_by_its_correction(lake: Lake, tmp_path: Path):
    bring(lake, tmp_path, "bars_1d", bars(SH600519=[20.0] * 5))
    for cash in ("0.5", "0.6"):
        bring(lake, tmp_path, "dividends", f"ts_code,ex_date,cash_div_tax\n600519.SH,20200106,{cash}\n")
    assert market_of(lake, ["600519.SH"]).actions.dividends.tolist() == [[20200106, 0, 0, 600_000, 0, 0]]


def test_who_changes_its_code_is_there_under_both(lake: Lake, tmp_path: Path):
    closes = {"SZ000022": [10.0, 10.1], "SZ001872": [0, 0, 10.2, 10.3, 10.4], "SH600519": [20.0] * 5}
    bring(lake, tmp_path, "bars_1d", bars(**closes))
    bring(lake, tmp_path, "code_changes", "old_code,new_code,change_date\n000022.SZ,001872.SZ,20200106\n000033.SZ,600519.SH,20200106\n")
    for universe, own in ((["000022.SZ"], [1, 0]), (["001872.SZ"], [0, 1])):
        market = market_of(lake, universe)
        assert market.codes == ("000022.SZ", "001872.SZ")
        assert market.actions.code_changes.tolist() == [[20200106, 0, 1]]
        assert market.member[-1].tolist() == own
        assert market.close[:, 1].tolist() == [0, 0, 10_200, 10_300, 10_400]
    assert market_of(lake, ["600519.SH"]).actions.code_changes.shape == (0, 3)
    assert market_of(lake, ["001872.SZ"], start=20200106).codes == ("001872.SZ",)
    everybody = market_of(lake, {"all": True})
    assert everybody.codes == ("000022.SZ", "001872.SZ", "600519.SH")
    assert everybody.actions.code_changes.tolist() == [[20200106, 0, 1]]


def test_a_code_may_change_twice(lake: Lake, tmp_path: Path):
    bring(lake, tmp_path, "bars_1d", bars(SZ000022=[10.0], SZ001872=[0, 10.1], SZ001873=[0, 0, 10.2, 10.2, 10.2]))
    changes = "old_code,new_code,change_date\n001872.SZ,001873.SZ,20200106\n000022.SZ,001872.SZ,20200103\n"
    bring(lake, tmp_path, "code_changes", changes)
    market = market_of(lake, ["000022.SZ"])
    assert market.codes == ("000022.SZ", "001872.SZ", "001873.SZ")
    assert market.actions.code_changes.tolist() == [[20200103, 0, 1], [20200106, 1, 2]]


def test_listings_say_what_the_instruments_say(lake: Lake, tmp_path: Path):
    bring(lake, tmp_path, "bars_1d", bars(SH510300=[4.0] * 5, SZ159915=[2.0] * 5, SZ000003=[3.0] * 5, SH600519=[20.0] * 5))
    instruments = """ts_code,name,industry,list_date,delist_date,limit_percent,same_day
510300.SH,沪深300ETF,,20120528,,10,
159915.SZ,创业板ETF,,20111209,,20,1
000003.SZ,PT金田A,房产,19910703,20200107,,0
600519.SH,贵州茅台,白酒,20010827,,20,
"""
    bring(lake, tmp_path, "instruments", instruments)
    bring(lake, tmp_path, "namechange", "ts_code,name,start_date,end_date\n000003.SZ,ST金田A,19980501,\n000003.SZ,金田A退,20200104,\n")
    market = market_of(lake, ["510300.SH", "159915.SZ", "000003.SZ", "600519.SH"])
    assert market.codes == ("000003.SZ", "159915.SZ", "510300.SH", "600519.SH")
    assert market.boards == ("main", "fund_20", "fund", "main")
    assert market.listings.industries == ("房产", "", "", "白酒")
    assert market.listings.same_day.tolist() == [0, 1, 0, 0]
    assert market.listings.delist_date.tolist() == [20200107, 0, 0, 0]
    assert market.listings.delisting_from.tolist() == [20200106, 0, 0, 0]
    assert market.is_st[:, 0].tolist() == [1, 1, 0, 0, 0]
    assert market_of(lake, {"all": True}).codes == ("000003.SZ", "600519.SH")
    assert (market.open[:, 0] > 0).tolist() == [True, True, True, False, False], (
        "bars from the delisting on were seen, and the engine refused"
    )


def test_the_vendors_limits_win_where_a_day_has_them(lake: Lake, tmp_path: Path):
    """A stock that came back after a suspended listing has none on its first day, which only the vendor knows."""
    bring(lake, tmp_path, "bars_1d", bars(SH600519=[20.0, 20.0, 0, 20.0, 20.0], SZ000001=[10.0] * 5))
    plain = market_of(lake, ["600519.SH"])
    assert not plain.limit_up.any() and not plain.limit_down.any()
    rows = "ts_code,trade_date,up_limit,down_limit\n600519.SH,20200103,23.5,17.5\n600519.SH,20200106,22,18\n"
    bring(lake, tmp_path, "limits", rows)
    market = market_of(lake, ["600519.SH"])
    assert market.limit_up[:, 0].tolist() == [0, 23_500, 0, 0, 0] and market.limit_down[:, 0].tolist() == [0, 17_500, 0, 0, 0]
    up, down = price_limits(market)
    assert up[:, 0].tolist() == [22_000, 23_500, FAR, 22_000, 22_000] and down[:, 0].tolist() == [18_000, 17_500, 0, 18_000, 18_000]


def test_limits_stand_on_every_minute_that_has_a_bar(lake: Lake, tmp_path: Path):
    bring(lake, tmp_path, "bars_1d", bars(SH600519=[20.0] * 2))
    price = dict.fromkeys(("open", "high", "low", "close"), 20.0)
    times = ["2020-01-03 09:35:00", "2020-01-03 14:00:00"]
    minutes = [{"ts_code": "600519.SH", "trade_time": time, "vol": 100.0, "amount": 2000.0} | price for time in times]
    bring(lake, tmp_path, "bars_5m", pl.DataFrame(minutes))
    bring(lake, tmp_path, "limits", "ts_code,trade_date,up_limit,down_limit\n600519.SH,20200103,22,18\n")
    for spec in (("5m", (), ""), ("1d", (), "5m")):
        panel = PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200103, 20200103), 0, *spec)
        market = to_market(*unpack(build_panel(lake, panel)))
        assert market.limit_up[:, 0].tolist() == np.where(market.open[:, 0] > 0, 22_000, 0).tolist()
        assert (market.limit_down > 0).sum() == 2
    assert market.decided_by is not None and market.decided_by.limit_up.tolist() == [[22_000]]


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ([("退市金田", date(2020, 1, 4))], 20200106),
        ([("退市金田", date(2019, 12, 20))], 20191220),
        ([("金田退", date(2020, 1, 6)), ("退市金田", date(2020, 1, 3))], 20200103),
        ([("退一步", date(2020, 1, 3))], 0),
        ([("退市金田", date(2020, 1, 9))], 0),
        ([], 0),
    ],
)
def test_a_delisting_period_begins_with_a_name(names: list[tuple[str, date]], first: int):
    rows = pl.DataFrame(
        {"ts_code": ["000003.SZ"] * len(names), "name": [name for name, _ in names], "start_date": [day for _, day in names]},
        schema={"ts_code": pl.String, "name": pl.String, "start_date": pl.Date},
    )
    assert delisting_starts(rows, ["000002.SZ", "000003.SZ"], [int(day) for day in DAYS]).tolist() == [0, first]
