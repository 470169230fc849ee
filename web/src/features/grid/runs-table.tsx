"use client";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useMetrics } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import { decimal } from "@/format/numbers";
import { type Grid, useRuns } from "@/jobs/grid";
import type { Run } from "@/jobs/run";
import { Button } from "@/ui/button";
import { Change } from "@/ui/change";
import { Failure, Skeleton } from "@/ui/states";
import { type Column, type Sort, Table } from "@/ui/table";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

const FIGURES = ["return", "annual_return", "sharpe", "max_dd", "calmar", "win_rate", "trades", "turnover"];

export function RunsTable({ grid, changed }: { grid: Grid; changed: number }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const metrics = useMetrics();
  const router = useRouter();
  const [sort, setSort] = useState<Sort>({ key: "stats.return", descending: true });
  const runs = useRuns(grid, sort, changed);
  const rows = useMemo(() => runs.data?.pages.flatMap((page) => page.items) ?? [], [runs.data]);
  const first = rows[0]?.params;
  const columns = useMemo(
    (): Column<Run>[] => [
      { key: "rank", head: words.rank, cell: (_, index) => index + 1, number: true, width: "4rem" },
      ...Object.keys(first ?? {}).map(
        (name): Column<Run> => ({
          key: `params.${name}`,
          head: <code className="font-mono">{name}</code>,
          cell: (run) => decimal(run.params[name], Number.isInteger(run.params[name]) ? 0 : 4),
          number: true,
          sortable: true,
        }),
      ),
      ...FIGURES.map((key): Column<Run> => {
        const metric = metrics.get(key);
        return {
          key: `stats.${key}`,
          head: metric?.label[language] ?? key,
          number: true,
          sortable: true,
          cell: (run) => {
            const value = run.stats?.[key];
            const text = figure(key, metric?.unit ?? "ratio", value, language);
            return isGain(key) ? <Change value={value}>{text}</Change> : text;
          },
        };
      }),
    ],
    [first, metrics, language, words],
  );
  if (runs.error) return <Failure error={runs.error} again={() => void runs.refetch()} />;
  if (!runs.data) return <Skeleton className="h-96" />;
  return (
    <>
      <Table
        label={words.table}
        columns={columns}
        rows={rows}
        rowKey={(run) => run.run_id}
        sort={sort}
        onSort={setSort}
        onRow={(run) => router.push(`/runs/?id=${run.run_id}`)}
      />
      {runs.hasNextPage && (
        <Button className="mt-3" busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
          {words.more} · {rows.length.toLocaleString("en-US")} / {grid.total.toLocaleString("en-US")}
        </Button>
      )}
    </>
  );
}
