"""Who is in the sample market, and what happens to them: listings, delistings, suspensions, ST spells, a new code. All invented."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datalake.sample.closed import sessions
from datalake.sample.draws import Draws, Whole

INDUSTRIES = ("银行", "食品饮料", "医药生物", "电子", "计算机", "电力设备", "基础化工", "汽车")
AREAS = ("北京", "上海", "深圳", "浙江", "江苏", "四川", "湖北", "山东")

STAR_START, CHINEXT_20, MAIN_UNLIMITED = date(2019, 7, 22), date(2020, 8, 24), date(2023, 4, 10)
"""STAR opens; ChiNext, and funds of its stocks alone, go from 10% to 20%, and its listings trade 5 sessions without limits; main-board
listings do too."""

FREE_UP, FREE_DOWN = 60, 40
"""Percent that the sample's prices reach at most where there is no limit."""

DELISTING_SESSIONS = 15
"""How long a delisting period lasts."""

Mask = npt.NDArray[np.bool_]


class Share(NamedTuple):
    """One stock or fund of the sample."""

    ts_code: str
    name: str
    board: str
    sector: int
    list_date: date
    delist_date: date | None
    same_day: bool = False

    @property
    def is_fund(self) -> bool:
        return self.board.startswith("fund")


class NewCode(NamedTuple):
    """One company goes on under another code and name from its session on."""

    column: int
    row: int
    ts_code: str
    name: str


class Spell(NamedTuple):
    """Special treatment of one stock from its first session to the one after its last (None: to the end of the sample)."""

    column: int
    first: int
    last: int | None
    prefix: str


@dataclass(frozen=True)
class Listing:
    """S sessions by N shares."""

    days: tuple[date, ...]
    shares: tuple[Share, ...]
    new_code: NewCode
    spells: tuple[Spell, ...]
    leaving: tuple[tuple[int, int], ...]
    """Column, and the row of the first session of its delisting period."""
    listed: Mask
    """(S, N) from the day of listing to the last day before delisting."""
    suspended: Mask
    """(S, N) whole days, inside the listing."""
    special: Mask
    """(S, N) under special treatment."""
    age: Whole
    """(S, N) 1 on the day of listing; listings before the first session count as old (1000)."""
    percent_up: Whole
    """(S, N) daily limit in percent."""
    percent_down: Whole

    @property
    def codes(self) -> npt.NDArray[np.str_]:
        """(S, N) the code of each share on each day."""
        found = np.array([[share.ts_code for share in self.shares]]).repeat(len(self.days), axis=0)
        found[self.new_code.row :, self.new_code.column] = self.new_code.ts_code
        return found

    @property
    def unbound(self) -> Mask:
        """(S, N) the first session of a delisting period: it has no limits."""
        found = np.zeros(self.listed.shape, dtype=bool)
        for column, row in self.leaving:
            found[row, column] = True
        return found


def make_listing(draws: Draws) -> Listing:
    days = tuple(sessions())
    shares = _shares(days)
    total, count = len(days), len(shares)
    first = np.array([_row_of(days, share.list_date) for share in shares])
    last = np.array([_row_of(days, share.delist_date) if share.delist_date else total for share in shares])
    rows = np.arange(total)[:, None]
    listed = (rows >= first) & (rows < last)
    born_here = np.array([share.list_date >= days[0] for share in shares])
    age = np.where(listed, np.where(born_here, rows - first + 1, 1000), 0)
    funds = np.array([share.is_fund for share in shares])
    leaving = tuple((column, int(last[column]) - DELISTING_SESSIONS) for column, share in enumerate(shares) if share.delist_date)
    spells = _spells(days, shares, leaving)
    special = np.zeros((total, count), dtype=bool)
    for spell in spells:
        special[spell.first : spell.last, spell.column] = True
    special &= listed
    up, down = _percents(days, shares, special, age)
    for column, row in leaving:
        up[row, column], down[row, column] = FREE_UP, FREE_DOWN
    suspended = _suspensions(draws, listed & ~funds, age, last)
    column, day, code, name = _NEW_CODE
    return Listing(
        days, shares, NewCode(column, _row_of(days, day), code, name), spells, leaving, listed, suspended, special, age, up, down
    )


_COUNTS = (("609", 1, 28, "SH", "main"), ("009", 1, 22, "SZ", "main"), ("302", 901, 14, "SZ", "chinext"), ("689", 901, 12, "SH", "star"))
"""Prefix, first number, how many: ranges that the exchanges have not given to real companies."""

_FUNDS = (("529001.SH", "fund"), ("529002.SH", "fund"), ("150901.SZ", "fund_20"), ("150902.SZ", "fund"))
_SAME_DAY = "529002.SH"
"""The fund that is sold on the day of its purchase."""

