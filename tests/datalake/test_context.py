import subprocess
import sys
from pathlib import Path

import pytest

from datalake.asked.caveats import survivors
from datalake.asked.context import check_actions, check_context, resolve_actions
from datalake.asked.universe import read_universe
from datalake.errors import ContextError
from datalake.files.imports import import_table
from datalake.lake import Lake
from datalake.tables import DAILY_BASIC_FIELDS
from datalake.versions import Bars, Catalog, Dataset, Instrument, TableVersion, resolve
from engine.indicators.catalog import FIELDS
from engine.universe import Universe
from tests.datalake.rows import daily

YEAR = (20200101, 20201231)


@pytest.mark.parametrize(
    "universe",
    [
        ["009001.SZ", "529001.SH"],
        {"kind": "codes", "codes": ["009001.SZ"]},
        {"kind": "index", "index": "009300.SH"},
        {"index": "009300.SH"},
        {"all": True},
        {"kind": "all"},
        {"rank": "amount", "top": 30},
        {"kind": "rank", "field": "total_mv", "top": 30, "lag": 1},
    ],
)
def test_what_can_be_served_has_no_problem(sample: Dataset, universe: object):
    assert check_context(sample, universe, YEAR, "1d", {"pe", "is_st", "listed_sessions", "index:009300.SH"}) == []


@pytest.mark.parametrize(
    ("universe", "field", "message"),
    [
        (["009001.SH"], "context.universe", "there is no 009001.SH in sample:v1 (did you mean '009001.SZ'?)"),
        (["sz009001"], "context.universe", "there is no sz009001 in sample:v1 (did you mean '009001.SZ'?)"),
        (["609101.SH"], "context.universe", "there is no 609101.SH in sample:v1 (did you mean '6090"),
        (["样本002"], "context.universe", "there is no 样本002 in sample:v1 (样本002 is "),
        ([], "context.universe", "the universe is empty"),
        ("009001.SZ", "context.universe", "is no universe"),
        ({"index": "000300.SH"}, "context.universe.index", "no members of index 000300.SH (did you mean '009300.SH'?)"),
        ({"rank": "totalmv", "top": 3}, "context.universe.field", "did you mean 'total_mv'?"),
        ({"rank": "is_st", "top": 3}, "context.universe.field", "cannot rank by 'is_st'"),
        ({"rank": "amount", "top": 0}, "context.universe.top", "is not how many"),
        ({"rank": "amount", "top": 3, "lag": -1}, "context.universe.lag", "no number of sessions"),
        ({"kind": "some"}, "context.universe", "unknown kind 'some'"),
        (["689912.SH"], "context.universe", "no code is listed in the window: 689912.SH was listed on 2022-09-28"),
    ],
)
def test_a_universe_that_cannot_be_served(sample: Dataset, universe: object, field: str, message: str):
    problems = check_context(sample, universe, (20190101, 20190630))
    assert [problem.field for problem in problems] == [field]
    assert message in str(problems[0])


@pytest.mark.parametrize(
    ("window", "frequency", "field", "message"),
    [
        ((20201231, 20200101), "1d", "context.window", "ends (2020-01-01) before it starts"),
        ((20240601, 20250601), "1d", "context.window.end", "sample:v1 ends on 2024-12-31"),
        ((20170601, 20190601), "1d", "context.window.start", "sample:v1 starts on 2018-01-02"),
        ((20201001, 20201007), "1d", "context.window", "no session from 2020-10-01"),
        ((20200101, 20200101), "1d", "context.window", "the exchange was closed"),
        ((20200101, 20200231), "1d", "context.window.end", "there is no day 2020-02-31"),
        (YEAR, "5m", "context.window.start", "starts on 2024-11-01"),
        (YEAR, "1m", "context.frequency", "it has 1d, 5m"),
    ],
)
def test_a_window_that_cannot_be_served(sample: Dataset, window: tuple[int, int], frequency: str, field: str, message: str):
    problems = check_context(sample, ["009001.SZ"], window, frequency)
    assert [problem.field for problem in problems] == [field]
    assert message in str(problems[0])


