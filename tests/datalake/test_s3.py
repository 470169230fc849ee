"""The same lake in a bucket, on moto's server: sample-like tables, conditional manifests, panels."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from datalake.errors import StorageError
from datalake.imports import import_table
from datalake.lake import Lake
from datalake.objects import get, open_store, put_new
from datalake.panel import PanelSpec, load_panel, object_key
from datalake.panel_build import build_panel, ensure_panel
from datalake.status import status
from datalake.versions import list_versions, resolve
from tests.datalake.rows import daily


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
    boto3.client("s3", endpoint_url=options["aws_endpoint_url"], **keys).create_bucket(Bucket="lake")
    return "s3://lake/data"


def test_a_lake_in_a_bucket(bucket: str, options: dict[str, str], tmp_path: Path):
    daily(adj_factor=[1.0, 1.0, 2.0, 2.0]).write_csv(tmp_path / "daily.csv")
    assert import_table(bucket, "bars_1d", [tmp_path / "daily.csv"], options=options).dataset == "import:v1"
    daily(close=[16.90, 17.18, 1130.0, 1078.56]).write_csv(tmp_path / "daily.csv")
    assert import_table(bucket, "bars_1d", [tmp_path / "daily.csv"], options=options).dataset == "import:v2"

    lake = Lake(bucket, options)
    closes = {}
    for name in ("import:v1", "import:v2"):
        spec = PanelSpec.of(resolve(lake.store, name), ["000001.SZ", "600519.SH"], (20200102, 20200103), 0)
        market = load_panel(lake.store, ensure_panel(lake, spec), tmp_path / "cache")
        closes[name] = market.close.tolist()
        assert get(lake.store, object_key(spec.key)) == build_panel(lake, spec)
    assert closes == {"import:v1": [[16_870, 1_130_000], [17_180, 1_078_560]], "import:v2": [[16_900, 1_130_000], [17_180, 1_078_560]]}
    found = status(bucket, options)
    assert found.sources[0].versions == ("import:v1", "import:v2") and found.panels == 2
    assert found.sources[0].tables[0].bytes > 0


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
