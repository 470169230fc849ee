"""docs/deployment.md, gone through by a stranger: what can be run here is run, what needs an account is checked against what AWS offers."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import psycopg
import pytest
import yaml

from infra.deploy.deploy import GIVEN, STAGES
from infra.local import postgres
from infra.local.migrate import SUPABASE
from infra.local.template import TEMPLATE, tree_of
from tests.e2e.conftest import Platform
from tests.infra import deployment_page as page

COMMANDS = list(page.commands())
TREE = tree_of(TEMPLATE.read_text(), TEMPLATE.name)
GLOBAL = {"--query", "--output", "--region", "--cli-binary-format", "--cli-read-timeout"}
OWN = {  # of AWS's command line itself, with no operation of that name
    ("s3", "sync"): {"--delete"},
    ("s3", "ls"): set(),
    ("logs", "tail"): {"--since", "--format"},
    ("ecr", "get-login-password"): set(),
    ("cloudformation", "deploy"): {"--stack-name", "--template-file", "--parameter-overrides"},
    ("cloudformation", "wait"): {"--stack-name"},
}


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path / "home", {"WORKERS": "1"})
    yield made
    made.stop()


def test_the_page_has_its_commands() -> None:
    programs = {command.program for command in COMMANDS}
    assert {"aws", "make", "curl", "git", "sh", ".venv/bin/python", ".venv/bin/lianghu"} <= programs
    assert programs <= {"aws", "make", "curl", "git", "sh", "told", "name", ".venv/bin/python", ".venv/bin/lianghu"}
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.program == "aws"], ids=lambda each: " ".join(each.words[:2]))
def test_an_aws_command_has_an_operation_and_its_options(command: page.Command) -> None:
    service, operation = command.words[:2]
    options = set(command.options) - GLOBAL
    if (service, operation) in OWN:
        assert options <= OWN[service, operation]
        return
    model = botocore.session.get_session().get_service_model(service.removesuffix("api"))
    names = {botocore.xform_name(name, "-"): name for name in model.operation_names}
    assert operation in names
    members = model.operation_model(names[operation]).input_shape
    known = {f"--{botocore.xform_name(name, '-')}" for name in (members.members if members else ())}
    assert options <= known | {"--url", "--paths"}, "--url and --paths are what the command line calls Url and a batch's paths"
    required = {f"--{botocore.xform_name(name, '-')}" for name in (members.required_members if members else ())}
    assert required - {"--invalidation-batch"} <= options


def test_what_it_calls_ours_is_there() -> None:
    targets = set(re.findall(r"^([\w./-]+|\$\(READY\)):", (page.ROOT / "Makefile").read_text(), re.MULTILINE)) | {".venv/.ready"}
    for command in COMMANDS:
        if command.program == "make":
            assert {word for word in command.words if "=" not in word} <= targets, command
        if command.program == "sh":
            assert (page.ROOT / command.words[0]).exists(), command
        if command.program == ".venv/bin/python" and command.words[0] == "-m":
            assert (page.ROOT / f"{command.words[1].replace('.', '/')}.py").exists(), command


def test_stacks_outputs_functions_and_groups_of_logs_have_the_names_that_it_says() -> None:
    outputs = TREE["Outputs"].keys()
    assert set(re.findall(r"\$\(told (\w+)\)", page.TEXT)) <= outputs
    assert set(re.findall(r"\$\(name (\w+)\)", page.TEXT)) <= TREE["Resources"].keys()
    groups = {row["Properties"]["LogGroupName"]["Fn::Sub"] for row in TREE["Resources"].values() if row["Type"] == "AWS::Logs::LogGroup"}
    assert {f"/lianghu/${{Stage}}/{name}" for name in re.findall(r"logs tail \"/lianghu/\$STAGE/(\w+)\"", page.TEXT)} <= groups
    config = (page.ROOT / "samconfig.toml").read_text()
    for stage in (file.stem for file in STAGES.glob("*.yaml")):
        assert f'stack_name = "lianghu-{stage}"' in config
        assert yaml.safe_load((STAGES / f"{stage}.yaml").read_text())["Stage"] == stage
    of_global = tree_of((page.ROOT / "infra/deploy/global.yaml").read_text(), "global.yaml")
    assert set(re.findall(r"global\.yaml --parameter-overrides (.*)", page.TEXT)), "the page says how the stack of no region is made"
    for words in re.findall(r"global\.yaml --parameter-overrides ([^\n`]*)", page.TEXT):
        assert {word.partition("=")[0] for word in words.split()} <= of_global["Parameters"].keys()


def test_every_variable_of_a_deployment_is_told() -> None:
    assert not [row.variable for row in GIVEN if f"`{row.variable}`" not in page.TEXT]


def test_what_a_reader_puts_in_may_hold_signs_of_the_shell() -> None:
    """An address with a password that was not quoted ended at its first &, and the rest was run."""
    places = [line for block in page.BLOCKS for line in block.splitlines() if re.search(r"<(the|a) [^<>]*>", line)]
    assert len(places) >= 3
    assert not [line for line in places if not re.search(r"='<[^<>]*>'$", line)]


def test_what_is_secret_is_for_nobody_else_and_what_is_built_for_everybody() -> None:
    """All blocks are one shell: after a umask of 077 the image held folders that Lambda could not open."""
    umask = "022"
    for line in (line.strip() for block in page.BLOCKS for line in block.splitlines()):
        umask = line.removeprefix("umask ") if line.startswith("umask ") else umask
        if re.search(r"> *(functions-database-url|\S*\.env\"|credentials\.json|session\.json|key\.json)", line):
            assert umask == "077", line
        if line.startswith("make build") or "image.sh" in line:
            assert umask == "022", line
    assert umask == "022"


def test_a_first_person_signs_up_and_in_by_two_blocks() -> None:
    """A new project of Supabase confirms addresses: between the two somebody opens a mail."""
    for block in page.BLOCKS:
        assert not ("/auth/v1/signup" in block and "/auth/v1/token" in block)


def test_the_page_says_which_alarms_take_a_deployment_back() -> None:
    taking = [row["Ref"] for row in TREE["Globals"]["Function"]["DeploymentPreference"]["Alarms"]["Fn::If"][1]]
    (text,) = re.findall(r"\*\*Gradual deployment\*\*.*", page.TEXT)
    assert [name for name in re.findall(r"`(\w+)`", text) if name in TREE["Resources"]] == taking


def test_the_page_says_what_new_accounts_are_refused_and_what_is_left_of_a_failure() -> None:
    for words in ("Your account must be verified before you can add new CloudFront resources", "SMTP", "CREATE_FAILED", "AWS_PROFILE"):
        assert words in page.TEXT
    kept = {name for name, row in TREE["Resources"].items() if row["Type"] == "AWS::S3::Bucket" and row.get("DeletionPolicy") == "Retain"}
    (told,) = re.findall(r"only two empty buckets are left \((.*?)\)", page.TEXT, re.DOTALL)
    assert set(re.findall(r"-(\w+)-\.\.\.", told)) == {name.lower() for name in kept}


def test_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.TEXT):
        if not target.startswith("http"):
            assert (page.ROOT / "docs" / target).resolve().exists(), target


def test_the_shell_understands_every_block() -> None:
    for block in page.BLOCKS:
        done = subprocess.run(["bash", "-n"], input=page.PLACEHOLDER.sub("x", block), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (block, done.stderr)


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.timeout(900)
@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="there is no curl or no bash on this machine")
def test_a_stranger_goes_through_the_page(platform: Platform, tmp_path: Path) -> None:
    """The stack on this machine is what was deployed; another Postgres is the Supabase project; AWS, Docker, git and make stand in."""
    stack = platform.start()
    project = postgres.start(tmp_path / "project")
    with psycopg.connect(project.url_admin, autocommit=True) as connection:
        connection.execute(SUPABASE.read_bytes())
        connection.execute("revoke anon, authenticated from lianghu_login")
        connection.execute("drop role lianghu_login")
    folder, programs, notes = tmp_path / "checkout", tmp_path / "programs", tmp_path / "notes"
    folder.mkdir()
    programs.mkdir()
    for entry in page.ROOT.iterdir():
        if entry.name not in (".git", "out", ".lianghu", "web"):
            (folder / entry.name).symlink_to(entry)
    sample = (
        f'$ LIANGHU_HOME={stack.home} {sys.executable} -m functions.cli data sample > /dev/null; echo \'{{"round": "x"}}\' > ingest.json'
    )
    answers = {
        "aws sts get-caller-identity": "123456789012",
        "ecr describe-repositories": page.IMAGE,
        "OutputKey=='Url'": stack.url,
        "describe-stacks": "told",
        "describe-stack-resource": "lianghu-dev-IngestFunction-x",
        "lambda invoke": sample,
    }
    digest = f"{page.IMAGE}@sha256:{'a' * 64}"
    page.stand_in(programs, "aws", sys.executable, notes, answers)
    page.stand_in(programs, "docker", sys.executable, notes, {"docker inspect": digest})
    page.stand_in(programs, "git", sys.executable, notes, {"rev-parse": "0123456789ab"})
    page.stand_in(programs, "make", sys.executable, notes, {})
    values = {
        "<project>": "x",
        "<sb_publishable_...>": "local",
        "<the session pooler's address>": project.url("postgres"),
        "<you@example.com>": "me@lianghu.local",
        "<a password>": "a long password",
        "<owner/repository>": "owner/repository",
        "<lianghu.example.com>": "lianghu.example.com",
        "<tag>": "v1",
    }
    script = "set -euo pipefail\n" + "\n".join(page.filled(block, values) for block in page.BLOCKS)
    script = script.replace("https://x.supabase.co", stack.url)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": stack.aws_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        **{name: value for name, value in platform.environment.items() if name.startswith("NUMBA_")},
    }
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    project.stop()
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]

    assert "nothing was computed, because the lake is empty" in done.stdout
    assert "were computed: content" in done.stdout, "after the first data the smoke test computes"
    assert "lianghu/dev/shared: new; with DATABASE_URL" in done.stdout
    rows = [json.loads(line) for line in notes.read_text().splitlines()]
    deploys = [row for row in rows if row["words"][:2] == ["make", "deploy"]]
    assert len(deploys) == 4 and all(row["words"][2] == "STAGE=dev" and row["image"] == digest for row in deploys)
    left = {entry.name for entry in folder.iterdir() if not entry.is_symlink()}
    assert left == {"ingest.json"}, "secrets must not be left lying about"
    assert not list(tmp_path.glob("*.env"))
