"""Where one series passes another."""

from engine.indicators.catalog.row import NO_CROSS, A, B, Function

FUNCTIONS: tuple[Function, ...] = (
    Function("cross_above", "上穿", "crosses", (A, B), "a > b now, and a <= b on the stock's previous bar", NO_CROSS,
             "通达信 CROSS", result="truth", look_back=lambda: 1, look_back_text="1",
             example="cross_above(sma(close, 5), sma(close, 20))"),
    Function("cross_below", "下穿", "crosses", (A, B), "a < b now, and a >= b on the stock's previous bar", NO_CROSS,
             "通达信 CROSS with its operands exchanged", result="truth", look_back=lambda: 1, look_back_text="1",
             example="cross_below(sma(close, 5), sma(close, 20))"),
)  # fmt: skip
