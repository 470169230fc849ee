"""template.yaml as the local stack reads it, and as AWS would."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from functions.settings import Settings
from infra.local import template
from infra.local.errors import StackError
from infra.local.template import TEMPLATE, QueueSource, Schedule, Template

PARAMETERS = {"SupabaseUrl": "http://127.0.0.1:1", "DatabaseUrl": "postgresql://x", "LakeUrl": "file:///lake", "WorkerConcurrency": "3"}


def lookup(name: str, attribute: str) -> str:
    return f"<{name}.{attribute}>"


def test_functions_queues_and_schedules_are_read() -> None:
    functions = template.read(PARAMETERS).functions(lookup)
    assert {name: function.handler for name, function in functions.items()} == {
        "ApiFunction": "functions.api.app.handler",
        "ResponderFunction": "functions.responder.handle",
        "PlannerFunction": "functions.planner.handle",
        "WorkerFunction": "functions.worker.handle",
        "AggregatorFunction": "functions.aggregator.handle",
        "SweeperFunction": "functions.sweeper.handle",
        "ArchiverFunction": "functions.archiver.handle",
        "IngestFunction": "functions.ingest.handle",
    }
    assert functions["WorkerFunction"].queues == (QueueSource("<BlockQueue.Arn>", 1, True, 3),)
    assert functions["PlannerFunction"].queues == (QueueSource("<PlanQueue.Arn>", 1, True, 1),)
    assert functions["ResponderFunction"].queues == (QueueSource("<CommandQueue.Arn>", 10, True, 5),)
    assert functions["SweeperFunction"].schedules == (Schedule("rate(1 minute)", "UTC"),)
    assert functions["ArchiverFunction"].schedules == (Schedule("cron(30 3 ? * * *)", "Asia/Shanghai"),)
    assert functions["IngestFunction"].queues == (QueueSource("<IngestQueue.Arn>", 1, True, 2),)
    assert functions["IngestFunction"].schedules == (
        Schedule("cron(30 17 ? * MON-FRI *)", "Asia/Shanghai"),
        Schedule("cron(30 20 ? * MON-FRI *)", "Asia/Shanghai"),
    )
    assert (functions["ApiFunction"].timeout, functions["PlannerFunction"].timeout) == (30, 300)


def test_the_environment_uses_the_names_of_the_settings() -> None:
    environment = template.read(PARAMETERS).functions(lookup)["WorkerFunction"].environment
    ours = {name for name in environment if not name.startswith(("NUMBA_", "OPENBLAS_"))}
    assert ours <= {name.upper() for name in Settings.model_fields}
    assert environment["LAKE_URL"] == "file:///lake"
    assert environment["RESULTS_URL"] == "s3://<Results.Ref>"
    assert environment["BLOCK_QUEUE_URL"] == "<BlockQueue.Ref>"
    assert environment["EVENT_BUS"] == "<EventBus.Ref>"
    assert environment["NUMBA_CPU_NAME"] == "x86-64-v3"
    assert environment["NUMBA_CPU_FEATURES"] == ""


def test_visibility_is_six_times_the_timeout_of_the_function() -> None:
    read = template.read(PARAMETERS)
    visibility = {f"<{queue.name}.Arn>": queue.properties.get("VisibilityTimeout") for queue in read.queues()}
    for function in read.functions(lookup).values():
        for source in function.queues:
            assert visibility[source.queue_arn] == 6 * function.timeout


def test_the_planner_was_not_allowed_to_ring_its_own_bell() -> None:
    """Which queues each function's code rings."""
    rings = {
        "ApiFunction": {"PlanQueue", "BlockQueue", "AggregateQueue"},
        "ResponderFunction": {"PlanQueue", "BlockQueue", "AggregateQueue"},
        "PlannerFunction": {"PlanQueue", "BlockQueue", "AggregateQueue"},
        "WorkerFunction": {"PlanQueue", "BlockQueue", "AggregateQueue"},
        "AggregatorFunction": {"BlockQueue", "AggregateQueue"},
        "SweeperFunction": {"PlanQueue", "BlockQueue", "AggregateQueue", "BlockDeadLetters"},
        "ArchiverFunction": set(),
        "IngestFunction": {"IngestQueue"},
    }
    for name, queues in rings.items():
        assert set(re.findall(r"SQSSendMessagePolicy: {QueueName: !GetAtt (\w+)\.", section(name))) == queues, name


def test_whoever_publishes_events_may_and_nobody_else() -> None:
    allowed = {name for name in template.read(PARAMETERS).functions(lookup) if "EventBridgePutEventsPolicy" in section(name)}
    assert allowed == {"PlannerFunction", "WorkerFunction", "AggregatorFunction", "SweeperFunction"}


def test_nobody_but_the_ingest_gets_the_token() -> None:
    parameters = PARAMETERS | {"TushareToken": "a-token", "TushareUrl": "https://vendor", "SupabaseJwtSecret": "a-secret"}
    functions = template.read(parameters).functions(lookup)
    environment = functions.pop("IngestFunction").environment
    assert (environment["TUSHARE_TOKEN"], environment["TUSHARE_URL"]) == ("a-token", "https://vendor")
    assert environment["INGEST_QUEUE_URL"] == "<IngestQueue.Ref>"
    assert set(environment) - {name for name in environment if name.startswith(("NUMBA_", "OPENBLAS_"))} <= {
        name.upper() for name in Settings.model_fields
    }
    for name, other in functions.items():
        assert not {"TUSHARE_TOKEN", "TUSHARE_URL", "INGEST_QUEUE_URL"} & set(other.environment), name
        assert "a-token" not in other.environment.values(), name
        assert "Ingest" not in section(name), name
    assert TEMPLATE.read_text(encoding="utf-8").count("!Ref TushareToken") == 1


