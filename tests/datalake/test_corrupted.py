"""Rows spoilt in every way that we could think of: each is refused, or told, with its place; and its clean twin comes in."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from datalake.files.imports import import_table
from datalake.finding import BadRowsError
from datalake.lake import Lake
from datalake.versions import list_versions
from tests.datalake.rows import daily

Column = list[Any]


def minutes(times: list[str]) -> dict[str, Column]:
    """Bars that differ, so that none is another one's double."""
    size = len(times)
    return {
        "ts_code": ["600519.SH"] * size,
        "trade_date": ["20241101"] * size,
        "trade_time": [f"2024-11-01 {time}" for time in times],
        "open": [1500.0] * size,
        "high": [1502.0] * size,
        "low": [1499.0] * size,
        "close": [1501.0] * size,
        "vol": [1200.0] * size,
        "amount": [1_800_600.0] * size,
    }


CLEAN: Mapping[str, dict[str, Column]] = {
    "bars_1d": daily(ah_vol=[10.0, 0.0, 0.0, 0.0], ah_amount=[16.87, 0.0, 0.0, 0.0]).to_dict(as_series=False),
    "adj_factor": {"ts_code": ["600519.SH"] * 2, "trade_date": ["20200102", "20200103"], "adj_factor": [6.5, 6.5]},
    "bars_1m": minutes(["09:30:00", "09:31:00", "11:30:00", "13:01:00", "15:00:00"]),
    "bars_5m": minutes(["09:35:00", "11:30:00", "13:05:00", "15:00:00"]),
    "bars_15m": minutes(["09:45:00", "11:30:00", "13:15:00", "15:00:00"]),
    "bars_30m": minutes(["10:00:00", "11:30:00", "13:30:00", "15:00:00"]),
    "bars_60m": minutes(["10:30:00", "11:30:00", "14:00:00", "15:00:00"]),
    "daily_basic": {
        "ts_code": ["600519.SH", "000001.SZ"],
        "trade_date": ["20200102"] * 2,
        "turnover_rate": [0.12, 0.79],
        "pe": [40.2, math.nan],
        "total_share": [125619.78, 1940591.82],
        "float_share": [125619.78, 1940575.54],
        "total_mv": [141950351.4, 32737783.9],
        "circ_mv": [141950351.4, 32737509.3],
    },
    "limits": {
        "ts_code": ["600519.SH"] * 2,
        "trade_date": ["20200102", "20200103"],
        "up_limit": [1301.3, 1243.0],
        "down_limit": [1064.7, 1017.0],
    },
    "trade_cal": {
        "exchange": ["SSE"] * 3,
        "cal_date": ["20200102", "20200103", "20200104"],
        "is_open": [1, 1, 0],
        "pretrade_date": ["20191231", "20200102", "20200103"],
    },
    "dividends": {
        "ts_code": ["600519.SH", "000001.SZ"],
        "ex_date": ["20200624", "20200528"],
        "end_date": ["20191231"] * 2,
        "record_date": ["20200623", "20200527"],
        "pay_date": ["20200624", "20200528"],
        "div_listdate": ["", ""],
        "stk_div": [0.0, 0.0],
        "cash_div_tax": [17.025, 0.218],
    },
    "namechange": {
        "ts_code": ["000003.SZ"] * 2,
        "name": ["ST金田A", "PT金田A"],
        "start_date": ["19980501", "20010504"],
        "end_date": ["20010503", ""],
    },
    "industries": {
        "ts_code": ["600519.SH"] * 2,
        "in_date": ["20100101", "20210730"],
        "out_date": ["20210729", ""],
        "l1_name": ["食品饮料"] * 2,
        "l3_code": ["850111.SI", "851251.SI"],
    },
    "suspensions": {
        "ts_code": ["000001.SZ"] * 2,
        "trade_date": ["20200106", "20200107"],
        "suspend_type": ["S", "R"],
        "suspend_timing": ["", ""],
    },
    "index_members": {
        "index_code": ["000300.SH"] * 2,
        "trade_date": ["20191231"] * 2,
        "con_code": ["600519.SH", "000001.SZ"],
        "weight": [60.0, 40.0],
    },
    "index_1d": {
        "ts_code": ["000300.SH"] * 2,
        "trade_date": ["20200102", "20200103"],
        "open": [4121.3487, 4161.2185],
        "high": [4172.6555, 4164.2989],
        "low": [4121.3487, 4131.8640],
        "close": [4152.2408, 4144.9649],
        "pre_close": [4096.5821, 4152.2408],
        "vol": [182116508.0, 142823290.0],
        "amount": [270105548.5, 215218640.2],
    },
    "instruments": {
        "ts_code": ["600519.SH", "510300.SH"],
        "name": ["贵州茅台", "沪深300ETF"],
        "list_date": ["20010827", "20120528"],
        "delist_date": ["", ""],
        "limit_percent": [10, 10],
        "same_day": [0, 0],
    },
    "code_changes": {"old_code": ["600001.SH"], "new_code": ["600808.SH"], "change_date": ["20091230"]},
}


