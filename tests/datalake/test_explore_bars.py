"""One code to look at: the stored bars, the sessions without any, its names and spells, and what is told where there is nothing."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from datalake.calendar import dates_to_ints, to_int
from datalake.errors import ContextError
from datalake.explore.bars import Viewed, Window, view
from datalake.explore.profile import Spell
from datalake.frames import conform
from datalake.frequencies import MINUTES
from datalake.lake import Lake
from datalake.panels.facts import SPECIAL
from datalake.reading import Reader
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset
from tests.datalake.rows import bars

NAMES = ("open", "high", "low", "close", "pre_close", "volume", "amount")
EVERYTHING = Window(start=20180101)
OTHERS = {"15m": 16, "30m": 8, "60m": 4, "5m": 48}
"""Bars of a session."""


def stored_bars(lake: Lake, dataset: Dataset, table: str, code: str) -> dict[int, tuple[int, ...]]:
    rows = Reader(lake, dataset).rows(table, codes=[code]).select("trade_date", *NAMES).collect()
    if table == "bars_1d":
        rows = rows.filter(pl.col("volume") > 0)
    return {to_int(row[0]): tuple(row[1:]) for row in rows.iter_rows()}


def seen_bars(viewed: Viewed) -> dict[int, tuple[int, ...]]:
    market = viewed.market
    return {
        int(market.sessions[row]): tuple(int(getattr(market, name)[row, 0]) for name in NAMES)
        for row in range(viewed.start, len(market.sessions))
        if market.open[row, 0] > 0
    }


def test_every_stock_and_fund_shows_its_stored_bars_on_every_session_of_its_life(sample_lake: Lake, sample: Dataset) -> None:
    sessions = sample.catalog.sessions
    for row in sample.catalog.instruments:
        viewed = view(sample_lake, sample, row.ts_code, EVERYTHING)
        stored = stored_bars(sample_lake, sample, "bars_1d", row.ts_code)
        assert seen_bars(viewed) == stored
        assert viewed.profile.bars == Spell(min(stored), max(stored))
        shown = viewed.market.sessions[viewed.start :].tolist()
        last = max(stored) if row.delist_date else sample.catalog.bars["1d"].last
        assert shown == [day for day in sessions if min(stored) <= day <= last]
        assert (viewed.profile.name, viewed.profile.board, viewed.profile.list_date) == (row.name, row.board, row.list_date)


def test_an_index_shows_its_stored_bars(sample_lake: Lake, sample: Dataset) -> None:
    viewed = view(sample_lake, sample, "009300.SH", EVERYTHING)
    stored = {day: row[:4] + row[5:] for day, row in stored_bars(sample_lake, sample, "index_1d", "009300.SH").items()}
    assert {day: row[:4] + row[5:] for day, row in seen_bars(viewed).items()} == stored
    assert viewed.profile.board == "index" and viewed.profile.bars == Spell(min(stored), max(stored))
    few = view(sample_lake, sample, "009300.SH", Window(bars=5))
    assert few.market.sessions[few.start :].tolist() == sorted(stored)[-5:] and few.start >= 1


@pytest.mark.parametrize(("frequency", "days"), [("1w", "1w"), ("1mo", "1mo")])
def test_weeks_and_months_of_an_index_are_made_of_its_days(sample_lake: Lake, sample: Dataset, frequency: str, days: str) -> None:
    rows = Reader(sample_lake, sample).rows("index_1d").filter(pl.col("ts_code") == "009300.SH").sort("trade_date")
    made = rows.group_by(pl.col("trade_date").dt.truncate(days), maintain_order=True).agg(
        pl.col("trade_date").last().alias("last"),
        pl.col("open").first(), pl.col("high").max(), pl.col("low").min(), pl.col("close").last(), pl.col("volume", "amount").sum(),
    )  # fmt: skip
    expected = {to_int(row[0]): tuple(row[1:]) for row in made.select("last", *NAMES[:4], *NAMES[5:]).collect().iter_rows()}
    viewed = view(sample_lake, sample, "009300.SH", Window(start=20180102, frequency=frequency))
    seen = {day: row[:4] + row[5:] for day, row in seen_bars(viewed).items()}
    assert seen.items() <= expected.items() and len(expected) - 2 <= len(seen) <= len(expected)
    few = view(sample_lake, sample, "009300.SH", Window(end=20240613, bars=3, frequency=frequency))
    shown = few.market.sessions[few.start :].tolist()
    assert shown == [day for day in seen if day <= 20240613][-3:] and few.start >= 1


def test_an_index_may_reach_further_than_the_stocks(lake: Lake) -> None:
    """Its bars ended with the stocks'."""
    stocks = bars(("600001.SH", date(2020, 1, 2), 1_000))
    index = bars(("000001.SH", date(2020, 1, 2), 1_000), ("000001.SH", date(2020, 1, 3), 2_000), ("000001.SH", date(2020, 1, 6), 3_000))
    index = index.select(column.name for column in TABLES["index_1d"].columns)
    days = [date(2020, 1, day) for day in (2, 3, 6)]
    calendar = conform(pl.DataFrame({"exchange": ["SSE"] * 3, "cal_date": days, "is_open": [1] * 3}).with_columns(
        pl.col("is_open").cast(pl.Int8), pretrade_date=pl.lit(None, pl.Date)), TABLES["trade_cal"])  # fmt: skip
    tables = {"bars_1d": stocks, "index_1d": index, "trade_cal": calendar}
    dataset = publish_tables(lake, "import", {name: merge(lake, "import", name, rows) for name, rows in tables.items()}, {})
    viewed = view(lake, dataset, "000001.SH", Window())
    assert {day: row[3] for day, row in seen_bars(viewed).items()} == {20200102: 1_000, 20200103: 2_000, 20200106: 3_000}
    beyond = view(lake, dataset, "000001.SH", Window(20200103, 20991231))
    assert beyond.market.sessions[beyond.start :].tolist() == [20200103, 20200106]