def test_the_ingest_writes_the_lake_and_its_own_queue_and_nothing_else() -> None:
    environment = template.read(PARAMETERS | {"SupabaseJwtSecret": "a-secret"}).functions(lookup)["IngestFunction"].environment
    assert "a-secret" not in environment.values(), "who answers with foreign data can sign nobody in"
    policies = re.findall(r"^        - (\w+): \{(.*)\}$", section("IngestFunction"), re.MULTILINE)
    assert policies == [("SQSSendMessagePolicy", "QueueName: !GetAtt IngestQueue.QueueName"), ("S3CrudPolicy", "BucketName: !Ref Lake")]


def test_nobody_but_the_api_gets_the_secret_that_signs_tokens() -> None:
    """Every function had it, whatever it reads and writes."""
    functions = template.read(PARAMETERS | {"SupabaseJwtSecret": "a-secret"}).functions(lookup)
    assert [name for name, row in functions.items() if "a-secret" in row.environment.values()] == ["ApiFunction"]
    assert functions["ApiFunction"].environment["SUPABASE_JWT_SECRET"] == "a-secret"


def test_nobody_but_api_and_responder_gets_the_secret_that_keys_of_message_clients_are_made_from() -> None:
    functions = template.read(PARAMETERS | {"MessagesSecret": "a-secret"}).functions(lookup)
    assert {name for name, row in functions.items() if "a-secret" in row.environment.values()} == {"ApiFunction", "ResponderFunction"}


def test_a_reply_can_be_written_into_no_queue_of_the_platform() -> None:
    """Whatever somebody registers as a reply queue: the role may write to queues of that name and to those whose bells it rings."""
    replies = "Resource: !Sub 'arn:${AWS::Partition}:sqs:${AWS::Region}:*:lianghu-replies-*'"
    for name in ("ApiFunction", "ResponderFunction"):
        assert [line for line in section(name).splitlines() if "'sqs:SendMessage'" in line and replies not in line] == []
        assert section(name).count(replies) == 1
    assert "lianghu-replies-" not in " ".join(queue.name for queue in template.read(PARAMETERS).queues())


def test_nobody_may_take_messages_from_a_queue_that_does_not_call_it() -> None:
    """The sweeper asks for a depth, and could have emptied the queue."""
    takers = {
        name: re.findall(r"SQSPollerPolicy: \{QueueName: !GetAtt (\w+)\.QueueName\}", section(name))
        for name in template.read(PARAMETERS).functions(lookup)
    }
    assert {name: queues for name, queues in takers.items() if queues} == {"ResponderFunction": ["CommandQueue"]}
    text = TEMPLATE.read_text(encoding="utf-8")
    assert text.count("SQSPollerPolicy") == 1 and "sqs:ReceiveMessage" not in text and "sqs:*" not in text


def test_tokens_and_passwords_are_shown_nowhere() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in ("SupabaseJwtSecret", "DatabaseUrl", "TushareToken", "SentryDsn", "MessagesSecret"):
        assert re.search(rf"^  {name}:(?: .*|(?:\n    .*)*\n    )NoEcho: true", text, re.MULTILINE), name


def section(name: str) -> str:
    """A function's text up to what calls it."""
    return TEMPLATE.read_text(encoding="utf-8").split(f"\n  {name}:")[1].split("\n      Events:")[0]


def test_dead_letter_queues_come_first() -> None:
    names = [queue.name for queue in template.read(PARAMETERS).queues()]
    assert all(name.endswith("DeadLetters") for name in names[:5])
    assert names[5:] == ["PlanQueue", "BlockQueue", "AggregateQueue", "CommandQueue", "IngestQueue"]


def test_intrinsics_are_resolved() -> None:
    text = """
Parameters: {Stage: {Default: dev}, Empty: {Default: ''}}
Conditions: {Has: !Equals [!Ref Stage, dev], HasNot: !Equals [!Ref Empty, x]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Environment: {Variables: {A: !Sub '${Stage}-${Q.Arn}-${Q}', B: !If [Has, a, b], C: !If [HasNot, x, !GetAtt Q.Name], D: true, E: 5}}
      Events:
        'Off': {Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: false}}
        'On': {Type: ScheduleV2, Properties: {ScheduleExpression: 'cron(0 1 * * ? *)', ScheduleExpressionTimezone: Asia/Shanghai}}
"""
    function = Template(text, {}).functions(lookup)["F"]
    assert function.environment == {"A": "dev-<Q.Arn>-<Q.Ref>", "B": "a", "C": "<Q.Name>", "D": "true", "E": "5"}
    assert function.schedules == (Schedule("cron(0 1 * * ? *)", "Asia/Shanghai"),)
    assert (function.timeout, function.memory) == (3, 128)


@pytest.mark.parametrize(
    ("text", "parameters", "message"),
    [
        ("a: [", {}, "is no YAML"),
        ("Parameters: {}", {"Nothing": ""}, "has no parameter Nothing"),
        ("Parameters: {Url: {Type: String}}", {}, "needs a value for Url"),
        ("Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {}}}", {}, "names no handler"),
        (
            "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: a.b, Timeout: !Join [a]}}}",
            {},
            "Fn::Join, which the local",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(StackError, match=message):
        Template(text, parameters).functions(lookup)


@pytest.mark.slow
def test_cloudformation_accepts_the_template() -> None:
    program = Path(sys.executable).with_name("cfn-lint")
    checked = subprocess.run([program, TEMPLATE], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
