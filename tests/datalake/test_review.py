"""Rows beside other rows: every kind of contradiction is found where it is, and nowhere else; what is stored counts, and costs little."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import Any

import polars as pl
import pytest

from datalake.finding import BadRowsError, Finding
from datalake.frames import conform, types_of
from datalake.lake import Lake
from datalake.review.beside import Beside, attach
from datalake.review.review import examine, review
from datalake.review.reviews import REVIEWS
from datalake.storing.folding import fold
from datalake.storing.merging import merge
from datalake.storing.pieces import stage
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve

Frames = dict[str, pl.DataFrame]

DAYS = [date(2020, 3, 2) + timedelta(days=number) for number in range(12) if number % 7 < 5]
"""Ten sessions of two weeks."""
CODES = ("000001.SZ", "300750.SZ", "600519.SH")
PRICE = {"000001.SZ": 10_000, "300750.SZ": 120_000, "600519.SH": 1_100_000}


def frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    types = types_of(TABLES[table])
    return conform(pl.DataFrame(rows, schema={name: types[name] for name in TABLES[table].names}), TABLES[table])


def bar(code: str, day: date, price: int, **changes: int) -> dict[str, Any]:
    flat = dict.fromkeys(("open", "high", "low", "close", "pre_close"), price)
    return {"ts_code": code, "trade_date": day, **flat, "volume": 10_000, "amount": 10_000 * price} | changes


def market() -> Frames:
    """Three flat stocks, of which one pays 10% on the sixth day, with everything that can be known of them."""
    ex = DAYS[5]
    bars, factors, limits, basics = [], [], [], []
    for code in CODES:
        for day in DAYS:
            paid = code == "000001.SZ" and day >= ex
            price = 9_000 if paid else PRICE[code]
            bars.append(bar(code, day, price))
            factors.append({"ts_code": code, "trade_date": day, "adj_factor": round(5e6 / 0.9) if paid else 5_000_000})
            limits.append({"ts_code": code, "trade_date": day, "limit_up": price * 11 // 10, "limit_down": price * 9 // 10})
            shares = {"total_share": 1000.0, "float_share": 1000.0, "total_mv": price * 1.0, "circ_mv": price * 1.0}
            basics.append({"ts_code": code, "trade_date": day, "turnover_rate": 0.1} | shares)
    calendar = [
        {"exchange": "SSE", "cal_date": DAYS[0] + timedelta(days=number), "is_open": int(number % 7 < 5)} for number in range(-28, 28)
    ]
    minutes = [
        {"ts_code": "600519.SH", "trade_date": DAYS[9], "time": _utc(DAYS[9], clock)}
        | dict.fromkeys(("open", "high", "low", "close"), 1_100_000)
        | {"volume": 2500, "amount": 2_750_000_000}
        for clock in ((10, 30), (11, 30), (14, 0), (15, 0))
    ]
    return {
        "instruments": frame("instruments", [{"ts_code": code, "name": code, "list_date": date(2001, 8, 27)} for code in CODES]),
        "trade_cal": frame("trade_cal", calendar),
        "suspensions": frame(
            "suspensions", [{"ts_code": "600519.SH", "trade_date": DAYS[3], "suspend_type": "S", "suspend_timing": "09:30-10:00"}]
        ),
        "dividends": frame(
            "dividends", [{"ts_code": "000001.SZ", "ex_date": ex, "end_date": date(2019, 12, 31), "cash_div_tax": 1_000_000, "stk_div": 0}]
        ),
        "limits": frame("limits", limits),
        "adj_factor": frame("adj_factor", factors),
        "daily_basic": frame("daily_basic", basics),
        "bars_1d": frame("bars_1d", bars),
        "bars_60m": frame("bars_60m", minutes),
    }


def _utc(day: date, clock: tuple[int, int]) -> datetime:
    return datetime(day.year, day.month, day.day, clock[0] - 8, clock[1], tzinfo=UTC)


def at(frames: Frames, table: str, code: str, day: date, **values: Any) -> Frames:
    """The frames with new values in the rows of a code and day."""
    here = (pl.col("ts_code") == code) & (pl.col("trade_date") == day)
    types = types_of(TABLES[table])
    changed = [pl.when(here).then(pl.lit(value, types[name])).otherwise(name).alias(name) for name, value in values.items()]
    return frames | {table: frames[table].with_columns(changed)}


def without(frames: Frames, table: str, code: str, *days: date) -> Frames:
    return frames | {table: frames[table].filter((pl.col("ts_code") != code) | ~pl.col("trade_date").is_in(days))}


def plus(frames: Frames, table: str, *rows: dict[str, Any]) -> Frames:
    before = frames.get(table, frame(table, []))
    return frames | {table: pl.concat([before, frame(table, list(rows))])}


def lacking(frames: Frames, *tables: str) -> Frames:
    return {name: rows for name, rows in frames.items() if name not in tables}


def reviewed(lake: Lake, frames: Mapping[str, pl.DataFrame], newest: Dataset | None = None) -> tuple[Finding, ...]:
    return review(lake, "import", newest, {name: conform(rows, TABLES[name]).lazy() for name, rows in frames.items()})


def stored(lake: Lake, frames: Frames) -> Dataset:
    written = {name: merge(lake, "import", name, frames[name]) for name in TABLES if name in frames}
    return publish_tables(lake, "import", written, {})


def indexed(frames: Frames, *days: date) -> Frames:
    """With an index that has bars on some days."""
    return plus(frames, "index_1d", *(bar("000300.SH", day, 4_000_000) for day in days))


FLAT = market()
MOUTAI, PINGAN = "600519.SH", "000001.SZ"
SATURDAY, LATER = date(2020, 3, 7), date(2020, 6, 1)

WRONG: dict[str, tuple[Frames, str, str]] = {
    "closed_day": (plus(FLAT, "bars_1d", bar(MOUTAI, SATURDAY, 1_100_000)), "bars_1d", "2020-03-07: 1 rows"),
    "beyond_calendar": (plus(FLAT, "bars_1d", bar(MOUTAI, LATER, 1_100_000)), "bars_1d", "2020-06-01: 1 rows"),
    "index_on_closed_day": (
        plus(indexed(FLAT, *DAYS), "index_1d", bar("000905.SH", SATURDAY, 5_000_000)),
        "index_1d",
        "2020-03-07: 000905.SH",
    ),
    "session_without_index": (
        indexed(FLAT, *DAYS[:3], *DAYS[5:]),
        "trade_cal",
        "2020-03-05 to 2020-03-06: 2 sessions, stocks have bars on 2 of them",
    ),
    "outside_life": (
        FLAT | {"instruments": FLAT["instruments"].with_columns(list_date=pl.lit(DAYS[1]))},
        "bars_1d",
        "000001.SZ lives 2020-03-03 to -, 1 bars from 2020-03-02 to 2020-03-02",
    ),
    "unlisted": (FLAT | {"instruments": FLAT["instruments"].head(2)}, "bars_1d", MOUTAI),
    "outside_limits": (at(FLAT, "bars_1d", MOUTAI, DAYS[4], high=1_210_010), "bars_1d", "600519.SH 2020-03-06 1100.0 to 1210.01"),
    "limits_disagree": (
        FLAT
        | {"limits": FLAT["limits"].with_columns(limit_up=pl.when(pl.col("ts_code") == MOUTAI).then("limit_down").otherwise("limit_up"))},
        "bars_1d",
        "600519.SH 2020-03-02 1100.0 to 1100.0, limits 990.0 and 990.0",
    ),
    "outside_rules": (
        at(lacking(FLAT, "limits"), "bars_1d", MOUTAI, DAYS[4], low=989_990),
        "bars_1d",
        "600519.SH 2020-03-06 989.99 to 1100.0, limits 990.0 and 1210.0",
    ),
    "holes": (without(FLAT, "bars_1d", MOUTAI, DAYS[3], DAYS[4]), "bars_1d", "600519.SH: 2 from 2020-03-05 to 2020-03-06"),
    "holes_untold": (
        without(lacking(FLAT, "suspensions"), "bars_1d", MOUTAI, DAYS[3]),
        "bars_1d",
        "600519.SH: 1 from 2020-03-05 to 2020-03-05",
    ),
    "bar_while_suspended": (
        plus(FLAT, "suspensions", {"ts_code": MOUTAI, "trade_date": DAYS[4], "suspend_type": "S"}),
        "suspensions",
        "600519.SH 2020-03-06",
    ),
    "factor_jump": (
        FLAT
        | {
            "adj_factor": FLAT["adj_factor"].with_columns(
                adj_factor=pl.when(pl.col("trade_date") >= DAYS[7]).then(500_000_000).otherwise("adj_factor")
            )
        },
        "adj_factor",
        "000001.SZ 2020-03-11",
    ),
    "factor_without_ex_date": (
        FLAT
        | {
            "adj_factor": FLAT["adj_factor"].with_columns(
                adj_factor=pl.when((pl.col("trade_date") >= DAYS[7]) & (pl.col("ts_code") == MOUTAI))
                .then(5_500_000)
                .otherwise("adj_factor")
            )
        },
        "adj_factor",
        "600519.SH 2020-03-11 last close 1100.0 pre_close 1100.0 factor 5.0 to 5.5",
    ),
    "ex_date_without_factor": (
        FLAT | {"adj_factor": FLAT["adj_factor"].with_columns(adj_factor=pl.lit(5_000_000))},
        "adj_factor",
        "000001.SZ 2020-03-09 last close 10.0 pre_close 9.0 factor 5.0 to 5.0",
    ),
    "factor_disagrees": (
        FLAT
        | {
            "adj_factor": FLAT["adj_factor"].with_columns(
                adj_factor=pl.when(pl.col("adj_factor") > 5_000_000).then(6_500_000).otherwise("adj_factor")
            )
        },
        "adj_factor",
        "000001.SZ 2020-03-09",
    ),
    "no_factor": (without(FLAT, "adj_factor", MOUTAI, DAYS[9]), "bars_1d", "600519.SH 2020-03-13"),
    "unexplained_reference": (
        at(lacking(FLAT, "adj_factor", "limits"), "bars_1d", MOUTAI, DAYS[6], pre_close=1_000_000, high=1_100_000),
        "bars_1d",
        "600519.SH 2020-03-10 last close 1100.0 pre_close 1000.0",
    ),
    "dividend_for_ten": (
        FLAT | {"dividends": FLAT["dividends"].with_columns(cash_div_tax=pl.lit(10_000_000 - 1, pl.Int64))},
        "dividends",
        "000001.SZ 2020-03-09",
    ),
    "dividend_disagrees": (
        FLAT | {"dividends": FLAT["dividends"].with_columns(cash_div_tax=pl.lit(2_000_000, pl.Int64))},
        "dividends",
        "000001.SZ 2020-03-09 last close 10.0 pre_close 9.0 shares 0.0 cash 2.0",
    ),
    "share_units_beside_bars": (at(FLAT, "daily_basic", MOUTAI, DAYS[2], total_mv=11_000_000.0), "daily_basic", "600519.SH 2020-03-04"),
    "value_disagrees": (at(FLAT, "daily_basic", MOUTAI, DAYS[2], total_mv=1_200_000.0), "daily_basic", "600519.SH 2020-03-04"),
    "turnover_units": (at(FLAT, "daily_basic", MOUTAI, DAYS[2], turnover_rate=10.0), "daily_basic", "600519.SH 2020-03-04"),
    "minutes_elsewhere": (
        FLAT | {"bars_60m": FLAT["bars_60m"].with_columns(pl.col("open", "high", "low", "close") // 2)},
        "bars_60m",
        "600519.SH 2020-03-13 open 550.0/1100.0",
    ),
    "minutes_disagree": (
        FLAT | {"bars_60m": FLAT["bars_60m"].with_columns(high=pl.lit(1_100_010, pl.Int32))},
        "bars_60m",
        "600519.SH 2020-03-13",
    ),
    "minutes_incomplete": (FLAT | {"bars_60m": FLAT["bars_60m"].head(3)}, "bars_60m", "600519.SH 2020-03-13: 3 of 4"),
    "overlapping_names": (
        plus(
            FLAT,
            "namechange",
            {"ts_code": MOUTAI, "name": "贵州茅台", "start_date": DAYS[0], "end_date": DAYS[5]},
            {"ts_code": MOUTAI, "name": "ST茅台", "start_date": DAYS[4]},
        ),
        "namechange",
        "600519.SH is 贵州茅台 until 2020-03-09 and ST茅台 from 2020-03-06",
    ),
    "overlapping_industries": (
        plus(
            FLAT,
            "industries",
            {"ts_code": MOUTAI, "in_date": DAYS[0], "out_date": DAYS[5], "l1_name": "a", "l3_code": "1"},
            {"ts_code": MOUTAI, "in_date": DAYS[4], "l1_name": "b", "l3_code": "2"},
        ),
        "industries",
        "600519.SH is 1 until 2020-03-09 and 2 from 2020-03-06",
    ),
    "weights_sum": (
        plus(FLAT, "index_members", {"index_code": "000300.SH", "trade_date": DAYS[0], "ts_code": MOUTAI, "weight": 4.9}),
        "index_members",
        "000300.SH 2020-03-02: 4.9% of 1",
    ),
}


def test_what_agrees_is_not_told(lake: Lake):
    assert reviewed(lake, FLAT) == ()
    assert reviewed(lake, indexed(FLAT, *DAYS)) == ()


@pytest.mark.parametrize("kind", WRONG)
def test_each_contradiction_is_found_where_it_is_and_nothing_else(lake: Lake, kind: str):
    frames, table, example = WRONG[kind]
    severity = next(row.severity for row in REVIEWS if row.kind == kind)
    found = [row for row in reviewed(lake, frames) if (row.kind, row.table) == (kind, table)]
    others = [row.kind for row in reviewed(lake, frames) if row not in found]
    assert len(found) == 1 and found[0].severity == severity and found[0].examples[0].startswith(example), found
    assert set(others) <= COMPANY.get(kind, set())


COMPANY = {
    "closed_day": {"no_factor", "outside_rules"},
    "beyond_calendar": {"no_factor", "holes", "ended"},
    "holes": {"holes"},
    "unlisted": {"unlisted"},
    "no_factor": set(),
    "dividend_for_ten": set(),
    "minutes_incomplete": set(),
}
"""What is rightly told beside: a stray bar has no factor, either."""


@pytest.mark.parametrize(("table", "end"), [("industries", "out_date"), ("namechange", "end_date")])
def test_an_end_on_the_day_of_the_next_beginning_was_told_as_an_overlap(lake: Lake, table: str, end: str):
    """Tushare's industries end so."""
    frames, _, _ = WRONG["overlapping_industries" if table == "industries" else "overlapping_names"]
    start = "in_date" if table == "industries" else "start_date"
    touching = frames[table].with_columns(pl.col(end).clip(upper_bound=DAYS[4]))
    assert touching[start].max() == touching[end].max()
    assert [row.kind for row in reviewed(lake, frames | {table: touching}) if row.table == table] == []


