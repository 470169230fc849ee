"""template.yaml as the local stack reads it, and as AWS would: what linters do not know of this platform."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from functions.api.cdn import PROOF, READER
from functions.settings import Settings
from infra.deploy.translated import STAGES, translated
from infra.deploy.validate import main, of_translation, validate
from infra.local import template
from infra.local.errors import StackError
from infra.local.schedules import next_time
from infra.local.template import TEMPLATE, QueueSource, Schedule, Template, tree_of
from infra.secrets import GROUPS
from tests.infra.policies import Statement, allowed, statements_of

PARAMETERS = {"SupabaseUrl": "http://127.0.0.1:1", "LakeUrl": "file:///lake", "WorkerConcurrency": "3"}
TREE = tree_of(TEMPLATE.read_text(encoding="utf-8"))
RESOURCES: dict[str, dict[str, Any]] = TREE["Resources"]
MADE = {stage: translated(parameters) for stage, parameters in STAGES.items()}
"""What SAM makes of it."""
TOOLS = Path(sys.executable).parent
QUEUES = ("PlanQueue", "BlockQueue", "AggregateQueue", "CommandQueue", "IngestQueue")
BELLS = {"PlanQueue", "BlockQueue", "AggregateQueue"}
ROOMS = {
    "Lake": ("versions", "catalogs", "findings", "examinations", "outlines", "staging", "panels", "bars", "rankings", "wishes", "tushare"),
    "Results": ("artifacts", "cells", "grids", "shares", "archives"),
}
"""Of the buckets, by what is written there; every source has a room of its own in the lake."""


def lookup(name: str, attribute: str) -> str:
    return f"<{name}.{attribute}>"


def of_kind(kind: str, resources: dict[str, dict[str, Any]] = RESOURCES) -> dict[str, dict[str, Any]]:
    """Properties by logical id."""
    return {name: row.get("Properties", {}) for name, row in resources.items() if row["Type"] == kind}


@pytest.fixture(scope="module")
def functions() -> dict[str, template.Function]:
    return template.read(PARAMETERS).functions(lookup)


@pytest.fixture(scope="module")
def statements() -> dict[str, list[Statement]]:
    return statements_of(template.read(PARAMETERS), MADE["plain"], lookup)


# as the local stack reads it


def test_functions_queues_and_schedules_are_read(functions: dict[str, template.Function]) -> None:
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
    assert functions["PlannerFunction"].queues == (QueueSource("<PlanQueue.Arn>", 1, True, 10),)
    assert functions["ResponderFunction"].queues == (QueueSource("<CommandQueue.Arn>", 10, True, 5),)
    assert functions["SweeperFunction"].schedules == (Schedule("rate(1 minute)", "Asia/Shanghai"),)
    assert functions["IngestFunction"].queues == (QueueSource("<IngestQueue.Arn>", 1, True, 2),)
    assert [schedule.expression for schedule in functions["IngestFunction"].schedules] == [
        "cron(30 17 ? * MON-FRI *)",
        "cron(30 20 ? * MON-FRI *)",
        "cron(0 20 ? * MON-FRI *)",
    ]
    assert [json.loads(schedule.input or "{}") for schedule in functions["IngestFunction"].schedules] == [
        {},
        {},
        {"source": "lianghu", "detail-type": "Is today there"},
    ]
    assert (functions["ApiFunction"].timeout, functions["PlannerFunction"].timeout) == (30, 300)


def test_the_environment_uses_the_names_of_the_settings(functions: dict[str, template.Function]) -> None:
    known = {name.upper() for name in Settings.model_fields}
    for name, function in functions.items():
        assert {each for each in function.environment if not each.startswith(("NUMBA_", "OPENBLAS_"))} <= known, name
    environment = functions["WorkerFunction"].environment
    assert environment["LAKE_URL"] == "file:///lake"
    assert environment["RESULTS_URL"] == "s3://<Results.Ref>"
    assert environment["BLOCK_QUEUE_URL"] == "<BlockQueue.Ref>"
    assert environment["EVENT_BUS"] == "<EventBus.Ref>"
    assert environment["NUMBA_CPU_NAME"] == "x86-64-v3"
    assert environment["NUMBA_CPU_FEATURES"] == ""


def test_parameters_have_the_defaults_of_their_settings() -> None:
    """Of those that both know; but for what a machine of one's own has less of, and what only a deployment has."""
    other = {"LakeUrl", "ResultsUrl", "SupabaseUrl", "Stage", "WorkerThreads", "NumbaCpuName", "NumbaCacheDir", "DataCacheDir"}
    for name, row in TREE["Parameters"].items():
        field = Settings.model_fields.get(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())
        if field is not None and name not in other and name != "TushareCaps":
            assert str(row["Default"]).lower() == str(field.default).lower(), name


