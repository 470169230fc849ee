"""People: their profile, what they have used of their plan's quotas, what they tell us, and counts of what is used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

import psycopg

from functions.errors import ApiError
from functions.jobs.database import Database, one
from functions.logs import log_failure
from functions.product_events import PageEvent, Plan, PlatformEvent

FeedbackKind = Literal["problem", "idea", "question", "other"]


class QuotaKind(NamedTuple):
    """Of a row of `plan/<name>` in system_config."""

    name: str
    is_monthly: bool
    """Begins anew with each month of Shanghai; else it is what there is at the moment."""
    words: str


QUOTAS = (
    QuotaKind("combinations", True, "combinations submitted this month"),
    QuotaKind("compute_seconds", True, "seconds of computing this month"),
    QuotaKind("strategies", False, "strategies"),
    QuotaKind("shares", False, "live share links"),
)
NEARLY = 0.8
"""From this part of a quota on, a hint says so."""


@dataclass(frozen=True)
class Quota:
    kind: QuotaKind
    limit: float
    used: float

    @property
    def left(self) -> float:
        """Never negative: what is beyond a quota works, too."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Allowance:
    """What somebody's plan comes to. Soft: nothing is refused because of it."""

    plan: Plan
    read_only: bool
    first_seen: date
    quotas: tuple[Quota, ...]
    month_ends: datetime
    """When the monthly quotas begin anew."""
    announcements: tuple[str, ...]
    """Of the operator, to everybody."""

    def hints(self, combinations: int = 0) -> tuple[str, ...]:
        """One for each quota that is used up, or nearly; with `combinations` that are about to be submitted."""
        found = []
        for quota in self.quotas:
            used = quota.used + (combinations if quota.kind.name == "combinations" else 0)
            if used >= NEARLY * quota.limit:
                found.append(f"{used:,.0f} of {quota.limit:,.0f} {quota.kind.words} are used (plan {self.plan}); nothing is blocked")
        return tuple(found)


class People:
    """Each call one transaction in the role of whom it is about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def allowance(self, user: str) -> Allowance:
        with self._database.as_user(user) as connection:
            row = one(connection, "select * from lianghu.allowance()", ())
        limits: Mapping[str, float] = row["quotas"]
        quotas = tuple(Quota(kind, limits[kind.name], row["used"][kind.name]) for kind in QUOTAS if kind.name in limits)
        return Allowance(row["plan"], row["read_only"], row["first_seen"], quotas, row["month_ends"], tuple(row["notices"]))

    def give_feedback(self, user: str, kind: FeedbackKind, message: str, page: str = "") -> str:
        """Its id. RATE_LIMITED beyond twenty within a day."""
        with self._database.as_user(user) as connection:
            row = one(connection, "select lianghu.give_feedback(%s, %s, %s) as id", (kind, message, page))
        if row["id"] is None:
            raise ApiError(
                "RATE_LIMITED", "that is a lot of feedback for one day, thank you; more tomorrow", headers={"Retry-After": "3600"}
            )
        return str(row["id"])

    def record(self, event: PageEvent | PlatformEvent, subject: str = "") -> None:
        """Counts a use. The subject is one of a fixed list: never a person, an address or a token."""
        with self._database.as_stranger() as connection:
            connection.execute("select lianghu.count_event(%s, %s)", (event.value, subject))

    def count(self, event: PlatformEvent, subject: str = "") -> None:
        """The same beside something that must not fail because it is counted: a failure is logged."""
        try:
            self.record(event, subject)
        except (ApiError, psycopg.Error) as error:
            log_failure("a use was not counted", error, event=event.value)
