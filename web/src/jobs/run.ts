"use client";
/** A run as it is now; asked again and again until it has ended. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import { apiError } from "@/api/errors";

export type Run = Schemas["RunShown"];
export type Backtest = Schemas["BacktestShown"];
const POLL_MS = 500;
/** While the server cannot be reached. */
const PATIENCE_MS = 3000;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export const hasEnded = (run: Run | undefined): boolean => run !== undefined && ENDED.has(run.status);

export function useRun(id: string) {
  return useQuery({
    queryKey: ["run", id],
    queryFn: () => bodyOf(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } })),
    enabled: id !== "",
    refetchInterval: (query) => nextAsking(query.state.data, query.state.error),
  });
}

/** Milliseconds to the next asking; false: nothing will change by asking. */
export function nextAsking(run: Run | undefined, error: unknown): number | false {
  if (hasEnded(run)) return false;
  if (!error) return POLL_MS;
  return apiError(error).passing ? PATIENCE_MS : false;
}

export function useBacktest(id: string | undefined) {
  return useQuery({
    queryKey: ["backtest", id],
    queryFn: () => bodyOf(api.GET("/api/backtests/{backtest_id}", { params: { path: { backtest_id: id ?? "" } } })),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
