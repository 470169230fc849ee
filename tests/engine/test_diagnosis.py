"""Does the diagnosis find luck in luck and an edge in an edge, and does it say nothing where nothing can be said?"""

import subprocess
import sys
import tracemalloc
from itertools import product
from math import ceil, sqrt
from typing import get_args

import numpy as np
import pytest
from scipy import stats

from engine.diagnosis.answer import Trials, Verdict
from engine.diagnosis.bootstrap import stationary_indices
from engine.diagnosis.collector import Collector
from engine.diagnosis.deflation import expected_maximum, min_track_record
from engine.diagnosis.diagnose import INDICATORS, diagnose
from engine.diagnosis.facts import facts_of
from engine.diagnosis.row import filled
from engine.diagnosis.verdict import overall
from engine.words import Words
from tests import naive_diagnosis as naive
from tests.engine.grids_of_curves import CASH, collected, diagnosed, equity_of, hill, noise, square, told

BEFORE = ("probabilistic_sharpe", "min_track_record")


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_random_strategies_are_luck(seed):
    diagnosis = diagnosed(noise(1000, 1000, seed), square(25, 40))
    found = told(diagnosis)
    assert diagnosis.verdict == "bad"
    assert found["deflated_sharpe"].value < 0.9
    assert found["plateau"].verdict == "bad"
    assert found["peaks"].value == pytest.approx(1, abs=0.25)
    assert found["probabilistic_sharpe"].value > 0.99  # what the best would be admired for


def test_of_random_strategies_overfitting_is_a_half_and_the_tests_keep_their_level():
    found = [told(diagnosed(noise(200, 250, 100 + seed), square(10, 20))) for seed in range(24)]
    values = {key: np.array([indicators[key].value for indicators in found]) for key in ("overfitting", "spa", "reality_check", "loss")}
    assert values["overfitting"].mean() == pytest.approx(0.5, abs=0.1)
    assert values["loss"].mean() == pytest.approx(0.5, abs=0.1)
    for key in ("spa", "reality_check"):
        assert (values[key] <= 0.05).mean() <= 0.15  # of 24 draws at 5%, 4 or more have a probability of 3%, and seeds are fixed
        assert 0.35 < values[key].mean() < 0.65


@pytest.mark.parametrize("seed", range(5))
def test_a_hill_of_true_edge_is_found(seed):
    diagnosis = diagnosed(hill(15, 15, 1000, seed), square(15, 15))
    found = told(diagnosis)
    assert diagnosis.verdict == "good"
    assert found["deflated_sharpe"].value > 0.95
    assert found["overfitting"].value < 0.05
    assert found["spa"].value <= 0.01
    i, j = divmod(diagnosis.best, 15)
    assert abs(i - 7) <= 2 and abs(j - 7) <= 2


def test_an_edge_that_all_share_is_no_reason_to_choose_the_first():
    """Where every combination is as good as the others the ranking is noise, but nothing is lost."""
    draw = np.random.default_rng(3)
    diagnosis = diagnosed(0.003 + draw.normal(0, 0.01, (1, 1000)) + draw.normal(0, 0.002, (50, 1000)), square(5, 10))
    found = told(diagnosis)
    assert (found["loss"].value, found["overfitting"].verdict, found["spa"].verdict) == (0, "bad", "good")
    assert diagnosis.verdict == "doubtful"
    assert "edge" in diagnosis.summary.en


def test_what_the_market_gave_is_not_an_edge_over_the_market():
    draw = np.random.default_rng(11)
    market = 0.002 + draw.normal(0, 0.01, 1000)
    returns = market + draw.normal(0, 0.003, (60, 1000))
    closes = 3000 * np.cumprod(np.concatenate([[1.0], 1 + market]))
    against_cash, against_market = diagnosed(returns, square(6, 10)), diagnosed(returns, square(6, 10), benchmark=closes)
    assert told(against_cash)["spa"].verdict == "good"
    assert told(against_market)["spa"].verdict == "bad"
    assert "现金" in told(against_cash)["spa"].meaning.zh and "基准" in told(against_market)["spa"].meaning.zh
    gap = closes.copy()
    gap[500] = np.nan
    assert told(diagnosed(returns, square(6, 10), benchmark=gap)) == told(against_cash)


