"""What people tell us; only the operator reads it."""

from fastapi import APIRouter

from functions.api.feedback_shapes import FeedbackGiven, NewFeedback
from functions.api.parts import Caller, TheHouse
from functions.api.strict import StrictRoute

router = APIRouter(prefix="/api/feedback", tags=["feedback"], route_class=StrictRoute)


@router.post("", status_code=201)
def give_feedback(given: NewFeedback, user: Caller, house: TheHouse) -> FeedbackGiven:
    """Of a person who is signed in; at most twenty within a day."""
    return FeedbackGiven(feedback_id=house.people.give_feedback(user.id, given.kind, given.message, given.page))
