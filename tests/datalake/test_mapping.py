"""Files under other names and in other units come in as the same rows; what cannot be understood is told with what was probably meant."""

from pathlib import Path

import polars as pl
import pytest

from datalake.errors import ImportRefusedError
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.rows.mapping import Dialect, matched
from datalake.rows.units import MEASURES, native, ratio
from datalake.tables import TABLES
from datalake.versions import list_versions, resolve
from tests.datalake.rows import daily, stored

CHINESE = {
    "ts_code": "股票代码", "trade_date": "日期", "open": "开盘", "high": "最高", "low": "最低", "close": "收盘", "pre_close": "昨收",
    "vol": "成交量", "amount": "成交额",
}  # fmt: skip


def problems(lake: Lake, table: str, file: Path, dialect: Dialect) -> list[str]:
    with pytest.raises(ImportRefusedError) as caught:
        import_table(lake.url, table, [file], dialect=dialect)
    assert list_versions(lake.store) == []
    return [str(problem) for problem in caught.value.problems]


def test_columns_under_other_names_and_units_give_the_same_rows(lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "plain.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "plain.csv"])
    expected = stored(lake, "bars_1d")
    prices = {name: (daily()[name] * 100).round(0).cast(pl.Int64) for name in ("open", "high", "low", "close", "pre_close")}
    sizes = {"vol": (daily()["vol"] * 100).round(0), "amount": (daily()["amount"] * 1000).round(0)}
    daily(**prices, **sizes).rename(CHINESE).write_csv(tmp_path / "other.csv")
    units = {"vol": "shares", "amount": "cny"} | dict.fromkeys(prices, "fen")
    other = Lake(f"{lake.url}-other")
    import_table(other.url, "bars_1d", [tmp_path / "other.csv"], dialect=Dialect(CHINESE, units))
    assert stored(other, "bars_1d").equals(expected)
    note = resolve(other.store).note
    assert note == {"table": "bars_1d", "files": ["other.csv"], "file_count": 1, "map": CHINESE, "units": units}


@pytest.mark.parametrize(
    ("table", "column", "unit", "given", "lake_value"),
    [
        ("bars_1d", "vol", "hands", 1.0, 100),
        ("bars_1d", "volume", "shares", 7.0, 7),
        ("bars_1d", "vol", "10k_shares", 0.0123, 123),
        ("bars_1d", "amount", "10k_cny", 0.1234, 1_234_000),
        ("bars_1d", "amount", "100m_cny", 1.5, 150_000_000_000),
        ("bars_1d", "ah_vol", "shares", 300.0, 300),
        ("bars_1d", "close", "li", 16_870.0, 16_870),
        ("bars_5m", "vol", "hands", 3.0, 300),
        ("bars_5m", "amount", "thousand_cny", 2.5, 2_500_000),
        ("limits", "up_limit", "fen", 1_856.0, 18_560),
        ("dividends", "cash_div_tax", "per_10_shares", 3.0, 300_000),
        ("dividends", "stk_div", "per_10_shares", 2.0, 200_000),
        ("daily_basic", "total_share", "shares", 125_619.0, 12.5619),
        ("daily_basic", "total_mv", "100m_cny", 1.25, 12_500.0),
        ("daily_basic", "turnover_rate", "ratio", 0.0123, 1.23),
        ("index_members", "weight", "ratio", 0.05, 5.0),
        ("index_members", "weight", "percent", 5.0, 5.0),
    ],
)
def test_a_unit_is_brought_to_tushares(table: str, column: str, unit: str, given: float, lake_value: float):
    row = next(each for each in TABLES[table].columns if column in (each.name, each.tushare_name))
    times, over = ratio(row, unit)
    assert given * times / over * row.scale == pytest.approx(lake_value, rel=1e-15)


def test_the_unit_that_tushare_gives_changes_nothing():
    rows = [column for table in TABLES.values() for column in table.columns]
    assert all(ratio(column, None) == (1, 1) for column in rows)
    own = [(column, has) for column in rows if (has := native(column))]
    assert {has.measure.name for _, has in own} == set(MEASURES)
    assert all(ratio(column, has.unit) == (1, 1) for column, has in own)
    assert all(column.scale == 1.0 or native(column) for column in rows if column.name != "adj_factor")


def test_a_fen_price_is_the_same_number_as_in_yuan():
    """Times 0.01 would be off by the last bit, and a tick in doubt."""
    times, over = ratio(next(column for column in TABLES["bars_1d"].columns if column.name == "close"), "fen")
    assert all(fen * times / over == float(f"{fen // 100}.{fen % 100:02}") for fen in range(1, 20_000))


def test_a_column_named_volume_comes_in_when_its_unit_is_told(lake: Lake, tmp_path: Path):
    shares = (daily()["vol"] * 100).round(0)
    daily().with_columns(vol=shares).rename({"vol": "volume"}).write_csv(tmp_path / "daily.csv")
    assert "'vol' is missing" in problems(lake, "bars_1d", tmp_path / "daily.csv", Dialect())[0]
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"], dialect=Dialect(units={"volume": "shares"}))
    assert stored(lake, "bars_1d")["volume"].to_list() == shares.cast(pl.Int64).to_list()


@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        (Dialect({"vol": "成交"}), "file.csv: column '成交', mapped to 'vol', is not there (did you mean '成交量'?)"),
        (Dialect({"close": "c"}), "file.csv: column 'c', mapped to 'close', is not there (it has ts_code, trade_date"),
        (Dialect({"volum": "成交量"}), "--map: bars_1d has no column 'volum' (did you mean 'volume'?)"),
        (Dialect({"vol": "成交量", "volume": "amount"}), "--map: 'vol' and 'volume' are one column of bars_1d"),
        (Dialect(units={"vols": "shares"}), "--unit: bars_1d has no column 'vols' (did you mean 'vol'?)"),
        (Dialect(units={"vol": "share"}), "--unit: 'share' is no unit of bars_1d.vol (did you mean 'shares'? known: shares, hands"),
        (Dialect(units={"close": "usd"}), "--unit: 'usd' is no unit of bars_1d.close (known: li, fen, cny; Tushare's is cny)"),
        (Dialect(units={"ts_code": "shares"}), "--unit: bars_1d.ts_code has no unit"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_told(lake: Lake, tmp_path: Path, dialect: Dialect, told: str):
    file = tmp_path / "file.csv"
    daily().rename({"vol": "成交量"}).write_csv(file)
    found = problems(lake, "bars_1d", file, dialect)
    assert any(told in each for each in found), found


def test_every_file_is_told_that_lacks_a_column(lake: Lake, tmp_path: Path):
    for name in ("one", "two"):
        daily().drop("open").write_csv(tmp_path / f"{name}.csv")
    daily().write_csv(tmp_path / "whole.csv")
    with pytest.raises(ImportRefusedError) as caught:
        import_table(lake.url, "bars_1d", [tmp_path])
    assert [problem.field for problem in caught.value.problems] == [str(tmp_path / "one.csv"), str(tmp_path / "two.csv")]


def test_likely_columns_are_proposed():
    names = ["code", "date", "开盘价", "最高", "low", "close", "preclose", "volume", "money"]
    with pytest.raises(ImportRefusedError) as caught:
        matched(TABLES["bars_1d"], names, "file.csv")
    hints = [str(problem.hint) for problem in caught.value.problems]
    proposed = ["ts_code=code", "trade_date=date", "open=开盘价", "high=最高", "pre_close=preclose", "vol=volume", "amount=money"]
    assert [hint.split("--map ")[1].split(",")[0] for hint in hints] == proposed
    assert [("--unit" in hint) for hint in hints] == [False] * 5 + [True] * 2


def test_a_factor_under_another_name_fills_its_own_table(lake: Lake, tmp_path: Path):
    daily(复权因子=[1.0, 1.0, 2.5, 2.5]).write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"], dialect=Dialect({"adj_factor": "复权因子"}))
    assert stored(lake, "adj_factor")["adj_factor"].to_list() == [1_000_000, 1_000_000, 2_500_000, 2_500_000]
