"""A Secrets Manager that refuses, or says nothing: what moto's cannot do."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

SILENT = object()
"""No answer ever comes."""


class SecretsServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: Mapping[str, Any]) -> None:
        """`answers` by the name of the secret: its text, the name of an error as {"refused": name}, or SILENT."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.asked: list[str] = []
        self.connections: set[Any] = set()
        self.regions: set[str] = set()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SecretsServer
    absent: ClassVar[dict[str, str]] = {"refused": "ResourceNotFoundException"}

    def do_POST(self) -> None:
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["SecretId"]
        self.server.asked.append(name)
        self.server.connections.add(self.client_address)
        self.server.regions.add(self.headers["Authorization"].split("Credential=")[1].split("/")[2])
        answer = self.server.answers.get(name, self.absent)
        if answer is SILENT:
            self.server.over.wait()
            self.close_connection = True
            return
        refused = answer["refused"] if isinstance(answer, dict) else None
        body = json.dumps({"__type": refused, "message": "see the type"} if refused else {"Name": name, "SecretString": answer}).encode()
        self.send_response(400 if refused else 200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Nothing."""


@contextmanager
def serving(answers: Mapping[str, Any]) -> Iterator[SecretsServer]:
    server = SecretsServer(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
