"""`python -m infra.deploy.secrets <stage> <file>`: makes or updates a stage's secrets from a file like .env.example.

What the file does not say, or leaves empty, stays as it is; `--remove` takes a setting away. CDN_SECRET, which nobody has to know, is made
here where there is none. No value is ever shown.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from dotenv.parser import parse_stream

from functions.secrets import DELETED
from functions.settings import KNOWN, wrong_values
from infra.local.errors import StackError
from infra.secrets import GROUPS, secret_name

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

OWNERS = ("postgres", "supabase_admin")
"""Of a database: they may do what no function should be able to."""
SECRET_NAMES = frozenset(name for names in GROUPS.values() for name in names)
MADE_HERE = ("CDN_SECRET",)
"""Without it template.yaml cannot be deployed. When it is taken away, another one takes its place."""
OTHERS = frozenset({"LIANGHU_REAL_DATA", "LIANGHU_DEBUG"})
"""Names of .env.example that are no settings."""


class RefusedError(Exception):
    """By Secrets Manager."""


@dataclass(frozen=True)
class Change:
    """What is to become of one secret."""

    name: str
    before: Mapping[str, Any] | None
    """None: there is no such secret yet, or nothing that could be read as one."""
    after: Mapping[str, Any]
    exists: bool

    def told(self) -> str:
        if self.before == self.after:
            return f"{self.name}: unchanged ({_listed(self.after)})"
        before = self.before or {}
        new, gone = [name for name in self.after if name not in before], [name for name in before if name not in self.after]
        other = [name for name in self.after if name in before and before[name] != self.after[name]]
        words = [f"{word} {_listed(names)}" for word, names in (("with", new), ("other", other), ("without", gone)) if names]
        return f"{self.name}: {'; '.join([*([] if self.exists else ['new']), *words]) or 'empty'}"


def read_file(file: Path) -> tuple[dict[str, str], list[str]]:
    """Values by their names, and what is wrong with the lines."""
    values: dict[str, str] = {}
    problems: list[str] = []
    try:
        with file.open(encoding="utf-8") as stream:
            for row in parse_stream(stream):
                if row.error or (row.key is not None and row.value is None):
                    problems.append(f"{file}, line {row.original.line}: this is no NAME=value")
                elif row.key is not None:
                    values[row.key] = row.value or ""
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}")
    return values, problems


def problems_of(stage: str, values: Mapping[str, str], file: Path) -> Iterator[str]:
    """What is wrong with what is meant to be written, whatever there is already."""
    yield from map(str, wrong_values({"STAGE": stage}, "stage"))
    named = {name: value for name, value in values.items() if name not in OTHERS}
    # What is no secret may stand in the file for other purposes; only its name has to be right.
    checked = {name: value for name, value in named.items() if name in SECRET_NAMES or name not in KNOWN}
    yield from map(str, wrong_values(checked, str(file)))
    if values.get("DATABASE_URL"):
        yield from (f"DATABASE_URL ({file}): {wrong}" for wrong in _wrong_database(values["DATABASE_URL"]))


def changes(manager: "SecretsManagerClient", stage: str, values: Mapping[str, str], remove: Sequence[str] = ()) -> list[Change]:
    """A secret for each group; one without settings is an empty object, because a function that may read it looks for it."""
    found = []
    for group, names in GROUPS.items():
        name = secret_name(stage, group)
        exists, before = _present(manager, name)
        kept = {key: value for key, value in (before or {}).items() if key in KNOWN and key not in remove}
        after = kept | {key: values[key] for key in names if values.get(key) and key not in remove}
        made = {key: secrets.token_hex(32) for key in names if key in MADE_HERE and key not in after}
        found.append(Change(name, before, after | made, exists))
    return found


def write(manager: "SecretsManagerClient", change: Change) -> None:
    text = json.dumps(change.after)
    with _refusals(change.name):
        if not change.exists:
            manager.create_secret(Name=change.name, Description="Settings of LiangHu that are secrets", SecretString=text)
        elif change.before != change.after:
            manager.put_secret_value(SecretId=change.name, SecretString=text)


def _present(manager: "SecretsManagerClient", name: str) -> tuple[bool, dict[str, Any] | None]:
    try:
        with _refusals(name):
            told = json.loads(manager.get_secret_value(SecretId=name).get("SecretString", ""))
    except manager.exceptions.ResourceNotFoundException:
        return False, None
    except json.JSONDecodeError:
        return True, None
    return True, told if isinstance(told, dict) else None


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """RefusedError names the secret. The answer's text is left out, because it may quote what was sent."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ResourceNotFoundException":
            raise
        hint = f"; {DELETED}" if code == "InvalidRequestException" else ""
        raise RefusedError(f"{name}: Secrets Manager refuses {error.operation_name} ({code}){hint}") from None


def _wrong_database(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        user, host, port = (parts.username or "").partition(".")[0], parts.hostname or "", parts.port
    except ValueError:
        return  # told by the setting itself
    if user in OWNERS:
        yield f"{user} owns the database; functions need the login that `python -m infra.deploy.migrate --login` makes"
    if host.endswith(".pooler.supabase.com") and port != 6543:
        yield "this is the session pooler; functions need the transaction pooler, port 6543"
    if host.startswith("db.") and host.endswith(".supabase.co"):
        yield "functions cannot reach the database itself (it speaks IPv6 only); they need the transaction pooler"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy.secrets", description="Makes or updates a stage's secrets.")
    parser.add_argument("stage", help="dev, prod, ...")
    parser.add_argument("file", type=Path, help="NAME=value lines, as in .env.example")
    parser.add_argument("--remove", action="append", default=[], metavar="NAME", choices=sorted(SECRET_NAMES), help="may come again")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    asked = parser.parse_args(arguments)
    values, problems = read_file(asked.file)
    problems += problems_of(asked.stage, values, asked.file)
    region = os.environ.get("AWS_REGION", "")
    if not region:
        problems.append("AWS_REGION is missing; write it like ap-southeast-1")
    if problems:
        sys.stderr.write("".join(f"{problem}\n" for problem in problems))
        return 2
    try:
        manager = boto3.client("secretsmanager", region_name=region, config=Config(connect_timeout=5, read_timeout=10))
        told = _carried_out(manager, asked, values)
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    except BotoCoreError as error:
        sys.stderr.write(f"Secrets Manager in {region} cannot be asked: {error}\n")
        return 3
    unused = [name for name, value in values.items() if value and name not in SECRET_NAMES]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    if unused:
        sys.stdout.write(f"no secrets, and left out: {_listed(unused)}\n")
    return 0


def _carried_out(manager: "SecretsManagerClient", asked: argparse.Namespace, values: Mapping[str, str]) -> list[str]:
    """What was done, or would be. StackError: a function could not start with it."""
    wanted = changes(manager, asked.stage, values, asked.remove)
    if not any("DATABASE_URL" in change.after for change in wanted):
        raise StackError(f"DATABASE_URL is missing in {asked.file}", "`python -m infra.deploy.migrate --login` tells it")
    told = [change.told() for change in wanted]
    if asked.dry_run:
        return [*told, "nothing was changed"]
    for change in wanted:
        write(manager, change)
    if any(change.exists and change.before != change.after for change in wanted):
        told.append("functions that run keep what they have read; the next deployment makes them read it anew")
    return told


if __name__ == "__main__":
    sys.exit(main())
