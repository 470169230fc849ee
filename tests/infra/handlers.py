"""Handlers for the tests of the local runtime; each does one thing that a function can do."""

import os
import time
from typing import Any


def ok(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return {
        "event": event,
        "pid": os.getpid(),
        "left": context.get_remaining_time_in_millis(),
        "function": context.function_name,
        "given": os.environ.get("GIVEN"),
        "home": os.environ.get("HOME"),
    }


def error(event: dict[str, Any], context: Any) -> None:
    raise KeyError("no such thing")


def crash(event: dict[str, Any], context: Any) -> int:
    if event.get("crash", True):
        os._exit(3)
    return os.getpid()


def slow(event: dict[str, Any], context: Any) -> str:
    time.sleep(event["seconds"])
    return "awake"


def batch(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Notes every body in a file; "bad" ones fail alone, "terrible" ones break the whole batch."""
    bodies = [record["body"] for record in event["Records"]]
    with open(os.environ["NOTES"], "a") as notes:  # noqa: PTH123
        notes.write("".join(f"{os.getpid()} {len(bodies)} {body}\n" for body in bodies))
    if any(body.startswith("terrible") for body in bodies):
        raise ValueError("the whole batch")
    time.sleep(float(os.environ.get("PAUSE", "0")))
    return {
        "batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in event["Records"] if record["body"].startswith("bad")]
    }
