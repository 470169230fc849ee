"use client";
/** What the platform has of the market, asked of the API. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";
import { BOARD_KEYS } from "./names";

export type Dataset = Schemas["DatasetShown"];
export type Finding = Schemas["FindingShown"];
export type Instrument = Schemas["InstrumentShown"];

export const useDatasets = () =>
  useQuery({ queryKey: ["datasets"], queryFn: () => bodyOf(api.GET("/api/market/datasets", {})) });

export const useDataset = (version: string) =>
  useQuery({
    queryKey: ["datasets", version],
    queryFn: () => bodyOf(api.GET("/api/market/datasets/{version}", { params: { path: { version } } })),
  });

export const useIndices = (version: string) =>
  useQuery({
    queryKey: ["indices", version],
    queryFn: () => bodyOf(api.GET("/api/market/indices", { params: { query: { datasource_version: version } } })),
  });

export function instruments(
  version: string,
  narrowed: { search?: string; board?: string },
  limit: number,
  signal: AbortSignal,
) {
  const query = { datasource_version: version, limit, ...narrowed };
  return bodyOf(api.GET("/api/market/instruments", { params: { query }, signal }));
}

/** How many instruments each board has; a board without any is left out. */
export function useBoards(version: string) {
  return useQueries({
    queries: BOARD_KEYS.map((board) => ({
      queryKey: ["board", version, board],
      queryFn: ({ signal }: { signal: AbortSignal }) => instruments(version, { board }, 1, signal),
    })),
    combine: (answers) => ({
      pending: answers.some((each) => each.isPending),
      error: answers.find((each) => each.error)?.error,
      boards: BOARD_KEYS.map((board, place) => ({ board, total: answers[place]?.data?.total ?? 0 })).filter(
        ({ total }) => total > 0,
      ),
    }),
  });
}
