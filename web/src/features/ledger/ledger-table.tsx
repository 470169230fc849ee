"use client";
/** A ledger as a table that reads on as people scroll, with what it says while there is nothing, nothing yet, or something went wrong. */
import type { ReactNode } from "react";
import { count } from "@/format/numbers";
import { Button } from "@/ui/button";
import { Spinner } from "@/ui/spinner";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { type Column, type Sort, Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import type { useRows } from "./ledger";
import { WORDS } from "./words";

type Reading = Pick<
  ReturnType<typeof useRows>,
  "complete" | "preparing" | "loading" | "error" | "more" | "again" | "read"
>;

interface Props<Row> {
  label: string;
  reading: Reading;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row, index: number) => string;
  /** In the address something narrows what is shown. */
  narrowed: boolean;
  /** Every row is awaited before the order is right. */
  all?: boolean;
  empty?: ReactNode;
  /** Beside how many there are. */
  note?: ReactNode;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  onRow?: (row: Row) => void;
  selected?: (row: Row) => boolean;
  height?: number;
}

export function LedgerTable<Row>({ reading, narrowed, all = false, empty, note, ...table }: Props<Row>) {
  const words = useWords(WORDS);
  if (reading.preparing) return <Preparing />;
  if (reading.loading) return <Skeleton className="h-96" />;
  const { rows } = table;
  const said = reading.complete
    ? (narrowed ? words.chosen : words.total)(count(rows.length))
    : all
      ? words.readingAll(count(reading.read))
      : words.shown(count(rows.length));
  return (
    <div className="grid min-w-0 gap-2">
      {rows.length > 0 && (
        <>
          <p className="flex flex-wrap gap-x-4 text-xs text-ink-soft">
            <span role="status">{said}</span>
            {note}
          </p>
          <Table {...table} height={table.height ?? 560} {...(reading.more ? { onEnd: reading.more } : {})} />
        </>
      )}
      {rows.length === 0 && !reading.error && !reading.complete && <p role="status">{words.reading}</p>}
      {rows.length === 0 &&
        reading.complete &&
        (narrowed ? <NothingFits /> : <Empty title={words.nothing}>{empty}</Empty>)}
      {reading.error && <Failure error={reading.error} again={reading.again} />}
    </div>
  );
}

export function Preparing() {
  const words = useWords(WORDS);
  return (
    <p role="status" className="flex items-center gap-3 rounded-lg border border-line bg-surface p-6 text-ink-soft">
      <Spinner />
      {words.preparing}
    </p>
  );
}

const NARROWING = ["code", "from", "to", "side", "reason", "kind", "exit"];

function NothingFits() {
  const words = useWords(WORDS);
  const { set } = useAddress();
  return (
    <Empty title={words.nothingFits}>
      <Button onClick={() => set(Object.fromEntries(NARROWING.map((name) => [name, null])))}>{words.clear}</Button>
    </Empty>
  );
}
