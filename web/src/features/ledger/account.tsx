"use client";
/** The account after each session, to the cent. */
import { useMemo } from "react";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import type { Column } from "@/ui/table";
import { useWords } from "@/words/language";
import { Money, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { Filters, useAsked } from "./filters";
import { useRows } from "./ledger";
import { LedgerTable } from "./ledger-table";
import { PART_WORDS } from "./part-words";
import type { AccountRow } from "./rows";

const NO_NAMES: ReadonlyMap<string, string> = new Map();

export function Account({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const { from = "", to = "" } = useAsked();
  const asked = useMemo(() => ({ from, to }), [from, to]);
  const reading = useRows(run.run_id, "account", { asked });
  const columns = useColumns();
  return (
    <>
      <Filters names={NO_NAMES} withCode={false} />
      <LedgerTable
        label={words.days}
        reading={reading}
        rows={reading.rows}
        columns={columns}
        rowKey={(row) => row.date}
        narrowed={Boolean(from || to)}
      />
    </>
  );
}

function useColumns(): Column<AccountRow>[] {
  const words = useWords(COLUMN_WORDS);
  return useMemo(() => {
    const money = (key: Exclude<keyof AccountRow, "date">, head: string): Column<AccountRow> => ({
      key,
      head,
      number: true,
      width: "8rem",
      cell: (row) => <Money metric={key} value={row[key]} />,
    });
    const number = (key: "fills" | "refusals" | "positions", head: string): Column<AccountRow> => ({
      key,
      head,
      number: true,
      width: "5.5rem",
      cell: (row) => <Told metric={key}>{count(row[key])}</Told>,
    });
    return [
      { key: "date", head: words.date, width: "6.5rem", cell: (row) => <Told metric="date">{row.date}</Told> },
      money("equity_yuan", words.equity),
      money("cash_yuan", words.cash),
      money("market_value_yuan", words.marketValue),
      number("positions", words.positions),
      number("fills", words.fills),
      number("refusals", words.refusals),
      money("bought_yuan", words.bought),
      money("sold_yuan", words.sold),
      money("commission_yuan", words.commission),
      money("duty_yuan", words.duty),
      money("transfer_yuan", words.transfer),
      money("tax_yuan", words.tax),
      money("dividends_yuan", words.dividends),
      money("frozen_yuan", words.frozen),
      money("receivable_yuan", words.receivable),
    ];
  }, [words]);
}