def test_a_code_that_is_wholly_another_was_offered_as_what_was_meant(sample: Dataset):
    """302907.SZ for 300750.SZ."""
    (problem,) = check_context(sample, ["300750.SZ"], YEAR)
    assert problem.hint is None


def test_a_window_may_start_and_end_on_a_holiday(sample: Dataset):
    assert check_context(sample, ["009001.SZ"], (20180101, 20241231)) == []
    assert check_context(sample, ["009001.SZ"], (20181229, 20190101)) != []
    assert check_context(sample, ["009001.SZ"], (20181228, 20190101)) == []


def test_a_field_that_is_missing_is_named_with_its_source(sample: Dataset):
    problems = check_context(sample, ["009001.SZ"], YEAR, "1d", {"roe", "pe_tm", "index:000905.SH"})
    assert [problem.field for problem in problems] == ["strategy.index:000905.SH", "strategy.pe_tm", "strategy.roe"]
    assert "did you mean 'pe_ttm'?" in str(problems[1])
    assert "sample:v1 does not have" in str(problems[2]) and "daily_basic" in str(problems[2])


def test_days_since_the_listing_were_missing_under_a_name_that_no_strategy_knows(lake: Lake, tmp_path: Path):
    daily().write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    problems = check_context(resolve(lake.store), ["000001.SZ"], (20200102, 20200103), "1d", {"listed_sessions"})
    assert [problem.field for problem in problems] == ["strategy.listed_days"]


def test_every_problem_is_told_at_once(sample: Dataset):
    assert len(check_context(sample, ["600519.SH"], (20250101, 20240101), "2d", {"roe"})) == 4


def test_every_field_of_the_language_has_a_table_that_can_hold_it():
    held = {column.name for column in DAILY_BASIC_FIELDS} | {"is_st", "listed_sessions"}
    assert {row.needs for row in FIELDS if row.needs} == held


def test_a_ranking_of_the_same_day_would_tell_minute_bars_the_future(sample: Dataset):
    universe = {"rank": "amount", "top": 5, "lag": 0}
    problems = check_context(sample, universe, (20241101, 20241231), "5m")
    assert [problem.field for problem in problems] == ["context.universe.lag"]
    assert check_context(sample, universe, (20241101, 20241231), "1d") == []


def test_minute_bars_of_a_code_may_be_missing(sample: Dataset):
    (problem,) = check_context(sample, ["009001.SZ", "009002.SZ"], (20241101, 20241231), "5m")
    assert "no minute bars of 009002.SZ" in problem.message and "it has those of 10 codes, as of 009001.SZ" in str(problem.hint)


@pytest.mark.parametrize(
    ("window", "frequency", "finer", "field", "message"),
    [
        (YEAR, "1d", "5m", "context.window.start", "starts on 2024-11-01 (the 5m bars that orders are to meet)"),
        ((20241101, 20241231), "1d", "1m", "strategy.execution.frequency", "it has 1d, 5m"),
        ((20241101, 20241231), "5m", "1d", "strategy.execution.frequency", "cannot meet 1d bars"),
        ((20240101, 20250601), "1d", "5m", "context.window.end", "ends on 2024-12-31"),
    ],
)
def test_finer_bars_for_orders_are_checked_too(sample: Dataset, window, frequency: str, finer: str, field: str, message: str):
    problems = check_context(sample, ["009001.SZ"], window, frequency, (), finer)
    assert field in [problem.field for problem in problems]
    assert len({problem.field for problem in problems}) == len(problems)
    assert any(message.split(" (", maxsplit=1)[0] in str(problem) for problem in problems)


def test_finer_bars_for_orders_that_there_are(sample: Dataset):
    assert check_context(sample, ["009001.SZ"], (20241101, 20241231), "1d", (), "5m") == []
    assert check_context(sample, ["009001.SZ"], YEAR, "1d", (), "1d") == []
    problems = check_context(sample, ["009002.SZ"], (20241101, 20241231), "1d", (), "5m")
    assert ["no minute bars of 009002.SZ" in str(problem) for problem in problems] == [True]