def test_spells_of_special_treatment_are_those_of_the_names(sample_lake: Lake, sample: Dataset) -> None:
    names = Reader(sample_lake, sample).rows("namechange").sort("ts_code", "start_date").collect()
    marked = 0
    for row in sample.catalog.instruments:
        viewed = view(sample_lake, sample, row.ts_code, Window(bars=1))
        own = names.filter(pl.col("ts_code") == row.ts_code)
        assert viewed.profile.names == tuple((to_int(start), name) for start, name in own.select("start_date", "name").rows())
        inside = {day for spell in viewed.profile.special for day in sample.catalog.sessions if spell.first <= day <= spell.last}
        expected = set()
        for start, end, name, later in zip(own["start_date"], own["end_date"], own["name"], own["start_date"].shift(-1), strict=True):
            if SPECIAL.match(name):
                last = to_int(end) if end else 99_999_999 if later is None else to_int(later) - 1
                expected |= {day for day in sample.catalog.sessions if to_int(start) <= day <= last}
        bars_of = viewed.profile.bars
        assert inside == {day for day in expected if bars_of.first <= day <= bars_of.last}
        marked += bool(inside)
    assert marked


@pytest.mark.parametrize("frequency", sorted(OTHERS))
def test_minutes_end_with_the_newest_bars(sample_lake: Lake, sample: Dataset, frequency: str) -> None:
    code = sample.catalog.bars["5m"].codes[0]
    for count in (1, OTHERS[frequency], OTHERS[frequency] + 1, 100):
        viewed = view(sample_lake, sample, code, Window(bars=count, frequency=frequency))
        assert len(viewed.market.times) - viewed.start == count and viewed.frequency == frequency
        assert (np.diff(viewed.market.times) > 0).all() and viewed.start >= 1
    last = viewed.market.times[-1].astype("datetime64[ms]") + np.timedelta64(8, "h")
    assert str(last.astype("datetime64[m]"))[11:] == "15:00" and MINUTES[frequency] * OTHERS[frequency] == 240


