"""Many folds and one version, with other processes at the same staging place."""

from datetime import date

import pytest

import datalake.storing.deferred
from datalake.errors import Problem, StorageError
from datalake.finding import Finding
from datalake.lake import Lake
from datalake.storing.deferred import bring, publish_brought, remember, waiting
from datalake.storing.pieces import Origin, Piece, drop, stage, staged
from datalake.versions import list_versions
from tests.datalake.rows import bars

DAYS = (date(2020, 1, 2), date(2020, 1, 3))
TOLD = Finding("kind", "warning", 1, "message", ("example",), "bars_1d")


def pieces(lake: Lake) -> list[Piece]:
    """A bar a day."""
    return [
        stage(lake, "tushare", "bars_1d", bars(("600519.SH", day, 1_000_000)), Origin("daily", f"{day:%Y%m%d}", int(f"{day:%Y%m%d}")))
        for day in DAYS
    ]


def test_pieces_that_another_process_has_brought_in_are_nobodys_loss(lake: Lake):
    mine = pieces(lake)
    drop(lake, mine[:1])
    assert bring(lake, "tushare", mine) == {"bars_1d": 1}
    assert bring(lake, "tushare", mine) == {}
    assert waiting(lake, "tushare") == []


def test_a_piece_that_goes_while_it_is_read_is_left_to_the_other_process(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    mine = pieces(lake)
    real, calls = datalake.storing.deferred.bring_in, []

    def interrupted(*arguments, **settings):
        calls.append(len(arguments[2]))
        if len(calls) == 1:
            drop(lake, mine[:1])
            raise FileNotFoundError(mine[0].key)
        return real(*arguments, **settings)

    monkeypatch.setattr(datalake.storing.deferred, "bring_in", interrupted)
    assert bring(lake, "tushare", mine) == {"bars_1d": 1}
    assert calls == [2, 1]


def test_a_store_that_fails_is_told_and_nothing_is_lost(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    mine = pieces(lake)

    def broken(*arguments, **settings):
        raise StorageError(Problem("store", "the disk is full"))

    monkeypatch.setattr(datalake.storing.deferred, "bring_in", broken)
    with pytest.raises(StorageError, match="disk is full"):
        bring(lake, "tushare", mine)
    assert waiting(lake, "tushare") == mine


def test_findings_wait_for_the_version_and_are_told_once(lake: Lake):
    remember(lake, "tushare", [TOLD])
    assert waiting(lake, "tushare") == [] and len(staged(lake, "tushare")) == 1
    bring(lake, "tushare", pieces(lake))
    assert list_versions(lake.store) == []
    published = publish_brought(lake, "tushare", {"why": "test"})
    assert TOLD in published.findings and TOLD in published.dataset.findings
    assert staged(lake, "tushare") == []
    again = publish_brought(lake, "tushare", {})
    assert (again.dataset.version, again.findings) == ("tushare:v1", ())


def test_a_question_whose_answer_was_known_makes_no_version(lake: Lake):
    bring(lake, "tushare", pieces(lake))
    first = publish_brought(lake, "tushare", {}).dataset
    rows = bars(("600519.SH", DAYS[1], 1_000_000))
    bring(lake, "tushare", [stage(lake, "tushare", "bars_1d", rows, Origin("daily", "20200103", 20200106))])
    assert publish_brought(lake, "tushare", {}).dataset == first
