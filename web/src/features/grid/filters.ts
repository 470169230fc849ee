/** Which of a grid's runs are wanted, and in what order: over all of its rows, as the API would sort them. */
import type { Run } from "@/jobs/run";

export type Row = Pick<Run, "run_id" | "position" | "status" | "params" | "stats" | "error" | "content_hash">;

/** Null: open at that end. */
export interface Range {
  low: number | null;
  high: number | null;
}

export interface Filters {
  /** By the metric's key. */
  ranges: Readonly<Record<string, Range>>;
  /** By the parameter's name: the values that stay; a parameter that is not named keeps all of them. */
  values: Readonly<Record<string, readonly number[]>>;
}

export interface Sorting {
  key: string;
  descending: boolean;
}

export const NO_FILTERS: Filters = { ranges: {}, values: {} };

export const countOf = (filters: Filters): number =>
  Object.keys(filters.ranges).length + Object.keys(filters.values).length;

/** A run without the figure is in no range that has an end. */
export function passes(row: Row, filters: Filters): boolean {
  for (const [name, values] of Object.entries(filters.values)) {
    const value = row.params[name];
    if (value === undefined || !values.includes(value)) return false;
  }
  for (const [key, { low, high }] of Object.entries(filters.ranges)) {
    if (low === null && high === null) continue;
    const value = row.stats?.[key];
    if (value == null || (low !== null && value < low) || (high !== null && value > high)) return false;
  }
  return true;
}

function sortValue(row: Row, key: string): number | null {
  if (key.startsWith("stats.")) return row.stats?.[key.slice(6)] ?? null;
  if (key.startsWith("params.")) return row.params[key.slice(7)] ?? null;
  return row.position;
}

/** Runs without the figure come last, whichever way; equal ones are in the grid's own order. */
export function sorted<T extends Row>(rows: readonly T[], { key, descending }: Sorting): T[] {
  const way = descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: sortValue(row, key) }));
  keyed.sort((a, b) => {
    if (a.value === b.value) return a.row.position - b.row.position;
    if (a.value === null) return 1;
    if (b.value === null) return -1;
    return way * (a.value - b.value);
  });
  return keyed.map((each) => each.row);
}

/** The values that each parameter takes, ascending; in the strategy's order of parameters. */
export function valuesOf(rows: readonly Row[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, Set<number>>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.params)) {
      const known = found.get(name);
      if (known) known.add(value);
      else found.set(name, new Set([value]));
    }
  }
  return new Map([...found].map(([name, values]) => [name, [...values].sort((a, b) => a - b)]));
}

/** A bound as typed, in the unit that is shown: percent for a rate. Empty is open; null where it is no number. */
export function readBound(text: string, unit: string): { value: number | null } | null {
  const trimmed = text.trim().replace("−", "-").replaceAll(",", "").replace(/%$/, "");
  if (trimmed === "") return { value: null };
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return null;
  return { value: unit === "rate" ? Number((value / 100).toPrecision(12)) : value };
}

export function boundText(value: number | null, unit: string): string {
  if (value === null) return "";
  return String(unit === "rate" ? Number((value * 100).toPrecision(12)) : value);
}
