"""The same lake in a bucket, on moto's server: sample-like tables, conditional manifests, panels."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from datalake.errors import StorageError
from datalake.explore.query import asked
from datalake.files.imports import import_table
from datalake.lake import Lake, scan
from datalake.objects import entries, get, open_store, put_new, put_over
from datalake.panels.build import build_panel
from datalake.panels.cache import PanelCache
from datalake.panels.ensure import ensured, market_of
from datalake.panels.panel import PanelSpec, object_key
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.spec import RankingSpec
from datalake.sample import build_sample
from datalake.status import status
from datalake.storing.compaction import compact
from datalake.storing.diff import diff
from datalake.storing.merging import merge
from datalake.storing.pieces import stage
from datalake.storing.publishing import publish_tables
from datalake.storing.vacuum import vacuum
from datalake.versions import Dataset, list_versions, resolve
from tests.datalake.processes import BUILD, together
from tests.datalake.rows import bars, daily

DAY = date(2020, 1, 2)


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, str]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield {
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
            "aws_region": "us-east-1",
            "aws_endpoint_url": f"http://{host}:{port}",
            "aws_allow_http": "true",
            "aws_virtual_hosted_style_request": "false",
        }
    finally:
        server.stop()


@pytest.fixture
def bucket(options: dict[str, str]) -> str:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=options["aws_endpoint_url"], **keys).create_bucket(Bucket=(name := f"lake-{uuid4()}"))
    return f"s3://{name}/data"  # moto's servers of one process share their buckets


def test_a_lake_in_a_bucket(bucket: str, options: dict[str, str], tmp_path: Path):
    daily(adj_factor=[1.0, 1.0, 2.0, 2.0]).write_csv(tmp_path / "daily.csv")
    assert import_table(bucket, "bars_1d", [tmp_path / "daily.csv"], options=options).dataset == "import:v1"
    daily(close=[16.90, 17.18, 1130.0, 1078.56]).write_csv(tmp_path / "daily.csv")
    assert import_table(bucket, "bars_1d", [tmp_path / "daily.csv"], options=options).dataset == "import:v2"

    lake = Lake(bucket, options)
    closes = {}
    for name in ("import:v1", "import:v2"):
        spec = PanelSpec.of(resolve(lake.store, name), ["000001.SZ", "600519.SH"], (20200102, 20200103), 0)
        market = PanelCache(lake.store, tmp_path / "cache").load(ensured(lake, spec).key).market
        closes[name] = market.close.tolist()
        assert get(lake.store, object_key(spec.key)) == build_panel(lake, spec)
    assert closes == {"import:v1": [[16_870, 1_130_000], [17_180, 1_078_560]], "import:v2": [[16_900, 1_130_000], [17_180, 1_078_560]]}
    found = status(bucket, options)
    assert found.sources[0].versions == ("import:v1", "import:v2") and found.panels == 2
    assert found.sources[0].tables[0].bytes > 0


@pytest.mark.slow
def test_processes_that_build_at_once_leave_one_panel_in_a_bucket(bucket: str, options: dict[str, str], tmp_path: Path):
    build_sample(bucket, options)
    lake = Lake(bucket, options)
    said = together(BUILD, bucket, json.dumps(options), count=3)
    (name,) = {object_key(key) for key, _ in said}
    assert name in entries(lake.store, "panels") and "built" in {where for _, where in said}
    spec = PanelSpec.of(resolve(lake.store), ["009001.SZ", "009002.SZ"], (20230101, 20231231), 5)
    right = bytes(build_panel(lake, spec))
    assert get(lake.store, name) == right
    for wrong in (right[: len(right) // 2], b"", b"<html>"):
        put_over(lake.store, name, wrong)
        assert ensured(lake, spec) == (spec.key, "built") and get(lake.store, name) == right
    put_over(lake.store, name, right[:-100] + b"x" + right[-99:])
    assert market_of(lake, spec, PanelCache(lake.store, tmp_path / "cache")).codes == ("009001.SZ", "009002.SZ")
    assert get(lake.store, name) == right, "who could not use it had it made anew"


def test_importers_at_the_same_time_lose_nothing(bucket: str, options: dict[str, str], tmp_path: Path):
    def bring(number: int) -> str:
        file = tmp_path / f"{number}.csv"
        daily(ts_code=[f"60000{number}.SH"] * 2 + [f"00000{number}.SZ"] * 2).write_csv(file)
        return import_table(f"{bucket}/together", "bars_1d", [file], options=options).dataset

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, range(4)))
    newest = resolve(open_store(f"{bucket}/together", options), "import")
    assert newest.tables["bars_1d"].rows == 16
    assert len(newest.catalog.instruments) == 8
    assert newest.number == len(list_versions(open_store(f"{bucket}/together", options)))


def test_an_object_in_a_bucket_is_put_once(bucket: str, options: dict[str, str]):
    store = open_store(bucket, options)
    assert put_new(store, "once", b"first") and not put_new(store, "once", b"second")
    assert get(store, "once") == b"first"


def test_a_bucket_that_is_not_there_is_told(options: dict[str, str]):
    with pytest.raises(StorageError, match="cannot write"):
        put_new(open_store("s3://nowhere/data", options), "x", b"1")


def test_a_lake_in_a_bucket_that_is_not_there_is_told_before_rows_are_lost(options: dict[str, str]):
    """Whatever is done first: no panic, no traceback, one sentence about the store."""
    lake = Lake("s3://nowhere/data", options)
    attempts: list[Callable[[], object]] = [
        lambda: merge(lake, "import", "bars_1d", bars(("a", DAY, 1))),
        lambda: list_versions(lake.store),
        lambda: resolve(lake.store, "import"),
        lambda: compact(lake, "import"),
        lambda: vacuum(lake),
        lambda: stage(lake, "import", "bars_1d", bars(("a", DAY, 1))),
    ]
    for attempt in attempts:
        with pytest.raises(StorageError) as caught:
            attempt()
        assert "nowhere" in str(caught.value) or "NoSuchBucket" in str(caught.value)


class _Refuses(BaseHTTPRequestHandler):
    """As S3 does where a key may not do what it asks for."""

    def _refuse(self) -> None:
        body = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = _refuse  # noqa: N815  the names that the server calls

    def log_message(self, format: str, *args: object) -> None:
        """Tests say what matters."""


def test_a_bucket_that_refuses_is_told(options: dict[str, str]):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Refuses) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        lake = Lake("s3://lake/data", {**options, "aws_endpoint_url": f"http://127.0.0.1:{server.server_address[1]}"})
        attempts: list[Callable[[], object]] = [
            lambda: merge(lake, "import", "bars_1d", bars(("a", DAY, 1))),
            lambda: list_versions(lake.store),
            lambda: vacuum(lake),
            lambda: put_new(lake.store, "x", b"1"),
        ]
        for attempt in attempts:
            with pytest.raises(StorageError, match=r"AccessDenied|403|lacked the necessary privileges"):
                attempt()
        server.shutdown()


def test_a_store_that_does_not_answer_is_told(options: dict[str, str]):
    lake = Lake("s3://lake/data", {**options, "aws_endpoint_url": "http://127.0.0.1:9"})
    with pytest.raises(StorageError, match="cannot list versions"):
        list_versions(lake.store)


def test_versions_in_a_bucket_are_compared_compacted_and_swept(bucket: str, options: dict[str, str]):
    lake = Lake(f"{bucket}/kept", options)

    def put(*rows: tuple[str, date, int]) -> Dataset:
        return publish_tables(lake, "import", {"bars_1d": merge(lake, "import", "bars_1d", bars(*rows))}, {})

    first, second = put(("a", DAY, 1), ("b", DAY, 1)), put(("c", DAY, 2))
    merge(lake, "import", "bars_1d", bars(("a", DAY, 7)))
    third = put(("a", DAY, 3))
    (found,) = diff(lake, first, third)
    assert (found.added, found.removed, found.changed, [row.code for row in found.codes]) == (1, 0, 1, ["a", "c"])
    assert compact(lake, "import").dataset == "import:v3"  # its year is one file already
    fourth = put(("d", DAY, 4))
    assert compact(lake, "import").dataset == "import:v5"
    versions = [first, second, third, fourth, resolve(lake.store, "import")]
    held = [scan(lake, "import", "bars_1d", one.tables["bars_1d"].delta_version).sort("ts_code").collect() for one in versions]
    assert [row.what for row in vacuum(lake, timedelta(0), dry_run=True).swept] == ["import/bars_1d", "outlines"]
    assert vacuum(lake).swept == ()
    time.sleep(1.1)  # a bucket's clock has whole seconds
    assert [row.files for row in vacuum(lake, timedelta(0)).swept if row.what == "import/bars_1d"] == [1]
    for one, rows in zip(versions, held, strict=True):
        again = scan(lake, "import", "bars_1d", one.tables["bars_1d"].delta_version).sort("ts_code").collect()
        assert again.equals(rows)


@pytest.mark.parametrize("prefix", ["some data", "数据 湖", "a+b", "100%"])
def test_a_prefix_with_a_blank_is_found_by_who_reads_rows(bucket: str, options: dict[str, str], tmp_path: Path, prefix: str):
    """Delta says where a file is percent-encoded; polars asked the bucket for some%2520data."""
    url = bucket.replace("data", prefix)
    for closes in ([16.87, 17.18, 1130.0, 1078.56], [16.90, 17.18, 1130.0, 1078.56]):
        daily(close=closes).write_csv(tmp_path / "daily.csv")
        newest = import_table(url, "bars_1d", [tmp_path / "daily.csv"], options=options).dataset
    lake = Lake(url, options)
    dataset = resolve(lake.store, newest)
    assert dataset.version == "import:v2"
    spec = PanelSpec.of(dataset, ["000001.SZ"], (20200102, 20200103), 0)
    assert market_of(lake, spec, PanelCache(lake.store, tmp_path / "cache")).close.tolist() == [[16_900], [17_180]]
    assert ensure_ranking(lake, dataset, RankingSpec.of("close", 1)).ranked(20200102, 1)[0].ts_code == "600519.SH"
    with asked(lake, dataset, "select * from bars_1d") as answer:
        assert sum(batch.num_rows for batch in answer.batches) == 4
    assert [row.files for row in vacuum(lake, timedelta(0)).swept if row.what == "import/bars_1d"] == [], "both versions need theirs"
