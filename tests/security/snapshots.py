"""What the database and the results hold of somebody, as one value to compare before and after an attack."""

from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

OF_EVERY_REQUEST = ("rate_limits",)
"""Counted with every call, also with one that is refused."""

Snapshot = dict[str, str]


def owned_tables(connection: psycopg.Connection) -> list[str]:
    """Every table with an owner's column, from the catalog: a new one is watched without being named."""
    rows = connection.execute(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
        " and a.attname = 'owner' and not a.attisdropped order by 1"
    ).fetchall()
    return [str(name) for (name,) in rows]


def of_people(connection: psycopg.Connection, people: Sequence[str], without: Sequence[str] = OF_EVERY_REQUEST) -> Snapshot:
    """A digest of all rows of these people, by table."""
    found: Snapshot = {}
    for table in owned_tables(connection):
        if table in without:
            continue
        query = sql.SQL(
            "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') || ' ' || count(*)"
            " from public.{} t where t.owner = any (%s)"
        ).format(sql.Identifier(table))
        row = connection.execute(query, (list(people),)).fetchone()
        assert row is not None
        found[table] = str(row[0])
    return found


def of_files(folder: Path) -> Snapshot:
    return {str(file.relative_to(folder)): str(file.stat().st_size) for file in sorted(folder.rglob("*")) if file.is_file()}
