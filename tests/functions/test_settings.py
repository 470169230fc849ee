"""Settings from the environment and from secrets: which of them wins, and that everything wrong is told at once and quotes nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from functions import secrets
from functions.settings import Settings, SettingsError, settings, wrong_values
from tests.functions.secrets_server import SILENT, serving

GOOD = {"DATABASE_URL": "postgresql://app:word@db.example.com:6543/postgres", "MESSAGES_SECRET": "0123456789abcdef" * 2}
REFUSED = {"refused": "AccessDeniedException"}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of what other tests left in the environment, and nothing is left to them."""
    for name in (*(name.upper() for name in Settings.model_fields), *(name for name in os.environ if name.startswith("AWS_"))):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    settings.cache_clear()
    yield
    settings.cache_clear()


def told(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return settings()


def wrong(monkeypatch: pytest.MonkeyPatch, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        told(monkeypatch, **environment)
    return [str(problem) for problem in error.value.problems]


def test_secrets_say_what_the_environment_does_not(monkeypatch: pytest.MonkeyPatch, aws: str) -> None:
    manager = boto3.client("secretsmanager", endpoint_url=aws, region_name="eu-west-1")
    manager.create_secret(Name="lianghu/one/shared", SecretString=json.dumps({"DATABASE_URL": "postgresql://kept/x", "SENTRY_DSN": ""}))
    manager.create_secret(
        Name="lianghu/one/api", SecretString=json.dumps({"SUPABASE_JWT_SECRET": "kept", "WORKERS": 3, "TUSHARE_TOKEN": None})
    )
    where = {"AWS_ENDPOINT_URL": aws, "AWS_REGION": "eu-west-1", "SECRETS": " lianghu/one/shared, lianghu/one/api,"}
    found = told(monkeypatch, **where, SUPABASE_JWT_SECRET="given", LOG_LEVEL="")
    assert found.database_url.get_secret_value() == "postgresql://kept/x"
    assert found.supabase_jwt_secret.get_secret_value() == "given"  # the environment wins
    assert (found.workers, found.log_level, found.tushare_token.get_secret_value()) == (3, "info", "")
    assert "kept" not in repr(found) and "given" not in repr(found)


def test_an_empty_variable_does_not_hide_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"one": json.dumps(GOOD)}) as server:
        found = told(monkeypatch, AWS_ENDPOINT_URL=server.url, SECRETS="one", DATABASE_URL="")
    assert found.database_url.get_secret_value() == GOOD["DATABASE_URL"]


def test_each_secret_is_asked_for_once_over_one_connection_in_the_functions_region(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"one": "{}", "two": "{}", "three": "{}"}) as server:
        told(monkeypatch, AWS_ENDPOINT_URL=server.url, AWS_REGION="cn-north-1", SECRETS="one,two,three")
        assert settings() is settings()
    assert server.asked == ["one", "two", "three"]
    assert len(server.connections) == 1
    assert server.regions == {"cn-north-1"}


def test_nobody_is_asked_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_client", lambda region: pytest.fail("a client was made"))
    assert told(monkeypatch, SECRETS=" , ").stage == "local"


