"""A stranger with docs/messages.md alone: its programs, as they are written, against the platform as `lianghu up` starts it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from functions.client.messages import MessageClient, endpoint_of
from functions.messaging.canonical import canonical, read
from functions.messaging.operations import OPERATIONS
from functions.messaging.signing import signature_of
from tests.e2e import api_page
from tests.e2e.conftest import Platform, signed_in

TEXT = (Path(__file__).parents[2] / "docs/messages.md").read_text(encoding="utf-8")
COMMAND, REPLY = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
OURS, OTHERS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
KEY = re.findall(r"`(lhm_[0-9a-f]{64})`", TEXT)[0]


def test_the_messages_of_the_page_are_signed_as_it_says() -> None:
    for kind, text in (("command", COMMAND), ("reply", REPLY)):
        message = read(text.encode())
        assert signature_of(kind, message, KEY) == message["signature"]  # type: ignore[arg-type]
    begins = re.findall(r'begin\n`(\{"body".*?)…`', TEXT)[0]
    assert canonical(read(COMMAND.encode())).startswith(begins) and "0.10" in begins


def test_the_page_names_every_operation_and_no_other() -> None:
    told = {name: tuple(re.findall(r"`(\w+_\w+)`", row)) for name, row in re.findall(r"^\| (\w+) \| (`\w+_.*) \|$", TEXT, re.MULTILINE)}
    assert told == dict(OPERATIONS)


@pytest.mark.slow
@pytest.mark.stack
def test_the_programs_of_the_page_work(platform: Platform, tmp_path: Path) -> None:
    stack = platform.start()
    platform.lianghu("data", "sample")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def run(program: str, **more: str) -> str:
        text = program.replace(api_page.ADDRESS, stack.url)
        done = subprocess.run(
            [sys.executable, "-c", text], env=environment | more, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert re.search(r"\{'ma_.*\} -?[0-9.e-]+ [0-9a-f]{64}$", run(OURS).strip())
    local = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    with signed_in(stack) as api:
        commands = api.command_queue()
        keys = {name.lower(): value for name, value in local.items()}
        sqs = boto3.client("sqs", region_name="ap-east-1", endpoint_url=endpoint_of(commands), **keys)  # type: ignore[call-overload]
        replies = sqs.create_queue(QueueName="lianghu-replies-others")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=replies, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        made = api.create_message_client("others", ["read"], arn)
        api.confirm_message_client(made.client_id, MessageClient(sqs, commands, replies, made.client_id, made.key).code())
    told = run(
        OTHERS,
        CLIENT_ID=made.client_id,
        CLIENT_KEY=made.key,
        COMMANDS=commands,
        REPLIES=replies,
        SQS_ENDPOINT=endpoint_of(commands),
        **local,
    )
    assert told == "200 1\n", "the backtest of the first program"
    listed = platform.lianghu("message-clients", "list")
    assert "example" in listed and "lianghu-replies-others" in listed