def test_dead_letter_queues_come_first() -> None:
    names = [queue.name for queue in template.read(PARAMETERS).queues()]
    assert all(name.endswith("DeadLetters") for name in names[:5])
    assert tuple(names[5:]) == QUEUES


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
        'On':
          Type: ScheduleV2
          Properties: {ScheduleExpression: 'cron(0 1 * * ? *)', ScheduleExpressionTimezone: Asia/Shanghai, Input: !Sub '{"of": "${Stage}"}'}
"""
    function = Template(text, {}).functions(lookup)["F"]
    assert function.environment == {"A": "dev-<Q.Arn>-<Q.Ref>", "B": "a", "C": "<Q.Name>", "D": "true", "E": "5"}
    assert function.schedules == (Schedule("cron(0 1 * * ? *)", "Asia/Shanghai", '{"of": "dev"}'),)
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


# queues and what calls functions


def test_visibility_is_six_times_the_timeout_of_the_function(functions: dict[str, template.Function]) -> None:
    visibility = {f"<{name}.Arn>": row.get("VisibilityTimeout") for name, row in of_kind("AWS::SQS::Queue").items()}
    for function in functions.values():
        for source in function.queues:
            assert visibility[source.queue_arn] == 6 * function.timeout, function.name


def test_a_block_may_take_less_than_its_function_and_a_lease_less_than_a_block() -> None:
    parameters = TREE["Parameters"]
    assert parameters["BlockTimeoutSeconds"]["MaxValue"] + 20 <= RESOURCES["WorkerFunction"]["Properties"]["Timeout"]
    assert parameters["HeartbeatSeconds"]["Default"] * 2 < parameters["LeaseSeconds"]["Default"]
    assert parameters["RequestSeconds"]["MaxValue"] < TREE["Globals"]["Function"]["Timeout"] <= 30


def test_every_queue_is_encrypted_and_what_is_given_up_is_kept_for_two_weeks() -> None:
    queues = of_kind("AWS::SQS::Queue")
    assert set(queues) == {*QUEUES, *(f"{name.removesuffix('Queue')}DeadLetters" for name in QUEUES)}
    for name, row in queues.items():
        assert row["SqsManagedSseEnabled"] is True, name
        if name.endswith("DeadLetters"):
            assert row["MessageRetentionPeriod"] == 14 * 86_400
        else:
            redrive = row["RedrivePolicy"]
            assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{name.removesuffix('Queue')}DeadLetters", "Arn"]}, name
            assert redrive["maxReceiveCount"] >= 3, name


def test_a_queue_calls_its_function_for_messages_that_fail_alone_and_not_more_often_than_it_may() -> None:
    for name, row in of_kind("AWS::Serverless::Function").items():
        for event in (event["Properties"] for event in row.get("Events", {}).values() if event["Type"] == "SQS"):
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
            assert TREE["Parameters"][event["ScalingConfig"]["MaximumConcurrency"]["Ref"]]["MinValue"] >= 2, "of AWS"
            assert event["BatchSize"] <= 10 or event.get("MaximumBatchingWindowInSeconds", 0) >= 1, "AWS refuses large batches without one"


def test_schedules_fire_when_they_are_to_and_are_called_by_their_stage(functions: dict[str, template.Function]) -> None:
    monday = datetime(2024, 3, 3, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    times = {
        (name, schedule.expression): next_time(schedule, monday) - monday
        for name, function in functions.items()
        for schedule in function.schedules
    }
    assert times == {
        ("SweeperFunction", "rate(1 minute)"): timedelta(minutes=1),
        ("ArchiverFunction", "cron(30 3 ? * * *)"): timedelta(hours=3.5),
        ("IngestFunction", "cron(30 17 ? * MON-FRI *)"): timedelta(hours=17.5),
        ("IngestFunction", "cron(30 20 ? * MON-FRI *)"): timedelta(hours=20.5),
        ("IngestFunction", "cron(0 20 ? * MON-FRI *)"): timedelta(hours=20),
    }
    saturday = monday + timedelta(days=5)
    weekdays = [schedule for function in functions.values() for schedule in function.schedules if "MON-FRI" in schedule.expression]
    assert all(next_time(schedule, saturday) > saturday + timedelta(days=2) for schedule in weekdays)
    assert {schedule.timezone for function in functions.values() for schedule in function.schedules} == {"Asia/Shanghai"}
    made = of_kind("AWS::Scheduler::Schedule", MADE["plain"]["Resources"])
    names = [row["Name"]["Fn::Sub"] for row in made.values()]
    assert len(set(names)) == len(names) == 5 and all("${Stage}" in name for name in names), "SAM's own names are the same in every stack"


@pytest.mark.parametrize(
    "expression",
    [
        "cron(30 17 ? * MON-FRI)",
        "cron(30 17 * * MON-FRI *)",
        "cron(61 1 ? * * *)",
        "rate(0 minutes)",
        "rate(2 minute)",
        "cron(0 1 ? * MO *)",
    ],
)
def test_a_bad_schedule_is_found(expression: str) -> None:
    assert _invalid(expression)


def test_schedules_are_such_as_eventbridge_takes(functions: dict[str, template.Function]) -> None:
    assert [schedule for function in functions.values() for schedule in function.schedules if _invalid(schedule.expression)] == []


def _invalid(expression: str) -> str:
    """Why EventBridge would refuse it; our own reader of schedules is not as strict."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression):
        return "" if int(rate[1]) >= 1 and (int(rate[1]) > 1) == bool(rate[3]) else "one minute, two minutes"
    words = expression.removeprefix("cron(").removesuffix(")").split()
    if len(words) != 6:
        return "six fields"
    if (words[2] == "?") == (words[4] == "?"):
        return "the day of the month or that of the week must be ?, and only one"
    if any(int(number) > 59 for number in re.findall(r"\d+", words[0])):
        return "sixty minutes"
    try:
        next_time(Schedule(expression, "Asia/Shanghai"), datetime.now(UTC))
    except (StackError, ValueError) as error:
        return str(error)
    return ""


