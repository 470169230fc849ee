"""Minute bars of every frequency on their grids, and the opening auction."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.minutes import MINUTES, bars_a_session, edges
from datalake.panels.packing import unpack
from datalake.panels.panel import PanelSpec, to_market
from datalake.tables import FREQUENCIES
from datalake.versions import Dataset, resolve
from engine.market import FAR, Market
from tests.datalake.cut_lake import written

WINDOW = (20241111, 20241220)
FINER = ("15m", "30m", "60m")


def built(lake: Lake, spec: PanelSpec) -> Market:
    return to_market(*unpack(build_panel(lake, spec)))


def joined(bars: pl.DataFrame, minutes: int) -> pl.DataFrame:
    """Longer bars of 5-minute ones, by the right edges of the exchange's two halves."""
    local = pl.col("time").dt.convert_time_zone("Asia/Shanghai")
    minute = local.dt.hour().cast(pl.Int32) * 60 + local.dt.minute()
    begin = pl.when(minute <= 690).then(570).otherwise(780)
    late = (minute - begin + minutes - 1) // minutes * minutes - (minute - begin)
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
