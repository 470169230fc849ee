"""The API's package stays small: neither the compiler nor the table libraries are loaded, even indirectly."""

import subprocess
import sys

import pytest

HEAVY = ("numba", "llvmlite", "polars", "pyarrow", "deltalake", "pandas", "tushare")


def test_the_api_loads_neither_the_compiler_nor_table_libraries() -> None:
    code = f"import sys, functions.api.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["keys", "me", "strategy_kept", "sharing", "report", "comparing", "downloading"])
def test_a_command_that_only_asks_the_platform_loads_no_stack(command: str) -> None:
    """It took as long again: the stack brings AWS's client, Postgres and a server."""
    stack = ("boto3", "infra.local.stack", "numba", "polars")
    code = f"import sys, functions.commands.{command}; print([name for name in {stack!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"
