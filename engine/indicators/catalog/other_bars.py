"""Other bars than those that a strategy runs on: an index's, and the daily ones beside minutes, weeks or months.

Their first argument is computed on those bars as a whole, and what it was there stands on the stock's bar; so number or truth, as x is.
"""

from engine.indicators.catalog.row import Argument, Function
from engine.words import Words

GROUP = "other bars"
INDEX, DAILY = "index", "daily"
ELSEWHERE = Argument("x", "elsewhere")

INDEX_FIELDS = {"open": "raw_open", "high": "raw_high", "low": "raw_low", "close": "raw_close", "volume": "volume", "amount": "amount"}
"""What an index has, and the field of its bars that it is: an index is not adjusted, its prices are points."""

FUNCTIONS: tuple[Function, ...] = (
    Function(INDEX, "指数", GROUP, (ELSEWHERE, Argument("code", "code")),
             "x on the index's daily bars, prices in points: of the same session; on minute bars of the session before",
             "x is, or that session has no bar of the index; nothing is filled",
             "通达信 INDEXC and its kin, which take one index and show today's unfinished bar on minute charts",
             scale="plain",
             text=Words("在指数的日线上计算 x，价格为点数：取同一交易日，分钟线取前一交易日", "on an index's bars"),
             example="index(close > sma(close, 20), '000300.SH')"),
    Function(DAILY, "日线", GROUP, (ELSEWHERE,),
             "x on the stock's own daily bars: its last one before a minute bar's session, or up to the last session of a week or month",
             "x is, or there is no daily bar before",
             "通达信 #DAY, which shows the unfinished day's bar as well: that looks ahead inside the day",
             text=Words("在股票自己的日线上计算 x：分钟线取所在交易日之前的最后一根，周线、月线取截至其最后一个交易日的最后一根",
                        "on the stock's daily bars"),
             example="daily(close > sma(close, 20))"),
)  # fmt: skip
