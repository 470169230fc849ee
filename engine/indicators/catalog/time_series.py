"""A stock's own bars before this one."""

from engine.indicators.catalog.row import AT_SHIFT, CONDITION, IN_WINDOW, Function, N, X

FUNCTIONS: tuple[Function, ...] = (
    Function("ref", "前值", "time series", (X, N), "x as it was n bars ago", "the first n bars", "通达信 REF",
             look_back=lambda n: n, look_back_text="n",
             example="close > ref(close, 1)"),
    Function("delta", "差分", "time series", (X, N), "x - ref(x, n)", AT_SHIFT, "TA-Lib MOM",
             look_back=lambda n: n, look_back_text="n",
             example="delta(close, 5) > 0"),
    Function("sum", "求和", "time series", (X, N), "sum of the last n bars, oldest to newest", IN_WINDOW, "TA-Lib SUM; 通达信 SUM",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             example="sum(volume, 5)"),
    Function("highest", "最高值", "time series", (X, N), "largest of the last n bars", IN_WINDOW, "TA-Lib MAX; 通达信 HHV",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             example="close >= highest(close, 20)"),
    Function("lowest", "最低值", "time series", (X, N), "smallest of the last n bars", IN_WINDOW, "TA-Lib MIN; 通达信 LLV",
             look_back=lambda n: n - 1, look_back_text="n - 1",
             example="close <= lowest(close, 20)"),
    Function("count", "计数", "time series", (CONDITION, N), "how many of the last n bars are true", "the first n-1 bars", "通达信 COUNT",
             scale="plain", look_back=lambda n: n - 1, look_back_text="n - 1",
             example="count(close > ref(close, 1), 10) >= 7"),
)  # fmt: skip
