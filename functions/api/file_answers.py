"""A stored file as an answer: whole, in part, unchanged, or as the signed address of a bucket that gives it out itself."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from functions.api.parts import REPORT_POLICY
from functions.errors import ApiError
from functions.jobs.results import MEDIA
from functions.wiring import House

AT_ONCE = 1024 * 1024
"""Larger files go out in chunks."""
MUST_ASK = "private, max-age=0, must-revalidate"
INLINE = ("html", "json")

FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    206: {"description": "The part that Range names", "content": {media.split(";")[0]: {} for media in MEDIA.values()}},
    302: {"description": "A large file, at the signed address in Location: anybody may fetch it there, for a few minutes"},
    304: {"description": "As the ETag in If-None-Match says, nothing has changed"},
    416: {"description": "INVALID_INPUT: the file has no such part"},
}
"""For `responses=` of a route that answers so."""


class StoredAs(NamedTuple):
    path: str
    bytes: int
    tag: str
    """The ETag with its quotes."""
    format: str
    """How its name ends."""
    name: str
    """What it is called where it is saved, without the ending."""


def is_known(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this very answer."""
    offered = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    return "*" in offered or tag in offered


def unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": MUST_ASK})


def file_answer(request: Request, house: House, file: StoredAs) -> Response:
    """416 for a range outside the file. A page is never given out by a bucket, which would not keep it from running scripts."""
    if is_known(request, file.tag):
        return unchanged(file.tag)
    limit = house.settings.artifact_direct_mb * 2**20
    if file.bytes > limit and file.format != "html":
        address = house.results.signed(file.path, house.settings.artifact_link_seconds)
        if address:
            return Response(status_code=302, headers={"Location": address, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    headers = {
        "ETag": file.tag,
        "Cache-Control": MUST_ASK,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'{"inline" if file.format in INLINE else "attachment"}; filename="{file.name}.{file.format}"',
    }
    if file.format == "html":
        headers["Content-Security-Policy"] = REPORT_POLICY
    part = _part(request, file)
    if part:
        first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{file.bytes}"
        return _sent(house.results.get_part(file.path, first, last - first + 1), 206, headers, file.format)
    if file.bytes <= AT_ONCE:
        return _sent(house.results.get_artifact(file.path), 200, headers, file.format)
    headers["Content-Length"] = str(file.bytes)
    return StreamingResponse(_begun(house.results.stream(file.path)), 200, headers, MEDIA[file.format])


def _part(request: Request, file: StoredAs) -> tuple[int, int] | None:
    """First and last byte; None: all of it. Several ranges, other units and a range of another version are answered with all of it."""
    said, condition = request.headers.get("range", ""), request.headers.get("if-range")
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", said.replace(" ", ""), re.ASCII)
    if match is None or (condition is not None and condition != file.tag) or match[1] == match[2] == "":
        return None
    if not match[1]:
        first, last = max(0, file.bytes - int(match[2])), file.bytes - 1
    else:
        first, last = int(match[1]), min(int(match[2] or file.bytes), file.bytes - 1)
    if match[2] and match[1] and int(match[2]) < first:
        return None
    if first >= file.bytes or last < first:
        headers = {"Content-Range": f"bytes */{file.bytes}"}
        raise ApiError("INVALID_INPUT", f"Range: the file has {file.bytes} bytes", {"field": "Range"}, status=416, headers=headers)
    return first, last


def _sent(data: bytes, status: int, headers: dict[str, str], format: str) -> Response:
    return Response(data, status, headers, MEDIA[format])


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The first chunk is read before the answer begins, so that a file that cannot be read is an error and no short answer."""
    first = next(chunks, b"")

    def rest() -> Iterator[bytes]:
        yield first
        yield from chunks

    return rest()
