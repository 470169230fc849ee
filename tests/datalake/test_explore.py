"""Questions in SQL: the same rows as the tables have, in human units, at their pinned versions; and no way out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from datalake.errors import PlacedProblem, QueryError, StorageError
from datalake.explore.query import Bounds, asked
from datalake.explore.views import RAW, shown, stored
from datalake.lake import Lake, at_version, describe
from datalake.objects import delete, sizes
from datalake.reading import Reader
from datalake.sample import build_sample
from datalake.storing.compaction import compact
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve
from tests.datalake.rows import bars

DAY, LATER = date(2020, 1, 2), date(2020, 1, 3)


def rows_of(lake: Lake, dataset: Dataset, sql: str, bounds: Bounds | None = None) -> list[dict[str, Any]]:
    with asked(lake, dataset, sql, bounds) as answer:
        return [row for batch in answer.batches for row in batch.to_pylist()]


def problem_of(lake: Lake, dataset: Dataset, sql: str, bounds: Bounds | None = None) -> PlacedProblem:
    with pytest.raises(QueryError) as caught:
        rows_of(lake, dataset, sql, bounds)
    (problem,) = caught.value.problems
    assert isinstance(problem, PlacedProblem) and problem.field == "sql"
    return problem


def put(lake: Lake, *rows: tuple[str, date, int]) -> Dataset:
    return publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", bars(*rows))}, {})


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_stored_row_is_there_raw_and_in_human_units(sample_lake: Lake, sample: Dataset, table: str) -> None:
    if table not in sample.tables:
        assert problem_of(sample_lake, sample, f"select * from {table}").message == f"sample:v1 has no table {table}"
        return
    shape = TABLES[table]
    key = ", ".join(shape.key)
    some = f"where {shape.date} <= '2019-03-31'" if sample.tables[table].rows > 100_000 else ""
    wanted = Reader(sample_lake, sample).rows(table).select(*(column.name for column in stored(shape)))
    if some:
        wanted = wanted.filter(pl.col(shape.date) <= date(2019, 3, 31))
    expected = wanted.collect().sort(*shape.key).rows()
    raw = rows_of(sample_lake, sample, f"select * from {RAW}.{table} {some} order by {key}")
    assert list(raw[0]) == [column.name for column in stored(shape)]
    assert same(expected, [tuple(row.values()) for row in raw])
    human = rows_of(sample_lake, sample, f"select * from {table} {some} order by {key}")
    assert list(human[0]) == list(shape.names)
    for column in shape.columns:
        assert same([slow_human(row[column.name], column.unit) for row in raw], [row[column.name] for row in human]), column


def slow_human(value: Any, unit: str) -> Any:
    """What a stored value is to people, one by one."""
    if value is None:
        return None
    if unit.startswith("li"):
        return Decimal(value) / 1000
    if unit.startswith("micro-CNY"):
        return Decimal(value) / 1_000_000
    if unit.startswith("millionths"):
        return value / 1e6
    if unit == "the bar's right edge":
        return value.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    return value


def same(expected: Sequence[Any], found: Sequence[Any]) -> bool:
    """NaN equals NaN."""
    return len(expected) == len(found) and all(
        same(one, other) if isinstance(one, tuple) else one == other or str(one) == str(other) == "nan"
        for one, other in zip(expected, found, strict=True)
    )


@pytest.mark.parametrize("table", sorted(TABLES))
def test_views_have_the_types_that_are_documented(sample_lake: Lake, sample: Dataset, table: str) -> None:
    if table not in sample.tables:
        return
    for name, columns in ((table, shown(TABLES[table])), (f"{RAW}.{table}", stored(TABLES[table]))):
        found = rows_of(sample_lake, sample, f"describe {name}")
        assert [(row["column_name"], row["column_type"]) for row in found] == [(column.name, column.type) for column in columns]


def test_every_column_of_money_factors_and_times_has_another_view() -> None:
    for table in TABLES.values():
        for column, found in zip(table.columns, shown(table), strict=True):
            is_plain = found.sql == f'"{column.name}"'
            assert is_plain == (not column.unit.startswith(("li", "micro-CNY", "millionths", "the bar's right edge"))), column
            assert not found.unit.startswith(("li", "micro", "millionths"))


def test_a_version_answers_with_the_tables_that_it_pins(lake: Lake) -> None:
    first = put(lake, ("a", DAY, 1_000), ("b", DAY, 2_000))
    second = put(lake, ("a", DAY, 1_500), ("c", LATER, 3_000))
    compact(lake, "import")
    asking = "select ts_code, close from bars_1d order by 1"
    assert rows_of(lake, first, asking) == [{"ts_code": "a", "close": Decimal("1.000")}, {"ts_code": "b", "close": Decimal("2.000")}]
    expected = {"a": Decimal("1.5"), "b": Decimal(2), "c": Decimal(3)}
    for dataset in (second, resolve(lake.store)):
        assert {row["ts_code"]: row["close"] for row in rows_of(lake, dataset, asking)} == expected


def test_a_lake_in_a_folder_with_spaces_and_chinese(tmp_path: Path) -> None:
    lake = Lake(f"file://{tmp_path}/行 情 100%")
    dataset = put(lake, ("a", DAY, 1_000), ("b", LATER, 2_000))
    assert rows_of(lake, dataset, "select count(*) n, max(close) c from bars_1d") == [{"n": 2, "c": Decimal(2)}]


@pytest.fixture
def bucket() -> Iterator[Lake]:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        there = {"aws_endpoint_url": f"http://{host}:{port}", "aws_region": "us-east-1"}
        client = boto3.client("s3", endpoint_url=there["aws_endpoint_url"], region_name="us-east-1", **keys)
        client.create_bucket(Bucket="lake")
        options = {"aws_allow_http": "true", "aws_virtual_hosted_style_request": "false"}
        yield Lake("s3://lake/data", keys | there | options)
    finally:
        server.stop()


def test_a_lake_in_a_bucket(bucket: Lake) -> None:
    first = put(bucket, ("a", DAY, 1_000), ("b", date(2021, 1, 4), 2_000))
    second = put(bucket, ("a", DAY, 1_500))
    asking = "select ts_code, close from bars_1d where trade_date < '2021-01-01'"
    assert rows_of(bucket, first, asking) == [{"ts_code": "a", "close": Decimal(1)}]
    assert rows_of(bucket, second, asking) == [{"ts_code": "a", "close": Decimal("1.5")}]
    for keys in ("import/bars_1d/year=2020", "import/bars_1d/year=2021"):
        delete(bucket.store, sizes(bucket.store, keys))
    with pytest.raises(StorageError, match="bars_1d: cannot read it"):
        rows_of(bucket, second, asking)


def test_columns_that_another_program_had_not_are_null_and_those_that_we_do_not_know_are_left_out(lake: Lake) -> None:
    rows = bars(("a", DAY, 1), ("b", DAY, 2)).with_columns(year=pl.lit(2020, pl.Int32)).to_arrow().cast(TABLES["bars_1d"].schema)
    rows = rows.drop_columns(["after_hours_volume", "amount"]).append_column("mood", pa.array(["good", "bad"]))
    _ = lake.store
    write_deltalake(lake.table_url("import", "bars_1d"), rows, partition_by=["year"])
    delta = at_version(lake, "import", "bars_1d", 0)
    dataset = publish_tables(lake, "import", {"bars_1d": describe(delta, TABLES["bars_1d"])}, {})
    found = rows_of(lake, dataset, "select * from bars_1d where amount is null order by close")
    assert [row["close"] for row in found] == [Decimal("0.001"), Decimal("0.002")]
    assert all(row["amount"] is None and "mood" not in row for row in found)


def test_a_null_column_can_be_filtered_by(sample_lake: Lake, sample: Dataset) -> None:
    """The statistics of a file whose column is null throughout say nothing, and must not hide it."""
    everything = sample.tables["bars_1d"].rows
    assert rows_of(sample_lake, sample, "select count(*) n from bars_1d where after_hours_volume is null") == [{"n": everything}]
    assert rows_of(sample_lake, sample, "select count(*) n from bars_1d where after_hours_volume > 0") == [{"n": 0}]


def test_what_no_vendor_gives_is_null_or_nan_and_never_a_nought(sample_lake: Lake, sample: Dataset) -> None:
    found = rows_of(sample_lake, sample, "select count(*) n, count(pe) known, count(*) filter (where pe = 0) noughts from daily_basic")[0]
    expected = Reader(sample_lake, sample).rows("daily_basic").select("pe").collect()["pe"]
    assert found == {"n": len(expected), "known": expected.is_not_null().sum(), "noughts": 0}


def test_columns_with_another_type_are_told(lake: Lake) -> None:
    dataset = put(lake, ("a", DAY, 1))
    for folder in (Path(lake.table_url("import", "bars_1d"))).glob("year=*"):
        for file in folder.iterdir():
            file.write_bytes(b"PAR1 junk PAR1")
    with pytest.raises(StorageError, match=r"bars_1d: cannot read it: .*parquet"):
        rows_of(lake, dataset, "select * from bars_1d")


def test_a_data_file_that_is_gone_is_told(lake: Lake) -> None:
    dataset = put(lake, ("a", DAY, 1))
    for file in Path(lake.table_url("import", "bars_1d")).glob("year=*/*.parquet"):
        file.unlink()
    with pytest.raises(StorageError, match="bars_1d: cannot read it"):
        rows_of(lake, dataset, "select * from bars_1d")


REFUSED = {
    "select 1; select 2": "these are 2 statements",
    "": "there is no statement",
    " -- nothing": "there is no statement",
    "create table x as select 1": "CREATE is not answered",
    "create or replace view bars_1d as select 1": "CREATE is not answered",
    "insert into bars_1d values (1)": "INSERT is not answered",
    "update instruments set name = 'x'": "UPDATE is not answered",
    "delete from bars_1d": "DELETE is not answered",
    "drop view bars_1d": "DROP is not answered",
    "alter view bars_1d rename to x": "ALTER is not answered",
    "with q as (insert into bars_1d values (1) returning 1) select * from q": "INSERT is not answered",
    "copy (select 1) to 'x.csv'": "COPY is not answered",
    "copy bars_1d from 'x.csv'": "COPY is not answered",
    "export database 'x'": "is not answered",
    "attach 'x.db'": "ATTACH is not answered",
    "attach ':memory:' as x": "ATTACH is not answered",
    "detach memory": "DETACH is not answered",
    "install httpfs": "is not answered",
    "load httpfs": "LOAD is not answered",
    "pragma database_list": "PRAGMA is not answered",
    "set threads = 1": "SET is not answered",
    "reset threads": "SET is not answered",
    "call enable_logging()": "CALL is not answered",
    "use raw": "SET is not answered",
    "checkpoint": "is not answered",
    "vacuum": "is not answered",
    "begin": "TRANSACTION is not answered",
    "prepare p as select 1": "PREPARE is not answered",
    "execute p": "EXECUTE is not answered",
    "explain analyze select 1": "EXPLAIN is not answered",
    "show tables": "SHOW is not answered",
    "from (show databases)": "SHOW is not answered",
    "pivot bars_1d on ts_code using sum(volume)": "PIVOT is not answered",
    "create secret (type s3)": "CREATE is not answered",
    "select * from read_text('{file}')": "read_text() may not stand in FROM",
    "select * from READ_BLOB('{file}')": "read_blob() may not stand in FROM",
    "select * from read_csv('{file}')": "read_csv() may not stand in FROM",
    "select * from main.read_csv_auto('{file}')": "read_csv_auto() may not stand in FROM",
    "select * from system.main.read_json('{file}')": "read_json() may not stand in FROM",
    "select * from read_parquet('{file}')": "read_parquet() may not stand in FROM",
    "select * from parquet_metadata('{file}')": "parquet_metadata() may not stand in FROM",
    "select * from glob('/*')": "glob() may not stand in FROM",
    "select * from query('select 1')": "query() may not stand in FROM",
    "select * from query_table('bars_1d')": "query_table() may not stand in FROM",
    "select * from json_execute_serialized_sql('x')": "json_execute_serialized_sql() may not stand in FROM",
    "select * from arrow_scan(1, 2, 3)": "arrow_scan() may not stand in FROM",
    "select * from pandas_scan(1)": "pandas_scan() may not stand in FROM",
    "select * from duckdb_secrets()": "duckdb_secrets() may not stand in FROM",
    "select (select count(*) from duckdb_settings())": "duckdb_settings() may not stand in FROM",
    "select 1 where exists (from read_text('{file}'))": "read_text() may not stand in FROM",
    "with recursive a as (select 1 union all from sniff_csv('{file}')) from a": "sniff_csv() may not stand in FROM",
    "select * from bars_1d, lateral (select * from read_text(ts_code))": "read_text() may not stand in FROM",
    'select * from "stored:bars_1d"': "there is no table stored:bars_1d",
    'select * from temp.main."Stored:bars_1d"': "there is no table stored:bars_1d",
    "select 'a\0b'": "NUL",
    "select '\ud800'": "UTF-8",
    f"select {'1,' * 60_000} 1": "characters",
    f"select {'(' * 20_000}1{')' * 20_000}": "",
    f"select {'1+' * 5_000}1": "Max expression depth",
    f"select {'[' * 450}1{']' * 450}": "nested too deeply",
}


@pytest.mark.parametrize("sql", REFUSED, ids=lambda sql: sql[:40].encode("ascii", "replace").decode())
def test_only_one_select_over_tables_is_answered(sample_lake: Lake, sample: Dataset, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\nsecret\n")
    with pytest.raises(QueryError) as caught:
        rows_of(sample_lake, sample, sql.replace("{file}", str(file)))
    assert REFUSED[sql] in str(caught.value) and "secret\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["'{file}'", '"{file}"', "'https://example.com/a.csv'", "'s3://a/b.parquet'", "'data:,a'"])
def test_a_file_is_no_table(sample_lake: Lake, sample: Dataset, tmp_path: Path, name: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a\nsecret\n")
    said = str(problem_of(sample_lake, sample, f"select * from {name.replace('{file}', str(file))}"))
    assert "does not exist" in said or "disabled by configuration" in said


def test_variables_of_the_program_are_no_tables(sample_lake: Lake, sample: Dataset) -> None:
    rows = pa.table({"a": [1]})
    assert "does not exist" in problem_of(sample_lake, sample, "select * from rows").message
    assert rows.num_rows == 1


def test_nothing_is_written_anywhere(sample_lake: Lake, sample: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = Path(sample_lake.object_url("sample"))
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    rows_of(sample_lake, sample, "select * from bars_1d order by hash(close) limit 5")
    problem_of(sample_lake, sample, "install httpfs")
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sql", "message", "hint", "place"),
    [
        ("selec 1", 'Parser Error: syntax error at or near "selec"', None, (1, 1)),
        ("select ts_code\nfrom bars_1d\nwhere volum > 1", 'Referenced column "volum" not found', 'did you mean "volume"', (3, 7)),
        ("select * from bars_1", "Table with name bars_1 does not exist!", 'did you mean "bars_1d"?', (1, 15)),
        ("select 中文, nosuch(1) from bars_1d", "中文", None, (1, 8)),
        ("select sqr(close) from bars_1d", "Scalar Function with name sqr does not exist", 'did you mean "sqrt"?', (1, 8)),
        ("select 1 as a" + " " * 300 + ", nosuch as b" + " " * 300 + ", 2 as c", 'column "nosuch"', None, (1, 316)),
        ("select * from daily", "sample:v1 has no table daily", "it is called bars_1d here", (None, None)),
        ("select * from stk_limit", "sample:v1 has no table stk_limit", "it has adj_factor, bars_1d", (None, None)),
        ("select * from bars_1d where trade_date = '20240102'", "invalid date", "days are written '2024-01-31'", (None, None)),
        ("select * from bars_1d where trade_date = 20240102", "INTEGER -> DATE", "days are written '2024-01-31'", (None, None)),
        ("select * from bars_1d where trade_date > 20240102", "type DATE and type INTEGER", "days are written '2024-01-31'", (1, 29)),
        ("select * from bars_1d where ts_code = 9001", "ts_code", "codes are texts: '600519.SH'", (None, None)),
        ('select "009001.SZ"', "FROM clause is missing", "texts stand in single quotes", (1, 8)),
        ("select error('oh dear')", "oh dear", None, (None, None)),
    ],
)
def test_a_mistake_is_told_with_its_place(sample_lake: Lake, sample: Dataset, sql: str, message: str, hint: str | None, place: Any) -> None:
    problem = problem_of(sample_lake, sample, sql)
    assert message in problem.message and "LINE" not in problem.message
    assert (problem.line, problem.column) == place
    assert hint is None or hint in str(problem.hint)
    assert "stored:" not in str(problem)


def test_a_table_of_a_with_clause_may_be_called_as_one_likes(sample_lake: Lake, sample: Dataset) -> None:
    assert rows_of(sample_lake, sample, "with mine as (select 7 as a) select * from mine") == [{"a": 7}]
    found = rows_of(sample_lake, sample, "with Bars_1D as (select count(*) as n from INSTRUMENTS) select n from bars_1d")
    assert found == [{"n": len(sample.catalog.instruments)}]


def test_tables_are_joined_and_grouped(sample_lake: Lake, sample: Dataset) -> None:
    sql = """
        select i.board, b.days, f.last from (select '009001.SZ' as ts_code, 'main' as board) i
        join (select ts_code, count(*) as days from bars_1d group by 1) b using (ts_code)
        join (select ts_code, max_by(adj_factor, trade_date) as last from adj_factor group by 1) f using (ts_code)
    """
    reader = Reader(sample_lake, sample)
    days = reader.rows("bars_1d", codes=["009001.SZ"]).select(pl.len()).collect().item()
    last = reader.rows("adj_factor", codes=["009001.SZ"]).sort("trade_date").select(pl.col("adj_factor").last()).collect().item()
    assert rows_of(sample_lake, sample, sql) == [{"board": "main", "days": days, "last": last / 1e6}]


def test_an_answer_that_takes_too_long_ends_in_time(sample_lake: Lake, sample: Dataset) -> None:
    begun = time.monotonic()
    problem = problem_of(sample_lake, sample, ENDLESS, Bounds(seconds=0.5))
    assert problem.message == "there was no answer within 0.5 seconds" and time.monotonic() - begun < 5


def test_an_answer_that_takes_too_long_between_its_rows_ends_in_time(sample_lake: Lake, sample: Dataset) -> None:
    begun = time.monotonic()
    slow = "select a.range from range(100000000000) a where a.range < 5 or hash(a.range) = 3"
    with pytest.raises(QueryError, match=r"within 0\.5 seconds"):
        rows_of(sample_lake, sample, slow, Bounds(seconds=0.5))
    assert time.monotonic() - begun < 5


def test_what_goes_on_within_one_value_ends_before_its_end_is_told(sample_lake: Lake, sample: Dataset) -> None:
    padded = "select length(lpad('a', 30000000 + range::int, 'b')) from range(1)"
    assert "within 0.1 seconds" in problem_of(sample_lake, sample, padded, Bounds(seconds=0.1)).message


def test_ctrl_c_a_second_time_waits_for_nothing(sample_lake: Lake) -> None:
    """The first was heard, the second swallowed."""
    arguments = [
        sys.executable,
        "-c",
        _QUESTION,
        sample_lake.url,
        "select length(lpad('a', 2000000000 + range::int, 'b')) from range(1)",
        "90",
    ]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "asked\n"
        time.sleep(2.0)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.7)
        begun = time.monotonic()
        out, _ = process.communicate(timeout=30)
    assert out.startswith("interrupted |") and time.monotonic() - begun < 10


def test_an_answer_that_needs_too_much_memory_is_told(sample_lake: Lake, sample: Dataset) -> None:
    large = "select count(*) from (select a.range as x, b.range as y from range(100000000) a, range(50) b order by hash(a.range * b.range))"
    assert problem_of(sample_lake, sample, large, Bounds(memory_mb=100)).message == "the answer needs more than 100 MB of memory"


def test_rows_come_as_they_are_found_and_the_rest_is_left(sample_lake: Lake, sample: Dataset) -> None:
    with asked(sample_lake, sample, "select range as a from range(1000000000000)") as answer:
        assert answer.schema.names == ["a"]
        first = next(answer.batches)
        assert 0 < first.num_rows <= 10_000 and first.column(0)[0].as_py() == 0


_QUESTION = """
import sys
import time
from datalake.errors import QueryError
from datalake.explore.query import Bounds, asked
from datalake.lake import Lake
from datalake.versions import resolve
_, url, sql, seconds = sys.argv
lake = Lake(url)
print("asked", flush=True)
begun = time.monotonic()
try:
    with asked(lake, resolve(lake.store), sql, Bounds(float(seconds))) as answer:
        list(answer.batches)
    told = "answered"
