"use client";
/** What was held when the run ended. */
import { useMemo, useState } from "react";
import { exact, signedExact, sum } from "@/format/exact";
import { count, percent } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Change } from "@/ui/change";
import { Stat } from "@/ui/stat";
import type { Column, Sort } from "@/ui/table";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { Gain, Money, Security, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { useGround, useNames } from "./context";
import { useRows } from "./ledger";
import { LedgerTable } from "./ledger-table";
import { PART_WORDS } from "./part-words";
import type { PositionRow } from "./rows";
import { sorted } from "./sorting";
import { WORDS } from "./words";

export function Holdings({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const shared = useWords(WORDS);
  const names = useNames(useGround(run)?.version);
  const { go } = useAddress();
  const [sort, setSort] = useState<Sort>();
  const reading = useRows(run.run_id, "positions", { all: true });
  const rows = useMemo(() => sorted(reading.rows, sort), [reading.rows, sort]);
  const value = useMemo(() => sum(reading.rows.map((row) => row.value_yuan)), [reading.rows]);
  const floating = useMemo(() => sum(reading.rows.map((row) => row.pnl_yuan)), [reading.rows]);
  const columns = useColumns(names, value);
  return (
    <>
      {reading.complete && rows.length > 0 && (
        <dl className="grid grid-cols-2 gap-4 sm:flex sm:gap-8">
          <Stat label={words.held}>{count(rows.length)}</Stat>
          <Stat label={words.value}>{exact(value)}</Stat>
          <Stat label={words.floating}>
            <Change value={floating}>{signedExact(floating)}</Change>
          </Stat>
        </dl>
      )}
      <LedgerTable
        label={words.holdings}
        reading={reading}
        rows={rows}
        columns={columns}
        rowKey={(row) => row.ts_code}
        narrowed={false}
        all
        empty={words.noHoldings}
        note={<span>{shared.toChart}</span>}
        {...(sort ? { sort } : {})}
        onSort={setSort}
        onRow={(row) => go({ tab: "chart", stock: row.ts_code, at: row.entry_date, until: null })}
      />
    </>
  );
}

/** `total`: what all holdings are worth. */
function useColumns(names: ReadonlyMap<string, string>, total: number): Column<PositionRow>[] {
  const words = useWords(COLUMN_WORDS);
  return useMemo(() => {
    const figure = (key: keyof PositionRow, head: string, cell: Column<PositionRow>["cell"]): Column<PositionRow> => ({
      key,
      head,
      number: true,
      sortable: true,
      width: "minmax(7rem, 0.6fr)",
      cell,
    });
    const money = (key: "entry_price_yuan" | "last_price_yuan" | "value_yuan", head: string) =>
      figure(key, head, (row) => <Money metric={key} value={row[key]} />);
    return [
      {
        key: "ts_code",
        head: words.security,
        sortable: true,
        width: "minmax(11rem, 1fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code)} />,
      },
      figure("shares", words.shares, (row) => <Told metric="shares">{count(row.shares)}</Told>),
      figure("sellable", words.sellable, (row) => <Told metric="sellable">{count(row.sellable)}</Told>),
      {
        key: "entry_date",
        head: words.entryDate,
        sortable: true,
        width: "6.5rem",
        cell: (row) => <Told metric="entry_date">{row.entry_date}</Told>,
      },
      money("entry_price_yuan", words.entryPrice),
      money("last_price_yuan", words.lastPrice),
      money("value_yuan", words.value),
      {
        key: "share",
        head: words.share,
        number: true,
        width: "minmax(7rem, 0.6fr)",
        cell: (row) => percent(total ? row.value_yuan / total : null),
      },
      figure("pnl_yuan", words.floating, (row) => <Gain metric="pnl_yuan" value={row.pnl_yuan} />),
    ];
  }, [words, names, total]);
}
