"use client";
/** A run: how far it is while it goes on, and then what came of it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { api, once } from "@/api/client";
import { ApiError } from "@/api/errors";
import { duration } from "@/format/numbers";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Progress } from "@/ui/progress";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { EquityChart } from "./equity-chart";
import { MonthlyTable } from "./monthly-table";
import { StatStrip } from "./stat-strip";
import { useStatistics } from "./statistics";
import { hasEnded, type Run, useBacktest, useRun } from "./use-run";
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
      {!hasEnded(run.data) && <Underway run={run.data} />}
      {run.data.error && <Failure error={failureOf(run.data)} />}
      {run.data.status === "succeeded" && <Outcome run={run.data} initial={context?.initial_cash ?? 1_000_000} />}
    </div>
  );
}

function failureOf(run: Run): ApiError {
  const said = run.error as { code?: string; message?: string } | null;
  return new ApiError(200, said?.code ?? run.status, said?.message ?? run.status);
}

function Underway({ run }: { run: Run }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      api.POST("/api/backtests/{backtest_id}/runs/{run_id}:cancel", {
        params: { path: { backtest_id: run.backtest_id, run_id: run.run_id }, header: once() } as never,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["run", run.run_id] }),
  });
  return (
    <Card>
      <Progress value={run.status === "queued" ? null : run.progress} label={words.status[run.status]}>
        {run.status === "queued"
          ? words.waiting
          : run.eta_seconds !== null && words.left(duration(run.eta_seconds, language))}
      </Progress>
      <Button look="danger" className="mt-3" busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {words.cancel}
      </Button>
      {cancel.error && <Failure error={cancel.error} />}
    </Card>
  );
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
