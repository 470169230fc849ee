"""The figure of each indicator, or the words why it cannot be told."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.arrays import Floats
from engine.diagnosis import deflation
from engine.diagnosis.bootstrap import Resampling
from engine.diagnosis.collector import LEAST_SESSIONS
from engine.diagnosis.facts import LEAST_COMBINATIONS, NO_BEST, ONE, Best, Facts, a_year, too_few, too_short
from engine.diagnosis.moments import sharpe
from engine.diagnosis.surface import Surface
from engine.words import Words

LEAST_RETURNS = 30
"""Sessions for the shape of a distribution, and for any figure about Sharpe ratios."""
LEAST_PEAKS = 1.999
"""That noise would show: with fewer even a single summit looks rough."""


class Known(NamedTuple):
    value: float
    judged: float | None = None
    """What the thresholds are for, where that is not the value."""
    words: tuple[tuple[str, Words | str], ...] = ()
    """More figures for the texts, by name."""


Told = Known | Words

SMALL = Words("网格太小：纯噪声也不到两个山峰，分不出来", "the grid is too small: noise itself would show fewer than two peaks")
ODD = Words("最优组合的收益分布太怪，公式不适用", "the returns of the best are spread too oddly for the formula")
NEVER = Words("最优组合的夏普不为正，多长都证明不了", "the best Sharpe ratio is not positive, so no length of time proves it")


def trials(facts: Facts) -> Told:
    if facts.trials.count < 2:
        return ONE
    counted = facts.trials.scope == "owner"
    scope = Words("这个策略在这个股票池上的全部尝试", "all that was ever tried of this strategy on this universe")
    alone = Words("只数了这一次网格，之前的尝试没有记录", "this grid's only; earlier ones are not known")
    luck = _luck(facts, facts.trials.count)
    return Known(facts.trials.count, luck, (("luck", f"{luck:.2f}"), ("scope", scope if counted else alone)))


def effective_trials(facts: Facts) -> Told:
    if facts.trials.count < 2 or facts.combinations < 2:
        return ONE
    correlation = facts.collector.average_correlation()
    if correlation is None:
        return NO_BEST if facts.best is None else too_few(2)
    if facts.collector.sessions < LEAST_RETURNS:
        return too_short(LEAST_RETURNS)
    number = deflation.effective_trials(facts.trials.count, correlation)
    luck = _luck(facts, max(1, round(number)))
    return Known(number, luck, (("luck", f"{luck:.2f}"), ("correlation", _decimals(correlation))))


def probabilistic_sharpe(facts: Facts) -> Told:
    best = _judged_best(facts)
    return best if isinstance(best, Words) else _or(_probability(facts, best, 0.0), ODD)


def expected_best(facts: Facts) -> Told:
    best, luck = _judged_best(facts), _deflator(facts)
    if isinstance(luck, Words):
        return luck
    if isinstance(best, Words):
        return best
    return Known(a_year(luck), a_year(best.sharpe - luck), (("best", _decimals(a_year(best.sharpe))),))


def deflated_sharpe(facts: Facts) -> Told:
    best, luck = _judged_best(facts), _deflator(facts)
    if isinstance(luck, Words):
        return luck
    return best if isinstance(best, Words) else _or(_probability(facts, best, luck), ODD)


def min_track_record(facts: Facts) -> Told:
    best = _judged_best(facts)
    if isinstance(best, Words):
        return best
    if best.sharpe <= 0:
        return NEVER
    sessions = deflation.min_track_record(best.sharpe, 0.0, best.skew, best.kurtosis)
    if sessions is None:
        return ODD
    have = facts.collector.sessions
    return Known(np.ceil(sessions), have / sessions, (("sessions", f"{have:,}"), ("best", _decimals(a_year(best.sharpe)))))


def overfitting(facts: Facts) -> Told:
    return facts.halves if isinstance(facts.halves, Words) else Known(facts.halves.probability)


def loss(facts: Facts) -> Told:
    return facts.halves if isinstance(facts.halves, Words) else Known(facts.halves.loss)


def degradation(facts: Facts) -> Told:
    halves = facts.halves
    if isinstance(halves, Words):
        return halves
    if halves.inside <= 0:
        return Words("样本内最优的夏普也不为正", "the best in sample has no positive Sharpe ratio either")
    share = 1.0 - halves.outside / halves.inside
    figures = (("inside", _decimals(a_year(halves.inside))), ("outside", _decimals(a_year(halves.outside))), ("lost", _lost(share)))
    return Known(share, None, figures)


def reality_check(facts: Facts) -> Told:
    return _resampled(facts, Resampling.reality_check)


def spa(facts: Facts) -> Told:
    return _resampled(facts, Resampling.superior_ability)


def rank_stability(facts: Facts) -> Told:
    why = _choice(facts)
    if why:
        return why
    if facts.traded.combinations < LEAST_COMBINATIONS:
        return too_few(LEAST_COMBINATIONS)
    if facts.collector.sessions < LEAST_SESSIONS:
        return too_short(LEAST_SESSIONS)
    middle = len(facts.moments.lengths) // 2
    first, second = (np.nan_to_num(sharpe(facts.traded, part)) for part in (slice(0, middle), slice(middle, None)))
    same = Words("有一半时间里各组合没有差别", "in one half of the window the combinations do not differ")
    return _or(rank_correlation(first, second), same)


def plateau(facts: Facts) -> Told:
    landscape = _landscape(facts)
    if isinstance(landscape, Words):
        return landscape
    alone = Words("最优组合没有相邻的格子，或夏普不为正", "the best has no neighbours, or no positive Sharpe ratio")
    return _or(facts.best and landscape.plateau(facts.best.position), alone)


def peaks(facts: Facts) -> Told:
    landscape = _landscape(facts)
    if isinstance(landscape, Words):
        return landscape
    found, noise = landscape.peaks()
    if noise < LEAST_PEAKS:
        return SMALL
    return Known(found / noise, None, (("found", f"{found:,}"), ("noise", f"{noise:.1f}")))


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's: the correlation of ranks, those of ties averaged; None where all of one side are equal."""
    x, y = _ranks(first), _ranks(second)
    x, y = x - x.mean(), y - y.mean()
    length = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / length if length > 0 else None