def test_every_kind_is_tried():
    assert set(WRONG) | {"ended"} == {row.kind for row in REVIEWS}


def test_a_code_that_is_missing_on_the_newest_session_is_told_unless_something_says_why(lake: Lake):
    codes = [f"{number:06d}.SZ" for number in range(1, 31)]
    bars = [bar(code, day, 10_000) for code in codes for day in DAYS if (code, day) != (codes[7], DAYS[9])]
    frames = {"trade_cal": FLAT["trade_cal"], "bars_1d": frame("bars_1d", bars), "suspensions": FLAT["suspensions"]}
    (found,) = reviewed(lake, frames)
    assert (found.kind, found.count, found.examples) == ("ended", 1, ("000008.SZ after 2020-03-12",))
    away = {"ts_code": codes[7], "trade_date": DAYS[9], "suspend_type": "S"}
    earlier = {"ts_code": codes[7], "trade_date": DAYS[3], "suspend_type": "S", "suspend_timing": "09:30-10:00"}
    assert reviewed(lake, plus(frames, "suspensions", away)) == ()
    assert [row.kind for row in reviewed(lake, plus(frames, "suspensions", earlier))] == ["ended"]
    gone = [{"ts_code": code, "name": code, "list_date": date(2001, 1, 2)} for code in codes]
    gone[7]["delist_date"] = DAYS[9]
    assert reviewed(lake, frames | {"instruments": frame("instruments", gone)}) == ()
    changed = {"old_code": codes[7], "new_code": "000999.SZ", "change_date": DAYS[9]}
    assert reviewed(lake, plus(frames, "code_changes", changed)) == ()


