"""`lianghu data show` and `lianghu data query`, as people and programs see them."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from functions.cli import app
from functions.commands.screen import output
from tests.functions.api.conftest import Run

ONE = "select ts_code, trade_date, close, volume, amount from bars_1d where ts_code = '009001.SZ' order by trade_date"


def test_an_answer_is_a_table_and_says_that_there_is_more(lianghu: Run) -> None:
    code, out, err = lianghu("data", "query", ONE, "--limit", 3)
    assert code == 0 and "009001.SZ" in out and "2018-01-04" in out and "2018-01-05" not in out
    assert "the first 3 rows" in err and "sample:v1 · 3 rows" in err and "synthetic" in err
    code, out, err = lianghu("data", "query", ONE)
    assert out.count("009001.SZ") == 100 and "the first 100 rows" in err
    code, out, err = lianghu("data", "query", "select 1 as a where false")
    assert code == 0 and "0 rows" in err and "the first" not in err


def test_the_same_answer_as_json_csv_and_parquet(lianghu: Run, tmp_path: Path) -> None:
    _, text, _ = lianghu("data", "query", ONE, "--json")
    answer = json.loads(text)
    rows = answer["rows"]
    assert answer["dataset"] == "sample:v1" and [column["name"] for column in answer["columns"]] == list(rows[0])
    code, text, err = lianghu("data", "query", ONE, "--csv")
    assert (code, err) == (0, "")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["trade_date"], float(line["close"]), int(line["volume"])) for line in lines] == [
        (row["trade_date"], row["close"], row["volume"]) for row in rows
    ]
    file = tmp_path / "new folder" / "一.parquet"
    code, out, _ = lianghu("data", "query", ONE, "--parquet", file)
    assert code == 0 and f"{len(rows):,} rows" in out
    stored = pq.read_table(file)
    assert [str(day) for day in stored["trade_date"].to_pylist()] == [row["trade_date"] for row in rows]
    assert stored["close"].to_pylist() == [Decimal(line["close"]) for line in lines]
    assert [path.name for path in file.parent.iterdir()] == ["一.parquet"]


def test_no_text_of_a_csv_is_a_formula(lianghu: Run) -> None:
    """A name out of an imported file may be anything; whoever opens the answer in a spreadsheet must not run it."""
    sql = """select '=HYPERLINK("http://x")' as "@name", '-1+1' as b, -1.5 as c, '--' as d, 'plain' as e, '''=1' as f"""
    _, text, _ = lianghu("data", "query", sql, "--csv")
    header, row = csv.reader(io.StringIO(text))
    assert header == ["'@name", *"bcdef"] and row == ['\'=HYPERLINK("http://x")', "'-1+1", "-1.5", "'--", "plain", "''=1"]


def test_values_of_every_kind_can_be_told(lianghu: Run, tmp_path: Path) -> None:
    sql = """select 1::hugeint h, 0.1::decimal(4, 3) d, 'nan'::double n, 'inf'::double i, null e, true b, [1, null] l,
        {'a': date '2024-01-02'} s,
        'x,"y\n中' t, 'ab'::blob bl, interval 1 day iv, time '10:00' ti, timestamp '2024-01-02 09:35:00' ts, map {'k': 1.5} m, 1 a, 2 a"""
    _, text, _ = lianghu("data", "query", sql, "--json")
    (row,) = json.loads(text)["rows"]
    assert (row["h"], row["d"], row["n"], row["i"], row["e"], row["b"]) == (1, 0.1, None, None, None, True)
    assert (row["l"], row["s"], row["t"], row["bl"]) == ([1, None], {"a": "2024-01-02"}, 'x,"y\n中', "6162")
    assert (row["ti"], row["ts"], row["a"], row["a_1"]) == ("10:00:00", "2024-01-02 09:35:00", 1, 2)
    _, text, _ = lianghu("data", "query", sql, "--csv")
    (line,) = list(csv.reader(io.StringIO(text)))[1:]
    assert line[:2] == ["1", "0.100"] and line[4] == "" and line[6:10] == ["[1, null]", '{"a": "2024-01-02"}', 'x,"y\n中', "6162"]
    code, out, _ = lianghu("data", "query", sql)
    assert code == 0 and "[1, None]" in out and "2024-01-02 09:35:00" in out
    code, _, err = lianghu("data", "query", "select interval 1 day as i", "--parquet", tmp_path / "x.parquet")
    assert code == 2 and "cast the column to text" in err and not list(tmp_path.glob("*.parquet*"))
    code, _, _ = lianghu("data", "query", "select 1 as a, 2 as a", "--parquet", tmp_path / "x.parquet")
    assert code == 0 and pq.read_table(tmp_path / "x.parquet").to_pylist() == [{"a": 1, "a_1": 2}]


def test_without_a_statement_tables_and_columns_are_listed(lianghu: Run) -> None:
    code, out, _ = lianghu("data", "query")
    assert code == 0
    for words in ("bars_1d · 116,812 rows", "DECIMAL(13,3)", "CNY", "INTEGER li", "10,000 CNY", "TIMESTAMP"):
        assert words in out, words
    _, text, _ = lianghu("data", "query", "--json")
    tables = json.loads(text)["tables"]
    assert tables["bars_1d"]["columns"][2] == {"name": "open", "type": "DECIMAL(13,3)", "unit": "CNY"}
    assert tables["bars_1d"]["raw"][2] == {"name": "open", "type": "INTEGER", "unit": "li"}
    assert tables["adj_factor"]["columns"][2]["type"] == "DOUBLE" and "limits" not in tables


def test_a_statement_may_stand_in_a_file(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "问.sql"
    file.write_text("﻿select count(*) as n\nfrom instruments;\n", encoding="utf-8")
    _, text, _ = lianghu("data", "query", f"@{file}", "--json")
    assert json.loads(text)["rows"] == [{"n": 81}]
    code, _, err = lianghu("data", "query", f"@{tmp_path}/none.sql")
    assert code == 2 and "there is no file" in err
    file.write_bytes(b"\xff\xfe")
    code, _, err = lianghu("data", "query", f"@{file}")
    assert code == 2 and "no text in UTF-8" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("select nosuch from bars_1d",), 'sql (line 1, column 8): Binder Error: Referenced column "nosuch" not found'),
        (("drop table bars_1d",), "DROP is not answered: the lake is only read"),
        (("select * from read_csv('/etc/passwd')",), "read_csv() may not stand in FROM"),
        (("select * from limits",), "sample:v1 has no table limits"),
        (("select 1", "--csv", "--parquet", "x.parquet"), "three ways to give one answer"),
        (("select 1", "--limit", "0"), "--limit"),
        (("select 1", "--dataset", "tushare:v9"), "there is no dataset 'tushare:v9'"),
        (
            ("select count(*) from range(1000000000) a, range(100000) b where hash(a.range + b.range) = 3", "--seconds", "0.3"),
            "within 0.3 sec",
        ),
    ],
)
def test_what_cannot_be_answered_is_told_and_the_exit_code_is_2(lianghu: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = lianghu("data", "query", *arguments)
    assert code == 2 and said in " ".join(err.split()) and out == ""


def test_a_mistake_as_json_has_its_line_and_column(lianghu: Run) -> None:
    code, out, _ = lianghu("data", "query", "select 1,\n  nosuch from bars_1d", "--json")
    (problem,) = json.loads(out)["error"]["details"]["problems"]
    assert code == 2 and (problem["field"], problem["line"], problem["column"]) == ("sql", 2, 3)


def test_an_answer_that_is_too_long_for_json_is_told(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.commands.query_answers.MOST_JSON", 1_000)
    code, out, _ = lianghu("data", "query", "select * from bars_1d", "--json")
    assert code == 2 and "more than 1,000 rows" in json.loads(out)["error"]["message"]
    code, out, _ = lianghu("data", "query", "select * from bars_1d", "--json", "--limit", 2_000)
    assert code == 0 and len(json.loads(out)["rows"]) == 2_000


def a_process(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "functions.cli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_whoever_reads_a_part_of_the_rows_gets_no_error(lianghu: Run) -> None:
    with a_process("data", "query", "select * from bars_1d, range(50)", "--csv") as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline().startswith(b'"ts_code"')
        process.stdout.close()
        assert process.wait(60) == 0 and process.stderr.read() == b""


@pytest.mark.parametrize("arguments", [("query", "select * from bars_1d", "--json", "--limit", "20000"), ("rankings", "amount", "--csv")])
def test_a_reader_who_has_enough_is_no_error_of_the_lake(lianghu: Run, arguments: tuple[str, ...]) -> None:
    with a_process("data", *arguments) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.wait(60) in {0, 1} and process.stderr.read() == b""


def test_ctrl_c_ends_a_query_and_leaves_no_half_of_a_file(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "out" / "x.parquet"
    with a_process("data", "query", "select * from bars_1d, range(1000000)", "--parquet", str(file), "--seconds", "60") as process:
        until = time.monotonic() + 30
        while time.monotonic() < until and not (file.parent.exists() and any(path.stat().st_size > 4 for path in file.parent.iterdir())):
            time.sleep(0.05)
        assert any(file.parent.iterdir())
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and b"Traceback" not in err and list(file.parent.iterdir()) == []


def test_a_code_is_shown_with_its_bars_and_a_picture(lianghu: Run) -> None:
    code, out, err = lianghu("data", "show", "009013.SZ", "--end", "2022-06-20")
    assert code == 0
    for words in ("退市样本041", "main board", "2023-05-31", "*ST样本041", "limit up", "ST begins", "+4.94%", "2022-06-20", "█", "06-17"):
        assert words in out, words
    assert out.count("2022-0") >= 30 and "30 bars" in err and "sample:v1" in err and "\x1b" not in out
    _, out, _ = lianghu("data", "show", "009013.sz", "--end", "2022-06-20", "--no-picture", "--last", 5)
    assert "█" not in out and "2022-06-14" in out and "2022-06-13" not in out


def test_sessions_without_a_bar_are_told(lianghu: Run) -> None:
    _, out, _ = lianghu("data", "show", "009013.SZ", "--start", "2022-11-11", "--end", "2022-11-18")
    (row,) = [line for line in out.splitlines() if "2022-11-15" in line and "—" in line]
    assert row.split()[1:8] == ["—"] * 7 and "suspended" in row
    _, out, _ = lianghu("data", "show", "009013.SZ", "--start", "2022-11-11", "--end", "2022-11-18", "--json")
    bars = {bar["time"]: bar for bar in json.loads(out)["bars"]}
    assert bars["2022-11-15"]["close"] is bars["2022-11-15"]["volume"] is bars["2022-11-15"]["amount"] is None
    assert bars["2022-11-15"]["marks"] == [{"kind": "suspended", "zh": "停牌", "en": "suspended"}]


def test_a_picture_holds_as_many_bars_as_there_are_columns(lianghu: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_width", 60)  # COLUMNS counts only when a console is made
    _, out, err = lianghu("data", "show", "009001.SZ", "--last", 100)
    assert "the picture holds the newest 48 bars" in err
    assert max(len(line) for line in out.splitlines() if "│" in line) <= 60


@pytest.mark.parametrize(
    ("arguments", "count", "first"),
    [
        (("009001.SZ",), 30, "2024-11-20"),
        (("009001.SZ", "--start", "2024-12-02"), 22, "2024-12-02"),
        (("009001.SZ", "--frequency", "5m", "--last", "49"), 49, "2024-12-30 15:00"),
        (("009001.SZ", "--frequency", "15m", "--last", "16"), 16, "2024-12-31 09:45"),
        (("009001.SZ", "--frequency", "1w", "--last", "2"), 2, "2024-12-20"),
        (("009001.SZ", "--frequency", "1mo", "--last", "2"), 2, "2024-11-29"),
        (("009300.SH", "--last", "3"), 3, "2024-12-27"),
        (("009300.SH", "--last", "2", "--frequency", "1mo"), 2, "2024-11-29"),
        (("150902.SZ", "--last", "1"), 1, "2024-12-31"),
    ],
)
def test_bars_of_every_frequency_as_json(lianghu: Run, arguments: tuple[str, ...], count: int, first: str) -> None:
    code, out, _ = lianghu("data", "show", *arguments, "--json")
    told: dict[str, Any] = json.loads(out)
    assert code == 0 and len(told["bars"]) == count and told["bars"][0]["time"] == first
    assert told["profile"]["ts_code"] == arguments[0] and told["bars"][-1]["time"].startswith("2024-12-")


def test_adjusted_prices_are_the_traded_ones_by_their_factor(lianghu: Run) -> None:
    def closes(adjust: str) -> list[float]:
        _, out, _ = lianghu("data", "show", "009001.SZ", "--start", "2022-05-20", "--end", "2022-06-10", "--adjust", adjust, "--json")
        told = json.loads(out)
        assert told["adjust"] == adjust and any(mark["kind"] == "ex" for bar in told["bars"] for mark in bar["marks"])
        factors.append([bar["factor"] for bar in told["bars"]])
        return [bar["close"] for bar in told["bars"]]

    factors: list[list[float]] = []
    plain, back, forward = closes("none"), closes("back"), closes("forward")
    assert back == pytest.approx([close * factor for close, factor in zip(plain, factors[0], strict=True)], abs=1e-4)
    assert forward == pytest.approx([close * factor / factors[0][-1] for close, factor in zip(plain, factors[0], strict=True)], abs=1e-4)


def test_a_page_is_written(lianghu: Run, tmp_path: Path) -> None:
    file = tmp_path / "pages" / "页.html"
    code, out, _ = lianghu("data", "show", "009001.SZ", "--html", file, "--frequency", "1w")
    page = file.read_text(encoding="utf-8")
    assert code == 0 and str(file) in out.replace("\n", "") and page.count('class="chart"') == 2 and "周线" in page
    _, out, _ = lianghu("data", "show", "009001.SZ", "--html", file, "--json")
    assert json.loads(out)["html"] == str(file) and len(json.loads(out)["bars"]) == 250


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("009001.SH",), "did you mean '009001.SZ'?"),
        (("009001",), "did you mean '009001.SZ'?"),
        (("样本",), "sample:v1 has no 样本"),
        (("  ",), "there is no code"),
        (("009001.SZ", "--start", "2024-02-30"), "--start: there is no day '2024-02-30'"),
        (("009001.SZ", "--end", "yesterday"), "--end: there is no day 'yesterday'"),
        (("009001.SZ", "--start", "2024-12-31", "--end", "2024-01-01"), "has no bar of that time"),
        (("009001.SZ", "--start", "2031-01-01"), "its bars are of 2018-01-02 to 2024-12-31"),
        (("009001.SZ", "--end", "2031-01-01", "--start", "2024-12-01"), "2031-01-01 lies beyond the data"),
        (("009001.SZ", "--adjust", "up"), "--adjust up is unknown"),
        (("009001.SZ", "--frequency", "2m"), "has no bars of frequency '2m'"),
        (("009300.SH", "--frequency", "5m"), "there are bars of days, weeks and months"),
        (("009001.SZ", "--start", "2024-01-02", "--last", "5"), "both say where to begin"),
        (("009001.SZ", "--last", "0"), "--last"),
        (("009001.SZ", "--dataset", "import"), "there is no dataset 'import'"),
    ],
)
def test_what_cannot_be_shown_is_told_and_the_exit_code_is_2(lianghu: Run, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = lianghu("data", "show", *arguments)
    assert code == 2 and said in " ".join(err.split()) and out == ""


def test_a_page_that_cannot_be_written_is_told(lianghu: Run, tmp_path: Path) -> None:
    code, _, err = lianghu("data", "show", "009001.SZ", "--html", tmp_path)
    assert code == 3 and str(tmp_path.name) in "".join(err.split())


def test_both_commands_are_in_the_help() -> None:
    names = {
        command.name for group in app.registered_groups if group.name == "data" for command in group.typer_instance.registered_commands
    }  # type: ignore[union-attr]
    assert {"show", "query"} <= names
