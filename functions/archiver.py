"""Archiver: lays the rows of submissions that ended long ago into one object each, and deletes their files where that is wanted."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from functions.archives import delete_folders, folders_of, forget_others, put_archive, read_archive
from functions.invocations import serves
from functions.logs import log_failure, logger
from functions.stores.archive import Due, Owned
from functions.wiring import House, house

Row = TypeVar("Row", bound=Owned)
Done = dict[str, int]

AT_ONCE = 100
"""Submissions that are asked for at a time."""
LEAST_MS = 30_000
"""With less time left than this no further submission is begun."""


@serves("archiver")
def handle(event: Any, context: Any) -> Done:
    """What the schedule calls. Stopped anywhere, it goes on the next time."""
    return archive(house(), lambda: context is None or context.get_remaining_time_in_millis() > LEAST_MS)


def archive(house: House, has_time: Callable[[], bool] = lambda: True) -> Done:
    """How many submissions were archived, of how many the files went, and how many failed, which are told in the log and tried again."""
    done = {"archived": 0, "files": 0, "failed": 0}
    days = house.settings.retention_days
    if days:
        before = datetime.now(UTC) - timedelta(days=days)
        _each(house, done, has_time, lambda: house.archive.to_archive(before, AT_ONCE), _archive)
    _each(house, done, has_time, lambda: house.archive.files_due(AT_ONCE), _delete_files)
    logger().info("archived", extra=done)
    return done


def _each(
    house: House, done: Done, has_time: Callable[[], bool], ask: Callable[[], Sequence[Row]], work: Callable[[House, Row, Done], None]
) -> None:
    """Asks and works until nothing is new or time is up. One that cannot be done does not keep the others waiting."""
    tried: set[str] = set()
    while fresh := [row for row in ask() if row.grid_id not in tried]:
        for row in fresh:
            if not has_time():
                return
            tried.add(row.grid_id)
            try:
                work(house, row, done)
            except Exception as error:  # noqa: BLE001  whatever it is, the rows are where they were
                log_failure("a submission could not be archived", error, grid_id=row.grid_id)
                done["failed"] += 1


def _archive(house: House, owned: Owned, done: Done) -> None:
    body = house.archive.rows_of(owned.grid_id)
    if body is None:
        return
    objects = house.result_objects
    path, digest = put_archive(objects, owned.owner, owned.grid_id, body)
    if house.archive.take_away(owned.grid_id, path, digest, files_go=not house.settings.archive_keeps_files):
        forget_others(objects, owned.owner, owned.grid_id, path)
        done["archived"] += 1


def _delete_files(house: House, due: Due, done: Done) -> None:
    folders = folders_of(read_archive(house.result_objects, due.path, due.digest), due.owner)
    delete_folders(house.result_objects, due.owner, house.archive.unneeded(due.grid_id, folders))
    house.archive.files_gone(due.grid_id)
    done["files"] += 1
