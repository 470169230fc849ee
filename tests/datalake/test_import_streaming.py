"""Files come in chunk by chunk as they would at once: the same rows, the same findings, keys that come twice found wherever they lie."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datalake.files import chunks, lanes
from datalake.files.imports import ImportReport, import_table
from datalake.files.lanes import Lanes
from datalake.finding import BadRowsError, ContradictionError
from datalake.lake import Lake
from datalake.objects import sizes
from datalake.tables import TABLES
from datalake.versions import list_versions
from tests.datalake.rows import stored


@pytest.fixture(params=["whole", "in chunks", "in chunks, on the disk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param != "whole":
        monkeypatch.setattr(chunks, "ROWS", 7)
        monkeypatch.setattr(lanes, "PIECE", 12)
    if "disk" in request.param:
        monkeypatch.setattr(lanes, "MEMORY", 1)
    yield request.param


def market(codes: int = 6, sessions: int = 10, first: date = date(2019, 12, 25)) -> pl.DataFrame:
    """Rows of `daily` over the end of a year, day after day."""
    days = [day for number in range(2 * sessions) if (day := first + timedelta(days=number)).weekday() < 5][:sessions]
    cells = [(f"{600000 + code}.SH", f"{day:%Y%m%d}", code, number) for number, day in enumerate(days) for code in range(codes)]
    price = [10.0 + code + number / 100 for _, _, code, number in cells]
    return pl.DataFrame(
        {
            "ts_code": [cell[0] for cell in cells],
            "trade_date": [cell[1] for cell in cells],
            **dict.fromkeys(("open", "high", "low", "close", "pre_close"), price),
            "vol": [100.0 + code for _, _, code, _ in cells],
            "amount": [each * (100.0 + code) / 10 for each, (_, _, code, _) in zip(price, cells, strict=True)],
        }
    )


def written(lake: Lake, rows: pl.DataFrame, folder: Path, files: int, form: str) -> ImportReport:
    folder.mkdir()
    height = -(-rows.height // files)
    for number in range(files):
        part = rows[number * height : (number + 1) * height]
        part.write_csv(folder / f"{number}.csv") if form == "csv" else part.write_parquet(folder / f"{number}.parquet")
    return import_table(lake.url, "bars_1d", [folder])


@pytest.mark.parametrize("files", [1, 3, 20])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_rows_come_in_whatever_the_chunks_and_files(lake: Lake, tmp_path: Path, way: str, files: int, form: str):
    rows = market().sample(fraction=1.0, shuffle=True, seed=1)
    report = written(lake, rows, tmp_path / "files", files, form)
    assert (report.rows_read, report.rows_written, report.codes, report.first, report.last) == (60, 60, 6, 20191225, 20200107)
    found = stored(lake)
    expected = market().sort("ts_code", "trade_date")
    assert found["ts_code"].to_list() == expected["ts_code"].to_list()
    assert found["close"].to_list() == (expected["close"] * 1000).round(0).cast(pl.Int64).to_list()
    assert found["volume"].to_list() == (expected["vol"] * 100).cast(pl.Int64).to_list()
    assert set(found["year"]) == {2019, 2020}
    assert sizes(lake.store, "staging") == {}


def test_keys_that_come_twice_are_found_across_chunks_and_files(lake: Lake, tmp_path: Path, way: str):
    rows = pl.concat([market(), market()[3:5].with_columns(pl.lit(99.0).alias("vol"), (pl.col("open") * 9.9).alias("amount"))])
    (tmp_path / "files").mkdir()
    rows[:30].write_csv(tmp_path / "files" / "a.csv")
    rows[30:].write_csv(tmp_path / "files" / "b.csv")
    with pytest.raises(BadRowsError) as caught:
        import_table(lake.url, "bars_1d", [tmp_path / "files"])
    (found,) = [finding for finding in caught.value.findings if finding.severity == "error"]
    assert (found.kind, found.count, found.table, found.first, found.last) == ("duplicate_key", 2, "bars_1d", 20191225, 20191225)
    assert found.examples[0].startswith("files/b.csv row 31: ts_code=600003.SH trade_date=2019-12-25")
    assert list_versions(lake.store) == [] and sizes(lake.store, "") == {}


def test_of_rows_with_one_key_the_first_stays(lake: Lake, tmp_path: Path, way: str):
    again = market()[3:5].with_columns(pl.lit(99.0).alias("vol"), (pl.col("open") * 9.9).alias("amount"))
    pl.concat([market(), again]).write_csv(tmp_path / "rows.csv")
    said = import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], skip_bad=True, dry_run=True)
    report = import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], skip_bad=True)
    assert (report.rows_read, report.rows_written) == (62, 60)
    assert said.findings == report.findings and (said.rows_read, said.rows_written) == (62, 60)
    assert stored(lake)["volume"].to_list() == (market().sort("ts_code", "trade_date")["vol"] * 100).cast(pl.Int64).to_list()


def test_a_bad_row_in_the_last_chunk_writes_nothing(lake: Lake, tmp_path: Path, way: str):
    rows = market().with_row_index().with_columns(close=pl.when(pl.col("index") == 59).then(-1.0).otherwise("close")).drop("index")
    rows.write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(BadRowsError, match=r"rows\.parquet row 60"):
        import_table(lake.url, "bars_1d", [tmp_path / "rows.parquet"])
    assert sizes(lake.store, "") == {}
    report = import_table(lake.url, "bars_1d", [tmp_path / "rows.parquet"], skip_bad=True)
    assert (report.rows_read, report.rows_written) == (60, 59)


def test_factors_of_bars_come_in_in_chunks_too(lake: Lake, tmp_path: Path, way: str):
    market().with_columns(adj_factor=pl.lit(2.5)).write_csv(tmp_path / "rows.csv")
    import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"])
    assert stored(lake, "adj_factor")["adj_factor"].to_list() == [2_500_000] * 60


def test_a_break_while_writing_leaves_nothing_staged(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from datalake.files import incoming

    real, calls = incoming.stage, []

    def stage(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    market().write_csv(tmp_path / "rows.csv")
    monkeypatch.setattr(incoming, "stage", stage)
    with pytest.raises(KeyboardInterrupt):
        import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"])
    assert len(calls) == 2 and sizes(lake.store, "") == {}


def test_a_dry_run_tells_the_same_and_writes_nothing(lake: Lake, tmp_path: Path, way: str):
    market().write_csv(tmp_path / "rows.csv")
    said = import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], dry_run=True)
    assert not Path(lake.url.removeprefix("file://")).exists()
    done = import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"])
    assert said == ImportReport("", *[getattr(done, name) for name in list(done.__dataclass_fields__)[1:]])
    market(codes=7).with_columns(close=-pl.col("close")).write_csv(tmp_path / "bad.csv")
    with pytest.raises(BadRowsError):
        import_table(lake.url, "bars_1d", [tmp_path / "bad.csv"], dry_run=True)
    import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], dry_run=True)
    assert [dataset.version for dataset in list_versions(lake.store)] == ["import:v1"]


def test_a_dry_run_looks_beside_what_is_stored_too(lake: Lake, tmp_path: Path):
    (tmp_path / "calendar.csv").write_text("exchange,cal_date,is_open\nSSE,20191225,1\nSSE,20191226,0\n")
    import_table(lake.url, "trade_cal", [tmp_path / "calendar.csv"])
    market(sessions=2).write_csv(tmp_path / "rows.csv")
    for dry_run in (True, False):
        with pytest.raises(BadRowsError, match="row of a day that the calendar says is closed"):
            import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], dry_run=dry_run)
    assert [dataset.version for dataset in list_versions(lake.store)] == ["import:v1"]
    assert sizes(lake.store, "staging") == {}


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_import_with_skip_bad_was_told_to_skip_what_is_bad(lake: Lake, tmp_path: Path, dry_run: bool):
    """It cannot: which of two rows that contradict each other is wrong is not known."""
    (tmp_path / "calendar.csv").write_text("exchange,cal_date,is_open\nSSE,20191225,1\nSSE,20191226,0\n")
    import_table(lake.url, "trade_cal", [tmp_path / "calendar.csv"])
    market(sessions=2).write_csv(tmp_path / "rows.csv")
    with pytest.raises(ContradictionError) as caught:
        import_table(lake.url, "bars_1d", [tmp_path / "rows.csv"], skip_bad=True, dry_run=dry_run)
    assert {problem.hint for problem in caught.value.problems} == {ContradictionError.hint}
    assert "those that they contradict" in ContradictionError.hint and ContradictionError.hint != BadRowsError.hint


def test_progress_goes_from_nothing_to_all(lake: Lake, tmp_path: Path, way: str):
    seen: list[tuple[float, str]] = []
    (tmp_path / "files").mkdir()
    market()[:30].write_csv(tmp_path / "files" / "a.csv")
    market()[30:].write_parquet(tmp_path / "files" / "b.parquet")
    import_table(lake.url, "bars_1d", [tmp_path / "files"], progress=lambda done, text: seen.append((done, text)))
    shares = [done for done, _ in seen]
    assert shares == sorted(shares) and 0 < shares[0] <= 1 and shares[-1] == 1.0
    assert seen[0][1] == "reading bars_1d" and seen[-1][1] == "writing bars_1d"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 500)), max_size=60),
    size=st.integers(1, 70),
    piece=st.integers(1, 40),
    memory=st.sampled_from([0, 500, 10**9]),
)
def test_lanes_give_back_every_row_once_in_order(
    cells: list[tuple[int, int]], size: int, piece: int, memory: int, tmp_path_factory: pytest.TempPathFactory
):
    rows = pl.DataFrame(
        {
            "ts_code": pl.Series([f"{600000 + code}.SH" for code, _ in cells], dtype=pl.String),
            "trade_date": pl.Series([date(2019, 6, 1) + timedelta(days=day) for _, day in cells], dtype=pl.Date),
            "number": pl.Series(range(len(cells)), dtype=pl.Int64),
        }
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lanes, "PIECE", piece)
        patched.setattr(lanes, "MEMORY", memory)
        waiting = Lanes(TABLES["limits"], tmp_path_factory.mktemp("lanes"))
        for start in range(0, len(cells), size):
            waiting.add(rows[start : start + size])
        frames = list(waiting.sorted())
    assert waiting.height == len(cells)
    assert all(frame["trade_date"].dt.year().n_unique() == 1 for frame in frames)
    keys = [set(frame.select("ts_code", "trade_date").rows()) for frame in frames]
    assert len(set().union(*keys)) == sum(map(len, keys)) == len({(cell[0], cell[1]) for cell in cells})
    found = pl.concat([rows.clear(), *frames])
    order = ["year", "ts_code", "trade_date", "number"]
    assert found.equals(rows.with_columns(year=pl.col("trade_date").dt.year()).sort(order).drop("year"))
