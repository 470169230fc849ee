"""The caller's own account, what pages report of their use, and feedback."""

from functions.api.feedback_shapes import FeedbackGiven
from functions.api.me_shapes import MeShown
from functions.client.calls import Calls
from functions.stores.people import FeedbackKind


class PeopleCalls(Calls):
    def me(self) -> MeShown:
        """Who calls, the plan, and how much of its quotas is used; quotas are hints and refuse nothing."""
        return self._read(MeShown, "/api/me")

    def give_feedback(self, kind: FeedbackKind, message: str, page: str = "") -> str:
        """Its id. Of a person who is signed in."""
        return self._write(FeedbackGiven, "/api/feedback", {"kind": kind, "message": message, "page": page}).feedback_id

    def record_product_event(self, event: str, subject: str = "") -> None:
        """Adds one to a count of the day; nothing of the caller is kept. Needs no token."""
        self._call("POST", "/api/product-events", json={"event": event, "subject": subject})
