"use client";
/** Which stocks and which reasons to sell made the earnings; a stock leads to its chart with the trades on it. */
import { named, REASONS } from "@/features/ledger/terms";
import { figure } from "@/format/metrics";
import { count, percent } from "@/format/numbers";
import type { Group, Statistics } from "@/jobs/statistics";
import { Card } from "@/ui/card";
import { Change } from "@/ui/change";
import { type Column, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { extremes, yuanOf } from "./sources";
import { goTo } from "./tabs";

const MOST = 5;

export function SourcesCard({ statistics }: { statistics: Statistics }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { best, worst } = extremes(statistics.by_stock, MOST);
  if (statistics.by_stock.length === 0) return null;
  const show = ({ key }: Group) => goTo("chart", { code: key });
  return (
    <Card title={words.sources}>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-3">
        <Groups title={words.madeMost} first={words.stock} rows={best} onRow={show} />
        <Groups title={words.costMost} first={words.stock} rows={worst} onRow={show} />
        <Groups
          title={words.byReason}
          first={words.reason}
          rows={statistics.by_exit_reason}
          name={(key) => named(REASONS, key, language)}
        />
      </div>
      <p className="mt-2 text-xs text-ink-soft">{words.sourcesHint}</p>
    </Card>
  );
}

interface Props {
  title: string;
  first: string;
  rows: readonly Group[];
  name?: (key: string) => string;
  onRow?: (row: Group) => void;
}

function Groups({ title, first, rows, name = (key) => key, onRow }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const columns: Column<Group>[] = [
    { key: "key", head: first, cell: (row) => name(row.key), width: "minmax(6rem, 1.2fr)" },
    { key: "trades", head: words.closed, number: true, cell: (row) => count(row.trades), width: "4rem" },
    { key: "wins", head: words.wins, number: true, cell: (row) => percent(row.wins / row.trades, 0), width: "4rem" },
    {
      key: "pnl",
      head: words.earned,
      number: true,
      cell: (row) => <Change value={row.pnl}>{figure("pnl", "yuan", yuanOf(row.pnl), language)}</Change>,
      width: "minmax(7rem, 1fr)",
    },
  ];
  return (
    <div className="min-w-0">
      <h3 className="mb-2 text-xs font-semibold text-ink-soft">{title}</h3>
      {rows.length === 0 ? (
        <p className="text-ink-soft">{words.noneOfIt}</p>
      ) : (
        <Table label={title} columns={columns} rows={rows} rowKey={(row) => row.key} {...(onRow ? { onRow } : {})} />
      )}
    </div>
  );
}
