"""A process as Lambda makes one, in which a submission goes through its functions, each call under a trace of its own.

Run with the addresses of Postgres, moto and a lake, a folder, and the user who submits; X-Ray's daemon is the environment's.
"""

import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from functions import aggregator, planner, worker
from functions.invocations import serves
from functions.jobs.plan import Wanted
from functions.tracing import HEADER
from tests.functions.platform import Platform, platform_of

HANDLERS: dict[str, Any] = {"plan": planner, "block": worker, "aggregate": aggregator}


class Sent:
    """Which trace a message belongs to: SQS notes it of the request's header, and hands it on as an attribute. moto does not."""

    def __init__(self, platform: Platform) -> None:
        self.by_message: dict[str, str] = {}
        self._header = ""
        events = platform.house.queue._client.meta.events
        events.register("before-send.sqs.SendMessageBatch", self._before)
        events.register("after-call.sqs.SendMessageBatch", self._after)

    def _before(self, request: Any, **_: Any) -> None:
        header = request.headers.get("X-Amzn-Trace-Id", b"")
        self._header = header.decode() if isinstance(header, bytes) else header

    def _after(self, parsed: Any, **_: Any) -> None:
        if self._header:
            self.by_message |= {row["MessageId"]: self._header for row in parsed.get("Successful", [])}


def call(handle: Callable[[Any, Any], Any], event: Any, trace: str, sampled: int = 1) -> Any:
    """As the runtime does it."""
    os.environ[HEADER] = f"Root={trace};Parent={uuid.uuid4().hex[:16]};Sampled={sampled}"
    context = SimpleNamespace(aws_request_id=str(uuid.uuid4()), get_remaining_time_in_millis=lambda: 300_000)
    return handle(event, context)


def received(platform: Platform, url: str) -> list[Any]:
    found: list[Any] = platform.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", [])
    return found


def trace_id(number: int) -> str:
    return f"1-66666666-{number:024x}"


def main(login: str, aws: str, lake_url: str, folder: str, user: str, sampled: str) -> None:
    with platform_of(login, aws, lake_url, Path(folder)) as platform:
        for module in HANDLERS.values():
            module.house = lambda: platform.house
        sent = Sent(platform)

        def submit(event: Any, context: Any) -> str:
            planned = platform.plan(user, platform.backtest(user), Wanted("grid", {"ma_short": [3, 4], "ma_long": [20]})).submission
            return platform.submit(user, replace(planned, request_id="request-1")).grid_id

        sys.stderr.write(f"grid {call(serves('api')(submit), {}, trace_id(0), int(sampled))}\n")
        number = 0
        while True:
            found = [(kind, message) for kind, url in platform.urls.items() for message in received(platform, url)]
            if not found:
                break
            for kind, message in found:
                number += 1
                attributes = message["Attributes"] | {"AWSTraceHeader": sent.by_message.get(message["MessageId"], "")}
                record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": attributes, "eventSource": "aws:sqs"}
                answer = call(HANDLERS[kind].handle, {"Records": [record]}, trace_id(number), int(sampled))
                assert answer == {"batchItemFailures": []}, answer
                platform.sqs.delete_message(QueueUrl=platform.urls[kind], ReceiptHandle=message["ReceiptHandle"])
        sys.stderr.write(f"loaded {'aws_xray_sdk' in sys.modules}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
