"""An account to look around in, on a whole platform: it shows a grid, and nobody who has its password changes anything."""

import json

import pytest

from functions.client import Client, ClientError
from tests.e2e.conftest import Platform

pytestmark = [pytest.mark.slow, pytest.mark.stack]


def test_a_demo_account_shows_a_grid_and_changes_nothing(platform: Platform) -> None:
    platform.lianghu("data", "sample")
    stack = platform.start()
    made = json.loads(platform.lianghu("admin", "demo-account", "look@lianghu.local", "--fill", "--json"))
    with Client(stack.url) as api:
        api.sign_in("look@lianghu.local", made["password"])
        assert api.me().read_only
        (backtest,) = api.backtests()
        runs = list(api.runs(backtest.backtest_id, sort="-stats.return"))
        assert len(runs) == 36
        assert runs[0].stats
        assert api.artifact(runs[0].run_id, "report").startswith(b"<!")
        for change in (
            lambda: api.create_backtest({"template": "turtle"}, {"window": {"start": "2019-01-02", "end": "2019-12-31"}}),
            lambda: api.submit_single(backtest.backtest_id, {"ma_short": 5}),
            lambda: api.cancel_grid(backtest.backtest_id, runs[0].grid_id),
            lambda: api.give_feedback("idea", "x"),
        ):
            with pytest.raises(ClientError) as refused:
                change()
            assert refused.value.code == "FORBIDDEN"
    measures = json.loads(platform.lianghu("admin", "measures", "--json"))
    assert (measures["submissions"]["submitted"], measures["submissions"]["completed"]) == (1, 1)
    assert {row["subject"] for row in measures["events"] if row["event"] == "template_used"} == {"dual-moving-average"}