class Spoilt(NamedTuple):
    table: str
    kind: str
    cells: dict[str, Any]
    """New values of one row."""
    row: int = 0
    severity: str = "error"


NONE, INFINITE = math.nan, math.inf
SPOILT = {
    "a month that is none": Spoilt("bars_1d", "bad_date", {"trade_date": "20201303"}, 1),
    "a day that is none": Spoilt("bars_1d", "bad_date", {"trade_date": "20200230"}, 1),
    "no date": Spoilt("bars_1d", "bad_date", {"trade_date": ""}, 2),
    "a word for a date": Spoilt("bars_1d", "bad_date", {"trade_date": "yesterday"}, 3),
    "a code with its exchange in front": Spoilt("bars_1d", "bad_code", {"ts_code": "sz000001.SZ"}),
    "a code of five digits": Spoilt("bars_1d", "bad_code", {"ts_code": "60051.SH"}, 2),
    "no code": Spoilt("bars_1d", "bad_code", {"ts_code": ""}, 3),
    "a code of the other exchange": Spoilt("bars_1d", "wrong_exchange", {"ts_code": "600519.SZ"}, 3),
    "a number of Shenzhen in Beijing": Spoilt("bars_1d", "wrong_exchange", {"ts_code": "000001.BJ"}, 1),
    "NaN for a price": Spoilt("bars_1d", "not_a_number", {"close": NONE}, 1),
    "an infinite price": Spoilt("bars_1d", "not_a_number", {"high": INFINITE}, 2),
    "an infinite volume": Spoilt("bars_1d", "not_a_number", {"vol": INFINITE}, 2),
    "the same bar twice": Spoilt("bars_1d", "duplicate_key", {"trade_date": "20200102"}, 1),
    "a price of zero": Spoilt("bars_1d", "non_positive_price", {"open": 0.0, "low": 0.0}, 1),
    "a price below zero": Spoilt("bars_1d", "non_positive_price", {"low": -16.92}, 1),
    "a price of millions": Spoilt("bars_1d", "price_too_large", {"high": 3e6}, 3),
    "a price between ticks": Spoilt("bars_1d", "off_tick", {"close": 17.181}, 1),
    "high and low changed over": Spoilt("bars_1d", "high_below_low", {"high": 16.92, "low": 17.31}, 1),
    "an open above the high": Spoilt("bars_1d", "outside_range", {"open": 17.32}, 1),
    "a close below the low": Spoilt("bars_1d", "outside_range", {"close": 16.91}, 1),
    "a volume below zero": Spoilt("bars_1d", "negative_size", {"vol": -1.0}, 1),
    "an amount below zero": Spoilt("bars_1d", "negative_size", {"amount": -1.0}, 1),
    "trades after hours below zero": Spoilt("bars_1d", "negative_size", {"ah_vol": -10.0}),
    "a range without a volume": Spoilt("bars_1d", "contradictory_size", {"vol": 0.0, "amount": 0.0}, 1),
    "an amount without a volume": Spoilt("bars_1d", "contradictory_size", {"vol": 0.0}, 1),
    "a volume without an amount": Spoilt("bars_1d", "contradictory_size", {"amount": 0.0}, 1),
    "a suspended day as a flat bar": Spoilt(
        "bars_1d", "not_traded", {"open": 17.0, "high": 17.0, "low": 17.0, "close": 17.0, "vol": 0.0, "amount": 0.0}, 1, "warning"
    ),
    "one row in shares": Spoilt("bars_1d", "vol_in_shares", {"vol": 111619481.0}, 1),
    "one row in yuan": Spoilt("bars_1d", "amount_in_yuan", {"amount": 1914495474.0}, 1),
    "one row in shares and yuan": Spoilt("bars_1d", "shares_and_yuan", {"vol": 111619481.0, "amount": 1914495474.0}, 1),
    "one row in fen": Spoilt(
        "bars_1d", "vol_in_shares", {"open": 1694.0, "high": 1731.0, "low": 1692.0, "close": 1718.0, "pre_close": 1687.0}, 1
    ),
    "only the reference price in fen": Spoilt("bars_1d", "leap", {"pre_close": 1687.0}, 1),
    "an amount of some other unit": Spoilt("bars_1d", "units", {"amount": 191449547.4}, 1),
    "an amount a little too large": Spoilt("bars_1d", "beside_range", {"amount": 1964495.474}, 1, "warning"),
    "a bar on a Saturday": Spoilt("bars_1d", "weekend", {"trade_date": "20200104"}, 1),
    "a bar of a day to come": Spoilt("bars_1d", "future", {"trade_date": "29991231"}, 1),
    "a bar of the century before": Spoilt("bars_1d", "too_early", {"trade_date": "18990103"}, 1),
    "a factor of zero": Spoilt("adj_factor", "bad_factor", {"adj_factor": 0.0}, 1),
    "a factor below zero": Spoilt("adj_factor", "bad_factor", {"adj_factor": -6.5}, 1),
    "an infinite factor": Spoilt("adj_factor", "not_a_number", {"adj_factor": INFINITE}, 1),
    "a minute before the auction": Spoilt("bars_1m", "bad_edge", {"trade_time": "2024-11-01 09:29:00"}, 1),
    "a left edge after lunch": Spoilt("bars_1m", "bad_edge", {"trade_time": "2024-11-01 13:00:00"}, 3),
    "half a minute": Spoilt("bars_1m", "bad_edge", {"trade_time": "2024-11-01 09:31:30"}, 1),
    "a left edge of five minutes": Spoilt("bars_5m", "bad_edge", {"trade_time": "2024-11-01 09:30:00"}),
    "five minutes at lunch": Spoilt("bars_5m", "bad_edge", {"trade_time": "2024-11-01 12:00:00"}, 1),
    "five minutes after the close": Spoilt("bars_5m", "bad_edge", {"trade_time": "2024-11-01 15:05:00"}, 3),
    "five minutes in UTC": Spoilt("bars_5m", "bad_edge", {"trade_time": "2024-11-01 01:35:00"}),
    "a quarter of another grid": Spoilt("bars_15m", "bad_edge", {"trade_time": "2024-11-01 09:40:00"}),
    "half an hour of another grid": Spoilt("bars_30m", "bad_edge", {"trade_time": "2024-11-01 09:45:00"}),
    "an hour of another grid": Spoilt("bars_60m", "bad_edge", {"trade_time": "2024-11-01 10:00:00"}),
    "minutes in hands": Spoilt("bars_5m", "vol_in_hands", {"vol": 12.0}, 1),
    "minutes in thousand yuan": Spoilt("bars_5m", "amount_in_thousands", {"amount": 1800.6}, 1),
    "minutes in hands and thousand yuan": Spoilt("bars_5m", "hands_and_thousands", {"vol": 12.0, "amount": 1800.6}, 1),
    "minutes beside their range": Spoilt("bars_60m", "beside_range", {"amount": 1_803_000.0}, 1, "warning"),
    "minutes of another day": Spoilt("bars_5m", "other_day", {"trade_date": "20241104"}, 2),
    "a time that is none": Spoilt("bars_5m", "bad_date", {"trade_time": "2024-11-01 25:35:00"}, 1),
    "the same minutes twice": Spoilt("bars_5m", "duplicate_key", {"trade_time": "2024-11-01 09:35:00"}, 1),
    "minutes on a Sunday": Spoilt("bars_30m", "weekend", {"trade_time": "2024-11-03 10:00:00", "trade_date": "20241103"}),
    "fewer shares than none": Spoilt("daily_basic", "negative_figure", {"total_share": -1.0}, 1),
    "turnover below zero": Spoilt("daily_basic", "negative_figure", {"turnover_rate": -0.1}, 1),
    "an infinite figure": Spoilt("daily_basic", "not_a_number", {"pe": INFINITE}, 1),
    "shares one by one": Spoilt("daily_basic", "share_units", {"total_share": 19405918200.0, "float_share": 19405755400.0}, 1),
    "a market value in yuan": Spoilt("daily_basic", "share_units", {"total_mv": 327377839000.0, "circ_mv": 327375093000.0}, 1),
    "more floating shares than shares": Spoilt(
        "daily_basic", "more_than_all", {"float_share": 2040575.54, "circ_mv": 34424509.3}, 1, "warning"
    ),
    "all shares turned over twice": Spoilt("daily_basic", "turnover_above_all", {"turnover_rate": 201.0}, 1, "warning"),
    "market values of two prices": Spoilt("daily_basic", "two_prices", {"total_mv": 42737783.9}, 1, "warning"),
    "limits changed over": Spoilt("limits", "limits_reversed", {"up_limit": 1017.0, "down_limit": 1243.0}, 1),
    "a limit between ticks": Spoilt("limits", "off_tick", {"up_limit": 1243.005}, 1),
    "a calendar with a third state": Spoilt("trade_cal", "bad_flag", {"is_open": 2}, 1),
    "an open Saturday": Spoilt("trade_cal", "weekend", {"is_open": 1}, 2),
    "a session before after it": Spoilt("trade_cal", "dates_out_of_order", {"pretrade_date": "20200106"}, 1),
    "a dividend below zero": Spoilt("dividends", "negative_dividend", {"cash_div_tax": -0.218}, 1),
    "new shares for ten": Spoilt("dividends", "too_many_shares", {"stk_div": 10.0}, 1),
    "a record after the ex-date": Spoilt("dividends", "dates_out_of_order", {"record_date": "20200529"}, 1),
    "a payment before the ex-date": Spoilt("dividends", "early_payment", {"pay_date": "20200527"}, 1, "warning"),
    "a name that ends before it begins": Spoilt("namechange", "dates_out_of_order", {"end_date": "19980430"}),
    "an industry that ends before it begins": Spoilt("industries", "dates_out_of_order", {"out_date": "20091231"}),
    "a suspension of no kind": Spoilt("suspensions", "bad_suspension", {"suspend_type": "X"}, 1),
    "a weight below zero": Spoilt("index_members", "negative_figure", {"weight": -4.0}, 1),
    "a weight of more than everything": Spoilt("index_members", "bad_weight", {"weight": 400.0}, 1),
    "an index whose high is below its low": Spoilt("index_1d", "high_below_low", {"high": 4131.0, "low": 4164.0}, 1),
    "a delisting before the listing": Spoilt("instruments", "dates_out_of_order", {"delist_date": "20010826"}),
    "a limit of no rule": Spoilt("instruments", "bad_percent", {"limit_percent": 7}, 1),
    "a flag of two": Spoilt("instruments", "bad_flag", {"same_day": 2}, 1),
    "a listing that cannot be read": Spoilt("instruments", "bad_date", {"list_date": "in 2001"}, 1),
    "a code that becomes itself": Spoilt("code_changes", "same_code", {"new_code": "600001.SH"}),
}


