"""Which bars there are: how long each frequency is, and from which stored table a dataset makes it. Light: the API asks this."""

from collections.abc import Collection, Iterator, Mapping

from datalake.versions import Bars, Dataset

MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "60m": 60}
"""Minutes of each frequency within a day: those that a table may be stored of, bars_1m to bars_60m. Each divides all longer ones."""
DAILY = "1d"
PERIODS = {"1w": "week", "1mo": "month"}
"""Of the calendar; their bars are made of daily ones."""
FREQUENCIES = (DAILY, *MINUTES, *PERIODS)
SESSIONS = {"1w": 5, "1mo": 20}
"""That a period has as a rule."""
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
    return _source(_stored(dataset), frequency)


def bars_of(dataset: Dataset, frequency: str) -> Bars | None:
    """The range and codes of what there is of a frequency, stored or made; None: nothing."""
    source = source_of(dataset, frequency)
    return None if source is None else dataset.catalog.bars[source]


def frequencies_of(dataset: Dataset) -> dict[str, str]:
    """Every frequency that the dataset serves, and the stored one that it comes from."""
    rows = _stored(dataset)
    found = ((name, _source(rows, name)) for name in FREQUENCIES)
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


def _stored(dataset: Dataset) -> dict[str, int]:
    """Rows of each stored frequency, from the manifest: no catalog is loaded for it."""
    tables = {name: dataset.tables.get(f"bars_{name}") for name in (DAILY, *MINUTES)}
    return {name: table.rows for name, table in tables.items() if table and table.rows}


def _source(rows: Mapping[str, int], frequency: str) -> str | None:
    if frequency in PERIODS:
        return _source(rows, DAILY)
    if frequency in rows:
        return frequency
    length = TRADED_MINUTES if frequency == DAILY else MINUTES.get(frequency, 0)
    able = [name for name, size in MINUTES.items() if name in rows and size < length]
    return max(able, key=lambda name: (rows[name] * MINUTES[name], MINUTES[name]), default=None)
