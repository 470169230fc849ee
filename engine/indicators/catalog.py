"""The catalogue: every field and function that a strategy may name, one row each, with its formula, look-back, NaN rule and source.

A row with a `definition` is an abbreviation, written in the strategy language itself, and reaches the kernels as what it stands for.
A row without one is a node that the kernels compute under its own name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "truth"]
Scale = Literal["plain", "adjusted", "traded"]
"""What a number's size means: adjusted price levels are arbitrary (only their ratios mean something), traded prices are yuan."""

LONGEST = 1500
"""Bars that a strategy may look back over, and the largest window."""


@dataclass(frozen=True)
class Field:
    """A fact of each bar. `needs`: what the market must offer beyond plain bars."""

    name: str
    unit: str
    text: str
    kind: Kind = "number"
    scale: Scale = "plain"
    needs: str | None = None


@dataclass(frozen=True)
class Argument:
    """`series` must vary over bars, `value` may also be constant, `truth` is true or false per bar.

    `whole` and `number` are constants (literals or expressions of parameters) between low and high.
    """

    name: str
    kind: Literal["series", "value", "truth", "whole", "number"] = "series"
    low: int = 1
    high: int = LONGEST


@dataclass(frozen=True)
class Function:
    name: str
    group: str
    arguments: tuple[Argument, ...]
    formula: str
    missing: str
    """When the result is NaN (or false)."""
    source: str
    result: Kind = "number"
    scale: Literal["same", "plain"] = "same"
    """`same`: the result is an adjusted price level where the operands are."""
    definition: str | None = None
    look_back: Callable[..., int] = lambda: 0
    """Bars before the current one that the function itself needs, from its whole arguments. Abbreviations: see their parts."""
    look_back_text: str = "0"

    @property
    def signature(self) -> str:
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"


SETTLED_EMA = 5
"""After 5n bars the first bar weighs (1 - 2/(n+1))^5n < e^-10 in an ema: a longer warm-up changes nothing that matters."""
SETTLED_WILDER = 10
"""The same for Wilder's smoothing, whose weight is 1/n."""

X, A, B, N = Argument("x"), Argument("a", "value"), Argument("b", "value"), Argument("n", "whole")
CONDITION = Argument("condition", "truth")
K = Argument("k", "number", 0, 100)
FAST, SLOW = Argument("fast", "whole"), Argument("slow", "whole")

_WINDOW = "the first n-1 bars; a NaN in the window"
_SHIFT = "the first n bars; a NaN at either end"
_SETTLING = "the first n-1 bars, also after a NaN, where it starts again"
_EITHER = "either is"
_NO_CROSS = "false on the first bar and where one is NaN"


