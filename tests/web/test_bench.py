"""What measures the web terminal runs, and finds what it looks for; how quick things are on this machine, no test says."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.local.web import OUT

ROOT = Path(__file__).parents[2]


def test_the_workload_in_a_tiny_size(browser_type_launch_args: object, built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--tiny", "web"]
    environment = os.environ | {"LIANGHU_HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["workloads"]["web"]
    assert set(found["opened_ms"]) == {"sign-in", "run", "grid"}
    assert all(0 < each["first_contentful_paint"] <= each["whole"] for each in found["opened_ms"].values())
    assert all(each["median"] > 0 for each in found["pressed_ms"].values()) and len(found["pressed_ms"]) == 3
    assert {"sign-in", "runs", "grids"} <= set(found["initial_scripts_gz_kb"]) and OUT.is_dir()
