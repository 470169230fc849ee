"""Those who use a platform while faults are done to it: they ask until they are answered, and remember what was promised to them."""

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg

from tests.functions.api.conftest import DUAL
from tests.reliability.living import SECRET, SUPABASE

ANSWERED_SECONDS = 300
"""The longest that somebody asks for the same: a call that was killed holds its Idempotency-Key for a minute, and so may the next one."""
WINDOW = {"start": "2020-01-02", "end": "2022-12-30"}
EARLY_STOP = {"metric": "return", "mode": "max", "patience": 3}


def bearer_of(user: str) -> Callable[[], str]:
    """On a platform of `living`."""
    who = {"sub": user, "aud": "authenticated", "iss": f"{SUPABASE}/auth/v1"}
    return lambda: jwt.encode(who | {"exp": time.time() + 600}, SECRET, "HS256")


class Person:
    """Somebody who uses the API until it has answered, and says every time what they want with the same Idempotency-Key."""

    def __init__(self, bearer: Callable[[], str], url: Callable[[], str]) -> None:
        """A token, and where the platform is: both may change from call to call."""
        self._bearer, self._url, self._http = bearer, url, httpx.Client(timeout=30)
        self.told: list[int] = []
        """Statuses of answers that were none of what was wanted."""
        self.unanswered = 0

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._bearer()}"}

    def get(self, path: str) -> Any:
        return self._until_answered("GET", path, None, {})

    def bytes(self, path: str) -> bytes:
        return self._until_answered("GET", path, None, {}, raw=True)

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Once."""
        return self._http.request(method, self._url() + path, json=body, headers=self._headers)

    def post(self, path: str, body: Any, over: int = 200) -> Any:
        """`over`: a status that is as good as success."""
        return self._until_answered("POST", path, body, {"Idempotency-Key": str(uuid4())}, over)

    def backtest(self, code: str, **context: Any) -> str:
        whole = {"frequency": "1d", "window": {"start": "2022-01-04", "end": "2022-12-30"}, "datasource_version": "sample:v1"}
        return str(self.post("/api/backtests", {"strategyRef": {"code": code}, "context": whole | context})["backtest_id"])

    def grid(self, backtest_id: str, spec: Mapping[str, Any], **more: Any) -> str:
        return str(self.post(f"/api/backtests/{backtest_id}/runs", {"mode": "grid", "gridSpec": spec, **more})["grid_id"])

    def single(self, backtest_id: str, params: Mapping[str, Any], **more: Any) -> str:
        return str(self.post(f"/api/backtests/{backtest_id}/runs", {"mode": "single", "params": params, **more})["run_ids"][0])

    def cancel(self, backtest_id: str, grid_id: str) -> None:
        self.post(f"/api/backtests/{backtest_id}/grids/{grid_id}:cancel", None, over=409)

    def _until_answered(self, method: str, path: str, body: Any, headers: Mapping[str, str], over: int = 200, raw: bool = False) -> Any:
        deadline = time.monotonic() + ANSWERED_SECONDS
        while True:
            try:
                answer = self._http.request(method, self._url() + path, json=body, headers=self._headers | dict(headers))
            except httpx.TransportError:
                self.unanswered += 1
            else:
                if answer.is_success or (answer.status_code == over and "Retry-After" not in answer.headers):
                    return answer.content if raw else answer.json() if answer.content else None
                self.told.append(answer.status_code)
                wrong = answer.status_code not in (409, 502, 503, 504)
                assert not wrong and time.monotonic() < deadline, f"{method} {path}: {answer.status_code} {answer.text}"
                assert answer.status_code == 504 or answer.headers.get("Retry-After"), f"{method} {path}: {answer.text}"
            assert time.monotonic() < deadline, f"{method} {path} was never answered"
            time.sleep(0.2)


class Users:
    """People who submit, look and cancel without pause, each in a thread. Some of it was asked for before, some of it stops early."""

    def __init__(self, people: list[Person], seed: int = 0, pause: float = 0.1) -> None:
        """`pause`: seconds after each look; there are three looks after each submission."""
        self._over, self._pause = threading.Event(), pause
        self.people = people
        self.promised: list[str] = []
        """Every submission that was answered, as `submitted` tells them."""
        self.submissions = 0
        self.failed: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._live, args=(person, random.Random(seed + number))) for number, person in enumerate(people)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """After the answers to what they ask for just now."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.failed:
            raise self.failed[0]

    def _live(self, person: Person, chance: random.Random) -> None:
        try:
            backtest = person.backtest(DUAL, window=WINDOW, universe={"all": True})
            while not self._over.is_set():
                self._submit(person, backtest, chance)
                for _ in range(3):
                    person.get(f"/api/backtests/{backtest}/runs?limit=20")
                    self._over.wait(self._pause)
        except BaseException as error:  # noqa: BLE001  told by `stop`
            self.failed.append(error)

    def _submit(self, person: Person, backtest: str, chance: random.Random) -> None:
        """A single run, a grid, one that was there before in parts, or one that may stop early; one in five is cancelled."""
        short = chance.randrange(3, 30)
        self.submissions += 1
        if chance.random() < 0.3:
            self.promised.append(person.single(backtest, {"ma_short": short, "ma_long": 100}))
            return
        more = {"early_stop": EARLY_STOP} if chance.random() < 0.2 else {}
        spec = {"ma_short": [short, short + 1], "ma_long": chance.sample(range(80, 100), 6)}
        self.promised.append(grid := person.grid(backtest, spec, **more))
        if chance.random() < 0.2:
            person.cancel(backtest, grid)


def submitted(admin: psycopg.Connection[Any]) -> list[str]:
    """Every submission that there is: a grid by its own id, a single run by the run's."""
    query = """select case g.mode when 'grid' then g.id else r.id end
        from public.grids g join public.backtest_runs r on r.grid_id = g.id and r.position = 0"""
    return [str(row[0]) for row in admin.execute(query)]


def rest(what: Callable[[], list[str]], seconds: float) -> None:
    """Until nothing is unfinished any more."""
    deadline = time.monotonic() + seconds
    while left := what():
        assert time.monotonic() < deadline, json.dumps(left[:10], ensure_ascii=False, indent=1)
        time.sleep(0.1)
