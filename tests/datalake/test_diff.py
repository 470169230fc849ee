"""What is different between two versions, beside a slow twin over dictionaries; and that what both have is not read."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalake.errors import StorageError
from datalake.frames import conform
from datalake.lake import Lake, at_version
from datalake.storing.diff import EXAMPLES, CodeDiff, Example, TableDiff, diff
from datalake.storing.merging import compact, merge, replace
from datalake.storing.publishing import publish_tables
from datalake.tables import TABLES
from datalake.versions import Dataset
from tests.datalake.rows import bars

A, B, C = date(2019, 12, 31), date(2020, 1, 2), date(2020, 1, 3)


def edition(lake: Lake, rows: pl.DataFrame, source: str = "import", table: str = "bars_1d", within: pl.Expr | None = None) -> Dataset:
    return publish_tables(lake, source, {table: merge(lake, source, table, rows, within)}, {})


def test_rows_added_changed_and_removed(lake: Lake):
    first = edition(lake, bars(("a", A, 1), ("a", B, 2), ("c", B, 5)))
    second = edition(lake, bars(("a", B, 3), ("b", C, 4)))
    third = edition(lake, bars(("a", B, 3)), within=pl.col("trade_date") >= B)
    (found,) = diff(lake, first, second)
    columns = dict.fromkeys(("open", "high", "low", "close", "pre_close", "amount"), 1)
    assert found.codes == (CodeDiff("a", 0, 0, 1, 20200102, 20200102, columns), CodeDiff("b", 1, 0, 0, 20200103, 20200103, {}))
    assert (found.added, found.removed, found.changed, found.columns) == (1, 0, 1, columns)
    assert (found.first, found.last, found.dates) == (20200102, 20200103, 2)
    assert found.examples[:2] == (Example("added", ("b", "2020-01-03")), Example("changed", ("a", "2020-01-02"), "open", "2", "3"))
    (found,) = diff(lake, second, third)
    assert (found.added, found.removed, found.changed) == (0, 2, 0)
    assert found.examples == (Example("removed", ("b", "2020-01-03")), Example("removed", ("c", "2020-01-02")))
    assert diff(lake, first, first) == ()


def test_files_that_both_versions_have_are_not_read(lake: Lake):
    """They are not even there any more."""
    first = edition(lake, bars(("a", A, 1), ("a", B, 2)))
    shared = at_version(lake, "import", "bars_1d", first.tables["bars_1d"].delta_version).file_uris()
    second = edition(lake, bars(("a", C, 3)))
    for file in shared:
        Path(file.removeprefix("file://")).unlink()
    (found,) = diff(lake, first, second)
    assert (found.added, found.removed, found.changed, found.dates) == (1, 0, 0, 1)


def test_a_file_that_is_gone_is_told(lake: Lake):
    first = edition(lake, bars(("a", A, 1)))
    second = edition(lake, bars(("a", C, 3)))
    for file in Path(lake.url.removeprefix("file://")).glob("import/bars_1d/year=2020/*.parquet"):
        file.unlink()
    with pytest.raises(StorageError, match="bars_1d of import:v1 and import:v2"):
        diff(lake, first, second)


def test_a_compaction_changes_no_row(lake: Lake):
    edition(lake, bars(("b", A, 1), ("b", B, 2)))
    first = edition(lake, bars(("a", C, 3)))
    written = compact(lake, "import", "bars_1d", first.tables["bars_1d"].delta_version)
    assert written
    second = publish_tables(lake, "import", {"bars_1d": written}, {})
    assert second.tables["bars_1d"].delta_version > first.tables["bars_1d"].delta_version
    assert diff(lake, first, second) == ()


def test_tables_of_only_one_version_are_told_and_two_sources_compare(lake: Lake):
    ours = edition(lake, bars(("a", A, 1), ("b", A, 2)))
    theirs = edition(lake, bars(("a", A, 1), ("b", A, 3)), "tushare")
    both = edition(lake, bars(("000300.SH", A, 4000)), "tushare", "index_1d")
    (found,) = diff(lake, ours, theirs)
    assert (found.added, found.removed, found.changed, [row.code for row in found.codes]) == (0, 0, 1, ["b"])
    assert diff(lake, ours, both)[0] == TableDiff("index_1d", 1, 0, 0, only_in="tushare:v2")
    assert diff(lake, both, ours)[0] == TableDiff("index_1d", 0, 1, 0, only_in="tushare:v2")


def test_a_table_without_dates_and_a_missing_value(lake: Lake):
    def listed(*rows: tuple[str, str, date | None]) -> pl.DataFrame:
        names = ("ts_code", "name", "delist_date")
        frame = pl.DataFrame(rows, schema=dict(zip(names, (pl.String, pl.String, pl.Date), strict=True)), orient="row")
        return conform(frame.with_columns(list_date=pl.lit(A)), TABLES["instruments"])

    first = edition(lake, listed(("a", "甲", None), ("b", "乙", None)), table="instruments")
    second = edition(lake, listed(("a", "甲", B)), table="instruments")
    (found,) = diff(lake, first, second)
    assert (found.changed, found.first, found.dates, found.columns) == (1, 0, 0, {"delist_date": 1})
    assert found.examples == (Example("changed", ("a",), "delist_date", "", "2020-01-02"),)


def test_a_key_with_nothing_in_it_is_a_key(lake: Lake):
    """Dividends without a period; and suspensions, which have no column that is not of the key."""
    paid = pl.DataFrame({"ts_code": ["a"], "ex_date": [B], "end_date": pl.Series([None], dtype=pl.Date), "cash_div_tax": [5]})
    first = edition(lake, conform(paid, TABLES["dividends"]), table="dividends")
    second = edition(lake, conform(paid.with_columns(cash_div_tax=6), TABLES["dividends"]), table="dividends")
    (found,) = diff(lake, first, second)
    assert (found.added, found.removed, found.changed) == (0, 0, 1)
    stopped = conform(pl.DataFrame({"ts_code": ["a"], "trade_date": [B]}), TABLES["suspensions"])
    third = edition(lake, stopped, table="suspensions")
    fourth = edition(lake, stopped.with_columns(ts_code=pl.lit("b")), table="suspensions")
    assert [(row.added, row.removed, row.changed) for row in diff(lake, third, fourth)] == [(1, 0, 0)]


MINUTE = datetime(2020, 1, 2, 2, 0)  # noqa: DTZ001  the zone is the column's
KEYS = st.tuples(st.sampled_from("abcde"), st.integers(0, 40))
SIDES = st.dictionaries(KEYS, st.integers(1, 3), max_size=30)


def minutes(rows: dict[tuple[str, int], int]) -> pl.DataFrame:
    """Bars of one minute on days of three months."""
    days = [A + timedelta(days=number) for _, number in rows]
    frame = pl.DataFrame({"ts_code": [code for code, _ in rows], "trade_date": days}, schema={"ts_code": pl.String, "trade_date": pl.Date})
    prices = pl.Series(list(rows.values()), dtype=pl.Int32)
    time = (pl.col("trade_date").cast(pl.Datetime("us")) + timedelta(hours=2)).dt.replace_time_zone("UTC")
    columns: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close"), prices)
    return conform(frame.with_columns(time=time, volume=pl.lit(1), amount=pl.lit(1), **columns), TABLES["bars_1m"])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(old=SIDES, new=SIDES, whole=st.booleans(), lot=st.sampled_from([3, 10**6]))
def test_as_a_slow_twin_says(old: dict[tuple[str, int], int], new: dict[tuple[str, int], int], whole: bool, lot: int):
    """A day's row that comes, goes or gets another price; in lots of a few rows, too; merged in, or replaced by another table."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("datalake.storing.diff.LOT", lot)
        lake = Lake(f"file://{folder}/量 湖")
        before = publish_tables(lake, "import", {"bars_1m": merge(lake, "import", "bars_1m", minutes(old))}, {"n": 1})
        written = replace(lake, "import", "bars_1m", minutes(new)) if whole else merge(lake, "import", "bars_1m", minutes(new))
        after = publish_tables(lake, "import", {"bars_1m": written}, {"n": 2})
        (found,) = diff(lake, before, after) or (TableDiff("bars_1m"),)
    now = new if whole else {**old, **new}
    kinds = {
        key: "added" if key not in old else "removed" if key not in now else "changed"
        for key in {*old, *now}
        if old.get(key) != now.get(key)
    }
    days = [int(f"{A + timedelta(days=number):%Y%m%d}") for _, number in kinds]
    by_code = Counter((code, kind) for (code, _), kind in kinds.items())
    assert {
        (row.code, kind): getattr(row, kind) for row in found.codes for kind in ("added", "removed", "changed") if getattr(row, kind)
    } == by_code
    assert (found.first, found.last, found.dates) == (min(days, default=0), max(days, default=0), len(set(days)))
    changed = sum(kind == "changed" for kind in kinds.values())
    assert found.columns == (dict.fromkeys(("open", "high", "low", "close"), changed) if changed else {})
    assert len({row.key for row in found.examples if row.kind == "changed"}) == min(EXAMPLES, changed)
    for row in found.codes:
        own = [int(f"{A + timedelta(days=number):%Y%m%d}") for code, number in kinds if code == row.code]
        assert (row.first, row.last) == (min(own), max(own))
