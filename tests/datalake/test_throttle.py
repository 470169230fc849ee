"""Calls are counted over threads, processes and crashes: no minute, wherever it begins, has more than allowed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from datalake.errors import StorageError
from datalake.interfaces import INTERFACES
from datalake.upstream.throttle import MINUTE, Limits, SqliteThrottle
from tests.datalake.standin import Time


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def throttle(tmp_path: Path, clock: Time) -> SqliteThrottle:
    return SqliteThrottle(tmp_path / "calls.sqlite", clock=clock)


def most_within(times: Sequence[float], window: float) -> int:
    """The most calls of any stretch of time of that length."""
    ordered = sorted(times)
    return max((sum(1 for later in ordered[place:] if later < start + window) for place, start in enumerate(ordered)), default=0)


def test_what_was_saved_up_does_not_come_on_top(throttle: SqliteThrottle, clock: Time):
    """A bucket filled to the cap would let the second five through while it fills."""
    clock.now += 600
    given_now = [throttle.take("daily", 5) for _ in range(6)]
    assert given_now[:5] == [0] * 5 and given_now[5] == pytest.approx(MINUTE)
    clock.now += MINUTE / 2
    assert throttle.take("daily", 5) == pytest.approx(MINUTE / 2)
    clock.now += MINUTE / 2
    assert [throttle.take("daily", 5) > 0 for _ in range(6)] == [False] * 5 + [True]


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cap=st.integers(1, 6),
    steps=st.lists(st.tuples(st.sampled_from([0.0, 0.1, 1.0, 7.0, 30.0, 61.0, 100.0]), st.booleans()), min_size=1, max_size=60),
)
def test_no_window_has_more_than_the_cap_and_whoever_waits_gets_through(
    tmp_path_factory: pytest.TempPathFactory, cap: int, steps: list[tuple[float, bool]]
):
    clock = Time()
    throttle = SqliteThrottle(tmp_path_factory.mktemp("throttle") / "calls.sqlite", clock=clock)
    granted = []
    for pause, waits in steps:
        clock.now += pause
        seconds = throttle.take("daily", cap)
        assert 0 <= seconds <= MINUTE
        if seconds and waits:
            clock.now += seconds
            assert throttle.take("daily", cap) == 0
        if not seconds or waits:
            granted.append(clock.now)
    assert most_within(granted, MINUTE - 1e-6) <= cap


def test_a_call_that_is_let_through_is_counted_whatever_the_rounding(tmp_path: Path):
    """1000.1 + 61 is 1061.1, and 1061.1 - 61 is less than 1000.1: neither forgotten nor in the way, and the next not counted."""
    clock = Time(1000.1)
    throttle = SqliteThrottle(tmp_path / "calls.sqlite", clock=clock)
    assert throttle.take("daily", 1) == 0
    clock.now = 1061.1
    assert [throttle.take("daily", 1) > 0 for _ in range(2)] == [False, True]


def test_interfaces_are_counted_apart(throttle: SqliteThrottle):
    assert throttle.take("daily", 1) == 0 and throttle.take("daily", 1) > 0
    assert throttle.take("adj_factor", 1) == 0


def test_a_refusal_stops_everybody(throttle: SqliteThrottle, clock: Time, tmp_path: Path):
    other = SqliteThrottle(tmp_path / "calls.sqlite", clock=clock)
    throttle.hold("daily", 90)
    throttle.hold("daily", 30)
    assert other.take("daily", 100) == pytest.approx(90)
    assert other.take("adj_factor", 100) == 0
    clock.now += 90
    assert other.take("daily", 100) == 0
    throttle.hold("*", 10)
    assert [other.take(name, 100) for name in ("daily", "adj_factor")] == pytest.approx([10, 10])


def test_a_cap_that_was_lowered_holds_at_once(throttle: SqliteThrottle, clock: Time):
    assert [throttle.take("daily", 10) for _ in range(10)] == [0] * 10
    clock.now += 30
    assert throttle.take("daily", 2) == pytest.approx(31)


@pytest.mark.parametrize("jump", [-1000, -10])
def test_a_clock_that_was_set_back_makes_nobody_wait_longer_than_the_window(throttle: SqliteThrottle, clock: Time, jump: float):
    """As after the machine was started anew: its clock counts from zero again."""
    assert [throttle.take("daily", 2) for _ in range(2)] == [0, 0]
    throttle.hold("adj_factor", 20)
    clock.now += jump
    assert throttle.take("daily", 2) == pytest.approx(MINUTE)
    assert throttle.take("adj_factor", 2) == pytest.approx(20)
    clock.now += MINUTE
    assert throttle.take("daily", 2) == throttle.take("adj_factor", 2) == 0


@pytest.mark.parametrize("spoil", ["junk", "cut", "other tables"])
def test_a_broken_file_is_made_anew_and_counts_as_a_full_minute(throttle: SqliteThrottle, clock: Time, tmp_path: Path, spoil: str):
    file = tmp_path / "calls.sqlite"
    for _ in range(200):
        throttle.take("daily", 1000)
    if spoil == "junk":
        file.write_bytes(b"no database at all" * 1000)
    elif spoil == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    else:
        file.unlink()
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE calls (something TEXT)")
        other.close()
    assert throttle.take("daily", 1000) == pytest.approx(MINUTE)
    clock.now += MINUTE
    assert throttle.take("daily", 1000) == 0


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path):
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(StorageError, match=r"throttle: cannot use .*folder\.sqlite"):
        SqliteThrottle(tmp_path / "folder.sqlite").take("daily", 1)
    with pytest.raises(ValueError, match="0 calls a minute"):
        SqliteThrottle(tmp_path / "calls.sqlite").take("daily", 0)


CALLER = """
import sys, time
from pathlib import Path
from datalake.upstream.throttle import SqliteThrottle
seen = [0.0]
def clock():
    seen[0] = time.monotonic()
    return seen[0]
