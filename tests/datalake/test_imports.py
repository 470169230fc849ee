"""Tushare-shaped files: good ones come in exactly, every kind of bad row is refused and counted, and a refusal writes nothing."""

import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.errors import ImportRefusedError
from datalake.files.imports import import_table
from datalake.finding import BadRowsError
from datalake.lake import Lake, scan
from datalake.versions import list_versions, resolve
from tests.datalake.rows import daily


def stored(lake: Lake, table: str) -> pl.DataFrame:
    dataset = resolve(lake.store, "import")
    return scan(lake, "import", table, dataset.tables[table].delta_version).collect()


def refused(lake: Lake, table: str, file: Path) -> list[str]:
    """What the refusal says; nothing may have been written."""
    with pytest.raises(ImportRefusedError) as caught:
        import_table(lake.url, table, [file])
    assert list_versions(lake.store) == []
    assert not Path(lake.url.removeprefix("file://"), "import").exists()
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_daily_bars_come_in_with_the_lakes_units(lake: Lake, tmp_path: Path, form: str):
    file = tmp_path / f"daily.{form}"
    daily().write_csv(file) if form == "csv" else daily().write_parquet(file)
    report = import_table(lake.url, "bars_1d", [file])
    assert (report.dataset, report.rows_read, report.rows_written, report.codes) == ("import:v1", 4, 4, 2)
    assert (report.first, report.last, report.findings) == (20200102, 20200103, ())
    first = stored(lake, "bars_1d").sort("ts_code", "trade_date").row(0, named=True)
    assert first == {
        "ts_code": "000001.SZ",
        "trade_date": date(2020, 1, 2),
        "open": 16_650,
        "high": 16_950,
        "low": 16_550,
        "close": 16_870,
        "pre_close": 16_450,
        "volume": 153_023_187,
        "amount": 2_571_196_482_000,
        "after_hours_volume": None,
        "after_hours_amount": None,
        "year": 2020,
    }


def test_dates_are_read_in_every_usual_way(lake: Lake, tmp_path: Path):
    days = [date(2020, 1, 2), date(2020, 1, 3)] * 2
    forms = {
        "date": pl.Series(days),
        "datetime": pl.Series(days).cast(pl.Datetime("us")),
        "integer": pl.Series([int(day.strftime("%Y%m%d")) for day in days]),
        "iso": pl.Series([day.isoformat() for day in days]),
    }
    for name, series in forms.items():
        file = tmp_path / f"{name}.parquet"
        daily(trade_date=series).write_parquet(file)
        import_table(lake.url, "daily", [file])
        assert stored(lake, "bars_1d")["trade_date"].unique().sort().to_list() == days[:2]


def test_a_factor_column_fills_its_own_table(lake: Lake, tmp_path: Path):
    file = tmp_path / "daily.parquet"
    daily(adj_factor=[111.048, 111.048, None, 6.1234567]).write_parquet(file)
    import_table(lake.url, "bars_1d", [file])
    factors = stored(lake, "adj_factor").sort("ts_code", "trade_date")["adj_factor"].to_list()
    assert factors == [111_048_000, 111_048_000, 6_123_457]


def test_the_same_rows_again_make_no_doubles_and_corrections_win(lake: Lake, tmp_path: Path):
    file = tmp_path / "daily.csv"
    daily().write_csv(file)
    import_table(lake.url, "bars_1d", [file])
    daily(close=[16.90, 17.18, 1130.0, 1078.56]).write_csv(file)
    report = import_table(lake.url, "bars_1d", [file])
    assert report.dataset == "import:v2"
    rows = stored(lake, "bars_1d").sort("ts_code", "trade_date")
    assert rows.height == 4 and rows["close"][0] == 16_900
    assert resolve(lake.store, "import:v1").tables["bars_1d"].rows == 4


def test_the_same_file_a_second_time_made_another_version(lake: Lake, tmp_path: Path):
    file = tmp_path / "daily.csv"
    daily().write_csv(file)
    assert [import_table(lake.url, "bars_1d", [file]).dataset for _ in range(2)] == ["import:v1", "import:v1"]


HEAD = "ts_code,trade_date,open,high,low,close,pre_close,vol,amount"
TICK_FUND = daily(ts_code=["510300.SH"] * 2 + ["159919.SZ"] * 2, open=[16.651, 16.941, 1128.001, 1117.0])

