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
/** Some were made and never run, an estimate's for example; they are passed over, within reason. */
const PAGE = 8;
const MOST_PAGES = 4;
const UNDERWAY = new Set(["queued", "running"]);
const POLL_MS = 3000;

async function latest(): Promise<Recent[]> {
  const found: Recent[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES && found.length < MOST; page++) {
    const query: { limit: number; cursor?: string } = cursor ? { limit: PAGE, cursor } : { limit: PAGE };
    const answer = await bodyOf(api.GET("/api/backtests", { params: { query } }));
    found.push(...(await Promise.all(answer.items.map(newest))).flat());
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return found.slice(0, MOST);
}

async function newest(backtest: Recent["backtest"]): Promise<Recent[]> {
  const params = { path: { backtest_id: backtest.backtest_id }, query: { limit: 1 } };
  const [run] = (await bodyOf(api.GET("/api/backtests/{backtest_id}/runs", { params }))).items;
  return run ? [{ backtest, run }] : [];
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
