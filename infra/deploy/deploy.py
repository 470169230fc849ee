"""`make deploy STAGE=dev`: `sam deploy` with the parameters of a stage (infra/deploy/stages) and, from the environment, an account's.

Everything that is missing or wrong is told at once, before anything is uploaded. docs/deployment.md says what comes before.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from infra.local.packages import HINT, IMAGE
from infra.local.template import TEMPLATE, read, tree_of

STAGES = Path(__file__).with_name("stages")
PACKAGES = TEMPLATE.parent / "out/packages"


class Given(NamedTuple):
    """A parameter of the template that belongs to an account: the variable that says it, what it must look like, and an example."""

    variable: str
    parameter: str
    pattern: str
    example: str
    needed: bool = False


GIVEN = (
    Given("SUPABASE_URL", "SupabaseUrl", r"https://[\w.-]+", "https://<project>.supabase.co", needed=True),
    Given(
        "TABLES_IMAGE",
        "TablesImage",
        r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[\w./-]+@sha256:[0-9a-f]{64}",
        "<account>.dkr.ecr.<region>.amazonaws.com/lianghu-tables@sha256:<digest>",
        needed=True,
    ),
    Given("ALARM_EMAIL", "AlarmEmail", r"[^\s@'\"]+@[^\s@'\"]+", "you@example.com"),
    Given("WEB_DOMAIN", "WebDomain", r"[\w.-]+", "lianghu.example.com"),
    Given(
        "WEB_CERTIFICATE_ARN",
        "WebCertificateArn",
        r"arn:aws:acm:us-east-1:\d{12}:certificate/[\w-]+",
        "arn:aws:acm:us-east-1:<account>:...",
    ),
    Given("TUSHARE_POINTS", "TusharePoints", r"\d+", "2000"),
    Given("ROLLBACK_ON_ALARMS", "RollbackOnAlarms", r"true|false", "false"),
)
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def problems(stage: str, environment: Mapping[str, str], packages: Path = PACKAGES) -> Iterator[str]:
    """What must be mended before a deployment of `stage` can begin."""
    if not (STAGES / f"{stage}.yaml").exists():
        yield f"there is no stage {stage}: infra/deploy/stages has {', '.join(sorted(file.stem for file in STAGES.glob('*.yaml')))}"
    region = environment.get("AWS_REGION", "")
    if not REGION.fullmatch(region):
        yield "AWS_REGION is missing or no region; write it like ap-southeast-1"
    for row in GIVEN:
        value = environment.get(row.variable, "")
        if not value and row.needed:
            yield f"{row.variable} is missing; write it like {row.example}"
        if value and not re.fullmatch(row.pattern, value):
            yield f"{row.variable} is {value!r}; write it like {row.example}"
    image = environment.get("TABLES_IMAGE", "")
    if region and image and f".ecr.{region}." not in image:
        yield f"TABLES_IMAGE lies in another region than {region}, where Lambda would not fetch it"
    if bool(environment.get("WEB_DOMAIN")) != bool(environment.get("WEB_CERTIFICATE_ARN")):
        yield "WEB_DOMAIN and WEB_CERTIFICATE_ARN belong together: one of them is missing"
    specs = read({"SupabaseUrl": ""}).packages().values()
    files = {packages / Path(file).name for spec in specs for file in (spec.code, *spec.layers) if file}
    missing = sorted(file.name for file in (*files, packages / IMAGE / "Dockerfile") if not file.exists())
    if missing:
        yield f"packages are missing: {', '.join(missing)}; {HINT}"
    yield from _of_another_python(packages / "sizes.json")


def _of_another_python(sizes: Path) -> Iterator[str]:
    """What is built by another Python than Lambda's starts here, and there it does not."""
    rows = tree_of(TEMPLATE.read_text())["Resources"].values()
    wanted = {row["Properties"]["Runtime"] for row in rows if "Runtime" in row.get("Properties", {})}
    found = json.loads(sizes.read_text())["runtime"] if sizes.exists() else ""
    if found and {found} != wanted:
        yield f"the packages are for {found}, and template.yaml names {' and '.join(sorted(wanted))}; {HINT}, by the Python of CLOUD_PYTHON"


def command(sam: str, stage: str, environment: Mapping[str, str], now: float) -> list[str]:
    """The words of `sam deploy`. The image is in its repository already, but sam insists on knowing one."""
    values = [f"{row.parameter}={environment[row.variable]}" for row in GIVEN if environment.get(row.variable)]
    repository = environment["TABLES_IMAGE"].partition("@")[0]
    return [
        *(sam, "deploy", "--config-env", stage, "--region", environment["AWS_REGION"], "--image-repository", repository),
        *("--parameter-overrides", f"file://{STAGES / f'{stage}.yaml'}", *values, f"Release={int(now)}"),
    ]


def main(sam: str, stage: str) -> int:
    found = list(problems(stage, os.environ))
    if found:
        sys.stderr.write("".join(f"{problem}\n" for problem in found))
        return 2
    words = command(sam, stage, os.environ, time.time())
    return subprocess.run(words, cwd=TEMPLATE.parent, check=False).returncode  # noqa: S603  checked above, and without a shell


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
