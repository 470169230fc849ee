"""A small server that speaks Tushare's protocol with its traps, for tests and demonstrations.

One POST per call, at /<api_name> or at the bare address; rows come newest first; a call gives at most its interface's cap and says
nothing about the rest (`has_more` can be switched off); 40203 means "too often" and "not allowed"; HTTP errors can be ordered.

    python -m tests.datalake.standin --port 8200          the sample market (with LIANGHU_REAL_DATA: real rows)
"""

import argparse
import json
import os
import signal
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from tests.datalake.standin_rows import FREQUENCY, real_tables, sample_tables_of

__all__ = ["DOWN", "TOKEN", "Free", "StandIn", "Time", "forbidden", "real_tables", "sample_tables_of", "serve", "too_often"]

TOKEN = "a-token-for-tests"

Refuse = Callable[[str, dict[str, Any], int], tuple[int, Any] | None]
"""From interface, parameters and the number of the call (from 1) to an HTTP status and body, or None to serve."""


def too_often(times: int = 200, period: str = "分钟") -> tuple[int, Any]:
    message = f"抱歉，您每{period}最多访问该接口{times}次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"
    return 200, {"code": 40203, "msg": message, "data": None}


def forbidden(api_name: str) -> tuple[int, Any]:
    message = f"抱歉，您没有接口({api_name})访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。"
    return 200, {"code": 40203, "msg": message, "data": None}


class Free:
    """A throttle that lets everything through."""

    def take(self, interface: str, per_minute: int) -> float:
        return 0.0

    def hold(self, interface: str, seconds: float) -> None:
        """The wait itself is the caller's."""


@dataclass
class Time:
    """Time that passes when somebody waits: `wait` for Patience, the object itself as a throttle's clock."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(seconds)


DOWN: tuple[int, Any] = (502, b"<html>bad gateway</html>")


class Manner(NamedTuple):
    """How an interface filters."""

    cap: int = 6000
    day: str = "trade_date"
    """What start_date, end_date and the order are about; empty: nothing."""
    equal: tuple[str, ...] = ("ts_code", "trade_date")
    defaults: Mapping[str, str] = {}


MANNERS = {
    "stock_basic": Manner(6000, "", ("ts_code", "list_status", "market"), {"list_status": "L"}),
    "fund_basic": Manner(15_000, "", ("ts_code", "status", "market"), {"market": "E"}),
    "trade_cal": Manner(2000, "cal_date", ("exchange", "is_open"), {"exchange": "SSE"}),
    "index_member_all": Manner(2000, "", ("ts_code", "l1_code", "l2_code", "l3_code", "is_new"), {"is_new": "Y"}),
    "namechange": Manner(10_000, "ann_date", ("ts_code",)),
    "suspend_d": Manner(5000, "trade_date", ("ts_code", "trade_date", "suspend_type")),
    "dividend": Manner(2000, "", ("ts_code", "ann_date", "record_date", "ex_date")),
    "stk_limit": Manner(5800),
    "fund_adj": Manner(2000),
    "fund_daily": Manner(2000),
    "index_daily": Manner(8000),
    "index_weight": Manner(5000, "trade_date", ("index_code", "trade_date")),
    "stk_mins": Manner(8000, "trade_time", ("ts_code", FREQUENCY)),
}
"""By Tushare's pages, not by our table of interfaces: it is what that is tested against. Others filter like daily bars."""


