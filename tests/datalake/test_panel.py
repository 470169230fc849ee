"""Panels against their slow twin, and what mapping them promises."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.asked.universe import read_universe
from datalake.calendar import ints_to_dates
from datalake.errors import ContextError, StorageError, UnknownDatasetError
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.membership import most_traded, resolve_members
from datalake.panels.minutes import over_minutes
from datalake.panels.packing import unpack
from datalake.panels.panel import DATES, PanelSpec, to_market
from datalake.reading import Reader
from datalake.versions import Dataset, resolve
from engine.market import FAR, Market
from tests.datalake.naive_panel import NAMES, naive_panel, number
from tests.datalake.rows import daily


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


@pytest.mark.parametrize(
    "case",
    [
        ({"codes": ["009001.SZ", "609011.SH", "529001.SH"]}, date(2021, 5, 10), date(2021, 7, 20), 30, ["pe", "total_mv"]),
        ({"codes": ["689901.SH", "009013.SZ"]}, date(2019, 7, 1), date(2019, 8, 30), 5, []),
        ({"index": "009300.SH"}, date(2018, 1, 2), date(2018, 7, 20), 40, ["pb"]),
        ({"rank": "amount", "top": 5, "lag": 1}, date(2024, 6, 3), date(2024, 7, 31), 3, []),
        ({"rank": "total_mv", "top": 7, "lag": 0}, date(2018, 1, 2), date(2018, 2, 28), 10, []),
        ({"all": True}, date(2020, 12, 21), date(2021, 1, 15), 2, ["turnover_rate"]),
    ],
)
def test_a_panel_equals_its_slow_twin(sample_lake: Lake, sample: Dataset, sample_rows, case):
    universe, start, end, warm_up, fields = case
    window = int(f"{start:%Y%m%d}"), int(f"{end:%Y%m%d}")
    market = built(sample_lake, PanelSpec.of(sample, universe, window, warm_up, fields=[*fields, "is_st"]))
    slow = naive_panel(sample_rows, universe, start, end, warm_up, fields)
    assert list(market.codes) == slow["codes"]
    assert market.sessions.tolist() == [int(f"{day:%Y%m%d}") for day in slow["days"]]
    assert market.window_start == slow["window_start"]
    assert market.previous_session is not None and market.previous_session.tolist() == slow["previous_session"]
    assert market.next_session is not None and market.next_session.tolist() == slow["next_session"]
    for name in NAMES:
        found = getattr(market, name)
        assert found.tolist() == slow[name], name
        assert found.flags.c_contiguous
    for name, values in slow["listings"].items():
        assert list(getattr(market.listings, name)) == values, name
    assert market.actions.dividends.tolist() == slow["dividends"]
    assert market.actions.dividends.dtype == market.actions.code_changes.dtype == np.int64
    assert set(market.fields) == set(fields)
    for name in fields:
        assert np.array_equal(market.fields[name], slow["fields"][name], equal_nan=True)


@pytest.mark.parametrize("universe", [{"index": "009300.SH"}, {"rank": "amount", "top": 5, "lag": 1}])
def test_who_was_a_member_in_the_warm_up_only_is_there_for_those_who_ask(sample_lake: Lake, sample: Dataset, sample_rows, universe):
    """Else what is compared across the stocks of a day would know who is a member later."""
    start, end, window = date(2021, 1, 4), date(2021, 1, 29), (20210104, 20210129)
    plain = built(sample_lake, PanelSpec.of(sample, universe, window, 250))
    asking = built(sample_lake, PanelSpec.of(sample, universe, window, 250, fields=["past_members"]))
    slow = naive_panel(sample_rows, universe, start, end, 250, [], past_members=True)
    assert list(asking.codes) == slow["codes"] and set(plain.codes) < set(asking.codes)
    for name in NAMES:
        assert getattr(asking, name).tolist() == slow[name], name
    shorter = built(sample_lake, PanelSpec.of(sample, universe, (20210104, 20210108), 250, fields=["past_members"]))
    past = asking.times < asking.times[asking.window_start]
    for panel in (asking, shorter):  # whoever is there on a past day is there whatever comes
        there = (panel.member * (panel.open > 0))[: past.sum()]
        assert {panel.codes[k] for k in np.nonzero(there)[1]} == {
            asking.codes[k] for k in np.nonzero((asking.member * (asking.open > 0))[past])[1]
        }
    minutes = built(sample_lake, PanelSpec.of(sample, universe, (20241111, 20241129), 250, "1d", ["past_members"], "5m"))
    assert minutes.decided_by is not None and minutes.codes == minutes.decided_by.codes


def test_types_are_those_of_the_market(sample_market: Market):
    for name in ("open", "high", "low", "close", "pre_close", "limit_up", "limit_down", "listed_sessions", *DATES):
        assert getattr(sample_market, name).dtype == np.int32, name
    for name in ("times", "volume", "amount", "adj_factor"):
        assert getattr(sample_market, name).dtype == np.int64, name
    for name in ("member", "is_st"):
        assert getattr(sample_market, name).dtype == np.uint8, name
    assert sample_market.listings.same_day.dtype == np.uint8
    assert sample_market.listings.delisting_from.dtype == sample_market.listings.delist_date.dtype == np.int32
    assert sample_market.fields["pe"].dtype == np.float64
    assert set(sample_market.boards) == {"main", "chinext", "star", "fund", "fund_20"}
    empty = sample_market.open == 0
    assert (sample_market.low[empty] == FAR).all() and not sample_market.volume[empty].any()


def test_adjusted_prices_do_not_jump_on_ex_dates(sample_market: Market):
    """The adjusted close over the adjusted last close is the day's traded return."""
    traded = sample_market.open > 0
    adjusted = sample_market.close * sample_market.adj_factor.astype(np.float64)
    for column in range(len(sample_market.codes)):
        rows = np.nonzero(traded[:, column])[0]
        change = adjusted[rows[1:], column] / adjusted[rows[:-1], column]
        told = sample_market.close[rows[1:], column] / sample_market.pre_close[rows[1:], column]
        assert np.abs(change / told - 1).max() < 3e-6


