"""A door in front of moto's server behind which the object store fails now and then, in every way that stores fail."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SLOW_SECONDS = 1.0
SAID = b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>%s</Code><Message>so it was ordered</Message></Error>"
REFUSALS = {"500": b"InternalError", "503": b"SlowDown"}
WAYS = ("500", "503", "cut before", "cut after", "half", "slow")
"""cut before: the call is not carried out; cut after: it is, and nobody hears of it; half: of an answer's body."""


class Flaky:
    """`rate` of the calls for the bucket fail in one of the `ways`; the queues' calls never do."""

    def __init__(self, url: str, bucket: str, seed: int = 0) -> None:
        self.behind, self.bucket = urlsplit(url).netloc, bucket
        self.rate, self.ways = 0.0, WAYS
        self.done: Counter[str] = Counter()
        """Calls by the way they failed; "well": those that did not."""
        self._rng, self._lock = random.Random(seed), threading.Lock()

    def fail(self, rate: float, ways: Sequence[str] = WAYS) -> None:
        self.rate, self.ways = rate, tuple(ways)

    def draw(self, path: str) -> str:
        with self._lock:
            way = "well"
            if path.startswith(f"/{self.bucket}") and self._rng.random() < self.rate:
                way = self._rng.choice(self.ways)
            self.done[way] += 1
            return way


@contextmanager
def flaky(url: str, bucket: str) -> Iterator[tuple[Flaky, str]]:
    """And its address."""
    made = Flaky(url, bucket)
    server = _Server(("127.0.0.1", 0), _handler(made))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone: nothing to say."""


def _handler(door: Flaky) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            way = door.draw(self.path)
            if way in REFUSALS:
                self._answer(int(way), [("Content-Type", "application/xml")], SAID % REFUSALS[way])
                return
            if way == "slow":
                time.sleep(SLOW_SECONDS)
            if way != "cut before":
                status, headers, data = self._ask(body)
            if way.startswith("cut"):
                self.close_connection = True
                return
            self._answer(status, headers, data, cut=way == "half" and len(data) > 1)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815  the library's names

        def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(door.behind, timeout=30)
            try:
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "content-length")}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                connection.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], data: bytes, cut: bool = False) -> None:
            self.send_response_only(status)
            told = {name.lower(): value for name, value in headers}
            length = told.pop("content-length", str(len(data))) if self.command == "HEAD" else str(len(data))
            for name, value in {**told, "content-length": length}.items():
                if name not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data[: len(data) // 2] if cut else data)
            self.close_connection |= cut

        def log_message(self, format: str, *values: object) -> None:
            """Nothing: it would be a line for every call."""

    return Door
