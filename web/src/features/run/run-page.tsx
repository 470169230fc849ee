"use client";
/** A run: how far it is while it goes on, and then what came of it. */
import { useSearchParams } from "next/navigation";
import { ApiError } from "@/api/errors";
import { cancelRun } from "@/jobs/cancel";
import { hasEnded, type Run, useBacktest, useRun } from "@/jobs/run";
import { useStatistics } from "@/jobs/statistics";
import { Underway } from "@/jobs/underway";
import { Badge, type Tone } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { EquityChart } from "./equity-chart";
import { MonthlyTable } from "./monthly-table";
import { StatStrip } from "./stat-strip";
import { WORDS } from "./words";

const TONES: Record<Run["status"], Tone> = {
  queued: "plain",
  running: "accent",
  succeeded: "good",
  failed: "bad",
  cancelled: "doubt",
};

export function RunPage() {
  const words = useWords(WORDS);
  const id = useSearchParams().get("id") ?? "";
  const run = useRun(id);
  const backtest = useBacktest(run.data?.backtest_id);
  if (!id) return <Empty title={words.noId} />;
  if (run.error) return <Failure error={run.error} again={() => void run.refetch()} />;
  if (!run.data) return <Skeleton className="h-96" />;
  const context = backtest.data?.context as
    | { window?: { start: string; end: string }; initial_cash?: number }
    | undefined;
  return (
    <div className="grid gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold">{backtest.data?.strategy.name ?? words.title}</h1>
        <Badge tone={TONES[run.data.status]}>{words.status[run.data.status]}</Badge>
        {context?.window && (
          <span className="text-ink-soft">
            {context.window.start} – {context.window.end}
          </span>
        )}
        <span className="text-ink-soft">{words.adjusted}</span>
      </header>
      {!hasEnded(run.data) && (
        <Underway
          label={words.status[run.data.status]}
          progress={run.data.status === "queued" ? null : run.data.progress}
          etaSeconds={run.data.eta_seconds}
          cancel={() => cancelRun(run.data)}
        >
          {run.data.status === "queued" ? words.waiting : undefined}
        </Underway>
      )}
      {run.data.error && <Failure error={failureOf(run.data)} />}
      {run.data.status === "succeeded" && <Outcome run={run.data} initial={context?.initial_cash ?? 1_000_000} />}
    </div>
  );
}

function failureOf(run: Run): ApiError {
  const said = run.error as { code?: string; message?: string } | null;
  return new ApiError(200, said?.code ?? run.status, said?.message ?? run.status);
}

function Outcome({ run, initial }: { run: Run; initial: number }) {
  const words = useWords(WORDS);
  const statistics = useStatistics(run.run_id, true);
  return (
    <>
      <Card>
        <StatStrip stats={run.stats ?? {}} tooSmall={statistics.data?.too_small ?? []} />
      </Card>
      {statistics.error && <Failure error={statistics.error} again={() => void statistics.refetch()} />}
      {statistics.data === null && <p role="status">{words.preparing}</p>}
      {statistics.data && (
        <>
          <Card title={words.equity}>
            <EquityChart curve={statistics.data.curve} initial={initial} />
          </Card>
          <Card title={words.monthly}>
            <MonthlyTable monthly={statistics.data.monthly} yearly={statistics.data.yearly} />
          </Card>
        </>
      )}
    </>
  );
}
