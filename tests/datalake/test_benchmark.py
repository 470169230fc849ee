"""Which benchmark a dataset has where nobody names one, and which names it knows."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from datalake.asked.benchmark import check_benchmark, usual_benchmark
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.versions import Dataset, resolve
from tests.datalake.rows import daily


def having(dataset: Dataset, **changes: object) -> Dataset:
    """The dataset with another catalog."""
    other = replace(dataset)
    vars(other)["catalog"] = replace(dataset.catalog, **changes)
    return other


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ({"000016.SH": "bars", "000300.SH": "bars members", "000905.SH": "bars"}, "000300.SH"),
        ({"000300.SH": "members", "399006.SZ": "bars", "000905.SH": "members bars"}, "000905.SH"),
        ({"000300.SH": "members"}, None),
        ({}, None),
    ],
)
def test_the_usual_benchmark_is_an_index_with_bars(sample: Dataset, indices: dict[str, str], expected: str | None):
    assert usual_benchmark(having(sample, indices=indices)) == expected


@pytest.mark.parametrize("code", [None, "", "009300.SH", "009001.SZ", "529001.SH", "609011.SH"])
def test_an_index_a_stock_a_fund_a_delisted_stock_or_none_will_do(sample: Dataset, code: str | None):
    assert list(check_benchmark(sample, code)) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("009300.SZ", "sample:v1 has no index, stock or fund '009300.SZ' (did you mean '009300.SH'?)"),
        ("609001.SZ", "(did you mean '609001.SH'?)"),
        ("沪深300", "(its indices are 009300.SH; any stock or fund of it will do, too)"),
    ],
)
def test_an_unknown_code_is_told_with_what_was_meant(sample: Dataset, code: str, said: str):
    (problem,) = check_benchmark(sample, code)
    assert problem.field == "context.benchmark" and said in str(problem)


def test_an_index_with_members_only_and_a_stock_with_minutes_only_have_no_closes(sample: Dataset):
    (problem,) = check_benchmark(having(sample, indices={"000300.SH": "members"}), "000300.SH")
    assert problem.field == "context.benchmark" and "no bars of index 000300.SH (import index_1d" in str(problem)
    minutes = having(sample, bars={"5m": sample.catalog.bars["5m"]})
    (problem,) = check_benchmark(minutes, "009001.SZ")
    assert "no daily bars of 009001.SZ" in str(problem)
    assert list(check_benchmark(minutes, "009300.SH")) == []


def test_without_any_index_there_is_none(lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    dataset = resolve(lake.store)
    assert usual_benchmark(dataset) is None
    (problem,) = check_benchmark(dataset, "399006.SZ")
    assert "it has no bars of any index" in str(problem)


def test_the_check_loads_no_table_library():
    code = "import sys, datalake.asked.benchmark; print([name for name in ('polars', 'pyarrow', 'deltalake') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
