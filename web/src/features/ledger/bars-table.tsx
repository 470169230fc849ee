"use client";
/** The bars as a table, newest first: what the chart shows, for those who cannot see it or want its figures. */
import { useMemo } from "react";
import { clock, exact } from "@/format/exact";
import { count, decimal } from "@/format/numbers";
import { Change } from "@/ui/change";
import { type Column, Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { priceText } from "./bar-legend";
import type { Adjust, Bar } from "./bars";
import { CHART_WORDS } from "./chart-words";
import { COLUMN_WORDS } from "./column-words";
import { markText } from "./mark-text";
import type { Mark } from "./marks";
import { WORDS } from "./words";

interface Props {
  bars: readonly Bar[];
  marks: readonly Mark[];
  adjust: Adjust;
  intraday: boolean;
  earlier: (() => void) | undefined;
}

type Row = Bar & { mark: Mark | undefined };

export function BarsTable({ bars, marks, adjust, intraday, earlier }: Props) {
  const words = useWords(CHART_WORDS);
  const rows = useMemo(() => {
    const byPlace = new Map(marks.map((mark) => [mark.index, mark]));
    return bars.map((bar, index): Row => ({ ...bar, mark: byPlace.get(index) })).reverse();
  }, [bars, marks]);
  const columns = useColumns(adjust, intraday);
  return (
    <Table
      label={words.bars}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.time}
      {...(earlier ? { onEnd: earlier } : {})}
    />
  );
}

function useColumns(adjust: Adjust, intraday: boolean): Column<Row>[] {
  const words = useWords(CHART_WORDS);
  const columns = useWords(COLUMN_WORDS);
  const shared = useWords(WORDS);
  return useMemo(() => {
    const price = (key: "open" | "high" | "low" | "close"): Column<Row> => ({
      key,
      head: words[key],
      number: true,
      cell: (row) => priceText(row[key], adjust),
    });
    return [
      {
        key: "date",
        head: columns.date,
        width: intraday ? "10.5rem" : "6.5rem",
        cell: (row) => (intraday ? `${row.date} ${clock(row.time)}` : row.date),
      },
      price("open"),
      price("high"),
      price("low"),
      price("close"),
      { key: "change", head: words.change, number: true, cell: (row) => <Change value={row.change} /> },
      { key: "volume", head: words.volume, number: true, cell: (row) => count(row.volume) },
      { key: "amount", head: words.amount, number: true, width: "minmax(9rem, 1fr)", cell: (row) => exact(row.amount) },
      { key: "factor", head: words.factor, number: true, cell: (row) => decimal(row.factor, 6) },
      {
        key: "marks",
        head: words.marks,
        width: "minmax(14rem, 2fr)",
        cell: ({ mark }) => markText(mark, { ...words, ...shared }),
      },
    ];
  }, [words, columns, shared, adjust, intraday]);
}
