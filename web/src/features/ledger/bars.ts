"use client";
/** The bars of a stock up to the end of a run, newest page first, those before when somebody looks there. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api, bodyOf, fetchFile, type Schemas } from "@/api/client";
import { dayOf } from "./days";

export type Bar = Schemas["BarShown"];
type Answer = Schemas["BarList"];
export type Adjust = Answer["adjust"];
type Page = Pick<Answer, "items" | "next_cursor" | "name" | "anchor" | "made_from"> & { preparing: boolean };

export interface BarsAsked {
  version: string;
  code: string;
  frequency: string;
  adjust: Adjust;
  end: string;
}

const FIRST = 1000;
const LATER = 2000;
const PATIENCE_MS = 700;

async function page(asked: BarsAsked, cursor: string, signal: AbortSignal): Promise<Page> {
  const query = new URLSearchParams({
    datasource_version: asked.version,
    code: asked.code,
    frequency: asked.frequency,
    adjust: asked.adjust,
    limit: String(cursor ? LATER : FIRST),
    ...(asked.end ? { end: asked.end } : {}),
    ...(cursor ? { cursor } : {}),
  });
  for (;;) {
    const response = await fetchFile(`/api/market/bars?${query}`, { signal });
    if (response.status !== 202) return { ...((await response.json()) as Answer), preparing: false };
    if (!cursor) return { items: [], next_cursor: null, name: "", anchor: null, made_from: null, preparing: true };
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
    signal.throwIfAborted();
  }
}

/** `since`: a day that must be among them, if it is among the data. */
export function useBars(asked: BarsAsked, since: string) {
  const bars = useInfiniteQuery({
    queryKey: ["bars", asked],
    queryFn: ({ pageParam, signal }) => page(asked, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    enabled: asked.code !== "" && asked.version !== "",
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data?.pages[0]?.preparing ? PATIENCE_MS : false),
  });
  const { data, hasNextPage, isFetching, error, fetchNextPage } = bars;
  const items = useMemo(() => (data ? [...data.pages].reverse().flatMap((each) => each.items) : []), [data]);
  const first = items[0]?.date;
  const isShort = Boolean(since && first && dayOf(since) < first);
  // `data`: a page that is there at once changes nothing else of these
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (isShort && hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [data, isShort, hasNextPage, isFetching, error, fetchNextPage]);
  const newest = data?.pages[0];
  return {
    bars: items,
    name: newest?.name ?? "",
    anchor: newest?.anchor ?? null,
    preparing: newest?.preparing ?? false,
    loading: data === undefined && !error,
    error,
    again: () => void (data ? fetchNextPage() : bars.refetch()),
    /** There are bars before these. */
    hasEarlier: hasNextPage,
    earlier: hasNextPage && !isFetching ? () => void fetchNextPage() : undefined,
  };
}

/** The frequencies that may be shown beside the run's own: whole sessions and longer, as far as the dataset makes them. */
export function useFrequencies(version: string | undefined, own: string): readonly string[] {
  const { data } = useQuery({
    queryKey: ["dataset", version],
    queryFn: () => bodyOf(api.GET("/api/market/datasets/{version}", { params: { path: { version: version ?? "" } } })),
    enabled: Boolean(version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const has = new Set(data?.frequencies.map((each) => each.frequency as string) ?? [own]);
  return [...new Set([own, "1d", "1w", "1mo"])].filter((each) => each === own || has.has(each));
}
