import hashlib

import numpy as np
import pytest

from datalake.errors import CorruptObjectError, MissingObjectError
from datalake.objects import open_store, put_new
from datalake.panels.packing import pack
from functions.jobs.results import Cells, Results, artifact_path


def cells(first: int = 1000) -> Cells:
    return Cells(
        sessions=np.array([20240102, 20240103, 20240104], np.int32),
        benchmark=np.array([1.0, 1.5, np.nan, 2.0]),
        equity=np.arange(first, first + 6, dtype=np.int64).reshape(2, 3),
        tallies=np.zeros((2, 2), np.int64),
        tally_names=("bought", "sold"),
        params=({"n": 5}, {"n": 10, "x": 0.1}),
        content_hashes=("a", "b"),
    )


def test_a_block_is_stored_once_by_its_content(folder_url: str) -> None:
    results = Results(open_store(folder_url))
    key = results.put_cells("owner", cells())
    assert results.put_cells("owner", cells()) == key
    assert results.put_cells("owner", cells(2000)) != key
    assert key.startswith("cells/owner/")
    found = results.get_cells(key)
    assert found.params == ({"n": 5}, {"n": 10, "x": 0.1})
    assert found.equity.tolist() == cells().equity.tolist()
    assert found.benchmark.tobytes() == cells().benchmark.tobytes()
    sessions, equity = results.get_equity(key, "b")
    assert (sessions.tolist(), equity.tolist()) == ([20240102, 20240103, 20240104], [1003, 1004, 1005])
    with pytest.raises(MissingObjectError):
        results.get_equity(key, "c")


OLD = {"kind": "cells", "tallies": ["bought"], "params": [{"n": 5}], "content_hashes": ["a"]}


@pytest.mark.parametrize(
    "data",
    [
        pack(OLD, {"sessions": np.zeros(3, np.int32), "equity": np.zeros((1, 3), np.int64), "tallies": np.zeros((1, 1), np.int64)}),
        pack({"kind": "panel"}, {"equity": np.zeros((1, 3), np.int64)}),
        pack(OLD, {name: np.zeros((2, 3), np.int64) for name in ("sessions", "equity", "benchmark", "tallies")}),
        pack(OLD, {"sessions": np.zeros(0, np.int32)})[:-1] + b"x",
        b"",
    ],
    ids=["without a benchmark", "no cells", "more curves than runs", "cut", "empty"],
)
def test_a_block_of_an_older_format_is_told_as_corrupt(folder_url: str, data: bytes) -> None:
    """A KeyError killed whoever read it, three times, before the grid was summed up."""
    store = open_store(folder_url)
    key = f"cells/owner/{hashlib.sha256(data).hexdigest()}.cells"
    put_new(store, key, data)
    with pytest.raises(CorruptObjectError):
        Results(store).get_cells(key)


def test_artifacts_lie_under_their_owner_and_never_change(folder_url: str) -> None:
    results = Results(open_store(folder_url))
    stored = results.put_artifacts("uid", "run", {"equity.csv": b"1", "trades.csv": b"22", "log.txt": b"333"})
    assert [(file.key, file.path, file.bytes) for file in stored] == [
        ("equity_curve_path", "artifacts/uid/run/equity.csv", 1),
        ("trades_path", "artifacts/uid/run/trades.csv", 2),
        ("logs_path", "artifacts/uid/run/log.txt", 3),
    ]
    assert stored[1].sha256 == hashlib.sha256(b"22").hexdigest()
    assert results.put_artifacts("uid", "run", {"equity.csv": b"another"}) == stored[:1], "what is there counts"
    assert results.get_artifact("artifacts/uid/run/equity.csv") == b"1"
    with pytest.raises(MissingObjectError):
        results.get_artifact("artifacts/uid/other/equity.csv")


def test_accounts_that_ended_early_lie_beside_the_whole_one_each_attempts_apart(folder_url: str) -> None:
    results = Results(open_store(folder_url))
    (whole,) = results.put_artifacts("uid", "run", {"trades.csv": b"1234"})
    for attempt in (1, 2):
        (stored,) = results.put_partial("uid", "run", attempt, {"trades.csv": b"12"[:attempt]})
        assert (stored.key, stored.path, stored.bytes) == ("trades_path", f"artifacts/uid/run/partial-{attempt}/trades.csv", attempt)
    assert results.get_artifact(whole.path) == b"1234"


def test_only_files_of_shares_are_deleted(folder_url: str) -> None:
    results = Results(open_store(folder_url))
    paths = results.put_share("uid", "share", b"{}", b"<p>")
    results.put_artifacts("uid", "run", {"equity.csv": b"1"})
    with pytest.raises(ValueError, match="share"):
        results.delete_shared([paths.snapshot, "artifacts/uid/run/equity.csv"])
    for _ in range(2):
        results.delete_shared([path for path in paths if path])
    with pytest.raises(MissingObjectError):
        results.get_artifact(paths.snapshot)
    assert results.get_artifact("artifacts/uid/run/equity.csv") == b"1"


def test_only_known_files_are_stored() -> None:
    with pytest.raises(ValueError, match="no artifact"):
        artifact_path("uid", "run", "../../secret")
