"""Where one series passes another."""

from engine.indicators.catalog.row import NO_CROSS, A, B, Function
from engine.words import Words

FUNCTIONS: tuple[Function, ...] = (
    Function("cross_above", "上穿", "crosses", (A, B), "a > b now, and a <= b on the stock's previous bar", NO_CROSS,
             "通达信 CROSS", result="truth", look_back=lambda: 1, look_back_text="1",
             text=Words("本根 a 大于 b，而前一根 a 不大于 b；同通达信 CROSS(A,B)", "crosses above"),
             example="cross_above(sma(close, 5), sma(close, 20))"),
    Function("cross_below", "下穿", "crosses", (A, B), "a < b now, and a >= b on the stock's previous bar", NO_CROSS,
             "通达信 CROSS with its operands exchanged", result="truth", look_back=lambda: 1, look_back_text="1",
             text=Words("本根 a 小于 b，而前一根 a 不小于 b；同通达信 CROSS(B,A)", "crosses below"),
             example="cross_below(sma(close, 5), sma(close, 20))"),
)  # fmt: skip
