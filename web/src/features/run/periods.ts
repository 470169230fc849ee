/** A month's or year's return as it is shown: of the strategy, of its benchmark, or of the one over the other. */
import type { Period } from "@/jobs/statistics";
import type { Measure } from "./chart-words";

const FULL = 0.15;
/** A return of so much has the strongest shade, of which text still stands out. */
const STRONGEST = 45;

export const hasBenchmark = (periods: readonly Period[]): boolean => periods.some((each) => each.benchmark !== null);

export function measured({ value, benchmark }: Period, measure: Measure): number | null {
  if (measure === "own") return value;
  if (measure === "benchmark" || benchmark === null) return benchmark;
  return (1 + value) / (1 + benchmark) - 1;
}

/** How much of the colour a return gets, in percent. */
export function strength(value: number | null): number {
  return value === null ? 0 : Math.round(Math.min(Math.abs(value) / FULL, 1) * STRONGEST);
}
