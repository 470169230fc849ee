"""The workflows of GitHub: what they may do, what they run, and that both are what the pages and the Makefile say."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy.deploy import GIVEN
from infra.local.template import TEMPLATE, tree_of

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}|\./\.github/workflows/[\w-]+\.yml")
SECRETS = {"MIGRATION_DATABASE_URL", "LIANGHU_TOKEN"}
VARIABLES = {"AWS_REGION", "AWS_ROLE_ARN", "TABLES_REPOSITORY", "LIANGHU_URL", "SUPABASE_PUBLISHABLE_KEY"} | {
    row.variable for row in GIVEN
} - {
    "TABLES_IMAGE",
    "ROLLBACK_ON_ALARMS",
}
NAMES = sorted(file.name for file in FOLDER.glob("*.yml"))


def read(name: str) -> dict[Any, Any]:
    tree = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(tree, dict)
    return tree


def jobs(name: str) -> dict[str, dict[str, Any]]:
    found = read(name)["jobs"]
    assert isinstance(found, dict)
    return found


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in jobs(name).values() for step in job.get("steps", [])]


def test_these_are_all() -> None:
    assert NAMES == ["check.yml", "deploy.yml", "stage.yml"]


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_reads_the_sources_and_may_nothing_else_but_ask_for_a_role(name: str) -> None:
    tree = read(name)
    assert tree["permissions"] == {"contents": "read"}
    for job_name, job in tree["jobs"].items():
        rights = job.get("permissions", {"contents": "read"})
        assert rights.keys() <= {"contents", "id-token"} and rights["contents"] == "read"
        deploys = job.get("uses", "").endswith("stage.yml") or name == "stage.yml"
        assert ("id-token" in rights) is deploys, job_name
        assert ("uses" in job) or job["timeout-minutes"] <= 180


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_by_their_commit_and_leave_no_token_behind(name: str) -> None:
    used = [step["uses"] for step in steps(name) if "uses" in step] + [job["uses"] for job in jobs(name).values() if "uses" in job]
    assert used
    for action in used:
        assert PINNED.fullmatch(action), action
        if action.startswith("./"):
            assert (ROOT / action).exists()
    for step in steps(name):
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False
    text = (FOLDER / name).read_text()
    for line in text.splitlines():
        if "uses:" in line and "@" in line:
            assert re.search(r"# v\d+\.\d+\.\d+$", line), f"{line.strip()} does not say which version it is"


def test_secrets_and_variables_are_known_by_their_names_alone() -> None:
    texts = {name: (FOLDER / name).read_text() for name in NAMES}
    assert {each for text in texts.values() for each in re.findall(r"secrets\.(\w+)", text)} == SECRETS
    assert {each for text in texts.values() for each in re.findall(r"vars\.(\w+)", text)} == VARIABLES
    for name, text in texts.items():
        assert not re.search(r"AKIA|aws_secret|\d{12}", re.sub(r"@[0-9a-f]{40}", "", text), re.IGNORECASE), name
    page = (ROOT / "docs/deployment.md").read_text()
    missing = sorted(each for each in SECRETS | VARIABLES if f"`{each}`" not in page)
    assert not missing, "docs/deployment.md does not say what these are"


@pytest.mark.parametrize("name", NAMES)
def test_what_others_may_write_reaches_no_shell(name: str) -> None:
    """Titles and branches are text of whoever opens a pull request; an expression in `run` would be run."""
    for step in steps(name):
        assert "${{" not in step.get("run", ""), step


def test_the_python_of_every_job_and_of_the_page_is_the_one_that_the_functions_run() -> None:
    tree = tree_of(TEMPLATE.read_text(), TEMPLATE.name)
    runtimes = {row["Properties"]["Runtime"] for row in tree["Resources"].values() if "Runtime" in row.get("Properties", {})}
    (version,) = (runtime.removeprefix("python") for runtime in runtimes)
    told = {step["with"]["python-version"] for name in NAMES for step in steps(name) if "setup-python" in step.get("uses", "")}
    assert told == {version}
    assert f"Python {version} (the version that the functions run" in (ROOT / "docs/deployment.md").read_text()


def test_the_gate_is_the_one_of_every_machine() -> None:
    assert [step["run"] for step in steps("check.yml") if "run" in step] == [".ci/run"]
    assert set(read("check.yml")[True]) == {"push", "pull_request", "workflow_call"}, "True is how YAML reads `on`"


def test_nothing_is_deployed_that_was_not_checked_and_built_once() -> None:
    found = jobs("deploy.yml")
    assert {name: job.get("needs") for name, job in found.items()} == {"check": None, "build": "check", "dev": "build", "prod": "dev"}
    assert [step["run"] for step in found["build"]["steps"] if "run" in step] == [
        "make build",
        "make web",
        "make validate",
        "make supply UNKNOWN=passes",
    ]
    kept = {step["with"]["name"]: step["with"]["path"] for step in found["build"]["steps"] if "upload-artifact" in step.get("uses", "")}
    assert kept == {"packages": "out/packages", "pages": "web/out", "bills-of-materials": "out/supply"}
    assert [found[stage]["with"]["stage"] for stage in ("dev", "prod")] == ["dev", "prod"]
    assert not [step for step in steps("stage.yml") if "make build" in step.get("run", "")]
    assert set(read("deploy.yml")[True]) == {"push", "workflow_dispatch"} and read("deploy.yml")[True]["push"] == {"tags": ["v*"]}


def test_a_stage_waits_for_its_reviewers_and_runs_one_at_a_time() -> None:
    tree = read("stage.yml")
    job = tree["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.stage }}"
    assert tree["concurrency"] == {"group": "deploy-${{ inputs.stage }}", "cancel-in-progress": False}
    order = [step.get("run") or step["uses"].partition("@")[0] for step in job["steps"]]
    wanted = ["infra.deploy.migrate", "configure-aws-credentials", "image.sh", "make deploy ", "make deploy-pages", "infra.deploy.smoke"]
    places = [next(place for place, text in enumerate(order) if word in text) for word in wanted]
    assert places == sorted(places)
    passed = {row.variable for row in GIVEN} - {"TABLES_IMAGE", "ROLLBACK_ON_ALARMS"}
    assert passed <= job["env"].keys(), "a parameter of the account does not reach `make deploy`"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_run_is_there(name: str) -> None:
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) | {".venv/.ready", ".lianghu/cloud/.ready"}
    for command in (step["run"] for step in steps(name) if "run" in step):
        for made in re.findall(r"make ([^\n]*)", command):
            assert {word for word in made.split() if "=" not in word} <= targets, command
        for module in re.findall(r"-m ([\w.]+)", command):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), command
        for file in re.findall(r"[\w./-]+\.sh|\.ci/run", command):
            assert (ROOT / file).exists(), command