# who may do what; whether they may do enough is shown by test_permissions.py


def doers(statements: dict[str, list[Statement]], action: str, resource: str) -> set[str]:
    return {name.removesuffix("Function") for name, row in statements.items() if allowed(row, action, resource)}


def test_who_rings_which_bell(statements: dict[str, list[Statement]]) -> None:
    ringers = {"Api", "Responder", "Planner", "Worker", "Aggregator", "Sweeper"}
    assert {queue: doers(statements, "sqs:SendMessage", f"<{queue}.Arn>") for queue in of_kind("AWS::SQS::Queue")} == {
        **dict.fromkeys(BELLS, ringers),
        "CommandQueue": set(),
        "IngestQueue": {"Ingest"},
        **{f"{queue.removesuffix('Queue')}DeadLetters": set[str]() for queue in QUEUES},
        "BlockDeadLetters": {"Sweeper"},
    }


def test_whoever_publishes_events_may_and_nobody_else(statements: dict[str, list[Statement]]) -> None:
    assert doers(statements, "events:PutEvents", "<EventBus.Arn>") == {"Planner", "Worker", "Aggregator", "Sweeper"}
    assert doers(statements, "events:PutEvents", "another bus") == set()


def test_nobody_may_take_messages_from_a_queue_that_does_not_call_it(statements: dict[str, list[Statement]]) -> None:
    """SAM's own role would let everybody empty every queue."""
    callers = {
        "Responder": "CommandQueue",
        "Planner": "PlanQueue",
        "Worker": "BlockQueue",
        "Aggregator": "AggregateQueue",
        "Ingest": "IngestQueue",
    }
    for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage"):
        for queue in of_kind("AWS::SQS::Queue"):
            assert doers(statements, action, f"<{queue}.Arn>") == {name for name, own in callers.items() if own == queue}, queue
        assert doers(statements, action, "another queue") == set()
    assert {queue for queue in of_kind("AWS::SQS::Queue") if doers(statements, "sqs:PurgeQueue", f"<{queue}.Arn>")} == set()
    managed = {
        arn for row in of_kind("AWS::IAM::Role", MADE["full"]["Resources"]).values() for arn in map(str, row.get("ManagedPolicyArns", ()))
    }
    assert {arn for arn in managed if arn.startswith("arn:")} == {"arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda"}


