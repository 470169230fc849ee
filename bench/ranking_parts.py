"""What the processes of bench/rankings.py do, each for itself: make a ranking, make its newest year again, look places up."""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np

from bench.measuring import peak_megabytes
from bench.workload import Figures
from datalake.objects import delete
from datalake.rankings.ranking import Ranking, number_at, place_in, row_of
from datalake.rankings.spec import RankingSpec
from datalake.rankings.stored import find_ranking, index_key, read_index
from datalake.versions import resolve

LOOKS = 100_000
LOOKS_FROM_PYTHON = 2_000
REPEATS = 200
"""Short enough that some of them are not disturbed on a busy machine."""


def make(folder: str, field: str, newest_only: bool = False) -> Figures:
    """All years, or the newest one, as after a session more; the manifest and the catalogue are read within the time."""
    from datalake.lake import Lake  # noqa: PLC0415  who looks up loads no table library
    from datalake.rankings.ensure import ensure_ranking  # noqa: PLC0415

    lake, spec = Lake(f"file://{folder}"), RankingSpec.of(field, 30)
    dataset = resolve(lake.store)
    found = find_ranking(lake.store, dataset, spec)
    years = list(read_index(lake.store, dataset, spec).values()) if found else []
    delete(lake.store, years[-1:] if newest_only else [*years, index_key(dataset, spec)])
    made: list[int] = []
    wall, cpu = time.perf_counter(), time.process_time()
    ranking = ensure_ranking(lake, resolve(lake.store), spec, None, made.append)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    if len(ranking.sessions) == 0 or not made:
        raise ValueError("nothing was ranked")
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "years_made": len(made), "peak_memory_mb": peak_megabytes()}


def look(folder: str, field: str) -> Figures:
    """Nanoseconds of a look-up: of a day and a place, and of a day and a code."""
    from datalake.objects import open_store  # noqa: PLC0415

    store = open_store(f"file://{folder}")
    ranking = find_ranking(store, resolve(store), RankingSpec.of(field, 30))
    if ranking is None:
        raise ValueError("the ranking is gone")
    return {
        "bytes_held": ranking.nbytes,
        "codes": len(ranking.codes),
        "nanoseconds": {"in a kernel": _in_a_kernel(ranking), "from Python": _from_python(ranking)},
    }


def _in_a_kernel(ranking: Ranking) -> dict[str, float]:
    from numba import njit  # noqa: PLC0415  the other parts do without

    row, at, inside = njit(row_of), njit(number_at), njit(place_in)

    @njit
    def all_at(rows: Any, first_year: int, places: Any, days: Any, which: Any) -> int:
        total = 0
        for k in range(days.size):
            total += at(places, row(rows, first_year, days[k]), which[k])
        return total

    @njit
    def all_inside(rows: Any, first_year: int, places: Any, days: Any, which: Any) -> int:
        total = 0
        for k in range(days.size):
            total += inside(places, row(rows, first_year, days[k]), which[k])
        return total

    random = np.random.default_rng(5)
    days = random.choice(ranking.sessions, LOOKS)
    questions = {"who has a place": (all_at, random.integers(1, 31, LOOKS)), "a code's place": (all_inside, _numbers(ranking, days))}
    found = {}
    for name, (kernel, which) in questions.items():
        arguments = (ranking.rows, ranking.first_year, ranking.places, days, which)
        kernel(*arguments)
        found[name] = _quickest(lambda kernel=kernel, arguments=arguments: kernel(*arguments), LOOKS)  # type: ignore[misc]
    return found


def _numbers(ranking: Ranking, days: "np.ndarray[Any, np.dtype[np.int32]]") -> Any:
    """Every second one has a place that day."""
    random = np.random.default_rng(6)
    rows = np.searchsorted(ranking.sessions, days)
    there = ranking.places[rows, random.integers(0, ranking.places.shape[1], len(days))]
    anybody = random.integers(0, len(ranking.codes), len(days))
    return np.where(random.random(len(days)) < 0.5, there, anybody).astype(np.int64)


def _from_python(ranking: Ranking) -> dict[str, float]:
    random = np.random.default_rng(7)
    days = random.choice(ranking.sessions, 1000)
    codes = [ranking.codes[number] for number in np.minimum(_numbers(ranking, days), len(ranking.codes) - 1).tolist()]
    questions: dict[str, Callable[[int, Any], object]] = {"who has a place": ranking.at, "a code's place": ranking.place_of}
    values: dict[str, list[Any]] = {"who has a place": random.integers(1, 31, 1000).tolist(), "a code's place": codes}
    found = {}
    for name, ask in questions.items():
        pairs = [pair for pair, _ in zip(cycle(zip(days.tolist(), values[name], strict=True)), range(LOOKS_FROM_PYTHON), strict=False)]

        def all_of(ask: Callable[[int, Any], object] = ask, pairs: list[tuple[int, Any]] = pairs) -> None:
            for day, value in pairs:
                ask(day, value)

        all_of()
        found[name] = _quickest(all_of, LOOKS_FROM_PYTHON)
    return found


def _quickest(work: Callable[[], object], count: int) -> float:
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return round(min(took) / count * 1e9, 1)


if __name__ == "__main__":
    what, where, field = sys.argv[1:]
    told = look(where, field) if what == "look" else make(where, field, what == "year")
    sys.stdout.write(json.dumps(told) + os.linesep)
