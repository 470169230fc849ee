"""`python -m bench.scale_page`: writes the tables of docs/cost.md that the simulation makes anew, between their marks. Takes minutes."""

import re
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from functions.scale.breaking import LIMITS, PROCESSORS, USERS, at_work, breaking, same_moment
from functions.scale.model import PROVISIONED_RAMP, STANDARD_RAMP, Crew, Limits, Load, Scenario, Times
from functions.scale.outcome import Outcome
from functions.scale.simulate import simulate

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
MARKED = re.compile(r"(<!-- simulated: (\w+) -->\n)(.*?)(<!-- end of what is simulated -->)", re.DOTALL)
CLOUD = Times(processors=PROCESSORS)
LARGEST = 10_000
"""Combinations of a grid."""
SEEDS = 12
SPECULATION = 2.0


class Large(NamedTuple):
    """One person's combinations on 300 stocks, in grids of ten thousand."""

    combinations: int
    workers: int


LARGE = (Large(10_000, 1), Large(100_000, 50), Large(1_000_000, 200), Large(10_000_000, 1_000), Large(10_000_000, 3_000))
CROWDS = ((50, False), (100, False), (300, False), (1_000, False), (1_000, True))
RAISED = Limits(workers=200, account=1_000, planners=50, aggregators=50, postgres_cores=8, pooler_clients=1_500, api_a_second=2_500)
"""By settings and by money, nothing that has to be asked for."""
LATE = (0.0, 0.005, 0.02)
"""Shares of attempts that take three times as long, or longer."""


def broken(users: Sequence[int] = USERS) -> list[str]:
    """A limit that no load reaches says so."""
    columns = [{each.limit.name: each.users for each in breaking(load, users)} for load in (same_moment, at_work)]
    order = sorted(LIMITS, key=lambda limit: [[*column, limit.name].index(limit.name) for column in columns])
    rows = ["| what | there is | full with so many people in the same moment | at work | what to do |", "|---|---|---|---|---|"]
    for limit in order:
        told = (f"{column[limit.name]:,}" if limit.name in column else f"not with {users[-1]:,}" for column in columns)
        rows.append(f"| {limit.about} | {limit.there_is} | {' | '.join(told)} | {limit.remedy} |")
    return rows


def large(cases: Sequence[Large] = LARGE) -> list[str]:
    rows = [
        "| combinations | workers | blocks | ended after | a second | Postgres, of 4 cores |",
        "|---|---|---|---|---|---|",
    ]
    for case in cases:
        found = _large(case)
        rows.append(
            f"| {case.combinations:,} | {case.workers:,} | {found.counts['blocks']:,.0f} | {_seconds(found)} "
            f"| {found.combinations_a_second:,.0f} | {_full(found)} |"
        )
    return rows


def crowd(crowds: Sequence[tuple[int, bool]] = CROWDS) -> list[str]:
    rows = [
        "| people in the same moment | | the last answer after | single runs, mean | grids of 36, mean | looks refused | Postgres |",
        "|---|---|---|---|---|---|---|",
    ]
    for people, raised in crowds:
        limits = RAISED if raised else Limits()
        outcome = simulate(Scenario(same_moment(people), limits, CLOUD))
        single, small, looks = outcome.ended["single"].mean, outcome.ended["small grid"].mean, outcome.use["api"]
        rows.append(
            f"| {people:,} | {'raised' if raised else 'by default'} | {_seconds(outcome)} | {single:.0f} s | {small:.0f} s "
            f"| {max(0.0, 1 - looks.limit / looks.peak):.0%} at the worst | {_full(outcome)} of {limits.postgres_cores:g} cores |"
        )
    return rows


def late() -> list[str]:
    rows = [
        "| attempts that take three times as long or longer | a grid ends after | with second attempts "
        "| its last quarter | with second attempts | computed in vain |",
        "|---|---|---|---|---|---|",
    ]
    for share in LATE:
        without, with_ = _late(share, 0.0), _late(share, SPECULATION)
        vain = sum(each.counts.get("in_vain", 0.0) for each in with_) / sum(each.counts["worker_seconds"] for each in with_)
        told: list[str] = []
        for value in ("seconds", "tail"):
            told += [f"{statistics.mean(getattr(each, value) for each in found):.1f} s" for found in (without, with_)]
        rows.append(f"| {share:.1%} | {' | '.join(told)} | {vain:.1%} |")
    return rows


TABLES: dict[str, Callable[[], list[str]]] = {"breaking": broken, "crowd": crowd, "large": large, "late": late}


def renewed(page: str, tables: Mapping[str, Sequence[str]]) -> str:
    return MARKED.sub(lambda mark: mark[1] + "\n" + "\n".join(tables[mark[2]]) + "\n\n" + mark[4], page)


def _large(case: Large) -> Outcome:
    grids = case.combinations // LARGEST
    ramp = STANDARD_RAMP if case.workers <= 1_000 else PROVISIONED_RAMP
    limits = Limits(workers=case.workers, ramp=ramp, account=case.workers + 100, postgres_cores=4)
    load = Load(grids, (Crew("large", 1.0, LARGEST),), accounts=1)
    return simulate(Scenario(load, limits, CLOUD))


def _late(share: float, speculation: float) -> list[Outcome]:
    """A grid of ten thousand on a whole market, alone on fifty workers that have begun."""
    limits = replace(Limits(), speculation=speculation)
    load = Load(1, (Crew("large", 1.0, LARGEST),), stocks=5_000)
    times = replace(CLOUD, late=share)
    return [simulate(Scenario(load, limits, times, seed, prepared=0)) for seed in range(SEEDS)]


def _seconds(outcome: Outcome) -> str:
    return f"{outcome.seconds:,.0f} s"


def _full(outcome: Outcome) -> str:
    return f"{min(1.0, outcome.use['postgres'].share):.0%}"


if __name__ == "__main__":
    made = {name: table() for name, table in TABLES.items()}
    text = PAGE.read_text()
    if sorted(mark[2] for mark in MARKED.finditer(text)) != sorted(TABLES):
        sys.exit(f"{PAGE} has not each of these marks once: {', '.join(TABLES)}")
    PAGE.write_text(renewed(text, made))
