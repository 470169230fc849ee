"""Which interfaces of Tushare fill the lake: one row each, how it is asked, its caps, and what an answer is all of."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

import polars as pl

from datalake.calendar import to_date
from datalake.errors import ContextError, Problem
from datalake.tables import FREQUENCIES, TABLES

By = Literal["whole", "state", "exchange_year", "day", "index_year", "index_month", "code_month"]
"""How an interface is asked. A part is, in this order: "all"; "L"; "SSE_2024"; "20240102"; "000300.SH_2024"; "000300.SH_202401";
"600519.SH_5m_202401"."""

FUND = r"^(5\d{5}\.SH|1[568]\d{4}\.SZ)$"
"""Codes of the funds that trade on an exchange; every other code is a stock. (Both share the tables of bars and factors.)"""

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Interface(NamedTuple):
    """How one interface is asked, and what it costs."""

    name: str
    table: str
    """Of the lake; "bars_*" for minute bars, whose table follows from the part (`table_of`)."""
    by: By
    row_cap: int
    """Rows that one call gives at most; a longer answer is cut off in silence."""
    points: int
    """That the account needs."""
    source: str
    """Where row_cap and points come from."""
    per_minute: int = 200
    """Calls that an account may make, unless its owner says otherwise: what 2,000 points give (5,000 give 500)."""
    may_be_empty: bool = False
    """Whether an answer without rows is plausible; otherwise it means that the data is not out, or that something is wrong."""
    states: tuple[str, ...] = ()
    """All parts of an interface that is asked by state."""
    empty_states: tuple[str, ...] = ()
    """Those of them in which nothing need be."""
    questions: tuple[Mapping[str, str], ...] = (_NOTHING,)
    """What every part is asked with; more than one: the part's answer is all their answers together."""
    renamed: Mapping[str, str] = _NOTHING
    """Tushare's field, and the field of the same meaning by which the table knows it."""
    without: tuple[str, ...] = ()
    """Columns of the table that this interface does not have."""
    keep: Mapping[str, str] = _NOTHING
    """Fields that are asked for only to filter: rows with another value are no rows of the table."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Asked for, by Tushare's names."""
        theirs = {ours: name for name, ours in self.renamed.items()}
        columns = TABLES[self.table.replace("*", "5m")].columns
        names = [column.tushare_name for column in columns if column.name not in self.without]
        return (*(theirs.get(name, name) for name in names), *self.keep)

    def table_of(self, part: str) -> str:
        """The lake's table that the part's rows belong to."""
        return self.table.replace("*", self._split(part)[1]) if self.by == "code_month" else self.table

    def allows_empty(self, part: str) -> bool:
        return self.may_be_empty or part in self.empty_states

    def calls(self, part: str) -> tuple[dict[str, str], ...]:
        """The parameters of each call (without paging) whose answers together are the part's."""
        return tuple({**question, **self.params(part)} for question in self.questions)

    def params(self, part: str) -> dict[str, str]:
        """What the part itself says, as Tushare's parameters."""
        words = self._split(part)
        if self.by == "whole":
            return {}
        if self.by in ("state", "day"):
            return {_ASKED_BY.get(self.name, "trade_date"): part}
        if self.by == "code_month":
            first, last = (f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in ends(words[2]))
            times = {"start_date": f"{first} 00:00:00", "end_date": f"{last} 23:59:59"}
            return {"ts_code": words[0], "freq": words[1].replace("m", "min"), **times}
        first, last = ends(words[1])
        return {_GROUP[self.by][0]: words[0], "start_date": first, "end_date": last}

    def about(self, part: str) -> dict[str, str]:
        """Fields of the answer, and how every one of their values begins (dates as YYYYMMDD)."""
        words = self._split(part)
        if self.by == "whole":
            return {}
        if self.by in ("state", "day"):
            return {_ASKED_BY.get(self.name, "trade_date"): part}
        code, day = _GROUP[self.by]
        return {code: words[0], "trade_time" if self.by == "code_month" else day: words[-1]}

    def covers(self, parts: Sequence[str]) -> pl.Expr:
        """Rows of the lake's table that the answers to these parts are all of: one that an answer lacks is no longer Tushare's.

        The parts belong to one table.
        """
        split = [self._split(part) for part in parts]
        if not split or self.by == "whole":
            return pl.lit(bool(split))
        if self.by == "state":
            return pl.col("list_status").is_in(list(parts)) & _kind(self.name)
        if self.by == "day":
            days = [to_date(int(part)) for part in parts]
            return pl.col(TABLES[self.table].date).is_in(days) & _kind(self.name)
        code, day = _GROUP[self.by]
        return _in_groups(code, day, [(words[0], words[-1]) for words in split])

    def _split(self, part: str) -> list[str]:
        words = part.split("_")
        forms = _FORMS[self.by]
        if len(words) != len(forms) or not all(_fits(form, word) for form, word in zip(forms, words, strict=True)):
            raise ContextError(Problem("part", f"{self.name} has no part {part!r}", f"it is asked by {self.by}"))
        return words


