"""Minute bars of every frequency on their grids, and the opening auction."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalake.errors import ContextError
from datalake.files.imports import import_table
from datalake.frames import conform
from datalake.frequencies import MINUTES, bars_a_session
from datalake.lake import Lake
from datalake.panels import minutes
from datalake.panels.build import build_panel
from datalake.panels.minutes import edges
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.reading import Reader
from datalake.tables import FREQUENCIES, TABLES
from datalake.versions import Dataset, resolve
from engine.market import FAR, Market
from tests.datalake.cut_lake import written

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW = (20241111, 20241220)
FINER = ("15m", "30m", "60m")


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


def joined(bars: pl.DataFrame, size: int) -> pl.DataFrame:
    """Longer bars of 5-minute ones, by the right edges of the exchange's two halves."""
    local = pl.col("time").dt.convert_time_zone("Asia/Shanghai")
    minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
    begin = pl.when(minute <= 690).then(570).otherwise(780)
    late = (minute - begin + size - 1) // size * size - (minute - begin)
    return (
        bars.sort("ts_code", "time")
        .with_columns(time=pl.col("time") + pl.duration(minutes=late))
        .group_by("ts_code", "trade_date", "time", maintain_order=True)
        .agg(
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.col("volume", "amount").sum(),
        )
    )


@pytest.fixture(scope="module")
def longer(sample_rows: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Dataset]:
    """The sample's minute bars at every frequency that five minutes make."""
    lake = Lake(f"file://{tmp_path_factory.mktemp('longer')}")
    tables = {name: sample_rows[name] for name in ("bars_1d", "bars_5m", "instruments", "trade_cal", "adj_factor")}
    tables |= {f"bars_{name}": joined(sample_rows["bars_5m"], MINUTES[name]) for name in FINER}
    return lake, written(lake, tables)


def test_edges_are_those_of_the_exchange():
    def times(frequency: str) -> list[str]:
        stamps = edges(np.array([20241111], np.int32), frequency).astype("datetime64[ms]") + np.timedelta64(8, "h")
        return [str(stamp)[11:16] for stamp in stamps]

    assert tuple(MINUTES) == FREQUENCIES
    assert times("60m") == ["10:30", "11:30", "14:00", "15:00"]
    assert times("30m") == ["10:00", "10:30", "11:00", "11:30", "13:30", "14:00", "14:30", "15:00"]
    assert times("15m")[:3] == ["09:45", "10:00", "10:15"] and times("15m")[7:9] == ["11:30", "13:15"]
    assert times("1m")[0] == "09:31" and times("1m")[119:121] == ["11:30", "13:01"] and times("1m")[-1] == "15:00"
    assert [bars_a_session(name) for name in FREQUENCIES] == [240, 48, 16, 8, 4]


