"""`make deploy`: what it refuses to begin, what it tells sam, and that sam understands it; the image's script; the smoke test."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from infra.deploy.deploy import GIVEN, STAGES, command, problems
from infra.local.template import TEMPLATE, tree_of
from layers import target
from tests.infra.deployment_page import IMAGE, stand_in

ROOT = TEMPLATE.parent
DIGEST = f"{IMAGE}@sha256:{'0' * 64}"
RIGHT = {"AWS_REGION": "ap-southeast-1", "SUPABASE_URL": "https://x.supabase.co", "TABLES_IMAGE": DIGEST}
SAM = ROOT / ".lianghu/cloud/bin/sam"
PARAMETERS = tree_of(TEMPLATE.read_text(), TEMPLATE.name)["Parameters"]


(DEPLOYED,) = {
    row["Properties"]["Runtime"]
    for row in tree_of(TEMPLATE.read_text(), TEMPLATE.name)["Resources"].values()
    if "Runtime" in row.get("Properties", {})
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Files of the right names."""
    folder = tmp_path / "packages"
    (folder / "tables-image").mkdir(parents=True)
    (folder / "tables-image/Dockerfile").touch()
    names = ("api", "responder", "worker", "aggregator", "sweeper", "archiver", "common-layer", "numeric-layer")
    for name in names:
        (folder / f"{name}.zip").touch()
    return folder


def test_what_is_whole_can_begin(packages: Path) -> None:
    assert list(problems("dev", RIGHT, packages)) == []
    assert list(problems("prod", RIGHT | {"ALARM_EMAIL": "a@example.com", "TUSHARE_POINTS": "5000"}, packages)) == []


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    told = "\n".join(problems("nowhere", {}, tmp_path))
    for word in (
        "no stage nowhere",
        "has dev, prod",
        "AWS_REGION",
        "SUPABASE_URL is missing",
        "TABLES_IMAGE is missing",
        "make build",
        "api.zip",
    ):
        assert word in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TABLES_IMAGE": "lianghu-tables:latest"}, "sha256"),
        ({"TABLES_IMAGE": DIGEST.replace("southeast", "northeast")}, "another region"),
        ({"SUPABASE_URL": "http://x.supabase.co"}, "https"),
        ({"AWS_REGION": "Singapore"}, "no region"),
        ({"WEB_DOMAIN": "lianghu.example.com"}, "belong together"),
        ({"ALARM_EMAIL": "me"}, "ALARM_EMAIL"),
        ({"ALARM_EMAIL": "a@b.c Stage=prod"}, "ALARM_EMAIL"),
        ({"ROLLBACK_ON_ALARMS": "no"}, "ROLLBACK_ON_ALARMS"),
    ],
)
def test_what_is_wrong_is_told(packages: Path, changes: dict[str, str], message: str) -> None:
    assert [each for each in problems("dev", RIGHT | changes, packages) if message in each]


@pytest.mark.parametrize(("runtime", "told"), [("python3.11", 1), (DEPLOYED, 0)])
def test_packages_of_another_python_are_not_deployed(packages: Path, runtime: str, told: int) -> None:
    """Those of 3.11 start here, and not on Lambda, whose C library is older there."""
    (packages / "sizes.json").write_text(json.dumps({"runtime": runtime}))
    assert (
        len([each for each in problems("dev", RIGHT, packages) if f"are for {runtime}, and template.yaml names {DEPLOYED}" in each]) == told
    )


def test_the_builder_knows_the_python_of_the_template() -> None:
    assert f"python{target.DEPLOYED}" == DEPLOYED


def test_what_is_given_is_a_parameter_of_the_template() -> None:
    assert {row.parameter for row in GIVEN} <= PARAMETERS.keys()
    words = command("sam", "dev", RIGHT | {"ALARM_EMAIL": "a@example.com"}, 1_700_000_000.5)
    assert {"Release=1700000000", f"TablesImage={DIGEST}", "AlarmEmail=a@example.com"} <= set(words)
    assert words[words.index("--image-repository") + 1] == IMAGE


def test_a_stage_has_a_file_of_parameters_that_the_template_allows_and_a_stack() -> None:
    config = (ROOT / "samconfig.toml").read_text()
    names = {file.stem for file in STAGES.glob("*.yaml")}
    assert names == {"dev", "prod"}
    for name in names:
        values = yaml.safe_load((STAGES / f"{name}.yaml").read_text())
        assert values["Stage"] == name and f"[{name}.deploy.parameters]" in config
        for parameter, value in values.items():
            row = PARAMETERS[parameter]
            assert str(value) in map(str, row.get("AllowedValues", [value])), parameter
            if row["Type"] == "Number":
                assert row.get("MinValue", value) <= value <= row.get("MaxValue", value), parameter


