"use client";
/** The closed trades of a shared run, where its owner shows them. */
import { useMemo } from "react";
import { named, REASONS } from "@/features/ledger/terms";
import { exact, signedExact } from "@/format/exact";
import { count, signedPercent } from "@/format/numbers";
import { Card } from "@/ui/card";
import { Change } from "@/ui/change";
import { type Column, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { SHARED_WORDS } from "./shared-words";
import type { Shared } from "./snapshot";

/** As GET /api/shares/{token} says them. */
interface Trade {
  ts_code: string;
  entry_date: string;
  entry_price_yuan: number;
  shares: number;
  exit_date: string;
  exit_price_yuan: number;
  pnl_yuan: number;
  return: number;
  holding_sessions?: number;
  exit_reason: string;
}

export function SharedTrades({ shared }: { shared: Shared }) {
  const words = useWords(SHARED_WORDS);
  const language = useLanguage();
  const columns = useMemo(
    (): Column<Trade>[] => [
      { key: "ts_code", head: words.code, cell: (row) => row.ts_code, width: "7rem" },
      { key: "entry_date", head: words.entry, cell: (row) => row.entry_date, width: "7rem" },
      { key: "entry_price", head: words.bought, number: true, cell: (row) => exact(row.entry_price_yuan) },
      {
        key: "shares",
        head: words.shares,
        number: true,
        width: "minmax(5rem, 0.7fr)",
        cell: (row) => count(row.shares),
      },
      { key: "exit_date", head: words.exit, cell: (row) => row.exit_date, width: "7rem" },
      { key: "exit_price", head: words.sold, number: true, cell: (row) => exact(row.exit_price_yuan) },
      {
        key: "pnl",
        head: words.pnl,
        number: true,
        cell: (row) => <Change value={row.pnl_yuan}>{signedExact(row.pnl_yuan)}</Change>,
      },
      {
        key: "return",
        head: words.gain,
        number: true,
        cell: (row) => <Change value={row.return}>{signedPercent(row.return)}</Change>,
      },
      {
        key: "sessions",
        head: words.sessions,
        number: true,
        width: "minmax(6rem, 0.8fr)",
        cell: (row) => count(row.holding_sessions),
      },
      {
        key: "reason",
        head: words.reason,
        width: "minmax(7rem, 1fr)",
        cell: (row) => named(REASONS, row.exit_reason, language),
      },
    ],
    [words, language],
  );
  const trades = shared.trades as unknown as readonly Trade[] | null;
  return (
    <Card title={words.trades}>
      <p className="mb-2 text-ink-soft">
        {trades
          ? words.tradesShown(count(trades.length), count(shared.trade_count))
          : words.tradesHidden(count(shared.trade_count))}
      </p>
      {trades && trades.length > 0 && (
        <Table
          label={words.trades}
          columns={columns}
          rows={trades}
          rowKey={(row, place) => `${row.ts_code} ${row.entry_date} ${place}`}
        />
      )}
    </Card>
  );
}
