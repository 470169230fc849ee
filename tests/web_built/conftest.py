"""The web terminal's packages and built pages, made where Node is there; without it these tests are skipped, unless they must not be."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.browser import may_be_skipped
from bench.built_pages import PagesMissingError, build_pages

ROOT = Path(__file__).parents[2]
BUILD_SECONDS = 1_200
"""The first test pays for the pages, on a machine that may be busy."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(BUILD_SECONDS))


@pytest.fixture(scope="session")
def pages() -> Path:
    """web/out, not older than its sources."""
    try:
        return build_pages()
    except PagesMissingError as error:
        _lacking(str(error))
        raise


@pytest.fixture(scope="session")
def web() -> Path:
    """The sources, with their packages."""
    folder = ROOT / "web"
    if not (folder / "node_modules/.ready").exists():
        if may_be_skipped():
            pytest.skip("the packages of the web terminal are not installed: `make web` does it")
        subprocess.run(["make", "web/node_modules/.ready"], cwd=ROOT, check=True)
    if not shutil.which("npm"):
        _lacking("there is no Node with npm on this machine")
    return folder


def _lacking(reason: str) -> None:
    if may_be_skipped():
        pytest.skip(reason)
    pytest.fail(reason, pytrace=False)
