"""The shape of a use that a page reports."""

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from functions.api.models import Sent
from functions.product_events import SUBJECTS, PageEvent


class NewProductEvent(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"event": "intent", "subject": "pro"}, {"event": "pricing_viewed"}]})

    event: PageEvent
    subject: str = Field("", max_length=60, validate_default=True, description="The plan, of pricing_clicked and intent; of others empty")

    @field_validator("subject")
    @classmethod
    def _known(cls, subject: str, sent: ValidationInfo) -> str:
        event = sent.data.get("event")
        known = SUBJECTS.get(event, ("",)) if event else (subject,)
        if subject not in known:
            words = " or ".join(repr(each) for each in known)
            raise PydanticCustomError("subject", "of {event} it must be {known}", {"event": event, "known": words})
        return subject