def test_everything_that_is_wrong_is_told_at_once_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "lianghu/prod/shared": json.dumps(
            {"DATABSE_URL": GOOD["DATABASE_URL"], "MESSAGES_SECRET": "Sesame", "SENTRY_DSN": {"a": "Sesame"}}
        ),
        "forbidden": REFUSED,
        "broken": '{"TUSHARE_TOKEN": "Sesame',
        "list": '["Sesame"]',
        "empty": "",
    }
    with serving(answers) as server:
        problems = wrong(
            monkeypatch,
            AWS_ENDPOINT_URL=server.url,
            SECRETS="lianghu/prod/shared,absent,forbidden,broken,list,empty",
            WORKERS="Sesame",
            LAKE_URL="Sesame",
            LEASE_SECONDS="5",
            TUSHARE_CAPS='{"daily": "Sesame"',
        )
    assert [problem.split(": ")[0] for problem in problems] == [
        "SENTRY_DSN (secret lianghu/prod/shared)",
        "absent (named in SECRETS)",
        "forbidden (named in SECRETS)",
        "broken (named in SECRETS)",
        "list (named in SECRETS)",
        "empty (named in SECRETS)",
        "DATABSE_URL (secret lianghu/prod/shared)",
        "LAKE_URL (environment)",
        "TUSHARE_CAPS (environment)",
        "WORKERS (environment)",
        "HEARTBEAT_SECONDS (environment)",
        "MESSAGES_SECRET (secret lianghu/prod/shared)",
    ]
    text = "\n".join(problems)
    assert "Sesame" not in text and GOOD["DATABASE_URL"] not in text
    for words in (
        "there is no such secret; python -m infra.deploy.secrets makes it",
        "the function's policy in template.yaml must allow secretsmanager:GetSecretValue",
        "it holds no JSON (line 1, column 19)",
        "did you mean DATABASE_URL?",
        "write it like s3://bucket/prefix or file:///folder",
        'write it like {"daily": 500, "*": 200}',
        "at least 32 characters",
    ):
        assert words in text, words


def test_a_manager_that_says_nothing_costs_no_whole_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.ATTEMPTS * (secrets.CONNECT_SECONDS + secrets.READ_SECONDS) < 10  # what Lambda gives a start
    monkeypatch.setattr(secrets, "READ_SECONDS", 0.1)
    with serving({"one": SILENT, "two": SILENT}) as server:
        problems = wrong(monkeypatch, AWS_ENDPOINT_URL=server.url, SECRETS="one,two")
    assert server.asked == ["one"] * secrets.ATTEMPTS  # the other would be as silent
    assert problems == [
        f"{name} (named in SECRETS): Secrets Manager in ap-east-1 cannot be asked: ReadTimeoutError" for name in ("one", "two")
    ]


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"AWS_REGION": "not a region!"}, "InvalidRegionError"),
        ({"AWS_PROFILE": "nobody"}, "ProfileNotFound"),
        ({"AWS_ENDPOINT_URL": "junk"}, "ValueError"),
    ],
)
def test_a_manager_that_cannot_even_be_looked_for_was_something_unexpected(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], reason: str
) -> None:
    problems = wrong(monkeypatch, **environment, SECRETS="one,two", WORKERS="many")
    where = environment.get("AWS_REGION", "ap-east-1")
    told = [f"{name} (named in SECRETS): Secrets Manager in {where} cannot be asked: {reason}" for name in ("one", "two")]
    assert problems[:2] == told and any(problem.startswith("WORKERS") for problem in problems)


def test_a_secret_of_lists_in_lists_is_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"deep": '{"WORKERS": ' + "[" * 100_000, "long": "9" * 5_000}) as server:
        problems = wrong(monkeypatch, AWS_ENDPOINT_URL=server.url, SECRETS="deep,long")
    assert [problem.partition(";")[0] for problem in problems] == [
        f"{name} (named in SECRETS): it holds no JSON" for name in ("deep", "long")
    ]


