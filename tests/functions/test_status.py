"""What whoever runs the platform watches: figures that are those of the rows, at any moment of a grid's life, in eighty columns."""

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import psycopg
import pytest
from rich.console import Console

from functions.commands import status as showing
from functions.commands.status_table import shown
from functions.errors import ApiError
from functions.jobs.database import Database
from functions.jobs.desk import Desk
from functions.jobs.store import Store
from functions.stores.administration import Administration
from functions.stores.watching import PlatformStatus, depths
from tests.functions.conftest import Servers
from tests.functions.submissions import ENGINE, results_of, submit_grid


@pytest.fixture
def platform(servers: Servers) -> Any:
    database = Database(servers.admin, size=1)
    yield Administration(database)
    database.close()


def text_of(found: PlatformStatus, width: int = 80) -> str:
    page = io.StringIO()
    Console(file=page, width=width).print(shown(found, datetime(2026, 11, 22, 2, 0, tzinfo=UTC)))
    return page.getvalue()


def test_a_grid_is_followed_from_its_submission_to_its_end(
    store: Store, desk: Desk, user: str, platform: Administration, admin: psycopg.Connection
) -> None:
    before = platform.status()
    _, submitted = submit_grid(store, desk, user, count=6, per_block=2)
    waiting = platform.status()
    assert waiting.blocks.ready == before.blocks.ready + 3
    assert waiting.combinations_waiting == before.combinations_waiting + 6
    assert waiting.submissions.open == before.submissions.open + 1 and waiting.oldest_wait_seconds is not None
    first = desk.claim_block("host-1", ENGINE, 30)
    assert first is not None
    desk.heartbeat(first.block_id, first.attempt, 40, 30)
    leased = platform.status()
    (worker,) = [each for each in leased.workers if each.block == first.block_id]
    assert (worker.worker, worker.attempt, worker.progress, worker.runs, worker.owner) == ("host-1", 1, 40, 2, user)
    assert 0 <= worker.seconds < 30 and 0 < worker.lease_seconds <= 30
    assert leased.blocks.leased == before.blocks.leased + 1 and leased.owners.computing == before.owners.computing + 1
    (engine,) = [each for each in leased.engines if each.engine_version == ENGINE]
    assert engine.leased >= 1 and engine.waiting >= 2
    desk.complete_block(first.block_id, first.attempt, results_of(first.run_ids))
    done = platform.status()
    assert done.last_minute.combinations == before.last_minute.combinations + 2
    second = desk.claim_block("host-2", ENGINE, 30)
    assert second is not None
    desk.release_block(second.block_id, second.attempt, {"code": "X", "message": "away", "details": {}}, retriable=True)
    held = platform.status()
    assert held.blocks.backing_off == before.blocks.backing_off + 1
    third = desk.claim_block("host-3", ENGINE, 30)
    assert third is not None
    admin.execute("update public.run_blocks set lease_until = now() - interval '5 s' where id = %s", (third.block_id,))
    silent = platform.status()
    assert silent.blocks.overdue == before.blocks.overdue + 1
    desk.release_block(third.block_id, third.attempt, {"code": "X", "message": "poison", "details": {}}, retriable=False)
    failed = platform.status()
    assert failed.last_hour.failed_blocks == before.last_hour.failed_blocks + 1
    assert failed.last_hour.failed_runs == before.last_hour.failed_runs + 2
    assert failed.outbox.waiting > before.outbox.waiting
    store.cancel_grid(user, submitted.grid_id)


def test_whoever_is_no_operator_sees_nothing(database: Database) -> None:
    with pytest.raises(ApiError, match="no operator"):
        Administration(database).status()


def test_eighty_columns_are_enough_and_who_fell_silent_is_seen() -> None:
    worker = {
        "worker": "a-machine-with-a-long-name.example-12345", "block": 123456, "kind": "ledgers", "owner": "o", "runs": 9_000, "attempt": 3,
        "progress": 45, "seconds": 1234.5, "lease_seconds": -3.0, "engine_version": "0123456789abcdef",
    }  # fmt: skip
    found = PlatformStatus.model_validate(
        {
            "at": "", "submissions": {"open": 12, "to_plan": 1, "to_aggregate": 2}, "combinations_waiting": 123_456,
            "blocks": {"waiting": 100, "ready": 20_000, "backing_off": 3, "leased": 40, "computed": 7, "overdue": 1},
            "oldest_wait_seconds": 75.0, "oldest_single_wait_seconds": None, "owners": {"waiting": 50, "computing": 10},
            "workers": [worker] * 40, "engines": [{"engine_version": "0123456789abcdef", "leased": 40, "waiting": 20_003}],
            "last_minute": {"blocks": 60, "combinations": 36_000},
            "last_hour": {"retries": 3, "failed_runs": 11, "failed_blocks": 2, "dead_letters": 2},
            "outbox": {"waiting": 5, "oldest_seconds": 2.0, "published_last_minute": 480},
            "queues": {"PlanDeadLetters": 0, "dead_letters": 1, "PlanQueue": 3, "BlockQueue": None, "command_queue": 20},
        }
    )  # fmt: skip
    told = text_of(found)
    assert max(map(len, told.splitlines())) <= 80
    for part in ("600.0 a second", "75 s", "—", "1 whose worker fell silent", "45%", "01234567", "and 20 more workers"):
        assert part in told
    lines = [line.split(None, 1)[1].strip() for line in told.splitlines() if line.startswith(("queues", "dead"))]
    assert lines == ["plan 3, block ?, command 20", "letters  plan 0, block 1"], (
        "ten full names were broken over three lines, dead letters first"
    )
    assert "nobody computes" in text_of(found.model_copy(update={"workers": []}))


def test_queues_tell_their_depth_and_one_that_does_not_answer_hides_nothing(aws: str) -> None:
    client = boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    url = client.create_queue(QueueName="watched")["QueueUrl"]
    for _ in range(3):
        client.send_message(QueueUrl=url, MessageBody="x")
    client.receive_message(QueueUrl=url)
    assert depths(client, {"there": url, "gone": f"{url}-gone"}) == {"there": 3, "gone": None}


def test_json_is_one_object_and_a_pipe_is_told_once(
    platform: Administration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Here:
        def __enter__(self) -> Any:
            return SimpleNamespace(platform=platform, queues={}, sqs=None)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(showing, "operator", lambda settings: Here())
    assert showing.status(SimpleNamespace(), once=False, as_json=True, every=1.0) == 0  # type: ignore[arg-type]
    assert PlatformStatus.model_validate(json.loads(capsys.readouterr().out)).queues == {}
    assert showing.status(SimpleNamespace(), once=False, as_json=False, every=1.0) == 0  # type: ignore[arg-type]