BAD = {
    "bad_date": (daily(trade_date=["20200102", "2020-13-03", "20200102", "20200103"]), "date that cannot be read"),
    "duplicate_key": (daily(trade_date=["20200102"] * 2 + ["20200102", "20200103"]), "earlier row"),
    "high_below_low": (daily(high=[16.0, 17.31, 1145.06, 1117.0]), "high below low"),
    "outside_range": (daily(open=[16.0, 16.94, 1128.0, 1117.0]), "outside"),
    "negative_size": (daily(vol=[-1.0, 1116194.81, 148099.16, 130318.78]), "negative"),
    "non_positive_price": (daily(pre_close=[0.0, 16.87, 1183.0, 1130.0]), "zero or less"),
    "price_too_large": (daily(high=[16.95, 17.31, 1145.06, 3e6]), "above"),
    "off_tick": (daily(close=[16.871, 17.18, 1130.0, 1078.56]), "not on the tick"),
    "bad_code": (daily(ts_code=["000001.XX", "000001.SZ", "600519.SH", "600519.SH"]), "600519.SH"),
    "not_a_number": (daily(close=[float("nan"), 17.18, 1130.0, 1078.56]), "missing or cannot be read"),
    "bad_factor": (daily(adj_factor=[0.0, 1.0, 1.0, 1.0]), "factor of zero"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_rows_are_refused_with_their_places(lake: Lake, tmp_path: Path, kind: str):
    rows, message = BAD[kind]
    file = tmp_path / "daily.parquet"
    rows.write_parquet(file)
    problems = refused(lake, "bars_1d", file)
    assert [problem.split(":")[0].partition(".")[2] for problem in problems] == [kind]
    assert "1 x " in problems[0] and message in problems[0]
    assert "daily.parquet row" in problems[0] and "nothing was written" in problems[0]


@pytest.mark.parametrize("kind", sorted(set(BAD) - {"bad_factor"}))
def test_bad_rows_can_be_left_out(lake: Lake, tmp_path: Path, kind: str):
    file = tmp_path / "daily.parquet"
    BAD[kind][0].write_parquet(file)
    report = import_table(lake.url, "bars_1d", [file], skip_bad=True)
    assert (report.rows_read, report.rows_written) == (4, 3)
    assert [(finding.kind, finding.count) for finding in report.findings if finding.severity == "error"] == [(kind, 1)]
    assert stored(lake, "bars_1d").height == 3
    assert resolve(lake.store).findings == report.findings


def test_several_kinds_are_told_together(lake: Lake, tmp_path: Path):
    file = tmp_path / "daily.csv"
    daily(vol=["-1", "x", "148099.16", "130318.78"], high=[16.0, 17.31, 1145.06, 1117.0]).write_csv(file)
    kinds = [problem.split(":")[0] for problem in refused(lake, "bars_1d", file)]
    assert kinds == ["bars_1d.not_a_number", "bars_1d.high_below_low", "bars_1d.negative_size"]


def test_funds_have_a_finer_tick(lake: Lake, tmp_path: Path):
    file = tmp_path / "fund.parquet"
    TICK_FUND.write_parquet(file)
    assert import_table(lake.url, "bars_1d", [file]).rows_written == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vol": [153023187.0, 111619481.0, 14809916.0, 13031878.0]}, "vol is in shares"),
        ({"amount": [2571196482.0, 1914495474.0, 16696841000.0, 14266383000.0]}, "amount is in CNY"),
    ],
)
def test_a_slip_of_units_is_never_skipped(lake: Lake, tmp_path: Path, changes: dict, message: str):
    file = tmp_path / "daily.parquet"
    daily(**changes).write_parquet(file)
    assert message in refused(lake, "bars_1d", file)[0]
    with pytest.raises(BadRowsError):
        import_table(lake.url, "bars_1d", [file], skip_bad=True)


def test_a_missing_column_is_named_with_the_one_that_was_meant(lake: Lake, tmp_path: Path):
    file = tmp_path / "daily.csv"
    daily().rename({"pre_close": "preclose", "vol": "volume"}).write_csv(file)
    problems = refused(lake, "bars_1d", file)
    assert problems[0] == f"{file}: column 'pre_close' is missing (did you mean 'preclose'? then say --map pre_close=preclose)"
    proposal = "did you mean 'volume'? then say --map vol=volume, and --unit vol=UNIT where that is not Tushare's"
    assert problems[1] == f"{file}: column 'vol' is missing ({proposal})"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.parquet", b"PAR1 this is not parquet", "malformed file"),
        ("x.csv", b"", "malformed file"),
        ("x.csv", b"ts_code,trade_date\n1,2,3,4\n", "is missing"),
        ("x.csv", f"{HEAD}\n{','.join('1' * 12)}\n".encode(), "malformed file"),
        ("x.xlsx", b"PK", "unknown kind of file '.xlsx'"),
        ("x.csv", "ts_code,trade_date\n".encode("utf-16"), "neither UTF-8 nor GBK"),
        ("x.csv", f"{HEAD}\n".encode() + b"000001.SZ,\xff\xff\n", "neither UTF-8 nor GBK"),
        ("x.csv", f"{HEAD}\n600519.SH,20200102\0".encode("utf-16-le"), "neither UTF-8 nor GBK"),
        ("x.csv", f"{HEAD},vol\n".encode(), "more than one column 'vol'"),
        ("x.csv.gz", b"no gzip", "cannot be unpacked"),
        ("x.csv.gz", gzip.compress(HEAD.encode(), mtime=0)[:20], "cannot be unpacked"),
        ("x.csv", b"ts_code;trade_date\n000001.SZ;20200102\n", "no comma"),
    ],
)
def test_a_malformed_file_is_told(lake: Lake, tmp_path: Path, name: str, content: bytes, message: str):
    file = tmp_path / name
    file.write_bytes(content)
    assert message in refused(lake, "bars_1d", file)[0]


