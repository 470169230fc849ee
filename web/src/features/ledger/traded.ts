"use client";
/** The stocks that a run traded, for a picker: those that earned most first, then those that are only held. */
import type { Run } from "@/jobs/run";
import { useStatistics } from "@/jobs/statistics";
import { counted } from "./counting";
import { useRows } from "./ledger";

export interface Traded {
  code: string;
  /** Closed ones. */
  trades: number;
  isHeld: boolean;
}

interface ByStock {
  by_stock?: { key: string; trades: number }[];
}

export function useTraded(run: Run): {
  /** Undefined: not known yet. */
  traded: readonly Traded[] | undefined;
  preparing: boolean;
} {
  const statistics = useStatistics(run.run_id, true);
  const hasNone = statistics.error !== null;
  const trades = useRows(run.run_id, "trades", { all: true, enabled: hasNone });
  const positions = useRows(run.run_id, "positions", { all: true });
  const byStock = (statistics.data as ByStock | null | undefined)?.by_stock;
  const closed = hasNone
    ? counted(trades.rows, (row) => row.ts_code)
    : byStock?.map((row): [string, number] => [row.key, row.trades]);
  const isWaiting = (reading: { complete: boolean; error: unknown }) => !reading.complete && !reading.error;
  const isKnown = closed && !isWaiting(positions) && !(hasNone && isWaiting(trades));
  const held = positions.rows.map((row) => row.ts_code);
  return {
    traded: isKnown ? listed(closed, held) : undefined,
    preparing: statistics.data === null || positions.preparing,
  };
}

function listed(closed: readonly (readonly [code: string, trades: number])[], held: readonly string[]): Traded[] {
  const holding = new Set(held);
  const known = new Set(closed.map(([code]) => code));
  return [
    ...closed.map(([code, trades]) => ({ code, trades, isHeld: holding.has(code) })),
    ...held.filter((code) => !known.has(code)).map((code) => ({ code, trades: 0, isHeld: true })),
  ];
}
