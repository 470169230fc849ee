"use client";
/** A run as it is now; asked again and again until it has ended. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Run = Schemas["RunShown"];
const POLL_MS = 500;
const ENDED = new Set(["succeeded", "failed", "cancelled"]);

export const hasEnded = (run: Run | undefined): boolean => run !== undefined && ENDED.has(run.status);

export function useRun(id: string) {
  return useQuery({
    queryKey: ["run", id],
    queryFn: () => bodyOf(api.GET("/api/runs/{run_id}", { params: { path: { run_id: id } } })),
    enabled: id !== "",
    refetchInterval: (query) => (hasEnded(query.state.data) ? false : POLL_MS),
  });
}

export function useBacktest(id: string | undefined) {
  return useQuery({
    queryKey: ["backtest", id],
    queryFn: () => bodyOf(api.GET("/api/backtests/{backtest_id}", { params: { path: { backtest_id: id ?? "" } } })),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