def test_a_reply_can_be_written_into_no_queue_of_the_platform(statements: dict[str, list[Statement]]) -> None:
    """Whatever somebody registers as a reply queue: the role may write to queues of that name, and to those whose bells it rings."""
    here = "<AWS::Partition.Ref>:sqs:<AWS::Region.Ref>"
    assert doers(statements, "sqs:SendMessage", f"arn:{here}:000000000001:lianghu-replies-x") == {"Api", "Responder"}
    assert doers(statements, "sqs:SendMessage", f"arn:{here}:000000000001:another") == set()
    assert "lianghu-replies-" not in " ".join(of_kind("AWS::SQS::Queue"))


def test_who_reads_which_secrets(statements: dict[str, list[Statement]], functions: dict[str, template.Function]) -> None:
    """Nobody else checks tokens, makes keys of message clients or asks the vendor; and each is told to read what it may read."""
    readers = {
        "shared": set(functions),
        "api": {"ApiFunction"},
        "messages": {"ApiFunction", "ResponderFunction"},
        "tushare": {"IngestFunction"},
    }
    assert readers.keys() == GROUPS.keys()
    arn = "arn:<AWS::Partition.Ref>:secretsmanager:<AWS::Region.Ref>:<AWS::AccountId.Ref>:secret:lianghu/dev/{}-AbCdEf"
    for group, names in readers.items():
        assert doers(statements, "secretsmanager:GetSecretValue", arn.format(group)) == {name.removesuffix("Function") for name in names}
        assert {name for name, row in functions.items() if f"lianghu/dev/{group}" in row.environment["SECRETS"].split(",")} == names
    assert doers(statements, "secretsmanager:GetSecretValue", arn.replace("/dev/", "/prod/").format("shared")) == set(), "another stage's"
    assert doers(statements, "secretsmanager:GetSecretValue", arn.format("shared-x")) == set(), "six characters, not more"
    assert [row.environment for name, row in functions.items() if name != "IngestFunction" and "TUSHARE_URL" in row.environment] == []


def test_what_each_function_writes_and_deletes(statements: dict[str, list[Statement]]) -> None:
    def rooms(action: str) -> dict[str, set[str]]:
        return {
            f"{bucket}/{room}": who
            for bucket, names in ROOMS.items()
            for room in (*names, "import", "anything")
            if (who := doers(statements, action, f"<{bucket}.Arn>/{room}/key"))
        }

    assert rooms("s3:PutObject") == {
        **{f"Lake/{room}": {"Ingest"} for room in ("versions", "catalogs", "findings", "outlines", "staging", "tushare")},
        **{f"Lake/{room}": {"Planner"} for room in ("panels", "bars", "rankings", "wishes")},
        "Results/artifacts": {"Worker", "Planner"},
        "Results/cells": {"Worker"},
        "Results/grids": {"Aggregator"},
        "Results/shares": {"Api"},
        "Results/archives": {"Archiver"},
    }
    assert rooms("s3:DeleteObject") == {
        **{f"Lake/{room}": {"Planner"} for room in ("bars", "rankings", "wishes")},
        "Lake/staging": {"Ingest"},
        "Results/shares": {"Api", "Sweeper"},
        "Results/artifacts": {"Archiver"},
        "Results/archives": {"Archiver"},
    }
    actions = {action for row in statements.values() for each in row for action in each.actions}
    assert not [action for action in actions if "*" in action], "no right is given that nobody has thought of"
    assert {each.resources for row in statements.values() for each in row if "*" in each.resources} == {("*",)}
    assert {each.actions for row in statements.values() for each in row if "*" in each.resources} == {
        ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
    }


