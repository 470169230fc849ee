"use client";
/** A grid: how far it is, its best, its runs as a table and as a map, and whether to believe the best. */
import { useSearchParams } from "next/navigation";
import { useRef, useState } from "react";
import { cancelGrid } from "@/jobs/cancel";
import { type Grid, hasEnded, isSettled, useGrid } from "@/jobs/grid";
import { useBacktest } from "@/jobs/run";
import { Underway } from "@/jobs/underway";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useWords } from "@/words/language";
import { BestCard } from "./best";
import type { Chosen } from "./columns";
import { Diagnosis } from "./diagnosis";
import { GridHeader } from "./grid-header";
import { Heatmap } from "./heatmap";
import { Outcome } from "./outcome";
import { RunsTable } from "./runs-table";
import { useView } from "./use-view";
import type { Tab } from "./view";
import { WORDS } from "./words";

/** While a grid goes on its table is asked anew after each so many more that ended, not after every one. */
const STEP = 0.05;
const NONE: Chosen = new Map();

export function GridPage() {
  const words = useWords(WORDS);
  const id = useSearchParams().get("id") ?? "";
  const grid = useGrid(id);
  if (!id) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
        <Empty title={words.noId}>
          <p className="mb-3">{words.noIdNext}</p>
          <ButtonLink look="primary" href="/templates/">
            {words.toTemplates}
          </ButtonLink>
        </Empty>
      </>
    );
  }
  if (!grid.data) {
    return (
      <>
        <h1 className="mb-4 text-2xl font-semibold">{words.title}</h1>
        {grid.error ? (
          <Failure error={grid.error} again={() => void grid.refetch()} />
        ) : (
          <Skeleton className="h-[40rem]" />
        )}
      </>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Whole key={id} grid={grid.data} />
      {grid.error && <Failure error={grid.error} again={() => void grid.refetch()} />}
    </div>
  );
}

function Whole({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  const backtest = useBacktest(grid.backtest_id);
  const [view, change] = useView(grid.grid_id);
  const [chosen, setChosen] = useState(NONE);
  const results = useRef<HTMLDivElement>(null);
  const done = grid.total - (grid.counts.queued ?? 0) - (grid.counts.running ?? 0);
  const changed = hasEnded(grid) ? grid.total : Math.floor(done / Math.max(1, grid.total * STEP));
  const shared = { grid, changed, view, change };
  const toDiagnosis = () => {
    change({ tab: "diagnosis" });
    results.current?.scrollIntoView({ block: "start" });
  };
  const tabs = [
    { key: "table", label: words.table, content: <RunsTable {...shared} chosen={chosen} setChosen={setChosen} /> },
    ...(grid.best ? [{ key: "heatmap", label: words.heatmap, content: <Heatmap {...shared} /> }] : []),
    ...(isSettled(grid) && grid.best
      ? [{ key: "diagnosis", label: words.diagnosis, content: <Diagnosis grid={grid} /> }]
      : []),
  ];
  return (
    <>
      <GridHeader grid={grid} backtest={backtest.data} done={done} />
      {!hasEnded(grid) && (
        <Underway
          label={words.status[grid.status] ?? grid.status}
          progress={done === 0 ? null : grid.progress}
          etaSeconds={grid.eta_seconds}
          cancel={() => cancelGrid(grid)}
        >
          {words.done(done, grid.total)}
        </Underway>
      )}
      <Outcome grid={grid} />
      <BestCard grid={grid} toDiagnosis={toDiagnosis} />
      {!grid.archived_at && (
        <div ref={results}>
          <Card>
            <Tabs
              label={words.title}
              value={tabs.some((tab) => tab.key === view.tab) ? view.tab : "table"}
              onChange={(key) => change({ tab: key as Tab })}
              tabs={tabs}
            />
          </Card>
        </div>
      )}
    </>
  );
}