@pytest.mark.parametrize("frequency", FINER)
def test_every_frequency_has_its_panel(longer: tuple[Lake, Dataset], frequency: str):
    lake, dataset = longer
    codes = list(dataset.catalog.bars[frequency].codes)
    assert codes == list(dataset.catalog.bars["5m"].codes)
    market = built(lake, PanelSpec.of(dataset, codes, WINDOW, 20, frequency, ["daily"]).reaching(5))
    fine = built(lake, PanelSpec.of(dataset, codes, WINDOW, 48 * 5, "5m"))
    count, size = bars_a_session(frequency), MINUTES[frequency] // 5
    sessions = -(-20 // count)
    assert market.window_start == sessions * count and market.frequency == frequency
    start = (5 - sessions) * 48
    assert market.times.tolist() == fine.times[start:][size - 1 :: size].tolist()
    for name, together in (("high", np.maximum), ("volume", np.add), ("amount", np.add), ("low", np.minimum)):
        found = together.reduceat(getattr(fine, name)[start:], np.arange(0, len(market.times) * size, size), axis=0)
        np.testing.assert_array_equal(getattr(market, name), found, name)
    for name in ("close", "adj_factor", "member", "listed_sessions", "sessions"):
        np.testing.assert_array_equal(getattr(market, name), getattr(fine, name)[start:][size - 1 :: size], name)
    assert market.daily is not None and market.daily.sessions[market.daily.window_start] == market.sessions[market.window_start]


@pytest.mark.parametrize("frequency", FINER)
def test_orders_may_meet_bars_of_every_frequency(longer: tuple[Lake, Dataset], frequency: str):
    lake, dataset = longer
    codes = list(dataset.catalog.bars[frequency].codes)
    both = built(lake, PanelSpec.of(dataset, codes, WINDOW, 10, "1d", (), frequency))
    alone = built(lake, PanelSpec.of(dataset, codes, WINDOW, 0, frequency))
    assert both.frequency == frequency and both.decided_by is not None and both.decided_by.frequency == "1d"
    for name in ("times", "open", "high", "low", "close", "pre_close", "volume", "amount"):
        np.testing.assert_array_equal(getattr(both, name), getattr(alone, name), name)


def minutes_of(*rows: tuple[str, float, float]) -> pl.DataFrame:
    """Flat 1-minute bars of (time, price, hands) of 600519.SH on 2020-01-02."""
    return pl.DataFrame(
        [
            {"ts_code": "600519.SH", "trade_time": f"2020-01-02 {time}:00", "vol": volume, "amount": price * volume}
            | dict.fromkeys(("open", "high", "low", "close"), price)
            for time, price, volume in rows
        ]
    )


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([("09:30", 10.0, 500.0), ("09:31", 11.0, 100.0)], (10_000, 11_000, 10_000, 11_000, 600)),
        ([("09:30", 10.0, 500.0), ("09:32", 11.0, 100.0)], (10_000, 10_000, 10_000, 10_000, 500)),
        ([("09:30", 10.0, 0.0), ("09:31", 11.0, 100.0)], (11_000, 11_000, 11_000, 11_000, 100)),
        ([("09:31", 11.0, 100.0)], (11_000, 11_000, 11_000, 11_000, 100)),
        ([("09:30", 10.0, 500.0), ("09:31", 11.0, 0.0), ("10:00", 12.0, 100.0)], (10_000, 10_000, 10_000, 10_000, 500)),
    ],
    ids=["both", "the auction alone", "an auction without trades", "no auction", "nothing after the auction"],
)
def test_the_opening_auction_is_in_the_first_minute(lake: Lake, tmp_path: Path, rows: list[tuple[str, float, float]], first: tuple):
    minutes_of(*rows).write_csv(tmp_path / "minutes.csv")
    import_table(lake.url, "bars_1m", [tmp_path / "minutes.csv"])
    market = built(lake, PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200102, 20200102), 0, "1m"))
    assert market.shape == (240, 1)
    assert tuple(int(getattr(market, name)[0, 0]) for name in ("open", "high", "low", "close", "volume")) == first


def test_a_minute_without_trades_is_no_bar(lake: Lake, tmp_path: Path):
    minutes_of(("09:31", 10.0, 100.0), ("14:58", 11.0, 0.0), ("15:00", 11.0, 100.0)).write_csv(tmp_path / "minutes.csv")
    import_table(lake.url, "bars_1m", [tmp_path / "minutes.csv"])
    market = built(lake, PanelSpec.of(resolve(lake.store), ["600519.SH"], (20200102, 20200102), 0, "1m"))
    assert (market.open[:, 0] > 0).nonzero()[0].tolist() == [0, 239]
    assert market.low[237, 0] == FAR and market.close[237, 0] == 10_000