@pytest.mark.parametrize(("frequency", "days"), [("1w", "1w"), ("1mo", "1mo")])
def test_weeks_and_months_are_those_of_the_daily_bars(sample_lake: Lake, sample: Dataset, frequency: str, days: str) -> None:
    code = "009001.SZ"
    viewed = view(sample_lake, sample, code, Window(start=20190101, end=20211231, frequency=frequency))
    daily = Reader(sample_lake, sample).rows("bars_1d", (20190101, 20211231), [code]).sort("trade_date")
    by_period = daily.group_by(pl.col("trade_date").dt.truncate(days)).agg(pl.col("volume").sum(), pl.col("close").last()).collect()
    market, traded = viewed.market, viewed.market.open[:, 0] > 0
    closes = sorted(market.close[viewed.start :, 0][traded[viewed.start :]].tolist())
    assert 0 <= by_period.height - len(closes) <= 2  # the first and the last may not be whole
    assert set(closes) <= set(by_period["close"].to_list())
    for count in (1, 3):
        few = view(sample_lake, sample, code, Window(bars=count, frequency=frequency))
        assert len(few.market.times) - few.start == count


@pytest.mark.parametrize(
    ("code", "window", "said"),
    [
        ("009001.SH", Window(), "code: sample:v1 has no 009001.SH (did you mean '009001.SZ'?)"),
        ("009300.SZ", Window(), "code: sample:v1 has no 009300.SZ (did you mean '009300.SH'?)"),
        ("", Window(), "code: sample:v1 has no "),
        ("009300.SH", Window(frequency="5m"), "frequency: of the index 009300.SH there are bars of days, weeks and months (1d, 1w or 1mo)"),
        ("009300.SH", Window(20210101, 20210103), "window: there is no session in it"),
        ("009300.SH", Window(20241230, 20241231, frequency="1w"), "window: no week of 009300.SH ends in it"),
        ("009001.SZ", Window(frequency="7m"), "frequency: sample:v1 has no bars of frequency '7m' (it has 1d, 5m"),
        ("009001.SZ", Window(start=20990101), "window: 009001.SZ has no bar of that time (its bars are of 2018-01-02 to 2024-12-31)"),
        ("009001.SZ", Window(end=20170101), "window: 009001.SZ has no bar of that time"),
        ("009001.SZ", Window(20240201, 20240101), "window: 009001.SZ has no bar of that time"),
        ("009013.SZ", Window(start=20240102), "window: 009013.SZ has no bar of that time (its bars are of 2018-01-02 to 2023-05-30)"),
        ("009001.SZ", Window(20240210, 20240212), "context.window: there is no session from 2024-02-10 to 2024-02-12"),
        ("009001.SZ", Window(start=20180102, frequency="5m", end=20180105), "its bars are of 2024-11-01 to 2024-12-31"),
    ],
)
def test_what_cannot_be_seen_is_told(sample_lake: Lake, sample: Dataset, code: str, window: Window, said: str) -> None:
    with pytest.raises(ContextError) as caught:
        view(sample_lake, sample, code, window)
    assert said in str(caught.value)


def test_a_window_beyond_a_delisting_ends_with_the_last_bar(sample_lake: Lake, sample: Dataset) -> None:
    viewed = view(sample_lake, sample, "009013.SZ", Window(20230501, 20241231))
    assert int(viewed.market.sessions[-1]) == viewed.profile.bars.last == 20230530


def test_a_stock_of_minutes_without_minutes_is_told(sample_lake: Lake, sample: Dataset) -> None:
    code = next(row.ts_code for row in sample.catalog.instruments if row.ts_code not in sample.catalog.bars["5m"].codes)
    with pytest.raises(ContextError, match=f"no minute bars of {code}|no bar"):
        view(sample_lake, sample, code, Window(frequency="5m"))


def test_a_stock_that_never_traded_is_told(lake: Lake) -> None:
    rows = bars(("600001.SH", date(2020, 1, 2), 1_000), ("600001.SH", date(2020, 1, 3), 1_000), ("600002.SH", date(2020, 1, 3), 1_000))
    quiet = rows.with_columns(volume=pl.when(pl.col("ts_code") == "600002.SH").then(0).otherwise("volume"))
    dataset = publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", quiet)}, {})
    assert dates_to_ints(np.array(["2020-01-03"], "datetime64[D]"))[0] == view(lake, dataset, "600001.SH", Window()).profile.bars.last
    with pytest.raises(ContextError, match=r"code: import:v1 knows 600002\.SH, and has no bar of it"):
        view(lake, dataset, "600002.SH", Window())


