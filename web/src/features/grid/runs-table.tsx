"use client";
/** A grid's results as a table: sorted, filtered, selected, saved. */
import { useRouter } from "next/navigation";
import { type Dispatch, type SetStateAction, useCallback, useEffect, useMemo, useState } from "react";
import { useMetrics } from "@/api/metrics";
import { keep } from "@/api/save";
import { type Grid, hasEnded } from "@/jobs/grid";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { notify } from "@/ui/notices";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { Table } from "@/ui/table";
import { useWords } from "@/words/language";
import { ChosenBar } from "./chosen-bar";
import { useChosenColumns } from "./chosen-columns";
import { type Chosen, MOST_CHOSEN, useColumns } from "./columns";
import { ColumnsDialog } from "./columns-dialog";
import { csvOf } from "./csv";
import { FilterPanel } from "./filter-panel";
import { countOf, NO_FILTERS } from "./filters";
import { TableTools } from "./table-tools";
import { useRows } from "./use-rows";
import type { ChangeView } from "./use-view";
import type { View } from "./view";
import { WORDS } from "./words";

const HEIGHT = 580;
const NONE: readonly string[] = [];

interface Props {
  grid: Grid;
  changed: number;
  view: View;
  change: ChangeView;
  chosen: Chosen;
  setChosen: Dispatch<SetStateAction<Chosen>>;
}

export function RunsTable({ grid, changed, view, change, chosen, setChosen }: Props) {
  const words = useWords(WORDS);
  const metrics = useMetrics();
  const router = useRouter();
  const [figures, chooseFigures] = useChosenColumns();
  const [choosing, setChoosing] = useState(false);
  const [filtersOpen, setFiltersOpen] = useState(countOf(view.filters) > 0);
  const [saving, setSaving] = useState(false);
  const { rows, of, all, loading, error, again, more } = useRows(grid, view, changed, filtersOpen || saving);
  const first = rows[0] ?? grid.best;
  const names = useMemo(() => Object.keys(first?.params ?? {}), [first]);
  const choose = useCallback(
    (run: Run) =>
      setChosen((before) => {
        const next = new Map(before);
        if (next.delete(run.run_id)) return next;
        if (next.size < MOST_CHOSEN) return next.set(run.run_id, run);
        notify(words.chosenMost(MOST_CHOSEN), "bad");
        return before;
      }),
    [setChosen, words],
  );
  const states = (grid.counts.succeeded ?? 0) < grid.total && view.status !== "succeeded";
  const figured = (view.status ?? "succeeded") === "succeeded" && (grid.counts.succeeded ?? 0) > 0;
  const columns = useColumns({ names, figures: figured ? figures : NONE, states, choose });
  const ready = saving && all.complete;
  useEffect(() => {
    if (!ready) return;
    const file = new Blob([csvOf(rows, names, [...metrics.keys()])], { type: "text/csv" });
    keep(file, `grid-${grid.grid_id}.csv`);
    setSaving(false);
  }, [ready, rows, names, metrics, grid.grid_id]);
  const open = useCallback((run: Run) => router.push(`/runs/?id=${run.run_id}`), [router]);
  const filters = countOf(view.filters);
  return (
    <>
      <TableTools
        grid={grid}
        status={view.status}
        setStatus={(status) => change({ status })}
        filters={filters}
        filtersOpen={filtersOpen}
        toggleFilters={() => setFiltersOpen(!filtersOpen)}
        canFilter={hasEnded(grid)}
        openColumns={() => setChoosing(true)}
        save={() => setSaving(true)}
        saving={saving && !all.error ? words.csvMaking(all.loaded, grid.total) : null}
      />
      <ColumnsDialog open={choosing} onOpenChange={setChoosing} keys={figures} choose={chooseFigures} />
      {filtersOpen && (
        <div className="mb-3">
          <FilterPanel grid={grid} all={all} filters={view.filters} change={(next) => change({ filters: next })} />
        </div>
      )}
      {error && <Failure error={error} again={again} />}
      {loading && !error && <Skeleton className="h-96" />}
      {!loading && rows.length > 0 && (
        <Table
          label={words.table}
          columns={columns}
          rows={rows}
          rowKey={(run) => run.run_id}
          sort={view.sort}
          onSort={(sort) => change({ sort })}
          onRow={open}
          selected={(run) => chosen.has(run.run_id)}
          height={HEIGHT}
          {...(more ? { onEnd: more } : {})}
        />
      )}
      {!loading && rows.length === 0 && (
        <Empty title={filters > 0 ? words.nothingLeft : words.noRuns}>
          {filters > 0 && (
            <>
              <p className="mb-2">{words.nothingLeftNext}</p>
              <Button onClick={() => change({ filters: NO_FILTERS })}>{words.clear}</Button>
            </>
          )}
        </Empty>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-4">
        <div className="min-w-0 flex-1 max-sm:basis-full">
          <ChosenBar grid={grid} chosen={chosen} clear={() => setChosen(new Map())} />
        </div>
        {of !== null && (
          <p role="status" className="mt-3 text-right text-xs text-ink-soft">
            {filters > 0 ? words.filtered(of, grid.total) : words.shown(rows.length, of)}
            {figured && <span className="block">{words.smallNote}</span>}
          </p>
        )}
      </div>
    </>
  );
}
