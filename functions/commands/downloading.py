"""`lianghu download`: the files of a run into a folder."""

from collections.abc import Sequence
from pathlib import Path

from functions.api.artifact_shapes import ARTIFACTS
from functions.commands.connection import client
from functions.commands.failures import OK, CommandError
from functions.commands.named import ended_run
from functions.commands.screen import notes, output, write_json
from functions.settings import Settings

FORMATS = ("csv", "parquet")


def download(settings: Settings, given: str, kinds: Sequence[str], folder: Path | None, table_format: str, as_json: bool) -> int:
    """All files, or those of `kinds`; tables as CSV or Parquet. A file that is there already is written over."""
    unknown = [kind for kind in kinds if kind not in ARTIFACTS]
    if unknown:
        raise CommandError(f"there are no {unknown[0]!r} of a run", f"of {', '.join(ARTIFACTS)}")
    if table_format not in FORMATS:
        raise CommandError(f"--format {table_format}: tables do not come so", f"of {', '.join(FORMATS)}")
    if folder and folder.exists() and not folder.is_dir():
        raise CommandError(f"--output {folder} is a file", "name a folder: several files are written into it")
    with client(settings) as api:
        run = ended_run(api, given)
        place = folder or Path(f"run-{run.run_id[:8]}")
        place.mkdir(parents=True, exist_ok=True)
        files = []
        for kind in kinds or ARTIFACTS:
            wanted = table_format if table_format in ARTIFACTS[kind].formats else ARTIFACTS[kind].formats[0]
            file = place / f"{kind}.{wanted}"
            with notes.status(f"{kind} is being fetched"):
                file.write_bytes(api.artifact(run.run_id, kind, wanted))
            files.append(file)
    if as_json:
        write_json({"run_id": run.run_id, "files": [str(file.absolute()) for file in files]})
    else:
        for file in files:
            output.print(str(file), markup=False, soft_wrap=True)
    return OK