def test_real_minutes_make_the_vendors_five_minutes(lake: Lake, real_data: Path):
    """The first five-minute bar holds the auction, too."""
    for table, file in (("bars_1m", "bars_1m_000001SZ_202009"), ("bars_5m", "bars_5m_000001SZ_derived_202009")):
        import_table(lake.url, table, [real_data / f"{file}.parquet"])
    dataset = resolve(lake.store)
    bars = dataset.catalog.bars["1m"]
    assert (bars.first, bars.last) == (dataset.catalog.bars["5m"].first, dataset.catalog.bars["5m"].last)
    one, five = (built(lake, PanelSpec.of(dataset, ["000001.SZ"], (bars.first, bars.last), 0, name)) for name in ("1m", "5m"))
    assert one.times[4::5].tolist() == five.times.tolist()
    starts = np.arange(0, one.shape[0], 5)
    for name, together in (("high", np.maximum), ("low", np.minimum), ("volume", np.add), ("amount", np.add)):
        np.testing.assert_array_equal(together.reduceat(getattr(one, name), starts, axis=0), getattr(five, name), name)
    np.testing.assert_array_equal(one.open[::5], five.open)
    np.testing.assert_array_equal(one.close[4::5], five.close)


def slow_bars(bars: pl.DataFrame, size: int, sessions: set[date]) -> dict[tuple[str, datetime], tuple[int, ...]]:
    """Longer bars one row at a time, by the exchange's clock: (code, right edge in Shanghai) to open, high, low, close, volume, amount."""
    out: dict[tuple[str, datetime], tuple[int, ...]] = {}
    for row in bars.sort("ts_code", "time").iter_rows(named=True):
        if row["trade_date"] not in sessions or row["volume"] == 0:
            continue
        here = row["time"].astimezone(SHANGHAI).replace(tzinfo=None)
        begin = here.replace(hour=9, minute=30) if here.hour < 12 else here.replace(hour=13, minute=0)
        passed = max((here - begin).seconds // 60, 1)  # the auction at 09:30 is in the first bar
        edge = begin + timedelta(minutes=-(-passed // size) * size)
        if size == 240:
            edge = here.replace(hour=15, minute=0)
        bar = tuple(row[name] for name in ("open", "high", "low", "close", "volume", "amount"))
        first, high, low, _, volume, amount = out.get((row["ts_code"], edge), (bar[0], bar[1], bar[2], 0, 0, 0))
        out[row["ts_code"], edge] = (first, max(high, bar[1]), min(low, bar[2]), bar[3], volume + bar[4], amount + bar[5])
    return out


def as_slow(market: Market) -> dict[tuple[str, datetime], tuple[int, ...]]:
    """The cells with a bar, in the same words."""
    stamps = [datetime.fromtimestamp(time / 1000, SHANGHAI).replace(tzinfo=None) for time in market.times.tolist()]
    names = ("open", "high", "low", "close", "volume", "amount")
    cells = zip(*(index.tolist() for index in market.open.nonzero()), strict=True)
    return {(market.codes[i], stamps[t]): tuple(int(getattr(market, name)[t, i]) for name in names) for t, i in cells}


@st.composite
def some_minutes(draw: st.DrawFn) -> pl.DataFrame:
    """1-minute bars of two stocks on three days with holes, halts of half a day, auctions and minutes without trades."""
    seed, missing = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([0.05, 0.6, 0.98]))
    random = np.random.default_rng(seed)
    rows = []
    for day in (date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)):
        for code in ("000001.SZ", "600519.SH"):
            halt = random.choice(["", "morning", "afternoon", "day"], p=[0.7, 0.1, 0.1, 0.1])
            clock = [*range(570, 691), *range(781, 901)]
            for minute in clock:
                if random.random() < missing or halt in ("day", "morning" if minute <= 690 else "afternoon"):
                    continue
                low, high = sorted(random.integers(9_000, 11_000, 2).tolist())
                opens, close = random.integers(low, high + 1, 2).tolist()
                volume = int(random.integers(0, 4)) * 100
                time = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=SHANGHAI)
                rows.append((code, day, time, opens, high, low, close, volume, volume * close))
    names = ("ts_code", "trade_date", "time", "open", "high", "low", "close", "volume", "amount")
    return pl.DataFrame(rows, schema=names, orient="row")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bars=some_minutes())
