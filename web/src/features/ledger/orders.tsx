"use client";
/** Orders that rested, and what became of them. */
import { useMemo } from "react";
import { clock } from "@/format/exact";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import type { Column } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { useAddress } from "./address";
import { Money, Reason, Security, SideShown, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { isIntraday, useGround, useNames } from "./context";
import { ChoiceOf, Filters, useAsked } from "./filters";
import { useRows } from "./ledger";
import { LedgerTable } from "./ledger-table";
import type { OrderRow } from "./rows";
import { ENDS, named } from "./terms";
import { TRADE_WORDS } from "./trade-words";
import { WORDS } from "./words";

export function Orders({ run }: { run: Run }) {
  const words = useWords(TRADE_WORDS);
  const shared = useWords(WORDS);
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { get, go } = useAddress();
  const asked = useAsked();
  const side = get("side");
  const keep = useMemo(() => (side ? (row: OrderRow) => row.side === side : undefined), [side]);
  const reading = useRows(run.run_id, "orders", { asked, ...(keep ? { keep } : {}) });
  const columns = useColumns(names, isIntraday(ground?.frequency));
  return (
    <>
      <Filters names={names} further={["side"]}>
        <ChoiceOf
          name="side"
          label={shared.side}
          options={[
            ["buy", shared.buy],
            ["sell", shared.sell],
          ]}
        />
      </Filters>
      <LedgerTable
        label={words.orders}
        reading={reading}
        rows={reading.rows}
        columns={columns}
        rowKey={(row) => String(row.sequence)}
        narrowed={Boolean(asked.code || asked.from || asked.to || side)}
        empty={words.noOrders}
        note={<span>{shared.toChart}</span>}
        onRow={(row) => go({ tab: "chart", stock: row.ts_code, at: row.time, until: null })}
      />
    </>
  );
}

function useColumns(names: ReadonlyMap<string, string>, intraday: boolean): Column<OrderRow>[] {
  const words = useWords(COLUMN_WORDS);
  const trading = useWords(TRADE_WORDS);
  const language = useLanguage();
  return useMemo(
    () => [
      {
        key: "date",
        head: words.date,
        width: intraday ? "10.5rem" : "6.5rem",
        cell: (row) => (intraday ? `${row.date} ${clock(row.time)}` : row.date),
      },
      { key: "side", head: words.side, width: "4.5rem", cell: (row) => <SideShown side={row.side} /> },
      {
        key: "ts_code",
        head: words.security,
        width: "minmax(11rem, 1fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code)} />,
      },
      { key: "origin", head: words.origin, width: "9rem", cell: (row) => trading.origins[row.origin] ?? row.origin },
      {
        key: "price_yuan",
        head: words.orderPrice,
        number: true,
        width: "6.5rem",
        cell: (row) =>
          row.price_yuan === null ? words.atMarket : <Money metric="price_yuan" value={row.price_yuan} />,
      },
      { key: "shares", head: words.ordered, number: true, width: "7rem", cell: (row) => count(row.shares) },
      {
        key: "filled",
        head: words.filled,
        number: true,
        width: "7rem",
        cell: (row) => <Told metric="filled">{count(row.filled)}</Told>,
      },
      {
        key: "value",
        head: words.amount,
        number: true,
        width: "7rem",
        cell: (row) => <Money metric="value_yuan" value={row.value_yuan} />,
      },
      {
        key: "frozen",
        head: words.frozen,
        number: true,
        width: "7rem",
        cell: (row) => <Money metric="frozen_yuan" value={row.frozen_yuan} />,
      },
      { key: "refused", head: words.times, number: true, width: "7rem", cell: (row) => count(row.refused) },
      {
        key: "ended",
        head: words.ended,
        width: "8rem",
        cell: (row) => (
          <Reason metric="ended" alarming={row.ended === "refused"}>
            {named(ENDS, row.ended, language)}
          </Reason>
        ),
      },
      { key: "end_date", head: words.endDate, width: "6.5rem", cell: (row) => row.end_date ?? "" },
    ],
    [words, trading, names, language, intraday],
  );
}
