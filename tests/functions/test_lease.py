import io
import json
import logging
import threading
import time

import psycopg
import pytest

from functions.errors import ApiError
from functions.jobs.lease import Lease, Verdict
from functions.logs import log_keys, logger


def wait_for(event: threading.Event) -> None:
    assert event.wait(5)


def wait_until_stopped(lease: Lease) -> None:
    deadline = time.monotonic() + 5
    while lease.checkpoint(0.1):
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_the_work_is_kept_while_it_is_done_and_told_of_progress() -> None:
    told: list[int] = []
    third = threading.Event()

    def beat(percent: int) -> Verdict:
        told.append(percent)
        if len(told) == 3:
            third.set()
        return Verdict.KEPT

    with Lease(beat, 30, 0.01) as lease:
        assert lease.checkpoint(0.5)
        assert lease.checkpoint(0.25), "progress never falls"
        wait_for(third)
        assert lease.checkpoint(1.0)
    count = len(told)
    assert told[-1] in (50, 99)
    time.sleep(0.05)
    assert len(told) == count, "no heartbeat after the end"


def test_a_cancelled_block_stops_at_the_next_checkpoint_and_is_asked_for_no_more() -> None:
    asked: list[int] = []

    def beat(percent: int) -> Verdict:
        asked.append(percent)
        return Verdict.LOST

    with Lease(beat, 30, 0.01) as lease:
        wait_until_stopped(lease)
        assert lease.verdict is Verdict.LOST
        time.sleep(0.05)
    assert len(asked) == 1


def test_beyond_the_budget_the_lease_is_kept_until_what_is_finished_is_stored() -> None:
    """The budget may have room again when somebody else's block is given up: who was told to stop stops all the same."""
    verdicts = [Verdict.KEPT, Verdict.OVER_BUDGET, Verdict.KEPT, Verdict.OVER_BUDGET, Verdict.LOST]
    heard: list[Verdict] = []

    def beat(percent: int) -> Verdict:
        heard.append(verdicts[len(heard)])
        return heard[-1]

    with Lease(beat, 30, 0.01) as lease:
        wait_until_stopped(lease)
        assert lease.verdict in (Verdict.OVER_BUDGET, Verdict.LOST)
        deadline = time.monotonic() + 5
        while lease.verdict is Verdict.OVER_BUDGET and time.monotonic() < deadline:
            assert not lease.checkpoint(0.2)
    assert heard == verdicts, "it beats on until the lease is lost or left"
    assert lease.verdict is Verdict.LOST


@pytest.mark.parametrize("error", [ApiError("UPSTREAM_ERROR", "gone"), psycopg.InterfaceError("the connection is closed")])
def test_a_database_that_is_gone_for_longer_than_the_lease_means_lost(error: Exception) -> None:
    """The second kind once ended the heartbeat's thread, and nobody noticed that the lease ran out."""

    def beat(percent: int) -> Verdict:
        raise error

    with Lease(beat, 0.05, 0.01) as lease:
        assert lease.checkpoint(0), "a heartbeat that fails once is no reason to stop"
        wait_until_stopped(lease)
        assert lease.verdict is Verdict.LOST


def test_a_heartbeat_that_failed_was_logged_without_saying_whose_it_was() -> None:
    failed = threading.Event()

    def beat(percent: int) -> Verdict:
        if not failed.is_set():
            failed.set()
            raise ApiError("UPSTREAM_ERROR", "gone")
        return Verdict.KEPT

    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(logger().registered_formatter)
    logger().addHandler(handler)
    try:
        with log_keys(block_id=7), Lease(beat, 30, 0.01):
            wait_for(failed)
    finally:
        logger().removeHandler(handler)
    assert [json.loads(line)["block_id"] for line in lines.getvalue().splitlines()] == ["7"]