def test_a_missing_file_and_no_rows_are_told(lake: Lake, tmp_path: Path):
    assert "no such file" in refused(lake, "bars_1d", tmp_path / "no.csv")[0]
    daily().clear().write_parquet(tmp_path / "empty.parquet")
    assert "no row" in refused(lake, "bars_1d", tmp_path / "empty.parquet")[0]
    assert refused(lake, "instrument", tmp_path / "no.csv") == ["table: there is no table 'instrument' (did you mean 'instruments'?)"]


@pytest.mark.parametrize(
    ("table", "text", "kind"),
    [
        ("dividends", "ts_code,ex_date,cash_div_tax\n600519.SH,20200106,-0.1\n", "negative_dividend"),
        ("dividends", "ts_code,ex_date,stk_div\n600519.SH,20200106,-0.1\n", "negative_dividend"),
        ("dividends", "ts_code,ex_date,stk_div\n600519.SH,20200106,10\n", "too_many_shares"),
        ("dividends", "ts_code,ex_date,record_date,cash_div_tax\n600519.SH,20200106,20200107,0.1\n", "dates_out_of_order"),
        ("dividends", "ts_code,ex_date,cash_div_tax\n600519.SH,,0.1\n", "bad_date"),
        ("dividends", "ts_code,ex_date,cash_div_tax\n600519.SH,20200106,x\n", "not_a_number"),
        ("dividends", "ts_code,ex_date,cash_div_tax\n600519.SH,20200106,0.1\n600519.SH,20200106,0.2\n", "duplicate_key"),
        ("instruments", "ts_code,name,list_date,delist_date\n600519.SH,x,20200106,20200105\n", "dates_out_of_order"),
        ("instruments", "ts_code,name,list_date,same_day\n600519.SH,x,20200106,2\n", "bad_flag"),
        ("instruments", "ts_code,name,list_date,limit_percent\n600519.SH,x,20200106,0.2\n", "bad_percent"),
        ("code_changes", "old_code,new_code,change_date\n600519.SH,600519.SH,20200106\n", "same_code"),
        ("code_changes", "old_code,new_code,change_date\n60051,600519.SH,20200106\n", "bad_code"),
        ("code_changes", "old_code,new_code,change_date\n600520.SH,600519.SH,\n", "bad_date"),
    ],
)
def test_bad_listings_and_actions_are_refused(lake: Lake, tmp_path: Path, table: str, text: str, kind: str):
    (tmp_path / "file.csv").write_text(text)
    assert [problem.split(":")[0] for problem in refused(lake, table, tmp_path / "file.csv")] == [f"{table}.{kind}"]


def test_what_a_frame_lacks_is_missing_and_no_bad_number(lake: Lake, tmp_path: Path):
    rows = pl.DataFrame({"ts_code": ["600519.SH"], "ex_date": ["20200106"], "stk_div": [float("nan")], "cash_div_tax": [0.1]})
    rows.write_parquet(tmp_path / "file.parquet")
    assert import_table(lake.url, "dividend", [tmp_path / "file.parquet"]).findings == ()
    assert stored(lake, "dividends")["stk_div"].to_list() == [None]


def test_an_early_payment_is_told_and_comes_in(lake: Lake, tmp_path: Path):
    (tmp_path / "file.csv").write_text("ts_code,ex_date,pay_date,cash_div_tax\n600519.SH,20200106,20200103,0.1\n")
    report = import_table(lake.url, "dividends", [tmp_path / "file.csv"])
    assert [(row.kind, row.severity, row.count) for row in report.findings] == [("early_payment", "warning", 1)]
    assert report.rows_written == 1


