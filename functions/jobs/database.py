"""Connections to Postgres: every transaction takes the role of whom it serves, because the login itself may do nothing."""

import json
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
Cursor = psycopg.Cursor[Row]

STATEMENT_TIMEOUT = "20s"
IDLE_TIMEOUT = "20s"
"""After which Postgres gives a transaction up in which nothing comes: a process that stands still, or a machine that is gone, would keep
its locks as long as TCP believes in it, which is hours."""
RETRY_AFTER = {"Retry-After": "2"}
"""Seconds: Postgres restarts in about as many."""


class CutError(ApiError):
    """Postgres went away in the middle of a transaction: nothing of it happened, or, where its end was cut off, all of it.

    What does no harm when it is done twice may be done again: another connection is taken, for which the pool waits a while.
    """

    def __init__(self) -> None:
        text = "the database was cut off in the middle; what was asked for may have happened: ask again with the same Idempotency-Key"
        super().__init__("UPSTREAM_ERROR", text, headers=RETRY_AFTER)


class Database:
    """A small pool that works behind a transaction pooler: no prepared statements, settings only inside a transaction."""

    def __init__(self, url: str, size: int = 8, timeout: float = 10) -> None:
        """`timeout`: seconds that a caller waits for a connection, whether the others have them all or Postgres restarts."""
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=0,
            max_size=size,
            open=False,
            timeout=timeout,
            max_idle=60,
            max_lifetime=300,  # A smart shutdown waits for every connection, and none of ours for longer.
            kwargs={
                "autocommit": True,  # Transactions begin and end below, in fewer messages.
                "prepare_threshold": None,
                "row_factory": dict_row,
                "connect_timeout": 5,
                "tcp_user_timeout": 5000,  # Milliseconds: a frozen function wakes up with connections that nobody has closed.
                "application_name": "lianghu",
            },
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

        Values are literals in the question: what has parameters cannot travel together with the settings. It must not mind being asked
        twice: where the connection was cut, the answer may be what got lost.
        """
        role, claims = ("authenticated", {"role": "authenticated", "sub": user}) if user else ("anon", {})
        with self._connection(sql.SQL("; ").join([_settings(role, claims), question])) as (_, answers):
            answers.nextset()
            return answers.fetchone()

    @contextmanager
    def _transaction(self, role: str, claims: dict[str, str]) -> Iterator[Connection]:
        # Without parameters, so that both go in one message.
        with self._connection(sql.SQL("begin; ") + _settings(role, claims)) as (connection, _):
            try:
                yield connection
            except BaseException:
                _roll_back(connection)
                raise
            connection.execute("commit")

    @contextmanager
    def _connection(self, greeting: sql.Composed) -> Iterator[tuple[Connection, Cursor]]:
        """One of the pool's, and its answer to the first message; what Postgres refuses is told in our words."""
        try:
            self._pool.open()
            connection, answers = self._greeted(greeting)
            try:
                yield connection, answers
            finally:
                self._pool.putconn(connection)
        except psycopg.DatabaseError as error:
            if refusal := _refusal(error):
                raise refusal from error
            if isinstance(error, psycopg.IntegrityError):
                # Its details quote the row, which may hold a strategy's text.
                raise _contradiction(error) from None
            if isinstance(error, psycopg.errors.IdleInTransactionSessionTimeout):
                raise CutError from error
            if not isinstance(error, psycopg.OperationalError) or isinstance(error, psycopg.errors.DeadlockDetected):
                raise
            raise (_full() if isinstance(error, psycopg.errors.DiskFull) else CutError() if _cut(error) else _unreachable()) from error

    def _greeted(self, greeting: sql.Composed) -> tuple[Connection, Cursor]:
        """A connection that answers. One that was cut while nobody used it shows that only when it is used, so the first message is the
        test: it changes nothing by itself, and is said to the next connection, until the pool has none left from before the cut.
        """
        for _ in range(self._pool.max_size):
            try:
                return self._greeted_once(greeting)
            except psycopg.OperationalError as error:
                if not _cut(error):
                    raise
        return self._greeted_once(greeting)

    def _greeted_once(self, greeting: sql.Composed) -> tuple[Connection, Cursor]:
        connection = self._pool.getconn()
        try:
            return connection, connection.execute(greeting)
        except BaseException as error:
            if isinstance(error, psycopg.OperationalError):
                connection.close()
            self._pool.putconn(connection)
            raise


_SHARED: ContextVar[tuple[Database, str, Connection] | None] = ContextVar("shared transaction", default=None)
"""Of this request: whose it is, and where."""

_SETTINGS = sql.SQL(
    "select set_config('role', {}, true), set_config('request.jwt.claims', {}, true), set_config('statement_timeout', {}, true), "
    "set_config('idle_in_transaction_session_timeout', {}, true)"
)


def _settings(role: str, claims: dict[str, str]) -> sql.Composed:
    return _SETTINGS.format(role, json.dumps(claims), STATEMENT_TIMEOUT, IDLE_TIMEOUT)


def _roll_back(connection: Connection) -> None:
    """Whatever went wrong before is what is told; a connection that cannot even do this is closed, and the pool lets it go."""
    try:
        if not connection.closed:
            connection.execute("rollback")
    except psycopg.OperationalError:
        connection.close()


def _cut(error: psycopg.OperationalError) -> bool:
    """Whether a connection is gone: libpq says so (without a code), Postgres as it shuts down (57P..), or a pooler (08...)."""
    if isinstance(error, PoolTimeout):  # there was none
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("57P", "08"))


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
    return ApiError("UPSTREAM_ERROR", "the database does not answer; is it up, and DATABASE_URL right?", headers=RETRY_AFTER)


def _full() -> ApiError:
    text = "the database's disk is full; free some space, then submit again what failed meanwhile"
    return ApiError("UPSTREAM_ERROR", text, headers={"Retry-After": "60"})
