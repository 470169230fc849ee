"""The only reader of the environment: every setting, its name, its default and what it means."""

import os
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, PositiveInt, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from functions.secrets import Kept, Problem, read_secrets
from functions.setting_forms import (
    FROM_JSON,
    IN_SMALL_LETTERS,
    DatabaseAddress,
    LongSecret,
    ObjectsAddress,
    ProjectAddress,
    QueueAddress,
    ReportsAddress,
    WebAddress,
)

NO_NAMES: Collection[str] = frozenset()
A_DAY = 86_400
A_BILLION = 1_000_000_000
"""More of anything is a mistake, and more than Postgres counts."""


class Settings(BaseSettings):
    """Names are those of the environment (and of .env.example), in lower case. An empty value means the default.

    What stands below each is its row in docs/settings.md, which `make settings-page` renews.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    # Where it runs
    stage: str = Field(default="local", pattern="^[a-z][a-z0-9-]{0,15}$")
    """dev, prod, ...: what is told apart in logs, metrics and names of secrets."""
    secrets: str = ""
    """Names of secrets in Secrets Manager, with commas between them: JSON objects of settings by their names. Read once, when a function
    starts; a variable of the environment wins."""

    # Supabase
    supabase_url: ProjectAddress = ""
    """The project's address. Tokens are checked against its JWKS; their issuer is `<supabase_url>/auth/v1`."""
    supabase_service_role_key: SecretStr = SecretStr("")
    """For `lianghu admin` on a project in the cloud. No function has it, and no page may."""
    supabase_jwt_secret: SecretStr = SecretStr("")
    """Set for projects that still sign with HS256."""
    database_url: DatabaseAddress = SecretStr("")
    """Postgres, through the transaction pooler in the cloud; of a login without rights of its own, but for `lianghu admin`."""

    # Storage and queues
    lake_url: ObjectsAddress = ""
    """Bars and panels: file:///folder or s3://bucket/prefix."""
    results_url: ObjectsAddress = ""
    """Results and artifacts: file:///folder or s3://bucket/prefix."""
    data_cache_dir: Path = Path("/tmp/lianghu")  # noqa: S108  the only folder that a function may write
    """Where panels are kept on local disk."""
    data_cache_mb: int = Field(default=4096, ge=0, le=A_BILLION)
    """Megabytes that they may take there, together; the newest stays, however large it is."""
    data_memory_mb: int = Field(default=512, ge=0, le=A_BILLION)
    """Megabytes that the markets may take which one worker keeps in memory; the one in use stays, however large it is."""
    plan_queue_url: QueueAddress = ""
    """Bells for the planner."""
    block_queue_url: QueueAddress = ""
    """Bells for the workers."""
    aggregate_queue_url: QueueAddress = ""
    """Bells for the aggregator."""
    ingest_queue_url: QueueAddress = ""
    """What is to be fetched from the vendor."""
    command_queue_url: QueueAddress = ""
    """Where calls come as messages."""
    dead_letters_url: QueueAddress = ""
    """The queue in which blocks that were given up wait for people."""
    event_bus: str = ""
    """EventBridge bus of the published events; empty: they stay in the outbox."""
    aws_region: str = "ap-east-1"
    """Set by Lambda: the region that the function is in, with its queues, buckets and secrets."""
    aws_endpoint_url: WebAddress = ""
    """Another address for SQS, S3, EventBridge and Secrets Manager."""
    aws_xray_daemon_address: str = ""
    """Set by Lambda: who takes traces; empty: nobody."""
    aws_lambda_initialization_type: str = ""
    """Set by Lambda: whether a process was started for a call, or beforehand (provisioned-concurrency)."""

    # Tushare
    tushare_token: SecretStr = SecretStr("")
    """Of the account; empty: nothing is fetched."""
    tushare_url: WebAddress = ""
    """Another address that speaks Tushare's protocol."""
    tushare_caps: Annotated[dict[str, PositiveInt], NoDecode, FROM_JSON] = {}
    """Calls a minute that the account may make, by interface; "*" is every interface that is not named."""
    tushare_points: int = Field(default=0, ge=0, le=A_BILLION)
    """Of the account; 0: unknown, everything is tried."""
    tushare_patience: float = Field(default=900, ge=60, le=A_DAY)
    """Seconds that the command line waits at most for one call to be allowed again; a limit by the hour or the day is told instead."""
    ingest_start: int = Field(default=20160104, ge=19901219, le=21001231)
    """The first day that the scheduled ingest fetches, YYYYMMDD."""
    ingest_again: int = Field(default=5, ge=0, le=250)
    """So many newest sessions are fetched again for corrections."""

    # Work
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=1000)
    """Worker environments at the same time; omitted: the cores of one machine."""
    worker_threads: int = Field(default_factory=lambda read: max(1, (os.cpu_count() or 1) // read.get("workers", 1)), ge=1, le=64)
    """Of one worker, over the combinations of its block; omitted: its share of the cores of one machine."""
    lease_seconds: float = Field(default=30, gt=0, le=300)
    """So long may a worker be silent before its block goes to another; 300 at most, because the sweeper takes a longer lease for a clock
    that went wrong."""
    heartbeat_seconds: float = Field(default=10, gt=0, le=A_DAY)
    """Between two signs of life of a worker: less than its lease."""
    block_timeout_seconds: float = Field(default=240, gt=0, le=A_DAY)
    """So long may a worker compute one block; what takes longer in three attempts fails. Less than a function's own time."""
    speculation: float = Field(default=0, ge=0, le=1000)
    """A block that takes so many times as long as those of its grid that are done is given to a second worker as well, once three quarters
    are done and nothing else waits; whoever is first decides it. 0: never; 2 is a good one."""
    prepared_accounts: int = Field(default=3, ge=0, le=100)
    """So many of a grid's best runs get their full account and report before anybody asks: the best by return, by Sharpe ratio, the second
    by return, and so on. Those of the others are made when they are first asked for; 0: all of them."""
    retention_days: int = Field(default=365, ge=0, le=36_500)
    """Submissions that ended longer ago are archived; 0: never."""
    archive_keeps_files: bool = True
    """The files of their runs stay where they are; otherwise they are deleted, and made again when somebody asks."""
    numba_cpu_name: str = "generic"
    """The CPU target of the kernels: part of the engine's version, because results are the same bytes within one target."""
    numba_cache_dir: Path | None = None
    """Where compiled kernels are kept; Numba reads it too."""

    # Doors
    rate_limit_requests: int = Field(default=600, ge=1, le=A_BILLION)
    """Of one user in a window, and of one address from which nobody in particular calls."""
    rate_limit_key_requests: int = Field(default=600, ge=1, le=A_BILLION)
    """Of one API key in a window; what is more than a user's limit has no effect."""
    rate_limit_window_seconds: int = Field(default=60, ge=1, le=A_DAY)
    """Over which requests are counted."""
    request_seconds: float = Field(default=25, gt=0, le=A_DAY)
    """So long may a request take until its answer begins; less than what stands in front of the API gives it."""
    body_seconds: float = Field(default=10, gt=0, le=A_DAY)
    """So long may its body take to come."""
    artifact_direct_mb: int = Field(default=4, ge=0, le=1024)
    """Megabytes: larger files of runs are fetched from the bucket itself, at a signed address (a Lambda answer may have six)."""
    artifact_link_seconds: int = Field(default=300, ge=10, le=604_800)
    """How long such an address works."""
    messages_secret: LongSecret = SecretStr("")
    """What the keys of message clients are made from: at least 32 characters. Another one makes all of them invalid; empty: no messages."""
    cdn_secret: LongSecret = SecretStr("")
    """What the CDN shows, so that it is believed whose address a request comes from: at least 32 characters; empty: nobody is."""
    log_level: Annotated[Literal["debug", "info", "warning", "error", "critical"], IN_SMALL_LETTERS] = "info"
    """What is less than this is not logged."""
    sentry_dsn: ReportsAddress = SecretStr("")
    """Where unexpected errors are reported; empty: nowhere."""

    # The command line and the stack on one machine
    lianghu_home: Path = Path(".lianghu")
    """The folder in which the stack on this machine keeps everything."""
    lianghu_port: int = Field(default=8000, ge=0, le=65_535)
    """Of its API, on 127.0.0.1; 0: any free one."""
    lianghu_url: WebAddress = ""
    """The API's address; empty: the stack on this machine."""
    lianghu_token: SecretStr = SecretStr("")
    """An API key, or what signing in gave, for LIANGHU_URL."""
    lianghu_language: Literal["zh", "en", "both"] | None = None
    """Of what the command line tells; omitted: the terminal's (LC_ALL, LC_MESSAGES, LANG), or both where that says nothing."""
    locale: str = Field(default="", validation_alias=AliasChoices("LC_ALL", "LC_MESSAGES", "LANG"))
    """The terminal's own."""

    @field_validator("heartbeat_seconds")
    @classmethod
    def _several_in_a_lease(cls, seconds: float, read: ValidationInfo) -> float:
        if seconds >= read.data.get("lease_seconds", seconds + 1):
            raise ValueError("it must be less than LEASE_SECONDS, or every lease ends between two signs of life")
        return seconds

    @property
    def language(self) -> Literal["zh", "en", "both"]:
        if self.lianghu_language:
            return self.lianghu_language
        spoken = self.locale.partition(".")[0]
        return "both" if spoken in ("", "C", "POSIX") else "zh" if spoken.startswith("zh") else "en"


KNOWN = tuple(name.upper() for name in Settings.model_fields)
SET_BY_LAMBDA = frozenset({"AWS_XRAY_DAEMON_ADDRESS", "AWS_LAMBDA_INITIALIZATION_TYPE"})
"""By nobody else."""


class SettingsError(Exception):
    """Everything that is wrong, in one line. No value is quoted: a secret may have come under another name."""

    def __init__(self, problems: Iterable[Problem], given: Collection[str] = NO_NAMES, unread: Collection[str] = NO_NAMES) -> None:
        self.problems = tuple(problems)
        self.given = given
        """Settings that have a value, right or wrong."""
        self.unread = unread
        """Secrets of which nothing is known."""
        super().__init__("; ".join(map(str, self.problems)))


@cache
def settings() -> Settings:
    """Those of this process: of its environment, and of the secrets that the environment names. SettingsError: what is wrong with them."""
    said = {name.upper() for name, value in os.environ.items() if value}
    named = [name.strip() for name in os.environ.get("SECRETS", "").split(",")]
    kept = read_secrets([name for name in named if name], os.environ.get("AWS_REGION") or Settings.model_fields["aws_region"].default)
    problems = kept.problems + [_unknown(name, place) for name, place in kept.places.items() if name not in KNOWN]
    made, wrong = _checked({name: value for name, value in kept.values.items() if name in KNOWN and name not in said}, kept)
    if made is None or problems:
        raise SettingsError(problems + wrong, said | kept.values.keys(), kept.unread)
    return made


def wrong_values(values: Mapping[str, str], place: str) -> list[Problem]:
    """What is wrong with values that somebody means to use, by the names of their settings."""
    kept = Kept(dict(values), dict.fromkeys(values, place))
    _, wrong = _checked({name: value for name, value in values.items() if name in KNOWN and value}, kept)
    return [_unknown(name, place) for name in values if name not in KNOWN] + [row for row in wrong if row.name in values]


def _checked(values: Mapping[str, str], kept: Kept) -> tuple[Settings | None, list[Problem]]:
    """Settings with these values over the environment's."""
    try:
        return Settings(**{name.lower(): value for name, value in values.items()}), []  # type: ignore[arg-type]
    except ValidationError as error:
        rows = [row for row in error.errors(include_input=False) if row["type"] != "default_factory_not_called"]  # another's fault
        told = [(str(row["loc"][0]).upper(), row["msg"].removeprefix("Value error, ")) for row in rows]
        return None, [Problem(name, text[:1].lower() + text[1:], kept.places.get(name, "environment")) for name, text in told]


def _unknown(name: str, place: str) -> Problem:
    meant = get_close_matches(name.upper(), KNOWN, 1)
    return Problem(name, f"there is no such setting{f'; did you mean {meant[0]}?' if meant else ''}", place)
