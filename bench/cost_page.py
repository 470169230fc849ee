"""`python -m bench.cost_page`: writes the tables of docs/cost.md anew, between their marks; the words around them are people's."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from functions.scale.choosing import Choice, block_sizes, memory_sizes, worker_counts
from functions.scale.estimate import Case, Estimate, Setting, estimate, of_work
from functions.scale.figures import FIGURES, Range
from functions.scale.measured import FILE, measured
from functions.scale.months import SCENARIOS, Month, Scenario, idle, month
from functions.scale.prices import METERS, PRICES, REGIONS, SINGAPORE, Price, bill, meter_of, price_of, total
from functions.scale.shown import between, seconds, short, size, usd
from functions.scale.work import Market, single, work_of

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
MARKED = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)
INDEX, WHOLE = Market(300, 2500), Market(5000, 2500)
MARKETS = {"300 stocks": INDEX, "5,000 stocks": WHOLE}
COUNTS = (1, 1_000, 10_000, 100_000, 10_000_000)
CHOSEN = 100_000
TUTORIAL = 36
"""Combinations of the grid that most people begin with."""
PREPARED = (0, 1, 2, 3, 5, 10, 20)
Rows = Iterable[Sequence[str]]


def table(heads: Sequence[str], rows: Rows) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def idle_month() -> str:
    bills = {region: {line.meter: line for line in bill(idle(Setting(region=region), Case.TYPICAL), region)} for region in REGIONS}
    first = bills[SINGAPORE]
    rows = [
        [
            meter_of(name).service,
            meter_of(name).what,
            f"{short(first[name].units)} {meter_of(name).unit}",
            *(usd(bills[region][name].usd) for region in REGIONS),
        ]
        for name in sorted(first, key=lambda each: -first[each].usd)
        if any(bills[region][name].usd >= 0.005 for region in REGIONS)
    ]
    sums = [Range(*(total(bill(idle(Setting(region=region), case), region)) for case in Case)) for region in REGIONS]
    rows.append(["**together**", "", "", *(f"**{between(each)}**" for each in sums)])
    return table(["service", "what", "units", *REGIONS.values()], rows)


def grids() -> str:
    rows = []
    for name, market in MARKETS.items():
        for count in COUNTS:
            found = _of(count, market, Setting())
            spent, work = found.typical, found.work
            rows.append([
                name,
                f"{count:,}" if count > 1 else "a single run",
                between(found.usd(SINGAPORE)),
                seconds(spent.wall_seconds) if count > 1 else seconds(spent.wall_seconds + spent.accounts_wall_seconds),
                seconds(spent.accounts_wall_seconds) if count > 1 else "",
                _shares(found),
                seconds(spent.postgres_seconds),
                f"{size(work.curve_bytes) if work.curve_bytes else '0'} + {size(spent.account_bytes)}",
            ])  # fmt: skip
    heads = [
        "market",
        "combinations",
        "cost",
        "until the summary",
        "accounts after it",
        "worker time: cells, accounts, starts",
        "Postgres",
        "curves + accounts",
    ]
    return table(heads, rows)


def months() -> str:
    scenarios = [*SCENARIOS, *(replace(each, market=WHOLE) for each in SCENARIOS if each.users)]
    return table(
        ["month", "market", "bill", "every month so, after a year", "database", "the dearest lines"],
        [_month(scenario, month(scenario, Setting())) for scenario in scenarios],
    )


def accounts() -> str:
    people = next(each for each in SCENARIOS if each.name == "thousand")
    rows = []
    for name, market in MARKETS.items():
        for count in PREPARED:
            setting = Setting(accounts=count)
            tutorial, thousand = (estimate(runs, market, setting) for runs in (TUTORIAL, 1_000))
            bill = month(replace(people, market=market), setting).usd
            costs = [usd(each.usd(SINGAPORE).typical) for each in (tutorial, thousand)]
            rows.append([name, f"{count}", *costs, size(thousand.typical.account_bytes), usd(bill.typical)])
    heads = [
        "market",
        "accounts of each grid",
        f"a grid of {TUTORIAL}",
        "1,000 combinations",
        "its accounts",
        "a month of a thousand users",
    ]
    return table(heads, rows)


def memory() -> str:
    return _choices(memory_sizes, "MB", CHOSEN, lambda choice, tried: f"{tried.size / 1769:.1f}")


def workers() -> str:
    return _choices(worker_counts, "workers", 1_000, lambda choice, tried: "")


def blocks() -> str:
    rows = []
    for name, market in MARKETS.items():
        choice = block_sizes(CHOSEN, market, Setting())
        rows += [
            [
                name,
                f"{tried.size:,}",
                seconds(tried.block_seconds),
                f"{tried.blocks:,}",
                usd(tried.usd),
                seconds(tried.wall_seconds),
                _mark(choice, tried),
            ]
            for tried in choice.tried
            if tried.fits
        ]
    return table(["market", "runs of a block", "it takes", "blocks", "cost", "until the summary", ""], rows)


def regions() -> str:
    rows = []
    for region, name in REGIONS.items():
        for arm in (False, True):
            setting = Setting(region=region, arm=arm)
            costs = [between(_of(CHOSEN, market, setting).usd(region)) for market in MARKETS.values()]
            fifty = month(next(each for each in SCENARIOS if each.name == "fifty"), setting)
            far = "38 ms away" if setting.far else "in the same place"
            rows.append([f"{name} `{region}`", "arm64" if arm else "x86-64", far, *costs, between(fifty.usd)])
    return table(
        ["region", "functions", "the nearest database", *(f"{CHOSEN:,} on {name}" for name in MARKETS), "a month of fifty users"], rows
    )


def free() -> str:
    used = idle(Setting(), Case.TYPICAL)
    rows = [
        [meter.service, meter.what, f"{short(meter.free)} {meter.unit}", f"{short(used[meter.key])}" if meter.key in used else "0"]
        for meter in METERS
        if meter.free
    ]
    return table(["service", "what", "free every month", "an idle month uses"], rows)


def counts() -> str:
    works = {"a single run": single(INDEX), **{f"{count:,}": work_of(count, INDEX, 50) for count in COUNTS[1:]}}
    names = {
        "submissions": "submissions",
        "blocks": "blocks that decide",
        "accounts": "full accounts",
        "bells": "messages",
        "sends": "requests that send them",
        "events": "events (without progress)",
        "claims": "claims with a block",
        "idle_claims": "claims that find nothing",
        "completions": "completions",
        "readings": "pages of runs that aggregators read",
        "objects": "objects",
    }
    return table(["", *works], [[label, *(f"{getattr(work, name):,}" for work in works.values())] for name, label in names.items()])


def checked() -> str:
    told = json.loads(FILE.read_text())["checked"]
    rows = [[name, _plain(each["estimated"]), _plain(each["happened"]), "" if each["times"] is None else f"{each['times']:.2f}"]
            for part in ("counts", "seconds") for name, each in told[part].items()]  # fmt: skip
    return table(["", "estimated", "happened", "times"], rows)


def points() -> str:
    rows = [
        [
            f"{each.stocks:,}",
            f"{each.seconds_a_run * 1000:.2g} ms",
            f"{each.seconds_a_block_besides * 1000:.2g} ms",
            f"{each.seconds_an_account:.2g} s",
            size(each.bytes_of_an_account),
        ]
        for each in measured().points
    ]
    return table(["stocks", "a combination", "a block besides", "a full account", "its files"], rows)


def figures() -> str:
    rows = [
        [row.what, row.unit, _exact(row.low), _exact(row.typical), _exact(row.high), row.source if row.measured else f"{row.source} **?**"]
        for row in FIGURES
    ]
    return table(["what", "unit", "low", "typical", "high", "source"], rows)


def prices() -> str:
    rows = [[meter.service, meter.what, meter.unit, *(_price(price_of(meter.key, region)) for region in REGIONS)] for meter in METERS]
    return table(["service", "what", "unit", *REGIONS.values()], rows)


def sources() -> str:
    by: dict[str, list[Price]] = {}
    for price in PRICES:
        by.setdefault(price.source, []).append(price)
    rows = [
        [
            source,
            ", ".join(f"`{price.meter}`{f' {REGIONS[price.region]}' if price.region else ''}" for price in found),
            "" if found[0].verified else "**?**",
        ]
        for source, found in by.items()
    ]
    return table(["source", "prices", ""], rows)


TABLES: Mapping[str, Callable[[], str]] = {
    made.__name__: made
    for made in (
        idle_month,
        grids,
        accounts,
        months,
        memory,
        workers,
        blocks,
        regions,
        free,
        counts,
        checked,
        points,
        figures,
        prices,
        sources,
    )
}


def renewed(text: str) -> str:
    """KeyError for a mark of a table that nobody makes."""
    return MARKED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", text)


def _of(count: int, market: Market, setting: Setting) -> Estimate:
    return of_work(single(market), market, setting) if count == 1 else estimate(count, market, setting)


def _shares(found: Estimate) -> str:
    spent = found.typical
    whole = spent.worker_seconds
    parts = [round(100 * part / whole) for part in (spent.cells_seconds, spent.accounts_seconds, spent.cold_seconds)]
    return f"{seconds(whole)}: {', '.join(f'{part}%' for part in parts)}"


def _month(scenario: Scenario, found: Month) -> list[str]:
    lines = [line for line in found.lines[1] if line.usd >= 0.5][:3]
    dearest = ", ".join(f"{meter_of(line.meter).service} {usd(line.usd)}" for line in lines)
    database = found.machine.name if found.machine == found.later else f"{found.machine.name}, later {found.later.name}"
    market = f"{scenario.market.stocks:,} stocks" if scenario.users or scenario.combinations else ""
    return [scenario.about.en, market, between(found.usd), between(found.year), database, dearest]


def _choices(tried_at: Callable[[int, Market, Setting], Choice], unit: str, count: int, beside: Callable[[Choice, Any], str]) -> str:
    rows = []
    for name, market in MARKETS.items():
        choice = tried_at(count, market, Setting())
        rows += [
            [
                name,
                f"{tried.size:,}",
                beside(choice, tried),
                usd(tried.usd),
                seconds(tried.wall_seconds),
                seconds(tried.block_seconds),
                _mark(choice, tried),
            ]
            for tried in choice.tried
        ]
    heads = ["market", unit, "vCPU", "cost", "until the summary", "a block", ""]
    if not any(row[2] for row in rows):
        heads, rows = [*heads[:2], *heads[3:]], [[*row[:2], *row[3:]] for row in rows]
    return table(heads, rows)


def _mark(choice: Choice, tried: Any) -> str:
    if not tried.fits:
        return "too small for this market"
    words = [name for name in ("cheapest", "fastest", "knee") if getattr(choice, name) == tried]
    return ", ".join(words)


def _price(price: Price) -> str:
    return f"{_exact(price.usd)}{'' if price.verified else ' **?**'}"


def _exact(value: float) -> str:
    """Without powers of ten."""
    return f"{value:.10f}".rstrip("0").rstrip(".") or "0"


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else short(value)


def main() -> int:
    PAGE.write_text(renewed(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