@pytest.mark.parametrize("cut", [1, 5, 9])
@pytest.mark.parametrize("kind", [kind for kind in WRONG if kind not in ("weights_sum", "overlapping_names", "overlapping_industries")])
def test_what_is_stored_counts_as_if_it_came_now(lake: Lake, kind: str, cut: int):
    """Every day up to a cut is stored, the rest comes in: all that is found in the whole is found in one of the two, once."""
    frames, _, _ = WRONG[kind]
    day = {name: TABLES[name].date for name in frames}
    dated = {name for name in frames if day[name] and name != "trade_cal"}
    before = {name: rows.filter(pl.col(day[name]) < DAYS[cut]) if name in dated else rows for name, rows in frames.items()}
    after = {name: rows.filter(pl.col(day[name]) >= DAYS[cut]) for name, rows in frames.items() if name in dated}
    first = reviewed(lake, before)
    second = reviewed(lake, after, stored(lake, before))
    count = {(row.table, row.kind): row.count for row in reviewed(lake, frames)}
    parts: dict[tuple[str, str], int] = {}
    for row in (*first, *second):
        parts[row.table, row.kind] = parts.get((row.table, row.kind), 0) + row.count
    told_once = {key: number for key, number in count.items() if key[1] not in ("ended", "unlisted")}
    assert {key: number for key, number in parts.items() if key[1] not in ("ended", "unlisted")} == told_once


