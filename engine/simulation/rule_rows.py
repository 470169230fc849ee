"""The market rules as rows: a rule that changed has two rows with dates. Rates are in 1 / ONE of turnover, limits in per cent of pre_close.

Titles and dates of the notices as recorded in the public data set marina-rules (CC0), which quotes them. Free of numba.
A change here needs a new RULES_VERSION, which is stamped into every result.
"""

from datetime import date
from typing import Literal, NamedTuple

RULES_VERSION = "2026-07-06.1"
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
    # Funds whose index holds only ChiNext or STAR stocks have 20% (2020-08-21 Shanghai, 2020-08-24 Shenzhen); which ones is a fact of
    # the instrument that a market does not carry, so for those the vendor's limits are needed.
    PriceLimit("fund", date(1996, 12, 16), 10, _RETROSPECT),
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
    since: date
    sessions: int
    up_percent: int | None
    down_percent: int | None
    source: str


LISTING_LIMITS = (
    ListingLimit("main", date(2014, 6, 13), 1, 44, 36, f"{_LISTING_SSE}；{_LISTING_SZSE}"),
    ListingLimit("main", date(2023, 4, 10), 5, None, None, _MAIN_2023),
    ListingLimit("chinext", date(2014, 6, 13), 1, 44, 36, _LISTING_SZSE),
    ListingLimit("chinext", date(2020, 8, 24), 5, None, None, _CHINEXT_2020),
    ListingLimit("star", date(2019, 7, 22), 5, None, None, _STAR_2019),
    ListingLimit("bse", date(2021, 11, 15), 1, None, None, _BSE_2021),
)


class Fee(NamedTuple):
    """A share of turnover that goes to the state or the clearing house. Boards without a row pay none."""

    boards: tuple[str, ...]
    since: date
    sides: tuple[Side, ...]
    rate: int
    source: str


STAMP_DUTIES: tuple[Fee, ...] = (
    Fee(STOCK_BOARDS, date(2008, 9, 19), ("sell",), 10_000, "财政部，9月19日起证券交易印花税改为单边征收，2008-09-19"),
    Fee(STOCK_BOARDS, date(2023, 8, 28), ("sell",), 5_000, "财政部 税务总局，关于减半征收证券交易印花税的公告（2023年第39号），2023-08-27"),
)

TRANSFER_FEES: tuple[Fee, ...] = (
    # Before it Shanghai charged by par value.
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


class Lot(NamedTuple):
    """Quantities of a purchase in shares, and the tick in li. Sells take any number of shares."""

    board: str
    tick: int
    lot: int
    step: int
    source: str


LOTS = (
    Lot("main", 10, 100, 100, _RULES_2006),
    Lot("chinext", 10, 100, 100, _RULES_2006),
    Lot("star", 10, 200, 1, _STAR_2019),
    Lot("bse", 10, 100, 1, _BSE_2021),
    Lot("fund", 1, 100, 100, _RULES_2006),
)

OPENED = {"chinext": date(2009, 10, 30), "star": date(2019, 7, 22), "bse": date(2021, 11, 15)}
"""A board has no bars before it opened, so a window may start earlier than the board's rules do."""
