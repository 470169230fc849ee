"""Backtests: a strategy in a context."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.api.answers import BacktestCreated, BacktestList, BacktestShown
from functions.client.calls import Calls


class BacktestCalls(Calls):
    def create_backtest(self, strategy: Mapping[str, str], context: Mapping[str, Any], notes: str = "") -> str:
        """Its id. `strategy` is {"code": text}, {"template": name}, {"strategy_id": id} or {"signals": id}."""
        body = {"strategyRef": dict(strategy), "context": dict(context), "notes": notes}
        return self._write(BacktestCreated, "/api/backtests", body).backtest_id

    def backtest(self, backtest_id: str) -> BacktestShown:
        return self._read(BacktestShown, f"/api/backtests/{backtest_id}")

    def backtests(self, limit: int = 20) -> list[BacktestShown]:
        """The newest ones."""
        return self._read(BacktestList, "/api/backtests", {"limit": limit}).items

    def all_backtests(self) -> Iterator[BacktestShown]:
        """From the newest to the first one, page by page."""
        for page in self._pages(BacktestList, "/api/backtests"):
            yield from page.items