def written(folder: Path, table: str, columns: Mapping[str, Column], form: str) -> Path:
    file = folder / f"{table}.{form}"
    rows = pl.DataFrame(columns, strict=False)
    rows.write_csv(file) if form == "csv" else rows.write_parquet(file)
    return file


def spoil(case: Spoilt) -> dict[str, Column]:
    columns = {name: list(values) for name, values in CLEAN[case.table].items()}
    for name, value in case.cells.items():
        columns[name][case.row] = value
    return columns


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("table", CLEAN)
def test_the_clean_twins_come_in(lake: Lake, tmp_path: Path, table: str, form: str):
    report = import_table(lake.url, table, [written(tmp_path, table, CLEAN[table], form)])
    assert report.rows_written == len(next(iter(CLEAN[table].values())))
    assert [finding for finding in report.findings if finding.kind != "minutes_incomplete"] == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_row_is_told_with_its_place(lake: Lake, tmp_path: Path, name: str, form: str):
    case = SPOILT[name]
    file = written(tmp_path, case.table, spoil(case), form)
    if case.severity == "error":
        with pytest.raises(BadRowsError) as caught:
            import_table(lake.url, case.table, [file])
        findings = caught.value.findings
        assert list_versions(lake.store) == []
    else:
        findings = import_table(lake.url, case.table, [file]).findings
    (found,) = [finding for finding in findings if finding.kind == case.kind]
    assert (found.severity, found.count, found.table) == (case.severity, 1, case.table)
    assert found.examples[0].startswith(f"{file.name} row {case.row + 1}: ")
    others = {finding.kind for finding in findings if finding.severity == "error"} - {case.kind}
    assert others == set()


def test_they_are_fifty_kinds_and_more_of_all_tables():
    assert len(SPOILT) >= 50 and {case.table for case in SPOILT.values()} == set(CLEAN)