def test_a_calendar_that_comes_later_is_looked_at_beside_the_indices(lake: Lake):
    newest = stored(lake, indexed(FLAT, *DAYS))
    closed = (pl.col("cal_date") == DAYS[4]) | (pl.col("cal_date") == DAYS[7])
    opened = pl.col("cal_date") == SATURDAY
    changed = FLAT["trade_cal"].with_columns(is_open=pl.when(closed).then(0).when(opened).then(1).otherwise("is_open").cast(pl.Int8))
    found = {(row.table, row.kind): row for row in reviewed(lake, {"trade_cal": changed}, newest)}
    assert set(found) == {("trade_cal", "closed_day"), ("trade_cal", "index_on_closed_day"), ("trade_cal", "session_without_index")}
    shut, silent = found["trade_cal", "index_on_closed_day"], found["trade_cal", "session_without_index"]
    assert (shut.severity, shut.count, shut.first, shut.last) == ("error", 2, 20200306, 20200311)
    assert silent.examples == ("2020-03-07 to 2020-03-07: 1 sessions, stocks have bars on 0 of them",)
    assert reviewed(lake, {"trade_cal": FLAT["trade_cal"]}, newest) == ()


def test_what_was_told_of_the_calendar_is_not_told_with_every_day_that_comes(lake: Lake):
    newest = stored(lake, indexed(FLAT, *DAYS[:3], *DAYS[5:9]))
    assert reviewed(lake, indexed({}, DAYS[9]), newest) == ()
    assert [row.kind for row in examine(lake, newest)] == ["session_without_index"]


