"""The sign that a restore is under way: while it stands nobody writes to the source's tables or publishes them: logs may be half there."""

import json

from datalake.errors import Problem, StorageError
from datalake.objects import Store, delete, put_new, sizes
from datalake.versions import Dataset

FOLDER = "restoring"


def begin(store: Store, dataset: Dataset, file: str) -> None:
    """Put up the sign; it may be there from a restore that was ended."""
    put_new(store, _key(dataset), json.dumps({"file": file}, ensure_ascii=False).encode())


def end(store: Store, dataset: Dataset) -> None:
    delete(store, [_key(dataset)])


def refuse_while_restoring(store: Store, source: str) -> None:
    """Called by whoever is about to write to the source's tables, or to publish them."""
    for key in sizes(store, f"{FOLDER}/{source}"):
        version = f"{source}:{key.rsplit('/', 1)[1].removesuffix('.json')}"
        hint = "wait for it; if it was stopped, run `lianghu data restore` with the same file again"
        raise StorageError(Problem("lake", f"a restore of {version} was begun and has not ended", hint))


def _key(dataset: Dataset) -> str:
    return f"{FOLDER}/{dataset.source}/v{dataset.number}.json"
