"""Means that follow a series."""

from engine.indicators.catalog.row import IN_WINDOW, SETTLED_EMA, WHILE_SETTLING, Function, N, X

FUNCTIONS: tuple[Function, ...] = (
    Function("sma", "简单移动平均", "moving averages", (X, N), "sum of the last n bars / n", IN_WINDOW, "TA-Lib SMA; 通达信 MA",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             example="sma(close, 20)"),
    Function("ema", "指数移动平均", "moving averages", (X, N), "prev + 2 / (n + 1) * (x - prev), from the stock's first bar of the warm-up",
             WHILE_SETTLING,
             "通达信 EMA; TA-Lib EMA starts with the mean of n bars instead, which no A-share terminal does",
             look_back=lambda n: SETTLED_EMA * n, look_back_text="5 n",
             example="ema(close, 12)"),
)  # fmt: skip
