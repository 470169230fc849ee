"""What is kept of rankings: only years whose files changed are made anew, builders do not clash, damage is noticed and mended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import boto3
import numpy as np
import obstore
import polars as pl
import pytest
from moto.server import ThreadedMotoServer

from datalake.errors import CorruptObjectError
from datalake.frames import conform
from datalake.lake import Lake
from datalake.objects import delete, get, sizes
from datalake.rankings.ensure import ensure_ranking
from datalake.rankings.frame import to_frame
from datalake.rankings.ranking import Ranking
from datalake.rankings.spec import ALL, RankingSpec
from datalake.rankings.stored import find_ranking, index_key, read_index, year_bytes, year_of
from datalake.status import status
from datalake.storing.merging import merge
from datalake.storing.publishing import publish_tables
from datalake.storing.vacuum import vacuum
from datalake.tables import TABLES
from datalake.versions import Dataset, resolve
from tests.datalake.rows import bars

ROOT = Path(__file__).parents[2]
AMOUNT = RankingSpec.of("amount", 30)
CODES = ["600001.SH", "600002.SH", "300001.SZ"]


def days_of(year: int, first: int = 1) -> list[date]:
    """Twenty weekdays of January and December, as the calendar's sessions."""
    days = [date(year, month, 1) + timedelta(days=day) for month in (1, 12) for day in range(25)]
    return [day for day in days if day.weekday() < 5 and day.day >= first]


def rows_of(days: list[date], codes: list[str] = CODES, step: int = 1) -> pl.DataFrame:
    """Prices that tell the codes and the days apart; nobody's place stays for long."""
    prices = ((code, day, 1000 + 37 * ((day.toordinal() * step + 11 * place) % 29)) for day in days for place, code in enumerate(codes))
    return bars(*prices).with_columns(pre_close=pl.col("close") - pl.col("close") % 13 + 5)


def instruments(*rows: tuple[str, date, date | None]) -> pl.DataFrame:
    return conform(
        pl.DataFrame(
            {"ts_code": [row[0] for row in rows], "name": [row[0] for row in rows], "list_date": [row[1] for row in rows],
             "delist_date": pl.Series([row[2] for row in rows], dtype=pl.Date)},
        ),
        TABLES["instruments"],
    )  # fmt: skip


def published(lake: Lake, **tables: pl.DataFrame) -> Dataset:
    return publish_tables(lake, "import", {name: merge(lake, "import", name, rows) for name, rows in tables.items()}, {})


def made_for(lake: Lake, dataset: Dataset, spec: RankingSpec = AMOUNT) -> tuple[Ranking, list[int]]:
    made: list[int] = []
    return ensure_ranking(lake, dataset, spec, None, made.append), made


def said(ranking: Ranking) -> list[tuple[int, list[tuple[int, str, float]]]]:
    return [(int(day), [tuple(row) for row in ranking.ranked(int(day))]) for day in ranking.sessions]


def test_a_new_day_makes_only_its_year_anew(lake: Lake):
    days = [day for year in (2019, 2020, 2021) for day in days_of(year)]
    first = published(lake, bars_1d=rows_of(days[:-1]))
    before, made = made_for(lake, first)
    assert made == [2019, 2020, 2021]
    second = published(lake, bars_1d=rows_of(days[-1:]))
    after, made = made_for(lake, second)
    assert made == [2021]
    assert said(after)[:-1] == said(before) and after.sessions[-1] == 20211224
    again, made = made_for(lake, first)
    assert made == [] and said(again) == said(before), "the old version's ranking stays as it was"
    assert len(sizes(lake.store, "rankings/years")) == 4 and len(sizes(lake.store, "rankings/index")) == 2


