"""What a schedule sends to its function."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from infra.local.lambdas import Lambdas
from infra.local.processes import Children
from infra.local.runtime import Place
from infra.local.template import Function, Schedule

HANDLER = """
import json, os

def handle(event, context):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(json.dumps(event) + chr(10))
"""


def test_a_schedule_sends_what_it_says_and_the_clocks_event_otherwise(tmp_path: Path, children: Children) -> None:
    """The question whether a session is there is another event than the one that begins a round."""
    notes = tmp_path / "notes"
    (tmp_path / "noting.py").write_text(HANDLER)
    speaking, silent = Schedule("rate(1 day)", "UTC", '{"detail-type": "Is today there"}'), Schedule("cron(0 0 1 1 ? *)", "UTC")
    function = Function("F", "noting.handle", 30, 128, {"NOTES": str(notes)}, (), (speaking, silent))
    aws: Any = SimpleNamespace(variables={}, region="ap-east-1")
    lambdas = Lambdas({"F": function}, aws, children, lambda name: Place(tmp_path), tmp_path)
    try:
        lambdas.start()  # what runs at a rate runs at once
        lambdas.fire("F", silent)
        lambdas.fire("F")
    finally:
        lambdas.stop()
    said = [json.loads(line) for line in notes.read_text().splitlines()]
    assert said[0] == {"detail-type": "Is today there"}
    assert [event["detail-type"] for event in said[1:]] == ["Scheduled Event"] * 2
