"""Links to a frozen picture of a run: made, listed and taken away by the run's owner."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response

from functions.api.keeping import Together
from functions.api.models import ListQuery
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, not_found, run_away
from functions.api.share_shapes import NewShareBody, Part, ShareCreated, ShareList, ShareShown
from functions.api.snapshots import page_of, snapshot_of
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.stores.files import ToldRun
from functions.stores.shares import NewShare, Share
from functions.wiring import House

router = APIRouter(prefix="/api/runs", tags=["shares"], route_class=StrictRoute)

TOKEN_BYTES = 24
"""192 random bits."""


@router.post("/{run_id}/shares", status_code=201, response_model=ShareCreated)
def create_share(run_id: UUID, body: NewShareBody, user: Caller, house: TheHouse, together: Together) -> Response:
    """Freezes the run and gives the token of a link to it, which is shown in this answer and never again: the same request with the same
    Idempotency-Key is a CONFLICT. A CONFLICT with Retry-After: the account of a grid's cell is being made."""
    run = _accounted(house, user.id, run_id)
    share_id, token = str(uuid4()), secrets.token_urlsafe(TOKEN_BYTES)
    now = datetime.now(UTC)
    expires = now + timedelta(days=body.days)
    include: list[Part] = sorted(set(body.include))
    # Objects first: a share without its picture is nothing, a picture without a share is found by nobody.
    snapshot = snapshot_of(run, house.results, body.title, include, now, expires)
    page = page_of(run, house.results) if "report" in include else None
    paths = house.results.put_share(user.id, share_id, answer_bytes(snapshot), page)
    share = NewShare(share_id, run.id, body.title, tuple(include), token_hash(token), paths.snapshot, paths.report, now, expires)
    told = _shown(Share(share_id, run.id, body.title, tuple(include), 0, now, expires, None))
    created = ShareCreated(**told.model_dump(), token=token, path=f"/api/shares/{token}")
    with together(shown_once=True) as keep:
        house.shares.create(user.id, share)
        return keep(json_response(answer_bytes(created), 201))


@router.get("/{run_id}/shares")
def list_shares(run_id: UUID, query: Annotated[ListQuery, Query()], user: Caller, house: TheHouse) -> ShareList:
    """Newest first: live ones, and for a month those that expired or were taken away. They outlive their run."""
    rows, following = house.shares.list_shares(user.id, str(run_id), query.limit, query.cursor)
    if not rows and not query.cursor and house.archive.find(user.id, run_id=str(run_id)) is None:
        raise not_found("run", run_id)
    return ShareList(items=[_shown(row) for row in rows], next_cursor=following)


@router.delete("/{run_id}/shares/{share_id}", status_code=204)
def delete_share(run_id: UUID, share_id: UUID, user: Caller, house: TheHouse) -> None:
    """The link works no more, and what was shown is deleted. Again: 204."""
    paths = house.shares.revoke(user.id, str(run_id), str(share_id))
    if paths is None:
        raise not_found("share", share_id)
    house.results.delete_shared(paths)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _accounted(house: House, user: str, run_id: UUID) -> ToldRun:
    """The run, which has succeeded and has its full account."""
    run = house.files.runs(user, [run_id]).get(run_id)
    if run is None:
        raise run_away(house, user, run_id)
    if run.status in ("queued", "running"):
        raise ApiError("CONFLICT", f"the run is {run.status}; share it when it has ended", headers={"Retry-After": "1"})
    if run.status != "succeeded":
        raise ApiError("CONFLICT", f"the run is {run.status} and has nothing to share")
    if "trades_path" not in run.artifacts:
        if house.store.request_ledger(user, run.id):
            house.queue.ring("block", run.grid_id)
        raise ApiError("CONFLICT", "the run's account is being made; share it in a moment", headers={"Retry-After": "1"})
    if not {"statistics_path", "report_path"} <= run.artifacts.keys():
        raise ApiError("CONFLICT", "the run has no statistics to share: a version without them recorded it; run it again")
    return run


def _shown(share: Share) -> ShareShown:
    return ShareShown(
        share_id=share.id,
        run_id=share.run_id,
        title=share.title,
        include=list(share.includes),
        views=share.views,
        created_at=share.created_at,
        expires_at=share.expires_at,
        revoked_at=share.revoked_at,
    )
