"""What people tell us; only the operator reads it."""

from fastapi import APIRouter, Response

from functions.api.feedback_shapes import FeedbackGiven, NewFeedback
from functions.api.keeping import Together
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/feedback", tags=["feedback"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=FeedbackGiven)
def give_feedback(given: NewFeedback, user: Caller, house: TheHouse, together: Together) -> Response:
    """Of a person who is signed in; at most twenty within a day."""
    with together() as keep:
        answer = FeedbackGiven(feedback_id=house.people.give_feedback(user.id, given.kind, given.message, given.page))
        return keep(json_response(answer_bytes(answer), 201))
