"""The bars of one code for charts, from small objects that are made when they are first asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from datalake.asked.benchmark import has_index_bars
from datalake.asked.universe_checks import near_code
from datalake.calendar import iso
from datalake.errors import ContextError, Problem
from datalake.explore.scales import LI, scaled
from datalake.frequencies import MINUTES, bars_of, source_of, told
from datalake.series import Series, find_series, joined, nothing, parts_of, series_key
from datalake.versions import Dataset
from functions.api.held import Held
from functions.api.market_asked import LAST_DAY, asked_dataset, days_of, no_cursor, read_cursor, write_cursor
from functions.api.market_shapes import AnchorShown, BarList, BarQuery, BarShown
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response
from functions.api.strict import StrictRoute
from functions.api.wishing import BEING_MADE, wished
from functions.wishes.shapes import BarsWish

HELD: Held[Series] = Held(64 * 2**20)
"""Bars that this process holds."""
MILLION = 1e6
END_MS = 253_402_300_800_000
"""The year 10000."""

router = APIRouter(prefix="/api/market", tags=["market"], route_class=StrictRoute)


@dataclass(frozen=True)
class _Place:
    """Where a page ends: before which time, and in which scale it is. Of a first page: at the end, and none yet."""

    before_ms: int = END_MS
    anchor_ms: int = 0
    anchor: int = 0
    """Factor of the window's last bar, millionths; 0: not known yet."""


@router.get("/bars", response_model=BarList, responses=BEING_MADE)
def get_bars(query: Annotated[BarQuery, Query()], request: Request, user: Caller, house: TheHouse) -> Response:
    """The newest bars of a window, ascending; `next_cursor` leads to those before them. The same bars that backtests run on. Prices and
    amounts in CNY, volumes in shares. With `adjust=forward` the last bar of the window (of `end`, or of the newest data) is as it was
    traded, and so are those since the last ex-date before it; with `back` no new dividend changes old prices."""
    dataset = asked_dataset(house, query.datasource_version)
    problem = _problem(dataset, query)
    if problem:
        raise ContextError(problem)
    have = bars_of(dataset, query.frequency) if query.code in dataset.catalog.by_code else None
    first, last = days_of(query)
    if have:
        first, last = max(first, have.first), min(last, have.last)
    place = _place(query.cursor)
    found: list[Series] = []
    count = 0
    for part in reversed(parts_of(query.frequency, first, min(last, _day_of(place.before_ms)))):
        key = series_key(dataset, query.code, query.frequency, part)
        series = HELD.get(key, lambda key=key: find_series(house.lake, key))  # type: ignore[misc]
        if series is None:
            asked = {"datasource_version": dataset.version, "code": query.code, "frequency": query.frequency, "part": part}
            return wished(house, BarsWish.model_validate({**asked, "request_id": request.state.request_id}))
        inside = (series.sessions >= first) & (series.sessions <= last) & (series.times < place.before_ms)
        found.insert(0, series.taken(inside))
        count += int(inside.sum())
        if count > query.limit:
            break
    return json_response(answer_bytes(_page(dataset, query, found, place)))


def _place(cursor: str | None) -> _Place:
    if not cursor:
        return _Place()
    before_ms, anchor_ms, anchor = (int(value) for value in read_cursor(cursor, (int, int, int)))
    if not (0 <= before_ms < END_MS and 0 <= anchor_ms < END_MS and anchor > 0):
        raise no_cursor()
    return _Place(before_ms, anchor_ms, anchor)


def _problem(dataset: Dataset, query: BarQuery) -> Problem | None:
    catalog = dataset.catalog
    is_index = has_index_bars(catalog, query.code)
    if query.code not in catalog.by_code and not is_index:
        known = [*catalog.by_code, *(code for code in catalog.indices if has_index_bars(catalog, code))]
        return Problem("code", f"{dataset.version} has no bars of {query.code!r}", near_code(query.code, known))
    if query.code not in catalog.by_code:
        if query.frequency in MINUTES:
            return Problem("frequency", "of indices there are bars of days, weeks and months", "1d, 1w or 1mo")
        return None
    have = bars_of(dataset, query.frequency)
    if have is None:
        return Problem("frequency", f"{dataset.version} has no bars of frequency {query.frequency!r}", f"it has {told(dataset)}")
    if have.codes and query.code not in have.codes:
        return Problem("frequency", f"{dataset.version} has no bars of {query.code} of frequency {query.frequency!r}", "try 1d")
    return None


def _page(dataset: Dataset, query: BarQuery, found: list[Series], place: _Place) -> BarList:
    rows = joined(found) if found else nothing()
    total = len(rows.times)
    if total and not place.anchor:
        place = _Place(place.before_ms, int(rows.times[-1]), int(rows.factor[-1]))
    shown = rows.taken(slice(-query.limit, None))
    before = write_cursor([int(shown.times[0]), place.anchor_ms, place.anchor]) if total > query.limit else None
    anchor = AnchorShown(time=_time(place.anchor_ms), factor=place.anchor / MILLION)
    source = source_of(dataset, query.frequency) if query.code in dataset.catalog.by_code else "1d"
    known = dataset.catalog.by_code.get(query.code)
    return BarList(
        datasource_version=dataset.version,
        code=query.code,
        name=(known.name if known else "") or query.code,
        frequency=query.frequency,
        made_from=None if source == query.frequency else source,
        adjust=query.adjust,
        anchor=anchor if query.adjust == "forward" and place.anchor else None,
        items=_bars(shown, query, place.anchor),
        next_cursor=before,
    )


def _bars(rows: Series, query: BarQuery, anchor: int) -> list[BarShown]:
    prices = {name: scaled(getattr(rows, name), rows.factor, query.adjust, anchor).tolist() for name in ("open", "high", "low", "close")}
    return [
        BarShown(
            time=_time(int(rows.times[row])),
            date=iso(int(rows.sessions[row])),
            **{name: values[row] for name, values in prices.items()},
            change=float(rows.change[row]) if np.isfinite(rows.change[row]) else None,
            volume=int(rows.volume[row]),
            amount=int(rows.amount[row]) / LI,
            factor=int(rows.factor[row]) / MILLION,
        )
        for row in range(len(rows.times))
    ]


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _day_of(milliseconds: int) -> int:
    """YYYYMMDD of a time."""
    if milliseconds >= END_MS:
        return LAST_DAY
    day = _time(milliseconds)
    return day.year * 10_000 + day.month * 100 + day.day
