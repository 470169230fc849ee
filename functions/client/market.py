"""Market data: which datasets there are, and what they say."""

from urllib.parse import quote

from functions.api.answers import DatasetDetails, DatasetList, DatasetShown, RankingShown
from functions.client.calls import Calls, understood


class MarketCalls(Calls):
    def datasets(self) -> list[DatasetShown]:
        return self._read(DatasetList, "/api/market/datasets").items

    def dataset(self, version: str) -> DatasetDetails:
        """One version with its note and what was found; a source alone is its newest version."""
        return self._read(DatasetDetails, f"/api/market/datasets/{quote(version, safe=':')}")

    def ranking(self, field: str, date: str | None = None, *, timeout_seconds: float = 120, **more: str | int) -> RankingShown:
        """The first stocks of a session (omitted: the newest). `more`: top, order, boards, datasource_version. Waits until it is made."""
        query = {"field": field, "date": date, **more}
        return understood(RankingShown, self._made("/api/market/rankings", query, f"the ranking by {field} was", timeout_seconds))
