"""Everything that can be known about template.yaml before an account sees it: `make validate`.

Our own tests, `sam validate`, and cfn-lint on the template and on what SAM makes of it. Needs no account, and no network once the tools
are installed. Exits with 1 where anything was found.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from samtranslator.model.exceptions import InvalidDocumentException

from infra.deploy.translated import REGION, STAGES, translated
from infra.local.errors import StackError
from infra.local.template import TEMPLATE

OWN_TESTS = (
    "tests/infra/test_template.py",
    "tests/infra/test_permissions.py",
    "tests/infra/test_schedules.py",
    "tests/infra/test_lambdas.py",
    "tests/infra/test_alarms.py",
)
GLOBAL = Path(__file__).with_name("global.yaml")
RESOLVED = "W2001"
"""cfn-lint's finding of a parameter that nothing refers to: SAM has put some parameters' values where their names were."""


class Step(NamedTuple):
    """One check: its name, and what it found, or nothing."""

    name: str
    found: str


def validate(tools: Path, own_tests: Sequence[str] = OWN_TESTS) -> Iterator[Step]:
    """`tools` is where sam and cfn-lint are."""
    if own_tests:
        yield Step("our own tests", _run(sys.executable, "-m", "pytest", "-q", *own_tests, cwd=TEMPLATE.parent))
    yield Step("sam validate", _run(tools / "sam", "validate", "--lint", "--template", TEMPLATE))
    yield Step("cfn-lint, the template", _run(tools / "cfn-lint", "--regions", REGION, "--", TEMPLATE))
    yield Step("cfn-lint, what belongs to no region", _run(tools / "cfn-lint", "--regions", "us-east-1", "--", GLOBAL))
    with tempfile.TemporaryDirectory() as folder:
        for stage in STAGES:
            yield of_translation(tools, stage, Path(folder))


def of_translation(tools: Path, stage: str, folder: Path, template: Path = TEMPLATE) -> Step:
    """What SAM refuses, or cfn-lint finds in what it makes; that is written into the folder."""
    name, made = f"cfn-lint, what SAM makes of it ({stage})", folder / f"{stage}.json"
    try:
        made.write_text(json.dumps(translated(STAGES[stage], template), indent=1), encoding="utf-8")
    except InvalidDocumentException as error:
        return Step(name, "\n".join([error.message, *(cause.message for cause in error.causes)]))
    except StackError as error:
        return Step(name, str(error))
    return Step(name, _run(tools / "cfn-lint", "--regions", REGION, "--ignore-checks", RESOLVED, "--", made))


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a program said; nothing where it was content."""
    try:
        done = subprocess.run(  # noqa: S603  our own words
            command, cwd=cwd, env=_environment(os.environ), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return f"there is no {command[0]}; `make validate` installs it"
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"ended with {done.returncode}"


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Nobody's account, and nothing told to anybody."""
    kept = {name: value for name, value in given.items() if not name.startswith("AWS_")}
    return kept | {"AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0"}


def main(tools: str, own_tests: Sequence[str] = OWN_TESTS) -> int:
    bad = 0
    for step in validate(Path(tools), own_tests):
        bad += bool(step.found)
        sys.stdout.write(f"{'found something' if step.found else 'clean':15}  {step.name}\n")
        sys.stdout.write("".join(f"    {line}\n" for line in step.found.splitlines()))
        sys.stdout.flush()
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