_NEW_CODE = (45, date(2022, 7, 1), "009031.SZ", "样本新046")
"""Position, about from when, and to what; the index sets its members on that day."""

_LISTED_INSIDE = {
    24: (2018, 5),
    25: (2019, 3),
    26: (2021, 9),
    27: (2023, 6),
    48: (2018, 9),
    49: (2022, 4),
    61: (2019, 10),
    62: (2020, 11),
    63: (2023, 2),
}
"""Position to year and month of the listing."""

_DELISTED = {10: date(2021, 6, 30), 40: date(2023, 5, 31), 58: date(2024, 7, 15)}
"""Position to about when; each ends a delisting period, and that a spell of special treatment that began a year before."""

_RECOVERED = {3: (date(2019, 4, 30), date(2020, 6, 1)), 33: (date(2022, 4, 29), date(2023, 5, 15)), 20: (date(2024, 5, 6), None)}
"""Position to about from when to when under special treatment; None: still."""


def _shares(days: tuple[date, ...]) -> tuple[Share, ...]:
    shares: list[Share] = []
    for prefix, number, count, exchange, board in _COUNTS:
        for step in range(count):
            position = len(shares)
            delisted = _DELISTED.get(position)
            share = Share(
                ts_code=f"{prefix}{number + step:03d}.{exchange}",
                name=f"样本{position + 1:03d}",
                board=board,
                sector=position * 3 % len(INDUSTRIES),
                list_date=_list_date(days, position, step, board),
                delist_date=days[_row_of(days, delisted)] if delisted else None,
            )
            shares.append(share)
    for step, (code, board) in enumerate(_FUNDS):
        shares.append(Share(code, f"样本ETF{step + 1:02d}", board, step * 2, date(2012 + step, 5, 28), None, code == _SAME_DAY))
    return tuple(shares)


def _list_date(days: tuple[date, ...], position: int, step: int, board: str) -> date:
    if board == "star":
        return STAR_START if step < 4 else days[_row_of(days, STAR_START) + 97 * (step - 3)]
    if position in _LISTED_INSIDE:
        year, month = _LISTED_INSIDE[position]
        return days[_row_of(days, date(year, month, 11))]
    oldest = date(2010, 1, 4) if board == "chinext" else date(1998, 1, 5)
    return oldest + timedelta(days=7 * (position * 37 % 360))


def _row_of(days: tuple[date, ...], day: date) -> int:
    """The first session on or after a day."""
    return next(row for row, session in enumerate(days) if session >= day)


def _spells(days: tuple[date, ...], shares: tuple[Share, ...], leaving: tuple[tuple[int, int], ...]) -> tuple[Spell, ...]:
    ends = dict(leaving)
    found = [
        Spell(column, _row_of(days, share.delist_date - timedelta(days=365)), ends[column], "*ST")
        for column, share in enumerate(shares)
        if share.delist_date
    ]
    for column, (start, end) in _RECOVERED.items():
        found.append(Spell(column, _row_of(days, start), _row_of(days, end) if end else None, "ST"))
    return tuple(sorted(found))


def _percents(days: tuple[date, ...], shares: tuple[Share, ...], special: Mask, age: Whole) -> tuple[Whole, Whole]:
    """The rules in force, told here once more because the lake may not ask the engine; a test compares the two."""
    boards = np.array([share.board for share in shares])
    dates = np.array(days, dtype="datetime64[D]")[:, None]
    reformed = (boards == "star") | (((boards == "chinext") | (boards == "fund_20")) & (dates >= np.datetime64(CHINEXT_20)))
    percent = np.where(reformed, 20, np.where(special, 5, 10))
    first_day = age == 1
    free = (age >= 1) & (age <= 5) & (reformed | ((boards == "main") & (dates >= np.datetime64(MAIN_UNLIMITED))))
    up = np.where(free, FREE_UP, np.where(first_day, 44, percent))
    down = np.where(free, FREE_DOWN, np.where(first_day, 36, percent))
    return up.astype(np.int64), down.astype(np.int64)


def _suspensions(draws: Draws, listed: Mask, age: Whole, last: Whole) -> Mask:
    total, count = listed.shape
    found = np.zeros((total, count), dtype=bool)
    starts, lengths = draws.between(30, total - 60, 9, count), draws.between(1, 10, 9, count)
    lengths[0, ::17] = draws.between(60, 130, lengths[0, ::17].size)
    for spell in range(starts.shape[0]):
        for column in range(count):
            first = int(starts[spell, column])
            found[first : first + int(lengths[spell, column]), column] = True
    ends = np.arange(total)[:, None] >= last - 20
    return found & listed & (age > 20) & ~ends
