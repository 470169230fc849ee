"""Where the last price stands among those of the last bars."""

from engine.indicators.catalog.row import IN_WINDOW, Argument, Function, N, X
from engine.words import Words

M1, M2 = Argument("m1", "whole"), Argument("m2", "whole")
FIRST_BARS = "the first n-1 bars"
CCI = (
    "if_else(avedev(high + low + close, n) == 0, 0, "
    "(high + low + close - sma(high + low + close, n)) / (0.015 * avedev(high + low + close, n)))"
)
WILLR = (
    "if_else(highest(high, n) == lowest(low, n), -50, "
    "(highest(high, n) - close) / (highest(high, n) - lowest(low, n)) * -100)"
)  # fmt: skip

FUNCTIONS: tuple[Function, ...] = (
    Function("avedev", "平均绝对偏差", "oscillators", (X, N), "sum of abs(x - sma(x, n)) over the last n bars / n", IN_WINDOW,
             "通达信 AVEDEV; inside TA-Lib CCI",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             text=Words("与均线之差的绝对值的平均；同通达信 AVEDEV", "mean absolute deviation"),
             example="close > sma(close, 20) + 2 * avedev(close, 20)"),
    Function("cci", "顺势指标", "oscillators", (N,), CCI, f"{FIRST_BARS}; 0 where nothing moved", "TA-Lib CCI; 通达信 CCI",
             definition=CCI, look_back_text="n - 1",
             text=Words("典型价偏离均线的程度，以 0.015 倍平均绝对偏差为单位；同通达信 CCI", "commodity channel index"),
             example="cross_above(cci(14), -100)"),
    Function("willr", "威廉指标", "oscillators", (N,), WILLR, f"{FIRST_BARS}; -50 where nothing moved",
             "TA-Lib WILLR, -100 to 0, which says 0 where nothing moved, and that reads as overbought; 通达信 WR has no minus",
             definition=WILLR, look_back_text="n - 1",
             text=Words("收盘价在 n 根高低区间中的位置，-100 最低、0 最高；通达信的 WR 不带负号", "Williams %R"),
             example="willr(14) < -80"),
    Function("kdj_k", "KDJ 的 K 值", "oscillators", (N, M1), "smooth(willr(n) + 100, m1, 1)", "the first n+m1-2 bars",
             "通达信 KDJ, whose RSV is willr(n) + 100; TA-Lib STOCH smooths with plain means",
             definition="smooth(willr(n) + 100, m1, 1)", look_back_text="n - 1 + 10 m1",
             text=Words("收盘价在 n 根高低区间中的位置（RSV，0 到 100）按 m1 平滑；同通达信 KDJ", "K of KDJ"),
             example="kdj_k(9, 3) < 20"),
    Function("kdj_d", "KDJ 的 D 值", "oscillators", (N, M1, M2), "smooth(kdj_k(n, m1), m2, 1)", "the first n+m1+m2-3 bars",
             "通达信 KDJ; TA-Lib STOCH smooths with plain means",
             definition="smooth(kdj_k(n, m1), m2, 1)", look_back_text="n - 1 + 10 m1 + 10 m2",
             text=Words("K 值再按 m2 平滑；同通达信 KDJ", "D of KDJ"),
             example="cross_above(kdj_k(9, 3), kdj_d(9, 3, 3))"),
    Function("kdj_j", "KDJ 的 J 值", "oscillators", (N, M1, M2), "3 * kdj_k(n, m1) - 2 * kdj_d(n, m1, m2)", "kdj_d is", "通达信 KDJ",
             definition="3 * kdj_k(n, m1) - 2 * kdj_d(n, m1, m2)", look_back_text="n - 1 + 10 m1 + 10 m2",
             text=Words("3 K - 2 D，可以超出 0 到 100；同通达信 KDJ", "J of KDJ"),
             example="kdj_j(9, 3, 3) < 0"),
    Function("mfi", "资金流量指标", "oscillators", (N,),
             "100 * money of those of the last n bars whose high + low + close rose / money of those where it rose or fell; "
             "money: (raw_high + raw_low + raw_close) * volume",
             "the first n bars; 50 where nothing moved",
             "通达信 MFI; TA-Lib MFI, which says 0 where nothing moved; ours counts money in traded prices, so that no split inflates it",
             scale="plain", reads=("high + low + close", "(raw_high + raw_low + raw_close) * volume"),
             look_back=lambda n: n, look_back_text="n",
             text=Words("上涨那些 K 线的成交额占比，0 到 100，按成交价计；毫无涨跌时为 50", "money flow index"),
             example="mfi(14) < 20"),
)  # fmt: skip
