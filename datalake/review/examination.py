"""Fresh examinations of versions, put beside their manifests: what `data check` found, for whoever may not load polars."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from datalake.errors import CorruptObjectError, Problem
from datalake.finding import Finding
from datalake.objects import Store, get, put_new, sizes
from datalake.versions import Dataset


@dataclass(frozen=True)
class Examination:
    """What all rows of a version said when they were last looked at."""

    examined_at: str
    """UTC, ISO 8601."""
    findings: tuple[Finding, ...]


def keep(store: Store, dataset: Dataset, findings: Sequence[Finding]) -> Examination:
    """Put a fresh result; older ones stay where they are, and are not shown any more."""
    now = datetime.now(UTC)
    found = Examination(now.isoformat(timespec="microseconds"), tuple(findings))
    value = {"examined_at": found.examined_at, "findings": [row.to_json() for row in findings]}
    key = f"{_folder(dataset)}/{now:%Y%m%dT%H%M%S%f}.json"
    put_new(store, key, json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False).encode())
    return found


def newest_examination(store: Store, dataset: Dataset) -> Examination | None:
    """The last one of a version; None: nobody has looked. CorruptObjectError where it is not what keep() wrote."""
    keys = list(sizes(store, _folder(dataset)))
    if not keys:
        return None
    try:
        value = json.loads(get(store, keys[-1]))
        return Examination(str(value["examined_at"]), tuple(Finding.from_json(row) for row in value["findings"]))
    except (ValueError, KeyError, TypeError) as error:
        hint = "`lianghu data check` makes a new one"
        raise CorruptObjectError(Problem("examination", f"{keys[-1]} is damaged", hint)) from error


def _folder(dataset: Dataset) -> str:
    return f"examinations/{dataset.source}/v{dataset.number:08d}"
