"""Folders, hive folders, packed and Chinese files: all are found, each once, and what is not read is told."""

import contextlib
import gzip
from datetime import date, time
from pathlib import Path

import polars as pl
import pytest

from datalake.errors import DataError, ImportRefusedError
from datalake.files.imports import import_table
from datalake.files.sources import find_sources
from datalake.lake import Lake, scan
from datalake.versions import list_versions, resolve
from tests.datalake.rows import daily

INSTRUMENTS = "ts_code,name,list_date\n600519.SH,贵州茅台,20010827\n000001.SZ,平安银行,19910403\n"


def stored(lake: Lake, table: str) -> pl.DataFrame:
    dataset = resolve(lake.store, "import")
    return scan(lake, "import", table, dataset.tables[table].delta_version).collect().sort("ts_code")


def told(lake: Lake, *places: Path) -> list[str]:
    with pytest.raises(ImportRefusedError) as caught:
        import_table(lake.url, "bars_1d", places)
    assert list_versions(lake.store) == []
    return [str(problem) for problem in caught.value.problems]


def test_a_folder_comes_in_with_all_that_lies_below_it(lake: Lake, tmp_path: Path):
    (tmp_path / "data" / "deep").mkdir(parents=True)
    rows = daily()
    rows[:1].write_csv(tmp_path / "data" / "one.csv")
    rows[1:2].write_parquet(tmp_path / "data" / "two.PARQUET")
    rows[2:3].write_parquet(tmp_path / "data" / "deep" / "three.pq")
    (tmp_path / "data" / "deep" / "four.csv.gz").write_bytes(gzip.compress(rows[3:].write_csv().encode()))
    for name in ("README.md", "notes.txt", ".DS_Store", "_SUCCESS"):
        (tmp_path / "data" / name).write_text("no bars")
    report = import_table(lake.url, "bars_1d", [tmp_path / "data", tmp_path / "data" / "one.csv"])
    assert (report.rows_read, report.rows_written) == (4, 4)
    skipped = next(finding for finding in report.findings if finding.kind == "skipped_file")
    assert (skipped.severity, skipped.count, skipped.examples) == ("warning", 2, ("data/README.md", "data/notes.txt"))
    assert resolve(lake.store).note["files"] == ["data/deep/four.csv.gz", "data/deep/three.pq", "data/one.csv", "data/two.PARQUET"]


def test_a_row_below_a_folder_is_told_with_its_path(lake: Lake, tmp_path: Path):
    (tmp_path / "data" / "2020").mkdir(parents=True)
    daily(close=[-1.0, 17.18, 1130.0, 1078.56]).write_csv(tmp_path / "data" / "2020" / "x.csv")
    assert "data/2020/x.csv row 1: ts_code=000001.SZ" in told(lake, tmp_path / "data")[0]


def test_hive_folders_tell_columns(lake: Lake, tmp_path: Path):
    for (code, day), rows in daily().partition_by("ts_code", "trade_date", as_dict=True).items():
        folder = tmp_path / "bars" / f"ts_code={code}" / f"trade_date={day}"
        folder.mkdir(parents=True)
        rows.drop("ts_code", "trade_date").write_parquet(folder / "part-0.parquet")
    import_table(lake.url, "bars_1d", [tmp_path / "bars"])
    other = Lake(f"{lake.url}-other")
    daily().write_csv(tmp_path / "plain.csv")
    import_table(other.url, "bars_1d", [tmp_path / "plain.csv"])
    assert stored(lake, "bars_1d").sort("trade_date").equals(stored(other, "bars_1d").sort("trade_date"))


def test_a_files_own_column_counts_before_its_folders(lake: Lake, tmp_path: Path):
    folder = tmp_path / "trade_date=20191231"
    folder.mkdir()
    daily().write_parquet(folder / "part-0.parquet")
    assert import_table(lake.url, "bars_1d", [folder]).first == 20200102


def test_what_polars_wrote_in_hive_folders_comes_in(lake: Lake, tmp_path: Path):
    rows = daily().with_columns(year=pl.lit(2020))
    rows.write_parquet(pl.PartitionBy(tmp_path / "bars", key="year"), mkdir=True)
    assert import_table(lake.url, "bars_1d", [tmp_path / "bars"]).rows_written == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("packed", [False, True])
def test_chinese_text_comes_in_whatever_it_was_written_in(lake: Lake, tmp_path: Path, encoding: str, packed: bool):
    data = INSTRUMENTS.encode(encoding)
    file = tmp_path / ("stocks.csv.gz" if packed else "stocks.csv")
    file.write_bytes(gzip.compress(data) if packed else data)
    import_table(lake.url, "instruments", [file])
    assert stored(lake, "instruments")["name"].to_list() == ["平安银行", "贵州茅台"]


def test_a_chinese_head_line_in_gbk_is_read(lake: Lake, tmp_path: Path):
    from datalake.rows.mapping import Dialect

    text = INSTRUMENTS.replace("ts_code,name,list_date", "代码,名称,上市日期")
    (tmp_path / "stocks.csv").write_bytes(text.encode("gbk"))
    names = {"ts_code": "代码", "name": "名称", "list_date": "上市日期"}
    import_table(lake.url, "instruments", [tmp_path / "stocks.csv"], dialect=Dialect(names))
    assert stored(lake, "instruments")["name"].to_list() == ["平安银行", "贵州茅台"]


