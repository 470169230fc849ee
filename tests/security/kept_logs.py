"""Keeps everything that the suite logs in one place, so that its last test can look for secrets in all of it.

The lines of this process go to a file of the session's temporary folder; the stacks, databases and workers that tests start write their own
logs into folders below the same one.
"""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

LAST = "test_logs.py"
"""Of the files of this folder: runs after everything else."""

SECRETS: dict[str, str] = {
    "an access token": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "an authorization header": r"[Bb]earer [\w.~+/-]{16,}",
    "an API key": r"lh_[\w-]{8,}_[\w-]{24,}",
    "a message client's key": r"lhm_[0-9a-f]{64}",
    "the token of a share": r"/shares/(?![0-9a-f]{8}(-[0-9a-f]{4}){3}-)[\w-]{20,}",  # objects of shares lie below their owner's id
    "a refresh token": r"refresh_token[\\\"']*\s*[:=]\s*[\\\"']*[\w-]{12,}",
    "an address with a password": r"\w+://[^\s:/@\"']+:[^\s:/@\"']{6,}@",
    "a password of the tests": r"lianghu-demo|my password|correct horse",
    "a secret of the tests": r"a-secret-of-more-than-thirty-two-bytes|token-of-the-account",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY",
    "a strategy's text": r"cross_(above|below)\(|(entry|exit|rank): \w+\(|portfolio: \{|sma\(close|secret-idea-",
}
"""What must stand in no log, by how it looks. Tests that make secrets make them look like these."""


class Found(NamedTuple):
    what: str
    file: str
    line: str


class Keeper(logging.Handler):
    """Every record with all that it carries, a line each: more than the product writes, never less."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file.open("a", encoding="utf-8", errors="backslashreplace")

    def filter(self, record: logging.LogRecord) -> bool:
        """Everything: Powertools asks the root's handlers to leave its lines out, because Lambda would write them twice."""
        return True

    def emit(self, record: logging.LogRecord) -> None:
        told = {key: value for key, value in vars(record).items() if key != "exc_info"}
        if record.exc_info:
            told["exception"] = logging.Formatter().formatException(record.exc_info)
        self._file.write(json.dumps(told, default=str, ensure_ascii=False) + "\n")
        self._file.flush()


def base_of(factory: pytest.TempPathFactory) -> Path:
    """The session's temporary folder; with several processes the one that they share."""
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session", autouse=True)
def kept_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which all logs of the session are, at any depth."""
    keeper = Keeper(tmp_path_factory.mktemp("kept") / "process.log")
    logging.getLogger().addHandler(keeper)
    yield base_of(tmp_path_factory)
    logging.getLogger().removeHandler(keeper)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The test of all logs comes last."""
    items.sort(key=lambda item: item.path.name == LAST)


def logs_of(folder: Path) -> list[Path]:
    return sorted(file for pattern in ("*.log", "*.log.old") for file in folder.rglob(pattern) if file.is_file())


def secrets_in(folder: Path) -> list[Found]:
    """Every secret of every log below the folder, by what it looks like."""
    patterns = {what: re.compile(pattern) for what, pattern in SECRETS.items()}
    found = []
    for file in logs_of(folder):
        with file.open(encoding="utf-8", errors="backslashreplace") as lines:
            for line in lines:
                found += [
                    Found(what, str(file.relative_to(folder)), line[:300]) for what, pattern in patterns.items() if pattern.search(line)
                ]
    return found
