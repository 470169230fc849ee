"""Of numbers at the same bar."""

from engine.indicators.catalog.row import IF_EITHER, A, Argument, B, Function
from engine.words import Words

FUNCTIONS: tuple[Function, ...] = (
    Function("max", "较大者", "arithmetic", (A, B), "the larger of the two", IF_EITHER, "通达信 MAX",
             text=Words("两者中较大的；同通达信 MAX", "larger"),
             example="max(close, open)"),
    Function("min", "较小者", "arithmetic", (A, B), "the smaller of the two", IF_EITHER, "通达信 MIN",
             text=Words("两者中较小的；同通达信 MIN", "smaller"),
             example="min(close, open)"),
    Function("abs", "绝对值", "arithmetic", (Argument("x", "value"),), "x without its sign", "x is", "通达信 ABS",
             text=Words("去掉负号；同通达信 ABS", "absolute value"),
             example="abs(close / ref(close, 1) - 1) < 0.01"),
)  # fmt: skip
