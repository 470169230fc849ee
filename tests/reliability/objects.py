"""Objects that rows name: each is there, whole, and what the row says of it."""

import hashlib
from typing import Any

import psycopg

from datalake.errors import DataError
from functions.jobs.results import Results

_PATHS = """
    select distinct k.key, k.path from public.backtest_runs r cross join lateral jsonb_each_text(r.artifacts) as k (key, path)
    union select 'report', g.summary ->> 'report_path' from public.grids g where g.summary ->> 'report_path' is not null
    order by 2
"""
_NOTED = """
    select distinct a.path, a.bytes, a.sha256 from public.artifacts a join public.backtest_runs r on r.id = a.run_id order by a.path
"""
_CELLS = """
    select r.artifacts ->> 'cells_path', array_agg(r.content_hash) from public.backtest_runs r
    where r.status = 'succeeded' and r.artifacts ? 'cells_path' group by 1 order by 1
"""


def lost_objects(admin: psycopg.Connection[Any], results: Results) -> list[str]:
    """A line for each object that is missing, damaged, or does not hold what a row says."""
    found = []
    for key, path in admin.execute(_PATHS).fetchall():
        if results.size_of(path) is None:
            found.append(f"an object is missing: {key} {path}")
    for path, size, digest in admin.execute(_NOTED).fetchall():
        found += _differs(results, path, size, digest)
    for path, hashes in admin.execute(_CELLS).fetchall():
        try:
            missing = set(hashes) - set(results.get_cells(path).content_hashes)
        except DataError as error:
            found.append(f"cells cannot be read: {error}")
        else:
            found += [f"cells lack a run: {path} {content_hash}" for content_hash in sorted(missing)]
    return found


def _differs(results: Results, path: str, size: int, digest: str) -> list[str]:
    try:
        data = results.get_artifact(path)
    except DataError as error:
        return [f"a file cannot be read: {error}"]
    same = len(data) == size and hashlib.sha256(data).hexdigest() == digest
    return [] if same else [f"a file is not what was noted of it: {path}, {len(data)} bytes of {size}"]
