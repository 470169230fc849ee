"""Event source mappings: messages of a queue call a function, as Lambda's own pollers do it.

A batch that succeeded is deleted; what failed comes back after the queue's visibility timeout, and goes to the dead letters when the
queue's redrive policy says so.
"""

import json
import logging
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.errors import StackError
from infra.local.runtime import Environment
from infra.local.template import QueueSource

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LONG_POLL_SECONDS = 20
REST_SECONDS = 1.0
"""After the queue service did not answer."""

log = logging.getLogger(__name__)


class EventSource:
    """One queue, its function, and as many environments as may run at the same time. The one used last is used first: it is warm."""

    def __init__(self, source: QueueSource, queue_url: str, client: "SQSClient", environments: Sequence[Environment]) -> None:
        self._source, self._url, self._client = source, queue_url, client
        self._idle: queue.LifoQueue[Environment] = queue.LifoQueue()
        for environment in reversed(environments):
            self._idle.put(environment)
        self._stopped = threading.Event()
        self._calls = ThreadPoolExecutor(len(environments), thread_name_prefix=environments[0].function.name)
        self._thread = threading.Thread(target=self._run, name=queue_url, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Takes no more messages; does not wait. The caller stops the environments, which ends running calls."""
        self._stopped.set()
        self._calls.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                environment = self._idle.get(timeout=REST_SECONDS)
            except queue.Empty:
                continue
            messages = self._receive()
            if messages and not self._stopped.is_set():
                self._calls.submit(self._call, environment, messages)
            else:
                self._idle.put(environment)

    def _receive(self) -> "list[MessageTypeDef]":
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=min(self._source.batch_size, 10),
                WaitTimeSeconds=LONG_POLL_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            if not self._stopped.wait(REST_SECONDS):
                log.warning("the queue %s does not answer: %s", self._url, error)
            return []
        return answer.get("Messages", [])

    def _call(self, environment: Environment, messages: "list[MessageTypeDef]") -> None:
        try:
            invocation = environment.invoke({"Records": [record(message, self._source.queue_arn) for message in messages]})
            if invocation.error is not None and not self._stopped.is_set():
                log.warning("%s failed: %s", environment.function.name, invocation.error.get("errorMessage") or invocation.error)
            done = [] if invocation.error is not None else _succeeded(messages, invocation.payload, self._source.partial_failures)
            for message in done:
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        except (BotoCoreError, ClientError, StackError) as error:
            # Not deleted means delivered again, which changes nothing but the count.
            if not self._stopped.is_set():
                log.warning("%s: messages will be delivered again: %s", environment.function.name, error)
        finally:
            self._idle.put(environment)


def record(message: "MessageTypeDef", queue_arn: str) -> dict[str, Any]:
    """A message as a function gets it in its event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _succeeded(messages: "list[MessageTypeDef]", answer: Any, partial_failures: bool) -> "list[MessageTypeDef]":
    """Which messages are done. An answer that does not follow the rules means that all failed, as in the cloud:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    if not partial_failures or not answer:
        return messages
    rows = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if rows is None:
        return messages if isinstance(answer, dict) else []
    ids = {message["MessageId"] for message in messages}
    failed = {row.get("itemIdentifier") if isinstance(row, dict) else None for row in rows}
    if not failed <= ids:
        log.warning("a function named failed messages that it was not given: %s", json.dumps(sorted(map(str, failed - ids))))
        return []
    return [message for message in messages if message["MessageId"] not in failed]
