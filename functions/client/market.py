"""Market data: which datasets there are, and what they say."""

from collections.abc import Iterator
from urllib.parse import quote

from functions.api.answers import DatasetDetails, DatasetList, DatasetShown, RankingShown
from functions.api.market_shapes import MOST_BARS, BarList, CalendarShown, IndexList, IndexShown, InstrumentList, InstrumentShown
from functions.client.calls import Calls, understood


class MarketCalls(Calls):
    def datasets(self) -> list[DatasetShown]:
        """Every version, newest first."""
        return [row for page in self._pages(DatasetList, "/api/market/datasets") for row in page.items]

    def dataset(self, version: str) -> DatasetDetails:
        """One version with its note and what was found; a source alone is its newest version."""
        return self._read(DatasetDetails, f"/api/market/datasets/{quote(version, safe=':')}")

    def ranking(self, field: str, date: str | None = None, *, timeout_seconds: float = 120, **more: str | int) -> RankingShown:
        """The first stocks of a session (omitted: the newest). `more`: top, order, boards, datasource_version. Waits until it is made."""
        query = {"field": field, "date": date, **more}
        return understood(RankingShown, self._made("/api/market/rankings", query, f"the ranking by {field} was", timeout_seconds))

    def instruments(self, search: str = "", **more: str | int) -> Iterator[InstrumentShown]:
        """Stocks and funds, the best fitting first. `more`: board, industry, listed_on, datasource_version."""
        for page in self._pages(InstrumentList, "/api/market/instruments", {"search": search, **more}):
            yield from page.items

    def calendar(self, start: str | None = None, end: str | None = None, *, datasource_version: str | None = None) -> CalendarShown:
        """The sessions of a range of days, both included."""
        query = {"start": start, "end": end, "datasource_version": datasource_version}
        return self._read(CalendarShown, "/api/market/calendar", query)

    def indices(self, datasource_version: str | None = None) -> list[IndexShown]:
        return self._read(IndexList, "/api/market/indices", {"datasource_version": datasource_version}).items

    def bars(self, code: str, frequency: str = "1d", *, most: int = 250, timeout_seconds: float = 120, **more: str) -> BarList:
        """The window's newest bars, ascending, at most so many. `more`: adjust, start, end, datasource_version. Waits until made."""
        query: dict[str, str | int | None] = {"code": code, "frequency": frequency, **more}
        pages: list[BarList] = []
        left = most
        while left > 0:
            query |= {"limit": min(left, MOST_BARS), "cursor": pages[-1].next_cursor if pages else None}
            made = self._made("/api/market/bars", query, f"the bars of {code} were", timeout_seconds)
            pages.append(understood(BarList, made))
            left -= len(pages[-1].items)
            if pages[-1].next_cursor is None:
                break
        items = [row for page in reversed(pages) for row in page.items]
        return pages[0].model_copy(update={"items": items, "next_cursor": pages[-1].next_cursor})