@pytest.mark.parametrize("edge", [-0.003, 0, 0.0008, 0.004])
def test_every_figure_is_that_of_the_slow_twin(edge):
    equity = equity_of(noise(6, 90, 5) + edge)
    values = np.concatenate([np.full((6, 1), CASH), equity], axis=1)
    curves = (values[:, 1:] / values[:, :-1] - 1).tolist()
    found = told(diagnosed(noise(6, 90, 5) + edge, square(3, 2)))
    ratios = [naive.sharpe(curve) for curve in curves]
    best = curves[ratios.index(max(ratios))]
    middle = naive.parts(90)[4].start
    halves = [[naive.sharpe(curve[part]) for curve in curves] for part in (slice(0, middle), slice(middle, None))]
    probability, loss, inside, outside = naive.overfitting(curves)
    luck = naive.stdev(ratios) * expected_maximum(6)
    needed = min_track_record(max(ratios), 0, stats.skew(best), stats.kurtosis(best, fisher=False))
    reality, able = naive.p_values(curves, stationary_indices(90).tolist(), 10)
    cells = {(k // 2, k % 2): ratio for k, ratio in enumerate(ratios)}
    expected = {
        "effective_trials": 6 - 5 * max(0, naive.average_correlation(curves)),
        "expected_best": luck * sqrt(244),
        "min_track_record": None if needed is None else ceil(needed),
        "overfitting": probability,
        "loss": loss,
        "degradation": 1 - outside / inside if inside > 0 else None,
        "rank_stability": naive.rank_correlation(*halves),
        "reality_check": reality,
        "spa": able,
        "plateau": naive.plateau(cells, list(cells)[ratios.index(max(ratios))]),
        "peaks": None,  # of six cells noise would show fewer than two
    }
    for key, value in expected.items():
        assert found[key].value == (None if value is None else pytest.approx(value, rel=1e-4, abs=1e-6)), key
    apart = (max(ratios) - luck) * sqrt(244)
    assert found["expected_best"].verdict == ("good" if apart >= 0.5 else "bad" if apart < 0 else "doubtful")
    if needed is not None:
        assert found["min_track_record"].verdict == ("good" if needed <= 90 else "bad" if needed > 180 else "doubtful")


def test_trials_of_earlier_grids_take_away_from_the_best():
    returns, params = hill(5, 5, 600, 1, edge=0.0015), square(5, 5)
    alone = told(diagnosed(returns, params))
    more = diagnosed(returns, params, Trials(5000, None, "owner"))
    assert more.trials.count == 5000 and more.trials.variance is not None
    assert told(more)["deflated_sharpe"].value < alone["deflated_sharpe"].value
    assert told(more)["expected_best"].value > alone["expected_best"].value
    assert "5,000" in told(more)["trials"].meaning.en
    assert diagnosed(returns, params, Trials(3, 0.01, "owner")).trials == Trials(25, 0.01, "owner")


def test_one_combination_tells_only_of_itself():
    diagnosis = diagnosed(noise(1, 500, 4) + 0.001, [{"n": 5}])
    found = told(diagnosis)
    assert diagnosis.verdict == "unknown" and diagnosis.best == 0
    assert {key for key, indicator in found.items() if indicator.value is not None} == set(BEFORE)
    assert all(found[key].verdict == "unknown" and found[key].meaning.zh for key in found if key not in BEFORE)
    after_many = told(diagnosed(noise(1, 500, 4) + 0.001, [{"n": 5}], Trials(400, 0.002, "owner")))
    assert after_many["deflated_sharpe"].value < found["probabilistic_sharpe"].value
    assert after_many["overfitting"].value is None


@pytest.mark.parametrize("sessions", [0, 1, 2, 20, 79, 300])
@pytest.mark.parametrize("combinations", [0, 1, 2, 9])
def test_all_cash_tells_nothing(combinations, sessions):
    diagnosis = diagnosed(np.zeros((combinations, sessions)))
    values = {indicator.value for indicator in diagnosis.indicators if indicator.key != "trials"}
    assert (diagnosis.best, diagnosis.verdict, values) == (None, "unknown", {None})


@pytest.mark.parametrize("sessions", [0, 1, 2, 3, 20, 29, 30, 79, 80, 81, 163])
@pytest.mark.parametrize("combinations", [1, 2, 4, 5, 12])
def test_no_size_of_a_grid_brings_a_figure_that_is_none(combinations, sessions):
    diagnosis = diagnosed(noise(combinations, sessions, 9))
    for indicator in diagnosis.indicators:
        assert (indicator.value is None) == (indicator.verdict == "unknown")
        assert indicator.value is None or np.isfinite(indicator.value)
        assert indicator.meaning.zh.endswith("。") and indicator.meaning.en.endswith("."), "a reason broke off"
    short = {"overfitting", "spa", "reality_check", "rank_stability"}
    assert sessions >= 80 or all(told(diagnosis)[key].value is None for key in short)


def test_without_any_curve():
    diagnosis = diagnose(Collector(CASH), [], None)
    assert (diagnosis.combinations, diagnosis.sessions, diagnosis.best, diagnosis.verdict) == (0, 0, None, "unknown")


def test_some_combinations_that_never_trade_are_no_harm():
    returns = hill(9, 9, 800, 2)
    returns[:9] = 0
    returns[30, 400:] = 0
    diagnosis = diagnosed(returns, square(9, 9))
    assert diagnosis.verdict == "good"
    assert diagnosis.trials.variance == pytest.approx(np.var([r.mean() / r.std(ddof=1) for r in returns[9:]], ddof=1), rel=1e-4)


def test_equal_curves_are_one_trial():
    diagnosis = diagnosed(np.repeat(noise(1, 400, 8) + 0.001, 30, axis=0), square(5, 6))
    found = told(diagnosis)
    assert found["overfitting"].value == 0.5
    assert found["effective_trials"].value == pytest.approx(1)
    assert found["deflated_sharpe"].value == found["probabilistic_sharpe"].value
    assert found["rank_stability"].value is None
    assert (found["plateau"].value, found["peaks"].value) == (pytest.approx(1), pytest.approx(1 / found_noise(5, 6), rel=1e-5))


def found_noise(width, height):
    """The sum over a full grid of 1 / (1 + neighbours): corners have 3 of them, edges 5, the middle 8."""
    return 4 / 4 + (2 * (width - 2) + 2 * (height - 2)) / 6 + (width - 2) * (height - 2) / 9


def test_an_account_that_is_empty_stays_empty():
    equity = equity_of(noise(6, 200, 5))
    equity[2, 100:] = 0
    collector = Collector(CASH)
    collector.add(equity)
    diagnosis = diagnose(collector, [{"n": k} for k in range(6)], None)
    assert diagnosis.best != 2 and all(i.value is None or np.isfinite(i.value) for i in diagnosis.indicators)


@pytest.mark.parametrize("block", [1, 7, 64, 225])
def test_how_curves_are_cut_into_blocks_changes_nothing(block):
    returns = hill(15, 15, 300, 6)
    assert diagnosed(returns, square(15, 15), block=block).to_json() == diagnosed(returns, square(15, 15)).to_json()


def test_a_wrong_shape_is_refused():
    collector = Collector(CASH)
    collector.add(np.full((2, 5), CASH))
    with pytest.raises(ValueError, match="an earlier one 5"):
        collector.add(np.full((2, 6), CASH))
    with pytest.raises(ValueError, match="one more than sessions"):
        Collector(CASH, np.ones(5)).add(np.full((2, 5), CASH))
    with pytest.raises(ValueError, match="shape"):
        Collector(CASH).add(np.full(5, CASH))
    with pytest.raises(ValueError, match="some cash"):
        Collector(0)
    with pytest.raises(ValueError, match="2 sets of parameters for 3 curves"):
        diagnose(collected(noise(3, 100, 1)), [{"n": 1}, {"n": 2}], None)


def test_memory_is_flat_in_sessions_and_blocks():
    """Kept for each combination: 2 x 16 moments and two more floats; in work: a tile and the weights of the draws."""
    equity = equity_of(noise(250, 1500, 2))
    tracemalloc.start()
    collector = Collector(CASH)
    collector.add(equity)
    first, _ = tracemalloc.get_traced_memory()
    for _ in range(8):
        collector.add(equity)
    last, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last - first < 8 * 250 * 34 * 8 * 1.2
    assert peak < 150e6


def test_texts_fill_for_every_verdict():
    facts = facts_of(collected(hill(7, 7, 400, 1)), square(7, 7), None)
    for row in INDICATORS:
        told = row.figure(facts)
        assert not isinstance(told, Words)
        for says in (row.when_good, row.when_doubtful, row.when_bad):
            meaning, advice = (filled(words, row.figures(facts, told)) for words in says)
            assert meaning.zh and meaning.en and not set("{}") & set("".join([*meaning, *advice]))
        assert row.when_bad.advice.zh and row.when_bad.advice.en and row.when_doubtful.advice.zh


def test_thresholds_have_the_better_verdict():
    rising, falling = (next(row for row in INDICATORS if row.key == key) for key in ("deflated_sharpe", "spa"))
    assert [rising.verdict(x) for x in (0.95, 0.9499, 0.9, 0.8999)] == ["good", "doubtful", "doubtful", "bad"]
    assert [falling.verdict(x) for x in (0.05, 0.0501, 0.1, 0.1001)] == ["good", "doubtful", "doubtful", "bad"]


def test_the_overall_verdict_by_its_rule():
    """Every mix of verdicts has one; none is good without a good deflated Sharpe ratio, and luck is always bad."""
    keys = ("probabilistic_sharpe", "deflated_sharpe", "overfitting", "spa", "loss", "plateau")
    for mix in product(get_args(Verdict), repeat=len(keys)):
        verdicts = dict(zip(keys, mix, strict=True))
        verdict, summary = overall(verdicts, Words("现金", "cash"))
        deciding = {verdicts[key] for key in ("deflated_sharpe", "overfitting", "spa")}
        assert summary.zh and "{" not in summary.en
        assert verdict != "good" or (verdicts["deflated_sharpe"] == "good" and deciding <= {"good", "unknown"} and "bad" not in mix[4:])
        assert verdict == "bad" or verdicts["deflated_sharpe"] != "bad"
        assert (verdict == "unknown") == (deciding == {"unknown"})
    assert overall(dict.fromkeys(keys, "good"), Words("", ""))[0] == "good"


def test_the_diagnosis_loads_no_compiler():
    code = "import sys; import engine.diagnosis.diagnose; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
