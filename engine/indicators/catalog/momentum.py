"""How fast, and how far, a series has gone."""

from engine.indicators.catalog.row import AT_SHIFT, FAST, SETTLED_WILDER, SLOW, Function, N, X

FUNCTIONS: tuple[Function, ...] = (
    Function("roc", "变动率", "momentum", (X, N), "(x / ref(x, n) - 1) * 100, in percent", AT_SHIFT, "TA-Lib ROC; 通达信 ROC",
             scale="plain", look_back=lambda n: n, look_back_text="n",
             example="roc(close, 60) > 10"),
    Function("rsi", "相对强弱指标", "momentum", (X, N),
             "100 * gain / (gain + loss); both start as the mean of the first n changes, then prev + (change - prev) / n",
             "the first n bars, also after a NaN, where it starts again; 50 where nothing moved",
             "TA-Lib RSI (Wilder 1978), which says 0 where nothing moved, and that reads as oversold",
             scale="plain", look_back=lambda n: SETTLED_WILDER * n, look_back_text="10 n",
             example="rsi(close, 14) < 30"),
    Function("macd", "MACD 快线(DIF)", "momentum", (X, FAST, SLOW), "ema(x, fast) - ema(x, slow)", "either ema is",
             "通达信 MACD's DIF; TA-Lib MACD but for the ema",
             definition="ema(x, fast) - ema(x, slow)", look_back_text="5 max(fast, slow)",
             example="macd(close, 12, 26)"),
    Function("macd_signal", "MACD 慢线(DEA)", "momentum", (X, FAST, SLOW, N), "ema(macd(x, fast, slow), n)", "any ema is",
             "通达信 MACD's DEA; TA-Lib MACD's signal but for the ema",
             definition="ema(macd(x, fast, slow), n)", look_back_text="5 max(fast, slow) + 5 n",
             example="cross_above(macd(close, 12, 26), macd_signal(close, 12, 26, 9))"),
    Function("macd_hist", "MACD 柱", "momentum", (X, FAST, SLOW, N), "macd(x, fast, slow) - macd_signal(x, fast, slow, n)", "any ema is",
             "TA-Lib MACD's histogram but for the ema; 通达信 draws twice this",
             definition="macd(x, fast, slow) - macd_signal(x, fast, slow, n)", look_back_text="5 max(fast, slow) + 5 n",
             example="macd_hist(close, 12, 26, 9) > 0"),
)  # fmt: skip
