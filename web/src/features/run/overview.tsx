"use client";
/** The first tab: the figures, and the charts and tables behind them. */
import { hasEnded } from "@/jobs/run";
import { useStatistics } from "@/jobs/statistics";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { WORDS as CHARTS } from "./chart-words";
import { EquityChart } from "./equity-chart";
import { MonthlyTable } from "./monthly-table";
import type { PartProps } from "./run-tabs";
import { settingsOf } from "./settings";
import { StatStrip } from "./stat-strip";
import { WORDS } from "./words";

export function Overview({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const charts = useWords(CHARTS);
  const done = run.status === "succeeded";
  const statistics = useStatistics(run.run_id, done);
  if (!hasEnded(run)) return <Skeleton className="h-96" />;
  if (!done) return <Empty title={charts.noFigures} />;
  return (
    <div className="grid min-w-0 gap-4">
      <Card>
        <StatStrip stats={run.stats ?? {}} tooSmall={statistics.data?.too_small ?? []} />
      </Card>
      {statistics.error && <Failure error={statistics.error} again={() => void statistics.refetch()} />}
      {!statistics.data && !statistics.error && (
        <>
          <p role="status" className="text-ink-soft">
            {words.preparing}
          </p>
          <Skeleton className="h-96" />
        </>
      )}
      {statistics.data && (
        <>
          <Card title={charts.equity}>
            <EquityChart curve={statistics.data.curve} initial={settingsOf(backtest).cash} />
          </Card>
          <Card title={charts.monthly}>
            <MonthlyTable monthly={statistics.data.monthly} yearly={statistics.data.yearly} />
          </Card>
        </>
      )}
    </div>
  );
}
