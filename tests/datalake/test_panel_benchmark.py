"""Benchmarks in panels against their slow twin: indices and stocks, gaps, ex-dates, every kind of bars."""

import json
import math
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.errors import ContextError
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.versions import Dataset, resolve
from engine.market import Benchmark, Market
from tests.datalake.naive_panel import benchmark_on, sessions_of
from tests.datalake.rows import daily

INDEX = "009300.SH"
STOCK = "609001.SH"


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


def benchmark(
    lake: Lake, dataset: Dataset, code: str, window: tuple[int, int], warm_up: int = 0, bars: tuple[str, str] = ("1d", "")
) -> Benchmark:
    universe = list(dataset.catalog.bars["5m"].codes)[:2] if "5m" in bars else [dataset.catalog.instruments[0].ts_code]
    spec = PanelSpec.of(dataset, universe, window, warm_up, bars[0], (), bars[1]).compared_with(code)
    found = built(lake, spec).benchmark
    assert found is not None and found.code == code
    assert found.closes.dtype == np.float64 and found.closes.flags.c_contiguous and found.closes.flags.writeable
    return found


def same(found: Benchmark, expected: list[float]) -> None:
    np.testing.assert_array_equal(found.closes, np.array(expected))


def whole(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def bring(lake: Lake, folder: Path, table: str, rows: pl.DataFrame) -> Dataset:
    rows.write_csv(folder / f"{table}.csv")
    import_table(lake.url, table, [folder / f"{table}.csv"])
    return resolve(lake.store)


@pytest.mark.parametrize(
    ("start", "end", "warm_up"),
    [
        (date(2018, 1, 2), date(2018, 3, 30), 20),  # the first day of the data
        (date(2020, 6, 1), date(2020, 12, 31), 0),
        (date(2020, 6, 6), date(2020, 12, 31), 60),  # a Saturday
        (date(2024, 12, 31), date(2024, 12, 31), 5),  # one session, the last one
    ],
)
@pytest.mark.parametrize("code", [INDEX, STOCK, "609015.SH", "529001.SH", "609011.SH", "689912.SH"])
def test_a_benchmark_equals_its_slow_twin(sample_lake: Lake, sample: Dataset, sample_rows, code: str, start: date, end: date, warm_up: int):
    """An index, stocks with dividends and a rights issue, a fund, one that is delisted and one that is listed later."""
    table = "index_1d" if code == INDEX else "bars_1d"
    rows = sample_rows[table].filter(pl.col("ts_code") == code).to_dicts()
    vendor = sample_rows["adj_factor"].filter(pl.col("ts_code") == code)
    factors = dict(vendor.select("trade_date", "adj_factor").iter_rows())
    expected = benchmark_on(rows, sessions_of(sample_rows), start, end, None if code == INDEX else factors)
    found = benchmark(sample_lake, sample, code, (whole(start), whole(end)), warm_up).closes
    if code == INDEX:
        np.testing.assert_array_equal(found, expected)
    else:  # the factors of a panel start at the window's, step by step in millionths
        np.testing.assert_allclose(found, expected, rtol=5e-6)


def test_closes_of_sessions_are_the_same_for_every_kind_of_bars(sample_lake: Lake, sample: Dataset):
    window = (20241111, 20241231)
    for code in (INDEX, STOCK):
        days = benchmark(sample_lake, sample, code, window)
        for warm_up, bars in ((0, ("5m", "")), (96, ("5m", "")), (30, ("1d", "5m")), (30, ("1d", ""))):
            same(benchmark(sample_lake, sample, code, window, warm_up, bars), days.closes.tolist())


def test_only_the_market_of_the_orders_carries_the_benchmark(sample_lake: Lake, sample: Dataset):
    codes = list(sample.catalog.bars["5m"].codes)[:2]
    spec = PanelSpec.of(sample, codes, (20241111, 20241231), 5, "1d", (), "5m")
    market = built(sample_lake, spec.compared_with(INDEX))
    assert market.decided_by is not None and market.decided_by.benchmark is None
    assert market.benchmark is not None and len(market.benchmark.closes) == len(np.unique(market.sessions)) + 1
    assert built(sample_lake, spec).benchmark is None


def test_a_benchmark_changes_nothing_else_of_a_panel(sample_lake: Lake, sample: Dataset):
    plain = PanelSpec.of(sample, ["009001.SZ"], (20200101, 20201231), 20, fields=["pe"])
    against = plain.compared_with(STOCK)
    (bare, without), (told, having) = (unpack(build_panel(sample_lake, spec)) for spec in (plain, against))
    assert told["codes"] == bare["codes"] == ["009001.SZ"] and (bare["benchmark"], told["benchmark"]) == ("", STOCK)
    assert set(having) - set(without) == {"benchmark"}
    for name, array in without.items():
        np.testing.assert_array_equal(array, having[name], name)


def test_a_benchmark_is_part_of_the_panels_name(sample_lake: Lake, sample: Dataset):
    plain = PanelSpec.of(sample, ["009001.SZ"], (20200101, 20201231), 20)
    against = plain.compared_with(INDEX)
    assert len({plain.key, against.key, plain.compared_with(STOCK).key}) == 3
    assert plain.compared_with(None) == plain.compared_with("") == against.compared_with(None) == plain
    assert PanelSpec.from_json(json.loads(json.dumps(against.to_json()))) == against
    assert PanelSpec.from_json({name: value for name, value in plain.to_json().items() if name != "benchmark"}) == plain
    assert build_panel(sample_lake, against) == build_panel(sample_lake, against)


def test_an_ex_date_is_reinvested_and_a_suspension_is_a_gap(lake: Lake, tmp_path: Path):
    """600519 pays 30 yuan on the 3rd, has no bar on the 6th, and closes where it opened on the 7th: 1,100 to 1,070 is no loss."""
    days, closes, before = ["20200102", "20200103", "20200107"], [1100.0, 1070.0, 1177.0], [1000.0, 1070.0, 1070.0]
    prices = dict.fromkeys(("open", "high", "low", "close"), closes)
    stock = daily().head(3).with_columns(
        ts_code=pl.lit("600519.SH"), trade_date=pl.Series(days), pre_close=pl.Series(before), vol=1.0, amount=pl.Series(closes) / 10,
        **{name: pl.Series(values) for name, values in prices.items()},
    )  # fmt: skip
    other = stock.head(1).with_columns(ts_code=pl.lit("000001.SZ"))
    rows = pl.concat([stock, *(other.with_columns(trade_date=pl.lit(day)) for day in ("20200102", "20200103", "20200106", "20200107"))])
    dataset = bring(lake, tmp_path, "bars_1d", rows)
    found = benchmark(lake, dataset, "600519.SH", (20200102, 20200107)).closes
    assert math.isnan(found[3])
    np.testing.assert_allclose(found[[1, 2, 4]] / found[[0, 1, 2]], [1.1, 1.0, 1.1], rtol=1e-6)
    later = benchmark(lake, dataset, "600519.SH", (20200103, 20200107)).closes
    assert later[0] == later[1], "the reference of an ex-date is the price without the dividend"
    suspended = benchmark(lake, dataset, "600519.SH", (20200106, 20200107)).closes
    assert suspended[0] == 1_070_000 * 1_000_000.0 and math.isnan(suspended[1]), "the close of the session before"
    again = benchmark(lake, dataset, "600519.SH", (20200107, 20200107)).closes
    np.testing.assert_allclose(again[1] / again[0], 1.1)
    assert built(lake, PanelSpec.of(dataset, ["000001.SZ"], (20200106, 20200107), 0).compared_with("600519.SH")).codes == ("000001.SZ",)


def test_an_index_has_gaps_where_the_data_have_none(lake: Lake, tmp_path: Path):
    days = ["20200102", "20200103", "20200106", "20200107"]
    one = daily().head(1)
    stock = pl.concat([one.with_columns(trade_date=pl.lit(day)) for day in days])
    bring(lake, tmp_path, "bars_1d", stock)
    points = [("20200103", 3000.0, 2990.5), ("20200107", 3100.123, 3050.0)]
    index = pl.concat(
        one.with_columns(
            ts_code=pl.lit("000300.SH"), trade_date=pl.lit(day), pre_close=before, **dict.fromkeys(("open", "high", "low", "close"), close)
        )
        for day, close, before in points
    )
    dataset = bring(lake, tmp_path, "index_1d", index)
    nan = math.nan
    for window, expected in {
        (20200102, 20200107): [nan, nan, 3000.0, nan, 3100.123],  # the first day of all, without a bar
        (20200103, 20200107): [2990.5, 3000.0, nan, 3100.123],
        (20200106, 20200106): [3000.0, nan],  # its own bar is missing: the close of the session before
        (20200107, 20200107): [3050.0, 3100.123],  # its own reference, though the session before has no bar
    }.items():
        same(benchmark(lake, dataset, "000300.SH", window), expected)


@pytest.mark.parametrize("code", ["000300.SH", "600519.SH", "009300.SZ"])
def test_a_panel_against_an_unknown_code_is_refused(sample_lake: Lake, sample: Dataset, code: str):
    with pytest.raises(ContextError, match=f"no index, stock or fund '{code}'"):
        build_panel(sample_lake, PanelSpec.of(sample, ["009001.SZ"], (20200101, 20201231), 20).compared_with(code))


def test_the_real_index_has_its_gap(lake: Lake, real_data: Path, tmp_path: Path):
    """000300.SH has no bars from 2020-09-21 to 2023-09-22; before and after it every session has one."""
    calendar = pl.read_parquet(real_data / "trade_cal_xshg.parquet")
    import_table(lake.url, "trade_cal", [real_data / "trade_cal_xshg.parquet"])
    import_table(lake.url, "index_1d", [real_data / "index_1d.parquet"])
    days = [day for day in calendar.filter(pl.col("is_open") == 1)["cal_date"].to_list() if date(2020, 9, 1) <= day <= date(2023, 10, 31)]
    flat = dict.fromkeys(("open", "high", "low", "close", "pre_close"), 10.0)
    stock = pl.DataFrame([{"ts_code": "000001.SZ", "trade_date": day, "vol": 1.0, "amount": 1.0} | flat for day in days])
    dataset = bring(lake, tmp_path, "bars_1d", stock)
    found = benchmark(lake, dataset, "000300.SH", (20200901, 20231031)).closes
    gap = [day for day, close in zip(days, found[1:], strict=True) if math.isnan(close)]
    assert gap == [day for day in days if date(2020, 9, 21) <= day <= date(2023, 9, 22)]
    rows = pl.read_parquet(real_data / "index_1d.parquet").filter(pl.col("ts_code") == "000300.SH").to_dicts()
    in_li = [row | {name: round(row[name] * 1000) for name in ("close", "pre_close")} for row in rows]
    same(Benchmark("000300.SH", found), benchmark_on(in_li, days, days[0], days[-1]))
    after = benchmark(lake, dataset, "000300.SH", (20230925, 20231031)).closes
    assert not np.isnan(after).any(), "its first bar brings its own reference"
    assert math.isnan(benchmark(lake, dataset, "000300.SH", (20230922, 20231031)).closes[0])
