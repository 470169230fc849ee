"""States of runs and grids as answers that name themselves, so that whoever asks again and again is told "unchanged" in a few bytes."""

import hashlib
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from functions.api.file_answers import MUST_ASK, is_known, unchanged
from functions.api.parts import answer_bytes

STATE_RESPONSES: dict[int | str, dict[str, Any]] = {304: {"description": "As the ETag in If-None-Match says, nothing has changed"}}
"""For `responses=` of a route that answers so."""


def state_answer(request: Request, answer: BaseModel) -> Response:
    """Written once here; FastAPI would check the whole of it again and write it a second time."""
    body = answer_bytes(answer)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if is_known(request, tag):
        return unchanged(tag)
    return Response(body, headers={"ETag": tag, "Cache-Control": MUST_ASK}, media_type="application/json")
