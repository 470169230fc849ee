"""Which platform a command talks to: the one that LIANGHU_URL names, or the stack that runs on this machine."""

from functions.client import Client
from functions.commands.failures import PLATFORM, CommandError
from functions.settings import Settings
from infra.local.home import StackInfo, running_stack

HINT = "start it in another terminal with `lianghu up` (or `make up`), {}or name another platform with LIANGHU_URL and LIANGHU_TOKEN"


def client(settings: Settings, *, or_local: bool = False) -> Client:
    """Signed in. `or_local`: the command can do without a platform."""
    if settings.lianghu_url:
        token = settings.lianghu_token.get_secret_value()
        if not token:
            raise CommandError(
                f"LIANGHU_URL names {settings.lianghu_url}, but LIANGHU_TOKEN is empty", "set it to an access token or an API key", PLATFORM
            )
        return Client(settings.lianghu_url, token)
    stack = running_stack(settings.lianghu_home)
    if stack is None:
        raise CommandError(
            "the platform is not running on this machine",
            HINT.format("or compute in this process with --local, " if or_local else ""),
            PLATFORM,
        )
    return client_of(stack)


def client_of(stack: StackInfo) -> Client:
    """Signed in as the demo user of a stack on this machine."""
    api = Client(stack.url)
    api.sign_in(stack.email, stack.password)
    return api