def test_between_the_end_of_one_index_and_the_beginning_of_another_nothing_is_missing(lake: Lake):
    def having(code: str, *places: int) -> list[dict[str, Any]]:
        return [bar(code, DAYS[place], 4_000_000) for place in places]

    calendar = {"trade_cal": FLAT["trade_cal"]}
    apart = [*having("000300.SH", 0, 1, 2), *having("000905.SH", 6, 7, 9)]
    (found,) = reviewed(lake, calendar | {"index_1d": frame("index_1d", apart)})
    assert (found.kind, found.count, found.first) == ("session_without_index", 1, 20200312)
    around = [*apart, *having("000906.SH", 1, 9)]  # its life holds the gap between the other two
    (found,) = reviewed(lake, calendar | {"index_1d": frame("index_1d", around)})
    assert (found.count, found.first, found.last) == (4, 20200305, 20200312)
    assert found.examples[0].startswith("2020-03-05 to 2020-03-09: 3 sessions")


def test_bars_of_days_that_no_calendar_names_vanished_without_a_word(lake: Lake):
    """Of days before it, and of days that it leaves out."""
    short = FLAT["trade_cal"].filter(pl.col("cal_date") > DAYS[1], pl.col("cal_date") != DAYS[6])
    found = [row for row in reviewed(lake, FLAT | {"trade_cal": short}) if (row.table, row.kind) == ("bars_1d", "beyond_calendar")]
    assert [(row.count, row.first, row.last) for row in found] == [(9, 20200302, 20200310)]


