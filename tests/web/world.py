"""What is there to be looked at: a run, a grid, another run, a saved strategy and a share of one person, made by the API's own calls."""

from dataclasses import dataclass
from functools import cached_property

from functions.client import Client
from functions.templates import templates
from tests.web.people import Person

TEMPLATE = "dual-moving-average"
CONTEXT = {"window": {"start": "2020-01-02", "end": "2021-12-31"}, "datasource_version": "sample:v1"}
GRID = {"ma_short": [5, 10, 20], "ma_long": [30, 40, 60]}
STRATEGY = "my averages"
WAIT_SECONDS = 120


@dataclass(frozen=True)
class World:
    owner: Person
    backtest: str
    run: str
    other_run: str
    grid: str
    strategy: str
    share: str
    """The token."""

    @cached_property
    def api(self) -> Client:
        return self.owner.client()


def make_world(owner: Person) -> World:
    """Each is there whole when this is over."""
    with owner.client() as api:
        backtest = api.create_backtest({"template": TEMPLATE}, CONTEXT)
        runs = [api.submit_single(backtest, {"ma_short": short, "ma_long": 40}) for short in (5, 10)]
        grid = api.submit_grid(backtest, GRID).grid_id
        assert grid
        for run in runs:
            api.wait_run(backtest, run, timeout_seconds=WAIT_SECONDS)
        api.wait_grid(backtest, grid, timeout_seconds=WAIT_SECONDS)
        api.artifact(runs[0], "report")
        strategy = next(api.strategies(STRATEGY), None) or api.create_strategy(templates()[TEMPLATE], STRATEGY)
        share = api.create_share(runs[0], title="two averages", include=["trades"])
    return World(owner, backtest, runs[0], runs[1], grid, strategy.strategy_id, share.token)


def make_run(api: Client, template: str = TEMPLATE, **params: float) -> tuple[str, str]:
    """A backtest and a run of it that has succeeded."""
    backtest = api.create_backtest({"template": template}, CONTEXT)
    run = api.submit_single(backtest, params)
    ended = api.wait_run(backtest, run, timeout_seconds=WAIT_SECONDS)
    assert ended.status == "succeeded", ended
    return backtest, run
