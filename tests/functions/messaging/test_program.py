"""The client for Python beside queues that deliver twice, in any order, and what was not asked for yet."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.client import ClientError
from functions.client.messages import MessageClient
from functions.messaging import replies as making
from functions.messaging.calling import Answer
from functions.messaging.envelope import Head, Hello
from functions.messaging.replies import replies_of
from functions.messaging.signing import is_signed
from tests.functions.messaging.conftest import Exchange

CLIENT, KEY = str(uuid.uuid4()), "lhm_" + "0" * 64
NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Program(MessageClient):
    """Reads what is given to it instead of a queue; what it sends lies in `sent`."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.come: list[str] = []
        super().__init__(self, "commands", "replies", CLIENT, KEY)  # type: ignore[arg-type]

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803  as boto3 calls them
        self.sent.append(MessageBody)

    def receive_message(self, **_: Any) -> dict[str, Any]:
        found, self.come = self.come, []
        return {"Messages": [{"Body": text, "ReceiptHandle": "r"} for text in found]}

    def delete_message_batch(self, **_: Any) -> None:
        pass

    def answers(self, value: Any, at: datetime) -> list[str]:
        answer = Answer(200, {}, json.dumps(value, ensure_ascii=False).encode())
        return replies_of(answer, Head.model_validate_json(self.sent[-1]), KEY, at)


def test_parts_of_two_answers_to_one_call_are_never_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading call that came twice may see two states; half of each made an answer that nobody gave."""
    monkeypatch.setattr(making, "LONGEST_PART", 4)
    program = Program()
    correlation = program.send("list_runs")
    early, late = program.answers("11111111", NOW), program.answers("22222222", NOW + timedelta(seconds=1))
    assert len(early) == len(late) == 3
    program.come = [early[0], late[1], early[2], late[0], late[2]]
    assert program.wait(correlation, 1) == "22222222"


def test_a_code_that_came_while_something_else_was_waited_for_is_not_lost() -> None:
    """It is sent once: a call before `confirm_message_client` threw it away."""
    program = Program()
    program.come = [
        Hello(client_id=uuid.UUID(CLIENT), code="c" * 32).model_dump_json(),
        Hello(client_id=uuid.uuid4(), code="x").model_dump_json(),
    ]
    with pytest.raises(ClientError, match="no answer"):
        program.call("list_backtests", timeout_seconds=0.05)
    assert program.code(0.05) == "c" * 32


@pytest.mark.parametrize("body", [{"a": "\0"}, {"a": "\ud800"}, {"a": float("nan")}, json.loads("[" * 64 + "]" * 64)])
def test_what_the_platform_could_not_read_is_not_sent(body: Any) -> None:
    """It would never be answered, and the program waited for a minute to hear of it."""
    program = Program()
    with pytest.raises(ClientError, match="cannot be sent as JSON") as caught:
        program.call("validate_strategy", body=body)
    assert (caught.value.code, program.sent) == ("INVALID_INPUT", [])


def test_any_character_that_the_platform_reads_is_answered(exchange: Exchange, user: str) -> None:
    """SQS takes U+FFFE and U+FFFF from nobody: neither in a command nor in the answer that repeats it."""
    client = exchange.register(user)
    client.messages.send("list_backtests", query={"a\uffffb\ufffe": 1})
    exchange.run()
    (raw,) = (message["Body"] for message in exchange.sqs.receive_message(QueueUrl=client.reply_url)["Messages"])
    assert not set(raw) & {"\uffff", "\ufffe"}
    reply = json.loads(raw)
    assert is_signed("reply", reply, client.key) and "a\uffffb\ufffe" in reply["body"], reply
