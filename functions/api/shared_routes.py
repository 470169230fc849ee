"""What everybody sees who has a link, without signing in. A token that is unknown, expired or taken away is the same: 404."""

from fastapi import APIRouter, Response

from functions.api.parts import REPORT_POLICY, TheHouse, json_response
from functions.api.share_routes import token_hash
from functions.api.share_shapes import SharedRun
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.product_events import PlatformEvent
from functions.stores.shares import Opened
from functions.wiring import House

router = APIRouter(prefix="/api/shares", tags=["shares"], route_class=StrictRoute)

HEADERS = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""The token stands in the address: it should go no further, and what was taken away should be gone."""


@router.get("/{token}", response_model=SharedRun)
def get_share(token: str, house: TheHouse) -> Response:
    """The run as it was when it was shared: figures, curve, months, and the trades if they are shared. Each answer is counted as a view."""
    share = _opened(token, house, counts=True)
    answer = json_response(house.results.get_artifact(share.snapshot_path))
    house.people.count(PlatformEvent.SHARE_VIEWED)
    answer.headers.update(HEADERS)
    return answer


@router.get("/{token}/report", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def get_shared_report(token: str, house: TheHouse) -> Response:
    """The page of the run, if it is shared."""
    share = _opened(token, house, counts=False)
    if share.report_path is None:
        raise _unknown()
    page = house.results.get_artifact(share.report_path)
    return Response(page, headers={**HEADERS, "Content-Security-Policy": REPORT_POLICY}, media_type="text/html; charset=utf-8")


def _opened(token: str, house: House, *, counts: bool) -> Opened:
    share = house.shares.open(token_hash(token), counts=counts)
    if share is None:
        raise _unknown()
    return share


def _unknown() -> ApiError:
    return ApiError("NOT_FOUND", "there is no such share; it may have expired, or been taken away")