def test_made_bars_equal_their_slow_twin(bars: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory):
    if bars.filter(pl.col("volume") > 0)["trade_date"].n_unique() < 3:
        return  # sessions are the days that have bars
    folder = tmp_path_factory.mktemp("minutes")
    lake = Lake(f"file://{folder}/lake")
    dataset = written(lake, {"bars_1m": conform(bars.with_columns(pl.col("time").dt.convert_time_zone("UTC")), TABLES["bars_1m"])})
    codes = sorted(set(bars.filter(pl.col("volume") > 0)["ts_code"]))
    sessions = set(bars["trade_date"])
    for frequency in ("5m", "15m", "30m", "60m", "1d"):
        market = built(lake, PanelSpec.of(dataset, codes, (20200102, 20200106), 0, frequency))
        expected = slow_bars(bars, MINUTES.get(frequency, 240), sessions)
        assert as_slow(market) == {key: bar for key, bar in expected.items() if key[0] in market.codes}


@pytest.mark.parametrize("frequency", FINER)
def test_bars_made_from_shorter_ones_are_those_that_a_vendor_would_store(
    longer: tuple[Lake, Dataset], sample_lake: Lake, sample: Dataset, frequency: str
):
    """The sample stores 5 minutes, the other dataset what they make: signals, orders and daily bars beside them see the same."""
    lake, dataset = longer
    codes = list(dataset.catalog.bars[frequency].codes)
    for own, fields, execution in ((frequency, ("daily",), ""), ("1d", (), frequency)):
        one = built(lake, PanelSpec.of(dataset, codes, WINDOW, 20, own, fields, execution).reaching(5))
        other = built(sample_lake, PanelSpec.of(sample, codes, WINDOW, 20, own, fields, execution).reaching(5))
        for name in ("times", "sessions", "open", "high", "low", "close", "pre_close", "volume", "amount", "adj_factor"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
        assert one.window_start == other.window_start and one.codes == other.codes


def test_many_sessions_are_made_a_stretch_at_a_time(sample_lake: Lake, sample: Dataset, monkeypatch: pytest.MonkeyPatch):
    spec = PanelSpec.of(sample, list(sample.catalog.bars["5m"].codes), WINDOW, 20, "30m")
    whole = build_panel(sample_lake, spec)
    monkeypatch.setattr(minutes, "_AT_ONCE", 1)
    assert build_panel(sample_lake, spec) == whole


def test_days_made_of_minutes_are_the_stored_ones(sample_rows: dict[str, pl.DataFrame], tmp_path: Path):
    """Where no days are stored; but for reference prices, which minutes do not know, and what follows from them."""
    names = ("bars_1d", "bars_5m", "instruments", "trade_cal")
    whole, bare = Lake(f"file://{tmp_path}/whole"), Lake(f"file://{tmp_path}/bare")
    stored = written(whole, {name: sample_rows[name] for name in names})
    alone = written(bare, {name: sample_rows[name] for name in names if name != "bars_1d"})
    codes = list(stored.catalog.bars["5m"].codes)
    spec = PanelSpec.of(stored, codes, WINDOW, 5)
    one, other = built(whole, spec), built(bare, PanelSpec.of(alone, codes, WINDOW, 5))
    assert one.sessions.tolist() == other.sessions.tolist() and other.frequency == "1d" and other.window_start == 5
    for name in ("open", "high", "low", "close", "volume", "amount"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)
    has_bar = other.open > 0
    before = np.concatenate([np.zeros((1, len(codes)), np.int32), other.close[:-1]])
    np.testing.assert_array_equal(other.pre_close[1:], np.where(has_bar, before, 0)[1:])


def test_bars_that_nothing_makes_are_named(sample_lake: Lake, sample: Dataset):
    with pytest.raises(ContextError, match="has no bars of frequency '1m'"):
        minutes.minute_bars(Reader(sample_lake, sample), "1m", np.array([20241111], np.int32), ("609001.SH",))
