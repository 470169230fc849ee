"""`lianghu data cache`, as people and programs see it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from datalake.lake import Lake
from datalake.panels.cache import PanelCache
from datalake.panels.ensure import market_of
from datalake.panels.panel import PanelSpec
from datalake.sample import build_sample
from datalake.versions import resolve
from functions.cli import run_command
from functions.commands.failures import OK
from functions.commands.screen import notes, output
from functions.settings import settings

CODES = [f"00900{number}.SZ" for number in range(1, 4)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    url = tmp_path_factory.mktemp("lake").as_uri()
    build_sample(url)
    return Lake(url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def told(folder: Path, lake: Lake, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., str]]:
    for name, value in {"LAKE_URL": lake.url, "DATA_CACHE_DIR": str(folder), "DATA_CACHE_MB": "64"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("functions.cli.prepare_environment", settings)
    for console in (output, notes):
        monkeypatch.setattr(console, "_width", 200)
    settings.cache_clear()

    def tell(*words: str) -> str:
        capfd.readouterr()
        assert run_command(["data", "cache", *words]) == OK
        return capfd.readouterr().out

    yield tell
    settings.cache_clear()


def use(lake: Lake, folder: Path) -> list[PanelSpec]:
    """Three panels are built; one process uses the first of them twice, another one all of them."""
    dataset = resolve(lake.store)
    specs = [PanelSpec.of(dataset, [code], (20230103, 20231229), 5) for code in CODES]
    for names in ([0, 0], [0, 1, 2]):
        cache = PanelCache(lake.store, folder)
        for name in names:
            market_of(lake, specs[name], cache)
    return specs


def test_an_empty_cache_says_that_nothing_was_asked_for(told: Callable[..., str], folder: Path) -> None:
    assert "0 panels, 0.0 of 67 MB" in told() and "%" not in told()
    found = json.loads(told("--json"))
    assert (found["files"], found["bytes"], found["panels"]) == (0, 0, [])
    assert set(found["counts"].values()) == {0} and set(found["rates"].values()) == {None}
    assert not folder.exists(), "who only looks makes nothing"


def test_files_and_hit_rates(told: Callable[..., str], lake: Lake, folder: Path) -> None:
    specs = use(lake, folder)
    found = json.loads(told("--json"))
    assert found["counts"] == {"memory": 1, "disk": 1, "store": 3, "spoiled": 0, "found": 2, "built": 3}
    assert found["rates"] == {"memory": 0.2, "disk": 0.2, "store": 0.6, "found": 0.4, "built": 0.6}
    assert [row["key"] for row in found["panels"]] == [spec.key for spec in reversed(specs)], "the last used first"
    first = found["panels"][-1]
    assert (first["dataset"], first["frequency"], first["start"], first["stocks"]) == ("sample:v1", "1d", 20230103, 1)
    assert found["bytes"] == sum(file.stat().st_size for file in folder.glob("*.panel")) and found["limit_bytes"] == 64 * 2**20
    text = told()
    assert "3 panels" in text and "of 67 MB" in text and "2023-01-03" in text and specs[0].key[:12] in text
    assert "1  20.0%  in the memory" in text and "3  60.0%  fetched" in text and "3  60.0%  built" in text


def test_a_damaged_file_is_shown_and_told_after_it_was_mended(told: Callable[..., str], lake: Lake, folder: Path) -> None:
    specs = use(lake, folder)
    file = folder / f"{specs[0].key}.panel"
    file.write_bytes(b"no panel")
    assert json.loads(told("--json"))["panels"][-1]["dataset"] is None and "?" in told()
    PanelCache(lake.store, folder).load(specs[0].key)
    assert "1 files of this disk were not what had been written" in told()


def test_clearing_takes_the_files_away_and_keeps_the_counts(told: Callable[..., str], lake: Lake, folder: Path) -> None:
    use(lake, folder)
    assert "3 panels" in told("--clear") and not list(folder.glob("*.panel")) and not list(folder.glob("*.checked"))
    found = json.loads(told("--json"))
    assert found["files"] == 0 and found["counts"]["store"] == 3
    use(lake, folder)
    again = json.loads(told("--clear", "--json"))
    assert again["cleared"] and again["files"] == 3 and {row["dataset"] for row in again["panels"]} == {"sample:v1"}
