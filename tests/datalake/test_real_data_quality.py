"""Real bars pass every check with exactly their known caveats: a check that cries wolf is wrong.

Why each is there says the data's own README; it reads them as caveats of the files, not of the market.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.review.review import examine
from datalake.versions import resolve

Known = dict[tuple[str, str], int]
"""Table and kind of finding, all warnings: how many."""

CALENDAR = ("trade_cal", "trade_cal_xshg")

MARKET: Known = {
    # "33 first rows": 32 days of listing at +44% (no file knows the listings), and 601975.SH, listed again, on 2019-01-08
    ("bars_1d", "outside_rules"): 33,
    # "sessions without a bar inside a code's range": all 2,571 of missing_bars_2018_2020; no file says why
    ("bars_1d", "holes_untold"): 2571,
    # "533 codes end 2020-04-03", and eight more were suspended when the file ends
    ("bars_1d", "ended"): 541,
}
SINCE_1999: Known = {
    # "factor null on the first 161 rows", one of which is an ex-date that only a factor would explain
    ("bars_1d", "no_factor"): 161,
    ("bars_1d", "unexplained_reference"): 1,
    # 2003-09-29 and 2007-06-20 (the share reform): Tushare's factor steps, its pre_close is the last close
    ("adj_factor", "factor_without_ex_date"): 2,
    # 2007-06-20 again, without limits, and 2000-02-14: special cases that no row of the rules knows
    ("bars_1d", "outside_rules"): 2,
    # the calendar begins on 2004-12-31
    ("bars_1d", "beyond_calendar"): 1324,
    ("adj_factor", "beyond_calendar"): 1163,
    # suspensions since then
    ("bars_1d", "holes_untold"): 148,
}
MINUTES: Known = {
    # "daily highs/lows missed by up to 0.06 on 4 days", by the minutes and by what was made of them
    ("bars_1m", "minutes_disagree"): 4,
    ("bars_5m", "minutes_disagree"): 4,
}
IMPORTS: dict[str, tuple[tuple[tuple[str, str], ...], Known]] = {
    "the market": ((CALENDAR, ("bars_1d", "bars_1d_market_2018_2020")), MARKET),
    "sixty-six of its stocks": (
        (CALENDAR, ("bars_1d", "bars_1d_sample_2018_2020")),
        # "eight listing days"; those of the 2,571 and of the 533 that are among the 66
        {("bars_1d", "outside_rules"): 8, ("bars_1d", "holes_untold"): 224, ("bars_1d", "ended"): 10},
    ),
    "one stock since 1999, with minutes": (
        (
            CALENDAR,
            ("bars_1d", "bars_1d_000001SZ_1999_2020"),
            ("bars_1m", "bars_1m_000001SZ_202009"),
            ("bars_5m", "bars_5m_000001SZ_derived_202009"),
        ),
        # two of 1,687 minutes are beside their range by more than a tick
        SINCE_1999 | MINUTES | {("bars_1m", "beside_range"): 2},
    ),
    # "gap 2020-09-21..2023-09-22"
    "indices": ((CALENDAR, ("index_1d", "index_1d")), {("trade_cal", "session_without_index"): 731}),
    # "69 bars of 600519 have a VWAP up to 0.12% outside": 71 by more than a tick, and one of 300766
    "five minutes of two stocks": ((CALENDAR, ("bars_5m", "bars_5m")), {("bars_5m", "beside_range"): 72}),
}


def found_in(lake: Lake, folder: Path, files: Iterable[tuple[str, str]]) -> Known:
    """What every import of the files told."""
    found: Known = {}
    for table, name in files:
        report = import_table(lake.url, table, [folder / f"{name}.parquet"])
        assert report.rows_written == pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()
        assert {row.severity for row in report.findings} <= {"warning"}, report.findings
        found |= {(row.table, row.kind): row.count for row in report.findings}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", IMPORTS)
def test_real_files_come_in_with_their_known_caveats_and_nothing_else(lake: Lake, real_data: Path, name: str):
    files, known = IMPORTS[name]
    assert found_in(lake, real_data, files) == known


@pytest.mark.slow
def test_all_rows_together_say_what_they_said_when_they_came_in(lake: Lake, real_data: Path):
    files, known = IMPORTS["one stock since 1999, with minutes"]
    found_in(lake, real_data, files)
    dataset = resolve(lake.store, "import")
    found = {(row.table, row.kind): row.count for row in examine(lake, dataset)}
    assert found == {key: count for key, count in known.items() if key[1] != "beside_range"}, "those are rows by themselves"


@pytest.mark.slow
def test_the_holes_of_the_market_are_the_days_that_another_file_lists(lake: Lake, real_data: Path, tmp_path: Path):
    """As suspensions they say why, and nothing is missing any more."""
    missing = pl.read_parquet(real_data / "missing_bars_2018_2020.parquet")
    missing.with_columns(suspend_type=pl.lit("S"), suspend_timing=pl.lit(None, pl.String)).write_parquet(tmp_path / "suspend_d.parquet")
    found_in(lake, real_data, [CALENDAR])
    assert import_table(lake.url, "suspend_d", [tmp_path / "suspend_d.parquet"]).findings == ()
    expected = {key: count for key, count in MARKET.items() if key[1] != "holes_untold"}
    assert found_in(lake, real_data, [("bars_1d", "bars_1d_market_2018_2020")]) == expected


@pytest.mark.slow
def test_every_ex_date_of_the_market_needs_its_factor(lake: Lake, real_data: Path, tmp_path: Path):
    """Its steps left out, each of the ex-dates that moves a price by more than rounding is told."""
    events = pl.read_parquet(real_data / "ex_events_2018_2020.parquet")
    slack = 0.01 / pl.col("pre_close") + 1e-3
    moved = events.filter(pl.col("ratio_from_price") - 1 > slack).height
    bars = pl.read_parquet(real_data / "bars_1d_market_2018_2020.parquet").with_columns(adj_factor=pl.lit(1.0))
    bars.write_parquet(tmp_path / "bars.parquet")
    found = {row.kind: row.count for row in import_table(lake.url, "bars_1d", [tmp_path / "bars.parquet"]).findings}
    assert found["ex_date_without_factor"] == moved > 2000
