"use client";
/** The latest backtests: what each was, how it stands, and the way back to it. */
import Link from "next/link";
import { moment } from "@/format/numbers";
import { STATE_WORDS } from "@/jobs/state-words";
import { figuresOf, keyOf, placeOf, STATE_TONES, type Submission, stateOf, useSubmissions } from "@/jobs/submissions";
import { Badge } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Change } from "@/ui/change";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { WORDS } from "./words";

const MOST = 6;

export function RecentCard() {
  const words = useWords(WORDS);
  const { asked, submissions } = useSubmissions(MOST);
  const newest = submissions.slice(0, MOST);
  return (
    <Card
      title={words.recent}
      className="min-w-0"
      actions={
        newest.length > 0 && (
          <ButtonLink look="quiet" href="/history/" prefetch={false}>
            {words.all}
          </ButtonLink>
        )
      }
    >
      {asked.isPending && <Skeleton className="h-48" />}
      {asked.error && <Failure error={asked.error} again={() => void asked.refetch()} />}
      {asked.data?.length === 0 && (
        <Empty title={words.none}>
          <p className="mb-3">{words.firstText}</p>
          <ButtonLink look="primary" href="/templates/" prefetch={false}>
            {words.start}
          </ButtonLink>
        </Empty>
      )}
      {newest.length > 0 && (
        <ul className="divide-y divide-line">
          {newest.map((each) => (
            <Line key={keyOf(each)} submission={each} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line({ submission }: { submission: Submission }) {
  const words = useWords(WORDS);
  const states = useWords(STATE_WORDS);
  const language = useLanguage();
  const { backtest, grid, created_at } = submission;
  const state = stateOf(submission);
  const figures = figuresOf(submission);
  const window = backtest.context.window as { start?: string; end?: string } | undefined;
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 py-2 hover:bg-ground">
      {/* The whole line is the link's. */}
      <Link
        href={placeOf(submission)}
        prefetch={false}
        className="truncate font-medium text-ink no-underline after:absolute after:inset-0"
      >
        {backtest.strategy.name}
      </Link>
      <span className="flex items-center justify-end gap-2">
        {figures && <Change value={figures.stats?.return ?? null} />}
        <Badge>{grid ? words.grid : words.single}</Badge>
        {state !== "succeeded" && <Badge tone={STATE_TONES[state]}>{states[state]}</Badge>}
      </span>
      <span className="truncate text-xs text-ink-soft">
        {window?.start} … {window?.end}
      </span>
      <span className="text-right text-xs text-ink-soft">{moment(created_at, language)}</span>
    </li>
  );
}
