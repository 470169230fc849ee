"""How often the data vendor may be called, counted in Postgres by every function that shares the account."""

from functions.jobs.database import Database

WINDOW_SECONDS = 61.0
"""The vendor counts by minutes of its own clock; one second more keeps us out of its way."""


class PostgresThrottle:
    """A datalake.upstream.throttle.Throttle of all machines: one row an interface, whose lock is the queue in which callers stand."""

    def __init__(self, database: Database, window: float = WINDOW_SECONDS) -> None:
        self._database, self._window = database, window

    def take(self, interface: str, per_minute: int) -> float:
        if per_minute < 1:
            raise ValueError(f"{interface}: {per_minute} calls a minute")
        with self._database.as_ingest() as connection:
            row = connection.execute("select lianghu.take_call(%s, %s, %s) as wait", (interface, per_minute, self._window)).fetchone()
        return float(row["wait"]) if row else 0.0

    def hold(self, interface: str, seconds: float) -> None:
        with self._database.as_ingest() as connection:
            connection.execute("select lianghu.hold_calls(%s, %s)", (interface, seconds))
