"use client";
/** On what a run was made, as far as its ledgers must know, and what its stocks are called. */
import { useQuery } from "@tanstack/react-query";
import { api, bodyOf } from "@/api/client";
import { type Run, useBacktest } from "@/jobs/run";

export interface Ground {
  version: string;
  frequency: string;
  start: string;
  end: string;
}

/** Undefined: not known yet. */
export function useGround(run: Run): Ground | undefined {
  const context = useBacktest(run.backtest_id).data?.context as
    | { datasource_version?: string; frequency?: string; window?: { start?: string; end?: string } }
    | undefined;
  if (!context) return undefined;
  return {
    version: context.datasource_version ?? "",
    frequency: context.frequency ?? "1d",
    start: context.window?.start ?? "",
    end: context.window?.end ?? "",
  };
}

/** Bars that are shorter than a session. */
export const isIntraday = (frequency: string | undefined): boolean => /^\d+m$/.test(frequency ?? "");

const PAGE = 1000;
const NONE: ReadonlyMap<string, string> = new Map();

async function allNames(version: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const query = { datasource_version: version, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const page: { items: { ts_code: string; name: string }[]; next_cursor: string | null } = await bodyOf(
      api.GET("/api/market/instruments", { params: { query } }),
    );
    for (const row of page.items) names.set(row.ts_code, row.name);
    cursor = page.next_cursor;
  } while (cursor);
  return names;
}

/** By code; without them codes alone are shown, so nothing waits for this. */
export function useNames(version: string | undefined): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ["names", version],
    queryFn: () => allNames(version ?? ""),
    enabled: Boolean(version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? NONE;
}
