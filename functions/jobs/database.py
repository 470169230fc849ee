"""Connections to Postgres: every transaction takes the role of whom it serves, because the login itself may do nothing."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from functions.errors import STATUS, ApiError

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

STATEMENT_TIMEOUT = "20s"
TRUSTED_SECONDS = 1.0
"""A connection that answered so lately is not asked whether it still lives: a question costs as much as a small answer."""


class _Kept(psycopg.Connection[Row]):
    """One of the pool's."""

    answered = float("-inf")
    """When it last finished a transaction."""


class Database:
    """A small pool that works behind a transaction pooler: no prepared statements, settings only inside a transaction."""

    def __init__(self, url: str, size: int = 8, timeout: float = 10) -> None:
        self._pool: ConnectionPool[_Kept] = ConnectionPool(
            url,
            min_size=0,
            max_size=size,
            open=False,
            timeout=timeout,
            max_idle=60,
            kwargs={
                "autocommit": True,  # Transactions begin and end below, in fewer messages.
                "prepare_threshold": None,
                "row_factory": dict_row,
                "connect_timeout": 5,
                "application_name": "lianghu",
            },
            connection_class=_Kept,
            check=_check,
        )

    @contextmanager
    def as_user(self, user: str | None) -> Iterator[Connection]:
        """A transaction in which row-level security sees this user; None: somebody signed in, no matter who."""
        shared = _SHARED.get()
        if shared is not None and shared[:2] == (self, user):
            yield shared[2]
            return
        claims = {"role": "authenticated"} | ({"sub": user} if user else {})
        with self._transaction("authenticated", claims) as connection:
            yield connection

    @contextmanager
    def together(self, user: str) -> Iterator[Connection]:
        """One transaction of this user for everything in the block that would be a transaction of theirs: all of it happens, or nothing."""
        with self.as_user(user) as connection:
            mark = _SHARED.set((self, user, connection))
            try:
                yield connection
            finally:
                _SHARED.reset(mark)

    @contextmanager
    def as_stranger(self) -> Iterator[Connection]:
        """A transaction of somebody who has not signed in: a few functions, and no table."""
        with self._transaction("anon", {}) as connection:
            yield connection

    @contextmanager
    def as_worker(self) -> Iterator[Connection]:
        """A transaction that can call the workers' functions and read no table."""
        with self._transaction("lianghu_worker", {}) as connection:
            yield connection

    @contextmanager
    def as_ingest(self) -> Iterator[Connection]:
        """A transaction that can ask for a call to the data vendor, and nothing else."""
        with self._transaction("lianghu_ingest", {}) as connection:
            yield connection

    def check(self) -> None:
        """UPSTREAM_ERROR if the database does not answer."""
        with self.as_user(None) as connection:
            connection.execute("select 1")

    @contextmanager
    def as_operator(self) -> Iterator[Connection]:
        """A transaction that can administer, through functions alone. The functions' own login may not take this role."""
        with self._transaction("lianghu_operator", {}) as connection:
            yield connection

    def close(self) -> None:
        self._pool.close()

    def ask(self, user: str | None, question: sql.Composed) -> Row | None:
        """The first row of one question in a transaction of its own, there and back in one message; as this user, or as a stranger (None).

        Values are literals in the question: what has parameters cannot travel together with the settings.
        """
        role, claims = ("authenticated", {"role": "authenticated", "sub": user}) if user else ("anon", {})
        with self._connection() as connection:
            answers = connection.execute(sql.SQL("; ").join([_SETTINGS.format(role, json.dumps(claims), STATEMENT_TIMEOUT), question]))
            answers.nextset()
            row = answers.fetchone()
            connection.answered = time.monotonic()
        return row

    @contextmanager
    def _transaction(self, role: str, claims: dict[str, str]) -> Iterator[Connection]:
        with self._connection() as connection:
            try:
                # Without parameters, so that both go in one message.
                connection.execute(sql.SQL("begin; ") + _SETTINGS.format(role, json.dumps(claims), STATEMENT_TIMEOUT))
                yield connection
            except BaseException:
                if not connection.closed:
                    connection.execute("rollback")
                raise
            connection.execute("commit")
            connection.answered = time.monotonic()

    @contextmanager
    def _connection(self) -> Iterator[_Kept]:
        """One of the pool's; what Postgres refuses is told in our words."""
        try:
            self._pool.open()
            with self._pool.connection() as connection:
                yield connection
        except psycopg.DatabaseError as error:
            if refusal := _refusal(error):
                raise refusal from error
            if isinstance(error, psycopg.IntegrityError):
                # Its details quote the row, which may hold a strategy's text.
                raise _contradiction(error) from None
            if not isinstance(error, psycopg.OperationalError) or isinstance(error, psycopg.errors.DeadlockDetected):
                raise
            raise (_full() if isinstance(error, psycopg.errors.DiskFull) else _unreachable()) from error
        except PoolTimeout as error:
            raise _unreachable() from error


_SHARED: ContextVar[tuple[Database, str, Connection] | None] = ContextVar("shared transaction", default=None)
"""Of this request: whose it is, and where."""

_SETTINGS = sql.SQL(
    "select set_config('role', {}, true), set_config('request.jwt.claims', {}, true), set_config('statement_timeout', {}, true)"
)


def _check(connection: _Kept) -> None:
    if time.monotonic() - connection.answered > TRUSTED_SECONDS:
        ConnectionPool.check_connection(connection)


def one(connection: Connection, query: str, values: Sequence[Any]) -> Row:
    """The row of a query that always has one."""
    row = connection.execute(query, values).fetchone()
    if row is None:
        raise RuntimeError(f"the database answered nothing to: {query}")
    return row


def is_uuid(text: str) -> bool:
    """What is no id is the id of nothing."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _refusal(error: psycopg.DatabaseError) -> ApiError | None:
    """What our SQL functions refuse: they raise PT and an HTTP status, as PostgREST does."""
    code = error.sqlstate or ""
    if not code.startswith("PT"):
        return None
    name = next((name for name, status in STATUS.items() if str(status) == code[2:]), "INTERNAL_ERROR")
    return ApiError(name, error.diag.message_primary or "the database refused")


def _contradiction(error: psycopg.IntegrityError) -> ApiError:
    if isinstance(error, psycopg.errors.ForeignKeyViolation) and (error.diag.constraint_name or "").endswith("owner_fkey"):
        return ApiError("UNAUTHORIZED", "this account does not exist any more")
    return ApiError("INVALID_INPUT", error.diag.message_primary or "the database refused")


def _unreachable() -> ApiError:
    return ApiError("UPSTREAM_ERROR", "the database does not answer; is it up, and DATABASE_URL right?")


def _full() -> ApiError:
    return ApiError("UPSTREAM_ERROR", "the database's disk is full; free some space, then submit again what failed meanwhile")