def test_a_correction_is_looked_at_with_the_day_after_it(lake: Lake):
    newest = stored(lake, FLAT)
    corrected = {"bars_1d": frame("bars_1d", [bar(MOUTAI, DAYS[2], 1_100_000, close=1_050_000, low=1_050_000)])}
    assert [(row.kind, row.first) for row in reviewed(lake, corrected, newest)] == [
        ("ex_date_without_factor", 20200305),
        ("value_disagrees", 20200304),
    ]
    assert reviewed(lake, {"bars_1d": FLAT["bars_1d"]}, newest) == ()


def test_facts_that_come_after_the_bars_are_looked_at_beside_them(lake: Lake):
    newest = stored(lake, lacking(FLAT, "limits", "adj_factor", "suspensions", "dividends", "instruments", "trade_cal"))
    narrow = {"limits": FLAT["limits"].with_columns(limit_up=pl.col("limit_down"))}
    assert {row.kind: row.count for row in reviewed(lake, narrow, newest)} == {"limits_disagree": 30}
    away = {"suspensions": frame("suspensions", [{"ts_code": MOUTAI, "trade_date": DAYS[4], "suspend_type": "S"}])}
    assert [row.kind for row in reviewed(lake, away, newest)] == ["bar_while_suspended"]
    young = {"instruments": FLAT["instruments"].with_columns(list_date=pl.lit(DAYS[1]))}
    assert {row.table: row.count for row in reviewed(lake, young, newest)} == {"bars_1d": 3}
    closed = {"trade_cal": FLAT["trade_cal"].with_columns(is_open=pl.lit(0, pl.Int8))}
    assert [(row.kind, row.count) for row in reviewed(lake, closed, newest)] == [("closed_day", 30)]


def test_a_stock_that_was_away_for_months_meets_its_last_bar(lake: Lake):
    frames = without(lacking(FLAT, "bars_60m", "trade_cal", "suspensions"), "bars_1d", MOUTAI, *DAYS[1:])
    newest = stored(lake, frames)
    back = date(2020, 11, 2)
    rows = {
        "bars_1d": frame("bars_1d", [bar(MOUTAI, back, 1_000_000)]),
        "adj_factor": frame("adj_factor", [{"ts_code": MOUTAI, "trade_date": back, "adj_factor": 5_000_000}]),
    }
    (found,) = reviewed(lake, rows, newest)
    assert found.kind == "ex_date_without_factor" and found.examples[0].startswith(
        "600519.SH 2020-11-02 last close 1100.0 pre_close 1000.0"
    )


def test_answers_without_rows_are_no_contradiction(lake: Lake):
    """Tushare answers so for a day without dividends, or before the market opens."""
    nothing = {name: frame(name, []) for name in TABLES}
    assert reviewed(lake, nothing) == ()
    assert reviewed(lake, nothing, stored(lake, FLAT)) == ()


def test_years_that_come_in_together_are_not_told_twice(lake: Lake):
    days = [date(2019, 12, 30), date(2019, 12, 31), date(2020, 1, 2), date(2020, 1, 3)]
    wrong = [bar(MOUTAI, day, 1_100_000, high=1_300_000) for day in days]
    (found,) = reviewed(lake, {"bars_1d": frame("bars_1d", wrong)})
    assert (found.kind, found.count, found.first, found.last) == ("outside_rules", 4, 20191230, 20200103)


