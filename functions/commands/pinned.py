"""A run computed in this process from what its backtest pins; nothing is resolved again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from datalake.errors import DataError, UnknownDatasetError
from engine.errors import EngineError
from functions.api.answers import StrategyVersionShown
from functions.api.signal_shapes import SignalsTable
from functions.commands import local, outside
from functions.commands.comparing import TABLES, Side
from functions.commands.failures import PLATFORM, CommandError
from functions.errors import ApiError
from functions.jobs.ledger import ledger_files
from functions.jobs.records import Params, StrategyVersion
from functions.settings import Settings
from functions.signals.document import Signals
from functions.wiring import House

if TYPE_CHECKING:
    from engine.results import Result

TITLE = "computing it again"


def computed(strategy: StrategyVersionShown, context: Mapping[str, Any], params: Params, settings: Settings) -> Side:
    """CommandError where this process cannot: it has not the data, or does not understand what another version understood."""
    version = StrategyVersion("pinned", strategy.strategy_id, strategy.name, strategy.version, strategy.code, strategy.identity)
    with _told(settings):
        plan = local.prepare_pinned(version, context, params, settings)
        return _side(local.record(plan, plan.combinations[0], TITLE))


def computed_table(table: SignalsTable, context: Mapping[str, Any], settings: Settings) -> Side:
    """The same of a table of orders or weights."""
    signals = Signals(table.kind, table.name, table.settings, table.csv, table.rows)
    with _told(settings):
        return _side(outside.traded_here(signals.name, signals.lines, signals.settings, context, House(settings), TITLE)[0])


def _side(result: "Result") -> Side:
    files = ledger_files(result, {})
    return Side(result.cell.content_hash, result.cell.stats, {name: files[name] for part in TABLES if (name := f"{part}.csv")})


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    try:
        yield
    except UnknownDatasetError as error:
        hint = f"{settings.lake_url} has to hold it; LAKE_URL names another lake"
        raise CommandError(f"the run's data are not here: {error}", hint, PLATFORM) from error
    except (EngineError, DataError, ApiError) as error:
        raise CommandError(f"this process cannot compute the run: {error}", "another version may", PLATFORM) from error
