"""Rankings against their slow twin, and what looking them up promises."""

import numpy as np
import polars as pl
import pytest

from datalake.calendar import to_date
from datalake.errors import ContextError
from datalake.lake import Lake
from datalake.rankings.ensure import ensure_ranking, ranking_among
from datalake.rankings.ranking import NOBODY, Ranking, number_at, place_in, row_of
from datalake.rankings.spec import ALL, RankingSpec
from datalake.versions import Dataset
from tests.datalake.naive_panel import sessions_of
from tests.datalake.naive_ranking import NaiveRankings


@pytest.fixture(scope="session")
def twin(sample_rows: dict[str, pl.DataFrame]) -> NaiveRankings:
    return NaiveRankings(sample_rows, sessions_of(sample_rows))


def assert_equal_on(ranking: Ranking, twin: NaiveRankings, days: list[int]) -> None:
    for day in days:
        expected = twin.ranked(ranking.spec, to_date(day))[: ranking.spec.depth or None]
        found = ranking.ranked(day)
        assert [(row.ts_code, row.value) for row in found] == expected, day
        assert [row.place for row in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize(
    "spec",
    [
        RankingSpec.of("amount", 30),
        RankingSpec.of("amount", ALL),
        RankingSpec.of("volume", 100, lowest=True),
        RankingSpec.of("close", 30, lowest=True),
        RankingSpec.of("amount", 30, boards=["fund"]),
        RankingSpec.of("amount", 30, boards=["star", "chinext"]),
        RankingSpec.of("total_mv", 30, lowest=True),
        RankingSpec.of("pe", 100),
        RankingSpec.of("return_1", 30),
        RankingSpec.of("return_20", ALL),
        RankingSpec.of("return_250", 30, lowest=True),
    ],
    ids=lambda spec: f"{spec.field}-{spec.depth}-{'-'.join(spec.boards)}{'-lowest' if spec.lowest else ''}",
)
def test_a_ranking_equals_its_slow_twin(sample_lake: Lake, sample: Dataset, twin: NaiveRankings, spec: RankingSpec):
    ranking = ensure_ranking(sample_lake, sample, spec)
    assert ranking.sessions.tolist() == [day for day in sample.catalog.sessions if 20180102 <= day <= 20241231]
    some = np.random.default_rng(7).choice(ranking.sessions, 40, replace=False).tolist()
    assert_equal_on(ranking, twin, [*ranking.sessions[:3].tolist(), *ranking.sessions[250:252].tolist(), *some])


def test_looking_up_says_the_same_every_way(sample_lake: Lake, sample: Dataset):
    ranking = ensure_ranking(sample_lake, sample, RankingSpec.of("amount", 30))
    for row in range(0, len(ranking.sessions), 97):
        day = int(ranking.sessions[row])
        top = ranking.top(day)
        assert [ranking.at(day, place) for place in range(1, len(top) + 1)] == list(top)
        assert ranking.top(day, 3) == top[:3]
        assert row_of(ranking.rows, ranking.first_year, day) == row
        for number, code in enumerate(ranking.codes):
            expected = top.index(code) + 1 if code in top else 0
            assert ranking.place_of(day, code) == expected
            assert place_in(ranking.places, row, number) == expected
        assert number_at(ranking.places, row, 1) == ranking.codes.index(top[0])


@pytest.mark.parametrize("day", [0, -1, 20240101, 20230230, 20171229, 20250102, 99991231, 20241332, 20240700, 10**12])
def test_a_day_without_a_session_has_nobody(sample_lake: Lake, sample: Dataset, day: int):
    ranking = ensure_ranking(sample_lake, sample, RankingSpec.of("amount", 30))
    assert ranking.top(day) == () and ranking.ranked(day) == []
    assert ranking.at(day, 1) is None and ranking.place_of(day, ranking.codes[0]) == 0
    assert row_of(ranking.rows, ranking.first_year, day) == -1
    assert number_at(ranking.places, -1, 1) == NOBODY and place_in(ranking.places, -1, 0) == 0


@pytest.mark.parametrize("place", [0, -1, 31, 10**9])
def test_a_place_beyond_the_ranking_is_nobodys(sample_lake: Lake, sample: Dataset, place: int):
    ranking = ensure_ranking(sample_lake, sample, RankingSpec.of("amount", 30))
    assert ranking.at(20240603, place) is None


def test_a_span_needs_only_its_years(sample_lake: Lake, sample: Dataset, tmp_path):
    spec = RankingSpec.of("pb", 30)
    made: list[int] = []
    some = ensure_ranking(sample_lake, sample, spec, (20191231, 20200102), made.append)
    assert made == [2019, 2020]
    assert (some.sessions[0], some.sessions[-1]) == (20190102, 20201231)
    whole = ensure_ranking(sample_lake, sample, spec, None, made.append)
    assert sorted(made) == list(range(2018, 2025))
    assert whole.ranked(20200102) == some.ranked(20200102)
    ensure_ranking(sample_lake, sample, spec, None, made.append)
    assert len(made) == 7


@pytest.mark.parametrize(("field", "hint"), [("amonut", "amount"), ("return_0", "return_1 to"), ("return_251", "return_1 to")])
def test_a_field_that_is_not_there_is_told_with_a_hint(sample_lake: Lake, sample: Dataset, field: str, hint: str):
    with pytest.raises(ContextError) as error:
        ensure_ranking(sample_lake, sample, RankingSpec.of(field, 30))
    assert error.value.problems[0].field == "field"
    assert hint in str(error.value.problems[0].hint)


def test_a_ranking_among_some_codes_is_the_others_left_out(sample_lake: Lake, sample: Dataset):
    spec = RankingSpec.of("return_5", ALL)
    whole = ensure_ranking(sample_lake, sample, spec)
    stocks = {row.ts_code for row in sample.catalog.instruments if spec.includes(row)}
    codes = [row.ts_code for row in sample.catalog.instruments][::3]
    some = ranking_among(sample_lake, sample, spec, codes, (20240101, 20241231))
    day = 20240603
    expected = [row.ts_code for row in whole.ranked(day) if row.ts_code in codes]
    assert [code for code in some.top(day) if code in stocks] == expected
    assert set(some.top(day)) <= set(codes) and not set(some.top(day)) <= stocks
