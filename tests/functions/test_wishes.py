"""Wishes of every kind: each has its maker, travels to the planner and back the same, and their notes of failure never meet."""

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from datalake.lake import Lake
from datalake.objects import sizes
from datalake.storing.vacuum import vacuum
from functions.messages import Doorbell, PlanMessage
from functions.wishes import makers
from functions.wishes.failures import forget_failure, newest_failure, note_failure
from functions.wishes.shapes import AnyWish, BarsWish, RankingWish, Wish

RANKING = RankingWish(
    datasource_version="sample:v1", field="amount", depth=30, lowest=False, boards=("main",), day=20240603, request_id="r"
)
BARS = BarsWish(datasource_version="sample:v1", code="009001.SZ", frequency="5m", part=2024)
EXAMPLES: dict[type[Wish], Wish] = {RankingWish: RANKING, BarsWish: BARS}
"""One of each kind."""
ERROR = {"code": "UPSTREAM_ERROR", "message": "a file is gone", "details": {}}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake((tmp_path / "lake").as_uri())


def test_every_kind_has_a_maker_and_an_example_here():
    kinds = set(get_args(AnyWish)) or {AnyWish}
    assert kinds == set(makers.MAKERS)
    assert kinds >= set(EXAMPLES)


@pytest.mark.parametrize("wish", EXAMPLES.values(), ids=lambda wish: wish.kind)
def test_a_wish_comes_to_the_planner_as_it_was_sent(wish: Wish):
    message = PlanMessage.model_validate_json(wish.model_dump_json())
    assert message.root == wish and type(message.root) is type(wish)
    assert message.log_keys["wish"] == wish.kind


@pytest.mark.parametrize(
    "change", [{"kind": "nothing"}, {"kind": ""}, {"depth": -1}, {"field": "x" * 65}, {"more": 1}, {"datasource_version": "v" * 65}]
)
def test_a_message_that_is_no_wish_and_no_bell_is_refused(change: dict[str, Any]):
    with pytest.raises(ValidationError):
        PlanMessage.model_validate(RANKING.model_dump(mode="json") | change)


def test_a_bell_is_no_wish():
    grid = "00000000-0000-4000-8000-000000000001"
    assert isinstance(PlanMessage.model_validate({"grid_id": grid}).root, Doorbell)


def test_wishes_that_differ_in_what_is_made_fail_apart(lake: Lake):
    other_year, same_year = (RANKING.model_copy(update={"day": day}) for day in (20230104, 20240104))
    note_failure(lake.store, RANKING, ERROR)
    assert newest_failure(lake.store, same_year.model_copy(update={"request_id": "another"})).error == ERROR  # type: ignore[union-attr]
    assert newest_failure(lake.store, other_year) is None
    forget_failure(lake.store, same_year)
    forget_failure(lake.store, same_year)
    assert newest_failure(lake.store, RANKING) is None


def test_the_vacuum_takes_old_notes_of_failures(lake: Lake):
    note_failure(lake.store, RANKING, ERROR)
    assert [row.what for row in vacuum(lake).swept] == [], "it is young"
    assert [(row.what, row.files) for row in vacuum(lake, timedelta(0)).swept] == [("wishes", 1)]
    assert not sizes(lake.store, "wishes")
