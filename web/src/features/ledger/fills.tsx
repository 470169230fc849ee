"use client";
/** Single fills, each fee by itself: the purchases and sales among a run's events. */
import { useMemo } from "react";
import { clock, exact, signedExact, sum } from "@/format/exact";
import { signed } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import type { Column } from "@/ui/table";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { Money, Security, SideShown, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { isIntraday, useGround, useNames } from "./context";
import { ChoiceOf, Filters, useAsked } from "./filters";
import { useRows } from "./ledger";
import { LedgerTable } from "./ledger-table";
import { type EventRow, feesOf, isFill, type Side } from "./rows";
import { TRADE_WORDS } from "./trade-words";
import { WORDS } from "./words";

export function Fills({ run }: { run: Run }) {
  const words = useWords(TRADE_WORDS);
  const shared = useWords(WORDS);
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { get, go } = useAddress();
  const asked = useAsked();
  const side = get("side");
  const keep = useMemo(
    () => (side === "buy" || side === "sell" ? (row: EventRow) => row.kind === side : isFill),
    [side],
  );
  const reading = useRows(run.run_id, "events", { asked, keep });
  const columns = useFillColumns(names, isIntraday(ground?.frequency));
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
        label={words.fills}
        reading={reading}
        rows={reading.rows}
        columns={columns}
        rowKey={(row) => String(row.sequence)}
        narrowed={Boolean(asked.code || asked.from || asked.to || side)}
        empty={words.noFills}
        note={<span>{shared.toChart}</span>}
        onRow={(row) => go({ tab: "chart", stock: row.ts_code, at: row.time, until: null })}
      />
    </>
  );
}

/** `intraday`: the time of day says something. Without `names`: of one stock, which needs no saying. */
export function useFillColumns(names: ReadonlyMap<string, string> | null, intraday: boolean): Column<EventRow>[] {
  const words = useWords(COLUMN_WORDS);
  return useMemo(() => {
    // beside a security's name the figures need no more than their own width
    const width = names ? "6.5rem" : "minmax(6.5rem, 1fr)";
    const money = (key: keyof EventRow, head: string): Column<EventRow> => ({
      key,
      head,
      number: true,
      width,
      cell: (row) => <Money metric={key} value={row[key] as number} />,
    });
    const columns: Column<EventRow>[] = [
      {
        key: "date",
        head: intraday ? words.time : words.date,
        width: intraday ? "10.5rem" : "6.5rem",
        cell: (row) => (
          <>
            <Told metric="date">{row.date}</Told>
            {intraday && ` ${clock(row.time)}`}
          </>
        ),
      },
      { key: "side", head: words.side, width: "4.5rem", cell: (row) => <SideShown side={row.kind as Side} /> },
    ];
    if (names) {
      columns.push({
        key: "ts_code",
        head: words.security,
        width: "minmax(11rem, 1fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code ?? "")} />,
      });
    }
    return [
      ...columns,
      money("price_yuan", words.price),
      {
        key: "shares",
        head: words.shares,
        number: true,
        width,
        cell: (row) => (
          <Told metric="shares">{signed(row.kind === "buy" ? row.shares : -Math.abs(row.shares), 0)}</Told>
        ),
      },
      {
        key: "value_yuan",
        head: words.amount,
        number: true,
        width: "minmax(9rem, 1fr)",
        cell: (row) => (
          <Told metric="value_yuan">{signedExact(row.kind === "buy" ? -row.value_yuan : row.value_yuan)}</Told>
        ),
      },
      money("commission_yuan", words.commission),
      money("duty_yuan", words.duty),
      money("transfer_yuan", words.transfer),
      money("tax_yuan", words.tax),
      {
        key: "fees",
        head: words.fees,
        number: true,
        width,
        cell: (row) => <Told metric="fees_yuan">{exact(sum(feesOf(row)))}</Told>,
      },
    ];
  }, [words, names, intraday]);
}
