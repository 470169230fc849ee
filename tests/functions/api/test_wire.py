"""The door as attackers meet it: bytes on a socket, under the server that the stack runs."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import uvicorn

from functions.api.app import create_app
from functions.wiring import House
from tests.functions.api.conftest import token

RATE = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id"}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def port(make_house: Callable[..., House], desk: object) -> Iterator[int]:
    house = make_house(body_seconds=0.6)
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: house), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def say(port: int, user: str) -> Callable[..., Answer]:
    """Sends these bytes, perhaps in pieces with a pause before each, and reads the answer."""

    def send(line: str, *pieces: bytes, pause: float = 0, seconds: float = 10, **headers: str) -> Answer:
        named = {"Host": "x", "Authorization": f"Bearer {token(user)}", "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = f"{line} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
            connection.sendall(head.encode("latin-1"))
            try:
                for piece in pieces:
                    time.sleep(pause)
                    connection.sendall(piece)
            except OSError:
                pass  # it has answered already
            return read(connection, has_body=not line.startswith("HEAD"))

    return send


def read(connection: socket.socket, *, has_body: bool) -> Answer:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        assert piece, f"no answer: {data!r}"
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
    while has_body and len(body) < int(headers.get("content-length", "0")):
        piece = connection.recv(65536)
        assert piece, "the answer broke off"
        body += piece
    return Answer(int(first.split()[1]), headers, body)


def told(answer: Answer) -> str:
    error = json.loads(answer.body)["error"]
    assert set(error) == {"code", "message", "details"} and set(answer.headers) >= RATE
    return str(error["code"])


def chunks(piece: bytes, count: int) -> list[bytes]:
    return [b"%x\r\n%s\r\n" % (len(piece), piece)] * count + [b"0\r\n\r\n"]


def test_a_body_that_drips_is_not_waited_for(say: Callable[..., Answer]) -> None:
    began = time.monotonic()
    answer = say("POST /api/backtests", *[b"{"] * 40, pause=0.1, Content_Length="1000")
    assert answer.status == 408 and told(answer) == "INVALID_INPUT" and answer.headers["connection"] == "close"
    assert time.monotonic() - began < 6
    silent = say("POST /api/backtests", Content_Length="1000")
    assert silent.status == 408


def test_bodies_without_a_length_are_not_read_for_ever(say: Callable[..., Answer]) -> None:
    answer = say("POST /api/backtests", *chunks(b" " * 65536, 40), Transfer_Encoding="chunked")
    assert answer.status == 413 and told(answer) == "INVALID_INPUT"
    small = say("POST /api/backtests", *chunks(b"{}", 1), Transfer_Encoding="chunked")
    assert small.status in (400, 422)
    single = say("POST /api/backtests", *chunks(b"x", 2000), Transfer_Encoding="chunked")
    assert single.status == 400


def test_a_large_body_is_refused_before_it_is_sent(say: Callable[..., Answer]) -> None:
    for length in (str(1024 * 1024 + 1), "9" * 15):
        answer = say("POST /api/backtests", Content_Length=length)
        assert answer.status == 413 and told(answer) == "INVALID_INPUT"


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 65 + b"1" + b"}" * 65, b"[" * 65 + b"]" * 65])
def test_deep_bodies_are_no_json(say: Callable[..., Answer], body: bytes) -> None:
    answer = say("POST /api/backtests", body, Content_Length=str(len(body)))
    assert answer.status == 400 and "nested more than 64" in answer.body.decode()


def test_a_body_as_deep_as_is_allowed_is_judged_by_its_shape(say: Callable[..., Answer]) -> None:
    body = b'{"notes": ' + b"[" * 63 + b"]" * 63 + b"}"
    assert say("POST /api/backtests", body, Content_Length=str(len(body))).status == 422


def test_packed_bodies_are_not_unpacked(say: Callable[..., Answer]) -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    answer = say("POST /api/backtests", bomb, Content_Length=str(len(bomb)), Content_Encoding="gzip")
    assert answer.status == 415 and told(answer) == "INVALID_INPUT"
    plain = say("POST /api/backtests", b"{}", Content_Length="2", Content_Encoding="identity")
    assert plain.status == 422


def test_large_headers_and_addresses_are_refused(say: Callable[..., Answer]) -> None:
    many = {f"X-H{number}": "v" * 1000 for number in range(40)}
    answer = say("GET /api/backtests", **many)
    assert answer.status == 431 and told(answer) == "INVALID_INPUT"
    long = say("GET /api/backtests?cursor=" + "x" * 9000)
    assert long.status == 414 and told(long) == "INVALID_INPUT"
    token = say("GET /api/backtests", Authorization="Bearer " + "x" * 20_000)
    assert token.status == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b'{"notes": "\xc3\x28"}', b'{"a": 1, "a": 2}', b"", b"null", b'{"notes": "\\u0000"}'])
def test_strange_bytes_are_answered_in_our_shape(say: Callable[..., Answer], body: bytes) -> None:
    answer = say("POST /api/backtests", body, Content_Length=str(len(body)))
    assert answer.status in (400, 422) and told(answer) == "INVALID_INPUT"


def test_head_and_options_on_the_wire(say: Callable[..., Answer]) -> None:
    head = say("HEAD /api/health")
    assert head.status == 200 and int(head.headers["content-length"]) > 20 and set(head.headers) >= RATE
    options = say("OPTIONS /api/backtests")
    assert options.status == 204 and "POST" in options.headers["allow"]


def test_paths_that_climb_lead_nowhere(say: Callable[..., Answer]) -> None:
    for path in ("/api/shares/../keys", "/api/shares/%2e%2e/keys", "/api/shares/..%2fkeys", "//api/keys", "/api/keys/", "/api/./keys"):
        answer = say(f"GET {path}", Authorization="")
        assert answer.status in (401, 404), path
