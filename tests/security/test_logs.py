"""No log of the whole suite holds a secret. Runs last: what came before has signed in, failed, fallen and been attacked."""

import json
import logging
import secrets
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from functions.logs import logger
from tests.security.kept_logs import SECRETS, logs_of, secrets_in

ROOT = Path(__file__).parents[2]

PLANTED = {
    "an access token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "an authorization header": "Authorization: Bearer abcdefghijklmnopqrst",
    "an API key": "lh_6f1c1f2e8f0a4f0e_q0Zz3vM4sXh1c2V6dYlT8nKpRw7uEa5B",
    "a message client's key": "lhm_" + "0123456789abcdef" * 4,
    "the token of a share": "GET /api/shares/q0Zz3vM4sXh1c2V6dYlT8nKpRw7uEa5B/report",
    "a refresh token": '{"refresh_token": "v1MrJ0vQkfK3NqRP"}',
    "an address with a password": "postgresql://lianghu_login:5f4dcc3b5aa765d61d83@127.0.0.1:5432/postgres",
    "a password of the tests": "signing in with lianghu-demo",
    "a secret of the tests": "key=a-secret-of-more-than-thirty-two-bytes",
    "a private key": "-----BEGIN EC PRIVATE KEY-----",
    "a strategy's text": "could not read 'entry: cross_above(fast, slow)'",
}


def test_no_log_of_the_suite_holds_a_secret(kept_logs: Path) -> None:
    logger().info("the last line of the suite")
    assert any("the last line of the suite" in file.read_text(errors="replace") for file in logs_of(kept_logs)), "nothing is kept"
    found = secrets_in(kept_logs)
    assert found == [], f"{len(found)} lines"


@pytest.mark.parametrize("what", sorted(SECRETS))
def test_each_kind_of_secret_would_be_found(tmp_path: Path, what: str) -> None:
    """In a line of the product's logger as it writes it, and in a line of somebody else's."""
    (tmp_path / "stack" / "logs").mkdir(parents=True)
    (tmp_path / "stack" / "logs" / "api.log").write_text(f"INFO: {PLANTED[what]}\n")
    (tmp_path / "process.log").write_text(json.dumps({"message": "request", "path": PLANTED[what]}) + "\n")
    assert {(row.what, row.file) for row in secrets_in(tmp_path)} >= {(what, "stack/logs/api.log"), (what, "process.log")}


def test_a_clean_log_has_no_secret(tmp_path: Path) -> None:
    line = {
        "level": "INFO",
        "message": "request",
        "method": "GET",
        "path": "/api/shares/{token}",
        "status": 404,
        "user": "8224b5cd-8f0d-4f0e-b98e",
    }
    stored = "PUT /results/shares/8224b5cd-8f0d-4f0e-b98e-1fd3fa96a91c/f0342600-7562-43a2-9f5a-33f65f7ea584/run.json HTTP/1.1"
    (tmp_path / "process.log").write_text(f"{json.dumps(line)}\nLOG:  listening on IPv4 address 127.0.0.1, port 5432\n{stored}\n")
    assert secrets_in(tmp_path) == []


@pytest.mark.parametrize(
    "path", ["/api/shares/{}", "/api/shares/{}/report", "/api//shares//{}/", "/API/Shares/{}", "/api/shares/{}/no/such/page"]
)
def test_the_line_of_a_request_leaves_a_shares_token_out_however_its_address_is_written(
    stranger: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    token = secrets.token_urlsafe(24)
    assert stranger.get(path.format(token)).status_code in {401, 404}
    (told,) = [vars(record) for record in caplog.records if record.getMessage() == "request"]
    assert "{token}" in told["path"] and token not in str(told)


@pytest.mark.slow
def test_a_suite_that_logs_a_secret_fails(tmp_path: Path) -> None:
    """A suite of its own with the same keeper: a test that passes and logs a token, and the last test that finds it."""
    (tmp_path / "conftest.py").write_text("from tests.security.kept_logs import kept_logs, pytest_collection_modifyitems\n")
    last = "from tests.security.test_logs import test_no_log_of_the_suite_holds_a_secret\n"
    (tmp_path / "test_logs.py").write_text(last)
    planted = PLANTED["an access token"]
    for leaks in (False, True):
        text = f"""
            from functions.logs import logger
            def test_something():
                logger().info("signed in", extra={{"token": {(planted if leaks else "hidden")!r}}})
        """
        (tmp_path / "test_z_something.py").write_text(textwrap.dedent(text))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", f"--rootdir={tmp_path}"]
        command += ["-o", f"pythonpath={ROOT}", f"--basetemp={tmp_path / 'kept'}", str(tmp_path)]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
        outcome = (ended.returncode, "1 failed, 1 passed" in ended.stdout if leaks else "2 passed" in ended.stdout)
        assert outcome == (int(leaks), True), ended.stdout


def test_what_falls_is_logged_without_its_words(kept_logs: Path) -> None:
    """An error's text may quote anything: where it fell is logged, not what it said."""
    from functions.logs import log_failure

    try:
        raise ValueError(PLANTED["a strategy's text"])
    except ValueError as error:
        log_failure("request failed", error, path="/api/backtests")
    logging.getLogger("lianghu").info("after")
    assert [row for row in secrets_in(kept_logs) if "request failed" in row.line] == []
