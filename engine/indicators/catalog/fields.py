"""The facts of each bar that a strategy may name."""

from engine.indicators.catalog.row import Field
from engine.words import Words


def _price(name: str, text: Words) -> tuple[Field, Field]:
    return (
        Field(name, "0.01 li, adjusted", Words(f"{text.zh}，后复权", f"{text.en}, back-adjusted"), scale="adjusted"),
        Field(f"raw_{name}", "yuan", Words(f"{text.zh}，实际成交的价格", f"{text.en}, as traded"), scale="traded"),
    )


_PRICES = {
    "open": Words("开盘价", "first price"),
    "high": Words("最高价", "highest price"),
    "low": Words("最低价", "lowest price"),
    "close": Words("收盘价", "last price"),
    "vwap": Words("均价：成交额 / 成交量", "amount / volume"),
}

_DAILY_BASIC = {
    "turnover_rate": ("%", Words("换手率：成交股数 / 流通股数", "shares traded / tradable shares")),
    "turnover_rate_f": ("%", Words("换手率，按自由流通股数", "shares traded / shares that float freely")),
    "pe": ("", Words("市盈率，按上一年度净利润；亏损时为 NaN", "price / earnings of the last year (NaN for a loss)")),
    "pe_ttm": ("", Words("市盈率，按最近十二个月净利润", "price / earnings of the last twelve months")),
    "pb": ("", Words("市净率", "price / book value")),
    "ps": ("", Words("市销率，按上一年度营业收入", "price / sales of the last year")),
    "ps_ttm": ("", Words("市销率，按最近十二个月营业收入", "price / sales of the last twelve months")),
    "dv_ratio": ("%", Words("股息率", "dividend yield")),
    "dv_ttm": ("%", Words("股息率，按最近十二个月分红", "dividend yield of the last twelve months")),
    "total_share": ("10,000 shares", Words("总股本", "total shares")),
    "float_share": ("10,000 shares", Words("流通股本", "tradable shares")),
    "free_share": ("10,000 shares", Words("自由流通股本", "shares that float freely")),
    "total_mv": ("10,000 yuan", Words("总市值", "market value of all shares")),
    "circ_mv": ("10,000 yuan", Words("流通市值", "market value of the tradable shares")),
}

FIELDS: tuple[Field, ...] = (
    *(prices[0] for prices in (_price(*row) for row in _PRICES.items())),
    *(prices[1] for prices in (_price(*row) for row in _PRICES.items())),
    Field("volume", "shares", Words("成交股数", "shares traded")),
    Field("amount", "yuan", Words("成交额", "money traded")),
    Field("is_st", "", Words("当日是否为风险警示股（ST、*ST）", "special treatment (ST, *ST) on that day"), kind="truth", needs="is_st"),
    Field(
        "listed_days",
        "sessions",
        Words("上市以来的交易日数，上市当日为 1；不知道时为 0", "sessions since the listing, its day being 1; 0 where it is unknown"),
        needs="listed_sessions",
    ),
    Field("weekday", "", Words("星期几，周一为 1，周五为 5", "1 on Mondays to 5 on Fridays"), is_shared=True),
    Field("day", "", Words("几号", "day of the month"), is_shared=True),
    Field("month", "", Words("几月，1 到 12", "1 to 12"), is_shared=True),
    Field("year", "", Words("年份，如 2024", "as in 2024"), is_shared=True),
    Field(
        "minute",
        "minutes",
        Words(
            "从零点到本根结束的分钟数（北京时间）：9:35 为 575；日线为 900",
            "from midnight to the end of the bar, in Shanghai: 575 at 9:35; 900 on daily bars",
        ),
        is_shared=True,
    ),
    Field(
        "is_month_start",
        "",
        Words("当月第一个交易日；交易日历的第一个月为 false", "first session of its month; false where the exchange's calendar begins"),
        kind="truth",
        is_shared=True,
    ),
    Field(
        "is_month_end",
        "",
        Words(
            "当月最后一个交易日，按交易日历事先可知；日历到头处为 false",
            "last session of its month, known in advance; false where the calendar ends",
        ),
        kind="truth",
        is_shared=True,
    ),
    *(Field(name, unit, text, needs=name) for name, (unit, text) in _DAILY_BASIC.items()),
)
