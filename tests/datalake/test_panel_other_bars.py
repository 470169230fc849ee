"""Panels that hold other bars: indices beside stocks, daily bars beside minute ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.asked.context import check_context
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.tables import DAILY_BASIC_FIELDS
from datalake.versions import Dataset, resolve
from engine.indicators.bars import own_bars
from engine.indicators.compute import signals
from engine.language import Graph, compile_strategy
from engine.market import FAR, Market
from tests.datalake.cut_lake import written
from tests.datalake.rows import daily

INDEX = "009300.SH"
MINUTES = (20241111, 20241231)


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


def minute_codes(sample: Dataset) -> list[str]:
    return list(sample.catalog.bars["5m"].codes)


@pytest.mark.parametrize(("frequency", "window", "extra"), [("1d", (20200601, 20200630), 0), ("5m", MINUTES, 1)])
def test_an_index_begins_before_the_panel(sample_lake: Lake, sample: Dataset, sample_rows, frequency: str, window, extra: int):
    codes = minute_codes(sample) if frequency == "5m" else ["009001.SZ", "689901.SH"]
    spec = PanelSpec.of(sample, codes, window, 3, frequency, [f"index:{INDEX}"]).reaching(7)
    market = built(sample_lake, spec)
    index = market.references[INDEX]
    first = sample.catalog.sessions.index(int(market.sessions[0])) - 7 - extra
    assert tuple(index.sessions.tolist()) == sample.catalog.sessions[first : first + index.shape[0]]
    assert index.sessions[-1] == market.sessions[-1]
    rows = {int(f"{row['trade_date']:%Y%m%d}"): row for row in sample_rows["index_1d"].iter_rows(named=True)}
    for name in ("open", "high", "low", "close", "volume", "amount"):
        assert getattr(index, name)[:, 0].tolist() == [rows[day][name] for day in index.sessions.tolist()], name
        assert getattr(index, name).dtype == getattr(market, name).dtype and getattr(index, name).flags.c_contiguous
    assert (index.codes, index.frequency, index.adj_factor.tolist()) == ((INDEX,), "1d", [[1_000_000]] * index.shape[0])
    plain = built(sample_lake, replace(spec, fields=(), further=0))
    assert plain.references == {} and plain.fields == {} == market.fields
    for name in ("times", "open", "close", "member", "adj_factor"):
        np.testing.assert_array_equal(getattr(market, name), getattr(plain, name))


def test_a_session_without_a_bar_of_the_index_is_a_hole(lake: Lake, tmp_path: Path):
    dates = ["20200102", "20200103"] * 2
    daily(trade_date=dates).write_csv(tmp_path / "daily.csv")
    bar = {"ts_code": "000300.SH", "trade_date": "20200102", "vol": 1.0, "amount": 1.0, "pre_close": 4000.0}
    pl.DataFrame([bar | dict.fromkeys(("open", "high", "low", "close"), 4100.123)]).write_csv(tmp_path / "index.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    import_table(lake.url, "index_1d", [tmp_path / "index.csv"])
    index = built(lake, PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200102, 20200103), 0, fields=["index:000300.SH"])).references
    bars = index["000300.SH"]
    assert bars.sessions.tolist() == [20200102, 20200103]
    assert bars.open.tolist() == [[4_100_123], [0]] and bars.low.tolist() == [[4_100_123], [FAR]]


def test_signals_that_decide_for_finer_bars_have_the_index(sample_lake: Lake, sample: Dataset):
    spec = PanelSpec.of(sample, minute_codes(sample), MINUTES, 5, "1d", [f"index:{INDEX}"], "5m").reaching(2)
    market = built(sample_lake, spec)
    assert market.decided_by is not None and market.references == {}
    first = sample.catalog.sessions.index(int(market.decided_by.sessions[0]))
    assert market.decided_by.references[INDEX].sessions[0] == sample.catalog.sessions[first - 2]


BARS = ("times", "sessions", "previous_session", "next_session", "open", "high", "low", "close", "pre_close", "volume", "amount")
FACTS = ("limit_up", "limit_down", "is_st", "listed_sessions", "adj_factor")


@pytest.mark.parametrize("further", [0, 30])
def test_daily_bars_beside_minute_ones_are_those_of_the_daily_panel(sample_lake: Lake, sample: Dataset, further: int):
    codes, fields = minute_codes(sample), ["daily", "pe", "is_st"]
    minutes = built(sample_lake, PanelSpec.of(sample, codes, MINUTES, 50, "5m", fields).reaching(further))
    own = PanelSpec.of(sample, codes, MINUTES, 50, "5m", ["pe", "is_st"])
    plain, days = built(sample_lake, own), built(sample_lake, PanelSpec.of(sample, codes, MINUTES, 3 + further, "1d", ["pe", "is_st"]))
    assert minutes.daily is not None and plain.daily is None
    first = sample.catalog.sessions.index(int(minutes.sessions[0]))
    assert minutes.daily.sessions[0] == sample.catalog.sessions[first - further - 1]
    assert minutes.window_start == plain.window_start == 2 * 48
    assert minutes.daily.codes == minutes.codes == days.codes
    assert minutes.daily.sessions[minutes.daily.window_start] == minutes.sessions[minutes.window_start]
    for name in (*BARS, *FACTS):
        np.testing.assert_array_equal(getattr(minutes.daily, name), getattr(days, name), err_msg=name)
    np.testing.assert_array_equal(minutes.daily.fields["pe"], days.fields["pe"])
    np.testing.assert_array_equal(minutes.daily.member[:-1], days.member[:-1])
    for name in (*BARS, "member", "is_st", "listed_sessions"):
        np.testing.assert_array_equal(getattr(minutes, name), getattr(plain, name), err_msg=name)
    np.testing.assert_array_equal(minutes.fields["pe"], plain.fields["pe"])
    np.testing.assert_array_equal(minutes.adj_factor[::48], minutes.daily.adj_factor[further + 1 :])


@pytest.mark.parametrize("frequency", ["1d", "5m"])
def test_what_a_strategy_asks_for_is_enough_for_its_first_bar(sample_lake: Lake, sample: Dataset, sample_rows, frequency: str):
    """The index's mean over three sessions, on the first bar of the window."""
    rank = f"index(sma(close, 3), '{INDEX}')" + " + 0 * daily(sma(raw_close, 9))" * (frequency == "5m")
    program = compile_strategy(f'name: x\nentry: close > open\nexit: close < open\nrank: "{rank}"\n')
    spec = PanelSpec.of(sample, minute_codes(sample), MINUTES, program.look_back, frequency, program.fields)
    market = built(sample_lake, spec.reaching(program.further_look_back))
    graph = Graph()
    found = next(signals(own_bars(market), graph, [program.outputs(graph, {})])).rank[market.window_start, : market.shape[1]]
    points = {int(f"{row['trade_date']:%Y%m%d}"): row["close"] / 1000 for row in sample_rows["index_1d"].iter_rows(named=True)}
    last = sample.catalog.sessions.index(int(market.sessions[market.window_start])) - (frequency == "5m")
    days = sample.catalog.sessions[last - 2 : last + 1]
    assert market.window_start == 0 and (market.open[0] > 0).any()
    assert (found[market.open[0] > 0] == sum(points[day] for day in days) / 3).all()


