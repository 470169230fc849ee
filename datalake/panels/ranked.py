"""Members by rank: the first of each day by a figure of some sessions before, as the rankings say, among everybody or among some."""

import numpy as np
import numpy.typing as npt

from datalake.calendar import dates_to_ints
from datalake.panels.members import Members, seen
from datalake.rankings.ensure import ensure_ranking, ranking_among
from datalake.rankings.ranking import NOBODY, Ranking
from datalake.rankings.spec import ALL, RankingSpec
from datalake.reading import Days, Reader
from engine.arrays import Flags
from engine.universe import Universe


def best_of(reader: Reader, universe: Universe, days: Days, among: Members | None) -> Members:
    """The `top` by the field's value `lag` sessions earlier among the members of the day; None: among all, or those of some boards."""
    sessions = np.array(reader.dataset.catalog.sessions, dtype=np.int64)
    row = np.searchsorted(sessions, dates_to_ints(days)) - universe.lag
    if row[-1] < 0:
        return Members.of((), np.zeros((len(days), 0), dtype=np.uint8))
    span = int(sessions[max(row[0], 0)]), int(sessions[row[-1]])
    boards = universe.within.boards if universe.within else ()
    if among is None:
        spec = RankingSpec.of(universe.field, universe.top, lowest=universe.lowest, boards=boards)
        ranking = ensure_ranking(reader.lake, reader.dataset, spec, span)
    else:
        spec = RankingSpec.of(universe.field, ALL, lowest=universe.lowest)
        ranking = ranking_among(reader.lake, reader.dataset, spec, among.codes, span)
    return seen(ranking.codes, _flags_of(ranking, np.where(row < 0, 0, sessions[row]), universe.top, among))


def _flags_of(ranking: Ranking, asked: npt.NDArray[np.int64], top: int, among: Members | None) -> Flags:
    """(S, C) the first `top` of the ranking's codes as of each asked session (YYYYMMDD, 0: none); `among` whom, on each day."""
    flags = np.zeros((len(asked), len(ranking.codes)), dtype=np.uint8)
    if not len(ranking.sessions):
        return flags
    found = np.minimum(np.searchsorted(ranking.sessions, asked), len(ranking.sessions) - 1)
    places = ranking.places[found]
    is_one = (places != NOBODY) & (ranking.sessions[found] == asked)[:, None]
    numbers = np.where(is_one, places, 0).astype(np.intp)
    if among is not None:
        able = among.flags[:, np.searchsorted(among.codes, ranking.codes)] > 0
        is_one &= np.take_along_axis(able, numbers, axis=1)
    is_one &= np.cumsum(is_one, axis=1) <= top
    day, place = np.nonzero(is_one)
    flags[day, numbers[day, place]] = 1
    return flags
