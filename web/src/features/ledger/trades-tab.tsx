"use client";
/** What was bought and sold: round trips, single fills, and orders that rested. */
import type { Run } from "@/jobs/run";
import { Choice } from "@/ui/choice";
import { useWords } from "@/words/language";
import { useAddress } from "./address";
import { Fills } from "./fills";
import { LedgerSave } from "./ledger-save";
import { Orders } from "./orders";
import { TRADE_WORDS } from "./trade-words";
import { Trips } from "./trips";
import { WORDS } from "./words";

const VIEWS = ["trips", "fills", "orders"] as const;
type View = (typeof VIEWS)[number];

/** Whose CSV it is: fills are rows of the events. */
const LEDGERS = { trips: "trades", fills: "events", orders: "orders" } as const;
const NARROWED_BY = {
  trips: ["code", "from", "to", "exit"],
  fills: ["code", "from", "to", "side"],
  orders: ["code", "from", "to", "side"],
} as const;
const PARTS = { trips: Trips, fills: Fills, orders: Orders } as const;

export function TradesTab({ run }: { run: Run }) {
  const words = useWords(TRADE_WORDS);
  const shared = useWords(WORDS);
  const { get, set } = useAddress();
  const view: View = VIEWS.find((each) => each === get("view")) ?? "trips";
  const Part = PARTS[view];
  const means = { trips: words.tripsMean, fills: words.fillsMean, orders: words.ordersMean };
  return (
    <div className="grid min-w-0 gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          label={words.view}
          value={view}
          onChange={(next) => set({ view: next === "trips" ? null : next })}
          options={VIEWS.map((each) => ({ value: each, label: words[each] }))}
        />
        <div className="ml-auto flex flex-wrap gap-2">
          <LedgerSave run={run} ledger={LEDGERS[view]} by={NARROWED_BY[view]} fills={view === "fills"} />
        </div>
      </div>
      <p className="text-xs text-ink-soft">
        {means[view]} {shared.cny}
      </p>
      <Part run={run} />
    </div>
  );
}
