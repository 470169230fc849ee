"""Which bars there are: how long each frequency is, and from which stored table a dataset makes it. Light: the API asks this."""

from collections.abc import Collection, Iterator

from datalake.versions import Bars, Dataset

MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60}
"""Minutes of each frequency within a day: those that a table may be stored of, bars_1m to bars_60m."""
DAILY = "1d"
PERIODS = {"1w": "week", "1mo": "month"}
"""Of the calendar; their bars are made of daily ones."""
FREQUENCIES = (DAILY, *MINUTES, *PERIODS)
TRADED_MINUTES = 240
"""Of a session: 09:30 to 11:30 and 13:00 to 15:00."""


def bars_a_session(frequency: str) -> int:
    """Daily 1; four hours of trading otherwise."""
    return TRADED_MINUTES // MINUTES[frequency] if frequency in MINUTES else 1


def source_of(dataset: Dataset, frequency: str) -> str | None:
    """The stored frequency that the bars of another are made from; itself where it is stored, None where nothing makes it.

    Minutes are made from shorter ones that divide them, days from minutes, weeks and months from days. Where several can be taken, it is
    the one that covers most minutes of all stocks; of those that cover the same, the longest, of which the fewest rows are read.
    """
    stored = dataset.catalog.bars
    if frequency in PERIODS:
        return source_of(dataset, DAILY)
    if frequency in stored:
        return frequency
    length = TRADED_MINUTES if frequency == DAILY else MINUTES.get(frequency, 0)
    able = [name for name in stored if name in MINUTES and MINUTES[name] < length and length % MINUTES[name] == 0]
    return max(able, key=lambda name: (_covered(dataset, name), MINUTES[name]), default=None)


def bars_of(dataset: Dataset, frequency: str) -> Bars | None:
    """The range and codes of what there is of a frequency, stored or made; None: nothing."""
    source = source_of(dataset, frequency)
    return None if source is None else dataset.catalog.bars[source]


def frequencies_of(dataset: Dataset) -> dict[str, str]:
    """Every frequency that the dataset serves, and the stored one that it comes from."""
    found = ((name, source_of(dataset, name)) for name in FREQUENCIES)
    return {name: source for name, source in found if source is not None}


def told(dataset: Dataset, among: Collection[str] = FREQUENCIES) -> str:
    """In words, for hints: "1d, 5m; 15m, 30m, 60m made from 5m; 1w, 1mo made from 1d". `among`: only these."""
    sources = {name: source for name, source in frequencies_of(dataset).items() if name in among}
    return "; ".join(_said(sources)) or "no bars at all"


def finest_of(frequency: str, execution_frequency: str = "") -> str:
    """Of the bars that orders meet: those that are named, those of the day where signals are of weeks or months, else the signals' own."""
    return execution_frequency or (DAILY if frequency in PERIODS else frequency)


def _said(sources: dict[str, str]) -> Iterator[str]:
    stored = [name for name, source in sources.items() if name == source]
    if stored:
        yield ", ".join(stored)
    for origin in dict.fromkeys(sources.values()):
        made = [name for name, source in sources.items() if source == origin and name != origin]
        if made:
            yield f"{', '.join(made)} made from {origin}"


def _covered(dataset: Dataset, frequency: str) -> int:
    """Minutes of all stocks."""
    table = dataset.tables.get(f"bars_{frequency}")
    return MINUTES[frequency] * table.rows if table else 0