@pytest.mark.parametrize("frequency", ["1w", "1mo"])
def test_a_week_sees_what_a_day_sees_at_its_last_close(sample_lake: Lake, sample: Dataset, frequency: str):
    """Daily bars and an index's beside weeks and months, on ex-dates and after suspensions: the number of a daily strategy on that day."""
    x = f"sma(close, 7) / close + index(roc(close, 5), '{INDEX}')"

    def ranks(own: str, expression: str) -> tuple[Market, np.ndarray]:
        program = compile_strategy(f'name: x\nentry: close > 0\nexit: close < 0\nrank: "{expression}"\n')
        codes = [row.ts_code for row in sample.catalog.instruments]
        spec = PanelSpec.of(sample, codes, (20210104, 20231229), program.look_back, own, program.fields)
        market = built(sample_lake, spec.reaching(program.further_look_back))
        bars, graph = market.decided_by or market, Graph()
        return bars, next(signals(own_bars(bars), graph, [program.outputs(graph, {})])).rank[:, : bars.shape[1]]

    weeks, found = ranks(frequency, f"daily(sma(close, 7) / close) + index(roc(close, 5), '{INDEX}')")
    days, expected = ranks("1d", x)
    assert weeks.codes == days.codes
    rows, first = np.searchsorted(days.sessions, weeks.sessions), weeks.window_start
    both = (weeks.open > 0) & (days.open[rows] > 0)  # a daily strategy has no number on a day without a bar
    both[:first] = False
    np.testing.assert_array_equal(found[both], expected[rows][both])
    assert both.sum() > 2_000 and np.isfinite(found[both]).mean() > 0.9
    suspended = (weeks.open > 0) & (days.open[rows] == 0)
    suspended[:first] = False
    assert suspended.any() and np.isfinite(found[suspended]).any(), "the last daily bar before a suspension is seen"


