"""Candlesticks for the terminal, as wide as it is."""

from collections.abc import Sequence

import plotext
from rich.text import Text

from functions.reports.axes import number_label, value_ticks
from functions.reports.candle_chart import time_ticks
from functions.reports.candles import Bar

ROWS = 18
EDGE = 12
"""Columns that prices and the frame may take."""
NARROWEST = 40
FLAT = 0.001
"""Prices that differ by less, as those of a bar at its limit, lie in the middle."""
_FRAME = 2
"""Columns of the frame itself."""


def candles_that_fit(width: int) -> int:
    """Each takes a column."""
    return max(width, NARROWEST) - EDGE


def candle_picture(bars: Sequence[Bar], width: int, rows: int = ROWS) -> Text:
    """Red rises, green falls; a session without a bar is a gap. Nothing where no bar has a price. `width` in columns."""
    shown = [(place, bar) for place, bar in enumerate(bars) if bar.open is not None]
    if not shown:
        return Text()
    prices = [price for _, bar in shown for price in (bar.low, bar.high) if price is not None]
    low, high = min(prices), max(prices)
    if high - low < high * FLAT:
        low, high = low * (1 - FLAT), high * (1 + FLAT)
    ticks = [tick for tick in value_ticks(low, high, about=6) if low <= tick <= high] or [low]
    labels = [number_label(tick) for tick in ticks]
    taken = max(len(label) for label in labels) + _FRAME
    plotext.terminal.limit(False, False)  # the width that is asked for counts, not what plotext takes for the terminal's
    figure = plotext.figure
    figure.clear()
    figure.theme("simple")
    each = max(1, (max(width, NARROWEST) - taken) // len(bars))  # every candle has as many columns as any other
    figure.plot_size(each * len(bars) + taken, rows)
    figure.ruler("y", "left").lim(low, high)
    figure.ruler("y", "left").ticks(ticks, labels)
    before = (each - 1) // 2 / each  # of a candle's columns those on its left; so each stands on a whole column
    figure.ruler("x", "lower").lim(-before, len(bars) - 1 / each - before)
    marks = time_ticks(bars)
    figure.ruler("x", "lower").ticks([place / 100 * len(bars) - 0.5 for place, _ in marks], [text for _, text in marks])
    # plotext paints what rises green: opens and closes change places, and with them the colours. What ends as it began is red there.
    places, rest = [place for place, _ in shown], {"high": [bar.high for _, bar in shown], "low": [bar.low for _, bar in shown]}
    swapped = {"open": [bar.close for _, bar in shown], "close": [bar.open for _, bar in shown]}
    figure.draw(figure.candlestick({"date": places, **swapped, **rest}))
    return Text.from_ansi(figure.build().string())
