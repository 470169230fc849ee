"""What an id names: a run or a grid."""

from uuid import UUID

from functions.api.answers import GridShown, RunShown
from functions.client import Client, ClientError
from functions.commands.failures import CommandError
from functions.commands.screen import bar

WHERE = "`lianghu runs` lists backtests, `lianghu runs --backtest ID` their runs"


def named(api: Client, given: str) -> RunShown | GridShown:
    """CommandError where it is neither; what somebody else owns is neither."""
    try:
        identity = str(UUID(given))
    except ValueError as error:
        raise CommandError(f"{given!r} is no id of a run or a grid", WHERE) from error
    for look in (api.run_by_id, api.grid_by_id):
        try:
            return look(identity)
        except ClientError as error:
            if error.code != "NOT_FOUND":
                raise
    raise CommandError(f"there is no run and no grid {identity}", WHERE)


def ended_run(api: Client, given: str) -> RunShown:
    """A run that has succeeded; waits for one that goes on."""
    found = named(api, given)
    if isinstance(found, GridShown):
        hint = f"its runs have ids of their own: lianghu runs --backtest {found.backtest_id}"
        raise CommandError(f"{found.grid_id} is a grid, not a run", hint)
    with bar("run", 100) as progress:
        run = api.wait_run(found.backtest_id, found.run_id, lambda state: progress.at(state.progress, state.status))
    if run.status != "succeeded":
        raise CommandError(f"the run {run.status}: it has no result")
    return run
