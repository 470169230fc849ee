"""`python -m infra.deploy.migrate`: brings the Postgres of a Supabase project to the newest schema; `--login` makes the functions' login.

DATABASE_URL names it as role postgres, through the session pooler (port 5432). Migrations are applied and recorded as Supabase's CLI does
it, so both can be used. The login has no rights of its own; its address, with a new password, is told once, for the secret `shared`.
"""

import argparse
import secrets
import sys
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from functions.settings import SettingsError, settings
from infra.local.errors import StackError
from infra.local.migrate import apply_missing

LOGIN, ROLES = "lianghu_login", ("anon", "authenticated", "lianghu_worker", "lianghu_ingest")
SESSION_PORT, TRANSACTION_PORT = 5432, 6543
"""Of Supabase's pooler: https://supabase.com/docs/guides/database/connecting-to-postgres"""


def migrated(url: str) -> list[str]:
    """Names of the migrations that were missing. One at a time works at this."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("select pg_advisory_lock(hashtext('lianghu migrations'))")
        return apply_missing(connection)


def login(url: str) -> str:
    """Makes the functions' login, or gives it another password; returns its DATABASE_URL."""
    password = secrets.token_hex(32)
    with psycopg.connect(url, prepare_threshold=None) as connection:
        there = connection.execute("select from pg_roles where rolname = %s", [LOGIN]).fetchone()
        verb = sql.SQL("create" if there is None else "alter")
        connection.execute(sql.SQL("{} role {} login noinherit password {}").format(verb, sql.Identifier(LOGIN), sql.Literal(password)))
        connection.execute(sql.SQL("grant {} to {}").format(sql.SQL(", ").join(map(sql.Identifier, ROLES)), sql.Identifier(LOGIN)))
    return functions_url(url, password)


def functions_url(url: str, password: str) -> str:
    """Through the transaction pooler, whose names of users end with the project's, and never unencrypted; another server has no pooler that
    we know of."""
    parts = urlsplit(url)
    _, dot, project = (parts.username or "").partition(".")
    port = TRANSACTION_PORT if dot else parts.port or SESSION_PORT
    query = parts.query if "sslmode=" in parts.query or not dot else "&".join(filter(None, [parts.query, "sslmode=require"]))
    place = f"{LOGIN}{dot}{project}:{quote(password, safe='')}@{parts.hostname}:{port}"
    return urlunsplit((parts.scheme, place, parts.path or "/postgres", query, ""))


def refuse_what_cannot_migrate(url: str) -> None:
    if not url:
        raise StackError("DATABASE_URL is missing", "set it to the project's session pooler, as role postgres (port 5432)")
    parts = urlsplit(url)
    if parts.port == TRANSACTION_PORT:
        raise StackError("DATABASE_URL names the transaction pooler, through which no lock holds", "use port 5432, the session pooler")
    if (parts.hostname or "").startswith("db.") and (parts.hostname or "").endswith(".supabase.co"):
        raise StackError(
            "DATABASE_URL names the database itself, which functions cannot reach (it speaks IPv6 only)",
            "use the session pooler: ...pooler.supabase.com:5432",
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy.migrate", description="Brings a project's Postgres to the newest schema.")
    parser.add_argument("--login", action="store_true", help="make the functions' login, or give it another password, and tell its address")
    asked = parser.parse_args(arguments)
    try:
        url = settings().database_url.get_secret_value()
        refuse_what_cannot_migrate(url)
        applied = migrated(url)
        sys.stderr.write(f"applied: {', '.join(applied) or 'nothing, the schema is the newest'}\n")
        if asked.login:
            sys.stdout.write(f"{login(url)}\n")
    except (StackError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except psycopg.Error as error:
        sys.stderr.write(f"{type(error).__name__}: {str(error).strip()}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
