"""What a run leaves behind, as files: equity, account, trades and what else its account says; log, report, statistics, findings."""

import base64
import csv
import io
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from functions.api.answers import ArtifactRows
from functions.api.models import ArtifactQuery
from functions.api.parts import REPORT_POLICY, Caller, TheHouse, answer_bytes, json_response, not_found
from functions.api.strict import StrictRoute
from functions.errors import ApiError
from functions.jobs.records import Run
from functions.wiring import House

router = APIRouter(prefix="/api/runs", tags=["artifacts"], route_class=StrictRoute)

Kind = Literal[
    "equity", "account", "trades", "positions", "orders", "refusals", "events", "logs", "report", "statistics", "findings"
]  # fmt: skip


class Artifact(NamedTuple):
    key: str
    """Its name among a run's artifacts."""
    formats: tuple[str, ...]
    """The first is the stored one."""


ARTIFACTS: dict[str, Artifact] = {
    "equity": Artifact("equity_curve_path", ("csv", "json")),
    "account": Artifact("account_path", ("csv", "json")),
    "trades": Artifact("trades_path", ("csv", "json")),
    "positions": Artifact("positions_path", ("csv", "json")),
    "orders": Artifact("orders_path", ("csv", "json")),
    "refusals": Artifact("refusals_path", ("csv", "json")),
    "events": Artifact("events_path", ("csv", "json")),
    "logs": Artifact("logs_path", ("txt",)),
    "report": Artifact("report_path", ("html",)),
    "statistics": Artifact("statistics_path", ("json",)),
    "findings": Artifact("findings_path", ("json",)),
}
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


@router.get(
    "/{run_id}/artifacts/{kind}",
    response_class=Response,
    responses={
        200: {"content": {media.split(";")[0]: {} for media in MEDIA.values()}},
        202: {"description": "Being prepared; try again after Retry-After"},
    },
)
def get_artifact(
    run_id: UUID, kind: Kind, query: Annotated[ArtifactQuery, Query()], request: Request, user: Caller, house: TheHouse
) -> Response:
    """The file; of a table also as JSON, in pages. The full account of a grid's cell is made when it is first asked for: 202 until then."""
    artifact = ARTIFACTS[kind]
    wanted = query.format or artifact.formats[0]
    if wanted not in artifact.formats:
        message = f"{kind} comes as {' or '.join(artifact.formats)}, not as {wanted}"
        raise ApiError("INVALID_INPUT", f"format: {message}", {"field": "format"})
    run = house.store.get_run(user.id, None, str(run_id))
    if run is None:
        raise not_found("run", run_id)
    path = run.artifacts.get(artifact.key)
    if path is None:
        return _not_yet(run, kind, user.id, house)
    first = _read(query.cursor) if query.cursor else 0
    tag = f'"{run.content_hash}-{kind}-{wanted}-{query.limit}-{first}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=0, must-revalidate"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    data = house.results.get_artifact(path)
    if wanted != artifact.formats[0]:
        response = json_response(answer_bytes(_page(data, first, query.limit)))
        response.headers.update(headers)
        return response
    headers["Content-Disposition"] = f'{"inline" if wanted in ("html", "json") else "attachment"}; filename="{kind}-{run.id}.{wanted}"'
    if wanted == "html":
        headers["Content-Security-Policy"] = REPORT_POLICY
    return Response(data, headers=headers, media_type=MEDIA[wanted])


def _not_yet(run: Run, kind: str, user: str, house: House) -> Response:
    if run.status in ("queued", "running"):
        raise ApiError("CONFLICT", f"the run is {run.status}; its {kind} come when it has ended", headers={"Retry-After": "1"})
    if run.status != "succeeded":
        raise ApiError("NOT_FOUND", f"the run is {run.status} and has no {kind}")
    if "trades_path" in run.artifacts:
        raise ApiError("NOT_FOUND", f"the run has no {kind}: a version without them recorded it, or they could not be made; run it again")
    if house.store.request_ledger(user, run.id):
        house.queue.ring("block", run.grid_id)
    return Response(b'{"status":"preparing"}', 202, {"Retry-After": "1"}, "application/json")


def _page(data: bytes, first: int, limit: int) -> ArtifactRows:
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    part = rows[first : first + limit]
    following = _write(first + limit) if first + limit < len(rows) else None
    return ArtifactRows(items=[{key: _value(key, text) for key, text in row.items()} for row in part], next_cursor=following)


def _value(column: str, text: str) -> Any:
    """Numbers as numbers; codes and dates stay texts, an empty cell is null."""
    if text == "":
        return None
    if column.endswith(("code", "date", "time")):
        return text
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text


def _write(row: int) -> str:
    return base64.urlsafe_b64encode(str(row).encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        row = int(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise ApiError("INVALID_INPUT", "cursor: this is no cursor of this list", {"field": "cursor"}) from error
    return max(0, row)
