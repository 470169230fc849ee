"""Units of figures in files: what each kind of column may be given in, and the way from there to Tushare's unit."""

from typing import NamedTuple

from datalake.errors import Problem, did_you_mean
from datalake.rows.mapping import Dialect, named
from datalake.tables import HANDS, PRICE, THOUSAND_LI, Column, Table


class Measure(NamedTuple):
    """A kind of figures."""

    name: str
    units: dict[str, int]
    """Each as a whole number of the smallest, so that nothing is lost on the way."""


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("price", {"li": 1, "fen": 10, "cny": 1_000}),
        Measure("shares", {"shares": 1, "hands": 100, "10k_shares": 10_000, "100m_shares": 100_000_000}),
        Measure("money", {"cny": 1, "thousand_cny": 1_000, "10k_cny": 10_000, "100m_cny": 100_000_000}),
        Measure("share of a whole", {"percent": 1, "ratio": 100}),
        Measure("for each share", {"per_10_shares": 1, "per_share": 10}),
    )
}


class Native(NamedTuple):
    """What Tushare gives a column in."""

    measure: Measure
    unit: str


def native(column: Column) -> Native | None:
    """None: the column has no unit (codes, dates, flags, pe)."""
    if column.type == PRICE:
        return Native(MEASURES["price"], "cny")
    if column.name.endswith("volume"):
        return Native(MEASURES["shares"], "hands" if column.scale == HANDS else "shares")
    if column.name.endswith("amount"):
        return Native(MEASURES["money"], "thousand_cny" if column.scale == THOUSAND_LI else "cny")
    if column.name in ("stk_div", "cash_div_tax"):
        return Native(MEASURES["for each share"], "per_share")
    if column.unit.startswith("%"):
        return Native(MEASURES["share of a whole"], "percent")
    return {
        "10,000 shares": Native(MEASURES["shares"], "10k_shares"),
        "10,000 CNY": Native(MEASURES["money"], "10k_cny"),
    }.get(column.unit)


def check_units(table: Table, dialect: Dialect) -> list[Problem]:
    """Units that are not known, or of columns that have none."""
    problems: list[Problem] = []
    for name, unit in dialect.units.items():
        column = named(table, name)
        if column is None:
            continue  # told by check_columns
        has = native(column)
        if has is None:
            problems.append(Problem("--unit", f"{table.name}.{name} has no unit", "leave it out"))
        elif unit not in has.measure.units:
            known = list(has.measure.units)
            near = did_you_mean(unit, known)
            hint = (f"{near} " if near else "") + f"known: {', '.join(known)}; Tushare's is {has.unit}"
            problems.append(Problem("--unit", f"{unit!r} is no unit of {table.name}.{name}", hint))
    return problems


def ratio(column: Column, unit: str | None) -> tuple[int, int]:
    """A figure in `unit` times the first over the second is Tushare's; (1, 1) where it is Tushare's own."""
    has = native(column)
    if unit is None or has is None:
        return 1, 1
    given, wanted = has.measure.units[unit], has.measure.units[has.unit]
    return (given // wanted, 1) if given % wanted == 0 else (1, wanted // given) if wanted % given == 0 else (given, wanted)
