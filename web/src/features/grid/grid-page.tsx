"use client";
/** A grid: how far it is, its runs as a table and as a map, and whether to believe the best. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { api, once } from "@/api/client";
import { duration } from "@/format/numbers";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Card } from "@/ui/card";
import { Progress } from "@/ui/progress";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useLanguage, useWords } from "@/words/language";
import { useBacktest } from "../run/use-run";
import { Diagnosis } from "./diagnosis";
import { Heatmap } from "./heatmap";
import { RunsTable } from "./runs-table";
import { type Grid, hasEnded, useGrid } from "./use-grid";
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
      {!hasEnded(data) && <Underway grid={data} done={done} />}
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

function Underway({ grid, done }: { grid: Grid; done: number }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      api.POST("/api/backtests/{backtest_id}/grids/{grid_id}:cancel", {
        params: { path: { backtest_id: grid.backtest_id, grid_id: grid.grid_id }, header: once() } as never,
      }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["grid", grid.grid_id] }),
  });
  return (
    <Card>
      <Progress value={done === 0 ? null : grid.progress} label={words.status[grid.status] ?? grid.status}>
        {words.done(done, grid.total)}
        {grid.eta_seconds !== null && ` · ${words.left(duration(grid.eta_seconds, language))}`}
      </Progress>
      <Button look="danger" className="mt-3" busy={cancel.isPending} onClick={() => cancel.mutate()}>
        {words.cancel}
      </Button>
      {cancel.error && <Failure error={cancel.error} />}
    </Card>
  );
}
