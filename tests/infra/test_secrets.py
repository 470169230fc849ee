"""A stage's secrets from a file: the command as a process of its own, Secrets Manager by moto; what a function then reads."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from functions.settings import Settings
from infra.local.template import TEMPLATE
from infra.secrets import GROUPS, grouped, secret_name

ROOT = Path(__file__).parents[2]
DATABASE = "postgresql://lianghu_login.abc:Sesame-1@aws-0-x.pooler.supabase.com:6543/postgres"
MESSAGES = "Sesame-2" * 4
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def manager(address: str) -> Any:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    made = boto3.client("secretsmanager", endpoint_url=address, region_name="eu-west-1", **keys)
    for row in made.list_secrets()["SecretList"]:  # moto keeps what another server of this process was told
        made.delete_secret(SecretId=row["ARN"], ForceDeleteWithoutRecovery=True)
    return made


@pytest.fixture
def run(address: str, tmp_path: Path) -> Run:
    def started(text: str, *words: str, stage: str = "prod", **changes: str) -> "CompletedProcess[str]":
        file = tmp_path / "secrets.env"
        file.write_text(text)
        environment = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": address, **CREDENTIALS, **changes}
        return subprocess.run(
            [sys.executable, "-m", "infra.deploy.secrets", stage, str(file), *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return started


def kept(manager: Any) -> dict[str, dict[str, str]]:
    names = [row["Name"] for row in manager.list_secrets()["SecretList"]]
    return {name: json.loads(manager.get_secret_value(SecretId=name)["SecretString"]) for name in names}


def lines(done: "CompletedProcess[str]") -> list[str]:
    assert "Sesame" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return (done.stdout + done.stderr).splitlines()


def test_every_secret_of_a_function_is_in_one_group() -> None:
    grouped_names = [name for names in GROUPS.values() for name in names]
    secret = {name.upper() for name, field in Settings.model_fields.items() if isinstance(field.default, SecretStr)}
    assert len(grouped_names) == len(set(grouped_names))
    assert set(grouped_names) == secret - {"SUPABASE_SERVICE_ROLE_KEY", "LIANGHU_TOKEN"}  # those no function has
    assert grouped("dev", {"TUSHARE_TOKEN": "x", "DATABASE_URL": "", "OTHER": "y"}) == {
        "lianghu/dev/shared": {}, "lianghu/dev/api": {}, "lianghu/dev/messages": {}, "lianghu/dev/tushare": {"TUSHARE_TOKEN": "x"},
    }  # fmt: skip


def test_secrets_are_made_changed_kept_and_taken_away(run: Run, manager: Any) -> None:
    first = run(f'# mine\nexport DATABASE_URL="{DATABASE}"  # the pooler\nMESSAGES_SECRET={MESSAGES}\nLOG_LEVEL=debug\nSENTRY_DSN=\n')
    assert lines(first) == [
        "lianghu/prod/shared: new; with DATABASE_URL",
        "lianghu/prod/api: new; with CDN_SECRET",
        "lianghu/prod/messages: new; with MESSAGES_SECRET",
        "lianghu/prod/tushare: new",
        "no secrets, and left out: LOG_LEVEL",
    ]
    made = {"CDN_SECRET": kept(manager)["lianghu/prod/api"]["CDN_SECRET"]}
    assert kept(manager) == grouped("prod", {"DATABASE_URL": DATABASE, "MESSAGES_SECRET": MESSAGES, **made})

    again = run(f"DATABASE_URL={DATABASE}\nMESSAGES_SECRET=\n")
    assert [line.split(" (")[0] for line in lines(again)] == [f"{secret_name('prod', group)}: unchanged" for group in GROUPS]
    assert len(manager.list_secret_version_ids(SecretId="lianghu/prod/shared")["Versions"]) == 1

    changed = run(f"DATABASE_URL={DATABASE}?x=1\nTUSHARE_TOKEN=Sesame-4\n", "--remove", "MESSAGES_SECRET")
    assert lines(changed) == [
        "lianghu/prod/shared: other DATABASE_URL",
        "lianghu/prod/api: unchanged (CDN_SECRET)",
        "lianghu/prod/messages: without MESSAGES_SECRET",
        "lianghu/prod/tushare: with TUSHARE_TOKEN",
        "functions that run keep what they have read; the next deployment makes them read it anew",
    ]
    assert kept(manager) == grouped("prod", {"DATABASE_URL": f"{DATABASE}?x=1", "TUSHARE_TOKEN": "Sesame-4", **made})
    assert (first.returncode, again.returncode, changed.returncode) == (0, 0, 0)


def test_the_secret_of_the_cdn_is_made_once_and_replaced_when_it_is_taken_away(run: Run, manager: Any) -> None:
    """template.yaml names it, so that a stage without it could not be deployed."""

    def secret() -> str:
        return kept(manager)["lianghu/prod/api"]["CDN_SECRET"]

    manager.create_secret(Name="lianghu/prod/api", SecretString='{"SUPABASE_JWT_SECRET": "Sesame"}')
    assert lines(run(f"DATABASE_URL={DATABASE}\n"))[1] == "lianghu/prod/api: with CDN_SECRET"
    first = secret()
    assert len(first) == 64 and kept(manager)["lianghu/prod/api"]["SUPABASE_JWT_SECRET"] == "Sesame"
    assert run("").returncode == 0 and secret() == first
    other = run("", "--remove", "CDN_SECRET")
    assert lines(other)[1] == "lianghu/prod/api: other CDN_SECRET" and first not in other.stdout
    assert len(secret()) == 64 and secret() != first
    run(f"CDN_SECRET={MESSAGES}\n")
    assert secret() == MESSAGES
    text = TEMPLATE.read_text(encoding="utf-8")
    assert "{{resolve:secretsmanager:lianghu/${Stage}/api:SecretString:CDN_SECRET}}" in text


def test_a_function_reads_what_was_written(run: Run, manager: Any, address: str) -> None:
    manager.create_secret(Name="lianghu/prod/shared", SecretString="broken")
    manager.create_secret(Name="lianghu/prod/api", SecretString='{"SUPABASE_JWT_SECRT": "Sesame", "LOG_LEVEL": "debug"}')
    assert run(f"DATABASE_URL={DATABASE}\nSUPABASE_JWT_SECRET=Sesame-3\n").returncode == 0
    told = (
        "from functions.settings import settings as s; print(s().database_url.get_secret_value(), s().log_level, s().supabase_jwt_secret)"
    )
    environment = {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": address,
        "SECRETS": "lianghu/prod/shared,lianghu/prod/api",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [DATABASE, "debug", "**********"]


def test_a_dry_run_changes_nothing(run: Run, manager: Any) -> None:
    done = run(f"DATABASE_URL={DATABASE}", "--dry-run")
    assert done.returncode == 0
    assert lines(done)[0] == "lianghu/prod/shared: new; with DATABASE_URL" and lines(done)[-1] == "nothing was changed"
    assert kept(manager) == {}


def test_everything_wrong_is_told_and_nothing_is_written(run: Run, manager: Any) -> None:
    text = "DATABASE_URL=https://Sesame\nMESSAGES_SECRET=Sesame\nTUSHARE_TOKN=Sesame\nSesame\nSENTRY_DSN=Sesame\nLAKE_URL=Sesame\n"
    done = run(text, stage="Prod", AWS_REGION="")
    assert done.returncode == 2
    said = [line.replace("secrets.env", "FILE").split("/")[-1] if line.startswith("/") else line.split(" (")[0] for line in lines(done)]
    assert said == [
        "FILE, line 4: this is no NAME=value",
        "STAGE",
        "TUSHARE_TOKN",
        "DATABASE_URL",
        "MESSAGES_SECRET",
        "SENTRY_DSN",
        "AWS_REGION is missing; write it like ap-southeast-1",
    ]
    assert "did you mean TUSHARE_TOKEN?" in done.stderr and "at least 32 characters" in done.stderr
    assert kept(manager) == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "postgresql://postgres.abc:Sesame@aws-0-x.pooler.supabase.com:6543/postgres",
            "postgres owns the database; functions need the login",
        ),
        ("postgresql://lianghu_login.abc:Sesame@aws-0-x.pooler.supabase.com:5432/postgres", "port 6543"),
        ("postgresql://lianghu_login:Sesame@db.abc.supabase.co:5432/postgres", "it speaks IPv6 only"),
        ("postgresql://a:[YOUR-PASSWORD]@x/postgres", "[YOUR-PASSWORD] in it stands for the password"),
        ("", "DATABASE_URL is missing in"),
    ],
)
def test_an_address_that_functions_could_not_use_is_refused(run: Run, manager: Any, url: str, words: str) -> None:
    done = run(f"DATABASE_URL={url}\n")
    assert done.returncode == 2
    assert words in done.stderr and len(lines(done)) == 1
    assert kept(manager) == {}


def test_the_example_lacks_only_the_database(run: Run, manager: Any) -> None:
    done = run((ROOT / ".env.example").read_text())
    assert len(lines(done)) == 1 and "DATABASE_URL is missing" in done.stderr


def test_a_manager_that_cannot_be_asked_is_told(run: Run, manager: Any, tmp_path: Path) -> None:
    away = run(f"DATABASE_URL={DATABASE}\n", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert away.returncode == 3 and "Secrets Manager in eu-west-1 cannot be asked" in lines(away)[0]
    manager.create_secret(Name="lianghu/prod/shared", SecretString="{}")
    manager.delete_secret(SecretId="lianghu/prod/shared")
    deleted = run(f"DATABASE_URL={DATABASE}\n")
    assert deleted.returncode == 3
    assert lines(deleted)[0].startswith(
        "lianghu/prod/shared: Secrets Manager refuses GetSecretValue (InvalidRequestException); it is being"
    )