def test_a_return_that_reaches_into_the_year_before_follows_its_correction(lake: Lake):
    spec = RankingSpec.of("return_5", 30)
    days = [day for year in (2019, 2020, 2021) for day in days_of(year)]
    made_for(lake, published(lake, bars_1d=rows_of(days)), spec)
    corrected = published(lake, bars_1d=rows_of([days_of(2020)[-2]], step=3))
    after, made = made_for(lake, corrected, spec)
    assert made == [2020, 2021], "2019 did not see it; January 2021 goes back to it"
    delete(lake.store, sizes(lake.store, "rankings"))
    assert said(made_for(lake, corrected, spec)[0]) == said(after)


def test_a_correction_elsewhere_makes_nothing_anew(lake: Lake):
    days = days_of(2019)
    bars_ = rows_of(days)
    made_for(lake, published(lake, bars_1d=bars_))
    factors = conform(bars_.select("ts_code", "trade_date", adj_factor=pl.lit(10**6)), TABLES["adj_factor"])
    assert made_for(lake, published(lake, adj_factor=factors))[1] == []


def test_a_listing_or_delisting_touches_only_years_that_saw_it(lake: Lake):
    days = [day for year in (2019, 2020, 2021) for day in days_of(year)]
    old = date(2001, 1, 1)
    listed = instruments(*((code, old, None) for code in CODES))
    made_for(lake, published(lake, instruments=listed, bars_1d=rows_of(days)))
    new = instruments(("600003.SH", date(2021, 12, 6), None))
    ranking, made = made_for(lake, published(lake, instruments=new))
    assert made == [2021]
    gone = instruments((CODES[0], old, date(2020, 12, 10)))
    ranking, made = made_for(lake, published(lake, instruments=gone))
    assert made == [2020, 2021]
    assert ranking.place_of(20201209, CODES[0]) and not ranking.place_of(20201210, CODES[0]) and not ranking.place_of(20210104, CODES[0])


def test_a_bar_before_the_listing_has_no_rank(lake: Lake):
    days = days_of(2020)
    listed = instruments((CODES[0], days[3], None), (CODES[1], days[0], None), (CODES[2], days[0], None))
    ranking, _ = made_for(lake, published(lake, instruments=listed, bars_1d=rows_of(days)))
    places = [ranking.place_of(int(f"{day:%Y%m%d}"), CODES[0]) > 0 for day in days[:5]]
    assert places == [False, False, False, True, True]


def test_equal_values_rank_by_code(lake: Lake):
    day = date(2020, 1, 2)
    ranking, _ = made_for(lake, published(lake, bars_1d=bars(*((code, day, 10_000) for code in reversed(CODES)))))
    assert ranking.top(20200102) == tuple(sorted(CODES))
    lowest, _ = made_for(lake, resolve(lake.store, "import"), RankingSpec.of("amount", 30, lowest=True))
    assert lowest.top(20200102) == tuple(sorted(CODES))


def test_a_day_that_is_no_session_and_a_bar_without_volume_have_no_rank(lake: Lake):
    days = [date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)]
    calendar = pl.DataFrame({"exchange": "SSE", "cal_date": days, "is_open": pl.Series([1, 0, 1], dtype=pl.Int8), "pretrade_date": days})
    rows = rows_of(days).with_columns(volume=pl.when(pl.col("ts_code") == CODES[0]).then(0).otherwise(pl.col("volume")))
    dataset = published(lake, trade_cal=conform(calendar, TABLES["trade_cal"]), bars_1d=conform(rows, TABLES["bars_1d"]))
    ranking, _ = made_for(lake, dataset)
    assert ranking.sessions.tolist() == [20200102, 20200106]
    assert set(ranking.top(20200106)) == set(CODES[1:])


def test_a_year_without_a_value_has_sessions_and_nobody(lake: Lake):
    dataset = published(lake, bars_1d=rows_of(days_of(2020)))
    for spec in (RankingSpec.of("return_250", 30), RankingSpec.of("return_250", ALL)):
        ranking, _ = made_for(lake, dataset, spec)
        assert len(ranking.sessions) == len(days_of(2020)) and ranking.codes == ()
        assert ranking.top(20200103) == () and ranking.place_of(20200103, CODES[0]) == 0 and ranking.at(20200103, 1) is None
        assert to_frame(ranking).is_empty()


