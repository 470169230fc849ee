"""What a run leaves behind, as files: equity, account, trades and what else its account says; log, report, statistics, findings."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from functions.api.answers import ArtifactRows
from functions.api.artifact_shapes import ARTIFACTS, ArtifactQuery, Kind
from functions.api.file_answers import FILE_RESPONSES, MUST_ASK, StoredAs, file_answer, is_known, unchanged
from functions.api.parts import Caller, TheHouse, answer_bytes, json_response, run_away
from functions.api.strict import StrictRoute
from functions.api.wishing import BEING_MADE, wished
from functions.errors import ApiError
from functions.jobs.columns import TABLES
from functions.jobs.csv_pages import File, page_of
from functions.jobs.results import MEDIA, parquet_path
from functions.stores.files import Artifact, KeptFile
from functions.wiring import House
from functions.wishes.shapes import ParquetWish

router = APIRouter(prefix="/api/runs", tags=["artifacts"], route_class=StrictRoute)

SPANS: Mapping[str, tuple[str, str]] = {"trades": ("entry_date", "exit_date"), "positions": ("entry_date", "entry_date")}
"""The columns of the first and the last day that a row is about; of other tables both are `date`."""


@router.get(
    "/{run_id}/artifacts/{kind}",
    response_class=Response,
    responses={200: {"content": {media.split(";")[0]: {} for media in MEDIA.values()}}, **FILE_RESPONSES, **BEING_MADE},
)
def get_artifact(
    run_id: UUID, kind: Kind, query: Annotated[ArtifactQuery, Query()], request: Request, user: Caller, house: TheHouse
) -> Response:
    """The file; of a table also as JSON in pages, in the order of its rows, and as Parquet with exact types.

    The full account of a grid's cell, and a table's Parquet, are made when they are first asked for: 202 until then.
    """
    offered = ARTIFACTS[kind]
    wanted = query.format or offered.formats[0]
    _check(kind, wanted, query)
    artifact = house.files.artifact(user.id, str(run_id), offered.key)
    if artifact is None:
        raise run_away(house, user.id, run_id)
    if artifact.path is None:
        return _not_yet(artifact, kind, user.id, house)
    file = artifact.file or _looked_up(artifact.path, house)
    name = f"{kind}-{artifact.run_id}"
    if wanted == "json" and kind in TABLES:
        return _page(file, kind, query, request, house)
    if wanted == offered.formats[0]:
        return file_answer(request, house, StoredAs(file.path, file.bytes, _tag(file, kind), wanted, name))
    path = parquet_path(file.path, file.sha256)
    size = house.results.size_of(path)
    if size is None:
        return wished(house, ParquetWish(path=file.path, sha256=file.sha256, request_id=request.state.request_id))
    return file_answer(request, house, StoredAs(path, size, _tag(file, f"{kind}-{wanted}"), wanted, name))


def _check(kind: str, wanted: str, query: ArtifactQuery) -> None:
    formats = ARTIFACTS[kind].formats
    if wanted not in formats:
        raise _problem("format", f"{kind} comes as {' or '.join(formats)}, not as {wanted}")
    if query.cursor:
        _read(query.cursor)  # one that is none is told in every format
    is_paged = wanted == "json" and kind in TABLES
    for field in query.model_fields_set & {"limit", "cursor", "ts_code", "first", "last"}:
        told = {"first": "from", "last": "to"}.get(field, field)
        if not is_paged and field not in ("limit", "cursor"):
            raise _problem(told, "only the rows of a table's JSON can be chosen", "add format=json")
        if field == "ts_code" and "ts_code" not in TABLES[kind]:
            raise _problem(told, f"{kind} has no stocks in it")


def _problem(field: str, message: str, hint: str | None = None) -> ApiError:
    row = {"field": field, "message": message} | ({"hint": hint} if hint else {})
    return ApiError("INVALID_INPUT", f"{field}: {message}", {"field": field, "problems": [row]})


def _not_yet(artifact: Artifact, kind: str, user: str, house: House) -> Response:
    if artifact.status in ("queued", "running"):
        raise ApiError("CONFLICT", f"the run is {artifact.status}; its {kind} come when it has ended", headers={"Retry-After": "1"})
    if artifact.status != "succeeded":
        raise ApiError("NOT_FOUND", f"the run is {artifact.status} and has no {kind}")
    if artifact.has_account:
        raise ApiError("NOT_FOUND", f"the run has no {kind}: a version without them recorded it, or they could not be made; run it again")
    if house.store.request_ledger(user, artifact.run_id):
        house.queue.ring("block", artifact.grid_id)
    return Response(b'{"status":"preparing"}', 202, {"Retry-After": "1"}, "application/json")


def _looked_up(path: str, house: House) -> KeptFile:
    """Of a file that was stored before files were noted."""
    data = house.results.get_artifact(path)
    return KeptFile(path, len(data), hashlib.sha256(data).hexdigest())


def _tag(file: KeptFile, what: str) -> str:
    return f'"{file.sha256[:32]}-{what}"'


def _page(file: KeptFile, kind: str, query: ArtifactQuery, request: Request, house: House) -> Response:
    chosen = query.model_dump_json(exclude={"format"})
    tag = _tag(file, f"{kind}-{hashlib.sha256(chosen.encode()).hexdigest()[:16]}")
    if is_known(request, tag):
        return unchanged(tag)
    first = _read(query.cursor) if query.cursor else 0
    stored = File(lambda start, length: house.results.get_part(file.path, start, length), file.bytes)
    try:
        rows = page_of(stored, TABLES[kind], first, query.limit, _chosen(kind, query))
    except ValueError as error:
        raise _no_cursor() from error
    following = None if rows.following is None else _write(rows.following)
    response = json_response(answer_bytes(ArtifactRows(items=rows.items, next_cursor=following)))
    response.headers.update({"ETag": tag, "Cache-Control": MUST_ASK})
    return response


def _chosen(kind: str, query: ArtifactQuery) -> Callable[[Mapping[str, Any]], bool]:
    """Days as texts: YYYY-MM-DD sorts as days do."""
    begins, ends = SPANS.get(kind, ("date", "date"))

    def keeps(row: Mapping[str, Any]) -> bool:
        return (
            (query.ts_code is None or row["ts_code"] == query.ts_code)
            and (query.first is None or row[ends] >= query.first)
            and (query.last is None or row[begins] <= query.last)
        )

    return keeps


def _write(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        place = int(base64.urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode()))
    except ValueError as error:
        raise _no_cursor() from error
    if place <= 0:
        raise _no_cursor()
    return place


def _no_cursor() -> ApiError:
    return ApiError("INVALID_INPUT", "cursor: this is no cursor of this list", {"field": "cursor"})
