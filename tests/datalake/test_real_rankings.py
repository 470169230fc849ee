"""Rankings of the real market file equal their slow twin on every day. Needs LIANGHU_REAL_DATA."""

from pathlib import Path

import polars as pl
import pytest

from datalake.calendar import to_date
from datalake.files.imports import import_table
from datalake.lake import Lake, scan
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import ALL, RankingSpec
from datalake.versions import Dataset, resolve
from tests.datalake.naive_ranking import NaiveRankings

NEEDED = ("ts_code", "trade_date", "close", "pre_close", "volume", "amount")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def market(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Dataset]:
    lake = Lake(tmp_path_factory.mktemp("real").as_uri())
    for table, name in (("trade_cal", "trade_cal_xshg"), ("bars_1d", "bars_1d_market_2018_2020")):
        import_table(lake.url, table, [real_data / f"{name}.parquet"])
    return lake, resolve(lake.store)


@pytest.fixture(scope="module")
def twin(market: tuple[Lake, Dataset]) -> NaiveRankings:
    lake, dataset = market
    rows = scan(lake, dataset.source, "bars_1d", dataset.tables["bars_1d"].delta_version).select(NEEDED).collect()
    return NaiveRankings({"bars_1d": rows}, [to_date(day) for day in dataset.catalog.sessions])


@pytest.mark.parametrize(
    "spec",
    [
        RankingSpec.of("amount", 30),
        RankingSpec.of("volume", 300, lowest=True),
        RankingSpec.of("close", ALL, boards=["chinext"]),
        RankingSpec.of("return_1", 100),
        RankingSpec.of("return_20", 30),
        RankingSpec.of("return_5", 100, lowest=True),
    ],
    ids=lambda spec: f"{spec.field}{'-lowest' if spec.lowest else ''}",
)
def test_every_day_of_the_real_market_equals_the_slow_twin(market: tuple[Lake, Dataset], twin: NaiveRankings, spec: RankingSpec):
    ranking = ensure_ranking(*market, spec)
    assert len(ranking.sessions) == 341 and len(twin.bars) > 1_150_000
    told = 0
    for day in ranking.sessions.tolist():
        expected = twin.ranked(spec, to_date(day))[: spec.depth or None]
        assert [(row.ts_code, row.value) for row in ranking.ranked(day)] == expected, day
        told += len(expected)
    assert told >= (341 - spec.sessions) * min(spec.depth or 700, 100) * 0.9


def test_the_best_of_a_real_day_is_who_it_was(market: tuple[Lake, Dataset]):
    """By the file itself: no code of ours between it and the answer but the unit of money."""
    ranking = ensure_ranking(*market, RankingSpec.of("amount", 30))
    lake, dataset = market
    rows = scan(lake, dataset.source, "bars_1d", dataset.tables["bars_1d"].delta_version)
    day = rows.filter(pl.col("trade_date") == to_date(20200203)).sort("amount", "ts_code", descending=[True, False]).head(30).collect()
    assert list(ranking.top(20200203)) == day["ts_code"].to_list()
