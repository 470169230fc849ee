"""Strategies with immutable versions, as their owner sees them, and the backtests that pin one in a resolved context."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from functions.jobs.database import Connection, Database, Row, is_uuid, one
from functions.jobs.paging import Column, Part, page, walk
from functions.jobs.records import Backtest, StrategyVersion


@dataclass(frozen=True)
class Saved:
    """A version that was asked for."""

    version: StrategyVersion
    is_new: bool
    """False: it was there and says the same."""


@dataclass(frozen=True)
class Summary:
    """What became of a strategy, all versions together."""

    versions: int
    backtests: int
    submissions: int
    runs: int
    """Combinations that were asked for."""
    last_submitted_at: datetime | None
    best_return: float | None
    """Of all runs that have succeeded."""
    best_sharpe: float | None


@dataclass(frozen=True)
class StrategyCard:
    """A strategy as lists show it: with its newest version, and without a text."""

    id: str
    name: str
    tags: tuple[str, ...]
    version: int
    identity: str
    created_at: datetime
    changed_at: datetime
    """When the newest version came."""
    summary: Summary


@dataclass(frozen=True)
class VersionCard:
    strategy_id: str
    version: int
    identity: str
    created_at: datetime


class Strategies:
    """Each call one transaction in the user's own role: row-level security decides what it sees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # strategies

    def create_strategy(self, user: str, name: str, source: str, identity: str, tags: Sequence[str] = ()) -> StrategyVersion:
        """A new one with its first version. CONFLICT where there is one of this name."""
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.create_strategy(%s, %s, %s, %s)", (name, source, identity, list(tags)))
        return version_of(row)

    def create_strategy_version(self, user: str, name: str, source: str, identity: str, strategy_id: str | None = None) -> StrategyVersion:
        """Of the strategy with this id; without an id of the one with this name, which is made where there is none, and then any version
        with the same identity is as good as a new one."""
        if strategy_id is not None:
            return self.add_version(user, strategy_id, source, identity).version
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.pin_strategy(%s, %s, %s)", (name, source, identity))
        return version_of(row)

    def add_version(self, user: str, strategy_id: str, source: str, identity: str) -> Saved:
        """The newest version from now on; the newest one itself where it has the same identity. NOT_FOUND."""
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.add_strategy_version(%s, %s, %s)", (strategy_id, source, identity))
        return Saved(version_of(row), row["is_new"])

    def change_strategy(self, user: str, strategy_id: str, name: str | None, tags: Sequence[str] | None) -> None:
        """What is None stays. NOT_FOUND; CONFLICT where another one has the name."""
        with self._database.as_user(user) as connection:
            new_tags = None if tags is None else list(tags)
            connection.execute("select lianghu.change_strategy(%s, %s, %s)", (strategy_id, name, new_tags))

    def delete_strategy(self, user: str, strategy_id: str) -> None:
        """Its versions stay while backtests refer to one of them. NOT_FOUND, also the second time."""
        with self._database.as_user(user) as connection:
            connection.execute("select lianghu.delete_strategy(%s, '{rules}')", (strategy_id,))

    def list_strategies(
        self, user: str, name: str = "", tag: str = "", limit: int = 50, cursor: str | None = None
    ) -> tuple[list[StrategyCard], str | None]:
        """Newest first; those whose names begin with `name` and that have the tag."""
        conditions: list[tuple[sql.SQL, Any]] = [(sql.SQL("starts_with(t.name, %s)"), name)] if name else []
        conditions += [(sql.SQL("%s = any (t.tags)"), tag)] if tag else []
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _CARD, conditions, "-created_at", limit, cursor)
            return _cards(connection, rows), following

    def get_card(self, user: str, strategy_id: str) -> StrategyCard | None:
        if not is_uuid(strategy_id):
            return None
        with self._database.as_user(user) as connection:
            rows = connection.execute(_CARD + sql.SQL(" and s.id = %s"), (strategy_id,)).fetchall()
            return next(iter(_cards(connection, rows)), None)

    def get_strategy(self, user: str, strategy_id: str) -> StrategyVersion | None:
        """The newest version of what is not deleted."""
        if not is_uuid(strategy_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(
                _VERSION
                + sql.SQL(" where v.strategy_id = %s and s.hidden_at is null and s.kind = 'rules' order by v.version desc limit 1"),
                (strategy_id,),
            ).fetchone()
        return version_of(row) if row else None

    def get_strategy_version(self, user: str, strategy_id: str, version: int) -> StrategyVersion | None:
        """Also of what is deleted, while results refer to it: they are recomputed from this."""
        if not is_uuid(strategy_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(_VERSION + sql.SQL(" where v.strategy_id = %s and v.version = %s"), (strategy_id, version)).fetchone()
        return version_of(row) if row else None

    def list_versions(
        self, user: str, strategy_id: str, limit: int = 50, cursor: str | None = None
    ) -> tuple[list[VersionCard], str | None] | None:
        """Newest first; None: there is no such strategy."""
        if self.get_card(user, strategy_id) is None:
            return None
        with self._database.as_user(user) as connection:
            of_it = Part(_VERSIONS, [(sql.SQL("t.strategy_id = %s"), (strategy_id,))], _NEWEST)
            rows, following = walk(connection, [of_it], "-version", None, limit, cursor)
        cards = [VersionCard(str(row["strategy_id"]), row["position"], row["identity"], row["created_at"]) for row in rows]
        return cards, following

    # backtests

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
            return _found_backtest(connection, backtest_id)

    def list_backtests(self, user: str, limit: int = 50, cursor: str | None = None) -> tuple[list[Backtest], str | None]:
        """Newest first; their strategies without a source, which no list shows."""
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _BACKTEST_CARD, (), "-created_at", limit, cursor)
        return [_backtest(row) for row in rows], following


def version_of(row: Row) -> StrategyVersion:
    """Of a query's row with the columns of lianghu.strategy_version."""
    return StrategyVersion(
        str(row["id"]), str(row["strategy_id"]), row["name"], row["version"], row["source"], row["identity"], row["kind"]
    )


_VERSION = sql.SQL("""select v.id, v.strategy_id, s.kind, s.name, v.version, v.source, v.identity
    from public.strategy_versions v join public.strategies s on s.id = v.strategy_id""")
_VERSIONS = sql.SQL("""select t.*, null as place_key
    from (select v.id, v.strategy_id, v.version as position, v.identity, v.created_at from public.strategy_versions v) t""")
_NEWEST = (Column("position", sql.Identifier("t", "position"), descending=True),)
"""By number alone: of two that were saved at once the second may have begun first."""
_CARD = sql.SQL("""select s.id, s.name, s.tags, s.created_at, 0 as position, v.version, v.identity, v.created_at as changed_at
    from public.strategies s
    cross join lateral (
        select n.version, n.identity, n.created_at from public.strategy_versions n
        where n.strategy_id = s.id order by n.version desc limit 1
    ) v
    where s.kind = 'rules' and s.hidden_at is null""")
_BACKTEST_WITH = """select b.id, b.context, b.notes, b.created_at, 0 as position, v.id as version_id,
        v.strategy_id, s.kind, s.name, v.version, {source} as source, v.identity
    from public.backtests b
    join public.strategy_versions v on v.id = b.strategy_version_id
    join public.strategies s on s.id = v.strategy_id"""
_BACKTEST = sql.SQL(_BACKTEST_WITH).format(source=sql.SQL("v.source"))
_BACKTEST_CARD = sql.SQL(sql.SQL(_BACKTEST_WITH).format(source=sql.SQL("''")).as_string())


def backtests_of(connection: Connection, ids: Collection[str]) -> dict[str, Backtest]:
    """By id; their strategies without a source."""
    rows = connection.execute(_BACKTEST_CARD + sql.SQL(" where b.id = any (%s)"), (list(ids),)).fetchall()
    return {backtest.id: backtest for backtest in map(_backtest, rows)}


def _found_backtest(connection: Connection, backtest_id: str) -> Backtest | None:
    row = connection.execute(_BACKTEST + sql.SQL(" where b.id = %s"), (backtest_id,)).fetchone()
    return _backtest(row) if row else None


def _cards(connection: Connection, rows: Sequence[Row]) -> list[StrategyCard]:
    """With the summaries of these rows only: a summary reads all submissions of its strategy."""
    query = """select strategy_id, versions, backtests, submissions, runs, last_submitted_at, best_return, best_sharpe
        from public.strategy_summaries where strategy_id = any (%s)"""
    found = connection.execute(query, ([row["id"] for row in rows],)).fetchall() if rows else []
    summaries = {row.pop("strategy_id"): Summary(**row) for row in found}
    return [_card(row, summaries[row["id"]]) for row in rows]


def _card(row: Row, summary: Summary) -> StrategyCard:
    tags = tuple(row["tags"])
    times = row["created_at"], row["changed_at"]
    return StrategyCard(str(row["id"]), row["name"], tags, row["version"], row["identity"], *times, summary)


def _backtest(row: Row) -> Backtest:
    return Backtest(str(row["id"]), version_of(row | {"id": row["version_id"]}), row["context"], row["notes"], row["created_at"])
