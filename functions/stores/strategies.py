"""Strategies with immutable versions, and backtests: a version in a resolved context; as their owner sees them."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from functions.jobs.database import Database, Row, is_uuid, one
from functions.jobs.paging import page
from functions.jobs.records import Backtest, StrategyVersion


class Strategies:
    """Each call one transaction in the user's own role: row-level security decides what it sees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_strategy_version(self, user: str, name: str, source: str, identity: str, strategy_id: str | None = None) -> StrategyVersion:
        """The next version of a strategy; a new strategy without an id. The same identity gives the version that exists."""
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.create_strategy_version(%s, %s, %s, %s)", (strategy_id, name, source, identity))
        return _version(row)

    def get_strategy(self, user: str, strategy_id: str) -> StrategyVersion | None:
        """The newest version."""
        if not is_uuid(strategy_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(
                """select v.id, v.strategy_id, s.name, v.version, v.source, v.identity
                from public.strategy_versions v join public.strategies s on s.id = v.strategy_id
                where v.strategy_id = %s order by v.version desc limit 1""",
                (strategy_id,),
            ).fetchone()
        return _version(row) if row else None

    def get_strategy_version(self, user: str, strategy_id: str, version: int) -> StrategyVersion | None:
        if not is_uuid(strategy_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(
                """select v.id, v.strategy_id, s.name, v.version, v.source, v.identity
                from public.strategy_versions v join public.strategies s on s.id = v.strategy_id
                where v.strategy_id = %s and v.version = %s""",
                (strategy_id, version),
            ).fetchone()
        return _version(row) if row else None

    def create_backtest(self, user: str, strategy_version_id: str, context: Mapping[str, Any], notes: str = "") -> str:
        with self._database.as_user(user) as connection:
            row = one(
                connection,
                "select lianghu.create_backtest(%s, %s, %s) as id",
                (strategy_version_id, Jsonb(dict(context)), notes),
            )
        return str(row["id"])

    def get_backtest(self, user: str, backtest_id: str) -> Backtest | None:
        if not is_uuid(backtest_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(_BACKTEST + sql.SQL(" where b.id = %s"), (backtest_id,)).fetchone()
        return _backtest(row) if row else None

    def list_backtests(self, user: str, limit: int = 50, cursor: str | None = None) -> tuple[list[Backtest], str | None]:
        """Newest first."""
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _BACKTEST, (), "-created_at", limit, cursor)
        return [_backtest(row) for row in rows], following


_BACKTEST = sql.SQL("""select b.id, b.context, b.notes, b.created_at, 0 as position, v.id as version_id,
        v.strategy_id, s.name, v.version, v.source, v.identity
    from public.backtests b
    join public.strategy_versions v on v.id = b.strategy_version_id
    join public.strategies s on s.id = v.strategy_id""")


def _version(row: Row) -> StrategyVersion:
    return StrategyVersion(str(row["id"]), str(row["strategy_id"]), row["name"], row["version"], row["source"], row["identity"])


def _backtest(row: Row) -> Backtest:
    version = StrategyVersion(str(row["version_id"]), str(row["strategy_id"]), row["name"], row["version"], row["source"], row["identity"])
    return Backtest(str(row["id"]), version, row["context"], row["notes"], row["created_at"])
