"""`lianghu feedback`: tells whoever runs the platform something."""

from typing import get_args

from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.screen import output, write_json
from functions.settings import Settings
from functions.stores.people import FeedbackKind


def give_feedback(settings: Settings, message: str, kind: str, as_json: bool) -> int:
    chosen: FeedbackKind | None = next((known for known in get_args(FeedbackKind) if known == kind), None)
    if chosen is None:
        raise CommandError(f"there is no kind {kind!r} of feedback", f"known: {', '.join(get_args(FeedbackKind))}")
    with client(settings) as api:
        found = api.give_feedback(chosen, message, "lianghu")
    if as_json:
        write_json({"feedback_id": found})
    else:
        output.print("谢谢，收到了 · thank you, it has arrived")
    return OK
