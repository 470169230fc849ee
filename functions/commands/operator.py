"""What an operator needs to administer a platform: its Auth, and its Postgres as the owner of the database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from functions.commands.auth_accounts import AuthAccounts
from functions.commands.failures import PLATFORM, CommandError
from functions.jobs.database import Database
from functions.settings import Settings
from functions.stores.administration import Administration
from infra.local import postgres
from infra.local.aws import LOCAL_KEY
from infra.local.home import running_stack
from infra.local.tokens import Signer

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HINT = (
    "of a project in the cloud set SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY and DATABASE_URL (the address of its owner, role postgres); "
    "on this machine start `lianghu up` and leave them empty"
)


@dataclass(frozen=True)
class Operator:
    accounts: AuthAccounts
    platform: Administration
    api_url: str
    """Empty: nobody said it."""
    is_local: bool
    """On this machine no mail is sent."""
    queues: Mapping[str, str]
    """Addresses by name; those that nobody said are missing."""
    sqs: "SQSClient"


@contextmanager
def operator(settings: Settings) -> Iterator[Operator]:
    """Of the project that the environment names, else of the stack that runs on this machine."""
    url, key = settings.supabase_url, settings.supabase_service_role_key.get_secret_value()
    database_url, api_url, is_local = settings.database_url.get_secret_value(), settings.lianghu_url, not url
    if is_local:
        stack = running_stack(settings.lianghu_home.absolute())
        if stack is None:
            raise CommandError("no platform is named, and none is running on this machine", HINT, PLATFORM)
        url, api_url, key = stack.url, stack.url, Signer(f"{stack.url}/auth/v1", stack.home / "auth").service_key()
        database_url = postgres.url(stack.home / "postgres", "postgres", stack.database_port)
        queues, sqs = (
            stack.queues,
            boto3.client(
                "sqs",
                endpoint_url=stack.aws_url,
                region_name=settings.aws_region,
                aws_access_key_id=LOCAL_KEY,
                aws_secret_access_key=LOCAL_KEY,
            ),
        )
    else:
        queues, sqs = (
            _queues(settings),
            boto3.client("sqs", region_name=settings.aws_region, endpoint_url=settings.aws_endpoint_url or None),
        )
    missing = [name for name, value in (("SUPABASE_SERVICE_ROLE_KEY", key), ("DATABASE_URL", database_url)) if not value]
    if missing:
        raise CommandError(f"SUPABASE_URL names {url}, but {' and '.join(missing)} is empty", HINT)
    database = Database(database_url, size=1)
    try:
        yield Operator(AuthAccounts(url, key), Administration(database), api_url, is_local, queues, sqs)
    finally:
        database.close()


def _queues(settings: Settings) -> dict[str, str]:
    told = {name: str(getattr(settings, name)) for name in type(settings).model_fields if name.endswith(("_queue_url", "dead_letters_url"))}
    return {name.removesuffix("_url"): url for name, url in told.items() if url}
