"""Stands before moto's server and lets through what the caller's policies allow, as IAM does; it writes down what was asked.

Moto itself knows no resources of queues, buses and secrets when it looks at a policy. Who calls is told by the access key: each function
has its own name as its key.
"""

import http.client
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from tests.infra.asked import Asked, Scope, asked_of, scope_of
from tests.infra.policies import Statement, allowed

METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
LEFT_OUT = {"transfer-encoding", "connection", "content-length", "server", "date"}


class Call(NamedTuple):
    function: str
    asked: Asked
    is_allowed: bool


class Gatekeeper:
    def __init__(self, behind: tuple[str, int], statements: Mapping[str, Sequence[Statement]], secrets: Mapping[str, str]) -> None:
        """`secrets`: ARNs by name."""
        self.behind, self._statements, self._secrets = behind, statements, secrets
        self.calls: list[Call] = []
        self.trouble: Callable[[str, Asked], bool] = lambda function, asked: False
        """What is answered by an error of the service's own."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def judged(self, scope: Scope, method: str, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of a refusal; 0: it may pass."""
        asked = asked_of(scope, method, path, headers, body, self._secrets)
        answers = [self.may(scope.caller, each) for each in asked]  # all of them are written down
        if not all(answers):
            return 403 if scope.service == "s3" else 400
        return 500 if any(self.trouble(scope.caller, each) for each in asked) else 0

    def may(self, function: str, asked: Asked) -> bool:
        is_allowed = allowed(self._statements[function], *asked)
        self.calls.append(Call(function, asked, is_allowed))
        return is_allowed


def _handler(keeper: Gatekeeper) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            scope = scope_of(headers.get("authorization", ""))
            refusal = keeper.judged(scope, self.command, self.path, headers, body)
            if refusal:
                self._answer(refusal, {}, _refused(scope.service, refusal))
                return
            status, told, answer = self._forward(headers, body)
            # Who may not list a bucket is not told that something is missing from it.
            if status == 404 and scope.service == "s3" and not keeper.may(scope.caller, _listing(self.path)):
                status, answer = 403, _refused("s3", 403)
            self._answer(status, told, answer)

        def _forward(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(*keeper.behind, timeout=60)
            try:
                connection.request(self.command, self.path, body, dict(headers))
                answer = connection.getresponse()
                return answer.status, dict(answer.getheaders()), answer.read()
            finally:
                connection.close()

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            length = next((value for name, value in headers.items() if name.lower() == "content-length"), str(len(body)))
            for name, value in headers.items():
                if name.lower() not in LEFT_OUT:
                    self.send_header(name, value)
            self.send_header("Content-Length", length if self.command == "HEAD" else str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler._pass)
    return Handler


def _listing(path: str) -> Asked:
    return Asked("s3:ListBucket", f"arn:aws:s3:::{path.lstrip('/').partition('/')[0]}")


def _refused(service: str, status: int) -> bytes:
    code = "AccessDenied" if status in (400, 403) else "InternalError"
    if service == "s3":
        return f"<Error><Code>{code}</Code><Message>as the policies say</Message></Error>".encode()
    return json.dumps({"__type": f"{code}Exception", "message": "as the policies say"}).encode()