def test_one_bar_in_the_whole_lake_can_be_seen(lake: Lake) -> None:
    row = bars(("600001.SH", date(2020, 1, 2), 1_000))
    dataset = publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", row)}, {})
    viewed = view(lake, dataset, "600001.SH", Window())
    assert seen_bars(viewed) == {20200102: (1_000,) * 5 + (100, 100_000)} and viewed.start == 0
    assert viewed.profile.name == "600001.SH"  # nobody told it
    assert viewed.profile.names == () and viewed.profile.special == () and viewed.halts == ()


def test_halts_of_hours_are_told_and_whole_days_are_not(sample_lake: Lake, sample: Dataset) -> None:
    rows = Reader(sample_lake, sample).rows("suspensions").collect()
    partly = rows.filter((pl.col("suspend_timing").fill_null("") != "") & (pl.col("suspend_type") == "S"))
    code = partly["ts_code"][0] if partly.height else "009001.SZ"
    halts = view(sample_lake, sample, code, EVERYTHING).halts
    own = partly.filter(pl.col("ts_code") == code).sort("trade_date")
    assert halts == tuple((to_int(day), hours) for day, hours in own.select("trade_date", "suspend_timing").rows())


def test_a_code_whose_minutes_are_of_other_days_than_its_life_is_told_of_both(lake: Lake) -> None:
    day, time = date(2021, 3, 1), datetime(2021, 3, 1, 1, 35, tzinfo=UTC)
    prices = pl.Series([1_000], dtype=pl.Int32)
    columns = {"ts_code": ["600001.SH"], "trade_date": [day], "time": [time]} | dict.fromkeys(NAMES[:4], prices)
    minutes = pl.DataFrame(columns | {"volume": [100], "amount": [100_000]}).with_columns(pl.col("time").dt.cast_time_unit("us"))
    rows = {"bars_1d": bars(("600001.SH", date(2020, 1, 2), 1_000)), "bars_5m": conform(minutes, TABLES["bars_5m"])}
    dataset = publish_tables(lake, "import", {table: merge(lake, "import", table, some) for table, some in rows.items()}, {})
    said = r"known from 2020-01-02 to 2020-01-02, bars of 15m from 2021-03-01 to 2021-03-01"
    with pytest.raises(ContextError, match=said):
        view(lake, dataset, "600001.SH", Window(frequency="15m"))


def test_a_stock_of_minutes_alone_is_seen_by_minutes_and_by_days(lake: Lake) -> None:
    times = [datetime(2020, 1, day, hour, 35, tzinfo=UTC) for day in (2, 3) for hour in (1, 2)]  # 09:35 and 10:35 in Shanghai
    prices = pl.Series([1_000, 1_010, 1_020, 1_030], dtype=pl.Int32)
    columns = {"ts_code": ["600001.SH"] * 4, "trade_date": [time.date() for time in times], "time": times}
    minutes = pl.DataFrame(columns | dict.fromkeys(NAMES[:4], prices) | {"volume": [100] * 4, "amount": [100_000] * 4})
    rows = conform(minutes.with_columns(pl.col("time").dt.cast_time_unit("us")), TABLES["bars_5m"])
    dataset = publish_tables(lake, "import", {"bars_5m": merge(lake, "import", "bars_5m", rows)}, {})
    seen = view(lake, dataset, "600001.SH", Window(start=20200102, frequency="5m"))
    assert seen.profile.bars == Spell(20200102, 20200103)
    assert seen.market.close[seen.market.open[:, 0] > 0, 0].tolist() == [1_000, 1_010, 1_020, 1_030]
    days = seen_bars(view(lake, dataset, "600001.SH", Window()))
    assert {day: (row[0], row[3], row[5]) for day, row in days.items()} == {20200102: (1_000, 1_010, 200), 20200103: (1_020, 1_030, 200)}
