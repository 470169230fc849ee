"""Bodies and headers that want to exhaust or confuse, over the real door."""

import gzip
import json
import resource
import time
import zlib
from collections.abc import Iterator
from itertools import repeat

import pytest

from functions.settings import Settings
from functions.wiring import House
from tests.functions.api.conftest import Bells, token
from tests.security.door import Door, chunked, head, served
from tests.security.operations import Operation, operations
from tests.security.people import Person
from tests.security.requests_of import call_of, cases_of

MIB = 2**20
PATH = "/api/backtests"
BODY_SECONDS = 2.0
REFUSED = {400, 413, 415, 422}


@pytest.fixture(scope="module")
def door(house: House) -> Iterator[Door]:
    """The same platform, with less patience for bodies than usual."""
    impatient = House(Settings(**(house.settings.model_dump() | {"body_seconds": BODY_SECONDS})))
    vars(impatient)["queue"] = Bells()
    with served(impatient) as door:
        yield door
    impatient.database.close()


@pytest.fixture(scope="module")
def pass_(attacker: Person) -> str:
    return token(attacker.user, exp=time.time() + 3600)


@pytest.fixture(autouse=True)
def still_well(door: Door) -> Iterator[None]:
    """Whatever came before, the next one is served at once, and the memory has not grown by what was sent."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    answer = door.knock([head("GET", "/api/health", "x")])
    assert answer.status == 200 and answer.seconds < 5, answer
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024, "KiB"


def test_what_is_announced_as_too_large_is_not_read(door: Door, pass_: str) -> None:
    answer = door.knock([head("POST", PATH, pass_, f"Content-Length: {10**12}")])
    assert answer.status == 413 and answer.error["code"] == "INVALID_INPUT" and answer.seconds < 5


def test_what_is_not_announced_is_read_to_the_limit_and_no_further(door: Door, pass_: str) -> None:
    answer = door.knock([head("POST", PATH, pass_, "Transfer-Encoding: chunked"), *chunked(repeat(b"x" * 65536, 1600))])
    assert answer.status == 413 and answer.sent < 16 * MIB


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: -1",),
        ("Content-Length: +5",),
        ("Content-Length: 5, 6",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 0x5",),
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: gzip, chunked",),
        ("Content-Length: ²",),
        ("Content-Length: " + "9" * 5000,),
    ],
)
def test_lengths_that_two_readers_read_differently_make_no_second_request(door: Door, pass_: str, headers: tuple[str, ...]) -> None:
    """What follows the first message must not be taken for a request of its own."""
    smuggled = b"0\r\n\r\nDELETE /api/backtests HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = door.knock([head("POST", PATH, pass_, *headers), smuggled])
    assert answer.status in {0, *REFUSED, 501}, answer
    assert answer.body.count(b"HTTP/1.1") == 0


DEEP = {
    "lists": b"[" * 100_000,
    "closed lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "just too deep": b"[" * 65 + b"]" * 65,
    "deep inside": b'{"notes":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}


@pytest.mark.parametrize("operation", [row for row in operations() if row.body is not None], ids=lambda row: row.name)
@pytest.mark.parametrize("shape", sorted(DEEP))
def test_abysmal_nesting_is_a_400_of_every_call_with_a_body(
    door: Door, pass_: str, attacker: Person, operation: Operation, shape: str
) -> None:
    call = call_of(operation, cases_of(operation)[0], attacker.ids)
    answer = door.knock(
        [head(call.method, call.address, pass_, f"Content-Length: {len(DEEP[shape])}", kind="application/json"), DEEP[shape]]
    )
    assert answer.status == 400 or (operation.media != "application/json" and answer.status in REFUSED), answer
    assert answer.error["code"] == "INVALID_INPUT" and answer.seconds < 5


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe{}",
        b'{"notes": "\xed\xa0\x80"}',
        b"\x80",
        b'\xef\xbb\xbf{"a": 1}',
        '{"notes": 1}'.encode("utf-16"),
        b'{"a": "\\ud800"}',
        b'{"a": "\\u0000"}',
        b'{"a": 1, "a": 2}',
        b'{"context": {"window": 1, "window": 2}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"1" * 10_000,
        b'{"a": 1e999999}',
        b"",
        b" ",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"{}{}",
        b"/*c*/{}",
        b"{'a': 1}",
        b'{"a": 01}',
        b"<?xml version='1.0'?><a/>",
    ],
)
def test_bytes_that_are_not_what_json_is_are_refused(door: Door, pass_: str, body: bytes) -> None:
    answer = door.post(PATH, pass_, body)
    assert answer.status in REFUSED and answer.error["code"] == "INVALID_INPUT", answer


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip"])
def test_a_compressed_body_is_not_blown_up(door: Door, pass_: str, coding: str) -> None:
    """64 MiB of zeros in 64 KiB: nothing here takes a packed body."""
    bomb = gzip.compress(b"0" * 64 * MIB) if "gzip" in coding else zlib.compress(b"0" * 64 * MIB)
    assert len(bomb) < MIB
    answer = door.post(PATH, pass_, bomb, f"Content-Encoding: {coding}")
    assert answer.status in REFUSED and answer.seconds < 5


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/xml", "text/plain", "application/yaml"]
)
def test_forms_and_other_kinds_are_not_parsed(door: Door, pass_: str, kind: str) -> None:
    """Also: a page elsewhere that makes a browser post a form changes nothing."""
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="../../x"\r\n\r\nb\r\n--x--\r\n'
    answer = door.knock([head("POST", PATH, pass_, f"Content-Length: {len(body)}", kind=kind), body])
    assert answer.status in REFUSED


def test_a_body_that_drips_is_given_up(door: Door, pass_: str) -> None:
    """A byte at a time, for ever: the deadline is of the whole body, not of each byte."""
    drops = [head("POST", PATH, pass_, "Content-Length: 1000"), *repeat(b" ", 1000)]
    answer = door.knock(drops, pause=0.2)
    assert answer.status == 408, answer
    assert answer.seconds < BODY_SECONDS + 3
    assert answer.error["code"] and "x-request-id" in answer.headers


def test_a_body_that_never_comes_is_given_up(door: Door, pass_: str) -> None:
    answer = door.knock([head("POST", PATH, pass_, "Content-Length: 1000")])
    assert answer.status == 408 and answer.seconds < BODY_SECONDS + 3


def test_many_who_drip_keep_nobody_waiting(door: Door, pass_: str) -> None:
    """Fifty at once hold no thread and no connection to the database: somebody else is served meanwhile."""
    import socket

    held = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(50)]
    try:
        for connection in held:
            connection.sendall(head("POST", PATH, pass_, "Content-Length: 1000") + b" ")
        answer = door.knock([head("GET", PATH, pass_)])
        assert answer.status == 200 and answer.seconds < BODY_SECONDS
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("headers", [("X-Large: " + "x" * MIB,), tuple(f"X-{number}: y" for number in range(20_000))])
def test_headers_without_end_are_cut_off(door: Door, pass_: str, headers: tuple[str, ...]) -> None:
    answer = door.knock([head("GET", PATH, pass_, *headers)])
    assert answer.status in {0, 400, 413, 431}, answer


@pytest.mark.parametrize("length", [5_000, 60_000])
def test_a_long_address_or_token_is_an_error_of_the_caller(door: Door, pass_: str, length: int) -> None:
    for sent in (
        head("GET", f"/api/backtests/{'x' * length}", pass_),
        head("GET", f"{PATH}?cursor={'x' * length}", pass_),
        head("GET", PATH, "x" * length),
        head("GET", PATH, pass_, f"X-Request-Id: {'x' * length}"),
        head("GET", PATH, pass_, f"Idempotency-Key: {'x' * length}"),
    ):
        answer = door.knock([sent])
        assert answer.status in {0, 200, 400, 401, 404, 413, 414, 422, 431}, answer
        assert len(answer.headers.get("x-request-id", "")) < 200


@pytest.mark.parametrize(
    "line",
    [
        b"GET  /api/backtests HTTP/1.1",
        b"GET /api/backtests HTTP/9.9",
        b"GET /api/back\x00tests HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET",
        b"GET http://elsewhere.example/api/backtests HTTP/1.1",
        b"GET /api/%00 HTTP/1.1",
        b"GET /api/%ff%fe HTTP/1.1",
        b"GET * HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"GET /api/backtests?%ff=%fe HTTP/1.1",
        b"GET /api/health\r\n X: folded HTTP/1.1",
    ],
)
def test_request_lines_that_are_none_do_no_harm(door: Door, line: bytes) -> None:
    answer = door.knock([line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"])
    assert answer.status < 500, answer
    assert b"Traceback" not in answer.body


def test_an_answers_headers_cannot_be_written_by_the_request(door: Door, pass_: str) -> None:
    """CR and LF in what an answer repeats: the request's name, the address, the query."""
    for path in (
        "/api/backtests/x%0d%0aSet-Cookie:%20a=b",
        "/api/market/datasets/x%0d%0aSet-Cookie:%20a=b",
        f"{PATH}?cursor=%0d%0aSet-Cookie:%20a=b",
    ):
        answer = door.knock([head("GET", path, pass_, "X-Request-Id: a%0d%0aSet-Cookie: a=b")])
        assert "set-cookie" not in answer.headers and answer.status in {404, 422}


@pytest.mark.parametrize("twice", ["", ', "k59999": 0'], ids=["unknown keys", "and one of them twice"])
def test_a_wide_body_costs_little(door: Door, pass_: str, twice: str) -> None:
    """As large as is allowed, and every part of it wrong: the answer is short and comes soon. (Looking for the key that comes twice took
    minutes, in which nobody else was answered.)"""
    wide = (json.dumps({f"k{number}": number for number in range(60_000)})[:-1] + twice + "}").encode()
    assert len(wide) < MIB
    for path, who in ((PATH, pass_), ("/api/product-events", "x")):
        answer = door.post(path, who, wide)
        assert answer.status == 400 and answer.seconds < 2
        assert len(answer.body) < 1000


def test_a_long_list_of_what_are_no_rows_costs_little(door: Door, pass_: str) -> None:
    long = b'{"kind": "orders", "rows": [' + b",".join([b"0"] * 500_000) + b"]}"
    assert len(long) < MIB
    answer = door.post("/api/signals", pass_, long)
    assert answer.status == 422 and answer.seconds < 2
    assert len(answer.body) < 1000