def part_of(*words: str | int) -> str:
    """The name of a part: part_of("600519.SH", "5m", 202401) is "600519.SH_5m_202401"."""
    return "_".join(str(word) for word in words)


def ends(period: str) -> tuple[str, str]:
    """First and last day of a year or month: "202402" gives "20240201", "20240229"."""
    if len(period) == 4:
        return f"{period}0101", f"{period}1231"
    return f"{period}01", f"{period}{monthrange(int(period[:4]), int(period[4:6]))[1]:02d}"


_ASKED_BY = {"stock_basic": "list_status", "fund_basic": "status", "dividend": "ex_date"}
"""Tushare's parameter that a state or a day is; else trade_date."""
_GROUP: Mapping[By, tuple[str, str]] = {
    "exchange_year": ("exchange", "cal_date"),
    "index_year": ("ts_code", "trade_date"),
    "index_month": ("index_code", "trade_date"),
    "code_month": ("ts_code", "trade_date"),
}
"""Columns that a part's code and its year or month are about; Tushare's parameter of the code has the column's name."""
_FUNDS = ("fund_basic", "fund_daily", "fund_adj")
_STOCKS = ("stock_basic", "daily", "adj_factor")
_FORMS: Mapping[By, tuple[str, ...]] = {
    "whole": ("all",),
    "state": ("state",),
    "day": ("day",),
    "exchange_year": ("word", "year"),
    "index_year": ("word", "year"),
    "index_month": ("word", "month"),
    "code_month": ("word", "frequency", "month"),
}
_LENGTH = {"year": 4, "month": 6, "day": 8}


def _fits(form: str, word: str) -> bool:
    if form in _LENGTH:
        return word.isdecimal() and len(word) == _LENGTH[form] and (form == "year" or 1 <= int(word[4:6]) <= 12)
    return word in FREQUENCIES if form == "frequency" else word == "all" if form == "all" else bool(word)


def _kind(name: str) -> pl.Expr:
    """Stocks and funds share tables: an answer about the one says nothing of the other."""
    fund = pl.col("ts_code").str.contains(FUND)
    return fund if name in _FUNDS else ~fund if name in _STOCKS else pl.lit(True)


def _in_groups(code: str, date: str, groups: Sequence[tuple[str, str]]) -> pl.Expr:
    """Rows whose code and year or month are asked for together; few comparisons even of thousands of groups."""
    by_period: dict[str, list[str]] = {}
    for name, period in groups:
        by_period.setdefault(period, []).append(name)
    found = []
    for period, names in by_period.items():
        first, last = ends(period)
        found.append(pl.col(date).is_between(to_date(int(first)), to_date(int(last))) & pl.col(code).is_in(names))
    return pl.any_horizontal(found)


_PAGE = "https://tushare.pro/document/2?doc_id="

