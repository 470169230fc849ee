"""Which settings are secrets, and how a function that starts reads those that its variable SECRETS names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

GROUPS: Mapping[str, tuple[str, ...]] = {
    "shared": ("DATABASE_URL", "SENTRY_DSN"),
    "api": ("SUPABASE_JWT_SECRET", "CDN_SECRET"),
    "messages": ("MESSAGES_SECRET",),
    "tushare": ("TUSHARE_TOKEN",),
}
"""Settings by the name of their group, which is one JSON object in Secrets Manager. template.yaml says which function may read which."""

MAKE = "python -m infra.deploy.secrets makes it"
DELETED = "it is being deleted; bring it back with: aws secretsmanager restore-secret --secret-id NAME"
REFUSALS: Mapping[str, str] = {
    "ResourceNotFoundException": f"there is no such secret; {MAKE}",
    "InvalidRequestException": DELETED,
    "AccessDeniedException": "reading it is forbidden; the function's policy in template.yaml must allow secretsmanager:GetSecretValue",
    "DecryptionFailure": "the key that it is encrypted with may not be used; the function's policy must allow kms:Decrypt",
}
"""What is told of an answer of Secrets Manager; another one is told by its name."""
ATTEMPTS, CONNECT_SECONDS, READ_SECONDS = 3, 1.5, 1.5
"""Starting may take ten seconds in all, and whoever has no answer by then will have none."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one setting or one secret."""

    name: str
    wrong: str
    place: str
    """Where it is set."""

    def __str__(self) -> str:
        return f"{self.name} ({self.place}): {self.wrong}"


@dataclass
class Kept:
    """What the secrets said."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """The secret of each value."""
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Secrets of which nothing is known."""


def secret_name(stage: str, group: str) -> str:
    return f"lianghu/{stage}/{group}"


def group_of(name: str) -> str | None:
    """Of a setting; None where it is no secret."""
    return next((group for group, names in GROUPS.items() if name in names), None)


def read_secrets(names: Sequence[str], region: str) -> Kept:
    """The values of all, by one client and one connection. What cannot be read is among the problems."""
    kept = Kept()
    if not names:
        return kept
    # A command line that reads no secrets does not wait for them.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        manager = _client(region)
    except (BotoCoreError, ValueError) as error:  # a region, an address or a file of settings that it does not understand
        _unread(kept, names, f"Secrets Manager in {region} cannot be asked: {type(error).__name__}")
        return kept
    for number, name in enumerate(names):
        try:
            answer = manager.get_secret_value(SecretId=name)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            _unread(kept, [name], REFUSALS.get(code, f"Secrets Manager refuses to give it: {code}"))
        except BotoCoreError as error:
            # It does not answer, or there are no credentials: with the others it would be the same, and take as long.
            _unread(kept, names[number:], f"Secrets Manager in {region} cannot be asked: {type(error).__name__}")
            break
        else:
            _keep(kept, name, answer.get("SecretString"))
    return kept


def _client(region: str) -> "SecretsManagerClient":
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    patience = Config(
        connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"mode": "standard", "total_max_attempts": ATTEMPTS}
    )
    return boto3.client("secretsmanager", region_name=region, config=patience)


def _unread(kept: Kept, names: Sequence[str], wrong: str) -> None:
    kept.unread += names
    kept.problems += [Problem(name, wrong, "named in SECRETS") for name in names]


def _keep(kept: Kept, name: str, text: str | None) -> None:
    """Texts and numbers; an empty value is none. No message quotes what stands there."""
    try:
        told = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}, column {error.colno})" if text and isinstance(error, json.JSONDecodeError) else ""
        return _unread(kept, [name], f"it holds no JSON{place}; {MAKE} anew")
    if not isinstance(told, dict):
        return _unread(kept, [name], f'it holds JSON, but no object of settings like {{"DATABASE_URL": "..."}}; {MAKE} anew')
    for key, value in told.items():
        if isinstance(value, dict | list):
            kept.problems.append(Problem(key, "its value must be a text", f"secret {name}"))
        elif value not in (None, ""):
            kept.values[key], kept.places[key] = value if isinstance(value, str) else json.dumps(value), f"secret {name}"
    return None
