"""Every table that a file can fill comes in as it was: the sample market to Tushare's shape and back, minute bars of all frequencies."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from datalake.errors import ImportRefusedError
from datalake.files.imports import import_table
from datalake.lake import Lake, scan
from datalake.tables import FREQUENCIES, TABLES, Table
from datalake.versions import resolve

SAMPLED = (
    "instruments", "trade_cal", "adj_factor", "daily_basic", "namechange", "suspensions", "dividends", "code_changes", "index_1d",
    "index_members", "bars_5m",
)  # fmt: skip
"""Tables of the sample market, beside its daily bars."""

BARS = {"1m": 241, "5m": 48, "15m": 16, "30m": 8, "60m": 4}
"""Bars a day."""


def tushare_shaped(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """As Tushare gives them: its names, its units, dates as texts, times of Shanghai."""
    columns = []
    for column in table.columns:
        value = pl.col(column.name)
        if pa.types.is_date(column.type):
            value = value.dt.strftime("%Y%m%d")
        elif pa.types.is_timestamp(column.type):
            value = value.dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M:%S")
        elif column.scale != 1.0:
            value = value / column.scale
        columns.append(value.alias(column.tushare_name))
    return rows.select(columns)


def stored(lake: Lake, table: str) -> pl.DataFrame:
    version = resolve(lake.store, "import").tables[table].delta_version
    return scan(lake, "import", table, version).select(TABLES[table].names).collect().sort(TABLES[table].key)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", SAMPLED)
def test_a_table_of_the_sample_goes_there_and_back(lake: Lake, tmp_path: Path, sample_rows: dict[str, pl.DataFrame], name: str, form: str):
    assert set(sample_rows) == {*SAMPLED, "bars_1d"}
    table = TABLES[name]
    rows = sample_rows[name].select(table.names).sort(table.key)[:5_000]
    file = tmp_path / f"{name}.{form}"
    shaped = tushare_shaped(rows, table)
    shaped.write_csv(file) if form == "csv" else shaped.write_parquet(file)
    assert import_table(lake.url, name, [file]).rows_written == rows.height
    assert stored(lake, name).equals(rows)


def test_the_daily_bars_of_the_sample_go_there_and_back_with_their_factors(
    lake: Lake, tmp_path: Path, sample_rows: dict[str, pl.DataFrame]
):
    bars, factors = sample_rows["bars_1d"], sample_rows["adj_factor"]
    both = bars.join(factors.select("ts_code", "trade_date", "adj_factor"), on=["ts_code", "trade_date"], how="left")
    table = TABLES["bars_1d"]._replace(columns=(*TABLES["bars_1d"].columns, TABLES["adj_factor"].columns[-1]))
    tushare_shaped(both, table).write_csv(tmp_path / "bars.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "bars.csv"])
    names = list(TABLES["bars_1d"].names)
    assert stored(lake, "bars_1d").equals(bars.select(names).sort("ts_code", "trade_date"))
    had = factors.join(bars, on=["ts_code", "trade_date"], how="semi").select(TABLES["adj_factor"].names)
    assert stored(lake, "adj_factor").equals(had.sort("ts_code", "trade_date"))


@pytest.mark.parametrize("name", ["limits", "industries", "bars_1m", "bars_15m", "bars_30m", "bars_60m"])
def test_tables_that_the_sample_lacks_come_in(lake: Lake, tmp_path: Path, name: str):
    text = {
        "limits": "ts_code,trade_date,up_limit,down_limit\n600519.SH,20200102,1301.3,1064.7\n",
        "industries": "l1_code,l1_name,l2_code,l2_name,l3_code,l3_name,ts_code,in_date,out_date\n"
        "801120.SI,食品饮料,801125.SI,白酒Ⅱ,851251.SI,白酒Ⅲ,600519.SH,20010827,\n",
    }.get(name)
    rows = text.count("\n") - 1 if text else None
    if text is None:
        frame = minutes(name.removeprefix("bars_"))
        rows, text = frame.height, frame.write_csv()
    (tmp_path / "file.csv").write_text(text)
    assert import_table(lake.url, name, [tmp_path / "file.csv"]).rows_written == rows
    assert stored(lake, name).height == rows


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_minute_bars_of_every_frequency_lie_on_their_right_edges(lake: Lake, tmp_path: Path, frequency: str):
    frame = minutes(frequency)
    frame.write_parquet(tmp_path / "minutes.parquet")
    report = import_table(lake.url, f"bars_{frequency}", [tmp_path / "minutes.parquet"])
    assert report.rows_written == BARS[frequency]
    found = stored(lake, f"bars_{frequency}")
    assert found["time"][-1] == datetime(2024, 11, 1, 7, 0, tzinfo=UTC)
    assert found["trade_date"].unique().to_list() == [date(2024, 11, 1)]
    assert found["volume"].sum() == 1_000 * found.height


def test_the_auction_is_a_bar_of_one_minute_only(lake: Lake, tmp_path: Path):
    first = minutes("1m")[:1]
    assert first["trade_time"].to_list() == ["2024-11-01 09:30:00"]
    first.write_csv(tmp_path / "first.csv")
    with pytest.raises(ImportRefusedError, match="right edge"):
        import_table(lake.url, "bars_5m", [tmp_path / "first.csv"])
    assert import_table(lake.url, "bars_1m", [tmp_path / "first.csv"]).rows_written == 1


@pytest.mark.parametrize(
    "form", ["2024-11-01 09:35:00", "20241101 09:35:00", "2024-11-01T09:35:00", "2024-11-01 09:35", "2024/11/01 09:35:00", "20241101093500"]
)
def test_times_are_read_in_every_usual_way(lake: Lake, tmp_path: Path, form: str):
    minutes("5m")[:1].with_columns(trade_time=pl.lit(form)).write_csv(tmp_path / "minutes.csv")
    import_table(lake.url, "bars_5m", [tmp_path / "minutes.csv"])
    assert stored(lake, "bars_5m")["time"].to_list() == [datetime(2024, 11, 1, 1, 35, tzinfo=UTC)]


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai", "America/New_York"])
def test_times_with_a_zone_are_the_moment_they_say(lake: Lake, tmp_path: Path, zone: str | None):
    moment = pl.Series([datetime(2024, 11, 1, 1, 35, tzinfo=UTC)]).dt.convert_time_zone("Asia/Shanghai")
    given = moment.dt.replace_time_zone(None) if zone is None else moment.dt.convert_time_zone(zone)
    minutes("5m")[:1].with_columns(trade_time=given).write_parquet(tmp_path / "minutes.parquet")
    import_table(lake.url, "bars_5m", [tmp_path / "minutes.parquet"])
    found = stored(lake, "bars_5m").row(0, named=True)
    assert (found["time"], found["trade_date"]) == (datetime(2024, 11, 1, 1, 35, tzinfo=UTC), date(2024, 11, 1))


def test_no_file_fills_what_a_sync_has_asked_for(lake: Lake, tmp_path: Path):
    (tmp_path / "file.csv").write_text("interface,part,through,rows\ndaily,20240102,20240102,5000\n")
    with pytest.raises(ImportRefusedError, match="no file fills 'fetches'"):
        import_table(lake.url, "fetches", [tmp_path / "file.csv"])


def minutes(frequency: str) -> pl.DataFrame:
    """One day's bars of one stock, as `stk_mins` gives them."""
    step = int(frequency.removesuffix("m"))
    edges = [start + minute for start in (570, 780) for minute in range(step, 121, step)]
    edges = [570, *edges] if frequency == "1m" else edges
    return pl.DataFrame(
        {
            "ts_code": ["600519.SH"] * len(edges),
            "trade_time": [f"2024-11-01 {edge // 60:02}:{edge % 60:02}:00" for edge in edges],
            **{name: [1500.01] * len(edges) for name in ("open", "high", "low", "close")},
            "vol": [1000.0] * len(edges),
            "amount": [1_500_010.0] * len(edges),
        }
    )
