"""The queues of messages: clients' own, that answers go to, and the platform's, that commands come by."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import ApiError
from functions.logs import logger
from functions.messaging.address import FORM

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

FOR_GOOD = re.compile(r"NonExistentQueue|QueueDoesNotExist|AccessDenied|InvalidAddress|UnsupportedOperation|^KMS|^Kms")
"""Codes of SQS that do not pass by themselves."""


class LostQueueError(Exception):
    """A reply queue that is gone, or that the platform may not write to."""


class ReplyQueues:
    """Of clients of this region."""

    def __init__(self, client: "SQSClient", region: str) -> None:
        self._client, self._region = client, region

    def serves(self, arn: str) -> bool:
        """Whether answers could go there at all."""
        found = FORM.fullmatch(arn)
        return found is not None and found["region"] == self._region

    def send(self, arn: str, bodies: Sequence[str]) -> None:
        """One message each, in this order. LostQueueError: trying again is no use; UPSTREAM_ERROR: it is, and some may have been sent."""
        found = FORM.fullmatch(arn)
        if found is None:
            raise LostQueueError(arn)
        address = f"{self._client.meta.endpoint_url.rstrip('/')}/{found['account']}/{found['name']}"
        try:
            for body in bodies:
                self._client.send_message(QueueUrl=address, MessageBody=body)
        except ClientError as error:
            if FOR_GOOD.search(error.response.get("Error", {}).get("Code", "")):
                raise LostQueueError(arn) from error
            raise _silent(error) from error
        except BotoCoreError as error:
            raise _silent(error) from error


class Commands:
    """The one that commands come by."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self.url = client, url

    def bring_back(self, receipt: str, seconds: int) -> None:
        """A message that was received comes again so many seconds from now. Where that cannot be said it comes later, by itself."""
        try:
            self._client.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
        except (BotoCoreError, ClientError) as error:
            logger().error("a message will come back late", extra={"reason": type(error).__name__})


def _silent(error: Exception) -> ApiError:
    return ApiError("UPSTREAM_ERROR", f"the queue does not answer: {type(error).__name__}")
