"""What a process does while it imports a function's handler, as Lambda's runtime does it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.template import TEMPLATE, tree_of

RESOURCES = tree_of(TEMPLATE.read_text())["Resources"]
MODULES = sorted(
    (row["Properties"].get("Handler") or row["Properties"]["ImageConfig"]["Command"][0]).rpartition(".")[0]
    for row in RESOURCES.values()
    if row["Type"] == "AWS::Serverless::Function"
)
PROGRAM = """
import gc, importlib, json, sys
sys.modules[{runtime!r}] = sys
import functions
told = [gc.isenabled(), gc.get_freeze_count() > 0]
importlib.import_module({module!r})
print(json.dumps([*told, gc.isenabled(), gc.get_freeze_count() > 10_000]))
"""


def looked(runtime: str, module: str, folder: Path) -> list[bool]:
    """Whether Python looks for garbage, and leaves out what was imported; before the import of the module, and afterwards."""
    program = PROGRAM.format(runtime=runtime, module=module)
    environment = {"DATABASE_URL": "postgresql://a:b@127.0.0.1/c", "SUPABASE_URL": "http://127.0.0.1:1", "LIANGHU_HOME": str(folder)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    found: list[bool] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_nobody_looks_for_garbage_until_a_function_serves(module: str, tmp_path: Path) -> None:
    assert looked("awslambdaric", module, tmp_path) == [False, False, True, True]


def test_elsewhere_nothing_is_changed(tmp_path: Path) -> None:
    assert looked("something_else", "functions.sweeper", tmp_path) == [True, False, True, True]
