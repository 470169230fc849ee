"use client";
/** A grid as it is now, its runs page by page, its map and its diagnosis. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Grid = Schemas["GridShown"];
const POLL_MS = 700;
const ENDED = new Set(["finished", "cancelled", "incomplete"]);
const PAGE = 200;

export const hasEnded = (grid: Grid | undefined): boolean => grid !== undefined && ENDED.has(grid.status);

export function useGrid(id: string) {
  return useQuery({
    queryKey: ["grid", id],
    queryFn: () => bodyOf(api.GET("/api/grids/{grid_id}", { params: { path: { grid_id: id } } })),
    enabled: id !== "",
    refetchInterval: (query) => (hasEnded(query.state.data) ? false : POLL_MS),
  });
}

/** The API sorts, so that the first page is right without the others. `changed` counts what has ended: then the pages are asked anew. */
export function useRuns(grid: Grid, sort: { key: string; descending: boolean }, changed: number) {
  return useInfiniteQuery({
    queryKey: ["runs", grid.grid_id, sort.key, sort.descending, changed],
    queryFn: ({ pageParam }) =>
      bodyOf(
        api.GET("/api/backtests/{backtest_id}/runs", {
          params: {
            path: { backtest_id: grid.backtest_id },
            query: {
              grid_id: grid.grid_id,
              sort: `${sort.descending ? "-" : ""}${sort.key}`,
              limit: PAGE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          } as never,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useHeatmap(
  grid: Grid,
  x: string,
  y: string | null,
  metric: string,
  fixed: Readonly<Record<string, number>>,
  changed: number,
) {
  const held = Object.fromEntries(Object.entries(fixed).map(([name, value]) => [`params.${name}`, String(value)]));
  return useQuery({
    queryKey: ["heatmap", grid.grid_id, x, y, metric, held, changed],
    queryFn: () =>
      bodyOf(
        api.GET("/api/backtests/{backtest_id}/grids/{grid_id}/heatmap", {
          params: {
            path: { backtest_id: grid.backtest_id, grid_id: grid.grid_id },
            query: { x, ...(y ? { y } : {}), metric, ...held },
          } as never,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useDiagnosis(grid: Grid) {
  return useQuery({
    queryKey: ["diagnosis", grid.grid_id],
    queryFn: () =>
      bodyOf(
        api.GET("/api/backtests/{backtest_id}/grids/{grid_id}/diagnosis", {
          params: { path: { backtest_id: grid.backtest_id, grid_id: grid.grid_id } },
        }),
      ),
    enabled: hasEnded(grid),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