@dataclass
class StandIn:
    """What is served and what was asked."""

    url: str
    tables: dict[str, pl.DataFrame]
    cap: int = 0
    """Rows a call for every interface; 0: each its own."""
    tells_more: bool = True
    refuse: Refuse = lambda api_name, params, number: None
    token: str = TOKEN
    per_minute: int = 0
    """Calls of one interface within a `minute`; more are refused until a whole minute after the last refusal. 0: as many as wanted."""
    minute: float = 60.0
    """Seconds."""
    latency: float = 0.0
    """Seconds before each answer."""
    deaf: tuple[str, ...] = ()
    """Parameters that are not listened to: ("offset",) gives the first page for ever."""
    moved_to: str = ""
    """Where to send everybody, with status 307."""
    close_connections: bool = False
    """After each answer."""
    connections: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When each interface was called, refused or not: time.monotonic()."""
    refused: int = 0
    """Calls that came too often."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _served: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _until: dict[str, float] = field(default_factory=dict)

    def answer(self, api_name: str, token: str, params: dict[str, Any], fields: str) -> tuple[int, Any]:
        with self.lock:
            self.calls.append((api_name, params))
            number = len(self.calls)
            much = self._too_much(api_name, time.monotonic())
        if self.latency:
            time.sleep(self.latency)
        refused = self.refuse(api_name, params, number)
        if refused:
            return refused
        if token != self.token:
            return 200, {"code": 40101, "msg": "您的token不对，请确认。", "data": None}
        if api_name not in self.tables:
            return forbidden(api_name)
        if much:
            return too_often(self.per_minute)
        params = {name: value for name, value in params.items() if name not in self.deaf}
        try:
            rows = self._rows(api_name, params)
        except KeyboardInterrupt:  # polars raises it in every thread when the process is told to stop, ours too: it is not for us
            rows = self._rows(api_name, params)
        cap = self.cap or MANNERS.get(api_name, Manner()).cap
        offset, limit = int(params.get("offset") or 0), min(int(params.get("limit") or cap), cap)
        page = rows[offset : offset + limit]
        names = [name for name in (fields.split(",") if fields else rows.columns) if name in rows.columns and name != FREQUENCY]
        more = {"has_more": offset + limit < rows.height} if self.tells_more else {}
        return 200, {"request_id": "", "code": 0, "msg": None, "data": {"fields": names, "items": page.select(names).rows(), **more}}

    def _too_much(self, api_name: str, now: float) -> bool:
        self.times[api_name].append(now)
        served = self._served[api_name]
        while served and served[0] <= now - self.minute:
            served.popleft()
        if self.per_minute and (len(served) >= self.per_minute or now < self._until.get(api_name, 0.0)):
            self._until[api_name] = now + self.minute
            self.refused += 1
            return True
        served.append(now)
        return False

    def _rows(self, api_name: str, params: dict[str, Any]) -> pl.DataFrame:
        rows, manner = self.tables[api_name], MANNERS.get(api_name, Manner())
        asked = {**manner.defaults, **{name: value for name, value in params.items() if value not in ("", None)}}
        for name in manner.equal:
            if name in asked and name in rows.columns:
                rows = rows.filter(pl.col(name).cast(pl.String).is_in(str(asked[name]).split(",")))
        if manner.day not in rows.columns:
            return rows
        first, last = (str(asked.get(name, default)) for name, default in (("start_date", "0"), ("end_date", "9")))
        return rows.filter(pl.col(manner.day).is_between(pl.lit(first), pl.lit(last))).sort(
            manner.day, descending=True, maintain_order=True
        )


@contextmanager
def serve(tables: dict[str, pl.DataFrame], port: int = 0) -> Iterator[StandIn]:
    """On 127.0.0.1, until the block ends. Port 0: any that is free."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    server.daemon_threads = True
    standin = StandIn(f"http://127.0.0.1:{server.server_address[1]}", tables)
    _Handler.standins[server.server_address[1]] = standin
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as the real one keeps them
    disable_nagle_algorithm = True
    standins: dict[int, StandIn] = {}  # noqa: RUF012  by port

    @property
    def _standin(self) -> StandIn:
        return self.standins[self.server.server_address[1]]  # type: ignore[index]

    def setup(self) -> None:
        super().setup()
        self._standin.connections += 1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        standin = self._standin
        if standin.moved_to:
            self.send_response(307)
            self.send_header("Location", standin.moved_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        api_name = self.path.strip("/") or body["api_name"]
        status, value = standin.answer(api_name, body["token"], body["params"], body["fields"])
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.close_connection = standin.close_connections
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what matters."""


def main() -> None:
    parser = argparse.ArgumentParser(description="a server that speaks Tushare's protocol, on 127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2018, 1, 1))
    parser.add_argument("--last", type=date.fromisoformat, default=date(2026, 12, 31))
    parser.add_argument("--whole", action="store_true", help="with LIANGHU_REAL_DATA: nearly the whole market, not 66 stocks")
    parser.add_argument("--per-minute", type=int, default=0, help="calls of one interface that are served within a minute")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs are born deaf to the first
        signal.signal(number, signal.default_int_handler)
    folder = os.environ.get("LIANGHU_REAL_DATA")
    if folder:
        tables = real_tables(Path(folder), given.first, given.last, given.whole)
    else:
        from datalake.sample.rows import sample_tables  # compiles for some seconds

        tables = sample_tables_of(sample_tables(), given.first, given.last)
    with serve(tables, given.port) as standin:
        standin.per_minute, standin.latency = given.per_minute, given.latency
        print(f"TUSHARE_URL={standin.url} TUSHARE_TOKEN={TOKEN}", flush=True)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print(f"{len(standin.calls)} calls, {standin.refused} refused")  # noqa: T201


if __name__ == "__main__":
    main()