def test_a_first_deployment_that_fails_stood_in_the_way_of_the_second() -> None:
    """A stack that was never whole (ROLLBACK_COMPLETE) can only be deleted."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert {stage: config[stage]["deploy"]["parameters"]["on_failure"] for stage in ("dev", "prod")} == {"dev": "DELETE", "prod": "DELETE"}
    assert "disable_rollback" not in str(config)


def test_dev_fits_an_account_that_runs_ten_functions_at_once() -> None:
    values = yaml.safe_load((STAGES / "dev.yaml").read_text())
    assert sum(value for name, value in values.items() if name.endswith("Concurrency") and name != "IngestConcurrency") < 10


def test_main_says_what_is_missing(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "infra.deploy.deploy", "no-sam", "dev"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2 and "SUPABASE_URL is missing" in told.stderr and "Traceback" not in told.stderr


@pytest.mark.slow
@pytest.mark.skipif(not SAM.exists(), reason="`make validate` has not installed sam here")
@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_sam_understands_everything_and_asks_for_an_account(packages: Path, tmp_path: Path, stage: str) -> None:
    """As far as it goes without one: configuration, parameters from a file and from words, the image's repository, the template."""
    shutil.copy(TEMPLATE, tmp_path)
    shutil.copy(ROOT / "samconfig.toml", tmp_path)
    (tmp_path / "out").mkdir()
    packages.rename(tmp_path / "out/packages")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true"}
    words = [*command(str(SAM), stage, RIGHT, 1_700_000_000), "--debug"]
    said = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False).stderr
    assert "Error: Unable to locate credentials" in said, said[-2000:]
    for part in (f"'Stage': '{stage}'", "'SupabaseUrl': 'https://x.supabase.co'", "'Release': '1700000000'", f"'TablesImage': '{DIGEST}'"):
        assert part in said, part


def test_the_image_is_pushed_and_named_by_its_digest(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    stand_in(tmp_path, "aws", sys.executable, notes, {"get-login-password": "secret"})
    stand_in(tmp_path, "git", sys.executable, notes, {"rev-parse": "0123456789ab"})
    stand_in(tmp_path, "docker", sys.executable, notes, {"docker inspect": f"elsewhere.example.com/x@sha256:{'1' * 64}\n{DIGEST}"})
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "infra/deploy/image.sh", IMAGE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"{DIGEST}\n"
    said = notes.read_text()
    assert f'"--tag", "{IMAGE}:0123456789ab-' in said and '"--provenance=false"' in said and '"out/packages/tables-image"' in said
    assert f'"--password-stdin", "{IMAGE.partition("/")[0]}"' in said and "secret" not in said

    missing = subprocess.run(["sh", "infra/deploy/image.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert missing.returncode != 0 and "the repository is missing" in missing.stderr


def test_an_image_that_cannot_be_pushed_has_no_address(tmp_path: Path) -> None:
    stand_in(tmp_path, "aws", sys.executable, tmp_path / "notes", {})
    stand_in(tmp_path, "git", sys.executable, tmp_path / "notes", {"rev-parse": "0123456789ab"})
    stand_in(tmp_path, "docker", sys.executable, tmp_path / "notes", {"docker push": "$ exit 1", "docker inspect": DIGEST})
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "infra/deploy/image.sh", IMAGE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0, done.stdout) == (True, "")


def test_the_smoke_test_wants_to_know_where(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "infra.deploy.smoke"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2 and "LIANGHU_TOKEN" in told.stderr
    wrong = subprocess.run(
        [sys.executable, "-m", "infra.deploy.smoke"],
        env={"PATH": os.environ["PATH"], "LIANGHU_URL": "d1.cloudfront.net", "LIANGHU_TOKEN": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False) and "https://example.com" in wrong.stderr
    away = subprocess.run(
        [sys.executable, "-m", "infra.deploy.smoke"],
        env={"PATH": os.environ["PATH"], "LIANGHU_URL": "http://127.0.0.1:1", "LIANGHU_TOKEN": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert away.returncode == 1 and "Traceback" not in away.stderr
