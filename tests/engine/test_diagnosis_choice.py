"""Overfitting, the bootstrap tests and the landscape against slow twins and arch."""

import random

import numpy as np
import pytest
from arch.bootstrap import SPA, StationaryBootstrap
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagnosis.bootstrap import Resampling, long_run_variance, stationary_indices, weights_of
from engine.diagnosis.moments import moments_of
from engine.diagnosis.overfitting import overfitting
from engine.diagnosis.surface import Surface, surface
from engine.words import Words
from tests import naive_diagnosis as naive
from tests.engine.grids_of_curves import noise

draws = st.integers(0, 10_000).map(np.random.default_rng)


@settings(max_examples=15, deadline=None)
@given(draws, st.integers(1, 9), st.sampled_from([80, 87, 100, 119]), st.booleans())
def test_overfitting_is_that_of_raw_returns(draw, combinations, sessions, quiet):
    returns = draw.normal(0.0005, 0.01, (combinations, sessions))
    if quiet:
        returns[draw.random(combinations) < 0.4, : sessions // 2] = 0
        returns[:: max(1, combinations // 3)] = returns[0]
    assert tuple(overfitting(moments_of(returns))) == pytest.approx(naive.overfitting(returns.tolist()), abs=1e-9)


def test_all_splits_of_sixteen_parts():
    """Twelve thousand eight hundred and seventy, on the slow twin too."""
    returns = noise(3, 160, 4)
    assert tuple(overfitting(moments_of(returns))) == pytest.approx(naive.overfitting(returns.tolist()), abs=1e-9)


def test_one_good_among_worthless_is_never_overfitted():
    returns = noise(40, 400, 6)
    returns[17] += 0.006
    found = overfitting(moments_of(returns))
    assert (found.probability, found.loss) == (0, 0)
    assert found.outside == pytest.approx(found.inside, rel=0.05)


def test_each_combination_good_in_one_part_only_is_wholly_overfitted():
    returns = noise(16, 320, 7) * 0.1
    for k in range(16):
        returns[k, 20 * k : 20 * k + 20] += 0.02
    found = overfitting(moments_of(returns))
    assert found.probability == 1


@settings(max_examples=20, deadline=None)
@given(draws, st.integers(2, 60), st.sampled_from([1.5, 4.0, 10.0]))
def test_long_run_variance_is_the_sum_over_lags(draw, sessions, block):
    values = draw.normal(0, 1, sessions).cumsum() + draw.normal(0, 1, sessions)
    found = long_run_variance((values - values.mean())[None, :], block)[0]
    assert found == pytest.approx(naive.long_run_variance(values.tolist(), block), rel=1e-8, abs=1e-10)


def test_long_run_variance_is_that_of_the_draws():
    values = np.convolve(np.random.default_rng(2).normal(size=304), np.ones(5), "valid")
    deviations = (values - values.mean())[None, :]
    means = (deviations @ weights_of(stationary_indices(300, 4000)).T)[0] * np.sqrt(300)
    assert means.var() == pytest.approx(long_run_variance(deviations)[0], rel=0.1)


@pytest.fixture(scope="module", params=[1, 2, 3])
def tested(request):
    """Excess of 12 combinations, some much worse; arch's own draws of it; and arch's test."""
    excess = noise(12, 150, request.param, market=0.3) * np.linspace(0.5, 2, 12)[:, None]
    excess[:4] -= 0.004
    excess[9] += 0.0008
    bootstrap = StationaryBootstrap(10, excess.T, seed=request.param)
    indices = np.array([bootstrap.index.copy() for _ in bootstrap.bootstrap(299)])
    return excess, indices, request.param


def arch_of(excess, seed):
    test = SPA(np.zeros(excess.shape[1]), -excess.T, block_size=10, reps=299, seed=seed)
    test.compute()
    return test


def test_the_reality_check_is_archs_on_the_same_draws(tested):
    excess, indices, seed = tested
    ours = Resampling(weights_of(indices))
    ours.add(excess)
    assert ours.reality_check() * 300 - 1 == pytest.approx(arch_of(excess, seed).pvalues["upper"] * 299)
    assert arch_of(excess, seed)._loss_diff_var == pytest.approx(long_run_variance(excess - excess.mean(axis=1, keepdims=True)), rel=1e-9)


def test_superior_ability_is_archs_of_studentised_returns_on_the_same_draws(tested):
    """arch does not studentise, so it is given returns that are."""
    excess, indices, seed = tested
    ours = Resampling(weights_of(indices))
    ours.add(excess)
    theirs = arch_of(excess / excess.std(axis=1, ddof=1, keepdims=True), seed)
    assert not theirs._valid_columns.all(), "no combination is much worse, so this tells nothing of them"
    assert ours.superior_ability() * 300 - 1 == pytest.approx(theirs.pvalues["consistent"] * 299)
    assert ours.superior_ability() <= (1 + theirs.pvalues["upper"] * 299) / 300


@pytest.mark.parametrize("seed", [1, 2])
def test_our_own_draws_tell_what_archs_do(seed):
    excess = noise(20, 300, seed) + 0.0005
    ours = Resampling(weights_of(stationary_indices(300, 999)))
    ours.add(excess)
    theirs = SPA(np.zeros(300), -excess.T, block_size=10, reps=999, seed=5)
    theirs.compute()
    p = theirs.pvalues["upper"]
    assert ours.reality_check() == pytest.approx(p, abs=4 * np.sqrt(2 * p * (1 - p) / 999) + 0.002)


@settings(max_examples=20, deadline=None)
@given(draws, st.integers(1, 6), st.integers(3, 40), st.booleans())
def test_p_values_are_those_of_the_slow_twin(draw, combinations, sessions, quiet):
    excess = draw.normal(0, 0.01, (combinations, sessions)) - draw.choice([0, 0.01], combinations)[:, None]
    if quiet:
        excess[0] = 0
    indices = stationary_indices(sessions, 25, 4.0, int(draw.integers(1000)))
    ours = Resampling(weights_of(indices), 4.0)
    for row in excess:
        ours.add(row[None, :])
    assert (ours.reality_check(), ours.superior_ability()) == pytest.approx(naive.p_values(excess.tolist(), indices.tolist(), 4.0))


def test_nobody_better_than_the_benchmark_is_certain():
    ours = Resampling(weights_of(stationary_indices(200, 99)))
    assert ours.superior_ability() is None and ours.reality_check() is None
    ours.add(np.zeros((3, 200)))
    assert (ours.superior_ability(), ours.reality_check()) == (1, 1)
    ours.add(noise(5, 200, 1) - 0.02)
    assert ours.superior_ability() == 1


def test_draws_are_runs_of_ten_sessions_and_every_session_is_drawn_as_often():
    indices = stationary_indices(250)
    following = (indices[:, 1:] - indices[:, :-1]) % 250 == 1
    assert 1 / (1 - following.mean()) == pytest.approx(10, rel=0.1)
    weights = weights_of(indices)
    assert weights.sum(axis=1) == pytest.approx(np.ones(999))
    assert weights.mean(axis=0) * 250 == pytest.approx(np.ones(250), abs=0.35)
    assert (indices == stationary_indices(250)).all()
    assert indices[7].tolist().count(3) == round(weights[7, 3] * 250)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 5), min_size=1, max_size=3), st.integers(1, 9))