# secrets


def test_no_parameter_is_a_secret() -> None:
    """They come by reference; whoever may look at a stack sees its parameters, and NoEcho hides them there alone."""
    secrets = {name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    parameters = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper() for name in TREE["Parameters"]}
    assert secrets & parameters == set()
    assert [name for name, row in TREE["Parameters"].items() if "NoEcho" in row] == []
    assert secrets - {name for names in GROUPS.values() for name in names} == {"SUPABASE_SERVICE_ROLE_KEY", "LIANGHU_TOKEN"}, "for people"
    assert not [name for names in GROUPS.values() for name in names if name not in secrets]
    variables = [row.get("Environment", {}).get("Variables", {}) for row in of_kind("AWS::Serverless::Function").values()]
    assert secrets & {name for each in (*variables, TREE["Globals"]["Function"]["Environment"]["Variables"]) for name in each} == set()


# functions


def test_every_function_has_a_log_that_ends_a_role_of_its_own_traces_and_an_alias() -> None:
    logs = of_kind("AWS::Logs::LogGroup")
    assert all(
        row["RetentionInDays"] == {"Ref": "LogRetentionDays"} and "${Stage}" in row["LogGroupName"]["Fn::Sub"] for row in logs.values()
    )
    for stage, made in MADE.items():
        roles = set()
        functions = of_kind("AWS::Lambda::Function", made["Resources"])
        assert len(functions) == 8
        for name, row in functions.items():
            short = name.removesuffix("Function")
            assert row["LoggingConfig"] == {"LogGroup": {"Ref": f"{short}Log"}} and f"{short}Log" in logs, stage
            assert row["TracingConfig"] == {"Mode": "Active"}
            roles.add(row["Role"]["Fn::GetAtt"][0])
            alias = made["Resources"][f"{name}Aliaslive"]
            assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": f"{name}DeploymentGroup"}
        assert len(roles) == 8
        for kind, key in (("AWS::Lambda::EventSourceMapping", "FunctionName"), ("AWS::Scheduler::Schedule", "Target")):
            called = [row[key]["Arn"] if key == "Target" else row[key] for row in of_kind(kind, made["Resources"]).values()]
            assert called and all(each["Ref"].endswith("Aliaslive") for each in called), "whatever calls it calls the alias"


def test_images_have_no_runtime_and_zips_no_command() -> None:
    assert "Runtime" not in TREE["Globals"]["Function"], "SAM would give it to images, too"
    for name, row in of_kind("AWS::Serverless::Function").items():
        if row.get("PackageType") == "Image":
            assert "Command" in row["ImageConfig"] and not {"Handler", "Layers", "Runtime", "CodeUri"} & row.keys(), name
        else:
            assert row["Runtime"] == "python3.12" and row["CodeUri"].startswith("out/packages/") and "Handler" in row, name


def test_whatever_changes_publishes_a_new_version(tmp_path: Path) -> None:
    """A new layer did not: the alias would have gone on with the kernels of an older engine."""

    def versions(path: Path = TEMPLATE, **parameters: str) -> dict[str, str]:
        made = translated(STAGES["plain"] | parameters, path)["Resources"]
        return {name[:-10]: name[-10:] for name, row in made.items() if row["Type"] == "AWS::Lambda::Version"}

    other = tmp_path / "template.yaml"
    other.write_text(TEMPLATE.read_text(encoding="utf-8").replace("out/packages/numeric-layer.zip", "another.zip"), encoding="utf-8")
    before, after = versions(), versions(other)
    assert {name for name in before if before[name] != after[name]} == {"WorkerFunctionVersion"}
    assert set(versions(Release="1700000000").values()) == {"1700000000"}, "SAM does not see that only a parameter has changed"


