"""What the command line fills in before anything reads a setting."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.commands import environment
from functions.commands.environment import prepare_environment
from functions.commands.failures import BAD_INPUT, CommandError
from functions.compiler import COMPILER
from functions.settings import settings

FOLDERS = ("LAKE_URL", "DATA_CACHE_DIR", "NUMBA_CACHE_DIR")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is left to other tests."""
    for name in ("LIANGHU_HOME", *FOLDERS, *COMPILER):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(environment, "_FILLED", {})
    yield
    settings.cache_clear()


def test_a_second_stack_in_one_process_kept_the_first_ones_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("first", "second"):
        monkeypatch.setenv("LIANGHU_HOME", str(tmp_path / name))
        found = prepare_environment()
        assert found.lianghu_home == tmp_path / name
        assert found.lake_url == (tmp_path / name / "lake").as_uri() and found.data_cache_dir == tmp_path / name / "cache"
        assert found.numba_cache_dir is not None and found.numba_cache_dir.is_relative_to(tmp_path / name)
        assert settings() == found


def test_what_somebody_wants_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("first", "second"):
        monkeypatch.setenv("LIANGHU_HOME", str(tmp_path / name))
        monkeypatch.setenv("LAKE_URL", "s3://bucket/lake")
        monkeypatch.setenv("NUMBA_CPU_NAME", "another")
        found = prepare_environment()
        assert (found.lake_url, found.data_cache_dir) == ("s3://bucket/lake", tmp_path / name / "cache")
        assert os.environ["NUMBA_CPU_NAME"] == COMPILER["NUMBA_CPU_NAME"], "another target would be another engine"


def test_a_setting_that_went_wrong_after_the_first_call_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIANGHU_HOME", str(tmp_path))
    prepare_environment()
    monkeypatch.setenv("WORKERS", "none")
    with pytest.raises(CommandError, match="WORKERS") as told:
        prepare_environment()
    assert told.value.code == BAD_INPUT
