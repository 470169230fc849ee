"""`lianghu run --orders` and `--weights`: tables of orders or target weights from anywhere, traded by our rules."""

import json
from collections import Counter
from collections.abc import Mapping
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from datalake.calendar import iso
from engine.orders.columns import ORDERS, WEIGHTS, unused
from engine.orders.lines import Table
from engine.simulation.outcome import Reject
from engine.simulation.placed import orders
from engine.simulation.rules import RULES_VERSION
from functions.api.body import LARGEST_BODY
from functions.api.context import known_dataset
from functions.api.models import Context
from functions.api.problems import Problem, invalid_request
from functions.api.signal_context import resolve_signals
from functions.client import Client
from functions.commands.connection import client
from functions.commands.failures import CommandError
from functions.commands.inputs import Where, strategy_text
from functions.commands.kept import How, Kept, kept_of
from functions.commands.local import market_of, watched
from functions.commands.screen import notes
from functions.commands.submit import single_through, tell_single, told_of
from functions.commands.tables import csv_text, is_parquet, read_table
from functions.commands.telling import tell_run
from functions.errors import invalid_input
from functions.jobs.plan import table_panel
from functions.reports.of_run import report_of
from functions.reports.run_page import render_run
from functions.settings import Settings
from functions.signals.document import Lines, SignalsKind, checked, lines_of
from functions.wiring import House

if TYPE_CHECKING:
    from engine.results import Result
    from functions.recorders import Traded

NO_UNIVERSE = "--universe has no meaning here: the stocks are those of the table"


@dataclass(frozen=True)
class Outside:
    """What is to be traded, and how."""

    orders: Path | None
    """Exactly one of the two."""
    weights: Path | None
    settings: Path | None
    """A YAML of costs, execution, risk, rules."""

    @property
    def file(self) -> Path:
        found = self.orders or self.weights
        if found is None or (self.orders and self.weights):
            raise CommandError("say --orders FILE or --weights FILE, one of them")
        return found

    @property
    def kind(self) -> SignalsKind:
        return "orders" if self.orders else "weights"

    @property
    def settings_text(self) -> str | None:
        return strategy_text(self.settings) if self.settings else None


def run_table(outside: Outside, where: Where, how: How, settings: Settings) -> int:
    """One run; the exit code."""
    if where.universe is not None:
        raise CommandError(NO_UNIVERSE)
    return _here(outside, where, how, settings) if how.local else _there(outside, where, how, settings)


def upload_of(outside: Outside, name: str) -> dict[str, Any]:
    """The table as the API takes it. CommandError where it is larger than a request may be."""
    file = outside.file
    table = {"rows": _rows(read_table(file))} if is_parquet(file) else {"csv": csv_text(file)}
    sent = {"kind": outside.kind, "name": name, "settings": outside.settings_text, **table}
    size = len(json.dumps(sent, ensure_ascii=False).encode())
    if size > LARGEST_BODY:
        raise CommandError(f"{file} comes to {size:,} bytes; the platform takes {LARGEST_BODY:,}", "run it with --local, or in parts")
    return sent


def tell_uploaded(columns: list[str], warnings: list[str]) -> None:
    for name in columns:
        notes.print(f"the column {name!r} is not used", style="dim", markup=False)
    for warning in warnings:
        notes.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


def _there(outside: Outside, where: Where, how: How, settings: Settings) -> int:
    """Through the platform."""
    name = outside.file.name
    sent = upload_of(outside, name)
    with client(settings, or_local=True) as api:
        signals = api.create_signals(**sent)
        tell_uploaded(signals.unused, [f"{row.field}: {row.message}" for row in signals.warnings])
        context = where.context(signals.first, signals.last)
        run, resolved = single_through(api, {"signals": signals.signal_id}, context, {}, reuse=not how.anew)
        return tell_single(api, run, resolved, how, name, lambda: _counts(api, run.run_id, outside.kind, signals.rows))


def _counts(api: Client, run_id: str, kind: SignalsKind, rows: int) -> dict[str, dict[str, int]]:
    """What became of the table, from the run's own files."""
    ended, refused = (
        Counter(row[column].replace("_", " ") for row in DictReader(api.artifact(run_id, name).decode("utf-8-sig").splitlines()))
        for name, column in (("orders", "ended"), ("refusals", "reason"))
    )
    return _became(rows, kind, ended, refused)


def _here(outside: Outside, where: Where, how: How, settings: Settings) -> int:
    """In this process."""
    table, kind, text = read_table(outside.file), outside.kind, outside.settings_text
    lines, trading = checked(lambda: lines_of(table, kind), text)
    tell_uploaded(unused(table, ORDERS if kind == "orders" else WEIGHTS), [str(warning) for warning in trading.warnings])
    house = House(settings)
    context = resolve_signals(lines, text, _wanted(lines, where), house)
    result, plan = traded_here(outside.file.name, lines, text, context, house, kind)
    return tell_run(told_of(result, context, plan.name, _told(result, lines, kind)), _kept(result, plan, how, house), how)


def traded_here(
    name: str, lines: Lines, settings: str | None, context: Mapping[str, Any], house: House, title: str
) -> "tuple[Result, Traded]":
    """A table traded in this process, in a context that is resolved."""
    from functions.recorders import traded  # noqa: PLC0415  loads the compiled engine

    plan = traded(name, lines, settings, context)
    market = market_of(table_panel(context, known_dataset(house.lake, context["datasource_version"])), house)
    with watched(title) as checkpoint:
        return plan.record(market, {}, checkpoint), plan


def _wanted(lines: Lines, where: Where) -> Context:
    """The options as the API reads them; the window is that of the table where it is not said."""
    wanted = where.context(iso(int(lines.days.min())), iso(int(lines.days.max())))
    try:
        return Context.model_validate(wanted)
    except ValidationError as error:
        rows = invalid_request(error.errors(), Context).details["problems"]
        raise invalid_input([Problem(**{**row, "field": f"context.{row['field']}"}) for row in rows]) from error


def _kept(result: "Result", plan: "Traded", how: How, house: House) -> Kept:
    identity = {**plan.identity, "engine version": house.engine_version, "rules version": RULES_VERSION}
    page = render_run(report_of(result, plan.name, plan.told_context(), plan.initial_cash, identity)) if how.report else ""
    return kept_of(result, page.encode(), {**plan.title, **identity}, how)


def _told(result: "Result", lines: Lines, kind: SignalsKind) -> dict[str, dict[str, int]]:
    """What became of the table."""
    ended = Counter(order.ended for order in orders(result.outcome, result.market))
    tallies = result.outcome.tallies.refusals
    refused = Counter({Reject(code).name.lower().replace("_", " "): times for code, times in enumerate(tallies) if times})
    return _became(len(lines.rows), kind, ended, refused)


def _became(rows: int, kind: SignalsKind, ended: Mapping[str, int], refused: Mapping[str, int]) -> dict[str, dict[str, int]]:
    total = sum(ended.values())
    at_once = rows - total if kind == "orders" else 0
    most_first = dict(Counter(ended).most_common())
    placed = {"placed": total, **most_first, **({"refused at once": at_once} if at_once else {})}
    return {"table": {"rows": rows}, "orders": placed, "refused": dict(refused)}


def _rows(table: Table) -> list[dict[str, str]]:
    """As JSON: of a Parquet, whose rows have no lines."""
    columns = {name: [column.texts[k] for k in column.at.tolist()] for name, column in table.columns.items()}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
