"""What of a table's log a backup takes, and that long, cut and checkpointed logs come back."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from datalake.backup.export import contents, export
from datalake.backup.restore import restore
from datalake.lake import Lake, at_version
from datalake.objects import get, sizes
from datalake.storing import delta_log
from datalake.storing.merging import merge
from datalake.versions import Dataset, resolve
from tests.datalake.backups import CODES, DAYS, add, closes, folder_of, three
from tests.datalake.rows import bars


def names(commits: Iterable[int], checkpoints: Iterable[int | str]) -> list[str]:
    return [f"{number:020d}.json" for number in commits] + [
        f"{row:020d}.checkpoint.parquet" if isinstance(row, int) else row for row in checkpoints
    ]


PARTS = [f"{3:020d}.checkpoint.{part:010d}.{2:010d}.parquet" for part in (1, 2)]


@pytest.mark.parametrize(
    ("there", "version", "needed"),
    [
        (names(range(6), []), 4, names(range(5), [])),
        (names(range(6), [2, 3, 5]), 4, names(range(5), [3])),
        (names(range(6), [2, 4]), 4, names(range(5), [2])),
        (names(range(3, 9), [3, 5]), 6, names(range(5, 7), [5])),
        (names(range(4, 9), [3, 8]), 6, names(range(4, 7), [3])),
        (names(range(4, 9), [6, 8]), 6, names([6], [6])),
        (names([], [6]), 6, names([], [6])),
        (names([0, 1, 3, 4], []), 4, []),
        (names([0, 1, 3, 4], [1]), 4, []),
        (names([0, 1, 3, 4], [2]), 4, names([3, 4], [2])),
        (names(range(3), []), 4, []),
        (names(range(5), PARTS), 4, names(range(5), PARTS)),
        (names(range(5), PARTS[:1]), 4, names(range(5), [])),
        (names(range(4, 9), PARTS), 4, names([4], PARTS)),
        ([*names(range(2), []), "_last_checkpoint", "00000000000000000001.crc", "_commit_1.json.tmp"], 1, names(range(2), [])),
    ],
)
def test_a_version_needs_these_files_of_a_log(there: list[str], version: int, needed: list[str]) -> None:
    found = delta_log.needed(there, version)
    assert sorted(found) == sorted(needed)
    assert delta_log.needed(found, version) == found


def many(lake: Lake, commits: int) -> Dataset:
    """A table of more commits than Delta keeps without a checkpoint."""
    for number in range(commits):
        merge(lake, "import", "bars_1d", bars((CODES[0], DAYS[0] + timedelta(days=number), 10_000 + number)))
    return add(lake, DAYS[0], price=1)


@pytest.mark.slow
def test_long_logs_come_back_with_a_checkpoint_and_short_ones_without_their_beginning(lake: Lake, other: Lake, file: Path) -> None:
    dataset = many(lake, 101)
    log = "import/bars_1d/_delta_log"
    assert f"{log}/{99:020d}.checkpoint.parquet" in contents(lake, dataset)
    export(lake, "import", str(file))
    restore(str(file), other)
    assert closes(other, dataset) == closes(lake, dataset)
    for number in range(99):
        (folder_of(lake) / log / f"{number:020d}.json").unlink()
    cut = export(lake, "import", f"{file}.cut")
    third = Lake(f"{other.url}-3")
    restore(cut.file, third)
    assert closes(third, dataset) == closes(lake, dataset)
    assert len(sizes(third.store, log)) == 5
    following = add(third, date(2025, 2, 1))
    assert following.number == 2 and len(closes(third, following)) == len(closes(third, dataset)) + 2
    # What the cut log lacks comes with the whole one, and the other way round.
    restore(str(file), Lake(f"{other.url}-4"))
    assert restore(cut.file, Lake(f"{other.url}-4")).objects == 0


def test_a_checkpoint_that_the_lake_made_itself_is_as_good(lake: Lake, other: Lake, tmp_path: Path) -> None:
    """It says the same in other bytes."""
    first = three(lake)[0]
    version = first.tables["bars_1d"].delta_version
    at_version(lake, "import", "bars_1d", version).create_checkpoint()
    export(lake, "import:v1", f"{tmp_path}/1.tar")
    export(lake, "import:v3", f"{tmp_path}/3.tar")
    key = f"import/bars_1d/_delta_log/{version:020d}.checkpoint.parquet"
    assert key in contents(lake, resolve(lake.store, "import:v3")) and key not in contents(lake, first)
    restore(f"{tmp_path}/1.tar", other)
    at_version(other, "import", "bars_1d", version).create_checkpoint()
    own = folder_of(other) / key
    table = pl.read_parquet(own)
    own.unlink()
    own.write_bytes(_as_parquet(table, own))
    mine = get(other.store, key)
    assert mine != get(lake.store, key)
    restore(f"{tmp_path}/3.tar", other)
    assert get(other.store, key) == mine
    newest = resolve(other.store, "import")
    assert newest.number == 3 and closes(other, newest) == closes(lake, newest)


def _as_parquet(table: pl.DataFrame, place: Path) -> bytes:
    table.write_parquet(place, compression="gzip")
    return place.read_bytes()
