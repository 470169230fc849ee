"""The facts of each bar that a strategy may name."""

from engine.indicators.catalog.row import Field


def _price(name: str, text: str) -> tuple[Field, Field]:
    return (
        Field(name, "0.01 li, adjusted", f"{text}, back-adjusted", scale="adjusted"),
        Field(f"raw_{name}", "yuan", f"{text}, as traded", scale="traded"),
    )


_PRICES = {"open": "first price", "high": "highest price", "low": "lowest price", "close": "last price", "vwap": "amount / volume"}

_DAILY_BASIC = {
    "turnover_rate": ("%", "shares traded / tradable shares"),
    "pe": ("", "price / earnings of the last year (NaN for a loss)"),
    "pe_ttm": ("", "price / earnings of the last twelve months"),
    "pb": ("", "price / book value"),
    "ps": ("", "price / sales of the last year"),
    "dv_ratio": ("%", "dividend yield"),
    "total_share": ("10,000 shares", "total shares"),
    "float_share": ("10,000 shares", "tradable shares"),
    "total_mv": ("10,000 yuan", "market value of all shares"),
    "circ_mv": ("10,000 yuan", "market value of the tradable shares"),
}

FIELDS: tuple[Field, ...] = (
    *(prices[0] for prices in (_price(*row) for row in _PRICES.items())),
    *(prices[1] for prices in (_price(*row) for row in _PRICES.items())),
    Field("volume", "shares", "shares traded"),
    Field("amount", "yuan", "money traded"),
    Field("is_st", "", "special treatment (ST, *ST) on that day", kind="truth", needs="is_st"),
    Field("listed_days", "sessions", "sessions since the listing, its day being 1; 0 where it is unknown", needs="listed_sessions"),
    Field("weekday", "", "1 on Mondays to 5 on Fridays", is_shared=True),
    Field("day", "", "day of the month", is_shared=True),
    Field("month", "", "1 to 12", is_shared=True),
    Field("year", "", "as in 2024", is_shared=True),
    Field("minute", "minutes", "from midnight to the end of the bar, in Shanghai: 575 at 9:35; 900 on daily bars", is_shared=True),
    Field("is_month_start", "", "first session of its month; false where the exchange's calendar begins", kind="truth", is_shared=True),
    Field("is_month_end", "", "last session of its month, known in advance; false where the calendar ends", kind="truth", is_shared=True),
    *(Field(name, unit, text, needs=name) for name, (unit, text) in _DAILY_BASIC.items()),
)
