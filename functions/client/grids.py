"""Grids: how far they are, what they come to, whether to believe their best."""

from collections.abc import Mapping
from typing import Any

from functions.api.answers import DiagnosisShown, GridShown, HeatmapShown
from functions.client.calls import Calls, new_key


class GridCalls(Calls):
    def grid(self, backtest_id: str, grid_id: str) -> GridShown:
        return self._read(GridShown, f"/api/backtests/{backtest_id}/grids/{grid_id}")

    def grid_by_id(self, grid_id: str) -> GridShown:
        """Without knowing its backtest."""
        return self._read(GridShown, f"/api/grids/{grid_id}")

    def cancel_grid(self, backtest_id: str, grid_id: str) -> None:
        self._call("POST", f"/api/backtests/{backtest_id}/grids/{grid_id}:cancel", headers=new_key())

    def diagnosis(self, backtest_id: str, grid_id: str) -> dict[str, Any]:
        """Whether to believe the best of a grid that has ended; as engine.diagnosis says it, with best_run_id."""
        return self._read(DiagnosisShown, f"/api/backtests/{backtest_id}/grids/{grid_id}/diagnosis").model_dump()

    def heatmap(
        self,
        backtest_id: str,
        grid_id: str,
        x: str,
        y: str | None = None,
        *,
        metric: str = "return",
        held: Mapping[str, float] | None = None,
    ) -> HeatmapShown:
        """A metric over one or two parameters; the others are `held`, or stay where the best run by return has them."""
        query = {"x": x, "y": y, "metric": metric} | {f"params.{name}": value for name, value in (held or {}).items()}
        return self._read(HeatmapShown, f"/api/backtests/{backtest_id}/grids/{grid_id}/heatmap", query)

    def grid_report(self, backtest_id: str, grid_id: str) -> bytes:
        """The page of a grid that has ended."""
        return self._bytes(f"/api/backtests/{backtest_id}/grids/{grid_id}/report")
