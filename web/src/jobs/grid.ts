"use client";
/** A grid as it is now, its map and its diagnosis; its runs are in grid-runs. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, bodyOf, once, type Schemas } from "@/api/client";
import { apiError } from "@/api/errors";

export type Grid = Schemas["GridShown"];
export type Best = Schemas["BestShown"];
export type Heat = Schemas["HeatmapShown"];
const POLL_MS = 700;
/** While the server cannot be reached. */
const PATIENCE_MS = 3000;
/** So often a summary is asked for that comes a moment after the end. */
const PATIENT_TRIES = 60;
const ENDED = new Set(["finished", "cancelled", "incomplete"]);

export const hasEnded = (grid: Grid | undefined): boolean => grid !== undefined && ENDED.has(grid.status);

/** Ended, and summed up: nothing of it changes any more. */
export const isSettled = (grid: Grid | undefined): boolean =>
  grid !== undefined && hasEnded(grid) && (grid.summary !== null || Boolean(grid.archived_at));

export const gridPath = (grid: Grid): string => `/api/backtests/${grid.backtest_id}/grids/${grid.grid_id}`;

export function useGrid(id: string) {
  return useQuery({
    queryKey: ["grid", id],
    queryFn: () => bodyOf(api.GET("/api/grids/{grid_id}", { params: { path: { grid_id: id } } })),
    enabled: id !== "",
    refetchInterval: ({ state }) => {
      if (isSettled(state.data)) return false;
      if (!state.error) return POLL_MS;
      return apiError(state.error).passing ? PATIENCE_MS : false;
    },
  });
}

/** `changed` counts what has ended: then the map is asked for anew, and the one before stays until it is there. */
export function useHeatmap(
  grid: Grid,
  x: string,
  y: string | null,
  metric: string,
  held: Readonly<Record<string, number>>,
  changed: number,
) {
  const fixed = Object.fromEntries(Object.entries(held).map(([name, value]) => [`params.${name}`, String(value)]));
  return useQuery({
    queryKey: ["heatmap", grid.grid_id, x, y, metric, fixed, changed],
    queryFn: () =>
      bodyOf(
        api.GET("/api/backtests/{backtest_id}/grids/{grid_id}/heatmap", {
          params: {
            path: { backtest_id: grid.backtest_id, grid_id: grid.grid_id },
            query: { x, ...(y ? { y } : {}), metric, ...fixed },
          } as never,
        }),
      ),
    enabled: x !== "",
    placeholderData: keepPreviousData,
    staleTime: isSettled(grid) ? Number.POSITIVE_INFINITY : 0,
    structuralSharing: false,
  });
}

/** A conflict passes by itself: it is still being judged. */
export function useDiagnosis(grid: Grid) {
  return useQuery({
    queryKey: ["diagnosis", grid.grid_id],
    queryFn: () =>
      bodyOf(
        api.GET("/api/backtests/{backtest_id}/grids/{grid_id}/diagnosis", {
          params: { path: { backtest_id: grid.backtest_id, grid_id: grid.grid_id } },
        }),
      ),
    enabled: hasEnded(grid) && !grid.archived_at,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => {
      const said = apiError(error);
      return failures < (said.retryAfter !== null ? PATIENT_TRIES : 2) && (said.passing || said.status === 409);
    },
  });
}

/** Brings an archived grid's runs back. */
export function restoreGrid(grid: Grid) {
  const path = { backtest_id: grid.backtest_id, grid_id: grid.grid_id };
  return api.POST("/api/backtests/{backtest_id}/grids/{grid_id}:restore", {
    params: { path, header: once() } as never,
  });
}
