"""The shape of a use that a page reports."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.api.models import Sent
from functions.product_events import SUBJECTS, PageEvent


class NewProductEvent(Sent):
    model_config = ConfigDict(json_schema_extra={"examples": [{"event": "intent", "subject": "pro"}, {"event": "pricing_viewed"}]})

    event: PageEvent
    subject: str = Field("", max_length=60, description="The plan, of pricing_clicked and intent; of others empty")

    @model_validator(mode="after")
    def _known_subject(self) -> Self:
        known = SUBJECTS.get(self.event, ("",))
        if self.subject not in known:
            words = " or ".join(repr(subject) for subject in known)
            raise PydanticCustomError("subject", "the subject of {event} must be {known}", {"event": self.event.value, "known": words})
        return self
