"""What each function cannot work without; it is looked at while a function starts, so that none fails in the middle of something."""

import http.client
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence

from aws_lambda_powertools import Logger

from functions.secrets import Problem, group_of, secret_name
from functions.setting_forms import form_of
from functions.settings import Settings, SettingsError, settings

_BELLS = ("PLAN_QUEUE_URL", "BLOCK_QUEUE_URL", "AGGREGATE_QUEUE_URL")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "api": ("DATABASE_URL", "SUPABASE_URL", "LAKE_URL", "RESULTS_URL", *_BELLS),
    "responder": ("DATABASE_URL", "LAKE_URL", "RESULTS_URL", "COMMAND_QUEUE_URL", *_BELLS),
    "planner": ("DATABASE_URL", "LAKE_URL", "RESULTS_URL", *_BELLS),
    "worker": ("DATABASE_URL", "LAKE_URL", "RESULTS_URL", *_BELLS),
    "aggregator": ("DATABASE_URL", "RESULTS_URL", *_BELLS),
    "sweeper": ("DATABASE_URL", "LAKE_URL", "RESULTS_URL", "DEAD_LETTERS_URL", *_BELLS),
    "archiver": ("DATABASE_URL", "RESULTS_URL"),
    "ingest": ("DATABASE_URL", "LAKE_URL", "INGEST_QUEUE_URL"),
}
"""By function. What is not here has a default, or its absence means something (no MESSAGES_SECRET: no messages)."""

HANDLER, RUNTIME = "_HANDLER", "AWS_LAMBDA_RUNTIME_API"
"""Set by Lambda: what is to be loaded, and where it asks for events."""


def look_while_starting(service: str) -> None:
    """Ends the process where a setting is wrong or missing. Nothing happens elsewhere than in this function's own process."""
    # An image's runtime is told by its arguments what to load.
    loaded = os.environ.get(HANDLER) or (sys.argv[-1] if RUNTIME in os.environ else "")
    if loaded.startswith(f"functions.{service}."):
        start_or_end(service)


def start_or_end(service: str) -> None:
    """Every problem in one line of the log, and as the error of the function's start."""
    if not (problems := problems_of(service)):
        return
    text = "; ".join(map(str, problems))
    Logger(service=service, level="INFO", utc=True).critical(f"the function cannot start: {text}")
    if address := os.environ.get(RUNTIME):
        _tell_the_platform(address, text)
    sys.exit(1)


def problems_of(service: str) -> list[Problem]:
    try:
        told = settings()
    except SettingsError as error:
        return [*error.problems, *_missing([name for name in NEEDS[service] if name not in error.given], error.unread)]
    return _missing([name for name in NEEDS[service] if not getattr(told, name.lower())], ())


def _missing(names: Sequence[str], unread: Collection[str]) -> list[Problem]:
    """Nothing is said of a setting whose secret could not be read: that is said of the secret."""
    stage = os.environ.get("STAGE") or Settings.model_fields["stage"].default
    secrets = {name: secret_name(stage, group) for name in names if (group := group_of(name))}
    return [
        Problem(name, "it is missing; " + _to_write(name), f"secret {secrets[name]}" if name in secrets else "environment")
        for name in names
        if secrets.get(name) not in unread
    ]


def _to_write(name: str) -> str:
    form = form_of(Settings.model_fields[name.lower()].metadata)
    return f"write it like {form}" if form else "see docs/settings.md"


def _tell_the_platform(address: str, text: str) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror; whoever called is told, and it is no crash."""
    body = json.dumps({"errorType": "SettingsError", "errorMessage": text, "stackTrace": []})
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.request("POST", "/2018-06-01/runtime/init/error", body, {"Lambda-Runtime-Function-Error-Type": "Function.SettingsError"})
    connection.getresponse().read()
    connection.close()
