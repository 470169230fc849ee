"""A ranking as a table for people: one row for each place of each session."""

import numpy as np
import polars as pl

from datalake.calendar import ints_to_dates
from datalake.rankings.ranking import NOBODY, Ranking
from datalake.rankings.stored import Span


def to_frame(ranking: Ranking, span: Span | None = None, top: int | None = None) -> pl.DataFrame:
    """trade_date, place (from 1), ts_code, value of the sessions of a span (None: all); money and prices in CNY."""
    first, after = np.searchsorted(ranking.sessions, [span[0], span[1] + 1]) if span else (0, len(ranking.sessions))
    places, values = ranking.places[first:after, :top], ranking.values[first:after, :top]
    row, column = np.nonzero(places != NOBODY)
    codes = pl.Series(ranking.codes, dtype=pl.String)
    return pl.DataFrame(
        {
            "trade_date": pl.Series(ints_to_dates(ranking.sessions[first:after])[row]).cast(pl.Date),
            "place": pl.Series(column + 1, dtype=pl.Int32),
            "ts_code": codes.gather(pl.Series(places[row, column], dtype=pl.UInt32)),
            "value": pl.Series(values[row, column] / ranking.spec.unit, dtype=pl.Float64),
        }
    )
