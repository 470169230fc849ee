"""Candlesticks for the terminal, as wide as it is."""

from collections.abc import Sequence

import plotext
from rich.text import Text

from functions.reports.candle_chart import time_ticks
from functions.reports.candles import Bar

ROWS = 18
EDGE = 12
"""Columns that prices and the frame may take."""
NARROWEST = 40


def candles_that_fit(width: int) -> int:
    """Each takes a column."""
    return max(width, NARROWEST) - EDGE


def candle_picture(bars: Sequence[Bar], width: int, rows: int = ROWS) -> Text:
    """Red rises, green falls; a session without a bar is a gap. Nothing where no bar has a price. `width` in columns."""
    places = [place for place, bar in enumerate(bars) if bar.open is not None]
    if not places:
        return Text()
    figure = plotext.figure
    figure.clear()
    figure.theme("simple")
    figure.plot_size(max(width, NARROWEST), rows)
    # plotext paints what rises green: opens and closes change places, and with them the colours. What ends as it began is red there.
    prices = {"open": [bars[at].close for at in places], "close": [bars[at].open for at in places]}
    shadows = {"high": [bars[at].high for at in places], "low": [bars[at].low for at in places]}
    figure.draw(figure.candlestick({"date": places, **prices, **shadows}))
    ticks = time_ticks(bars)
    figure.ruler("x", "lower").lim(-0.5, len(bars) - 0.5)
    figure.ruler("x", "lower").ticks([place / 100 * len(bars) - 0.5 for place, _ in ticks], [text for _, text in ticks])
    return Text.from_ansi(figure.build().string())
