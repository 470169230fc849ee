"""A universe that nobody belongs to, or whose stocks have no bar: each says why, with days and codes."""

from datetime import date

import polars as pl
import pytest

from datalake.asked.beginnings import known_from
from datalake.asked.context import check_context
from datalake.asked.universe import read_universe
from datalake.errors import ContextError
from datalake.lake import Lake
from datalake.panels.build import build_panel
from datalake.panels.panel import PanelSpec
from datalake.versions import Dataset
from tests.datalake.cut_lake import Rows, written

CODES = ("009001.SZ", "609001.SH", "609011.SH", "689912.SH")
AWAY = date(2019, 3, 1), date(2019, 6, 28)
"""Two of them have no bar between."""


def tables(sample_rows: Rows) -> Rows:
    """A few stocks; lists of two indices, one of which begins later, and industries, which begin still later."""
    own = {name: sample_rows[name].filter(pl.col("ts_code").is_in(CODES)) for name in ("bars_1d", "instruments", "daily_basic")}
    is_away = pl.col("trade_date").is_between(*AWAY) & pl.col("ts_code").str.ends_with("SH")
    own["bars_1d"] = own["bars_1d"].filter(~is_away)
    own["daily_basic"] = own["daily_basic"].filter(pl.col("trade_date") >= date(2020, 1, 2))
    lists = [("000300.SH", date(2018, 1, 2)), ("000905.SH", date(2020, 7, 1))]
    members = {
        "index_code": [index for index, _ in lists],
        "trade_date": [day for _, day in lists],
        "ts_code": "009001.SZ",
        "weight": 100.0,
    }
    spells = {"ts_code": ["609001.SH"], "in_date": [date(2021, 3, 1)], "l1_name": ["银行"], "l3_code": ["1"]}
    return own | {"trade_cal": sample_rows["trade_cal"], "index_members": pl.DataFrame(members), "industries": pl.DataFrame(spells)}


@pytest.fixture
def small(lake: Lake, sample_rows: Rows) -> Dataset:
    return written(lake, tables(sample_rows))


def refused(lake: Lake, dataset: Dataset, universe: object, window: tuple[int, int]) -> str:
    with pytest.raises(ContextError) as raised:
        build_panel(lake, PanelSpec.of(dataset, universe, window, 10))
    (problem,) = raised.value.problems
    return f"{problem.field}: {problem.message}"


EMPTY = "context.universe: the universe is empty on every day of the window: "


@pytest.mark.parametrize(
    ("universe", "window", "why"),
    [
        ({"index": "000905.SH"}, (20190102, 20191231), "there are members of 000905.SH from 2020-07-01 on"),
        ({"industry": "银行"}, (20190102, 20191231), "stocks of 银行 are known from 2021-03-01 on"),
        ({"rank": "total_mv", "top": 2, "lag": 3}, (20190102, 20191231), "total_mv of 3 sessions before is known from 2020-01-07 on"),
        ({"rank": "amount", "top": 2, "lag": 9}, (20180102, 20180105), "amount of 9 sessions before is known from 2018-01-15 on"),
        (
            {"any": [{"index": "000905.SH"}, {"industry": "银行"}]},
            (20190102, 20191231),
            "there are members of 000905.SH from 2020-07-01 on; stocks of 银行 are known from 2021-03-01 on",
        ),
        (
            {"any": [["689912.SH"], {"index": "000905.SH"}]},
            (20190102, 20191231),
            "689912.SH was listed on 2022-09-28; there are members of 000905.SH from 2020-07-01 on",
        ),
    ],
)
def test_a_universe_without_members_says_from_when_it_has_some(
    lake: Lake, small: Dataset, universe: object, window: tuple[int, int], why: str
):
    assert refused(lake, small, universe, window) == EMPTY + why


def test_what_the_tables_range_tells_is_refused_before_anything_is_read(small: Dataset):
    """Whoever may not read tables sees where a table begins, not where one index of it does."""
    late = {"industry": "银行"}
    assert [str(problem)[: len(EMPTY)] for problem in check_context(small, late, (20190102, 20191231))] == [EMPTY]
    assert check_context(small, late, (20210104, 20211231)) == check_context(small, {"index": "000905.SH"}, (20190102, 20191231)) == []
    assert known_from(small, read_universe({"index": "000905.SH"})) == 20180102
    assert known_from(small, read_universe({"rank": "return_20", "top": 3, "lag": 1})) == 20180103
    assert known_from(small, read_universe(["609001.SH"])) == 0


def test_stocks_without_a_bar_in_the_window_say_which_bars_are_next_to_it(lake: Lake, small: Dataset):
    message = refused(lake, small, ["609001.SH", "609011.SH"], (20190401, 20190531))
    assert message == (
        "context.window: no stock of the universe has a bar in the window: 609001.SH has its last bar on 2019-02-28 and its next bar on "
        "2019-07-01; 609011.SH has its last bar on 2019-02-28 and its next bar on 2019-07-01"
    )


def test_of_many_stocks_without_a_bar_a_few_are_told(lake: Lake, sample_rows: Rows):
    gone = tables(sample_rows)
    gone["bars_1d"] = gone["bars_1d"].filter(pl.col("ts_code") == "009001.SZ")
    codes = [f"60000{number}.SH" for number in range(5)]
    others = gone["instruments"].head(1).select(pl.exclude("ts_code")).join(pl.DataFrame({"ts_code": codes}), how="cross")
    gone["instruments"] = pl.concat([gone["instruments"], others.select(gone["instruments"].columns)])
    dataset = written(lake, gone)
    message = refused(lake, dataset, codes, (20190401, 20190531))
    assert message.endswith("600000.SH has none at all; 600001.SH has none at all; 600002.SH has none at all; and 2 more")
