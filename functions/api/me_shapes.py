"""Shapes of what a caller may know of their own account."""

from datetime import date

from pydantic import ConfigDict, Field

from functions.api.answers import Answered, Time
from functions.product_events import Plan


class QuotaShown(Answered):
    """A quota is a hint and refuses nothing."""

    name: str = Field(description="combinations, compute_seconds, strategies or shares")
    limit: float
    used: float
    left: float = Field(description="Never negative: what is beyond a quota works, too")
    resets_at: Time | None = Field(description="Of a quota by the month (of Shanghai); null: what there is at the moment")


class MeShown(Answered):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user_id": "4d1f0a3e-6c1b-4f0e-9a43-1b3f0c7c2a11",
                    "email": "ana@example.com",
                    "key_id": None,
                    "plan": "free",
                    "read_only": False,
                    "first_seen": "2026-11-02",
                    "scopes": ["account", "read", "run", "share", "strategies"],
                    "quotas": [
                        {"name": "combinations", "limit": 20000, "used": 16400, "left": 3600, "resets_at": "2026-11-30T16:00:00.000Z"},
                        {"name": "compute_seconds", "limit": 3600, "used": 41.5, "left": 3558.5, "resets_at": "2026-11-30T16:00:00.000Z"},
                        {"name": "strategies", "limit": 50, "used": 3, "left": 47, "resets_at": None},
                        {"name": "shares", "limit": 10, "used": 0, "left": 10, "resets_at": None},
                    ],
                    "notices": ["16,400 of 20,000 combinations submitted this month are used (plan free); nothing is blocked"],
                }
            ]
        }
    )

    user_id: str
    email: str | None = Field(description="Of a person who signed in; null for an API key")
    key_id: str | None = Field(description="Of the API key that made this call; null: signed in")
    plan: Plan
    read_only: bool = Field(description="An account to look around in: every change is FORBIDDEN")
    first_seen: date
    scopes: list[str] = Field(description="What this caller may do")
    quotas: list[QuotaShown]
    notices: list[str] = Field(description="Quotas that are used up or nearly, then what the operator tells everybody")