NUMBERS = [name.upper() for name, field in Settings.model_fields.items() if field.annotation in (int, float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_is_without_bounds(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One that Postgres, a clock or a port does not know fails in every request instead of at the start."""
    for value in ("1" + "0" * 30, "-1", "nan", "inf"):
        problems = wrong(monkeypatch, **{name: value})
        assert problems[0].startswith(f"{name} (environment): input should be"), (value, problems)
        settings.cache_clear()


def test_a_manager_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"one": {"refused": "ThrottlingException"}}) as server:
        problems = wrong(monkeypatch, AWS_ENDPOINT_URL=server.url, SECRETS="one")
    assert len(server.asked) == secrets.ATTEMPTS
    assert problems == ["one (named in SECRETS): Secrets Manager refuses to give it: ThrottlingException"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://app:p%23w@db:6543/postgres"),
        ("DATABASE_URL", "postgres://lianghu@/postgres?host=/tmp/socket&port=5"),
        ("LAKE_URL", "file:///folder"),
        ("LAKE_URL", "s3://bucket"),
        ("LOG_LEVEL", "WARNING"),
        ("SUPABASE_URL", "http://127.0.0.1:8000"),
        ("SENTRY_DSN", "https://key@o1.ingest.sentry.io/1"),
        ("BLOCK_QUEUE_URL", "https://sqs.ap-east-1.amazonaws.com/1/name"),
        ("TUSHARE_CAPS", '{"daily": 500, "*": 200}'),
        ("MESSAGES_SECRET", "x" * 32),
        ("STAGE", "prod-2"),
    ],
)
def test_a_value_that_is_right(name: str, value: str) -> None:
    assert wrong_values({name: value}, "file") == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "https://db/postgres", "postgresql://user:pass@host:6543/postgres"),
        ("DATABASE_URL", "host=db user=app password=word", "postgresql://user:pass@host:6543/postgres"),
        ("DATABASE_URL", "postgres://", "postgresql://user:pass@host:6543/postgres"),
        ("DATABASE_URL", "postgresql://app:p/w@db:6543/postgres", "%2F"),
        ("DATABASE_URL", "postgresql://app:[YOUR-PASSWORD]@db:6543/postgres", "[YOUR-PASSWORD] in it stands for the password"),
        ("LAKE_URL", "/folder", "file:///folder"),
        ("LAKE_URL", "s3://", "s3://bucket/prefix"),
        ("SUPABASE_URL", "abc.supabase.co", "https://<project>.supabase.co"),
        ("SENTRY_DSN", "key", "https://"),
        ("MESSAGES_SECRET", "x" * 31, "openssl rand -hex 32"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning', 'error' or 'critical'"),
        ("TUSHARE_CAPS", "500", "dictionary"),
        ("LEASE_SECONDS", "0", "greater than 0"),
        ("STAGE", "Prod", "pattern"),
        ("SENTRY_DSN", "https://example.com", "https://<key>@<host>/<number of the project>"),
        ("SENTRY_DSN", "https://key@example.com/name", "https://<key>@<host>/<number of the project>"),
        ("LAKE_URL", "file://folder", "file:///folder"),
        ("LAKE_URL", "s3:///prefix", "s3://bucket/prefix"),
        ("LIANGHU_URL", "https:///path", "https://example.com"),
        ("LEASE_SECONDS", "301", "less than or equal to 300"),
        ("BLOCK_TIMEOUT_SECONDS", "nan", "less than or equal to 86400"),
        ("SPECULATION", "1e400", "less than or equal to 1000"),
        ("RATE_LIMIT_REQUESTS", "9999999999", "less than or equal to 1000000000"),
        ("LIANGHU_PORT", "-1", "greater than or equal to 0"),
        ("LIANGHU_PORT", "99999", "less than or equal to 65535"),
        ("TUSHARE_CAPS", "[" * 100_000, "no JSON"),
        ("TUSHARE_CAPS", "9" * 5_000, "no JSON"),
        ("DATA_CACHE_MB", "9" * 5_000, "integer"),
        ("TUSHARE_TOKN", "x", "did you mean TUSHARE_TOKEN?"),
    ],
)
def test_a_value_that_is_wrong_is_told_with_what_to_write(name: str, value: str, words: str) -> None:
    (problem,) = wrong_values({name: value}, "file")
    assert (problem.name, problem.place) == (name, "file")
    assert words in problem.wrong
    assert len(value) < 12 or value not in problem.wrong


@pytest.mark.slow
@pytest.mark.parametrize(("words", "code"), [(["-m", "infra.local"], 1), (["-m", "functions.cli", "runs"], 2)])
def test_who_runs_it_by_hand_is_told_everything_too(tmp_path: Path, words: list[str], code: int) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "LIANGHU_HOME": str(tmp_path),
        "LIANGHU_LANGUAGE": "en",
        "WORKERS": "many",
        "LOG_LEVEL": "loud",
    }
    done = subprocess.run(
        [sys.executable, *words], cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False
    )
    said = " ".join(done.stderr.split())
    assert done.returncode == code
    assert "WORKERS (environment): input should be a valid integer" in said
    assert "LOG_LEVEL (environment): input should be 'debug'" in said
    assert "docs/settings.md describes them" in said
    assert "Traceback" not in said and "many" not in said
