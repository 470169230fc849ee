"use client";
/** What was held when the run ended, and the account day by day. */
import type { Run } from "@/jobs/run";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { Account } from "./account";
import { useAddress } from "./address";
import { useGround } from "./context";
import { Holdings } from "./holdings";
import { LedgerSave } from "./ledger-save";
import { PART_WORDS } from "./part-words";
import { WORDS } from "./words";

const DAYS = ["from", "to"] as const;
const NOTHING = [] as const;

export function PositionsTab({ run }: { run: Run }) {
  const words = useWords(PART_WORDS);
  const shared = useWords(WORDS);
  const { get, set } = useAddress();
  const ground = useGround(run);
  const view = get("view") === "days" ? "days" : "holdings";
  const kind = view === "days" ? "account" : "positions";
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          label={words.view}
          value={view}
          onChange={(next) => set({ view: next === "days" ? next : null })}
          options={[
            { value: "holdings", label: words.holdings },
            { value: "days", label: words.days },
          ]}
        />
        <div className="ml-auto flex flex-wrap gap-2">
          <LedgerSave run={run} ledger={kind} by={kind === "account" ? DAYS : NOTHING} />
        </div>
      </div>
      <p className="text-xs text-ink-soft">
        {view === "days" ? words.daysMean : words.holdingsMean(ground?.end ?? "")} {shared.cny}
      </p>
      {view === "days" ? <Account run={run} /> : <Holdings run={run} />}
    </div>
  );
}
