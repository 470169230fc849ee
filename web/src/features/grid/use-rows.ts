"use client";
/** The rows that the table shows: pages that the API sorts, or, once all are here, all of them, sorted and filtered here. */
import { useDeferredValue, useMemo } from "react";
import { type Grid, hasEnded } from "@/jobs/grid";
import { type AllRuns, useAllRuns, useRuns } from "@/jobs/grid-runs";
import type { Run } from "@/jobs/run";
import { countOf, passes, sorted } from "./filters";
import type { View } from "./view";

/** Grids of so many runs come in one page, and are sorted without asking. */
const AT_ONCE = 1000;
const NONE: readonly Run[] = [];

export interface Rows {
  rows: readonly Run[];
  /** Of how many; null: of how many the filters leave is not known yet. */
  of: number | null;
  all: AllRuns;
  loading: boolean;
  error: Error | null;
  again: () => void;
  /** Brings the next page; undefined where there is none. */
  more: (() => void) | undefined;
}

export function useRows(grid: Grid, view: View, changed: number, wantsAll: boolean): Rows {
  const filtering = countOf(view.filters) > 0;
  const all = useAllRuns(grid, wantsAll || filtering || (hasEnded(grid) && grid.total <= AT_ONCE));
  const pages = useRuns(grid, view.sort, changed, { status: view.status, enabled: !all.complete && !grid.archived_at });
  const { filters, status, sort } = useDeferredValue(view);
  const local = useMemo(() => {
    if (!all.complete) return NONE;
    const kept = all.rows.filter((row) => (status === undefined || row.status === status) && passes(row, filters));
    return sorted(kept, sort);
  }, [all.complete, all.rows, filters, status, sort]);
  const paged = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? NONE, [pages.data]);
  if (all.complete) {
    return { rows: local, of: local.length, all, loading: false, error: null, again: all.again, more: undefined };
  }
  const ended = !filtering && pages.hasNextPage && !pages.isFetching;
  return {
    rows: filtering ? NONE : paged,
    of: filtering ? null : view.status ? (grid.counts[view.status] ?? 0) : grid.total,
    all,
    loading: filtering || !pages.data,
    error: all.error ?? pages.error,
    again: () => (all.error ? all.again() : void pages.refetch()),
    more: ended ? () => void pages.fetchNextPage() : undefined,
  };
}
