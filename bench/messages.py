"""Calls by messages on the stack of this machine: how long an answer takes, how many come in a second, how soon work is taken up."""

import statistics
import time
from collections.abc import Callable, Sequence

import boto3

from bench.homes import new_home
from bench.workload import Figures, Size
from datalake.sample import build_sample
from functions.client import Client
from functions.client.messages import MessageClient, endpoint_of
from functions.commands.connection import client_of
from infra.local.stack import run_stack

CONTEXT = {"window": {"start": "2020-01-02", "end": "2020-06-30"}, "universe": ["009001.SZ"], "datasource_version": "sample:v1"}
LOCAL = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
NO_LIMIT = 100_000_000


def run(size: Size) -> Figures:
    """`combinations` calls of each kind, `rounds` single runs one after the other."""
    with new_home("messages", WORKERS=1, RATE_LIMIT_REQUESTS=NO_LIMIT, RATE_LIMIT_KEY_REQUESTS=NO_LIMIT) as (settings, folder):
        build_sample((folder / "lake").as_uri())
        with run_stack(settings) as stack, client_of(stack) as api:
            return _measured(api, registered(api), size)


def registered(api: Client) -> MessageClient:
    commands = api.command_queue()
    sqs = boto3.client("sqs", region_name="ap-east-1", endpoint_url=endpoint_of(commands), **LOCAL)  # type: ignore[call-overload]
    replies = sqs.create_queue(QueueName="lianghu-replies-bench")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=replies, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = api.create_message_client("bench", ["read", "run"], arn)
    messages = MessageClient(sqs, commands, replies, made.client_id, made.key)
    api.confirm_message_client(made.client_id, messages.code())
    return messages


def _measured(api: Client, messages: MessageClient, size: Size) -> Figures:
    backtest_id = messages.call("create_backtest", body={"strategyRef": {"template": "dual-moving-average"}, "context": CONTEXT})[
        "backtest_id"
    ]
    place, grid = {"backtest_id": backtest_id}, {"mode": "grid", "gridSpec": {"ma_short": [5, 10], "ma_long": [30, 60]}}
    api.wait_grid(backtest_id, messages.call("submit_runs", place, body=grid)["grid_id"])  # the panel is there, the worker warm
    looking = {
        "by_message": _taken(lambda: messages.call("list_backtests", query={"limit": 1}), size.combinations),
        "over_http": _taken(lambda: api.backtests(1), size.combinations),
    }
    many = size.combinations * 4
    began = time.perf_counter()
    sent = [messages.send("list_backtests", query={"limit": 1}) for _ in range(many)]
    sending = time.perf_counter() - began
    for correlation_id in sent:
        messages.wait(correlation_id, 300)
    whole = time.perf_counter() - began
    return {
        "request_and_reply_ms": looking,
        "throughput": {"messages": many, "sent_a_second": round(many / sending, 1), "answered_a_second": round(many / whole, 1)},
        "work_queue_ms": _work(api, messages, backtest_id, size.rounds),
    }


def _work(api: Client, messages: MessageClient, backtest_id: str, count: int) -> Figures:
    """Of single runs submitted by message while nothing else is to be done: until the answer, until a worker has it, until it has ended."""
    answered, claimed, ended = [], [], []
    for number in range(count):
        body = {"mode": "single", "params": {"ma_short": 5, "ma_long": 20 + number}, "reuse": False}
        began = time.time()
        run_id = messages.call("submit_runs", {"backtest_id": backtest_id}, body=body)["run_ids"][0]
        answered.append(time.time() - began)
        run = api.wait_run(backtest_id, run_id)
        assert run.started_at and run.finished_at  # it has ended
        claimed.append(run.started_at.timestamp() - began)
        ended.append(run.finished_at.timestamp() - began)
    return {"answered": _milliseconds(answered), "claimed": _milliseconds(claimed), "ended": _milliseconds(ended)}


def _taken(call: Callable[[], object], count: int) -> Figures:
    seconds = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return _milliseconds(seconds)


def _milliseconds(seconds: Sequence[float]) -> Figures:
    ordered = sorted(seconds)
    place = min(len(ordered) - 1, int(len(ordered) * 0.95))
    return {"median": round(statistics.median(ordered) * 1000, 1), "p95": round(ordered[place] * 1000, 1), "calls": len(ordered)}
