"""The shapes of what people tell us."""

from pydantic import ConfigDict, Field

from functions.api.answers import Answered
from functions.api.models import Sent
from functions.stores.people import FeedbackKind


class NewFeedback(Sent):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "idea", "message": "A map of three parameters would help.", "page": "/runs/?id=…"}]}
    )

    kind: FeedbackKind
    message: str = Field(min_length=1, max_length=4000)
    page: str = Field("", max_length=500, description="Where it came to mind")


class FeedbackGiven(Answered):
    model_config = ConfigDict(json_schema_extra={"examples": [{"feedback_id": "0b8f7a52-3d0b-4a0e-8f6a-5d1f7f0f3d10"}]})

    feedback_id: str
