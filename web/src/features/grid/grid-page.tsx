"use client";
/** A grid: how far it is, its runs as a table and as a map, and whether to believe the best. */
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { cancelGrid } from "@/jobs/cancel";
import { hasEnded, useGrid } from "@/jobs/grid";
import { useBacktest } from "@/jobs/run";
import { Underway } from "@/jobs/underway";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useWords } from "@/words/language";
import { Diagnosis } from "./diagnosis";
import { Heatmap } from "./heatmap";
import { RunsTable } from "./runs-table";
import { WORDS } from "./words";

/** While a grid goes on its table is asked anew after each so many more that ended, not after every one. */
const STEP = 0.05;

export function GridPage() {
  const words = useWords(WORDS);
  const id = useSearchParams().get("id") ?? "";
  const grid = useGrid(id);
  const backtest = useBacktest(grid.data?.backtest_id);
  const [tab, setTab] = useState("table");
  if (!id) return <Empty title={words.noId} />;
  if (grid.error) return <Failure error={grid.error} again={() => void grid.refetch()} />;
  if (!grid.data) return <Skeleton className="h-96" />;
  const { data } = grid;
  const done = data.total - (data.counts.queued ?? 0) - (data.counts.running ?? 0);
  const changed = hasEnded(data) ? data.total : Math.floor(done / Math.max(1, data.total * STEP));
  const names = Object.keys(data.best?.params ?? {});
  return (
    <div className="grid gap-4">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold">{backtest.data?.strategy.name ?? words.title}</h1>
        <Badge tone={data.status === "finished" ? "good" : "accent"}>{words.status[data.status] ?? data.status}</Badge>
        <span className="text-ink-soft">{words.done(done, data.total)}</span>
        {data.skipped > 0 && <span className="text-ink-soft">{words.skipped(data.skipped)}</span>}
        {data.reused > 0 && <span className="text-ink-soft">{words.reused(data.reused)}</span>}
        {(data.counts.failed ?? 0) > 0 && <Badge tone="bad">{words.failed(data.counts.failed ?? 0)}</Badge>}
      </header>
      {!hasEnded(data) && (
        <Underway
          label={words.status[data.status] ?? data.status}
          progress={done === 0 ? null : data.progress}
          etaSeconds={data.eta_seconds}
          cancel={() => cancelGrid(data)}
        >
          {words.done(done, data.total)}
        </Underway>
      )}
      <Card>
        <Tabs
          label={words.title}
          value={tab}
          onChange={setTab}
          tabs={[
            { key: "table", label: words.table, content: <RunsTable grid={data} changed={changed} /> },
            ...(names.length > 0
              ? [
                  {
                    key: "heatmap",
                    label: words.heatmap,
                    content: <Heatmap grid={data} names={names} changed={changed} />,
                  },
                ]
              : []),
            ...(hasEnded(data)
              ? [{ key: "diagnosis", label: words.diagnosis, content: <Diagnosis grid={data} /> }]
              : []),
          ]}
        />
      </Card>
    </div>
  );
}
