"""Minute panels: bars on the grid of every session's right edges, stored or made from shorter ones, beside the facts of their days."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from datalake.calendar import MINUTE_MS, close_times
from datalake.errors import ContextError, Problem
from datalake.frequencies import MINUTES, TRADED_MINUTES, bars_a_session, source_of
from datalake.layout import MINUTE_US, Grid, Kind, delisted_on, lay_out
from datalake.panels.facts import carry_close
from datalake.panels.packing import Array
from datalake.reading import Reader
from engine.market import FAR

_BARS = dict.fromkeys(("open", "high", "low", "close"), Kind(np.int32)) | dict.fromkeys(("volume", "amount"), Kind(np.int64))
_DAY_US = 1_440 * MINUTE_US
_OPENING_US = 90 * MINUTE_US
"""09:30 in Shanghai, since midnight UTC."""
_AT_ONCE = 1 << 24
"""Cells of shorter bars that are held while longer ones are made of them."""


def edges(sessions: Array, frequency: str) -> Array:
    """UTC milliseconds of every right edge: of 5 minutes 09:35 ... 11:30, 13:05 ... 15:00 on each session."""
    step = MINUTES[frequency]
    half = np.arange(step, 121, step)
    before_close = np.concatenate([half - 330, half - 120]) * MINUTE_MS
    return np.asarray((close_times(sessions)[:, None] + before_close).reshape(-1), dtype=np.int64)


def minute_bars(reader: Reader, frequency: str, sessions: Array, codes: tuple[str, ...]) -> dict[str, Array]:
    """(T, N) raw bars of the codes, 0 where there is none or nothing was traded; of days, too, where they are made from minutes.

    Where the dataset has no table of the frequency they are made from a shorter one's, a stretch of sessions at a time.
    """
    source = source_of(reader.dataset, frequency)
    if source is None:
        raise ContextError(Problem("context.frequency", f"{reader.dataset.version} has no bars of frequency {frequency!r}"))
    if source == frequency:
        return _stored(reader, source, sessions, codes)
    size = MINUTES.get(frequency, TRADED_MINUTES) // MINUTES[source]
    step = max(1, _AT_ONCE // (bars_a_session(source) * len(codes)))
    parts = [joined(_stored(reader, source, sessions[at : at + step], codes), size) for at in range(0, len(sessions), step)]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def joined(bars: Mapping[str, Array], size: int) -> dict[str, Array]:
    """(T / size, N) raw bars, each made of `size` that follow each other in its session, of (T, N); 0 where none of them is there.

    The first open, the highest high, the lowest low, the last close, and the sums of volume and amount of those that are there.
    """
    parts = {name: array.reshape(-1, size, array.shape[1]) for name, array in bars.items()}
    low = np.where(parts["open"] > 0, parts["low"], np.int32(FAR)).min(axis=1)
    return {
        "open": _first(parts["open"]),
        "high": parts["high"].max(axis=1),
        "low": np.where(low < FAR, low, np.int32(0)),
        "close": _first(parts["close"][:, ::-1]),
        "volume": parts["volume"].sum(axis=1),
        "amount": parts["amount"].sum(axis=1),
    }


def _first(prices: Array) -> Array:
    """(M, N) of (M, size, N): the first that is not 0."""
    found = prices[:, 0].copy()
    for later in range(1, prices.shape[1]):
        np.copyto(found, prices[:, later], where=found == 0)
    return found


def _stored(reader: Reader, frequency: str, sessions: Array, codes: tuple[str, ...]) -> dict[str, Array]:
    """(T, N) raw bars of a table.

    The opening auction, which some vendors give as a bar of its own at 09:30, belongs to the session's first bar, as it does where they
    do not: four hours are 240 bars of a minute everywhere.
    """
    axis = edges(sessions, frequency).astype("datetime64[ms]")
    span = int(sessions[0]), int(sessions[-1])
    portions = reader.portions(f"bars_{frequency}", ["ts_code", "time", *_BARS], span, codes, pl.col("volume") > 0)
    grid = Grid(axis, codes, delisted_on(reader.dataset, axis, codes))
    return lay_out((_with_auction(rows, MINUTES[frequency]) for rows in portions), "time", grid, _BARS)


def _with_auction(rows: pl.DataFrame, minutes: int) -> pl.DataFrame:
    """The rows at 09:30 put into those of the session's first right edge, so many minutes later."""
    since = rows["time"].to_physical().to_numpy() % _DAY_US - _OPENING_US
    if not (since == 0).any():
        return rows
    auction, opening = pl.Series(since == 0), pl.Series((since == 0) | (since == minutes * MINUTE_US))
    moved = pl.when(auction).then(pl.col("time") + pl.duration(minutes=minutes)).otherwise("time").alias("edge")
    merged = (
        rows.with_columns(moved)
        .filter(opening)
        .sort("ts_code", "time")
        .group_by("ts_code", "edge", maintain_order=True)
        .agg(pl.col("open").first(), pl.col("high").max(), pl.col("low").min(), pl.col("close").last(), pl.col("volume", "amount").sum())
        .rename({"edge": "time"})
    )
    return pl.concat([rows.filter(~opening).select(merged.columns), merged])


def fill_days(daily: dict[str, Array], minutes: Mapping[str, Array], last_close: Array | None = None) -> dict[str, Array]:
    """Daily bars (S, N) where the dataset has none, from that day's minute bars; the reference price is then the last close.

    `last_close` (N,) is that before the first day.
    """
    sessions, stocks = daily["open"].shape
    made = joined(minutes, len(minutes["open"]) // sessions)
    lacking = (daily["open"] == 0) & (made["open"] > 0)
    if not lacking.any():
        return daily
    out = {name: np.where(lacking, made[name], daily[name]).astype(daily[name].dtype) for name in made}
    first_close = np.zeros((1, stocks), dtype=np.int32) if last_close is None else last_close[None, :]
    there = np.concatenate([first_close > 0, out["open"] > 0])
    before = carry_close(np.concatenate([first_close, out["close"]]), there)[:-1]
    reference = np.where(before > 0, before, out["open"])
    return out | {"pre_close": np.where(lacking, reference, daily["pre_close"]).astype(np.int32)}


def over_minutes(
    facts: Mapping[str, Array], minutes: Mapping[str, Array], sessions: Array, frequency: str, last_close: Array | None = None
) -> dict[str, Array]:
    """A minute panel's arrays: the day's facts on every bar of the day, and the bars themselves.

    Where a session's first and last rows have no bar, the day's reference price and its close stand there: they are known from the day's
    own bar, also of a day whose minutes are missing. `last_close` (N,) stands before the first of all bars.
    """
    count = bars_a_session(frequency)
    rows = np.repeat(np.arange(len(sessions)), count)
    has_bar = minutes["open"] > 0
    out = {name: np.ascontiguousarray(array[rows]) for name, array in facts.items()}
    out |= {name: np.ascontiguousarray(array) for name, array in minutes.items()}
    out["times"] = edges(sessions, frequency)
    known = has_bar.copy()
    for row, price in ((0, facts["pre_close"]), (count - 1, facts["close"])):
        lacking = ~has_bar[row::count] & (price > 0)
        np.copyto(out["close"][row::count], price, where=lacking)
        known[row::count] |= lacking
    if last_close is not None:
        np.copyto(out["close"][0], last_close, where=~known[0])
    out["close"] = carry_close(out["close"], known)
    out["low"] = np.where(has_bar, out["low"], np.int32(FAR))
    for name in ("pre_close", "limit_up", "limit_down"):
        out[name] = np.where(has_bar, out[name], np.int32(0))
    return out