FUNCTIONS: tuple[Function, ...] = (
    Function("sma", "moving averages", (X, N), "sum of the last n bars / n", _WINDOW, "TA-Lib SMA; 通达信 MA",
             look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("ema", "moving averages", (X, N), "prev + 2 / (n + 1) * (x - prev), from the stock's first bar of the warm-up", _SETTLING,
             "通达信 EMA; TA-Lib EMA starts with the mean of n bars instead, which no A-share terminal does",
             look_back=lambda n: SETTLED_EMA * n, look_back_text="5 n"),
    Function("roc", "momentum", (X, N), "(x / ref(x, n) - 1) * 100, in percent", _SHIFT, "TA-Lib ROC; 通达信 ROC",
             scale="plain", look_back=lambda n: n, look_back_text="n"),
    Function("rsi", "momentum", (X, N),
             "100 * gain / (gain + loss); both start as the mean of the first n changes, then prev + (change - prev) / n",
             "the first n bars, also after a NaN, where it starts again; 50 where nothing moved",
             "TA-Lib RSI (Wilder 1978), which says 0 where nothing moved, and that reads as oversold",
             scale="plain", look_back=lambda n: SETTLED_WILDER * n, look_back_text="10 n"),
    Function("macd", "momentum", (X, FAST, SLOW), "ema(x, fast) - ema(x, slow)", "either ema is",
             "通达信 MACD's DIF; TA-Lib MACD but for the ema",
             definition="ema(x, fast) - ema(x, slow)", look_back_text="5 max(fast, slow)"),
    Function("macd_signal", "momentum", (X, FAST, SLOW, N), "ema(macd(x, fast, slow), n)", "any ema is",
             "通达信 MACD's DEA; TA-Lib MACD's signal but for the ema",
             definition="ema(macd(x, fast, slow), n)", look_back_text="5 max(fast, slow) + 5 n"),
    Function("macd_hist", "momentum", (X, FAST, SLOW, N), "macd(x, fast, slow) - macd_signal(x, fast, slow, n)", "any ema is",
             "TA-Lib MACD's histogram but for the ema; 通达信 draws twice this",
             definition="macd(x, fast, slow) - macd_signal(x, fast, slow, n)", look_back_text="5 max(fast, slow) + 5 n"),
    Function("std", "volatility", (X, N), "sqrt(sum of (x - sma(x, n))^2 over the last n bars / (n - 1))", _WINDOW,
             "通达信 STD; TA-Lib STDDEV divides by n: it describes a population, ours estimates from a sample",
             look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("boll_upper", "volatility", (X, N, K), "sma(x, n) + k * std(x, n)", _WINDOW, "通达信 BOLL; TA-Lib BBANDS but for std",
             definition="sma(x, n) + k * std(x, n)", look_back_text="n - 1"),
    Function("boll_mid", "volatility", (X, N), "sma(x, n)", _WINDOW, "通达信 BOLL; TA-Lib BBANDS",
             definition="sma(x, n)", look_back_text="n - 1"),
    Function("boll_lower", "volatility", (X, N, K), "sma(x, n) - k * std(x, n)", _WINDOW, "通达信 BOLL; TA-Lib BBANDS but for std",
             definition="sma(x, n) - k * std(x, n)", look_back_text="n - 1"),
    Function("ref", "time series", (X, N), "x as it was n bars ago", "the first n bars", "通达信 REF",
             look_back=lambda n: n, look_back_text="n"),
    Function("delta", "time series", (X, N), "x - ref(x, n)", _SHIFT, "TA-Lib MOM",
             look_back=lambda n: n, look_back_text="n"),
    Function("sum", "time series", (X, N), "sum of the last n bars, oldest to newest", _WINDOW, "TA-Lib SUM; 通达信 SUM",
             look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("highest", "time series", (X, N), "largest of the last n bars", _WINDOW, "TA-Lib MAX; 通达信 HHV",
             look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("lowest", "time series", (X, N), "smallest of the last n bars", _WINDOW, "TA-Lib MIN; 通达信 LLV",
             look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("count", "time series", (CONDITION, N), "how many of the last n bars are true", "the first n-1 bars", "通达信 COUNT",
             scale="plain", look_back=lambda n: n - 1, look_back_text="n - 1"),
    Function("cross_above", "crosses", (A, B), "a > b now, and a <= b on the stock's previous bar", _NO_CROSS,
             "通达信 CROSS", result="truth", look_back=lambda: 1, look_back_text="1"),
    Function("cross_below", "crosses", (A, B), "a < b now, and a >= b on the stock's previous bar", _NO_CROSS,
             "通达信 CROSS with its operands exchanged", result="truth", look_back=lambda: 1, look_back_text="1"),
    Function("every", "logic", (CONDITION, N), "count(condition, n) == n", "false on the first n-1 bars", "通达信 EVERY",
             result="truth", definition="count(condition, n) == n", look_back_text="n - 1"),
    Function("exists", "logic", (CONDITION, N), "count(condition, n) > 0", "false on the first n-1 bars", "通达信 EXIST",
             result="truth", definition="count(condition, n) > 0", look_back_text="n - 1"),
    Function("if_else", "logic", (CONDITION, A, B), "a where the condition is true, else b", "the chosen one is", "通达信 IF"),
    Function("max", "arithmetic", (A, B), "the larger of the two", _EITHER, "通达信 MAX"),
    Function("min", "arithmetic", (A, B), "the smaller of the two", _EITHER, "通达信 MIN"),
    Function("abs", "arithmetic", (Argument("x", "value"),), "x without its sign", "x is", "通达信 ABS"),
)  # fmt: skip


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
    *(Field(name, unit, text, needs=name) for name, (unit, text) in _DAILY_BASIC.items()),
)

FUNCTION = {row.name: row for row in FUNCTIONS}
FIELD = {row.name: row for row in FIELDS}

OPERATORS = (
    *("constant", "add", "sub", "mul", "div", "neg", "gt", "ge", "eq", "ne", "and", "or", "not"),
    *("member", "select_entry", "select_exit", "order_price"),
)
"""Nodes that strategies reach through operators and sections instead of names."""

NODES = frozenset(OPERATORS) | FIELD.keys() | {row.name for row in FUNCTIONS if row.definition is None}
"""Everything that a compiled strategy may ask the kernels for."""
