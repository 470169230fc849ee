/** Rows of a ledger in another order than its own, and what adds up along them. */
import { sum } from "@/format/exact";
import type { Sort } from "@/ui/table";
import type { TradeRow } from "./rows";

type Cell = string | number | null;

/** Rows that are equal keep the ledger's order; what is not known comes last. */
export function sorted<Row>(rows: readonly Row[], sort: Sort | undefined): readonly Row[] {
  if (!sort) return rows;
  const cell = (row: Row) => (row as Record<string, Cell>)[sort.key] ?? null;
  const way = sort.descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [left, right] = [cell(one), cell(other)];
    if (left === right) return 0;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -way : way;
  });
}

export type RunningTrade = TradeRow & { cumulative: number };

/** Each trade with the profit of all up to it, in the order in which they were closed. */
export function running(trades: readonly TradeRow[]): RunningTrade[] {
  let thousandths = 0;
  return trades.map((trade) => {
    thousandths += Math.round(trade.pnl_yuan * 1000);
    return { ...trade, cumulative: thousandths / 1000 };
  });
}

export interface Totals {
  pnl: number;
  fees: number;
  wins: number;
  count: number;
}

/** `fees_yuan` of a trade has the tax on dividends in it. */
export function totals(trades: readonly TradeRow[]): Totals {
  return {
    pnl: sum(trades.map((trade) => trade.pnl_yuan)),
    fees: sum(trades.map((trade) => trade.fees_yuan)),
    wins: trades.filter((trade) => trade.pnl_yuan > 0).length,
    count: trades.length,
  };
}