def test_every_figure_of_the_day_serves_strategies(sample_rows, lake: Lake):
    """Those that the sample lacks, too: free-float turnover, twelve months' sales and dividends, free shares."""
    names = [column.name for column in DAILY_BASIC_FIELDS]
    tables = {name: sample_rows[name].filter(pl.col("ts_code") == "009001.SZ") for name in ("bars_1d", "daily_basic")}
    tables = {name: rows.filter(pl.col("trade_date").dt.year() == 2020) for name, rows in tables.items()}
    figures = ((pl.col("total_mv") / (7 + place)).alias(name) for place, name in enumerate(names) if name != "total_mv")
    tables["daily_basic"] = tables["daily_basic"].with_columns(figures)
    dataset = written(lake, tables)
    assert set(names) <= set(dataset.catalog.fields)
    program = compile_strategy(f'name: x\nentry: close > open\nexit: close < open\nrank: "{" + ".join(names)}"\n')
    assert set(program.fields) >= set(names)
    market = built(lake, PanelSpec.of(dataset, ["009001.SZ"], (20200301, 20200331), program.look_back, "1d", program.fields))
    graph = Graph()
    found = next(signals(own_bars(market), graph, [program.outputs(graph, {})])).rank[market.window_start :, 0]
    rows = {int(f"{row['trade_date']:%Y%m%d}"): row for row in tables["daily_basic"].iter_rows(named=True)}
    expected = [sum(rows[day][name] for name in names) for day in market.sessions[market.window_start :].tolist()]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_daily_bars_need_is_told(sample: Dataset, lake: Lake, tmp_path: Path):
    codes = minute_codes(sample)
    assert check_context(sample, codes, MINUTES, "5m", {"daily", f"index:{INDEX}"}) == []
    (problem,) = check_context(sample, codes, MINUTES, "1d", {"daily"})
    assert problem.field == "strategy.daily" and "without daily(...)" in str(problem.hint)
    (problem,) = check_context(sample, codes, MINUTES, "1d", {"daily"}, "5m")
    assert problem.field == "strategy.daily"
    bar = {"ts_code": "000001.SZ", "trade_time": "2020-01-03 09:35:00", "vol": 100.0, "amount": 1700.0}
    pl.DataFrame([bar | dict.fromkeys(("open", "high", "low", "close"), 17.0)]).write_csv(tmp_path / "minutes.csv")
    import_table(lake.url, "bars_5m", [tmp_path / "minutes.csv"])
    assert check_context(resolve(lake.store), ["000001.SZ"], (20200103, 20200103), "5m", {"daily"}) == [], "days are made of minutes"
    dates = ["20191231", "20200102"] * 2
    daily(trade_date=dates).write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    (problem,) = check_context(resolve(lake.store), ["000001.SZ"], (20200103, 20200103), "5m", {"daily"})
    assert problem.field == "context.window.end" and "daily bars that the strategy looks at" in problem.message


def test_the_reach_of_other_bars_names_another_object(sample: Dataset):
    plain = PanelSpec.of(sample, ["009001.SZ"], (20200101, 20201231), 20, fields=[f"index:{INDEX}"])
    assert plain.reaching(5).key != plain.key == plain.reaching(0).key
    assert PanelSpec.from_json(json.loads(json.dumps(plain.reaching(5).to_json()))) == plain.reaching(5)
    none = replace(plain, fields=("pe",))
    assert none.reaching(5) == none
