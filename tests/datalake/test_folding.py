"""Pieces become versions: whole, once, in order, and however often it breaks off."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from datalake.finding import Finding
from datalake.lake import Lake, scan
from datalake.storing.folding import fold
from datalake.storing.pieces import Origin, Piece, drop, findings_of, rows_of, stage, staged
from datalake.versions import Dataset, list_versions, resolve
from tests.datalake.rows import bars

MONDAY, TUESDAY = date(2020, 3, 2), date(2020, 3, 3)


def answer(lake: Lake, day: date, *rows: tuple[str, date, int]) -> Piece:
    number = int(day.strftime("%Y%m%d"))
    return stage(lake, "tushare", "bars_1d", bars(*rows), Origin("daily", str(number), number))


def held(lake: Lake, dataset: Dataset, table: str = "bars_1d") -> list[tuple]:
    rows = scan(lake, dataset.source, table, dataset.tables[table].delta_version).collect()
    names = ("interface", "part", "rows") if table == "fetches" else ("ts_code", "trade_date", "close")
    return sorted(rows.select(names).rows())


def test_pieces_wait_until_they_are_folded_in(lake: Lake):
    first = answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000))
    second = answer(lake, TUESDAY, ("600000.SH", TUESDAY, 10_000))
    assert staged(lake, "tushare") == [first, second] and list_versions(lake.store) == []
    assert rows_of(lake, [first, second]).collect()["trade_date"].to_list() == [MONDAY, TUESDAY]
    folded = fold(lake, "tushare", staged(lake, "tushare"), {"why": "a test"})
    assert (folded.dataset.version, folded.rows) == ("tushare:v1", {"bars_1d": 2})
    assert staged(lake, "tushare") == []
    assert held(lake, folded.dataset) == [("600000.SH", MONDAY, 10_000), ("600000.SH", TUESDAY, 10_000)]
    assert held(lake, folded.dataset, "fetches") == [("daily", "20200302", 1), ("daily", "20200303", 1)]


def test_folded_twice_they_come_to_the_same(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    """The process ended after the manifest and before the pieces were taken away."""
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000))
    with monkeypatch.context() as patch:
        patch.setattr("datalake.storing.folding.drop", lambda lake, pieces: None)
        once = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    again = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    assert again == once and staged(lake, "tushare") == []


def test_the_newest_answer_to_a_question_counts(lake: Lake):
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000), ("600001.SH", MONDAY, 10_000))
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_010))
    assert held(lake, fold(lake, "tushare", staged(lake, "tushare"), {}).dataset) == [("600000.SH", MONDAY, 10_010)]


def test_a_row_that_an_answer_no_longer_has_goes_and_others_stay(lake: Lake):
    """A fund of that day is another interface's."""
    fund = stage(lake, "tushare", "bars_1d", bars(("510300.SH", MONDAY, 4_000)), Origin("fund_daily", "20200302", 20200302))
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000), ("600001.SH", MONDAY, 10_000))
    answer(lake, TUESDAY, ("600001.SH", TUESDAY, 10_000))
    before = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000))
    after = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    gone = ("600001.SH", MONDAY, 10_000)
    assert fund.origin and gone in held(lake, before)
    assert held(lake, after) == [row for row in held(lake, before) if row != gone]


def test_an_answer_without_rows_is_noted(lake: Lake):
    stage(lake, "tushare", "suspensions", rows_without("suspensions"), Origin("suspend_d", "20200302", 20200302))
    found = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    assert held(lake, found, "fetches") == [("suspend_d", "20200302", 0)]


def rows_without(table: str) -> pl.DataFrame:
    from datalake.frames import types_of
    from datalake.tables import TABLES

    return pl.DataFrame(schema={name: types_of(TABLES[table])[name] for name in TABLES[table].names})


def test_what_was_found_when_a_piece_was_made_is_told_with_the_version(lake: Lake):
    seen = Finding("odd", "warning", 2, "rows that are odd", ("a", "b"), "bars_1d", 20200302, 20200302)
    piece = stage(lake, "import", "bars_1d", bars(("600000.SH", MONDAY, 10_000)), findings=[seen])
    assert findings_of(lake, [piece]) == (seen,)
    dataset = fold(lake, "import", [piece], {}, [seen]).dataset
    (told,) = [row for row in resolve(lake.store, dataset.version).findings if row.kind == "odd"]
    assert (told.count, told.examples) == (4, ("a", "b", "a"))


@pytest.mark.parametrize("step", ["merge", "publish_tables", "drop"])
def test_a_fold_that_broke_off_is_done_again(lake: Lake, monkeypatch: pytest.MonkeyPatch, step: str):
    answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000))
    answer(lake, TUESDAY, ("600000.SH", TUESDAY, 10_000))

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(f"datalake.storing.folding.{step}", breaks)
        fold(lake, "tushare", staged(lake, "tushare"), {})
    assert len(list_versions(lake.store)) == (step == "drop")
    found = fold(lake, "tushare", staged(lake, "tushare"), {}).dataset
    assert found.version == "tushare:v1"
    assert held(lake, found) == [("600000.SH", MONDAY, 10_000), ("600000.SH", TUESDAY, 10_000)]


def test_taken_away_twice_is_no_error(lake: Lake):
    piece = answer(lake, MONDAY, ("600000.SH", MONDAY, 10_000))
    drop(lake, [piece])
    drop(lake, [piece])
    assert staged(lake, "tushare") == []


def test_no_name_leads_out_of_the_staging(lake: Lake, tmp_path: Path):
    with pytest.raises(ValueError, match="no name of a piece"):
        stage(lake, "tushare", "bars_1d", bars(), Origin("daily", "../../x", 20200302))
