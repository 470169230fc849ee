"""A ranking of a dataset version: read where it is stored, else made, of those years alone that no version has yet."""

from collections.abc import Callable, Collection

from datalake.errors import ContextError, CorruptObjectError, MissingObjectError
from datalake.lake import Lake, at_version, files_by_part, reading
from datalake.objects import delete, get, put_new
from datalake.rankings.making import Making, make_year, makings
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import RankingSpec, check_ranking
from datalake.rankings.stored import Span, Year, find_ranking, index_bytes, index_key, joined, read_year, year_bytes
from datalake.tables import TABLES
from datalake.versions import Dataset


def _unheard(year: int) -> None:
    """Nobody wants to know which year was made."""


def ensure_ranking(
    lake: Lake, dataset: Dataset, spec: RankingSpec, span: Span | None = None, made: Callable[[int], None] = _unheard
) -> Ranking:
    """The ranking of the years that the span touches (None: of all), made and put where it is not there.

    Two who make it at once make the same bytes. `made` hears of each year that had to be made. ContextError where the dataset cannot
    rank by the field.
    """
    found = find_ranking(lake.store, dataset, spec, span)
    if found is not None:
        return found
    with reading(f"the tables of {dataset.version}"):
        wanted = _makings(lake, dataset, spec)
        years = [_year(lake, year, making, made) for year, making in wanted.items() if _touches(span, year)]
    _put(lake, index_key(dataset, spec), index_bytes(dataset, spec, {year: making.key for year, making in wanted.items()}))
    return joined(spec, years)


def ranking_among(lake: Lake, dataset: Dataset, spec: RankingSpec, codes: Collection[str], span: Span) -> Ranking:
    """The same among these codes alone, whatever their boards; it is made anew each time, and not kept."""
    with reading(f"the tables of {dataset.version}"):
        wanted = _makings(lake, dataset, spec, frozenset(codes))
        return joined(spec, [make_year(lake, making) for year, making in wanted.items() if _touches(span, year)])


def _makings(lake: Lake, dataset: Dataset, spec: RankingSpec, among: Collection[str] | None = None) -> dict[int, Making]:
    problems = list(check_ranking(dataset, spec))
    if problems:
        raise ContextError(problems)
    delta = at_version(lake, dataset.source, spec.table, dataset.tables[spec.table].delta_version)
    return makings(dataset, spec, files_by_part(delta, TABLES[spec.table]), among)


def _touches(span: Span | None, year: int) -> bool:
    return span is None or span[0] // 10_000 <= year <= span[1] // 10_000


def _year(lake: Lake, number: int, making: Making, made: Callable[[int], None]) -> Year:
    key = making.key
    try:
        return read_year(lake.store, key)
    except MissingObjectError:
        pass
    except CorruptObjectError:
        delete(lake.store, [key])
    year = make_year(lake, making)
    put_new(lake.store, key, year_bytes(year))
    made(number)
    return year


def _put(lake: Lake, key: str, data: bytes) -> None:
    """A damaged one would stay otherwise."""
    if not put_new(lake.store, key, data) and get(lake.store, key) != data:
        delete(lake.store, [key])
        put_new(lake.store, key, data)
