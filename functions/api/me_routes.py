"""Who the caller is, and what they have used."""

from fastapi import APIRouter

from functions.api.me_shapes import MeShown, QuotaShown
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/me", tags=["me"], route_class=StrictRoute)


@router.get("")
def get_me(user: Caller, house: TheHouse) -> MeShown:
    """The account, its plan, and how much of the plan's quotas is used. Quotas are soft: they show hints and refuse nothing."""
    allowance = house.people.allowance(user.id)
    quotas = [
        QuotaShown(
            name=quota.kind.name,
            limit=quota.limit,
            used=quota.used,
            left=quota.left,
            resets_at=allowance.month_ends if quota.kind.is_monthly else None,
        )
        for quota in allowance.quotas
    ]
    return MeShown(
        user_id=user.id,
        email=user.email or None,
        key_id=user.key_id,
        plan=allowance.plan,
        read_only=allowance.read_only,
        first_seen=allowance.first_seen,
        scopes=sorted(user.scopes),
        quotas=quotas,
        notices=[*allowance.hints(), *allowance.announcements],
    )
