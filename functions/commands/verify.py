"""`lianghu verify`: a run of the platform, computed once more in this process from what it pins, and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from engine.simulation.rules import RULES_VERSION
from functions.api.answers import RunShown
from functions.client import Client, ClientError
from functions.commands.comparing import TABLES, Difference, Side, differences
from functions.commands.connection import client
from functions.commands.failures import OK, RUN_FAILED
from functions.commands.named import ended_run
from functions.commands.screen import notes, output, show_table, write_json
from functions.settings import Settings
from functions.wiring import House

PARTS = {
    "equity": "权益 equity",
    "account": "账户 account",
    "trades": "成交 trades",
    "positions": "持仓 positions",
    "orders": "委托 orders",
    "refusals": "拒单 refusals",
    "events": "事件 events",
    "tallies": "合计 tallies",
    "stats": "指标 statistics",
    "content_hash": "内容哈希 content hash",
}
ARTIFACTS = {f"{part}.csv": (part, "equity_curve_path" if part == "equity" else f"{part}_path") for part in TABLES}
"""A file to what the API calls it, and to its key among a run's artifacts. Only kept ones are compared: the platform makes the files of a
grid's cell later only where they come to the same content hash."""


class Versions(NamedTuple):
    """Of what computes."""

    engine: str
    rules: str


@dataclass(frozen=True)
class Verification:
    run: RunShown
    stored: Side
    computed: Side
    here: Versions

    @property
    def there(self) -> Versions:
        return Versions(self.run.engine_version, self.run.rules_version)

    @property
    def differences(self) -> list[Difference]:
        return differences(self.stored, self.computed)

    def to_json(self) -> dict[str, Any]:
        return {
            "run_id": self.run.run_id,
            "verified": not self.differences,
            "compared": [*self.stored.files, f"{len(self.stored.stats)} statistics", "content hash"],
            "content_hash": {"stored": self.stored.content_hash, "computed": self.computed.content_hash},
            "engine_version": {"stored": self.there.engine, "computed": self.here.engine},
            "rules_version": {"stored": self.there.rules, "computed": self.here.rules},
            "differences": [row._asdict() for row in self.differences],
        }


def verify(settings: Settings, given: str, as_json: bool) -> int:
    """The exit code: 0 where every part is the same, 1 where one is not."""
    with client(settings) as api:
        found = _verification(api, ended_run(api, given), settings)
    if as_json:
        write_json(found.to_json())
    else:
        _show(found)
    return RUN_FAILED if found.differences else OK


def _verification(api: Client, run: RunShown, settings: Settings) -> Verification:
    from functions.commands import pinned  # noqa: PLC0415  loads polars and the engine

    backtest = api.backtest(run.backtest_id)
    pin = backtest.strategy
    if pin.kind == "rules":
        computed = pinned.computed(api.strategy_version(pin.strategy_id, pin.version), backtest.context, run.params, settings)
    else:
        computed = pinned.computed_table(api.signals_table(pin.strategy_id), backtest.context, settings)
    files = {name: _kept(api, run.run_id, kind) for name, (kind, key) in ARTIFACTS.items() if key in run.artifacts}
    stored = Side(run.content_hash or "", run.stats or {}, files)
    return Verification(run, stored, computed, Versions(House(settings).engine_version, RULES_VERSION))


def _kept(api: Client, run_id: str, kind: str) -> bytes:
    """Nothing where a file that the run names is gone: that is a difference, and no wrong id."""
    try:
        return api.artifact(run_id, kind)
    except ClientError as error:
        if error.code != "NOT_FOUND":
            raise
        return b""


def _show(found: Verification) -> None:
    rows = found.differences
    if rows:
        output.print(f"[bold red]✗ 不一致 NOT the same[/]: run {found.run.run_id}")
        table = Table(header_style="bold", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
        for name in ("部分\npart", "位置\nwhere", "存储的\nstored", "重算的\ncomputed here"):
            table.add_column(name, no_wrap=True)
        for row in rows:
            table.add_row(PARTS[row.part], escape(row.place), _written(row.stored), _written(row.computed))
        show_table(table)
    else:
        output.print(f"[bold green]✓ 一致 verified[/]: run {found.run.run_id} computes to the same bytes in this process")
        compared = ", ".join([f"{len(found.stored.stats)} statistics", *found.stored.files])
        output.print(f"content hash {found.stored.content_hash}", markup=False, soft_wrap=True)
        output.print(f"compared: content hash, {compared}", markup=False)
    for line in _reasons(found):
        notes.print(line, style="yellow", markup=False, soft_wrap=True)


def _reasons(found: Verification) -> Iterator[str]:
    """What may be behind a difference."""
    pairs = list(zip(Versions._fields, found.there, found.here, strict=True))
    for name, there, here in pairs:
        if there != here:
            yield f"{name} version: the run's is {there}, this process has {here}"
    if not found.differences:
        return
    if not found.stored.files:
        yield "the platform keeps no equity and no account of this run to compare"
    if found.there != found.here:
        yield "another version may compute otherwise: verify with that of the run"
    elif found.stored.content_hash == found.computed.content_hash:
        yield "the content hash is right: what is stored beside it was changed"
    else:
        yield (
            "the same versions give the same bytes: either what is stored was changed, or the dataset of this name "
            "in this lake is another one (LAKE_URL names the lake)"
        )


def _written(value: float | int | str | None) -> str:
    """A hash by its beginning; figures with every digit, because it is about them."""
    text = "—" if value is None or value == "" else str(value)
    return escape(text if len(text) <= 40 else f"{text[:39]}…")
