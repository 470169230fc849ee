"use client";
/** Which curve is which: each can be hidden, and runs can leave the comparison. */
import type { ReactNode } from "react";
import { usePalette } from "@/charts/palette";
import { classes } from "@/ui/classes";
import { useWords } from "@/words/language";
import type { Benchmark, Comparison } from "./align";
import { LineSample } from "./line-sample";
import { lettersOf, markOf } from "./marks";
import { WORDS } from "./words";

interface Props {
  comparison: Comparison;
  labels: readonly string[];
  hidden: ReadonlySet<string>;
  benchmarks: readonly Benchmark[];
  onToggle: (key: string) => void;
  onRemove: (run: string) => void;
}

const ITEM =
  "inline-flex min-h-9 min-w-0 items-center gap-1.5 rounded-md px-2 text-left text-xs hover:bg-accent-ground";

export function Legend({ comparison, labels, hidden, benchmarks, onToggle, onRemove }: Props) {
  const words = useWords(WORDS);
  const palette = usePalette();
  return (
    <ul aria-label={words.legend} className="mb-2 flex flex-wrap gap-x-2">
      {comparison.runs.map((run, place) => {
        const label = labels[place] ?? run.strategy_name;
        const name = `${markOf(place).letter} ${label}`;
        return (
          <li key={run.run_id} className="flex max-w-full min-w-0 items-center">
            <Toggle name={name} shown={!hidden.has(run.run_id)} onToggle={() => onToggle(run.run_id)}>
              <LineSample place={place} />
              <span className="truncate">{label}</span>
            </Toggle>
            <button
              type="button"
              aria-label={words.remove(name)}
              title={words.remove(name)}
              onClick={() => onRemove(run.run_id)}
              className="grid size-9 shrink-0 place-items-center rounded-md text-ink-soft hover:bg-bad-ground hover:text-bad"
            >
              ✕
            </button>
          </li>
        );
      })}
      {benchmarks.map(({ key, code, of }) => (
        <li key={key} className="flex items-center">
          <Toggle name={words.benchmark(code, lettersOf(of))} shown={!hidden.has(key)} onToggle={() => onToggle(key)}>
            <svg width="32" height="18" viewBox="0 0 32 18" aria-hidden="true" className="shrink-0">
              <path d="M0 9h32" stroke={palette.inkSoft} strokeWidth="2" strokeDasharray="1 2" />
            </svg>
            {words.benchmark(code, lettersOf(of))}
          </Toggle>
        </li>
      ))}
    </ul>
  );
}

interface ToggleProps {
  name: string;
  shown: boolean;
  onToggle: () => void;
  children: ReactNode;
}

function Toggle({ name, shown, onToggle, children }: ToggleProps) {
  const words = useWords(WORDS);
  return (
    <button
      type="button"
      aria-pressed={shown}
      title={words.show(name)}
      onClick={onToggle}
      className={classes(ITEM, !shown && "text-ink-soft line-through")}
    >
      {children}
    </button>
  );
}
