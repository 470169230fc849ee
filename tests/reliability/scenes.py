"""Work that waits for a process of one kind: what is there when a worker, a planner, an aggregator or a sweeper is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from datalake.objects import delete
from datalake.panels.panel import object_key
from functions.jobs.plan import Wanted
from tests.functions.platform import Platform
from tests.reliability.healing import pass_time

ONE = Wanted("grid", {"ma_short": [3], "ma_long": [20]})


@dataclass(frozen=True)
class Ground:
    """A platform with somebody's backtest."""

    platform: Platform
    admin: psycopg.Connection[Any]
    user: str
    backtest_id: str

    def submit(self, wanted: Wanted, times: int, blocks: int = 1) -> list[str]:
        """Grid ids of equal submissions; none is answered from another."""
        plan = self.platform.plan(self.user, self.backtest_id, replace(wanted, reuse=False), workers=blocks)
        return [self.platform.submit(self.user, plan.submission).grid_id for _ in range(times)]

    def answer(self, *kinds: str) -> None:
        """All bells of these kinds; the others are lost."""
        while bells := [(kind, bell) for kind in self.platform.urls for bell in self.platform._receive(self.platform.urls[kind])]:
            for kind, bell in bells:
                if kind in kinds:
                    self.platform.answer(kind, bell)

    def outcomes(self) -> dict[str, list[tuple[str, str | None]]]:
        """By grid, in its order: what became of each run, and of which content."""
        query = """select r.grid_id::text, array_agg(r.status order by r.position), array_agg(r.content_hash order by r.position)
            from public.backtest_runs r group by 1"""
        return {grid: list(zip(*told, strict=True)) for grid, *told in self.admin.execute(query).fetchall()}


def cells(ground: Ground, times: int) -> list[str]:
    grids = ground.submit(Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}), times)
    ground.answer("plan")
    return grids


def single(ground: Ground, times: int) -> list[str]:
    grids = ground.submit(Wanted("single", {"ma_short": 4}), times)
    ground.answer("plan")
    return grids


def accounts(ground: Ground, times: int) -> list[str]:
    """Of the best of grids that have ended."""
    grids = ground.submit(ONE, times)
    ground.answer("plan")
    ground.platform.answer("block", None)  # type: ignore[arg-type]  the bell names no work
    ground.answer("aggregate")
    return grids


def lost_panel(ground: Ground, times: int) -> list[str]:
    grids = cells(ground, times)
    (key,) = {row[0] for row in ground.admin.execute("select panel_key from public.grids").fetchall()}
    delete(ground.platform.house.lake, [object_key(key)])
    for file in ground.platform.house.settings.data_cache_dir.glob(f"{key}*"):
        file.unlink()
    return grids


def over_budget(ground: Ground, times: int) -> list[str]:
    """Of two blocks, the first of which takes longer than both may."""
    grids = ground.submit(Wanted("grid", {"ma_short": [3, 5], "ma_long": [20]}, budget_ms=1), times, blocks=2)
    ground.answer("plan")
    return grids


def single_over_budget(ground: Ground, times: int) -> list[str]:
    """Which keeps its account so far."""
    grids = ground.submit(Wanted("single", {"ma_short": 4}, budget_ms=1), times)
    ground.answer("plan")
    return grids


def early_stop(ground: Ground, times: int) -> list[str]:
    stop = {"metric": "return", "mode": "max", "patience": 1}
    grids = ground.submit(Wanted("grid", {"ma_short": [3, 4, 5, 6], "ma_long": [20]}, early_stop=stop), times)
    ground.answer("plan")
    return grids


def planning(ground: Ground, times: int) -> list[str]:
    grids = ground.submit(ONE, times)
    ground.answer()
    return grids


def ready(ground: Ground, times: int) -> list[str]:
    """To be summed up."""
    grids = ground.submit(ONE, times)
    ground.answer("plan", "block")
    return grids


Scene = Callable[[Ground, int], Sequence[str]]
SCENES: dict[str, tuple[str, Scene]] = {
    "cells of a grid": ("worker", cells),
    "a single run": ("worker", single),
    "accounts of the best": ("worker", accounts),
    "a panel that is lost": ("worker", lost_panel),
    "beyond the budget": ("worker", over_budget),
    "a single run beyond its budget": ("worker", single_over_budget),
    "stopped early": ("worker", early_stop),
    "a plan": ("planner", planning),
    "a summary": ("aggregator", ready),
}
SUCCEED = {"cells of a grid", "a single run", "accounts of the best", "a panel that is lost", "a plan", "a summary"}
"""Every run of these succeeds, whatever happens to those who compute it."""
BY_CHANCE = {"beyond the budget", "a single run beyond its budget"}
"""How much of these is computed is a matter of time."""


def mess(ground: Ground) -> None:
    """What a sweeper is for: leases that ran out, one of them for the last time; a plan that nobody made; a grid that nobody summed up."""
    house = ground.platform.house
    ground.submit(ONE, 2)
    ground.answer("plan")
    for name in ("silent", "silent for the last time"):
        assert house.desk.claim_block(name, house.engine_version, 30) is not None
    ground.admin.execute("update public.run_blocks set attempt = 3 where worker = 'silent for the last time' and status = 'leased'")
    ready(ground, 1)
    planning(ground, 1)
    pass_time(ground.admin, 60)
