"use client";
/** The latest backtests with the newest that was run of each. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export interface Recent {
  backtest: Schemas["BacktestShown"];
  /** Null: it was made and never run. */
  run: Schemas["RunShown"] | null;
}

const MOST = 6;
const UNDERWAY = new Set(["queued", "running"]);
const POLL_MS = 3000;

async function latest(): Promise<Recent[]> {
  const { items } = await bodyOf(api.GET("/api/backtests", { params: { query: { limit: MOST } } }));
  return Promise.all(
    items.map(async (backtest) => {
      const params = { path: { backtest_id: backtest.backtest_id }, query: { limit: 1 } };
      const runs = await bodyOf(api.GET("/api/backtests/{backtest_id}/runs", { params }));
      return { backtest, run: runs.items[0] ?? null };
    }),
  );
}

export const useRecent = () =>
  useQuery({
    queryKey: ["recent"],
    queryFn: latest,
    refetchInterval: (query) =>
      query.state.data?.some(({ run }) => run && UNDERWAY.has(run.status)) ? POLL_MS : false,
  });

/** Where somebody goes on with it. */
export function placeOf({ backtest, run }: Recent): string {
  if (run?.grid_id) return `/grids/?id=${run.grid_id}`;
  if (run) return `/runs/?id=${run.run_id}`;
  return `/strategies/?id=${backtest.strategy.strategy_id}`;
}
