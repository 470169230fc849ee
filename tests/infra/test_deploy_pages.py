"""Pages on their way into the bucket: in which order, as what, kept for how long, and what is said where something is missing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from infra.deploy import pages as deploy
from infra.local.web import ASK_AGAIN, FOREVER

RIGHT = {"AWS_REGION": "ap-southeast-1", "SUPABASE_URL": "https://x.supabase.co", "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x"}
STACK = {"Resources": {"Web": {"Type": "AWS::S3::Bucket"}}, "Outputs": {"WebBucket": {"Value": {"Ref": "Web"}}}}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def account(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An account with a deployed stage `dev`, and its S3."""
    keys = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    for name, value in (RIGHT | keys).items():
        monkeypatch.setenv(name, value)
    stacks = boto3.client("cloudformation", region_name=RIGHT["AWS_REGION"])
    if not stacks.list_stacks()["StackSummaries"]:
        stacks.create_stack(StackName="lianghu-dev", TemplateBody=json.dumps(STACK))
    return boto3.client("s3", region_name=RIGHT["AWS_REGION"])


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in (
        "index.html",
        "404.html",
        "runs/index.html",
        "runs/index.txt",
        "boot.js",
        "_next/static/chunks/a.js",
        "_next/static/b.css",
    ):
        file = tmp_path / "out" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"this is {name}")
    (tmp_path / "out/_next/empty").mkdir()
    return tmp_path / "out"


def test_the_bucket_gets_every_file_as_what_it_is(account: Any, built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy.main("dev", built) == 0
    bucket = deploy.bucket_of("dev", RIGHT["AWS_REGION"])
    assert f"8 files, 0.0 MB, are in {bucket}" in capsys.readouterr().out
    found = {}
    for row in account.list_objects_v2(Bucket=bucket)["Contents"]:
        thing = account.get_object(Bucket=bucket, Key=row["Key"])
        found[row["Key"]] = (thing["ContentType"], thing["CacheControl"], thing["Body"].read().decode())
    config = found.pop("config.json")
    assert config[:2] == ("application/json; charset=utf-8", ASK_AGAIN)
    assert json.loads(config[2]) == {
        "supabaseUrl": "https://x.supabase.co", "supabaseAnonKey": "sb_publishable_x", "demo": None, "signUp": True,
    }  # fmt: skip
    assert {key: row[:2] for key, row in found.items()} == {
        "404.html": ("text/html; charset=utf-8", ASK_AGAIN),
        "_next/static/b.css": ("text/css; charset=utf-8", FOREVER),
        "_next/static/chunks/a.js": ("text/javascript; charset=utf-8", FOREVER),
        "boot.js": ("text/javascript; charset=utf-8", ASK_AGAIN),
        "index.html": ("text/html; charset=utf-8", ASK_AGAIN),
        "runs/index.html": ("text/html; charset=utf-8", ASK_AGAIN),
        "runs/index.txt": ("text/plain; charset=utf-8", ASK_AGAIN),
    }
    assert all(row[2] == f"this is {key}" for key, row in found.items())


def test_a_page_comes_after_all_that_it_needs(built: Path) -> None:
    keys = [row.key for row in deploy.pages(built, deploy.config(RIGHT))]
    assert keys == [
        "_next/static/b.css", "_next/static/chunks/a.js",
        "boot.js", "config.json", "runs/index.txt",
        "404.html", "runs/index.html", "index.html",
    ]  # fmt: skip


def test_the_version_before_keeps_its_files(account: Any, built: Path) -> None:
    """Somebody still has its page open."""
    assert deploy.main("dev", built) == 0
    (built / "_next/static/chunks/a.js").rename(built / "_next/static/chunks/c.js")
    assert deploy.main("dev", built) == 0
    rows = account.list_objects_v2(Bucket=deploy.bucket_of("dev", RIGHT["AWS_REGION"]), Prefix="_next/static/chunks/")["Contents"]
    assert {row["Key"].rpartition("/")[2] for row in rows} == {"a.js", "c.js"}


def test_a_build_that_brings_its_own_config_does_not_decide(built: Path) -> None:
    (built / "config.json").write_text('{"demo": {"email": "x", "password": "y"}}')
    (row,) = (page for page in deploy.pages(built, deploy.config(RIGHT | {"SIGN_UP": "false"})) if page.key == "config.json")
    assert json.loads(row.body)["demo"] is None and json.loads(row.body)["signUp"] is False


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AWS_REGION", "", "AWS_REGION is missing"),
        ("SUPABASE_URL", "x.supabase.co/", "SUPABASE_URL is missing or wrong"),
        ("SUPABASE_PUBLISHABLE_KEY", "", "SUPABASE_PUBLISHABLE_KEY is missing"),
        ("SUPABASE_PUBLISHABLE_KEY", "sb_secret_x", "is a secret key"),
        ("SIGN_UP", "maybe", "SIGN_UP is missing or wrong"),
    ],
)
def test_what_is_missing_or_wrong_is_told(built: Path, name: str, value: str, said: str) -> None:
    assert list(deploy.problems(RIGHT, built)) == []
    (told,) = deploy.problems(RIGHT | {name: value}, built)
    assert said in told


def test_pages_that_are_not_built_and_files_of_an_unknown_kind_are_told(built: Path, tmp_path: Path) -> None:
    assert "make web" in next(deploy.problems(RIGHT, tmp_path))
    (built / "a.wasm").write_text("x")
    (told,) = deploy.problems(RIGHT, built)
    assert "a.wasm" in told


@pytest.mark.usefixtures("account")
def test_a_stage_that_was_never_deployed_is_told(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy.main("prod", built) == 1
    said = capsys.readouterr().err
    assert "lianghu-prod" in said and "Traceback" not in said
