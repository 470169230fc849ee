"""The pages of the web terminal as they are delivered: built once, where they are older than what they are made of."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from infra.local.web import OUT

ROOT = Path(__file__).parents[1]
LOCK = ROOT / ".lianghu" / "web.lock"
AS_BUILT = "LIANGHU_PAGES_AS_BUILT"
"""Of the environment: what lies in web/out is taken, whatever has changed since."""
BUILD_SECONDS = 900
LAST_WORDS = 2_000
OLDEST_NODE = (20, 19)


class PagesMissingError(Exception):
    """They cannot be built here; it says why."""


def build_pages(lock: Path = LOCK) -> Path:
    """The folder; whoever comes second waits for the first. Without Node what was built elsewhere will do."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        there = (OUT / "index.html").is_file()
        if there and (os.environ.get(AS_BUILT) or not _node_is_new()):
            return OUT
        if not _node_is_new():
            raise PagesMissingError("the web terminal is not built, and there is no Node 20.19 or newer with npm to build it with")
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
        done = subprocess.run(
            ["make", "web"], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
        )
        if done.returncode or not (OUT / "index.html").is_file():
            raise RuntimeError(f"make web failed:\n{(done.stdout + done.stderr)[-LAST_WORDS:]}")
    return OUT


def _node_is_new() -> bool:
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    version = tuple(int(part) for part in told.strip().lstrip("v").split(".")[:2] if part.isdigit())
    return version >= OLDEST_NODE
