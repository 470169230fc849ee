"""What AWS is on this machine: moto's server as a process of its own, with the queues, buses and secrets of the template."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra.local.errors import StackError
from infra.local.processes import Children, Process
from infra.local.template import Template

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_sqs import SQSClient

START_SECONDS = 60.0
PREFIX = "lianghu-local"
LOCAL_KEY = "local"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": LOCAL_KEY, "AWS_SECRET_ACCESS_KEY": LOCAL_KEY}
SERVER = "import logging, moto.server; logging.getLogger('werkzeug').setLevel(logging.WARNING); moto.server.main()"
"""Without a line of log for every message."""


class Aws:
    """The services' address and what was made there. Nothing is kept over a stop: the queues are rebuilt from Postgres."""

    def __init__(self, region: str, children: Children, log: Path) -> None:
        """Starts the server; `make` waits for it."""
        self.region, self._log = region, log
        self._port = free_port()
        command = [sys.executable, "-c", SERVER, "-H", "127.0.0.1", "-p", str(self._port)]
        # It has nothing to write down, and its long polls would make an orderly end slow.
        self.process: Process = children.spawn(
            "aws", command, log, {"PATH": os.defpath, "TZ": "UTC", **CREDENTIALS}, stop_signal=signal.SIGKILL
        )
        self._attributes: dict[tuple[str, str], str] = {}

    @property
    def variables(self) -> dict[str, str]:
        """What the platform puts into a function's environment so that its clients find the services."""
        return {
            **CREDENTIALS,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._port}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def make(self, template: Template) -> None:
        """Queues with their redrive policies, and buses."""
        self._wait()
        sqs, events = self.sqs(), self.events()
        for queue in template.queues():
            attributes = {key: _attribute(value) for key, value in template.resolve(queue.properties, self.lookup).items()}
            url = sqs.create_queue(QueueName=f"{PREFIX}-{queue.name}", Attributes=attributes)["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            self._note(queue.name, {"Ref": url, "Arn": arn, "QueueName": f"{PREFIX}-{queue.name}"})
        for name, bus in template.buses(self.lookup).items():
            arn = events.create_event_bus(Name=bus)["EventBusArn"]
            self._note(name, {"Ref": bus, "Name": bus, "Arn": arn})

    def keep(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        """Secrets by their names; each is a JSON object."""
        manager = boto3.client("secretsmanager", **self._options())
        for name, values in secrets.items():
            manager.create_secret(Name=name, SecretString=json.dumps(values))

    def lookup(self, name: str, attribute: str) -> str:
        """What !Ref and !GetAtt of the template mean here."""
        try:
            return self._attributes[name, attribute]
        except KeyError:
            raise StackError(f"template.yaml refers to {name}.{attribute}, which the local stack does not have") from None

    def queue_url(self, arn: str) -> str:
        return next(self._attributes[name, "Ref"] for (name, key), value in self._attributes.items() if key == "Arn" and value == arn)

    def sqs(self) -> "SQSClient":
        return boto3.client("sqs", **self._options())

    def events(self) -> "EventBridgeClient":
        return boto3.client("events", **self._options())

    def _options(self) -> dict[str, Any]:
        return {
            "endpoint_url": self.variables["AWS_ENDPOINT_URL"],
            "region_name": self.region,
            "aws_access_key_id": LOCAL_KEY,
            "aws_secret_access_key": LOCAL_KEY,
            # A long poll lasts 20 seconds. Nothing is tried again here: the callers decide.
            "config": Config(read_timeout=30, connect_timeout=5, retries={"total_max_attempts": 1}, proxies={}, max_pool_connections=64),
        }

    def _note(self, name: str, attributes: dict[str, str]) -> None:
        self._attributes |= {(name, key): value for key, value in attributes.items()}

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise StackError("the local AWS (moto) did not start", f"see {self._log}")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _attribute(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)
