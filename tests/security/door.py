"""The real door: uvicorn on a port of this machine, spoken to in raw bytes, as a client that keeps no rule would."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from functions.api.app import create_app
from functions.wiring import House

PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Answer:
    status: int
    """0: the connection was closed without an answer."""
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    sent: int
    """Bytes of the request that the server took before it answered or closed."""

    @property
    def error(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = json.loads(self.body)["error"]
        return told


@contextmanager
def served(house: House) -> Iterator["Door"]:
    """The API under the server of the local stack, with its limits."""
    config = uvicorn.Config(
        create_app(lambda: house), host="127.0.0.1", port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield Door(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True)
class Door:
    port: int

    def knock(self, parts: Iterable[bytes], pause: float = 0.0, patience: float = PATIENCE_SECONDS) -> Answer:
        """Sends the parts one after the other until the server answers or closes; then reads the answer."""
        began, sent = time.perf_counter(), 0
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as connection:
            connection.settimeout(0)
            got, closed = b"", False
            for part in parts:
                left = part
                while left and not got and not closed:
                    assert time.perf_counter() - began < patience, "the server neither answers nor closes"
                    got, closed = _read(connection)
                    try:
                        count = connection.send(left)
                        sent, left = sent + count, left[count:]
                    except BlockingIOError:
                        time.sleep(0.001)
                    except (ConnectionError, OSError):
                        closed = True
                if got or closed:
                    break
                time.sleep(pause)
            while not closed and not _whole(got):
                assert time.perf_counter() - began < patience, "the server neither answers nor closes"
                more, closed = _read(connection)
                got += more
                time.sleep(0.001)
            more, _ = _read(connection)
        return _parse(got + more, time.perf_counter() - began, sent)

    def post(self, path: str, token: str, body: bytes, *headers: str, length: bool = True) -> Answer:
        return self.knock([head("POST", path, token, *headers, *([f"Content-Length: {len(body)}"] if length else [])), body])


def head(method: str, path: str, token: str, *headers: str, kind: str = "application/json") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", f"Content-Type: {kind}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def chunked(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def _read(connection: socket.socket) -> tuple[bytes, bool]:
    try:
        data = connection.recv(65536)
    except BlockingIOError:
        return b"", False
    except (ConnectionError, OSError):
        return b"", True
    return data, not data


def _whole(got: bytes) -> bool:
    """Whether the answer is there; all of ours say how long they are."""
    before, end, body = got.partition(b"\r\n\r\n")
    if not end:
        return False
    length = next((int(line.partition(b":")[2]) for line in before.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return len(body) >= length


def _parse(got: bytes, seconds: float, sent: int) -> Answer:
    before, _, body = got.partition(b"\r\n\r\n")
    lines = before.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1]) if len(lines[0].split(" ")) > 1 else 0
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return Answer(status, headers, body, seconds, sent)


Parts = Callable[[], Iterable[bytes]]
