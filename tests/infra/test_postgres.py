"""Postgres of the local stack: both kinds of binaries, root and normal users, and what a SIGKILL leaves."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.local import guard, postgres
from infra.local.binaries import bundled_folders, find_binaries, major_version, system_folders
from infra.local.errors import StackError
from infra.local.migrate import migrate

ROOT = Path(__file__).parents[2]
SYSTEM, BUNDLED = system_folders(), bundled_folders()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    shutil.rmtree(tmp_path / "postgres", ignore_errors=True)


@pytest.mark.parametrize("binaries", [*SYSTEM, *BUNDLED], ids=lambda folder: "-".join(folder.parts[-3:-1]))
def test_it_keeps_what_was_written_over_a_stop(folder: Path, binaries: Path) -> None:
    first = postgres.start(folder, binaries=binaries)
    with psycopg.connect(first.url_admin) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (1)")
    first.stop()
    again = postgres.start(folder)  # Finds the binaries of the data's own version.
    with psycopg.connect(again.url_admin) as connection:
        assert connection.execute("select n from kept").fetchall() == [(1,)]
        assert again.version == major_version(binaries)
    again.stop()
    assert guard.birth(again.pid) is None


def test_some_binaries_are_always_there() -> None:
    assert BUNDLED, "the bundled binaries are installed with the extra `local`"
    with pytest.raises(StackError, match="made by Postgres 9"):
        find_binaries(9)


def test_a_system_postgres_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.11 (Ubuntu 14.11-0ubuntu0.22.04.1)'\n")
        program.chmod(0o755)
    assert major_version(tmp_path) == 14
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert tmp_path.resolve() not in system_folders() and find_binaries() != tmp_path


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize("binaries", [SYSTEM[:1], BUNDLED[:1]], ids=["system", "bundled"])
def test_a_normal_user_needs_no_rights(binaries: list[Path]) -> None:
    if not binaries:
        pytest.skip("no system Postgres here")
    nobody = pwd.getpwnam("nobody")
    place = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    script = """
        import sys, psycopg
        from pathlib import Path
        from infra.local import postgres
        server = postgres.start(sys.argv[1], binaries=Path(sys.argv[2]))
        print(psycopg.connect(server.url_admin).execute("select 41 + 1").fetchone()[0], Path(sys.argv[1], "data").stat().st_uid)
        server.stop()
    """
    # Not even a folder that only root may enter shall matter here: this test is about writing and about not being root.
    words = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    words += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    ran = subprocess.run(
        [*words, sys.executable, "-c", textwrap.dedent(script), str(place / "postgres"), str(binaries[0])],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    shutil.rmtree(place)
    assert ran.stdout.split() == ["42", str(nobody.pw_uid)], ran.stderr


def test_a_second_start_in_the_same_folder_is_refused(folder: Path) -> None:
    server = postgres.start(folder)
    with pytest.raises(StackError, match="in use by another process"):
        postgres.start(folder)
    server.stop()


def test_committed_rows_survive_a_kill_of_everything(folder: Path) -> None:
    server = postgres.start(folder)
    connection = psycopg.connect(server.url_admin, autocommit=True)
    connection.execute("create table kept (n int)")
    for n in range(50):
        connection.execute("insert into kept values (%s)", (n,))
    os.kill(server.pid, signal.SIGKILL)
    server._lock.close()  # What the death of this process would do.
    started = time.monotonic()
    again = postgres.start(folder)
    assert time.monotonic() - started < 10
    with psycopg.connect(again.url_admin) as check:
        assert check.execute("select count(*) from kept").fetchone() == (50,)
    again.stop()
    server.stop()


def test_a_pid_file_whose_number_belongs_to_something_else_does_not_stop_the_start(folder: Path) -> None:
    server = postgres.start(folder)
    data = folder / "data"
    stale = (data / "postmaster.pid").read_text()
    server.stop()
    owner = data.stat()
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid)
    (data / "postmaster.pid").write_text(stale.replace(str(server.pid), str(stranger.pid), 1))
    os.chown(data / "postmaster.pid", owner.st_uid, owner.st_gid)
    again = postgres.start(folder)
    assert stranger.poll() is None, "a foreign process was killed"
    again.stop()
    stranger.kill()
    stranger.wait()


def test_a_postmaster_left_without_its_supervisor_is_replaced(folder: Path) -> None:
    script = "import sys, os, signal\nfrom infra.local import postgres\nserver = postgres.start(sys.argv[1])\n"
    script += "os.kill(server._children._guard.pid, signal.SIGKILL)\nprint(server.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    ran = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    left = int(ran.stdout)
    assert guard.birth(left) is not None
    server = postgres.start(folder)
    assert guard.birth(left) is None
    assert server._children.left_over == ["postgres"]
    server.stop()


def test_a_killed_supervisor_takes_its_postgres_along(folder: Path) -> None:
    script = "import sys, os, signal\nfrom infra.local import postgres\nserver = postgres.start(sys.argv[1])\n"
    script += "print(server.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    ran = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    deadline = time.monotonic() + 10
    while guard.birth(int(ran.stdout)) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_only_those_with_a_password_come_in(folder: Path) -> None:
    server = postgres.start(folder)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(host="127.0.0.1", port=server.port, user="supabase_admin", dbname="postgres", password="guess")
    assert folder.stat().st_mode & 0o066 == 0
    assert (folder / "secret").stat().st_mode & 0o077 == 0
    server.stop()


def test_the_login_of_the_functions_has_no_rights_of_its_own(folder: Path) -> None:
    server = postgres.start(folder)
    migrate(server.url_admin)
    with psycopg.connect(server.url_login) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from auth.users")
        connection.rollback()
        connection.execute("set local role authenticated")
        connection.execute("""select set_config('request.jwt.claims', '{"sub": "6b0cbd68-0000-4000-8000-000000000000"}', true)""")
        assert str(connection.execute("select auth.uid()").fetchone()[0]).startswith("6b0cbd68")  # type: ignore[index]
    server.stop()


def test_a_failing_initialisation_leaves_nothing_and_says_why(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "bin"
    broken.mkdir()
    for name, text in {
        "postgres": "echo 'postgres (PostgreSQL) 16.1'",
        "initdb": "echo 'initdb: error: No space left on device' >&2; exit 1",
    }.items():
        (broken / name).write_text(f"#!/bin/sh\n{text}\n")
        (broken / name).chmod(0o755)
    with pytest.raises(StackError, match="No space left"):
        postgres.start(folder, binaries=broken)
    assert not (folder / "data").exists()
    postgres.start(folder).stop()