except KeyboardInterrupt:
    told = "interrupted"
except QueryError as error:
    told = str(error)
print(told, "|", time.monotonic() - begun, flush=True)
"""
ENDLESS = "select count(*) from range(1000000000) a, range(1000000) b where hash(a.range + b.range) = 3"


def test_ctrl_c_ends_what_is_computed(sample_lake: Lake) -> None:
    arguments = [sys.executable, "-c", _QUESTION, sample_lake.url, ENDLESS, "60"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "asked\n"
        time.sleep(1.0)
        begun = time.monotonic()
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert out.startswith("interrupted |") and err == "" and process.returncode == 0 and time.monotonic() - begun < 8


_TEXT = """
select * from bars_1d raw.bars_1d instruments where group by order limit 1 'x' ( ) , ; ts_code close max( with as a join using union all
values describe copy to attach read_csv( unnest( [ ] { } ::int -- /* */ $1 ? " ' set = null range( 中 := into '/tmp/lianghu-x'
"""
_WORDS = st.sampled_from([*_TEXT.split(), "\n", "select ts_code from bars_1d", "select close, *"])


@hypothesis_settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(_WORDS, min_size=1, max_size=14))
def test_whatever_is_asked_is_answered_or_told(sample_lake: Lake, sample: Dataset, words: list[str]) -> None:
    try:
        with asked(sample_lake, sample, " ".join(words), Bounds(seconds=20, memory_mb=500)) as answer:
            next(answer.batches, None)
    except QueryError as error:
        assert len(str(error)) < 1_000 and "Traceback" not in str(error)
    assert not Path("/tmp/lianghu-x").exists()


def test_prices_are_exact(lake: Lake) -> None:
    """0.1 + 0.2 is 0.3 here: prices are decimals, not floats."""
    dataset = put(lake, ("a", DAY, 100), ("b", DAY, 200))
    assert rows_of(lake, dataset, "select sum(close) = 0.3 as exact from bars_1d") == [{"exact": True}]


@pytest.mark.slow
def test_one_code_of_many_files_is_found_without_reading_the_others(tmp_path: Path) -> None:
    """Half a million rows: one code's are found by the statistics of files and their row groups."""
    lake = Lake(f"file://{tmp_path}/lake")
    days = np.arange(np.datetime64("2015-01-01"), np.datetime64("2017-01-01")).astype(object).tolist()
    dataset = put(lake, *((f"{code:06d}.SZ", day, 1_000 + code) for code in range(700) for day in days))
    rows_of(lake, dataset, "select 1")
    begun = time.monotonic()
    found = rows_of(lake, dataset, "select * from bars_1d where ts_code = '000123.SZ'")
    assert len(found) == len(days) and {row["close"] for row in found} == {Decimal("1.123")}
    assert time.monotonic() - begun < 2


def test_the_sample_can_be_asked_at_once(tmp_path: Path) -> None:
    lake = Lake(f"file://{tmp_path}/样 本")
    dataset = build_sample(lake.url)
    sql = "select count(distinct ts_code) n from bars_5m where time::time = '09:35'"
    assert rows_of(lake, dataset, sql) == [{"n": len(dataset.catalog.bars["5m"].codes)}]
