"use client";
/** The first tab: the figures, and the charts and tables behind them. */
import { useState } from "react";
import { hasEnded } from "@/jobs/run";
import { type Drawdown, type Statistics, useStatistics } from "@/jobs/statistics";
import { Card } from "@/ui/card";
import { Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { AllFigures } from "./all-figures";
import { WORDS } from "./chart-words";
import { DrawdownsTable } from "./drawdowns-table";
import { EquityChart } from "./equity-chart";
import { FindingsLine } from "./findings-line";
import { MonthlyTable } from "./monthly-table";
import type { PartProps } from "./part-props";
import { RollingChart } from "./rolling-chart";
import { settingsOf } from "./settings";
import { SourcesCard } from "./sources-card";
import { StatStrip } from "./stat-strip";
import { Stopped } from "./stopped";
import { YearlyBars } from "./yearly-bars";

export function Overview({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const done = run.status === "succeeded";
  const statistics = useStatistics(run.run_id, done);
  if (!hasEnded(run)) return <Coming />;
  if (!done) return <Stopped run={run} backtest={backtest} />;
  const tooSmall = statistics.data?.too_small ?? [];
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card>
        <StatStrip stats={run.stats ?? {}} tooSmall={tooSmall} />
        <AllFigures stats={run.stats ?? {}} tooSmall={tooSmall} />
      </Card>
      <FindingsLine run={run} />
      {statistics.error && <Failure error={statistics.error} again={() => void statistics.refetch()} />}
      {statistics.data === null && (
        <p role="status" className="text-ink-soft">
          {words.preparing}
        </p>
      )}
      {!statistics.data && !statistics.error && <Coming />}
      {statistics.data && <Charts statistics={statistics.data} initial={settingsOf(backtest).cash} />}
    </div>
  );
}

function Coming() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <Skeleton className="h-96" />
      <Skeleton className="h-48" />
    </div>
  );
}

function Charts({ statistics, initial }: { statistics: Statistics; initial: number }) {
  const words = useWords(WORDS);
  const [chosen, setChosen] = useState<Drawdown | null>(null);
  const { stats, curve, drawdowns, monthly, yearly, rolling } = statistics;
  const choose = (drawdown: Drawdown) => {
    setChosen({ ...drawdown }); // again, if it is the same: whoever has zoomed elsewhere comes back
    document.getElementById("equity")?.scrollIntoView({ block: "nearest" });
  };
  return (
    <>
      <div id="equity" className="min-w-0 scroll-mt-20">
        <Card title={words.equity}>
          <EquityChart curve={curve} initial={initial} drawdowns={drawdowns} focus={chosen} />
        </Card>
      </div>
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title={words.monthly} className="min-w-0">
          <MonthlyTable monthly={monthly} yearly={yearly} />
        </Card>
        <Card title={words.yearly} className="min-w-0">
          <YearlyBars yearly={yearly} />
        </Card>
        <Card title={words.drawdowns} className="min-w-0">
          <DrawdownsTable drawdowns={drawdowns} deepest={stats.max_dd ?? null} chosen={chosen} onChoose={choose} />
        </Card>
        <Card title={rolling ? words.rolling(String(rolling.window)) : words.rollingTitle} className="min-w-0">
          {rolling ? (
            <RollingChart rolling={rolling} sessions={curve.sessions} />
          ) : (
            <p className="text-ink-soft">{words.rollingTooShort}</p>
          )}
        </Card>
      </div>
      <SourcesCard statistics={statistics} />
    </>
  );
}