def test_a_deployment_is_taken_back_by_alarms_unless_it_is_told_not_to() -> None:
    for stage, made in MADE.items():
        groups = of_kind("AWS::CodeDeploy::DeploymentGroup", made["Resources"])
        assert len(groups) == 8
        for row in groups.values():
            condition, alarms, nothing = row["AlarmConfiguration"]["Fn::If"]
            assert condition == "RollsBack" and nothing == {}
            assert [each["Name"] for each in alarms["Alarms"]] == [{"Ref": "FunctionsFail"}, {"Ref": "ApiFails"}, {"Ref": "KernelsLack"}]
            assert "DEPLOYMENT_STOP_ON_ALARM" in row["AutoRollbackConfiguration"]["Events"], stage
    assert "Canary10Percent5Minutes" in str(
        of_kind("AWS::CodeDeploy::DeploymentGroup", MADE["full"]["Resources"])["WorkerFunctionDeploymentGroup"]
    )


def test_an_alarm_that_takes_back_rings_within_the_five_minutes_of_a_tenth() -> None:
    """KernelsLack looked at five minutes at a time: most of a bad layer's deployments were through before it rang."""
    preference = TREE["Globals"]["Function"]["DeploymentPreference"]["Alarms"]["Fn::If"][1]
    for name in (each["Ref"] for each in preference):
        row = RESOURCES[name]["Properties"]
        periods = {each["MetricStat"]["Period"] for each in row["Metrics"] if "MetricStat" in each}
        assert max(periods) * row.get("DatapointsToAlarm", row["EvaluationPeriods"]) <= 180, name


def test_environments_are_kept_started_where_that_is_asked_for() -> None:
    for name in ("Api", "Worker"):
        condition, kept, nothing = RESOURCES[f"{name}Function"]["Properties"]["ProvisionedConcurrencyConfig"]["Fn::If"]
        assert (condition, nothing) == (f"Has{name}Provisioned", {"Ref": "AWS::NoValue"})
        assert kept == {"ProvisionedConcurrentExecutions": {"Ref": f"{name}Provisioned"}}
        assert TREE["Parameters"][f"{name}Provisioned"]["Default"] == 0, "nothing is paid while idle"


# alarms


def metrics_of(alarm: str) -> dict[str, dict[str, Any]]:
    """By id; a dimension's value is a logical id, or what stands there."""
    found = {}
    for row in RESOURCES[alarm]["Properties"]["Metrics"]:
        if "MetricStat" in row:
            metric = row["MetricStat"]["Metric"]
            values = {each["Name"]: _id_of(each["Value"]) for each in metric["Dimensions"]}
            found[row["Id"]] = {"name": metric["MetricName"], "stat": row["MetricStat"]["Stat"], **values}
    return found


def _id_of(value: Any) -> Any:
    return value.get("Ref") or value["Fn::GetAtt"][0] if isinstance(value, dict) else value


def test_every_function_and_every_dead_letter_queue_has_its_alarms(functions: dict[str, template.Function]) -> None:
    for alarm, metric in {"FunctionsFail": "Errors", "FunctionsThrottled": "Throttles", "NearTimeout": "Duration"}.items():
        seen = metrics_of(alarm)
        assert {row["FunctionName"] for row in seen.values()} == set(functions), alarm
        assert {row["name"] for row in seen.values()} == {metric}
    dead = metrics_of("DeadLettersWait")
    assert {row["QueueName"] for row in dead.values()} == {name for name in of_kind("AWS::SQS::Queue") if name.endswith("DeadLetters")}
    waiting = metrics_of("WorkWaits") | metrics_of("CommandsWait")
    assert {row["QueueName"] for row in waiting.values()} == {*BELLS, "CommandQueue"}, "the ingest's wait for the vendor's minutes"
    assert {row["name"] for row in waiting.values()} == {"ApproximateAgeOfOldestMessage"}


