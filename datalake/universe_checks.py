"""Whether a dataset can serve a universe: codes, indices and fields, all problems at once. Light: the API asks this."""

from collections.abc import Iterator

from datalake.errors import Problem, did_you_mean
from datalake.universe import FIELD
from datalake.versions import Bars, Catalog, Dataset, Instrument
from engine.universe import Universe

RANK_FIELDS = ("amount", "volume")
"""Of the bars; every field of daily_basic can be ranked by, too."""

_FACTS = ("is_st", "listed_sessions")
"""Of a catalog's fields those that no table has as figures of a day; names with a colon are bars of indices."""
_SHOWN = 20


def check_universe(dataset: Dataset, universe: Universe, window: tuple[int, int], bars: Bars | None) -> Iterator[Problem]:
    """What stands against the universe; `bars`: those of the finest frequency, None where there are none."""
    catalog = dataset.catalog
    if universe.kind == "codes":
        yield from _known_codes(dataset, universe, window, bars)
    elif universe.kind == "index" and "members" not in catalog.indices.get(universe.index, ""):
        having = [code for code, has in catalog.indices.items() if "members" in has]
        hint = did_you_mean(universe.index, having) or (f"it has {', '.join(having[:5])}" if having else "import index_members")
        yield Problem(f"{FIELD}.index", f"{dataset.version} has no members of index {universe.index}", hint)
    elif universe.kind == "rank":
        able = [*RANK_FIELDS, *(name for name in catalog.fields if name not in _FACTS and ":" not in name)]
        if universe.field not in able:
            hint = did_you_mean(universe.field, able) or f"one of {', '.join(able)}"
            yield Problem(f"{FIELD}.field", f"{dataset.version} cannot rank by {universe.field!r}", hint)
    if universe.kind in ("all", "rank") and not stocks_only(catalog):
        yield Problem(FIELD, f"the universe is empty: {dataset.version} has no stocks")


def _known_codes(dataset: Dataset, universe: Universe, window: tuple[int, int], bars: Bars | None) -> Iterator[Problem]:
    known = dataset.catalog.by_code
    missing = [code for code in universe.codes if code not in known]
    for code in missing[:_SHOWN]:
        yield Problem(FIELD, f"there is no {code} in {dataset.version}", near_code(code, list(known)))
    if len(missing) > _SHOWN:
        yield Problem(FIELD, f"and {len(missing) - _SHOWN} more unknown codes")
    if missing:
        return
    rows = [known[code] for code in universe.codes]
    if bars and bars.codes:
        without = sorted(set(universe.codes) - set(bars.codes))
        for code in without[:_SHOWN]:
            yield Problem(FIELD, f"{dataset.version} has no minute bars of {code}", near_code(code, list(bars.codes)))
    if all((row.delist_date and row.delist_date <= window[0]) or row.list_date > window[1] for row in rows):
        yield Problem(FIELD, "the universe is empty: every code was delisted before the window or listed after it")


def near_code(code: str, known: list[str]) -> str | None:
    """A hint at the same symbol of another exchange, or at a code that looks alike."""
    bare = code.partition(".")[0]
    same = [one for one in known if one.partition(".")[0] == bare]
    return f"did you mean {same[0]!r}?" if same else did_you_mean(code, known)


def stocks_only(catalog: Catalog) -> list[Instrument]:
    """What `all` and `rank` mean: every stock, delisted ones too, no funds."""
    return [row for row in catalog.instruments if row.board not in ("fund", "fund_20", "index")]
