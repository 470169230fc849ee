"use client";
/** Rows of the tables that have a column for each run: the head with its letters, and a row of figures. */
import Link from "next/link";
import type { ReactNode } from "react";
import { classes } from "@/ui/classes";
import { useWords } from "@/words/language";
import type { Comparison } from "./align";
import { LineSample } from "./line-sample";
import { WORDS } from "./words";

type Runs = Comparison["runs"];

/** The first column stays in sight while the others scroll. */
export const FIRST = "sticky left-0 z-10 bg-surface px-2 text-left";

export function HeadRow({ runs, labels, first }: { runs: Runs; labels: readonly string[]; first: string }) {
  return (
    <thead>
      <tr className="border-b border-line align-bottom text-xs text-ink-soft">
        <th scope="col" className={classes(FIRST, "py-2 font-medium")}>
          {first}
        </th>
        {runs.map((run, place) => (
          <th key={run.run_id} scope="col" className="max-w-28 min-w-24 px-2 py-2 font-medium">
            <LineSample place={place} />
            <Link href={`/runs/?id=${run.run_id}`} title={labels[place]} className="block truncate py-1">
              {labels[place]}
            </Link>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface Props {
  /** The API's key. */
  name: string;
  label: string;
  hint?: string;
  runs: Runs;
  cell: (place: number) => ReactNode;
  best: ReadonlySet<number>;
  doubtful: readonly boolean[];
}

export function FigureRow({ name, label, hint, runs, cell, best, doubtful }: Props) {
  const words = useWords(WORDS);
  return (
    <tr className="border-b border-line">
      <th scope="row" title={hint} className={classes(FIRST, "py-1.5 font-normal whitespace-nowrap text-ink-soft")}>
        {label}
      </th>
      {runs.map((run, place) => (
        <td
          key={run.run_id}
          data-run={run.run_id}
          className={classes("px-2 py-1.5 whitespace-nowrap", best.has(place) && "bg-accent-ground font-semibold")}
        >
          {doubtful[place] && (
            <span className="mr-1.5 text-xs font-normal text-doubt" title={words.tooSmall}>
              {words.tooSmall}
            </span>
          )}
          <span data-metric={name}>{cell(place)}</span>
          <span className="ml-1 inline-block w-3 text-accent" title={best.has(place) ? words.best : undefined}>
            {best.has(place) && (
              <>
                <span aria-hidden="true">★</span>
                <span className="sr-only">{words.best}</span>
              </>
            )}
          </span>
        </td>
      ))}
    </tr>
  );
}
