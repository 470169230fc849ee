"""Clients of an HTTP service that cost next to nothing themselves: raw requests over connections that stay open, timed one by one."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.workload import Figures


class Call(NamedTuple):
    method: str
    path: str
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def message(self) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""]).encode() + self.body


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    """From the first byte sent to the last byte read."""


class Connection:
    """One that stays open, as a browser's or httpx's does."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> "Connection":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()

    async def send(self, call: Call) -> Answer:
        began = time.perf_counter()
        self._writer.write(call.message())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        length = int(headers.get("content-length", 0))
        body = await self._reader.readexactly(length) if length else b""
        return Answer(int(head[0].split()[1]), headers, body, time.perf_counter() - began)


def ask(port: int, calls: Sequence[Call], status: int) -> list[Answer]:
    """One after the other, over one connection. ValueError for an answer with another status."""

    async def run() -> list[Answer]:
        async with Connection(port) as connection:
            return [_checked(await connection.send(call), call, status) for call in calls]

    return asyncio.run(run())


def crowd_of(port: int, call: Call, clients: int, seconds: float, pause: float) -> tuple[Figures, list[float]]:
    """`clients` that each ask, wait `pause` seconds after the answer, and ask again. pause 0: a closed loop, as fast as it answers."""
    took: list[float] = []

    async def client(number: int, end: float) -> None:
        async with Connection(port) as connection:
            await connection.send(call)  # opens what the first call of a connection opens
            await asyncio.sleep(pause * number / clients)  # nobody begins at the same moment
            while time.perf_counter() < end:
                answer = _checked(await connection.send(call), call, 200)
                took.append(answer.seconds)
                await asyncio.sleep(pause)

    async def run() -> float:
        began = time.perf_counter()
        await asyncio.gather(*(client(number, began + seconds) for number in range(clients)))
        return time.perf_counter() - began

    lasted = asyncio.run(run())
    return {"clients": clients, "pause_seconds": pause, "requests_per_second": round(len(took) / lasted, 1), **milliseconds(took)}, took


def milliseconds(took: Sequence[float]) -> Figures:
    """Median, 95th and 99th percentile, and the longest."""
    ranked = sorted(took)
    places = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    found = {
        f"milliseconds_{name}": round(ranked[min(len(ranked) - 1, int(part * len(ranked)))] * 1000, 1) for name, part in places.items()
    }
    return found | {"milliseconds_longest": round(ranked[-1] * 1000, 1), "requests": len(ranked)}


def _checked(answer: Answer, call: Call, status: int) -> Answer:
    if answer.status != status:
        raise ValueError(f"{call.method} {call.path}: {answer.status} {answer.body[:300]!r}")
    return answer
