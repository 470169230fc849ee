"""Brings a local database to the newest schema, as Supabase's CLI does: each migration once, in order, as role postgres."""

import re
from pathlib import Path

import psycopg

from infra.local.errors import StackError

SUPABASE = Path(__file__).with_name("supabase.sql")
MIGRATIONS = Path(__file__).parents[1] / "supabase" / "migrations"
NAME = re.compile(r"(\d{14})_(\w+)\.sql")
AFTERWARDS = """
do $$
begin
    if exists (select from pg_roles where rolname = 'lianghu_worker') then
        grant lianghu_worker to lianghu_login;
    end if;
    if exists (select from pg_roles where rolname = 'lianghu_ingest') then
        grant lianghu_ingest to lianghu_login;
    end if;
end
$$
"""
"""The functions' login may act as the worker and as the ingest, roles that the migrations make."""


def migrate(url_admin: str, folder: Path = MIGRATIONS) -> list[str]:
    """Applies what is missing, each file in one transaction; returns the names of what it applied."""
    with psycopg.connect(url_admin, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('lianghu migrations'))")
        with connection.transaction():
            connection.execute(SUPABASE.read_bytes())
        connection.execute("set role postgres")
        applied = apply_missing(connection, folder)
        connection.execute("reset role")
        connection.execute(AFTERWARDS)
    return applied


def apply_missing(connection: psycopg.Connection, folder: Path = MIGRATIONS) -> list[str]:
    """As role postgres, in a project that has what Supabase brings; returns the names of what it applied.

    What Supabase's CLI applied is known by its table, where it keeps the statements apart and without what stands between them.
    """
    connection.execute("create schema if not exists supabase_migrations")
    connection.execute(
        "create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text)"
    )
    applied = {
        version: list(statements or ())
        for version, statements in connection.execute("select version, statements from supabase_migrations.schema_migrations")
    }
    files = {_parse(file)[0]: file for file in sorted(folder.glob("*.sql"))}
    _compare(applied, files)
    missing = [file for version, file in files.items() if version not in applied]
    for file in missing:
        _apply(connection, file)
    return [file.stem for file in missing]


def _parse(file: Path) -> tuple[str, str]:
    match = NAME.fullmatch(file.name)
    if match is None:
        raise StackError(f"{file.name} is no name of a migration", "call it <14 digits>_<name>.sql")
    return match[1], match[2]


def _compare(applied: dict[str, list[str]], files: dict[str, Path]) -> None:
    """A database of a newer version, or a migration edited after the fact, would fail later in ways that nobody understands."""
    unknown = sorted(applied.keys() - files.keys())
    if unknown:
        raise StackError(
            f"the database has migrations that this version does not know: {', '.join(unknown)}", "update, or use another LIANGHU_HOME"
        )
    for version, statements in applied.items():
        if len(statements) == 1 and statements[0] != files[version].read_text():
            raise StackError(
                f"migration {files[version].name} was changed after this database had applied it",
                "write a new migration instead, or begin with another LIANGHU_HOME",
            )


def _apply(connection: psycopg.Connection, file: Path) -> None:
    version, name = _parse(file)
    text = file.read_text()
    try:
        with connection.transaction():
            connection.execute(text.encode())
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s)", (version, [text], name)
            )
    except psycopg.Error as error:
        raise StackError(
            f"migration {file.name} failed: {error.diag.message_primary or error}", "the database is as it was before it"
        ) from error
