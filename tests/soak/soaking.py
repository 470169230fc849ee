"""People use the whole platform while faults are done to it at random; at the end everything must be as it is on a good day."""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from datalake.objects import open_store
from datalake.panels.cache import PanelCache
from datalake.sample import build_sample
from functions.jobs.results import Results
from infra.local.aws import free_port
from tests.reliability.invariants import broken, unfinished
from tests.reliability.people import Person, Users, submitted
from tests.reliability.truth import Truth
from tests.soak.faults import strike
from tests.soak.memory import SAMPLE_SECONDS, Memory
from tests.soak.stack import Stack

PEOPLE = 4
PAUSE_SECONDS = 3.0
"""After each look of somebody; they look three times after each submission. Workers keep up with that, faults and all."""
CALM_SECONDS = 600.0
"""So long may it take, after the last fault, until nothing is left to do: the sweeper comes every minute."""


def soak(home: Path, seconds: float, seed: int, every: float, pause: float = PAUSE_SECONDS) -> dict[str, Any]:
    """The report. Kernels are those of the environment, or of the project's folder."""
    home.mkdir(parents=True)
    kernels = Path(os.environ["NUMBA_CACHE_DIR"]).parent
    kernels.mkdir(parents=True, exist_ok=True)
    (home / "kernels").symlink_to(kernels)
    build_sample((home / "lake").as_uri())
    stack = Stack(home, free_port())
    stack.start()
    try:
        return {"seed": seed} | _soaked(stack, seconds, random.Random(seed), every, pause)
    finally:
        stack.stop()


def _soaked(stack: Stack, seconds: float, chance: random.Random, every: float, pause: float) -> dict[str, Any]:
    began, memory, faults = time.monotonic(), Memory(), Counter[str]()
    people = [_newcomer(stack, f"soak-{number}@lianghu.local") for number in range(PEOPLE)]
    users = Users(people, chance.randrange(2**32), pause)
    try:
        _strike(stack, chance, began + seconds, every, (memory, faults))
    finally:
        users.stop()
    calm = time.monotonic()
    left = _calmed(stack, memory)
    rest = round(time.monotonic() - calm, 1)
    with stack.database() as admin:
        results = Results(open_store((stack.home / "results").as_uri()))
        lake = open_store((stack.home / "lake").as_uri())
        wrong = left or broken(admin, results, Truth(PanelCache(lake, stack.home / "truth")))
        runs = dict(admin.execute("select status, count(*) from public.backtest_runs group by 1").fetchall())
        reasons = dict(admin.execute("select error ->> 'message', count(*) from public.backtest_runs where error is not null group by 1"))
        there = set(submitted(admin))
    promised = {"lost": len(set(users.promised) - there), "doubled": len(there - set(users.promised))}
    return {
        "ok": not wrong and not any(promised.values()) and not memory.growing(),
        "minutes": round((calm - began) / 60, 2),
        "seconds_until_calm": rest,
        "faults": dict(sorted(faults.items())),
        "submissions": {"made": users.submissions, "answered": len(users.promised), **promised},
        "answers_that_were_errors": dict(Counter(status for person in people for status in person.told)),
        "calls_that_nobody_answered": sum(person.unanswered for person in people),
        "runs": runs,
        "errors_of_runs": reasons,
        "broken": wrong[:50],
        "growing": memory.growing(),
        "memory": memory.told(),
    }


def _strike(stack: Stack, chance: random.Random, until: float, every: float, notes: tuple[Memory, Counter[str]]) -> None:
    """A fault now and then, and the memory of every process in between."""
    memory, faults = notes
    strikes = time.monotonic() + chance.expovariate(1 / every)
    while time.monotonic() < until:
        time.sleep(min(SAMPLE_SECONDS, max(0.0, min(strikes, until) - time.monotonic())))
        memory.sample(stack.processes())
        if not stack.lives:
            raise RuntimeError((stack.home.parent / "up.txt").read_text()[-2000:])
        if strikes <= time.monotonic() < until:
            faults[name := strike(stack, chance)] += 1
            sys.stderr.write(f"{until - time.monotonic():7.1f} s left: {name}\n")
            strikes = time.monotonic() + chance.expovariate(1 / every)


def _calmed(stack: Stack, memory: Memory) -> list[str]:
    """What is left to do when patience ends: nothing, if all is well."""
    deadline = time.monotonic() + CALM_SECONDS
    while True:
        with stack.database() as admin:
            left = unfinished(admin)
        if not left or time.monotonic() > deadline:
            return left
        memory.sample(stack.processes())
        time.sleep(SAMPLE_SECONDS)


def _newcomer(stack: Stack, email: str) -> Person:
    """With an account of their own; its token lasts for an hour, and a longer soak signs in again."""
    there = f"{stack.url}/auth/v1"
    password = f"{random.getrandbits(64):x}"
    httpx.post(f"{there}/signup", json={"email": email, "password": password}, timeout=60).raise_for_status()
    session: dict[str, Any] = {"expires_at": 0}

    def bearer() -> str:
        if session["expires_at"] < time.time() + 300:
            answer = httpx.post(f"{there}/token?grant_type=password", json={"email": email, "password": password}, timeout=60)
            session.update(_checked(answer))
        return str(session["access_token"])

    return Person(bearer, lambda: stack.url)


def _checked(answer: httpx.Response) -> Mapping[str, Any]:
    answer.raise_for_status()
    told: Mapping[str, Any] = answer.json()
    return told
