import threading
import time

import psycopg
import pytest

from functions.errors import ApiError
from functions.jobs.lease import Lease


def wait_for(event: threading.Event) -> None:
    assert event.wait(5)


def test_the_work_is_kept_while_it_is_done_and_told_of_progress() -> None:
    told: list[int] = []
    third = threading.Event()

    def beat(percent: int) -> bool:
        told.append(percent)
        if len(told) == 3:
            third.set()
        return True

    with Lease(beat, 30, 0.01) as lease:
        assert lease.checkpoint(0.5)
        assert lease.checkpoint(0.25), "progress never falls"
        wait_for(third)
        assert lease.checkpoint(1.0)
    count = len(told)
    assert told[-1] in (50, 99)
    time.sleep(0.05)
    assert len(told) == count, "no heartbeat after the end"


def test_a_cancelled_block_stops_at_the_next_checkpoint() -> None:
    asked = threading.Event()

    def beat(percent: int) -> bool:
        asked.set()
        return False

    with Lease(beat, 30, 0.01) as lease:
        wait_for(asked)
        deadline = time.monotonic() + 5
        while lease.checkpoint(0.1):
            assert time.monotonic() < deadline
        assert lease.lost


@pytest.mark.parametrize("error", [ApiError("UPSTREAM_ERROR", "gone"), psycopg.InterfaceError("the connection is closed")])
def test_a_database_that_is_gone_for_longer_than_the_lease_means_lost(error: Exception) -> None:
    """The second kind once ended the heartbeat's thread, and nobody noticed that the lease ran out."""

    def beat(percent: int) -> bool:
        raise error

    with Lease(beat, 0.05, 0.01) as lease:
        assert lease.checkpoint(0), "a heartbeat that fails once is no reason to stop"
        deadline = time.monotonic() + 5
        while lease.checkpoint(0):
            assert time.monotonic() < deadline