def test_a_dataset_without_delisted_stocks_counts_what_may_lack(sample: Dataset):
    def having(*rows: Instrument) -> Dataset:
        dataset = Dataset("import:v1", "import", 1, "", "", {}, "")
        dataset.__dict__["catalog"] = Catalog(rows, (), {}, (), {"1d": Bars(20180102, 20241231, ()), "5m": Bars(20240102, 20241231, ())})
        return dataset

    stocks = [Instrument(f"60000{place}.SH", "", "main", "", 20100104, 0) for place in range(3)]
    fund, gone = Instrument("510300.SH", "", "fund", "", 20120528, 20200101), stocks[0]._replace(delist_date=20200601)
    assert survivors(having(*stocks, fund), 20191231) == {"stocks": 3, "years": 5.0}
    assert survivors(having(*stocks[1:], gone), 20191231) == survivors(having(fund), 20191231) == {}
    assert survivors(sample, 20180102) == {}


def of_ex_dates(**by_year: tuple[int, int]) -> Dataset:
    """A dataset with dividend records for some of its ex-dates."""
    catalog = Catalog((), (), {}, (), {}, {year.removeprefix("y"): counts for year, counts in by_year.items()})
    dataset = Dataset("import:v1", "import", 1, "", "", {"dividends": TableVersion(1, 1, 0, 0, "")}, "")
    dataset.__dict__["catalog"] = catalog
    return dataset


@pytest.mark.parametrize(
    ("by_year", "window", "way"),
    [
        ({"y2018": (10, 9), "y2019": (20, 20)}, (20180601, 20190601), "cash"),
        ({"y2018": (10, 8), "y2019": (900, 900)}, (20180601, 20190601), "reinvest"),
        ({"y2018": (10, 8), "y2019": (20, 20)}, (20190101, 20191231), "cash"),
        ({"y2018": (10, 10)}, (20190101, 20191231), "cash"),
        ({}, (20190101, 20191231), "reinvest"),
    ],
)
def test_dividends_are_paid_in_cash_where_they_are_known(by_year: dict, window: tuple[int, int], way: str):
    assert resolve_actions(of_ex_dates(**by_year), window) == way


def test_cash_is_refused_for_a_year_whose_records_are_missing():
    dataset = of_ex_dates(y2018=(10, 0), y2019=(10, 1), y2020=(0, 0), y2021=(3, 0))
    assert list(check_actions(dataset, (20190101, 20201231))) == [], "an ex-date without a record may be a rights issue"
    (problem,) = check_actions(dataset, (20180601, 20210601))
    assert problem.field == "strategy.costs.dividends" and "no dividend record of 2018, 2021" in problem.message


def test_the_sample_pays_in_cash_and_plain_bars_do_not(sample: Dataset, lake: Lake, tmp_path: Path):
    for window in ((20180102, 20241231), (20200901, 20200930), (20241101, 20241231)):
        assert resolve_actions(sample, window) == "cash"
    bars = daily(pre_close=[16.45, 16.37, 1183.0, 1120.0], close=[16.87, 17.18, 1130.0, 1078.56])
    bars.write_csv(tmp_path / "daily.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "daily.csv"])
    assert resolve_actions(resolve(lake.store), YEAR) == "reinvest"
    for record, way in (("600519.SH,20200103,10", "reinvest"), ("000001.SZ,20200103,0.5", "cash")):
        (tmp_path / "file.csv").write_text(f"ts_code,ex_date,cash_div_tax\n{record}\n")
        import_table(lake.url, "dividends", [tmp_path / "file.csv"])
        assert resolve_actions(resolve(lake.store), YEAR) == way


def test_equal_universes_are_equal_json():
    assert read_universe(["b", "a", "a"]).to_json() == {"kind": "codes", "codes": ["a", "b"]}
    rank = Universe("rank", field="amount", top=30, lag=1)
    assert read_universe({"rank": "amount", "top": 30}) == rank == read_universe(rank.to_json())
    with pytest.raises(ContextError):
        read_universe({"index": 3})


def test_the_api_and_the_workers_load_no_table_library():
    code = (
        "import sys, datalake.asked.context, datalake.panels.panel, datalake.versions, datalake.status;"
        "print({name.partition('.')[0] for name in sys.modules} & {'polars', 'pyarrow', 'numba', 'pandas', 'deltalake'})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "polars" not in found.stdout and "deltalake" not in found.stdout and "numba" not in found.stdout
