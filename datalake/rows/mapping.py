"""Which column of a file is which of the table's: by Tushare's name, by ours, or as the user says; and what was probably meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from datalake.errors import ImportRefusedError, Problem, did_you_mean
from datalake.tables import Column, Table

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Dialect:
    """How files differ from Tushare's shape. Both name columns as Tushare or the lake does (`vol` or `volume`)."""

    names: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """The table's column to the file's: {"vol": "成交量"}."""
    units: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """The table's column to the unit of its figures in the file: {"vol": "shares"} (datalake/rows/units.py)."""


TUSHARE = Dialect()

_WHICH = {
    "ts_code": ("code", "symbol", "ticker", "secid", "stock_code", "order_book_id", "wind_code", "代码", "股票代码", "证券代码", "股票"),
    "trade_date": ("date", "day", "datetime", "tradedate", "trading_date", "time_key", "日期", "交易日期", "交易日", "时间"),
    "trade_time": ("time", "datetime", "date", "day", "bob", "eob", "时间", "日期", "日期时间"),
    "open": ("open_price", "openprice", "o", "开盘价", "开盘", "今开"),
    "high": ("high_price", "highprice", "highest", "h", "最高价", "最高"),
    "low": ("low_price", "lowprice", "lowest", "l", "最低价", "最低"),
    "close": ("close_price", "closeprice", "c", "price", "收盘价", "收盘"),
    "pre_close": ("preclose", "prev_close", "previous_close", "yclose", "前收盘价", "前收盘", "昨收", "昨收价", "前收"),
    "vol": ("volume", "vol_shares", "trade_volume", "total_volume", "turnover_vol", "成交量", "成交量(手)", "成交量(股)"),
    "amount": ("money", "turnover", "total_turnover", "turnover_value", "value", "成交额", "成交金额", "成交额(元)", "成交额(千元)"),
    "adj_factor": ("factor", "adjfactor", "hfq_factor", "复权因子", "后复权因子"),
    "name": ("display_name", "sec_name", "名称", "股票名称", "证券简称"),
    "list_date": ("start_date", "ipo_date", "listed_date", "上市日期"),
    "delist_date": ("end_date", "de_listed_date", "out_date", "退市日期"),
    "cal_date": ("date", "calendar_date", "日期"),
    "con_code": ("ts_code", "code", "成分券代码", "成份券代码"),
    "index_code": ("index", "指数代码"),
    "weight": ("权重", "权重(%)"),
    "up_limit": ("limit_up", "high_limit", "涨停价"),
    "down_limit": ("limit_down", "low_limit", "跌停价"),
}
"""Tushare's name to what others call it: only ever proposed, for units may differ."""


def check_columns(table: Table, dialect: Dialect) -> list[Problem]:
    """A mapping or a unit of a column that the table does not have, or of one column under both of its names."""
    problems: list[Problem] = []
    for option, given in (("--map", dialect.names), ("--unit", dialect.units)):
        meant: dict[str, str] = {}
        for name in given:
            column = named(table, name)
            if column is None:
                known = [each for column in table.columns for each in dict.fromkeys((column.tushare_name, column.name))]
                hint = did_you_mean(name, known) or f"it has {_listed(known)}"
                problems.append(Problem(option, f"{table.name} has no column {name!r}", hint))
            elif meant.setdefault(column.name, name) != name:
                problems.append(Problem(option, f"{meant[column.name]!r} and {name!r} are one column of {table.name}", "name it once"))
    return problems


def named(table: Table, name: str) -> Column | None:
    """The table's column by Tushare's name or by ours."""
    by_name = {column.name: column for column in table.columns} | {column.tushare_name: column for column in table.columns}
    return by_name.get(name)


def of_column(given: Mapping[str, str], column: Column) -> str | None:
    """What a dialect says of a column, under whichever of its names."""
    return given.get(column.tushare_name, given.get(column.name))


def matched(table: Table, names: Sequence[str], place: str, dialect: Dialect = TUSHARE) -> dict[str, str]:
    """The table's columns that a file with these columns has, each with the file's name of it.

    Blanks around the file's names do not count. ImportRefusedError names every one that is needed or was named by the user and is not
    there. Of minute bars `trade_date` follows from the time.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    written = {name.strip(): name for name in reversed(names)}
    names = list(written)[::-1]
    for column in table.columns:
        mapped = of_column(dialect.names, column)
        source = mapped if mapped is not None else _usual(column, names, dialect)
        if source in written:
            found[column.name] = written[str(source)]
        elif mapped is not None:
            hint = did_you_mean(mapped, names) or f"it has {_listed(names)}"
            problems.append(Problem(place, f"column {mapped!r}, mapped to {column.tushare_name!r}, is not there", hint))
        elif column.required and not follows(table, column):
            problems.append(Problem(place, f"column {column.tushare_name!r} is missing", _proposal(column, names)))
    if problems:
        raise ImportRefusedError(problems)
    return found


def follows(table: Table, column: Column) -> bool:
    """Whether it can be had from another column: the day of a minute bar from its time."""
    return column.name == "trade_date" and table.parts == "month"


def _usual(column: Column, names: Sequence[str], dialect: Dialect) -> str | None:
    """By Tushare's name, or by ours where that says the unit: `volume` could be hands or shares, unless the user tells."""
    if column.tushare_name in names:
        return column.tushare_name
    tells = column.name != "volume" or of_column(dialect.units, column) is not None
    return column.name if tells and column.name in names else None


def _proposal(column: Column, names: Sequence[str]) -> str:
    wanted = column.tushare_name
    folded = {name.strip().lower(): name for name in names}
    for likely in (wanted, column.name, *_WHICH.get(wanted, ())):
        if likely in folded:
            meant = folded[likely]
            unit = f", and --unit {wanted}=UNIT where that is not Tushare's" if column.name in ("volume", "amount") else ""
            return f"did you mean {meant!r}? then say --map {wanted}={meant}{unit}"
    return did_you_mean(wanted, names) or f"it has {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")
