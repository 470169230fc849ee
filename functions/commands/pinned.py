"""A run computed in this process from what its backtest pins; nothing is resolved again."""

from collections.abc import Mapping
from typing import Any

from datalake.errors import DataError, UnknownDatasetError
from engine.errors import EngineError
from functions.api.answers import StrategyVersionShown
from functions.commands import local
from functions.commands.comparing import TABLES, Side
from functions.commands.failures import PLATFORM, CommandError
from functions.errors import ApiError
from functions.jobs.ledger import ledger_files
from functions.jobs.records import Params, StrategyVersion
from functions.settings import Settings


def computed(strategy: StrategyVersionShown, context: Mapping[str, Any], params: Params, settings: Settings) -> Side:
    """CommandError where this process cannot: it has not the data, or does not understand what another version understood."""
    version = StrategyVersion("pinned", strategy.strategy_id, strategy.name, strategy.version, strategy.code, strategy.identity)
    try:
        plan = local.prepare_pinned(version, context, params, settings)
        result = local.record(plan, plan.combinations[0], "computing it again")
    except UnknownDatasetError as error:
        hint = f"{settings.lake_url} has to hold it; LAKE_URL names another lake"
        raise CommandError(f"the run's data are not here: {error}", hint, PLATFORM) from error
    except (EngineError, DataError, ApiError) as error:
        raise CommandError(f"this process cannot compute the run: {error}", "another version may", PLATFORM) from error
    files = ledger_files(result, {})
    return Side(result.cell.content_hash, result.cell.stats, {name: files[name] for part in TABLES if (name := f"{part}.csv")})