def test_the_spec_names_the_object(sample: Dataset):
    spec = PanelSpec.of(sample, ["009001.SZ", "689901.SH"], (20200101, 20201231), 20, fields=["pe", "is_st"])
    same = PanelSpec.of(sample, {"codes": ["689901.SH", "009001.SZ"]}, (20200101, 20201231), 20, fields=["is_st", "pe", "pe"])
    assert spec == same and spec.key == same.key
    assert PanelSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    others = [PanelSpec.of(sample, ["009001.SZ"], (20200101, 20201231), 20), PanelSpec.of(sample, {"all": True}, (20200101, 20201231), 20)]
    assert len({spec.key, *(other.key for other in others)}) == 3


def test_the_header_says_how_much_warm_up_there_was(sample_lake: Lake, sample: Dataset):
    header, _ = unpack(build_panel(sample_lake, PanelSpec.of(sample, ["009001.SZ"], (20180110, 20180301), 20)))
    assert header["warm_up"] == {"wanted": 20, "got": 6}


def test_codes_without_a_bar_in_the_window_are_left_out_and_named(sample_lake: Lake, sample: Dataset):
    header, _ = unpack(build_panel(sample_lake, PanelSpec.of(sample, ["009001.SZ", "689912.SH"], (20190101, 20190301), 0)))
    assert (header["codes"], header["left_out"]) == (["009001.SZ"], ["689912.SH"])


@pytest.mark.parametrize(
    ("universe", "window", "message"),
    [
        (["600519.SH"], (20200101, 20201231), "there is no 600519.SH"),
        (["009001.SZ"], (20201231, 20200101), "ends (2020-12-31"),
        ({"rank": "amount", "top": 3, "lag": 9}, (20180102, 20180108), "the universe is empty on every day"),
    ],
)
def test_a_panel_that_cannot_be_built_says_why(sample_lake: Lake, sample: Dataset, universe, window, message: str):
    with pytest.raises(ContextError) as caught:
        build_panel(sample_lake, PanelSpec.of(sample, universe, window, 10))
    assert message.split("(", maxsplit=1)[0] in str(caught.value)


def test_a_window_in_which_everybody_is_suspended(sample_lake: Lake, sample: Dataset, sample_rows):
    row = sample_rows["suspensions"].row(0, named=True)
    day = int(f"{row['trade_date']:%Y%m%d}")
    with pytest.raises(ContextError, match="no stock of the universe has a bar in the window"):
        build_panel(sample_lake, PanelSpec.of(sample, [row["ts_code"]], (day, day), 10))


