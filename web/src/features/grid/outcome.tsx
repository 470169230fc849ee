"use client";
/** Why something of a grid is missing: cancelled, out of budget, stopped early, failed, archived; and what to do. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { moment } from "@/format/numbers";
import { type Grid, hasEnded, isSettled, restoreGrid } from "@/jobs/grid";
import { useRuns } from "@/jobs/grid-runs";
import { Button } from "@/ui/button";
import { classes } from "@/ui/classes";
import { notify } from "@/ui/notices";
import { Spinner } from "@/ui/spinner";
import { Failure } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { cancelReason } from "./reasons";
import { WORDS } from "./words";

const LOOKS = {
  plain: "border-line-strong bg-surface",
  doubt: "border-doubt bg-doubt-ground",
  bad: "border-bad bg-bad-ground",
};
const LAST_FIRST = { key: "position", descending: true };

function Note({ tone, children }: { tone: keyof typeof LOOKS; children: ReactNode }) {
  return <div className={classes("rounded-lg border px-4 py-3", LOOKS[tone])}>{children}</div>;
}

export function Outcome({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  if (grid.archived_at) return <Archived grid={grid} at={grid.archived_at} />;
  return (
    <>
      {hasEnded(grid) && (grid.counts.cancelled ?? 0) > 0 && <Cancelled grid={grid} />}
      {(grid.counts.failed ?? 0) > 0 && <Failed grid={grid} />}
      {hasEnded(grid) && !isSettled(grid) && (
        <p role="status" className="flex items-center gap-2 text-ink-soft">
          <Spinner /> {words.summing}
        </p>
      )}
    </>
  );
}

function Cancelled({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  const runs = useRuns(grid, LAST_FIRST, grid.counts.cancelled ?? 0, { status: "cancelled" });
  const reasons = new Set(runs.data?.pages[0]?.items.map(cancelReason) ?? []);
  return (
    <>
      {[...reasons].map((reason) => (
        <Note key={reason} tone="doubt">
          {(words.cancelled[reason] ?? words.cancelled[""])?.(grid.counts.cancelled ?? 0, grid.counts.succeeded ?? 0)}
        </Note>
      ))}
    </>
  );
}

interface Grouped {
  code: string;
  message: string;
  runs: number;
}

function Failed({ grid }: { grid: Grid }) {
  const words = useWords(WORDS);
  const failed = grid.counts.failed ?? 0;
  const errors = (grid.summary?.errors ?? []) as Grouped[];
  const incomplete = grid.status === "incomplete";
  return (
    <Note tone="bad">
      <p className="font-medium text-bad">{failed === grid.total ? words.allFailed : words.failed(failed)}</p>
      {incomplete && <p className="mt-1">{words.incomplete}</p>}
      <ul className="mt-2 list-disc space-y-1 pl-5">
        {errors.map((error) => (
          <li key={error.message}>
            <span className="font-medium">{words.times(error.runs)}</span> {error.message}{" "}
            <code className="text-xs text-ink-soft">{error.code}</code>
          </li>
        ))}
      </ul>
    </Note>
  );
}

function Archived({ grid, at }: { grid: Grid; at: string }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const client = useQueryClient();
  const restore = useMutation({
    mutationFn: () => restoreGrid(grid),
    onSuccess: async () => {
      notify(words.restored);
      await client.invalidateQueries();
    },
  });
  return (
    <Note tone="plain">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1">
          {words.archived(moment(at, language))} {words.archivedNext}
        </p>
        <Button look="primary" busy={restore.isPending} onClick={() => restore.mutate()}>
          {words.restore}
        </Button>
      </div>
      {restore.error && <Failure error={restore.error} />}
    </Note>
  );
}
