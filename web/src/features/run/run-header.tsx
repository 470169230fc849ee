"use client";
/** The head of a run's page: of what it is a run, how it stands, and what one can do with it. */
import dynamic from "next/dynamic";
import Link from "next/link";
import { large } from "@/format/numbers";
import type { Backtest, Run } from "@/jobs/run";
import { Badge, type Tone } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { useLanguage, useWords } from "@/words/language";
import { hasText, settingsOf } from "./settings";
import { useIsSynthetic } from "./use-synthetic";
import { WORDS } from "./words";

const TONES: Record<Run["status"], Tone> = {
  queued: "plain",
  running: "accent",
  succeeded: "good",
  failed: "bad",
  cancelled: "doubt",
};

const ShareButton = dynamic(() => import("@/features/share/share-button").then((part) => part.ShareButton));
const SavingButton = dynamic(() => import("./saving").then((part) => part.SavingButton));

export function RunHeader({ run, backtest }: { run: Run; backtest: Backtest | undefined }) {
  const words = useWords(WORDS);
  const synthetic = useIsSynthetic(backtest && settingsOf(backtest).dataset);
  return (
    <header className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-2xl font-semibold break-words">{backtest?.strategy.name ?? words.title}</h1>
        <span role="status">
          <Badge tone={TONES[run.status]}>{words.status[run.status]}</Badge>
        </span>
        {synthetic && (
          <Badge tone="doubt" title={words.syntheticMeans}>
            {words.synthetic}
          </Badge>
        )}
        {run.reused_from && (
          <Badge tone="plain" title={words.reusedMeans}>
            {words.reused}
          </Badge>
        )}
        <div className="flex flex-wrap gap-2 sm:ml-auto">
          {backtest && hasText(backtest) && (
            <ButtonLink look="primary" href={`/strategies/?run=${run.run_id}`}>
              {words.edit}
            </ButtonLink>
          )}
          {run.status === "succeeded" && (
            <ButtonLink href={`/compare/?runs=${run.run_id}`}>{words.toCompare}</ButtonLink>
          )}
          <SavingButton run={run} />
          <ShareButton run={run} />
        </div>
      </div>
      {backtest && <Setting backtest={backtest} />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
        {Object.entries(run.params).map(([name, value]) => (
          <span key={name}>
            <code className="font-mono">{name}</code> = <span className="font-medium text-ink">{value}</span>
          </span>
        ))}
        {run.grid_id && <Link href={`/grids/?id=${run.grid_id}`}>{words.itsGrid}</Link>}
      </div>
    </header>
  );
}

/** On what it was computed, in one line. */
function Setting({ backtest }: { backtest: Backtest }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { window, frequency, dataset, cash, benchmark } = settingsOf(backtest);
  const said = [
    window && `${window.start} – ${window.end}`,
    frequency && (words.frequencies[frequency] ?? frequency),
    dataset,
    `${words.cash} ${large(cash, language, 0)}`,
    benchmark ? `${words.benchmark} ${benchmark}` : words.noBenchmark,
    hasText(backtest) ? words.adjusted : words.tradedAt,
  ].filter(Boolean);
  return (
    <p className="flex flex-wrap gap-x-2 text-ink-soft">
      {said.map((each, index) => (
        <span key={each}>
          {each}
          {index < said.length - 1 && <span aria-hidden="true"> ·</span>}
        </span>
      ))}
    </p>
  );
}