throttle = SqliteThrottle(Path(sys.argv[1]), window=float(sys.argv[2]), clock=clock)
end = time.monotonic() + float(sys.argv[4])
print("ready", flush=True)
while time.monotonic() < end:
    seconds = throttle.take("daily", int(sys.argv[3]))
    if seconds:
        time.sleep(min(seconds, 0.05))
    else:
        print(repr(seen[0]), flush=True)  # when it was allowed; a busy machine may print it much later
"""


def caller(file: Path, window: float, cap: int, seconds: float) -> subprocess.Popen[str]:
    """A process that calls as often as it may."""
    arguments = [str(file), str(window), str(cap), str(seconds)]
    return subprocess.Popen([sys.executable, "-c", CALLER, *arguments], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def moments(process: subprocess.Popen[str]) -> list[float]:
    out, _ = process.communicate(timeout=60)
    return [float(line) for line in out.split() if line != "ready"]


def started(file: Path, window: float, cap: int, seconds: float) -> list[subprocess.Popen[str]]:
    processes = [caller(file, window, cap, seconds) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    return processes


@pytest.mark.slow
def test_processes_together_never_exceed_the_cap(tmp_path: Path):
    """Also while one of them is killed."""
    window, cap = 1.0, 20
    processes = started(tmp_path / "calls.sqlite", window, cap, 5.0)
    time.sleep(1.5)
    os.kill(processes[0].pid, signal.SIGKILL)
    found = [moments(process) for process in processes]
    granted = [moment for times in found for moment in times]
    assert most_within(granted, window - 1e-6) <= cap
    assert len(granted) > 2 * cap and all(found[1:])  # and nobody starves
    assert [process.returncode for process in processes] == [-signal.SIGKILL, 0, 0, 0]


@pytest.mark.slow
def test_processes_under_whom_the_file_is_spoilt_pause_for_a_window(tmp_path: Path):
    """What was counted is forgotten. Whoever is just being allowed while the file goes away is forgotten too: one call a process."""
    file, window, cap = tmp_path / "calls.sqlite", 1.5, 20
    processes = started(file, window, cap, 6.0)
    time.sleep(1.0)
    (tmp_path / "spoilt").write_bytes(b"spoilt" * 2000)
    (tmp_path / "spoilt").replace(file)
    spoilt = time.monotonic()
    granted = sorted(moment for process in processes for moment in moments(process))
    assert [process.returncode for process in processes] == [0] * 4
    assert most_within(granted, window - 1e-6) <= cap + len(processes)
    assert sum(spoilt <= moment < spoilt + window for moment in granted) <= len(processes)
    assert granted[-1] > spoilt + window  # it goes on


HOLDER = """
import sqlite3, sys, time
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
file.execute("INSERT INTO calls VALUES ('daily', 0)")
print("ready", flush=True)
time.sleep(60)
"""


def test_a_process_that_is_killed_in_the_middle_of_counting_holds_up_nobody(tmp_path: Path):
    file = tmp_path / "calls.sqlite"
    throttle = SqliteThrottle(file)
    assert throttle.take("daily", 2) == 0
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "ready\n"
    waiting: list[float] = []
    thread = threading.Thread(target=lambda: waiting.append(throttle.take("daily", 2)))
    thread.start()
    time.sleep(0.3)
    assert waiting == []
    holder.kill()
    holder.communicate()
    thread.join(timeout=10)
    assert waiting == [0] and throttle.take("daily", 2) > 0  # the killed one's call is not counted


def test_threads_share_one_throttle(throttle: SqliteThrottle):
    results: list[float] = []
    threads = [threading.Thread(target=lambda: results.extend(throttle.take("daily", 10) for _ in range(5))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results)[:11].count(0) == 10 and len(results) == 25


def test_the_owner_of_the_account_says_how_often_and_what():
    daily, funds, minutes = INTERFACES["daily"], INTERFACES["fund_daily"], INTERFACES["stk_mins"]
    assert Limits().per_minute(daily) == daily.per_minute
    assert Limits({"*": 50}).per_minute(daily) == 50
    limits = Limits({"daily": 500, "*": 50}, points=2000)
    assert (limits.per_minute(daily), limits.per_minute(funds)) == (500, 50)
    assert [limits.allows(row) for row in (daily, funds, minutes)] == [True, False, True]
    assert all(Limits().allows(row) for row in INTERFACES.values())
