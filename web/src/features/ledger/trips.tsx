"use client";
/** Round trips: positions from their first purchase to their last sale, with what they earned and what that adds up to. */
import { useMemo, useState } from "react";
import { exact, signedExact, sum } from "@/format/exact";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import { Change } from "@/ui/change";
import { Stat } from "@/ui/stat";
import type { Column, Sort } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { useAddress } from "./address";
import { Gain, Money, Rate, Reason, Security, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { useGround, useNames } from "./context";
import { ChoiceOf, Filters, useAsked } from "./filters";
import { READ_WHOLE, useRows } from "./ledger";
import { LedgerTable } from "./ledger-table";
import type { TradeRow } from "./rows";
import { type RunningTrade, running, sorted, totals } from "./sorting";
import { named, REASONS } from "./terms";
import { TRADE_WORDS } from "./trade-words";
import { WORDS } from "./words";

const EXITS = ["signal", "stop_loss", "trailing_stop", "take_profit", "max_holding", "max_drawdown", "order", "target"];
const ALARMING = new Set(["stop_loss", "trailing_stop", "max_drawdown", "delisted", "ex_date"]);

export function Trips({ run }: { run: Run }) {
  const words = useWords(TRADE_WORDS);
  const shared = useWords(WORDS);
  const language = useLanguage();
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { get, go } = useAddress();
  const asked = useAsked();
  const [sort, setSort] = useState<Sort>();
  const exit = get("exit");
  const keep = useMemo(() => (exit ? (row: TradeRow) => row.exit_reason === exit : undefined), [exit]);
  const all = sort !== undefined || (run.stats?.trades ?? 0) <= READ_WHOLE;
  const reading = useRows(run.run_id, "trades", { asked, all, ...(keep ? { keep } : {}) });
  const summed = useMemo(() => running(reading.rows), [reading.rows]);
  const rows = useMemo(() => sorted(summed, sort), [summed, sort]);
  const columns = useColumns(names);
  const narrowed = Boolean(asked.code || asked.from || asked.to || exit);
  return (
    <>
      <Filters names={names} further={["exit"]}>
        <ChoiceOf name="exit" label={words.exit} options={EXITS.map((key) => [key, named(REASONS, key, language)])} />
      </Filters>
      {reading.complete && rows.length > 0 && <Sums rows={reading.rows} whole={narrowed ? null : run} />}
      <LedgerTable
        label={words.trips}
        reading={reading}
        rows={rows}
        columns={columns}
        rowKey={(row, index) => `${row.ts_code}|${row.entry_date}|${row.exit_date}|${index}`}
        narrowed={narrowed}
        all={all}
        empty={words.noTrips}
        note={<span>{shared.toChart}</span>}
        {...(sort ? { sort } : {})}
        onSort={setSort}
        onRow={(row) => go({ tab: "chart", stock: row.ts_code, at: row.entry_date, until: row.exit_date })}
      />
    </>
  );
}

/** `whole`: the run whose trades these all are; with what it holds at the end they make its profit. */
function Sums({ rows, whole }: { rows: readonly TradeRow[]; whole: Run | null }) {
  const words = useWords(TRADE_WORDS);
  const { pnl, fees, wins, count: trades } = useMemo(() => totals(rows), [rows]);
  const held = useRows(whole?.run_id ?? "", "positions", { all: true, enabled: whole !== null });
  const floating = useMemo(() => sum(held.rows.map((row) => row.pnl_yuan)), [held.rows]);
  const gain = (label: string, value: number | null) => (
    <Stat label={label}>
      <Change value={value}>{signedExact(value)}</Change>
    </Stat>
  );
  return (
    <dl className="grid grid-cols-2 gap-4 sm:flex sm:flex-wrap sm:gap-8">
      <Stat label={words.closed}>{count(trades)}</Stat>
      <Stat label={words.winning}>{count(wins)}</Stat>
      <Stat label={words.sumFees}>{exact(fees)}</Stat>
      {gain(words.sumPnl, pnl)}
      {whole && held.complete && gain(words.floating, floating)}
      {whole && held.complete && gain(words.wholePnl, whole.stats?.pnl ?? null)}
    </dl>
  );
}

function useColumns(names: ReadonlyMap<string, string>): Column<RunningTrade>[] {
  const words = useWords(COLUMN_WORDS);
  const language = useLanguage();
  return useMemo(() => {
    const money = (key: keyof TradeRow, head: string): Column<RunningTrade> => ({
      key,
      head,
      number: true,
      sortable: true,
      width: "6rem",
      cell: (row) => <Money metric={key} value={row[key] as number} />,
    });
    const text = (key: "entry_date" | "exit_date", head: string): Column<RunningTrade> => ({
      key,
      head,
      sortable: true,
      width: "6.5rem",
      cell: (row) => <Told metric={key}>{row[key]}</Told>,
    });
    return [
      {
        key: "ts_code",
        head: words.security,
        sortable: true,
        width: "minmax(10.5rem, 1fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code)} />,
      },
      text("entry_date", words.entryDate),
      money("entry_price_yuan", words.entryPrice),
      {
        key: "shares",
        head: words.shares,
        number: true,
        sortable: true,
        width: "6.5rem",
        cell: (row) => <Told metric="shares">{count(row.shares)}</Told>,
      },
      text("exit_date", words.exitDate),
      money("exit_price_yuan", words.exitPrice),
      money("fees_yuan", words.fees),
      money("dividends_yuan", words.dividends),
      {
        key: "pnl_yuan",
        head: words.pnl,
        number: true,
        sortable: true,
        width: "7.5rem",
        cell: (row) => <Gain metric="pnl_yuan" value={row.pnl_yuan} />,
      },
      {
        key: "return",
        head: words.rate,
        number: true,
        sortable: true,
        width: "6rem",
        cell: (row) => <Rate metric="return" value={row.return} />,
      },
      {
        key: "cumulative",
        head: words.cumulative,
        number: true,
        width: "8rem",
        cell: (row) => <Gain metric="cumulative" value={row.cumulative} />,
      },
      {
        key: "holding_sessions",
        head: words.held,
        number: true,
        sortable: true,
        width: "5.5rem",
        cell: (row) => <Told metric="holding_sessions">{count(row.holding_sessions)}</Told>,
      },
      {
        key: "exit_reason",
        head: words.exitReason,
        sortable: true,
        width: "6.5rem",
        cell: (row) => (
          <Reason metric="exit_reason" alarming={ALARMING.has(row.exit_reason)}>
            {named(REASONS, row.exit_reason, language)}
          </Reason>
        ),
      },
    ];
  }, [words, names, language]);
}
