"""The table of interfaces: what is asked, and that an answer is all of the rows that it says it covers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.errors import ContextError
from datalake.interfaces import INTERFACES, Interface, ends, part_of
from datalake.tables import TABLES
from datalake.upstream.tushare import Client, Patience, fetch
from tests.datalake.standin import TOKEN, Free, StandIn, sample_tables_of, serve

DAY = "20240703"
PARTS = {
    "stock_basic": "L",
    "fund_basic": "L",
    "trade_cal": "SSE_2024",
    "index_member_all": "all",
    "namechange": "all",
    "dividend": "20240705",
    "index_daily": "009300.SH_2024",
    "index_weight": "009300.SH_202407",
    "stk_mins": "009001.SZ_5m_202411",
}


def part_for(row: Interface) -> str:
    return PARTS.get(row.name, DAY)


@pytest.fixture(scope="module")
def standin(sample_rows: dict[str, pl.DataFrame]) -> Iterator[StandIn]:
    with serve(sample_tables_of(sample_rows, date(2023, 12, 1), date(2024, 12, 31))) as found:
        yield found


def answer(standin: StandIn, row: Interface, part: str) -> pl.DataFrame:
    return fetch(Client(TOKEN, standin.url), row, part, Free(), Patience(attempts=1))


def test_tables_and_interfaces_name_each_other():
    told = {(name, table.name) for table in TABLES.values() for name in table.interfaces}
    filled = {(row.name, row.table_of(part_for(row)) if row.name == "stk_mins" else row.table) for row in INTERFACES.values()}
    assert filled <= told
    assert told - filled == {("stk_mins", f"bars_{frequency}") for frequency in ("1m", "15m", "30m", "60m")}
    assert {row.table_of(f"600519.SH_{frequency}_202401") for frequency in ("1m", "60m") for row in [INTERFACES["stk_mins"]]} == {
        "bars_1m",
        "bars_60m",
    }
    assert all(list(INTERFACES)[:8].count(name) for name in ("stock_basic", "dividend", "suspend_d", "namechange"))  # facts first


@pytest.mark.parametrize("name", INTERFACES)
def test_every_interface_asks_for_what_its_table_cannot_do_without(name: str):
    row = INTERFACES[name]
    known = {row.renamed.get(field, field) for field in row.fields}
    needed = {column.tushare_name for column in TABLES[row.table_of(part_for(row))].columns if column.required}
    assert needed - known == ({"trade_date"} if name == "stk_mins" else set())
    assert len(row.fields) == len(set(row.fields))
    assert row.row_cap > 0 and row.per_minute > 0 and row.source.startswith("https://tushare.pro/document/2?doc_id=")


@pytest.mark.parametrize("name", INTERFACES)
def test_an_answer_is_all_of_the_rows_that_it_covers(name: str, standin: StandIn, sample_rows: dict[str, pl.DataFrame]):
    """Rows that are covered and not in the answer would be taken for withdrawn and removed; rows outside would never be."""
    row, part = INTERFACES[name], part_for(INTERFACES[name])
    table = TABLES[row.table_of(part)]
    if table.name == "industries":
        assert row.covers([part]).meta.eq(pl.lit(True))
        return
    stored = sample_rows.get(table.name, standin.tables[name])  # the sample has no limits: the stand-in's follow from its bars
    if stored.schema.get("trade_date") == pl.String:
        stored = stored.with_columns(pl.col("trade_date").str.to_date("%Y%m%d"))
    covered = stored.filter(row.covers([part]))
    found = answer(standin, row, part)
    names = {column.name: column.tushare_name for column in table.columns}
    shown = covered.with_columns(pl.col(pl.Date).dt.strftime("%Y%m%d"))
    if "time" in shown.columns:
        shown = shown.with_columns(pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M:%S"))
    keys = [column for column in table.key if names[column] in found.columns]
    assert found.height > 0
    assert sorted(shown.select(keys).rows(), key=str) == sorted(found.select(names[column] for column in keys).rows(), key=str)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("stock_basic", ["L", "D"]),
        ("daily", ["20240703", "20240704"]),
        ("fund_daily", ["20240703", "20240704"]),
        ("trade_cal", ["SSE_2023", "SSE_2024"]),
        ("index_daily", ["009300.SH_2023", "009300.SH_2024"]),
        ("index_weight", ["009300.SH_202401", "009300.SH_202407", "000300.SH_202407"]),
        ("stk_mins", ["009001.SZ_5m_202411", "009007.SZ_5m_202412", "009001.SZ_5m_202412"]),
        ("dividend", ["20240705", "20240614"]),
        ("namechange", ["all"]),
    ],
)
def test_many_parts_cover_what_each_of_them_covers(name: str, parts: list[str], sample_rows: dict[str, pl.DataFrame]):
    row = INTERFACES[name]
    rows = sample_rows[row.table_of(parts[0])]
    each = pl.concat([rows.filter(row.covers([part])) for part in parts])
    together = rows.filter(row.covers(parts))
    key = TABLES[row.table_of(parts[0])].key
    assert together.sort(key).equals(each.sort(key)) and not together.is_empty()
    assert rows.filter(row.covers([])).is_empty()


@pytest.mark.parametrize(
    ("name", "part", "calls"),
    [
        ("stock_basic", "D", [{"list_status": "D"}]),
        ("fund_basic", "I", [{"market": "E", "status": "I"}]),
        ("trade_cal", "SSE_2024", [{"exchange": "SSE", "start_date": "20240101", "end_date": "20241231"}]),
        ("index_member_all", "all", [{"is_new": "Y"}, {"is_new": "N"}]),
        ("namechange", "all", [{}]),
        ("suspend_d", "20240102", [{"trade_date": "20240102"}]),
        ("dividend", "20240102", [{"ex_date": "20240102"}]),
        ("index_daily", "000300.SH_2024", [{"ts_code": "000300.SH", "start_date": "20240101", "end_date": "20241231"}]),
        ("index_weight", "000300.SH_202402", [{"index_code": "000300.SH", "start_date": "20240201", "end_date": "20240229"}]),
        ("daily", "20240102", [{"trade_date": "20240102"}]),
        (
            "stk_mins",
            "600519.SH_15m_202302",
            [{"ts_code": "600519.SH", "freq": "15min", "start_date": "2023-02-01 00:00:00", "end_date": "2023-02-28 23:59:59"}],
        ),
    ],
)
def test_what_a_part_is_asked_with(name: str, part: str, calls: list[dict[str, str]]):
    assert list(INTERFACES[name].calls(part)) == calls


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("daily", "2024-01-02"),
        ("daily", "20241302"),
        ("daily", ""),
        ("namechange", "L"),
        ("trade_cal", "SSE"),
        ("trade_cal", "SSE_202401"),
        ("index_weight", "000300.SH_2024"),
        ("stk_mins", "600519.SH_202401"),
        ("stk_mins", "600519.SH_2m_202401"),
        ("stk_mins", "_5m_202401"),
    ],
)
def test_a_part_that_the_interface_does_not_have_is_refused(name: str, part: str):
    for ask in (INTERFACES[name].calls, INTERFACES[name].about, lambda wrong: INTERFACES[name].covers([wrong])):
        with pytest.raises(ContextError, match=f"{name} has no part"):
            ask(part)


def test_what_may_be_empty():
    assert not INTERFACES["stock_basic"].allows_empty("L")
    assert INTERFACES["stock_basic"].allows_empty("P")  # no listing is paused any more
    assert INTERFACES["dividend"].allows_empty(DAY) and not INTERFACES["daily"].allows_empty(DAY)


def test_names():
    assert part_of("600519.SH", "5m", 202401) == "600519.SH_5m_202401"
    assert (ends("2024"), ends("202402"), ends("190002")) == (
        ("20240101", "20241231"),
        ("20240201", "20240229"),
        ("19000201", "19000228"),
    )


def test_funds_are_told_from_stocks():
    """Both share the tables of bars and of factors, and each is fetched by an interface of its own."""
    codes = pl.DataFrame(
        {"ts_code": ["510300.SH", "159915.SZ", "161725.SZ", "180101.SZ", "600519.SH", "000001.SZ", "300750.SZ", "830799.BJ", "200596.SZ"]}
    ).with_columns(trade_date=pl.lit(date(2024, 7, 3)))
    stocks = codes.filter(INTERFACES["daily"].covers([DAY]))["ts_code"].to_list()
    funds = codes.filter(INTERFACES["fund_daily"].covers([DAY]))["ts_code"].to_list()
    assert funds == ["510300.SH", "159915.SZ", "161725.SZ", "180101.SZ"]
    assert stocks == ["600519.SH", "000001.SZ", "300750.SZ", "830799.BJ", "200596.SZ"]
    assert codes.filter(INTERFACES["stk_limit"].covers([DAY])).height == codes.height


def test_the_page_on_data_has_every_interface_with_its_figures():
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    told = {words[0]: words for line in page.splitlines() if line.startswith("| ") and len(words := line.strip("| ").split(" | ")) == 5}
    for row in INTERFACES.values():
        points = f"{row.points:,}" if row.points else "bought apart"
        assert [told[row.name][place] for place in (1, 3, 4)] == [row.table, f"{row.row_cap:,}", points]
