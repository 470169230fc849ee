"""Checks of rows by themselves: what one finding says, where its edges are, and how findings are kept."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.finding import Finding, together
from datalake.rows.parsing import parse
from datalake.rows.quality import CHECKS, find
from datalake.tables import TABLES
from tests.datalake.rows import daily


def kinds(rows: pl.DataFrame, table: str = "bars_1d", today: date | None = None) -> dict[str, int]:
    findings, wrong = find(parse(rows, TABLES[table], Path("file.csv")), TABLES[table], today)
    assert wrong.sum() >= max([row.count for row in findings if row.severity == "error"], default=0)
    return {row.kind: row.count for row in findings}


def test_every_kind_has_one_name():
    assert len({check.kind for check in CHECKS}) == len(CHECKS)


def test_a_finding_names_its_table_its_days_and_the_first_three_rows():
    rows = daily(high=[16.0, 16.0, 1000.0, 1000.0])
    (found, *_) = [row for row in find(parse(rows, TABLES["bars_1d"], Path("x.csv")), TABLES["bars_1d"])[0] if row.kind == "high_below_low"]
    assert (found.count, found.table, found.first, found.last, len(found.examples)) == (4, "bars_1d", 20200102, 20200103, 3)
    assert found.examples[1].startswith("x.csv row 2: ts_code=000001.SZ trade_date=2020-01-03")


def test_findings_are_written_and_read_back():
    found = Finding("holes", "warning", 3, "a session without a bar", ("x", "量湖"), "bars_1d", 20200102, 20200106)
    assert Finding.from_json(json.loads(json.dumps(found.to_json()))) == found
    with pytest.raises(TypeError):
        Finding.from_json({"examples": [], "unknown": 1})


def test_findings_of_several_lots_are_one():
    lots = [
        Finding("a", "warning", 2, "m", ("1", "2"), "bars_1d", 20200106, 20200107),
        Finding("a", "warning", 5, "m", ("3", "4"), "bars_1d", 20200102, 20200103),
        Finding("a", "warning", 1, "m", ("5",), "bars_5m"),
    ]
    first, second = together(lots)
    assert (first.count, first.examples, first.first, first.last) == (7, ("1", "2", "3"), 20200102, 20200107)
    assert (second.table, second.count, second.first) == ("bars_5m", 1, 0)


def test_a_day_that_slipped_in_a_file_was_hidden_by_the_middle_of_all_rows():
    """One of fifty days in shares: the median of amount / volume stays where it was."""
    days = pl.date_range(date(2020, 1, 6), date(2020, 3, 13), eager=True).to_frame("day").filter(pl.col("day").dt.weekday() <= 5)["day"]
    bars = pl.concat([daily(trade_date=[day] * 4).gather([0, 2]) for day in days])
    slipped = bars.with_columns(vol=pl.when(pl.col("trade_date") == days[20]).then(pl.col("vol") * 100).otherwise("vol"))
    assert kinds(bars) == {} and kinds(slipped) == {"vol_in_shares": 2}


@pytest.mark.parametrize(
    ("times_amount", "times_volume", "kind"),
    [(1, 100, "vol_in_shares"), (1000, 1, "amount_in_yuan"), (1000, 100, "shares_and_yuan"), (1, 0.01, "units"), (0.001, 1, "units")],
)
def test_each_slip_of_units_has_its_name(times_amount: float, times_volume: float, kind: str):
    rows = daily().with_columns(pl.col("vol") * times_volume, pl.col("amount") * times_amount)
    assert kinds(rows) == {kind: 4}


def test_a_wide_day_is_no_slip_of_units():
    """A first session without limits may trade from 10 to 100; its mean lies between."""
    one = daily().head(1).with_columns(open=10.0, low=10.0, high=100.0, close=95.0, pre_close=9.0, vol=1000.0, amount=2500.0)
    assert kinds(one) == {}


@pytest.mark.parametrize(("amount", "found"), [(1694.99, {}), (1695.4, {"beside_range": 1}), (1693.0, {}), (1690.6, {"beside_range": 1})])
def test_a_mean_price_may_lie_a_tick_beside_the_range(amount: float, found: dict[str, int]):
    one = daily().head(1).with_columns(open=16.93, high=16.94, low=16.93, close=16.94, pre_close=16.9, vol=1000.0, amount=amount)
    assert kinds(one) == found


def test_a_flat_day_of_few_shares_is_rounded_to_a_yuan():
    """Amounts are told to 1 CNY: 3 shares of 7.77 are 23.31, told as 0.023 thousand."""
    one = (
        daily()
        .head(1)
        .with_columns(
            **{name: pl.lit(7.77) for name in ("open", "high", "low", "close", "pre_close")}, vol=pl.lit(0.03), amount=pl.lit(0.023)
        )
    )
    assert kinds(one) == {}


def test_funds_and_b_shares_have_finer_ticks():
    limits = {"ts_code": ["510300.SH", "900901.SH", "200002.SZ", "600519.SH"], "trade_date": ["20200102"] * 4}
    rows = pl.DataFrame(limits | {"up_limit": [4.505, 1.123, 21.23, 1301.305], "down_limit": [3.687, 0.919, 17.37, 1064.7]})
    assert kinds(rows, "limits") == {"off_tick": 1}


def test_today_is_the_last_day_that_anything_can_be_known_of():
    assert kinds(daily(), today=date(2020, 1, 3)) == {}
    assert kinds(daily(), today=date(2020, 1, 2)) == {"future": 2}
    announced = pl.DataFrame({"ts_code": ["600519.SH"], "ex_date": ["20300625"], "cash_div_tax": [1.0]})
    assert kinds(announced, "dividends", today=date(2020, 1, 2)) == {}


def test_facts_may_be_older_than_the_exchanges_and_early_sessions_fall_on_any_day():
    names = pl.DataFrame({"ts_code": ["000001.SZ"], "name": ["深发展A"], "start_date": ["19880411"], "end_date": [""]})
    assert kinds(names, "namechange") == {}
    assert kinds(daily(trade_date=["19920104", "19920106"] * 2)) == {}


def test_minute_grids_hold_every_right_edge_and_nothing_else():
    for table, step in (("bars_1m", 1), ("bars_5m", 5), ("bars_15m", 15), ("bars_30m", 30), ("bars_60m", 60)):
        every = [f"2024-11-01 {minute // 60:02d}:{minute % 60:02d}:00" for minute in range(9 * 60, 15 * 60 + 31)]
        flat = {name: [10.0] * len(every) for name in ("open", "high", "low", "close")}
        rows = pl.DataFrame(
            {
                "ts_code": ["600519.SH"] * len(every),
                "trade_time": every,
                **flat,
                "vol": [100.0] * len(every),
                "amount": [1000.0] * len(every),
            }
        )
        assert kinds(rows, table) == {"bad_edge": len(every) - 240 // step - (step == 1)}


def test_a_figure_that_does_not_exist_is_missing_and_one_that_cannot_be_is_told():
    rows = pl.DataFrame({"ts_code": ["600519.SH"] * 3, "trade_date": ["20200102", "20200103", "20200106"], "pe": ["", "nan", "-inf"]})
    assert kinds(rows, "daily_basic") == {"not_a_number": 1}
