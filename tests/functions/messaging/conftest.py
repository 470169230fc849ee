"""A platform that takes messages: real Postgres, SQS by moto's server; a small loop hands its messages to the responder as Lambda does."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from functions.api.app import create_app
from functions.client import Client
from functions.client.messages import MessageClient
from functions.responder import Responder
from functions.settings import Settings
from functions.wiring import House
from tests.functions.api.conftest import MESSAGES_SECRET, SECRET, SUPABASE, lake_url, token
from tests.functions.conftest import admin, aws, database, desk, folder_url, new_user, servers, store, user
from tests.functions.platform import Platform

__all__ = ["admin", "aws", "database", "desk", "folder_url", "lake_url", "new_user", "servers", "store", "user"]


@dataclass
class Registered:
    """A client of somebody's, and its reply queue."""

    client_id: str
    key: str
    arn: str
    reply_url: str
    messages: MessageClient


@dataclass
class Exchange:
    house: House
    sqs: Any
    commands: str
    responder: Responder
    platform: Platform

    @cached_property
    def app(self) -> FastAPI:
        """As it stands behind HTTP."""
        return create_app(lambda: self.house)

    def api(self, user: str) -> Client:
        """The REST client, signed in as this user."""
        return Client("http://lianghu", token(user), transport=TestClient(self.app)._transport)

    def reply_queue(self) -> tuple[str, str]:
        """A new one: its ARN and its address."""
        url = self.sqs.create_queue(QueueName=f"lianghu-replies-{uuid.uuid4()}")["QueueUrl"]
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"], url

    def register(self, user: str, scopes: tuple[str, ...] = ("read", "run"), *, is_confirmed: bool = True, **more: Any) -> Registered:
        arn, url = self.reply_queue()
        made = self.api(user).create_message_client("a client", scopes, arn, **more)
        client = _Answered(self, made.command_queue, url, made.client_id, made.key)
        if is_confirmed:
            self.api(user).confirm_message_client(made.client_id, client.code(5))
        return Registered(made.client_id, made.key, arn, url, client)

    def put(self, text: str) -> None:
        self.sqs.send_message(QueueUrl=self.commands, MessageBody=text)

    def run(self) -> list[dict[str, Any]]:
        """Hands what waits to the responder, batch by batch; its answers. What it is done with is deleted."""
        answers = []
        while records := [_record(message) for message in self._receive(self.commands)]:
            answer = self.responder.handle({"Records": records})
            failed = {row["itemIdentifier"] for row in answer["batchItemFailures"]}
            for record in records:
                if record["messageId"] not in failed:
                    self.sqs.delete_message(QueueUrl=self.commands, ReceiptHandle=record["receiptHandle"])
            answers.append(answer)
        return answers

    def empty(self, url: str) -> None:
        while messages := self._receive(url):
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def replies(self, url: str) -> list[dict[str, Any]]:
        """What lies in a queue of clients; it is emptied."""
        found = []
        while messages := self._receive(url):
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += [json.loads(message["Body"]) for message in messages]
        return found

    def _receive(self, url: str) -> list[dict[str, Any]]:
        return list(self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]).get("Messages", []))


class _Answered(MessageClient):
    """Its commands are answered while it waits, as by a platform beside it."""

    def __init__(self, exchange: Exchange, command_queue: str, reply_queue: str, client_id: str, key: str) -> None:
        super().__init__(exchange.sqs, command_queue, reply_queue, client_id, key)
        self._exchange = exchange

    def _taken(self, left: float) -> list[str]:
        self._exchange.run()
        return super()._taken(min(left, 1))


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "eventSource": "aws:sqs",
    }


@pytest.fixture(scope="session")
def make_exchange(servers: Any, aws: str, lake_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Exchange]]:
    made: list[House] = []
    tmp_path: Path = tmp_path_factory.mktemp("exchange")

    def make(**changes: Any) -> Exchange:
        sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="ap-east-1")
        name = str(uuid.uuid4())
        urls = {kind: sqs.create_queue(QueueName=f"{kind}-{name}")["QueueUrl"] for kind in ("plan", "block", "aggregate", "command")}
        commands = urls.pop("command")
        values: dict[str, Any] = {
            "supabase_url": SUPABASE,
            "supabase_jwt_secret": SecretStr(SECRET),
            "database_url": SecretStr(servers.login),
            "lake_url": lake_url,
            "results_url": (tmp_path / "results").as_uri(),
            "data_cache_dir": tmp_path / "cache",
            "workers": 2,
            "messages_secret": SecretStr(MESSAGES_SECRET),
            "aws_endpoint_url": aws,
            "command_queue_url": commands,
            **{f"{kind}_queue_url": url for kind, url in urls.items()},
        }
        house = House(Settings(**(values | changes)))
        made.append(house)
        return Exchange(house, sqs, commands, Responder(house), Platform(house, sqs, urls))

    yield make
    for house in made:
        house.database.close()


@pytest.fixture(scope="session")
def the_exchange(make_exchange: Callable[..., Exchange]) -> Exchange:
    return make_exchange()


@pytest.fixture
def exchange(the_exchange: Exchange, desk: object) -> Exchange:
    """With nothing in it: `desk` empties the platform."""
    for url in (the_exchange.commands, *the_exchange.platform.urls.values()):
        the_exchange.empty(url)
    return the_exchange