def test_a_year_between_without_bars_is_no_year_of_the_ranking(lake: Lake):
    dataset = published(lake, bars_1d=rows_of([*days_of(2018), *days_of(2020)]))
    ranking, made = made_for(lake, dataset)
    assert made == [2018, 2020]
    assert ranking.top(20191203) == () and ranking.top(20181203)


@pytest.mark.parametrize("damage", ["garbage", "truncated", "flipped", "empty", "another"])
@pytest.mark.parametrize("which", ["years", "index"])
def test_a_damaged_object_is_noticed_and_made_anew(lake: Lake, damage: str, which: str):
    dataset = published(lake, bars_1d=rows_of(days_of(2020)))
    before, _ = made_for(lake, dataset)
    (key,) = sizes(lake.store, f"rankings/{which}")
    data = get(lake.store, key)
    middle = len(data) // 2
    bad = {
        "garbage": b"\x00" * 1000,
        "truncated": data[:middle],
        "flipped": data.replace(b"2020", b"2021", 1)
        if which == "index"
        else data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "empty": b"",
        "another": json.dumps({"format": 0, "years": {}}).encode(),
    }[damage]
    obstore.put(lake.store, key, bad)
    assert find_ranking(lake.store, dataset, AMOUNT) is None
    after, _ = made_for(lake, dataset)
    assert said(after) == said(before)
    assert get(lake.store, key) == data
    assert made_for(lake, dataset)[1] == []


def test_a_year_that_was_deleted_is_made_anew(lake: Lake):
    dataset = published(lake, bars_1d=rows_of([*days_of(2019), *days_of(2020)]))
    before, _ = made_for(lake, dataset)
    delete(lake.store, [read_index(lake.store, dataset, AMOUNT)[2019]])
    after, made = made_for(lake, dataset)
    assert made == [2019] and said(after) == said(before)


def test_bytes_of_a_year_are_the_same_again_and_read_back(sample_lake: Lake, sample: Dataset):
    ensure_ranking(sample_lake, sample, AMOUNT)
    key = read_index(sample_lake.store, sample, AMOUNT)[2020]
    data = get(sample_lake.store, key)
    year = year_of(data, key)
    assert year_bytes(year) == data
    assert year.places.dtype == np.uint16 and year.places.shape == (len(year.sessions), 30)


def test_any_flipped_bit_and_any_missing_end_of_a_year_is_noticed(lake: Lake):
    """Of a plain npz some were errors of the tokenizer, and some of an encryption that nobody had asked for."""
    dataset = published(lake, bars_1d=rows_of(days_of(2020)[:3]))
    made_for(lake, dataset)
    (key,) = sizes(lake.store, "rankings/years")
    data = get(lake.store, key)
    for place in range(len(data)):
        with pytest.raises(CorruptObjectError, match="is damaged"):
            year_of(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], key)
    for end in range(0, len(data), 13):
        with pytest.raises(CorruptObjectError):
            year_of(data[:end], key)


def test_versions_with_equal_content_share_a_ranking_of_the_index(sample_lake: Lake, sample: Dataset):
    assert index_key(sample, RankingSpec.of("amount", 20)) == index_key(sample, RankingSpec.of("amount", 30))
    assert index_key(sample, RankingSpec.of("amount", 20)) != index_key(sample, RankingSpec.of("amount", 31))
    everybody = RankingSpec.of("amount", 30, boards=["star", "main", "bse", "chinext"])
    assert index_key(sample, everybody) == index_key(sample, AMOUNT)


