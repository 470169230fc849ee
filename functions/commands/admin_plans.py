"""`lianghu admin plans | announce`: quotas that are hints, and what everybody is told."""

import re
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from functions.commands.failures import OK, CommandError
from functions.commands.operator import operator
from functions.commands.screen import output, show_table, write_json
from functions.product_events import PLANS
from functions.settings import Settings
from functions.stores.administration import WEIGHT
from functions.stores.people import QUOTAS

CHANGE = re.compile(r"(\w+)\.(\w+)=(\d{1,15}(?:\.\d{1,6})?)", re.ASCII)


def show_plans(settings: Settings, changes: Sequence[str], as_json: bool) -> int:
    with operator(settings) as here:
        for change in changes:
            match = CHANGE.fullmatch(change)
            plan = next((plan for plan in PLANS if match and plan == match[1]), None)
            if match is None or plan is None:
                raise CommandError(f"--set {change}: not understood", f"like free.combinations=30000; plans: {', '.join(PLANS)}")
            here.platform.set_quota(plan, match[2], float(match[3]) if "." in match[3] else int(match[3]))
        plans = here.platform.plans()
    if as_json:
        write_json({"plans": plans})
        return OK
    table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("quota", no_wrap=True)
    for name in plans:
        table.add_column(name, justify="right")
    for kind in QUOTAS:
        table.add_row(kind.words, *(f"{quotas[kind.name]:,}" if kind.name in quotas else "—" for quotas in plans.values()))
    table.add_row("share of busy workers, by weight", *(f"{quotas.get(WEIGHT, 1):g}" for quotas in plans.values()))
    show_table(table)
    return OK


def announce(settings: Settings, texts: Sequence[str], clear: bool, as_json: bool) -> int:
    if texts and clear:
        raise CommandError("--clear with a text means both to tell something and to tell nothing", "one of them")
    with operator(settings) as here:
        if texts or clear:
            here.platform.announce(texts)
        told = here.platform.announcements()
    if as_json:
        write_json({"notices": told})
    else:
        for text in told or ["nothing is announced"]:
            output.print(text, markup=False)
    return OK
