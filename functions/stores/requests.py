"""What the API remembers of requests: the answers under idempotency keys."""

from dataclasses import dataclass
from typing import Literal

from functions.jobs.database import Connection, Database, one

JSON = "application/json"


@dataclass(frozen=True)
class Idempotent:
    """What is known of an idempotency key."""

    state: Literal["new", "done", "running", "other"]
    """new: go on, it is yours now; done: give the stored answer; running: another call holds it; other: it was used with another body."""
    status: int | None = None
    body: bytes | None = None
    content_type: str | None = None


class Requests:
    """Each call one transaction of the user whose request it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_idempotent(self, user: str, key: str, request_hash: str) -> Idempotent:
        """Takes the key for this request, or says what became of it. A call that died lets go of its key after a minute."""
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.begin_idempotent(%s, %s)", (key, request_hash))
        return Idempotent(row["state"], row["status"], bytes(row["body"]) if row["body"] is not None else None, row["content_type"])

    def finish_idempotent(self, user: str, key: str, status: int, body: bytes, content_type: str | None = JSON) -> None:
        with self._database.as_user(user) as connection:
            finish(connection, key, status, body, content_type)

    def drop_idempotent(self, user: str, key: str) -> None:
        """After an answer that is not to be repeated (401, 429, 5xx)."""
        with self._database.as_user(user) as connection:
            connection.execute("select lianghu.drop_idempotent(%s)", (key,))


def finish(connection: Connection, key: str, status: int, body: bytes, content_type: str | None = JSON) -> None:
    """Stores the answer in the transaction of what it answers; CONFLICT, and so neither, if another call has taken the key."""
    connection.execute("select lianghu.finish_idempotent(%s, %s, %s, %s)", (key, status, body, content_type))
