"""What operators read and set in Postgres, in a role of their own that reads no table and that the functions' login cannot take."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from functions.errors import ApiError
from functions.jobs.database import Connection, Database, one
from functions.product_events import Plan
from functions.stores.people import QUOTAS
from functions.stores.watching import PlatformStatus

PLAN = "plan/"
WEIGHT = "weight"
"""Stands among a plan's quotas: how large a share of busy workers its people have beside others."""
LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0


@dataclass(frozen=True)
class Profile:
    user_id: str
    plan: Plan
    read_only: bool
    first_seen: date
    last_seen: date
    submissions: int


@dataclass(frozen=True)
class Feedback:
    id: str
    user_id: str
    kind: str
    message: str
    page: str
    created_at: datetime


class Administration:
    """Each call one transaction. FORBIDDEN where the login may not take the operator's role."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def measures(self, first: date, last: date) -> dict[str, Any]:
        """The product's own measures of a range of days of Shanghai, both ends included; docs/people.md says what each is."""
        with self._as_operator() as connection:
            found: dict[str, Any] = one(connection, "select lianghu.measures(%s, %s) as found", (first, last))["found"]
        return found

    def status(self) -> PlatformStatus:
        """What the platform is doing now, without its queues."""
        with self._as_operator() as connection:
            return PlatformStatus.model_validate(one(connection, "select lianghu.status() as found", ())["found"])

    def feedback(self, limit: int = 50) -> list[Feedback]:
        """Newest first."""
        with self._as_operator() as connection:
            rows = connection.execute("select * from lianghu.list_feedback(%s)", (limit,)).fetchall()
        return [Feedback(str(row["id"]), str(row["owner"]), row["kind"], row["message"], row["page"], row["created_at"]) for row in rows]

    def profiles(self, users: Sequence[str]) -> dict[str, Profile]:
        """By id; somebody who has never come has none."""
        with self._as_operator() as connection:
            rows = connection.execute("select * from lianghu.people(%s::uuid[])", (list(users),)).fetchall()
        return {
            str(row["owner"]): Profile(
                str(row["owner"]), row["plan"], row["read_only"], row["first_seen"], row["last_seen"], row["submissions"]
            )
            for row in rows
        }

    def set_plan(self, user: str, plan: Plan) -> None:
        with self._as_operator() as connection:
            connection.execute("select lianghu.set_plan(%s, %s)", (user, plan))

    def set_read_only(self, user: str, is_read_only: bool) -> None:
        with self._as_operator() as connection:
            connection.execute("select lianghu.set_read_only(%s, %s)", (user, is_read_only))

    def plans(self) -> dict[str, dict[str, float]]:
        """Quotas by plan, and its weight."""
        return {name.removeprefix(PLAN): value for name, value in self._config().items() if name.startswith(PLAN)}

    def set_quota(self, plan: Plan, name: str, limit: float) -> None:
        """INVALID_INPUT where there is no such quota, or the weight would leave nothing of a share."""
        known = [*(kind.name for kind in QUOTAS), WEIGHT]
        if name not in known:
            raise ApiError("INVALID_INPUT", f"there is no quota {name!r}; known: {', '.join(known)}")
        if limit < 0:
            raise ApiError("INVALID_INPUT", "a quota is not negative")
        if name == WEIGHT and not LEAST_WEIGHT <= limit <= MOST_WEIGHT:
            raise ApiError("INVALID_INPUT", f"a weight is between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}")
        self._change(PLAN + plan, self.plans()[plan] | {name: limit})

    def announcements(self) -> list[str]:
        return list(self._config()["notices"])

    def announce(self, texts: Sequence[str]) -> None:
        """What everybody reads under `notices` of /api/me; none: nothing."""
        self._change("notices", list(texts))

    def _config(self) -> dict[str, Any]:
        with self._as_operator() as connection:
            rows = connection.execute("select * from lianghu.read_config()").fetchall()
        return {row["name"]: row["value"] for row in rows}

    def _change(self, name: str, value: Mapping[str, float] | Sequence[str]) -> None:
        with self._as_operator() as connection:
            connection.execute("select lianghu.change_config(%s, %s)", (name, Jsonb(value)))

    @contextmanager
    def _as_operator(self) -> Iterator[Connection]:
        try:
            with self._database.as_operator() as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise ApiError("FORBIDDEN", "this login is no operator's: DATABASE_URL must be that of the database's owner") from error
