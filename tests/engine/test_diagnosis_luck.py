"""Published figures of the Sharpe ratio's papers, and moments against their slow twins."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diagnosis import deflation, moments
from engine.diagnosis.figures import rank_correlation
from tests import naive_diagnosis as naive
from tests.engine.grids_of_curves import collected, noise

curves = st.integers(0, 10_000).map(np.random.default_rng)


def test_probabilistic_sharpe_of_the_paper():
    """Bailey and Lopez de Prado, 2012, section 4: 24 months, a monthly Sharpe ratio of 0.458."""
    assert deflation.probabilistic_sharpe(0.458, 0, 24, 0, 3) == pytest.approx(0.982, abs=5e-4)
    assert deflation.probabilistic_sharpe(0.458, 0, 24, -2.448, 10.164) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(("a_year", "years"), [(250, 2.73), (52, 2.83), (12, 3.24)])
def test_minimum_track_record_of_the_paper(a_year, years):
    """The same, section 5: a Sharpe ratio of 2 a year against 1, normal returns, 95%."""
    record = deflation.min_track_record(2 / sqrt(a_year), 1 / sqrt(a_year), 0, 3)
    assert record / a_year == pytest.approx(years, abs=0.005)


def test_deflated_sharpe_of_the_paper():
    """Bailey and Lopez de Prado, 2014, the example: 1,250 sessions, 2.5 a year, skewness -3, kurtosis 10, variance of trials 1/2 a year."""
    luck = deflation.expected_best(100, 0.5 / 250)
    assert luck == pytest.approx(0.1132, abs=5e-5)
    assert deflation.probabilistic_sharpe(2.5 / sqrt(250), luck, 1250, -3, 10) == pytest.approx(0.9004, abs=5e-5)
    luck = deflation.expected_best(46, 0.5 / 250)
    assert deflation.probabilistic_sharpe(2.5 / sqrt(250), luck, 1250, -3, 10) == pytest.approx(0.9505, abs=5e-5)


def test_the_expected_maximum_is_that_of_draws():
    draws = np.random.default_rng(1).normal(size=(4000, 200)).max(axis=1)
    assert deflation.expected_maximum(200) == pytest.approx(draws.mean(), abs=4 * draws.std() / sqrt(4000) + 0.02)
    assert deflation.expected_maximum(1) == deflation.expected_maximum(0) == 0
    assert deflation.expected_maximum(10**9) > deflation.expected_maximum(10**6) > 4


@given(st.floats(0.001, 1), st.floats(-3, 1), st.floats(0, 20), st.floats(0.6, 0.999))
def test_after_the_minimum_track_record_the_probability_is_the_confidence(sharpe, skew, more, confidence):
    kurtosis = 1 + skew * skew + more  # never less, whatever the distribution
    record = deflation.min_track_record(sharpe, 0, skew, kurtosis, confidence)
    if record is not None:
        assert deflation.probabilistic_sharpe(sharpe, 0, record, skew, kurtosis) == pytest.approx(confidence, abs=1e-9) or record < 2


def test_where_no_probability_is_told():
    assert deflation.probabilistic_sharpe(0.1, 0, 1, 0, 3) is None
    assert deflation.probabilistic_sharpe(1.0, 0, 100, 5.0, 3.0) is None  # no distribution has such moments: the formula breaks
    assert deflation.min_track_record(0.1, 0.1, 0, 3) is None
    assert deflation.min_track_record(-0.1, 0, 0, 3) is None


@pytest.mark.parametrize(("correlation", "number"), [(0, 100), (1, 1), (0.5, 50.5), (-0.3, 100), (1.0000001, 1)])
def test_effective_trials(correlation, number):
    assert deflation.effective_trials(100, correlation) == pytest.approx(number)


@given(curves, st.integers(2, 12), st.integers(5, 60))
def test_the_average_correlation_is_that_of_all_pairs(draw, combinations, sessions):
    returns = draw.normal(0, 0.01, (combinations, sessions)) + draw.normal(0, 0.01, sessions)
    assert collected(returns).average_correlation() == pytest.approx(naive.average_correlation(returns.tolist()), abs=1e-5)


@given(curves, st.integers(1, 6), st.integers(2, 400))
def test_moments_and_sharpe_ratios(draw, combinations, sessions):
    returns = draw.normal(0.0003, 0.01, (combinations, sessions)) * draw.integers(0, 2, (combinations, sessions))
    found = moments.moments_of(returns)
    whole, first = moments.sharpe(found), moments.sharpe(found, slice(0, len(found.lengths) // 2))
    half = [t for part in naive.parts(sessions)[: len(found.lengths) // 2] for t in part]
    for k, row in enumerate(returns.tolist()):
        assert whole[k] == pytest.approx(naive.sharpe(row), rel=1e-9) if len(set(row)) > 1 else np.isnan(whole[k])
        part = [row[t] for t in half]
        assert first[k] == pytest.approx(naive.sharpe(part), rel=1e-9) if len(set(part)) > 1 else np.isnan(first[k])


def test_skewness_and_kurtosis_are_scipys():
    from scipy import stats

    returns = np.random.default_rng(3).standard_t(4, (3, 700)) * 0.01
    found = moments.moments_of(returns)
    for k in range(3):
        assert moments.shape(found, k) == pytest.approx((stats.skew(returns[k]), stats.kurtosis(returns[k], fisher=False)), rel=1e-9)


def test_a_sharpe_ratio_is_empyricals():
    import empyrical

    returns = noise(4, 500, 3) + 0.0005
    ours = moments.sharpe(moments.moments_of(returns)) * sqrt(244)
    assert ours == pytest.approx([empyrical.sharpe_ratio(row, annualization=244) for row in returns], rel=1e-12)


def test_a_large_mean_does_not_cancel():
    """Returns that hardly vary around a large mean, in parts: Chan's formula keeps the digits."""
    returns = 1.0 + noise(1, 320, 5) * 1e-4
    found = moments.moments_of(returns)
    _, _, squares = moments.union(found, slice(None))
    assert squares[0] / 319 == pytest.approx(np.var(returns - 1.0, ddof=1), rel=1e-8)


@pytest.mark.parametrize(
    ("sessions", "parts"), [(0, 2), (1, 2), (39, 2), (40, 4), (79, 6), (80, 8), (159, 14), (160, 16), (244, 16), (5000, 16)]
)
def test_parts_are_even_in_number_and_in_length(sessions, parts):
    cuts = moments.edges(sessions)
    lengths = np.diff(cuts)
    assert (len(lengths), cuts[0], cuts[-1]) == (parts, 0, sessions)
    assert lengths.max() - lengths.min() <= 1 and (sessions < 20 or lengths.min() >= 10)


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=40))
def test_rank_correlation_is_spearmans(pairs):
    import warnings

    from scipy import stats

    x, y = np.array(pairs, dtype=np.float64).T
    ours = rank_correlation(x, y)
    if len(set(x)) < 2 or len(set(y)) < 2:
        assert ours is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ours == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-9)
    assert ours == pytest.approx(naive.rank_correlation(x.tolist(), y.tolist()), abs=1e-9)
