"""The only reader of the environment: every setting, its name, its default and what it means."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, PositiveInt, SecretStr
from pydantic_settings import AWSSecretsManagerSettingsSource, BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict


def _from_json(value: Any) -> Any:
    """Text of the environment; ValueError, which becomes an error of the setting, where it is no JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        raise ValueError('no JSON; write it like {"daily": 500, "*": 200}') from None


class Settings(BaseSettings):
    """Names are those of the environment (and of .env.example), in lower case. An empty value means the default."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    # Where it runs
    stage: str = "local"
    """dev, prod, ...: what is told apart in logs and metrics."""
    secrets: str = ""
    """Names of secrets in Secrets Manager, with commas between them: JSON objects of settings by their names. Read once, when a function
    starts; a variable of the environment wins."""

    # Supabase
    supabase_url: str = ""
    """The project's address. Tokens are checked against its JWKS; their issuer is `<supabase_url>/auth/v1`."""
    supabase_service_role_key: SecretStr = SecretStr("")
    supabase_jwt_secret: SecretStr = SecretStr("")
    """Set for projects that still sign with HS256."""
    database_url: SecretStr = SecretStr("")
    """Postgres, through the transaction pooler in the cloud."""

    # Storage and queues
    lake_url: str = ""
    """Bars and panels: file:///folder or s3://bucket/prefix."""
    results_url: str = ""
    """Results and artifacts: file:///folder or s3://bucket/prefix."""
    data_cache_dir: Path = Path("/tmp/lianghu")  # noqa: S108  the only folder that a function may write
    """Where panels are kept on local disk."""
    data_cache_mb: int = Field(default=4096, ge=0)
    """Megabytes that they may take there, together; the newest stays, however large it is."""
    data_memory_mb: int = Field(default=512, ge=0)
    """Megabytes that the markets may take which one worker keeps in memory; the one in use stays, however large it is."""
    plan_queue_url: str = ""
    block_queue_url: str = ""
    aggregate_queue_url: str = ""
    ingest_queue_url: str = ""
    command_queue_url: str = ""
    """Where calls come as messages."""
    dead_letters_url: str = ""
    """The queue in which blocks that were given up wait for people."""
    event_bus: str = ""
    """EventBridge bus of the published events; empty: they stay in the outbox."""
    aws_region: str = "ap-east-1"
    aws_endpoint_url: str = ""
    """Another address for SQS, S3 and EventBridge."""
    aws_xray_daemon_address: str = ""
    """Set by Lambda: who takes traces; empty: nobody."""
    aws_lambda_initialization_type: str = ""
    """Set by Lambda: whether a process was started for a call, or beforehand (provisioned-concurrency)."""

    # Tushare
    tushare_token: SecretStr = SecretStr("")
    tushare_url: str = ""
    tushare_caps: Annotated[dict[str, PositiveInt], NoDecode, BeforeValidator(_from_json)] = {}
    """Calls a minute that the account may make, by interface; "*" is every interface that is not named."""
    tushare_points: int = Field(default=0, ge=0)
    """Of the account; 0: unknown, everything is tried."""
    tushare_patience: float = Field(default=900, ge=60)
    """Seconds that the command line waits at most for one call to be allowed again; a limit by the hour or the day is told instead."""
    ingest_start: int = Field(default=20160104, ge=19901219, le=21001231)
    """The first day that the scheduled ingest fetches, YYYYMMDD."""
    ingest_again: int = Field(default=5, ge=0, le=250)
    """So many newest sessions are fetched again for corrections."""

    # Work
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=1000)
    """Worker environments at the same time on one machine."""
    worker_threads: int = Field(default_factory=lambda read: max(1, (os.cpu_count() or 1) // read.get("workers", 1)), ge=1, le=64)
    """Of one worker, over the combinations of its block; omitted: its share of the cores of one machine."""
    lease_seconds: float = 30
    heartbeat_seconds: float = 10
    block_timeout_seconds: float = Field(default=240, gt=0)
    """So long may a worker compute one block; what takes longer in three attempts fails. Less than a function's own time."""
    speculation: float = Field(default=0, ge=0)
    """A block that takes so many times as long as those of its grid that are done is given to a second worker as well, once three quarters
    are done and nothing else waits; whoever is first decides it. 0: never; 2 is a good one."""
    retention_days: int = Field(default=365, ge=0, le=36_500)
    """Submissions that ended longer ago are archived; 0: never."""
    archive_keeps_files: bool = True
    """The files of their runs stay where they are; otherwise they are deleted, and made again when somebody asks."""
    numba_cpu_name: str = "generic"
    """The CPU target of the kernels: part of the engine's version, because results are the same bytes within one target."""
    numba_cache_dir: Path | None = None
    """Where compiled kernels are kept; Numba reads it too."""

    # Doors
    rate_limit_requests: int = Field(default=600, ge=1)
    """Of one user in a window, and of one address from which nobody in particular calls."""
    rate_limit_key_requests: int = Field(default=600, ge=1)
    """Of one API key in a window; what is more than a user's limit has no effect."""
    rate_limit_window_seconds: int = Field(default=60, ge=1, le=86400)
    request_seconds: float = Field(default=25, gt=0)
    """So long may a request take until its answer begins; less than what stands in front of the API gives it."""
    body_seconds: float = Field(default=10, gt=0)
    """So long may its body take to come."""
    artifact_direct_mb: int = Field(default=4, ge=0, le=1024)
    """Megabytes: larger files of runs are fetched from the bucket itself, at a signed address (a Lambda answer may have six)."""
    artifact_link_seconds: int = Field(default=300, ge=10, le=604_800)
    """How long such an address works."""
    messages_secret: SecretStr = SecretStr("")
    """What the keys of message clients are made from: at least 32 characters. Another one makes all of them invalid; empty: no messages."""
    log_level: str = "info"
    sentry_dsn: SecretStr = SecretStr("")

    # The command line and the stack on one machine
    lianghu_home: Path = Path(".lianghu")
    lianghu_port: int = 8000
    lianghu_url: str = ""
    """The API's address; empty: the stack on this machine."""
    lianghu_token: SecretStr = SecretStr("")
    lianghu_language: Literal["zh", "en", "both"] | None = None
    """Of what the command line tells; omitted: the terminal's (LC_ALL, LC_MESSAGES, LANG), or both where that says nothing."""
    locale: str = Field(default="", validation_alias=AliasChoices("LC_ALL", "LC_MESSAGES", "LANG"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in the code, in the environment, and in the secrets that the environment names."""
        names = filter(None, (name.strip() for name in os.environ.get("SECRETS", "").split(",")))
        return init_settings, env_settings, *(AWSSecretsManagerSettingsSource(settings_cls, name, case_sensitive=False) for name in names)

    @property
    def language(self) -> Literal["zh", "en", "both"]:
        if self.lianghu_language:
            return self.lianghu_language
        spoken = self.locale.partition(".")[0]
        return "both" if spoken in ("", "C", "POSIX") else "zh" if spoken.startswith("zh") else "en"


@cache
def settings() -> Settings:
    return Settings()
