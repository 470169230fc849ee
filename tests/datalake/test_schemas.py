"""A lake that another program made: told, whatever is done with it, and never mixed up."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from datalake.errors import StorageError
from datalake.lake import Lake, current, describe, scan
from datalake.storing.compaction import compact
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.storing.vacuum import vacuum
from datalake.tables import TABLES
from tests.datalake.rows import bars

DAY = date(2020, 1, 2)
ROWS = bars(("a", DAY, 1), ("b", DAY, 2)).with_columns(year=pl.lit(2020, pl.Int32)).to_arrow().cast(TABLES["bars_1d"].schema)


def made_elsewhere(lake: Lake, rows: pa.Table, folders: list[str] | None) -> None:
    _ = lake.store
    write_deltalake(lake.table_url("import", "bars_1d"), rows, partition_by=folders)


def recast(name: str, dtype: pa.DataType) -> pa.Table:
    return ROWS.set_column(ROWS.schema.get_field_index(name), name, ROWS[name].cast(dtype))


@pytest.mark.parametrize(
    ("rows", "folders", "said"),
    [
        (recast("close", pa.float64()), ["year"], r"bars_1d\.close: import/bars_1d has double, integer is expected"),
        (recast("close", pa.int64()), ["year"], r"bars_1d\.close: import/bars_1d has long, integer is expected"),
        (recast("trade_date", pa.string()), ["year"], r"bars_1d\.trade_date: import/bars_1d has string, date is expected"),
        (ROWS.drop_columns(["trade_date"]), ["year"], r"bars_1d\.trade_date: import/bars_1d has no such column"),
        (ROWS.drop_columns(["year"]), None, r"bars_1d\.year: import/bars_1d has no such column"),
        (ROWS, None, "import/bars_1d has folders by nothing, not by year"),
        (ROWS, ["ts_code"], "import/bars_1d has folders by ts_code, not by year"),
    ],
)
def test_a_table_that_cannot_be_ours_is_told(lake: Lake, rows: pa.Table, folders: list[str] | None, said: str):
    made_elsewhere(lake, rows, folders)
    attempts: list[Callable[[], object]] = [
        lambda: scan(lake, "import", "bars_1d", 0),
        lambda: current(lake, "import", "bars_1d"),
        lambda: merge(lake, "import", "bars_1d", bars(("c", DAY, 3))),
    ]
    for attempt in attempts:
        with pytest.raises(StorageError, match=said) as caught:
            attempt()
        assert "another program" in (caught.value.problems[0].hint or "")
    assert any("import/bars_1d was left alone" in line for line in vacuum(lake).told)


def test_columns_of_a_newer_program_are_left_out_and_never_lost(lake: Lake):
    made_elsewhere(lake, ROWS.append_column("mood", pa.array(["good", "bad"])), ["year"])
    delta = current(lake, "import", "bars_1d")
    assert delta
    publish_tables(lake, "import", {"bars_1d": describe(delta, TABLES["bars_1d"])}, {})
    assert scan(lake, "import", "bars_1d", 0).select(pl.len()).collect().item() == 2
    attempts: list[Callable[[], object]] = [
        lambda: merge(lake, "import", "bars_1d", bars(("c", DAY, 3))),
        lambda: compact(lake, "import"),
    ]
    for attempt in attempts:
        with pytest.raises(StorageError, match="has mood, which this program does not know: writing would lose it"):
            attempt()


def test_columns_of_a_later_program_are_null_in_an_older_lake(lake: Lake):
    made_elsewhere(lake, ROWS.drop_columns(["after_hours_volume", "amount"]), ["year"])
    merge(lake, "import", "bars_1d", bars(("c", DAY, 3)))
    found = scan(lake, "import", "bars_1d", 1).select("ts_code", "amount").sort("ts_code").collect()
    assert found.rows() == [("a", None), ("b", None), ("c", 300)]
