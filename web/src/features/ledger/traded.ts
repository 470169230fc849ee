"use client";
/** The stocks that a run traded, for a picker: those that earned most first, then those that are only held. */
import { useMemo } from "react";
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

/** Undefined: not known yet. */
export function useTraded(run: Run): readonly Traded[] | undefined {
  const statistics = useStatistics(run.run_id, true);
  const hasNone = statistics.error !== null;
  const trades = useRows(run.run_id, "trades", { all: true, enabled: hasNone });
  const positions = useRows(run.run_id, "positions", { all: true });
  const byStock = (statistics.data as ByStock | null | undefined)?.by_stock;
  return useMemo(() => {
    const closed = hasNone
      ? counted(trades.rows, (row) => row.ts_code)
      : byStock?.map((row): [string, number] => [row.key, row.trades]);
    if (!closed || !positions.complete || (hasNone && !trades.complete)) return undefined;
    return listed(
      closed,
      positions.rows.map((row) => row.ts_code),
    );
  }, [byStock, hasNone, trades.rows, trades.complete, positions.rows, positions.complete]);
}

function listed(closed: readonly (readonly [code: string, trades: number])[], held: readonly string[]): Traded[] {
  const holding = new Set(held);
  const known = new Set(closed.map(([code]) => code));
  return [
    ...closed.map(([code, trades]) => ({ code, trades, isHeld: holding.has(code) })),
    ...held.filter((code) => !known.has(code)).map((code) => ({ code, trades: 0, isHeld: true })),
  ];
}