@pytest.mark.parametrize(
    ("code", "listed", "percent", "told"),
    [
        ("600519.SH", "20010827", 11, True),
        ("300750.SZ", "20180611", 11, True),
        ("688001.SH", "20190722", 19, False),
        ("688001.SH", "20190722", 21, True),
        ("601975.SH", "20200302", 44, False),
        ("601975.SH", "20200302", 45, True),
        ("688001.SH", "20200302", 300, False),
        ("510300.SH", "20120528", 19, False),
        ("510300.SH", "20120528", 21, True),
    ],
)
def test_limits_by_the_rules_know_board_and_age(lake: Lake, code: str, listed: str, percent: int, told: bool):
    born = date(int(listed[:4]), int(listed[4:6]), int(listed[6:]))
    top = 10_000 * (100 + percent) // 100
    frames = {
        "instruments": frame("instruments", [{"ts_code": code, "name": "x", "list_date": born}]),
        "trade_cal": FLAT["trade_cal"],
        "bars_1d": frame("bars_1d", [bar(code, DAYS[0], 10_000, high=top, close=top)]),
    }
    day = date(2020, 9, 1) if code.startswith("510") else DAYS[0]
    frames |= {"bars_1d": frames["bars_1d"].with_columns(trade_date=pl.lit(day))}
    kinds = {row.kind for row in reviewed(lake, frames)} - {"beyond_calendar"}
    assert kinds == ({"outside_rules"} if told else set())


def test_special_treatment_halves_the_limits(lake: Lake):
    rows = {"bars_1d": frame("bars_1d", [bar(MOUTAI, DAYS[4], 10_000, high=10_600)]), "trade_cal": FLAT["trade_cal"]}
    assert reviewed(lake, rows) == ()
    named = plus(rows, "namechange", {"ts_code": MOUTAI, "name": "*ST茅台", "start_date": DAYS[0]})
    assert [row.kind for row in reviewed(lake, named)] == ["outside_rules"]
    leaving = plus(named, "namechange", {"ts_code": MOUTAI, "name": "退市茅台", "start_date": DAYS[2]})
    assert reviewed(lake, leaving) == ()


def test_a_dividend_without_an_ex_date_is_none_for_ten_shares(lake: Lake):
    """A tenth of 2.5% is less than what rounding may do: the reference price did not move at all."""
    bars = [bar(MOUTAI, day, 5_000) for day in DAYS[:3]]
    paid = {"ts_code": MOUTAI, "ex_date": DAYS[2], "end_date": DAYS[0], "cash_div_tax": 125_000}
    (found,) = reviewed(lake, {"bars_1d": frame("bars_1d", bars), "dividends": frame("dividends", [paid])})
    assert (found.kind, found.severity) == ("dividend_disagrees", "warning")


def test_indices_meet_their_last_close(lake: Lake):
    def index(day: date, close: int, pre_close: int) -> dict[str, Any]:
        return bar("000300.SH", day, close, pre_close=pre_close)

    rows = [index(DAYS[0], 4_000_000, 4_000_000), index(DAYS[1], 4_000_000, 4_000_000), index(DAYS[4], 4_500_000, 4_400_000)]
    frames = {"trade_cal": FLAT["trade_cal"], "index_1d": frame("index_1d", rows)}
    assert [row.kind for row in reviewed(lake, frames)] == ["session_without_index"], "after a gap nobody knows the last close"
    more = plus(frames, "index_1d", index(DAYS[5], 4_500_000, 4_000_000))
    _, found = reviewed(lake, more)
    assert (found.table, found.kind, found.first) == ("index_1d", "unexplained_reference", 20200309)


def test_an_error_between_rows_stops_the_fold_and_a_warning_is_kept(lake: Lake):
    stored(lake, {"trade_cal": FLAT["trade_cal"]})
    bad = stage(lake, "import", "bars_1d", frame("bars_1d", [bar(MOUTAI, SATURDAY, 1_100_000)]))
    with pytest.raises(BadRowsError, match=r"bars_1d\.closed_day: 1 x row of a day that the calendar says is closed: 2020-03-07"):
        fold(lake, "import", [bad], {})
    assert resolve(lake.store, "import").version == "import:v1"
    odd = stage(lake, "import", "bars_1d", frame("bars_1d", [bar(MOUTAI, DAYS[0], 1_000_000, high=1_200_000)]))
    assert [row.kind for row in fold(lake, "import", [odd], {}).dataset.findings] == ["outside_rules"]
    assert [row.kind for row in resolve(lake.store, "import:v2").findings] == ["outside_rules"]


