"""Conditions over some bars, and choices."""

from engine.indicators.catalog.row import CONDITION, A, B, Function, N
from engine.words import Words

FUNCTIONS: tuple[Function, ...] = (
    Function("every", "一直满足", "logic", (CONDITION, N), "count(condition, n) == n", "false on the first n-1 bars", "通达信 EVERY",
             result="truth", definition="count(condition, n) == n", look_back_text="n - 1",
             text=Words("最近 n 根条件一直成立；同通达信 EVERY", "always"),
             example="every(close > sma(close, 20), 5)"),
    Function("exists", "曾经满足", "logic", (CONDITION, N), "count(condition, n) > 0", "false on the first n-1 bars", "通达信 EXIST",
             result="truth", definition="count(condition, n) > 0", look_back_text="n - 1",
             text=Words("最近 n 根中条件至少成立一次；同通达信 EXIST", "at least once"),
             example="exists(rsi(close, 14) < 30, 5)"),
    Function("if_else", "条件取值", "logic", (CONDITION, A, B), "a where the condition is true, else b", "the chosen one is", "通达信 IF",
             text=Words("条件成立取 a，否则取 b；同通达信 IF", "choice"),
             example="if_else(close > open, volume, -volume)"),
)  # fmt: skip
