/** Ends what is under way; said twice it is the same. */
import { api, once } from "@/api/client";
import type { Grid } from "./grid";
import type { Run } from "./run";

export function cancelRun(run: Run) {
  const path = { backtest_id: run.backtest_id, run_id: run.run_id };
  return api.POST("/api/backtests/{backtest_id}/runs/{run_id}:cancel", { params: { path, header: once() } as never });
}

export function cancelGrid(grid: Grid) {
  const path = { backtest_id: grid.backtest_id, grid_id: grid.grid_id };
  return api.POST("/api/backtests/{backtest_id}/grids/{grid_id}:cancel", { params: { path, header: once() } as never });
}
