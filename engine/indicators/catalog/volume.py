"""Prices weighted by what was traded, and how much that was."""

from engine.indicators.catalog.row import Function, N
from engine.words import Words

FUNCTIONS: tuple[Function, ...] = (
    Function("vwap_n", "n 期成交均价", "volume", (N,), "sum(amount, n) / sum(if_else(volume > 0, amount / vwap, 0), n)",
             "the first n-1 bars; no volume in the whole window",
             "money / shares, both of the day of the adjusted prices: an ex-date inside the window shifts nothing",
             definition="sum(amount, n) / sum(if_else(volume > 0, amount / vwap, 0), n)", look_back_text="n - 1",
             text=Words("n 根的总成交额除以总成交量，按复权价折算，除权日不会跳动", "average price of n bars"),
             example="close > vwap_n(20)"),
    Function("volume_ratio", "量比", "volume", (N,), "volume / ref(sma(volume, n), 1)", "the first n bars; 0 / 0",
             "通达信 量比 at the close, where n is 5: the n bars before this one",
             definition="volume / ref(sma(volume, n), 1)", look_back_text="n",
             text=Words("成交量与此前 n 根平均之比；n 为 5 即收盘时的量比", "volume ratio"),
             example="volume_ratio(5) > 2"),
    Function("obv", "能量潮", "volume", (),
             "volume of the stock's first bar of the warm-up, then prev + volume where close rose, prev - volume where it fell",
             "never", "TA-Lib OBV; its level depends on the first bar, only its changes mean something",
             reads=("close", "volume"), look_back=lambda: 1, look_back_text="1",
             text=Words("收涨加成交量、收跌减成交量的累计；绝对水平没有意义，只看变化", "on-balance volume"),
             example="obv() > sma(obv(), 20)"),
)  # fmt: skip
