"""`lianghu data export` and `lianghu data restore`: a version as one file, and back."""

from collections.abc import Iterator
from contextlib import contextmanager

from datalake.backup.export import Seen, export
from datalake.backup.outside import told_size
from datalake.backup.restore import restore
from datalake.lake import Lake
from functions.commands.failures import OK
from functions.commands.screen import bar, output, write_json
from functions.settings import Settings
from functions.wiring import House


def export_version(settings: Settings, version: str, to: str, as_json: bool) -> int:
    lake = Lake(settings.lake_url, House(settings).object_options)
    with _watched(f"exporting {version}") as seen:
        found = export(lake, version, to, seen)
    if as_json:
        write_json({"dataset": found.dataset, "file": found.file, "bytes": found.bytes, "objects": found.objects, "sha256": found.sha256})
        return OK
    output.print(f"{found.dataset}: {found.objects:,} objects, {told_size(found.bytes)} in {found.file}", markup=False, soft_wrap=True)
    output.print(f"sha256 {found.sha256}", style="dim", markup=False, soft_wrap=True)
    return OK


def restore_version(settings: Settings, file: str, into: str | None, as_json: bool) -> int:
    lake = Lake(into or settings.lake_url, House(settings).object_options)
    with _watched("restoring") as seen:
        found = restore(file, lake, seen)
    if as_json:
        write_json({"dataset": found.dataset, "lake": found.lake, "objects": found.objects, "bytes": found.bytes, "there": found.there})
        return OK
    there = f"; {found.there:,} were there" if found.there else ""
    output.print(
        f"{found.dataset}: {found.objects:,} objects, {told_size(found.bytes)} into {found.lake}{there}", markup=False, soft_wrap=True
    )
    return OK


@contextmanager
def _watched(title: str) -> Iterator[Seen]:
    """A progress bar of hundredths."""
    with bar(title, 100) as progress:

        def seen(what: str, done: int, total: int) -> None:
            progress.at(int(100 * done / max(total, 1)), f"{what} ({told_size(total)})")

        yield seen
