"""What pages report of their use: counts a day, of nobody."""

from fastapi import APIRouter, Response

from functions.api.parts import ERRORS, TheHouse
from functions.api.product_event_shapes import NewProductEvent
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/product-events", tags=["product events"], route_class=StrictRoute)


@router.post("", status_code=204, responses={status: ERRORS[status] for status in (400, 413, 422, 429, 500, 502)})
def record_product_event(used: NewProductEvent, house: TheHouse) -> Response:
    """Adds one to a count of the day. Needs no token, and keeps nothing of who calls: no account, no address, no cookie."""
    house.people.record(used.event, used.subject)
    return Response(status_code=204)
