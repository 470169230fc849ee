"""A project of Supabase from nothing to what the functions need, by the commands of docs/deployment.md, without a superuser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.deploy.migrate import LOGIN, functions_url, refuse_what_cannot_migrate
from infra.local import postgres
from infra.local.errors import StackError
from infra.local.migrate import MIGRATIONS, SUPABASE

NAMES = sorted(file.stem for file in MIGRATIONS.glob("*.sql"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Postgres]:
    """What Supabase gives: its roles, its schema `auth`, no schema of ours, and no login for functions that has any role."""
    server = postgres.start(tmp_path_factory.mktemp("project") / "postgres")
    with psycopg.connect(server.url_admin, autocommit=True) as connection:
        connection.execute(SUPABASE.read_bytes())
        connection.execute("revoke anon, authenticated from lianghu_login")
        connection.execute("drop role lianghu_login")
    yield server
    server.stop()


def migrate(url: str, *options: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    command = [sys.executable, "-m", "infra.deploy.migrate", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_project_gets_the_schema_and_a_login_without_rights_of_its_own(project: postgres.Postgres) -> None:
    first = migrate(project.url("postgres"), "--login")
    assert first.returncode == 0, first.stderr
    assert [name for name in NAMES if name in first.stderr] == NAMES
    with psycopg.connect(first.stdout.strip()) as connection:
        assert connection.execute("select current_user").fetchone() == (LOGIN,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from public.profiles")
    for role, allowed in (("authenticated", True), ("lianghu_worker", True), ("lianghu_ingest", True), ("lianghu_operator", False)):
        with psycopg.connect(first.stdout.strip()) as connection:
            if allowed:
                connection.execute(f"set local role {role}")
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(f"set local role {role}")

    again = migrate(project.url("postgres"), "--login")
    assert again.returncode == 0 and "the schema is the newest" in again.stderr
    assert again.stdout != first.stdout
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(first.stdout.strip())
    psycopg.connect(again.stdout.strip()).close()


def test_what_the_cli_of_supabase_applied_is_not_applied_again(project: postgres.Postgres) -> None:
    migrate(project.url("postgres"))
    with psycopg.connect(project.url("postgres")) as connection:
        connection.execute(
            "update supabase_migrations.schema_migrations set statements = array['create role a', 'and so on'] where version = %s",
            [NAMES[0][:14]],
        )
    assert "the schema is the newest" in migrate(project.url("postgres")).stderr


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "DATABASE_URL is missing"),
        ("postgresql://postgres.abc:x@aws-0-ap-southeast-1.pooler.supabase.com:6543/postgres", "5432"),
        ("postgresql://postgres:x@db.abc.supabase.co:5432/postgres", "pooler"),
    ],
)
def test_an_address_that_cannot_migrate_is_told(url: str, message: str) -> None:
    with pytest.raises(StackError, match=message):
        refuse_what_cannot_migrate(url)


def test_the_functions_go_through_the_transaction_pooler() -> None:
    made = functions_url("postgresql://postgres.abc:x%40y@aws-0-ap-southeast-1.pooler.supabase.com:5432/postgres?sslmode=require", "p/w")
    assert made == "postgresql://lianghu_login.abc:p%2Fw@aws-0-ap-southeast-1.pooler.supabase.com:6543/postgres?sslmode=require"


@pytest.mark.parametrize(("query", "kept"), [("", "?sslmode=require"), ("?a=b", "?a=b&sslmode=require"), ("?sslmode=verify-full",) * 2])
def test_the_way_over_the_internet_is_encrypted(query: str, kept: str) -> None:
    """libpq alone would go without it where the server says so, or whoever stands between."""
    assert functions_url(f"postgresql://postgres.abc:x@aws-1-x.pooler.supabase.com:5432/postgres{query}", "p").endswith(f"/postgres{kept}")
    assert functions_url("postgresql://postgres:x@127.0.0.1:5/postgres", "p").endswith("@127.0.0.1:5/postgres"), (
        "on one machine there is none"
    )


@pytest.mark.parametrize("password", ["[YOUR-PASSWORD]", "geh#eim/1"])
def test_an_address_that_was_only_copied_ended_in_a_traceback_with_the_password(password: str) -> None:
    told = migrate(f"postgresql://postgres.abc:{password}@h:5432/postgres", "--login")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("DATABASE_URL (environment): ") and "Traceback" not in told.stderr and "geh" not in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_server_that_does_not_answer_is_told_without_the_password() -> None:
    told = migrate("postgresql://postgres:geheim@127.0.0.1:1/postgres")
    assert told.returncode == 1
    assert "refused" in told.stderr and "geheim" not in told.stderr and "Traceback" not in told.stderr


def test_the_migrations_are_a_folder_of_the_cli() -> None:
    assert (Path(MIGRATIONS).parent / "config.toml").exists()
