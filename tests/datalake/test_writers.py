"""Writers and readers in processes of their own: nothing is lost, whoever is killed, and whoever reads sees whole versions only."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from datalake.lake import Lake, scan
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.storing.vacuum import vacuum
from datalake.versions import list_versions, resolve
from tests.datalake.rows import bars
from tests.datalake.writing import FIRST, SHARED, factors_of, step_rows, wrong

ROOT = Path(__file__).parents[2]


class Process:
    """One that runs tests/datalake/writing.py."""

    def __init__(self, lake: Lake, *words: str) -> None:
        what, *rest = words
        command = [sys.executable, "-m", "tests.datalake.writing", what, lake.url, json.dumps(dict(lake.options)), *rest]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "POLARS_MAX_THREADS": "1"}
        )

    def line(self) -> dict[str, object]:
        """The next thing it did."""
        assert self._process.stdout
        return dict(json.loads(self._process.stdout.readline()))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def ended(self) -> list[dict[str, object]]:
        """All that it did; it ended well."""
        out, err = self._process.communicate(timeout=240)
        assert self._process.returncode == 0, err[-3000:]
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, str]]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    options = {
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
        "aws_region": "us-east-1",
        "aws_endpoint_url": f"http://{host}:{port}",
        "aws_allow_http": "true",
        "aws_virtual_hosted_style_request": "false",
    }
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=options["aws_endpoint_url"], **keys).create_bucket(Bucket="writers")
    try:
        yield options
    finally:
        moto.stop()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    if request.param == "folder":
        return Lake(f"file://{tmp_path}/量 湖")
    return Lake(f"s3://writers/{tmp_path.name}", request.getfixturevalue("server"))


def expected(names: Sequence[str], steps: int) -> dict[tuple[str, date], int]:
    return {(code, day): price for name in names for step in range(steps) for code, day, price in step_rows(name, step) if code != SHARED}


def newest_rows(lake: Lake) -> dict[tuple[str, date], int]:
    newest = resolve(lake.store, "import")
    rows = scan(lake, "import", "bars_1d", newest.tables["bars_1d"].delta_version).select("ts_code", "trade_date", "close").collect()
    return {(code, day): price for code, day, price in rows.iter_rows()}


def whole(lake: Lake) -> None:
    """Every version can be read and is right; their numbers have no gaps."""
    versions = list_versions(lake.store)
    assert sorted(one.number for one in versions) == list(range(1, len(versions) + 1))
    for one in versions:
        assert wrong(lake, one) == ""


def test_bars_of_another_writer_came_without_their_factors(lake: Lake):
    """He had committed both and published neither, when somebody whose factors came before his published her bars, which hold his."""
    hers, his = bars(("hers", FIRST, 1)), bars(("his", FIRST, 2))
    written = {"adj_factor": merge(lake, "import", "adj_factor", factors_of(hers))}
    merge(lake, "import", "adj_factor", factors_of(his))
    merge(lake, "import", "bars_1d", his)
    written["bars_1d"] = merge(lake, "import", "bars_1d", hers)
    published = publish_tables(lake, "import", written, {})
    assert newest_rows(lake) == {("hers", FIRST): 1, ("his", FIRST): 2}
    assert wrong(lake, published) == ""


@pytest.mark.slow
def test_two_writers_at_once_lose_nothing_and_a_reader_sees_whole_versions(place: Lake):
    steps = 12
    writers = [Process(place, "write", name, str(steps)) for name in ("one", "two")]
    reader = Process(place, "read", "reader", str(steps))
    done = [writer.ended() for writer in writers]
    assert len(reader.ended()) > 2
    found = newest_rows(place)
    assert {key: price for key, price in found.items() if key[0] != SHARED} == expected(("one", "two"), steps)
    assert {day for code, day in found if code == SHARED} == {
        day for step in range(steps) for code, day, _ in step_rows("one", step) if code == SHARED
    }
    whole(place)
    made = {one.version: one.note for one in list_versions(place.store)}
    for name, lines in zip(("one", "two"), done, strict=True):
        for line in lines:
            if "step" in line:  # a version of somebody else may hold it already
                note = made[str(line["version"])]
                assert note.get("writer") != name or note["step"] == line["step"]


@pytest.mark.slow
def test_a_writer_that_is_killed_harms_nobody(place: Lake):
    """Killed in the middle of its work, six times, while another one writes on; then it is done again from its beginning."""
    steady = Process(place, "write", "steady", "12")
    for attempt in range(6):
        victim = Process(place, "write", "victim", "100")
        for _ in range(attempt % 3 + 1):
            victim.line()
        time.sleep(0.03 * attempt)
        victim.kill()
    steady.ended()
    whole(place)
    Process(place, "write", "victim", "12").ended()
    found = newest_rows(place)
    assert {key: price for key, price in found.items() if key[0] != SHARED} == expected(("steady", "victim"), 12)
    whole(place)
    vacuum(place)
    whole(place)


FULL_DISK = """
import shutil, sys
from datetime import date, timedelta
from pathlib import Path
from random import Random
from datalake.errors import StorageError
from datalake.storing.compaction import compact
from datalake.lake import Lake
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.versions import list_versions
from tests.datalake.rows import bars
from tests.datalake.test_upkeep import rows_of

mount, random, hints = Path(sys.argv[1]), Random(1), set()

def put(number):
    rows = [(f"c{day % 3}", date(2020, 1, 2) + timedelta(days=day), random.randint(1, 10**8)) for day in range(200)]
    written = merge(lake, "import", "bars_1d", bars(*rows))
    return publish_tables(lake, "import", {"bars_1d": written}, {"number": number})

for free in range(60, 300, 16):  # KiB
    shutil.rmtree(mount / "lake", ignore_errors=True)
    lake, held = Lake(f"file://{mount}/lake"), {}
    (mount / "ballast").write_bytes(bytes((1000 - free) * 1024))
    try:
        for number in range(400):
            made = put(number)
            held[made.version] = rows_of(lake, made)
            if number % 3 == 2:
                held[compact(lake, "import").dataset] = held[made.version]
    except StorageError as error:
        hints.add(error.problems[0].hint)
    assert {one.version: rows_of(lake, one) for one in list_versions(lake.store)} == held
    (mount / "ballast").unlink()
    made = put(999)
    held[made.version] = rows_of(lake, made)
    assert {one.version: rows_of(lake, one) for one in list_versions(lake.store)} == held
print(hints)
"""


@pytest.mark.slow
def test_a_full_disk_is_told_and_harms_no_version(tmp_path: Path):
    """A real one, of a megabyte, that is full at fifteen places of the work; with some space again the work goes on."""
    mount = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"', str(tmp_path)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a small disk")
    done = subprocess.run([*mount, sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == "{'the disk is full: free some space and try again'}"
