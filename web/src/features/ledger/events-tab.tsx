"use client";
/** All that happened in a run, in its order, with words for each. */
import { useMemo } from "react";
import { clock } from "@/format/exact";
import { count } from "@/format/numbers";
import type { Run } from "@/jobs/run";
import type { Column } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { useAddress } from "./address";
import { Money, Reason, Security, Told } from "./cells";
import { COLUMN_WORDS } from "./column-words";
import { isIntraday, useGround, useNames } from "./context";
import { explain } from "./explain";
import { ChoiceOf, Filters, useAsked } from "./filters";
import { useRows } from "./ledger";
import { LedgerSave } from "./ledger-save";
import { LedgerTable } from "./ledger-table";
import { PART_WORDS } from "./part-words";
import type { EventRow } from "./rows";
import { KINDS, named, PHASES } from "./terms";
import { WORDS } from "./words";

const ALARMING = new Set(["refused_buy", "refused_sell", "breaker", "delisted"]);
const EVERYTHING = "every";
const NARROWED_BY = ["code", "from", "to", "kind"] as const;

export function EventsTab({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const shared = useWords(WORDS);
  const language = useLanguage();
  const ground = useGround(run);
  const names = useNames(ground?.version);
  const { get, go } = useAddress();
  const asked = useAsked();
  const kind = get("kind");
  const keep = useMemo(() => {
    if (kind === EVERYTHING) return undefined;
    return (row: EventRow) => (kind in KINDS ? row.kind === kind : row.kind !== "mark");
  }, [kind]);
  const reading = useRows(run.run_id, "events", { asked, ...(keep ? { keep } : {}) });
  const columns = useColumns(names, isIntraday(ground?.frequency));
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <p className="max-w-5xl text-xs text-ink-soft">
          {words.eventsMean} {shared.cny}
        </p>
        <LedgerSave run={run} ledger="events" by={NARROWED_BY} />
      </div>
      <Filters names={names} further={["kind"]}>
        <ChoiceOf
          name="kind"
          label={words.kind}
          all={words.withoutMarks}
          options={[
            [EVERYTHING, words.withMarks],
            ...Object.keys(KINDS).map((key) => [key, named(KINDS, key, language)] as const),
          ]}
        />
      </Filters>
      <LedgerTable
        label={words.events}
        reading={reading}
        rows={reading.rows}
        columns={columns}
        rowKey={(row) => String(row.sequence)}
        narrowed={Boolean(asked.code || asked.from || asked.to || kind)}
        note={<span>{shared.toChart}</span>}
        onRow={(row) => {
          if (row.ts_code)
            go({
              tab: "chart",
              stock: row.ts_code,
              at: row.time,
              until: null,
              ...(row.kind.startsWith("refused") ? { refused: "1" } : {}),
            });
        }}
      />
    </div>
  );
}

function useColumns(names: ReadonlyMap<string, string>, intraday: boolean): Column<EventRow>[] {
  const words = useWords(COLUMN_WORDS);
  const language = useLanguage();
  return useMemo(
    () => [
      {
        key: "sequence",
        head: "#",
        number: true,
        width: "5rem",
        cell: (row) => <Told metric="sequence">{count(row.sequence)}</Told>,
      },
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
      { key: "phase", head: words.phase, width: "7rem", cell: (row) => named(PHASES, row.phase, language) },
      {
        key: "kind",
        head: words.kind,
        width: "minmax(8rem, 0.6fr)",
        cell: (row) => (
          <Reason metric="kind" alarming={ALARMING.has(row.kind)}>
            {named(KINDS, row.kind, language)}
          </Reason>
        ),
      },
      {
        key: "ts_code",
        head: words.security,
        width: "minmax(11rem, 0.8fr)",
        cell: (row) => <Security code={row.ts_code} name={names.get(row.ts_code ?? "")} />,
      },
      {
        key: "value_yuan",
        head: words.amount,
        number: true,
        width: "8rem",
        cell: (row) => <Money metric="value_yuan" value={row.value_yuan || null} />,
      },
      {
        key: "explanation",
        head: words.told,
        width: "minmax(34rem, 3fr)",
        cell: (row) => <span title={explain(row, language)}>{explain(row, language)}</span>,
      },
    ],
    [words, names, language, intraday],
  );
}
