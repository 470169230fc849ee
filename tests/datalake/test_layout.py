"""Rows laid out as arrays: against a slow twin, whatever their order; and read in portions, which change nothing."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import active_count

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datalake.calendar import ints_to_dates
from datalake.errors import StorageError
from datalake.lake import Lake, reading
from datalake.layout import Grid, Kind, delisted_on, lay_out
from datalake.panels.with_bars import Axis, daily_bars
from datalake.reading import Reader
from datalake.versions import Dataset

CODES = ("000001.SZ", "000002.SZ", "300001.SZ", "600000.SH")
KINDS = {"price": Kind(np.int32), "factor": Kind(np.int64, 7), "pe": Kind(np.float64, float("nan"))}
FIRST = date(2024, 2, 26)


def slow(rows: list[dict], column: str, axis: list, codes: tuple[str, ...], ends: list[int]) -> dict[str, list[list[float]]]:
    """One cell after the other."""
    out = {name: [[kind.empty] * len(codes) for _ in axis] for name, kind in KINDS.items()}
    for row in rows:
        if row[column] in axis and row["ts_code"] in codes:
            at, stock = axis.index(row[column]), codes.index(row["ts_code"])
            if at < ends[stock]:
                for name, kind in KINDS.items():
                    out[name][at][stock] = kind.empty if row[name] is None else row[name]
    return out


def assert_same(found: dict[str, np.ndarray], wanted: dict[str, list[list[float]]]) -> None:
    for name, kind in KINDS.items():
        assert found[name].dtype == kind.dtype and found[name].flags.c_contiguous and found[name].flags.writeable
        assert np.array_equal(found[name], np.array(wanted[name], dtype=kind.dtype).reshape(found[name].shape), equal_nan=True), name


@st.composite
def some_rows(draw: st.DrawFn, when: st.SearchStrategy) -> list[dict]:
    """Some of other codes, each key once, in any order."""
    keys = draw(st.lists(st.tuples(st.sampled_from([*CODES, "430001.BJ"]), when), unique=True, max_size=40))
    price, pe = st.none() | st.integers(1, 9), st.none() | st.floats(-9, 9)
    return [{"ts_code": code, "at": at, "price": draw(price), "factor": draw(price), "pe": draw(pe)} for code, at in keys]


def frames(rows: list[dict], at: pl.DataType, cuts: list[int]) -> list[pl.DataFrame]:
    schema = {"ts_code": pl.String, "at": at, "price": pl.Int32, "factor": pl.Int64, "pe": pl.Float64}
    edges = [0, *sorted(cuts), len(rows)]
    return [pl.DataFrame(rows[start:end], schema=schema) for start, end in pairwise(edges)]


@given(
    rows=some_rows(st.integers(-3, 14).map(lambda n: FIRST + timedelta(days=n))),
    days=st.sets(st.integers(0, 11), min_size=1),
    codes=st.sets(st.sampled_from(CODES)),
    ends=st.lists(st.integers(0, 12), min_size=4, max_size=4),
    cuts=st.lists(st.integers(0, 40), max_size=3),
)
def test_days_equal_the_slow_twin(rows, days, codes, ends, cuts):
    axis, chosen = [FIRST + timedelta(days=n) for n in sorted(days)], tuple(sorted(codes))
    grid = Grid(np.array(axis, dtype="datetime64[D]"), chosen, np.array(ends[: len(chosen)], dtype=np.int64))
    assert_same(lay_out(frames(rows, pl.Date(), cuts), "at", grid, KINDS), slow(rows, "at", axis, chosen, ends))


@given(
    rows=some_rows(
        st.tuples(st.integers(0, 7), st.sampled_from([0, 1, 30, 60])).map(
            lambda when: datetime(2024, 2, 26, 1, 30, tzinfo=UTC) + timedelta(minutes=5 * when[0], seconds=when[1])
        )
    ),
    cuts=st.lists(st.integers(0, 40), max_size=2),
)
def test_times_of_whole_minutes_equal_the_slow_twin(rows, cuts):
    """A time between two minutes is no right edge of a bar."""
    axis = [datetime(2024, 2, 26, 1, 30, tzinfo=UTC) + timedelta(minutes=5 * n) for n in range(1, 7)]
    grid = Grid(np.array([at.replace(tzinfo=None) for at in axis], dtype="datetime64[ms]"), CODES)
    found = lay_out(frames(rows, pl.Datetime("us", "UTC"), cuts), "at", grid, KINDS)
    assert_same(found, slow(rows, "at", axis, CODES, [len(axis)] * len(CODES)))


@pytest.mark.parametrize("end", range(5))
def test_nothing_is_seen_from_its_end_on(end: int):
    axis = np.arange(np.datetime64(FIRST), np.datetime64(FIRST) + 4)
    rows = pl.DataFrame({"ts_code": ["000001.SZ"] * 4, "at": axis, "price": [1, 2, 3, 4]})
    found = lay_out([rows], "at", Grid(axis, ("000001.SZ", "000002.SZ"), np.array([end, 4])), {"price": Kind(np.int32)})
    assert found["price"][:, 0].tolist() == [1, 2, 3, 4][:end] + [0] * (4 - end)
    assert not found["price"][:, 1].any()


def test_without_rows_or_codes_there_is_nothing():
    axis = np.array([FIRST], dtype="datetime64[D]")
    assert_same(lay_out([], "at", Grid(axis, CODES), KINDS), slow([], "at", [FIRST], CODES, []))
    assert {array.shape for array in Grid(axis, ()).empty(KINDS).values()} == {(1, 0)}


@pytest.mark.parametrize("portion", [1, 5_000, 10**9])
@pytest.mark.parametrize("table", ["bars_1d", "adj_factor", "bars_5m"])
def test_portions_are_the_rows_whatever_their_size(sample_lake: Lake, sample: Dataset, table: str, portion: int):
    codes = [row.ts_code for row in sample.catalog.instruments]
    span, wanted = (20200615, 20241210), ["ts_code", "trade_date", "adj_factor" if table == "adj_factor" else "close"]
    reader = Reader(sample_lake, sample, portion)
    for some in (codes, codes[3:7]):
        rows = reader.rows(table, span, some).select(wanted).collect()
        portions = list(reader.portions(table, wanted, span, some))
        assert rows.height or table == "bars_5m"
        assert pl.concat(portions).sort(wanted).equals(rows.sort(wanted))
        assert (len(portions) > 1) == (portion < 10**9)
    only = list(reader.portions(table, wanted, span, codes[3:7], pl.col("ts_code") == codes[4]))
    assert {code for rows in only for code in rows["ts_code"]} <= {codes[4]}
    assert list(reader.portions(table, wanted, (19900101, 19910101), codes)) == []


def test_a_table_without_folders_comes_at_once(sample_lake: Lake, sample: Dataset):
    reader, wanted, span = Reader(sample_lake, sample, 1), ["ts_code", "trade_date"], (20190101, 20201231)
    codes = reader.rows("index_members").collect()["ts_code"].unique().sort().to_list()[:3]
    (rows,) = reader.portions("index_members", wanted, span, codes)
    assert rows.height
    assert rows.sort(wanted).equals(reader.rows("index_members", span, codes).select(wanted).collect().sort(wanted))


def test_who_stops_reading_leaves_no_thread_behind(sample_lake: Lake, sample: Dataset):
    threads = active_count()
    portions = Reader(sample_lake, sample, 1).portions("bars_1d", ["close"], (20180101, 20241231), ["009001.SZ"])
    assert next(portions).height
    portions.close()
    assert active_count() == threads


def test_a_file_that_is_gone_is_told_by_whoever_reads_it(tmp_path, sample_lake: Lake, sample: Dataset):
    reader = Reader(sample_lake, sample, 1)
    uris = [uri for part in reader._in_portions("bars_1d", (20200101, 20211231)) for uri in part]
    assert len(uris) == 2

    codes = [row.ts_code for row in sample.catalog.instruments]

    class Moved(Reader):
        def _in_portions(self, table, span):
            yield [uris[0]]
            yield [str(tmp_path / "year=2021" / "gone.parquet")]

    found = Moved(sample_lake, sample, 1).portions("bars_1d", ["close"], (20200101, 20211231), codes)
    with pytest.raises(StorageError, match="cannot use the tables of sample:v1"), reading("the tables of sample:v1"):
        list(found)


def test_a_table_is_opened_once(sample_lake: Lake, sample: Dataset):
    reader = Reader(sample_lake, sample)
    reader.rows("bars_1d")
    opened = reader._delta("bars_1d")
    reader.rows("bars_1d", (20200101, 20201231))
    assert reader._delta("bars_1d") is opened and reader == Reader(sample_lake, sample)


def test_bars_of_a_delisted_code_are_not_seen_from_that_day_on(sample: Dataset):
    gone = next(row for row in sample.catalog.instruments if row.delist_date)
    days = np.array(["2018-01-02", "2019-01-02", "2030-01-02"], dtype="datetime64[D]")
    stays = next(row for row in sample.catalog.instruments if not row.delist_date)
    ends = delisted_on(sample, days, (gone.ts_code, stays.ts_code, "nobody"))
    day = f"{gone.delist_date}"
    assert ends[0] == sum(str(each).replace("-", "") < day for each in days) and ends[1:].tolist() == [3, 3]


def test_bars_of_small_portions_are_the_same_bars(sample_lake: Lake, sample: Dataset):
    codes = tuple(row.ts_code for row in sample.catalog.instruments)
    sessions = np.array([day for day in sample.catalog.sessions if 20200102 <= day <= 20211231], dtype=np.int32)
    axis = Axis(ints_to_dates(sessions), sessions, 0, ints_to_dates(sessions))
    whole, parts = (daily_bars(Reader(sample_lake, sample, portion), axis, codes) for portion in (10**9, 1))
    assert (whole["open"] > 0).sum() > 10_000
    for name, array in whole.items():
        assert np.array_equal(array, parts[name]), name
