"use client";
/** The cells of the history's table that know more than a text: where a row leads, how it stands, its figures, its end. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useMetrics } from "@/api/metrics";
import { figure, isGain } from "@/format/metrics";
import { count, percent } from "@/format/numbers";
import { cancelGrid, cancelRun } from "@/jobs/cancel";
import { STATE_WORDS } from "@/jobs/state-words";
import { figuresOf, placeOf, STATE_TONES, SUBMISSIONS, type Submission, stateOf } from "@/jobs/submissions";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Change } from "@/ui/change";
import { notify } from "@/ui/notices";
import { useMessage } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

interface Props {
  submission: Submission;
}

export function NameCell({ submission }: Props) {
  const words = useWords(WORDS);
  const { strategy, notes } = submission.backtest;
  const title = [strategy.name, strategy.version ? words.version(strategy.version) : "", notes];
  return (
    <Link href={placeOf(submission)} title={title.filter(Boolean).join(" · ")} className="font-medium">
      {strategy.name}
    </Link>
  );
}

export function KindCell({ submission: { grid } }: Props) {
  const words = useWords(WORDS);
  return grid ? words.grid(count(grid.total)) : words.single;
}

export function StateCell({ submission }: Props) {
  const words = useWords(WORDS);
  const states = useWords(STATE_WORDS);
  const state = stateOf(submission);
  const progress = (submission.grid ?? submission.run)?.progress ?? 0;
  return (
    <Badge tone={STATE_TONES[state]}>
      {state === "underway" ? words.percent(states[state], percent(progress / 100, 0)) : states[state]}
    </Badge>
  );
}

export function FigureCell({ submission, name }: Props & { name: string }) {
  const metrics = useMetrics();
  const language = useLanguage();
  const value = figuresOf(submission)?.stats?.[name];
  const text = figure(name, metrics.get(name)?.unit ?? "ratio", value, language);
  return <span data-metric={name}>{isGain(name) ? <Change value={value}>{text}</Change> : text}</span>;
}

export function CancelCell({ submission }: Props) {
  const words = useWords(WORDS);
  const message = useMessage();
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: async () => {
      if (submission.grid) await cancelGrid(submission.grid);
      else if (submission.run) await cancelRun(submission.run);
    },
    onSuccess: () => notify(words.cancelled),
    onError: (error) => notify(message(error), "bad"),
    onSettled: () => queries.invalidateQueries({ queryKey: SUBMISSIONS }),
  });
  if (stateOf(submission) !== "underway") return null;
  return (
    <Button
      look="quiet"
      className="text-bad"
      busy={cancel.isPending}
      disabled={cancel.isSuccess}
      aria-label={words.cancelJob(submission.backtest.strategy.name)}
      onClick={() => cancel.mutate()}
    >
      {words.cancel}
    </Button>
  );
}
