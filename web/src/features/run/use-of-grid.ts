"use client";
/** Whether a run is one of several: every submission has an id, also that of a single run. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import type { Run } from "@/jobs/run";

export function useIsOfGrid({ backtest_id, grid_id }: Run): boolean {
  const { data } = useQuery({
    queryKey: ["of-grid", grid_id],
    queryFn: async () => {
      const query = { grid_id: grid_id ?? "", limit: 2 };
      const path = { backtest_id };
      const page = await bodyOf(api.GET("/api/backtests/{backtest_id}/runs", { params: { path, query } as never }));
      return page.items.length > 1;
    },
    enabled: grid_id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? false;
}
