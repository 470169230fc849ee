"use client";
/** The runs of a grid: page by page as the API sorts them, or all of them, where somebody looks through them. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { api, bodyOf } from "@/api/client";
import { type Grid, hasEnded, isSettled } from "./grid";
import type { Run } from "./run";

const PAGE = 200;
/** The most that the API gives at once. */
const LARGEST_PAGE = 1000;

interface Asked {
  sort: string;
  limit: number;
  cursor: string;
  status?: Run["status"] | undefined;
}

function page(grid: Grid, { sort, limit, cursor, status }: Asked, signal: AbortSignal) {
  return bodyOf(
    api.GET("/api/backtests/{backtest_id}/runs", {
      signal,
      params: {
        path: { backtest_id: grid.backtest_id },
        query: {
          grid_id: grid.grid_id,
          sort,
          limit,
          ...(status ? { status } : {}),
          ...(cursor ? { cursor } : {}),
        },
      } as never,
    }),
  );
}

/** The API sorts, so that the first page is right without the others. `changed` counts what has ended: then all that are here are asked anew. */
export function useRuns(
  grid: Grid,
  sort: { key: string; descending: boolean },
  changed: number,
  { status, enabled = true }: { status?: Run["status"] | undefined; enabled?: boolean } = {},
) {
  const order = `${sort.descending ? "-" : ""}${sort.key}`;
  const settled = isSettled(grid);
  const asked = useInfiniteQuery({
    queryKey: ["runs", grid.grid_id, order, status ?? "", settled],
    queryFn: ({ pageParam, signal }) => page(grid, { sort: order, limit: PAGE, cursor: pageParam, status }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: settled ? Number.POSITIVE_INFINITY : 0,
    structuralSharing: false, // comparing thousands of rows figure by figure takes longer than drawing those in sight
    enabled,
  });
  const { refetch } = asked;
  const seen = useRef(changed);
  useEffect(() => {
    if (seen.current === changed) return;
    seen.current = changed;
    if (enabled && !settled) void refetch();
  }, [changed, enabled, settled, refetch]);
  return asked;
}

export interface AllRuns {
  /** Empty until the last page is there: a part of the rows would be sorted and filtered wrongly. */
  rows: readonly Run[];
  loaded: number;
  complete: boolean;
  error: Error | null;
  again: () => void;
}

const NONE: readonly Run[] = [];

/** Every run, in the grid's own order; begins when it is wanted, of a grid that has ended. */
export function useAllRuns(grid: Grid, wanted: boolean): AllRuns {
  const enabled = wanted && hasEnded(grid) && !grid.archived_at;
  const asked = useInfiniteQuery({
    queryKey: ["all-runs", grid.grid_id],
    queryFn: ({ pageParam, signal }) =>
      page(grid, { sort: "position", limit: LARGEST_PAGE, cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    enabled,
  });
  const { data, hasNextPage, isFetchingNextPage, error, fetchNextPage } = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that comes at once changes nothing but the data
  useEffect(() => {
    if (enabled && hasNextPage && !isFetchingNextPage && !error) void fetchNextPage();
  }, [data, enabled, hasNextPage, isFetchingNextPage, error, fetchNextPage]);
  const pages = data?.pages;
  const complete = pages !== undefined && !hasNextPage;
  const rows = useMemo(() => (complete && pages ? pages.flatMap((each) => each.items) : NONE), [complete, pages]);
  const loaded = pages?.reduce((sum, each) => sum + each.items.length, 0) ?? 0;
  const again = () => void (pages ? fetchNextPage() : asked.refetch());
  return { rows, loaded, complete, error, again };
}
