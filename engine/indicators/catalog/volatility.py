"""How far prices swing, and bands around them."""

from engine.indicators.catalog.row import IN_WINDOW, Function, K, N, X

FUNCTIONS: tuple[Function, ...] = (
    Function("std", "标准差", "volatility", (X, N), "sqrt(sum of (x - sma(x, n))^2 over the last n bars / (n - 1))", IN_WINDOW,
             "通达信 STD; TA-Lib STDDEV divides by n: it describes a population, ours estimates from a sample",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             example="std(close, 20)"),
    Function("boll_upper", "布林上轨", "volatility", (X, N, K), "sma(x, n) + k * std(x, n)", IN_WINDOW,
             "通达信 BOLL; TA-Lib BBANDS but for std",
             definition="sma(x, n) + k * std(x, n)", look_back_text="n - 1",
             example="close > boll_upper(close, 20, 2)"),
    Function("boll_mid", "布林中轨", "volatility", (X, N), "sma(x, n)", IN_WINDOW, "通达信 BOLL; TA-Lib BBANDS",
             definition="sma(x, n)", look_back_text="n - 1",
             example="close >= boll_mid(close, 20)"),
    Function("boll_lower", "布林下轨", "volatility", (X, N, K), "sma(x, n) - k * std(x, n)", IN_WINDOW,
             "通达信 BOLL; TA-Lib BBANDS but for std",
             definition="sma(x, n) - k * std(x, n)", look_back_text="n - 1",
             example="close < boll_lower(close, 20, 2)"),
)  # fmt: skip
