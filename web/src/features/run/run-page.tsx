"use client";
/** A run: how far it is while it goes on, and then what came of it. */
import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { apiError } from "@/api/errors";
import { useBacktest, useRun } from "@/jobs/run";
import { ButtonLink } from "@/ui/button";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { useTitle } from "@/words/title";
import { Archived } from "./archived";
import { RunHeader } from "./run-header";
import { RunTabs } from "./run-tabs";
import { Standing } from "./standing";
import { WORDS } from "./words";

export function RunPage() {
  const words = useWords(WORDS);
  const id = useSearchParams().get("id") ?? "";
  const run = useRun(id);
  const backtest = useBacktest(run.data?.backtest_id);
  const name = backtest.data?.strategy.name;
  useTitle(name ? `${name} · ${words.title}` : "");
  if (!id) {
    return (
      <Page>
        <Empty title={words.noId}>
          <ButtonLink href="/history/">{words.toHistory}</ButtonLink>
        </Empty>
      </Page>
    );
  }
  if (!run.data) {
    if (!run.error) return <Waiting />;
    const archived = apiError(run.error).details.archived_at;
    return (
      <Page>
        {typeof archived === "string" ? (
          <Archived id={id} since={archived} />
        ) : (
          <Failure error={run.error} again={() => void run.refetch()} />
        )}
      </Page>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      <RunHeader run={run.data} backtest={backtest.data} />
      {run.error && <Failure error={run.error} again={() => void run.refetch()} />}
      <Standing run={run.data} />
      {backtest.error && <Failure error={backtest.error} again={() => void backtest.refetch()} />}
      {backtest.data && <RunTabs key={run.data.run_id} run={run.data} backtest={backtest.data} />}
      {!backtest.data && !backtest.error && <Skeleton className="h-96" />}
    </div>
  );
}

/** Where nothing of a run is known, the page still says what it is. */
function Page({ children }: { children: ReactNode }) {
  const words = useWords(WORDS);
  return (
    <div className="grid grid-cols-1 gap-4">
      <h1 className="text-2xl font-semibold">{words.title}</h1>
      {children}
    </div>
  );
}

function Waiting() {
  return (
    <Page>
      <Skeleton className="h-20" />
      <Skeleton className="h-96" />
    </Page>
  );
}
