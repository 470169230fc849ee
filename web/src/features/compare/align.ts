/** Runs of different windows on one axis: by the calendar, over the sessions that all of them have, or from where each begins. */
import type { Schemas } from "@/api/client";

export type Comparison = Schemas["ComparisonShown"];
export type Alignment = "calendar" | "common" | "start";
type Values = readonly (number | null)[];

export interface Line {
  equity: Values;
  drawdown: Values;
}

export interface Aligned {
  /** Days, or how many sessions have gone by. */
  axis: readonly string[];
  /** In the order of the comparison's runs. */
  runs: readonly Line[];
  benchmarks: readonly Benchmark[];
}

export interface Benchmark {
  /** Apart from those of other windows with the same code. */
  key: string;
  code: string;
  /** Places of the runs that are measured by it; none: all. */
  of: readonly number[];
  values: Values;
}

/** First and last place (both included) where there is a value; null: nowhere. */
export function spanOf(values: Values): [number, number] | null {
  const first = values.findIndex((value) => value !== null);
  return first < 0 ? null : [first, values.findLastIndex((value) => value !== null)];
}

/** The sessions in which all of the runs trade; null: there are not two of them. */
export function commonSpan({ runs }: Comparison): [number, number] | null {
  const spans = runs.map((run) => spanOf(run.equity));
  if (spans.some((span) => span === null)) return null;
  const known = spans as [number, number][];
  const first = Math.max(...known.map((span) => span[0]));
  const last = Math.min(...known.map((span) => span[1]));
  return first < last ? [first, last] : null;
}

export function haveOneWindow({ runs }: Comparison): boolean {
  return new Set(runs.map((run) => spanOf(run.equity)?.join())).size <= 1;
}

/** From the last close before `first`, which is 1; a run that begins there begins with its initial cash. */
function rebased(values: Values, [first, last]: [number, number]): Values {
  const base = values[first - 1] ?? 1;
  return values.slice(first, last + 1).map((value) => (value === null ? null : value / base));
}

/** Below the highest so far, which is 1 before anything happened. */
export function drawdownOf(equity: Values): Values {
  let highest = 1;
  return equity.map((value) => {
    if (value === null) return null;
    highest = Math.max(highest, value);
    return value / highest - 1;
  });
}

/** One for each code and window: money goes into the same index on different days. */
function benchmarksOf({ benchmarks, runs }: Comparison): Benchmark[] {
  return benchmarks.map(({ code, run_ids, values }) => ({
    key: `${code} ${run_ids.join(" ")}`,
    code,
    of: benchmarks.length > 1 ? runs.flatMap((run, place) => (run_ids.includes(run.run_id) ? [place] : [])) : [],
    values,
  }));
}

function fromStart({ runs, thinning }: Comparison): Aligned {
  const lines = runs.map((run) => {
    const span = spanOf(run.equity) ?? [0, -1];
    return { equity: run.equity.slice(span[0], span[1] + 1), drawdown: run.drawdown.slice(span[0], span[1] + 1) };
  });
  const longest = Math.max(0, ...lines.map((line) => line.equity.length));
  const axis = Array.from({ length: longest }, (_, place) => String(place * thinning.step + 1));
  return { axis, runs: lines, benchmarks: [] };
}

export function aligned(comparison: Comparison, alignment: Alignment): Aligned {
  if (alignment === "start") return fromStart(comparison);
  const span = alignment === "common" ? commonSpan(comparison) : null;
  if (!span) return { axis: comparison.sessions, runs: comparison.runs, benchmarks: benchmarksOf(comparison) };
  return {
    axis: comparison.sessions.slice(span[0], span[1] + 1),
    runs: comparison.runs.map((run) => {
      const equity = rebased(run.equity, span);
      return { equity, drawdown: drawdownOf(equity) };
    }),
    benchmarks: benchmarksOf(comparison)
      .filter(({ code }, place, all) => all.findIndex((each) => each.code === code) === place)
      .map((each) => ({ ...each, key: each.code, of: [], values: rebased(each.values, span) })),
  };
}

/** What each run came to over the sessions that all have. */
export function overCommon(comparison: Comparison): { gain: number | null; worst: number | null }[] {
  return aligned(comparison, "common").runs.map(({ equity, drawdown }) => {
    const end = equity.at(-1);
    const known = drawdown.filter((value) => value !== null);
    return { gain: end == null ? null : end - 1, worst: known.length ? Math.min(...known) : null };
  });
}