def test_an_index_member_without_bars_or_listing_is_left_out(lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    members = {"trade_date": ["20200102"] * 2, "con_code": ["600519.SH", "601318.SH"], "weight": [5.0, 4.0]}
    pl.DataFrame(members).with_columns(index_code=pl.lit("000300.SH")).write_csv(tmp_path / "members.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    import_table(lake.url, "index_members", [tmp_path / "members.csv"])
    market = built(lake, PanelSpec.of(resolve(lake.store), {"index": "000300.SH"}, (20200102, 20200103), 0))
    assert market.codes == ("600519.SH",)


def test_a_bar_on_a_day_that_is_no_session_has_no_rank(lake: Lake, tmp_path: Path):
    """The 6th is a holiday by the calendar; its amounts would choose somebody else for the 7th."""
    bars = daily(trade_date=["20200103", "20200106", "20200103", "20200107"], amount=[2571196.482, 99914495.474, 16696841.0, 14266383.0])
    bars.with_columns(vol=pl.col("amount") * 10 / pl.col("close")).write_csv(tmp_path / "daily.csv")
    days = {"exchange": ["SSE"] * 2, "cal_date": ["20200103", "20200107"], "is_open": [1, 1]}
    pl.DataFrame(days).write_csv(tmp_path / "calendar.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    import_table(lake.url, "trade_cal", [tmp_path / "calendar.csv"])
    universe = {"rank": "amount", "top": 1, "lag": 1}
    market = built(lake, PanelSpec.of(resolve(lake.store), universe, (20200107, 20200107), 0))
    assert market.codes == ("600519.SH",)


def test_another_lakes_dataset_of_the_same_name_is_refused(sample_lake: Lake, sample: Dataset, lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    spec = PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200102, 20200103), 0)
    with pytest.raises(UnknownDatasetError):
        build_panel(sample_lake, spec)


def test_minute_panels_lie_on_the_grid_of_right_edges(sample_lake: Lake, sample: Dataset, sample_rows):
    codes = list(sample.catalog.bars["5m"].codes)
    market = built(sample_lake, PanelSpec.of(sample, codes, (20241111, 20241231), 100, "5m"))
    rows = {(row["ts_code"], row["time"].timestamp() * 1000): row for row in sample_rows["bars_5m"].iter_rows(named=True)}
    days = sorted({row["trade_date"] for row in rows.values()})
    start = next(number for number, day in enumerate(days) if day >= date(2024, 11, 11))
    assert market.shape == ((len(days) - start + 3) * 48, 10) and market.window_start == 3 * 48
    reference = {
        (row["ts_code"], int(f"{row['trade_date']:%Y%m%d}")): row["pre_close"] for row in sample_rows["bars_1d"].iter_rows(named=True)
    }
    for column, code in enumerate(codes):
        for row, time in enumerate(market.times.tolist()):
            bar = rows.get((code, float(time)))
            if bar is None:
                assert market.open[row, column] == 0
                continue
            for name in ("open", "high", "low", "close", "volume", "amount"):
                assert getattr(market, name)[row, column] == bar[name]
            assert market.pre_close[row, column] == reference[code, int(market.sessions[row])]


def test_minute_bars_know_no_figure_of_their_own_day(sample_lake: Lake, sample: Dataset):
    codes, window = list(sample.catalog.bars["5m"].codes), (20241105, 20241129)
    names = ["turnover_rate", "total_mv"]
    minutes = built(sample_lake, PanelSpec.of(sample, codes, window, 48, "5m", names))
    days = built(sample_lake, PanelSpec.of(sample, codes, window, 2, "1d", names))
    assert days.sessions[0] == 20241101
    for name in names:
        told = np.repeat(days.fields[name][:-1], 48, axis=0)
        np.testing.assert_array_equal(minutes.fields[name], told)


ARRAYS = ("times", *DATES, "open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor")
FACTS = ("limit_up", "limit_down", "member", "is_st", "listed_sessions")


def test_orders_may_meet_finer_bars_than_signals(sample_lake: Lake, sample: Dataset):
    """The deciding market is that of the daily panel, the other one that of the minute panel without its warm-up."""
    codes, window = list(sample.catalog.bars["5m"].codes), (20241111, 20241231)
    both = built(sample_lake, PanelSpec.of(sample, codes, window, 30, "1d", ["pe", "is_st"], "5m"))
    days = built(sample_lake, PanelSpec.of(sample, codes, window, 30, "1d", ["pe"]))
    minutes = built(sample_lake, PanelSpec.of(sample, codes, window, 48, "5m"))
    found = both.decided_by
    assert found is not None and found.decided_by is None
    assert (found.frequency, found.window_start, both.frequency, both.window_start) == ("1d", 30, "5m", 0)
    for name in (*ARRAYS, *FACTS):
        np.testing.assert_array_equal(getattr(found, name), getattr(days, name), name)
        if name != "member":
            np.testing.assert_array_equal(getattr(both, name), getattr(minutes, name)[48:], name)
    np.testing.assert_array_equal(found.fields["pe"], days.fields["pe"])
    assert both.fields == {}
    assert both.codes == found.codes == days.codes and both.boards == found.boards
    assert both.actions is not None and both.listings.delist_date.tolist() == found.listings.delist_date.tolist()
    assert np.isin(found.times[30:], both.times).all() and both.sessions[0] == found.sessions[30]


def test_who_has_no_bar_at_the_windows_start_has_its_last_close(lake: Lake, tmp_path: Path):
    """600519 has daily bars and no minutes on the 2nd, and nothing on the 3rd but an afternoon."""
    dates = ["20200102", "20200103"] * 2
    daily(trade_date=dates).filter(pl.Series([True, True, True, False])).write_csv(tmp_path / "daily.csv")
    bar = dict.fromkeys(("open", "high", "low", "close"), 1131.0)
    rows = [
        {"ts_code": "600519.SH", "trade_time": "2020-01-03 13:05:00", "vol": 100.0, "amount": 113100.0} | bar,
        {"ts_code": "000001.SZ", "trade_time": "2020-01-03 09:35:00", "vol": 100.0, "amount": 1700.0} | dict.fromkeys(bar, 17.0),
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "minutes.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    import_table(lake.url, "bars_5m", [tmp_path / "minutes.csv"])
    spec = PanelSpec.of(resolve(lake.store), ["000001.SZ", "600519.SH"], (20200103, 20200103), 1, "1d", (), "5m")
    market = built(lake, spec)
    assert market.shape == (48, 2)
    assert market.close[:, 1].tolist() == [1_130_000] * 24 + [1_131_000] * 24
    assert market.pre_close[24, 1] == 1_130_000 and market.pre_close[23, 1] == 0
    assert market.decided_by is not None and market.decided_by.open[:, 1].tolist() == [1_128_000, 0]


def test_the_same_bars_for_both_are_one_panel(sample: Dataset):
    window = (20241111, 20241231)
    plain = PanelSpec.of(sample, ["009001.SZ"], window, 5)
    assert PanelSpec.of(sample, ["009001.SZ"], window, 5, "1d", (), "1d") == plain
    finer = PanelSpec.of(sample, ["009001.SZ"], window, 5, "1d", (), "5m")
    assert finer.key != plain.key and PanelSpec.from_json(json.loads(json.dumps(finer.to_json()))) == finer
    older = {name: value for name, value in plain.to_json().items() if name != "execution_frequency"}
    assert PanelSpec.from_json(older) == plain


def test_a_list_of_members_is_known_after_its_own_day_to_minute_bars(sample_lake: Lake, sample: Dataset):
    days = ints_to_dates([day for day in sample.catalog.sessions if 20180101 <= day <= 20191231])
    reader, universe = Reader(sample_lake, sample), read_universe({"index": "009300.SH"})
    at_close, before = resolve_members(reader, universe, days, days), resolve_members(reader, universe, days[1:], days[:-1])
    columns = np.isin(at_close.codes, before.codes)
    assert (np.diff(at_close.flags, axis=0) != 0).any()
    np.testing.assert_array_equal(before.flags, at_close.flags[:-1, columns])


def test_a_day_whose_minutes_are_missing_still_has_its_close_and_its_ex_date():
    sessions, daily = np.array([20200102, 20200103, 20200106], np.int32), np.array([[1000], [900], [990]], np.int32)
    facts = {"close": daily, "pre_close": np.array([[1000], [500], [900]], np.int32), "adj_factor": np.ones((3, 1), np.int64)}
    facts |= dict.fromkeys(("limit_up", "limit_down"), np.zeros((3, 1), np.int32))
    bars = {name: np.zeros((3 * 48, 1), np.int32) for name in ("open", "high", "low", "close")}
    for price in bars.values():
        price[:48], price[2 * 48 :] = 1000, 990
    minutes = over_minutes(facts, bars | {name: np.zeros((3 * 48, 1), np.int64) for name in ("volume", "amount")}, sessions, "5m")
    assert minutes["close"][47:97:1, 0].tolist() == [1000, *[500] * 47, 900, 990]
    assert (minutes["pre_close"][48:96] == 0).all()


def test_minute_bars_without_daily_ones_refer_to_the_last_close(lake: Lake, real_data: Path):
    import_table(lake.url, "bars_5m", [real_data / "bars_5m.parquet"])
    market = built(lake, PanelSpec.of(resolve(lake.store), ["600519.SH", "300766.SZ"], (20260206, 20260330), 48, "5m"))
    assert market.codes == ("300766.SZ", "600519.SH") and market.window_start == 48
    last, there = market.close[47::48], market.open > 0
    assert there[:, 0].all() and there[: 31 * 48, 1].all() and not there[31 * 48 :, 1].any()
    assert (market.pre_close[48::48] == last[:-1])[there[48::48]].all()
    assert (market.pre_close[0] == market.open[0]).all()


@pytest.mark.parametrize("with_factors", [True, False])
def test_ex_dates_of_the_real_market(lake: Lake, real_data: Path, tmp_path: Path, with_factors: bool):
    """Factors step exactly on the known events; by the vendor's ratio, or by last close / pre_close to the millionth."""
    file = real_data / "bars_1d_sample_2018_2020.parquet"
    if not with_factors:
        file = tmp_path / "bars.parquet"
        pl.read_parquet(real_data / "bars_1d_sample_2018_2020.parquet").drop("adj_factor").write_parquet(file)
    import_table(lake.url, "bars_1d", [file])
    dataset = resolve(lake.store)
    codes = [row.ts_code for row in dataset.catalog.instruments]
    steps = steps_of(built(lake, PanelSpec.of(dataset, codes, (20181115, 20200410), 0)))
    events = pl.read_parquet(real_data / "ex_events_2018_2020.parquet").filter(pl.col("ts_code").is_in(codes))
    known = {(row["ts_code"], number(row["ex_date"])): row for row in events.iter_rows(named=True)}
    assert set(steps) == set(known)
    told = "adj_factor_step" if with_factors else "ratio_from_price"
    assert all(abs(steps[key] / known[key][told] - 1) < 5e-6 for key in known)


@pytest.mark.slow
def test_all_ex_dates_of_the_real_market(lake: Lake, real_data: Path):
    import_table(lake.url, "bars_1d", [real_data / "bars_1d_market_2018_2020.parquet"])
    steps = steps_of(built(lake, PanelSpec.of(resolve(lake.store), {"all": True}, (20181115, 20200410), 0)))
    events = pl.read_parquet(real_data / "ex_events_2018_2020.parquet")
    assert set(steps) == {(row["ts_code"], number(row["ex_date"])) for row in events.iter_rows(named=True)}
    assert len(steps) == 2_569


def steps_of(market: Market) -> dict[tuple[str, int], float]:
    """By code and day the factor's steps after each stock's first bar."""
    rows, columns = np.nonzero(np.diff(market.adj_factor, axis=0))
    first_bar = np.argmax(market.open > 0, axis=0)
    return {
        (market.codes[column], int(market.sessions[row + 1])): market.adj_factor[row + 1, column] / market.adj_factor[row, column]
        for row, column in zip(rows, columns, strict=True)
        if row + 1 != first_bar[column]
    }


def test_the_most_traded_stocks(sample_lake: Lake, sample: Dataset, sample_rows):
    span = (20200101, 20200131)
    inside = sample_rows["bars_1d"].filter(pl.col("trade_date").is_between(date(2020, 1, 1), date(2020, 1, 31)))
    stocks = inside.filter(~pl.col("ts_code").str.contains(r"^(5|15)"))
    expected = stocks.group_by("ts_code").agg(pl.col("amount").sum()).sort("amount", descending=True).head(10)["ts_code"].to_list()
    assert most_traded(sample_lake, sample, span, 10) == expected


def test_a_table_file_that_is_gone_is_told(lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    spec = PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200102, 20200103), 0)
    for file in (tmp_path / "lake" / "import" / "bars_1d").glob("year=*/*.parquet"):
        file.unlink()
    with pytest.raises(StorageError, match="cannot use the tables of import:v1"):
        build_panel(lake, spec)
