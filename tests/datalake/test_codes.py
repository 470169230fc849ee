"""Codes of other vendors become Tushare's, and a warning tells; what could be two things is refused."""

from pathlib import Path

import polars as pl
import pytest

from datalake.errors import ImportRefusedError
from datalake.files.codes import usual
from datalake.files.imports import import_table
from datalake.lake import Lake, scan
from datalake.versions import resolve
from tests.datalake.rows import daily


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("sh600519", "600519.SH"),
        ("SH600519", "600519.SH"),
        ("SH.600519", "600519.SH"),
        ("sh.600519", "600519.SH"),
        ("SHSE.600519", "600519.SH"),
        ("600519.XSHG", "600519.SH"),
        ("600519.SS", "600519.SH"),
        ("600519.SSE", "600519.SH"),
        ("600519.sh", "600519.SH"),
        ("600519_SH", "600519.SH"),
        ("600519SH", "600519.SH"),
        ("000001.XSHE", "000001.SZ"),
        ("SZSE.000001", "000001.SZ"),
        ("sz000001", "000001.SZ"),
        ("bj830799", "830799.BJ"),
        ("BSE.830799", "830799.BJ"),
        ("600519.SH", "600519.SH"),
        ("600519", "600519"),
        ("AAPL", "AAPL"),
        ("600519.HK", "600519.HK"),
        ("H30269.CSI", "H30269.CSI"),
        ("sh60051", "sh60051"),
        ("xsh600519", "xsh600519"),
        ("", ""),
    ],
)
def test_a_code_in_its_usual_shape(code: str, ours: str):
    assert usual(code) == ours
    assert usual(ours) == ours


def test_codes_are_rewritten_and_told(lake: Lake, tmp_path: Path):
    daily(ts_code=["sz000001", "000001.XSHE", "600519.SH", "SH.600519"]).write_csv(tmp_path / "daily.csv")
    report = import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    rows = scan(lake, "import", "bars_1d", resolve(lake.store).tables["bars_1d"].delta_version).collect()
    assert rows["ts_code"].unique().sort().to_list() == ["000001.SZ", "600519.SH"]
    found = next(finding for finding in report.findings if finding.kind == "code_rewritten")
    assert (found.severity, found.count, found.table) == ("warning", 3, "bars_1d")
    assert found.examples[0] == "daily.csv row 1: sz000001 is 000001.SZ"


def test_two_spellings_of_one_code_are_one_key(lake: Lake, tmp_path: Path):
    daily(ts_code=["sz000001", "000001.XSHE", "600519.SH", "SH.600519"], trade_date=["20200102"] * 4).write_csv(tmp_path / "daily.csv")
    with pytest.raises(ImportRefusedError, match="2 x row whose key an earlier row has"):
        import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("bars_1d", daily(ts_code=["000001", "000001", "600519.SH", "600519.SH"])),
        ("bars_1d", daily(ts_code=[1, 1, 600519, 600519])),
        ("index_1d", daily(ts_code=["000300"] * 2 + ["000905.SH"] * 2)),
        ("index_members", pl.DataFrame({"index_code": ["000300"], "con_code": ["600519.SH"], "trade_date": ["20200102"], "weight": [5.0]})),
    ],
)  # fmt: skip
def test_six_digits_alone_are_no_code(lake: Lake, tmp_path: Path, table: str, rows: pl.DataFrame):
    rows.write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(ImportRefusedError, match="code without its exchange: 000001 is a stock of Shenzhen") as caught:
        import_table(lake.url, table, [tmp_path / "rows.parquet"])
    assert f"{table}.bare_code" in [problem.field for problem in caught.value.problems]


def test_codes_of_members_and_changes_are_rewritten_too(lake: Lake, tmp_path: Path):
    (tmp_path / "changes.csv").write_text("old_code,new_code,change_date\nsz000022,SZ.001872,20181226\n")
    report = import_table(lake.url, "code_changes", [tmp_path / "changes.csv"])
    rows = scan(lake, "import", "code_changes", resolve(lake.store).tables["code_changes"].delta_version).collect()
    assert rows.row(0)[:2] == ("000022.SZ", "001872.SZ")
    assert report.findings[0].count == 2
