"use client";
/** All backtests, and what was last submitted of each. The API has no list of submissions: each backtest is asked for its own. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { type Grid, hasEnded as gridHasEnded } from "./grid";
import { type Run, hasEnded as runHasEnded } from "./run";
import { inTurn } from "./turns";

/** What was submitted at one time: a single run, or a grid (with its best run so far). */
export interface Submission {
  created_at: string;
  run: Run;
  grid: Grid | null;
}

export interface Newest {
  /** Null: nothing was ever submitted, or all of it is archived. */
  newest: Submission | null;
  /** The grid that came before a single run, which would be lost from sight behind it. */
  gridBefore: string | null;
  archived: number;
}

/** Each of them is asked for what was last submitted. */
const PAGE = 40;
const POLL_MS = 2000;

export function useBacktests() {
  return useInfiniteQuery({
    queryKey: ["backtests"],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/backtests", {
          params: { query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 0,
  });
}

function runsOf(backtest: string, sort: string, signal?: AbortSignal) {
  const params = { path: { backtest_id: backtest }, query: { sort, limit: 2 } };
  return bodyOf(api.GET("/api/backtests/{backtest_id}/runs", { params, signal }));
}

/** The API gives each submission a grid_id, a single run's too; a grid is what two runs are of. (One of a single combination is its run.) */
export function gridOf([run, next]: readonly Pick<Run, "grid_id">[]): string | null {
  return run?.grid_id && run.grid_id === next?.grid_id ? run.grid_id : null;
}

export async function newestOf(backtest: string, signal?: AbortSignal): Promise<Newest> {
  const { items, archived } = await runsOf(backtest, "-created_at", signal);
  const run = items[0];
  if (!run) return { newest: null, gridBefore: null, archived };
  const grid = gridOf(items);
  if (grid) {
    const path = { grid_id: grid };
    const shown = await bodyOf(api.GET("/api/grids/{grid_id}", { params: { path }, signal }));
    return { newest: { created_at: run.created_at, run, grid: shown }, gridBefore: null, archived };
  }
  const newest = { created_at: run.created_at, run, grid: null };
  const isAlone = items.length < 2;
  const first = isAlone ? [] : (await runsOf(backtest, "created_at", signal)).items;
  return { newest, gridBefore: gridOf(first), archived };
}

export function isUnderWay({ run, grid }: Submission): boolean {
  return grid ? !gridHasEnded(grid) : !runHasEnded(run);
}

export const newestKey = (backtest: string) => ["newest", backtest] as const;

export function newestQuery(backtest: string) {
  return {
    queryKey: newestKey(backtest),
    queryFn: ({ signal }: { signal: AbortSignal }) => inTurn(() => newestOf(backtest, signal), signal),
    refetchInterval: (query: { state: { data: Newest | undefined } }) =>
      query.state.data?.newest && isUnderWay(query.state.data.newest) ? POLL_MS : (false as const),
  };
}

/** The run that a submission is compared by: itself, or the grid's best; none while it has no figures. */
export function comparable({ run, grid }: Submission): { run_id: string; stats: Run["stats"] } | null {
  if (grid) return grid.best ? { run_id: grid.best.run_id, stats: grid.best.stats } : null;
  return run.status === "succeeded" ? run : null;
}