def _ranks(values: Floats) -> Floats:
    """From 1; of equal values the mean of their places."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2.0)[which]
    return ranks


def _choice(facts: Facts) -> Words | None:
    """Why there is no choice to be judged."""
    if facts.combinations < 2:
        return ONE
    return NO_BEST if facts.best is None else None


def _landscape(facts: Facts) -> Surface | Words:
    why = _choice(facts)
    if why:
        return why
    return too_short(LEAST_RETURNS) if facts.collector.sessions < LEAST_RETURNS else facts.surface


def _resampled(facts: Facts, p_value: Callable[[Resampling], float | None]) -> Told:
    why = _choice(facts)
    if why:
        return why
    resampling = facts.collector.resampling
    return _or(None if resampling is None else p_value(resampling), too_short(LEAST_SESSIONS))


def _judged_best(facts: Facts) -> Best | Words:
    if facts.best is None:
        return NO_BEST
    return facts.best if facts.collector.sessions >= LEAST_RETURNS else too_short(LEAST_RETURNS)


def _deflator(facts: Facts) -> float | Words:
    """The Sharpe ratio per session that luck alone shows.

    Luck of all trials is not less than that of this grid's, which are among them: many earlier ones that were nearly the same have so small
    a variance that they would lower the bar.
    """
    if facts.trials.count < 2:
        return ONE
    if facts.trials.variance is None:
        return NO_BEST if facts.best is None else too_few(2)
    of_all = deflation.expected_best(facts.trials.count, facts.trials.variance)
    return max(of_all, deflation.expected_best(facts.combinations, facts.own_variance or 0.0))


def _probability(facts: Facts, best: Best, against: float) -> float | None:
    return deflation.probabilistic_sharpe(best.sharpe, against, facts.collector.sessions, best.skew, best.kurtosis)


def _luck(facts: Facts, trials: int) -> float:
    """A year's Sharpe ratio of the best of so many independent worthless ones, in a window this long."""
    return deflation.expected_maximum(trials) / facts.years**0.5 if facts.years else 0.0


def _decimals(value: float) -> str:
    """Two of them, and no minus before nothing."""
    return f"{round(value, 2) + 0.0:.2f}"


def _lost(share: float) -> Words:
    if share > 1.0:
        return Words("全都没了，还要亏", "all of it is lost, and more")
    if share < 0.0:
        return Words("没有变少", "nothing is lost")
    return Words(f"少了{share:.1%}", f"{share:.1%} is lost")


def _or(value: float | None, why: Words) -> Told:
    return why if value is None else Known(value)