INTERFACES: Mapping[str, Interface] = {
    row.name: row
    for row in (
        Interface(
            "stock_basic",
            "instruments",
            "state",
            6000,
            2000,
            f"{_PAGE}25: 每次最多返回6000行, 2000积分起",
            states=("L", "D", "P"),  # the default is L alone, which would leave only survivors
            empty_states=("P",),
            without=("limit_percent", "same_day"),
        ),
        Interface(
            "fund_basic",
            "instruments",
            "state",
            15_000,
            2000,
            f"{_PAGE}19: 用户需要2000积分才可以调取, 单次最大可以提取15000条数据",
            states=("L", "D", "I"),
            empty_states=("D", "I"),
            questions=(MappingProxyType({"market": "E"}),),  # those that trade on an exchange
            renamed=MappingProxyType({"status": "list_status", "fund_type": "industry"}),
            without=("area", "market", "limit_percent", "same_day"),
        ),
        Interface("trade_cal", "trade_cal", "exchange_year", 2000, 2000, f"{_PAGE}26: 需2000积分; no cap is told, a year is 366 rows"),
        Interface(
            "index_member_all",
            "industries",
            "whole",
            2000,
            2000,
            f"{_PAGE}335: 单次最大2000行, 用户需2000积分可调取",
            questions=(MappingProxyType({"is_new": "Y"}), MappingProxyType({"is_new": "N"})),  # the default is Y alone: no past
        ),
        Interface("namechange", "namechange", "whole", 10_000, 2000, f"{_PAGE}100 tells neither; 10,000 rows came at once"),
        Interface(
            "suspend_d", "suspensions", "day", 5000, 2000, f"{_PAGE}214: 至少需要2000积分; 5,000 rows came at once", may_be_empty=True
        ),
        Interface(
            "dividend",
            "dividends",
            "day",
            2000,
            2000,
            f"{_PAGE}103: 单次查询返回2000行, 用户需要至少2000积分才可以调取",
            may_be_empty=True,
            keep=MappingProxyType({"div_proc": "实施"}),  # plans may still change
        ),
        Interface(
            "stk_limit",
            "limits",
            "day",
            5800,
            2000,
            f"{_PAGE}183: 单次最多提取5800条记录, 用户积2000积分可调取",
            may_be_empty=True,  # it does not reach as far back as the bars
        ),
        Interface("adj_factor", "adj_factor", "day", 6000, 2000, f"{_PAGE}28: 2000积分起; no cap is told, 6,000 rows came at once"),
        Interface(
            "fund_adj",
            "adj_factor",
            "day",
            2000,
            600,
            f"{_PAGE}199: 单次最大提取2000行记录, 用户积600积分可调取",
            may_be_empty=True,
        ),
        Interface("daily_basic", "daily_basic", "day", 6000, 2000, f"{_PAGE}32: 单次请求最大返回6000条数据, 至少2000积分才可以调取"),
        Interface(
            "index_daily",
            "index_1d",
            "index_year",
            8000,
            2000,
            f"{_PAGE}95: 单次最大8000行记录, 2000积分可获得",
            may_be_empty=True,  # of a year before the index began
        ),
        Interface(
            "index_weight",
            "index_members",
            "index_month",
            5000,
            2000,
            f"{_PAGE}96: 用户需要至少2000积分才可以调取; no cap is told, a month of the whole market's index is about 5,000 rows",
            may_be_empty=True,
        ),
        Interface("daily", "bars_1d", "day", 6000, 120, f"{_PAGE}27: 每次6000条数据; 120 points, the least that there are"),
        Interface(
            "fund_daily",
            "bars_1d",
            "day",
            2000,
            5000,
            f"{_PAGE}127: 单次最大2000行记录, 需要至少5000积分才可以调取",
            may_be_empty=True,
            without=("after_hours_volume", "after_hours_amount"),
        ),
        Interface(
            "stk_mins",
            "bars_*",
            "code_month",
            8000,
            0,
            f"{_PAGE}370: 单次最大8000行数据; the permission is bought apart, points do not give it",
            may_be_empty=True,  # a month of suspension
            without=("trade_date",),
        ),
    )
}
"""In the order in which they are best asked: facts before bars. Caps and points are Tushare's pages' as of autumn 2026; calls a minute
differ from account to account and are settings (datalake/upstream/throttle.py: Limits)."""
