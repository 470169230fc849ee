"use client";
/** The fills of one stock below its chart; a row leads to its bar. */
import { useMemo } from "react";
import { Failure } from "@/ui/states";
import { Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { CHART_WORDS } from "./chart-words";
import { useFillColumns } from "./fills";
import type { useRows } from "./ledger";
import { type EventRow, isFill } from "./rows";

interface Props {
  reading: Pick<ReturnType<typeof useRows<"events">>, "rows" | "complete" | "error" | "again">;
  intraday: boolean;
  /** The day or instant that is looked at. */
  at: string;
}

export function StockFills({ reading, intraday, at }: Props) {
  const words = useWords(CHART_WORDS);
  const { set } = useAddress();
  const rows = useMemo(() => reading.rows.filter(isFill), [reading.rows]);
  const columns = useFillColumns(null, intraday);
  if (reading.error) return <Failure error={reading.error} again={reading.again} />;
  return (
    <section className="grid min-w-0 gap-2">
      <h2 className="text-base font-semibold">{words.fills}</h2>
      {rows.length === 0 ? (
        reading.complete && <p className="text-ink-soft">{words.noFills}</p>
      ) : (
        <Table
          label={words.fills}
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.sequence)}
          height={320}
          selected={(row) => isAt(row, at)}
          onRow={(row) => set({ at: row.time, until: null })}
        />
      )}
    </section>
  );
}

function isAt(row: EventRow, at: string): boolean {
  if (!at) return false;
  return at.length === 10 ? row.date === at : Date.parse(row.time) === Date.parse(at);
}
