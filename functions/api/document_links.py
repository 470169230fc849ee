"""What an answer is good for: the OpenAPI document leads from whatever makes something to every call that takes its id."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Made(NamedTuple):
    """What a call makes, and where its answer says so."""

    operation: str
    status: str
    ids: Mapping[str, str]
    """JSON pointers into the answer, by the parameter that takes the value; a `version` alone leads nowhere, datasets have such, too."""


MADE = (
    Made("create_backtest", "201", {"backtest_id": "/backtest_id"}),
    Made("submit_runs", "202", {"run_id": "/run_ids/0", "grid_id": "/grid_id"}),
    Made("create_strategy", "201", {"strategy_id": "/strategy_id", "version": "/version"}),
    Made("create_share", "201", {"share_id": "/share_id", "token": "/token"}),
    Made("create_key", "201", {"key_id": "/key_id"}),
    Made("create_message_client", "201", {"client_id": "/client_id"}),
)


def link(calls: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
    """Adds links; `calls` has each operation's path and what is said of it."""
    for made in MADE:
        if made.operation not in calls:
            continue
        path, call = calls[made.operation]
        own = set(parameters(path))
        links: dict[str, Any] = {}
        for name, (consumer, _) in calls.items():
            wanted = parameters(consumer)
            if not set(wanted) & set(made.ids) - {"version"} or not set(wanted) <= own | set(made.ids):
                continue
            values = {each: _value(each, made) for each in wanted}
            links[name] = {"operationId": name, "parameters": values}
        if links:
            call["responses"][made.status]["links"] = links


def parameters(path: str) -> list[str]:
    """The names in braces, in their order."""
    return list(_names(path))


def _names(path: str) -> Iterator[str]:
    for part in path.split("{")[1:]:
        yield part.split("}")[0]


def _value(name: str, made: Made) -> str:
    return f"$response.body#{made.ids[name]}" if name in made.ids else f"$request.path.{name}"
