"use client";
/** The latest backtests with the newest that was run of each. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export interface Recent {
  backtest: Schemas["BacktestShown"];
  /** The newest of it. */
  run: Schemas["RunShown"];
}

const MOST = 6;
/** Some were made and never run; they are not shown. */
const ASKED = 10;
const UNDERWAY = new Set(["queued", "running"]);
const POLL_MS = 3000;

async function latest(): Promise<Recent[]> {
  const { items } = await bodyOf(api.GET("/api/backtests", { params: { query: { limit: ASKED } } }));
  const all = await Promise.all(
    items.map(async (backtest): Promise<Recent[]> => {
      const params = { path: { backtest_id: backtest.backtest_id }, query: { limit: 1 } };
      const runs = await bodyOf(api.GET("/api/backtests/{backtest_id}/runs", { params }));
      const [run] = runs.items;
      return run ? [{ backtest, run }] : [];
    }),
  );
  return all.flat().slice(0, MOST);
}

export const useRecent = () =>
  useQuery({
    queryKey: ["recent"],
    queryFn: latest,
    refetchInterval: (query) => (query.state.data?.some(({ run }) => UNDERWAY.has(run.status)) ? POLL_MS : false),
  });

/** Where somebody goes on with it. */
export const placeOf = ({ run }: Recent): string =>
  run.grid_id ? `/grids/?id=${run.grid_id}` : `/runs/?id=${run.run_id}`;
