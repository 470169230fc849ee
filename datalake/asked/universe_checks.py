"""Whether a dataset can serve a universe: codes, indices and fields, all problems at once. Light: the API asks this."""

import re
from collections.abc import Callable, Collection, Iterator
from difflib import get_close_matches

from datalake.asked.lives import told, unlisted
from datalake.asked.universe import FIELD
from datalake.errors import Problem, did_you_mean
from datalake.versions import Bars, Catalog, Dataset, Instrument
from engine.universe import BOARDS, Universe, return_sessions

RANK_FIELDS = ("amount", "volume")
"""Of the bars; every field of daily_basic can be ranked by, too, and `return_N`."""

_FACTS = ("is_st", "listed_sessions")
"""Of a catalog's fields those that no table has as figures of a day; names with a colon are bars of indices."""
_SHOWN = 20
_ALIKE = 0.85
"""One of a code's nine letters may be another."""
_NAMED = 5


def check_universe(dataset: Dataset, universe: Universe, window: tuple[int, int], bars: Bars | None) -> Iterator[Problem]:
    """What stands against the universe and all that it is made of; `bars`: those of the finest frequency, None where there are none."""
    for part in universe.walk():
        if part.kind == "codes":
            yield from _known_codes(dataset, part, window, bars, is_alone=part is universe)
        elif part.kind in _CHECKS:
            yield from _CHECKS[part.kind](dataset, part)
        if (part.kind == "all" or (part.kind == "rank" and part.within is None)) and not stocks_only(dataset.catalog):
            yield Problem(FIELD, f"the universe is empty: {dataset.version} has no stocks")


def _index(dataset: Dataset, universe: Universe) -> Iterator[Problem]:
    indices = dataset.catalog.indices
    if "members" not in indices.get(universe.index, ""):
        having = [code for code, has in indices.items() if "members" in has]
        hint = did_you_mean(universe.index, having) or (f"it has {', '.join(having[:_NAMED])}" if having else "import index_members")
        yield Problem(f"{FIELD}.index", f"{dataset.version} has no members of index {universe.index}", hint)


def _industry(dataset: Dataset, universe: Universe) -> Iterator[Problem]:
    known = known_industries(dataset)
    if "industries" in dataset.tables and not known:
        return  # a version that was published before catalogs named them
    unknown = [name for name in universe.industries if name not in known]
    for name in unknown[:_SHOWN]:
        some = f"it has {', '.join(known[:_NAMED])} ..." if known else "import industries, or instruments with the column industry"
        alike = [one for one in known if set(one) & set(name) and not name.isascii()]  # two letters of two are too few to compare
        near = did_you_mean(name, known) or (f"did you mean {alike[0]!r}?" if alike else None)
        yield Problem(f"{FIELD}.industry", f"{dataset.version} has no industry {name!r}", near or some)
    if len(unknown) > _SHOWN:
        yield Problem(f"{FIELD}.industry", f"and {len(unknown) - _SHOWN} more unknown industries")


def _boards(dataset: Dataset, universe: Universe) -> Iterator[Problem]:
    if not on_boards(dataset.catalog, universe.boards):
        having = {board_name(row) for row in dataset.catalog.instruments}
        hint = f"it has {', '.join(board for board in BOARDS if board in having)}" if having else "import bars"
        yield Problem(f"{FIELD}.boards", f"nothing of {dataset.version} is listed on {', '.join(universe.boards)}", hint)


def _rank(dataset: Dataset, universe: Universe) -> Iterator[Problem]:
    catalog = dataset.catalog
    traded = RANK_FIELDS if "1d" in catalog.bars else ()
    able = [*traded, *(name for name in catalog.fields if name not in _FACTS and ":" not in name)]
    if universe.field not in able and not (traded and return_sessions(universe.field)):
        listed = f"one of {', '.join([*able, *(['return_20'] if traded else [])])}" if able else "rankings are of days: import bars_1d"
        hint = did_you_mean(universe.field, able) or listed
        yield Problem(f"{FIELD}.field", f"{dataset.version} cannot rank by {universe.field!r}", hint)


_CHECKS: dict[str, Callable[[Dataset, Universe], Iterator[Problem]]] = {
    "index": _index,
    "industry": _industry,
    "boards": _boards,
    "rank": _rank,
}


def known_industries(dataset: Dataset) -> list[str]:
    """What a universe may name: the names of the table `industries`, without it those of the list of stocks, which says today's."""
    catalog = dataset.catalog
    return list(catalog.industries) if "industries" in dataset.tables else sorted({row.industry for row in catalog.instruments} - {""})


def _known_codes(dataset: Dataset, universe: Universe, window: tuple[int, int], bars: Bars | None, is_alone: bool) -> Iterator[Problem]:
    known = dataset.catalog.by_code
    missing = [code for code in universe.codes if code not in known]
    for code in missing[:_SHOWN]:
        yield Problem(FIELD, f"there is no {code} in {dataset.version}", near_code(code, list(known)) or _named(code, dataset.catalog))
    if len(missing) > _SHOWN:
        yield Problem(FIELD, f"and {len(missing) - _SHOWN} more unknown codes")
    if missing:
        return
    if bars and bars.codes:
        without = sorted(set(universe.codes) - set(bars.codes))
        having = f"it has those of {len(bars.codes)} codes, as of {', '.join(bars.codes[:_NAMED])}"
        for code in without[:_SHOWN]:
            yield Problem(FIELD, f"{dataset.version} has no minute bars of {code}", having)
    if is_alone and len(unlisted(dataset, universe.codes, window)) == len(universe.codes):
        why = told(dataset, universe.codes, window)
        yield Problem(FIELD, f"the universe is empty: no code is listed in the window: {why}", "another window, or other codes")


def near_code(code: str, known: list[str]) -> str | None:
    """A hint at the code with the same digits, or at one that differs in a single place: most codes look alike a little."""
    digits = re.sub(r"[^0-9]", "", code)
    near = [one for one in known if one.partition(".")[0] == digits] or get_close_matches(code.upper(), known, n=1, cutoff=_ALIKE)
    return f"did you mean {near[0]!r}?" if near else None


def _named(name: str, catalog: Catalog) -> str | None:
    """A hint for who writes a name instead of a code."""
    return next((f"{name} is {row.ts_code}" for row in catalog.instruments if row.name == name), None)


def stocks_only(catalog: Catalog) -> list[Instrument]:
    """What `all` and `rank` mean: every stock, delisted ones too, no funds."""
    return [row for row in catalog.instruments if row.board not in ("fund", "fund_20", "index")]


def on_boards(catalog: Catalog, boards: Collection[str]) -> list[Instrument]:
    """Everybody listed on one of BOARDS; `fund` is every fund, whatever its limits."""
    return [row for row in catalog.instruments if board_name(row) in boards]


def board_name(row: Instrument) -> str:
    """What a universe calls the instrument's board."""
    return "fund" if row.board == "fund_20" else row.board


def boards_of(catalog: Catalog, universe: Universe, last: int) -> set[str]:
    """Where those may be listed that the universe may hold by the `last` day (YYYYMMDD); named codes whenever they are listed."""
    if universe.kind == "codes":
        return {catalog.by_code[code].board for code in universe.codes if code in catalog.by_code}
    if universe.kind == "boards":
        return {row.board for row in on_boards(catalog, universe.boards) if row.list_date <= last}
    inner = (*universe.parts, *((universe.within,) if universe.within else ()))
    if inner:
        return set().union(*(boards_of(catalog, part, last) for part in inner))
    return {row.board for row in stocks_only(catalog) if row.list_date <= last}