def test_a_version_is_examined_whole(lake: Lake):
    wrong = at(FLAT, "bars_1d", MOUTAI, DAYS[4], high=1_300_000)
    assert examine(lake, stored(lake, FLAT)) == ()
    assert [(row.kind, row.count) for row in examine(lake, stored(lake, wrong))] == [("outside_limits", 1)]


def test_the_sample_market_says_nothing_against_itself(sample_lake: Lake, sample: Dataset):
    assert examine(sample_lake, sample) == ()


def test_a_join_by_numbers_is_the_join():
    days = [DAYS[0], DAYS[3], DAYS[4]]
    left = pl.DataFrame({"ts_code": ["b", "b", "a", "z", "b"], "trade_date": [days[1], days[0], days[2], days[0], days[2]], "x": range(5)})
    right = pl.DataFrame({"ts_code": ["a", "b", "b", "c"], "trade_date": [days[2], days[0], days[2], days[0]], "y": [1, 2, 3, 4]})
    expected = left.join(right, on=["ts_code", "trade_date"], how="left", maintain_order="left")
    assert attach(left, right).equals(expected)
    assert attach(left, right.clear()).equals(left.join(right.clear(), on=["ts_code", "trade_date"], how="left", maintain_order="left"))
    assert attach(left.clear(), right).columns == ["ts_code", "trade_date", "x", "y"]


def test_incoming_rows_take_the_place_of_stored_ones_and_the_last_of_doubles_counts(lake: Lake):
    newest = stored(lake, {"bars_1d": frame("bars_1d", [bar(MOUTAI, DAYS[0], 1), bar(MOUTAI, DAYS[1], 2)])})
    rows = frame("bars_1d", [bar(MOUTAI, DAYS[1], 3), bar(MOUTAI, DAYS[1], 4), bar(PINGAN, DAYS[1], 5)])
    found = Beside(lake, "import", newest, {"bars_1d": rows.lazy()}).rows("bars_1d", ["close"])
    assert found.select("ts_code", "close", "new").rows() == [(PINGAN, 5, True), (MOUTAI, 1, False), (MOUTAI, 4, True)]


@pytest.mark.slow
def test_a_day_beside_years_of_days_is_reviewed_in_less_than_half_a_second(lake: Lake):
    """1,000 codes of 1,000 sessions are stored; a day of theirs comes in. Seconds of computing: the machine may be busy with others."""
    opened = [day for number in range(1405) if (day := date(2016, 3, 7) + timedelta(days=number)).weekday() < 5]
    codes = pl.DataFrame({"ts_code": [f"{number:06d}.SZ" for number in range(1, 1001)]})
    days = pl.DataFrame({"trade_date": opened})
    flat = dict.fromkeys(("open", "high", "low", "close", "pre_close"), pl.lit(10_000, pl.Int32))
    extra = {"after_hours_volume": pl.lit(None, pl.Int64), "after_hours_amount": pl.lit(None, pl.Int64)}
    bars = codes.join(days, how="cross").with_columns(**flat, volume=pl.lit(100), amount=pl.lit(1_000_000), **extra)
    factors = bars.select("ts_code", "trade_date", adj_factor=pl.lit(1_000_000))
    newest = stored(lake, {"adj_factor": conform(factors, TABLES["adj_factor"]), "bars_1d": conform(bars, TABLES["bars_1d"])})
    last = pl.lit(opened[-1] + timedelta(days=1 if opened[-1].weekday() < 4 else 3))
    day = {
        name: rows.filter(pl.col("trade_date") == opened[-1]).with_columns(trade_date=last)
        for name, rows in (("adj_factor", factors), ("bars_1d", bars))
    }
    seconds = []
    for _ in range(3):
        start = process_time()
        assert reviewed(lake, day, newest) == ()
        seconds.append(process_time() - start)
    assert min(seconds) < 0.5
