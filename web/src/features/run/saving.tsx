"use client";
/** Everything that a run left behind, as files: tables as CSV or Parquet, the report as one page. */
import { useState } from "react";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SaveButton } from "@/ui/save-button";
import { useWords } from "@/words/language";
import { WORDS } from "./saving-words";
import { hasPartial } from "./tabs";

const TABLES = ["equity", "account", "trades", "positions", "orders", "refusals", "events"] as const;

export function SavingButton({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const [open, setOpen] = useState(false);
  const whole = run.status === "succeeded";
  if (!whole && !hasPartial(run)) return null;
  const path = (kind: string) => `/api/runs/${run.run_id}/artifacts/${kind}`;
  const name = (kind: string) => `${kind}-${run.run_id}`;
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {words.save}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={words.heading} description={words.about}>
        <ul className="divide-y divide-line border-y border-line">
          {TABLES.map((kind) => (
            <li key={kind} className="flex flex-wrap items-center gap-2 py-2">
              <span className="min-w-0 flex-1 basis-48">
                <span className="block font-medium">{words.kinds[kind].name}</span>
                <span className="block text-xs text-ink-soft">{words.kinds[kind].text}</span>
              </span>
              <SaveButton path={`${path(kind)}?format=csv`} name={`${name(kind)}.csv`}>
                CSV
              </SaveButton>
              <SaveButton path={`${path(kind)}?format=parquet`} name={`${name(kind)}.parquet`}>
                Parquet
              </SaveButton>
            </li>
          ))}
          <li className="flex flex-wrap items-center gap-2 py-2">
            <span className="min-w-0 flex-1 basis-48">
              <span className="block font-medium">{words.log.name}</span>
              <span className="block text-xs text-ink-soft">{words.log.text}</span>
            </span>
            <SaveButton path={path("logs")} name={`${name("log")}.txt`}>
              TXT
            </SaveButton>
          </li>
        </ul>
        {whole && (
          <div className="mt-4 flex flex-wrap items-center gap-3">
            <SaveButton path={path("report")} name={`${name("report")}.html`}>
              {words.report}
            </SaveButton>
            <SaveButton path={path("statistics")} name={`${name("statistics")}.json`}>
              {words.statistics}
            </SaveButton>
            <SaveButton path={path("findings")} name={`${name("findings")}.json`}>
              {words.findings}
            </SaveButton>
          </div>
        )}
      </Dialog>
    </>
  );
}
