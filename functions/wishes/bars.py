"""The bars of one code, made as every backtest gets them, and put into the lake."""

import numpy as np

from datalake.errors import ContextError
from datalake.explore.bars import Viewed, Window, view
from datalake.explore.scales import changes
from datalake.frequencies import bars_of
from datalake.lake import Lake
from datalake.series import WHOLE, Series, find_series, nothing, put_series, series_key
from datalake.versions import Dataset, resolve
from functions.logs import logger
from functions.wiring import House
from functions.wishes.shapes import BarsWish

ALL = 1_000_000_000
"""More bars than any code has."""


def make_bars(wish: BarsWish, house: House) -> None:
    """One object; nothing where it is there."""
    lake = Lake(house.settings.lake_url, house.object_options)
    dataset = resolve(lake.store, wish.datasource_version)
    key = series_key(dataset, wish.code, wish.frequency, wish.part)
    if find_series(lake.store, key) is not None:
        return
    series = _series(lake, dataset, wish)
    put_series(lake.store, key, series)
    told = {"code": wish.code, "frequency": wish.frequency, "datasource_version": wish.datasource_version, "bars": len(series.times)}
    logger().info("bars were made", extra=told)


def _series(lake: Lake, dataset: Dataset, wish: BarsWish) -> Series:
    try:
        return _taken(view(lake, dataset, wish.code, _window(dataset, wish)))
    except ContextError as error:
        if any(problem.field != "window" for problem in error.problems):
            raise
        return nothing()  # the code was not traded in that year


def _window(dataset: Dataset, wish: BarsWish) -> Window:
    if wish.part == WHOLE:
        return Window(bars=ALL, frequency=wish.frequency)
    bars = bars_of(dataset, wish.frequency)
    first, last = (bars.first, bars.last) if bars else (0, 0)
    year = wish.part * 10_000
    return Window(max(year + 101, first), min(year + 1231, last), ALL, wish.frequency)


def _taken(viewed: Viewed) -> Series:
    market = viewed.market
    taken = np.flatnonzero(market.open[:, 0] > 0)
    taken = taken[taken >= viewed.start]
    return Series(
        times=market.times[taken].astype("datetime64[ms]").astype(np.int64),
        sessions=market.sessions[taken].astype(np.int32),
        **{name: getattr(market, name)[taken, 0].astype(np.int32) for name in ("open", "high", "low", "close")},
        change=changes(market)[taken],
        volume=market.volume[taken, 0].astype(np.int64),
        amount=market.amount[taken, 0].astype(np.int64),
        factor=market.adj_factor[taken, 0].astype(np.int64),
    )
