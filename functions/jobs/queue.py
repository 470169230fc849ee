"""Messages on SQS: doorbells, which say that work may be waiting (Postgres says which), and the questions of the ingest."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import ApiError
from functions.logs import logger
from functions.messages import DeadBlock, Doorbell, FetchTasks, QueueKind
from functions.wishes.shapes import Wish

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10
LONGEST_DELAY = 900
"""SQS's limits."""


class Queue:
    """The three queues. A bell that cannot be rung is logged and not raised: the sweeper rings again for whatever still waits."""

    def __init__(self, client: "SQSClient", urls: Mapping[QueueKind, str], graves: str) -> None:
        """`graves` is the address of the dead-letter queue of blocks."""
        self._client, self._urls, self._graves = client, urls, graves

    def ring(self, kind: QueueKind, grid_id: str, count: int = 1, delay: float = 0, request_id: str = "") -> int:
        """Rings `count` times, `delay` seconds from now; returns how many bells were rung."""
        body = Doorbell(grid_id=UUID(grid_id), request_id=request_id).model_dump_json()
        wait = min(max(0, round(delay + 0.5) if delay else 0), LONGEST_DELAY)
        rung = 0
        for ids in _batches(count):
            try:
                answer = self._client.send_message_batch(
                    QueueUrl=self._urls[kind], Entries=[{"Id": str(i), "MessageBody": body, "DelaySeconds": wait} for i in ids]
                )
            except (BotoCoreError, ClientError) as error:
                logger().error("doorbells were not rung", extra={"queue": kind, "grid_id": grid_id, "reason": str(error)})
                return rung
            rung += len(answer.get("Successful", []))
            if failed := answer.get("Failed"):
                logger().error(
                    "some doorbells were not rung", extra={"queue": kind, "grid_id": grid_id, "reason": failed[0].get("Message", "")}
                )
        return rung

    def wish(self, wish: Wish) -> bool:
        """Tells the planner what is wanted; False: it could not be told, and whoever wants it asks again."""
        try:
            self._client.send_message(QueueUrl=self._urls["plan"], MessageBody=wish.model_dump_json())
        except (BotoCoreError, ClientError) as error:
            logger().error("a wish was not sent", extra={"wish": wish.kind, "reason": str(error)})
            return False
        return True

    def depth(self, kind: QueueKind) -> int:
        """Bells that nobody has answered yet, delayed ones too; roughly, and 0 where the queue does not say."""
        try:
            return self._depth(kind)
        except (BotoCoreError, ClientError) as error:
            logger().error("the queue does not tell its depth", extra={"queue": kind, "reason": str(error)})
            return 0

    def waiting(self) -> int:
        """The depth of all queues together. UPSTREAM_ERROR where one does not say."""
        try:
            return sum(self._depth(kind) for kind in self._urls)
        except (BotoCoreError, ClientError) as error:
            raise ApiError("UPSTREAM_ERROR", f"the queue does not answer: {type(error).__name__}") from error

    def _depth(self, kind: QueueKind) -> int:
        names: list[Literal["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]] = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesDelayed",
        ]
        attributes = self._client.get_queue_attributes(QueueUrl=self._urls[kind], AttributeNames=names).get("Attributes", {})
        return sum(int(attributes.get(name, 0)) for name in names)

    def bury(self, block: DeadBlock) -> bool:
        """Lays a block that was given up among the dead letters."""
        try:
            self._client.send_message(QueueUrl=self._graves, MessageBody=block.model_dump_json())
        except (BotoCoreError, ClientError) as error:
            logger().error("a dead block was not buried", extra={"block_id": block.block_id, "reason": str(error)})
            return False
        return True


class TaskQueue:
    """The queue of the ingest. Its messages are the work itself, so what cannot be sent is an error."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, messages: Sequence[FetchTasks], delay: float = 0) -> None:
        """To be received `delay` seconds from now, or as late as SQS can. ApiError where some could not be sent; others may have been."""
        wait = min(max(0, round(delay + 0.5) if delay else 0), LONGEST_DELAY)
        for places in _batches(len(messages)):
            entries: list[SendMessageBatchRequestEntryTypeDef] = [
                {"Id": str(place), "MessageBody": messages[place].model_dump_json(), "DelaySeconds": wait} for place in places
            ]
            try:
                failed = self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed")
            except (BotoCoreError, ClientError) as error:
                raise ApiError("UPSTREAM_ERROR", f"the queue does not answer: {type(error).__name__}") from error
            if failed:
                raise ApiError("UPSTREAM_ERROR", f"the queue refused messages: {failed[0].get('Message', '')}")


def _batches(count: int) -> Iterator[range]:
    for first in range(0, count, BATCH):
        yield range(first, min(first + BATCH, count))
