"use client";
/** Orders that the market or the rules refused, why, and what was missed by it. */
import { useMemo } from "react";
import { clock } from "@/format/exact";
import type { Run } from "@/jobs/run";
import type { Column } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { useAddress } from "./address";
import { Money, Rate, Reason, Security, SideShown, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { isIntraday, useGround, useNames } from "./context";
import { ChoiceOf, Filters, useAsked } from "./filters";
import { READ_WHOLE, useRows } from "./ledger";
import { LedgerSave } from "./ledger-save";
import { LedgerTable } from "./ledger-table";
import { PART_WORDS } from "./part-words";
import { Reasons } from "./reasons";
import type { RefusalRow } from "./rows";
import { meaning, named, REFUSALS } from "./terms";
import { WORDS } from "./words";

const NARROWED_BY = ["code", "from", "to", "side", "reason"] as const;

export function RefusalsTab({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const shared = useWords(WORDS);
  const language = useLanguage();
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { get, go } = useAddress();
  const asked = useAsked();
  const side = get("side");
  const reason = get("reason");
  const keep = useMemo(
    () => (row: RefusalRow) => (!side || row.side === side) && (!reason || row.reason === reason),
    [side, reason],
  );
  const reading = useRows(run.run_id, "refusals", { asked, all: (run.stats?.refused ?? 0) <= READ_WHOLE });
  const rows = useMemo(() => reading.rows.filter(keep), [reading.rows, keep]);
  const columns = useColumns(names, isIntraday(ground?.frequency));
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <p className="max-w-5xl text-xs text-ink-soft">
          {words.refusalsMean} {shared.cny}
        </p>
        <LedgerSave run={run} ledger="refusals" by={NARROWED_BY} />
      </div>
      <Reasons
        rows={reading.rows}
        {...(reading.complete || asked.code || asked.from || asked.to ? {} : { total: run.stats?.refused ?? null })}
        chosen={reason}
      />
      <Filters names={names} further={["side", "reason"]}>
        <ChoiceOf
          name="side"
          label={shared.side}
          options={[
            ["buy", shared.buy],
            ["sell", shared.sell],
          ]}
        />
        <ChoiceOf
          name="reason"
          label={shared.reason}
          options={Object.keys(REFUSALS).map((key) => [key, named(REFUSALS, key, language)])}
        />
      </Filters>
      <LedgerTable
        label={words.refusals}
        reading={reading}
        rows={rows}
        columns={columns}
        rowKey={(row, index) => `${row.time}|${row.ts_code}|${index}`}
        narrowed={Boolean(asked.code || asked.from || asked.to || side || reason)}
        empty={words.noRefusals}
        note={<span>{shared.toChart}</span>}
        onRow={(row) => go({ tab: "chart", stock: row.ts_code, at: row.time, until: null, refused: "1" })}
      />
    </div>
  );
}

function useColumns(names: ReadonlyMap<string, string>, intraday: boolean): Column<RefusalRow>[] {
  const words = useWords(COLUMN_WORDS);
  const language = useLanguage();
  return useMemo(
    () => [
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
      { key: "side", head: words.side, width: "4.5rem", cell: (row) => <SideShown side={row.side} /> },
      {
        key: "ts_code",
        head: words.security,
        width: "minmax(11rem, 1fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code)} />,
      },
      {
        key: "reason",
        head: words.reason,
        width: "minmax(8rem, 0.8fr)",
        cell: (row) => <Reason metric="reason">{named(REFUSALS, row.reason, language)}</Reason>,
      },
      {
        key: "price_yuan",
        head: words.price,
        number: true,
        width: "6.5rem",
        cell: (row) => <Money metric="price_yuan" value={row.price_yuan || null} />,
      },
      {
        key: "would_have_returned",
        head: words.wouldHave,
        number: true,
        width: "10rem",
        cell: (row) => <Rate metric="would_have_returned" value={row.would_have_returned} />,
      },
      {
        key: "explanation",
        head: words.meaning,
        width: "minmax(20rem, 2.5fr)",
        cell: (row) => (
          <span className="text-ink-soft">{meaning(REFUSALS, row.reason, language) ?? row.explanation}</span>
        ),
      },
    ],
    [words, names, language, intraday],
  );
}
