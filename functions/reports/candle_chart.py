"""Candlesticks with their volumes below, as inline SVG: red rises, green falls."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from functions.reports.axes import Axis, date_ticks, linear_axis, money_label, number_label, value_ticks
from functions.reports.candles import Bar, marked
from functions.reports.charts import HEIGHT, WIDTH, date_label, framed, value_label
from functions.reports.figures import number, signed_percent
from functions.reports.rendering import both, hint

BODY = 0.7
"""The share of a bar's room that its body takes."""
POINTERS = 1_000
"""More bars than that are not told one by one where the pointer rests: a page has so many columns."""
_TICKS = 9


def candle_chart(bars: Sequence[Bar], name: str, height: int = 340) -> Markup:
    """The chart's HTML; nothing where no bar has a price. Ex-dates are dotted lines; a session without a bar is a gap."""
    lows, highs = [bar.low for bar in bars if bar.low is not None], [bar.high for bar in bars if bar.high is not None]
    if not lows:
        return Markup("")
    axis = _close_axis(min(lows), max(highs))
    ticks = [(axis.place(tick) * 100, tick) for tick in axis.ticks]
    marks = time_ticks(bars)
    drawn = [_grid([place for place, _ in ticks], [place for place, _ in marks]), *_ex_dates(bars)]
    drawn += [*_candles(bars, axis), *_pointers(bars)]
    labels = [value_label(place, number_label(tick)) for place, tick in ticks] + [date_label(place, text) for place, text in marks]
    return framed(drawn, labels, name, height)


def volume_chart(bars: Sequence[Bar], name: str, height: int = 110) -> Markup:
    """Money traded, in the colour of its bar; nothing where nothing was traded."""
    most = max((bar.amount for bar in bars), default=0)
    if not most:
        return Markup("")
    axis = linear_axis(0.0, most / 1000)
    room = WIDTH / len(bars)
    paths: dict[str, list[str]] = {"up": [], "down": []}
    for place, bar in enumerate(bars):
        if bar.amount:
            left, top = room * (place + (1 - BODY) / 2), axis.place(bar.amount / 1000) * HEIGHT
            paths[_tone(bar)].append(f"M{left:.2f},{HEIGHT}V{top:.2f}h{room * BODY:.2f}V{HEIGHT}Z")
    ticks = [(axis.place(tick) * 100, tick) for tick in axis.ticks]
    drawn = [_grid([place for place, _ in ticks], [place for place, _ in time_ticks(bars)])]
    drawn += [Markup('<path class="candle {}" d="{}"/>').format(style, "".join(parts)) for style, parts in paths.items() if parts]
    labels = [value_label(place, both(money_label(tick))) for place, tick in ticks]
    return framed([*drawn, *_pointers(bars)], labels, name, height)


def time_ticks(bars: Sequence[Bar]) -> list[tuple[float, str]]:
    """Percent from the left, and the text: years or months; of a few days the days; of one day its hours."""
    sessions = [bar.session for bar in bars]
    if len({session // 100 for session in sessions}) > 2:
        found = list(date_ticks(sessions))
    else:
        days = len(set(sessions))
        texts = [bar.time[11:] if days == 1 and len(bar.time) > 10 else bar.time[5:10] for bar in bars]
        begins = [place for place in range(len(bars)) if place == 0 or texts[place] != texts[place - 1]]
        found = [(place, texts[place]) for place in begins[:: 1 + (len(begins) - 1) // _TICKS]]
    return [((place + 0.5) / len(bars) * 100, text) for place, text in found]


def _close_axis(low: float, high: float) -> Axis:
    """With little room above and below: from one round value to another the candles would lose a third of the height."""
    room = (high - low) * 0.04 or abs(high) * 0.02
    ticks = [tick for tick in value_ticks(low - room, high + room, about=5) if low - room <= tick <= high + room]
    return Axis(low - room, high + room, ticks)


def _grid(across: Sequence[float], down: Sequence[float]) -> Markup:
    lines = [f"M0,{place:.2f}H{WIDTH}" for place in across] + [f"M{place / 100 * WIDTH:.1f},0V{HEIGHT}" for place in down]
    return Markup('<path class="grid" d="{}"/>').format("".join(lines))


def _candles(bars: Sequence[Bar], axis: Axis) -> Iterator[Markup]:
    """Two paths of each colour, however many bars there are: the shadows, which are lines, and the bodies, which are filled."""
    room = WIDTH / len(bars)
    shadows: dict[str, list[str]] = {"up": [], "down": []}
    bodies: dict[str, list[str]] = {"up": [], "down": []}
    for place, bar in enumerate(bars):
        if bar.open is None or bar.high is None or bar.low is None or bar.close is None:
            continue
        middle, left = room * (place + 0.5), room * (place + (1 - BODY) / 2)
        high, low, begun, ended = (axis.place(price) * HEIGHT for price in (bar.high, bar.low, bar.open, bar.close))
        top, bottom = min(begun, ended), max(begun, ended)
        shadows[_tone(bar)].append(f"M{middle:.2f},{high:.2f}V{top:.2f}M{middle:.2f},{bottom:.2f}V{low:.2f}")
        bodies[_tone(bar)].append(f"M{left:.2f},{top:.2f}h{room * BODY:.2f}V{bottom:.2f}h{-room * BODY:.2f}Z")
    for style in ("up", "down"):
        if bodies[style]:
            yield Markup('<path class="shadow {}" d="{}"/>').format(style, "".join(shadows[style]))
            yield Markup('<path class="candle {}" d="{}"/>').format(style, "".join(bodies[style]))


def _ex_dates(bars: Sequence[Bar]) -> Iterator[Markup]:
    for place, _, _ in marked(bars, ["ex"]):
        yield Markup('<path class="ex" d="M{:.2f},0V{}"/>').format(WIDTH * (place + 0.5) / len(bars), HEIGHT)


def _pointers(bars: Sequence[Bar]) -> Iterator[Markup]:
    """What a bar says where the pointer rests on it; of very many bars only those on which something happened."""
    room = WIDTH / len(bars)
    for place, bar in enumerate(bars):
        if len(bars) <= POINTERS or bar.marks:
            yield Markup('<rect class="pointer" x="{:.2f}" width="{:.2f}" height="{}"><title>{}</title></rect>').format(
                room * place, max(room, 1.0), HEIGHT, _said(bar)
            )


def _said(bar: Bar) -> str:
    happened = hint([mark.words for mark in bar.marks])
    if bar.open is None:
        return " · ".join(part for part in (bar.time, happened) if part)
    prices = " ".join(number(price, 3) for price in (bar.open, bar.high, bar.low, bar.close))
    return " · ".join(part for part in (bar.time, prices, signed_percent(bar.change), happened) if part)


def _tone(bar: Bar) -> str:
    return "up" if bar.rises else "down"
