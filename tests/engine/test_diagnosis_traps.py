"""Grids on which figures that are right one by one used to say something wrong."""

import numpy as np
import pytest

from engine.diagnosis.answer import Trials
from engine.diagnosis.diagnose import INDICATORS
from engine.diagnosis.row import shown
from engine.diagnosis.verdict import overall
from engine.words import Words
from tests.engine.grids_of_curves import diagnosed, hill, noise, square, told


def cash(combinations, sessions):
    return np.zeros((combinations, sessions))


def test_cash_is_not_the_best_choice_among_losers():
    """Cash beats them in every half: the choice of the best seemed to hold, and ranks to be stable."""
    found = told(diagnosed(np.vstack((noise(4, 1000, 2) - 0.002, cash(6, 1000))), square(5, 2)))
    for key in ("overfitting", "loss", "degradation", "rank_stability"):
        assert found[key].value is None, key
        assert "5" in found[key].meaning.en, key


def test_cells_of_cash_change_nothing_in_the_choice():
    curves = noise(30, 600, 5) - 0.0005
    alone, beside = told(diagnosed(curves)), told(diagnosed(np.vstack((curves, cash(20, 600)))))
    for key in ("overfitting", "loss", "degradation", "rank_stability"):
        assert alone[key].value == beside[key].value, key


def test_a_loser_beside_cash_is_not_said_to_earn():
    """With one curve that varies the deflated Sharpe ratio is unknown; it was "It earns, but nothing shows that it beats cash"."""
    diagnosis = diagnosed(np.vstack((noise(1, 1000, 2) - 0.002, cash(4, 1000))), square(5, 1))
    assert told(diagnosis)["deflated_sharpe"].value is None
    assert diagnosis.verdict == "bad"
    assert "earns" not in diagnosis.summary.en


def test_an_edge_on_a_broad_plateau_is_not_called_a_mere_sign():
    """Moving averages on a trending market: DSR 1.00, SPA 0.001, no loss out of sample, PBO 20%; it was "not evidence enough"."""
    verdicts = dict.fromkeys(("probabilistic_sharpe", "deflated_sharpe", "spa", "loss", "plateau"), "good") | {"overfitting": "doubtful"}
    verdict, summary = overall(verdicts, Words("现金", "cash"))
    assert verdict == "doubtful" and "An edge is likely there" in summary.en and "很可能确有本领" in summary.zh
    for key, value in (("spa", "doubtful"), ("deflated_sharpe", "doubtful"), ("loss", "doubtful"), ("plateau", "bad")):
        assert "not evidence enough" in overall(verdicts | {key: value}, Words("现金", "cash"))[1].en


@pytest.mark.parametrize("variance", [0.0, 1e-12, 1e-5])
def test_more_trials_never_lower_the_bar(variance):
    """Thousands of earlier ones that are nearly the same have hardly a variance."""
    curves, params = noise(100, 1000, 11), square(10, 10)
    alone, after = told(diagnosed(curves, params)), told(diagnosed(curves, params, Trials(5000, variance, "owner")))
    assert after["expected_best"].value >= alone["expected_best"].value
    assert after["deflated_sharpe"].value <= alone["deflated_sharpe"].value


def test_the_only_summit_of_a_small_grid_is_not_called_rough():
    """Noise shows 1.8 peaks in nine cells, so that one peak was 0.56 of noise: "rather rough"."""
    found = told(diagnosed(hill(3, 3, 1000, 1), square(3, 3)))
    assert found["peaks"].verdict == "unknown"
    assert told(diagnosed(hill(5, 5, 1000, 1), square(5, 5)))["peaks"].value is not None


@pytest.mark.parametrize("sessions", [2, 3, 10, 29])
def test_a_few_sessions_have_no_landscape_and_no_luck(sessions):
    """Two sessions had a plateau, peaks, and a best Sharpe ratio by luck of 75."""
    found = told(diagnosed(noise(25, sessions, 7), square(5, 5)))
    assert {key for key, indicator in found.items() if indicator.verdict != "unknown"} == {"trials"}


def test_what_is_lost_out_of_sample_reads_as_a_share():
    """It was "759.2% is lost", and "-5.0% is lost"."""
    worse = told(diagnosed(noise(20, 300, 3) - 0.0005))["degradation"]
    assert worse.value > 1
    assert "all of it is lost, and more" in worse.meaning.en and "全都没了，还要亏" in worse.meaning.zh
    same = told(diagnosed(np.repeat(noise(1, 300, 8) + 0.002, 6, axis=0)))["degradation"]
    assert same.verdict == "good" and "-" not in same.meaning.en and "-" not in same.meaning.zh


def test_a_correlation_just_below_zero_is_not_called_worse_after():
    row = next(row for row in INDICATORS if row.key == "rank_stability")
    assert row.verdict(-0.001) == "bad"
    assert "worse" not in row.when_bad.meaning.en and "反而" not in row.when_bad.meaning.zh


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(-0.001, "correlation", "0.00"), (-0.0001, "share", "0.0%"), (-0.01, "ratio", "-0.01")]
)
def test_nothing_has_no_minus(value, unit, text):
    assert shown(value, unit) == text