@pytest.mark.parametrize("order", [("stock_basic", "daily"), ("daily", "stock_basic")])
def test_bars_outside_a_stocks_life_are_told_and_come_in(lake: Lake, tmp_path: Path, order: tuple[str, str]):
    lives = "ts_code,name,list_date,delist_date\n600519.SH,x,20200103,\n000001.SZ,x,19910403,20200103\n"
    (tmp_path / "stock_basic.csv").write_text(lives)
    daily().write_csv(tmp_path / "daily.csv")
    first, second = (import_table(lake.url, table, [tmp_path / f"{table}.csv"]) for table in order)
    assert first.findings == ()
    assert [(row.kind, row.severity, row.count) for row in second.findings] == [("outside_life", "warning", 2)]
    assert second.findings[0].examples[0] == "000001.SZ lives 1991-04-03 to 2020-01-03, 1 bars from 2020-01-03 to 2020-01-03"
    assert {finding.kind: finding.count for finding in resolve(lake.store).findings} == {"outside_life": 2}


def test_minute_bars_are_in_shares_and_yuan_and_shanghai_time(lake: Lake, tmp_path: Path):
    rows = pl.DataFrame(
        {
            "ts_code": ["600519.SH"] * 2,
            "trade_time": ["2024-11-01 09:35:00", "2024-11-01 15:00:00"],
            **{name: [1500.01, 1500.02] for name in ("open", "high", "low", "close")},
            "vol": [1200.0, 300.0],
            "amount": [1_800_012.0, 450_006.5],
        }
    )
    file = tmp_path / "minutes.csv"
    rows.write_csv(file)
    assert import_table(lake.url, "bars_5m", [file]).first == 20241101
    found = stored(lake, "bars_5m").sort("time")
    assert found["time"].dt.strftime("%Y-%m-%d %H:%M %Z").to_list() == ["2024-11-01 01:35 UTC", "2024-11-01 07:00 UTC"]
    assert found["volume"].to_list() == [1200, 300]
    assert found["amount"].to_list() == [1_800_012_000, 450_006_500]
    assert found["month"].to_list() == [202411, 202411]
    other = Lake(f"{lake.url}-other")
    rows.with_columns(trade_time=pl.Series(["2024-11-01 09:30:00", "2024-11-01 15:00:00"])).write_csv(file)
    assert "right edge" in refused(other, "bars_5m", file)[0]


def test_the_other_tables_come_in(lake: Lake, tmp_path: Path):
    files = {
        "stock_basic": "ts_code,name,industry,list_date,delist_date\n600519.SH,贵州茅台,白酒,20010827,\n"
        "000003.SZ,PT金田A,房产,19910703,20020614\n",
        "trade_cal": "exchange,cal_date,is_open,pretrade_date\nSSE,20200102,1,20191231\nSSE,20200103,1,20200102\nSSE,20200104,0,20200103\n",
        "daily_basic": "ts_code,trade_date,pe,pb\n600519.SH,20200102,40.1,\n600519.SH,20200103,,11.5\n",
        "namechange": "ts_code,name,start_date,end_date\n000003.SZ,ST金田A,19980501,19990101\n",
        "index_daily": "ts_code,trade_date,open,high,low,close,pre_close,vol,amount\n"
        "000300.SH,20200102,4121.3487,4172.6555,4121.3487,4152.2408,4096.5821,182116508.0,270105548.5\n",
        "index_weight": "index_code,con_code,trade_date,weight\n000300.SH,600519.SH,20191231,4.9\n",
    }
    for table, text in files.items():
        (tmp_path / "file.csv").write_text(text)
        import_table(lake.url, table, [tmp_path / "file.csv"])
    daily().write_csv(tmp_path / "file.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "file.csv"])
    catalog = resolve(lake.store).catalog
    assert catalog.sessions == (20200102, 20200103)
    assert catalog.fields == ("index:000300.SH", "is_st", "listed_sessions", "pb", "pe")
    assert catalog.indices == {"000300.SH": "bars members"}
    assert catalog.by_code["600519.SH"].industry == "白酒"
    assert catalog.by_code["000003.SZ"].delist_date == 20020614
    assert stored(lake, "index_1d")["close"].to_list() == [4_152_241]


def test_the_real_market_comes_in_whole(lake: Lake, real_data: Path):
    report = import_table(lake.url, "bars_1d", [real_data / "bars_1d_sample_2018_2020.parquet"])
    assert (report.rows_read, report.rows_written, report.codes) == (21_955, 21_955, 66)
    assert {finding.severity for finding in report.findings} <= {"warning"}
    import_table(lake.url, "index_1d", [real_data / "index_1d.parquet"])
    import_table(lake.url, "trade_cal", [real_data / "trade_cal_xshg.parquet"])
    import_table(lake.url, "bars_5m", [real_data / "bars_5m.parquet"])
    moutai = stored(lake, "bars_1d").filter((pl.col("ts_code") == "600519.SH") & (pl.col("trade_date") == date(2019, 12, 31)))
    assert moutai["close"].to_list() == [1_183_000]
    index = stored(lake, "index_1d").filter((pl.col("ts_code") == "000300.SH") & (pl.col("trade_date") == date(2019, 12, 31)))
    assert index["close"].to_list() == [4_096_582]
