"""Requests for every operation: the bodies and queries that it takes, with the ids of whoever is meant put in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from tests.security.operations import Operation
from tests.security.people import CODE, CONTEXT, GRID, SINGLE, Ids

Wanted = Callable[[Ids], Any]


@dataclass(frozen=True)
class Case:
    """One way to call an operation; `uses` names the ids that its query and body carry."""

    body: Wanted = lambda ids: None
    query: Wanted = lambda ids: {}
    uses: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


SIGNALS_CONTEXT = {name: value for name, value in CONTEXT.items() if name != "universe"}
"""Signals trade the stocks that they name."""

CASES: dict[str, tuple[Case, ...]] = {
    "create_backtest": (
        Case(lambda ids: {"strategyRef": {"strategy_id": ids["strategy_id"]}, "context": CONTEXT}, uses=("strategy_id",)),
        Case(lambda ids: {"strategyRef": {"signals": ids["signal_id"]}, "context": SIGNALS_CONTEXT}, uses=("signal_id",)),
    ),
    "submit_runs": (Case(lambda ids: SINGLE), Case(lambda ids: GRID, lambda ids: {"dry_run": "true"})),
    "list_runs": (Case(), Case(query=lambda ids: {"grid_id": ids["grid_id"]}, uses=("grid_id",))),
    "get_heatmap": (Case(query=lambda ids: {"x": "ma_long"}),),
    "compare_runs": (Case(query=lambda ids: {"run_ids": ids["run_id"]}, uses=("run_id",)),),
    "get_bars": (Case(query=lambda ids: {"code": "009001.SZ", "frequency": "1d"}),),
    "get_ranking": (Case(query=lambda ids: {"field": "amount"}),),
    "confirm_message_client": (Case(lambda ids: {"code": ids["code"]}),),
    "validate_strategy": (Case(lambda ids: {"code": CODE.format(name="judged")}),),
}
"""Operations whose call needs more than the ids in its path, or where an id may also stand in the query or the body."""

CONSTANTS: Ids = {"kind": "equity"}
"""Parameters of paths that are nobody's."""


@dataclass(frozen=True)
class Call:
    method: str
    address: str
    query: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str]

    def keywords(self) -> dict[str, Any]:
        """For the test client."""
        words: dict[str, Any] = {"params": dict(self.query), "headers": dict(self.headers)}
        if isinstance(self.body, str | bytes):
            words["content"] = self.body
        elif self.body is not None:
            words["json"] = self.body
        return words


def cases_of(operation: Operation) -> tuple[Case, ...]:
    """None: it takes a body, and neither CASES nor the document has one."""
    known = CASES.get(operation.name)
    if known:
        return known
    if operation.body is not None:
        return () if operation.example is None else (Case(lambda ids: operation.example),)
    return (Case(),)


def call_of(operation: Operation, case: Case, ids: Ids) -> Call:
    known = CONSTANTS | {"version": "sample:v1" if "datasets" in operation.path else ids.get("version", "1")} | ids
    if "datasets" in operation.path:
        known["version"] = "sample:v1"
    address = operation.path
    for name in operation.names("path"):
        if name not in known:
            raise AssertionError(f"{operation.name}: whose is {{{name}}}? Enter how a person gets one in people.MAKERS")
        address = address.replace(f"{{{name}}}", quote(known[name], safe=""))
    return Call(operation.method, address, case.query(ids), case.body(ids), case.headers)


def calls_of(operation: Operation, ids: Ids) -> Iterator[tuple[Case, Call]]:
    for case in cases_of(operation):
        yield case, call_of(operation, case, ids)
