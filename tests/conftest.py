"""Before anything imports the compiler: the same target as everywhere, kernels kept from one test run to the next; both languages;
Ctrl-C heard; every log kept until the last test has looked through it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import metrics
from functions.compiler import compiler_environment
from tests.security.kept_logs import kept_logs, pytest_collection_modifyitems

__all__ = ["kept_logs", "pytest_collection_modifyitems"]

os.environ.update(compiler_environment(Path(__file__).parent.parent / ".lianghu"))
os.environ["LIANGHU_LANGUAGE"] = "both"
FILLED_IN = ("LAKE_URL", "DATA_CACHE_DIR")
"""By functions.commands.environment."""


@pytest.fixture(autouse=True)
def _nobody_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls a function's handler makes this process that function; for the next test it is none again."""
    monkeypatch.setattr(metrics.NOTES, "_service", "")


@pytest.fixture(autouse=True)
def _nobody_fills_in() -> Iterator[None]:
    """A test that calls the command line in this process has it fill in where the lake is; for the next test nobody did."""
    before = {name: os.environ.get(name) for name in FILLED_IN}
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are born deaf to Ctrl-C, which some tests press
