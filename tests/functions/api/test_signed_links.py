"""Large files of a bucket are fetched from the bucket itself: moto's S3, a signed address, and what it says beside the bytes."""

import io
from collections.abc import Callable
from typing import Any, cast
from uuid import uuid4

import boto3
import httpx
import polars as pl
import pytest
from fastapi.testclient import TestClient

from datalake.objects import open_store, put_new, signed
from functions.jobs.desk import Desk
from functions.wiring import House
from functions.wishes.makers import make
from tests.functions.api.bells import work
from tests.functions.api.conftest import Bells

Body = Callable[..., dict[str, Any]]
ClientOf = Callable[[House, str | None], TestClient]


@pytest.fixture
def house(make_house: Callable[..., House], desk: Desk, aws: str) -> House:
    """With results in a bucket, and every file too large to be sent through the API."""
    bucket = f"results-{uuid4()}"
    place: Any = {"LocationConstraint": "ap-east-1"}
    boto3.client("s3", endpoint_url=aws, region_name="ap-east-1").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    return make_house(results_url=f"s3://{bucket}/some/prefix", aws_endpoint_url=aws, artifact_direct_mb=0, artifact_link_seconds=60)


@pytest.fixture
def at(api: TestClient, house: House, a_backtest: Body) -> str:
    backtest_id = api.post("/api/backtests", json=a_backtest()).json()["backtest_id"]
    run_id = api.post(f"/api/backtests/{backtest_id}/runs", json={"mode": "single", "params": {}}).json()["run_ids"][0]
    work(house)
    return f"/api/runs/{run_id}/artifacts"


def test_a_large_file_is_fetched_from_the_bucket(api: TestClient, house: House, at: str) -> None:
    for kind, ending, media in (("trades", "csv", "text/csv; charset=utf-8"), ("logs", "txt", "text/plain; charset=utf-8")):
        answer = api.get(f"{at}/{kind}", follow_redirects=False)
        assert answer.status_code == 302 and not answer.content and answer.headers["Cache-Control"] == "no-store"
        link = answer.headers["Location"]
        assert "X-Amz-Signature=" in link and "X-Amz-Expires=60" in link and "Authorization" not in answer.headers
        fetched = httpx.get(link)
        path = api.get(at.removesuffix("/artifacts")).json()["artifacts"][f"{kind}_path"]
        assert fetched.status_code == 200 and fetched.content == house.results.get_artifact(path)
        assert fetched.headers["Content-Type"] == media and fetched.headers["Content-Disposition"].startswith("attachment; filename=")
        assert fetched.headers["Content-Disposition"].endswith(f'.{ending}"')


def test_a_page_never_comes_from_a_bucket_and_rows_stay_pages(api: TestClient, at: str) -> None:
    """The bucket would send it without the policy that keeps it from running scripts."""
    page = api.get(f"{at}/report", follow_redirects=False)
    assert page.status_code == 200 and "sandbox" in page.headers["Content-Security-Policy"]
    assert api.get(f"{at}/trades?format=json", follow_redirects=False).json()["items"]


def test_parquet_comes_from_the_bucket_too(api: TestClient, house: House, at: str) -> None:
    assert api.get(f"{at}/trades?format=parquet", follow_redirects=False).status_code == 202
    for wish in cast(Bells, house.queue).wishes:
        make(wish, house)
    link = api.get(f"{at}/trades?format=parquet", follow_redirects=False).headers["Location"]
    fetched = httpx.get(link)
    assert fetched.headers["Content-Type"] == "application/vnd.apache.parquet" and fetched.headers["Content-Disposition"].endswith(
        '.parquet"'
    )
    assert pl.read_parquet(io.BytesIO(fetched.content)).height == len(api.get(f"{at}/trades?format=json").json()["items"])


def test_small_files_come_directly_and_unchanged_ones_not_at_all(
    make_house: Callable[..., House], house: House, user: str, client_of: ClientOf, at: str
) -> None:
    again = {name: getattr(house.settings, name) for name in ("results_url", "aws_endpoint_url")}
    api = client_of(make_house(**again), user)
    answer = api.get(f"{at}/trades", follow_redirects=False)
    assert answer.status_code == 200 and answer.content
    strict = client_of(house, user)
    assert strict.get(f"{at}/trades", headers={"If-None-Match": answer.headers["ETag"]}, follow_redirects=False).status_code == 304


def test_a_link_runs_on_a_share_and_its_deletion(api: TestClient, house: House, client_of: ClientOf, at: str) -> None:
    """Shares are never signed: a link that was taken away must not go on working in a bucket."""
    run = at.removesuffix("/artifacts")
    made = api.post(f"{run}/shares", json={"include": ["report"]}).json()
    stranger = client_of(house, None)
    assert stranger.get(made["path"], follow_redirects=False).status_code == 200
    assert stranger.get(f"{made['path']}/report", follow_redirects=False).status_code == 200
    assert api.delete(f"{run}/shares/{made['share_id']}").status_code == 204
    assert stranger.get(made["path"]).status_code == 404


def test_a_folder_signs_nothing(folder_url: str) -> None:
    store = open_store(folder_url)
    put_new(store, "x.csv", b"1", {"Content-Type": "text/csv"})
    assert signed(store, "x.csv", 60) is None
