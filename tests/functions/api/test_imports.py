"""The API's package stays small: neither the compiler nor the table libraries are loaded, even indirectly."""

import subprocess
import sys

HEAVY = ("numba", "llvmlite", "polars", "pyarrow", "deltalake", "pandas", "tushare")


def test_the_api_loads_neither_the_compiler_nor_table_libraries() -> None:
    code = f"import sys, functions.api.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"
