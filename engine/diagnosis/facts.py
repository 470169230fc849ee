"""What is known of a grid before it is judged: computed once, read by every indicator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats
from engine.diagnosis.answer import Trials
from engine.diagnosis.collector import LEAST_SESSIONS, Collector
from engine.diagnosis.moments import Moments, chosen, shape, sharpe
from engine.diagnosis.overfitting import Overfitting, overfitting
from engine.diagnosis.surface import Surface, surface
from engine.statistics import SESSIONS_A_YEAR
from engine.words import Words

LEAST_COMBINATIONS = 5
"""Ranks of fewer say nothing."""

ONE = Words(
    "只有一个组合，没有挑选，也就没有挑选的偏差", "there is one combination only: nothing was chosen, so nothing was chosen by luck"
)
NO_BEST = Words("没有一个组合的收益有波动（都没有持仓）", "no combination has returns that vary (all of them stayed in cash)")
TOO_SHORT = Words("窗口太短：这一项至少要{least}个交易日", "the window is too short: this needs at least {least} sessions")
TOO_FEW = Words("交易过的组合太少：这一项至少要{least}个", "too few combinations traded: this needs at least {least}")


class Best(NamedTuple):
    position: int
    sharpe: float
    """Per session."""
    skew: float
    kurtosis: float
    """3 for the normal distribution."""


@dataclass(frozen=True)
class Facts:
    collector: Collector
    moments: Moments
    sharpe: Floats
    """(P,) per session; NaN: all cash."""
    traded: Moments
    """Of the combinations whose returns vary: a choice is among them, as cash is no choice."""
    best: Best | None
    trials: Trials
    """With the count and the variance that were used."""
    halves: Overfitting | Words
    surface: Surface | Words

    @property
    def combinations(self) -> int:
        return self.moments.combinations

    @property
    def own_variance(self) -> float | None:
        """Of this grid's Sharpe ratios, ddof 1; None with fewer than two of them."""
        return _variance(self.sharpe)

    @property
    def years(self) -> float:
        return self.collector.sessions / SESSIONS_A_YEAR

    @property
    def against(self) -> Words:
        return Words("基准", "the benchmark") if self.collector.has_benchmark else Words("持有现金", "cash")


def a_year(sharpe: float) -> float:
    return float(sharpe * sqrt(SESSIONS_A_YEAR))


def facts_of(collector: Collector, params: Sequence[Mapping[str, float | int]], trials: Trials | None) -> Facts:
    """ValueError where there is not one set of parameters for each curve."""
    moments = collector.moments()
    if len(params) != moments.combinations:
        raise ValueError(f"{len(params)} sets of parameters for {moments.combinations} curves")
    ratios = sharpe(moments)
    traded = chosen(moments, ~np.isnan(ratios))
    return Facts(
        collector=collector,
        moments=moments,
        sharpe=ratios,
        traded=traded,
        best=_best(moments, ratios),
        trials=_trials(ratios, trials),
        halves=_halves(collector, moments, traded),
        surface=surface(params, ratios),
    )


def too_short(least: int) -> Words:
    return TOO_SHORT.filled(least=least)


def too_few(least: int) -> Words:
    return TOO_FEW.filled(least=least)


def _best(moments: Moments, ratios: Floats) -> Best | None:
    if np.isnan(ratios).all():
        return None
    position = int(np.nanargmax(ratios))
    return Best(position, float(ratios[position]), *shape(moments, position))


def _trials(ratios: Floats, trials: Trials | None) -> Trials:
    """This grid's combinations are among the trials, whatever was counted; without a variance it is this grid's own."""
    own = _variance(ratios)
    if trials is None:
        return Trials(len(ratios), own, "grid")
    return Trials(max(trials.count, len(ratios)), own if trials.variance is None else trials.variance, trials.scope)


def _variance(ratios: Floats) -> float | None:
    known = ratios[~np.isnan(ratios)]
    return float(known.var(ddof=1)) if len(known) > 1 else None


def _halves(collector: Collector, moments: Moments, traded: Moments) -> Overfitting | Words:
    """Among what traded: cash beats all that lose in every half, and would be a choice that holds."""
    if moments.combinations < 2:
        return ONE
    if traded.combinations == 0:
        return NO_BEST
    if traded.combinations < LEAST_COMBINATIONS:
        return too_few(LEAST_COMBINATIONS)
    return overfitting(traded) if collector.sessions >= LEAST_SESSIONS else too_short(LEAST_SESSIONS)
