"use client";
/** The bars of one instrument, newest page first asked for, older ones when they are wanted; made by the API where nobody asked before. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { api, bodyOf, type Schemas } from "@/api/client";

export type Bar = Schemas["BarShown"];
export type Frequency = "1d" | "1w" | "1mo" | "1m" | "5m" | "15m" | "30m" | "60m";
export type Adjust = "none" | "forward" | "back";

export interface Asked {
  version: string;
  code: string;
  frequency: Frequency;
  adjust: Adjust;
}

interface Page {
  items: Bar[];
  next_cursor: string | null;
  name: string | null;
}

const BARS = 500;
const PATIENCE_MS = 700;
const MOST_ASKINGS = 100;

export function useBars({ version, code, frequency, adjust }: Asked) {
  return useInfiniteQuery({
    queryKey: ["bars", version, code, frequency, adjust],
    enabled: code !== "",
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = { datasource_version: version, code, frequency, adjust, limit: BARS, cursor: pageParam };
      return made(() => bodyOf(api.GET("/api/market/bars", { params: { query }, signal })), signal);
    },
    getNextPageParam: (page: Page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Asked again while the API makes it. */
async function made(ask: () => Promise<unknown>, signal: AbortSignal): Promise<Page> {
  for (let asked = 0; asked < MOST_ASKINGS; asked++) {
    const answer = (await ask()) as Partial<Page> & { status?: string };
    if (answer.items)
      return { items: answer.items, next_cursor: answer.next_cursor ?? null, name: answer.name ?? null };
    await new Promise((done) => setTimeout(done, PATIENCE_MS));
    signal.throwIfAborted();
  }
  throw new Error("the bars are not ready yet");
}

/** Pages come newest first, bars of a page oldest first. */
export function inOrder(pages: readonly { items: readonly Bar[] }[]): Bar[] {
  return [...pages].reverse().flatMap((page) => page.items);
}

/** Of minutes a day alone is not enough. */
export function labelOf(bar: Bar, frequency: Frequency): string {
  if (!frequency.endsWith("m")) return bar.date;
  const at = new Date(bar.time).toLocaleTimeString("en-GB", {
    timeZone: "Asia/Shanghai",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${bar.date} ${at}`;
}
