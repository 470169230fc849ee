"""`make soak`: `python -m tests.soak --minutes 20 --seed 1`.

A report as JSON on standard output, a line for each fault on standard error; the exit code says whether all held.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from functions.compiler import compiler_environment


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description="Faults at random, and people who go on")
    asked.add_argument("--minutes", type=float, default=20.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--every", type=float, default=8.0, help="seconds between two faults, on average")
    told = asked.parse_args(arguments)
    os.environ.update(compiler_environment(Path(__file__).parents[2] / ".lianghu"))
    from tests.soak.soaking import soak  # the compiler reads the environment when it is imported

    with tempfile.TemporaryDirectory(prefix="soak-", ignore_cleanup_errors=True) as folder:
        report = soak(Path(folder) / "home", told.minutes * 60, told.seed, told.every)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