def test_every_number_of_an_alarm_is_used_and_every_alarm_is_heard() -> None:
    for name, row in of_kind("AWS::CloudWatch::Alarm").items():
        told, *others = row["Metrics"]
        words = set(re.findall(r"\b[a-z]\w*\b", told["Expression"]))
        assert words == {each["Id"] for each in others} and not any(each["ReturnData"] for each in others), name
        assert row["AlarmActions"] == row["OKActions"] == [{"Ref": "Alarms"}], name
        assert row["AlarmName"]["Fn::Sub"] == f"lianghu-${{Stage}}-{name}"
    [statement] = RESOURCES["AlarmsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_near_timeout_knows_the_timeouts(functions: dict[str, template.Function]) -> None:
    expression = RESOURCES["NearTimeout"]["Properties"]["Metrics"][0]["Expression"]
    told = {name: int(limit) / 1000 for name, limit in re.findall(r"(\w+) / (\d+)", expression)}
    seen = metrics_of("NearTimeout")
    assert {seen[name]["FunctionName"]: limit for name, limit in told.items()} == {name: row.timeout for name, row in functions.items()}


def test_the_dashboard_is_json_and_names_only_what_there_is() -> None:
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    names = re.findall(r"\$\{([\w:]+)(?:\.\w+)?\}", body)
    assert set(names) <= {*RESOURCES, *TREE["Parameters"], "AWS::Region"}
    widgets = json.loads(re.sub(r"\$\{[\w:.]+\}", "x", body))["widgets"]
    places = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(places) == len(widgets) >= 12, "none covers another"


# buckets and the page


def test_buckets_are_private_encrypted_versioned_and_reached_by_tls_alone() -> None:
    buckets = of_kind("AWS::S3::Bucket")
    assert set(buckets) == {"Lake", "Results", "Web"}
    policies = {row["Bucket"]["Ref"]: row["PolicyDocument"]["Statement"] for row in of_kind("AWS::S3::BucketPolicy").values()}
    for name, row in buckets.items():
        assert set(row["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert row["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert row["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert row["VersioningConfiguration"] == {"Status": "Enabled"}
        deny = policies[name][0]
        assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", "s3:*")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} and len(deny["Resource"]) == 2
        others = policies[name][1:]
        assert bool(others) == (name == "Web")
        for other in others:
            assert other["Principal"] == {"Service": "cloudfront.amazonaws.com"}
            assert "${Cdn}" in other["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"], "and no other distribution"
    for name in ("Lake", "Results"):
        assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_nothing_expires_by_age_but_panels_and_what_was_replaced() -> None:
    """A manifest names tables, catalogs and findings of any age, and a run its files."""
    expiring = {
        (name, rule.get("Prefix"))
        for name, row in of_kind("AWS::S3::Bucket").items()
        for rule in row["LifecycleConfiguration"]["Rules"]
        if rule.keys() & {"ExpirationInDays", "ExpirationDate", "Expiration", "Transitions", "Transition"}
    }
    assert expiring == {("Lake", "panels/")}
    assert "panels" in ROOMS["Lake"] and not any(room.startswith("panels") for room in ROOMS["Lake"] if room != "panels")


def test_a_function_names_no_bucket_that_it_may_not_read() -> None:
    """An address of another bucket would be refused for every object: only folders of one machine can be named."""
    for name in ("LakeUrl", "ResultsUrl"):
        pattern = TREE["Parameters"][name]["AllowedPattern"]
        assert re.fullmatch(pattern, "") and re.fullmatch(pattern, "file:///lake") and not re.fullmatch(pattern, "s3://another/lake")


def test_the_cdn_passes_on_every_call_of_the_api_as_it_is() -> None:
    cdn = RESOURCES["Cdn"]["Properties"]["DistributionConfig"]
    [behaviour] = cdn["CacheBehaviors"]
    assert (behaviour["PathPattern"], behaviour["TargetOriginId"]) == ("/api/*", "api")
    assert set(behaviour["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled"
    assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-99738e2966ac", "AllViewerExceptHostHeader, with Authorization"
    assert "ResponseHeadersPolicyId" not in behaviour, "the API says its own"
    assert not [row for row in cdn["CustomErrorResponses"] if "ResponsePagePath" in row or "ResponseCode" in row], "of the API's own, too"
    assert cdn["DefaultCacheBehavior"]["ResponseHeadersPolicyId"] == {"Ref": "WebHeaders"}
    headers = RESOURCES["WebHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    policy = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "script-src" not in policy
    assert "style-src-attr 'none'" in policy, "no page needs them, and a text that becomes a tag has none"
    connect = next(part.split() for part in policy.split("; ") if part.startswith("connect-src"))
    assert connect == ["connect-src", "'self'", "${SupabaseUrl}", "https://s3.${AWS::Region}.${AWS::URLSuffix}"], "nobody else is asked"
    origins = {origin["Id"]: origin for origin in cdn["Origins"]}
    assert origins["api"]["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origins["api"]["CustomOriginConfig"]["OriginReadTimeout"] >= TREE["Parameters"]["RequestSeconds"]["MaxValue"]


def test_the_cdn_told_everybody_the_error_of_one() -> None:
    """For ten seconds, by the address alone: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html"""
    kept = {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}
    rows = RESOURCES["Cdn"]["Properties"]["DistributionConfig"]["CustomErrorResponses"]
    assert {row["ErrorCode"]: row["ErrorCachingMinTTL"] for row in rows} == dict.fromkeys(kept, 0)


def test_the_cdn_tells_the_api_who_asks_and_proves_that_it_is_the_cdn() -> None:
    """The gateway sees the CDN's address alone, by which all strangers would share one limit."""
    cdn = RESOURCES["Cdn"]["Properties"]["DistributionConfig"]
    headers = {origin["Id"]: origin.get("OriginCustomHeaders") for origin in cdn["Origins"]}
    (secret,) = (name for name in GROUPS["api"] if name == "CDN_SECRET")
    value = {"Fn::Sub": f"{{{{resolve:secretsmanager:lianghu/${{Stage}}/api:SecretString:{secret}}}}}"}
    assert headers == {"web": None, "api": [{"HeaderName": PROOF.decode(), "HeaderValue": value}]}, "no page is asked with the secret"
    [association] = cdn["CacheBehaviors"][0]["FunctionAssociations"]
    assert association == {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["ViewerAddress", "FunctionARN"]}}
    code = RESOURCES["ViewerAddress"]["Properties"]["FunctionCode"]
    assert f"event.request.headers['{READER.decode()}'] = {{value: event.viewer.ip}};" in code
    assert "resolve:" not in json.dumps({name: row for name, row in RESOURCES.items() if name != "Cdn"}), "and nobody else"
    assert code.count("return event.request;") == 1


# what `make validate` finds


@pytest.mark.slow
def test_cloudformation_accepts_the_template_and_what_sam_makes_of_it() -> None:
    """cfn-lint alone: sam itself is installed by `make validate`."""
    steps = [step for step in validate(TOOLS, own_tests=()) if step.name != "sam validate"]
    assert len(steps) == 2 + len(STAGES)
    assert [step for step in steps if step.found] == []


@pytest.mark.slow
def test_a_circle_is_found_that_only_the_translated_template_shows(tmp_path: Path) -> None:
    """Alarm, gateway, alias, deployment group, alarm."""
    broken, text = tmp_path / "template.yaml", TEMPLATE.read_text(encoding="utf-8")
    was = "Namespace: LiangHu/Gateway, MetricName: Failures, Dimensions: [{Name: stage, Value: !Ref Stage}]"
    assert was in text
    broken.write_text(text.replace(was, "Namespace: AWS/ApiGateway, MetricName: 5xx, Dimensions: [{Name: ApiId, Value: !Ref Api}]"))
    step = of_translation(TOOLS, "plain", tmp_path, broken)
    assert step.name == "cfn-lint, what SAM makes of it (plain)"
    assert "E3004 Circular Dependencies for resource ApiFails" in step.found


def test_what_sam_refuses_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "template.yaml"
    broken.write_text(TEMPLATE.read_text(encoding="utf-8").replace("AutoPublishAlias: live", "AutoPublishAlias: '1'"), encoding="utf-8")
    assert "AutoPublishAlias name ('1')" in of_translation(TOOLS, "plain", tmp_path, broken).found


def test_a_tool_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "`make validate` installs it" in of_translation(tmp_path, "plain", tmp_path).found


def test_findings_are_shown_and_end_with_1_and_no_tool_sees_an_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    for name, text in {"sam": "env | grep -c AWS_SECRET && exit 3; exit 0", "cfn-lint": "echo E9999 it is bad; exit 2"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    assert main(str(tmp_path), own_tests=()) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["clean", "sam", "validate"]
    assert lines[1].startswith("found something") and lines[2] == "    E9999 it is bad"
    assert len([line for line in lines if line.startswith("found something")]) == 2 + len(STAGES)
