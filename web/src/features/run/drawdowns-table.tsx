"use client";
/** The deepest drawdowns; a row zooms the equity chart to its own. */
import { day } from "@/format/metrics";
import { count, percent } from "@/format/numbers";
import type { Drawdown } from "@/jobs/statistics";
import { Badge } from "@/ui/badge";
import { type Column, Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { worst } from "./drawdowns";

const MOST = 10;
/** Figures are rounded on their way. */
const SAME = 1e-6;

interface Props {
  drawdowns: readonly Drawdown[];
  /** The run's maximum drawdown, which looks at every bar: of minutes it may lie within a session. */
  deepest: number | null;
  chosen: Drawdown | null;
  onChoose: (drawdown: Drawdown) => void;
}

export function DrawdownsTable({ drawdowns, deepest, chosen, onChoose }: Props) {
  const words = useWords(WORDS);
  const rows = worst(drawdowns, MOST);
  const isDeeper = deepest !== null && deepest < (rows[0]?.depth ?? 0) - SAME;
  const deeper = isDeeper && <p className="mt-2 text-xs text-ink-soft">{words.deeperWithin(percent(deepest))}</p>;
  if (rows.length === 0) {
    return (
      <>
        <p className="text-ink-soft">{words.noDrawdowns}</p>
        {deeper}
      </>
    );
  }
  const columns: Column<Drawdown>[] = [
    { key: "rank", head: words.rank, cell: (_, index) => index + 1, width: "3rem" },
    { key: "depth", head: words.depth, number: true, cell: (row) => percent(row.depth), width: "5.5rem" },
    {
      key: "start",
      head: words.peak,
      cell: (row) => (row.start === 0 ? words.beginning : day(row.start)),
      width: "minmax(6.5rem, 1fr)",
    },
    { key: "trough", head: words.trough, cell: (row) => day(row.trough), width: "minmax(6.5rem, 1fr)" },
    {
      key: "recovery",
      head: words.recovery,
      cell: (row) => (row.recovery === null ? <Badge tone="doubt">{words.notYet}</Badge> : day(row.recovery)),
      width: "minmax(6.5rem, 1fr)",
    },
    {
      key: "falling",
      head: words.falling,
      number: true,
      cell: (row) => words.days(count(row.falling)),
      width: "5.5rem",
    },
    {
      key: "length",
      head: words.length,
      number: true,
      cell: (row) => words.days(count(row.sessions)),
      width: "5.5rem",
    },
  ];
  return (
    <>
      <Table
        label={words.drawdowns}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.trough)}
        onRow={onChoose}
        selected={(row) => row.trough === chosen?.trough}
      />
      <p className="mt-2 text-xs text-ink-soft">{words.drawdownsHint}</p>
      {deeper}
    </>
  );
}
