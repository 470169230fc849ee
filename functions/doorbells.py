"""How a function answers doorbells: one by one, with the keys of the logs set; a bell whose work raised comes back later."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.logs import log_failure, log_keys
from functions.messages import Doorbell, FetchTasks, PlanMessage
from functions.tracing import followed, traced

Event = Mapping[str, Any]
Message = TypeVar("Message", Doorbell, FetchTasks, PlanMessage)


def answer(event: Event, context: Any, work: Callable[[Doorbell], None]) -> dict[str, Any]:
    """The answer that tells SQS which messages to keep."""
    return answer_messages(event, context, Doorbell, lambda bell, receives: work(bell))


def answer_messages(event: Event, context: Any, kind: type[Message], work: Callable[[Message, int], None]) -> dict[str, Any]:
    """The same for messages of another kind; the work is told how often this one was received, with this time."""

    def answer_one(record: SQSRecord) -> None:  # Powertools asks for this argument's name.
        message = kind.model_validate_json(record.body)
        ids = message.log_keys
        with followed(record["attributes"]), log_keys(**ids), traced("## message", **ids):
            try:
                work(message, int(record["attributes"].get("ApproximateReceiveCount", 1)))
            except Exception as error:
                log_failure("the work behind a doorbell failed; it will be rung again", error)
                raise

    # Where every record fails, Powertools would raise, and the whole batch come back with it: the answer says the same.
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(event=dict(event), record_handler=answer_one, processor=processor, context=context))
