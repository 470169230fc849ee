"""The market rules as rows: a rule that changed has two rows with dates. Rates are in 1 / ONE of turnover, limits in per cent of pre_close.

Titles and dates of the notices as recorded in the public data set marina-rules (CC0), which quotes them, or as reprinted in full by law
collections (duties before 2008-09-19, dividend tax). Free of numba.
A change here needs a new RULES_VERSION, which is stamped into every result.
"""

from datetime import date
from typing import Literal, NamedTuple

RULES_VERSION = "2026-07-06.2"
"""The newest row's date and a running number of corrections."""

Side = Literal["buy", "sell"]
STOCK_BOARDS = ("main", "chinext", "star", "bse")

_RETROSPECT = "深圳证券交易所，深市涨跌停板制度的由来，2018-03-28"
_ST_2026 = "上海证券交易所，上交所修订发布《上海证券交易所交易规则》，2026-04-24；深圳证券交易所，深证上〔2026〕551号，2026-04-24"
_CHINEXT_2009 = "深圳证券交易所，创业板首次公开发行股票上市首日交易监控和风险控制的通知，2009-09-24"
_CHINEXT_2020 = "深圳证券交易所，关于发布《深圳证券交易所创业板交易特别规定》的通知，2020-06-12"
_CHINEXT_ST = "深圳证券交易所，关于创业板风险警示股票和退市整理期股票交易制度安排的通知（深证上〔2020〕620号），2020-07-10"
_STAR_2019 = "上海证券交易所，关于发布《上海证券交易所科创板股票交易特别规定》的通知（上证发〔2019〕23号），2019-03-01"
_BSE_2021 = "北京证券交易所，关于发布《北京证券交易所交易规则（试行）》的公告（北证公告〔2021〕15号），2021-11-01"
_MAIN_2023 = "上海证券交易所，关于发布《上海证券交易所交易规则（2023年修订）》的通知（上证发〔2023〕32号），2023-02-17"
_LISTING_SSE = "上海证券交易所，关于进一步加强新股上市初期交易监管的通知（上证发〔2013〕47号），2013-12-13"
_LISTING_SZSE = "深圳证券交易所，关于完善首次公开发行股票上市首日交易机制有关事项的通知（深证会〔2014〕54号），2014-06-13"
_LISTING_1996 = f"{_RETROSPECT}；上海证券交易所，关于修订《上海证券交易所交易规则》若干条款的通知，2012-12-14"
_FUNDS_2020 = (
    "上海证券交易所，关于科创板相关基金等涨跌幅比例的通知（上证发〔2020〕61号），2020-08-21；深圳证券交易所，新闻发布会，2020-08-21"
)
_DELISTING_SSE = "上海证券交易所，关于发布《风险警示板股票交易管理办法（2020年12月修订）》的通知（上证发〔2020〕103号），2020-12-31"
_DELISTING_SZSE = "深圳证券交易所，退市整理股票价格涨跌幅限制比例是多少？，2021-01-27；股票上市规则（2020年修订），2020-12-31"
_DELISTING_STAR = "上海证券交易所，关于发布《科创板股票上市规则（2020年12月修订）》的通知（上证发〔2020〕101号），2020-12-31"
_DUTY_NOTICE = "财政部 国家税务总局，关于调整证券（股票）交易印花税税率的通知"
_DIVIDENDS_2015 = (
    "财政部 国家税务总局 证监会，关于上市公司股息红利差别化个人所得税政策有关问题的通知（财税〔2015〕101号），2015-09-07；"
    "关于实施上市公司股息红利差别化个人所得税政策有关问题的通知（财税〔2012〕85号）"
)
_RULES_2006 = "深圳证券交易所，关于发布《深圳证券交易所交易规则》的通知，2006-05-15；上海证券交易所交易规则（2006年版），2006-05-15"


class PriceLimit(NamedTuple):
    """How far a price may move from the day's reference price."""

    board: str
    since: date
    percent: int
    source: str


PRICE_LIMITS = (
    PriceLimit("main", date(1996, 12, 16), 10, _RETROSPECT),
    PriceLimit("chinext", date(2009, 10, 30), 10, _CHINEXT_2009),
    PriceLimit("chinext", date(2020, 8, 24), 20, _CHINEXT_2020),
    PriceLimit("star", date(2019, 7, 22), 20, _STAR_2019),
    PriceLimit("bse", date(2021, 11, 15), 30, _BSE_2021),
    PriceLimit("fund", date(1996, 12, 16), 10, _RETROSPECT),
    PriceLimit("fund_20", date(1996, 12, 16), 10, _RETROSPECT),
    # Shanghai's notice is in force since 2020-08-21; its first such fund was listed on 2020-11-16.
    PriceLimit("fund_20", date(2020, 8, 24), 20, _FUNDS_2020),
)

ST_LIMITS = (
    PriceLimit("main", date(1998, 4, 22), 5, "上海证券交易所，1998年上海证券交易所大事记，2015-12-10"),
    PriceLimit("main", date(2026, 7, 6), 10, _ST_2026),
    PriceLimit("chinext", date(2009, 10, 30), 5, _CHINEXT_ST),
    PriceLimit("chinext", date(2020, 8, 24), 20, _CHINEXT_ST),
)
"""Boards without a row treat ST stocks as any other."""


class ListingLimit(NamedTuple):
    """The first sessions of a stock that was listed since a date; None: unlimited. The reference price of the first is the issue price."""

    board: str
    exchange: Literal["SH", "SZ", "BJ", ""]
    """The end of the codes that it is for; "": all of the board."""
    since: date
    sessions: int
    up_percent: int | None
    down_percent: int | None
    source: str


