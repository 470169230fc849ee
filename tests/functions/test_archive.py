"""The archive: rows go into an object and come back the very same, whoever is killed wherever; nothing is counted wrong meanwhile."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from datalake.errors import CorruptObjectError, Problem, StorageError
from datalake.objects import get, put_new, sizes
from functions import archiver
from functions.archiver import archive
from functions.archives import put_archive, read_archive
from functions.errors import ApiError
from functions.jobs.desk import Desk
from functions.jobs.records import RunResult
from functions.jobs.store import Store
from functions.settings import Settings
from functions.wiring import House
from tests.functions.conftest import Servers
from tests.functions.submissions import ENGINE, make_submission, submit_grid

ODD = {"return": 0.1 + 0.2, "sharpe": 1e-300, "max_dd": -0.0, "trades": 2**53, "alpha": None, "beta": 1.7976931348623157e308}
NOTHING = {"archived": 0, "files": 0, "failed": 0}


@pytest.fixture
def make_house(servers: Servers, tmp_path: Path, desk: Desk) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def make(**changes: Any) -> House:
        values: dict[str, Any] = {"database_url": SecretStr(servers.login), "results_url": (tmp_path / "results").as_uri()}
        made.append(House(Settings(**values | changes)))
        return made[-1]

    yield make
    for house in made:
        house.database.close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()


@pytest.fixture
def ended(store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> Callable[..., tuple[str, str, tuple[str, ...]]]:
    """A submission that ended so many days ago: backtest, grid, runs; its third run failed."""

    def make(days: float = 400, count: int = 5, owner: str = user, **facts: Any) -> tuple[str, str, tuple[str, ...]]:
        backtest_id, submitted = submit_grid(store, desk, owner, count, 2, **facts)
        while task := desk.claim_block("w", ENGINE, 30):
            results = []
            for run_id, params in zip(task.run_ids, task.combinations, strict=True):
                if params.get("n") == 2:
                    error = {"code": "INVALID_INPUT", "message": 'it is "bad" 坏', "details": {}}
                    results.append(RunResult(run_id, None, None, {}, error))
                else:
                    stats = ODD | {"sharpe": float(params.get("n", 1)) / 7}
                    results.append(RunResult(run_id, stats, f"hash-{run_id}", {"cells_path": f"cells/{owner}/x.cells"}))
            desk.complete_block(task.block_id, task.attempt, results)
        task = desk.claim_aggregate(submitted.grid_id)
        assert task is not None
        desk.finish_grid(submitted.grid_id, task.attempt, {"best": {"return": None}, "counts": {}}, [])
        admin.execute(
            "update public.grids set finished_at = now() - make_interval(secs => %s) where id = %s", (days * 86_400, submitted.grid_id)
        )
        return backtest_id, submitted.grid_id, submitted.run_ids

    return make


def everything(admin: psycopg.Connection, grid_id: str) -> dict[str, list[Any]]:
    """Every row of a submission, byte for byte as Postgres tells it, in all tables that tell of its runs."""
    queries = {
        "runs": "select r::text from public.backtest_runs r where r.grid_id = %s order by r.position",
        "params": "select r.params::text from public.backtest_runs r where r.grid_id = %s order by r.position",
        "blocks": "select to_json(b)::jsonb - '{turn_ends,turn_now}'::text[] from public.run_blocks b where b.grid_id = %s order by b.id",
        "metrics": "select m::text from public.metrics m where m.grid_id = %s order by m.position",
    }
    return {name: admin.execute(query, (grid_id,)).fetchall() for name, query in queries.items()}


def test_rows_come_back_the_very_same(house: House, store: Store, ended: Any, user: str, admin: psycopg.Connection) -> None:
    _, grid_id, run_ids = ended()
    before, seen = everything(admin, grid_id), store.get_grid(user, grid_id)
    assert len(before["runs"]) == 5 and len(before["metrics"]) == 4 and len(before["blocks"]) == 3
    assert archive(house) == NOTHING | {"archived": 1}
    assert everything(admin, grid_id) == {"runs": [], "params": [], "blocks": [], "metrics": []}
    away = store.get_grid(user, grid_id)
    assert away is not None and seen is not None and away.archived_at is not None
    assert (away.counts, away.summary, away.status) == (seen.counts, seen.summary, seen.status) == (
        {"succeeded": 4, "failed": 1}, {"best": {"return": None}, "counts": {}}, "finished",
    )  # fmt: skip
    with pytest.raises(ApiError, match="archived") as refused:
        store.get_run(user, None, run_ids[0])
    assert refused.value.code == "CONFLICT" and f"/api/runs/{run_ids[0]}:restore" in refused.value.message
    found = house.archive.find(user, run_id=run_ids[3])
    assert found is not None and found == house.archive.find(user, grid_id=grid_id)
    body = read_archive(house.result_objects, found.path, found.digest)
    assert house.archive.restore(user, grid_id, body) == "restored"
    assert everything(admin, grid_id) == before
    assert house.archive.restore(user, grid_id, body) == "present"
    again = store.get_grid(user, grid_id)
    assert again is not None and replace(again, course=seen.course) == seen, "all but how long ago it was"
    assert admin.execute("select count(*) from public.archived_runs").fetchone() == (0,)


def test_who_brought_an_old_grid_back_waited_until_everybody_was_as_far_as_it_once_was(
    house: House, ended: Any, store: Store, desk: Desk, new_user: Callable[[], str], admin: psycopg.Connection
) -> None:
    back, other = new_user(), new_user()
    _, grid_id, _ = ended(owner=back)
    admin.execute("update public.run_blocks set turn_ends = turn_ends + 5000, turn_now = turn_now + 5000")
    archive(house)
    for count in (1, 20):
        submit_grid(store, desk, other, count, 1)
        assert desk.claim_block("w", ENGINE, 30)
    restore(house, back, grid_id)
    submit_grid(store, desk, back, 5, 1)
    owners = [task.owner for _ in range(11) if (task := desk.claim_block("w", ENGINE, 30))]
    assert owners.count(back) == 5, "in turn"


def test_what_came_back_is_not_archived_at_once(house: House, ended: Any, user: str, admin: psycopg.Connection) -> None:
    _, grid_id, _ = ended()
    archive(house)
    restore(house, user, grid_id)
    assert archive(house) == NOTHING
    admin.execute("update public.grids set restored_at = now() - interval '366 days'")
    before = everything(admin, grid_id)
    assert archive(house) == NOTHING | {"archived": 1}
    restore(house, user, grid_id)
    assert everything(admin, grid_id) == before
    assert len(sizes(house.result_objects, "archives")) == 1, "the same rows lie in the same object"


def restore(house: House, user: str, grid_id: str) -> str:
    found = house.archive.find(user, grid_id=grid_id)
    assert found is not None
    return house.archive.restore(user, grid_id, read_archive(house.result_objects, found.path, found.digest))


def test_only_what_ended_long_ago_goes(house: House, make_house: Any, ended: Any, store: Store, desk: Desk, user: str) -> None:
    _, old, _ = ended(days=365.1)
    ended(days=364.9)
    submit_grid(store, desk, user)
    assert archive(make_house(retention_days=0)) == NOTHING
    assert archive(house) == NOTHING | {"archived": 1}
    found = house.archive.find(user, grid_id=old)
    assert found is not None and found.archived_at is not None
    assert archive(make_house(retention_days=1)) == NOTHING | {"archived": 1}, "not the one that is under way"


def test_trials_are_counted_wherever_they_lie(house: House, ended: Any, desk: Desk, user: str) -> None:
    """Different combinations of the family, of which archived ones are as many as others; of several results the newest counts."""
    _, first, _ = ended(days=500, count=4)
    ended(days=450, count=6)
    _, newest, _ = ended(days=1, count=5)
    before = desk.count_trials(newest)
    assert before.count == 5
    assert archive(house)["archived"] == 2
    assert desk.count_trials(newest) == before == desk.count_trials(first)
    restore(house, user, first)
    assert desk.count_trials(newest) == before


def test_a_single_run_is_archived_too(house: House, ended: Any, user: str, admin: psycopg.Connection) -> None:
    _, grid_id, (run_id,) = ended(count=1, mode="single", combinations=({"x": 0.5},), identities=("i",), spec={"x": 0.5})
    before = everything(admin, grid_id)
    archive(house)
    found = house.archive.find(user, run_id=run_id)
    assert found is not None and (found.mode, found.grid_id) == ("single", grid_id)
    restore(house, user, grid_id)
    assert everything(admin, grid_id) == before


def test_rows_that_changed_meanwhile_stay(house: House, ended: Any, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of a run were made between reading the rows and taking them away."""
    _, grid_id, run_ids = ended()
    real = archiver.put_archive

    def late(*arguments: Any) -> Any:
        found = real(*arguments)
        admin.execute('update public.backtest_runs set artifacts = artifacts || \'{"trades_path": "t"}\' where id = %s', (run_ids[0],))
        return found

    monkeypatch.setattr(archiver, "put_archive", late)
    assert archive(house) == NOTHING
    assert len(everything(admin, grid_id)["runs"]) == 5
    monkeypatch.setattr(archiver, "put_archive", real)
    assert archive(house) == NOTHING | {"archived": 1}
    assert len(sizes(house.result_objects, "archives")) == 1, "the object of the first try is gone"


