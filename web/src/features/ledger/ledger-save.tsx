"use client";
/** A ledger as a file: all of it as the API has it, or, where the page narrows it, the rows that are shown. */
import type { Run } from "@/jobs/run";
import { SaveButton } from "@/ui/save-button";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import type { Kind } from "./ledger";
import { type Cells, choiceOf, type Narrowing, narrowed } from "./narrowed";
import { KINDS } from "./terms";
import { WORDS } from "./words";

interface Props {
  run: Run;
  ledger: Kind;
  /** What of the address narrows this ledger. */
  by: readonly (keyof Narrowing)[];
  /** Of the events only purchases and sales. */
  fills?: boolean;
}

const isFill = ({ kind }: Cells) => kind === "buy" || kind === "sell";

export function LedgerSave({ run, ledger, by, fills = false }: Props) {
  const words = useWords(WORDS);
  const { get } = useAddress();
  const asked = (name: keyof Narrowing) => (by.includes(name) ? get(name) : "");
  const kind = asked("kind");
  const chosen = choiceOf({
    code: asked("code"),
    from: asked("from"),
    to: asked("to"),
    side: asked("side"),
    reason: asked("reason"),
    kind: kind in KINDS ? kind : "",
    exit: asked("exit"),
  });
  const choice = fills ? (row: Cells) => isFill(row) && (chosen?.(row) ?? true) : chosen;
  return (
    <SaveButton
      path={`/api/runs/${run.run_id}/artifacts/${ledger}?format=csv`}
      name={`${fills ? "fills" : ledger}-${run.run_id}.csv`}
      {...(choice ? { cut: (csv: string) => narrowed(csv, choice) } : {})}
    >
      {chosen ? words.saveChosen : words.saveCsv}
    </SaveButton>
  );
}
