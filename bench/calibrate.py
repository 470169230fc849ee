"""What `lianghu estimate` reckons with: `python -m bench cost counted W3 W7 > figures.json`, `python -m bench.calibrate figures.json`.

Of the last three what is not among the figures stays as it was: the grid that was compared, what threads bring, how templates differ.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.workload import Figures
from functions.scale.measured import FILE, read

ONE, TWO = "1 thread", "2 threads"
CHECKED = ("combinations", "counts", "seconds", "bytes_of_a_run_in_postgres", "bytes_of_an_account_in_postgres")


def calibrated(told: Figures, before: Figures, today: str) -> Figures:
    """ValueError where the workload `cost` is not among the figures, or has failed."""
    found, machine = told["workloads"], told["machine"]
    cost = found.get("cost", {})
    if "markets" not in cost:
        raise ValueError("the figures have no workload `cost`; take them with: python -m bench cost > figures.json")
    whole = {
        **before,
        "taken": today,
        "machine": f"{machine['processor']}, {machine['cores']} cores",
        "load": machine["load_before"][0],
        "sessions": cost["bars"],
        "markets": cost["markets"],
    }
    if TWO in found.get("W3", {}):
        one, two = (found["W3"][name]["seconds_min"] for name in (ONE, TWO))
        whole["two_threads"] = round(one / two, 3)
        if "W7" in found:
            usual = one / found["W3"]["combinations"]
            rates = {name: each for name, each in found["W7"].items() if isinstance(each, dict) and ONE in each}
            whole["templates"] = {name: round(each[ONE]["seconds_min"] / each["combinations"] / usual, 3) for name, each in rates.items()}
    if "counts" in found.get("counted", {}):
        whole["checked"] = {part: found["counted"][part] for part in CHECKED} | {"load": machine["load_before"][0]}
    read(whole)
    return whole


def main(file: str) -> int:
    told = json.loads(Path(file).read_text())
    before = json.loads(FILE.read_text())
    FILE.write_text(json.dumps(calibrated(told, before, f"{datetime.now(UTC):%Y-%m-%d}"), indent=1) + "\n")
    sys.stdout.write(f"written: {FILE.name}; docs/cost.md is renewed by: python -m bench.cost_page\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
