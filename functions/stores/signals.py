"""Tables of signals as their owner sees them: each is a strategy of another kind, with one version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from functions.jobs.database import Database, Row, is_uuid, one
from functions.jobs.paging import page
from functions.jobs.records import StrategyKind, StrategyVersion
from functions.stores.strategies import version_of

KINDS: tuple[StrategyKind, ...] = ("orders", "weights")


@dataclass(frozen=True)
class SignalsCard:
    """As lists show it, without its rows."""

    id: str
    kind: StrategyKind
    name: str
    identity: str
    facts: dict[str, Any]
    """rows, codes, first, last, has_settings."""
    created_at: datetime


class SignalTables:
    """Each call one transaction in the user's own role: row-level security decides what it sees."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, user: str, kind: StrategyKind, name: str, source: str, identity: str, facts: dict[str, Any]) -> tuple[str, bool]:
        """Its id, and whether it is new: the same table under the same name is kept once."""
        with self._database.as_user(user) as connection:
            query = "select * from lianghu.create_signals(%s, %s, %s, %s, %s)"
            row = one(connection, query, (kind, name, source, identity, Jsonb(facts)))
        return str(row["strategy_id"]), row["is_new"]

    def list_tables(self, user: str, name: str = "", limit: int = 50, cursor: str | None = None) -> tuple[list[SignalsCard], str | None]:
        """Newest first; those whose names begin with `name`."""
        conditions: list[tuple[sql.SQL, Any]] = [(sql.SQL("starts_with(t.name, %s)"), name)] if name else []
        with self._database.as_user(user) as connection:
            rows, following = page(connection, _CARD, conditions, "-created_at", limit, cursor)
        return [_card(row) for row in rows], following

    def get_card(self, user: str, signals_id: str) -> SignalsCard | None:
        if not is_uuid(signals_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(_CARD + sql.SQL(" and s.id = %s"), (signals_id,)).fetchone()
        return _card(row) if row else None

    def get_stored(self, user: str, signals_id: str, *, deleted: bool = False) -> StrategyVersion | None:
        """With its document; `deleted`: also while only results refer to it, which are recomputed from this."""
        if not is_uuid(signals_id):
            return None
        with self._database.as_user(user) as connection:
            row = connection.execute(_STORED, {"id": signals_id, "deleted": deleted}).fetchone()
        return version_of(row) if row else None

    def delete(self, user: str, signals_id: str) -> None:
        """Its rows stay while backtests refer to them. NOT_FOUND, also the second time."""
        with self._database.as_user(user) as connection:
            connection.execute("select lianghu.delete_strategy(%s, %s)", (signals_id, list(KINDS)))


_CARD = sql.SQL("""select s.id, s.kind, s.name, s.facts, s.created_at, 0 as position, v.identity
    from public.strategies s join public.strategy_versions v on v.strategy_id = s.id and v.version = 1
    where s.kind <> 'rules' and s.hidden_at is null""")
_STORED = """select v.id, v.strategy_id, s.kind, s.name, v.version, v.source, v.identity
    from public.strategy_versions v join public.strategies s on s.id = v.strategy_id
    where s.id = %(id)s and v.version = 1 and s.kind <> 'rules' and (%(deleted)s or s.hidden_at is null)"""


def _card(row: Row) -> SignalsCard:
    return SignalsCard(str(row["id"]), row["kind"], row["name"], row["identity"], row["facts"], row["created_at"])