LISTING_LIMITS = (
    ListingLimit("main", "", date(1996, 12, 16), 1, None, None, _LISTING_1996),
    ListingLimit("main", "SH", date(2013, 12, 13), 1, 44, 36, _LISTING_SSE),
    ListingLimit("main", "SZ", date(2014, 6, 13), 1, 44, 36, _LISTING_SZSE),
    ListingLimit("main", "", date(2023, 4, 10), 5, None, None, _MAIN_2023),
    ListingLimit("chinext", "", date(2009, 10, 30), 1, None, None, _CHINEXT_2009),
    ListingLimit("chinext", "", date(2014, 6, 13), 1, 44, 36, _LISTING_SZSE),
    ListingLimit("chinext", "", date(2020, 8, 24), 5, None, None, _CHINEXT_2020),
    ListingLimit("star", "", date(2019, 7, 22), 5, None, None, _STAR_2019),
    ListingLimit("bse", "", date(2021, 11, 15), 1, None, None, _BSE_2021),
)


class DelistingLimit(NamedTuple):
    """A delisting period (退市整理期) that began since a date, ST or not. One that began earlier follows the rows of its board."""

    board: str
    since: date
    sessions: int
    """The first ones, which are unlimited."""
    percent: int
    """In the others."""
    source: str


DELISTING_LIMITS = (
    DelistingLimit("main", date(2020, 12, 31), 1, 10, f"{_DELISTING_SSE}；{_DELISTING_SZSE}"),
    DelistingLimit("chinext", date(2020, 12, 31), 1, 20, _DELISTING_SZSE),
    DelistingLimit("star", date(2020, 12, 31), 1, 20, _DELISTING_STAR),
    DelistingLimit("bse", date(2021, 11, 15), 1, 30, _BSE_2021),
)


class Fee(NamedTuple):
    """A share of turnover that goes to the state or the clearing house. Boards without a row pay none."""

    boards: tuple[str, ...]
    since: date
    sides: tuple[Side, ...]
    rate: int
    source: str


STAMP_DUTIES: tuple[Fee, ...] = (
    Fee(("main",), date(2005, 1, 24), ("buy", "sell"), 10_000, f"{_DUTY_NOTICE}（财税〔2005〕11号），2005-01-24"),
    Fee(("main",), date(2007, 5, 30), ("buy", "sell"), 30_000, f"{_DUTY_NOTICE}（财税〔2007〕84号），2007-05-30"),
    # The notice itself was not found: the state's news agency on the decision of both ministries, printed by the papers of the day.
    Fee(("main",), date(2008, 4, 24), ("buy", "sell"), 10_000, "新华社，我国证券交易印花税税率的调整历史，2008-04-23"),
    Fee(STOCK_BOARDS, date(2008, 9, 19), ("sell",), 10_000, "财政部，9月19日起证券交易印花税改为单边征收，2008-09-19"),
    Fee(STOCK_BOARDS, date(2023, 8, 28), ("sell",), 5_000, "财政部 税务总局，关于减半征收证券交易印花税的公告（2023年第39号），2023-08-27"),
)

TRANSFER_FEES: tuple[Fee, ...] = (
    # Before it Shanghai charged 0.3 per mille of par value, which is no share of turnover, and Shenzhen 0.0255 per mille of turnover.
    Fee(
        ("main", "chinext", "star"),
        date(2015, 8, 1),
        ("buy", "sell"),
        200,
        "中国结算，关于调整A股交易过户费收费标准有关事项的通知，2015-07-09",
    ),
    Fee(("bse",), date(2021, 11, 15), ("buy", "sell"), 250, "中国结算，关于降低股票交易过户费收费标准的通知（所述原标准），2022-04-28"),
    Fee(STOCK_BOARDS, date(2022, 4, 29), ("buy", "sell"), 100, "中国结算，关于降低股票交易过户费收费标准的通知，2022-04-28"),
)


class DividendTax(NamedTuple):
    """A share of the gross cash dividend, withheld when shares that were held at most so long are sold. Held longer: none."""

    months: int
    """Calendar months from the purchase to the sale: the same day of the month, or the month's last."""
    since: date
    rate: int
    source: str


DIVIDEND_TAXES = (
    DividendTax(1, date(2015, 9, 8), 2_000_000, _DIVIDENDS_2015),
    DividendTax(12, date(2015, 9, 8), 1_000_000, _DIVIDENDS_2015),
)


class Lot(NamedTuple):
    """Quantities of a purchase in shares, and the tick in li. Sells take any number of shares."""

    board: str
    since: date
    tick: int
    lot: int
    step: int
    source: str


LOTS = (
    Lot("main", date(2006, 7, 1), 10, 100, 100, _RULES_2006),
    Lot("chinext", date(2009, 10, 30), 10, 100, 100, f"{_RULES_2006}；{_CHINEXT_2009}"),
    Lot("star", date(2019, 7, 22), 10, 200, 1, _STAR_2019),
    Lot("bse", date(2021, 11, 15), 10, 100, 1, _BSE_2021),
    Lot("fund", date(2006, 7, 1), 1, 100, 100, _RULES_2006),
    Lot("fund_20", date(2006, 7, 1), 1, 100, 100, _RULES_2006),
)
"""One for each board: quantities and ticks have not changed since."""

OPENED = {"chinext": date(2009, 10, 30), "star": date(2019, 7, 22), "bse": date(2021, 11, 15)}
"""A board has no bars before it opened, so a window may start earlier than the board's rules do."""
