"""Panels in the store, on the disk and in memory: built once, fetched once, checked whole, and made anew where they are not."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datalake.errors import CorruptObjectError, MissingObjectError, StorageError
from datalake.lake import Lake
from datalake.objects import delete, get, put_new, put_over
from datalake.panels import disk
from datalake.panels.build import build_panel
from datalake.panels.cache import PanelCache, derived_bytes
from datalake.panels.counts import COUNTED, Counts
from datalake.panels.disk import PanelFiles
from datalake.panels.ensure import ensured, market_of
from datalake.panels.packing import pack
from datalake.panels.panel import PanelSpec, is_stored, object_key
from datalake.versions import Dataset, resolve
from engine.indicators.bars import own_bars
from tests.datalake.processes import BUILD, LOAD, STUCK, together

CODES = [f"00900{number}.SZ" for number in range(1, 7)]
WINDOW = (20230101, 20231231)


def spec_of(dataset: Dataset, code: str) -> PanelSpec:
    return PanelSpec.of(dataset, [code], WINDOW, 5)


@pytest.fixture(scope="module")
def keys(sample_lake: Lake, sample: Dataset) -> list[str]:
    return [ensured(sample_lake, spec_of(sample, code)).key for code in CODES]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a cache 缓存"


@pytest.fixture
def cache(sample_lake: Lake, folder: Path) -> PanelCache:
    return PanelCache(sample_lake.store, folder)


@pytest.fixture
def own_lake(sample_lake: Lake, tmp_path: Path) -> Lake:
    """Of this test alone: what it does to the store nobody else sees."""
    shutil.copytree(sample_lake.url.removeprefix("file://"), tmp_path / "lake", ignore=shutil.ignore_patterns("panels"))
    return Lake((tmp_path / "lake").as_uri())


def counted(folder: Path) -> dict[str, int]:
    return {name: count for name, count in Counts(folder).read().items() if count}


def spoil(file: Path, place: int = -100) -> None:
    """Another byte somewhere, as a bad disk would have it."""
    data = bytearray(file.read_bytes())
    data[place] ^= 0x40
    file.write_bytes(data)


# the layers


def test_a_panel_is_found_where_it_is_nearest(cache: PanelCache, folder: Path, keys: list[str], sample_lake: Lake):
    first = cache.load(keys[0])
    assert first.layer == "store"
    again = cache.load(keys[0])
    assert again.layer == "memory" and again.market is first.market
    other = PanelCache(sample_lake.store, folder).load(keys[0])
    assert other.layer == "disk" and other.market.close.tolist() == first.market.close.tolist()
    assert counted(folder) == {"memory": 1, "disk": 1, "store": 1}


def test_the_file_is_the_object_and_never_changes(cache: PanelCache, folder: Path, keys: list[str], sample_lake: Lake):
    one, other = cache.load(keys[0]).market, PanelCache(sample_lake.store, folder).load(keys[0]).market
    one.close[0, 0] = 1
    assert other.close[0, 0] != 1
    assert (folder / f"{keys[0]}.panel").read_bytes() == get(sample_lake.store, object_key(keys[0]))
    assert not list(folder.glob("*.part")) and not list(folder.glob(".*.part"))


def test_what_the_engine_derived_stays_with_a_market_and_counts(cache: PanelCache, keys: list[str]):
    market = cache.load(keys[0]).market
    assert derived_bytes(market) == 0, "what is mapped is the file's"
    own_bars(market).numbers("close")
    held = derived_bytes(market)
    assert held >= own_bars(market).count * 8
    market.memo["the same again"] = market.memo["own bars"]
    assert derived_bytes(market) == held, "an array that is met twice is there once"
    assert cache.load(keys[0]).market.memo


@dataclass
class Prepared:
    """As an engine might keep what it made."""

    rows: np.ndarray
    names: frozenset[str] = frozenset({"a"})
    nothing: None = None


def test_what_was_derived_is_counted_wherever_it_is_kept(sample_lake: Lake, sample: Dataset, folder: Path):
    """In the market, and in those that it is made of; a part of an array keeps all of it."""
    spec = PanelSpec.of(sample, list(sample.catalog.bars["5m"].codes), (20241118, 20241129), 5, "1d", (), "5m")
    market = market_of(sample_lake, spec, PanelCache(sample_lake.store, folder))
    assert market.decided_by is not None and derived_bytes(market) == 0
    market.memo["kept"] = {"x": [Prepared(np.zeros(1000, np.uint8)[:10])], "y": (np.zeros(24, np.uint8), "text", 7)}
    market.decided_by.memo["kept"] = Prepared(market.close[5:], frozenset({"b"}))
    assert derived_bytes(market) == 1024, "and what is mapped is nobody's"


def test_memory_keeps_several_markets_within_its_limit(sample_lake: Lake, folder: Path, keys: list[str]):
    size = len(get(sample_lake.store, object_key(keys[0])))
    cache = PanelCache(sample_lake.store, folder, memory_bytes=int(size * 3.5))
    for key in keys[:3]:
        cache.load(key)
    assert [cache.load(key).layer for key in keys[:3]] == ["memory"] * 3
    cache.load(keys[0])
    cache.load(keys[3])  # the second is the one that was not used for longest
    assert [cache.load(key).layer for key in (keys[0], keys[2], keys[3])] == ["memory"] * 3
    assert cache.load(keys[1]).layer == "disk"


def test_what_was_derived_takes_room_from_other_markets(sample_lake: Lake, folder: Path, keys: list[str]):
    size = len(get(sample_lake.store, object_key(keys[0])))
    cache = PanelCache(sample_lake.store, folder, memory_bytes=int(size * 2.5))
    cache.load(keys[0]).market.memo["large"] = np.zeros(size, np.uint8)
    cache.load(keys[1])
    assert cache.load(keys[0]).layer == "disk"
    cache.load(keys[1]).market.memo["large"] = np.zeros(size, np.uint8)
    assert [cache.load(key).layer for key in (keys[1], keys[0])] == ["memory", "disk"], "it has grown since it was loaded"


def test_the_market_in_use_stays_however_small_the_memory_is(sample_lake: Lake, folder: Path, keys: list[str]):
    cache = PanelCache(sample_lake.store, folder, memory_bytes=0)
    assert [cache.load(key).layer for key in (keys[0], keys[0], keys[1], keys[1], keys[0])] == [
        "store",
        "memory",
        "store",
        "memory",
        "disk",
    ]


def test_a_load_that_fails_costs_no_market_that_is_kept(cache: PanelCache, keys: list[str]):
    cache.load(keys[0])
    with pytest.raises(MissingObjectError):
        cache.load("0" * 64)
    assert cache.load(keys[0]).layer == "memory"


# the disk


@pytest.mark.parametrize("place", [0, 9, 100, -1, -5000])
def test_a_file_with_another_byte_is_fetched_again(sample_lake: Lake, folder: Path, keys: list[str], place: int):
    whole = PanelCache(sample_lake.store, folder).load(keys[0]).market.close.tolist()
    file = folder / f"{keys[0]}.panel"
    right, told = file.read_bytes(), file.stat()
    spoil(file, place)
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))  # and nobody can see it by the time of the file
    found = PanelCache(sample_lake.store, folder).load(keys[0])
    assert (found.layer, found.market.close.tolist()) == ("store", whole)
    assert file.read_bytes() == right and counted(folder)["spoiled"] == 1
    assert PanelCache(sample_lake.store, folder).load(keys[0]).layer == "disk"


def test_a_market_in_memory_whose_file_was_written_to_is_fetched_again(sample_lake: Lake, folder: Path, keys: list[str]):
    """What is mapped changes with its file: grids were computed on the flipped bytes."""
    cache = PanelCache(sample_lake.store, folder)
    first = cache.load(keys[0])
    whole, file = first.market.close.tolist(), folder / f"{keys[0]}.panel"
    assert first.is_as_it_was()
    with file.open("r+b") as opened:  # in place
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\x55" * 64)
    assert not first.is_as_it_was()
    PanelCache(sample_lake.store, folder).load(keys[0])  # another process puts the right file there: ours is still the wrong one
    assert not first.is_as_it_was()
    again = cache.load(keys[0])
    assert (again.layer, again.market.close.tolist()) == ("disk", whole) and again.is_as_it_was()
    assert cache.load(keys[0]).layer == "memory"


@pytest.mark.parametrize("rest", [0, 5, 1000, -1])
def test_a_cut_cache_file_is_fetched_again(sample_lake: Lake, folder: Path, keys: list[str], rest: int):
    whole = PanelCache(sample_lake.store, folder).load(keys[0]).market.close.tolist()
    file = folder / f"{keys[0]}.panel"
    file.write_bytes(file.read_bytes()[:rest])
    assert PanelCache(sample_lake.store, folder).load(keys[0]).market.close.tolist() == whole


def test_a_file_is_hashed_once_and_again_when_it_is_another(
    sample_lake: Lake, folder: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch
):
    hashed: list[int] = []

    def counting(data: np.ndarray) -> None:
        hashed.append(data.nbytes)
        check(data)

    check = disk.check
    monkeypatch.setattr(disk, "check", counting)
    file = folder / f"{keys[0]}.panel"
    for _ in range(3):
        PanelCache(sample_lake.store, folder).load(keys[0])
    assert len(hashed) == 1, "when it came"
    for change in (
        file.touch,
        lambda: file.with_suffix(".checked").unlink(),
        lambda: file.with_suffix(".checked").write_text("1"),
    ):
        change()
        before = len(hashed)
        assert [PanelCache(sample_lake.store, folder).load(keys[0]).layer for _ in range(2)] == ["disk"] * 2
        assert len(hashed) == before + 1


def test_another_panel_under_the_files_name_is_not_taken_for_it(sample_lake: Lake, folder: Path, keys: list[str]):
    """Whole, but not what was asked for."""
    folder.mkdir()
    (folder / f"{keys[1]}.panel").write_bytes(get(sample_lake.store, object_key(keys[0])))
    assert PanelCache(sample_lake.store, folder).load(keys[1]).market.codes == (CODES[1],)
    put_over(sample_lake.store, object_key("2" * 64), get(sample_lake.store, object_key(keys[0])))
    with pytest.raises(CorruptObjectError, match="another panel"):
        PanelCache(sample_lake.store, folder).load("2" * 64)
    assert not (folder / f"{'2' * 64}.panel").exists(), "else it would stay wrong here after it was mended there"


def test_the_least_recently_used_files_go_first(sample_lake: Lake, folder: Path, keys: list[str]):
    size = len(get(sample_lake.store, object_key(keys[0])))
    cache = PanelCache(sample_lake.store, folder, disk_bytes=int(size * 3.5), memory_bytes=0)
    for moment, key in enumerate(keys[:3]):
        cache.load(key)
        os.utime(folder / f"{key}.checked", (1000 + moment, 1000 + moment))
    first = cache.load(keys[0]).market  # used now
    cache.load(keys[3])
    assert {each.key for each in PanelFiles(folder, 0, Counts(folder)).files()} == {keys[0], keys[2], keys[3]}
    small = PanelCache(sample_lake.store, folder, disk_bytes=1)
    small.load(keys[4])
    assert [each.key for each in PanelFiles(folder, 0, Counts(folder)).files()] == [keys[4]], "the newest stays, however large"
    assert first.close.any(), "what is mapped can be read when its file is gone"
    assert sorted(file.name for file in folder.glob("*.checked")) == [f"{keys[4]}.checked"]


def test_what_a_dead_process_left_is_taken_away(sample_lake: Lake, folder: Path, keys: list[str]):
    folder.mkdir()
    for name, age in ((".dead-1.part", 7200), (".alive-1.part", 5)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - age,) * 2)
    PanelCache(sample_lake.store, folder).load(keys[0])
    assert [file.name for file in folder.glob(".*.part")] == [".alive-1.part"]


def fill(folder: Path, capacity: int) -> Callable[[int, memoryview], int]:
    """os.write on a disk that holds so many bytes."""

    def write(handle: int, data: memoryview) -> int:
        free = capacity - sum(file.stat().st_size for file in folder.iterdir() if file.suffix in {".panel", ".part"})
        if free <= 0:
            raise OSError(28, "No space left on device")
        return os.write(handle, data[:free])

    return write


def test_a_full_disk_makes_room_from_other_panels_or_says_so(
    sample_lake: Lake, folder: Path, keys: list[str], monkeypatch: pytest.MonkeyPatch
):
    size = len(get(sample_lake.store, object_key(keys[0])))
    files = PanelFiles(folder, 10**12, Counts(folder))
    for moment, key in enumerate(keys[:3]):
        files.map(sample_lake.store, key)
        os.utime(folder / f"{key}.checked", (1000 + moment, 1000 + moment))
    monkeypatch.setattr(disk, "os", SimpleNamespace(**vars(os) | {"write": fill(folder, int(size * 3.5))}))
    files.map(sample_lake.store, keys[3])
    assert {each.key for each in files.files()} == {keys[1], keys[2], keys[3]}
    monkeypatch.setattr(disk, "os", SimpleNamespace(**vars(os) | {"write": fill(folder, size // 2)}))
    with pytest.raises(StorageError, match="No space left") as caught:
        files.map(sample_lake.store, keys[4])
    assert caught.value.problems[0].field == "data_cache_dir" and "free some space" in str(caught.value)
    assert not list(folder.glob(".*.part"))


def test_a_folder_that_cannot_be_used_is_told(sample_lake: Lake, tmp_path: Path, keys: list[str]):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="data_cache_dir"):
        PanelCache(sample_lake.store, tmp_path / "file").load(keys[0])


def test_clearing_leaves_mapped_panels_and_fetches_anew(cache: PanelCache, folder: Path, keys: list[str], sample_lake: Lake):
    market = cache.load(keys[0]).market
    files = PanelFiles(folder, 0, Counts(folder))
    (folder / f"{keys[1]}.checked").write_text("of a file that is gone")
    assert [each.key for each in files.clear()] == [keys[0]] and files.files() == [] and not list(folder.glob("*.checked"))
    assert cache.load(keys[0]).market is market and market.close.any()
    assert PanelCache(sample_lake.store, folder).load(keys[0]).layer == "store"


STEPS = st.lists(st.tuples(st.sampled_from(["load", "load", "load", "spoil", "cut", "drop", "clear"]), st.integers(0, 5)), max_size=25)


@given(STEPS, st.sampled_from([0.5, 1.5, 3.5, 100.0]), st.sampled_from([0.0, 2.5]))
@settings(max_examples=30)
def test_whatever_happens_to_the_files_what_is_loaded_is_right(
    sample_lake: Lake, keys: list[str], tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], room: float, memory: float
):
    """Two processes, one folder."""
    folder = tmp_path_factory.mktemp("cache")
    size = len(get(sample_lake.store, object_key(keys[0])))
    limit = int(size * room)
    caches = [PanelCache(sample_lake.store, folder, limit, int(size * memory)) for _ in range(2)]
    files = PanelFiles(folder, limit, Counts(folder))
    loads = 0
    for number, (step, which) in enumerate(steps):
        file = folder / f"{keys[which]}.panel"
        if step == "load":
            found = caches[number % 2].load(keys[which])
            loads += 1
            assert found.market.codes == (CODES[which],) and found.market.close.any()
            if found.layer == "store":
                there = files.files()
                assert file.exists() and (sum(each.bytes for each in there) <= limit or [each.key for each in there] == [keys[which]])
        elif step == "spoil" and file.exists() and file.stat().st_size:
            spoil_anew(file)
        elif step == "cut" and file.exists():
            anew(file, file.read_bytes()[:-7])
        elif step == "drop":
            file.unlink(missing_ok=True)
        elif step == "clear":
            files.clear()
    counts = Counts(folder).read()
    assert counts["memory"] + counts["disk"] + counts["store"] == loads


def spoil_anew(file: Path) -> None:
    """As `spoil`, in a file of its own: what others have mapped stays what it is (nobody can cut off what is mapped and be forgiven)."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    anew(file, bytes(data))


