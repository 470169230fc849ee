"""Slippage, against the trader and in whole ticks: a share of the price, ticks, a share of the bar's range, or the square-root impact."""

from engine.compiled import inlined, kernel
from engine.simulation.costs import Bar
from engine.simulation.state import Figures
from engine.terms import ONE, SLIPPAGE_MODELS

TICKS, RANGE, IMPACT = (SLIPPAGE_MODELS.index(name) for name in ("ticks", "range", "impact"))
_MOST = 10_000
"""An order of more bars' volumes than this counts as so many: its impact is a hundred times the coefficient already."""


@inlined
def slipped(price: int, shares: int, bar: Bar, terms: Figures) -> int:
    """Slippage in li of so many shares, rounded UP to the tick, that is against the trader on both sides.

    Half-up, as many tools do, would make 5 basis points vanish below 10 yuan.
    """
    if terms.slippage_model == TICKS:
        return terms.slippage * bar.tick
    base, rate = price, terms.slippage
    if terms.slippage_model == RANGE:
        base = bar.range
    elif terms.slippage_model == IMPACT:
        rate = (rate * root_of(shares, bar.volume) + ONE - 1) // ONE
    unit = ONE * bar.tick
    return (base * rate + unit - 1) // unit * bar.tick


@kernel
def root_of(shares: int, volume: int) -> int:
    """sqrt(shares / volume) in 1 / ONE, rounded up: the smallest r whose square is not below shares x ONE x ONE / volume.

    shares >= 0, volume > 0. Long division first, two digits at a time, because shares x ONE x ONE does not fit int64.
    """
    square, rest = shares // volume, shares % volume
    if square >= _MOST:
        square, rest = _MOST, 0
    for _ in range(7):  # 100 ** 7 = ONE x ONE
        rest *= 100
        square = square * 100 + rest // volume
        rest %= volume
    square += rest > 0
    root, bit = 0, 2**30
    while bit > 0:
        if (root + bit) * (root + bit) <= square:
            root += bit
        bit //= 2
    return root + (root * root < square)