def test_plateau_and_peaks_are_those_of_the_slow_twin(source: random.Random, shape, levels):
    everywhere = [tuple(cell) for cell in np.ndindex(*shape)]
    order = [cell for cell in everywhere if source.random() < 0.8] or everywhere
    cells = {cell: float(source.randint(-1, levels)) for cell in order}
    value, present = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for cell in order:
        value[cell], present[cell] = cells[cell], 1
    landscape = Surface(value, present, np.array(order))
    best = max(range(len(order)), key=lambda k: cells[order[k]])
    assert landscape.plateau(best) == pytest.approx(naive.plateau(cells, order[best]))
    assert landscape.peaks() == (naive.peaks(cells, order)[0], pytest.approx(naive.peaks(cells, order)[1]))


def test_a_parameter_that_stays_is_no_axis():
    params = [{"fixed": 7, "n": n, "two": two} for n in (5, 20, 10) for two in (1, 2)]
    found = surface(params, np.array([1.0, 2.0, 3.0, np.nan, 5.0, 6.0]))
    assert isinstance(found, Surface)
    assert found.value.tolist() == [[1, 2], [5, 6], [3, 0]]  # in the order of the values, not in that of the grid


def test_fast_below_slow_is_a_landscape_and_a_random_search_is_none():
    triangle = [{"fast": a, "slow": b} for a in range(8) for b in range(8) if a < b]
    assert isinstance(surface(triangle, np.arange(28.0)), Surface)
    scattered = [{"a": k, "b": k * 7 % 30} for k in range(30)]
    assert "3%" in told(surface(scattered, np.arange(30.0)))
    assert "three values" in told(surface([{"a": a, "b": b} for a in (1, 2) for b in (1, 2)], np.arange(4.0)))
    assert "twice" in told(surface([{"a": 1}, {"a": 2}, {"a": 3}, {"a": 3}], np.arange(4.0)))
    assert "three values" in told(surface([], np.zeros(0)))


def told(found):
    assert isinstance(found, Words)
    return found.en
