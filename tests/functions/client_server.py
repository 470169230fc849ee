"""A server for tests of the client: answers one after the other, and remembers what it was asked."""

import httpx

from functions.client import Client


class Server:
    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.requests, self.pauses = list(answers), list[httpx.Request](), list[float]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, attempts: int = 5, token: str = "token") -> Client:
        return Client("http://lianghu", token, transport=httpx.MockTransport(self), attempts=attempts, sleep=self.pauses.append)


def error(status: int, code: str, **details: object) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "words", "details": details}}, headers={"X-Request-Id": "q1"})