def test_a_table_has_a_row_for_each_place(sample_lake: Lake, sample: Dataset):
    ranking = ensure_ranking(sample_lake, sample, AMOUNT)
    table = to_frame(ranking, (20240603, 20240604), 5)
    assert table["trade_date"].unique().sort().to_list() == [date(2024, 6, 3), date(2024, 6, 4)]
    assert table.filter(pl.col("trade_date") == date(2024, 6, 4))["ts_code"].to_list() == list(ranking.top(20240604, 5))
    assert table["value"][0] == ranking.ranked(20240603, 1)[0].value / 1000
    assert to_frame(ranking).height == sum(len(ranking.top(int(day))) for day in ranking.sessions)


def together(lake: Lake, field: str, gate: Path, count: int = 4) -> list[str]:
    """What processes that begin at the same moment found."""
    command = [sys.executable, "-m", "tests.datalake.ranking_once", lake.url, json.dumps(dict(lake.options)), field, str(gate)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    for process in processes:
        assert process.stdout and process.stdout.readline() == "ready\n"
    gate.touch()
    found = []
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err[-3000:]
        found.append(out)
    return found


@pytest.mark.slow
def test_builders_at_the_same_moment_make_the_same_objects(lake: Lake, tmp_path: Path):
    days = [day for year in range(2012, 2022) for day in days_of(year)]
    dataset = published(lake, bars_1d=rows_of(days))
    found = together(lake, "return_5", tmp_path / "gate")
    assert len(set(found)) == 1 and len(found[0]) > 500
    assert len(sizes(lake.store, "rankings/years")) == 10 and len(sizes(lake.store, "rankings/index")) == 1
    assert made_for(lake, dataset, RankingSpec.of("return_5", 30))[1] == []


@pytest.fixture
def bucket() -> Iterator[Lake]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    options = {
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
        "aws_region": "us-east-1",
        "aws_endpoint_url": f"http://{host}:{port}",
        "aws_allow_http": "true",
        "aws_virtual_hosted_style_request": "false",
    }
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=options["aws_endpoint_url"], **keys).create_bucket(Bucket="rankings")
    try:
        yield Lake("s3://rankings/data", options)
    finally:
        server.stop()


@pytest.mark.slow
def test_builders_at_the_same_moment_do_not_clash_in_a_bucket(bucket: Lake, tmp_path: Path):
    dataset = published(bucket, bars_1d=rows_of([*days_of(2019), *days_of(2020)]))
    found = together(bucket, "amount", tmp_path / "gate", 3)
    assert len(set(found)) == 1
    assert len(sizes(bucket.store, "rankings/years")) == 2
    ranking, made = made_for(bucket, dataset)
    assert made == [] and ranking.top(20200103)
    key = read_index(bucket.store, dataset, AMOUNT)[2019]
    obstore.put(bucket.store, key, b"half")
    assert made_for(bucket, dataset)[1] == [2019]


def test_vacuum_takes_rankings_of_older_versions_and_none_that_is_used(lake: Lake):
    days = [*days_of(2019), *days_of(2020)]
    first = published(lake, bars_1d=rows_of(days[:-1]))
    made_for(lake, first)
    made_for(lake, first, RankingSpec.of("volume", 30))
    second = published(lake, bars_1d=rows_of(days[-1:]))
    before, _ = made_for(lake, second)
    obstore.put(lake.store, "rankings/index/import/v00000002/torn.json", b"{")
    assert not [row for row in vacuum(lake).swept if row.what == "rankings"], "all of it is young"
    (swept,) = [row for row in vacuum(lake, timedelta(0)).swept if row.what == "rankings"]
    assert swept.files == 2 + 1 + 2 + 1, "two indexes and a torn one, volume's two years, 2020 without its last day"
    after, made = made_for(lake, second)
    assert made == [] and said(after) == said(before)
    assert made_for(lake, first)[1] == [2020]
    assert status(lake.url).ranking_bytes == sum(sizes(lake.store, "rankings").values()) > 0
