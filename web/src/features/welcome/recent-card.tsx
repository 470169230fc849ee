"use client";
/** The latest backtests: what each was, how it stands, and the way back to it. */
import Link from "next/link";
import { moment } from "@/format/numbers";
import { Badge, type Tone } from "@/ui/badge";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { Change } from "@/ui/change";
import { Empty, Failure, Skeleton } from "@/ui/states";
import { useLanguage, useWords } from "@/words/language";
import { placeOf, type Recent, useRecent } from "./recent";
import { WORDS } from "./words";

const TONES: Record<string, Tone> = { succeeded: "good", failed: "bad", cancelled: "doubt", running: "accent" };

export function RecentCard() {
  const words = useWords(WORDS);
  const recent = useRecent();
  const some = recent.data && recent.data.length > 0;
  return (
    <Card
      title={words.recent}
      className="min-w-0"
      actions={
        some && (
          <ButtonLink look="quiet" href="/history/" prefetch={false}>
            {words.all}
          </ButtonLink>
        )
      }
    >
      {recent.isPending && <Skeleton className="h-48" />}
      {recent.error && <Failure error={recent.error} again={() => void recent.refetch()} />}
      {recent.data?.length === 0 && (
        <Empty title={words.none}>
          <p className="mb-3">{words.firstText}</p>
          <ButtonLink look="primary" href="/templates/" prefetch={false}>
            {words.start}
          </ButtonLink>
        </Empty>
      )}
      {some && (
        <ul className="divide-y divide-line">
          {recent.data.map((each) => (
            <Line key={each.backtest.backtest_id} recent={each} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Line({ recent }: { recent: Recent }) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { backtest, run } = recent;
  const window = backtest.context.window as { start?: string; end?: string } | undefined;
  const single = !run.grid_id;
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 py-2 hover:bg-ground">
      {/* The whole line is the link's. */}
      <Link
        href={placeOf(recent)}
        prefetch={false}
        className="truncate font-medium text-ink no-underline after:absolute after:inset-0"
      >
        {backtest.strategy.name}
      </Link>
      <span className="flex items-center justify-end gap-2">
        {single && run.status === "succeeded" && <Change value={run.stats?.return ?? null} />}
        <Badge>{single ? words.single : words.grid}</Badge>
        {single && <Badge tone={TONES[run.status] ?? "plain"}>{words.status[run.status] ?? run.status}</Badge>}
      </span>
      <span className="truncate text-xs text-ink-soft">
        {window?.start} … {window?.end}
      </span>
      <span className="text-right text-xs text-ink-soft">{moment(backtest.created_at, language)}</span>
    </li>
  );
}
