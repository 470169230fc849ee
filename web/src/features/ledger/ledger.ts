"use client";
/** A ledger of a run, page by page, as the API has it; one that is still being made (202) is asked for again until it is there. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { fetchFile } from "@/api/client";
import type { Rows } from "./rows";

export type Kind = keyof Rows;

/** What the API itself can choose by. */
export interface Asked {
  code?: string;
  from?: string;
  to?: string;
}

interface Page<Row> {
  items: Row[];
  next_cursor: string | null;
  preparing: boolean;
}

/** The first page is soon there, the others are few. */
const FIRST = 500;
const LATER = 4000;
const PATIENCE_MS = 1000;

export function addressOf(run: string, kind: Kind, asked: Asked, cursor: string): string {
  const query = new URLSearchParams({ format: "json", limit: String(cursor ? LATER : FIRST) });
  if (asked.code) query.set("ts_code", asked.code);
  if (asked.from) query.set("from", asked.from);
  if (asked.to) query.set("to", asked.to);
  if (cursor) query.set("cursor", cursor);
  return `/api/runs/${run}/artifacts/${kind}?${query}`;
}

export function useLedger<K extends Kind>(run: string, kind: K, asked: Asked = {}, enabled = true) {
  return useInfiniteQuery({
    queryKey: ["ledger", run, kind, asked],
    queryFn: async ({ pageParam, signal }): Promise<Page<Rows[K]>> => {
      const response = await fetchFile(addressOf(run, kind, asked, pageParam), { signal });
      if (response.status === 202) {
        if (pageParam) await new Promise((done) => setTimeout(done, PATIENCE_MS)); // the first page has its own rhythm
        return { items: [], next_cursor: pageParam || null, preparing: true };
      }
      return { ...((await response.json()) as Omit<Page<Rows[K]>, "preparing">), preparing: false };
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data?.pages[0]?.preparing ? PATIENCE_MS : false),
  });
}

/** Ledgers of so many rows are read whole, so that they can be summed and counted. */
export const READ_WHOLE = 20_000;
/** Rows that are brought beyond those in sight. */
const STEP = 300;

interface Choosing<Row> {
  asked?: Asked;
  /** What the API cannot choose by; must keep its identity while nothing changes. */
  keep?: (row: Row) => boolean;
  /** Every row is needed: to sort them, or to count them. */
  all?: boolean;
  enabled?: boolean;
}

/** The rows of a ledger that are wanted, brought as far as they are looked at: `more` brings further ones. */
export function useRows<K extends Kind>(run: string, kind: K, choosing: Choosing<Rows[K]> = {}) {
  const { asked, keep, all = false, enabled = true } = choosing;
  const ledger = useLedger(run, kind, asked, enabled);
  const [wanted, setWanted] = useState(STEP);
  const { data, hasNextPage, isFetching, error, fetchNextPage, refetch } = ledger;
  const read = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const rows = useMemo(() => (keep ? read.filter(keep) : read), [read, keep]);
  // `data`: a page that is there at once changes nothing else of these
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (hasNextPage && !isFetching && !error && (all || rows.length < wanted)) void fetchNextPage();
  }, [data, hasNextPage, isFetching, error, all, rows.length, wanted, fetchNextPage]);
  const more = useCallback(() => setWanted(rows.length + STEP), [rows.length]);
  return {
    rows,
    /** Of all rows that were looked at, how many. */
    read: read.length,
    /** There are no others. */
    complete: data !== undefined && !hasNextPage && !data.pages[0]?.preparing,
    /** The account is being computed again, as a grid's cells keep theirs only when somebody asks. */
    preparing: data?.pages[0]?.preparing ?? false,
    loading: data === undefined && !error,
    error,
    more: hasNextPage ? more : undefined,
    again: () => void (data ? fetchNextPage() : refetch()),
  };
}
