"use client";
/** Which strategy a grid is of, in what context, and how many combinations ended how. */
import type { Schemas } from "@/api/client";
import { large } from "@/format/numbers";
import { type Grid, gridPath, hasEnded, isSettled } from "@/jobs/grid";
import { frequencySaid } from "@/jobs/setting";
import { Badge } from "@/ui/badge";
import { SaveButton } from "@/ui/save-button";
import { useLanguage, useWords } from "@/words/language";
import { useTitle } from "@/words/title";
import { TONES } from "./tones";
import { WORDS } from "./words";

interface Context {
  window?: { start: string; end: string };
  frequency?: string;
  datasource_version?: string;
  initial_cash?: number;
  benchmark?: string | null;
}

interface Props {
  grid: Grid;
  backtest: Schemas["BacktestShown"] | undefined;
  done: number;
}

export function GridHeader({ grid, backtest, done }: Props) {
  const words = useWords(WORDS);
  const language = useLanguage();
  useTitle(backtest ? `${backtest.strategy.name} · ${words.title}` : "");
  const context = backtest?.context as Context | undefined;
  const facts = [
    context?.window && `${context.window.start} – ${context.window.end}`,
    context?.frequency && frequencySaid(context.frequency, language),
    context?.initial_cash !== undefined && words.cash(large(context.initial_cash, language, 0)),
    context?.benchmark && words.benchmark(context.benchmark),
    context?.datasource_version,
    words.adjusted,
  ].filter(Boolean);
  const ended = Object.entries(words.runStatus).flatMap(([state, name]) => {
    const count = grid.counts[state] ?? 0;
    return count > 0 && count < grid.total ? [`${name} ${count.toLocaleString("en-US")}`] : [];
  });
  const nothing = hasEnded(grid) && !grid.counts.succeeded && (grid.counts.failed ?? 0) > 0;
  const counts = [
    hasEnded(grid) ? words.total(grid.total) : words.done(done, grid.total),
    ...(hasEnded(grid) ? ended : []),
    grid.skipped > 0 && words.skipped(grid.skipped),
    grid.reused > 0 && words.reused(grid.reused),
  ].filter(Boolean);
  return (
    <header className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 text-2xl font-semibold break-words">
          {backtest?.strategy.name ?? words.title}
          {backtest && <span className="ml-2 text-base font-normal text-ink-soft">{words.title}</span>}
        </h1>
        <span role="status">
          <Badge tone={nothing ? "bad" : (TONES[grid.status] ?? "plain")}>
            {words.status[grid.status] ?? grid.status}
          </Badge>
        </span>
        {isSettled(grid) && !grid.archived_at && (
          <div className="ml-auto">
            <SaveButton path={`${gridPath(grid)}/report`} name={`grid-${grid.grid_id}.html`}>
              {words.report}
            </SaveButton>
          </div>
        )}
      </div>
      <p className="text-ink-soft">{counts.join(" · ")}</p>
      {context && <p className="text-xs text-ink-soft">{facts.join(" · ")}</p>}
    </header>
  );
}
