"""Ranking, returns and look-ups on made-up numbers, against loops that anybody can follow."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from datalake.rankings.making import ranked
from datalake.rankings.ranking import NOBODY, Ranking, number_at, place_in, row_of
from datalake.rankings.returns import day_ratios, returns_over
from datalake.rankings.spec import ALL, RankingSpec
from datalake.rankings.stored import Year, joined

CODES = tuple(f"{number:06d}.SH" for number in range(600000, 600012))
NUMBERS = st.one_of(st.just(math.nan), st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e300, 5e-324]), st.floats(allow_infinity=False))


@given(
    arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(0, len(CODES))), elements=NUMBERS),
    st.sampled_from([1, 3, 30, ALL]),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_places_are_those_of_a_sorted_list(values, depth, lowest):
    codes = CODES[: values.shape[1]]
    spec = RankingSpec("amount", depth, lowest)
    sessions = np.arange(20200106, 20200106 + len(values), dtype=np.int64)
    ranking = joined(spec, [ranked(sessions, codes, values, spec)])
    for row, day in enumerate(sessions.tolist()):
        having = [(value, code) for value, code in zip(values[row].tolist(), codes, strict=True) if not math.isnan(value)]
        expected = sorted(having, key=lambda pair: (pair[0] if lowest else -pair[0], pair[1]))[: depth or None]
        assert [(each.value, each.ts_code) for each in ranking.ranked(day)] == expected
        for code in (*codes, "nobody"):
            place = [found for _, found in expected].index(code) + 1 if code in [found for _, found in expected] else 0
            assert ranking.place_of(day, code) == place
            if place:
                assert ranking.at(day, place) == code
                assert place_in(ranking.places, row, ranking.codes.index(code)) == place


@given(
    arrays(
        np.float64, st.tuples(st.integers(1, 14), st.integers(1, 3)), elements=st.one_of(st.just(math.nan), st.integers(1, 9).map(float))
    ),
    arrays(np.float64, st.tuples(st.just(14), st.just(3)), elements=st.integers(0, 9).map(float)),
    st.integers(1, 16),
    st.integers(0, 5),
)
@settings(max_examples=300, deadline=None)
def test_a_return_is_a_product_from_the_oldest_on_wherever_reading_began(close, reference, sessions, later):
    reference = reference[: close.shape[0], : close.shape[1]]
    found = returns_over(day_ratios(close, reference), sessions)
    for row in range(close.shape[0]):
        for column in range(close.shape[1]):
            if row < sessions:
                assert math.isnan(found[row, column])
                continue
            product = 1.0
            for each in range(row - sessions + 1, row + 1):
                if not math.isnan(close[each, column]):
                    product *= close[each, column] / reference[each, column] if reference[each, column] else math.nan
            assert found[row, column] == product - 1 or (math.isnan(product) and math.isnan(found[row, column]))
    shorter = returns_over(day_ratios(close[later:], reference[later:]), sessions)
    assert np.array_equal(shorter[sessions:], found[later + sessions :], equal_nan=True)


@given(st.integers(-(10**9), 10**11))
def test_any_number_is_a_day_or_none(day: int):
    ranking = held([20191230, 20200102, 20200228, 20211231])
    row = row_of(ranking.rows, ranking.first_year, day)
    assert row == (ranking.sessions.tolist().index(day) if day in ranking.sessions else -1)


def held(sessions: list[int]) -> Ranking:
    spec = RankingSpec("amount", 3)
    values = np.random.default_rng(len(sessions)).random((len(sessions), len(CODES)))
    return joined(spec, [ranked(np.array(sessions), CODES, values, spec)])


def test_more_codes_than_a_byte_counts_are_told_apart():
    codes = tuple(f"{number:06d}.SZ" for number in range(1000))
    values = np.random.default_rng(3).random((4, 1000))
    spec = RankingSpec("amount", ALL)
    ranking = joined(spec, [ranked(np.arange(20200106, 20200110), codes, values, spec)])
    for day in ranking.sessions.tolist():
        top = ranking.top(day)
        assert [ranking.place_of(day, code) for code in top] == list(range(1, 1001))


def test_years_of_other_codes_and_depths_are_one_ranking():
    spec = RankingSpec("amount", ALL)
    first = ranked(np.array([20191231]), ("b", "d"), np.array([[1.0, 2.0]]), spec)
    second = ranked(np.array([20200102]), ("a", "b", "c"), np.array([[3.0, 2.0, 1.0]]), spec)
    both = joined(spec, [first, second])
    assert both.codes == ("a", "b", "c", "d")
    assert (both.top(20191231), both.top(20200102)) == (("d", "b"), ("a", "b", "c"))
    assert number_at(both.places, 0, 3) == NOBODY and np.isnan(both.values[0, 2])


def test_no_year_is_an_empty_ranking():
    empty = joined(RankingSpec("amount"), [])
    assert (empty.top(20200102), empty.at(20200102, 1), empty.place_of(20200102, "a"), empty.ranked(20200102)) == ((), None, 0, [])


def test_ten_years_of_the_top_thirty_take_less_than_a_megabyte():
    rows, codes = 2500, tuple(f"{number:06d}.SZ" for number in range(1500))
    days = [year * 10_000 + month * 100 + day for year in range(2016, 2026) for month in range(1, 13) for day in range(1, 22)][:rows]
    places = np.random.default_rng(1).integers(0, 1500, (rows, 30)).astype(np.uint16)
    ranking = joined(RankingSpec("amount"), [Year(np.array(days, np.int32), codes, places, np.ones((rows, 30)))])
    assert ranking.top(days[0]) and ranking.nbytes + sum(len(code) for code in codes) < 1_000_000


@pytest.mark.parametrize(("top", "depth"), [(1, 30), (30, 30), (31, 100), (300, 300), (301, 1000), (1001, ALL), (0, ALL)])
def test_depths_are_rounded_up_so_that_many_share_one(top: int, depth: int):
    assert RankingSpec.of("amount", top).depth == depth


def test_a_spec_comes_back_from_json():
    spec = RankingSpec.of("return_20", 77, lowest=True, boards=["fund", "star"])
    assert RankingSpec.from_json(spec.to_json()) == spec and spec.boards == ("star", "fund") and spec.sessions == 20
