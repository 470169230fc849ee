"""Conditions over some bars, and choices."""

from engine.indicators.catalog.row import CONDITION, A, B, Function, N

FUNCTIONS: tuple[Function, ...] = (
    Function("every", "一直满足", "logic", (CONDITION, N), "count(condition, n) == n", "false on the first n-1 bars", "通达信 EVERY",
             result="truth", definition="count(condition, n) == n", look_back_text="n - 1",
             example="every(close > sma(close, 20), 5)"),
    Function("exists", "曾经满足", "logic", (CONDITION, N), "count(condition, n) > 0", "false on the first n-1 bars", "通达信 EXIST",
             result="truth", definition="count(condition, n) > 0", look_back_text="n - 1",
             example="exists(rsi(close, 14) < 30, 5)"),
    Function("if_else", "条件取值", "logic", (CONDITION, A, B), "a where the condition is true, else b", "the chosen one is", "通达信 IF",
             example="if_else(close > open, volume, -volume)"),
)  # fmt: skip