def test_places_without_anything_to_read_are_told_together(lake: Lake, tmp_path: Path):
    for name in ("empty", "others", "delta/_delta_log"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "others" / "a.xlsx").write_text("x")
    (tmp_path / "delta" / "part-0.parquet").write_text("x")
    (tmp_path / "delta" / "_delta_log" / "0.json").write_text("{}")
    (tmp_path / "bars.zip").write_text("x")
    places = [tmp_path / name for name in ("empty", "others", "delta", "bars.zip", "missing.csv")]
    found = told(lake, *places)
    assert found[0] == f"{places[0]}: no file of .parquet, .pq, .csv, .csv.gz lies in the folder (it is empty)"
    assert found[1] == f"{places[1]}: no file of .parquet, .pq, .csv, .csv.gz lies in the folder (it holds 1 other files, a.xlsx first)"
    assert "the folder holds a Delta table" in found[2]
    assert found[3] == f"{places[3]}: unknown kind of file '.zip' (unpack it first)"
    assert "there is no such file" in found[4]
    assert len(found) == 5


def test_nothing_given_is_told(lake: Lake):
    assert told(lake) == ["files: no file was given (name Parquet or CSV files, or folders with such files)"]


def test_a_folder_named_twice_is_read_once(tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "daily.csv")
    assert [file.label for file in find_sources([tmp_path, tmp_path, tmp_path / "link.csv"]).files] == [f"{tmp_path.name}/daily.csv"]


HEAD, *LINES = daily().write_csv().splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "\r\n".join([HEAD, *LINES]),
        "\n".join([HEAD, *LINES, "", "", ""]),
        "\n".join([HEAD, "", *LINES, ",,,,,,,,", ""]),
        "\n".join([HEAD.replace(",", " , "), *LINES]),
        "\n".join([HEAD, *(line.replace(",", " , ") for line in LINES)]),
        "\n".join(f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in [HEAD, *LINES]),
        "\n".join(f"{line}," for line in [HEAD, *LINES]),
    ],
    ids=["windows", "blank end", "blank lines", "blanks in head", "blanks", "quotes", "last comma"],
)
def test_a_csv_may_be_written_in_many_ways(lake: Lake, tmp_path: Path, text: str):
    (tmp_path / "daily.csv").write_bytes(text.encode())
    report = import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    assert (report.rows_read, report.rows_written, report.findings) == (4, 4, ())


def test_rows_after_a_blank_line_keep_their_numbers(lake: Lake, tmp_path: Path):
    (tmp_path / "daily.csv").write_text("\n".join([HEAD, "", LINES[0].replace("16.65", "x")]))
    assert "daily.csv row 2: ts_code=000001.SZ" in told(lake, tmp_path / "daily.csv")[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "\n\n,,,\n", "the files hold no row of bars_1d"),
        ("\r".join([HEAD, *LINES]), "its first line cannot be read"),
        ("ts_code," + "x" * 300_000, "its first line cannot be read"),
        ("\n".join([HEAD, LINES[0].replace("20200102", "-20200102")]), "date that cannot be read"),
        ("\n".join([HEAD, LINES[0].replace("20200102", "43832")]), "date that cannot be read"),
        ("\n".join([HEAD, LINES[0].replace("000001.SZ", '"000001.SZ')]), "malformed file"),
        ("\n".join([HEAD, LINES[0] + ",1"]), "malformed file"),
        ("\n".join([HEAD, LINES[0].rpartition(",")[0]]), "number that is missing"),
        ("\n".join([HEAD, LINES[0].replace("16.65", "1e400")]), "number that is missing or cannot be read"),
    ],
)
def test_damaged_text_is_told(lake: Lake, tmp_path: Path, text: str, message: str):
    (tmp_path / "daily.csv").write_bytes(text.encode())
    assert message in told(lake, tmp_path / "daily.csv")[0]


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("open", [[1.0]] * 4),
        pl.Series("open", [True] * 4),
        pl.Series("open", [date(2020, 1, 2)] * 4),
        pl.Series("trade_date", [time(1)] * 4),
        pl.Series("trade_date", [True] * 4),
    ],
)
def test_a_column_of_another_type_is_told(lake: Lake, tmp_path: Path, column: pl.Series):
    daily().with_columns(column).write_parquet(tmp_path / "daily.parquet")
    assert f"column '{column.name}' is of type {column.dtype}, which {column.name} cannot be read from" in told(lake, tmp_path)[0]


def test_damaged_parquet_is_told_or_read_never_worse(lake: Lake, tmp_path: Path):
    daily().write_parquet(tmp_path / "daily.parquet")
    whole = (tmp_path / "daily.parquet").read_bytes()
    for place in range(0, len(whole), 37):
        (tmp_path / "daily.parquet").write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with contextlib.suppress(DataError):
            assert import_table(lake.url, "bars_1d", [tmp_path / "daily.parquet"], dry_run=True).rows_read <= 4
