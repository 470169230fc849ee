"use client";
/** What stands behind a run's charts: the artifact `statistics`, which may still be in the making. */
import { useQuery } from "@tanstack/react-query";
import { fetchFile } from "@/api/client";

/** A month (1 to 12) or a whole year (month 0). */
export interface Period {
  year: number;
  month: number;
  value: number;
  benchmark: number | null;
  sessions: number;
}

export interface Drawdown {
  depth: number;
  /** The session of the peak; 0: the initial cash. */
  start: number;
  trough: number;
  /** Null: not within the window. */
  recovery: number | null;
  sessions: number;
  falling: number;
}

export interface Curve {
  sessions: number[];
  equity: number[];
  benchmark_code: string | null;
  benchmark: (number | null)[] | null;
  excess: (number | null)[] | null;
  drawdown: (number | null)[];
}

/** Closed trades of a stock, or of a reason to close. */
export interface Group {
  key: string;
  trades: number;
  wins: number;
  /** Thousandths of a yuan, as are `fees`, `best` and `worst`. */
  pnl: number;
  fees: number;
  /** Null: nothing was bought. */
  profit_rate: number | null;
  holding_sessions: number;
  best: number;
  worst: number;
}

export interface Statistics {
  stats: Record<string, number | null>;
  /** Figures that say little, because there is too little behind them. */
  too_small: string[];
  monthly: Period[];
  yearly: Period[];
  drawdowns: Drawdown[];
  rolling: { window: number; sharpe: (number | null)[]; volatility: (number | null)[]; beta: (number | null)[] } | null;
  /** The one that earned most first. */
  by_stock: Group[];
  by_exit_reason: Group[];
  curve: Curve;
}

const PATIENCE_MS = 1000;

/** Null: it is being made. */
export async function artifact<T>(run: string, kind: string, signal?: AbortSignal): Promise<T | null> {
  const response = await fetchFile(`/api/runs/${run}/artifacts/${kind}?format=json`, { signal });
  return response.status === 202 ? null : ((await response.json()) as T);
}

export function useStatistics(run: string, ended: boolean) {
  return useQuery({
    queryKey: ["statistics", run],
    queryFn: ({ signal }) => artifact<Statistics>(run, "statistics", signal),
    enabled: ended,
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query) => (query.state.data === null ? PATIENCE_MS : false),
  });
}
