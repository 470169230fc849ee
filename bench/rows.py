"""The workloads, one row each, in the order in which they are run."""

from bench.workload import Size, Workload

WORKLOADS = (
    Workload(
        "W1",
        "one stock, many dual moving averages",
        "one_stock",
        Size(1, 2_500, 10_000, 5, 40.0),
        Size(1, 120, 20, 2),
        "100,000 combinations a second",
    ),
    Workload(
        "W2",
        "500 stocks, one cash pool, 50 slots, one combination",
        "one_combination",
        Size(500, 2_500, 1, 30, 10.0),
        Size(20, 120, 1, 2),
        "10 ms",
    ),
    Workload(
        "W3",
        "300 stocks, one cash pool, 50 slots, 100 combinations",
        "one_pool",
        Size(300, 2_500, 100, 12, 15.0),
        Size(20, 160, 4, 2),
        "1,000 combinations a second on 2 threads, 600 MB",
    ),
    Workload(
        "W4",
        "process start to the first result of W1",
        "first_result",
        Size(1, 2_500, 1, 9),
        Size(1, 120, 0, 1),
        "1.2 s warm",
        starts_others=True,
    ),
    Workload(
        "W5",
        "5,000 stocks, one cash pool, 50 slots, 1,000 combinations",
        "whole_market",
        Size(5_000, 2_500, 1_000, 1),
        Size(70, 120, 4, 1),
        "120 s, 6 GB",
    ),
    Workload(
        "W6",
        "1,000 combinations of W3 through the whole platform on this machine",
        "whole_stack",
        Size(300, 2_500, 1_000, 4, 30.0),
        Size(20, 160, 20, 1),
        "20% over the engine alone",
        starts_others=True,
    ),
    Workload(
        "W7",
        "W3 for the ten most different templates, as they are shipped",
        "templates",
        Size(300, 2_500, 100, 3, 6.0),
        Size(20, 300, 2, 1),
        "each 150 combinations a second",
    ),
    Workload(
        "growth",
        "time and memory by combinations, stocks and bars",
        "growth",
        Size(300, 2_500, 100, 2, 4.0),
        Size(20, 160, 2, 1),
        "linear in combinations, flat in memory",
    ),
    Workload(
        "expressions",
        "the language's signals against loops by hand, on the same arrays",
        "expressions",
        Size(300, 2_500, 100, 9, 10.0),
        Size(20, 160, 4, 2),
        "within 3 times the loop by hand",
    ),
    Workload(
        "planning",
        "a text of 200 nodes, the nodes of 10,000 combinations, the means of a MACD grid",
        "planning",
        Size(300, 2_500, 10_000, 7, 10.0),
        Size(20, 160, 10, 2),
        "the text in 20 ms; each exponential mean once",
    ),
    Workload(
        "lake",
        "daily bars of a whole market imported from a file, then one day more",
        "lake",
        Size(5_000, 2_500, 0, 2),
        Size(20, 160, 0, 1),
        "12.4 million rows in 60 s, 4 GB",
        starts_others=True,
    ),
    Workload(
        "panel",
        "300 stocks and ten years into a panel: built, asked for again, mapped",
        "panel",
        Size(300, 2_500, 0, 5),
        Size(20, 160, 0, 1),
        "1 s cold, 50 ms asked for again, 10 ms mapped",
        starts_others=True,
    ),
    Workload(
        "market",
        "5,000 stocks and ten years into a panel",
        "panel",
        Size(5_000, 2_500, 0, 3),
        Size(70, 120, 0, 1),
        "15 s, 4 GB",
        starts_others=True,
    ),
    Workload(
        "minutes",
        "a year of five-minute bars of 500 stocks into a panel, and of fifteen-minute bars made from them",
        "minute_panel",
        Size(500, 244, 0, 3),
        Size(5, 20, 0, 1),
        "5 s",
        starts_others=True,
    ),
    Workload(
        "rankings",
        "the top 30 of each session of a whole market by three figures: made, one year made again, looked up",
        "rankings",
        Size(5_000, 2_500, 0, 3),
        Size(70, 120, 0, 1),
        "60 s; 100 ns a look-up in a kernel, 1 us from Python; 1 MB",
        starts_others=True,
    ),
    Workload(
        "api",
        "the API over a full Postgres: 10,000 combinations submitted, pages of 10,000 runs by a metric, states asked for by 50 clients",
        "api_speed",
        Size(200, 0, 10_000, 7, 40.0),
        Size(4, 0, 20, 1, 2.0),
        "submitted in 1 s; a page in 50 ms; a state in 30 ms for 95 of 100",
        starts_others=True,
    ),
    Workload(
        "roof",
        "what the machine moves, and what a combination of W3 must move at least",
        "roof",
        Size(300, 2_500, 100, 7, 5.0),
        Size(20, 160, 4, 1),
    ),
)


def chosen(names: str) -> list[Workload]:
    """Those whose names are listed, in the order of the table; all for an empty list. ValueError for an unknown name."""
    wanted = names.split()
    unknown = set(wanted) - {row.name for row in WORKLOADS}
    if unknown:
        raise ValueError(f"unknown workload: {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in WORKLOADS)}")
    return [row for row in WORKLOADS if not wanted or row.name in wanted]
