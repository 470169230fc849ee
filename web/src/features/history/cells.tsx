"use client";
/** The cells of the history's table that know more than a text: where a row leads, how it stands, its figures, its end. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useMetrics } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import { count, percent } from "@/format/numbers";
import { comparable, newestKey, type Submission } from "@/jobs/backtests";
import { cancelGrid, cancelRun } from "@/jobs/cancel";
import type { Entry } from "@/jobs/entries";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Change } from "@/ui/change";
import { notify } from "@/ui/notices";
import { useMessage } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { type State, stateOf } from "./matching";
import { WORDS } from "./words";

const TONES: Record<State, Tone> = {
  underway: "accent",
  succeeded: "good",
  incomplete: "doubt",
  failed: "bad",
  cancelled: "doubt",
  archived: "plain",
  never: "plain",
};

export function leadsTo(submission: Submission): string {
  return submission.grid ? `/grids/?id=${submission.grid.grid_id}` : `/runs/?id=${submission.run.run_id}`;
}

export function NameCell({ entry: { backtest, newest } }: { entry: Entry }) {
  const words = useWords(WORDS);
  const { name, version } = backtest.strategy;
  const title = [name, version ? words.version(version) : "", backtest.notes].filter(Boolean).join(" · ");
  return newest?.newest ? (
    <Link href={leadsTo(newest.newest)} title={title} className="font-medium">
      {name}
    </Link>
  ) : (
    <span title={title}>{name}</span>
  );
}

export function KindCell({ entry: { newest } }: { entry: Entry }) {
  const words = useWords(WORDS);
  if (!newest?.newest) return "–";
  if (newest.newest.grid) return words.grid(count(newest.newest.grid.total));
  return (
    <>
      {words.single}
      {newest.gridBefore && (
        <Link href={`/grids/?id=${newest.gridBefore}`} className="ml-2 text-xs">
          {words.gridBefore}
        </Link>
      )}
    </>
  );
}

export function StateCell({ entry: { newest, error } }: { entry: Entry }) {
  const words = useWords(WORDS);
  if (error && !newest) return <Badge tone="bad">{words.unknown}</Badge>;
  if (!newest) return <span className="inline-block h-3 w-14 animate-pulse rounded bg-line" />;
  const state = stateOf(newest);
  const progress = newest.newest && (newest.newest.grid ?? newest.newest.run).progress;
  return (
    <Badge tone={TONES[state]}>
      {state === "underway" && progress !== null
        ? words.percent(words.state[state], percent(progress / 100, 0))
        : words.state[state]}
    </Badge>
  );
}

export function FigureCell({ entry: { newest }, name }: { entry: Entry; name: string }) {
  const metrics = useMetrics();
  const language = useLanguage();
  const stats = newest?.newest ? comparable(newest.newest)?.stats : null;
  const value = stats?.[name];
  const text = figure(name, metrics.get(name)?.unit ?? "ratio", value, language);
  return <span data-metric={name}>{isGain(name) ? <Change value={value}>{text}</Change> : text}</span>;
}

export function CancelCell({ entry: { backtest, newest } }: { entry: Entry }) {
  const words = useWords(WORDS);
  const message = useMessage();
  const queries = useQueryClient();
  const last = newest?.newest;
  const cancel = useMutation({
    mutationFn: (job: Submission): Promise<unknown> => (job.grid ? cancelGrid(job.grid) : cancelRun(job.run)),
    onSuccess: () => notify(words.cancelled),
    onError: (error) => notify(message(error), "bad"),
    onSettled: () => queries.invalidateQueries({ queryKey: newestKey(backtest.backtest_id) }),
  });
  if (!last || !newest || stateOf(newest) !== "underway") return null;
  return (
    <Button
      look="quiet"
      className="text-bad"
      busy={cancel.isPending}
      disabled={cancel.isSuccess}
      aria-label={words.cancelJob(backtest.strategy.name)}
      onClick={() => cancel.mutate(last)}
    >
      {words.cancel}
    </Button>
  );
}
