"""The platform as a discrete-event simulation: what thousands of functions would do, told in seconds. Seeded, so repeatable."""

from functions.scale.model import CONNECTIONS, Scenario
from functions.scale.outcome import Outcome, Use, waits_of
from functions.scale.people import People
from functions.scale.workers import Workers
from functions.scale.world import World


def simulate(scenario: Scenario) -> Outcome:
    """Until nothing is left to do, or the scenario's time is over."""
    world = World(scenario)
    People(world)
    Workers(world)
    world.env.run(until=scenario.seconds)
    return _outcome(world)


def _outcome(world: World) -> Outcome:
    now, limits, gauges = world.last, world.limits, world.gauges
    ended = [grid for grid in world.grids if grid.ended is not None]

    def use(name: str, limit: float, times: float = 1.0) -> Use:
        return Use(gauges[name].busiest(world.env.now) * times, gauges[name].whole * times / max(now, 1e-9), limit)

    peak = {name: gauges[name].peak for name in ("workers", "planners", "aggregators", "environments")}
    looks = use("watchers", limits.api_a_second, 1 / world.times.poll)
    account = peak["workers"] + peak["planners"] + peak["aggregators"]
    connected = (peak["environments"] + peak["planners"] + peak["aggregators"]) * CONNECTIONS
    world.counts["looks"] = gauges["watchers"].whole / world.times.poll
    world.counts["postgres_seconds"] = gauges["postgres"].whole
    world.counts["reads"], world.counts["writes"] = gauges["reads"].whole, gauges["writes"].whole
    return Outcome(
        seconds=now,
        submissions=len(world.grids),
        unfinished=world.load.users * world.load.submissions - len(ended),
        began=waits_of(world.grids, lambda grid: grid.begun),
        ended=waits_of(world.grids, lambda grid: grid.ended),
        tail=max((grid.computed - grid.quarters for grid in ended if grid.computed and grid.quarters), default=0.0),
        use={
            "workers": use("workers", min(limits.workers, limits.account)),
            "account": Use(account, account, limits.account),
            "pooler": Use(connected, connected, limits.pooler_clients),
            "postgres": use("postgres", limits.postgres_cores),
            "api": looks._replace(peak=looks.peak + gauges["submissions"].busiest(world.env.now)),
            "planners": use("planners", limits.planners),
            "aggregators": use("aggregators", limits.aggregators),
            "reads": use("reads", limits.reads_a_second),
            "writes": use("writes", limits.writes_a_second),
        },
        counts=dict(world.counts),
    )
