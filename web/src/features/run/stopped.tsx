"use client";
/** The first tab of a run that did not succeed: its equity up to where it was stopped, or why there is nothing. */
import Link from "next/link";
import { usePartialCurve } from "@/jobs/partial";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useWords } from "@/words/language";
import { WORDS } from "./chart-words";
import { EquityChart } from "./equity-chart";
import type { PartProps } from "./part-props";
import { settingsOf } from "./settings";
import { hasPartial } from "./tabs";

export function Stopped({ run, backtest }: PartProps) {
  const words = useWords(WORDS);
  const initial = settingsOf(backtest).cash;
  const wanted = hasPartial(run);
  const { data, error, refetch } = usePartialCurve(run, initial, wanted);
  if (!wanted) {
    return (
      <Empty title={words.noFigures}>
        <p>{words.onlyWhole}</p>
        {run.grid_id && (
          <p className="mt-2">
            <Link href={`/grids/?id=${run.grid_id}`}>{words.toGrid}</Link>
          </p>
        )}
      </Empty>
    );
  }
  if (error) return <Failure error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton className="h-96" />;
  if (data.sessions.length === 0) return <Empty title={words.noFigures}>{words.onlyWhole}</Empty>;
  return (
    <Card title={words.partialEquity}>
      <EquityChart curve={data} initial={initial} />
    </Card>
  );
}