def test_nothing_goes_while_its_files_are_made(
    house: House, ended: Any, store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    _, grid_id, run_ids = ended()
    assert store.request_ledger(user, run_ids[0])
    assert archive(house) == NOTHING
    body, (key, digest) = house.archive.rows_of(grid_id), ("k", "0" * 64)
    assert body is not None and not house.archive.take_away(grid_id, key, digest, files_go=False)
    key, digest = put_archive(house.result_objects, user, grid_id, body)
    assert not house.archive.take_away(grid_id, key, digest, files_go=False), "in use"
    assert len(everything(admin, grid_id)["runs"]) == 5


class KilledError(Exception):
    """The process ends here."""


STEPS = ("rows_of", "put_archive", "take_away before", "take_away after", "forget_others")


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_nothing_is_lost(
    house: House, ended: Any, user: str, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _, grid_id, _ = ended()
    before = everything(admin, grid_id)

    def killed(*arguments: Any, **named: Any) -> None:
        raise KilledError

    def done_and_killed(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise KilledError

    name, _, when = step.partition(" ")
    real = getattr(house.archive, name, None)
    with monkeypatch.context() as patch:
        if real is None:
            patch.setattr(archiver, name, killed)
        else:
            patch.setattr(house.archive, name, done_and_killed if when == "after" else killed)
        assert archive(house)["failed"] == 1
    went = step in STEPS[3:]
    assert (everything(admin, grid_id) == before) != went
    assert archive(house) == NOTHING | {"archived": 0 if went else 1}
    restore(house, user, grid_id)
    assert everything(admin, grid_id) == before


@pytest.mark.parametrize("damage", [b"", b"not gzip", None])
def test_an_object_that_a_broken_write_left_is_written_anew(house: House, ended: Any, user: str, damage: bytes | None) -> None:
    _, grid_id, _ = ended()
    body = house.archive.rows_of(grid_id)
    assert body is not None
    key, _ = put_archive(house.result_objects, user, grid_id, body)
    obstore.put(house.result_objects, key, get(house.result_objects, key)[:-9] if damage is None else damage)
    assert archive(house) == NOTHING | {"archived": 1}
    assert restore(house, user, grid_id) == "restored"


def test_a_store_that_does_not_keep_what_was_put_takes_no_row(
    house: House, ended: Any, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, grid_id, _ = ended()

    def forgetful(*anything: Any) -> bytes:
        return b"something else"

    monkeypatch.setattr("functions.archives.get", forgetful)
    assert archive(house) == NOTHING | {"failed": 1}
    assert len(everything(admin, grid_id)["runs"]) == 5


def test_one_that_cannot_be_archived_does_not_keep_the_others(
    house: House, ended: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _, bad, _ = ended(days=500)
    ended(days=400)
    real = house.archive.rows_of

    def some(grid_id: str) -> str | None:
        if grid_id == bad:
            raise StorageError(Problem("results", "is full"))
        return real(grid_id)

    monkeypatch.setattr(house.archive, "rows_of", some)
    assert archive(house) == NOTHING | {"archived": 1, "failed": 1}
    assert "a submission could not be archived" in caplog.messages


def test_it_stops_when_time_is_up_and_goes_on_the_next_time(house: House, ended: Any) -> None:
    for days in (400, 401, 402):
        ended(days=days)
    left = iter([True, True, False])
    assert archive(house, lambda: next(left, False))["archived"] == 2
    assert archive(house)["archived"] == 1


def test_more_than_are_asked_for_at_once_go_all_the_same(house: House, ended: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiver, "AT_ONCE", 2)
    for days in range(400, 405):
        ended(days=days, count=2)
    assert archive(house)["archived"] == 5


def with_files(house: House, admin: psycopg.Connection, user: str, run_id: str) -> list[str]:
    """Full account of a run, as a worker leaves it behind, and a file that was made of it."""
    paths = {"trades_path": f"artifacts/{user}/{run_id}/trades.csv", "report_path": f"artifacts/{user}/{run_id}/report.html"}
    more = f"artifacts/{user}/{run_id}/trades.parquet"
    for path in (*paths.values(), more):
        put_new(house.result_objects, path, b"x")
    admin.execute("update public.backtest_runs set artifacts = artifacts || %s where id = %s", (Jsonb(paths), run_id))
    admin.execute(
        "insert into public.artifacts (run_id, owner, key, path, bytes, sha256) values (%s, %s, 'trades_path', %s, 1, %s)",
        (run_id, user, paths["trades_path"], "0" * 64),
    )
    return [*paths.values(), more]


def test_files_stay_where_they_are_wanted(house: House, ended: Any, user: str, admin: psycopg.Connection) -> None:
    _, grid_id, run_ids = ended()
    paths = with_files(house, admin, user, run_ids[0])
    before = everything(admin, grid_id)
    archive(house)
    assert set(paths) <= sizes(house.result_objects, "artifacts").keys()
    restore(house, user, grid_id)
    assert everything(admin, grid_id) == before


def test_files_go_where_that_is_wanted_and_can_be_made_again(
    make_house: Any, ended: Any, store: Store, user: str, admin: psycopg.Connection
) -> None:
    house = make_house(archive_keeps_files=False)
    _, grid_id, run_ids = ended()
    with_files(house, admin, user, run_ids[0])
    put_new(house.result_objects, f"cells/{user}/x.cells", b"curves")
    assert archive(house) == NOTHING | {"archived": 1, "files": 1}
    assert not sizes(house.result_objects, "artifacts") and sizes(house.result_objects, "cells")
    assert admin.execute("select count(*) from public.artifacts where run_id = any (%s::uuid[])", (list(run_ids),)).fetchone() == (0,)
    restore(house, user, grid_id)
    run = store.get_run(user, None, run_ids[0])
    assert run is not None and run.artifacts == {"cells_path": f"cells/{user}/x.cells"} and run.stats is not None
    assert store.request_ledger(user, run_ids[0]), "its account is made again when somebody asks"
    failed = store.get_run(user, None, run_ids[2])
    assert failed is not None and failed.artifacts == {}


def test_files_are_deleted_after_a_kill_and_nobody_restores_meanwhile(
    make_house: Any, ended: Any, user: str, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(archive_keeps_files=False)
    _, grid_id, run_ids = ended()
    with_files(house, admin, user, run_ids[0])

    def killed(*arguments: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(archiver, "delete_folders", killed)
        assert archive(house) == NOTHING | {"archived": 1, "failed": 1}
    assert restore(house, user, grid_id) == "busy"
    with monkeypatch.context() as patch:
        patch.setattr(house.archive, "files_gone", killed)
        assert archive(house)["failed"] == 1
    assert restore(house, user, grid_id) == "busy" and not sizes(house.result_objects, "artifacts")
    assert archive(house) == NOTHING | {"files": 1}
    assert restore(house, user, grid_id) == "restored"


def test_only_the_text_that_was_archived_comes_back(house: House, ended: Any, user: str, admin: psycopg.Connection) -> None:
    _, grid_id, run_ids = ended()
    archive(house)
    found = house.archive.find(user, grid_id=grid_id)
    assert found is not None
    body = json.loads(read_archive(house.result_objects, found.path, found.digest))
    body["runs"][0]["stats"]["sharpe"] = 9.9
    with pytest.raises(ApiError, match="not what was archived"):
        house.archive.restore(user, grid_id, json.dumps(body))
    obstore.put(house.result_objects, found.path, b"damaged")
    with pytest.raises(CorruptObjectError, match="not what was archived"):
        read_archive(house.result_objects, found.path, found.digest)
    assert everything(admin, grid_id)["runs"] == [] and house.archive.find(user, run_id=run_ids[0]) == found


def test_somebody_elses_archive_is_unknown(house: House, ended: Any, new_user: Callable[[], str], user: str, store: Store) -> None:
    _, grid_id, run_ids = ended()
    other = new_user()
    assert house.archive.find(other, grid_id=grid_id) is None and house.archive.find(other, run_id=run_ids[0]) is None
    archive(house)
    assert house.archive.find(other, grid_id=grid_id) is None and house.archive.find(other, run_id=run_ids[0]) is None
    assert store.get_run(other, None, run_ids[0]) is None and store.get_grid(other, grid_id) is None
    found = house.archive.find(user, grid_id=grid_id)
    assert found is not None
    assert house.archive.restore(other, grid_id, read_archive(house.result_objects, found.path, found.digest)) == "unknown"
    for role in ("authenticated", "anon"):
        with (
            house.database._transaction(role, {"role": role, "sub": other}) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("select lianghu.archive_grid(%s, 'x', %s, false)", (grid_id, "0" * 64))


def test_what_is_nobodys_id_is_unknown(house: House, desk: Desk, user: str) -> None:
    assert house.archive.find(user, grid_id="x") is None and house.archive.find(user) is None
    assert house.archive.find(user, run_id="00000000-0000-4000-8000-000000000000") is None
    assert house.archive.rows_of("00000000-0000-4000-8000-000000000000") is None


def test_two_archivers_and_two_owners_at_once_do_it_once(
    house: House, make_house: Any, ended: Any, user: str, admin: psycopg.Connection
) -> None:
    _, grid_id, _ = ended(count=50)
    before = everything(admin, grid_id)
    found: list[dict[str, int]] = []
    threads = [threading.Thread(target=lambda: found.append(archive(make_house()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(row["archived"] for row in found) == 1 and all(row["failed"] == 0 for row in found)
    outcomes: list[str] = []
    lie = house.archive.find(user, grid_id=grid_id)
    assert lie is not None
    body = read_archive(house.result_objects, lie.path, lie.digest)
    threads = [threading.Thread(target=lambda: outcomes.append(house.archive.restore(user, grid_id, body))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["present"] * 3 + ["restored"]
    assert everything(admin, grid_id) == before


def test_ten_thousand_runs_take_a_tenth_of_the_room(house: House, store: Store, desk: Desk, user: str, admin: psycopg.Connection) -> None:
    """Real figures: 44 of them a run."""
    count = 2000
    _, submitted = submit_grid(store, desk, user, count, 500)
    while task := desk.claim_block("w", ENGINE, 30):
        stats = {f"figure_{k}": k / 7 for k in range(30)} | ODD
        desk.complete_block(
            task.block_id, task.attempt, [RunResult(run, stats, "h" * 64, {"cells_path": "c" * 100}) for run in task.run_ids]
        )
    ready = desk.claim_aggregate(submitted.grid_id)
    assert ready is not None
    desk.finish_grid(submitted.grid_id, ready.attempt, {}, [])
    body = house.archive.rows_of(submitted.grid_id)
    assert body is not None
    key, _ = put_archive(house.result_objects, user, submitted.grid_id, body)
    admin.execute("update public.grids set finished_at = %s", (datetime.now(UTC) - timedelta(days=999),))
    assert archive(house)["archived"] == 1
    row = admin.execute("select sum(pg_column_size(a)) from public.archived_runs a").fetchone()
    assert row is not None
    assert row[0] < 0.15 * len(body) and sizes(house.result_objects, "archives")[key] < 0.12 * len(body)


def test_the_schedule_calls_it(house: House, ended: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiver, "house", lambda: house)
    ended()

    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 900_000

    assert archiver.handle({}, Context()) == NOTHING | {"archived": 1}


@pytest.mark.parametrize("first", ["origin", "answered"])
def test_files_that_another_run_was_answered_with_go_with_the_last_who_names_them(
    make_house: Any, ended: Any, store: Store, desk: Desk, user: str, admin: psycopg.Connection, first: str
) -> None:
    house = make_house(archive_keeps_files=False)
    backtest_id, origin, run_ids = ended(days=400)
    paths = with_files(house, admin, user, run_ids[0])
    again = store.submit(user, make_submission(backtest_id, 5, 2, reuse=True))
    assert again.reused == 4, "all but the one that failed"
    answered = store.get_run(user, None, again.run_ids[0])
    assert answered is not None and answered.reused_from == run_ids[0] and set(answered.artifacts.values()) > set(paths[:2])
    store.cancel_grid(user, again.grid_id)
    task = desk.claim_aggregate(again.grid_id)
    assert task is not None
    desk.finish_grid(again.grid_id, task.attempt, {"best": {"return": None}, "counts": {}}, [])
    grids = {"origin": origin, "answered": again.grid_id}
    admin.execute("update public.grids set finished_at = now()")
    for grid_id in (grids.pop(first), *grids.values()):
        assert set(paths) == set(sizes(house.result_objects, "artifacts")), "somebody names them yet"
        admin.execute("update public.grids set finished_at = now() - interval '400 days' where id = %s", (grid_id,))
        assert archive(house) == NOTHING | {"archived": 1, "files": 1}
    assert not sizes(house.result_objects, "artifacts")


def test_a_run_that_is_being_taken_away_answers_nobody(
    house: House, ended: Any, store: Store, user: str, admin: psycopg.Connection, servers: Servers
) -> None:
    """Whoever asks meanwhile waits, and then has it computed."""
    backtest_id, grid_id, _ = ended(count=2)
    body = house.archive.rows_of(grid_id)
    assert body is not None
    path, digest = put_archive(house.result_objects, user, grid_id, body)
    answers = []
    with psycopg.connect(servers.admin) as archiving:
        archiving.execute("set role lianghu_worker")
        assert archiving.execute("select lianghu.archive_grid(%s, %s, %s, false)", (grid_id, path, digest)).fetchone() == (True,)
        asking = threading.Thread(target=lambda: answers.append(store.submit(user, make_submission(backtest_id, 2, 2, reuse=True))))
        asking.start()
        asking.join(0.5)
        assert asking.is_alive()
    asking.join(20)
    assert [answer.reused for answer in answers] == [0]


def test_what_was_answered_comes_back_with_its_figures(
    house: House, ended: Any, store: Store, desk: Desk, user: str, admin: psycopg.Connection
) -> None:
    """Its row of figures is copied from another run's, which may be away by then."""
    backtest_id, origin, _ = ended(days=1)
    again = store.submit(user, make_submission(backtest_id, 5, 2, reuse=True))
    store.cancel_grid(user, again.grid_id)
    task = desk.claim_aggregate(again.grid_id)
    assert task is not None
    desk.finish_grid(again.grid_id, task.attempt, {"best": {"return": None}, "counts": {}}, [])
    before = everything(admin, again.grid_id)
    assert len(before["metrics"]) == 4
    figures = (
        "select (to_jsonb(m) - '{run_id,grid_id,created_at}'::text[])::text from public.metrics m where grid_id = %s order by position"
    )
    assert admin.execute(figures, (again.grid_id,)).fetchall() == admin.execute(figures, (origin,)).fetchall()
    admin.execute("update public.grids set finished_at = now() - interval '400 days'")
    assert archive(house)["archived"] == 2
    restore(house, user, again.grid_id)
    assert everything(admin, again.grid_id) == before
