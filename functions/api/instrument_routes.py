"""Pickers: which stocks and funds a dataset has, its sessions, and its indices."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Query

from datalake.asked.benchmark import has_index_bars
from datalake.calendar import from_iso, iso, iso_or_none
from datalake.errors import ContextError, Problem, did_you_mean
from datalake.versions import Catalog, Instrument
from engine.universe import BOARDS
from functions.api.market_asked import asked_dataset, days_of, listed, read_cursor, write_cursor
from functions.api.market_shapes import (
    CalendarQuery,
    CalendarShown,
    IndexList,
    IndexQuery,
    IndexShown,
    InstrumentList,
    InstrumentQuery,
    InstrumentShown,
)
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)

NO_MATCH = 3


@router.get("/instruments")
def list_instruments(query: Annotated[InstrumentQuery, Query()], user: Caller, house: TheHouse) -> InstrumentList:
    """Stocks and funds by code, or what fits a search with the best first: codes that begin so, names that begin so, then whatever has it
    somewhere. Names are today's; there are no phonetic spellings, because no dataset has them."""
    dataset = asked_dataset(house, query.datasource_version)
    problems = list(_problems(query, dataset.catalog))
    if problems:
        raise ContextError(problems)
    after = tuple(read_cursor(query.cursor, (int, str))) if query.cursor else (-1, "")
    text = _folded(query.search)
    fitting = sorted((place, row.ts_code, row) for row in _chosen(query, dataset.catalog) if (place := _place(text, row)) < NO_MATCH)
    rest = [found for found in fitting if found[:2] > after]
    more = len(rest) > query.limit
    shown = rest[: query.limit]
    return InstrumentList(
        items=[_shown(row) for _, _, row in shown],
        next_cursor=write_cursor(shown[-1][:2]) if more else None,
        total=len(fitting),
        datasource_version=dataset.version,
    )


@router.get("/calendar")
def get_calendar(query: Annotated[CalendarQuery, Query()], user: Caller, house: TheHouse) -> CalendarShown:
    """The sessions of a range of days, as the dataset knows them."""
    dataset = asked_dataset(house, query.datasource_version)
    sessions = dataset.catalog.sessions
    first, last = days_of(query)
    return CalendarShown(
        datasource_version=dataset.version,
        first=iso_or_none(sessions[0]) if sessions else None,
        last=iso_or_none(sessions[-1]) if sessions else None,
        sessions=[iso(day) for day in sessions if first <= day <= last],
    )


@router.get("/indices")
def list_indices(query: Annotated[IndexQuery, Query()], user: Caller, house: TheHouse) -> IndexList:
    """Every index of a dataset by code: whether it can be a benchmark or a universe, and of when its bars are."""
    dataset = asked_dataset(house, query.datasource_version)
    catalog = dataset.catalog
    ranges = catalog.index_bars
    items = [
        IndexShown(
            ts_code=code,
            has_bars=has_index_bars(catalog, code),
            has_members="members" in has.split(),
            first=iso_or_none(ranges[code][0]) if code in ranges else None,
            last=iso_or_none(ranges[code][1]) if code in ranges else None,
        )
        for code, has in sorted(catalog.indices.items())
    ]
    return IndexList(items=items, datasource_version=dataset.version)


def _problems(query: InstrumentQuery, catalog: Catalog) -> Iterator[Problem]:
    for board in listed(query.board):
        if board not in BOARDS:
            yield Problem("board", f"there is no board {board!r}", did_you_mean(board, BOARDS) or f"one of {', '.join(BOARDS)}")
    known = sorted({row.industry for row in catalog.instruments if row.industry})
    for name in listed(query.industry):
        if name not in known:
            yield Problem("industry", f"no stock is of the industry {name!r}", did_you_mean(name, known) or _some(known))


def _some(names: list[str]) -> str:
    return f"one of {', '.join(names[:10])}{' ...' if len(names) > 10 else ''}" if names else "the dataset knows no industries"


def _chosen(query: InstrumentQuery, catalog: Catalog) -> Iterable[Instrument]:
    boards, industries = set(listed(query.board)), set(listed(query.industry))
    day = from_iso(query.listed_on) if query.listed_on else 0
    for row in catalog.instruments:
        if boards and ("fund" if row.board == "fund_20" else row.board) not in boards:
            continue
        if industries and row.industry not in industries:
            continue
        if day and (row.list_date > day or 0 < row.delist_date <= day):
            continue
        yield row


def _place(text: str, row: Instrument) -> int:
    """Where it comes: the least first; NO_MATCH: not at all."""
    code, name = row.ts_code.casefold(), _folded(row.name)
    if code.startswith(text):
        return 0
    if name.startswith(text):
        return 1
    return 2 if text in code or text in name else NO_MATCH


def _folded(text: str) -> str:
    """Full-width letters and digits are typed for narrow ones, blanks stand in some names."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _shown(row: Instrument) -> InstrumentShown:
    return InstrumentShown(
        ts_code=row.ts_code,
        name=row.name or row.ts_code,
        board=row.board,
        industry=row.industry or None,
        list_date=iso_or_none(row.list_date),
        delist_date=iso_or_none(row.delist_date),
        same_day=bool(row.same_day),
    )