def anew(file: Path, data: bytes) -> None:
    beside = file.with_suffix(".new")
    beside.write_bytes(data)
    beside.replace(file)


# the store


def test_what_is_no_panel_is_told(own_lake: Lake, folder: Path):
    cache = PanelCache(own_lake.store, folder)
    with pytest.raises(MissingObjectError):
        cache.load("0" * 64)
    for name, data in (("1", b"half a panel"), ("2", b""), ("3", pack({"kind": "cells"}, {"x": np.arange(3)}))):
        put_new(own_lake.store, object_key(name * 64), data)
        with pytest.raises(CorruptObjectError):
            cache.load(name * 64)
        assert not is_stored(own_lake.store, name * 64) and not is_stored(own_lake.store, name * 64, wholly=True)
    assert counted(folder) == {} and not list(folder.glob("*.panel*"))


def damaged(data: bytes, how: str) -> bytes:
    return {
        "half": data[: len(data) // 2],
        "empty": b"",
        "garbage": os.urandom(len(data)),
        "longer": data + b"x",
        "zeros after the header": data[:20000] + bytes(len(data) - 20000),
        "header": data[:40] + b"\xff" + data[41:],
        "length": data[:8] + b"\xff" * 8 + data[16:],
    }[how]


@pytest.mark.parametrize("how", ["half", "empty", "garbage", "longer", "header", "length"])
def test_half_a_panel_in_the_store_is_written_anew(own_lake: Lake, folder: Path, how: str):
    spec = spec_of(resolve(own_lake.store), CODES[0])
    right = bytes(build_panel(own_lake, spec))
    put_new(own_lake.store, object_key(spec.key), damaged(right, how))
    assert ensured(own_lake, spec) == (spec.key, "built")
    assert get(own_lake.store, object_key(spec.key)) == right
    assert ensured(own_lake, spec) == (spec.key, "found")


def test_another_byte_in_the_store_is_found_by_who_copies_it_and_mended(own_lake: Lake, folder: Path):
    spec = spec_of(resolve(own_lake.store), CODES[0])
    right = bytes(build_panel(own_lake, spec))
    put_new(own_lake.store, object_key(spec.key), damaged(right, "zeros after the header"))
    assert ensured(own_lake, spec).where == "found", "by its first bytes"
    with pytest.raises(CorruptObjectError, match="not those that were written"):
        PanelCache(own_lake.store, folder).load(spec.key)
    assert not list(folder.glob("*.panel"))
    market = market_of(own_lake, spec, PanelCache(own_lake.store, folder))
    assert market.codes == (CODES[0],) and get(own_lake.store, object_key(spec.key)) == right
    assert counted(folder) == {"store": 1, "found": 1, "built": 1}
    assert ensured(own_lake, spec, doubted=True).where == "found", "who doubts reads all of it"


def test_a_panel_that_was_taken_away_is_built_again_with_the_same_bytes(own_lake: Lake, folder: Path):
    spec = spec_of(resolve(own_lake.store), CODES[0])
    ensured(own_lake, spec)
    before = get(own_lake.store, object_key(spec.key))
    delete(own_lake.store, [object_key(spec.key)])
    assert not is_stored(own_lake.store, spec.key)
    assert ensured(own_lake, spec).where == "built" and get(own_lake.store, object_key(spec.key)) == before


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_in_the_store_are_a_surprise(tmp_path_factory: pytest.TempPathFactory, data: bytes, begun: bool):
    lake = Lake((tmp_path_factory.getbasetemp() / "any bytes").as_uri())
    put_over(lake.store, object_key("3" * 64), b"LIANGHU1" + data if begun else data)
    assert not is_stored(lake.store, "3" * 64)


# several at once


@pytest.mark.slow
def test_processes_that_build_at_once_leave_one_panel(own_lake: Lake):
    said = together(BUILD, own_lake.url, "{}")
    spec = PanelSpec.of(resolve(own_lake.store), ["009001.SZ", "009002.SZ"], WINDOW, 5)
    assert {key for key, _ in said} == {spec.key} and "built" in {where for _, where in said}
    objects = list(Path(own_lake.url.removeprefix("file://")).glob("panels/*"))
    assert [each.name for each in objects] == [f"{spec.key}.panel"] and objects[0].read_bytes() == build_panel(own_lake, spec)


def test_processes_that_fetch_at_once_fetch_once(sample_lake: Lake, folder: Path, keys: list[str]):
    said = together(LOAD, sample_lake.url, str(folder), keys[0])
    assert sorted(layer for layer, _ in said) == ["disk", "disk", "disk", "store"]
    assert len({total for _, total in said}) == 1
    assert counted(folder) == {"disk": 3, "store": 1}


def test_processes_that_meet_a_spoiled_file_fetch_once(sample_lake: Lake, folder: Path, keys: list[str]):
    PanelCache(sample_lake.store, folder).load(keys[0])
    spoil(folder / f"{keys[0]}.panel")
    said = together(LOAD, sample_lake.url, str(folder), keys[0])
    assert sorted(layer for layer, _ in said) == ["disk", "disk", "disk", "store"] and len({total for _, total in said}) == 1


def test_a_process_that_is_killed_while_it_fetches_is_in_nobodys_way(sample_lake: Lake, folder: Path, keys: list[str]):
    with subprocess.Popen([sys.executable, "-c", STUCK, sample_lake.url, str(folder), keys[0]], stdout=subprocess.PIPE, text=True) as stuck:
        assert stuck.stdout is not None and stuck.stdout.readline() == "half\n"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(lambda: PanelCache(sample_lake.store, folder).load(keys[0]))
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            stuck.kill()
            assert waiting.result(30).layer == "store"
    (part,) = folder.glob(".*.part")
    os.utime(part, (1000, 1000))
    PanelCache(sample_lake.store, folder).load(keys[1])
    assert not part.exists()


def test_threads_share_what_one_fetched(sample_lake: Lake, folder: Path, keys: list[str]):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: PanelCache(sample_lake.store, folder).load(keys[0]).layer, range(8)))
    assert sorted(found) == ["disk"] * 7 + ["store"]


# counts


def test_counts_of_many_at_once_are_exact(folder: Path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: Counts(folder).add(COUNTED[number % 3]), range(600)))
    assert counted(folder) == {"memory": 200, "disk": 200, "store": 200}


def test_counts_that_cannot_be_written_fail_nobody(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    Counts(tmp_path / "file").add("memory")
    assert (tmp_path / "file").read_text() == "in the way"


def test_counts_of_half_a_file_and_at_their_end(folder: Path):
    folder.mkdir()
    (folder / "panel-counts").write_bytes(b"\xff" * 8 + b"\x01\x02\x03")
    Counts(folder).add("memory")
    assert Counts(folder).read()["memory"] == 0
    Counts(folder).add("built")
    assert Counts(folder).read() == {"memory": 0, "disk": 0x030201, "store": 0, "spoiled": 0, "found": 0, "built": 1}
