"""Which benchmark a dataset can serve, and which one it has where nobody names one. Light: the API asks this."""

from collections.abc import Iterator

from datalake.asked.universe_checks import near_code
from datalake.errors import Problem
from datalake.versions import Catalog, Dataset

USUAL = "000300.SH"
"""沪深300."""
FIELD = "context.benchmark"
_NAMED = 5


def usual_benchmark(dataset: Dataset) -> str | None:
    """USUAL if the dataset has its bars, else its first index with bars, else none."""
    having = _indices_with_bars(dataset.catalog)
    return USUAL if USUAL in having else next(iter(having), None)


def check_benchmark(dataset: Dataset, code: str | None) -> Iterator[Problem]:
    """What stands against this benchmark; nothing against none (None or empty)."""
    catalog = dataset.catalog
    if not code or has_index_bars(catalog, code):
        return
    if code in catalog.by_code:
        if "1d" not in catalog.bars:
            yield Problem(FIELD, f"{dataset.version} has no daily bars of {code}, which a benchmark needs", "import bars_1d, or use none")
        return
    if code in catalog.indices:
        yield Problem(FIELD, f"{dataset.version} has no bars of index {code}", "import index_1d, or choose another one")
        return
    having = _indices_with_bars(catalog)
    known = f"its indices are {', '.join(having[:_NAMED])}" if having else "it has no bars of any index"
    hint = near_code(code, having) or near_code(code, list(catalog.by_code)) or f"{known}; any stock or fund of it will do, too"
    yield Problem(FIELD, f"{dataset.version} has no index, stock or fund {code!r}", hint)


def has_index_bars(catalog: Catalog, code: str) -> bool:
    return "bars" in catalog.indices.get(code, "").split()


def _indices_with_bars(catalog: Catalog) -> list[str]:
    return sorted(code for code in catalog.indices if has_index_bars(catalog, code))
